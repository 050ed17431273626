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

    init?(_ term: Term) {
        guard let elements = term.elements, elements.count >= 8, let keyframe = elements[7].atom,
            keyframe == .true || keyframe == .false
        else { return nil }
        let numbers = elements.prefix(7).compactMap(\.integer)
        guard numbers.count == 7, numbers.allSatisfy({ $0 >= 0 }), numbers[3] <= Int.max - numbers[4],
            numbers[0] <= Int.max - numbers[1]
        else { return nil }
        self.init(
            offset: numbers[0], byteCount: numbers[1], uncompressedByteCount: numbers[2], firstEvent: numbers[3],
            eventCount: numbers[4], firstOffset: numbers[5], lastOffset: numbers[6],
            startsWithKeyframe: keyframe == .true)
    }
}
