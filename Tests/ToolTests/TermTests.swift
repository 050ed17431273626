import ExternalTerm
import Foundation
import TestPrograms
import Testing

@Suite("reel term")
struct TermTests {
    static let term = Term.tuple([.atom("ok"), .map(["count": 3, "name": "Ada"]), .list([1.5], tail: 2)])
    static let elixir = "{:ok, %{count: 3, name: \"Ada\"}, [1.5 | 2]}\n"
    static let erlang = "{ok,#{count => 3,name => <<\"Ada\">>},[1.5|2]}\n"

    @Test(
        "decode writes bytes as text",
        arguments: [([], elixir), (["--to", "elixir"], elixir), (["--to", "erlang"], erlang)])
    func decode(arguments: [String], text: String) throws {
        let external = TermTests.term.external
        let hex = external.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let base64 = Data(external).base64EncodedString(options: .lineLength64Characters)
        #expect(try Tool.run(["term", "decode"] + arguments, input: external).text == text)
        #expect(try Tool.run(["term", "decode", "--hex"] + arguments, input: Array(hex.utf8)).text == text)
        #expect(
            try Tool.run(["term", "decode", "--hex"] + arguments, input: Array(hex.uppercased().utf8)).text == text)
        #expect(try Tool.run(["term", "decode", "--base64"] + arguments, input: Array(base64.utf8)).text == text)
        try withFile(external) { file in
            let decoded = try Tool.run(["term", "decode", file] + arguments)
            #expect(decoded.text == text)
        }
    }

    @Test("encode writes the canonical bytes of text", arguments: [("elixir", elixir), ("erlang", erlang)])
    func encode(notation: String, text: String) throws {
        let external = TermTests.term.external
        let arguments = ["term", "encode", "--from", notation]
        #expect(try Tool.run(arguments, input: Array(text.utf8)).output == external)
        let hex = external.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(try Tool.run(arguments + ["--hex"], input: Array(text.utf8)).text == hex + "\n")
        let base64 = Data(external).base64EncodedString()
        #expect(try Tool.run(arguments + ["--base64"], input: Array(text.utf8)).text == base64 + "\n")
    }

    @Test(
        "What is no term is refused, with the place",
        arguments: [
            (["decode"], "\u{1}", "(notExternalTerm, byte 0)"), (["decode", "--hex"], "8361", "(truncated, byte 2)"),
            (["decode", "--hex", "--input", "packet1"], "0483610100", "(trailingBytes, byte 4)"),
            (["decode", "--hex"], "xy", "no hexadecimal digits"),
            (["decode", "--hex"], "836", "no hexadecimal digits"),
            (["decode", "--base64"], "g2E", "(truncated, byte 2)"),
            (["decode", "--base64"], "g2EB*", "no base64"), (["encode"], "{:ok", "(line 1, column 5)"),
            (["encode", "--from", "erlang"], "{ok,\n Variable}", "(line 2, column 2)"),
        ])
    func refusals(arguments: [String], input: String, place: String) throws {
        let tool = try Tool.run(["term"] + arguments, input: Array(input.utf8))
        #expect(tool.status == 1)
        #expect(tool.text == "")
        #expect(tool.talk.hasPrefix("reel: standard input: "))
        #expect(tool.talk.contains(place), "\(tool.talk)")
    }

    /// The frame of `{packet, 4}` that holds `content`.
    private func frame(_ content: [UInt8]) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(content.count >> $0 & 0xFF) } + content
    }

    /// A map whose keys are not in order, followed by an old form of an atom: 131, then {#{b => 1, a => 2}, ok}.
    private let loose: [UInt8] = [
        131, 104, 2, 116, 0, 0, 0, 2, 119, 1, 0x62, 97, 1, 119, 1, 0x61, 98, 0, 0, 0, 2, 100, 0, 2, 0x6F, 0x6B,
    ]
    private let canonical = Term.tuple([.map(["a": 2, "b": 1]), .atom("ok")]).external

    @Test("transcode answers each frame with the canonical form of its term")
    func transcode() throws {
        let input = frame(loose) + frame(canonical) + frame([131, 106])
        let tool = try Tool.run("term", "transcode", input: input)
        #expect(tool.status == 0)
        #expect(tool.output == frame(canonical) + frame(canonical) + frame([131, 106]))
    }

    @Test("--used starts each answer with how many bytes the term took")
    func used() throws {
        let tool = try Tool.run("term", "transcode", "--used", input: frame(loose))
        #expect(tool.output == frame([0, 0, 0, UInt8(loose.count)] + canonical))
    }

    @Test("A term that is refused, and bytes after one, end the stream")
    func strict() throws {
        for (bad, place) in [
            ([131, 97], "truncated, byte 36, term 1"), (loose + [0], "trailingBytes, byte 60, term 1"),
        ] {
            let tool = try Tool.run("term", "transcode", input: frame(loose) + frame(bad) + frame(loose))
            #expect(tool.status == 1)
            #expect(tool.output == frame(canonical))
            #expect(tool.talk.contains("(\(place)): --lenient goes on after it\n"), "\(tool.talk)")
        }
    }

    @Test("--lenient answers every frame, an empty one to what is refused")
    func lenient() throws {
        let input = [loose, [], [131], [131, 97], loose + [1, 2, 3], [0]].flatMap(frame)
        let tool = try Tool.run("term", "transcode", "--lenient", "--used", input: input)
        #expect(tool.status == 0)
        let answer = [0, 0, 0, UInt8(loose.count)] + canonical
        #expect(tool.output == [answer, [], [], [], answer, []].flatMap(frame))
    }

    @Test("Input that ends in the middle of a frame is refused", arguments: [1, 3, 4, 5])
    func cut(count: Int) throws {
        let tool = try Tool.run("term", "transcode", "--lenient", input: Array(frame(loose).prefix(count)))
        #expect(tool.status == 1)
        #expect(tool.output == [])
        #expect(tool.talk.contains("(truncated, byte 0)"), "\(tool.talk)")
    }

    @Test("Any depth is transcoded")
    func deep() throws {
        let depth = 100_000
        let term = [131] + Array(repeatElement([104, 1] as [UInt8], count: depth).joined()) + [97, 1]
        #expect(try Tool.run("term", "transcode", input: frame(term)).output == frame(term))
    }

    @Test("Terms are written as they stand, and into a file", arguments: ["", "packet1", "packet2"])
    func framings(name: String) throws {
        let framing = TermFraming(rawValue: name) ?? .terms
        func stand(_ terms: [[UInt8]]) -> [UInt8] { terms.flatMap { (framing.head($0.count) ?? []) + $0 } }
        let answer = stand([canonical, [131, 106], canonical])
        try inFolder { folder in
            let output = folder.appending(path: "canonical.etf")
            let tool = try Tool.run(
                "term", "transcode", "-o", output.path, input: stand([loose, [131, 106], loose]))
            #expect(tool.status == 0, "\(tool.talk)")
            #expect(try output.bytes == answer)
        }
    }

    @Test("decode writes each of several terms on a line, and lists of integers as people mean them")
    func several() throws {
        let terms = Term.map(["ids": [11]]).external + Term.list("localhost".utf8.map { .integer(Int($0)) }).external
        for (arguments, text) in [
            ([], "%{ids: [11]}\n~c\"localhost\"\n"), (["--charlists"], "%{ids: ~c\"\\v\"}\n~c\"localhost\"\n"),
            (["--to", "erlang"], "#{ids => [11]}\n\"localhost\"\n"),
            (["--to", "erlang", "--charlists"], "#{ids => \"\\v\"}\n\"localhost\"\n"),
            (["--no-charlists", "--to", "erlang"], "#{ids => [11]}\n[108,111,99,97,108,104,111,115,116]\n"),
            (["--to", "plain-json", "--charlists"], "{\"ids\":\"\\u000b\"}\n\"localhost\"\n"),
        ] {
            #expect(try Tool.run(["term", "decode"] + arguments, input: terms).text == text)
        }
    }

    @Test(
        "Lines of text become terms, and come back as the same lines",
        arguments: [("elixir", "elixir"), ("erlang", "erlang"), ("tagged-json", "tagged-json"), ("json", "plain-json")])
    func lines(from: String, to: String) throws {
        let texts = [
            "elixir": "%{id: 1}\n\n{:ok, [11]}\n", "erlang": "#{id => 1}\n\n{ok,[11]}\n",
            "tagged-json": "{\"id\":1}\n\n{\"$tuple\":[{\"$atom\":\"ok\"},[11]]}\n",
            "json": "{\"id\":1}\n\n[\"ok\",[11]]\n",
        ]
        let text = try #require(texts[from])
        for framing in TermFraming.allCases {
            let encoded = try Tool.run(
                "term", "encode", "--from", from, "--lines", "--to", framing.rawValue, input: Array(text.utf8))
            #expect(encoded.status == 0, "\(encoded.talk)")
            let decoded = try Tool.run("term", "decode", "--to", to, input: encoded.output)
            #expect(decoded.text == text.replacing("\n\n", with: "\n"))
        }
        let wrong = try Tool.run("term", "encode", "--lines", "--hex", input: Array("1\n\n{:ok\n".utf8))
        #expect(wrong.text == "836101\n")
        #expect(wrong.talk.contains("(line 3, column 5)"), "\(wrong.talk)")
        let long = Array("\"\(String(repeating: "x", count: 300))\"".utf8)
        #expect(try Tool.run("term", "encode", "--to", "packet1", input: long).status == 1)
    }

    @Test("A port may ask one term at a time: each answer comes before the next question", .timeLimit(.minutes(2)))
    func port() throws {
        let tool = try Tool.start("term", "transcode", "--lenient")
        let answer = frame(canonical)
        for _ in 0..<100 {
            try tool.write(frame(loose))
            #expect(tool.read(answer.count) == answer)
            try tool.write(frame([0]))
            #expect(tool.read(4) == [0, 0, 0, 0])
        }
        try tool.input.close()
        #expect(tool.read(1) == [])
        #expect(tool.end().status == 0)
    }
}
