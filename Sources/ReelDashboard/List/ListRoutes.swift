import HTTPTypes
import Hummingbird
import Reel
import ReelStore

/// The list, and what deletes what it shows.
extension DashboardRoutes {
    /// The most pages of the store that are read to fill a page of the list with what the visitor may see.
    private static var mostPagesRead: Int { 20 }
    /// The most recordings that are counted before somebody is asked whether to delete them.
    private static var mostCounted: Int { 100_000 }
    /// How many are deleted at a time.
    private static var deletedAtOnce: Int { 500 }

    @Sendable func list(_ visit: Visit<Context>) async throws -> Response {
        try await visit.require(.list)
        // Relative links need the address to end with a slash.
        guard visit.request.uri.path.hasSuffix("/") else {
            let name = visit.request.uri.path.split(separator: "/").last ?? ""
            return visit.redirect(to: "\(name)/" + (visit.request.uri.query.map { "?\($0)" } ?? ""))
        }
        let filter: ListFilter
        do throws(DashboardError) {
            filter = try ListFilter(visit.parameters)
        } catch {
            let page = ListPage(filter: ListFilter(unread: visit.parameters), problem: error.reason)
            return visit.page("list", page.values(assets: visit.assets), status: error.status)
        }
        var page = ListPage(filter: filter)
        var query = filter.query
        if query.isFinished == nil {
            if filter.cursor == nil {
                var running = query
                running.isFinished = false
                let (recordings, next) = try await visible(running, after: nil, limit: filter.limit, visit)
                page.running = try await rows(recordings, visit)
                page.hasMoreRunning = next != nil
            }
            query.isFinished = true
        }
        let (recordings, next) = try await visible(query, after: filter.cursor, limit: filter.limit, visit)
        page.rows = try await rows(recordings, visit)
        page.next = next
        page.mayClear = try await visit.allows(.clear)
        return visit.page("list", page.values(assets: visit.assets))
    }

    /// A page of the recordings that the visitor may view.
    private func visible(
        _ query: RecordingQuery, after cursor: RecordingCursor?, limit: Int, _ visit: Visit<Context>
    ) async throws -> ([StoredRecording], RecordingCursor?) {
        var recordings: [StoredRecording] = []
        var cursor = cursor
        for _ in 0..<Self.mostPagesRead {
            let page = try await dashboard.store.page(query, after: cursor, limit: limit)
            for recording in page.recordings where try await visit.allows(.view(recording)) {
                recordings.append(recording)
                if recordings.count == limit {
                    let isLast = page.next == nil && recording.id == page.recordings.last?.id
                    return (recordings, isLast ? nil : RecordingCursor(after: recording, in: query.order))
                }
            }
            cursor = page.next
            if cursor == nil { break }
        }
        return (recordings, cursor)
    }

    private func rows(_ recordings: [StoredRecording], _ visit: Visit<Context>) async throws -> [ListPage.Row] {
        let devices = await dashboard.devices.names(of: recordings, in: dashboard.store)
        var rows: [ListPage.Row] = []
        for (recording, device) in zip(recordings, devices) {
            rows.append(
                ListPage.Row(
                    recording: recording, device: device, mayDelete: try await visit.allows(.delete(recording))))
        }
        return rows
    }

    // MARK: Deleting what is listed

    @Sendable func askToDeleteListed(_ visit: Visit<Context>) async throws -> Response {
        try await visit.require(.list)
        var filter = try ListFilter(visit.parameters)
        guard filter.isFiltering else {
            throw DashboardError.badRequest("a filter is missing: to delete everything, there is a page of its own")
        }
        // What is saved while somebody thinks about it stays.
        filter = try ListFilter(filter.saved(upTo: WallClock.now))
        var count = 0
        var runningCount = 0
        try await forEachDeletable(filter.query, visit) { recordings in
            count += recordings.count
            runningCount += recordings.count { !$0.isFinished }
            return count < Self.mostCounted
        }
        guard count > 0 else { throw DashboardError.notFound("nothing that you may delete matches") }
        var facts = [
            "\(Shown.count(count))\(count < Self.mostCounted ? "" : " or more") \(count == 1 ? "recording" : "recordings") will be gone for ever."
        ]
        if runningCount > 0 {
            facts.append("\(Shown.count(runningCount)) of them without an end: sessions that may be running.")
        }
        facts += filter.conditions.map(\.words)
        return visit.confirmation(
            "Delete what the filter finds?", facts: facts, button: "Delete", action: "?" + filter.filterQuery,
            back: visit.root + filter.link(["saved_to": nil]))
    }

    @Sendable func deleteListed(_ visit: Visit<Context>) async throws -> Response {
        _ = try await visit.form()
        try await visit.require(.list)
        let filter = try ListFilter(visit.parameters)
        guard filter.isFiltering else { throw DashboardError.badRequest("a filter is missing") }
        try await forEachDeletable(filter.query, visit) { recordings in
            try await dashboard.store.delete(recordings.map(\.id), keepingUnfinished: false)
            return true
        }
        return visit.redirect(to: visit.root)
    }

    /// The recordings that match, and that the visitor may view and delete, some at a time, until `body` returns false.
    private func forEachDeletable(
        _ query: RecordingQuery, _ visit: Visit<Context>, _ body: ([StoredRecording]) async throws -> Bool
    ) async throws {
        var cursor: RecordingCursor?
        repeat {
            let page = try await dashboard.store.page(query, after: cursor, limit: Self.deletedAtOnce)
            var recordings: [StoredRecording] = []
            for recording in page.recordings {
                guard try await visit.allows(.view(recording)), try await visit.allows(.delete(recording)) else {
                    continue
                }
                recordings.append(recording)
            }
            if !recordings.isEmpty, !(try await body(recordings)) { return }
            cursor = page.next
        } while cursor != nil
    }

    @Sendable func askToClear(_ visit: Visit<Context>) async throws -> Response {
        try await visit.require(.clear)
        return visit.confirmation(
            "Delete all recordings?",
            facts: ["Every recording of the store will be gone for ever, those of running sessions included."],
            button: "Delete all", back: visit.root)
    }

    @Sendable func clear(_ visit: Visit<Context>) async throws -> Response {
        _ = try await visit.form()
        try await visit.require(.clear)
        try await dashboard.store.clear()
        return visit.redirect(to: visit.root)
    }
}

extension ListFilter {
    /// The filter, of what was saved up to some time only.
    fileprivate func saved(upTo time: Int) -> FormParameters {
        var parameters = parameters
        if parameters["saved_to"] == nil { parameters["saved_to"] = String(time) }
        return parameters
    }
}
