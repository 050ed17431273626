import Zlib

/// The eight bytes that end a gzip member: the CRC-32 and the length of its content (RFC 1952 §2.3.1).
public struct MemberTrailer: Hashable, Sendable {
    /// How many bytes every trailer has.
    public static let byteCount = 8

    /// CRC32 of the content.
    public var checksum: UInt32

    /// ISIZE: the length of the content, modulo 2^32.
    public var contentLength: UInt32

    /// Creates a trailer.
    public init(checksum: UInt32, contentLength: UInt32) {
        self.checksum = checksum
        self.contentLength = contentLength
    }

    /// The trailer whose bytes, in the order of the file, fill an integer from its least significant byte.
    init(littleEndian bits: UInt64) {
        self.init(
            checksum: UInt32(truncatingIfNeeded: bits), contentLength: UInt32(truncatingIfNeeded: bits >> 32))
    }

    /// Appends the trailer to `output`.
    func encode(appendingTo output: inout [UInt8]) {
        output.append(littleEndian: checksum)
        output.append(littleEndian: contentLength)
    }

    /// Compares the trailer, which is at `fileOffset`, with what was decompressed.
    ///
    /// - Throws: ``GzipError`` with the code `contentChecksum` or `contentLength`.
    package func verify(content: Span<UInt8>, at fileOffset: Int) throws(GzipError) {
        var checksum = CRC32()
        checksum.update(content)
        try verify(checksum: checksum, byteCount: content.count, at: fileOffset)
    }

    /// Compares the trailer, which is at `fileOffset`, with what was decompressed.
    func verify(checksum: CRC32, byteCount: Int, at fileOffset: Int) throws(GzipError) {
        guard checksum.value == self.checksum else {
            throw GzipError(.contentChecksum, at: fileOffset, "a checksum that does not match the member's content")
        }
        guard UInt32(truncatingIfNeeded: byteCount) == contentLength else {
            throw GzipError(
                .contentLength, at: fileOffset + 4,
                "a length of \(contentLength) for a member that holds \(byteCount) bytes")
        }
    }
}
