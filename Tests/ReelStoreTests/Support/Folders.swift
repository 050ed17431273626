import Foundation
import ReelStoreConformance
import SystemPackage

/// Calls `body` with a folder that is gone afterwards.
func inFolder<Result>(_ body: (FilePath) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "reel-store-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(FilePath(folder.path))
}

extension ConformanceSize {
    /// Small unless `REEL_TEST_SIZE=full`.
    static var fromEnvironment: ConformanceSize {
        ProcessInfo.processInfo.environment["REEL_TEST_SIZE"] == "full" ? .full : .small
    }
}
