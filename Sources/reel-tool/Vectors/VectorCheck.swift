/// A reader, checked with the vectors of a folder.
struct VectorCheck {
    /// The command of the reader, or nil when it is this build.
    let reader: String?
    /// The version of the format that the vectors show.
    let version: String
    /// What the reader has to be able to do.
    let level: Vector.Level
    private(set) var results: [Result] = []
    /// Why the reader could not be asked to the end, when it could not.
    private(set) var stop: String?

    struct Result {
        var vector: Vector
        var verdict: Verdict
    }

    /// How many vectors came to what.
    struct Tally {
        var vectors = 0
        var agree = 0
        var disagree = 0
        var skipped = 0
        var notAsked = 0
    }

    init(reader: String?, version: String, level: Vector.Level) {
        self.reader = reader
        self.version = version
        self.level = level
    }

    /// Asks a reader about vectors.
    mutating func run(_ vectors: [Vector], of folder: VectorFolder, with reader: some VectorReader) throws {
        let progress = Progress("checking")
        defer { progress.finish() }
        for (index, vector) in vectors.enumerated() {
            progress.update(index, vectors.count)
            guard stop == nil else {
                results.append(Result(vector: vector, verdict: .notAsked))
                continue
            }
            do {
                results.append(Result(vector: vector, verdict: try verdict(on: vector, of: folder, by: reader)))
            } catch let error as ReaderStopped {
                stop = "the reader \(error.reason), asked about \(vector.id)"
                results.append(Result(vector: vector, verdict: .notAsked))
            }
        }
        guard stop == nil else { return }
        do throws(ReaderStopped) {
            try reader.finish()
        } catch {
            stop = "the reader \(error.reason)"
        }
    }

    private func verdict(
        on vector: Vector, of folder: VectorFolder, by reader: some VectorReader
    ) throws -> Verdict {
        var differences: [Difference] = []
        var isAnswered = false
        for output in vector.questions(at: level) {
            let expected = try vector.outputs[output].map { try folder.text(of: $0) }
            let question = Question(input: vector.input, output: output, path: folder.path(of: vector.file))
            let answer = try reader.answer(question)
            if answer != .skip { isAnswered = true }
            if let difference = vector.difference(of: answer, to: output, expected: expected, at: level) {
                differences.append(difference)
            }
        }
        guard differences.isEmpty else { return .disagrees(differences) }
        return isAnswered ? .agrees : .skipped
    }

    /// The vectors that the reader does not agree with, of one family or of all.
    func failures(in family: Vector.Family? = nil) -> [(vector: Vector, differences: [Difference])] {
        results.compactMap { result in
            guard family == nil || result.vector.family == family, case .disagrees(let differences) = result.verdict
            else { return nil }
            return (result.vector, differences)
        }
    }

    func tally(of family: Vector.Family? = nil) -> Tally {
        var tally = Tally()
        for result in results where family == nil || result.vector.family == family {
            tally.vectors += 1
            switch result.verdict {
            case .agrees: tally.agree += 1
            case .disagrees: tally.disagree += 1
            case .skipped: tally.skipped += 1
            case .notAsked: tally.notAsked += 1
            }
        }
        return tally
    }

    /// The families of which vectors have been checked.
    var families: [Vector.Family] {
        Vector.Family.allCases.filter { family in results.contains { $0.vector.family == family } }
    }

    /// Whether the reader agrees with every vector that it does not skip.
    var isPassed: Bool { stop == nil && failures().isEmpty }
}

extension VectorFolder {
    /// The text of an expected output.
    fileprivate func text(of expected: Vector.Expected) throws -> [UInt8] {
        switch expected {
        case .text(let text): Array(text.utf8)
        case .file(let file): try contents(of: file)
        }
    }
}
