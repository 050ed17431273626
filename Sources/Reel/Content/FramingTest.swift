import ExternalTerm

/// Whether terms stand in bytes in one way, as far as the first of them tell.
struct FramingTest {
    enum Verdict: Hashable {
        /// A whole term stands at the start, and what follows it is as it should be.
        case fits
        /// A term has begun, and is not all there.
        case begins
        /// A whole term stands at the start, and what follows it is nothing of the kind.
        case fitsFirst
        /// There are too few bytes to tell.
        case open
        case fails
    }

    let framing: TermFraming
    private(set) var verdict = Verdict.open
    /// What is wrong, and where.
    private(set) var failure: TermError?
    /// Where the first term stands, when it is whole.
    private(set) var first: Range<Int>?

    /// Tries the first bytes of something.
    ///
    /// - Parameter isWhole: whether they are all that there is.
    init(_ framing: TermFraming, _ head: [UInt8], isWhole: Bool) {
        self.framing = framing
        var frames = TermFrames(framing)
        frames.append(head.span)
        if isWhole { frames.end() }
        do throws(TermError) {
            guard let term = try frames.next() else {
                if isWhole { throw TermError(.truncated, at: head.count, "no bytes at all") }
                verdict = try begins(head)
                return
            }
            try FramingTest.check(head.span.extracting(term), at: term.lowerBound)
            first = term
            verdict = .fitsFirst
            if let second = try frames.next() {
                try FramingTest.check(head.span.extracting(second), at: second.lowerBound)
            } else {
                _ = try begins(Array(head[term.upperBound...]))
            }
            verdict = .fits
        } catch {
            failure = error
            if verdict == .open { verdict = .fails }
        }
    }

    /// Whether a term that is not all there has begun well.
    private func begins(_ head: [UInt8]) throws(TermError) -> Verdict {
        let content = head.dropFirst(framing.lengthByteCount)
        guard !content.isEmpty else { return .open }
        var terms = TermFrames(.terms)
        terms.append(Array(content).span)
        do throws(TermError) {
            // A term that is all there is shorter than its frame.
            let whole = try terms.next()
            guard whole == nil || framing == .terms else {
                throw TermError(.trailingBytes, at: 0, "a frame that is longer than its term")
            }
        } catch {
            throw TermError(error.code, at: error.offset + framing.lengthByteCount, error.reason)
        }
        return .begins
    }

    /// Checks that a term takes all of its bytes.
    private static func check(_ bytes: Span<UInt8>, at offset: Int) throws(TermError) {
        do throws(TermError) {
            let count: Int
            // What is too deep for its reader is a term all the same.
            let limits = TermLimits(depth: .max)
            switch try TermEnvelope.open(bytes, limits: limits) {
            case .plain(let start):
                var parser = TermParser(bytes, at: start, limits: limits)
                try parser.skipToEnd()
                count = parser.offset
            case .inflated(let content, let byteCount):
                var parser = TermParser(content.span, at: 0, limits: limits)
                try parser.skipToEnd()
                count = byteCount
            case .local(let range): count = range.upperBound
            }
            guard count == bytes.count else {
                throw TermError(.trailingBytes, at: count, "\(bytes.count - count) bytes after the term")
            }
        } catch {
            throw TermError(error.code, at: offset + error.offset, error.reason)
        }
    }
}
