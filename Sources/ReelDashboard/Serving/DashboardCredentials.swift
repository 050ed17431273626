import FoundationEssentials
import HTTPTypes
import Hashing
import Hummingbird
import Logging
import NIOCore
import Synchronization

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
///
/// Wrong ones are logged, without what was tried, and answered late, the later the more of them there were: nobody tries many.
struct BasicAuthentication: RouterMiddleware {
    typealias Context = ServerContext

    let credentials: DashboardCredentials
    let logger: Logger
    private let failures = WrongPasswords()

    init(credentials: DashboardCredentials, logger: Logger) {
        self.credentials = credentials
        self.logger = logger
    }

    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let parts = (request.headers[.authorization] ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let given = Data(base64Encoded: parts[1].trimmed), credentials.match(Array(given))
        else {
            if !parts.isEmpty {
                let peer = context.channel.remoteAddress?.ipAddress ?? "unknown"
                let (count, delay) = failures.note(peer)
                logger.warning("wrong user or password", metadata: ["peer": "\(peer)", "count": "\(count)"])
                try await Task.sleep(for: delay)
            }
            return Response(
                status: .unauthorized, headers: [.wwwAuthenticate: "Basic realm=\"Recordings\", charset=\"UTF-8\""])
        }
        return try await next(request, context)
    }
}

/// How many wrong passwords have come from where, lately.
private final class WrongPasswords: Sendable {
    private struct Count {
        var count = 0
        var last = ContinuousClock.now
    }

    private let counts = Mutex<[String: Count]>([:])
    /// How long one is remembered.
    private static let memory = Duration.seconds(600)
    private static let most = 10_000

    /// Takes note of one. Returns how many there have been lately, and how late it is answered.
    func note(_ peer: String) -> (count: Int, delay: Duration) {
        let count = counts.withLock { counts in
            let now = ContinuousClock.now
            if counts.count >= WrongPasswords.most {
                counts = counts.filter { now - $0.value.last < WrongPasswords.memory }
            }
            if counts.count >= WrongPasswords.most { counts.removeAll() }
            var entry = counts[peer] ?? Count()
            if now - entry.last > WrongPasswords.memory { entry.count = 0 }
            entry.count += 1
            entry.last = now
            counts[peer] = entry
            return entry.count
        }
        // A quarter of a second, and twice as long each time, to five seconds.
        return (count, min(.milliseconds(250 << min(count - 1, 5)), .seconds(5)))
    }
}
