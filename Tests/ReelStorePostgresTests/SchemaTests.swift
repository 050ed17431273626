import Foundation
import PostgresTestServer
import ReelStore
import ReelStoreConformance
import ReelStorePostgres
import Testing

@Suite("The tables of the PostgreSQL store")
struct SchemaTests {
    @Test("several that start at once make the tables once")
    func migration() async throws {
        let url = try PostgresServer.shared.get().newDatabase()
        let stores = try await withThrowingTaskGroup(of: PostgresStore.self) { group in
            for _ in 0..<8 { group.addTask { try await PostgresStore(url) } }
            return try await group.reduce(into: [PostgresStore]()) { $0.append($1) }
        }
        for (index, store) in stores.enumerated() { try await store.keep(SampleSession("m-\(index)")) }
        #expect(try await stores[0].ids().count == 8)
        #expect(try PostgresServer.shared.get().sql(url, "SELECT version FROM reel_schema") == ["2"])
        for store in stores { await store.close() }
    }

    @Test("a month whose recordings are all deleted goes as a whole, and one that is not empty stays")
    func partitions() async throws {
        let server = try PostgresServer.shared.get()
        let url = try server.newDatabase()
        let store = try await PostgresStore(url)
        for index in 0..<30 { try await store.keep(SampleSession("p-\(index)", connectedAt: 1_000 + index)) }
        // As if they had been recorded in these months.
        try server.sql(
            url,
            """
            CREATE TABLE reel_parts_202001 PARTITION OF reel_parts FOR VALUES FROM (202001) TO (202002);
            CREATE TABLE reel_parts_202002 PARTITION OF reel_parts FOR VALUES FROM (202002) TO (202003);
            UPDATE reel_recordings SET month = CASE WHEN key % 3 = 0 THEN 202001 ELSE 202002 END WHERE key % 3 < 2;
            UPDATE reel_parts p SET month = r.month FROM reel_recordings r WHERE r.key = p.recording;
            """)
        var old: [RecordingID] = []
        for line in try server.sql(url, "SELECT id FROM reel_recordings WHERE month = 202001") {
            old.append(try RecordingID(line))
        }
        let some = try server.sql(url, "SELECT id FROM reel_recordings WHERE month = 202002 ORDER BY key LIMIT 4")
        #expect(old.count == 10)
        for id in old {
            #expect(
                try await store.bytes(of: id)
                    == SampleSession(id.text, connectedAt: 1_000 + (Int(id.text.dropFirst(2)) ?? 0)).bytes())
        }
        let ids = try old + some.map { try RecordingID($0) }
        #expect(try await store.delete(ids, keepingUnfinished: true).count == 14)
        let partitions = try server.sql(
            url, "SELECT relname FROM pg_class WHERE relname ~ '^reel_parts_[0-9]+$' AND relname < 'reel_parts_2021'")
        #expect(partitions == ["reel_parts_202002"])
        #expect(try server.sql(url, "SELECT COUNT(DISTINCT recording) FROM reel_parts") == ["16"])
        #expect(try server.sql(url, "SELECT COUNT(*) FROM reel_orphans") == ["0"])
        #expect(try await store.ids().count == 16)
        await store.close()
    }

    @Test("the old form of a replaced recording is gone after a while, and at once when the recording is deleted")
    func replaced() async throws {
        let server = try PostgresServer.shared.get()
        let url = try server.newDatabase()
        let store = try await PostgresStore(url)
        for name in ["a", "b", "c"] {
            let session = SampleSession(name, eventsPerMember: 1)
            try await store.keep(session)
            let smaller = try SampleSession(name).bytes()
            try await store.replace(session.id, with: smaller, ifByteCount: try session.bytes().count)
        }
        func partCounts() throws -> [String] {
            try server.sql(url, "SELECT COUNT(DISTINCT recording) FROM reel_parts")
                + server.sql(url, "SELECT COUNT(*) FROM reel_replaced")
        }
        #expect(try partCounts() == ["6", "3"])
        #expect(try await store.delete(RecordingID("a")))
        #expect(try partCounts() == ["4", "2"])
        try server.sql(url, "UPDATE reel_replaced SET replaced_at = now() - interval '11 minutes' WHERE id = 'b'")
        #expect(try await store.delete(RecordingID("nobody")) == false)
        #expect(try partCounts() == ["3", "1"])
        #expect(try await store.bytes(of: RecordingID("b")) == SampleSession("b").bytes())
        try await store.clear()
        #expect(try partCounts() == ["0", "0"])
        await store.close()
    }

    @Test("the partition of a month that has begun is made by who writes first")
    func missingPartition() async throws {
        let server = try PostgresServer.shared.get()
        let url = try server.newDatabase()
        let store = try await PostgresStore(url)
        for name in try server.sql(url, "SELECT relname FROM pg_class WHERE relname ~ '^reel_parts_[0-9]+$'") {
            try server.sql(url, "DROP TABLE \(name)")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<12 { group.addTask { try await store.keep(SampleSession("n-\(index)")) } }
            try await group.waitForAll()
        }
        #expect(try await store.ids().count == 12)
        await store.close()
    }

    @Test("who may only read the tables can list and open")
    func readOnly() async throws {
        let server = try PostgresServer.shared.get()
        let url = try server.newDatabase()
        let store = try await PostgresStore(url)
        let session = SampleSession("r-1")
        try await store.keep(session)
        try server.sql(
            url,
            """
            DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
            GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
            """)
        let reader = try await PostgresStore(url.replacingOccurrences(of: "user=reel", with: "user=reader"))
        #expect(try await reader.bytes(of: session.id) == session.bytes())
        await #expect { try await reader.delete(session.id) } throws: { ($0 as? StoreError)?.kind == .readOnly }
        await store.close()
        await reader.close()
    }

    @Test("libpq's options of TLS pass through the URL")
    func encryption() async throws {
        try await inFolder { folder in
            try PostgresServer.shell(
                """
                cd '\(folder)' && for name in server other; do
                    openssl req -new -x509 -days 2 -nodes -subj /CN=localhost -addext subjectAltName=DNS:localhost \\
                        -out $name.crt -keyout $name.key 2> /dev/null || exit 1
                done
                chmod 755 . && chmod 644 *.crt && chmod 600 server.key
                if [ "$(id -u)" = 0 ]; then chown postgres server.key; fi
                """)
            let (server, port) = try serverAtPort([
                "ssl = on", "ssl_cert_file = '\(folder)/server.crt'", "ssl_key_file = '\(folder)/server.key'",
            ])
            let url = "postgres://reel@localhost:\(port)/postgres?connect_timeout=60"
            let store = try await PostgresStore("\(url)&sslmode=verify-full&sslrootcert=\(folder)/server.crt")
            try await store.keep(SampleSession("tls"))
            #expect(try await store.ids().count == 1)
            await store.close()
            let options = PostgresStore.Options(patience: .milliseconds(100))
            await #expect {
                try await PostgresStore("\(url)&sslmode=verify-full&sslrootcert=\(folder)/other.crt", options: options)
            } throws: { ($0 as? StoreError)?.kind == .unavailable }
            withExtendedLifetime(server) {}
        }
    }

    @Test(
        "what is no database is said at once",
        arguments: [
            ("postgres:///nothing?host=%s&user=reel", StoreError.Kind.unavailable),
            ("postgres:///postgres?host=%s&user=nobody", .unavailable), ("postgres://[", .invalidLocation),
            ("postgres:///postgres?host=%s&nonsense=1", .invalidLocation),
        ])
    func noDatabase(url: String, kind: StoreError.Kind) async throws {
        let folder = try PostgresServer.shared.get().folder
        await #expect {
            try await PostgresStore(url.replacingOccurrences(of: "%s", with: folder))
        } throws: { ($0 as? StoreError)?.kind == kind }
    }

    /// Starts a server that listens at a port.
    private func serverAtPort(_ settings: [String]) throws -> (PostgresServer, Int) {
        var attempts = 1
        while true {
            let port = try freePort()
            do {
                let place = ["listen_addresses = 'localhost'", "port = \(port)"]
                return (try PostgresServer(settings: place + settings), port)
            } catch  where attempts < 5 {
                // Somebody else may have taken the port meanwhile.
                attempts += 1
            }
        }
    }

    private func freePort() throws -> Int {
        let script = "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"
        return try #require(Int(try PostgresServer.shell("python3 -c \"\(script)\"").trimmingCharacters(in: .newlines)))
    }
}

/// Calls `body` with a folder that is gone afterwards.
func inFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = "/tmp/reel-postgres-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
}
