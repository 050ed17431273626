import FoundationEssentials
import Glibc
import Synchronization
package import SystemPackage

/// What the system does with files and folders. The pointers that its calls want stay in here.
package enum FileSystem {
    /// What tells one state of a file or folder from another.
    struct Stamp: Hashable {
        var inode: UInt64
        var byteCount: Int
        /// When it was last changed, in nanoseconds since 1970.
        var modified: Int
        var isFolder: Bool
        /// When it was last changed, in milliseconds since 1970.
        var milliseconds: Int { modified / 1_000_000 }
    }

    /// The state of what stands at `path`, or nil when nothing does.
    ///
    /// - Parameter followsLinks: whether it is that of what a link leads to. What stands in a store's folder is no link.
    static func stamp(of path: FilePath, followsLinks: Bool = true) -> Stamp? {
        guard let stat = try? path.stat(followTargetSymlink: followsLinks) else { return nil }
        return Stamp(
            inode: UInt64(stat.inode.rawValue), byteCount: Int(stat.size),
            modified: Int(stat.st_mtim.tv_sec) * 1_000_000_000 + Int(stat.st_mtim.tv_nsec),
            isFolder: stat.type == .directory)
    }

    /// Who may do what with what stands at `path`, or nil when nothing does.
    static func permissions(of path: FilePath) -> FilePermissions? {
        try? path.stat(followTargetSymlink: false).permissions
    }

    /// The number of an open file, which no other file has as long as it is open.
    static func inode(of descriptor: FileDescriptor) throws -> UInt64 { UInt64(try descriptor.stat().inode.rawValue) }

    /// Reads what of a range of an open file is there.
    package static func read(_ descriptor: FileDescriptor, _ range: Range<Int>) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        // Safe: the array outlives the call, which writes no more than fits.
        let count = try unsafe bytes.withUnsafeMutableBytes { room in
            try unsafe descriptor.read(fromAbsoluteOffset: Int64(range.lowerBound), into: room)
        }
        return Array(bytes.prefix(count))
    }

    /// The time now, in nanoseconds since 1970.
    static var now: Int {
        var time = timespec()
        // Safe: the system writes into the variable, which outlives the call.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
    }

    /// The names of what is in a folder, in no order; none when there is no such folder.
    static func names(in folder: FilePath) throws -> [String] { try entries(in: folder).map(\.string) }

    /// What is in a folder, whose names need not be UTF-8, in no order; nothing when there is no such folder.
    static func entries(in folder: FilePath) throws -> [FilePath.Component] {
        // Safe: the string outlives the call, and the stream is closed once.
        guard let stream = unsafe folder.withPlatformString({ unsafe opendir($0) }) else {
            let error = Errno(rawValue: errno)
            if error == .noSuchFileOrDirectory { return [] }
            throw error
        }
        defer { unsafe _ = closedir(stream) }
        var entries: [FilePath.Component] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            // Safe: the system ends the name with a zero, and keeps it until it is asked for the next one.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe FilePath.Component(platformString: $0)
                }
            }
            if let name, name.kind == .regular { entries.append(name) }
        }
        guard errno == 0 else { throw Errno(rawValue: errno) }
        return entries
    }

    /// Makes a folder, and those that it is in.
    ///
    /// - Parameter permissions: those of the folder itself.
    static func createFolder(_ path: FilePath, permissions: FilePermissions) throws {
        guard stamp(of: path)?.isFolder != true else { return }
        try FileManager.default.createDirectory(
            atPath: path.string, withIntermediateDirectories: true,
            attributes: [.posixPermissions: UInt(permissions.rawValue)])
        try sync(folder: path.removingLastComponent())
    }

    /// Puts a file in the place of another one, or of none, so that either is there at any time.
    static func move(_ source: FilePath, to target: FilePath) throws {
        // Safe: the strings outlive the call.
        let result = unsafe source.withPlatformString { source in
            unsafe target.withPlatformString { target in unsafe rename(source, target) }
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
    }

    /// Sets when a file was last changed, in nanoseconds since 1970.
    static func setModified(_ path: FilePath, to time: Int) throws {
        let (seconds, nanoseconds) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
        let time = timespec(tv_sec: seconds, tv_nsec: nanoseconds)
        // Safe: the string and the array, which has the two elements that the call reads, outlive the call.
        let result = unsafe path.withPlatformString { path in
            unsafe [time, time].withUnsafeBufferPointer { unsafe utimensat(AT_FDCWD, path, $0.baseAddress, 0) }
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
    }

    /// Removes a file. Returns whether it was there.
    package static func remove(_ path: FilePath) throws -> Bool {
        // Safe: the string outlives the call.
        let result = unsafe path.withPlatformString { unsafe unlink($0) }
        if result == 0 { return true }
        let error = Errno(rawValue: errno)
        guard error == .noSuchFileOrDirectory || error == .notDirectory else { throw error }
        return false
    }

    /// Makes a file that takes so much room on the disk, if there is any. Returns whether there was, or a file already.
    package static func takeRoom(_ path: FilePath, byteCount: Int, permissions: FilePermissions) -> Bool {
        do {
            let descriptor = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: permissions)
            let isTaken = try descriptor.closeAfter { posix_fallocate(descriptor.rawValue, 0, off_t(byteCount)) == 0 }
            if !isTaken { _ = try remove(path) }
            return isTaken
        } catch {
            return (error as? Errno) == .fileExists
        }
    }

    /// Waits until a file's bytes, and its length, are on the disk.
    static func sync(_ descriptor: FileDescriptor) throws {
        guard fdatasync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Waits until the names in a folder are on the disk.
    static func sync(folder: FilePath) throws {
        let descriptor = try FileDescriptor.open(folder.isEmpty ? "." : folder, .readOnly, options: .closeOnExec)
        try descriptor.closeAfter {
            guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
        }
    }

    /// Writes a file that can be made again at any time: whole or not at all, but perhaps not to the disk yet.
    static func replace(_ path: FilePath, with bytes: [UInt8], permissions: FilePermissions = .ownerReadWrite) throws {
        let name = ".reel-\(String(UInt64.random(in: .min ... .max), radix: 36)).tmp"
        let temporary = path.removingLastComponent().appending(name)
        let descriptor = try FileDescriptor.open(
            temporary, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
        do {
            try descriptor.closeAfter {
                if permissions != .ownerReadWrite, fchmod(descriptor.rawValue, permissions.rawValue) != 0 {
                    throw Errno(rawValue: errno)
                }
                _ = try descriptor.writeAll(bytes)
            }
            try move(temporary, to: path)
        } catch {
            _ = try? remove(temporary)
            throw error
        }
    }

    /// Does something while no other thread or process holds the lock of the file at `path`.
    static func withLock<Result>(
        _ path: FilePath, permissions: FilePermissions, _ body: () throws -> Result
    ) throws -> Result {
        try withLock(path, permissions: permissions) { _ in try body() }
    }

    /// Does something with the file at `path` while no other thread or process holds its lock.
    static func withLock<Result>(
        _ path: FilePath, permissions: FilePermissions, _ body: (FileDescriptor) throws -> Result
    ) throws -> Result {
        let descriptor = try FileDescriptor.open(
            path, .readWrite, options: [.create, .closeOnExec, .nonBlocking, .noFollow],
            permissions: permissions)
        return try descriptor.closeAfter {
            while flock(descriptor.rawValue, LOCK_EX) != 0 {
                guard errno == EINTR else { throw Errno(rawValue: errno) }
            }
            // Closing unlocks.
            return try body(descriptor)
        }
    }
}

extension StoreError {
    /// The error that one of a file's means.
    init(wrapping error: any Error, _ what: String) {
        if let error = error as? StoreError {
            self = error
            return
        }
        var code = error as? Errno
        // Foundation's errors say little themselves.
        if code == nil, let error = (error as? CocoaError)?.underlying as? POSIXError {
            code = Errno(rawValue: error.code.rawValue)
        }
        let reason = code.map { "\($0)" } ?? "\(error)"
        switch code {
        case .noSpace?, .diskQuotaExceeded?, .fileTooLarge?: self.init(.full, "\(what): \(reason)")
        case .readOnlyFileSystem?, .permissionDenied?, .notPermitted?: self.init(.readOnly, "\(what): \(reason)")
        default: self.init(.inputOutput, "\(what): \(reason)")
        }
    }
}
