import HTTPTypes
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import ServiceLifecycle
import SystemPackage
import UnixSignals

/// A dashboard as a server of its own, as `reel serve` runs it.
///
/// ```swift
/// let server = try DashboardServer(Dashboard(store: store), port: 4040)
/// try await server.run { url in print(url) }
/// ```
public struct DashboardServer: Sendable {
    /// The address that it listens at.
    public let host: String
    /// The port, or 0 for any that is free.
    public let port: Int

    private let dashboard: Dashboard
    private let credentials: DashboardCredentials?
    private let mayDelete: Bool
    private let logger: Logger

    private let limits: ConnectionLimits

    /// How long requests may take to end when the server shuts down.
    public static let graceTime = Duration.seconds(5)

    /// Creates a server.
    ///
    /// - Parameters:
    ///   - host: the address to listen at, or `localhost`. Beyond the machine itself, credentials are needed.
    ///   - credentials: who is let in; nil lets in everybody on this machine.
    ///   - mayDelete: whether recordings may be deleted.
    ///   - limits: what connections may take.
    /// - Throws: ``DashboardServerError`` when it would let in everybody.
    public init(
        _ dashboard: Dashboard, host: String = "127.0.0.1", port: Int = 4040, credentials: DashboardCredentials? = nil,
        mayDelete: Bool = true, limits: ConnectionLimits = ConnectionLimits(),
        logger: Logger = Logger(label: "reel.dashboard")
    ) throws(DashboardServerError) {
        try DashboardServer.check(host: host, port: port, hasCredentials: credentials != nil)
        self.limits = limits
        self.dashboard = dashboard
        self.host = host
        self.port = port
        self.credentials = credentials
        self.mayDelete = mayDelete
        self.logger = logger
    }

    /// Checks what a server is to be created with, before its dashboard is there.
    ///
    /// - Throws: ``DashboardServerError`` when it would let in everybody.
    public static func check(host: String, port: Int, hasCredentials: Bool) throws(DashboardServerError) {
        guard hasCredentials || Loopback.isLoopback(host) else {
            throw DashboardServerError(
                reason: "'\(host)' can be reached from other machines: a user and a password are needed")
        }
        guard 0...65_535 ~= port else { throw DashboardServerError(reason: "there is no port \(port)") }
    }

    /// Serves until it is told to stop: by SIGINT, SIGTERM, or its task's cancellation. Answers that have begun have until the end of
    /// the grace time.
    ///
    /// - Parameter ready: called with the dashboard's URL when it can be reached.
    public func run(ready: @escaping @Sendable (String) -> Void = { _ in }) async throws {
        let table = ConnectionTable(limits)
        let router = Router(context: ServerContext.self)
        router.add(middleware: EndsWithConnection(table: table))
        if let credentials {
            router.add(middleware: BasicAuthentication(credentials: credentials, logger: logger))
        } else {
            router.add(middleware: LoopbackHost())
        }
        dashboard.addRoutes(to: router, authorization: mayDelete ? .everything : .viewing)
        let host = host
        let application = Application(
            router: router,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionDeadlines(table)], idleTimeout: TimeAmount(limits.idle),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100))),
            configuration: .init(
                address: .hostname(host, port: port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.most)),
            onServerRunning: { channel in
                let name = host.contains(":") ? "[\(host)]" : host
                ready("http://\(name):\(channel.localAddress?.port ?? 0)/")
            },
            logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: [application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.graceTime
        let group = ServiceGroup(configuration: configuration)
        do {
            // NIO traps when a task is cancelled for which accepted connections wait: whoever cancels this one ends the server as a
            // signal does.
            let serving = Task { try await group.run() }
            try await withTaskCancellationHandler {
                try await serving.value
            } onCancel: {
                Task { await group.triggerGracefulShutdown() }
            }
        } catch let error as IOError {
            let reason =
                switch Errno(rawValue: error.errnoCode) {
                case .addressInUse: "the port is taken by another program"
                case .permissionDenied: "this user may not listen at the port"
                case .addressNotAvailable: "this machine has no such address"
                case let code: "cannot be listened at: \(code)"
                }
            throw DashboardServerError(reason: "\(host):\(port): \(reason)")
        }
    }
}

/// Why a dashboard is not served.
public struct DashboardServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, in words.
    public var reason: String

    public var description: String { reason }
}
