import ArgumentParser
import Hummingbird
import Logging
import ReelDashboard
import ReelRecorder
import ReelStore
import SystemPackage

/// A small shop that records what its visitors do, and has a dashboard to watch it.
///
/// Its pages are made on the server: a form is sent, the cart changes, and the page is made anew from a Mustache template. So the
/// assigns are all there is to record, and the same templates make the same pages again in the dashboard.
@main
struct Shop: AsyncParsableCommand {
    @Option(help: "The port, or 0 for any that is free.")
    var port = 8080

    @Option(help: "The folder that recordings are kept in.")
    var store = "recordings"

    @Option(help: "The folder that the templates are in.")
    var templates = "Examples/Shop/Templates"

    @Flag(help: "Write each event at once, so that the dashboard shows it while it happens.")
    var eager = false

    func run() async throws {
        var logger = Logger(label: "shop", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .warning
        let store = try FileStore(FilePath(store))
        let templates = try PageTemplates(folder: FilePath(templates))
        var configuration = RecorderConfiguration()
        configuration.policy.flush.interval = eager ? .milliseconds(1) : .seconds(1)
        let recorder = try Recorder(store: store, configuration: configuration, logger: logger)
        let visitors = Visitors(recorder: recorder, templates: templates)

        let router = Router()
        router.get("/") { request, _ in try await visitors.page(for: request) }
        router.post("/:event") { request, context in
            try await visitors.event(context.parameters.require("event"), of: request)
        }
        // A real shop would have its own authentication in front of this.
        Dashboard(store: store, templates: templates).addRoutes(to: router.group("reel"), authorization: .everything)

        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in
                let url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
                _ = try? FileDescriptor.standardOutput.writeAll("shop: \(url)/\ndashboard: \(url)/reel/\n".utf8)
            }, logger: logger)
        try await application.runService()
        await recorder.shutdown()
        await store.close()
    }
}
