import ExternalTerm
import Foundation
import Reel
import ReelJSON
import Testing

/// Frames that are checked and written in one pass say what events say that are written one by one.
@Suite("Whole frames") struct WholeFrameTests {
    private static let styles = [
        RecordingJSONOptions(), RecordingJSONOptions(writesLines: true),
        RecordingJSONOptions(style: JSONStyle(isHTMLSafe: true)), RecordingJSONOptions(mapping: .tagged),
        RecordingJSONOptions(mapping: .tagged, writesLines: true),
        RecordingJSONOptions(style: JSONStyle(isPretty: true)),
        RecordingJSONOptions(mapping: .tagged, style: JSONStyle(isPretty: true, isHTMLSafe: true)),
        RecordingJSONOptions(
            mapping: .plain(PlainOptions(writesLargeIntegersAsStrings: true, writesKnownStructsAsText: true))),
    ]

    @Test("Every sample has the same text", arguments: Samples.all)
    func samples(_ path: String) async throws {
        let recording = try Samples.recording(path)
        for options in WholeFrameTests.styles {
            let whole = await WholeFrameTests.text(of: recording, options, .frames)
            #expect(whole.error == nil)
            #expect(await whole == WholeFrameTests.text(of: recording, options, .events))
        }
    }

    @Test("A session whose events repeat one another with small changes has the same text")
    func sessions() async {
        var random = RandomTerms(seed: RandomTerms.seed &+ 3)
        for _ in 0..<60 {
            let recording = WholeFrameTests.session(&random, eventCount: 120)
            for options in WholeFrameTests.styles {
                let whole = await WholeFrameTests.text(of: recording, options, .frames)
                #expect(whole.error == nil)
                #expect(await whole == WholeFrameTests.text(of: recording, options, .events))
            }
        }
    }

    @Test("A damaged session is refused for the same reason, after the same text")
    func damage() async {
        var random = RandomTerms(seed: RandomTerms.seed &+ 4)
        var refused = 0
        for _ in 0..<40 {
            let content = WholeFrameTests.session(&random, eventCount: 30)
            for round in 0..<40 {
                let damaged = random.mutation(of: content)
                let options = WholeFrameTests.styles[round % WholeFrameTests.styles.count]
                let whole = await WholeFrameTests.text(of: damaged, options, .frames)
                let single = await WholeFrameTests.text(of: damaged, options, .events)
                #expect(whole == single)
                if whole.error != nil { refused += 1 }
            }
        }
        #expect(refused > 100)
    }

    @Test("Members that several tasks write have the same text", arguments: Samples.short)
    func members(_ path: String) async throws {
        let recording = try WholeFrameTests.manyMembers(path)
        for options in WholeFrameTests.styles {
            let whole = await WholeFrameTests.text(of: recording, options, .tasks)
            #expect(whole.error == nil)
            #expect(await whole == WholeFrameTests.text(of: recording, options, .fileEvents))
            #expect(await whole == WholeFrameTests.text(of: recording, options, .recording))
        }
    }

    @Test("Damage among the members stops the tasks where it stops others")
    func damagedMembers() async throws {
        var random = RandomTerms(seed: RandomTerms.seed &+ 5)
        let recording = try WholeFrameTests.manyMembers("phoenix-replay-0.1/chat.etf.gz")
        var refused = 0
        for round in 0..<60 {
            let options = WholeFrameTests.styles[round % WholeFrameTests.styles.count]
            var damaged = recording
            damaged[random.number(0...damaged.count - 1)] ^= UInt8(random.number(1...255))
            if random.number(0...3) == 0 { damaged.removeLast(random.number(0...damaged.count - 1)) }
            let whole = await WholeFrameTests.text(of: damaged, options, .tasks)
            #expect(await whole == WholeFrameTests.text(of: damaged, options, .fileEvents))
            // A header whose member is damaged is told to nobody.
            #expect(await whole == WholeFrameTests.text(of: damaged, options, .recording))
            if whole.error != nil { refused += 1 }
        }
        #expect(refused > 40)
    }

    /// A recording of a sample in members of 32 KiB.
    private static func manyMembers(_ path: String) throws -> [UInt8] {
        let sink = MemorySink()
        _ = try PhoenixReplayImporter(MemorySource(Samples.bytes(path))).write(
            to: sink, options: WriterOptions(level: 1, memberByteCount: 32 << 10))
        return sink.bytes
    }

    @Test("Keys in no order are written as they stand, and refused when one comes twice")
    func unorderedKeys() async {
        let value = Array(repeating: UInt8(ascii: "v"), count: 60)
        func payload(_ keys: [UInt8]) -> [UInt8] {
            let pairs = keys.flatMap { key -> [UInt8] in [119, 1, key, 109, 0, 0, 0, 60] + value }
            return [116, 0, 0, 0, UInt8(keys.count)] + pairs
        }
        for (keys, isSound) in [
            ([0x61, 0x62, 0x63], true), ([0x63, 0x61, 0x62], true), ([0x62, 0x61, 0x62], false), ([0x61, 0x61], false),
        ] as [([UInt8], Bool)] {
            // The second event repeats the first.
            let event = [104, 3, 97, 1, 119, 5] + Array("mount".utf8) + payload(keys)
            let batch = [131, 108, 0, 0, 0, 2] + event + event + [106]
            let recording = WholeFrameTests.frame(WholeFrameTests.header.external) + WholeFrameTests.frame(batch)
            let whole = await WholeFrameTests.text(of: recording, RecordingJSONOptions(), .frames)
            #expect(await whole == WholeFrameTests.text(of: recording, RecordingJSONOptions(), .events))
            #expect((whole.error == nil) == isSound)
        }
    }

    @Test("A frame whose text is very long has the same text", arguments: [JSONMapping.plain, .tagged])
    func longText(_ mapping: JSONMapping) async {
        // Four bytes of text for each byte of the frame.
        let bytes = Term.list(Array(repeating: 255, count: 60_000))
        let events = (0..<4).map {
            Term.tuple([.integer($0), .atom("render"), .list(Array(repeating: bytes, count: 30))])
        }
        let recording = [WholeFrameTests.header, .list(events)].flatMap { WholeFrameTests.frame($0.external) }
        for options in [
            RecordingJSONOptions(mapping: mapping), RecordingJSONOptions(mapping: mapping, writesLines: true),
        ] {
            let whole = await WholeFrameTests.text(of: recording, options, .frames)
            #expect(whole.error == nil)
            #expect(whole.text.utf8.count > 24_000_000)
            #expect(await whole == WholeFrameTests.text(of: recording, options, .events))
        }
    }

    private struct Outcome: Equatable {
        var text: String
        var error: String?
    }

    /// How the events come to their writer.
    private enum Way {
        /// From a reader, one by one, or frame by frame.
        case events, frames
        /// From a file, one by one, or by several tasks.
        case fileEvents, tasks
        /// All at once.
        case recording
    }

    private static func text(
        of recording: [UInt8], _ options: RecordingJSONOptions, _ way: Way
    ) async -> Outcome {
        let sink = MemorySink()
        var error: String?
        do {
            if way == .recording {
                try await RecordingJSONWriter.write(MemorySource(recording), to: sink, options: options)
            } else if way == .events || way == .frames {
                let reader = try RecordingReader(MemorySource(recording))
                let writer = try RecordingJSONWriter(to: sink, header: reader.header, options: options)
                do {
                    if way == .frames {
                        try writer.write(contentsOf: reader)
                    } else {
                        while let event = try reader.next() { try writer.write(event) }
                    }
                } catch let failure {
                    error = "\(failure)"
                }
                try writer.finish(summary: reader.summary)
            } else {
                let file = try RecordingFile(MemorySource(recording))
                let writer = try RecordingJSONWriter(to: sink, header: file.header, options: options)
                do {
                    if way == .tasks {
                        try await writer.write(contentsOf: file)
                    } else {
                        try file.forEachEvent { event in
                            try? writer.write(event)
                            return true
                        }
                        if let damage = file.damage { throw damage }
                    }
                } catch let failure {
                    error = "\(failure)"
                }
                try writer.finish(summary: try? file.summary)
            }
        } catch let failure {
            error = "\(failure)"
        }
        return Outcome(text: String(decoding: sink.bytes, as: UTF8.self), error: error)
    }

    /// A bare recording of events that carry the same terms again and again.
    private static func session(_ random: inout RandomTerms, eventCount: Int) -> [UInt8] {
        var assigns: [Term] = (0..<4).map { _ in random.term() }
        var list: [Term] = []
        var events: [Term] = []
        for index in 0..<eventCount {
            switch random.number(0...4) {
            case 0: assigns[random.number(0...3)] = random.term()
            case 1: list.insert(row(&random, index), at: 0)
            case 2 where !list.isEmpty: list.removeLast()
            case 3 where !list.isEmpty: list[random.number(0...list.count - 1)] = row(&random, index)
            default: list.append(random.term(depth: 2))
            }
            if list.count > 12 { list.removeLast() }
            let other = TermMap([TermMap.Pair(.integer(7), assigns[3]), TermMap.Pair(.integer(-300), 1)])
            let third = TermMap([TermMap.Pair("same", assigns[2]), TermMap.Pair("so", .map(other))])
            let delta: TermMap = [
                "first": assigns[0], "second": .tuple([assigns[1], .list(list)]), "third": .map(third),
            ]
            events.append(.tuple([.integer(index), .atom("render"), .map(["assigns": .map(delta)])]))
        }
        let batches = stride(from: 0, to: eventCount, by: 10).map { Term.list(Array(events[$0..<$0 + 10])) }
        return ([header] + batches).flatMap { frame($0.external) }
    }

    private static let header = Term.tuple([.atom("recording"), .tuple([1, 0]), .map(["id": "1"])])

    private static func frame(_ term: [UInt8]) -> [UInt8] {
        (0..<4).reversed().map { UInt8(truncatingIfNeeded: term.count >> (8 * $0)) } + term
    }

    private static func row(_ random: inout RandomTerms, _ index: Int) -> Term {
        .map([
            "__struct__": .atom("Elixir.Shop.Row"), "id": .integer(index),
            "name": .string("name number \(random.number(0...3)), which is no short one"),
            "tags": .list([.atom("new"), .integer(index / 3)]),
        ])
    }
}
