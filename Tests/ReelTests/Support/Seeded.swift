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

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }

    mutating func pick<Value>(_ first: Value, _ others: Value...) -> Value {
        others.isEmpty ? first : ([first] + others)[number(0...others.count)]
    }
}

/// An event as a test makes it, before anything encodes it.
struct PlainEvent: Hashable {
    var offset: Int
    var kind: Atom
    var payload: Term

    var term: Term { .tuple([.integer(offset), .atom(kind), payload]) }
}

// MARK: - Sessions

extension SeededGenerator {
    /// A session of any kinds of events, the registry's and others, most of them well-formed.
    mutating func session(_ count: Int, offsetsGoBack: Bool = true) -> [PlainEvent] {
        var offset = 0
        return (0..<count).map { index in
            offset += number(0...40)
            if offsetsGoBack, chance(5) { offset = max(0, offset - number(0...60)) }
            return index == 0 && chance(80)
                ? PlainEvent(offset: 0, kind: "mount", payload: .map(["assigns": .map(assigns(6))]))
                : event(at: offset)
        }
    }

    private mutating func event(at offset: Int) -> PlainEvent {
        let (kind, payload): (Atom, Term) =
            switch number(0...19) {
            case 0: ("mount", .map(["assigns": .map(assigns(5)), "at": 1]))
            case 1...5: ("render", .map(["assigns": .map(assigns(3))]))
            case 6, 7: ("assigns", .map(["delta": .map(assigns(3)), "snapshot": .atom(.nil)]))
            case 8: ("assigns", .map(["snapshot": .map(assigns(4)), "delta": .map(assigns(2))]))
            case 9, 10: ("component", component(with: ["assigns": .map(assigns(3))]))
            case 11: ("component_destroyed", component(with: [:]))
            case 12: ("params", .map([pick("uri", "url"): .string("/\(number(0...9))"), "params": .map([:])]))
            case 13: ("handle_params", .map([pick("uri", "url"): pick(.string("/x"), .binary([0xFF]), 7)]))
            case 14, 15: ("event", .map(["name": pick(.string("inc"), .atom("save"), 7), "params": value()]))
            case 16:
                pick(
                    ("log", .map(["level": "error", "message": "a line"])),
                    ("log", .map(["level": .atom("error"), "message": "a line"])),
                    ("log", .map(["level": .atom("info"), "message": "a line"])),
                    ("gap", .map(["dropped": .map(["log": 2])])), ("gap", .map(["dropped": .map(["render": 2])])),
                    ("gap", .map([:])))
            case 17: ("telemetry", .map(["error": pick(.atom(.nil), "boom")]))
            // Keys may be binaries, and payloads anything.
            case 18:
                ("render", pick(.map(TermMap([.init("assigns", .map(assigns(2)))])), value(), .map(["assigns": 1])))
            default: (pick("exit", "viewport", "beam", "käse"), value())
            }
        return PlainEvent(offset: offset, kind: kind, payload: payload)
    }

    private mutating func component(with fields: TermMap) -> Term {
        var fields = fields
        fields[atom: "module"] = .atom(pick("Elixir.Cart", "Elixir.Menu"))
        fields[atom: "id"] = pick(1, "side", .integer(number(0...3)))
        return .map(chance(90) ? fields : ["id": 1])
    }

    private mutating func assigns(_ most: Int) -> TermMap {
        TermMap((0..<number(0...most)).map { _ in TermMap.Pair(key(), value()) })
    }

    private mutating func key() -> Term {
        switch number(0...9) {
        case 0: .string("text")
        case 1: pick(1, 1.0, .tuple([1, 2]))
        default: .atom(pick("count", "form", "rows", "user", "flash", "page"))
        }
    }

    mutating func value(depth: Int = 2) -> Term {
        switch number(0...(depth > 0 ? 9 : 6)) {
        case 0: .integer(number(-300...300))
        case 1: .integer(isNegative: chance(50), magnitude: bytes(number(0...12)))
        case 2: .float(Double(number(-50...50)) / 8)
        case 3: .atom(pick("true", "nil", "ok", "überall"))
        case 4: .binary(bytes(number(0...20)))
        case 5: .string(String(repeating: pick("a", "row ", "é"), count: number(0...12)))
        case 6: .nil
        case 7: .list((0..<number(0...3)).map { _ in value(depth: depth - 1) })
        case 8: .tuple((0..<number(0...3)).map { _ in value(depth: depth - 1) })
        default: .map(TermMap((0..<number(0...3)).map { _ in TermMap.Pair(key(), value(depth: depth - 1)) }))
        }
    }
}
