import ArgumentParser
import ExternalTerm
import Reel

/// Which events are asked for.
struct EventFilter: ParsableArguments {
    @Option(name: .customLong("kind"), help: "Events of this kind: mount, event, render, ... May be given again.")
    var kinds: [String] = []

    @Option(name: .customLong("name"), help: "Events of the user's with this name: save, ... May be given again.")
    var names: [String] = []

    @OptionGroup(title: "Filters")
    var span: SpanOptions

    @Option(
        help: ArgumentHelp("Events that take more than this before compression: 500, 20k, 1M.", valueName: "size"),
        transform: ByteSize.parse)
    var largerThan: ByteSize?

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
    }
}

extension EventFilter {
    /// Whether the event is one of those that are asked for, `first` and `last` aside.
    func matches(_ event: Event) -> Bool {
        guard span.contains(event) else { return false }
        if !kinds.isEmpty, !kinds.contains(event.kind.name) { return false }
        if let largerThan, event.encoded.count <= largerThan.byteCount { return false }
        if !names.isEmpty {
            guard let name = event.name, names.contains(name) else { return false }
        }
        return true
    }

    /// Whether events are asked for by their time, by which they need not be in order.
    var isByTime: Bool { span.from != nil || span.to != nil }

    /// Whether all events are asked for.
    var isEmpty: Bool { isSpanOnly && span.isEmpty && first == nil && last == nil }

    /// Whether all events of the span match, `first` and `last` aside.
    private var isSpanOnly: Bool { kinds.isEmpty && names.isEmpty && largerThan == nil }

    /// The indexes outside of which no event matches, as far as the index of a recording tells.
    func candidates(in entries: [IndexEntry]) -> Range<Int> {
        let end = entries.last?.endEvent ?? 0
        var low = span.range?.indexes.lowerBound ?? 0
        var high = span.range.map { $0.indexes.upperBound == .max ? .max : $0.indexes.upperBound + 1 } ?? .max
        guard !entries.isEmpty else { return low..<max(low, high) }
        // Offsets may go back: a member counts when any of its events may be meant.
        if let from = span.from {
            let entry = entries.first { $0.eventCount > 0 && $0.lastOffset >= from.milliseconds }
            low = max(low, entry?.firstEvent ?? end)
        }
        if let to = span.to {
            let entry = entries.last { $0.eventCount > 0 && $0.firstOffset <= to.milliseconds }
            high = min(high, entry?.endEvent ?? 0)
        }
        if let last, isSpanOnly, span.from == nil, span.to == nil {
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
