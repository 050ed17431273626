import ExternalTerm
import GzipMembers
import Zlib

/// Writes a recording as PhoenixReplay would have written it. Implements Spec/phoenix-replay.md §5.
///
/// What came from 0.3 or later becomes a `.recording`, everything else the map of 0.1 and 0.2 in gzip; `binary_to_term` of either gives
/// a term that is `=:=` to the one that was imported. The recording is read twice; memory is bounded by one of its members.
public struct PhoenixReplayExporter {
    private let file: RecordingFile
    private let header: Header

    /// Which generation reads the output: ``PhoenixReplayFormat/map`` or ``PhoenixReplayFormat/recording``.
    public let format: PhoenixReplayFormat

    /// Prepares an export of `file`.
    ///
    /// - Throws: ``ReelError`` when the header is not to be had.
    public init(_ file: RecordingFile) throws(ReelError) {
        self.file = file
        header = try file.header
        format = header.fields[atom: .struct] == .atom("Elixir.PhoenixReplay.Recording") ? .recording : .map
    }

    /// What the output's name should end with.
    public var fileExtension: String { format == .recording ? ".recording" : ".etf.gz" }

    /// Writes the export.
    ///
    /// - Throws: ``ReelError`` when the recording is damaged, or the sink fails.
    public func write(to sink: any ByteSink) throws(ReelError) {
        do {
            switch format {
            case .recording:
                // A compressed term starts with its size.
                var counter = ByteCounter()
                try writeTerm { counter.count += $0.count }
                guard let size = UInt32(exactly: counter.count) else {
                    throw ReelError(.limitExceeded, "a term of \(counter.count) bytes, more than 4 GiB")
                }
                var output = try CompressedTermOutput(sink, size: size)
                try writeTerm { try output.write($0) }
                try output.finish()
            case .map, .part:
                var output = try GzipOutput(sink)
                try output.write([Tag.version])
                try writeTerm { try output.write($0) }
                try output.finish()
            }
        } catch {
            throw ReelError(wrapping: error)
        }
    }

    private struct ByteCounter { var count = 0 }

    /// The term, without a leading 131, piece by piece.
    private func writeTerm(_ write: ([UInt8]) throws -> Void) throws {
        let eventCount = try file.eventCount
        if eventCount == 0 { try file.checkMembersWithoutEvents() }
        var pairs = header.fields
        pairs[atom: "events"] = .nil
        var head = TermWriter()
        head.writeMapHead(count: pairs.count)
        for pair in pairs.pairs {
            head.write(pair.key)
            guard pair.key == .atom("events"), eventCount > 0 else {
                head.write(pair.value)
                continue
            }
            head.writeListHead(count: eventCount)
            try write(head.bytes)
            head = TermWriter()
            try writeEvents(write)
            head.writeNil()
        }
        try write(head.bytes)
    }

    private func writeEvents(_ write: ([UInt8]) throws -> Void) throws {
        var piece: [UInt8] = []
        var failure: (any Error)?
        try file.forEachEvent { event in
            do {
                if format == .recording { piece += try event.encodedAsStruct() } else { piece += event.encoded }
                if piece.count >= 256 << 10 {
                    try write(piece)
                    piece.removeAll(keepingCapacity: true)
                }
            } catch {
                failure = error
                return false
            }
            return true
        }
        if let failure { throw failure }
        try write(piece)
    }
}

extension Event {
    /// The event as `%PhoenixReplay.Recording.Event{at, type, data}`, with the fields that newer releases added.
    fileprivate func encodedAsStruct() throws(TermError) -> [UInt8] {
        var fields: [TermMap.Pair] = [
            TermMap.Pair(.atom(.struct), .atom("Elixir.PhoenixReplay.Recording.Event")),
            TermMap.Pair(.atom("at"), .integer(offset)),
            TermMap.Pair(.atom("type"), .atom(kind)),
            TermMap.Pair(.atom("data"), try payload),
        ]
        if let elements = try term.elements, elements.count > 3, let more = elements[3].map { fields += more.pairs }
        var writer = TermWriter()
        writer.write(.map(TermMap(fields)))
        return writer.bytes
    }
}

/// A gzip file, in members of about 1 MiB.
private struct GzipOutput {
    private var sink: any ByteSink
    private let encoder: MemberEncoder
    private var content: [UInt8] = []

    init(_ sink: any ByteSink) throws {
        self.sink = sink
        encoder = try MemberEncoder(level: 9)
    }

    mutating func write(_ bytes: [UInt8]) throws {
        content += bytes
        if content.count >= 1 << 20 { try finish() }
    }

    mutating func finish() throws {
        guard !content.isEmpty else { return }
        var member: [UInt8] = []
        try encoder.encode(content.span, appendingTo: &member) { _ in MemberHeader() }
        content.removeAll(keepingCapacity: true)
        try sink.write(member)
    }
}

/// A compressed term (80).
private struct CompressedTermOutput {
    private var sink: any ByteSink
    private let deflater: Deflater

    init(_ sink: any ByteSink, size: UInt32) throws {
        self.sink = sink
        deflater = try Deflater(.zlib, level: 6)
        try self.sink.write(
            [Tag.version, Tag.compressed] + (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) })
    }

    mutating func write(_ bytes: [UInt8]) throws {
        var output: [UInt8] = []
        try deflater.deflate(bytes.span, finishing: false, appendingTo: &output)
        if !output.isEmpty { try sink.write(output) }
    }

    mutating func finish() throws {
        var output: [UInt8] = []
        let nothing: [UInt8] = []
        try deflater.deflate(nothing.span, finishing: true, appendingTo: &output)
        try sink.write(output)
    }
}
