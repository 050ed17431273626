import ExternalTerm
public import Reel
public import ReelStore

/// The table that PhoenixReplay's Ecto storage writes, to browse and to copy from; nothing in it is changed.
///
/// It reads the tables of all releases from 0.1 to 0.6, rows of terms and of JSON, and a recording that is opened is one of
/// Reel's, made on the fly. The
/// tables of 0.1 and 0.2 do not have the addresses, durations, errors and names of events, so that listings lack them until the
/// recordings are copied. The size in a listing is that of the row.
///
/// ```swift
/// let source = try await PhoenixReplayStore("postgres://app@db/shop")
/// try await RecordingCopier(from: source, to: store).copyAll { id, outcome in print(id, outcome) }
/// ```
public final class PhoenixReplayStore: RecordingStore {
    private let url: String
    private let pool: ConnectionPool
    /// What is selected of a row, in place of columns that its release did not have.
    private let columns: String
    private let feed = ChangeFeed()

    private static let table = "phoenix_replay_recordings"

    /// Opens a database.
    ///
    /// - Throws: ``StoreError``, of the kind `notFound` when PhoenixReplay has no table in it.
    public init(
        _ url: String, options: PostgresStore.Options = PostgresStore.Options()
    ) async throws(StoreError) {
        self.url = url
        pool = ConnectionPool(url, mostConnections: options.mostConnections, patience: options.patience)
        let names = try await pool.run { connection in
            let rows = try connection.execute(
                """
                SELECT attname::text FROM pg_attribute
                WHERE attrelid = to_regclass('\(PhoenixReplayStore.table)') AND attnum > 0 AND NOT attisdropped
                """)
            return Set(
                rows.rows.compactMap { row in
                    var cells = PostgresCells(row)
                    return cells.text()
                })
        }
        guard names.isSuperset(of: ["id", "view", "connected_at", "event_count", "data"]) else {
            throw StoreError(.notFound, "no table of PhoenixReplay's: \(PhoenixReplayStore.table)")
        }
        func column(_ name: String, else other: String) -> String { names.contains(name) ? name : other }
        let saved =
            names.contains("saved_at")
            ? "COALESCE(saved_at, connected_at)"
            : names.contains("updated_at") ? "(extract(epoch FROM updated_at) * 1000)::bigint" : "connected_at"
        columns = """
            id::text, view::text, connected_at, event_count::bigint, octet_length(data)::bigint, \(saved), \
            \(column("url", else: "NULL::text")), \(column("duration_ms", else: "0"))::bigint, \
            COALESCE(\(column("error_count", else: "0")), 0)::bigint, \(column("event_names", else: "NULL::bytea"))
            """
    }

    public var location: StoreLocation { .phoenixReplay(url) }

    // MARK: Reading

    public func open(_ id: RecordingID) async throws(StoreError) -> any StoredContent {
        let rows = try await pool.run { connection in
            try connection.execute(
                "SELECT data FROM \(PhoenixReplayStore.table) WHERE id = $1", [.text(id.text)])
        }
        guard let row = rows.rows.first else { throw .notFound(id) }
        return try await BlockingWork.run { () throws(StoreError) in
            var cells = PostgresCells(row)
            do throws(ReelError) {
                return ImportedContent(bytes: try ImportedRecording(MemorySource(cells.bytes() ?? [])).bytes)
            } catch {
                throw StoreError(invalid: id, error)
            }
        }
    }

    public func recording(_ id: RecordingID) async throws(StoreError) -> StoredRecording? {
        let columns = columns
        return try await pool.run { connection in
            let rows = try connection.execute(
                "SELECT \(columns) FROM \(PhoenixReplayStore.table) WHERE id = $1", [.text(id.text)])
            return rows.rows.first.flatMap(PhoenixReplayStore.recording)
        }
    }

    public func page(
        _ query: RecordingQuery, after cursor: RecordingCursor?, limit: Int
    ) async throws(StoreError) -> RecordingPage {
        try query.check(cursor, limit)
        if query.isEmpty { return RecordingPage(recordings: [], next: nil) }
        let sql = "SELECT \(columns) FROM \(PhoenixReplayStore.table)"
        return try await pool.run { connection in
            if query == RecordingQuery(order: query.order), query.order.key == .connected {
                return try PhoenixReplayStore.page(sql, after: cursor, limit, query.order, on: connection)
            }
            // The names of events are encoded, so most filters are beyond SQL: all rows are looked at, but not their data.
            var listing = Listing(query, after: cursor, limit: limit)
            for row in try connection.execute(sql).rows {
                if let recording = PhoenixReplayStore.recording(row) { listing.add(recording) }
            }
            return listing.page()
        }
    }

    /// A page of all recordings in the order of time, which the database knows.
    private static func page(
        _ sql: String, after cursor: RecordingCursor?, _ limit: Int, _ order: RecordingQuery.Order,
        on connection: PostgresConnection
    ) throws -> RecordingPage {
        let direction = order.isAscending ? "ASC" : "DESC"
        let place =
            cursor == nil ? "" : "WHERE (connected_at, id COLLATE \"C\") \(order.isAscending ? ">" : "<") ($1, $2)"
        let rows = try connection.execute(
            """
            \(sql) \(place) ORDER BY connected_at \(direction), id COLLATE "C" \(direction) LIMIT \(limit + 1)
            """, cursor.map { [.integer($0.value), .text($0.id.text)] } ?? [])
        let recordings = rows.rows.prefix(limit).compactMap(recording)
        return RecordingPage(
            recordings: recordings,
            next: rows.rows.count > limit ? recordings.last.map { RecordingCursor(after: $0, in: order) } : nil)
    }

    /// What a row says, or nil when its id is none.
    private static func recording(_ row: [[UInt8]?]) -> StoredRecording? {
        var cells = PostgresCells(row)
        guard let id = cells.text().flatMap({ RecordingID(validating: $0) }) else { return nil }
        let view = cells.text().map { $0.hasPrefix("Elixir.") ? String($0.dropFirst(7)) : $0 }
        let connectedAt = cells.integer()
        var summary = Summary()
        summary.reason = .imported
        summary.eventCount = cells.integer() ?? 0
        let byteCount = cells.integer() ?? 0
        let savedAt = cells.integer() ?? 0
        let url = cells.text()
        summary.duration = cells.integer() ?? 0
        summary.errorCount = cells.integer() ?? 0
        // A list of names, without how often each came.
        if case .list(let names)? = cells.bytes().flatMap({ try? Term(external: $0) }) {
            for name in names.compactMap(\.text) { summary.names[name] = 1 }
            summary.keepShownNames()
        }
        return StoredRecording(
            id: id, view: view, url: url, connectedAt: connectedAt, savedAt: savedAt, isFinished: true,
            byteCount: byteCount, summary: summary)
    }

    public func changes() async throws(StoreError) -> AsyncStream<RecordingChange> { feed.listen() }

    public func close() async {
        pool.close()
        feed.finish()
    }

    // MARK: Writing

    private static let readOnly = StoreError(.readOnly, "a table of PhoenixReplay's is only read: copy its recordings")

    @discardableResult
    public func append(
        _ members: [UInt8], to id: RecordingID, at offset: Int
    ) async throws(StoreError) -> StoredRecording { throw PhoenixReplayStore.readOnly }

    @discardableResult
    public func replace(
        _ id: RecordingID, with recording: any RandomAccessBytes, ifByteCount byteCount: Int
    ) async throws(StoreError) -> StoredRecording { throw PhoenixReplayStore.readOnly }

    @discardableResult
    public func delete(
        _ ids: [RecordingID], keepingUnfinished: Bool
    ) async throws(StoreError) -> [RecordingID] { throw PhoenixReplayStore.readOnly }

    public func clear() async throws(StoreError) { throw PhoenixReplayStore.readOnly }
}

/// A recording that was made of a row.
private struct ImportedContent: StoredContent {
    let bytes: MemorySource

    var byteCount: Int { bytes.byteCount }

    func read(_ range: Range<Int>) throws -> [UInt8] { try bytes.read(range) }
}
