import ExternalTerm
import Reel
import Testing

/// What is compressed on all processors is what one writer makes of the same events.
@Suite("Writing on all processors")
struct ConcurrentWritingTests {
    private static let options = [
        WriterOptions(), WriterOptions(level: 9, memberByteCount: 400, frameByteCount: 90),
        WriterOptions(level: 1, memberByteCount: 1), WriterOptions(memberByteCount: 2_000, writesKeyframes: false),
    ]

    /// Events of a seeded session, as a reader gives them out.
    private func events(_ count: Int, seed: UInt64) throws -> [Event] {
        var generator = SeededGenerator(seed: seed)
        let sink = MemorySink()
        let writer = try RecordingWriter(to: sink, header: Header(fields: ["id": "1"]))
        for index in 0..<count {
            let text = String(repeating: "x", count: generator.number(0...200))
            let assigns: Term = .map(["count": .integer(index), "text": .binary(Array(text.utf8))])
            try writer.append(
                offset: index * 7, kind: index == 0 ? "mount" : "render", payload: .map(["assigns": assigns]))
        }
        try writer.finish()
        let reader = try RecordingReader(MemorySource(sink.bytes))
        var events: [Event] = []
        while let event = try reader.next() { events.append(event) }
        return events
    }

    @Test("The bytes are those of one writer", arguments: options, [0, 1, 2, 300])
    func sameBytes(_ options: WriterOptions, _ count: Int) async throws {
        let events = try events(count, seed: UInt64(count))
        let header = Header(fields: ["id": "2", "view": "Shop"])
        let one = MemorySink()
        let writer = try RecordingWriter(to: one, header: header, options: options)
        for event in events { try writer.append(event) }
        let summary = try writer.finish(reason: .interrupted)

        let all = MemorySink()
        var rest = events[...]
        let concurrent = try await RecordingWriter.write(
            to: all, header: header, options: options, reason: { .interrupted }, events: { rest.popFirst() })
        #expect(all.bytes == one.bytes)
        #expect(concurrent == summary)
    }

    @Test("An error of whoever gives the events ends it, with what was whole before")
    func failingEvents() async throws {
        struct Failure: Error {}
        var rest = try events(300, seed: 1)[...]
        let sink = MemorySink()
        await #expect(throws: ReelError.self) {
            try await RecordingWriter.write(
                to: sink, header: Header(fields: [:]), options: WriterOptions(memberByteCount: 500)
            ) {
                guard rest.count > 100 else { throw Failure() }
                return rest.popFirst()
            }
        }
        // Members, one after the other and in order.
        if !sink.bytes.isEmpty {
            let file = try RecordingFile(MemorySource(sink.bytes))
            #expect(file.layout == .unfinished && file.damage == nil)
        }
    }

    @Test("A sink that fails ends it, whichever member it is", arguments: [0, 1, 5, 20])
    func failingSink(_ after: Int) async throws {
        var rest = try events(300, seed: 2)[...]
        let sink = FailingSink(after: after)
        await #expect(throws: ReelError.self) {
            try await RecordingWriter.write(
                to: sink, header: Header(fields: [:]), options: WriterOptions(memberByteCount: 500)
            ) { rest.popFirst() }
        }
        #expect(sink.attempts == after + 1)
    }

    @Test("An event that is too large is refused")
    func largeEvent() async throws {
        var rest = try events(3, seed: 3)[...]
        await #expect(throws: ReelError.self) {
            try await RecordingWriter.write(
                to: MemorySink(), header: Header(fields: [:]), options: WriterOptions(eventByteCount: 20)
            ) { rest.popFirst() }
        }
    }
}
