import ExternalTerm
import Foundation
import Reel
import ReelRecorder
import ReelStore
import Testing

/// What of a session's pages is recorded: Spec/port.md §7.
@Suite("The privacy of pages")
struct PagePrivacyTests {
    /// Bytes in which texts are looked for.
    struct Bytes {
        var data: Data
        func contains(_ text: String) -> Bool { data.range(of: Data(text.utf8)) != nil }
    }

    /// Records with `body`; gives the recording's terms as bytes, and the page at its end.
    private func recorded(
        header: TermMap = [:], assigns: Term = .map([:]), redactor: Redactor = .none, _ body: (Session) throws -> Void
    ) async throws -> (bytes: Bytes, page: Page.Written) {
        try await inFolder { folder in
            let recording = try Recording(
                in: folder, .with { $0.policy.discardsWithoutInteraction = false },
                sanitizer: DefaultSanitizer(redactor: redactor))
            var fields: TermMap = ["view": "Shop.FormLive", "url": "/", "params": .map([:]), "session": .map([:])]
            for pair in header.pairs { fields[pair.key] = pair.value }
            let session = recording.recorder.session(header: fields, assigns: assigns)
            try body(session)
            session.close()
            #expect(await session.stored() == .stored(session.id))
            let file = try RecordingFile(await recording.content(session.id))
            let events = try file.allEvents()
            let bytes = events.flatMap { Array($0.encoded) }
            return (Bytes(data: Data(bytes)), try file.page(after: events.count - 1).written())
        }
    }

    private static func tree(_ statics: [String], _ values: String...) -> Term {
        part(statics, values.map { .string($0) })
    }

    private static func part(_ statics: [String], _ values: [Term]) -> Term {
        var map = TermMap([.init(.atom("s"), .list(statics.map { .string($0) }))])
        for (index, value) in values.enumerated() { map[.integer(index)] = value }
        return .map(map)
    }

    private static func diff(_ values: (Int, Term)...) -> Term {
        .map(TermMap(values.map { TermMap.Pair(.integer($0.0), $0.1) }))
    }

    private func join(_ session: Session, _ tree: Term, id: String = "v") {
        session.record(kind: "page_join", payload: .map(["id": .string(id), "tree": tree]))
    }

    private func change(_ session: Session, _ diff: Term, id: String = "v") {
        session.record(kind: "page_diff", payload: .map(["id": .string(id), "diff": diff]))
    }

    /// The ways in which a form may write what it got.
    private static func entities(_ text: String, quote: String, apostrophe: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: quote).replacing("'", with: apostrophe)
    }

    private static func json(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }

    private static func percent(_ text: String, keeping characters: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(.init(charactersIn: characters))) ?? ""
    }

    private static let escapings: [@Sendable (String) -> String] = [
        { $0 }, { entities($0, quote: "&quot;", apostrophe: "&#39;") },
        { entities($0, quote: "&#34;", apostrophe: "&#39;") },
        { entities($0, quote: "\"", apostrophe: "'") }, { json($0) },
        { entities(json($0), quote: "&quot;", apostrophe: "&#39;") }, { percent($0, keeping: "-._~") },
        { percent($0, keeping: "-._~ ").replacing(" ", with: "+") },
    ]

    @Test("An asset is recorded as it is, without other keys; one that is malformed or too large without content")
    func assets() async throws {
        let css = "a { content: 'hunter2'; width: 4111111111111111px }"
        func asset(_ content: Term, _ more: TermMap = [:]) -> Term {
            var map: TermMap = ["content": content, "href": "/a.css", "type": "text/css"]
            for pair in more.pairs { map[pair.key] = pair.value }
            return .map(map)
        }
        let (bytes, _) = try await recorded(assigns: .map(["password": "hunter2"]), redactor: .standard) { session in
            session.record(kind: "page_asset", payload: asset(.string(css), ["secret": "seven"]))
            session.record(kind: "page_asset", payload: asset(7, ["secret": "eight"]))
            session.record(kind: "page_asset", payload: asset(.binary([UInt8](repeating: 57, count: (4 << 20) + 1))))
        }
        #expect(bytes.contains(css))
        for text in ["seven", "eight", "secret", "9999"] { #expect(!bytes.contains(text)) }
    }

    @Test("Of 40 secrets that are typed into a form that echoes them none is in the recording, however it is written")
    func secrets() async throws {
        let secrets = (0..<40).map { number in
            [
                "s3cret\(number)x", "p<a>ss & \"\(number)\"'q", "Grüße \(number) wörld", "back\\slash/\(number)%2",
                "a b+c=\(number)?&d",
            ][number % 5]
        }
        let (bytes, page) = try await recorded { session in
            join(session, Self.tree(["<p>", "</p><input type=\"text\"", "><a href=\"/?q=", "\">x</a>"], "", "", ""))
            for (number, secret) in secrets.enumerated() {
                let params = TermMap([
                    .init(
                        .string("user"),
                        .map(
                            TermMap([
                                .init(.string("password"), .string(secret)),
                                .init(.string("name"), .string("Ann \(number)")),
                            ])))
                ])
                session.event("validate", params: .map(params))
                for escaping in Self.escapings {
                    let text = escaping(secret)
                    change(
                        session,
                        Self.diff(
                            (0, .string("before \(text) after \(number)")), (1, .string(" value=\"\(text)\"")),
                            (2, .string(text))))
                    join(session, Self.tree(["<b>static \(text)</b>", ""], text), id: "w\(number)")
                }
            }
            change(session, Self.diff((0, .string("the end")), (1, .string("")), (2, .string(""))))
        }
        for (secret, escaping) in secrets.flatMap({ secret in Self.escapings.map { (secret, $0) } }) {
            #expect(!bytes.contains(escaping(secret)), "\(escaping(secret))")
        }
        #expect(bytes.contains("Ann 39") && bytes.contains("before [FILTERED] after 39"))
        #expect(page.text?.contains("<p>the end</p>") == true)
        #expect(page.unsureReason == nil)
    }

    @Test("What was filtered in assigns and changesets is removed from pages as well")
    func assigns() async throws {
        let changeset: Term = .map([
            "__struct__": .atom("Elixir.Ecto.Changeset"), "changes": .map(["password": "hunter22", "name": "Ada"]),
        ])
        let (bytes, _) = try await recorded(assigns: .map(["form": changeset, "api_token": "tok_12345"])) { session in
            join(session, Self.tree(["<p>", "</p>"], "Ada hunter22 tok_12345"))
        }
        #expect(!bytes.contains("hunter22") && !bytes.contains("tok_12345"))
        #expect(bytes.contains("Ada [FILTERED] [FILTERED]"))
    }

    @Test("What was filtered is found wherever it came from", arguments: Source.allCases)
    func sources(_ source: Source) async throws {
        let (bytes, page) = try await recorded(header: source.header, assigns: source.assigns) { session in
            source.record(session)
            join(session, Self.tree(["<p>", "</p><p>", "</p>"], "x \(source.secret) y", "kept"))
        }
        #expect(!bytes.contains(source.secret))
        #expect(page.text?.contains("<p>x [FILTERED] y</p><p>kept</p>") == true, "\(page)")
    }

    enum Source: String, CaseIterable {
        case params, address, encodedAddress, number, charlist, tuple, keywords, afterInternal, improperList, textParams
        case headerParams, headerSession, headerAddress, component, spaces

        var secret: String {
            switch self {
            case .number: "918273"
            case .encodedAddress: "p c&t"
            default: "f0und-me"
            }
        }

        var header: TermMap {
            switch self {
            case .headerParams: ["params": named("token", .string(secret))]
            case .headerSession: ["session": named("_csrf_token", .string(secret))]
            case .headerAddress: ["url": .string("/reset?token=\(secret)&a=1")]
            default: [:]
            }
        }

        var assigns: Term {
            switch self {
            case .number: .map(["api_token": 918_273])
            case .charlist: .map(["password": .list(secret.unicodeScalars.map { .integer(Int($0.value)) })])
            case .tuple: .map(["login": .tuple([.atom("password"), .string(secret), "other"])])
            case .keywords:
                .map(["options": .list([.tuple([.atom("a"), 1]), .tuple([.atom("secret"), .string(secret)])])])
            case .afterInternal:
                .map([
                    "options": .list([
                        .tuple([.atom("flash"), .map([:])]), .tuple([.atom("secret"), .string(secret)]),
                    ])
                ])
            case .improperList: .map(["options": .list(["a"], tail: .map(["secret": .string(secret)]))])
            default: .map([:])
            }
        }

        func record(_ session: Session) {
            switch self {
            case .params: session.event("e", params: named("x", named("token", .string(secret))))
            case .address: session.params(.map([:]), url: "/a?b=1&token=\(secret)&c=2")
            case .encodedAddress: session.params(.map([:]), url: "/a?token=p%20c%26t#here")
            case .textParams: session.event("e", params: ["a": "b", "password": secret])
            case .component: session.component(ComponentID("C", id: "1"), changed: .map(["password": .string(secret)]))
            case .spaces: session.event("e", params: named("password", .string(" \(secret)\n")))
            default: break
            }
        }
    }

    @Test("Texts of one or two bytes are removed where they stand as words, and names of tags and attributes stay")
    func shortSecrets() async throws {
        let (bytes, page) = try await recorded { session in
            join(session, Self.tree(["<p id=\"p\"><b title=\"p\">", "</b>", "</p>"], "", ""))
            for text in ["p", "pa", "pas", "path", "!", "div", "title"] {
                session.event("typed", params: named("password", .string(text)))
                change(
                    session, Self.diff((0, .string(text)), (1, .string("so \(text), spa<i title=\"\(text)\">!</i>"))))
            }
            change(session, Self.diff((1, .string("<div title=\"x\">title, a path in a spa</div>"))))
        }
        for text in ["so p,", "so pa,", "so pas", "\"pa\"", "so path", "so div", "so title"] {
            #expect(!bytes.contains(text), "\(text)")
        }
        #expect(
            page.text?.contains(
                "<p id=\"p\"><b title=\"p\">[FILTERED]</b><div title=\"x\">[FILTERED], a [FILTERED] in a spa</div></p>")
                == true, "\(page)")
        #expect(page.unsureReason == nil)
    }

    @Test("A secret in the ids of a stream's items leaves the page as it is but for the secret")
    func streams() async throws {
        func stream(_ names: [String]) -> Term {
            .map([
                "s": .list(["<li id=\"", "\">", "</li>"]),
                "d": .list(names.map { .list([.string($0), .string($0)]) }),
                "stream": .list([
                    "0", .list(names.map { .list([.string($0), -1, .atom(.nil)]) }), .list([]),
                ]),
            ])
        }
        let (bytes, page) = try await recorded { session in
            join(session, Self.part(["<ul>", "</ul>"], [stream(["user-one", "user-two"])]))
            session.event("typed", params: named("password", .string("user-two")))
            change(session, Self.diff((0, stream(["user-two", "user-three"]))))
            change(session, Self.diff((0, stream(["user-four"]))))
        }
        #expect(bytes.contains("user-two"), "it was shown before it was filtered")
        #expect(
            page.text?.contains(
                "<ul><li id=\"user-one\">user-one</li><li id=\"[FILTERED]\">[FILTERED]</li>"
                    + "<li id=\"user-three\">user-three</li><li id=\"user-four\">user-four</li></ul>") == true,
            "\(page)")
    }

    @Test("A diff that comes before its join is masked by what the join says")
    func early() async throws {
        let (bytes, page) = try await recorded { session in
            change(session, Self.diff((0, .string("early secret"))))
            join(session, Self.tree(["<p data-reel-mask>", "</p><p>", "</p>"], "first secret", "open"))
            change(session, Self.diff((1, .string("early too"))), id: "w")
            join(session, Self.tree(["<p>", "</p><p>", "</p>"], "one", "two"), id: "w")
        }
        #expect(!bytes.contains("secret"))
        #expect(page.text?.contains("<p data-reel-mask>***** ******</p><p>open</p>") == true, "\(page)")
        #expect(bytes.contains("early too") && bytes.contains("one"))
        #expect(page.unsureReason == nil)
    }

    @Test("After a gap nothing of a region is kept until it joins")
    func gaps() async throws {
        let (bytes, page) = try await recorded { session in
            join(session, Self.tree(["<p>", "</p>"], "one"))
            session.gap(dropped: [:], sentAt: nil)
            change(session, Self.diff((0, .string("in doubt"))))
            join(session, Self.tree(["<p>", "</p>"], "two"))
            change(session, Self.diff((0, .string("three"))))
        }
        #expect(!bytes.contains("in doubt"))
        #expect(page.text?.contains("<p>three</p>") == true && page.unsureReason == nil)
    }

    @Test("When more has been filtered than can be looked for, nothing more of pages is kept")
    func overfull() async throws {
        let (bytes, page) = try await recorded { session in
            join(session, Self.tree(["<p>", "</p>"], "one"))
            let tokens = Term.list((0..<9_000).map { .string("token number \($0)") })
            session.event("many", params: named("tokens", tokens))
            change(session, Self.diff((0, .string("in doubt"))))
        }
        #expect(bytes.contains("one") && !bytes.contains("in doubt"))
        #expect(page.unsureReason != nil)
    }

    @Test("A password that says nothing by itself is masked as well", arguments: ["on", "true", "   "])
    func plainPasswords(_ text: String) async throws {
        let (bytes, page) = try await recorded { session in
            join(session, Self.tree(["<input type=password value=\"", "\"><p>yes</p>"], text))
        }
        #expect(!bytes.contains("\"\(text)\""))
        #expect(page.text?.contains("<p>yes</p>") == true)
    }

    @Test("A password is masked wherever its value stands, though nothing has been filtered before")
    func passwords() async throws {
        let statics = ["<form><input value=\"", "\" type=\"password\" name=\"p\"><i>", "</i></form>"]
        let (bytes, page) = try await recorded { session in
            join(session, Self.tree(statics, "", ""))
            for text in ["q", "qu", "qux", "quxx", "quxx &amp; Z9"] {
                change(session, Self.diff((0, .string(text)), (1, .string("say " + text))))
            }
        }
        for text in ["qux", "Z9", "\"q\"", "\"qu\""] { #expect(!bytes.contains(text), "\(text)") }
        #expect(page.unsureReason == nil)
        #expect(page.text?.contains("type=\"password\"") == true)
    }

    @Test("Text and values in an element with data-reel-mask become asterisks of the same length, whatever changes")
    func mask() async throws {
        let statics = [
            "<main><p>open ", "</p><div data-reel-mask id=\"m\"><b title=\"tip\" class=\"c\">Name: ",
            "</b><input value=\"", "\"></div>end</main>",
        ]
        let (bytes, page) = try await recorded { session in
            join(session, Self.tree(statics, "one", "Ann Lee", "x@y.z"))
            change(session, Self.diff((1, .string("Bérénice &amp; Co")), (2, .string("hidden"))))
            change(session, Self.diff((0, .string("two"))))
        }
        for text in ["Ann", "Lee", "x@y.z", "Bérénice", "hidden", "tip", "Name"] {
            #expect(!bytes.contains(text), "\(text)")
        }
        #expect(
            page.text?.contains(
                "<p>open two</p><div data-reel-mask id=\"m\"><b title=\"***\" class=\"c\">***** ******** * **</b><input value=\"******\"></div>end"
            ) == true, "\(page)")
    }

    @Test("Nothing of the inside of an element with data-reel-block is kept, nested views included")
    func block() async throws {
        let statics = ["<p>a</p><section data-reel-block><h1>", "</h1><div id=\"inner\"></div></section><p>", "</p>"]
        let (bytes, page) = try await recorded { session in
            join(session, Self.tree(statics, "secret title", "shown"))
            join(session, Self.tree(["<i>", "</i>"], "inner secret"), id: "inner")
            change(session, Self.diff((0, .string("inner change"))), id: "inner")
            change(session, Self.diff((0, .string("other title")), (1, .string("shown again"))))
        }
        for text in ["secret", "title", "inner change"] { #expect(!bytes.contains(text), "\(text)") }
        #expect(page.text?.contains("<p>a</p><section data-reel-block></section><p>shown again</p>") == true, "\(page)")
    }

    @Test("What an element of the document marks is masked in the root")
    func document() async throws {
        let (bytes, page) = try await recorded { session in
            session.record(
                kind: "page",
                payload: .map([
                    "id": "v", "before": "<body data-reel-mask><h1>Hello Ann</h1>", "after": "bye Ann</body>",
                    "element": "<div id=\"v\" data-phx-session=\"SFMyNTY.abc-_1.2\" data-phx-static=\"xyz\">",
                ]))
            join(session, Self.tree(["<p>", "</p>"], "Ann"))
            change(session, Self.diff((0, .string("Bob"))))
        }
        for text in ["Ann", "Bob", "SFMyNTY", "xyz"] { #expect(!bytes.contains(text), "\(text)") }
        #expect(
            page.text?.contains("<h1>***** ***</h1>") == true && page.text?.contains("<p>***</p>") == true, "\(page)")
    }

    @Test("Tokens that Phoenix signs and tokens against forgery never get in")
    func tokens() async throws {
        let (bytes, page) = try await recorded { session in
            session.record(
                kind: "page",
                payload: .map([
                    "id": "v", "before": "<meta name=\"csrf-token\" content=\"tokenOne\"><body>", "after": "</body>",
                    "element": "<div data-phx-session=\"signedOne\" id=\"v\">",
                ]))
            join(
                session,
                Self.tree(
                    [
                        "<form><input name=\"_csrf_token\" type=\"hidden\" value=\"",
                        "\"></form><div id=\"c\" data-phx-static=\"", "\"></div>", "",
                    ],
                    "tokenTwo", "SFMyNTY.g2gDaA.b_-x", ""))
            change(session, Self.diff((0, .string("tokenThree")), (2, .string("tokenTwo again, SFMyNTY.zzz"))))
        }
        for text in ["tokenOne", "signedOne", "tokenTwo", "tokenThree", "SFMyNTY", "g2gDaA", "zzz"] {
            #expect(!bytes.contains(text), "\(text)")
        }
        #expect(page.text?.contains("[FILTERED] again") == true, "\(page)")
    }

    @Test("Patterns of the redactor apply, and pushed events and replies are left out")
    func patterns() async throws {
        let (bytes, page) = try await recorded(redactor: .standard) { session in
            join(session, Self.tree(["<p>", "</p>"], "card 4111 1111 1111 1111"))
            change(
                session,
                .map(
                    TermMap([
                        .init(.integer(0), "ok"), .init(.atom("e"), .list([.list(["push", .map(["k": "pushed"])])])),
                        .init(.atom("r"), "reply"),
                    ])))
        }
        for text in ["4111", "pushed", "reply"] { #expect(!bytes.contains(text), "\(text)") }
        #expect(page.text?.contains("<p>ok</p>") == true)
    }

    @Test(
        "What cannot be merged cannot be looked at: where anything is masked nothing of it is kept, and the page is unsure"
    )
    func doubt() async throws {
        let (bytes, page) = try await recorded { session in
            join(session, Self.tree(["<p data-reel-mask>", "</p>"], "one"))
            change(session, Self.diff((7, .string("nowhere"))))
            change(session, Self.diff((0, .string("three"))))
        }
        for text in ["one", "nowhere", "three"] { #expect(!bytes.contains(text), "\(text)") }
        #expect(page.unsureReason != nil)
    }

    @Test("A page without anything to mask is recorded as it was sent")
    func plain() async throws {
        let (_, page) = try await recorded { session in
            join(
                session,
                Self.part(
                    ["<ul>", "</ul>"],
                    [
                        .map([
                            "s": .list(["<li>", "</li>"]),
                            "k": .map(
                                TermMap([
                                    .init(.integer(0), .map(TermMap([.init(.integer(0), "a")]))),
                                    .init(.integer(1), .map(TermMap([.init(.integer(0), "b")]))),
                                    .init(.atom("kc"), 2),
                                ])),
                        ])
                    ]))
            change(
                session,
                Self.diff(
                    (
                        0,
                        .map([
                            "k": .map(TermMap([.init(.integer(0), 1), .init(.integer(1), 0), .init(.atom("kc"), 2)]))
                        ])
                    )))
        }
        #expect(page.text?.contains("<ul><li>b</li><li>a</li></ul>") == true)
        #expect(page.unsureReason == nil)
    }
}

/// A map of one pair whose key is text.
private func named(_ name: String, _ value: Term) -> Term { .map(TermMap([.init(.string(name), value)])) }
