import Foundation
import Testing

/// Programs that others have written, to agree with.
enum Program {
    /// What a program came to.
    struct Outcome {
        var status: Int32
        var output: [UInt8]
        var errors: String
    }

    /// How to get what a test needs.
    static let advice = [
        "erl": "Erlang/OTP is missing; install it with: apt-get install -y erlang-base",
        "gzip": "gzip is missing; install it with: apt-get install -y gzip",
        "python3": "Python is missing; install it with: apt-get install -y python3",
    ]

    /// Runs a program on `input`.
    static func run(_ program: String, _ arguments: String..., input: [UInt8] = []) throws -> Outcome {
        try inFolder { folder in
            let file = folder.appending(path: "input")
            let errors = folder.appending(path: "errors")
            try Data(input).write(to: file)
            try Data().write(to: errors)
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [program] + arguments
            process.standardInput = try FileHandle(forReadingFrom: file)
            process.standardError = try FileHandle(forWritingTo: errors)
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let data = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            // 127 is what env says when it finds no such program.
            if process.terminationStatus == 127 { Issue.record("\(advice[program] ?? "\(program) is missing")") }
            return Outcome(
                status: process.terminationStatus, output: Array(data),
                errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
        }
    }
}

/// Calls `body` with an empty folder, and removes it.
func inFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "reel-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}
