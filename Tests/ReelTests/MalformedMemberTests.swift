import ExternalTerm
import GzipMembers
import Reel
import Testing

/// A recording of two data members, an index and an end, of which one thing is wrong.
struct MemberDefect: CustomTestStringConvertible, Sendable {
    var name: String
    var bytes: [UInt8]
    var kind: ReelError.Kind
    /// Where the error is.
    var offset: Int
    var section: String
    /// How many of the three events are readable.
    var events: Int
    /// The kind of error by way of the index, when it is another one; nil when that way does not come by.
    var randomKind: ReelError.Kind?

    var testDescription: String { name }

    /// What the two data members hold: two events, and one more.
    static let frames: [[Term]] = [
        [.header(), .list([.render(1, ["n": 1]), .event(2)])],
        [.keyframe(2, ["n": 1]), .event(3), .finish(3, duration: 3, ["kinds": .map(["render": 1, "beat": 2])])],
    ]

    /// Changes the second data member.
    static func second(
        _ name: String, _ kind: ReelError.Kind = .malformedMember, breaking section: String, events: Int = 2,
        random: ReelError.Kind? = nil, _ change: (inout RawMember) -> Void
    ) -> MemberDefect {
        recording(name, kind, at: .second, breaking: section, events: events, random: random) { change(&$0.members[1]) }
    }

    enum Place { case first, second, index, end, after }

    /// Changes anything.
    static func recording(
        _ name: String, _ kind: ReelError.Kind, at place: Place, breaking section: String, events: Int = 3,
        random: ReelError.Kind? = nil, _ change: (inout RawRecording) -> Void
    ) -> MemberDefect {
        var raw = RawRecording(frames)
        change(&raw)
        let lengths = raw.members.map { (try? $0.encoded().count) ?? 0 }
        let bytes = (try? raw.encoded()) ?? []
        let offset =
            switch place {
            case .first: 0
            case .second: lengths[0]
            case .index: lengths.reduce(0, +)
            case .end: bytes.count - raw.trailing.count - 44
            case .after: bytes.count - raw.trailing.count
            }
        return MemberDefect(
            name: name, bytes: bytes, kind: kind, offset: offset, section: section, events: events,
            randomKind: random ?? kind)
    }

    /// Changes the bytes of the second data member, or of another part.
    static func bytes(
        _ name: String, _ kind: ReelError.Kind, at offsetInMember: Int = 0,
        breaking section: String = "recording.md §4.1",
        events: Int = 2, _ change: (inout [UInt8]) -> Void
    ) -> MemberDefect {
        let raw = RawRecording(frames)
        let encoded = (try? raw.members.map { try $0.encoded() }) ?? []
        let whole = (try? raw.encoded()) ?? []
        var member = encoded[1]
        change(&member)
        let offset = encoded[0].count + (offsetInMember < 0 ? member.count + offsetInMember : offsetInMember)
        return MemberDefect(
            name: name, bytes: encoded[0] + member + whole.dropFirst(encoded[0].count + encoded[1].count), kind: kind,
            offset: offset, section: section, events: events, randomKind: kind)
    }

    // MARK: The tables

    static let fields: [MemberDefect] = [
        second("an RL payload of 7 bytes", breaking: "recording.md §5.2") { $0.shortPayload = 7 },
        second("an RL payload of no bytes", breaking: "recording.md §5.2") { $0.shortPayload = 0 },
        second("an RL field without a header checksum", breaking: "recording.md §5.2") { $0.hasChecksum = false },
        second("kind 0", breaking: "recording.md §5.2") { $0.kind = 0 },
        second("kind 4", breaking: "recording.md §5.2") { $0.kind = 4 },
        second("a member shorter than its header and trailer", breaking: "recording.md §5.2") {
            $0.memberByteCountError = -130
        },
        second("four numbers", breaking: "recording.md §5.2") { $0.numbers.removeLast() },
        second("a number that is cut", breaking: "recording.md §5.2") { $0.tail = varint(300) + [2, 1, 3, 0x80] },
        second("a number not in its shortest form", breaking: "recording.md §5.2") {
            $0.tail = varint($0.numbers[0]) + [0x82, 0, 1, 3, 0]
        },
        second("a number of ten bytes", breaking: "recording.md §5.2") {
            $0.tail = varint($0.numbers[0]) + [2, 1, 3] + [UInt8](repeating: 0x80, count: 9) + [1]
        },
        second("a first event and count beyond 2^63", breaking: "recording.md §5.2") { member in
            member.tail = varint(member.numbers[0]) + varint(.max) + [1, 3, 0]
        },
        second("a first and a last offset beyond 2^63", breaking: "recording.md §5.2") { member in
            member.tail = varint(member.numbers[0]) + [2, 1, 3] + varint(.max)
        },
        recording(
            "an end without an offset", .malformedMember, at: .end, breaking: "recording.md §5.2",
            random: .malformedIndex
        ) {
            $0.changeEndMember = {
                $0.rest = [0, 0, 0]
                $0.otherFields.after = [ExtraField(id: ExtraField.ID(1, 1), bytes: [0])]
            }
        },
        recording(
            "an end with an offset of 2^63", .malformedIndex, at: .end, breaking: "recording.md §4.4",
            random: .malformedIndex
        ) {
            $0.changeEndMember = { $0.rest[7] = 0x80 }
        },
    ]

    static let declarations: [MemberDefect] = [
        second("a member that declares a byte too many", breaking: "recording.md §4.1") { $0.memberByteCountError = 1 },
        second("a member that declares a byte too few", breaking: "recording.md §4.1") { $0.memberByteCountError = -1 },
        second("content that declares a byte too many", breaking: "recording.md §5") { $0.numbers[0] += 1 },
        second("content that declares a byte too few", breaking: "recording.md §5") { $0.numbers[0] -= 1 },
        second("content that declares nothing", breaking: "recording.md §5") { $0.numbers[0] = 0 },
        second("content beyond the limit", .limitExceeded, breaking: "recording.md §9") { $0.numbers[0] = 1 << 40 },
        second("the wrong first event", breaking: "recording.md §5.2", events: 3, random: .malformedIndex) {
            $0.numbers[1] = 1
        },
        second("one event too many", breaking: "recording.md §5.2", events: 3) { $0.numbers[2] = 2 },
        second("one event too few", breaking: "recording.md §5.2", events: 3) { $0.numbers[2] = 0 },
        second("the wrong first offset", breaking: "recording.md §5.2", events: 3) { $0.numbers[3] = 2 },
        second("the wrong span", breaking: "recording.md §5.2", events: 3) { $0.numbers[4] = 1 },
        second("no flag for the keyframe", breaking: "recording.md §5.2", events: 3) { $0.flags = 4 },
        second("no flag for the finish frame", breaking: "recording.md §5.2", events: 3) { $0.flags = 1 },
        second("the flag of a header that is in another member", breaking: "recording.md §5.2", events: 3) {
            $0.flags = 7
        },
        recording("no flag for the header", .malformedMember, at: .first, breaking: "recording.md §5.2", events: 2) {
            $0.members[0].flags = 0
        },
        recording(
            "the flag of a keyframe that is not there", .malformedMember, at: .first, breaking: "recording.md §5.2",
            events: 2
        ) {
            $0.members[0].flags = 3
        },
    ]

    static let order: [MemberDefect] = [
        recording(
            "a data member after the finish frame", .malformedMember, at: .index, breaking: "recording.md §4.4",
            random: .malformedMember
        ) {
            $0.members.append(.data([.tuple([.atom("more")])], firstEvent: 3))
        }.moved(to: 2),
        recording("an index that does not agree", .malformedIndex, at: .index, breaking: "recording.md §6.6") {
            $0.changeEntries = { entries in entries.changing(1, 2) { $0 + 1 } }
        },
        recording("an index whose offsets leave a gap", .malformedIndex, at: .index, breaking: "recording.md §6.6") {
            $0.changeEntries = { entries in entries.changing(1, 0) { $0 + 1 } }
        },
        recording("an index whose members are too long", .malformedIndex, at: .index, breaking: "recording.md §6.6") {
            $0.changeEntries = { entries in entries.changing(1, 1) { $0 + 1 } }
        },
        recording("an index with other events", .malformedIndex, at: .index, breaking: "recording.md §6.6") {
            $0.changeEntries = { entries in entries.changing(1, 3) { $0 + 1 } }
        },
        recording("an index with other counts", .malformedIndex, at: .index, breaking: "recording.md §6.6") {
            $0.changeEntries = { entries in entries.changing(1, 4) { $0 + 1 } }
        },
        recording("an index with other times", .malformedIndex, at: .index, breaking: "recording.md §6.6") {
            $0.changeEntries = { entries in entries.changing(0, 6) { $0 + 1 } }
        },
        recording("an index with other keyframes", .malformedIndex, at: .index, breaking: "recording.md §6.6") {
            $0.changeEntries = { $0.map { $0.dropLast() + [.boolean(false)] } }
        },
        recording("an index that lacks a member", .malformedIndex, at: .index, breaking: "recording.md §6.6") {
            $0.changeEntries = { $0.dropLast() }
        },
        recording("an index with a member twice", .malformedIndex, at: .index, breaking: "recording.md §6.6") {
            $0.changeEntries = { $0 + $0 }
        },
        recording("an index without members", .malformedIndex, at: .index, breaking: "recording.md §6.6") {
            $0.changeEntries = { _ in [] }
        },
        recording("an index member without frames", .malformedIndex, at: .index, breaking: "recording.md §6.6") {
            $0.indexContent = []
        },
        recording("an index member with another frame", .malformedFrame, at: .index, breaking: "recording.md §6.6") {
            $0.indexContent = frame(.tuple([.atom("bookmarks")]))
        },
        recording("an index member with an event", .malformedFrame, at: .index, breaking: "recording.md §6.6") {
            $0.indexContent = frame(.event(4))
        },
        recording("an index member with two indexes", .malformedFrame, at: .index, breaking: "recording.md §6.6") {
            $0.indexContent = frame(.tuple([.atom("index"), .nil])) + frame(.tuple([.atom("index"), .nil]))
        },
        recording("an index that is no list", .malformedFrame, at: .index, breaking: "recording.md §6.6") {
            $0.indexContent = frame(.tuple([.atom("index"), .map([:])]))
        },
        recording("an index entry of seven elements", .malformedFrame, at: .index, breaking: "recording.md §6.6") {
            $0.changeEntries = { $0.map { $0.dropLast() } }
        },
        recording(
            "an index entry whose keyframe is a number", .malformedFrame, at: .index, breaking: "recording.md §6.6"
        ) {
            $0.changeEntries = { $0.map { $0.dropLast() + [1] } }
        },
        recording("an index entry with a negative number", .malformedFrame, at: .index, breaking: "recording.md §6.6") {
            $0.changeEntries = { entries in entries.changing(1, 5) { _ in -1 } }
        },
    ]

    static let ends: [MemberDefect] = [
        recording("an end that points at a data member", .malformedIndex, at: .end, breaking: "recording.md §4.4") {
            $0.endOffset = 0
        },
        recording("an end that points at itself", .malformedIndex, at: .end, breaking: "recording.md §4.4") { raw in
            raw.endOffset = ((try? raw.encoded().count) ?? 0) - 44
        },
        recording("an end that points beyond the file", .malformedIndex, at: .end, breaking: "recording.md §4.4") {
            $0.endOffset = .max
        },
        recording("an end that points into a member", .malformedIndex, at: .end, breaking: "recording.md §4.4") {
            $0.endOffset = 77
        },
        recording("two data members and no index", .malformedIndex, at: .end, breaking: "recording.md §4.4") {
            $0.hasIndex = false
        },
        recording(
            "an end of 45 bytes", .malformedMember, at: .end, breaking: "recording.md §5", random: .malformedIndex
        ) {
            $0.changeEndMember = { $0.rest.append(0) }
        }.moved(by: -1),
        recording(
            "an end that holds something", .malformedMember, at: .end, breaking: "recording.md §5",
            random: .malformedIndex
        ) {
            $0.changeEndMember = { $0.content = [0] }
        }.moved(by: -1),
        recording(
            "a byte after the end", .trailingData, at: .after, breaking: "recording.md §4.4", random: .malformedIndex
        ) {
            $0.trailing = [0]
        },
        recording(
            "zeros after the end", .trailingData, at: .after, breaking: "recording.md §4.4", random: .malformedIndex
        ) {
            $0.trailing = [UInt8](repeating: 0, count: 512)
        },
        recording(
            "a member after the end", .trailingData, at: .after, breaking: "recording.md §4.4", random: .malformedIndex
        ) {
            $0.trailing = (try? gzip(frame(.event(4)))) ?? []
        },
        recording("a second end", .trailingData, at: .after, breaking: "recording.md §4.4", random: .malformedIndex) {
            raw in
            raw.trailing = Array(((try? raw.encoded()) ?? []).suffix(44))
        },
        recording(
            "the recording twice", .trailingData, at: .after, breaking: "recording.md §4.4", random: .malformedIndex
        ) { raw in
            raw.trailing = (try? raw.encoded()) ?? []
        },
    ]

    static let damages: [MemberDefect] = [
        bytes("reserved flags", .malformedMember) { $0[3] |= 0x20 },
        bytes("another compression", .malformedMember) { $0[2] = 9 },
        bytes("no gzip magic", .trailingData) { $0[0] = 0x1E },
        bytes("a header checksum that does not match", .checksum) { $0[30] ^= 1 },
        bytes("a time, which the header checksum covers", .checksum) { $0[4] = 1 },
        bytes("a content checksum that does not match", .checksum) { $0[$0.count - 8] ^= 1 },
        bytes("a content length that does not match", .malformedMember) { $0[$0.count - 4] ^= 1 },
    ]
}

extension [[Term]] {
    /// The entries with one number changed.
    fileprivate func changing(_ entry: Int, _ element: Int, _ change: (Int) -> Int) -> [[Term]] {
        var entries = self
        entries[entry][element] = .integer(change(entries[entry][element].integer ?? 0))
        return entries
    }
}

extension MemberDefect {
    /// The defect at the start of a data member.
    fileprivate func moved(to member: Int) -> MemberDefect {
        var defect = self
        defect.offset = Array(RawRecording(MemberDefect.frames).members.prefix(member)).reduce(0) {
            $0 + ((try? $1.encoded().count) ?? 0)
        }
        return defect
    }

    fileprivate func moved(by count: Int) -> MemberDefect {
        var defect = self
        defect.offset += count
        return defect
    }
}

/// What a reader says of members that are not what the format allows.
@Suite("Malformed members")
struct MalformedMemberTests {
    @Test("Fields of a member that are not valid", arguments: MemberDefect.fields)
    func fields(_ defect: MemberDefect) { check(defect) }

    @Test("Members that do not hold what they declare", arguments: MemberDefect.declarations)
    func declarations(_ defect: MemberDefect) { check(defect) }

    @Test("Members in the wrong place, and indexes that do not agree with them", arguments: MemberDefect.order)
    func order(_ defect: MemberDefect) { check(defect) }

    @Test("Ends that do not lead to the index, and what follows them", arguments: MemberDefect.ends)
    func ends(_ defect: MemberDefect) { check(defect) }

    @Test("Damage that gzip itself finds", arguments: MemberDefect.damages)
    func damages(_ defect: MemberDefect) { check(defect) }

    @Test("The recording that all of these are made of is sound")
    func sound() throws {
        let bytes = try RawRecording(MemberDefect.frames).encoded()
        #expect(Validation.findings(in: MemorySource(bytes)).filter { $0.severity == .error } == [])
        #expect(Reading.forward(bytes).content == Reading.random(bytes).content)
        #expect(Reading.random(bytes).hasEnd && Reading.forward(bytes).hasEnd)
    }

    private func check(_ defect: MemberDefect) {
        let forward = Reading.forward(defect.bytes)
        #expect(forward.events.map(\.offset) == Array(1..<1 + defect.events))
        #expect(forward.error?.kind == defect.kind, "\(forward.error.debugDescription)")
        #expect(forward.error?.offset == defect.offset, "\(forward.error.debugDescription)")
        #expect(forward.error?.section == defect.section, "\(forward.error.debugDescription)")
        #expect(forward.error?.event == defect.events, "\(forward.error.debugDescription)")
        let slow = Reading.forward(DroppingSource(defect.bytes))
        #expect(slow.events == forward.events)
        #expect(slow.error?.kind == defect.kind && slow.error?.offset == defect.offset)
        let random = Reading.random(defect.bytes)
        #expect(random.error?.kind == defect.randomKind, "\(random.error.debugDescription)")
        #expect(forward.events.starts(with: random.events))
        // The first error is the one that a validation reports.
        let finding = Validation.findings(in: MemorySource(defect.bytes)).first { $0.severity == .error }
        #expect(finding?.kind == defect.kind)
        #expect(finding?.offset == defect.offset)
    }
}
