import ExternalTerm
import Reel
import ReelStore

extension StoreConformance {
    static let changes: [Check] = [
        Check("who listens hears what happens to recordings, in order") { stores in
            let store = try await stores.open()
            try await expectChanges(heardBy: store, from: store)
        },
        Check("who listens hears what another process does, in order") { stores in
            let listener = try await stores.open()
            let other = try await stores.open()
            // What has happened before is not told.
            try await other.keep(SampleSession("before"))
            try await expectChanges(heardBy: listener, from: other)
        },
        Check("of what several do at once each change is heard once, and each recording's in order") { stores in
            let open = [try await stores.open(), try await stores.open(), try await stores.open()]
            let sessions = (0..<24).map { SampleSession("c-\($0)", eventsPerMember: 2) }
            var heard: [[RecordingID: [RecordingChange]]] = []
            let changes = [try await open[0].changes(), try await open[0].changes(), try await open[2].changes()]
            try await withThrowingTaskGroup(of: [RecordingID: [RecordingChange]].self) { group in
                for stream in changes {
                    group.addTask {
                        var heard: [RecordingID: [RecordingChange]] = [:]
                        var deleted = 0
                        for await change in stream {
                            guard let id = change.id else { continue }
                            heard[id, default: []].append(change)
                            if case .deleted = change { deleted += 1 }
                            if deleted == sessions.count { break }
                        }
                        return heard
                    }
                }
                try await withThrowingTaskGroup(of: Void.self) { writers in
                    for (index, session) in sessions.enumerated() {
                        writers.addTask {
                            try await open[index % 2].keep(session)
                            try await open[(index + 1) % 2].delete(session.id)
                        }
                    }
                    try await writers.waitForAll()
                }
                for try await one in group { heard.append(one) }
            }
            for session in sessions {
                let pieces = try session.pieces().map(\.count)
                for one in heard {
                    try expect(one[session.id] ?? [], is: session.changes(pieces) + [.deleted(session.id)])
                }
            }
        },
        Check("who listens is told that everything may have changed when the store is cleared") { stores in
            let listener = try await stores.open()
            let other = try await stores.open()
            try await other.keep(SampleSession("a"))
            var changes = try await listener.changes().makeAsyncIterator()
            try await other.clear()
            try expect(await changes.next(), is: .unknown)
            let bytes = try SampleSession("b").bytes()
            try await other.put(bytes, as: try RecordingID("b"))
            try expect(
                await changes.next(), is: .appended(try RecordingID("b"), byteCount: bytes.count, eventCount: 9))
        },
    ]

    /// Checks that who listens to one store hears all that a session's life in another one comes to.
    private static func expectChanges(
        heardBy listener: any RecordingStore, from store: any RecordingStore
    ) async throws {
        let changes = try await listener.changes()
        let session = SampleSession("s-1", eventsPerMember: 4)
        try await store.keep(session)
        let smaller = try SampleSession("s-1").bytes()
        try await store.replace(session.id, with: smaller, ifByteCount: try session.bytes().count)
        try await store.delete(session.id)
        let expected =
            session.changes(try session.pieces().map(\.count)) + [
                .replaced(session.id, byteCount: smaller.count), .deleted(session.id),
            ]
        var heard: [RecordingChange] = []
        for await change in changes {
            heard.append(change)
            if heard.count == expected.count { break }
        }
        try expect(heard, is: expected)
    }
}

extension SampleSession {
    /// What is heard of the session when it is kept in pieces of these sizes.
    fileprivate func changes(_ byteCounts: [Int]) -> [RecordingChange] {
        var byteCount = 0
        return byteCounts.enumerated().map { index, count in
            byteCount += count
            return .appended(
                id, byteCount: byteCount, eventCount: min((index + 1) * eventsPerMember, events.count))
        } + [.finished(id)]
    }
}

extension RecordingChange {
    fileprivate var id: RecordingID? {
        switch self {
        case .appended(let id, _, _), .finished(let id), .replaced(let id, _), .deleted(let id): id
        case .unknown: nil
        }
    }
}
