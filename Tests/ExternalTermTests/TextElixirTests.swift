import ExternalTerm
import Testing

@Suite("Terms in Elixir's notation")
struct TextElixirTests {
    @Test(
        "a term's text is what inspect gives with structs: false, byte for byte",
        .enabled(if: TextJudge.hasElixir, "elixir is not installed"), arguments: [3, 4])
    func judged(seed: Int) throws {
        let terms = try TextJudge.erlang(seed: seed, count: 3_000, range: "latin1").map(\.external)
        let verdicts = try TextJudge.elixir(terms, options: "[structs: false]")
        #expect(verdicts.count == terms.count)
        for verdict in verdicts {
            let term = try Term(external: verdict.external)
            var text = ""
            term.write(elixirTextTo: &text, structs: false)
            guard text != verdict.text else { continue }
            Issue.record("seed \(seed): \(text) is \(verdict.text) in Elixir")
        }
    }

    @Test(
        "structs that people know by their text have it",
        .enabled(if: TextJudge.hasElixir, "elixir is not installed"))
    func knownStructs() throws {
        let expressions = [
            "~D[2024-02-29]", "~D[-0001-01-02]", "~D[0000-12-31]", "~T[10:20:30]", "~T[23:59:59.120]",
            "~T[00:00:00.000000]",
            "~N[2024-01-02 10:20:30.1]", "~U[2024-01-02 10:20:30Z]", "~U[1969-12-31 23:59:59.999999Z]",
            "[~D[2024-01-02], a: ~T[00:00:01]]",
            "1..2", "2..1//-1", "1..9//3", "-5..-9//-2", "1..0//1", "100000000000000000000..2//-1",
            "URI.parse(\"https://u:p@a.b:99/c?q#f\")", "URI.parse(\"/x\")", "%URI{}", "%{URI.parse(\"a\") => %{}}",
            "~r/a+/", "~r/a\\/b\\\\\\n\\t\\d/ui", "Regex.compile!(\"a/b\\\\\\\\/é\\x07\\x7F\\0\\e\", \"x\")",
            "Regex.compile!(\"a\\nb\\#{\")",
            "MapSet.new([1, :a, ~c\"ab\", [b: ~c\"c\"], %{x: ~c\"y\"}])", "MapSet.new([])", "MapSet.new([a: 1, b: 2])",
            "%{__struct__: Range, first: 1}", "%{__struct__: nil, a: 1}", "%{__struct__: 1}",
        ]
        let verdicts = try TextJudge.elixir(expressions: expressions)
        try #require(verdicts.count == expressions.count)
        for (expression, verdict) in zip(expressions, verdicts) where !expression.contains("Range") {
            #expect(try Term(external: verdict.external).elixirText == verdict.text, "\(expression)")
        }
    }

    @Test(
        "a literal is read as Elixir reads it",
        .enabled(if: TextJudge.hasElixir, "elixir is not installed"))
    func read() throws {
        let literals = [
            "1_000", "0xfF", "0b1_01", "0o17", "-0x10", "- 5", "+7", "-0.0", "1.5e3", "1.5E-3", "1.0e+5", "1_0.2_5",
            "?a", "?\\n", "?\\s",
            "? ", "?é", "?\\\\", ":a", ":\"a b\"", ":'a b'", ":\"\\u00e9\"", ":é", ":日本", ":a?", ":a!",
            ":f@g", ":Foo", ":+", ":<<>>", ":%{}", ":{}", ":%", ":..", ":...", ":\"..//\"", ":|||", ":->", ":.",
            ":\"::\"", "nil", "true", "false",
            "Foo", "Foo.Bar2", "Elixir", "Elixir.Foo", "Elixir.Elixir.Foo", "\"\"", "\"a\\\"b\\d\\e\\z\\0\\s\\a\"",
            "\"日\\u65e5\\u{1F600}\"",
            "\"\\xff\\x0\"", "\"\\#{a} # {\"", "\"a\\\nb\"", "\"a\nb\"", "'abc'", "'日\\''", "~c\"a\\\"b\"", "~c(a\\)b)",
            "~C[a\\n\\]]", "~s{a\\n}",
            "~S/a\\n/", "~s|\"|", "[]", "[1, 2,]", "[1 | 2]", "[1, 2 | [3]]", "[1 | [a: 2]]", "[a: 1, b: 2]",
            "[1, a: 2]", "[\"a b\": 1]",
            "['a b': 1]", "[nil: 1, Foo: 2, +: 3, %{}: 4, {}: 5, <<>>: 6, ->: 7, ..: 8, .: 9, &: 10, a?: 11]", "{}",
            "{1, a: 2}",
            "{ :a , [ ] }", "%{}", "%{a: 1}", "%{1 => 2, :a => 3}", "%{1 => 2, a: 3}", "%{\"a\": 1}", "%{a: 1, a: 2}",
            "%{ Foo => nil , }",
            "<<>>", "<<1, 2>>", "<<256, -1>>", "<<5::3>>", "<<5::size(3)>>", "<<1::4-unit(3)>>", "<<1::2*8>>",
            "<<1::little-16>>",
            "<<1::size(12)-little>>", "<<-2::70>>", "<<\"abc\">>", "<<\"é\", 1>>", "<<\"a😀\"::utf16>>",
            "<<\"a😀\"::utf16-little>>",
            "<<\"é\"::utf8>>", "<<\"é\"::utf32>>", "<<\"é\"::binary>>", "<<?a, ?b::16>>", "<<?😀::utf8>>", "<<1.5>>",
            "<<1.5::float-32>>",
            "<<2::float>>", "<< <<1, 2::3>>::bitstring, 5::5>>",
            "&String.upcase/1", "&:lists.map/2", "&Foo.+/2", "&Foo.//2", "&Foo.::/2", "&Foo.\"%{}\"/2",
            "&Foo.\"a b\"/3", "&Foo.a?/1", "&:\"a b\".c/0",
            "~D[2024-02-29]", "~D|-0001-01-02|", "~T[10:20:30]", "~T[10:20:30,1234567]", "~N[2024-01-02T10:20:30.5]",
            "~N\"2024-01-02 10:20:30\"",
            "~U[2024-01-02T10:20:30Z]", "~U[2024-01-02 10:20:30.000+00:00]", "1..2", "1..9//3", "-1..-5//-1",
            "%URI{host: \"a\", port: 1}", "%{__struct__: Date}", "%{%{a: 1} => [%{b: {}}]}", "[{:a, 1}, {\"b\", 2}]",
        ]
        let verdicts = try TextJudge.elixir(expressions: literals)
        try #require(verdicts.count == literals.count)
        for (literal, verdict) in zip(literals, verdicts) {
            #expect(try Term(elixirText: literal) == Term(external: verdict.external), "\(literal)")
            #expect(try Term(elixirText: " \n\(literal)\n ") == Term(external: verdict.external), "\(literal)")
        }
    }

    @Test(
        "Elixir reads a term's text as the term",
        .enabled(if: TextJudge.hasElixir, "elixir is not installed"))
    func readByElixir() throws {
        var random = RandomTerms(seed: 5)
        var terms: [Term] = []
        while terms.count < 300 {
            let term = random.literal(depth: 3)
            let text = term.elixirText
            // Elixir writes such characters in atoms so that they do not read back, has no structs of modules that it
            // does not know, and takes the characters of identifiers for security risks where they mix scripts.
            let isOdd =
                text.contains("\\x") || text.contains("%") || !text.utf8.allSatisfy { $0 < 0x80 } || text.contains("..")
            if !isOdd, !text.contains("MapSet"), !text.contains("Decimal"), !text.contains("&") { terms.append(term) }
        }
        let verdicts = try TextJudge.elixir(expressions: terms.map(\.elixirText))
        try #require(verdicts.count == terms.count)
        for (term, verdict) in zip(terms, verdicts) {
            #expect(try Term(external: verdict.external) == term, "\(term.elixirText)")
        }
    }

    static let decimals: [(sign: Int, coefficient: Term, exponent: Int, text: String)] = [
        (1, 3_719, -2, "37.19"), (-1, 3_719, -2, "-37.19"), (1, 0, 0, "0"), (-1, 0, 0, "-0"), (1, 0, -2, "0.00"),
        (1, 5, -1, "0.5"),
        (1, 5, -6, "0.000005"), (1, 5, -7, "5E-7"), (1, 15, -8, "1.5E-7"), (1, 5, 3, "5E+3"), (1, 15, 3, "1.5E+4"),
        (1, 10, 1, "1.0E+2"),
        (1, 123, -3, "0.123"), (1, 123, -2, "1.23"), (1, 123, -9, "1.23E-7"), (1, 42, 0, "42"),
        (1, .atom("NaN"), 0, "NaN"),
        (-1, .atom("inf"), 0, "-Infinity"),
    ]

    @Test("a decimal has the text of the library Decimal, and reads back", arguments: decimals)
    func decimal(decimal: (sign: Int, coefficient: Term, exponent: Int, text: String)) throws {
        let term = Term.map([
            "__struct__": .atom("Elixir.Decimal"), "sign": .integer(decimal.sign), "coef": decimal.coefficient,
            "exp": .integer(decimal.exponent),
        ])
        #expect(term.elixirText == "Decimal.new(\"\(decimal.text)\")")
        #expect(try Term(elixirText: term.elixirText) == term)
    }

    /// The fields of a struct.
    static func structure(_ module: Atom, _ fields: TermMap) -> Term {
        .map(fields.merging(["__struct__": .atom(module)]))
    }

    static let iso: TermMap = ["calendar": .atom("Elixir.Calendar.ISO")]

    static let others: [(term: Term, text: String)] = [
        (structure("Elixir.Shop.Product", ["id": 1, "name": "x"]), "%Shop.Product{id: 1, name: \"x\"}"),
        (structure("Elixir.Empty", [:]), "%Empty{}"),
        (structure("shop product", ["a b": 1]), "%:\"shop product\"{\"a b\": 1}"),
        (structure("nil", [:]), "%{__struct__: nil}"), (.map(["__struct__": 1]), "%{__struct__: 1}"),
        (
            .map(TermMap([.init(.atom("__struct__"), .atom("Elixir.A")), .init("b", 1)])),
            "%{:__struct__ => A, \"b\" => 1}"
        ),
        (
            structure("Elixir.RuntimeError", ["message": "x", "__exception__": true]),
            "%RuntimeError{__exception__: true, message: \"x\"}"
        ),
        (structure("Elixir.Range", ["first": 1, "last": 3]), "%Range{first: 1, last: 3}"),
        (structure("Elixir.Range", ["first": 1, "last": 3, "step": 0]), "%Range{first: 1, last: 3, step: 0}"),
        (structure("Elixir.MapSet", ["map": .map(TermMap([.init(1, [])]))]), "MapSet.new([1])"),
        (structure("Elixir.MapSet", ["map": .map(TermMap([.init(1, 2)]))]), "%MapSet{map: %{1 => 2}}"),
        (
            structure("Elixir.Date", iso.merging(["year": 12_024, "month": 1, "day": 2])),
            "%Date{calendar: Calendar.ISO, day: 2, month: 1, year: 12024}"
        ),
        (
            structure("Elixir.Date", iso.merging(["year": 2_023, "month": 2, "day": 29])),
            "%Date{calendar: Calendar.ISO, day: 29, month: 2, year: 2023}"
        ),
        (
            structure("Elixir.Date", ["calendar": .atom("Elixir.Other"), "year": 2_023, "month": 2, "day": 1]),
            "%Date{calendar: Other, day: 1, month: 2, year: 2023}"
        ),
        (
            structure(
                "Elixir.Time", iso.merging(["hour": 1, "minute": 2, "second": 3, "microsecond": .tuple([123_456, 3])])),
            "%Time{calendar: Calendar.ISO, hour: 1, microsecond: {123456, 3}, minute: 2, second: 3}"
        ),
        (
            structure("Elixir.Decimal", ["sign": 1, "coef": -5, "exp": 0]),
            "%Decimal{coef: -5, exp: 0, sign: 1}"
        ),
        (structure("Elixir.URI", ["host": "a"]), "%{__struct__: URI, host: \"a\"}"),
        (.list([97, 98, 7]), "~c\"ab\\a\""), (.list([97, 200]), "[97, 200]"),
        (.string("\u{200B}\u{A0}"), "\"\\u200B\\u00A0\""),
        (.atom("日本_x"), ":日本_x"), (.atom("日本x"), ":\"日本x\""),
    ]

    @Test("any other struct is written with its module's name and reads back", arguments: others)
    func otherStruct(other: (term: Term, text: String)) throws {
        #expect(other.term.elixirText == other.text)
        #expect(try Term(elixirText: other.text) == other.term)
    }

    @Test(
        "a regex shows its source and its options in any release's form",
        arguments: [
            (Term.string("ui"), "~r/a+/ui"), (.list([.atom("caseless"), .atom("unicode"), .atom("ucp")]), "~r/a+/ui"),
            (
                .list([.atom("dotall"), .tuple([.atom("newline"), .atom("anycrlf")]), .atom("multiline")]), "~r/a+/ms"
            ), (.list([]), "~r/a+/"),
        ])
    func regex(options: Term, text: String) {
        let regex = Self.structure(
            "Elixir.Regex", ["opts": options, "source": "a+", "re_pattern": 1, "re_version": ""])
        #expect(regex.elixirText == text)
    }

    @Test("a set of Elixir 1.14 has a version and is written as it is later")
    func set() {
        let set = Self.structure("Elixir.MapSet", ["map": .map(TermMap([.init(1, [])])), "version": 2])
        #expect(set.elixirText == "MapSet.new([1])")
        var bare = ""
        set.write(elixirTextTo: &bare, structs: false)
        #expect(bare == "%{__struct__: MapSet, map: %{1 => []}, version: 2}")
    }

    @Test(
        "what only a node can tell is written as the term's own node writes it",
        arguments: [
            (Term.pid(Pid(node: "a@b", number: 5, serial: 7, creation: 9)), "#PID<0.5.7>"),
            (.port(Port(node: "a@b", number: 6, creation: 9)), "#Port<0.6>"),
            (.reference(Reference(node: "a@b", creation: 9, words: [1, 2, 3])), "#Reference<0.3.2.1>"),
            (.local([1, 2, 3]), "#Local<3 bytes>"),
        ])
    func identifiers(term: Term, text: String) {
        #expect(term.elixirText == text)
    }
}
