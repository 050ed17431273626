import ExternalTerm
import Testing

/// A row of the format: the bytes of a term, the term, and its canonical form when that is not the bytes themselves.
struct FormatRow: CustomTestStringConvertible, Sendable {
    var name: String
    var bytes: [UInt8]
    var term: Term
    var canonical: [UInt8]

    init(_ name: String, _ bytes: String, _ term: Term, canonical: String? = nil) {
        self.init(name, hex(bytes), term, canonical: canonical.map(hex))
    }

    init(_ name: String, _ bytes: [UInt8], _ term: Term, canonical: [UInt8]? = nil) {
        self.name = name
        self.bytes = bytes
        self.term = term
        self.canonical = canonical ?? bytes
    }

    var testDescription: String { name }

    /// Reads the row in all three ways and writes it in both.
    func check(limits: TermLimits = .default, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(parse(bytes, limits: limits).description == "\(bytes.count) bytes", sourceLocation: sourceLocation)
        let (reading, decoded) = decode(bytes, limits: limits)
        #expect(reading.description == "\(bytes.count) bytes", sourceLocation: sourceLocation)
        #expect(decoded == term, sourceLocation: sourceLocation)
        let (transcoding, output) = transcode(bytes, limits: limits)
        #expect(transcoding.description == "\(bytes.count) bytes", sourceLocation: sourceLocation)
        #expect(hexText(output) == hexText(canonical), sourceLocation: sourceLocation)
        #expect(hexText(term.external) == hexText(canonical), sourceLocation: sourceLocation)
        #expect(decode(canonical, limits: limits).term == term, sourceLocation: sourceLocation)
    }
}

@Suite("Every tag, each old form beside its modern one")
struct TagTests {
    static let node: Atom = "a@b"
    static let pid = Pid(node: node, number: 90, serial: 1, creation: 3)

    @Test(
        "integers: SMALL_INTEGER (97), INTEGER (98), SMALL_BIG (110), LARGE_BIG (111)",
        arguments: [
            FormatRow("97: one byte", "83 61 07", .integer(7)),
            FormatRow("98: four bytes, signed", "83 62 FFFFFFFF", .integer(-1)),
            FormatRow("98 that one byte can hold", "83 62 00000007", .integer(7), canonical: "83 61 07"),
            FormatRow("110: sign and magnitude", "83 6E 05 01 0000000001", .integer(-(1 << 32))),
            FormatRow("110 that one byte can hold", "83 6E 01 00 07", .integer(7), canonical: "83 61 07"),
            FormatRow("110 that four bytes can hold", "83 6E 02 01 0001", .integer(-256), canonical: "83 62 FFFFFF00"),
            FormatRow("110 with zero bytes at its end", "83 6E 04 00 07000000", .integer(7), canonical: "83 61 07"),
            FormatRow("110 without magnitude", "83 6E 00 00", .integer(0), canonical: "83 61 00"),
            FormatRow("110 negative zero", "83 6E 01 01 00", .integer(0), canonical: "83 61 00"),
            FormatRow(
                "110 with a sign byte of 2", "83 6E 05 02 0000000001", .integer(-(1 << 32)),
                canonical: "83 6E 05 01 0000000001"),
            FormatRow("111 that one byte can hold", "83 6F 00000001 00 07", .integer(7), canonical: "83 61 07"),
            FormatRow(
                "111 that 110 can hold", "83 6F 00000009 00 000000000000000001",
                .bigInteger(BigInteger(isNegative: false, magnitude: [0, 0, 0, 0, 0, 0, 0, 0, 1])),
                canonical: "83 6E 09 00 000000000000000001"),
            FormatRow(
                "111 with a zero byte at its end", "83 6F 0000000A 01 00000000000000000100",
                .bigInteger(BigInteger(isNegative: true, magnitude: [0, 0, 0, 0, 0, 0, 0, 0, 1])),
                canonical: "83 6E 09 01 000000000000000001"),
        ])
    func integers(_ row: FormatRow) { row.check() }

    @Test(
        "floats: NEW_FLOAT (70), FLOAT (99)",
        arguments: [
            FormatRow("70: eight bytes, IEEE 754", "83 46 3FF8000000000000", .float(1.5)),
            FormatRow("70: minus zero keeps its sign", "83 46 8000000000000000", .float(-0.0)),
            FormatRow("70: the least float", "83 46 0000000000000001", .float(.leastNonzeroMagnitude)),
            FormatRow("70: the greatest float", "83 46 7FEFFFFFFFFFFFFF", .float(.greatestFiniteMagnitude)),
            FormatRow(
                "99: 31 bytes of decimal text",
                hex("83 63") + Array("1.50000000000000000000e+00".utf8) + repeated([0], 5),
                .float(1.5), canonical: hex("83 46 3FF8000000000000")),
            FormatRow(
                "99: a negative number with a large exponent",
                hex("83 63") + Array("-1.00000000000000000000e+300".utf8) + repeated([0], 3),
                .float(-1e300), canonical: hex("83 46 FE37E43C8800759C")),
        ])
    func floats(_ row: FormatRow) { row.check() }

    @Test(
        "atoms: SMALL_ATOM_UTF8 (119), ATOM_UTF8 (118), SMALL_ATOM (115), ATOM (100)",
        arguments: [
            FormatRow("119: UTF-8, one byte of length", "83 77 02 6F6B", .atom("ok")),
            FormatRow("119: the empty atom", "83 77 00", .atom("")),
            FormatRow("119: more than ASCII", "83 77 02 C3A5", .atom("å")),
            FormatRow("118: UTF-8, two bytes of length", "83 76 0002 6F6B", .atom("ok"), canonical: "83 77 02 6F6B"),
            FormatRow("115: ISO 8859-1, one byte of length", "83 73 02 6F6B", .atom("ok"), canonical: "83 77 02 6F6B"),
            FormatRow("115: å, which UTF-8 writes in two bytes", "83 73 01 E5", .atom("å"), canonical: "83 77 02 C3A5"),
            FormatRow(
                "100: ISO 8859-1, two bytes of length", "83 64 0002 6F6B", .atom("ok"), canonical: "83 77 02 6F6B"),
            FormatRow("100: å", "83 64 0001 E5", .atom("å"), canonical: "83 77 02 C3A5"),
        ])
    func atoms(_ row: FormatRow) { row.check() }

    @Test(
        "tuples: SMALL_TUPLE (104), LARGE_TUPLE (105)",
        arguments: [
            FormatRow("104: no elements", "83 68 00", .tuple([])),
            FormatRow("104: two elements", "83 68 02 61 01 77 01 61", .tuple([1, .atom("a")])),
            FormatRow("105 that 104 can hold", "83 69 00000001 61 01", .tuple([1]), canonical: "83 68 01 61 01"),
            FormatRow("105 without elements", "83 69 00000000", .tuple([]), canonical: "83 68 00"),
        ])
    func tuples(_ row: FormatRow) { row.check() }

    @Test(
        "lists: NIL (106), STRING (107), LIST (108)",
        arguments: [
            FormatRow("106: the empty list", "83 6A", .list([])),
            FormatRow("107: a list of bytes", "83 6B 0002 01FF", .list([1, 255])),
            FormatRow("107 without bytes", "83 6B 0000", .list([]), canonical: "83 6A"),
            FormatRow("108: elements, then the tail", "83 6C 00000001 77 01 61 6A", .list([.atom("a")])),
            FormatRow("108 of bytes", "83 6C 00000002 61 01 61 FF 6A", .list([1, 255]), canonical: "83 6B 0002 01FF"),
            FormatRow(
                "108 of a byte in a wider form", "83 6C 00000001 62 00000001 6A", .list([1]), canonical: "83 6B 0001 01"
            ),
            FormatRow("108: an improper list", "83 6C 00000001 61 01 61 02", .list([1], tail: 2)),
            FormatRow("108 without elements is its tail", "83 6C 00000000 61 05", 5, canonical: "83 61 05"),
            FormatRow("108 without elements, twice", "83 6C 00000000 6C 00000000 61 05", 5, canonical: "83 61 05"),
            FormatRow("108 without elements, empty", "83 6C 00000000 6A", .list([]), canonical: "83 6A"),
            FormatRow(
                "108 whose tail is a list", "83 6C 00000001 62 00000100 6C 00000001 61 01 6A", .list([256, 1]),
                canonical: "83 6C 00000002 62 00000100 61 01 6A"),
            FormatRow(
                "108 whose tail is a string", "83 6C 00000001 62 00000100 6B 0002 0102", .list([256, 1, 2]),
                canonical: "83 6C 00000003 62 00000100 61 01 61 02 6A"),
            FormatRow(
                "108 of bytes whose tail is a string", "83 6C 00000001 61 09 6B 0002 0102", .list([9, 1, 2]),
                canonical: "83 6B 0003 090102"),
            FormatRow(
                "108 whose tail is a list without elements", "83 6C 00000001 61 01 6C 00000000 61 02",
                .list([1], tail: 2),
                canonical: "83 6C 00000001 61 01 61 02"),
            FormatRow(
                "108 whose tail is an improper list", "83 6C 00000001 61 01 6C 00000001 61 02 61 03",
                .list([1, 2], tail: 3), canonical: "83 6C 00000002 61 01 61 02 61 03"),
        ])
    func lists(_ row: FormatRow) { row.check() }

    @Test(
        "maps: MAP (116)",
        arguments: [
            FormatRow("116: no pairs", "83 74 00000000", .map([:])),
            FormatRow("116: a pair", "83 74 00000001 77 01 61 61 01", .map(["a": 1])),
            FormatRow(
                "116: pairs in the order of their keys", "83 74 00000002 77 01 62 61 02 77 01 61 61 01",
                .map(["a": 1, "b": 2]), canonical: "83 74 00000002 77 01 61 61 01 77 01 62 61 02"),
        ])
    func maps(_ row: FormatRow) { row.check() }

    @Test(
        "binaries: BINARY (109), BIT_BINARY (77)",
        arguments: [
            FormatRow("109: no bytes", "83 6D 00000000", .binary([])),
            FormatRow("109: bytes", "83 6D 00000003 00FF41", .binary([0, 255, 65])),
            FormatRow(
                "77: the last byte counts three bits", "83 4D 00000002 03 FFE0",
                bits([0xFF, 0xE0], inLastByte: 3)),
            FormatRow(
                "77: bits that do not count are cleared", "83 4D 00000001 03 FF",
                bits([0xE0], inLastByte: 3), canonical: "83 4D 00000001 03 E0"),
            FormatRow(
                "77 of whole bytes", "83 4D 00000002 08 FFE0", .binary([0xFF, 0xE0]), canonical: "83 6D 00000002 FFE0"),
        ])
    func binaries(_ row: FormatRow) { row.check() }

    @Test(
        "processes: NEW_PID (88), PID (103)",
        arguments: [
            FormatRow("88: creation in four bytes", "83 58 77 03 614062 0000005A 00000001 00000003", .pid(pid)),
            FormatRow(
                "103: creation in one byte", "83 67 64 0003 614062 0000005A 00000001 03", .pid(pid),
                canonical: "83 58 77 03 614062 0000005A 00000001 00000003"),
        ])
    func processes(_ row: FormatRow) { row.check() }

    @Test(
        "ports: V4_PORT (120), NEW_PORT (89), PORT (102)",
        arguments: [
            FormatRow(
                "120: number in eight bytes", "83 78 77 03 614062 0000000010000000 00000003",
                .port(Port(node: node, number: 1 << 28, creation: 3))),
            FormatRow(
                "120 that 89 can hold", "83 78 77 03 614062 0000000000000007 00000003",
                .port(Port(node: node, number: 7, creation: 3)), canonical: "83 59 77 03 614062 00000007 00000003"),
            FormatRow(
                "89: number in four bytes, of which 28 bits count", "83 59 77 03 614062 0FFFFFFF 00000003",
                .port(Port(node: node, number: (1 << 28) - 1, creation: 3))),
            FormatRow(
                "102: creation in one byte", "83 66 77 03 614062 00000007 03",
                .port(Port(node: node, number: 7, creation: 3)), canonical: "83 59 77 03 614062 00000007 00000003"),
        ])
    func ports(_ row: FormatRow) { row.check() }

    @Test(
        "references: NEWER_REFERENCE (90), NEW_REFERENCE (114), REFERENCE (101)",
        arguments: [
            FormatRow(
                "90: creation in four bytes, then the words",
                "83 5A 0003 77 03 614062 00000003 00000001 00000002 00000004",
                .reference(Reference(node: node, creation: 3, words: [1, 2, 4]))),
            FormatRow(
                "114: creation in one byte", "83 72 0002 77 03 614062 03 00000001 00000002",
                .reference(Reference(node: node, creation: 3, words: [1, 2])),
                canonical: "83 5A 0002 77 03 614062 00000003 00000001 00000002"),
            FormatRow(
                "101: one word, before the creation", "83 65 77 03 614062 00000007 03",
                .reference(Reference(node: node, creation: 3, words: [7])),
                canonical: "83 5A 0001 77 03 614062 00000003 00000007"),
        ])
    func references(_ row: FormatRow) { row.check() }

    @Test(
        "functions: EXPORT (113), NEW_FUN (112)",
        arguments: [
            FormatRow(
                "113: module, function, arity", "83 71 77 05 6C69737473 77 03 6D6170 61 02",
                .externalFunction(ExternalFunction(module: "lists", function: "map", arity: 2))),
            FormatRow(
                "113 with old atoms and a wider arity", "83 71 64 0001 61 73 01 62 62 00000005",
                .externalFunction(ExternalFunction(module: "a", function: "b", arity: 5)),
                canonical: "83 71 77 01 61 77 01 62 61 05"),
            FormatRow(
                "112: with what it closed over",
                "83 70 0000003C 01 000102030405060708090A0B0C0D0E0F 00000002 00000001 77 01 6D 61 03 62 00BC614E"
                    + "58 77 03 614062 0000005A 00000001 00000003 77 01 78",
                .localFunction(
                    LocalFunction(
                        module: "m", arity: 1, index: 2, uniq: Array(0...15), oldIndex: 3, oldUniq: 12_345_678,
                        creator: pid, freeVariables: [.atom("x")]))),
            FormatRow(
                "112 of another size than it declares",
                "83 70 00000000 01 000102030405060708090A0B0C0D0E0F 00000002 00000000 77 01 6D 61 03 62 00BC614E"
                    + "67 77 03 614062 0000005A 00000001 03",
                .localFunction(
                    LocalFunction(
                        module: "m", arity: 1, index: 2, uniq: Array(0...15), oldIndex: 3, oldUniq: 12_345_678,
                        creator: pid, freeVariables: [])),
                canonical:
                    "83 70 00000039 01 000102030405060708090A0B0C0D0E0F 00000002 00000000 77 01 6D 61 03 62 00BC614E"
                    + "58 77 03 614062 0000005A 00000001 00000003"),
        ])
    func functions(_ row: FormatRow) { row.check() }

    @Test("LOCAL (121): what follows belongs to the node that wrote it, and is kept as it is")
    func local() {
        let bytes = hex("83 79 DEADBEEF")
        #expect(decode(bytes).term == .local([0xDE, 0xAD, 0xBE, 0xEF]))
        #expect(decode(bytes).reading.byteCount == 6)
        #expect(transcode(bytes).output == bytes)
        #expect(transcode(bytes).reading.byteCount == 6)
        #expect(Term.local([0xDE, 0xAD, 0xBE, 0xEF]).external == bytes)
        #expect(parse(bytes).error?.code == .unknownTag, "no token stands for it")
    }
}
