import GzipMembers

/// Where a recording's data members are: from its index, or by hopping from one to the next.
struct MemberDirectory {
    var entries: [IndexEntry] = []
    var layout = RecordingFile.Layout.sequential
    var damage: ReelError?
    var inflatedMemberCount = 0

    /// How many bytes of a member are read for its header: enough for this format's writers, then for any header.
    private static let headerByteCounts = [256, 200 << 10]

    init(_ bytes: any RandomAccessBytes, limits: ReaderLimits, decoder: MemberDecoder) throws {
        // Only members with fields can be found without reading what comes before them; the first of them is a data member.
        guard try MemberDirectory.isMember(at: 0, of: bytes),
            case .data = try MemberDirectory.fields(at: 0, of: bytes)?.kind
        else { return }
        if let indexOffset = try MemberDirectory.indexOffset(of: bytes) {
            layout = .finished
            try readIndex(at: indexOffset, of: bytes, limits: limits, decoder: decoder)
        } else {
            layout = .unfinished
            hop(over: bytes, limits: limits)
        }
    }

    /// Whether what stands at `offset` starts like a gzip member.
    private static func isMember(at offset: Int, of bytes: any RandomAccessBytes) throws -> Bool {
        try bytes.read(offset..<min(offset + 2, bytes.byteCount)) == [0x1F, 0x8B]
    }

    /// The fields of the member at `offset`, or nil when it has none.
    private static func fields(at offset: Int, of bytes: any RandomAccessBytes) throws -> MemberFields? {
        for byteCount in headerByteCounts {
            let head = try bytes.read(offset..<min(offset + byteCount, bytes.byteCount))
            if let header = try MemberHeader.parse(head.span, at: offset) {
                return try MemberFields(header, offset: offset)
            }
        }
        throw ReelError(.truncated, "a member that ends in its header", offset: offset, section: "recording.md §4.1")
    }

    /// What the end member points at, or nil when the file does not end in one.
    private static func indexOffset(of bytes: any RandomAccessBytes) throws -> Int? {
        let start = bytes.byteCount - MemberFields.endMemberByteCount
        guard start > 0,
            let end = try? SingleMember(
                at: start, byteCount: MemberFields.endMemberByteCount, of: bytes),
            case .end(let indexOffset) = end.fields?.kind, end.fields?.memberByteCount == end.byteCount
        else { return nil }
        var nothing: [UInt8] = []
        try MemberDecoder().decode(end.bytes.span, at: start, expecting: 0, limit: 0, appendingTo: &nothing)
        return indexOffset
    }

    private mutating func readIndex(
        at offset: Int, of bytes: any RandomAccessBytes, limits: ReaderLimits, decoder: MemberDecoder
    ) throws {
        func malformed(_ reason: String) -> ReelError {
            ReelError(.malformedIndex, reason, offset: offset, section: "recording.md §6.6")
        }
        let end = bytes.byteCount - MemberFields.endMemberByteCount
        guard offset >= 0, offset < end, try MemberDirectory.isMember(at: offset, of: bytes),
            let fields = try MemberDirectory.fields(at: offset, of: bytes), fields.memberByteCount == end - offset
        else {
            throw malformed("the end member points at byte \(offset), where no member is that ends where it starts")
        }
        switch fields.kind {
        case .data(let data):
            guard offset == 0 else { throw malformed("the end member points at a data member") }
            entries = [IndexEntry(offset: offset, byteCount: fields.memberByteCount, fields: data)]
        case .index:
            let member = try SingleMember(at: offset, byteCount: fields.memberByteCount, of: bytes)
            let content = try member.content(limits: limits, decoder: decoder)
            inflatedMemberCount += 1
            guard let entries = try MemberDirectory.index(in: content, limits: limits, offset: offset) else {
                throw malformed("an index member that does not hold an index")
            }
            self.entries = entries
        case .end:
            throw malformed("the end member points at an end member")
        }
        try checkEntries(upTo: offset == 0 ? end : offset, malformed)
    }

    /// The index that is the only frame in the content of the index member at `offset`, or nil when there is none.
    static func index(
        in content: [UInt8], limits: ReaderLimits, offset: Int
    ) throws(ReelError) -> [IndexEntry]? {
        var splitting = FrameSplitting(content, limits: limits)
        var order = FrameOrder(in: .indexMember, firstEvent: 0, isStarted: true)
        var index: [IndexEntry]?
        do {
            while let (_, frame) = try splitting.next() {
                let content = try FrameContent(frame, firstEvent: 0, limits: limits)
                try order.take(content)
                if case .index(let entries) = content { index = entries }
            }
        } catch {
            throw error.located(at: offset, member: nil, event: nil)
        }
        return index
    }

    /// The members follow one another without a gap, and so do their events.
    private func checkEntries(upTo end: Int, _ malformed: (String) -> ReelError) throws(ReelError) {
        var offset = 0
        var event = 0
        for (position, entry) in entries.enumerated() {
            guard entry.offset == offset, entry.firstEvent == event else {
                throw malformed("entry \(position) of the index does not follow the one before it")
            }
            guard entry.byteCount <= end - offset, entry.eventCount <= Int.max - event else {
                throw malformed("entry \(position) of the index goes beyond the index")
            }
            offset += entry.byteCount
            event = entry.endEvent
        }
        guard offset == end, !entries.isEmpty else { throw malformed("an index that does not reach up to itself") }
    }

    /// Follows the members of an unfinished recording as far as they go.
    private mutating func hop(over bytes: any RandomAccessBytes, limits: ReaderLimits) {
        var offset = 0
        do {
            while offset < bytes.byteCount {
                guard let fields = try MemberDirectory.fields(at: offset, of: bytes) else {
                    throw ReelError(
                        .malformedMember, "a member without RL fields after members that have them", offset: offset,
                        section: "recording.md §4.1")
                }
                guard fields.memberByteCount <= bytes.byteCount - offset else {
                    throw ReelError(
                        .truncated,
                        "a member of \(fields.memberByteCount) bytes of which \(bytes.byteCount - offset) are there",
                        offset: offset, member: entries.count, event: entries.last?.endEvent ?? 0,
                        section: "recording.md §4.1")
                }
                guard case .data(let data) = fields.kind else {
                    // The file was finished once: its end would have been found if it were sound.
                    throw ReelError(
                        .malformedIndex, "an index without a sound end member after it", offset: offset,
                        member: entries.count, event: entries.last?.endEvent ?? 0, section: "recording.md §4.4")
                }
                guard data.firstEvent == entries.last?.endEvent ?? 0 else {
                    throw ReelError(
                        .malformedMember, "a member that starts with event \(data.firstEvent)", offset: offset,
                        member: entries.count, event: entries.last?.endEvent ?? 0, section: "recording.md §5.2")
                }
                entries.append(IndexEntry(offset: offset, byteCount: fields.memberByteCount, fields: data))
                offset += fields.memberByteCount
            }
        } catch {
            damage = ReelError(wrapping: error).located(
                at: offset, member: entries.count, event: entries.last?.endEvent ?? 0)
        }
    }
}
