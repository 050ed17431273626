import ExternalTerm
import Testing

@Suite("What Erlang takes, refuses and writes beyond the letter of the format")
struct ErlangRuleTests {
    @Test(
        "the old float form is digits, a point or comma, digits, maybe an exponent, and a zero byte",
        arguments: [
            ("1.0", 1.0), ("+1.0", 1.0), ("-1.0", -1.0), ("1,5", 1.5), ("007.50", 7.5), ("1.0e5", 1e5), ("1.0E+5", 1e5),
            ("1.5e-05", 1.5e-5), ("1.00000000000000000000e+00", 1.0), ("-0.0", -0.0), ("0.0e999999999", 0.0),
            ("1.0e-400", 0.0), ("1.79769313486231570815e+308", .greatestFiniteMagnitude), ("0.1", 0.1),
            ("4.94065645841246544177e-324", .leastNonzeroMagnitude),
        ])
    func decimalFloat(text: String, value: Double) {
        FormatRow("", Self.float(text), .float(value), canonical: Term.float(value).external).check()
        FormatRow("", Self.float(text, padding: 0xFF), .float(value), canonical: Term.float(value).external).check()
    }

    @Test(
        "the old float form is nothing else",
        arguments: [
            "", "1", "1.", ".5", "1e5", " 1.0", "1.0 ", "1.0e", "1.0e+", "1.0x", "0x1p3", "inf", "nan", "1.0e400",
            "-1.8e308",
            "1.0.0", "1,0,0", "--1.0", "+-1.0", "１.0", "1.000000000000000000000000000000",
        ])
    func noDecimalFloat(text: String) {
        let bytes = Self.float(text)
        ErrorRow("", bytes, .malformedFloat, at: 1).check()
    }

    @Test(
        "the old forms have two bits for the creation, and 18 for a reference's first word",
        arguments: [
            ErrorRow("103", "83 67 77 01 61 00000001 00000001 04", .malformedIdentifier, at: 13),
            ErrorRow("102", "83 66 77 01 61 00000001 04", .malformedIdentifier, at: 9),
            ErrorRow("101", "83 65 77 01 61 00000001 04", .malformedIdentifier, at: 9),
            ErrorRow("114", "83 72 0001 77 01 61 04 00000001", .malformedIdentifier, at: 7),
            ErrorRow("101: a word of 19 bits", "83 65 77 01 61 00040000 00", .malformedIdentifier, at: 5),
            ErrorRow(
                "114: a first word of 19 bits", "83 72 0002 77 01 61 00 00040000 00000001", .malformedIdentifier, at: 8),
            ErrorRow("114: no words", "83 72 0000 77 01 61 00", .malformedIdentifier, at: 1),
            ErrorRow("90: no words", "83 5A 0000 77 01 61 00000001", .malformedIdentifier, at: 1),
        ])
    func oldIdentifiers(_ row: ErrorRow) { row.check() }

    @Test(
        "within these bits they are as good as the modern forms",
        arguments: [
            FormatRow(
                "103: number and serial of 32 bits", "83 67 77 01 61 FFFFFFFF FFFFFFFF 00",
                .pid(Pid(node: "a", number: .max, serial: .max, creation: 0)),
                canonical: "83 58 77 01 61 FFFFFFFF FFFFFFFF 00000000"),
            FormatRow(
                "102: a number of 29 bits", "83 66 77 01 61 10000000 03",
                .port(Port(node: "a", number: 1 << 28, creation: 3)),
                canonical: "83 78 77 01 61 0000000010000000 00000003"),
            FormatRow(
                "89: a number of 32 bits", "83 59 77 01 61 FFFFFFFF 00000003",
                .port(Port(node: "a", number: (1 << 32) - 1, creation: 3)),
                canonical: "83 78 77 01 61 00000000FFFFFFFF 00000003"),
            FormatRow(
                "101: a word of 18 bits", "83 65 77 01 61 0003FFFF 03",
                .reference(Reference(node: "a", creation: 3, words: [0x3FFFF])),
                canonical: "83 5A 0001 77 01 61 00000003 0003FFFF"),
            FormatRow(
                "114: five words, only the first of 18 bits",
                hex("83 72 0005 77 01 61 03 0003FFFF") + repeated([0xFF], 16),
                .reference(Reference(node: "a", creation: 3, words: [0x3FFFF, .max, .max, .max, .max])),
                canonical: hex("83 5A 0005 77 01 61 00000003 0003FFFF") + repeated([0xFF], 16)),
            FormatRow(
                "90: a first word of 32 bits, and zero words at the end",
                "83 5A 0003 77 00 00000000 FFFFFFFF 00000000 00000000",
                .reference(Reference(node: "", creation: 0, words: [.max, 0, 0]))),
        ])
    func identifiers(_ row: FormatRow) { row.check() }

    @Test(
        "an arity is any number of 60 bits from 0 on, of which 32 bits are kept",
        arguments: [
            ("61 FF", UInt32(255), "61 FF"), ("62 00000100", 256, "62 00000100"), ("6E 01 00 05", 5, "61 05"),
            ("62 7FFFFFFF", (1 << 31) - 1, "62 7FFFFFFF"), ("6E 04 00 00000080", 1 << 31, "6E 04 00 00000080"),
            ("6E 04 00 FFFFFFFF", .max, "6E 04 00 FFFFFFFF"), ("6E 05 00 0000000001", 0, "61 00"),
            ("6E 08 00 FFFFFFFFFFFFFF07", .max, "6E 04 00 FFFFFFFF"), ("6F 00000001 00 05", 5, "61 05"),
        ])
    func arity(field: String, arity: UInt32, canonical: String) {
        FormatRow(
            "", "83 71 77 01 61 77 01 62 \(field)",
            .externalFunction(ExternalFunction(module: "a", function: "b", arity: arity)),
            canonical: "83 71 77 01 61 77 01 62 \(canonical)"
        ).check()
    }

    @Test(
        "an arity beyond them is refused",
        arguments: ["62 FFFFFFFF", "6E 08 00 0000000000000008", "6E 09 00 000000000000000001"])
    func malformedArity(field: String) {
        ErrorRow("", "83 71 77 01 61 77 01 62 \(field)", .malformedIdentifier, at: 8).check()
    }

    @Test(
        "a local function's old index and uniq are numbers of 60 bits, of which 32 are kept, with their sign",
        arguments: [
            ("61 05", Int32(5), "61 05"), ("62 FFFFFFFF", -1, "62 FFFFFFFF"), ("6E 04 00 FFFFFFFF", -1, "62 FFFFFFFF"),
            ("6E 05 00 0500000001", 5, "61 05"), ("6E 08 01 0000000000000008", 0, "61 00"),
        ])
    func oldFields(field: String, value: Int32, canonical: String) {
        let function = LocalFunction(
            module: "m", arity: 0, index: 0, uniq: repeated([0], 16), oldIndex: value, oldUniq: 7,
            creator: Pid(node: "a", number: 1, serial: 0, creation: 0), freeVariables: [])
        FormatRow("", Self.function(hex(field)), .localFunction(function), canonical: Self.function(hex(canonical)))
            .check()
    }

    @Test("a local function closes over 255 terms at the most; its size is not read")
    func localFunction() throws {
        let bytes = Self.function(hex("61 00"), freeVariables: 255)
        #expect(parse(bytes).byteCount == bytes.count)
        #expect(transcode(bytes).output == bytes)
        ErrorRow("", Self.function(hex("61 00"), freeVariables: 256), .malformedIdentifier, at: 27).check()
        ErrorRow("", Self.function(hex("6E 08 00 0000000000000008")), .malformedIdentifier, at: 34).check()
        var other = bytes
        other.replaceSubrange(2..<6, with: hex("FFFFFFFF"))
        #expect(transcode(other).output == bytes)
    }

    @Test("an integer has 4,194,296 bytes at the most")
    func longestInteger() {
        let bytes = hex("83 6F 003FFFF8 00") + repeated([1], 4_194_296)
        #expect(parse(bytes).byteCount == bytes.count)
        #expect(transcode(bytes).output == bytes)
        ErrorRow("", hex("83 6F 003FFFF9 00") + repeated([0], 4_194_297), .limitExceeded, at: 1).check()
    }

    @Test(
        "terms that Erlang does not tell apart are one key",
        arguments: [
            ("zero and minus zero", Term.float(0), Term.float(-0.0)),
            ("tuples of them", .tuple([.float(0)]), .tuple([.float(-0.0)])),
            ("lists of them", .list([.float(0)]), .list([.float(-0.0)])),
            ("maps of them", map(.float(0)), map(.float(-0.0))),
            ("references of more zeros", reference([1]), reference([1, 0, 0, 0, 0])),
            ("functions of another arity, uniq, old index and creator", function(1), function(2)),
        ])
    func sameKeys(name: String, left: Term, right: Term) {
        #expect(left != right)
        #expect(left.external != right.external)
        #expect(!(left < right) && !(right < left))
        #expect(TermMap([TermMap.Pair(left, 1), TermMap.Pair(right, 2)]).pairs == [TermMap.Pair(right, 2)])
        let body = left.external.dropFirst() + [0x6A] + right.external.dropFirst() + [0x6A]
        ErrorRow("", hex("83 74 00000002") + body, .duplicateKey, at: 1).check()
    }

    private static func float(_ text: String, padding: UInt8 = 0) -> [UInt8] {
        var content = Array(text.utf8.prefix(31))
        if content.count < 31 { content.append(0) }
        return hex("83 63") + content + repeated([padding], 31 - content.count)
    }

    private static func map(_ key: Term) -> Term { .map(TermMap([TermMap.Pair(key, 1)])) }

    private static func reference(_ words: [UInt32]) -> Term {
        .reference(Reference(node: "a", creation: 1, words: words))
    }

    private static func function(_ seed: UInt8) -> Term {
        .localFunction(
            LocalFunction(
                module: "m", arity: seed, index: 1, uniq: repeated([seed], 16), oldIndex: Int32(seed), oldUniq: 7,
                creator: Pid(node: "a", number: UInt32(seed), serial: 0, creation: 0), freeVariables: []))
    }

    private static func function(_ oldIndex: [UInt8], freeVariables count: Int = 0) -> [UInt8] {
        let rest =
            hex("77 01 6D") + oldIndex + hex("61 07 58 77 01 61 00000001 00000000 00000000") + repeated([0x6A], count)
        return hex("83 70") + word32(29 + rest.count) + [0] + repeated([0], 20) + word32(count) + rest
    }
}
