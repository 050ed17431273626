import ExternalTerm
import GzipMembers
import Reel
import Testing

/// Files of PhoenixReplay that are torn or damaged: Spec/phoenix-replay.md §3 and §4.
@Suite("Torn PhoenixReplay files")
struct TornImportTests {
    private struct Outcome {
        var events: [[UInt8]] = []
        var fields = TermMap()
        var losses: [String] = []
        var error: ReelError?
    }

    private func outcome(_ bytes: [UInt8]) -> Outcome {
        var outcome = Outcome()
        do throws(ReelError) {
            let importer = try PhoenixReplayImporter(MemorySource(bytes))
            outcome.fields = importer.header.fields
            let sink = MemorySink()
            outcome.losses = try importer.write(to: sink, options: WriterOptions(level: 1)).losses
            let reading = Reading.forward(sink.bytes)
            #expect(reading.error == nil && reading.events.count == importer.eventCount)
            outcome.events = reading.events.map(\.encoded)
        } catch {
            outcome.error = error
        }
        return outcome
    }

    @Test(
        "A file that is torn at any byte is imported up to there, and the tear is named",
        arguments: ImportTests.Form.allCases.filter { $0.format != .part })
    func torn(form: ImportTests.Form) throws {
        let session = PhoenixReplaySession(seed: 3, count: 8, isStruct: form.isStruct)
        let bytes = try form.bytes(session)
        let all = session.tuples
        var most = 0
        for cut in 0..<bytes.count {
            let torn = outcome(Array(bytes[..<cut]))
            #expect(all.starts(with: torn.events), "cut at \(cut)")
            #expect(torn.events.count >= most || torn.error != nil, "cut at \(cut)")
            most = max(most, torn.events.count)
            if let error = torn.error {
                #expect([.truncated, .notARecording].contains(error.kind), "cut at \(cut): \(error)")
            } else {
                #expect(!torn.losses.isEmpty, "cut at \(cut)")
                for pair in torn.fields.pairs { #expect(session.fields[pair.key] == pair.value, "cut at \(cut)") }
            }
        }
        #expect(most == all.count)
        // Without compression, every event before the tear is there.
        guard form == .map || form == .recording else { return }
        var position = bytes.firstRange(of: Term.atom("events").external.dropFirst())?.upperBound ?? 0
        position += 5
        for index in all.indices {
            let event = form == .map ? session.events[index].term : session.event(index)
            position += event.external.count - 1
            #expect(outcome(Array(bytes[..<position])).events.count == index + 1)
            #expect(outcome(Array(bytes[..<(position - 1)])).events.count == index || index == 0)
        }
    }

    @Test(
        "A bit that is flipped in compressed bytes is named, or changes nothing",
        arguments: [ImportTests.Form.mapInGzip, .compressedRecording])
    func flipped(form: ImportTests.Form) throws {
        let session = PhoenixReplaySession(seed: 4, count: 8, isStruct: form.isStruct)
        let bytes = try form.bytes(session)
        var generator = SeededGenerator(seed: 4)
        let all = session.tuples
        // The first bytes say what the file is, and of gzip's header nobody reads the rest.
        for offset in 10..<bytes.count {
            var changed = bytes
            let bit = generator.number(0...7)
            changed[offset] ^= 1 << bit
            let outcome = outcome(changed)
            guard outcome.error == nil, outcome.losses.isEmpty else { continue }
            let isSame = outcome.events == all && outcome.fields == session.fields
            #expect(isSame, "bit \(bit) of byte \(offset)")
        }
    }

    // MARK: Parts

    @Test(
        "A part that is torn at any byte keeps the events of its whole frames, and what the torn one still has",
        arguments: [true, false])
    func tornPart(isCompressed: Bool) throws {
        let session = PhoenixReplaySession(seed: 6, count: 18, isStruct: true)
        let frames = try session.part([Array(0..<6), Array(6..<12), Array(12..<18)], isCompressed: isCompressed)
        let bytes = frames.flatMap(\.self)
        let ends = [frames[0].count, frames[0].count + frames[1].count, bytes.count]
        let all = session.tuples
        var beyond = 0
        for cut in 1..<bytes.count {
            let torn = outcome(Array(bytes[..<cut]))
            let whole = 6 * ends.filter { $0 <= cut }.count
            if let error = torn.error {
                #expect(whole == 0 && [.truncated, .notARecording].contains(error.kind), "cut at \(cut): \(error)")
                continue
            }
            #expect(torn.events.count >= whole, "cut at \(cut)")
            #expect(all.starts(with: torn.events), "cut at \(cut)")
            #expect(torn.losses.isEmpty == ends.contains(cut), "cut at \(cut)")
            #expect(torn.fields == session.fields, "cut at \(cut)")
            if torn.events.count > whole { beyond += 1 }
        }
        #expect(beyond > bytes.count / 4)
        #expect(outcome(bytes).events == all)
        #expect(outcome(bytes).losses.isEmpty)
    }

    @Test("A frame that fails its checksum is left out and reported, and reading goes on after it")
    func damagedPart() throws {
        let session = PhoenixReplaySession(seed: 7, count: 18, isStruct: true)
        let frames = try session.part([Array(0..<6), Array(6..<12), Array(12..<18)])
        let all = session.tuples
        for offset in stride(from: 8, to: frames[1].count, by: 3) {
            var damaged = frames
            damaged[1][offset] ^= 1
            let outcome = outcome(damaged.flatMap(\.self))
            #expect(outcome.events == Array(all[0..<6] + all[12..<18]), "byte \(offset)")
            #expect(outcome.losses.count == 1)
            #expect(outcome.losses.first?.contains("byte \(frames[0].count)") == true)
            #expect(outcome.losses.first?.contains("checksum") == true)
        }
    }

    @Test("After a frame that was torn before others were appended, those are read")
    func tornInside() throws {
        let session = PhoenixReplaySession(seed: 7, count: 18, isStruct: true)
        let frames = try session.part([Array(0..<6), Array(6..<12), Array(12..<18)])
        let all = session.tuples
        for cut in stride(from: 4, to: frames[1].count, by: 3) {
            let outcome = outcome(frames[0] + frames[1].prefix(cut) + frames[2])
            #expect(outcome.events.starts(with: all[0..<6]), "cut at \(cut)")
            #expect(outcome.events.suffix(6) == all[12..<18], "cut at \(cut)")
            #expect(outcome.losses.contains { $0.contains("byte \(frames[0].count)") })
        }
    }

    @Test("What follows the frames and is none ends the reading, with a report")
    func trailing() throws {
        let session = PhoenixReplaySession(seed: 7, count: 6, isStruct: true)
        let frames = try session.part([Array(0..<6)]).flatMap(\.self)
        let outcome = outcome(frames + [UInt8](repeating: 0, count: 40))
        #expect(outcome.events == session.tuples)
        #expect(outcome.losses.count == 1)
        #expect(outcome.losses.first?.contains("byte \(frames.count)") == true)
    }

    @Test("Events are put in the order of their numbers; of equal ones the first in the file is first")
    func numbers() throws {
        let session = PhoenixReplaySession(seed: 8, count: 12, isStruct: true)
        let shuffled = try session.part([[3, 0, 2], [1, 5], [4], [8, 6], [7, 11, 9, 10]]).flatMap(\.self)
        #expect(outcome(shuffled).events == session.tuples)
        let twice = try session.part([[0, 1], [1, 2]]).flatMap(\.self)
        let tuples = session.tuples
        #expect(outcome(twice).events == [tuples[0], tuples[1], tuples[1], tuples[2]])
    }

    @Test("The header is what the last frame that can be read says")
    func latestHeader() throws {
        var session = PhoenixReplaySession(seed: 9, count: 9, isStruct: true)
        var frames = try session.part([[0, 1, 2]])
        session.fields[atom: "dropped"] = .map(TermMap([.init("pointer", 9)]))
        frames += try session.part([[3, 4, 5]])
        #expect(outcome(frames.flatMap(\.self)).fields == session.fields)
        let latest = session.fields
        session.fields[atom: "dropped"] = .map(TermMap([.init("pointer", 99)]))
        var damaged = try session.part([[6, 7, 8]])
        damaged[0][damaged[0].count - 1] ^= 1
        #expect(outcome((frames + damaged).flatMap(\.self)).fields == latest)
    }

    @Test("A frame without events, and one that is no frame's term, cost only themselves")
    func oddFrames() throws {
        let session = PhoenixReplaySession(seed: 10, count: 6, isStruct: true)
        let frames = try session.part([[0, 1, 2], [3, 4, 5]])
        let empty = try session.part([[]])
        #expect(outcome(frames[0] + empty[0] + frames[1]).events == session.tuples)
        #expect(outcome(frames[0] + empty[0] + frames[1]).losses.isEmpty)
        for payload in [
            Term.tuple([1]).external, Term.map([:]).external, [131], [131, 80, 0, 0, 0, 9, 1, 2], [1, 2, 3],
        ] {
            let odd = try PhoenixReplaySession.partFrame(payload)
            let outcome = outcome(frames[0] + odd + frames[1])
            #expect(outcome.events == session.tuples, "\(payload)")
            #expect(outcome.losses.count == 1, "\(payload)")
        }
    }

    @Test("A frame that declares 4 GiB is torn, and one that inflates beyond the limit is left out")
    func hugeFrames() throws {
        let session = PhoenixReplaySession(seed: 11, count: 3, isStruct: true)
        let frame = try session.part([[0, 1, 2]])[0]
        let huge = Array("PRF1".utf8) + [255, 255, 255, 255] + [0, 0, 0, 0, 131, 80, 255, 255, 255, 255, 0x78, 0x9C]
        let outcome = outcome(frame + huge)
        #expect(outcome.events == session.tuples)
        #expect(!outcome.losses.isEmpty)
        let bomb = try PhoenixReplaySession.partFrame([131, 80] + bigEndian(1 << 30) + [0x78, 0x9C, 3, 0])
        #expect(self.outcome(frame + bomb).events == session.tuples)
        #expect(self.outcome(frame + bomb).losses.count == 1)
    }
}
