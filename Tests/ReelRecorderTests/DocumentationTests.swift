import ExternalTerm
import Foundation
import Reel
import ReelRecorder
import ReelStore
import SystemPackage
import Testing

private struct Cart: Encodable {
    var items: [String] = []
}

@Suite("What README.md shows of the recorder does what it says")
struct DocumentationTests {
    @Test("the session and how it is watched")
    func session() async throws {
        try await inFolder { folder in
            let path = folder.appending("recordings")
            var cart = Cart()
            let recorder = try Recorder(store: try FileStore(path))

            let session = recorder.session(view: "Shop.CartLive", url: "/cart?page=1", assigns: cart)
            session.event("add", params: ["sku": "mug", "quantity": "2"])
            cart.items.append("mug")
            session.render(assigns: cart)  // what has changed is recorded
            session.close()

            var labels: [String] = []
            for try await event in session.events(from: .start) { labels.append(event.label) }
            #expect(labels == ["mount", "add: quantity=2, sku=mug", "assigns items"])
            #expect(await session.stored() == .stored(session.id))
        }
    }

    @Test("the configuration")
    func configuration() throws {
        var configuration = RecorderConfiguration()
        configuration.memoryByteCount = 64 << 20  // of all running sessions; what is beyond it is dropped and counted
        configuration.policy.maxEvents = 2_000
        configuration.policy.headSampling = 0.5  // half of the sessions are recorded
        configuration.policy.tailSampling = TailSampling(share: 0.1, slowerThan: .seconds(2))  // and all with errors
        configuration.policy.flush.interval = .seconds(1)
        try configuration.validate()
    }

    @Test("each line of it stands here")
    func lines() throws {
        let file = URL(filePath: #filePath)
        let source = try String(contentsOf: file, encoding: .utf8)
        let root = file.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let start = try #require(readme.range(of: "## Recording a Swift server"))
        let end = try #require(readme[start.upperBound...].range(of: "\n## "))
        var isCode = false
        var count = 0
        for line in readme[start.upperBound..<end.lowerBound].split(separator: "\n") {
            if line.hasPrefix("```") {
                isCode.toggle()
            } else if isCode {
                count += 1
                // What a page shows that a test does otherwise.
                let line = line.replacing("\"recordings\"", with: "path")
                    .replacing("{ print(event.offset, event.label) }", with: "{ labels.append(event.label) }")
                #expect(source.contains(line.trimmingCharacters(in: .whitespaces)), "\(line)")
            }
        }
        #expect(count == 13)
    }
}
