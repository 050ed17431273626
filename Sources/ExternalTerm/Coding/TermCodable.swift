/// Terms inside other values go through ``TermEncoder`` and ``TermDecoder`` as they are.
///
/// With any other encoder a term is an array of the bytes of its canonical external form.
extension Term: Codable {
    public func encode(to encoder: any Encoder) throws {
        guard !encoder.take(self) else { return }
        var container = encoder.singleValueContainer()
        try container.encode(external)
    }

    public init(from decoder: any Decoder) throws {
        guard let terms = decoder as? TermValueDecoder else {
            let container = try decoder.singleValueContainer()
            let bytes = try container.decode([UInt8].self)
            do throws(TermError) {
                self = try Term(external: bytes)
            } catch {
                throw DecodingError.dataCorrupted(
                    DecodingError.Context(
                        codingPath: container.codingPath, debugDescription: "The bytes are no term: \(error).",
                        underlyingError: error))
            }
            return
        }
        self = terms.term
    }
}

/// With any other encoder a map is encoded as the ``Term`` that it is.
extension TermMap: Codable {
    public func encode(to encoder: any Encoder) throws { try Term.map(self).encode(to: encoder) }

    public init(from decoder: any Decoder) throws {
        let term = try Term(from: decoder)
        guard case .map(let map) = term else {
            throw TermValueDecoder(term: term, codingPath: decoder.codingPath, userInfo: [:])
                .mismatch(TermMap.self, "a map")
        }
        self = map
    }
}

/// With any other encoder an atom is encoded as its name.
///
/// A dictionary whose keys are atoms is a map whose keys are atoms, whatever ``TermEncoder/dictionaryKeyForm`` says.
extension Atom: Codable, CodingKeyRepresentable {
    public func encode(to encoder: any Encoder) throws {
        guard !encoder.take(.atom(self)) else { return }
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }

    public init(from decoder: any Decoder) throws {
        guard let terms = decoder as? TermValueDecoder else {
            let container = try decoder.singleValueContainer()
            guard let atom = Atom(named: try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "An atom has \(Atom.longestName) characters at the most.")
            }
            self = atom
            return
        }
        guard case .atom(let atom) = terms.term else { throw terms.mismatch(Atom.self, "an atom") }
        self = atom
    }

    public var codingKey: any CodingKey { NameKey(stringValue: name) }

    public init?(codingKey: some CodingKey) { self.init(named: codingKey.stringValue) }
}

/// With any other encoder an integer is encoded as its decimal digits.
extension BigInteger: Codable {
    public func encode(to encoder: any Encoder) throws {
        guard !encoder.take(.integer(isNegative: isNegative, magnitude: magnitude)) else { return }
        var container = encoder.singleValueContainer()
        try container.encode(decimalText)
    }

    public init(from decoder: any Decoder) throws {
        guard let terms = decoder as? TermValueDecoder else {
            let container = try decoder.singleValueContainer()
            guard let integer = BigInteger(decimal: try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "Expected decimal digits.")
            }
            self = integer
            return
        }
        switch terms.term {
        case .integer(let value): self.init(value)
        case .bigInteger(let value): self = value
        default: throw terms.mismatch(BigInteger.self, "an integer")
        }
    }
}

extension Encoder {
    /// Hands a term to this encoder if it is ``TermEncoder``'s; otherwise returns false.
    func take(_ term: Term) -> Bool {
        guard let encoder = self as? TermValueEncoder else { return false }
        encoder.node.set(term, path: codingPath)
        return true
    }
}
