import ExternalTerm
import Reel

/// What changes in a session while it records.
struct SessionState: Sendable {
    /// How far a session is.
    enum Phase: Hashable, Sendable {
        case running
        /// It has been closed; what is left is being stored.
        case closing(Summary.Reason)
        case ended(SessionOutcome)
    }

    var phase = Phase.running
    /// The events that nobody has taken yet.
    var waiting = EventBuffer()
    /// The events that are being stored.
    var sending: EventBuffer?
    /// How many events, and bytes of them, have been stored, and so are in no buffer any more.
    var storedCount = 0
    var storedByteCount = 0
    /// How many events the session has recorded.
    var eventCount = 0
    /// The offset of the last event.
    var lastOffset = 0
    /// How many events have been left out, by their kind.
    private(set) var dropped: [Atom: Int] = [:]
    /// Those of them that no gap tells of yet.
    var untold = Untold()
    /// Whether a gap is open: something has been left out that may have changed the state, so that further changes do not add up.
    private(set) var isUnsure = false
    /// Whether that may have been something of a component.
    private(set) var hasUnsureComponents = false
    var activity = Activity()
    /// What the assigns were when they were recorded last.
    var known = KnownAssigns()
    /// Whether a worker has the session, or will have it.
    var isQueued = false
    /// When the oldest event that waits was recorded, by the monotonic clock.
    var oldest: UInt64 = 0
    /// The tasks that wait for the next event.
    var observers: [Int: CheckedContinuation<Void, Never>] = [:]
    /// How many have waited so far: what tells them apart.
    var observerCount = 0
    /// How many events are to be stored before their time, because somebody waits for it.
    var flushTarget = 0
    /// The tasks that wait for more events to be stored.
    var awaitingStoring: [CheckedContinuation<Bool, Never>] = []
    /// The tasks that wait for the outcome.
    var awaiting: [CheckedContinuation<SessionOutcome, Never>] = []

    /// How many bytes of events the session has recorded, stored or not.
    var recordedByteCount: Int { storedByteCount + (sending?.byteCount ?? 0) + waiting.byteCount }

    /// Why an event of this kind cannot be recorded now, but for memory, or nil when it can.
    @inline(__always)
    func reasonToDrop(_ kind: EventKind, _ policy: RecordingPolicy) -> DropReason? {
        guard phase == .running else { return .ended }
        guard eventCount < policy.maxEvents else { return .maxEvents }
        return isUnsure && kind.isDelta ? .gap : nil
    }

    /// Why not even the whole state can be recorded now, but for memory, or nil when it can.
    func reasonToDropWhole(_ policy: RecordingPolicy) -> DropReason? { reasonToDrop(.snapshot, policy) }

    /// Counts events that are left out at this place; nobody knows which when there are none.
    ///
    /// - Parameter isDue: whether a gap has to tell of them before the next event.
    mutating func leaveOut(_ counts: [Atom: Int], at offset: Int, isDue: Bool) {
        for (kind, count) in counts {
            // A recording has room for so many names, and a sender may think of any.
            let kind = dropped[kind] != nil || dropped.count < SessionState.mostKinds ? kind : "other"
            dropped[kind] = saturatingSum(dropped[kind, default: 0], count)
            untold.counts[kind] = saturatingSum(untold.counts[kind, default: 0], count)
        }
        untold.isUnknown = untold.isUnknown || counts.isEmpty
        untold.isDue = untold.isDue || isDue
        untold.offset = untold.offset < 0 ? max(offset, 0) : untold.offset
        guard Gap(dropped: counts).mayChangeState else { return }
        isUnsure = true
        let isOfComponents = counts.keys.contains { $0 == "component" || $0 == "component_destroyed" }
        if isOfComponents || counts.isEmpty && known.hasComponents { hasUnsureComponents = true }
    }

    /// Notes that the whole state is recorded.
    mutating func closeGap() {
        isUnsure = false
        hasUnsureComponents = false
    }

    private static let mostKinds = 256

    /// Events that have been left out, and of which no gap tells yet.
    struct Untold: Sendable {
        var counts: [Atom: Int] = [:]
        /// Whether something is missing that nobody knows.
        var isUnknown = false
        /// Whether a gap has to tell of them before the next event.
        var isDue = false
        /// The offset of the first one, or -1.
        var offset = -1

        /// The gap that is to be told next.
        var gap: Gap? { isUnknown || !counts.isEmpty ? Gap(dropped: counts) : nil }

        /// Takes note that the gap has been told.
        mutating func removeGap() {
            // A state is as unsure after a gap of what may have changed it as after one of nobody knows what.
            if counts.isEmpty || Gap(dropped: counts).mayChangeState { isUnknown = false }
            counts = [:]
            if !isUnknown { self = Untold() }
        }
    }

    /// Takes those who wait for more events to be stored.
    mutating func takeAwaitingStoring() -> [CheckedContinuation<Bool, Never>] {
        guard !awaitingStoring.isEmpty else { return [] }
        defer { awaitingStoring = [] }
        return awaitingStoring
    }

    /// Takes those who wait for the next event, to be told that it is there.
    mutating func takeObservers() -> [CheckedContinuation<Void, Never>] {
        guard !observers.isEmpty else { return [] }
        defer { observers = [:] }
        return Array(observers.values)
    }
}

/// Why an event was left out.
public enum DropReason: String, Hashable, Sendable, CaseIterable {
    /// The recording has as many events as it may have.
    case maxEvents = "max_events"
    /// The running sessions have as much memory as they may have.
    case memory
    /// The session had ended.
    case ended
    /// It could not be encoded, or is larger than a reader takes.
    case invalid
    /// It said what had changed of the state, and a change before it had been left out: see ``Session/needsWholeState``.
    case gap
    /// The sender of the events had left it out, and said so.
    case sender
}
