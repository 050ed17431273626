import Zlib

/// An atom: a constant whose value is its own name, of at most 255 Unicode scalars.
///
/// Two atoms are equal when their names have the same scalars; unlike `String`, canonical equivalence does not count.
///
/// ```swift
/// let ok: Atom = "ok"
/// ok.name  // "ok"
/// ```
public struct Atom: Sendable {
    /// The atom's name, without quotes.
    public let name: String

    /// The most Unicode scalars that an atom's name may have.
    public static let longestName = 255

    /// Creates an atom, or returns nil when the name has more than 255 scalars.
    public init?(named name: String) {
        guard name.utf8.count <= Atom.longestName || name.unicodeScalars.count <= Atom.longestName else { return nil }
        self.name = name
    }

    /// An atom whose length the caller has checked.
    init(checked name: String) {
        self.name = name
    }

    /// The atom `true`.
    public static let `true` = Atom(checked: "true")
    /// The atom `false`.
    public static let `false` = Atom(checked: "false")
    /// The atom `nil`, Elixir's absence of a value. Erlang's empty list is ``Term/list(_:)`` without elements.
    public static let `nil` = Atom(checked: "nil")
    /// The atom `__struct__`, the key under which an Elixir struct names its module.
    public static let `struct` = Atom(checked: "__struct__")
}

extension Atom: ExpressibleByStringLiteral {
    /// Creates an atom from a literal. A literal of more than 255 scalars is cut there.
    public init(stringLiteral name: StaticString) {
        let text = name.description
        let isShort = text.utf8.count <= Atom.longestName
        self.init(
            checked: isShort ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(Atom.longestName))))
    }
}

extension Atom: Hashable {
    public static func == (left: Atom, right: Atom) -> Bool {
        let (left, right) = (left.name.utf8.span, right.name.utf8.span)
        return left.count == right.count && left.equalByteCount(at: 0, right, at: 0) == left.count
    }

    public func hash(into hasher: inout Hasher) {
        let bytes = name.utf8.span
        hasher.combine(bytes.count)
        for start in stride(from: 0, to: bytes.count, by: 8) {
            hasher.combine(bytes.shortWord(start..<min(start + 8, bytes.count)))
        }
    }
}

extension Atom: Comparable {
    /// Orders atoms by their Unicode scalars, as Erlang does.
    public static func < (left: Atom, right: Atom) -> Bool {
        let (left, right) = (left.name.utf8.span, right.name.utf8.span)
        let common = left.equalByteCount(at: 0, right, at: 0)
        guard common < left.count, common < right.count else { return left.count < right.count }
        return left[common] < right[common]
    }
}

extension Atom: CustomStringConvertible {
    /// The atom's name, without quotes. For text that reads back, see ``Term/erlangText`` and ``Term/elixirText``.
    public var description: String { name }
}
