public import ExternalTerm

/// Reads the terms of a source, one after the other. Implements Spec/terms.md §9.
///
/// ```
/// let content = try Content(ofTerms: InputFile("state.etf.gz"))
/// if case .terms(let framing) = content.form {
///     var terms = TermSource(content.source, framing)
///     while let term = try terms.next() { print(try Term(external: terms.frames.bytes.span.extracting(term))) }
/// }
/// ```
public struct TermSource {
    private var source: any ByteSource
    /// What has been read; the range that ``next()`` returns stands in its bytes.
    public private(set) var frames: TermFrames

    /// Creates a reader of `source`, which holds terms that stand like this.
    public init(
        _ source: any ByteSource, _ framing: TermFraming, longestTerm: Int = TermFrames.defaultLongestTerm
    ) {
        self.source = source
        frames = TermFrames(framing, longestTerm: longestTerm)
    }

    /// Where the next term stands, or nil at the end. It is returned as soon as it has come.
    ///
    /// - Throws: ``TermError`` when no term can stand there, or the bytes end inside one, with its offset in the source; and
    ///   what the source throws.
    public mutating func next() throws -> Range<Int>? {
        while true {
            if let term = try frames.next() { return term }
            guard !frames.isEnded else { return nil }
            let count = try frames.append { bytes in try source.read(upTo: 64 << 10, appendingTo: &bytes) }
            if count == 0 { frames.end() }
        }
    }
}
