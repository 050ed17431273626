import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import Reel
import ReelStore

/// Answers requests: see ``Routes``.
struct DashboardRoutes<Context: RequestContext>: Sendable {
    let dashboard: Dashboard
    let authorization: DashboardAuthorization<Context>

    typealias Handler = @Sendable (Visit<Context>) async throws -> Response

    func add(to router: some RouterMethods<Context>) {
        get("", on: router, .page, depth: 0, list)
        get("delete", on: router, .page, depth: 1, askToDeleteListed)
        post("delete", on: router, depth: 1, deleteListed)
        get("clear", on: router, .page, depth: 1, askToClear)
        post("clear", on: router, depth: 1, clear)
        get("assets/:hash/:name", on: router, .asset, depth: 3) { visit in
            try Assets.shared.response(
                to: visit.request, hash: visit.context.parameters.get("hash") ?? "",
                name: visit.context.parameters.get("name") ?? "")
        }
        get("recordings/:id", on: router, .page, depth: 2, player)
        get("recordings/:id/delete", on: router, .page, depth: 3, askToDelete)
        post("recordings/:id/delete", on: router, depth: 3, delete)
        get("recordings/:id/bytes", on: router, .data, depth: 3, bytes)
        get("recordings/:id/live", on: router, .data, depth: 3, live)
        get("recordings/:id/page", on: router, .replay, depth: 3, page)
        get("recordings/:id/asset", on: router, .data, depth: 3, asset)
        get("recordings/:id/state", on: router, .data, depth: 3, state)
    }

    private func get(
        _ path: RouterPath, on router: some RouterMethods<Context>, _ safety: ResponseSafety, depth: Int,
        _ handler: @escaping Handler
    ) {
        router.get(path) { try await respond($0, $1, safety, depth, handler) }
        router.head(path) { try await respond($0, $1, safety, depth, handler).createHeadResponse() }
    }

    private func post(
        _ path: RouterPath, on router: some RouterMethods<Context>, depth: Int, _ handler: @escaping Handler
    ) {
        router.post(path) { try await respond($0, $1, .page, depth, handler) }
    }

    /// Answers a request, errors included. What the application's own hook throws is its answer.
    private func respond(
        _ request: Request, _ context: Context, _ safety: ResponseSafety, _ depth: Int, _ handler: Handler
    ) async throws -> Response {
        let visit = Visit(
            request: request, context: context, dashboard: dashboard, authorization: authorization, depth: depth)
        var response: Response
        do {
            response = try await handler(visit)
        } catch let error as any HTTPResponseError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch let error as HTTPParserError {
            // The server answers: the request is malformed, and nothing can follow it.
            throw error
        } catch {
            let known = DashboardError(error)
            if known == nil { context.logger.error("dashboard: \(request.uri.path): \(error)") }
            response = visit.response(
                to: known ?? DashboardError(.internalServerError, "the server's log says what went wrong"), safety)
        }
        safety.apply(to: &response)
        return response
    }
}

/// A request, and what the dashboard makes of it.
struct Visit<Context: RequestContext>: Sendable {
    let request: Request
    let context: Context
    let dashboard: Dashboard
    let authorization: DashboardAuthorization<Context>
    /// How many steps the address is below the list's.
    let depth: Int

    /// The most bytes of a form.
    private static var mostFormBytes: Int { 16 << 10 }

    var parameters: FormParameters { FormParameters(request.uri.query ?? "") }

    /// The relative address of the list.
    var root: String {
        let steps = request.uri.path.hasSuffix("/") ? depth : depth - 1
        return steps > 0 ? String(repeating: "../", count: steps) : "./"
    }

    var assets: String { "\(root)assets/\(Assets.shared.hash)" }

    func allows(_ access: DashboardAccess) async throws -> Bool {
        try await authorization.allows(access, request, context)
    }

    func require(_ access: DashboardAccess) async throws {
        guard try await allows(access) else { throw DashboardError.forbidden("you may not do this") }
    }

    /// The recording of the address. One that may not be viewed is as good as not there.
    func recording() async throws -> StoredRecording {
        let text = context.parameters.get("id") ?? ""
        guard let id = RecordingID(validating: text) else { throw DashboardError.notFound("no such recording") }
        guard let recording = try await dashboard.store.recording(id), try await allows(.view(recording)) else {
            throw DashboardError.notFound("no recording '\(id)'")
        }
        return recording
    }

    /// The number of an event in the address's query.
    func event() throws -> Int? {
        guard let text = parameters["event"] else { return nil }
        guard let event = Int(text), event >= -1 else {
            throw DashboardError.badRequest("event=\(text.shortened): expected an event's number")
        }
        return event
    }

    /// The form that was sent, which comes from a page of the dashboard.
    func form() async throws -> FormParameters {
        let bytes: ByteBuffer
        do {
            bytes = try await request.body.collect(upTo: Self.mostFormBytes)
        } catch is NIOTooManyBytesError {
            throw DashboardError(.contentTooLarge, "a form of more than \(Self.mostFormBytes) bytes")
        }
        let form = FormParameters(String(buffer: bytes))
        try dashboard.forgery.check(request, token: form[RequestForgery.field])
        return form
    }

    // MARK: Answers

    func page(_ name: String, _ values: [String: Any], status: HTTPResponse.Status = .ok) -> Response {
        html(ServerPages.page(name, values), status: status)
    }

    func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        Response(
            status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// Sends the browser to another page of the dashboard.
    func redirect(to address: String) -> Response { Response(status: .seeOther, headers: [.location: address]) }

    /// Asks whether to go on.
    func confirmation(
        _ title: String, facts: [String], button: String, action: String = "", back: String
    ) -> Response {
        let token = dashboard.forgery.token(for: request)
        var response = page(
            "confirm",
            [
                "title": title, "facts": facts, "button": button, "action": action, "back": back, "csrf": token.text,
                "assets": assets,
            ])
        response.set(token)
        return response
    }

    func response(to error: DashboardError, _ safety: ResponseSafety) -> Response {
        var response: Response
        switch safety {
        case .page, .replay:
            response = page(
                "error",
                [
                    "title": error.status.reasonPhrase, "reason": error.reason, "assets": assets, "list": root,
                ], status: error.status)
        case .asset, .data:
            response = text(error.reason + "\n")
            response.status = error.status
        }
        for field in error.headers { response.headers[field.name] = field.value }
        return response
    }
}

extension Response {
    /// Gives a visitor without one the cookie that a form's token belongs to.
    mutating func set(_ token: RequestForgery.Token) {
        if let cookie = token.cookie { setCookie(cookie) }
    }
}
