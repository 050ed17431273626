import Foundation
import TestPrograms
import Testing

/// The tool that has been built with the tests.
enum Tool {
    static let path = Program.built("reel")

    /// Runs the tool to its end.
    static func run(_ arguments: String..., input: [UInt8] = []) throws -> Program {
        try Program.run(path, arguments, input: input)
    }

    /// Runs the tool to its end.
    static func run(_ arguments: [String], input: [UInt8] = []) throws -> Program {
        try Program.run(path, arguments, input: input)
    }

    /// Runs a line of `bash` in which `reel` is the tool. Its status is that of the first command of a pipe that fails.
    static func shell(_ line: String, input: [UInt8] = []) throws -> Program {
        try Program.run("bash", ["-c", "set -o pipefail; reel() { '\(path)' \"$@\"; }; \(line)"], input: input)
    }

    /// Starts the tool: what is written to it is read by it, and what it writes can be waited for.
    static func start(_ arguments: String...) throws -> RunningProgram {
        try RunningProgram(path, arguments, input: .pipe, output: .pipe, talk: .pipe)
    }
}

extension Program {
    /// The output as JSON: one value a line.
    var json: [Any] {
        get throws {
            try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed) }
        }
    }
}

extension RunningProgram {
    func write(_ bytes: [UInt8]) throws { try input.write(contentsOf: Data(bytes)) }

    /// Waits for the end. Returns the status, and what was said on standard error.
    func end() -> (status: CInt, talk: String) {
        let talk = String(decoding: talk.readDataToEndOfFile(), as: UTF8.self)
        return (wait(), talk)
    }
}

/// Calls `body` with a folder that is gone afterwards.
func inFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "reel-tool-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

/// Calls `body` with the path of a file that holds `bytes`, and is gone afterwards.
func withFile<Result>(_ bytes: [UInt8], _ name: String = "session.reel", _ body: (String) throws -> Result) throws
    -> Result
{
    try inFolder { folder in
        let file = folder.appending(path: name)
        try Data(bytes).write(to: file)
        return try body(file.path)
    }
}

extension URL {
    /// The file's bytes.
    var bytes: [UInt8] { get throws { Array(try Data(contentsOf: self)) } }

    /// The names of the files in the folder.
    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}
