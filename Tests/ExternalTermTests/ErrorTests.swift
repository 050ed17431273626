import ExternalTerm
import Testing

/// Bytes that are no term, and what is wrong with them where.
struct ErrorRow: CustomTestStringConvertible, Sendable {
    var name: String
    var bytes: [UInt8]
    var code: TermError.Code
    var offset: Int

    init(_ name: String, _ bytes: String, _ code: TermError.Code, at offset: Int) {
        self.init(name, hex(bytes), code, at: offset)
    }

    init(_ name: String, _ bytes: [UInt8], _ code: TermError.Code, at offset: Int) {
        self.name = name
        self.bytes = bytes
        self.code = code
        self.offset = offset
    }

    var testDescription: String { "\(name): \(code.rawValue) at \(offset)" }

    /// Checks that all three ways in refuse the bytes for the same reason.
    func check(limits: TermLimits = .default, sourceLocation: SourceLocation = #_sourceLocation) {
        for reading in [
            parse(bytes, limits: limits), decode(bytes, limits: limits).reading,
            transcode(bytes, limits: limits).reading,
        ] {
            #expect(reading.error?.code == code, "\(reading)", sourceLocation: sourceLocation)
            #expect(reading.error?.offset == offset, "\(reading)", sourceLocation: sourceLocation)
        }
        #expect(transcode(bytes, limits: limits).output == [], sourceLocation: sourceLocation)
        #expect(throws: TermError.self, sourceLocation: sourceLocation) { try Term(external: bytes, limits: limits) }
    }
}

@Suite("Every error: its code, and the offset it names")
struct ErrorTests {
    @Test(
        "truncated: the offset is that of the field whose bytes are missing",
        arguments: [
            ErrorRow("nothing", "", .truncated, at: 0),
            ErrorRow("131 alone", "83", .truncated, at: 1),
            ErrorRow("97", "83 61", .truncated, at: 2),
            ErrorRow("98", "83 62 000000", .truncated, at: 2),
            ErrorRow("70", "83 46 3FF80000000000", .truncated, at: 2),
            ErrorRow("99", hex("83 63") + repeated([0x31], 30), .truncated, at: 2),
            ErrorRow("110 without its length", "83 6E", .truncated, at: 2),
            ErrorRow("110 without its sign", "83 6E 01", .truncated, at: 3),
            ErrorRow("110 without its magnitude", "83 6E 02 00 01", .truncated, at: 4),
            ErrorRow("111", "83 6F 00000002 00 01", .truncated, at: 7),
            ErrorRow("119 without its length", "83 77", .truncated, at: 2),
            ErrorRow("119 without its name", "83 77 02 61", .truncated, at: 3),
            ErrorRow("118", "83 76 00", .truncated, at: 2),
            ErrorRow("100", "83 64 0002 61", .truncated, at: 4),
            ErrorRow("104 without an element", "83 68 02 6A", .truncated, at: 3),
            ErrorRow("104 whose element is cut", "83 68 02 6A 61", .truncated, at: 5),
            ErrorRow("105", "83 69 00000002 6A", .truncated, at: 6),
            ErrorRow("107", "83 6B 0003 0102", .truncated, at: 4),
            ErrorRow("108 without its elements", "83 6C 00000001", .truncated, at: 6),
            ErrorRow("108 without its tail", "83 6C 00000001 6A", .truncated, at: 7),
            ErrorRow("116 without a value", "83 74 00000001 6A", .truncated, at: 6),
            ErrorRow("109", "83 6D 00000002 00", .truncated, at: 6),
            ErrorRow("77", "83 4D 00000002 03 00", .truncated, at: 7),
            ErrorRow("88 without its node", "83 58", .truncated, at: 2),
            ErrorRow("88 without its creation", "83 58 77 01 61 00000001 00000001 000000", .truncated, at: 13),
            ErrorRow("103 without its creation", "83 67 77 01 61 00000001 00000001", .truncated, at: 13),
            ErrorRow("120", "83 78 77 01 61 00000000 000000", .truncated, at: 5),
            ErrorRow("90 without its words", "83 5A 0002 77 01 61 00000001 00000001", .truncated, at: 11),
            ErrorRow("113 without its arity", "83 71 77 01 61 77 01 61", .truncated, at: 8),
            ErrorRow("112 without its free variable", localFunction(freeVariableCount: 1), .truncated, at: 56),
            ErrorRow("80 without its length", "83 50 0000", .truncated, at: 2),
            ErrorRow("80 without its content", "83 50 00000002", .truncated, at: 6),
        ])
    func truncated(_ row: ErrorRow) { row.check() }

    @Test(
        "notExternalTerm: the first byte is not 131",
        arguments: [
            ErrorRow("130", "82 61 01", .notExternalTerm, at: 0),
            ErrorRow("gzip", "1F 8B 08 00", .notExternalTerm, at: 0),
        ])
    func notExternalTerm(_ row: ErrorRow) { row.check() }

    @Test(
        "unknownTag: a byte that no term starts with",
        arguments: [
            ErrorRow("0", "83 00", .unknownTag, at: 1),
            ErrorRow("255", "83 FF", .unknownTag, at: 1),
            ErrorRow("131 again", "83 83 61 01", .unknownTag, at: 1),
            ErrorRow("in a tuple", "83 68 02 61 01 00", .unknownTag, at: 5),
            ErrorRow("in a list's tail", "83 6C 00000001 61 01 00", .unknownTag, at: 8),
            ErrorRow("80 inside a term", "83 68 01 50 00000000", .unknownTag, at: 3),
            ErrorRow("117, which Erlang/OTP 23 took out", "83 75 00000000", .unknownTag, at: 1),
            ErrorRow("121 inside a term", "83 68 01 79 00", .unknownTag, at: 3),
        ])
    func unknownTag(_ row: ErrorRow) { row.check() }

    @Test("every tag that is not assigned is unknown, or the distribution's")
    func unassignedTags() {
        let assigned: Set<UInt8> = [
            67, 70, 77, 80, 88, 89, 90, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112,
            113, 114, 115, 116, 118, 119, 120, 121,
        ]
        for tag in UInt8.min ... .max where !assigned.contains(tag) {
            let code: TermError.Code = [68, 69, 82].contains(tag) ? .distributionTag : .unknownTag
            ErrorRow("\(tag)", [131, tag] + repeated([0], 40), code, at: 1).check()
        }
    }

    @Test(
        "distributionTag: what only a connection between nodes gives a meaning to",
        arguments: [
            ErrorRow("68, the header", "83 44 00", .distributionTag, at: 1),
            ErrorRow("69, the header of a fragment", "83 45 00", .distributionTag, at: 1),
            ErrorRow("82, a cached atom", "83 52 00", .distributionTag, at: 1),
            ErrorRow("82 in a tuple", "83 68 01 52 00", .distributionTag, at: 3),
        ])
    func distributionTag(_ row: ErrorRow) { row.check() }

    @Test(
        "malformedAtom: not UTF-8, or more than 255 characters",
        arguments: [
            ErrorRow("119 cut inside a character", "83 77 01 C3", .malformedAtom, at: 1),
            ErrorRow("119 with a surrogate", "83 77 03 EDA080", .malformedAtom, at: 1),
            ErrorRow("119 with an overlong form", "83 77 02 C080", .malformedAtom, at: 1),
            ErrorRow("119 beyond U+10FFFF", "83 77 04 F4908080", .malformedAtom, at: 1),
            ErrorRow("118 of 256 characters", hex("83 76 0100") + repeated([0x61], 256), .malformedAtom, at: 1),
            ErrorRow(
                "118 of 256 characters in 1,024 bytes", hex("83 76 0400") + repeated([0xF0, 0x9F, 0x8E, 0x9E], 256),
                .malformedAtom, at: 1),
            ErrorRow(
                "118 of 256 characters in 512 bytes", hex("83 76 0200") + repeated([0xC3, 0xA5], 256), .malformedAtom,
                at: 1),
            ErrorRow("100 of 256 characters", hex("83 64 0100") + repeated([0x61], 256), .malformedAtom, at: 1),
            ErrorRow("in a tuple", "83 68 02 61 01 77 01 FF", .malformedAtom, at: 5),
            ErrorRow("in a pid", "83 58 77 01 FF 00000001 00000001 00000001", .malformedAtom, at: 2),
        ])
    func malformedAtom(_ row: ErrorRow) { row.check() }

    @Test(
        "malformedFloat: infinite, not a number, or no decimal text",
        arguments: [
            ErrorRow("70: infinity", "83 46 7FF0000000000000", .malformedFloat, at: 1),
            ErrorRow("70: minus infinity", "83 46 FFF0000000000000", .malformedFloat, at: 1),
            ErrorRow("70: not a number", "83 46 7FF8000000000000", .malformedFloat, at: 1),
            ErrorRow("99: no digits", hex("83 63") + repeated([0], 31), .malformedFloat, at: 1),
            ErrorRow("99: a word", hex("83 63") + Array("nan".utf8) + repeated([0], 28), .malformedFloat, at: 1),
            ErrorRow("99: too large", hex("83 63") + Array("1.0e400".utf8) + repeated([0], 24), .malformedFloat, at: 1),
        ])
    func malformedFloat(_ row: ErrorRow) { row.check() }

    @Test(
        "malformedBitstring: a last byte of no bits, or of more than 8",
        arguments: [
            ErrorRow("9 bits", "83 4D 00000001 09 FF", .malformedBitstring, at: 1),
            ErrorRow("0 bits", "83 4D 00000001 00 FF", .malformedBitstring, at: 1),
            ErrorRow("bits of no byte", "83 4D 00000000 03", .malformedBitstring, at: 1),
        ])
    func malformedBitstring(_ row: ErrorRow) { row.check() }

    @Test(
        "malformedIdentifier: a field of the wrong type, or out of range",
        arguments: [
            ErrorRow(
                "88: a node that is a binary", "83 58 6D 00000001 61 00000001 00000001 00000001", .malformedIdentifier,
                at: 2),
            ErrorRow(
                "90: six words", hex("83 5A 0006 77 01 61 00000001") + repeated([0], 24), .malformedIdentifier, at: 1),
            ErrorRow("113: a module that is a number", "83 71 61 01 77 01 61 61 01", .malformedIdentifier, at: 2),
            ErrorRow("113: a function that is a number", "83 71 77 01 61 61 01 61 01", .malformedIdentifier, at: 5),
            ErrorRow("113: an arity that is an atom", "83 71 77 01 61 77 01 61 77 01 61", .malformedIdentifier, at: 8),
            ErrorRow("113: an arity below zero", "83 71 77 01 61 77 01 61 62 FFFFFFFF", .malformedIdentifier, at: 8),
            ErrorRow(
                "112: a creator that is an atom",
                hex("83 70 00000000 00") + repeated([0], 16) + hex("00000000 00000000 77 01 6D 61 00 61 00 77 01 6D"),
                .malformedIdentifier, at: 38),
            ErrorRow(
                "112: an index that is an atom",
                hex("83 70 00000000 00") + repeated([0], 16) + hex("00000000 00000000 77 01 6D 77 01 6D 61 00"),
                .malformedIdentifier, at: 34),
        ])
    func malformedIdentifier(_ row: ErrorRow) { row.check() }

    @Test("functions inside a function's own fields are refused without going down")
    func functionsInFunctions() {
        let export = repeated(hex("71 77 00 77 00"), 1_000_000)
        ErrorRow("113 in 113", [131] + export, .malformedIdentifier, at: 6).check()
        let local = hex("70 00000000 00") + repeated([0], 16) + hex("00000000 00000000 77 00")
        ErrorRow("112 in 112", [131] + repeated(local, 100_000), .malformedIdentifier, at: 33).check()
    }

    @Test(
        "duplicateKey: the offset is that of the map",
        arguments: [
            ErrorRow("an atom twice", "83 74 00000002 77 01 61 61 01 77 01 61 61 02", .duplicateKey, at: 1),
            ErrorRow("an atom in two forms", "83 74 00000002 77 01 61 61 01 64 0001 61 61 02", .duplicateKey, at: 1),
            ErrorRow("an integer in two forms", "83 74 00000002 61 01 6A 62 00000001 6A", .duplicateKey, at: 1),
            ErrorRow(
                "a list in two forms", "83 74 00000002 6B 0001 07 6A 6C 00000001 61 07 6A 6A", .duplicateKey, at: 1),
            ErrorRow(
                "a map in two orders", "83 74 00000002 74 00000002 6101 6A 6102 6A 6A 74 00000002 6102 6A 6101 6A 6A",
                .duplicateKey, at: 1),
            ErrorRow("not side by side", "83 74 00000003 61 01 6A 61 02 6A 61 01 6A", .duplicateKey, at: 1),
            ErrorRow("in an inner map", "83 68 02 6A 74 00000002 61 01 6A 61 01 6A", .duplicateKey, at: 4),
            ErrorRow("in a key", "83 74 00000001 74 00000002 61 01 6A 61 01 6A 6A", .duplicateKey, at: 6),
        ])
    func duplicateKey(_ row: ErrorRow) { row.check() }

    @Test("trailingBytes: the offset is where the term ends; only a whole term has to end the bytes")
    func trailingBytes() throws {
        let bytes = hex("83 68 01 61 01 00 00")
        let error = #expect(throws: TermError.self) { try Term(external: bytes) }
        #expect(error?.code == .trailingBytes)
        #expect(error?.offset == 5)
        #expect(decode(bytes).reading.byteCount == 5)
        #expect(parse(bytes).byteCount == 5)
        #expect(transcode(bytes).reading.byteCount == 5)
        #expect(try tokens(bytes) == [.tuple(count: 1), .integer(1)])
    }

    @Test("an error says what, where, and its code")
    func description() {
        let error = #expect(throws: TermError.self) { try Term(external: [131, 97]) }
        #expect(error?.description == "a byte expected, none left at byte 2 (truncated)")
    }

    @Test("what had been written before an error stays as it was")
    func output() {
        var writer = TermWriter(appendingTo: [1, 2, 3])
        var transcoder = CanonicalTranscoder()
        #expect(throws: TermError.self) { try transcoder.transcode(hex("83 68 02 61 01 00").span, into: &writer) }
        #expect(writer.bytes == [1, 2, 3])
        #expect(throws: Never.self) { try transcoder.transcode(hex("83 61 01").span, into: &writer) }
        #expect(writer.bytes == [1, 2, 3, 131, 97, 1])
    }

    /// A stored local function, without its free variables.
    private static func localFunction(freeVariableCount count: Int) -> [UInt8] {
        hex("83 70 00000000 01") + repeated([0], 16) + hex("00000000") + word32(count)
            + hex("77 01 6D 61 00 61 00 58 77 03 614062 0000005A 00000001 00000003")
    }
}
