import ReelStore
import SystemPackage

/// A database's file, looked at before SQLite is asked to open it: that may make files beside it, and turn it to another journal.
struct DatabaseFile {
    /// What stands at a path.
    enum Content {
        /// Nothing, or a database without a table.
        case nothing
        case store
        /// A database of another application.
        case other
    }

    private static let magic = Array("SQLite format 3\0".utf8)
    /// How SQLite keeps the schema of a store: as the text that made it, on the first pages.
    private static let schema = Array("CREATE TABLE reel_recordings".utf8)
    /// How many bytes are looked through. A schema that is not within them is SQLite's to find.
    private static let searchedByteCount = 1 << 20

    /// What stands at a path; nil when that takes more than a look.
    ///
    /// - Throws: ``StoreError`` when it is no database.
    static func content(at path: FilePath) throws -> Content? {
        guard let stat = try? path.stat() else { return .nothing }
        guard stat.type == .regular else { throw StoreError(.invalidLocation, "no file, and so no database") }
        guard stat.size > 0 else { return .nothing }
        let start = try firstBytes(of: path)
        guard start.starts(with: magic), start.count > 108 else {
            throw StoreError(.invalidLocation, "a file that is no SQLite database")
        }
        let log = FilePath(path.string + "-wal")
        if start.firstRange(of: schema) != nil { return .store }
        // What has been written last may be in the log only.
        if let logged = try? firstBytes(of: log), logged.firstRange(of: schema) != nil { return .store }
        if start.count == searchedByteCount { return nil }
        // How many rows the page of the schema has.
        return start[103] == 0 && start[104] == 0 && start[100] == 13 ? .nothing : .other
    }

    private static func firstBytes(of path: FilePath) throws -> [UInt8] {
        let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        return try descriptor.closeAfter { try FileSystem.read(descriptor, 0..<searchedByteCount) }
    }

    /// Makes an empty file that only those may read who are to.
    static func create(_ path: FilePath, permissions: FilePermissions) throws {
        do {
            let descriptor = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: permissions)
            try descriptor.close()
        } catch Errno.fileExists {
            // Somebody else was faster.
        }
    }
}
