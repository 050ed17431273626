import ExternalTerm
import Reel

/// What the events of a sample add up to, in the plainest way there is: over whole terms, from the start, one event at a time.
struct NaiveFold {
    private(set) var state = State()

    /// The state after each event.
    static func states(of events: [Original.Event]) -> [State] {
        var fold = NaiveFold()
        return events.map { event in
            fold.apply(event)
            return fold.state
        }
    }

    private mutating func apply(_ event: Original.Event) {
        let payload = event.payload
        switch event.kind {
        case "mount":
            if let assigns = payload[atom: "assigns"]?.map { state.assigns = assigns }
        case "assigns":  // 0.1 and 0.2
            if let snapshot = payload[atom: "snapshot"]?.map {
                state.assigns = snapshot
            } else if let delta = payload[atom: "delta"]?.map {
                for pair in delta.pairs { state.assigns[pair.key] = pair.value }
            }
        case "render":  // 0.3 and later
            for pair in payload[atom: "assigns"]?.map?.pairs ?? [] { state.assigns[pair.key] = pair.value }
        case "component":
            guard let key = NaiveFold.component(payload), let assigns = payload[atom: "assigns"]?.map else { return }
            var component = state.components[key]?.map ?? [:]
            for pair in assigns.pairs { component[pair.key] = pair.value }
            state.components[key] = .map(component)
        case "component_destroyed":
            if let key = NaiveFold.component(payload) { state.components[key] = nil }
        case "handle_params":  // 0.1 and 0.2
            if let url = payload[atom: "url"]?.text { state.url = url }
        case "params":  // 0.3 and later
            if let url = payload[atom: "uri"]?.text { state.url = url }
        default: break
        }
    }

    private static func component(_ payload: Term) -> Term? {
        guard let module = payload[atom: "module"], let id = payload[atom: "id"] else { return nil }
        return .tuple([module, id])
    }
}
