import ExternalTerm
import Foundation

/// Makes terms and bytes at random, always the same ones from the same seed.
struct RandomTerms {
    private var generator: SplitMix

    init(seed: UInt64) { generator = SplitMix(state: seed) }

    /// The SplitMix64 generator.
    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// The seed of the test run: a new one each time, or the one of the environment variable `SEED`.
    static let seed: UInt64 = {
        let given = ProcessInfo.processInfo.environment["SEED"].flatMap { UInt64($0) }
        let seed = given ?? .random(in: 0..<1_000_000)
        print("JSON tests: SEED=\(seed)")
        return seed
    }()

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[number(0...values.count - 1)] }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(number(0...255)) } }

    /// A term of any kind, nested at most `depth` times.
    mutating func term(depth: Int = 5) -> Term {
        switch number(0...(depth > 0 ? 25 : 15)) {
        case 0, 1:
            return .integer(pick([0, 1, -1, 255, 256, 1 << 53, -(1 << 53) - 1, .max, .min, number(-9_999...9_999)]))
        case 2: return .integer(isNegative: number(0...1) == 0, magnitude: bytes(number(0...20)))
        case 3, 4: return .float(float())
        case 5, 6, 7: return .atom(atom())
        case 8, 9: return .binary(bytes(number(0...8)))
        case 10: return .string(text())
        case 11:
            return Bitstring(bytes: bytes(number(1...3)), bitsInLastByte: number(1...7)).map(Term.bitstring) ?? .nil
        case 12: return .pid(pid())
        case 13: return .port(Port(node: node(), number: pick([0, 7, 1 << 28, .max]), creation: word()))
        case 14:
            return .reference(
                Reference(node: node(), creation: word(), words: (0..<number(1...5)).map { _ in word() }))
        case 15:
            return .externalFunction(ExternalFunction(module: atom(), function: atom(), arity: UInt32(number(0...255))))
        case 16, 17: return .tuple(terms(depth))
        case 18: return .list(terms(depth))
        case 19: return .list((0..<number(0...5)).map { _ in .integer(number(0...255)) })
        case 20: return .list(terms(depth), tail: term(depth: depth - 1))
        case 21, 22: return .map(TermMap(terms(depth).map { TermMap.Pair($0, term(depth: depth - 1)) }))
        case 23:
            return .map(TermMap((0..<number(0...4)).map { _ in TermMap.Pair(.string(text()), term(depth: depth - 1)) }))
        case 24:
            let names = Set((0..<number(0...4)).map { _ in atom() }).sorted()
            let record = NativeRecord(
                module: atom(), name: atom(), isExported: number(0...1) == 1,
                fields: names.map { NativeRecord.Field($0, term(depth: depth - 1)) })
            return record.map(Term.record) ?? .nil
        default:
            return .localFunction(
                LocalFunction(
                    module: atom(), arity: UInt8(number(0...255)), index: word(), uniq: bytes(16),
                    oldIndex: Int32(number(-9...9)), oldUniq: Int32(number(0...99_999)), creator: pid(),
                    freeVariables: terms(depth)))
        }
    }

    private mutating func terms(_ depth: Int) -> [Term] { (0..<number(0...4)).map { _ in term(depth: depth - 1) } }

    private mutating func float() -> Double {
        let value = Double(bitPattern: generator.next())
        return value.isFinite ? value : pick([0, -0.0, 1, 1.5, 1e300, .leastNonzeroMagnitude, 1e16, 0.1])
    }

    private mutating func text() -> String {
        pick(["", "a", "$", "$atom", "é", "日本 👍", "a\"b\\c\n\u{1}\u{7F}", "</script>", "\u{2028}", "count", "x#2"])
    }

    private mutating func atom() -> Atom {
        pick(["ok", "true", "false", "nil", "", "a", "å", "日本", "Elixir.Some.Module", "__struct__", "ÿ", "x\"y"])
    }

    private mutating func node() -> Atom { pick(["a@b", "nå@b"]) }

    private mutating func word() -> UInt32 { pick([1, 7, .max, UInt32(number(0...99_999))]) }

    private mutating func pid() -> Pid { Pid(node: node(), number: word(), serial: word(), creation: word()) }

    /// `bytes` with one to four changes.
    mutating func mutation(of bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<number(1...4) where !bytes.isEmpty {
            let position = number(0...bytes.count - 1)
            switch number(0...5) {
            case 0: bytes[position] = UInt8(number(0...255))
            case 1: bytes[position] ^= 1 << UInt8(number(0...7))
            case 2: bytes[position] = pick([97, 98, 100, 104, 106, 107, 108, 109, 110, 115, 116, 118, 119])
            case 3: bytes.remove(at: position)
            case 4: bytes.insert(UInt8(number(0...255)), at: position)
            default: bytes[position] = pick([0, 1, 2, 127, 255])
            }
        }
        return bytes
    }
}
