import ArgumentParser
import ExternalTerm
import ReelJSON

/// How terms are written for people.
struct TermNotation {
    /// A language whose notation terms are written in.
    enum Language {
        case erlang, elixir
    }

    let language: Language
    /// Which lists of integers are text.
    var charlists = Charlists.written

    func text(of term: Term) -> String {
        switch language {
        case .erlang: term.erlangText(charlists: charlists)
        case .elixir: term.elixirText(charlists: charlists)
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
        let head = language == .erlang ? "#{" : "%{"
        guard !map.isEmpty else { return head + "}" }
        // Elixir's `key: value` may not be followed by `key => value`.
        let areKeywords = language == .elixir && map.keys.allSatisfy(\.isKeyword)
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
        guard language == .elixir, key.isKeyword else { return text(of: key) }
        let map = Term.map(TermMap([TermMap.Pair(key, 0)]))
        return String(map.elixirText.dropFirst(2).dropLast(4))
    }
}

/// What a term can be written as.
enum WrittenNotation: String, ExpressibleByArgument, CaseIterable {
    case elixir, erlang
    case plainJSON = "plain-json"
    case taggedJSON = "tagged-json"

    /// What writes terms like this.
    func writer(_ lists: CharlistOptions) -> any TermWriting {
        switch self {
        case .elixir: NotationLines(TermNotation(language: .elixir, charlists: lists.shown))
        case .erlang: NotationLines(TermNotation(language: .erlang, charlists: lists.shown))
        case .plainJSON:
            JSONLines(
                .plain(PlainOptions(charlists: lists.charlists == true ? .printable : .none)), style: JSONStyle())
        case .taggedJSON: JSONLines(.tagged, style: JSONStyle())
        }
    }
}

/// What a term can be read from.
enum ReadNotation: String, ExpressibleByArgument, CaseIterable {
    case elixir, erlang
    case taggedJSON = "tagged-json"
    case json

    /// The term that a text stands for.
    func term(_ text: [UInt8]) throws -> Term {
        switch self {
        case .elixir: return try Term(elixirText: try ReadNotation.text(text))
        case .erlang: return try Term(erlangText: try ReadNotation.text(text))
        case .taggedJSON, .json:
            do throws(JSONError) {
                return try self == .json ? Term(plainJSON: text) : Term(taggedJSON: text)
            } catch {
                throw Failure(
                    .inputFellShort, error.reason, place: "\(error.code.rawValue), byte \(error.offset)",
                    advice: error.code == .meaningless ? "--from json takes objects as they are" : nil)
            }
        }
    }

    private static func text(_ bytes: [UInt8]) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.inputFellShort, "no text in UTF-8", advice: "'reel term decode' reads bytes")
        }
        return text
    }
}

extension Term {
    /// Whether Elixir writes this key of a map, when all others are such keys as well, as `key: value`.
    fileprivate var isKeyword: Bool { atom.map { $0 != .struct && !$0.name.hasPrefix("Elixir.") } ?? false }
}
