/// Reads terms one after the other, and shares between them what they have in common.
///
/// An event of a recording carries a whole form of which one field has changed, a whole list of which one element is new.
/// A reader remembers the terms that it has read lately: bytes that come again are compared, which is several times as
/// fast as decoding them, and the terms for them are the same values, which take no memory of their own.
///
/// ```swift
/// var terms = TermReader()
/// while let event = try reader.next() {
///     print(event.offset, try event.payload(with: &terms).elixirText)
/// }
/// ```
///
/// What it returns and throws is what ``Term/decode(_:at:limits:)`` does. A reader takes a few MiB of memory at the most.
public struct TermReader: Sendable {
    private let limits: TermLimits
    private var recent = RecentTerms()

    /// Creates a reader that remembers nothing yet.
    public init(limits: TermLimits = .default) { self.limits = limits }

    /// Reads one term without a leading 131 that starts at `offset` and may be followed by others.
    ///
    /// - Returns: the term and the offset after it.
    /// - Throws: ``TermError`` when there is no valid term.
    /// - Complexity: O(*n*) in the bytes of the term.
    public mutating func read(_ bytes: Span<UInt8>, at offset: Int) throws(TermError) -> (term: Term, end: Int) {
        var decoding = TermDecoding(bytes, at: offset, limits: limits, isSharing: true)
        if let term = recent.decode(&decoding, at: offset, enclosedBy: 0) { return (term, decoding.reader.offset) }
        return try Term.decode(bytes, at: offset, limits: limits)
    }
}
