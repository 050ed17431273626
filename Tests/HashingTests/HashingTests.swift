import Hashing
import Testing

@Suite("Hashes and authentication codes")
struct HashingTests {
    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test(
        "the digest is that of FIPS 180-4",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func digests(message: String, digest: String) {
        #expect(Self.hex(SHA256.digest(of: Array(message.utf8))) == digest)
        var pieces = SHA256()
        for byte in message.utf8 { pieces.update([byte]) }
        #expect(Self.hex(pieces.digest()) == digest)
    }

    @Test("the code of a secret is HMAC under its hash")
    func codes() {
        // printf message | openssl dgst -sha256 -mac HMAC -macopt hexkey:$(printf secret | sha256sum | cut -d ' ' -f 1)
        let code = AuthenticationKey(secret: Array("secret".utf8)).code(for: Array("message".utf8))
        #expect(Self.hex(code) == "0749ae560381240d422790714f980832d8152dd540599efc4338e01d3e0f8134")
    }

    @Test("a code is valid for its message and key alone")
    func validity() {
        let key = AuthenticationKey()
        let message = Array("visitor".utf8)
        let code = key.code(for: message)
        #expect(key.isValid(code, for: message))
        #expect(!key.isValid(code, for: message + [0]))
        #expect(!key.isValid(Array(code.dropLast()), for: message))
        #expect(!key.isValid([], for: message))
        #expect(!AuthenticationKey().isValid(code, for: message))
        for index in code.indices {
            var other = code
            other[index] ^= 1
            #expect(!key.isValid(other, for: message))
        }
    }
}
