import ExternalTerm
import Glibc
import Reel
import SystemPackage

/// A FILE of the command line that has been opened: a file, or bytes that come in order only, such as standard input.
///
/// What it is, its first bytes tell. What PhoenixReplay has written is imported on the fly, so that each command that takes
/// a recording takes it as well.
struct Input {
    /// The file, as it was given.
    let name: String
    /// The bytes as they are there.
    private(set) var content: Bytes
    /// What the recording was made from on the fly, when it was.
    private(set) var imported: Imported?
    /// What the bytes were unpacked of, beside what belongs to a recording.
    private(set) var compression: [Compression] = []
    /// How many bytes of a stream may be kept in a temporary file.
    private let temporarySpace: Int

    struct Imported {
        var format: PhoenixReplayFile.Form
        /// The length of the file that was imported.
        var byteCount: Int
        /// What could not be imported, in words.
        var losses: [String]
    }

    enum Bytes {
        case file(InputFile)
        case stream(any ByteSource)
    }

    /// Opens a file; `-` is standard input.
    init(_ name: String, temporarySpace: Int = TemporarySpace.standard) throws {
        self.name = name
        self.temporarySpace = temporarySpace
        guard name != "-" else {
            try Input.checkEnds(.standardInput, name)
            content = .stream(DescriptorSource(.standardInput))
            return
        }
        do {
            let path = FilePath(argument: name)
            if [.directory, .regular].contains(try path.stat().type) {
                content = .file(try InputFile(path))
            } else {
                let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
                try Input.checkEnds(descriptor, name)
                // A pipe: it stays open as long as the process lives.
                content = .stream(DescriptorSource(descriptor))
            }
        } catch {
            throw Failure(opening: name, error)
        }
    }

    /// Bytes that have been made of a file's.
    init(_ name: String, _ bytes: [UInt8]) {
        self.name = name
        temporarySpace = TemporarySpace.standard
        content = .stream(MemorySource(bytes))
    }

    /// Opens a recording, or what can be made one.
    ///
    /// - Parameter leavesOutMalformed: whether what is made one may lack events that are none, which is among its losses.
    init(
        recording name: String, temporarySpace: Int = TemporarySpace.standard, leavesOutMalformed: Bool = false
    ) throws {
        try self.init(name, temporarySpace: temporarySpace)
        switch try identify() {
        case .recording: break
        case .phoenixReplay, .json: try importPhoenixReplay(leavesOutMalformed: leavesOutMalformed)
        case let other:
            switch content {
            // Whatever reads it says what is wrong.
            case .file(let file):
                if PhoenixReplayFile.matches(file) {
                    try importPhoenixReplay(leavesOutMalformed: leavesOutMalformed)
                }
            case .stream where other.mayBeDamagedRecording: break
            case .stream:
                throw ReelError(
                    .notARecording, "this is no recording, and no file of PhoenixReplay's", offset: 0,
                    section: "recording.md §4")
            }
        }
    }

    /// Tells what the bytes are, and unpacks them when they have been compressed once more.
    mutating func identify() throws -> Content.Form { take(try Content(of: unread)) }

    /// Tells how the terms stand that the bytes are known to be, and unpacks them.
    ///
    /// - Parameter framing: how they stand, when that is known as well.
    mutating func identifyTerms(_ framing: TermFraming?) throws -> Content.Form {
        take(try Content(ofTerms: unread, framing: framing))
    }

    /// The bytes, to be looked at. Those of a file stay unread.
    private var unread: any ByteSource {
        switch content {
        case .file(let file): file.fromStart
        case .stream(let stream): stream
        }
    }

    private mutating func take(_ known: Content) -> Content.Form {
        compression = known.compression
        if case .file = content, compression.isEmpty { return known.form }
        content = .stream(known.source)
        return known.form
    }

    /// Whether what PhoenixReplay has written is to be read.
    mutating func isPhoenixReplay() throws -> Bool {
        let form = try identify()
        if case .file(let file) = content { return PhoenixReplayFile.matches(file) }
        return form == .phoenixReplay || form == .json
    }

    /// Refuses devices that give bytes without an end, such as `/dev/zero`.
    private static func checkEnds(_ descriptor: FileDescriptor, _ name: String) throws {
        guard let type = try? descriptor.stat().type, type == .characterSpecial || type == .blockSpecial,
            isatty(descriptor.rawValue) == 0
        else { return }
        // Nothing is soon read.
        if type == .characterSpecial, let nothing = try? FilePath("/dev/null").stat(),
            try descriptor.stat().rawValue.st_rdev == nothing.rawValue.st_rdev
        {
            return
        }
        throw Failure(.noInput, "a device, not a file", input: name, advice: "give a file, or its bytes through a pipe")
    }

    /// The bytes in order. They can be asked for once.
    var source: any ByteSource {
        switch content {
        case .file(let file): file
        case .stream(let stream): stream
        }
    }

    /// The bytes in any order. A stream is copied to a temporary file for that, as far as there may be one.
    mutating func file() throws -> InputFile {
        switch content {
        case .file(let file): return file
        case .stream(var stream):
            let file = try TemporaryFile.filled { sink in
                var sink = sink
                var piece: [UInt8] = []
                var byteCount = 0
                while try stream.read(upTo: 64 << 10, appendingTo: &piece) > 0 {
                    byteCount += piece.count
                    guard byteCount <= temporarySpace else {
                        throw Failure(
                            .inputFellShort,
                            "more than \(temporarySpace.of("byte")), which would have to be kept in a temporary file",
                            advice: "give a file, or a higher --limit")
                    }
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

    /// Makes a recording of what is a file of PhoenixReplay's.
    mutating func importPhoenixReplay(leavesOutMalformed: Bool = false) throws {
        let original = try file()
        let importer = try PhoenixReplayFile(original)
        let progress = Progress("importing \(name)")
        defer { progress.finish() }
        var losses: [String] = []
        let file = try TemporaryFile.filled { sink in
            // The file is read once or twice and thrown away: a low level is soonest done.
            losses = try importer.write(
                to: sink, options: WriterOptions(level: 1), leavesOutMalformed: leavesOutMalformed,
                progress: progress.update
            ).losses
        }
        content = .file(file)
        imported = Imported(format: importer.form, byteCount: original.byteCount, losses: losses)
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

extension Content.Form {
    /// Whether a recording whose first bytes are damaged may look like this.
    fileprivate var mayBeDamagedRecording: Bool {
        switch self {
        case .terms(.packet4): true
        case .unknown(let content): content.isGzip
        default: false
        }
    }
}
