import ExternalTerm

/// Makes tuples of the events of a document. Implements Spec/json.md §5.3.
struct JSONEventReader {
    private var payload = JSONTranscoder()
    private var extra = JSONTranscoder()
    private var extraCount = 0

    /// The tuple of the event that has been read last, without a leading 131.
    private(set) var tuple: [UInt8] = []
    /// Whether that event had members which have no place in a tuple.
    private(set) var hasOtherMembers = false

    /// How deep an event's object may nest: its tuple nests as deep, in a frame and a list of events.
    static let depth = TermLimits.default.depth - 2

    /// Reads the next value, and returns whether it is an event, which is then the ``tuple``.
    mutating func read(_ parser: inout JSONParser) throws(JSONError) -> Bool {
        payload.removeAll()
        extra.removeAll()
        extraCount = 0
        hasOtherMembers = false
        var offset: Int?
        var kind: Atom?
        guard let first = try parser.next() else { return false }
        guard first == .beginObject else {
            try parser.skip(first)
            return false
        }
        while case .key(let range, let hasEscapes)? = try parser.next() {
            let name = String(decoding: parser.bytes.unescaped(range, hasEscapes: hasEscapes), as: UTF8.self)
            guard let value = try parser.next() else { return false }
            switch (name, value) {
            case ("offset", .number(let range, isInteger: true)): offset = Int(parser.bytes.numberText(range))
            case ("type", .string(let range, let hasEscapes)):
                let text = parser.bytes.unescaped(range, hasEscapes: hasEscapes)
                kind = Atom(named: String(decoding: text, as: UTF8.self))
            case ("payload", _): try payload.write(value, &parser)
            case ("extra", .beginArray): try readExtra(&parser)
            default:
                hasOtherMembers = true
                try parser.skip(value)
            }
        }
        guard let offset, offset >= 0, let kind, !payload.bytes.isEmpty else { return false }
        write(offset, kind)
        return true
    }

    /// Reads the elements of an array that has been begun.
    private mutating func readExtra(_ parser: inout JSONParser) throws(JSONError) {
        while let token = try parser.next(), token != .endArray {
            try extra.write(token, &parser)
            extraCount += 1
        }
    }

    private mutating func write(_ offset: Int, _ kind: Atom) {
        var start = TermWriter()
        start.writeTupleHead(count: 3 + extraCount)
        start.write(integer: offset)
        start.write(atom: kind)
        tuple.removeAll(keepingCapacity: true)
        tuple += start.bytes
        tuple += payload.bytes
        tuple += extra.bytes
    }
}
