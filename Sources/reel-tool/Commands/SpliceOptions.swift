import ArgumentParser
import Reel

/// Which span of a recording is meant.
struct SpanOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The span starts at this time: \(Moment.forms).", valueName: "time"),
        transform: Moment.parse)
    var from: Moment?

    @Option(help: ArgumentHelp("The span ends with this time.", valueName: "time"), transform: Moment.parse)
    var to: Moment?

    @Option(
        help: ArgumentHelp(
            "The span is the events with these indexes: 10..20, 10.., ..20 or 10.", valueName: "indexes"),
        transform: IndexRange.parse)
    var range: IndexRange?

    func validate() throws {
        guard (range == nil) != (from == nil && to == nil) else {
            throw ValidationError("Give a span: --from, --to or both, or --range.")
        }
        try Moment.check(from: from, to: to)
    }

    /// The span in a recording.
    ///
    /// - Throws: `Failure` when no event is in it, or `ReelError`.
    func span(of recording: RecordingFile) throws -> RecordingSpan {
        let span =
            if let range {
                try RecordingSpan(of: recording, events: range.indexes)
            } else {
                try RecordingSpan(of: recording, from: from?.milliseconds, to: to?.milliseconds)
            }
        guard !span.events.isEmpty else {
            let all = try RecordingSpan(of: recording, from: nil, to: nil)
            throw Failure(
                .inputFellShort, EventFindings.noEventInSpan(all.events.count, duration: all.end))
        }
        return span
    }
}

/// What commands that make a recording of others have in common.
struct SpliceOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The recording to write; - is standard output.")
    var output: String

    @Option(help: "The id of the new recording.")
    var id: String?

    @OptionGroup
    var mode: ModeOption

    @OptionGroup
    var level: LevelOption

    @Flag(help: "Report as a JSON object.")
    var json = false

    @OptionGroup
    var space: TemporarySpace

    /// Writes the recording, which appears whole or not at all, and says what it is.
    ///
    /// - Parameter inputs: the name of each part's file.
    func write(_ splice: Splice, of inputs: [String]) throws {
        let progress = Progress("writing \(output)")
        defer { progress.finish() }
        let result = try OutputFile(output, of: inputs, mode: mode)
        let writer = try RecordingWriter(to: result, header: splice.header, options: level.writerOptions)
        for (part, input) in zip(splice.parts, inputs) {
            do throws(ReelError) {
                try splice.write(part, to: writer)
            } catch {
                throw Failure(wrapping: error, input: input)
            }
            progress.update(writer.summary.eventCount, splice.eventCount)
        }
        let summary = try writer.finish(reason: splice.reason)
        try result.commit()
        progress.finish()
        try report(splice, inputs, summary, byteCount: result.byteCount, result)
    }

    private func report(
        _ splice: Splice, _ inputs: [String], _ summary: Summary, byteCount: Int, _ result: OutputFile
    ) throws {
        let taken = splice.parts.reduce(0) { $0 + $1.events.count }
        guard json else {
            let made = summary.eventCount - taken
            let remark = made > 0 ? ", \(made.grouped) of them for the state" : ""
            let names = inputs.reduce(into: []) { if $0.last != $1 { $0.append($1) } }.joined(separator: ", ")
            return try result.say(
                "\(names) → \(result.name): \(summary.eventCount.of("event"))\(remark),"
                    + " \(Moment(milliseconds: summary.duration)), \(byteCount.of("byte"))")
        }
        let parts = zip(splice.parts, inputs).map { part, input -> JSONText in
            [
                "file": .string(input), "events": [.integer(part.events.lowerBound), .integer(part.events.upperBound)],
                "gap": JSONText(part.gap),
            ]
        }
        let report: JSONText = [
            "output": .string(output), "id": JSONText(splice.header.id), "bytes": .integer(byteCount),
            "events": .integer(summary.eventCount), "made": .integer(summary.eventCount - taken),
            "duration": .integer(summary.duration), "reason": .string(summary.reason.description),
            "parts": .array(parts),
        ]
        guard output != "-" else { return StandardError.write(report.text + "\n") }
        let standardOutput = StandardOutput()
        try standardOutput.write(line: report.text)
        try standardOutput.flush()
    }
}

/// What commands that make a recording of one and a span of it have in common.
struct SpanSpliceOptions: ParsableArguments {
    @Argument(help: "A recording, or a file of PhoenixReplay's; - is standard input.")
    var file: String

    @OptionGroup(title: "Span")
    var span: SpanOptions

    @Flag(help: "Leave times as they were.")
    var keepTimes = false

    @OptionGroup
    var splice: SpliceOptions

    /// Writes the recording that is made of the input and the span.
    func write(_ make: (RecordingFile, RecordingSpan) throws -> Splice) throws {
        try ExitStatus.of(file) {
            var input = try Input(recording: file, temporarySpace: splice.space.byteCount)
            let recording = try RecordingFile(try input.file())
            let made = try make(recording, try span.span(of: recording))
            try splice.write(made, of: made.parts.map { _ in file })
            return input.reportLosses()
        }
    }
}
