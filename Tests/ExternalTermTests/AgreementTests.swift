import ExternalTerm
import Testing

@Suite("TermParser, Term and CanonicalTranscoder agree")
struct AgreementTests {
    static let seeds: [UInt64] = [1, 2, 3, 4]

    @Test("a term reads back from its canonical form, and from its other forms", arguments: seeds)
    func roundTrip(seed: UInt64) throws {
        print("seed \(seed)")
        var random = RandomTerms(seed: seed)
        for _ in 0..<2_000 {
            let term = random.term()
            let canonical = term.external
            try #require(decode(canonical).term == term)
            try #require(transcode(canonical).output == canonical)
            let other = random.looseForm(of: term)
            try #require(decode(other).term == term, "\(hexText(other))")
            try #require(decode(other).reading.byteCount == other.count)
            try #require(parse(other).byteCount == other.count)
            try #require(transcode(other).output == canonical, "\(hexText(other))")
        }
    }

    @Test("they take the same inputs, refuse the same at the same place, and never trap", arguments: seeds)
    func mutations(seed: UInt64) throws {
        print("seed \(seed)")
        var random = RandomTerms(seed: seed &+ 1_000)
        var takenCount = 0
        for _ in 0..<10_000 {
            let term = random.term()
            let bytes = random.mutation(of: random.looseForm(of: term))
            let limits = TermLimits(depth: random.pick(1_024, 1_024, 3, 1, 0), inflatedByteCount: 4_096)
            let (reading, decoded) = decode(bytes, limits: limits)
            let (transcoding, output) = transcode(bytes, limits: limits)
            try #require(transcoding == reading, "\(limits.depth) \(hexText(bytes))")
            if case .local = decoded {
            } else {
                try #require(parse(bytes, limits: limits) == reading, "\(limits.depth) \(hexText(bytes))")
            }
            guard let decoded else { continue }
            takenCount += 1
            try #require(hexText(decoded.external) == hexText(output), "\(hexText(bytes))")
            try #require(decode(output).term == decoded)
        }
        #expect(takenCount > 1_000)
    }

    @Test("canonical bytes are a fixed point, whatever forms a map's keys come in", arguments: seeds)
    func fixedPoint(seed: UInt64) throws {
        var random = RandomTerms(seed: seed &+ 2_000)
        for _ in 0..<500 {
            let pairs = (0..<random.number(2...40)).map { _ in TermMap.Pair(random.term(depth: 3), 1) }
            let map = Term.map(TermMap(pairs))
            let bytes = random.looseForm(of: map)
            let output = transcode(bytes).output
            try #require(output == map.external, "\(hexText(bytes))")
            try #require(transcode(output).output == output)
        }
    }
}
