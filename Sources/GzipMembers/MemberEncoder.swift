import Zlib

/// Writes gzip members, one after the other, with one compressor.
public final class MemberEncoder {
    private let deflater: Deflater
    /// The deflate data of the current member; kept for its capacity.
    private var deflated: [UInt8] = []

    /// Creates an encoder.
    ///
    /// - Parameter level: how hard to compress, from 0, which stores, to 9.
    /// - Throws: ``GzipError`` with the code `deflate` when the level is out of range or memory is short.
    public init(level: Int) throws(GzipError) {
        do throws(ZlibError) {
            deflater = try Deflater(.raw, level: level)
        } catch {
            throw GzipError(.deflate, at: 0, "no compressor (\(error.message))")
        }
    }

    /// Appends a member that holds `content` to `output`.
    ///
    /// A member without content always has the deflate data 03 00, so that its length depends on its header alone.
    ///
    /// - Parameter header: makes the header, given how many bytes the deflate data has. The whole member will have
    ///   the header's ``MemberHeader/byteCount``, these, and ``MemberTrailer/byteCount``.
    /// - Throws: ``GzipError`` with a code that ``MemberHeader/encode(appendingTo:)`` throws, or `deflate` when memory
    ///   is short. `output` is unchanged then.
    public func encode(
        _ content: Span<UInt8>, appendingTo output: inout [UInt8],
        header: (_ deflatedByteCount: Int) -> MemberHeader
    ) throws(GzipError) {
        deflated.removeAll(keepingCapacity: true)
        if content.isEmpty {
            deflated += [0x03, 0x00]
        } else {
            do throws(ZlibError) {
                try deflater.reset()
                try deflater.deflate(content, finishing: true, appendingTo: &deflated)
            } catch {
                throw GzipError(.deflate, at: output.count, "content that does not compress (\(error.message))")
            }
        }
        try header(deflated.count).encode(appendingTo: &output)
        output.append(contentsOf: deflated)
        MemberTrailer(
            checksum: CRC32.checksum(of: content), contentLength: UInt32(truncatingIfNeeded: content.count)
        ).encode(appendingTo: &output)
    }
}

@available(*, unavailable)
extension MemberEncoder: Sendable {}
