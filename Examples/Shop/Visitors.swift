import ExternalTerm
import Hummingbird
import HummingbirdCore
import NIOCore
import Reel
import ReelDashboard
import ReelRecorder

/// The shop's visitors, each with a cart, and a session that is recorded.
actor Visitors {
    private struct Visitor {
        var cart = Cart()
        var session: Session
        var lastSeen = ContinuousClock.now
    }

    private static let view = "Shop.CartLive"
    private static let cookie = "visitor"
    /// After how long without a request a visitor has gone.
    private static let idleTime = Duration.seconds(600)
    private static let mostVisitors = 10_000

    private let recorder: Recorder
    private let templates: PageTemplates
    private var visitors: [String: Visitor] = [:]

    init(recorder: Recorder, templates: PageTemplates) {
        self.recorder = recorder
        self.templates = templates
    }

    /// The page as the visitor has it. A new one's session starts here.
    func page(for request: Request) throws -> Response {
        let search = request.uri.queryParameters["q"].map(String.init)
        let id = request.cookies[Visitors.cookie]?.value ?? ""
        if let visitor = visitors[id] {
            // Going to another address of the view is an event of its own.
            if let search, search != visitor.cart.search {
                visitor.session.params(["q": search], url: request.uri.description)
                try update(id) { $0.find(search) }
            }
            return try response(for: id)
        }
        return try welcome(request, search: search)
    }

    /// Does what a form asks for, and shows the page again.
    func event(_ name: String, of request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 16 << 10)
        let id = request.cookies[Visitors.cookie]?.value ?? ""
        guard let visitor = visitors[id] else { return Visitors.redirect }
        let params = Visitors.params(String(buffer: body))
        // What is recorded has gone through the sanitizer: of a password, no more than that there was one.
        visitor.session.event(name, params: params)
        var isKnown = false
        try update(id) { isKnown = $0.handle(name, params) }
        guard isKnown else { throw HTTPError(.notFound) }
        if visitors[id]?.cart.order != nil { visitors[id]?.session.close() }
        return Visitors.redirect
    }

    private func welcome(_ request: Request, search: String?) throws -> Response {
        let now = ContinuousClock.now
        visitors = visitors.filter { now - $0.value.lastSeen < Visitors.idleTime && $0.value.cart.order == nil }
        guard visitors.count < Visitors.mostVisitors else { throw HTTPError(.serviceUnavailable) }
        var cart = Cart()
        if let search { cart.find(search) }
        let id = String((0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined())
        let session = recorder.session(
            view: Visitors.view, url: request.uri.description, params: search.map { ["q": $0] } ?? [:],
            session: ["user_agent": request.headers[.userAgent] ?? ""], assigns: cart)
        visitors[id] = Visitor(cart: cart, session: session)
        var response = try response(for: id)
        response.setCookie(Cookie(name: Visitors.cookie, value: id, path: "/", httpOnly: true, sameSite: .strict))
        return response
    }

    /// Changes a cart, and records what its page is made of from then on.
    private func update(_ id: String, _ change: (inout Cart) -> Void) throws {
        guard var visitor = visitors[id] else { return }
        change(&visitor.cart)
        visitor.lastSeen = .now
        visitor.session.render(assigns: visitor.cart)
        visitors[id] = visitor
    }

    private func response(for id: String) throws -> Response {
        guard let visitor = visitors[id] else { return Visitors.redirect }
        if visitor.cart.order != nil { visitors[id] = nil }
        // The page is made as the dashboard makes it: of a state of terms.
        let assigns = try TermEncoder().encode(visitor.cart).map ?? [:]
        let page = try templates.page(of: Visitors.view, state: State(assigns: assigns)) ?? ""
        return Response(
            status: .ok, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: page)))
    }

    private static var redirect: Response { Response(status: .seeOther, headers: [.location: "/"]) }

    /// The fields of a form.
    private static func params(_ form: String) -> [String: String] {
        let pairs = URI("/?" + form.replacing("+", with: "%20")).queryParameters
        var params: [String: String] = [:]
        for (name, value) in pairs.prefix(50) { params[String(name)] = String(value) }
        return params
    }
}
