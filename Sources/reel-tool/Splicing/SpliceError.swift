/// Why parts make no recording.
package struct SpliceError: Error, Hashable, Sendable {
    /// The kinds of reasons.
    package enum Kind: Hashable, Sendable {
        /// No event would be left.
        case nothingLeft
        /// A recording starts before the one before it ends.
        case wrongOrder
    }

    /// What kind it is.
    package let kind: Kind
    /// What was found, in words.
    package let reason: String

    init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}

extension SpliceError {
    /// What to do about it.
    var advice: String? {
        switch kind {
        case .nothingLeft: nil
        case .wrongOrder: "give them in the order of their times; 'reel trim' takes away what two of them have"
        }
    }
}

extension SpliceError: CustomStringConvertible {
    package var description: String { reason }
}
