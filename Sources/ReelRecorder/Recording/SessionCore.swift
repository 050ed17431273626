import ExternalTerm
import Reel
import ReelStore
import Synchronization
import Zlib

/// A session as the recorder has it, whoever else holds on to it.
final class SessionCore: Sendable {
    let id: RecordingID
    let description: SessionDescription
    let policy: RecordingPolicy
    let engine: Engine
    let state: Guarded<SessionState>
    /// What the worker that has the session works on.
    let storage: Guarded<SessionStorage>
    /// When the session started, by the monotonic clock.
    private let start = MonotonicTime.now
    /// Whether recording anything makes sense: what is false stays false.
    private let isOpen: Atomic<Bool>

    init(_ description: SessionDescription, policy: RecordingPolicy, engine: Engine, discarded: DiscardReason? = nil) {
        id = description.id
        self.description = description
        self.policy = policy
        self.engine = engine
        isOpen = Atomic(discarded == nil)
        var state = SessionState()
        if let discarded { state.phase = .ended(.discarded(discarded)) }
        self.state = Guarded(state)
        storage = Guarded(SessionStorage())
    }

    /// Whether an event may still be recorded.
    @inline(__always)
    var isRecording: Bool { isOpen.load(ordering: .relaxed) }

    /// What has to be done when the state is not locked any more.
    private struct Signal: Sendable {
        var isReady = false
        var observers: [CheckedContinuation<Void, Never>] = []
        var dropped: DropReason?
    }

    /// Records an event that `write` encodes into the session's buffer.
    ///
    /// - Parameter byteCount: the most bytes that it takes, asked for when `write` has not written it, or nil when it never will.
    @inline(__always)
    func append(
        _ kind: EventKind, _ byteCount: () -> Int?, _ write: (_ offset: Int, _ writer: inout EventWriter) -> Void
    ) {
        let signal = state.withLock { state -> Signal in
            if let reason = state.reasonToDrop(kind, policy) { return drop(kind, reason, &state) }
            return append(kind, byteCount, to: &state, write)
        }
        if signal.isReady || !signal.observers.isEmpty || signal.dropped != nil { act(on: signal) }
    }

    /// Records an event whose kind and payload have been encoded.
    private func append(_ kind: EventKind, _ encoded: [UInt8], to state: inout SessionState) -> Signal {
        append(kind, { EventWriter.headByteCount + encoded.count }, to: &state) { offset, writer in
            writer.writeHead(offset)
            writer.write(encoded)
        }
    }

    @inline(__always)
    private func append(
        _ kind: EventKind, _ byteCount: () -> Int?, to state: inout SessionState,
        _ write: (_ offset: Int, _ writer: inout EventWriter) -> Void
    ) -> Signal {
        let now = MonotonicTime.now
        let offset = Int(truncatingIfNeeded: (now &- start) / 1_000_000)
        if !state.waiting.append({ write(offset, &$0) }) {
            guard let wanted = byteCount() else { return Signal() }
            guard wanted <= SessionCore.mostBytes else { return drop(kind, .invalid, &state) }
            guard state.waiting.makeRoom(for: wanted, within: engine.budget) else { return drop(kind, .memory, &state) }
            guard state.waiting.append({ write(offset, &$0) }) else {
                return byteCount() == nil ? Signal() : drop(kind, .memory, &state)
            }
        }
        if state.waiting.count == 0 { state.oldest = now }
        state.waiting.count += 1
        state.eventCount += 1
        state.activity.note(kind, at: offset)
        var signal = Signal()
        if !state.isQueued,
            state.waiting.count >= policy.flush.events || state.waiting.byteCount >= policy.flush.bytes
        {
            state.isQueued = true
            signal.isReady = true
        }
        if !state.observers.isEmpty { signal.observers = state.takeObservers() }
        return signal
    }

    /// The most bytes of an event that readers accept.
    private static let mostBytes = WriterOptions().eventByteCount

    @inline(never)
    private func drop(_ kind: EventKind, _ reason: DropReason, _ state: inout SessionState) -> Signal {
        if reason == .memory, kind.changesState || kind == .snapshot { state.isStale = true }
        if reason != .ended { state.dropped[kind.atom, default: 0] += 1 }
        return Signal(dropped: reason)
    }

    @inline(never)
    private func act(on signal: Signal) {
        if signal.isReady { engine.queue.push(.flush(self)) }
        for observer in signal.observers { observer.resume() }
        if let reason = signal.dropped { engine.dropped(1, reason, of: self) }
    }
}

// MARK: - Events

extension SessionCore {
    /// Records an event with parameters that are text, unless they have to be sanitized as terms are. Returns whether it did.
    func event(_ name: String, _ params: [String: String]) -> Bool {
        guard isRecording else {
            ended()
            return true
        }
        var isPlain = true
        append(.event, { isPlain ? SessionCore.byteCount(ofEvent: name, params) : nil }) { offset, writer in
            writer.writeHead(offset)
            // The kind, and a map of two pairs up to the first one's value.
            writer.write("w\u{5}eventt\0\0\0\u{2}w\u{4}name")
            writer.write(binary: name)
            writer.write("w\u{6}params")
            let position = writer.writeMapHead()
            var count = 0
            for (key, value) in params where writer.write(key, value, engine.paramVerdicts) { count += 1 }
            writer.note(size: count, at: position)
            isPlain = !writer.isRefused
        }
        return isPlain
    }

    /// The most bytes of an event with parameters that are text.
    private static func byteCount(ofEvent name: String, _ params: [String: String]) -> Int {
        params.reduce(64 + name.utf8.count) { count, pair in
            count + EventWriter.pairByteCount + pair.key.utf8.count + pair.value.utf8.count
        }
    }

    /// Records an event whose kind and payload have been encoded.
    func append(_ kind: EventKind, _ encoded: [UInt8]) {
        append(kind, { EventWriter.headByteCount + encoded.count }) { offset, writer in
            writer.writeHead(offset)
            writer.write(encoded)
        }
    }

    /// Records an event with a payload that has been sanitized.
    func record(_ kind: EventKind, _ payload: Term) {
        guard isRecording else { return ended() }
        guard let encoded = encoded(kind, payload) else { return }
        append(kind, encoded)
    }

    /// The kind and the payload, encoded; nil when no reader would take them.
    private func encoded(_ kind: EventKind, _ payload: Term) -> [UInt8]? {
        var writer = TermWriter()
        writer.write(atom: kind.atom)
        let start = writer.bytes.count
        writer.write(payload)
        var parser = TermParser(writer.bytes.span, at: start, limits: MemberAssembly.payloadLimits)
        do {
            try parser.skipToEnd()
            return writer.bytes
        } catch {
            engine.failed(.encoding, of: self, "\(kind.atom): \(error)")
            return nil
        }
    }

    /// Records all assigns.
    func whole(_ kind: EventKind, _ assigns: Term) {
        guard isRecording else { return ended() }
        let map = sanitizedAssigns(assigns)
        let key: Atom = kind == .mount ? "assigns" : "snapshot"
        guard let encoded = encoded(kind, .map(TermMap([TermMap.Pair(.atom(key), .map(map))]))) else { return }
        let values = KnownAssigns.Encoded(map)
        update { state in
            if let reason = state.reasonToDrop(kind, policy) { return drop(kind, reason, &state) }
            return appendWhole(kind, encoded, values, to: &state)
        }
    }

    private func appendWhole(
        _ kind: EventKind, _ encoded: [UInt8], _ values: KnownAssigns.Encoded, to state: inout SessionState
    ) -> Signal {
        let signal = append(kind, encoded, to: &state)
        if signal.dropped == nil {
            state.isStale = false
            state.known.note(values, of: nil, isAll: true)
        }
        return signal
    }

    /// Records assigns that have changed, as the caller says.
    func changed(_ assigns: Term, of component: ComponentID?) {
        guard isRecording else { return ended() }
        let map = sanitizedAssigns(assigns)
        let kind: EventKind = component == nil ? .render : .component
        guard let encoded = encoded(kind, component.payload(.map(map))) else { return }
        // They are remembered, so that who hands in all assigns the next time gets what has changed since.
        let values = KnownAssigns.Encoded(map)
        update { state in
            if let reason = state.reasonToDrop(kind, policy) { return drop(kind, reason, &state) }
            let signal = append(kind, encoded, to: &state)
            if signal.dropped == nil { state.known.note(values, of: component, isAll: false) }
            return signal
        }
    }

    /// Records a render by all assigns: what has changed of them, or all when that says more.
    func render(_ assigns: Term) {
        guard isRecording else { return ended() }
        let map = sanitizedAssigns(assigns)
        let values = KnownAssigns.Encoded(map)
        guard let snapshot = encoded(.snapshot, .map(["snapshot": .map(map)])) else { return }
        update { state in
            let (changed, isMissingSome) = state.known.changes(in: values, of: nil)
            if state.activity.sinceRender > 1 || isMissingSome || state.isStale {
                if let reason = state.reasonToDrop(.snapshot, policy) { return drop(.snapshot, reason, &state) }
                return appendWhole(.snapshot, snapshot, values, to: &state)
            }
            return append(changed, of: values, as: .render, nil, to: &state)
        }
    }

    /// Records that a component was updated, by all its assigns.
    func render(_ assigns: Term, of component: ComponentID) {
        guard isRecording else { return ended() }
        let map = sanitizedAssigns(assigns)
        guard encoded(.component, .map(map)) != nil else { return }
        let values = KnownAssigns.Encoded(map)
        update { state in
            let (changed, _) = state.known.changes(in: values, of: component)
            return append(changed, of: values, as: .component, component, to: &state)
        }
    }

    /// Appends a delta of the assigns that stand at `changed`.
    private func append(
        _ changed: [Range<Int>], of values: KnownAssigns.Encoded, as kind: EventKind, _ component: ComponentID?,
        to state: inout SessionState
    ) -> Signal {
        if let reason = state.reasonToDrop(kind, policy) { return drop(kind, reason, &state) }
        var writer = TermWriter()
        writer.write(atom: kind.atom)
        writer.writeMapHead(count: component == nil ? 1 : 3)
        writer.write(atom: "assigns")
        writer.writeMapHead(count: changed.count)
        var head = writer.bytes
        for range in changed { head += values.bytes[range] }
        if let component {
            writer = TermWriter(appendingTo: head)
            writer.write(atom: "id")
            writer.write(component.id)
            writer.write(atom: "module")
            writer.write(atom: component.module)
            head = writer.bytes
        }
        let signal = append(kind, head, to: &state)
        if signal.dropped == nil { state.known.note(values, of: component, isAll: component == nil) }
        return signal
    }

    /// Records that a component has left the page.
    func destroyed(_ component: ComponentID) {
        record(
            .componentDestroyed, .map(["module": .atom(component.module), "id": sanitized(component.id, in: .assigns)]))
        state.withLock { state in
            let before = state.known.byteCount
            state.known.forget(component)
            engine.budget.adjust(by: state.known.byteCount - before)
        }
    }

    /// Changes the state, and does what follows from it.
    private func update(_ body: (inout SessionState) -> Signal) {
        let signal = state.withLock { state in
            let before = state.known.byteCount
            defer { engine.budget.adjust(by: state.known.byteCount - before) }
            return body(&state)
        }
        act(on: signal)
    }

    func ended() { engine.dropped(1, .ended, of: self) }
}

// MARK: - The end

extension SessionCore {
    /// Ends the session; what is left is stored in the background.
    func close(_ reason: Summary.Reason = .closed) {
        let (isReady, observers) = state.withLock { state -> (Bool, [CheckedContinuation<Void, Never>]) in
            guard state.phase == .running else { return (false, []) }
            state.phase = .closing(reason)
            defer { state.isQueued = true }
            return (!state.isQueued, state.takeObservers())
        }
        isOpen.store(false, ordering: .relaxed)
        if isReady { engine.queue.push(.flush(self)) }
        for observer in observers { observer.resume() }
    }

    /// Has the session's events stored now if they have waited long enough.
    func flush(ifOlderThan time: UInt64) {
        let isReady = state.withLock { state in
            guard !state.isQueued, state.waiting.count > 0, state.oldest <= time else { return false }
            state.isQueued = true
            return true
        }
        if isReady { engine.queue.push(.flush(self)) }
    }

    /// What becomes of the session, when it is known.
    func outcome() async -> SessionOutcome {
        await withCheckedContinuation { continuation in
            let outcome = state.withLock { state -> SessionOutcome? in
                if case .ended(let outcome) = state.phase { return outcome }
                state.awaiting.append(continuation)
                return nil
            }
            if let outcome { continuation.resume(returning: outcome) }
        }
    }

    /// Says what has become of the session, and gives its memory back. Returns whether that was not known already.
    func end(_ outcome: SessionOutcome) -> Bool {
        typealias Ended = (
            [CheckedContinuation<SessionOutcome, Never>], [CheckedContinuation<Bool, Never>],
            [CheckedContinuation<Void, Never>], Bool
        )
        let (awaiting, awaitingStoring, observers, isFirst) = state.withLock { state -> Ended in
            if case .ended = state.phase { return ([], [], [], false) }
            state.phase = .ended(outcome)
            state.waiting.release(to: engine.budget)
            state.sending?.release(to: engine.budget)
            state.sending = nil
            engine.budget.give(state.known.byteCount)
            state.known = KnownAssigns()
            defer { state.awaiting = [] }
            return (state.awaiting, state.takeAwaitingStoring(), state.takeObservers(), true)
        }
        isOpen.store(false, ordering: .relaxed)
        for continuation in awaiting { continuation.resume(returning: outcome) }
        for continuation in awaitingStoring { continuation.resume(returning: true) }
        for observer in observers { observer.resume() }
        return isFirst
    }
}

// MARK: - Values

extension SessionCore {
    func sanitized(_ term: Term, in part: RecordedPart) -> Term { engine.sanitized(term, in: part) }

    /// Text of the application's own, such as an event's name.
    func redacted(_ text: String) -> String {
        engine.redactsText
            ? engine.sanitized(.string(text), in: .payload).text ?? SanitizedValue.failed : text
    }

    func sanitizedAssigns(_ term: Term) -> TermMap {
        // Keys of assigns are atoms; a dictionary's come as binaries.
        guard case .map(let map) = term else { return [:] }
        guard case .map(let assigns) = sanitized(.map(map.withAtomKeys), in: .assigns) else { return [:] }
        return assigns
    }
}

extension TermMap {
    /// The map with atoms for keys that are text.
    fileprivate var withAtomKeys: TermMap {
        guard keys.contains(where: { $0.text != nil }) else { return self }
        return TermMap(
            pairs.map { pair in
                TermMap.Pair(pair.key.text.flatMap(Atom.init(named:)).map(Term.atom) ?? pair.key, pair.value)
            })
    }
}

extension ComponentID? {
    /// The payload of an update: of the view, or of a component.
    fileprivate func payload(_ assigns: Term) -> Term {
        guard let self else { return .map(["assigns": assigns]) }
        return .map(["module": .atom(self.module), "id": self.id, "assigns": assigns])
    }
}
