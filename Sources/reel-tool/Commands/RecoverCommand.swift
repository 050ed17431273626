import ArgumentParser
import Reel

struct RecoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Save everything readable out of a damaged, cut or unfinished recording.",
        discussion: """
            Writes a finished recording of every event that can be read, before and after the damage, and says on \
            standard error what was lost: which bytes, which events, why. The exit status is 1 when anything was. With \
            --json the report is an object on standard output, or on standard error when the recording goes to \
            standard output. Ranges are [first, end), the end not included.

            Examples:
              reel recover damaged.reel -o recovered.reel
              reel recover damaged.reel -o recovered.reel --json | jq '.losses[].events'
            """)

    @Argument(help: "A recording, or a file of PhoenixReplay's; - is standard input.")
    var file: String

    @Option(name: .shortAndLong, help: "The recording to write; - is standard output.")
    var output: String

    @Flag(help: "Report as a JSON object.")
    var json = false

    @OptionGroup
    var space: TemporarySpace

    func run() throws {
        try ExitStatus.of(file) {
            var input = try Input(recording: file, temporarySpace: space.byteCount)
            let progress = Progress("recovering \(file)")
            defer { progress.finish() }
            let salvage = try Salvage(WatchedFile(try input.file(), progress))
            let result = try OutputFile(output)
            let summary = try salvage.write(to: result)
            try result.commit()
            progress.finish()
            let importLosses = input.imported?.losses ?? []
            if json {
                try printReport(summary, importLosses, salvage.report.losses)
            } else {
                StandardError.say("\(file): \(summary.eventCount.of("event")) recovered")
                for loss in importLosses + salvage.report.losses.map(\.description) {
                    StandardError.say("\(file): lost: \(loss)")
                }
            }
            return importLosses.isEmpty && salvage.report.isComplete ? .fine : .inputFellShort
        }
    }

    private func printReport(_ summary: Summary, _ importLosses: [String], _ losses: [SalvageReport.Loss]) throws {
        func json(_ range: Range<Int>?) -> JSONText {
            range.map { [.integer($0.lowerBound), .integer($0.upperBound)] } ?? .null
        }
        let objects: [JSONText] =
            importLosses.map { ["bytes": .null, "events": .null, "reason": .string($0)] }
            + losses.map { ["bytes": json($0.bytes), "events": json($0.events), "reason": .string($0.reason)] }
        let report: JSONText = [
            "file": .string(file), "output": .string(output), "events": .integer(summary.eventCount),
            "complete": .boolean(objects.isEmpty), "losses": .array(objects),
        ]
        guard output != "-" else { return StandardError.write(report.text + "\n") }
        let standardOutput = StandardOutput()
        try standardOutput.write(line: report.text)
        try standardOutput.flush()
    }
}
