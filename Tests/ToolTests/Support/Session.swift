import ExternalTerm
import Foundation
import GzipMembers
import Reel

/// A short session that the tests record in every form.
enum Session {
    static let header = Header(fields: [
        "id": "s-1", "view": .atom("Elixir.Shop.CartLive"), "url": "http://shop.example/cart",
        "connected_at": 1_700_000_000_250,
    ])

    static let events: [(offset: Int, kind: Atom, payload: Term)] = [
        (0, "mount", .map(["assigns": .map(["count": 0, "live_action": .atom("nil")])])),
        (4, "params", .map(["uri": "http://shop.example/cart?page=1"])),
        (1_200, "event", .map(["name": "inc", "params": .map([:])])),
        (1_210, "render", .map(["assigns": .map(["count": 1])])),
        (
            1_300, "component",
            .map([
                "module": .atom("Elixir.Shop.Cart"), "id": "cart", "assigns": .map(["open": true]),
            ])
        ),
        (61_000, "event", .map(["name": "save", "params": .map([:])])),
        (61_005, "log", .map(["level": .atom("error"), "message": "payment declined"])),
        (61_010, "render", .map(["assigns": .map(["count": 1, "note": "late"])])),
        (90_500, "exit", .map(["reason": "shutdown"])),
    ]

    /// The session in Reel's own form.
    ///
    /// - Parameters:
    ///   - eventsPerMember: how many events each member has; by default all are in one.
    ///   - count: how often the session repeats itself, each time two minutes later.
    static func recording(
        isFinished: Bool = true, eventsPerMember: Int = .max, header: Header = header, count: Int = 1
    ) throws -> [UInt8] {
        let sink = MemorySink()
        let writer = try RecordingWriter(to: sink, header: header)
        for (index, event) in repeated(count).enumerated() {
            try writer.append(offset: event.offset, kind: event.kind, payload: event.payload)
            if (index + 1).isMultiple(of: eventsPerMember) { try writer.flush() }
        }
        if isFinished { try writer.finish() } else { try writer.stop() }
        return sink.bytes
    }

    /// A session of which something is missing, from 1.5 s to 3 s its renders.
    static func withGaps(isFinished: Bool = true) throws -> [UInt8] {
        let sink = MemorySink()
        var header = header
        header.fields[atom: "visit"] = "tab-1"
        header.fields[atom: "continues"] = "s-0"
        let writer = try RecordingWriter(to: sink, header: header)
        try writer.append(offset: 0, kind: "mount", payload: .map(["assigns": .map(["count": 0])]))
        try writer.append(offset: 1_500, kind: "gap", payload: Gap(dropped: ["render": 3, "log": 1_000]).payload)
        try writer.append(offset: 2_000, kind: "event", payload: .map(["name": "inc", "params": .map([:])]))
        try writer.append(offset: 3_000, kind: "assigns", payload: .map(["snapshot": .map(["count": 4])]))
        try writer.append(offset: 4_000, kind: "gap", payload: Gap(dropped: ["log": 200]).payload)
        if isFinished { try writer.finish() } else { try writer.stop() }
        return sink.bytes
    }

    static func repeated(_ count: Int) -> [(offset: Int, kind: Atom, payload: Term)] {
        (0..<count).flatMap { round in
            events.map { ($0.offset + round * 120_000, $0.kind, $0.payload) }
        }
    }

    /// The session as frames without gzip.
    static func bare() throws -> [UInt8] {
        let recording = try recording()
        var frames: [UInt8] = []
        // One member of frames, one that is the end.
        let entry = try RecordingFile(MemorySource(recording)).entries[0]
        let member = Array(recording[..<entry.byteCount])
        try MemberDecoder().decode(
            member.span, at: 0, expecting: entry.uncompressedByteCount, limit: .max, appendingTo: &frames)
        return frames
    }

    /// The session as plain gzip, without members that say what they hold.
    static func plain() throws -> [UInt8] {
        let frames = try bare()
        var bytes: [UInt8] = []
        try MemberEncoder(level: 6).encode(frames.span, appendingTo: &bytes) { _ in MemberHeader() }
        return bytes
    }

    /// The session as PhoenixReplay 0.1 and 0.2 write it, or as 0.3 does.
    static func phoenixReplay(_ format: PhoenixReplayFormat = .map, count: Int = 1) throws -> [UInt8] {
        var header = header
        if format == .recording { header.fields[atom: .struct] = .atom("Elixir.PhoenixReplay.Recording") }
        let sink = MemorySink()
        let recording = try recording(header: header, count: count)
        try PhoenixReplayExporter(RecordingFile(MemorySource(recording))).write(to: sink)
        return sink.bytes
    }

    /// A running session of PhoenixReplay's, torn as a crash leaves it.
    static func torn() throws -> [UInt8] {
        let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Samples")
        return try samples.appending(path: "phoenix-replay-0.6/counter.part").bytes
    }

    /// A recording of two events a member, whose second member, events 2 and 3, is damaged.
    static func damaged() throws -> [UInt8] {
        var bytes = try recording(eventsPerMember: 2)
        let entry = try RecordingFile(MemorySource(bytes)).entries[1]
        bytes[entry.offset + entry.byteCount - 10] ^= 0xFF
        return bytes
    }
}
