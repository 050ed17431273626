import ExternalTerm
import Reel

/// Writes whole frames of events, checking them on the way. Implements Spec/json.md §2.
struct EventTranscoder {
    private let writesLines: Bool
    private let id: String?
    /// The bytes that each event starts with.
    private let start: [UInt8]
    /// The fastest way, when the options are those that it knows.
    private var plain: PlainTranscoder?
    private var terms: TermJSONWriter

    /// Larger frames, and those with more text, are written event by event.
    private static let mostMemory = 16 << 20

    init(_ options: RecordingJSONOptions) {
        writesLines = options.writesLines
        id = options.startID
        let style = options.eventStyle
        if options.mapping == .plain, !style.isPretty { plain = PlainTranscoder(isHTMLSafe: style.isHTMLSafe) }
        terms = TermJSONWriter(options.mapping)
        var json = JSONWriter(style: style)
        json.begin(id: id)
        start = json.finished() + (id == nil ? [] : [UInt8(ascii: ",")])
    }

    /// Writes the events of a frame's term, with its leading 131, of which nothing has been checked.
    ///
    /// - Returns: nil, having written nothing, when there is anything that this type does not know.
    mutating func write(_ frame: Span<UInt8>, depth: Int, to json: inout JSONWriter) -> VisitedEvents? {
        guard depth > 3 else { return nil }
        return writePlain(frame, depth: depth, to: &json) ?? writeAny(frame, depth: depth, to: &json)
    }

    // MARK: The fastest way

    private mutating func writePlain(_ frame: Span<UInt8>, depth: Int, to json: inout JSONWriter) -> VisitedEvents? {
        guard plain != nil, let count = CommonBatch.count(in: frame) else { return nil }
        let (start, writesLines) = (start, writesLines)
        let estimate = frame.count + frame.count / 2 + count * (start.count - 1) + 1024
        return json.write(
            estimate: min(estimate, EventTranscoder.mostMemory), most: EventTranscoder.mostMemory, isLines: writesLines
        ) { text in
            var events = VisitedEvents()
            return plain?.write(
                frame, depth: depth, start: start.span, writesLines: writesLines, &events, to: &text) == true
                ? events : nil
        }
    }

    // MARK: Any mapping and style

    private mutating func writeAny(_ frame: Span<UInt8>, depth: Int, to json: inout JSONWriter) -> VisitedEvents? {
        guard frame.count <= EventTranscoder.mostMemory, let count = CommonBatch.count(in: frame) else { return nil }
        var parser = TermParser(frame, at: 1, limits: TermLimits(depth: depth))
        guard (try? parser.skipToEnd()) != nil, parser.offset == frame.count else { return nil }
        let start = json.position
        var events = VisitedEvents()
        var offset = CommonBatch.firstEvent
        for _ in 0..<count {
            guard let head = CommonBatch.Head(frame, at: offset),
                json.bytes.count - start.byteCount <= EventTranscoder.mostMemory
            else { break }
            json.beginEvent(id: id, offset: head.offset, kind: frame.extracting(head.kind))
            guard let end = try? terms.write(frame, at: head.payload, to: &json) else { break }
            json.endObject()
            if writesLines { json.endLine() }
            offset = end
            events.note(offset: head.offset)
        }
        guard events.count == count, CommonBatch.isEnd(offset, of: frame) else {
            json.rewind(to: start)
            return nil
        }
        return events
    }
}

extension JSONWriter {
    /// Begins an object, which has the id of a recording first where lines have one.
    mutating func begin(id: String?) {
        beginObject()
        guard let id else { return }
        key(JSONKey.id)
        write(string: id)
    }

    /// Begins an event's object, up to the payload, which comes next.
    ///
    /// - Parameter kind: UTF-8.
    mutating func beginEvent(id: String?, offset: Int, kind: Span<UInt8>) {
        begin(id: id)
        key(JSONKey.offset)
        write(integer: offset)
        key(JSONKey.type)
        write(utf8: kind)
        key(JSONKey.payload)
    }
}

extension PlainTranscoder {
    /// Writes the events of a list, one after the other, or returns false where there is anything else.
    fileprivate mutating func write(
        _ frame: Span<UInt8>, depth: Int, start: Span<UInt8>, writesLines: Bool, _ events: inout VisitedEvents,
        to text: inout TextBuffer
    ) -> Bool {
        guard let count = CommonBatch.count(in: frame) else { return false }
        var offset = CommonBatch.firstEvent
        for index in 0..<count {
            if index > 0, !writesLines { text.put(UInt8(ascii: ",")) }
            text.put(start)
            guard let time = write(frame, &offset, depth: depth, to: &text), !text.isFull else { return false }
            if writesLines { text.put(UInt8(ascii: "\n")) }
            events.note(offset: time)
        }
        return CommonBatch.isEnd(offset, of: frame)
    }

    /// Writes the event at `offset`, whose object has begun, and returns when it happened.
    private mutating func write(
        _ frame: Span<UInt8>, _ offset: inout Int, depth: Int, to text: inout TextBuffer
    ) -> Int? {
        guard let head = CommonBatch.Head(frame, at: offset) else { return nil }
        text.put(JSONKey.offset)
        text.put(decimal: head.offset)
        text.put(UInt8(ascii: ","))
        text.put(JSONKey.type)
        guard text.put(quoted: head.kind, of: frame, isHTMLSafe: isHTMLSafe) else { return nil }
        text.put(UInt8(ascii: ","))
        text.put(JSONKey.payload)
        // The list of events and the tuple enclose the payload.
        guard let payload = write(frame, at: head.payload, room: depth - 2, to: &text) else { return nil }
        if payload.needsCheck {
            var parser = TermParser(frame, at: head.payload, limits: TermLimits(depth: depth - 2))
            guard (try? parser.skipTerm()) != nil else { return nil }
        }
        text.put(UInt8(ascii: "}"))
        offset = payload.end
        return head.offset
    }
}
