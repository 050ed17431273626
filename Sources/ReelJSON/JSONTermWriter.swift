public import ExternalTerm
public import Reel

/// Writes terms as JSON, a line each; or, when they are pretty, one after the other.
///
/// ```
/// var output = try OutputFile("states.jsonl")
/// try JSONTermWriter().convert(bytes, to: &output)  // whatever framing and compression they have
/// ```
///
/// ```
/// var json = JSONTermWriter(mapping: .tagged)
/// while let term = try terms.next() {
///     try json.append(terms.frames.bytes.span.extracting(term))
///     try sink.write(json.takeText())
/// }
/// ```
///
/// Implements Spec/json.md §3 and §4.
public struct JSONTermWriter {
    private let limits: TermLimits
    private var json: JSONWriter
    private var terms: TermJSONWriter
    /// The fastest way, when the options are those that it knows.
    private var plain: PlainTranscoder?

    /// Longer terms are written without making room for all of their text beforehand.
    private static let mostMemory = 1 << 20
    /// How much text is gathered before it goes on its way.
    private static let pieceByteCount = 64 << 10

    /// Creates a writer, compact and of the plain mapping by default.
    ///
    /// - Parameter limits: what a term may ask; one that is compressed may not inflate to more than 256 times its bytes either, or
    ///   8 MiB when that is more.
    public init(
        mapping: JSONMapping = .plain, style: JSONStyle = JSONStyle(), limits: TermLimits = .default
    ) {
        self.limits = limits
        json = JSONWriter(style: style)
        terms = TermJSONWriter(mapping)
        if mapping == .plain, !style.isPretty { plain = PlainTranscoder(isHTMLSafe: style.isHTMLSafe) }
    }

    /// Writes a whole term, with its leading 131, and ends the line.
    ///
    /// - Throws: ``TermError`` when `external` is no such term; then nothing has been written. Its offset counts from the term's
    ///   first byte.
    public mutating func append(_ external: Span<UInt8>) throws(TermError) {
        if appendPlain(external) { return }
        try json.write(external: external, with: &terms, limits: limits.scaled(to: external.count))
        json.endLine()
    }

    /// Writes a whole term, with its leading 131, and ends the line. Of a term with much text, what has been written so far is sent
    /// now and then: a term may have many times as much text as it has bytes.
    ///
    /// - Throws: ``TermError`` when `external` is no such term; then nothing of it has been written. What `send` throws.
    public mutating func append(_ external: Span<UInt8>, sending send: (_ text: [UInt8]) throws -> Void) throws {
        if appendPlain(external) { return }
        var failure: (any Error)?
        try withoutActuallyEscaping(send) { send in
            try json.write(external: external, with: &terms, limits: limits.scaled(to: external.count)) { json in
                let text = json.takeBytes()
                guard failure == nil else { return }
                do {
                    try send(text)
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
        json.endLine()
    }

    /// Takes the text so far away.
    public mutating func takeText() -> [UInt8] { json.takeBytes() }

    /// How many bytes of text have not been taken away.
    public var textByteCount: Int { json.bytes.count }

    private mutating func appendPlain(_ external: Span<UInt8>) -> Bool {
        guard 3...JSONTermWriter.mostMemory ~= external.count, external[0] == Tag.version,
            var plain = plain.take()
        else { return false }
        defer { self.plain = plain }
        let limits = limits
        let isWritten = json.write(
            estimate: 2 * external.count + 64, most: 2 * JSONTermWriter.mostMemory, isLines: true
        ) { text -> Bool? in
            guard let outcome = plain.write(external, at: 1, room: limits.depth, to: &text),
                outcome.end == external.count
            else { return nil }
            if outcome.needsCheck {
                var parser = TermParser(external, at: 1, limits: limits)
                guard (try? parser.skipToEnd()) != nil else { return nil }
            }
            text.put(UInt8(ascii: "\n"))
            return true
        }
        return isWritten ?? false
    }
}

extension JSONTermWriter {
    /// Writes all terms that a source holds: one, several, with lengths or without, compressed or not. They are written as they
    /// come.
    ///
    /// - Parameter framing: how the terms stand, when that is known.
    /// - Throws: ``UnknownContent`` when it holds no terms, ``TermError`` with its offset when one of them is no valid term, and
    ///   what the source and the sink throw. Those before it have been written.
    public func convert(
        contentsOf source: any ByteSource, framing: TermFraming? = nil, to sink: inout some ByteSink
    ) throws {
        let content = try Content(ofTerms: source, framing: framing)
        switch content.form {
        case .terms(let framing):
            var writer = self
            var terms = TermSource(content.source, framing)
            do {
                while let term = try terms.next() {
                    do {
                        try writer.append(terms.frames.bytes.span.extracting(term)) { try sink.write($0) }
                    } catch let error as TermError {
                        throw TermError(error.code, at: terms.frames.offset + error.offset, error.reason)
                    }
                    if writer.textByteCount >= JSONTermWriter.pieceByteCount { try sink.write(writer.takeText()) }
                }
            } catch {
                if writer.textByteCount > 0 { try sink.write(writer.takeText()) }
                throw error
            }
            if writer.textByteCount > 0 { try sink.write(writer.takeText()) }
        case .unknown(let content): throw content
        default: throw UnknownContent(attempts: [])
        }
    }

    /// Writes all terms in `bytes`: an array, a slice, `Data`, or the readable bytes of a buffer.
    ///
    /// - Parameter framing: how the terms stand, when that is known.
    /// - Throws: what ``convert(contentsOf:framing:to:)`` throws.
    public func convert(
        _ bytes: some Collection<UInt8>, framing: TermFraming? = nil, to sink: inout some ByteSink
    ) throws {
        try convert(contentsOf: MemorySource(Array(bytes)), framing: framing, to: &sink)
    }
}
