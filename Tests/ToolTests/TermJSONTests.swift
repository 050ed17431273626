import ExternalTerm
import Foundation
import TestPrograms
import Testing

@Suite("reel term, to and from JSON")
struct TermJSONTests {
    /// Terms by their bytes in hexadecimal digits, and what both mappings make of them.
    static let terms: [(bytes: String, plain: String, tagged: String)] = [
        ("8361ff", "255", "255"),
        ("837702c3a9", "\"é\"", "{\"$atom\":\"é\"}"),
        ("836c0000000161016102", "[1,2]", "[1,{\"$tail\":2}]"),
        ("83680277026f6b6101", "[\"ok\",1]", "{\"$tuple\":[{\"$atom\":\"ok\"},1]}"),
        ("83740000000177016161 01", "{\"a\":1}", "{\"$map\":[[{\"$atom\":\"a\"},1]]}"),
        ("836d00000001ff", "{\"base64\":\"/w==\"}", "{\"$binary\":\"/w==\"}"),
        (
            "8358770964656d6f40686f73740000005b0000000000000001", "\"#PID<0.91.0>\"",
            "{\"$pid\":{\"node\":\"demo@host\",\"number\":91,\"serial\":0,\"creation\":1}}"
        ),
        ("8379010203", "\"#Local<3 bytes>\"", "{\"$local\":\"AQID\"}"),
    ]

    @Test("decode writes both mappings, LOCAL_EXT included", arguments: terms)
    func decode(term: (bytes: String, plain: String, tagged: String)) throws {
        let input = Array(term.bytes.utf8)
        #expect(try Tool.run("term", "decode", "--hex", "--to", "plain-json", input: input).text == term.plain + "\n")
        #expect(try Tool.run("term", "decode", "--hex", "--to", "tagged-json", input: input).text == term.tagged + "\n")
    }

    @Test("encode reads the tagged mapping back to the same bytes", arguments: terms)
    func encode(term: (bytes: String, plain: String, tagged: String)) throws {
        let tool = try Tool.run("term", "encode", "--from", "tagged-json", "--hex", input: Array(term.tagged.utf8))
        #expect(tool.text == term.bytes.filter { $0 != " " } + "\n")
    }

    @Test("encode reads any JSON as maps, lists, binaries and numbers")
    func plain() throws {
        let text = "{\"$atom\": [1, 2.0, null]}"
        let expected = Term.map(TermMap([.init(.string("$atom"), .list([1, 2.0, .atom("nil")]))])).external
        #expect(try Tool.run("term", "encode", "--from", "json", input: Array(text.utf8)).output == expected)
    }

    @Test(
        "What is no JSON, and what no tag stands for, is refused with the place",
        arguments: [
            (["encode", "--from", "json"], "{\"a\":", "(truncated, byte 5)"),
            (["encode", "--from", "json"], "[1,]", "(malformed, byte 3)"),
            (["encode", "--from", "tagged-json"], "[{\"$atom\":1}]", "(meaningless, byte 1)"),
            (["decode", "--to", "tagged-json"], "\u{1}", "(notExternalTerm, byte 0)"),
            (["decode", "--to", "plain-json", "--hex", "--input", "packet1"], "0483610100", "(trailingBytes, byte 4)"),
        ])
    func refusals(arguments: [String], input: String, place: String) throws {
        let tool = try Tool.run(["term"] + arguments, input: Array(input.utf8))
        #expect(tool.status == 1)
        #expect(tool.text == "")
        #expect(tool.talk.contains(place), "\(tool.talk)")
    }
}
