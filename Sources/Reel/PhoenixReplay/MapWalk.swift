import ExternalTerm

/// The way through a map with a list of events in it: `.etf.gz`, `.etf` and `.recording`.
struct MapWalk: PhoenixReplayWalk {
    let bytes: any RandomAccessBytes
    let wrapping: PhoenixReplayFormat.Wrapping
    let limits: ReaderLimits

    func survey() throws -> PhoenixReplaySurvey {
        var survey = PhoenixReplaySurvey()
        var fields: [TermMap.Pair] = []
        var hasEvents = false
        do {
            try walk(
                field: { fields.append($0) },
                event: { _, _ in
                    survey.eventCount += 1
                    return true
                }, events: { hasEvents = true })
            guard hasEvents else {
                throw ReelError(.notARecording, "a map without events", offset: 0, section: "phoenix-replay.md §1")
            }
        } catch {
            // What has been read of a torn file counts; a file of which nothing can be read is an error.
            let error = ReelError(wrapping: error)
            guard error.kind != .inputOutput, error.kind != .notARecording, !fields.isEmpty || survey.eventCount > 0
            else { throw error }
            survey.losses.append("\(error); \(survey.eventCount) events before it are imported")
        }
        survey.fields = TermMap(fields)
        guard survey.fields.count == fields.count else {
            throw ReelError(.malformedTerm, "a map that names a field twice", section: "terms.md §3.3")
        }
        return survey
    }

    func forEachEvent(upTo count: Int, _ body: (Range<Int>, borrowing [UInt8]) throws -> Void) throws {
        guard count > 0 else { return }
        var remaining = count
        try walk(
            field: { _ in },
            event: { range, bytes in
                try body(range, bytes)
                remaining -= 1
                return remaining > 0
            })
    }

    private func source() throws -> any ByteSource {
        switch wrapping {
        case .gzip: try GunzipSource(SequentialBytes(bytes: bytes, position: 0))
        case .compressedTerm: try InflatingSource(SequentialBytes(bytes: bytes, position: 6))
        case .term, .part: SequentialBytes(bytes: bytes, position: 0)
        }
    }

    /// Walks over the map, until its end or until `event` returns false.
    private func walk(
        field: (TermMap.Pair) -> Void, event: (Range<Int>, borrowing [UInt8]) throws -> Bool,
        events: () -> Void = {}
    ) throws {
        var window = TermWindow(try source(), limits: limits)
        // A compressed term's content has no leading 131.
        if wrapping != .compressedTerm, try window.byte("the first byte") != 131 {
            throw ReelError(.notARecording, "a term that does not start with 131", offset: 0)
        }
        guard try window.byte("the map") == 116 else {
            throw ReelError(.notARecording, "a term that is no map", offset: 1, section: "phoenix-replay.md §1")
        }
        for _ in 0..<(try window.uint32("the map's size")) {
            let key = try window.value("a field's name")
            guard key == .atom("events") else {
                field(TermMap.Pair(key, try window.value("a field")))
                continue
            }
            events()
            switch try window.byte("the events") {
            case 106: continue
            case 108:
                var end: UInt8 = 108
                // A list may be the tail of another one.
                while end == 108 {
                    for _ in 0..<(try window.uint32("the number of events")) {
                        let range = try window.term("an event")
                        guard try event(range, window.bytes) else { return }
                    }
                    end = try window.byte("the end of the events")
                }
                guard end == 106 else {
                    throw ReelError(
                        .notARecording, "events that are no proper list", offset: window.walkedByteCount,
                        section: "phoenix-replay.md §1")
                }
            default:
                throw ReelError(
                    .notARecording, "events that are no list", offset: window.walkedByteCount,
                    section: "phoenix-replay.md §1")
            }
        }
        try window.finish()
    }
}
