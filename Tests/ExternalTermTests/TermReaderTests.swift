import ExternalTerm
import Testing

@Suite("A reader that remembers terms")
struct TermReaderTests {
    /// A seed of the tests' own, printed when it finds something.
    static let seed = UInt64.random(in: .min ... .max)

    @Test("Terms that repeat each other are what they are without it")
    func agreement() throws {
        var random = RandomTerms(seed: Self.seed)
        for _ in 0..<40 {
            var reader = TermReader()
            // Events of a few kinds, each mostly what the last of its kind was.
            var events = (0..<3).map { _ in Term.map(["delta": .map(["items": .list(random.items(40))])]) }
            for step in 0..<60 {
                let kind = random.number(0...2)
                events[kind] = random.changed(events[kind])
                let bytes = events[kind].external
                let before = random.bytes(random.number(0...3))
                let read = try reader.read((before + bytes).span, at: before.count + 1)
                #expect(read.term == events[kind], "seed \(Self.seed), step \(step)")
                #expect(read.end == before.count + bytes.count, "seed \(Self.seed), step \(step)")
                #expect(read.term.external == bytes, "seed \(Self.seed), step \(step)")
            }
        }
    }

    @Test("What repeats but is damaged, or in no canonical form, is read or refused as without it")
    func damage() {
        var random = RandomTerms(seed: Self.seed)
        var reader = TermReader()
        var event = Term.map(["delta": .map(["items": .list(random.items(40))])])
        var refused = 0
        for step in 0..<3_000 {
            event = random.changed(event)
            var bytes = random.chance(20) ? random.looseForm(of: event) : event.external
            if random.chance(70) { bytes = random.mutation(of: bytes) }
            let input = bytes
            guard input.count > 1 else { continue }
            let expected = Result { try Term.decode(input.span, at: 1) }
            let found = Result { try reader.read(input.span, at: 1) }
            switch (expected, found) {
            case (.success(let expected), .success(let found)):
                #expect(expected.term == found.term && expected.end == found.end, "seed \(Self.seed), step \(step)")
            case (.failure(let expected), .failure(let found)):
                refused += 1
                #expect("\(expected)" == "\(found)", "seed \(Self.seed), step \(step)")
            default:
                Issue.record("seed \(Self.seed), step \(step): \(expected) but \(found)")
            }
        }
        #expect(refused > 100)
    }

    @Test("A long list whose maps repeat each other is what it is without sharing, damaged or not")
    func longLists() throws {
        var random = RandomTerms(seed: Self.seed)
        var refused = 0
        for step in 0..<60 {
            var event = Term.map(["delta": .map(["items": .list(random.items(12))])])
            let events = (0..<80).map { index in
                event = random.changed(event)
                return Term.tuple([.integer(index), "assigns", event])
            }
            let whole = Term.map(["events": .list(events), "id": .integer(step)])
            #expect(try Term(external: whole.external) == whole, "seed \(Self.seed), step \(step)")
            let other = random.looseForm(of: whole)
            #expect(try Term(external: other) == whole, "seed \(Self.seed), step \(step)")
            for _ in 0..<20 {
                let bytes = random.mutation(of: step.isMultiple(of: 2) ? whole.external : other)
                let (reading, decoded) = decode(bytes)
                if case .local = decoded { continue }
                #expect(parse(bytes) == reading, "seed \(Self.seed), step \(step)")
                if let decoded {
                    #expect(transcode(bytes).output == decoded.external, "seed \(Self.seed), step \(step)")
                } else {
                    refused += 1
                }
            }
        }
        #expect(refused > 100)
    }

    @Test("Elements that several terms share are written in each as what they are there")
    func sharedElements() {
        var random = RandomTerms(seed: Self.seed)
        for step in 0..<100 {
            // Numbers that a list has as a string and a tuple has not, and any elements.
            let numbers = (0..<random.number(0...20)).map { _ in Term.integer(random.number(0...255)) }
            let elements = random.items(3)
            let map = TermMap(elements.map { TermMap.Pair($0, .tuple(numbers)) })
            let shared: [Term] = [
                .tuple(numbers), .list(numbers), .list(numbers, tail: "end"), .tuple(elements), .list(elements),
                .map(map), .tuple([.map(map), .list(numbers)]),
            ]
            let terms = (0..<400).map { _ in shared[random.number(0...shared.count - 1)] }
            let apart = terms.flatMap { $0.external.dropFirst() }
            let together = Term.tuple(terms).external
            #expect(together.suffix(apart.count) == apart[...], "seed \(Self.seed), step \(step)")
        }
    }

    @Test("A term as deep as may be is read, and one that is deeper is refused, after others like it")
    func depth() throws {
        var reader = TermReader(limits: TermLimits(depth: 8))
        func nested(_ depth: Int, _ last: Int) -> [UInt8] {
            var term = Term.list([.string(String(repeating: "x", count: 200)), .integer(last)])
            for _ in 1..<depth { term = .list([.string(String(repeating: "y", count: 40)), term]) }
            return term.external
        }
        for last in 0..<20 { _ = try reader.read(nested(8, last).span, at: 1) }
        let error = #expect(throws: TermError.self) { try reader.read(nested(9, 20).span, at: 1) }
        #expect(error?.code == .limitExceeded)
    }
}

extension RandomTerms {
    /// Maps of a few pairs, as the rows of a list are.
    mutating func items(_ count: Int) -> [Term] {
        (0..<count).map { index in
            .map(["id": .integer(index), "name": .binary(bytes(number(0...30))), "more": term(depth: 2)])
        }
    }

    /// An event like another one, of which something has changed.
    mutating func changed(_ event: Term) -> Term {
        guard case .map(var outer) = event, case .map(var delta)? = outer[atom: "delta"],
            case .list(var items)? = delta[atom: "items"]
        else { return event }
        for _ in 0..<number(0...3) {
            let index = items.isEmpty ? 0 : number(0...items.count - 1)
            switch number(0...5) {
            case 0: items.insert(contentsOf: self.items(1), at: 0)
            case 1: items += self.items(1)
            case 2 where !items.isEmpty: items.remove(at: index)
            case 3 where !items.isEmpty: items[index] = self.items(1)[0]
            case 4: delta[atom: pick("draft", "total", "flash")] = term(depth: 3)
            default: delta[atom: pick("draft", "total", "flash")] = nil
            }
        }
        delta[atom: "items"] = .list(items)
        outer[atom: "delta"] = .map(delta)
        return .map(outer)
    }
}
