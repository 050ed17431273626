import ArgumentParser
import ReelStore

/// Which recordings of a store are meant.
struct StoreFilter: ParsableArguments {
    @Option(help: "Recordings with these words, or words that start so, in their view, address or names of events.")
    var text: String?

    @Option(help: "Recordings of this view.")
    var view: String?

    @Option(help: "Recordings whose address has this part.")
    var url: String?

    @Option(name: .customLong("event"), help: "Recordings in which the user triggered this event. May be given again.")
    var events: [String] = []

    @Option(
        help: ArgumentHelp(
            "Sessions that started at this time or later: 2026-01-31, 2026-01-31T12:00:00, or 7d ago.",
            valueName: "date"), transform: StoreDate.parse)
    var from: StoreDate?

    @Option(
        help: ArgumentHelp("Sessions that started up to this time.", valueName: "date"), transform: StoreDate.parse)
    var to: StoreDate?

    @Option(help: ArgumentHelp("Sessions at least this long.", valueName: "time"), transform: Moment.parse)
    var longer: Moment?

    @Option(help: ArgumentHelp("Sessions at most this long.", valueName: "time"), transform: Moment.parse)
    var shorter: Moment?

    @Option(
        help: ArgumentHelp("Recordings of at least this size: 500k, 10M.", valueName: "size"),
        transform: ByteSize.parse)
    var larger: ByteSize?

    @Option(
        help: ArgumentHelp("Recordings of at most this size.", valueName: "size"), transform: ByteSize.parse)
    var smaller: ByteSize?

    @Option(help: ArgumentHelp("Recordings with at least so many events.", valueName: "count"))
    var minEvents: Int?

    @Flag(help: "Recordings with errors.")
    var errors = false

    @Option(name: .customLong("id"), help: ArgumentHelp("Recordings whose id starts so.", valueName: "start"))
    var idPrefix: String?

    @Flag(help: "Recordings that have their end.")
    var finished = false

    @Flag(help: "Recordings without an end: sessions that are running, or were cut off.")
    var running = false

    func validate() throws {
        guard !finished || !running else { throw ValidationError("--finished or --running: use one of them.") }
    }

    /// The query that this asks.
    func query(order: RecordingQuery.Order = .newestFirst) -> RecordingQuery {
        RecordingQuery(
            text: text, view: view, url: url, eventNames: events,
            connectedAt: .init(lower: from?.milliseconds, upper: to?.milliseconds),
            duration: .init(lower: longer?.milliseconds, upper: shorter?.milliseconds),
            byteCount: .init(lower: larger?.byteCount, upper: smaller?.byteCount),
            eventCount: .init(lower: minEvents), errorCount: errors ? .from(1) : .any, idPrefix: idPrefix,
            isFinished: finished ? true : running ? false : nil, order: order)
    }
}
