import ExternalTerm
import Reel
import ReelRecorder
import ReelStore
import Testing

@Suite("Events are stored while a session is running")
struct FlushTests {
    @Test("after so many of them, as a member that is readable")
    func count() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder, .with { $0.policy.flush.interval = .seconds(3_600) })
            let session = recording.recorder.busySession()
            for number in 2..<200 { session.event("e\(number)") }
            let stored = try await recording.wait(for: session.id) { $0.eventCount == 200 }
            #expect(!stored.isFinished)
            let file = try RecordingFile(await recording.content(session.id))
            #expect(file.layout == .unfinished)
            #expect(file.entries.count == 1)
            session.close()
            #expect(await session.stored() == .stored(session.id))
            #expect(try RecordingFile(await recording.content(session.id)).eventCount == 200)
        }
    }

    @Test("after so many bytes")
    func bytes() async throws {
        try await inFolder { folder in
            let recording = try Recording(
                in: folder,
                .with {
                    $0.policy.flush.interval = .seconds(3_600)
                    $0.policy.flush.bytes = 10_000
                })
            let session = recording.recorder.busySession()
            session.event("large", params: ["text": String(repeating: "x", count: 10_000)])
            _ = try await recording.wait(for: session.id) { $0.eventCount == 3 }
            await recording.recorder.shutdown()
        }
    }

    @Test("after some time")
    func time() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder, .with { $0.policy.flush.interval = .milliseconds(5) })
            let session = recording.recorder.busySession()
            _ = try await recording.wait(for: session.id) { $0.eventCount == 2 }
            session.event("more")
            _ = try await recording.wait(for: session.id) { $0.eventCount == 3 }
            await recording.recorder.shutdown()
        }
    }

    @Test("and are all there once, in order, whatever threads they come from")
    func order() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder, .with { $0.policy.flush.events = 7 })
            let session = recording.recorder.busySession()
            await withTaskGroup { group in
                for thread in 0..<8 {
                    group.addTask {
                        for number in 0..<500 {
                            session.event("e", params: ["thread": "\(thread)", "number": "\(number)"])
                        }
                    }
                }
            }
            session.close()
            #expect(await session.stored() == .stored(session.id))
            let events = try await recording.events(session.id)
            #expect(events.count == 4_002)
            #expect(events.map(\.index) == Array(0..<4_002))
            #expect(zip(events, events.dropFirst()).allSatisfy { $0.offset <= $1.offset })
            var numbers: [String: [String]] = [:]
            for event in events.dropFirst(2) {
                let params = try #require(event.content[atom: "params"])
                numbers[try #require(params["thread"]?.text), default: []].append(try #require(params["number"]?.text))
            }
            #expect(numbers.count == 8)
            #expect(numbers.values.allSatisfy { $0 == (0..<500).map { "\($0)" } })
            #expect(recording.recorder.statistics.recorded == 4_002)
            #expect(recording.recorder.statistics.memoryByteCount == 0)
        }
    }

    @Test("a session that ends before that is stored once, in its smallest form")
    func short() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder, .with { $0.policy.flush.interval = .seconds(3_600) })
            let session = recording.recorder.busySession()
            for number in 0..<100 { session.render(changed: ["n": number]) }
            session.close()
            _ = await session.stored()
            let file = try RecordingFile(await recording.content(session.id))
            #expect(file.entries.count == 1)
            let sink = MemorySink()
            let writer = try RecordingWriter(to: sink, header: file.header, options: .smallest)
            for event in try file.allEvents() { try writer.append(event) }
            try writer.finish()
            let content = try await recording.store.open(session.id)
            #expect(try content.read(0..<content.byteCount) == sink.bytes)
        }
    }

    @Test("a session that is let go is closed")
    func dropped() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder)
            let id = RecordingID.random()
            do { recording.recorder.busySession(id: id).event("last") }
            let stored = try await recording.wait(for: id) { $0.isFinished }
            #expect(stored.eventCount == 3)
        }
    }

    @Test("a recorder that is let go stores its sessions")
    func recorderDropped() async throws {
        try await inFolder { folder in
            let store = try FileStore(folder)
            let session = try Recorder(store: store).busySession()
            session.event("last")
            session.close()
            #expect(await session.stored() == .stored(session.id))
        }
    }
}
