import ArgumentParser
import Reel
import SystemPackage

struct CompactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Rewrite a recording to its smallest form, with index and keyframes.",
        discussion: """
            The file is replaced when the new one is whole, and not before. A recording that was packed by hand gets \
            what it lacks: members, index, summary. A damaged one is left alone: 'reel recover' is for these.

            Examples:
              reel compact session.reel
              zcat session.reel | gzip | reel compact - -o session.reel
            """)

    @Argument(help: "A recording, or a file of PhoenixReplay's; - is standard input.")
    var file: String

    @Option(name: .shortAndLong, help: "Where to write to instead of replacing the file; - is standard output.")
    var output: String?

    @OptionGroup
    var level: LevelOption

    @OptionGroup
    var space: TemporarySpace

    @OptionGroup
    var mode: ModeOption

    func validate() throws {
        guard file != "-" || output != nil else {
            throw ValidationError("standard input cannot be replaced: give -o OUT")
        }
    }

    func run() async throws {
        try await ExitStatus.of(file) {
            if output == nil { try checkIsFile() }
            var input = try Input(recording: file, temporarySpace: space.byteCount)
            let bytes = try input.file()
            let byteCount = input.imported?.byteCount ?? bytes.byteCount
            if output == nil { try checkReplaceable(input, bytes) }
            let result = try output.map { try OutputFile($0, of: [file], mode: mode) } ?? OutputFile(replacing: file)
            try await rewrite(bytes, to: result)
            if output == nil, try FilePath(argument: file).stat().size != Int64(bytes.byteCount) {
                throw Failure(.inputFellShort, "has changed meanwhile", advice: "wait until its recorder is done")
            }
            try result.commit()
            let share = result.byteCount.share(of: byteCount)
            try result.say("\(file): \(byteCount.grouped) → \(result.byteCount.of("byte")) (\(share))")
            return input.reportLosses()
        }
    }

    private func checkIsFile() throws {
        // What is not there is told by opening it.
        guard let type = try? FilePath(argument: file).stat().type, type != .regular else { return }
        throw Failure(.usage, "a pipe, which cannot be replaced", input: file, advice: "give -o OUT")
    }

    private func checkReplaceable(_ input: Input, _ bytes: InputFile) throws {
        guard input.imported == nil else {
            throw Failure(.usage, "a file of PhoenixReplay's is not replaced by a recording", advice: "give -o OUT")
        }
        guard try RecordingFile(bytes).layout != .unfinished else {
            throw Failure(
                .inputFellShort, "the recording is unfinished, and its recorder may still be writing it",
                advice: "give -o OUT, or wait for its end")
        }
    }

    private func rewrite(_ bytes: InputFile, to sink: any ByteSink) async throws {
        let progress = Progress("compacting \(file)")
        defer { progress.finish() }
        let reader = try RecordingReader(WatchedFile(bytes, progress))
        try reader.header.version.checkWritable()
        try await RecordingWriter.write(
            to: sink, header: reader.header, options: level.writerOptions,
            reason: { reader.summary?.reason ?? .interrupted }, events: { try reader.next() })
    }
}
