import ArgumentParser
import ExternalTerm

struct TermEncodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Write the bytes of a term that is given as text, in the canonical form.",
        discussion: """
            The bytes are those that term_to_binary(Term, [{minor_version, 2}, deterministic]) gives.

            Examples:
              echo '{:ok, %{count: 3}}' | reel term encode --hex
              echo '{ok, #{count => 3}}.' | reel term encode --from erlang > term.etf
            """)

    @Argument(help: "The text of a term; - is standard input.")
    var file = "-"

    @OptionGroup
    var format: BytesFormat

    @Option(help: "The notation to read.")
    var from = TermNotation.elixir

    func run() throws {
        try ExitStatus.of(file) {
            if format.isRaw { try StandardOutput.checkTakesBytes("add --hex or --base64, or send them into a file") }
            guard let text = String(validating: try Input(file).contents(), as: UTF8.self) else {
                throw Failure(.inputFellShort, "no text in UTF-8", advice: "'reel term decode' reads bytes")
            }
            let bytes = try from.term(text).external
            let output = StandardOutput()
            if format.isRaw { try output.write(bytes) } else { try output.write(line: format.text(bytes)) }
            try output.flush()
            return .fine
        }
    }
}
