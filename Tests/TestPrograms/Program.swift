import Foundation

/// A program that has run to its end: what it wrote and said, and how it ended.
package struct Program: Sendable {
    package var status: CInt
    package var output: [UInt8]
    /// What it said on standard error.
    package var talk: String

    /// The output as text.
    package var text: String { String(decoding: output, as: UTF8.self) }

    /// The output's lines.
    package var lines: [String] { text.split(separator: "\n").map(String.init) }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - program: its path, or its name when it is to be found in `PATH`.
    ///   - environment: what it has besides the environment of the tests.
    /// - Throws: ``RunningProgram/Failure``.
    package static func run(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], input: [UInt8] = []
    ) throws -> Program {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reel-program-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Files, so that no pipe is ever full, and none is kept open by what the program leaves running.
        let files = ["input", "output", "talk"].map { folder.appending(path: $0) }
        try Data(input).write(to: files[0])
        for file in files.dropFirst() { try Data().write(to: file) }
        let running = try RunningProgram(
            program, arguments, environment: environment, input: .file(FileHandle(forReadingFrom: files[0])),
            output: .file(FileHandle(forWritingTo: files[1])), talk: .file(FileHandle(forWritingTo: files[2])))
        let status = running.wait()
        return Program(
            status: status, output: Array(try Data(contentsOf: files[1])),
            talk: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self))
    }

    /// The path of a program that has been built with the tests: it stands beside them.
    package static func built(_ name: String) -> String {
        let tests = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
        return tests.deletingLastPathComponent().appending(path: name).path
    }
}
