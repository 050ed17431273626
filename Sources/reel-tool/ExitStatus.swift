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
        try await ofEach([input]) { _ in try await body() }
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
                gravest = max(gravest, said(error, of: input))
            }
        }
        if gravest != fine { throw gravest.exitCode }
    }

    /// Does the same with each of several inputs, one after the other, asynchronously.
    ///
    /// - Throws: `ExitCode` of the gravest status, when any is not fine.
    static func ofEach(_ inputs: [String], _ body: (String) async throws -> ExitStatus) async throws {
        var gravest = fine
        for input in inputs {
            do {
                gravest = max(gravest, try await body(input))
            } catch {
                gravest = max(gravest, said(error, of: input))
            }
        }
        if gravest != fine { throw gravest.exitCode }
    }

    /// Says what has gone wrong with an input, and returns how grave it is.
    private static func said(_ error: any Error, of input: String) -> ExitStatus {
        let failure = Failure(wrapping: error, input: input)
        StandardError.say(failure)
        return failure.status
    }
}
