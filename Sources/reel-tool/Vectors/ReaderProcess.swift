import SystemPackage

/// Another program as a reader of vectors: it gets a line a question, and writes one for each. Spec/vectors.md §5 has
/// the protocol.
///
/// The next question is asked when the one before it is answered, so neither side ever waits for a full pipe.
final class ReaderProcess: VectorReader {
    private let process: ChildProcess
    private let timeout: Duration
    private var pending: [UInt8] = []
    /// How far `pending` has been searched for the end of a line.
    private var searched = 0

    /// No output is as long as this; what is, is not meant to be one.
    private static let longestLine = 1 << 30

    /// Starts `command` through `/bin/sh -c`.
    ///
    /// - Parameter timeout: how long to wait for an answer.
    init(command: String, timeout: Duration) throws {
        do {
            process = try ChildProcess(command: command)
        } catch {
            throw Failure(.inputOutput, "the reader cannot be started: \(error)")
        }
        self.timeout = timeout
    }

    func answer(_ question: Question) throws(ReaderStopped) -> Answer {
        guard pending.isEmpty else { throw stopped("has written more lines than it was asked for") }
        do {
            try process.write(
                Array("\(question.input.rawValue)\t\(question.output.rawValue)\t\(question.path)\n".utf8))
        } catch {
            throw ended()
        }
        let deadline = ContinuousClock.now + timeout
        while true {
            if let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(pending[..<end])
                pending.removeSubrange(...end)
                searched = 0
                return Answer(line: line)
            }
            searched = pending.count
            guard pending.count <= ReaderProcess.longestLine else { throw stopped("has written a line without an end") }
            switch read(until: deadline) {
            case nil:
                throw stopped("has given no answer within \(timeout): every line has to be written out at once")
            case 0?: throw ended()
            default: continue
            }
        }
    }

    func finish() throws(ReaderStopped) {
        guard pending.isEmpty else { throw stopped("has written more lines than it was asked for") }
        process.closeInput()
        switch read(until: .now + timeout) {
        case nil: throw stopped("has not ended within \(timeout) after the end of its input")
        case 0?:
            let end = process.end(until: .now + timeout)
            if end != "status 0" {
                throw stopped(end.map { "has ended with \($0)" } ?? "has not ended after the end of its input")
            }
        default: throw stopped("has written more lines than it was asked for")
        }
    }

    /// How many bytes have come, 0 at the end, or nil when none came in time.
    private func read(until deadline: ContinuousClock.Instant) -> Int? {
        do {
            return try process.read(appendingTo: &pending, until: deadline)
        } catch {
            return 0
        }
    }

    private func stopped(_ reason: String) -> ReaderStopped {
        process.kill()
        return ReaderStopped(reason: reason)
    }

    /// The reader has closed its end of a pipe.
    private func ended() -> ReaderStopped {
        process.closeInput()
        let end = process.end(until: .now + timeout)
        return stopped(end.map { "has ended early, with \($0)" } ?? "neither reads nor writes any more")
    }
}
