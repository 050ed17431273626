import ExternalTerm
import Reel

/// Recordings whose every part a test chooses.
enum Recordings {
    /// A finished recording.
    static func bytes(
        header: TermMap = ["id": "r", "view": "Shop.CartLive"],
        events: [(offset: Int, kind: Atom, payload: Term)] = [(0, "mount", .map(["assigns": .map([:])]))]
    ) throws -> [UInt8] {
        let sink = MemorySink()
        let writer = try RecordingWriter(to: sink, header: Header(fields: header))
        for event in events { try writer.append(offset: event.offset, kind: event.kind, payload: event.payload) }
        try writer.finish()
        return sink.bytes
    }

    /// A finished recording of a view that is mounted with these assigns.
    static func bytes(view: String, assigns: TermMap) throws -> [UInt8] {
        try bytes(
            header: ["id": "r", "view": .string(view)], events: [(0, "mount", .map(["assigns": .map(assigns)]))])
    }
}
