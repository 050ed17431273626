import Foundation
import PostgresTestServer
import Reel
import ReelStore
import ReelStoreConformance
import ReelStorePostgres
import Synchronization
import Testing

@Suite("The tables of PhoenixReplay's Ecto storage")
struct PhoenixReplayTests {
    /// A release's table, and the samples that are its rows.
    struct Layout: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var table: String
        var samples: String
        /// What is inserted besides id, view, connected_at, event_count and data.
        var more: [(column: String, value: String)] = []
        /// Whether rows are gzip, as those before 0.2's last.
        var isPacked = false
    }

    private static let first = """
        CREATE TABLE phoenix_replay_recordings (id varchar(255) PRIMARY KEY, view varchar(255) NOT NULL,
            connected_at bigint NOT NULL, event_count integer NOT NULL DEFAULT 0, data bytea NOT NULL,
            inserted_at timestamp(0) NOT NULL, updated_at timestamp(0) NOT NULL);
        """
    private static let third = """
        CREATE TABLE phoenix_replay_recordings (id varchar(255) PRIMARY KEY, view varchar(255) NOT NULL, url text,
            connected_at bigint NOT NULL, event_count integer NOT NULL, duration_ms integer NOT NULL,
            event_names bytea NOT NULL, data bytea NOT NULL);
        CREATE INDEX ON phoenix_replay_recordings (connected_at);
        """
    private static let times = [("inserted_at", "'2026-01-01'"), ("updated_at", "'2026-01-01'")]
    // [<<"save">>, <<"validate">>]
    private static let names = [
        ("url", "'http://www.example.com'"), ("duration_ms", "1234"),
        ("event_names", "'\\x836c000000026d00000004736176656d0000000876616c69646174656a'::bytea"),
    ]

    static let layouts = [
        Layout(testDescription: "0.1", table: first, samples: "phoenix-replay-0.1", more: times, isPacked: true),
        Layout(testDescription: "0.2", table: first, samples: "phoenix-replay-0.1", more: times),
        Layout(testDescription: "0.3, 0.4", table: third, samples: "phoenix-replay-0.6", more: names),
        Layout(
            testDescription: "0.5",
            table: third + """
                ALTER TABLE phoenix_replay_recordings ADD error_count integer DEFAULT 0, ADD tab varchar(255),
                    ADD viewport varchar(255), ADD device varchar(255), ADD source varchar(255), ADD saved_at bigint;
                """,
            samples: "phoenix-replay-0.6", more: names + [("error_count", "2"), ("saved_at", "1700000000000")]),
        Layout(
            testDescription: "0.6",
            table: third + """
                ALTER TABLE phoenix_replay_recordings ADD error_count integer DEFAULT 0, ADD tab varchar(255),
                    ADD viewport varchar(255), ADD device varchar(255), ADD source varchar(255), ADD saved_at bigint,
                    ADD medium varchar(255), ADD campaign varchar(255), ADD device_type varchar(255),
                    ADD browser varchar(255), ADD release varchar(255), ADD visit varchar(255);
                CREATE TABLE phoenix_replay_marks (recording_id varchar(255), name varchar(255), count integer NOT NULL,
                    PRIMARY KEY (recording_id, name));
                """,
            samples: "phoenix-replay-0.6", more: names + [("error_count", "2"), ("saved_at", "1700000000000")]),
    ]

    @Test("each release's table is listed, opened and copied, and not changed", arguments: layouts)
    func layout(_ layout: Layout) async throws {
        let server = try PostgresServer.shared.get()
        let url = try server.newDatabase()
        try server.sql(url, layout.table)
        var expected: [RecordingID: [UInt8]] = [:]
        for file in try samples(layout.samples) {
            let bytes = try Array(Data(contentsOf: file))
            let importer = try PhoenixReplayImporter(MemorySource(bytes))
            let id = try RecordingID(#require(importer.header.id))
            let sink = MemorySink()
            _ = try importer.write(to: sink)
            expected[id] = sink.bytes
            let row = try layout.samples.hasSuffix("0.1") && !layout.isPacked ? unpacked(file) : bytes
            let columns = (["id", "view", "connected_at", "event_count", "data"] + layout.more.map(\.column))
            let values =
                [
                    "'\(id)'", "'\(importer.header.view ?? "")'", "\(importer.header.connectedAt ?? 0)",
                    "\(importer.eventCount)", "decode('\(Data(row).base64EncodedString())', 'base64')",
                ]
                + layout.more.map(\.value)
            try server.sql(
                url,
                "INSERT INTO phoenix_replay_recordings (\(columns.joined(separator: ", ")))"
                    + " VALUES (\(values.joined(separator: ", ")))")
        }
        // One that nothing can be made of must not stop the others.
        let more = layout.more.map { ", \($0.column)" }.joined()
        try server.sql(
            url,
            "INSERT INTO phoenix_replay_recordings (id, view, connected_at, event_count, data\(more))"
                + " VALUES ('broken', 'Broken', 1, 1, '\\x0102'\(layout.more.map { ", \($0.value)" }.joined()))")
        let source = try await PhoenixReplayStore(url)
        let listed = try await source.page().recordings
        #expect(Set(listed.map(\.id)) == Set(expected.keys).union([try RecordingID("broken")]))
        #expect(listed.last?.id.text == "broken")
        for recording in listed where expected[recording.id] != nil {
            #expect(try await source.bytes(of: recording.id) == expected[recording.id])
            #expect(recording.view?.hasPrefix("Rec.") == true)
            #expect(recording.isFinished)
            #expect(try await source.recording(recording.id) == recording)
        }
        #expect(try await source.ids(pageSize: 2).count == expected.count + 1)
        #expect(try await source.ids(RecordingQuery(view: "Rec.ChatLive")).count == 1)
        #expect(
            try await source.ids(RecordingQuery(eventNames: ["save"])).count
                == (layout.testDescription < "0.3" ? 0 : expected.count + 1))
        let target = try await PostgresStore(try server.newDatabase())
        let outcomes = Outcomes()
        try await RecordingCopier(from: source, to: target).copyAll { id, outcome in
            outcomes.note(id, outcome)
        }
        #expect(outcomes.failed == ["broken"])
        for (id, bytes) in expected {
            #expect(try await target.bytes(of: id) == bytes)
            #expect(try await target.recording(id)?.errorCount == (layout.samples.hasSuffix("0.1") ? 0 : 2))
        }
        let id = try #require(expected.keys.first)
        await #expect { try await source.delete(id) } throws: { ($0 as? StoreError)?.kind == .readOnly }
        await #expect { try await source.clear() } throws: { ($0 as? StoreError)?.kind == .readOnly }
        await #expect { try await source.put([], as: id) } throws: { ($0 as? StoreError)?.kind == .readOnly }
        #expect(try server.sql(url, "SELECT COUNT(*) FROM phoenix_replay_recordings") == ["\(expected.count + 1)"])
        await source.close()
        await target.close()
    }

    @Test(
        "rows that 0.1 and 0.2 have written as JSON are opened and copied like those of terms",
        arguments: [true, false])
    func json(isPacked: Bool) async throws {
        let server = try PostgresServer.shared.get()
        let url = try server.newDatabase()
        try server.sql(url, PhoenixReplayTests.first)
        for name in ["chat", "counter"] {
            let file = PhoenixReplayTests.samples.appending(path: "phoenix-replay-0.1/\(name).json.gz")
            let row = try isPacked ? Array(Data(contentsOf: file)) : unpacked(file)
            try server.sql(
                url,
                """
                INSERT INTO phoenix_replay_recordings VALUES ('\(name)', 'Elixir.Rec.Live', 1, 2,
                    decode('\(Data(row).base64EncodedString())', 'base64'), '2026-01-01', '2026-01-01')
                """)
        }
        let source = try await PhoenixReplayStore(url)
        #expect(try await source.ids().map(\.text) == ["counter", "chat"])
        let target = try await PostgresStore(try server.newDatabase())
        let outcomes = Outcomes()
        try await RecordingCopier(from: source, to: target).copyAll { id, outcome in outcomes.note(id, outcome) }
        #expect(outcomes.failed == [])
        for recording in try await target.page().recordings {
            let terms = PhoenixReplayTests.samples.appending(path: "phoenix-replay-0.1/\(recording.id).etf.gz")
            let importer = try PhoenixReplayImporter(MemorySource(Array(Data(contentsOf: terms))))
            #expect(recording.eventCount == importer.eventCount)
            #expect(recording.connectedAt == importer.header.connectedAt)
        }
        await source.close()
        await target.close()
    }

    @Test("a database without the table is none of PhoenixReplay's")
    func noTable() async throws {
        let url = try PostgresServer.shared.get().newDatabase()
        await #expect { try await PhoenixReplayStore(url) } throws: { ($0 as? StoreError)?.kind == .notFound }
    }

    private static let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Samples")

    private func samples(_ folder: String) throws -> [URL] {
        let root = PhoenixReplayTests.samples.appending(path: folder)
        return try FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil).filter {
            let name = $0.lastPathComponent
            // The longest one says nothing that the others do not.
            return name != "long-chat.etf.gz" && name != "long-chat.recording"
                && (name.hasSuffix(".etf.gz") || name.hasSuffix(".recording"))
        }
    }

    private func unpacked(_ file: URL) throws -> [UInt8] {
        let text = try PostgresServer.shell("zcat '\(file.path)' | base64 -w0")
        return Array(try #require(Data(base64Encoded: text.trimmingCharacters(in: .newlines))))
    }
}

/// What has become of copies.
final class Outcomes: Sendable {
    private let failures = Mutex<[String]>([])

    var failed: [String] { failures.withLock { $0.sorted() } }

    func note(_ id: RecordingID, _ outcome: Result<RecordingCopier.Outcome, StoreError>) {
        if case .failure = outcome { failures.withLock { $0.append(id.text) } }
    }
}
