import GzipMembers

/// A recording of which any part can be read: an event, a span of time, the state at a point.
///
/// A finished recording is opened by its end member and its index, an unfinished one by hopping over its members; each
/// question then reads only the members that its answer needs. A recording without `RL` fields is read from its start for each
/// question. Implements Spec/recording.md §4.4 and §7.
///
/// ```swift
/// let file = try RecordingFile(InputFile("session.reel"))
/// let event = try file.event(at: 1_204)
/// let state = try file.state(after: 1_204)
/// ```
public final class RecordingFile {
    /// How the recording is laid out.
    public enum Layout: Hashable, Sendable {
        /// Members, an index and an end.
        case finished
        /// Members without an end: the session is running, or was cut off, or the file was.
        case unfinished
        /// Gzip without `RL` fields, or bare frames: it has to be read from the start.
        case sequential
    }

    private let bytes: any RandomAccessBytes
    private let limits: ReaderLimits
    private let decoder: MemberDecoder
    private let verifiesFirstMember: Bool
    /// The first member, once somebody has asked for the header, and the header itself.
    private var first: MemberContent.Inflated?
    private var readHeader: Header?
    /// The member that was read last: players ask for neighbours.
    private var last: (position: Int, content: MemberContent)?
    /// How many members have been gone through by ``checkMemberWithoutEvents(at:)``.
    private var checkedMemberCount = 0

    /// How the recording is laid out.
    public let layout: Layout
    /// The data members in order; none in a sequential recording.
    public let entries: [IndexEntry]
    /// The recording's header. Of a finished recording it is read when it is first asked for.
    ///
    /// - Throws: ``ReelError`` when the first member is damaged, or starts with no header.
    /// - Complexity: reads the first member, once.
    public var header: Header {
        get throws(ReelError) {
            if let readHeader { return readHeader }
            let header: Header
            if let first = inflateFirst(), let found = try? MemberContent.header(in: first, limits: limits) {
                header = found
            } else {
                // The other way in has the words for what is wrong with a first frame.
                header = try sequentialReader().header
            }
            readHeader = header
            return header
        }
    }
    /// Why an unfinished recording's members could not be followed to the end of the file, or nil when they could.
    public let damage: ReelError?

    /// The data members, to be read by several tasks.
    package var dataMembers: DataMembers {
        DataMembers(bytes: bytes, limits: limits, entries: entries, first: first)
    }

    /// How many members have been inflated so far.
    public private(set) var inflatedMemberCount = 0

    /// Opens a recording.
    ///
    /// - Throws: ``ReelError`` when there is none, its version is unknown, or its index does not agree with its members; when it is
    ///   unfinished or has to be read from its start, also when it starts with no header.
    public convenience init(_ bytes: any RandomAccessBytes, limits: ReaderLimits = .default) throws(ReelError) {
        try self.init(bytes, limits: limits, verifiesFirstMember: true)
    }

    /// Opens a recording, and may leave it to ``verifyFirstMember()``, or to the reader of the events, to compare the first member with
    /// its checksum: nobody may be told of the header before that.
    package init(_ bytes: any RandomAccessBytes, limits: ReaderLimits, verifiesFirstMember: Bool) throws(ReelError) {
        self.bytes = bytes
        let limits = limits.scaled(to: bytes.byteCount)
        self.limits = limits
        self.verifiesFirstMember = verifiesFirstMember
        do {
            decoder = try MemberDecoder()
            let directory = try MemberDirectory(bytes, limits: limits, decoder: decoder)
            entries = directory.entries
            damage = directory.damage
            layout = directory.layout
            inflatedMemberCount = directory.inflatedMemberCount
        } catch {
            throw ReelError(wrapping: error)
        }
        if layout != .finished { _ = try header }
    }

    /// The first member, or nil when it cannot be read.
    private func inflateFirst() -> MemberContent.Inflated? {
        guard first == nil, let entry = entries.first else { return first }
        first = try? MemberContent.inflated(
            entry, of: bytes, limits: limits, decoder: decoder, verifies: verifiesFirstMember)
        if first != nil { inflatedMemberCount += 1 }
        return first
    }

    /// Compares the first member with its checksum where that has not been done yet.
    package func verifyFirstMember() throws(ReelError) {
        do {
            try first?.verify(at: 0)
        } catch {
            var error = error
            error.member = 0
            throw error
        }
    }

    /// How many events the recording has. In a sequential recording it is read to find out.
    public var eventCount: Int {
        get throws(ReelError) {
            if layout != .sequential { return entries.last?.endEvent ?? 0 }
            let reader = try sequentialReader()
            while try reader.next() != nil {}
            return reader.eventCount
        }
    }

    /// The summary that the recording ends with, or nil when it is unfinished.
    public var summary: Summary? {
        get throws(ReelError) {
            guard layout == .sequential else {
                guard let last = entries.last else { return nil }
                let summary = try content(at: entries.count - 1).summary
                guard summary != nil || layout != .finished else {
                    throw ReelError(
                        .malformedIndex, "an end without a finish frame before it",
                        offset: last.offset + last.byteCount,
                        section: "recording.md §4.4")
                }
                return summary
            }
            let reader = try sequentialReader()
            while try reader.next() != nil {}
            return reader.summary
        }
    }

    /// The event with this index, the recording's first one being 0.
    ///
    /// - Throws: ``ReelError``, of the kind `noSuchEvent` when there is none.
    /// - Complexity: reads one member.
    public func event(at index: Int) throws(ReelError) -> Event {
        var found: Event?
        if index >= 0 {
            try forEachEvent(from: index) { event in
                found = event
                return false
            }
        }
        guard let found else { throw ReelError.noSuchEvent(index, of: try eventCount) }
        return found
    }

    /// The events from `index` on, in order, until `body` returns false.
    ///
    /// Members that declare no events are read as well, those before `index` too: nothing else shows that they hold none.
    ///
    /// - Complexity: reads the members from that of the first event to that of the last one asked for.
    public func forEachEvent(
        from index: Int = 0, _ body: (Event) throws(ReelError) -> Bool
    ) throws(ReelError) {
        guard layout != .sequential else {
            let reader = try sequentialReader()
            while let event = try reader.next() {
                if event.index >= index, !(try body(event)) { return }
            }
            return
        }
        for position in entries.indices {
            guard entries[position].eventCount > 0 else {
                try checkMemberWithoutEvents(at: position)
                continue
            }
            guard entries[position].endEvent > index else { continue }
            for event in try content(at: position).events where event.index >= index {
                guard try body(event) else { return }
            }
        }
    }

    /// The events from one time to another, in milliseconds from the session's start, both included.
    ///
    /// - Complexity: reads the members whose span of time meets `range`.
    public func events(during range: ClosedRange<Int>) throws(ReelError) -> [Event] {
        var events: [Event] = []
        guard layout != .sequential else {
            try forEachEvent { (event) throws(ReelError) in
                if range.contains(event.offset) { events.append(event) }
                return true
            }
            return events
        }
        try checkMembersWithoutEvents()
        for (position, entry) in entries.enumerated()
        where entry.eventCount > 0 && entry.firstOffset <= range.upperBound && entry.lastOffset >= range.lowerBound {
            events += try content(at: position).events.filter { range.contains($0.offset) }
        }
        return events
    }

    /// The last event up to a time, in milliseconds from the session's start, or nil before the first one.
    ///
    /// - Complexity: reads one member where offsets do not go back.
    public func lastEvent(before offset: Int) throws(ReelError) -> Event? {
        var found: Event?
        guard layout != .sequential else {
            try forEachEvent { (event) throws(ReelError) in
                if event.offset <= offset { found = event }
                return true
            }
            return found
        }
        try checkMembersWithoutEvents()
        for position in entries.indices.reversed()
        where entries[position].eventCount > 0 && entries[position].firstOffset <= offset {
            if let event = try content(at: position).events.last(where: { $0.offset <= offset }) { return event }
        }
        return nil
    }

    /// What the view held after the event with this index. Implements Spec/recording.md §7.
    ///
    /// - Throws: ``ReelError``, of the kind `noSuchEvent` when there is no such event.
    /// - Complexity: reads the members from the last one before the event that starts with a keyframe to the event's own.
    public func state(after index: Int) throws(ReelError) -> State {
        let fold = try fold(through: index)
        do {
            return try fold.state(limits.term)
        } catch {
            throw ReelError(wrapping: error)
        }
    }

    func fold(through index: Int) throws(ReelError) -> StateFold {
        try checkMembersWithoutEvents()
        var fold = StateFold()
        var reached = -1
        try forEachStep(from: keyframePosition(before: index)) { (step) throws(ReelError) in
            do {
                switch step {
                case .keyframe(let keyframe):
                    guard keyframe.event <= index else { return false }
                    fold = keyframe.state
                case .event(let event):
                    guard event.index <= index else { return false }
                    try fold.apply(event.head, of: event.encoded.span)
                    reached = event.index
                }
            } catch {
                throw ReelError(wrapping: error)
            }
            return reached < index
        }
        guard reached == index, index >= 0 else { throw ReelError.noSuchEvent(index, of: try eventCount) }
        return fold
    }

    /// What a state and a page are folded from.
    enum Step {
        case keyframe(Keyframe)
        case event(Event)
    }

    /// The keyframes and events from a data member on, in order, until `body` returns false.
    func forEachStep(
        from position: Int?, _ body: (Step) throws(ReelError) -> Bool
    ) throws(ReelError) {
        if layout == .sequential {
            let reader = try sequentialReader()
            while let frame = try reader.nextFrame() {
                switch frame {
                case .keyframe(let keyframe): guard try body(.keyframe(keyframe)) else { return }
                case .events(let events): for event in events { guard try body(.event(event)) else { return } }
                default: break
                }
            }
            return
        }
        guard let position else { return }
        for position in position..<entries.count {
            let content = try content(at: position)
            var keyframes = content.keyframes[...]
            for event in content.events {
                while let keyframe = keyframes.first, keyframe.event <= event.index {
                    guard try body(.keyframe(keyframes.removeFirst())) else { return }
                }
                guard try body(.event(event)) else { return }
            }
            for keyframe in keyframes { guard try body(.keyframe(keyframe)) else { return } }
        }
    }

    // MARK: Members

    private func sequentialReader() throws(ReelError) -> RecordingReader {
        try RecordingReader(SequentialBytes(bytes: bytes, position: 0), limits: limits)
    }

    /// Checks that members which declare no events hold none: nothing but reading them shows that.
    package func checkMembersWithoutEvents() throws(ReelError) {
        for position in entries.indices where entries[position].eventCount == 0 {
            try checkMemberWithoutEvents(at: position)
        }
    }

    /// Checks a member that declares no events, after those before it.
    private func checkMemberWithoutEvents(at position: Int) throws(ReelError) {
        guard position >= checkedMemberCount else { return }
        _ = try content(at: position)
        checkedMemberCount = position + 1
    }

    /// The data member that has the event with this index.
    private func position(of event: Int) -> Int? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = low + (high - low) / 2
            if entries[middle].endEvent <= event { low = middle + 1 } else { high = middle }
        }
        return low < entries.count ? low : nil
    }

    /// The data member from which the state at an event is to be folded.
    func keyframePosition(before event: Int) -> Int? {
        guard let position = position(of: event) else { return nil }
        return (0...position).reversed().first { entries[$0].startsWithKeyframe } ?? 0
    }

    func content(at position: Int) throws(ReelError) -> MemberContent {
        if let last, last.position == position { return last.content }
        // Memory for one member at a time.
        last = nil
        let inflated = position == 0 ? first : nil
        let content = try MemberContent(
            of: entries[position], at: position, inflated: inflated, bytes: bytes, limits: limits, decoder: decoder)
        if inflated == nil { inflatedMemberCount += 1 }
        guard content.summary == nil || position == entries.count - 1 else {
            let next = entries[position + 1]
            throw ReelError(
                .malformedMember, "a data member after the finish frame", offset: next.offset, member: position + 1,
                event: next.firstEvent, section: "recording.md §4.4")
        }
        last = (position, content)
        return content
    }
}

extension ReelError {
    static func noSuchEvent(_ index: Int, of count: Int) -> ReelError {
        ReelError(
            .noSuchEvent,
            count == 0
                ? "no event \(index): the recording has none"
                : "no event \(index): the recording has the events 0 to \(count - 1)")
    }
}
