import Testing
import reel_tool

@Suite("Times, dates, numbers and bytes as people write them")
struct TextTests {
    @Test(
        "A time is read from its parts",
        arguments: [
            ("0s", 0), ("900ms", 900), ("12.5s", 12_500), ("1m20s", 80_000), ("1h", 3_600_000),
            ("1h2m3.004s", 3_723_004),
            ("1.5m", 90_000), ("0.57s", 570), ("0.0019s", 1), ("2m5ms", 120_005), ("1m60s", 120_000),
            ("2562047788015h12m55.807s", Int.max), ("12", 12_000), ("12.5", 12_500), ("0", 0), ("80", 80_000),
            ("1:20", 80_000), ("01:20", 80_000), ("1:20.5", 80_500), ("0:05", 5_000), ("90:00", 5_400_000),
            ("00:01:20", 80_000), ("1:02:03.004", 3_723_004), ("100:00:00", 360_000_000), ("1500ms", 1_500),
            ("7d", 604_800_000), ("2w", 1_209_600_000), ("1d12h", 129_600_000),
        ])
    func time(text: String, milliseconds: Int) {
        #expect(Moment(text)?.milliseconds == milliseconds)
    }

    @Test(
        "What is no time is refused",
        arguments: [
            "", "s", "1s1m", "1s2s", "-1s", "1.s", ".5s", "1,5s", "1 s", "1y", "1S", "9223372036854775807s",
            "2562047788015h12m55.808s", "1ſ", "-12", "12.", "1m20", "9223372036854775807", "1:", ":20", "1:60",
            "1:60:00",
            "1:2:3:4", "1.5:00", "1:20s", "1::2", "2562047788015:12:55.808", "١٢",
        ])
    func noTime(text: String) {
        #expect(Moment(text) == nil)
    }

    @Test(
        "A time is written so that it reads back",
        arguments: [
            (0, "0.000s"), (40, "0.040s"), (59_999, "59.999s"), (60_000, "1m00.000s"), (80_500, "1m20.500s"),
            (3_723_004, "1h02m03.004s"), (Int.max, "2562047788015h12m55.807s"),
        ])
    func timeText(milliseconds: Int, text: String) {
        #expect(Moment(milliseconds: milliseconds).description == text)
        #expect(Moment(text)?.milliseconds == milliseconds)
    }

    @Test(
        "A date is written in UTC",
        arguments: [
            (0, "1970-01-01 00:00:00.000Z"), (-1, "1969-12-31 23:59:59.999Z"),
            (951_782_400_000, "2000-02-29 00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29 23:59:59.999Z"), (4_107_542_400_000, "2100-03-01 00:00:00.000Z"),
            (-62_135_596_800_000, "0001-01-01 00:00:00.000Z"), (Int.max, "9223372036854775807 ms"),
        ])
    func date(milliseconds: Int, text: String) {
        #expect(milliseconds.dateText == text)
    }

    @Test(
        "Digits go in groups of three",
        arguments: [
            (0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"),
            (Int.min, "-9,223,372,036,854,775,808"),
        ])
    func grouped(number: Int, text: String) {
        #expect(number.grouped == text)
    }

    @Test(
        "Ranges of indexes",
        arguments: [
            ("3", 3...3), ("3..5", 3...5), ("3..", 3...Int.max), ("..5", 0...5), ("", nil), ("..", nil), ("5..3", nil),
            ("a..b", nil), ("-1", nil), ("1..2..3", nil), ("+1", nil),
        ])
    func range(text: String, indexes: ClosedRange<Int>?) {
        #expect(IndexRange(text)?.indexes == indexes)
    }

    @Test("Bytes as base64 and back", arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar"])
    func base64(text: String) {
        // The test vectors of RFC 4648, section 10.
        let encoded = [
            "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy",
        ][text.count]
        #expect(BytesText.base64(Array(text.utf8)) == encoded)
        #expect(BytesText.bytes(base64: Array(encoded.utf8)) == Array(text.utf8))
        #expect(BytesText.bytes(base64: Array(encoded.replacing("=", with: "").utf8)) == Array(text.utf8))
    }

    @Test("What is no base64 is refused", arguments: ["A", "Zg=", "Zm9v=", "Zm9vYg==x", "Zm9v=Yg=", "é"])
    func noBase64(text: String) {
        #expect(BytesText.bytes(base64: Array(text.utf8)) == nil)
    }

    @Test("Any bytes survive base64 and digits")
    func bytes() {
        for count in 0..<256 {
            let bytes = (0..<count).map { UInt8(($0 * 197 + count) & 0xFF) }
            #expect(BytesText.bytes(base64: Array(BytesText.base64(bytes).utf8)) == bytes)
            #expect(BytesText.bytes(hex: Array(BytesText.hex(bytes).utf8)) == bytes)
        }
    }

    @Test("JSON escapes what JSON wants escaped, and what steers a terminal")
    func json() {
        let text = JSONText.object([
            .init("a\"\\\n\r\t\u{1}", .array([.null, .boolean(true), .integer(-1), .string("é\u{1B}\u{9B}\u{202E}")]))
        ]).text
        #expect(text == #"{"a\"\\\n\r\t\u0001":[null,true,-1,"é\u001b\u009b\u202e"]}"#)
    }
}
