import Foundation
import ReelStore

/// The program that writes sessions, while it runs.
final class Writer {
    private let process = Process()
    private let output = Pipe()
    private var pending: [UInt8] = []

    /// - Parameter fileKilobytes: how large a file may get for it, if that is limited.
    init(_ location: StoreLocation, first: Int, count: Int, fileKilobytes: Double? = nil) throws {
        let tests = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
        let program = tests.deletingLastPathComponent().appending(path: "store-crash-writer").path
        let arguments = [program, "\(location)", "\(first)", "\(count)"]
        // The threads that tests run on block signals, and a process inherits that.
        let starting = """
            import os, resource, signal, sys
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            limit = int(sys.argv[1])
            if limit > 0: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            os.execv(sys.argv[2], sys.argv[2:])
            """
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", starting, "\(Int((fileKilobytes ?? 0) * 1_024))"] + arguments
        process.standardOutput = output
        try process.run()
    }

    deinit { if process.isRunning { kill() } }

    /// Ends the program as nothing that it could prepare for.
    func kill() { Glibc.kill(process.processIdentifier, SIGKILL) }

    /// The next line that it prints, or nil at its end.
    func line() -> String? {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                defer { pending.removeSubrange(...end) }
                return String(decoding: pending[..<end], as: UTF8.self)
            }
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { return nil }
            pending += data
        }
    }
}

/// Calls `body` with a folder that is gone afterwards.
func inFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "reel-crash-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}
