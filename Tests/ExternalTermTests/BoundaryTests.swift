import ExternalTerm
import Testing

@Suite("Each length field, on both sides of what it holds")
struct BoundaryTests {
    @Test(
        "integers: 255 | 256, 31 | 32 bits, 64 bits | more",
        arguments: [
            FormatRow("0", "83 61 00", 0),
            FormatRow("255", "83 61 FF", 255),
            FormatRow("256", "83 62 00000100", 256),
            FormatRow("-1", "83 62 FFFFFFFF", -1),
            FormatRow("2^31 - 1", "83 62 7FFFFFFF", 2_147_483_647),
            FormatRow("2^31", "83 6E 04 00 00000080", 2_147_483_648),
            FormatRow("-2^31", "83 62 80000000", -2_147_483_648),
            FormatRow("-2^31 - 1", "83 6E 04 01 01000080", -2_147_483_649),
            FormatRow("2^32 - 1", "83 6E 04 00 FFFFFFFF", 4_294_967_295),
            FormatRow("2^32", "83 6E 05 00 0000000001", 4_294_967_296),
            FormatRow("2^63 - 1", "83 6E 08 00 FFFFFFFFFFFFFF7F", .integer(.max)),
            FormatRow("-2^63", "83 6E 08 01 0000000000000080", .integer(.min)),
            FormatRow("2^63", "83 6E 08 00 0000000000000080", big([0, 0, 0, 0, 0, 0, 0, 0x80])),
            FormatRow("-2^63 - 1", "83 6E 08 01 0100000000000080", big([1, 0, 0, 0, 0, 0, 0, 0x80], isNegative: true)),
            FormatRow("2^64 - 1", "83 6E 08 00 FFFFFFFFFFFFFFFF", big(repeated([0xFF], 8))),
            FormatRow("2^64", "83 6E 09 00 000000000000000001", big(repeated([0], 8) + [1])),
            FormatRow("255 bytes", hex("83 6E FF 00") + repeated([1], 255), big(repeated([1], 255))),
            FormatRow(
                "256 bytes", hex("83 6F 00000100 01") + repeated([1], 256), big(repeated([1], 256), isNegative: true)),
        ])
    func integers(_ row: FormatRow) { row.check() }

    @Test(
        "atoms: 255 bytes | 256 bytes, and at most 255 characters",
        arguments: [
            FormatRow("255 bytes", hex("83 77 FF") + repeated([0x61], 255), atom("a", 255)),
            FormatRow(
                "255 bytes in 118", hex("83 76 00FF") + repeated([0x61], 255), atom("a", 255),
                canonical: hex("83 77 FF") + repeated([0x61], 255)),
            FormatRow("254 bytes, 127 characters", hex("83 77 FE") + repeated([0xC3, 0xA5], 127), atom("å", 127)),
            FormatRow("256 bytes, 128 characters", hex("83 76 0100") + repeated([0xC3, 0xA5], 128), atom("å", 128)),
            FormatRow(
                "1020 bytes, 255 characters", hex("83 76 03FC") + repeated([0xF0, 0x9F, 0x8E, 0x9E], 255),
                atom("🎞", 255)),
            FormatRow(
                "255 bytes of ISO 8859-1", hex("83 64 00FF") + repeated([0xE5], 255), atom("å", 255),
                canonical: hex("83 76 01FE") + repeated([0xC3, 0xA5], 255)),
        ])
    func atoms(_ row: FormatRow) { row.check() }

    @Test(
        "tuples: 255 | 256 elements",
        arguments: [
            FormatRow("255", hex("83 68 FF") + repeated([0x6A], 255), .tuple(Array(repeating: .nil, count: 255))),
            FormatRow(
                "255 in 105", hex("83 69 000000FF") + repeated([0x6A], 255), .tuple(Array(repeating: .nil, count: 255)),
                canonical: hex("83 68 FF") + repeated([0x6A], 255)),
            FormatRow("256", hex("83 69 00000100") + repeated([0x6A], 256), .tuple(Array(repeating: .nil, count: 256))),
        ])
    func tuples(_ row: FormatRow) { row.check() }

    @Test(
        "lists of bytes: a string up to 65,535, a list from 65,536 on",
        arguments: [
            FormatRow("1", "83 6B 0001 09", .list([9])),
            FormatRow("65,535", hex("83 6B FFFF") + repeated([9], 65_535), nines(65_535)),
            FormatRow(
                "65,535 in 108", hex("83 6C 0000FFFF") + repeated([0x61, 9], 65_535) + [0x6A], nines(65_535),
                canonical: hex("83 6B FFFF") + repeated([9], 65_535)),
            FormatRow("65,536", hex("83 6C 00010000") + repeated([0x61, 9], 65_536) + [0x6A], nines(65_536)),
            FormatRow(
                "65,536 as one byte and a string", hex("83 6C 00000001 6109 6B FFFF") + repeated([9], 65_535),
                nines(65_536),
                canonical: hex("83 6C 00010000") + repeated([0x61, 9], 65_536) + [0x6A]),
            FormatRow(
                "a list of bytes but for its last element", "83 6C 00000002 61 FF 62 00000100 6A", .list([255, 256])),
            FormatRow("a list of bytes but for its tail", "83 6C 00000002 61 01 61 02 61 03", .list([1, 2], tail: 3)),
            FormatRow(
                "a list of bytes, one of them a float", "83 6C 00000002 61 01 46 4000000000000000 6A", .list([1, 2.0])),
            FormatRow("a string in a list", "83 6C 00000001 6B 0001 01 6A", .list([.list([1])])),
        ])
    func strings(_ row: FormatRow) { row.check() }

    @Test(
        "maps: 32 pairs | 33 pairs, where Erlang changes how it keeps them, are no different", arguments: [32, 33, 300])
    func maps(count: Int) {
        let term = Term.map(TermMap((0..<count).map { TermMap.Pair(.integer($0), .nil) }))
        let pairs = (0..<count).map { ($0 < 256 ? [0x61, UInt8($0)] : [0x62] + word32($0)) + [0x6A] }
        let bytes = hex("83 74") + word32(count)
        FormatRow("in order", bytes + pairs.flatMap(\.self), term).check()
        FormatRow("backwards", bytes + pairs.reversed().flatMap(\.self), term, canonical: bytes + pairs.flatMap(\.self))
            .check()
    }

    @Test("binaries: 0, 255, 65,536 bytes", arguments: [0, 255, 65_536])
    func binaries(count: Int) {
        FormatRow("", hex("83 6D") + word32(count) + repeated([7], count), .binary(repeated([7], count))).check()
    }

    @Test("bitstrings: 1 to 7 bits in the last byte, the others cleared", arguments: 1...7)
    func bitstrings(bitCount: Int) {
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bitCount)
        FormatRow(
            "", hex("83 4D 00000002") + [UInt8(bitCount), 0x12, 0xFF], bits([0x12, mask], inLastByte: bitCount),
            canonical: hex("83 4D 00000002") + [UInt8(bitCount), 0x12, mask]
        ).check()
    }

    @Test(
        "ports: 28 bits in 89, more in 120",
        arguments: [
            (UInt64(0), "83 59 77 01 61 00000000 00000001"),
            ((1 << 28) - 1, "83 59 77 01 61 0FFFFFFF 00000001"),
            (1 << 28, "83 78 77 01 61 0000000010000000 00000001"),
            (1 << 32, "83 78 77 01 61 0000000100000000 00000001"),
            (.max, "83 78 77 01 61 FFFFFFFFFFFFFFFF 00000001"),
        ])
    func ports(number: UInt64, bytes: String) {
        FormatRow("", bytes, .port(Port(node: "a", number: number, creation: 1))).check()
    }

    private static func big(_ magnitude: [UInt8], isNegative: Bool = false) -> Term {
        .bigInteger(BigInteger(isNegative: isNegative, magnitude: magnitude))
    }

    private static func atom(_ character: String, _ count: Int) -> Term {
        Atom(named: String(repeating: character, count: count)).map(Term.atom) ?? .nil
    }

    private static func nines(_ count: Int) -> Term { .list(Array(repeating: 9, count: count)) }
}
