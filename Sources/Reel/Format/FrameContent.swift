import ExternalTerm

/// What a frame holds. Implements Spec/recording.md §6.
enum FrameContent {
    case header(Header)
    /// The events of a batch, or the one event that a frame holds.
    case events([Event])
    case keyframe(Keyframe)
    case finish(Summary)
    case index([IndexEntry])
    /// A control frame of a newer minor version.
    case unknown(Atom)
}

extension FrameContent {
    /// Reads a frame.
    ///
    /// - Parameters:
    ///   - frame: the frame's term with its leading 131.
    ///   - firstEvent: how many events come before it.
    /// - Throws: ``ReelError`` whose offset counts from the frame's first byte after its length.
    init(_ frame: [UInt8], firstEvent: Int, limits: ReaderLimits) throws(ReelError) {
        do {
            switch try TermEnvelope.open(frame.span, limits: limits.term) {
            case .plain(let start):
                self = try FrameReading(bytes: frame, firstEvent: firstEvent, limits: limits).content(at: start)
            case .inflated(let bytes, let byteCount):
                self = try FrameReading(
                    bytes: bytes, firstEvent: firstEvent, limits: limits, isFollowed: byteCount < frame.count
                ).content(at: 0)
            case .local(let range):
                throw FrameReading.malformed("LOCAL_EXT (121) where a term should be", at: range.lowerBound - 1)
            }
        } catch {
            throw ReelError(wrapping: error)
        }
    }
}

/// Tells frames apart and reads them.
private struct FrameReading {
    let bytes: [UInt8]
    let firstEvent: Int
    let limits: ReaderLimits
    /// Whether more bytes follow in the frame.
    var isFollowed = false

    static func malformed(_ reason: String, at offset: Int, _ section: String = "recording.md §6") -> ReelError {
        ReelError(.malformedFrame, reason, offset: offset, section: section)
    }

    func content(at start: Int) throws -> FrameContent {
        do {
            return try form(at: start)
        } catch let error as ReelError where error.kind == .malformedFrame {
            // A term that is malformed, or does not end where the frame does, is that before it is no frame.
            var parser = TermParser(bytes.span, at: start, limits: limits.term)
            try parser.skipToEnd()
            try checkEnd(parser.offset)
            throw error
        }
    }

    private func form(at start: Int) throws -> FrameContent {
        var parser = TermParser(bytes.span, at: start, limits: limits.term)
        switch try parser.next() {
        case .list(let count):
            guard count <= limits.term.treeTermCount else {
                throw ReelError(
                    .limitExceeded,
                    "a batch of \(count) events, more than the limit of \(limits.term.treeTermCount)", offset: start,
                    section: "recording.md §9")
            }
            if !isFollowed, let events = commonBatch(count, at: parser.offset) { return .events(events) }
            return .events(try batch(count, &parser))
        case .nil: throw FrameReading.malformed("a batch without events", at: start, "recording.md §6.3")
        case .tuple(1...):
            guard case .atom(let name) = try parser.next() else { break }
            try parser.skipToEnd()
            try checkEnd(parser.offset)
            return try control(bytes.span.atom(name), at: start)
        default: break
        }
        parser = TermParser(bytes.span, at: start, limits: limits.term)
        let events = [try event(firstEvent, &parser)]
        try checkEnd(parser.offset)
        return .events(events)
    }

    private func checkEnd(_ end: Int) throws(ReelError) {
        guard end == bytes.count, !isFollowed else {
            throw FrameReading.malformed("\(bytes.count - end) bytes after the frame's term", at: end)
        }
    }

    /// The events of a list whose head has been read.
    private func batch(_ count: Int, _ parser: inout TermParser) throws -> [Event] {
        var events: [Event] = []
        // A batch may claim more events than it has.
        events.reserveCapacity(min(count, 1_024))
        var token: TermToken? = .list(count: count)
        var tail = parser.offset
        // A list may be the tail of another one.
        while case .list(let count) = token {
            for _ in 0..<count { events.append(try event(firstEvent + events.count, &parser)) }
            tail = parser.offset
            token = try parser.next()
        }
        guard token == .nil, !events.isEmpty else {
            throw FrameReading.malformed("a batch that is no proper list of events", at: tail, "recording.md §6.3")
        }
        try checkEnd(parser.offset)
        return events
    }

    /// The events of a list as they are written, in one pass, or nil when there is anything else.
    private func commonBatch(_ count: Int, at start: Int) -> [Event]? {
        let content = bytes.span
        // The list and the event enclose a payload.
        let depth = limits.term.depth - 2
        // An event takes seven bytes at least.
        guard count > 0, count <= (content.count - start) / 7, depth > 0 else { return nil }
        var events: [Event] = []
        events.reserveCapacity(count)
        var atoms = RecentAtoms()
        var offset = start
        for _ in 0..<count {
            guard let head = CommonBatch.Head(content, at: offset),
                let end = CommonTerm.end(of: content, at: head.payload, room: depth)
                    ?? endOfRare(at: head.payload, depth)
            else { return nil }
            events.append(
                Event(
                    index: firstEvent + events.count, offset: head.offset, kind: atoms.atom(head.kind, of: content),
                    encoded: bytes[offset..<end], payloadRange: head.payload - offset..<end - offset,
                    treeTermCount: limits.term.treeTermCount))
            offset = end
        }
        return CommonBatch.isEnd(offset, of: content) ? events : nil
    }

    private func endOfRare(at offset: Int, _ depth: Int) -> Int? {
        var parser = TermParser(bytes.span, at: offset, limits: TermLimits(depth: depth))
        guard (try? parser.skipToEnd()) != nil else { return nil }
        return parser.offset
    }

    private func event(_ index: Int, _ parser: inout TermParser) throws -> Event {
        let start = parser.offset
        guard let head = try EventHead.read(&parser) else {
            throw FrameReading.malformed("what is neither a control frame nor an event: \(EventHead.rule)", at: start)
        }
        return Event(
            index: index, offset: head.offset, kind: head.kind, encoded: bytes[start..<parser.offset],
            payloadRange: head.payload.lowerBound - start..<head.payload.upperBound - start,
            treeTermCount: limits.term.treeTermCount)
    }

    /// The control frame of this name, whose term, which is valid, starts at `start`.
    private func control(_ tag: Atom, at start: Int) throws -> FrameContent {
        switch tag {
        case Header.tag:
            var limits = limits.term
            limits.treeTermCount = min(self.limits.headerTermCount, limits.treeTermCount)
            let term = try Term.decode(bytes.span, at: start, limits: limits).term
            // The version decides whether this reader knows the rest.
            try Header.checkVersion(of: term)
            guard let header = Header(term) else {
                throw FrameReading.malformed(
                    "a header that is not {recording, {Major, Minor}, Map}", at: start, "recording.md §6.1")
            }
            return .header(header)
        case Keyframe.tag:
            var parser = TermParser(bytes.span, at: start, limits: limits.term)
            guard case .tuple(3...) = try parser.next(), try parser.next() != nil,
                case .integer(let event) = try parser.next(), event >= 0,
                let state = try StateFold(bytes.span, at: parser.offset)
            else {
                throw FrameReading.malformed(
                    "a keyframe that is not {keyframe, EventIndex, State}", at: start, "recording.md §6.4")
            }
            let page = try EncodedTerm.pairs(of: bytes.span, at: parser.offset)?.first { $0.key == .atom("page") }
            return .keyframe(Keyframe(event: event, state: state, page: page.map { bytes.span.array($0.value) }))
        case Summary.tag:
            guard let summary = Summary(try decoded(at: start)) else {
                throw FrameReading.malformed(
                    "a finish frame that is not {finish, Map} with counts", at: start, "recording.md §6.5")
            }
            return .finish(summary)
        case Index.tag:
            guard let entries = try Index.entries(of: bytes.span, at: start, limits: limits) else {
                throw FrameReading.malformed("an index that is not {index, Entries}", at: start, "recording.md §6.6")
            }
            return .index(entries)
        default:
            return .unknown(tag)
        }
    }

    private func decoded(at start: Int) throws(TermError) -> Term {
        try Term.decode(bytes.span, at: start, limits: limits.term).term
    }
}

/// The index frame. Implements Spec/recording.md §6.6.
enum Index {
    static let tag: Atom = "index"

    static func term(_ entries: [IndexEntry]) -> Term {
        .tuple([.atom(tag), .list(entries.map(\.term))])
    }

    /// Reads the index frame at `start`, a valid term, without building a tree of what may be millions of entries.
    ///
    /// - Returns: nil when it is none.
    static func entries(of bytes: Span<UInt8>, at start: Int, limits: ReaderLimits) throws -> [IndexEntry]? {
        guard case (.tuple(2...), let name) = try KnownTerm.token(of: bytes, at: start) else { return nil }
        var position = try KnownTerm.end(of: bytes, at: name)
        var entries: [IndexEntry] = []
        while true {
            let (token, first) = try KnownTerm.token(of: bytes, at: position)
            if case .nil = token { return entries }
            // A list may be the tail of another one.
            guard case .list(let count) = token else { return nil }
            guard entries.count + count <= limits.indexEntryCount else {
                throw ReelError(
                    .limitExceeded,
                    "an index of \(entries.count + count) entries, more than the limit of \(limits.indexEntryCount)",
                    offset: start, section: "recording.md §9")
            }
            position = first
            for _ in 0..<count {
                guard let entry = try IndexEntry(bytes, at: &position) else { return nil }
                entries.append(entry)
            }
        }
    }
}
