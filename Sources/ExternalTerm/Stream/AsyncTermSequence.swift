/// The terms in bytes that come asynchronously, each as soon as it is whole.
///
/// ```
/// for try await term in connection.inbound.map(\.readableBytesView).terms(.packet4) {
///     print(term.elixirText)
/// }
/// ```
///
/// Memory is bounded by the longest term, and by a piece. Implements Spec/terms.md §9.
public struct AsyncTermSequence<Base: AsyncSequence>: AsyncSequence
where Base.Element: Sequence, Base.Element.Element == UInt8 {
    private let base: Base
    private let framing: TermFraming
    private let limits: TermLimits
    private let longestTerm: Int

    init(_ base: Base, _ framing: TermFraming, _ limits: TermLimits, longestTerm: Int) {
        self.base = base
        self.framing = framing
        self.limits = limits
        self.longestTerm = longestTerm
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(
            base: base.makeAsyncIterator(), frames: TermFrames(framing, longestTerm: longestTerm), limits: limits)
    }

    /// Reads the terms.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var base: Base.AsyncIterator
        fileprivate var frames: TermFrames
        fileprivate let limits: TermLimits
        private var hasFailed = false

        fileprivate init(base: Base.AsyncIterator, frames: TermFrames, limits: TermLimits) {
            self.base = base
            self.frames = frames
            self.limits = limits
        }

        /// The next term, or nil at the end.
        ///
        /// - Throws: ``TermError`` with its offset in all bytes when there is none, and what the bytes' sequence throws. After
        ///   an error there are no more terms.
        public mutating func next() async throws -> Term? {
            guard !hasFailed else { return nil }
            hasFailed = true
            while true {
                if let term = try nextWhole() {
                    hasFailed = false
                    return term
                }
                guard !frames.isEnded else { return nil }
                if let piece = try await base.next() {
                    frames.append { $0.append(contentsOf: piece) }
                } else {
                    frames.end()
                }
            }
        }

        private mutating func nextWhole() throws(TermError) -> Term? {
            guard let term = try frames.next() else { return nil }
            do throws(TermError) {
                return try Term(external: frames.bytes.span.extracting(term), limits: limits)
            } catch {
                throw TermError(error.code, at: frames.offset + error.offset, error.reason)
            }
        }
    }
}

extension AsyncSequence where Element: Sequence, Element.Element == UInt8 {
    /// The terms in these pieces of bytes, which may end anywhere.
    ///
    /// - Parameters:
    ///   - framing: how the terms stand.
    ///   - limits: what each may ask of its reader.
    ///   - longestTerm: the most bytes that one may have.
    public func terms(
        _ framing: TermFraming = .terms, limits: TermLimits = .default,
        longestTerm: Int = TermFrames.defaultLongestTerm
    ) -> AsyncTermSequence<Self> {
        AsyncTermSequence(self, framing, limits, longestTerm: longestTerm)
    }
}

extension AsyncSequence where Element == UInt8 {
    /// The terms in these bytes: see ``AsyncTermSequence``. Pieces of bytes are faster.
    ///
    /// - Parameters:
    ///   - framing: how the terms stand.
    ///   - limits: what each may ask of its reader.
    ///   - longestTerm: the most bytes that one may have.
    public func terms(
        _ framing: TermFraming = .terms, limits: TermLimits = .default,
        longestTerm: Int = TermFrames.defaultLongestTerm
    ) -> AsyncTermSequence<AsyncMapSequence<Self, CollectionOfOne<UInt8>>> {
        map { CollectionOfOne($0) }.terms(framing, limits: limits, longestTerm: longestTerm)
    }
}
