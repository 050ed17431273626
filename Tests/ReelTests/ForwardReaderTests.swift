import ExternalTerm
import GzipMembers
import Reel
import TestPrograms
import Testing

/// The forms that a recording comes in, and that all of them read forward alike.
@Suite("Reading forward")
struct ForwardReaderTests {
    static let seed: UInt64 = 20_261_123

    /// What the same frames are in.
    enum Form: String, CaseIterable {
        case indexed, oneMember, unfinished, plain, plainOfManyMembers, bare, bareInBareMembers
    }

    /// A recording of `events` in some form.
    static func recorded(_ events: [PlainEvent], as form: Form) throws -> [UInt8] {
        let options = WriterOptions(memberByteCount: 400, frameByteCount: 120)
        let indexed = try recording(of: events, options)
        let content = try Program.run("gzip", "-dc", input: indexed).output
        switch form {
        case .indexed: return indexed
        case .oneMember: return try recording(of: events)
        case .unfinished:
            return try recording(Header(fields: ["id": "1"]), options) { writer in
                for event in events {
                    try writer.append(offset: event.offset, kind: event.kind, payload: event.payload)
                }
                try writer.stop()
            }
        // Frames span the members: each holds seven bytes.
        case .plain: return try gzip(content)
        case .plainOfManyMembers:
            return try stride(from: 0, to: content.count, by: 7)
                .flatMap { try gzip(Array(content[$0..<min($0 + 7, content.count)])) }
        case .bare: return content
        case .bareInBareMembers: return try gzip(content, level: 0) + gzip([]) + gzip([], level: 0)
        }
    }

    @Test("Every form of a recording reads alike, however its bytes come", arguments: Form.allCases)
    func forms(_ form: Form) throws {
        var generator = SeededGenerator(seed: ForwardReaderTests.seed)
        let events = generator.session(60)
        let bytes = try ForwardReaderTests.recorded(events, as: form)
        let expected = Reading.forward(try recording(of: events)).content
        #expect(expected.events.count == 60)
        let whole = Reading.forward(bytes)
        #expect(whole.error == nil)
        #expect(whole.hasEnd == (form == .indexed || form == .oneMember))
        #expect(whole.texts == events.read)
        #expect(whole.events.map(\.index) == Array(0..<60))
        #expect(whole.content == expected || form == .unfinished)
        #expect((whole.summary == nil) == (form == .unfinished))
        #expect(Reading.forward(DroppingSource(bytes)) == whole)
        let random = Reading.random(bytes)
        #expect(random.error == nil)
        #expect(random.content == whole.content)
        #expect(try RecordingFile(MemorySource(bytes)).eventCount == 60)
    }

    @Test("The index is there once it has been read, and only where its offsets are the file's")
    func index() throws {
        var generator = SeededGenerator(seed: ForwardReaderTests.seed)
        let events = generator.session(60)
        for form in Form.allCases {
            let bytes = try ForwardReaderTests.recorded(events, as: form)
            let reader = try RecordingReader(MemorySource(bytes))
            #expect(reader.index == nil)
            while try reader.next() != nil {}
            let file = try RecordingFile(MemorySource(bytes))
            #expect(reader.index == (form == .indexed ? file.entries : nil), "\(form)")
        }
    }

    @Test("The reader gives the payload, the whole event and what it was encoded as")
    func event() throws {
        let event = Term.tuple([7, .atom("render"), .map(["assigns": .map(["n": 1])]), "more", 3])
        let reader = try RecordingReader(MemorySource(frame(.header()) + frame(event)))
        let read = try #require(try reader.next())
        #expect(read.index == 0)
        #expect(read.offset == 7)
        #expect(read.kind == "render")
        #expect(try read.payload == .map(["assigns": .map(["n": 1])]))
        #expect(try read.term == event)
        #expect(Array(read.encoded) == Array(event.external.dropFirst()))
        #expect(try reader.next() == nil)
        #expect(try reader.next() == nil)
        #expect(reader.eventCount == 1)
    }

    @Test("Unknown kinds, further elements, unknown keys and other types in the header are kept")
    func kept() throws {
        let fields: TermMap = ["id": 7, "view": .nil, "url": .atom(.nil), "connected_at": "noon", "shape": [1, "two"]]
        let events = [
            Term.tuple([0, .atom("käse"), .map([:]), .map(["extra": 1])]), .tuple([0, .atom("x"), 1.5, "a", "b", "c"]),
            .tuple([.integer(.max), .atom(""), .nil]),
        ]
        let raw = RawRecording([[.header(fields), .list(Array(events.prefix(2))), events[2], .finish(3)]])
        for reading in [Reading.forward(try raw.encoded()), .random(try raw.encoded())] {
            #expect(reading.error == nil)
            #expect(reading.header?.fields == fields)
            #expect(reading.header?.id == nil)
            #expect(reading.header?.view == nil)
            #expect(reading.header?.url == nil)
            #expect(reading.header?.connectedAt == nil)
            #expect(reading.events.map(\.encoded) == events.map { Array($0.external.dropFirst()) })
        }
    }

    @Test(
        "A view is named as Elixir prints it",
        arguments: [
            (Term.atom("Elixir.Demo.CounterLive"), "Demo.CounterLive"), (.atom("counter"), "counter"),
            ("A name", "A name"),
        ])
    func view(term: Term, name: String) {
        #expect(Header(fields: ["view": term]).view == name)
    }

    @Test(
        "Unknown control frames are skipped, wherever they stand after the header, and so are further elements of known ones"
    )
    func unknownFrames() throws {
        let unknown = Term.tuple([.atom("bookmark"), 1, ["anything", .map(["a": 1])]])
        let alone = Term.tuple([.atom("pause")])
        func longer(_ frame: Term) -> Term { .tuple((frame.elements ?? []) + ["more", 1]) }
        var raw = RawRecording([
            [longer(.header()), unknown, .event(1), alone, .list([.event(2), .event(3)]), unknown],
            [unknown, longer(.keyframe(3)), .event(4), longer(.finish(4, duration: 4, ["mood": 1])), unknown],
        ])
        raw.changeEntries = { $0.map { $0 + ["more"] } }
        for bytes in [try raw.encoded(), try plain(raw)] {
            for reading in [Reading.forward(bytes), .random(bytes)] {
                #expect(reading.error == nil)
                #expect(reading.events.map(\.offset) == [1, 2, 3, 4])
                #expect(reading.summary?.eventCount == 4)
            }
        }
    }

    /// The frames of a recording, without the index, in one plain member.
    private func plain(_ raw: RawRecording) throws -> [UInt8] { try gzip(raw.members.flatMap(\.content)) }

    @Test("Frames may hold compressed terms, in any form of a recording")
    func compressedTerms() throws {
        let batch = Term.list((0..<50).map { .render($0, ["page": .string(String(repeating: "x", count: 50))]) })
        let frames: [Term] = [.header(), batch, .keyframe(50, ["page": "x"]), .event(50), .finish(51, duration: 50)]
        let content = try frames.flatMap { frame(try compressed($0)) }
        var raw = RawRecording([frames])
        raw.members[0].content = content
        raw.members[0].numbers[0] = content.count
        let expected = Reading.forward(try RawRecording([frames]).encoded()).content
        for bytes in [try raw.encoded(), try gzip(content), content] {
            #expect(Reading.forward(bytes).error == nil)
            #expect(Reading.forward(bytes).content == expected)
            #expect(Reading.random(bytes).content == expected)
            let file = try RecordingFile(MemorySource(bytes))
            #expect(try file.state(after: 50).assigns == ["page": "x"])
        }
    }

    /// A term as `term_to_binary(Term, [compressed])` writes it.
    private func compressed(_ term: Term) throws -> [UInt8] {
        let plain = Array(term.external.dropFirst())
        let script = "import sys, zlib; sys.stdout.buffer.write(zlib.compress(sys.stdin.buffer.read()))"
        return try [131, 80] + bigEndian(plain.count) + Program.run("python3", "-c", script, input: plain).output
    }

    @Test("Header fields of gzip, other subfields and a name change nothing")
    func gzipFields() throws {
        var raw = RawRecording([[.header(), .event(1)], [.event(2), .finish(2, duration: 2)]])
        let other = ExtraField(id: ExtraField.ID(65, 66), bytes: [1, 2, 3])
        for index in raw.members.indices {
            raw.members[index].otherFields = ([other], [other, ExtraField(id: RawMember.subfield, bytes: [9])])
        }
        let bytes = try raw.encoded()
        #expect(Reading.forward(bytes).error == nil)
        #expect(Reading.forward(bytes).events.map(\.offset) == [1, 2])
        #expect(Reading.random(bytes).content == Reading.forward(bytes).content)
        #expect(Reading.random(bytes).hasEnd)
    }

    @Test("A source that fails is an error of input, after what came before it")
    func failingSource() throws {
        var generator = SeededGenerator(seed: ForwardReaderTests.seed)
        let bytes = try ForwardReaderTests.recorded(generator.session(60), as: .indexed)
        let entries = try RecordingFile(MemorySource(bytes)).entries
        for end in [0, 1, 10, entries[3].offset + 5, bytes.count] {
            let reading = Reading.forward(FailingSource(bytes, after: end))
            #expect(reading.error?.kind == .inputOutput)
            #expect(reading.events.count == entries.last { $0.offset + $0.byteCount <= end }?.endEvent ?? 0)
        }
    }
}
