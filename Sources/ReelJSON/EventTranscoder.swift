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
        guard plain != nil, let count = EventHead.count(in: frame) else { return nil }
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
        guard frame.count <= EventTranscoder.mostMemory, let count = EventHead.count(in: frame) else { return nil }
        var parser = TermParser(frame, at: 1, limits: TermLimits(depth: depth))
        guard (try? parser.skipToEnd()) != nil, parser.offset == frame.count else { return nil }
        let start = json.position
        var events = VisitedEvents()
        var offset = EventHead.first
        for _ in 0..<count {
            guard let head = EventHead(frame, at: offset), JSONWriter.isText(frame.extracting(head.kind)),
                json.bytes.count - start.byteCount <= EventTranscoder.mostMemory
            else { break }
            json.beginEvent(id: id, offset: head.time, kind: frame.extracting(head.kind))
            guard let end = try? terms.write(frame, at: head.kind.upperBound, to: &json) else { break }
            json.endObject()
            if writesLines { json.endLine() }
            offset = end
            events.note(offset: head.time)
        }
        guard events.count == count, EventHead.isEnd(offset, of: frame) else {
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

/// What an event's tuple, one of three elements, has before its payload. What is not as usual is for others to read.
private struct EventHead {
    /// When the event happened, in milliseconds from the start of the session.
    var time: Int
    /// Where the name of the event's kind stands, which the payload follows.
    var kind: Range<Int>

    /// Where the first event of a frame stands.
    static let first = 6

    init?(_ frame: Span<UInt8>, at offset: Int) {
        guard frame.count - offset > 12, frame[offset] == CommonTag.smallTuple, frame[offset + 1] == 3 else {
            return nil
        }
        let atom: Int
        switch frame[offset + 2] {
        case CommonTag.smallInteger: (time, atom) = (Int(frame[offset + 3]), offset + 4)
        case CommonTag.integer: (time, atom) = (CommonTag.uint32(frame, at: offset + 3), offset + 7)
        default: return nil
        }
        guard time <= Int(Int32.max), frame[atom] == CommonTag.smallAtom else { return nil }
        kind = CommonTag.smallAtomName(frame, at: atom)
        guard kind.upperBound <= frame.count else { return nil }
    }

    /// How many events there are in a frame that is 131, and a list of them.
    static func count(in frame: Span<UInt8>) -> Int? {
        guard frame.count > first, frame[0] == CommonTag.version, frame[1] == CommonTag.list else { return nil }
        let count = CommonTag.uint32(frame, at: 2)
        return 1...frame.count - first ~= count ? count : nil
    }

    /// Whether the list ends at `offset`, and the frame with it.
    static func isEnd(_ offset: Int, of frame: Span<UInt8>) -> Bool {
        offset == frame.count - 1 && frame[offset] == CommonTag.nil
    }
}

extension PlainTranscoder {
    /// Writes the events of a list, one after the other, or returns false where there is anything else.
    fileprivate mutating func write(
        _ frame: Span<UInt8>, depth: Int, start: Span<UInt8>, writesLines: Bool, _ events: inout VisitedEvents,
        to text: inout TextBuffer
    ) -> Bool {
        guard let count = EventHead.count(in: frame) else { return false }
        var offset = EventHead.first
        for index in 0..<count {
            if index > 0, !writesLines { text.put(UInt8(ascii: ",")) }
            text.put(start)
            guard let time = write(frame, &offset, depth: depth, to: &text), !text.isFull else { return false }
            if writesLines { text.put(UInt8(ascii: "\n")) }
            events.note(offset: time)
        }
        return EventHead.isEnd(offset, of: frame)
    }

    /// Writes the event at `offset`, whose object has begun, and returns when it happened.
    private mutating func write(
        _ frame: Span<UInt8>, _ offset: inout Int, depth: Int, to text: inout TextBuffer
    ) -> Int? {
        guard let head = EventHead(frame, at: offset) else { return nil }
        text.put(JSONKey.offset)
        text.put(decimal: head.time)
        text.put(UInt8(ascii: ","))
        text.put(JSONKey.type)
        guard text.put(quoted: head.kind, of: frame, isHTMLSafe: isHTMLSafe) else { return nil }
        text.put(UInt8(ascii: ","))
        text.put(JSONKey.payload)
        // The list of events and the tuple enclose the payload.
        guard let payload = write(frame, at: head.kind.upperBound, room: depth - 2, to: &text) else { return nil }
        if payload.needsCheck {
            var parser = TermParser(frame, at: head.kind.upperBound, limits: TermLimits(depth: depth - 2))
            guard (try? parser.skipTerm()) != nil else { return nil }
        }
        text.put(UInt8(ascii: "}"))
        offset = payload.end
        return head.time
    }
}
