import Glibc
import ReelStore
import ReelStoreConformance
import ReelStorePostgres
import ReelStoreSQLite
import SystemPackage

// Writes sessions into a store, piece by piece, for tests that kill it: LOCATION FIRST COUNT. After each piece that the store has
// acknowledged it prints the session, how many bytes it has, and whether it is finished. What is finished is replaced by a smaller
// form of itself.

func open(_ location: StoreLocation) async throws -> any RecordingStore {
    switch location {
    case .folder(let path): try FileStore(FilePath(path))
    case .sqlite(let path): try SQLiteStore(path)
    case .postgres(let url): try await PostgresStore(url)
    case .phoenixReplay(let url): try await PhoenixReplayStore(url)
    }
}

func say(_ line: String) throws { try FileDescriptor.standardOutput.writeAll(Array("\(line)\n".utf8)) }

let arguments = CommandLine.arguments
guard arguments.count == 4, let first = Int(arguments[2]), let count = Int(arguments[3]) else { exit(64) }
do {
    let store = try await open(try StoreLocation(arguments[1]))
    for index in first..<first + count {
        let session = SampleSession("k-\(index)", eventsPerMember: 3)
        var offset = 0
        for piece in try session.pieces() {
            let recording = try await store.append(piece, to: session.id, at: offset)
            offset += piece.count
            try say("\(session.id) \(offset) \(recording.isFinished)")
        }
        // The same in fewer members.
        let smaller = try SampleSession(session.id.text).bytes()
        try await store.replace(session.id, with: smaller, ifByteCount: offset)
        try say("\(session.id) \(smaller.count) true")
    }
    try say("done")
} catch let error as StoreError {
    try say("error \(error.kind.rawValue)")
}
