import ExternalTerm
import GzipMembers
import Reel
import TestPrograms
import Testing

/// Recordings that end anywhere, and recordings of which any bit is another one.
@Suite("Cuts and flipped bits")
struct DamageTests {
    static let seed: UInt64 = 11

    /// A finished recording in several members, and its events.
    private static func whole(_ count: Int, memberByteCount: Int) throws -> (bytes: [UInt8], events: [PlainEvent]) {
        var generator = SeededGenerator(seed: seed)
        let events = generator.session(count)
        let options = WriterOptions(level: 9, memberByteCount: memberByteCount, frameByteCount: 90)
        return (try recording(of: events, options), events)
    }

    // MARK: Cuts

    @Test("Cut at any byte, the events of every whole member are read, and then the cut is named", arguments: 0..<4)
    func cuts(part: Int) throws {
        let (bytes, events) = try DamageTests.whole(24, memberByteCount: 200)
        let entries = try RecordingFile(MemorySource(bytes)).entries
        #expect(entries.count >= 8)
        let indexEnd = bytes.count - 44
        let ends = entries.map { $0.offset + $0.byteCount } + [indexEnd]
        for cut in stride(from: part, to: bytes.count, by: 4) {
            let start = ends.last { $0 <= cut } ?? 0
            let readable = entries.last { $0.offset + $0.byteCount <= cut }?.endEvent ?? 0
            let forward = Reading.forward(Array(bytes[..<cut]))
            #expect(forward.texts == events.prefix(readable).read, "cut at \(cut)")
            #expect(!forward.hasEnd)
            #expect((forward.summary != nil) == (cut >= ends[entries.count - 1]), "cut at \(cut)")
            if cut == start, cut > 0 {
                // An index says that there was an end.
                #expect(forward.error?.kind == (cut == indexEnd ? .malformedIndex : nil), "cut at \(cut)")
            } else {
                #expect(forward.error?.kind == (cut == 0 ? .notARecording : .truncated), "cut at \(cut)")
                #expect(forward.error?.offset == start, "cut at \(cut)")
                #expect(cut < ends[0] || forward.error?.event == readable, "cut at \(cut)")
            }
            let random = Reading.random(Array(bytes[..<cut]))
            #expect(random.content == forward.content, "cut at \(cut)")
            #expect((random.error == nil) == (forward.error == nil && cut != indexEnd), "cut at \(cut)")
        }
    }

    @Test("A plain recording that is cut is read up to the cut", arguments: [false, true])
    func plainCuts(isBare: Bool) throws {
        let (bytes, events) = try DamageTests.whole(12, memberByteCount: 1 << 20)
        let content = try Program.run("gzip", "-dc", input: bytes).output
        let plain = isBare ? content : try gzip(content, level: 0)
        for cut in 0..<plain.count {
            for reading in [Reading.forward(Array(plain[..<cut])), .random(Array(plain[..<cut]))] {
                #expect(reading.error != nil || reading.texts.count == events.count || isBare)
                #expect(events.read.starts(with: reading.texts))
                if let error = reading.error {
                    #expect([.truncated, .notARecording].contains(error.kind), "cut at \(cut)")
                }
            }
        }
    }

    // MARK: Flipped bits

    /// A recording, and what it says.
    private struct Original {
        var bytes: [UInt8]
        var content: Reading.Content

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            content = Reading.forward(bytes).content
        }

        /// Checks that a changed recording is refused, or says the same.
        func check(_ changed: [UInt8], _ what: @autoclosure () -> String) {
            for (way, reading) in [("forward", Reading.forward(changed)), ("by index", .random(changed))] {
                if let error = reading.error {
                    // What has been read before the error is sound.
                    #expect(content.events.starts(with: reading.events), "\(what()), \(way): \(error)")
                    #expect(reading.header == nil || reading.header == content.header, "\(what()), \(way): \(error)")
                    #expect(reading.summary == nil || reading.summary == content.summary, "\(what()), \(way): \(error)")
                } else {
                    #expect(reading.content == content, "\(what()), \(way)")
                }
            }
        }
    }

    @Test("One flipped bit in a recording of one member is found, or changes nothing", arguments: 0..<8)
    func oneMember(bit: Int) throws {
        let events = [
            PlainEvent(0, "mount", .map(["assigns": .map(["n": 1])])), PlainEvent(7, "event", .map(["name": "inc"])),
        ]
        let original = Original(try recording(of: events))
        for offset in original.bytes.indices {
            var changed = original.bytes
            changed[offset] ^= 1 << bit
            original.check(changed, "bit \(bit) of byte \(offset)")
        }
    }

    @Test("One flipped bit in a recording of three members is found, or changes nothing", arguments: 0..<8)
    func threeMembers(bit: Int) throws {
        let bytes = try WriterBytesTests.example(WriterOptions(level: 9))
        let original = Original(bytes)
        #expect(original.content.events.count == 5)
        for offset in original.bytes.indices {
            var changed = original.bytes
            changed[offset] ^= 1 << bit
            original.check(changed, "bit \(bit) of byte \(offset)")
        }
    }

    @Test("So it is with stored blocks, whose content is the frames as they are", arguments: 0..<8)
    func stored(bit: Int) throws {
        let original = Original(try WriterBytesTests.example(WriterOptions(level: 0)))
        var generator = SeededGenerator(seed: DamageTests.seed &+ UInt64(bit))
        for offset in original.bytes.indices where generator.chance(50) {
            var changed = original.bytes
            changed[offset] ^= 1 << bit
            original.check(changed, "bit \(bit) of byte \(offset)")
        }
    }

    @Test("So it is in a longer recording, a bit here and there", arguments: 1...4)
    func longer(part: Int) throws {
        let original = Original(try DamageTests.whole(60, memberByteCount: 500).bytes)
        var generator = SeededGenerator(seed: DamageTests.seed &* UInt64(part))
        for offset in original.bytes.indices where offset % 16 == part {
            var changed = original.bytes
            let bit = generator.number(0...7)
            changed[offset] ^= 1 << bit
            original.check(changed, "seed \(DamageTests.seed), bit \(bit) of byte \(offset)")
        }
    }

    @Test("Bytes that are overwritten, left out, put in or swapped are found, or change nothing", arguments: 1...4)
    func edits(part: Int) throws {
        let original = Original(try WriterBytesTests.example(WriterOptions(level: 9)))
        var generator = SeededGenerator(seed: DamageTests.seed &+ 100 &* UInt64(part))
        for round in 0..<150 {
            var changed = original.bytes
            let start = generator.number(0...changed.count - 1)
            let range = start..<min(start + generator.number(1...60), changed.count)
            switch generator.number(0...3) {
            case 0: changed.replaceSubrange(range, with: generator.bytes(range.count))
            case 1: changed.removeSubrange(range)
            case 2: changed.insert(contentsOf: generator.bytes(range.count), at: start)
            default: changed.replaceSubrange(range, with: original.bytes[range].reversed())
            }
            original.check(changed, "seed \(DamageTests.seed), part \(part), round \(round)")
        }
    }
}
