import ArgumentParser
import ExternalTerm
import Reel
import ReelJSON

struct TermDecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Write the bytes of terms as text, a line each.",
        discussion: """
            The notations are Elixir's, Erlang's, and the two mappings to JSON of Spec/json.md: plain-json for people \
            and other tools, tagged-json for what 'reel term encode' shall read back. How the terms stand, one after the \
            other or with lengths, and what they are compressed with, their bytes tell; --input says it outright.

            Elixir's notation is that of inspect, Erlang's that of io:format("~tp"), but for lists of integers: inspect and \
            io:format show each as text whose integers are all printable, [11] as ~c"\\v"; see --charlists.

            Examples:
              echo 83680277026F6B6103 | reel term decode --hex
              reel term decode --to erlang state.etf
              reel term decode --to plain-json states.etf.gz -o states.jsonl
            """)

    @Argument(help: "The bytes of terms, each from its leading 131 on; - is standard input.")
    var file = "-"

    @Option(name: .shortAndLong, help: "The file to write; - is standard output.")
    var output = "-"

    @OptionGroup
    var mode: ModeOption

    @OptionGroup
    var format: BytesFormat

    @OptionGroup
    var terms: TermInputOptions

    @Option(help: "The notation to write.")
    var to = WrittenNotation.elixir

    @OptionGroup
    var lists: CharlistOptions

    func validate() throws {
        guard to != .taggedJSON || lists.charlists == nil else {
            throw ValidationError("--charlists has no place in tagged JSON, which reads back.")
        }
    }

    func run() throws {
        try ExitStatus.of(file) {
            var input = try Input(file)
            if !format.isRaw {
                guard let bytes = format.bytes(try input.contents()) else {
                    throw Failure(
                        .inputFellShort, format.hex ? "no hexadecimal digits" : "no base64",
                        advice: "leave the option out when the bytes are there as they are")
                }
                input = Input(file, bytes)
            }
            let framing = try terms.framing(of: &input)
            var lines = TermLines(
                input, framing, isAlone: terms.input == .term, through: to.writer(lists),
                to: try TextTarget(output, of: [file], mode: mode))
            try lines.write()
            return .fine
        }
    }
}
