import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing

/// A recording that ends anywhere: what stands in its whole members is saved, and the cut is named.
@Suite("Cut recordings")
struct CutTests {
    /// A recording of a sample, in many members, and what it holds.
    fileprivate struct Whole {
        var bytes: [UInt8]
        var entries: [IndexEntry]
        var events: [[UInt8]]

        init(_ name: String, memberByteCount: Int) throws {
            let options = WriterOptions(
                level: 9, memberByteCount: memberByteCount, frameByteCount: memberByteCount / 4)
            bytes = try Sample.named(name).imported(options)
            entries = try RecordingFile(MemorySource(bytes)).entries
            events = try CutTests.events(of: bytes)
            #expect(entries.count > 5)
        }

        /// Where members end, the index included.
        var boundaries: [Int] { entries.map { $0.offset + $0.byteCount } + [bytes.count - 44] }
    }

    @Test(
        "Cut at any byte, every event of every whole member is saved",
        arguments: [("counter.etf.gz", 256), ("counter.recording", 256)])
    func everyByte(name: String, memberByteCount: Int) throws {
        let whole = try Whole(name, memberByteCount: memberByteCount)
        for end in 0..<whole.bytes.count { try CutTests.check(whole, cutAt: end) }
    }

    @Test(
        "So it is in longer recordings, at the ends of members and anywhere",
        arguments: ["catalogue.etf.gz", "catalogue.recording", "chat.recording", "chat.part", "contact-form.etf.gz"])
    func someBytes(name: String) throws {
        var numbers = RandomNumbers(seed: RandomNumbers.seed)
        let whole = try Whole(name, memberByteCount: 32 << 10)
        let anywhere = (0..<10).map { _ in Int.random(in: 0..<whole.bytes.count, using: &numbers) }
        let aroundEnds = whole.boundaries.shuffled(using: &numbers).prefix(4).flatMap { [$0 - 1, $0, $0 + 1] }
        for end in anywhere + aroundEnds { try CutTests.check(whole, cutAt: end) }
    }

    @Test(
        "A recording of one member, as most sessions are, keeps the events that stand before the cut",
        arguments: ["counter.etf.gz", "contact-form.etf.gz", "chat.recording"])
    func oneMember(name: String) throws {
        let options = WriterOptions(level: 9, frameByteCount: 8 << 10)
        let bytes = try Sample.named(name).imported(options)
        let events = try CutTests.events(of: bytes)
        let members = try RecordingFile(MemorySource(bytes)).entries
        #expect(members.count == 1)
        let member = try #require(members.first?.byteCount)
        var kept = 0
        for end in stride(from: member / 2, to: member, by: max(member / 50, 1)) {
            let salvage = try Salvage(MemorySource(Array(bytes[..<end])))
            let sink = MemorySink()
            try salvage.write(to: sink)
            let saved = try CutTests.events(of: sink.bytes)
            #expect(saved.count >= kept, "cut at \(end)")
            #expect(saved.elementsEqual(events.prefix(saved.count)), "cut at \(end)")
            #expect(!salvage.report.isComplete, "cut at \(end)")
            kept = saved.count
        }
        #expect(kept > events.count * 9 / 10)
    }

    @Test("The tool says where a recording is cut, and saves what the library does")
    func tool() throws {
        let whole = try Whole("chat.etf.gz", memberByteCount: 64 << 10)
        try inFolder { folder in
            let cut = folder.appending(path: "cut.reel")
            let saved = folder.appending(path: "saved.reel")
            for end in [whole.boundaries[0] + 1, whole.boundaries[3] - 1, whole.boundaries[4], whole.bytes.count - 1] {
                let kept = whole.events(before: end)
                try Data(whole.bytes[..<end]).write(to: cut)
                let isBoundary = whole.boundaries.contains(end)

                let validated = try Program.reel("validate", cut.path)
                #expect(validated.status == (isBoundary ? 0 : 1))
                #expect(validated.text.contains(isBoundary ? "unfinished" : "error (truncated)"), "\(validated.text)")

                let recovered = try Program.reel("recover", cut.path, "-o", saved.path)
                #expect(recovered.status == (isBoundary ? 0 : 1))
                #expect(recovered.talk.contains("\(kept.count) events recovered"), "\(recovered.talk)")
                #expect(recovered.talk.contains("lost: bytes") == !isBoundary)
                #expect(try CutTests.events(of: saved.bytes) == kept)
                #expect(try Program.reel("validate", saved.path).status == 0)

                // What is there is shown all the same.
                let info = try Program.reel("info", cut.path, "--json")
                #expect(info.status == (isBoundary ? 0 : 1))
                #expect(info.text.contains("\"events\":\(kept.count),"), "\(info.text)")
            }
        }
    }

    private static func check(_ whole: Whole, cutAt end: Int) throws {
        let bytes = Array(whole.bytes[..<end])
        let kept = whole.events(before: end)
        let member = (whole.boundaries.filter { $0 <= end }).last ?? 0
        let findings = Validation.findings(in: MemorySource(bytes))
        let errors = findings.filter { $0.severity == .error }
        if member == end, end > 0, end == whole.bytes.count - 44 {
            // The index is there and the end is not.
            #expect(errors.map(\.kind) == [.malformedIndex], "cut at \(end), behind the index")
        } else if member == end, end > 0 {
            #expect(errors.map(\.description) == [], "cut at \(end), between members")
            #expect(findings.contains { $0.severity == .warning }, "cut at \(end), between members")
        } else {
            #expect(errors.map(\.kind) == [end == 0 ? .notARecording : .truncated], "cut at \(end)")
            let offset = try #require(errors.first?.offset)
            #expect((member...end).contains(offset), "cut at \(end)")
        }

        guard !kept.isEmpty else { return }
        let salvage = try Salvage(MemorySource(bytes))
        #expect(salvage.report.isComplete == (member == end), "cut at \(end)")
        #expect(salvage.report.eventCount == kept.count, "cut at \(end)")
        if let loss = salvage.report.losses.last { #expect(loss.bytes == member..<end, "cut at \(end)") }
        let sink = MemorySink()
        try salvage.write(to: sink)
        #expect(try events(of: sink.bytes) == kept, "cut at \(end)")
    }

    /// The events of a recording, encoded.
    private static func events(of recording: [UInt8]) throws -> [[UInt8]] {
        let reader = try RecordingReader(MemorySource(recording))
        var events: [[UInt8]] = []
        while let event = try reader.next() { events.append(Array(event.encoded)) }
        return events
    }
}

extension CutTests.Whole {
    /// The events of the members that are whole in the first `end` bytes.
    fileprivate func events(before end: Int) -> [[UInt8]] {
        let last = entries.last { $0.offset + $0.byteCount <= end }
        return Array(events.prefix(last?.endEvent ?? 0))
    }
}
