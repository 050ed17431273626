import ArgumentParser
import Reel
import ReelStore
import SystemPackage

struct StorePutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Put files, or folders of them, into a store.",
        discussion: """
            Takes recordings, and whatever PhoenixReplay has written, told apart by their content. A file that cannot be read \
            is reported and does not stop the others; what the store has already is left as it is, so that a command that was \
            interrupted is simply given again. A recording is kept under the id that it has in itself, or else under its \
            file's name.

            Examples:
              reel store put priv/replay_recordings recordings
              reel store put session.reel postgres://app@db/reel
            """)

    @Argument(help: ArgumentHelp("Files and folders, and the store at the end.", valueName: "in... store"))
    var arguments: [String]

    @Option(help: "The id of the recording in the store, of a single file.")
    var id: String?

    @OptionGroup
    var level: LevelOption

    @OptionGroup
    var mode: ModeOption

    @Option(name: .customLong("at-once"), help: "How many files are put at a time.")
    var atOnce = 4

    @Flag(help: "Print nothing about files that are fine.")
    var quiet = false

    func validate() throws {
        guard arguments.count >= 2 else {
            throw ValidationError("Give the files or folders, and then the store: \(StoreLocation.form).")
        }
        guard atOnce > 0 else { throw ValidationError("--at-once is 1 or more.") }
    }

    func run() throws {
        let store = try StoreArgument.parse(arguments.last ?? "")
        let inputs = arguments.dropLast().map { FilePath(argument: $0) }
        let id = try id.map { try RecordingID($0) }
        guard id == nil || inputs.count == 1 && !inputs[0].isFolder else {
            throw Failure(.usage, "--id is for a single file")
        }
        let (options, atOnce, quiet) = (level.writerOptions, atOnce, quiet)
        try StoreAccess.with(store, creates: true, mode: mode) { store in
            let outcomes = StoreOutcomes()
            var files: [FilePath] = []
            for input in inputs {
                if input.isFolder {
                    // A store that stands in the folder is none of its files.
                    files += try FileImporter.files(in: input)
                } else {
                    files.append(input)
                }
            }
            let importer = FileImporter(into: store, options: options)
            let progress = Progress("putting \(files.count.of("file"))")
            defer { progress.finish() }
            if let id {
                try await StorePutCommand.report(files[0], .success(importer.put(files[0], as: id)), outcomes, quiet)
                return outcomes.status
            }
            let total = files.count
            await importer.putAll(files, atOnce: atOnce) { path, result in
                StorePutCommand.report(path, result, outcomes, quiet)
                progress.update(outcomes.done, total)
            }
            progress.finish()
            StandardError.say(
                "\(outcomes.done.of("file")) put, \(outcomes.unchanged.grouped) of them there already,"
                    + " \(outcomes.byteCount.of("byte")) sent")
            return outcomes.status
        }
    }

    private static func report(
        _ path: FilePath, _ result: Result<FileImporter.Outcome, StoreError>, _ outcomes: StoreOutcomes, _ quiet: Bool
    ) {
        switch result {
        case .success(let outcome):
            outcomes.add(outcome.copy)
            for loss in outcome.losses { outcomes.add(Failure(.inputFellShort, loss, input: path.string)) }
            guard !quiet else { return }
            let what: String =
                switch outcome.copy {
                case .copied(let before, let sent):
                    "\((before + sent).of("byte"))\(before > 0 ? ", resumed at \(before)" : "")"
                case .unchanged: "there already"
                }
            let output = StandardOutput()
            try? output.write(line: "\(path) → \(outcome.id): \(what)".escaped)
            try? output.flush()
        case .failure(let error):
            var failure = Failure(error, input: path.string)
            if error.kind == .conflict { failure.advice = "keep it under another id with --id" }
            outcomes.add(failure)
        }
    }
}
