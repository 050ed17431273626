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

    /// Reads and inflates a member, into `memory`.
    init?(_ source: DataMembers, at position: Int, into memory: consuming [UInt8]) {
        let entry = source.entries[position]
        if position == 0, let first = source.first {
            (fields, content, trailer) = (first.fields, first.content, first.trailer)
        } else {
            guard let member = try? SingleMember(at: entry.offset, byteCount: entry.byteCount, of: source.bytes),
                case .data(let fields) = member.fields?.kind,
                entry == IndexEntry(offset: entry.offset, byteCount: member.byteCount, fields: fields),
                member.fields?.memberByteCount == entry.byteCount
            else { return nil }
            var content = memory
            content.removeAll(keepingCapacity: true)
            guard
                let trailer = try? MemberDecoder().decodeWithoutChecksum(
                    member.bytes.span, at: entry.offset, expecting: fields.uncompressedByteCount,
                    limit: source.limits.contentByteCount, appendingTo: &content),
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

    /// What the member amounts to, or nil when its frames are not those that it declares or may not stand where they do.
    ///
    /// - Parameter visited: what each frame has been found to hold or, when there is nil in its place, no events.
    package func tally(_ visited: [VisitedEvents?]) -> (eventCount: Int, summary: Summary?)? {
        var order = FrameOrder(in: .dataMember, firstEvent: entry.firstEvent, isStarted: position > 0)
        for (frame, events) in zip(frames, visited) {
            if let events {
                guard order.takesEvents else { return nil }
                order.take(events)
            } else {
                guard
                    let content = try? FrameContent(
                        Array(content[frame]), firstEvent: order.eventCount, limits: source.limits),
                    (try? order.take(content)) != nil
                else { return nil }
                if case .events = content { return nil }
            }
        }
        let isLast = position == source.entries.count - 1
        guard (try? order.check(fields)) != nil, order.summary == nil || isLast else { return nil }
        return (order.actual.eventCount, order.summary)
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
    ///
    /// - Parameter memory: what it is inflated into.
    package func member(at position: Int, into memory: consuming [UInt8]) -> VisitedMember? {
        VisitedMember(self, at: position, into: memory)
    }
}
