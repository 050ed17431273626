import ArgumentParser
import Reel

struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "List events, one labelled line each: index, time, kind, label.",
        discussion: """
            Filters narrow one another; of several kinds or names any one will do. Times count from the session's \
            start: \(Moment.forms). When the recording has no event of a kind, or none in \
            the span, standard error says what it has, and the exit status is 1. With --json each event is an object on a \
            line of its own, its offset in milliseconds. Control characters in what was recorded are written as \\u{1b}.

            Examples:
              reel events session.reel --kind event --kind exit --from 1:20 --to 1:30
              reel events session.reel --name save --last 1 --payload
              reel events session.reel --larger-than 20k --sizes
              reel events running.reel --follow
            """)

    @Argument(help: "A recording, or a file of PhoenixReplay's; - is standard input.")
    var file: String

    @OptionGroup(title: "Filters")
    var filter: EventFilter

    @Flag(help: "Print a JSON object an event.")
    var json = false

    @Flag(help: "Print each event's payload in Elixir's notation as well.")
    var payload = false

    @Flag(help: "Print how many bytes each event takes before compression.")
    var sizes = false

    @OptionGroup
    var lists: CharlistOptions

    @OptionGroup
    var color: ColorOption

    @Flag(help: "Wait for more events of a recording that is being written, until its end.")
    var follow = false

    @OptionGroup
    var space: TemporarySpace

    func validate() throws {
        guard !follow || filter.last == nil else {
            throw ValidationError("--last needs the end, and --follow waits for it: use one of them.")
        }
    }

    func run() throws {
        let output = StandardOutput()
        try ExitStatus.of(file) {
            let input = try Input(recording: file, temporarySpace: space.byteCount)
            if follow, input.imported != nil {
                throw Failure(.usage, "a file of PhoenixReplay's cannot be followed", advice: "leave out --follow")
            }
            let source = try EventSource(input, follows: follow) { try output.flush() }
            let lines = EventLines(
                isJSON: json, hasPayload: payload, hasSize: sizes, charlists: lists.shown, paint: color.paint)
            var selection = EventSelection(filter) { event in try output.write(line: lines.text(of: event)) }
            var failure: (any Error)?
            do {
                try selection.add(contentsOf: source)
            } catch {
                failure = source.failure ?? error
            }
            // The events before the damage are sound, and have been asked for.
            try selection.finish()
            try output.flush()
            if let failure { throw failure }
            return max(input.reportLosses(), selection.reportAbsences(of: file))
        }
    }
}
