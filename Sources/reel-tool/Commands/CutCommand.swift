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

    @OptionGroup
    var options: SpanSpliceOptions

    func run() throws {
        try options.write { recording, span in
            try Splice(of: recording, without: span, keepsTimes: options.keepTimes, id: options.splice.id)
        }
    }
}
