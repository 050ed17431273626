import ArgumentParser
import SystemPackage

struct VectorsCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Compare what a reader makes of each vector with what it should.",
        discussion: """
            Without --reader this build is checked. A reader is any program: it is started once, through /bin/sh, gets \
            a line a question on its standard input, and answers each with a line on its standard output, at once. \
            Spec/vectors.md says what the lines are. What it has to say otherwise belongs on its standard error.

            Prints how many vectors of each family the reader agrees with, and the first failure of each family. The \
            exit status is 1 when there is any, or when the vectors themselves are not what they were.

            Examples:
              reel vectors check
              reel vectors check --reader 'python3 reader.py' --family terms --family json
              reel vectors check --reader ./reader --level reader
              reel vectors check --id 'terms/maps/*' --verbose
            """)

    @Argument(help: "The folder of vectors; without it, Vectors here or in the nearest folder above.")
    var folder: String?

    @Option(help: "The command of the reader to check.")
    var reader: String?

    @Option(help: "Check one family only: \(Vector.Family.allValueStrings.joined(separator: ", ")). May be repeated.")
    var family: [Vector.Family] = []

    @Option(help: "Check the vectors with such an id only; * and ? stand for characters. May be repeated.")
    var id: [String] = []

    @Option(
        help: """
            What the reader has to be able to do: reader (read what is valid, refuse what is not), diagnosing (say what \
            kind of error, and salvage), precise (say where).
            """)
    var level = Vector.Level.precise

    @Option(help: "How many seconds a reader may take for an answer.")
    var timeout = 60.0

    @Option(help: "Write the results to a file as JUnit does.")
    var junit: String?

    @Flag(help: "Print a JSON object.")
    var json = false

    @Flag(help: "Show all failures.")
    var verbose = false

    func validate() throws {
        guard timeout > 0, timeout <= 86_400 else { throw ValidationError("--timeout: from more than 0 to 86400.") }
    }

    func run() throws {
        try ExitStatus.of(folder ?? "Vectors") {
            let folder = try VectorFolder(try VectorFolder.find(folder))
            let faults = try folder.faults()
            for fault in faults { StandardError.say(Failure(.inputFellShort, fault)) }
            guard faults.isEmpty else {
                throw Failure(
                    .inputFellShort, "not what the manifest and the releases say", input: folder.path.string,
                    advice: "put the vectors back first")
            }
            let vectors = selected(of: folder.manifest.vectors)
            guard !vectors.isEmpty else {
                throw Failure(
                    .inputFellShort, "no such vector", input: folder.path.string,
                    advice: "check --family, --id and --level")
            }
            let check = try check(vectors, of: folder)
            let report = VectorReport(check: check)
            if let junit {
                let file = try OutputFile(junit)
                try file.write(Array(report.junit.utf8))
                try file.commit()
            }
            let output = StandardOutput()
            for line in json ? [report.json.text] : report.lines(isVerbose: verbose) { try output.write(line: line) }
            try output.flush()
            return check.isPassed ? .fine : .inputFellShort
        }
    }

    private func selected(of vectors: [Vector]) -> [Vector] {
        let globs = id.map(Glob.init)
        return vectors.filter { vector in
            vector.level <= level && (family.isEmpty || family.contains(vector.family))
                && (globs.isEmpty || globs.contains { $0.matches(vector.id) })
        }
    }

    private func check(_ vectors: [Vector], of folder: VectorFolder) throws -> VectorCheck {
        var check = VectorCheck(reader: reader, version: folder.manifest.version, level: level)
        guard let reader else {
            try check.run(vectors, of: folder, with: OwnReader())
            return check
        }
        guard !folder.path.string.contains(where: { $0 == "\t" || $0.isNewline }) else {
            throw Failure(
                .inputFellShort, "a path that no line of a request can hold", input: folder.path.string,
                advice: "rename the folder")
        }
        let process = try ReaderProcess(command: reader, timeout: .seconds(timeout))
        try check.run(vectors, of: folder, with: process)
        return check
    }
}
