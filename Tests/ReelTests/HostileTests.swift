import ExternalTerm
import GzipMembers
import Reel
import TestPrograms
import Testing

/// Files that ask for more than they are worth: Spec/recording.md §9. Each is refused before much has been spent on it.
@Suite("Hostile files")
struct HostileTests {
    private static let head = frame(.header()) + frame(.event(1))

    private func expect(
        _ bytes: [UInt8], _ kind: ReelError.Kind, events: Int = 1, random: ReelError.Kind? = nil,
        limits: ReaderLimits = .default, _ comment: Comment? = nil
    ) {
        let forward = Reading.forward(bytes, limits: limits)
        #expect(forward.error?.kind == kind, comment)
        #expect(forward.events.count == events, comment)
        #expect(Reading.random(bytes, limits: limits).error?.kind == random ?? kind, comment)
        _ = try? Salvage(MemorySource(bytes), limits: limits)
        #expect(Validation.findings(in: MemorySource(bytes), limits: limits).contains { $0.kind == kind }, comment)
    }

    // MARK: Frames

    @Test("A frame that declares 4 GiB in a file of a few bytes")
    func hugeFrame() throws {
        let content = HostileTests.head + [255, 255, 255, 255, 131, 109]
        for bytes in [content, try gzip(content)] { expect(bytes, .limitExceeded) }
        // Without a limit it is only cut: what is not there is not allocated.
        expect(content, .truncated, limits: ReaderLimits(frameByteCount: .max))
        // What is packed has a limit by the length of the file as well.
        expect(try gzip(content), .limitExceeded, limits: ReaderLimits(frameByteCount: .max))
        var raw = RawRecording([[.header(), .event(1)], []])
        raw.members[1].content = [255, 255, 255, 255, 131, 109]
        raw.members[1].numbers[0] = 6
        expect(try raw.encoded(), .limitExceeded)
        expect(try raw.encoded(), .malformedFrame, limits: ReaderLimits(frameByteCount: .max))
    }

    @Test(
        "Terms that declare four thousand million elements in a few bytes",
        arguments: [
            [131, 108, 255, 255, 255, 255, 104, 3, 97, 1], [131, 105, 255, 255, 255, 255, 97, 1, 119, 1, 97],
            [131, 104, 3, 97, 1, 119, 1, 97, 116, 255, 255, 255, 255],
            [131, 104, 3, 97, 1, 119, 1, 97, 109, 255, 255, 255, 255],
            [131, 104, 3, 97, 1, 119, 1, 97, 111, 255, 255, 255, 255, 0],
            [131, 104, 2, 119, 5, 105, 110, 100, 101, 120, 108, 255, 255, 255, 255],
        ] as [[UInt8]])
    func hugeTerms(term: [UInt8]) throws {
        for bytes in [HostileTests.head + frame(term), try gzip(HostileTests.head + frame(term))] {
            expect(bytes, .malformedTerm)
        }
    }

    @Test("Lists a million deep", arguments: [true, false])
    func deep(isCompressed: Bool) throws {
        let depth = 1_000_000
        let lists =
            (0..<depth).flatMap { _ in [108, 0, 0, 0, 1] as [UInt8] } + [UInt8](repeating: 106, count: depth + 1)
        let event = [131, 104, 3, 97, 2, 119, 1, 97] + lists
        let content = HostileTests.head + frame(event)
        expect(isCompressed ? try gzip(content, level: 1) : content, .limitExceeded)
        // Where a map's key stands, and in a control frame, it is the same.
        let key = [131, 104, 3, 97, 2, 119, 1, 97, 116, 0, 0, 0, 1] + lists + [97, 1]
        expect(HostileTests.head + frame(key), .limitExceeded)
        expect(HostileTests.head + frame([131, 104, 2, 119, 1, 97] + lists), .limitExceeded)
        let header = [131, 104, 2, 119, 9] + Array("recording".utf8) + lists
        expect(frame(header), .limitExceeded, events: 0)
    }

    @Test("A compressed term that inflates to more than it declares, or than the limit")
    func compressedTerm() throws {
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        let script = "import sys, zlib; sys.stdout.buffer.write(zlib.compress(sys.stdin.buffer.read()))"
        let inflatesTo = try Program.run("python3", "-c", script, input: [109] + bigEndian(zeros.count) + zeros).output
        expect(HostileTests.head + frame([131, 80] + bigEndian(100) + inflatesTo), .malformedTerm)
        let limits = ReaderLimits(term: TermLimits(inflatedByteCount: 1 << 19))
        expect(
            HostileTests.head + frame([131, 80] + bigEndian(zeros.count + 5) + inflatesTo), .limitExceeded,
            limits: limits)
    }

    @Test("A batch of very many elements of which none is an event")
    func notEvents() throws {
        let count = 5_000_000
        let list = [131, 108] + bigEndian(count) + [UInt8](repeating: 106, count: count + 1)
        // More than a batch may have; of a longer file it would be no batch.
        expect(try gzip(HostileTests.head + frame(list), level: 1), .limitExceeded)
    }

    // MARK: Members

    @Test("A member that declares little and holds much is not inflated further than it declares")
    func bomb() throws {
        var raw = RawRecording([[.header(), .event(1)], []])
        raw.members[1].content = [UInt8](repeating: 0, count: 30 << 20)
        raw.members[1].level = 9
        raw.members[1].numbers[0] = 1_000
        let bytes = try raw.encoded()
        #expect(bytes.count < 1 << 16)
        expect(bytes, .malformedMember)
    }

    @Test("A member that declares more than the limit, or more than its bytes can hold, is not inflated at all")
    func declaredLength() throws {
        var raw = RawRecording([[.header(), .event(1)], []])
        raw.members[1].content = [UInt8](repeating: 0, count: 2 << 20)
        raw.members[1].numbers[0] = 2 << 20
        expect(try raw.encoded(), .limitExceeded, limits: ReaderLimits(memberByteCount: 1 << 20))
        for declared in [128 << 20, 128 << 20 + 1, Int.max] {
            raw.members[1].content = []
            raw.members[1].numbers[0] = declared
            expect(try raw.encoded(), declared > 128 << 20 ? .limitExceeded : .malformedMember, "\(declared)")
        }
    }

    @Test("A plain recording is read no further than the limit of all of it")
    func total() throws {
        let unknown = frame(.tuple([.atom("padding"), .binary([UInt8](repeating: 0, count: 1 << 16))]))
        let content = HostileTests.head + (0..<64).flatMap { _ in unknown }
        let limits = ReaderLimits(totalByteCount: 1 << 20)
        for bytes in [content, try gzip(content), try content.halves.flatMap { try gzip($0) }] {
            expect(bytes, .limitExceeded, limits: limits)
        }
        let term = Term.tuple([.atom("padding"), .binary([UInt8](repeating: 0, count: 1 << 16))])
        let raw = RawRecording([[.header(), .event(1)]] + [[Term]](repeating: [term], count: 32), hasIndex: false)
        let reading = Reading.forward(try raw.encoded(), limits: limits)
        #expect(reading.error?.kind == .limitExceeded && reading.events.count == 1)
    }

    @Test("An extra field of 65,535 bytes is read, and what stands in it ignored")
    func extraField() throws {
        var raw = RawRecording([
            [.header(), .event(1)], [.event(2), .finish(2, duration: 2, ["kinds": .map(["beat": 2])])],
        ])
        let rest = 65_535 - 4 - (8 + raw.members[1].numbers.flatMap(varint).count) - 4
        raw.members[1].otherFields.after = [
            ExtraField(id: ExtraField.ID(1, 2), bytes: [UInt8](repeating: 0x1F, count: rest))
        ]
        let bytes = try raw.encoded()
        #expect(bytes.count > 65_535)
        #expect(Reading.forward(bytes).error == nil)
        #expect(Reading.forward(bytes).content == Reading.random(bytes).content)
        #expect(Reading.forward(DroppingSource(bytes)) == Reading.forward(bytes))
        #expect(try Salvage(MemorySource(bytes)).report.isComplete)
    }

    @Test("Numbers of a member that add up to more than there are, or lead out of the file")
    func numbers() throws {
        var raw = RawRecording([[.header(), .event(1)]])
        for numbers in [[.max, 0, 1, 1, 0], [0, .max, .max, 1, 0], [0, 0, .max, 0, 0], [0, 0, 1, .max, .max]] {
            raw.members[0].numbers = numbers
            let reading = Reading.forward(try raw.encoded())
            #expect(reading.error != nil)
            #expect(Reading.random(try raw.encoded()).error != nil)
        }
        // A member that is said to take 4 GiB.
        raw = RawRecording([[.header(), .event(1)], [.event(2)]], hasIndex: false)
        raw.hasEnd = false
        let length = try raw.members[1].encoded().count
        raw.members[1].memberByteCountError = Int(UInt32.max) - length
        expect(try raw.encoded(), .truncated)
    }

    @Test("Very many members that hold nothing")
    func manyMembers() throws {
        var raw = RawRecording([[.header(), .event(1)]])
        raw.hasEnd = false
        var empty = RawMember()
        empty.numbers = [0, 1, 0, 0, 0]
        let member = try empty.encoded()
        let bytes = try raw.encoded() + (0..<5_000).flatMap { _ in member }
        let file = try RecordingFile(MemorySource(bytes))
        #expect(file.entries.count == 5_001)
        #expect(try file.eventCount == 1)
        #expect(try file.state(after: 0) == State())
        #expect(try file.summary == nil)
        #expect(Reading.forward(bytes).events.count == 1)
        #expect(Reading.forward(bytes).error == nil)
    }

    // MARK: Indexes

    @Test("An index of a million entries that lead nowhere")
    func hugeIndex() throws {
        let count = 1_000_000
        let entry: [UInt8] = [104, 8, 97, 0, 97, 1, 97, 1, 97, 0, 97, 0, 97, 0, 97, 0, 119, 5] + Array("false".utf8)
        var index: [UInt8] = [131, 104, 2, 119, 5] + Array("index".utf8) + [108] + bigEndian(count)
        for _ in 0..<count { index += entry }
        index.append(106)
        var raw = RawRecording([[.header(), .event(1)]], hasIndex: true)
        raw.indexContent = frame(index)
        raw.changeIndexMember = { $0.level = 1 }
        #expect(Reading.random(try raw.encoded()).error?.kind == .malformedIndex)
    }

    @Test("An index of more entries than the limit")
    func longIndex() throws {
        let raw = RawRecording([[.header(), .event(1)], [.event(2)], [.event(3), .finish(3, duration: 3)]])
        let bytes = try raw.encoded()
        #expect(Reading.random(bytes, limits: ReaderLimits(indexEntryCount: 3)).error == nil)
        expect(bytes, .limitExceeded, events: 3, limits: ReaderLimits(indexEntryCount: 2))
    }

    @Test("Entries that overlap, and that are as large as numbers can be")
    func overlapping() throws {
        let changes: [([[Term]]) -> [[Term]]] = [
            { [$0[0], $0[0]] }, { [$0[1], $0[0]] }, { $0.map { [.integer(.max)] + $0.dropFirst() } },
            { $0.map { [0, .integer(.max)] + $0.dropFirst(2) } },
            { $0.map { $0.prefix(3) + [.integer(.max), .integer(.max)] + $0.dropFirst(5) } },
            { $0.map { $0.prefix(4) + [.integer(.max)] + $0.dropFirst(5) } },
        ]
        for (number, change) in changes.enumerated() {
            var raw = RawRecording([[.header(), .event(1)], [.event(2)]])
            raw.changeEntries = change
            let error = Reading.random(try raw.encoded()).error
            #expect(error?.kind == .malformedIndex || error?.kind == .malformedFrame, "change \(number)")
            #expect(Reading.forward(try raw.encoded()).events.count == 2)
        }
    }

    // MARK: Members in members' clothes

    @Test("A recording inside an event is an event's, whatever becomes of the recording around it")
    func inside() throws {
        let inner = try recording(WriterBytesTests.header, WriterOptions(level: 0)) { writer in
            for index in 0..<6 {
                try writer.append(offset: index, kind: "inner", payload: .integer(index))
                try writer.flush()
            }
            try writer.finish()
        }
        // Stored, the members of the inner recording stand in the file as they are.
        let events = [PlainEvent(1), PlainEvent(2, "file", .binary(inner)), PlainEvent(3)]
        let bytes = try recording(Header(fields: ["id": "1"]), WriterOptions(level: 0)) { writer in
            for event in events {
                try writer.append(offset: event.offset, kind: event.kind, payload: event.payload)
                try writer.flush()
            }
            try writer.finish()
        }
        #expect(bytes.ranges(of: inner).count == 1)
        #expect(Reading.forward(bytes).texts == events.read)
        #expect(Reading.random(bytes).content == Reading.forward(bytes).content)
        #expect(try Salvage(MemorySource(bytes)).report.isComplete)
        let start = try #require(bytes.ranges(of: inner).first?.lowerBound)
        // Cut right behind the inner end, the file ends in a sound end member that is another recording's.
        let cut = Array(bytes[..<(start + inner.count)])
        #expect(Reading.forward(cut).texts == events.prefix(1).read)
        #expect(Reading.forward(cut).error?.kind == .truncated)
        let random = Reading.random(cut)
        #expect(random.error != nil)
        #expect(events.read.starts(with: random.texts))
        // With the member around it damaged, its events do not become the recording's.
        let entries = try RecordingFile(MemorySource(bytes)).entries
        for offset in [start - 1, start + inner.count] {
            var damaged = bytes
            damaged[offset] ^= 1
            #expect(entries[1].offset < offset && offset < entries[1].offset + entries[1].byteCount)
            let sink = MemorySink()
            try Salvage(MemorySource(damaged)).write(to: sink)
            #expect(Reading.forward(sink.bytes).texts == [events[0], events[2]].read)
        }
    }
}

extension [UInt8] {
    fileprivate var halves: [[UInt8]] { [Array(prefix(count / 2)), Array(suffix(count - count / 2))] }
}
