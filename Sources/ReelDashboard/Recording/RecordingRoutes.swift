import HTTPTypes
import Hummingbird
import NIOCore
import Reel
import ReelStore
import ServiceLifecycle

/// A recording's pages.
extension DashboardRoutes {
    @Sendable func player(_ visit: Visit<Context>) async throws -> Response {
        let recording = try await visit.recording()
        let event = try visit.event()
        let token = dashboard.forgery.token(for: visit.request)
        let view = recording.view ?? ""
        var page = PlayerPage(
            recording: recording, event: event, csrf: token.text, mayDelete: try await visit.allows(.delete(recording)),
            templateFile: PageTemplates.fileName(of: view), hasTemplate: dashboard.templates.hasPage(of: view),
            hasAssetFolder: dashboard.assets != nil)
        let content = try await dashboard.store.open(recording.id)
        let limits = dashboard.configuration.limits
        let first = max((event ?? 0) - PlayerPage.eventCount / 2, 0)
        page = try await dashboard.reading.run { [page] permit in
            var page = page
            page.read(PermittedContent(content: content, permit: permit), from: first, limits: limits)
            return page
        }
        var response = visit.page("player", page.values(assets: visit.assets))
        response.set(token)
        return response
    }

    @Sendable func bytes(_ visit: Visit<Context>) async throws -> Response {
        let recording = try await visit.recording()
        return BytesResponse(content: try await dashboard.store.open(recording.id), id: recording.id)
            .response(to: visit.request, isDownload: visit.request.uri.query == "download")
    }

    @Sendable func page(_ visit: Visit<Context>) async throws -> Response {
        let templates = dashboard.templates
        return visit.html(try await replayed(visit) { try $0.html(templates) })
    }

    @Sendable func state(_ visit: Visit<Context>) async throws -> Response {
        let mapping = visit.parameters["mapping"] ?? "elixir"
        let (type, text) = try await replayed(visit) { try $0.text(mapping) }
        return visit.text(text, type: type)
    }

    @Sendable func asset(_ visit: Visit<Context>) async throws -> Response {
        let recording = try await visit.recording()
        guard let address = visit.parameters["address"] else { throw DashboardError.badRequest("address=A is missing") }
        let content = try await dashboard.store.open(recording.id)
        let (limits, folder) = (dashboard.configuration.limits, dashboard.assets)
        let text = try await dashboard.reading.run { permit in
            try RecordingFile(PermittedContent(content: content, permit: permit), limits: limits)
                .pageAssets(folder: folder).asset(at: address)?.shownText
        }
        return text.map { visit.text($0) } ?? Response(status: .noContent)
    }

    private func replayed<Result: Sendable>(
        _ visit: Visit<Context>, _ body: @escaping @Sendable (ReplayedPage) throws -> Result
    ) async throws -> Result {
        let recording = try await visit.recording()
        guard let event = try visit.event() else { throw DashboardError.badRequest("event=N is missing") }
        let content = try await dashboard.store.open(recording.id)
        let limits = dashboard.configuration.limits
        return try await dashboard.reading.run { permit in
            let page = try ReplayedPage(
                PermittedContent(content: content, permit: permit), after: event, limits: limits)
            try permit.check()
            return try body(page)
        }
    }

    @Sendable func live(_ visit: Visit<Context>) async throws -> Response {
        let recording = try await visit.recording()
        let states = try await dashboard.live.states(of: recording.id)
        let request = visit.request
        let headers: HTTPFields = [.contentType: "text/event-stream; charset=utf-8"]
        guard request.method == .get else { return Response(status: .ok, headers: headers) }
        let body = ResponseBody { writer in
            // A browser that closes the page ends the stream, and so does a server that shuts down.
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                var last: LiveState?
                for await state in states.cancelOnGracefulShutdown() {
                    try await writer.write(ByteBuffer(string: state == last ? ":\n\n" : state.event))
                    last = state
                    if state.isLast { break }
                }
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    @Sendable func askToDelete(_ visit: Visit<Context>) async throws -> Response {
        let recording = try await visit.recording()
        try await visit.require(.delete(recording))
        var facts = [recording.view ?? "(no view)", recording.id.text]
        if let connectedAt = recording.connectedAt { facts.append(Shown.date(connectedAt)) }
        facts.append("\(Shown.count(recording.eventCount)) events will be gone for ever.")
        if !recording.isFinished { facts.append("It has no end: its session may be running.") }
        return visit.confirmation(
            "Delete this recording?", facts: facts, button: "Delete", back: "../\(recording.id)")
    }

    @Sendable func delete(_ visit: Visit<Context>) async throws -> Response {
        _ = try await visit.form()
        let recording = try await visit.recording()
        try await visit.require(.delete(recording))
        try await dashboard.store.delete(recording.id)
        return visit.redirect(to: visit.root)
    }
}
