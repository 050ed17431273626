import ExternalTerm

/// What the index says of one data member. Implements Spec/recording.md §6.6.
public struct IndexEntry: Hashable, Sendable {
    /// Where the member starts in the file, in bytes.
    public var offset: Int
    /// The whole member, in bytes.
    public var byteCount: Int
    /// What it inflates to, in bytes.
    public var uncompressedByteCount: Int
    /// The index of its first event, the recording's first one being 0.
    public var firstEvent: Int
    /// How many events it has.
    public var eventCount: Int
    /// The smallest offset of its events, in milliseconds from the session's start; 0 when it has none.
    public var firstOffset: Int
    /// The largest offset of its events, in milliseconds from the session's start; 0 when it has none.
    public var lastOffset: Int
    /// Whether it starts with a keyframe.
    public var startsWithKeyframe: Bool

    /// The index of the event after its last one.
    public var endEvent: Int { firstEvent + eventCount }
}

extension IndexEntry {
    init(offset: Int, byteCount: Int, fields: MemberFields.DataFields) {
        self.init(
            offset: offset, byteCount: byteCount, uncompressedByteCount: fields.uncompressedByteCount,
            firstEvent: fields.firstEvent, eventCount: fields.eventCount, firstOffset: fields.firstOffset,
            lastOffset: fields.lastOffset, startsWithKeyframe: fields.startsWithKeyframe)
    }

    var term: Term {
        .tuple(
            [offset, byteCount, uncompressedByteCount, firstEvent, eventCount, firstOffset, lastOffset]
                .map(Term.integer) + [.boolean(startsWithKeyframe)])
    }

    /// Reads the entry at `position`, where a valid term stands, and moves on to its end; nil when it is none.
    init?(_ bytes: Span<UInt8>, at position: inout Int) throws {
        guard case (.tuple(let count), var next) = try KnownTerm.token(of: bytes, at: position), count >= 8,
            let offset = try IndexEntry.number(bytes, at: &next),
            let byteCount = try IndexEntry.number(bytes, at: &next),
            let uncompressedByteCount = try IndexEntry.number(bytes, at: &next),
            let firstEvent = try IndexEntry.number(bytes, at: &next),
            let eventCount = try IndexEntry.number(bytes, at: &next),
            let firstOffset = try IndexEntry.number(bytes, at: &next),
            let lastOffset = try IndexEntry.number(bytes, at: &next),
            case (.atom(let text), let end) = try KnownTerm.token(of: bytes, at: next)
        else { return nil }
        let keyframe = bytes.atom(text)
        guard keyframe == .true || keyframe == .false else { return nil }
        next = end
        for _ in 8..<count { next = try KnownTerm.end(of: bytes, at: next) }
        position = next
        self.init(
            offset: offset, byteCount: byteCount, uncompressedByteCount: uncompressedByteCount,
            firstEvent: firstEvent, eventCount: eventCount, firstOffset: firstOffset, lastOffset: lastOffset,
            startsWithKeyframe: keyframe == .true)
    }

    private static func number(_ bytes: Span<UInt8>, at position: inout Int) throws(TermError) -> Int? {
        guard case (.integer(let number), let end) = try KnownTerm.token(of: bytes, at: position), number >= 0 else {
            return nil
        }
        position = end
        return number
    }
}
