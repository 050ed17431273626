/// Why bytes are not a gzip file, or a member cannot be written, and where.
public struct GzipError: Error, Hashable, Sendable {
    /// What is wrong. The list is closed: a caller may switch over it.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The bytes do not start with the two bytes 1F 8B.
        case notGzip
        /// The compression method is not 8, deflate.
        case unsupportedMethod
        /// A flag is set that RFC 1952 reserves, so that the header cannot be read for certain.
        case reservedFlags
        /// The checksum of a header does not match.
        case headerChecksum
        /// A subfield of the extra field goes past the field's end, or the extra field is larger than 65,535 bytes.
        case malformedExtraField
        /// A name or comment to be written holds a zero byte.
        case malformedText
        /// The compressed data cannot be decompressed.
        case deflate
        /// The CRC-32 of a member's content does not match.
        case contentChecksum
        /// A member's content is not as long as it, or the caller, says.
        case contentLength
        /// The bytes end inside a member.
        case truncated
        /// What follows a member is not a member.
        case trailingData
        /// A name, comment or content is larger than the limit.
        case limitExceeded
    }

    /// What is wrong.
    public var code: Code

    /// Where: bytes from the start of the file, or of the output when a member is written.
    public var offset: Int

    /// What was found there, in words.
    public var reason: String

    /// Creates an error.
    public init(_ code: Code, at offset: Int, _ reason: String) {
        self.code = code
        self.offset = offset
        self.reason = reason
    }

    /// What to do about it, in words.
    public var advice: String {
        switch code {
        case .notGzip: "check that this is a gzip file"
        case .unsupportedMethod: "only method 8, deflate, is in use; the header is damaged or no gzip header"
        case .reservedFlags: "the header is damaged, or newer than RFC 1952"
        case .headerChecksum, .malformedExtraField: "the header is damaged; members after it may be whole"
        case .malformedText: "take the zero byte out"
        case .deflate, .contentChecksum, .contentLength: "the member is damaged; members around it may be whole"
        case .truncated: "the file was cut or is still being written; what comes before is readable"
        case .trailingData: "what comes before is readable; remove what follows"
        case .limitExceeded: "raise the limit if you trust the file"
        }
    }
}

extension GzipError: CustomStringConvertible {
    public var description: String { "\(reason) at byte \(offset) (\(code.rawValue)): \(advice)" }
}
