import CZlib

/// The CRC-32 of gzip, computed over bytes that come in pieces.
public struct CRC32: Hashable, Sendable {
    /// The checksum of the bytes so far: 0 for none.
    public private(set) var value: UInt32 = 0

    /// Creates the checksum of no bytes.
    public init() {}

    /// Adds `bytes` to what the checksum covers.
    public mutating func update(_ bytes: Span<UInt8>) {
        // zlib starts over when it is given a null pointer, which is what an empty span may be.
        guard !bytes.isEmpty else { return }
        // Safe: zlib reads exactly the bytes of the buffer, and keeps no pointer to them.
        let updated = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe crc32_z(uLong(value), buffer.baseAddress, buffer.count)
        }
        value = UInt32(truncatingIfNeeded: updated)
    }

    /// The checksum of `bytes`.
    public static func checksum(of bytes: Span<UInt8>) -> UInt32 {
        var checksum = CRC32()
        checksum.update(bytes)
        return checksum.value
    }
}
