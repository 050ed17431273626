/// Why text is not a term that can be read, and where.
///
/// The code is closed: a caller may switch over it. Lines and columns count from 1, columns in Unicode scalars.
public struct TermTextError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// A character that cannot stand here.
        case unexpectedCharacter
        /// The text ends inside a term.
        case unexpectedEnd
        /// Text follows the term.
        case trailingText
        /// A number with misplaced digits or underscores, or a float that is not finite.
        case malformedNumber
        /// A string or character with an escape sequence that stands for nothing, or whose bytes are not UTF-8.
        case malformedString
        /// An atom of more than 255 characters, or a reserved word without quotes.
        case malformedAtom
        /// A segment of a binary whose type and size do not fit its value.
        case malformedBinary
        /// A date, a time or a decimal that is none.
        case malformedSigil
        /// A pid, port, reference, local function or opaque value: its text names it but does not hold it.
        case identifier
        /// The language has this, but it is no literal: a variable, a record, an interpolation, a call.
        case unsupported
        /// The term nests deeper, or takes more memory, than the reader's limits allow.
        case limitExceeded
    }

    /// What is wrong.
    public var code: Code

    /// The line, from 1.
    public var line: Int

    /// The column in Unicode scalars, from 1.
    public var column: Int

    /// What was found there, in words.
    public var reason: String

    /// What could have stood there, in words.
    public var expected: String

    /// Creates an error.
    public init(_ code: Code, line: Int, column: Int, _ reason: String, expected: String) {
        self.code = code
        self.line = line
        self.column = column
        self.reason = reason
        self.expected = expected
    }
}

extension TermTextError: CustomStringConvertible {
    public var description: String {
        "\(reason) at line \(line), column \(column); expected \(expected) (\(code.rawValue))"
    }
}
