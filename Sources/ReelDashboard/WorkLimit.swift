/// Lets no more than some pieces of work run at a time. Recordings are inflated in memory: several at once take several times as much.
actor WorkLimit {
    private var free: Int
    private let mostWaiting: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int, mostWaiting: Int) {
        free = count
        self.mostWaiting = mostWaiting
    }

    /// Does a piece of work when its turn has come.
    nonisolated func run<Result: Sendable>(_ work: @Sendable () async throws -> Result) async throws -> Result {
        try await enter()
        do {
            let result = try await work()
            await leave()
            return result
        } catch {
            await leave()
            throw error
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
