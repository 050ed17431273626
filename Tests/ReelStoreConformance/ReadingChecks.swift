import ExternalTerm
import Reel
import ReelStore

extension StoreConformance {
    static let reading: [Check] = [
        Check("what is not there is not found") { stores in
            let store = try await stores.open()
            let id = try RecordingID("nobody")
            try expect(try await store.recording(id), is: nil)
            try await expectError(.notFound) { try await store.open(id).byteCount }
            try expect(try await store.delete(id), is: false)
            try expect(try await store.page(), is: RecordingPage(recordings: [], next: nil))
            try await store.clear()
        },
        Check("ids that attack reach no store") { stores in
            let store = try await stores.open()
            try await store.keep(SampleSession("s-1"))
            let attacks = [
                "", ".", "..", "../x", "a/b", "/etc/passwd", "a\0", "\0", "s-1'; DROP TABLE reel_recordings; --",
                "s-1%",
                "a b", "é", "🙂", "a\n", String(repeating: "a", count: 65), String(repeating: "a", count: 10_000), "a.b",
                "s-1\u{301}", "C:\\x", "~", "$(id)", "-\u{200B}",
            ]
            for attack in attacks {
                try expect(RecordingID(validating: attack) == nil, "'\(attack.prefix(40))' is an id")
                let error = try await expectError(.invalidID) { try RecordingID(attack) }
                try expect(error.description.utf8.count < 500, "an error of \(error.description.utf8.count) bytes")
                try expect(error.description.utf8.allSatisfy { $0 >= 32 }, "an error with controls")
            }
            for id in ["-", "_", "0", "-rf", "--help", "CON", String(repeating: "Z", count: 64)] {
                let session = SampleSession(id)
                try await store.keep(session)
                try expect(try await store.bytes(of: try RecordingID(id)), is: try session.bytes())
            }
            try expect(try await store.ids().count, is: 8)
        },
        Check("ids that differ in their case are two") { stores in
            let store = try await stores.open()
            let first = SampleSession("abc", view: "First")
            let second = SampleSession("ABC", view: "Second")
            try await store.keep(first)
            try await store.keep(second)
            try expect(try await store.recording(first.id)?.view, is: "First")
            try expect(try await store.recording(second.id)?.view, is: "Second")
            try expect(try await store.delete(first.id), is: true)
            try expect(try await store.ids(), is: [second.id])
        },
        Check("any range of a recording is read, and none beyond it") { stores in
            let store = try await stores.open()
            var session = SampleSession("s-1", eventsPerMember: 5, level: 0)
            session.events = (0..<40).map { index in
                (index, "event", .map(["name": "n", "data": .binary([UInt8](repeating: UInt8(index), count: 50_000))]))
            }
            try await store.keep(session)
            let bytes = try session.bytes()
            let content = try await store.open(session.id)
            try expect(content.byteCount, is: bytes.count)
            var random = SeededNumbers(seed: 7)
            var ranges = [0..<0, 0..<1, bytes.count..<bytes.count, bytes.count - 44..<bytes.count, 0..<bytes.count]
            for _ in 0..<60 {
                let start = Int.random(in: 0...bytes.count, using: &random)
                ranges.append(start..<Int.random(in: start...bytes.count, using: &random))
            }
            for range in ranges {
                try expect(try await content.bytes(range) == Array(bytes[range]), "other bytes in \(range)")
            }
            var error: (any Error)?
            do { _ = try await content.bytes(bytes.count - 1..<bytes.count + 1) } catch let thrown { error = thrown }
            try expect(error != nil, "bytes beyond the end")
            var pieces: [UInt8] = []
            for try await piece in content.pieces(from: 10, upTo: 100_000) { pieces += piece }
            try expect(pieces == Array(bytes[10...]), "other pieces")
            let event = try await content.reading { try RecordingFile($0).event(at: 33).offset }
            try expect(event, is: 33)
        },
        Check("who reads while a session grows sees whole members of it") { stores in
            let store = try await stores.open()
            var session = SampleSession("s-1", eventsPerMember: 1)
            session.events = (0..<60).map { ($0, "event", .map(["name": .string("e\($0)")])) }
            let pieces = try session.pieces()
            let whole = try session.bytes()
            try await store.append(pieces[0], to: session.id, at: 0)
            let reader = try await stores.open()
            let id = session.id
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var offset = pieces[0].count
                    for piece in pieces[1...] {
                        try await store.append(piece, to: id, at: offset)
                        offset += piece.count
                    }
                }
                group.addTask {
                    var seen = 0
                    while seen < 60 {
                        let content = try await reader.open(id)
                        let bytes = try await content.bytes(0..<content.byteCount)
                        try expect(whole.starts(with: bytes), "other bytes")
                        let count = try RecordingFile(MemorySource(bytes)).eventCount
                        try expect(count >= seen, "\(count) events after \(seen)")
                        seen = count
                        guard let listed = try await reader.page().recordings.first else {
                            throw ConformanceFailure(description: "the session is gone while it is moved")
                        }
                        try expect(listed.eventCount >= seen, "\(listed.eventCount) listed after \(seen)")
                    }
                }
                try await group.waitForAll()
            }
            try expect(try await reader.bytes(of: id), is: whole)
        },
    ]
}
