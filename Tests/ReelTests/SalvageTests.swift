import ExternalTerm
import Reel
import TestPrograms
import Testing

/// What is readable of a damaged recording: Spec/recording.md §11.
@Suite("Salvage")
struct SalvageTests {
    static let seed: UInt64 = 21

    /// A finished recording in many members, some of which start with a keyframe.
    private struct Original {
        var bytes: [UInt8]
        var events: [PlainEvent]
        var states: [State]
        var entries: [IndexEntry]
        var summary: Summary?

        init(count: Int, memberByteCount: Int, level: Int = 9) throws {
            var generator = SeededGenerator(seed: seed)
            events = generator.session(count, offsetsGoBack: false)
            states = NaiveFold.states(after: events)
            bytes = try recording(
                of: events, WriterOptions(level: level, memberByteCount: memberByteCount, frameByteCount: 90))
            let file = try RecordingFile(MemorySource(bytes))
            entries = file.entries
            summary = try file.summary
            #expect(entries.count >= 7)
            #expect(entries.contains { $0.startsWithKeyframe })
        }

        /// Checks that salvage of changed bytes finds the events of these members, and their states as far as they can be known.
        @discardableResult
        func check(_ changed: [UInt8], keeps members: [Int], _ what: String) throws -> SalvageReport {
            let salvage = try Salvage(MemorySource(changed))
            let kept = members.flatMap { events[entries[$0].firstEvent..<entries[$0].endEvent] }
            #expect(salvage.report.eventCount == kept.count, "\(what)")
            var indexes: [Int] = []
            try salvage.forEachEvent { event in
                indexes.append(event.index)
                return true
            }
            #expect(indexes == members.flatMap { entries[$0].firstEvent..<entries[$0].endEvent }, "\(what)")
            let sink = MemorySink()
            let summary = try salvage.write(to: sink)
            #expect(summary.eventCount == kept.count, "\(what)")
            let reading = Reading.forward(sink.bytes)
            #expect(reading.error == nil && reading.hasEnd, "\(what): \(reading.error.debugDescription)")
            #expect(reading.texts == kept.read, "\(what)")
            #expect(reading.header == Header(fields: members.first == 0 ? ["id": "1"] : [:]), "\(what)")
            // A keyframe puts right what events that are lost had done.
            var fold = NaiveFold()
            var isAdrift = false
            var expected: [State] = []
            var next = 0
            for member in members {
                let entry = entries[member]
                isAdrift = isAdrift || member != next
                if isAdrift, entry.startsWithKeyframe {
                    fold.state = entry.firstEvent > 0 ? states[entry.firstEvent - 1] : State()
                    isAdrift = false
                }
                for event in events[entry.firstEvent..<entry.endEvent] {
                    fold.apply(event)
                    expected.append(fold.state)
                }
                next = member + 1
            }
            let file = try RecordingFile(MemorySource(sink.bytes))
            for index in stride(from: 1, to: expected.count, by: 4) {
                #expect(try file.state(after: index) == expected[index], "\(what), event \(index)")
            }
            if let last = expected.indices.last { #expect(try file.state(after: last) == expected[last], "\(what)") }
            let findings = Validation.findings(in: MemorySource(sink.bytes))
            #expect(findings.filter { $0.severity == .error } == [], "\(what)")
            return salvage.report
        }
    }

    @Test("A sound recording loses nothing, and neither does one that is unfinished")
    func sound() throws {
        let original = try Original(count: 40, memberByteCount: 200)
        let whole = Array(original.entries.indices)
        try original.check(original.bytes, keeps: whole, "whole")
        let salvage = try Salvage(MemorySource(original.bytes))
        #expect(salvage.report.isComplete)
        #expect(salvage.summary == original.summary)
        let sink = MemorySink()
        #expect(try salvage.write(to: sink) == original.summary)
        // It ended as it had ended, and unfinished ones are interrupted.
        let last = try #require(original.entries.last)
        let unfinished = Array(original.bytes[..<last.offset])
        #expect(try Salvage(MemorySource(unfinished)).report.isComplete)
        try original.check(unfinished, keeps: whole.dropLast(), "unfinished")
        #expect(try Salvage(MemorySource(unfinished)).write(to: MemorySink()).reason == .interrupted)
    }

    @Test("Cut at any byte, every event of every whole member is saved", arguments: 0..<4)
    func cuts(part: Int) throws {
        let original = try Original(count: 14, memberByteCount: 100)
        let ends = original.entries.map { $0.offset + $0.byteCount } + [original.bytes.count - 44]
        for cut in stride(from: ends[0] + part, to: original.bytes.count, by: 4) {
            let changed = Array(original.bytes[..<cut])
            let members = original.entries.indices.filter { ends[$0] <= cut }
            let report = try original.check(changed, keeps: Array(members), "cut at \(cut)")
            #expect(report.isComplete == ends.contains(cut), "cut at \(cut)")
            if let loss = report.losses.first {
                #expect(report.losses.count == 1, "cut at \(cut)")
                #expect(loss.bytes == (ends.last { $0 <= cut } ?? 0)..<cut, "cut at \(cut)")
            }
        }
    }

    @Test("Whatever byte is damaged, every event before and after its member is saved", arguments: 0..<4)
    func flips(part: Int) throws {
        let original = try Original(count: 14, memberByteCount: 100)
        var generator = SeededGenerator(seed: SalvageTests.seed &+ UInt64(part))
        let dataEnd = original.entries.last.map { $0.offset + $0.byteCount } ?? 0
        for offset in stride(from: part, to: original.bytes.count, by: 4) where generator.chance(50) {
            var changed = original.bytes
            let bit = generator.number(0...7)
            changed[offset] ^= 1 << bit
            let damaged = original.entries.firstIndex { ($0.offset..<$0.offset + $0.byteCount).contains(offset) }
            let what = "seed \(SalvageTests.seed), bit \(bit) of byte \(offset)"
            // Some bits mean nothing: those between the deflate data and the next byte.
            let isSound = Reading.forward(changed).error == nil
            let members = original.entries.indices.filter { isSound || $0 != damaged }
            let report = try original.check(changed, keeps: Array(members), what)
            #expect(report.isComplete == isSound, "\(what)")
            guard !isSound, let loss = report.losses.first else { continue }
            #expect(report.losses.count == 1, "\(what)")
            #expect(loss.bytes.contains(offset), "\(what)")
            if let damaged {
                let entry = original.entries[damaged]
                #expect(loss.bytes == entry.offset..<entry.offset + entry.byteCount, "\(what)")
                let isLast = damaged == original.entries.count - 1
                #expect(
                    loss.events == (isLast || entry.eventCount == 0 ? nil : entry.firstEvent..<entry.endEvent),
                    "\(what)")
            } else {
                #expect(loss.bytes.lowerBound >= dataEnd && loss.events == nil, "\(what)")
            }
        }
    }

    @Test("Several members that are damaged, zeroed, left out or doubled", arguments: 1...6)
    func several(round: Int) throws {
        let original = try Original(count: 60, memberByteCount: 250, level: round.isMultiple(of: 2) ? 0 : 6)
        var generator = SeededGenerator(seed: SalvageTests.seed &* UInt64(round))
        for attempt in 0..<8 {
            var pieces = original.entries.map { Array(original.bytes[$0.offset..<$0.offset + $0.byteCount]) }
            pieces.append(Array(original.bytes[pieces.map(\.count).reduce(0, +)...]))
            var kept = Array(original.entries.indices)
            for _ in 0..<generator.number(1...3) {
                let member = generator.number(0...original.entries.count - 1)
                guard let position = kept.firstIndex(of: member), kept.count > 1 else { continue }
                switch generator.number(0...3) {
                case 0: pieces[member][generator.number(0...pieces[member].count - 1)] ^= 0xFF
                case 1: pieces[member] = [UInt8](repeating: 0, count: pieces[member].count)
                case 2: pieces[member] = generator.bytes(generator.number(1...300))
                default:
                    // What comes again is passed over.
                    pieces[member] += pieces[member]
                    continue
                }
                kept.remove(at: position)
            }
            try original.check(
                pieces.flatMap(\.self), keeps: kept, "seed \(SalvageTests.seed), round \(round), attempt \(attempt)")
        }
    }

    @Test("Members that are missing without a trace are losses all the same")
    func missing() throws {
        let original = try Original(count: 14, memberByteCount: 100)
        for member in original.entries.indices {
            let entry = original.entries[member]
            var changed = original.bytes
            changed.removeSubrange(entry.offset..<entry.offset + entry.byteCount)
            try original.check(
                changed, keeps: original.entries.indices.filter { $0 != member }, "without member \(member)")
            let report = try Salvage(MemorySource(changed)).report
            #expect(!report.isComplete, "without member \(member)")
            #expect(report.losses.map(\.bytes) == [entry.offset..<entry.offset], "without member \(member)")
            if member < original.entries.count - 1 {
                #expect(report.losses.map(\.events) == [entry.firstEvent..<entry.endEvent], "without member \(member)")
            }
        }
    }

    @Test("Losses are said in words")
    func words() throws {
        let original = try Original(count: 14, memberByteCount: 100)
        var changed = original.bytes
        let entry = original.entries[2]
        changed[entry.offset + entry.byteCount - 5] ^= 1
        let report = try Salvage(MemorySource(changed)).report
        let text = try #require(report.losses.first).description
        #expect(
            text.hasPrefix(
                "bytes \(entry.offset) to \(entry.offset + entry.byteCount - 1), events \(entry.firstEvent) to \(entry.endEvent - 1): "
            ))
        changed = Array(original.bytes.prefix(entry.offset + 3))
        let cut = try #require(try Salvage(MemorySource(changed)).report.losses.first).description
        #expect(cut.hasPrefix("bytes \(entry.offset) to \(entry.offset + 2), an unknown number of events: "))
    }

    @Test("A plain recording is saved up to its damage", arguments: [true, false])
    func plain(isBare: Bool) throws {
        var generator = SeededGenerator(seed: SalvageTests.seed)
        let events = generator.session(60)
        let content = try Program.run("gzip", "-dc", input: recording(of: events, WriterOptions(frameByteCount: 100)))
            .output
        let bytes = isBare ? content : try gzip(content)
        #expect(try Salvage(MemorySource(bytes)).report.isComplete)
        for cut in stride(from: 80, to: bytes.count, by: 17) {
            let changed = Array(bytes[..<cut])
            // Without its header there is nothing to start from.
            guard Reading.forward(changed).header != nil else { continue }
            let salvage = try Salvage(MemorySource(changed))
            let sink = MemorySink()
            try salvage.write(to: sink)
            let reading = Reading.forward(sink.bytes)
            #expect(reading.error == nil)
            #expect(reading.events.count == salvage.report.eventCount)
            #expect(events.read.starts(with: reading.texts))
            #expect(reading.texts == Reading.forward(changed).texts)
            #expect(salvage.report.isComplete == (Reading.forward(changed).error == nil))
        }
    }

    @Test("Of the only member, what stands before its damage is saved, and said not to be all")
    func onlyMember() throws {
        var generator = SeededGenerator(seed: SalvageTests.seed)
        let events = generator.session(60)
        let bytes = try recording(of: events, WriterOptions(frameByteCount: 100))
        for cut in stride(from: 120, to: bytes.count - 45, by: 13) {
            guard let salvage = try? Salvage(MemorySource(Array(bytes[..<cut]))) else { continue }
            #expect(!salvage.report.isComplete)
            #expect(salvage.header.id == "1")
            let sink = MemorySink()
            try salvage.write(to: sink)
            #expect(events.read.starts(with: Reading.forward(sink.bytes).texts))
        }
        let most = try Salvage(MemorySource(Array(bytes[..<(bytes.count - 60)]))).report.eventCount
        #expect(most > 40)
    }

    @Test("A sink that fails is an error of output")
    func failingSink() throws {
        let original = try Original(count: 14, memberByteCount: 100)
        let salvage = try Salvage(MemorySource(original.bytes))
        let error = #expect(throws: ReelError.self) { try salvage.write(to: FailingSink(after: 0)) }
        #expect(error?.kind == .inputOutput)
    }

    @Test("Of plain gzip whose checksum does not match, the events come first, and the member is lost")
    func plainChecksum() throws {
        let first = try gzip(frame(.header()) + frame(.event(1)))
        var second = try gzip(frame(.event(2)))
        second[second.count - 8] ^= 1
        let bytes = first + second
        let reading = Reading.forward(bytes)
        #expect(reading.texts.count == 2)
        #expect(reading.error?.kind == .checksum)
        #expect(reading.error?.offset == first.count)
        let salvage = try Salvage(MemorySource(bytes))
        #expect(salvage.report.eventCount == 2)
        #expect(salvage.report.losses.map(\.bytes) == [first.count..<bytes.count])
        var offsets: [Int] = []
        try salvage.forEachEvent { event in
            offsets.append(event.offset)
            return offsets.count < 1
        }
        #expect(offsets == [1])
    }

    @Test("When nothing but the end is sound, there is no recording")
    func onlyTheEnd() throws {
        var original = try Original(count: 40, memberByteCount: 200)
        let indexOffset = try #require(original.entries.last.map { $0.offset + $0.byteCount })
        original.bytes.removeSubrange(..<indexOffset)
        let error = #expect(throws: ReelError.self) { try Salvage(MemorySource(original.bytes)) }
        #expect(error?.kind == .notARecording)
    }
}
