import ArgumentParser
import ReelStore

struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Keep recordings in a store: list and search, put and get, copy, delete, clean up.",
        discussion: """
            STORE is a folder, sqlite:PATH, postgres://USER@HOST/DATABASE (libpq's form, with its options), or \
            phoenix-replay:postgres://USER@HOST/DATABASE for the table of PhoenixReplay's Ecto storage, which is read only.

            Examples:
              reel store put priv/replay_recordings sqlite:replays.db
              reel store ls sqlite:replays.db --errors --from 7d
              reel store cp phoenix-replay:postgres://app@db/shop recordings
            """,
        subcommands: [
            StoreListCommand.self, StorePutCommand.self, StoreGetCommand.self, StoreCopyCommand.self,
            StoreRemoveCommand.self, StoreCollectCommand.self,
        ])
}

/// A store of the command line.
struct StoreArgument: ExpressibleByArgument {
    let location: StoreLocation

    init?(argument: String) {
        guard let location = try? StoreLocation(argument) else { return nil }
        self.location = location
    }

    /// Reads an argument, or says what was expected.
    static func parse(_ argument: String) throws -> StoreArgument {
        do {
            return StoreArgument(location: try StoreLocation(argument))
        } catch {
            throw ValidationError(error.reason)
        }
    }

    private init(location: StoreLocation) { self.location = location }
}
