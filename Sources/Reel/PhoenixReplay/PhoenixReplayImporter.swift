import ExternalTerm

/// What an import came to.
public struct ImportReport: Hashable, Sendable {
    /// The recording's summary.
    public var summary: Summary
    /// What of the input could not be read, one sentence each; empty when everything was.
    public var losses: [String]
}

/// Makes a recording of what PhoenixReplay has written, any generation of it. Implements Spec/phoenix-replay.md.
///
/// The input is read twice, because its fields come in the order of their names and `events` is not the last of them; memory is bounded
/// by one event, or by one frame of a `.part` file. What is torn at its end is imported up to there.
///
/// ```swift
/// let importer = try PhoenixReplayImporter(InputFile("session.etf.gz"))
/// let report = try importer.write(to: file)
/// ```
public struct PhoenixReplayImporter {
    private let walk: any PhoenixReplayWalk

    /// Which generation wrote the input.
    public let format: PhoenixReplayFormat
    /// The header that the recording will have: everything the input says but its events.
    public let header: Header
    /// How many events the input has.
    public let eventCount: Int
    /// What of the input cannot be read, one sentence each.
    public let losses: [String]

    /// Opens what PhoenixReplay has written, and reads all of it once.
    ///
    /// - Throws: ``ReelError`` when it is something else, or nothing of it can be read.
    public init(_ bytes: any RandomAccessBytes, limits: ReaderLimits = .default) throws(ReelError) {
        do {
            let limits = limits.scaled(to: bytes.byteCount)
            guard let wrapping = try PhoenixReplayFormat.wrapping(of: bytes) else {
                throw ReelError(.notARecording, "this is no file of PhoenixReplay's", offset: 0)
            }
            walk =
                wrapping == .part
                ? PartWalk(bytes: bytes, limits: limits) : MapWalk(bytes: bytes, wrapping: wrapping, limits: limits)
            let survey = try walk.survey()
            guard !survey.fields.isEmpty || survey.eventCount > 0 || survey.losses.isEmpty else {
                throw ReelError(
                    .truncated, "nothing of this file can be read: " + survey.losses.joined(separator: "; "), offset: 0)
            }
            header = Header(fields: survey.fields)
            eventCount = survey.eventCount
            losses = survey.losses
            format = wrapping == .part ? .part : survey.fields[atom: "__struct__"] == nil ? .map : .recording
        } catch {
            var error = ReelError(wrapping: error)
            // What is wrong stands in a term, which may be compressed: the error's words say where, its offset is the file's.
            if error.kind != .inputOutput, let offset = error.offset, offset > 0 {
                error.reason += ", at byte \(offset) of the content"
                error.offset = 0
            }
            throw error
        }
    }

    /// Writes the recording.
    ///
    /// - Parameters:
    ///   - leavesOutMalformed: whether an event that is none is left out and reported, and not an error.
    ///   - progress: called now and then with how many of how many events are done.
    /// - Throws: ``ReelError`` when an event is no event, or the sink fails.
    public func write(
        to sink: any ByteSink, options: WriterOptions = .smallest, leavesOutMalformed: Bool = false,
        progress: ((_ done: Int, _ total: Int) -> Void)? = nil
    ) throws(ReelError) -> ImportReport {
        let writer = try RecordingWriter(to: sink, header: header, options: options)
        let losses = try appendEvents(to: writer, leavesOutMalformed: leavesOutMalformed, progress)
        return ImportReport(summary: try writer.finish(reason: .imported), losses: losses)
    }

    /// Writes a recording without an end, as that of a session is which is still running.
    ///
    /// - Returns: what could not be read, one sentence each.
    /// - Throws: ``ReelError`` when an event is no event, or the sink fails.
    public func writeUnfinished(
        to sink: any ByteSink, options: WriterOptions = .smallest
    ) throws(ReelError) -> [String] {
        let writer = try RecordingWriter(to: sink, header: header, options: options)
        let losses = try appendEvents(to: writer, leavesOutMalformed: false, nil)
        try writer.stop()
        return losses
    }

    /// Appends all events, and returns what could not be read, one sentence each.
    private func appendEvents(
        to writer: RecordingWriter, leavesOutMalformed: Bool, _ progress: ((_ done: Int, _ total: Int) -> Void)?
    ) throws(ReelError) -> [String] {
        var appending = EventAppending(writer: writer, leavesOutMalformed: leavesOutMalformed)
        do {
            var events = try ImportedEvents(of: self)
            while try events.next(progress, { try appending.append($0, of: $1.span, &$2) }) {}
        } catch {
            throw ReelError(wrapping: error)
        }
        return losses + appending.losses
    }

    /// The way of events into a recording, past those that are none.
    private struct EventAppending {
        let writer: RecordingWriter
        let leavesOutMalformed: Bool
        private var number = 0
        private var leftOut = 0
        private var named: [String] = []

        /// How many events that are left out are named, each by itself.
        private static let mostNamed = 10

        init(writer: RecordingWriter, leavesOutMalformed: Bool) {
            self.writer = writer
            self.leavesOutMalformed = leavesOutMalformed
        }

        /// What has been left out, one sentence each.
        var losses: [String] {
            leftOut > named.count ? named + ["\(leftOut - named.count) more events that are none"] : named
        }

        mutating func append(
            _ range: Range<Int>, of bytes: Span<UInt8>, _ converter: inout PhoenixReplayEventWriter
        ) throws(ReelError) {
            var failure: ReelError?
            do throws(ReelError) {
                try writer.append { (term) throws(ReelError) in try converter.write(range, of: bytes, to: &term) }
            } catch {
                failure = error
            }
            number += 1
            guard let failure else { return }
            guard leavesOutMalformed, failure.kind != .inputOutput else { throw failure }
            leftOut += 1
            if leftOut <= EventAppending.mostNamed {
                named.append("event \(number - 1) of the file: \(failure.reason)")
            }
        }
    }

    /// Writes the recording, the same bytes, and compresses as many of its members at once as there are processors.
    ///
    /// - Parameter progress: called now and then with how many of how many events are done.
    /// - Throws: ``ReelError`` when an event is no event, or the sink fails.
    public func writeAtOnce(
        to sink: any ByteSink, options: WriterOptions = .smallest,
        progress: ((_ done: Int, _ total: Int) -> Void)? = nil
    ) async throws(ReelError) -> ImportReport {
        do {
            var events = try ImportedEvents(of: self)
            let summary = try await RecordingWriter.write(
                to: sink, header: header, options: options, reason: { .imported }
            ) { assembly in
                try events.next(progress) { range, bytes, converter in
                    try assembly.append { (term) throws(ReelError) in
                        try converter.write(range, of: bytes.span, to: &term)
                    }
                }
            }
            return ImportReport(summary: summary, losses: losses)
        } catch {
            throw ReelError(wrapping: error)
        }
    }

    /// The events as they are read and converted, one after the other.
    private struct ImportedEvents {
        private var events: any PhoenixReplayEvents
        private var converter = PhoenixReplayEventWriter()
        private let count: Int
        private var done = 0

        init(of importer: PhoenixReplayImporter) throws {
            events = try importer.walk.events()
            count = importer.eventCount
        }

        /// Gives `body` the next event, and returns false when there is none.
        mutating func next(
            _ progress: ((_ done: Int, _ total: Int) -> Void)?,
            _ body: (Range<Int>, borrowing [UInt8], inout PhoenixReplayEventWriter) throws -> Void
        ) throws -> Bool {
            // Those that were readable when the file was surveyed: what follows them may be torn.
            guard done < count, try events.next({ try body($0, $1, &converter) }) else { return false }
            done += 1
            if done.isMultiple(of: 4_096) { progress?(done, count) }
            return true
        }
    }
}

/// A way through the events of one form of file.
protocol PhoenixReplayWalk {
    /// Reads everything once.
    func survey() throws -> PhoenixReplaySurvey

    /// The events, in order.
    func events() throws -> any PhoenixReplayEvents
}

/// The events of a file, one after the other.
protocol PhoenixReplayEvents {
    /// Calls `body` with the next event, where it stands and in what, or returns false when there is none.
    mutating func next(_ body: (Range<Int>, borrowing [UInt8]) throws -> Void) throws -> Bool
}

/// What a file says besides its events.
struct PhoenixReplaySurvey {
    var fields = TermMap()
    var eventCount = 0
    var losses: [String] = []

    /// Checks that a key of the map is an atom.
    static func check(key: Term) throws(ReelError) {
        guard key.atom == nil else { return }
        throw ReelError(
            .notARecording, "a map with the key \(key.elixirText.prefix(80)), which is no atom", offset: 0,
            section: "phoenix-replay.md §1")
    }
}
