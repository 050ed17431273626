/// How much a term from outside may ask of its reader. Implements Spec/recording.md §9.
public struct TermLimits: Hashable, Sendable {
    /// How many terms may enclose a term: 1,024 by default.
    ///
    /// ``TermParser`` and ``CanonicalTranscoder`` honour any depth. A tree of ``Term`` values is bounded by
    /// ``deepestTree`` as well, because Swift releases and compares trees by recursion.
    public var depth: Int

    /// How many bytes a compressed term may inflate to: 64 MiB by default.
    public var inflatedByteCount: Int

    /// Creates limits.
    public init(depth: Int = 1_024, inflatedByteCount: Int = 64 << 20) {
        self.depth = depth
        self.inflatedByteCount = inflatedByteCount
    }

    /// The limits for input that nobody vouches for.
    public static let `default` = TermLimits()

    /// The deepest tree of ``Term`` values that is ever built, whatever ``depth`` says: what a build without
    /// optimization compares within 5 MB of stack.
    public static let deepestTree = 1_024
}
