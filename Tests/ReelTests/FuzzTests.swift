import ExternalTerm
import GzipMembers
import Reel
import TestPrograms
import Testing

/// Recordings whose checksums are right and whose content may be anything: whatever way they are read, the answer is the same.
@Suite("Fuzz")
struct FuzzTests {
    static let seed: UInt64 = 31

    /// A recording of four members, in pieces that can be changed.
    private static func raw(_ generator: inout SeededGenerator) -> RawRecording {
        let events = generator.session(12).map(\.term)
        let kinds = Dictionary(grouping: events) { $0.elements?[1].atom ?? "" }.map {
            TermMap.Pair(.atom($0.key), .integer($0.value.count))
        }
        let duration = events.compactMap { $0.elements?.first?.integer }.max() ?? 0
        return RawRecording([
            [.header(), .list(Array(events[0..<3]))], [.keyframe(3, ["n": 1]), events[3], events[4]],
            [.list(Array(events[5..<8])), .tuple([.atom("bookmark"), 1]), .list(Array(events[8..<10]))],
            [
                .keyframe(10), .list(Array(events[10..<12])),
                .finish(12, duration: duration, ["kinds": .map(TermMap(kinds))]),
            ],
        ])
    }

    private static func changed(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<generator.number(1...3) where !bytes.isEmpty {
            let start = generator.number(0...bytes.count - 1)
            let range = start..<min(start + generator.number(1...12), bytes.count)
            switch generator.number(0...6) {
            case 0, 1: bytes[start] ^= 1 << generator.number(0...7)
            case 2: bytes[start] = generator.pick(0, 1, 97, 104, 106, 108, 116, 119, 131, 255)
            case 3: bytes.removeSubrange(range)
            case 4: bytes.insert(contentsOf: generator.bytes(range.count), at: start)
            case 5: bytes.insert(contentsOf: bytes[range], at: generator.number(0...bytes.count))
            default: bytes.removeSubrange(start...)
            }
        }
        return bytes
    }

    /// Checks that nothing traps, and that what each way of reading says is what the others say.
    private func check(_ bytes: [UInt8], _ what: String) throws {
        let forward = Reading.forward(bytes)
        let random = Reading.random(bytes)
        if forward.error == nil {
            // An index without an end is a damaged end to one way in, and nothing to the other.
            #expect(random.error == nil || !forward.hasEnd, "\(what): \(random.error.debugDescription)")
            #expect(random.content == forward.content, "\(what)")
            let file = try RecordingFile(MemorySource(bytes))
            if let last = forward.events.indices.last {
                let plain = try RecordingFile(MemorySource(Program.unpacked(bytes)))
                #expect(try file.state(after: last) == plain.state(after: last), "\(what)")
            }
        } else {
            #expect(random.error != nil, "\(what): \(forward.error.debugDescription)")
        }
        let common = min(forward.events.count, random.events.count)
        #expect(forward.events.prefix(common) == random.events.prefix(common), "\(what)")
        let findings = Validation.findings(in: MemorySource(bytes))
        #expect(forward.error == nil || findings.contains { $0.kind == forward.error?.kind }, "\(what)")
        guard let salvage = try? Salvage(MemorySource(bytes)) else { return }
        let sink = MemorySink()
        try salvage.write(to: sink, options: WriterOptions(level: 1))
        let saved = Reading.forward(sink.bytes)
        #expect(saved.error == nil, "\(what): \(saved.error.debugDescription)")
        #expect(saved.events.count == salvage.report.eventCount, "\(what)")
        // What is saved is in the canonical form.
        let isSame = saved.events.map(\.kind) == forward.events.map(\.kind)
        #expect(forward.error != nil || isSame && saved.events.map(\.offset) == forward.events.map(\.offset), "\(what)")
    }

    @Test("Content that is anything", arguments: 0..<4)
    func content(part: Int) throws {
        var generator = SeededGenerator(seed: FuzzTests.seed &+ UInt64(part))
        for round in 0..<150 {
            var raw = FuzzTests.raw(&generator)
            let member = generator.number(0...3)
            raw.members[member].content = FuzzTests.changed(raw.members[member].content, &generator)
            raw.members[member].numbers[0] = raw.members[member].content.count
            if generator.chance(20) { raw.hasIndex = false }
            if generator.chance(30) { raw.hasEnd = false }
            try check(try raw.encoded(), "seed \(FuzzTests.seed), part \(part), round \(round)")
        }
    }

    @Test("Fields that are anything", arguments: 0..<4)
    func fields(part: Int) throws {
        var generator = SeededGenerator(seed: FuzzTests.seed &* 3 &+ UInt64(part))
        for round in 0..<150 {
            var raw = FuzzTests.raw(&generator)
            let member = generator.number(0...3)
            switch generator.number(0...5) {
            case 0: raw.members[member].numbers[generator.number(0...4)] += generator.pick(-1, 1, 2, 300, 1 << 40)
            case 1: raw.members[member].flags ^= 1 << UInt8(generator.number(0...3))
            case 2: raw.members[member].kind = UInt8(generator.number(0...4))
            case 3: raw.members[member].memberByteCountError = generator.pick(-1, 1, 100, -40)
            case 4:
                raw.members[member].tail = FuzzTests.changed(raw.members[member].numbers.flatMap(varint), &generator)
            default: raw.members.swapAt(member, generator.number(0...3))
            }
            for index in raw.members.indices {
                raw.members[index].numbers = raw.members[index].numbers.map { max($0, 0) }
            }
            if generator.chance(30) { raw.hasEnd = false }
            if generator.chance(30) { raw.hasIndex = false }
            try check(try raw.encoded(), "seed \(FuzzTests.seed), part \(part), round \(round)")
        }
    }

    @Test("Indexes and ends that are anything", arguments: 0..<2)
    func indexes(part: Int) throws {
        var generator = SeededGenerator(seed: FuzzTests.seed &* 5 &+ UInt64(part))
        for round in 0..<150 {
            var raw = FuzzTests.raw(&generator)
            var copy = generator
            switch generator.number(0...4) {
            case 0:
                raw.changeEntries = { entries in
                    var entries = entries
                    let entry = copy.number(0...entries.count - 1)
                    entries[entry][copy.number(0...7)] = copy.pick(0, 1, 2, .integer(.max), .atom("true"), "x")
                    return entries
                }
            case 1: raw.changeEntries = { $0.shuffled(using: &copy) }
            case 2:
                raw.changeIndexMember = { member in
                    member.content = FuzzTests.changed(member.content, &copy)
                    member.numbers = [member.content.count]
                }
            case 3: raw.endOffset = generator.number(0...3_000)
            default: raw.trailing = generator.bytes(generator.number(1...60))
            }
            _ = generator.next()
            try check(try raw.encoded(), "seed \(FuzzTests.seed), part \(part), round \(round)")
        }
    }

    @Test("Bare and plain frames that are anything", arguments: 0..<2)
    func plain(part: Int) throws {
        var generator = SeededGenerator(seed: FuzzTests.seed &* 7 &+ UInt64(part))
        for round in 0..<150 {
            let raw = FuzzTests.raw(&generator)
            let content = FuzzTests.changed(raw.members.flatMap(\.content), &generator)
            try check(part == 0 ? content : try gzip(content), "seed \(FuzzTests.seed), part \(part), round \(round)")
        }
    }

    @Test("PhoenixReplay files that are anything import, or are refused", arguments: ImportTests.Form.allCases)
    func imports(form: ImportTests.Form) throws {
        var generator = SeededGenerator(seed: FuzzTests.seed &* 11)
        let session = PhoenixReplaySession(seed: 12, count: 10, isStruct: form.isStruct)
        let bytes = try form.bytes(session)
        for round in 0..<100 {
            let changed = FuzzTests.changed(bytes, &generator)
            guard let importer = try? PhoenixReplayImporter(MemorySource(changed)) else { continue }
            let sink = MemorySink()
            guard let report = try? importer.write(to: sink, options: WriterOptions(level: 1)) else { continue }
            let reading = Reading.forward(sink.bytes)
            #expect(reading.error == nil, "\(form), seed \(FuzzTests.seed), round \(round)")
            #expect(reading.summary == report.summary && reading.events.count == importer.eventCount)
            let exporter = try PhoenixReplayExporter(RecordingFile(MemorySource(sink.bytes)))
            try exporter.write(to: MemorySink())
        }
    }
}

extension Program {
    /// The frames of a sound recording, in one plain member or none.
    fileprivate static func unpacked(_ bytes: [UInt8]) throws -> [UInt8] {
        guard bytes.starts(with: [0x1F, 0x8B]) else { return try gzip(bytes) }
        var content: [UInt8] = []
        let stream = try MemberStream()
        var rest = bytes
        while true {
            let step = try stream.decode(rest.span, appendingTo: &content, atMost: 1 << 20)
            rest.removeFirst(step.consumed)
            if step.event == .needsInput, rest.isEmpty { break }
        }
        return content
    }
}
