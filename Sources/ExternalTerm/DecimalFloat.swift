/// The decimal text of the old float form (99). Implements Spec/terms.md §3.
enum DecimalFloat {
    /// The number that `text` is, or nil when it is none: digits, a point or comma, digits, and maybe an exponent.
    static func value(of text: [UInt8]) -> Double? {
        var rest = text[...]
        /// Takes the digits that come next; false when there are none.
        func takeDigits() -> Bool {
            let count = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }.count
            rest = rest.dropFirst(count)
            return count > 0
        }
        /// Takes the next character when it is one of two.
        func take(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: first) || rest.first == UInt8(ascii: second) else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = take("+", "-")
        guard takeDigits(), take(".", ","), takeDigits() else { return nil }
        if take("e", "E") {
            _ = take("+", "-")
            guard takeDigits() else { return nil }
        }
        guard rest.isEmpty else { return nil }
        return Double(String(decoding: text.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }, as: UTF8.self))
    }
}
