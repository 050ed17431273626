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

    @Option(help: ArgumentHelp("How old a recording gets.", valueName: "age"), transform: StoreAge.parse)
    var maxAge: StoreAge?

    @Option(help: ArgumentHelp("How many there may be.", valueName: "count"))
    var maxCount: Int?

    @Option(
        help: ArgumentHelp("How large they may be together.", valueName: "size"), transform: StoreByteCount.parse)
    var maxBytes: StoreByteCount?

    @Option(
        name: .customLong("view"),
        help: ArgumentHelp("A view's own limits. May be given again.", valueName: "view:age=,count=,bytes="),
        transform: ViewLimits.parse)
    var views: [ViewLimits] = []

    @Flag(help: "Delete nothing: print what would be deleted.")
    var dryRun = false

    func validate() throws {
        guard maxAge != nil || maxCount != nil || maxBytes != nil || !views.isEmpty else {
            throw ValidationError("Nothing would be deleted: give --max-age, --max-count, --max-bytes or --view.")
        }
        guard maxCount.map({ $0 >= 0 }) != false else { throw ValidationError("--max-count is 0 or more.") }
    }

    func run() throws {
        let policy = RetentionPolicy(
            maximumAge: maxAge.map { .milliseconds($0.milliseconds) }, maximumCount: maxCount,
            maximumByteCount: maxBytes?.byteCount,
            views: Dictionary(views.map { ($0.view, $0.limits) }) { _, last in last })
        let dryRun = dryRun
        try StoreAccess.with(store) { store in
            let plan = try await policy.plan(for: store)
            let output = StandardOutput()
            if dryRun {
                for expired in plan.expired {
                    let recording = expired.recording
                    try output.write(
                        line: "\(expired.reason.rawValue.padded(to: 5))  \(recording.id)  "
                            + "\(recording.connectedAt?.dateText ?? "-")  \(recording.byteCount.of("byte"))  "
                            + (recording.view ?? "-").escaped)
                }
            }
            let progress = Progress("deleting")
            defer { progress.finish() }
            let count = dryRun ? plan.expired.count : try await plan.apply(progress: progress.update)
            progress.finish()
            try output.write(
                line: "\(count.of("recording"))\(dryRun ? " would be" : "") deleted,"
                    + " \(plan.expiredByteCount.of("byte")); \(plan.keptCount.of("recording")) kept,"
                    + " \(plan.keptByteCount.of("byte"))")
            try output.flush()
            return .fine
        }
    }
}

/// The limits of one view, as people write them: `Admin.AuditLive:age=365d,count=500,bytes=1G`.
struct ViewLimits {
    let view: String
    let limits: RetentionPolicy.Limits

    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex else { return nil }
        var limits = RetentionPolicy.Limits()
        for part in text[text.index(after: colon)...].split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2 else { return nil }
            switch pair[0] {
            case "age":
                guard let age = StoreAge(pair[1]) else { return nil }
                limits.maximumAge = .milliseconds(age.milliseconds)
            case "count":
                guard let count = Int(pair[1]), count >= 0 else { return nil }
                limits.maximumCount = count
            case "bytes":
                guard let size = StoreByteCount(pair[1]) else { return nil }
                limits.maximumByteCount = size.byteCount
            default: return nil
            }
        }
        view = String(text[..<colon])
        self.limits = limits
    }

    static func parse(_ argument: String) throws -> ViewLimits {
        guard let limits = ViewLimits(argument) else {
            throw ValidationError("'\(argument)' gives no limits: write VIEW:age=30d,count=100,bytes=1G.")
        }
        return limits
    }
}
