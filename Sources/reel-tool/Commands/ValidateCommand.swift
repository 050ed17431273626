import ArgumentParser
import Reel

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check every rule of the specification.",
        discussion: """
            Prints one line a finding: an error where a rule is broken, a warning where readers can live with it; \
            with the offset in the file and the section of Spec/. The exit status is 1 when there is an error. Of a \
            file of PhoenixReplay's, what cannot be imported is an error. With --json each FILE is one object on one \
            line.

            Examples:
              reel validate session.reel
              reel validate --json recordings/*.reel | jq -r 'select(.valid | not) | .file'
            """)

    @Argument(help: "Recordings, or files of PhoenixReplay's; - is standard input.")
    var files: [String]

    @Flag(help: "Print a JSON object a file.")
    var json = false

    @OptionGroup
    var color: ColorOption

    @OptionGroup
    var space: TemporarySpace

    func run() throws {
        let output = StandardOutput()
        let paint = color.paint
        defer { try? output.flush() }
        try ExitStatus.ofEach(files) { name in
            let remarks = try remarks(on: name)
            let isValid = !remarks.contains(where: \.isError)
            if json {
                let findings = JSONText.array(remarks.map(\.json))
                let object: JSONText = ["file": .string(name), "valid": .boolean(isValid), "findings": findings]
                try output.write(line: object.text)
            } else {
                for remark in remarks {
                    try output.write(
                        line: "\(name): ".escaped + paint(remark.text.escaped, remark.isError ? .red : .yellow))
                }
            }
            try output.flush()
            if remarks.isEmpty, StandardError.isTerminal { StandardError.say("\(name): sound") }
            return isValid ? .fine : .inputFellShort
        }
    }

    private func remarks(on name: String) throws -> [Remark] {
        var input: Input
        do {
            input = try Input(recording: name, temporarySpace: space.byteCount)
        } catch let error as ReelError where error.kind != .inputOutput {
            // A file of PhoenixReplay's of which nothing can be imported.
            return [Remark(error.description, kind: error.kind, offset: error.offset)]
        }
        let progress = Progress("validating \(name)")
        defer { progress.finish() }
        let losses = (input.imported?.losses ?? []).map { Remark($0) }
        return losses + Validation.findings(in: WatchedFile(try input.file(), progress)).map(Remark.init)
    }
}

/// A finding, or what could not be imported.
private struct Remark {
    var isError: Bool
    var text: String
    var json: JSONText

    init(_ finding: Finding) {
        isError = finding.severity == .error
        text = finding.description
        json = [
            "severity": .string(finding.severity.rawValue), "kind": JSONText(finding.kind?.rawValue),
            "reason": .string(finding.reason), "offset": JSONText(finding.offset), "member": JSONText(finding.member),
            "event": JSONText(finding.event), "section": JSONText(finding.section),
        ]
    }

    /// What kept something from being imported.
    init(_ reason: String, kind: ReelError.Kind? = nil, offset: Int? = nil) {
        isError = true
        text = "error: \(reason)"
        json = [
            "severity": "error", "kind": JSONText(kind?.rawValue), "reason": .string(reason),
            "offset": JSONText(offset), "member": .null, "event": .null, "section": .null,
        ]
    }
}
