import CNettle

/// A secret key, and the authentication codes that it makes: HMAC (RFC 2104) with SHA-256.
package struct AuthenticationKey: Sendable {
    private let bytes: [UInt8]

    /// Creates a key that nobody else has.
    package init() {
        var generator = SystemRandomNumberGenerator()
        bytes = (0..<SHA256.digestByteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Creates the key that belongs to a secret.
    package init(secret: [UInt8]) { bytes = SHA256.digest(of: secret) }

    /// The code of a message.
    package func code(for message: [UInt8]) -> [UInt8] {
        var context = hmac_sha256_ctx()
        // Safe: nettle reads exactly the arrays' bytes, writes exactly as many as it is asked for, and keeps no pointer.
        unsafe bytes.withUnsafeBufferPointer { unsafe nettle_hmac_sha256_set_key(&context, $0.count, $0.baseAddress) }
        unsafe message.withUnsafeBufferPointer { unsafe nettle_hmac_sha256_update(&context, $0.count, $0.baseAddress) }
        return unsafe [UInt8](unsafeUninitializedCapacity: SHA256.digestByteCount) { buffer, count in
            unsafe nettle_hmac_sha256_digest(&context, SHA256.digestByteCount, buffer.baseAddress)
            count = SHA256.digestByteCount
        }
    }

    /// Whether `code` is the one of `message`, in a time that does not depend on how much of it is right.
    package func isValid(_ code: [UInt8], for message: [UInt8]) -> Bool {
        let expected = self.code(for: message)
        guard code.count == expected.count else { return false }
        // Safe: both arrays have as many bytes as nettle reads.
        return unsafe nettle_memeql_sec(code, expected, expected.count) != 0
    }
}
