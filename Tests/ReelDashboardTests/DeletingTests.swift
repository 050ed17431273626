import Hummingbird
import ReelDashboard
import ReelStore
import ReelStoreConformance
import Testing

@Suite("Deleting, and who may")
struct DeletingTests {
    static let sessions = [
        SampleSession("a", view: "Shop.CartLive"), SampleSession("b", view: "Shop.CartLive", isFinished: false),
        SampleSession("c", view: "Admin.UsersLive"),
    ]

    private static func ids(_ site: Site) async throws -> [String] { try await site.store.ids().map(\.text).sorted() }

    @Test("one recording is deleted when it has been confirmed")
    func one() async throws {
        try await Site.with(Self.sessions, at: "reel") { (site) async throws in
            let page = try await site.client.get("/reel/recordings/a/delete")
            #expect(page.text.contains("Delete this recording?"))
            #expect(try await Self.ids(site) == ["a", "b", "c"])
            let reply = try await site.client.confirm("/reel/recordings/a/delete")
            #expect(reply.status == 303)
            #expect(reply.header("Location") == "../../")
            #expect(try await Self.ids(site) == ["b", "c"])
        }
    }

    @Test("what a filter finds is deleted when it has been confirmed, but nothing that came after the question")
    func filtered() async throws {
        try await Site.with(Self.sessions, at: "reel") { (site) async throws in
            let page = try await site.client.get("/reel/delete?view=Shop.CartLive&order=events")
            #expect(page.text.contains("2 recordings"))
            #expect(page.text.contains("1 of them without an end"))
            let action = try #require(page.text.firstMatch(of: #/action="([^"]*)"/#)).output.1
                .replacing("&amp;", with: "&")
            let token = try #require(page.field("csrf"))
            // Until the clock has moved on, what is saved next would count as saved before.
            let asked = WallClock.now
            while WallClock.now <= asked { await Task.yield() }
            try await site.store.keep(SampleSession("late", view: "Shop.CartLive"))
            let reply = try await site.client.post(
                "/reel/delete\(action)", "csrf=\(token.formEncoded)", [("Cookie", page.cookie ?? "")])
            #expect(reply.status == 303)
            #expect(try await Self.ids(site) == ["c", "late"])
        }
    }

    @Test("without a filter nothing is deleted as filtered", arguments: ["", "?", "?order=events", "?text="])
    func unfiltered(query: String) async throws {
        try await Site.with(Self.sessions) { (site) async throws in
            #expect(try await site.client.get("/delete\(query)").status == 400)
            let page = try await site.client.get("/clear")
            let reply = try await site.client.post(
                "/delete\(query)", "csrf=\(page.field("csrf")?.formEncoded ?? "")", [("Cookie", page.cookie ?? "")])
            #expect(reply.status == 400)
            #expect(try await Self.ids(site).count == 3)
        }
    }

    @Test("everything is deleted when it has been confirmed")
    func all() async throws {
        try await Site.with(Self.sessions) { (site) async throws in
            #expect(try await site.client.confirm("/clear").status == 303)
            #expect(try await Self.ids(site) == [])
        }
    }

    @Test("a form from elsewhere deletes nothing")
    func forged() async throws {
        try await Site.with(Self.sessions) { (site) async throws in
            let page = try await site.client.get("/clear")
            let token = try #require(page.field("csrf")).formEncoded
            let cookie = try #require(page.cookie)
            let stranger = try await site.client.get("/clear")
            let attempts: [(form: String, fields: Client.Fields)] = [
                ("", []), ("csrf=", [("Cookie", cookie)]), ("csrf=\(token)", []), ("csrf=x", [("Cookie", cookie)]),
                ("csrf=\(token)", [("Cookie", stranger.cookie ?? "")]),
                ("csrf=\(stranger.field("csrf")?.formEncoded ?? "")", [("Cookie", cookie)]),
                ("csrf=\(token)", [("Cookie", "reel_visitor=")]),
                ("csrf=\(token)", [("Cookie", cookie), ("Sec-Fetch-Site", "cross-site")]),
                ("csrf=\(token)", [("Cookie", cookie), ("Sec-Fetch-Site", "same-site")]),
                ("csrf=\(token)", [("Cookie", cookie), ("Origin", "https://evil.example")]),
                ("csrf=\(token)", [("Cookie", cookie), ("Origin", "null")]),
            ]
            for (form, fields) in attempts {
                for path in ["/clear", "/delete?view=Shop.CartLive", "/recordings/a/delete"] {
                    let reply = try await site.client.post(path, form, fields)
                    #expect(reply.status == 403, "\(path) \(form) \(fields)")
                }
            }
            #expect(try await Self.ids(site).count == 3)
            let own = "http://127.0.0.1:\(site.client.port)"
            let reply = try await site.client.post(
                "/clear", "csrf=\(token)", [("Cookie", cookie), ("Origin", own)])
            #expect(reply.status == 303)
        }
    }

    @Test("the cookie of a visitor stays on the dashboard's own pages")
    func cookie() async throws {
        try await Site.with(Self.sessions) { (site) async throws in
            let page = try await site.client.get("/clear")
            let field = try #require(page.header("Set-Cookie"))
            #expect(field.contains("HttpOnly"))
            #expect(field.contains("SameSite=Strict"))
            #expect(!field.contains("Secure"))
            let secure = try await site.client.get("/clear", [("X-Forwarded-Proto", "https")])
            #expect(secure.header("Set-Cookie")?.contains("Secure") == true)
            let again = try await site.client.get("/clear", [("Cookie", page.cookie ?? "")])
            #expect(again.header("Set-Cookie") == nil)
            #expect(again.field("csrf") == page.field("csrf"))
        }
    }

    @Test("who may only view sees no way to delete, and is refused one")
    func viewing() async throws {
        try await Site.with(Self.sessions, authorization: .viewing) { (site) async throws in
            for path in ["/?view=Shop.CartLive", "/recordings/a"] {
                let page = try await site.client.get(path)
                #expect(page.status == 200)
                #expect(!page.text.contains("class=\"danger\""))
            }
            #expect(try await site.client.get("/recordings/a").text.contains(#""mayDelete":false"#))
            #expect(try await site.client.get("/clear").status == 403)
            #expect(try await site.client.get("/recordings/a/delete").status == 403)
            #expect(try await site.client.get("/delete?view=Shop.CartLive").status == 404)
            // The token is in the player's page.
            let page = try await site.client.get("/recordings/a")
            let token = try #require(page.text.firstMatch(of: #/"csrf":"([^"]*)"/#)).output.1
            for path in ["/clear", "/recordings/a/delete"] {
                let reply = try await site.client.post(
                    path, "csrf=\(String(token).formEncoded)", [("Cookie", page.cookie ?? "")])
                #expect(reply.status == 403)
            }
            _ = try await site.client.post(
                "/delete?view=Shop.CartLive", "csrf=\(String(token).formEncoded)", [("Cookie", page.cookie ?? "")])
            #expect(try await Self.ids(site).count == 3)
        }
    }

    @Test("a recording that may not be viewed is not listed, not counted, not deleted with others, and not found")
    func hidden() async throws {
        let authorization = DashboardAuthorization<BasicRequestContext> { access, _, _ in
            switch access {
            case .view(let recording): recording.view != "Admin.UsersLive"
            case .list, .delete, .clear: true
            }
        }
        try await Site.with(Self.sessions, authorization: authorization) { (site) async throws in
            #expect(try await site.client.get("/").listed == ["b", "a"])
            for path in ["", "/bytes", "/live", "/page?event=0", "/state?event=0", "/delete"] {
                #expect(try await site.client.get("/recordings/c\(path)").status == 404, "\(path)")
            }
            let page = try await site.client.get("/delete?min_events=1")
            #expect(page.text.contains("2 recordings"))
            let action = try #require(page.text.firstMatch(of: #/action="([^"]*)"/#)).output.1
                .replacing("&amp;", with: "&")
            _ = try await site.client.post(
                "/delete\(action)", "csrf=\(page.field("csrf")?.formEncoded ?? "")", [("Cookie", page.cookie ?? "")])
            #expect(try await Self.ids(site) == ["c"])
        }
    }

    @Test("a page of the list is filled although most recordings may not be viewed")
    func filled() async throws {
        let sessions = (0..<60).map { SampleSession("s\($0)", view: $0 % 10 == 0 ? "Shop" : "Admin") }
        let authorization = DashboardAuthorization<BasicRequestContext> { access, _, _ in
            if case .view(let recording) = access { recording.view == "Shop" } else { true }
        }
        try await Site.with(sessions, authorization: authorization) { (site) async throws in
            let page = try await site.client.get("/?limit=4")
            #expect(page.listed.count == 4)
            let next = try #require(page.text.firstMatch(of: #/href="([^"]*)" rel="next"/#)).output.1
                .replacing("&amp;", with: "&")
            let rest = try await site.client.get("/\(next)").listed
            #expect(Set(page.listed + rest).count == 6)
        }
    }

    @Test("who may not list is refused, and what the application's hook throws is the answer")
    func refused() async throws {
        let closed = DashboardAuthorization<BasicRequestContext> { _, _, _ in false }
        try await Site.with(Self.sessions, authorization: closed) { (site) async throws in
            #expect(try await site.client.get("/").status == 403)
            #expect(try await site.client.get("/recordings/a").status == 404)
        }
        let throwing = DashboardAuthorization<BasicRequestContext> { _, _, _ in throw HTTPError(.gone) }
        try await Site.with(Self.sessions, authorization: throwing) { (site) async throws in
            #expect(try await site.client.get("/").status == 410)
        }
    }

    @Test("processes with one secret take each other's forms")
    func secret() async throws {
        var configuration = DashboardConfiguration()
        configuration.secret = Array("a secret of all processes".utf8)
        let shared = configuration
        try await Site.with(Self.sessions, configuration: shared) { (one) async throws in
            let page = try await one.client.get("/clear")
            try await Site.with(Self.sessions, configuration: shared) { (other) async throws in
                let reply = try await other.client.post(
                    "/clear", "csrf=\(page.field("csrf")?.formEncoded ?? "")", [("Cookie", page.cookie ?? "")])
                #expect(reply.status == 303)
            }
        }
    }
}
