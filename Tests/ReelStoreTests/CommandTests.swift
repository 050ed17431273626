import Foundation
import ReelStoreConformance
import SystemPackage
import TestPrograms
import Testing

@Suite("The command reel store")
struct CommandTests {
    /// The tool, run to its end.
    private enum Tool {
        static func run(_ arguments: String...) throws -> Program {
            try Program.run(Program.built("reel"), ["store"] + arguments)
        }
    }

    @Test("recordings go in, round and out, by folder and by SQLite", arguments: ["", "sqlite:"])
    func roundTrip(scheme: String) async throws {
        try await inFolder { folder in
            for index in 0..<6 {
                try folder.write(
                    try SampleSession("f-\(index)", view: "View\(index % 2)", connectedAt: index * 1_000).bytes(),
                    to: "f-\(index).reel")
            }
            try folder.write(Array("no recording".utf8), to: "notes.txt")
            try FileManager.default.createDirectory(atPath: "\(folder)/out", withIntermediateDirectories: true)
            let store = "\(scheme)\(folder)/out/store"
            let put = try Tool.run("put", folder.string, store)
            #expect(put.status == 1)
            #expect(put.lines.count == 6)
            #expect(put.talk.contains("notes.txt"))
            // What is in the store now is put again and found there.
            let again = try Tool.run("put", "\(folder)/f-1.reel", store)
            #expect((again.status, again.lines.count) == (0, 1))
            #expect(again.text.contains("there already"))

            let list = try Tool.run("ls", store)
            #expect((list.status, list.lines.count) == (0, 6))
            #expect(list.lines[0].contains("f-5"))
            let filtered = try Tool.run("ls", store, "--view", "View1", "--errors", "--order", "connected", "--reverse")
            #expect(filtered.lines.map { $0.contains("View1") } == [true, true, true])
            #expect(filtered.lines[0].contains("f-1"))
            let page = try Tool.run("ls", store, "--limit", "4")
            #expect(page.lines.count == 4)
            let cursor = try #require(page.talk.split(separator: " ").last).trimmingCharacters(in: .newlines)
            #expect(try Tool.run("ls", store, "--limit", "4", "--after", cursor).lines.count == 2)
            let json = try Tool.run("ls", store, "--json", "--id", "f-3")
            let object = try JSONSerialization.jsonObject(with: Data(json.text.utf8)) as? [String: Any]
            #expect(object?["id"] as? String == "f-3")
            #expect(object?["events"] as? Int == 9)

            #expect(try Tool.run("get", store, "f-3", "-o", "\(folder)/got").status == 0)
            #expect(try folder.appending("got").bytes == folder.appending("f-3.reel").bytes)
            #expect(try Tool.run("get", store, "nobody").status == 66)
            #expect(try Tool.run("get", store, "../x").status == 64)

            let copy = try Tool.run("cp", store, "\(folder)/copy", "--view", "View0")
            #expect((copy.status, try Tool.run("ls", "\(folder)/copy").lines.count) == (0, 3))
            let dry = try Tool.run("gc", store, "--max-count", "2", "--dry-run")
            #expect(dry.lines.count == 5)
            #expect(try Tool.run("ls", store).lines.count == 6)
            let planned = try Tool.run("gc", store, "--max-count", "5", "--dry-run", "--json")
            let expired = try JSONSerialization.jsonObject(with: Data(planned.text.utf8)) as? [String: Any]
            #expect(expired?["expired"] as? String == "count")
            #expect(planned.talk.contains("1 recording would be deleted"))
            #expect(try Tool.run("gc", store, "--max-count", "2").status == 0)
            #expect(try Tool.run("ls", store).lines.count == 2)
            #expect(try Tool.run("rm", store, "f-5").status == 0)
            #expect(try Tool.run("rm", store, "f-5").status == 66)
            #expect(try Tool.run("ls", store).lines.count == 1)
        }
    }

    @Test(
        "what makes no sense is refused",
        arguments: [
            ["ls", "http://x"], ["ls", "sqlite:"], ["put", "x"], ["gc", "x"], ["ls", "x", "--after", "y"],
            ["ls", "x", "--limit", "0"], ["ls", "x", "--from", "31.1.2026"], ["ls", "x", "--larger", "1Q"],
            ["gc", "x", "--view", "A:b"], ["ls", "x", "--finished", "--running"], ["gc", "x", "--max-age", "old"],
        ])
    func usage(arguments: [String]) throws {
        let tool =
            try arguments.count == 2
            ? Tool.run(arguments[0], arguments[1])
            : arguments.count == 4
                ? Tool.run(arguments[0], arguments[1], arguments[2], arguments[3])
                : Tool.run(arguments[0], arguments[1], arguments[2])
        #expect(tool.status == 64)
        #expect(!tool.talk.isEmpty)
    }

    @Test("a store that is not there is not made by looking", arguments: ["", "sqlite:"])
    func missing(scheme: String) async throws {
        try await inFolder { folder in
            for command in ["ls", "get"] {
                let tool =
                    command == "ls"
                    ? try Tool.run("ls", "\(scheme)\(folder)/none")
                    : try Tool.run("get", "\(scheme)\(folder)/none", "a")
                #expect(tool.status == 66)
            }
            #expect(try folder.names == [])
        }
    }
}
