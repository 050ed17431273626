import ExternalTerm

/// Turns an event of any generation into a recording's. Implements Spec/phoenix-replay.md §2.
struct PhoenixReplayEventWriter {
    private var transcoder = CanonicalTranscoder(limits: MemberAssembly.eventLimits)
    private var payloadTranscoder = CanonicalTranscoder(limits: MemberAssembly.payloadLimits)

    private static let ownKeys: Set<Term> = [
        .atom("__struct__"), .atom("at"), .atom("type"), .atom("data"),
    ]

    /// Writes the event at `range` of `bytes`: a tuple as it is, a struct `%Event{at, type, data}` as a tuple.
    mutating func write(
        _ range: Range<Int>, of bytes: Span<UInt8>, to writer: inout TermWriter
    ) throws(ReelError) {
        do {
            guard let pairs = try EncodedTerm.pairs(of: bytes, at: range.lowerBound) else {
                _ = try transcoder.transcodeTerm(bytes, at: range.lowerBound, into: &writer)
                return
            }
            func value(_ name: Atom) throws(ReelError) -> Range<Int> {
                guard let pair = pairs.first(where: { $0.key == .atom(name) }) else {
                    throw ReelError(.malformedFrame, "an event without \(name)", section: "phoenix-replay.md §2")
                }
                return pair.value
            }
            let more = pairs.filter { !PhoenixReplayEventWriter.ownKeys.contains($0.key) }
            writer.writeTupleHead(count: more.isEmpty ? 3 : 4)
            for name in ["at", "type", "data"] as [Atom] {
                _ = try payloadTranscoder.transcodeTerm(bytes, at: try value(name).lowerBound, into: &writer)
            }
            guard !more.isEmpty else { return }
            // The pairs of a map come in the order of their keys only in a canonical one.
            var map = TermMap()
            for pair in more {
                map[pair.key] = try Term.decode(bytes, at: pair.value.lowerBound, limits: .trusted).term
            }
            writer.write(.map(map))
        } catch {
            throw ReelError(wrapping: error)
        }
    }
}
