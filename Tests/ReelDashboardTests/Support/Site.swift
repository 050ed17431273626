import Foundation
import Hummingbird
import Logging
import Reel
import ReelDashboard
import ReelStore
import ReelStoreConformance
import ServiceLifecycle
import SystemPackage

/// A server with a dashboard, over a folder that is gone afterwards.
struct Site: Sendable {
    let client: Client
    let store: FileStore
    let dashboard: Dashboard
    let services: ServiceGroup
    let folder: FilePath

    /// Runs a server that has these sessions, and calls `body`.
    ///
    /// - Parameter path: where the dashboard is mounted.
    static func with<Result: Sendable>(
        _ sessions: [SampleSession] = [], at path: String = "", templates: PageTemplates = .none,
        assets: AssetFolder? = nil,
        configuration: DashboardConfiguration = DashboardConfiguration(),
        authorization: DashboardAuthorization<BasicRequestContext> = .everything,
        _ body: @Sendable (Site) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reel-dashboard-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try FileStore(FilePath(folder.path))
        for session in sessions { try await store.keep(session) }
        let dashboard = Dashboard(store: store, templates: templates, assets: assets, configuration: configuration)
        let router = Router(context: BasicRequestContext.self)
        dashboard.addRoutes(to: router.group(RouterPath(path)), authorization: authorization)
        let (ports, port) = AsyncStream<Int>.makeStream()
        var logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        logger.logLevel = .critical
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.yield($0.localAddress?.port ?? 0) }, logger: logger)
        let services = ServiceGroup(configuration: .init(services: [application], logger: logger))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            guard let number = await ports.first(where: { _ in true }) else { throw Client.Closed() }
            let site = Site(
                client: Client(port: number), store: store, dashboard: dashboard, services: services,
                folder: FilePath(folder.path))
            let result: Swift.Result<Result, any Error>
            do {
                result = .success(try await body(site))
            } catch {
                result = .failure(error)
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            return try result.get()
        }
    }
}

extension Client.Reply {
    /// The value of a field of a form in the page.
    func field(_ name: String) -> String? {
        guard let start = text.firstRange(of: "name=\"\(name)\" value=\"")?.upperBound else { return nil }
        return String(text[start...].prefix { $0 != "\"" })
    }

    /// The cookie that the answer sets, as a request sends it.
    var cookie: String? { header("Set-Cookie").map { String($0.prefix { $0 != ";" }) } }

    /// The ids of the recordings that a list links to, in their order.
    var listed: [String] {
        text.split(separator: "<th scope=\"row\"><a href=\"recordings/").dropFirst().map {
            String($0.prefix { $0 != "\"" })
        }
    }
}

extension Client {
    /// Opens the page that asks, and confirms what it asks.
    func confirm(_ path: String, action: String? = nil) async throws -> Reply {
        let page = try await get(path)
        guard let token = page.field("csrf"), let cookie = page.cookie else { return page }
        return try await post(
            action ?? path, "csrf=\(token.formEncoded)", [("Cookie", cookie), ("Sec-Fetch-Site", "same-origin")])
    }
}

extension String {
    /// The text as a form sends it.
    var formEncoded: String {
        addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
