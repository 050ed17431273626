import ArgumentParser
import Reel
import SystemPackage

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make recordings of what PhoenixReplay has written.",
        discussion: """
            Takes what any version of it writes: .etf, .json and both in .gz of 0.1 and 0.2, .recording and .part of \
            0.3 and later, told apart by their content. Prints a line a file: the sizes and their ratio. A file that \
            fails does not stop the others, but makes the exit status 1; so does one that is torn, of which what is \
            readable is imported.

            JSON says less than terms do: atoms stay strings, tuples lists. Where a session has both, import the other.

            Examples:
              reel import session.etf.gz -o session.reel
              reel import priv/replay/*.recording priv/replay/*.part -o recordings/
            """)

    @Argument(help: ArgumentHelp("Files of PhoenixReplay's; - is standard input.", valueName: "in"))
    var inputs: [String]

    @Option(
        name: .shortAndLong,
        help: "The recording to write, or a folder, which several inputs need; - is standard output.")
    var output: String

    @OptionGroup
    var level: LevelOption

    @OptionGroup
    var mode: ModeOption

    @Flag(
        help:
            "Print how long each file took, beside what deflate alone takes for the same bytes at the same level, on one processor."
    )
    var time = false

    private var isFolder: Bool { output.hasSuffix("/") || FilePath(argument: output).isFolder }

    @OptionGroup
    var space: TemporarySpace

    func validate() throws {
        guard inputs.count == 1 || output != "-" else {
            throw ValidationError("Several inputs need a folder to go into: standard output takes one.")
        }
        guard !time || output != "-" else { throw ValidationError("With --time, -o has to name a file or a folder.") }
    }

    func run() async throws {
        if inputs.count > 1, !FilePath(argument: output).isFolder, !output.hasSuffix("/") {
            throw Failure(.usage, "several inputs need a folder to go into", input: output, advice: "create it first")
        }
        if output.hasSuffix("/") { try FilePath(argument: output).createFolder() }
        var written: [FilePath: String] = [:]
        try await ExitStatus.ofEach(inputs) { name in
            let stem = name == "-" ? "recording" : FilePath(argument: name).recordingStem
            let target = isFolder ? FilePath(argument: output).appending("\(stem).reel") : FilePath(argument: output)
            if let other = written[target] {
                throw Failure(
                    .inputFellShort, "would go into \(target), as \(other) has", advice: "import it by itself")
            }
            var input = try Input(name, temporarySpace: space.byteCount)
            let file = try await importFile(&input, to: target.argument)
            written[target] = name
            if let remark = file.remark { StandardError.say(Failure(.fine, remark, input: name)) }
            for loss in file.losses { StandardError.say(Failure(.inputFellShort, loss, input: name)) }
            return file.losses.isEmpty ? .fine : .inputFellShort
        }
    }

    /// Imports a file.
    private func importFile(_ input: inout Input, to target: String) async throws -> PhoenixReplayFile {
        guard try input.isPhoenixReplay() else {
            let isRecording = (try? RecordingReader(input.source)) != nil
            throw Failure(
                .inputFellShort, isRecording ? "a recording already" : "no file of PhoenixReplay's",
                advice: isRecording ? "'reel compact' rewrites it" : "check what it is")
        }
        let bytes = try input.file()
        let progress = Progress("importing \(input.name)")
        defer { progress.finish() }
        let start = ContinuousClock.now
        let file = try PhoenixReplayFile(bytes)
        let result = try OutputFile(target, of: inputs, mode: mode)
        let summary = try await file.writeAtOnce(to: result, options: level.writerOptions, progress: progress.update)
        let duration = ContinuousClock.now - start
        try result.commit()
        var line =
            "\(input.name) → \(result.name): \(summary.eventCount.of("event")), \(bytes.byteCount.grouped)"
            + " → \(result.byteCount.of("byte")) (\(result.byteCount.share(of: bytes.byteCount)))"
        if time {
            let alone = try DeflateAlone.duration(of: InputFile(FilePath(argument: target)), level: level.level)
            line += ", \(duration.seconds), deflate alone \(alone.seconds) (\(duration.times(alone)) times that)"
        }
        progress.finish()
        try result.say(line)
        return file
    }
}

extension Duration {
    /// The time in seconds, to the tenth of a millisecond.
    fileprivate var seconds: String { formatted(self / .seconds(1), digits: 4) + " s" }

    /// How often `other` goes into this.
    fileprivate func times(_ other: Duration) -> String { other > .zero ? formatted(self / other, digits: 2) : "-" }

    private func formatted(_ value: Double, digits: Int) -> String {
        let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
        let (whole, rest) = Int((value * Double(scale)).rounded()).quotientAndRemainder(dividingBy: scale)
        return "\(whole).\(rest.zeroPadded(to: digits))"
    }
}
