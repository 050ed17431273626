import HTTPTypes
import Hummingbird

/// What names this machine to itself.
enum Loopback {
    /// Whether nobody but this machine can reach an address. A name other than `localhost` may mean anything.
    static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// Answers only requests that were meant for this machine by name.
///
/// Without credentials, another site could otherwise point its own name at 127.0.0.1 and read what is here through its visitors'
/// browsers.
struct LoopbackHost<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let host = request.head.authority.map(Self.name), Loopback.isLoopback(host) else {
            return Response(status: .misdirectedRequest)
        }
        return try await next(request, context)
    }

    /// The host of `host:port`.
    private static func name(_ authority: String) -> String {
        if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }
}
