import Foundation
import Synchronization

/// A program that stands beside the tests and runs until it is told to stop.
final class RunningProgram: Sendable {
    private let process: Process
    private let talk: URL
    /// The lines that it has written, as they come.
    private let lines: AsyncStream<String>

    /// Starts a program.
    init(_ name: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        let tests = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
        let program = tests.deletingLastPathComponent().appending(path: name).path
        // The threads that tests run on block signals, and a process inherits that.
        let unblocking = """
            import os, signal, sys
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            os.execv(sys.argv[1], sys.argv[1:])
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", unblocking, program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        talk = FileManager.default.temporaryDirectory.appending(path: "reel-talk-\(UUID().uuidString)")
        try Data().write(to: talk)
        process.standardError = try FileHandle(forWritingTo: talk)
        let (lines, continuation) = AsyncStream<String>.makeStream()
        self.lines = lines
        let pending = Mutex<[UInt8]>([])
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            guard !data.isEmpty else {
                handle.readabilityHandler = nil
                return continuation.finish()
            }
            pending.withLock { pending in
                pending += data
                while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                    continuation.yield(String(decoding: pending[..<end], as: UTF8.self))
                    pending.removeSubrange(...end)
                }
            }
        }
        try process.run()
        self.process = process
    }

    deinit {
        if process.isRunning { process.terminate() }
        try? FileManager.default.removeItem(at: talk)
    }

    /// The next line that it writes, or nil when it has ended.
    func nextLine() async -> String? { await lines.first { _ in true } }

    /// What it has said on standard error.
    var said: String { (try? String(contentsOf: talk, encoding: .utf8)) ?? "" }

    /// How much memory it has, in bytes.
    var residentByteCount: Int {
        let fields =
            (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/statm", encoding: .utf8))?
            .split(separator: " ") ?? []
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4_096 : 0
    }

    /// Tells it to stop, as a system does, and waits for its status.
    func stop() -> Int32 {
        process.terminate()
        return status()
    }

    /// Waits for its end, and returns its status.
    func status() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
}
