public import ExternalTerm

/// A place in a recording where events are missing. Implements Spec/registry.md §2 and Spec/recording.md §7.1.
public struct Gap: Hashable, Sendable {
    /// The kind of the event that says so.
    public static let kind: Atom = "gap"

    /// How many events of each kind are missing; empty when nobody knows what is missing.
    public var dropped: [Atom: Int]

    /// Creates a gap.
    public init(dropped: [Atom: Int] = [:]) { self.dropped = dropped }

    /// Whether an event of this kind changes the state: the kinds of Spec/recording.md §7.1.
    public static func changesState(_ kind: Atom) -> Bool { changing.contains(kind.name) }

    /// Whether what is missing may have changed the state, which is unsure then.
    public var mayChangeState: Bool { dropped.isEmpty || dropped.keys.contains(where: Gap.changesState) }

    /// How many events are missing, as far as that is known.
    public var count: Int { dropped.values.reduce(0, saturatingSum) }

    /// The payload of the event.
    public var payload: Term {
        .map(["dropped": .map(TermMap(dropped.map { TermMap.Pair(.string($0.key.name), .integer($0.value)) }))])
    }

    /// Reads the payload of an event. What it does not say, or says in another way, is missing from the counts.
    public init(payload: Term) {
        dropped = [:]
        let field = payload[atom: "dropped"] ?? payload.map?[.string("dropped")]
        for pair in field?.map?.pairs ?? [] {
            guard let kind = Name(pair.key)?.text, let atom = Atom(named: kind), let count = pair.value.integer,
                count > 0
            else { continue }
            let (sum, overflows) = dropped[atom, default: 0].addingReportingOverflow(count)
            dropped[atom] = overflows ? .max : sum
        }
    }

    /// The gap that an event is, or nil when it is of another kind.
    ///
    /// - Throws: ``ReelError`` when the payload nests deeper than trees may.
    public init?(_ event: Event) throws(ReelError) {
        guard event.kind == Gap.kind else { return nil }
        do {
            self.init(payload: try event.payload)
        } catch {
            throw ReelError(wrapping: error)
        }
    }

    /// Whether a payload is one as Spec/registry.md §2 has it.
    static func isWellFormed(_ payload: Term) -> Bool {
        guard let map = payload.map else { return false }
        guard let dropped = map[atom: "dropped"] ?? map[.string("dropped")] else { return true }
        return dropped.map?.pairs.allSatisfy { Name($0.key) != nil && ($0.value.integer ?? 0) > 0 } ?? false
    }

    private static let changing: Set<String> = [
        "mount", "assigns", "render", "component", "component_destroyed", "params", "handle_params",
    ]

    /// The same as ``mayChangeState``, of a payload that is not decoded.
    static func mayChangeState(_ payload: Range<Int>, of bytes: Span<UInt8>) throws(TermError) -> Bool {
        guard let value = try EncodedTerm.value(of: "dropped", in: bytes, at: payload.lowerBound),
            let pairs = try EncodedTerm.pairs(of: bytes, at: value), !pairs.isEmpty
        else { return true }
        return pairs.contains { pair in Name(pair.key).map { changing.contains($0.text) } ?? false }
    }
}
