import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing
import reel_tool

@Suite("reel compact")
struct CompactTests {
    @Test(
        "The file is replaced by one with the same events, in the smallest form",
        arguments: ["members", "plain", "bare"])
    func replaces(form: String) throws {
        let bytes =
            switch form {
            case "plain": try Session.plain()
            case "bare": try Session.bare()
            default: try Session.recording(eventsPerMember: 1)
            }
        try inFolder { folder in
            let file = folder.appending(path: "session.reel")
            try Data(bytes).write(to: file)
            let tool = try Tool.run("compact", file.path)
            #expect(tool.status == 0)
            let compacted = try file.bytes
            let sizes =
                "\(file.path): \(bytes.count.grouped) → \(compacted.count) bytes ("
            #expect(tool.text.hasPrefix(sizes), "\(tool.text)")
            let recording = try RecordingFile(MemorySource(compacted))
            #expect(recording.layout == .finished)
            #expect(recording.entries.count == 1)
            #expect(try recording.header.fields == Session.header.fields)
            #expect(try recording.summary?.reason == .closed)
            let events = try recording.events(during: 0...Int.max)
            #expect(try events.map { try $0.payload } == Session.events.map(\.payload))
            #expect(try folder.names == ["session.reel"])
            // Once more changes nothing.
            #expect(try Tool.run("compact", file.path).status == 0)
            #expect(try file.bytes == compacted)
        }
    }

    @Test("Permissions stay, and a link stays a link")
    func permissions() throws {
        try inFolder { folder in
            let file = folder.appending(path: "session.reel")
            let link = folder.appending(path: "link.reel")
            try Data(Session.plain()).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o660], ofItemAtPath: file.path)
            try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "session.reel")
            #expect(try Tool.run("compact", link.path).status == 0)
            let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
            #expect(attributes[.posixPermissions] as? Int == 0o660)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == "session.reel")
            #expect(try RecordingFile(MemorySource(file.bytes)).layout == .finished)
        }
    }

    @Test("-o leaves the file alone; - is standard output")
    func output() throws {
        let bytes = try Session.recording(eventsPerMember: 1)
        try withFile(bytes) { file in
            let tool = try Tool.run("compact", file, "-o", "-")
            #expect(try RecordingFile(MemorySource(tool.output)).eventCount == 9)
            #expect(tool.talk.contains(" → "))
            #expect(try URL(filePath: file).bytes == bytes)
        }
        let tool = try Tool.run("compact", "-", "-o", "-", input: bytes)
        #expect(try RecordingFile(MemorySource(tool.output)).eventCount == 9)
    }

    @Test("--level says how hard to compress")
    func level() throws {
        let bytes = try Session.recording(count: 50)
        try withFile(bytes) { file in
            let sizes = try ["0", "1", "9"].map { try Tool.run("compact", file, "-o", "-", "--level", $0).output.count }
            #expect(sizes == sizes.sorted(by: >))
            #expect(sizes[0] > 2 * sizes[2])
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var form: String
        var status: Int32
        var advice: String
        var testDescription: String { form }
    }

    @Test(
        "What should not be replaced is left as it is, and the error says what to do",
        arguments: [
            Refusal(form: "damaged", status: 1, advice: "'reel recover' saves what there is"),
            Refusal(form: "unfinished", status: 1, advice: "give -o OUT, or wait for its end"),
            Refusal(form: "PhoenixReplay's", status: 64, advice: "give -o OUT"),
            Refusal(form: "newer", status: 1, advice: "use a newer one, which keeps what is new"),
        ])
    func refusals(_ refusal: Refusal) throws {
        let bytes =
            switch refusal.form {
            case "damaged": try Session.damaged()
            case "unfinished": try Session.recording(isFinished: false)
            case "newer": try newer()
            default: try Session.phoenixReplay()
            }
        try inFolder { folder in
            let file = folder.appending(path: "session")
            try Data(bytes).write(to: file)
            let tool = try Tool.run("compact", file.path)
            #expect(tool.status == refusal.status)
            #expect(tool.text == "")
            #expect(tool.talk.contains(refusal.advice), "\(tool.talk)")
            #expect(try file.bytes == bytes)
            #expect(try folder.names == ["session"])
        }
    }

    /// A recording of version 1.9, of bare frames.
    private func newer() throws -> [UInt8] {
        let header = Term.tuple([.atom("recording"), .tuple([1, 9]), .map(Session.header.fields)]).external
        return [0, 0, 0, UInt8(header.count)] + header
    }

    @Test("An unfinished recording is finished in another file")
    func unfinished() throws {
        try withFile(Session.recording(isFinished: false)) { file in
            let tool = try Tool.run("compact", file, "-o", "-")
            #expect(tool.status == 0)
            #expect(try RecordingFile(MemorySource(tool.output)).summary?.reason == .interrupted)
        }
    }
}
