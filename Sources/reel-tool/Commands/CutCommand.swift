import ArgumentParser
import Reel

struct CutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cut",
        abstract: "Take a span out of a recording, and keep what is before and after it.",
        discussion: """
            A 'gap' stands where the span was, and says how many events of each kind it had; the state and the page \
            after it are those that were. What follows moves up to the start of the span, unless --keep-times. The new \
            recording has an index and keyframes of its own, and a header that says where its events come from. A damaged \
            recording is left alone: 'reel recover' is for these. What the span had changed is in later states still.

            Examples:
              reel cut session.reel --from 1:20 --to 5:00 -o shorter.reel
              reel cut session.reel --range 120..480 --keep-times -o shorter.reel
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
                of: recording, without: span.span(of: recording), keepsTimes: keepTimes, id: options.id)
            try options.write(splice, of: splice.parts.map { _ in file })
            return input.reportLosses()
        }
    }
}
