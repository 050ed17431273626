/// Which lists of integers are written as the text that they may be.
///
/// A charlist is a list of integers like any other, and only its look tells: `[11]` may be a vertical tab, or the numbers of
/// orders of which there is one.
public enum Charlists: Hashable, Sendable {
    /// Each list of one integer or more whose integers are all printable characters, as the language's own printer writes it: `inspect` those of
    /// ASCII, `io:format` those of Latin-1.
    case printable
    /// Those that people will have written.
    ///
    /// These are of four printable characters of ASCII or more, where at least half of all neighbours are two small
    /// letters, and which neither rise nor fall from the first to the last: `~c"localhost"`, but `[11]`, `[72, 85, 90, 66]` and
    /// `[101, 102, 103, 104]`.
    case written
    /// None.
    case none
}

extension Charlists {
    /// How many characters a text of ``written`` has at least.
    private static let shortestText = 4

    /// Whether people will have written these integers as text. Implements the rule of ``written``.
    public static func areWritten(_ elements: [Term]) -> Bool {
        guard elements.count >= shortestText else { return false }
        var codes: [UInt8] = []
        codes.reserveCapacity(elements.count)
        for element in elements {
            guard let code = element.byte, isText(code) else { return false }
            codes.append(code)
        }
        return areWritten(codes.span)
    }

    /// Whether people will have written these bytes, each of them an integer of a list, as text.
    public static func areWritten(_ codes: Span<UInt8>) -> Bool {
        guard codes.count >= shortestText else { return false }
        var letterPairs = 0
        var rises = true
        var falls = true
        for index in codes.indices {
            guard isText(codes[index]) else { return false }
            guard index > 0 else { continue }
            let (last, code) = (codes[index - 1], codes[index])
            if isSmall(last), isSmall(code) { letterPairs += 1 }
            if code <= last { rises = false }
            if code >= last { falls = false }
        }
        return !rises && !falls && 2 * letterPairs >= codes.count - 1
    }

    /// Whether a list of these integers, all of them of one byte, is written as text; of ``printable`` what Elixir takes for it.
    public func containsText(_ codes: Span<UInt8>) -> Bool {
        switch self {
        case .printable:
            for index in codes.indices where !ElixirStringText.isPrintable(code: codes[index]) { return false }
            return !codes.isEmpty
        case .written: return Charlists.areWritten(codes)
        case .none: return false
        }
    }

    private static func isText(_ code: UInt8) -> Bool { 0x20...0x7E ~= code || 0x09...0x0A ~= code || code == 0x0D }
    private static func isSmall(_ code: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= code }
}
