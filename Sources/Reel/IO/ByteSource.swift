/// Bytes that come one piece after the other: a file, a pipe, memory.
public protocol ByteSource {
    /// Appends the next bytes, as many as are there but no more than `count`, to `buffer`.
    ///
    /// - Returns: how many bytes were appended; 0 at the end, and only there.
    mutating func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int
}

/// Bytes of which any part can be read: a file, memory.
public protocol RandomAccessBytes: Sendable {
    /// How many bytes there are.
    var byteCount: Int { get }

    /// Reads exactly the bytes of `range`, which lies within them.
    func read(_ range: Range<Int>) throws -> [UInt8]
}

/// Where bytes go, one piece after the other: a file, a pipe, memory.
public protocol ByteSink {
    /// Writes all of `bytes`.
    mutating func write(_ bytes: [UInt8]) throws
}

/// Bytes in memory, to read from.
public struct MemorySource: ByteSource, RandomAccessBytes {
    private let bytes: [UInt8]
    private var position = 0

    /// Creates a source of `bytes`.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var byteCount: Int { bytes.count }

    public mutating func read(upTo count: Int, appendingTo buffer: inout [UInt8]) -> Int {
        let end = position + Swift.min(bytes.count - position, Swift.max(count, 0))
        defer { position = end }
        buffer.append(contentsOf: bytes[position..<end])
        return end - position
    }

    public func read(_ range: Range<Int>) throws -> [UInt8] {
        guard range.upperBound <= bytes.count, range.lowerBound >= 0 else {
            throw ReelError(.truncated, "\(range.upperBound) bytes expected, \(bytes.count) there", offset: bytes.count)
        }
        return Array(bytes[range])
    }
}

/// Bytes in memory, to write to. A class, so that what a writer has written can be looked at.
public final class MemorySink: ByteSink {
    /// What has been written.
    public private(set) var bytes: [UInt8] = []

    /// Creates an empty sink.
    public init() {}

    public func write(_ bytes: [UInt8]) { self.bytes += bytes }
}

/// Any bytes from some offset on, one piece after the other.
struct SequentialBytes: ByteSource {
    let bytes: any RandomAccessBytes
    var position: Int

    mutating func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
        let end = position + min(bytes.byteCount - position, max(count, 0))
        guard end > position else { return 0 }
        buffer += try bytes.read(position..<end)
        defer { position = end }
        return end - position
    }
}

extension RandomAccessBytes {
    /// The bytes from the first on, one piece after the other, wherever others are reading.
    package var fromStart: any ByteSource { SequentialBytes(bytes: self, position: 0) }
}
