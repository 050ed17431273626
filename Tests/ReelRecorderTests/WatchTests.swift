import ExternalTerm
import Reel
import ReelRecorder
import ReelStore
import Testing

@Suite("A running session is watched")
struct WatchTests {
    private func names(_ events: SessionEvents) async throws -> [String] {
        var names: [String] = []
        for try await event in events { names.append(event.content[atom: "name"]?.text ?? event.kind.name) }
        return names
    }

    @Test("from its start, by many, whatever has been stored of it already")
    func fromStart() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder, .with { $0.policy.flush.events = 3 })
            let session = recording.recorder.busySession()
            let early = (0..<8).map { _ in session.events(from: .start) }
            try await withThrowingTaskGroup(of: [String].self) { group in
                for events in early { group.addTask { try await names(events) } }
                for number in 0..<200 {
                    session.event("e\(number)")
                    if number == 100 {
                        _ = try await recording.wait(for: session.id) { $0.eventCount > 50 }
                        let late = session.events(from: .start)
                        group.addTask { try await names(late) }
                    }
                }
                session.close()
                _ = await session.stored()
                let after = session.events(from: .start)
                group.addTask { try await names(after) }
                for try await names in group { #expect(names == ["mount", "start"] + (0..<200).map { "e\($0)" }) }
            }
        }
    }

    @Test("from now on")
    func fromNow() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder, .with { $0.policy.flush.events = 2 })
            let session = recording.recorder.busySession()
            let events = session.events(from: .now)
            session.event("a", params: ["b": "1", "a": "2"])
            session.event("b")
            session.close()
            var seen: [Event] = []
            for try await event in events { seen.append(event) }
            #expect(seen.map(\.index) == [2, 3])
            // As it is read from the store, to the byte.
            _ = await session.stored()
            let stored = try await recording.events(session.id)
            #expect(seen.map { Array($0.encoded) } == stored[2...].map { Array($0.encoded) })
        }
    }

    @Test("an observer that does not keep up catches up from the store, or is dropped")
    func slow() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder, .with { $0.policy.flush.events = 10 })
            let session = recording.recorder.busySession()
            var patient = session.events(from: .start).makeAsyncIterator()
            var hasty = session.events(from: .start, slow: .isDropped(behind: 100)).makeAsyncIterator()
            #expect(try await patient.next()?.kind == "mount")
            #expect(try await hasty.next()?.kind == "mount")
            for number in 0..<500 { session.event("e\(number)") }
            _ = try await recording.wait(for: session.id) { $0.eventCount > 400 }
            session.close()
            _ = await session.stored()
            var count = 1
            while try await patient.next() != nil { count += 1 }
            #expect(count == 502)
            // What it has fetched already it gets.
            let error = await #expect(throws: WatchError.self) { while try await hasty.next() != nil {} }
            #expect(error == .tooSlow)
        }
    }

    @Test("large events are fetched whole")
    func large() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder, .with { $0.policy.flush.bytes = 1 << 20 })
            let session = recording.recorder.busySession()
            let text = String(repeating: "x", count: 300_000)
            session.event(text)
            session.event("small")
            let events = session.events(from: .start)
            session.close()
            #expect(try await names(events) == ["mount", "start", text, "small"])
        }
    }

    @Test("waiting ends when the watching task is cancelled")
    func cancelled() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder)
            let session = recording.recorder.busySession()
            let (seen, saw) = AsyncStream<Int>.makeStream()
            let task = Task {
                var count = 0
                for try await event in session.events(from: .start) {
                    count += 1
                    saw.yield(event.index)
                }
                return count
            }
            // Both events have come: the task waits for the next one, or is about to.
            for await index in seen where index == 1 { break }
            task.cancel()
            #expect(try await task.value == 2)
        }
    }

    @Test("by its id, among those that are running, without being kept open")
    func byID() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder)
            var session: Session? = recording.recorder.busySession()
            let id = try #require(session?.id)
            let running = try #require(recording.recorder.running(id))
            #expect(recording.recorder.running.map(\.id) == [id])
            #expect(running.view == "Test.Live")
            #expect(running.eventCount == 2)
            let events = running.events(from: .start)
            session = nil
            #expect(try await names(events) == ["mount", "start"])
            #expect(!running.isRecording)
            _ = try await recording.wait(for: id) { $0.isFinished }
        }
    }
}
