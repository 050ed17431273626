import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing

/// What the tool writes as JSON is JSON to others, of whatever the recording was made and whatever happened to it.
@Suite("JSON")
struct JSONTests {
    @Test(
        "jq reads the document of every sample, of its recording, of a recovered and of an unfinished one",
        arguments: Sample.all)
    func documents(_ sample: Sample) throws {
        try inFolder { folder in
            let recording = folder.appending(path: "session.reel")
            let unfinished = folder.appending(path: "unfinished.reel")
            let recovered = folder.appending(path: "recovered.reel")
            let imported = try Imported.of(sample)
            try Data(imported.recording).write(to: recording)
            let file = try RecordingFile(MemorySource(imported.recording))
            let count = try #require(try file.summary).eventCount
            // Without its index and end it is as its writer would have left it.
            let members = try #require(file.entries.last)
            try Data(imported.recording[..<(members.offset + members.byteCount)]).write(to: unfinished)
            let rescued = try Program.reel("recover", unfinished.path, "-o", recovered.path)
            #expect(rescued.status == 0, "\(rescued.talk)")

            // Of a session of 10,000 events, one form is enough.
            let options =
                Sample.small.contains { $0.file == sample.file }
                ? [[], ["--mapping", "tagged"], ["--known-structs", "--html-safe"], ["--pretty"]] : [[]]
            for (path, status) in [
                (sample.file.path, sample.format == .part ? 1 : 0), (recording.path, 0), (unfinished.path, 0),
                (recovered.path, 0),
            ] as [(String, Int32)] {
                for options in options {
                    let json = try Program.run(Program.tool, ["json", path] + options)
                    #expect(json.status == status, "\(json.talk)")
                    let read = try Program.run("jq", [".events | length"], input: json.output)
                    #expect(read.status == 0, "\(read.talk)")
                    #expect(read.text == "\(count)\n")
                }
                let lines = try Program.run(Program.tool, ["json", path, "--lines"])
                let read = try Program.run("jq", ["-c", "has(\"offset\")"], input: lines.output)
                #expect(read.status == 0, "\(read.talk)")
                #expect(read.text.split(separator: "\n").count { $0 == "true" } == count)
            }
        }
    }

    @Test("The document of a recording that is being written has the events of what has been flushed")
    func unfinished() throws {
        let sink = MemorySink()
        let writer = try RecordingWriter(to: sink, header: Header(fields: ["id": "1"]))
        let reader = try RecordingReader(MemorySource(Imported.of(Sample.named("chat.etf.gz")).recording))
        for _ in 0..<500 { try writer.append(try #require(try reader.next())) }
        try writer.flush()
        let json = try Program.reel("json", "-", input: sink.bytes)
        #expect(json.status == 0)
        #expect(try Program.run("jq", [".events | length"], input: json.output).text == "500\n")
    }

    @Test("A session in JSON is the document of the same session in terms, and is so again when it has been imported")
    func bothForms() throws {
        let folder = Sample.root.appending(path: "Samples/phoenix-replay-0.1")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json.gz") }
        #expect(names.count == 3)
        for name in names {
            let original = folder.appending(path: name)
            let terms = folder.appending(path: name.replacing(".json.gz", with: ".etf.gz"))
            try inFolder { target in
                let imported = try Program.reel("import", original.path, "-o", target.path)
                #expect(imported.status == 0)
                #expect(imported.talk.contains("JSON has lost"))
                let recording = target.appending(path: name.replacing(".json.gz", with: ".reel"))
                #expect(try Program.reel("validate", recording.path).text == "")

                let expected = try value(Program.run("/usr/bin/gzip", ["-dc", original.path]))
                for file in [terms, recording, original] {
                    #expect(try value(Program.reel("json", file.path)) == expected, "\(file.lastPathComponent)")
                }
            }
        }
    }

    /// What Foundation makes of the text that a program has printed.
    private func value(_ program: Program) throws -> NSObject {
        #expect(program.status == 0, "\(program.talk)")
        return try #require(JSONSerialization.jsonObject(with: Data(program.output)) as? NSObject)
    }
}
