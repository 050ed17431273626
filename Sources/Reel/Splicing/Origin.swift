import ExternalTerm

/// The recording that events which follow one another come from: an element of the header's `parts`. Implements
/// Spec/registry.md §3.
public struct Origin: Hashable, Sendable {
    /// The id of the recording that the events come from, or nil when it has none.
    public var id: String?
    /// The index of the first of them there.
    public var event: Int
    /// The index of the first of them here.
    public var at: Int
    /// How many they are.
    public var count: Int
    /// How much later they are there than here, in milliseconds.
    public var offset: Int

    /// Creates an origin.
    ///
    /// - Parameters:
    ///   - id: the id of the recording that the events come from.
    ///   - event: the index of the first of them there.
    ///   - at: the index of the first of them here.
    ///   - count: how many they are.
    ///   - offset: how much later they are there than here, in milliseconds.
    public init(id: String?, event: Int, at: Int, count: Int, offset: Int) {
        self.id = id
        self.event = event
        self.at = at
        self.count = count
        self.offset = offset
    }

    /// The origins that the header of a recording names, or the recording itself.
    ///
    /// - Throws: ``ReelError`` when the header or the events cannot be read.
    public static func of(_ file: RecordingFile) throws(ReelError) -> [Origin] {
        let header = try file.header
        let count = try file.eventCount
        return header.fields[atom: key].flatMap { origins(of: $0, eventCount: count) } ?? [
            Origin(id: header.id, event: 0, at: 0, count: count, offset: 0)
        ]
    }
}

extension Origin {
    /// The key of the header that holds them.
    static let key: Atom = "parts"

    private static func origins(of term: Term, eventCount: Int) -> [Origin]? {
        guard case .list(let elements) = term else { return nil }
        var origins: [Origin] = []
        for element in elements {
            // Nothing that the numbers add up to may be beyond what can be counted.
            guard let origin = Origin(element), origin.at >= origins.last?.endIndex ?? 0,
                origin.count <= eventCount, origin.at <= eventCount - origin.count
            else { return nil }
            origins.append(origin)
        }
        return origins
    }

    /// The largest number, and the size of the largest difference of times.
    static let most = 1 << 53

    private init?(_ term: Term) {
        let most = Origin.most
        func number(_ name: Atom) -> Int? { term[atom: name]?.integer }
        guard let event = number("event"), let at = number("at"), let count = number("count"),
            let offset = number("offset"), 0...most ~= event, 0...most ~= at, 1...most ~= count,
            -most...most ~= offset
        else { return nil }
        self.init(id: term[atom: "id"]?.text, event: event, at: at, count: count, offset: offset)
    }

    var term: Term {
        var map: TermMap = [
            "event": .integer(event), "at": .integer(at), "count": .integer(count), "offset": .integer(offset),
        ]
        if let id { map[atom: "id"] = .string(id) }
        return .map(map)
    }

    /// The index here after the last of the events.
    var endIndex: Int { at + count }

    /// The index there after the last of the events.
    var endEvent: Int { event + count }

    /// The same of some of the events, when they stand somewhere else.
    ///
    /// - Parameters:
    ///   - events: which events of the recording are taken.
    ///   - position: the index that the first of these gets.
    ///   - shift: how many milliseconds later they get.
    func taking(_ events: Range<Int>, to position: Int, shift: Int) -> Origin? {
        let taken = (at..<endIndex).clamped(to: events)
        guard !taken.isEmpty else { return nil }
        return Origin(
            id: id, event: event + taken.lowerBound - at, at: position + taken.lowerBound - events.lowerBound,
            count: taken.count, offset: offset - shift)
    }

    /// Whether the events of `next` follow these, there and here.
    func isContinued(by next: Origin) -> Bool {
        id != nil && id == next.id && endEvent == next.event && endIndex == next.at && offset == next.offset
    }
}
