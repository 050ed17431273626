import ExternalTerm
import Foundation
import GzipMembers
import Reel
import TestPrograms
import Testing

@Suite("reel vectors check")
struct VectorsTests {
    @Test("This build agrees with a vector of each input")
    func own() throws {
        try VectorsFolder.with { folder in
            try folder.addTerms()
            try folder.add(
                "json/tagged", "tagged-json", Array("{\"$atom\":\"ok\"}".utf8), ["expect": ["canonical": "8377026f6b"]])
            try folder.add("json/plain", "json", Array("[1,2".utf8), ["error": ["kind": "truncated", "offset": 4]])
            try folder.add(
                "json/float", "json", Array(" -0.0".utf8), ["expect": ["canonical": "83468000000000000000"]])
            let recording = try Session.recording()
            let document = try Tool.run("json", "-", input: recording).text
            let tagged = try Tool.run("json", "--mapping", "tagged", "-", input: recording).text
            try folder.add(
                "recordings/sound", "recording", recording, ["expect": ["plain": document, "tagged": tagged]])
            try folder.add(
                "recordings/bare", "recording", Session.bare(), ["expect": ["plain": ["file": "recordings/bare.json"]]])
            try folder.write(Array(document.utf8), to: "recordings/bare.json")
            try folder.add(
                "damaged/cut", "recording", Array(recording.dropLast()),
                ["error": ["kind": "truncated", "offset": recording.count - 44]])
            let lost = tagged.dropLast(2) + ",\"lost\":[[\(recording.count - 44),\(recording.count - 1)]]}"
            try folder.change("damaged/cut") { $0["salvage"] = String(lost) }
            try folder.add(
                "phoenix-replay/map", "phoenix-replay", Session.phoenixReplay(), ["expect": ["plain": document]])
            try folder.writeManifest()
            let tool = try folder.check()
            #expect(tool.status == 0, "\(tool.text)")
            #expect(
                tool.lines.first?.split(separator: " ") == ["family", "vectors", "agree", "disagree", "skipped"])
            #expect(tool.lines.contains { $0.split(separator: " ") == ["recordings", "2", "2", "0", "0"] })
            #expect(tool.lines.last == "11 vectors: 11 agree, 0 disagree, 0 skipped")
        }
    }

    @Test("Members are listed with what they say of themselves")
    func members() throws {
        try VectorsFolder.with { folder in
            let recording = try Session.recording(eventsPerMember: 4)
            let file = try RecordingFile(MemorySource(recording))
            let entries = file.entries
            let indexOffset = try #require(entries.last.map { $0.offset + $0.byteCount })
            var members = entries.enumerated().map { position, entry in
                let flags =
                    (entry.startsWithKeyframe ? 1 : 0) + (position == 0 ? 2 : position == entries.count - 1 ? 4 : 0)
                return """
                    {"offset":\(entry.offset),"length":\(entry.byteCount),"contentLength":\(entry.uncompressedByteCount),\
                    "fields":{"major":1,"minor":0,"kind":1,"flags":\(flags),"length":\(entry.byteCount),\
                    "contentLength":\(entry.uncompressedByteCount),"firstEvent":\(entry.firstEvent),\
                    "eventCount":\(entry.eventCount),"firstOffset":\(entry.firstOffset),"lastOffset":\(entry.lastOffset)}}
                    """
            }
            let indexByteCount = recording.count - 44 - indexOffset
            let index = Array(recording[indexOffset...].dropLast(44))
            var content: [UInt8] = []
            try MemberDecoder().decode(
                index.span, at: indexOffset, expecting: nil, limit: 1 << 20,
                appendingTo: &content)
            members.append(
                """
                {"offset":\(indexOffset),"length":\(indexByteCount),"contentLength":\(content.count),\
                "fields":{"major":1,"minor":0,"kind":2,"flags":0,"length":\(indexByteCount),"contentLength":\(content.count)}}
                """)
            members.append(
                """
                {"offset":\(recording.count - 44),"length":44,"contentLength":0,\
                "fields":{"major":1,"minor":0,"kind":3,"flags":0,"length":44,"indexOffset":\(indexOffset)}}
                """)
            #expect(members.count > 4)
            let expected = "[\(members.joined(separator: ","))]"
            try folder.add("members/recording", "members", recording, ["expect": ["members": expected]])
            let plain = try Session.plain()
            let length = try Session.bare().count
            try folder.add(
                "members/plain", "members", plain + plain,
                [
                    "expect": [
                        "members": """
                        [{"offset":0,"length":\(plain.count),"contentLength":\(length),"fields":null},\
                        {"offset":\(plain.count),"length":\(plain.count),"contentLength":\(length),"fields":null}]
                        """
                    ]
                ])
            try folder.writeManifest()
            let tool = try folder.check()
            #expect(tool.status == 0, "\(tool.text)")
        }
    }

    @Test("A member that is not sound is refused with its offset")
    func damagedMembers() throws {
        try VectorsFolder.with { folder in
            let recording = try Session.recording(eventsPerMember: 4)
            let second = try RecordingFile(MemorySource(recording)).entries[1]
            var changed = recording
            changed[second.offset + second.byteCount - 8] ^= 1
            var header = recording
            header[second.offset + 17] ^= 1
            let plain = try Session.plain()
            let cases: [(String, [UInt8], String, Int)] = [
                ("cut", Array(recording.dropLast()), "truncated", recording.count - 44),
                ("header", header, "checksum", second.offset), ("empty", [], "notARecording", 0),
                ("text", Array("text".utf8), "notARecording", 0),
                ("trailing", plain + [0], "trailingData", plain.count),
                ("plain-cut", plain + plain.dropLast(), "truncated", plain.count),
            ]
            for (name, bytes, kind, offset) in cases {
                try folder.add("members/\(name)", "members", bytes, ["error": ["kind": kind, "offset": offset]])
            }
            try folder.add(
                "members/content", "members", changed,
                ["error": ["kind": "checksum", "offset": second.offset]])
            try folder.writeManifest()
            let tool = try folder.check()
            #expect(tool.status == 0, "\(tool.text)")
        }
    }

    @Test(
        "A level asks for its vectors, and for as much of an error as it says",
        arguments: ["reader", "diagnosing", "precise"])
    func levels(level: String) throws {
        try VectorsFolder.with { folder in
            let cut: [UInt8] = [131, 98, 0]
            try folder.add(
                "terms/right", "term", cut, ["level": "reader", "error": ["kind": "truncated", "offset": 2]])
            try folder.add(
                "terms/kind", "term", cut, ["level": "reader", "error": ["kind": "unknownTag", "offset": 2]])
            try folder.add(
                "terms/offset", "term", cut, ["level": "reader", "error": ["kind": "truncated", "offset": 1]])
            try folder.add(
                "terms/higher", "term", cut, ["level": "precise", "error": ["kind": "truncated", "offset": 2]])
            try folder.writeManifest()
            let tool = try folder.check("--level", level, "--verbose")
            let names = ["terms/kind", "terms/offset"].filter { tool.text.contains("\($0) (") }
            #expect(
                names == ["reader": [], "diagnosing": ["terms/kind"]][level, default: ["terms/kind", "terms/offset"]])
            #expect(tool.text.contains(level == "precise" ? "4 vectors:" : "level \(level): 3 vectors:"))
        }
    }

    /// Expected outputs that are not what the input gives, and what the report says of it.
    static let wrongOutcomes: [(expectation: [String: any Sendable], lines: [String])] = [
        (["expect": ["canonical": "836102"]], ["canonical: expected 836102", "got 836101"]),
        (["expect": ["plain": "1.0"]], ["plain: expected 1.0", "got 1"]),
        (["expect": ["tagged": "[1]"]], ["tagged: expected [1]", "got 1"]),
        (
            ["error": ["kind": "truncated", "offset": 2] as [String: any Sendable]],
            ["expected error truncated at byte 2", "got 1", "got 836101"]
        ),
    ]

    @Test("What does not agree is named, with what was expected and what came", arguments: wrongOutcomes.indices)
    func wrong(index: Int) throws {
        let (expectation, lines) = VectorsTests.wrongOutcomes[index]
        try VectorsFolder.with { folder in
            try folder.add("terms/one", "term", [131, 97, 1], expectation)
            try folder.add("terms/two", "term", [131, 97, 2], ["expect": ["plain": "2"]])
            try folder.writeManifest()
            let tool = try folder.check()
            #expect(tool.status == 1)
            #expect(tool.text.contains("terms/one (terms.md §3.2): What terms/one shows.\n"))
            for line in lines { #expect(tool.text.contains(line + "\n"), "\(tool.text)") }
            #expect(tool.lines.last == "2 vectors: 1 agree, 1 disagree, 0 skipped")
        }
    }

    @Test(
        "An error agrees when its kind does, and its offset does or is not said",
        arguments: [
            ("truncated", 2, true), ("truncated", nil, true), ("truncated", 1, false), ("unknownTag", 2, false),
        ])
    func errors(kind: String, offset: Int?, agrees: Bool) throws {
        var error: [String: Any] = ["kind": kind]
        error["offset"] = offset
        try VectorsFolder.with { folder in
            try folder.add("terms/cut", "term", [131, 98, 0], ["error": error])
            try folder.writeManifest()
            #expect(try folder.check().status == (agrees ? 0 : 1))
        }
    }

    /// JSON texts, and whether they are the same value.
    static let comparisons: [(String, String, Bool)] = [
        ("{\"a\":1,\"b\":[2]}", " { \"b\" : [ 2 ] , \"\\u0061\" : 1 } ", true), ("1", "1.0", false),
        ("1.0", "1e0", true),
        ("0.0", "-0.0", false), ("18446744073709551616", "18446744073709551616", true),
        ("18446744073709551616", "18446744073709551617", false), ("[1,2]", "[2,1]", false), ("null", "\"null\"", false),
        ("{\"a\":{}}", "{\"a\":[]}", false), ("\"\\/\"", "\"/\"", true), ("1e400", "1e400", false),
    ]

    @Test("JSON is compared as values", arguments: comparisons)
    func values(value: (String, String, Bool)) throws {
        try VectorsFolder.with { folder in
            try folder.add("json/value", "term", [131, 97, 1], ["expect": ["plain": value.0]])
            try folder.writeManifest()
            let reader = "read -r line; printf 'ok\\t%s\\n' '\(value.1)'"
            #expect(try folder.check("--reader", reader).status == (value.2 ? 0 : 1))
        }
    }

    @Test("Deep values are compared as well")
    func deep() throws {
        try VectorsFolder.with { folder in
            let text = String(repeating: "{\"$tuple\":[", count: 1_024) + "1" + String(repeating: "]}", count: 1_024)
            let term: [UInt8] = [131] + Array(repeatElement([104, 1] as [UInt8], count: 1_024).joined()) + [97, 1]
            try folder.add("terms/deep", "term", term, ["expect": ["tagged": text]])
            try folder.writeManifest()
            let tool = try folder.check()
            #expect(tool.status == 0, "\(tool.text)")
        }
    }

    @Test("--family and --id choose, and nothing is no choice")
    func filters() throws {
        try VectorsFolder.with { folder in
            try folder.addTerms()
            try folder.add("json/one", "json", [0x31], ["expect": ["canonical": "836101"]])
            try folder.writeManifest()
            for (arguments, count) in [
                (["--family", "json"], 1), (["--family", "json", "--family", "terms"], 5),
                (["--id", "terms/*/*t*"], 3),
                (["--id", "terms/errors/???"], 2), (["--id", "*one"], 2), (["--id", "one"], 0),
                (["--family", "json", "--id", "terms/*"], 0),
            ] {
                let tool = try Tool.run(["vectors", "check", folder.url.path] + arguments)
                #expect(tool.status == (count == 0 ? 1 : 0))
                if count > 0 {
                    #expect(tool.lines.last?.hasPrefix("\(count) vector") == true, "\(arguments) \(tool.text)")
                } else {
                    #expect(tool.talk.contains("no such vector"))
                }
            }
        }
    }

    @Test("--json and --junit say the same as the text")
    func machines() throws {
        try VectorsFolder.with { folder in
            try folder.addTerms()
            try folder.add("json/bad", "json", [0x31], ["expect": ["canonical": "<&\">"]])
            try folder.writeManifest()
            let junit = folder.url.appending(path: "junit.xml")
            let tool = try folder.check("--json", "--junit", junit.path)
            #expect(tool.status == 1)
            let report = try #require(tool.json.first as? [String: Any])
            #expect(report["passed"] as? Bool == false)
            #expect(report["vectors"] as? Int == 5)
            let families = try #require(report["families"] as? [[String: Any]])
            #expect(families.map { $0["family"] as? String } == ["terms", "json"])
            let failures = try #require(report["failures"] as? [[String: Any]])
            #expect(failures.map { $0["id"] as? String } == ["json/bad"])

            let script = """
                import sys, xml.etree.ElementTree as tree
                root = tree.parse(sys.argv[1]).getroot()
                for suite in root:
                    print(suite.get("name"), suite.get("tests"), suite.get("failures"))
                    for case in suite:
                        for failure in case: print(case.get("name"), failure.tag, failure.text)
                """
            let parsed = try Tool.shell("python3 -c '\(script)' '\(junit.path)'")
            #expect(
                parsed.text == """
                    terms 4 0
                    json 1 1
                    json/bad failure   canonical: expected <&">
                                      got 836101

                    """, "\(parsed.text)\(parsed.talk)")
        }
    }
}
