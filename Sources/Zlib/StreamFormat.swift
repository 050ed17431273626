import CZlib

/// What stands around deflate data.
public enum StreamFormat: Hashable, Sendable, CaseIterable {
    /// Nothing: the deflate data alone (RFC 1951), as inside a gzip member.
    case raw
    /// A two-byte header before it and an Adler-32 after it (RFC 1950).
    case zlib

    /// What zlib's `inflateInit2` and `deflateInit2` take for it: the largest window, negative without a wrapper.
    var windowBits: Int32 {
        switch self {
        case .raw: -MAX_WBITS
        case .zlib: MAX_WBITS
        }
    }
}
