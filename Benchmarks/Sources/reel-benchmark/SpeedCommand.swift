import ArgumentParser
import ExternalTerm
import Foundation
import Measured
import Reel
import ReelJSON

/// Measures everything that has a goal, and prints it beside the goal.
struct SpeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "speed", abstract: "Measures beside zlib, a BEAM and Python, and compares with the goals.",
        discussion: "What an option is not given for is left out.")

    @Option(help: "How often each thing is measured; the least time counts.")
    var rounds = 30

    @Option(help: "The script that measures on the BEAM.")
    var beam: String?

    @Option(parsing: .upToNextOption, help: "The command that measures in Python.")
    var python: [String] = []

    @Option(help: "The tool, built for release.")
    var reel: String?

    @Option(help: "A recording of 1 GB of terms.")
    var large: String?

    @Option(help: "Ten million terms of 100 bytes, each with its length in four bytes.")
    var terms: String?

    @Option(parsing: .upToNextOption, help: "The command that makes lines of JSON of terms on the BEAM.")
    var beamLines: [String] = []

    @Option(parsing: .upToNextOption, help: "The command that makes lines of JSON of terms in Python.")
    var pythonLines: [String] = []

    @Option(help: "A file for the same tables as Markdown.")
    var markdown: String?

    @Option(parsing: .upToNextOption, help: "PhoenixReplay's files whose sizes are compared.")
    var sizes: [String] = []

    @Argument(help: "PhoenixReplay's files whose reading is measured.")
    var samples: [String]

    func run() async throws {
        var report = SpeedReport(rounds: rounds)
        for path in samples { try await report.measure(sample: Sample(phoenixReplay: path), path: path, self) }
        let large = large.map(LargeRecording.init)
        if let large { try await report.measure(large) }
        if let large { try report.measureLooks(large) }
        if let reel {
            let tool = try Tool(path: reel)
            defer { tool.removeFolder() }
            try await report.measureStart(tool, sample: samples[0])
            if let large { try await report.measure(large, tool) }
            if let terms {
                let neighbours = [("BEAM: jiffy", beamLines), ("Python: `erlpack`", pythonLines)]
                try await report.measure(terms: terms, tool, beside: neighbours.filter { !$0.1.isEmpty })
            }
        }
        try report.measureSizes(sizes)
        print(report.text, terminator: "")
        if let markdown { try report.markdown.write(toFile: markdown, atomically: true, encoding: .utf8) }
    }
}
