public import ExternalTerm

/// What a recording's events amount to: the content of the finish frame. Implements Spec/recording.md §6.5.
public struct Summary: Hashable, Sendable {
    /// How many events there are.
    public var eventCount = 0
    /// The largest offset of an event, in milliseconds from the session's start.
    public var duration = 0
    /// How many events there are of each kind.
    public var kinds: [Atom: Int] = [:]
    /// How often each event that the user triggered came, by its name.
    public var names: [String: Int] = [:]
    /// How many events report an error: exits, logged errors, failed telemetry spans.
    public var errorCount = 0
    /// Why the recording ended.
    public var reason: Reason = .closed

    /// Why a recording ended.
    public struct Reason: Hashable, Sendable, CustomStringConvertible {
        /// The atom that says so.
        public var atom: Atom

        /// Creates a reason.
        public init(_ atom: Atom) { self.atom = atom }

        /// The session ended and its recorder closed the recording.
        public static let closed = Reason("closed")
        /// The program that sent the session's events was gone, or its recorder was ended, before it ended the session.
        public static let disconnected = Reason("disconnected")
        /// The recording was cut short and has been finished by somebody else.
        public static let interrupted = Reason("interrupted")
        /// The recording was made from another format that does not say.
        public static let imported = Reason("imported")

        public var description: String { atom.name }
    }

    /// The most names that are counted by themselves; what comes after them counts as an event but not by name.
    public static let mostNames = 1_024

    /// Creates a summary of no events.
    public init() {}
}

extension Summary {
    static let tag: Atom = "finish"

    /// Counts an event.
    mutating func count(_ head: EventHead, of bytes: Span<UInt8>) throws(TermError) {
        eventCount += 1
        duration = max(duration, head.offset)
        kinds[head.kind, default: 0] += 1
        switch head.kind.name {
        case "event":
            guard let value = try EncodedTerm.value(of: "name", in: bytes, at: head.payload.lowerBound),
                let name = Name(try EncodedTerm.term(bytes, at: value))?.text
            else { return }
            if names.count < Summary.mostNames || names[name] != nil { names[name, default: 0] += 1 }
        case "exit", "log", "telemetry":
            if try isError(head, of: bytes) { errorCount += 1 }
        default: break
        }
    }

    private func isError(_ head: EventHead, of bytes: Span<UInt8>) throws(TermError) -> Bool {
        switch head.kind.name {
        case "exit": return true
        case "log":
            guard let value = try EncodedTerm.value(of: "level", in: bytes, at: head.payload.lowerBound),
                let level = Name(try EncodedTerm.term(bytes, at: value))?.text
            else { return false }
            return ["error", "critical", "alert", "emergency"].contains(level)
        default:
            guard let value = try EncodedTerm.value(of: "error", in: bytes, at: head.payload.lowerBound) else {
                return false
            }
            return try EncodedTerm.term(bytes, at: value) != .atom(.nil)
        }
    }

    var term: Term {
        let kinds = kinds.map { TermMap.Pair(.atom($0.key), .integer($0.value)) }
        let names = names.map { TermMap.Pair(.string($0.key), .integer($0.value)) }
        var fields: TermMap = [
            "events": .integer(eventCount), "duration": .integer(duration), "kinds": .map(TermMap(kinds)),
            "reason": .atom(reason.atom),
        ]
        // What most short sessions lack is left out: a finish frame should not weigh more than they do.
        if !names.isEmpty { fields[atom: "names"] = .map(TermMap(names)) }
        if errorCount > 0 { fields[atom: "errors"] = .integer(errorCount) }
        return .tuple([.atom(Summary.tag), .map(fields)])
    }

    /// Reads a finish frame's term, or returns nil when it is none.
    init?(_ term: Term) {
        guard let elements = term.elements, elements.count >= 2, elements[0].atom == Summary.tag,
            let fields = elements[1].map, let events = fields[atom: "events"]?.integer, events >= 0,
            let duration = fields[atom: "duration"]?.integer, duration >= 0
        else { return nil }
        eventCount = events
        self.duration = duration
        for pair in fields[atom: "kinds"]?.map?.pairs ?? [] {
            guard let kind = pair.key.atom, let count = pair.value.integer, count >= 0 else { return nil }
            kinds[kind] = count
        }
        for pair in fields[atom: "names"]?.map?.pairs ?? [] {
            guard let name = pair.key.text, let count = pair.value.integer, count >= 0 else { return nil }
            names[name] = count
        }
        errorCount = max(fields[atom: "errors"]?.integer ?? 0, 0)
        reason = Reason(fields[atom: "reason"]?.atom ?? Reason.closed.atom)
    }
}
