import ExternalTerm

/// Looks into encoded terms without decoding what is not asked for.
enum EncodedTerm {
    /// The keys of the map at `offset` and where their values stand, or nil when no map stands there.
    static func pairs(
        of bytes: Span<UInt8>, at offset: Int
    ) throws(TermError) -> [(key: Term, value: Range<Int>)]? {
        var parser = TermParser(bytes, at: offset, limits: .trusted)
        guard case .map(let count) = try parser.next() else { return nil }
        var pairs: [(key: Term, value: Range<Int>)] = []
        pairs.reserveCapacity(count)
        for _ in 0..<count {
            let keyStart = parser.offset
            guard try parser.skipTerm() != nil else { return nil }
            let key = try Term.decode(bytes, at: keyStart, limits: .trusted).term
            guard let value = try parser.skipTerm() else { return nil }
            pairs.append((key, value))
        }
        return pairs
    }

    /// Where the value of the key `name` stands in the map at `offset`: of the atom, or else of the binary with the same text.
    static func value(
        of name: Atom, in bytes: Span<UInt8>, at offset: Int
    ) throws(TermError) -> Range<Int>? {
        var parser = TermParser(bytes, at: offset, limits: .trusted)
        guard case .map(let count) = try parser.next() else { return nil }
        var found: Range<Int>?
        for _ in 0..<count {
            let keyStart = parser.offset
            guard let key = try parser.skipTerm(), let value = try parser.skipTerm() else { return nil }
            // A name's head has at most five bytes.
            guard key.count <= name.name.utf8.count + 5 else { continue }
            let term = try Term.decode(bytes, at: keyStart, limits: .trusted).term
            if case .atom(name) = term { return value }
            if found == nil, Name(term)?.text == name.name { found = value }
        }
        return found
    }

    /// The term at `range`.
    static func term(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(TermError) -> Term {
        try Term.decode(bytes, at: range.lowerBound, limits: .trusted).term
    }
}

/// A name in a payload: PhoenixReplay writes atoms, and binaries in what came from JSON.
struct Name {
    let text: String

    init?(_ term: Term) {
        switch term {
        case .atom(let atom): text = atom.name
        case .binary:
            guard let text = term.text else { return nil }
            self.text = text
        default: return nil
        }
    }
}

extension TermLimits {
    /// For terms that have been read once, within the reader's limits.
    static let trusted = TermLimits(depth: .max)
}
