import Hashing

/// Checksums of files and entries, as `sha256sum` writes them.
enum Checksum {
    /// The SHA-256 of `bytes`, in hexadecimal digits.
    static func sha256(_ bytes: [UInt8]) -> String { BytesText.hex(SHA256.digest(of: bytes)) }

    /// Whether a text is a SHA-256 in hexadecimal digits of lower case.
    static func isSHA256(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy {
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0
            }
    }
}
