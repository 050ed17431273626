import ExternalTerm
public import Reel
public import SystemPackage

/// Puts files into a store: recordings, and whatever PhoenixReplay has written, told apart by their content.
///
/// The same file put again changes nothing, so an import that was interrupted is simply started again.
///
/// ```swift
/// let importer = FileImporter(into: store)
/// await importer.putAll(try FileImporter.files(in: "priv/replay_recordings")) { path, result in print(path, result) }
/// ```
public struct FileImporter: Sendable {
    private let store: any RecordingStore
    private let options: WriterOptions

    /// What has become of a file.
    public struct Outcome: Hashable, Sendable {
        /// What the store calls the recording.
        public var id: RecordingID
        /// What has been sent.
        public var copy: RecordingCopier.Outcome
        /// Which generation of PhoenixReplay wrote the file, when one has; nil of its JSON files too.
        public var format: PhoenixReplayFormat?
        /// What of the file could not be read, one sentence each.
        public var losses: [String]
    }

    /// Creates an importer.
    ///
    /// - Parameter options: how files of PhoenixReplay's are written as recordings. The same options give the same bytes.
    public init(into store: any RecordingStore, options: WriterOptions = .smallest) {
        self.store = store
        self.options = options
    }

    /// The files in a folder, and in those in it, that may be recordings.
    ///
    /// What starts with a dot is left out, and so are the `.summary` files of PhoenixReplay's, which say nothing new. Its JSON
    /// files come after the others, and its `.part` files last: where a session has several, the first one counts.
    public static func files(in folder: FilePath) throws(StoreError) -> [FilePath] {
        var files: [FilePath] = []
        var folders = [folder]
        // A link may lead to a folder that it stands in.
        var seen: Set<UInt64> = []
        do {
            while let folder = folders.popLast() {
                if let stamp = FileSystem.stamp(of: folder), !seen.insert(stamp.inode).inserted { continue }
                let entries = try FileSystem.entries(in: folder).sorted { $0.string < $1.string }
                for entry in entries where !entry.string.hasPrefix(".") {
                    let (path, name) = (folder.appending(entry), entry.string)
                    guard let stamp = FileSystem.stamp(of: path) else { continue }
                    if stamp.isFolder {
                        folders.append(path)
                    } else if !name.hasSuffix(".summary") {
                        files.append(path)
                    }
                }
            }
        } catch {
            throw StoreError(wrapping: error, "\(folder)")
        }
        return inOrder(files).flatMap(\.self)
    }

    /// Files in the order in which they count: those that say most first.
    private static func inOrder(_ files: [FilePath]) -> [[FilePath]] {
        let ranks = [[""], [".json", ".json.gz"], [".part"]]
        func rank(_ file: FilePath) -> Int {
            ranks.lastIndex { $0.contains { file.string.hasSuffix($0) } } ?? 0
        }
        return ranks.indices.map { index in files.filter { rank($0) == index } }
    }

    /// Puts one file into the store.
    ///
    /// - Parameter id: what the store calls it: by default the recording's own id, or else its file's name.
    /// - Throws: ``StoreError``, of the kind ``StoreError/Kind/invalidRecording`` when it is no recording.
    public func put(_ path: FilePath, as id: RecordingID? = nil) async throws(StoreError) -> Outcome {
        let options = options
        let file = try await BlockingWork.run { () throws(StoreError) in try PreparedFile.open(path, options) }
        let id = if let id { id } else { try file.id(for: path) }
        let copy = try await append(file, as: id)
        return Outcome(id: id, copy: copy, format: file.format, losses: file.losses)
    }

    /// Appends a recording, or has it take the place of a part of the same session that was put before.
    private func append(_ file: PreparedFile, as id: RecordingID) async throws(StoreError) -> RecordingCopier.Outcome {
        do throws(StoreError) {
            return try await RecordingCopier.append(file.bytes, as: id, to: store, progress: nil)
        } catch {
            guard error.kind == .conflict, let there = try await store.recording(id), there.damage == nil else {
                throw error
            }
            let content = try await store.open(id)
            let relation = try await BlockingWork.run { () throws(StoreError) in
                try file.relation(to: there, content, id)
            }
            switch relation {
            case .other: throw error
            case .part: return .unchanged
            case .whole:
                // What is deleted is a part of what takes its place, which the caller has.
                try await store.delete([id], keepingUnfinished: false)
                return try await RecordingCopier.append(file.bytes, as: id, to: store, progress: nil)
            }
        }
    }

    /// Puts files into the store, several at a time. One that fails does not stop the others.
    ///
    /// - Parameter report: called with what has become of each.
    public func putAll(
        _ files: [FilePath], atOnce: Int = 4,
        _ report: @escaping @Sendable (FilePath, Result<Outcome, StoreError>) -> Void
    ) async {
        let importer = self
        // Those that say less wait for the rest.
        for batch in FileImporter.inOrder(files) {
            await SeveralAtOnce.forEach(batch, atOnce: atOnce) { path in
                do throws(StoreError) {
                    report(path, .success(try await importer.put(path)))
                } catch {
                    report(path, .failure(error))
                }
            }
        }
    }
}

/// A file as a store takes it: whole members of a recording.
private struct PreparedFile: Sendable {
    let bytes: any RandomAccessBytes
    let header: Header
    var format: PhoenixReplayFormat?
    var losses: [String] = []

    init(_ path: FilePath, options: WriterOptions) throws {
        let file = try InputFile(path)
        if ImportedRecording.matches(file) {
            let imported = try ImportedRecording(file, options: options)
            (bytes, header, format, losses) = (imported.bytes, imported.header, imported.format, imported.losses)
            return
        }
        let recording = try RecordingFile(file)
        header = try recording.header
        guard recording.layout == .sequential else {
            if let damage = recording.damage, damage.kind != .truncated { throw damage }
            bytes = file
            return
        }
        // Stores keep members that say what they hold.
        let reader = try RecordingReader(file)
        let sink = MemorySink()
        let writer = try RecordingWriter(to: sink, header: header, options: options)
        while let event = try reader.next() { try writer.append(event) }
        try writer.finish(reason: reader.summary?.reason ?? .interrupted)
        bytes = MemorySource(sink.bytes)
    }

    /// How a file relates to what a store has under its id.
    enum Relation {
        /// They are of two sessions, or nobody can tell.
        case other
        /// The store has all of it, and the session's end.
        case part
        /// The store has the start of it, which nobody is writing any more.
        case whole
    }

    func relation(
        to there: StoredRecording, _ content: any StoredContent, _ id: RecordingID
    ) throws(StoreError) -> Relation {
        do throws(ReelError) {
            let eventCount = try RecordingFile(bytes).eventCount
            let other = try RecordingFile(content).header
            // A session that is being recorded names its recorder, and whose it is.
            guard header.connectedAt != nil, header.connectedAt == other.connectedAt, header.view == other.view,
                header.url == other.url, other.fields[atom: "recorder"] == nil
            else { return .other }
            if format == .part, there.isFinished, eventCount <= there.eventCount { return .part }
            let mayGrow = !there.isFinished || there.summary.reason == .interrupted
            return mayGrow && eventCount >= there.eventCount ? .whole : .other
        } catch {
            throw StoreError(invalid: id, error)
        }
    }

    static func open(_ path: FilePath, _ options: WriterOptions) throws(StoreError) -> PreparedFile {
        do {
            return try PreparedFile(path, options: options)
        } catch let error as ReelError {
            let kind: StoreError.Kind = error.kind == .inputOutput ? .inputOutput : .invalidRecording
            throw StoreError(kind, error.description, cause: error)
        } catch Errno.noSuchFileOrDirectory {
            throw StoreError(.notFound, "no such file")
        } catch {
            throw StoreError(wrapping: error, "\(path)")
        }
    }

    func id(for path: FilePath) throws(StoreError) -> RecordingID {
        if let id = header.id.flatMap({ RecordingID(validating: $0) }) { return id }
        let name = path.lastComponent?.string ?? ""
        if let id = RecordingID(validating: name.prefix { $0 != "." }) { return id }
        throw StoreError(
            .invalidID, header.id.map(RecordingID.rule(broken:)) ?? "neither the recording nor its name gives an id")
    }
}
