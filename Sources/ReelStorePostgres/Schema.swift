/// The tables, version by version. A version that has been released is never changed: another one comes after it.
///
/// The members are in `reel_parts`, which is parted by the month in which a recording was started. So the recordings of a
/// month that are all deleted go with one `DROP TABLE`, however many they were, and leave nothing to be vacuumed. What listings
/// read is in `reel_recordings`, which is small and is not parted: an id has to be unique whatever its month.
enum Schema {
    /// The statements of each version.
    static let versions = [
        """
        CREATE TABLE reel_recordings (
            key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id text COLLATE "C" NOT NULL UNIQUE,
            month integer NOT NULL,
            view text COLLATE "C",
            url text COLLATE "C",
            connected_at bigint,
            event_count bigint NOT NULL,
            duration_ms bigint NOT NULL,
            error_count bigint NOT NULL,
            event_names jsonb NOT NULL,
            kinds jsonb NOT NULL,
            reason text NOT NULL,
            words tsvector NOT NULL,
            saved_at bigint NOT NULL,
            byte_count bigint NOT NULL,
            has_finish boolean NOT NULL,
            finished boolean NOT NULL
        );
        CREATE INDEX reel_recordings_connected ON reel_recordings (COALESCE(connected_at, 0), id);
        CREATE INDEX reel_recordings_view ON reel_recordings (view, COALESCE(connected_at, 0), id);
        CREATE INDEX reel_recordings_errors ON reel_recordings (error_count, id) WHERE error_count > 0;
        CREATE INDEX reel_recordings_unfinished ON reel_recordings (id) WHERE NOT finished;
        CREATE INDEX reel_recordings_month ON reel_recordings (month);
        CREATE INDEX reel_recordings_names ON reel_recordings USING gin (event_names);
        CREATE INDEX reel_recordings_words ON reel_recordings USING gin (words);

        CREATE TABLE reel_parts (
            month integer NOT NULL,
            recording bigint NOT NULL,
            position bigint NOT NULL,
            data bytea NOT NULL,
            PRIMARY KEY (recording, position, month)
        ) PARTITION BY RANGE (month);
        ALTER TABLE reel_parts ALTER COLUMN data SET STORAGE EXTERNAL;

        CREATE TABLE reel_orphans (
            recording bigint PRIMARY KEY,
            month integer NOT NULL
        );
        """,
        // The parts of replaced recordings, which somebody may still be reading.
        """
        CREATE TABLE reel_replaced (
            recording bigint PRIMARY KEY,
            month integer NOT NULL,
            id text COLLATE "C" NOT NULL,
            replaced_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX reel_replaced_id ON reel_replaced (id);
        CREATE INDEX reel_replaced_at ON reel_replaced (replaced_at);
        """,
    ]

    /// The number of the advisory lock that changes of the tables are made under: "reel".
    static let lock = 0x7265_656C

    /// The month by the database's clock, as the tables have it: 202601.
    static let month = "to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::integer"

    /// Brings the tables up to date.
    static func migrate(_ connection: PostgresConnection) throws {
        guard try version(connection) < versions.count else { return }
        try connection.execute("BEGIN")
        // Of several that start at once one makes the tables, and the others find them made.
        try connection.execute("SELECT pg_advisory_xact_lock(\(lock))")
        try connection.execute("CREATE TABLE IF NOT EXISTS reel_schema (version integer NOT NULL)")
        for version in try version(connection)..<versions.count {
            try connection.execute(versions[version])
            try connection.execute("DELETE FROM reel_schema")
            try connection.execute("INSERT INTO reel_schema VALUES ($1)", [.integer(version + 1)])
        }
        try connection.execute("COMMIT")
        try makePartitions(connection)
    }

    private static func version(_ connection: PostgresConnection) throws -> Int {
        let isThere = try connection.execute("SELECT to_regclass('reel_schema') IS NOT NULL")
        var cells = PostgresCells(isThere.rows.first ?? [])
        guard cells.boolean() else { return 0 }
        var version = PostgresCells(try connection.execute("SELECT MAX(version) FROM reel_schema").rows.first ?? [])
        return version.integer() ?? 0
    }

    /// Makes the partitions of this month and the next.
    static func makePartitions(_ connection: PostgresConnection) throws {
        let rows = try connection.execute(
            "SELECT \(month), to_char(now() AT TIME ZONE 'UTC' + interval '1 month', 'YYYYMM')::integer")
        var cells = PostgresCells(rows.rows.first ?? [])
        for month in [cells.integer(), cells.integer()].compactMap({ $0 }) {
            try connection.execute("BEGIN")
            try connection.execute("SELECT pg_advisory_xact_lock(\(lock))")
            try connection.execute(
                "CREATE TABLE IF NOT EXISTS \(partition(month)) PARTITION OF reel_parts"
                    + " FOR VALUES FROM (\(month)) TO (\(month + 1))")
            try connection.execute("COMMIT")
        }
    }

    static func partition(_ month: Int) -> String { "reel_parts_\(month)" }
}

extension PostgresConnection {
    /// Does several things of which all are done or none.
    func transaction<Value>(_ body: () throws -> Value) throws -> Value {
        try execute("BEGIN")
        do {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            _ = try? execute("ROLLBACK")
            throw error
        }
    }
}
