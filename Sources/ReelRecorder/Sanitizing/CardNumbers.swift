/// Numbers of payment cards.
enum CardNumbers {
    /// Digits that stand together.
    private struct Group {
        var range: Range<Int>
        /// Where its digits are in the digits of the run.
        var digits: Range<Int>
        /// Whether a single full stop stands before it, as in numbers with a fraction.
        var followsStop: Bool
    }

    static func ranges(in text: Span<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var position = 0
        while position < text.count {
            guard digit(in: text, at: position) != nil else {
                position += 1
                continue
            }
            var digits: [UInt8] = []
            let groups = groups(in: text, from: position, &digits)
            if digits.count >= 12 { ranges += cards(groups, digits) }
            position = groups.last?.range.upperBound ?? text.count
        }
        return ranges
    }

    /// The groups of digits, with one or two separators between them, that start at `start`.
    private static func groups(in text: Span<UInt8>, from start: Int, _ digits: inout [UInt8]) -> [Group] {
        var groups: [Group] = []
        var position = start
        var followsStop = false
        while true {
            let (first, firstDigit) = (position, digits.count)
            while let (value, byteCount) = digit(in: text, at: position) {
                digits.append(value)
                position += byteCount
            }
            groups.append(
                Group(range: first..<position, digits: firstDigit..<digits.count, followsStop: followsStop))
            var next = position
            for _ in 0..<2 { next += separatorByteCount(in: text, at: next) }
            guard next > position, digit(in: text, at: next) != nil else { return groups }
            followsStop = next == position + 1 && text[position] == UInt8(ascii: ".")
            position = next
        }
    }

    /// Where card numbers stand among groups of digits: each is a few whole groups.
    private static func cards(_ groups: [Group], _ digits: [UInt8]) -> [Range<Int>] {
        var cards: [Range<Int>] = []
        var first = 0
        while first < groups.count {
            var card: (last: Int, range: Range<Int>)?
            for last in first..<groups.count {
                let range = groups[first].digits.lowerBound..<groups[last].digits.upperBound
                guard range.count <= 19 else { break }
                // `0.4111111111111111` is a fraction, `4.111111111111111` as well.
                if last - first < 2, last + 1 < groups.count && groups[last + 1].followsStop || groups[last].followsStop
                {
                    continue
                }
                guard last == first || groups[first...last].allSatisfy({ $0.digits.count > 1 }) else { continue }
                if isCard(digits[range]) {
                    card = (last, groups[first].range.lowerBound..<groups[last].range.upperBound)
                }
            }
            if let card { cards.append(card.range) }
            first = (card?.last ?? first) + 1
        }
        return cards
    }

    /// Whether digits start as an issuer's do, are as many as its numbers have, and keep Luhn's rule.
    private static func isCard(_ digits: ArraySlice<UInt8>) -> Bool {
        guard digits.count >= 12, hasIssuer(digits) else { return false }
        // From the right, each second digit counts twice, its digits added up.
        var sum = 0
        var isDoubled = false
        for digit in digits.reversed() {
            sum += isDoubled ? Int(digit) * 2 - (digit > 4 ? 9 : 0) : Int(digit)
            isDoubled.toggle()
        }
        return sum.isMultiple(of: 10)
    }

    private static func hasIssuer(_ digits: ArraySlice<UInt8>) -> Bool {
        let start = digits.prefix(6).reduce(0) { $0 * 10 + Int($1) }
        switch (start, digits.count) {
        // Visa.
        case (400_000...499_999, 13), (400_000...499_999, 16), (400_000...499_999, 19): return true
        // Mastercard, Mir.
        case (510_000...559_999, 16), (222_100...272_099, 16), (220_000...220_499, 16...19): return true
        // American Express.
        case (340_000...349_999, 15), (370_000...379_999, 15): return true
        // Diners Club.
        case (300_000...305_999, 14...19), (309_000...309_999, 14...19), (360_000...369_999, 14...19),
            (380_000...399_999, 14...19):
            return true
        // Discover, JCB, UnionPay, RuPay.
        case (601_100...601_199, 16...19), (644_000...659_999, 16...19), (352_800...358_999, 16...19),
            (620_000...629_999, 16...19), (810_000...819_999, 16...19), (606_900...608_999, 16),
            (508_000...508_999, 16):
            return true
        // Maestro.
        case (500_000...509_999, 12...19), (560_000...589_999, 12...19), (600_000...699_999, 12...19):
            return maestro.contains(start / 100)
        default: return false
        }
    }

    private static let maestro: Set = [5018, 5020, 5038, 5612, 5893, 6304, 6759, 6761, 6762, 6763, 6390, 6799]

    /// A digit of ASCII, of full width, or of the Arabic, Persian or Devanagari script, and how many bytes it has.
    private static func digit(in text: Span<UInt8>, at position: Int) -> (value: UInt8, byteCount: Int)? {
        guard position < text.count else { return nil }
        let first = text[position]
        if first.isASCIIDigit { return (first - 48, 1) }
        guard first >= 0xD9 else { return nil }
        if position + 1 < text.count {
            let second = text[position + 1]
            if first == 0xD9, 0xA0...0xA9 ~= second { return (second - 0xA0, 2) }
            if first == 0xDB, 0xB0...0xB9 ~= second { return (second - 0xB0, 2) }
            guard position + 2 < text.count else { return nil }
            let third = text[position + 2]
            if first == 0xEF, second == 0xBC, 0x90...0x99 ~= third { return (third - 0x90, 3) }
            if first == 0xE0, second == 0xA5, 0xA6...0xAF ~= third { return (third - 0xA6, 3) }
        }
        return nil
    }

    /// How many bytes a separator has that may stand between groups: a space, a hyphen, a full stop and the like; 0 for anything else.
    private static func separatorByteCount(in text: Span<UInt8>, at position: Int) -> Int {
        guard position < text.count else { return 0 }
        let first = text[position]
        if asciiSeparators.contains(first) { return 1 }
        guard first >= 0xC2, position + 1 < text.count else { return 0 }
        let second = text[position + 1]
        // A space that does not break, a soft hyphen.
        if first == 0xC2 { return second == 0xA0 || second == 0xAD || second == 0xB7 ? 2 : 0 }
        guard position + 2 < text.count else { return 0 }
        switch (first, second, text[position + 2]) {
        case (0xE2, 0x80, 0x80...0x95), (0xE2, 0x80, 0xAF), (0xE2, 0x80, 0xA2), (0xE2, 0x81, 0x9F), (0xE2, 0x88, 0x92),
            (0xE3, 0x80, 0x80), (0xEF, 0xBC, 0x8D), (0xEF, 0xBC, 0x8E):
            return 3
        default: return 0
        }
    }

    private static let asciiSeparators = Array(" -._/\t".utf8)
}
