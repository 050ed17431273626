import SystemPackage

/// Where a folder's recordings are.
///
/// ```text
/// FOLDER/ID.reel             finished recordings, until there are many
/// FOLDER/00 ... ff/ID.reel   finished recordings, from then on
/// FOLDER/running/ID.reel     recordings without an end
/// FOLDER/.reel/              catalogues, locks, the latest changes: all that may be thrown away
/// ```
struct FileLayout {
    /// The folder.
    let root: FilePath
    /// Who may do what with the files.
    var permissions: FilePermissions = .ownerReadWrite

    /// From how many recordings on the folder gets folders.
    static let mostInRoot = 1_024
    static let ending = ".reel"
    private static let shardNames = (0..<256).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }

    /// A folder of finished recordings.
    struct Folder: Hashable {
        /// Empty for the root.
        let name: String
        let path: FilePath
    }

    var running: FilePath { root.appending("running") }
    var bookkeeping: FilePath { root.appending(".reel") }
    var locks: FilePath { bookkeeping.appending("locks") }
    var catalogues: FilePath { bookkeeping.appending("catalogue") }

    var changes: FilePath { bookkeeping.appending("changes") }

    /// Makes the folders that are always there.
    func create() throws {
        for folder in [root, running, bookkeeping, locks, catalogues] {
            try FileSystem.createFolder(folder, permissions: folderPermissions)
        }
    }

    /// Who may do what with the folders: who may read files may look into them.
    private var folderPermissions: FilePermissions {
        FilePermissions(rawValue: permissions.rawValue | (permissions.rawValue & 0o444) >> 2)
    }

    /// Whether the folder has its folders. They are made in order, so the last one tells.
    var isSharded: Bool { FileSystem.stamp(of: root.appending("ff"))?.isFolder == true }

    /// Makes the folders.
    func shard() throws {
        for name in FileLayout.shardNames {
            try FileSystem.createFolder(root.appending(name), permissions: folderPermissions)
        }
    }

    /// The folders that finished recordings are in.
    var folders: [Folder] {
        [Folder(name: "", path: root)]
            + (isSharded ? FileLayout.shardNames.map { Folder(name: $0, path: root.appending($0)) } : [])
    }

    func lock(of id: RecordingID) -> FilePath { locks.appending(FileLayout.shardNames[id.bucket & 0xFF]) }

    func catalogue(of folder: Folder) -> FilePath {
        catalogues.appending(folder.name.isEmpty ? "root" : folder.name)
    }

    func running(_ id: RecordingID) -> FilePath { running.appending(id.text + FileLayout.ending) }

    /// Where a finished recording may be.
    func finished(_ id: RecordingID) -> [FilePath] {
        let name = id.text + FileLayout.ending
        return [root.appending(FileLayout.shardNames[id.bucket >> 8]).appending(name), root.appending(name)]
    }

    /// Where a recording that is being finished goes.
    func place(of id: RecordingID) -> FilePath {
        let places = finished(id)
        return isSharded ? places[0] : places[1]
    }

    /// The id of the recording that a file is, by its name, or nil when it is none.
    static func id(ofFile name: String) -> RecordingID? {
        guard name.hasSuffix(ending) else { return nil }
        return RecordingID(validating: name.dropLast(ending.count))
    }
}
