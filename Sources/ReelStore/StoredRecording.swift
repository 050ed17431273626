public import Reel

/// What a store says of a recording without reading its events: a line of a listing.
public struct StoredRecording: Hashable, Sendable, Identifiable {
    /// What the store calls the recording.
    public var id: RecordingID
    /// The view's module as Elixir prints it, or its name.
    public var view: String?
    /// The address that the session started at.
    public var url: String?
    /// When the session started, in milliseconds since 1970, as the recording says.
    public var connectedAt: Int?
    /// When the store was last given a part of the recording, in milliseconds since 1970.
    public var savedAt: Int
    /// Whether the recording has its end. Without one its session is running, or was cut off.
    public var isFinished: Bool
    /// How many bytes the recording has, compressed.
    public var byteCount: Int
    /// What its events add up to; of a running session, those so far.
    public var summary: Summary
    /// Why nothing more can be said of it, or nil when it is sound as far as a listing looks.
    public var damage: String?

    /// Creates a line.
    public init(
        id: RecordingID, view: String? = nil, url: String? = nil, connectedAt: Int? = nil, savedAt: Int,
        isFinished: Bool, byteCount: Int, summary: Summary = Summary(), damage: String? = nil
    ) {
        self.id = id
        self.view = StoredRecording.shown(view, most: 255)
        self.url = StoredRecording.shown(url, most: 2_048)
        self.connectedAt = connectedAt
        self.savedAt = savedAt
        self.isFinished = isFinished
        self.byteCount = byteCount
        self.summary = summary
        self.damage = damage
    }

    /// Creates a line of what a recording's members have been counted to.
    package init(id: RecordingID, header: Header?, tally: MemberTally, savedAt: Int) {
        self.init(
            id: id, view: header?.view, url: header?.url, connectedAt: header?.connectedAt, savedAt: savedAt,
            isFinished: tally.isFinished, byteCount: tally.byteCount, summary: tally.summary)
        self.summary.keepShownNames()
    }

    /// Text as a listing shows it, the same in each store: no database takes a NUL, and none indexes text without end.
    package static func shown(_ text: String?, most: Int) -> String? {
        guard let text else { return nil }
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(most) { shown.append(scalar == "\0" ? "\u{FFFD}" : scalar) }
        return String(shown)
    }
}

extension Summary {
    /// Shortens names as listings show them.
    package mutating func keepShownNames() {
        guard names.keys.contains(where: { $0.utf8.count > 255 || $0.utf8.contains(0) }) else { return }
        var kept: [String: Int] = [:]
        for (name, count) in names { kept[StoredRecording.shown(name, most: 255) ?? "", default: 0] += count }
        names = kept
    }
}
