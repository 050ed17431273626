import ArgumentParser
import Reel
import SystemPackage

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Make a file of another format of a recording.",
        discussion: """
            phoenix-replay is what PhoenixReplay itself would have written: a .recording of what 0.3 or later \
            recorded, an .etf.gz, as 0.1 and 0.2 write it, of everything else. binary_to_term of it is what was \
            imported.

            Examples:
              reel export session.reel --to phoenix-replay -o session.etf.gz
              reel export session.reel --to phoenix-replay -o priv/replay/
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case phoenixReplay = "phoenix-replay"
    }

    @Argument(help: "A recording, or a file of PhoenixReplay's; - is standard input.")
    var file: String

    @Option(help: "The format.")
    var to: Format

    @Option(
        name: .shortAndLong,
        help: "The file to write, or a folder, in which it is named after FILE; - is standard output.")
    var output = "-"

    func run() throws {
        try ExitStatus.of(file) {
            var input = try Input(recording: file)
            let exporter = PhoenixReplayExporter(try RecordingFile(try input.file()))
            var target = output
            if output != "-", FilePath(output).isFolder {
                let stem = file == "-" ? "recording" : FilePath(file).recordingStem
                target = FilePath(output).appending(stem + exporter.fileExtension).string
            }
            let result = try OutputFile(target)
            try exporter.write(to: result)
            try result.commit()
            return input.reportLosses()
        }
    }
}
