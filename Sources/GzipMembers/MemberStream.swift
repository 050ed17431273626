import Zlib

/// Reads a gzip file from its start, member after member, in pieces of any size.
///
/// Call ``decode(_:appendingTo:atMost:)`` until it asks for input, give it more, and call ``finish()`` when there is
/// no more. Memory is bounded by the limit of each call and by what one header may hold, about 200 KiB.
public final class MemberStream {
    /// What a call has come to.
    public enum Event: Hashable, Sendable {
        /// The input is used up.
        case needsInput
        /// As many bytes have been appended as were allowed. There may be more, and there may not.
        case outputLimitReached
        /// A member starts at this offset in the file; its header has been read.
        case memberStarted(MemberHeader, offset: Int)
        /// The member has ended, and its checksum and length match. It has this many bytes in the file, header and
        /// trailer included, and its content this many.
        case memberEnded(compressedByteCount: Int, uncompressedByteCount: Int)
    }

    /// How far a call came.
    public struct Step: Hashable, Sendable {
        /// How many bytes of the input were taken.
        public var consumed: Int
        /// What stopped it.
        public var event: Event
    }

    private enum Phase {
        case header, body, trailer
    }

    /// Where the next byte of input is in the file.
    public private(set) var offset: Int

    /// Where the member that has started last ends, when it says so: its deflate data then ends right before its trailer.
    package var declaredEnd: Int?

    private let inflater: Inflater
    private var phase = Phase.header
    /// The first error, after which the stream does not go on.
    private var failure: GzipError?
    private var hasMember = false

    // The current member.
    private var layout: HeaderLayout
    /// The bytes of a header that came in pieces.
    private var pendingHeader: [UInt8] = []
    private var checksum = CRC32()
    private var uncompressedByteCount = 0
    /// The bytes of the trailer so far, from the least significant one.
    private var trailerBits: UInt64 = 0
    private var trailerByteCount = 0

    /// Creates a stream.
    ///
    /// - Parameter fileOffset: where the first byte of input is in the file: the start of a member.
    /// - Throws: ``GzipError`` with the code `deflate` when memory is short.
    public init(at fileOffset: Int = 0) throws(GzipError) {
        offset = fileOffset
        layout = HeaderLayout(at: fileOffset)
        do throws(ZlibError) {
            inflater = try Inflater(.raw)
        } catch {
            throw GzipError(.deflate, at: fileOffset, "no decompressor (\(error.message))")
        }
    }

    /// Whether the input could end here: at the start, or after a whole member.
    public var isBetweenMembers: Bool {
        phase == .header && pendingHeader.isEmpty && failure == nil
    }

    /// Where the member starts that is being read, or the next one.
    private var memberOffset: Int { layout.fileOffset }

    /// Goes on with `input`, up to the next event, and appends at most `limit` bytes of content to `output`.
    ///
    /// Give the bytes that were not consumed again with the next call.
    ///
    /// - Throws: ``GzipError`` with a code that ``MemberHeader/parse(_:at:)`` throws, or `deflate`, `contentChecksum`,
    ///   `contentLength` or `trailingData`. What could be decompressed before the error has been appended by then.
    ///   The stream does not go on after an error: further calls throw it again.
    public func decode(
        _ input: Span<UInt8>, appendingTo output: inout [UInt8], atMost limit: Int
    ) throws(GzipError) -> Step {
        if let failure { throw failure }
        do throws(GzipError) {
            var consumed = 0
            while true {
                let rest = input.extracting(consumed..<input.count)
                let before = offset
                let event =
                    switch phase {
                    case .header: try readHeader(rest)
                    case .body: try readBody(rest, appendingTo: &output, atMost: limit)
                    case .trailer: try readTrailer(rest)
                    }
                consumed += offset - before
                if let event { return Step(consumed: consumed, event: event) }
            }
        } catch {
            failure = error
            throw error
        }
    }

    /// Says that there is no more input.
    ///
    /// - Throws: ``GzipError`` with the code `truncated` in the middle of a member, or the error that has stopped the
    ///   stream before.
    public func finish() throws(GzipError) {
        if let failure { throw failure }
        guard isBetweenMembers else {
            throw GzipError(.truncated, at: offset, "the end of the file inside the member from byte \(memberOffset)")
        }
    }

    // Each of these takes what it can, moves `offset` by that, and returns what has come of it: nil to go on.

    private func readHeader(_ input: Span<UInt8>) throws(GzipError) -> Event? {
        guard !input.isEmpty else { return .needsInput }
        do throws(GzipError) {
            if pendingHeader.isEmpty {
                if try layout.advance(over: input) { return try startMember(input, consuming: layout.end) }
                pendingHeader.append(copying: input)
                offset += input.count
                return .needsInput
            }
            let earlier = pendingHeader.count
            var taken = 0
            while taken < input.count {
                // Little by little, because a header is short and the input may be long.
                let piece = input.extracting(taken..<min(taken + 512, input.count))
                pendingHeader.append(copying: piece)
                taken += piece.count
                if try layout.advance(over: pendingHeader.span) {
                    let header = pendingHeader
                    pendingHeader.removeAll()
                    return try startMember(header.span, consuming: layout.end - earlier)
                }
            }
            offset += taken
            return .needsInput
        } catch {
            guard error.code == .notGzip, hasMember else { throw error }
            throw GzipError(.trailingData, at: error.offset, "bytes after a member that are no member")
        }
    }

    private func startMember(_ bytes: Span<UInt8>, consuming byteCount: Int) throws(GzipError) -> Event {
        let header = try MemberHeader(bytes, layout)
        do throws(ZlibError) {
            try inflater.reset()
        } catch {
            throw GzipError(.deflate, at: offset, error.message)
        }
        offset += byteCount
        checksum = CRC32()
        uncompressedByteCount = 0
        trailerBits = 0
        trailerByteCount = 0
        hasMember = true
        declaredEnd = nil
        phase = .body
        return .memberStarted(header, offset: memberOffset)
    }

    private func readBody(
        _ input: Span<UInt8>, appendingTo output: inout [UInt8], atMost limit: Int
    ) throws(GzipError) -> Event? {
        let start = output.count
        let progress: Inflater.Progress
        do throws(ZlibError) {
            progress = try inflater.inflate(input, appendingTo: &output, atMost: limit)
        } catch {
            throw GzipError(
                .deflate, at: memberOffset + layout.end + error.offset, "damaged deflate data (\(error.message))")
        }
        offset += progress.consumed
        uncompressedByteCount += progress.produced
        checksum.update(output.span.extracting(start..<output.count))
        if progress.isFinished {
            if let declaredEnd, offset + MemberTrailer.byteCount != declaredEnd {
                throw GzipError(.contentLength, at: offset, "deflate data that does not end where its member declares")
            }
            phase = .trailer
            return nil
        }
        return progress.produced >= limit ? .outputLimitReached : .needsInput
    }

    private func readTrailer(_ input: Span<UInt8>) throws(GzipError) -> Event? {
        let count = min(input.count, MemberTrailer.byteCount - trailerByteCount)
        for index in 0..<count {
            trailerBits |= UInt64(input[index]) << (8 * trailerByteCount)
            trailerByteCount += 1
        }
        offset += count
        guard trailerByteCount == MemberTrailer.byteCount else { return .needsInput }
        try MemberTrailer(littleEndian: trailerBits)
            .verify(checksum: checksum, byteCount: uncompressedByteCount, at: offset - MemberTrailer.byteCount)
        let compressedByteCount = offset - memberOffset
        layout = HeaderLayout(at: offset)
        phase = .header
        return .memberEnded(
            compressedByteCount: compressedByteCount, uncompressedByteCount: uncompressedByteCount)
    }
}

@available(*, unavailable)
extension MemberStream: Sendable {}
