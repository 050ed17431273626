/// How far a recording has come.
enum LiveState: Hashable, Sendable {
    case running(byteCount: Int, eventCount: Int)
    case finished(byteCount: Int, eventCount: Int)
    case deleted

    /// Whether nothing follows.
    var isLast: Bool {
        if case .running = self { return false }
        return true
    }

    /// The state as a server-sent event.
    var event: String {
        switch self {
        case .running(let byteCount, let eventCount): LiveState.event("grown", byteCount, eventCount)
        case .finished(let byteCount, let eventCount): LiveState.event("finished", byteCount, eventCount)
        case .deleted: "event: deleted\ndata: {}\n\n"
        }
    }

    private static func event(_ name: String, _ byteCount: Int, _ eventCount: Int) -> String {
        "event: \(name)\ndata: {\"byteCount\": \(byteCount), \"eventCount\": \(eventCount)}\n\n"
    }
}
