import ArgumentParser
import ExternalTerm
import Reel

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show what a recording is: version, view, when, how long, events by kind, members, finished or not.",
        discussion: """
            Of a finished recording of more than 16 MiB only the index and two members are read, whatever its size. With \
            --json each FILE is one object on one line; times are milliseconds.

            The active time is the duration without pauses of more than two seconds, which a player skips. It takes \
            reading all events, so of a larger recording --active asks for it.

            Examples:
              reel info session.reel
              reel info --json recordings/*.reel | jq -r 'select(.errors > 0) | .file'
            """)

    @Argument(help: "Recordings, or files of PhoenixReplay's; - is standard input.")
    var files: [String]

    @Flag(help: "Print a JSON object a file.")
    var json = false

    @Flag(help: "Say how long the session was active, however large the recording is.")
    var active = false

    @OptionGroup
    var color: ColorOption

    @OptionGroup
    var space: TemporarySpace

    func run() throws {
        let output = StandardOutput()
        var isFirst = true
        defer { try? output.flush() }
        try ExitStatus.ofEach(files) { name in
            var input = try Input(recording: name, temporarySpace: space.byteCount)
            let info = try RecordingInfo(&input, countsActiveTime: active)
            if json {
                try output.write(line: info.json.text)
            } else {
                if !isFirst { try output.write(line: "") }
                for line in info.lines(color.paint) { try output.write(line: line) }
            }
            isFirst = false
            try output.flush()
            if let damage = info.damage { throw damage }
            return input.reportLosses()
        }
    }
}
