import FoundationEssentials
import Glibc
import Reel
import SystemPackage

/// Where a command puts the file that it makes: a path, under which it appears whole or not at all, or standard output.
final class OutputFile: ByteSink {
    /// What talk calls it.
    let name: String
    private let target: Target
    /// The permissions of the file that is replaced.
    private var permissions: FilePermissions?

    private enum Target {
        /// A file, which is put in its place when it is whole.
        case file(AtomicFile, FilePath)
        /// A device or a pipe, which stays what it is.
        case stream(FileDescriptor)
        case standardOutput(StandardOutput)
    }

    /// How many bytes have been written.
    private(set) var byteCount = 0

    /// Starts the file that will stand at `path`; `-` is standard output.
    ///
    /// - Parameters:
    ///   - inputs: what it is made of, which it must not replace.
    ///   - mode: who may do what with it.
    init(_ path: String, of inputs: [String] = [], mode: ModeOption? = nil) throws {
        for input in inputs where FilePath.areSame(path, input) {
            throw Failure(.usage, "is what is read, and is not replaced", input: path, advice: "give another name")
        }
        guard path != "-" else {
            try StandardOutput.checkTakesBytes("give a file with -o, or send them into one")
            name = "standard output"
            target = .standardOutput(StandardOutput())
            return
        }
        name = path
        do {
            let path = FilePath(argument: path).withoutLinks
            if let type = try? path.stat().type, type != .regular {
                target = .stream(try FileDescriptor.open(path, .writeOnly, options: .closeOnExec))
            } else {
                Interruption.wait()
                target = .file(try AtomicFile(path, permissions: mode?.permissions ?? .ownerReadWrite), path)
            }
        } catch {
            throw Failure(writing: path, error)
        }
    }

    /// Starts the file that will stand in the place of `path`, with the same permissions; a link stays what it is.
    init(replacing path: String) throws {
        name = path
        do {
            let path = FilePath(argument: path).withoutLinks
            let permissions = try path.stat().permissions
            // Nobody may read, even for a moment, what nobody could read before.
            let mask = umask(~permissions.rawValue & 0o777)
            defer { umask(mask) }
            Interruption.wait()
            target = .file(try AtomicFile(path), path)
            self.permissions = permissions
        } catch {
            throw Failure(writing: path, error)
        }
    }

    func write(_ bytes: [UInt8]) throws {
        do {
            switch target {
            case .file(let file, _):
                Interruption.check { file.discard() }
                try file.write(bytes)
            case .stream(let descriptor): try descriptor.writeAll(bytes)
            case .standardOutput(let output): try output.write(bytes)
            }
        } catch {
            throw Failure(writing: name, error)
        }
        byteCount += bytes.count
    }

    /// Puts the file in its place.
    func commit() throws {
        do {
            switch target {
            case .file(let file, let path):
                try file.commit()
                guard let permissions else { return }
                try FileManager.default.setAttributes(
                    [.posixPermissions: UInt(permissions.rawValue)], ofItemAtPath: path.string)
            case .stream(let descriptor): try descriptor.close()
            case .standardOutput(let output): try output.flush()
            }
        } catch {
            throw Failure(writing: name, error)
        }
    }

    /// Says what has come of it: on standard output, unless the file itself may go there.
    func say(_ line: String) throws {
        guard case .file = target else { return StandardError.say(line) }
        let standardOutput = StandardOutput()
        try standardOutput.write(line: line.escaped)
        try standardOutput.flush()
    }
}

extension FilePath {
    /// Whether two names of the command line are the same file.
    static func areSame(_ first: String, _ second: String) -> Bool {
        guard first != "-", second != "-", let first = try? FilePath(argument: first).stat(),
            let second = try? FilePath(argument: second).stat()
        else { return false }
        return first.type == .regular && first.inode == second.inode && first.deviceID == second.deviceID
    }

    /// Whether a folder stands here.
    var isFolder: Bool { (try? stat().type) == .directory }

    /// The last component without what PhoenixReplay's and Reel's names end with.
    var recordingStem: String {
        let name = lastComponent.map { FilePath(root: nil, [$0]).argument } ?? "recording"
        for ending in [".etf.gz", ".etf", ".json.gz", ".json", ".recording", ".part", ".reel"]
        where name.hasSuffix(ending) && name.utf8.count > ending.utf8.count {
            return String(name.dropLast(ending.count))
        }
        return name
    }
}
