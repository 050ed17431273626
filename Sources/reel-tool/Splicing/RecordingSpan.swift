import ExternalTerm
package import Reel

/// A span of a recording: events that follow one another, and the time that they take.
package struct RecordingSpan: Hashable, Sendable {
    /// The events.
    package let events: Range<Int>
    /// When the span starts, in milliseconds from the session's start.
    package let start: Int
    /// When what follows the span may start.
    package let end: Int

    /// The span from one time to another, in milliseconds from the session's start, both included.
    ///
    /// Where times go back, it starts after the last event before `from` and ends with the last one up to `to`.
    ///
    /// - Parameters:
    ///   - from: nil for the start of the recording.
    ///   - to: nil for its end.
    /// - Throws: ``ReelError`` when what has to be read is damaged.
    package init(of file: RecordingFile, from: Int?, to: Int?) throws(ReelError) {
        let count = try file.eventCount
        let first = try from.map { from throws(ReelError) in
            from > 0 ? try file.lastEvent(before: from - 1)?.index : nil
        }
        let last = try to.map { to throws(ReelError) in try file.lastEvent(before: to)?.index }
        let lower = (first ?? nil).map { $0 + 1 } ?? 0
        let upper = to == nil ? count : (last ?? nil).map { $0 + 1 } ?? 0
        events = lower..<max(lower, upper)
        start = from ?? 0
        if let to { end = max(start, to) } else { end = max(start, try file.offsets(of: events).upperBound) }
    }

    /// The span of events by their indexes; those that are not there do not count.
    ///
    /// - Throws: ``ReelError`` when what has to be read is damaged.
    package init(of file: RecordingFile, events: ClosedRange<Int>) throws(ReelError) {
        let count = try file.eventCount
        let lower = min(max(events.lowerBound, 0), count)
        self.events = lower..<max(lower, events.upperBound < count ? events.upperBound + 1 : count)
        start = try 0 < lower && lower < count ? file.event(at: lower).offset : 0
        let upper = self.events.upperBound
        end = try max(start, upper < count ? file.event(at: upper).offset : file.offsets(of: self.events).upperBound)
    }
}

extension RecordingFile {
    /// The earliest and the latest offset of events that follow one another, in milliseconds; 0 when there are none.
    func offsets(of events: Range<Int>) throws(ReelError) -> ClosedRange<Int> {
        var (least, greatest) = (Int.max, 0)
        if layout != .sequential, try events == 0..<eventCount {
            for entry in entries where entry.eventCount > 0 {
                (least, greatest) = (min(least, entry.firstOffset), max(greatest, entry.lastOffset))
            }
        } else if !events.isEmpty {
            try forEachEvent(from: events.lowerBound) { event in
                guard event.index < events.upperBound else { return false }
                (least, greatest) = (min(least, event.offset), max(greatest, event.offset))
                return true
            }
        }
        // An index may say that its least offset is beyond its greatest.
        return min(least, greatest)...greatest
    }
}

/// What is in events that are left out.
struct MissingEvents {
    /// How many they are, by their kind.
    var kinds: [Atom: Int] = [:]
    /// When the first of them happened.
    var offset = 0
    /// The payload of the last one that said how large the window is.
    var viewport: Term?

    init(_ events: Range<Int>, of file: RecordingFile) throws(ReelError) {
        guard !events.isEmpty else { return }
        try file.forEachEvent(from: events.lowerBound) { (event) throws(ReelError) in
            guard event.index < events.upperBound else { return false }
            if event.index == events.lowerBound { offset = event.offset }
            kinds[event.kind, default: 0] += 1
            if event.kind == MissingEvents.viewportKind { viewport = try? event.payload }
            return true
        }
    }

    /// How large the window was before an event, when the recording says so.
    static func viewport(before event: Int, of file: RecordingFile) throws(ReelError) -> Term? {
        if let summary = try file.summary, summary.kinds[viewportKind] == nil { return nil }
        return try MissingEvents(0..<event, of: file).viewport
    }

    private static let viewportKind: Atom = "viewport"
}
