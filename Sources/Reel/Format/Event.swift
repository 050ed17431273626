public import ExternalTerm

/// An event of a recording. Implements Spec/recording.md §6.2.
///
/// The event keeps its encoded bytes and shares them with those it was read with; the payload is decoded when it is asked for.
public struct Event: Sendable {
    /// Which event this is, the recording's first one being 0.
    public let index: Int
    /// When it happened, in milliseconds from the session's start.
    public let offset: Int
    /// What kind of event it is: `mount`, `event`, `render`, ... or any other.
    public let kind: Atom
    /// The event's tuple in the External Term Format, without a leading 131.
    public let encoded: ArraySlice<UInt8>
    /// Where in `encoded` the payload stands.
    let payloadRange: Range<Int>
    /// How many terms a tree of it may have.
    var treeTermCount = TermLimits.default.treeTermCount

    private var limits: TermLimits { TermLimits(depth: .max, treeTermCount: treeTermCount) }

    /// What the format asks of the event.
    var head: EventHead { EventHead(offset: offset, kind: kind, payload: payloadRange) }

    /// What the event carries, decoded anew each time.
    ///
    /// - Throws: ``TermError`` when the payload nests deeper, or has more terms, than trees may.
    public var payload: Term {
        get throws(TermError) { try Term.decode(encoded.span, at: payloadRange.lowerBound, limits: limits).term }
    }

    /// What the event carries, sharing what it has in common with what `terms` has read before.
    ///
    /// - Throws: ``TermError`` when the payload nests deeper than trees may.
    public func payload(with terms: inout TermReader) throws(TermError) -> Term {
        try terms.read(encoded.span, at: payloadRange.lowerBound).term
    }

    /// The whole event: `{OffsetMs, Kind, Payload}`, and what follows the payload when something does.
    public var term: Term {
        get throws(TermError) { try Term.decode(encoded.span, at: 0, limits: limits).term }
    }
}

extension Event {
    /// The events that stand in `bytes` one after the other, in any form of Spec/terms.md §3, as far as they are whole.
    ///
    /// - Parameter index: the index of the first one.
    /// - Returns: the events, and how many bytes they take.
    package static func events(in bytes: [UInt8], from index: Int) -> (events: [Event], byteCount: Int) {
        var events: [Event] = []
        var transcoder = CanonicalTranscoder(limits: MemberAssembly.eventLimits)
        var position = 0
        while position < bytes.count {
            var writer = TermWriter()
            guard let end = try? transcoder.transcodeTerm(bytes.span, at: position, into: &writer),
                let head = try? EventHead.read(known: writer.bytes.span, at: 0)
            else {
                break
            }
            position = end
            events.append(
                Event(
                    index: index + events.count, offset: head.offset, kind: head.kind, encoded: writer.bytes[...],
                    payloadRange: head.payload))
        }
        return (events, position)
    }
}
