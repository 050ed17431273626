import ExternalTerm

/// Builds terms of JSON text from the bottom up, without recursion.
struct JSONTermReader {
    /// Whether tags mean anything; otherwise every object is a map with strings for keys.
    let readsTags: Bool

    /// A value that has been read, and how it was written.
    private struct Value {
        var start: Int
        var term: Term
        var form: Form
        /// How deep its tree is.
        var depth: Int

        /// A literal is what JSON has itself; a tail is the term that ends an improper list.
        enum Form { case literal, tagged, tail }
    }

    private struct Container {
        var start: Int
        var firstValue: Int
        var firstKey: Int
        var role: Role
        let isArray: Bool
        /// How many terms enclose the values that stand in it.
        var depth: Int

        /// What it stands for: a term by itself, the pairs of a `$map`, one of them, or a tag and what belongs to it.
        enum Role { case term, pairs, pair, tag }
    }

    /// The container that begins with `token`, which `enclosing` holds.
    private func container(
        _ token: JSONToken, in enclosing: Container?, lastKey: [UInt8]?, at start: Int, _ firstValue: Int,
        _ firstKey: Int
    ) -> Container {
        var container = Container(
            start: start, firstValue: firstValue, firstKey: firstKey, role: .term, isArray: token == .beginArray,
            depth: (enclosing?.depth ?? 0) + 1)
        guard let enclosing else { return container }
        switch (enclosing.role, token) {
        // Those of a record are pairs as those of a map are.
        case (.tag, .beginArray) where lastKey == Array("$map".utf8) || lastKey == Array("fields".utf8):
            container.role = .pairs
        case (.tag, .beginObject):
            // The fields of an identifier.
            container.role = .tag
            container.depth -= 1
        case (.pairs, .beginArray):
            container.role = .pair
            container.depth -= 1
        default: break
        }
        return container
    }

    init(readsTags: Bool) { self.readsTags = readsTags }

    /// Reads the value of which `token`, which the parser has read last, is the first one.
    func term(_ token: JSONToken, _ parser: inout JSONParser) throws(JSONError) -> Term {
        var open: [Container] = []
        var values: [Value] = []
        var keys: [[UInt8]] = []
        var token = token
        let start = parser.tokenStart
        while true {
            switch token {
            case .endArray, .endObject, .key: break
            default:
                if let top = open.last, top.depth > TermLimits.deepestTree {
                    throw tooDeep(at: parser.tokenStart)
                }
            }
            switch token {
            case .beginArray, .beginObject:
                open.append(
                    container(
                        token, in: open.last, lastKey: keys.last, at: parser.tokenStart, values.count, keys.count))
            case .key(let range, let hasEscapes):
                keys.append(parser.bytes.unescaped(range, hasEscapes: hasEscapes))
                // The first key tells a tag, which is no container of the term that it stands for.
                if readsTags, let top = open.indices.last, open[top].role == .term,
                    keys.count == open[top].firstKey + 1, keys.last?.first == UInt8(ascii: "$")
                {
                    open[top].role = .tag
                    open[top].depth -= 1
                }
            case .endArray:
                guard let container = open.popLast() else { break }
                let value = try array(values[container.firstValue...], at: container.start)
                values.removeSubrange(container.firstValue...)
                values.append(value)
            case .endObject:
                guard let container = open.popLast() else { break }
                let value = try object(
                    keys[container.firstKey...], values[container.firstValue...], at: container.start)
                if case .local = value.term, !open.isEmpty {
                    throw meaningless("a '$local' inside another value", at: container.start)
                }
                if value.form == .tail, open.last?.isArray != true {
                    throw meaningless("a tail outside a list", at: container.start)
                }
                values.removeSubrange(container.firstValue...)
                keys.removeSubrange(container.firstKey...)
                values.append(value)
            default:
                let term = try JSONTermReader.leaf(token, parser.bytes)
                values.append(Value(start: parser.tokenStart, term: term, form: .literal, depth: 0))
            }
            guard !open.isEmpty else { break }
            // No deeper than trees may be, and what a tag takes for what is one.
            if let depth = values.last?.depth, depth > TermLimits.deepestTree + 2 { throw tooDeep(at: start) }
            guard let next = try parser.next() else { break }
            token = next
        }
        guard let value = values.last else { throw meaningless("no value", at: start) }
        guard value.depth <= TermLimits.deepestTree else { throw tooDeep(at: start) }
        return value.term
    }

    /// The term that a token stands for which is a value by itself.
    static func leaf(_ token: JSONToken, _ bytes: Span<UInt8>) throws(JSONError) -> Term {
        switch token {
        case .string(let range, let hasEscapes): return .binary(bytes.unescaped(range, hasEscapes: hasEscapes))
        case .number(let range, let isInteger):
            let text = bytes.numberText(range)
            if isInteger {
                // As in Erlang's and Elixir's notation: longer ones have a tag, and hexadecimal digits.
                guard range.count <= 262_145 else {
                    throw JSONError(.limitExceeded, at: range.lowerBound, "an integer of more than 262,144 digits")
                }
                if let value = Int(text) { return .integer(value) }
                if let value = BigInteger(decimal: text) {
                    return .integer(isNegative: value.isNegative, magnitude: value.magnitude)
                }
            }
            guard let value = Double(text), value.isFinite else {
                throw JSONError(.limitExceeded, at: range.lowerBound, "a number that no float can hold")
            }
            return .float(value)
        case .true: return .boolean(true)
        case .false: return .boolean(false)
        default: return .atom(.nil)
        }
    }

    // MARK: Containers

    private func depth(_ values: ArraySlice<Value>) -> Int { (values.lazy.map(\.depth).max() ?? -1) + 1 }

    private func array(_ values: ArraySlice<Value>, at start: Int) throws(JSONError) -> Value {
        let term: Term
        if let tail = values.last, tail.form == .tail {
            guard values.count > 1 else { throw meaningless("a list that is nothing but a tail", at: tail.start) }
            term = .list(try terms(values.dropLast()), tail: tail.term)
        } else {
            term = .list(try terms(values))
        }
        return Value(start: start, term: term, form: .literal, depth: depth(values))
    }

    private func object(
        _ keys: ArraySlice<[UInt8]>, _ values: ArraySlice<Value>, at start: Int
    ) throws(JSONError) -> Value {
        if readsTags, let tag = keys.first, tag.first == UInt8(ascii: "$"), let content = values.first {
            return try tagged(String(decoding: tag, as: UTF8.self), content, keys, values, at: start)
        }
        if readsTags, keys.contains(where: { $0.first == UInt8(ascii: "$") }) {
            throw meaningless("a tag beside other keys", at: start)
        }
        let pairs = zip(keys, try terms(values)).map { TermMap.Pair(.binary($0), $1) }
        return Value(start: start, term: .map(TermMap(pairs)), form: .literal, depth: depth(values))
    }

    private func terms(_ values: ArraySlice<Value>) throws(JSONError) -> [Term] {
        if let tail = values.first(where: { $0.form == .tail }) {
            throw meaningless("a tail that is not the last of a list", at: tail.start)
        }
        return values.map(\.term)
    }

    private func tooDeep(at start: Int) -> JSONError {
        JSONError(.limitExceeded, at: start, "terms nested deeper than \(TermLimits.deepestTree)")
    }

    private func meaningless(_ reason: String, at start: Int) -> JSONError {
        JSONError(.meaningless, at: start, reason)
    }

    // MARK: Tags

    private func tagged(
        _ tag: String, _ content: Value, _ keys: ArraySlice<[UInt8]>, _ values: ArraySlice<Value>, at start: Int
    ) throws(JSONError) -> Value {
        let term: Term?
        if tag == "$bits" {
            let size = values.count == 2 && keys.last == Array("size".utf8) ? values.last?.term.integer : nil
            term = size.flatMap { size in bytes(content).flatMap { TaggedTerm.bits($0, size: size) } }
        } else if keys.count > 1 {
            throw meaningless("a tag beside other keys", at: start)
        } else if tag == "$tail" {
            return Value(start: start, term: content.term, form: .tail, depth: content.depth)
        } else if content.form == .literal {
            term =
                switch tag {
                case "$binary": bytes(content).map(Term.binary)
                case "$local": bytes(content).map(Term.local)
                case "$atom": content.term.text.flatMap(Atom.init(named:)).map(Term.atom)
                case "$integer": content.term.text.flatMap(TaggedTerm.integer)
                case "$tuple": TaggedTerm.elements(content.term).map(Term.tuple)
                case "$map": TaggedTerm.map(content.term)
                default: TaggedTerm.identifier(tag, content.term)
                }
        } else {
            term = nil
        }
        guard let term else { throw meaningless("a '\(tag)' that stands for no term", at: start) }
        // The object is no container of the term that it stands for.
        let depth = depth(values)
        let levels = JSONTermReader.levels[tag] ?? depth
        return Value(start: start, term: term, form: .tagged, depth: max(depth - levels, 0))
    }

    /// How many arrays and objects there are in a tag around the terms in it, beside the one that stands for the term.
    private static let levels = ["$tuple": 1, "$map": 2, "$closure": 2, "$record": 3]

    private func bytes(_ value: Value) -> [UInt8]? {
        guard value.form == .literal else { return nil }
        return value.term.text.flatMap(Base64.decode)
    }
}
