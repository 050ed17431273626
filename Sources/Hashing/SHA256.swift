import CNettle

/// A SHA-256 (FIPS 180-4), computed over bytes that come in pieces.
package struct SHA256 {
    /// How many bytes a digest has.
    package static let digestByteCount = 32

    private var context = sha256_ctx()

    /// Creates the hash of no bytes.
    package init() { unsafe nettle_sha256_init(&context) }

    /// Adds `bytes` to what is hashed.
    package mutating func update(_ bytes: [UInt8]) {
        // Safe: nettle reads exactly the array's bytes, and keeps no pointer to them.
        unsafe bytes.withUnsafeBufferPointer { unsafe nettle_sha256_update(&context, $0.count, $0.baseAddress) }
    }

    /// The digest of all bytes that have been added.
    package consuming func digest() -> [UInt8] {
        // Safe: nettle writes exactly as many bytes as it is asked for.
        unsafe [UInt8](unsafeUninitializedCapacity: SHA256.digestByteCount) { buffer, count in
            unsafe nettle_sha256_digest(&context, SHA256.digestByteCount, buffer.baseAddress)
            count = SHA256.digestByteCount
        }
    }

    /// The digest of `bytes`.
    package static func digest(of bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.digest()
    }
}
