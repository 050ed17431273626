/// A span of a recording: events that follow one another, and the time that they take.
public struct RecordingSpan: Hashable, Sendable {
    /// The events.
    public let events: Range<Int>
    /// When the span starts, in milliseconds from the session's start.
    public let start: Int
    /// When what follows the span may start.
    public let end: Int

    /// The span from one time to another, in milliseconds from the session's start, both included.
    ///
    /// Where times go back, it starts after the last event before `from` and ends with the last one up to `to`.
    ///
    /// - Parameters:
    ///   - file: the recording.
    ///   - from: nil for the start of the recording.
    ///   - to: nil for its end.
    /// - Throws: ``ReelError`` when what has to be read is damaged.
    public init(of file: RecordingFile, from: Int?, to: Int?) throws(ReelError) {
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
    /// - Parameters:
    ///   - file: the recording.
    ///   - events: the indexes of the first and the last event.
    /// - Throws: ``ReelError`` when what has to be read is damaged.
    public init(of file: RecordingFile, events: ClosedRange<Int>) throws(ReelError) {
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
