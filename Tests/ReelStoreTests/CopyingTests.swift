import Foundation
import Reel
import ReelStore
import ReelStoreConformance
import Synchronization
import SystemPackage
import Testing

@Suite("Copying and importing")
struct CopyingTests {
    @Test("a copy has the same bytes, and copying again sends nothing")
    func copy() async throws {
        try await inStores { source, target in
            for seed in 0..<30 { try await source.keep(SampleSession.random(seed)) }
            for round in 0..<2 {
                let sent = Mutex(0)
                try await RecordingCopier(from: source, to: target).copyAll { _, outcome in
                    if case .success(.copied(_, let count)) = outcome { sent.withLock { $0 += count } }
                    if case .failure(let error) = outcome { Issue.record(error) }
                }
                #expect((sent.withLock { $0 } > 0) == (round == 0))
            }
            #expect(try await target.ids() == source.ids())
            for id in try await source.ids() { #expect(try await target.bytes(of: id) == source.bytes(of: id)) }
        }
    }

    @Test("a copy goes on where it was interrupted, and where a session has grown")
    func resume() async throws {
        try await inStores { source, target in
            let session = SampleSession("s", eventsPerMember: 2)
            let pieces = try session.pieces()
            let copier = RecordingCopier(from: source, to: target)
            try await target.append(pieces[0], to: session.id, at: 0)
            var offset = 0
            for (index, piece) in pieces.enumerated() {
                try await source.append(piece, to: session.id, at: offset)
                let outcome = try await copier.copy(session.id)
                #expect(outcome == (index == 0 ? .unchanged : .copied(before: offset, sent: piece.count)))
                offset += piece.count
            }
            #expect(try await target.bytes(of: session.id) == session.bytes())
            #expect(try await target.recording(session.id)?.isFinished == true)
        }
    }

    @Test("another recording under the id is left as it is")
    func conflict() async throws {
        try await inStores { source, target in
            try await source.keep(SampleSession("s", eventsPerMember: 2))
            for other in [
                SampleSession("s", view: "Other"),
                SampleSession("s", view: "Other", eventsPerMember: 1, isFinished: false),
                SampleSession("s", events: SampleSession.events + SampleSession.events + SampleSession.events),
            ] {
                try await target.clear()
                try await target.keep(other)
                await #expect { try await RecordingCopier(from: source, to: target).copy(other.id) } throws: {
                    ($0 as? StoreError)?.kind == .conflict
                }
                #expect(try await target.bytes(of: other.id) == other.bytes())
            }
        }
    }

    @Test("a damaged recording is not copied, and stops no other")
    func damaged() async throws {
        try await inFolder { folder in
            let source = try FileStore(folder.appending("source"))
            let target = try FileStore(folder.appending("target"))
            for name in ["a", "b", "c"] { try await source.keep(SampleSession(name, eventsPerMember: 3)) }
            var bytes = try SampleSession("b", eventsPerMember: 3).bytes()
            bytes[bytes.count / 2] ^= 1
            try folder.write(bytes, to: "source/b.reel")
            let failed = Mutex<[String]>([])
            try await RecordingCopier(from: source, to: target).copyAll { id, outcome in
                if case .failure = outcome { failed.withLock { $0.append(id.text) } }
            }
            #expect(failed.withLock { $0 } == ["b"])
            #expect(try await target.ids().map(\.text).sorted() == ["a", "c"])
        }
    }

    @Test("a folder of PhoenixReplay's is imported whole, again and again", arguments: ["0.1", "0.6"])
    func importing(release: String) async throws {
        try await inFolder { folder in
            let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "Samples/phoenix-replay-\(release)")
            let store = try FileStore(folder)
            let files = try FileImporter.files(in: FilePath(samples.path))
            for round in 0..<2 {
                let results = Mutex<[String: String]>([:])
                await FileImporter(into: store, options: WriterOptions(level: 1)).putAll(files) { path, result in
                    let name = path.lastComponent?.string ?? ""
                    let text: String =
                        switch result {
                        case .success(let outcome): outcome.copy == .unchanged ? "unchanged" : "copied"
                        case .failure(let error): error.kind.rawValue
                        }
                    results.withLock { $0[name] = text }
                }
                for (name, result) in results.withLock({ $0 }) {
                    // The same sessions in terms say more, and whole ones all that their parts do, whichever comes first.
                    let expected: Set =
                        if name.hasSuffix(".json.gz") {
                            ["conflict"]
                        } else if name.hasSuffix(".part"), round == 0 {
                            ["copied", "unchanged"]
                        } else {
                            [round == 0 ? "copied" : "unchanged"]
                        }
                    #expect(expected.contains(result), "\(name): \(result)")
                }
            }
            #expect(try await store.ids().count == 5)
        }
    }

    @Test("a folder of PhoenixReplay's JSON is imported like any other")
    func importingJSON() async throws {
        try await inFolder { folder in
            let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "Samples/phoenix-replay-0.1")
            let files = try FileImporter.files(in: FilePath(samples.path)).filter { $0.string.hasSuffix(".json.gz") }
            let store = try FileStore(folder)
            for expected in ["copied", "unchanged"] {
                await FileImporter(into: store, options: WriterOptions(level: 1)).putAll(files) { path, result in
                    let outcome = try? result.get()
                    #expect(outcome?.losses == [], "\(path): \(result)")
                    #expect(outcome?.copy == .unchanged ? expected == "unchanged" : expected == "copied")
                }
            }
            let recordings = try await store.page().recordings
            #expect(recordings.count == files.count && files.count == 3)
            #expect(recordings.allSatisfy { $0.isFinished && $0.eventCount > 0 && $0.view?.hasPrefix("Rec.") == true })
        }
    }

    private func inStores(_ body: (any RecordingStore, any RecordingStore) async throws -> Void) async throws {
        try await inFolder { folder in
            try await body(FileStore(folder.appending("source")), FileStore(folder.appending("target")))
        }
    }
}

@Suite("Retention")
struct RetentionTests {
    private static let now = 1_700_000_000_000
    private static let day = 86_400_000

    /// A rule, and which of the ten recordings, one a day, the newest first, it keeps.
    static let rules: [(name: String, policy: RetentionPolicy, kept: [Int])] = [
        ("nothing", RetentionPolicy(), Array(0..<10)),
        ("age", RetentionPolicy(maximumAge: .seconds(86_400 * 3)), [0, 1, 2, 3]),
        ("count", RetentionPolicy(maximumCount: 2), [0, 1]),
        ("no count", RetentionPolicy(maximumCount: 0), []),
        ("bytes", RetentionPolicy(maximumByteCount: 1_500), [0, 1]),
        ("age and count", RetentionPolicy(maximumAge: .seconds(86_400), maximumCount: 8), [0, 1]),
        (
            "a view's own", RetentionPolicy(maximumCount: 1, views: ["Odd": .init(maximumCount: 3)]), [0, 1, 3, 5]
        ),
        ("a view without limits", RetentionPolicy(maximumAge: .zero, views: ["Odd": .init()]), [0, 1, 3, 5, 7, 9]),
    ]

    @Test("a policy keeps the newest, and no running session is touched", arguments: rules)
    func policy(_ rule: (name: String, policy: RetentionPolicy, kept: [Int])) async throws {
        try await inFolder { folder in
            let store = try FileStore(folder)
            for index in 0..<10 {
                try await store.keep(
                    SampleSession(
                        "r-\(index)", view: index % 2 == 1 ? "Odd" : "Even", connectedAt: Self.now - index * Self.day))
            }
            try await store.keep(SampleSession("running", connectedAt: 0, isFinished: false))
            let byteCount = try #require(try await store.recording(RecordingID("r-0"))).byteCount
            #expect(500..<750 ~= byteCount, "\(byteCount)")
            let plan = try await rule.policy.plan(for: store, now: Self.now)
            // A dry run deletes nothing.
            #expect(try await store.ids().count == 11)
            #expect(plan.keptCount == rule.kept.count)
            #expect(plan.expired.count == 10 - rule.kept.count)
            #expect(try await plan.apply() == 10 - rule.kept.count)
            #expect(
                try await Set(store.ids().map(\.text)) == Set(rule.kept.map { "r-\($0)" } + ["running"]))
        }
    }

    @Test("a session that was started anew under an old id meanwhile stays")
    func restarted() async throws {
        try await inFolder { folder in
            let store = try FileStore(folder)
            try await store.keep(SampleSession("a", connectedAt: 0))
            let plan = try await RetentionPolicy(maximumAge: .seconds(1)).plan(for: store, now: Self.now)
            try await store.delete(RecordingID("a"))
            try await store.keep(SampleSession("a", isFinished: false))
            #expect(try await plan.apply() == 0)
            #expect(try await store.ids().map(\.text) == ["a"])
        }
    }
}

@Suite("Locations of stores")
struct LocationTests {
    @Test(
        "what people write is told apart",
        arguments: [
            ("recordings", StoreLocation.folder("recordings")), ("/var/lib/reel", .folder("/var/lib/reel")),
            ("./sqlite:odd", .folder("./sqlite:odd")), ("file:///var/reel", .folder("/var/reel")),
            ("a/b:c", .folder("a/b:c")), ("sqlite:replays.db", .sqlite("replays.db")),
            ("SQLite:/a b.db", .sqlite("/a b.db")), ("sqlite:///a.db", .sqlite("/a.db")),
            ("postgres://u@h/d", .postgres("postgres://u@h/d")), ("postgresql:///d", .postgres("postgresql:///d")),
            ("phoenix-replay:postgres://h/d", .phoenixReplay("postgres://h/d")),
        ])
    func valid(text: String, location: StoreLocation) throws {
        #expect(try StoreLocation(text) == location)
        #expect(try StoreLocation("\(location)") == location)
    }

    @Test(
        "what names no store is refused with what was expected",
        arguments: [
            "", "sqlite:", "sqlite://host/a.db", "postgres:", "postgres:db", "http://x", "s3://bucket", "file:x",
            "phoenix-replay:", "phoenix-replay:sqlite:x", "phoenix-replay:folder", "a\0b",
        ])
    func invalid(text: String) {
        #expect {
            try StoreLocation(text)
        } throws: { error in
            guard let error = error as? StoreError else { return false }
            return error.kind == .invalidLocation && error.reason.contains("expected a folder, sqlite:PATH")
        }
    }

    @Test("a password is not shown")
    func password() throws {
        for url in ["postgres://u:secret@h/d", "postgres://h/d?user=u&password=secret&x=1", "postgres://u:secret:@h/d"]
        {
            #expect(try !"\(StoreLocation(url))".contains("secret"))
        }
    }
}
