import ExternalTerm
import Reel

/// The state as Spec/recording.md §7.1 words it, over decoded terms and one event after the other.
struct NaiveFold {
    var state = State()

    /// The state after each of the events.
    static func states(after events: [PlainEvent]) -> [State] {
        var fold = NaiveFold()
        return events.map { event in
            fold.apply(event)
            return fold.state
        }
    }

    mutating func apply(_ event: PlainEvent) {
        let payload = event.payload
        switch event.kind {
        case "mount":
            if let assigns = field("assigns", payload)?.map { state.assigns = assigns }
        case "assigns":
            if let snapshot = field("snapshot", payload)?.map {
                state.assigns = snapshot
                state.unsureSince = nil
            } else if let delta = field("delta", payload)?.map {
                state.assigns = state.assigns.merging(delta)
            }
        case "render":
            if let assigns = field("assigns", payload)?.map { state.assigns = state.assigns.merging(assigns) }
        case "component":
            guard let module = field("module", payload), let id = field("id", payload),
                let assigns = field("assigns", payload)?.map
            else { return }
            let key = Term.tuple([module, id])
            state.components[key] = .map((state.components[key]?.map ?? [:]).merging(assigns))
        case "component_destroyed":
            guard let module = field("module", payload), let id = field("id", payload) else { return }
            state.components[.tuple([module, id])] = nil
        case "params", "handle_params":
            if let url = (field("uri", payload) ?? field("url", payload))?.text { state.url = url }
        case "gap":
            let dropped = field("dropped", payload)?.map ?? [:]
            let changing = [
                "mount", "assigns", "render", "component", "component_destroyed", "params", "handle_params",
            ]
            let isSure = dropped.keys.allSatisfy { key in !changing.contains(key.atom?.name ?? key.text ?? "") }
            if state.unsureSince == nil, dropped.isEmpty || !isSure { state.unsureSince = event.offset }
        default: break
        }
    }

    /// The payload's field: of the atom, or else of the binary.
    private func field(_ name: Atom, _ payload: Term) -> Term? { payload[.atom(name)] ?? payload[.string(name.name)] }
}
