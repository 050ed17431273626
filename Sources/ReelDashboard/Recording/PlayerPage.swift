import ExternalTerm
import Reel
import ReelJSON
import ReelStore

/// The page of a recording: what there is to know of it, its first events, and what the player needs.
struct PlayerPage: Sendable {
    var recording: StoredRecording
    /// The visitor's device, when the recording says it.
    var device: String?
    /// The events to be seen without JavaScript.
    var events: [Row] = []
    /// Why there are no more of them, when reading failed.
    var problem: String?
    /// The event to start at.
    var event: Int?
    var csrf: String
    var mayDelete: Bool
    /// The file that holds the view's template, or would hold it.
    var templateFile: String?
    var hasTemplate: Bool
    /// Whether there is a folder of assets.
    var hasAssetFolder: Bool

    /// An event of the list.
    struct Row: Sendable {
        var index: Int
        var offset: Int
        var kind: String
        var label: String
    }

    /// How many events are listed, around the one that is asked for.
    static let eventCount = 100

    /// Reads what the page shows of a recording: events from `first` on.
    mutating func read(_ content: any RandomAccessBytes, from first: Int, limits: ReaderLimits) {
        do throws(ReelError) {
            let file = try RecordingFile(content, limits: limits)
            device = Device.name(try file.header)
            try file.forEachEvent(from: first) { event in
                events.append(Row(event))
                return events.count < PlayerPage.eventCount
            }
        } catch {
            problem = "\(error)"
        }
    }

    /// The values of `player.mustache`.
    func values(assets: String) -> [String: Any] {
        let id = recording.id.text
        let first = events.first?.index ?? 0
        var values: [String: Any] = [
            "assets": assets, "id": id, "view": recording.view ?? "(no view)", "facts": facts,
            "duration": Shown.duration(recording.duration), "eventCount": Shown.count(recording.eventCount),
            "errorCount": Shown.count(recording.errorCount), "hasErrors": recording.errorCount > 0,
            "gapCount": Shown.count(gapCount), "hasGaps": gapCount > 0,
            "size": Shown.bytes(recording.byteCount), "isRunning": !recording.isFinished && recording.damage == nil,
            "mayDelete": mayDelete, "hasTemplate": hasTemplate,
            "events": events.map { row -> [String: Any] in
                [
                    "index": row.index, "time": Shown.duration(row.offset), "kind": row.kind, "label": row.label,
                    "isAt": row.index == event, "id": id,
                ]
            },
        ]
        values["url"] = recording.url
        values["event"] = event
        values["device"] = device
        values["damage"] = recording.damage ?? problem
        values["templateFile"] = templateFile
        if let connectedAt = recording.connectedAt {
            values["connected"] = Shown.date(connectedAt)
            values["timestamp"] = Shown.timestamp(connectedAt)
        }
        if first > 0 { values["before"] = "\(id)?event=\(max(first - PlayerPage.eventCount, 0))" }
        if let last = events.last, last.index + 1 < recording.eventCount {
            values["after"] = "\(id)?event=\(last.index + 1)"
        }
        return values
    }

    /// How many places there are where events are missing.
    private var gapCount: Int { recording.summary.kinds[Gap.kind] ?? 0 }

    /// What the player needs to know, as JSON: see ``Routes``.
    private var facts: String {
        let id = recording.id.text
        func text(_ value: String?) -> Term { value.map { .string($0) } ?? .atom(.nil) }
        func number(_ value: Int?) -> Term { value.map { .integer($0) } ?? .atom(.nil) }
        var links: TermMap = [
            "list": "../", "bytes": .string("\(id)/bytes"), "live": .string("\(id)/live"),
            "page": .string("\(id)/page"), "state": .string("\(id)/state"), "delete": .string("\(id)/delete"),
        ]
        if hasAssetFolder || recording.summary.kinds[PageAsset.kind] != nil {
            links[atom: "asset"] = .string("\(id)/asset")
        }
        let facts: TermMap = [
            "id": .string(id), "view": text(recording.view), "url": text(recording.url),
            "connectedAt": number(recording.connectedAt), "duration": .integer(recording.duration),
            "byteCount": .integer(recording.byteCount), "eventCount": .integer(recording.eventCount),
            "errorCount": .integer(recording.errorCount), "isFinished": .boolean(recording.isFinished),
            "damage": text(recording.damage), "event": number(event), "links": .map(links), "csrf": .string(csrf),
            "mayDelete": .boolean(mayDelete),
            "template": .map(["file": text(templateFile), "isThere": .boolean(hasTemplate)]),
        ]
        return Term.map(facts).json(style: JSONStyle(isHTMLSafe: true))
    }
}

extension PlayerPage.Row {
    init(_ event: Event) {
        let label = event.label
        self.init(
            index: event.index, offset: event.offset, kind: event.kind.name,
            label: label.count > 200 ? label.prefix(200) + "…" : label)
    }
}
