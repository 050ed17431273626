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
    /// How many events have been left out, by their kind.
    var dropped: [Atom: Int] = [:]
    /// Whether a change of the state has been left out, so that further changes do not add up.
    var isStale = false
    var activity = Activity()
    /// What the assigns were when they were recorded last.
    var known = KnownAssigns()
    /// Whether a worker has the session, or will have it.
    var isQueued = false
    /// When the oldest event that waits was recorded, by the monotonic clock.
    var oldest: UInt64 = 0
    /// Who waits for the next event.
    var observers: [Int: CheckedContinuation<Void, Never>] = [:]
    /// How many have waited so far: what tells them apart.
    var observerCount = 0
    /// How many events are to be stored before their time, because somebody waits for it.
    var flushTarget = 0
    /// Who waits for more events to be stored.
    var awaitingStoring: [CheckedContinuation<Bool, Never>] = []
    /// Who waits for the outcome.
    var awaiting: [CheckedContinuation<SessionOutcome, Never>] = []

    /// How many bytes of events the session has recorded, stored or not.
    var recordedByteCount: Int { storedByteCount + (sending?.byteCount ?? 0) + waiting.byteCount }

    /// Why an event of this kind cannot be recorded now, but for memory, or nil when it can.
    @inline(__always)
    func reasonToDrop(_ kind: EventKind, _ policy: RecordingPolicy) -> DropReason? {
        guard phase == .running else { return .ended }
        guard eventCount < policy.maxEvents else { return .maxEvents }
        return isStale && kind.changesState ? .memory : nil
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
}
