/// The least time that pieces of work take: what is more than that is the machine's other work.
///
/// They are timed in turns, so that a busy moment of the machine meets all of them.
struct Stopwatch {
    private struct Work {
        var name: String
        /// In how many rounds it is left out, and one more.
        var every: Int
        var time: () async throws -> Duration
    }

    private var works: [Work] = []
    /// The least time of each work that has been timed.
    private(set) var least: [String: Duration] = [:]
    /// What a neighbour said of a work that it cannot do.
    private(set) var failures: [String: String] = [:]

    /// Adds a work.
    mutating func add(_ name: String, _ work: @escaping () async throws -> Void) {
        works.append(Work(name: name, every: 1) { try await ContinuousClock().measure { try await work() } })
    }

    /// Adds a work that times itself.
    mutating func add(_ name: String, timing work: @escaping () async throws -> Duration) {
        works.append(Work(name: name, every: 1, time: work))
    }

    /// Adds a work that a neighbour does, in every round or, when it takes long, in few of them.
    mutating func add(_ name: String, every: Int = 1, by neighbour: Neighbour) {
        works.append(Work(name: name, every: every) { try neighbour.time(name) })
    }

    /// Times all works `rounds` times.
    mutating func run(rounds: Int) async throws {
        for round in 0..<rounds {
            for work in works where round % work.every == 0 && failures[work.name] == nil {
                do {
                    let time = try await work.time()
                    least[work.name] = min(least[work.name] ?? time, time)
                } catch let failure as NeighbourFailure {
                    failures[work.name] = failure.reason
                }
            }
        }
    }

    /// How many times as long as `other` the work `name` takes, or nil when one of them has not been timed.
    func ratio(of name: String, to other: String) -> Double? {
        guard let time = least[name], let other = least[other] else { return nil }
        return time / other
    }
}

extension Duration {
    var microseconds: Double { self / .microseconds(1) }
    var milliseconds: Double { self / .milliseconds(1) }
    var seconds: Double { self / .seconds(1) }
}
