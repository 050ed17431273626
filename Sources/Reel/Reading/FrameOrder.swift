/// Which frame may follow which, and what the frames of a member amount to: Spec/recording.md §6, and step 10 of §5.3.
///
/// Errors say what and not where: the reader that has the frame knows.
struct FrameOrder {
    /// What stands around the frames.
    enum Place {
        case dataMember, indexMember, plain
    }

    private(set) var place: Place
    /// What the frames of the member, or of all of a plain recording, amount to so far.
    private(set) var actual: MemberFields.DataFields
    /// What the finish frame says, once there has been one.
    private(set) var summary: Summary?
    /// Whether the recording's first frame has been read.
    private(set) var isStarted: Bool
    private var isMemberEmpty = true
    private var hasIndex = false

    /// Starts with the frames of a place, before which there are so many events.
    init(in place: Place, firstEvent: Int, isStarted: Bool) {
        self.place = place
        self.isStarted = isStarted
        actual = MemberFields.DataFields(firstEvent: firstEvent)
    }

    /// How many events come before the next frame.
    var eventCount: Int { actual.endEvent }

    /// Goes on with the frames of another member.
    mutating func startMember(_ place: Place) {
        self.place = place
        actual = MemberFields.DataFields(firstEvent: eventCount)
        isMemberEmpty = true
    }

    /// Takes the next frame.
    ///
    /// - Throws: ``ReelError`` without an offset when the frame may not stand where it does.
    mutating func take(_ frame: FrameContent) throws(ReelError) {
        try checkPlace(of: frame)
        if case .header = frame {
            guard !isStarted else { throw FrameOrder.malformed("a header that is not the first frame", "§6.1") }
        } else {
            guard isStarted else { throw FrameOrder.malformed("a first frame that is no header", "§6.1") }
        }
        switch frame {
        case .header: actual.hasHeader = true
        case .events(let events):
            guard summary == nil else { throw FrameOrder.malformed("events after the finish frame", "§6.5") }
            for event in events { actual.note(offset: event.offset) }
        case .keyframe(let keyframe):
            guard summary == nil else { throw FrameOrder.malformed("a keyframe after the finish frame", "§6.5") }
            guard keyframe.event == eventCount else {
                throw FrameOrder.malformed("a keyframe of event \(keyframe.event) before event \(eventCount)", "§6.4")
            }
            if isMemberEmpty { actual.startsWithKeyframe = true }
        case .finish(let summary):
            guard self.summary == nil else { throw FrameOrder.malformed("a second finish frame", "§6.5") }
            guard summary.eventCount == eventCount else {
                throw FrameOrder.malformed(
                    "a finish frame that counts \(summary.eventCount) events, not \(eventCount)", "§6.5")
            }
            self.summary = summary
            actual.hasFinish = true
        case .index:
            guard !hasIndex else { throw FrameOrder.malformed("a second index", "§6.6") }
            hasIndex = true
        case .unknown: break
        }
        isStarted = true
        isMemberEmpty = false
    }

    /// Whether events may stand here.
    var takesEvents: Bool { isStarted && summary == nil && place != .indexMember }

    /// Takes the events of a frame that has been visited.
    mutating func take(_ events: VisitedEvents) {
        if events.count > 0 {
            let isFirst = actual.eventCount == 0
            actual.firstOffset = isFirst ? events.firstOffset : min(actual.firstOffset, events.firstOffset)
            actual.lastOffset = max(actual.lastOffset, events.lastOffset)
            actual.eventCount += events.count
        }
        isMemberEmpty = false
    }

    /// An index stands in an index member, alone, and nowhere else among members with fields.
    private func checkPlace(of frame: FrameContent) throws(ReelError) {
        switch (place, frame) {
        case (.plain, _): break
        case (.indexMember, .index) where isMemberEmpty: break
        case (.indexMember, _): throw FrameOrder.malformed("an index member that holds more than an index", "§6.6")
        case (.dataMember, .index): throw FrameOrder.malformed("an index in a data member", "§6.6")
        case (.dataMember, _): break
        }
    }

    /// Checks that the data member which ends here is what it declared.
    func check(_ declared: MemberFields.DataFields) throws(ReelError) {
        var actual = actual
        actual.uncompressedByteCount = declared.uncompressedByteCount
        guard declared == actual else {
            throw ReelError(
                .malformedMember, "a member that declares \(declared.described) and holds \(actual.described)",
                section: "recording.md §5.2")
        }
    }

    private static func malformed(_ reason: String, _ section: String) -> ReelError {
        ReelError(.malformedFrame, reason, section: "recording.md \(section)")
    }
}

extension MemberFields.DataFields {
    fileprivate var described: String {
        let marks = [
            (startsWithKeyframe, "a keyframe first"), (hasHeader, "the header"), (hasFinish, "the finish frame"),
        ]
        return "\(eventCount) events from \(firstEvent) on at \(firstOffset) to \(lastOffset) ms"
            + marks.filter(\.0).map { ", \($0.1)" }.joined()
    }
}
