import ArgumentParser
import ReelStore

struct StoreCopyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cp",
        abstract: "Copy recordings from one store to another.",
        discussion: """
            What the other store has already is compared by checksum and not sent again, so that a copy that was interrupted \
            goes on where it stopped. What has been copied is read back and compared. Without ids or filters everything is \
            copied.

            Examples:
              reel store cp recordings postgres://app@db/reel
              reel store cp phoenix-replay:postgres://app@db/shop sqlite:replays.db --from 30d
              reel store cp sqlite:replays.db recordings 3kX9 8sQ1
            """)

    @Argument(help: "The store to copy from.", transform: StoreArgument.parse)
    var source: StoreArgument

    @Argument(help: "The store to copy to.", transform: StoreArgument.parse)
    var target: StoreArgument

    @Argument(help: ArgumentHelp("The recordings; all that match the filters when there are none.", valueName: "id"))
    var ids: [String] = []

    @OptionGroup
    var filter: StoreFilter

    @OptionGroup
    var mode: ModeOption

    @Option(name: .customLong("at-once"), help: "How many recordings are copied at a time.")
    var atOnce = 4

    func run() throws {
        let ids = try ids.map { try RecordingID($0) }
        let (query, atOnce, target, mode) = (filter.query(), atOnce, target.location, mode)
        try StoreAccess.with(source) { source in
            let target = try await StoreAccess.open(target, creates: true, mode: mode)
            let outcomes = StoreOutcomes()
            let copier = RecordingCopier(from: source, to: target)
            let progress = Progress("copying")
            defer { progress.finish() }
            if ids.isEmpty {
                try await copier.copyAll(query, atOnce: atOnce) { id, result in
                    switch result {
                    case .success(let outcome): outcomes.add(outcome)
                    case .failure(let error): outcomes.add(Failure(error, input: id.text))
                    }
                    progress.update(outcomes.done.of("recording"))
                }
            }
            for id in ids {
                do throws(StoreError) {
                    outcomes.add(try await copier.copy(id, progress: progress.update))
                } catch {
                    outcomes.add(Failure(error, input: id.text))
                }
            }
            await target.close()
            progress.finish()
            let output = StandardOutput()
            try output.write(
                line: "\(outcomes.done.of("recording")) copied, \(outcomes.unchanged.grouped) of them there already,"
                    + " \(outcomes.byteCount.of("byte")) sent")
            try output.flush()
            return outcomes.status
        }
    }
}
