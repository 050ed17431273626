import ExternalTerm
import Reel
import ReelRecorder
import ReelStore
import Testing

@Suite("Progress of a session")
struct ProgressTests {
    @Test("Who flushes a session waits until what has been recorded is in the store")
    func flushing() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder, .with { $0.policy.flush.interval = .seconds(3_600) })
            let session = recording.recorder.busySession()
            for round in 1...50 {
                session.event("again")
                let progress = await session.flush()
                #expect(progress == SessionProgress(recorded: 2 + round, stored: 2 + round, dropped: [:]))
                let stored = try await recording.store.recording(session.id)
                #expect(stored?.summary.eventCount == 2 + round)
            }
            session.close()
            #expect(await session.stored() == .stored(session.id))
            #expect(await session.flush().stored == 52)
            #expect(await session.progress(beyond: 52) == nil)
        }
    }

    @Test("Who waits for progress is told when events are stored, and when the session ends without")
    func waiting() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder, .with { $0.policy.flush.events = 10 })
            let session = recording.recorder.busySession()
            async let progress = session.progress(beyond: 0)
            for _ in 0..<20 { session.event("again") }
            let stored = try #require(await progress?.stored)
            #expect(stored >= 1)
            async let none = session.progress(beyond: 1_000)
            session.close()
            #expect(await none == nil)
        }
    }

    @Test("A session's header has what it is given, sanitized, and the view as it is named")
    func header() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder)
            let session = recording.recorder.session(header: [
                "view": .atom("Elixir.Shop.CartLive"), "url": "/?token=x", "id": "other", "connected_at": 1,
                "params": .map(["password": "x"]), "code": .map(["release": "1.2", "secret": "x"]), "api_key": "x",
            ])
            session.event("add")
            session.close()
            #expect(await session.stored() == .stored(session.id))
            let header = try RecordingFile(try await recording.content(session.id)).header
            var fields = header.fields
            fields[atom: "connected_at"] = nil
            #expect(
                fields == [
                    "id": .string(session.id.text), "view": .atom("Elixir.Shop.CartLive"), "url": "/?token=[FILTERED]",
                    "params": .map(["password": "[FILTERED]"]), "api_key": "[FILTERED]",
                    "code": .map(["release": "1.2", "secret": "[FILTERED]"]),
                ])
            #expect((header.connectedAt ?? 0) > 1_000_000_000_000)
        }
    }
}
