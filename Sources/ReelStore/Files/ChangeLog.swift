import SystemPackage
import Synchronization

/// The file through which the processes that use a folder tell each other what they have done: a line a change.
///
/// It may be thrown away at any time. When it has grown long a new one takes its place, and readers finish the old one
/// first.
final class ChangeLog: Sendable {
    private let path: FilePath
    private let permissions: FilePermissions
    private let reading = Guarded<Reading?>(nil)

    /// From this size on another file is started.
    private static let longest = 1 << 20

    private struct Reading {
        var descriptor: FileDescriptor?
        var inode: UInt64?
        var position: Int64
    }

    init(_ path: FilePath, permissions: FilePermissions) {
        self.path = path
        self.permissions = permissions
    }

    deinit { reading.withLock { try? $0?.descriptor?.close() } }

    /// Adds changes.
    func append(_ changes: [RecordingChange]) throws {
        let lines = Array(changes.map { $0.text + "\n" }.joined().utf8)
        while true {
            let isWritten = try FileSystem.withLock(path, permissions: permissions) { descriptor in
                // Somebody may have started another file before this one was locked.
                guard let stamp = FileSystem.stamp(of: path), try FileSystem.inode(of: descriptor) == stamp.inode else {
                    return false
                }
                if stamp.byteCount >= ChangeLog.longest {
                    _ = try FileSystem.remove(path)
                    return false
                }
                try descriptor.seek(offset: 0, from: .end)
                try descriptor.writeAll(lines)
                return true
            }
            if isWritten { return }
        }
    }

    /// The changes that were added since this was last asked; none the first time.
    func news() -> [RecordingChange] {
        reading.withLock { reading in
            guard var now = reading else {
                reading = ChangeLog.start(path, atEnd: true)
                return []
            }
            var changes = ChangeLog.read(&now)
            // Another file, or the first one, which is read from its start.
            while let stamp = FileSystem.stamp(of: path), stamp.inode != now.inode {
                changes += ChangeLog.read(&now)
                try? now.descriptor?.close()
                now = ChangeLog.start(path, atEnd: false)
                guard now.inode != nil else { break }
                changes += ChangeLog.read(&now)
            }
            reading = now
            return changes
        }
    }

    private static func start(_ path: FilePath, atEnd: Bool) -> Reading {
        guard
            let descriptor = try? FileDescriptor.open(
                path, .readOnly, options: [.closeOnExec, .nonBlocking, .noFollow]),
            let inode = try? FileSystem.inode(of: descriptor)
        else { return Reading(position: 0) }
        let end = atEnd ? (try? descriptor.seek(offset: 0, from: .end)) ?? 0 : 0
        return Reading(descriptor: descriptor, inode: inode, position: end)
    }

    /// Reads the whole lines that follow.
    private static func read(_ reading: inout Reading) -> [RecordingChange] {
        guard let descriptor = reading.descriptor, let end = try? descriptor.seek(offset: 0, from: .end) else {
            return []
        }
        // Somebody has emptied it.
        guard end >= reading.position else {
            reading.position = end
            return [.unknown]
        }
        guard end > reading.position,
            let bytes = try? FileSystem.read(descriptor, Int(reading.position)..<Int(end)),
            let last = bytes.lastIndex(of: UInt8(ascii: "\n"))
        else { return [] }
        reading.position += Int64(last + 1)
        return bytes[..<last].split(separator: UInt8(ascii: "\n")).map {
            RecordingChange(text: String(decoding: $0, as: UTF8.self))
        }
    }
}
