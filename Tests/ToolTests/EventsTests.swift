import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing
import reel_tool

@Suite("reel events")
struct EventsTests {
    @Test("One line an event: index, time, kind, label")
    func lines() throws {
        try withFile(Session.recording()) { file in
            let events = try Tool.run("events", file)
            #expect(events.status == 0)
            #expect(events.talk == "")
            #expect(
                events.text == """
                         0      0.000s  mount
                         1      0.004s  params        navigate → http://shop.example/cart?page=1
                         2      1.200s  event         inc
                         3      1.210s  render        assigns count
                         4      1.300s  component     Shop.Cart#cart assigns open
                         5   1m01.000s  event         save
                         6   1m01.005s  log           [error] payment declined
                         7   1m01.010s  render        assigns count, note
                         8   1m30.500s  exit          exited: shutdown

                    """)
        }
    }

    struct Filter: Sendable, CustomTestStringConvertible {
        var arguments: String
        var indexes: [Int]
        /// What standard error says of what the recording lacks, and the exit status then.
        var talk = ""
        var status: CInt { talk.isEmpty ? 0 : 1 }
        var testDescription: String { arguments }
    }

    private static let noSpan = "no event in the span: the recording has the events 0 to 8, up to 1m30.500s\n"
    private static let noKind =
        "no event of the kind 'evnt': the recording has component, event, exit, log, mount, params, render\n"

    @Test(
        "Filters narrow one another, in every form of recording, and what it lacks is said",
        arguments: [
            Filter(arguments: "--kind event", indexes: [2, 5]),
            Filter(arguments: "--kind event --kind exit", indexes: [2, 5, 8]),
            Filter(arguments: "--name save", indexes: [5]),
            Filter(arguments: "--name save --name inc", indexes: [2, 5]),
            Filter(arguments: "--name save --kind render", indexes: []),
            Filter(arguments: "--from 1.3s", indexes: [4, 5, 6, 7, 8]),
            Filter(arguments: "--to 1s", indexes: [0, 1]),
            Filter(arguments: "--from 4ms --to 1m1s", indexes: [1, 2, 3, 4, 5]),
            Filter(arguments: "--from 2m", indexes: [], talk: noSpan),
            Filter(arguments: "--from 2:00 --kind event", indexes: [], talk: noSpan),
            Filter(arguments: "--from 1:01 --to 00:01:01.005", indexes: [5, 6]),
            Filter(arguments: "--from 61 --to 61.005", indexes: [5, 6]),
            Filter(arguments: "--from 1400ms --to 60s", indexes: [], talk: noSpan),
            Filter(arguments: "--kind evnt", indexes: [], talk: noKind),
            Filter(arguments: "--kind evnt --kind exit", indexes: [8], talk: noKind),
            Filter(arguments: "--kind exit --to 10", indexes: []),
            Filter(arguments: "--range 3", indexes: [3]),
            Filter(arguments: "--range 3..5", indexes: [3, 4, 5]),
            Filter(arguments: "--range 7..", indexes: [7, 8]),
            Filter(arguments: "--range ..1", indexes: [0, 1]),
            Filter(arguments: "--range 9..", indexes: [], talk: noSpan),
            Filter(arguments: "--first 2", indexes: [0, 1]),
            Filter(arguments: "--first 0", indexes: []),
            Filter(arguments: "--last 2", indexes: [7, 8]),
            Filter(arguments: "--last 0", indexes: []),
            Filter(arguments: "--last 99", indexes: Array(0...8)),
            Filter(arguments: "--first 1 --kind render", indexes: [3]),
            Filter(arguments: "--last 1 --kind render", indexes: [7]),
            Filter(arguments: "--last 2 --range ..4", indexes: [3, 4]),
            Filter(arguments: "--larger-than 0 --range ..1", indexes: [0, 1]),
            Filter(arguments: "--larger-than 1M", indexes: []),
            Filter(arguments: "--larger-than 0 --last 1", indexes: [8]),
            Filter(arguments: "--larger-than 0 --first 1 --kind render", indexes: [3]),
            Filter(arguments: "--last 2 --to 1m1.005s", indexes: [5, 6]),
        ])
    func filters(_ filter: Filter) throws {
        let forms = [
            try Session.recording(), try Session.recording(eventsPerMember: 2),
            try Session.recording(isFinished: false, eventsPerMember: 2), try Session.plain(), try Session.bare(),
            try Session.phoenixReplay(),
        ]
        for bytes in forms {
            try withFile(bytes) { file in
                let arguments = ["events", "--json"] + filter.arguments.split(separator: " ").map(String.init)
                for events in [try Tool.run(arguments + [file]), try Tool.run(arguments + ["-"], input: bytes)] {
                    #expect(events.status == filter.status, "\(events.talk)")
                    let said = filter.talk.isEmpty ? events.talk.isEmpty : events.talk.hasSuffix(filter.talk)
                    #expect(said, "\(events.talk)")
                    #expect(try events.json.map { ($0 as? [String: Any])?["index"] as? Int } == filter.indexes)
                }
            }
        }
    }

    @Test("JSON says the same of what a recording lacks")
    func absencesInJSON() throws {
        for bytes in [try Session.recording(eventsPerMember: 2), try Session.plain()] {
            try withFile(bytes) { file in
                let json = try Tool.run("json", "--lines", "--kind", "evnt", "--from", "2:00", file)
                #expect(json.status == 1)
                #expect(json.lines.count == 2)
                #expect(json.talk.contains(EventsTests.noKind) && json.talk.contains(EventsTests.noSpan))
            }
        }
    }

    @Test("Events that go back in time are found, whichever member they are in")
    func backwards() throws {
        let sink = MemorySink()
        let writer = try RecordingWriter(to: sink, header: Session.header)
        for offset in [0, 900, 100, 800, 200, 1_000] {
            try writer.append(offset: offset, kind: "tick", payload: .map([:]))
            try writer.flush()
        }
        try writer.finish()
        try withFile(sink.bytes) { file in
            let events = try Tool.run("events", "--json", "--from", "100ms", "--to", "850ms", file)
            #expect(try events.json.map { ($0 as? [String: Any])?["index"] as? Int } == [2, 3, 4])
        }
    }

    @Test("--json gives an object a line, with the payload in Elixir's notation when asked for")
    func json() throws {
        try withFile(Session.recording()) { file in
            let objects = try Tool.run("events", "--json", "--payload", "--range", "7", file).json
            let object = try #require(objects.first as? [String: Any])
            #expect(object["offset"] as? Int == 61_010)
            #expect(object["kind"] as? String == "render")
            #expect(object["label"] as? String == "assigns count, note")
            #expect(object["payload"] as? String == #"%{assigns: %{count: 1, note: "late"}}"#)
        }
    }

    @Test("--sizes adds what each event takes before compression, and --larger-than is about the same bytes")
    func sizes() throws {
        let bytes = try Session.recording()
        var expected: [Int] = []
        try RecordingFile(MemorySource(bytes)).forEachEvent { event in
            expected.append(event.encoded.count)
            return true
        }
        try withFile(bytes) { file in
            let events = try Tool.run("events", "--sizes", file)
            #expect(events.lines.map { $0.split(separator: " ")[2] } == expected.map { "\($0.grouped)" })
            #expect(events.lines[7].hasPrefix("     7   1m01.010s  "))
            let objects = try Tool.run("events", "--sizes", "--json", file).json
            #expect(objects.map { ($0 as? [String: Any])?["bytes"] as? Int } == expected)
            for size in Set(expected) {
                let larger = try Tool.run("events", "--json", "--larger-than", "\(size)", file).json
                #expect(larger.count == expected.count { $0 > size })
            }
            #expect(try Tool.run("events", "--larger-than", "1Q", file).status == 64)
        }
    }

    @Test("--payload adds a line with the payload in Elixir's notation")
    func payload() throws {
        try withFile(Session.recording()) { file in
            let events = try Tool.run("events", "--payload", "--range", "5", file)
            #expect(
                events.lines == [
                    "     5   1m01.000s  event         save", #"       %{name: "save", params: %{}}"#,
                ])
        }
    }

    @Test("Control characters and marks that turn text are escaped, in kinds, labels and payloads")
    func escaping() throws {
        let sink = MemorySink()
        let writer = try RecordingWriter(to: sink, header: Session.header)
        let name = Term.string("a\u{1B}]0;x\u{7}\u{202E}\u{9B}b\r\n")
        try writer.append(offset: 0, kind: "event", payload: .map(["name": name]))
        try writer.append(offset: 0, kind: "\u{1B}[31mred", payload: .map([:]))
        try writer.finish()
        try withFile(sink.bytes) { file in
            let events = try Tool.run("events", "--payload", file)
            let steering = events.text.unicodeScalars.filter {
                $0.properties.generalCategory == .control && $0 != "\n" || $0 == "\u{202E}"
            }
            #expect(steering.isEmpty, "\(events.text)")
            #expect(events.lines.count == 4)
            #expect(events.lines[0].hasSuffix(#"a\u{1b}]0;x\u{7}\u{202e}\u{9b}b\u{d}\u{a}"#))
            #expect(events.lines[2].hasSuffix(#"\u{1b}[31mred"#))
            let objects = try Tool.run("events", "--json", file).json
            #expect((objects.first as? [String: Any])?["label"] as? String == name.text)
        }
    }

    @Test("Of a damaged recording the events before the damage are listed, then the error, and the status is 1")
    func damage() throws {
        let bytes = try Session.damaged()
        try withFile(bytes) { file in
            for events in [try Tool.run("events", file), try Tool.run("events", "-", input: bytes)] {
                #expect(events.status == 1)
                #expect(events.lines.count == 2)
                #expect(events.talk.contains("Spec/recording.md"))
                #expect(events.talk.contains("'reel recover'"))
            }
            // What is asked for may be beyond reach of the damage.
            let last = try Tool.run("events", "--last", "1", file)
            #expect(last.status == 0)
            #expect(last.lines == ["     8   1m30.500s  exit          exited: shutdown"])
        }
    }

    @Test("A recording whose end is cut is listed up to there")
    func cut() throws {
        try withFile(Array(Session.recording(eventsPerMember: 2).dropLast(150))) { file in
            let events = try Tool.run("events", file)
            #expect(events.status == 1)
            #expect(events.lines.count >= 6)
            let first = try Tool.run("events", "--first", "3", file)
            #expect(first.status == 0)
            #expect(first.lines.count == 3)
        }
    }

    @Test("What of a file of PhoenixReplay's is torn is said, and the status is 1")
    func torn() throws {
        try withFile(Session.torn(), "counter.part") { file in
            let events = try Tool.run("events", file)
            #expect(events.status == 1)
            #expect(events.lines.count > 20)
            #expect(events.talk.contains("torn"))
        }
    }
}
