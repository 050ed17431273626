import ExternalTerm
import Reel
import ReelStore

extension StoreConformance {
    static let writing: [Check] = [
        Check("a recording that is put is there as it was") { stores in
            let store = try await stores.open()
            let session = SampleSession("s-1")
            let bytes = try session.bytes()
            let recording = try await store.put(bytes, as: session.id)
            try expect(recording.isFinished, "not finished")
            try expect(try await store.bytes(of: session.id), is: bytes)
            guard let found = try await store.recording(session.id) else {
                throw ConformanceFailure(description: "no recording")
            }
            for recording in [recording, found] {
                try expect(recording.id, is: session.id)
                try expect(recording.view, is: session.view)
                try expect(recording.url, is: session.url)
                try expect(recording.connectedAt, is: session.connectedAt)
                try expect(recording.byteCount, is: bytes.count)
                try expect(recording.eventCount, is: 9)
                try expect(recording.duration, is: 90_500)
                try expect(recording.errorCount, is: 2)
                try expect(recording.summary.names, is: ["inc": 2, "save": 1])
                try expect(
                    recording.summary.kinds,
                    is: ["mount": 1, "params": 1, "event": 3, "render": 2, "log": 1, "exit": 1])
                try expect(recording.summary.reason, is: .closed)
                try expect(recording.isFinished, is: true)
                try expect(recording.damage, is: nil)
            }
        },
        Check("a running session is readable from its first member on, and grows") { stores in
            let store = try await stores.open()
            var session = SampleSession("s-1", eventsPerMember: 2)
            session.events = (0..<100).map { ($0 * 10, "event", .map(["name": .string("e\($0 % 3)")])) }
            var bytes: [UInt8] = []
            let pieces = try session.pieces()
            for (index, piece) in pieces.enumerated() {
                let recording = try await store.append(piece, to: session.id, at: bytes.count)
                bytes += piece
                try expect(recording.byteCount, is: bytes.count)
                try expect(recording.isFinished, is: index == pieces.count - 1)
                try expect(recording.eventCount, is: min((index + 1) * 2, 100))
                try expect(recording.duration, is: max(min((index + 1) * 2, 100) - 1, 0) * 10)
                let listed = try await store.page().recordings
                try expect(listed.map(\.id), is: [session.id])
                try expect(listed[0].eventCount, is: recording.eventCount)
                try expect(listed[0].summary.names.values.reduce(0, +), is: recording.eventCount)
                try expect(listed[0].view, is: session.view)
                try expect(listed[0].isFinished, is: recording.isFinished)
                try expect(try await store.bytes(of: session.id), is: bytes)
            }
        },
        Check("another process goes on where one has stopped") { stores in
            let session = SampleSession("s-1", eventsPerMember: 1)
            var offset = 0
            for piece in try session.pieces() {
                let store = try await stores.open()
                try await store.append(piece, to: session.id, at: offset)
                offset += piece.count
            }
            let store = try await stores.open()
            try expect(try await store.bytes(of: session.id), is: try session.bytes())
            try expect(try await store.recording(session.id)?.isFinished, is: true)
            try expect(try await store.recording(session.id)?.errorCount, is: 2)
        },
        Check("appending the same again changes nothing") { stores in
            let store = try await stores.open()
            let session = SampleSession("s-1", eventsPerMember: 3)
            let pieces = try session.pieces()
            var offset = 0
            for (index, piece) in pieces.enumerated() {
                for _ in 0..<2 {
                    let recording = try await store.append(piece, to: session.id, at: offset)
                    try expect(recording.byteCount, is: offset + piece.count)
                    try expect(recording.isFinished, is: index == pieces.count - 1)
                }
                // So does what came before it.
                try await store.append(pieces[0], to: session.id, at: 0)
                offset += piece.count
            }
            try await store.put(try session.bytes(), as: session.id)
            try expect(try await store.bytes(of: session.id), is: try session.bytes())
        },
        Check("appending anywhere else is a conflict that says where to go on") { stores in
            let store = try await stores.open()
            let session = SampleSession("s-1", eventsPerMember: 3)
            let pieces = try session.pieces()
            let none = try await expectError(.conflict) { try await store.append(pieces[1], to: session.id, at: 7) }
            try expect(none.storedByteCount, is: 0)
            try await store.append(pieces[0], to: session.id, at: 0)
            for (piece, offset) in [
                (pieces[1], pieces[0].count + 1), (pieces[1], pieces[0].count - 1), (pieces[1], 0), (pieces[1], -1),
                (try SampleSession("other").bytes(), 0), (pieces[1], .max),
            ] {
                let error = try await expectError(.conflict) {
                    try await store.append(piece, to: session.id, at: offset)
                }
                if offset >= 0 { try expect(error.storedByteCount, is: pieces[0].count) }
            }
            try expect(try await store.bytes(of: session.id), is: pieces[0])
            try await store.append(Array(pieces[1...].joined()), to: session.id, at: pieces[0].count)
            let whole = try session.bytes()
            let error = try await expectError(.conflict) {
                try await store.append(pieces[1], to: session.id, at: whole.count)
            }
            try expect(error.storedByteCount, is: whole.count)
            try await expectError(.conflict) { try await store.put(try SampleSession("o").bytes(), as: session.id) }
            try expect(try await store.bytes(of: session.id), is: whole)
        },
        Check("what is no recording is refused, and leaves nothing behind") { stores in
            let store = try await stores.open()
            let session = SampleSession("s-1", eventsPerMember: 3)
            let pieces = try session.pieces()
            let whole = try session.bytes()
            var damaged = pieces[1]
            damaged[damaged.count / 2] ^= 0xFF
            let hostile: [[UInt8]] = [
                [], [0], Array("hello".utf8), Array(whole.dropLast()), Array(whole.dropFirst()), whole + [0],
                whole + whole, Array(whole.prefix(20)), pieces[1], pieces[0] + damaged, pieces[0] + pieces[2],
            ]
            for bytes in hostile {
                try await expectError(.invalidRecording) { try await store.put(bytes, as: session.id) }
                try expect(try await store.recording(session.id), is: nil)
            }
            try await store.append(pieces[0], to: session.id, at: 0)
            for bytes in [damaged, pieces[0], pieces[2], Array(pieces[1].dropLast()), [1, 2, 3]] {
                try await expectError(.invalidRecording) {
                    try await store.append(bytes, to: session.id, at: pieces[0].count)
                }
            }
            try expect(try await store.bytes(of: session.id), is: pieces[0])
            try await store.append(Array(pieces[1...].joined()), to: session.id, at: pieces[0].count)
            try expect(try await store.bytes(of: session.id), is: whole)
        },
        Check("text that no listing was made for is kept as it can be shown") { stores in
            let store = try await stores.open()
            for (index, text) in hostileTexts.enumerated() {
                var session = SampleSession("t\(index)", view: text, url: text)
                session.events.append((100_000, "event", .map(["name": .string(text)])))
                try await store.keep(session)
                guard let recording = try await store.recording(session.id) else {
                    throw ConformanceFailure(description: "no recording of '\(text.prefix(50))'")
                }
                let listed = try await store.page(RecordingQuery(idPrefix: session.id.text), limit: 10).recordings
                try expect(listed.first { $0.id == session.id }?.view, is: recording.view)
                let shown = String(
                    String.UnicodeScalarView(text.unicodeScalars.prefix(255).map { $0 == "\0" ? "\u{FFFD}" : $0 }))
                try expect(recording.view.map { Array($0.utf8) }, is: Array(shown.utf8))
                try expect(recording.summary.names.keys.contains { $0.utf8.elementsEqual(shown.utf8) }, "no name")
                try expect(try await store.bytes(of: session.id), is: try session.bytes())
            }
        },
        Check("a session that was cut off can be finished") { stores in
            let store = try await stores.open()
            let session = SampleSession("s-1", eventsPerMember: 2, isFinished: false)
            try await store.keep(session)
            try await store.keep(SampleSession("s-2"))
            var unfinished: [RecordingID] = []
            for try await recording in store.unfinished() { unfinished.append(recording.id) }
            try expect(unfinished, is: [session.id])
            let recording = try await store.finishInterrupted(session.id)
            try expect(recording.isFinished, "not finished")
            try expect(recording.summary.reason, is: .interrupted)
            try expect(recording.errorCount, is: 2)
            let content = try await store.open(session.id)
            let layout = try await content.reading { bytes in
                let file = try RecordingFile(bytes)
                return (file.layout, try file.eventCount, try file.summary?.names)
            }
            try expect(layout.0, is: .finished)
            try expect(layout.1, is: 9)
            try expect(layout.2, is: ["inc": 2, "save": 1])
            try expect(try await store.finishInterrupted(session.id).isFinished, "not finished any more")
            try await expectError(.notFound) {
                try await store.finishInterrupted(try RecordingID("nobody"))
            }
        },
        Check("a clock that goes back changes nothing") { stores in
            let store = try await stores.open()
            for index in 0..<20 {
                var session = SampleSession(
                    "s-\(index)", connectedAt: 1_700_000_000_000 - index * 1_000, eventsPerMember: 2)
                session.events = [
                    (500, "mount", .map([:])), (100, "event", .map(["name": "a"])), (0, "render", .map([:])),
                ]
                try await store.keep(session)
            }
            for extreme in [Int.min, -1, 0, Int.max] {
                try await store.keep(
                    SampleSession("x\(extreme < 0 ? "m" : "")\(extreme.magnitude)", connectedAt: extreme))
            }
            let ids = try await store.ids(RecordingQuery(order: .oldestFirst), pageSize: 3).map(\.text)
            try expect(
                ids,
                is: ["xm9223372036854775808", "xm1", "x0"] + (0..<20).reversed().map { "s-\($0)" }
                    + ["x9223372036854775807"])
            try expect(try await store.ids(pageSize: 3).map(\.text), is: ids.reversed())
            try expect(try await store.recording(try RecordingID("s-3"))?.duration, is: 500)
        },
    ]

    /// Text that ends what it stands in, is cut in the middle of something, or is very long.
    static let hostileTexts = [
        "", "'", "\"", "\\", "'; DROP TABLE reel_recordings; --", "%", "_", "a\0b", "\0", "line\nfeed", "\u{7F}",
        "🙂👨‍👩‍👧", "e\u{301}", "\u{E9}", String(repeating: "x", count: 10_000), String(repeating: "🙂", count: 1_000),
        "\u{202E}right", "$1", "?1", ":id", "NULL", "{}", "[\"a\"]", "AND OR NOT *", "name:save", "^a", "a\"b*",
    ]
}
