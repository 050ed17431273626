import ExternalTerm
import Testing

@Suite("Native records")
struct RecordTests {
    /// What Erlang/OTP 29 writes for a record of `shop` that is exported.
    static let bytes: [UInt8] =
        [131, 67, 0, 0, 0, 2, 1, 119, 4] + Array("shop".utf8) + [119, 4] + Array("item".utf8) + [119, 2]
        + Array("id".utf8)
        + [119, 4] + Array("name".utf8) + [97, 7, 109, 0, 0, 0, 3] + Array("Ada".utf8)

    static func record(_ fields: [NativeRecord.Field], isExported: Bool = true) throws -> Term {
        .record(try #require(NativeRecord(module: "shop", name: "item", isExported: isExported, fields: fields)))
    }

    @Test("A record is read, and written as the same bytes")
    func roundTrip() throws {
        let term = try RecordTests.record([.init("id", 7), .init("name", "Ada")])
        #expect(try Term(external: RecordTests.bytes) == term)
        #expect(term.external == RecordTests.bytes)
        #expect(try Term(external: RecordTests.bytes).hashValue == term.hashValue)
        var transcoder = CanonicalTranscoder()
        var writer = TermWriter()
        _ = try transcoder.transcode(RecordTests.bytes.span, into: &writer)
        #expect(writer.bytes == RecordTests.bytes)
        var parser = TermParser(RecordTests.bytes.span, at: 1)
        guard case .record(let head) = try parser.next() else {
            Issue.record("no record")
            return
        }
        #expect(RecordTests.bytes.span.fieldNames(head) == ["id", "name"])
        try parser.skipToEnd()
        #expect(parser.offset == RecordTests.bytes.count)
    }

    @Test("A record has a text in both notations, which does not read back")
    func text() throws {
        let term = try Term(external: RecordTests.bytes)
        #expect(term.erlangText == ##"#shop:item{id = 7,name = <<"Ada">>}"##)
        #expect(term.elixirText == ##"#Record<:shop.item{id: 7, name: "Ada"}>"##)
        #expect(throws: TermTextError.self) { try Term(erlangText: term.erlangText) }
        #expect(throws: TermTextError.self) { try Term(elixirText: term.elixirText) }
    }

    @Test("Records come after tuples and before maps, by names, export, fields and values")
    func order() throws {
        let terms: [Term] = [
            .tuple([1, 2, 3]), try RecordTests.record([], isExported: false),
            try RecordTests.record([.init("z", 1)], isExported: false),
            try RecordTests.record([]), try RecordTests.record([.init("b", 2)]),
            try RecordTests.record([.init("c", 1), .init("a", 9)]),
            try RecordTests.record([.init("a", 1), .init("d", 1)]),
            try RecordTests.record([.init("d", 2), .init("a", 1)]), .map([:]),
        ]
        for (index, left) in terms.enumerated() {
            for (other, right) in terms.enumerated() { #expect((left < right) == (index < other), "\(left) \(right)") }
        }
    }

    @Test("Fields in another order make another value and the same key")
    func fieldOrder() throws {
        let one = try RecordTests.record([.init("a", 1), .init("b", .map(["k": 2]))])
        let other = try RecordTests.record([.init("b", .map(["k": 2])), .init("a", 1)])
        #expect(one != other)
        #expect(!(one < other) && !(other < one))
        #expect(TermMap([.init(one, 1), .init(other, 2)]).count == 1)
        // The bytes of both, as keys of a map.
        let map = [131, 116, 0, 0, 0, 2] + one.external.dropFirst() + [97, 1] + other.external.dropFirst() + [97, 2]
        let error = #expect(throws: TermError.self) { try Term(external: map) }
        #expect(error?.code == .duplicateKey)
        var parser = TermParser(map.span, at: 1)
        #expect(throws: TermError.self) { try parser.skipToEnd() }
        // In front of a third one, which is less than both.
        let third = try RecordTests.record([.init("a", 0), .init("b", .map(["k": 3]))])
        let unordered =
            [131, 116, 0, 0, 0, 2] + one.external.dropFirst() + [97, 1] + third.external.dropFirst() + [97, 2]
        var transcoder = CanonicalTranscoder()
        var writer = TermWriter()
        _ = try transcoder.transcode(unordered.span, into: &writer)
        #expect(try Term(external: unordered).external == writer.bytes)
    }

    @Test("A field that is named twice is refused, when the names have been read")
    func twice() throws {
        #expect(NativeRecord(module: "m", name: "r", isExported: true, fields: [.init("a", 1), .init("a", 2)]) == nil)
        let bytes: [UInt8] = [
            131, 67, 0, 0, 0, 2, 1, 119, 1, 0x6D, 119, 1, 0x72, 119, 1, 0x61, 100, 0, 1, 0x61, 97, 1, 97, 2,
        ]
        let error = #expect(throws: TermError.self) { try Term(external: bytes) }
        #expect(error?.code == .duplicateKey)
        #expect(error?.offset == 1)
    }

    @Test("Records nest as deep as other terms")
    func depth() throws {
        var term = Term.integer(1)
        for _ in 0..<1_024 { term = try RecordTests.record([.init("a", term)]) }
        #expect(try Term(external: term.external) == term)
        let deeper = try RecordTests.record([.init("a", term)]).external
        let error = #expect(throws: TermError.self) { try Term(external: deeper) }
        #expect(error?.code == .limitExceeded)
        var parser = TermParser(deeper.span, at: 1)
        #expect(throws: TermError.self) { try parser.skipToEnd() }
    }
}
