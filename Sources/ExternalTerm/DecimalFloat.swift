/// The decimal text of the old float form (99), as C's `sscanf` with `%lf` reads it.
enum DecimalFloat {
    /// The number that `text` starts with, or nil when it starts with none.
    static func value(of text: String) -> Double? {
        var digits = text.utf8.drop { $0 == UInt8(ascii: " ") || 9...13 ~= $0 }[...]
        var number = ""
        func take(_ condition: (UInt8) -> Bool) -> Int {
            let run = digits.prefix(while: condition)
            number += String(Substring(run))
            digits = digits.dropFirst(run.count)
            return run.count
        }
        func takeOne(_ characters: String) -> Bool {
            guard let first = digits.first, characters.utf8.contains(first) else { return false }
            number.unicodeScalars.append(Unicode.Scalar(first))
            digits = digits.dropFirst()
            return true
        }
        let isDigit = { (byte: UInt8) in UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
        _ = takeOne("+-")
        let whole = take(isDigit)
        let fraction = takeOne(".") ? take(isDigit) : 0
        guard whole + fraction > 0 else { return nil }
        let mantissa = number
        if takeOne("eE") {
            _ = takeOne("+-")
            if take(isDigit) == 0 { number = mantissa }
        }
        return Double(number.hasSuffix(".") ? number + "0" : number)
    }
}
