import ExternalTerm
import Foundation
import Reel
import ReelRecorder
import ReelStore
import Testing

/// The time, in milliseconds since 1970.
private func now() -> Int { Int(Date().timeIntervalSince1970 * 1_000) }

@Suite("Events are recorded as the registry says")
struct EventTests {
    /// Records with `body`, and gives the events that are in the store then.
    private func recorded(
        assigns: Term = .map([:]), _ body: (Session) -> Void
    ) async throws -> (header: Header, events: [Event], file: RecordingFile) {
        try await inFolder { folder in
            let recording = try Recording(in: folder, .with { $0.policy.discardsWithoutInteraction = false })
            let session = recording.recorder.session(
                view: "Shop.CartLive", url: "/cart?page=1", params: .map([:]), session: .map([:]), assigns: assigns)
            body(session)
            session.close()
            #expect(await session.stored() == .stored(session.id))
            let file = try RecordingFile(await recording.content(session.id))
            return (try file.header, try file.allEvents(), file)
        }
    }

    private func text(_ pairs: [(String, Term)]) -> Term {
        .map(TermMap(pairs.map { TermMap.Pair(.string($0.0), $0.1) }))
    }

    @Test("the header says which view it was, where and when")
    func header() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder)
            let before = now()
            let session = recording.recorder.session(
                view: "Shop.CartLive", url: "/cart?page=1&token=abc", params: ["page": "1", "token": "abc"],
                session: ["user_id": "7", "_csrf_token": "x"], assigns: ["count": 1])
            session.event("add")
            session.close()
            _ = await session.stored()
            let file = try RecordingFile(await recording.content(session.id))
            #expect(try file.header.id == session.id.text)
            #expect(try file.header.view == "Shop.CartLive")
            #expect(try file.header.url == "/cart?page=1&token=[FILTERED]")
            #expect(try (before...now()).contains(#require(file.header.connectedAt)))
            #expect(try file.header.fields[atom: "params"] == text([("page", "1"), ("token", "[FILTERED]")]))
            #expect(try file.header.fields[atom: "session"] == text([("user_id", "7"), ("_csrf_token", "[FILTERED]")]))
            #expect(try file.event(at: 0).payload == .map(["assigns": .map(["count": 1])]))
        }
    }

    @Test("what the user does: events and navigation, in each form that they are given in")
    func interactions() async throws {
        struct Form: Encodable { var sku: String, quantity: Int, password: String }
        let (_, events, _) = try await recorded { session in
            session.event("add", params: ["sku": "mug", "card_token": "4711"])
            session.event("add", params: .map(["sku": "mug", "password": "x"]))
            session.event("add", params: Form(sku: "mug", quantity: 2, password: "x"))
            session.event("toggle", target: ComponentID("Elixir.Shop.Item", id: 4))
            session.params(["page": "2"], url: "/cart?page=2&secret=1")
        }
        #expect(events.map(\.kind) == ["mount", "event", "event", "event", "event", "params"])
        #expect(
            events[1].content
                == .map(["name": "add", "params": text([("sku", "mug"), ("card_token", "[FILTERED]")])]))
        #expect(events[2].content == .map(["name": "add", "params": .map(["sku": "mug", "password": "[FILTERED]"])]))
        #expect(
            events[3].content
                == .map([
                    "name": "add",
                    "params": text([("sku", "mug"), ("quantity", 2), ("password", "[FILTERED]")]),
                ]))
        #expect(
            events[4].content
                == .map([
                    "name": "toggle", "params": .map([:]),
                    "target": .tuple([.atom("Elixir.Shop.Item"), 4]),
                ]))
        #expect(
            events[5].content
                == .map(["params": text([("page", "2")]), "uri": "/cart?page=2&secret=[FILTERED]"]))
    }

    @Test("of a message only its tag")
    func info() async throws {
        let (_, events, _) = try await recorded { session in
            session.info(.tuple([.atom("tick"), "secret"]))
            session.info(.atom("refresh"))
            session.info("text")
        }
        #expect(
            events.dropFirst().map(\.content) == [
                .map(["tag": .atom("tick")]), .map(["tag": .atom("refresh")]), .map(["tag": .atom(.nil)]),
            ])
    }

    @Test("of a whole state what has changed of it")
    func deltas() async throws {
        struct Cart: Encodable { var items: [String], total: Int }
        let (_, events, file) = try await recorded(assigns: .map(["items": .nil, "total": 0, "flash": .map([:])])) {
            session in
            session.event("add")
            session.render(assigns: Cart(items: ["mug"], total: 0))
            session.event("price")
            session.render(assigns: .map(["items": .list(["mug"]), "total": 8, "flash": .map([:])]))
            session.event("price")
            session.render(changed: .map(["total": 9]))
            session.event("price")
            session.render(assigns: Cart(items: ["mug"], total: 9))
        }
        #expect(events[0].content == .map(["assigns": .map(["items": .nil, "total": 0])]))
        #expect(events[2].content == .map(["assigns": .map(["items": .list(["mug"])])]))
        #expect(events[4].content == .map(["assigns": .map(["total": 8])]))
        #expect(events[6].content == .map(["assigns": .map(["total": 9])]))
        // The last render has changed nothing.
        #expect(events.count == 8)
        #expect(try file.state(after: 7).assigns == ["items": .list(["mug"]), "total": 9])
    }

    @Test("a snapshot when several events were batched into one render, or an assign is gone")
    func snapshots() async throws {
        let (_, events, file) = try await recorded(assigns: .map(["a": 1, "b": 2])) { session in
            session.event("one")
            session.info(.atom("two"))
            session.render(assigns: .map(["a": 1, "b": 3]))
            session.event("three")
            session.render(assigns: .map(["b": 3]))
            session.snapshot(["c": 1])
        }
        #expect(events.map(\.kind) == ["mount", "event", "info", "assigns", "event", "assigns", "assigns"])
        #expect(events[3].content == .map(["snapshot": .map(["a": 1, "b": 3])]))
        #expect(events[5].content == .map(["snapshot": .map(["b": 3])]))
        #expect(try file.state(after: 5).assigns == ["b": 3])
        #expect(try file.state(after: 6).assigns == ["c": 1])
    }

    @Test("components by what has changed of each, until they leave")
    func components() async throws {
        let row = ComponentID("Elixir.Shop.Row", id: 1)
        let (_, events, file) = try await recorded { session in
            session.component(row, assigns: .map(["open": .boolean(false), "title": "x"]))
            session.component(row, assigns: .map(["open": .boolean(true), "title": "x"]))
            session.component(row, changed: ["title": "y"])
            session.componentDestroyed(row)
            session.component(row, assigns: .map(["open": .boolean(true)]))
        }
        #expect(
            events[2].content
                == .map([
                    "module": .atom("Elixir.Shop.Row"), "id": 1, "assigns": .map(["open": .boolean(true)]),
                ]))
        let key = Term.tuple([.atom("Elixir.Shop.Row"), 1])
        #expect(
            try file.state(after: 3).components[key] == .map(["open": .boolean(true), "title": "y"]))
        #expect(try file.state(after: 4).components.isEmpty)
        #expect(try file.state(after: 5).components[key] == .map(["open": .boolean(true)]))
    }

    @Test("any other kind as it is given")
    func others() async throws {
        let (_, events, file) = try await recorded { session in
            session.record(kind: "x_shop_payment", payload: ["amount": 12])
            session.record(kind: "log", payload: .map(["level": .atom("error"), "message": "declined"]))
        }
        #expect(events[1].kind == "x_shop_payment")
        #expect(events[1].content == text([("amount", 12)]))
        #expect(try file.summary?.errorCount == 1)
    }

    @Test("offsets of integers of every length, and values of every length")
    func lengths() async throws {
        let long = String(repeating: "ü", count: 40_000)
        let (_, events, _) = try await recorded { session in
            session.event(long, params: [long: long, "": "", "a": "z"])
        }
        #expect(
            events[1].content
                == .map(["name": .string(long), "params": text([(long, .string(long)), ("", ""), ("a", "z")])]))
    }

    @Test("what cannot be encoded is replaced and counted")
    func unencodable() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder)
            let session = recording.recorder.busySession()
            session.event("infinite", params: ["x": Double.infinity])
            var deep = Term.list([1])
            for _ in 0..<2_000 { deep = .list([deep]) }
            session.record(kind: "x_deep", payload: deep)
            session.close()
            _ = await session.stored()
            let events = try await recording.events(session.id)
            #expect(events.map(\.kind) == ["mount", "event", "event", "x_deep"])
            #expect(events[2].content == .map(["name": "infinite", "params": "[UNENCODABLE]"]))
            // The sanitizer refuses what is deeper than a reader takes.
            #expect(events[3].content == "[UNSANITIZED]")
            #expect(recording.recorder.statistics.failed == [.encoding: 1, .sanitizing: 1])
        }
    }
}
