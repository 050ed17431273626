import ExternalTerm
import Foundation
import GzipMembers
import Reel
import ReelJSON
import Zlib

/// What it takes to read one recording, beside inflating it and nothing else.
struct Reading {
    let recording: [UInt8]
    let contentByteCount: Int
    /// The deflate data of the members, without what stands around it.
    private let deflated: [[UInt8]]

    /// Makes a recording of a PhoenixReplay file.
    init(phoenixReplay path: String) throws {
        let sink = MemorySink()
        let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        _ = try PhoenixReplayImporter(MemorySource(file)).write(to: sink, options: .smallest)
        recording = sink.bytes
        var content: [UInt8] = []
        var deflated: [[UInt8]] = []
        for member in try RecordingFile(MemorySource(recording)).entries {
            let bytes = Array(recording[member.offset..<member.offset + member.byteCount])
            guard let header = try MemberHeader.parse(bytes.span, at: 0) else { continue }
            deflated.append(Array(bytes[header.byteCount..<bytes.count - 8]))
            try MemberDecoder().decode(
                bytes.span, at: 0, expecting: nil, limit: .max, appendingTo: &content)
        }
        self.deflated = deflated
        contentByteCount = content.count
    }

    /// zlib alone, into memory that is there.
    func inflate() throws {
        let inflater = try Inflater(.raw)
        var content: [UInt8] = []
        content.reserveCapacity(2 << 20)
        for member in deflated {
            content.removeAll(keepingCapacity: true)
            try inflater.reset()
            _ = try inflater.inflate(member.span, appendingTo: &content, atMost: .max)
        }
    }

    /// The same, and the checksum that a gzip file has.
    func gunzip() throws {
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

    func events() throws {
        let reader = try RecordingReader(MemorySource(recording))
        while try reader.next() != nil {}
    }

    func terms() throws {
        let reader = try RecordingReader(MemorySource(recording))
        while let event = try reader.next() { _ = try event.payload }
    }

    func json(_ mapping: JSONMapping = .plain(PlainOptions())) throws {
        let sink = NullSink()
        let reader = try RecordingReader(MemorySource(recording))
        let writer = try RecordingJSONWriter(
            to: sink, header: reader.header, options: RecordingJSONOptions(mapping: mapping))
        try writer.write(contentsOf: reader)
        try writer.finish(summary: reader.summary)
    }
}

extension Reading {
    /// The plain JSON, with all processors.
    func jsonAtOnce() async throws {
        try await RecordingJSONWriter.write(MemorySource(recording), to: NullSink())
    }
}

/// Counts bytes and forgets them.
final class NullSink: ByteSink {
    private(set) var byteCount = 0

    func write(_ bytes: [UInt8]) { byteCount += bytes.count }
}
