import ExternalTerm
import Reel
import Testing

/// A frame that is not what the format allows, after a header and two events.
struct FrameDefect: CustomTestStringConvertible, Sendable {
    var name: String
    /// What stands after the two events: whole frames, or not.
    var content: [UInt8]
    var kind: ReelError.Kind
    var section: String
    /// How many events are readable.
    var events = 2
    /// Where in `content` the frame starts that is wrong.
    var start = 0

    var testDescription: String { name }

    init(
        _ name: String, _ content: [UInt8], as kind: ReelError.Kind = .malformedFrame, breaking section: String,
        events: Int = 2, start: Int = 0
    ) {
        self.name = name
        self.content = content
        self.kind = kind
        self.section = section
        self.events = events
        self.start = start
    }

    static let all = lengths + terms + events + control + places

    static let lengths = [
        FrameDefect("a length of 0", bigEndian(0) + [131, 106], breaking: "recording.md §4.2"),
        FrameDefect("a length of 1", bigEndian(1) + [131], breaking: "recording.md §4.2"),
        FrameDefect(
            "a length beyond the limit", bigEndian(1 << 27) + [131], as: .limitExceeded, breaking: "recording.md §9"),
    ]

    static let terms = [
        FrameDefect("no leading 131", frame([130, 97, 1]), as: .malformedTerm, breaking: "terms.md §3"),
        FrameDefect("an unknown tag", frame([131, 0]), as: .malformedTerm, breaking: "terms.md §3"),
        FrameDefect("a term that is cut", frame([131, 98, 0]), as: .malformedTerm, breaking: "terms.md §3"),
        FrameDefect(
            "an event that is cut", frame(Term.event(3).external.dropLast(2)), as: .malformedTerm,
            breaking: "terms.md §3"),
        FrameDefect(
            "a batch of which an event is cut", frame(Term.list([.event(3), .event(4)]).external.dropLast(3)),
            as: .malformedTerm, breaking: "terms.md §3"),
        FrameDefect(
            "a map with a key twice",
            frame([131, 104, 3, 97, 1, 119, 1, 97, 116, 0, 0, 0, 2, 97, 1, 97, 1, 97, 1, 97, 1]),
            as: .malformedTerm, breaking: "terms.md §3"),
        FrameDefect(
            "an unknown control frame that is cut", frame(Term.tuple([.atom("new"), 300]).external.dropLast()),
            as: .malformedTerm, breaking: "terms.md §3"),
        FrameDefect("bytes after the term", frame(Term.event(3).external + [106]), breaking: "recording.md §6"),
        FrameDefect("bytes after a batch", frame(Term.list([.event(3)]).external + [0]), breaking: "recording.md §6"),
        FrameDefect(
            "bytes after a control frame", frame(Term.tuple([.atom("new")]).external + [1]), breaking: "recording.md §6"
        ),
        FrameDefect("LOCAL_EXT", frame([131, 121, 1, 2, 3, 4, 5, 6, 7, 8, 97, 1]), breaking: "recording.md §6"),
        FrameDefect(
            "a compressed term that declares more than the limit", frame([131, 80, 255, 255, 255, 255, 0x78, 0x9C]),
            as: .limitExceeded, breaking: "recording.md §9"),
        FrameDefect(
            "a compressed term that does not inflate", frame([131, 80, 0, 0, 0, 2, 1, 2, 3]), as: .malformedTerm,
            breaking: "terms.md §3"),
        FrameDefect("terms nested too deep", frame(deep(1_024)), as: .limitExceeded, breaking: "recording.md §9"),
    ]

    static let events = [
        FrameDefect("an integer", frame(1), breaking: "recording.md §6"),
        FrameDefect("an atom", frame(.atom("recording")), breaking: "recording.md §6"),
        FrameDefect("a map", frame(.map(["recording": 1])), breaking: "recording.md §6"),
        FrameDefect("a binary", frame("event"), breaking: "recording.md §6"),
        FrameDefect("the empty tuple", frame(.tuple([])), breaking: "recording.md §6"),
        FrameDefect(
            "a tuple that starts with a binary", frame(.tuple(["a", .atom("a"), 1])), breaking: "recording.md §6"),
        FrameDefect("an event without a payload", frame(.tuple([3, .atom("a")])), breaking: "recording.md §6"),
        FrameDefect("an event whose kind is text", frame(.tuple([3, "a", 1])), breaking: "recording.md §6"),
        FrameDefect("an event at -1 ms", frame(.event(-1)), breaking: "recording.md §6"),
        FrameDefect("an event at 1.0 ms", frame(.tuple([1.0, .atom("a"), 1])), breaking: "recording.md §6"),
        FrameDefect(
            "an event at 2^63 ms",
            frame(.tuple([.integer(isNegative: false, magnitude: [0, 0, 0, 0, 0, 0, 0, 0x80]), .atom("a"), 1])),
            breaking: "recording.md §6"),
        FrameDefect("an empty batch", frame(.nil), breaking: "recording.md §6.3"),
        FrameDefect("a batch that is a string", frame(.list([1, 2, 3])), breaking: "recording.md §6"),
        FrameDefect(
            "an improper batch", frame(.improperList([.event(3)], tail: .event(4))), breaking: "recording.md §6.3"),
        FrameDefect("a batch with a control frame", frame([.event(3), .keyframe(3)]), breaking: "recording.md §6"),
        FrameDefect("a batch in a batch", frame([[.event(3)]]), breaking: "recording.md §6"),
        FrameDefect("a batch with a malformed event", frame([.event(3), .event(-1)]), breaking: "recording.md §6"),
    ]

    static let control = [
        FrameDefect("a second header", frame(.header()), breaking: "recording.md §6.1"),
        FrameDefect("a header that is none", frame(.tuple([.atom("recording"), 1])), breaking: "recording.md §6.1"),
        FrameDefect(
            "a keyframe without a state", frame(.tuple([.atom("keyframe"), 2])), breaking: "recording.md §6.4"),
        FrameDefect("a keyframe of a negative event", frame(.keyframe(-1)), breaking: "recording.md §6.4"),
        FrameDefect(
            "a keyframe without assigns", frame(.tuple([.atom("keyframe"), 2, .map(["components": .map([:])])])),
            breaking: "recording.md §6.4"),
        FrameDefect(
            "a keyframe whose assigns are no map", frame(.tuple([.atom("keyframe"), 2, .map(["assigns": 1])])),
            breaking: "recording.md §6.4"),
        FrameDefect(
            "a keyframe whose components are no map",
            frame(.tuple([.atom("keyframe"), 2, .map(["assigns": .map([:]), "components": 1])])),
            breaking: "recording.md §6.4"),
        FrameDefect(
            "a keyframe with a component that is no map",
            frame(.tuple([.atom("keyframe"), 2, .map(["assigns": .map([:]), "components": .map(["a": 1])])])),
            breaking: "recording.md §6.4"),
        FrameDefect("a keyframe in another place", frame(.keyframe(1)), breaking: "recording.md §6.4"),
        FrameDefect(
            "a finish frame without a map", frame(.tuple([.atom("finish"), 1])), breaking: "recording.md §6.5"),
        FrameDefect(
            "a finish frame without events", frame(.tuple([.atom("finish"), .map(["duration": 2])])),
            breaking: "recording.md §6.5"),
        FrameDefect(
            "a finish frame without a duration", frame(.tuple([.atom("finish"), .map(["events": 2])])),
            breaking: "recording.md §6.5"),
        FrameDefect(
            "a finish frame with a negative duration", frame(.finish(2, duration: -1)), breaking: "recording.md §6.5"),
        FrameDefect(
            "a finish frame with kinds that are text", frame(.finish(2, ["kinds": .map(TermMap([.init("a", 1)]))])),
            breaking: "recording.md §6.5"),
        FrameDefect(
            "a finish frame with names that are atoms", frame(.finish(2, ["names": .map(["a": 1])])),
            breaking: "recording.md §6.5"),
        FrameDefect("a finish frame that counts fewer events", frame(.finish(1)), breaking: "recording.md §6.5"),
        FrameDefect("a finish frame that counts more events", frame(.finish(3)), breaking: "recording.md §6.5"),
        FrameDefect("an index that is none", frame(.tuple([.atom("index"), 1])), breaking: "recording.md §6.6"),
        FrameDefect(
            "an index with a negative number",
            frame(.tuple([.atom("index"), [.tuple([0, 1, 1, -1, 1, 1, 1, .boolean(true)])]])),
            breaking: "recording.md §6.6"),
        FrameDefect(
            "an index with a short entry", frame(.tuple([.atom("index"), [.tuple([0, 1, 1, 1, 1, 1, 1])]])),
            breaking: "recording.md §6.6"),
    ]

    static let places: [FrameDefect] = {
        let finish = frame(.finish(2))
        return [
            FrameDefect(
                "an event after the finish frame", finish + frame(.event(3)), breaking: "recording.md §6.5",
                start: finish.count),
            FrameDefect(
                "a batch after the finish frame", finish + frame(.list([.event(3)])), breaking: "recording.md §6.5",
                start: finish.count),
            FrameDefect(
                "a keyframe after the finish frame", finish + frame(.keyframe(2)), breaking: "recording.md §6.5",
                start: finish.count),
            FrameDefect("a second finish frame", finish + finish, breaking: "recording.md §6.5", start: finish.count),
            FrameDefect(
                "a header after the finish frame", finish + frame(.header()), breaking: "recording.md §6.1",
                start: finish.count),
            FrameDefect(
                "a defect after a sound event", frame(.event(3)) + frame(1), breaking: "recording.md §6", events: 3,
                start: frame(.event(3)).count),
        ]
    }()

    /// An event whose payload nests lists.
    private static func deep(_ depth: Int) -> [UInt8] {
        [131, 104, 3, 97, 1, 119, 1, 97] + [UInt8](repeating: 108, count: 1).repeated(depth, [0, 0, 0, 1]) + [106]
            + [UInt8](repeating: 106, count: depth)
    }
}

extension [UInt8] {
    fileprivate func repeated(_ count: Int, _ more: [UInt8]) -> [UInt8] { (0..<count).flatMap { _ in self + more } }
}

/// What a reader says of frames that are not what the format allows, in every form of a recording.
@Suite("Malformed frames")
struct MalformedFrameTests {
    static let head = frame(.header()) + frame(.list([.event(1), .event(2)]))

    @Test(
        "In a bare recording, the error names the frame's own offset",
        arguments: FrameDefect.all)
    func bare(_ defect: FrameDefect) {
        let bytes = MalformedFrameTests.head + defect.content
        check(bytes, defect, offset: MalformedFrameTests.head.count + defect.start, member: nil)
    }

    @Test(
        "In plain gzip, it names the member's",
        arguments: FrameDefect.all)
    func plain(_ defect: FrameDefect) throws {
        check(try gzip(MalformedFrameTests.head + defect.content), defect, offset: 0, member: 0)
        let head = try gzip(MalformedFrameTests.head)
        check(head + (try gzip(defect.content)), defect, offset: head.count, member: 1)
    }

    @Test(
        "Among members with fields, it names the member's, whether or not there is an index",
        arguments: FrameDefect.all)
    func members(_ defect: FrameDefect) throws {
        // What the member declares is what a reader that took all of it would find.
        var raw = RawRecording([[.header(), [.event(1), .event(2)]], []])
        raw.members[1].content = defect.content
        raw.members[1].numbers[0] = defect.content.count
        if defect.content.starts(with: frame(.finish(2))) { raw.members[1].flags = 4 }
        let start = try raw.members[0].encoded().count
        check(try raw.encoded(), defect, offset: start, member: 1)
        raw.hasIndex = false
        raw.hasEnd = false
        check(try raw.encoded(), defect, offset: start, member: 1)
    }

    @Test(
        "A frame that is cut short is truncated in a plain recording, and malformed in a sound member",
        arguments: 1..<40)
    func cut(count: Int) throws {
        let last = frame(.event(3, "beat", .string("twenty bytes of text")))
        try #require(count < last.count)
        let content = Array(last.prefix(count))
        let defect = FrameDefect("cut", content, as: .truncated, breaking: "recording.md §4.2")
        bare(defect)
        try plain(defect)
        try members(FrameDefect("cut", content, breaking: "recording.md §4.2"))
    }

    private func check(_ bytes: [UInt8], _ defect: FrameDefect, offset: Int, member: Int?) {
        let forward = Reading.forward(bytes)
        #expect(forward.events.map(\.offset) == Array(1...defect.events))
        expect(forward.error, defect, offset: offset, member: member)
        #expect(forward.error?.event == defect.events)
        // What comes in pieces is the same.
        let slow = Reading.forward(DroppingSource(bytes))
        #expect(slow.events == forward.events)
        // But for the limits, which are those of a file whose length is not known.
        var error = slow.error
        if error?.kind == .limitExceeded, let reason = forward.error?.reason { error?.reason = reason }
        #expect(error == forward.error)
        let random = Reading.random(bytes)
        expect(random.error, defect, offset: offset, member: member)
        // A file's reader may refuse all of a member that is not sound.
        #expect(forward.events.starts(with: random.events))
        #expect(random.events.count >= 2)
    }

    private func expect(_ error: ReelError?, _ defect: FrameDefect, offset: Int, member: Int?) {
        #expect(error?.kind == defect.kind, "\(error.debugDescription)")
        #expect(error?.offset == offset, "\(error.debugDescription)")
        #expect(error?.member == member, "\(error.debugDescription)")
        #expect(error?.section == defect.section, "\(error.debugDescription)")
    }
}
