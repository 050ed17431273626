import Foundation
import Testing

/// A program that has run: what it said, and how it ended.
struct Program {
    var status: Int32
    var output: [UInt8]
    var errors: String

    /// The output as text.
    var text: String { String(decoding: output, as: UTF8.self) }

    /// Runs a program to its end. A name without a slash is looked up in `PATH`.
    static func run(_ program: String, _ arguments: [String], input: [UInt8]? = nil) throws -> Program {
        try inFolder { folder in
            // Files, so that no pipe is ever full.
            let output = folder.appending(path: "output")
            let errors = folder.appending(path: "errors")
            for file in [output, errors] { try Data().write(to: file) }
            let process = Process()
            process.executableURL = URL(filePath: program.contains("/") ? program : "/usr/bin/env")
            process.arguments = (program.contains("/") ? [] : [program]) + arguments
            process.standardOutput = try FileHandle(forWritingTo: output)
            process.standardError = try FileHandle(forWritingTo: errors)
            process.standardInput = FileHandle.nullDevice
            if let input {
                try Data(input).write(to: folder.appending(path: "input"))
                process.standardInput = try FileHandle(forReadingFrom: folder.appending(path: "input"))
            }
            try process.run()
            process.waitUntilExit()
            return Program(
                status: process.terminationStatus, output: Array(try Data(contentsOf: output)),
                errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
        }
    }

    /// Runs the tool that has been built with the tests.
    static func reel(_ arguments: String..., input: [UInt8]? = nil) throws -> Program {
        try run(try tool, arguments, input: input)
    }

    /// The tool that has been built with the tests: it stands beside them.
    static var tool: String {
        get throws {
            let tests = try #require(Bundle.main.executableURL)
            return tests.deletingLastPathComponent().appending(path: "reel").path
        }
    }
}

/// Calls `body` with a folder that is gone afterwards.
func inFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "reel-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

extension URL {
    /// The file's bytes.
    var bytes: [UInt8] { get throws { Array(try Data(contentsOf: self)) } }
}
