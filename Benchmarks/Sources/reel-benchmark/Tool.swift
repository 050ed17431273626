import Foundation

/// Commands that run as processes, timed by hyperfine and weighed by GNU time.
struct Tool {
    /// The path of the tool `reel`.
    let path: String
    /// Where what it writes goes.
    private let folder: URL

    init(path: String) throws {
        self.path = path
        folder = FileManager.default.temporaryDirectory.appending(path: "reel-benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func removeFolder() { try? FileManager.default.removeItem(at: folder) }

    /// Writes a file into the folder.
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let url = folder.appending(path: name)
        try Data(bytes).write(to: url)
        return url.path
    }

    /// How long a command takes, from its start to its end; what it prints is thrown away.
    func time(_ command: [String]) throws -> Duration {
        let report = folder.appending(path: "times.json")
        try run(
            ["hyperfine", "-N", "--runs", "1", "--style", "none", "--export-json", report.path]
                + [command.map(Tool.quoted).joined(separator: " ")])
        struct Report: Decodable {
            struct Result: Decodable { var times: [Double] }
            var results: [Result]
        }
        let times = try JSONDecoder().decode(Report.self, from: Data(contentsOf: report)).results.flatMap(\.times)
        return .seconds(times.min() ?? .infinity)
    }

    /// The most memory that a command has at a time, in megabytes: what is resident, the program itself included.
    func memory(_ command: [String]) throws -> Double {
        let report = folder.appending(path: "memory")
        try run(["/usr/bin/time", "-f", "%M", "-o", report.path] + command)
        let lines = try String(contentsOf: report, encoding: .utf8).split(separator: "\n")
        return (lines.last.flatMap { Double($0) } ?? .infinity) * 1_024 / 1e6
    }

    /// In hyperfine's words, which are a shell's.
    private static func quoted(_ argument: String) -> String {
        "'" + argument.replacing("'", with: "'\\''") + "'"
    }

    private func run(_ command: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw NeighbourFailure(reason: "failed: " + command.joined(separator: " "))
        }
    }
}
