package import Foundation
import Synchronization

/// A program that runs beside the tests, with the streams that they give it and nothing else of theirs.
///
/// Foundation's `Process` is not used here: what it waits for the end of a program with can be inherited by one that is
/// started at the same moment, and when that lives on, the wait has no end.
package final class RunningProgram: Sendable {
    /// Where a stream of the program leads to.
    package enum Stream {
        /// Nowhere.
        case none
        /// To a file, or whatever else is open.
        case file(FileHandle)
        /// To or from the tests.
        case pipe
    }

    /// A program that could not be started.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
        /// Whether there is no such program.
        package let isMissing: Bool
    }

    /// The process.
    package let id: pid_t
    /// What is written here is read by the program, if its input is a pipe.
    package let input: FileHandle
    /// What the program writes can be read here, if its output is a pipe.
    package let output: FileHandle
    /// What the program says on standard error can be read here, if that is a pipe.
    package let talk: FileHandle

    /// What has been read of `output` and not been asked for yet.
    private let pending = Mutex<[UInt8]>([])
    /// What the system has told of the end.
    private let ending = Mutex<CInt?>(nil)
    private static let starting = NSLock()

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: its path, or its name when it is to be found in `PATH`.
    ///   - environment: what it has besides the environment of the tests.
    /// - Throws: ``Failure``.
    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], input: Stream = .none,
        output: Stream = .none, talk: Stream = .none
    ) throws {
        // Another program that is started meanwhile would inherit an end of a pipe, and keep it open.
        RunningProgram.starting.lock()
        defer { RunningProgram.starting.unlock() }
        let streams = (Pipe(), Pipe(), Pipe())
        for pipe in [streams.0, streams.1, streams.2] {
            for end in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
                _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
            }
        }
        func descriptor(_ stream: Stream, _ end: FileHandle) -> CInt {
            switch stream {
            case .none: FileHandle.nullDevice.fileDescriptor
            case .file(let handle): handle.fileDescriptor
            case .pipe: end.fileDescriptor
            }
        }
        let inner = [streams.0.fileHandleForReading, streams.1.fileHandleForWriting, streams.2.fileHandleForWriting]
        self.input = streams.0.fileHandleForWriting
        self.output = streams.1.fileHandleForReading
        self.talk = streams.2.fileHandleForReading
        id = try RunningProgram.spawn(
            [program] + arguments,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" },
            streams: [descriptor(input, inner[0]), descriptor(output, inner[1]), descriptor(talk, inner[2])])
        for end in inner { try end.close() }
    }

    deinit {
        if isRunning { signal(SIGKILL) }
        _ = wait()
    }

    /// The next line of the output, or nil at its end.
    package func line() -> String? {
        pending.withLock { pending in
            while true {
                if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                    defer { pending.removeSubrange(...end) }
                    return String(decoding: pending[..<end], as: UTF8.self)
                }
                let data = output.availableData
                guard !data.isEmpty else { return nil }
                pending += data
            }
        }
    }

    /// The next so many bytes of the output, or fewer at its end.
    package func read(_ count: Int) -> [UInt8] {
        pending.withLock { pending in
            while pending.count < count {
                let data = output.availableData
                guard !data.isEmpty else { break }
                pending += data
            }
            defer { pending.removeFirst(min(count, pending.count)) }
            return Array(pending.prefix(count))
        }
    }

    package var isRunning: Bool {
        ending.withLock { ending in
            if ending == nil { ending = RunningProgram.ending(of: id, WNOHANG) }
            return ending == nil
        }
    }

    /// Sends a signal.
    package func signal(_ signal: CInt) { kill(id, signal) }

    /// Waits until the program is gone.
    ///
    /// - Returns: its status, or the number of the signal that ended it and 128, as a shell has it.
    package func wait() -> CInt {
        ending.withLock { ending in
            let known = ending ?? RunningProgram.ending(of: id, 0) ?? 0
            ending = known
            return known & 0x7F == 0 ? known >> 8 & 0xFF : 128 + known & 0x7F
        }
    }

    /// What the system tells of the end of a process; nil when it has not ended.
    private static func ending(of id: pid_t, _ options: CInt) -> CInt? {
        var code: CInt = 0
        while true {
            let result = unsafe waitpid(id, &code, options)
            if result == id { return code }
            if result == 0 { return nil }
            if errno != EINTR { return 0 }
        }
    }

    private static func spawn(_ arguments: [String], environment: [String], streams: [CInt]) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (index, descriptor) in streams.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, CInt(index))
        }
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for descriptor in open.compactMap({ CInt($0) }) where descriptor > STDERR_FILENO {
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }

        // The threads that tests run on block signals, and a program would inherit that.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)

        var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var variables = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer { unsafe (words + variables).forEach { unsafe free($0) } }
        var id: pid_t = 0
        let code = unsafe posix_spawnp(&id, arguments[0], &actions, &attributes, &words, &variables)
        guard code == 0 else {
            throw Failure(
                description: "\(arguments[0]) cannot be started: \(unsafe String(cString: strerror(code)))",
                isMissing: code == ENOENT)
        }
        return id
    }
}
