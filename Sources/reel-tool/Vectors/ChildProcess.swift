import Glibc
import SystemPackage

/// A shell command that runs beside this process, with pipes to its standard input and from its standard output.
///
/// The calls of the system that want pointers stay in here. Foundation has a type for this, but loading Foundation
/// would take the tool longer than most of its commands do.
final class ChildProcess {
    /// The end of the pipe that the child reads.
    private let input: FileDescriptor
    /// The end of the pipe that the child writes.
    private let output: FileDescriptor
    private let id: pid_t
    private var isInputOpen = true
    private var status: Int32?

    /// Starts `command` through `/bin/sh -c`.
    ///
    /// - Throws: `Errno`.
    init(command: String) throws {
        let toChild = try FileDescriptor.pipe()
        do {
            let fromChild = try FileDescriptor.pipe()
            do {
                id = try ChildProcess.spawn(
                    ["/bin/sh", "-c", command], standardInput: toChild.readEnd, standardOutput: fromChild.writeEnd,
                    closing: [toChild.writeEnd, fromChild.readEnd])
            } catch {
                try? fromChild.readEnd.close()
                try? fromChild.writeEnd.close()
                throw error
            }
            output = fromChild.readEnd
            try? fromChild.writeEnd.close()
        } catch {
            try? toChild.readEnd.close()
            try? toChild.writeEnd.close()
            throw error
        }
        input = toChild.writeEnd
        try? toChild.readEnd.close()
    }

    deinit {
        kill()
        closeInput()
        try? output.close()
        // Nothing survives that signal, so this is soon over; if not, the system cleans up after this process.
        _ = end(until: .now + .seconds(1))
    }

    /// Writes all of `bytes` to the child's standard input.
    ///
    /// - Throws: `Errno`, `brokenPipe` when the child does not read any more.
    func write(_ bytes: [UInt8]) throws { try input.writeAll(bytes) }

    /// Ends the child's standard input.
    func closeInput() {
        if isInputOpen { try? input.close() }
        isInputOpen = false
    }

    /// Appends what the child has written, and waits until `deadline` when there is nothing yet.
    ///
    /// - Returns: how many bytes were appended, 0 at the end; or nil when the time is over.
    /// - Throws: `Errno`.
    func read(appendingTo buffer: inout [UInt8], until deadline: ContinuousClock.Instant) throws -> Int? {
        guard try waitForOutput(until: deadline) else { return nil }
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: 64 << 10))
        var count = 0
        defer { buffer.removeSubrange((start + count)...) }
        // Safe: the system writes into the array's own memory, no more than what has just been appended.
        count = try unsafe buffer.withUnsafeMutableBytes { bytes in
            try unsafe output.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
        }
        return count
    }

    private func waitForOutput(until deadline: ContinuousClock.Instant) throws -> Bool {
        while true {
            let left = max(Duration.zero, ContinuousClock.now.duration(to: deadline))
            let milliseconds = left.components.seconds * 1_000 + left.components.attoseconds / 1_000_000_000_000_000
            var descriptor = pollfd(fd: output.rawValue, events: Int16(POLLIN), revents: 0)
            // Safe: one descriptor is asked about, and one is there.
            let count = unsafe poll(&descriptor, 1, Int32(clamping: milliseconds + 1))
            if count > 0 { return true }
            guard count == 0 || errno == EINTR else { throw Errno(rawValue: errno) }
            if count == 0, left == .zero { return false }
        }
    }

    /// Ends the child, and what it has started, at once.
    func kill() {
        if status == nil { _ = Glibc.kill(-id, SIGKILL) }
    }

    /// Waits for the child's end, but not beyond `deadline`.
    ///
    /// - Returns: how it has ended, "status 3" or "signal 11", or nil when it has not.
    func end(until deadline: ContinuousClock.Instant) -> String? {
        while status == nil {
            var code: Int32 = 0
            // Safe: the system writes one number.
            let result = unsafe waitpid(id, &code, WNOHANG)
            if result == id {
                status = code
            } else if result < 0, errno != EINTR {
                status = 0
            } else if ContinuousClock.now >= deadline {
                return nil
            } else {
                // A child that has closed its output is about to end.
                usleep(2_000)
            }
        }
        // How the system packs the two into one number.
        let code = status ?? 0
        return code & 0x7F == 0 ? "status \(code >> 8 & 0xFF)" : "signal \(code & 0x7F)"
    }

    private static func spawn(
        _ arguments: [String], standardInput: FileDescriptor, standardOutput: FileDescriptor,
        closing descriptors: [FileDescriptor]
    ) throws -> pid_t {
        // Safe: what is initialized here is destroyed here, and nothing outlives the calls that it is passed to.
        var actions = unsafe posix_spawn_file_actions_t()
        try check(unsafe posix_spawn_file_actions_init(&actions))
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        try check(unsafe posix_spawn_file_actions_adddup2(&actions, standardInput.rawValue, STDIN_FILENO))
        try check(unsafe posix_spawn_file_actions_adddup2(&actions, standardOutput.rawValue, STDOUT_FILENO))
        for descriptor in descriptors + [standardInput, standardOutput] where descriptor.rawValue > STDERR_FILENO {
            try check(unsafe posix_spawn_file_actions_addclose(&actions, descriptor.rawValue))
        }

        var attributes = posix_spawnattr_t()
        try check(unsafe posix_spawnattr_init(&attributes))
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // A group of its own, so that all of it can be ended; and signals as a program expects them.
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        try check(unsafe posix_spawnattr_setflags(&attributes, Int16(flags)))
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        try check(unsafe posix_spawnattr_setsigmask(&attributes, &signals))
        unsafe sigaddset(&signals, SIGPIPE)
        try check(unsafe posix_spawnattr_setsigdefault(&attributes, &signals))

        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
        defer { unsafe pointers.forEach { unsafe free($0) } }
        unsafe pointers.append(nil)
        var id: pid_t = 0
        try check(unsafe posix_spawn(&id, arguments[0], &actions, &attributes, pointers, environ))
        return id
    }

    private static func check(_ code: Int32) throws {
        guard code == 0 else { throw Errno(rawValue: code) }
    }
}
