import ExternalTerm

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
    private var order: FrameOrder
    /// The fields of the member that is being read, and its offset.
    private var member: (fields: MemberFields, offset: Int)?
    private var indexOffset: Int?
    /// What gets the frames of events first.
    private weak var visitor: (any FrameVisitor)?

    /// The recording's header.
    public let header: Header
    /// How many events have been read from the source.
    public var eventCount: Int { order.eventCount }
    /// The summary, once the finish frame has been read; nil at the end when the recording is unfinished.
    public var summary: Summary? { order.summary }
    /// The index, once it has been read.
    public private(set) var index: [IndexEntry]?

    /// What each data member turned out to be, as the index should say.
    private(set) var entries: [IndexEntry] = []

    /// Starts to read a recording, and reads its header.
    ///
    /// - Throws: ``ReelError`` when the source has no recording, or one of a major version that this library does not know.
    public convenience init(_ source: any ByteSource, limits: ReaderLimits = .default) throws(ReelError) {
        try self.init(source, limits: limits, ignoresFields: false)
    }

    /// Starts to read a recording, as a plain one when `ignoresFields` is true.
    init(_ source: any ByteSource, limits: ReaderLimits, ignoresFields: Bool) throws(ReelError) {
        // Of a file it is known how large it is.
        let limits = (source as? any RandomAccessBytes).map { limits.scaled(to: $0.byteCount) } ?? limits
        stream = FrameStream(source, limits: limits, ignoresFields: ignoresFields)
        self.limits = limits
        do {
            let first = try RecordingReader.firstFrame(stream)
            member = first.member
            order = FrameOrder(in: first.member == nil ? .plain : .dataMember, firstEvent: 0, isStarted: false)
            header = try RecordingReader.header(of: first.frame, limits: limits)
            try order.take(.header(header))
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
    ) throws -> (frame: [UInt8], member: (fields: MemberFields, offset: Int)?) {
        var member: (fields: MemberFields, offset: Int)?
        while let item = try stream.next() {
            switch item {
            case .member(let fields, let offset):
                guard case .data = fields.kind else {
                    throw ReelError(
                        .notARecording, "the first member is no data member", offset: 0, section: "recording.md §4.1")
                }
                member = (fields, offset)
            case .frame(let frame, _): return (stream.bytes(of: frame), member)
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
            if let indexOffset, !hasEnd {
                throw ReelError(
                    .malformedIndex, "an index without an end member after it", offset: indexOffset,
                    member: stream.memberCount - 1, section: "recording.md §4.4")
            }
            return nil
        } catch {
            var failure = ReelError(wrapping: error)
            failure.event = failure.event ?? eventCount
            self.failure = failure
            throw failure
        }
    }

    /// Reads the frame after those that `visitor` has taken, or returns nil at the end. One that it takes no part in is
    /// given out as ``next()`` would.
    ///
    /// - Throws: ``ReelError`` as ``next()`` does. What the visitor has been through before was sound.
    package func visitFrames(_ visitor: any FrameVisitor) throws(ReelError) -> [Event]? {
        if !batch.isEmpty {
            defer { batch = [] }
            return Array(batch)
        }
        self.visitor = visitor
        defer { self.visitor = nil }
        while let frame = try nextFrame() {
            if case .events(let events) = frame { return events }
        }
        return nil
    }

    private func error(_ kind: ReelError.Kind, _ reason: String, _ section: String) -> ReelError {
        located(ReelError(kind, reason, section: "recording.md \(section)"))
    }

    /// The error with what is being read as its place.
    private func located(_ error: ReelError) -> ReelError {
        error.located(
            at: member?.offset ?? stream.offset, member: stream.memberCount > 0 ? stream.memberCount - 1 : nil,
            event: eventCount)
    }

    /// Reads a frame, or returns nil when it has been visited.
    private func read(_ frame: FrameStream.Frame, contentOffset: Int) throws(ReelError) -> FrameContent? {
        if let visitor, order.takesEvents,
            let events = stream.show(frame, to: visitor, depth: limits.term.depth)
        {
            order.take(events)
            return nil
        }
        var content: FrameContent
        do {
            content = try FrameContent(stream.bytes(of: frame), firstEvent: eventCount, limits: limits)
        } catch {
            throw located(error.inFrame(at: contentOffset))
        }
        do {
            try order.take(content)
        } catch {
            throw located(error)
        }
        // That of a plain recording is about another file.
        if case .index(let entries) = content, member != nil { index = entries }
        return content
    }
}

// MARK: - Members

extension RecordingReader {
    private func start(_ fields: MemberFields, at offset: Int) throws(ReelError) {
        member = (fields, offset)
        switch fields.kind {
        case .data:
            guard summary == nil, index == nil else {
                throw error(
                    .malformedMember, "a data member after the \(summary == nil ? "index" : "finish frame")", "§4.4")
            }
            order.startMember(.dataMember)
        case .index: order.startMember(.indexMember)
        case .end: break
        }
    }

    /// Checks that the member which ends here is what it declared.
    private func endMember() throws(ReelError) {
        guard let (fields, offset) = member else { return }
        switch fields.kind {
        case .data(let declared):
            do {
                try order.check(declared)
            } catch {
                throw located(error)
            }
            entries.append(IndexEntry(offset: offset, byteCount: fields.memberByteCount, fields: declared))
        case .index:
            guard let index, index == entries, indexOffset == nil else {
                throw error(.malformedIndex, "an index that does not agree with the members", "§6.6")
            }
            try checkFinish(before: "an index")
            indexOffset = offset
        case .end(let indexOffset):
            // Without an index member the end points at the only data member.
            let expected = self.indexOffset ?? (entries.count == 1 ? entries[0].offset : nil)
            guard indexOffset == expected else {
                throw error(
                    .malformedIndex, "an end member that points at byte \(indexOffset), where no index is", "§4.4")
            }
            try checkFinish(before: "an end member")
        }
        member = nil
    }

    /// Checks that the recording has been finished before what says so.
    private func checkFinish(before what: String) throws(ReelError) {
        guard summary != nil else { throw error(.malformedIndex, "\(what) without a finish frame before it", "§4.4") }
    }
}

extension ReelError {
    /// The error with its place.
    func located(at offset: Int, member: Int?, event: Int?) -> ReelError {
        ReelError(kind, reason, offset: offset, member: member, event: event, section: section)
    }

    /// The error about a frame that stands at an offset in the content of its members. Offsets in what is compressed are no offsets in
    /// the file: they are said in words.
    func inFrame(at contentOffset: Int) -> ReelError {
        var error = self
        error.reason += ", in the frame at byte \(contentOffset) of the content, byte \(4 + (offset ?? 0)) of it"
        return error
    }
}
