import Foundation

/// The BEAM's own times for the same file, in microseconds.
enum Beam {
    static func times(script: String, file: String, rounds: Int) throws -> [String: Double] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: script)
        process.arguments = [file, "\(rounds)"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        var times: [String: Double] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ")
            if parts.count == 2, let nanoseconds = Double(parts[1]) { times[String(parts[0])] = nanoseconds / 1_000 }
        }
        return times
    }
}
