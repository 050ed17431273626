import ExternalTerm
import Foundation
import PostgresTestServer
import ReelStore
import ReelStoreConformance
import ReelStorePostgres
import Testing

@Suite("The PostgreSQL store and a server that goes away")
struct FaultTests {
    @Test("nothing that was acknowledged is lost when the server crashes in the middle of writes")
    func writes() async throws {
        let server = try PostgresServer()
        let url = try server.newDatabase()
        let store = try await PostgresStore(url)
        let done = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    // Until the server has crashed three times, and some more.
                    for index in 0..<10_000 where await done.value < 3 || index % 50 != 0 {
                        let session = SampleSession("w\(worker)-\(index)", eventsPerMember: 2)
                        try await store.keep(session)
                        if await done.value >= 3, index > 20 { return await done.set("w\(worker)", to: index + 1) }
                    }
                }
            }
            group.addTask {
                for _ in 0..<3 {
                    try server.restart()
                    // It is not a crash in the middle of writes unless something has been written since.
                    let before = try server.sql(url, "SELECT COUNT(*) FROM reel_recordings")
                    while try server.sql(url, "SELECT COUNT(*) FROM reel_recordings") == before {
                        try Task.checkCancellation()
                    }
                    await done.add()
                }
            }
            // When one fails the others need not go on.
            for try await _ in group {}
        }
        for worker in 0..<4 {
            let count = await done.counts["w\(worker)"] ?? 0
            #expect(count > 0)
            let ids = Set(try await store.ids(RecordingQuery(idPrefix: "w\(worker)-", isFinished: true)).map(\.text))
            for index in 0..<count where index % 50 != 0 { #expect(ids.contains("w\(worker)-\(index)")) }
        }
        let session = SampleSession("w0-1", eventsPerMember: 2)
        #expect(try await store.bytes(of: session.id) == session.bytes())
        await store.close()
    }

    @Test("a listing goes on when the server crashes between its pages, and a stream between its pieces")
    func listing() async throws {
        let server = try PostgresServer()
        let store = try await PostgresStore(try server.newDatabase())
        for index in 0..<60 { try await store.keep(SampleSession("l-\(index)", connectedAt: index)) }
        var ids: [String] = []
        for try await recording in store.recordings(RecordingQuery(), pageSize: 10) {
            if ids.count % 20 == 5 { try server.restart() }
            ids.append(recording.id.text)
        }
        #expect(ids == (0..<60).reversed().map { "l-\($0)" })
        var session = SampleSession("large", eventsPerMember: 1, level: 0)
        session.events = (0..<6).map {
            ($0, "event", .map(["data": .binary([UInt8](repeating: UInt8($0), count: 300_000))]))
        }
        try await store.keep(session)
        var bytes: [UInt8] = []
        let content = try await store.open(session.id)
        for try await piece in content.pieces(upTo: 600_000) {
            try server.restart()
            bytes += piece
        }
        #expect(try bytes == session.bytes())
        await store.close()
    }

    @Test("who listens is told that something was missed, and hears what comes after")
    func listening() async throws {
        let server = try PostgresServer()
        let url = try server.newDatabase()
        let writer = try await PostgresStore(url)
        let dashboard = try await PostgresStore(url)
        let changes = try await dashboard.changes()
        var heard = changes.makeAsyncIterator()
        let first = try await writer.put(try SampleSession("a").bytes(), as: RecordingID("a"))
        #expect(await heard.next() == .appended(first.id, byteCount: first.byteCount, eventCount: 9))
        #expect(await heard.next() == .finished(first.id))
        try server.restart()
        #expect(await heard.next() == .unknown)
        let second = try await writer.put(try SampleSession("b").bytes(), as: RecordingID("b"))
        #expect(await heard.next() == .appended(second.id, byteCount: second.byteCount, eventCount: 9))
        await writer.close()
        await dashboard.close()
    }

    @Test("a server that stays away is reported in time")
    func away() async throws {
        let server = try PostgresServer()
        let options = PostgresStore.Options(patience: .milliseconds(300))
        let store = try await PostgresStore(try server.newDatabase(), options: options)
        try server.crash()
        await #expect { try await store.page() } throws: { ($0 as? StoreError)?.kind == .unavailable }
        await #expect {
            try await store.put(try SampleSession("a").bytes(), as: RecordingID("a"))
        } throws: { ($0 as? StoreError)?.kind == .unavailable }
        try server.start()
        try await store.put(try SampleSession("a").bytes(), as: RecordingID("a"))
        await store.close()
    }
}

/// What several tasks tell each other.
actor Counter {
    private(set) var value = 0
    private(set) var counts: [String: Int] = [:]

    func add() { value += 1 }
    func set(_ name: String, to count: Int) { counts[name] = count }
}
