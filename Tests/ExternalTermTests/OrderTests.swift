import ExternalTerm
import Testing

@Suite("The order of keys")
struct OrderTests {
    /// Each of these is less than the next one.
    static let ascending: [Term] = [
        .integer(isNegative: true, magnitude: repeated([255], 300)),
        .integer(isNegative: true, magnitude: repeated([255], 9)),
        .integer(.min), -1, 0, 1, 2, .integer(.max), Term(UInt64(1) << 63), Term(UInt128.max),
        .integer(isNegative: false, magnitude: repeated([255], 300)),
        .float(-1e300), -1.0, 0.0, .float(.leastNonzeroMagnitude), 1.0, 1e300,
        .atom(""), .atom("A"), .atom("a"), .atom("aa"), .atom("b"), .atom("é"), .atom("\u{FFFF}"), .atom("\u{10000}"),
        reference("a", 1, [1]), reference("a", 1, [2]), reference("a", 1, [.max]), reference("a", 1, [9, 1]),
        reference("a", 1, [1, 2]), reference("a", 1, [1, 0, 1]), reference("a", 2, [1]), reference("b", 1, [1]),
        function("m", 1, 7, []), function("m", 1, 8, []), function("m", 1, 8, [1]), function("m", 1, 8, [1.0]),
        function("m", 1, 8, [1, 1]), function("m", 2, 7, []), function("n", 1, -1, []),
        export("a", "a", 1), export("a", "a", 2), export("a", "a", 300), export("a", "b", 0), export("b", "a", 0),
        .port(Port(node: "a", number: 1, creation: 1)), .port(Port(node: "a", number: 1 << 40, creation: 1)),
        .port(Port(node: "a", number: 0, creation: 2)), .port(Port(node: "b", number: 0, creation: 0)),
        pid("a", 1, 0, 1), pid("a", 1, 0, 2), pid("b", 1, 0, 0), pid("a", 2, 0, 0), pid("a", 1, 1, 0),
        pid("a", 0, .max, 0),
        .tuple([]), .tuple([.list([9])]), .tuple([.binary([])]), .tuple([1, 1]), .tuple([1, 1.0]), .tuple([1.0, 1]),
        .tuple([.tuple([]), .nil, .nil]),
        .map([:]), map((1, 9)), map((1, 9.0)), map((1.0, 0)), map((.atom("a"), 1)), map((.atom("a"), 2)),
        map((1, 2), (2, 1)), map((1, 2), (2, 1.5)), map((1, 3), (2, 1)), map((1, 0), (3, 0)),
        map((.map([:]), 1), (map((1, 2)), 0)), map((.map([:]), 2), (map((1, 2)), 0)),
        map((.map([:]), 1), (map((1, 3)), 0)),
        .nil,
        .list([1], tail: 2), .list([1], tail: .atom("a")), .list([1], tail: .map([:])), [1], .list([1, 1], tail: 2),
        [1, 1],
        [1, 2], [1, 256], [1, 1.0], .list([1], tail: .binary([])), [2], [255], [256], [1.0], [[]], [[1]],
        .binary([]), bits([0], inLastByte: 1), bits([0], inLastByte: 7), .binary([0]), bits([0, 0], inLastByte: 1),
        .binary([0, 0]), bits([1 << 6], inLastByte: 2), .binary([127]), bits([128], inLastByte: 1), .binary([128]),
        .binary([255]), .binary([255, 0]),
    ]

    @Test("every term of the list is less than every one after it, as a value and as a key")
    func order() throws {
        var transcoder = CanonicalTranscoder()
        for (index, left) in Self.ascending.enumerated() {
            #expect(left == left && !(left < left))
            for right in Self.ascending[(index + 1)...] {
                #expect(left < right && !(right < left) && left != right, "\(left) \(right)")
                let leftBytes = left.external.dropFirst()
                let rightBytes = right.external.dropFirst()
                var writer = TermWriter()
                let pairs = hex("83 74 00000002") + rightBytes + [0x6A] + leftBytes + [0x6A]
                _ = try transcoder.transcode(pairs.span, into: &writer)
                #expect(
                    writer.bytes == hex("83 74 00000002") + leftBytes + [0x6A] + rightBytes + [0x6A], "\(left) \(right)"
                )
                #expect(parse(pairs).byteCount == pairs.count)
            }
        }
    }

    @Test("a map of all of them is written in this order, however it came", arguments: [1, 2, 3] as [UInt64])
    func wholeMap(seed: UInt64) throws {
        var random = RandomTerms(seed: seed)
        let map = Term.map(TermMap(Self.ascending.map { TermMap.Pair($0, .integer(random.number(0...1_000))) }))
        #expect(map.map?.keys == Self.ascending)
        let bytes = random.looseForm(of: map)
        #expect(transcode(bytes).output == map.external)
        #expect(parse(bytes).byteCount == bytes.count)
    }

    @Test("terms that have much in common: encoded ones compare as trees do", arguments: [1, 2, 3, 4] as [UInt64])
    func similarKeys(seed: UInt64) throws {
        print("seed \(seed)")
        var random = RandomTerms(seed: seed)
        var equalCount = 0
        for _ in 0..<3_000 {
            let (left, right) = (Self.similar(&random, depth: 4), Self.similar(&random, depth: 4))
            let pairs = [TermMap.Pair(left, 1), TermMap.Pair(right, 2)]
            let bytes = hex("83 74 00000002") + pairs.flatMap { random.looseForm(of: $0.key).dropFirst() + [0x6A] }
            guard left != right else {
                equalCount += 1
                ErrorRow("", bytes, .duplicateKey, at: 1).check()
                continue
            }
            let sorted = TermMap(pairs).pairs.flatMap { $0.key.external.dropFirst() + [0x6A] }
            try #require(transcode(bytes).output == hex("83 74 00000002") + sorted, "\(left) \(right)")
            try #require(parse(bytes).byteCount == bytes.count)
        }
        #expect(equalCount > 30)
    }

    @Test("maps that are keys of maps, a thousand deep, are compared once and not once a level")
    func mapsInKeys() throws {
        let count = 1_000
        // A number and a map are the keys of each; the map comes first, so that each has to be put in order.
        let bytes = [131] + repeated(hex("74 00000002"), count) + [0x6A] + repeated(hex("61 02 61 01 61 01"), count)
        let term = try Term(external: bytes)
        #expect(parse(bytes).byteCount == bytes.count)
        #expect(transcode(bytes).output == term.external)
        let twice = hex("83 74 00000002") + bytes.dropFirst() + [0x6A] + term.external.dropFirst() + [0x6A]
        let limits = TermLimits(depth: 2_000)
        #expect(parse(twice, limits: limits).error?.code == .duplicateKey)
        #expect(transcode(twice, limits: limits).reading.error?.code == .duplicateKey)
    }

    /// A term of few kinds and values, so that two of them often start alike.
    private static func similar(_ random: inout RandomTerms, depth: Int) -> Term {
        func terms(_ random: inout RandomTerms) -> [Term] {
            (0..<random.number(0...2)).map { _ in similar(&random, depth: depth - 1) }
        }
        switch random.number(0...(depth > 0 ? 9 : 2)) {
        case 0: return random.pick(1, 2, 256)
        case 1: return random.pick(.atom("a"), 1.0, .nil)
        case 2: return random.pick([1], [1, 2], [1, 256], .list([1], tail: 2))
        case 3, 4: return .tuple(terms(&random))
        case 5: return .list(terms(&random), tail: random.pick(.nil, .nil, 1))
        case 6: return .list(terms(&random))
        default:
            return .map(
                TermMap(
                    (0..<random.number(0...2)).map { index in
                        TermMap.Pair(
                            random.chance(50) ? .integer(index) : similar(&random, depth: depth - 1),
                            similar(&random, depth: depth - 1))
                    }))
        }
    }

    private static func reference(_ node: Atom, _ creation: UInt32, _ words: [UInt32]) -> Term {
        .reference(Reference(node: node, creation: creation, words: words))
    }

    private static func function(_ module: Atom, _ index: UInt32, _ oldUniq: Int32, _ variables: [Term]) -> Term {
        .localFunction(
            LocalFunction(
                module: module, arity: 0, index: index, uniq: repeated([0], 16), oldIndex: 0, oldUniq: oldUniq,
                creator: Pid(node: "a", number: 0, serial: 0, creation: 0), freeVariables: variables))
    }

    private static func export(_ module: Atom, _ function: Atom, _ arity: UInt32) -> Term {
        .externalFunction(ExternalFunction(module: module, function: function, arity: arity))
    }

    private static func pid(_ node: Atom, _ number: UInt32, _ serial: UInt32, _ creation: UInt32) -> Term {
        .pid(Pid(node: node, number: number, serial: serial, creation: creation))
    }

    private static func map(_ pairs: (Term, Term)...) -> Term { .map(TermMap(pairs.map { TermMap.Pair($0.0, $0.1) })) }
}
