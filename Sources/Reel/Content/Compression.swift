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
