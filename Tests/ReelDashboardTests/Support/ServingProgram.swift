import Foundation
import Synchronization
import TestPrograms

/// A program of ours that serves until it is told to stop.
final class ServingProgram: Sendable {
    private let program: RunningProgram
    private let talk: URL
    /// The lines that it has written, as they come.
    private let lines: AsyncStream<String>

    /// Starts a program that has been built with the tests.
    init(_ name: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        talk = FileManager.default.temporaryDirectory.appending(path: "reel-talk-\(UUID().uuidString)")
        try Data().write(to: talk)
        program = try RunningProgram(
            Program.built(name), arguments, environment: environment, output: .pipe,
            talk: .file(FileHandle(forWritingTo: talk)))
        let (lines, continuation) = AsyncStream<String>.makeStream()
        self.lines = lines
        let pending = Mutex<[UInt8]>([])
        program.output.readabilityHandler = { handle in
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
    }

    deinit { try? FileManager.default.removeItem(at: talk) }

    /// The next line that it writes, or nil when it has ended.
    func nextLine() async -> String? { await lines.first { _ in true } }

    /// What it has said on standard error.
    var said: String { (try? String(contentsOf: talk, encoding: .utf8)) ?? "" }

    /// How much memory it has, in bytes.
    var residentByteCount: Int {
        let fields =
            (try? String(contentsOfFile: "/proc/\(program.id)/statm", encoding: .utf8))?
            .split(separator: " ") ?? []
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4_096 : 0
    }

    /// Tells it to stop, as a system does, and waits for its status.
    func stop() -> CInt {
        program.signal(SIGTERM)
        return status()
    }

    /// Waits for its end, and returns its status.
    func status() -> CInt { program.wait() }
}
