import ExternalTerm
public import Reel

/// Makes a recording of a PhoenixReplay recording in JSON, of 0.1 or 0.2, in gzip or bare; or of a plain document of
/// `reel json`.
///
/// What JSON cannot say is lost: Spec/json.md §5.3 lists it. The text is held in memory.
///
/// ```swift
/// let importer = try PhoenixReplayJSONImporter(InputFile("session.json.gz"))
/// let summary = try importer.write(to: file)
/// ```
public struct PhoenixReplayJSONImporter {
    private let text: [UInt8]
    private let limits: JSONLimits

    /// The header that the recording will have: every member of the document but `events`.
    public let header: Header
    /// How many events the document has.
    public let eventCount: Int

    /// Opens a document, and reads all of it once.
    ///
    /// - Throws: ``ReelError`` when it is something else, or not sound.
    public init(_ bytes: any RandomAccessBytes, limits: JSONLimits = .default) throws(ReelError) {
        guard bytes.byteCount <= limits.byteCount else {
            throw ReelError(
                .limitExceeded, "\(bytes.byteCount) bytes, more than the limit of \(limits.byteCount)", offset: 0)
        }
        let text: [UInt8]
        do {
            text = try GzipText.text(of: bytes.read(0..<bytes.byteCount), limit: limits.byteCount)
        } catch let error as ReelError {
            throw error
        } catch {
            throw ReelError(.inputOutput, "\(error)")
        }
        self.text = text
        self.limits = limits
        var fields: [TermMap.Pair] = []
        var count = 0
        try JSONDocument.walk(
            text.span, limits: limits,
            field: { fields.append($0) },
            event: { (_, _, _) throws(ReelError) in count += 1 })
        header = Header(fields: TermMap(fields))
        eventCount = count
    }

    /// Whether `bytes` start like JSON, or gzip of it: a recording and PhoenixReplay's other files never do.
    public static func matches(_ bytes: any RandomAccessBytes) -> Bool {
        guard let head = try? bytes.read(0..<min(bytes.byteCount, 64 << 10)), let text = GzipText.start(of: head) else {
            return false
        }
        let first = text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return first == UInt8(ascii: "{")
    }

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
        var done = 0
        try JSONDocument.walk(
            text.span, limits: limits,
            field: { _ in },
            event: { (offset, kind, payload) throws(ReelError) in
                try writer.append(offset: offset, kind: kind, payload: payload)
                done += 1
                if done.isMultiple(of: 4_096) { progress?(done, eventCount) }
            })
        return try writer.finish(reason: .imported)
    }
}

/// A document of the plain mapping: an object with a list of events in it. Implements Spec/json.md §2.1.
private enum JSONDocument {
    /// Walks over a document, from its start to its end.
    static func walk(
        _ text: Span<UInt8>, limits: JSONLimits, field: (TermMap.Pair) -> Void,
        event: (Int, Atom, Term) throws(ReelError) -> Void
    ) throws(ReelError) {
        var parser = JSONParser(text, limits: limits)
        do {
            guard try parser.next() == .beginObject else { throw malformed("what is no object", at: 0) }
            var hasEvents = false
            while let token = try parser.next(), case .key(let range, let hasEscapes) = token {
                let key = String(decoding: text.unescaped(range, hasEscapes: hasEscapes), as: UTF8.self)
                if key == "events" {
                    hasEvents = true
                    try events(&parser, event)
                    continue
                }
                guard let name = Atom(named: key) else {
                    throw malformed("a key too long for an atom", at: range.lowerBound)
                }
                var value = try term(&parser)
                if key == "view" || key == "__struct__", let module = value.text.flatMap(module) {
                    value = .atom(module)
                }
                field(TermMap.Pair(.atom(name), value))
            }
            guard hasEvents else { throw malformed("an object without events", at: 0) }
            // Nothing may follow.
            _ = try parser.next()
        } catch let error as ReelError {
            throw error
        } catch let error as JSONError {
            throw ReelError(error)
        } catch {
            throw ReelError(.inputOutput, "\(error)")
        }
    }

    private static func malformed(_ reason: String, at offset: Int) -> ReelError {
        ReelError(.notARecording, reason, offset: offset, section: "json.md §5.3")
    }

    private static func term(_ parser: inout JSONParser) throws(JSONError) -> Term {
        let start = parser.offset
        guard let token = try parser.next() else { throw JSONError(.truncated, at: start, "no value") }
        return try JSONTermReader(readsTags: false).term(token, at: start, &parser)
    }

    private static func events(
        _ parser: inout JSONParser, _ body: (Int, Atom, Term) throws(ReelError) -> Void
    ) throws {
        guard try parser.next() == .beginArray else { throw malformed("events that are no array", at: parser.offset) }
        while true {
            let start = parser.offset
            guard let token = try parser.next(), token != .endArray else { return }
            guard token == .beginObject, let fields = try event(&parser),
                let offset = fields["offset"]?.integer, offset >= 0,
                let kind = fields["type"]?.text.flatMap(Atom.init(named:)), let payload = fields["payload"]
            else {
                throw ReelError(
                    .malformedFrame, "an event without offset, type or payload", offset: start,
                    section: "json.md §5.3")
            }
            try body(offset, kind, payload)
        }
    }

    /// The members of an event whose object has been begun.
    private static func event(_ parser: inout JSONParser) throws(JSONError) -> TermMap? {
        var pairs: [TermMap.Pair] = []
        while let token = try parser.next(), case .key(let range, let hasEscapes) = token {
            let key = parser.bytes.unescaped(range, hasEscapes: hasEscapes)
            pairs.append(TermMap.Pair(.binary(key), try term(&parser)))
        }
        return TermMap(pairs)
    }

    /// The atom of a module that Elixir prints so, or nil when no module is.
    private static func module(_ text: String) -> Atom? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            part.first.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 } == true
                && part.allSatisfy {
                    $0 == UInt8(ascii: "_") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                        || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0
                }
        }
        return isName ? Atom(named: "Elixir.\(text)") : nil
    }
}

extension ReelError {
    /// The error that JSON which is not sound means for a recording.
    fileprivate init(_ error: JSONError) {
        let kind: Kind =
            switch error.code {
            case .truncated: .truncated
            case .limitExceeded: .limitExceeded
            case .trailingBytes: .trailingData
            default: .malformedTerm
            }
        self.init(kind, error.reason, offset: error.offset, section: "json.md §5")
    }
}
