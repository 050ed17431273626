import GzipMembers
import Zlib

extension RandomAccessBytes {
    /// What the bytes hold when they are gzip, or else the bytes as they are, one piece after the other.
    package func content() throws(ReelError) -> any ByteSource {
        do {
            let bytes = SequentialBytes(bytes: self, position: 0)
            return try read(0..<Swift.min(2, byteCount)) == [0x1F, 0x8B] ? try GunzipSource(bytes) : bytes
        } catch {
            throw ReelError(wrapping: error)
        }
    }
}

/// What the members of a gzip file hold, one piece after the other.
struct GunzipSource: ByteSource {
    private var source: any ByteSource
    private let stream: MemberStream
    /// Where the member starts that is being read, or the next one.
    private var memberStart = 0
    private var input: [UInt8] = []
    private var position = 0

    init(_ source: any ByteSource) throws {
        self.source = source
        stream = try MemberStream()
    }

    mutating func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
        do {
            return try inflate(upTo: count, appendingTo: &buffer)
        } catch let error as GzipError {
            throw ReelError(wrapping: error).ofMember(at: memberStart)
        }
    }

    private mutating func inflate(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
        let start = buffer.count
        while buffer.count == start {
            if position == input.count {
                input.removeAll(keepingCapacity: true)
                position = 0
                guard try source.read(upTo: 64 << 10, appendingTo: &input) > 0 else {
                    try stream.finish()
                    return 0
                }
            }
            let step = try stream.decode(
                input.span.extracting(position..<input.count), appendingTo: &buffer, atMost: count)
            position += step.consumed
            if case .memberEnded = step.event { memberStart = stream.offset }
        }
        return buffer.count - start
    }
}

/// What one stream of deflate data holds, one piece after the other.
struct InflatingSource: ByteSource {
    /// What the stream is: that of a compressed term, which other bytes may follow, or all that there is.
    enum Stream {
        case compressedTerm, zlib, deflate
    }

    private var source: any ByteSource
    private let stream: Stream
    private let inflater: Inflater
    private var input: [UInt8] = []
    private var position = 0
    /// How many bytes of the source came before `input`.
    private var base = 0
    private var isFinished = false

    init(_ source: any ByteSource, _ stream: Stream) throws {
        self.source = source
        self.stream = stream
        inflater = try Inflater(stream == .deflate ? .raw : .zlib)
    }

    mutating func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
        let start = buffer.count
        while buffer.count == start, !isFinished {
            guard try fill() else { throw truncated }
            do {
                let step = try inflater.inflate(
                    input.span.extracting(position..<input.count), appendingTo: &buffer, atMost: count)
                position += step.consumed
                isFinished = step.isFinished
            } catch {
                throw damaged(error.message)
            }
        }
        if stream != .compressedTerm, buffer.count == start, isFinished, try fill() {
            throw ReelError(.trailingData, "bytes after \(stream.name)", offset: base + position)
        }
        return buffer.count - start
    }

    /// Sees to it that there is input, and returns false at its end.
    private mutating func fill() throws -> Bool {
        guard position == input.count else { return true }
        base += input.count
        input.removeAll(keepingCapacity: true)
        position = 0
        return try source.read(upTo: 64 << 10, appendingTo: &input) > 0
    }

    private var truncated: ReelError {
        ReelError(
            .truncated, "\(stream.name) that ends early", offset: stream == .compressedTerm ? nil : base + position)
    }

    private func damaged(_ message: String) -> ReelError {
        let reason = "\(stream.name) that does not inflate (\(message))"
        guard stream == .compressedTerm else { return ReelError(.malformedMember, reason, offset: base + position) }
        return ReelError(.malformedTerm, reason, offset: 0, section: "terms.md §3.1")
    }
}

extension InflatingSource.Stream {
    /// What errors call it.
    fileprivate var name: String {
        switch self {
        case .compressedTerm: "a compressed term"
        case .zlib: "a zlib stream"
        case .deflate: "deflate data"
        }
    }
}
