import GzipMembers

/// What a member says of itself in the subfield `RL` of its gzip header, so that readers need not inflate it.
///
/// Implements Spec/recording.md §5.
struct MemberFields: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// Frames of the recording.
        case data(DataFields)
        /// The index, which inflates to this many bytes.
        case index(uncompressedByteCount: Int)
        /// Nothing: the end. It names the offset of the index member, or of the only data member.
        case end(indexOffset: Int)
    }

    /// What a data member says of its frames.
    struct DataFields: Hashable, Sendable {
        var uncompressedByteCount: Int
        var firstEvent: Int
        var eventCount: Int
        /// The smallest and the largest offset of the member's events, in milliseconds; 0 when it has none.
        var firstOffset: Int
        var lastOffset: Int
        var startsWithKeyframe: Bool
        var hasHeader: Bool
        var hasFinish: Bool

        /// The index of the event after the member's last one.
        var endEvent: Int { firstEvent + eventCount }
    }

    var version: FormatVersion
    /// The whole member, from its first byte to its last.
    var memberByteCount: Int
    var kind: Kind
}

extension MemberFields {
    static let id = ExtraField.ID(UInt8(ascii: "R"), UInt8(ascii: "L"))

    private enum Code {
        static let data: UInt8 = 1
        static let index: UInt8 = 2
        static let end: UInt8 = 3
    }

    private enum Flag {
        static let keyframe: UInt8 = 1
        static let header: UInt8 = 2
        static let finish: UInt8 = 4
    }

    /// Checks that the content that the member declares is within the limit, and that deflate can make it of so few bytes.
    func checkContentLength(after header: MemberHeader, limits: ReaderLimits) throws(ReelError) {
        guard uncompressedByteCount <= limits.memberByteCount else {
            throw ReelError(
                .limitExceeded,
                "a member of \(uncompressedByteCount) bytes, more than the limit of \(limits.memberByteCount)",
                section: "recording.md §9")
        }
        // Deflate makes at most 1,032 bytes of one.
        let deflated = memberByteCount - header.byteCount - MemberTrailer.byteCount
        guard uncompressedByteCount / 1_032 <= deflated else {
            throw ReelError(
                .malformedMember, "\(uncompressedByteCount) bytes declared for \(deflated) bytes of deflate data",
                section: "recording.md §5.3")
        }
        try checkContentByteCount(limits)
    }

    /// Checks that a file of this length may have as much content in a member.
    func checkContentByteCount(_ limits: ReaderLimits) throws(ReelError) {
        guard uncompressedByteCount <= limits.contentByteCount else {
            throw ReelError(
                .limitExceeded,
                "a member of \(uncompressedByteCount) bytes, more than the limit of \(limits.contentByteCount) for a file of "
                    + "this length", section: "recording.md §9")
        }
    }

    /// The bytes of the end member, always.
    static let endMemberByteCount = 44

    var extraField: ExtraField {
        var bytes = [version.major, version.minor]
        switch kind {
        case .data(let data):
            bytes += [
                Code.data,
                (data.startsWithKeyframe ? Flag.keyframe : 0) | (data.hasHeader ? Flag.header : 0)
                    | (data.hasFinish ? Flag.finish : 0),
            ]
        case .index: bytes += [Code.index, 0]
        case .end: bytes += [Code.end, 0]
        }
        for index in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: memberByteCount >> (8 * index))) }
        switch kind {
        case .data(let data):
            VariableInteger.append(data.uncompressedByteCount, to: &bytes)
            VariableInteger.append(data.firstEvent, to: &bytes)
            VariableInteger.append(data.eventCount, to: &bytes)
            VariableInteger.append(data.firstOffset, to: &bytes)
            VariableInteger.append(data.lastOffset - data.firstOffset, to: &bytes)
        case .index(let uncompressedByteCount):
            VariableInteger.append(uncompressedByteCount, to: &bytes)
        case .end(let indexOffset):
            for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: indexOffset >> (8 * index))) }
        }
        return ExtraField(id: MemberFields.id, bytes: bytes)
    }

    /// The header of the member whose fields these are.
    var header: MemberHeader {
        MemberHeader(operatingSystem: 255, extraFields: [extraField], hasChecksum: true)
    }

    /// Reads the fields of a member that starts at `offset`, or returns nil when it has none.
    init?(_ header: MemberHeader, offset: Int) throws(ReelError) {
        guard let bytes = header.extraField(MemberFields.id) else { return nil }
        func malformed(_ reason: String) -> ReelError {
            ReelError(.malformedMember, reason, offset: offset, section: "recording.md §5.2")
        }
        guard bytes.count >= 8 else { throw malformed("an RL field of \(bytes.count) bytes") }
        version = FormatVersion(major: bytes[0], minor: bytes[1])
        try version.checkReadable(offset: offset)
        guard header.hasChecksum else { throw malformed("an RL field in a header without a checksum") }
        memberByteCount = (0..<4).reduce(0) { $0 | Int(bytes[4 + $1]) << (8 * $1) }
        guard memberByteCount > header.byteCount + 8 else {
            throw malformed("a member that declares \(memberByteCount) bytes, fewer than its header and trailer")
        }
        var position = 8
        func next(_ name: String) throws(ReelError) -> Int {
            guard let value = VariableInteger.read(bytes, at: &position) else {
                throw malformed("an RL field without its \(name)")
            }
            return value
        }
        switch bytes[2] {
        case Code.data:
            let uncompressedByteCount = try next("uncompressed length")
            let firstEvent = try next("first event")
            let eventCount = try next("event count")
            let firstOffset = try next("first offset")
            let span = try next("time span")
            guard firstEvent <= Int.max - eventCount, firstOffset <= Int.max - span else {
                throw malformed("an RL field whose numbers overflow")
            }
            kind = .data(
                DataFields(
                    uncompressedByteCount: uncompressedByteCount, firstEvent: firstEvent, eventCount: eventCount,
                    firstOffset: firstOffset, lastOffset: firstOffset + span,
                    startsWithKeyframe: bytes[3] & Flag.keyframe != 0, hasHeader: bytes[3] & Flag.header != 0,
                    hasFinish: bytes[3] & Flag.finish != 0))
        case Code.index:
            kind = .index(uncompressedByteCount: try next("uncompressed length"))
        case Code.end:
            guard bytes.count >= 16 else { throw malformed("an end member without the index's offset") }
            let indexOffset = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[8 + $1]) << (8 * UInt64($1)) }
            // No file is so long that the difference would matter.
            kind = .end(indexOffset: Int(exactly: indexOffset) ?? .max)
        default:
            throw malformed("a member of the unknown kind \(bytes[2])")
        }
    }

    /// How many bytes the member inflates to.
    var uncompressedByteCount: Int {
        switch kind {
        case .data(let data): data.uncompressedByteCount
        case .index(let count): count
        case .end: 0
        }
    }
}
