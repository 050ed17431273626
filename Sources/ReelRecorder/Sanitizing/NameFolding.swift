/// A name as it is compared: its words in lower case, without what makes the same name look different.
///
/// Separators and the change from lower to upper case part words, so `cardPIN`, `card-pin` and `CARD_PIN` are the same. Letters with
/// marks lose them, and letters of other scripts that look like Latin ones become those: `contraseña` is `contrasena`, and `pаssword`
/// with a Cyrillic `а` is `password`. Characters of no width do not count.
struct FoldedName: Sendable {
    /// The words, one after another.
    private(set) var letters: [UInt8] = []
    /// Where each word starts in `letters`. Numbers are words of their own.
    private(set) var starts: [Int] = []

    init(_ name: String) {
        letters.reserveCapacity(name.utf8.count)
        var before = Kind.separator
        for scalar in name.unicodeScalars {
            let kind = Kind(scalar)
            switch kind {
            case .ignored: continue
            case .separator: break
            case .upper where before == .upper, .lower where before == .lower, .digit where before == .digit: break
            case .lower where before == .upper:
                // `HTMLToken` is `HTML` and `Token`.
                let last = letters.count - 1
                if let start = starts.last, start < last, letters[last] < 0x80 { starts.append(last) }
            default: starts.append(letters.count)
            }
            before = kind
            if kind != .separator { FoldedName.append(scalar, to: &letters) }
        }
        joinSpelledOut()
    }

    /// The words that are no numbers, as ranges of `letters`.
    var words: [Range<Int>] {
        starts.indices.map { starts[$0]..<($0 + 1 < starts.count ? starts[$0 + 1] : letters.count) }
            .filter { !letters[$0].allSatisfy { $0 >= 48 && $0 < 58 } }
    }

    /// Makes one word of words of one letter each: `p.a.s.s` is `pass`.
    private mutating func joinSpelledOut() {
        if starts.count > 2, starts.count == letters.count { starts.removeSubrange(1...) }
    }

    private enum Kind {
        case separator, lower, upper, digit, ignored

        init(_ scalar: Unicode.Scalar) {
            switch scalar.value {
            case 0x61...0x7A: self = .lower
            case 0x41...0x5A: self = .upper
            case 0x30...0x39: self = .digit
            case 0..<0x80: self = .separator
            case 0xAD, 0x200B...0x200D, 0x2060, 0xFEFF, 0x300...0x36F: self = .ignored
            case 0x80..<0xC0, 0x2000...0x206F, 0x3000...0x3002, 0xFF0D, 0xFF3F: self = .separator
            case 0xFF10...0xFF19: self = .digit
            default: self = scalar.properties.isUppercase ? .upper : .lower
            }
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to letters: inout [UInt8]) {
        switch scalar.value {
        case 0x41...0x5A: letters.append(UInt8(truncatingIfNeeded: scalar.value | 0x20))
        case 0..<0x80: letters.append(UInt8(truncatingIfNeeded: scalar.value))
        case 0xFF10...0xFF19: letters.append(UInt8(truncatingIfNeeded: scalar.value - 0xFF10 + 48))
        case 0xFF21...0xFF3A: letters.append(UInt8(truncatingIfNeeded: scalar.value - 0xFF21 + 97))
        case 0xFF41...0xFF5A: letters.append(UInt8(truncatingIfNeeded: scalar.value - 0xFF41 + 97))
        default:
            for lower in scalar.properties.lowercaseMapping.unicodeScalars where Kind(lower) != .ignored {
                letters += (plain[lower] ?? String(lower)).utf8
            }
        }
    }

    /// What letters become that are Latin ones with marks, or look like Latin ones.
    private static let plain: [Unicode.Scalar: String] = {
        let groups: [(String, String)] = [
            ("a", "áàâäãåāăąạảấầẩẫậắằẳẵặаα"), ("c", "çćĉċčсϲ"), ("d", "ďđԁ"), ("e", "éèêëēĕėęěẹẻẽếềểễệеє"),
            ("g", "ĝğġģɡ"),
            ("h", "ĥħһ"), ("i", "íìîïĩīĭįıịỉіι"), ("j", "ĵј"), ("k", "ķкκ"), ("l", "ĺļľłӏ"), ("m", "м"), ("n", "ñńņňո"),
            ("o", "óòôöõøōŏőơọỏốồổỗộớờởỡợоοό"), ("p", "рρ"), ("q", "ԛ"), ("r", "ŕŗř"), ("s", "śŝşšșѕ"), ("t", "ţťŧțтτ"),
            ("u", "úùûüũūŭůűųưụủứừửữự"), ("v", "νѵ"), ("w", "ŵԝ"), ("x", "хχ"), ("y", "ýÿŷỳỵỷỹуγ"), ("z", "źżž"),
            ("ss", "ß"), ("ae", "æ"), ("oe", "œ"),
        ]
        var plain: [Unicode.Scalar: String] = [:]
        for (letter, others) in groups {
            for scalar in others.unicodeScalars where scalar.value > 0x7F { plain[scalar] = letter }
        }
        return plain
    }()
}
