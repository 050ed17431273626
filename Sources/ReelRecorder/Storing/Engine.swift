import ExternalTerm
import Logging
import Metrics
import Reel
import ReelStore
import Synchronization

/// What works for a recorder: the sessions that are running, and the workers that store what they have recorded.
final class Engine: Sendable {
    let store: any RecordingStore
    let configuration: RecorderConfiguration
    let sanitizer: any Sanitizer
    let logger: Logger
    let metrics: RecorderMetrics
    let budget: MemoryBudget
    let queue = WorkQueue()
    let paramVerdicts: KeyVerdicts
    /// Whether the sanitizer has to see each text.
    let redactsText: Bool
    let makers: [MemberMaker]
    private let nextMaker = Atomic<Int>(0)
    private let sessions = Guarded(Sessions())
    private let workers = Guarded<[Task<Void, Never>]>([])

    private struct Sessions {
        var running: [RecordingID: SessionCore] = [:]
        /// Those whose storing has failed, and when it is tried again, by the monotonic clock.
        var delayed: [(time: UInt64, core: SessionCore)] = []
        /// Whether no session is started any more.
        var isClosed = false
        /// Whether the workers go when the last session has ended.
        var isRetired = false
        var awaitingEnd: [CheckedContinuation<Void, Never>] = []
    }

    init(
        store: any RecordingStore, configuration: RecorderConfiguration, sanitizer: any Sanitizer, logger: Logger,
        metrics: any MetricsFactory
    ) {
        self.store = store
        self.configuration = configuration
        self.sanitizer = sanitizer
        self.logger = logger
        self.metrics = RecorderMetrics(metrics)
        budget = MemoryBudget(limit: configuration.memoryByteCount)
        redactsText = sanitizer.redactsText
        paramVerdicts = KeyVerdicts(sanitizer, in: .params)
        makers = (0..<configuration.encoderCount).map { MemberMaker(level: configuration.level, number: $0) }
        workers.withLock { workers in
            workers = (0..<configuration.workerCount).map { _ in Task.detached { await self.work() } }
        }
        Task.detached { await self.keepTime() }
    }

    var maker: MemberMaker { makers[nextMaker.add(1, ordering: .relaxed).oldValue % makers.count] }

    private func work() async {
        while let job = await queue.next() {
            switch job {
            case .flush(let core): await flush(core)
            case .compact(let id, let dropped): await compact(id, dropped: dropped)
            }
        }
    }

    // MARK: Sessions

    /// Starts a session, or says why it is not recorded.
    func start(_ description: SessionDescription, policy: RecordingPolicy) -> SessionCore {
        let byteCount = MemoryBudget.sessionByteCount + description.byteCount
        guard budget.take(byteCount) else { return discarded(description, policy, .memory) }
        let core = SessionCore(description, policy: policy, engine: self)
        let problem = sessions.withLock { sessions -> (any RawRepresentable<String>)? in
            if sessions.isClosed { return DiscardReason.shutdown }
            if sessions.running[core.id] != nil { return FailureReason.conflict }
            sessions.running[core.id] = core
            return nil
        }
        guard let problem else { return core }
        budget.give(byteCount)
        if let reason = problem as? DiscardReason { return discarded(description, policy, reason) }
        _ = core.end(.failed(.conflict))
        failed(.conflict, of: core, "a session with this id is running")
        return core
    }

    /// The policy of a session: its own, when that makes sense, or the configuration's.
    func checked(_ policy: RecordingPolicy?) -> RecordingPolicy {
        guard let policy else { return configuration.policy }
        do {
            try policy.validate()
            return policy
        } catch {
            logger.error("a session's policy is not used", metadata: ["error": "\(error)"])
            return configuration.policy
        }
    }

    /// A session that is left out from its start.
    func discarded(
        _ description: SessionDescription, _ policy: RecordingPolicy, _ reason: DiscardReason
    ) -> SessionCore {
        metrics.discard(reason)
        logger.debug("session discarded", metadata: ["session": "\(description.id)", "reason": "\(reason.rawValue)"])
        return SessionCore(description, policy: policy, engine: self, discarded: reason)
    }

    var running: [SessionCore] { sessions.withLock { Array($0.running.values) } }

    func running(_ id: RecordingID) -> SessionCore? { sessions.withLock { $0.running[id] } }

    /// Says what has become of a session, and forgets it.
    func end(_ core: SessionCore, _ outcome: SessionOutcome) {
        guard core.end(outcome) else { return }
        budget.give(MemoryBudget.sessionByteCount + core.description.byteCount)
        switch outcome {
        case .stored: logger.debug("session stored", metadata: ["session": "\(core.id)"])
        case .discarded(let reason):
            metrics.discard(reason)
            logger.debug("session discarded", metadata: ["session": "\(core.id)", "reason": "\(reason.rawValue)"])
        case .failed: break
        }
        let awaiting = sessions.withLock { sessions -> [CheckedContinuation<Void, Never>] in
            sessions.running[core.id] = nil
            guard sessions.running.isEmpty else { return [] }
            if sessions.isRetired { queue.finish() }
            defer { sessions.awaitingEnd = [] }
            return sessions.awaitingEnd
        }
        for continuation in awaiting { continuation.resume() }
    }

    // MARK: Time

    /// Sees to it that events do not wait longer than they may, and that what has failed is tried again.
    private func keepTime() async {
        while !queue.isFinished {
            let interval = min(
                configuration.policy.flush.interval / 10, max(configuration.policy.retry.delay, .milliseconds(1)),
                .milliseconds(100))
            try? await Task.sleep(for: max(interval, .milliseconds(1)))
            tick()
        }
    }

    private func tick() {
        let now = MonotonicTime.now
        let (due, running) = sessions.withLock { sessions in
            let due = sessions.delayed.filter { $0.time <= now }
            if !due.isEmpty { sessions.delayed.removeAll { $0.time <= now } }
            return (due, Array(sessions.running.values))
        }
        for (_, core) in due { queue.push(.flush(core)) }
        let isTight = budget.isTight
        for core in running {
            core.flush(ifOlderThan: isTight ? now : now &- min(now, core.policy.flush.interval.nanoseconds))
        }
        metrics.show(sessions: running.count, memory: budget.used)
    }

    /// Has a session's storing tried again later.
    func delay(_ core: SessionCore, by duration: Duration) {
        sessions.withLock { sessions in
            // On shutdown there is no later.
            let delay = sessions.isClosed ? min(duration, .milliseconds(50)) : duration
            sessions.delayed.append((MonotonicTime.now &+ delay.nanoseconds, core))
        }
    }

    // MARK: Shutdown

    /// Ends all sessions, and waits until they are stored, but no longer than the grace time.
    func shutdown(_ graceTime: Duration, _ reason: Summary.Reason) async {
        let (running, delayed) = sessions.withLock { sessions in
            sessions.isClosed = true
            defer { sessions.delayed = [] }
            return (Array(sessions.running.values), sessions.delayed)
        }
        for core in running { core.close(reason) }
        for (_, core) in delayed { queue.push(.flush(core)) }
        let (isOver, over) = AsyncStream<Never>.makeStream()
        let timer = Task.detached {
            do { try await Task.sleep(for: graceTime) } catch { return }
            self.giveUp(after: graceTime)
            over.finish()
        }
        Task.detached {
            await self.ended()
            self.queue.finish()
            for worker in self.workers.withLock({ $0 }) { await worker.value }
            over.finish()
        }
        for await _ in isOver {}
        timer.cancel()
    }

    /// Waits until no session is running or being stored.
    func ended() async {
        await withCheckedContinuation { continuation in
            let isEmpty = sessions.withLock { sessions in
                if !sessions.running.isEmpty { sessions.awaitingEnd.append(continuation) }
                return sessions.running.isEmpty
            }
            if isEmpty { continuation.resume() }
        }
    }

    /// Leaves what has not been stored: the grace time is over.
    private func giveUp(after graceTime: Duration) {
        queue.dropCompactions()
        for core in running {
            failed(.shutdown, of: core, "the grace time of \(graceTime) is over")
            end(core, .failed(.shutdown))
        }
    }

    /// Lets the workers go when the last session has ended: nobody can start another one.
    func retire() {
        let isEmpty = sessions.withLock { sessions in
            sessions.isRetired = true
            return sessions.running.isEmpty
        }
        if isEmpty { queue.finish() }
    }

    // MARK: Reports

    var statistics: RecorderStatistics {
        var statistics = metrics.statistics
        statistics.sessions = sessions.withLock { $0.running.count }
        statistics.memoryByteCount = budget.used
        statistics.memoryPeakByteCount = budget.peak
        return statistics
    }

    func dropped(_ count: Int, _ reason: DropReason, of core: SessionCore) {
        metrics.drop(count, reason)
        logger.debug(
            "event dropped", metadata: ["session": "\(core.id)", "reason": "\(reason.rawValue)"])
    }

    func failed(_ reason: FailureReason, of core: SessionCore, _ what: String) {
        metrics.fail(reason)
        logger.error(
            "not recorded", metadata: ["session": "\(core.id)", "reason": "\(reason.rawValue)", "error": "\(what)"])
    }

    // MARK: Values

    /// What the sanitizer makes of a term; when it fails, what says so.
    func sanitized(_ term: Term, in part: RecordedPart) -> Term {
        do {
            return try sanitizer.sanitize(term, in: part)
        } catch {
            sanitizerFailed(error)
            return .string(SanitizedValue.failed)
        }
    }

    /// What the sanitizer makes of a field of the header; nil when nothing of it may be recorded.
    func sanitized(header pair: TermMap.Pair) -> Term? {
        switch pair.key.atom?.name {
        case "params": sanitized(pair.value, in: .params)
        case "session": sanitized(pair.value, in: .session)
        default: sanitized(.map(TermMap([pair])), in: .payload).map?.pairs.first?.value
        }
    }

    func sanitized(url: String) -> String {
        do {
            return try sanitizer.sanitize(url: url)
        } catch {
            sanitizerFailed(error)
            return SanitizedValue.failed
        }
    }

    private func sanitizerFailed(_ error: any Error) {
        metrics.fail(.sanitizing)
        // The error may quote the value.
        logger.error("value replaced: the sanitizer failed", metadata: ["error": "\(type(of: error))"])
    }

    /// A value's term. Keys of parameters and sessions are text, others atoms.
    func encoded(_ value: some Encodable, as part: RecordedPart) -> Term {
        if let term = value as? Term { return term }
        var encoder = TermEncoder()
        encoder.keyForm = part == .params || part == .session ? .binary : .atom
        do {
            return try encoder.encode(value)
        } catch {
            metrics.fail(.encoding)
            // The error may quote the value.
            var path = ""
            if case .invalidValue(_, let context)? = error as? EncodingError {
                path = context.codingPath.map(\.stringValue).joined(separator: ".")
            }
            logger.error("value replaced: it could not be encoded", metadata: ["path": "\(path)"])
            return .string(SanitizedValue.unencodable)
        }
    }
}

extension Duration {
    /// The duration in nanoseconds; 0 for one below zero.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflows) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflows ? .max / 2 : min(product, .max / 2) + UInt64(attoseconds) / 1_000_000_000
    }
}
