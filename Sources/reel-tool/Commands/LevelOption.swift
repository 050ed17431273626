import ArgumentParser
import Reel

/// How hard to compress.
struct LevelOption: ParsableArguments {
    @Option(help: "zlib's level, from 0, which stores, to 9, the smallest.")
    var level = WriterOptions.smallest.level

    func validate() throws {
        guard 0...9 ~= level else { throw ValidationError("The level is a number from 0 to 9, not \(level).") }
    }

    var writerOptions: WriterOptions { WriterOptions(level: level) }
}
