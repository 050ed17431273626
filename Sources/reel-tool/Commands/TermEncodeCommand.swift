import ArgumentParser
import ExternalTerm
import Reel

struct TermEncodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Write the bytes of terms that are given as text, in the canonical form.",
        discussion: """
            The bytes are those that term_to_binary(Term, [{minor_version, 2}, deterministic]) gives. Spec/json.md says \
            what JSON stands for: tagged-json for any term, json, without tags, for maps, lists, binaries and numbers.

            With --lines each line is a term, written as soon as it has come: 'reel term decode' and 'reel json' write \
            such lines.

            Examples:
              echo '{:ok, %{count: 3}}' | reel term encode --hex
              echo '{ok, #{count => 3}}.' | reel term encode --from erlang > term.etf
              echo '{"$tuple": [{"$atom": "ok"}, 3]}' | reel term encode --from tagged-json --hex
              reel term encode --from json --lines --to packet4 messages.jsonl -o messages.bin
            """)

    @Argument(help: "The text of a term, or of several; - is standard input.")
    var file = "-"

    @Option(name: .shortAndLong, help: "The file to write; - is standard output.")
    var output = "-"

    @OptionGroup
    var mode: ModeOption

    @OptionGroup
    var format: BytesFormat

    @Option(help: "The notation to read.")
    var from = ReadNotation.elixir

    @Flag(help: "Each line is a term. Lines without text count for nothing.")
    var lines = false

    @Option(help: "How the terms shall stand: one after the other, or with lengths before them: \(framings).")
    var to = OutputFraming.terms

    private static var framings: String { OutputFraming.allValueStrings.joined(separator: ", ") }

    /// The names are those of ``TermFraming``.
    enum OutputFraming: String, ExpressibleByArgument, CaseIterable {
        case terms, packet1, packet2, packet4

        var framing: TermFraming { TermFraming(rawValue: rawValue) ?? .terms }
    }

    func run() throws {
        try ExitStatus.of(file) {
            if format.isRaw, output == "-" {
                try StandardOutput.checkTakesBytes("add --hex or --base64, or give a file with -o")
            }
            let target = try TextTarget(output, of: [file], mode: mode)
            do {
                if lines { try encodeLines(to: target) } else { try write(try Input(file).contents(), to: target) }
            } catch {
                try target.commitUnlessEmpty()
                throw error
            }
            try target.commit()
            return .fine
        }
    }

    private func encodeLines(to target: TextTarget) throws {
        let source = WaitingSource(try Input(file), follows: false) { try target.flush() }
        var pending: [UInt8] = []
        var number = 0
        // How far lines have been looked for.
        var searched = 0
        while true {
            var start = 0
            while let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                number += 1
                try writeLine(Array(pending[start..<end]), number, to: target)
                start = end + 1
                searched = start
            }
            pending.removeSubrange(..<start)
            searched = pending.count
            guard pending.count <= TermFrames.defaultLongestTerm else {
                throw Failure(
                    .inputFellShort, "a line of more than \(TermFrames.defaultLongestTerm.of("byte"))",
                    place: "limitExceeded, line \(number + 1)")
            }
            guard try source.read(upTo: 64 << 10, appendingTo: &pending) > 0 else { break }
        }
        try writeLine(pending, number + 1, to: target)
    }

    private func writeLine(_ line: [UInt8], _ number: Int, to target: TextTarget) throws {
        guard line.contains(where: { $0 > 0x20 }) else { return }
        do {
            try write(line, to: target)
        } catch let error as TermTextError {
            throw Failure(
                .inputFellShort, error.reason, place: "line \(number), column \(error.column)",
                advice: "expected \(error.expected)")
        } catch var failure as Failure {
            failure.place = "line \(number)" + (failure.place.map { ", \($0)" } ?? "")
            throw failure
        }
    }

    /// Writes the term of a text.
    private func write(_ text: [UInt8], to target: TextTarget) throws {
        let term = try from.term(text).external
        guard let head = to.framing.head(term.count) else {
            throw Failure(
                .inputFellShort,
                "a term of \(term.count.of("byte")), more than a length of \(to.framing.lengthByteCount) can say")
        }
        var sink = target.sink
        try sink.write(format.isRaw ? head + term : Array((format.text(head + term) + "\n").utf8))
    }
}
