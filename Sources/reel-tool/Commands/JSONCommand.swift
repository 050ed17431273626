import ArgumentParser
import Reel
import ReelJSON

struct JSONCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "json",
        abstract: "Write a recording as JSON: one document, or an object a line.",
        discussion: """
            The plain mapping is for people and other tools: atoms become strings, tuples arrays. The tagged mapping \
            keeps all that a term says. Spec/json.md has both, rule by rule. Filters narrow one another; of several \
            kinds or names any one will do.

            Examples:
              reel json session.reel | jq .events[0]
              reel json session.reel --lines --kind event --from 1m20s
              reel json session.reel --mapping tagged -o session.json
            """)

    @Argument(help: "A recording, or a file of PhoenixReplay's; - is standard input.")
    var file: String

    @Option(name: .shortAndLong, help: "The file to write; - is standard output.")
    var output = "-"

    @Option(help: "How terms become JSON: \(Mapping.allValueStrings.joined(separator: " or ")).")
    var mapping = Mapping.plain

    @Flag(help: "Write the header, each event and the summary as objects on lines of their own.")
    var lines = false

    @Flag(help: "Write each value on a line of its own, indented.")
    var pretty = false

    @Flag(name: .customLong("html-safe"), help: "Escape what is not safe inside a <script> element.")
    var isHTMLSafe = false

    @Flag(help: "Write integers beyond ±(2^53 - 1), which JavaScript rounds, as strings.")
    var largeIntegersAsStrings = false

    @Flag(help: "Write dates, decimals, sets and other structs of Elixir's own as people write them.")
    var knownStructs = false

    @OptionGroup(title: "Filters")
    var filter: EventFilter

    enum Mapping: String, ExpressibleByArgument, CaseIterable {
        case plain, tagged
    }

    func validate() throws {
        guard !lines || !pretty else { throw ValidationError("--lines or --pretty: use one of them.") }
        guard mapping == .plain || !(largeIntegersAsStrings || knownStructs) else {
            throw ValidationError("--large-integers-as-strings and --known-structs belong to the plain mapping.")
        }
    }

    private var options: RecordingJSONOptions {
        let plain = PlainOptions(
            writesLargeIntegersAsStrings: largeIntegersAsStrings, writesKnownStructsAsText: knownStructs)
        return RecordingJSONOptions(
            mapping: mapping == .plain ? .plain(plain) : .tagged,
            style: JSONStyle(isPretty: pretty, isHTMLSafe: isHTMLSafe), writesLines: lines)
    }

    func run() async throws {
        try await ExitStatus.of(file) {
            let input = try Input(recording: file)
            let target = try Target(output)
            if case .file(let bytes) = input.content,
                let recording = try? RecordingFile(bytes, limits: .default, verifiesFirstMember: !filter.isEmpty),
                recording.layout != .sequential, (try? recording.header) != nil
            {
                if filter.isEmpty {
                    try await writeAll(of: recording, to: target)
                } else {
                    try write(recording, to: target)
                }
            } else {
                try write(input, to: target)
            }
            try target.commit()
            return input.reportLosses()
        }
    }

    /// Writes all of a recording whose members can be read by themselves.
    private func writeAll(of recording: RecordingFile, to target: Target) async throws {
        var failure: (any Error)?
        do {
            try await RecordingJSONWriter.write(all: recording, to: target.sink, options: options)
        } catch {
            failure = error
        }
        try target.give(up: failure)
    }

    /// Writes what is asked for of a recording whose index tells where it is.
    private func write(_ recording: RecordingFile, to target: Target) throws {
        let writer = try RecordingJSONWriter(to: target.sink, header: recording.header, options: options)
        var selection = Selection(filter, writer)
        let candidates = filter.candidates(in: recording.entries)
        var isDone = false
        var failure: (any Error)?
        if !candidates.isEmpty {
            do {
                try recording.forEachEvent(from: candidates.lowerBound) { (event) throws(ReelError) in
                    do {
                        isDone = try !candidates.contains(event.index) || !selection.add(event)
                    } catch {
                        failure = error
                        isDone = true
                    }
                    return !isDone
                }
            } catch {
                failure = error
            }
        }
        try selection.finish(summary: recording.summary)
        if failure == nil, !isDone, candidates.upperBound == .max { failure = recording.damage }
        try target.give(up: failure)
    }

    /// Writes what is asked for of a recording that is read from its start: each event as soon as it has come.
    private func write(_ input: Input, to target: Target) throws {
        var writer: RecordingJSONWriter?
        let source = WaitingSource(input, follows: false) {
            try writer?.flush()
            try target.flush()
        }
        let reader: RecordingReader
        do {
            reader = try RecordingReader(source)
        } catch {
            throw source.failure ?? error
        }
        let json = try RecordingJSONWriter(to: target.sink, header: reader.header, options: options)
        writer = json
        var selection = Selection(filter, json)
        var failure: (any Error)?
        do {
            if filter.isEmpty {
                try json.write(contentsOf: reader)
            } else {
                while let event = try reader.next(), try selection.add(event) {}
            }
        } catch {
            failure = source.failure ?? error
        }
        try selection.finish(summary: reader.summary)
        try target.give(up: failure)
    }
}

/// Where the text goes.
private struct Target {
    let sink: any ByteSink
    private let file: OutputFile?
    private let standardOutput: StandardOutput?

    init(_ path: String) throws {
        // Unlike a recording, JSON may be read on a terminal.
        guard path != "-" else {
            let output = StandardOutput()
            (sink, standardOutput, file) = (output, output, nil)
            return
        }
        let output = try OutputFile(path)
        (sink, standardOutput, file) = (output, nil, output)
    }

    func flush() throws { try standardOutput?.flush() }

    func commit() throws {
        try standardOutput?.flush()
        try file?.commit()
    }

    /// Throws what has gone wrong: the events before the damage are sound, have been asked for, and are in place by then.
    func give(up failure: (any Error)?) throws {
        guard let failure else { return }
        try commit()
        throw failure
    }
}

/// The events that a filter lets through, on their way to JSON.
private struct Selection {
    private let filter: EventFilter
    private let writer: RecordingJSONWriter
    /// How many more of the first ones are wanted.
    private var remaining: Int
    /// The last ones so far, the next to be replaced at `oldest`.
    private var latest: [Event] = []
    private var oldest = 0

    init(_ filter: EventFilter, _ writer: RecordingJSONWriter) {
        self.filter = filter
        self.writer = writer
        remaining = filter.first ?? .max
    }

    /// Takes the next event, and returns whether any that follow it may be wanted.
    mutating func add(_ event: Event) throws -> Bool {
        guard remaining > 0, event.index <= filter.range?.indexes.upperBound ?? .max else { return false }
        guard filter.matches(event) else { return true }
        remaining -= 1
        guard let count = filter.last else {
            try writer.write(event)
            return remaining > 0
        }
        if latest.count < count {
            latest.append(event)
        } else if count > 0 {
            latest[oldest] = event
            oldest = (oldest + 1) % count
        }
        return true
    }

    func finish(summary: Summary?) throws {
        for event in latest[oldest...] + latest[..<oldest] { try writer.write(event) }
        try writer.finish(summary: summary)
    }
}
