import ExternalTerm
import Reel
import Testing

/// What a validation says of recordings that every reader takes: Spec/recording.md §10. What readers refuse is in the tables of
/// malformed frames, members and containers.
@Suite("Validation")
struct ValidationTests {
    /// Something that is wrong with a recording, or could be better.
    struct Flaw: CustomTestStringConvertible, Sendable {
        var name: String
        var bytes: [UInt8]
        var severity = Finding.Severity.warning
        var section: String
        /// What the finding says.
        var reason: String
        var event: Int?
        /// How many findings like that there are.
        var count = 1

        init(
            _ name: String, _ bytes: @autoclosure () throws -> [UInt8], _ severity: Finding.Severity = .warning,
            says reason: String, section: String, event: Int? = nil, count: Int = 1
        ) {
            self.name = name
            self.bytes = (try? bytes()) ?? []
            self.severity = severity
            self.section = section
            self.reason = reason
            self.event = event
            self.count = count
        }

        var testDescription: String { name }
    }

    private static let fields: TermMap = [
        "id": "1", "view": .atom("Elixir.Shop"), "url": "/", "connected_at": 1_700_000_000_000,
    ]
    private static let events: [Term] = [
        .event(1, "event", .map(["name": "inc"])), .event(2, "exit"), .render(3, ["n": 1]),
        .event(4, "event", .map(["name": .atom("inc")])),
    ]
    private static let counts: TermMap = [
        "kinds": .map(["event": 2, "exit": 1, "render": 1]), "names": .map(TermMap([.init("inc", 2)])), "errors": 1,
    ]

    /// A recording of the events above, with other fields in its header or finish frame.
    private static func finished(
        _ changes: TermMap = [:], duration: Int = 4, without key: Atom? = nil, header: TermMap = fields
    ) throws -> [UInt8] {
        var counts = counts.merging(changes)
        if let key { counts[atom: key] = nil }
        return try RawRecording([[.header(header), .list(events), .finish(4, duration: duration, counts)]]).encoded()
    }

    /// A recording of a gap with this payload.
    private static func gap(_ payload: Term) throws -> [UInt8] {
        let counts: TermMap = ["kinds": .map(["gap": 1])]
        return try RawRecording([[.header(fields), .event(0, "gap", payload), .finish(1, counts)]]).encoded()
    }

    private static func header(without key: Atom) -> TermMap {
        var fields = fields
        fields[atom: key] = nil
        return fields
    }

    /// A recording of one member with these frames between its header and its finish frame, which counts `beat`s.
    private static func around(_ frames: [[UInt8]], beats: Int, duration: Int) throws -> [UInt8] {
        var raw = RawRecording([[.header(fields)]])
        let finish = Term.finish(beats, duration: duration, ["kinds": .map(["beat": .integer(beats)])])
        raw.members[0].content = frame(.header(fields)) + frames.flatMap { frame($0) } + frame(finish)
        raw.members[0].flags = 6
        raw.members[0].numbers = [raw.members[0].content.count, 0, beats, 1, duration - 1]
        return try raw.encoded()
    }

    static let table: [Flaw] = [
        Flaw("another duration", try finished(duration: 5), .error, says: "duration", section: "recording.md §6.5"),
        Flaw(
            "other kinds", try finished(["kinds": .map(["event": 4])]), .error, says: "kinds",
            section: "recording.md §6.5"),
        Flaw("no kinds", try finished(without: "kinds"), .error, says: "kinds", section: "recording.md §6.5"),
        Flaw(
            "other names", try finished(["names": .map(TermMap([.init("dec", 2)]))]), .error, says: "names",
            section: "recording.md §6.5"),
        Flaw("no names", try finished(without: "names"), .error, says: "names", section: "recording.md §6.5"),
        Flaw("other errors", try finished(["errors": 2]), .error, says: "errors", section: "recording.md §6.5"),
        Flaw("no errors", try finished(without: "errors"), .error, says: "errors", section: "recording.md §6.5"),
        Flaw("no id", try finished(header: header(without: "id")), says: "without id", section: "recording.md §6.1"),
        Flaw(
            "no view", try finished(header: header(without: "view")), says: "without view", section: "recording.md §6.1"
        ),
        Flaw(
            "no address", try finished(header: header(without: "url")), says: "without url",
            section: "recording.md §6.1"),
        Flaw(
            "no time", try finished(header: header(without: "connected_at")), says: "without connected_at",
            section: "recording.md §6.1"),
        Flaw(
            "an unfinished recording",
            try RawRecording([[.header(fields), .list(events)]], hasIndex: false).unfinished(),
            says: "unfinished", section: "recording.md §4.4"),
        Flaw(
            "a plain recording", try gzip(frame(.header(fields)) + frame(.finish(0))), says: "no index",
            section: "recording.md §4.3"),
        Flaw(
            "a gap that counts nothing", try gap(.map(["dropped": 3])), says: "dropped", section: "registry.md §2",
            event: 0
        ),
        Flaw("a gap that is no map", try gap([1]), says: "dropped", section: "registry.md §2", event: 0),
        Flaw(
            "a gap of fewer than one", try gap(.map(["dropped": .map(TermMap([.init("render", 0)]))])), says: "dropped",
            section: "registry.md §2", event: 0),
        Flaw(
            "events that go back, of which the first is enough",
            try around([Term.list([.event(9), .event(4), .event(8), .event(1)]).external], beats: 4, duration: 9),
            says: "earlier", section: "recording.md §6.2", event: 1),
        Flaw(
            "an event that is not in the canonical form",
            try around(
                [
                    Term.event(1).external,
                    [131, 104, 3, 98, 0, 0, 0, 9, 119, 4] + Array("beat".utf8) + [116, 0, 0, 0, 0],
                ], beats: 2, duration: 9),
            says: "canonical", section: "terms.md §4", event: 1),
        Flaw(
            "a keyframe that is not the state",
            try RawRecording([
                [.header(fields), .render(1, ["n": 1])],
                [.keyframe(1, ["n": 2]), .finish(1, duration: 1, ["kinds": .map(["render": 1])])],
            ]).encoded(), says: "keyframe", section: "recording.md §6.4", event: 1),
    ]

    @Test("Each flaw is one finding, with its place and its rule", arguments: table)
    func flaws(_ flaw: Flaw) throws {
        let findings = Validation.findings(in: MemorySource(flaw.bytes))
        let finding = try #require(findings.first)
        #expect(findings.count == 1, "\(findings)")
        #expect(finding.severity == flaw.severity)
        #expect((finding.kind == nil) == (flaw.severity == .warning))
        #expect(finding.section == flaw.section)
        #expect(finding.event == flaw.event)
        #expect(finding.reason.contains(flaw.reason), "\(finding)")
        #expect(
            finding.description.hasPrefix(flaw.severity == .warning ? "warning" : "error (malformedFrame) at byte 0: "))
        #expect(finding.description.hasSuffix("(Spec/\(flaw.section))"))
        // Every reader takes it.
        #expect(Reading.forward(flaw.bytes).error == nil)
        #expect(Reading.random(flaw.bytes).error == nil)
    }

    @Test("A sound recording has none")
    func sound() throws {
        #expect(Validation.findings(in: MemorySource(try ValidationTests.finished())) == [])
        #expect(Validation.findings(in: MemorySource(try WriterBytesTests.example(WriterOptions()))) == [])
    }

    @Test("Nothing that is written has one, whatever the session", arguments: 1...12 as ClosedRange<UInt64>)
    func written(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let events = generator.session(generator.number(0...120), offsetsGoBack: false)
        let options = WriterOptions(
            level: 1, memberByteCount: generator.number(1...2_000), frameByteCount: generator.number(0...300),
            writesKeyframes: generator.chance(80))
        let bytes = try recording(of: events, options, header: Header(fields: ValidationTests.fields))
        #expect(Validation.findings(in: MemorySource(bytes)) == [])
        let summary = try #require(try RecordingFile(MemorySource(bytes)).summary)
        #expect(summary == ValidationTests.summary(of: events))
    }

    /// What a session amounts to, counted here.
    private static func summary(of events: [PlainEvent]) -> Summary {
        var summary = Summary()
        summary.eventCount = events.count
        summary.duration = events.map(\.offset).max() ?? 0
        for event in events {
            summary.kinds[event.kind, default: 0] += 1
            func name(_ key: Atom) -> String? {
                let value = event.payload[atom: key] ?? event.payload[.string(key.name)]
                return value?.text ?? value?.atom?.name
            }
            switch event.kind {
            case "event": if let name = name("name") { summary.names[name, default: 0] += 1 }
            case "exit": summary.errorCount += 1
            case "log":
                if ["error", "critical", "alert", "emergency"].contains(name("level")) { summary.errorCount += 1 }
            case "telemetry":
                let value = event.payload[atom: "error"] ?? event.payload["error"]
                if let value, value != .atom(.nil) { summary.errorCount += 1 }
            default: break
            }
        }
        return summary
    }

    @Test("The first 1,024 names are counted by themselves, and all of their events")
    func names() throws {
        let events = (0..<1_500).map { PlainEvent($0, "event", .map(["name": .string("e\($0 % 1_100)")])) }
        let summary = try #require(Reading.forward(try recording(of: events)).summary)
        #expect(summary.eventCount == 1_500)
        #expect(summary.names.count == Summary.mostNames)
        #expect(summary.names["e0"] == 2 && summary.names["e1023"] == 1 && summary.names["e1024"] == nil)
        #expect(summary.kinds == ["event": 1_500])
    }
}

extension RawRecording {
    fileprivate func unfinished() throws -> [UInt8] {
        var raw = self
        raw.hasEnd = false
        return try raw.encoded()
    }
}
