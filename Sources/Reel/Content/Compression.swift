import GzipMembers
import Zlib

/// What bytes may be compressed with.
public enum Compression: String, Hashable, Sendable, CaseIterable {
    /// Members of gzip (RFC 1952), one or more.
    case gzip
    /// A zlib stream (RFC 1950).
    case zlib
    /// Deflate data by itself (RFC 1951).
    case deflate

    /// What `source`, which is compressed with this, holds.
    func unpacked(_ source: any ByteSource) throws -> any ByteSource {
        switch self {
        case .gzip: try PatientSource(GunzipSource(source))
        case .zlib: try PatientSource(StreamSource(source, .zlib, named: "a zlib stream"))
        case .deflate: try PatientSource(StreamSource(source, .raw, named: "deflate data"))
        }
    }
}

/// Hands out what a source has read before it throws: terms that come before damage are there.
private struct PatientSource: ByteSource {
    private var source: any ByteSource
    private var failure: (any Error)?

    init(_ source: any ByteSource) { self.source = source }

    mutating func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
        if let failure { throw failure }
        let start = buffer.count
        do {
            return try source.read(upTo: count, appendingTo: &buffer)
        } catch {
            guard buffer.count > start else { throw error }
            failure = error
            return buffer.count - start
        }
    }
}

/// What one stream of deflate data holds, after which nothing may follow.
private struct StreamSource: ByteSource {
    private var source: any ByteSource
    private let inflater: Inflater
    private let name: String
    private var input: [UInt8] = []
    private var position = 0
    /// How many bytes of the source came before `input`.
    private var base = 0
    private var isFinished = false

    init(_ source: any ByteSource, _ format: StreamFormat, named name: String) throws {
        self.source = source
        self.name = name
        inflater = try Inflater(format)
    }

    mutating func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
        let start = buffer.count
        while buffer.count == start, !isFinished {
            guard try fill() else { throw ReelError(.truncated, "\(name) that ends early", offset: base + position) }
            do {
                let step = try inflater.inflate(
                    input.span.extracting(position..<input.count), appendingTo: &buffer, atMost: count)
                position += step.consumed
                isFinished = step.isFinished
            } catch {
                throw ReelError(
                    .malformedMember, "\(name) that does not inflate (\(error.message))", offset: base + position)
            }
        }
        if buffer.count == start, isFinished, try fill() {
            throw ReelError(.trailingData, "bytes after \(name)", offset: base + position)
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
}
