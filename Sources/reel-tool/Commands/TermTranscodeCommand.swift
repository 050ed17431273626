import ArgumentParser
import ExternalTerm
import Reel

struct TermTranscodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transcode",
        abstract: "Write each term of a stream in the canonical form.",
        discussion: """
            Input and output are frames as Erlang's {packet, 4} has them: a length of four bytes, the highest first, \
            and a term with its leading 131. A frame is answered before the next one is waited for, so that a port can \
            ask one term at a time. A term that is refused ends the stream, unless --lenient.

            Examples:
              reel term transcode < terms > canonical
              Port.open({:spawn, "reel term transcode --lenient"}, [:binary, packet: 4])
            """)

    @Argument(help: "The frames; - is standard input.")
    var file = "-"

    @Flag(help: "Ignore what follows a term in its frame, and answer a term that is refused with an empty frame.")
    var lenient = false

    @Flag(help: "Start each frame but empty ones with how many bytes the term took, in four bytes, the highest first.")
    var used = false

    func run() throws {
        let output = StandardOutput()
        try ExitStatus.of(file) {
            defer { try? output.flush() }
            try StandardOutput.checkTakesBytes("send them into a file or a pipe")
            var packets = PacketReader(try Input(file).source) { try output.flush() }
            // Nesting costs memory only where the input has paid for it.
            var transcoder = CanonicalTranscoder(limits: TermLimits(depth: .max))
            var answer = TermWriter()
            while let packet = try packets.next() {
                answer.truncate(to: 0)
                let count = try transcode(packets.bytes.span.extracting(packet), of: packets, &transcoder, &answer)
                let hasCount = used && count != nil
                try output.write(PacketReader.head(answer.bytes.count + (hasCount ? 4 : 0)))
                if hasCount, let count { try output.write(PacketReader.head(count)) }
                try output.write(answer.bytes)
            }
            try output.flush()
            return .fine
        }
    }

    /// Writes a term, or nothing when it is refused.
    ///
    /// - Returns: how many bytes it took, or nil when it is refused.
    private func transcode(
        _ term: Span<UInt8>, of packets: PacketReader, _ transcoder: inout CanonicalTranscoder,
        _ answer: inout TermWriter
    ) throws -> Int? {
        do throws(TermError) {
            let count = try transcoder.transcode(term, into: &answer)
            guard lenient || count == term.count else {
                throw TermError(.trailingBytes, at: count, "\(term.count - count) bytes after the term")
            }
            return count
        } catch {
            guard !lenient else { return nil }
            throw Failure(
                .inputFellShort, error.reason,
                place: "\(error.code.rawValue), frame \(packets.count - 1), byte \(error.offset) of its term",
                advice: "--lenient goes on behind it")
        }
    }
}
