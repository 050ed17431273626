import ExternalTerm
import Foundation
import ReelRecorder
import Testing

@Suite("Sanitizing whatever comes")
struct SanitizingPropertyTests {
    @Test("No sensitive value survives in any nesting, and everything else does", arguments: RecordedPart.allCases)
    func nothingSurvives(part: RecordedPart) throws {
        var random = Nesting.printingSeed()
        let sanitizer = DefaultSanitizer(redactor: .standard)
        for _ in 0..<2_000 {
            let term = random.term(depth: 6)
            let sanitized = try sanitizer.sanitize(term, in: part)
            let bytes = sanitized.external
            let isClean = !bytes.contains(Nesting.sensitive)
            let isWhole = term.external.count(of: Nesting.harmless) == bytes.count(of: Nesting.harmless)
            let isStable = try sanitizer.sanitize(sanitized, in: part) == sanitized
            #expect(isClean && isWhole && isStable, "\(term.elixirText) → \(sanitized.elixirText)")
        }
    }

    @Test("Parameters that are text become what they become as terms, whatever they are and however long")
    func flat() async throws {
        var random = Nesting.printingSeed()
        try await inFolder { folder in
            let recording = try Recording(in: folder)
            let session = recording.recorder.busySession()
            // So few keys that most of them are known already.
            let keys = (0..<200).map { _ in random.text() }
            for _ in 0..<2_000 {
                var params: [String: String] = [:]
                for _ in 0..<random.number(below: 6) { params[random.element(of: keys)] = random.text() }
                session.event("e", params: params)
                let pairs = params.map { TermMap.Pair(.string($0.key), .string($0.value)) }
                session.event("e", params: .map(TermMap(pairs)))
            }
            session.close()
            #expect(await session.stored() == .stored(session.id))
            let payloads = try await recording.events(session.id).dropFirst(2).map(\.content)
            #expect(payloads.count == 4_000)
            for index in stride(from: payloads.startIndex, to: payloads.endIndex, by: 2) {
                #expect(payloads[index] == payloads[index + 1])
            }
        }
    }
}

/// Random terms in which what is harmless and what is sensitive are known by their text.
private struct Nesting {
    static let harmless = Array("HARMLESS".utf8)
    static let sensitive = Array("SENSITIVE".utf8)

    private var state: UInt64
    private var count = 0

    init(seed: UInt64) { state = seed }

    static func printingSeed() -> Nesting {
        let seed = ProcessInfo.processInfo.environment["SEED"].flatMap(UInt64.init) ?? .random(in: 0..<1 << 32)
        print("seed \(seed)")
        return Nesting(seed: seed)
    }

    mutating func number(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ mixed >> 31) % UInt64(bound))
    }

    mutating func element(of texts: [String]) -> String { texts[number(below: texts.count)] }

    /// Text of up to about 60 bytes in which there may be something like an address.
    mutating func text() -> String {
        let pieces = [
            "token", "password", "=", ":", "&", "?", "#", ";", "@", "://", "/", "<", " ", "%74oken", "a", "bc", "Größe",
        ]
        // One in two has plain letters only.
        let few = number(below: 2) == 0 ? ["a", "bc", "def"] : pieces
        return (0..<number(below: 16)).map { _ in element(of: few) }.joined()
    }

    private mutating func key() -> Term {
        count += 1
        return name(["a", "user", "items", "name", "Größe"][number(below: 5)] + "\(count)")
    }

    private mutating func sensitiveKey() -> Term {
        count += 1
        let word = ["password", "Token", "SECRET", "api_key", "apiKey", "private-key", "Credential"][number(below: 7)]
        return name(["", "user_", "X-"][number(below: 3)] + word + ["", "s", "_\(count)"][number(below: 3)])
    }

    private mutating func name(_ text: String) -> Term {
        switch number(below: 3) {
        case 0: .atom(Atom(named: text) ?? "a")
        case 1: .string(text)
        default: .list(text.unicodeScalars.map { .integer(Int($0.value)) })
        }
    }

    /// Something around `sensitive`, so that it is seen in whatever form it is left.
    private mutating func secret() -> Term {
        let text = Term.string("SENSITIVE")
        switch number(below: 5) {
        case 0: return .list([text, text])
        case 1: return .map(["inner": text])
        case 2: return .tuple([.atom("ok"), text])
        case 3: return .atom("SENSITIVE")
        default: return text
        }
    }

    mutating func term(depth: Int) -> Term {
        guard depth > 0 else { return leaf() }
        switch number(below: 12) {
        // What stands before something in a tuple of two is its key, whatever it is.
        case 0: return .tuple([.integer(1)] + (0..<number(below: 4)).map { _ in term(depth: depth - 1) })
        case 1: return .list((0..<number(below: 4)).map { _ in term(depth: depth - 1) } + [leaf()])
        case 2: return .list([term(depth: depth - 1)], tail: leaf())
        case 3: return .list([pair(depth), pair(depth), secretPair()])
        case 4: return secretPair()
        case 5: return .map(TermMap([TermMap.Pair(secretPair(), term(depth: depth - 1))]))
        case 6: return .list([term(depth: depth - 1)], tail: secretPair())
        case 7, 8, 9:
            var map = TermMap()
            if number(below: 3) == 0 { map[atom: .struct] = .atom("Elixir.Shop.User") }
            for _ in 0..<number(below: 4) { map[key()] = term(depth: depth - 1) }
            for _ in 0..<number(below: 3) { map[sensitiveKey()] = secret() }
            return .map(map)
        case 10: return address()
        default: return leaf()
        }
    }

    private mutating func pair(_ depth: Int) -> Term { .tuple([key(), term(depth: depth - 1)]) }

    private mutating func secretPair() -> Term {
        let key = sensitiveKey()
        return .tuple(key.atom == nil ? [key, secret()] : [key] + (0...number(below: 3)).map { _ in secret() })
    }

    private mutating func address() -> Term {
        let path = ["/", "https://shop.example/a", "see https://u:SENSITIVE@shop.example/"][number(below: 3)]
        let key = ["token", "user%5Bpassword%5D", "p%61ssword", "API_KEY"][number(below: 4)]
        let text = path + ["?", "?a=HARMLESS&", "#"][number(below: 3)] + key + "=SENSITIVE&b=HARMLESS"
        return number(below: 2) == 0 ? .string(text) : .list(text.unicodeScalars.map { .integer(Int($0.value)) })
    }

    private mutating func leaf() -> Term {
        switch number(below: 4) {
        case 0: .integer(number(below: 1_000) - 500)
        case 1: .atom(.nil)
        default: .string("HARMLESS")
        }
    }
}

extension [UInt8] {
    /// How often `part` stands in the bytes.
    fileprivate func count(of part: [UInt8]) -> Int { ranges(of: part).count }
}
