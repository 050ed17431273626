import ExternalTerm
import GzipMembers
import Reel
import TestPrograms
import Testing

/// Files of PhoenixReplay, every generation of them, to recordings and back: Spec/phoenix-replay.md.
@Suite("PhoenixReplay files")
struct ImportTests {
    /// What a file of PhoenixReplay's is in.
    enum Form: String, CaseIterable {
        case mapInGzip, map, mapInManyMembers, recording, compressedRecording, compressedMap, part, plainPart

        var isStruct: Bool { ![.mapInGzip, .map, .mapInManyMembers, .compressedMap].contains(self) }

        var format: PhoenixReplayFormat { self == .part || self == .plainPart ? .part : isStruct ? .recording : .map }

        func bytes(_ session: PhoenixReplaySession) throws -> [UInt8] {
            switch self {
            case .mapInGzip: return try gzip(session.map.external)
            case .map: return session.map.external
            case .mapInManyMembers:
                let bytes = session.map.external
                return try stride(from: 0, to: bytes.count, by: 100)
                    .flatMap { try gzip(Array(bytes[$0..<min($0 + 100, bytes.count)])) }
            case .recording: return session.recording.external
            case .compressedRecording: return try compressedTerm(session.recording)
            case .compressedMap: return try compressedTerm(session.map)
            case .part, .plainPart:
                let numbers = Array(session.events.indices)
                let groups = stride(from: 0, to: numbers.count, by: 7).map {
                    Array(numbers[$0..<min($0 + 7, numbers.count)])
                }
                return try session.part(groups, isCompressed: self == .part).flatMap(\.self)
            }
        }
    }

    private func imported(_ bytes: [UInt8]) throws -> (
        recording: [UInt8], report: ImportReport, importer: PhoenixReplayImporter
    ) {
        let importer = try PhoenixReplayImporter(MemorySource(bytes))
        let sink = MemorySink()
        let report = try importer.write(to: sink)
        return (sink.bytes, report, importer)
    }

    // MARK: There and back

    @Test(
        "Every form becomes a recording of the same events and fields", arguments: Form.allCases, [1, 2, 3] as [UInt64])
    func forms(form: Form, seed: UInt64) throws {
        let session = PhoenixReplaySession(seed: seed, count: 40, isStruct: form.isStruct)
        let bytes = try form.bytes(session)
        #expect(PhoenixReplayFormat.matches(MemorySource(bytes)))
        let (recording, report, importer) = try imported(bytes)
        #expect(importer.format == form.format)
        #expect(importer.eventCount == 40)
        #expect(importer.header.fields == session.fields)
        #expect(report.losses.isEmpty && importer.losses.isEmpty)
        #expect(report.summary.reason == .imported && report.summary.eventCount == 40)
        let reading = Reading.forward(recording)
        #expect(reading.error == nil && reading.hasEnd)
        #expect(reading.header?.fields == session.fields)
        #expect(reading.events.map(\.encoded) == session.tuples)
        #expect(reading.summary == report.summary)
        #expect(Validation.findings(in: MemorySource(recording)).filter { $0.severity == .error } == [])
        let states = NaiveFold.states(after: session.events)
        let file = try RecordingFile(MemorySource(recording))
        for index in stride(from: 0, to: 40, by: 7) { #expect(try file.state(after: index) == states[index]) }
    }

    @Test("All processors make the same bytes as one", arguments: Form.allCases)
    func atOnce(form: Form) async throws {
        let session = PhoenixReplaySession(seed: 6, count: 200, isStruct: form.isStruct)
        let options = WriterOptions(level: 9, memberByteCount: 600, frameByteCount: 200)
        let importer = try PhoenixReplayImporter(MemorySource(form.bytes(session)))
        let (one, all) = (MemorySink(), MemorySink())
        let report = try importer.write(to: one, options: options)
        #expect(try await importer.writeAtOnce(to: all, options: options) == report)
        #expect(all.bytes == one.bytes)
        #expect(try RecordingFile(MemorySource(all.bytes)).entries.count > 10)
    }

    @Test("What was imported is exported as the same term", arguments: Form.allCases)
    func back(form: Form) throws {
        let session = PhoenixReplaySession(seed: 5, count: 40, isStruct: form.isStruct)
        let recording = try imported(form.bytes(session)).recording
        for bytes in [recording, try gzip(Program.run("gzip", "-dc", input: recording).output)] {
            let exporter = try PhoenixReplayExporter(RecordingFile(MemorySource(bytes)))
            #expect(exporter.format == (form.isStruct ? .recording : .map))
            #expect(exporter.fileExtension == (form.isStruct ? ".recording" : ".etf.gz"))
            let sink = MemorySink()
            try exporter.write(to: sink)
            if form.isStruct {
                #expect(sink.bytes.starts(with: [131, 80]))
                #expect(try Term(external: sink.bytes) == session.recording)
            } else {
                let unpacked = try Program.run("gzip", "-dc", input: sink.bytes)
                #expect(unpacked.status == 0)
                #expect(unpacked.output == session.map.external)
            }
            // And in again.
            #expect(try imported(sink.bytes).recording == recording)
        }
    }

    @Test(
        "A recording of another origin is exported as a map, extra elements and all, without what PhoenixReplay has not"
    )
    func otherOrigin() throws {
        let event = Term.tuple([1, .atom("beat"), .map([:]), "more"])
        let raw = RawRecording([
            [.header(["id": "1", "zone": 1, "area": 2]), event, .tuple([.atom("bookmark")])],
            [.keyframe(1), .event(2), .finish(2, duration: 2)],
        ])
        let sink = MemorySink()
        let exporter = try PhoenixReplayExporter(RecordingFile(MemorySource(raw.encoded())))
        #expect(exporter.format == .map)
        try exporter.write(to: sink)
        let expected = Term.map(["id": "1", "zone": 1, "area": 2, "events": [event, .event(2)]])
        #expect(try Program.run("gzip", "-dc", input: sink.bytes).output == expected.external)
    }

    @Test("A session without events goes there and back", arguments: Form.allCases.filter { $0.format != .part })
    func empty(form: Form) throws {
        let session = PhoenixReplaySession(seed: 1, count: 0, isStruct: form.isStruct)
        let (recording, report, importer) = try imported(form.bytes(session))
        #expect(importer.eventCount == 0 && report.losses.isEmpty)
        let sink = MemorySink()
        try PhoenixReplayExporter(RecordingFile(MemorySource(recording))).write(to: sink)
        let term = form.isStruct ? sink.bytes : try Program.run("gzip", "-dc", input: sink.bytes).output
        #expect(try Term(external: term) == (form.isStruct ? session.recording : session.map))
    }

    @Test(
        "The keys of the map may come in any order, and its terms in any form", arguments: 1...10 as ClosedRange<UInt64>
    )
    func anyOrder(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let session = PhoenixReplaySession(seed: seed, count: 10, isStruct: seed.isMultiple(of: 2))
        let term = seed.isMultiple(of: 2) ? session.recording : session.map
        let pairs = (term.map?.pairs ?? []).shuffled(using: &generator)
        var bytes: [UInt8] = [131, 116] + bigEndian(pairs.count)
        for pair in pairs {
            // Atoms as OTP 25 and earlier write them.
            let name = Array((pair.key.atom?.name ?? "").utf8)
            bytes += [100, 0, UInt8(name.count)] + name + pair.value.external.dropFirst()
        }
        #expect(try Term(external: bytes) == term)
        let (recording, report, importer) = try imported(bytes)
        #expect(report.losses.isEmpty)
        #expect(importer.header.fields == session.fields)
        #expect(Reading.forward(recording).events.map(\.encoded) == session.tuples)
    }

    @Test("Progress is told now and then in a long import")
    func progress() throws {
        let events = (0..<10_000).map { PlainEvent($0) }
        let map = Term.map(["id": "1", "events": .list(events.map(\.term))])
        var steps: [Int] = []
        let report = try PhoenixReplayImporter(MemorySource(map.external)).write(to: MemorySink()) { done, total in
            #expect(total == 10_000)
            steps.append(done)
        }
        #expect(report.summary.eventCount == 10_000)
        #expect(steps.count >= 2 && steps == steps.sorted() && (steps.last ?? 0) <= 10_000)
    }

    // MARK: What is no file of PhoenixReplay's

    static let others: [(String, [UInt8])] = [
        ("nothing", []), ("one byte", [131]), ("text", Array("a text".utf8)), ("an empty map", Term.map([:]).external),
        ("a map without events", Term.map(["id": "1"]).external),
        ("a map whose events are no list", Term.map(["events": .map([:])]).external),
        ("a map whose events are an atom", Term.map(["events": .atom(.nil)]).external),
        ("a list", Term.list([1, 300]).external), ("a tuple", Term.tuple([1]).external),
        ("a compressed list", (try? compressedTerm([1, 300])) ?? []),
        ("gzip of a list", (try? gzip(Term.list([1, 300]).external)) ?? []),
        ("a bare recording", frame(.header()) + frame(.event(1))),
        ("a plain recording", (try? gzip(frame(.header()) + frame(.event(1)))) ?? []),
        ("a recording", (try? RawRecording([[.header(), .event(1)]]).encoded()) ?? []),
        ("gzip of nothing", (try? gzip([])) ?? []),
    ]

    @Test("Anything else is refused as what it is", arguments: others.indices)
    func refused(index: Int) {
        let (name, bytes) = ImportTests.others[index]
        let error = #expect(throws: ReelError.self, "\(name)") { try PhoenixReplayImporter(MemorySource(bytes)) }
        #expect([.notARecording, .truncated].contains(error?.kind), "\(name): \(error.debugDescription)")
    }

    @Test("A recording does not look like a file of PhoenixReplay's, in any form")
    func recordings() throws {
        var generator = SeededGenerator(seed: 1)
        let events = generator.session(20)
        for form in ForwardReaderTests.Form.allCases {
            let bytes = try ForwardReaderTests.recorded(events, as: form)
            #expect(!PhoenixReplayFormat.matches(MemorySource(bytes)), "\(form)")
        }
    }

    static let malformed: [Term] = [
        .map(["at": 1, "type": .atom("a")]), .map(["at": 1, "data": 1]), .map(["type": .atom("a"), "data": 1]),
        .map(["at": -1, "type": .atom("a"), "data": 1]), .map(["at": 1, "type": "a", "data": 1]),
        .tuple([1, .atom("a")]),
        .tuple([.atom("a"), 1, 1]), 7, .atom("a"),
    ]

    @Test("An event that is none makes an import fail, with the event's number", arguments: malformed)
    func malformedEvent(event: Term) throws {
        let map = Term.map(["events": .list([PlainEvent(1).term, event]), "id": "1"])
        let importer = try PhoenixReplayImporter(MemorySource(map.external))
        let error = #expect(throws: ReelError.self) { try importer.write(to: MemorySink()) }
        #expect(error?.kind == .malformedFrame)
    }

    @Test("A sink that fails is an error of output")
    func failingSink() throws {
        let session = PhoenixReplaySession(seed: 1, count: 5, isStruct: true)
        let recording = try imported(session.recording.external).recording
        let importer = try PhoenixReplayImporter(MemorySource(session.recording.external))
        for error in [
            #expect(throws: ReelError.self) { try importer.write(to: FailingSink(after: 0)) },
            #expect(throws: ReelError.self) {
                try PhoenixReplayExporter(RecordingFile(MemorySource(recording))).write(to: FailingSink(after: 0))
            },
        ] { #expect(error?.kind == .inputOutput) }
    }
}
