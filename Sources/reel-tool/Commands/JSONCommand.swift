import ArgumentParser
import ExternalTerm
import Reel
import ReelJSON

struct JSONCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "json",
        abstract:
            "Write terms of the External Term Format as JSON: a recording, a file of any terms, a stream of them.",
        discussion: """
            What FILE is, its content tells: a recording, a file of PhoenixReplay's, one term, terms one after the other, \
            terms with lengths of 1, 2 or 4 bytes as Erlang's {packet, N} has them; each of these in gzip, zlib or deflate, \
            more than once even. --verbose says what it is taken for, and --input says it outright.

            A recording is one document, or with --lines its header, each event and its summary as objects a line. Of terms \
            each is a document on a line of its own, written as soon as it has come. With --lines FILE may be a store as \
            well, a folder or a database: each line then starts with the id of its recording. --ids chooses recordings; \
            'reel store ls' finds their ids.

            The plain mapping is for people and other tools: atoms become strings, tuples arrays. The tagged mapping \
            keeps all that a term says. Spec/json.md has both, rule by rule. Filters are for recordings, and narrow one \
            another; of several kinds or names any one will do.

            A file of PhoenixReplay's on standard input, and a first map of more than 64 KiB, which may be one, are kept in a \
            temporary file.

            Examples:
              reel json session.reel | jq .events[0]
              reel json session.reel --lines --kind event --from 1:20
              reel json cache.etf.gz --pretty
              reel json sqlite:replays.db --lines > lines.json
              tail -f -c +1 messages.bin | reel json - --input packet4
            """)

    @Argument(help: "A recording, a file of PhoenixReplay's, or terms; with --lines a store; - is standard input.")
    var file: String

    @Option(name: .shortAndLong, help: "The file to write; - is standard output.")
    var output = "-"

    @Option(help: "How terms become JSON: \(Mapping.allValueStrings.joined(separator: " or ")).")
    var mapping = Mapping.plain

    @Flag(help: "Write the header, each event and the summary as objects on lines of their own.")
    var lines = false

    @Option(
        help: ArgumentHelp(
            "Of a store, the recordings whose ids are the lines of this file; - is standard input.", valueName: "file"))
    var ids: String?

    @Flag(help: "Write each value on a line of its own, indented.")
    var pretty = false

    @Flag(name: .customLong("html-safe"), help: "Escape what is not safe inside a <script> element.")
    var isHTMLSafe = false

    @Flag(help: "Write integers beyond ±(2^53 - 1), which JavaScript rounds, as strings.")
    var largeIntegersAsStrings = false

    @Flag(help: "Write dates, decimals, sets and other structs of Elixir's own as people write them.")
    var knownStructs = false

    @Flag(help: "Write lists of integers that Elixir prints as text, such as ~c\"hi\", as strings.")
    var charlists = false

    @Option(help: "What FILE is: \(InputForm.allValueStrings.joined(separator: ", ")). By default its content tells.")
    var input: InputForm?

    @Flag(help: "Say on standard error what FILE is taken for.")
    var verbose = false

    @OptionGroup
    var space: TemporarySpace

    @OptionGroup
    var mode: ModeOption

    @OptionGroup(title: "Filters")
    var filter: EventFilter

    enum Mapping: String, ExpressibleByArgument, CaseIterable {
        case plain, tagged
    }

    func validate() throws {
        guard !lines || !pretty else { throw ValidationError("--lines or --pretty: use one of them.") }
        guard mapping == .plain || !(largeIntegersAsStrings || knownStructs || charlists) else {
            throw ValidationError(
                "--large-integers-as-strings, --known-structs and --charlists belong to the plain mapping.")
        }
        guard input?.framing == nil || filter.isEmpty else { throw ValidationError("Filters are for recordings.") }
    }

    private var style: JSONStyle { JSONStyle(isPretty: pretty, isHTMLSafe: isHTMLSafe) }

    private var jsonMapping: JSONMapping {
        guard mapping == .plain else { return .tagged }
        return .plain(
            PlainOptions(
                writesLargeIntegersAsStrings: largeIntegersAsStrings, writesKnownStructsAsText: knownStructs,
                charlists: charlists ? .printable : .none))
    }

    private var options: RecordingJSONOptions {
        RecordingJSONOptions(mapping: jsonMapping, style: style, writesLines: lines)
    }

    func run() async throws {
        try await ExitStatus.of(file) {
            if let store = try StoreLines(file, filter: filter, options: options), lines || !store.isFolder {
                return try await write(store)
            }
            guard ids == nil else { throw Failure(.usage, "no store", advice: "leave out --ids") }
            var input = try Input(file, temporarySpace: space.byteCount)
            let form = try form(of: &input)
            if verbose {
                StandardError.say("\(file == "-" ? "standard input" : file): \(form.name(input.compression))")
            }
            switch form {
            case .unknown(let content): throw Failure(content)
            case .terms(let framing): return try write(input, framing)
            case .recording: break
            case .json: try input.importPhoenixReplay()
            case .phoenixReplay:
                do {
                    try input.importPhoenixReplay()
                } catch let error as ReelError where self.input == nil && error.kind != .inputOutput {
                    // Another map. When it cannot be read either, what PhoenixReplay's file lacks is no use.
                    if verbose { StandardError.say("\(file): no file of PhoenixReplay's: \(error.reason)") }
                    return try write(input, .terms)
                }
            }
            let absences = try await writeRecording(input)
            return max(input.reportLosses(), absences)
        }
    }

    /// What the input is said to be, or what its content tells.
    private func form(of input: inout Input) throws -> Content.Form {
        switch self.input {
        case nil: return try input.identify()
        case .recording?: return .recording
        case .phoenixReplay?: return .phoenixReplay
        case let form?: return try input.identifyTerms(form.framing)
        }
    }

    /// Writes terms: each as soon as it has come.
    private func write(_ input: Input, _ framing: TermFraming) throws -> ExitStatus {
        guard filter.isEmpty else { throw Failure(.usage, "terms have no events", advice: "leave out the filters") }
        let target = try TextTarget(output, of: [file], mode: mode)
        var lines = TermLines(
            input, framing, isAlone: self.input == .term, through: JSONLines(jsonMapping, style: style), to: target)
        try lines.write()
        return .fine
    }

    /// Writes the recordings of a store.
    private func write(_ store: StoreLines) async throws -> ExitStatus {
        guard lines else { throw Failure(.usage, "a store, which has many recordings", advice: "give --lines") }
        let chosen = try ids.map { try StoreLines.ids(in: Input($0)) }
        let target = try TextTarget(output)
        let status = try await store.write(chosen, to: target.sink)
        try target.commit()
        return status
    }

    /// - Returns: the status that the command ends with when nothing else happens.
    private func writeRecording(_ input: Input) async throws -> ExitStatus {
        let target = try TextTarget(output, of: [file], mode: mode)
        var status = ExitStatus.fine
        if filter.isEmpty, let recording = input.recordingWithMembers(verifies: false) {
            try await writeAll(of: recording, to: target)
        } else {
            status = try write(input, to: target)
        }
        try target.commit()
        return status
    }

    /// Writes all of a recording whose members can be read by themselves.
    private func writeAll(of recording: RecordingFile, to target: TextTarget) async throws {
        var failure: (any Error)?
        do {
            try await RecordingJSONWriter.write(all: recording, to: target.sink, options: options)
        } catch {
            failure = error
        }
        try target.give(up: failure)
    }

    /// Writes what is asked for of a recording. Of one that is read from its start, each event as soon as it has come.
    private func write(_ input: Input, to target: TextTarget) throws -> ExitStatus {
        var writer: RecordingJSONWriter?
        let source = try EventSource(input) {
            try writer?.flush()
            try target.flush()
        }
        let json = try RecordingJSONWriter(to: target.sink, header: source.header, options: options)
        writer = json
        var selection = EventSelection(filter) { event in try json.write(event) }
        var failure: (any Error)?
        do {
            if filter.isEmpty, case .start(let reader) = source.way {
                try json.write(contentsOf: reader)
            } else {
                try selection.add(contentsOf: source)
            }
        } catch {
            failure = source.failure ?? error
        }
        try selection.finish()
        try json.finish(summary: failure == nil ? source.summary : nil)
        try target.give(up: failure)
        return selection.reportAbsences(of: file)
    }
}
