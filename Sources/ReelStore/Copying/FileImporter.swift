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
        do {
            while let folder = folders.popLast() {
                for name in try FileSystem.names(in: folder).sorted() where !name.hasPrefix(".") {
                    let path = folder.appending(name)
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
        let copy = try await RecordingCopier.append(file.bytes, as: id, to: store, progress: nil)
        return Outcome(id: id, copy: copy, format: file.format, losses: file.losses)
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
