import ExternalTerm

/// The way through a map with a list of events in it: `.etf.gz`, `.etf` and `.recording`.
struct MapWalk: PhoenixReplayWalk {
    let bytes: any RandomAccessBytes
    let wrapping: PhoenixReplayFormat.Wrapping
    let limits: ReaderLimits

    func survey() throws -> PhoenixReplaySurvey {
        var survey = PhoenixReplaySurvey()
        var fields: [TermMap.Pair] = []
        var names: Set<Term> = []
        var isWhole = false
        do {
            var parts = try MapFields(source(), wrapping, limits)
            while let part = try parts.next() {
                switch part {
                case .field(let field):
                    try PhoenixReplaySurvey.check(key: field.key)
                    guard names.insert(field.key).inserted else { throw KeyTwice() }
                    fields.append(field)
                case .events: guard names.insert(.atom("events")).inserted else { throw KeyTwice() }
                case .event: survey.eventCount += 1
                }
            }
            isWhole = true
            guard names.contains(.atom("events")) else {
                throw ReelError(.notARecording, "a map without events", offset: 0, section: "phoenix-replay.md §1")
            }
            try parts.finish()
        } catch is KeyTwice {
            throw ReelError(.malformedTerm, "a map that names a field twice", section: "terms.md §3.3")
        } catch {
            // What has been read of a torn file counts; a file of which nothing can be read is an error.
            let error = ReelError(wrapping: error)
            guard error.kind != .inputOutput, error.kind != .notARecording, !fields.isEmpty || survey.eventCount > 0
            else { throw error }
            // A checksum that does not match says that what has been read is not what was written.
            if isWhole, [.checksum, .malformedMember, .malformedTerm].contains(error.kind) { throw error }
            survey.losses.append("\(error); \(survey.eventCount) events before it are imported")
        }
        survey.fields = TermMap(fields)
        return survey
    }

    /// A key that is there twice: it refuses the file, whatever has been read of it.
    private struct KeyTwice: Error {}

    func events() throws -> any PhoenixReplayEvents { MapEvents(fields: try MapFields(source(), wrapping, limits)) }

    private func source() throws -> any ByteSource {
        switch wrapping {
        case .gzip: PatientSource(try GunzipSource(SequentialBytes(bytes: bytes, position: 0)))
        case .compressedTerm:
            PatientSource(try InflatingSource(SequentialBytes(bytes: bytes, position: 6), .compressedTerm))
        case .term, .part: SequentialBytes(bytes: bytes, position: 0)
        }
    }
}

/// The events of a map, in order.
private struct MapEvents: PhoenixReplayEvents {
    var fields: MapFields

    mutating func next(_ body: (Range<Int>, borrowing [UInt8]) throws -> Void) throws -> Bool {
        while let part = try fields.next() {
            guard case .event(let range) = part else { continue }
            try body(range, fields.bytes)
            return true
        }
        return false
    }
}

/// What a map holds, one thing after the other.
private struct MapFields {
    enum Part {
        case field(TermMap.Pair)
        /// The field `events` starts.
        case events
        /// An event, and where it stands in ``bytes``.
        case event(Range<Int>)
    }

    private var window: TermWindow
    /// How many fields are still to come, and how many events of the list that is being read.
    private var fieldCount: Int
    private var eventCount = 0
    private var isInEvents = false

    init(_ source: any ByteSource, _ wrapping: PhoenixReplayFormat.Wrapping, _ limits: ReaderLimits) throws {
        window = TermWindow(source, limits: limits)
        // A compressed term's content has no leading 131.
        if wrapping != .compressedTerm, try window.byte("the first byte") != Tag.version {
            throw ReelError(.notARecording, "a term that does not start with 131", offset: 0)
        }
        guard try window.byte("the map") == Tag.map else {
            throw ReelError(.notARecording, "a term that is no map", offset: 1, section: "phoenix-replay.md §1")
        }
        fieldCount = try window.uint32("the map's size")
    }

    /// The bytes that the last event stands in.
    var bytes: [UInt8] { window.bytes }

    /// The next part, or nil at the map's end.
    mutating func next() throws -> Part? {
        if isInEvents {
            if let event = try nextEvent() { return event }
            isInEvents = false
        }
        guard fieldCount > 0 else { return nil }
        fieldCount -= 1
        let key = try window.value("a field's name", enclosing: 2)
        guard key == .atom("events") else {
            return .field(TermMap.Pair(key, try window.value("a field", enclosing: 2)))
        }
        isInEvents = true
        return .events
    }

    /// Reads what follows the map.
    mutating func finish() throws { try window.finish() }

    /// The next event, or nil at the end of their list.
    private mutating func nextEvent() throws -> Part? {
        while eventCount == 0 {
            // Where the list starts, and where it ends: a list may be the tail of another one.
            switch try window.byte("the events") {
            case Tag.nil: return nil
            case Tag.list: eventCount = try window.uint32("the number of events")
            default:
                throw ReelError(
                    .notARecording, "events that are no proper list", offset: window.walkedByteCount,
                    section: "phoenix-replay.md §1")
            }
        }
        eventCount -= 1
        return .event(try window.term("an event", enclosing: 3))
    }
}
