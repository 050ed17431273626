import Glibc
public import SystemPackage

/// A file that is open for reading: from its start on, or any part of it.
public final class InputFile: ByteSource, RandomAccessBytes {
    private let descriptor: FileDescriptor
    private let isOwned: Bool
    /// The file's length in bytes when it was opened.
    public let byteCount: Int

    /// Opens the file at `path`.
    ///
    /// - Parameter followsLinks: whether a symbolic link is followed. Where others may put files, it should not be: a link leads
    ///   to any file that this process may read.
    /// - Throws: `Errno` when it cannot be opened or is a folder, ``ReelError`` when it is no regular file: a pipe is not waited for,
    ///   and a device not read.
    public init(_ path: FilePath, followsLinks: Bool = true) throws {
        var options: FileDescriptor.OpenOptions = [.closeOnExec, .nonBlocking]
        if !followsLinks { options.insert(.noFollow) }
        do {
            descriptor = try FileDescriptor.open(path, .readOnly, options: options)
        } catch Errno.tooManySymbolicLinkLevels where !followsLinks {
            throw ReelError(.inputOutput, "a link, not a file")
        } catch Errno.noSuchAddressOrDevice {
            throw ReelError(.inputOutput, "a socket or a device, not a file")
        }
        isOwned = true
        do {
            if let what = try File.kindOfOther(descriptor) { throw ReelError(.inputOutput, "\(what), not a file") }
            byteCount = Int(try descriptor.seek(offset: 0, from: .end))
            try descriptor.seek(offset: 0, from: .start)
            var nothing: [UInt8] = []
            // A folder opens, but does not read.
            _ = try File.read(descriptor, at: 0, upTo: 1, appendingTo: &nothing)
        } catch {
            try? descriptor.close()
            throw error
        }
    }

    deinit { if isOwned { try? descriptor.close() } }

    public func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
        try File.read(descriptor, at: nil, upTo: count, appendingTo: &buffer)
    }

    public func read(_ range: Range<Int>) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        while bytes.count < range.count {
            let count = try File.read(
                descriptor, at: range.lowerBound + bytes.count, upTo: range.count - bytes.count, appendingTo: &bytes)
            guard count > 0 else {
                throw ReelError(
                    .truncated, "\(range.count) bytes expected, \(bytes.count) there", offset: range.lowerBound)
            }
        }
        return bytes
    }
}

/// Standard input, or any other open descriptor that gives bytes in order only.
public struct DescriptorSource: ByteSource {
    private let descriptor: FileDescriptor

    /// Creates a source of what `descriptor` gives. The descriptor stays the caller's to close.
    public init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

    public mutating func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
        try File.read(descriptor, at: nil, upTo: count, appendingTo: &buffer)
    }
}

/// Standard output, or any other open descriptor that takes bytes in order.
public struct DescriptorSink: ByteSink {
    private let descriptor: FileDescriptor

    /// Creates a sink into `descriptor`, which stays the caller's to close.
    public init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

    public mutating func write(_ bytes: [UInt8]) throws { try descriptor.writeAll(bytes) }
}

/// A file that appears whole or not at all: written under another name, synced, renamed, and its folder synced.
///
/// Recordings hold what people typed, so nobody but the owner may read it unless its permissions say so.
///
/// A file that is dropped before ``commit()`` leaves nothing, and what stood under its name stays as it was.
public final class AtomicFile: ByteSink {
    private let path: FilePath
    private let temporary: FilePath
    private let descriptor: FileDescriptor
    private var state = State.open

    private enum State { case open, placed, discarded }

    /// Starts the file that will stand at `path`.
    ///
    /// - Parameter permissions: who may do what with the file, whatever the process's mask is.
    /// - Throws: `Errno` when its folder does not exist or is not writable.
    public init(_ path: FilePath, permissions: FilePermissions = .ownerReadWrite) throws {
        self.path = path
        // Not made of the file's own name, which may be as long as names can be.
        let name = ".reel-\(String(UInt64.random(in: .min ... .max), radix: 36)).tmp"
        temporary = path.removingLastComponent().appending(name)
        descriptor = try FileDescriptor.open(
            temporary, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
        if permissions != .ownerReadWrite {
            guard fchmod(descriptor.rawValue, permissions.rawValue) == 0 else {
                let error = Errno(rawValue: errno)
                discard()
                throw error
            }
        }
    }

    deinit { discard() }

    /// Writes all of `bytes`.
    ///
    /// - Throws: `Errno`, also when the file has been put in its place or discarded.
    public func write(_ bytes: [UInt8]) throws {
        // The descriptor's number may be another file's by then.
        guard state == .open else { throw Errno.badFileDescriptor }
        try descriptor.writeAll(bytes)
    }

    /// Puts the file in its place.
    ///
    /// - Throws: `Errno`; then the file is discarded.
    public func commit() throws {
        guard state == .open else { return }
        do {
            try File.sync(descriptor)
            try File.rename(temporary, to: path)
        } catch {
            discard()
            throw error
        }
        state = .placed
        try descriptor.close()
        try File.syncFolder(of: path)
    }

    /// Gives the file up, and leaves nothing of it.
    public func discard() {
        guard state == .open else { return }
        state = .discarded
        try? descriptor.close()
        File.remove(temporary)
    }
}

/// What the system does with files. The pointers that its calls want stay in here.
enum File {
    /// The most bytes that are asked of the system at once.
    private static let largestRead = 1 << 20

    static func read(
        _ descriptor: FileDescriptor, at offset: Int?, upTo count: Int, appendingTo buffer: inout [UInt8]
    ) throws -> Int {
        let wanted = min(max(count, 0), largestRead)
        guard wanted > 0 else { return 0 }
        if buffer.capacity - buffer.count < wanted {
            // At least doubled, because a file is read piece by piece.
            buffer.reserveCapacity(buffer.count + max(wanted, buffer.count))
        }
        var outcome: Result<Int, any Error> = .success(0)
        buffer.append(addingCapacity: wanted) { room in
            // Safe: the system writes from the front, and what it reports to have written is initialized.
            unsafe room.withUnsafeMutableBufferPointer { memory, initializedCount in
                let target = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(memory)[..<wanted])
                outcome = Result {
                    if let offset { return try unsafe descriptor.read(fromAbsoluteOffset: Int64(offset), into: target) }
                    return try unsafe descriptor.read(into: target)
                }
                initializedCount = (try? outcome.get()) ?? 0
            }
        }
        return try outcome.get()
    }

    /// What stands behind an open descriptor that is neither a regular file nor a folder; nil for those.
    static func kindOfOther(_ descriptor: FileDescriptor) throws -> String? {
        switch try descriptor.stat().type {
        case .regular, .directory: nil
        case .fifo: "a pipe"
        case .socket: "a socket"
        default: "a device"
        }
    }

    static func sync(_ descriptor: FileDescriptor) throws {
        guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }

    static func syncFolder(of path: FilePath) throws {
        let folder = path.removingLastComponent()
        let descriptor = try FileDescriptor.open(folder.isEmpty ? "." : folder, .readOnly, options: .closeOnExec)
        try descriptor.closeAfter { try sync(descriptor) }
    }

    static func rename(_ source: FilePath, to target: FilePath) throws {
        // Safe: the strings outlive the call.
        let result = unsafe source.withPlatformString { source in
            unsafe target.withPlatformString { target in unsafe Glibc.rename(source, target) }
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
    }

    static func remove(_ path: FilePath) {
        _ = unsafe path.withPlatformString { unsafe unlink($0) }
    }
}
