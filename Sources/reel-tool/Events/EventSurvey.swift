import Reel

/// What all events of a recording have to be read for: the gaps, and how long the session was active.
struct EventSurvey {
    /// A pause that is longer than this many milliseconds is no activity; the player's "Skip idle" skips it.
    private static let longestPause = 2_000

    private(set) var gaps: [Gap] = []
    /// The duration without the pauses, in milliseconds.
    private(set) var activeTime = 0
    /// The latest offset so far.
    private var latest = 0

    /// Takes the next event in.
    mutating func add(_ event: Event) throws(ReelError) {
        if let gap = try Gap(event) { gaps.append(gap) }
        guard event.offset > latest else { return }
        if event.offset - latest <= EventSurvey.longestPause { activeTime += event.offset - latest }
        latest = event.offset
    }
}
