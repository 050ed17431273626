import ExternalTerm
import GzipMembers
import Reel

/// Files as PhoenixReplay writes them, put together from terms by Spec/phoenix-replay.md.
struct PhoenixReplaySession {
    /// The pairs of the map besides its events.
    var fields: TermMap
    var events: [PlainEvent]
    /// What an event has that releases to come may add, by its index.
    var more: [Int: TermMap] = [:]

    /// A session at random.
    init(seed: UInt64, count: Int, isStruct: Bool) {
        var generator = SeededGenerator(seed: seed)
        events = generator.session(count)
        fields = [
            "id": .string("s\(seed)"), "view": .atom("Elixir.Shop.CartLive"), "url": "/cart",
            "params": .map(TermMap([.init("page", "2")])), "session": .map([:]), "connected_at": 1_700_000_000_123,
        ]
        guard isStruct else { return }
        fields[atom: .struct] = .atom("Elixir.PhoenixReplay.Recording")
        fields[atom: "dropped"] = .map(TermMap([.init("pointer", 3)]))
        fields[atom: "client"] = .map([.struct: .atom("Elixir.PhoenixReplay.Client"), "id": "c"])
        for index in events.indices where generator.chance(20) { more[index] = ["flow": .integer(index)] }
    }

    /// The event as a struct.
    func event(_ index: Int) -> Term {
        let event = events[index]
        let own: TermMap = [
            .struct: .atom("Elixir.PhoenixReplay.Recording.Event"), "at": .integer(event.offset),
            "type": .atom(event.kind),
            "data": event.payload,
        ]
        return .map(own.merging(more[index] ?? [:]))
    }

    /// The event as it stands in a recording.
    func tuple(_ index: Int) -> Term {
        guard let more = more[index] else { return events[index].term }
        return .tuple((events[index].term.elements ?? []) + [.map(more)])
    }

    var tuples: [[UInt8]] { events.indices.map { Array(tuple($0).external.dropFirst()) } }

    /// The term of 0.1 and 0.2.
    var map: Term { .map(fields.merging(["events": .list(events.map(\.term))])) }

    /// The term of 0.3 and later.
    var recording: Term { .map(fields.merging(["events": .list(events.indices.map(event))])) }

    /// A running session: a frame for each of these groups of event numbers.
    func part(_ groups: [[Int]], isCompressed: Bool = true) throws -> [[UInt8]] {
        try groups.map { group in
            let numbered = group.map { Term.tuple([.integer($0), event($0)]) }
            let term = Term.tuple([.map(fields.merging(["events": .nil])), .list(numbered)])
            return try PhoenixReplaySession.partFrame(isCompressed ? compressedTerm(term) : term.external)
        }
    }

    static func partFrame(_ payload: [UInt8]) throws -> [UInt8] {
        Array("PRF1".utf8) + bigEndian(payload.count) + (try checksum(payload)).reversed() + payload
    }

    /// The CRC-32, least significant byte first, as the trailer of a gzip member has it.
    private static func checksum(_ bytes: [UInt8]) throws -> [UInt8] { Array(try gzip(bytes).suffix(8).prefix(4)) }
}

/// A term as `term_to_binary(Term, [compressed])` writes it: 131, 80, its length, a zlib stream.
func compressedTerm(_ term: Term, level: Int = 6) throws -> [UInt8] {
    let content = Array(term.external.dropFirst())
    var low = 1
    var high = 0
    for byte in content {
        low = (low + Int(byte)) % 65_521
        high = (high + low) % 65_521
    }
    // Between its header of ten bytes and its trailer of eight, a gzip member is what a zlib stream is within two and four.
    let deflated = try gzip(content, level: level).dropFirst(10).dropLast(8)
    return [131, 80] + bigEndian(content.count) + [0x78, 0x9C] + deflated + bigEndian(high << 16 | low)
}
