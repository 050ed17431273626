import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing

@Suite("Members that whoever looks for events has no reason to read")
struct PassedOverTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Vectors/damaged/passed-over")

    @Test(
        "What they hide is no silent loss, whatever is asked",
        arguments: ["only", "middle", "last", "header-crc", "finish-crc"])
    func hidden(_ name: String) throws {
        let file = PassedOverTests.folder.appending(path: "\(name).reel").path
        try inFolder { folder in
            let target = folder.appending(path: "out").path
            for command in [
                ["events", file], ["events", file, "--from", "0s"], ["events", file, "--to", "1h"], ["json", file],
                ["json", file, "--kind", "mount"], ["export", file, "--to", "phoenix-replay", "-o", target],
                ["export", file, "--to", "html", "-o", target], ["compact", file, "-o", target], ["validate", file],
            ] {
                let tool = try Tool.run(command)
                #expect(tool.status == 1, "\(command.joined(separator: " "))")
            }
        }
    }

    @Test("The state after the last event is not that of no events")
    func state() throws {
        #expect(try Tool.run("state", PassedOverTests.folder.appending(path: "only.reel").path).status == 1)
    }

    @Test("Filters by time report what could not be reached")
    func unreached() throws {
        let bytes = try Session.recording(isFinished: false, eventsPerMember: 2)
        try withFile(Array(bytes.dropLast(10)), "cut.reel") { file in
            let tool = try Tool.run("events", file, "--from", "1000h")
            #expect((tool.status, tool.text) == (1, ""))
        }
    }
}

@Suite("What reel recover saves beyond whole members")
struct SavedTests {
    @Test("What follows a recording's end is no loss")
    func trailing() throws {
        try inFolder { folder in
            let (file, target) = (folder.appending(path: "a.reel"), folder.appending(path: "b.reel").path)
            let bytes = try Session.recording()
            try Data(bytes + [0x0A]).write(to: file)
            let tool = try Tool.run("recover", file.path, "-o", target)
            #expect(tool.status == 0)
            #expect(tool.talk.hasSuffix("nothing is lost: what follows its end, 1 byte, is no recording's\n"))
            // Another recording is more than nothing.
            try Data(bytes + bytes).write(to: file)
            #expect(try Tool.run("recover", file.path, "-o", target).status == 1)
        }
    }

    @Test("An event of PhoenixReplay's that is none is left out, and those after it are saved")
    func malformedEvent() throws {
        let events: [Term] = [
            .tuple([0, .atom("mount"), .map([:])]), .tuple([.integer(-1), .atom("info"), .map([:])]),
            .tuple([5, .atom("info"), .map([:])]),
        ]
        let map = Term.map(["id": "x", "view": .atom("Elixir.V"), "events": .list(events)])
        try withFile(map.external, "x.etf") { file in
            #expect(try Tool.run("import", file, "-o", file + ".reel").status == 1)
            let tool = try Tool.run("recover", file, "-o", file + ".reel")
            #expect(tool.status == 1)
            #expect(tool.talk.contains("2 events recovered"))
            #expect(tool.talk.contains("lost: event 1 of the file: what is no event"))
            #expect(!tool.talk.contains("'reel recover'"))
        }
    }

    @Test("Nothing that can be saved is not said to be saved by the same command")
    func advice() throws {
        try withFile([0x1F, 0x8B, 8, 0], "cut.reel") { file in
            let tool = try Tool.run("recover", file, "-o", file + ".out")
            #expect(tool.status == 1)
            #expect(!tool.talk.contains("reel recover'"))
        }
    }
}
