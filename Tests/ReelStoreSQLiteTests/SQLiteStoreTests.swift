import Foundation
import GRDB
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

    @Test("a database of something else is left as it is, and nothing is made beside it", arguments: [true, false])
    func foreign(isLogged: Bool) async throws {
        try await inFolder { folder in
            let path = folder + "/app.db"
            let queue = try isLogged ? DatabasePool(path: path) : DatabaseQueue(path: path) as any DatabaseWriter
            try await queue.write { try $0.execute(sql: "CREATE TABLE users (id INTEGER)") }
            try queue.close()
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            let bytes = try Data(contentsOf: URL(filePath: path))
            for createsFile in [true, false] {
                #expect(throws: StoreError.self) { try SQLiteStore(path, createsFile: createsFile) }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == names)
            #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
            try Data("text".utf8).write(to: URL(filePath: folder + "/notes.txt"))
            #expect(throws: StoreError.self) { try SQLiteStore(folder + "/notes.txt") }
            try Data().write(to: URL(filePath: folder + "/empty.db"))
            #expect(throws: StoreError.self) { try SQLiteStore(folder + "/empty.db", createsFile: false) }
            let store = try SQLiteStore(folder + "/empty.db")
            try await store.keep(SampleSession("a"))
            await store.close()
            let again = try SQLiteStore(folder + "/empty.db", createsFile: false)
            #expect(try await again.recording(RecordingID("a")) != nil)
            await again.close()
        }
    }

    @Test("the old form of a replaced recording is gone after a while, and at once when the recording is deleted")
    func replaced() async throws {
        try await inFolder { folder in
            let store = try SQLiteStore(folder + "/replays.db")
            for name in ["a", "b", "c"] {
                let session = SampleSession(name, eventsPerMember: 1)
                try await store.keep(session)
                let smaller = try SampleSession(name).bytes()
                try await store.replace(session.id, with: smaller, ifByteCount: try session.bytes().count)
            }
            let other = try DatabaseQueue(path: folder + "/replays.db")
            func partCounts() throws -> [Int] {
                try other.read { db in
                    try ["reel_parts", "reel_replaced"].compactMap {
                        try Int.fetchOne(db, sql: "SELECT COUNT(DISTINCT recording) FROM \($0)")
                    }
                }
            }
            #expect(try partCounts() == [6, 3])
            #expect(try await store.delete(RecordingID("a")))
            #expect(try partCounts() == [4, 2])
            try await other.write {
                try $0.execute(sql: "UPDATE reel_replaced SET replaced_at = replaced_at - 660000 WHERE id = 'b'")
            }
            #expect(try await store.delete(RecordingID("nobody")) == false)
            #expect(try partCounts() == [3, 1])
            #expect(try await store.bytes(of: RecordingID("b")) == SampleSession("b").bytes())
            try await store.clear()
            #expect(try partCounts() == [0, 0])
            await store.close()
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
