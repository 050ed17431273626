import Glibc
import Logging
import ReelRecorder
import ReelStore
import SystemPackage

// Records sessions into a folder, for tests that kill it or leave it no room: FOLDER FIRST COUNT. It prints `flushed ID EVENTS` when
// the store has so many events of a session, `ended ID OUTCOME` when a session has ended, and `done` with what was counted.

func say(_ line: String) { _ = try? FileDescriptor.standardOutput.writeAll(Array("\(line)\n".utf8)) }

let arguments = CommandLine.arguments
guard arguments.count == 4, let first = Int(arguments[2]), let count = Int(arguments[3]) else { exit(64) }
// Standard output is for the tests.
LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
var configuration = RecorderConfiguration()
configuration.policy.flush.events = 7
configuration.policy.flush.interval = .milliseconds(20)
configuration.policy.retry.attempts = 4
configuration.policy.retry.delay = .milliseconds(1)
do {
    let store = try FileStore(FilePath(arguments[1]))
    let recorder = try Recorder(store: store, configuration: configuration)
    let finished = await recorder.recovered()
    say("recovered \(finished.count)")
    let changes = try await store.changes()
    let watching = Task {
        for await change in changes {
            if case .appended(let id, _, let events) = change { say("flushed \(id) \(events)") }
        }
    }
    await withTaskGroup { group in
        for thread in 0..<4 {
            group.addTask {
                for index in stride(from: first + thread, to: first + count, by: 4) {
                    guard let id = RecordingID(validating: "k-\(index)") else { continue }
                    let session = recorder.session(view: "Crash.Live", assigns: ["number": 0], id: id)
                    // So that a session takes a while, and not only a moment.
                    for number in 1...60 {
                        session.event("next", params: ["number": "\(number)"])
                        session.render(changed: ["number": number])
                        if number % 10 == 0 { await Task.yield() }
                    }
                    session.close()
                    say("ended \(id) \(await session.stored())")
                }
            }
        }
    }
    await recorder.shutdown()
    watching.cancel()
    let statistics = recorder.statistics
    say("done recorded=\(statistics.recorded) failed=\(statistics.failed) retries=\(statistics.retries)")
} catch {
    say("error \(error)")
    exit(1)
}
