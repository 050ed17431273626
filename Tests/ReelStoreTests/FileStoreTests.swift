import Foundation
import ReelStore
import ReelStoreConformance
import SystemPackage
import Testing

@Suite("The file store")
struct FileStoreTests {
    @Test("the store behaves like every other", arguments: StoreConformance.checks)
    func conformance(_ check: StoreConformance.Check) async throws {
        try await inFolder { folder in
            try await check.run(size: .fromEnvironment) { try FileStore(folder.appending("store")) }
        }
    }

    @Test("the store behaves like every other without waiting for the disk", arguments: StoreConformance.checks)
    func conformanceUnsynced(_ check: StoreConformance.Check) async throws {
        try await inFolder { folder in
            try await check.run(size: ConformanceSize(recordings: 100, largeByteCount: 1 << 20)) {
                try FileStore(folder.appending("store"), syncs: false)
            }
        }
    }
}
