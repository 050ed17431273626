/// Encoded events, one after the other, that have not been stored yet.
struct EventBuffer: Sendable {
    /// The events: tuples without a leading 131.
    var bytes: [UInt8] = []
    /// How many they are.
    var count = 0
    /// How many bytes of memory they have been counted with.
    private(set) var chargedByteCount = 0

    /// Appends what `body` writes, if there is room for it. Returns whether there was.
    @inline(__always)
    mutating func append(_ body: (inout EventWriter) -> Void) -> Bool {
        var isWritten = false
        bytes.append(addingCapacity: bytes.capacity - bytes.count) { output in
            isWritten = EventWriter.append(to: &output, body)
        }
        return isWritten
    }

    /// Makes room for so many bytes more, if there is memory for it.
    @inline(__always)
    mutating func makeRoom(for byteCount: Int, within budget: MemoryBudget) -> Bool {
        bytes.capacity - bytes.count >= byteCount || grow(by: byteCount, within: budget)
    }

    @inline(never)
    private mutating func grow(by byteCount: Int, within budget: MemoryBudget) -> Bool {
        let wanted = bytes.count + byteCount
        for capacity in [max(wanted, bytes.capacity * 2, 512), wanted] {
            let growth = capacity - chargedByteCount
            guard budget.take(growth) else { continue }
            bytes.reserveCapacity(capacity)
            chargedByteCount = capacity
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
