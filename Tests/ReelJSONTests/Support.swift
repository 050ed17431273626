import ExternalTerm
import Foundation
import Reel
import ReelJSON
import Testing

/// The samples of the package.
enum Samples {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Samples")

    /// The names of the sessions that PhoenixReplay has stored both ways.
    static let inBothForms = ["chat", "counter", "long-chat"]

    /// Every file that is imported, by its path; the session of 10,000 events once, for the time it takes.
    static let all: [String] = {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        return paths.sorted().filter { path in
            path.hasSuffix(".etf.gz")
                || !path.contains("long-") && (path.hasSuffix(".recording") || path.hasSuffix(".part"))
        }
    }()

    /// Those without the sessions of 10,000 events.
    static let short = all.filter { !$0.contains("long-") }

    static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: path))) }

    /// The recordings that are made of the samples, by their paths.
    private static let recordings: [String: Result<[UInt8], any Error>] = {
        var recordings: [String: Result<[UInt8], any Error>] = [:]
        for path in all {
            recordings[path] = Result {
                let sink = MemorySink()
                _ = try PhoenixReplayImporter(MemorySource(bytes(path))).write(
                    to: sink, options: WriterOptions(level: 1, writesKeyframes: false))
                return sink.bytes
            }
        }
        return recordings
    }()

    /// The recording that is made of a sample.
    static func recording(_ path: String) throws -> [UInt8] { try #require(recordings[path]).get() }
}

/// The document, or the lines, that a recording becomes.
func json(of recording: [UInt8], _ options: RecordingJSONOptions = RecordingJSONOptions()) throws -> [UInt8] {
    let sink = MemorySink()
    let reader = try RecordingReader(MemorySource(recording))
    let writer = try RecordingJSONWriter(to: sink, header: reader.header, options: options)
    while let event = try reader.next() { try writer.write(event) }
    try writer.finish(summary: reader.summary)
    return sink.bytes
}

/// A recording of these events.
func recording(_ fields: TermMap = ["id": "1"], _ events: [(Int, Atom, Term)]) throws -> [UInt8] {
    let sink = MemorySink()
    let writer = try RecordingWriter(to: sink, header: Header(fields: fields))
    for (offset, kind, payload) in events { try writer.append(offset: offset, kind: kind, payload: payload) }
    try writer.finish()
    return sink.bytes
}

/// What Foundation makes of JSON text.
func parsed(_ text: [UInt8]) throws -> NSObject {
    try #require(JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed) as? NSObject)
}
