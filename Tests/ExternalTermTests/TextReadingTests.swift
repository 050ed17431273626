import ExternalTerm
import Testing

@Suite("Terms out of text")
struct TextReadingTests {
    static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6, 7, 8]

    @Test("a term reads back from its text in both notations", arguments: seeds)
    func roundTrip(seed: UInt64) throws {
        var random = RandomTerms(seed: seed)
        for _ in 0..<1_500 {
            let term = random.literal()
            #expect(try Term(erlangText: term.erlangText) == term, "seed \(seed): \(term.erlangText)")
            #expect(try Term(elixirText: term.elixirText) == term, "seed \(seed): \(term.elixirText)")
            var bare = ""
            term.write(elixirTextTo: &bare, structs: false)
            #expect(try Term(elixirText: bare) == term, "seed \(seed): \(bare)")
            var wide = ""
            term.write(erlangTextTo: &wide, printable: .unicode)
            #expect(try Term(erlangText: wide) == term, "seed \(seed): \(wide)")
        }
    }

    @Test("any other text is refused, or read as a term that is written and read again", arguments: seeds)
    func mutations(seed: UInt64) throws {
        var random = RandomTerms(seed: seed)
        for _ in 0..<3_000 {
            let term = random.literal(depth: 3)
            let erlang = random.chance(80) ? random.mutation(of: term.erlangText) : random.text()
            if let read = try? Term(erlangText: erlang) {
                #expect(try Term(erlangText: read.erlangText) == read, "seed \(seed): \(erlang)")
            }
            let elixir = random.chance(80) ? random.mutation(of: term.elixirText) : random.text()
            if let read = try? Term(elixirText: elixir) {
                #expect(try Term(elixirText: read.elixirText) == read, "seed \(seed): \(elixir)")
            }
        }
    }

    @Test("an error says where it is in a text of some lines")
    func places() throws {
        let error = #expect(throws: TermTextError.self) { try Term(erlangText: "[a,\n \"日本\", B]") }
        #expect(error?.description == "a variable at line 2, column 8; expected a literal (unsupported)")
        let other = #expect(throws: TermTextError.self) { try Term(elixirText: "%{\n  pid: #PID<0.1.0>\n}") }
        #expect(
            other?.description
                == "#PID<...>, which text does not hold at line 2, column 8; expected a literal (identifier)")
    }

    /// A text that is no term.
    struct Refusal: Sendable, CustomTestStringConvertible {
        var text: String
        var code: TermTextError.Code
        var column: Int

        init(_ text: String, _ code: TermTextError.Code, _ column: Int) {
            self.text = text
            self.code = code
            self.column = column
        }

        var testDescription: String { text }
    }

    @Test(
        "what is no literal of Erlang is refused with the reason and the place",
        arguments: [
            Refusal("", .unexpectedEnd, 1), Refusal("  ", .unexpectedEnd, 3), Refusal(".", .unexpectedCharacter, 1),
            Refusal("{a", .unexpectedEnd, 3), Refusal("{a b}", .unexpectedCharacter, 4),
            Refusal("[a,]", .unexpectedCharacter, 4),
            Refusal("[|a]", .unexpectedCharacter, 2), Refusal("[a|b,c]", .unexpectedCharacter, 5),
            Refusal("a b", .trailingText, 3), Refusal("a. b", .trailingText, 4),
            Refusal("#{a}", .unexpectedCharacter, 4),
            Refusal("#{a => }", .unexpectedCharacter, 8), Refusal("#{a := b}", .unexpectedCharacter, 5),
            Refusal("<0.1.0>", .identifier, 1), Refusal("#Ref<0.1.2.3>", .identifier, 1),
            Refusal("[#Port<0.1>]", .identifier, 2), Refusal("#Fun<m.1.2>", .identifier, 1),
            Refusal("#Local<2 bytes>", .identifier, 1),
            Refusal("X", .unsupported, 1), Refusal("{_}", .unsupported, 2), Refusal("#rec{a = 1}", .unsupported, 1),
            Refusal("fun() -> ok end", .unsupported, 4), Refusal("% a\na", .unsupported, 1),
            Refusal("f(x)", .trailingText, 2),
            Refusal("[after]", .malformedAtom, 2), Refusal("'\\x{D800}'", .malformedAtom, 1),
            Refusal("\"abc", .unexpectedEnd, 5), Refusal("'abc", .unexpectedEnd, 5),
            Refusal("\"\\x{110000}\"", .malformedString, 3),
            Refusal("\"\\xg\"", .malformedString, 3), Refusal("\"\\", .unexpectedEnd, 3),
            Refusal("$", .unexpectedEnd, 2),
            Refusal("1a", .malformedNumber, 2), Refusal("1_", .malformedNumber, 3),
            Refusal("1__0", .malformedNumber, 3),
            Refusal("1.0e", .malformedNumber, 5), Refusal("1.0e999", .malformedNumber, 1),
            Refusal("37#1", .malformedNumber, 1),
            Refusal("16#", .malformedNumber, 4), Refusal("2#12", .malformedNumber, 4),
            Refusal("-a", .unexpectedCharacter, 2),
            Refusal("<<a>>", .unexpectedCharacter, 3), Refusal("<<1", .unexpectedEnd, 4),
            Refusal("<<1:a>>", .malformedNumber, 5),
            Refusal("<<1/foo>>", .malformedBinary, 5), Refusal("<<1.5:16/float>>", .malformedBinary, 3),
            Refusal("<<1.5/integer>>", .malformedBinary, 3), Refusal("<<\"a\"/binary>>", .malformedBinary, 3),
            Refusal("<<16#D800/utf8>>", .malformedBinary, 3), Refusal("<<1:99999999999>>", .limitExceeded, 3),
            Refusal("<<1:99999999999999999999>>", .malformedBinary, 5), Refusal("fun m:f", .unexpectedEnd, 8),
            Refusal("fun m/1", .unexpectedCharacter, 6),
        ])
    func refusedErlang(refusal: Refusal) {
        let error = #expect(throws: TermTextError.self) { try Term(erlangText: refusal.text) }
        #expect(
            error?.code == refusal.code && error?.line == 1 && error?.column == refusal.column,
            "\(String(describing: error))")
    }

    @Test(
        "what is no literal of Elixir is refused with the reason and the place",
        arguments: [
            Refusal("", .unexpectedEnd, 1), Refusal("{:a", .unexpectedEnd, 4),
            Refusal("[1 2]", .unexpectedCharacter, 4),
            Refusal("[,]", .unexpectedCharacter, 2), Refusal("[1 | 2, 3]", .unexpectedCharacter, 7),
            Refusal("[1 | a: 2]", .unsupported, 6), Refusal("{a: 1}", .unexpectedCharacter, 6),
            Refusal("[| 1]", .unexpectedCharacter, 2), Refusal("[a: 1, 2]", .unexpectedCharacter, 8),
            Refusal("[a:1]", .unsupported, 2), Refusal("%{a: 1, 2 => 3}", .unexpectedCharacter, 9),
            Refusal("%{1 = 2}", .unexpectedCharacter, 5), Refusal("%{m | a: 1}", .unsupported, 3),
            Refusal("%{%{} | a: 1}", .unsupported, 7), Refusal("%foo{}", .unexpectedCharacter, 2),
            Refusal(":a :b", .trailingText, 4),
            Refusal("#PID<0.1.0>", .identifier, 1), Refusal("#Reference<0.1.2.3>", .identifier, 1),
            Refusal("{#Port<0.1>}", .identifier, 2), Refusal("#Function<3.1/2 in Foo>", .identifier, 1),
            Refusal("#Ecto.Schema.Metadata<:loaded>", .identifier, 1), Refusal("~r/a/", .identifier, 1),
            Refusal("#Local<2 bytes>", .identifier, 1), Refusal("x", .unsupported, 1),
            Refusal("foo()", .unsupported, 1),
            Refusal("# a", .unsupported, 1), Refusal("Foo.bar", .unsupported, 1),
            Refusal("Foo.new(1)", .unsupported, 1),
            Refusal("\"a#{b}\"", .unsupported, 3), Refusal("\"\"\"\na\n\"\"\"", .unsupported, 1),
            Refusal("~w(a b)", .unsupported, 1),
            Refusal("~c\"a\"x", .unsupported, 6), Refusal("&(&1)", .unsupported, 2), Refusal("&foo/1", .unsupported, 2),
            Refusal("&Foo.bar", .unexpectedEnd, 9), Refusal("&Foo.bar/99999999999", .malformedNumber, 10),
            Refusal("\"abc", .unexpectedEnd, 5), Refusal("'abc", .unexpectedEnd, 5),
            Refusal("\"\\u12\"", .malformedString, 3),
            Refusal("\"\\uD800\"", .malformedString, 3), Refusal("'\\xFF'", .malformedString, 1),
            Refusal("\"\\x{}\"", .malformedString, 3), Refusal(":", .unexpectedEnd, 2),
            Refusal(": a", .unexpectedCharacter, 2),
            Refusal(":1", .unexpectedCharacter, 2), Refusal("?", .unexpectedEnd, 2), Refusal("0x", .malformedNumber, 3),
            Refusal("0b12", .malformedNumber, 4), Refusal("1_", .malformedNumber, 3),
            Refusal("12a", .malformedNumber, 3),
            Refusal("1.0e400", .malformedNumber, 1), Refusal("1..2//0", .malformedNumber, 4),
            Refusal("1..", .unexpectedEnd, 4),
            Refusal("1..2.5", .malformedNumber, 4), Refusal("<<1::foo>>", .malformedBinary, 6),
            Refusal("<<1::size(99999999999)>>", .limitExceeded, 3), Refusal("<<\"a\"::size(8)>>", .malformedBinary, 3),
            Refusal("<<1.5::integer>>", .malformedBinary, 3), Refusal("<<1", .unexpectedEnd, 4),
            Refusal("~D[2024-02-30]", .malformedSigil, 1), Refusal("~T[24:00:00]", .malformedSigil, 1),
            Refusal("~N[2024-01-02]", .malformedSigil, 1), Refusal("~U[2024-01-02 00:00:00+01:00]", .malformedSigil, 1),
            Refusal("~D[2024-01-02 Foo]", .malformedSigil, 1), Refusal("Decimal.new(\"x\")", .malformedSigil, 1),
            Refusal("Decimal.new(\"1E99999999999999\")", .malformedSigil, 1),
            Refusal("MapSet.new(%{})", .unsupported, 15),
        ])
    func refusedElixir(refusal: Refusal) {
        let error = #expect(throws: TermTextError.self) { try Term(elixirText: refusal.text) }
        #expect(
            error?.code == refusal.code && error?.line == 1 && error?.column == refusal.column,
            "\(String(describing: error))")
    }

    @Test("a name of more than 255 characters is no atom")
    func longAtom() {
        let name = String(repeating: "é", count: 256)
        for text in ["'\(name)'", name] {
            #expect(throws: TermTextError.self) { try Term(erlangText: text) }
        }
        for text in [":\"\(name)\"", ":\(name)", "[\(name): 1]", "%Foo{\"\(name)\": 1}"] {
            let error = #expect(throws: TermTextError.self) { try Term(elixirText: text) }
            #expect(error?.code == .malformedAtom, "\(text)")
        }
    }

    @Test("a very long integer is written and read in hexadecimal, and refused in decimal")
    func longInteger() throws {
        let magnitude = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 &* 7 | 1) }
        let term = Term.integer(isNegative: true, magnitude: magnitude)
        #expect(term.erlangText.hasPrefix("-16#"))
        #expect(try Term(erlangText: term.erlangText) == term)
        #expect(try Term(elixirText: term.elixirText) == term)
        let error = #expect(throws: TermTextError.self) {
            try Term(erlangText: String(repeating: "7", count: 262_145))
        }
        #expect(error?.code == .limitExceeded)
        let other = #expect(throws: TermTextError.self) {
            try Term(elixirText: "-0x" + String(repeating: "f", count: 8_388_593))
        }
        #expect(other?.code == .limitExceeded)
    }

    @Test("a binary of more bytes than the limits allow is refused")
    func longBinary() throws {
        let limits = TermLimits(inflatedByteCount: 4)
        #expect(try Term(erlangText: "<<1,2:24>>", limits: limits) == .binary([1, 0, 0, 2]))
        #expect(throws: TermTextError.self) { try Term(erlangText: "<<1,2:25>>", limits: limits) }
        #expect(throws: TermTextError.self) { try Term(elixirText: "<<1, \"abcd\">>", limits: limits) }
    }

    @Test(
        "terms may be nested 1,024 deep and no deeper",
        arguments: [("[", "]"), ("{", "}"), ("#{1 => ", "}"), ("#{", " => 1}"), ("[a|", "]")])
    func depthOfErlang(ends: (String, String)) throws {
        func text(_ count: Int) -> String {
            String(repeating: ends.0, count: count) + "a" + String(repeating: ends.1, count: count)
        }
        let term = try Term(erlangText: text(1_024))
        #expect(try Term(erlangText: term.erlangText) == term)
        for count in [1_025, 1_000_000] {
            let error = #expect(throws: TermTextError.self) { try Term(erlangText: text(count)) }
            #expect(error?.code == .limitExceeded)
            // A map is told from a record by its second character.
            #expect(error?.column == 1_024 * ends.0.utf8.count + (ends.0.hasPrefix("#") ? 2 : 1))
        }
        #expect(throws: TermTextError.self) { try Term(erlangText: text(9), limits: TermLimits(depth: 8)) }
    }

    @Test(
        "terms may be nested 1,024 deep and no deeper in Elixir as well",
        arguments: [
            ("[", "]"), ("{", "}"), ("%{1 => ", "}"), ("%{", " => 1}"), ("%Foo{a: ", "}"), ("[a: ", "]"),
            ("[1 | ", "]"),
        ])
    func depthOfElixir(ends: (String, String)) throws {
        func text(_ count: Int) -> String {
            String(repeating: ends.0, count: count) + "1.5" + String(repeating: ends.1, count: count)
        }
        let perLevel = ends.0 == "[a: " ? 2 : 1
        let term = try Term(elixirText: text(1_024 / perLevel))
        #expect(try Term(elixirText: term.elixirText) == term)
        for count in [1_025, 1_000_000] {
            let error = #expect(throws: TermTextError.self) { try Term(elixirText: text(count)) }
            #expect(error?.code == .limitExceeded)
        }
    }
}
