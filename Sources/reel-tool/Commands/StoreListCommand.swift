import ArgumentParser
import ExternalTerm
import Reel
import ReelStore

struct StoreListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List and search the recordings of a store.",
        discussion: """
            A line a recording: when it started, how long, events, errors, size, whether it is running or damaged, id and \
            view. With --json each is an object on a line; times are milliseconds. When there are more, the way to the next \
            page is said on standard error.

            Examples:
              reel store ls recordings --errors --from 7d
              reel store ls sqlite:replays.db --text 'checkout save' --order duration
              reel store ls postgres://app@db/reel --running --json | jq -r .id
            """)

    @Argument(help: "The store.", transform: StoreArgument.parse)
    var store: StoreArgument

    @OptionGroup
    var filter: StoreFilter

    @Option(help: "Sort by connected, duration, size, events, errors or saved; the largest or newest first.")
    var order: StoreOrder = StoreOrder(key: .connected)

    @Flag(help: "Turn the order round.")
    var reverse = false

    @Option(help: "The most recordings to list.")
    var limit = 50

    @Option(help: ArgumentHelp("Go on where a page ended.", valueName: "cursor"), transform: StoreListCommand.cursor)
    var after: RecordingCursor?

    @Flag(help: "List all.")
    var all = false

    @Flag(help: "Print a JSON object a recording.")
    var json = false

    func validate() throws {
        guard 1...RecordingQuery.longestPage ~= limit else {
            throw ValidationError("--limit is a number from 1 to \(RecordingQuery.longestPage).")
        }
    }

    private static func cursor(_ argument: String) throws -> RecordingCursor {
        guard let cursor = RecordingCursor(argument) else {
            throw ValidationError("'\(argument)' is no cursor: give what the listing before has said.")
        }
        return cursor
    }

    func run() throws {
        let query = filter.query(order: RecordingQuery.Order(order.key, ascending: reverse))
        let (after, all, json, limit) = (after, all, json, all ? 1_000 : limit)
        try StoreAccess.with(store) { store in
            let output = StandardOutput()
            var status = ExitStatus.fine
            var cursor = after
            repeat {
                let page = try await store.page(query, after: cursor, limit: limit)
                for recording in page.recordings {
                    try output.write(line: json ? recording.json.text : recording.line)
                    if recording.damage != nil { status = .inputFellShort }
                }
                try output.flush()
                cursor = page.next
            } while all && cursor != nil
            if let cursor { StandardError.say("there are more: --after \(cursor)") }
            return status
        }
    }
}

/// What listings are sorted by.
struct StoreOrder: ExpressibleByArgument {
    let key: RecordingQuery.Order.Key

    init(key: RecordingQuery.Order.Key) { self.key = key }

    init?(argument: String) {
        guard let key = RecordingQuery.Order.Key(rawValue: argument) else { return nil }
        self.key = key
    }

    var defaultValueDescription: String { key.rawValue }

    static var allValueStrings: [String] { RecordingQuery.Order.Key.allCases.map(\.rawValue) }
}

extension StoredRecording {
    fileprivate var line: String {
        let state = damage != nil ? "damaged" : isFinished ? "" : "running"
        let columns = [
            (connectedAt?.dateText ?? "-").padded(to: 24),
            "\(Moment(milliseconds: duration))".padded(to: 10, atStart: true),
            eventCount.grouped.padded(to: 7, atStart: true), errorCount.grouped.padded(to: 3, atStart: true),
            byteCount.grouped.padded(to: 10, atStart: true), state.padded(to: 7), id.text.padded(to: 22),
            view?.escaped ?? "-",
        ]
        return columns.joined(separator: "  ")
    }

    var json: JSONText {
        [
            "id": .string(id.text), "view": JSONText(view), "url": JSONText(url), "connectedAt": JSONText(connectedAt),
            "savedAt": .integer(savedAt), "finished": .boolean(isFinished), "bytes": .integer(byteCount),
            "duration": .integer(duration), "events": .integer(eventCount), "errors": .integer(errorCount),
            "kinds": JSONText(
                counts: Dictionary(summary.kinds.map { ($0.key.name, $0.value) }, uniquingKeysWith: +)),
            "names": JSONText(counts: summary.names),
            "reason": isFinished ? .string(summary.reason.description) : .null, "damage": JSONText(damage),
        ]
    }
}
