import ExternalTerm
import Foundation
import Reel
import ReelJSON
import Testing

@Suite("Terms as lines of JSON")
struct TermWriterTests {
    static let terms: [Term] = [
        .map(["id": 7, "name": "Ada"]), .list([11]), .tuple([.atom("ok"), 1.5]), "text", .map([:]),
        .pid(Pid(node: "a@b", number: 7, serial: 1, creation: 2)), .list((0..<300).map { .map(["n": .integer($0)]) }),
    ]
    static let framings = TermFraming.allCases.filter { $0 != .packet1 }

    static func bytes(_ framing: TermFraming) -> [UInt8] {
        terms.map(\.external).flatMap { (framing.head($0.count) ?? []) + $0 }
    }

    private static func lines(_ mapping: JSONMapping, _ style: JSONStyle = JSONStyle()) -> String {
        terms.map { $0.json(mapping: mapping, style: style) + "\n" }.joined()
    }

    @Test("Bytes are converted whatever they are held in", arguments: framings)
    func bytes(framing: TermFraming) throws {
        let bytes = TermWriterTests.bytes(framing)
        func text(_ body: (inout MemorySink) throws -> Void) rethrows -> String {
            var sink = MemorySink()
            try body(&sink)
            return String(decoding: sink.bytes, as: UTF8.self)
        }
        let lines = TermWriterTests.lines(.plain)
        #expect(try text { try JSONTermWriter().convert(bytes, to: &$0) } == lines)
        #expect(try text { try JSONTermWriter().convert(([1] + bytes)[1...], to: &$0) } == lines)
        #expect(try text { try JSONTermWriter().convert(Data(bytes), to: &$0) } == lines)
        #expect(try text { try JSONTermWriter().convert(bytes, framing: framing, to: &$0) } == lines)
        #expect(
            try text { try JSONTermWriter(mapping: .tagged).convert(bytes, to: &$0) } == TermWriterTests.lines(.tagged))
        let pretty = JSONStyle(isPretty: true)
        #expect(
            try text { try JSONTermWriter(style: pretty).convert(bytes, to: &$0) }
                == TermWriterTests.lines(.plain, pretty))
    }

    @Test("What comes before an error has been written, and the error says where it is in all of the bytes")
    func damage() throws {
        let first = Term.list([1, 2]).external
        var sink = MemorySink()
        // A map with a key twice.
        let bytes = first + [131, 116, 0, 0, 0, 2, 97, 1, 97, 1, 97, 1, 97, 2]
        let error = #expect(throws: TermError.self) { try JSONTermWriter().convert(bytes, to: &sink) }
        #expect(error?.code == .duplicateKey)
        #expect(error?.offset == first.count + 1)
        #expect(String(decoding: sink.bytes, as: UTF8.self) == "[1,2]\n")
        #expect(throws: UnknownContent.self) { try JSONTermWriter().convert(Array("nothing".utf8), to: &sink) }
    }

    @Test("A term that is refused writes nothing, and the next one is written")
    func refused() throws {
        var json = JSONTermWriter()
        try json.append([131, 97, 1].span)
        for bad in [[131, 97], [131, 97, 1, 0], [131, 104, 1, 200], [131], []] as [[UInt8]] {
            #expect(throws: TermError.self) { try json.append(bad.span) }
        }
        try json.append([131, 97, 2].span)
        #expect(String(decoding: json.takeText(), as: UTF8.self) == "1\n2\n")
        #expect(json.textByteCount == 0)
    }

    @Test("Lists of printable integers are strings when that is asked for, however they are encoded")
    func charlists() throws {
        let text: [UInt8] = [131, 107, 0, 2, 104, 105]
        let list: [UInt8] = [131, 108, 0, 0, 0, 1, 97, 104, 107, 0, 1, 105]
        let improper: [UInt8] = [131, 108, 0, 0, 0, 1, 97, 104, 97, 105]
        for (charlists, lines) in [
            (Charlists.printable, ["\"hi\"", "\"hi\"", "[104,105]"]), (.none, ["[104,105]", "[104,105]", "[104,105]"]),
            (.written, ["[104,105]", "[104,105]", "[104,105]"]),
        ] {
            for (bytes, line) in zip([text, list, improper], lines) {
                var json = JSONTermWriter(mapping: .plain(PlainOptions(charlists: charlists)))
                try json.append(bytes.span)
                #expect(String(decoding: json.takeText(), as: UTF8.self) == line + "\n")
            }
        }
        let term = Term.map(["a": .list([]), "b": .list([.list([11]), 300])])
        #expect(term.json(mapping: .plain(PlainOptions(charlists: .printable))) == #"{"a":[],"b":["\u000b",300]}"#)
    }
}
