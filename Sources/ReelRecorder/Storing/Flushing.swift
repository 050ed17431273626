import ExternalTerm
import Logging
import Reel
import ReelStore
import Synchronization

/// Storing what sessions have recorded. A session is with one worker at a time, which is the one that has taken it from the queue.
extension Engine {
    /// Stores what a session has recorded, and finishes it when it has been closed.
    func flush(_ core: SessionCore) async {
        // Taken out, so that it is changed in place.
        var storage = core.storage.withLock { storage in
            defer { storage = SessionStorage() }
            return storage
        }
        while true {
            let isDone: Bool
            switch storage.step {
            case .collecting: isDone = await collect(core, &storage)
            case .storing(let ends): isDone = await send(core, &storage, ends: ends)
            case .discarding(let reason): isDone = await discard(core, &storage, reason)
            }
            if isDone { break }
        }
    }

    /// Makes members of what waits. Returns whether the worker is done with the session for now.
    private func collect(_ core: SessionCore, _ storage: inout SessionStorage) async -> Bool {
        let taken = core.take()
        if taken.isEnded { return true }
        let events = taken.events.pieces
        if taken.closing == nil, events.isEmpty {
            core.storage.withLock { $0 = storage }
            return core.isLeft()
        }
        if taken.closing != nil, core.policy.discardsWithoutInteraction, taken.activity.isIdle {
            storage.step = .discarding(.noInteraction)
            return false
        }
        do throws(ReelError) {
            storage.eventCount = taken.events.count
            let made: MemberMaker.Made
            if let reason = taken.closing {
                if let assembly = storage.assembly.take() {
                    made = try await maker.ending(of: events, for: assembly, reason: reason)
                } else {
                    let header = core.description.header.noting(dropped: taken.dropped)
                    made = try await maker.recording(of: events, header: header, reason: reason)
                }
                if !isKept(core, made.assembly.summary, taken.activity) {
                    storage.step = .discarding(.tailSampling)
                    return false
                }
            } else {
                if storage.assembly == nil {
                    storage.assembly = try MemberAssembly(
                        header: core.description.header.naming(.current),
                        options: WriterOptions(level: configuration.level, writesKeyframes: false))
                }
                guard let assembly = storage.assembly.take() else { return true }
                made = try await maker.members(of: events, for: assembly)
            }
            storage.members = made.members
            storage.assembly = made.assembly
            storage.step = .storing(ends: taken.closing != nil)
            return false
        } catch {
            failed(.encoding, of: core, "\(error)")
            end(core, .failed(.encoding))
            return true
        }
    }

    /// Whether tail sampling keeps a session.
    private func isKept(_ core: SessionCore, _ summary: Summary, _ activity: Activity) -> Bool {
        guard let sampling = core.policy.tailSampling else { return true }
        if summary.errorCount > 0 { return true }
        if let bound = sampling.slowerThan, .milliseconds(activity.slowest) > bound { return true }
        return sampling.share >= 1 || Double.random(in: 0..<1) < sampling.share
    }

    /// Stores the members that have been made.
    private func send(_ core: SessionCore, _ storage: inout SessionStorage, ends: Bool) async -> Bool {
        let start = ContinuousClock.now
        do throws(StoreError) {
            try await store.append(storage.members, to: core.id, at: storage.storedByteCount)
        } catch {
            return retry(core, &storage, error)
        }
        metrics.store(
            events: storage.eventCount, byteCount: storage.members.count, within: ContinuousClock.now - start)
        let wasFlushed = storage.storedByteCount > 0
        storage.storedByteCount += storage.members.count
        storage.members = []
        storage.failures = 0
        storage.step = .collecting
        core.sent()
        guard ends else { return false }
        let dropped = core.state.withLock { $0.dropped }
        if wasFlushed, configuration.compacts { queue.push(.compact(core.id, dropped: dropped)) }
        end(core, .stored(core.id))
        return true
    }

    /// Deletes what has been stored of a session that is not kept.
    private func discard(
        _ core: SessionCore, _ storage: inout SessionStorage, _ reason: DiscardReason
    ) async -> Bool {
        if storage.storedByteCount > 0 {
            do throws(StoreError) {
                try await store.delete(core.id)
            } catch {
                return retry(core, &storage, error)
            }
        }
        end(core, .discarded(reason))
        return true
    }

    /// Puts a session off after the store has failed, or gives it up.
    private func retry(_ core: SessionCore, _ storage: inout SessionStorage, _ error: StoreError) -> Bool {
        storage.failures += 1
        metrics.retry()
        let policy = core.policy.retry
        guard error.mayPass, storage.failures < policy.attempts else {
            let reason: FailureReason = error.kind == .conflict ? .conflict : .storing
            failed(reason, of: core, "\(error)")
            end(core, .failed(reason))
            return true
        }
        logger.warning(
            "storing failed, to be tried again",
            metadata: ["session": "\(core.id)", "attempt": "\(storage.failures)", "error": "\(error)"])
        core.storage.withLock { $0 = storage }
        let delay = policy.delay * (1 << min(storage.failures - 1, 20))
        // A little less at random, so that many sessions do not come back at once.
        self.delay(core, by: min(delay, policy.longestDelay) * Double.random(in: 0.75...1))
        return true
    }
}

extension StoreError {
    /// Whether the same may succeed later.
    fileprivate var mayPass: Bool {
        switch kind {
        case .full, .unavailable, .inputOutput, .readOnly, .notFound: true
        case .invalidID, .invalidQuery, .invalidLocation, .conflict, .invalidRecording: false
        }
    }
}

/// What a worker has taken from a session.
struct TakenEvents: Sendable {
    var events: EventBuffer
    /// Why the session ends with them, or nil when it goes on.
    var closing: Summary.Reason?
    /// Whether the session has ended, so that there is nothing to do.
    var isEnded: Bool
    var dropped: [Atom: Int]
    var activity: Activity
}

extension SessionCore {
    /// Takes what waits, to be stored.
    func take() -> TakenEvents {
        state.withLock { state in
            var closing: Summary.Reason?
            if case .closing(let reason) = state.phase { closing = reason }
            var isEnded = false
            if case .ended = state.phase { isEnded = true }
            if !isEnded, closing != nil || state.waiting.count > 0 {
                state.sending = state.waiting
                state.waiting = EventBuffer(expecting: state.waiting.byteCount)
            }
            return TakenEvents(
                events: state.sending ?? EventBuffer(), closing: closing, isEnded: isEnded, dropped: state.dropped,
                activity: state.activity)
        }
    }

    /// Notes that what was taken has been stored.
    func sent() {
        let awaiting = state.withLock { state -> [CheckedContinuation<Bool, Never>] in
            guard var sent = state.sending else { return [] }
            state.storedCount += sent.count
            state.storedByteCount += sent.byteCount
            state.sending = nil
            sent.release(to: engine.budget)
            return state.takeAwaitingStoring()
        }
        for continuation in awaiting { continuation.resume(returning: true) }
    }

    /// Lets the session go, unless it has been closed meanwhile, or has enough to be stored already. Returns whether it did.
    func isLeft() -> Bool {
        state.withLock { state in
            guard state.phase == .running, state.storedCount >= state.flushTarget,
                state.waiting.count < policy.flush.events,
                state.waiting.byteCount < policy.flush.bytes
            else { return false }
            state.isQueued = false
            return true
        }
    }
}
