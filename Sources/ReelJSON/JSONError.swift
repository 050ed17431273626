/// Why text is not the JSON that it should be, and where.
///
/// The code is closed: a caller may switch over it. The offset counts bytes from the first byte of the text.
public struct JSONError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The text ends inside a value.
        case truncated
        /// What stands there is not what RFC 8259 allows there.
        case malformed
        /// A string that is not UTF-8, or whose escapes name half of a surrogate pair.
        case malformedText
        /// An object that names a key twice.
        case duplicateKey
        /// Something follows the value.
        case trailingBytes
        /// The text is longer, nests deeper or has a longer number than the limits allow.
        case limitExceeded
        /// Sound JSON that stands for nothing: an unknown tag, or one with the wrong content.
        case meaningless
    }

    /// What is wrong.
    public var code: Code
    /// Where, in bytes from the first one.
    public var offset: Int
    /// What was found there, in words.
    public var reason: String

    /// Creates an error.
    public init(_ code: Code, at offset: Int, _ reason: String) {
        self.code = code
        self.offset = offset
        self.reason = reason
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String { "\(reason) at byte \(offset) (\(code.rawValue))" }
}

/// How much a JSON text from outside may ask of its reader.
public struct JSONLimits: Hashable, Sendable {
    /// How many arrays and objects may enclose a value: 4,096 by default, since a map of the tagged mapping
    /// takes three.
    public var depth: Int
    /// How many bytes the text may have: 1 GiB by default.
    public var byteCount: Int

    /// Creates limits.
    public init(depth: Int = 4_096, byteCount: Int = 1 << 30) {
        self.depth = depth
        self.byteCount = byteCount
    }

    /// The limits for input that nobody vouches for.
    public static let `default` = JSONLimits()

    /// The most digits of an integer: reading them takes time that grows with the square of their number.
    static let mostDigits = 78_914
}
