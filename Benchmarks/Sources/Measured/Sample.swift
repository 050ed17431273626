import ExternalTerm
import GzipMembers
import Reel
import ReelJSON
import SystemPackage
import Zlib

/// One session: as PhoenixReplay has written it, as a finished recording, and what is done with them.
package struct Sample {
    /// The file's name without what follows the first dot.
    package let name: String
    /// PhoenixReplay's file, inflated: one term.
    private let external: [UInt8]
    package let recording: [UInt8]
    /// What the data members hold, and the same as deflate data, without what stands around it.
    private let contents: [[UInt8]]
    private let deflated: [[UInt8]]
    private let term: Term
    private let header: Header
    private let events: [Event]

    /// Makes a recording of a PhoenixReplay file.
    package init(phoenixReplay path: String) throws {
        let path = FilePath(path)
        name = path.lastComponent?.string.split(separator: ".").first.map(String.init) ?? path.string
        let file = try [UInt8](contentsOf: path)
        external = try Sample.inflate(gzip: file)
        term = try Term(external: external)

        let sink = MemorySink()
        _ = try PhoenixReplayImporter(MemorySource(file)).write(to: sink, options: .smallest)
        recording = sink.bytes
        let opened = try RecordingFile(MemorySource(recording))
        header = try opened.header
        var events: [Event] = []
        try opened.forEachEvent { event in
            events.append(event)
            return true
        }
        self.events = events

        var contents: [[UInt8]] = []
        var deflated: [[UInt8]] = []
        for member in opened.entries {
            let bytes = Array(recording[member.offset..<member.offset + member.byteCount])
            guard let header = try MemberHeader.parse(bytes.span, at: 0) else { continue }
            deflated.append(Array(bytes[header.byteCount..<bytes.count - MemberTrailer.byteCount]))
            var content: [UInt8] = []
            try MemberDecoder().decode(bytes.span, at: 0, expecting: nil, limit: .max, appendingTo: &content)
            contents.append(content)
        }
        self.contents = contents
        self.deflated = deflated
    }

    private static func inflate(gzip file: [UInt8]) throws -> [UInt8] {
        let stream = try MemberStream()
        var content: [UInt8] = []
        var position = 0
        while position < file.count {
            let rest = file.span.extracting(position..<file.count)
            position += try stream.decode(rest, appendingTo: &content, atMost: .max).consumed
        }
        try stream.finish()
        return content
    }
}

// MARK: - zlib alone

extension Sample {
    /// Inflates the recording into memory that is there, and nothing else.
    package func inflate() throws {
        let inflater = try Inflater(.raw)
        var content: [UInt8] = []
        content.reserveCapacity(2 << 20)
        for member in deflated {
            content.removeAll(keepingCapacity: true)
            try inflater.reset()
            _ = try inflater.inflate(member.span, appendingTo: &content, atMost: .max)
        }
    }

    /// The same, with the checksum that a gzip file has.
    package func gunzip() throws {
        let stream = try MemberStream()
        var content: [UInt8] = []
        content.reserveCapacity(2 << 20)
        var position = 0
        while position < recording.count {
            let step = try stream.decode(
                recording.span.extracting(position..<recording.count), appendingTo: &content, atMost: .max)
            position += step.consumed
            if case .memberEnded = step.event { content.removeAll(keepingCapacity: true) }
        }
        try stream.finish()
    }

    /// Deflates what the members hold, each by itself, and nothing else.
    package func deflate(level: Int) throws {
        let deflater = try Deflater(.raw, level: level)
        var deflated: [UInt8] = []
        deflated.reserveCapacity(1 << 20)
        for content in contents {
            deflated.removeAll(keepingCapacity: true)
            try deflater.reset()
            try deflater.deflate(content.span, finishing: true, appendingTo: &deflated)
        }
    }
}

// MARK: - The library

extension Sample {
    /// Reads every event, without a tree.
    package func readEvents() throws {
        let reader = try RecordingReader(MemorySource(recording))
        while try reader.next() != nil {}
    }

    /// Reads every event, its payload as a term.
    package func readTerms() throws {
        let reader = try RecordingReader(MemorySource(recording))
        var terms = TermReader()
        while let event = try reader.next() { _ = try event.payload(with: &terms) }
    }

    /// Reads PhoenixReplay's one term.
    package func decode() throws { _ = try Term(external: external) }

    /// Writes that term.
    package func encode() { _ = term.external }

    package func writeJSON(_ mapping: JSONMapping) throws {
        let reader = try RecordingReader(MemorySource(recording))
        let writer = try RecordingJSONWriter(
            to: NullSink(), header: reader.header, options: RecordingJSONOptions(mapping: mapping))
        try writer.write(contentsOf: reader)
        try writer.finish(summary: reader.summary)
    }

    /// Writes the plain JSON with all processors.
    package func writeJSONAtOnce() async throws {
        try await RecordingJSONWriter.write(MemorySource(recording), to: NullSink())
    }

    /// Writes a finished recording of the events, which are encoded already.
    package func write(level: Int) throws {
        let writer = try RecordingWriter(to: NullSink(), header: header, options: WriterOptions(level: level))
        for event in events { try writer.append(event) }
        try writer.finish(reason: .imported)
    }
}

extension [UInt8] {
    /// All bytes of a file.
    package init(contentsOf path: FilePath) throws {
        let file = try InputFile(path)
        self = try file.read(0..<file.byteCount)
    }
}
