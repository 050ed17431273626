import ArgumentParser
import Reel

struct JoinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join",
        abstract: "Make one recording of several, one after the other.",
        discussion: """
            Parts that 'reel trim' has made of one recording, and that follow each other, go on as they did there. Before any \
            other recording stands a 'gap', since nobody knows what happened before it, and standard error says so. Times go on \
            by when the sessions started. The header is that of the first one, and says where the events come from; index \
            and keyframes are made anew. A recording that starts before the one before it ends is refused, and so is a \
            damaged one: 'reel recover' is for these.

            Examples:
              reel join morning.reel afternoon.reel -o day.reel
              reel join part-*.reel -o whole.reel --id 3kX9
            """)

    @Argument(help: "Recordings, or files of PhoenixReplay's, in the order in which they were made.")
    var files: [String]

    @OptionGroup
    var options: SpliceOptions

    func validate() throws {
        guard files.count > 1 else { throw ValidationError("There is nothing to join: give several recordings.") }
        guard files.count(where: { $0 == "-" }) <= 1 else { throw ValidationError("Standard input is there once.") }
    }

    func run() throws {
        var splice: Splice?
        var status = ExitStatus.fine
        try ExitStatus.of(files[0]) {
            for file in files {
                do {
                    var input = try Input(recording: file, temporarySpace: options.space.byteCount)
                    try append(try RecordingFile(try input.file()), to: &splice)
                    status = max(status, input.reportLosses())
                } catch {
                    throw Failure(wrapping: error, input: file)
                }
                if let gap = splice?.parts.last?.gap {
                    let time = Moment(milliseconds: gap)
                    StandardError.say(
                        Failure(.fine, "\(time) before it are in no recording: a gap says so", input: file))
                }
            }
            if let splice { try options.write(splice, of: files) }
            return status
        }
    }

    private func append(_ recording: RecordingFile, to splice: inout Splice?) throws {
        if splice == nil {
            splice = try Splice(startingWith: recording, id: options.id)
        } else {
            try splice?.append(recording)
        }
    }
}
