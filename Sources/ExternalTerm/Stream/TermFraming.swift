/// How several terms stand in a file or a stream. Implements Spec/terms.md §9.
public enum TermFraming: String, Hashable, Sendable, CaseIterable {
    /// Each term starts, with its 131, where the one before it ends.
    case terms
    /// Each term has its length in bytes before it, in one byte: Erlang's `{packet, 1}`.
    case packet1
    /// The same, in two bytes, the highest first: `{packet, 2}`.
    case packet2
    /// The same, in four bytes, the highest first: `{packet, 4}`.
    case packet4

    /// How many bytes the length before each term has.
    public var lengthByteCount: Int {
        switch self {
        case .terms: 0
        case .packet1: 1
        case .packet2: 2
        case .packet4: 4
        }
    }

    /// The length before a term of so many bytes, or nil when it has no room for that.
    public func head(_ byteCount: Int) -> [UInt8]? {
        let bits = 8 * lengthByteCount
        guard self == .terms || byteCount < 1 << bits else { return nil }
        return stride(from: bits - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: byteCount >> $0) }
    }
}
