import ExternalTerm
import Foundation
import Reel
import ReelDashboard
import SystemPackage
import Testing

@Suite("Templates of views")
struct TemplateTests {
    /// A folder of templates that is gone afterwards.
    static func inFolder<Result>(
        _ files: [String: String], _ body: (FilePath) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reel-templates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        return try await body(FilePath(folder.path))
    }

    /// What a template makes of assigns, without the line feed at its end.
    private static func page(_ template: String, _ state: State) async throws -> String? {
        try await inFolder(["Shop.CartLive.mustache": template]) { folder in
            try PageTemplates(folder: folder).page(of: "Shop.CartLive", state: state)
        }
    }

    private static func terms(_ elixir: String) throws -> TermMap { try #require(Term(elixirText: elixir).map) }

    @Test(
        "a term is shown as the table says",
        arguments: [
            ("%{a: nil}", "[{{a}}]{{#a}}yes{{/a}}{{^a}}no{{/a}}", "[]no"),
            ("%{a: true, b: false}", "{{a}}{{b}}{{#a}}A{{/a}}{{^b}}B{{/b}}", "truefalseAB"),
            ("%{a: :ok, b: Shop.Cart}", "{{a}} {{b}}{{#a}} shown{{/a}}", "ok Shop.Cart shown"),
            (
                "%{a: \"<b>\", b: \"\"}", "{{a}}{{#b}}shown{{/b}}{{#empty(b)}} empty{{/empty(b)}}",
                "&lt;b&gt;shown empty"
            ),
            ("%{a: 12, b: 1.5, c: -99999999999999999999}", "{{a}} {{b}} {{c}}", "12 1.5 -99999999999999999999"),
            ("%{a: [1, 2, 3]}", "{{#a}}{{.}};{{/a}} {{a}} {{count(a)}} {{a.1}}", "1;2;3; [1, 2, 3] 3 2"),
            ("%{a: []}", "{{#a}}x{{/a}}{{^a}}none{{/a}}{{#empty(a)}} empty{{/empty(a)}}", "none empty"),
            ("%{a: {:ok, 7}}", "{{a.0}}={{a.1}} {{#a}}{{.}},{{/a}}", "ok=7 ok,7,"),
            ("%{a: [size: 3, name: \"x\"]}", "{{a.size}}{{a.name}}", "3x"),
            ("%{a: %{:b => 1, \"c\" => 2, 3 => 4}}", "{{a.b}}{{a.c}}{{a.3}}{{#a}}({{b}}){{/a}}", "124(1)"),
            ("%{a: %{:b => 1, \"b\" => 2}}", "{{a.b}}", "1"), ("%{a: %{}}", "{{#a}}shown{{/a}}{{count(a)}}", "shown0"),
            ("%{a: %{x: 1, y: 2}}", "{{#enumerated(a)}}{{key}}={{value}};{{/enumerated(a)}}", "x=1;y=2;"),
            ("%{a: ~D[2024-01-02], b: ~U[2024-01-02 10:20:30Z]}", "{{a}} {{b}}", "2024-01-02 2024-01-02T10:20:30Z"),
            ("%{a: Decimal.new(\"37.19\")}", "{{a}}", "37.19"),
            ("%{a: MapSet.new([1, 2])}", "{{#a}}<{{.}}>{{/a}}", "<1><2>"),
            ("%{a: %Shop.Item{name: \"mug\"}}", "{{a.name}} {{a}}", "mug %Shop.Item{name: &quot;mug&quot;}"),
            ("%{a: <<255, 0>>}", "{{a}}", "&lt;&lt;255, 0&gt;&gt;"),
            ("%{a: \"straße\"}", "{{uppercased(a)}} {{capitalized(a)}} {{reversed(a)}}", "STRASSE Straße eßarts"),
            ("%{a: 9223372036854775807, b: 3}", "[{{plusone(a)}}]{{plusone(b)}}{{#odd(b)}}odd{{/odd(b)}}", "[]4odd"),
            ("%{a: [3, 1, 2]}", "{{#sorted(a)}}{{.}}{{/sorted(a)}}{{first(a)}}{{last(a)}}", "12332"),
            ("%{a: nil, b: %{a: nil}}", "{{#b}}[{{a}}]{{/b}}", "[]"),
            ("%{a: 1, b: %{a: nil}}", "{{#b}}[{{a}}]{{/b}}", "[]"),
            ("%{a: 1, b: %{c: 2}}", "{{#b}}{{a}}{{c}}{{.a}}{{/b}}", "12"), ("%{}", "[{{missing}}{{a.b.c}}]", "[]"),
            ("%{a: [1 | 2]}", "{{#a}}{{.}};{{/a}}", "1;2;"),
        ])
    func rules(assigns: String, template: String, expected: String) async throws {
        let state = State(assigns: try Self.terms(assigns))
        #expect(try await Self.page(template, state) == expected)
    }

    @Test("besides the assigns there are the address and the components, unless an assign has the name")
    func besides() async throws {
        let components: TermMap = TermMap([
            TermMap.Pair(.tuple([.atom("Elixir.Shop.Badge"), "one"]), .map(["count": 3]))
        ])
        let state = State(assigns: ["count": 1], components: components, url: "/cart?a=1&b=2")
        let template = "{{url}} {{#components}}{{module}}#{{id}}:{{count}}{{/components}}"
        #expect(try await Self.page(template, state) == "/cart?a=1&amp;b=2 Shop.Badge#one:3")
        var hiding = state
        hiding.assigns[atom: "url"] = "mine"
        hiding.assigns[atom: "components"] = .atom(.nil)
        #expect(try await Self.page(template, hiding) == "mine ")
    }

    @Test("templates include each other, and each escapes")
    func partials() async throws {
        let files = [
            "Shop.CartLive.mustache": "{{<layout}}{{$body}}{{#items}}{{> item}}{{/items}}{{a}}{{/body}}{{/layout}}",
            "layout.mustache": "<main>{{$body}}none{{/body}}</main>", "item.mustache": "<li title=\"{{.}}\">",
            "notes.txt": "no template",
        ]
        let attack = "\"\u{301} onclick=x>"
        let assigns: TermMap = ["items": [.string(attack)], "a": .string(attack)]
        let page = try await Self.inFolder(files) { folder in
            try PageTemplates(folder: folder).page(of: "Shop.CartLive", state: State(assigns: assigns))
        }
        let escaped = "&quot;\u{301} onclick=x&gt;"
        #expect(page == "<main><li title=\"\(escaped)\">\(escaped)</main>")
    }

    @Test("text is escaped scalar by scalar: no mark that combines hides a quote, and no control character is left")
    func escaping() {
        for special in ["<", ">", "\"", "'", "&", "`"] {
            for mark in ["", "\u{301}", "\u{200D}", "\u{FE0F}", "\u{20E3}", "\u{1F3FB}"] {
                let escaped = HTMLText.escaped(special + mark)
                #expect(!escaped.unicodeScalars.contains { $0 != "&" && special.unicodeScalars.contains($0) })
                #expect(escaped.utf8.first == UInt8(ascii: "&") && escaped.utf8.contains(UInt8(ascii: ";")))
            }
        }
        let controls = String(String.UnicodeScalarView((0..<0xA0).compactMap { Unicode.Scalar(UInt32($0)) }))
        let left = HTMLText.escaped(controls).unicodeScalars.filter { $0.value < 0x20 || 0x7F...0x9F ~= $0.value }
        #expect(Array(left) == ["\t", "\n"])
    }

    @Test("what a recording holds is never a template")
    func recorded() async throws {
        let hostile = "{{secret}} {{{secret}}} {{#a}}x{{/a}} {{> Shop.CartLive}} {{=<% %>=}}"
        let state = State(assigns: ["a": .string(hostile), "secret": "hidden"])
        #expect(
            try await Self.page("{{a}}|{{> other}}|{{>*a}}|{{#a}}{{.}}{{/a}}", state)
                == {
                    let escaped = HTMLText.escaped(hostile)
                    return "\(escaped)|||\(escaped)"
                }())
    }

    @Test(
        "templates that may include each other without an end are refused",
        arguments: [
            (["A": "{{> A}}"], ["A"]), (["A": "x\n{{#children}}{{> A}}{{/children}}"], ["A"]),
            (["A": "{{#.children}}{{> A}}{{/.children}}"], []), (["A": "{{#.a}}{{/.a}}{{> A}}"], ["A"]),
            (["A": "{{#.a}}{{#b}}{{> A}}{{/b}}{{/.a}}"], ["A"]), (["A": "{{> B}}", "B": "{{> A}}"], ["A", "B"]),
            (["A": "{{> B}}", "B": "{{#.children}}{{> A}}{{/.children}}"], []),
            (["A": "{{> B}}", "B": "{{#.children}}{{> A}}{{/.children}}{{> A}}"], ["A", "B"]),
            (["A": "{{> B}}{{> C}}", "B": "{{> C}}", "C": "c"], []), (["A": "{{> missing}}"], []),
            (["A": "{{<B}}{{$x}}y{{/x}}{{/B}}", "B": "{{$x}}{{/x}}"], []), (["A": "{{<A}}{{/A}}"], ["A"]),
            (["A": "{{=<% %>=}}<%> A%>"], ["A"]), (["A": "{{! > A }}"], []),
        ] as [([String: String], [String])])
    func cycles(texts: [String: String], refused: [String]) {
        let cycles = TemplateInclusions(texts)
        #expect(texts.keys.filter { cycles.problem(of: $0) != nil }.sorted() == refused)
    }

    @Test("a template that includes a broken one is broken as well, and the others are not")
    func brokenPartial() async throws {
        try await Self.inFolder(["A.mustache": "fine", "B.mustache": "{{> C}}", "C.mustache": "fine"]) {
            (folder) async throws in
            let templates = try PageTemplates(folder: folder)
            try Data("{{> C}}".utf8).write(to: URL(filePath: folder.appending("C.mustache").string))
            #expect(try templates.page(of: "A", state: State()) == "fine")
            for name in ["B", "C"] {
                let error = #expect(throws: TemplateError.self) { try templates.page(of: name, state: State()) }
                #expect(error?.reason.hasPrefix("line 1: 'C' includes this one again") == true)
            }
        }
    }

    @Test("a file that changes, comes or goes is noticed, and one that is broken says where")
    func changing() async throws {
        try await Self.inFolder(["A.mustache": "one"]) { (folder) async throws in
            let templates = try PageTemplates(folder: folder)
            func write(_ name: String, _ text: String) throws {
                try Data(text.utf8).write(to: URL(filePath: folder.appending(name).string))
            }
            #expect(try templates.page(of: "A", state: State()) == "one")
            #expect(!templates.hasPage(of: "B"))
            try write("A.mustache", "another")
            try write("B.mustache", "two")
            #expect(try templates.page(of: "A", state: State()) == "another")
            #expect(try templates.page(of: "B", state: State()) == "two")
            try write("A.mustache", "fine\n{{#open}}\nno end")
            let error = #expect(throws: TemplateError.self) { try templates.page(of: "A", state: State()) }
            #expect(error?.file == folder.appending("A.mustache").string)
            #expect(error?.reason == "line 3: a section is not closed")
            #expect(templates.hasPage(of: "A"))
            try FileManager.default.removeItem(atPath: folder.appending("A.mustache").string)
            #expect(try templates.page(of: "A", state: State()) == nil)
            #expect(throws: TemplateError.self) {
                try write("C.mustache", "{{unclosed")
                _ = try PageTemplates(folder: folder)
            }
        }
        #expect(throws: TemplateError.self) { try PageTemplates(folder: "/nonexistent/templates") }
    }

    @Test("closures make pages as well, and count before files")
    func closures() async throws {
        try await Self.inFolder(["A.mustache": "file", "B.mustache": "file"]) { (folder) async throws in
            let templates = try PageTemplates(folder: folder, pages: ["A": { "<p>\($0.assigns.count)</p>" }])
            #expect(try templates.page(of: "A", state: State(assigns: ["x": 1])) == "<p>1</p>")
            #expect(try templates.page(of: "B", state: State()) == "file")
        }
        #expect(try PageTemplates(["A": { _ in "a" }]).page(of: "B", state: State()) == nil)
    }

    @Test(
        "a view's file is named only when a file can be named so",
        arguments: [
            ("Shop.CartLive", "Shop.CartLive.mustache"), ("shop-cart_1", "shop-cart_1.mustache"), ("", nil),
            ("../etc/passwd", nil), (".hidden", nil), ("a b", nil), ("Straße", nil), ("<script>", nil),
        ] as [(String, String?)])
    func names(view: String, file: String?) {
        #expect(PageTemplates.fileName(of: view) == file)
    }

    @Test("the same state gives the same page")
    func same() async throws {
        let state = State(assigns: try Self.terms("%{a: %{z: 1, y: [2], x: MapSet.new([3, 4, 5])}}"))
        let template = "{{a}}{{#enumerated(a)}}{{key}}{{value}}{{/enumerated(a)}}"
        let first = try await Self.page(template, state)
        for _ in 0..<5 { #expect(try await Self.page(template, state) == first) }
    }
}
