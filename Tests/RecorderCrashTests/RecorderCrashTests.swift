import ExternalTerm
import Foundation
import Reel
import ReelRecorder
import ReelStore
import SystemPackage
import TestPrograms
import Testing

/// What the program said while it ran.
private struct Said {
    /// How many events of each session the store had.
    var flushed: [String: Int] = [:]
    /// The sessions that had been stored to their end.
    var stored: Set<String> = []
    var failed: Set<String> = []
    var done: String?
    var recovered = 0

    mutating func note(_ line: String) {
        let words = line.split(separator: " ").map(String.init)
        switch words.first {
        case "flushed" where words.count == 3:
            flushed[words[1]] = max(flushed[words[1]] ?? 0, Int(words[2]) ?? 0)
        case "ended" where words.count >= 3:
            if words[2].hasPrefix("stored") { stored.insert(words[1]) } else { failed.insert(words[1]) }
        case "recovered" where words.count == 2: recovered += Int(words[1]) ?? 0
        case "done", "error": done = line
        default: break
        }
    }
}

extension RecorderConfiguration {
    /// The default, with more time to shut down than any machine needs.
    fileprivate static var patient: RecorderConfiguration {
        var configuration = RecorderConfiguration()
        configuration.graceTime = .seconds(3_600)
        return configuration
    }
}

@Suite("What has been stored is there, whatever happens to the process that records")
struct RecorderCrashTests {
    /// How often the program is killed: `CRASHES=200` for the whole of it.
    static let runs = ProcessInfo.processInfo.environment["CRASHES"].flatMap { Int($0) } ?? 20
    static let seed = ProcessInfo.processInfo.environment["SEED"].flatMap { UInt64($0) } ?? .random(in: 1...9_999)

    @Test("killed at any moment")
    func killed() async throws {
        print("\(RecorderCrashTests.runs) runs, seed \(RecorderCrashTests.seed)")
        try await inFolder { folder in
            var random = SeededNumbers(seed: RecorderCrashTests.seed)
            var said = Said()
            for run in 0..<RecorderCrashTests.runs {
                let writer = try RunningProgram.writer(folder, first: run * 1_000, count: 1_000)
                // The program is somewhere in what follows the last of these lines when it is killed.
                for _ in 0..<Int.random(in: 1...200, using: &random) {
                    guard let line = writer.line() else { break }
                    said.note(line)
                }
                writer.signal(SIGKILL)
                while let line = writer.line() { said.note(line) }
                _ = writer.wait()
            }
            let store = try FileStore(FilePath(folder))
            let recorder = try Recorder(store: store, configuration: .patient)
            said.recovered += await recorder.recovered().count
            #expect(said.recovered > 0)
            #expect(said.failed.isEmpty)
            // Compacted ones too.
            await recorder.shutdown()
            var listed: Set<String> = []
            for try await recording in store.recordings() {
                #expect(listed.insert(recording.id.text).inserted)
                try await check(recording, in: store, said)
            }
            #expect(!listed.isEmpty)
            for id in said.flushed.keys { #expect(listed.contains(id), "\(id) is lost") }
            for id in said.stored { #expect(listed.contains(id), "\(id) is lost") }
        }
    }

    @Test("on a disk that is full: reported, tried again, and nothing is damaged")
    func fullDisk() async throws {
        try await inFolder { folder in
            // No file may grow beyond this: a session's is larger when it ends, even in its smallest form.
            let writer = try RunningProgram.writer(folder, first: 0, count: 8, fileByteCount: 500)
            var said = Said()
            while let line = writer.line() { said.note(line) }
            _ = writer.wait()
            #expect(said.failed.count == 8)
            #expect(said.done?.contains("failed=[ReelRecorder.FailureReason.storing: 8]") == true, "\(said.done ?? "")")
            #expect(said.done?.contains("retries=32") == true, "\(said.done ?? "")")
            // There is room again: the next start finishes them.
            let store = try FileStore(FilePath(folder))
            let recorder = try Recorder(store: store, configuration: .patient)
            #expect(await recorder.recovered().count == said.flushed.count)
            await recorder.shutdown()
            for try await recording in store.recordings() { try await check(recording, in: store, said) }
        }
    }

    @Test("in a folder that may only be read: reported, and the program is unharmed")
    func readOnly() async throws {
        try await inFolder { folder in
            let store = try FileStore(FilePath(folder))
            await store.close()
            // Everybody may look, nobody but the owner may write.
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
            let writer = try RunningProgram.writer(folder, first: 0, count: 4, isUser: true)
            var said = Said()
            while let line = writer.line() { said.note(line) }
            _ = writer.wait()
            #expect(said.failed.count == 4)
            #expect(said.done?.contains("failed=[ReelRecorder.FailureReason.storing: 4]") == true, "\(said.done ?? "")")
        }
    }

    /// Checks that a recording is whole, sound, in order, and has at least what was said of it.
    private func check(_ recording: StoredRecording, in store: FileStore, _ said: Said) async throws {
        let id = recording.id.text
        #expect(recording.isFinished, "\(id)")
        #expect(recording.damage == nil)
        let content = try await store.open(recording.id)
        let bytes = try await content.bytes(0..<content.byteCount)
        #expect(Validation.findings(in: MemorySource(bytes)).isEmpty, "\(id)")
        let file = try RecordingFile(MemorySource(bytes))
        let count = try file.eventCount
        #expect(count >= said.flushed[id] ?? 0, "\(id)")
        if said.stored.contains(id) {
            #expect(count == 121)
            #expect(recording.summary.reason == .closed)
        } else {
            #expect(recording.summary.reason == .interrupted || count == 121)
        }
        // mount, then an event and a render in turns, each with its number.
        var numbers: [Int] = []
        try file.forEachEvent { (event) throws(ReelError) in
            if let payload = try? event.payload {
                let number =
                    payload[atom: "params"]?[.string("number")]?.text.flatMap { Int($0) }
                    ?? payload[atom: "assigns"]?[atom: "number"]?.integer
                numbers.append(number ?? -1)
            }
            return true
        }
        #expect(numbers == (0..<count).map { ($0 + 1) / 2 }, "\(id)")
    }
}
