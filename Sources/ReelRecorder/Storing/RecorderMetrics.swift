import Metrics
import Reel
import Synchronization
import ReelStore

/// What a recorder has done so far.
public struct RecorderStatistics: Hashable, Sendable {
    /// How many sessions are running, or are still being stored.
    public var sessions = 0
    /// How many events have become part of a recording in the store.
    public var recorded = 0
    /// How many events have been left out, by the reason.
    public var dropped: [DropReason: Int] = [:]
    /// How many sessions have been left out, by the reason.
    public var discarded: [DiscardReason: Int] = [:]
    /// How many sessions or values could not be recorded, by the reason.
    public var failed: [FailureReason: Int] = [:]
    /// How many attempts to store something have failed.
    public var retries = 0
    /// How many bytes have been stored.
    public var storedByteCount = 0
    /// How many bytes the running sessions have in memory now.
    public var memoryByteCount = 0
    /// The most bytes that they have had.
    public var memoryPeakByteCount = 0

    /// Creates statistics of nothing.
    public init() {}
}

/// Counts what a recorder does, for itself and for the metrics system.
///
/// | metric | kind | what |
/// | --- | --- | --- |
/// | `reel_recorder_events_recorded` | counter | events that became part of a recording in the store |
/// | `reel_recorder_events_dropped` | counter, by `reason` | events that were left out |
/// | `reel_recorder_sessions_discarded` | counter, by `reason` | sessions that were left out |
/// | `reel_recorder_failures` | counter, by `reason` | what could not be recorded |
/// | `reel_recorder_retries` | counter | attempts to store that failed |
/// | `reel_recorder_bytes_stored` | counter | bytes that the store has taken |
/// | `reel_recorder_flush_duration` | timer | how long the store took for them |
/// | `reel_recorder_sessions` | gauge | sessions that run or are being stored |
/// | `reel_recorder_memory_bytes` | gauge | bytes that they have in memory |
final class RecorderMetrics: Sendable {
    private let recorded: Counter
    private let dropped: [DropReason: Counter]
    private let discarded: [DiscardReason: Counter]
    private let failed: [FailureReason: Counter]
    private let retries: Counter
    private let bytes: Counter
    private let flushes: Metrics.Timer
    private let sessions: Gauge
    private let memory: Gauge
    private let counted = Guarded(RecorderStatistics())

    init(_ factory: any MetricsFactory) {
        func counter(_ name: String, _ reason: String? = nil) -> Counter {
            Counter(
                label: "reel_recorder_\(name)", dimensions: reason.map { [("reason", $0)] } ?? [], factory: factory)
        }
        recorded = counter("events_recorded")
        dropped = .init(uniqueKeysWithValues: DropReason.allCases.map { ($0, counter("events_dropped", $0.rawValue)) })
        discarded = .init(
            uniqueKeysWithValues: DiscardReason.allCases.map { ($0, counter("sessions_discarded", $0.rawValue)) })
        failed = .init(uniqueKeysWithValues: FailureReason.allCases.map { ($0, counter("failures", $0.rawValue)) })
        retries = counter("retries")
        bytes = counter("bytes_stored")
        flushes = Metrics.Timer(label: "reel_recorder_flush_duration", dimensions: [], factory: factory)
        sessions = Gauge(label: "reel_recorder_sessions", dimensions: [], factory: factory)
        memory = Gauge(label: "reel_recorder_memory_bytes", dimensions: [], factory: factory)
    }

    var statistics: RecorderStatistics { counted.withLock { $0 } }

    func drop(_ count: Int, _ reason: DropReason) {
        // A sender may say any number.
        dropped[reason]?.increment(by: min(count, 1 << 40))
        counted.withLock { $0.dropped[reason] = saturatingSum($0.dropped[reason, default: 0], count) }
    }

    func discard(_ reason: DiscardReason) {
        discarded[reason]?.increment()
        counted.withLock { $0.discarded[reason, default: 0] += 1 }
    }

    func fail(_ reason: FailureReason) {
        failed[reason]?.increment()
        counted.withLock { $0.failed[reason, default: 0] += 1 }
    }

    func retry() {
        retries.increment()
        counted.withLock { $0.retries += 1 }
    }

    func store(events: Int, byteCount: Int, within duration: Duration) {
        recorded.increment(by: events)
        bytes.increment(by: byteCount)
        let (seconds, attoseconds) = duration.components
        flushes.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        counted.withLock { counts in
            counts.recorded += events
            counts.storedByteCount += byteCount
        }
    }

    func show(sessions count: Int, memory byteCount: Int) {
        sessions.record(count)
        memory.record(byteCount)
    }
}
