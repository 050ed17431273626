import ExternalTerm
import FoundationEssentials
import Glibc
import GzipMembers
import Reel
import ReelStore
import SystemPackage

/// Why a command cannot do what it should: `FILE: what (where): what to do`.
struct Failure: Error {
    var status: ExitStatus
    /// The file, as it was given.
    var input: String?
    /// What is wrong.
    var reason: String
    /// Where in the file, and which rule says so.
    var place: String?
    /// What to do about it.
    var advice: String?

    init(
        _ status: ExitStatus, _ reason: String, input: String? = nil, place: String? = nil, advice: String? = nil
    ) {
        self.status = status
        self.input = input
        self.reason = reason
        self.place = place
        self.advice = advice
    }
}

extension Failure: CustomStringConvertible {
    var description: String {
        var text = input.map { "\($0 == "-" ? "standard input" : $0): " } ?? ""
        text += reason
        if let place { text += " (\(place))" }
        if let advice { text += ": \(advice)" }
        return text
    }
}

extension Failure {
    /// The failure that `error`, which came of `input`, is.
    init(wrapping error: any Error, input: String) {
        switch error {
        case let failure as Failure:
            self = failure
            self.input = self.input ?? input
        case let error as ReelError: self.init(error, input: input)
        case let error as StoreError: self.init(error, input: input)
        case let error as SpliceError:
            let advice: String? =
                switch error.kind {
                case .nothingLeft: nil
                case .wrongOrder: "give them in the order of their times; 'reel trim' takes away what two of them have"
                }
            self.init(.inputFellShort, error.reason, input: input, advice: advice)
        case let error as TermError:
            self.init(
                .inputFellShort, error.reason, input: input, place: "\(error.code.rawValue), byte \(error.offset)")
        case let error as TermTextError:
            self.init(
                .inputFellShort, error.reason, input: input, place: "line \(error.line), column \(error.column)",
                advice: "expected \(error.expected)")
        default: self.init(.inputOutput, "\(error)", input: input)
        }
    }

    private init(_ error: ReelError, input: String) {
        var place = error.kind == .inputOutput || error.kind == .noSuchEvent ? [] : [error.kind.rawValue]
        if let offset = error.offset { place.append("byte \(offset)") }
        if let member = error.member { place.append("member \(member)") }
        if let section = error.section { place.append("Spec/\(section)") }
        self.init(
            error.kind == .inputOutput ? .inputOutput : .inputFellShort, error.reason, input: input,
            place: place.isEmpty ? nil : place.joined(separator: ", "), advice: Failure.advice(on: error, input: input))
    }

    private static func advice(on error: ReelError, input: String) -> String? {
        switch error.kind {
        case .notARecording: return "give a recording, or a file of PhoenixReplay's; 'reel json' reads any terms"
        case .truncated, .checksum, .malformedMember, .malformedFrame, .malformedTerm, .malformedIndex, .trailingData:
            let readable = error.event.map { "\($0) \($0 == 1 ? "event" : "events") before it readable; " } ?? ""
            return readable + "'reel recover' saves what there is"
        case .limitExceeded: return "no recorder writes this: where does the file come from?"
        case .unsupportedVersion, .noSuchEvent, .inputOutput: return nil
        }
    }
}

extension Failure {
    /// Opening `input` failed.
    init(opening input: String, _ error: any Error) {
        switch error as? Errno {
        case .noSuchFileOrDirectory?, .notDirectory?:
            self.init(.noInput, "no such file", input: input, advice: "check the path")
        case .isDirectory?:
            self.init(.noInput, "a folder", input: input, advice: "give the files in it")
        case .permissionDenied?, .notPermitted?:
            self.init(.noInput, "not readable", input: input, advice: "check its permissions")
        default: self.init(wrapping: error, input: input)
        }
    }

    /// Writing `output` failed.
    init(writing output: String, _ error: any Error) {
        if let failure = error as? Failure {
            self = failure
            return
        }
        var reason = "\(error)"
        if let error = error as? ReelError, error.kind == .inputOutput { reason = error.reason }
        // Foundation's errors say little themselves.
        if let error = (error as? CocoaError)?.underlying as? POSIXError {
            reason = Errno(rawValue: error.code.rawValue).description
        }
        self.init(.inputOutput, "cannot be written: \(reason)", input: output)
    }
}
