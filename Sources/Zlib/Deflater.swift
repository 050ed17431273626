import CZlib

/// Compresses bytes to deflate data, in pieces of any size.
///
/// One deflater serves many streams, one after the other, and allocates its memory, about 400 KiB, only once: call
/// ``reset()`` between them.
@safe
public final class Deflater {
    // On the heap, because zlib remembers the address of the stream and refuses one that has moved.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Creates a deflater with the largest window and the largest hash table.
    ///
    /// - Parameter level: how hard to try, from 0, which stores, to 9.
    /// - Throws: ``ZlibError`` with the code `stream` when the level is out of range, or `memory`.
    public init(_ format: StreamFormat, level: Int) throws(ZlibError) {
        // Safe: the stream is initialized here and lives until `deinit`, which runs also when this throws.
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // zlib would take -1 for its default level.
        guard (0...9).contains(level) else { throw ZlibError(.stream, at: 0, "level \(level) is not one of 0...9") }
        let status = unsafe deflateInit2_(
            stream, Int32(level), Z_DEFLATED, format.windowBits, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw unsafe ZlibError(status: status, of: stream) }
    }

    deinit {
        // Safe: nothing uses the stream any more. A stream that was never set up is refused without harm.
        unsafe deflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
    }

    /// Forgets the stream so far, also an unfinished one, and starts another with the same level.
    ///
    /// - Throws: ``ZlibError`` with the code `stream`, which does not happen to a deflater that could be created.
    public func reset() throws(ZlibError) {
        // Safe: the stream is initialized.
        let status = unsafe deflateReset(stream)
        guard status == Z_OK else { throw unsafe ZlibError(status: status, of: stream) }
    }

    /// Compresses all of `input`, and appends to `output` what is ready.
    ///
    /// - Parameter finishing: whether this is the last input of the stream. Everything is appended then, and the next
    ///   call must be ``reset()``.
    /// - Throws: ``ZlibError`` with the code `stream` when the stream is finished already.
    public func deflate(
        _ input: Span<UInt8>, finishing: Bool, appendingTo output: inout [UInt8]
    ) throws(ZlibError) {
        // Safe: zlib gets pointers only for the time of each call, and counts that keep to the buffers.
        try unsafe input.withUnsafeBufferPointer { buffer throws(ZlibError) in
            var consumed = 0
            while true {
                let rest = unsafe UnsafeBufferPointer(rebasing: buffer[consumed...])
                let room = output.exactRoom(max(rest.count / 4, 1_024))
                // zlib counts in 32 bits: the input ends with this call only if it is shown whole.
                let flush = finishing && UInt32(exactly: rest.count) != nil ? Z_FINISH : Z_NO_FLUSH
                let step = unsafe StreamStep(stream, input: rest, output: &output, room: room) { stream in
                    unsafe CZlib.deflate(stream, flush)
                }
                consumed += step.consumed
                switch step.status {
                case Z_STREAM_END:
                    return
                case Z_OK, Z_BUF_ERROR:
                    if !finishing && step.produced < room && consumed == input.count { return }
                    guard step.consumed + step.produced > 0 else {
                        throw unsafe ZlibError(status: Z_BUF_ERROR, of: stream)
                    }
                default:
                    throw unsafe ZlibError(status: step.status, of: stream)
                }
            }
        }
    }
}

@available(*, unavailable)
extension Deflater: Sendable {}
