import ExternalTerm
import Reel

/// An event as it stands in a recording.
struct ReadEvent: Hashable {
    var index: Int
    var offset: Int
    var kind: Atom
    var encoded: [UInt8]

    init(_ event: Event) {
        index = event.index
        offset = event.offset
        kind = event.kind
        encoded = Array(event.encoded)
    }
}

/// Everything that a way of reading made of some bytes, up to an error.
struct Reading: Hashable {
    var header: Header?
    var events: [ReadEvent] = []
    var summary: Summary?
    var hasEnd = false
    var error: ReelError?

    /// What was recorded, whatever it was recorded in.
    struct Content: Hashable {
        var header: Header?
        var events: [ReadEvent]
        var summary: Summary?
    }

    var content: Content { Content(header: header, events: events, summary: summary) }

    /// What a reader makes of `source`.
    static func forward(_ source: some ByteSource, limits: ReaderLimits = .default) -> Reading {
        var reading = Reading()
        do throws(ReelError) {
            let reader = try RecordingReader(source, limits: limits)
            reading.header = reader.header
            // The summary and the end are what has been met, errors or not.
            defer {
                reading.summary = reader.summary
                reading.hasEnd = reader.hasEnd
            }
            while let event = try reader.next() { reading.events.append(ReadEvent(event)) }
        } catch {
            reading.error = error
        }
        return reading
    }

    static func forward(_ bytes: [UInt8], limits: ReaderLimits = .default) -> Reading {
        forward(MemorySource(bytes), limits: limits)
    }

    /// What a file's reader makes of `bytes`.
    static func random(_ bytes: [UInt8], limits: ReaderLimits = .default) -> Reading {
        var reading = Reading()
        do throws(ReelError) {
            let file = try RecordingFile(MemorySource(bytes), limits: limits)
            reading.header = try file.header
            reading.hasEnd = file.layout == .finished
            try file.forEachEvent { (event) throws(ReelError) in
                reading.events.append(ReadEvent(event))
                return true
            }
            reading.summary = try file.summary
            reading.error = file.damage
        } catch {
            reading.error = error
        }
        return reading
    }
}

/// A source that gives its bytes one at a time.
struct DroppingSource: ByteSource {
    var bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func read(upTo count: Int, appendingTo buffer: inout [UInt8]) -> Int {
        guard position < bytes.count, count > 0 else { return 0 }
        buffer.append(bytes[position])
        position += 1
        return 1
    }
}

/// A source that fails after some bytes.
struct FailingSource: ByteSource {
    struct Failure: Error {}
    var source: MemorySource
    var remaining: Int

    init(_ bytes: [UInt8], after count: Int) {
        source = MemorySource(bytes)
        remaining = count
    }

    mutating func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
        guard remaining > 0 else { throw Failure() }
        let received = source.read(upTo: min(count, remaining), appendingTo: &buffer)
        remaining -= received
        return received
    }
}

/// A sink that takes some pieces, and then none.
final class FailingSink: ByteSink {
    struct Failure: Error {}
    private(set) var bytes: [UInt8] = []
    private(set) var attempts = 0
    private var remaining: Int

    init(after count: Int) { remaining = count }

    func write(_ piece: [UInt8]) throws {
        attempts += 1
        guard remaining > 0 else { throw Failure() }
        remaining -= 1
        bytes += piece
    }
}

/// The recording that `body` writes.
func recording(
    _ header: Header = Header(fields: ["id": "1"]), _ options: WriterOptions = WriterOptions(),
    _ body: (RecordingWriter) throws -> Void
) throws -> [UInt8] {
    let sink = MemorySink()
    try body(try RecordingWriter(to: sink, header: header, options: options))
    return sink.bytes
}

/// A finished recording of these events.
func recording(
    of events: [PlainEvent], _ options: WriterOptions = WriterOptions(), header: Header = Header(fields: ["id": "1"])
) throws -> [UInt8] {
    try recording(header, options) { writer in
        for event in events { try writer.append(offset: event.offset, kind: event.kind, payload: event.payload) }
        try writer.finish()
    }
}

extension Sequence<PlainEvent> {
    /// The events as they are read.
    var read: [Reading.EventText] {
        map { Reading.EventText(offset: $0.offset, kind: $0.kind, encoded: Array<UInt8>($0.term.external.dropFirst())) }
    }
}

extension Reading {
    /// An event without its number.
    struct EventText: Hashable {
        var offset: Int
        var kind: Atom
        var encoded: [UInt8]
    }

    var texts: [EventText] { events.map { EventText(offset: $0.offset, kind: $0.kind, encoded: $0.encoded) } }
}
