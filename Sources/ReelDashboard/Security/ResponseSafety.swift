import HTTPTypes
import Hummingbird

/// What browsers may do with an answer.
enum ResponseSafety {
    /// A page of the dashboard: nothing from elsewhere, no script or style but its files.
    case page
    /// A replayed page: no script, no network, an origin of its own; styles as templates have them.
    case replay
    /// The dashboard's own files, which may be workers: they do what its pages may.
    case asset
    /// Data.
    case data

    private static let common: HTTPFields = [
        .xContentTypeOptions: "nosniff", .crossOriginResourcePolicy: "same-origin",
    ]

    private var contentSecurityPolicy: String {
        switch self {
        case .page, .asset:
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src data:; connect-src 'self';"
                + " frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        case .replay:
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none';"
                + " base-uri 'none'; frame-ancestors 'self'"
        case .data: "sandbox; default-src 'none'; frame-ancestors 'none'"
        }
    }

    /// Adds the headers to an answer; those that are there stay.
    func apply(to response: inout Response) {
        func set(_ name: HTTPField.Name?, _ value: String) {
            guard let name, response.headers[name] == nil else { return }
            response.headers[name] = value
        }
        for field in ResponseSafety.common { set(field.name, field.value) }
        set(.contentSecurityPolicy, contentSecurityPolicy)
        set(.cacheControl, "no-store")
        set(HTTPField.Name("Referrer-Policy"), "same-origin")
        set(HTTPField.Name("Cross-Origin-Opener-Policy"), "same-origin")
        set(HTTPField.Name("X-Frame-Options"), self == .replay ? "SAMEORIGIN" : "DENY")
    }
}
