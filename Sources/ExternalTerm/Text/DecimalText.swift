/// Numbers of the library Decimal, as its `to_string/1` writes them: in scientific notation where that is usual.
enum DecimalText {
    /// The largest exponent that is written as text.
    private static let exponents = -1_000_000_000...1_000_000_000

    /// The text of a struct, or nil when it is not what Decimal makes.
    static func text(of map: TermMap) -> String? {
        guard let values = ElixirStruct.values(of: map, ["sign", "coef", "exp"]),
            values[0] == .integer(1) || values[0] == .integer(-1), let exponent = values[2].integer
        else { return nil }
        let sign = values[0] == .integer(-1) ? "-" : ""
        switch values[1] {
        case .atom("NaN") where exponent == 0: return sign + "NaN"
        case .atom("inf") where exponent == 0: return sign + "Infinity"
        case .integer(let value) where value >= 0: return text(of: String(value), exponent: exponent).map { sign + $0 }
        case .bigInteger(let value) where !value.isNegative && value.magnitude.count <= NumberText.longestDecimal:
            return text(of: value.decimalText, exponent: exponent).map { sign + $0 }
        default: return nil
        }
    }

    private static func text(of digits: String, exponent: Int) -> String? {
        guard exponents.contains(exponent) else { return nil }
        let count = digits.utf8.count
        let adjusted = exponent + count - 1
        if exponent == 0 { return digits }
        if exponent < 0, adjusted >= -6 {
            let whole = count + exponent
            return whole > 0
                ? "\(digits.prefix(whole)).\(digits.dropFirst(whole))"
                : "0.\(String(repeating: "0", count: -whole))\(digits)"
        }
        let mantissa = count > 1 ? "\(digits.prefix(1)).\(digits.dropFirst())" : digits
        return "\(mantissa)E\(exponent >= 0 ? "+" : "")\(adjusted)"
    }

    /// The struct of a number in text, or nil when it is none.
    static func map(_ text: [UInt8]) -> TermMap? {
        var rest = text[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        switch String(decoding: rest, as: UTF8.self) {
        case "NaN": return map(isNegative, .atom("NaN"), 0)
        case "Infinity": return map(isNegative, .atom("inf"), 0)
        default: break
        }
        let whole = rest.prefix(while: TermTextReader.isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = rest.prefix(while: TermTextReader.isDigit)
            rest = rest.dropFirst(fraction.count)
        }
        var exponent = 0
        if rest.first == UInt8(ascii: "E") || rest.first == UInt8(ascii: "e") {
            guard let value = Int(String(decoding: rest.dropFirst(), as: UTF8.self)) else { return nil }
            exponent = value
            rest = []
        }
        guard rest.isEmpty, !(whole.isEmpty && fraction.isEmpty), exponent.magnitude < 1 << 40 else { return nil }
        var digits = Digits(radix: 10)
        for digit in whole + fraction { digits.append(digit - UInt8(ascii: "0")) }
        guard digits.areFew else { return nil }
        return map(isNegative, digits.term(isNegative: false), exponent - fraction.count)
    }

    private static func map(_ isNegative: Bool, _ coefficient: Term, _ exponent: Int) -> TermMap {
        ElixirStruct.map(
            ElixirStruct.decimal,
            ["sign": .integer(isNegative ? -1 : 1), "coef": coefficient, "exp": .integer(exponent)])
    }
}
