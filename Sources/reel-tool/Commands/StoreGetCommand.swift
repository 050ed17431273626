import ArgumentParser
import Reel
import ReelStore

struct StoreGetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Get a recording out of a store.",
        discussion: """
            Examples:
              reel store get sqlite:replays.db 3kX9 -o session.reel
              reel store get postgres://app@db/reel 3kX9 | reel events -
            """)

    @Argument(help: "The store.", transform: StoreArgument.parse)
    var store: StoreArgument

    @Argument(help: "The recording's id.")
    var id: String

    @Option(name: .shortAndLong, help: "Where to write it: a file; - is standard output.")
    var output = "-"

    @OptionGroup
    var mode: ModeOption

    func run() throws {
        let (id, output, mode) = (id, output, mode)
        try StoreAccess.with(store) { store in
            let content = try await store.open(try RecordingID(id))
            let file = try OutputFile(output, mode: mode)
            let progress = Progress("getting \(id)")
            defer { progress.finish() }
            var done = 0
            for try await piece in content.pieces(upTo: 1 << 20) {
                try file.write(piece)
                done += piece.count
                progress.update(done, content.byteCount)
            }
            try file.commit()
            progress.finish()
            if output != "-" { try file.say("\(id) → \(output): \(done.of("byte"))") }
            return .fine
        }
    }
}
