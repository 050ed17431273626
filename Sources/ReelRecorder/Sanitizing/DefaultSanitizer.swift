public import ExternalTerm

/// Removes what is the framework's own, filters what is sensitive by its name, compacts structs that carry more than a page
/// shows, and redacts text.
///
/// ```swift
/// var rules = DefaultSanitizer.Rules()
/// rules.sensitiveWords.append("blood_type")
/// rules.allowedKeys = ["token_count"]
/// let recorder = try Recorder(store: store, sanitizer: DefaultSanitizer(rules, redactor: Redactor([.cardNumbers])))
/// ```
///
/// A key is an atom, a binary or a charlist; neither case nor separators count. It stands before its value in a map, a struct, a
/// tuple or a list of two, so in keyword lists and lists of headers as well; where a tuple's first element is sensitive, all its
/// other elements are filtered. It may stand in a value itself: of `%{"name" => "password", "value" => x}` the `value` is filtered,
/// and so is what a key was pressed in. Keys are looked for at every depth, in what functions have closed over too, in text such
/// as `password=x` or JSON, and in the query strings, fragments and paths of addresses; an address's password is filtered as well.
///
/// What is filtered by default, and what is not and why, says <doc:Secrets>.
public struct DefaultSanitizer: Sanitizer {
    /// What is removed, filtered and compacted.
    public struct Rules: Sendable {
        /// Keys that are removed from assigns together with their values.
        public var internalKeys: Set<String> = [
            "__changed__", "flash", "uploads", "streams", "_replay_id", "_replay_t0",
        ]
        /// What a name contains whose value is filtered, in lower or upper case; `_` stands for any separator, the start of a word
        /// in upper case, or nothing.
        public var sensitiveWords = SensitiveNames.words
        /// The word that a name is, or ends with, whose value is filtered: `pin` is that of `card_pin` and `pinCode`, not of
        /// `pinned` or `pin_board`.
        public var sensitiveLastWords = SensitiveNames.lastWords
        /// Keys whose values are filtered in addresses, and nowhere else.
        public var sensitiveQueryKeys = SensitiveNames.queryKeys
        /// Names that are kept, whatever they contain, in lower or upper case.
        public var allowedKeys: Set<String> = []
        /// What becomes of the structs of Phoenix and Ecto.
        public var compaction = Compaction.structs

        /// Creates the default rules.
        public init() {}
    }

    /// What becomes of `Phoenix.HTML.Form`, `Ecto.Changeset` and the structs of Ecto schemas, which say more than a page shows.
    ///
    /// | | `structs` | `maps` |
    /// | --- | --- | --- |
    /// | form | `options` is empty | the same |
    /// | changeset | `prepare` and `repo_opts` are empty, `repo` is nil | and `validations` is empty, `types` is nil |
    /// | schema | without `__meta__` | and without `__struct__` |
    public enum Compaction: Hashable, Sendable {
        /// They stay structs, as PhoenixReplay 0.3 and later record them.
        case structs
        /// Schemas become plain maps, as PhoenixReplay 0.1 and 0.2 record them.
        case maps
        /// They stay what they are.
        case none
    }

    let rules: Rules
    let redactor: Redactor
    let names: SensitiveNames
    let queryKeys: Set<String>
    private let internalKeys: Set<String>

    /// Creates a sanitizer.
    ///
    /// - Parameters:
    ///   - rules: what is removed, filtered and compacted.
    ///   - redactor: looks at all text that is left. It takes time of the caller, so there is none by default;
    ///     ``Redactor/standard`` is a good one.
    public init(_ rules: Rules = Rules(), redactor: Redactor = .none) {
        self.rules = rules
        self.redactor = redactor
        names = SensitiveNames(
            containing: rules.sensitiveWords, endingWith: rules.sensitiveLastWords, except: rules.allowedKeys)
        queryKeys = Set(rules.sensitiveQueryKeys.map { $0.lowercased() })
            .subtracting(rules.allowedKeys.map { $0.lowercased() })
        internalKeys = rules.internalKeys.subtracting(rules.allowedKeys)
    }

    public var redactsText: Bool { !redactor.isEmpty }

    public func verdict(onKey key: String, in part: RecordedPart) -> SanitizerVerdict {
        if part == .assigns, internalKeys.contains(key) { return .remove }
        if names.contains(key) { return .filter }
        return NamedValue.valueKeys.contains(key) || NamedValue.addressKeys.contains(key) ? .depends : .keep
    }

    public func sanitize(_ term: Term, in part: RecordedPart) throws -> Term {
        guard part == .payload, case .map(let payload) = term else { return try sanitized(term, in: part, depth: 0) }
        var pairs: [TermMap.Pair] = []
        let filtered = valueKeys(filteredIn: payload, part)
        for pair in payload.pairs {
            if !filtered.isEmpty, let key = pair.key.keyName, filtered.contains(key) {
                pairs.append(TermMap.Pair(pair.key, .string(SanitizedValue.filtered)))
            } else if let part = pair.key.atom.flatMap(DefaultSanitizer.part(under:)) {
                pairs.append(TermMap.Pair(pair.key, try sanitized(pair.value, in: part, depth: 1)))
            } else {
                try append(pair, to: &pairs, in: .payload, depth: 0)
            }
        }
        return .map(TermMap(pairs))
    }

    /// What stands in a payload under a key.
    private static func part(under key: Atom) -> RecordedPart? {
        switch key.name {
        case "assigns", "delta", "snapshot": .assigns
        case "params": .params
        default: nil
        }
    }
}

// MARK: - Terms

/// What a sanitizer cannot go through.
struct SanitizingError: Error {
    var reason: String
}

extension DefaultSanitizer {
    func sanitized(_ term: Term, in part: RecordedPart, depth: Int) throws -> Term {
        guard depth <= TermLimits.deepestTree else {
            throw SanitizingError(reason: "terms nested deeper than \(TermLimits.deepestTree)")
        }
        switch term {
        case .integer(let value): return try redacted(value) ?? term
        case .binary(let bytes): return .binary(try sanitized(text: bytes))
        case .map(let map): return .map(try sanitized(map, in: part, depth: depth))
        case .list(let elements):
            if let text = term.charlist { return try sanitized(charlist: text) ?? term }
            if NamedValue.isPairs(elements) {
                return .list(
                    try elements.map { try sanitized(pair: $0.listElements ?? [], in: part, depth: depth + 1) })
            }
            if let stored = NamedValue.storedByBrowser(elements) { return stored }
            return .list(try sanitized(elements, in: part, depth: depth))
        case .improperList(let elements, let tail):
            if elements.count == 1, let key = elements[0].keyName, NamedValue.isName(key),
                verdict(onKey: key, in: part) == .filter
            {
                return .list(elements, tail: .string(SanitizedValue.filtered))
            }
            return .list(
                try sanitized(elements, in: part, depth: depth), tail: try sanitized(tail, in: part, depth: depth + 1))
        case .tuple(let elements): return try sanitized(tuple: elements, in: part, depth: depth) ?? .tuple([])
        case .record(let record):
            // A field stays, whatever is in it: a record without one is another one.
            return .record(
                try record.mapValues { field in
                    var pairs: [TermMap.Pair] = []
                    try append(TermMap.Pair(.atom(field.name), field.value), to: &pairs, in: part, depth: depth)
                    return pairs.first?.value ?? .string(SanitizedValue.filtered)
                })
        case .localFunction(var function):
            function.freeVariables = try sanitized(function.freeVariables, in: part, depth: depth)
            return .localFunction(function)
        default: return term
        }
    }

    private func sanitized(_ elements: [Term], in part: RecordedPart, depth: Int) throws -> [Term] {
        try elements.compactMap { element in
            guard case .tuple(let elements) = element else { return try sanitized(element, in: part, depth: depth + 1) }
            return try sanitized(tuple: elements, in: part, depth: depth + 1)
        }
    }

    /// A tuple as it may be recorded, or nil when it is an internal key with its value.
    private func sanitized(tuple elements: [Term], in part: RecordedPart, depth: Int) throws -> Term? {
        if let key = elements.first?.keyName, elements.count == 2 || NamedValue.isName(key) {
            switch verdict(onKey: key, in: part) {
            case .filter where elements.count > 1:
                let filtered = Array(repeating: Term.string(SanitizedValue.filtered), count: elements.count - 1)
                return .tuple([try sanitized(key: elements[0], in: part, depth: depth + 1)] + filtered)
            case .remove where elements.count == 2 && elements[0].atom != nil: return nil
            default: break
            }
        }
        return .tuple(try elements.map { try sanitized($0, in: part, depth: depth + 1) })
    }

    private func sanitized(_ map: TermMap, in part: RecordedPart, depth: Int) throws -> TermMap {
        let map = compacted(map)
        var pairs: [TermMap.Pair] = []
        pairs.reserveCapacity(map.count)
        let isAddress = map[atom: .struct]?.atom?.name == "Elixir.URI"
        let filtered = valueKeys(filteredIn: map, part)
        for pair in map.pairs {
            if isAddress, let text = pair.value.text, let part = AddressPart(rawValue: pair.key.atom?.name ?? "") {
                pairs.append(TermMap.Pair(pair.key, .string(try sanitized(text, of: part))))
            } else if !filtered.isEmpty, let key = pair.key.keyName, filtered.contains(key) {
                pairs.append(TermMap.Pair(pair.key, .string(SanitizedValue.filtered)))
            } else {
                try append(pair, to: &pairs, in: part, depth: depth)
            }
        }
        return TermMap(pairs)
    }

    private func append(
        _ pair: TermMap.Pair, to pairs: inout [TermMap.Pair], in part: RecordedPart, depth: Int
    ) throws {
        let verdict = pair.key.keyName.map { self.verdict(onKey: $0, in: part) } ?? .keep
        guard verdict != .remove else { return }
        let value: Term
        if verdict == .filter || part == .payload && pair.isQueryParameters {
            value = .string(SanitizedValue.filtered)
        } else if verdict == .depends, case .binary(let bytes) = pair.value, NamedValue.isAddress(bytes) {
            value = .binary(try sanitized(text: bytes, isAddress: true))
        } else {
            value = try sanitized(pair.value, in: part, depth: depth + 1)
        }
        pairs.append(TermMap.Pair(try sanitized(key: pair.key, in: part, depth: depth + 1), value))
    }

    /// A key as it may be recorded: it may be a value itself, such as an address.
    private func sanitized(key: Term, in part: RecordedPart, depth: Int) throws -> Term {
        key.atom == nil ? try sanitized(key, in: part, depth: depth) : key
    }

    /// Text without the values of sensitive keys in it and in its addresses, and without what the redactor finds.
    ///
    /// - Parameter isAddress: whether all of the text is one address.
    func sanitized(text bytes: [UInt8], isAddress: Bool = false) throws -> [UInt8] {
        var bytes = bytes
        if isAddress || bytes.contains(where: ShortText.marksAddress) {
            let found = try secretsInAddresses(bytes, isAddress: isAddress)
            // What an address has found ends where the address says.
            let starts = Set(found.map(\.lowerBound))
            let others = valuesAfterNames(in: bytes).filter { !starts.contains($0.lowerBound) }
            bytes = bytes.replacing(found + others, by: SanitizedValue.filtered)
        }
        return try redactor.redact(bytes) ?? bytes
    }

    /// What stands in the place of an integer that as text would be redacted, such as a card's number; nil when it is kept.
    private func redacted(_ value: Int) throws -> Term? {
        guard value > 99_999_999_999, !redactor.isEmpty else { return nil }
        let digits = Array(String(value).utf8)
        return try redactor.redact(digits) == Array(SanitizedValue.redacted.utf8)
            ? .string(SanitizedValue.redacted) : nil
    }

    /// A charlist as it may be recorded, or nil when it may be as it is.
    private func sanitized(charlist text: String) throws -> Term? {
        let bytes = Array(text.utf8)
        let sanitized = try sanitized(text: bytes)
        guard sanitized != bytes else { return nil }
        return .list(String(decoding: sanitized, as: UTF8.self).unicodeScalars.map { .integer(Int($0.value)) })
    }
}

extension TermMap.Pair {
    /// Whether these are the parameters of a query of a database: Ecto's are a list, and parameters of a view a map.
    fileprivate var isQueryParameters: Bool {
        guard key.atom?.name == "params", case .list(let elements) = value else { return false }
        return !elements.isEmpty
    }
}

extension Term {
    /// The name that this is when it is a key: of an atom, a binary or a charlist.
    var keyName: String? {
        switch self {
        case .atom(let atom): atom.name
        case .binary(let bytes): String(decoding: bytes, as: UTF8.self)
        case .list: charlist
        default: nil
        }
    }

    /// The text of a list of characters that is not empty, or nil.
    fileprivate var charlist: String? {
        guard case .list(let elements) = self, !elements.isEmpty else { return nil }
        var text = ""
        for element in elements {
            guard case .integer(let value) = element, value >= 9, let number = UInt32(exactly: value),
                let scalar = Unicode.Scalar(number)
            else { return nil }
            text.unicodeScalars.append(scalar)
        }
        return text
    }
}

// MARK: - Structs

extension DefaultSanitizer {
    /// A struct without what no page shows of it.
    private func compacted(_ map: TermMap) -> TermMap {
        guard rules.compaction != .none, let module = map[atom: .struct]?.atom?.name else { return map }
        var map = map
        switch module {
        case "Elixir.Phoenix.HTML.Form": map.replace("options", by: .nil)
        case "Elixir.Ecto.Changeset":
            map.replace("prepare", by: .nil)
            map.replace("repo", by: .atom(.nil))
            map.replace("repo_opts", by: .nil)
            guard rules.compaction == .maps else { break }
            map.replace("validations", by: .nil)
            map.replace("types", by: .atom(.nil))
        default:
            guard map[atom: "__meta__"] != nil else { break }
            map[atom: "__meta__"] = nil
            if rules.compaction == .maps { map[atom: .struct] = nil }
        }
        return map
    }
}

extension TermMap {
    /// Replaces a value that is there.
    fileprivate mutating func replace(_ key: Atom, by value: Term) {
        if self[atom: key] != nil { self[atom: key] = value }
    }
}
