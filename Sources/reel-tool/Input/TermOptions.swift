import ArgumentParser
import ExternalTerm
import Reel

/// What an input is said to be.
enum InputForm: String, ExpressibleByArgument, CaseIterable {
    case recording
    case phoenixReplay = "phoenix-replay"
    case term, terms, packet1, packet2, packet4

    /// How the terms stand that this is, or nil when it is no terms.
    var framing: TermFraming? {
        switch self {
        case .recording, .phoenixReplay: nil
        case .term, .terms: .terms
        case .packet1: .packet1
        case .packet2: .packet2
        case .packet4: .packet4
        }
    }
}

/// How an input of terms is read.
struct TermInputOptions: ParsableArguments {
    @Option(help: "How the terms stand: term, terms, packet1, packet2, packet4. By default their bytes tell.")
    var input: InputForm?

    @Flag(help: "Say on standard error how they stand.")
    var verbose = false

    func validate() throws {
        guard input == nil || input?.framing != nil else {
            throw ValidationError("--input: term, terms, packet1, packet2 or packet4.")
        }
    }

    /// How the terms of an input stand, which is unpacked.
    func framing(of input: inout Input, otherwise framing: TermFraming? = nil) throws -> TermFraming {
        let form = try input.identifyTerms(self.input?.framing)
        if verbose {
            StandardError.say("\(input.name == "-" ? "standard input" : input.name): \(form.name(input.compression))")
        }
        switch form {
        case .terms(let framing): return framing
        case .unknown(let content):
            guard let framing else { throw Failure(content) }
            return framing
        default: return .terms
        }
    }
}

/// Which lists of integers are shown as text.
struct CharlistOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "Show lists of integers as text whenever all are printable, as Elixir and Erlang do; or never.",
            discussion: """
                By default those are text that people will have written: four printable characters or more, at least half \
                of all neighbours two small letters, neither rising nor falling throughout. So [11] and \
                [101, 102, 103, 104] are numbers, and ~c"localhost" is text.
                """))
    var charlists: Bool?

    /// Which lists are shown as text.
    var shown: Charlists { charlists.map { $0 ? .printable : .none } ?? .written }
}

extension Content.Form {
    /// What people call it, with what it was unpacked of.
    func name(_ compression: [Compression]) -> String {
        let name =
            switch self {
            case .recording: "a recording"
            case .phoenixReplay: "a file of PhoenixReplay's"
            case .json: "a document in JSON"
            case .terms(.terms): "terms, one after the other"
            case .terms(let framing):
                "terms with lengths of \(framing.lengthByteCount.of("byte")) ({packet, \(framing.lengthByteCount)})"
            case .unknown: "nothing that is known"
            }
        return ([name] + compression.reversed().map(\.rawValue)).joined(separator: ", in ")
    }
}

extension Failure {
    /// The input is nothing that is known.
    init(_ content: UnknownContent) {
        self.init(
            .inputFellShort, "nothing that is known. \(content)", place: "notExternalTerm, byte 0",
            advice: "--input says what it is")
    }
}
