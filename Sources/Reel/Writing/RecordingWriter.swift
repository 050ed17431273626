public import ExternalTerm
import GzipMembers

/// How a recording is written.
public struct WriterOptions: Hashable, Sendable {
    /// zlib's level, 0 to 9. 6 by default: the best that costs a running session nothing to speak of.
    public var level: Int
    /// When a member is full, in bytes before compression: 1 MiB unless told otherwise, 32 MiB at the most.
    public var memberByteCount: Int
    /// When a batch of events is full, in bytes: 64 KiB unless told otherwise, 32 MiB at the most; 0 makes every event a frame of
    /// its own.
    public var frameByteCount: Int
    /// Whether members start with keyframes where Spec/recording.md §7.3 wants them.
    public var writesKeyframes: Bool
    /// The most bytes of one event: what readers accept unless told otherwise, 64 MiB less what a frame needs around it.
    public var eventByteCount: Int

    /// Creates options.
    public init(
        level: Int = 6, memberByteCount: Int = 1 << 20, frameByteCount: Int = 64 << 10, writesKeyframes: Bool = true,
        eventByteCount: Int = (64 << 20) - 16
    ) {
        self.level = min(max(level, 0), 9)
        // With one event more, both stay within what readers accept unless told otherwise.
        self.memberByteCount = min(max(memberByteCount, 1), 32 << 20)
        self.frameByteCount = min(max(frameByteCount, 0), 32 << 20)
        self.writesKeyframes = writesKeyframes
        self.eventByteCount = eventByteCount
    }

    /// For recordings that are kept: the smallest form.
    public static let smallest = WriterOptions(level: 9)
}

/// Writes a recording, member by member, to any sink. Implements Spec/recording.md §4 to §7.
///
/// Memory is bounded by one member and the session's state. What has been written is a valid, unfinished recording after every
/// member; ``finish(reason:)`` adds the summary, the index and the end.
///
/// ```swift
/// let writer = try RecordingWriter(to: sink, header: Header(fields: ["id": "1", "view": "Shop"]))
/// try writer.append(offset: 0, kind: "mount", payload: .map(["assigns": .map(["count": 0])]))
/// try writer.append(offset: 40, kind: "render", payload: .map(["assigns": .map(["count": 1])]))
/// try writer.finish()
/// ```
public final class RecordingWriter {
    private var sink: any ByteSink
    private let options: WriterOptions
    private var encoder: MemberEncoder
    private var transcoder = CanonicalTranscoder(limits: RecordingWriter.eventLimits)

    /// The frames of the member that is being filled.
    private var content: [UInt8] = []
    /// The events of the batch that is being filled, and how many they are.
    private var batch = TermWriter()
    private var batchCount = 0
    private var fields: MemberFields.DataFields
    private var offset = 0
    private var entries: [IndexEntry] = []
    private var fold = StateFold()
    /// How many bytes of state changes there have been since the last keyframe.
    private var changedByteCount = 0
    /// Whether the next member has to start with a keyframe, because what has been appended does not add up to the state.
    private var needsKeyframe = false
    private var isEnded = false
    /// Why the sink has taken only part of a member: nothing can follow that.
    private var failure: ReelError?

    /// One level less than readers accept: an event stands in a batch.
    static let eventLimits = TermLimits(depth: TermLimits.default.depth - 1)
    static let payloadLimits = TermLimits(depth: TermLimits.default.depth - 2)

    /// What has been appended so far.
    public private(set) var summary = Summary()

    /// Starts a recording. Nothing reaches the sink before the first member is full, or ``flush()``.
    ///
    /// - Throws: ``ReelError`` when zlib has no memory.
    public init(to sink: any ByteSink, header: Header, options: WriterOptions = WriterOptions()) throws(ReelError) {
        self.sink = sink
        self.options = options
        do {
            encoder = try MemberEncoder(level: options.level)
        } catch {
            throw ReelError(wrapping: error)
        }
        fields = MemberFields.DataFields(firstEvent: 0)
        fields.hasHeader = true
        var header = header
        header.version = .current
        let term = header.term.external
        guard term.count <= options.eventByteCount else {
            throw ReelError(
                .limitExceeded, "a header of \(term.count) bytes, more than the limit of \(options.eventByteCount)",
                section: "recording.md §9")
        }
        appendFrame(term)
    }

    /// Appends an event.
    ///
    /// - Parameters:
    ///   - offset: milliseconds from the session's start, 0 or more.
    ///   - kind: what kind of event it is.
    ///   - payload: what it carries; a map for all kinds that Spec/registry.md lists.
    /// - Throws: ``ReelError`` when the event is too large, or the sink fails.
    public func append(offset: Int, kind: Atom, payload: Term) throws(ReelError) {
        try append { (writer) throws(ReelError) in
            writer.writeTupleHead(count: 3)
            writer.write(integer: offset)
            writer.write(atom: kind)
            let start = writer.bytes.count
            writer.write(payload)
            // A tree may nest deeper than readers go.
            var parser = TermParser(writer.bytes.span, at: start, limits: RecordingWriter.payloadLimits)
            do {
                try parser.skipToEnd()
            } catch {
                throw ReelError(wrapping: error)
            }
        }
    }

    /// Appends an event that has been read from another recording, in the canonical form.
    ///
    /// - Throws: ``ReelError`` when the event is too large, or the sink fails.
    public func append(_ event: Event) throws(ReelError) {
        try append { (writer) throws(ReelError) in
            do {
                _ = try transcoder.transcodeTerm(event.encoded.span, at: 0, into: &writer)
            } catch {
                throw ReelError(wrapping: error)
            }
        }
    }

    /// Appends the event that `body` writes: a valid term without a leading 131, in the canonical form.
    func append(_ body: (inout TermWriter) throws(ReelError) -> Void) throws(ReelError) {
        try checkOpen()
        try startMember()
        let start = batch.bytes.count
        do {
            try body(&batch)
            let byteCount = batch.bytes.count - start
            guard byteCount <= options.eventByteCount else {
                throw ReelError(
                    .limitExceeded, "an event of \(byteCount) bytes, more than the limit of \(options.eventByteCount)",
                    event: summary.eventCount, section: "recording.md §9")
            }
            guard let head = try EventHead.read(known: batch.bytes.span, at: start) else {
                throw ReelError(
                    .malformedFrame, "what is no event: \(EventHead.rule)", event: summary.eventCount,
                    section: "recording.md §6.2")
            }
            try summary.count(head, of: batch.bytes.span)
            if options.writesKeyframes,
                try fold.apply(kind: head.kind, payload: head.payload, of: batch.bytes.span)
            {
                changedByteCount += byteCount
            }
            fields.note(offset: head.offset)
        } catch {
            batch.truncate(to: start)
            throw ReelError(wrapping: error)
        }
        batchCount += 1
        // An event that is larger than a batch should be is one by itself.
        if start > 0, batch.bytes.count > options.frameByteCount { splitBatch(at: start) }
        if batch.bytes.count >= options.frameByteCount { closeBatch() }
        if content.count + batch.bytes.count >= options.memberByteCount { try writeMember() }
    }

    private func checkOpen() throws(ReelError) {
        if let failure { throw failure }
        guard !isEnded else { throw ReelError(.inputOutput, "the recording has been finished") }
    }

    /// Starts a member with a keyframe of `state`, because what has been appended does not add up to it.
    func resume(from state: StateFold) throws(ReelError) {
        try flush()
        fold = state
        needsKeyframe = true
    }

    /// Writes what has been appended as a member, so that it is readable from now on.
    public func flush() throws(ReelError) {
        if let failure { throw failure }
        guard !isEnded, batchCount > 0 || !content.isEmpty else { return }
        try writeMember()
    }

    /// Ends the recording with its summary, its index and the end member.
    ///
    /// - Returns: the summary.
    @discardableResult
    public func finish(reason: Summary.Reason = .closed) throws(ReelError) -> Summary {
        if let failure { throw failure }
        guard !isEnded else { return summary }
        summary.reason = reason
        closeBatch()
        appendFrame(summary.term.external)
        fields.hasFinish = true
        try writeMember()
        isEnded = true
        // With one data member the index would say what that member says of itself.
        let indexOffset = entries.count == 1 ? entries[0].offset : offset
        if entries.count != 1 {
            appendFrame(Index.term(entries).external)
            try write(.index(uncompressedByteCount: content.count))
        }
        content.removeAll()
        try write(.end(indexOffset: indexOffset))
        return summary
    }

    /// Ends the recording without a summary: it stays unfinished, and all that has been appended is readable.
    public func stop() throws(ReelError) {
        try flush()
        isEnded = true
    }
}

// MARK: - Frames

extension RecordingWriter {
    private func appendFrame(_ term: [UInt8]) {
        appendLength(term.count)
        content += term
    }

    private func appendLength(_ count: Int) {
        for shift in stride(from: 24, through: 0, by: -8) { content.append(UInt8(truncatingIfNeeded: count >> shift)) }
    }

    /// Makes the events of the batch a frame, a list of them unless it is one alone.
    private func closeBatch() {
        guard batchCount > 0 else { return }
        var frame = TermWriter()
        frame.writeVersion()
        if batchCount > 1 { frame.writeListHead(count: batchCount) }
        appendLength(frame.bytes.count + batch.bytes.count + (batchCount > 1 ? 1 : 0))
        content += frame.bytes
        content += batch.bytes
        if batchCount > 1 {
            var end = TermWriter()
            end.writeNil()
            content += end.bytes
        }
        batch.truncate(to: 0)
        batchCount = 0
    }

    /// Closes the batch before its last event, which starts at `start`.
    private func splitBatch(at start: Int) {
        let last = Array(batch.bytes[start...])
        batch.truncate(to: start)
        batchCount -= 1
        closeBatch()
        batch = TermWriter(appendingTo: last)
        batchCount = 1
    }
}

// MARK: - Members

extension RecordingWriter {
    /// Puts a keyframe at the start of a member when replaying the changes would cost more than reading the state.
    private func startMember() throws(ReelError) {
        guard content.isEmpty, batchCount == 0,
            needsKeyframe || options.writesKeyframes && !entries.isEmpty && changedByteCount > fold.byteCount
        else { return }
        do {
            let keyframe = try Keyframe(event: summary.eventCount, state: fold).encoded()
            changedByteCount = 0
            needsKeyframe = false
            // A state that no reader would take is left to the events.
            guard keyframe.count <= options.eventByteCount else { return }
            appendFrame(keyframe)
            fields.startsWithKeyframe = true
        } catch {
            throw ReelError(wrapping: error)
        }
    }

    private func writeMember() throws(ReelError) {
        closeBatch()
        fields.uncompressedByteCount = content.count
        let start = offset
        try write(.data(fields))
        entries.append(IndexEntry(offset: start, byteCount: offset - start, fields: fields))
        content.removeAll(keepingCapacity: true)
        fields = MemberFields.DataFields(firstEvent: summary.eventCount)
    }

    /// Writes a member with the content that has been collected.
    private func write(_ kind: MemberFields.Kind) throws(ReelError) {
        var fields = MemberFields(version: .current, memberByteCount: 0, kind: kind)
        let headerByteCount = fields.header.byteCount
        var member: [UInt8] = []
        let content = self.content
        do {
            try encoder.encode(content.span, appendingTo: &member) { compressedByteCount in
                fields.memberByteCount = headerByteCount + compressedByteCount + 8
                return fields.header
            }
            try sink.write(member)
        } catch {
            let failure = ReelError(wrapping: error)
            self.failure = failure
            throw failure
        }
        offset += member.count
    }
}

extension MemberFields.DataFields {
    /// The fields of a member without events yet.
    init(firstEvent: Int) {
        self.init(
            uncompressedByteCount: 0, firstEvent: firstEvent, eventCount: 0, firstOffset: 0, lastOffset: 0,
            startsWithKeyframe: false, hasHeader: false, hasFinish: false)
    }

    /// Counts an event at `offset`.
    mutating func note(offset: Int) {
        firstOffset = eventCount == 0 ? offset : Swift.min(firstOffset, offset)
        lastOffset = eventCount == 0 ? offset : Swift.max(lastOffset, offset)
        eventCount += 1
    }
}
