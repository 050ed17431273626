import Reel

/// The events that a filter lets through, on their way to what writes them.
struct EventSelection {
    private let filter: EventFilter
    private let write: (Event) throws -> Void
    /// How many more of the first ones are wanted.
    private var remaining: Int
    /// The last ones so far, the next to be replaced at `oldest`.
    private var latest: [Event] = []
    private var oldest = 0
    /// What has been seen of what is asked for.
    private var findings: EventFindings

    init(_ filter: EventFilter, write: @escaping (Event) throws -> Void) {
        self.filter = filter
        self.write = write
        remaining = filter.first ?? .max
        findings = EventFindings(filter)
    }

    /// What the filter asks for and the recording lacks, one sentence each.
    var absences: [String] { findings.absences }

    /// Takes the next event, which may be one of those that are wanted.
    ///
    /// - Returns: whether any that follow it may be.
    mutating func add(_ event: Event) throws -> Bool {
        guard remaining > 0, event.index <= filter.span.range?.indexes.upperBound ?? .max else {
            findings.stop()
            return false
        }
        findings.see(event)
        guard filter.matches(event) else { return true }
        remaining -= 1
        guard let count = filter.last else {
            try write(event)
            if remaining == 0 { findings.stop() }
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

    /// Takes those events of a recording that may be wanted.
    mutating func add(contentsOf source: EventSource) throws {
        switch source.way {
        case .index(let recording): try add(contentsOf: recording)
        case .start(let reader): while let event = try reader.next(), try add(event) {}
        }
    }

    /// Takes those events of a recording that its index says may be wanted.
    private mutating func add(contentsOf recording: RecordingFile) throws {
        defer { findings.complete(from: recording) }
        let candidates = filter.candidates(in: recording.entries)
        var isDone = false
        var failure: (any Error)?
        try recording.forEachEvent(from: candidates.lowerBound) { (event) throws(ReelError) in
            do {
                isDone = try !candidates.contains(event.index) || !add(event)
            } catch {
                failure = error
                isDone = true
            }
            return !isDone
        }
        if let failure { throw failure }
        if isDone, filter.isByTime { try recording.checkMembersWithoutEvents() }
        // Events that could not be reached are missing where everything up to the end is asked for.
        if !isDone, candidates.upperBound == .max, let damage = recording.damage { throw damage }
    }

    /// Says that there are no more events.
    mutating func finish() throws {
        for event in latest[oldest...] + latest[..<oldest] { try write(event) }
        latest.removeAll()
        oldest = 0
    }
}
