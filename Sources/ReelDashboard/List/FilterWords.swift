/// A filter in words.
extension ListFilter {
    /// One thing that is asked for.
    struct Condition: Sendable {
        /// What it asks for, such as `Errors: at least 1`.
        var words: String
        /// The address's query of the list that does not ask for it.
        var link: String
    }

    /// All that is asked for, in the order of the names.
    var conditions: [Condition] {
        ListFilter.names.flatMap { name in
            parameters.all(name).compactMap { value in
                guard let words = ListFilter.words(for: name, value) else { return nil }
                var rest = parameters
                rest.remove(name, value)
                rest["after"] = nil
                return Condition(words: words, link: "./?" + rest.query)
            }
        }
    }

    private static func words(for name: String, _ value: String) -> String? {
        switch name {
        case "text": "Search: \(value)"
        case "view": "View: \(value)"
        case "url": "Address has \(value)"
        case "event": "Event: \(value)"
        case "from": "Started: from \(value)"
        case "to": "Started: to \(value)"
        case "longer": "Length: at least \(value) s"
        case "shorter": "Length: at most \(value) s"
        case "larger": "Size: at least \(value)"
        case "smaller": "Size: at most \(value)"
        case "min_events": "Events: at least \(value)"
        case "max_events": "Events: at most \(value)"
        case "min_errors": "Errors: at least \(value)"
        case "max_errors": "Errors: at most \(value)"
        case "id": "Id starts with \(value)"
        case "status": value == "running" ? "No end yet" : "Status: \(value)"
        default: nil
        }
    }
}
