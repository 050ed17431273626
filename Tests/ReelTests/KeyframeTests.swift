import ExternalTerm
import Reel
import Testing

/// When members start with a keyframe: Spec/recording.md §7.3.
@Suite("Keyframes")
struct KeyframeTests {
    private func entries(_ options: WriterOptions = WriterOptions(), _ body: (RecordingWriter) throws -> Void) throws
        -> [Bool]
    {
        let bytes = try recording(Header(fields: [:]), options) { writer in
            try body(writer)
            try writer.finish()
        }
        #expect(Validation.findings(in: MemorySource(bytes)).filter { $0.severity == .error || $0.event != nil } == [])
        return try RecordingFile(MemorySource(bytes)).entries.map(\.startsWithKeyframe)
    }

    private let large = Term.map(["assigns": .map(["page": .binary([UInt8](repeating: 7, count: 500)), "n": 0])])
    private func small(_ number: Int) -> Term { .map(["assigns": .map(["n": .integer(number)])]) }

    @Test("A member starts with a keyframe when the changes since the last one have outgrown the state")
    func rule() throws {
        // A state of 516 bytes, and then one event of 36 bytes a member: the fifteenth makes it 540.
        let keyframes = try entries { writer in
            try writer.append(offset: 0, kind: "mount", payload: large)
            try writer.flush()
            for member in 0..<29 {
                try writer.append(offset: member, kind: "render", payload: small(member))
                try writer.flush()
            }
        }
        // The first member has the header; the mount alone is more than the state.
        #expect(keyframes.indices.filter { keyframes[$0] } == [1, 16])
    }

    @Test("Events that change nothing ask for no keyframe")
    func idle() throws {
        let keyframes = try entries { writer in
            try writer.append(offset: 0, kind: "mount", payload: small(0))
            for member in 0..<20 {
                try writer.append(offset: member, kind: "log", payload: large)
                try writer.flush()
            }
        }
        #expect(keyframes == [false, true] + [Bool](repeating: false, count: 18) + [false])
    }

    @Test("A state that is unsure is unsure since the same moment for a reader that jumps through a keyframe")
    func unsure() throws {
        let bytes = try recording(Header(fields: [:])) { writer in
            try writer.append(offset: 0, kind: "mount", payload: small(0))
            try writer.append(offset: 70_000, kind: "gap", payload: Gap(dropped: ["render": 2]).payload)
            try writer.flush()
            for member in 0..<6 {
                try writer.append(offset: 80_000 + member, kind: "render", payload: small(member))
                try writer.flush()
            }
            try writer.append(offset: 90_000, kind: "assigns", payload: .map(["snapshot": .map(["n": 9])]))
            try writer.flush()
            try writer.append(offset: 90_001, kind: "render", payload: small(7))
            try writer.finish()
        }
        let file = try RecordingFile(MemorySource(bytes))
        #expect(file.entries.dropFirst().contains { $0.startsWithKeyframe && $0.firstOffset < 90_000 })
        // Each from its own keyframe, in a reader of its own.
        for event in 0..<file.entries.count + 1 {
            let state = try RecordingFile(MemorySource(bytes)).state(after: event)
            #expect(state.unsureSince == (1...7 ~= event ? 70_000 : nil), "after event \(event)")
        }
        #expect(try file.state(after: 5).term[atom: "unsure"] == 70_000)
        #expect(Validation.findings(in: MemorySource(bytes)).filter { $0.severity == .error || $0.event != nil } == [])
    }

    @Test("A keyframe says in its own key that the state is unsure; what is no offset there counts as sure")
    func unsureKey() throws {
        for (term, unsure) in [(Term.integer(5), 5), (-1, nil), ("5", nil), (.atom(.true), nil)] as [(Term, Int?)] {
            var state = State(assigns: ["a": 1]).term.map ?? [:]
            state[atom: "unsure"] = term
            let keyframe = Term.tuple([.atom("keyframe"), 0, .map(state)])
            let bytes = frame(.header()) + frame(keyframe) + frame(.event(0))
            let file = try RecordingFile(MemorySource(bytes))
            #expect(try file.state(after: 0) == State(assigns: ["a": 1], unsureSince: unsure))
        }
    }

    /// Rows of a page that change one by one, and as much of a state.
    private static func changes(_ count: Int, kind: Atom, _ payload: (Term) -> Term) throws -> MemorySource {
        let bytes = try recording(Header(fields: [:])) { writer in
            let rows = (0..<200).map { Term.list([.string("row \($0) ")]) }
            let list = Term.map(["d": .list(rows), "s": .list(["<li>", "</li>"])])
            let tree = Term.map(TermMap([.init(.integer(0), list), .init(.atom("s"), .list(["<ul>", "</ul>"]))]))
            if kind == "page_diff" {
                try writer.append(offset: 0, kind: "page_join", payload: .map(["id": "v", "tree": tree]))
            } else {
                try writer.append(offset: 0, kind: "mount", payload: .map(["assigns": .map(["rows": tree])]))
            }
            for index in 1..<count {
                let row = TermMap([.init(.integer(0), .string("row \(index % 200) is \(index) "))])
                let change = TermMap([.init(.integer(index % 200), .map(row)), .init(.atom("kc"), .integer(200))])
                let diff = Term.map(TermMap([.init(.integer(0), .map(["k": .map(change)]))]))
                try writer.append(offset: index, kind: kind, payload: payload(diff))
            }
            try writer.finish()
        }
        return MemorySource(bytes)
    }

    @Test("Diffs of a page end members early, so that none is behind more than a thousand others")
    func early() throws {
        let bytes = try Self.changes(10_000, kind: "page_diff") { .map(["diff": $0, "id": "v"]) }
        let file = try RecordingFile(bytes)
        #expect(file.entries.dropFirst().allSatisfy { $0.startsWithKeyframe || $0.eventCount == 0 })
        #expect(file.entries.allSatisfy { 500...1_200 ~= $0.eventCount || $0.endEvent == 10_000 })
        for event in [0, 4_321, 9_999] {
            let opened = try RecordingFile(bytes)
            let count = opened.inflatedMemberCount
            let text = try #require(try opened.page(after: event).written().text)
            #expect(text.contains(event == 0 ? "<li>row 7 </li>" : "<li>row \(event % 200) is \(event) </li>"))
            #expect(opened.inflatedMemberCount == count + 1)
        }
    }

    @Test("Changes of a state alone end no member early")
    func stateAlone() throws {
        let bytes = try Self.changes(10_000, kind: "render") { .map(["assigns": .map(["rows": $0])]) }
        let file = try RecordingFile(bytes)
        #expect(file.entries.count <= 2)
    }

    @Test("Without keyframes, when the options say so")
    func off() throws {
        let keyframes = try entries(WriterOptions(memberByteCount: 100, writesKeyframes: false)) { writer in
            for index in 0..<50 { try writer.append(offset: index, kind: "mount", payload: small(index)) }
        }
        #expect(keyframes.count > 5)
        #expect(keyframes.allSatisfy { !$0 })
    }

    @Test("A state that is larger than a frame may be is left to the events")
    func largeState() throws {
        let options = WriterOptions(memberByteCount: 1_000, eventByteCount: 600)
        let keyframes = try entries(options) { writer in
            for index in 0..<10 {
                let page = Term.binary([UInt8](repeating: UInt8(index), count: 400))
                // Ten assigns of 400 bytes each.
                let assigns = TermMap([TermMap.Pair(.integer(index), page)])
                try writer.append(offset: index, kind: "render", payload: .map(["assigns": .map(assigns)]))
            }
            try writer.append(offset: 10, kind: "mount", payload: small(1))
            try writer.flush()
            try writer.append(offset: 11, kind: "render", payload: small(2))
        }
        // Only the small state after the last mount makes one.
        #expect(keyframes.filter(\.self).count == 1)
        #expect(keyframes.last == true)
    }
}
