import ExternalTerm
import Foundation
import Logging
import Reel
import ReelRecorder
import ReelStore
import ServiceLifecycle
import SystemPackage
import Testing

@Suite("Sessions end, and nothing is lost")
struct EndTests {
    @Test("a session that was stored in parts is rewritten to its smallest form")
    func compacted() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder, .with { $0.policy.flush.events = 10 })
            let session = recording.recorder.busySession()
            for number in 0..<200 {
                session.event("e\(number)")
                session.render(changed: .map(["n": .integer(number)]))
                if number % 20 == 0 { _ = try await recording.wait(for: session.id) { $0.eventCount >= number * 2 } }
            }
            session.close()
            _ = await session.stored()
            await recording.recorder.shutdown()
            let file = try RecordingFile(await recording.content(session.id))
            #expect(file.entries.count == 1)
            #expect(try file.header.fields[atom: "recorder"] == nil)
            #expect(try file.summary?.reason == .closed)
            let sink = MemorySink()
            let writer = try RecordingWriter(to: sink, header: file.header, options: .smallest)
            for event in try file.allEvents() { try writer.append(event) }
            try writer.finish()
            #expect(try await recording.store.recording(session.id)?.byteCount == sink.bytes.count)
        }
    }

    @Test("a task that is cancelled ends its session, one that fails says why")
    func tasks() async throws {
        struct Failure: Error {}
        try await inFolder { folder in
            let recording = try Recording(in: folder)
            let id = RecordingID.random()
            let task = Task {
                try await recording.recorder.withSession(view: "Test.Live", id: id) { session in
                    session.event("start")
                    try await Task.sleep(for: .seconds(3_600))
                }
            }
            // The session is there when the task is cancelled, or is not started any more.
            while recording.recorder.running(id) == nil { await Task.yield() }
            while recording.recorder.running(id)?.eventCount == 1 { await Task.yield() }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await recording.wait(for: id) { $0.isFinished }.summary.reason == .closed)

            let failed = RecordingID.random()
            await #expect(throws: Failure.self) {
                try await recording.recorder.withSession(view: "Test.Live", id: failed) { session in
                    session.event("start")
                    throw Failure()
                }
            }
            let stored = try await recording.wait(for: failed) { $0.isFinished }
            #expect(stored.errorCount == 1)
        }
    }

    @Test("a service group that shuts down stores all running sessions")
    func service() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder)
            let group = ServiceGroup(services: [recording.recorder], logger: Logger(label: "test"))
            let running = Task { try await group.run() }
            let sessions = (0..<100).map { _ in recording.recorder.busySession() }
            await group.triggerGracefulShutdown()
            try await running.value
            for session in sessions {
                #expect(await session.stored() == .stored(session.id))
                #expect(try await recording.store.recording(session.id)?.isFinished == true)
            }
            #expect(await recording.recorder.busySession().stored() == .discarded(.shutdown))
        }
    }

    @Test("a shutdown ends with the grace time, whatever the store does")
    func graceTime() async throws {
        try await inFolder { folder in
            let recording = try Recording(
                in: folder.appending("store"),
                .with {
                    $0.policy.flush.events = 1
                    $0.policy.retry.attempts = .max
                })
            // Where the store wants folders there is a file.
            try obstruct(folder.appending("store"))
            let session = recording.recorder.busySession()
            while recording.recorder.statistics.retries == 0 { await Task.yield() }
            await recording.recorder.shutdown(graceTime: .milliseconds(100))
            #expect(await session.stored() == .failed(.shutdown))
            #expect(recording.recorder.statistics.failed == [.shutdown: 1])
        }
    }

    @Test("a store that fails is tried again, and has all in the end")
    func retried() async throws {
        try await inFolder { folder in
            let path = folder.appending("store")
            let recording = try Recording(
                in: path,
                .with {
                    $0.policy.flush.events = 2
                    $0.policy.retry.delay = .milliseconds(1)
                    $0.policy.retry.longestDelay = .milliseconds(2)
                    $0.policy.retry.attempts = .max
                })
            let session = recording.recorder.busySession()
            _ = try await recording.wait(for: session.id) { $0.eventCount == 2 }
            try FileManager.default.moveItem(atPath: path.string, toPath: path.string + ".away")
            try obstruct(path)
            for number in 0..<50 { session.event("e\(number)") }
            while recording.recorder.statistics.retries < 3 { await Task.yield() }
            #expect(session.isRecording)
            try FileManager.default.removeItem(atPath: path.string)
            try FileManager.default.moveItem(atPath: path.string + ".away", toPath: path.string)
            session.close()
            #expect(await session.stored() == .stored(session.id))
            #expect(try await recording.events(session.id).count == 52)
        }
    }

    @Test("a session is given up after its attempts, and the next ones are not harmed")
    func givenUp() async throws {
        try await inFolder { folder in
            let path = folder.appending("store")
            let recording = try Recording(
                in: path,
                .with {
                    $0.policy.retry.delay = .milliseconds(1)
                    $0.policy.retry.longestDelay = .milliseconds(2)
                    $0.policy.retry.attempts = 3
                })
            try obstruct(path)
            let session = recording.recorder.busySession()
            session.close()
            #expect(await session.stored() == .failed(.storing))
            #expect(recording.recorder.statistics.retries == 3)
            #expect(recording.recorder.statistics.failed == [.storing: 1])
            #expect(recording.recorder.statistics.memoryByteCount == 0)
            try FileManager.default.removeItem(atPath: path.string)
            let next = recording.recorder.busySession()
            next.close()
            #expect(await next.stored() == .stored(next.id))
        }
    }

    @Test("two running sessions of one id are not mixed")
    func sameID() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder)
            let first = recording.recorder.busySession()
            let second = recording.recorder.busySession(id: first.id)
            #expect(await second.stored() == .failed(.conflict))
            first.close()
            #expect(await first.stored() == .stored(first.id))
            #expect(try await recording.events(first.id).count == 2)
            let third = recording.recorder.busySession(id: first.id)
            third.close()
            #expect(await third.stored() == .failed(.conflict))
        }
    }

    @Test("a recording that is running in this process is left alone at the start of a recorder")
    func living() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder, .with { $0.policy.flush.events = 1 })
            let session = recording.recorder.busySession()
            _ = try await recording.wait(for: session.id) { $0.eventCount == 2 }
            let other = try Recorder(store: try FileStore(folder))
            #expect(await other.recovered() == [])
            #expect(try await recording.store.recording(session.id)?.isFinished == false)
            session.close()
            #expect(await session.stored() == .stored(session.id))
        }
    }

    @Test("a recording of nobody is finished when it has not grown for the time that is configured")
    func abandoned() async throws {
        try await inFolder { folder in
            let store = try FileStore(folder)
            let id = RecordingID.random()
            let sink = MemorySink()
            let writer = try RecordingWriter(to: sink, header: Header(fields: ["id": .string(id.text)]))
            try writer.append(offset: 0, kind: "mount", payload: .map(["assigns": .map([:])]))
            try writer.flush()
            try await store.append(sink.bytes, to: id, at: 0)
            #expect(await (try Recorder(store: store)).recovered() == [])
            let recorder = try Recorder(store: store, configuration: .with { $0.abandonedAfter = .nanoseconds(1) })
            #expect(await recorder.recovered() == [id])
            #expect(try await store.recording(id)?.summary.reason == .interrupted)
        }
    }
}

/// Puts a file where a store has its folder, or would make it.
private func obstruct(_ path: FilePath) throws {
    try? FileManager.default.removeItem(atPath: path.string)
    try Data().write(to: URL(filePath: path.string))
}
