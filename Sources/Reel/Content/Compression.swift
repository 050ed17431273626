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
        case .zlib: try PatientSource(InflatingSource(source, .zlib))
        case .deflate: try PatientSource(InflatingSource(source, .deflate))
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
