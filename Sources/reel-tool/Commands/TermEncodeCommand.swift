import ArgumentParser
import ExternalTerm

struct TermEncodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Write the bytes of a term that is given as text, in the canonical form.",
        discussion: """
            The bytes are those that term_to_binary(Term, [{minor_version, 2}, deterministic]) gives. Spec/json.md says \
            what JSON stands for: tagged-json for any term, json, without tags, for maps, lists, binaries and numbers.

            Examples:
              echo '{:ok, %{count: 3}}' | reel term encode --hex
              echo '{ok, #{count => 3}}.' | reel term encode --from erlang > term.etf
              echo '{"$tuple": [{"$atom": "ok"}, 3]}' | reel term encode --from tagged-json --hex
            """)

    @Argument(help: "The text of a term; - is standard input.")
    var file = "-"

    @OptionGroup
    var format: BytesFormat

    @Option(help: "The notation to read.")
    var from = ReadNotation.elixir

    func run() throws {
        try ExitStatus.of(file) {
            if format.isRaw { try StandardOutput.checkTakesBytes("add --hex or --base64, or send them into a file") }
            let bytes = try from.term(try Input(file).contents()).external
            let output = StandardOutput()
            if format.isRaw { try output.write(bytes) } else { try output.write(line: format.text(bytes)) }
            try output.flush()
            return .fine
        }
    }
}
