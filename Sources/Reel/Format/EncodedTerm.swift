import ExternalTerm

/// Looks into encoded terms that are known to be valid, without decoding what is not asked for.
enum EncodedTerm {
    /// The keys of the map at `offset` and where their values stand, or nil when no map stands there.
    static func pairs(
        of bytes: Span<UInt8>, at offset: Int
    ) throws(TermError) -> [(key: Term, value: Range<Int>)]? {
        guard case (.map(let count), var position) = try KnownTerm.token(of: bytes, at: offset) else { return nil }
        guard 2 * count <= TermLimits.trusted.treeTermCount else {
            throw TermError(
                .limitExceeded, at: offset,
                "a map of \(count) pairs, more than the limit of a tree of \(TermLimits.trusted.treeTermCount) terms")
        }
        var pairs: [(key: Term, value: Range<Int>)] = []
        pairs.reserveCapacity(count)
        for _ in 0..<count {
            let (key, value) = try Term.decode(bytes, at: position, limits: .trusted)
            position = try KnownTerm.end(of: bytes, at: value)
            pairs.append((key, value..<position))
        }
        return pairs
    }

    /// Where the value of the key `name` starts in the map at `offset`: of the atom, or else of the binary with the same text.
    static func value(of name: Atom, in bytes: Span<UInt8>, at offset: Int) throws(TermError) -> Int? {
        guard case (.map(let count), var position) = try KnownTerm.token(of: bytes, at: offset) else { return nil }
        var found: Int?
        for index in 0..<count {
            var (token, value) = try KnownTerm.token(of: bytes, at: position)
            switch token {
            case .atom(let text):
                if !text.isLatin1, bytes.holds(name.name, at: text.range) { return value }
            case .binary(let range):
                if found == nil, bytes.holds(name.name, at: range) { found = value }
            default: value = try KnownTerm.end(of: bytes, at: position)
            }
            if index < count - 1 { position = try KnownTerm.end(of: bytes, at: value) }
        }
        return found
    }

    /// The term at `offset`.
    static func term(_ bytes: Span<UInt8>, at offset: Int) throws(TermError) -> Term {
        try Term.decode(bytes, at: offset, limits: .trusted).term
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

extension Span<UInt8> {
    /// Whether the bytes at `range` are `text` in UTF-8.
    fileprivate func holds(_ text: String, at range: Range<Int>) -> Bool {
        guard range.count == text.utf8.count else { return false }
        for (position, byte) in zip(range, text.utf8) where self[position] != byte { return false }
        return true
    }
}
