import Glibc
import Reel
import SystemPackage

/// Where a command puts the file that it makes: a path, under which it appears whole or not at all, or standard output.
struct OutputFile {
    /// What talk calls it.
    let name: String
    private let file: AtomicFile?
    /// Where the file will stand, and with which permissions when not with the usual ones.
    private var target: FilePath?
    private var permissions: FilePermissions?
    private let standardOutput = StandardOutput()

    /// Starts the file that will stand at `path`; `-` is standard output.
    init(_ path: String) throws {
        guard path != "-" else {
            try StandardOutput.checkTakesBytes("give a file with -o, or send them into one")
            name = "standard output"
            file = nil
            return
        }
        name = path
        do {
            file = try AtomicFile(FilePath(path))
        } catch {
            throw Failure(writing: path, error)
        }
    }

    /// Starts the file that will stand in the place of `path`, with the same permissions; a link stays what it is.
    init(replacing path: String) throws {
        name = path
        do {
            let target = try FilePath(path).withoutLinks
            permissions = try target.stat().permissions
            // Nobody may read, even for a moment, what nobody could read before.
            let mask = umask(~(permissions?.rawValue ?? 0) & 0o777)
            defer { umask(mask) }
            file = try AtomicFile(target)
            self.target = target
        } catch {
            throw Failure(writing: path, error)
        }
    }

    /// What the file's bytes are to be written to.
    var sink: any ByteSink { file ?? standardOutput }

    /// Says what has come of it: on standard output, unless the file itself goes there.
    func say(_ line: String) throws {
        guard file != nil else { return StandardError.say(line) }
        try standardOutput.write(line: line.escaped)
        try standardOutput.flush()
    }

    /// Puts the file in its place.
    func commit() throws {
        do {
            try standardOutput.flush()
            try file?.commit()
            if let target, let permissions {
                // Safe: the string outlives the call.
                guard unsafe chmod(target.string, permissions.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
        } catch {
            throw Failure(writing: name, error)
        }
    }
}

extension FilePath {
    /// Whether a folder stands here.
    var isFolder: Bool { (try? stat().type) == .directory }

    /// Makes a folder here unless there is one.
    func createFolder() throws {
        // Safe: the string outlives the call.
        guard unsafe mkdir(string, 0o777) == 0 || errno == EEXIST else {
            throw Failure(writing: string, Errno(rawValue: errno))
        }
    }

    /// The path that this one leads to when its links are followed.
    fileprivate var withoutLinks: FilePath {
        get throws {
            // Safe: `realpath` allocates the string that it returns, and nobody else frees it.
            guard let resolved = unsafe realpath(string, nil) else { throw Errno(rawValue: errno) }
            defer { unsafe free(resolved) }
            return FilePath(unsafe String(cString: resolved))
        }
    }

    /// The last component without what PhoenixReplay's and Reel's names end with.
    var recordingStem: String {
        let name = lastComponent?.string ?? "recording"
        for ending in [".etf.gz", ".etf", ".recording", ".part", ".reel"]
        where name.hasSuffix(ending) && name.utf8.count > ending.utf8.count {
            return String(name.dropLast(ending.count))
        }
        return name
    }
}
