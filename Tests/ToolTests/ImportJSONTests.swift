import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing
import reel_tool

/// Spec/json.md §5.3, through the tool.
@Suite("reel and PhoenixReplay's JSON")
struct ImportJSONTests {
    private static let remark =
        "JSON has lost what tells atoms, tuples and structs from strings, lists and maps (Spec/json.md §5.3)"

    /// The session as PhoenixReplay 0.1 writes it in JSON, before gzip.
    private static func document(_ count: Int = 1) throws -> [UInt8] {
        try Tool.run("json", "-", input: Session.phoenixReplay(count: count)).output
    }

    private static func gzipped(_ bytes: [UInt8]) throws -> [UInt8] { try Tool.shell("gzip -c", input: bytes).output }

    @Test("A document becomes a recording, in gzip or not, whatever it is called, and what JSON has lost is said")
    func imports() throws {
        let document = try ImportJSONTests.document()
        for bytes in [document, try ImportJSONTests.gzipped(document)] {
            try inFolder { folder in
                let file = folder.appending(path: "anything")
                let target = folder.appending(path: "session.reel")
                try Data(bytes).write(to: file)
                let tool = try Tool.run("import", file.path, "-o", target.path)
                #expect(tool.status == 0)
                #expect(tool.text.hasPrefix("\(file.path) → \(target.path): 9 events, \(bytes.count) → "))
                #expect(tool.talk == "reel: \(file.path): \(ImportJSONTests.remark)\n")
                let recording = try RecordingFile(MemorySource(target.bytes))
                #expect(try recording.summary?.reason == .imported)
                #expect(try recording.header.fields == Session.header.fields)
                #expect(try Tool.run("json", target.path).output == document)
                #expect(try Tool.run("validate", target.path).status == 0)
            }
        }
    }

    @Test("It goes among files of other forms into a folder, under its own name")
    func several() throws {
        let document = try ImportJSONTests.document()
        try inFolder { folder in
            for (name, bytes) in [
                ("a.json.gz", try ImportJSONTests.gzipped(document)), ("b.json", document),
                ("c.recording", try Session.phoenixReplay(.recording)), ("d.json", Array("{\"a\":1}".utf8)),
            ] {
                try Data(bytes).write(to: folder.appending(path: name))
            }
            let paths = try folder.names.map { folder.appending(path: $0).path }
            let tool = try Tool.run(["import"] + paths + ["-o", folder.path + "/out/"])
            #expect(tool.status == 1)
            #expect(try folder.appending(path: "out").names == ["a.reel", "b.reel", "c.reel"])
            #expect(tool.lines.count == 3)
            #expect(
                tool.talk.split(separator: "\n") == [
                    "reel: \(paths[0]): \(ImportJSONTests.remark)", "reel: \(paths[1]): \(ImportJSONTests.remark)",
                    "reel: \(paths[3]): an object without events (notARecording, byte 0, Spec/json.md §5.3): give a "
                        + "recording, or a file of PhoenixReplay's; 'reel json' reads any terms",
                ])
        }
    }

    @Test(
        "Every command that takes a recording takes a document, as a file and from standard input",
        arguments: [
            ["info", "FILE"], ["info", "--json", "FILE"], ["events", "FILE"], ["state", "FILE", "--event", "7"],
            ["json", "FILE"], ["json", "FILE", "--lines"], ["validate", "FILE"],
            ["export", "FILE", "--to", "phoenix-replay"], ["compact", "FILE", "-o", "-"],
            ["recover", "FILE", "-o", "-"],
        ])
    func commands(_ arguments: [String]) throws {
        let document = try ImportJSONTests.document()
        for bytes in [document, [0x20, 0x0A] + document, try ImportJSONTests.gzipped(document)] {
            try withFile(bytes, "s.json") { file in
                let named = try Tool.run(arguments.map { $0 == "FILE" ? file : $0 })
                let piped = try Tool.run(arguments.map { $0 == "FILE" ? "-" : $0 }, input: bytes)
                for tool in [named, piped] {
                    #expect(tool.status == 0, "\(tool.talk)")
                    #expect(tool.output.isEmpty == (arguments[0] == "validate"))
                }
                let replaced = named.text.replacing(file, with: "-")
                if arguments[0] == "info" {
                    #expect(replaced == piped.text)
                } else {
                    #expect(named.output == piped.output)
                }
            }
        }
    }

    @Test("info says what the recording was made of, and events what is in it")
    func shows() throws {
        let document = try ImportJSONTests.document()
        let info = try Tool.run("info", "-", input: document)
        #expect(info.text.contains("made from  a file of PhoenixReplay's (json)"))
        let json = try #require(try Tool.run("info", "--json", "-", input: document).json.first as? [String: Any])
        #expect(json["importedFrom"] as? String == "json")
        #expect(json["bytes"] as? Int == document.count)
        #expect(json["view"] as? String == "Shop.CartLive")
        #expect(try Tool.run("events", "-", input: document).lines.count == 9)
    }

    @Test("A document is not replaced by a recording")
    func compact() throws {
        let document = try ImportJSONTests.document()
        try withFile(document, "s.json") { file in
            let tool = try Tool.run("compact", file)
            #expect(tool.status == 64)
            #expect(try URL(filePath: file).bytes == document)
        }
    }

    @Test("Of a document that is cut, the events before the cut are there, the cut is said, and the status is 1")
    func torn() throws {
        let document = try ImportJSONTests.document()
        let cut = Array(document.prefix(document.count - 10))
        for arguments in [["import", "-", "-o", "-"], ["events", "-"], ["json", "-"], ["info", "-"]] {
            let tool = try Tool.run(arguments, input: cut)
            #expect(tool.status == 1)
            #expect(tool.talk.contains("standard input: truncated at byte \(cut.count)"), "\(tool.talk)")
            #expect(tool.talk.contains("8 events before it are imported"), "\(tool.talk)")
            #expect(!tool.output.isEmpty)
        }
        let validated = try Tool.run("validate", "-", input: cut)
        #expect(validated.status == 1)
        #expect(validated.lines.first?.contains("truncated at byte \(cut.count)") == true)
    }

    @Test("A document takes little memory, whatever its length")
    func memory() throws {
        try inFolder { folder in
            let file = folder.appending(path: "long.json")
            let line =
                #"{"offset":0,"type":"assigns","payload":{"n":[1,2,3],"text":"\#(String(repeating: "x", count: 4_000))"}}"#
            let events = [String](repeating: line, count: 20_000).joined(separator: ",\n")
            try Data("{\"events\":[\(events)],\"id\":\"1\"}".utf8).write(to: file)
            let figures = folder.appending(path: "memory")
            let tool = try Tool.shell(
                "/usr/bin/time --quiet -f %M -o '\(figures.path)' '\(Tool.path)' info --json '\(file.path)'")
            #expect(tool.status == 0)
            #expect(tool.text.contains("\"events\":20000"))
            let memory = try #require(Int(String(decoding: try figures.bytes, as: UTF8.self).filter(\.isNumber)))
            // The file has 81 MB.
            #expect(memory < 40 << 10, "\(memory) KiB")
        }
    }
}
