import ExternalTerm
import GzipMembers

/// A data member that visitors go through, some frames here and some there, while its checksum is compared: what may be
/// done at the same time is in steps of its own.
///
/// Whatever is wrong with the member, these steps say no more than that it cannot be used: another reader has the words.
package struct VisitedMember: Sendable {
    /// What the member inflates to.
    package let content: [UInt8]
    /// Where the terms of its frames stand in the content.
    package let frames: [Range<Int>]
    private let entry: IndexEntry
    private let fields: MemberFields.DataFields
    /// What the content is to be compared with; nil when it has been.
    private let trailer: MemberTrailer?
    private let source: DataMembers
    private let position: Int

    /// Reads and inflates a member.
    init?(_ source: DataMembers, at position: Int) {
        let entry = source.entries[position]
        if position == 0, let first = source.first {
            (fields, content, trailer) = (first.fields, first.content, nil)
        } else {
            guard let member = try? SingleMember(at: entry.offset, byteCount: entry.byteCount, of: source.bytes),
                case .data(let fields) = member.fields?.kind,
                entry == IndexEntry(offset: entry.offset, byteCount: member.byteCount, fields: fields),
                member.fields?.memberByteCount == entry.byteCount
            else { return nil }
            var content: [UInt8] = []
            guard
                let trailer = try? MemberDecoder().decodeWithoutChecksum(
                    member.bytes.span, at: entry.offset, expecting: fields.uncompressedByteCount,
                    limit: source.limits.memberByteCount, appendingTo: &content),
                content.count == fields.uncompressedByteCount
            else { return nil }
            (self.fields, self.content, self.trailer) = (fields, content, trailer)
        }
        var splitting = FrameSplitting(content, limits: source.limits)
        var frames: [Range<Int>] = []
        do {
            while let frame = try splitting.nextRange() { frames.append(frame) }
        } catch {
            return nil
        }
        self.source = source
        self.position = position
        self.entry = entry
        self.frames = frames
    }

    /// Whether the content is what the trailer says.
    package func matchesChecksum() -> Bool {
        guard let trailer else { return true }
        return (try? trailer.verify(content: content.span, at: entry.offset)) != nil
    }

    /// Whether the frames are those that the member declares and may stand where they do, each of them visited or, when
    /// there is nil in its place, no frame of events.
    package func isSound(_ visited: [VisitedEvents?]) -> Bool {
        var order = FrameOrder(in: .dataMember, firstEvent: entry.firstEvent, isStarted: position > 0)
        for (frame, events) in zip(frames, visited) {
            if let events {
                guard order.takesEvents else { return false }
                order.take(events)
            } else {
                guard
                    let content = try? FrameContent(
                        Array(content[frame]), firstEvent: order.eventCount, limits: source.limits),
                    (try? order.take(content)) != nil
                else { return false }
                if case .events = content { return false }
            }
        }
        let isLast = position == source.entries.count - 1
        return (try? order.check(fields)) != nil && (order.summary == nil || isLast)
    }
}

/// The data members of a recording, to be read by several tasks.
package struct DataMembers: Sendable {
    let bytes: any RandomAccessBytes
    let limits: ReaderLimits
    package let entries: [IndexEntry]
    /// The first member, when it has been inflated before.
    let first: MemberContent.Inflated?

    /// How many containers may enclose a term.
    package var depth: Int { limits.term.depth }

    /// The member at `position`, or nil when there is anything wrong with it.
    package func member(at position: Int) -> VisitedMember? { VisitedMember(self, at: position) }
}
