public import ExternalTerm
import Synchronization
import ReelStore

/// How far a session is, and the storing of it.
public struct SessionProgress: Hashable, Sendable {
    /// How many events it has recorded.
    public var recorded: Int
    /// How many of them are in the store, from the first one on.
    public var stored: Int
    /// How many have been left out, by their kind.
    public var dropped: [Atom: Int]

    /// Creates a progress.
    public init(recorded: Int = 0, stored: Int = 0, dropped: [Atom: Int] = [:]) {
        self.recorded = recorded
        self.stored = stored
        self.dropped = dropped
    }
}

extension Session {
    /// How far the session is now.
    public var progress: SessionProgress { core.state.withLock { $0.progress } }

    /// Has what has been recorded so far stored now, and waits until it is, or the session has ended.
    ///
    /// - Returns: how far the session is then. What could not be stored has not been, so compare the counts.
    @discardableResult
    public func flush() async -> SessionProgress {
        let target = core.state.withLock { state in
            state.flushTarget = max(state.flushTarget, state.eventCount)
            return state.eventCount
        }
        while await core.waitForStoring(upTo: target) {}
        return progress
    }

    /// Waits until more events are in the store than so many.
    ///
    /// - Returns: how far the session is then, or nil when it has ended.
    public func progress(beyond stored: Int) async -> SessionProgress? {
        while await core.waitForStoring(beyond: stored) {}
        return core.state.withLock { state in state.isEnded ? nil : state.progress }
    }
}

extension SessionState {
    fileprivate var progress: SessionProgress {
        SessionProgress(recorded: eventCount, stored: storedCount, dropped: dropped)
    }

    fileprivate var isEnded: Bool {
        if case .ended = phase { true } else { false }
    }
}

extension SessionCore {
    /// Sees to it that so many events are stored soon, and waits for the next ones to be. Returns whether it had to.
    fileprivate func waitForStoring(upTo target: Int) async -> Bool {
        let isReady = state.withLock { state in
            guard state.storedCount < target, state.phase == .running, !state.isQueued else { return false }
            state.isQueued = true
            return true
        }
        if isReady { engine.queue.push(.flush(self)) }
        return await waitForStoring(beyond: target - 1)
    }

    /// Waits for the next events to be stored unless more are than so many, or the session has ended. Returns whether it had to.
    fileprivate func waitForStoring(beyond count: Int) async -> Bool {
        await withCheckedContinuation { continuation in
            let hasToWait = state.withLock { state in
                guard state.storedCount <= count, !state.isEnded else { return false }
                state.awaitingStoring.append(continuation)
                return true
            }
            if !hasToWait { continuation.resume(returning: false) }
        }
    }
}
