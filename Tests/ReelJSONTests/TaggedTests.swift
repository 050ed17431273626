import ExternalTerm
import ReelJSON
import Testing

private let creator = Pid(node: "a@b", number: 7, serial: 1, creation: 2)

/// Spec/json.md §4.
@Suite("Tagged mapping") struct TaggedTests {
    static let rules = [
        Rule(true, "true"), Rule(false, "false"), Rule(.atom(.nil), "null"), Rule(.atom("ok"), #"{"$atom":"ok"}"#),
        Rule(.atom(""), #"{"$atom":""}"#), Rule(.atom("å"), #"{"$atom":"å"}"#),
        Rule(0, "0"), Rule(.integer(.min), "-9223372036854775808"),
        Rule(.integer(isNegative: false, magnitude: [0, 0, 0, 0, 0, 0, 0, 0, 1]), "18446744073709551616"),
        Rule(.float(-0.0), "-0.0"), Rule(3.0, "3.0"), Rule(1e22, "1e+22"),
        Rule(.float(.leastNonzeroMagnitude), "5e-324"),
        Rule("", #""""#), Rule("日本", #""日本""#), Rule("a\u{1}\"", #""a\u0001\"""#),
        Rule(.binary([0xFF, 0x00]), #"{"$binary":"/wA="}"#),
        Rule([], "[]"), Rule([1, [2]], "[1,[2]]"), Rule([104, 105], "[104,105]"),
        Rule(.list([1], tail: 2), #"[1,{"$tail":2}]"#),
        Rule(.list([1], tail: .tuple([.list([2], tail: 3)])), #"[1,{"$tail":{"$tuple":[[2,{"$tail":3}]]}}]"#),
        Rule(.tuple([]), #"{"$tuple":[]}"#), Rule(.tuple([.atom("ok"), []]), #"{"$tuple":[{"$atom":"ok"},[]]}"#),
        Rule(.map([:] as TermMap), "{}"),
        Rule(
            .map(["a": 1, "b": .map(["c": 2])]),
            #"{"$map":[[{"$atom":"a"},1],[{"$atom":"b"},{"$map":[[{"$atom":"c"},2]]}]]}"#),
        Rule(.pid(creator), #"{"$pid":{"node":"a@b","number":7,"serial":1,"creation":2}}"#),
        Rule(
            .port(Port(node: "a@b", number: .max, creation: 1)),
            #"{"$port":{"node":"a@b","number":18446744073709551615,"creation":1}}"#),
        Rule(
            .reference(Reference(node: "a@b", creation: 1, words: [3, 2])),
            #"{"$ref":{"node":"a@b","creation":1,"words":[3,2]}}"#),
        Rule(
            .externalFunction(ExternalFunction(module: "m", function: "f", arity: 2)),
            #"{"$fun":{"module":"m","function":"f","arity":2}}"#),
        Rule(
            .localFunction(
                LocalFunction(
                    module: "m", arity: 1, index: 3, uniq: [UInt8](repeating: 0, count: 16), oldIndex: 4, oldUniq: 99,
                    creator: creator, freeVariables: [1, .tuple([])])),
            #"{"$closure":{"module":"m","arity":1,"index":3,"uniq":"AAAAAAAAAAAAAAAAAAAAAA==","old_index":4,"old_uniq":99,"creator":{"node":"a@b","number":7,"serial":1,"creation":2},"free":[1,{"$tuple":[]}]}}"#
        ),
        Rule(.local([1, 2, 3]), #"{"$local":"AQID"}"#),
    ]

    @Test("§4 every kind of term has its image, which leads back", arguments: rules)
    func rule(_ rule: Rule) throws {
        #expect(rule.term.json(mapping: .tagged) == rule.json)
        #expect(try Term(taggedJSON: rule.json) == rule.term)
    }

    @Test("§4.5 a bitstring is base64 and its number of bits")
    func bitstrings() throws {
        let bits = Term.bitstring(try #require(Bitstring(bytes: [0xFF, 0xFF], bitsInLastByte: 3)))
        #expect(bits.json(mapping: .tagged) == #"{"$bits":"/+A=","size":11}"#)
        #expect(try Term(taggedJSON: #"{"$bits":"/+A=","size":11}"#) == bits)
    }

    @Test("§4.2 an integer of more than 262,144 bits is hexadecimal")
    func hugeIntegers() throws {
        for isNegative in [true, false] {
            let term = Term.integer(
                isNegative: isNegative, magnitude: [1] + [UInt8](repeating: 0, count: 40_000) + [0x0A])
            let json = term.json(mapping: .tagged)
            #expect(json.hasPrefix(isNegative ? #"{"$integer":"-0xa00"# : #"{"$integer":"0xa00"#))
            #expect(try Term(taggedJSON: json) == term)
        }
        let longest = Term.integer(isNegative: false, magnitude: [UInt8](repeating: 0xFF, count: 32_768))
        #expect(try Term(taggedJSON: longest.json(mapping: .tagged)) == longest)
    }

    @Test(
        "§4.7 a map is an object when all of its keys are text that does not start with $",
        arguments: [
            Rule(.pairs(["a": 1, "": 2]), #"{"":2,"a":1}"#),
            Rule(.pairs(["a": .pairs(["b": 1])]), #"{"a":{"b":1}}"#),
            Rule(.pairs(["$a": 1]), #"{"$map":[["$a",1]]}"#),
            Rule(.pairs(["a": 1, .binary([0xFF]): 2]), #"{"$map":[["a",1],[{"$binary":"/w=="},2]]}"#),
            Rule(.pairs([1: 2, "a": 1]), #"{"$map":[[1,2],["a",1]]}"#),
            Rule(
                .pairs(["a": .pairs([1: 2]), "b": .pairs(["c": .pairs(["$": []])])]),
                #"{"a":{"$map":[[1,2]]},"b":{"c":{"$map":[["$",[]]]}}}"#),
            Rule(
                .pairs(["a": .list([.pairs(["x": 1, .binary([0xFF]): 2])], tail: 3), "z": .pairs(["y": 1])]),
                #"{"a":[{"$map":[["x",1],[{"$binary":"/w=="},2]]},{"$tail":3}],"z":{"y":1}}"#),
        ])
    func maps(_ rule: Rule) throws {
        #expect(rule.term.json(mapping: .tagged) == rule.json)
        #expect(try Term(taggedJSON: rule.json) == rule.term)
    }

    @Test(
        "§5.1 what no term is written as is refused",
        arguments: [
            #"{"$atm":"ok"}"#, #"{"$atom":1}"#, #"{"$atom":{"$binary":"/w=="}}"#, #"{"$atom":"a","b":1}"#,
            #"{"b":1,"$atom":"a"}"#,
            #"{"$tuple":{}}"#, #"{"$tuple":{"$tuple":[]}}"#, #"{"$tuple":[1,{"$tail":2}]}"#, #"{"$tail":1}"#,
            #"[{"$tail":1}]"#,
            #"[{"$tail":1},2]"#, #"[1,{"$tail":{"$tail":2}}]"#, #"{"a":{"$tail":1}}"#, #"{"$map":[[1]]}"#,
            #"{"$map":[[1,2],[1,3]]}"#,
            #"{"$map":{"a":1}}"#, #"{"$map":[{"$tuple":[1,2]}]}"#, #"{"$binary":"/w"}"#, #"{"$binary":"/x=="}"#,
            #"{"$binary":1}"#,
            #"{"$bits":"/w==","size":8}"#, #"{"$bits":"/w==","size":3}"#, #"{"$bits":"4A==","size":11}"#,
            #"{"$bits":"4A=="}"#,
            #"{"$integer":"12"}"#, #"{"$integer":"0x"}"#, #"{"$integer":"0xg"}"#,
            #"{"$pid":{"node":"a","number":-1,"serial":0,"creation":0}}"#,
            #"{"$pid":{"node":"a","number":1,"serial":0}}"#, #"{"$ref":{"node":"a","creation":1,"words":[]}}"#,
            #"{"$ref":{"node":"a","creation":1,"words":[1,2,3,4,5,6]}}"#,
            #"{"$fun":{"module":"m","function":"f","arity":"2"}}"#,
            #"{"$closure":{"module":"m"}}"#, #"{"$port":{"node":"a","number":18446744073709551616,"creation":1}}"#,
            "1e999",
        ])
    func meaningless(_ text: String) {
        #expect(throws: JSONError.self) { try Term(taggedJSON: text) }
    }

    @Test("§5.1 the order of pairs, white space and escapes make no difference")
    func otherText() throws {
        let term = Term.pairs([1: 2, "a": 1])
        #expect(try Term(taggedJSON: "\n{ \"$\\u006Dap\" : [ [\"\\u0061\", 1] ,\t[1,2] ] }\r\n") == term)
    }

    @Test("§5.1 terms as deep as trees may be read back, and no deeper")
    func depth() throws {
        for wrap in [{ Term.list([$0]) }, { .tuple([$0]) }, { .pairs([1: $0]) }, { .pairs(["a": $0]) }]
            as [(Term) -> Term]
        {
            var term: Term = 1
            for _ in 0..<1_024 { term = wrap(term) }
            let text = term.json(mapping: .tagged)
            #expect(try Term(taggedJSON: text) == term)
            #expect(throws: JSONError.self) { try Term(taggedJSON: wrap(term).json(mapping: .tagged)) }
        }
    }
}
