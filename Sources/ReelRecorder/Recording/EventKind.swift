import ExternalTerm
import Reel

/// The kinds of events that mean something to the recorder itself.
enum EventKind: Hashable, Sendable {
    case mount
    case event
    case params
    case info
    case render
    case snapshot
    case delta
    case component
    case componentDestroyed
    case gap
    case other(Atom)

    /// The kind as it is written.
    var atom: Atom {
        switch self {
        case .mount: "mount"
        case .event: "event"
        case .params: "params"
        case .info: "info"
        case .render: "render"
        case .snapshot, .delta: "assigns"
        case .component: "component"
        case .componentDestroyed: "component_destroyed"
        case .gap: Gap.kind
        case .other(let atom): atom
        }
    }

    init(_ atom: Atom) {
        switch atom.name {
        case "mount": self = .mount
        case "event": self = .event
        case "params": self = .params
        case "info": self = .info
        case "render": self = .render
        case "assigns": self = .snapshot
        case "component": self = .component
        case "component_destroyed": self = .componentDestroyed
        case Gap.kind.name: self = .gap
        default: self = .other(atom)
        }
    }

    /// Whether the event says what has changed of the assigns, and so means nothing when a change before it is missing.
    @inline(__always)
    var isDelta: Bool {
        switch self {
        case .render, .delta, .component, .componentDestroyed: true
        default: false
        }
    }

    /// Whether an event with this payload reports an error. Implements Spec/recording.md §6.5.
    func reportsError(_ payload: Term) -> Bool {
        guard case .other(let atom) = self else { return false }
        func field(_ name: String) -> Term? {
            Atom(named: name).flatMap { payload[atom: $0] } ?? payload.map?[.string(name)]
        }
        switch atom.name {
        case "exit": return true
        case "log":
            let level = field("level")
            return ["error", "critical", "alert", "emergency"].contains(level?.atom?.name ?? level?.text)
        case "telemetry": return field("error").map { $0 != .atom(.nil) } ?? false
        default: return false
        }
    }
}

/// What has happened in a session, as far as policies ask.
struct Activity: Sendable {
    /// How many events the user triggered.
    private(set) var interactions = 0
    /// How many navigations there were.
    private(set) var navigations = 0
    /// How many events, navigations and messages have come since the last render.
    private(set) var sinceRender = 0
    /// When the first of the events and navigations came that no render has followed yet, in milliseconds; -1 without one.
    private var unanswered = -1
    /// The longest time from an event or a navigation to the render that followed, in milliseconds.
    private(set) var slowest = 0

    /// Whether an error was reported.
    private(set) var hasError = false
    /// Whether something is missing.
    private(set) var hasGap = false

    /// Whether nobody did anything, and nothing happened that is worth keeping all the same.
    var isIdle: Bool { interactions == 0 && navigations <= 1 && !hasError && !hasGap }

    mutating func noteError() { hasError = true }

    @inline(__always)
    mutating func note(_ kind: EventKind, at offset: Int) {
        switch kind {
        case .event:
            interactions += 1
            sinceRender += 1
            if unanswered < 0 { unanswered = offset }
        case .params:
            navigations += 1
            sinceRender += 1
            if unanswered < 0 { unanswered = offset }
        case .info: sinceRender += 1
        case .gap: hasGap = true
        case .render, .snapshot, .delta:
            sinceRender = 0
            if unanswered >= 0 { slowest = max(slowest, offset - unanswered) }
            unanswered = -1
        default: break
        }
    }
}
