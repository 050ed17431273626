import Reel

/// Which recordings are asked for, and in which order. Everything that is given has to be true of a recording.
///
/// ```swift
/// var query = RecordingQuery(view: "Shop.CartLive", errorCount: .from(1))
/// query.order = .longestFirst
/// ```
public struct RecordingQuery: Hashable, Sendable {
    /// Words of the view, the address or the names of events; a word may be given by its start.
    public var text: String?
    /// The view, by its whole name.
    public var view: String?
    /// A part of the address.
    public var url: String?
    /// The names of events that the user triggered, each of which has to have come.
    public var eventNames: [String]
    /// When the session started, in milliseconds since 1970.
    public var connectedAt: Bounds
    /// How long it was, in milliseconds.
    public var duration: Bounds
    /// How many bytes the recording has.
    public var byteCount: Bounds
    /// How many events it has.
    public var eventCount: Bounds
    /// How many of its events report an error.
    public var errorCount: Bounds
    /// When the store was last given a part of it, in milliseconds since 1970.
    public var savedAt: Bounds
    /// What the id starts with.
    public var idPrefix: String?
    /// Whether it has its end.
    public var isFinished: Bool?
    /// The order of the recordings.
    public var order: Order

    /// Creates a query; one without anything is of all recordings, the newest first.
    public init(
        text: String? = nil, view: String? = nil, url: String? = nil, eventNames: [String] = [],
        connectedAt: Bounds = .any, duration: Bounds = .any, byteCount: Bounds = .any, eventCount: Bounds = .any,
        errorCount: Bounds = .any, savedAt: Bounds = .any, idPrefix: String? = nil, isFinished: Bool? = nil,
        order: Order = .newestFirst
    ) {
        self.text = text
        self.view = view
        self.url = url
        self.eventNames = eventNames
        self.connectedAt = connectedAt
        self.duration = duration
        self.byteCount = byteCount
        self.eventCount = eventCount
        self.errorCount = errorCount
        self.savedAt = savedAt
        self.idPrefix = idPrefix
        self.isFinished = isFinished
        self.order = order
    }

    /// What a number has to lie between, both ends included.
    public struct Bounds: Hashable, Sendable {
        /// The least, or nil.
        public var lower: Int?
        /// The most, or nil.
        public var upper: Int?

        /// Creates bounds.
        public init(lower: Int? = nil, upper: Int? = nil) {
            self.lower = lower
            self.upper = upper
        }

        /// Every number, and none at all.
        public static let any = Bounds()
        /// A number and all above it.
        public static func from(_ lower: Int) -> Bounds { Bounds(lower: lower) }
        /// A number and all below it.
        public static func through(_ upper: Int) -> Bounds { Bounds(upper: upper) }
        /// From one number to another.
        public static func between(_ lower: Int, _ upper: Int) -> Bounds { Bounds(lower: lower, upper: upper) }

        /// Whether a number lies within; none at all lies within ``any`` only.
        public func contains(_ number: Int?) -> Bool {
            if self == .any { return true }
            guard let number else { return false }
            return lower.map { $0 <= number } != false && upper.map { number <= $0 } != false
        }
    }

    /// An order of recordings. Those that are equal in it come in the order of their ids.
    public struct Order: Hashable, Sendable {
        /// What recordings are ordered by.
        public enum Key: String, Hashable, Sendable, CaseIterable {
            /// When the session started; those that do not say count as 1970.
            case connected
            /// How long it was.
            case duration
            /// How many bytes it has.
            case size
            /// How many events it has.
            case events
            /// How many of its events report an error.
            case errors
            /// When the store was last given a part of it.
            case saved
        }

        /// What recordings are ordered by.
        public var key: Key
        /// Whether the smallest comes first.
        public var isAscending: Bool

        /// Creates an order.
        public init(_ key: Key, ascending: Bool = false) {
            self.key = key
            isAscending = ascending
        }

        public static let newestFirst = Order(.connected)
        public static let oldestFirst = Order(.connected, ascending: true)
        public static let longestFirst = Order(.duration)
        public static let largestFirst = Order(.size)
        public static let mostErrorsFirst = Order(.errors)
    }
}

extension RecordingQuery {
    /// The most recordings of a page.
    public static let longestPage = 10_000

    /// Checks what callers may get wrong, in each store alike.
    package func check(_ cursor: RecordingCursor?, _ limit: Int) throws(StoreError) {
        guard 1...RecordingQuery.longestPage ~= limit else {
            throw StoreError(.invalidQuery, "a page has 1 to \(RecordingQuery.longestPage) recordings, not \(limit)")
        }
        if let cursor, cursor.order != order {
            throw StoreError(.invalidQuery, "the cursor belongs to a listing in another order")
        }
    }

    /// The words of ``text``; none when there is none.
    package var words: [String] { text.flatMap(SearchWords.wanted) ?? [] }

    /// Whether nothing can match: text is searched for that has no words, or something that no listing has.
    package var isEmpty: Bool {
        if let text, !text.isEmpty, words.isEmpty { return true }
        if let idPrefix, !idPrefix.isEmpty, RecordingID(validating: idPrefix) == nil { return true }
        return ([view, url] + eventNames).contains { $0?.utf8.contains(0) == true }
    }

    /// Whether the numbers of a recording are those asked for.
    func matchesNumbers(_ recording: some NumbersOfRecording) -> Bool {
        isFinished.map { $0 == recording.isFinished } != false && connectedAt.contains(recording.connectedAt)
            && duration.contains(recording.duration) && byteCount.contains(recording.byteCount)
            && eventCount.contains(recording.eventCount) && errorCount.contains(recording.errorCount)
            && savedAt.contains(recording.savedAt)
    }

    /// Whether the query says anything of text.
    var asksForText: Bool {
        text?.isEmpty == false || view != nil || url != nil || !eventNames.isEmpty || idPrefix?.isEmpty == false
    }

    /// Whether the text of a recording is what is asked for.
    func matchesText(_ recording: StoredRecording) -> Bool {
        if let idPrefix, !recording.id.text.utf8.starts(with: idPrefix.utf8) { return false }
        // By bytes, as databases compare: equal-looking text of other scalars is other text.
        if let view {
            guard let other = recording.view, view.utf8.elementsEqual(other.utf8) else { return false }
        }
        if let url, !url.isEmpty {
            guard let other = recording.url, other.hasBytes(of: url) else { return false }
        } else if url != nil, recording.url == nil {
            return false
        }
        for name in eventNames {
            guard recording.summary.names.keys.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else {
                return false
            }
        }
        if let text, !text.isEmpty {
            let words = words
            guard !words.isEmpty, SearchWords.matches(words, in: recording) else { return false }
        }
        return true
    }

    /// Whether a recording is one that is asked for.
    package func matches(_ recording: StoredRecording) -> Bool {
        matchesNumbers(recording) && matchesText(recording)
    }
}

/// What listings filter and order by without looking at text.
protocol NumbersOfRecording {
    var isFinished: Bool { get }
    var connectedAt: Int? { get }
    var savedAt: Int { get }
    var byteCount: Int { get }
    var duration: Int { get }
    var eventCount: Int { get }
    var errorCount: Int { get }
}

extension NumbersOfRecording {
    func value(of key: RecordingQuery.Order.Key) -> Int {
        switch key {
        case .connected: connectedAt ?? 0
        case .duration: duration
        case .size: byteCount
        case .events: eventCount
        case .errors: errorCount
        case .saved: savedAt
        }
    }
}

extension StoredRecording: NumbersOfRecording {
    /// How many events the recording has.
    public var eventCount: Int { summary.eventCount }
    /// How long the session was, in milliseconds.
    public var duration: Int { summary.duration }
    /// How many of its events report an error.
    public var errorCount: Int { summary.errorCount }
}

extension String {
    /// Whether the bytes of `other` stand somewhere in this text's.
    fileprivate func hasBytes(of other: String) -> Bool {
        let bytes = Array(utf8)
        let wanted = Array(other.utf8)
        guard wanted.count <= bytes.count else { return false }
        return (0...(bytes.count - wanted.count)).contains { bytes[$0...].starts(with: wanted) }
    }
}
