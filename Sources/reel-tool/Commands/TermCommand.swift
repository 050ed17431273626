import ArgumentParser

struct TermCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "term",
        abstract: "Read and write single terms of the External Term Format.",
        subcommands: [TermDecodeCommand.self, TermEncodeCommand.self, TermTranscodeCommand.self])
}

/// How bytes are written where text is wanted.
struct BytesFormat: ParsableArguments {
    @Flag(help: "The bytes are hexadecimal digits.")
    var hex = false

    @Flag(help: "The bytes are base64.")
    var base64 = false

    func validate() throws {
        guard !hex || !base64 else { throw ValidationError("--hex or --base64: use one of them.") }
    }

    /// Whether the bytes are written as they are.
    var isRaw: Bool { !hex && !base64 }

    /// The bytes that `text` stands for, or nil when it stands for none. White space does not count.
    func bytes(_ text: [UInt8]) -> [UInt8]? {
        hex ? BytesText.bytes(hex: text) : base64 ? BytesText.bytes(base64: text) : text
    }

    /// The text that stands for `bytes`.
    func text(_ bytes: [UInt8]) -> String { hex ? BytesText.hex(bytes) : BytesText.base64(bytes) }
}
