import ExternalTerm
import Foundation
import Logging
import Metrics
import MetricsTestKit
import Reel
import ReelRecorder
import ReelStore
import SystemPackage
import Testing

// `Metrics` has one as well.
typealias Recorder = ReelRecorder.Recorder

/// Calls `body` with a folder that is gone afterwards.
func inFolder<Result>(_ body: (FilePath) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "reel-recorder-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(FilePath(folder.path))
}

/// A recorder with a folder of its own, and what it has counted.
struct Recording: Sendable {
    let store: FileStore
    let recorder: Recorder
    let metrics = TestMetrics()
    let folder: FilePath

    init(
        in folder: FilePath, _ configuration: RecorderConfiguration = .with { _ in },
        sanitizer: any Sanitizer = DefaultSanitizer()
    ) throws {
        self.folder = folder
        store = try FileStore(folder)
        recorder = try Recorder(store: store, configuration: configuration, sanitizer: sanitizer, metrics: metrics)
    }

    /// The bytes of a recording as it is in the store.
    func content(_ id: RecordingID) async throws -> MemorySource {
        let content = try await store.open(id)
        return MemorySource(try await content.bytes(0..<content.byteCount))
    }

    /// The events of a recording as it is in the store.
    func events(_ id: RecordingID) async throws -> [Event] { try RecordingFile(try await content(id)).allEvents() }

    /// Waits until the store says of a recording what is asked for.
    func wait(for id: RecordingID, until isReached: @Sendable (StoredRecording) -> Bool) async throws -> StoredRecording
    {
        let changes = try await store.changes()
        if let recording = try await store.recording(id), isReached(recording) { return recording }
        for await _ in changes {
            if let recording = try await store.recording(id), isReached(recording) { return recording }
        }
        throw StoreError(.notFound, "the store was closed")
    }
}

extension RecordingFile {
    func allEvents() throws -> [Event] {
        var events: [Event] = []
        try forEachEvent { event in
            events.append(event)
            return true
        }
        return events
    }
}

extension Recorder {
    /// A session that a policy would keep, because somebody did something.
    func busySession(id: RecordingID = .random(), policy: RecordingPolicy? = nil) -> Session {
        let session = session(view: "Test.Live", url: "/", id: id, policy: policy)
        session.event("start")
        return session
    }
}

extension RecorderConfiguration {
    /// The default with changes, and with more time to shut down than any machine needs.
    static func with(_ change: (inout RecorderConfiguration) -> Void) -> RecorderConfiguration {
        var configuration = RecorderConfiguration()
        configuration.graceTime = .seconds(3_600)
        change(&configuration)
        return configuration
    }
}

extension Event {
    /// The payload, or nothing when there is none that can be decoded.
    var content: Term { (try? payload) ?? .nil }
}
