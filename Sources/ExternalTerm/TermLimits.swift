/// How much a term from outside may ask of its reader. Implements Spec/recording.md §9.
public struct TermLimits: Hashable, Sendable {
    /// How many terms may enclose a term: 1,024 by default.
    ///
    /// ``TermParser`` and ``CanonicalTranscoder`` honour any depth. A tree of ``Term`` values is bounded by
    /// ``deepestTree`` as well, because Swift releases and compares trees by recursion.
    public var depth: Int

    /// How many bytes a compressed term may inflate to: 64 MiB by default.
    public var inflatedByteCount: Int

    /// How many terms a tree of ``Term`` values may have: one million by default, or one a byte where the input is larger.
    ///
    /// Bytes that are compressed may hold sixty million terms in five hundred bytes, and a tree takes many times the bytes that it is
    /// built of. What builds no tree has no need of it.
    public var treeTermCount: Int

    /// Creates limits.
    public init(depth: Int = 1_024, inflatedByteCount: Int = 64 << 20, treeTermCount: Int = 1_000_000) {
        self.depth = depth
        self.inflatedByteCount = inflatedByteCount
        self.treeTermCount = treeTermCount
    }

    /// The limits for terms in an input of so many bytes: a larger one may have larger trees, of one term a byte, and a small one may
    /// not inflate to as much.
    public func scaled(to byteCount: Int) -> TermLimits {
        var limits = self
        limits.treeTermCount = max(treeTermCount, byteCount)
        limits.inflatedByteCount = min(inflatedByteCount, TermLimits.mostInflated(from: byteCount))
        return limits
    }

    /// What so many bytes may inflate to: 256 times as much, or 8 MiB when that is more.
    package static func mostInflated(from byteCount: Int) -> Int {
        let (product, overflows) = byteCount.multipliedReportingOverflow(by: 256)
        return overflows ? .max : max(product, 8 << 20)
    }

    /// The limits for input that nobody vouches for.
    public static let `default` = TermLimits()

    /// The deepest tree of ``Term`` values that is ever built, whatever ``depth`` says: what a build without
    /// optimization compares within 5 MB of stack.
    public static let deepestTree = 1_024
}
