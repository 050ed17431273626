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
    ]

    @Test("Every sample has the same text", arguments: Samples.all)
    func samples(_ path: String) throws {
        let recording = try Samples.recording(path)
        for options in WholeFrameTests.styles {
            let whole = WholeFrameTests.text(of: recording, options, wholeFrames: true)
            #expect(whole.error == nil)
            #expect(whole == WholeFrameTests.text(of: recording, options, wholeFrames: false))
        }
    }

    @Test("A session whose events repeat one another with small changes has the same text")
    func sessions() {
        var random = RandomTerms(seed: RandomTerms.seed &+ 3)
        for _ in 0..<60 {
            let recording = WholeFrameTests.session(&random, eventCount: 120)
            for options in WholeFrameTests.styles {
                let whole = WholeFrameTests.text(of: recording, options, wholeFrames: true)
                #expect(whole.error == nil)
                #expect(whole == WholeFrameTests.text(of: recording, options, wholeFrames: false))
            }
        }
    }

    @Test("A damaged session is refused for the same reason, after the same text")
    func damage() {
        var random = RandomTerms(seed: RandomTerms.seed &+ 4)
        var refused = 0
        for _ in 0..<40 {
            let content = WholeFrameTests.session(&random, eventCount: 30)
            for _ in 0..<40 {
                let damaged = random.mutation(of: content)
                let whole = WholeFrameTests.text(of: damaged, RecordingJSONOptions(), wholeFrames: true)
                let single = WholeFrameTests.text(of: damaged, RecordingJSONOptions(), wholeFrames: false)
                #expect(whole == single)
                if whole.error != nil { refused += 1 }
            }
        }
        #expect(refused > 100)
    }

    @Test("Keys in no order are written as they stand, and refused when one comes twice")
    func unorderedKeys() {
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
            let whole = WholeFrameTests.text(of: recording, RecordingJSONOptions(), wholeFrames: true)
            #expect(whole == WholeFrameTests.text(of: recording, RecordingJSONOptions(), wholeFrames: false))
            #expect((whole.error == nil) == isSound)
        }
    }

    private struct Outcome: Equatable {
        var text: String
        var error: String?
    }

    private static func text(
        of recording: [UInt8], _ options: RecordingJSONOptions, wholeFrames: Bool
    ) -> Outcome {
        let sink = MemorySink()
        var error: String?
        do {
            let reader = try RecordingReader(MemorySource(recording))
            let writer = try RecordingJSONWriter(to: sink, header: reader.header, options: options)
            do {
                if wholeFrames {
                    try writer.write(contentsOf: reader)
                } else {
                    while let event = try reader.next() { try writer.write(event) }
                }
            } catch let failure {
                error = "\(failure)"
            }
            try writer.finish(summary: reader.summary)
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
