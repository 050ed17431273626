extension Array where Element == UInt8 {
    /// Appends a copy of `bytes`.
    @inlinable
    package mutating func append(copying bytes: Span<UInt8>) {
        // Safe: the buffer is read before the closure returns. It is here, among what is unsafe, because the standard
        // library has no copy from a span yet that costs what `memcpy` costs.
        unsafe bytes.withUnsafeBufferPointer { buffer in unsafe append(contentsOf: buffer) }
    }

    /// Creates a copy of `bytes`.
    @inlinable
    package init(copying bytes: Span<UInt8>) {
        self.init()
        append(copying: bytes)
    }
}

extension OutputSpan<UInt8> {
    /// Appends a copy of `bytes`, for which there has to be room.
    @inlinable
    package mutating func append(copying bytes: Span<UInt8>) {
        precondition(bytes.count <= freeCapacity, "no room for the bytes")
        // Safe: there is room, which is initialized before it is counted.
        unsafe withUnsafeMutableBufferPointer { buffer, count in
            unsafe bytes.withUnsafeBufferPointer { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                    .copyMemory(from: UnsafeRawBufferPointer(source))
            }
            count += bytes.count
        }
    }
}
