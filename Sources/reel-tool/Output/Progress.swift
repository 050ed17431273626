import Synchronization

/// How far long work has come, on one line of a terminal. Nothing is shown of short work, or where nobody looks.
final class Progress: Sendable {
    private struct Line {
        var isShown = false
        var next: ContinuousClock.Instant
    }

    private let name: String
    private let isEnabled = StandardError.isTerminal
    private let line: Mutex<Line>

    /// Starts work that is called `name`.
    init(_ name: String) {
        self.name = name.escaped
        line = Mutex(Line(next: .now + .milliseconds(500)))
    }

    /// Shows that `done` of `total` is done.
    func update(_ done: Int, _ total: Int) {
        if total > 0 { update("\(min(done, total) * 100 / total) %") }
    }

    /// Shows how much is done, where nobody knows of how much.
    func update(_ done: @autoclosure () -> String) {
        guard isEnabled else { return }
        line.withLock { line in
            let now = ContinuousClock.now
            guard now >= line.next else { return }
            line.isShown = true
            line.next = now + .milliseconds(100)
            StandardError.write("\r\(name): \(done()) \u{1B}[K")
        }
    }

    /// Takes the line away.
    func finish() {
        line.withLock { line in
            if line.isShown { StandardError.write("\r\u{1B}[K") }
            line.isShown = false
        }
    }
}
