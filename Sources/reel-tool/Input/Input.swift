import Reel
import SystemPackage

/// A FILE of the command line that has been opened: a file, or bytes that come in order only, such as standard input.
///
/// What PhoenixReplay has written is told by its content and imported on the fly, so that each command that takes a
/// recording takes it as well.
struct Input {
    /// The file, as it was given.
    let name: String
    /// The bytes as they are there.
    private(set) var content: Content
    /// What the recording was made from on the fly, when it was.
    private(set) var imported: Imported?

    struct Imported {
        var format: PhoenixReplayFile.Form
        /// The length of the file that was imported.
        var byteCount: Int
        /// What could not be imported, in words.
        var losses: [String]
    }

    enum Content {
        case file(InputFile)
        case stream(any ByteSource)
    }

    /// Opens a file; `-` is standard input.
    init(_ name: String) throws {
        self.name = name
        guard name != "-" else {
            content = .stream(DescriptorSource(.standardInput))
            return
        }
        do {
            let path = FilePath(name)
            if [.directory, .regular].contains(try path.stat().type) {
                content = .file(try InputFile(path))
            } else {
                let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
                // A pipe: it stays open as long as the process lives.
                content = .stream(DescriptorSource(descriptor))
            }
        } catch {
            throw Failure(opening: name, error)
        }
    }

    /// Opens a recording, or what can be made one.
    init(recording name: String) throws {
        try self.init(name)
        try importPhoenixReplay()
    }

    /// The bytes in order. They can be asked for once.
    var source: any ByteSource {
        switch content {
        case .file(let file): file
        case .stream(let stream): stream
        }
    }

    /// The bytes in any order. A stream is copied to a temporary file for that.
    mutating func file() throws -> InputFile {
        switch content {
        case .file(let file): return file
        case .stream(var stream):
            let file = try TemporaryFile.filled { sink in
                var sink = sink
                var piece: [UInt8] = []
                while try stream.read(upTo: 64 << 10, appendingTo: &piece) > 0 {
                    try sink.write(piece)
                    piece.removeAll(keepingCapacity: true)
                }
            }
            content = .file(file)
            return file
        }
    }

    /// All of the bytes, in memory.
    func contents() throws -> [UInt8] {
        var source = source
        var bytes: [UInt8] = []
        while try source.read(upTo: 1 << 20, appendingTo: &bytes) > 0 {}
        return bytes
    }

    /// Whether what PhoenixReplay has written is to be read. A stream is read far enough to tell.
    mutating func isPhoenixReplay() throws -> Bool {
        switch content {
        case .file(let file): return PhoenixReplayFile.matches(file)
        case .stream(var stream):
            var head: [UInt8] = []
            while head.count < 64 << 10, !Input.isEnough(head),
                try stream.read(upTo: (64 << 10) - head.count, appendingTo: &head) > 0
            {}
            content = .stream(PrefixedSource(head: head, rest: stream))
            return PhoenixReplayFile.matches(MemorySource(head))
        }
    }

    /// Whether the first bytes tell what follows: a recording that is still being written must not be waited for.
    private static func isEnough(_ head: [UInt8]) -> Bool {
        guard head.count >= 4 else { return false }
        if head.starts(with: [0x1F, 0x8B]) { return head[3] & 4 != 0 }
        // No other file but JSON starts with white space.
        return !head.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    }

    private mutating func importPhoenixReplay() throws {
        guard try isPhoenixReplay() else { return }
        let original = try file()
        let importer = try PhoenixReplayFile(original)
        let progress = Progress("importing \(name)")
        defer { progress.finish() }
        let file = try TemporaryFile.filled { sink in
            // The file is read once or twice and thrown away: a low level is soonest done.
            _ = try importer.write(to: sink, options: WriterOptions(level: 1), progress: progress.update)
        }
        content = .file(file)
        imported = Imported(format: importer.form, byteCount: original.byteCount, losses: importer.losses)
    }
}

extension Input {
    /// Says what could not be imported.
    ///
    /// - Returns: the status that this makes the command end with.
    func reportLosses() -> ExitStatus {
        let losses = imported?.losses ?? []
        for loss in losses { StandardError.say(Failure(.inputFellShort, loss, input: name)) }
        return losses.isEmpty ? .fine : .inputFellShort
    }
}

/// Bytes that have been read already, and then those that follow them.
private struct PrefixedSource: ByteSource {
    var head: [UInt8]
    var rest: any ByteSource

    mutating func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
        guard !head.isEmpty else { return try rest.read(upTo: count, appendingTo: &buffer) }
        let piece = head.prefix(max(count, 0))
        buffer += piece
        head.removeFirst(piece.count)
        return piece.count
    }
}
