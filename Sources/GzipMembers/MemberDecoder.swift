import Zlib

/// Reads single gzip members whose place in the file is known, one after the other, with one decompressor.
///
/// To read members at the same time, use a decoder for each task.
public final class MemberDecoder {
    private let inflater: Inflater

    /// Creates a decoder.
    ///
    /// - Throws: ``GzipError`` with the code `deflate` when memory is short.
    public init() throws(GzipError) {
        do throws(ZlibError) {
            inflater = try Inflater(.raw)
        } catch {
            throw GzipError(.deflate, at: 0, "no decompressor (\(error.message))")
        }
    }

    /// Appends the content of `member`, which must be exactly one member, to `output`.
    ///
    /// - Parameters:
    ///   - fileOffset: where the member starts in the file, for errors.
    ///   - uncompressedByteCount: how long the content is if something has declared it; more is never appended.
    ///   - limit: how long the content may be; more is never appended.
    /// - Throws: ``GzipError`` with a code that ``MemberHeader/parse(_:at:)`` throws, or `deflate`, `contentChecksum`,
    ///   `contentLength`, `truncated`, `trailingData` or `limitExceeded`. What could be decompressed before the error
    ///   has been appended by then.
    public func decode(
        _ member: Span<UInt8>, at fileOffset: Int, expecting uncompressedByteCount: Int?, limit: Int,
        appendingTo output: inout [UInt8]
    ) throws(GzipError) {
        let start = output.count
        let trailer = try decodeWithoutChecksum(
            member, at: fileOffset, expecting: uncompressedByteCount, limit: limit, appendingTo: &output)
        let content = output.span.extracting(start..<output.count)
        try trailer.verify(content: content, at: fileOffset + member.count - MemberTrailer.byteCount)
        if let uncompressedByteCount, content.count != uncompressedByteCount {
            throw GzipError(
                .contentLength, at: fileOffset,
                "a member of \(content.count) bytes that was declared to hold \(uncompressedByteCount)")
        }
    }

    /// Does the same, and leaves it to the caller to compare the content with the trailer and with what was declared:
    /// it may do something else meanwhile.
    package func decodeWithoutChecksum(
        _ member: Span<UInt8>, at fileOffset: Int, expecting uncompressedByteCount: Int?, limit: Int,
        appendingTo output: inout [UInt8]
    ) throws(GzipError) -> MemberTrailer {
        let body = try body(of: member, at: fileOffset)
        let bound = try bound(uncompressedByteCount, limit: limit, compressed: body.count, at: fileOffset)
        let start = output.count
        if let uncompressedByteCount, output.capacity - start < uncompressedByteCount {
            // At least doubled, because many members may be appended to one output.
            output.reserveCapacity(start + max(uncompressedByteCount, start))
        }

        let deflated = member.extracting(body)
        let bodyOffset = fileOffset + body.lowerBound
        let consumed = try inflate(
            deflated, at: bodyOffset, atMost: bound, declared: uncompressedByteCount, appendingTo: &output)
        guard consumed == deflated.count else {
            throw GzipError(
                .trailingData, at: bodyOffset + consumed,
                "\(deflated.count - consumed) bytes between the end of the deflate data and the end of the member")
        }
        let trailer = member.extracting(body.upperBound..<member.count)
        var bits: UInt64 = 0
        for index in trailer.indices { bits |= UInt64(trailer[index]) << (8 * index) }
        return MemberTrailer(littleEndian: bits)
    }

    /// Where the deflate data is: between the header and the trailer.
    private func body(of member: Span<UInt8>, at fileOffset: Int) throws(GzipError) -> Range<Int> {
        let header = try MemberHeader.parse(member, at: fileOffset)
        guard let start = header?.byteCount, member.count - start > MemberTrailer.byteCount else {
            throw GzipError(.truncated, at: fileOffset + member.count, "the end of a member's bytes")
        }
        return start..<member.count - MemberTrailer.byteCount
    }

    /// How many bytes to decompress at most.
    private func bound(
        _ declared: Int?, limit: Int, compressed: Int, at fileOffset: Int
    ) throws(GzipError) -> Int {
        guard let declared else { return limit }
        guard declared <= limit else {
            throw GzipError(
                .limitExceeded, at: fileOffset, "a member of \(declared) bytes, more than the limit of \(limit)")
        }
        // The shortest code for the longest match: 2 bits for 258 bytes. Refused before anything is allocated.
        guard declared >= 0, declared / 1_032 <= compressed else {
            throw GzipError(
                .contentLength, at: fileOffset, "\(declared) bytes declared for \(compressed) bytes of deflate data")
        }
        return declared
    }

    /// Decompresses all of `deflated`, and returns how many of its bytes the deflate stream has.
    private func inflate(
        _ deflated: Span<UInt8>, at fileOffset: Int, atMost bound: Int, declared: Int?,
        appendingTo output: inout [UInt8]
    ) throws(GzipError) -> Int {
        let progress: Inflater.Progress
        let isTooLong: Bool
        do throws(ZlibError) {
            try inflater.reset()
            progress = try inflater.inflate(deflated, appendingTo: &output, atMost: bound)
            if progress.isFinished { return progress.consumed }
            // At the bound, one byte more tells content that is too long from deflate data that was cut.
            var excess: [UInt8] = []
            let rest = deflated.extracting(progress.consumed..<deflated.count)
            isTooLong = try inflater.inflate(rest, appendingTo: &excess, atMost: 1).produced > 0
        } catch {
            throw GzipError(
                .deflate, at: fileOffset + error.offset, "damaged deflate data (\(error.message))")
        }
        if !isTooLong {
            throw GzipError(.truncated, at: fileOffset + deflated.count, "the end of a member's deflate data")
        } else if let declared {
            throw GzipError(
                .contentLength, at: fileOffset, "a member of more than the \(declared) bytes that were declared")
        } else {
            throw GzipError(.limitExceeded, at: fileOffset, "a member of more than \(bound) bytes, the limit")
        }
    }
}

@available(*, unavailable)
extension MemberDecoder: Sendable {}
