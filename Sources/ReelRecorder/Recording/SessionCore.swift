import ExternalTerm
import Reel
import ReelStore
import Synchronization
import Zlib

/// A session as the recorder has it, which others may hold on to as well.
final class SessionCore: Sendable {
    let id: RecordingID
    let description: SessionDescription
    let policy: RecordingPolicy
    let engine: Engine
    let state: Guarded<SessionState>
    /// What of the session's pages may be recorded.
    private let privacy = Guarded(PagePrivacy())
    /// What the worker that has the session works on.
    let storage: Guarded<SessionStorage>
    /// When the session started, by the monotonic clock.
    private let start = MonotonicTime.now
    /// When the sender of the events says that it started, in milliseconds by the sender's clock.
    private let senderStart: Int?
    /// Whether recording anything makes sense: what is false stays false.
    private let isOpen: Atomic<Bool>

    init(_ description: SessionDescription, policy: RecordingPolicy, engine: Engine, discarded: DiscardReason? = nil) {
        id = description.id
        senderStart = description.senderStart
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
    struct Signal: Sendable {
        var isReady = false
        var observers: [CheckedContinuation<Void, Never>] = []
        /// How many events have been left out, by the reason.
        var dropped: [DropReason: Int] = [:]

        /// Adds what has to be done for what followed.
        mutating func merge(_ other: Signal) {
            isReady = isReady || other.isReady
            observers += other.observers
            dropped.merge(other.dropped, uniquingKeysWith: saturatingSum)
        }
    }

    /// Records an event that `write` encodes into the session's buffer.
    ///
    /// - Parameter byteCount: the most bytes that it takes, asked for when `write` has not written it, or nil when it never will.
    @inline(__always)
    func append(
        _ kind: EventKind, at time: EventTime = .now, _ byteCount: () -> Int?,
        _ write: (_ offset: Int, _ writer: inout EventWriter) -> Void
    ) {
        let signal = state.withLock { state -> Signal in
            if let reason = state.reasonToDrop(kind, policy) { return leaveOut(kind, reason, at: time, &state) }
            return append(kind, at: time, byteCount, to: &state, write)
        }
        if signal.isReady || !signal.observers.isEmpty || !signal.dropped.isEmpty { act(on: signal) }
    }

    /// Records an event whose kind and payload have been encoded.
    func append(
        _ kind: EventKind, _ encoded: [UInt8], at time: EventTime, to state: inout SessionState
    ) -> Signal {
        append(kind, at: time, { EventWriter.headByteCount + encoded.count }, to: &state) { offset, writer in
            writer.writeHead(offset)
            writer.write(encoded)
        }
    }

    /// Records an event, after the gap of those that have been left out before it.
    @inline(__always)
    private func append(
        _ kind: EventKind, at time: EventTime, _ byteCount: () -> Int?, to state: inout SessionState,
        _ write: (_ offset: Int, _ writer: inout EventWriter) -> Void
    ) -> Signal {
        guard state.untold.isDue else { return put(kind, at: time, byteCount, to: &state, write) }
        var signal = tellGap(&state)
        if let reason = state.untold.isDue ? .memory : state.reasonToDropWhole(policy) {
            signal.merge(leaveOut(kind, reason, at: time, &state))
        } else {
            signal.merge(put(kind, at: time, byteCount, to: &state, write))
        }
        return signal
    }

    /// Puts an event into the session's buffer.
    @inline(__always)
    private func put(
        _ kind: EventKind, at time: EventTime, _ byteCount: () -> Int?, to state: inout SessionState,
        _ write: (_ offset: Int, _ writer: inout EventWriter) -> Void
    ) -> Signal {
        let now = MonotonicTime.now
        let offset = max(time.offset(reading: elapsed(at: now), since: senderStart), state.lastOffset)
        if !state.waiting.append({ write(offset, &$0) }) {
            guard let wanted = byteCount() else { return Signal() }
            guard wanted <= SessionCore.mostBytes else { return leaveOut(kind, .invalid, at: time, &state) }
            guard state.waiting.makeRoom(for: wanted, within: engine.budget) else {
                return leaveOut(kind, .memory, at: time, &state)
            }
            guard state.waiting.append({ write(offset, &$0) }) else {
                return byteCount() == nil ? Signal() : leaveOut(kind, .memory, at: time, &state)
            }
        }
        if state.waiting.count == 0 { state.oldest = now }
        state.waiting.count += 1
        state.eventCount += 1
        state.lastOffset = offset
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

    /// How long the session has been running at a time of the monotonic clock, in milliseconds.
    @inline(__always)
    private func elapsed(at now: UInt64) -> Int { Int(truncatingIfNeeded: (now &- start) / 1_000_000) }

    /// The most bytes of an event that readers accept.
    private static let mostBytes = WriterOptions().eventByteCount

    @inline(never)
    func act(on signal: Signal) {
        if signal.isReady { engine.queue.push(.flush(self)) }
        for observer in signal.observers { observer.resume() }
        for (reason, count) in signal.dropped { engine.dropped(count, reason, of: self) }
    }
}

// MARK: - Gaps

extension SessionCore {
    /// Counts an event that is not recorded, for the gap in its place.
    @inline(never)
    func leaveOut(_ kind: EventKind, _ reason: DropReason, at time: EventTime, _ state: inout SessionState) -> Signal {
        guard reason != .ended else { return Signal(dropped: [.ended: 1]) }
        let offset = time.offset(reading: elapsed(at: MonotonicTime.now), since: senderStart)
        // What only an open gap keeps out is told with the whole state that closes it.
        state.leaveOut([kind.atom: 1], at: offset, isDue: reason != .gap)
        return Signal(dropped: [reason: 1])
    }

    /// Records the gaps of what has been left out, as far as there is room for them.
    ///
    /// - Parameter isForced: whether they are recorded however little memory there is.
    @inline(never)
    func tellGap(_ state: inout SessionState, isForced: Bool = false) -> Signal {
        var signal = Signal()
        while let gap = state.untold.gap, let encoded = encoded(.gap, gap.payload) {
            let byteCount = EventWriter.headByteCount + encoded.count
            guard state.waiting.makeRoom(for: byteCount, within: engine.budget, isForced: isForced) else { break }
            let offset = state.untold.offset
            state.untold.removeGap()
            signal.merge(
                put(.gap, at: .offset(offset), { byteCount }, to: &state) { offset, writer in
                    writer.writeHead(offset)
                    writer.write(encoded)
                })
        }
        return signal
    }

    /// Records that the sender of the events has left out some; it does not know which when there are none.
    func gap(_ dropped: [Atom: Int], at time: EventTime) {
        guard isRecording else { return ended() }
        privacy.withLock { $0.noteGap() }
        update { state in
            guard state.phase == .running else { return Signal(dropped: [.ended: 1]) }
            let offset = time.offset(reading: elapsed(at: MonotonicTime.now), since: senderStart)
            state.leaveOut(dropped, at: offset, isDue: true)
            var signal = state.eventCount < policy.maxEvents ? tellGap(&state) : Signal()
            if !dropped.isEmpty { signal.merge(Signal(dropped: [.sender: dropped.values.reduce(0, saturatingSum)])) }
            return signal
        }
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

    /// Records an event with a payload that has been sanitized, and that leaves the state as it is.
    func record(_ kind: EventKind, _ payload: Term, at time: EventTime = .now) {
        guard isRecording else { return ended() }
        guard let encoded = encodedOrLeftOut(kind, payload, at: time) else { return }
        let reportsError = kind.reportsError(payload)
        update { state in
            if let reason = state.reasonToDrop(kind, policy) { return leaveOut(kind, reason, at: time, &state) }
            let signal = append(kind, encoded, at: time, to: &state)
            if reportsError, signal.dropped.isEmpty { state.activity.noteError() }
            return signal
        }
    }

    /// The kind and the payload, encoded; nil when no reader would take them.
    func encoded(_ kind: EventKind, _ payload: Term) -> [UInt8]? {
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

    /// The same; an event that no reader would take is counted as left out.
    func encodedOrLeftOut(_ kind: EventKind, _ payload: Term, at time: EventTime) -> [UInt8]? {
        if let encoded = encoded(kind, payload) { return encoded }
        update { state in leaveOut(kind, state.phase == .running ? .invalid : .ended, at: time, &state) }
        return nil
    }

    /// Changes the state, and does what follows from it.
    func update(_ body: (inout SessionState) -> Signal) {
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
            // Whatever the policy says: this event is what tells that the recording is not all.
            _ = tellGap(&state, isForced: true)
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
    func sanitized(_ term: Term, in part: RecordedPart) -> Term {
        let sanitized = engine.sanitized(term, in: part)
        // What a page writes of it has no key by which it could be told.
        note(term, sanitizedTo: sanitized)
        return sanitized
    }

    func sanitized(url: String) -> String {
        let sanitized = engine.sanitized(url: url)
        note(.string(url), sanitizedTo: .string(sanitized))
        return sanitized
    }

    /// Takes note of what the sanitizer has filtered.
    func note(_ term: Term, sanitizedTo sanitized: Term) {
        privacy.withLock { $0.note(term, sanitizedTo: sanitized) }
    }

    /// The payload of an event of a kind as it may be recorded.
    func sanitized(_ payload: Term, of kind: Atom) -> Term {
        if EventKind(kind) == .gap { privacy.withLock { $0.noteGap() } }
        // A file that is the same for everybody.
        if kind == PageAsset.kind { return PageAsset.recorded(payload) }
        guard PagePrivacy.isPage(kind) else { return sanitized(payload, in: .payload) }
        return engine.sanitized(privacy.withLock { $0.sanitized(kind, payload) }, in: .payload)
    }

    /// Text of the application's own, such as an event's name.
    func redacted(_ text: String) -> String {
        engine.redactsText
            ? engine.sanitized(.string(text), in: .payload).text ?? SanitizedValue.failed : text
    }

    func sanitized(_ component: ComponentID) -> Term {
        .tuple([.atom(component.module), sanitized(component.id, in: .assigns)])
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
