/// The least time that a piece of work takes: what is more than that is the machine's other work.
struct Stopwatch {
    private let clock = ContinuousClock()
    private(set) var least: [Duration] = []
    private let works: [() async throws -> Void]

    /// Works that are timed in turns, so that a busy moment of the machine meets all of them.
    init(_ works: [() async throws -> Void]) { self.works = works }

    mutating func run(rounds: Int) async throws {
        least = works.map { _ in .seconds(1_000_000) }
        for _ in 0..<rounds {
            for (index, work) in works.enumerated() {
                let start = clock.now
                try await work()
                least[index] = min(least[index], clock.now - start)
            }
        }
    }
}

extension Duration {
    var microseconds: Double { self / .microseconds(1) }
}
