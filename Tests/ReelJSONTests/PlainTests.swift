import ExternalTerm
import ReelJSON
import Testing

/// A term and the JSON that it becomes.
struct Rule: CustomTestStringConvertible, Sendable {
    var term: Term
    var json: String

    init(_ term: Term, _ json: String) {
        self.term = term
        self.json = json
    }

    var testDescription: String { json }
}

private let pid = Term.pid(Pid(node: "a@b", number: 7, serial: 1, creation: 2))

/// Spec/json.md §3.
@Suite("Plain mapping") struct PlainTests {
    @Test(
        "§3.1 true, false and nil are literals, other atoms strings",
        arguments: [
            Rule(true, "true"), Rule(false, "false"), Rule(.atom(.nil), "null"), Rule(.atom("ok"), #""ok""#),
            Rule(.atom("undefined"), #""undefined""#), Rule(.atom(""), #""""#), Rule(.atom("å"), #""å""#),
            Rule(.atom("Elixir.Shop.Cart"), #""Elixir.Shop.Cart""#),
        ])
    func atoms(_ rule: Rule) { #expect(rule.term.json() == rule.json) }

    @Test(
        "§3.2 integers keep every digit",
        arguments: [
            Rule(0, "0"), Rule(-1, "-1"), Rule(255, "255"), Rule(9_007_199_254_740_993, "9007199254740993"),
            Rule(.integer(.max), "9223372036854775807"), Rule(.integer(.min), "-9223372036854775808"),
            Rule(.integer(isNegative: false, magnitude: [0, 0, 0, 0, 0, 0, 0, 0, 1]), "18446744073709551616"),
            Rule(.integer(isNegative: true, magnitude: [0, 0, 0, 0, 0, 0, 0, 0, 1]), "-18446744073709551616"),
        ])
    func integers(_ rule: Rule) { #expect(rule.term.json() == rule.json) }

    @Test(
        "§3.2 integers beyond ±(2^53 - 1) are strings when that is asked for",
        arguments: [
            Rule(9_007_199_254_740_991, "9007199254740991"), Rule(9_007_199_254_740_992, #""9007199254740992""#),
            Rule(-9_007_199_254_740_991, "-9007199254740991"), Rule(-9_007_199_254_740_992, #""-9007199254740992""#),
            Rule(.integer(isNegative: false, magnitude: [0, 0, 0, 0, 0, 0, 0, 0, 1]), #""18446744073709551616""#),
        ])
    func largeIntegers(_ rule: Rule) {
        let mapping = JSONMapping.plain(PlainOptions(writesLargeIntegersAsStrings: true))
        #expect(rule.term.json(mapping: mapping) == rule.json)
    }

    @Test("§3.2 an integer of more than 262,144 bits is a string of hexadecimal digits")
    func hugeIntegers() {
        let long = Term.integer(isNegative: true, magnitude: [UInt8](repeating: 0xAB, count: 32_769))
        #expect(long.json() == "\"-0x" + String(repeating: "ab", count: 32_769) + "\"")
        let short = Term.integer(isNegative: false, magnitude: [UInt8](repeating: 0xFF, count: 32_768))
        #expect(short.json().utf8.count == 78_914)
    }

    @Test(
        "§3.3 floats are the shortest that read back",
        arguments: [
            Rule(0.0, "0.0"), Rule(.float(-0.0), "-0.0"), Rule(1.0, "1.0"), Rule(0.1, "0.1"), Rule(1e16, "1e+16"),
            Rule(.float(.leastNonzeroMagnitude), "5e-324"),
            Rule(.float(.greatestFiniteMagnitude), "1.7976931348623157e+308"),
            Rule(-12.5, "-12.5"),
        ])
    func floats(_ rule: Rule) { #expect(rule.term.json() == rule.json) }

    @Test(
        "§3.4 binaries of UTF-8 are strings",
        arguments: [
            Rule("", #""""#), Rule("Ada", #""Ada""#), Rule("日本 👍", #""日本 👍""#), Rule("a\"b\\c/", #""a\"b\\c/""#),
            Rule("\u{0}\u{8}\t\n\u{B}\u{C}\r\u{1F}\u{7F}", #""\u0000\b\t\n\u000b\f\r\u001f\u007f""#),
            Rule("<script>&\u{2028}\u{2029}", "\"<script>&\u{2028}\u{2029}\""),
        ])
    func text(_ rule: Rule) { #expect(rule.term.json() == rule.json) }

    @Test(
        "§3.4 other binaries are objects with base64",
        arguments: [
            Rule(.binary([0xFF]), #"{"base64":"/w=="}"#), Rule(.binary([0xC0, 0x80]), #"{"base64":"wIA="}"#),
            Rule(.binary([0xED, 0xA0, 0x80]), #"{"base64":"7aCA"}"#),
            Rule(.binary([0xF4, 0x90, 0x80, 0x80]), #"{"base64":"9JCAgA=="}"#),
        ])
    func binaries(_ rule: Rule) { #expect(rule.term.json() == rule.json) }

    @Test("§3.5 bitstrings are objects with base64 and the number of bits")
    func bitstrings() throws {
        let bits = try #require(Bitstring(bytes: [0xFF, 0xFF], bitsInLastByte: 3))
        #expect(Term.bitstring(bits).json() == #"{"base64":"/+A=","bits":11}"#)
    }

    @Test(
        "§3.6 tuples and lists are arrays, charlists and keyword lists too",
        arguments: [
            Rule(.tuple([]), "[]"), Rule(.tuple([.atom("ok"), 1]), #"["ok",1]"#), Rule([], "[]"),
            Rule([[], [1]], "[[],[1]]"),
            Rule([104, 105], "[104,105]"), Rule([300, 1], "[300,1]"),
            Rule([.tuple([.atom("a"), 1])], #"[["a",1]]"#),
        ])
    func lists(_ rule: Rule) { #expect(rule.term.json() == rule.json) }

    @Test(
        "§3.6 an improper list is an array with its tail last",
        arguments: [
            Rule(.list([1], tail: 2), "[1,2]"), Rule(.list([1, 2], tail: .tuple([3])), "[1,2,[3]]"),
            Rule(.list([[]], tail: .atom("x")), #"[[],"x"]"#),
            Rule(.list([1], tail: .map(["a": [2]])), #"[1,{"a":[2]}]"#),
        ])
    func improperLists(_ rule: Rule) { #expect(rule.term.json() == rule.json) }

    @Test("§3.6 lists cut in parts are one array, empty parts included")
    func listsInParts() throws {
        // [1 | [2 | [| "ab"]]], and [| 5].
        let parts: [UInt8] = [131, 108, 0, 0, 0, 1, 97, 1, 108, 0, 0, 0, 1, 97, 2, 108, 0, 0, 0, 0, 107, 0, 2, 97, 98]
        for mapping in [JSONMapping.plain, .tagged] {
            var json = JSONWriter()
            try json.write(external: parts.span, mapping: mapping)
            #expect(String(decoding: json.bytes, as: UTF8.self) == "[1,2,97,98]")
            var five = JSONWriter()
            let bytes: [UInt8] = [131, 108, 0, 0, 0, 0, 97, 5]
            try five.write(external: bytes.span, mapping: mapping)
            #expect(String(decoding: five.bytes, as: UTF8.self) == "5")
        }
    }

    @Test(
        "§3.7 maps are objects",
        arguments: [
            Rule(.map([:]), "{}"), Rule(.map(["count": 3, "draft": "Hel"]), #"{"count":3,"draft":"Hel"}"#),
            Rule(.map(["å": .map(["b": []])]), #"{"å":{"b":[]}}"#),
        ])
    func maps(_ rule: Rule) { #expect(rule.term.json() == rule.json) }

    @Test(
        "§3.7 keys that are no strings have their text, and nil none",
        arguments: [
            Rule(1, "1"), Rule(1.5, "1.5"), Rule(true, "true"), Rule(.atom(.nil), ""),
            Rule(.tuple([.atom("a"), 1]), "{:a, 1}"),
            Rule([104, 105], #"~c\"hi\""#), Rule(.binary([0xFF]), "<<255>>"), Rule(.map(["a": 1]), "%{a: 1}"),
            Rule([], "[]"),
            Rule(pid, "#PID<0.7.1>"),
            Rule(.integer(isNegative: false, magnitude: [0, 0, 0, 0, 0, 0, 0, 0, 1]), "18446744073709551616"),
        ])
    func keys(_ rule: Rule) {
        #expect(Term.map(TermMap([TermMap.Pair(rule.term, 0)])).json() == "{\"\(rule.json)\":0}")
    }

    @Test(
        "§3.8 keys that collide get a suffix in the order of the map",
        arguments: [
            Rule(.pairs([.atom("a"): 1, "a": 2]), #"{"a":1,"a#2":2}"#),
            Rule(.pairs([1: 1, .atom("1"): 2, "1": 3]), #"{"1":1,"1#2":2,"1#3":3}"#),
            Rule(.pairs([.atom(.nil): 1, "": 2]), ##"{"":1,"#2":2}"##),
            Rule(.pairs([.atom(""): 1, .atom(.nil): 2]), ##"{"":1,"#2":2}"##),
            Rule(.pairs([.atom("a"): 1, .atom("a#2"): 2, "a": 3]), #"{"a":1,"a#2":2,"a#3":3}"#),
            Rule(.pairs([.atom("a"): 1, "a": 2, "a#2": 3]), #"{"a":1,"a#2":2,"a#2#2":3}"#),
            Rule(.pairs([.atom("a"): .pairs([.atom("b"): 1, "b": 2]), "a": 3]), #"{"a":{"b":1,"b#2":2},"a#2":3}"#),
            Rule(.pairs([.float(0.0): 1, .float(1): 2, 1: 3]), #"{"1":3,"0.0":1,"1.0":2}"#),
        ])
    func collidingKeys(_ rule: Rule) { #expect(rule.term.json() == rule.json) }

    @Test("§3.8 pids of several nodes that print alike are told apart")
    func collidingIdentifiers() {
        let other = Term.pid(Pid(node: "c@d", number: 7, serial: 1, creation: 2))
        #expect(Term.pairs([pid: 1, other: 2]).json() == ###"{"#PID<0.7.1>":1,"#PID<0.7.1>#2":2}"###)
    }

    @Test("§3.8 many keys with one text take linear time")
    func manyCollidingKeys() {
        let pairs = (0..<20_000).map {
            TermMap.Pair(.pid(Pid(node: "n", number: 1, serial: 1, creation: UInt32($0))), 0)
        }
        #expect(Term.map(TermMap(pairs)).json().hasSuffix(###"#PID<0.1.1>#20000":0}"###))
    }

    @Test(
        "§3.9 a struct names its module as Elixir prints it",
        arguments: [
            Rule(.map(["__struct__": .atom("Elixir.Shop.Cart"), "id": 1]), #"{"__struct__":"Shop.Cart","id":1}"#),
            Rule(.map(["__struct__": .atom("cart")]), #"{"__struct__":":cart"}"#),
            Rule(.map(["__struct__": "text"]), #"{"__struct__":"text"}"#),
            Rule(.map(["__struct__": .map(["a": 1])]), #"{"__struct__":{"a":1}}"#),
            Rule(.map(["a": 1, "__struct__": .atom("Elixir.A"), "b": 2]), #"{"__struct__":"A","a":1,"b":2}"#),
        ])
    func structs(_ rule: Rule) { #expect(rule.term.json() == rule.json) }

    @Test(
        "§3.10 pids, ports, references and functions are the text that Elixir prints",
        arguments: [
            Rule(pid, ##""#PID<0.7.1>""##),
            Rule(.port(Port(node: "a@b", number: 5, creation: 1)), ##""#Port<0.5>""##),
            Rule(.reference(Reference(node: "a@b", creation: 1, words: [3, 2, 1])), ##""#Reference<0.1.2.3>""##),
            Rule(
                .externalFunction(ExternalFunction(module: "Elixir.Enum", function: "map", arity: 2)), #""&Enum.map/2""#
            ),
            Rule(
                .localFunction(
                    LocalFunction(
                        module: "Elixir.Shop", arity: 1, index: 3, uniq: [UInt8](repeating: 1, count: 16), oldIndex: 3,
                        oldUniq: 99, creator: Pid(node: "a", number: 1, serial: 2, creation: 3),
                        freeVariables: [[1], pid])),
                ##""#Function<3.99/1 in Shop>""##),
            Rule(.local([1, 2, 3]), ##""#Local<3 bytes>""##),
        ])
    func identifiers(_ rule: Rule) {
        #expect(rule.term.json() == rule.json)
        if case .local = rule.term { return }
        #expect(Term.list([rule.term, 1]).json() == "[\(rule.json),1]")
    }
}

extension Term {
    /// A map with keys of any type.
    static func pairs(_ pairs: KeyValuePairs<Term, Term>) -> Term {
        .map(TermMap(pairs.map { TermMap.Pair($0.key, $0.value) }))
    }
}
