import Foundation
import Testing

/// The tool, run to its end: what it said, and how it ended.
struct Tool {
    var status: Int32
    var output: [UInt8]
    var talk: String

    /// The output as text.
    var text: String { String(decoding: output, as: UTF8.self) }

    /// The output's lines.
    var lines: [String] { text.split(separator: "\n").map(String.init) }

    /// The output as JSON: one value a line.
    var json: [Any] {
        get throws {
            try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed) }
        }
    }

    /// Runs the tool.
    static func run(_ arguments: String..., input: [UInt8] = []) throws -> Tool {
        try run(arguments, input: input)
    }

    /// Runs the tool.
    static func run(_ arguments: [String], input: [UInt8] = []) throws -> Tool {
        try run(path, arguments, input: input)
    }

    /// Runs a line of `bash` in which `reel` is the tool. Its status is that of the first command of a pipe that fails.
    static func shell(_ line: String, input: [UInt8] = []) throws -> Tool {
        try run("/bin/bash", ["-c", "set -o pipefail; reel() { '\(path)' \"$@\"; }; \(line)"], input: input)
    }

    private static func run(_ program: String, _ arguments: [String], input: [UInt8]) throws -> Tool {
        try inFolder { folder in
            // Files, so that no pipe is ever full.
            let files = try ["input", "output", "talk"].map { name in
                let file = folder.appending(path: name)
                try Data(name == "input" ? input : []).write(to: file)
                return file
            }
            let process = Process()
            process.executableURL = URL(filePath: program)
            process.arguments = arguments
            process.standardInput = try FileHandle(forReadingFrom: files[0])
            process.standardOutput = try FileHandle(forWritingTo: files[1])
            process.standardError = try FileHandle(forWritingTo: files[2])
            try process.run()
            process.waitUntilExit()
            return Tool(
                status: process.terminationStatus, output: try files[1].bytes,
                talk: String(decoding: try files[2].bytes, as: UTF8.self))
        }
    }

    /// The tool that has been built with the tests: it stands beside them.
    static let path: String = {
        let tests = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
        return tests.deletingLastPathComponent().appending(path: "reel").path
    }()
}

/// The tool while it runs: what is written to it is read by it, and what it writes can be waited for.
final class RunningTool {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let talk = Pipe()
    private var pending: [UInt8] = []

    init(_ arguments: String...) throws {
        // The threads that tests run on block signals, and a process inherits that.
        let unblocking = """
            import os, signal, sys
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            os.execv(sys.argv[1], sys.argv[1:])
            """
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", unblocking, Tool.path] + arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = talk
        try process.run()
    }

    deinit { if process.isRunning { process.terminate() } }

    func write(_ bytes: [UInt8]) throws { try input.fileHandleForWriting.write(contentsOf: Data(bytes)) }

    /// Sends the signal that Ctrl-C sends.
    func interrupt() { process.interrupt() }

    func closeInput() throws { try input.fileHandleForWriting.close() }

    /// The next so many bytes of the output, or fewer at its end.
    func read(_ count: Int) -> [UInt8] {
        while pending.count < count, fill() {}
        defer { pending.removeFirst(min(count, pending.count)) }
        return Array(pending.prefix(count))
    }

    /// The next line of the output, or nil at its end.
    func line() -> String? {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                defer { pending.removeSubrange(...end) }
                return String(decoding: pending[..<end], as: UTF8.self)
            }
            guard fill() else { return nil }
        }
    }

    private func fill() -> Bool {
        let data = output.fileHandleForReading.availableData
        pending += data
        return !data.isEmpty
    }

    /// Waits for the end. Returns the status, and what was said on standard error.
    func end() -> (status: Int32, talk: String) {
        let talk = String(decoding: talk.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, talk)
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
