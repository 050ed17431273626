/// Reads a recording from its start to its end, from any source of bytes. Implements Spec/recording.md §4.
///
/// ```swift
/// let reader = try RecordingReader(InputFile("session.reel"))
/// print(reader.header.view ?? "a view without a name")
/// while let event = try reader.next() {
///     print(event.offset, event.kind, try event.payload.elixirText)
/// }
/// ```
///
/// Memory is bounded by one member, or by one frame in a recording without `RL` fields. After an error the reader does not go on;
/// the events that it has returned are sound. ``Salvage`` reads what is beyond damage.
public final class RecordingReader {
    private let stream: FrameStream
    private let limits: ReaderLimits
    private var batch: ArraySlice<Event> = []
    private var failure: ReelError?
    private var member: MemberCheck?
    private var indexOffset: Int?
    private var hasIndexFrame = false

    /// The recording's header.
    public let header: Header
    /// How many events have been read from the source.
    public private(set) var eventCount = 0
    /// The summary, once the finish frame has been read; nil at the end when the recording is unfinished.
    public private(set) var summary: Summary?
    /// The index, once it has been read.
    public private(set) var index: [IndexEntry]?

    /// What each data member turned out to be, as the index should say.
    private(set) var entries: [IndexEntry] = []

    /// What the fields of the member that is being read declare, and what there has been so far.
    private struct MemberCheck {
        var fields: MemberFields
        var offset: Int
        var actual: MemberFields.DataFields
        var isEmpty = true
    }

    /// Starts to read a recording, and reads its header.
    ///
    /// - Throws: ``ReelError`` when the source has no recording, or one of a major version that this library does not know.
    public convenience init(_ source: any ByteSource, limits: ReaderLimits = .default) throws(ReelError) {
        try self.init(source, limits: limits, ignoresFields: false)
    }

    /// Starts to read a recording, as a plain one when `ignoresFields` is true.
    init(_ source: any ByteSource, limits: ReaderLimits, ignoresFields: Bool) throws(ReelError) {
        stream = FrameStream(source, limits: limits, ignoresFields: ignoresFields)
        self.limits = limits
        do {
            let first = try RecordingReader.firstFrame(stream)
            if let (fields, offset) = first.member {
                member = MemberCheck(fields: fields, offset: offset, actual: MemberFields.DataFields(firstEvent: 0))
            }
            header = try RecordingReader.header(of: first.frame, limits: limits)
            member?.actual.hasHeader = true
            member?.isEmpty = false
        } catch {
            var error = ReelError(wrapping: error)
            if error.kind == .malformedTerm || error.kind == .malformedFrame { error.kind = .notARecording }
            throw error
        }
    }

    private static func header(of frame: [UInt8], limits: ReaderLimits) throws(ReelError) -> Header {
        do {
            if case .header(let header) = try FrameContent(frame, firstEvent: 0, limits: limits) { return header }
        } catch {
            var error = error
            // What was an offset in the frame stands at the start of the file.
            if let offset = error.offset { error.reason += ", in the first frame, byte \(4 + offset) of it" }
            error.offset = 0
            throw error
        }
        throw ReelError(.notARecording, "the first frame is no header", offset: 0, section: "recording.md §6.1")
    }

    private static func firstFrame(
        _ stream: FrameStream
    ) throws -> (frame: [UInt8], member: (MemberFields, Int)?) {
        var member: (MemberFields, Int)?
        while let item = try stream.next() {
            switch item {
            case .member(let fields, let offset): member = (fields, offset)
            case .frame(let frame, _): return (frame, member)
            case .memberEnd:
                throw ReelError(
                    .notARecording, "the first member holds no frame", offset: 0, section: "recording.md §4")
            }
        }
        throw ReelError(.notARecording, "a file without a frame", offset: 0, section: "recording.md §4")
    }

    /// What the recording's frames are in.
    var container: FrameStream.Container? { stream.container }

    /// The end member's fields, once it has been read.
    var end: (indexOffset: Int, offset: Int)? { stream.end }

    /// Where in the file what has been read last stands: its member, or the frame in a bare recording.
    var fileOffset: Int { member?.offset ?? stream.offset }

    /// Whether the end member has been read. A recording without one is unfinished, or has been cut; or it is a plain one.
    public var hasEnd: Bool { stream.end != nil }

    /// The next event, or nil at the end.
    ///
    /// - Throws: ``ReelError`` when the recording is damaged or malformed. Events before it have been returned.
    public func next() throws(ReelError) -> Event? {
        while batch.isEmpty {
            switch try nextFrame() {
            case .events(let events): batch = events[...]
            case nil: return nil
            default: continue
            }
        }
        return batch.popFirst()
    }

    /// The next frame after the header, or nil at the end.
    func nextFrame() throws(ReelError) -> FrameContent? {
        if let failure { throw failure }
        do {
            while let item = try stream.next() {
                switch item {
                case .member(let fields, let offset): try start(fields, at: offset)
                case .memberEnd: try endMember()
                case .frame(let frame, let contentOffset):
                    if let content = try read(frame, contentOffset: contentOffset) { return content }
                }
            }
            return nil
        } catch {
            var failure = ReelError(wrapping: error)
            failure.event = failure.event ?? eventCount
            self.failure = failure
            throw failure
        }
    }

    private func error(_ kind: ReelError.Kind, _ reason: String, _ section: String) -> ReelError {
        ReelError(
            kind, reason, offset: member?.offset ?? stream.offset,
            member: stream.memberCount > 0 ? stream.memberCount - 1 : nil, event: eventCount,
            section: "recording.md \(section)")
    }

    private func read(_ frame: [UInt8], contentOffset: Int) throws -> FrameContent? {
        let content: FrameContent
        do throws(ReelError) {
            content = try FrameContent(frame, firstEvent: eventCount, limits: limits)
        } catch {
            // Offsets inside compressed members are no offsets in the file: the place is said in words.
            let place = "in the frame at byte \(contentOffset) of the content, byte \(4 + (error.offset ?? 0)) of it"
            throw self.error(error.kind, "\(error.reason), \(place)", "")
                .with(section: error.section)
        }
        defer { member?.isEmpty = false }
        try checkPlace(of: content)
        switch content {
        case .header: throw error(.malformedFrame, "a second header", "§6.1")
        case .events(let events):
            guard summary == nil else { throw error(.malformedFrame, "events after the finish frame", "§6.5") }
            for event in events { member?.actual.note(offset: event.offset) }
            eventCount += events.count
        case .keyframe(let keyframe):
            guard summary == nil else { throw error(.malformedFrame, "a keyframe after the finish frame", "§6.5") }
            guard keyframe.event == eventCount else {
                throw error(.malformedFrame, "a keyframe of event \(keyframe.event) before event \(eventCount)", "§6.4")
            }
            if member?.isEmpty == true { member?.actual.startsWithKeyframe = true }
        case .finish(let summary):
            guard self.summary == nil else { throw error(.malformedFrame, "a second finish frame", "§6.5") }
            guard summary.eventCount == eventCount else {
                throw error(
                    .malformedFrame, "a finish frame that counts \(summary.eventCount) events, not \(eventCount)",
                    "§6.5")
            }
            self.summary = summary
            member?.actual.hasFinish = true
        case .index(let entries):
            guard !hasIndexFrame else { throw error(.malformedFrame, "a second index", "§6.6") }
            hasIndexFrame = true
            // That of a plain recording is about another file.
            if member != nil { index = entries }
        case .unknown: break
        }
        return content
    }
}

// MARK: - Members

extension RecordingReader {
    /// An index stands in an index member, alone, and nowhere else among members with fields.
    private func checkPlace(of content: FrameContent) throws(ReelError) {
        guard let member else { return }
        switch (member.fields.kind, content) {
        case (.data, .index): throw error(.malformedFrame, "an index in a data member", "§6.6")
        case (.index, .index) where member.isEmpty: break
        case (.index, _): throw error(.malformedFrame, "an index member that holds more than an index", "§6.6")
        default: break
        }
    }

    private func start(_ fields: MemberFields, at offset: Int) throws(ReelError) {
        var actual = MemberFields.DataFields(firstEvent: eventCount)
        if case .data(let declared) = fields.kind {
            actual.uncompressedByteCount = declared.uncompressedByteCount
        }
        member = MemberCheck(fields: fields, offset: offset, actual: actual)
        if case .data = fields.kind, summary != nil {
            throw error(.malformedMember, "a data member after the finish frame", "§4.4")
        }
    }

    /// Checks that the member which ends here is what it declared.
    private func endMember() throws(ReelError) {
        guard let member else { return }
        switch member.fields.kind {
        case .data(let declared):
            var actual = member.actual
            actual.uncompressedByteCount = declared.uncompressedByteCount
            guard declared == actual else {
                throw error(
                    .malformedMember,
                    "a member that declares events \(declared.described) and holds \(actual.described)", "§5.2")
            }
            entries.append(
                IndexEntry(offset: member.offset, byteCount: member.fields.memberByteCount, fields: declared))
        case .index:
            guard let index, index == entries else {
                throw error(.malformedIndex, "an index that does not agree with the members", "§6.6")
            }
            indexOffset = member.offset
        case .end(let indexOffset):
            // Without an index member the end points at the only data member.
            let expected = self.indexOffset ?? (entries.count == 1 ? entries[0].offset : nil)
            guard indexOffset == expected else {
                throw error(
                    .malformedIndex, "an end member that points at byte \(indexOffset), where no index is", "§4.4")
            }
        }
        self.member = nil
    }
}

extension MemberFields.DataFields {
    fileprivate var described: String {
        let marks = [(startsWithKeyframe, "keyframe"), (hasHeader, "header"), (hasFinish, "finish")]
        return "\(firstEvent)..<\(endEvent) at \(firstOffset)...\(lastOffset) ms"
            + marks.filter(\.0).map { ", \($0.1)" }.joined()
    }
}

extension ReelError {
    func with(section: String?) -> ReelError {
        var error = self
        error.section = section
        return error
    }
}
