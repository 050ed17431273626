package import ExternalTerm
import Mustache
import ReelJSON

/// Recorded terms as Mustache templates see them: see ``PageTemplates``.
package enum TermValue {
    /// How deep containers are taken apart. What is deeper is shown as text, so that no template that calls itself goes on for ever.
    static let deepest = 64

    /// What a template sees for a term.
    package static func value(of term: Term, depth: Int = 0) -> Any {
        switch term {
        case .atom(.nil): return NoValue()
        case .atom(.true): return true
        case .atom(.false): return false
        case .atom(let atom):
            return TextValue(atom.name.hasPrefix("Elixir.") ? String(atom.name.dropFirst(7)) : atom.name)
        case .integer(let number): return NumberValue(number)
        case .binary: return TextValue(term.text ?? term.elixirText)
        case .list(let elements) where depth < deepest: return ListValue(elements, of: term, depth: depth)
        case .tuple(let elements) where depth < deepest: return ListValue(elements, of: term, depth: depth)
        case .improperList(let elements, let tail) where depth < deepest:
            return ListValue(elements + [tail], of: term, depth: depth)
        case .map(let map) where depth < deepest: return value(of: map, term, depth)
        case .record(let record) where depth < deepest:
            let fields = TermMap(record.fields.map { TermMap.Pair(.atom($0.name), $0.value) })
            return MapValue(fields, of: term, depth: depth)
        default: return TextValue(term.elixirText(charlists: .written))
        }
    }

    private static func value(of map: TermMap, _ term: Term, _ depth: Int) -> Any {
        guard case .atom(let module) = map[atom: .struct] else { return MapValue(map, of: term, depth: depth) }
        if module.name == "Elixir.MapSet", let members = map[atom: "map"]?.map {
            return ListValue(members.keys, of: term, depth: depth)
        }
        if let text = knownText(of: term) { return TextValue(text) }
        return MapValue(map, of: term, depth: depth)
    }

    /// The text of one of Elixir's own structs: a date as `2026-03-10`.
    private static func knownText(of term: Term) -> String? {
        let json = Array(term.json(mapping: .plain(PlainOptions(writesKnownStructsAsText: true))).utf8)
        guard json.first == UInt8(ascii: "\"") else { return nil }
        return (try? Term(plainJSON: json))?.text
    }
}

/// `nil`: nothing is shown, sections are left out, and outer values of the same name stay hidden.
struct NoValue: MustacheCustomRenderable {
    var renderText: String { "" }
    var isNull: Bool { true }
}

/// Text: binaries of UTF-8, atoms, and whatever else has no parts.
struct TextValue: MustacheCustomRenderable, MustacheTransformable, MustacheParent {
    let text: String

    init(_ text: String) { self.text = text }

    var renderText: String { text }
    var isNull: Bool { false }

    func child(named name: String) -> Any? { nil }

    func transform(_ name: String) -> Any? {
        switch name {
        case "empty": text.isEmpty
        case "capitalized": TextValue(text.prefix(1).uppercased() + text.dropFirst().lowercased())
        case "lowercased": TextValue(text.lowercased())
        case "uppercased": TextValue(text.uppercased())
        case "reversed": TextValue(String(text.reversed()))
        default: nil
        }
    }
}

/// An integer. Mustache's own would trap where it overflows.
struct NumberValue: MustacheCustomRenderable, MustacheTransformable, MustacheParent {
    let number: Int

    init(_ number: Int) { self.number = number }

    var renderText: String { String(number) }
    var isNull: Bool { false }

    func child(named name: String) -> Any? { nil }

    func transform(_ name: String) -> Any? {
        switch name {
        case "equalzero": number == 0
        case "plusone": sum(1)
        case "minusone": sum(-1)
        case "even": number & 1 == 0
        case "odd": number & 1 == 1
        default: nil
        }
    }

    private func sum(_ other: Int) -> NumberValue? {
        let (sum, overflow) = number.addingReportingOverflow(other)
        return overflow ? nil : NumberValue(sum)
    }
}

/// A list, tuple or set: a section is repeated for each element, `items.0` is the first one.
struct ListValue: MustacheSequence, MustacheCustomRenderable, MustacheTransformable, MustacheParent {
    private let elements: [Term]
    private let term: Term
    private let depth: Int

    init(_ elements: [Term], of term: Term, depth: Int) {
        self.elements = elements
        self.term = term
        self.depth = depth
    }

    func makeIterator() -> AnyIterator<Any> {
        var rest = elements[...]
        return AnyIterator { rest.popFirst().map { TermValue.value(of: $0, depth: depth + 1) } }
    }

    var renderText: String { term.elixirText(charlists: .written) }
    var isNull: Bool { false }

    /// An element by its number, or a keyword list's value by its key.
    func child(named name: String) -> Any? {
        if let index = Int(name) {
            return elements.indices.contains(index) ? TermValue.value(of: elements[index], depth: depth + 1) : nil
        }
        let pair = elements.first { $0.elements?.count == 2 && $0.elements?[0].atom?.name == name }
        return (pair?.elements?[1]).map { TermValue.value(of: $0, depth: depth + 1) }
    }

    func transform(_ name: String) -> Any? {
        switch name {
        case "count": NumberValue(elements.count)
        case "empty": elements.isEmpty
        case "first": elements.first.map { TermValue.value(of: $0, depth: depth + 1) }
        case "last": elements.last.map { TermValue.value(of: $0, depth: depth + 1) }
        case "reversed": ListValue(elements.reversed(), of: term, depth: depth)
        case "sorted": ListValue(elements.sorted(), of: term, depth: depth)
        default: nil
        }
    }
}

/// A map or struct: its values by their keys. A section is shown once, with the map's values first.
struct MapValue: MustacheCustomRenderable, MustacheTransformable, MustacheParent {
    private let map: TermMap
    private let term: Term
    private let depth: Int

    init(_ map: TermMap, of term: Term, depth: Int) {
        self.map = map
        self.term = term
        self.depth = depth
    }

    var renderText: String { term.elixirText(charlists: .written) }
    var isNull: Bool { false }

    func child(named name: String) -> Any? {
        let value =
            map.pairs.first { $0.key.atom?.name == name }?.value ?? map[.string(name)]
            ?? Int(name).flatMap { map[.integer($0)] }
        return value.map { TermValue.value(of: $0, depth: depth + 1) }
    }

    func transform(_ name: String) -> Any? {
        switch name {
        case "count": NumberValue(map.count)
        case "empty": map.isEmpty
        case "enumerated", "sorted":
            map.pairs.filter { $0.key != .atom(.struct) }.map { pair -> [String: Any] in
                [
                    "key": TermValue.value(of: pair.key, depth: depth + 1),
                    "value": TermValue.value(of: pair.value, depth: depth + 1),
                ]
            }
        default: nil
        }
    }
}
