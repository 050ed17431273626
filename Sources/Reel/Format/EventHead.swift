import ExternalTerm

/// What the format requires of an event's tuple, found without decoding its payload. Implements Spec/recording.md §6.2.
struct EventHead {
    var offset: Int
    var kind: Atom
    /// Where the payload stands in the bytes that were parsed.
    var payload: Range<Int>

    /// Reads the event that `parser` is about to read, up to its end.
    ///
    /// - Returns: nil when a valid term stands there that is no event.
    /// - Throws: ``TermError`` when no valid term stands there.
    static func read(_ parser: inout TermParser) throws(TermError) -> EventHead? {
        let depth = parser.depth
        guard case .tuple(let count) = try parser.next(), count >= 3, case .integer(let offset) = try parser.next(),
            offset >= 0, case .atom(let kind) = try parser.next(), let payload = try parser.skipTerm()
        else { return nil }
        for _ in 3..<count { _ = try parser.skipTerm() }
        guard parser.depth <= depth else { return nil }
        return EventHead(offset: offset, kind: parser.bytes.atom(kind), payload: payload)
    }

    /// Reads the event at `offset`, whose term is known to be valid, or returns nil when it is no event.
    static func read(known bytes: Span<UInt8>, at offset: Int) throws(TermError) -> EventHead? {
        guard case (.tuple(3...), let first) = try KnownTerm.token(of: bytes, at: offset),
            case (.integer(let time), let second) = try KnownTerm.token(of: bytes, at: first), time >= 0,
            case (.atom(let kind), let payload) = try KnownTerm.token(of: bytes, at: second)
        else { return nil }
        let end = try KnownTerm.end(of: bytes, at: payload)
        return EventHead(offset: time, kind: bytes.atom(kind), payload: payload..<end)
    }

    /// The rule that a term which is no event breaks.
    static let rule =
        "an event is a tuple of an offset (an integer from 0 to 2^63 - 1), a kind (an atom), a payload"
        + " and anything more"
}
