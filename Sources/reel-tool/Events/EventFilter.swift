import ArgumentParser
import ExternalTerm
import Reel

/// Which events are asked for.
struct EventFilter: ParsableArguments {
    @Option(name: .customLong("kind"), help: "Events of this kind: mount, event, render, ... May be given again.")
    var kinds: [String] = []

    @Option(name: .customLong("name"), help: "Events of the user's with this name: save, ... May be given again.")
    var names: [String] = []

    @Option(
        help: ArgumentHelp("Events from this time on: \(Moment.forms).", valueName: "time"), transform: Moment.parse)
    var from: Moment?

    @Option(help: ArgumentHelp("Events up to this time.", valueName: "time"), transform: Moment.parse)
    var to: Moment?

    @Option(
        help: ArgumentHelp("Events with these indexes: 10..20, 10.., ..20 or 10.", valueName: "indexes"),
        transform: IndexRange.parse)
    var range: IndexRange?

    @Option(help: ArgumentHelp("Of the events that the other filters leave, the first so many.", valueName: "count"))
    var first: Int?

    @Option(help: ArgumentHelp("Of the events that the other filters leave, the last so many.", valueName: "count"))
    var last: Int?

    func validate() throws {
        guard !kinds.contains("") else { throw ValidationError("--kind is followed by the name of a kind.") }
        guard first == nil || last == nil else { throw ValidationError("--first or --last: use one of them.") }
        guard first ?? 0 >= 0, last ?? 0 >= 0 else {
            throw ValidationError("--first and --last are followed by how many events to show.")
        }
        try Moment.check(from: from, to: to)
    }
}

extension EventFilter {
    /// Whether the event is in the span that is asked for: its index, its time.
    func spans(_ event: Event) -> Bool {
        if let range, !range.indexes.contains(event.index) { return false }
        if let from, event.offset < from.milliseconds { return false }
        if let to, event.offset > to.milliseconds { return false }
        return true
    }

    /// Whether the event is one of those that are asked for, `first` and `last` aside.
    func matches(_ event: Event) -> Bool {
        guard spans(event) else { return false }
        if !kinds.isEmpty, !kinds.contains(event.kind.name) { return false }
        if !names.isEmpty {
            guard let name = event.name, names.contains(name) else { return false }
        }
        return true
    }

    /// Whether events are asked for by their time, by which they need not be in order.
    var isByTime: Bool { from != nil || to != nil }

    /// Whether all events are asked for.
    var isEmpty: Bool {
        kinds.isEmpty && names.isEmpty && from == nil && to == nil && range == nil && first == nil && last == nil
    }

    /// The indexes outside of which no event matches, as far as the index of a recording tells.
    func candidates(in entries: [IndexEntry]) -> Range<Int> {
        let end = entries.last?.endEvent ?? 0
        var low = range?.indexes.lowerBound ?? 0
        var high = range.map { $0.indexes.upperBound == .max ? .max : $0.indexes.upperBound + 1 } ?? .max
        // Offsets may go back: a member counts when any of its events may be meant.
        if let from {
            let entry = entries.first { $0.eventCount > 0 && $0.lastOffset >= from.milliseconds }
            low = max(low, entry?.firstEvent ?? end)
        }
        if let to {
            let entry = entries.last { $0.eventCount > 0 && $0.firstOffset <= to.milliseconds }
            high = min(high, entry?.endEvent ?? 0)
        }
        if let last, kinds.isEmpty, names.isEmpty, from == nil, to == nil {
            low = max(low, min(high, end) - last)
        }
        return low..<max(low, high)
    }
}

extension Event {
    /// The name of what the user did, of an event of the kind `event`.
    fileprivate var name: String? {
        guard kind == "event", let payload = try? payload, let name = payload[atom: "name"] ?? payload["name"] else {
            return nil
        }
        return name.text ?? name.atom?.name
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
