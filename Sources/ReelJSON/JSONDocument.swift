import ExternalTerm
import Reel

/// A document of the plain mapping: an object with a list of events in it. Implements Spec/json.md §2.1 and §5.3.
struct JSONDocument {
    let bytes: any RandomAccessBytes
    let limits: ReaderLimits

    /// How far into a text its first byte that is no white space may stand.
    private static let mostSpace = 64 << 10

    /// Whether `bytes` start like an object, or like gzip of one.
    static func matches(_ bytes: any RandomAccessBytes) -> Bool {
        let limits = ReaderLimits(totalByteCount: mostSpace)
        guard var source = try? bytes.content() else { return false }
        var head: [UInt8] = []
        while head.count < limits.totalByteCount, (try? source.read(upTo: 256, appendingTo: &head)) ?? 0 > 0 {
            if let first = head.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
                return first == UInt8(ascii: "{")
            }
        }
        return false
    }

    /// Walks over the document, until its end or until `event` returns false.
    func walk(
        field: (TermMap.Pair) -> Void, events: () -> Void = {}, event: (borrowing JSONEventReader) throws -> Bool
    ) throws {
        var window = JSONWindow(try bytes.content(), limits: limits)
        guard try window.take("{") else { throw JSONDocument.notARecording("what is no object", at: window.offset) }
        var keys: Set<[UInt8]> = []
        var fieldsByteCount = 0
        var isFirst = true
        while try !(isFirst && window.take("}")) {
            isFirst = false
            let start = window.offset
            let key = try JSONDocument.key(&window, after: keys)
            keys.insert(key)
            if key == Array("events".utf8) {
                events()
                guard try walkEvents(&window, event) else { return }
            } else {
                field(try JSONDocument.field(key, &window))
                fieldsByteCount += window.offset - start
                guard fieldsByteCount <= limits.frameByteCount else {
                    throw ReelError(
                        .limitExceeded, "a header of more than the limit of \(limits.frameByteCount) bytes",
                        offset: start, section: "recording.md §9")
                }
            }
            if try window.take("}") { break }
            guard try window.take(",") else { throw JSONDocument.unexpected("',' or '}'", at: window.offset) }
        }
        if try window.peek() != nil {
            throw ReelError(
                JSONError(.trailingBytes, at: 0, "something after the document"), at: window.offset)
        }
    }

    /// Walks over the events, and returns whether `body` wanted all of them.
    private func walkEvents(
        _ window: inout JSONWindow, _ body: (borrowing JSONEventReader) throws -> Bool
    ) throws -> Bool {
        guard try window.take("[") else {
            throw JSONDocument.notARecording("events that are no array", at: window.offset)
        }
        if try window.take("]") { return true }
        var reader = JSONEventReader()
        while true {
            _ = try window.peek()
            let start = window.offset
            guard
                try window.value(depth: JSONEventReader.depth, { parser throws(JSONError) in try reader.read(&parser) })
            else {
                throw ReelError(
                    .malformedFrame, "an event without offset, type or payload", offset: start, section: "json.md §5.3")
            }
            guard try body(reader) else { return false }
            if try window.take("]") { return true }
            guard try window.take(",") else { throw JSONDocument.unexpected("',' or ']'", at: window.offset) }
        }
    }

    // MARK: Fields

    /// Takes a key and the colon after it.
    private static func key(_ window: inout JSONWindow, after keys: Set<[UInt8]>) throws -> [UInt8] {
        let first = try window.peek()
        let start = window.offset
        guard first == nil || first == UInt8(ascii: "\"") else { throw unexpected("a key", at: start) }
        let key = try window.value(depth: 0) { parser throws(JSONError) in
            guard case .string(let range, let hasEscapes)? = try parser.next() else { return [UInt8]() }
            return parser.bytes.unescaped(range, hasEscapes: hasEscapes)
        }
        guard !keys.contains(key) else {
            throw ReelError(JSONError(.duplicateKey, at: start, "an object that names a key twice"), at: 0)
        }
        guard try window.take(":") else { throw unexpected("':'", at: window.offset) }
        guard Atom(named: String(decoding: key, as: UTF8.self)) != nil else {
            throw notARecording("a key too long for an atom", at: start)
        }
        return key
    }

    /// How deep a field may nest: it stands in the header's map and tuple.
    private static let fieldDepth = TermLimits.default.depth - 3

    private static func field(_ key: [UInt8], _ window: inout JSONWindow) throws -> TermMap.Pair {
        let name = Atom(named: String(decoding: key, as: UTF8.self)) ?? .nil
        var value = try window.value(depth: fieldDepth) { parser throws(JSONError) in
            guard let token = try parser.next() else { throw JSONError(.truncated, at: parser.offset, "no value") }
            return try JSONTermReader(readsTags: false).term(token, &parser)
        }
        if name == "view" || name == .struct, let module = value.text.flatMap(module) { value = .atom(module) }
        return TermMap.Pair(.atom(name), value)
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

    // MARK: Errors

    static func notARecording(_ reason: String, at offset: Int) -> ReelError {
        // The document may be compressed: the error's words say where in it, its offset is the file's.
        let place = offset > 0 ? ", at byte \(offset) of the document" : ""
        return ReelError(.notARecording, reason + place, offset: 0, section: "json.md §5.3")
    }

    private static func unexpected(_ wanted: String, at offset: Int) -> ReelError {
        ReelError(JSONError(.malformed, at: offset, "\(wanted) expected"), at: 0)
    }
}
