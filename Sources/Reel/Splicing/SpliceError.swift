/// Why parts make no recording: an error of ``Splice``.
public struct SpliceError: Error, Hashable, Sendable {
    /// The kinds of reasons.
    public enum Kind: Hashable, Sendable {
        /// No event would be left.
        case nothingLeft
        /// A recording starts before the one before it ends.
        case wrongOrder
    }

    /// What kind it is.
    public let kind: Kind
    /// What was found, in words.
    public let reason: String

    init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}

extension SpliceError: CustomStringConvertible {
    /// What was found, in words.
    public var description: String { reason }
}
