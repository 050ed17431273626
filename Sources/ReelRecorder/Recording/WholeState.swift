public import ExternalTerm
import ReelStore
import Synchronization

// MARK: - Gaps

extension Session {
    /// Whether something has been left out that may have changed the state, such as for want of memory.
    ///
    /// Then the recording's state is unsure (Spec/recording.md §7.1), and what only says what has changed is left out, until the
    /// session is told its whole state: by ``state(assigns:components:url:)-(Term,_,_)``, or, when no component may be wrong, by
    /// ``render(assigns:)-(Term)`` or ``snapshot(_:)-(Term)``.
    public var needsWholeState: Bool { core.needsWholeState }

    /// Records what is needed for the state to be this: all that the view holds now.
    ///
    /// - Parameters:
    ///   - assigns: all assigns of the view, a map whose keys are atoms.
    ///   - components: all components on the page, with all their assigns.
    ///   - url: the address that the view is at, or nil to leave it as it is.
    public func state(assigns: Term, components: [ComponentID: Term] = [:], url: String? = nil) {
        state(
            assigns: assigns,
            components: TermMap(
                components.map { TermMap.Pair(.tuple([.atom($0.key.module), $0.key.id]), $0.value) }), url: url,
            sentAt: nil)
    }

    /// Records what is needed for the state to be this: all that the view holds now.
    public func state(
        assigns: some Encodable, components: [ComponentID: any Encodable] = [:], url: String? = nil
    ) {
        state(
            assigns: core.engine.encoded(assigns, as: .assigns),
            components: components.mapValues { core.engine.encoded($0, as: .assigns) }, url: url)
    }

    /// Records that events are missing here, which the caller could not record.
    ///
    /// - Parameter dropped: how many of each kind; empty when nobody knows what is missing.
    public func gap(dropped: [Atom: Int] = [:]) { gap(dropped: dropped, sentAt: nil) }
}

// MARK: - Errors

extension Session {
    /// Records that the view has ended abnormally. The session is kept, whatever else happened in it.
    ///
    /// - Parameters:
    ///   - reason: the name of the error, never its message, which may hold anything.
    ///   - module: where it was thrown, as far as that is known.
    ///   - function: the function that threw it.
    ///   - arity: how many parameters the function has.
    ///   - file: the path of the source.
    ///   - line: the line in it.
    public func exit(
        reason: String, module: Atom? = nil, function: Atom? = nil, arity: Int? = nil, file: String? = nil,
        line: Int? = nil
    ) {
        var payload: TermMap = ["reason": .string(reason)]
        payload[atom: "module"] = module.map(Term.atom)
        payload[atom: "function"] = function.map(Term.atom)
        payload[atom: "arity"] = arity.map(Term.integer)
        payload[atom: "file"] = file.map(Term.string)
        payload[atom: "line"] = line.map(Term.integer)
        record(kind: "exit", payload: .map(payload))
    }
}

// MARK: - What another program sends

/// The times are those of the sender's clock, in milliseconds; without one an event happens now.
extension Session {
    package func record(kind: Atom, payload: Term, sentAt time: Int?) {
        guard core.isRecording else { return core.ended() }
        core.record(any: EventKind(kind), core.sanitized(payload, of: kind), at: EventTime(sent: time))
    }

    package func render(assigns: Term, sentAt time: Int?) { core.render(assigns, at: EventTime(sent: time)) }

    package func state(assigns: Term, components: TermMap, url: String?, sentAt time: Int?) {
        core.state(assigns, components, url: url, at: EventTime(sent: time))
    }

    package func gap(dropped: [Atom: Int], sentAt time: Int?) {
        let counts = dropped.filter { $0.value > 0 }
        if dropped.isEmpty || !counts.isEmpty { core.gap(counts, at: EventTime(sent: time)) }
    }
}

extension EventTime {
    init(sent time: Int?) { self = time.map(EventTime.sent) ?? .now }
}

extension SessionCore {
    /// Whether further changes are left out until the whole state comes.
    var needsWholeState: Bool {
        state.withLock { $0.isUnsure && $0.reasonToDropWhole(policy) == nil }
    }
}
