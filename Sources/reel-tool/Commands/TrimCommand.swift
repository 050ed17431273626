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

    @OptionGroup
    var options: SpanSpliceOptions

    func run() throws {
        try options.write { recording, span in
            try Splice(of: recording, keeping: span, keepsTimes: options.keepTimes, id: options.splice.id)
        }
    }
}
