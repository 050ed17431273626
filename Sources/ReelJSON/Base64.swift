import FoundationEssentials

/// Base64 with padding (RFC 4648 §4), as the JSON mappings write bytes that are not text.
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// The bytes that `text` stands for, or nil when it is not their one representation.
    static func decode(_ text: String) -> [UInt8]? {
        guard let data = Data(base64Encoded: text), data.base64EncodedString() == text else { return nil }
        return Array(data)
    }
}
