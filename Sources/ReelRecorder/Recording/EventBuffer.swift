/// Encoded events, one after the other, that have not been stored yet.
///
/// They stand in pieces, so that an event never has to wait until those before it have been copied.
struct EventBuffer: Sendable {
    /// Events, tuples without a leading 131, in pieces that are full.
    private var full: [[UInt8]] = []
    /// The piece that is being filled.
    private var last: [UInt8] = []
    private var fullByteCount = 0
    /// How many events they are.
    var count = 0
    /// How many bytes of memory they have been counted with, and the last piece of them.
    private var chargedByteCount = 0
    private var lastChargedByteCount = 0
    /// How many bytes there will be, as far as it can be told.
    private let expectedByteCount: Int

    /// How many bytes a piece has, unless an event needs more.
    private static let pieceByteCount = 64 << 10

    /// Creates a buffer without events.
    ///
    /// - Parameter byteCount: how many bytes the events before had, which those to come may have as well.
    init(expecting byteCount: Int = 0) { expectedByteCount = min(byteCount, EventBuffer.pieceByteCount) }

    /// How many bytes the events have.
    var byteCount: Int { fullByteCount &+ last.count }

    /// The events, in pieces of whole ones.
    var pieces: [[UInt8]] { last.isEmpty ? full : full + [last] }

    /// The events from an offset at which one starts, as far as they stand in one piece.
    func piece(from offset: Int) -> ArraySlice<UInt8> {
        var start = offset
        for piece in full {
            if start < piece.count { return piece[start...] }
            start -= piece.count
        }
        return last[min(start, last.count)...]
    }

    /// Appends what `body` writes, if there is room for it. Returns whether there was.
    @inline(__always)
    mutating func append(_ body: (inout EventWriter) -> Void) -> Bool {
        // An array without memory shares its place with all others, and would be written to there.
        guard last.count < last.capacity else { return false }
        var isWritten = false
        last.append(addingCapacity: last.capacity &- last.count) { output in
            isWritten = EventWriter.append(to: &output, body)
        }
        return isWritten
    }

    /// Makes room for an event of so many bytes, if there is memory for it, or it is `isForced`.
    mutating func makeRoom(for byteCount: Int, within budget: MemoryBudget, isForced: Bool = false) -> Bool {
        guard last.capacity - last.count < byteCount else { return true }
        let isFull = !last.isEmpty && last.count + byteCount > EventBuffer.pieceByteCount
        let charged = isFull ? 0 : lastChargedByteCount
        let needed = (isFull ? 0 : last.count) + byteCount
        let roomy = isFull ? EventBuffer.pieceByteCount : max(charged * 2, expectedByteCount, 512)
        for capacity in [max(needed, min(roomy, EventBuffer.pieceByteCount)), needed] {
            if !budget.take(capacity - charged) {
                guard isForced, capacity == needed else { continue }
                budget.adjust(by: capacity - charged)
            }
            if isFull {
                full.append(last)
                fullByteCount += last.count
                last = []
            }
            last.reserveCapacity(capacity)
            lastChargedByteCount = capacity
            chargedByteCount += capacity - charged
            return true
        }
        return false
    }

    /// Gives the memory back.
    mutating func release(to budget: MemoryBudget) {
        budget.give(chargedByteCount)
        self = EventBuffer()
    }
}
