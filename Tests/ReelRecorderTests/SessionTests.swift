import ExternalTerm
import Reel
import ReelRecorder
import ReelStore
import SystemPackage
import Testing

@Suite("A session is recorded")
struct SessionTests {
    @Test("and is a recording in the store when it has been closed")
    func closed() async throws {
        try await inFolder { folder in
            let store = try FileStore(folder)
            let recorder = try Recorder(store: store)
            let session = recorder.session(
                view: "Shop.CartLive", url: "/cart?token=abc&page=1", assigns: .map(["items": .list([])]))
            session.event("add", params: ["sku": "mug", "card_token": "4711"])
            session.render(assigns: .map(["items": .list(["mug"])]))
            session.close()
            #expect(await session.stored() == .stored(session.id))
            let content = try await store.open(session.id)
            let file = try RecordingFile(content)
            #expect(file.layout == .finished)
            #expect(file.header.view == "Shop.CartLive")
            #expect(file.header.url == "/cart?token=[FILTERED]&page=1")
            #expect(try (0..<file.eventCount).map { try file.event(at: $0).kind } == ["mount", "event", "render"])
            #expect(
                try file.event(at: 1).payload
                    == .map([
                        "name": "add",
                        "params": .map(
                            TermMap([.init("card_token", "[FILTERED]"), .init("sku", "mug")])),
                    ]))
            #expect(try file.state(after: 2).assigns == ["items": .list(["mug"])])
        }
    }
}
