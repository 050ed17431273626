import Foundation
import TestPrograms

extension RunningProgram {
    /// Starts the program that records sessions.
    ///
    /// - Parameters:
    ///   - fileByteCount: how large a file may get for it, if that is limited.
    ///   - isUser: whether it runs as a user that may write only what everybody may.
    static func writer(
        _ folder: String, first: Int, count: Int, fileByteCount: Int = 0, isUser: Bool = false
    ) throws -> RunningProgram {
        let starting = """
            import os, resource, signal, sys
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            limit = int(sys.argv[1])
            if limit > 0: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            if sys.argv[2] == 'True' and os.getuid() == 0: os.setuid(65534)
            os.execv(sys.argv[3], sys.argv[3:])
            """
        return try RunningProgram(
            "python3",
            [
                "-c", starting, "\(fileByteCount)", isUser ? "True" : "False", Program.built("recorder-crash-writer"),
                folder, "\(first)", "\(count)",
            ],
            output: .pipe)
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
