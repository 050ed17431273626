import Reel
import ReelJSON

/// A file of PhoenixReplay's, terms or JSON, that is about to become a recording.
enum PhoenixReplayFile {
    case terms(PhoenixReplayImporter)
    case json(PhoenixReplayJSONImporter)

    /// Which form of file it is. Implements Spec/phoenix-replay.md §1.
    enum Form: String {
        case map, recording, part, json
    }

    /// Opens a file, and reads all of it once.
    init(_ bytes: InputFile) throws {
        if PhoenixReplayJSONImporter.matches(bytes) {
            self = .json(try PhoenixReplayJSONImporter(bytes))
        } else {
            self = .terms(try PhoenixReplayImporter(bytes))
        }
    }

    /// Whether `bytes` start like such a file.
    static func matches(_ bytes: any RandomAccessBytes) -> Bool {
        PhoenixReplayFormat.matches(bytes) || PhoenixReplayJSONImporter.matches(bytes)
    }

    var form: Form {
        switch self {
        case .terms(let importer):
            switch importer.format {
            case .map: .map
            case .recording: .recording
            case .part: .part
            }
        case .json: .json
        }
    }

    /// What cannot be imported, one sentence each.
    var losses: [String] {
        switch self {
        case .terms(let importer): importer.losses
        case .json(let importer): importer.losses
        }
    }

    /// What the file does not say as well as a session's other forms do, in words.
    var remark: String? {
        guard case .json = self else { return nil }
        return "JSON has lost what tells atoms, tuples and structs from strings, lists and maps (Spec/json.md §5.3)"
    }

    /// Writes the recording, and returns its summary and what cannot be imported, one sentence each.
    ///
    /// - Parameter leavesOutMalformed: whether events that are none are left out, where terms tell where the next one is.
    func write(
        to sink: any ByteSink, options: WriterOptions, leavesOutMalformed: Bool = false,
        progress: ((_ done: Int, _ total: Int) -> Void)?
    ) throws(ReelError) -> (summary: Summary, losses: [String]) {
        switch self {
        case .terms(let importer):
            let report = try importer.write(
                to: sink, options: options, leavesOutMalformed: leavesOutMalformed, progress: progress)
            return (report.summary, report.losses)
        case .json(let importer):
            return (try importer.write(to: sink, options: options, progress: progress), importer.losses)
        }
    }

    /// Writes the same with all processors, where there is much to be written.
    func writeAtOnce(
        to sink: any ByteSink, options: WriterOptions, progress: ((_ done: Int, _ total: Int) -> Void)?
    ) async throws(ReelError) -> Summary {
        guard case .terms(let importer) = self else {
            return try write(to: sink, options: options, progress: progress).summary
        }
        return try await importer.writeAtOnce(to: sink, options: options, progress: progress).summary
    }
}
