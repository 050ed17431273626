/// Tokens that let in anybody who has them.
enum BearerTokens {
    private static let bearer = Array("bearer".utf8)
    private static let basic = Array("basic".utf8)

    static func ranges(in text: Span<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var position = 0
        // A run of bytes of web tokens is looked at once, however many tokens it might start.
        var runEnd = 0
        while position < text.count {
            let byte = text[position] | 0x20
            if byte == bearer[0], let token = token(after: bearer, in: text, at: position) {
                let isToken = isToken(text, token)
                if isToken { ranges.append(token) }
                position = isToken ? token.upperBound : token.lowerBound
            } else if byte == basic[0], let token = token(after: basic, in: text, at: position), isPair(text, token) {
                ranges.append(token)
                position = token.upperBound
            } else if position >= runEnd, byte == UInt8(ascii: "e") || byte == UInt8(ascii: "s"),
                isWebTokenStart(text, position)
            {
                runEnd = position
                var dots = 0
                while runEnd < text.count, isWebTokenByte(text[runEnd]) {
                    if text[runEnd] == UInt8(ascii: ".") { dots += 1 }
                    runEnd += 1
                }
                guard dots >= 2, runEnd - position >= 16 else {
                    position += 1
                    continue
                }
                ranges.append(position..<runEnd)
                position = runEnd
            } else {
                position += 1
            }
        }
        return ranges
    }

    /// What follows a word and one to eight spaces, or one that is encoded for an address.
    private static func token(after word: [UInt8], in text: Span<UInt8>, at position: Int) -> Range<Int>? {
        guard text.count - position > word.count, position == 0 || !(text[position - 1] | 0x20).isASCIILetter else {
            return nil
        }
        for index in word.indices where text[position + index] | 0x20 != word[index] { return nil }
        var start = position + word.count
        if start + 3 < text.count, text[start] == UInt8(ascii: "%"), text[start + 1] == UInt8(ascii: "2"),
            text[start + 2] == UInt8(ascii: "0")
        {
            start += 3
        } else {
            while start < text.count, start - position < word.count + 8,
                text[start] == 32 || text[start] == UInt8(ascii: "+")
            {
                start += 1
            }
        }
        guard start > position + word.count else { return nil }
        var end = start
        while end < text.count, isTokenByte(text[end]) { end += 1 }
        return start..<end
    }

    /// Whether it is no word of a sentence.
    private static func isToken(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard range.count < 20 else { return true }
        guard range.count >= 6 else { return false }
        var isMixed = false
        for index in range {
            if !(text[index] | 0x20).isASCIILetter, text[index] != UInt8(ascii: ".") { return true }
            // A letter in upper case inside a word.
            if index > range.lowerBound, text[index - 1].isASCIILetter, text[index] & 0x20 == 0 { isMixed = true }
        }
        return isMixed && text[range.upperBound - 1].isASCIILetter
    }

    /// Whether it is a name and a password as HTTP sends them: base64 with a colon in it.
    private static func isPair(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard range.count >= 8, range.count.isMultiple(of: 4) else { return false }
        var (bits, count, hasColon) = (UInt32(0), 0, false)
        for index in range {
            let value: UInt8
            switch text[index] {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = text[index] - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = text[index] - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = text[index] - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            case UInt8(ascii: "=") where range.upperBound - index <= 2: continue
            default: return false
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            let byte = UInt8(truncatingIfNeeded: bits >> UInt32(count))
            if byte == UInt8(ascii: ":") { hasColon = true }
            if byte < 32 || byte == 127 { return false }
        }
        return hasColon
    }

    private static let json = Array("eyJ".utf8)
    private static let phoenix = Array("SFMyNTY.".utf8)

    /// Whether a JSON Web Token starts here, whose first part is JSON in base64, or a token of Phoenix.
    private static func isWebTokenStart(_ text: Span<UInt8>, _ position: Int) -> Bool {
        func has(_ start: [UInt8]) -> Bool {
            guard text.count - position > start.count else { return false }
            for index in start.indices where text[position + index] != start[index] { return false }
            return true
        }
        return has(json) || has(phoenix)
    }

    private static func isWebTokenByte(_ byte: UInt8) -> Bool {
        (byte | 0x20).isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: ".")
    }

    private static let tokenMarks = Array("-._~+/=".utf8)

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        (byte | 0x20).isASCIILetter || byte.isASCIIDigit || tokenMarks.contains(byte)
    }
}
