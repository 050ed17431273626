public import ExternalTerm
public import Reel
public import ReelStore

/// A session that is being recorded.
///
/// Its methods may be called from any thread. They never wait, neither for a disk nor for one another to finish storing, and never
/// throw: what cannot be recorded is counted, logged and reported as a metric.
///
/// ```swift
/// let session = recorder.session(view: "Shop.CartLive", url: "https://shop.example/cart", assigns: cart)
/// session.event("add", params: ["sku": "mug", "quantity": "2"])
/// session.render(assigns: cart)
/// session.close()
/// ```
///
/// A session that is let go without being closed is closed. What kinds of events there are, and what they carry, says
/// Spec/registry.md §2.
public final class Session: Sendable {
    let core: SessionCore

    init(core: SessionCore) { self.core = core }

    deinit { core.close() }

    /// What the store calls the recording.
    public var id: RecordingID { core.id }

    /// Whether the session records: it has neither been closed nor left out by a policy.
    public var isRecording: Bool { core.isRecording }

    /// Ends the session. What is left is stored in the background; nothing is recorded after it.
    ///
    /// - Parameter reason: why it ends: one of Spec/registry.md §4, such as `disconnected` when the browser was gone without a word.
    public func close(reason: Summary.Reason = .closed) { core.close(reason) }

    /// Waits until an ended session has been stored, discarded or given up.
    public func stored() async -> SessionOutcome { await core.outcome() }
}

/// What has become of a session that has ended.
public enum SessionOutcome: Hashable, Sendable {
    /// Its recording is in the store.
    case stored(RecordingID)
    /// It was left out.
    case discarded(DiscardReason)
    /// It could not be stored.
    case failed(FailureReason)
}

/// Why a session was left out.
public enum DiscardReason: String, Hashable, Sendable, CaseIterable {
    /// It was not in the share that is recorded.
    case headSampling = "head_sampling"
    /// It was not in the share that is kept.
    case tailSampling = "tail_sampling"
    /// Nobody did anything.
    case noInteraction = "no_interaction"
    /// The running sessions had no memory left for another one.
    case memory
    /// The recorder has been shut down.
    case shutdown
}

/// Why something could not be recorded.
public enum FailureReason: String, Hashable, Sendable, CaseIterable {
    /// The store could not be written to, however often it was tried.
    case storing
    /// The store has another recording under the session's id.
    case conflict
    /// A value could not be encoded.
    case encoding
    /// The sanitizer failed on a value, which was replaced.
    case sanitizing
    /// The recorder's grace time was over.
    case shutdown
}

// MARK: - What the user does

extension Session {
    /// Records that the user triggered an event, with parameters as a form or a link sends them.
    public func event(_ name: String, params: [String: String] = [:], target: ComponentID? = nil) {
        if target == nil, !core.engine.redactsText, core.event(name, params) { return }
        event(name, params: Term.text(params), target: target)
    }

    /// Records that the user triggered an event.
    public func event(_ name: String, params: Term, target: ComponentID? = nil) {
        guard core.isRecording else { return core.ended() }
        var payload: TermMap = [
            "name": .string(core.redacted(name)), "params": core.sanitized(params, in: .params),
        ]
        if let target { payload[atom: "target"] = core.sanitized(target) }
        core.record(.event, .map(payload))
    }

    /// Records that the user triggered an event.
    public func event(_ name: String, params: some Encodable, target: ComponentID? = nil) {
        event(name, params: core.engine.encoded(params, as: .params), target: target)
    }

    /// Records that the user went to an address of the same view.
    public func params(_ params: [String: String] = [:], url: String) {
        self.params(Term.text(params), url: url)
    }

    /// Records that the user went to an address of the same view.
    public func params(_ params: Term, url: String) {
        guard core.isRecording else { return core.ended() }
        core.record(
            any: .params,
            .map(["params": core.sanitized(params, in: .params), "uri": .string(core.sanitized(url: url))]))
    }

    /// Records that the user went to an address of the same view.
    public func params(_ params: some Encodable, url: String) {
        self.params(core.engine.encoded(params, as: .params), url: url)
    }
}

// MARK: - What the view does

extension Session {
    /// Records that another process has sent the view a message, of which only the tag is kept: the atom that it is or starts with.
    public func info(_ message: Term) {
        core.record(.info, .map(["tag": .atom(message.atom ?? message.elements?.first?.atom ?? .nil)]))
    }

    /// Records a render by the assigns that have changed since the last one.
    public func render(changed: Term) {
        core.changed(changed, of: nil)
    }

    /// Records a render by the assigns that have changed since the last one.
    public func render(changed: some Encodable) { render(changed: core.engine.encoded(changed, as: .assigns)) }

    /// Records a render by all assigns: the recorder finds out what has changed.
    ///
    /// When several events came since the last render all of them are recorded, so that the state after it does not depend on what
    /// was in between; so it is after a gap, when no component may be wrong. A render that changes nothing is not recorded.
    public func render(assigns: Term) { core.render(assigns) }

    /// Records a render by all assigns: the recorder finds out what has changed.
    public func render(assigns: some Encodable) { render(assigns: core.engine.encoded(assigns, as: .assigns)) }

    /// Records all assigns, whatever has changed.
    public func snapshot(_ assigns: Term) {
        core.whole(.snapshot, assigns)
    }

    /// Records all assigns, whatever has changed.
    public func snapshot(_ assigns: some Encodable) { snapshot(core.engine.encoded(assigns, as: .assigns)) }

    /// Records that a component was updated, by those of its assigns that have changed.
    public func component(_ component: ComponentID, changed: Term) {
        core.changed(changed, of: component)
    }

    /// Records that a component was updated, by those of its assigns that have changed.
    public func component(_ component: ComponentID, changed: some Encodable) {
        self.component(component, changed: core.engine.encoded(changed, as: .assigns))
    }

    /// Records that a component was updated, by all its assigns: the recorder finds out what has changed.
    ///
    /// When one of them is gone, the component is recorded as destroyed and new.
    public func component(_ component: ComponentID, assigns: Term) { core.render(assigns, of: component) }

    /// Records that a component was updated, by all its assigns: the recorder finds out what has changed.
    public func component(_ component: ComponentID, assigns: some Encodable) {
        self.component(component, assigns: core.engine.encoded(assigns, as: .assigns))
    }

    /// Records that a component has left the page.
    public func componentDestroyed(_ component: ComponentID) {
        core.destroyed(component)
    }
}

// MARK: - Anything else

extension Session {
    /// Records an event of any kind: one of Spec/registry.md §2, or one of the application's own, `x_shop_payment`.
    public func record(kind: Atom, payload: Term) {
        record(kind: kind, payload: payload, sentAt: nil)
    }

    /// Records an event of any kind.
    public func record(kind: Atom, payload: some Encodable) {
        record(kind: kind, payload: core.engine.encoded(payload, as: .payload))
    }
}

/// Which component of a page is meant.
public struct ComponentID: Hashable, Sendable {
    /// The component's module.
    public var module: Atom
    /// Which of the module's components it is.
    public var id: Term

    /// Creates an id.
    public init(_ module: Atom, id: Term) {
        self.module = module
        self.id = id
    }
}

extension Term {
    /// A map of texts.
    static func text(_ values: [String: String]) -> Term {
        .map(TermMap(values.map { TermMap.Pair(.string($0.key), .string($0.value)) }))
    }
}
