import ReelStore

/// How recordings are deleted: their rows first, then their bytes, by dropping the partitions of months that are empty.
struct Deletion {
    let connection: PostgresConnection

    /// How many recordings are deleted in one transaction.
    private static let batchCount = 5_000
    /// From how many deleted recordings on listeners are told that anything may have happened.
    private static let mostAnnounced = 1_000

    /// Deletes recordings. Their bytes are gone from then on, but take room until ``removeOrphans()``.
    func delete(_ ids: [RecordingID], keepingUnfinished: Bool) throws -> [RecordingID] {
        var deleted: Set<RecordingID> = []
        for start in stride(from: 0, to: ids.count, by: Deletion.batchCount) {
            let batch = ids[start..<min(start + Deletion.batchCount, ids.count)]
            try connection.transaction {
                let rows = try connection.execute(
                    """
                    WITH d AS (
                        DELETE FROM reel_recordings WHERE id = ANY ($1::text[]) AND (finished OR NOT $2::boolean)
                        RETURNING key, id, month),
                    r AS (DELETE FROM reel_replaced WHERE id IN (SELECT id FROM d) RETURNING recording, month),
                    o AS (INSERT INTO reel_orphans (recording, month)
                        SELECT key, month FROM d UNION ALL SELECT recording, month FROM r)
                    SELECT id FROM d
                    """, [.texts(batch.map(\.text)), .boolean(keepingUnfinished)])
                let found = rows.rows.compactMap { row -> RecordingID? in
                    var cells = PostgresCells(row)
                    return cells.text().flatMap { RecordingID(validating: $0) }
                }
                deleted.formUnion(found)
                if found.count > Deletion.mostAnnounced {
                    try announce([.unknown])
                } else {
                    try announce(found.map(RecordingChange.deleted))
                }
            }
        }
        return ids.filter(deleted.contains)
    }

    private func announce(_ changes: [RecordingChange]) throws {
        guard !changes.isEmpty else { return }
        try connection.execute(
            "SELECT pg_notify('\(Announcement.channel)', text) FROM unnest($1::text[]) AS text",
            [.texts(changes.map(\.text))])
    }

    /// Removes the bytes of recordings that are deleted, or were replaced some time ago, those of other processes that did not
    /// come to it too.
    func removeOrphans() throws {
        try connection.execute(
            """
            WITH r AS (DELETE FROM reel_replaced WHERE replaced_at < now() - interval '10 minutes'
                RETURNING recording, month)
            INSERT INTO reel_orphans (recording, month) SELECT recording, month FROM r
            """)
        let months = try connection.execute(
            """
            SELECT DISTINCT month, month < \(Schema.month) AND NOT EXISTS
                (SELECT 1 FROM reel_recordings r WHERE r.month = o.month)
            FROM reel_orphans o
            """)
        for row in months.rows {
            var cells = PostgresCells(row)
            guard let month = cells.integer() else { continue }
            if cells.boolean(), try drop(month) { continue }
            while try removeSome(of: month) {}
        }
    }

    /// Drops the partition of a month of which no recording is left. Returns whether it was one.
    private func drop(_ month: Int) throws -> Bool {
        try connection.transaction {
            try connection.execute("SELECT pg_advisory_xact_lock(\(Schema.lock))")
            // A recording may still be started in that month, after a clock has gone back: its writer waits here or was first.
            try connection.execute("LOCK TABLE reel_recordings IN SHARE ROW EXCLUSIVE MODE")
            let rows = try connection.execute(
                "SELECT 1 FROM reel_recordings WHERE month = $1 LIMIT 1", [.integer(month)])
            guard rows.rows.isEmpty else { return false }
            try connection.execute("DROP TABLE IF EXISTS \(Schema.partition(month))")
            try connection.execute("DELETE FROM reel_orphans WHERE month = $1", [.integer(month)])
            return true
        }
    }

    /// Removes the bytes of some recordings. Returns whether there may be more.
    private func removeSome(of month: Int) throws -> Bool {
        let rows = try connection.execute(
            """
            WITH o AS (
                DELETE FROM reel_orphans WHERE recording IN (
                    SELECT recording FROM reel_orphans WHERE month = $1 LIMIT 1000 FOR UPDATE SKIP LOCKED)
                RETURNING recording),
            p AS (DELETE FROM reel_parts USING o WHERE reel_parts.month = $1 AND reel_parts.recording = o.recording)
            SELECT COUNT(*) FROM o
            """, [.integer(month)])
        var cells = PostgresCells(rows.rows.first ?? [])
        return (cells.integer() ?? 0) == 1_000
    }

    /// Deletes everything.
    func clear() throws {
        try connection.transaction {
            // In the order in which a recording is written, so that the two cannot wait for each other.
            try connection.execute("TRUNCATE reel_recordings, reel_parts, reel_orphans, reel_replaced")
            try announce([.unknown])
        }
    }
}
