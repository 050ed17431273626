import Foundation
import ReelStore
import TestPrograms

extension RunningProgram {
    /// Starts the program that writes sessions.
    ///
    /// - Parameter fileKilobytes: how large a file may get for it, if that is limited.
    static func writer(
        _ location: StoreLocation, first: Int, count: Int, fileKilobytes: Double? = nil
    ) throws -> RunningProgram {
        let starting = """
            import os, resource, signal, sys
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            limit = int(sys.argv[1])
            if limit > 0: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            os.execv(sys.argv[2], sys.argv[2:])
            """
        return try RunningProgram(
            "python3",
            [
                "-c", starting, "\(Int((fileKilobytes ?? 0) * 1_024))", Program.built("store-crash-writer"),
                "\(location)", "\(first)", "\(count)",
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
