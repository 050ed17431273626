import ExternalTerm

/// What the tags of the tagged mapping stand for: nil when their content is not what it should be.
enum TaggedTerm {
    static func bits(_ bytes: [UInt8], size: Int) -> Term? {
        guard size > 0, !size.isMultiple(of: 8), size / 8 == bytes.count - 1,
            let bits = Bitstring(bytes: bytes, bitsInLastByte: size % 8), bits.bytes == bytes
        else { return nil }
        return .bitstring(bits)
    }

    static func elements(_ term: Term) -> [Term]? {
        guard case .list(let elements) = term else { return nil }
        return elements
    }

    static func map(_ term: Term) -> Term? {
        guard let elements = elements(term) else { return nil }
        var pairs: [TermMap.Pair] = []
        for element in elements {
            guard let pair = TaggedTerm.elements(element), pair.count == 2 else { return nil }
            pairs.append(TermMap.Pair(pair[0], pair[1]))
        }
        let map = TermMap(pairs)
        return map.count == pairs.count ? .map(map) : nil
    }

    /// An integer in hexadecimal: `0x…`, `-0x…`.
    static func integer(_ text: String) -> Term? {
        var digits = text.utf8[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits.removeFirst() }
        guard digits.starts(with: "0x".utf8) else { return nil }
        digits = digits.dropFirst(2)
        guard !digits.isEmpty else { return nil }
        var magnitude: [UInt8] = []
        while let low = digits.popLast() {
            let next = digits.popLast() ?? UInt8(ascii: "0")
            guard let low = UInt32(hexadecimal: low), let high = UInt32(hexadecimal: next) else { return nil }
            magnitude.append(UInt8(high << 4 | low))
        }
        guard magnitude.count <= 4_194_296 else { return nil }
        return .integer(isNegative: isNegative, magnitude: magnitude)
    }

    // MARK: Identifiers

    static func identifier(_ tag: String, _ content: Term) -> Term? {
        guard let fields = content.map else { return nil }
        switch tag {
        case "$pid": return pid(content).map(Term.pid)
        case "$port":
            guard fields.count == 3, let node = atom(fields, "node"), let creation: UInt32 = number(fields, "creation")
            else { return nil }
            // Ports count with 64 bits, which `Int` does not have.
            guard let number = unsigned(fields["number"]) else { return nil }
            return .port(Port(node: node, number: number, creation: creation))
        case "$ref":
            guard fields.count == 3, let node = atom(fields, "node"), let creation: UInt32 = number(fields, "creation"),
                let words = fields["words"].flatMap(elements), 1...5 ~= words.count
            else { return nil }
            let values = words.compactMap(\.integer).compactMap(UInt32.init(exactly:))
            guard values.count == words.count else { return nil }
            return .reference(Reference(node: node, creation: creation, words: values))
        case "$fun":
            guard fields.count == 3, let module = atom(fields, "module"), let function = atom(fields, "function"),
                let arity: UInt32 = number(fields, "arity")
            else { return nil }
            return .externalFunction(ExternalFunction(module: module, function: function, arity: arity))
        case "$closure": return closure(fields)
        case "$record": return record(fields)
        default: return nil
        }
    }

    private static func closure(_ fields: TermMap) -> Term? {
        guard fields.count == 8, let module = atom(fields, "module"), let arity: UInt8 = number(fields, "arity"),
            let index: UInt32 = number(fields, "index"),
            let uniq = fields["uniq"]?.text.flatMap(Base64.decode), uniq.count == 16,
            let oldIndex: Int32 = number(fields, "old_index"), let oldUniq: Int32 = number(fields, "old_uniq"),
            let creator = fields["creator"].flatMap(pid), let free = fields["free"].flatMap(elements), free.count <= 255
        else { return nil }
        return .localFunction(
            LocalFunction(
                module: module, arity: arity, index: index, uniq: uniq, oldIndex: oldIndex, oldUniq: oldUniq,
                creator: creator, freeVariables: free))
    }

    private static func record(_ fields: TermMap) -> Term? {
        guard fields.count == 4, let module = atom(fields, "module"), let name = atom(fields, "name"),
            let isExported = fields["exported"], isExported == .boolean(true) || isExported == .boolean(false),
            let pairs = fields["fields"].flatMap(elements)
        else { return nil }
        var all: [NativeRecord.Field] = []
        for pair in pairs {
            guard let pair = elements(pair), pair.count == 2, let name = pair[0].text.flatMap(Atom.init(named:))
            else { return nil }
            all.append(NativeRecord.Field(name, pair[1]))
        }
        return NativeRecord(module: module, name: name, isExported: isExported == .boolean(true), fields: all)
            .map(Term.record)
    }

    private static func pid(_ term: Term) -> Pid? {
        guard let fields = term.map, fields.count == 4, let node = atom(fields, "node"),
            let index: UInt32 = number(fields, "number"), let serial: UInt32 = number(fields, "serial"),
            let creation: UInt32 = number(fields, "creation")
        else { return nil }
        return Pid(node: node, number: index, serial: serial, creation: creation)
    }

    private static func atom(_ fields: TermMap, _ name: Term) -> Atom? {
        fields[name]?.text.flatMap(Atom.init(named:))
    }

    private static func number<Value: FixedWidthInteger>(_ fields: TermMap, _ name: Term) -> Value? {
        fields[name]?.integer.flatMap(Value.init(exactly:))
    }

    private static func unsigned(_ term: Term?) -> UInt64? {
        switch term {
        case .integer(let value): return UInt64(exactly: value)
        case .bigInteger(let value) where !value.isNegative && value.magnitude.count <= 8:
            return value.magnitude.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        default: return nil
        }
    }
}
