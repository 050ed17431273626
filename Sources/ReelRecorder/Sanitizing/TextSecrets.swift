/// Secrets in the middle of text, told by what stands before them: `password=x`, `"token": "x"`, `Cookie: x`.
///
/// It does not matter what the text is: a message for a log, JSON, YAML, what Elixir's `inspect` prints, a shell's command.
extension DefaultSanitizer {
    /// Where values stand that follow a sensitive name and `=`, `:` or `=>`.
    func valuesAfterNames(in text: [UInt8]) -> [Range<Int>] {
        var values: [Range<Int>] = []
        var position = 0
        while let mark = text[position...].firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) {
            position = mark + 1
            guard let name = TextName(before: mark, in: text), isSensitive(name, in: text) else { continue }
            guard let value = TextValue.range(after: mark, isHeader: name.isHeader, in: text) else { continue }
            values.append(value)
            position = max(position, value.upperBound)
        }
        return values
    }

    private func isSensitive(_ name: TextName, in text: [UInt8]) -> Bool {
        if verdict(onKey: DefaultSanitizer.decoded(text[name.word]), in: .params) == .filter { return true }
        return name.phrase.count > name.word.count
            && names.contains(phrase: String(decoding: text[name.phrase], as: UTF8.self))
    }
}

/// A name in front of a `=` or a `:`.
private struct TextName {
    /// The name without spaces.
    let word: Range<Int>
    /// The name with up to three words before it.
    let phrase: Range<Int>
    /// Whether it is the name of a header of HTTP that takes the rest of its line.
    let isHeader: Bool

    /// The longest name that is looked at, and the longest phrase.
    private static let longest = 96

    init?(before mark: Int, in text: [UInt8]) {
        guard mark > 0 else { return nil }
        let limit = max(0, mark - TextName.longest)
        var end = mark
        // `"password" :`, `params["password"] =`, `\"password\":`.
        while end > limit, mark - end < 6, TextName.standsBetween.contains(text[end - 1]) { end -= 1 }
        var start = end
        while start > limit, TextName.isName(text[start - 1]) { start -= 1 }
        guard start < end else { return nil }
        word = start..<end
        var first = start
        for _ in 0..<3 {
            guard first > limit + 1, text[first - 1] == UInt8(ascii: " "), TextName.isName(text[first - 2]) else {
                break
            }
            first -= 1
            while first > limit, TextName.isName(text[first - 1]) { first -= 1 }
        }
        phrase = first..<end
        isHeader =
            text[mark] == UInt8(ascii: ":")
            && TextName.headers.contains(String(decoding: text[start..<end], as: UTF8.self).lowercased())
    }

    private static let standsBetween = Array(" \"'`\\])".utf8)
    private static let headers: Set = [
        "authorization", "proxy-authorization", "cookie", "set-cookie", "x-authorization",
    ]

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...:
            true
        default:
            byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: "%")
        }
    }
}

/// A value behind a `=` or a `:`.
private enum TextValue {
    /// Where the value stands after a mark, or nil when there is none, or none that is worth a name.
    static func range(after mark: Int, isHeader: Bool, in text: [UInt8]) -> Range<Int>? {
        var start = mark + 1
        let isColon = text[mark] == UInt8(ascii: ":")
        if start < text.count {
            // `Token::Parser` and `token://` are no pairs.
            if isColon, text[start] == UInt8(ascii: ":") || text[start...].starts(with: "//".utf8) { return nil }
            if !isColon, text[start] == UInt8(ascii: ">") || text[start] == UInt8(ascii: "=") { start += 1 }
        }
        while start < text.count, start - mark < 10, text[start] == 32 || text[start] == 9 { start += 1 }
        guard start < text.count else { return nil }
        let rest = text[start...]
        if isHeader { return notEmpty(start..<(rest.firstIndex(where: endsLine) ?? text.count), in: text) }
        if let range = quoted(from: start, in: text) ?? bracketed(from: start, in: text) {
            return notEmpty(range, in: text)
        }
        var end = wordEnd(from: start, in: text)
        // `Authorization=Basic eDp5`
        if schemes.contains(text[start..<end].map { $0 | 0x20 }), end + 1 < text.count, text[end] == 32 {
            end = wordEnd(from: end + 1, in: text)
        }
        while end > start, text[end - 1] == UInt8(ascii: ",") || text[end - 1] == UInt8(ascii: ".") { end -= 1 }
        if isColon, isSentence(start..<end, in: text) { return nil }
        return notEmpty(start..<end, in: text)
    }

    private static let schemes = ["basic", "bearer", "digest", "token", "negotiate"].map { Array($0.utf8) }
    private static let plain = ["", "nil", "null", "true", "false", "undefined", "none"].map { Array($0.utf8) }

    private static func notEmpty(_ range: Range<Int>, in text: [UInt8]) -> Range<Int>? {
        plain.contains { text[range].elementsEqual($0) } ? nil : range
    }

    /// What stands in quotation marks, which may be escaped ones.
    private static func quoted(from start: Int, in text: [UInt8]) -> Range<Int>? {
        let isEscaped = text[start] == UInt8(ascii: "\\")
        let open = isEscaped ? start + 1 : start
        guard open < text.count else { return nil }
        let mark = text[open]
        guard mark == UInt8(ascii: "\"") || mark == UInt8(ascii: "'") || mark == UInt8(ascii: "`") else { return nil }
        var end = open + 1
        while end < text.count, text[end] != mark {
            if text[end] == UInt8(ascii: "\\") {
                if isEscaped, end + 1 < text.count, text[end + 1] == mark { break }
                end += 1
            }
            end += 1
        }
        return open + 1..<min(end, text.count)
    }

    /// What stands in brackets, with them: a list, a map, a tuple, a binary.
    private static func bracketed(from start: Int, in text: [UInt8]) -> Range<Int>? {
        let open = text[start] == UInt8(ascii: "%") || text[start] == UInt8(ascii: "#") ? start + 1 : start
        guard open < text.count, "[{(<".utf8.contains(text[open]) else { return nil }
        var depth = 0
        for end in open..<text.count {
            switch text[end] {
            case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "("), UInt8(ascii: "<"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ")"), UInt8(ascii: ">"): depth -= 1
            default: continue
            }
            if depth == 0 { return start..<end + 1 }
        }
        return start..<text.count
    }

    /// Whether a word is the start of a sentence, as in `Password: must be longer`, and no value.
    private static func isSentence(_ range: Range<Int>, in text: [UInt8]) -> Bool {
        let next = range.upperBound + 1
        guard next < text.count, text[range.upperBound] == 32,
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(text[next])
        else { return false }
        return range.count <= 12
            && text[range].allSatisfy { $0 >= 0x80 || ($0 | 0x20).isASCIILetter || $0 == UInt8(ascii: "'") }
    }

    private static func endsLine(_ byte: UInt8) -> Bool {
        byte == 10 || byte == 13 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
    }

    private static func wordEnd(from start: Int, in text: [UInt8]) -> Int {
        var end = start
        while end < text.count {
            // The apostrophe of `can't` ends nothing.
            let isApostrophe =
                text[end] == UInt8(ascii: "'") && end > start && end + 1 < text.count
                && (text[end - 1] | 0x20).isASCIILetter && (text[end + 1] | 0x20).isASCIILetter
            if endsWord(text[end]), !isApostrophe { break }
            end += 1
        }
        return end
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        byte <= 32 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "&")
            || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
            || byte == UInt8(ascii: ")") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
    }
}

extension UInt8 {
    /// Whether this is a letter of ASCII in lower case.
    var isASCIILetter: Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= self }

    /// Whether this is a digit of ASCII.
    var isASCIIDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
}
