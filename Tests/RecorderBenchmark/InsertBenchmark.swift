import ExternalTerm
import Foundation
import ReelRecorder
import ReelStore
import SystemPackage

/// Measures what recording an event takes, beside what inserting it into a table takes on a BEAM: with one thread or process,
/// and with four.
struct InsertBenchmark {
    let escript: String
    let rounds: Int

    /// As many as a recording may have, with the mount.
    static let events = 9_999
    static let name = "validate"
    /// The parameters of an event of five strings, its name included, and of one of eleven.
    static let params: [[(String, String)]] = [
        [("email", "ann@example.com"), ("note", "please ring the bell")],
        [
            ("email", "ann@example.com"), ("note", "please ring the bell"), ("city", "Rotterdam"),
            ("phone", "+31 10 267 1625"), ("street", "Coolsingel 40"),
        ],
    ]

    func run() async throws {
        print("nanoseconds an event, \(rounds) rounds of \(InsertBenchmark.events) events: least, median")
        for params in InsertBenchmark.params {
            for threads in [1, 4] { try await compare(params, threads) }
        }
    }

    private func compare(_ params: [(String, String)], _ threads: Int) async throws {
        var beam: [Double] = []
        var ours: [Double] = []
        var flushed: [Double] = []
        // In turns, so that whatever else the machine does meets all of them.
        for _ in 0..<rounds {
            beam += try inserted(params.count, by: threads)
            ours += try await recorded(params, by: threads, isFlushed: false)
            flushed += try await recorded(params, by: threads, isFlushed: true)
        }
        let word = "\(1 + params.count * 2) strings, \(threads == 1 ? "1 thread" : "\(threads) threads")"
        show("\(word): ets:insert", beam)
        show("\(word): Session.event", ours)
        show("\(word): Session.event, stored meanwhile", flushed)
        print("    times as fast: \(text(least(beam) / least(ours)))  \(text(median(beam) / median(ours)))")
    }

    /// What `ets:insert` takes, as a BEAM measures it.
    private func inserted(_ params: Int, by processes: Int) throws -> [Double] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["escript", escript, "\(InsertBenchmark.events)", "1", "\(processes)", "\(params)"]
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        return lines.compactMap { Double($0) }
    }

    /// What an event takes, each thread recording a session of its own; the mean of the threads.
    private func recorded(
        _ params: [(String, String)], by threads: Int, isFlushed: Bool
    ) async throws -> [Double] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reel-bench-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = RecorderConfiguration()
        configuration.level = 1
        if !isFlushed {
            // A BEAM's table keeps all as well.
            configuration.policy.flush.events = .max
            configuration.policy.flush.bytes = 32 << 20
            configuration.policy.flush.interval = .seconds(3_600)
        }
        let recorder = try Recorder(store: try FileStore(FilePath(folder.path)), configuration: configuration)
        let sessions = (0..<threads).map { _ in recorder.session(view: "Bench.Live") }
        let gate = DispatchSemaphore(value: 0)
        let times = Times()
        let running = DispatchGroup()
        for session in sessions {
            running.enter()
            Thread.detachNewThread {
                // As a handler gets them: strings that something has read, not what stands in the program.
                let name = InsertBenchmark.copy(InsertBenchmark.name)
                let params = Dictionary(
                    uniqueKeysWithValues: params.map {
                        (InsertBenchmark.copy($0.0), InsertBenchmark.copy($0.1))
                    })
                gate.wait()
                let start = DispatchTime.now().uptimeNanoseconds
                for _ in 0..<InsertBenchmark.events { session.event(name, params: params) }
                let end = DispatchTime.now().uptimeNanoseconds
                times.add(Double(end - start) / Double(InsertBenchmark.events))
                running.leave()
            }
        }
        for _ in sessions { gate.signal() }
        await withCheckedContinuation { continuation in running.notify(queue: .global()) { continuation.resume() } }
        let statistics = recorder.statistics
        guard statistics.dropped.isEmpty else { throw BenchmarkError("events were dropped: \(statistics.dropped)") }
        await recorder.shutdown(graceTime: .seconds(60))
        guard recorder.statistics.recorded == threads * (InsertBenchmark.events + 1) else {
            throw BenchmarkError("not all events were stored: \(recorder.statistics)")
        }
        return [times.mean]
    }

    private static func copy(_ text: String) -> String { String(decoding: Array(text.utf8), as: UTF8.self) }

    private func show(_ name: String, _ values: [Double]) {
        print(
            "\(name.padding(toLength: 56, withPad: " ", startingAt: 0))\(text(least(values)))  \(text(median(values)))")
    }
}

struct BenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Numbers that several threads add.
private final class Times: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [Double] = []

    func add(_ value: Double) { lock.withLock { values.append(value) } }

    var mean: Double { lock.withLock { values.reduce(0, +) / Double(values.count) } }
}

func least(_ values: [Double]) -> Double { values.min() ?? .nan }
func median(_ values: [Double]) -> Double { values.isEmpty ? .nan : values.sorted()[values.count / 2] }
func text(_ value: Double) -> String { String(format: "%.1f", value) }
