import ArgumentParser
import Reel

/// Which span of a recording is asked for: by times, by indexes or by both.
struct SpanOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Events from this time on: \(Moment.forms).", valueName: "time"), transform: Moment.parse)
    var from: Moment?

    @Option(help: ArgumentHelp("Events up to this time.", valueName: "time"), transform: Moment.parse)
    var to: Moment?

    @Option(
        help: ArgumentHelp("Events with these indexes: 10..20, 10.., ..20 or 10.", valueName: "indexes"),
        transform: IndexRange.parse)
    var range: IndexRange?

    func validate() throws {
        if let from, let to, from.milliseconds > to.milliseconds {
            throw ValidationError("--from \(from) is after --to \(to): no event can be between them.")
        }
    }
}

extension SpanOptions {
    /// Whether the whole recording is asked for.
    var isEmpty: Bool { from == nil && to == nil && range == nil }

    /// Whether an event is in the span.
    func contains(_ event: Event) -> Bool {
        if let range, !range.indexes.contains(event.index) { return false }
        if let from, event.offset < from.milliseconds { return false }
        if let to, event.offset > to.milliseconds { return false }
        return true
    }

    /// The span in a recording, by its indexes when these are given.
    ///
    /// - Throws: `Failure` when no event is in it, or `ReelError`.
    func span(of recording: RecordingFile) throws -> RecordingSpan {
        let span =
            if let range {
                try RecordingSpan(of: recording, events: range.indexes)
            } else {
                try RecordingSpan(of: recording, from: from?.milliseconds, to: to?.milliseconds)
            }
        guard !span.events.isEmpty else {
            let all = try RecordingSpan(of: recording, from: nil, to: nil)
            throw Failure(.inputFellShort, SpanOptions.absence(eventCount: all.events.count, duration: all.end))
        }
        return span
    }

    /// Says what a recording has that has no event in the span.
    static func absence(eventCount: Int, duration: Int) -> String {
        let last = "the events 0 to \(eventCount - 1), up to \(Moment(milliseconds: duration))"
        return "no event in the span: the recording has \(eventCount == 0 ? "no events" : last)"
    }
}

/// Indexes of events, as people write them: `10..20`, `10..`, `..20`, `10`; both ends included.
package struct IndexRange {
    package let indexes: ClosedRange<Int>

    /// Reads an option's value.
    static func parse(_ argument: String) throws -> IndexRange {
        guard let range = IndexRange(argument) else {
            throw ValidationError("'\(argument)' is no range of indexes: write 10..20, 10.., ..20 or 10.")
        }
        return range
    }

    package init?(_ argument: String) {
        func index(_ digits: Substring, orElse other: Int) -> Int? {
            if digits.isEmpty { return other }
            guard digits.allSatisfy({ "0"..."9" ~= $0 }) else { return nil }
            return Int(digits)
        }
        let parts = argument.split(separator: "..", maxSplits: 1, omittingEmptySubsequences: false)
        guard let start = parts.first, let end = parts.last, parts.count == 2 || !start.isEmpty, argument != "..",
            let low = index(start, orElse: 0), let high = index(end, orElse: .max), low <= high
        else { return nil }
        indexes = low...high
    }
}
