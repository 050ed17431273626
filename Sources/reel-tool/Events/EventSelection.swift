import Reel

/// The events that a filter lets through, on their way to standard output.
struct EventSelection {
    private let filter: EventFilter
    private let lines: EventLines
    private let output: StandardOutput
    /// How many more of the first ones are wanted.
    private var remaining: Int
    /// The lines of the last ones so far, the next to be replaced at `oldest`.
    private var latest: [String] = []
    private var oldest = 0

    init(_ filter: EventFilter, lines: EventLines, _ output: StandardOutput) {
        self.filter = filter
        self.lines = lines
        self.output = output
        remaining = filter.first ?? .max
    }

    /// Takes the next event, which it may be one of those that are wanted.
    ///
    /// - Returns: whether any that follow it may be.
    mutating func add(_ event: Event) throws -> Bool {
        guard remaining > 0, event.index <= filter.range?.indexes.upperBound ?? .max else { return false }
        guard filter.matches(event) else { return true }
        remaining -= 1
        let line = lines.text(of: event)
        guard let count = filter.last else {
            try output.write(line: line)
            return remaining > 0
        }
        if latest.count < count {
            latest.append(line)
        } else if count > 0 {
            latest[oldest] = line
            oldest = (oldest + 1) % count
        }
        return true
    }

    /// Says that there are no more events.
    mutating func finish() throws {
        for line in latest[oldest...] + latest[..<oldest] { try output.write(line: line) }
        latest.removeAll()
        try output.flush()
    }
}
