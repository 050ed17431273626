/// Numbers of payment cards.
enum CardNumbers {
    static func ranges(in text: Span<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var position = 0
        while position < text.count {
            guard text[position].isDigit else {
                position += 1
                continue
            }
            let groups = groups(in: text, from: position)
            ranges += cards(groups, of: text)
            position = groups.last?.upperBound ?? text.count
        }
        return ranges
    }

    /// The groups of digits, with one space or hyphen between them, that start at `start`.
    private static func groups(in text: Span<UInt8>, from start: Int) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        var position = start
        while true {
            let first = position
            while position < text.count, text[position].isDigit { position += 1 }
            groups.append(first..<position)
            guard position + 1 < text.count, text[position] == UInt8(ascii: " ") || text[position] == UInt8(ascii: "-"),
                text[position + 1].isDigit
            else { break }
            position += 1
        }
        return groups
    }

    /// Where card numbers stand among groups of digits: each is a few whole groups.
    private static func cards(_ groups: [Range<Int>], of text: Span<UInt8>) -> [Range<Int>] {
        var cards: [Range<Int>] = []
        var first = 0
        while first < groups.count {
            var count = 0
            var card: (last: Int, range: Range<Int>)?
            // No more than 19 groups have 19 digits.
            for last in first..<groups.count {
                count += groups[last].count
                guard count <= 19 else { break }
                let range = groups[first].lowerBound..<groups[last].upperBound
                if count >= 13, isCard(text, range, digitCount: count) { card = (last, range) }
            }
            if let card { cards.append(card.range) }
            first = (card?.last ?? first) + 1
        }
        return cards
    }

    private static func isCard(_ text: Span<UInt8>, _ range: Range<Int>, digitCount: Int) -> Bool {
        let first = text[range.lowerBound]
        guard UInt8(ascii: "2")...UInt8(ascii: "6") ~= first, digitCount > 13 || first == UInt8(ascii: "4") else {
            return false
        }
        // Luhn's rule: from the right, each second digit counts twice, its digits added up.
        var sum = 0
        var isDoubled = false
        for index in range.reversed() where text[index].isDigit {
            let digit = Int(text[index] - UInt8(ascii: "0"))
            sum += isDoubled ? digit * 2 - (digit > 4 ? 9 : 0) : digit
            isDoubled.toggle()
        }
        return sum.isMultiple(of: 10)
    }
}

/// E-mail addresses.
enum EmailAddresses {
    static func ranges(in text: Span<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for at in text.indices where text[at] == UInt8(ascii: "@") {
            var start = at
            while start > 0, at - start < 64, isLocal(text[start - 1]) { start -= 1 }
            guard start < at, let end = domainEnd(in: text, from: at + 1) else { continue }
            ranges.append(start..<end)
        }
        return ranges
    }

    /// Where a domain of two labels or more ends, or nil when there is none. The last one has two letters at the least.
    private static func domainEnd(in text: Span<UInt8>, from start: Int) -> Int? {
        var end: Int?
        var label = start
        var position = start
        while position < text.count, position - start < 255, isDomain(text[position]) {
            if text[position] == UInt8(ascii: ".") {
                guard position > label else { return end }
                label = position + 1
            } else if label > start, position - label >= 1, !text[label].isDigit {
                end = position + 1
            }
            position += 1
        }
        return end
    }

    private static func isLocal(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (byte | 0x20).isLetter || byte.isDigit || localMarks.contains(byte)
    }

    private static let localMarks = Array("._%+'-".utf8)

    private static func isDomain(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (byte | 0x20).isLetter || byte.isDigit || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }
}

/// Tokens that are enough to be let in.
enum BearerTokens {
    private static let word = Array("bearer".utf8)
    private static let tokenMarks = Array("-._~+/=".utf8)
    private static let webTokenMarks = Array("-_.".utf8)

    static func ranges(in text: Span<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var position = 0
        while position < text.count {
            if let start = tokenStart(in: text, at: position) {
                var end = start
                while end < text.count, isTokenByte(text[end]) { end += 1 }
                let isToken = isToken(text, start..<end)
                if isToken { ranges.append(start..<end) }
                position = isToken ? end : start
            } else if let end = webTokenEnd(in: text, at: position) {
                ranges.append(position..<end)
                position = end
            } else {
                position += 1
            }
        }
        return ranges
    }

    /// Where what follows `Bearer` and one to eight spaces starts.
    private static func tokenStart(in text: Span<UInt8>, at position: Int) -> Int? {
        guard text.count - position > word.count, text[position] | 0x20 == word[0] else { return nil }
        for index in word.indices where text[position + index] | 0x20 != word[index] { return nil }
        var start = position + word.count
        while start < text.count, start - position < word.count + 8, text[start] == 32 { start += 1 }
        return start > position + word.count ? start : nil
    }

    /// Whether it is no word of a sentence.
    private static func isToken(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard range.count < 20 else { return true }
        return range.count >= 6 && range.contains { !(text[$0] | 0x20).isLetter && text[$0] != UInt8(ascii: ".") }
    }

    /// The end of a JSON Web Token: three parts of base64 with dots between them, the first one of JSON.
    private static func webTokenEnd(in text: Span<UInt8>, at start: Int) -> Int? {
        guard text.count - start > 16, text[start] == UInt8(ascii: "e"), text[start + 1] == UInt8(ascii: "y"),
            text[start + 2] == UInt8(ascii: "J"), start == 0 || !isWebTokenByte(text[start - 1])
        else { return nil }
        var dots = 0
        var end = start
        while end < text.count, isWebTokenByte(text[end]) {
            if text[end] == UInt8(ascii: ".") { dots += 1 }
            end += 1
        }
        return dots >= 2 && end - start >= 16 ? end : nil
    }

    private static func isWebTokenByte(_ byte: UInt8) -> Bool {
        (byte | 0x20).isLetter || byte.isDigit || webTokenMarks.contains(byte)
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        (byte | 0x20).isLetter || byte.isDigit || tokenMarks.contains(byte)
    }
}

/// What ``TextPattern/template(_:)`` looks for.
struct TextTemplate: Sendable {
    enum Part: Hashable, Sendable {
        case byte(UInt8)
        case digit
        case wordByte
        case run
    }

    let parts: [Part]

    /// The most bytes that `*` takes: it keeps the time linear.
    private static let longestRun = 256

    init(_ text: String) throws(TextTemplateError) {
        var parts: [Part] = []
        var isEscaped = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\") where !isEscaped:
                isEscaped = true
                continue
            case UInt8(ascii: "#") where !isEscaped: parts.append(.digit)
            case UInt8(ascii: "?") where !isEscaped: parts.append(.wordByte)
            case UInt8(ascii: "*") where !isEscaped: parts.append(.run)
            default: parts.append(.byte(TextTemplate.folded(byte)))
            }
            isEscaped = false
        }
        guard !isEscaped else {
            throw TextTemplateError(description: "'\(text)' ends with a \\ that has nothing to follow it")
        }
        guard let first = parts.first else { throw TextTemplateError(description: "a template of nothing") }
        guard first != .run else {
            throw TextTemplateError(
                description: "'\(text)' starts with *, and so anywhere; start it with what is known")
        }
        self.parts = parts
    }

    func ranges(in text: Span<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var position = 0
        while position < text.count {
            if let end = end(in: text, from: position) {
                ranges.append(position..<end)
                position = end
            } else {
                position += 1
            }
        }
        return ranges
    }

    private func end(in text: Span<UInt8>, from start: Int) -> Int? {
        var position = start
        for part in parts {
            guard position < text.count else { return nil }
            let byte = text[position]
            switch part {
            case .byte(let wanted): guard TextTemplate.folded(byte) == wanted else { return nil }
            case .digit: guard byte.isDigit else { return nil }
            case .wordByte: guard (byte | 0x20).isLetter || byte.isDigit else { return nil }
            case .run:
                let first = position
                while position < text.count, position - first < TextTemplate.longestRun,
                    TextTemplate.isRun(text[position])
                {
                    position += 1
                }
                guard position > first else { return nil }
                continue
            }
            position += 1
        }
        return position
    }

    private static func isRun(_ byte: UInt8) -> Bool {
        (byte | 0x20).isLetter || byte.isDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }
}

extension UInt8 {
    /// Whether this is a letter of ASCII in lower case.
    fileprivate var isLetter: Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= self }

    /// Whether this is a digit.
    fileprivate var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
}
