import Foundation
import PostgresTestServer
import Reel
import ReelStore
import ReelStoreConformance
import ReelStorePostgres
import ReelStoreSQLite
import SystemPackage
import TestPrograms
import Testing

@Suite("What a store has acknowledged is there after the writer has died")
struct CrashTests {
    enum Kind: CaseIterable, CustomTestStringConvertible {
        case folder, sqlite, postgres

        var testDescription: String { "\(self)" }

        /// Where an empty store is.
        func location(in folder: String) throws -> StoreLocation {
            switch self {
            case .folder: .folder("\(folder)/store")
            case .sqlite: .sqlite("\(folder)/store.db")
            case .postgres: .postgres(try PostgresServer.shared.get().newDatabase())
            }
        }
    }

    private func open(_ location: StoreLocation) async throws -> any RecordingStore {
        switch location {
        case .folder(let path): try FileStore(FilePath(path))
        case .sqlite(let path): try SQLiteStore(path)
        case .postgres(let url), .phoenixReplay(let url): try await PostgresStore(url)
        }
    }

    @Test("killed at any moment, 100 times", arguments: Kind.allCases)
    func killed(_ kind: Kind) async throws {
        try await inFolder { folder in
            let location = try kind.location(in: folder)
            var random = SeededNumbers(seed: 5)
            var acknowledged: [String: (byteCount: Int, isFinished: Bool)] = [:]
            var first = 0
            for _ in 0..<100 {
                let writer = try RunningProgram.writer(location, first: first, count: 1_000)
                // The writer is somewhere in what follows the last of these lines when it is killed.
                for _ in 0..<Int.random(in: 1...12, using: &random) {
                    guard let line = writer.line() else { break }
                    acknowledged.note(line)
                }
                writer.signal(SIGKILL)
                // What it had said by then counts too.
                while let line = writer.line() { acknowledged.note(line) }
                first += 1_000
            }
            let store = try await open(location)
            try await check(store, acknowledged)
            await store.close()
        }
    }

    @Test("who listens in one process hears what another one writes", arguments: Kind.allCases)
    func listening(_ kind: Kind) async throws {
        try await inFolder { folder in
            let location = try kind.location(in: folder)
            let store = try await open(location)
            let changes = try await store.changes()
            let writer = try RunningProgram.writer(location, first: 0, count: 5)
            var finished: [String] = []
            var grown = 0
            for await change in changes {
                if case .appended = change { grown += 1 }
                if case .finished(let id) = change { finished.append(id.text) }
                if finished.count == 5 { break }
            }
            #expect(finished == (0..<5).map { "k-\($0)" })
            let pieceCount = try SampleSession("k-0", eventsPerMember: 3).pieces().count
            #expect(grown == 5 * pieceCount)
            while writer.line() != nil {}
            await store.close()
        }
    }

    @Test(
        "on a disk that is full, recordings can be listed and deleted, which makes room",
        .enabled(if: SmallDisk.isPermitted, "only root may mount a small filesystem"),
        arguments: Kind.allCases.filter { $0 != .postgres })
    func deletingOnFullDisk(_ kind: Kind) async throws {
        let disk = try SmallDisk(megabytes: 6)
        let location = try kind.location(in: disk.path)
        var store = try await open(location)
        for index in 0..<20 { try await store.keep(SampleSession("s-\(index)", events: SampleSession.noise(100_000))) }
        await store.close()
        let ballast = try FileDescriptor.open(
            FilePath("\(disk.path)/ballast"), .writeOnly, options: .create, permissions: .ownerReadWrite)
        // To the last byte.
        for size in [65_536, 4_096, 1] {
            let bytes = [UInt8](repeating: 0, count: size)
            while (try? ballast.writeAll(bytes)) != nil {}
        }
        try ballast.close()
        store = try await open(location)
        #expect(try await store.ids().count == 20)
        let ids = (0..<19).map { RecordingID(validating: "s-\($0)") }.compactMap(\.self)
        #expect(try await store.delete(ids, keepingUnfinished: true).count == 19)
        #expect(try await store.ids().map(\.text) == ["s-19"])
        try await store.keep(SampleSession("after", events: SampleSession.noise(100_000)))
        await store.close()
    }

    @Test(
        "on a disk that is full", .enabled(if: SmallDisk.isPermitted, "only root may mount a small filesystem"),
        arguments: Kind.allCases)
    func fullDisk(_ kind: Kind) async throws {
        if kind == .postgres {
            let server = try PostgresServer(smallDisk: 24)
            let url = try server.newDatabase(tablespace: "small")
            let ballast = "\(server.folder)/small/ballast"
            try server.sql(url, "COPY (SELECT repeat('x', 8000000)) TO '\(ballast)'")
            try await fill(.postgres(url)) { try server.sql(url, "COPY (SELECT 1) TO PROGRAM 'rm -f \(ballast)'") }
        } else {
            let disk = try SmallDisk(megabytes: 3)
            let ballast = FilePath("\(disk.path)/ballast")
            let descriptor = try FileDescriptor.open(
                ballast, .writeOnly, options: .create, permissions: [.ownerReadWrite])
            try descriptor.closeAfter { _ = try descriptor.writeAll([UInt8](repeating: 0, count: 500_000)) }
            try await fill(kind.location(in: disk.path)) { try FileManager.default.removeItem(atPath: ballast.string) }
        }
    }

    /// Fills a disk, and goes on when there is room again.
    private func fill(_ location: StoreLocation, makingRoom: () throws -> Void) async throws {
        var acknowledged: [String: (byteCount: Int, isFinished: Bool)] = [:]
        let writer = try RunningProgram.writer(location, first: 0, count: 100_000)
        var last = ""
        while let line = writer.line() {
            last = line
            acknowledged.note(line)
        }
        #expect(last == "error full")
        try makingRoom()
        let store = try await open(location)
        try await check(store, acknowledged)
        let session = SampleSession("after")
        try await store.keep(session)
        #expect(try await store.bytes(of: session.id) == session.bytes())
        await store.close()
    }

    @Test("where no file may grow beyond a size", arguments: [Kind.folder, .sqlite])
    func fullFile(_ kind: Kind) async throws {
        try await inFolder { folder in
            let location = try kind.location(in: folder)
            // The store is made before there is a limit.
            _ = try await open(location).page()
            var acknowledged: [String: (byteCount: Int, isFinished: Bool)] = [:]
            // SQLite's file is the first to meet it, and a recording's a lower one.
            let writer = try RunningProgram.writer(
                location, first: 0, count: 4_000, fileKilobytes: kind == .folder ? 0.5 : 256)
            var last = ""
            while let line = writer.line() {
                last = line
                acknowledged.note(line)
            }
            #expect(last.hasPrefix("error"), "\(last)")
            let store = try await open(location)
            try await check(store, acknowledged)
            // There is room again.
            let session = SampleSession("after")
            try await store.keep(session)
            #expect(try await store.bytes(of: session.id) == session.bytes())
            await store.close()
        }
    }

    /// Checks that all that was acknowledged is there, and that all there is is sound.
    private func check(
        _ store: any RecordingStore, _ acknowledged: [String: (byteCount: Int, isFinished: Bool)]
    ) async throws {
        var listed: [String: StoredRecording] = [:]
        for try await recording in store.recordings() { listed[recording.id.text] = recording }
        #expect(!acknowledged.isEmpty)
        for (id, state) in acknowledged {
            let recording = try #require(listed[id], "\(id) is lost")
            // What has been replaced stays so.
            let isSmall = try state.isFinished && state.byteCount == SampleSession(id).bytes().count
            #expect(
                isSmall
                    ? recording.byteCount == state.byteCount
                    : recording.byteCount >= state.byteCount || recording.isFinished)
            #expect(recording.isFinished || !state.isFinished)
        }
        for (id, recording) in listed {
            #expect(recording.damage == nil)
            let content = try await store.open(recording.id)
            let bytes = try await content.bytes(0..<min(recording.byteCount, content.byteCount))
            #expect(bytes.count == recording.byteCount)
            let file = try RecordingFile(MemorySource(bytes))
            #expect(try file.eventCount == recording.eventCount)
            #expect(file.layout == (recording.isFinished ? .finished : .unfinished))
            let whole = try SampleSession(id, eventsPerMember: 3).bytes()
            let isForm = try bytes == whole || bytes == SampleSession(id).bytes()
            #expect(isForm || !recording.isFinished)
            // Its session goes on where it was.
            if !recording.isFinished {
                let rest = whole.dropFirst(bytes.count)
                let finished = try await store.append(Array(rest), to: recording.id, at: bytes.count)
                #expect(finished.isFinished)
            }
        }
    }
}

extension [String: (byteCount: Int, isFinished: Bool)] {
    fileprivate mutating func note(_ line: String) {
        let words = line.split(separator: " ")
        guard words.count == 3, let byteCount = Int(words[1]) else { return }
        self[String(words[0])] = (byteCount, words[2] == "true")
    }
}
