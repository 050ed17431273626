import ExternalTerm
import Reel
import ReelStore

extension QuerySQL.Dialect {
    static let postgres = QuerySQL.Dialect(
        placeholder: { "$\($0)" },
        hasPart: { "strpos(\($0), \($1)) > 0" },
        hasName: { "r.event_names ? \($0)" },
        hasWords: { "r.words @@ \($0)::tsquery" },
        // Words have letters and digits only, so nothing in them ends the quotes.
        words: { $0.map { "'\($0)':*" }.joined(separator: " & ") })
}

/// The rows of the tables: what they say, and how they are written.
enum Rows {
    /// What is read of a recording, and what its parts are found by.
    struct Found: Sendable {
        var state: StoredState
        var month: Int
    }

    private static let columns = """
        r.month, r.key, r.id, r.view, r.url, r.connected_at, r.saved_at, r.finished, r.byte_count, r.event_count, \
        r.duration_ms, r.error_count, r.event_names::text, r.kinds::text, r.reason, r.has_finish
        """

    /// What the database has of a recording.
    ///
    /// - Parameter isLocked: whether nobody is to change it until the transaction ends.
    static func found(
        _ id: RecordingID, isLocked: Bool = false, on connection: PostgresConnection
    ) throws -> Found? {
        let rows = try connection.execute(
            "SELECT \(columns) FROM reel_recordings r WHERE r.id = $1" + (isLocked ? " FOR UPDATE" : ""),
            [.text(id.text)])
        return try rows.rows.first.map(found)
    }

    /// The recordings that match a query.
    static func recordings(_ query: QuerySQL, on connection: PostgresConnection) throws -> [StoredRecording] {
        let values = query.values.map { value -> PostgresValue in
            switch value {
            case .integer(let number): .integer(number)
            case .text(let text): .text(text)
            }
        }
        let rows = try connection.execute(
            "SELECT \(columns) FROM reel_recordings r \(query.text)", values)
        return try rows.rows.map { try found($0).state.recording }
    }

    private static func found(_ row: [[UInt8]?]) throws -> Found {
        var cells = PostgresCells(row)
        guard let month = cells.integer(), let key = cells.integer(),
            let id = cells.text().flatMap({ RecordingID(validating: $0) })
        else { throw StoreError(.inputOutput, "a row of reel_recordings that no store has written") }
        let view = cells.text()
        let url = cells.text()
        let connectedAt = cells.integer()
        let savedAt = cells.integer() ?? 0
        let isFinished = cells.boolean()
        let byteCount = cells.integer() ?? 0
        let summary = Summary(
            eventCount: cells.integer() ?? 0, duration: cells.integer() ?? 0, errorCount: cells.integer() ?? 0,
            names: cells.text() ?? "", kinds: cells.text() ?? "", reason: cells.text() ?? "")
        let recording = StoredRecording(
            id: id, view: view, url: url, connectedAt: connectedAt, savedAt: savedAt, isFinished: isFinished,
            byteCount: byteCount, summary: summary)
        return Found(
            state: StoredState(key: Int64(key), recording: recording, hasFinish: cells.boolean()), month: month)
    }

    /// The bytes of a recording, from the parts that they lie in.
    static func bytes(
        _ range: Range<Int>, of key: Int64, month: Int, _ id: RecordingID, on connection: PostgresConnection
    ) throws -> [UInt8] {
        let rows = try connection.execute(
            """
            SELECT position, data FROM reel_parts
            WHERE recording = $1 AND month = $4 AND position < $3 AND position >= COALESCE(
                (SELECT MAX(position) FROM reel_parts WHERE recording = $1 AND month = $4 AND position <= $2), 0)
            ORDER BY position
            """,
            [.integer(Int(key)), .integer(range.lowerBound), .integer(range.upperBound), .integer(month)])
        let parts = rows.rows.map { row -> (position: Int, bytes: [UInt8]) in
            var cells = PostgresCells(row)
            return (cells.integer() ?? 0, cells.bytes() ?? [])
        }
        return try AppendDecision.bytes(in: range, of: parts, id)
    }

    /// Writes members, and what they make of the recording, and tells the listeners once that is on the disk.
    ///
    /// - Parameter found: what the database had when that was decided.
    /// - Returns: false when it has something else by now; then nothing is written.
    static func write(
        _ recording: StoredRecording, hasFinish: Bool, _ members: [UInt8], at offset: Int, over found: Found?,
        on connection: PostgresConnection
    ) throws -> Bool {
        let isWritten = try writeParts(
            recording, hasFinish: hasFinish, members, at: offset, over: found, on: connection)
        // What is written stays written, whether anybody can be told or not.
        if isWritten { try? Announcement.send(RecordingChange.appending(recording), on: connection) }
        return isWritten
    }

    private static func writeParts(
        _ recording: StoredRecording, hasFinish: Bool, _ members: [UInt8], at offset: Int, over found: Found?,
        on connection: PostgresConnection
    ) throws -> Bool {
        let parts = AppendDecision.parts(of: members, at: offset)
        // What most recorders send is one part, and then one statement does it all.
        guard parts.count > 1 else {
            return try write(
                recording, hasFinish, parts.first?.bytes ?? [], at: offset, over: found, on: connection) != nil
        }
        return try connection.transaction {
            guard
                let place = try write(
                    recording, hasFinish, parts[0].bytes, at: offset, over: found, on: connection)
            else { return false }
            for part in parts.dropFirst() {
                try insert(Array(part.bytes), at: part.position, of: place, on: connection)
            }
            return true
        }
    }

    private static func insert(
        _ part: [UInt8], at position: Int, of place: (key: Int, month: Int), on connection: PostgresConnection
    ) throws {
        try connection.execute(
            "INSERT INTO reel_parts (month, recording, position, data) VALUES ($1, $2, $3, $4)",
            [.integer(place.month), .integer(place.key), .integer(position), .bytes(part)])
    }

    /// Puts another form of a recording in its place, under a number of its own: the old one's parts stay for a while.
    ///
    /// - Returns: what there is now.
    static func replace(
        _ id: RecordingID, with replacement: Replacement, ifByteCount byteCount: Int, on connection: PostgresConnection
    ) throws -> StoredRecording {
        try connection.transaction {
            guard let old = try found(id, isLocked: true, on: connection) else { throw StoreError.notFound(id) }
            let (key, before) = (old.state.key, old.state.recording)
            let decision = try replacement.decision(over: before, hasEnd: before.isFinished, ifByteCount: byteCount)
            guard case .write(let recording) = decision else {
                let isSame = try replacement.isSame {
                    try bytes($0, of: key, month: old.month, id, on: connection)
                }
                guard isSame else { throw replacement.changed(before) }
                return before
            }
            try connection.execute(
                "INSERT INTO reel_replaced (recording, month, id) VALUES ($1, $2, $3)",
                [.integer(Int(key)), .integer(old.month), .text(id.text)])
            let rows = try connection.execute(
                """
                UPDATE reel_recordings SET key = DEFAULT, event_count = $1, duration_ms = $2, error_count = $3,
                    event_names = $4::jsonb, kinds = $5::jsonb, reason = $6, words = array_to_tsvector($7::text[]),
                    byte_count = $8
                WHERE key = $9 RETURNING key, pg_notify('\(Announcement.channel)', $10)
                """,
                numbersAndText(of: recording)
                    + [
                        .integer(recording.byteCount), .integer(Int(key)),
                        .text(RecordingChange.replaced(id, byteCount: recording.byteCount).text),
                    ])
            var cells = PostgresCells(rows.rows.first ?? [])
            guard let key = cells.integer() else { throw StoreError.notFound(id) }
            try replacement.forEachPart { try insert($1, at: $0, of: (key, old.month), on: connection) }
            return recording
        }
    }

    /// What both writing and replacing say of a recording: the values $1 to $7.
    private static func numbersAndText(of recording: StoredRecording) -> [PostgresValue] {
        [
            .integer(recording.eventCount), .integer(recording.duration), .integer(recording.errorCount),
            .text(CountsJSON.text(recording.summary.names)), .text(CountsJSON.text(recording.summary.kindsByName)),
            .text(recording.summary.reason.atom.name), .texts(SearchWords.words(of: recording)),
        ]
    }

    private static func write(
        _ recording: StoredRecording, _ hasFinish: Bool, _ part: ArraySlice<UInt8>, at offset: Int, over found: Found?,
        on connection: PostgresConnection
    ) throws -> (key: Int, month: Int)? {
        var values = numbersAndText(of: recording)
        values += [
            .integer(recording.savedAt), .integer(recording.byteCount), .boolean(hasFinish),
            .boolean(recording.isFinished), .integer(offset), .bytes(Array(part)),
        ]
        let change: String
        if let found {
            values.append(.integer(Int(found.state.key)))
            change = """
                UPDATE reel_recordings SET event_count = $1, duration_ms = $2, error_count = $3, event_names = $4::jsonb,
                    kinds = $5::jsonb, reason = $6, words = array_to_tsvector($7::text[]), saved_at = $8, byte_count = $9,
                    has_finish = $10, finished = $11
                WHERE key = $14 AND byte_count = $12::bigint AND NOT finished
                """
        } else {
            values += [
                .text(recording.id.text), PostgresValue(recording.view), PostgresValue(recording.url),
                PostgresValue(recording.connectedAt),
            ]
            change = """
                INSERT INTO reel_recordings (event_count, duration_ms, error_count, event_names, kinds, reason, words,
                    saved_at, byte_count, has_finish, finished, id, view, url, connected_at, month)
                VALUES ($1, $2, $3, $4::jsonb, $5::jsonb, $6, array_to_tsvector($7::text[]), $8, $9, $10, $11,
                    $14, $15, $16, $17, \(Schema.month))
                ON CONFLICT (id) DO NOTHING
                """
        }
        let rows = try connection.execute(
            """
            WITH r AS (\(change) RETURNING key, month),
            p AS (INSERT INTO reel_parts (month, recording, position, data)
                SELECT month, key, $12::bigint, $13::bytea FROM r)
            SELECT key, month FROM r
            """, values)
        guard let row = rows.rows.first else { return nil }
        var cells = PostgresCells(row)
        guard let key = cells.integer(), let month = cells.integer() else { return nil }
        return (key, month)
    }
}

/// What is said to those who listen, on every machine.
enum Announcement {
    static let channel = "reel_recordings"

    /// Tells of changes that have been made, in a transaction of their own that does not wait for the disk.
    ///
    /// From a transaction's first notification to its end no other one in the whole server that notifies can end. If that took
    /// as long as a disk does, all recorders would wait for each other.
    static func send(_ changes: [RecordingChange], on connection: PostgresConnection) throws {
        guard !changes.isEmpty else { return }
        try connection.execute(
            """
            SELECT set_config('synchronous_commit', 'off', true), pg_notify('\(channel)', text)
            FROM unnest($1::text[]) AS text
            """, [.texts(changes.map(\.text))])
    }
}
