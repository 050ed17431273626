import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing

@Suite("reel json") struct CommandTests {
    @Test("What has been read is printed before the input has ended")
    func pipe() throws {
        let sink = MemorySink()
        let writer = try RecordingWriter(to: sink, header: Header(fields: ["id": "1"]))
        try writer.append(offset: 0, kind: "mount", payload: 1)
        try writer.flush()
        let flushed = sink.bytes.count
        try writer.append(offset: 5, kind: "event", payload: 2)
        try writer.finish()

        let program = try reel("json", "-", "--lines")
        try program.input.write(contentsOf: Data(sink.bytes[..<flushed]))
        // The input is still open.
        var text = ""
        while text.count(where: { $0 == "\n" }) < 2, let piece = try program.output.read(upToCount: 1), !piece.isEmpty {
            text += String(decoding: piece, as: UTF8.self)
        }
        #expect(text == "{\"id\":\"1\"}\n{\"offset\":0,\"type\":\"mount\",\"payload\":1}\n")
        try program.input.write(contentsOf: Data(sink.bytes[flushed...]))
        try program.input.close()
        let rest = String(decoding: try program.output.readToEnd() ?? Data(), as: UTF8.self)
        #expect(rest.hasPrefix("{\"offset\":5,\"type\":\"event\",\"payload\":2}\n{\"summary\":{\"duration\":5,"))
        #expect(program.wait() == 0)
    }

    @Test(
        "Filters choose events before they are converted",
        arguments: [
            (["--kind", "event"], [5, 9]), (["--from", "5ms", "--to", "5ms"], [5]), (["--range", "1.."], [5, 9]),
            (["--first", "1"], [0]), (["--last", "1"], [9]), (["--last", "2", "--kind", "mount"], [0]),
        ])
    func filters(_ arguments: [String], _ offsets: [Int]) throws {
        let recording = try recording([(0, "mount", 1), (5, "event", 2), (9, "event", 3)])
        for options in [[], ["--pretty"], ["--mapping", "tagged", "--html-safe"]] {
            let output = try run(["json", "-"] + arguments + options, input: recording)
            let document = try #require(parsed(output.text) as? [String: Any])
            let events = try #require(document["events"] as? [[String: Any]])
            #expect(events.map { $0["offset"] as? Int } == offsets)
            #expect(output.status == 0)
        }
    }

    @Test("Of a recording that is cut, what is readable is printed, and the status is 1")
    func damaged() throws {
        let sink = MemorySink()
        let writer = try RecordingWriter(to: sink, header: Header(fields: ["id": "1"]))
        try writer.append(offset: 0, kind: "mount", payload: 1)
        try writer.flush()
        let flushed = sink.bytes.count
        try writer.append(offset: 5, kind: "event", payload: 2)
        try writer.finish()
        let output = try run(["json", "-"], input: Array(sink.bytes.prefix(flushed + 40)))
        #expect(
            String(decoding: output.text, as: UTF8.self)
                == "{\"id\":\"1\",\"events\":[{\"offset\":0,\"type\":\"mount\",\"payload\":1}]}\n")
        #expect(output.status == 1)
    }

    @Test("A file of PhoenixReplay's is taken as it is", arguments: Samples.short)
    func phoenixReplay(_ path: String) throws {
        let output = try run(["json", Samples.folder.appending(path: path).path], input: [])
        // The parts are of sessions that crashed, and torn.
        #expect(output.status == (path.hasSuffix(".part") ? 1 : 0))
        #expect(try parsed(output.text) == parsed(json(of: Samples.recording(path))))
    }

    // MARK: Running

    /// Starts the tool that has been built with the tests.
    private func reel(_ arguments: String...) throws -> RunningProgram {
        try RunningProgram(Program.built("reel"), arguments, input: .pipe, output: .pipe)
    }

    private func run(_ arguments: [String], input: [UInt8]) throws -> (text: [UInt8], status: CInt) {
        let program = try Program.run(Program.built("reel"), arguments, input: input)
        return (program.output, program.status)
    }

    private func recording(_ events: [(Int, Atom, Term)]) throws -> [UInt8] {
        try ReelJSONTests.recording(["id": "1"], events)
    }
}
