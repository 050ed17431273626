import ExternalTerm
import Zlib

/// What the format requires of an event's tuple, found without decoding its payload. Implements Spec/recording.md §6.2.
struct EventHead {
    var offset: Int
    var kind: Atom
    /// Where the payload stands in the bytes that were parsed.
    var payload: Range<Int>

    /// Reads the event that `parser` is about to read, up to its end.
    ///
    /// - Returns: nil when a valid term stands there that is no event.
    /// - Throws: ``TermError`` when no valid term stands there.
    static func read(_ parser: inout TermParser) throws(TermError) -> EventHead? {
        let depth = parser.depth
        guard case .tuple(let count) = try parser.next(), count >= 3, case .integer(let offset) = try parser.next(),
            offset >= 0, case .atom(let kind) = try parser.next(), let payload = try parser.skipTerm()
        else { return nil }
        for _ in 3..<count { _ = try parser.skipTerm() }
        guard parser.depth <= depth else { return nil }
        return EventHead(offset: offset, kind: parser.bytes.atom(kind), payload: payload)
    }

    /// Reads the event from `offset` to the end of the bytes, whose term is known to be valid, or returns nil when it is no event.
    static func read(known bytes: Span<UInt8>, at offset: Int) throws(TermError) -> EventHead? {
        guard case (.tuple(let count), let first) = try KnownTerm.token(of: bytes, at: offset), count >= 3,
            case (.integer(let time), let second) = try KnownTerm.token(of: bytes, at: first), time >= 0,
            case (.atom(let kind), let payload) = try KnownTerm.token(of: bytes, at: second)
        else { return nil }
        let end = count == 3 ? bytes.count : try KnownTerm.end(of: bytes, at: payload)
        return EventHead(offset: time, kind: bytes.atom(kind), payload: payload..<end)
    }

    /// The rule that a term which is no event breaks.
    static let rule =
        "an event is a tuple of an offset (an integer from 0 to 2^63 - 1), a kind (an atom), a payload"
        + " and anything more"
}

/// A frame of events as most are written: a list, and in it tuples of three that start with an integer of 32 bits and an atom of
/// ASCII. What is anything else is for others to read. Implements Spec/recording.md §6.3.
package enum CommonBatch {
    /// Where the first event of a frame stands, after 131 and the list's head.
    package static let firstEvent = 6

    /// How many events there are in a frame, of which nothing has been checked; nil when it is no list.
    package static func count(in frame: Span<UInt8>) -> Int? {
        guard frame.count > firstEvent, frame[0] == Tag.version, frame[1] == Tag.list else { return nil }
        let count = frame.uint32(at: 2)
        return 1...frame.count - firstEvent ~= count ? count : nil
    }

    /// Whether the list ends at `offset`, and the frame with it.
    package static func isEnd(_ offset: Int, of frame: Span<UInt8>) -> Bool {
        offset == frame.count - 1 && frame[offset] == Tag.nil
    }

    /// What an event has before its payload.
    package struct Head {
        /// When the event happened, in milliseconds from the session's start.
        package var offset: Int
        /// Where the name of its kind stands.
        package var kind: Range<Int>

        /// Where the payload starts.
        @inlinable package var payload: Int { kind.upperBound }

        /// Reads the event at `offset`, of which nothing has been checked, or returns nil when it is another one.
        @inlinable
        @inline(__always)
        package init?(_ frame: Span<UInt8>, at offset: Int) {
            guard frame.count - offset >= 7, frame[offset] == Tag.smallTuple, frame[offset + 1] == 3 else { return nil }
            let atom: Int
            switch frame[offset + 2] {
            case Tag.smallInteger: (self.offset, atom) = (Int(frame[offset + 3]), offset + 4)
            case Tag.integer: (self.offset, atom) = (frame.uint32(at: offset + 3), offset + 7)
            default: return nil
            }
            guard self.offset <= Int(Int32.max), frame.count - atom >= 2, frame[atom] == Tag.smallAtomUTF8 else {
                return nil
            }
            kind = frame.smallAtomName(at: atom)
            // A payload follows.
            guard kind.upperBound < frame.count, frame.isASCII(kind) else { return nil }
        }
    }
}
