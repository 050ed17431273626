import ExternalTerm
import Reel
import ReelStore
import Synchronization

/// Events that change the state of the view. Fingerprints of what they say are remembered, so that of all assigns, the next time, only
/// those are recorded that have changed since.
extension SessionCore {
    /// Records all assigns.
    func whole(_ kind: EventKind, _ assigns: Term, at time: EventTime = .now) {
        guard isRecording else { return ended() }
        let map = sanitizedAssigns(assigns)
        let key: Atom = kind == .mount ? "assigns" : "snapshot"
        guard let encoded = encodedOrLeftOut(kind, .map(TermMap([TermMap.Pair(.atom(key), .map(map))])), at: time)
        else { return }
        let values = KnownAssigns.Encoded(map)
        update { state in
            guard kind == .snapshot, state.hasUnsureComponents else {
                return take(kind, encoded, .assigns(values, isAll: true), at: time, into: &state)
            }
            return append(values.assigns.map(\.range), of: values, nil, at: time, to: &state)
        }
    }

    /// Records assigns that have changed, as the caller says.
    func changed(_ assigns: Term, of component: ComponentID?) {
        guard isRecording else { return ended() }
        let assigns = Term.map(sanitizedAssigns(assigns))
        guard let component else { return record(any: .render, .map(["assigns": assigns])) }
        let id = sanitized(component.id, in: .assigns)
        record(any: .component, .map(["module": .atom(component.module), "id": id, "assigns": assigns]))
    }

    /// Records that a component has left the page.
    func destroyed(_ component: ComponentID) {
        let id = sanitized(component.id, in: .assigns)
        record(any: .componentDestroyed, .map(["module": .atom(component.module), "id": id]))
    }

    /// Records an event of any kind with a payload that has been sanitized.
    func record(any kind: EventKind, _ payload: Term, at time: EventTime = .now) {
        guard isRecording else { return ended() }
        let (kind, change) = StateChange.of(kind, payload)
        guard let change else { return record(kind, payload, at: time) }
        guard let encoded = encodedOrLeftOut(kind, payload, at: time) else { return }
        update { state in take(kind, encoded, change, at: time, into: &state) }
    }

    /// Records a render by all assigns: what has changed of them, or all when that says more.
    func render(_ assigns: Term, at time: EventTime = .now) {
        guard isRecording else { return ended() }
        let map = sanitizedAssigns(assigns)
        let values = KnownAssigns.Encoded(map)
        guard let snapshot = encodedOrLeftOut(.snapshot, .map(["snapshot": .map(map)]), at: time) else { return }
        update { state in
            let (changed, isMissingSome) = state.known.changes(in: values, of: nil)
            let saysMore = state.activity.sinceRender > 1 || isMissingSome || state.isUnsure
            // With components that may be wrong, these are not all of the state, and must not look so.
            let kind: EventKind = saysMore && !state.hasUnsureComponents ? .snapshot : .render
            if let reason = state.reasonToDropWhole(policy) { return leaveOut(kind, reason, at: time, &state) }
            guard kind == .snapshot else { return append(changed, of: values, nil, at: time, to: &state) }
            return append(.snapshot, snapshot, .assigns(values, isAll: true), at: time, to: &state)
        }
    }

    /// Records that a component was updated, by all its assigns.
    func render(_ assigns: Term, of component: ComponentID) {
        guard isRecording else { return ended() }
        let map = sanitizedAssigns(assigns)
        let component = sanitized(component)
        guard encodedOrLeftOut(.component, .map(map), at: .now) != nil else { return }
        let values = KnownAssigns.Encoded(map)
        update { state in
            if let reason = state.reasonToDrop(.component, policy) {
                return leaveOut(.component, reason, at: .now, &state)
            }
            return put(values, of: component, at: .now, to: &state)
        }
    }

    /// Records what is needed for the state to be this.
    ///
    /// - Parameter components: their assigns, by `{Module, Id}`.
    func state(_ assigns: Term, _ components: TermMap, url: String?, at time: EventTime) {
        guard isRecording else { return ended() }
        let map = sanitizedAssigns(assigns)
        let values = KnownAssigns.Encoded(map)
        var parts: [Term: KnownAssigns.Encoded] = [:]
        for pair in components.pairs {
            let assigns = sanitizedAssigns(pair.value)
            guard encodedOrLeftOut(.component, .map(assigns), at: time) != nil else { return }
            parts[sanitized(pair.key, in: .assigns)] = KnownAssigns.Encoded(assigns)
        }
        let url = url.map(sanitized(url:))
        guard let snapshot = encodedOrLeftOut(.snapshot, .map(["snapshot": .map(map)]), at: time) else { return }
        update { state in
            if let reason = state.reasonToDropWhole(policy) { return leaveOut(.snapshot, reason, at: time, &state) }
            var signal = tellGap(&state)
            guard state.untold.gap == nil else {
                signal.merge(leaveOut(.snapshot, .memory, at: time, &state))
                return signal
            }
            // What does not fit ends it: the state is unsure then.
            func isDone(_ next: Signal) -> Bool {
                signal.merge(next)
                return !next.dropped.isEmpty
            }
            if let url, url != state.known.url ?? description.url {
                let payload = Term.map(["uri": .string(url)])
                if let encoded = encoded(.params, payload),
                    isDone(append(.params, encoded, .url(url), at: time, to: &state))
                {
                    return signal
                }
            }
            for component in state.known.componentKeys where parts[component] == nil {
                if isDone(remove(component, at: time, to: &state)) { return signal }
            }
            for (component, values) in parts.sorted(by: { $0.key < $1.key }) {
                if isDone(put(values, of: component, at: time, to: &state)) { return signal }
            }
            let (changed, isMissingSome) = state.known.changes(in: values, of: nil)
            if !changed.isEmpty || isMissingSome || state.isUnsure {
                signal.merge(append(.snapshot, snapshot, .assigns(values, isAll: true), at: time, to: &state))
            }
            return signal
        }
    }
}

// MARK: - Appending

extension SessionCore {
    /// Appends an event that changes the state unless it says nothing, or a gap keeps it out.
    private func take(
        _ kind: EventKind, _ encoded: [UInt8], _ change: StateChange, at time: EventTime, into state: inout SessionState
    ) -> Signal {
        if !change.isEmpty(in: state.known), let reason = state.reasonToDrop(kind, policy) {
            return leaveOut(kind, reason, at: time, &state)
        }
        return append(kind, encoded, change, at: time, to: &state)
    }

    /// Appends an event that changes the state unless it says nothing, and remembers what it says.
    private func append(
        _ kind: EventKind, _ encoded: [UInt8], _ change: StateChange, at time: EventTime, to state: inout SessionState
    ) -> Signal {
        guard !change.isEmpty(in: state.known) else {
            // It was a render all the same.
            state.activity.note(kind, at: state.lastOffset)
            return Signal()
        }
        if let reason = state.reasonToDropWhole(policy) { return leaveOut(kind, reason, at: time, &state) }
        // What a gap has kept out is told before what closes it.
        if kind == .snapshot, state.untold.gap != nil { state.untold.isDue = true }
        let signal = append(kind, encoded, at: time, to: &state)
        guard signal.dropped.isEmpty else { return signal }
        state.known.note(change)
        if kind == .snapshot { state.closeGap() }
        return signal
    }

    /// Appends a delta of the assigns that stand at `changed`, of the view or of a component.
    private func append(
        _ changed: [Range<Int>], of values: KnownAssigns.Encoded, _ component: Term?, at time: EventTime,
        to state: inout SessionState
    ) -> Signal {
        let kind: EventKind = component == nil ? .render : .component
        let (module, id) = component?.moduleAndID ?? (nil, nil)
        var writer = TermWriter()
        writer.write(atom: kind.atom)
        writer.writeMapHead(count: component == nil ? 1 : 3)
        writer.write(atom: "assigns")
        writer.writeMapHead(count: changed.count)
        var encoded = writer.bytes
        for range in changed { encoded += values.bytes[range] }
        if let module, let id {
            writer = TermWriter(appendingTo: encoded)
            writer.write(atom: "id")
            writer.write(id)
            writer.write(atom: "module")
            writer.write(module)
            encoded = writer.bytes
        }
        let delta = values.only(changed)
        return append(
            kind, encoded, component.map { .component($0, delta) } ?? .assigns(delta, isAll: false), at: time,
            to: &state)
    }

    /// Appends what has changed of a component by all its assigns; nothing when nothing has.
    private func put(
        _ values: KnownAssigns.Encoded, of component: Term, at time: EventTime, to state: inout SessionState
    ) -> Signal {
        let (changed, isMissingSome) = state.known.changes(in: values, of: component)
        guard isMissingSome else { return append(changed, of: values, component, at: time, to: &state) }
        // An assign that is gone goes with the whole component.
        var signal = remove(component, at: time, to: &state)
        guard signal.dropped.isEmpty else { return signal }
        signal.merge(append(values.assigns.map(\.range), of: values, component, at: time, to: &state))
        return signal
    }

    /// Appends that a component has left the page.
    private func remove(_ component: Term, at time: EventTime, to state: inout SessionState) -> Signal {
        guard let (module, id) = component.moduleAndID,
            let encoded = encoded(.componentDestroyed, .map(["module": module, "id": id]))
        else { return Signal() }
        return append(.componentDestroyed, encoded, .removal(component), at: time, to: &state)
    }
}

extension Term {
    /// The parts of a component's key, or nil when it is none.
    fileprivate var moduleAndID: (module: Term, id: Term)? {
        guard let elements, elements.count == 2 else { return nil }
        return (elements[0], elements[1])
    }
}

// MARK: - Changes

/// What an event changes of the state, as far as the recorder remembers it. Implements Spec/recording.md §7.1.
enum StateChange: Sendable {
    /// Assigns of the view, all or some.
    case assigns(KnownAssigns.Encoded, isAll: Bool)
    /// Some assigns of the component `{Module, Id}`.
    case component(Term, KnownAssigns.Encoded)
    /// The component is gone.
    case removal(Term)
    case url(String)

    /// The change that an event makes, or nil for none, and its kind, which tells deltas apart.
    static func of(_ kind: EventKind, _ payload: Term) -> (kind: EventKind, change: StateChange?) {
        func field(_ name: String) -> Term? {
            Atom(named: name).flatMap { payload[atom: $0] } ?? payload.map?[.string(name)]
        }
        func assigns(_ name: String) -> KnownAssigns.Encoded? { (field(name)?.map).map(KnownAssigns.Encoded.init) }
        func component() -> Term? {
            guard let module = field("module"), let id = field("id") else { return nil }
            return .tuple([module, id])
        }
        switch kind {
        case .mount: return (kind, assigns("assigns").map { .assigns($0, isAll: true) })
        case .snapshot, .delta:
            if let all = assigns("snapshot") { return (.snapshot, .assigns(all, isAll: true)) }
            return (.delta, assigns("delta").map { .assigns($0, isAll: false) })
        case .render: return (kind, assigns("assigns").map { .assigns($0, isAll: false) })
        case .component:
            guard let component = component(), let assigns = assigns("assigns") else { return (kind, nil) }
            return (kind, .component(component, assigns))
        case .componentDestroyed: return (kind, component().map { .removal($0) })
        case .params, .other("handle_params"): return (kind, (field("uri") ?? field("url"))?.text.map { .url($0) })
        default: return (kind, nil)
        }
    }

    /// Whether the event says nothing: no assigns are in it, and no component comes to the page by it.
    func isEmpty(in known: KnownAssigns) -> Bool {
        switch self {
        case .assigns(let assigns, isAll: false): assigns.assigns.isEmpty
        case .component(let component, let assigns): assigns.assigns.isEmpty && known.has(component)
        default: false
        }
    }
}

extension KnownAssigns {
    /// Remembers what an event that has been recorded says.
    mutating func note(_ change: StateChange) {
        switch change {
        case .assigns(let assigns, let isAll): note(assigns, of: nil, isAll: isAll)
        case .component(let component, let assigns): note(assigns, of: component, isAll: false)
        case .removal(let component): forget(component)
        case .url(let url): self.url = url
        }
    }
}

extension KnownAssigns.Encoded {
    /// Those of the assigns that stand at `ranges`, without their bytes.
    fileprivate func only(_ ranges: [Range<Int>]) -> KnownAssigns.Encoded {
        let starts = Set(ranges.map(\.lowerBound))
        return KnownAssigns.Encoded(assigns: assigns.filter { starts.contains($0.range.lowerBound) })
    }
}
