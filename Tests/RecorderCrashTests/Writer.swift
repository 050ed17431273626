import Foundation

/// The program that records sessions, while it runs.
final class Writer {
    private let process = Process()
    private let output = Pipe()
    private var pending: [UInt8] = []

    /// - Parameters:
    ///   - fileByteCount: how large a file may get for it, if that is limited.
    ///   - isUser: whether it runs as a user that may write only what everybody may.
    init(_ folder: String, first: Int, count: Int, fileByteCount: Int = 0, isUser: Bool = false) throws {
        let tests = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
        let program = tests.deletingLastPathComponent().appending(path: "recorder-crash-writer").path
        // The threads that tests run on block signals, and a process inherits that.
        let starting = """
            import os, resource, signal, sys
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            limit = int(sys.argv[1])
            if limit > 0: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            if sys.argv[2] == 'True' and os.getuid() == 0: os.setuid(65534)
            os.execv(sys.argv[3], sys.argv[3:])
            """
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c", starting, "\(fileByteCount)", isUser ? "True" : "False", program, folder, "\(first)",
            "\(count)",
        ]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    deinit { if process.isRunning { kill() } }

    /// Ends the program as nothing that it could prepare for.
    func kill() { Glibc.kill(process.processIdentifier, SIGKILL) }

    /// Waits until the program is gone, however it ended.
    func wait() { process.waitUntilExit() }

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

/// Numbers that look random and come from a seed.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
