import ExternalTerm
import GzipMembers
import Reel
import Testing

/// What a reader says of a file that does not start like a recording: Spec/recording.md §4.3 and §10.
@Suite("What is no recording")
struct ContainerTests {
    struct Start: CustomTestStringConvertible, Sendable {
        var name: String
        var bytes: [UInt8]
        var kind = ReelError.Kind.notARecording

        init(_ name: String, as kind: ReelError.Kind = .notARecording, _ bytes: @autoclosure () throws -> [UInt8]) {
            self.name = name
            self.kind = kind
            self.bytes = (try? bytes()) ?? []
        }

        var testDescription: String { name }
    }

    static let starts: [Start] = [
        Start("an empty file", []), Start("one byte", [0]), Start("four bytes", [0, 0, 0, 2]),
        Start("text", Array("an ordinary text\n".utf8)), Start("JSON", Array(#"{"id": 1}"#.utf8)),
        Start("a PNG", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]),
        Start("zeros", [UInt8](repeating: 0, count: 100)),
        Start("a term of PhoenixReplay", Term.map(["events": .nil]).external),
        Start("a term of PhoenixReplay in gzip", try gzip(Term.map(["events": .nil]).external)),
        Start("a part of PhoenixReplay", Array("PRF1".utf8) + bigEndian(3) + bigEndian(0) + [131, 104, 0]),
        Start("a file that starts with 1f", [0x1F, 0x9D, 1, 2, 3]),
        Start("gzip of text", try gzip(Array("an ordinary text\n".utf8))), Start("gzip of nothing", try gzip([])),
        Start("a tar in gzip", try gzip(Array("folder/file".utf8) + [UInt8](repeating: 0, count: 1_024))),
        Start("a bare frame beyond the limit", bigEndian(1 << 30) + [131, 104, 3]),
        Start("a bare frame that is no header", frame(.event(1))), Start("a bare batch", frame(.list([.event(1)]))),
        Start("a bare finish frame", frame(.finish(0))), Start("a bare unknown frame", frame(.tuple([.atom("new")]))),
        Start("a bare frame that is no term", bigEndian(3) + [131, 0, 0]),
        Start("a bare frame with bytes after its header", frame(Term.header().external + [0])),
        Start("a header without a map", frame(.tuple([.atom("recording"), .tuple([1, 0]), 1]))),
        Start("a header without a version", frame(.tuple([.atom("recording"), 1, .map([:])]))),
        Start("a header with a version of one number", frame(.tuple([.atom("recording"), .tuple([1]), .map([:])]))),
        Start("a header with minor version 256", frame(.header(minor: 256))),
        Start("a first frame of one byte in gzip", try gzip(bigEndian(1) + [131])),
        Start("a first frame that is no header, in gzip", try gzip(frame(.event(1)))),
        Start("a first frame that is no term, in gzip", try gzip(bigEndian(3) + [131, 0, 0])),
        Start("a first member without a header", try RawRecording([[.event(1)]]).encoded()),
        Start("a first member that starts with an event", try RawRecording([[.event(1), .header()]]).encoded()),
        Start("a first member without frames", try RawRecording([[], [.header()]]).encoded()),
        Start("a first member whose frame is no term", try raw([0, 0, 0, 2, 131, 0])),
        Start("a first member whose frame has one byte", try raw([0, 0, 0, 1, 131])),
        Start("a first member whose frame is cut", try raw(frame(.header()).dropLast())),
        Start("a first member whose frame is beyond the limit", try raw(bigEndian(1 << 30) + Term.header().external)),
        Start("an end member alone", try RawRecording([]).encoded()),
        Start("an index member first", try RawRecording([], hasIndex: true).encoded()),
        // These might be a recording that has been cut.
        Start("the first byte of gzip", as: .truncated, [0x1F]),
        Start("the first two bytes of gzip", as: .truncated, [0x1F, 0x8B]),
        Start("a gzip header that is cut", as: .truncated, [0x1F, 0x8B, 8, 0, 0]),
        Start("gzip that is cut", as: .truncated, try gzip(frame(.header())).dropLast(12)),
        Start("a bare header that is cut", as: .truncated, frame(.header()).dropLast()),
        Start("a header that is cut, in gzip", as: .truncated, try gzip(frame(.header()).dropLast())),
        Start("two bytes in gzip", as: .truncated, try gzip([0, 0])),
        Start(
            "a first member that is cut", as: .truncated,
            try RawRecording([[.header()]], hasIndex: false).encoded().dropLast(50)),
        // These are gzip, and it is damaged.
        Start("gzip with reserved flags", as: .malformedMember, [0x1F, 0x8B, 8, 0xE0, 0, 0, 0, 0, 0, 3]),
        Start("gzip with another method", as: .malformedMember, [0x1F, 0x8B, 7, 0, 0, 0, 0, 0, 0, 3]),
        Start("gzip with damaged data", as: .malformedMember, [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 7, 7, 7, 7]),
        Start("gzip with a damaged header", as: .checksum, try damaged(RawRecording([[.header()]]).encoded(), at: 4)),
    ]

    /// A recording whose only member has this content.
    private static func raw(_ content: [UInt8]) throws -> [UInt8] {
        var raw = RawRecording([[.header()]])
        raw.members[0].content = content
        raw.members[0].numbers[0] = content.count
        return try raw.encoded()
    }

    private static func damaged(_ bytes: [UInt8], at offset: Int) -> [UInt8] {
        var bytes = bytes
        bytes[offset] ^= 1
        return bytes
    }

    @Test("It is refused by what its first bytes are", arguments: starts)
    func refused(_ start: Start) throws {
        for reading in [Reading.forward(start.bytes), .forward(DroppingSource(start.bytes)), .random(start.bytes)] {
            let error = try #require(reading.error)
            #expect(error.kind == start.kind, "\(error)")
            #expect((0...start.bytes.count).contains(error.offset ?? -1), "\(error)")
            #expect(reading.header == nil && reading.events.isEmpty)
        }
        let findings = Validation.findings(in: MemorySource(start.bytes))
        #expect(findings.map(\.kind) == [start.kind])
        // Salvage takes what members there are, and those have an event at the most.
        if let salvage = try? Salvage(MemorySource(start.bytes)) {
            #expect(start.bytes.starts(with: [0x1F, 0x8B, 8, 6]))
            #expect(salvage.report.eventCount <= 1)
        }
    }

    @Test("Members with and without fields do not mix")
    func mixed() throws {
        let plain = try gzip(frame(.header()) + frame(.event(1)))
        let indexed = try RawRecording([[.header(), .event(1)]], hasIndex: false).withoutEnd()
        let more = RawMember.data([.event(2)], firstEvent: 1)
        for bytes in [plain + (try more.encoded()), indexed + (try gzip(frame(.event(2))))] {
            let reading = Reading.forward(bytes)
            #expect(reading.error?.kind == .malformedMember)
            #expect(reading.error?.offset == (bytes.starts(with: plain) ? plain.count : indexed.count))
            #expect(reading.error?.member == 1)
            #expect(reading.events.map(\.offset) == [1])
            #expect(Reading.random(bytes).error?.kind == .malformedMember)
            #expect(Reading.random(bytes).events == reading.events)
        }
    }

    @Test("An error says what, where, by which rule, and what is readable")
    func words() {
        var error = ReelError(
            .truncated, "the file ends inside a member", offset: 48_120, member: 3, event: 1_204,
            section: "recording.md §4.1")
        #expect(
            error.description == "truncated at byte 48120, member 3: the file ends inside a member "
                + "(Spec/recording.md §4.1); 1204 events before it readable")
        error.event = 1
        #expect(error.description.hasSuffix("; 1 event before it readable"))
        #expect(ReelError(.inputOutput, "no space").description == "inputOutput: no space")
    }
}

extension RawRecording {
    fileprivate func withoutEnd() throws -> [UInt8] {
        var raw = self
        raw.hasEnd = false
        return try raw.encoded()
    }
}
