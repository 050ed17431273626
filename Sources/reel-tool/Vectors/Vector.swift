import ArgumentParser
import ExternalTerm
import Reel
import ReelJSON

/// What a file is, and what a reader is to make of it. Spec/vectors.md §2 says more.
struct Vector {
    var id: String
    var family: Family
    /// The path of the input in the folder of vectors.
    var file: String
    /// The checksum of the file, in hexadecimal digits.
    var sha256: String
    var input: Input
    /// The section of `Spec/` that the vector shows.
    var section: String
    /// What it shows, in a sentence.
    var shows: String
    /// What is expected of the outputs that are to be given.
    var outputs: [Output: Expected]
    /// The error that is expected, when the input is to be refused.
    var error: ExpectedError?
    /// The lowest level that asks for the vector.
    var level: Level

    /// A family of vectors: Spec/vectors.md §1.
    enum Family: String, ExpressibleByArgument, CaseIterable {
        case terms, members, recordings, damaged
        case phoenixReplay = "phoenix-replay"
        case json, pages
    }

    /// What a reader can do, the least first: Spec/vectors.md §7.
    enum Level: String, ExpressibleByArgument, CaseIterable, Comparable {
        /// It reads what is valid, and refuses what is not.
        case reader
        /// It says what kind of error it has met as well, and salvages.
        case diagnosing
        /// It says where as well.
        case precise

        static func < (left: Level, right: Level) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// What a file is: Spec/vectors.md §3.
    enum Input: String, CaseIterable {
        case term, members, recording
        case phoenixReplay = "phoenix-replay"
        case taggedJSON = "tagged-json"
        case json
        case jsonDocument = "json-document"
    }

    /// What is to be made of a file: Spec/vectors.md §3.
    enum Output: String, CaseIterable {
        case tagged, plain, canonical, members, states, lines, pages, assets, salvage

        /// Whether two texts of it are compared as JSON values.
        var isJSON: Bool { self != .canonical }
    }

    /// The text of an output, or the path of the file in the folder of vectors that holds it.
    enum Expected {
        case text(String)
        case file(String)
    }

    /// The error that an input is to be refused with.
    struct ExpectedError: Hashable {
        var kind: String
        /// Where, or nil when it does not matter.
        var offset: Int?
    }
}

extension Vector.Input {
    /// The outputs that it has.
    var outputs: [Vector.Output] {
        switch self {
        case .term: [.tagged, .plain, .canonical]
        case .members: [.members]
        case .recording: [.tagged, .plain, .states, .lines, .pages, .assets, .salvage]
        case .phoenixReplay, .jsonDocument: [.tagged, .plain]
        case .taggedJSON, .json: [.canonical]
        }
    }

    /// The kinds of the errors that it can be refused with.
    var errorKinds: [String] {
        switch self {
        case .term: TermError.Code.allCases.map(\.rawValue)
        case .taggedJSON, .json: JSONError.Code.allCases.map(\.rawValue)
        case .members, .recording, .phoenixReplay, .jsonDocument: ReelError.Kind.allCases.map(\.rawValue)
        }
    }
}

extension Vector {
    /// What a reader of a level is asked about the vector, in the order of ``Output``: what is expected, or, when the
    /// input is to be refused, everything that it could have been. Salvage is for those who tell errors apart.
    func questions(at level: Level) -> [Output] {
        Output.allCases.filter { output in
            if output == .salvage { return outputs[output] != nil && level > .reader }
            return outputs[output] != nil || (error != nil && input.outputs.contains(output))
        }
    }

    /// The files in the folder of vectors that it consists of.
    var files: [String] {
        [file]
            + outputs.sorted { $0.key.rawValue < $1.key.rawValue }.compactMap { output in
                if case .file(let path) = output.value { path } else { nil }
            }
    }
}
