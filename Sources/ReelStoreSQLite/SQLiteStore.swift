import Foundation
import GRDB
public import Reel
public import ReelStore
public import SystemPackage

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
    private let permissions: FilePermissions
    private let reserve: Reserve
    private let pool: DatabasePool
    private let feed = ChangeFeed()
    private let poller: ChangePoller

    /// Opens a database, and brings its tables up to date.
    ///
    /// A database that is not this one's is left alone: nothing is made in it, nor beside it.
    ///
    /// - Parameters:
    ///   - createsFile: whether to make the database when there is none.
    ///   - permissions: who may read and write a database that is made: the owner alone by default.
    /// - Throws: ``StoreError``, of the kind `notFound` when there is none, and `invalidLocation` when what is there is no store.
    public init(
        _ path: String, createsFile: Bool = true, permissions: FilePermissions = .ownerReadWrite
    ) throws(StoreError) {
        self.path = path
        self.permissions = permissions
        reserve = Reserve(beside: path)
        var configuration = Configuration()
        configuration.busyMode = .timeout(30)
        configuration.label = "reel"
        configuration.prepareDatabase { db in
            guard !db.configuration.readonly else { return }
            // Before the first table: then the file shrinks when recordings are deleted. Later it would write to no purpose.
            if try Int.fetchOne(db, sql: "PRAGMA page_count") == 0 {
                try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            }
            // In WAL the default would lose what was acknowledged when the machine stops.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // The log takes no more than a megabyte or the largest recording, and what it holds fits into the reserve.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 256")
            // What is deleted is not written anew as zeros, for which a full disk has no room: the file gives its pages back.
            try db.execute(sql: "PRAGMA secure_delete = FAST")
        }
        do {
            if FileManager.default.fileExists(atPath: path) {
                try SQLiteStore.check(path, mayBeEmpty: createsFile)
            } else {
                guard createsFile else { throw StoreError(.notFound, "no such database") }
                try DatabaseFile.create(FilePath(path), permissions: permissions)
            }
            let pool: DatabasePool
            do {
                pool = try DatabasePool(path: path, configuration: configuration)
            } catch let error as DatabaseError where error.isFullDisk && reserve.giveUp() {
                pool = try DatabasePool(path: path, configuration: configuration)
            }
            // A migrator writes, even when nothing is to be done: a full disk can be read all the same.
            if try !pool.read(Schema.migrator.hasCompletedMigrations) { try Schema.migrator.migrate(pool) }
            self.pool = pool
            if createsFile { reserve.keep(permissions) }
            let log = ChangeLog(pool)
            poller = ChangePoller(feed) { log.news() }
        } catch {
            throw StoreError(database: error)
        }
    }

    /// Checks that a database is a store, or nothing yet.
    private static func check(_ path: String, mayBeEmpty: Bool) throws {
        var content = try DatabaseFile.content(at: FilePath(path))
        if content == nil {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(30)
            let isStore = try DatabaseQueue(path: path, configuration: configuration).read {
                try $0.tableExists("reel_recordings")
            }
            content = isStore ? .store : .other
        }
        switch content {
        case .store?: return
        case .nothing?:
            guard mayBeEmpty else { throw StoreError(.invalidLocation, "an empty database, and no store") }
        case .other?, nil:
            throw StoreError(.invalidLocation, "a database of something else, and no store of recordings")
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
        let deleted = try await freeing { db in
            _ = try Rows.removeReplaced(in: db)
            let deleted = try ids.filter { try Rows.delete($0, keepingUnfinished: keepingUnfinished, in: db) }
            try ChangeLog.append(deleted.map(RecordingChange.deleted), in: db)
            return deleted
        }
        if !deleted.isEmpty { try await shrink() }
        return deleted
    }

    public func clear() async throws(StoreError) {
        try await freeing { db in
            try Rows.clear(db)
            try ChangeLog.append([.unknown], in: db)
        }
        try await shrink()
    }

    /// Gives the system back what deleted recordings took.
    private func shrink() async throws(StoreError) {
        do {
            try await access { try await self.pool.writeWithoutTransaction { try SQLiteStore.vacuum($0, pages: nil) } }
        } catch  where error.kind == .full {
            // Little by little, so that what one step has written makes room for the next.
            try await access {
                try await self.pool.writeWithoutTransaction { db in
                    while try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0 > 0 {
                        try db.checkpoint(.truncate)
                        try SQLiteStore.vacuum(db, pages: 64)
                    }
                    try db.checkpoint(.truncate)
                }
            }
        }
        reserve.keep(permissions)
    }

    private static func vacuum(_ db: Database, pages: Int?) throws {
        // Each row that it gives is a page: it stops when nobody asks for the next.
        let cursor = try Row.fetchCursor(db, sql: "PRAGMA incremental_vacuum\(pages.map { "(\($0))" } ?? "")")
        while try cursor.next() != nil {}
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
        // GRDB closes its writer before its readers, which may write nothing: the log would stay as it is. A connection that writes
        // and is the last one puts it into the database, and waits for nobody when it is not.
        try? DatabaseQueue(path: path).inDatabase { try $0.execute(sql: "PRAGMA schema_version") }
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

    /// Writes what makes room, with the room that is kept for that when there is no other.
    private func freeing<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await writing(body)
        } catch {
            guard error.kind == .full, reserve.giveUp() else { throw error }
            // What the log holds goes into the database first, after which it starts over.
            try? await access {
                try await self.pool.writeWithoutTransaction { db in _ = try db.checkpoint(.passive) }
            }
            return try await writing(body)
        }
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

extension DatabaseError {
    /// Whether there is no room, which SQLite tells in several ways before a database is open.
    fileprivate var isFullDisk: Bool { [.SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CANTOPEN].contains(resultCode) }
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
            self.init(
                kind,
                kind == .unavailable
                    ? "locked by another process for longer than 30 seconds" : error.message ?? "\(error)")
        default: self.init(.inputOutput, "\(error)")
        }
    }
}
