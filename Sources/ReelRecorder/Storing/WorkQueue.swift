import ExternalTerm
import Synchronization
import ReelStore

/// What the recorder's workers have to do, in order: sessions first, and what can wait after them.
final class WorkQueue: Sendable {
    enum Job: Sendable {
        /// Store what a session has recorded.
        case flush(SessionCore)
        /// Rewrite a finished recording to its smallest form; so many events of each kind were left out of it.
        case compact(RecordingID, dropped: [Atom: Int])
    }

    private struct State {
        var flushes = Line()
        var compactions = Line()
        var idle: [CheckedContinuation<Job?, Never>] = []
        var isFinished = false
    }

    private let state = Guarded(State())

    func push(_ job: Job) {
        let worker = state.withLock { state -> CheckedContinuation<Job?, Never>? in
            if let worker = state.idle.popLast() { return worker }
            if case .flush = job { state.flushes.append(job) } else { state.compactions.append(job) }
            return nil
        }
        worker?.resume(returning: job)
    }

    /// The next job, waited for; nil when there will be none any more.
    func next() async -> Job? {
        await withCheckedContinuation { continuation in
            let (job, isReady) = state.withLock { state -> (Job?, Bool) in
                if let job = state.flushes.popFirst() ?? state.compactions.popFirst() { return (job, true) }
                if state.isFinished { return (nil, true) }
                state.idle.append(continuation)
                return (nil, false)
            }
            if isReady { continuation.resume(returning: job) }
        }
    }

    /// Lets the workers go when nothing is left to do.
    func finish() {
        let idle = state.withLock { state in
            state.isFinished = true
            defer { state.idle = [] }
            return state.idle
        }
        for worker in idle { worker.resume(returning: nil) }
    }

    /// Forgets what can wait.
    func dropCompactions() { state.withLock { $0.compactions = Line() } }

    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// Jobs, first in, first out.
    private struct Line {
        private var jobs: [Job?] = []
        private var start = 0

        mutating func append(_ job: Job) { jobs.append(job) }

        mutating func popFirst() -> Job? {
            guard start < jobs.count else { return nil }
            let job = jobs[start]
            jobs[start] = nil
            start += 1
            // Given up when most of it has been done.
            if start * 2 >= jobs.count, start >= 64 || start == jobs.count {
                jobs.removeFirst(start)
                start = 0
            }
            return job
        }
    }
}
