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
