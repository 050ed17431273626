import ArgumentParser
import Foundation
import Measured

/// Measures time and memory against the number of events. Each measurement is a process of its own, because memory is what a
/// process has had at its most.
struct GrowthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growth", abstract: "Measures time and memory against the number of events.")

    @Option(help: "The largest number of events, a power of ten.")
    var events = 10_000_000

    @Option(help: "How often each thing is measured, unless it takes long; the least counts.")
    var rounds = 3

    @Option(help: "A file for the same table as Markdown.")
    var markdown: String?

    @Argument(help: "The program `reel-paths`.")
    var program: String

    /// What a step has taken.
    private struct Result {
        var seconds: Double
        /// In bytes.
        var memory: Double
    }

    func run() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reel-growth-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }

        let counts = Array(sequence(first: 100) { $0 * 10 }.prefix { $0 <= events })
        var table = Table(["events"] + counts.map { "10^\(String($0).count - 1)" })
        var cells: [GrowthStep: (times: [String], memories: [String])] = [:]
        var sizes: [String] = []
        for count in counts {
            let file = folder.appending(path: "\(count).reel")
            for step in GrowthStep.allCases {
                var results = [try measure(step, count, file.path)]
                // What takes long is not disturbed by what is short.
                while results.count < rounds, results[0].seconds < 10 {
                    results.append(try measure(step, count, file.path))
                }
                let seconds = results.map(\.seconds).min() ?? .infinity
                let memory = results.map(\.memory).min() ?? .infinity
                cells[step, default: ([], [])].times.append(step.text(seconds, eventCount: count))
                cells[step]?.memories.append(String(format: "%.1f MB", memory / 1e6))
            }
            let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int ?? 0
            sizes.append(String(format: "%.1f bytes/event", Double(size) / Double(count)))
            try FileManager.default.removeItem(at: file)
        }
        for step in GrowthStep.allCases {
            guard let (times, memories) = cells[step] else { continue }
            if step != .nothing { table.rows.append([step.title] + times) }
            table.rows.append(["memory, \(step.title)"] + memories)
        }
        table.rows.append(["the file"] + sizes)
        print(table.text, terminator: "")
        if let markdown { try table.markdown.write(toFile: markdown, atomically: true, encoding: .utf8) }
    }

    private func measure(_ step: GrowthStep, _ count: Int, _ file: String) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["growth", step.rawValue, "\(count)", file]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let answer = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        let numbers = answer.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        guard numbers.count == 2 else { throw NeighbourFailure(reason: "\(program) \(step): \(answer)") }
        return Result(seconds: numbers[0], memory: numbers[1])
    }
}

extension GrowthStep {
    fileprivate var title: String {
        switch self {
        case .append: "append all events"
        case .read: "read all events as terms"
        case .json: "all as plain JSON, all cores"
        case .open: "open"
        case .seek: "one event, when open"
        case .state: "one state, when open"
        case .nothing: "a program that does nothing"
        }
    }

    /// What is done with every event is told by the event.
    fileprivate func text(_ seconds: Double, eventCount: Int) -> String {
        [.append, .read, .json].contains(self)
            ? String(format: "%.2f µs/event", seconds * 1e6 / Double(eventCount))
            : String(format: "%.2f ms", seconds * 1e3)
    }
}
