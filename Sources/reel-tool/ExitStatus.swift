import ArgumentParser

/// How a command ends. The numbers are those of `sysexits.h`.
enum ExitStatus: Int32, Comparable {
    /// All is well.
    case fine = 0
    /// The input could be opened but is damaged, or lacks what was asked for.
    case inputFellShort = 1
    /// The command line makes no sense.
    case usage = 64
    /// The input does not exist, or may not be read.
    case noInput = 66
    /// Reading or writing failed.
    case inputOutput = 74

    var exitCode: ExitCode { ExitCode(rawValue) }

    /// Orders by how grave it is: of several inputs' the gravest status is the command's.
    static func < (left: ExitStatus, right: ExitStatus) -> Bool { left.rawValue < right.rawValue }
}

extension ExitStatus {
    /// Does something with an input.
    ///
    /// - Throws: `ExitCode`, when the status is not fine.
    static func of(_ input: String, _ body: () throws -> ExitStatus) throws {
        try ofEach([input]) { _ in try body() }
    }

    /// Does something with an input, asynchronously.
    ///
    /// - Throws: `ExitCode`, when the status is not fine.
    static func of(_ input: String, _ body: () async throws -> ExitStatus) async throws {
        let outcome: Result<ExitStatus, any Error>
        do {
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        try of(input) { try outcome.get() }
    }

    /// Does the same with each of several inputs. One that fails does not stop the others.
    ///
    /// - Throws: `ExitCode` of the gravest status, when any is not fine.
    static func ofEach(_ inputs: [String], _ body: (String) throws -> ExitStatus) throws {
        var gravest = fine
        for input in inputs {
            do {
                gravest = max(gravest, try body(input))
            } catch {
                let failure = Failure(wrapping: error, input: input)
                StandardError.say(failure)
                gravest = max(gravest, failure.status)
            }
        }
        if gravest != fine { throw gravest.exitCode }
    }
}
