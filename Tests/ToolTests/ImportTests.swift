import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing
import reel_tool

@Suite("reel import and reel export")
struct ImportTests {
    @Test(
        "A file of PhoenixReplay's becomes a recording, whatever it is called", arguments: PhoenixReplayFormat.allCases)
    func imports(_ format: PhoenixReplayFormat) throws {
        let bytes = format == .part ? try Session.torn() : try Session.phoenixReplay(format)
        try inFolder { folder in
            let file = folder.appending(path: "anything")
            let target = folder.appending(path: "session.reel")
            try Data(bytes).write(to: file)
            let tool = try Tool.run("import", file.path, "-o", target.path)
            #expect(tool.status == (format == .part ? 1 : 0))
            let recording = try RecordingFile(MemorySource(target.bytes))
            let count = try recording.eventCount
            #expect(tool.text.hasPrefix("\(file.path) → \(target.path): \(count) events, "))
            #expect(
                tool.text.contains(
                    " → \(try target.bytes.count.grouped) bytes ("))
            #expect(tool.talk.contains("torn") == (format == .part))
            if format != .part { #expect(count == Session.events.count) }
            #expect(try recording.summary?.reason == .imported)
        }
    }

    @Test("Several go into a folder, under their own names; one that fails does not stop the others")
    func several() throws {
        try inFolder { folder in
            for (name, bytes) in [
                ("a.etf.gz", try Session.phoenixReplay()), ("b.txt", Array("no such thing".utf8)),
                ("c.recording", try Session.phoenixReplay(.recording)), ("d.reel", try Session.recording()),
            ] {
                try Data(bytes).write(to: folder.appending(path: name))
            }
            let paths = try folder.names.map { folder.appending(path: $0).path }
            let tool = try Tool.run(["import"] + paths + ["-o", folder.path + "/out/"])
            #expect(tool.status == 1)
            #expect(try folder.appending(path: "out").names == ["a.reel", "c.reel"])
            #expect(tool.lines.count == 2)
            let talk = tool.talk.split(separator: "\n")
            #expect(talk.count == 2)
            #expect(talk.first == "reel: \(paths[1]): no file of PhoenixReplay's: check what it is")
            #expect(talk.last == "reel: \(paths[3]): a recording already: 'reel compact' rewrites it")
        }
    }

    @Test("Two files do not go into one")
    func collision() throws {
        try inFolder { folder in
            for name in ["a.etf.gz", "a.etf"] {
                try Data(Session.phoenixReplay()).write(to: folder.appending(path: name))
            }
            let paths = try folder.names.map { folder.appending(path: $0).path }
            let tool = try Tool.run(["import"] + paths + ["-o", folder.path])
            #expect(tool.status == 1)
            #expect(tool.lines.count == 1)
            #expect(tool.talk.contains("\(paths[1]): would go into "))
        }
    }

    @Test("Several need a folder that is there, or a name that ends in a slash")
    func noFolder() throws {
        try withFile(Session.phoenixReplay(), "a.etf.gz") { file in
            let tool = try Tool.run("import", file, file, "-o", "\(file).reel")
            #expect(tool.status == 64)
            #expect(tool.talk == "reel: \(file).reel: several inputs need a folder to go into: create it first\n")
        }
    }

    @Test("From standard input to standard output, at any level")
    func streams() throws {
        let bytes = try Session.phoenixReplay()
        for level in 0...9 {
            let tool = try Tool.run("import", "-", "-o", "-", "--level", "\(level)", input: bytes)
            #expect(tool.status == 0)
            #expect(try RecordingFile(MemorySource(tool.output)).eventCount == 9)
            #expect(tool.talk.hasPrefix("reel: - → standard output: 9 events, "))
        }
    }

    @Test("--time sets the time beside that of deflate alone")
    func time() throws {
        try withFile(Session.phoenixReplay(), "a.etf.gz") { file in
            let tool = try Tool.run("import", file, "-o", "\(file).reel", "--time")
            #expect(tool.status == 0)
            #expect(tool.text.contains(/, \d+\.\d{4} s, deflate alone \d+\.\d{4} s \([\d.-]+ times that\)\n$/))
        }
    }

    @Test("What is exported is what was imported", arguments: [PhoenixReplayFormat.map, .recording])
    func exports(_ format: PhoenixReplayFormat) throws {
        let bytes = try Session.phoenixReplay(format)
        try inFolder { folder in
            let file = folder.appending(path: "session.reel")
            let imported = try Tool.run("import", "-", "-o", file.path, input: bytes)
            #expect(imported.status == 0)
            let exported = try Tool.run("export", file.path, "--to", "phoenix-replay")
            #expect(exported.status == 0)
            #expect(exported.output == bytes)
            #expect(exported.talk == "")
            // A folder takes it under its own name.
            let named = try Tool.run("export", file.path, "--to", "phoenix-replay", "-o", folder.path)
            #expect(named.status == 0)
            let name = format == .map ? "session.etf.gz" : "session.recording"
            #expect(try folder.names == [name, "session.reel"])
            #expect(try folder.appending(path: name).bytes == bytes)
        }
    }

    @Test("A damaged recording is not exported, and leaves nothing behind")
    func exportsNothing() throws {
        try inFolder { folder in
            let file = folder.appending(path: "session.reel")
            try Data(Session.damaged()).write(to: file)
            let tool = try Tool.run("export", file.path, "--to", "phoenix-replay", "-o", folder.path)
            #expect(tool.status == 1)
            #expect(tool.talk.contains("'reel recover'"))
            #expect(try folder.names == ["session.reel"])
        }
    }
}
