import Dispatch
import ExternalTerm
import Foundation
import Reel
import ReelRecorder
import ReelStore
import SystemPackage

/// Records many sessions of 400 events at the same time, then reads all of them back.
struct SessionsBenchmark {
    let folder: String
    let sessions: Int
    let seconds: Int

    static let events = 400
    static let threads = 4

    func run() async throws {
        var configuration = RecorderConfiguration()
        configuration.memoryByteCount = 256 << 20
        let store = try FileStore(FilePath(folder))
        let recorder = try Recorder(store: store, configuration: configuration)
        let idle = residentByteCount()
        let ids = (0..<sessions).map { RecordingID(validating: "session-\($0)") ?? .random() }
        let started = ContinuousClock.now
        let running = ids.map { recorder.session(view: "Bench.Live", url: "/form", assigns: ["step": 0], id: $0) }
        let latencies = await record(running)
        let recorded = ContinuousClock.now
        for session in running { session.close() }
        await recorder.shutdown(graceTime: .seconds(3_600))
        let done = ContinuousClock.now
        let statistics = recorder.statistics
        let peak = peakByteCount()
        print("sessions                   \(sessions) of \(SessionsBenchmark.events) events, over \(seconds) s")
        print("recorded, then stored in   \(recorded - started), \(done - recorded) more")
        let ordered = try await verified(ids, in: store)
        let events = sessions * (SessionsBenchmark.events + 1)
        print("stored, in order           \(ordered) sessions, \(statistics.recorded) of \(events) events")
        print("dropped, discarded, failed \(statistics.dropped) \(statistics.discarded) \(statistics.failed)")
        print("memory of sessions, peak   \(mebibytes(statistics.memoryPeakByteCount))")
        print("memory, the bound          \(mebibytes(configuration.memoryByteCount))")
        print("resident, peak             \(mebibytes(peak)), \(mebibytes(idle)) before the sessions")
        let sorted = latencies.sorted()
        let share = { (share: Double) in sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] }
        print("append, median             \(share(0.5)) ns")
        print("append, 99.9 %             \(share(0.999)) ns")
        print("append, maximum            \(sorted.last ?? 0) ns")
        guard ordered == sessions, statistics.recorded == events else { throw BenchmarkError("not all was stored") }
    }

    /// Records the events of all sessions, round after round, and gives the time that each took, in nanoseconds.
    private func record(_ sessions: [Session]) async -> [UInt32] {
        let start = DispatchTime.now().uptimeNanoseconds
        let pace = UInt64(seconds) * 1_000_000_000 / UInt64(SessionsBenchmark.events)
        return await withTaskGroup(of: [UInt32].self) { group in
            for thread in 0..<SessionsBenchmark.threads {
                let mine = stride(from: thread, to: sessions.count, by: SessionsBenchmark.threads).map { sessions[$0] }
                group.addTask {
                    var latencies: [UInt32] = []
                    latencies.reserveCapacity(mine.count * SessionsBenchmark.events)
                    for number in 0..<SessionsBenchmark.events {
                        let due = start + UInt64(number) * pace
                        let now = DispatchTime.now().uptimeNanoseconds
                        if now < due { try? await Task.sleep(for: .nanoseconds(due - now)) }
                        let count = "\(number)"
                        for session in mine {
                            let before = DispatchTime.now().uptimeNanoseconds
                            if number % 2 == 0 {
                                session.event(
                                    "validate",
                                    params: [
                                        "city": "Rotterdam", "email": "ann@example.com", "number": count,
                                        "note": "please ring the bell", "street": "Coolsingel 40",
                                    ])
                            } else {
                                session.render(changed: .map(["step": .integer(number)]))
                            }
                            latencies.append(UInt32(clamping: DispatchTime.now().uptimeNanoseconds - before))
                        }
                    }
                    return latencies
                }
            }
            var all: [UInt32] = []
            for await latencies in group { all += latencies }
            return all
        }
    }

    /// How many sessions are in the store whole, with their events in order.
    private func verified(_ ids: [RecordingID], in store: FileStore) async throws -> Int {
        var count = 0
        for id in ids {
            let content = try await store.open(id)
            let file = try RecordingFile(content)
            var isSound = file.layout == .finished
            var numbers: [Int] = []
            try file.forEachEvent { (event) throws(ReelError) in
                guard let payload = try? event.payload else { return false }
                if let number = payload[atom: "params"]?[.string("number")]?.text.flatMap({ Int($0) }) {
                    numbers.append(number)
                } else if event.kind == "render", let number = payload[atom: "assigns"]?[atom: "step"]?.integer {
                    numbers.append(number)
                }
                return true
            }
            isSound = isSound && numbers == Array(0..<SessionsBenchmark.events)
            if isSound { count += 1 }
        }
        return count
    }
}

/// How many bytes of memory the process has, or has had at the most.
func residentByteCount() -> Int { status("VmRSS") }
func peakByteCount() -> Int { status("VmHWM") }

private func status(_ name: String) -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return (line?.split(separator: " ").dropLast().last.flatMap { Int($0) } ?? 0) << 10
}

func mebibytes(_ byteCount: Int) -> String { String(format: "%.1f MiB", Double(byteCount) / 1_048_576) }
