import ExternalTerm
import Foundation
import GRDB
import Reel
import ReelStore

extension QuerySQL.Dialect {
    static let sqlite = QuerySQL.Dialect(
        placeholder: { "?\($0)" },
        hasPart: { "instr(\($0), \($1)) > 0" },
        hasName: { "EXISTS (SELECT 1 FROM reel_event_names n WHERE n.recording = r.key AND n.name = \($0))" },
        hasWords: { "r.key IN (SELECT rowid FROM reel_words WHERE reel_words MATCH \($0))" },
        // Words have letters and digits only, so nothing in them ends the quotes.
        words: { $0.map { "\"\($0)\"*" }.joined(separator: " ") })
}

/// The rows of the tables: what they say, and how they are written.
enum Rows {
    /// What the database has of a recording.
    static func state(of id: RecordingID, in db: Database) throws -> StoredState? {
        try Row.fetchOne(
            db, sql: "SELECT \(QuerySQL.columns) FROM reel_recordings r WHERE r.id = ?", arguments: [id.text]
        ).map(state)
    }

    /// The recordings that match a query.
    static func recordings(_ query: QuerySQL, in db: Database) throws -> [StoredRecording] {
        let values = query.values.map { value -> (any DatabaseValueConvertible)? in
            switch value {
            case .integer(let number): number
            case .text(let text): text
            }
        }
        return try Row.fetchAll(
            db, sql: "SELECT \(QuerySQL.columns) FROM reel_recordings r \(query.text)",
            arguments: StatementArguments(values)
        ).map { state($0).recording }
    }

    private static func state(_ row: Row) -> StoredState {
        let summary = Summary(
            eventCount: row["event_count"], duration: row["duration_ms"], errorCount: row["error_count"],
            names: row["event_names"], kinds: row["kinds"], reason: row["reason"])
        let id: String = row["id"]
        return StoredState(
            key: row["key"],
            recording: StoredRecording(
                id: RecordingID(known: id), view: row["view"], url: row["url"], connectedAt: row["connected_at"],
                savedAt: row["saved_at"], isFinished: row["finished"], byteCount: row["byte_count"], summary: summary),
            hasFinish: row["has_finish"])
    }

    /// The bytes of a recording, from the parts that they lie in.
    static func bytes(_ range: Range<Int>, of key: Int64, _ id: RecordingID, in db: Database) throws -> [UInt8] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT position, data FROM reel_parts
                WHERE recording = ?1 AND position < ?3 AND position >= COALESCE(
                    (SELECT MAX(position) FROM reel_parts WHERE recording = ?1 AND position <= ?2), 0)
                ORDER BY position
                """, arguments: [key, range.lowerBound, range.upperBound])
        var parts: [(position: Int, bytes: [UInt8])] = []
        while let row = try rows.next() {
            let data: Data = row["data"]
            parts.append((row["position"], Array(data)))
        }
        return try AppendDecision.bytes(in: range, of: parts, id)
    }

    /// Writes members, and what they make of the recording.
    ///
    /// - Parameter state: what the database had when that was decided.
    /// - Returns: false when it has something else by now; then nothing is written.
    static func write(
        _ recording: StoredRecording, hasFinish: Bool, _ members: [UInt8], at offset: Int, over state: StoredState?,
        in db: Database
    ) throws -> Bool {
        let key: Int64
        if let state {
            key = state.key
            try db.execute(
                sql: """
                    UPDATE reel_recordings SET event_count = ?, duration_ms = ?, error_count = ?, event_names = ?, kinds = ?,
                        reason = ?, saved_at = ?, byte_count = ?, has_finish = ?, finished = ?
                    WHERE key = ? AND byte_count = ? AND NOT finished
                    """,
                arguments: [
                    recording.eventCount, recording.duration, recording.errorCount,
                    CountsJSON.text(recording.summary.names), CountsJSON.text(recording.summary.kindsByName),
                    recording.summary.reason.atom.name, recording.savedAt, recording.byteCount, hasFinish,
                    recording.isFinished, key, offset,
                ])
            guard db.changesCount == 1 else { return false }
        } else {
            guard let new = try insert(recording, hasFinish: hasFinish, in: db) else { return false }
            key = new
        }
        for part in AppendDecision.parts(of: members, at: offset) {
            try insert(part.bytes, at: part.position, of: key, in: db)
        }
        try index(recording, key, isNew: state == nil, before: state?.recording, in: db)
        return true
    }

    /// Writes what is said of a new recording. Returns its number, or nil when there is one of this id.
    private static func insert(_ recording: StoredRecording, hasFinish: Bool, in db: Database) throws -> Int64? {
        try db.execute(
            sql: """
                INSERT INTO reel_recordings (id, view, url, connected_at, event_count, duration_ms, error_count,
                    event_names, kinds, reason, saved_at, byte_count, has_finish, finished)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
                """,
            arguments: [
                recording.id.text, recording.view, recording.url, recording.connectedAt, recording.eventCount,
                recording.duration, recording.errorCount, CountsJSON.text(recording.summary.names),
                CountsJSON.text(recording.summary.kindsByName), recording.summary.reason.atom.name, recording.savedAt,
                recording.byteCount, hasFinish, recording.isFinished,
            ])
        return db.changesCount == 1 ? db.lastInsertedRowID : nil
    }

    private static func insert(_ part: some Sequence<UInt8>, at position: Int, of key: Int64, in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO reel_parts (recording, position, data) VALUES (?, ?, ?)",
            arguments: [key, position, Data(part)])
    }

    /// Puts another form of a recording in its place, under a number of its own: the old one's parts stay for a while.
    ///
    /// - Returns: what there is now, and whether it was written.
    static func replace(
        _ id: RecordingID, with replacement: Replacement, ifByteCount byteCount: Int, in db: Database
    ) throws -> (StoredRecording, isNew: Bool) {
        guard let old = try state(of: id, in: db) else { throw StoreError.notFound(id) }
        let decision = try replacement.decision(
            over: old.recording, hasEnd: old.recording.isFinished, ifByteCount: byteCount)
        guard case .write(let recording) = decision else {
            guard try replacement.isSame({ try bytes($0, of: old.key, id, in: db) }) else {
                throw replacement.changed(old.recording)
            }
            return (old.recording, false)
        }
        try removeRows(of: old.key, in: db)
        try db.execute(
            sql: "INSERT INTO reel_replaced (recording, id, replaced_at) VALUES (?, ?, ?)",
            arguments: [old.key, id.text, WallClock.now])
        guard let key = try insert(recording, hasFinish: true, in: db) else { throw replacement.changed(old.recording) }
        try replacement.forEachPart { try insert($1, at: $0, of: key, in: db) }
        try index(recording, key, isNew: true, before: nil, in: db)
        return (recording, true)
    }

    /// How long the parts of a replaced recording stay for their readers, in milliseconds.
    private static let graceOfReplaced = 600_000

    /// Removes the parts of replaced recordings that nobody is to read any more. Returns whether there were some.
    static func removeReplaced(in db: Database) throws -> Bool {
        let keys = try Int64.fetchAll(
            db, sql: "SELECT recording FROM reel_replaced WHERE replaced_at < ?",
            arguments: [WallClock.now - graceOfReplaced])
        try removeReplaced(keys, in: db)
        return !keys.isEmpty
    }

    private static func removeReplaced(_ keys: [Int64], in db: Database) throws {
        for key in keys {
            try db.execute(sql: "DELETE FROM reel_parts WHERE recording = ?", arguments: [key])
            try db.execute(sql: "DELETE FROM reel_replaced WHERE recording = ?", arguments: [key])
        }
    }

    /// Makes a recording one that is found by its names and words.
    private static func index(
        _ recording: StoredRecording, _ key: Int64, isNew: Bool, before: StoredRecording?, in db: Database
    ) throws {
        guard isNew || before?.summary.names.keys != recording.summary.names.keys else { return }
        for name in recording.summary.names.keys where before?.summary.names[name] == nil {
            try db.execute(
                sql: "INSERT OR IGNORE INTO reel_event_names (recording, name) VALUES (?, ?)", arguments: [key, name])
        }
        if !isNew { try db.execute(sql: "DELETE FROM reel_words WHERE rowid = ?", arguments: [key]) }
        try db.execute(
            sql: "INSERT INTO reel_words (rowid, words) VALUES (?, ?)",
            arguments: [key, SearchWords.words(of: recording).joined(separator: " ")])
    }

    /// Deletes a recording. Returns whether it was there, and to be deleted.
    static func delete(_ id: RecordingID, keepingUnfinished: Bool, in db: Database) throws -> Bool {
        guard let state = try state(of: id, in: db), state.recording.isFinished || !keepingUnfinished else {
            return false
        }
        try db.execute(sql: "DELETE FROM reel_parts WHERE recording = ?", arguments: [state.key])
        try removeRows(of: state.key, in: db)
        // What is deleted is gone in all its forms.
        try removeReplaced(
            Int64.fetchAll(db, sql: "SELECT recording FROM reel_replaced WHERE id = ?", arguments: [id.text]), in: db)
        return true
    }

    /// Removes what is said of a recording, and leaves its parts.
    private static func removeRows(of key: Int64, in db: Database) throws {
        for (table, column) in [
            ("reel_event_names", "recording"), ("reel_words", "rowid"), ("reel_recordings", "key"),
        ] {
            try db.execute(sql: "DELETE FROM \(table) WHERE \(column) = ?", arguments: [key])
        }
    }

    static func clear(_ db: Database) throws {
        for table in ["reel_parts", "reel_replaced", "reel_event_names", "reel_words", "reel_recordings"] {
            try db.execute(sql: "DELETE FROM \(table)")
        }
    }
}
