import ArgumentParser
import Glibc
import Reel
import SystemPackage

/// The command `reel`.
@main
struct ReelTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reel",
        abstract: "Look into recordings of server-rendered sessions, check, mend and convert them.",
        discussion: """
            FILE is a recording, or any file of PhoenixReplay's; what it is, its content tells. - is standard input. \
            Data goes to standard output, talk to standard error. On a terminal, a FILE without a command is shown as \
            'reel info' does.

            Exit status: 0 fine; 1 the input fell short; 64 usage; 66 no such input; 74 input or output failed.

            Completions: reel --generate-completion-script bash (or zsh, or fish).

            Examples:
              reel info session.reel
              reel events session.reel --kind event --from 1:20
              reel import recordings/*.etf.gz -o reels/
            """,
        version: "reel 1.0.0 (format \(FormatVersion.current))",
        subcommands: [
            InfoCommand.self, EventsCommand.self, StateCommand.self, PageCommand.self, JSONCommand.self,
            ValidateCommand.self, RecoverCommand.self, CompactCommand.self, TrimCommand.self, CutCommand.self,
            JoinCommand.self, ImportCommand.self, ExportCommand.self, TermCommand.self, RecordCommand.self,
            StoreCommand.self, ServeCommand.self, VectorsCommand.self,
        ]
    )

    /// The arguments; on a terminal those of `info` when a file stands where a command should.
    private static var arguments: [String] {
        let arguments = RawArgument.all ?? Array(CommandLine.arguments.dropFirst())
        guard let first = arguments.first, !first.hasPrefix("-"), StandardOutput.isTerminal,
            first != "help", !configuration.subcommands.contains(where: { $0.configuration.commandName == first }),
            (try? FilePath(argument: first).stat()) != nil
        else { return arguments }
        return ["info"] + arguments
    }

    static func main() async {
        // Writing to a pipe that nobody reads any more is an error like any other then: see StandardOutput.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            StandardError.say(failure)
            exit(withError: failure.status.exitCode)
        } catch {
            exit(withError: error)
        }
    }
}
