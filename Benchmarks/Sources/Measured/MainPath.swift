import Reel
import ReelJSON

/// The main ways through the library, on one processor.
package enum MainPath: String, CaseIterable {
    case events, terms, decode, encode, json, tagged, write, seek, state

    /// The way, ready to be gone, any number of times.
    package func prepared(phoenixReplay path: String) throws -> () throws -> Void {
        switch self {
        case .seek: return try MainPath.looks { _ = try $0.event(at: $1) }
        case .state: return try MainPath.looks { _ = try $0.state(after: $1) }
        default: break
        }
        let sample = try Sample(phoenixReplay: path)
        return switch self {
        case .events: sample.readEvents
        case .terms: sample.readTerms
        case .decode: sample.decode
        case .encode: sample.encode
        case .json: { try sample.writeJSON(.plain) }
        case .tagged: { try sample.writeJSON(.tagged) }
        default: { try sample.write(level: 6) }
        }
    }

    /// Looks at some places of a recording of many members, which is opened anew for each.
    private static func looks(
        _ body: @escaping (RecordingFile, Int) throws -> Void
    ) throws -> () throws -> Void {
        let sink = MemorySink()
        let writer = try RecordingWriter(
            to: sink, header: SyntheticSession.header, options: WriterOptions(level: 1, memberByteCount: 128 << 10))
        try SyntheticSession().write(20_000, to: writer)
        try writer.finish()
        let bytes = MemorySource(sink.bytes)
        return {
            for event in stride(from: 1_000, to: 20_000, by: 4_000) { try body(RecordingFile(bytes), event) }
        }
    }
}
