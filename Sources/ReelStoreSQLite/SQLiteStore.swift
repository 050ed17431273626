import Foundation
import GRDB
public import Reel
public import ReelStore

/// Recordings in a SQLite database: one file that can be copied, queried with SQL, and shared by the processes of a machine.
///
/// The columns have the names that PhoenixReplay's Ecto storage gives them, where it has the same. Readers and a writer do not
/// wait for each other (WAL), and what ``append(_:to:at:)`` has returned from is on the disk.
///
/// ```swift
/// let store = try SQLiteStore("replays.db")
/// let page = try await store.page(RecordingQuery(text: "checkout"))
/// ```
public final class SQLiteStore: RecordingStore {
    private let path: String
    private let pool: DatabasePool
    private let feed = ChangeFeed()
    private let poller: ChangePoller

    /// Opens a database, and brings its tables up to date.
    ///
    /// - Parameter createsFile: whether to make the database when there is none.
    /// - Throws: ``StoreError``, of the kind `notFound` when there is none.
    public init(_ path: String, createsFile: Bool = true) throws(StoreError) {
        self.path = path
        var configuration = Configuration()
        configuration.busyMode = .timeout(30)
        configuration.label = "reel"
        configuration.prepareDatabase { db in
            guard !db.configuration.readonly else { return }
            // Before the first table: then the file shrinks when recordings are deleted.
            try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            // In WAL the default would lose what was acknowledged when the machine stops.
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        do {
            guard createsFile || FileManager.default.fileExists(atPath: path) else {
                throw StoreError(.notFound, "no such database")
            }
            let pool = try DatabasePool(path: path, configuration: configuration)
            try Schema.migrator.migrate(pool)
            self.pool = pool
            let log = ChangeLog(pool)
            poller = ChangePoller(feed) { log.news() }
        } catch {
            throw StoreError(database: error)
        }
    }

    public var location: StoreLocation { .sqlite(path) }

    // MARK: Writing

    @discardableResult
    public func append(
        _ members: [UInt8], to id: RecordingID, at offset: Int
    ) async throws(StoreError) -> StoredRecording {
        // Somebody may append between the look and the write; then it is looked at again.
        while true {
            let state = try await reading { try Rows.state(of: id, in: $0) }
            let decision = try AppendDecision(members, to: id, at: offset, state: state, now: WallClock.now)
            switch decision {
            case .compare(let state):
                let range = offset..<offset + members.count
                let there = try await reading { try Rows.bytes(range, of: state.key, id, in: $0) }
                guard there == members else {
                    throw .conflict(
                        id, at: offset, has: state.recording.byteCount, finished: state.recording.isFinished)
                }
                return state.recording
            case .write(let recording, let hasFinish):
                let isWritten = try await writing { db in
                    guard
                        try Rows.write(recording, hasFinish: hasFinish, members, at: offset, over: state, in: db)
                    else { return false }
                    try ChangeLog.append(RecordingChange.appending(recording), in: db)
                    return true
                }
                guard isWritten else { continue }
                return recording
            }
        }
    }

    @discardableResult
    public func replace(
        _ id: RecordingID, with recording: any RandomAccessBytes, ifByteCount byteCount: Int
    ) async throws(StoreError) -> StoredRecording {
        let replacement = try await BlockingWork.run { () throws(StoreError) in try Replacement(recording, of: id) }
        let (recording, hasRemoved) = try await writing { db in
            let (recording, isNew) = try Rows.replace(id, with: replacement, ifByteCount: byteCount, in: db)
            if isNew { try ChangeLog.append([.replaced(id, byteCount: recording.byteCount)], in: db) }
            return (recording, try Rows.removeReplaced(in: db))
        }
        if hasRemoved { try await shrink() }
        return recording
    }

    @discardableResult
    public func delete(
        _ ids: [RecordingID], keepingUnfinished: Bool
    ) async throws(StoreError) -> [RecordingID] {
        let deleted = try await writing { db in
            _ = try Rows.removeReplaced(in: db)
            let deleted = try ids.filter { try Rows.delete($0, keepingUnfinished: keepingUnfinished, in: db) }
            try ChangeLog.append(deleted.map(RecordingChange.deleted), in: db)
            return deleted
        }
        if !deleted.isEmpty { try await shrink() }
        return deleted
    }

    public func clear() async throws(StoreError) {
        try await writing { db in
            try Rows.clear(db)
            try ChangeLog.append([.unknown], in: db)
        }
        try await shrink()
    }

    /// Gives the system back what deleted recordings took.
    private func shrink() async throws(StoreError) {
        try await access {
            try await self.pool.writeWithoutTransaction { db in
                // Each row that it gives is a page: it stops when nobody asks for the next.
                let pages = try Row.fetchCursor(db, sql: "PRAGMA incremental_vacuum")
                while try pages.next() != nil {}
            }
        }
    }

    // MARK: Reading

    public func open(_ id: RecordingID) async throws(StoreError) -> any StoredContent {
        guard let state = try await reading({ try Rows.state(of: id, in: $0) }) else { throw .notFound(id) }
        return SQLiteContent(pool: pool, key: state.key, id: id, byteCount: state.recording.byteCount)
    }

    public func recording(_ id: RecordingID) async throws(StoreError) -> StoredRecording? {
        try await reading { try Rows.state(of: id, in: $0)?.recording }
    }

    public func page(
        _ query: RecordingQuery, after cursor: RecordingCursor?, limit: Int
    ) async throws(StoreError) -> RecordingPage {
        try query.check(cursor, limit)
        if query.isEmpty { return RecordingPage(recordings: [], next: nil) }
        let sql = QuerySQL(query, after: cursor, limit: limit, .sqlite)
        let found = try await reading { try Rows.recordings(sql, in: $0) }
        return RecordingPage(found, limit: limit, order: query.order)
    }

    public func changes() async throws(StoreError) -> AsyncStream<RecordingChange> {
        try await BlockingWork.run { () throws(StoreError) in self.poller.listen() }
    }

    public func close() async {
        feed.finish()
        poller.wake()
        try? pool.close()
    }

    // MARK: Access

    private func reading<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        try await access { try await self.pool.read(body) }
    }

    private func writing<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let value = try await access { try await self.pool.write(body) }
        poller.wake()
        return value
    }

    private func access<Value: Sendable>(_ body: () async throws -> Value) async throws(StoreError) -> Value {
        do {
            return try await body()
        } catch {
            throw StoreError(database: error)
        }
    }
}

/// A recording in the database, by the number that no other one ever has.
private struct SQLiteContent: StoredContent {
    let pool: DatabasePool
    let key: Int64
    let id: RecordingID
    let byteCount: Int

    func read(_ range: Range<Int>) throws -> [UInt8] {
        guard range.lowerBound >= 0, range.upperBound <= byteCount else {
            throw StoreError(.inputOutput, "'\(id)' has \(byteCount) bytes, none of which is \(range.upperBound)")
        }
        do {
            return try pool.read { try Rows.bytes(range, of: key, id, in: $0) }
        } catch {
            throw StoreError(database: error)
        }
    }
}

extension StoreError {
    /// What GRDB's error means.
    init(database error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case let error as DatabaseError:
            let kind: Kind =
                switch error.resultCode {
                case .SQLITE_FULL: .full
                case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: .readOnly
                case .SQLITE_BUSY, .SQLITE_LOCKED: .unavailable
                case .SQLITE_CANTOPEN: .notFound
                default: .inputOutput
                }
            self.init(kind, error.message ?? "\(error)")
        default: self.init(.inputOutput, "\(error)")
        }
    }
}
