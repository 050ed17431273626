import Foundation

/// Reads recordings to show them: no more than some at a time, each on a thread of its own.
///
/// What is inflated takes memory, so that several at once take several times as much. Terms may nest a thousand deep, and are
/// written, compared and released by recursion, which needs a deeper stack than the threads have that tasks run on: trees of terms
/// stay within the work.
actor ReadingWork {
    private static let stackByteCount = 256 << 20

    private var free: Int
    private let mostWaiting: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Creates a place where work is done.
    ///
    /// - Parameters:
    ///   - count: how many pieces of work are done at a time.
    ///   - mostWaiting: how many more may wait.
    init(_ count: Int, mostWaiting: Int) {
        free = count
        self.mostWaiting = mostWaiting
    }

    /// Does a piece of work, which may block, when its turn has come.
    nonisolated func run<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await enter()
        do {
            let result = try await Self.onThread(work)
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
            let thread = Thread { continuation.resume(with: Swift.Result { try work() }) }
            // Only what is used of it takes memory.
            thread.stackSize = stackByteCount
            thread.start()
        }
    }

    private func enter() async throws {
        if free > 0 {
            free -= 1
            return
        }
        guard waiting.count < mostWaiting else {
            throw DashboardError.busy("too much is being read at once", retryAfter: 1)
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
