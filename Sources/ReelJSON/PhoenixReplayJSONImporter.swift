import ExternalTerm
public import Reel

/// Makes a recording of a PhoenixReplay recording in JSON, of 0.1 or 0.2, in gzip or bare; or of a plain document of
/// `reel json`. Implements Spec/json.md §5.3.
///
/// The input is read twice, because some fields of the header come after the events; memory is bounded by one event and
/// the header. What is torn at its end is imported up to there. What JSON cannot say was lost before: the section of
/// the specification lists it.
///
/// ```swift
/// let importer = try PhoenixReplayJSONImporter(InputFile("session.json.gz"))
/// let summary = try importer.write(to: file)
/// ```
public struct PhoenixReplayJSONImporter {
    private let document: JSONDocument

    /// The header that the recording will have: every member of the document but `events`.
    public let header: Header
    /// How many events the document has.
    public let eventCount: Int
    /// What of the input cannot be read, or has no place in a recording; one sentence each.
    public let losses: [String]

    /// Opens a document, and reads all of it once.
    ///
    /// - Throws: ``ReelError`` when it is something else, or nothing of it can be read.
    public init(_ bytes: any RandomAccessBytes, limits: ReaderLimits = .default) throws(ReelError) {
        document = JSONDocument(bytes: bytes, limits: limits)
        var fields: [TermMap.Pair] = []
        var losses: [String] = []
        var hasEvents = false
        var count = 0
        var countOfOthers = 0
        do {
            try document.walk(
                field: { fields.append($0) }, events: { hasEvents = true },
                event: { event in
                    count += 1
                    if event.hasOtherMembers { countOfOthers += 1 }
                    return true
                })
            guard hasEvents else { throw JSONDocument.notARecording("an object without events", at: 0) }
        } catch {
            // What has been read of a torn document counts; one of which no event can be read is an error.
            let error = error as? ReelError ?? ReelError(.inputOutput, "\(error)")
            guard count > 0, ![.inputOutput, .notARecording, .malformedFrame].contains(error.kind) else { throw error }
            losses.append("\(error); \(count) \(count == 1 ? "event before it is" : "events before it are") imported")
        }
        if countOfOthers > 0 {
            losses.append(
                "\(countOfOthers) \(countOfOthers == 1 ? "event has" : "events have") members that recordings have no"
                    + " place for (Spec/json.md §5.3)")
        }
        header = Header(fields: TermMap(fields))
        eventCount = count
        self.losses = losses
    }

    /// Whether `bytes` start like JSON, or gzip of it: a recording and PhoenixReplay's other files never do.
    public static func matches(_ bytes: any RandomAccessBytes) -> Bool { JSONDocument.matches(bytes) }

    /// Writes the recording.
    ///
    /// - Parameter progress: called now and then with how many of how many events are done.
    /// - Returns: the recording's summary.
    /// - Throws: ``ReelError`` when the sink fails.
    public func write(
        to sink: any ByteSink, options: WriterOptions = .smallest,
        progress: ((_ done: Int, _ total: Int) -> Void)? = nil
    ) throws(ReelError) -> Summary {
        let writer = try RecordingWriter(to: sink, header: header, options: options)
        var events = EncodedEventWriter()
        var done = 0
        do {
            if eventCount > 0 {
                try document.walk(
                    field: { _ in },
                    event: { event in
                        try events.append(event.tuple, to: writer)
                        done += 1
                        if done.isMultiple(of: 4_096) { progress?(done, eventCount) }
                        return done < eventCount
                    })
            }
        } catch let error as ReelError {
            throw error
        } catch {
            throw ReelError(.inputOutput, "\(error)")
        }
        return try writer.finish(reason: .imported)
    }
}
