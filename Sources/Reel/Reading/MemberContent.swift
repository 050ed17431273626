import GzipMembers

/// The frames of one data member, read by itself.
struct MemberContent {
    var header: Header?
    /// The keyframes, in order; the member may start with one.
    var keyframes: [Keyframe] = []
    var events: [Event] = []
    var summary: Summary?

    /// Reads the data member of `entry`, the recording's `position`-th, and checks that it is what the entry says.
    init(
        of entry: IndexEntry, at position: Int, bytes: any RandomAccessBytes, limits: ReaderLimits,
        decoder: MemberDecoder
    ) throws {
        func malformed(_ kind: ReelError.Kind, _ reason: String, _ section: String) -> ReelError {
            ReelError(
                kind, reason, offset: entry.offset, member: position, event: entry.firstEvent,
                section: "recording.md \(section)")
        }
        let member = try SingleMember(at: entry.offset, byteCount: entry.byteCount, of: bytes)
        guard case .data(let fields) = member.fields?.kind,
            entry == IndexEntry(offset: entry.offset, byteCount: member.byteCount, fields: fields)
        else { throw malformed(.malformedIndex, "an index entry that does not agree with its member", "§6.6") }
        let content = try member.content(limits: limits, decoder: decoder)
        var isFirst = true
        var startsWithKeyframe = false
        for (range, frame) in try FrameSplitting.frames(of: content, limits: limits, offset: entry.offset) {
            let read: FrameContent
            do {
                read = try FrameContent(frame, firstEvent: entry.firstEvent + events.count, limits: limits)
            } catch {
                throw malformed(
                    error.kind, "\(error.reason), in the frame at byte \(range.lowerBound) of the content", "§6"
                ).with(section: error.section)
            }
            switch read {
            case .header(let header): self.header = header
            case .events(let events): self.events += events
            case .keyframe(let keyframe):
                guard keyframe.event == entry.firstEvent + events.count else {
                    throw malformed(.malformedFrame, "a keyframe of event \(keyframe.event) in another place", "§6.4")
                }
                keyframes.append(keyframe)
                startsWithKeyframe = startsWithKeyframe || isFirst
            case .finish(let summary): self.summary = summary
            case .index, .unknown: break
            }
            isFirst = false
        }
        guard events.count == entry.eventCount, startsWithKeyframe == entry.startsWithKeyframe
        else { throw malformed(.malformedMember, "a member that does not hold what it declares", "§5.2") }
    }
}

/// One member of a file, read by itself.
struct SingleMember {
    let offset: Int
    let bytes: [UInt8]
    let fields: MemberFields?

    var byteCount: Int { bytes.count }

    /// Reads the member that takes `byteCount` bytes at `offset`.
    init(at offset: Int, byteCount: Int, of source: any RandomAccessBytes) throws {
        guard offset >= 0, byteCount > 0, byteCount <= source.byteCount - offset else {
            throw ReelError(
                .truncated, "a member of \(byteCount) bytes of which \(max(source.byteCount - offset, 0)) are there",
                offset: offset, section: "recording.md §4.1")
        }
        let bytes = try source.read(offset..<offset + byteCount)
        guard let header = try MemberHeader.parse(bytes.span, at: offset) else {
            throw ReelError(
                .truncated, "a member that ends in its header", offset: offset, section: "recording.md §4.1")
        }
        self.offset = offset
        self.bytes = bytes
        fields = try MemberFields(header, offset: offset)
    }

    /// What the member holds, checked.
    func content(limits: ReaderLimits, decoder: MemberDecoder) throws -> [UInt8] {
        var content: [UInt8] = []
        try decoder.decode(
            bytes.span, at: offset, expecting: fields?.uncompressedByteCount, limit: limits.memberByteCount,
            appendingTo: &content)
        return content
    }
}

/// Splits the content of a member into frames.
enum FrameSplitting {
    /// The frames of `content`, each with where it stands, its length included.
    static func frames(
        of content: [UInt8], limits: ReaderLimits, offset: Int
    ) throws(ReelError) -> [(range: Range<Int>, frame: [UInt8])] {
        var frames: [(range: Range<Int>, frame: [UInt8])] = []
        var position = 0
        while position < content.count {
            guard content.count - position >= 4 else {
                throw ReelError(
                    .malformedFrame, "\(content.count - position) bytes where a frame's length should be",
                    offset: offset,
                    section: "recording.md §4.2")
            }
            let count = (0..<4).reduce(0) { $0 << 8 | Int(content[position + $1]) }
            guard count >= 2, count <= content.count - position - 4 else {
                throw ReelError(
                    .malformedFrame, "a frame of \(count) bytes, \(content.count - position - 4) bytes before the end",
                    offset: offset, section: "recording.md §4.2")
            }
            guard count <= limits.frameByteCount else {
                throw ReelError(
                    .limitExceeded, "a frame of \(count) bytes, more than the limit of \(limits.frameByteCount)",
                    offset: offset, section: "recording.md §9")
            }
            frames.append((position..<position + 4 + count, Array(content[position + 4..<position + 4 + count])))
            position += 4 + count
        }
        return frames
    }
}
