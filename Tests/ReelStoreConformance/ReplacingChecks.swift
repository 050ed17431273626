import ExternalTerm
import Reel
import ReelStore

extension StoreConformance {
    static let replacing: [Check] = [
        Check("a finished recording is replaced by another form of itself, and found as before") { stores in
            let store = try await stores.open()
            let session = SampleSession("s-1", eventsPerMember: 1)
            let neighbour = SampleSession("s-2", connectedAt: 5)
            try await store.keep(neighbour)
            guard let before = try await store.keep(session) else { return }
            _ = try await store.page()
            let smaller = try SampleSession("s-1").bytes()
            try expect(
                smaller.count < before.byteCount, "\(smaller.count) bytes are not fewer than \(before.byteCount)")
            let replaced = try await store.replace(session.id, with: smaller, ifByteCount: before.byteCount)
            var expected = before
            expected.byteCount = smaller.count
            try expect(replaced, is: expected)
            for store in [store, try await stores.open()] {
                try expect(try await store.bytes(of: session.id), is: smaller)
                try expect(try await store.recording(session.id), is: expected)
                try expect(try await store.page().recordings.first, is: expected)
                try expect(try await store.ids(), is: [session.id, neighbour.id])
                try expect(try await store.ids(RecordingQuery(text: "inc save")), is: [session.id, neighbour.id])
                try expect(try await store.ids(RecordingQuery(eventNames: ["inc"])), is: [session.id, neighbour.id])
                try expect(try await store.ids(RecordingQuery(byteCount: .through(smaller.count))).count, is: 2)
                try expect(try await store.ids(RecordingQuery(byteCount: .from(smaller.count + 1))), is: [])
                try expect(try await store.bytes(of: neighbour.id), is: try neighbour.bytes())
            }
            try expect(try await store.delete(session.id), is: true)
            try expect(try await store.ids(), is: [neighbour.id])
            try await store.keep(session)
            try expect(try await store.bytes(of: session.id), is: try session.bytes())
        },
        Check("replacing by what is there already changes nothing") { stores in
            let store = try await stores.open()
            let session = SampleSession("s-1", eventsPerMember: 1)
            try await store.keep(session)
            let byteCount = try session.bytes().count
            let smaller = try SampleSession("s-1").bytes()
            let first = try await store.replace(session.id, with: smaller, ifByteCount: byteCount)
            for _ in 0..<2 {
                try expect(try await store.replace(session.id, with: smaller, ifByteCount: byteCount), is: first)
            }
            try expect(try await store.bytes(of: session.id), is: smaller)
        },
        Check("a recording that has changed, is running, is gone or is another is not replaced") { stores in
            let store = try await stores.open()
            let session = SampleSession("s-1", eventsPerMember: 1)
            let bytes = try session.bytes()
            let smaller = try SampleSession("s-1").bytes()
            try await expectError(.notFound) {
                try await store.replace(session.id, with: smaller, ifByteCount: bytes.count)
            }
            let pieces = try session.pieces()
            try await store.append(pieces[0], to: session.id, at: 0)
            let running = try await expectError(.conflict) {
                try await store.replace(session.id, with: smaller, ifByteCount: pieces[0].count)
            }
            try expect(running.storedByteCount, is: pieces[0].count)
            try await store.append(Array(pieces[1...].joined()), to: session.id, at: pieces[0].count)
            for byteCount in [-1, 0, pieces[0].count, bytes.count - 1, smaller.count, .max] {
                let error = try await expectError(.conflict) {
                    try await store.replace(session.id, with: smaller, ifByteCount: byteCount)
                }
                try expect(error.storedByteCount, is: bytes.count)
            }
            // As long as what is there, and something else.
            var damaged = bytes
            damaged[bytes.count / 2] ^= 0xFF
            let other = SampleSession("s-1", events: Array(SampleSession.events.dropLast()))
            for hostile in [
                [], [0], Array("hello".utf8), damaged, Array(smaller.dropLast()), smaller + [0], smaller + smaller,
                pieces[0], try other.bytes(), try SampleSession("s-1", view: "Other").bytes(),
                try SampleSession("s-1", connectedAt: 1).bytes(), try SampleSession("s-1", isFinished: false).bytes(),
            ] {
                try await expectError(.invalidRecording) {
                    try await store.replace(session.id, with: hostile, ifByteCount: bytes.count)
                }
            }
            try expect(try await store.bytes(of: session.id), is: bytes)
            try expect(try await store.recording(session.id)?.byteCount, is: bytes.count)
            try expect(try await store.ids(), is: [session.id])
        },
        Check("who reads what is replaced gets the old form to its end, and who opens it then the new one") { stores in
            let store = try await stores.open()
            let other = try await stores.open()
            var session = SampleSession("s-1", eventsPerMember: 1, level: 0)
            session.events = (0..<8).map { index in
                (index, "event", .map(["data": .binary([UInt8](repeating: UInt8(index), count: 200_000))]))
            }
            try await store.keep(session)
            let bytes = try session.bytes()
            session.level = 6
            session.eventsPerMember = .max
            let smaller = try session.bytes()
            let content = try await store.open(session.id)
            var read: [UInt8] = []
            for try await piece in content.pieces(upTo: 100_000) {
                read += piece
                if read.count == 300_000 {
                    try await other.replace(session.id, with: smaller, ifByteCount: bytes.count)
                    try expect(try await store.bytes(of: session.id) == smaller, "not the new form")
                }
            }
            try expect(read == bytes, "other bytes than those of the old form")
            try expect(try await other.bytes(of: session.id) == smaller, "not the new form")
        },
        Check("of many who replace and read at once each gets one form, whole") { stores in
            let open = [try await stores.open(), try await stores.open()]
            let forms = try [1, 2, 3, 5].map { try SampleSession("s-1", eventsPerMember: $0).bytes() }
            let id = try RecordingID("s-1")
            try await open[0].put(forms[0], as: id)
            let replaced = try await withThrowingTaskGroup(of: Int.self) { group in
                for worker in 0..<4 {
                    group.addTask {
                        var replaced = 0
                        for attempt in 0..<40 {
                            guard let recording = try await open[worker % 2].recording(id) else {
                                throw ConformanceFailure(description: "the recording is gone while it is replaced")
                            }
                            let form = forms[(worker + attempt) % forms.count]
                            do throws(StoreError) {
                                try await open[worker % 2].replace(id, with: form, ifByteCount: recording.byteCount)
                                replaced += 1
                            } catch {
                                guard error.kind == .conflict else { throw error }
                            }
                        }
                        return replaced
                    }
                    group.addTask {
                        for _ in 0..<40 {
                            let bytes = try await open[(worker + 1) % 2].bytes(of: id)
                            try expect(forms.contains(bytes), "\(bytes.count) bytes that are no form of it")
                            let listed = try await open[worker % 2].page().recordings
                            try expect(listed.map(\.id), is: [id])
                            try expect(forms.contains { $0.count == listed[0].byteCount }, "a listing of no form")
                        }
                        return 0
                    }
                }
                return try await group.reduce(0, +)
            }
            // Who is too late was so because of another one, who was in time: and that one was in the way of three at most.
            try expect(replaced >= 40, "only \(replaced) of 160 in time")
        },
    ]
}
