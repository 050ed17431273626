import ArgumentParser
import ExternalTerm
import Reel

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show what a recording is: version, view, when, how long, events by kind, members, finished or not.",
        discussion: """
            Of a finished recording only the index and two members are read, whatever its size. With --json each FILE \
            is one object on one line; times are milliseconds.

            Examples:
              reel info session.reel
              reel info --json recordings/*.reel | jq -r 'select(.errors > 0) | .file'
            """)

    @Argument(help: "Recordings, or files of PhoenixReplay's; - is standard input.")
    var files: [String]

    @Flag(help: "Print a JSON object a file.")
    var json = false

    @OptionGroup
    var space: TemporarySpace

    func run() throws {
        let output = StandardOutput()
        var isFirst = true
        defer { try? output.flush() }
        try ExitStatus.ofEach(files) { name in
            var input = try Input(recording: name, temporarySpace: space.byteCount)
            let info = try RecordingInfo(&input)
            if json {
                try output.write(line: info.json.text)
            } else {
                if !isFirst { try output.write(line: "") }
                for line in info.lines { try output.write(line: line) }
            }
            isFirst = false
            try output.flush()
            if let damage = info.damage { throw damage }
            return input.reportLosses()
        }
    }
}
