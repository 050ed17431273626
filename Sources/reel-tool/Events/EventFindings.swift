import ExternalTerm
import Reel

/// What a filter has found of the kinds and the span that it asks for, and what there is instead.
struct EventFindings {
    private let filter: EventFilter
    private var isInSpan = false
    private var kinds: Set<Atom> = []
    private var eventCount = 0
    private var duration = 0
    /// Whether events that nobody has seen may hold what is missing.
    private var isPartial = false

    init(_ filter: EventFilter) { self.filter = filter }

    /// Counts an event.
    mutating func see(_ event: Event) {
        if !filter.kinds.isEmpty { kinds.insert(event.kind) }
        eventCount = max(eventCount, event.index + 1)
        duration = max(duration, event.offset)
        if !isInSpan { isInSpan = filter.span.contains(event) }
    }

    /// Says that no more events are wanted.
    mutating func stop() { isPartial = true }

    /// Looks for what is missing in the whole recording, of which only a part may have been seen.
    mutating func complete(from recording: RecordingFile) {
        guard filter.first != 0, !isInSpan || !missingKinds.isEmpty else { return }
        if let summary = try? recording.summary {
            kinds = Set(summary.kinds.keys)
            eventCount = summary.eventCount
            duration = summary.duration
        } else {
            var (seen, last, latest) = (kinds, 0, 0)
            try? recording.forEachEvent { event in
                seen.insert(event.kind)
                last = event.index + 1
                latest = max(latest, event.offset)
                return true
            }
            (kinds, eventCount, duration) = (seen, last, latest)
        }
        isPartial = false
    }

    private var missingKinds: [String] {
        let names = Set(kinds.map(\.name))
        return filter.kinds.filter { !names.contains($0) }
    }

    /// What the recording lacks, one sentence each.
    var absences: [String] {
        guard filter.first != 0, filter.last != 0 else { return [] }
        var absences: [String] = []
        if !isPartial, !missingKinds.isEmpty {
            let names = kinds.isEmpty ? "no events" : kinds.map(\.name).sorted().joined(separator: ", ")
            absences += missingKinds.map { "no event of the kind '\($0)': the recording has \(names)" }
        }
        if !isInSpan, !filter.span.isEmpty {
            absences.append(SpanOptions.absence(eventCount: eventCount, duration: duration))
        }
        return absences
    }
}

extension EventSelection {
    /// Says what the recording lacks.
    ///
    /// - Returns: the status that this makes the command end with.
    func reportAbsences(of input: String) -> ExitStatus {
        for absence in absences { StandardError.say(Failure(.inputFellShort, absence, input: input)) }
        return absences.isEmpty ? .fine : .inputFellShort
    }
}
