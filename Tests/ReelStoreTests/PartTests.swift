import ExternalTerm
import Foundation
import Reel
import ReelStore
import ReelStoreConformance
import SystemPackage
import Testing
import Zlib

@Suite("Parts of sessions that are put before their ends")
struct PartTests {
    /// What PhoenixReplay writes of a session with so many events.
    private func session(_ count: Int, connectedAt: Int = 1_700_000_000_000) -> (fields: TermMap, events: [Term]) {
        let fields: TermMap = [
            "__struct__": .atom("Elixir.PhoenixReplay.Recording"), "id": "s", "view": .atom("Elixir.Shop"), "url": "/",
            "connected_at": .integer(connectedAt), "events": .list([]),
        ]
        let events = (0..<count).map { index in
            Term.map([
                "__struct__": .atom("Elixir.PhoenixReplay.Recording.Event"), "at": .integer(index),
                "type": .atom("info"),
                "data": .map(["tag": .atom("a")]),
            ])
        }
        return (fields, events)
    }

    /// The session as a `.part`.
    private func part(_ count: Int, connectedAt: Int = 1_700_000_000_000) -> [UInt8] {
        let (fields, events) = session(count, connectedAt: connectedAt)
        let numbered = events.enumerated().map { Term.tuple([.integer($0.offset), $0.element]) }
        let payload = Term.tuple([.map(fields), .list(numbered)]).external
        func bytes(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }
        return Array("PRF1".utf8) + bytes(UInt32(payload.count)) + bytes(CRC32.checksum(of: payload.span)) + payload
    }

    /// The session as a `.recording`.
    private func recording(_ count: Int) -> [UInt8] {
        var (fields, events) = session(count)
        fields[atom: "events"] = .list(events)
        return Term.map(fields).external
    }

    @Test("a part is kept as unfinished, and the whole session takes its place")
    func night() async throws {
        try await inFolder { folder in
            let store = try FileStore(folder.appending("store"))
            let importer = FileImporter(into: store)
            func put(_ bytes: [UInt8], _ name: String) async throws -> RecordingCopier.Outcome {
                try folder.write(bytes, to: name)
                return try await importer.put(folder.appending(name)).copy
            }
            _ = try await put(part(2), "s.part")
            #expect(try await put(part(2), "s.part") == .unchanged)
            let running = try #require(try await store.recording(RecordingID("s")))
            #expect(!running.isFinished && running.eventCount == 2)

            _ = try await put(part(3), "s.part")
            #expect(try await store.recording(RecordingID("s"))?.eventCount == 3)
            await #expect(throws: StoreError.self) { try await put(part(2), "s.part") }

            _ = try await put(recording(5), "s.recording")
            let whole = try #require(try await store.recording(RecordingID("s")))
            #expect(whole.isFinished && whole.eventCount == 5)
            // What has been left behind says nothing new, and another session is another one.
            #expect(try await put(part(3), "s.part") == .unchanged)
            #expect(try await put(recording(5), "s.recording") == .unchanged)
            await #expect(throws: StoreError.self) { try await put(part(3, connectedAt: 5), "s.part") }
            await #expect(throws: StoreError.self) { try await put(recording(4), "s.recording") }
            #expect(try await store.recording(RecordingID("s"))?.eventCount == 5)
        }
    }
}
