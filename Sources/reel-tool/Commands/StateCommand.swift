import ArgumentParser
import ExternalTerm
import Reel

struct StateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "Show what a view held at a point: its assigns, those of its components, the address.",
        discussion: """
            The point is after the last event up to a time, or after an event; without either, the end. Each assign \
            stands on a line of its own, by default in Elixir's notation. --diff shows what the event at that point \
            changed: + an assign that is new, - one that is gone, ~ one that is another.

            Where events are missing that may have changed the state, 'unsure' is the time since which they are, in \
            milliseconds, and standard error says so.

            Elixir's notation is that of inspect, Erlang's that of io:format("~tp"), but for lists of integers, which are \
            text where people will have written it; see --charlists.

            Examples:
              reel state session.reel --at 1:20
              reel state session.reel --event 1204 --diff
              reel state session.reel --etf > state.etf
            """)

    @Argument(help: "A recording, or a file of PhoenixReplay's; - is standard input.")
    var file: String

    @OptionGroup
    var point: PointOptions

    @Flag(help: "Show what the event at that point changed.")
    var diff = false

    @Flag(help: "Write Erlang's notation.")
    var erlang = false

    @OptionGroup
    var lists: CharlistOptions

    @Flag(help: "Write the bytes of the term #{assigns, components, unsure, url}, as term_to_binary gives them.")
    var etf = false

    @OptionGroup
    var color: ColorOption

    @OptionGroup
    var space: TemporarySpace

    func validate() throws {
        guard !etf || !diff && !erlang else { throw ValidationError("--etf writes the state, and that as bytes.") }
    }

    func run() throws {
        try ExitStatus.of(file) {
            if etf { try StandardOutput.checkTakesBytes("send them into a file") }
            var input = try Input(recording: file, temporarySpace: space.byteCount)
            let recording = try RecordingFile(try input.file())
            let timeline = Timeline(recording)
            let index = try point.index(in: recording)
            if index == nil { try recording.checkMembersWithoutEvents() }
            let output = StandardOutput()
            let state = try index.map { index throws(ReelError) in try timeline.state(after: index) } ?? State()
            if diff {
                let changes = try index.map { index throws(ReelError) in try timeline.changes(at: index) } ?? []
                let paint = color.paint
                for change in changes {
                    let color: Paint.Color = change.before == nil ? .green : change.after == nil ? .red : .yellow
                    try output.write(line: paint(line(for: change), color))
                }
            } else {
                try write(state, to: output)
            }
            try output.flush()
            if let since = state.unsureSince {
                StandardError.say(
                    Failure(
                        .fine,
                        "unsure since \(Moment(milliseconds: since)): events are missing that may have changed it",
                        input: file))
            }
            if let damage = recording.damage, point.event == nil { throw damage }
            return input.reportLosses()
        }
    }

    private var notation: TermNotation {
        TermNotation(language: erlang ? .erlang : .elixir, charlists: lists.shown)
    }

    private func write(_ state: State, to output: StandardOutput) throws {
        guard !etf else { return try output.write(state.term.external) }
        // The view's assigns are one level down, a component's two.
        let text = notation.lines(of: state.term.map ?? TermMap()) { $0 == .atom("components") ? 2 : 1 }
        try output.write(line: text.split(separator: "\n").map { String($0).escaped }.joined(separator: "\n"))
    }

    private func line(for change: Change) -> String {
        let place: String
        switch change.place {
        case .assigns: place = "assigns"
        case .component(let component): place = "component \(notation.text(of: component))"
        case .url: place = "url"
        }
        let name = ([place] + [change.key].compactMap { $0.map(notation.name) }).joined(separator: " ")
        let line =
            switch (change.before.map(notation.text), change.after.map(notation.text)) {
            case (nil, let after?): "+ \(name): \(after)"
            case (let before?, nil): "- \(name): \(before)"
            case (let before, let after): "~ \(name): \(before ?? "") → \(after ?? "")"
            }
        return line.escaped
    }
}
