import Foundation
import TestPrograms
import Testing

extension Program {
    /// How to get what a test needs.
    private static let advice = [
        "erl": "Erlang/OTP is missing; install it with: apt-get install -y erlang-base",
        "gzip": "gzip is missing; install it with: apt-get install -y gzip",
        "python3": "Python is missing; install it with: apt-get install -y python3",
    ]

    /// Runs a program that others have written, to agree with.
    static func run(_ program: String, _ arguments: String..., input: [UInt8] = []) throws -> Program {
        do {
            return try run(program, arguments, input: input)
        } catch let failure as RunningProgram.Failure where failure.isMissing {
            Issue.record("\(advice[program] ?? "\(program) is missing")")
            throw failure
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
