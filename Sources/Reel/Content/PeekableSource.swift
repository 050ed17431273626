/// Bytes that can be looked at before they are read.
final class PeekableSource: ByteSource {
    private var source: any ByteSource
    /// Whether what the source fails of is only noted.
    private let keepsFailure: Bool
    /// What has been looked at and not been read.
    private(set) var head: [UInt8] = []
    /// Whether nothing follows `head`.
    private(set) var isEnded = false
    /// Why nothing more can be looked at.
    private(set) var failure: (any Error)?

    init(_ source: any ByteSource, keepsFailure: Bool = false) {
        self.source = source
        self.keepsFailure = keepsFailure
    }

    /// Looks further: at what is there, once something is. Returns false when there is nothing more to be seen.
    @discardableResult
    func peek(upTo count: Int) throws -> Bool {
        guard !isEnded, failure == nil else { return false }
        do {
            isEnded = try source.read(upTo: count, appendingTo: &head) == 0
            return !isEnded
        } catch {
            guard keepsFailure else { throw error }
            failure = error
            return false
        }
    }

    func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
        guard !head.isEmpty else { return isEnded ? 0 : try source.read(upTo: count, appendingTo: &buffer) }
        let piece = head.prefix(max(count, 0))
        buffer += piece
        head.removeFirst(piece.count)
        return piece.count
    }
}

/// The first bytes of a source, which stay where they are. It fails after them when there may be more.
final class Lookahead: ByteSource {
    private let source: PeekableSource
    private let limit: Int
    private var position = 0

    init(_ source: PeekableSource, limit: Int) {
        self.source = source
        self.limit = limit
    }

    func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
        while position == source.head.count {
            guard source.head.count < limit else { throw ReelError(.limitExceeded, "no more is looked at") }
            guard try source.peek(upTo: limit - source.head.count) else { return 0 }
        }
        let end = position + min(source.head.count - position, max(count, 0))
        defer { position = end }
        buffer += source.head[position..<end]
        return end - position
    }
}
