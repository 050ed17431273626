import Foundation
import PostgresTestServer
import ReelStore
import ReelStoreConformance
import ReelStorePostgres
import Testing

@Suite("The PostgreSQL store")
struct PostgresStoreTests {
    @Test("the store behaves like every other", arguments: StoreConformance.checks)
    func conformance(_ check: StoreConformance.Check) async throws {
        let isFull = ProcessInfo.processInfo.environment["REEL_TEST_SIZE"] == "full"
        let url = try PostgresServer.shared.get().newDatabase()
        try await check.run(size: isFull ? .full : .small) { try await PostgresStore(url) }
    }
}
