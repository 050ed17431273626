import ExternalTerm
import Foundation
import Logging
import ReelDashboard
import ReelStore
import ReelStoreConformance
import Synchronization
import SystemPackage
import Testing

@Suite("A server of its own")
struct ServerTests {
    private static let password = "correct horse battery"

    /// Runs a server on this machine and calls `body`.
    private static func with<Result: Sendable>(
        host: String = "127.0.0.1", credentials: DashboardCredentials? = nil, mayDelete: Bool = true,
        limits: ConnectionLimits = ConnectionLimits(), session: SampleSession = SampleSession("s-1"),
        _ body: @Sendable (Client) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reel-server-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try FileStore(FilePath(folder.path))
        try await store.keep(session)
        let server = try DashboardServer(
            Dashboard(store: store), host: host, port: 0, credentials: credentials, mayDelete: mayDelete, limits: limits
        )
        let (urls, ready) = AsyncStream<String>.makeStream()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run { ready.yield($0) } }
            let url = try #require(await urls.first { _ in true })
            let result = try await body(Client(port: try #require(URL(string: url)?.port)))
            group.cancelAll()
            while let outcome = await group.nextResult() {
                if case .failure(let error) = outcome, !(error is CancellationError) { throw error }
            }
            return result
        }
    }

    @Test(
        "an address that others can reach is refused without credentials",
        arguments: [
            "0.0.0.0", "::", "192.168.1.5", "example.com", "localhost.example.com", "127.0.0.1.example.com", "",
            "128.0.0.1", "127.0.0.256",
        ])
    func exposed(host: String) throws {
        let error = #expect(throws: DashboardServerError.self) {
            try DashboardServer.check(host: host, port: 1, hasCredentials: false)
        }
        #expect(error?.reason.contains("a user and a password are needed") == true)
        try DashboardServer.check(host: host, port: 1, hasCredentials: true)
    }

    @Test(
        "an address of this machine alone needs none",
        arguments: ["127.0.0.1", "127.1.2.3", "::1", "localhost", "LOCALHOST"])
    func loopback(host: String) throws {
        try DashboardServer.check(host: host, port: 0, hasCredentials: false)
        for port in [-1, 65_536] {
            #expect(throws: DashboardServerError.self) {
                try DashboardServer.check(host: host, port: port, hasCredentials: true)
            }
        }
    }

    @Test("a password that is short, or a user with a colon, is refused")
    func poor() {
        #expect(throws: DashboardServerError.self) { try DashboardCredentials(user: "ada", password: "short") }
        #expect(throws: DashboardServerError.self) { try DashboardCredentials(user: "", password: Self.password) }
        #expect(throws: DashboardServerError.self) { try DashboardCredentials(user: "a:b", password: Self.password) }
    }

    @Test("who knows the password is let in, and nobody else sees anything")
    func authentication() async throws {
        let credentials = try DashboardCredentials(user: "ada", password: Self.password)
        try await Self.with(credentials: credentials) { (client) async throws in
            func field(_ text: String) -> Client.Fields { [("Authorization", text)] }
            func basic(_ text: String) -> String { "Basic " + Data(text.utf8).base64EncodedString() }
            let right = basic("ada:\(Self.password)")
            let wrong = [
                "", "Basic", "Basic x", basic("ada:"), basic("ada:\(Self.password) "), basic("eve:\(Self.password)"),
                basic(":\(Self.password)"), basic("ada:\(Self.password.dropLast())"), "Bearer \(right)",
                right.replacing("Basic ", with: ""),
            ]
            for path in [
                "/", "/recordings/s-1", "/recordings/s-1/bytes", "/recordings/s-1/live", "/clear", "/assets/x/y",
            ] {
                for text in wrong {
                    let reply = try await client.get(path, field(text))
                    #expect(reply.status == 401, "\(path) \(text)")
                    #expect(reply.header("WWW-Authenticate")?.hasPrefix("Basic realm=") == true)
                    #expect(reply.body.isEmpty)
                }
                #expect(try await client.post(path, "csrf=x").status == 401)
            }
            #expect(try await client.get("/", field(right)).listed == ["s-1"])
            #expect(try await client.get("/", field(right.replacing("Basic", with: "basic"))).status == 200)
            // Behind a server that speaks TLS, it has another name.
            #expect(try await client.get("/", field(right) + [("Host", "reel.example")]).status == 200)
        }
    }

    @Test("without credentials only this machine's own names are answered")
    func rebinding() async throws {
        try await Self.with { (client) async throws in
            for host in [
                "evil.example", "evil.example:\(client.port)", "127.0.0.1.evil.example", "", "[::2]", "10.0.0.1",
            ] {
                #expect(try await client.get("/", [("Host", host)]).status == 421, "\(host)")
            }
            for host in ["localhost", "localhost:1", "127.0.0.1", "[::1]:\(client.port)", "LocalHost"] {
                #expect(try await client.get("/", [("Host", host)]).status == 200, "\(host)")
            }
        }
    }

    @Test("a server that may delete nothing deletes nothing")
    func readOnly() async throws {
        try await Self.with(mayDelete: false) { (client) async throws in
            #expect(try await client.get("/clear").status == 403)
            #expect(try await client.get("/").status == 200)
        }
    }

    @Test("requests that are too large, or no HTTP, are refused and do no harm")
    func limits() async throws {
        try await Self.with { (client) async throws in
            let host = "Host: localhost\r\n"
            let long = String(repeating: "x", count: 200_000)
            let many = (0..<500).map { "X-\($0): y\r\n" }.joined()
            for request in [
                "GET / HTTP/1.1\r\n\(host)X: \(long)\r\n\r\n", "GET /\(long) HTTP/1.1\r\n\(host)\r\n",
                "GET / HTTP/1.1\r\n\(host)\(many)\r\n", "no http at all\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
                "POST /clear HTTP/1.1\r\n\(host)Content-Length: -5\r\n\r\n",
            ] {
                let answer = (try? await client.raw(request)) ?? ""
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4") || answer.hasPrefix("HTTP/1.0 4"), "\(answer)")
            }
            let form = try await client.post("/clear", "csrf=" + String(repeating: "x", count: 100_000))
            #expect(form.status == 413)
            let query = (0..<1_000).map { "event=e\($0)" }.joined(separator: "&")
            #expect(try await client.get("/?\(query)").status == 200)
            #expect(try await client.get("/").listed == ["s-1"])
        }
    }

    @Test(
        "an address that is none is not found",
        arguments: [
            "/nothing", "/recordings", "/recordings/s-1/nothing", "/assets", "/../../etc/passwd", "/%2e%2e/etc/passwd",
            "/assets/x/..%2F..%2Fetc%2Fpasswd",
        ])
    func unknown(path: String) async throws {
        try await Self.with { (client) async throws in
            #expect(try await client.get(path).status == 404)
            #expect(try await client.post(path, "").status == 404)
        }
    }

    // MARK: Slow and silent visitors

    @Test("those who are silent keep nobody out", .timeLimit(.minutes(5)))
    func silent() async throws {
        var limits = ConnectionLimits()
        (limits.most, limits.mostIdle) = (24, 16)
        try await Self.with(credentials: try DashboardCredentials(user: "ada", password: Self.password), limits: limits)
        { (client) async throws in
            try await withThrowingTaskGroup(of: Void.self) { (group) async throws in
                for _ in 0..<60 { group.addTask { _ = try? await client.raw("") } }
                for _ in 0..<3 { #expect(try await client.get("/").status == 401) }
                group.cancelAll()
            }
        }
    }

    @Test(
        "a head or a body that does not come ends the connection", .timeLimit(.minutes(5)),
        arguments: [
            "", "GET / HTTP/1.1\r\nHost: 127",
            "POST /clear HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nc",
        ])
    func deadlines(sent: String) async throws {
        var limits = ConnectionLimits()
        (limits.head, limits.body, limits.idle) = (.milliseconds(200), .milliseconds(200), .milliseconds(200))
        try await Self.with(limits: limits) { (client) async throws in
            // It ends only when the server closes the connection, which may be before everything is sent.
            let answer = (try? await client.raw(sent)) ?? ""
            #expect(!answer.hasPrefix("HTTP/1.1 2"), "\(answer)")
            // A busy machine may take longer than that for a request.
            while (try? await client.get("/").status) != 200 {}
        }
    }

    @Test("a server whose task is cancelled ends, whoever is about to connect", .timeLimit(.minutes(5)))
    func cancelled() async throws {
        for _ in 0..<20 {
            let visits = try await Self.with { (client) async throws in
                (0..<40).map { _ in Task { _ = try? await client.get("/") } }
            }
            for visit in visits { await visit.value }
        }
    }

    @Test("an answer that nobody reads ends the connection", .timeLimit(.minutes(5)))
    func unread() async throws {
        var limits = ConnectionLimits()
        limits.write = .milliseconds(200)
        // Larger than what a system holds for a connection.
        let session = SampleSession("s-1", events: SampleSession.noise(24 << 20))
        try await Self.with(limits: limits, session: session) { (client) async throws in
            try await client.stalled("/recordings/s-1/bytes")
            #expect(try await client.get("/").status == 200)
        }
    }

    @Test("trailers without an end are refused", .timeLimit(.minutes(5)))
    func trailers() async throws {
        try await Self.with { (client) async throws in
            let many = (0..<2_000).map { "X-\($0): y\r\n" }.joined()
            let answer = try await client.raw(
                "POST /clear HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\n\(many)\r\n"
            )
            #expect(answer.hasPrefix("HTTP/1.1 400"), "\(answer.prefix(200))")
        }
    }

    @Test("wrong passwords are logged, without what was tried")
    func wrongPasswords() async throws {
        let log = CapturedLog()
        let folder = FileManager.default.temporaryDirectory.appending(path: "reel-server-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let server = try DashboardServer(
            Dashboard(store: try FileStore(FilePath(folder.path))), port: 0,
            credentials: try DashboardCredentials(user: "ada", password: Self.password), logger: log.logger)
        let (urls, ready) = AsyncStream<String>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { (group) async throws in
            group.addTask { try await server.run { ready.yield($0) } }
            let url = try #require(await urls.first { _ in true })
            let client = Client(port: try #require(URL(string: url)?.port))
            let wrong = Data("ada:not the right one".utf8).base64EncodedString()
            for _ in 0..<2 {
                #expect(try await client.get("/", [("Authorization", "Basic \(wrong)")]).status == 401)
            }
            #expect(try await client.get("/").status == 401)
            group.cancelAll()
            while await group.nextResult() != nil {}
        }
        #expect(log.lines.count(where: { $0.contains("wrong user or password") }) == 2)
        #expect(
            !log.lines.contains {
                $0.contains("not the right one") || $0.contains(Data("ada:".utf8).base64EncodedString())
            })
    }
}

/// What a server logs.
private final class CapturedLog: Sendable {
    private let state = Mutex<[String]>([])

    var lines: [String] { state.withLock { $0 } }

    var logger: Logger { Logger(label: "test", factory: { _ in Handler(log: self) }) }

    private struct Handler: LogHandler {
        let log: CapturedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.state.withLock { $0.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
        }
    }
}
