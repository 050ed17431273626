import ExternalTerm
import Foundation
import Testing

@Suite("TermDecoder: what it takes, and why it refuses")
struct DecoderTests {
    typealias Upload = EncoderTests.Upload
    typealias Shape = EncoderTests.Shape

    struct Session: Codable, Hashable {
        var id: UInt64
        var uploads: [Upload]
        var shapes: [String: Shape]
        var byNumber: [Int: [Double]]
        var parent: [Session]
        var note: String?
        var term: Term
        var big: Int128
        var tags: Set<String>
    }

    static let session = Session(
        id: .max, uploads: [Upload(name: "a", size: 1, done: true), Upload(name: "日本", size: nil, done: false)],
        shapes: ["p": .point, "c": .circle(radius: 1.5), "l": .line(-1, .max)],
        byNumber: [-1: [], 70_000: [0.1, -0.0]],
        parent: [
            Session(
                id: 0, uploads: [], shapes: [:], byNumber: [:], parent: [], note: "first", term: .tuple([.nil]),
                big: .min, tags: [])
        ],
        note: nil, term: .map(["a": .list([1], tail: 2)]), big: .max, tags: ["x", "y"])

    @Test("nested structures come back, through terms and through bytes, whatever form keys have")
    func roundTrip() throws {
        for keyForm in [TermEncoder.KeyForm.atom, .binary] {
            for dictionaryKeyForm in [TermEncoder.KeyForm.atom, .binary] {
                var encoder = TermEncoder()
                encoder.keyForm = keyForm
                encoder.dictionaryKeyForm = dictionaryKeyForm
                let term = try encoder.encode(Self.session)
                #expect(try TermDecoder().decode(Session.self, from: term) == Self.session)
                let bytes = try encoder.encodeToBytes(Self.session)
                #expect(try TermDecoder().decode(Session.self, from: bytes) == Self.session)
                #expect(try Term(external: bytes) == term)
            }
        }
    }

    @Test("random structures come back", arguments: [1, 2, 3] as [UInt64])
    func randomRoundTrip(seed: UInt64) throws {
        print("seed \(seed)")
        var random = RandomTerms(seed: seed)
        for _ in 0..<200 {
            let value = Self.random(&random, depth: 3)
            try #require(try TermDecoder().decode(Session.self, from: TermEncoder().encodeToBytes(value)) == value)
        }
    }

    @Test("classes and nested containers come back")
    func containers() throws {
        let derived = try TermDecoder().decode(Derived.self, from: TermEncoder().encode(Derived(base: 1, own: 2)))
        #expect(derived.base == 1 && derived.own == 2)
        _ = try TermDecoder().decode(Nested.self, from: TermEncoder().encode(Nested()))
    }

    @Test("a map's keys may be atoms or binaries, and what is not asked for is passed over")
    func keys() throws {
        let decoder = TermDecoder()
        let upload = Upload(name: "a", size: nil, done: true)
        #expect(try decoder.decode(Upload.self, from: .map(["name": "a", "done": true, "x": 1])) == upload)
        let mixed = TermMap([
            TermMap.Pair("name", "a"), TermMap.Pair(.atom("done"), true), TermMap.Pair("size", .atom("nil")),
            TermMap.Pair(.tuple([]), 1),
        ])
        #expect(try decoder.decode(Upload.self, from: .map(mixed)) == upload)
        let both = TermMap([
            TermMap.Pair(.atom("a"), 1), TermMap.Pair("a", 2), TermMap.Pair(7, 3), TermMap.Pair(1.5, 4),
        ])
        #expect(try decoder.decode([String: Int].self, from: .map(both)) == ["a": 1, "7": 3])
        #expect(
            try decoder.decode([Int: Int].self, from: .map(TermMap([TermMap.Pair(7, 3), TermMap.Pair("8", 4)]))) == [
                7: 3, 8: 4,
            ])
        #expect(try decoder.decode([Atom: Int].self, from: .map(both)) == ["a": 1, "7": 3])
    }

    @Test("text may be an atom, a list may be a tuple, a float may be an integer that it holds exactly")
    func leniency() throws {
        let decoder = TermDecoder()
        #expect(try decoder.decode(String.self, from: .atom("ok")) == "ok")
        #expect(try decoder.decode(EncoderTests.Color.self, from: .atom("red")) == .red)
        #expect(try decoder.decode([Int].self, from: .tuple([1, 2])) == [1, 2])
        #expect(try decoder.decode(Double.self, from: 3) == 3)
        #expect(try decoder.decode(Float.self, from: 0.1) == 0.1)
        #expect(try decoder.decode(Bool?.self, from: .atom("nil")) == nil)
        #expect(try decoder.decode([UInt8].self, from: hex("83 6B 0002 01FF")) == [1, 255])
    }

    @Test("Term, TermMap, Atom, Binary and BigInteger are what they are")
    func passedThrough() throws {
        let decoder = TermDecoder()
        let tuple = Term.tuple([1, .list([1], tail: 2)])
        #expect(try decoder.decode(Term.self, from: tuple) == tuple)
        #expect(try decoder.decode([String: Term].self, from: .map(["a": tuple])) == ["a": tuple])
        #expect(try decoder.decode([Term].self, from: .tuple([1, .nil])) == [1, .nil])
        #expect(try decoder.decode(Term?.self, from: .atom("nil")) == nil)
        #expect(try decoder.decode(TermMap.self, from: .map(["a": 1])) == ["a": 1])
        #expect(try decoder.decode(Atom.self, from: .atom("nil")) == "nil")
        #expect(try decoder.decode(Binary.self, from: .binary([255])) == [255])
        #expect(try decoder.decode(BigInteger.self, from: 5) == BigInteger(5))
        let big = BigInteger(isNegative: true, magnitude: repeated([255], 20))
        #expect(try decoder.decode(BigInteger.self, from: .bigInteger(big)) == big)
    }

    @Test("other encoders have terms as bytes, atoms as names, big integers as digits")
    func otherCoders() throws {
        struct All: Codable, Equatable {
            var term: Term
            var map: TermMap
            var atom: Atom
            var binary: Binary
            var number: BigInteger
        }
        let all = All(
            term: .tuple([1]), map: ["a": 1], atom: "ok", binary: [1, 2],
            number: BigInteger(isNegative: true, magnitude: repeated([1], 9)))
        let json = JSONEncoder()
        json.outputFormatting = .sortedKeys
        let data = try json.encode(all)
        #expect(
            String(decoding: data, as: UTF8.self)
                == #"{"atom":"ok","binary":[1,2],"map":[131,116,0,0,0,1,119,1,97,97,1],"number":"-18519084246547628289","#
                + #""term":[131,104,1,97,1]}"#)
        #expect(try JSONDecoder().decode(All.self, from: data) == all)
        for wrong in [
            #"{"term":[1]}"#, #"{"term":"x"}"#, #"{"map":[131,97,1]}"#, #"{"number":"1x"}"#,
            #"{"atom":"\#(String(repeating: "a", count: 256))"}"#,
        ] {
            struct Some: Decodable { var term: Term?, map: TermMap?, atom: Atom?, number: BigInteger? }
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(Some.self, from: Data(wrong.utf8)) }
        }
    }

    private static func random(_ random: inout RandomTerms, depth: Int) -> Session {
        func text(_ random: inout RandomTerms) -> String { random.pick("", "a", "b", "日本", "e\u{301}", "nil", "1") }
        var session = Session(
            id: random.generator.next(), uploads: [], shapes: [:], byNumber: [:], parent: [],
            note: random.chance(50) ? text(&random) : nil, term: random.term(),
            big: Int128(random.number(.min ... .max)) << 60,
            tags: [])
        for _ in 0..<random.number(0...3) {
            session.uploads.append(
                Upload(
                    name: text(&random), size: random.chance(50) ? random.number(.min ... .max) : nil,
                    done: random.chance(50)))
            session.shapes[text(&random)] = random.pick(.point, .circle(radius: 1.5), .line(1, -1))
            session.byNumber[random.number(-300...300)] = [0.5, Double(random.number(-9...9))]
            session.tags.insert(text(&random))
            if depth > 0, random.chance(40) { session.parent.append(Self.random(&random, depth: depth - 1)) }
        }
        return session
    }
}
