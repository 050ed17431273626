import ArgumentParser
import ExternalTerm
import Reel

struct TermTranscodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transcode",
        abstract: "Write each of the terms in the canonical form.",
        discussion: """
            The terms are written as they stand: one after the other, or with lengths of 1, 2 or 4 bytes, the highest \
            first, as Erlang's {packet, N} has them. How they stand, and what they are compressed with, their bytes tell; \
            --input says it outright, and --lenient and --used take {packet, 4} for granted. Each is answered before the \
            next one is waited for, so that a port can ask one term at a time. A term that is refused ends the stream, \
            unless --lenient.

            Examples:
              reel term transcode state.etf.gz -o canonical.etf
              Port.open({:spawn, "reel term transcode --lenient"}, [:binary, packet: 4])
            """)

    @Argument(help: "The terms; - is standard input.")
    var file = "-"

    @Option(name: .shortAndLong, help: "The file to write; - is standard output.")
    var output = "-"

    @OptionGroup
    var mode: ModeOption

    @OptionGroup
    var terms: TermInputOptions

    @Flag(help: "Ignore what follows a term in its frame, and answer a term that is refused with an empty frame.")
    var lenient = false

    @Flag(help: "Start each frame but empty ones with how many bytes the term took, in four bytes, the highest first.")
    var used = false

    func validate() throws {
        guard !(lenient || used) || terms.input?.framing != .terms else {
            throw ValidationError("--lenient and --used are for terms with lengths.")
        }
    }

    func run() throws {
        try ExitStatus.of(file) {
            if output == "-" { try StandardOutput.checkTakesBytes("give a file with -o, or send them into one") }
            var input = try Input(file)
            // A port waits for its answer, so what it has sent is all there is to tell by.
            let framing =
                lenient || used
                ? terms.input?.framing ?? .packet4 : try terms.framing(of: &input, otherwise: .packet4)
            let frames = CanonicalFrames(framing, isLenient: lenient, showsUsed: used)
            var lines = TermLines(
                input, framing, isAlone: terms.input == .term, through: frames,
                to: try TextTarget(output, of: [file], mode: mode))
            do {
                try lines.write()
            } catch var failure as Failure {
                if framing != .terms, !lenient, failure.status == .inputFellShort {
                    failure.advice = failure.advice ?? "--lenient goes on after it"
                }
                throw failure
            }
            return .fine
        }
    }
}

/// Terms in the canonical form, standing as they came.
private final class CanonicalFrames: TermWriting {
    private let framing: TermFraming
    private let isLenient: Bool
    private let showsUsed: Bool
    // Nesting costs memory only where the input has paid for it.
    private var transcoder = CanonicalTranscoder(limits: TermLimits(depth: .max))
    private var term = TermWriter()
    private var bytes: [UInt8] = []

    init(_ framing: TermFraming, isLenient: Bool, showsUsed: Bool) {
        self.framing = framing
        self.isLenient = isLenient
        self.showsUsed = showsUsed
    }

    func append(_ external: Span<UInt8>, sending _: ([UInt8]) throws -> Void) throws {
        term.truncate(to: 0)
        let count = try transcode(external)
        let answer = count.map { showsUsed ? TermFraming.packet4.head($0) ?? [] : [] } ?? []
        guard let head = framing.head(answer.count + term.bytes.count) else {
            throw TermError(
                .limitExceeded, at: 0,
                "a canonical form of \(term.bytes.count) bytes, more than a length of \(framing.lengthByteCount) can say"
            )
        }
        bytes += head
        bytes += answer
        bytes += term.bytes
    }

    /// Writes a term, or nothing when it is refused.
    ///
    /// - Returns: how many bytes it took, or nil when it is refused.
    private func transcode(_ external: Span<UInt8>) throws(TermError) -> Int? {
        do throws(TermError) {
            let count = try transcoder.transcode(external, into: &term)
            guard isLenient || count == external.count else {
                throw TermError(.trailingBytes, at: count, "\(external.count - count) bytes after the term")
            }
            return count
        } catch {
            guard isLenient else { throw error }
            return nil
        }
    }

    var byteCount: Int { bytes.count }

    func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }
}
