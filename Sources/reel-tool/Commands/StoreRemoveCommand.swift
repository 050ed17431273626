import ArgumentParser
import ReelStore

struct StoreRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Delete recordings from a store.",
        discussion: """
            Sessions that are running are deleted as well when their id is given.

            Examples:
              reel store rm recordings 3kX9 8sQ1
            """)

    @Argument(help: "The store.", transform: StoreArgument.parse)
    var store: StoreArgument

    @Argument(help: ArgumentHelp("The recordings.", valueName: "id"))
    var ids: [String]

    func run() throws {
        let ids = ids
        try StoreAccess.with(store) { store in
            var status = ExitStatus.fine
            for text in ids {
                let failure: Failure
                do throws(StoreError) {
                    guard try await !store.delete(RecordingID(text)) else { continue }
                    failure = Failure(.noInput, "no such recording", input: text)
                } catch {
                    failure = Failure(error, input: text)
                }
                StandardError.say(failure)
                status = max(status, failure.status)
            }
            return status
        }
    }
}
