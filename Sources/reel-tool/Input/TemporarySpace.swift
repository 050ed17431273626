import ArgumentParser

/// How much of a stream may be kept, for commands that cannot do without.
struct TemporarySpace: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Keep at most this many MiB of standard input in a temporary file, which what is no file needs to be read in any order.",
            valueName: "MiB"))
    var limit = 1_024

    func validate() throws {
        guard 1...(1 << 30) ~= limit else { throw ValidationError("--limit: a number of MiB, 1 or more.") }
    }

    /// The limit in bytes.
    var byteCount: Int { limit << 20 }

    /// The limit by default, in bytes.
    static let standard = 1_024 << 20
}
