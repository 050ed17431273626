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

    /// Reads the event from `offset` to the end of the bytes, whose term is known to be valid, or returns nil when it is no event.
    static func read(known bytes: Span<UInt8>, at offset: Int) throws(TermError) -> EventHead? {
        guard case (.tuple(let count), let first) = try KnownTerm.token(of: bytes, at: offset), count >= 3,
            case (.integer(let time), let second) = try KnownTerm.token(of: bytes, at: first), time >= 0,
            case (.atom(let kind), let payload) = try KnownTerm.token(of: bytes, at: second)
        else { return nil }
        let end = count == 3 ? bytes.count : try KnownTerm.end(of: bytes, at: payload)
        return EventHead(offset: time, kind: bytes.atom(kind), payload: payload..<end)
    }

    /// The rule that a term which is no event breaks.
    static let rule =
        "an event is a tuple of an offset (an integer from 0 to 2^63 - 1), a kind (an atom), a payload"
        + " and anything more"
}

extension EventHead {
    /// The start of an event as most are written: a tuple of three that starts with an integer of 32 bits and an atom of ASCII.
    struct Common {
        var offset: Int
        /// Where the name of the kind stands.
        var kind: Range<Int>
        /// Where the payload starts.
        var payload: Int

        /// Reads the start of the event at `offset`, of which nothing has been checked, or returns nil when it is another one.
        @inline(__always)
        init?(_ bytes: Span<UInt8>, at start: Int) {
            guard bytes.count - start >= 7, bytes[start] == Self.smallTuple, bytes[start + 1] == 3 else { return nil }
            let atom: Int
            switch bytes[start + 2] {
            case Self.smallInteger:
                offset = Int(bytes[start + 3])
                atom = start + 4
            case Self.integer:
                offset = (3..<7).reduce(0) { $0 << 8 | Int(bytes[start + $1]) }
                atom = start + 7
            default: return nil
            }
            guard offset <= Int(Int32.max), bytes.count - atom >= 2, bytes[atom] == Self.smallAtom else { return nil }
            kind = atom + 2..<atom + 2 + Int(bytes[atom + 1])
            payload = kind.upperBound
            guard payload < bytes.count else { return nil }
            var merged: UInt8 = 0
            for position in kind { merged |= bytes[position] }
            guard merged < 0x80 else { return nil }
        }

        private static let smallInteger: UInt8 = 97
        private static let integer: UInt8 = 98
        private static let smallTuple: UInt8 = 104
        private static let smallAtom: UInt8 = 119
    }
}
