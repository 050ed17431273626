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
            } else if label > start, position - label >= 1, !text[label].isASCIIDigit {
                end = position + 1
            }
            position += 1
        }
        return end
    }

    private static func isLocal(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (byte | 0x20).isASCIILetter || byte.isASCIIDigit || localMarks.contains(byte)
    }

    private static let localMarks = Array("._%+'-".utf8)

    private static func isDomain(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (byte | 0x20).isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "-")
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
            case .digit: guard byte.isASCIIDigit else { return nil }
            case .wordByte: guard (byte | 0x20).isASCIILetter || byte.isASCIIDigit else { return nil }
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
        (byte | 0x20).isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }
}
