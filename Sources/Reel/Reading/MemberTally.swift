import ExternalTerm
import GzipMembers

/// What the members of a recording add up to, counted as they come: for a store of recordings that are still being written.
///
/// Each member is inflated and checked, so that what has been counted is sound. The members may come in any number of pieces,
/// each of which consists of whole ones.
///
/// ```swift
/// var tally = MemberTally()
/// try tally.add(firstMembers)
/// print(tally.summary.eventCount, tally.isFinished)
/// ```
public struct MemberTally: Sendable {
    /// The recording's header, once the first member has been counted here.
    public private(set) var header: Header?
    /// What the events so far add up to. Once the finish frame has come it is what that says.
    public private(set) var summary: Summary
    /// How many bytes the members take.
    public private(set) var byteCount: Int
    /// Whether the end member has come, after which nothing may follow.
    public private(set) var isFinished = false
    /// Whether the finish frame has come.
    private var hasFinish: Bool
    /// How many data members have been counted here; errors name them.
    private var memberCount = 0

    /// Counts from a recording's start.
    public init() { self.init(continuing: Summary(), byteCount: 0, hasFinish: false) }

    /// Goes on counting a recording of which `byteCount` bytes have been counted already, and came to `summary`.
    ///
    /// - Parameter hasFinish: whether the finish frame was among them.
    public init(continuing summary: Summary, byteCount: Int, hasFinish: Bool) {
        self.summary = summary
        self.byteCount = byteCount
        self.hasFinish = hasFinish
    }

    /// Whether only the index and the end are missing.
    public var isAtEnd: Bool { hasFinish && !isFinished }

    /// Counts whole members that follow those before. After an error nothing of them has been counted.
    ///
    /// - Throws: ``ReelError`` when they are damaged, do not follow those before, or are not whole.
    public mutating func add(_ members: [UInt8], limits: ReaderLimits = .default) throws(ReelError) {
        var tally = self
        let bytes = ShiftedBytes(bytes: members, start: byteCount)
        guard try tally.add(upToEndOf: bytes, limits: limits) == nil else {
            throw ReelError(
                .truncated, "a piece of a recording that does not end with a whole member", offset: tally.byteCount,
                section: "recording.md §4.1")
        }
        self = tally
    }

    /// Counts what of `bytes`, a whole recording or the start of one, follows the bytes that have been counted.
    ///
    /// - Returns: why it could not be counted up to its end, or nil when it could.
    public mutating func addAll(of bytes: some RandomAccessBytes, limits: ReaderLimits = .default) -> ReelError? {
        do throws(ReelError) {
            return try add(upToEndOf: bytes, limits: limits.scaled(to: bytes.byteCount))
        } catch {
            return error
        }
    }

    /// How long the member is that starts at `offset`, as it declares, or nil when so few bytes are there that it does not say.
    ///
    /// - Throws: ``ReelError`` when what stands there is no member of a recording.
    public static func memberByteCount(
        at offset: Int, of bytes: some RandomAccessBytes
    ) throws(ReelError) -> Int? {
        try MemberTally.fields(at: offset, of: bytes)?.memberByteCount
    }
}

extension MemberTally {
    /// - Returns: an error when the last member is cut, or an index has no end after it.
    private mutating func add(upToEndOf bytes: some RandomAccessBytes, limits: ReaderLimits) throws(ReelError)
        -> ReelError?
    {
        do {
            let decoder = try MemberDecoder()
            var offset = byteCount
            while offset < bytes.byteCount {
                guard let fields = try MemberTally.fields(at: offset, of: bytes),
                    fields.memberByteCount <= bytes.byteCount - offset
                else {
                    return ReelError(
                        .truncated, "a member that is cut", offset: offset, event: summary.eventCount,
                        section: "recording.md §4.1")
                }
                guard !isFinished else {
                    throw ReelError(
                        .trailingData, "a member after the end", offset: offset, event: summary.eventCount,
                        section: "recording.md §4.4")
                }
                try add(fields, at: offset, of: bytes, limits: limits, decoder: decoder)
                offset += fields.memberByteCount
                // An index is nothing without the end after it.
                if case .index = fields.kind { continue }
                byteCount = offset
            }
            guard offset == byteCount else {
                return ReelError(
                    .truncated, "an index without an end after it", offset: byteCount, event: summary.eventCount,
                    section: "recording.md §4.4")
            }
            return nil
        } catch {
            throw ReelError(wrapping: error).located(at: byteCount, member: nil, event: summary.eventCount)
        }
    }

    private mutating func add(
        _ fields: MemberFields, at offset: Int, of bytes: some RandomAccessBytes, limits: ReaderLimits,
        decoder: MemberDecoder
    ) throws {
        func malformed(_ reason: String) -> ReelError {
            ReelError(
                .malformedMember, reason, offset: offset, event: summary.eventCount, section: "recording.md §4.4")
        }
        switch fields.kind {
        case .data(let data):
            guard !hasFinish else { throw malformed("a data member after the finish frame") }
            guard data.hasHeader == (offset == 0) else {
                throw malformed(
                    offset == 0 ? "a first member without the header" : "a second member with a header")
            }
            guard data.firstEvent == summary.eventCount else {
                throw malformed("a member that starts with event \(data.firstEvent)")
            }
            let entry = IndexEntry(offset: offset, byteCount: fields.memberByteCount, fields: data)
            let content = try MemberContent(
                of: entry, at: offset == 0 ? 0 : max(memberCount, 1), bytes: bytes, limits: limits, decoder: decoder)
            if let header = content.header { self.header = header }
            for event in content.events {
                try summary.count(
                    EventHead(offset: event.offset, kind: event.kind, payload: event.payloadRange),
                    of: event.encoded.span)
            }
            memberCount += 1
            if let finish = content.summary {
                summary = finish
                hasFinish = true
            }
        case .index, .end:
            guard hasFinish else { throw malformed("an end without a finish frame before it") }
            let member = try SingleMember(at: offset, byteCount: fields.memberByteCount, of: bytes)
            _ = try member.content(limits: limits, decoder: decoder)
            guard case .end(let indexOffset) = fields.kind else { return }
            guard indexOffset == (offset == byteCount ? 0 : byteCount) else {
                throw malformed("an end that names byte \(indexOffset) for the index")
            }
            isFinished = true
        }
    }

    /// The fields of the member at `offset`, or nil when its header is cut.
    private static func fields(at offset: Int, of bytes: some RandomAccessBytes) throws(ReelError) -> MemberFields? {
        do {
            for byteCount in [256, 200 << 10] {
                let head = try bytes.read(offset..<min(offset + byteCount, bytes.byteCount))
                if let header = try MemberHeader.parse(head.span, at: offset) {
                    if let fields = try MemberFields(header, offset: offset) { return fields }
                    throw ReelError(
                        .malformedMember, "a gzip member that does not say what it holds", offset: offset,
                        section: "recording.md §5")
                }
            }
            return nil
        } catch {
            throw ReelError(wrapping: error)
        }
    }
}

/// A piece of a file, under the offsets that its bytes have in the file.
private struct ShiftedBytes: RandomAccessBytes {
    let bytes: [UInt8]
    let start: Int

    var byteCount: Int { start + bytes.count }

    func read(_ range: Range<Int>) throws -> [UInt8] {
        guard range.lowerBound >= start, range.upperBound <= byteCount else {
            throw ReelError(.truncated, "\(range.upperBound) bytes expected, \(byteCount) there", offset: byteCount)
        }
        return Array(bytes[range.lowerBound - start..<range.upperBound - start])
    }
}
