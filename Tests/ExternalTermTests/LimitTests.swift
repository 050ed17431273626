import ExternalTerm
import Testing

@Suite("What a term may ask of its reader")
struct LimitTests {
    /// A way of putting a term into another: the bytes before it, and those after it.
    struct Nesting: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var head: [UInt8]
        var end: [UInt8] = []
        /// Where the first term of the container starts.
        var first = 5

        /// A million where a term is a few bytes, less where it is many.
        var count: Int { head.count + end.count <= 6 ? 1_000_000 : 100_000 }

        func bytes(_ count: Int) -> [UInt8] { [131] + repeated(head, count) + [0x6A] + repeated(end, count) }
    }

    static let nestings = [
        Nesting(testDescription: "lists in lists", head: hex("6C 00000001"), end: hex("6A")),
        Nesting(testDescription: "tuples in tuples", head: hex("68 01"), first: 2),
        Nesting(testDescription: "large tuples in large tuples", head: hex("69 00000001")),
        Nesting(testDescription: "tuples that are the tails of lists in tuples", head: hex("6C 00000001 61 01 68 01")),
        Nesting(testDescription: "maps that are values", head: hex("74 00000001 61 01")),
        Nesting(testDescription: "maps that are keys", head: hex("74 00000001"), end: hex("61 01")),
        Nesting(testDescription: "maps among other values", head: hex("74 00000002 61 01 61 01 61 02")),
        Nesting(
            testDescription: "functions that close over functions",
            head: hex("70 00000000 01") + repeated([0], 16)
                + hex("00000000 00000001 77 01 6D 61 00 61 00 58 77 01 61 00000000 00000000 00000000"), first: 53),
    ]

    /// Some of them nest twice a time.
    static func depth(of nesting: Nesting) -> Int { nesting.head.first == 0x6C && nesting.end.isEmpty ? 2 : 1 }

    @Test("a million terms nested are refused at the 1,025th", arguments: nestings)
    func tooDeep(nesting: Nesting) {
        let outer = 1_024 / Self.depth(of: nesting) * nesting.head.count
        ErrorRow("", nesting.bytes(nesting.count), .limitExceeded, at: 1 + outer + nesting.first).check()
    }

    @Test(
        "a million terms nested are read token by token and transcoded where the limit allows it", arguments: nestings)
    func deep(nesting: Nesting) throws {
        let limits = TermLimits(depth: 2_000_000)
        let bytes = nesting.bytes(nesting.count)
        #expect(parse(bytes, limits: limits).description == "\(bytes.count) bytes")
        let (reading, output) = transcode(bytes, limits: limits)
        #expect(reading.byteCount == bytes.count)
        #expect(transcode(output, limits: limits).output == output)
        #expect(decode(bytes, limits: limits).reading.error?.code == .limitExceeded)
    }

    @Test("a tree of values is never deeper than 1,024, and as deep it can be used", arguments: nestings)
    func deepestTree(nesting: Nesting) throws {
        let limits = TermLimits(depth: .max)
        let count = TermLimits.deepestTree / Self.depth(of: nesting)
        let bytes = nesting.bytes(count)
        let term = try Term(external: bytes, limits: limits)
        let same = try Term(external: bytes, limits: limits)
        #expect(term == same)
        #expect(!(term < same) && !(same < term))
        #expect(term.hashValue == same.hashValue)
        #expect(term.external == transcode(bytes, limits: limits).output)
        let tooDeep = 1 + count * nesting.head.count + nesting.first
        ErrorRow("", nesting.bytes(count + 1), .limitExceeded, at: tooDeep).checkDecode(limits)
    }

    @Test(
        "the limit is how many terms enclose a term: empty ones enclose none",
        arguments: [
            ("integer", "83 61 01", 0),
            ("empty tuple", "83 68 00", 0),
            ("empty large tuple", "83 69 00000000", 0),
            ("empty map", "83 74 00000000", 0),
            ("empty list", "83 6A", 0),
            ("string", "83 6B 0001 01", 0),
            ("list without elements", "83 6C 00000000 61 01", 0),
            ("lists without elements", "83 6C 00000000 6C 00000000 68 00", 0),
            ("list without elements in front of a list", "83 6C 00000000 6C 00000001 61 01 6A", 1),
            ("tuple", "83 68 01 68 00", 1),
            ("map", "83 74 00000001 6A 6A", 1),
            ("list", "83 6C 00000001 61 01 6A", 1),
            ("list whose tail is a list", "83 6C 00000001 61 01 6C 00000001 61 01 6A", 1),
            ("list whose tail is a tuple", "83 6C 00000001 61 01 68 01 61 01", 2),
            ("list without elements in a tuple", "83 68 01 6C 00000000 61 01", 1),
            ("list without elements that is a key", "83 74 00000001 6C 00000000 61 01 68 01 61 01", 2),
        ])
    func counted(name: String, bytes: String, depth: Int) {
        let bytes = hex(bytes)
        for reading in [parse, { decode($0, limits: $1).reading }, { transcode($0, limits: $1).reading }] {
            #expect(reading(bytes, TermLimits(depth: depth)).byteCount == bytes.count)
            guard depth > 0 else { continue }
            #expect(reading(bytes, TermLimits(depth: depth - 1)).error?.code == .limitExceeded)
        }
    }

    @Test("a list whose tail is a list, a million times over, is one list")
    func tails() throws {
        let bytes = [131] + repeated(hex("6C 00000001 77 00"), 1_000_000) + [0x6A]
        #expect(parse(bytes).byteCount == bytes.count)
        let term = try Term(external: bytes)
        guard case .list(let elements) = term else {
            Issue.record("no list")
            return
        }
        #expect(elements.count == 1_000_000)
        #expect(transcode(bytes).output == term.external)
        #expect(term.external.count == 7 + 2_000_000)
    }

    @Test("a million lists without elements are their tail")
    func emptyTails() throws {
        let bytes = [131] + repeated(hex("6C 00000000"), 1_000_000) + hex("61 07")
        #expect(parse(bytes).byteCount == bytes.count)
        #expect(try Term(external: bytes) == 7)
        #expect(transcode(bytes).output == hex("83 61 07"))
    }

    @Test(
        "a declared size beyond the bytes is refused before anything is allocated",
        arguments: [
            ErrorRow("binary", hex("83 6D FFFFFFFF") + repeated([0], 34), .truncated, at: 6),
            ErrorRow("bitstring", hex("83 4D FFFFFFFF 01") + repeated([0], 33), .truncated, at: 7),
            ErrorRow("tuple", hex("83 69 FFFFFFFF") + repeated([0x6A], 34), .truncated, at: 6),
            ErrorRow("list", hex("83 6C FFFFFFFF") + repeated([0x6A], 34), .truncated, at: 6),
            ErrorRow("map", hex("83 74 FFFFFFFF") + repeated([0x6A], 34), .truncated, at: 6),
            ErrorRow("map of half as many bytes", hex("83 74 00000012") + repeated([0x6A], 34), .truncated, at: 6),
            ErrorRow("integer", hex("83 6F FFFFFFFF 00") + repeated([0], 33), .truncated, at: 7),
            ErrorRow(
                "function",
                hex("83 70 FFFFFFFF 00") + repeated([0], 16)
                    + hex("00000000 000000FF 77 00 6100 6100 58 77 00 000000000000000000000000"), .truncated, at: 52),
            ErrorRow("string", hex("83 6B FFFF") + repeated([0], 36), .truncated, at: 4),
            ErrorRow("atom", hex("83 76 03FC") + repeated([0], 36), .truncated, at: 4),
        ])
    func declaredSizes(_ row: ErrorRow) { row.check() }

    @Test("declared counts, one inside the other, add up to no more memory than is read")
    func nestedCounts() {
        // Each tuple declares as many elements as there are bytes left: together 200 million, and five are more than a tree may have.
        var bytes: [UInt8] = [131]
        let count = 1_000
        let padding = 200_000
        for index in 0..<count { bytes += [0x69] + word32(padding + 5 * (count - 1 - index)) }
        bytes += repeated([0x6A], padding)
        ErrorRow("", bytes, .limitExceeded, at: 1 + 5 * 5).checkDecode(.default)
        let error = #expect(throws: TermError.self) {
            try Term(external: bytes, limits: TermLimits(treeTermCount: .max))
        }
        #expect(error?.code == .truncated && error?.offset == bytes.count)
    }
}

extension ErrorRow {
    /// Checks that a tree of values is refused.
    func checkDecode(_ limits: TermLimits, sourceLocation: SourceLocation = #_sourceLocation) {
        let error = decode(bytes, limits: limits).reading.error
        #expect(error?.code == code, sourceLocation: sourceLocation)
        #expect(error?.offset == offset, sourceLocation: sourceLocation)
    }
}
