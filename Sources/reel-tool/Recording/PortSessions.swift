import ExternalTerm
import Reel
import ReelRecorder
import ReelStore
import Synchronization

/// The sessions that a sender has started, under the keys that it has given them.
final class PortSessions: Sendable {
    private struct Entry: Sendable {
        var session: Session
        /// Whether the sender has stopped it.
        var isStopped = false
        /// Whether the sender has been told that its whole state is waited for.
        var isToldUnsure = false
        /// Which counts of events the sender waits for to be stored.
        var flushes: [Int] = []
    }

    private let recorder: Recorder
    private let output: PortOutput
    private let entries = Mutex<[Term: Entry]>([:])
    /// How much may wait for the store before a sender has to.
    private let waitingByteCount: Int
    private let hasFailed_ = Atomic<Bool>(false)

    init(_ recorder: Recorder, _ output: PortOutput) {
        self.recorder = recorder
        self.output = output
        waitingByteCount = recorder.configuration.memoryByteCount / 2
    }

    /// Whether a session could not be stored.
    var hasFailed: Bool { hasFailed_.load(ordering: .relaxed) }

    /// Does what a message asks.
    ///
    /// - Returns: what is to go on beside the next messages, if anything is.
    func take(_ message: PortMessage) async throws(PortError) -> (@Sendable () async -> Void)? {
        let key = message.key
        switch message.request {
        case .start(let header, let assigns, let id):
            guard entries.withLock({ $0[key] == nil }) else {
                throw PortError(.duplicateSession, "a session with this key is running", key: key)
            }
            let session = recorder.session(
                header: header, assigns: assigns, id: id, connectedAt: PortSessions.connectedAt(header),
                senderStart: message.time)
            entries.withLock { $0[key] = Entry(session: session) }
            await output.send(.tuple([.atom("started"), key, .string(id.text)]))
            return { await self.watch(key, session) }
        case .event(let kind, let payload):
            try await record(key) { $0.record(kind: kind, payload: payload, sentAt: message.time) }
        case .assigns(let assigns):
            try await record(key) { $0.render(assigns: assigns, sentAt: message.time) }
        case .state(let assigns, let components, let url):
            try await record(key) {
                $0.state(assigns: assigns, components: components, url: url, sentAt: message.time)
            }
        case .gap(let counts):
            let session = try session(key)
            session.gap(dropped: counts, sentAt: message.time)
            // The sender knows.
            entries.withLock { $0[key]?.isToldUnsure = true }
        case .flush:
            let session = try session(key)
            entries.withLock { $0[key]?.flushes.append(session.progress.recorded) }
            return {
                let stored = await session.flush().stored
                self.answerFlushes(key, upTo: stored, stored)
                await self.output.drain()
            }
        case .stop:
            let session = try session(key)
            entries.withLock { $0[key]?.isStopped = true }
            session.close()
        }
        return nil
    }

    /// Records something of a session, and asks for its whole state when something had to be left out.
    private func record(_ key: Term, _ body: (Session) -> Void) async throws(PortError) {
        let session = try session(key)
        await makeRoom(for: session)
        body(session)
        let needsWholeState = session.needsWholeState
        let isNews = entries.withLock { entries in
            guard let isTold = entries[key]?.isToldUnsure else { return false }
            entries[key]?.isToldUnsure = needsWholeState
            return needsWholeState && !isTold
        }
        if isNews { await output.send(.tuple([.atom("unsure"), key])) }
    }

    /// When a session started, as its sender says, if that makes sense.
    private static func connectedAt(_ header: TermMap) -> Int {
        let now = WallClock.now
        guard let time = header[atom: "connected_at"]?.integer, now - 3_600_000...now ~= time else { return now }
        return time
    }

    /// Tells the sender of what is stored of a session, and of its end.
    private func watch(_ key: Term, _ session: Session) async {
        var stored = 0
        while let progress = await session.progress(beyond: stored) {
            stored = progress.stored
            await output.send(.tuple([.atom("stored"), key, .integer(stored)]))
        }
        let outcome = await session.stored()
        if case .failed = outcome { hasFailed_.store(true, ordering: .relaxed) }
        let progress = session.progress
        // What comes after the end of a session is not about it.
        answerFlushes(key, upTo: .max, progress.stored)
        entries.withLock { $0[key] = nil }
        await output.send(.tuple([.atom("stopped"), key, outcome.term, progress.term]))
    }

    /// Answers those who wait for so many events, or fewer, to be stored.
    private func answerFlushes(_ key: Term, upTo count: Int, _ stored: Int) {
        entries.withLock { entries in
            guard let reached = entries[key]?.flushes.count(where: { $0 <= count }), reached > 0 else { return }
            entries[key]?.flushes.removeAll { $0 <= count }
            // Enqueued before anybody else finds that there is nothing left to answer.
            for _ in 0..<reached { output.enqueue(.tuple([.atom("flushed"), key, .integer(stored)])) }
        }
    }

    private func session(_ key: Term) throws(PortError) -> Session {
        guard let entry = entries.withLock({ $0[key] }), !entry.isStopped else {
            throw PortError(.unknownSession, "no session with this key is running", key: key)
        }
        return entry.session
    }

    /// Waits for the store when too much waits for it: nothing is read meanwhile.
    private func makeRoom(for session: Session) async {
        if recorder.statistics.memoryByteCount > waitingByteCount { await session.flush() }
    }
}

extension SessionOutcome {
    fileprivate var term: Term {
        switch self {
        case .stored(let id): .tuple([.atom("stored"), .string(id.text)])
        case .discarded(let reason): .tuple([.atom("discarded"), .atom(named: reason.rawValue)])
        case .failed(let reason): .tuple([.atom("failed"), .atom(named: reason.rawValue)])
        }
    }
}

extension SessionProgress {
    fileprivate var term: Term {
        .map([
            "recorded": .integer(recorded), "stored": .integer(stored),
            "dropped": .map(TermMap(dropped.map { TermMap.Pair(.atom($0.key), .integer($0.value)) })),
        ])
    }
}

extension Term {
    /// The atom of a reason.
    fileprivate static func atom(named name: String) -> Term { .atom(Atom(named: name) ?? .nil) }
}
