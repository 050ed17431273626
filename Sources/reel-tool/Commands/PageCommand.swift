import ArgumentParser
import Reel

struct PageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "page",
        abstract: "Write the page as the user saw it at a point, as HTML.",
        discussion: """
            The point is after the last event up to a time, or after an event; without either, the end. The page is made \
            of what was sent to the browser, where the recording holds that: the application is not needed.

            The HTML has a policy at its start by which a browser runs no script and loads nothing. Style sheets that the \
            recording holds are in it. FOLDER holds the application's static files, such as priv/static: style sheets, fonts \
            and images are taken from there. --raw leaves the page as it was sent: do not open that of a stranger's recording.

            When the page may be wrong, because events are missing or say what cannot be merged, standard error says so, and \
            the exit status is 1.

            Examples:
              reel page session.reel --at 12.5s > page.html
              reel page session.reel --event 1204 -o page.html
            """)

    @Argument(help: "A recording, or a file of PhoenixReplay's; - is standard input.")
    var file: String

    @OptionGroup
    var point: PointOptions

    @OptionGroup
    var assets: AssetOptions

    @Flag(help: "Write the page as it was sent, scripts and all.")
    var raw = false

    @Option(name: .shortAndLong, help: "The file to write; - is standard output.")
    var output = "-"

    @OptionGroup
    var mode: ModeOption

    @OptionGroup
    var space: TemporarySpace

    func run() throws {
        try ExitStatus.of(file) {
            let folder = try assets.folder()
            var input = try Input(recording: file, temporarySpace: space.byteCount)
            let recording = try RecordingFile(try input.file())
            let page = try point.index(in: recording).map { index throws(ReelError) in try recording.page(after: index)
            }
            let written = try (page ?? Page()).written()
            let text =
                raw || written.text == nil
                ? written.text : written.safeText(with: try recording.pageAssets(folder: folder))
            guard let text else {
                let advice = "has the session been recorded with pages, and had the view joined by then?"
                throw Failure(
                    .inputFellShort, "there is no page at that point", input: file,
                    advice: written.unsureReason ?? advice)
            }
            try write(text)
            if let damage = recording.damage, point.event == nil { throw damage }
            let status = input.reportLosses()
            guard let reason = written.unsureReason else { return status }
            StandardError.say("the page may be wrong: \(reason)")
            return max(status, .inputFellShort)
        }
    }

    private func write(_ text: String) throws {
        guard output == "-" else {
            let target = try OutputFile(output, of: [file], mode: mode)
            try target.write(Array(text.utf8))
            return try target.commit()
        }
        let standardOutput = StandardOutput()
        if StandardOutput.isTerminal {
            // A terminal would do what recorded text says.
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                try standardOutput.write(line: String(line).escaped)
            }
        } else {
            try standardOutput.write(Array(text.utf8))
        }
        try standardOutput.flush()
    }
}
