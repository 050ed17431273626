/// The decoder of one value.
struct TermValueDecoder: Decoder {
    let term: Term
    let codingPath: [any CodingKey]
    let userInfo: [CodingUserInfoKey: Any]

    init(term: Term, codingPath: [any CodingKey], userInfo: [CodingUserInfoKey: Any]) {
        self.term = term
        self.codingPath = codingPath
        self.userInfo = userInfo
    }

    /// The decoder of what stands below this place.
    func at(_ key: some CodingKey, _ term: Term) -> TermValueDecoder {
        TermValueDecoder(term: term, codingPath: codingPath + [key], userInfo: userInfo)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .map(let map) = term else { throw mismatch([String: any Decodable].self, "a map") }
        return KeyedDecodingContainer(TermKeyedDecoding<Key>(map: map, decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        switch term {
        case .list(let elements), .tuple(let elements): return TermUnkeyedDecoding(elements: elements, decoder: self)
        default: throw mismatch([any Decodable].self, "a list or tuple")
        }
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { TermSingleDecoding(decoder: self) }
}

// MARK: - Values

extension TermValueDecoder {
    var isNil: Bool { term == .atom(.nil) }

    /// The error for a term of the wrong kind.
    func mismatch(_ type: Any.Type, _ expected: String) -> DecodingError {
        let context = DecodingError.Context(
            codingPath: codingPath, debugDescription: "Expected \(expected), found \(term.kindText).")
        return isNil ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }

    /// The error for a term of the right kind whose value will not do.
    func corrupted(_ reason: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: codingPath, debugDescription: reason))
    }

    func boolean() throws(DecodingError) -> Bool {
        switch term {
        case .atom(.true): return true
        case .atom(.false): return false
        default: throw mismatch(Bool.self, "true or false")
        }
    }

    func string() throws(DecodingError) -> String {
        switch term {
        case .binary:
            guard let text = term.text else { throw corrupted("Expected text, found a binary that is not UTF-8.") }
            return text
        case .atom(let atom) where !isNil: return atom.name
        default: throw mismatch(String.self, "a binary or atom")
        }
    }

    func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws(DecodingError) -> Value {
        switch term {
        case .integer, .bigInteger:
            guard let value = term.integer(as: type) else { throw corrupted("The integer does not fit \(type).") }
            return value
        default: throw mismatch(type, "an integer")
        }
    }

    func float<Value: BinaryFloatingPoint>(_ type: Value.Type) throws(DecodingError) -> Value {
        switch term {
        case .float(let double):
            let value = Value(double)
            guard value.isFinite else { throw corrupted("The float does not fit \(type).") }
            return value
        case .integer(let integer):
            guard let value = Value(exactly: integer) else { throw corrupted("The integer does not fit \(type).") }
            return value
        default: throw mismatch(type, "a float")
        }
    }
}

extension Term {
    /// What kind of term this is, for an error's text.
    fileprivate var kindText: String {
        switch self {
        case .integer, .bigInteger: "an integer"
        case .float: "a float"
        case .atom(let atom): atom == .nil ? "nil" : "the atom \(atom.name)"
        case .tuple(let elements): "a tuple of \(elements.count)"
        case .list: "a list"
        case .improperList: "an improper list"
        case .map: "a map"
        case .binary: "a binary"
        case .bitstring: "a bitstring"
        case .pid: "a pid"
        case .port: "a port"
        case .reference: "a reference"
        case .externalFunction, .localFunction: "a function"
        case .record: "a record"
        case .local: "what only the node that wrote it reads"
        }
    }
}
