import GRDB

/// The tables, version by version. A version that has been released is never changed: another one comes after it.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE reel_recordings (
                        -- Never used again, so that who reads a recording that is deleted gets no other one.
                        key INTEGER PRIMARY KEY AUTOINCREMENT,
                        id TEXT NOT NULL UNIQUE,
                        view TEXT,
                        url TEXT,
                        connected_at INTEGER,
                        event_count INTEGER NOT NULL,
                        duration_ms INTEGER NOT NULL,
                        error_count INTEGER NOT NULL,
                        event_names TEXT NOT NULL,
                        kinds TEXT NOT NULL,
                        reason TEXT NOT NULL,
                        saved_at INTEGER NOT NULL,
                        byte_count INTEGER NOT NULL,
                        has_finish BOOLEAN NOT NULL,
                        finished BOOLEAN NOT NULL
                    );
                    CREATE INDEX reel_recordings_connected ON reel_recordings (COALESCE(connected_at, 0), id);
                    CREATE INDEX reel_recordings_view ON reel_recordings (view, COALESCE(connected_at, 0), id);
                    CREATE INDEX reel_recordings_errors ON reel_recordings (error_count, id) WHERE error_count > 0;
                    CREATE INDEX reel_recordings_unfinished ON reel_recordings (id) WHERE NOT finished;

                    CREATE TABLE reel_parts (
                        recording INTEGER NOT NULL,
                        position INTEGER NOT NULL,
                        data BLOB NOT NULL,
                        PRIMARY KEY (recording, position)
                    );

                    CREATE TABLE reel_event_names (
                        recording INTEGER NOT NULL,
                        name TEXT NOT NULL,
                        PRIMARY KEY (recording, name)
                    ) WITHOUT ROWID;
                    CREATE INDEX reel_event_names_name ON reel_event_names (name, recording);

                    -- The words have been cut already: only spaces part them.
                    CREATE VIRTUAL TABLE reel_words USING fts5(words, tokenize = 'ascii', prefix = '2 3 4', detail = none);
                    """)
        }
        migrator.registerMigration("2") { db in
            try db.execute(
                sql: """
                    -- The parts of replaced recordings, which somebody may still be reading.
                    CREATE TABLE reel_replaced (
                        recording INTEGER PRIMARY KEY,
                        id TEXT NOT NULL,
                        replaced_at INTEGER NOT NULL
                    );
                    CREATE INDEX reel_replaced_id ON reel_replaced (id);
                    CREATE INDEX reel_replaced_at ON reel_replaced (replaced_at);

                    -- The latest changes, for who listens in another process.
                    CREATE TABLE reel_changes (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        change TEXT NOT NULL
                    );
                    """)
        }
        return migrator
    }
}
