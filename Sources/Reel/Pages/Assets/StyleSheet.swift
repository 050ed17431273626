/// A style sheet in which addresses of fonts and images are replaced by their files. Implements Spec/pages.md §8.4.
struct StyleSheet {
    private let text: [UInt8]
    private var result: [UInt8] = []
    private var position = 0

    /// The style sheet with each `url(…)` that `replacement` knows replaced. What it imports is left alone.
    static func replacing(_ text: [UInt8], _ replacement: (String) -> String?) -> [UInt8] {
        var sheet = StyleSheet(text: text)
        sheet.replace(replacement)
        return sheet.result
    }

    private init(text: [UInt8]) { self.text = text }

    private mutating func replace(_ replacement: (String) -> String?) {
        result.reserveCapacity(text.count)
        while position < text.count {
            let start = position
            if has("/*") {
                skipComment()
            } else if text[position] == UInt8(ascii: "\"") || text[position] == UInt8(ascii: "'") {
                skipString()
            } else if has("@import") {
                skipRule()
            } else if has("url("), start == 0 || !text[start - 1].isNameByte {
                if let address = address(), let other = replacement(address) {
                    result += "url(\"\(other)\")".utf8
                    continue
                }
            } else {
                position += 1
            }
            result += text[start..<position]
        }
    }

    /// Whether a text in small letters comes next, in any letters.
    private func has(_ wanted: String) -> Bool { text.hasName(wanted, at: position) }

    private mutating func skipComment() {
        position += 2
        while position < text.count, !has("*/") { position += 1 }
        position = min(position + 2, text.count)
    }

    /// Goes past a string, which ends at its quote, or at the end of its line.
    private mutating func skipString() {
        let quote = text[position]
        position += 1
        while position < text.count {
            let byte = text[position]
            position = min(position + (byte == UInt8(ascii: "\\") ? 2 : 1), text.count)
            if byte == quote || byte == UInt8(ascii: "\n") { return }
        }
    }

    /// Goes past a rule without a block.
    private mutating func skipRule() {
        while position < text.count, text[position] != UInt8(ascii: ";") {
            switch text[position] {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): skipString()
            case _ where has("url("): _ = address()
            default: position += 1
            }
        }
    }

    /// Goes past `url(…)`, and returns the address in it unless it is written in a way that addresses of files need not be.
    private mutating func address() -> String? {
        position += 4
        while position < text.count, text[position].isHTMLSpace { position += 1 }
        guard position < text.count else { return nil }
        let start = position
        let isQuoted = text[start] == UInt8(ascii: "\"") || text[start] == UInt8(ascii: "'")
        if isQuoted { skipString() }
        let end = position
        while position < text.count, text[position] != UInt8(ascii: ")") { position += 1 }
        let content = isQuoted ? text[start + 1..<max(end - 1, start + 1)] : text[start..<position]
        let rest = isQuoted ? text[end..<position] : []
        guard position < text.count else { return nil }
        position += 1
        guard rest.allSatisfy(\.isHTMLSpace), !content.contains(UInt8(ascii: "\\")) else { return nil }
        return String(decoding: content, as: UTF8.self)
    }
}

extension UInt8 {
    /// Whether it may stand in a name in CSS.
    fileprivate var isNameByte: Bool {
        self > 127 || self == UInt8(ascii: "-") || self == UInt8(ascii: "_") || self == UInt8(ascii: "\\")
            || 48...57 ~= self || 65...90 ~= self || 97...122 ~= self
    }
}
