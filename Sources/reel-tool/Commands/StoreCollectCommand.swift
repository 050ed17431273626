import ArgumentParser
import ReelStore

struct StoreCollectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Delete recordings that are too old, too many or too large together.",
        discussion: """
            The newest recordings stay. Running sessions are neither deleted nor counted. A view with limits of its own is \
            counted by itself, all others together. With --dry-run nothing is deleted, and each recording that would be is \
            printed with the reason.

            Examples:
              reel store gc recordings --max-age 30d --max-bytes 10G --dry-run
              reel store gc sqlite:replays.db --max-count 10000 --view Admin.AuditLive:age=365d,count=500
            """)

    @Argument(help: "The store.", transform: StoreArgument.parse)
    var store: StoreArgument

    @OptionGroup
    var limits: RetentionOptions

    @Flag(help: "Delete nothing: print what would be deleted.")
    var dryRun = false

    @Flag(help: "Print a JSON object a recording that is deleted, with the reason.")
    var json = false

    func validate() throws {
        guard limits.policy != nil else {
            throw ValidationError("Nothing would be deleted: give --max-age, --max-count, --max-bytes or --view.")
        }
    }

    func run() throws {
        guard let policy = limits.policy else { return }
        let (dryRun, json) = (dryRun, json)
        try StoreAccess.with(store) { store in
            let plan = try await policy.plan(for: store)
            let output = StandardOutput()
            let progress = Progress("deleting")
            defer { progress.finish() }
            let count = dryRun ? plan.expired.count : try await plan.apply(progress: progress.update)
            progress.finish()
            if dryRun || json {
                for expired in plan.expired { try output.write(line: json ? expired.json.text : expired.line) }
            }
            let outcome =
                "\(count.of("recording"))\(dryRun ? " would be" : "") deleted, \(plan.expiredByteCount.of("byte"));"
                + " \(plan.keptCount.of("recording")) kept, \(plan.keptByteCount.of("byte"))"
            if json { StandardError.say(outcome) } else { try output.write(line: outcome) }
            try output.flush()
            return .fine
        }
    }
}

extension RetentionPolicy.Expired {
    fileprivate var line: String {
        let date = recording.connectedAt?.dateText ?? "-"
        return "\(reason.rawValue.padded(to: 5))  \(recording.id)  \(date)  \(recording.byteCount.of("byte"))  "
            + (recording.view ?? "-").escaped
    }

    fileprivate var json: JSONText {
        [
            "id": .string(recording.id.text), "expired": .string(reason.rawValue), "view": JSONText(recording.view),
            "connectedAt": JSONText(recording.connectedAt), "bytes": .integer(recording.byteCount),
        ]
    }
}
