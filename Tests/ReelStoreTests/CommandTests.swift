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

    @Test("a store's recordings are lines of JSON, the oldest first, each with its id", arguments: ["", "sqlite:"])
    func lines(scheme: String) async throws {
        try await inFolder { folder in
            for index in 0..<3 {
                try folder.write(
                    try SampleSession("f-\(index)", connectedAt: 9_000 - index * 1_000).bytes(), to: "f-\(index).reel")
            }
            try FileManager.default.createDirectory(atPath: "\(folder)/out", withIntermediateDirectories: true)
            let store = "\(scheme)\(folder)/out/store"
            let files = (0..<3).map { "\(folder)/f-\($0).reel" }
            #expect(try Tool.run("put", files[0], files[1], files[2], store).status == 0)
            func json(_ arguments: String..., input: [UInt8] = []) throws -> Program {
                try Program.run(Program.built("reel"), ["json", store] + arguments, input: input)
            }
            func ids(_ program: Program) throws -> [String] {
                try program.lines.map { line in
                    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                    return try #require(object?["id"] as? String, "\(line)")
                }
            }
            let all = try json("--lines")
            #expect((all.status, all.talk) == (0, ""))
            // A header, nine events and a summary each.
            #expect(try ids(all) == ["f-2", "f-1", "f-0"].flatMap { Array(repeating: $0, count: 11) })
            #expect(all.lines[0].hasPrefix(#"{"id":"f-2","#) && !all.lines[0].contains("id#2"))
            // Without their ids they are the lines of each recording.
            let alone = try Program.run(
                Program.built("reel"), ["json", "--lines", "\(folder)/f-1.reel"]
            ).lines.dropFirst()
            #expect(all.lines[12..<22].map { $0.replacing(#""id":"f-1","#, with: "") } == Array(alone))

            let chosen = try json("--lines", "--ids", "-", "--kind", "event", input: Array("f-0\nf-2\n".utf8))
            #expect(chosen.status == 0)
            #expect(try Set(ids(chosen)) == ["f-0", "f-2"])
            #expect(chosen.lines.count { $0.contains(#""offset""#) } == chosen.lines.count - 4)
            #expect(chosen.lines.count > 4)

            let missing = try json("--lines", "--ids", "-", input: Array("nobody\nf-1\n".utf8))
            #expect(missing.status == 66 && missing.talk.contains("nobody"))
            #expect(try ids(missing).count == 11)
            #expect(try json("--lines", "--ids", "-", input: Array("../x\n".utf8)).status == 64)
            let none = try json("--lines", "--kind", "evnt")
            #expect(none.status == 1 && none.talk.contains("no event is as the filters ask"))
            let document = try json()
            #expect(document.status == (scheme.isEmpty ? 66 : 64), "\(document.talk)")
            #expect(try Program.run(Program.built("reel"), ["json", "\(folder)/f-0.reel", "--ids", "-"]).status == 64)
            #expect(try Program.run(Program.built("reel"), ["json", "sqlite:\(folder)/no.db", "--lines"]).status == 66)

            let file = try json("--lines", "-o", "\(folder)/lines.json")
            #expect(file.status == 0)
            #expect(try folder.appending("lines.json").bytes == all.output)
        }
    }

    @Test("a damaged recording of a store does not stop the others")
    func damagedLines() async throws {
        try await inFolder { folder in
            for index in 0..<3 {
                var bytes = try SampleSession("f-\(index)", connectedAt: index * 1_000).bytes()
                if index == 1 { bytes[bytes.count / 2] ^= 0xFF }
                try folder.write(bytes, to: "f-\(index).reel")
            }
            let program = try Program.run(Program.built("reel"), ["json", folder.string, "--lines"])
            #expect(program.status == 1)
            #expect(program.talk.hasPrefix("reel: \(folder): f-1: "), "\(program.talk)")
            #expect(program.lines.count { $0.hasPrefix(#"{"id":"f-0","#) } == 11)
            #expect(program.lines.count { $0.hasPrefix(#"{"id":"f-2","#) } == 11)
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
