import ExternalTerm

/// A recording made of parts of others: a span of a recording, a recording without one, or several one after the other.
///
/// ```swift
/// let file = try RecordingFile(InputFile("session.reel"))
/// let splice = try Splice(of: file, keeping: RecordingSpan(of: file, from: 80_000, to: 90_000))
/// let writer = try RecordingWriter(to: output, header: splice.header)
/// for part in splice.parts { try splice.write(part, to: writer) }
/// try writer.finish(reason: splice.reason)
/// ```
///
/// The state and the page at each event are those of the recording that it comes from: events that nobody recorded make them
/// where a part starts, and a `gap` says where events are missing. The header's `parts` say where the events come from
/// (``Origin``). Memory is bounded by a member, the session's state, its page and the assets that events hold for it.
public struct Splice {
    /// Events of one recording.
    public struct Part {
        /// The recording.
        public let file: RecordingFile
        /// Which of its events are taken.
        public let events: Range<Int>
        /// How many milliseconds are missing before them, or nil when nothing is.
        public let gap: Int?
        /// How many milliseconds later they are here.
        fileprivate let shift: Int
        /// What makes the state and the page before them.
        fileprivate let made: [Restoration.Made]
    }

    /// The parts, in order.
    public private(set) var parts: [Part] = []
    /// Where its events come from.
    public private(set) var origins: [Origin] = []
    /// How many events it has, those included that make the state where a part starts.
    public private(set) var eventCount = 0
    /// How many events the recorder of the whole session left out, when no gap says where.
    ///
    /// A part of the session may lack some of them or none, so its header says nothing of them.
    public private(set) var unplacedDropCount = 0
    /// When the whole recordings that have been joined so far end, in milliseconds.
    private var duration = 0
    private var fields: TermMap
    /// Whether the recording that it starts with says where events are missing.
    private let hasGaps: Bool

    /// The header of the recording.
    public var header: Header {
        var fields = fields
        fields[atom: Origin.key] = .list(origins.map(\.term))
        return Header(fields: fields)
    }

    /// Why the recording ends.
    ///
    /// - Throws: ``ReelError`` when the last part's recording is damaged.
    public var reason: Summary.Reason {
        get throws(ReelError) {
            guard let last = parts.last else { return .interrupted }
            guard try last.events.upperBound == last.file.eventCount else { return Summary.Reason("excerpt") }
            return try last.file.summary?.reason ?? .interrupted
        }
    }
}

// MARK: - One recording

extension Splice {
    /// Keeps a span of a recording, and nothing else of it.
    ///
    /// - Parameters:
    ///   - keepsTimes: whether times stay as they were; by default the span starts at 0.
    ///   - id: the id of the new recording; by default that of `file` with the first and the last event that are kept.
    /// - Throws: ``ReelError`` when what has to be read is damaged, ``SpliceError`` when no event would be left.
    public init(of file: RecordingFile, keeping span: RecordingSpan, keepsTimes: Bool = false, id: String? = nil)
        throws
    {
        let ending = "-\(span.events.lowerBound)-\(span.events.upperBound - 1)"
        try self.init(file, id: id, ending: ending)
        try keep(span.events, of: file, from: span.start, keepsTimes: keepsTimes)
    }

    /// Takes a span out of a recording.
    ///
    /// - Parameters:
    ///   - keepsTimes: whether times stay as they were; by default what follows the span moves up to its start.
    ///   - id: the id of the new recording; by default that of `file` with the first and the last event that are left out.
    /// - Throws: ``ReelError`` when what has to be read is damaged, ``SpliceError`` when no event would be left.
    public init(of file: RecordingFile, without span: RecordingSpan, keepsTimes: Bool = false, id: String? = nil)
        throws
    {
        let ending = "-without-\(span.events.lowerBound)-\(span.events.upperBound - 1)"
        try self.init(file, id: id, ending: ending)
        let (first, last) = (0..<span.events.lowerBound, span.events.upperBound..<(try file.eventCount))
        guard !first.isEmpty else {
            try keep(last, of: file, from: span.end, keepsTimes: keepsTimes)
            return
        }
        guard !last.isEmpty else {
            try keep(first, of: file, from: 0, keepsTimes: true)
            return
        }
        try add(first, of: file, shift: 0)
        let shift = keepsTimes ? 0 : span.start - span.end
        leaveOutDropped()
        let missing = try MissingEvents(span.events, of: file)
        let restoration = Restoration(
            from: try file.state(after: first.upperBound - 1),
            to: try Situation(
                before: last.lowerBound, of: file, missing: span.events, viewport: missing.viewport),
            missing: (Gap(dropped: missing.kinds), min(missing.offset, span.end + shift)), at: span.end + shift)
        try add(last, of: file, shift: shift, gap: span.end - span.start, restoration)
    }

    /// Takes events of the recording as the only part.
    ///
    /// - Parameter start: the time at which the recording starts, in the time of `file`.
    private mutating func keep(
        _ events: Range<Int>, of file: RecordingFile, from start: Int, keepsTimes: Bool
    ) throws {
        guard !events.isEmpty else { throw SpliceError(.nothingLeft, "no event would be left") }
        if try events.count < file.eventCount { leaveOutDropped() }
        // Where times go back, the earliest event is the start: none is before it.
        let start = min(start, try file.offsets(of: events).lowerBound)
        let shift = keepsTimes ? 0 : -start
        guard events.lowerBound > 0 else { return try add(events, of: file, shift: shift) }
        let viewport = try MissingEvents.viewport(before: events.lowerBound, of: file)
        let situation = try Situation(
            before: events.lowerBound, of: file, missing: 0..<events.lowerBound, viewport: viewport)
        try add(
            events, of: file, shift: shift, Restoration(starting: situation, at: start + shift, shift: shift))
        if let url = situation.state.url { fields[atom: "url"] = .string(url) }
        fields[atom: "continues"] = nil
        if let connectedAt = fields[atom: "connected_at"]?.integer, !keepsTimes {
            let (moved, overflows) = connectedAt.addingReportingOverflow(start)
            fields[atom: "connected_at"] = overflows ? nil : .integer(moved)
        }
    }

    /// Starts with the header of a recording.
    private init(_ file: RecordingFile, id: String?, ending: String) throws(ReelError) {
        fields = try file.header.fields
        // Of the process that records it, which is another one by now.
        fields[atom: "recorder"] = nil
        hasGaps = try file.summary?.kinds[Gap.kind] != nil
        let derived = try file.header.id.map { Splice.id($0, ending) }
        if let id = id ?? derived { fields[atom: "id"] = .string(id) }
    }

    /// Leaves out what the header says is missing of the whole session.
    private mutating func leaveOutDropped() {
        guard let dropped = fields[atom: "dropped"] else { return }
        fields[atom: "dropped"] = nil
        if !hasGaps { unplacedDropCount = Gap(payload: .map(["dropped": dropped])).count }
    }

    /// An id with an ending, no longer than ids of stores are.
    private static func id(_ id: String, _ ending: String) -> String { id.prefix(64 - ending.count) + ending }
}

// MARK: - Several recordings

extension Splice {
    /// Starts with a whole recording.
    ///
    /// - Parameter id: the id of the new recording; by default that of `file` with `-joined`.
    /// - Throws: ``ReelError`` when what has to be read is damaged.
    public init(startingWith file: RecordingFile, id: String? = nil) throws {
        try self.init(file, id: id, ending: "-joined")
        try join(0..<(try file.eventCount), of: file, shift: 0)
    }

    /// Appends a whole recording.
    ///
    /// Parts of one recording that follow each other go on as they did there. Before any other recording there is a gap, and times go
    /// on by the times at which the sessions started, or without a pause when a header has none.
    ///
    /// - Throws: ``ReelError`` when what has to be read is damaged, ``SpliceError`` when `file` starts before what there is ends.
    public mutating func append(_ file: RecordingFile) throws {
        var events = 0..<(try file.eventCount)
        var shift = try shift(of: file) ?? duration
        if let last = origins.last, let next = try Origin.of(file).first, let id = last.id, id == next.id {
            guard next.event >= last.endEvent else {
                throw SpliceError(
                    .wrongOrder, "events of '\(id)' from \(next.event) on, after its events up to \(last.endEvent - 1)")
            }
            shift = next.offset - last.offset
            if next.event == last.endEvent, last.endIndex == eventCount {
                events = next.at..<events.upperBound
                return try join(events, of: file, shift: shift)
            }
        }
        guard !events.isEmpty else { return try join(events, of: file, shift: shift) }
        let start = saturatingSum(try file.event(at: 0).offset, shift)
        guard start >= duration else {
            throw SpliceError(.wrongOrder, "starts \(duration - start) ms before the recording before it ends")
        }
        let previous = parts.last { !$0.events.isEmpty }
        let before = try previous.map { part throws(ReelError) in
            try part.file.state(after: part.events.upperBound - 1)
        }
        let restoration = Restoration(
            from: before ?? State(), to: Situation(), missing: (Gap(), duration), at: start)
        try join(events, of: file, shift: shift, gap: start - duration, restoration)
        let dropped = Gap(payload: .map(["dropped": fields[atom: "dropped"] ?? .map([:])]))
        let more = Gap(payload: .map(["dropped": try file.header.fields[atom: "dropped"] ?? .map([:])]))
        let sums = dropped.dropped.merging(more.dropped, uniquingKeysWith: saturatingSum)
        fields[atom: "dropped"] = sums.isEmpty ? nil : Gap(dropped: sums).payload[atom: "dropped"]
    }

    private mutating func join(
        _ events: Range<Int>, of file: RecordingFile, shift: Int, gap: Int? = nil, _ restoration: Restoration? = nil
    ) throws(ReelError) {
        try add(events, of: file, shift: shift, gap: gap, restoration)
        duration = max(duration, saturatingSum(try file.offsets(of: events).upperBound, shift))
    }

    /// How much later the session of `file` started, as far as the headers say.
    private func shift(of file: RecordingFile) throws(ReelError) -> Int? {
        guard let start = fields[atom: "connected_at"]?.integer, let next = try file.header.connectedAt else {
            return nil
        }
        let (shift, overflows) = next.subtractingReportingOverflow(start)
        return overflows || shift.magnitude > Origin.most ? nil : shift
    }
}

// MARK: - Writing

extension Splice {
    /// Appends the events of one of the parts to the recording that is written.
    ///
    /// - Parameter writer: has been created with ``header``, and has the parts before it.
    /// - Throws: ``ReelError`` when the part is damaged, an event that makes a state is too large, or the sink fails.
    public func write(_ part: Part, to writer: RecordingWriter) throws(ReelError) {
        for event in part.made {
            try writer.append(offset: event.offset, kind: event.kind, payload: event.payload)
        }
        guard !part.events.isEmpty else { return }
        var count = 0
        var encoded = EncodedEventWriter()
        try part.file.forEachEvent(from: part.events.lowerBound) { (event) throws(ReelError) in
            guard event.index < part.events.upperBound else { return false }
            try encoded.append(event.encoded(at: saturatingSum(event.offset, part.shift)), to: writer)
            count += 1
            return count < part.events.count
        }
        guard count == part.events.count else {
            throw ReelError(.noSuchEvent, "the recording has no event \(part.events.lowerBound + count)")
        }
    }

    /// Adds a part.
    private mutating func add(
        _ events: Range<Int>, of file: RecordingFile, shift: Int, gap: Int? = nil, _ restoration: Restoration? = nil
    ) throws(ReelError) {
        try file.header.version.checkWritable()
        // What nobody could reach may belong to the end.
        if let damage = file.damage, try events.upperBound == file.eventCount { throw damage }
        let made = restoration?.events ?? []
        let position = eventCount + made.count
        for origin in try Origin.of(file) {
            guard let taken = origin.taking(events, to: position, shift: shift) else { continue }
            if let last = origins.last, last.isContinued(by: taken) {
                origins[origins.count - 1].count += taken.count
            } else {
                origins.append(taken)
            }
        }
        parts.append(Part(file: file, events: events, gap: gap, shift: shift, made: made))
        eventCount = position + events.count
    }
}

extension Event {
    /// The event's tuple with another offset; less than 0 is 0.
    fileprivate func encoded(at offset: Int) -> [UInt8] {
        let offset = max(offset, 0)
        guard offset != self.offset,
            case (.tuple(let count), let start)? = try? KnownTerm.token(of: encoded.span, at: 0),
            let end = try? KnownTerm.end(of: encoded.span, at: start)
        else { return Array(encoded) }
        var writer = TermWriter()
        writer.writeTupleHead(count: count)
        writer.write(integer: offset)
        return writer.bytes + encoded.dropFirst(end)
    }
}
