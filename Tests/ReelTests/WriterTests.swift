import ExternalTerm
import Reel
import TestPrograms
import Testing

/// When a writer closes batches and members, and what it does when something is wrong.
@Suite("Writing")
struct WriterTests {
    /// A frame of a recording, as a forward reader that keeps every frame would list them.
    private func frames(of bytes: [UInt8]) throws -> [Term] {
        let content = try Program.run("gzip", "-dc", input: bytes).output
        var frames: [Term] = []
        var position = 0
        while position < content.count {
            let count = content[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            frames.append(try Term(external: Array(content[position + 4..<position + 4 + count])))
            position += 4 + count
        }
        return frames
    }

    /// What each frame is: a name, or how many events it holds.
    private func shapes(of bytes: [UInt8]) throws -> [String] {
        try frames(of: bytes).map { frame in
            if case .list(let events) = frame { return "\(events.count)" }
            return frame.elements?.first?.atom?.name ?? "event"
        }
    }

    @Test("A recording without events has a header and a finish frame")
    func empty() throws {
        let bytes = try recording { try $0.finish() }
        #expect(try shapes(of: bytes) == ["recording", "finish"])
        for reading in [Reading.forward(bytes), Reading.random(bytes)] {
            #expect(reading.error == nil && reading.hasEnd)
            #expect(reading.events.isEmpty)
            #expect(reading.summary == Summary())
        }
        let file = try RecordingFile(MemorySource(bytes))
        #expect(try file.eventCount == 0)
        #expect(try file.lastEvent(before: .max) == nil)
        #expect(try file.events(during: 0...Int.max).isEmpty)
        #expect(throws: ReelError.self) { try file.event(at: 0) }
        #expect(throws: ReelError.self) { try file.state(after: 0) }
    }

    @Test("One event is a frame by itself, two are a batch")
    func batch() throws {
        #expect(try shapes(of: recording(of: [PlainEvent(1)])) == ["recording", "event", "finish"])
        #expect(try shapes(of: recording(of: [PlainEvent(1), PlainEvent(2)])) == ["recording", "2", "finish"])
    }

    @Test("A frame's byte count of 0 makes every event a frame of its own")
    func eventFrames() throws {
        let bytes = try recording(of: (0..<5).map { PlainEvent($0) }, WriterOptions(frameByteCount: 0))
        #expect(try shapes(of: bytes) == ["recording", "event", "event", "event", "event", "event", "finish"])
    }

    @Test("A batch is closed when it is full, and an event larger than a batch is one by itself")
    func batchSizes() throws {
        // With its payload's head, an event of n bytes of text takes n + 15.
        let sizes = [85, 85, 85, 285, 85, 185, 25, 85]
        let events = sizes.map { PlainEvent(0, "say", .string(String(repeating: "x", count: $0))) }
        let bytes = try recording(of: events, WriterOptions(frameByteCount: 200))
        #expect(try shapes(of: bytes) == ["recording", "2", "event", "event", "event", "event", "2", "finish"])
        #expect(Reading.forward(bytes).texts == events.read)
    }

    @Test("A member is closed when it is full; flush closes it before")
    func memberSizes() throws {
        let options = WriterOptions(memberByteCount: 1_000, frameByteCount: 100, writesKeyframes: false)
        let events = (0..<100).map { PlainEvent($0, "say", .binary([UInt8](repeating: UInt8($0), count: 85))) }
        let bytes = try recording(of: events, options)
        let entries = try RecordingFile(MemorySource(bytes)).entries
        // A frame of one event of 100 bytes takes 105.
        #expect(entries.map(\.eventCount) == [10] + [Int](repeating: 10, count: 9) + [0])
        for entry in entries.dropLast() { #expect((1_000..<1_105).contains(entry.uncompressedByteCount)) }
        let flushed = try recording(Header(fields: [:]), options) { writer in
            for event in events.prefix(3) {
                try writer.append(offset: event.offset, kind: event.kind, payload: event.payload)
                try writer.flush()
                try writer.flush()
            }
            try writer.finish()
        }
        #expect(try RecordingFile(MemorySource(flushed)).entries.map(\.eventCount) == [1, 1, 1, 0])
    }

    @Test("A huge event stands alone in its batch and closes its member")
    func hugeEvent() throws {
        let small = PlainEvent(0, "say", "x")
        let huge = PlainEvent(1, "say", .binary([UInt8](repeating: 7, count: 3 << 20)))
        let bytes = try recording(of: [small, huge, small])
        #expect(try shapes(of: bytes) == ["recording", "event", "event", "event", "finish", "index"])
        #expect(try RecordingFile(MemorySource(bytes)).entries.map(\.eventCount) == [2, 1])
        #expect(Reading.forward(bytes).texts == [small, huge, small].read)
    }

    @Test("What has been flushed is a valid, unfinished recording")
    func unfinished() throws {
        let sink = MemorySink()
        let writer = try RecordingWriter(to: sink, header: Header(fields: ["id": "1"]))
        #expect(sink.bytes.isEmpty)
        try writer.flush()
        var expected: [PlainEvent] = []
        for index in 0..<5 {
            for reading in [Reading.forward(sink.bytes), Reading.random(sink.bytes)] {
                #expect(reading.error == nil && !reading.hasEnd && reading.summary == nil)
                #expect(reading.header?.id == "1")
                #expect(reading.texts == expected.read)
            }
            let event = PlainEvent(index)
            expected.append(event)
            try writer.append(offset: event.offset, kind: event.kind, payload: event.payload)
            try writer.flush()
        }
        try writer.stop()
        let stopped = sink.bytes
        #expect(Reading.random(stopped).texts == expected.read)
        #expect(Reading.random(stopped).summary == nil)
        // Nothing follows a stop.
        #expect(throws: ReelError.self) { try writer.append(offset: 9, kind: "beat", payload: 1) }
        try writer.flush()
        try writer.finish()
        #expect(sink.bytes == stopped)
    }

    @Test("Nothing can be appended to a finished recording, and it is finished once")
    func finished() throws {
        let sink = MemorySink()
        let writer = try RecordingWriter(to: sink, header: Header(fields: [:]))
        try writer.append(offset: 1, kind: "beat", payload: 1)
        let summary = try writer.finish(reason: .interrupted)
        let bytes = sink.bytes
        let error = #expect(throws: ReelError.self) { try writer.append(offset: 1, kind: "beat", payload: 1) }
        #expect(error?.kind == .inputOutput)
        #expect(try writer.finish() == summary)
        try writer.flush()
        try writer.stop()
        #expect(sink.bytes == bytes)
        #expect(Reading.forward(bytes).summary?.reason == .interrupted)
    }

    @Test("An event that readers would not take is refused, and nothing is lost", arguments: [true, false])
    func refused(writesKeyframes: Bool) throws {
        var deep: Term = 1
        for _ in 0..<1_022 { deep = [deep] }
        let refused: [(Int, Term, ReelError.Kind)] = [
            (3, .binary([UInt8](repeating: 1, count: 1_000)), .limitExceeded), (-1, 1, .malformedFrame),
            (3, deep, .limitExceeded),
        ]
        let options = WriterOptions(
            memberByteCount: 300, frameByteCount: 100, writesKeyframes: writesKeyframes, eventByteCount: 1_000)
        var events: [PlainEvent] = []
        let bytes = try recording(Header(fields: [:]), options) { writer in
            for index in 0..<30 {
                let event = PlainEvent(index, "render", .map(["assigns": .map(["n": .integer(index)])]))
                events.append(event)
                try writer.append(offset: event.offset, kind: event.kind, payload: event.payload)
                let (offset, payload, kind) = refused[index % refused.count]
                let error = #expect(throws: ReelError.self) {
                    try writer.append(offset: offset, kind: "say", payload: payload)
                }
                #expect(error?.kind == kind)
                #expect(writer.summary.eventCount == index + 1)
            }
            try writer.finish()
        }
        for reading in [Reading.forward(bytes), Reading.random(bytes)] {
            #expect(reading.error == nil)
            #expect(reading.texts == events.read)
            #expect(reading.summary?.kinds == ["render": 30])
        }
        #expect(Validation.findings(in: MemorySource(bytes)).filter { $0.severity == .error }.isEmpty)
    }

    @Test("An event may be as large and as deep as readers take it")
    func largest() throws {
        var deep: Term = 1
        for _ in 0..<1_021 { deep = [deep] }
        let event = PlainEvent(0, "say", deep)
        let bytes = try recording(of: [event, event])
        #expect(Reading.forward(bytes).texts == [event, event].read)
    }

    @Test("A header larger than a frame may be is refused")
    func largeHeader() {
        let header = Header(fields: ["id": .binary([UInt8](repeating: 1, count: 2_000))])
        let error = #expect(throws: ReelError.self) {
            try RecordingWriter(to: MemorySink(), header: header, options: WriterOptions(eventByteCount: 1_000))
        }
        #expect(error?.kind == .limitExceeded)
    }

    @Test("When the sink fails, the writer says so from then on, and writes no more", arguments: 0...5)
    func failingSink(after count: Int) throws {
        let sink = FailingSink(after: count)
        let options = WriterOptions(memberByteCount: 200, frameByteCount: 50)
        let writer = try RecordingWriter(to: sink, header: Header(fields: [:]), options: options)
        var failures: Set<ReelError> = []
        var appended = 0
        for index in 0..<100 {
            do throws(ReelError) {
                try writer.append(offset: index, kind: "beat", payload: .integer(index))
                appended += 1
            } catch {
                failures.insert(error)
            }
        }
        #expect(throws: ReelError.self) { try writer.flush() }
        #expect(throws: ReelError.self) { try writer.finish() }
        #expect(throws: ReelError.self) { try writer.stop() }
        #expect(failures.map(\.kind) == [.inputOutput])
        #expect(sink.attempts == count + 1)
        // What the sink has taken is readable.
        guard count > 0 else { return }
        let reading = Reading.random(sink.bytes)
        #expect(reading.error == nil && reading.summary == nil)
        #expect(reading.events.count < appended && reading.events.count > 0)
    }

    @Test("The header names the version that is written, whatever version it was read with")
    func version() throws {
        let old = Header(version: FormatVersion(major: 1, minor: 77), fields: ["id": "1", "other": 2])
        let bytes = try recording(old) { try $0.finish() }
        #expect(Reading.forward(bytes).header == Header(fields: ["id": "1", "other": 2]))
    }
}

extension PlainEvent {
    /// An event that by default changes nothing.
    init(_ offset: Int, _ kind: Atom = "beat", _ payload: Term = 1) {
        self.init(offset: offset, kind: kind, payload: payload)
    }
}
