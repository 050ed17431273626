public import ExternalTerm

/// How much a recording may ask of its reader. Implements Spec/recording.md §9.
public struct ReaderLimits: Hashable, Sendable {
    /// The most bytes of one frame: 64 MiB by default.
    public var frameByteCount: Int
    /// The most bytes that one member may hold, uncompressed: 128 MiB by default.
    public var memberByteCount: Int
    /// The most bytes that a whole recording may hold, uncompressed: 1 TiB by default.
    public var totalByteCount: Int
    /// The most entries of an index: 4 million by default, which is 4 TiB of terms.
    public var indexEntryCount: Int
    /// What a frame's term may ask.
    public var term: TermLimits
    /// How many terms a header may have: 100,000 by default. It is read of every file that is listed.
    public var headerTermCount: Int

    /// Creates limits.
    public init(
        frameByteCount: Int = 64 << 20, memberByteCount: Int = 128 << 20, totalByteCount: Int = 1 << 40,
        indexEntryCount: Int = 4_000_000, term: TermLimits = .default, headerTermCount: Int = 100_000
    ) {
        self.frameByteCount = frameByteCount
        self.memberByteCount = memberByteCount
        self.totalByteCount = totalByteCount
        self.indexEntryCount = indexEntryCount
        self.term = term
        self.headerTermCount = headerTermCount
    }

    /// The limits for a recording of so many bytes: trees of a larger one may be larger, by a term a byte, and a small one may not
    /// inflate to as much.
    func scaled(to byteCount: Int) -> ReaderLimits {
        var limits = self
        limits.term = term.scaled(to: byteCount)
        limits.inflatedByteCount = TermLimits.mostInflated(from: byteCount)
        return limits
    }

    /// What the content of a member may have by the length of its file.
    private var inflatedByteCount = Int.max

    /// What the content of a member may have: by the limit of all, and by the length of its file.
    var contentByteCount: Int { min(memberByteCount, inflatedByteCount) }

    /// The limits for input that nobody vouches for.
    public static let `default` = ReaderLimits()
}
