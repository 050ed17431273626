import ExternalTerm
import Foundation
import ReelStore
import ReelStoreConformance
import Testing

@Suite("The list")
struct ListTests {
    /// Recordings that differ in everything that can be asked for.
    static let sessions: [SampleSession] = [
        SampleSession("short", view: "Shop.CartLive", url: "http://shop.example/cart", connectedAt: 1_700_000_000_000),
        SampleSession(
            "chat", view: "Shop.ChatLive", url: "http://shop.example/chat", connectedAt: 1_710_000_000_000,
            events: [(0, "mount", .map(["assigns": .map([:])])), (5_000, "event", .map(["name": "send"]))]),
        SampleSession(
            "large", view: "Admin.UsersLive", url: "http://shop.example/admin", connectedAt: 1_720_000_000_000,
            events: [(0, "mount", .map(["assigns": .map(["noise": .binary(noise(20_000))])]))]),
        SampleSession(
            "running", view: "Shop.CartLive", url: "http://shop.example/cart", connectedAt: 1_690_000_000_000,
            events: [(0, "mount", .map(["assigns": .map([:])]))], isFinished: false),
    ]

    private static func noise(_ count: Int) -> [UInt8] {
        var random = SeededNumbers(seed: 7)
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    @Test(
        "each filter of the address finds what it says, and nothing else",
        arguments: [
            ("", ["running", "large", "chat", "short"]), ("text=chat", ["chat"]),
            ("text=SHOP+cart", ["running", "short"]),
            ("view=Shop.ChatLive", ["chat"]), ("view=Shop", []), ("url=%2Fadmin", ["large"]), ("event=send", ["chat"]),
            ("event=inc&event=save", ["short"]), ("event=inc&event=send", []), ("from=2024-04-01", ["large"]),
            ("to=2023-08-01T12:00", ["running"]), ("from=2023-11-14&to=2024-03-10", ["chat", "short"]),
            ("from=1000000w", ["running", "large", "chat", "short"]), ("longer=5&shorter=5.0", ["chat"]),
            ("longer=60", ["short"]), ("larger=10k", ["large"]), ("smaller=10k", ["running", "chat", "short"]),
            ("min_events=2", ["chat", "short"]), ("min_events=2&max_events=3", ["chat"]), ("min_errors=1", ["short"]),
            ("max_errors=0", ["running", "large", "chat"]), ("id=sho", ["short"]), ("id=..%2F", []),
            ("status=running", ["running"]), ("status=finished", ["large", "chat", "short"]),
            ("status=finished&order=connected&reverse=1", ["short", "chat", "large"]),
            ("status=finished&order=events", ["short", "chat", "large"]),
            ("text=&view=&event=&from=", ["running", "large", "chat", "short"]),
        ])
    func filters(query: String, expected: [String]) async throws {
        let listed = try await Site.with(Self.sessions) { try await $0.client.get("/?\(query)").listed }
        #expect(listed == expected)
    }

    @Test(
        "a filter that makes no sense is named, with what is expected",
        arguments: [
            ("from=yesterday", "from=yesterday: expected a date"), ("longer=x", "longer=x: expected seconds"),
            ("longer=-1", "longer=-1"), ("longer=nan", "longer=nan"), ("larger=1q", "larger=1q: expected a size"),
            ("larger=99999999999999999999G", "larger="), ("min_events=9999999999999999999999", "min_events="),
            ("status=gone", "status=gone: expected running or finished"), ("order=name", "order=name: expected one of"),
            ("limit=0", "limit=0: expected 1 to 500"), ("limit=501", "limit=501"), ("after=x", "after=x"),
            ("after=duration~up~1~a", "after=duration"), ("to=2026-13-45", "to=2026-13-45"),
        ])
    func nonsense(query: String, expected: String) async throws {
        let reply = try await Site.with { try await $0.client.get("/?\(query)") }
        #expect(reply.status == 400)
        #expect(reply.text.contains("role=\"alert\">\(expected)"))
    }

    @Test("a filter is said in words, each with the list that does not ask for it")
    func conditions() async throws {
        try await Site.with(Self.sessions) { (site) async throws in
            let page = try await site.client.get(
                "/?text=a%26b&event=inc&event=save&min_errors=1&order=size&after=&saved_to=9000000000000"
            ).text
            for (words, link) in [
                ("Search: a&amp;b", "event=inc&amp;event=save&amp;min_errors=1"),
                ("Event: inc", "text=a%26b&amp;event=save&amp;min_errors=1"),
                ("Event: save", "text=a%26b&amp;event=inc&amp;min_errors=1"),
                ("Errors: at least 1", "text=a%26b&amp;event=inc&amp;event=save"),
            ] {
                let link = "<a href=\"./?\(link)&amp;saved_to=9000000000000&amp;order=size\">"
                #expect(page.contains("\(link)<span class=\"hidden\">Without </span><bdi>\(words)</bdi>"), "\(words)")
            }
            #expect(!(try await site.client.get("/?order=size").text.contains("Without ")))
            #expect(try await site.client.get("/?from=yesterday").text.contains("name=\"from\" value=\"yesterday\""))
        }
    }

    @Test("pages show every recording once, and keep the filter in their links")
    func pages() async throws {
        let sessions = (0..<23).map { SampleSession("s\($0)", connectedAt: 1_700_000_000_000 + $0 % 4) }
        let listed = try await Site.with(sessions + [SampleSession("other", view: "Other")]) { (site) async throws in
            var listed: [String] = []
            var address = "?view=Shop.CartLive&limit=5"
            for _ in 0..<10 {
                let page = try await site.client.get("/\(address)")
                #expect(page.status == 200)
                listed += page.listed
                guard let end = page.text.firstRange(of: "\" rel=\"next\"")?.lowerBound else { break }
                address = String(page.text[..<end].reversed().prefix { $0 != "\"" }.reversed())
                    .replacingOccurrences(of: "&amp;", with: "&")
                #expect(address.contains("view=Shop.CartLive"))
            }
            return listed
        }
        #expect(listed.count == 23)
        #expect(Set(listed).count == 23)
    }

    @Test("running recordings come first and have a mark, whatever the order")
    func running() async throws {
        try await Site.with(Self.sessions) { (site) async throws in
            for order in ["connected", "duration", "size", "events", "errors", "saved"] {
                #expect(try await site.client.get("/?order=\(order)").listed.first == "running")
            }
            let page = try await site.client.get("/").text
            #expect(page.ranges(of: "class=\"mark live\"").count == 1)
        }
    }

    @Test("a list that is mounted without a slash at its end leads to the one with it")
    func slash() async throws {
        try await Site.with(Self.sessions, at: "admin/reel") { (site) async throws in
            let reply = try await site.client.get("/admin/reel?view=Shop.ChatLive")
            #expect(reply.status == 303)
            #expect(reply.header("Location") == "reel/?view=Shop.ChatLive")
            #expect(try await site.client.get("/admin/reel/?view=Shop.ChatLive").listed == ["chat"])
        }
    }

    @Test("an empty store says so, and a filter that finds nothing says that")
    func empty() async throws {
        try await Site.with { (site) async throws in
            #expect(try await site.client.get("/").text.contains("There are no recordings yet."))
            #expect(try await site.client.get("/?text=x").text.contains("No recording matches."))
        }
    }

    @Test("the device is a column when a recording's header says it")
    func device() async throws {
        try await Site.with(Self.sessions) { (site) async throws in
            let before = try await site.client.get("/").text
            #expect(!before.contains("Device"))
            let agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
            let bytes = try Recordings.bytes(
                header: ["id": "phone", "view": "Shop", "client": .map(["user_agent": .string(agent)])])
            try await site.store.put(bytes, as: RecordingID("phone"))
            // Its header stands in a member of more bytes than are read at a time.
            let noise = try Recordings.bytes(
                header: ["id": "tablet", "client": .map(["device": "A tablet"])],
                events: [(0, "mount", .map(["assigns": .map(["noise": .binary(Self.noise(300_000))])]))])
            try await site.store.put(noise, as: RecordingID("tablet"))
            for _ in 0..<2 {
                let page = try await site.client.get("/").text
                #expect(page.contains("<bdi>Chrome on Android</bdi>"))
                #expect(page.contains("<bdi>A tablet</bdi>"))
            }
        }
    }
}
