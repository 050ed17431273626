import ArgumentParser
import Reel

struct TrimCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trim",
        abstract: "Keep a span of a recording, and nothing else of it.",
        discussion: """
            The new recording has an index and keyframes of its own, and a header that says where its events come from. \
            It starts with the state and the page of that moment: as a 'mount' and what else makes them. Its times start \
            at 0 with the span, unless --keep-times. A damaged recording is left alone: 'reel recover' is for these.

            Of a running session, what there is so far is kept. With --json the report is an object; its ranges are \
            [first, end), the end not included.

            Examples:
              reel trim session.reel --from 1:20 --to 1:50 -o bug.reel
              reel trim session.reel --range 120..480 --keep-times -o bug.reel
            """)

    @Argument(help: "A recording, or a file of PhoenixReplay's; - is standard input.")
    var file: String

    @OptionGroup(title: "Span")
    var span: SpanOptions

    @Flag(help: "Leave times as they were.")
    var keepTimes = false

    @OptionGroup
    var options: SpliceOptions

    func run() throws {
        try ExitStatus.of(file) {
            var input = try Input(recording: file, temporarySpace: options.space.byteCount)
            let recording = try RecordingFile(try input.file())
            let splice = try Splice(
                of: recording, keeping: span.span(of: recording), keepsTimes: keepTimes, id: options.id)
            try options.write(splice, of: [file])
            return input.reportLosses()
        }
    }
}
