import Reel

/// The frames of `{packet, 4}` in a stream: a big-endian length of four bytes, and so many bytes.
struct PacketReader {
    private var source: any ByteSource
    private let beforeWaiting: () throws -> Void
    private var position = 0

    /// What has been read; the range that ``next()`` returns stands in here.
    private(set) var bytes: [UInt8] = []
    /// How many frames have been read.
    private(set) var count = 0

    /// Creates a reader of `source`.
    ///
    /// - Parameter beforeWaiting: called before each read, which may take time.
    init(_ source: any ByteSource, beforeWaiting: @escaping () throws -> Void) {
        self.source = source
        self.beforeWaiting = beforeWaiting
    }

    /// Where the next frame's content stands in ``bytes``, or nil at the end.
    mutating func next() throws -> Range<Int>? {
        guard try fill(4) else {
            guard position == bytes.count else { throw truncated() }
            return nil
        }
        let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
        guard try fill(4 + length) else { throw truncated() }
        let start = position + 4
        position = start + length
        count += 1
        return start..<position
    }

    /// Reads until there are so many bytes after `position`. Returns false when the input ends before.
    private mutating func fill(_ wanted: Int) throws -> Bool {
        while bytes.count - position < wanted {
            if position > 0 {
                bytes.removeSubrange(..<position)
                position = 0
            }
            try beforeWaiting()
            guard try source.read(upTo: 64 << 10, appendingTo: &bytes) > 0 else { return false }
        }
        return true
    }

    private func truncated() -> Failure {
        Failure(.inputFellShort, "ends inside a frame", place: "truncated, frame \(count)")
    }

    /// The four bytes that say how long a frame is.
    static func head(_ count: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }
    }
}
