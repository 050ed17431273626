import ExternalTerm
import Foundation
import Reel
import ReelStore
import ReelStoreConformance
import SystemPackage
import Testing

@Suite("The file store and its folder")
struct FolderTests {
    @Test("a folder that grows gets folders, and finds what is in and beside them")
    func sharding() async throws {
        try await inFolder { folder in
            let store = try FileStore(folder)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        for index in stride(from: worker, to: 1_200, by: 8) {
                            let session = SampleSession("g-\(index)", connectedAt: index, events: [])
                            try await store.put(try session.bytes(), as: session.id)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let shards = try folder.names.filter { $0.count == 2 }
            #expect(shards.count == 256)
            #expect(try folder.names.filter { $0.hasSuffix(".reel") && $0 != ".reel" }.count < 1_200)
            let other = try FileStore(folder)
            #expect(try await other.ids(pageSize: 500).map(\.text) == (0..<1_200).reversed().map { "g-\($0)" })
            for index in [0, 1_023, 1_024, 1_199] { #expect(try await other.delete(RecordingID("g-\(index)"))) }
            #expect(try await store.ids().count == 1_196)
        }
    }

    @Test(
        "pipes, links and folders that somebody puts in are listed as damaged, and keep nobody waiting",
        .timeLimit(.minutes(5)))
    func noFiles() async throws {
        try await inFolder { folder in
            let secret = folder.appending("secret")
            try folder.write(Array("private".utf8), to: "secret")
            let store = try FileStore(folder.appending("store"))
            try await store.keep(SampleSession("one"))
            for place in ["store", "store/running"] {
                let name = place == "store" ? "f" : "r"
                #expect(unsafe mkfifo("\(folder)/\(place)/\(name)-pipe.reel", 0o600) == 0)
                try FileManager.default.createSymbolicLink(
                    atPath: "\(folder)/\(place)/\(name)-link.reel", withDestinationPath: secret.string)
            }
            #expect(unsafe mkfifo("\(folder)/store/.reel/catalogue/ff", 0o600) == 0)
            let other = try FileStore(folder.appending("store"))
            let page = try await other.page(RecordingQuery(), after: nil, limit: 100)
            #expect(Set(page.recordings.map(\.id.text)) == ["one", "f-pipe", "f-link", "r-pipe", "r-link"])
            for recording in page.recordings where recording.id.text != "one" {
                #expect(recording.damage?.contains("not a file") == true, "\(recording)")
                await #expect(throws: StoreError.self) { try await other.open(recording.id) }
            }
            #expect(try await other.delete(RecordingID("f-pipe")))
            #expect(try await other.delete(RecordingID("r-link")))
            #expect(try folder.appending("secret").bytes == Array("private".utf8))
        }
    }

    @Test("files that somebody puts in, takes out or replaces are noticed")
    func byHand() async throws {
        try await inFolder { folder in
            let store = try FileStore(folder)
            try await store.keep(SampleSession("one"))
            _ = try await store.page()
            try folder.write(try SampleSession("two").bytes(), to: "two.reel")
            #expect(try await store.ids().count == 2)
            try folder.write(try SampleSession("one", view: "Other").bytes(), to: "one.reel")
            #expect(try await store.page(RecordingQuery(view: "Other")).recordings.map(\.id.text) == ["one"])
            try FileManager.default.removeItem(atPath: folder.appending("two.reel").string)
            #expect(try await store.ids().map(\.text) == ["one"])
            // What is no recording by its name is none.
            for name in ["notes.txt", "a b.reel", "..reel", ".reel-x.tmp"] { try folder.write([1], to: name) }
            #expect(try await store.ids().map(\.text) == ["one"])
        }
    }

    @Test("a damaged file among good ones is listed with what is wrong, and stops nothing")
    func damaged() async throws {
        try await inFolder { folder in
            let store = try FileStore(folder)
            for index in 0..<10 { try await store.keep(SampleSession("d-\(index)")) }
            let whole = try SampleSession("x", eventsPerMember: 3).bytes()
            var flipped = whole
            flipped[40] ^= 0xFF
            try folder.write([], to: "empty.reel")
            try folder.write(Array("nonsense".utf8), to: "nonsense.reel")
            try folder.write(flipped, to: "flipped.reel")
            try folder.write(Array(whole.dropLast(50)), to: "cut.reel")
            let all = try await store.page().recordings
            #expect(all.count == 14)
            #expect(Set(all.filter { $0.damage != nil }.map(\.id.text)) == ["empty", "nonsense", "flipped", "cut"])
            #expect(all.first { $0.id.text == "cut" }?.eventCount == 9)
            #expect(try await store.ids(RecordingQuery(isFinished: true)).count == 10)
            // Another process reads it from the catalogue.
            let again = try await FileStore(folder).page().recordings
            #expect(again.map(\.damage) == all.map(\.damage))
            #expect(try await store.delete(RecordingID("nonsense")))
        }
    }

    @Test("a catalogue that is gone, damaged or another's is made again")
    func catalogues() async throws {
        try await inFolder { folder in
            for index in 0..<20 { try await FileStore(folder).keep(SampleSession("c-\(index)", connectedAt: index)) }
            // A catalogue is believed when its folder has not changed for a while.
            try folder.makeOld()
            let expected = try await FileStore(folder).page().recordings
            let catalogue = folder.appending(".reel").appending("catalogue").appending("root")
            let bytes = try catalogue.bytes
            var random = SeededNumbers(seed: 3)
            var damaged = [[], [0], Array(bytes.dropLast()), bytes + [0], Array(bytes.prefix(32))]
            for _ in 0..<40 {
                var copy = bytes
                copy[Int.random(in: 0..<copy.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
                damaged.append(copy)
            }
            for bytes in damaged {
                try Data(bytes).write(to: URL(filePath: catalogue.string))
                #expect(try await FileStore(folder).page().recordings == expected)
            }
            try FileManager.default.removeItem(atPath: folder.appending(".reel").string)
            #expect(try await FileStore(folder).page().recordings == expected)
        }
    }

    @Test("of the letters beyond ASCII two are ASCII in lower case, as who passes rows over takes it")
    func letters() {
        let beyond = (0x80...0x10FFFF).compactMap(Unicode.Scalar.init)
        let found = beyond.filter { $0.properties.lowercaseMapping.unicodeScalars.contains(where: \.isASCII) }
        #expect(found.map(\.value) == [0x130, 0x212A])
        #expect(found.map { String($0).utf8.first } == [0xC4, 0xE2])
    }

    @Test("what a writer that died has left of a member is cut off by who goes on")
    func torn() async throws {
        try await inFolder { folder in
            let session = SampleSession("t", eventsPerMember: 3)
            let pieces = try session.pieces()
            try await FileStore(folder).append(pieces[0], to: session.id, at: 0)
            for count in [1, 20, pieces[1].count - 1] {
                try folder.write(pieces[0] + pieces[1].prefix(count), to: "running/t.reel")
                let store = try FileStore(folder)
                let listed = try #require(try await store.recording(session.id))
                #expect(listed.byteCount == pieces[0].count)
                #expect(listed.damage == nil)
                #expect(listed.eventCount == 3)
            }
            let store = try FileStore(folder)
            try await store.append(Array(pieces[1...].joined()), to: session.id, at: pieces[0].count)
            #expect(try await store.bytes(of: session.id) == session.bytes())
        }
    }

    @Test("a recording whose writer died between its end and its move is finished")
    func unmoved() async throws {
        try await inFolder { folder in
            let store = try FileStore(folder)
            try folder.write(try SampleSession("u").bytes(), to: "running/u.reel")
            #expect(try await store.page().recordings.map(\.isFinished) == [true])
            #expect(try await store.page().recordings.map(\.isFinished) == [true])
            #expect(try folder.names.contains("u.reel"))
            #expect(try await store.bytes(of: RecordingID("u")) == SampleSession("u").bytes())
        }
    }

    @Test("a folder that may only be read is listed and read")
    func readOnly() async throws {
        try await inFolder { folder in
            for name in ["a", "b"] { try folder.write(try SampleSession(name).bytes(), to: "\(name).reel") }
            // What has no place for a catalogue: a file stands there.
            try folder.write([], to: ".reel")
            let store = try? FileStore(folder)
            #expect(store == nil)
            #expect(throws: StoreError.self) { try FileStore(folder.appending("a.reel")) }
            #expect { try FileStore(folder.appending("none"), createsFolder: false) } throws: {
                ($0 as? StoreError)?.kind == .notFound
            }
        }
    }
}

extension FilePath {
    var bytes: [UInt8] { get throws { Array(try Data(contentsOf: URL(filePath: string))) } }

    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: string) } }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(filePath: "\(string)/\(name)"), options: .atomic)
    }

    /// Makes the folder one that was last changed an hour ago.
    func makeOld() throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -3_600)], ofItemAtPath: string)
    }
}
