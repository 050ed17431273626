import FoundationEssentials
import HTTPTypes
import Hashing
import Hummingbird

/// A user and a password that a dashboard's server lets in.
public struct DashboardCredentials: Sendable {
    /// The fewest characters of a password.
    public static let shortestPassword = 12

    private let key = AuthenticationKey()
    private let code: [UInt8]

    /// Creates credentials.
    ///
    /// - Throws: ``DashboardServerError`` when the password is too short to be one, or the user has a colon in it.
    public init(user: String, password: String) throws(DashboardServerError) {
        guard !user.isEmpty, !user.contains(":") else {
            throw DashboardServerError(reason: "a user's name is not empty, and has no colon in it")
        }
        guard password.count >= DashboardCredentials.shortestPassword else {
            throw DashboardServerError(
                reason: "a password has \(DashboardCredentials.shortestPassword) characters or more")
        }
        code = key.code(for: Array("\(user):\(password)".utf8))
    }

    /// Whether these are the credentials, in a time that does not depend on how much of them is right.
    func match(_ credentials: [UInt8]) -> Bool {
        key.isValid(code, for: credentials)
    }
}

/// Lets in who knows the user and the password. Implements RFC 7617.
struct BasicAuthentication<Context: RequestContext>: RouterMiddleware {
    let credentials: DashboardCredentials

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let parts = (request.headers[.authorization] ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let given = Data(base64Encoded: parts[1].trimmed), credentials.match(Array(given))
        else {
            return Response(
                status: .unauthorized, headers: [.wwwAuthenticate: "Basic realm=\"Recordings\", charset=\"UTF-8\""])
        }
        return try await next(request, context)
    }
}
