public import Reel
public import ReelStore
import Synchronization

/// Recordings in a PostgreSQL database, which many recorders and dashboards on many machines share.
///
/// The URL is libpq's, with all its options: `sslmode`, `sslrootcert`, `target_session_attrs` and the rest are passed on. When
/// the database restarts, what was asked meanwhile is asked again, for as long as ``Options/patience`` says.
///
/// ```swift
/// let store = try await PostgresStore("postgres://reel@db.example/reel?sslmode=verify-full")
/// for await change in try await store.changes() { print(change) }
/// ```
///
/// The tables are made, and brought up to date, when the store is first opened. The members are kept in parts of 256 KiB, and
/// the parts in a partition a month, which goes as a whole when all recordings of the month are deleted.
public final class PostgresStore: RecordingStore {
    /// How the database is used.
    public struct Options: Hashable, Sendable {
        /// How many connections there are at most; one more to listen to changes.
        public var mostConnections: Int
        /// How long to try again when the database is away.
        public var patience: Duration

        /// Creates options.
        public init(mostConnections: Int = 8, patience: Duration = .seconds(20)) {
            self.mostConnections = mostConnections
            self.patience = patience
        }
    }

    private let url: String
    private let pool: ConnectionPool
    private let feed = ChangeFeed()
    private let listener: ChangeListener

    /// Opens a database, and brings its tables up to date.
    ///
    /// - Throws: ``StoreError``, of the kind `unavailable` when the database cannot be reached.
    public init(_ url: String, options: Options = Options()) async throws(StoreError) {
        self.url = url
        pool = ConnectionPool(url, mostConnections: options.mostConnections, patience: options.patience)
        do throws(PostgresError) {
            listener = try ChangeListener(url, feed)
        } catch {
            throw StoreError(database: error)
        }
        try await pool.run { try Schema.migrate($0) }
    }

    public var location: StoreLocation { .postgres(url) }

    // MARK: Writing

    @discardableResult
    public func append(
        _ members: [UInt8], to id: RecordingID, at offset: Int
    ) async throws(StoreError) -> StoredRecording {
        // Most recordings are new: then there is nothing to look at.
        var found: Rows.Found?
        var isKnown = false
        if offset != 0 {
            found = try await pool.run { try Rows.found(id, on: $0) }
            isKnown = true
        }
        while true {
            let state = found
            let decision: AppendDecision
            do throws(StoreError) {
                decision = try AppendDecision(members, to: id, at: offset, state: state?.state, now: WallClock.now)
            } catch {
                // What there is says what is wrong better than what might be.
                guard !isKnown, let there = try await pool.run({ try Rows.found(id, on: $0) }) else { throw error }
                (found, isKnown) = (there, true)
                continue
            }
            switch decision {
            case .compare(let stored):
                let range = offset..<offset + members.count
                let month = state?.month ?? 0
                let there = try await pool.run { try Rows.bytes(range, of: stored.key, month: month, id, on: $0) }
                guard there == members else {
                    throw .conflict(
                        id, at: offset, has: stored.recording.byteCount, finished: stored.recording.isFinished)
                }
                return stored.recording
            case .write(let recording, let hasFinish):
                let isWritten = try await pool.run { connection in
                    try PostgresStore.withPartition(connection) {
                        try Rows.write(
                            recording, hasFinish: hasFinish, members, at: offset, over: state, on: connection)
                    }
                }
                if isWritten { return recording }
                // Somebody else was first, or this has been written and its answer was lost.
                found = try await pool.run { try Rows.found(id, on: $0) }
                isKnown = true
            }
        }
    }

    /// Makes the month's partition when it turns out to be missing.
    private static func withPartition<Value>(_ connection: PostgresConnection, _ body: () throws -> Value) throws
        -> Value
    {
        do {
            return try body()
        } catch let error as PostgresError where error.state == "23514" {
            try Schema.makePartitions(connection)
            return try body()
        }
    }

    @discardableResult
    public func replace(
        _ id: RecordingID, with recording: any RandomAccessBytes, ifByteCount byteCount: Int
    ) async throws(StoreError) -> StoredRecording {
        let replacement = try await BlockingWork.run { () throws(StoreError) in try Replacement(recording, of: id) }
        return try await pool.run { connection in
            let recording = try Rows.replace(id, with: replacement, ifByteCount: byteCount, on: connection)
            try Deletion(connection: connection).removeOrphans()
            return recording
        }
    }

    @discardableResult
    public func delete(
        _ ids: [RecordingID], keepingUnfinished: Bool
    ) async throws(StoreError) -> [RecordingID] {
        try await pool.run { connection in
            let deletion = Deletion(connection: connection)
            let deleted = try deletion.delete(ids, keepingUnfinished: keepingUnfinished)
            try deletion.removeOrphans()
            return deleted
        }
    }

    public func clear() async throws(StoreError) { try await pool.run { try Deletion(connection: $0).clear() } }

    // MARK: Reading

    public func open(_ id: RecordingID) async throws(StoreError) -> any StoredContent {
        guard let found = try await pool.run({ try Rows.found(id, on: $0) }) else { throw .notFound(id) }
        return PostgresContent(
            pool: pool, key: found.state.key, month: found.month, id: id, byteCount: found.state.recording.byteCount)
    }

    public func recording(_ id: RecordingID) async throws(StoreError) -> StoredRecording? {
        try await pool.run { try Rows.found(id, on: $0)?.state.recording }
    }

    public func page(
        _ query: RecordingQuery, after cursor: RecordingCursor?, limit: Int
    ) async throws(StoreError) -> RecordingPage {
        try query.check(cursor, limit)
        if query.isEmpty { return RecordingPage(recordings: [], next: nil) }
        let sql = QuerySQL(query, after: cursor, limit: limit, .postgres)
        let found = try await pool.run { try Rows.recordings(sql, on: $0) }
        return RecordingPage(found, limit: limit, order: query.order)
    }

    public func changes() async throws(StoreError) -> AsyncStream<RecordingChange> {
        let stream = feed.listen()
        let listener = listener
        try await BlockingWork.run { () throws(StoreError) in
            do throws(PostgresError) {
                try listener.start()
            } catch {
                throw StoreError(database: error)
            }
        }
        return stream
    }

    public func close() async {
        listener.close()
        pool.close()
        feed.finish()
    }
}

/// A recording in the database, by the number that no other one ever has.
private struct PostgresContent: StoredContent {
    let pool: ConnectionPool
    let key: Int64
    let month: Int
    let id: RecordingID
    let byteCount: Int

    func read(_ range: Range<Int>) throws -> [UInt8] {
        guard range.lowerBound >= 0, range.upperBound <= byteCount else {
            throw StoreError(.inputOutput, "'\(id)' has \(byteCount) bytes, none of which is \(range.upperBound)")
        }
        return try pool.runBlocking { try Rows.bytes(range, of: key, month: month, id, on: $0) }
    }
}
