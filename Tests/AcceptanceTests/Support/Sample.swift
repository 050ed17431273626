import ExternalTerm
import Foundation
import Reel
import Testing

/// A file of `Samples/`: a session as PhoenixReplay has stored it.
struct Sample: CustomTestStringConvertible, Sendable {
    let file: URL
    let format: PhoenixReplayFormat

    /// The folder of the package.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// All samples but those in JSON, which say less than the others of the same sessions.
    static let all: [Sample] = {
        let folder = root.appending(path: "Samples")
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        return paths.sorted().compactMap { path in
            let formats: [(ending: String, format: PhoenixReplayFormat)] = [
                (".etf.gz", .map), (".recording", .recording), (".part", .part),
            ]
            return formats.first { path.hasSuffix($0.ending) }
                .map { Sample(file: folder.appending(path: path), format: $0.format) }
        }
    }()

    /// The samples that are read at every event: all but those of 10,000 events.
    static let small = all.filter { !$0.name.hasPrefix("long-") }
    static let long = all.filter { $0.name.hasPrefix("long-") }

    var name: String { file.lastPathComponent }
    /// A name without dots, as a module's or a test's might be.
    var stem: String { name.replacing(".", with: "-") }
    var testDescription: String { name }

    /// The sample with this name.
    static func named(_ name: String) throws -> Sample { try #require(all.first { $0.name == name }) }

    func importer() throws -> PhoenixReplayImporter { try PhoenixReplayImporter(MemorySource(file.bytes)) }

    /// The recording that the library makes of the sample.
    func imported(_ options: WriterOptions) throws -> [UInt8] {
        let sink = MemorySink()
        _ = try importer().write(to: sink, options: options)
        return sink.bytes
    }
}

/// A sample that the library has imported at the level of recordings that are kept.
struct Imported: Sendable {
    let sample: Sample
    let recording: [UInt8]
    let report: ImportReport
    let duration: Duration

    /// Every sample, imported once for all tests.
    static let all: [Result<Imported, any Error>] = {
        let results = Results(count: Sample.all.count)
        DispatchQueue.concurrentPerform(iterations: Sample.all.count) { index in
            results.set(Result { try Imported(Sample.all[index]) }, at: index)
        }
        return results.all
    }()

    static func of(_ sample: Sample) throws -> Imported {
        let index = try #require(Sample.all.firstIndex { $0.file == sample.file })
        return try all[index].get()
    }

    private init(_ sample: Sample) throws {
        self.sample = sample
        let sink = MemorySink()
        let start = ContinuousClock.now
        report = try sample.importer().write(to: sink)
        duration = ContinuousClock.now - start
        recording = sink.bytes
    }
}

/// What threads find out, each at a place of its own.
private final class Results: @unchecked Sendable {
    private let lock = NSLock()
    private var results: [Result<Imported, any Error>?]

    init(count: Int) { results = Array(repeating: nil, count: count) }

    var all: [Result<Imported, any Error>] { lock.withLock { results.compactMap(\.self) } }

    func set(_ result: Result<Imported, any Error>, at index: Int) { lock.withLock { results[index] = result } }
}
