import ArgumentParser
import ExternalTerm

/// A language whose notation terms are written in, and read from.
enum TermNotation: String, ExpressibleByArgument, CaseIterable {
    case erlang
    case elixir

    func text(of term: Term) -> String {
        switch self {
        case .erlang: term.erlangText
        case .elixir: term.elixirText
        }
    }

    func term(_ text: String) throws(TermTextError) -> Term {
        switch self {
        case .erlang: try Term(erlangText: text)
        case .elixir: try Term(elixirText: text)
        }
    }
}

extension TermNotation {
    /// The text of a map with each pair on a line of its own, which still reads back.
    ///
    /// - Parameters:
    ///   - indent: what the lines after the first start with.
    ///   - depth: in how many levels of maps inside of a key's value the same is done.
    func lines(of map: TermMap, indent: String = "", depth: (_ key: Term) -> Int) -> String {
        let head = self == .erlang ? "#{" : "%{"
        guard !map.isEmpty else { return head + "}" }
        // Elixir's `key: value` may not be followed by `key => value`.
        let areKeywords = self == .elixir && map.keys.allSatisfy(\.isKeyword)
        let pairs = map.pairs.map { pair in
            let depth = depth(pair.key)
            var value: String
            if depth > 0, let inner = pair.value.map, inner[atom: .struct] == nil {
                value = lines(of: inner, indent: indent + "  ") { _ in depth - 1 }
            } else {
                value = text(of: pair.value)
            }
            return "\(indent)  \(areKeywords ? "\(name(of: pair.key)):" : "\(text(of: pair.key)) =>") \(value)"
        }
        return "\(head)\n\(pairs.joined(separator: ",\n"))\n\(indent)}"
    }

    /// The text of a map's key by itself, without the colon that Elixir writes before atoms.
    func name(of key: Term) -> String {
        guard self == .elixir, key.isKeyword else { return text(of: key) }
        let map = Term.map(TermMap([TermMap.Pair(key, 0)]))
        return String(map.elixirText.dropFirst(2).dropLast(4))
    }
}

extension Term {
    /// Whether Elixir writes this key of a map, when all others are such keys as well, as `key: value`.
    fileprivate var isKeyword: Bool { atom.map { $0 != .struct && !$0.name.hasPrefix("Elixir.") } ?? false }
}
