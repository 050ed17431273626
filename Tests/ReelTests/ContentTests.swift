import ExternalTerm
import Foundation
import GzipMembers
import Reel
import Testing
import Zlib

@Suite("What bytes are")
struct ContentTests {
    static let terms: [Term] = [.map(["id": 1]), .list([1, 2]), .tuple([.atom("ok"), "text"])]

    static func bytes(_ framing: TermFraming, _ terms: [Term] = terms) -> [UInt8] {
        terms.map(\.external).flatMap { (framing.head($0.count) ?? []) + $0 }
    }

    static func packed(_ bytes: [UInt8], _ compression: Compression) throws -> [UInt8] {
        var packed: [UInt8] = []
        switch compression {
        case .gzip: try MemberEncoder(level: 6).encode(bytes.span, appendingTo: &packed) { _ in MemberHeader() }
        case .zlib: try Deflater(.zlib, level: 6).deflate(bytes.span, finishing: true, appendingTo: &packed)
        case .deflate: try Deflater(.raw, level: 6).deflate(bytes.span, finishing: true, appendingTo: &packed)
        }
        return packed
    }

    @Test("Framing and compression are told by the first bytes, which stay unread", arguments: TermFraming.allCases)
    func framing(framing: TermFraming) throws {
        let bytes = ContentTests.bytes(framing)
        for first in [nil] + Compression.allCases {
            for second in [nil] + Compression.allCases {
                let layers = [first, second].compactMap(\.self)
                let packed = try layers.reversed().reduce(bytes) { try ContentTests.packed($0, $1) }
                let content = try Content(of: MemorySource(packed))
                #expect(content.form == .terms(framing))
                #expect(content.compression == layers)
                var source = content.source
                var unpacked: [UInt8] = []
                while try source.read(upTo: 1_000, appendingTo: &unpacked) > 0 {}
                #expect(unpacked == bytes)
            }
        }
    }

    @Test("A recording's first frame tells what it is, compressed too")
    func compressedHeader() throws {
        let header = Term.tuple([.atom("recording"), .tuple([1, 0]), .map([:])]).external
        var frame: [UInt8] = [131, 80]
        for shift in [24, 16, 8, 0] { frame.append(UInt8(truncatingIfNeeded: (header.count - 1) >> shift)) }
        try Deflater(.zlib, level: 6).deflate(header.span.extracting(1...), finishing: true, appendingTo: &frame)
        for term in [header, frame] {
            let bytes = try #require(TermFraming.packet4.head(term.count)) + term
            #expect(try Content(of: MemorySource(bytes)).form == .recording)
            #expect(try Content(of: MemorySource(ContentTests.packed(bytes, .gzip))).form == .recording)
            #expect(try Content(ofTerms: MemorySource(bytes)).form == .terms(.packet4))
        }
    }

    @Test("A framing that is known is not guessed", arguments: TermFraming.allCases)
    func known(framing: TermFraming) throws {
        let bytes = ContentTests.bytes(framing)
        for compression in Compression.allCases {
            let packed = try ContentTests.packed(bytes, compression)
            let content = try Content(ofTerms: MemorySource(packed), framing: framing)
            #expect(content.form == .terms(framing))
            #expect(content.compression == [compression])
        }
        #expect(try Content(ofTerms: MemorySource([1, 2]), framing: framing).form == .terms(framing))
    }

    @Test("No more is looked at than it takes to tell")
    func little() throws {
        /// Gives a piece at a time, and fails when one too many is asked for.
        struct Pieces: ByteSource {
            var pieces: [[UInt8]]
            mutating func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
                guard let piece = pieces.first else { throw ReelError(.inputOutput, "more is asked for") }
                pieces.removeFirst()
                buffer += piece
                return piece.count
            }
        }
        for framing in TermFraming.allCases {
            let bytes = ContentTests.bytes(framing, [.map(["id": 1])])
            #expect(try Content(of: Pieces(pieces: [bytes])).form == .terms(framing))
            #expect(try Content(of: Pieces(pieces: bytes.map { [$0] })).form == .terms(framing))
        }
        for text in ["no recording", "<html>", "y\ny\ny\n"] {
            guard case .unknown(let content) = try Content(of: Pieces(pieces: [Array(text.utf8)])).form else {
                Issue.record("\(text) is something")
                continue
            }
            #expect(content.attempts.count >= 5)
        }
    }

    @Test("What is torn or damaged is what it would be whole")
    func damaged() throws {
        let bytes = ContentTests.bytes(.packet4)
        for length in 6..<bytes.count {
            #expect(try Content(of: MemorySource(Array(bytes.prefix(length)))).form == .terms(.packet4) || length < 15)
        }
        let term = Term.list([300, 400]).external
        for length in 1...term.count {
            #expect(try Content(of: MemorySource(Array(term.prefix(length)))).form == .terms(.terms))
        }
        #expect(try Content(of: MemorySource(term + [10])).form == .terms(.terms))
    }

    @Test("A map with a list of events is PhoenixReplay's, any other is a term")
    func maps() throws {
        func form(_ term: Term) throws -> Content.Form { try Content(of: MemorySource(term.external)).form }
        #expect(try form(.map(["events": [], "id": "s-1"])) == .phoenixReplay)
        #expect(try form(.map(["events": 1])) == .terms(.terms))
        #expect(try form(.map(["id": "s-1"])) == .terms(.terms))
        #expect(try form(.map(TermMap([.init("events", [])]))) == .terms(.terms))
        #expect(try Content(ofTerms: MemorySource(Term.map(["events": []]).external)).form == .terms(.terms))
        #expect(try Content(of: MemorySource(Array("PRF1".utf8) + [0, 0, 0, 1])).form == .phoenixReplay)
        #expect(try Content(of: MemorySource(Array(" {\"events\":[]}".utf8))).form == .json)
    }

    @Test("Terms are read one after the other, from any source")
    func source() throws {
        for framing in TermFraming.allCases {
            var terms = TermSource(MemorySource(ContentTests.bytes(framing)), framing)
            var found: [Term] = []
            while let term = try terms.next() {
                found.append(try Term(external: terms.frames.bytes.span.extracting(term)))
            }
            #expect(found == ContentTests.terms)
        }
    }

    @Test("Random bytes never trap, and are something or nothing")
    func random() throws {
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0 ... .max, using: &generator)
        var state = seed
        func next() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        let starts: [[UInt8]] = [
            [], [131], [0x1F, 0x8B, 8], [0x1F, 0x8B, 8, 4], [0x78, 0x9C], [0, 0, 0], [131, 80], [131, 116],
        ]
        for _ in 0..<2_000 {
            let bytes = starts[Int(next()) % starts.count] + (0..<Int(next()) % 60).map { _ in next() }
            let content = try Content(of: MemorySource(bytes))
            var terms = TermSource(content.source, .terms)
            _ = try? terms.next()
        }
        print("random bytes: SEED=\(seed)")
    }
}
