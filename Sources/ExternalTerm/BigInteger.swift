/// An integer that does not fit 64 bits, as the sign and magnitude that the External Term Format writes.
///
/// ``Term`` holds one only where `Int` cannot; ``init(isNegative:magnitude:)`` is the way in, ``Term/integer(isNegative:magnitude:)``
/// the one that chooses between the two.
public struct BigInteger: Hashable, Sendable {
    /// Whether the integer is below zero.
    public let isNegative: Bool

    /// The absolute value in base 256, least significant byte first, without zero bytes at its end.
    public let magnitude: [UInt8]

    /// The most bytes that Erlang's integers have, and any reader takes: 2^25 - 64 bits.
    static let longestMagnitude = 4_194_296

    /// Creates an integer from its sign and magnitude, the least significant byte first.
    public init(isNegative: Bool, magnitude: some Sequence<UInt8>) {
        var bytes = Array(magnitude)
        while bytes.last == 0 { bytes.removeLast() }
        self.magnitude = bytes
        self.isNegative = isNegative && !bytes.isEmpty
    }

    /// The value as `Int`, or nil when it does not fit.
    public var integer: Int? {
        guard magnitude.count <= 8 else { return nil }
        var value: UInt64 = 0
        for (index, byte) in magnitude.enumerated() { value |= UInt64(byte) << (8 * UInt64(index)) }
        if isNegative {
            return value <= 1 << 63 ? Int(truncatingIfNeeded: 0 &- value) : nil
        }
        return Int(exactly: value)
    }
}

extension BigInteger {
    /// Creates an integer from `value`.
    public init(_ value: Int) {
        let magnitude = value.magnitude
        self.init(isNegative: value < 0, magnitude: (0..<8).map { UInt8(truncatingIfNeeded: magnitude >> (8 * $0)) })
    }

    /// Creates an integer from decimal digits with an optional minus sign, or returns nil when `text` is anything else.
    ///
    /// - Complexity: O(*n*^1.6) in the number of digits.
    public init?(decimal text: some StringProtocol) {
        var digits = Array(text.utf8)[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        guard !digits.isEmpty, digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
        self.init(
            isNegative: isNegative,
            magnitude: BigInteger.magnitude(ofDecimal: digits.map { $0 - UInt8(ascii: "0") }))
    }

    /// The integer's decimal digits, with a minus sign when it is negative.
    ///
    /// - Complexity: O(*n*^1.6) in the number of bytes of the magnitude.
    public var decimalText: String { (isNegative ? "-" : "") + BigInteger.decimalText(ofMagnitude: magnitude) }
}

extension BigInteger: Comparable {
    public static func < (left: BigInteger, right: BigInteger) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? right.hasSmallerMagnitude(than: left) : left.hasSmallerMagnitude(than: right)
    }

    private func hasSmallerMagnitude(than other: BigInteger) -> Bool {
        if magnitude.count != other.magnitude.count { return magnitude.count < other.magnitude.count }
        return magnitude.reversed().lexicographicallyPrecedes(other.magnitude.reversed())
    }
}

extension BigInteger {
    /// Creates the integer that `value`, which is finite, has before its fraction.
    init(truncating value: Double) {
        guard value.magnitude >= 1 else {
            self.init(isNegative: false, magnitude: [])
            return
        }
        // 53 bits of significand, shifted left by what the exponent has beyond them.
        let significand = value.significandBitPattern | 1 << 52
        let exponent = Int(value.exponent) - 52
        let shifted = exponent < 0 ? significand >> UInt64(-exponent) : significand
        let (bytes, bits) = exponent < 0 ? (0, 0) : exponent.quotientAndRemainder(dividingBy: 8)
        let low = shifted << UInt64(bits)
        self.init(
            isNegative: value < 0,
            magnitude: [UInt8](repeating: 0, count: bytes)
                + (0..<8).map { UInt8(truncatingIfNeeded: low >> (8 * UInt64($0))) }
        )
    }
}
