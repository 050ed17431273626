import ExternalTerm
import Testing

@Suite("Integers beyond 64 bits")
struct BigIntegerTests {
    @Test(
        "as decimal text, both ways",
        arguments: [
            ("0", [], false),
            ("1", [1], false),
            ("-1", [1], true),
            ("255", [255], false),
            ("256", [0, 1], false),
            ("999999999", [0xFF, 0xC9, 0x9A, 0x3B], false),
            ("1000000000", [0x00, 0xCA, 0x9A, 0x3B], false),
            ("4294967295", [255, 255, 255, 255], false),
            ("4294967296", [0, 0, 0, 0, 1], false),
            ("9223372036854775807", [255, 255, 255, 255, 255, 255, 255, 127], false),
            ("-9223372036854775808", [0, 0, 0, 0, 0, 0, 0, 128], true),
            ("18446744073709551615", [255, 255, 255, 255, 255, 255, 255, 255], false),
            ("18446744073709551616", [0, 0, 0, 0, 0, 0, 0, 0, 1], false),
            ("-340282366920938463463374607431768211456", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], true),
            ("1000000000000000000000000000", [0, 0, 0, 0xE8, 0x3C, 0x80, 0xD0, 0x9F, 0x3C, 0x2E, 0x3B, 0x03], false),
        ] as [(String, [UInt8], Bool)])
    func text(text: String, magnitude: [UInt8], isNegative: Bool) throws {
        let value = BigInteger(isNegative: isNegative, magnitude: magnitude)
        #expect(value.decimalText == text)
        #expect(BigInteger(decimal: text) == value)
        #expect(value.integer == Int(text))
        #expect(value.integer(as: Int128.self) == Int128(text))
        #expect(value.integer(as: UInt128.self) == UInt128(text))
    }

    @Test("text that is no integer", arguments: ["", "-", "--1", "+1", "1.0", "1e3", " 1", "1 ", "0x1", "１", "1_000"])
    func noText(text: String) { #expect(BigInteger(decimal: text) == nil) }

    @Test("zeros in front, and a minus sign before zero, do not count")
    func normalized() {
        #expect(
            BigInteger(decimal: "000000000000000000000000000000018446744073709551616")?.decimalText
                == "18446744073709551616")
        #expect(BigInteger(decimal: "-0") == BigInteger(0))
        #expect(BigInteger(isNegative: true, magnitude: [0, 0]) == BigInteger(0))
        #expect(BigInteger(isNegative: false, magnitude: [1, 0, 0]) == BigInteger(1))
        #expect(Term.integer(isNegative: true, magnitude: []) == 0)
    }

    @Test("Term has one representation on each side of 64 bits")
    func boundary() {
        let top: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 128]
        #expect(Term.integer(isNegative: true, magnitude: top) == .integer(.min))
        #expect(
            Term.integer(isNegative: false, magnitude: top)
                == .bigInteger(BigInteger(isNegative: false, magnitude: top)))
        #expect(Term.integer(isNegative: true, magnitude: [1] + top.dropFirst()).integer == nil)
        #expect(
            Term.integer(isNegative: false, magnitude: [255, 255, 255, 255, 255, 255, 255, 127, 0, 0]) == .integer(.max)
        )
        #expect(Term(UInt64.max).integer(as: UInt64.self) == .max)
        #expect(Term(UInt64.max).integer(as: Int64.self) == nil)
        #expect(Term(Int128.min).integer(as: Int128.self) == .min)
        #expect(Term.integer(-1).integer(as: UInt8.self) == nil)
        #expect(Term.atom("a").integer(as: Int.self) == nil)
        #expect(BigInteger(-128).integer(as: Int8.self) == -128)
        #expect(BigInteger(-129).integer(as: Int8.self) == nil)
        #expect(BigInteger(128).integer(as: Int8.self) == nil)
        #expect(BigInteger(-1).integer(as: UInt8.self) == nil)
        #expect(BigInteger(.min).integer == .min)
    }

    @Test(
        "text and bytes agree for random integers, and their order with that of 128 bits",
        arguments: [1, 2, 3] as [UInt64])
    func random(seed: UInt64) throws {
        print("seed \(seed)")
        var random = RandomTerms(seed: seed)
        for _ in 0..<500 {
            let value = BigInteger(isNegative: random.chance(50), magnitude: random.bytes(random.number(0...40)))
            try #require(BigInteger(decimal: value.decimalText) == value)
            let left = Int128(random.number(.min ... .max)) << random.number(0...63)
            let right = random.chance(20) ? left + 1 : Int128(random.number(.min ... .max)) << random.number(0...63)
            try #require((Term(left) < Term(right)) == (left < right))
            try #require((Term(left) == Term(right)) == (left == right))
            try #require(BigInteger(decimal: String(left))?.decimalText == String(left))
            try #require(Term(left).external.count == decode(Term(left).external).reading.byteCount)
        }
    }
}
