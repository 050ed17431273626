public import ExternalTerm
import Reel
public import ReelStore

/// A session that checks and tests keep in a store.
public struct SampleSession: Sendable {
    public var id: RecordingID
    public var view: String?
    public var url: String?
    public var connectedAt: Int?
    /// Offsets, kinds and payloads.
    public var events: [(offset: Int, kind: Atom, payload: Term)]
    /// How many events each member has.
    public var eventsPerMember: Int
    public var isFinished: Bool
    public var level: Int

    public init(
        _ id: String, view: String? = "Shop.CartLive", url: String? = "http://shop.example/cart",
        connectedAt: Int? = 1_700_000_000_250,
        events: [(offset: Int, kind: Atom, payload: Term)] = SampleSession.events, eventsPerMember: Int = .max,
        isFinished: Bool = true, level: Int = 6
    ) {
        self.id = RecordingID(validating: id) ?? .random()
        self.view = view
        self.url = url
        self.connectedAt = connectedAt
        self.events = events
        self.eventsPerMember = eventsPerMember
        self.isFinished = isFinished
        self.level = level
    }

    /// Nine events, two of which report an error.
    public static let events: [(offset: Int, kind: Atom, payload: Term)] = [
        (0, "mount", .map(["assigns": .map(["count": 0])])),
        (4, "params", .map(["uri": "http://shop.example/cart?page=1"])),
        (1_200, "event", .map(["name": "inc", "params": .map([:])])),
        (1_210, "render", .map(["assigns": .map(["count": 1])])),
        (61_000, "event", .map(["name": "save", "params": .map([:])])),
        (61_005, "log", .map(["level": .atom("error"), "message": "payment declined"])),
        (61_010, "render", .map(["assigns": .map(["count": 1, "note": "late"])])),
        (61_020, "event", .map(["name": "inc", "params": .map([:])])),
        (90_500, "exit", .map(["reason": "shutdown"])),
    ]

    /// An event that nothing makes smaller.
    public static func noise(_ byteCount: Int) -> [(offset: Int, kind: Atom, payload: Term)] {
        let bytes = (0..<byteCount).map { _ in UInt8.random(in: .min ... .max) }
        return [(0, "mount", .map(["assigns": .map(["noise": .binary(bytes)])]))]
    }

    private final class Pieces: ByteSink {
        var pieces: [[UInt8]] = []

        func write(_ bytes: [UInt8]) { pieces.append(bytes) }
    }

    /// The recording in the pieces that a recorder hands to a store: a member each, the last with the index and the end.
    public func pieces() throws -> [[UInt8]] {
        var fields: TermMap = ["id": .string(id.text)]
        if let view { fields[atom: "view"] = .string(view) }
        if let url { fields[atom: "url"] = .string(url) }
        if let connectedAt { fields[atom: "connected_at"] = .integer(connectedAt) }
        let sink = Pieces()
        let writer = try RecordingWriter(to: sink, header: Header(fields: fields), options: WriterOptions(level: level))
        for (index, event) in events.enumerated() {
            try writer.append(offset: event.offset, kind: event.kind, payload: event.payload)
            if (index + 1).isMultiple(of: eventsPerMember) { try writer.flush() }
        }
        let memberCount: Int
        if isFinished {
            try writer.flush()
            memberCount = sink.pieces.count
            try writer.finish()
        } else {
            try writer.stop()
            memberCount = sink.pieces.count
        }
        // What finishes a recording is written in several pieces that belong together.
        return sink.pieces.prefix(memberCount)
            + (sink.pieces.count > memberCount ? [Array(sink.pieces[memberCount...].joined())] : [])
    }

    /// The whole recording.
    public func bytes() throws -> [UInt8] { Array(try pieces().joined()) }

    /// A session whose every property depends on `seed`.
    public static func random(_ seed: Int) -> SampleSession {
        var random = SeededNumbers(seed: UInt64(seed))
        let views = ["Shop.CartLive", "Shop.ChatLive", "Admin.UsersLive", "Straße.FußLive", "a%b_c'd\"e"]
        let names = ["save", "inc", "Save Order", "delete-item", "größe", "x"]
        var events: [(offset: Int, kind: Atom, payload: Term)] = [(0, "mount", .map(["assigns": .map([:])]))]
        var offset = 0
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            offset += Int.random(in: 0...900, using: &random)
            let name = names.randomElement(using: &random) ?? "save"
            switch Int.random(in: 0...5, using: &random) {
            case 0: events.append((offset, "exit", .map(["reason": "boom"])))
            case 1: events.append((offset, "render", .map(["assigns": .map(["n": .integer(offset)])])))
            default: events.append((offset, "event", .map(["name": .string(name)])))
            }
        }
        return SampleSession(
            "r\(seed)-\(String(UInt64.random(in: 0 ... .max, using: &random), radix: 36))",
            view: Int.random(in: 0...9, using: &random) == 0 ? nil : views.randomElement(using: &random),
            url: Int.random(in: 0...9, using: &random) == 0
                ? nil : "https://shop.example/\(names.randomElement(using: &random) ?? "")/\(seed % 7)?q=%20",
            // Few different times, so that many are equal.
            connectedAt: Int.random(in: 0...9, using: &random) == 0
                ? nil : 1_700_000_000_000 + Int.random(in: -5...5, using: &random) * 86_400_000,
            events: events, isFinished: Int.random(in: 0...4, using: &random) > 0)
    }
}

/// Numbers that depend on a seed alone: SplitMix64.
public struct SeededNumbers: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension RecordingStore {
    /// All bytes of a recording.
    public func bytes(of id: RecordingID) async throws -> [UInt8] {
        let content = try await open(id)
        return try await content.bytes(0..<content.byteCount)
    }

    /// The ids of all recordings that match a query, in its order.
    public func ids(_ query: RecordingQuery = RecordingQuery(), pageSize: Int = 100) async throws -> [RecordingID] {
        var ids: [RecordingID] = []
        for try await recording in recordings(query, pageSize: pageSize) { ids.append(recording.id) }
        return ids
    }

    /// Keeps a session as its recorder would: piece by piece.
    @discardableResult
    public func keep(_ session: SampleSession) async throws -> StoredRecording? {
        var offset = 0
        var recording: StoredRecording?
        for piece in try session.pieces() {
            recording = try await append(piece, to: session.id, at: offset)
            offset += piece.count
        }
        return recording
    }
}
