/// When an event happened.
enum EventTime: Hashable, Sendable {
    /// Now, while it is recorded.
    case now
    /// At this time of the sender's clock, in milliseconds. Implements Spec/port.md §2.
    case sent(Int)
    /// So many milliseconds after the session's start.
    case offset(Int)

    /// How much later than the recorder's clock a sender's may be.
    private static let longestLead = 3_600_000

    /// How many milliseconds after the session's start that is, or less than 0 for a time before it.
    ///
    /// - Parameters:
    ///   - elapsed: how long the session has been running by the recorder's clock.
    ///   - senderStart: when it started by the sender's, or nil when the sender has not said.
    @inline(__always)
    func offset(reading elapsed: Int, since senderStart: Int?) -> Int {
        switch self {
        case .now: elapsed
        case .offset(let offset): offset
        case .sent(let time): EventTime.offset(of: time, reading: elapsed, since: senderStart)
        }
    }

    private static func offset(of time: Int, reading elapsed: Int, since senderStart: Int?) -> Int {
        guard let senderStart else { return elapsed }
        let (offset, overflows) = time.subtractingReportingOverflow(senderStart)
        guard !overflows else { return time < 0 ? 0 : elapsed }
        return offset - min(offset, elapsed) > longestLead ? elapsed : offset
    }
}
