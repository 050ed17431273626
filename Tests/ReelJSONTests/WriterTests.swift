import ExternalTerm
import ReelJSON
import Testing

/// Spec/json.md §2.3.
@Suite("JSON text") struct WriterTests {
    @Test("Pretty text is indented by two spaces a level, empty containers on one line")
    func pretty() {
        let term = Term.map(["a": [], "b": .map([:] as TermMap), "c": [1, .map(["d": true])]])
        #expect(
            term.json(style: JSONStyle(isPretty: true)) == """
                {
                  "a": [],
                  "b": {},
                  "c": [
                    1,
                    {
                      "d": true
                    }
                  ]
                }
                """)
    }

    @Test(
        "Text that is safe in HTML escapes what could end a script or a line of it",
        arguments: [
            Rule("</script><!--&", #""\u003c/script\u003e\u003c!--\u0026""#),
            Rule("a\u{2028}b\u{2029}", #""a\u2028b\u2029""#),
            Rule("\u{2027}\u{202A}…", "\"\u{2027}\u{202A}…\""), Rule(.pairs([.atom("<"): 1]), #"{"\u003c":1}"#),
            Rule(.pid(Pid(node: "a", number: 1, serial: 2, creation: 3)), ##""#PID\u003c0.1.2\u003e""##),
            Rule(.atom("<>"), #""\u003c\u003e""#),
        ])
    func htmlSafe(_ rule: Rule) { #expect(rule.term.json(style: JSONStyle(isHTMLSafe: true)) == rule.json) }

    @Test("Every character of ASCII comes back", arguments: [false, true])
    func characters(isHTMLSafe: Bool) throws {
        let text = String(String.UnicodeScalarView((0..<0x100).compactMap(Unicode.Scalar.init)))
        let json = Term.string(text).json(mapping: .tagged, style: JSONStyle(isHTMLSafe: isHTMLSafe))
        #expect(try Term(taggedJSON: json) == .string(text))
    }

    @Test("A writer takes values by themselves")
    func values() {
        var json = JSONWriter()
        json.beginObject()
        json.key("count")
        json.write(integer: 3)
        json.key("list")
        json.beginArray()
        json.write(boolean: true)
        json.writeNull()
        json.write(float: 0.5)
        json.write(string: "é\"")
        json.write(Term.atom("ok"), mapping: .tagged)
        json.endArray()
        json.endObject()
        #expect(
            String(decoding: json.bytes, as: UTF8.self) == #"{"count":3,"list":[true,null,0.5,"é\"",{"$atom":"ok"}]}"#)
    }
}
