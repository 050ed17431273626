import ExternalTerm
import Reel

/// Writes whole frames of events in the plain mapping, checking them on the way. Implements Spec/json.md §2.
struct EventTranscoder {
    private let writesLines: Bool
    private var payloads: PlainTranscoder

    fileprivate static let offset = Array(#"{"offset":"#.utf8)
    fileprivate static let type = Array(#","type":"#.utf8)
    fileprivate static let payload = Array(#","payload":"#.utf8)

    /// Larger frames are written event by event.
    private static let mostMemory = 16 << 20

    init(style: JSONStyle, writesLines: Bool) {
        self.writesLines = writesLines
        payloads = PlainTranscoder(isHTMLSafe: style.isHTMLSafe)
    }

    /// Writes the events of a frame's term, with its leading 131, of which nothing has been checked.
    ///
    /// - Returns: nil, having written nothing, when there is anything that this type does not know.
    mutating func write(_ frame: Span<UInt8>, depth: Int, to json: inout JSONWriter) -> VisitedEvents? {
        guard depth > 3 else { return nil }
        return json.write(
            estimate: frame.count + frame.count / 2 + 1024, most: EventTranscoder.mostMemory, isLines: writesLines
        ) { text in
            var events = VisitedEvents()
            return payloads.write(frame, depth: depth, writesLines: writesLines, &events, to: &text) ? events : nil
        }
    }
}

extension PlainTranscoder {
    /// Writes the events of a list, one after the other, or returns false where there is anything else.
    fileprivate mutating func write(
        _ frame: Span<UInt8>, depth: Int, writesLines: Bool, _ events: inout VisitedEvents, to text: inout TextBuffer
    ) -> Bool {
        // 131, and a list of as many events as follow.
        guard frame.count > 6, frame[0] == CommonTag.version, frame[1] == CommonTag.list else { return false }
        let count = CommonTag.uint32(frame, at: 2)
        guard count > 0, count <= frame.count - 6 else { return false }
        var offset = 6
        for index in 0..<count {
            if index > 0, !writesLines { text.put(UInt8(ascii: ",")) }
            guard let time = write(frame, &offset, depth: depth, to: &text), !text.isFull else { return false }
            if writesLines { text.put(UInt8(ascii: "\n")) }
            events.note(offset: time)
        }
        return offset == frame.count - 1 && frame[offset] == CommonTag.nil
    }

    /// Writes the event at `offset`, a tuple of three, and returns when it happened.
    private mutating func write(
        _ frame: Span<UInt8>, _ offset: inout Int, depth: Int, to text: inout TextBuffer
    ) -> Int? {
        guard frame.count - offset > 12, frame[offset] == CommonTag.smallTuple, frame[offset + 1] == 3 else {
            return nil
        }
        let time: Int
        switch frame[offset + 2] {
        case CommonTag.smallInteger:
            time = Int(frame[offset + 3])
            offset += 4
        case CommonTag.integer:
            time = CommonTag.uint32(frame, at: offset + 3)
            offset += 7
        default: return nil
        }
        guard time <= Int(Int32.max), frame[offset] == CommonTag.smallAtom else { return nil }
        let kind = CommonTag.smallAtomName(frame, at: offset)
        guard kind.upperBound <= frame.count else { return nil }
        text.put(EventTranscoder.offset.span)
        text.put(decimal: time)
        text.put(EventTranscoder.type.span)
        guard text.put(quoted: kind, of: frame, isHTMLSafe: isHTMLSafe) else { return nil }
        text.put(EventTranscoder.payload.span)
        // The list of events and the tuple enclose the payload.
        guard let payload = write(frame, at: kind.upperBound, room: depth - 2, to: &text) else { return nil }
        if payload.needsCheck {
            var parser = TermParser(frame, at: kind.upperBound, limits: TermLimits(depth: depth - 2))
            guard (try? parser.skipTerm()) != nil else { return nil }
        }
        text.put(UInt8(ascii: "}"))
        offset = payload.end
        return time
    }
}
