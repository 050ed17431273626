import ExternalTerm
import ReelJSON
import Testing

/// The cases that are known to tell JSON readers apart, after JSONTestSuite: `y` must be read, `n` must not, and of
/// `i`, which RFC 8259 leaves open, the test says what this reader does.
@Suite("JSON reader") struct ParserTests {
    static let accepted: [String] = [
        // Arrays.
        "[]", "[[]   ]", "[\"\"]", "[\"a\"]", "[false]", "[null, 1, \"1\", {}]", "[null]", "[1\n]", " [1]",
        "[1,null,null,null,2]",
        "[2] ", "[[[]]]", "[1,2,3]",
        // Numbers.
        "[123e65]", "[0e+1]", "[0e1]", "[ 4]",
        "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]",
        "[20e1]", "[-0]", "[-123]", "[-1]", "[1E22]", "[1E-2]", "[1E+2]", "[123e45]", "[123.456e78]", "[1e-2]",
        "[1e+2]",
        "[123]", "[123.456789]", "[0]", "[0.5]", "[-0.0]", "[1.0e0]", "[100000000000000000000000000]",
        // Objects.
        "{\"asd\":\"sdf\", \"dfg\":\"fgh\"}", "{\"asd\":\"sdf\"}", "{}", "{\"\":0}", "{\"foo\\u0000bar\": 42}",
        "{ \"min\": -1.0e+28, \"max\": 1.0e+28 }", "{\"x\":[{\"id\": \"xxxx\"}], \"id\": \"xxxx\"}", "{\"a\":[]}",
        "{\"title\":\"\\u041f\\u043e\\u043b\"}", "{\n\"a\": \"b\"\n}", "{\"a\":{\"a\":{\"a\":1}}}",
        // Strings.
        "[\"\\u0060\\u012a\\u12AB\"]", "[\"\\uD801\\udc37\"]", "[\"\\ud83d\\ude39\\ud83d\\udc8d\"]",
        "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "[\"\\\\u0000\"]", "[\"\\\"\"]", "[\"a/*b*/c/*d//e\"]", "[\"\\\\a\"]",
        "[\"\\\\n\"]",
        "[\"\\u0012\"]", "[\"\\uFFFF\"]", "[\"asd\"]", "[ \"asd\"]", "[\"\\uDBFF\\uDFFF\"]", "[\"new\\u00A0line\"]",
        "[\"\u{10FFFF}\"]", "[\"\u{FFFF}\"]", "[\"\\u0000\"]", "[\"\\u002c\"]", "[\"π\"]", "[\"\u{1BFFF}\"]",
        "[\"asd \"]", "\" \"",
        "[\"\\uD834\\uDd1e\"]", "[\"\\u0821\"]", "[\"\\u0123\"]", "[\"\u{2028}\"]", "[\"\u{2029}\"]",
        "[\"\\u0061\\u30af\\u30EA\\u30b9\"]",
        "[\"new\\u000Aline\"]", "[\"\u{7F}\"]", "[\"\\uA66D\"]", "[\"\\u005C\"]", "[\"⍂㈴⍂\"]", "[\"\\u200B\"]",
        "[\"\\u2064\"]",
        "[\"\\uFDD0\"]", "[\"\\uFFFE\"]", "[\"\\u0022\"]", "[\"€𝄞\"]", "[\"aa\"]",
        // What stands alone, and white space.
        "false", "42", "-0.1", "null", "\"asd\"", "true", "\"\"", "[\"a\"]\n", "[true]", " [] ", "\t[\r\n]",
        // Longer ones.
        "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]\n",
        "{\"x\":[{\"id\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}], \"id\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}",
        "{\"title\":\"\\u041f\\u043e\\u043b\\u0442\\u043e\\u0440\\u0430 \\u0417\\u0435\\u043c\\u043b\\u0435\\u043a\\u043e\\u043f\\u0430\" }",
        "[\"\\uDBFF\\uDFFE\"]", "[\"\\uD83F\\uDFFE\"]", "[\"a\u{7F}a\"]",
        String(repeating: "[", count: 500) + String(repeating: "]", count: 500),
    ]

    static let refused: [String] = [
        // Arrays.
        "[1 true]", "[\"\": 1]", "[\"\"],", "[,1]", "[1,,2]", "[\"x\",,]", "[\"x\"]]", "[\"\",]", "[\"x\"", "[x",
        "[3[4]]", "[1:2]", "[,]",
        "[-]", "[   , \"\"]", "[\"a\",\n4\n,1,", "[1,]", "[1,,]", "[\"\u{B}a\"\\f]", "[*]", "[\"\"", "[1,",
        "[1,\n1\n,1", "[{}", "[", "]",
        "[fals]", "[nul]", "[tru]", "[True]", "[NULL]", "[nulll]", "[truefalse]",
        // Numbers.
        "[++1234]", "[+1]", "[+Inf]", "[-01]", "[-1.0.]", "[-2.]", "[-NaN]", "[.-1]", "[.2e-3]", "[0.1.2]", "[0.3e+]",
        "[0.3e]", "[0.e1]",
        "[0E+]", "[0E]", "[0e+]", "[0e]", "[1.0e+]", "[1.0e-]", "[1.0e]", "[1 000.0]", "[1eE2]", "[2.e+3]", "[2.e-3]",
        "[2.e3]", "[9.e+]",
        "[Inf]", "[NaN]", "[１]", "[1+2]", "[0x1]", "[0x42]", "[Infinity]", "[0e+-1]", "[-123.123foo]", "[-Infinity]",
        "[-foo]", "[- 1]",
        "[-012]", "[-.123]", "[-1x]", "[1ea]", "[1.]", "[.123]", "[1.2a-3]", "[1.8011670033376514H-308]", "[012]",
        "[00]", "[1_000]", "1.", "-", "01",
        // Objects.
        "[\"x\", truth]", "{[: \"x\"}\n", "{\"x\", null}", "{\"x\"::\"b\"}", "{🇨🇭}", "{\"a\":\"a\" 123}",
        "{key: 'value'}", "{\"a\" b}",
        "{:\"b\"}", "{\"a\" \"b\"}", "{\"a\":", "{\"a\"", "{1:1}", "{9999E9999:1}", "{null:null,null:null}",
        "{\"id\":0,,,,,}", "{'a':0}",
        "{\"id\":0,}", "{\"a\":\"b\"}/**/", "{\"a\":\"b\"}#", "{\"a\":\"b\"}//", "{\"a\":\"b\",,\"c\":\"d\"}",
        "{a: \"b\"}", "{\"a\":\"a",
        "{ \"foo\" : \"bar\", \"a\" }", "{\"a\":\"b\"}}", "{", "}", "{]", "[}", "{\"a\":1]", "[1}", "{,}", "{\"a\":,}",
        // Strings.
        "[\"\\uD800\\\"]", "[\"\\uD800\\u\"]", "[\"\\uD800\\u1\"]", "[\"\\uD800\\u1x\"]", "[é]", "[\"\\x00\"]",
        "[\"\\\\\\\"]", "[\"\\\t\"]",
        "[\"\\🌀\"]", "[\"\\\"]", "[\"\\u00A\"]", "[\"\\uD834\\uDd\"]", "[\"\\uD800\\uD800\\x\"]", "[\"\\a\"]",
        "[\"\\uqqqq\"]", "[\\u0020\"asd\"]",
        "[\\n]", "\"", "['single quote']", "abc", "[\"\\", "[\"a\u{0}a\"]", "[\"new\nline\"]", "[\"\t\"]",
        "\"\\UA66D\"", "\"\\u{41}\"", "\"abc",
        // Structure.
        "", " ", "<.>", "[<null>]", "[1]x", "[1]]", "[\"asd]", "aå", "{}}", "{\"\":", "{\"a\":/*comment*/\"b\"}",
        "{\"a\": true} \"x\"", "['",
        "[,", "[{", "[\"a", "[\"a\"", "{\"a", "{'a'", "{}#", "[\\u000A\"\"]", "[1", "[ false, nul", "[ true, fals",
        "[ false, tru", "*", "[\u{C}]",
        "\u{2060}[]", "\u{FEFF}{}", "å", "[\u{2060}]", "// a\n1", "1 2", "nul", "truee", "[] []", "\u{A0}1",
        // Endings.
        "123\0", "{\"a\":\"b\"}/**//", "{\"a\":\"b\"}/", "[\"\\\0\"]", "\"\"x", "\u{FEFF}", "1]", "{\"x\": true,",
        "[][]", "[\0]", "2@", "{,", "{[", "[\"\\{[\"\\{[\"\\{[\"\\{", "{\"a\":\"b\"}#{}", "{\"asd\":\"asd\"",
    ]

    @Test("Sound text is read", arguments: accepted)
    func accepts(_ text: String) { #expect(throws: Never.self) { try Term(plainJSON: Array(text.utf8)) } }

    @Test("Anything else is refused", arguments: refused)
    func refuses(_ text: String) { #expect(throws: JSONError.self) { try Term(plainJSON: Array(text.utf8)) } }

    @Test(
        "Bytes that are no UTF-8 are refused",
        arguments: [
            [0xFF], [0xE5], [0xE9], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xFC, 0x83, 0xBF], [0x81],
            [0xF0, 0x80, 0x80, 0xAF], [0xE6, 0x97],
        ] as [[UInt8]])
    func refuses(bytes: [UInt8]) {
        let string = Array("[\"".utf8) + bytes + Array("\"]".utf8)
        #expect(throws: JSONError.self) { try Term(plainJSON: string) }
        #expect(throws: JSONError.self) { try Term(plainJSON: bytes) }
    }

    @Test(
        "Bytes that are no UTF-8 are refused wherever they stand, and so is UTF-16",
        arguments: [
            [0x5B, 0x61, 0xE5, 0x5D],
            [0x5B, 0xFF, 0x5D],
            [0x5B, 0x31, 0x32, 0x33, 0xE5, 0x5D],
            [0x5B, 0x31, 0x65, 0x31, 0xE5, 0x5D],
            [0x5B, 0x30, 0xE5, 0x5D, 0x0A],
            [0x5B, 0x31, 0x65, 0xE5, 0x5D],
            [0x7B, 0x22, 0xB9, 0x22, 0x3A, 0x22, 0x30, 0x22, 0x2C, 0x7D],
            [0x5B, 0x22, 0x5C, 0x75, 0xE5, 0x22, 0x5D],
            [0x5B, 0x22, 0x5C, 0xE5, 0x22, 0x5D],
            [0xEF, 0xBB, 0x7B, 0x7D],
            [0xE5],
            [0xE9],
            [0xFF, 0xFE, 0x5B, 0x00, 0x22, 0x00, 0xE9, 0x00, 0x22, 0x00, 0x5D, 0x00],
            [0x5B, 0x22, 0xE6, 0x97, 0xA5, 0xD1, 0x88, 0xFA, 0x22, 0x5D],
            [0x5B, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x5D],
            [0x5B, 0x22, 0xFF, 0x22, 0x5D],
            [0x5B, 0x22, 0xE9, 0x22, 0x5D],
            [0x5B, 0x22, 0x81, 0x22, 0x5D],
            [0x5B, 0x22, 0xF4, 0xBF, 0xBF, 0xBF, 0x22, 0x5D],
            [0x5B, 0x22, 0xC0, 0xAF, 0x22, 0x5D],
            [0x5B, 0x22, 0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF, 0x22, 0x5D],
            [0x5B, 0x22, 0xFC, 0x80, 0x80, 0x80, 0x80, 0x80, 0x22, 0x5D],
            [0x5B, 0x22, 0xE0, 0xFF, 0x22, 0x5D],
            [0x00, 0x5B, 0x00, 0x22, 0x00, 0xE9, 0x00, 0x22, 0x00, 0x5D],
            [0x5B, 0x00, 0x22, 0x00, 0xE9, 0x00, 0x22, 0x00, 0x5D, 0x00],
        ] as [[UInt8]])
    func refuses(text: [UInt8]) { #expect(throws: JSONError.self) { try Term(plainJSON: text) } }

    @Test(
        "Of what RFC 8259 leaves open, half a surrogate pair is refused",
        arguments: [
            #"["\uDADA"]"#, #"["\uD888\u1234"]"#, #"["\uD800\n"]"#, #"["\uDd1ea"]"#, #"["\uD800\uD800\n"]"#,
            #"["\ud800"]"#, #"["\ud800abc"]"#,
            #"["\uDd1e\uD834"]"#, #"["\uDFAA"]"#, #"{"\uDFAA":0}"#,
        ])
    func surrogates(_ text: String) {
        #expect { try Term(plainJSON: Array(text.utf8)) } throws: { ($0 as? JSONError)?.code == .malformedText }
    }

    @Test(
        "Of what RFC 8259 leaves open, numbers beyond a float are refused, and others rounded",
        arguments: [
            ("[1.5e+9999]", false), ("[-1e+9999]", false),
            ("[0.4e00669999999999999999999999999999999999999999999999]", false),
            ("[123.456e-789]", true), ("[-1e-9999]", true), ("[-123123123123123123123123123123]", true),
            ("[100000000000000000000]", true),
            ("[-237462374673276894279832749832423479823246327846]", true),
            ("[0.1234567890123456789012345678901234567890]", true),
            ("[-123123e100000]", false), ("[123123e100000]", false), ("[123e-10000000]", true),
            (
                "[0.4e00669999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999969999999006]",
                false
            ),
        ])
    func numbers(_ text: String, isRead: Bool) { #expect(((try? Term(plainJSON: Array(text.utf8))) != nil) == isRead) }

    @Test(
        "Of what RFC 8259 leaves open, keys that come twice and encodings other than UTF-8 are refused",
        arguments: [
            #"{"a":"b","a":"c"}"#, #"{"a":"b","a":"b"}"#, #"{"a":1,"\u0061":2}"#, #"{"a":{"b":1,"b":2}}"#,
        ])
    func duplicateKeys(_ text: String) {
        #expect { try Term(plainJSON: Array(text.utf8)) } throws: { ($0 as? JSONError)?.code == .duplicateKey }
    }

    @Test("Keys that differ in their scalars are different, however they look")
    func normalization() throws {
        #expect(try Term(plainJSON: Array("{\"é\":1,\"e\u{301}\":2}".utf8)).map?.count == 2)
    }

    @Test(
        "UTF-16 and a byte order mark are refused",
        arguments: [
            [0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00], [0xFE, 0xFF, 0x00, 0x5B], [0x00, 0x5B, 0x00, 0x5D],
            [0xEF, 0xBB, 0xBF, 0x7B, 0x7D],
        ] as [[UInt8]])
    func encodings(_ bytes: [UInt8]) { #expect(throws: JSONError.self) { try Term(plainJSON: bytes) } }

    @Test("Nesting is bounded, and needs no stack")
    func depth() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
            let text = String(repeating: open, count: 100_000) + "1" + String(repeating: close, count: 100_000)
            #expect { try Term(plainJSON: Array(text.utf8)) } throws: { ($0 as? JSONError)?.code == .limitExceeded }
            #expect(throws: JSONError.self) { try Term(plainJSON: Array(String(repeating: open, count: 100_000).utf8)) }
        }
    }

    @Test("Size and digits are bounded")
    func size() {
        let text = Array("[1,2,3]".utf8)
        #expect(throws: Never.self) { try Term(plainJSON: text, limits: JSONLimits(byteCount: 7)) }
        #expect { try Term(plainJSON: text, limits: JSONLimits(byteCount: 6)) } throws: {
            ($0 as? JSONError)?.code == .limitExceeded
        }
        let digits = [UInt8](repeating: 0x39, count: 100_000)
        #expect { try Term(plainJSON: digits) } throws: { ($0 as? JSONError)?.code == .limitExceeded }
    }

    @Test("Many keys take linear time, and one that comes twice is found among them")
    func manyKeys() {
        let pairs = (0..<20_000).map { "\"\($0)\":\($0)" }
        #expect(throws: Never.self) { try Term(plainJSON: Array("{\(pairs.joined(separator: ","))}".utf8)) }
        #expect(throws: JSONError.self) {
            try Term(plainJSON: Array("{\(pairs.joined(separator: ",")),\"17\":0}".utf8))
        }
    }

    /// Text, what is wrong with it, and where: one array a row of Spec/json.md §5.4.
    static let errorCases: [(String, JSONError.Code, Int)] = [
        // The end, wherever in a value it comes.
        ("", .truncated, 0), (" \n", .truncated, 2), ("[1", .truncated, 2), ("[1,", .truncated, 3),
        ("{\"a\"", .truncated, 4), ("{\"a\":", .truncated, 5), ("\"ab", .truncated, 3), ("\"\\", .truncated, 2),
        ("\"\\u00", .truncated, 5), ("\"\\ud83d\\u", .truncated, 9), ("nul", .truncated, 3), ("-", .truncated, 1),
        ("[1.", .truncated, 3), ("1e+", .truncated, 3),
        // The character.
        ("[1,]", .malformed, 3), ("[,1]", .malformed, 1), ("{1:2}", .malformed, 1), ("{\"a\" 1}", .malformed, 5),
        ("[1 2]", .malformed, 3), ("[1}", .malformed, 2), ("\"a\nb\"", .malformed, 2), ("\u{FEFF}1", .malformed, 0),
        ("{\"a\":1,}", .malformed, 7), (" é", .malformed, 1),
        // The start of a word, a number, an escape.
        ("[nulx]", .malformed, 1), ("[01]", .malformed, 1), ("[-x]", .malformed, 1), ("[1.x]", .malformed, 1),
        ("[12e]", .malformed, 1), ("\"ab\\x\"", .malformed, 3), ("\"\\u00g0\"", .malformed, 1),
        ("\"\\ud83d\\ug\"", .malformed, 7),
        // The escape.
        ("[\"\\ud800\"]", .malformedText, 2), ("\"a\\udc00\"", .malformedText, 2),
        ("\"\\ud800\\u0041\"", .malformedText, 1), ("{\"\\ud800\":1}", .malformedText, 2),
        // The quote that opens the second one.
        ("{\"a\":1, \"a\":2}", .duplicateKey, 8), ("{\"a\":1,\"\\u0061\":2}", .duplicateKey, 7),
        ("[{\"b\":{\"a\":1},\"b\" 2}]", .duplicateKey, 14),
        // What follows.
        ("[1] 2", .trailingBytes, 4), ("1 x", .trailingBytes, 2), ("{}\u{A0}", .trailingBytes, 2),
        // The number.
        ("[1, 1e999]", .limitExceeded, 4), ("[-1e400]", .limitExceeded, 1),
    ]

    @Test("§5.4 errors say what, and at which byte", arguments: errorCases)
    func errors(_ text: String, _ code: JSONError.Code, _ offset: Int) { expect(code, offset, Array(text.utf8)) }

    @Test(
        "vectors.md §4 the pairs of a $map may come in any order, other arrays may not",
        arguments: [
            (#"{"$map":[[1,2],[3,4]]}"#, #"{"$map":[[3,4],[1,2]]}"#, true),
            (
                #"[{"$map":[[{"$map":[[1,2],[3,4]]},0],["a",0]]}]"#,
                #"[{"$map":[["a",0],[{"$map":[[3,4],[1,2]]},0]]}]"#, true
            ),
            (#"{"$map":[[1,2],[3,4]]}"#, #"{"$map":[[1,4],[3,2]]}"#, false),
            (#"{"$map":[[1,[2,3]]]}"#, #"{"$map":[[1,[3,2]]]}"#, false),
            (#"{"$tuple":[[1,2],[3,4]]}"#, #"{"$tuple":[[3,4],[1,2]]}"#, false),
            (#"["$map",[1,2]]"#, #"["$map",[2,1]]"#, false),
        ])
    func orderOfPairs(_ one: String, _ other: String, _ areEqual: Bool) throws {
        let forms = try [one, other].map { try JSONNormalForm(Array($0.utf8), isTagged: true) }
        #expect((forms[0] == forms[1]) == areEqual)
        // In the plain mapping it is a key like any other.
        let plain = try [one, other].map { try JSONNormalForm(Array($0.utf8), isTagged: false) }
        #expect(plain[0] != plain[1])
    }

    @Test("§5.4 a string that is not UTF-8 is named by the quote that opens it")
    func malformedText() {
        expect(.malformedText, 2, Array("[ \"abc".utf8) + [0xFF] + Array("\"]".utf8))
        expect(.malformedText, 1, Array("{\"a".utf8) + [0xC3] + Array("\":1}".utf8))
        // One that is cut, whatever is in it, is cut.
        expect(.truncated, 2, [0x22, 0xFF])
    }

    @Test("§5.4 of the limits, nesting is named by the array or object, a number by its start, the text by 0")
    func limits() {
        expect(.limitExceeded, 5, Array("[[ [ []]]]".utf8), JSONLimits(depth: 3))
        expect(.limitExceeded, 6, Array("{\"a\": {}}".utf8), JSONLimits(depth: 1))
        expect(.limitExceeded, 0, Array("  [1,2,3]".utf8), JSONLimits(byteCount: 8))
        let digits = [UInt8](repeating: 0x39, count: 78_914)
        // Text alone: to a term it takes its time.
        #expect(throws: Never.self) { try JSONNormalForm([0x5B] + digits + [0x5D], isTagged: false) }
        expect(.limitExceeded, 2, Array("[ 9".utf8) + digits + [0x5D])
        #expect(throws: Never.self) { try JSONNormalForm(Array("[-".utf8) + digits + [0x5D], isTagged: false) }
        expect(.limitExceeded, 1, Array("[-9".utf8) + digits + [0x5D])
        // Terms nest less deep than text.
        let deep = String(repeating: "[", count: 1_026) + String(repeating: "]", count: 1_026)
        expect(.limitExceeded, 1_026, Array(" \(deep)".utf8))
    }

    @Test(
        "§5.4 what stands for no term is named by the object",
        arguments: [
            (#"[1, {"$atm":"ok"}]"#, 4), (#"{"a": {"b":1,"$atom":"c"}}"#, 6), (#"[ {"$tail":1}]"#, 2),
            (#"[1,{"$tail":1}, 2]"#, 3), (#" {"$tail":1}"#, 1), (#"{"a": {"$tail":1}}"#, 6), (#"{"$atom":1}"#, 0),
            (#"[1,{"$tuple": {}}]"#, 3),
        ])
    func meaningless(_ text: String, _ offset: Int) {
        #expect {
            try Term(taggedJSON: text)
        } throws: {
            guard let error = $0 as? JSONError else { return false }
            return error.code == .meaningless && error.offset == offset
        }
    }

    private func expect(
        _ code: JSONError.Code, _ offset: Int, _ text: [UInt8], _ limits: JSONLimits = .default,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        do throws(JSONError) {
            let term = try Term(plainJSON: text, limits: limits)
            Issue.record("read as \(term)", sourceLocation: sourceLocation)
        } catch {
            #expect(error.code == code, sourceLocation: sourceLocation)
            #expect(error.offset == offset, sourceLocation: sourceLocation)
        }
    }

    @Test(
        "Values become terms",
        arguments: [
            Rule(.atom(.nil), "null"), Rule(true, "true"), Rule("a", "\"a\""), Rule(1, "1"), Rule(0, "-0"),
            Rule(1.0, "1.0"), Rule(100.0, "1e2"),
            Rule([1, []], "[1,[]]"), Rule(.pairs(["b": 1, "a": .map([:] as TermMap)]), "{\"b\":1,\"a\":{}}"),
            Rule(.pairs(["$atom": "x"]), "{\"$atom\":\"x\"}"), Rule("👍", "\"\\ud83d\\udc4d\""),
        ])
    func values(_ rule: Rule) throws { #expect(try Term(plainJSON: Array(rule.json.utf8)) == rule.term) }
}
