import Foundation
import Logging
import ReelRetention
import ReelStore
import ReelStoreConformance
import ServiceLifecycle
import SystemPackage
import Testing

@Suite("The retention service")
struct RetentionServiceTests {
    @Test("it sweeps at once, and ends on graceful shutdown")
    func sweep() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reel-retention-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try FileStore(FilePath(folder.path))
        for index in 0..<5 { try await store.keep(SampleSession("r-\(index)", connectedAt: index)) }
        try await store.keep(SampleSession("running", connectedAt: 0, isFinished: false))
        let changes = try await store.changes()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let service = RetentionService(
            store, policy: RetentionPolicy(maximumCount: 2), interval: .seconds(3_600), logger: logger)
        let group = ServiceGroup(services: [service], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var deleted: Set<String> = []
            for await change in changes {
                if case .deleted(let id) = change { deleted.insert(id.text) }
                if deleted.count == 3 { break }
            }
            #expect(deleted == ["r-0", "r-1", "r-2"])
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(try await Set(store.ids().map(\.text)) == ["r-3", "r-4", "running"])
    }
}
