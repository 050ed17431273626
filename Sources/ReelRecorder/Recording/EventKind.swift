import ExternalTerm

/// The kinds of events that mean something to the recorder itself.
enum EventKind: Hashable, Sendable {
    case mount
    case event
    case params
    case info
    case render
    case snapshot
    case component
    case componentDestroyed
    case other(Atom)

    /// The kind as it is written.
    var atom: Atom {
        switch self {
        case .mount: "mount"
        case .event: "event"
        case .params: "params"
        case .info: "info"
        case .render: "render"
        case .snapshot: "assigns"
        case .component: "component"
        case .componentDestroyed: "component_destroyed"
        case .other(let atom): atom
        }
    }

    init(_ atom: Atom) {
        switch atom.name {
        case "mount": self = .mount
        case "event": self = .event
        case "params", "handle_params": self = atom.name == "params" ? .params : .other(atom)
        case "info": self = .info
        case "render": self = .render
        case "assigns": self = .snapshot
        case "component": self = .component
        case "component_destroyed": self = .componentDestroyed
        default: self = .other(atom)
        }
    }

    /// Whether the state is not what it was without the event, and whether it is all of the view's state.
    var changesState: Bool {
        switch self {
        case .render, .component, .componentDestroyed: true
        default: false
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

    /// Whether nobody did anything.
    var isIdle: Bool { interactions == 0 && navigations <= 1 }

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
        case .render, .snapshot:
            sinceRender = 0
            if unanswered >= 0 { slowest = max(slowest, offset - unanswered) }
            unanswered = -1
        default: break
        }
    }
}
