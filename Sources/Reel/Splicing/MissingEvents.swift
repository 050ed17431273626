import ExternalTerm

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
