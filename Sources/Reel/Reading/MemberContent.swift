import ExternalTerm
import GzipMembers

/// The frames of one data member, read by itself.
struct MemberContent {
    var header: Header?
    /// The keyframes, in order; the member may start with one.
    var keyframes: [Keyframe] = []
    var events: [Event] = []
    var summary: Summary?
    /// What is wrong with the member after these frames, which its checksum vouches for, when it is judged by itself.
    var failure: ReelError?

    /// Whether there is no frame that anybody asks for.
    var isEmpty: Bool { header == nil && keyframes.isEmpty && events.isEmpty && summary == nil }

    /// What a member declares, and what it holds.
    struct Inflated: Sendable {
        var fields: MemberFields.DataFields
        var content: [UInt8]
        /// What the content is still to be compared with.
        var trailer: MemberTrailer?

        /// Compares the content with the checksum of the member, which is at `offset`.
        func verify(at offset: Int) throws(ReelError) {
            do {
                try trailer?.verify(content: content.span, at: offset)
            } catch {
                throw ReelError(wrapping: error).ofMember(at: offset)
            }
        }
    }

    /// Reads the data member of `entry`, the recording's `position`-th, and checks that it is what the entry says.
    ///
    /// - Parameters:
    ///   - inflated: the member, when it has been inflated before.
    ///   - isAlone: whether the member is judged by itself, wherever it stands: then the header may be in any that
    ///     declares it and comes before all events, frames before one that is not sound are kept, and what the member
    ///     declares of them does not count.
    init(
        of entry: IndexEntry, at position: Int, inflated: Inflated? = nil, isAlone: Bool = false,
        bytes: any RandomAccessBytes, limits: ReaderLimits, decoder: MemberDecoder
    ) throws(ReelError) {
        do {
            let inflated =
                try inflated ?? MemberContent.inflated(entry, of: bytes, limits: limits, decoder: decoder)
            try inflated.verify(at: entry.offset)
            let (fields, content) = (inflated.fields, inflated.content)
            let isFirst = isAlone ? fields.hasHeader && fields.firstEvent == 0 : position == 0
            var order = FrameOrder(in: .dataMember, firstEvent: entry.firstEvent, isStarted: !isFirst)
            // An event takes seven bytes at least, whatever the entry says.
            events.reserveCapacity(min(entry.eventCount, content.count / 7))
            do {
                var splitting = FrameSplitting(content, limits: limits)
                while let (start, frame) = try splitting.next() {
                    try take(frame, at: start, in: &order, limits: limits)
                }
                // What is declared wrongly is no harm to frames that are all there.
                if !isAlone { try order.check(fields) }
            } catch {
                let error = error.located(at: entry.offset, member: position, event: order.eventCount)
                guard isAlone else { throw error }
                failure = error
            }
        } catch {
            var error = ReelError(wrapping: error)
            error.member = error.member ?? position
            error.event = error.event ?? entry.firstEvent
            throw error
        }
    }

    /// The member of `entry`, checked, though its checksum only if `verifies` says so.
    static func inflated(
        _ entry: IndexEntry, of bytes: any RandomAccessBytes, limits: ReaderLimits, decoder: MemberDecoder,
        verifies: Bool = true
    ) throws -> Inflated {
        let member = try SingleMember(at: entry.offset, byteCount: entry.byteCount, of: bytes)
        guard case .data(let fields) = member.fields?.kind,
            entry == IndexEntry(offset: entry.offset, byteCount: member.byteCount, fields: fields)
        else {
            throw ReelError(
                .malformedIndex, "an index entry that does not agree with its member", offset: entry.offset,
                section: "recording.md §6.6")
        }
        guard let declared = member.fields?.memberByteCount, declared == entry.byteCount else {
            throw ReelError(
                .malformedMember, "a member of \(entry.byteCount) bytes that declares another length",
                offset: entry.offset, section: "recording.md §5")
        }
        guard !verifies else {
            return Inflated(fields: fields, content: try member.content(limits: limits, decoder: decoder))
        }
        try member.checkContentByteCount(limits)
        var content: [UInt8] = []
        let trailer = try decoder.decodeWithoutChecksum(
            member.bytes.span, at: entry.offset, expecting: fields.uncompressedByteCount,
            limit: limits.memberByteCount, appendingTo: &content)
        guard content.count == fields.uncompressedByteCount else {
            throw ReelError(.malformedMember, "a member that holds less than it declares", offset: entry.offset)
        }
        return Inflated(fields: fields, content: content, trailer: trailer)
    }

    /// The header that a recording's first member starts with, or nil when it starts with anything else.
    static func header(in first: Inflated, limits: ReaderLimits) throws(ReelError) -> Header? {
        var splitting = FrameSplitting(first.content, limits: limits)
        guard let (_, frame) = try splitting.next(),
            case .header(let header) = try FrameContent(frame, firstEvent: 0, limits: limits)
        else { return nil }
        return header
    }

    private mutating func take(
        _ frame: [UInt8], at start: Int, in order: inout FrameOrder, limits: ReaderLimits
    ) throws(ReelError) {
        let content: FrameContent
        do {
            content = try FrameContent(frame, firstEvent: order.eventCount, limits: limits)
        } catch {
            throw error.inFrame(at: start)
        }
        try order.take(content)
        switch content {
        case .header(let header): self.header = header
        case .events(let events): self.events += events
        case .keyframe(let keyframe): keyframes.append(keyframe)
        case .finish(let summary): self.summary = summary
        case .index, .unknown: break
        }
    }
}

/// One member of a file, read by itself.
struct SingleMember {
    let offset: Int
    let bytes: [UInt8]
    let fields: MemberFields?

    var byteCount: Int { bytes.count }

    /// As many bytes as the longest header has that is read: subfields, a name and a comment.
    static let longestHeader = 200 << 10

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

    /// Checks that a file of this length may have as much content. What is beyond the limit of all, or what deflate cannot make of
    /// so few bytes, is another error, of inflating.
    func checkContentByteCount(_ limits: ReaderLimits) throws(ReelError) {
        guard let fields, fields.uncompressedByteCount <= limits.memberByteCount,
            fields.uncompressedByteCount / 1_032 <= byteCount
        else { return }
        do {
            try fields.checkContentByteCount(limits)
        } catch {
            throw error.located(at: offset, member: nil, event: nil)
        }
    }

    /// What the member holds, checked: Spec/recording.md §5.3, steps 7 to 9.
    func content(limits: ReaderLimits, decoder: MemberDecoder) throws(ReelError) -> [UInt8] {
        try checkContentByteCount(limits)
        var content: [UInt8] = []
        do {
            try decoder.decode(
                bytes.span, at: offset, expecting: fields?.uncompressedByteCount, limit: limits.memberByteCount,
                appendingTo: &content)
        } catch {
            var failure = ReelError(wrapping: error).ofMember(at: offset)
            // All of its bytes are there: it is its deflate data that does not end where they do.
            if [.truncated, .trailingData].contains(failure.kind) { failure.kind = .malformedMember }
            throw failure
        }
        if case .end = fields?.kind, byteCount != MemberFields.endMemberByteCount {
            throw ReelError(
                .malformedMember, "an end member of \(byteCount) bytes, not \(MemberFields.endMemberByteCount)",
                offset: offset, section: "recording.md §4.4")
        }
        return content
    }
}

/// Splits the content of a member into frames.
struct FrameSplitting {
    private let content: [UInt8]
    private let limits: ReaderLimits
    private var position = 0

    init(_ content: [UInt8], limits: ReaderLimits) {
        self.content = content
        self.limits = limits
    }

    /// The next frame and where it starts, its length included, or nil at the end of the content.
    ///
    /// - Throws: ``ReelError`` without an offset.
    mutating func next() throws(ReelError) -> (start: Int, frame: [UInt8])? {
        guard let range = try nextRange() else { return nil }
        return (range.lowerBound - 4, Array(content[range]))
    }

    /// Where the term of the next frame stands, or nil at the end of the content.
    ///
    /// - Throws: ``ReelError`` without an offset.
    mutating func nextRange() throws(ReelError) -> Range<Int>? {
        let available = content.count - position - 4
        guard available > -4 else { return nil }
        guard available >= 0 else {
            throw ReelError(
                .malformedFrame, "\(available + 4) bytes where a frame's length should be",
                section: "recording.md §4.2")
        }
        let count = content.span.uint32(at: position)
        guard count <= limits.frameByteCount else {
            throw ReelError(
                .limitExceeded, "a frame of \(count) bytes, more than the limit of \(limits.frameByteCount)",
                section: "recording.md §9")
        }
        guard count >= 2, count <= available else {
            throw ReelError(
                .malformedFrame, "a frame of \(count) bytes, \(available) bytes before the end",
                section: "recording.md §4.2")
        }
        defer { position += 4 + count }
        return position + 4..<position + 4 + count
    }
}
