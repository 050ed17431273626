import ExternalTerm
import Reel
import TestPrograms
import Testing

/// Events, times and states in the middle of a recording, found without reading the rest of it: Spec/recording.md §7.4.
@Suite("Random access")
struct RandomAccessTests {
    /// A session in some layout.
    struct Session: CustomTestStringConvertible, Sendable {
        var seed: UInt64
        var layout: RecordingFile.Layout
        var writesKeyframes: Bool

        var testDescription: String { "seed \(seed), \(layout)\(writesKeyframes ? "" : ", no keyframes")" }

        static let all: [Session] = (1...6).flatMap { seed in
            [
                Session(seed: seed, layout: .finished, writesKeyframes: true),
                Session(seed: seed, layout: .finished, writesKeyframes: false),
                Session(seed: seed, layout: .unfinished, writesKeyframes: true),
                Session(seed: seed, layout: .sequential, writesKeyframes: true),
            ]
        }

        var events: [PlainEvent] {
            var generator = SeededGenerator(seed: seed)
            return generator.session(generator.number(1...80))
        }

        func bytes() throws -> [UInt8] {
            var generator = SeededGenerator(seed: seed &* 77)
            let options = WriterOptions(
                level: generator.number(1...9), memberByteCount: generator.number(60...900),
                frameByteCount: generator.number(0...200), writesKeyframes: writesKeyframes)
            let bytes = try recording(Header(fields: ["id": "1"]), options) { writer in
                for event in events {
                    try writer.append(offset: event.offset, kind: event.kind, payload: event.payload)
                    if generator.chance(3) { try writer.flush() }
                }
                if layout == .unfinished { try writer.stop() } else { try writer.finish() }
            }
            // Unpacked and packed again, nothing says where anything is.
            return layout == .sequential ? try gzip(Program.run("gzip", "-dc", input: bytes).output) : bytes
        }
    }

    @Test("The state at every event is what the events up to it add up to", arguments: Session.all)
    func states(_ session: Session) throws {
        let events = session.events
        let expected = NaiveFold.states(after: events)
        let file = try RecordingFile(MemorySource(session.bytes()))
        #expect(file.layout == session.layout)
        #expect(try file.eventCount == events.count)
        for index in events.indices { #expect(try file.state(after: index) == expected[index], "event \(index)") }
        // So it is from the end on, and for a file that has read nothing before.
        for index in events.indices.reversed() { #expect(try file.state(after: index) == expected[index]) }
        #expect(
            file.layout == .sequential || session.writesKeyframes || !file.entries.contains { $0.startsWithKeyframe })
    }

    @Test("Every event is found by its index", arguments: Session.all)
    func events(_ session: Session) throws {
        let events = session.events
        let file = try RecordingFile(MemorySource(session.bytes()))
        for (index, event) in events.enumerated() {
            let found = try file.event(at: index)
            #expect(found.index == index)
            #expect(try found.term == event.term)
            #expect(try found.payload == event.payload)
        }
        for start in [0, events.count / 2, events.count - 1, events.count, -1] {
            var indexes: [Int] = []
            try file.forEachEvent(from: start) { event in
                indexes.append(event.index)
                return indexes.count < 10
            }
            #expect(indexes == Array((max(start, 0)..<max(start, events.count)).prefix(10)))
        }
    }

    @Test("There is no event before the first one and after the last one", arguments: Session.all.prefix(4))
    func noSuchEvent(_ session: Session) throws {
        let file = try RecordingFile(MemorySource(session.bytes()))
        let count = session.events.count
        for index in [-1, Int.min, count, count + 1, .max] {
            for error in [
                #expect(throws: ReelError.self) { try file.event(at: index) },
                #expect(throws: ReelError.self) { try file.state(after: index) },
            ] {
                #expect(error?.kind == .noSuchEvent)
                #expect(error?.reason.contains("0 to \(count - 1)") == true)
            }
        }
    }

    @Test("Events are found by their time, though times go back", arguments: Session.all)
    func times(_ session: Session) throws {
        let events = session.events
        let file = try RecordingFile(MemorySource(session.bytes()))
        var generator = SeededGenerator(seed: session.seed &+ 1)
        let last = events.map(\.offset).max() ?? 0
        for _ in 0..<30 {
            let start = generator.number(-10...last + 10)
            let range = start...start + generator.number(0...last / 3)
            let expected = events.indices.filter { range.contains(events[$0].offset) }
            #expect(try file.events(during: range).map(\.index) == expected, "\(range)")
            let before = events.indices.last { events[$0].offset <= start }
            #expect(try file.lastEvent(before: start)?.index == before, "before \(start)")
        }
        #expect(try file.events(during: .min ... .max).count == events.count)
        #expect(try file.lastEvent(before: -1) == nil)
        #expect(try file.lastEvent(before: .max)?.index == events.count - 1)
    }

    @Test("No more members are read than the answer needs", arguments: Session.all.filter { $0.layout != .sequential })
    func members(_ session: Session) throws {
        let events = session.events
        let bytes = try session.bytes()
        let entries = try RecordingFile(MemorySource(bytes)).entries
        // The index has been read; where there is none, the first member for its header, and that is still at hand.
        let opened = session.layout == .unfinished || entries.count > 1 ? 1 : 0
        let first = session.layout == .unfinished ? 0 : 1
        // Nothing but reading them shows that members which declare no events hold none.
        let silent = entries.indices.count(where: { $0 >= 1 - first && entries[$0].eventCount == 0 })
        func count(_ question: (RecordingFile) throws -> Void) throws -> Int {
            let file = try RecordingFile(MemorySource(bytes))
            #expect(file.inflatedMemberCount == opened)
            try question(file)
            return file.inflatedMemberCount - opened
        }
        for index in events.indices {
            let position = try #require(entries.firstIndex { ($0.firstEvent..<$0.endEvent).contains(index) })
            let needed = position > 0 ? 1 : first
            #expect(try (needed...needed + silent).contains(count { _ = try $0.event(at: index) }))
            let keyframe = (0...position).last { entries[$0].startsWithKeyframe } ?? 0
            let folded = position - keyframe + (keyframe > 0 ? 1 : first)
            #expect(try (folded...folded + silent).contains(count { _ = try $0.state(after: index) }))
        }
        for _ in 0..<10 {
            var generator = SeededGenerator(seed: session.seed)
            let start = generator.number(0...(events.last?.offset ?? 0))
            let range = start...start + 50
            let meeting = entries.indices.filter {
                $0 >= 1 - first && entries[$0].eventCount > 0 && entries[$0].firstOffset <= range.upperBound
                    && entries[$0].lastOffset >= range.lowerBound
            }
            #expect(
                try (meeting.count...meeting.count + silent).contains(count { _ = try $0.events(during: range) }))
        }
        #expect(try count { _ = try $0.eventCount } == 0)
        #expect(try count { _ = try $0.summary } == (entries.count > 1 ? 1 : first))
        #expect(try count { _ = try $0.header } == first)
        // Neighbours cost nothing.
        let file = try RecordingFile(MemorySource(bytes))
        try file.forEachEvent { _ in true }
        #expect(file.inflatedMemberCount - opened == entries.count - 1 + first)
        if let last = events.indices.last {
            _ = try file.event(at: last)
            let inflated = file.inflatedMemberCount
            _ = try file.event(at: last)
            #expect(file.inflatedMemberCount == inflated)
        }
    }

    @Test(
        "Entries tile the file and the events, and are what the members hold",
        arguments: Session.all.filter { $0.layout != .sequential })
    func entries(_ session: Session) throws {
        let events = session.events
        let file = try RecordingFile(MemorySource(session.bytes()))
        var offset = 0
        var event = 0
        for (position, entry) in file.entries.enumerated() {
            #expect(entry.offset == offset && entry.firstEvent == event)
            offset += entry.byteCount
            event = entry.endEvent
            let times = events[entry.firstEvent..<entry.endEvent].map(\.offset)
            #expect(entry.firstOffset == times.min() ?? 0)
            #expect(entry.lastOffset == times.max() ?? 0)
            #expect(position > 0 || !entry.startsWithKeyframe)
        }
        #expect(event == events.count)
    }

    @Test("A keyframe counts wherever it stands, and though it is not what the events before it add up to")
    func keyframes() throws {
        let raw = RawRecording([
            [.header(), .render(1, ["n": 1]), .keyframe(1, ["n": 2]), .render(2, ["m": 3])],
            [.render(3, ["k": 4]), .keyframe(3, ["n": 5])], [.render(4, ["m": 6])],
            [.keyframe(4, ["z": 7]), .event(5), .finish(5, duration: 5)],
        ])
        let plain = try gzip(raw.members.flatMap(\.content))
        for bytes in [try raw.encoded(), plain] {
            let file = try RecordingFile(MemorySource(bytes))
            let expected: [TermMap] = [
                ["n": 1], ["n": 2, "m": 3], ["n": 2, "m": 3, "k": 4], ["n": 5, "m": 6], ["z": 7],
            ]
            for (index, assigns) in expected.enumerated() {
                #expect(try file.state(after: index).assigns == assigns, "event \(index)")
            }
        }
    }
}
