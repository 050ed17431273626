import ArgumentParser
import SystemPackage

/// Who may do what with the files that are written.
struct ModeOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Who may read and write what is made, as chmod has it: 640. By default 600, the owner alone.",
            valueName: "mode"), transform: ModeOption.parse)
    var mode: FilePermissions?

    /// The permissions of files.
    var permissions: FilePermissions { mode ?? .ownerReadWrite }

    private static func parse(_ argument: String) throws -> FilePermissions {
        guard let number = CModeT(argument, radix: 8), number <= 0o666, number & 0o111 == 0, number & 0o600 == 0o600
        else {
            throw ValidationError("'\(argument)' is no mode of files: give 600, 640, 644 or the like.")
        }
        return FilePermissions(rawValue: number)
    }
}
