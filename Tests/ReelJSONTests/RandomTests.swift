import ExternalTerm
import Foundation
import ReelJSON
import Testing

@Suite("Both mappings, at random") struct RandomTests {
    @Test("A term of any kind comes back from the tagged mapping as the same canonical bytes")
    func roundTrip() throws {
        var random = RandomTerms(seed: RandomTerms.seed)
        for _ in 0..<3_000 {
            let term = random.term()
            for isPretty in [false, true] {
                let text = term.json(mapping: .tagged, style: JSONStyle(isPretty: isPretty, isHTMLSafe: isPretty))
                #expect(try Term(taggedJSON: text).external == term.external, "\(term.elixirText)")
            }
        }
    }

    @Test("What the plain mapping writes is JSON, each key once")
    func plain() throws {
        var random = RandomTerms(seed: RandomTerms.seed &+ 1)
        for options in [
            PlainOptions(), PlainOptions(writesLargeIntegersAsStrings: true, writesKnownStructsAsText: true),
        ] {
            for _ in 0..<3_000 {
                let term = random.term()
                let text = term.json(mapping: .plain(options))
                // The parser refuses keys that come twice.
                #expect(throws: Never.self, "\(term.elixirText)") { try Term(plainJSON: Array(text.utf8)) }
            }
        }
    }

    @Test("Whatever bytes are a term have an image, and others raise no more than that they are none")
    func mutations() throws {
        var random = RandomTerms(seed: RandomTerms.seed &+ 2)
        var accepted = 0
        for _ in 0..<20_000 {
            let bytes = random.mutation(of: random.term(depth: 3).external)
            let term = try? Term(external: bytes)
            for mapping in [
                JSONMapping.tagged, .plain, .plain(PlainOptions(writesKnownStructsAsText: true)),
            ] {
                var json = JSONWriter()
                do {
                    try json.write(external: bytes.span, mapping: mapping)
                    #expect(throws: Never.self) { try Term(plainJSON: json.bytes) }
                    accepted += 1
                    if mapping == .tagged, let term { #expect(try Term(taggedJSON: json.bytes) == term) }
                } catch {
                    #expect(term == nil)
                    #expect(json.bytes.isEmpty)
                }
            }
        }
        #expect(accepted > 1_000)
    }
}
