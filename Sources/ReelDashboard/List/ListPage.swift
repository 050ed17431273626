import Reel
import ReelStore

/// The list of recordings as its template sees it.
struct ListPage {
    var filter: ListFilter
    /// Those without an end, on the first page of a list that may have both.
    var running: [Row] = []
    var rows: [Row] = []
    /// Whether there are more without an end than are shown.
    var hasMoreRunning = false
    var next: RecordingCursor?
    var mayClear = false
    /// What is wrong with the filter.
    var problem: String?

    /// A recording of the list.
    struct Row {
        var recording: StoredRecording
        var device: String?
        var mayDelete: Bool
    }

    /// How long a recording that has no end and does not grow counts as running.
    private static let liveness = 120_000

    /// The values of `list.mustache`.
    func values(assets: String) -> [String: Any] {
        let now = WallClock.now
        let hasDevices = (running + rows).contains { $0.device != nil }
        var values: [String: Any] = [
            "assets": assets, "columns": columns(hasDevices: hasDevices), "isFiltering": filter.isFiltering,
            "running": running.map { $0.values(now: now, liveness: ListPage.liveness, hasDevices: hasDevices) },
            "rows": rows.map { $0.values(now: now, liveness: ListPage.liveness, hasDevices: hasDevices) },
            "isEmpty": running.isEmpty && rows.isEmpty && problem == nil,
            "mayClear": mayClear && (filter.isFiltering || !running.isEmpty || !rows.isEmpty),
            "mayDeleteListed": filter.isFiltering && (running + rows).contains { $0.mayDelete },
            "hasDevices": hasDevices, "filterQuery": filter.filterQuery, "isFirst": filter.cursor == nil,
            "hasRunning": !running.isEmpty, "hasRows": !running.isEmpty || !rows.isEmpty,
        ]
        let conditions = filter.conditions
        values["hasConditions"] = !conditions.isEmpty
        values["conditions"] = conditions.map { ["words": $0.words, "link": $0.link] }
        values["problem"] = problem
        if let next { values["next"] = filter.link(["after": next.description]) }
        values["first"] = filter.link(["after": nil])
        if hasMoreRunning { values["allRunning"] = filter.link(["status": "running", "after": nil]) }
        for name in ListFilter.names where name != "event" { values["f_\(name)"] = filter.parameters[name] ?? "" }
        values["f_events"] = filter.parameters.all("event")
        for status in ["running", "finished"] { values["is_\(status)"] = filter.parameters["status"] == status }
        values["order"] = filter.query.order.key.rawValue
        values["reverse"] = filter.query.order.isAscending
        return values
    }

    private func columns(hasDevices: Bool) -> [[String: Any]] {
        let columns: [(label: String, key: RecordingQuery.Order.Key?, isNumber: Bool)] = [
            ("View", nil, false), ("Address", nil, false), ("Started (UTC)", .connected, false),
            ("Length", .duration, true), ("Events", .events, true), ("Errors", .errors, true), ("Size", .size, true),
        ]
        var values = columns.map { column -> [String: Any] in
            var value: [String: Any] = ["label": column.label, "isNumber": column.isNumber]
            guard let key = column.key else { return value }
            let order = filter.query.order
            let isSorted = order.key == key
            value["link"] = filter.link([
                "order": key.rawValue, "reverse": isSorted && !order.isAscending ? "1" : nil, "after": nil,
            ])
            if isSorted { value["sorted"] = order.isAscending ? "ascending" : "descending" }
            return value
        }
        if hasDevices { values.insert(["label": "Device", "isNumber": false], at: 2) }
        return values
    }
}

extension ListPage.Row {
    fileprivate func values(now: Int, liveness: Int, hasDevices: Bool) -> [String: Any] {
        var values: [String: Any] = [
            "id": recording.id.text, "view": recording.view ?? "(no view)",
            "duration": Shown.duration(recording.duration),
            "events": Shown.count(recording.eventCount), "errors": Shown.count(recording.errorCount),
            "hasErrors": recording.errorCount > 0, "size": Shown.bytes(recording.byteCount), "mayDelete": mayDelete,
            "hasDevices": hasDevices, "saved": Shown.date(recording.savedAt),
        ]
        values["url"] = recording.url
        values["device"] = device
        if let connectedAt = recording.connectedAt {
            values["connected"] = Shown.date(connectedAt)
            values["timestamp"] = Shown.timestamp(connectedAt)
        }
        if let damage = recording.damage {
            values["damage"] = damage
        } else if !recording.isFinished {
            // A session that was cut off has no end either.
            values[now - recording.savedAt <= liveness ? "isLive" : "isOpen"] = true
        } else if recording.summary.reason == .interrupted {
            values["isInterrupted"] = true
        }
        return values
    }
}
