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
            // Nothing in what is no recording has a place in one.
            if error.kind == .notARecording { error.offset = 0 }
            throw error
        }
    }

    /// Writes the recording.
    ///
    /// - Parameter progress: called now and then with how many of how many events are done.
    /// - Throws: ``ReelError`` when an event is no event, or the sink fails.
    public func write(
        to sink: any ByteSink, options: WriterOptions = .smallest,
        progress: ((_ done: Int, _ total: Int) -> Void)? = nil
    ) throws(ReelError) -> ImportReport {
        let writer = try RecordingWriter(to: sink, header: header, options: options)
        var events = PhoenixReplayEventWriter()
        var done = 0
        do {
            try walk.forEachEvent(upTo: eventCount) { range, bytes in
                try writer.append { (term) throws(ReelError) in try events.write(range, of: bytes.span, to: &term) }
                done += 1
                if done.isMultiple(of: 4_096) { progress?(done, eventCount) }
            }
        } catch {
            throw ReelError(wrapping: error)
        }
        return ImportReport(summary: try writer.finish(reason: .imported), losses: losses)
    }
}

/// A way through the events of one form of file.
protocol PhoenixReplayWalk {
    /// Reads everything once.
    func survey() throws -> PhoenixReplaySurvey

    /// Calls `body` with each of the first `count` events, in order: where it stands, and in what.
    func forEachEvent(upTo count: Int, _ body: (Range<Int>, borrowing [UInt8]) throws -> Void) throws
}

/// What a file says besides its events.
struct PhoenixReplaySurvey {
    var fields = TermMap()
    var eventCount = 0
    var losses: [String] = []
}
