import FoundationEssentials
import Reel
import ReelStore

/// What a list is asked for: the parameters of its address, see ``Routes``.
struct ListFilter: Sendable {
    /// What was given, without what is no filter's.
    private(set) var parameters = FormParameters()
    /// The recordings that are asked for.
    private(set) var query = RecordingQuery()
    /// The most recordings of a page.
    private(set) var limit = ListFilter.defaultLimit
    /// Where the page before ended.
    private(set) var cursor: RecordingCursor?

    /// How many recordings a page has by default.
    static let defaultLimit = 50
    /// The most recordings that a page may have.
    static let mostOnPage = 500
    /// The parameters that say which recordings are meant.
    static let names = [
        "text", "view", "url", "event", "from", "to", "longer", "shorter", "larger", "smaller", "min_events",
        "max_events",
        "min_errors", "max_errors", "id", "status", "saved_to",
    ]
    private static let layoutNames = ["order", "reverse", "limit", "after"]

    /// Everything, the newest first.
    init() {}

    /// Keeps parameters that need not make sense, for a page that shows them again and asks the store nothing.
    init(unread given: FormParameters) {
        for name in ListFilter.names + ListFilter.layoutNames {
            for value in given.all(name) { parameters.append(name, value) }
        }
    }

    /// Reads parameters.
    ///
    /// - Throws: ``DashboardError`` that names the one that makes no sense.
    init(_ given: FormParameters) throws(DashboardError) {
        self.init(unread: given)
        query.text = parameters["text"]
        query.view = parameters["view"]
        query.url = parameters["url"]
        query.eventNames = parameters.all("event")
        query.idPrefix = parameters["id"]
        query.connectedAt = try bounds("from", "to", ListFilter.date)
        query.duration = try bounds("longer", "shorter", ListFilter.seconds)
        query.byteCount = try bounds("larger", "smaller", ListFilter.byteCount)
        query.eventCount = try bounds("min_events", "max_events", ListFilter.count)
        query.errorCount = try bounds("min_errors", "max_errors", ListFilter.count)
        query.savedAt.upper = try value("saved_to", ListFilter.count)
        switch parameters["status"] {
        case nil: query.isFinished = nil
        case "running": query.isFinished = false
        case "finished": query.isFinished = true
        case let other?: throw .badRequest("status=\(other.shortened): expected running or finished")
        }
        try readLayout()
    }

    private mutating func readLayout() throws(DashboardError) {
        if let name = parameters["order"] {
            guard let key = RecordingQuery.Order.Key(rawValue: name) else {
                let names = RecordingQuery.Order.Key.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badRequest("order=\(name.shortened): expected one of \(names)")
            }
            query.order = RecordingQuery.Order(key)
        }
        query.order.isAscending = parameters["reverse"] != nil
        if let limit = try value("limit", ListFilter.count) {
            guard 1...ListFilter.mostOnPage ~= limit else {
                throw .badRequest("limit=\(limit): expected 1 to \(ListFilter.mostOnPage)")
            }
            self.limit = limit
        }
        if let text = parameters["after"] {
            guard let cursor = RecordingCursor(text), cursor.order == query.order else {
                throw .badRequest("after=\(text.shortened): this is no place in this list")
            }
            self.cursor = cursor
        }
    }

    /// Whether anything is left out.
    var isFiltering: Bool { ListFilter.names.contains { parameters[$0] != nil } }

    /// The address's query of a list that differs in some parameters.
    func link(_ changes: KeyValuePairs<String, String?>) -> String {
        var parameters = parameters
        for (name, value) in changes { parameters[name] = value }
        return "?" + parameters.query
    }

    /// The address's query of the filter alone, without order and place.
    var filterQuery: String {
        var filter = parameters
        for name in ListFilter.layoutNames { filter[name] = nil }
        return filter.query
    }

    // MARK: Values

    private typealias Reading = (expected: String, read: @Sendable (String) -> Int?)

    private func bounds(
        _ lower: String, _ upper: String, _ reading: Reading
    ) throws(DashboardError) -> RecordingQuery.Bounds {
        RecordingQuery.Bounds(lower: try value(lower, reading), upper: try value(upper, reading))
    }

    private func value(_ name: String, _ reading: Reading) throws(DashboardError) -> Int? {
        guard let text = parameters[name] else { return nil }
        guard let value = reading.read(text.trimmed) else {
            throw .badRequest("\(name)=\(text.shortened): expected \(reading.expected)")
        }
        return value
    }

    private static let count: Reading = ("a number", { text in Int(text).flatMap { $0 >= 0 ? $0 : nil } })

    private static let seconds: Reading = (
        "seconds, such as 90 or 1.5",
        { text in
            guard let seconds = Double(text), 0...1e12 ~= seconds else { return nil }
            return Int((seconds * 1_000).rounded())
        }
    )

    private static let byteCount: Reading = (
        "a size, such as 500, 10k or 5M",
        { text in
            let scales: [Character: Int] = ["k": 1_000, "M": 1_000_000, "G": 1_000_000_000]
            let scale = text.last.flatMap { scales[$0] }
            guard let number = Int(scale == nil ? text[...] : text.dropLast()), number >= 0 else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: scale ?? 1)
            return overflow ? nil : product
        }
    )

    private static let date: Reading = (
        "a date, such as 2026-01-31 or 2026-01-31T12:00, in UTC, or an age, such as 7d, 12h or 30m",
        { text in
            let scales: [Character: Int] = ["w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000]
            if let scale = text.last.flatMap({ scales[$0] }), text.utf8.count <= 8, let age = Int(text.dropLast()),
                age >= 0
            {
                return WallClock.now - age * scale
            }
            var full = text.replacing(" ", with: "T").replacing("Z", with: "")
            switch full.utf8.count {
            case 10: full += "T00:00:00"
            case 16: full += ":00"
            default: break
            }
            guard full.utf8.count == 19, let date = try? Date(full + "Z", strategy: .iso8601) else { return nil }
            return Int(date.timeIntervalSince1970 * 1_000)
        }
    )
}

extension String {
    /// As much of the text as an error shows.
    var shortened: String { count > 40 ? prefix(40) + "…" : self }
}
