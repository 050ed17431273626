import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing

/// What is different on a terminal, for which a pseudo-terminal of Python's stands.
@Suite("On a terminal")
struct TerminalTests {
    private static let script = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"

    /// Runs the tool with its streams on a terminal.
    private func run(_ arguments: [String] = [], environment: [String: String] = [:]) throws -> Program {
        let environment = ["NO_COLOR": "", "TERM": "xterm"].merging(environment) { $1 }
        var tool = try Program.run(
            "python3", ["-c", TerminalTests.script, Tool.path] + arguments, environment: environment)
        tool.output.removeAll { $0 == UInt8(ascii: "\r") }
        return tool
    }

    @Test("On a terminal a file without a command is shown as info does; elsewhere it is no command")
    func fileAlone() throws {
        try withFile(Session.recording()) { file in
            let shown = try run([file, "--color", "never"])
            #expect(shown.status == 0, "\(shown.text)")
            #expect(shown.text == (try Tool.run("info", file).text))
            #expect(try Tool.run(file).status == 64)
            #expect(try run(["\(file).missing"]).status == 64)
        }
    }

    @Test("Nothing at all gets help")
    func nothing() throws {
        for tool in [try run(), try Tool.run()] {
            #expect(tool.status == 0)
            #expect(tool.text.contains("USAGE: reel <subcommand>"))
        }
    }

    @Test(
        "Colours are on a terminal only; --color and NO_COLOR have their way",
        arguments: [["info"], ["events"], ["state", "--diff", "--event", "7"]])
    func colors(command: [String]) throws {
        try withFile(Session.recording()) { file in
            let plain = try Tool.run(command + [file]).text
            #expect(!plain.contains("\u{1B}"))
            func onTerminal(_ more: [String], _ environment: [String: String] = [:]) throws -> String {
                try run(command + more + [file], environment: environment).text
            }
            let colored = try onTerminal([])
            #expect(colored.contains("\u{1B}["))
            // Colours are all that differs.
            #expect(colored.replacing(/\u{1B}\[\d+m/, with: "") == plain)
            #expect(try onTerminal([], ["NO_COLOR": "1"]) == plain)
            #expect(try onTerminal([], ["TERM": "dumb"]) == plain)
            #expect(try onTerminal(["--color", "never"]) == plain)
            #expect(try onTerminal(["--color", "always"], ["NO_COLOR": "1"]) == colored)
            #expect(try Tool.run(command + ["--color", "always", file]).text == colored)
        }
    }

    @Test("With colours as well, what was recorded cannot steer the terminal")
    func escaping() throws {
        var header = Session.header
        header.fields[atom: "url"] = "http://\u{1B}[31mx"
        try withFile(Session.recording(header: header)) { file in
            let text = try Tool.run("info", "--color", "always", file).text
            #expect(text.contains(#"http://\u{1b}[31mx"#))
        }
    }
}
