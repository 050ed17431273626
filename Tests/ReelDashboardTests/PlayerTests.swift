import ExternalTerm
import Foundation
import Reel
import ReelDashboard
import ReelJSON
import ReelStore
import ReelStoreConformance
import SystemPackage
import Testing

@Suite("The player's page, replayed pages and states")
struct PlayerTests {
    private static func facts(_ reply: Client.Reply) throws -> Term {
        let start = try #require(
            reply.text.firstRange(of: "<script type=\"application/json\" id=\"reel\">")?.upperBound)
        let json = reply.text[start...].prefix { $0 != "<" }
        return try Term(plainJSON: Array(json.utf8))
    }

    @Test("the page has the facts that the player needs, and the links work from where it is")
    func facts() async throws {
        try await Site.with([SampleSession("s-1")], at: "a/b") { (site) async throws in
            let reply = try await site.client.get("/a/b/recordings/s-1?event=4")
            #expect(reply.status == 200)
            let facts = try Self.facts(reply)
            let recording = try #require(try await site.store.recording(RecordingID("s-1")))
            #expect(facts["id"] == "s-1")
            #expect(facts["view"] == "Shop.CartLive")
            #expect(facts["connectedAt"] == 1_700_000_000_250)
            #expect(facts["byteCount"] == .integer(recording.byteCount))
            #expect(facts["eventCount"] == 9)
            #expect(facts["errorCount"] == 2)
            #expect(facts["isFinished"] == true)
            #expect(facts["damage"] == .atom(.nil))
            #expect(facts["event"] == 4)
            #expect(facts["mayDelete"] == true)
            #expect(facts["template"]?["file"] == "Shop.CartLive.mustache")
            #expect(facts["template"]?["isThere"] == false)
            for (name, query) in [
                ("list", ""), ("bytes", ""), ("live", ""), ("page", "?event=0"), ("state", "?event=0"), ("delete", ""),
            ] {
                let link = try #require(facts["links"]?[.string(name)]?.text)
                let url = try #require(
                    URL(string: link + query, relativeTo: URL(string: "http://x/a/b/recordings/s-1")))
                let path = url.path(percentEncoded: true) + (link.hasSuffix("/") && !url.path.hasSuffix("/") ? "/" : "")
                let target = try await site.client.get(path + query)
                #expect(target.status == 200, "\(name): \(path)")
            }
        }
    }

    @Test("without JavaScript there are the events around the position, and the way to the others")
    func events() async throws {
        let events: [(offset: Int, kind: Atom, payload: Term)] = (0..<250).map {
            ($0 * 10, $0 == 0 ? "mount" : "event", .map(["name": .string("e\($0)")]))
        }
        try await Site.with([SampleSession("s-1", events: events)]) { (site) async throws in
            var address = "s-1"
            var seen: [String] = []
            for _ in 0..<5 {
                let page = try await site.client.get("/recordings/\(address)").text
                seen += page.matches(of: #/<li value="(\d+)"/#).map { String($0.output.1) }
                guard let next = page.firstMatch(of: #/href="([^"]*)" rel="next"/#)?.output.1 else { break }
                address = String(next)
            }
            #expect(Set(seen) == Set((0..<250).map(String.init)))
            let middle = try await site.client.get("/recordings/s-1?event=120").text
            #expect(middle.contains("<li value=\"120\" aria-current=\"true\">"))
            #expect(middle.contains("<bdi>e120</bdi>"))
        }
    }

    @Test("a state is what the recording says, in each notation")
    func states() async throws {
        try await Site.with([SampleSession("s-1")]) { (site) async throws in
            let elixir = try await site.client.get("/recordings/s-1/state?event=3")
            #expect(elixir.header("Content-Type") == "text/plain; charset=utf-8")
            let expected = #"%{assigns: %{count: 1}, components: %{}, url: "http://shop.example/cart?page=1"}"#
            #expect(elixir.text == expected)
            let tagged = try await site.client.get("/recordings/s-1/state?event=3&mapping=tagged")
            #expect(tagged.header("Content-Type") == "application/json")
            #expect(try Term(taggedJSON: tagged.text).elixirText == expected)
            let plain = try await site.client.get("/recordings/s-1/state?event=3&mapping=plain")
            #expect(plain.text == #"{"assigns":{"count":1},"components":{},"url":"http://shop.example/cart?page=1"}"#)
            #expect(try await site.client.get("/recordings/s-1/state?event=-1").text.contains("assigns: %{}"))
        }
    }

    @Test("an asset is what the recording holds, or a file of the folder; the player asks where there may be some")
    func assets() async throws {
        let events: [(offset: Int, kind: Atom, payload: Term)] = [
            (0, "page_asset", .map(["content": "a { b: url(/b.png) }", "href": "/a.css", "type": "text/css"])),
            (0, "page_join", .map(["id": "v", "tree": "x"])),
        ]
        let files = FileManager.default.temporaryDirectory.appending(path: "reel-assets-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: files) }
        for name in ["b.png", "c.css", "d.js"] { try Data(name.utf8).write(to: files.appending(path: name)) }
        let sessions = [SampleSession("s-1", events: events), SampleSession("s-2")]
        let png = "data:image/png;base64,\(Data("b.png".utf8).base64EncodedString())"
        try await Site.with(sessions, assets: AssetFolder(FilePath(files.path))) { (site) async throws in
            for (address, text) in [
                ("/a.css", "a { b: url(\"\(png)\") }"), ("/b.png?v=1%231", png), ("/c.css", "c.css"),
            ] {
                let address = address.replacing("?", with: "%3F")
                let asset = try await site.client.get("/recordings/s-1/asset?address=\(address)")
                #expect(asset.status == 200 && asset.text == text, "\(address)")
                #expect(asset.header("Content-Type") == "text/plain; charset=utf-8")
                #expect(asset.header("Content-Security-Policy")?.contains("default-src 'none'") == true)
            }
            for address in ["/d.js", "/e.css", "/../c.css", "https://cdn.example/c.css"] {
                let asset = try await site.client.get("/recordings/s-1/asset?address=\(address)")
                #expect(asset.status == 204 && asset.text.isEmpty, "\(address)")
            }
            #expect(try await site.client.get("/recordings/s-1/asset").status == 400)
            #expect(try await site.client.get("/recordings/s-3/asset?address=/c.css").status == 404)
            #expect(try await site.client.get("/recordings/s-2").text.contains("\"asset\":\"s-2/asset\""))
        }
        try await Site.with(sessions) { (site) async throws in
            #expect(try await site.client.get("/recordings/s-1/asset?address=/a.css").text == "a { b: url(/b.png) }")
            #expect(try await site.client.get("/recordings/s-1").text.contains("\"asset\":\"s-1/asset\""))
            #expect(try await !site.client.get("/recordings/s-2").text.contains("\"asset\""))
        }
    }

    @Test(
        "an event that is not there is not found, and one that makes no sense is refused",
        arguments: [
            ("?event=9", 404), ("?event=9223372036854775807", 404), ("?event=-2", 400), ("?event=x", 400), ("", 400),
            ("?event=99999999999999999999", 400), ("?event=0&mapping=xml", 400),
        ])
    func noEvent(query: String, status: Int) async throws {
        try await Site.with([SampleSession("s-1")]) { (site) async throws in
            let state = try await site.client.get("/recordings/s-1/state\(query)")
            #expect(state.status == status)
            #expect(!state.text.isEmpty)
            if !query.contains("mapping") {
                #expect(try await site.client.get("/recordings/s-1/page\(query)").status == status)
            }
        }
    }

    @Test("a replayed page is what the template makes of the state at each event")
    func pages() async throws {
        let templates = PageTemplates(["Shop.CartLive": { "<p>\($0.assigns[atom: "count"]?.elixirText ?? "none")</p>" }]
        )
        try await Site.with([SampleSession("s-1")], templates: templates) { (site) async throws in
            for (event, count) in [(-1, "none"), (0, "0"), (2, "0"), (3, "1"), (8, "1")] {
                let page = try await site.client.get("/recordings/s-1/page?event=\(event)")
                #expect(page.text == "<p>\(count)</p>")
            }
            #expect(try Self.facts(try await site.client.get("/recordings/s-1"))["template"]?["isThere"] == true)
        }
    }

    @Test("where events are missing it is said: in the facts, in the list, in the state and over the assigns")
    func gaps() async throws {
        let events: [(offset: Int, kind: Atom, payload: Term)] = [
            (0, "mount", .map(["assigns": .map(["n": 0])])),
            (65_000, "gap", Gap(dropped: ["render": 3, "event": 1]).payload),
            (70_000, "assigns", .map(["snapshot": .map(["n": 4])])),
        ]
        try await Site.with([SampleSession("s-1", events: events), SampleSession("s-2")]) { (site) async throws in
            let page = try await site.client.get("/recordings/s-1").text
            #expect(page.contains("<dt>Gaps</dt><dd class=\"errors\">1</dd>"))
            #expect(page.contains("<bdi>events are missing: event 1, render 3</bdi>"))
            #expect(try await !site.client.get("/recordings/s-2").text.contains("Gaps"))
            for (event, isUnsure) in [(0, false), (1, true), (2, false)] {
                let state = try await site.client.get("/recordings/s-1/state?event=\(event)&mapping=plain").text
                #expect(state.contains(#""unsure":65000"#) == isUnsure)
                let assigns = try await site.client.get("/recordings/s-1/page?event=\(event)").text
                #expect(assigns.contains("Unsure since 1:05: events are missing") == isUnsure)
            }
        }
    }

    @Test("a view without a template shows its assigns, and says how to add one")
    func noTemplate() async throws {
        try await Site.with([SampleSession("s-1")]) { (site) async throws in
            let page = try await site.client.get("/recordings/s-1/page?event=6").text
            #expect(page.contains("add Shop.CartLive.mustache to the folder of templates"))
            #expect(page.contains("<bdi>note</bdi>"))
            #expect(page.contains("<pre>&quot;late&quot;</pre>"))
        }
    }

    @Test("a template that fails says so, and nothing else")
    func failing() async throws {
        struct Failed: Error {}
        let templates = PageTemplates(["Shop.CartLive": { _ in throw Failed() }])
        try await Site.with([SampleSession("s-1")], templates: templates) { (site) async throws in
            let page = try await site.client.get("/recordings/s-1/page?event=0")
            #expect(page.status == 422)
            #expect(page.text.contains("the template of Shop.CartLive"))
        }
    }

    @Test("a damaged recording is listed, shows what can be read, and says what is wrong")
    func damaged() async throws {
        let session = SampleSession("s-1", eventsPerMember: 2)
        try await Site.with([session, SampleSession("s-2")]) { (site) async throws in
            let path = URL(filePath: site.folder.string).appending(path: "s-1.reel")
            var bytes = try session.bytes()
            bytes[try session.pieces()[0].count + 60] ^= 0xFF
            try Data(bytes).write(to: path, options: .atomic)
            #expect(try await site.client.get("/").listed.sorted() == ["s-1", "s-2"])
            let page = try await site.client.get("/recordings/s-1")
            #expect(page.status == 200)
            #expect(page.text.contains("role=\"alert\">Damaged: "))
            #expect(page.text.contains("<li value=\"0\">"))
            #expect(try await site.client.get("/recordings/s-1/state?event=0").status == 200)
            #expect(try await site.client.get("/recordings/s-1/state?event=3").status == 422)
            try Data("this is no recording".utf8).write(to: path, options: .atomic)
            #expect(try await site.client.get("/").text.contains("class=\"mark damaged\""))
            #expect(try await site.client.get("/recordings/s-1").status == 200)
            #expect(try await site.client.get("/recordings/s-1/page?event=0").status == 422)
        }
    }
}
