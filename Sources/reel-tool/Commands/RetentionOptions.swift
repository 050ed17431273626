import ArgumentParser
import ReelStore

/// How long recordings are kept, as people say it.
struct RetentionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How old a recording gets.", valueName: "age"), transform: StoreAge.parse)
    var maxAge: StoreAge?

    @Option(help: ArgumentHelp("How many there may be.", valueName: "count"))
    var maxCount: Int?

    @Option(
        help: ArgumentHelp("How large they may be together.", valueName: "size"), transform: ByteSize.parse)
    var maxBytes: ByteSize?

    @Option(
        name: .customLong("view"),
        help: ArgumentHelp("A view's own limits. May be given again.", valueName: "view:age=,count=,bytes="),
        transform: ViewLimits.parse)
    var views: [ViewLimits] = []

    func validate() throws {
        guard maxCount.map({ $0 >= 0 }) != false else { throw ValidationError("--max-count is 0 or more.") }
    }

    /// The policy, or nil when there are no limits.
    var policy: RetentionPolicy? {
        guard maxAge != nil || maxCount != nil || maxBytes != nil || !views.isEmpty else { return nil }
        return RetentionPolicy(
            maximumAge: maxAge.map { .milliseconds($0.milliseconds) }, maximumCount: maxCount,
            maximumByteCount: maxBytes?.byteCount,
            views: Dictionary(views.map { ($0.view, $0.limits) }) { _, last in last })
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
                guard let size = ByteSize(pair[1]) else { return nil }
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
