import ExternalTerm

/// The SplitMix64 generator: small, fast, and the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Makes terms and bytes at random, always the same ones from the same seed.
struct RandomTerms {
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

    mutating func pick<Value>(_ first: Value, _ others: Value...) -> Value {
        let index = number(0...others.count)
        return index == 0 ? first : others[index - 1]
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

// MARK: - Terms

extension RandomTerms {
    /// A term of any kind, nested at most `depth` times.
    mutating func term(depth: Int = 5) -> Term {
        switch number(0...(depth > 0 ? 22 : 13)) {
        case 0, 1, 2: return integer()
        case 3: return .float(float())
        case 4, 5, 6: return .atom(atom())
        case 7, 8: return .binary(bytes(number(0...12)))
        case 9: return bits(bytes(number(1...3)), inLastByte: number(1...7))
        case 10: return .pid(pid())
        case 11: return .port(Port(node: node(), number: pick(0, 7, 1 << 28 - 1, 1 << 28, .max), creation: word()))
        case 12:
            let words = (0..<number(1...5)).map { _ in word() }
            return .reference(Reference(node: node(), creation: word(), words: words))
        case 13:
            return .externalFunction(
                ExternalFunction(module: atom(), function: atom(), arity: UInt32(number(0...255))))
        case 14, 15: return .tuple(terms(depth: depth))
        case 16: return .list(terms(depth: depth))
        case 17: return .list((0..<number(0...5)).map { _ in .integer(number(0...255)) })
        case 18: return .list(terms(depth: depth), tail: term(depth: depth - 1))
        case 19, 20:
            return .map(TermMap(terms(depth: depth).map { TermMap.Pair($0, term(depth: depth - 1)) }))
        case 21: return record(depth: depth).map(Term.record) ?? .nil
        default: return .localFunction(localFunction(depth: depth))
        }
    }

    private mutating func terms(depth: Int) -> [Term] {
        (0..<number(0...4)).map { _ in term(depth: depth - 1) }
    }

    private mutating func integer() -> Term {
        switch number(0...3) {
        case 0: .integer(number(0...255))
        case 1: .integer(Int(truncatingIfNeeded: generator.next()) >> number(0...63))
        case 2:
            .integer(pick(-1, 256, 1 << 31 - 1, 1 << 31, -(1 << 31), -(1 << 31) - 1, .max, .min, 1 << 59, -(1 << 59)))
        default: .integer(isNegative: chance(50), magnitude: bytes(number(0...20)))
        }
    }

    private mutating func float() -> Double {
        let value = Double(bitPattern: generator.next())
        return value.isFinite && chance(50) ? value : pick(0, 1, -1, 1.5, 1e300, .leastNonzeroMagnitude, 3)
    }

    private mutating func atom() -> Atom {
        pick("ok", "true", "nil", "", "a", "b", "å", "日本", "Elixir.Some.Module", "ÿ")
    }

    private mutating func node() -> Atom { pick("a@b", "other@host", "nå@b", "n@h") }

    private mutating func word() -> UInt32 { pick(1, 2, 7, .max, UInt32(truncatingIfNeeded: generator.next())) }

    private mutating func pid() -> Pid { Pid(node: node(), number: word(), serial: word(), creation: word()) }

    private mutating func record(depth: Int) -> NativeRecord? {
        let names = Set((0..<number(0...4)).map { _ in atom() }).sorted().shuffled(using: &generator)
        return NativeRecord(
            module: atom(), name: atom(), isExported: chance(50),
            fields: names.map { NativeRecord.Field($0, term(depth: depth - 1)) })
    }

    /// A function whose version follows from its module, as it does on a node.
    private mutating func localFunction(depth: Int) -> LocalFunction {
        let version = number(0...255)
        return LocalFunction(
            module: pick("m", "må", "n"), arity: UInt8(version & 7), index: UInt32(version),
            uniq: [UInt8](repeating: UInt8(version), count: 16), oldIndex: Int32(version & 15),
            oldUniq: Int32(1_000 + version),
            creator: pid(), freeVariables: terms(depth: depth))
    }
}

// MARK: - Other forms

extension RandomTerms {
    /// A stored term that reads as `term`, in forms that are valid and not always canonical.
    mutating func looseForm(of term: Term) -> [UInt8] { [131] + loose(term) }

    private mutating func loose(_ term: Term) -> [UInt8] {
        switch term {
        case .integer(let value): return loose(integer: value)
        case .bigInteger(let value):
            let padding = [UInt8](repeating: 0, count: chance(30) ? number(1...5) : 0)
            return looseBig(value.magnitude + padding, isNegative: value.isNegative)
        case .atom(let atom): return loose(atom: atom)
        case .tuple(let elements):
            let head =
                elements.count < 256 && chance(80) ? [104, UInt8(elements.count)] : [105] + word32(elements.count)
            return elements.reduce(into: head) { $0 += loose($1) }
        case .list(let elements): return loose(list: elements, tail: .nil)
        case .improperList(let elements, let tail): return loose(list: elements, tail: tail)
        case .map(let map):
            let pairs = chance(50) ? map.pairs : map.pairs.shuffled(using: &generator)
            return pairs.reduce(into: [116] + word32(map.count)) { $0 += loose($1.key) + loose($1.value) }
        case .binary(let content):
            guard content.isEmpty || chance(80) else { return [77] + word32(content.count) + [8] + content }
            return [109] + word32(content.count) + content
        case .record(let record):
            let head = [67] + word32(record.fields.count) + [record.isExported ? 1 : 0]
            let names = ([record.module, record.name] + record.fields.map(\.name)).flatMap { loose(atom: $0) }
            return record.fields.reduce(into: head + names) { $0 += loose($1.value) }
        case .pid(let pid): return [88] + loose(atom: pid.node) + Array(Term.pid(pid).external.suffix(12))
        case .localFunction(let function):
            var writer = TermWriter()
            var bare = function
            bare.freeVariables = []
            writer.write(.localFunction(bare))
            var bytes = writer.bytes
            bytes.replaceSubrange(26..<30, with: word32(function.freeVariables.count))
            bytes = function.freeVariables.reduce(into: bytes) { $0 += loose($1) }
            bytes.replaceSubrange(1..<5, with: word32(bytes.count - 1))
            return bytes
        default: return Array(term.external.dropFirst())
        }
    }

    private mutating func loose(integer value: Int) -> [UInt8] {
        if UInt8(exactly: value) != nil, chance(80) { return [97, UInt8(value)] }
        if Int32(exactly: value) != nil, chance(80) { return [98] + word32(value) }
        let magnitude = (0..<8).map { UInt8(truncatingIfNeeded: value.magnitude >> (8 * UInt($0))) }
        return looseBig(magnitude, isNegative: value < 0)
    }

    private mutating func looseBig(_ magnitude: [UInt8], isNegative: Bool) -> [UInt8] {
        let sign: UInt8 = isNegative ? pick(1, 1, 255) : 0
        return magnitude.count < 256 && chance(70)
            ? [110, UInt8(magnitude.count), sign] + magnitude : [111] + word32(magnitude.count) + [sign] + magnitude
    }

    private mutating func loose(atom: Atom) -> [UInt8] {
        let utf8 = Array(atom.name.utf8)
        let latin1 = atom.name.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
        let isLatin1 = latin1.count == atom.name.unicodeScalars.count
        switch number(0...5) {
        case 0: return [118] + word16(utf8.count) + utf8
        case 1 where isLatin1: return [100] + word16(latin1.count) + latin1
        case 2 where isLatin1: return [115, UInt8(latin1.count)] + latin1
        default: return [119, UInt8(utf8.count)] + utf8
        }
    }

    /// A list cut in parts, each the tail of the one before.
    private mutating func loose(list elements: [Term], tail: Term) -> [UInt8] {
        let octets = elements.compactMap(\.integer).compactMap(UInt8.init(exactly:))
        if tail == .nil, octets.count == elements.count, chance(70) { return [107] + word16(octets.count) + octets }
        guard chance(70) else {
            let cut = number(0...elements.count)
            let head = elements.prefix(cut).reduce(into: [108] + word32(cut)) { $0 += loose($1) }
            return head
                + (cut == elements.count && tail != .nil
                    ? loose(tail) : loose(list: Array(elements[cut...]), tail: tail))
        }
        return elements.reduce(into: [108] + word32(elements.count)) { $0 += loose($1) } + loose(tail)
    }
}

// MARK: - Mutations

extension RandomTerms {
    /// `bytes` with one to four changes, most of which make it invalid.
    mutating func mutation(of bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<number(1...4) where !bytes.isEmpty {
            let position = number(0...bytes.count - 1)
            switch number(0...7) {
            case 0: bytes[position] = UInt8(number(0...255))
            case 1: bytes[position] ^= 1 << UInt8(number(0...7))
            case 2: bytes[position] = pick(0, 1, 127, 128, 255, 131, 80)
            case 3: bytes[position] = UInt8(number(64...122))
            case 4: bytes.remove(at: position)
            case 5: bytes.insert(UInt8(number(0...255)), at: position)
            case 6: bytes.removeSubrange(position...)
            default:
                let other = number(0...bytes.count - 1)
                let part = bytes[min(position, other)...max(position, other)]
                bytes.insert(contentsOf: part, at: number(0...bytes.count))
            }
        }
        return bytes
    }
}
