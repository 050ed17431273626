import ExternalTerm
import Testing

@Suite("Terms in Erlang's notation")
struct TextErlangTests {
    @Test(
        "a term's text is what ~0tp prints, byte for byte",
        .enabled(if: TextJudge.hasErlang, "erl is not installed"),
        arguments: [("latin1", ErlangPrintableRange.latin1), ("unicode", .unicode)], [1, 2])
    func judged(range: (String, ErlangPrintableRange), seed: Int) throws {
        let verdicts = try TextJudge.erlang(seed: seed, count: 3_000, range: range.0)
        #expect(verdicts.count > 3_000)
        for verdict in verdicts {
            let term = try Term(external: verdict.external)
            var text = ""
            term.write(erlangTextTo: &text, printable: range.1)
            guard text != verdict.text else { continue }
            Issue.record("seed \(seed): \(text) is \(verdict.text) in Erlang")
        }
    }

    @Test(
        "a literal is read as Erlang reads it",
        .enabled(if: TextJudge.hasErlang, "erl is not installed"))
    func read() throws {
        let literals = [
            "1_000", "16#fF", "2#1_01", "36#Zz", "-16#1_0", "- 5", "+7", "0", "-0.0", "1.5e3", "1.5E-3", "1.0e+5",
            "1_0.2_5", "$a",
            "$\\n", "$\\s", "$ ", "$\\x41", "$\\x{1F600}", "$\\101", "$\\^a", "$\\\\", "$\\'", "$é", "-$a",
            "'a\\x{e9}b'", "'\\''", "''",
            "été", "a@B_1", "'fun'", "{ }", "{a , 1}", "[ ]", "[a|b]", "[1,2|[3]]", "[1|[2|c]]", "[[]]", "\"\"",
            "\"a\" \"b\"",
            "\"a\\\"b\\d\\e\\z\"", "\"日本\"", "\"\\1\\12\\1234\"", "#{}", "#{ a=>1 , \"b\" => #{} }",
            "#{a => 1, a => 2}",
            "<<>>", "<< >>", "<<1,2>>", "<<256>>", "<<-1>>", "<<5:3>>", "<<1:1,0:1,-1:6>>", "<<1:12>>",
            "<<16#123:12/little>>",
            "<<16#123:16/little,1:7>>", "<<1:3/unit:4>>", "<<1:2/integer-unit:8-little>>", "<<-2:70/signed>>",
            "<<1:0>>",
            "<<123456789012345678901234567890:100>>", "<<\"abc\">>", "<<\"é日\">>", "<<\"é日\"/utf8>>",
            "<<\"a😀\"/utf16>>",
            "<<\"a😀\"/utf16-little>>", "<<\"a😀\"/utf32>>", "<<\"ab\":16>>", "<<\"ab\":4/little>>", "<<1.5/float>>",
            "<<1.5:32/float-little>>", "<<2/float>>", "<<16#1F600/utf8,3:2>>", "<<$a,$b:16>>", "<<\"a\" \"b\",1>>",
            "fun lists:map/2", "fun 'a b':'c'/0", "{[],{},#{[] => {}}}", "[ $a , 98 | \"c\" ]",
        ]
        let verdicts = try TextJudge.erlang(expressions: literals)
        try #require(verdicts.count == literals.count)
        for (literal, external) in zip(literals, verdicts) {
            #expect(try Term(erlangText: literal) == Term(external: external), "\(literal)")
            #expect(try Term(erlangText: " \n\(literal) .\n") == Term(external: external), "\(literal)")
        }
    }

    @Test(
        "what only a node can tell is written as the term's own node writes it",
        arguments: [
            (Term.pid(Pid(node: "a@b", number: 5, serial: 7, creation: 9)), "<0.5.7>"),
            (.port(Port(node: "a@b", number: 1 << 40, creation: 9)), "#Port<0.1099511627776>"),
            (.reference(Reference(node: "a@b", creation: 9, words: [1, 2, 3])), "#Ref<0.3.2.1>"),
            (.reference(Reference(node: "a@b", creation: 9, words: [1])), "#Ref<0.1>"),
            (.reference(Reference(node: "a@b", creation: 9, words: [1, 2, 3, 4, 5])), "#Ref<0.5.4.3.2.1>"),
            (.local([1, 2, 3]), "#Local<3 bytes>"),
            (.externalFunction(ExternalFunction(module: "é", function: "日本", arity: 1)), "fun é:'日本'/1"),
            (.list([1, 2], tail: .atom("b")), "[1,2|b]"),
        ])
    func identifiers(term: Term, text: String) {
        #expect(term.erlangText == text)
    }

    @Test("a long text reaches a stream in pieces")
    func pieces() {
        struct Pieces: TextOutputStream {
            var pieces: [String] = []
            mutating func write(_ string: String) { pieces.append(string) }
        }
        let text = String(repeating: "é\"", count: 100_000)
        let term = Term.list([.string(text), .binary([UInt8](repeating: 0, count: 100_000)), .atom("a")])
        for write in [{ term.write(erlangTextTo: &$0) }, { term.write(elixirTextTo: &$0) }] as [(inout Pieces) -> Void]
        {
            var output = Pieces()
            write(&output)
            #expect(output.pieces.allSatisfy { $0.utf8.count < 5_000 })
            #expect([term.erlangText, term.elixirText].contains(output.pieces.joined()))
        }
    }
}
