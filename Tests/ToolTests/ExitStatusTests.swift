import Foundation
import TestPrograms
import Testing

@Suite("How the tool ends")
struct ExitStatusTests {
    @Test("--version names the tool's version and the format's")
    func version() throws {
        let tool = try Tool.run("--version")
        #expect(tool.status == 0)
        #expect(tool.text == "reel 1.0.0 (format 1.0)\n")
    }

    static let commands = [
        ["info"], ["events"], ["state"], ["validate"], ["recover"], ["compact"], ["import"], ["export"],
        ["term", "decode"], ["term", "encode"], ["term", "transcode"],
    ]

    @Test("Every command has help with an example of it", arguments: commands)
    func help(command: [String]) throws {
        for tool in [try Tool.run(command + ["--help"]), try Tool.run(["help"] + command)] {
            #expect(tool.status == 0)
            #expect(tool.talk == "")
            let example = "reel \(command.joined(separator: " ")) "
            #expect(tool.text.split(separator: "USAGE:").first?.contains(example) == true, "\(tool.text)")
            #expect(!tool.text.contains("OPTIONS:\n  --help"))
        }
    }

    @Test("The tool's own help names every command, the statuses and the completions")
    func overview() throws {
        let text = try Tool.run("--help").text
        for word in ExitStatusTests.commands.map({ $0[0] }) + ["Exit status", "--generate-completion-script"] {
            #expect(text.contains(word))
        }
    }

    @Test("There are completions for every shell", arguments: ["bash", "zsh", "fish"])
    func completions(shell: String) throws {
        let tool = try Tool.run("--generate-completion-script", shell)
        #expect(tool.status == 0)
        #expect(tool.text.contains("transcode"))
    }

    @Test(
        "A command line that makes no sense is 64",
        arguments: [
            "nonsense", "info", "info --nonsense x", "events x --from 1:60", "events x --from yesterday",
            "events x --from 2m --to 1m", "events x --color blue", "events x --range 5..2",
            "events x --range a", "events x --first -1", "events x --first 1 --last 1", "events x --follow --last 1",
            "state x --at",
            "state x --at 1s --event 1", "state x --etf --diff", "state x --event one", "recover x",
            "compact x --level 10",
            "compact -", "import x", "import x y -o -", "import x -o - --time", "export x", "export x --to pdf",
            "term decode --hex --base64", "term encode --from cobol",
        ])
    func usage(line: String) throws {
        let tool = try Tool.run(line.split(separator: " ").map(String.init))
        #expect(tool.status == 64, "\(tool.talk)")
        #expect(tool.text == "")
        #expect(!tool.talk.isEmpty)
    }

    @Test(
        "What is wrong with a time or a range is said, with examples",
        arguments: [
            ("--from", "noon", "'noon' is no time: write 80, 12.5s, 1m20s, 1:20, 00:01:20.5 or 900ms."),
            ("--range", "x", "'x' is no range of indexes: write 10..20, 10.., ..20 or 10."),
        ])
    func advice(option: String, value: String, advice: String) throws {
        #expect(try Tool.run("events", "x", option, value).talk.contains(advice))
    }

    /// How each command is given an input.
    static let readers = [
        "info", "events", "state", "validate", "recover -o OUT", "compact -o OUT", "import -o OUT",
        "export --to phoenix-replay -o OUT", "export --to html -o OUT", "term decode", "term encode --hex",
        "term transcode",
    ]

    /// Runs a command on the input at `path`, with an output that nothing should come of.
    private func run(_ reader: String, _ path: String, in folder: URL) throws -> Program {
        let out = folder.appending(path: "out").path
        return try Tool.run(reader.split(separator: " ").map { $0 == "OUT" ? out : String($0) } + [path])
    }

    @Test("An input that does not exist, is a folder or may not be read is 66", arguments: readers)
    func noInput(reader: String) throws {
        try inFolder { folder in
            let cases = [("missing", "no such file: check the path"), (".", "a folder: give the files in it")]
            for (name, reason) in cases {
                let path = folder.path + "/" + name
                let tool = try run(reader, path, in: folder)
                #expect(tool.status == 66)
                #expect(tool.text == "")
                #expect(tool.talk == "reel: \(path): \(reason)\n")
            }
            #expect(try folder.names == [])
        }
    }

    @Test("An input that is nothing the command reads is 1", arguments: readers.filter { $0 != "term encode --hex" })
    func inputFellShort(reader: String) throws {
        try inFolder { folder in
            let file = folder.appending(path: "file")
            for bytes in [[], Array("hello, world\n".utf8), [0x1F, 0x8B], [131, 116, 0, 0]]
            where reader != "term transcode" || !bytes.isEmpty {
                try Data(bytes).write(to: file)
                let tool = try run(reader, file.path, in: folder)
                #expect(tool.status == 1, "\(bytes): \(tool.talk)")
                if reader == "validate" {
                    #expect(tool.text.hasPrefix("\(file.path): error"))
                } else {
                    #expect(tool.text == "")
                    #expect(tool.talk.hasPrefix("reel: \(file.path): "), "\(tool.talk)")
                    #expect(tool.talk.split(separator: "\n").count == 1)
                }
                #expect(try folder.names == ["file"])
            }
        }
    }

    @Test("Of several inputs the gravest status counts, and none stops the others")
    func several() throws {
        try withFile(Session.recording()) { sound in
            try withFile(Array("x".utf8)) { other in
                for (arguments, status) in [
                    ([sound, sound], 0), ([other, sound], 1), ([sound, other, "/nonexistent"], 66),
                ] {
                    let tool = try Tool.run(["info", "--json"] + arguments)
                    #expect(tool.status == Int32(status))
                    #expect(tool.lines.count == arguments.count(where: { $0 == sound }))
                }
            }
        }
    }

    @Test(
        "An output that cannot be written is 74",
        arguments: [
            "recover SOURCE -o /nonexistent/out", "compact SOURCE -o /nonexistent/out",
            "import LEGACY -o /nonexistent/out",
            "export SOURCE --to phoenix-replay -o /nonexistent/out", "import LEGACY -o /dev/full",
            "info SOURCE > /dev/full",
            "events SOURCE > /dev/full", "state SOURCE > /dev/full", "export SOURCE --to phoenix-replay > /dev/full",
            "compact SOURCE -o - > /dev/full",
        ])
    func output(line: String) throws {
        try withFile(Session.recording()) { source in
            try withFile(Session.phoenixReplay()) { legacy in
                let tool = try Tool.shell(
                    "reel " + line.replacing("SOURCE", with: "'\(source)'").replacing("LEGACY", with: "'\(legacy)'"))
                #expect(tool.status == 74)
                #expect(tool.talk.contains("cannot be written: "))
                #expect(tool.talk.split(separator: "\n").count == 1, "\(tool.talk)")
            }
        }
    }

    @Test("A reader that has seen enough ends the tool, quietly")
    func brokenPipe() throws {
        try withFile(Session.recording(count: 3_000)) { file in
            let tool = try Tool.shell("reel events '\(file)' | head -n 1")
            #expect(tool.status == 0)
            #expect(tool.lines == ["     0      0.000s  mount"])
            #expect(tool.talk == "")
        }
    }

    @Test("An interruption takes half a file away", .timeLimit(.minutes(2)))
    func interruption() throws {
        try inFolder { folder in
            let file = folder.appending(path: "session.reel")
            try Data(Session.recording(count: 3_000)).write(to: file)
            let tool = try Tool.start("compact", file.path, "-o", folder.appending(path: "out.reel").path)
            while try folder.names.count == 1 {}
            tool.signal(SIGINT)
            #expect(tool.end().status == 130)
            #expect(try folder.names == ["session.reel"])
        }
    }

    @Test("A pipe that is named like a file is read like one")
    func namedPipe() throws {
        try withFile(Session.plain()) { file in
            for command in ["info", "events", "validate", "state"] {
                let expected = try Tool.run(command, file)
                let tool = try Tool.shell("reel \(command) <(cat '\(file)')")
                #expect(tool.status == 0, "\(tool.talk)")
                #expect(tool.lines.dropFirst().count == expected.lines.dropFirst().count)
            }
        }
    }

    @Test("Names of files are escaped when they are talked about")
    func names() throws {
        let tool = try Tool.run("info", "/nonexistent/\u{1B}[31m\n")
        #expect(tool.talk == "reel: /nonexistent/\\u{1b}[31m\\u{a}: no such file: check the path\n")
    }
}
