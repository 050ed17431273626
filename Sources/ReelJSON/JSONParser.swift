import Zlib

/// One step of a JSON text, as ``JSONParser`` reads it. Ranges are byte offsets into what the parser was given.
enum JSONToken: Hashable, Sendable {
    case beginArray
    case endArray
    case beginObject
    case endObject
    /// A key; its value follows. The range is that of the text between the quotes.
    case key(Range<Int>, hasEscapes: Bool)
    /// A string. The range is that of the text between the quotes.
    case string(Range<Int>, hasEscapes: Bool)
    /// A number as it is written; an integer has neither fraction nor exponent.
    case number(Range<Int>, isInteger: Bool)
    case `true`
    case `false`
    case null
}

/// Reads JSON text (RFC 8259) token by token, strictly, and without recursion.
///
/// Keys that come twice in an object, strings that are not UTF-8 and escapes of half a surrogate pair are errors: RFC
/// 8259 leaves open what they mean.
struct JSONParser: ~Escapable {
    let bytes: Span<UInt8>
    /// Where the next token, or white space before it, starts.
    private(set) var offset: Int
    /// Where the last token started.
    private(set) var tokenStart: Int
    private let limits: JSONLimits
    private var open: [Container] = []
    /// The keys of the objects that are open, as text without escapes.
    private var keys: [[UInt8]] = []
    private var expected = Expected.value

    private struct Container {
        var isObject: Bool
        var firstKey: Int
        /// The keys, when they are too many to be compared one by one.
        var set: Set<[UInt8]>?
    }

    /// What may come next.
    private enum Expected { case value, firstElement, firstKey, commaOrEnd, end }

    /// Creates a parser of the value that starts at `start`, or after white space there.
    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, at start: Int = 0, limits: JSONLimits = .default) {
        self.bytes = bytes
        offset = start
        tokenStart = start
        self.limits = limits
    }

    /// How many arrays and objects are open.
    var depth: Int { open.count }

    /// Reads the next token, or returns nil after the value and nothing but white space.
    mutating func next() throws(JSONError) -> JSONToken? {
        if offset == 0, bytes.count > limits.byteCount {
            throw JSONError(.limitExceeded, at: 0, "\(bytes.count) bytes, more than the limit of \(limits.byteCount)")
        }
        skipSpace()
        switch expected {
        case .end:
            guard offset == bytes.count else {
                throw JSONError(.trailingBytes, at: offset, "something after the value")
            }
            return nil
        case .value: return try value()
        case .firstElement:
            if try byte() == UInt8(ascii: "]") { return close() }
            return try value()
        case .firstKey:
            if try byte() == UInt8(ascii: "}") { return close() }
            return try key()
        case .commaOrEnd:
            let isObject = open.last?.isObject ?? false
            let byte = try byte()
            if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) { return close() }
            guard byte == UInt8(ascii: ",") else { throw unexpected(isObject ? "',' or '}'" : "',' or ']'") }
            offset += 1
            skipSpace()
            return isObject ? try key() : try value()
        }
    }

    /// Reads the rest of the value of which `token` is the first one.
    mutating func skip(_ token: JSONToken) throws(JSONError) {
        guard token == .beginArray || token == .beginObject else { return }
        let depth = open.count
        while open.count >= depth { _ = try next() }
    }

    // MARK: Tokens

    private mutating func value() throws(JSONError) -> JSONToken {
        tokenStart = offset
        switch try byte() {
        case UInt8(ascii: "["): return try begin(isObject: false)
        case UInt8(ascii: "{"): return try begin(isObject: true)
        case UInt8(ascii: "\""):
            let (range, hasEscapes) = try text()
            finishValue()
            return .string(range, hasEscapes: hasEscapes)
        case UInt8(ascii: "t"): return try literal("true", .true)
        case UInt8(ascii: "f"): return try literal("false", .false)
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw unexpected("a value")
        }
    }

    private mutating func begin(isObject: Bool) throws(JSONError) -> JSONToken {
        guard open.count < limits.depth else {
            throw JSONError(.limitExceeded, at: offset, "values nested deeper than \(limits.depth)")
        }
        offset += 1
        open.append(Container(isObject: isObject, firstKey: keys.count))
        expected = isObject ? .firstKey : .firstElement
        return isObject ? .beginObject : .beginArray
    }

    private mutating func close() -> JSONToken {
        offset += 1
        let top = open.popLast()
        if let top { keys.removeSubrange(top.firstKey...) }
        finishValue()
        return top?.isObject == true ? .endObject : .endArray
    }

    private mutating func finishValue() { expected = open.isEmpty ? .end : .commaOrEnd }

    private mutating func key() throws(JSONError) -> JSONToken {
        guard try byte() == UInt8(ascii: "\"") else { throw unexpected("a key") }
        tokenStart = offset
        let (range, hasEscapes) = try text()
        try note(bytes.unescaped(range, hasEscapes: hasEscapes))
        skipSpace()
        guard try byte() == UInt8(ascii: ":") else { throw unexpected("':'") }
        offset += 1
        expected = .value
        return .key(range, hasEscapes: hasEscapes)
    }

    private mutating func note(_ key: [UInt8]) throws(JSONError) {
        guard let top = open.indices.last else { return }
        let isNew: Bool
        if open[top].set != nil {
            isNew = open[top].set?.insert(key).inserted == true
        } else {
            isNew = !keys[open[top].firstKey...].contains(key)
            keys.append(key)
            if keys.count - open[top].firstKey > 16 { open[top].set = Set(keys[open[top].firstKey...]) }
        }
        guard isNew else {
            throw JSONError(.duplicateKey, at: tokenStart, "an object that names a key twice")
        }
    }

    private mutating func literal(_ text: StaticString, _ token: JSONToken) throws(JSONError) -> JSONToken {
        for expected in text.description.utf8 {
            guard try byte() == expected else {
                throw JSONError(.malformed, at: tokenStart, "a word that is no '\(text)'")
            }
            offset += 1
        }
        finishValue()
        return token
    }

    // MARK: Numbers

    private mutating func number() throws(JSONError) -> JSONToken {
        var isInteger = true
        if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        let digitsStart = offset
        try digits()
        guard bytes[digitsStart] != UInt8(ascii: "0") || offset == digitsStart + 1 else {
            throw JSONError(.malformed, at: tokenStart, "a number with a zero before it")
        }
        if peek == UInt8(ascii: ".") {
            isInteger = false
            offset += 1
            try digits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            isInteger = false
            offset += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { offset += 1 }
            try digits()
        }
        guard offset - digitsStart <= JSONLimits.mostDigits else {
            throw JSONError(.limitExceeded, at: tokenStart, "a number of \(offset - tokenStart) characters")
        }
        finishValue()
        return .number(tokenStart..<offset, isInteger: isInteger)
    }

    private mutating func digits() throws(JSONError) {
        let start = offset
        while let byte = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { offset += 1 }
        if offset == start {
            _ = try byte()
            throw JSONError(.malformed, at: tokenStart, "a number that lacks a digit")
        }
    }

    // MARK: Strings

    /// Goes past a string, and returns where its text stands.
    private mutating func text() throws(JSONError) -> (Range<Int>, hasEscapes: Bool) {
        offset += 1
        let start = offset
        var hasEscapes = false
        var merged: UInt8 = 0
        while true {
            let byte = try byte()
            if byte == UInt8(ascii: "\"") { break }
            merged |= byte
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                try escape()
            } else if byte < 0x20 {
                throw JSONError(.malformed, at: offset, "a control character in a string")
            } else {
                offset += 1
            }
        }
        let range = start..<offset
        offset += 1
        if merged >= 0x80, (try? UTF8Span(validating: bytes.extracting(range))) == nil {
            throw JSONError(.malformedText, at: tokenStart, "a string that is not UTF-8")
        }
        return (range, hasEscapes)
    }

    private mutating func escape() throws(JSONError) {
        let start = offset
        offset += 1
        switch try byte() {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            offset += 1
        case UInt8(ascii: "u"):
            let unit = try codeUnit()
            guard 0xD800..<0xE000 ~= unit else { return }
            // Where the text ends the other half may have been cut.
            if unit < 0xDC00, try byte() == UInt8(ascii: "\\") {
                offset += 1
                if try byte() == UInt8(ascii: "u"), 0xDC00..<0xE000 ~= (try codeUnit()) { return }
            }
            throw JSONError(.malformedText, at: start, "half of a surrogate pair")
        default: throw JSONError(.malformed, at: start, "an unknown escape")
        }
    }

    /// Reads `u` and four hexadecimal digits.
    private mutating func codeUnit() throws(JSONError) -> UInt32 {
        let start = offset - 1
        offset += 1
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = UInt32(hexadecimal: try byte()) else {
                throw JSONError(.malformed, at: start, "an escape that lacks a hexadecimal digit")
            }
            unit = unit << 4 | digit
            offset += 1
        }
        return unit
    }

    // MARK: Bytes

    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private func byte() throws(JSONError) -> UInt8 {
        guard offset < bytes.count else { throw JSONError(.truncated, at: offset, "the text ends inside a value") }
        return bytes[offset]
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private func unexpected(_ wanted: String) -> JSONError {
        JSONError(.malformed, at: offset, "\(wanted) expected")
    }
}

extension UInt32 {
    /// The value of a hexadecimal digit, or nil when it is none.
    init?(hexadecimal digit: UInt8) {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self = UInt32(digit - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self = UInt32(digit - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self = UInt32(digit - UInt8(ascii: "A")) + 10
        default: return nil
        }
    }
}

extension Span<UInt8> {
    /// The text that the inside of a string, which is sound, stands for.
    func unescaped(_ range: Range<Int>, hasEscapes: Bool) -> [UInt8] {
        guard hasEscapes else { return [UInt8](copying: extracting(range)) }
        var text: [UInt8] = []
        var position = range.lowerBound
        while position < range.upperBound {
            let byte = self[position]
            guard byte == UInt8(ascii: "\\"), position + 1 < range.upperBound else {
                text.append(byte)
                position += 1
                continue
            }
            position += 2
            switch self[position - 1] {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"):
                var unit = codeUnit(at: position)
                position += 4
                if 0xD800..<0xDC00 ~= unit {
                    unit = 0x10000 + (unit - 0xD800) << 10 + (codeUnit(at: position + 2) - 0xDC00)
                    position += 6
                }
                if let scalar = Unicode.Scalar(unit) { text += String(scalar).utf8 }
            case let other: text.append(other)
            }
        }
        return text
    }

    private func codeUnit(at position: Int) -> UInt32 {
        var unit: UInt32 = 0
        for index in position..<position + 4 { unit = unit << 4 | (UInt32(hexadecimal: self[index]) ?? 0) }
        return unit
    }

    /// The text of a number.
    func numberText(_ range: Range<Int>) -> String {
        String(decoding: [UInt8](copying: extracting(range)), as: UTF8.self)
    }
}
