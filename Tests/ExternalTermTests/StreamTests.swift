import ExternalTerm
import Testing

@Suite("Terms in a stream")
struct StreamTests {
    /// Terms of every shape, as they stand in files.
    static let terms: [[UInt8]] =
        [
            Term.map(["id": 7, "name": "Ada"]), .list([1, 2, 3]), .list([256, 257], tail: 1), .tuple([]), .float(1.5),
            .integer(isNegative: true, magnitude: Array(repeating: 7, count: 300)), .list([[[], [[]]], "x"]),
            .binary(Array(repeating: 7, count: 2_000)),
        ].map(\.external) + [
            [131, 108, 0, 0, 0, 0, 107, 0, 2, 1, 2], [131, 108, 0, 0, 0, 1, 97, 1, 108, 0, 0, 0, 1, 97, 2, 106],
            // A map with its keys out of order, and "ok" and 1 as compressed terms.
            [131, 116, 0, 0, 0, 2, 97, 2, 97, 1, 97, 1, 97, 2],
            [131, 80, 0, 0, 0, 2, 0x78, 0x9C, 0x4B, 0x64, 0x04, 0x00, 0x00, 0xC5, 0x00, 0x63],
        ]

    /// All terms in a framing, but those that are too long for it.
    private static func stream(_ framing: TermFraming) -> (bytes: [UInt8], terms: [[UInt8]]) {
        let terms = terms.filter { framing.head($0.count) != nil }
        return (terms.flatMap { (framing.head($0.count) ?? []) + $0 }, terms)
    }

    @Test("Terms are found in pieces of any size, and no sooner than they are whole", arguments: TermFraming.allCases)
    func pieces(framing: TermFraming) throws {
        let (bytes, terms) = StreamTests.stream(framing)
        for size in [1, 2, 3, 7, 100, bytes.count] {
            var frames = TermFrames(framing)
            var found: [[UInt8]] = []
            var ends: [Int] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                let piece = Array(bytes[start..<min(start + size, bytes.count)])
                frames.append(piece.span)
                while let term = try frames.next() {
                    found.append(Array(frames.bytes[term]))
                    ends.append(start + piece.count)
                    #expect(Array(bytes[frames.offset..<frames.offset + term.count]) == found.last)
                }
            }
            frames.end()
            #expect(try frames.next() == nil)
            #expect(found == terms)
            #expect(frames.count == terms.count)
            guard size == 1 else { continue }
            var end = 0
            for (term, found) in zip(terms, ends) {
                end += framing.lengthByteCount + term.count
                #expect(found == end)
            }
        }
    }

    @Test("A stream that ends inside a term is truncated there, wherever that is", arguments: TermFraming.allCases)
    func cuts(framing: TermFraming) throws {
        let (bytes, terms) = StreamTests.stream(framing)
        var ends: Set<Int> = [0]
        for term in terms { ends.insert((ends.max() ?? 0) + framing.lengthByteCount + term.count) }
        for length in 0..<bytes.count {
            var frames = TermFrames(framing)
            frames.append(bytes.span.extracting(0..<length))
            frames.end()
            let count = ends.count { $0 > 0 && $0 <= length }
            for _ in 0..<count { #expect(try frames.next() != nil) }
            guard !ends.contains(length) else {
                #expect(try frames.next() == nil)
                continue
            }
            let error = #expect(throws: TermError.self) { try frames.next() }
            #expect(error?.code == .truncated)
            #expect((error?.offset ?? .max) <= length)
        }
    }

    @Test("What no term can be is refused at its byte")
    func wrong() throws {
        let term = Term.tuple([1, 2]).external
        let cases: [(TermFraming, [UInt8], TermError.Code, Int)] = [
            (.terms, [1], .notExternalTerm, 0), (.terms, term + [10], .notExternalTerm, term.count),
            (.terms, term + [131, 200], .unknownTag, term.count + 1),
            (.packet4, [0x7F, 0xFF, 0xFF, 0xFF], .limitExceeded, 0),
            (
                .terms, [131, 80, 0, 0, 0, 1, 0x78, 0x9C, 0x4B, 0x64, 0x04, 0x00, 0x00, 0xC5, 0x00, 0x63],
                .malformedCompression, 2
            ),
            (.terms, [131, 80, 0, 0, 0, 2, 1, 2, 3, 4], .malformedCompression, 6),
        ]
        for (framing, bytes, code, offset) in cases {
            var frames = TermFrames(framing)
            frames.append(bytes.span)
            let error = #expect(throws: TermError.self) { while try frames.next() != nil {} }
            #expect(error?.code == code)
            #expect(error?.offset == offset)
        }
        var frames = TermFrames(.terms, longestTerm: 100)
        frames.append(Term.binary(Array(repeating: 0, count: 200)).external.span.extracting(0..<150))
        #expect(throws: TermError.self) { try frames.next() }
    }

    @Test("LOCAL_EXT goes on to the end")
    func local() throws {
        var frames = TermFrames(.terms)
        frames.append([131, 121, 1, 2].span)
        #expect(try frames.next() == nil)
        frames.append([131, 106].span)
        frames.end()
        #expect(try frames.next() == 0..<6)
        #expect(try frames.next() == nil)
    }

    @Test("Terms come out of a sequence of bytes as they come in", arguments: TermFraming.allCases)
    func asynchronous(framing: TermFraming) async throws {
        let (bytes, encoded) = StreamTests.stream(framing)
        let terms = try encoded.map { try Term(external: $0) }
        var found: [Term] = []
        let pieces = AsyncStream<ArraySlice<UInt8>> { pieces in
            for start in stride(from: 0, to: bytes.count, by: 7) {
                pieces.yield(bytes[start..<min(start + 7, bytes.count)])
            }
            pieces.finish()
        }
        for try await term in pieces.terms(framing) { found.append(term) }
        #expect(found == terms)
        found = []
        let single = AsyncStream<UInt8> { single in
            for byte in bytes + [0] { single.yield(byte) }
            single.finish()
        }
        let error = await #expect(throws: TermError.self) {
            for try await term in single.terms(framing) { found.append(term) }
        }
        #expect(found == terms)
        #expect(error?.offset == bytes.count || framing == .packet1)
    }

    @Test("A length says no more than it can")
    func heads() {
        #expect(TermFraming.packet1.head(255) == [255])
        #expect(TermFraming.packet1.head(256) == nil)
        #expect(TermFraming.packet2.head(256) == [1, 0])
        #expect(TermFraming.packet4.head(1 << 32) == nil)
        #expect(TermFraming.terms.head(1 << 40) == [])
    }
}

@Suite("Lists of integers that may be text")
struct CharlistTests {
    static func list(_ text: String) -> Term { .list(text.utf8.map { .integer(Int($0)) }) }

    @Test(
        "What people write is text",
        arguments: [
            "localhost", "Hello, world!", "a sentence of words", "/usr/lib/erlang", "info", "shop@host", "line\nfeed",
        ])
    func text(text: String) {
        #expect(CharlistTests.list(text).elixirText(charlists: .written).hasPrefix("~c\""))
        #expect(CharlistTests.list(text).erlangText(charlists: .written).hasPrefix("\""))
        #expect(CharlistTests.list(text).elixirText(charlists: .none).hasPrefix("["))
    }

    @Test(
        "What people count is a list",
        arguments: [
            [11], [101, 102, 103, 104], [104, 103, 102, 101], [72, 85, 90, 66], [97], [104, 105], [50, 51, 49, 55],
            [10, 13, 10, 13, 10], [27, 97, 97, 98, 97], [97, 98, 97, 200], [97, 98, 97, 1_000], [],
        ])
    func numbers(numbers: [Int]) throws {
        let list = Term.list(numbers.map(Term.integer))
        #expect(list.elixirText(charlists: .written) == "[\(numbers.map(String.init).joined(separator: ", "))]")
        #expect(list.erlangText(charlists: .written) == "[\(numbers.map(String.init).joined(separator: ","))]")
        #expect(try Term(elixirText: list.elixirText(charlists: .written)) == list)
    }

    @Test("By itself a term is written as the language's own printer writes it")
    func printers() {
        #expect(Term.list([11]).elixirText == #"~c"\v""#)
        #expect(Term.list([11]).erlangText == #""\v""#)
        #expect(Term.list([0xE9]).erlangText(charlists: .printable) == "\"é\"")
    }

    @Test("It is so inside of other terms, and in no set")
    func inside() {
        let term = Term.map(["ids": [11], "host": CharlistTests.list("localhost")])
        #expect(term.elixirText(charlists: .written) == #"%{host: ~c"localhost", ids: [11]}"#)
        #expect(term.erlangText(charlists: .written) == ##"#{host => "localhost",ids => [11]}"##)
        #expect(term.elixirText(charlists: .none) == "%{host: [108, 111, 99, 97, 108, 104, 111, 115, 116], ids: [11]}")
    }
}
