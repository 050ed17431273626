import ExternalTerm
import Reel
import ReelStore
import Synchronization

/// A session as the recorder has it, whoever else holds on to it.
final class SessionCore: Sendable {
    let id: RecordingID
    let recorder: Recorder
    private let header: Header
    private let start = ContinuousClock.now
    private let state: Mutex<State>

    private struct State {
        var events: [(offset: Int, kind: Atom, payload: Term)] = []
        var discard: DiscardReason?
        var isClosed = false
        var assigns: TermMap = [:]
        var components: [ComponentID: TermMap] = [:]
        var eventsSinceRender = 0
        var interactions = 0
        var navigations = 0
        var outcome: SessionOutcome?
        var waiting: [CheckedContinuation<SessionOutcome, Never>] = []
    }

    init(id: RecordingID, header: Header, recorder: Recorder, discard: DiscardReason?) {
        self.id = id
        self.header = header
        self.recorder = recorder
        state = Mutex(State(discard: discard))
    }

    var isRecording: Bool { state.withLock { !$0.isClosed && $0.discard == nil } }

    func record(_ kind: Atom, _ payload: Term) {
        state.withLock { state in
            guard !state.isClosed, state.discard == nil else { return }
            let passed = (ContinuousClock.now - start).components
            let offset = Int(passed.seconds) * 1_000 + Int(passed.attoseconds / 1_000_000_000_000_000)
            switch kind {
            case "event":
                state.interactions += 1
                state.eventsSinceRender += 1
            case "params":
                state.navigations += 1
                state.eventsSinceRender += 1
            case "info": state.eventsSinceRender += 1
            case "render", "assigns": state.eventsSinceRender = 0
            default: break
            }
            state.events.append((offset, kind, payload))
        }
    }

    func mount(_ assigns: Term) {
        let assigns = sanitizedAssigns(assigns)
        state.withLock { $0.assigns = assigns.map ?? [:] }
        record("mount", .map(["assigns": assigns]))
    }

    func render(_ assigns: Term) {
        let map = sanitizedAssigns(assigns).map ?? [:]
        let (changed, isBatch) = state.withLock { state in
            defer { state.assigns = map }
            return (
                TermMap(map.pairs.filter { state.assigns[$0.key] != $0.value }),
                state.eventsSinceRender > 1 || state.assigns.keys.contains { map[$0] == nil }
            )
        }
        if isBatch {
            record("assigns", .map(["snapshot": .map(map)]))
        } else {
            record("render", .map(["assigns": .map(changed)]))
        }
    }

    func render(_ assigns: Term, of component: ComponentID) {
        let map = sanitizedAssigns(assigns).map ?? [:]
        let changed = state.withLock { state in
            let old = state.components[component] ?? [:]
            state.components[component] = map
            return TermMap(map.pairs.filter { old[$0.key] != $0.value })
        }
        record(
            "component", .map(["module": .atom(component.module), "id": component.id, "assigns": .map(changed)]))
    }

    func close() {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        if isFirst { recorder.store(self) }
    }

    func outcome() async -> SessionOutcome {
        await withCheckedContinuation { continuation in
            let outcome = state.withLock { state in
                if state.outcome == nil { state.waiting.append(continuation) }
                return state.outcome
            }
            if let outcome { continuation.resume(returning: outcome) }
        }
    }

    /// Stores what has been recorded.
    func finish(in store: any RecordingStore, policy: RecordingPolicy) async {
        let (events, discard, isIdle) = state.withLock { state in
            (state.events, state.discard, state.interactions == 0 && state.navigations <= 1)
        }
        var outcome: SessionOutcome
        if let discard {
            outcome = .discarded(discard)
        } else if isIdle, policy.discardsWithoutInteraction {
            outcome = .discarded(.noInteraction)
        } else {
            do {
                let sink = MemorySink()
                let writer = try RecordingWriter(to: sink, header: header, options: .smallest)
                for event in events {
                    try writer.append(offset: event.offset, kind: event.kind, payload: event.payload)
                }
                try writer.finish()
                try await store.append(sink.bytes, to: id, at: 0)
                outcome = .stored(id)
            } catch {
                outcome = .failed(.storing)
            }
        }
        let waiting = state.withLock { state in
            state.outcome = outcome
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: outcome) }
    }
}

// MARK: - Values

extension SessionCore {
    func sanitized(_ term: Term, in part: RecordedPart) -> Term {
        do {
            return try recorder.sanitizer.sanitize(term, in: part)
        } catch {
            return .string(SanitizedValue.failed)
        }
    }

    func sanitizedAssigns(_ term: Term) -> Term {
        guard case .map = term else { return .map([:]) }
        return sanitized(term, in: .assigns)
    }

    func sanitized(url: String) -> String {
        (try? recorder.sanitizer.sanitize(url: url)) ?? SanitizedValue.failed
    }

    /// A value's term: the keys of assigns are atoms, those of parameters are binaries.
    func encoded(_ value: some Encodable, as part: RecordedPart) -> Term {
        Recorder.encoded(value, as: part) ?? .map([:])
    }
}
