import ArgumentParser

struct VectorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vectors",
        abstract: "Check readers of recordings, this one or any other, with the vectors of the specification.",
        subcommands: [VectorsCheckCommand.self, VectorsFreezeCommand.self])
}
