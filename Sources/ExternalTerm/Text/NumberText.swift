/// Numbers in text, which both notations write alike.
enum NumberText {
    /// How many bytes the magnitude of an integer has at most that is written in decimal, which takes more than linear time.
    static let longestDecimal = 32_768

    /// The text of an integer beyond 64 bits: in decimal, or in hexadecimal after `prefix` when it is very long.
    static func text(of value: BigInteger, hexadecimalPrefix prefix: String) -> String {
        guard value.magnitude.count > longestDecimal else { return value.decimalText }
        var text = (value.isNegative ? "-" : "") + prefix
        for (index, byte) in value.magnitude.reversed().enumerated() {
            if byte < 16, index > 0 { text += "0" }
            text += String(byte, radix: 16)
        }
        return text
    }

    /// The shortest decimal digits that read back as `value`, which is finite, and where their point is: 0.0125 has the
    /// digits 125 and the point at -1.
    private static func digits(of value: Double) -> (digits: [UInt8], point: Int) {
        let parts = value.magnitude.description.utf8.split(separator: UInt8(ascii: "e"), maxSplits: 1)
        let mantissa = parts.first.map(Array.init) ?? []
        let exponent = parts.count > 1 ? Int(Substring(parts[1])) ?? 0 : 0
        let whole = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.count
        let all = mantissa.filter { $0 != UInt8(ascii: ".") }
        let leading = all.prefix { $0 == UInt8(ascii: "0") }.count
        var digits = Array(all.dropFirst(leading))
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (digits, whole - leading + exponent)
    }

    /// The text of a float as `float_to_list(Float, [short])` writes it.
    ///
    /// The shorter of the plain and the scientific notation, the plain one when they are as long as each other, and
    /// always the scientific one from 2^53 on, where not every integer is a float.
    static func erlangText(of value: Double) -> String {
        let sign = value.sign == .minus ? "-" : ""
        guard value != 0 else { return sign + "0.0" }
        let (digits, point) = digits(of: value)
        let text = String(decoding: digits, as: UTF8.self)
        let scientific = scientificText(of: digits, exponent: point - 1)
        guard value.magnitude < 9_007_199_254_740_992 else { return sign + scientific }
        let plain: String
        if point <= 0 {
            plain = "0." + String(repeating: "0", count: -point) + text
        } else if point >= digits.count {
            plain = text + String(repeating: "0", count: point - digits.count) + ".0"
        } else {
            plain = String(text.prefix(point)) + "." + String(text.dropFirst(point))
        }
        return sign + (plain.utf8.count <= scientific.utf8.count ? plain : scientific)
    }

    private static func scientificText(of digits: [UInt8], exponent: Int) -> String {
        let first = String(decoding: digits.prefix(1), as: UTF8.self)
        let rest = String(decoding: digits.dropFirst(), as: UTF8.self)
        return "\(first).\(rest.isEmpty ? "0" : rest)e\(exponent)"
    }

    /// The text of a float as Elixir's `inspect` writes it: integers below 10^16 with all of their digits.
    static func elixirText(of value: Double) -> String {
        guard 1..<1e16 ~= value.magnitude, let integer = Int(exactly: value) else { return erlangText(of: value) }
        return "\(integer).0"
    }
}

extension TermTextReader {
    /// Reads an unsigned integer or float, whose first digit stands at the position, and gives it a sign.
    mutating func decimalNumber(isNegative: Bool) throws(TermTextError) -> Term {
        let start = position
        let whole = try integerDigits(radix: 10)
        guard next == UInt8(ascii: "."), let digit = byte(after: 1), TermTextReader.isDigit(digit) else {
            return whole.term(isNegative: isNegative)
        }
        position += 1
        try skipDigits()
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") { position += 1 }
            try skipDigits()
        }
        try endNumber()
        let text = String(decoding: bytes[start..<position].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            throw error(
                .malformedNumber, at: start, "a float out of range", expected: "a magnitude below 1.8e308")
        }
        return .float(isNegative ? -value : value)
    }

    /// Reads an unsigned integer of a radix from 2 to 36.
    mutating func integerDigits(radix: Int) throws(TermTextError) -> Digits {
        let start = position
        var digits = Digits(radix: UInt64(radix))
        while let digit = try nextDigit(radix: radix, isFirst: position == start) { digits.append(digit) }
        guard digits.areFew else {
            throw error(
                .limitExceeded, at: start, "an integer of more than \(digits.values.count - 1) digits",
                expected: "a shorter one, or one in hexadecimal")
        }
        if !(next == UInt8(ascii: ".") || next == UInt8(ascii: "#")) { try endNumber() }
        return digits
    }

    private mutating func skipDigits() throws(TermTextError) {
        let start = position
        while try nextDigit(radix: 10, isFirst: position == start) != nil {}
    }

    /// Reads a digit, with an underscore before it unless it is the first one. Returns nil when there is none.
    private mutating func nextDigit(radix: Int, isFirst: Bool) throws(TermTextError) -> UInt8? {
        let isSeparated = !isFirst && next == UInt8(ascii: "_")
        let byte = isSeparated ? byte(after: 1) : next
        guard let digit = byte.flatMap(TermTextReader.digitValue), digit < radix else {
            guard !isFirst, !isSeparated else {
                if isSeparated { position += 1 }
                throw error(.malformedNumber, "a number without a digit here", expected: "a digit of radix \(radix)")
            }
            return nil
        }
        position += isSeparated ? 2 : 1
        return UInt8(digit)
    }

    /// The value of an ASCII letter or digit, or nil.
    static func digitValue(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }

    /// Reads how many arguments a function takes.
    mutating func arity() throws(TermTextError) -> UInt32 {
        let place = position
        guard let value = try integerDigits(radix: 10).value(upTo: Int(UInt32.max)), let arity = UInt32(exactly: value)
        else { throw error(.malformedNumber, at: place, "too large an arity", expected: "less than 2^32") }
        return arity
    }

    /// Checks that a number ends at the position.
    func endNumber() throws(TermTextError) {
        if let byte = next, TermTextReader.isWord(byte) {
            throw error(.malformedNumber, "a letter or digit in a number", expected: "the end of the number")
        }
    }
}

/// The digits of an unsigned integer, the most significant first and without leading zeros.
struct Digits {
    private let radix: UInt64
    private(set) var values: [UInt8] = []

    /// Digits of a radix from 2 to 36.
    init(radix: UInt64) { self.radix = radix }

    mutating func append(_ digit: UInt8) {
        if digit > 0 || !values.isEmpty { values.append(digit) }
    }

    /// How many bits a digit has at most.
    private var digitBitCount: Int { 64 - (radix - 1).leadingZeroBitCount }

    /// Whether each digit stands for some bits of its own.
    private var isPowerOfTwo: Bool { radix & (radix - 1) == 0 }

    /// Whether there are not more digits than can be read in reasonable time: what Erlang's integers have where that is
    /// linear in their number, and 262,144 of them in decimal.
    var areFew: Bool { values.count <= (isPowerOfTwo ? 33_554_368 : 1_048_576) / digitBitCount }

    /// The integer's bytes, the least significant first.
    private var magnitude: [UInt8] {
        var bytes: [UInt8] = []
        if isPowerOfTwo {
            var pending: UInt64 = 0
            var bitCount = 0
            for digit in values.reversed() {
                pending |= UInt64(digit) << UInt64(bitCount)
                bitCount += digitBitCount
                while bitCount >= 8 {
                    bytes.append(UInt8(truncatingIfNeeded: pending))
                    pending >>= 8
                    bitCount -= 8
                }
            }
            bytes.append(UInt8(truncatingIfNeeded: pending))
            return bytes
        }
        if radix == 10 { return BigInteger.magnitude(ofDecimal: values) }
        for word in words {
            for shift in 0..<8 as Range<UInt64> { bytes.append(UInt8(truncatingIfNeeded: word >> (8 * shift))) }
        }
        return bytes
    }

    /// The integer in base 2^64, the least significant word first.
    private var words: [UInt64] {
        var words: [UInt64] = []
        var group: UInt64 = 0
        var scale: UInt64 = 1
        for (index, digit) in values.enumerated() {
            group = group * radix + UInt64(digit)
            scale *= radix
            // As many digits at a time as a word has room for.
            guard scale > UInt64.max / radix || index == values.count - 1 else { continue }
            var carry = group
            for index in words.indices {
                let product = words[index].multipliedFullWidth(by: scale)
                let (low, overflow) = product.low.addingReportingOverflow(carry)
                words[index] = low
                carry = product.high &+ (overflow ? 1 : 0)
            }
            if carry > 0 { words.append(carry) }
            (group, scale) = (0, 1)
        }
        return words
    }

    /// The integer as a term.
    func term(isNegative: Bool) -> Term { .integer(isNegative: isNegative, magnitude: magnitude) }

    /// The integer when it is at most `limit`, or nil.
    func value(upTo limit: Int) -> Int? {
        guard values.count <= 64, case .integer(let value) = term(isNegative: false), value <= limit else { return nil }
        return value
    }
}
