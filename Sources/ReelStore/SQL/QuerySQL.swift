/// A query as SQL: conditions and an order over the table `reel_recordings`, here called `r`.
package struct QuerySQL: Sendable {
    /// What a placeholder stands for.
    package enum Value: Hashable, Sendable {
        case integer(Int)
        case text(String)
    }

    /// What databases write differently.
    package struct Dialect: Sendable {
        /// The placeholder of the value with this number, from 1 on.
        let placeholder: @Sendable (Int) -> String
        /// Whether the text in a column has a part.
        let hasPart: @Sendable (_ column: String, _ placeholder: String) -> String
        /// Whether the event of a name has come.
        let hasName: @Sendable (_ placeholder: String) -> String
        /// What words are searched for with, and the value that stands for them.
        let hasWords: @Sendable (_ placeholder: String) -> String
        let words: @Sendable ([String]) -> String

        package init(
            placeholder: @escaping @Sendable (Int) -> String,
            hasPart: @escaping @Sendable (_ column: String, _ placeholder: String) -> String,
            hasName: @escaping @Sendable (_ placeholder: String) -> String,
            hasWords: @escaping @Sendable (_ placeholder: String) -> String,
            words: @escaping @Sendable ([String]) -> String
        ) {
            self.placeholder = placeholder
            self.hasPart = hasPart
            self.hasName = hasName
            self.hasWords = hasWords
            self.words = words
        }
    }

    /// Behind `FROM reel_recordings r`: conditions, order and limit.
    package private(set) var text: String
    package private(set) var values: [Value] = []

    package init(_ query: RecordingQuery, after cursor: RecordingCursor?, limit: Int, _ dialect: Dialect) {
        var conditions: [String] = []
        var values: [Value] = []
        func placeholder(_ value: Value) -> String {
            values.append(value)
            return dialect.placeholder(values.count)
        }
        func within(_ bounds: RecordingQuery.Bounds, _ column: String) {
            if let lower = bounds.lower { conditions.append("r.\(column) >= \(placeholder(.integer(lower)))") }
            if let upper = bounds.upper { conditions.append("r.\(column) <= \(placeholder(.integer(upper)))") }
        }
        if let view = query.view { conditions.append("r.view = \(placeholder(.text(view)))") }
        if let url = query.url {
            conditions.append(url.isEmpty ? "r.url IS NOT NULL" : dialect.hasPart("r.url", placeholder(.text(url))))
        }
        for name in query.eventNames { conditions.append(dialect.hasName(placeholder(.text(name)))) }
        let words = query.words
        if !words.isEmpty { conditions.append(dialect.hasWords(placeholder(.text(dialect.words(words))))) }
        if let prefix = query.idPrefix, !prefix.isEmpty {
            // No character of an id comes after ~.
            conditions.append(
                "r.id >= \(placeholder(.text(prefix))) AND r.id < \(placeholder(.text(prefix + "~")))")
        }
        if let isFinished = query.isFinished { conditions.append(isFinished ? "r.finished" : "NOT r.finished") }
        within(query.connectedAt, "connected_at")
        within(query.duration, "duration_ms")
        within(query.byteCount, "byte_count")
        within(query.eventCount, "event_count")
        within(query.errorCount, "error_count")
        within(query.savedAt, "saved_at")
        let key = QuerySQL.column(query.order.key)
        let direction = query.order.isAscending ? "ASC" : "DESC"
        if let cursor {
            let place = "(\(placeholder(.integer(cursor.value))), \(placeholder(.text(cursor.id.text))))"
            conditions.append("(\(key), r.id) \(query.order.isAscending ? ">" : "<") \(place)")
        }
        text = conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND ")) "
        // One more than the page has tells whether there is a next one.
        text += "ORDER BY \(key) \(direction), r.id \(direction) LIMIT \(limit + 1)"
        self.values = values
    }

    private static func column(_ key: RecordingQuery.Order.Key) -> String {
        switch key {
        case .connected: "COALESCE(r.connected_at, 0)"
        case .duration: "r.duration_ms"
        case .size: "r.byte_count"
        case .events: "r.event_count"
        case .errors: "r.error_count"
        case .saved: "r.saved_at"
        }
    }

    /// The columns that a recording is read from, in the order of ``StoredRow``.
    package static let columns = """
        r.key, r.id, r.view, r.url, r.connected_at, r.saved_at, r.finished, r.byte_count, r.event_count, r.duration_ms, \
        r.error_count, r.event_names, r.kinds, r.reason, r.has_finish
        """
}

extension RecordingPage {
    /// A page of recordings of which one more was asked for than it has.
    package init(_ found: [StoredRecording], limit: Int, order: RecordingQuery.Order) {
        let recordings = Array(found.prefix(limit))
        self.init(
            recordings: recordings,
            next: found.count > limit ? recordings.last.map { RecordingCursor(after: $0, in: order) } : nil)
    }
}
