import CZlib

/// Decompresses deflate data, in pieces of any size.
///
/// One inflater serves many streams, one after the other: call ``reset()`` between them. Its memory is bounded by
/// zlib's window of 32 KiB; the output grows by what is really there, never by what the input claims.
@safe
public final class Inflater {
    /// How far a call came.
    public struct Progress: Hashable, Sendable {
        /// How many bytes of the input were taken. Bytes after the end of the stream are not.
        public var consumed = 0
        /// How many bytes were appended to the output.
        public var produced = 0
        /// Whether the stream has come to its end, and its checksum (if it has one) has matched.
        public var isFinished = false
    }

    // On the heap, because zlib remembers the address of the stream and refuses one that has moved.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Creates an inflater.
    ///
    /// - Throws: ``ZlibError`` with the code `memory`.
    public init(_ format: StreamFormat) throws(ZlibError) {
        // Safe: the stream is initialized here and lives until `deinit`, which runs also when this throws.
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        let status = unsafe inflateInit2_(stream, format.windowBits, ZLIB_VERSION, size)
        guard status == Z_OK else { throw unsafe ZlibError(status: status, of: stream) }
    }

    deinit {
        // Safe: nothing uses the stream any more. A stream that was never set up is refused without harm.
        unsafe inflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
    }

    /// Forgets the stream so far, also a damaged one, and expects the start of another.
    ///
    /// - Throws: ``ZlibError`` with the code `stream`, which does not happen to an inflater that could be created.
    public func reset() throws(ZlibError) {
        // Safe: the stream is initialized.
        let status = unsafe inflateReset(stream)
        guard status == Z_OK else { throw unsafe ZlibError(status: status, of: stream) }
    }

    /// Decompresses what it can of `input`, and appends at most `limit` bytes to `output`.
    ///
    /// Returns when the stream is finished, when the input is used up, or when `limit` bytes have been appended; call
    /// again with the rest of the input. At the limit there may be more output even when no input is left, and with
    /// a limit of 0 a stream that has no more output still comes to its end.
    ///
    /// - Throws: ``ZlibError``, usually with the code `data`. What came before the damage has been appended by then.
    public func inflate(
        _ input: Span<UInt8>, appendingTo output: inout [UInt8], atMost limit: Int
    ) throws(ZlibError) -> Progress {
        let limit = max(limit, 0)
        // Safe: zlib gets pointers only for the time of each call, and counts that keep to the buffers.
        return try unsafe input.withUnsafeBufferPointer { buffer throws(ZlibError) in
            var progress = Progress()
            while true {
                let rest = unsafe UnsafeBufferPointer(rebasing: buffer[progress.consumed...])
                let room = output.room(wanting: 2 * rest.count, limit: limit - progress.produced)
                // Z_FINISH spares zlib the upkeep of its window when all fits; otherwise it makes no difference.
                let step = unsafe StreamStep(stream, input: rest, output: &output, room: room) { stream in
                    unsafe CZlib.inflate(stream, Z_FINISH)
                }
                progress.consumed += step.consumed
                progress.produced += step.produced
                switch step.status {
                case Z_STREAM_END:
                    progress.isFinished = true
                    return progress
                case Z_OK, Z_BUF_ERROR:
                    let isStarving = step.produced < room && (step.consumed == rest.count || step.consumed == 0)
                    if isStarving || progress.produced == limit { return progress }
                default:
                    throw unsafe ZlibError(status: step.status, of: stream)
                }
            }
        }
    }
}

@available(*, unavailable)
extension Inflater: Sendable {}
