import ExternalTerm
public import Reel

/// How a recording is written as JSON. Implements Spec/json.md §2.
public struct RecordingJSONOptions: Hashable, Sendable {
    /// Which mapping terms are written by.
    public var mapping: JSONMapping
    /// How the text looks. Lines are never pretty.
    public var style: JSONStyle
    /// Whether the header, each event and the summary are objects on lines of their own, instead of one document.
    public var writesLines: Bool
    /// The id of the recording that each line starts with, so that lines of several recordings can follow one another; nil for
    /// none. A document has none.
    public var lineID: String?

    /// Creates options: by default one compact document of the plain mapping.
    public init(
        mapping: JSONMapping = .plain, style: JSONStyle = JSONStyle(), writesLines: Bool = false,
        lineID: String? = nil
    ) {
        self.mapping = mapping
        self.style = style
        self.writesLines = writesLines
        self.lineID = lineID
    }

    /// The id that objects start with.
    var startID: String? { writesLines ? lineID : nil }

    /// How events look, which take one line where lines are written.
    var eventStyle: JSONStyle { writesLines ? JSONStyle(isHTMLSafe: style.isHTMLSafe) : style }
}

/// Writes a recording as JSON, event by event, to any sink. Implements Spec/json.md §2.
///
/// ```swift
/// let reader = try RecordingReader(InputFile("session.reel"))
/// let writer = try RecordingJSONWriter(to: sink, header: reader.header)
/// while let event = try reader.next() { try writer.write(event) }
/// try writer.finish(summary: reader.summary)
/// ```
///
/// Memory is bounded by one event. Text reaches the sink in pieces, or when ``flush()`` is called.
public final class RecordingJSONWriter {
    private var sink: any ByteSink
    private let options: RecordingJSONOptions
    private var json: JSONWriter
    private var terms: TermJSONWriter
    private var isFinished = false
    /// What the sink has thrown while a frame was visited.
    private var failure: (any Error)?
    /// The summary of the recording whose members have been written.
    private var summary: Summary?
    /// What writes whole frames of events.
    private var events: EventTranscoder

    /// How many bytes are gathered before they are written.
    private static let pieceByteCount = 64 << 10
    /// How many bytes of a frame are written in one pass.
    private static let mostVisited = 4 << 20

    /// Starts a document, or writes the line of the header.
    ///
    /// - Throws: what the sink throws.
    public init(to sink: any ByteSink, header: Header, options: RecordingJSONOptions = RecordingJSONOptions()) throws {
        self.sink = sink
        self.options = options
        json = JSONWriter(style: options.eventStyle)
        terms = TermJSONWriter(options.mapping)
        events = EventTranscoder(options)
        try start(header)
    }

    private func start(_ header: Header) throws {
        var keys = ObjectKeys(taken: [Array("events".utf8)])
        json.begin(id: options.startID)
        if options.startID != nil { _ = keys.unique(Array("id".utf8)) }
        for pair in header.fields.pairs {
            if let id = options.startID, pair.key == .atom("id"), pair.value.text == id { continue }
            var encoded = TermWriter()
            encoded.write(pair.key)
            let key = keys.unique(try PlainMapping.keyText(encoded.bytes.span, at: 0))
            json.key(key.span)
            if case .plain = options.mapping, let module = RecordingJSONWriter.module(pair) {
                json.write(string: module)
            } else {
                let start = encoded.bytes.count
                encoded.write(pair.value)
                try terms.write(encoded.bytes.span, at: start, to: &json)
            }
        }
        if options.writesLines {
            json.endObject()
            json.endLine()
        } else {
            json.key("events")
            json.beginArray()
        }
    }

    /// The module that a header's field names, as Elixir prints it: a view, or a struct.
    private static func module(_ pair: TermMap.Pair) -> String? {
        guard pair.key == .atom("view") || pair.key == .atom(.struct), case .atom(let module) = pair.value,
            module != .nil
        else { return nil }
        return Term.atom(module).elixirText
    }

    /// Writes a whole recording, its header, its events and its end, in the fastest way there is.
    ///
    /// As many tasks work at once as there are processors. Memory is bounded by as many members and their text.
    ///
    /// - Throws: what the sink throws, or ``Reel/ReelError`` when the recording is damaged. The events before the damage have been
    ///   written then, and the text has its end; nothing has been written when the header is not to be had.
    public static func write(
        _ recording: any RandomAccessBytes, to sink: any ByteSink,
        options: RecordingJSONOptions = RecordingJSONOptions(), limits: ReaderLimits = .default
    ) async throws {
        let file = try RecordingFile(recording, limits: limits, verifiesFirstMember: false)
        try await write(all: file, to: sink, options: options)
    }

    /// Writes a whole recording, of which the first member may not have been verified.
    package static func write(
        all file: RecordingFile, to sink: any ByteSink, options: RecordingJSONOptions
    ) async throws {
        let writer = try RecordingJSONWriter(to: sink, header: file.header, options: options)
        var failure: (any Error)?
        do {
            try await writer.write(contentsOf: file)
        } catch {
            // Nothing has reached the sink yet when the header may be wrong.
            try file.verifyFirstMember()
            failure = error
        }
        // Without its end a recording is unfinished, though its finish frame may be there.
        let hasSummary = options.writesLines && file.layout != .unfinished
        try writer.finish(summary: hasSummary ? writer.summary ?? (try? file.summary) : nil)
        if let failure { throw failure }
    }

    /// Writes an event.
    ///
    /// - Throws: what the sink throws.
    public func write(_ event: Event) throws {
        let kind = Array(event.kind.name.utf8)
        json.beginEvent(id: options.startID, offset: event.offset, kind: kind.span)
        let bytes = event.encoded.span
        var (count, position) = try EventFields.start(of: bytes)
        position = try terms.write(bytes, at: position, to: &json, drain: drain)
        if count > 3 {
            json.key("extra")
            json.beginArray()
            while count > 3 {
                position = try terms.write(bytes, at: position, to: &json, drain: drain)
                count -= 1
            }
            json.endArray()
        }
        json.endObject()
        if options.writesLines { json.endLine() }
        if let failure { throw failure }
        try writeIfFull()
    }

    /// Sends text to the sink in the middle of a term.
    private func drain(_ json: inout JSONWriter) {
        defer { json.clearText() }
        guard failure == nil else { return }
        do {
            try sink.write(json.bytes)
        } catch {
            failure = error
        }
    }

    /// Writes all events that `reader` still has.
    ///
    /// This is the fastest way on one processor: in the plain mapping without options what is read is checked and written in one
    /// pass.
    ///
    /// - Throws: what the sink throws, or ``Reel/ReelError`` when the recording is damaged. The events before the damage have been
    ///   written then.
    public func write(contentsOf reader: RecordingReader) throws {
        while let events = try reader.visitFrames(self) {
            for event in events { try write(event) }
        }
        if let failure { throw failure }
    }

    /// Writes all events of `file`, with as many tasks at once as there are processors.
    ///
    /// Memory is bounded by as many members and their text. A recording without an index of members is read from its start.
    ///
    /// - Throws: what the sink throws, or ``Reel/ReelError`` when the recording is damaged. The events before the damage have been
    ///   written then.
    public func write(contentsOf file: RecordingFile) async throws {
        var eventCount = 0
        if file.layout != .sequential, options.writesLines || !json.isBehindElement {
            eventCount = try await writeMembers(of: file)
        }
        // What is left is nothing, or has something about it that is for the reader to say.
        var failure: (any Error)?
        do {
            try file.forEachEvent(from: eventCount) { event throws(ReelError) in
                do {
                    try write(event)
                } catch let error {
                    failure = error
                }
                return failure == nil
            }
        } catch {
            throw failure ?? error
        }
        if let failure { throw failure }
        if let damage = file.damage { throw damage }
    }

    /// Writes the events of all members up to the first that has to be read step by step.
    ///
    /// - Returns: how many events have been written.
    private func writeMembers(of file: RecordingFile) async throws -> Int {
        let members = file.dataMembers
        let tools = TranscodingTools(options)
        let processorCount = MemberText.processorCount
        let taskCount = max(processorCount / max(members.entries.count, 1), 1)
        return try await withThrowingTaskGroup(of: (Int, MemberText?).self) { group in
            var eventCount = 0
            var started = 0
            var waiting: [Int: MemberText?] = [:]
            func startNext() {
                guard started < members.entries.count else { return }
                let position = started
                started += 1
                group.addTask {
                    (position, await MemberText.of(members, at: position, with: tools, taskCount: taskCount))
                }
            }
            for _ in 0..<processorCount { startNext() }
            for position in members.entries.indices {
                while waiting[position] == nil {
                    guard let (other, text) = try await group.next() else { return eventCount }
                    waiting[other] = .some(text)
                }
                guard var member = waiting.removeValue(forKey: position) ?? nil else {
                    group.cancelAll()
                    return eventCount
                }
                startNext()
                while let piece = member.takePiece() { try write(piece, tools) }
                eventCount += member.eventCount
                summary = member.summary
            }
            return eventCount
        }
    }

    /// Writes the text of some events, which has its commas already.
    private func write(_ piece: consuming [UInt8], _ tools: TranscodingTools) throws {
        let piece = piece
        guard !piece.isEmpty else { return }
        try flush()
        if !options.writesLines, !json.isBehindElement, piece.first == UInt8(ascii: ",") {
            // The members before it hold no events.
            try sink.write(Array(piece.dropFirst()))
        } else {
            try sink.write(piece)
        }
        if !options.writesLines { json.noteElement() }
        tools.giveBack(text: piece)
    }

    /// Ends the document, or writes the summary's line when there is one.
    ///
    /// - Throws: what the sink throws.
    public func finish(summary: Summary? = nil) throws {
        guard !isFinished else { return }
        isFinished = true
        if options.writesLines {
            if let summary { write(summary) }
        } else {
            json.endArray()
            json.endObject()
            json.endLine()
        }
        try flush()
    }

    /// Sends what has been written so far to the sink.
    ///
    /// - Throws: what the sink throws.
    public func flush() throws {
        guard !json.bytes.isEmpty else { return }
        defer { json.clearText() }
        try sink.write(json.bytes)
    }

    private func writeIfFull() throws {
        if json.bytes.count >= RecordingJSONWriter.pieceByteCount { try flush() }
    }

    private func write(_ summary: Summary) {
        json.begin(id: options.startID)
        json.key("summary")
        json.beginObject()
        json.key("duration")
        json.write(integer: summary.duration)
        json.key("errors")
        json.write(integer: summary.errorCount)
        json.key("events")
        json.write(integer: summary.eventCount)
        json.key("kinds")
        json.beginObject()
        for (kind, count) in summary.kinds.sorted(by: { $0.key < $1.key }) {
            json.key(kind.name)
            json.write(integer: count)
        }
        json.endObject()
        json.key("names")
        json.beginObject()
        for (name, count) in summary.names.sorted(by: { $0.key < $1.key }) {
            json.key(name)
            json.write(integer: count)
        }
        json.endObject()
        json.key("reason")
        json.write(string: summary.reason.atom.name)
        json.endObject()
        json.endObject()
        json.endLine()
    }
}

extension RecordingJSONWriter: FrameVisitor {
    package func visit(_ frame: Span<UInt8>, depth: Int) -> VisitedEvents? {
        // What is visited is written whole or not at all: a large frame's text goes out piece by piece instead.
        guard failure == nil, frame.count <= RecordingJSONWriter.mostVisited,
            let visited = events.write(frame, depth: depth, to: &json)
        else { return nil }
        do {
            try writeIfFull()
        } catch {
            failure = error
        }
        return visited
    }
}

/// Where the fields of an event's tuple stand.
private enum EventFields {
    /// How many elements the tuple has, and where the third one, the payload, starts.
    static func start(of bytes: Span<UInt8>) throws(TermError) -> (count: Int, payload: Int) {
        guard case (.tuple(let count), var position) = try KnownTerm.token(of: bytes, at: 0) else { return (0, 0) }
        for _ in 0..<2 { position = try KnownTerm.end(of: bytes, at: position) }
        return (count, position)
    }
}
