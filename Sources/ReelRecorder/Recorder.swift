public import ExternalTerm
public import Logging
public import Metrics
public import Reel
public import ReelStore
public import ServiceLifecycle

/// Records sessions into a store.
///
/// ```swift
/// let recorder = try Recorder(store: try FileStore("recordings"))
/// let session = recorder.session(view: "Shop.CartLive", url: "/cart", assigns: ["items": .list([])])
/// session.event("add", params: ["sku": "mug"])
/// session.close()
/// ```
public final class Recorder: Sendable {
    /// Where the recordings go.
    public let store: any RecordingStore
    /// How they are recorded.
    public let configuration: RecorderConfiguration
    let engine: Engine
    private let interrupted: Task<[RecordingID], Never>

    /// Creates a recorder.
    ///
    /// - Parameters:
    ///   - store: where the recordings go.
    ///   - sanitizer: decides what may be recorded.
    ///   - logger: told of what fails; what is left out on purpose is told at the level `debug`.
    ///   - metrics: where it is counted; see ``RecorderStatistics`` for the same without a metrics system.
    /// - Throws: ``ConfigurationError`` that names the key of `configuration` whose value makes no sense.
    public init(
        store: any RecordingStore, configuration: RecorderConfiguration = RecorderConfiguration(),
        sanitizer: any Sanitizer = DefaultSanitizer(), logger: Logger = Logger(label: "reel.recorder"),
        metrics: any MetricsFactory = MetricsSystem.factory
    ) throws(ConfigurationError) {
        try configuration.validate()
        self.store = store
        self.configuration = configuration
        engine = Engine(
            store: store, configuration: configuration, sanitizer: sanitizer, logger: logger, metrics: metrics)
        let engine = engine
        interrupted = Task.detached { configuration.finishesInterrupted ? await engine.finishInterrupted() : [] }
    }

    deinit { engine.retire() }

    /// Waits until the unfinished recordings of processes that are gone have been finished, which starts with the recorder.
    ///
    /// - Returns: the recordings that have been finished.
    @discardableResult
    public func recovered() async -> [RecordingID] { await interrupted.value }

    /// Starts to record a session.
    ///
    /// - Parameters:
    ///   - view: the view's name, as people read it.
    ///   - url: the address that the session starts at.
    ///   - params: the parameters of the mount, a map.
    ///   - session: what the server remembers of the visitor, a map.
    ///   - assigns: what the view holds at first, a map whose keys are atoms.
    ///   - id: what the store calls the recording.
    ///   - policy: what holds for this session in place of the configuration's policy.
    public func session(
        view: String, url: String? = nil, params: Term = .map([:]), session: Term = .map([:]),
        assigns: Term = .map([:]), id: RecordingID = .random(), policy: RecordingPolicy? = nil
    ) -> Session {
        self.session(
            header: [
                "view": .string(view), "url": url.map(Term.string) ?? .atom(.nil), "params": params, "session": session,
            ], assigns: assigns, id: id, policy: policy)
    }

    /// Starts to record a session with more in its header, such as the release that runs: see Spec/registry.md §3.
    ///
    /// - Parameters:
    ///   - header: the header's fields. `id` and `connected_at` are the recorder's, and replaced.
    ///   - assigns: what the view holds at first, a map whose keys are atoms.
    ///   - id: what the store calls the recording.
    ///   - policy: what holds for this session in place of the configuration's policy.
    public func session(
        header: TermMap, assigns: Term = .map([:]), id: RecordingID = .random(), policy: RecordingPolicy? = nil
    ) -> Session {
        session(header: header, assigns: assigns, id: id, policy: policy, connectedAt: WallClock.now, senderStart: nil)
    }

    /// Starts to record a session whose events another program sends.
    ///
    /// - Parameters:
    ///   - connectedAt: when the session started, in milliseconds since 1970.
    ///   - senderStart: the same by the sender's own clock, in milliseconds, or nil when it does not say.
    package func session(
        header: TermMap, assigns: Term, id: RecordingID, policy: RecordingPolicy? = nil, connectedAt: Int,
        senderStart: Int?
    ) -> Session {
        let policy = engine.checked(policy)
        var fields = header
        let url = header[atom: "url"]?.text.map(engine.sanitized(url:))
        fields[atom: "id"] = .string(id.text)
        fields[atom: "url"] = url.map(Term.string) ?? .atom(.nil)
        fields[atom: "connected_at"] = .integer(connectedAt)
        let isSampled = policy.headSampling >= 1 || Double.random(in: 0..<1) < policy.headSampling
        if isSampled {
            for pair in header.pairs where !Recorder.keptFields.contains(pair.key.atom?.name) {
                fields[pair.key] = engine.sanitized(header: pair)
            }
        }
        let description = SessionDescription(
            id: id, view: Header(fields: header).view ?? "", url: url, connectedAt: connectedAt,
            senderStart: senderStart, fields: isSampled ? fields : [:])
        guard isSampled else { return Session(core: engine.discarded(description, policy, .headSampling)) }
        let core = engine.start(description, policy: policy)
        for pair in header.pairs {
            if let value = fields[pair.key] { core.note(pair.value, sanitizedTo: value) }
        }
        core.whole(.mount, assigns, at: .offset(0))
        return Session(core: core)
    }

    /// The header's fields that are not sanitized here: the recorder's own, and names.
    private static let keptFields: Set<String?> = ["id", "url", "connected_at", "view", "visit", "continues"]

    /// Starts to record a session whose values are given as they are in Swift.
    public func session(
        view: String, url: String? = nil, params: some Encodable = [String: String](),
        session: some Encodable = [String: String](), assigns: some Encodable, id: RecordingID = .random(),
        policy: RecordingPolicy? = nil
    ) -> Session {
        self.session(
            view: view, url: url, params: engine.encoded(params, as: .params),
            session: engine.encoded(session, as: .session), assigns: engine.encoded(assigns, as: .assigns), id: id,
            policy: policy)
    }

    /// Records a session for as long as `body` runs. When the task is cancelled it ends at once.
    ///
    /// An error that `body` throws is recorded as an `exit`, by its type alone.
    public func withSession<Result>(
        view: String, url: String? = nil, params: some Encodable = [String: String](),
        session: some Encodable = [String: String](), assigns: some Encodable = [String: String](),
        id: RecordingID = .random(), policy: RecordingPolicy? = nil, _ body: (Session) async throws -> Result
    ) async rethrows -> Result {
        let session = self.session(
            view: view, url: url, params: params, session: session, assigns: assigns, id: id, policy: policy)
        defer { session.close() }
        return try await withTaskCancellationHandler {
            do {
                return try await body(session)
            } catch {
                if !(error is CancellationError) {
                    session.exit(reason: String(reflecting: type(of: error)))
                }
                throw error
            }
        } onCancel: {
            session.close()
        }
    }

    /// What has been recorded, dropped, discarded and stored so far.
    public var statistics: RecorderStatistics { engine.statistics }

    /// Ends all sessions and waits until they are stored, but no longer than `graceTime`, or else the configuration's.
    ///
    /// No session is recorded after that.
    ///
    /// - Parameters:
    ///   - graceTime: how long storing may take; nil is what the configuration says.
    ///   - reason: why the sessions end.
    public func shutdown(graceTime: Duration? = nil, reason: Summary.Reason = .closed) async {
        await engine.shutdown(graceTime ?? configuration.graceTime, reason)
    }
}

extension Recorder: Service {
    /// Waits for the shutdown of the service group, graceful or not, and then stores what is left.
    public func run() async {
        // Cancelled or not, what has been recorded is stored.
        try? await gracefulShutdown()
        await shutdown()
    }
}
