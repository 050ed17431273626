import ExternalTerm
import Reel
import ReelDashboard
import ReelStore
import ReelStoreConformance
import Testing

@Suite("A recording of terms that nest deep")
struct DeepTests {
    /// As deep as a frame's term may be, with what is around it.
    private static func nested(_ depth: Int, in wrap: (Term) -> Term) -> Term {
        (0..<depth).reduce(.list([1])) { term, _ in wrap(term) }
    }

    @Test("is shown like any other, on every page")
    func pages() async throws {
        let lists = Self.nested(1_010) { .list([$0]) }
        let maps = Self.nested(1_010) { .map(["children": $0]) }
        let tuples = Self.nested(1_010) { .tuple([.atom("ok"), $0]) }
        let assigns: TermMap = ["lists": lists, "maps": maps, "tuples": tuples]
        let bytes = try Recordings.bytes(
            header: ["id": "r", "view": "Shop.CartLive", "session": maps, "client": lists],
            events: [
                (0, "mount", .map(["assigns": .map(assigns)])), (1, "event", .map(["name": "x", "params": maps])),
                (2, "info", .map(["tag": tuples])), (3, "render", .map(["assigns": .map(["lists": 1])])),
                (4, "component", .map(["module": .atom("a"), "id": lists, "assigns": .map(["x": maps])])),
            ])
        let templates = [
            "Shop.CartLive.mustache": "{{lists}}{{#maps}}{{> node}}{{/maps}}",
            "node.mustache": "<ul>{{#.children}}{{> node}}{{/.children}}{{^.children}}{{.}}{{/.children}}</ul>",
        ]
        try await TemplateTests.inFolder(templates) { (folder) async throws in
            for templates in [PageTemplates.none, try PageTemplates(folder: folder)] {
                try await Site.with(templates: templates) { (site) async throws in
                    try await site.store.put(bytes, as: RecordingID("r"))
                    for path in [
                        "/", "/recordings/r", "/recordings/r/page?event=0", "/recordings/r/page?event=4",
                        "/recordings/r/state?event=4", "/recordings/r/state?event=4&mapping=tagged",
                        "/recordings/r/state?event=2&mapping=plain",
                    ] {
                        let reply = try await site.client.get(path)
                        #expect(reply.status == 200, "\(path)")
                    }
                }
            }
        }
    }
}
