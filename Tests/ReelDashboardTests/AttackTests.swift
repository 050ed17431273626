import ExternalTerm
import Mustache
import Reel
import ReelDashboard
import ReelStore
import ReelStoreConformance
import Testing

@Suite("A recording full of attacks")
struct AttackTests {
    private static let attacks = [
        "<script>canary()</script>", "</script><script>canary()</script>", "<img src=x onerror=canary()>",
        "\" onmouseover=\"canary()", "' onfocus='canary()' autofocus='", "\"\u{301} onclick=canary() x=\"",
        "javascript:canary()", "data:text/html,<script>canary()</script>", "{{secret}}{{{secret}}}{{#a}}{{/a}}",
        "<!--", "-->", "]]>", "<svg/onload=canary()>", "</title></textarea></style><script>canary()</script>",
        "<base href=//evil.example>", "<meta http-equiv=refresh content=0;url=//evil.example>", "\u{202E}txt.exe",
        "\0\u{1}\u{8}\u{1B}[31m\u{7F}\u{85}\u{2028}", "&lt;script&gt;", "${canary()}", "<iframe srcdoc='<script>'>",
    ]

    /// A recording that has them wherever text may stand.
    private static func recording() throws -> [UInt8] {
        let all = attacks.joined(separator: "\n")
        let text = Term.string(all)
        var assigns: TermMap = [
            "secret": "swordfish", "a": text, "huge": .string(String(repeating: "<script>", count: 131_072)),
        ]
        for (index, attack) in attacks.enumerated() {
            assigns[.string(attack)] = .integer(index)
            assigns[.atom(try #require(Atom(named: attack)))] = .string(attack)
        }
        let payload: TermMap = [
            "name": text, "params": .map(TermMap([TermMap.Pair(text, text)])), "assigns": .map(assigns),
            "message": text,
            "level": text, "tag": text, "uri": text, "reason": text,
        ]
        var events: [(offset: Int, kind: Atom, payload: Term)] = [
            (0, "mount", .map(["assigns": .map(assigns)])), (1, "params", .map(["uri": text, "params": .map([:])])),
        ]
        for (index, kind) in ["event", "log", "info", "render", "exit", "telemetry", "component"].enumerated() {
            events.append((index + 2, try #require(Atom(named: kind)), .map(payload)))
        }
        events.append((20, try #require(Atom(named: attacks[0])), text))
        return try Recordings.bytes(
            header: [
                "id": text, "view": text, "url": text, "session": .map(["user_agent": text]),
                "client": .map(["browser": text, "os": text]),
            ], events: events)
    }

    @Test("leaves no tag, attribute or control character on any page")
    func pages() async throws {
        let bytes = try Self.recording()
        let template = """
            <title>{{a}}</title><p class="{{a}}" title='{{a}}'>{{a}}</p>{{#enumerated(all)}}<b id="{{key}}">{{value}}</b>{{/enumerated(all)}}
            """
        let view = Self.attacks.joined(separator: "\n")
        let parsed = try HTMLText.template(template)
        let templates = PageTemplates([
            view: { state in
                parsed.render([
                    "a": TermValue.value(of: state.assigns[atom: "a"] ?? .nil),
                    "all": TermValue.value(of: .map(state.assigns)),
                ])
            }
        ])
        for templates in [templates, .none] {
            try await Site.with(templates: templates) { (site) async throws in
                try await site.store.put(bytes, as: RecordingID("r"))
                let paths = [
                    "/", "/?text=%3Cscript%3Ecanary()%3C/script%3E&view=%22%20onfocus=%22canary()&order=x%22%3E",
                    "/?view=%22%20onfocus=%22canary()&event=%3Cscript%3E", "/recordings/r", "/recordings/r?event=5",
                    "/recordings/r/delete", "/recordings/r/page?event=0", "/recordings/r/page?event=11",
                    "/recordings/%3Cscript%3E", "/recordings/r/page?event=%3Cscript%3E",
                    "/delete?min_events=1&text=%3Cimg%3E",
                ]
                for path in paths {
                    let page = try await site.client.get(path)
                    Self.check(page, path)
                }
            }
        }
    }

    /// Reads the page's tags: those, and their attributes, are the dashboard's own.
    private static func check(_ page: Client.Reply, _ path: String) {
        let tags = page.text.matches(of: #/<[!\/]?[A-Za-z][^>]*>/#).map { String($0.output) }
        let known: Set<String> = [
            "!doctype", "html", "head", "meta", "title", "link", "script", "body", "header", "h1", "a", "nav", "main",
            "form",
            "p", "label", "input", "button", "details", "summary", "div", "select", "option", "table", "thead", "tr",
            "th", "td", "tbody", "span", "bdi", "time", "dl", "dt", "dd", "section", "ol", "li", "style", "pre", "b",
            "ul", "fieldset", "legend", "code",
        ]
        var scripts = 0
        for tag in tags {
            let name = tag.dropFirst().drop { $0 == "/" }.prefix { $0 != " " && $0 != ">" && $0 != "\n" }.lowercased()
            #expect(known.contains(name), "\(path): \(tag)")
            if tag.hasPrefix("<script") { scripts += 1 }
            // Outside of its quoted values, no tag has an attribute that listens, or one that was not closed.
            let bare = tag.replacing(#/="[^"]*"|='[^']*'/#, with: "")
            #expect(bare.firstMatch(of: #/\son[a-z]+/#) == nil, "\(path): \(tag)")
            #expect(!bare.contains("\"") && !bare.contains("'"), "\(path): \(tag)")
        }
        #expect(scripts <= 2, "\(path)")
        let controls = page.text.unicodeScalars.filter {
            ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || $0.value == 0x7F
        }
        #expect(controls.isEmpty, "\(path)")
        #expect(!page.text.contains("<script>"), "\(path)")
        #expect(!page.text.contains("swordfish") || path.contains("/page?"), "\(path)")
    }

    @Test("never lets an answer be anything else than it says, or run anything")
    func headers() async throws {
        let bytes = try Self.recording()
        try await Site.with { (site) async throws in
            try await site.store.put(bytes, as: RecordingID("r"))
            let paths = [
                "/", "/recordings/r", "/recordings/r/delete", "/clear", "/delete?min_events=1",
                "/recordings/r/page?event=0",
                "/recordings/r/state?event=0", "/recordings/r/bytes", "/recordings/none", "/recordings/r/page?event=x",
            ]
            for path in paths {
                let reply = try await site.client.get(path)
                #expect(reply.header("X-Content-Type-Options") == "nosniff", "\(path)")
                #expect(reply.header("Referrer-Policy") == "same-origin", "\(path)")
                #expect(reply.header("Cross-Origin-Resource-Policy") == "same-origin", "\(path)")
                let policy = try #require(reply.header("Content-Security-Policy"))
                #expect(policy.contains("default-src 'none'"), "\(path)")
                #expect(!policy.contains("unsafe-eval") && !policy.contains("script-src 'unsafe"), "\(path)")
                #expect(policy.contains("frame-ancestors"), "\(path)")
                if path.contains("/page?") {
                    #expect(policy.hasPrefix("sandbox;"), "\(path)")
                    #expect(!policy.contains("script-src") && !policy.contains("allow-"), "\(path)")
                } else {
                    #expect(!policy.contains("unsafe-inline"), "\(path)")
                    #expect(reply.header("X-Frame-Options") == "DENY", "\(path)")
                }
            }
            let state = try await site.client.get("/recordings/r/state?event=0")
            #expect(state.header("Content-Type") == "text/plain; charset=utf-8")
            let json = try await site.client.get("/recordings/r/state?event=0&mapping=plain")
            #expect(!json.text.contains("<"))
        }
    }
}
