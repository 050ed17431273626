/// The encoder of one value.
struct TermValueEncoder: Encoder {
    let node: EncodingNode
    let scope: EncodingScope

    var codingPath: [any CodingKey] { scope.path }
    var userInfo: [CodingUserInfoKey: Any] { scope.options.userInfo }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        node.openMap(path: codingPath)
        return KeyedEncodingContainer(TermKeyedEncoding(node: node, scope: scope))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.openList(path: codingPath)
        return TermUnkeyedEncoding(node: node, scope: scope)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        TermSingleEncoding(node: node, scope: scope)
    }
}

private struct TermSingleEncoding: SingleValueEncodingContainer {
    let node: EncodingNode
    let scope: EncodingScope

    var codingPath: [any CodingKey] { scope.path }

    private func set(_ term: Term) { node.set(term, path: codingPath) }

    func encodeNil() { set(.atom(.nil)) }
    func encode(_ value: Bool) { set(.boolean(value)) }
    func encode(_ value: String) { set(.string(value)) }
    func encode(_ value: Double) throws { set(try scope.float(value)) }
    func encode(_ value: Float) throws { set(try scope.float(value)) }
    func encode(_ value: Int) { set(.integer(value)) }
    func encode(_ value: Int8) { set(Term(value)) }
    func encode(_ value: Int16) { set(Term(value)) }
    func encode(_ value: Int32) { set(Term(value)) }
    func encode(_ value: Int64) { set(Term(value)) }
    func encode(_ value: Int128) { set(Term(value)) }
    func encode(_ value: UInt) { set(Term(value)) }
    func encode(_ value: UInt8) { set(Term(value)) }
    func encode(_ value: UInt16) { set(Term(value)) }
    func encode(_ value: UInt32) { set(Term(value)) }
    func encode(_ value: UInt64) { set(Term(value)) }
    func encode(_ value: UInt128) { set(Term(value)) }
    func encode(_ value: some Encodable) throws { set(try scope.term(of: value)) }
}

private struct TermUnkeyedEncoding: UnkeyedEncodingContainer {
    let node: EncodingNode
    let scope: EncodingScope

    var codingPath: [any CodingKey] { scope.path }
    var count: Int { node.count }

    private func append(_ term: Term) { node.append(.term(term)) }
    private var element: EncodingScope { scope.at(PositionKey(count)) }

    func encodeNil() { append(.atom(.nil)) }
    func encode(_ value: Bool) { append(.boolean(value)) }
    func encode(_ value: String) { append(.string(value)) }
    func encode(_ value: Double) throws { append(try element.float(value)) }
    func encode(_ value: Float) throws { append(try element.float(value)) }
    func encode(_ value: Int) { append(.integer(value)) }
    func encode(_ value: Int8) { append(Term(value)) }
    func encode(_ value: Int16) { append(Term(value)) }
    func encode(_ value: Int32) { append(Term(value)) }
    func encode(_ value: Int64) { append(Term(value)) }
    func encode(_ value: Int128) { append(Term(value)) }
    func encode(_ value: UInt) { append(Term(value)) }
    func encode(_ value: UInt8) { append(Term(value)) }
    func encode(_ value: UInt16) { append(Term(value)) }
    func encode(_ value: UInt32) { append(Term(value)) }
    func encode(_ value: UInt64) { append(Term(value)) }
    func encode(_ value: UInt128) { append(Term(value)) }
    func encode(_ value: some Encodable) throws { append(try element.term(of: value)) }

    func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        nested().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }

    func superEncoder() -> any Encoder { nested() }

    private func nested() -> TermValueEncoder {
        let encoder = TermValueEncoder(node: EncodingNode(), scope: element)
        node.append(.node(encoder.node))
        return encoder
    }
}

private struct TermKeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: EncodingNode
    let scope: EncodingScope

    var codingPath: [any CodingKey] { scope.path }

    private func set(_ term: Term, _ key: Key) throws {
        node.append(.term(term), forKey: try scope.term(ofKey: key))
    }

    func encodeNil(forKey key: Key) throws { try set(.atom(.nil), key) }
    func encode(_ value: Bool, forKey key: Key) throws { try set(.boolean(value), key) }
    func encode(_ value: String, forKey key: Key) throws { try set(.string(value), key) }
    func encode(_ value: Double, forKey key: Key) throws { try set(try scope.at(key).float(value), key) }
    func encode(_ value: Float, forKey key: Key) throws { try set(try scope.at(key).float(value), key) }
    func encode(_ value: Int, forKey key: Key) throws { try set(.integer(value), key) }
    func encode(_ value: Int8, forKey key: Key) throws { try set(Term(value), key) }
    func encode(_ value: Int16, forKey key: Key) throws { try set(Term(value), key) }
    func encode(_ value: Int32, forKey key: Key) throws { try set(Term(value), key) }
    func encode(_ value: Int64, forKey key: Key) throws { try set(Term(value), key) }
    func encode(_ value: Int128, forKey key: Key) throws { try set(Term(value), key) }
    func encode(_ value: UInt, forKey key: Key) throws { try set(Term(value), key) }
    func encode(_ value: UInt8, forKey key: Key) throws { try set(Term(value), key) }
    func encode(_ value: UInt16, forKey key: Key) throws { try set(Term(value), key) }
    func encode(_ value: UInt32, forKey key: Key) throws { try set(Term(value), key) }
    func encode(_ value: UInt64, forKey key: Key) throws { try set(Term(value), key) }
    func encode(_ value: UInt128, forKey key: Key) throws { try set(Term(value), key) }
    func encode(_ value: some Encodable, forKey key: Key) throws { try set(try scope.at(key).term(of: value), key) }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        nested(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { nested(key).unkeyedContainer() }

    func superEncoder() -> any Encoder { nested(NameKey.super) }

    func superEncoder(forKey key: Key) -> any Encoder { nested(key) }

    private func nested(_ key: some CodingKey) -> TermValueEncoder {
        let encoder = TermValueEncoder(node: EncodingNode(), scope: scope.at(key))
        do throws(EncodingError) {
            node.append(.node(encoder.node), forKey: try scope.term(ofKey: key))
        } catch {
            node.fail(error)
        }
        return encoder
    }
}
