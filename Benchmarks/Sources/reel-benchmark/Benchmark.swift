import ArgumentParser

/// Measures what the library and the tool take. `Benchmarks/README.md` explains every number.
@main
struct Benchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reel-benchmark",
        abstract: "Measures what the library and the tool take.",
        subcommands: [SpeedCommand.self, GrowthCommand.self])
}
