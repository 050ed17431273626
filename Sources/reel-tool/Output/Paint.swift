import ArgumentParser
import FoundationEssentials

/// Colours of text for people.
struct Paint {
    /// Whether there are any.
    let isOn: Bool

    /// A colour, or another way to make text stand out: the number that a terminal knows it by (ECMA-48, SGR).
    enum Color: Int {
        case bold = 1
        case faint = 2
        case red = 31
        case green = 32
        case yellow = 33
        case cyan = 36
    }

    /// The text in a colour; without one it stays as it is.
    func callAsFunction(_ text: String, _ color: Color?) -> String {
        guard isOn, let color, !text.isEmpty else { return text }
        return "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m"
    }
}

/// Whether the text of a command has colours.
struct ColorOption: ParsableArguments {
    enum Choice: String, ExpressibleByArgument, CaseIterable {
        case auto, always, never
    }

    @Option(
        help: ArgumentHelp(
            "Whether there are colours: auto is on a terminal, unless NO_COLOR is set.", valueName: "when"))
    var color = Choice.auto

    var paint: Paint {
        switch color {
        case .always: return Paint(isOn: true)
        case .never: return Paint(isOn: false)
        case .auto:
            let environment = ProcessInfo.processInfo.environment
            return Paint(
                isOn: StandardOutput.isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
                    && environment["TERM"] != "dumb")
        }
    }
}
