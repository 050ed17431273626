import Foundation
import HTTPTypes
import Reel
import ReelStore
import Synchronization

/// Reads recordings to show them: no more than some at a time, each on a thread of its own, for no longer than it may take, and no
/// longer than somebody waits for it.
///
/// What is inflated takes memory, so that several at once take several times as much. Terms may nest a thousand deep, and are
/// written, compared and released by recursion, which needs a deeper stack than the threads have that tasks run on: trees of terms
/// stay within the work.
actor ReadingWork {
    private static let stackByteCount = 256 << 20

    private var free: Int
    private let mostWaiting: Int
    private let longest: Duration
    private var waiting: [(permit: WorkPermit, continuation: CheckedContinuation<Void, any Error>)] = []

    /// Creates a place where work is done.
    ///
    /// - Parameters:
    ///   - count: how many pieces of work are done at a time.
    ///   - mostWaiting: how many more may wait.
    ///   - longest: how long a piece of work may take, its waiting included.
    init(_ count: Int, mostWaiting: Int, longest: Duration) {
        free = count
        self.mostWaiting = mostWaiting
        self.longest = longest
    }

    /// Does a piece of work, which may block, when its turn has come. It is given up when its request is: at the next look at the
    /// permit, which each reading of a recording's bytes is.
    nonisolated func run<Result: Sendable>(
        _ work: @escaping @Sendable (WorkPermit) throws -> Result
    ) async throws -> Result {
        let permit = WorkPermit(longest)
        let visitor = Abandonment.current
        visitor?.add(permit) { Task { await self.giveUp(permit) } }
        defer { visitor?.remove(permit) }
        try await enter(permit)
        do {
            try permit.check()
            let result = try await Self.onThread { try work(permit) }
            await leave()
            return result
        } catch {
            await leave()
            throw error
        }
    }

    private static func onThread<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                continuation.resume(with: Swift.Result { try work() })
                FreeMemory.giveBack()
            }
            // Only what is used of it takes memory.
            thread.stackSize = stackByteCount
            thread.start()
        }
    }

    private func enter(_ permit: WorkPermit) async throws {
        try permit.check()
        if free > 0 {
            free -= 1
            return
        }
        guard waiting.count < mostWaiting else {
            throw DashboardError.busy("too much is being read at once", retryAfter: 1)
        }
        try await withCheckedThrowingContinuation { waiting.append((permit, $0)) }
    }

    private func leave() {
        free += 1
        while free > 0, !waiting.isEmpty {
            let next = waiting.removeFirst()
            do {
                try next.permit.check()
                free -= 1
                next.continuation.resume()
            } catch {
                next.continuation.resume(throwing: error)
            }
        }
    }

    /// Lets go of what waits for its turn.
    private func giveUp(_ permit: WorkPermit) {
        guard let index = waiting.firstIndex(where: { $0.permit === permit }) else { return }
        waiting.remove(at: index).continuation.resume(throwing: WorkPermit.abandoned)
    }
}

/// What a piece of work may go on with.
final class WorkPermit: Sendable {
    private let isAbandoned = Atomic<Bool>(false)
    private let end: ContinuousClock.Instant

    init(_ longest: Duration) { end = .now + longest }

    static let abandoned = DashboardError(.serviceUnavailable, "the visitor has gone")

    /// Throws when nobody waits for the work any more, or it has taken too long.
    func check() throws {
        if isAbandoned.load(ordering: .relaxed) { throw WorkPermit.abandoned }
        if ContinuousClock.now > end {
            throw DashboardError.busy("this takes too long to be shown", retryAfter: 30)
        }
    }

    func abandon() { isAbandoned.store(true, ordering: .relaxed) }
}

/// A recording's bytes as long as somebody waits for what is made of them.
struct PermittedContent: RandomAccessBytes {
    let content: any StoredContent
    let permit: WorkPermit

    var byteCount: Int { content.byteCount }

    func read(_ range: Range<Int>) throws -> [UInt8] {
        try permit.check()
        return try content.read(range)
    }
}

/// Whether a visitor has gone: the work for their requests ends with them.
final class Abandonment: Sendable {
    /// That of the visitor whose request is being answered, when the server knows.
    @TaskLocal static var current: Abandonment?

    private struct State {
        var isAbandoned = false
        var work: [ObjectIdentifier: (permit: WorkPermit, end: @Sendable () -> Void)] = [:]
    }

    private let state = Mutex(State())

    /// Has work given up when the visitor goes.
    func add(_ permit: WorkPermit, _ end: @escaping @Sendable () -> Void) {
        let isAbandoned = state.withLock { state in
            if !state.isAbandoned { state.work[ObjectIdentifier(permit)] = (permit, end) }
            return state.isAbandoned
        }
        if isAbandoned { permit.abandon() }
    }

    func remove(_ permit: WorkPermit) { state.withLock { $0.work[ObjectIdentifier(permit)] = nil } }

    /// The visitor has gone.
    func abandon() {
        let work = state.withLock { state in
            state.isAbandoned = true
            defer { state.work = [:] }
            return Array(state.work.values)
        }
        for (permit, end) in work {
            permit.abandon()
            end()
        }
    }
}
