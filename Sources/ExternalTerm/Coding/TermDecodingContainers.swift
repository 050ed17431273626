struct TermSingleDecoding: SingleValueDecodingContainer {
    let decoder: TermValueDecoder

    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.isNil }
    func decode(_ type: Bool.Type) throws -> Bool { try decoder.boolean() }
    func decode(_ type: String.Type) throws -> String { try decoder.string() }
    func decode(_ type: Double.Type) throws -> Double { try decoder.float(type) }
    func decode(_ type: Float.Type) throws -> Float { try decoder.float(type) }
    func decode(_ type: Int.Type) throws -> Int { try decoder.integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try decoder.integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try decoder.integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try decoder.integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try decoder.integer(type) }
    func decode(_ type: Int128.Type) throws -> Int128 { try decoder.integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try decoder.integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try decoder.integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try decoder.integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try decoder.integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try decoder.integer(type) }
    func decode(_ type: UInt128.Type) throws -> UInt128 { try decoder.integer(type) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Value(from: decoder) }
}

struct TermUnkeyedDecoding: UnkeyedDecodingContainer {
    let elements: [Term]
    let decoder: TermValueDecoder
    private(set) var currentIndex = 0

    init(elements: [Term], decoder: TermValueDecoder) {
        self.elements = elements
        self.decoder = decoder
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    /// Decodes the next element, which counts as read only when that succeeds.
    private mutating func next<Value>(
        _ type: Value.Type, _ decode: (TermValueDecoder) throws -> Value
    ) throws -> Value {
        let value = try decode(try element(type))
        currentIndex += 1
        return value
    }

    private func element(_ type: Any.Type) throws(DecodingError) -> TermValueDecoder {
        let key = PositionKey(currentIndex)
        guard !isAtEnd else {
            throw .valueNotFound(
                type,
                DecodingError.Context(
                    codingPath: codingPath + [key], debugDescription: "There are \(elements.count) elements only."))
        }
        return decoder.at(key, elements[currentIndex])
    }

    mutating func decodeNil() throws -> Bool {
        let isNil = try element(Never?.self).isNil
        if isNil { currentIndex += 1 }
        return isNil
    }

    mutating func decode(_ type: Bool.Type) throws -> Bool { try next(type) { try $0.boolean() } }
    mutating func decode(_ type: String.Type) throws -> String { try next(type) { try $0.string() } }
    mutating func decode(_ type: Double.Type) throws -> Double { try next(type) { try $0.float(type) } }
    mutating func decode(_ type: Float.Type) throws -> Float { try next(type) { try $0.float(type) } }
    mutating func decode(_ type: Int.Type) throws -> Int { try next(type) { try $0.integer(type) } }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try next(type) { try $0.integer(type) } }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try next(type) { try $0.integer(type) } }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try next(type) { try $0.integer(type) } }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try next(type) { try $0.integer(type) } }
    mutating func decode(_ type: Int128.Type) throws -> Int128 { try next(type) { try $0.integer(type) } }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try next(type) { try $0.integer(type) } }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try next(type) { try $0.integer(type) } }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try next(type) { try $0.integer(type) } }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try next(type) { try $0.integer(type) } }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try next(type) { try $0.integer(type) } }
    mutating func decode(_ type: UInt128.Type) throws -> UInt128 { try next(type) { try $0.integer(type) } }
    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try next(type) { try Value(from: $0) }
    }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try next(KeyedDecodingContainer<Key>.self) { try $0.container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next((any UnkeyedDecodingContainer).self) { try $0.unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder { try next((any Decoder).self) { $0 } }
}

struct TermKeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let map: TermMap
    let decoder: TermValueDecoder

    var codingPath: [any CodingKey] { decoder.codingPath }

    var allKeys: [Key] {
        var seen: Set<String> = []
        return map.pairs.compactMap { pair -> Key? in
            let key: Key? =
                switch pair.key {
                case .integer(let number): Key(intValue: number)
                case .atom(let atom): Key(stringValue: atom.name)
                default: pair.key.text.flatMap { Key(stringValue: $0) }
                }
            // `a` and `"a"` are one key here.
            return key.flatMap { seen.insert($0.stringValue).inserted ? $0 : nil }
        }
    }

    private func value(_ key: some CodingKey) -> Term? {
        Atom(named: key.stringValue).flatMap { map[.atom($0)] } ?? map[.string(key.stringValue)]
            ?? key.intValue.flatMap { map[.integer($0)] }
    }

    private func element(_ key: Key) throws(DecodingError) -> TermValueDecoder {
        guard let term = value(key) else {
            throw .keyNotFound(
                key,
                DecodingError.Context(
                    codingPath: codingPath, debugDescription: "The map has no key \(key.stringValue)."))
        }
        return decoder.at(key, term)
    }

    func contains(_ key: Key) -> Bool { value(key) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try element(key).isNil }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try element(key).boolean() }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try element(key).string() }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try element(key).float(type) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try element(key).float(type) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try element(key).integer(type) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try element(key).integer(type) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try element(key).integer(type) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try element(key).integer(type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try element(key).integer(type) }
    func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 { try element(key).integer(type) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try element(key).integer(type) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try element(key).integer(type) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try element(key).integer(type) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try element(key).integer(type) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try element(key).integer(type) }
    func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 { try element(key).integer(type) }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try Value(from: try element(key))
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try element(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try element(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
        decoder.at(NameKey.super, value(NameKey.super) ?? .atom(.nil))
    }

    func superDecoder(forKey key: Key) throws -> any Decoder { decoder.at(key, value(key) ?? .atom(.nil)) }
}
