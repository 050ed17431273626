import CZlib

/// What one call to `inflate` or `deflate` did.
struct StreamStep {
    /// What zlib returned.
    var status: Int32
    /// How many bytes it took from the input.
    var consumed: Int
    /// How many bytes it wrote to the output.
    var produced: Int

    /// Calls `body` on `stream` with the bytes of `input` and room for `room` bytes at the end of `output`.
    ///
    /// - Safety: `stream` points to an initialized stream, and `body` is zlib's `inflate` or `deflate`.
    @unsafe
    init(
        _ stream: UnsafeMutablePointer<z_stream>, input: UnsafeBufferPointer<UInt8>, output: inout [UInt8], room: Int,
        body: (UnsafeMutablePointer<z_stream>) -> Int32
    ) {
        self.init(status: Z_OK, consumed: 0, produced: 0)
        if room > 0 {
            output.append(addingCapacity: room) { span in
                // Safe: zlib writes from the front, and what it reports to have written is initialized.
                unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
                    unsafe run(stream, input: input, output: buffer, body: body)
                    initializedCount = produced
                }
            }
        } else {
            // zlib can still come to the end of the data, but refuses a null pointer even for no room.
            var nowhere: UInt8 = 0
            unsafe withUnsafeMutablePointer(to: &nowhere) { pointer in
                let buffer = unsafe UnsafeMutableBufferPointer(start: pointer, count: 0)
                unsafe run(stream, input: input, output: buffer, body: body)
            }
        }
    }

    private init(status: Int32, consumed: Int, produced: Int) {
        self.status = status
        self.consumed = consumed
        self.produced = produced
    }

    @unsafe
    private mutating func run(
        _ stream: UnsafeMutablePointer<z_stream>, input: UnsafeBufferPointer<UInt8>,
        output: UnsafeMutableBufferPointer<UInt8>, body: (UnsafeMutablePointer<z_stream>) -> Int32
    ) {
        let availableInput = UInt32(clamping: input.count)
        let availableOutput = UInt32(clamping: output.count)
        // zlib declares its input mutable for the sake of old compilers, and does not write to it.
        unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.pointee.avail_in = availableInput
        unsafe stream.pointee.next_out = output.baseAddress
        unsafe stream.pointee.avail_out = availableOutput
        status = unsafe body(stream)
        consumed = unsafe Int(availableInput - stream.pointee.avail_in)
        produced = unsafe Int(availableOutput - stream.pointee.avail_out)
        // The buffers end with this call: no pointer to them stays.
        unsafe stream.pointee.next_in = nil
        unsafe stream.pointee.next_out = nil
        unsafe stream.pointee.avail_in = 0
        unsafe stream.pointee.avail_out = 0
    }
}

extension Array where Element == UInt8 {
    /// How many bytes can be appended without growing, at most `limit`; grows first when that is too few to be worth
    /// a call, by `wanted` bytes but no more than `limit`, or to twice the size: small limits one after the other do not copy it
    /// each time.
    mutating func room(wanting wanted: Int, limit: Int) -> Int {
        if capacity - count < Swift.min(limit, Self.worthwhileRoom) {
            reserveCapacity(count + Swift.max(Swift.min(limit, Swift.max(wanted, Self.worthwhileRoom)), count))
        }
        return Swift.min(limit, capacity - count)
    }

    /// Makes sure that so many bytes can be appended without growing.
    ///
    /// No more than these are to be used: how many there are besides depends on where in memory the array is, and what zlib stores
    /// at level 0 depends on how much room it is given.
    ///
    mutating func exactRoom(_ wanted: Int) -> Int {
        if capacity - count < wanted { reserveCapacity(count + Swift.max(wanted, count)) }
        return wanted
    }

    /// Below 258 bytes of room, the longest match, zlib leaves its fast path.
    private static var worthwhileRoom: Int { 1_024 }
}
