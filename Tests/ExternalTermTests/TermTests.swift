import ExternalTerm
import Testing

@Suite("Term, TermMap and Atom as values")
struct TermTests {
    @Test("literals")
    func literals() {
        #expect(1 as Term == .integer(1))
        #expect(1.5 as Term == .float(1.5))
        #expect("å" as Term == .binary([0xC3, 0xA5]))
        #expect(true as Term == .atom("true"))
        #expect([1, "a"] as Term == .list([1, "a"]))
        #expect(["a": 1] as TermMap == TermMap([TermMap.Pair(.atom("a"), 1)]))
    }

    @Test("a list's tail that is a list becomes part of it")
    func lists() {
        #expect(Term.list([1], tail: [2]) == [1, 2])
        #expect(Term.list([1], tail: .nil) == [1])
        #expect(Term.list([], tail: 5) == 5)
        #expect(Term.list([], tail: [1]) == [1])
        #expect(Term.list([1], tail: .list([2], tail: 3)) == .improperList([1, 2], tail: 3))
        #expect(Term.list([], tail: .list([2], tail: 3)) == .improperList([2], tail: 3))
    }

    @Test("1 and 1.0 differ, and so do 0.0 and -0.0, whose bytes do")
    func equality() {
        #expect(Term.integer(1) != .float(1))
        #expect(Term.float(0) != .float(-0.0))
        #expect(Term.binary([1]) != .list([1]))
        #expect(Term.nil != .atom(.nil))
        #expect(Set<Term>([1, 1.0, .float(0), .float(-0.0), "a", .atom("a"), [1], .tuple([1])]).count == 8)
    }

    @Test("equal terms have equal hashes and bytes, different ones different bytes", arguments: [1, 2] as [UInt64])
    func hashes(seed: UInt64) throws {
        print("seed \(seed)")
        var random = RandomTerms(seed: seed)
        for _ in 0..<1_000 {
            let (term, other) = (random.term(depth: 2), random.term(depth: 2))
            let same = try Term(external: term.external)
            try #require(term == same && term.hashValue == same.hashValue)
            try #require((term == other) == (term.external == other.external))
        }
    }

    @Test("accessors give what there is, or nil")
    func accessors() {
        let map: Term = .map(["a": 1])
        #expect(map[.atom("a")] == 1 && map[.atom("b")] == nil && Term.nil[.atom("a")] == nil)
        #expect(("text" as Term).text == "text" && Term.binary([0xFF]).text == nil && Term.atom("a").text == nil)
        #expect(Term.integer(1).integer == 1 && Term.float(1).integer == nil)
        #expect(Term.atom("a").atom == "a" && ("a" as Term).atom == nil)
        #expect(map.map == ["a": 1] && Term.nil.map == nil)
        #expect(Term.tuple([1]).elements == [1] && Term.list([1]).elements == nil)
    }

    @Test("of equal keys the last one counts, and the pairs are in order")
    func maps() {
        let map = TermMap([TermMap.Pair(2, "b"), TermMap.Pair(1, "a"), TermMap.Pair(2, "c"), TermMap.Pair(2, "d")])
        #expect(map.pairs == [TermMap.Pair(1, "a"), TermMap.Pair(2, "d")])
        #expect(map.count == 2 && !map.isEmpty && TermMap().isEmpty && map.keys == [1, 2])
        #expect(map[.integer(2)] == "d" && map[.integer(3)] == nil)
    }

    @Test("setting, adding and removing keeps a map as a map made at once", arguments: [1, 2] as [UInt64])
    func mapMutations(seed: UInt64) throws {
        print("seed \(seed)")
        var random = RandomTerms(seed: seed)
        var map = TermMap()
        var model: [Int: Int] = [:]
        for step in 0..<500 {
            let key = random.number(-20...20)
            model[key] = random.chance(60) ? step : nil
            map[.integer(key)] = model[key].map(Term.integer)
            try #require(map.keys == model.keys.sorted().map(Term.integer))
            try #require(map[.integer(key)] == model[key].map(Term.integer))
        }
    }

    @Test("merging takes the other map's values where both have a key", arguments: [1, 2] as [UInt64])
    func merging(seed: UInt64) throws {
        print("seed \(seed)")
        var random = RandomTerms(seed: seed)
        for _ in 0..<200 {
            let (mine, theirs) = (pairs(&random), pairs(&random))
            try #require(TermMap(mine).merging(TermMap(theirs)) == TermMap(mine + theirs))
        }
    }

    private func pairs(_ random: inout RandomTerms) -> [TermMap.Pair] {
        (0..<random.number(0...8)).map { _ in TermMap.Pair(.integer(random.number(0...9)), random.term(depth: 0)) }
    }

    @Test("an atom has at most 255 scalars; what they look like does not count")
    func atoms() {
        #expect(Atom(named: String(repeating: "日", count: 255))?.name.unicodeScalars.count == 255)
        #expect(Atom(named: String(repeating: "日", count: 256)) == nil)
        #expect(Atom(named: String(repeating: "e\u{301}", count: 128)) == nil)
        #expect(Atom(named: "") == "")
        #expect(("e\u{301}" as Atom) != "\u{E9}")
        #expect(("e\u{301}" as Atom) < "\u{E9}")
        #expect(("\u{FFFF}" as Atom) < "\u{10000}")
        #expect(Set<Atom>(["e\u{301}", "\u{E9}", "a", "a"]).count == 3)
        #expect(Atom.nil.description == "nil")
    }

    @Test("a bitstring clears the bits that do not count, and has some")
    func bitstrings() {
        #expect(Bitstring(bytes: [0xFF], bitsInLastByte: 3)?.bytes == [0xE0])
        #expect(Bitstring(bytes: [0xFF, 0xFF], bitsInLastByte: 1)?.bitCount == 9)
        #expect(Bitstring(bytes: [], bitsInLastByte: 1) == nil)
        #expect(Bitstring(bytes: [1], bitsInLastByte: 8) == nil)
        #expect(Bitstring(bytes: [1], bitsInLastByte: 0) == nil)
    }

    @Test("a writer appends to what there is")
    func writer() {
        var writer = TermWriter(appendingTo: [9])
        writer.writeVersion()
        writer.writeTupleHead(count: 2)
        writer.write(atom: "ok")
        writer.write(string: "å")
        #expect(writer.bytes == hex("09 83 68 02 77 02 6F6B 6D 00000002 C3A5"))
    }
}
