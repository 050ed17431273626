import Foundation
import ReelStore
import ReelStoreConformance
import ReelStoreSQLite
import Testing

@Suite("The SQLite store")
struct SQLiteStoreTests {
    @Test("the store behaves like every other", arguments: StoreConformance.checks)
    func conformance(_ check: StoreConformance.Check) async throws {
        let isFull = ProcessInfo.processInfo.environment["REEL_TEST_SIZE"] == "full"
        try await inFolder { folder in
            try await check.run(size: isFull ? .full : .small) { try SQLiteStore(folder + "/replays.db") }
        }
    }
}

/// Calls `body` with a folder that is gone afterwards.
func inFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "reel-sqlite-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}
