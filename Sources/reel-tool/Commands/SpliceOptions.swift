import ArgumentParser
import Reel

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

    func validate() throws {
        guard (span.range == nil) != (span.from == nil && span.to == nil) else {
            throw ValidationError("Give a span: --from, --to or both, or --range.")
        }
    }

    /// Writes the recording that is made of the input and the span.
    func write(_ make: (RecordingFile, RecordingSpan) throws -> Splice) throws {
        try ExitStatus.of(file) {
            var input = try Input(recording: file, temporarySpace: splice.space.byteCount)
            let recording = try RecordingFile(try input.file())
            let made = try make(recording, try span.span(of: recording))
            if made.unplacedDropCount > 0 {
                let count = made.unplacedDropCount.of("event")
                StandardError.say(
                    Failure(.fine, "the recorder left out \(count) of the session, nobody knows where", input: file))
            }
            try splice.write(made, of: made.parts.map { _ in file })
            return input.reportLosses()
        }
    }
}
