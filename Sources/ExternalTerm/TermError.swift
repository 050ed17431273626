/// Why bytes are not a term of the External Term Format, and where.
///
/// The code is closed: a caller may switch over it. The offset counts bytes from the first byte that the parser was given.
public struct TermError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The bytes end inside a term.
        case truncated
        /// The first byte is not 131.
        case notExternalTerm
        /// A tag byte that the format does not assign.
        case unknownTag
        /// A tag of the distribution protocol, which no stored term has.
        case distributionTag
        /// An atom of more than 255 characters, or whose text is not UTF-8.
        case malformedAtom
        /// A float that is not a finite number.
        case malformedFloat
        /// A bitstring whose last byte counts no bits, or more than 8.
        case malformedBitstring
        /// A pid, port, reference or function whose fields have the wrong type or are out of range.
        case malformedIdentifier
        /// A map that names a key twice.
        case duplicateKey
        /// A compressed term whose content is not what it declares.
        case malformedCompression
        /// Bytes follow the term.
        case trailingBytes
        /// The term nests deeper, or inflates to more, than the reader's limits allow.
        case limitExceeded
    }

    /// What is wrong.
    public var code: Code

    /// Where, in bytes from the first byte that the parser was given.
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

extension TermError: CustomStringConvertible {
    public var description: String { "\(reason) at byte \(offset) (\(code.rawValue))" }
}
