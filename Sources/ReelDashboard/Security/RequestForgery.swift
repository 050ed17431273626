import FoundationEssentials
import HTTPTypes
import Hashing
import Hummingbird

/// Protects what changes something from being sent by another site's page.
///
/// A form carries a token that belongs to the visitor's cookie and to this dashboard's secret. Browsers that say where a request
/// comes from are believed as well.
struct RequestForgery: Sendable {
    static let cookie = "reel_visitor"
    static let field = "csrf"

    private let key: AuthenticationKey

    init(secret: [UInt8]?) {
        key = secret.map(AuthenticationKey.init(secret:)) ?? AuthenticationKey()
    }

    /// What a page needs to send forms.
    struct Token {
        var text: String
        /// The cookie to be set, of a visitor without one.
        var cookie: Cookie?
    }

    /// A token for the visitor.
    func token(for request: Request) -> Token {
        if let visitor = visitor(of: request) { return Token(text: text(for: visitor), cookie: nil) }
        let visitor = Data((0..<16).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString()
        // Behind a server that speaks TLS, the browser keeps it from being sent without.
        let isSecure = HTTPField.Name("X-Forwarded-Proto").flatMap { request.headers[$0] } == "https"
        let cookie = Cookie(
            name: RequestForgery.cookie, value: visitor, path: "/", secure: isSecure, httpOnly: true, sameSite: .strict)
        return Token(text: text(for: visitor), cookie: cookie)
    }

    /// Checks that a request comes from a page of the dashboard.
    func check(_ request: Request, token: String?) throws(DashboardError) {
        if let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ request.headers[$0] }) {
            guard site == "same-origin" || site == "none" else { throw RequestForgery.foreign }
        } else if let origin = request.headers[.origin], let host = request.head.authority {
            guard origin.hasSuffix("://" + host) else { throw RequestForgery.foreign }
        }
        guard let visitor = visitor(of: request), let token, let code = Data(base64Encoded: token),
            key.isValid(Array(code), for: Array(visitor.utf8))
        else { throw .forbidden("this form has grown old: go back, load its page again and send it again") }
    }

    private static let foreign = DashboardError.forbidden("this request comes from another site")

    private func visitor(of request: Request) -> String? {
        guard let visitor = request.cookies[RequestForgery.cookie]?.value, visitor.utf8.count == 24,
            Data(base64Encoded: visitor)?.count == 16
        else { return nil }
        return visitor
    }

    private func text(for visitor: String) -> String {
        Data(key.code(for: Array(visitor.utf8))).base64EncodedString()
    }
}
