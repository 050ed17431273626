/// A term: a value of Erlang or Elixir, held as plain data.
///
/// Terms are equal when their canonical forms are the same bytes, ordered as Erlang orders the keys of a map, and safe to
/// share. A few terms that differ are one key all the same, such as `0.0` and `-0.0`: then neither is less.
///
/// ```swift
/// let term: Term = .tuple([.atom("ok"), .map(["count": 3])])
/// if case .tuple(let elements) = term, elements.first == .atom("ok") {
///     print(term.elixirText)  // {:ok, %{count: 3}}
/// }
/// ```
///
/// Integers that fit are ``integer(_:)``, proper lists are ``list(_:)``, bitstrings of whole bytes are ``binary(_:)``: build the
/// others through ``integer(isNegative:magnitude:)`` and ``list(_:tail:)``, and every term has one representation only.
/// Implements Spec/terms.md §2.
public enum Term: Sendable {
    /// An integer of 64 bits.
    case integer(Int)
    /// An integer beyond 64 bits.
    case bigInteger(BigInteger)
    /// A finite floating-point number.
    case float(Double)
    /// An atom; `true`, `false` and `nil` are atoms.
    case atom(Atom)
    /// A tuple.
    case tuple([Term])
    /// A proper list. Erlang's strings, lists of code points, are lists as well.
    case list([Term])
    /// A list of at least one element whose tail is neither a list nor empty.
    indirect case improperList([Term], tail: Term)
    /// A native record.
    indirect case record(NativeRecord)
    /// A map.
    case map(TermMap)
    /// A binary, which is how Elixir keeps strings.
    case binary([UInt8])
    /// A bitstring whose bits are no whole number of bytes.
    indirect case bitstring(Bitstring)
    /// A process.
    indirect case pid(Pid)
    /// A port.
    indirect case port(Port)
    /// A reference.
    indirect case reference(Reference)
    /// A function of a module's interface.
    indirect case externalFunction(ExternalFunction)
    /// A function written inside another one.
    indirect case localFunction(LocalFunction)
    /// What follows LOCAL_EXT (121): bytes that only the node that wrote them understands.
    case local([UInt8])
}

extension Term {
    /// The empty list.
    public static let `nil` = Term.list([])

    /// A term that is `true` or `false`.
    public static func boolean(_ value: Bool) -> Term { .atom(value ? .true : .false) }

    /// A binary that holds `text` in UTF-8.
    public static func string(_ text: some StringProtocol) -> Term { .binary(Array(text.utf8)) }

    /// The integer with this sign and magnitude, the least significant byte first.
    public static func integer(isNegative: Bool, magnitude: some Sequence<UInt8>) -> Term {
        let value = BigInteger(isNegative: isNegative, magnitude: magnitude)
        return value.integer.map(Term.integer) ?? .bigInteger(value)
    }

    /// The list of these elements followed by `tail`, which makes it improper unless it is a list itself.
    public static func list(_ elements: [Term], tail: Term) -> Term {
        switch tail {
        case .list(let rest): .list(elements + rest)
        case .improperList(let rest, let tail): .improperList(elements + rest, tail: tail)
        default: elements.isEmpty ? tail : .improperList(elements, tail: tail)
        }
    }
}

extension Term {
    /// The value of a map's `key`, or nil when this is no map or has no such key.
    ///
    /// - Complexity: O(log *n*) in the number of keys.
    public subscript(key: Term) -> Term? {
        guard case .map(let map) = self else { return nil }
        return map[key]
    }

    /// The value of a map's key that is the atom `name`.
    public subscript(atom name: Atom) -> Term? { self[.atom(name)] }

    /// The text of a binary that is UTF-8, or nil.
    public var text: String? {
        guard case .binary(let bytes) = self else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The integer, or nil when this is none or does not fit.
    public var integer: Int? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    /// The atom, or nil when this is none.
    public var atom: Atom? {
        guard case .atom(let atom) = self else { return nil }
        return atom
    }

    /// The map, or nil when this is none.
    public var map: TermMap? {
        guard case .map(let map) = self else { return nil }
        return map
    }

    /// The elements of a tuple, or nil when this is none.
    public var elements: [Term]? {
        guard case .tuple(let elements) = self else { return nil }
        return elements
    }
}

extension Term: Hashable {
    public static func == (left: Term, right: Term) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left == right
        case (.bigInteger(let left), .bigInteger(let right)): left == right
        case (.float(let left), .float(let right)): left.bitPattern == right.bitPattern
        case (.atom(let left), .atom(let right)): left == right
        case (.tuple(let left), .tuple(let right)): left == right
        case (.list(let left), .list(let right)): left == right
        case (.improperList(let left, let leftTail), .improperList(let right, let rightTail)):
            left == right && leftTail == rightTail
        case (.record(let left), .record(let right)): left == right
        case (.map(let left), .map(let right)): left == right
        case (.binary(let left), .binary(let right)): left == right
        case (.bitstring(let left), .bitstring(let right)): left == right
        case (.pid(let left), .pid(let right)): left == right
        case (.port(let left), .port(let right)): left == right
        case (.reference(let left), .reference(let right)): left == right
        case (.externalFunction(let left), .externalFunction(let right)): left == right
        case (.localFunction(let left), .localFunction(let right)): left == right
        case (.local(let left), .local(let right)): left == right
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(TermOrder.rank(of: self))
        switch self {
        case .integer(let value): hasher.combine(value)
        case .bigInteger(let value): hasher.combine(value)
        case .float(let value): hasher.combine(value.bitPattern)
        case .atom(let atom): hasher.combine(atom)
        case .tuple(let elements), .list(let elements): hasher.combine(elements)
        case .improperList(let elements, let tail):
            hasher.combine(elements)
            hasher.combine(tail)
        case .record(let record): hasher.combine(record)
        case .map(let map): hasher.combine(map)
        case .binary(let bytes), .local(let bytes): hasher.combine(bytes)
        case .bitstring(let bits): hasher.combine(bits)
        case .pid(let pid): hasher.combine(pid)
        case .port(let port): hasher.combine(port)
        case .reference(let reference): hasher.combine(reference)
        case .externalFunction(let function): hasher.combine(function)
        case .localFunction(let function): hasher.combine(function)
        }
    }
}

extension Term: Comparable {
    /// Orders terms as Erlang orders the keys of a map: see Spec/terms.md §5.
    public static func < (left: Term, right: Term) -> Bool { TermOrder.compare(left, right) == .less }
}

extension Term: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .float(value) }
    /// Creates a binary, as a string literal does in Elixir.
    public init(stringLiteral text: String) { self = .string(text) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// Creates a proper list.
    public init(arrayLiteral elements: Term...) { self = .list(elements) }
}
