import ArgumentParser
import Reel
import ReelDashboard
import SystemPackage

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Make a file of another format of a recording.",
        discussion: """
            phoenix-replay is what PhoenixReplay itself would have written: a .recording of what 0.3 or later \
            recorded, an .etf.gz, as 0.1 and 0.2 write it, of everything else. binary_to_term of it is what was \
            imported. html is a page with the recording and its player in it: it opens from disk and loads nothing. FOLDER holds \
            the application's static files: what the recorded pages show of them goes into the page as well.

            Examples:
              reel export session.reel --to phoenix-replay -o session.etf.gz
              reel export session.reel --to phoenix-replay -o priv/replay/
              reel export session.reel --to html -o session.html
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case phoenixReplay = "phoenix-replay"
        case html
    }

    @Argument(help: "A recording, or a file of PhoenixReplay's; - is standard input.")
    var file: String

    @Option(help: "The format.")
    var to: Format

    @Option(
        name: .shortAndLong,
        help: "The file to write, or a folder, in which it is named after FILE; - is standard output.")
    var output = "-"

    @OptionGroup
    var assets: AssetOptions

    @OptionGroup
    var space: TemporarySpace

    @OptionGroup
    var mode: ModeOption

    func run() throws {
        try ExitStatus.of(file) {
            let folder = try assets.folder()
            var input = try Input(recording: file, temporarySpace: space.byteCount)
            let file = try input.file()
            let recording = try RecordingFile(file)
            switch to {
            case .phoenixReplay:
                let exporter = try PhoenixReplayExporter(recording)
                try write(exporter.fileExtension) { try exporter.write(to: $0) }
            case .html:
                let player = try PlayerFile(file, assets: folder)
                try write(".html") { try player.write(to: $0) }
                // The page has the recording's bytes as they are, and shows what can be read of them.
                try recording.forEachEvent { _ in true }
            }
            if let damage = recording.damage { throw damage }
            return input.reportLosses()
        }
    }

    /// Makes the file, which appears whole or not at all.
    private func write(_ fileExtension: String, _ body: (OutputFile) throws -> Void) throws {
        var target = output
        if output != "-", FilePath(argument: output).isFolder {
            let stem = file == "-" ? "recording" : FilePath(argument: file).recordingStem
            target = FilePath(argument: output).appending(stem + fileExtension).argument
        }
        let result = try OutputFile(target, of: [file], mode: mode)
        try body(result)
        try result.commit()
    }
}
