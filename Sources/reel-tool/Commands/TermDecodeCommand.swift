import ArgumentParser

struct TermDecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Write a term's bytes as text.",
        discussion: """
            The notations are Elixir's, Erlang's, and the two mappings to JSON of Spec/json.md: plain-json for people \
            and other tools, tagged-json for what 'reel term encode' shall read back.

            Examples:
              echo 83680277026F6B6103 | reel term decode --hex
              reel term decode --to erlang state.etf
              reel term decode --to plain-json state.etf | jq .
            """)

    @Argument(help: "The bytes of a term, from their leading 131 on; - is standard input.")
    var file = "-"

    @OptionGroup
    var format: BytesFormat

    @Option(help: "The notation to write.")
    var to = WrittenNotation.elixir

    func run() throws {
        try ExitStatus.of(file) {
            guard let bytes = format.bytes(try Input(file).contents()) else {
                throw Failure(
                    .inputFellShort, format.hex ? "no hexadecimal digits" : "no base64",
                    advice: "leave the option out when the bytes are there as they are")
            }
            let output = StandardOutput()
            try output.write(line: to.text(of: bytes))
            try output.flush()
            return .fine
        }
    }
}
