import Reel
import Synchronization
import SystemPackage

/// What a listing says of all finished recordings of a folder: a catalogue for each of its folders, each made again when its
/// folder has changed.
final class Catalogue: Sendable {
    private let layout: FileLayout
    private let state = Guarded(State())

    /// A folder's time says that nothing has changed only when it is older than what its clock cannot tell apart.
    private static let settled = 2_000_000_000

    private struct State {
        /// The catalogues by their folders' names.
        var catalogues: [String: CatalogueBytes] = [:]
        /// What has been written through this store and is in no catalogue yet: it need not be read again.
        var news: [RecordingID: CatalogueBytes.Entry] = [:]
    }

    init(layout: FileLayout) { self.layout = layout }

    /// Takes note of a recording that has just been written.
    func note(_ recording: StoredRecording, _ stamp: FileSystem.Stamp) {
        state.withLock { state in
            // Nobody may be listing.
            if state.news.count >= 16_384 { state.news.removeAll() }
            state.news[recording.id] = CatalogueBytes.Entry(recording: recording, stamp: stamp)
        }
    }

    /// What has just been written, if it still is what stands there.
    func known(_ id: RecordingID, _ stamp: FileSystem.Stamp) -> StoredRecording? {
        state.withLock { state in state.news[id].flatMap { $0.stamp == stamp ? $0.recording : nil } }
    }

    /// The catalogues of all folders, as they are now.
    func read() throws -> [CatalogueBytes] {
        let folders = layout.folders
        let results = Guarded<[Int: Result<CatalogueBytes, any Error>]>([:])
        BlockingWork.forEach(folders.count) { index in
            let result = Result { try self.read(folders[index]) }
            results.withLock { $0[index] = result }
        }
        return try results.withLock { results in try folders.indices.compactMap { try results[$0]?.get() } }
    }

    private func read(_ folder: FileLayout.Folder) throws -> CatalogueBytes {
        guard let stamp = FileSystem.stamp(of: folder.path) else { return CatalogueBytes([], folderModified: 0) }
        let kept = state.withLock { $0.catalogues[folder.name] }
        if let kept, kept.folderModified == stamp.modified { return kept }
        let path = layout.catalogue(of: folder)
        var old = kept
        if old == nil, let file = try? InputFile(path, followsLinks: false),
            let bytes = try? file.read(0..<file.byteCount)
        {
            old = CatalogueBytes(bytes)
            if let old, old.folderModified == stamp.modified {
                state.withLock { $0.catalogues[folder.name] = old }
                return old
            }
        }
        let age = FileSystem.now - stamp.modified
        let modified = age > Catalogue.settled ? stamp.modified : 0
        let new = try survey(folder, old, modified: modified)
        state.withLock { state in
            state.catalogues[folder.name] = new.bytes
            for id in new.ids { state.news[id] = nil }
        }
        // It can be made again: a folder that may only be read is listed all the same.
        if new.isChanged || new.bytes.folderModified != 0 {
            try? FileSystem.replace(path, with: new.bytes.encoded, permissions: layout.permissions)
        }
        return new.bytes
    }

    /// Goes through a folder, and reads what is not in its old catalogue.
    private func survey(
        _ folder: FileLayout.Folder, _ old: CatalogueBytes?, modified: Int
    ) throws -> (bytes: CatalogueBytes, ids: [RecordingID], isChanged: Bool) {
        var rows: [RecordingID: Int] = [:]
        for row in 0..<(old?.count ?? 0) { if let id = old?.id(at: row) { rows[id] = row } }
        var entries: [CatalogueBytes.Entry] = []
        var news: [RecordingID] = []
        var missing: [(RecordingID, FilePath, FileSystem.Stamp)] = []
        var found = 0
        for name in try FileSystem.names(in: folder.path) {
            let path = folder.path.appending(name)
            guard let id = FileLayout.id(ofFile: name) else {
                removeLeftover(path, name)
                continue
            }
            guard let stamp = FileSystem.stamp(of: path, followsLinks: false), !stamp.isFolder else { continue }
            if let row = rows[id], let old, old.row(at: row).stamp == stamp, let entry = old.entry(at: row) {
                entries.append(entry)
                found += 1
            } else if let entry = state.withLock({ $0.news[id] }), entry.stamp == stamp {
                entries.append(entry)
                news.append(id)
            } else {
                missing.append((id, path, stamp))
            }
        }
        let isChanged = old == nil || found != rows.count || !news.isEmpty || !missing.isEmpty
        if !isChanged, let old, modified == 0 { return (old, [], false) }
        entries += Catalogue.read(missing)
        return (CatalogueBytes(entries, folderModified: modified), news, isChanged)
    }

    /// Reads what no catalogue knows, several files at a time.
    private static func read(_ files: [(RecordingID, FilePath, FileSystem.Stamp)]) -> [CatalogueBytes.Entry] {
        let entries = Guarded<[CatalogueBytes.Entry]>([])
        BlockingWork.forEach(files.count) { index in
            let (id, path, stamp) = files[index]
            let entry = CatalogueBytes.Entry(recording: RecordingSurvey.recording(id, at: path, stamp), stamp: stamp)
            entries.withLock { $0.append(entry) }
        }
        return entries.withLock { $0 }
    }

    /// Removes what a process that died an hour ago or earlier has left.
    private func removeLeftover(_ path: FilePath, _ name: String) {
        guard name.hasPrefix(".reel-"), name.hasSuffix(".tmp"), let stamp = FileSystem.stamp(of: path),
            FileSystem.now - stamp.modified > 3_600_000_000_000
        else { return }
        _ = try? FileSystem.remove(path)
    }
}
