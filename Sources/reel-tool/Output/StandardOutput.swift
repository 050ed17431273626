import Glibc
import Reel
import SystemPackage

/// Standard output: data only, gathered into pieces.
final class StandardOutput: ByteSink {
    private var pending: [UInt8] = []
    private static let pieceByteCount = 64 << 10

    init() { pending.reserveCapacity(StandardOutput.pieceByteCount) }

    /// Whether a person is reading.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Writes a line of text. What was recorded has to be escaped by then.
    func write(line: String) throws {
        pending += line.utf8
        pending.append(UInt8(ascii: "\n"))
        try flushIfFull()
    }

    func write(_ bytes: [UInt8]) throws {
        pending += bytes
        try flushIfFull()
    }

    private func flushIfFull() throws {
        if pending.count >= StandardOutput.pieceByteCount { try flush() }
    }

    /// Writes what has been gathered. Ends the process, quietly, when nobody reads it any more.
    func flush() throws {
        guard !pending.isEmpty else { return }
        defer { pending.removeAll(keepingCapacity: true) }
        do {
            try FileDescriptor.standardOutput.writeAll(pending)
        } catch Errno.brokenPipe {
            exit(ExitStatus.fine.rawValue)
        } catch {
            throw Failure(writing: "standard output", error)
        }
    }

    /// Refuses to show bytes that are no text to a person.
    static func checkTakesBytes(_ advice: String) throws {
        if isTerminal { throw Failure(.usage, "bytes do not belong on a terminal", advice: advice) }
    }
}

/// Standard error: talk. Nothing is done about it failing.
enum StandardError {
    /// Whether a person is reading.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    static func say(_ message: some CustomStringConvertible) { write("reel: \(message.description.escaped)\n") }

    static func write(_ text: String) { _ = try? FileDescriptor.standardError.writeAll(Array(text.utf8)) }
}
