public import ExternalTerm
import Zlib

/// Which of the two mappings of Spec/json.md turns terms into JSON.
public enum JSONMapping: Hashable, Sendable {
    /// For people and other tools: every term has an image, though it may not lead back.
    case plain(PlainOptions)
    /// Without loss: ``ExternalTerm/Term/init(taggedJSON:limits:)`` leads back to the same term.
    case tagged

    /// The plain mapping without options.
    public static let plain = JSONMapping.plain(PlainOptions())
}

/// Writes terms by one of the mappings, keeping the memory that it needs from term to term.
struct TermJSONWriter {
    let mapping: JSONMapping
    private var plain: PlainMapping?
    private var tagged = TaggedMapping()

    init(_ mapping: JSONMapping) {
        self.mapping = mapping
        if case .plain(let options) = mapping { plain = PlainMapping(options: options) }
    }

    /// Writes the valid term at `start`, without a leading 131, and returns where it ends.
    ///
    /// - Parameter drain: takes the text so far, now and then: a term may have many times as much text as it has bytes.
    @discardableResult
    mutating func write(
        _ bytes: Span<UInt8>, at start: Int, to json: inout JSONWriter, drain: TextDrain? = nil
    ) throws(TermError) -> Int {
        if plain != nil { return try plain?.write(bytes, at: start, to: &json, drain: drain) ?? start }
        return try tagged.write(bytes, at: start, to: &json, drain: drain)
    }
}

/// Takes text that has been written, all of it, from a writer.
typealias TextDrain = (inout JSONWriter) -> Void

extension JSONWriter {
    /// Has the text taken when there is much of it.
    mutating func drainIfFull(_ drain: TextDrain?) {
        if bytes.count >= 256 << 10, let drain { drain(&self) }
    }
}

extension JSONWriter {
    /// Writes a whole term of the External Term Format, with its leading 131: any that the codec reads, without a tree
    /// of it.
    ///
    /// ```swift
    /// var json = JSONWriter()
    /// try json.write(external: bytes.span)
    /// ```
    ///
    /// Implements Spec/json.md §3 and §4.
    /// - Throws: ``TermError`` when `bytes` are no such term; then nothing has been written.
    public mutating func write(
        external bytes: Span<UInt8>, mapping: JSONMapping = .plain, limits: TermLimits = .default
    ) throws(TermError) {
        var terms = TermJSONWriter(mapping)
        try write(external: bytes, with: &terms, limits: limits)
    }

    /// The same, with what writes terms and has its memory already.
    mutating func write(
        external bytes: Span<UInt8>, with terms: inout TermJSONWriter, limits: TermLimits, drain: TextDrain? = nil
    ) throws(TermError) {
        switch try TermEnvelope.open(bytes, limits: limits) {
        case .local(let range): write(local: [UInt8](copying: bytes.extracting(range)), terms.mapping)
        case .plain(let start):
            var parser = TermParser(bytes, at: start, limits: limits)
            try parser.skipToEnd()
            try JSONWriter.checkEnd(parser.offset, of: bytes)
            try terms.write(bytes, at: start, to: &self, drain: drain)
        case .inflated(let content, let byteCount):
            do throws(TermError) {
                // What follows the term in its stream is ignored.
                var parser = TermParser(content.span, at: 0, limits: limits)
                try parser.skipToEnd()
            } catch {
                // There is no offset of its own in what is compressed.
                throw TermError(error.code, at: 1, "\(error.reason), at byte \(error.offset) of what is compressed")
            }
            try JSONWriter.checkEnd(byteCount, of: bytes)
            try terms.write(content.span, at: 0, to: &self, drain: drain)
        }
    }

    /// Writes a term. Implements Spec/json.md §3 and §4.
    public mutating func write(_ term: Term, mapping: JSONMapping = .plain) {
        if case .local(let content) = term { return write(local: content, mapping) }
        var encoded = TermWriter()
        encoded.write(term)
        var writer = TermJSONWriter(mapping)
        // What has just been written is valid.
        _ = try? writer.write(encoded.bytes.span, at: 0, to: &self)
    }

    private mutating func write(local content: [UInt8], _ mapping: JSONMapping) {
        guard case .tagged = mapping else { return write(string: Term.local(content).elixirText) }
        beginObject()
        key("$local")
        write(plain: Base64.encode(content))
        endObject()
    }

    private static func checkEnd(_ end: Int, of bytes: Span<UInt8>) throws(TermError) {
        guard end == bytes.count else {
            throw TermError(.trailingBytes, at: end, "\(bytes.count - end) bytes after the term")
        }
    }
}

extension Term {
    /// The term as JSON text. Implements Spec/json.md §3 and §4.
    ///
    /// ```swift
    /// Term.tuple([.atom("ok"), 3]).json()  // ["ok",3]
    /// Term.tuple([.atom("ok"), 3]).json(mapping: .tagged)  // {"$tuple":[{"$atom":"ok"},3]}
    /// ```
    public func json(mapping: JSONMapping = .plain, style: JSONStyle = JSONStyle()) -> String {
        var writer = JSONWriter(style: style)
        writer.write(self, mapping: mapping)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Reads JSON text of the tagged mapping. Implements Spec/json.md §5.1.
    ///
    /// ```swift
    /// try Term(taggedJSON: #"{"$atom": "ok"}"#)  // .atom("ok")
    /// ```
    ///
    /// - Throws: ``JSONError`` when the text is no JSON, or has tags that stand for no term.
    public init(taggedJSON text: String, limits: JSONLimits = .default) throws(JSONError) {
        let bytes = Array(text.utf8)
        try self.init(json: bytes.span, readsTags: true, limits: limits)
    }

    /// Reads JSON text of the tagged mapping, given in UTF-8. Implements Spec/json.md §5.1.
    ///
    /// - Throws: ``JSONError`` when the text is no JSON, or has tags that stand for no term.
    public init(taggedJSON text: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        try self.init(json: text.span, readsTags: true, limits: limits)
    }

    /// Reads any JSON text: objects become maps whose keys are binaries, `null` the atom `nil`. Implements Spec/json.md
    /// §5.2.
    ///
    /// ```swift
    /// try Term(plainJSON: Array(#"{"ok": [1, null]}"#.utf8))  // %{"ok" => [1, nil]}
    /// ```
    ///
    /// - Throws: ``JSONError`` when the text is no JSON.
    public init(plainJSON text: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        try self.init(json: text.span, readsTags: false, limits: limits)
    }

    private init(json bytes: Span<UInt8>, readsTags: Bool, limits: JSONLimits) throws(JSONError) {
        var parser = JSONParser(bytes, limits: limits)
        guard let token = try parser.next() else { throw JSONError(.truncated, at: 0, "no value") }
        self = try JSONTermReader(readsTags: readsTags).term(token, &parser)
        _ = try parser.next()
    }
}
