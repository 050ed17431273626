/// A base in which integers are written as digits of 64 bits: so small that the products of eighteen pairs of digits add up within
/// 64 bits.
protocol Radix {
    static var base: UInt64 { get }
}

/// Three bytes a digit.
enum BinaryRadix: Radix {
    @inline(__always) static var base: UInt64 { 1 << 24 }
}

/// Nine decimal digits a digit.
enum DecimalRadix: Radix {
    @inline(__always) static var base: UInt64 { 1_000_000_000 }
}

/// Writes an integer in another base, in less than quadratic time: half of the digits at a time, put together by Karatsuba's
/// multiplication.
///
/// Digits stand with the least significant one first, and without zeros at the end.
struct RadixConversion<Source: Radix, Target: Radix> {
    private let digits: [UInt64]
    /// The source's base to the power of 32, 64, 128 and so on, in the target's.
    private var powers: [[UInt64]] = []

    /// How many digits are converted one by one.
    private static var leafCount: Int { 32 }

    /// The digits of the target's base.
    static func convert(_ digits: [UInt64]) -> [UInt64] {
        let conversion = RadixConversion(digits)
        return conversion.converted(0..<digits.count)
    }

    private init(_ digits: [UInt64]) {
        self.digits = digits
        var count = Self.leafCount
        while count < digits.count {
            if let last = powers.last {
                powers.append(Product<Target>.of(last, last))
            } else {
                powers.append(leaf(repeatElement(0, count: count) + [1]))
            }
            count *= 2
        }
    }

    private func converted(_ range: Range<Int>) -> [UInt64] {
        guard range.count > Self.leafCount else { return leaf(digits[range]) }
        var (count, level) = (Self.leafCount, 0)
        while count * 2 < range.count {
            count *= 2
            level += 1
        }
        let middle = range.lowerBound + count
        var result = Product<Target>.of(converted(middle..<range.upperBound), powers[level])
        Product<Target>.add(converted(range.lowerBound..<middle), to: &result, at: 0)
        return result
    }

    private func leaf(_ digits: some BidirectionalCollection<UInt64>) -> [UInt64] {
        var result: [UInt64] = []
        for digit in digits.reversed() {
            var carry = digit
            for index in result.indices {
                let value = result[index] &* Source.base &+ carry
                result[index] = value % Target.base
                carry = value / Target.base
            }
            while carry > 0 {
                result.append(carry % Target.base)
                carry /= Target.base
            }
        }
        return result
    }
}

/// Multiplies integers that are written in a base.
enum Product<Base: Radix> {
    /// How many digits of the shorter one are multiplied with all of the other's.
    private static var shortCount: Int { 96 }

    static func of(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        let (long, short) = left.count >= right.count ? (left, right) : (right, left)
        guard short.count > shortCount else { return columns(long, short) }
        let half = (long.count + 1) / 2
        let (low, high) = (trimmed(long[..<half]), Array(long[half...]))
        guard short.count > half else {
            var result = of(low, short)
            add(of(high, short), to: &result, at: half)
            return result
        }
        // Karatsuba: three products of halves instead of four.
        let (otherLow, otherHigh) = (trimmed(short[..<half]), Array(short[half...]))
        var result = of(low, otherLow)
        let top = of(high, otherHigh)
        var sum = low
        add(high, to: &sum, at: 0)
        var otherSum = otherLow
        add(otherHigh, to: &otherSum, at: 0)
        var middle = of(sum, otherSum)
        subtract(result, from: &middle)
        subtract(top, from: &middle)
        add(middle, to: &result, at: half)
        add(top, to: &result, at: 2 * half)
        return result
    }

    /// Column by column, each of which is a sum of products.
    private static func columns(_ long: [UInt64], _ short: [UInt64]) -> [UInt64] {
        guard !short.isEmpty else { return [] }
        var result: [UInt64] = []
        result.reserveCapacity(long.count + short.count)
        var carry: UInt64 = 0
        for column in 0..<long.count + short.count - 1 {
            var (low, high) = (carry, UInt64(0))
            var index = max(0, column - long.count + 1)
            let end = min(column, short.count - 1) + 1
            while index < end {
                var sum: UInt64 = 0
                let stop = min(end, index + 18)
                while index < stop {
                    sum &+= short[index] &* long[column - index]
                    index += 1
                }
                high &+= sum / Base.base
                low &+= sum % Base.base
            }
            result.append(low % Base.base)
            carry = high &+ low / Base.base
        }
        while carry > 0 {
            result.append(carry % Base.base)
            carry /= Base.base
        }
        return trimmed(result[...])
    }

    static func add(_ other: [UInt64], to digits: inout [UInt64], at start: Int) {
        guard !other.isEmpty else { return }
        while digits.count < start + other.count { digits.append(0) }
        var carry: UInt64 = 0
        var index = 0
        while index < other.count || carry > 0 {
            if start + index == digits.count { digits.append(0) }
            let sum = digits[start + index] &+ (index < other.count ? other[index] : 0) &+ carry
            carry = sum >= Base.base ? 1 : 0
            digits[start + index] = sum &- carry &* Base.base
            index += 1
        }
    }

    /// Subtracts what is no larger.
    private static func subtract(_ other: [UInt64], from digits: inout [UInt64]) {
        var borrow: UInt64 = 0
        var index = 0
        while index < digits.count, index < other.count || borrow > 0 {
            let taken = (index < other.count ? other[index] : 0) &+ borrow
            borrow = digits[index] < taken ? 1 : 0
            digits[index] = digits[index] &+ borrow &* Base.base &- taken
            index += 1
        }
        digits = trimmed(digits[...])
    }

    private static func trimmed(_ digits: ArraySlice<UInt64>) -> [UInt64] {
        var digits = digits
        while digits.last == 0 { digits.removeLast() }
        return Array(digits)
    }
}

extension BigInteger {
    /// The magnitude of an integer of decimal digits, each a number from 0 to 9, the most significant one first.
    static func magnitude(ofDecimal digits: some RandomAccessCollection<UInt8>) -> [UInt8] {
        var groups: [UInt64] = []
        groups.reserveCapacity(digits.count / 9 + 1)
        var end = digits.endIndex
        while end > digits.startIndex {
            let start = digits.index(end, offsetBy: -9, limitedBy: digits.startIndex) ?? digits.startIndex
            groups.append(digits[start..<end].reduce(0) { $0 * 10 + UInt64($1) })
            end = start
        }
        while groups.last == 0 { groups.removeLast() }
        return RadixConversion<DecimalRadix, BinaryRadix>.convert(groups).flatMap { digit in
            (0..<3).map { UInt8(truncatingIfNeeded: digit >> (8 * UInt64($0))) }
        }
    }

    /// The decimal digits of a magnitude, as text.
    static func decimalText(ofMagnitude magnitude: [UInt8]) -> String {
        let words = stride(from: 0, to: magnitude.count, by: 3).map { start -> UInt64 in
            magnitude[start..<Swift.min(start + 3, magnitude.count)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        let groups = RadixConversion<BinaryRadix, DecimalRadix>.convert(words)
        guard let first = groups.last else { return "0" }
        var text = Array(String(first).utf8)
        text.reserveCapacity(groups.count * 9)
        for group in groups.dropLast().reversed() {
            var (rest, scale) = (group, UInt64(100_000_000))
            while scale > 0 {
                text.append(UInt8(truncatingIfNeeded: 48 + rest / scale))
                rest %= scale
                scale /= 10
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
