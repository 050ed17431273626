import ExternalTerm
import Reel
import Testing

/// What the bytes of a recording are, one by one: the worked example of Spec/recording.md §12.
@Suite("The bytes of a recording")
struct WriterBytesTests {
    static let header = Header(fields: [
        "connected_at": 1_700_000_000_000, "id": "demo-1", "url": "/counter", "view": .atom("Elixir.Demo.CounterLive"),
    ])
    static let click = Term.map(["name": "inc", "params": .map([:])])

    /// Writes the example: a member of three events, then two events more.
    static func example(_ options: WriterOptions, inOneMember: Bool = false) throws -> [UInt8] {
        try recording(header, options) { writer in
            try writer.append(offset: 0, kind: "mount", payload: .map(["assigns": .map(["count": 0])]))
            try writer.append(offset: 1_200, kind: "event", payload: click)
            try writer.append(offset: 1_203, kind: "render", payload: .map(["assigns": .map(["count": 1])]))
            if !inOneMember { try writer.flush() }
            try writer.append(offset: 2_500, kind: "event", payload: click)
            try writer.append(offset: 2_502, kind: "render", payload: .map(["assigns": .map(["count": 2])]))
            try writer.finish()
        }
    }

    @Test("Data members, an index member and an end member, with their content stored")
    func members() throws {
        let bytes = try WriterBytesTests.example(WriterOptions(level: 0))
        let expected = try hex(
            """
            # The first data member: ID1 ID2, CM, FLG, MTIME, XFL, OS
            1f8b 08 06 00000000 00 ff
            # XLEN 19, "RL", 15 bytes: version 1.0, kind 1, flag 2 (header), 301 bytes in all
            1300 524c 0f00 01 00 01 02 2d010000
            # 255 bytes of content, first event 0, 3 events, offsets 0 to 1203; FHCRC
            ff01 00 03 00 b309 697e
            # A stored block of 255 bytes
            01 ff00 00ff
            # The header frame: {recording, {1, 0}, #{connected_at, id, url, view}}
            00000070 83 6803 7709 'recording' 6802 6101 6100 74 00000004
            770c 'connected_at' 6e 06 00 0068e5cf8b01 7702 'id' 6d 00000006 'demo-1'
            7703 'url' 6d 00000008 '/counter' 7704 'view' 7717 'Elixir.Demo.CounterLive'
            # A batch of three events
            00000087 83 6c 00000003
            6803 6100 7705 'mount' 74 00000001 7707 'assigns' 74 00000001 7705 'count' 6100
            6803 62 000004b0 7705 'event' 74 00000002 7704 'name' 6d 00000003 'inc' 7706 'params' 74 00000000
            6803 62 000004b3 7706 'render' 74 00000001 7707 'assigns' 74 00000001 7705 'count' 6101
            6a
            # CRC32 and ISIZE
            84170f69 ff000000
            # The second data member, at byte 301: flags 1 (keyframe) and 4 (finish)
            1f8b 08 06 00000000 00 ff 1300 524c 0f00 01 00 01 05 4d010000
            9f02 03 02 c413 02 dd79
            01 1f01 e0fe
            # The keyframe: what the three events add up to
            0000003c 83 6803 7708 'keyframe' 6103 74 00000002
            7707 'assigns' 74 00000001 7705 'count' 6101 770a 'components' 74 00000000
            # A batch of two events
            00000060 83 6c 00000002
            6803 62 000009c4 7705 'event' 74 00000002 7704 'name' 6d 00000003 'inc' 7706 'params' 74 00000000
            6803 62 000009c6 7706 'render' 74 00000001 7707 'assigns' 74 00000001 7705 'count' 6102
            6a
            # The finish frame
            00000077 83 6802 7706 'finish' 74 00000005 7708 'duration' 62 000009c6 7706 'events' 6105
            7705 'kinds' 74 00000003 7705 'event' 6102 7705 'mount' 6101 7706 'render' 6102
            7705 'names' 74 00000001 6d 00000003 'inc' 6102 7706 'reason' 7706 'closed'
            1aa5c7b7 1f010000
            # The index member, at byte 634
            1f8b 08 06 00000000 00 ff 0d00 524c 0900 01 00 02 00 7e000000 56 b49d
            01 5600 a9ff
            00000052 83 6802 7705 'index' 6c 00000002
            6808 6100 62 0000012d 61ff 6100 6103 6100 62 000004b3 7705 'false'
            6808 62 0000012d 62 0000014d 62 0000011f 6103 6102 62 000009c4 62 000009c6 7704 'true'
            6a
            17fb481e 56000000
            # The end member: the index is at byte 634
            1f8b 08 06 00000000 00 ff 1400 524c 1000 01 00 03 00 2c000000 7a02000000000000 851d
            0300 00000000 00000000
            """)
        #expect(bytes.count == 804)
        if let difference = zip(bytes, expected).enumerated().first(where: { $0.element.0 != $0.element.1 }) {
            Issue.record("the first difference is at byte \(difference.offset)")
        }
        #expect(bytes == expected)
    }

    @Test("With one data member there is no index, and the end points at byte 0")
    func oneMember() throws {
        let bytes = try WriterBytesTests.example(WriterOptions(level: 0), inOneMember: true)
        let end = try hex(
            "1f8b 08 06 00000000 00 ff 1400 524c 1000 01 00 03 00 2c000000 0000000000000000 f481 0300 00000000 00000000"
        )
        #expect(Array(bytes.suffix(44)) == end)
        let file = try RecordingFile(MemorySource(bytes))
        #expect(file.entries.map(\.byteCount) == [bytes.count - 44])
        #expect(!(try RecordingFile(MemorySource(bytes)).entries[0].startsWithKeyframe))
    }

    @Test("The level changes the size, and nothing of the content", arguments: 0...9)
    func level(_ level: Int) throws {
        let bytes = try WriterBytesTests.example(WriterOptions(level: level))
        let stored = try WriterBytesTests.example(WriterOptions(level: 0))
        #expect(Reading.forward(bytes) == Reading.forward(stored))
        #expect(bytes.count == stored.count || level > 0)
        #expect(bytes.count <= stored.count)
    }

    @Test("The same events make the same bytes, whatever form they came in")
    func canonical() throws {
        // An event in old forms: a list of small integers, an atom in Latin-1, keys in no order, a long integer.
        let odd = try hex(
            """
            83 6803 6e 01 00 05 64 0006 'render' 74 00000002
            64 0001 'b' 6c 00000002 6101 6102 6a
            64 0001 'a' 6e 01 00 07
            """)
        let bare = frame(.header()) + frame(odd)
        let event = try #require(try RecordingReader(MemorySource(bare)).next())
        #expect(Array(event.encoded) == Array(odd.dropFirst()))
        let passedOn = try recording { writer in
            try writer.append(event)
            try writer.finish()
        }
        let written = try recording { writer in
            try writer.append(offset: 5, kind: "render", payload: .map(["a": 7, "b": [1, 2]]))
            try writer.finish()
        }
        #expect(passedOn == written)
        #expect(Reading.forward(written).events.first?.encoded == Term.render(5, [:]).with(["a": 7, "b": [1, 2]]))
    }

    /// The bytes that a text of hexadecimal digits, 'quoted text' and # comments stands for.
    private func hex(_ text: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            for (position, part) in line.split(separator: "'", omittingEmptySubsequences: false).enumerated() {
                guard position.isMultiple(of: 2) else {
                    bytes += Array(part.utf8)
                    continue
                }
                let digits = part.filter { $0 != " " }
                for index in stride(from: 0, to: digits.count, by: 2) {
                    bytes.append(try #require(UInt8(digits.dropFirst(index).prefix(2), radix: 16)))
                }
            }
        }
        return bytes
    }
}

extension Term {
    /// An event's bytes with another payload.
    fileprivate func with(_ payload: TermMap) -> [UInt8] {
        let elements = elements ?? []
        return Array(Term.tuple(elements.prefix(2) + [.map(payload)]).external.dropFirst())
    }
}
