import ExternalTerm
import Reel
import ReelStore

extension StoreConformance {
    static let deleting: [Check] = [
        Check("what is deleted is gone, and its id is free again") { stores in
            let store = try await stores.open()
            for session in [SampleSession("a"), SampleSession("b", eventsPerMember: 2, isFinished: false)] {
                try await store.keep(session)
                try expect(try await store.delete(session.id), is: true)
                try expect(try await store.delete(session.id), is: false)
                try expect(try await store.recording(session.id), is: nil)
                try expect(try await store.ids(RecordingQuery(text: "inc")), is: [])
                try await expectError(.notFound) { try await store.open(session.id).byteCount }
                let other = SampleSession(session.id.text, view: "Other")
                try await store.keep(other)
                try expect(try await store.bytes(of: other.id), is: try other.bytes())
                try expect(try await store.recording(other.id)?.view, is: "Other")
                try await store.delete(other.id)
            }
        },
        Check("running sessions are left alone when that is asked") { stores in
            let store = try await stores.open()
            let finished = SampleSession("finished")
            let running = SampleSession("running", isFinished: false)
            try await store.keep(finished)
            try await store.keep(running)
            let ids = [finished.id, running.id, try RecordingID("nobody")]
            try expect(try await store.delete(ids, keepingUnfinished: true), is: [finished.id])
            try expect(try await store.ids(), is: [running.id])
            try expect(try await store.delete(ids, keepingUnfinished: false), is: [running.id])
        },
        Check("everything goes when the store is cleared") { stores in
            let store = try await stores.open()
            _ = try await fill(store, with: 25)
            try await store.clear()
            try expect(try await store.ids(), is: [])
            try expect(try await store.ids(RecordingQuery(text: "shop")), is: [])
            _ = try await fill(store, with: 25)
            try expect(try await store.ids().count, is: 25)
        },
        Check("who reads what is deleted gets its bytes or nothing, and never another's") { stores in
            let store = try await stores.open()
            var session = SampleSession("s-1", eventsPerMember: 1, level: 0)
            session.events = (0..<8).map { index in
                (index, "event", .map(["data": .binary([UInt8](repeating: UInt8(index), count: 200_000))]))
            }
            var other = session
            other.events = session.events.map {
                ($0.offset, "event", .map(["data": .binary(Array(repeating: 255, count: 200_000))]))
            }
            try await store.keep(session)
            let bytes = try session.bytes()
            let content = try await store.open(session.id)
            var position = 0
            var end: StoreError?
            do throws(StoreError) {
                for try await piece in content.pieces(upTo: 100_000) {
                    try expectPiece(piece, bytes[position..<position + piece.count])
                    position += piece.count
                    if position == 300_000 { try await store.delete(session.id) }
                    if position == 600_000 {
                        do {
                            try await store.keep(other)
                        } catch {
                            throw StoreError(.inputOutput, "\(error)")
                        }
                    }
                }
            } catch {
                end = error
            }
            try expect(
                position == bytes.count || end?.kind == .notFound, "\(position) bytes, then \(String(describing: end))")
            if end == nil || position >= 600_000 {
                try expect(try await store.bytes(of: session.id) == (try other.bytes()), "another recording")
            }
        },
    ]

    private static func expectPiece(_ piece: [UInt8], _ expected: ArraySlice<UInt8>) throws(StoreError) {
        guard piece.elementsEqual(expected) else { throw StoreError(.inputOutput, "another recording's bytes") }
    }
}
