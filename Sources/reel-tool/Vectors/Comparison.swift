import ReelJSON

/// Whether a reader agrees with a vector.
enum Verdict {
    case agrees
    case disagrees([Difference])
    /// The reader does none of the outputs.
    case skipped
    /// The reader had stopped by then.
    case notAsked
}

/// What a reader has made of an output, and what it should have.
struct Difference {
    var output: Vector.Output
    var expected: String
    var found: String
}

extension Vector {
    /// Compares an answer with what is expected. Implements Spec/vectors.md §4.
    ///
    /// - Parameters:
    ///   - text: the expected text, when one is expected.
    ///   - level: how much of an error has to agree.
    /// - Returns: nil when it agrees. Asking a reader that skips tells nothing: that is for the caller.
    func difference(
        of answer: Answer, to output: Output, expected text: [UInt8]?, at level: Level
    ) -> Difference? {
        let expected = text.map(Answer.text)
        switch answer {
        case .skip: return nil
        case .text(let found):
            guard let text else { break }
            return output.isJSON
                ? jsonDifference(of: found, to: text, output) : textDifference(of: found, to: text, output)
        case .error(let kind, let offset):
            if text == nil, let error, error.agrees(with: kind, offset, at: level) { return nil }
        case .nonsense: break
        }
        return Difference(
            output: output,
            expected: expected?.summary ?? error?.description ?? "", found: answer.summary)
    }

    private func jsonDifference(of found: [UInt8], to text: [UInt8], _ output: Output) -> Difference? {
        do {
            let isTagged = output != .plain
            let (found, text) = (
                try JSONNormalForm(found, isTagged: isTagged), try JSONNormalForm(text, isTagged: isTagged)
            )
            return textDifference(of: found.bytes, to: text.bytes, output)
        } catch {
            return Difference(
                output: output, expected: Answer.text(text).summary,
                found: "\(Answer.text(found).summary), which is no JSON: \(error)")
        }
    }

    private func textDifference(of found: [UInt8], to text: [UInt8], _ output: Output) -> Difference? {
        guard found != text else { return nil }
        let start = zip(found, text).prefix { $0 == $1 }.count
        return Difference(
            output: output, expected: Excerpt.around(start, of: text), found: Excerpt.around(start, of: found))
    }
}

extension Vector.ExpectedError {
    func agrees(with kind: String, _ offset: Int?, at level: Vector.Level) -> Bool {
        switch level {
        case .reader: true
        case .diagnosing: self.kind == kind
        case .precise: self.kind == kind && (self.offset == offset || self.offset == nil || offset == nil)
        }
    }

    var description: String { "error \(kind)" + (offset.map { " at byte \($0)" } ?? "") }
}

extension Answer {
    /// The answer in few words.
    var summary: String {
        switch self {
        case .text(let text): Excerpt.around(0, of: text)
        case .error(let kind, let offset): Vector.ExpectedError(kind: kind, offset: offset).description
        case .skip: "skip"
        case .nonsense(let reason): "no answer: \(reason)"
        }
    }
}

/// Long text, shortened.
private enum Excerpt {
    /// How much is shown before the place that matters, and after it.
    private static let before = 24, after = 56

    /// What stands around a place.
    static func around(_ place: Int, of text: [UInt8]) -> String {
        let start = max(place - before, 0)
        let end = min(place + after, text.count)
        let part = String(decoding: text[start..<end], as: UTF8.self)
        return (start > 0 ? "…" : "") + part + (end < text.count ? "… (\(text.count) bytes)" : "")
    }
}
