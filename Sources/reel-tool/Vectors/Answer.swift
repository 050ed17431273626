/// What a reader has made of a vector's input. Spec/vectors.md §5 says what each is.
enum Answer: Equatable {
    /// The output's text.
    case text([UInt8])
    /// The input is refused.
    case error(kind: String, offset: Int?)
    /// The reader does not do this.
    case skip
    /// What is no answer at all, in words.
    case nonsense(String)
}

/// What a reader is asked: an output of the input that a file holds.
struct Question {
    var input: Vector.Input
    var output: Vector.Output
    /// The path of the file.
    var path: String
}

/// What is checked with the vectors: this build, or another program.
protocol VectorReader: AnyObject {
    /// Answers a question.
    ///
    /// - Throws: ``ReaderStopped`` when there will be no answers any more.
    func answer(_ question: Question) throws(ReaderStopped) -> Answer

    /// Says that there are no more questions.
    ///
    /// - Throws: ``ReaderStopped`` when the reader does not end as it should.
    func finish() throws(ReaderStopped)
}

/// Why a reader cannot be asked any more.
struct ReaderStopped: Error, Equatable {
    /// In words, with the reader as the subject: "has ended with status 1".
    var reason: String
}

extension Answer {
    /// Reads the line of an answer, without its line feed.
    init(line: [UInt8]) {
        let parts = line.split(separator: UInt8(ascii: "\t"), maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts.count > 1 ? Array(parts[1]) : nil
        switch String(decoding: parts.first ?? [], as: UTF8.self) {
        case "ok": self = rest.map(Answer.text) ?? .nonsense("ok without a text")
        case "skip": self = rest == nil ? .skip : .nonsense("skip with something after it")
        case "error": self = rest.flatMap(Answer.init(refusal:)) ?? .nonsense("error without a kind and an offset")
        default: self = .nonsense("neither ok, error nor skip")
        }
    }

    /// Reads what stands after `error` and a tab.
    private init?(refusal: [UInt8]) {
        let parts = refusal.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        let texts = parts.map { String(decoding: $0, as: UTF8.self) }
        guard let kind = texts.first, !kind.isEmpty, texts.count <= 2 else { return nil }
        guard texts.count == 2 else {
            self = .error(kind: kind, offset: nil)
            return
        }
        guard let offset = Int(texts[1]), offset >= 0 else { return nil }
        self = .error(kind: kind, offset: offset)
    }
}
