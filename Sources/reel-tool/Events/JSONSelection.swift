import Reel
import ReelJSON

/// The events that a filter lets through, on their way to JSON.
struct JSONSelection {
    private let filter: EventFilter
    private let writer: RecordingJSONWriter
    /// How many more of the first ones are wanted.
    private var remaining: Int
    /// The last ones so far, the next to be replaced at `oldest`.
    private var latest: [Event] = []
    private var oldest = 0

    init(_ filter: EventFilter, _ writer: RecordingJSONWriter) {
        self.filter = filter
        self.writer = writer
        remaining = filter.first ?? .max
    }

    /// Takes the next event, and returns whether any that follow it may be wanted.
    mutating func add(_ event: Event) throws -> Bool {
        guard remaining > 0, event.index <= filter.range?.indexes.upperBound ?? .max else { return false }
        guard filter.matches(event) else { return true }
        remaining -= 1
        guard let count = filter.last else {
            try writer.write(event)
            return remaining > 0
        }
        if latest.count < count {
            latest.append(event)
        } else if count > 0 {
            latest[oldest] = event
            oldest = (oldest + 1) % count
        }
        return true
    }

    func finish(summary: Summary?) throws {
        for event in latest[oldest...] + latest[..<oldest] { try writer.write(event) }
        try writer.finish(summary: summary)
    }
}
