import ReelStore
import SystemPackage

/// Room on the disk, beside a database, that is given up to delete when there is no other.
///
/// SQLite writes before it frees, so that nothing could be deleted on a full disk.
struct Reserve: Sendable {
    private let path: FilePath

    /// More than deleting writes at a time.
    private static let byteCount = 1 << 20

    init(beside database: String) { path = FilePath(database + "-reserve") }

    /// Takes the room if there is any. It is no error when there is none.
    func keep(_ permissions: FilePermissions) {
        _ = FileSystem.takeRoom(path, byteCount: Reserve.byteCount, permissions: permissions)
    }

    /// Gives the room up. Returns whether there was any.
    func giveUp() -> Bool { (try? FileSystem.remove(path)) == true }
}
