import ArgumentParser
import Reel

/// A point of a session, for commands that show what was there then.
struct PointOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The point is this time: \(Moment.forms).", valueName: "time"), transform: Moment.parse)
    var at: Moment?

    @Option(help: ArgumentHelp("The point is after the event with this index.", valueName: "index"))
    var event: Int?

    func validate() throws {
        guard at == nil || event == nil else { throw ValidationError("--at or --event: use one of them.") }
    }

    /// The event that the point is after, or nil before the first one.
    func index(in recording: RecordingFile) throws(ReelError) -> Int? {
        if let event { return event }
        if let at { return try recording.lastEvent(before: at.milliseconds)?.index }
        let count = try recording.eventCount
        return count > 0 ? count - 1 : nil
    }
}
