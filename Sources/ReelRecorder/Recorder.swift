public import ExternalTerm
public import Logging
import Reel
public import ReelStore

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
    let sanitizer: any Sanitizer
    let logger: Logger

    /// Creates a recorder.
    ///
    /// - Throws: ``ConfigurationError`` that names the key of `configuration` whose value makes no sense.
    public init(
        store: any RecordingStore, configuration: RecorderConfiguration = RecorderConfiguration(),
        sanitizer: any Sanitizer = DefaultSanitizer(), logger: Logger = Logger(label: "reel.recorder")
    ) throws(ConfigurationError) {
        try configuration.validate()
        self.store = store
        self.configuration = configuration
        self.sanitizer = sanitizer
        self.logger = logger
    }

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
        let policy = policy ?? configuration.policy
        let isSampled = policy.headSampling >= 1 || Double.random(in: 0..<1) < policy.headSampling
        var fields: TermMap = [
            "id": .string(id.text), "view": .string(view), "url": .atom(.nil),
            "connected_at": .integer(WallClock.now),
        ]
        if let url { fields[atom: "url"] = .string((try? sanitizer.sanitize(url: url)) ?? SanitizedValue.failed) }
        fields[atom: "params"] = (try? sanitizer.sanitize(params, in: .params)) ?? .map([:])
        fields[atom: "session"] = (try? sanitizer.sanitize(session, in: .session)) ?? .map([:])
        let core = SessionCore(
            id: id, header: Header(fields: fields), recorder: self, discard: isSampled ? nil : .headSampling)
        core.mount(assigns)
        return Session(core: core)
    }

    /// Starts to record a session whose values are given as they are in Swift.
    public func session(
        view: String, url: String? = nil, params: some Encodable = [String: String](),
        session: some Encodable = [String: String](), assigns: some Encodable, id: RecordingID = .random(),
        policy: RecordingPolicy? = nil
    ) -> Session {
        self.session(
            view: view, url: url, params: Recorder.encoded(params, as: .params) ?? .map([:]),
            session: Recorder.encoded(session, as: .session) ?? .map([:]),
            assigns: Recorder.encoded(assigns, as: .assigns) ?? .map([:]), id: id, policy: policy)
    }

    func store(_ core: SessionCore) {
        Task { await core.finish(in: store, policy: configuration.policy) }
    }

    static func encoded(_ value: some Encodable, as part: RecordedPart) -> Term? {
        var encoder = TermEncoder()
        encoder.keyForm = part == .params || part == .session ? .binary : .atom
        return try? encoder.encode(value)
    }
}
