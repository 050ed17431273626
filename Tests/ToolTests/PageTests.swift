import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing

@Suite("reel page")
struct PageTests {
    private static let document = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title></title></head><body>"

    /// A view that joins, counts to one, misses an event, counts to two, and joins again.
    private static func recording() throws -> [UInt8] {
        func tree(_ count: String) -> Term {
            .map(
                TermMap([
                    .init(.integer(0), .string(count)), .init(.atom("s"), .list(["<b>", "</b><script>x</script>"])),
                ]))
        }
        func diff(_ count: String) -> Term {
            .map(["id": "v", "diff": .map(TermMap([.init(.integer(0), .string(count))]))])
        }
        let events: [(offset: Int, kind: Atom, payload: Term)] = [
            (0, "mount", .map(["assigns": .map([:])])), (100, "page_join", .map(["id": "v", "tree": tree("0")])),
            (1_000, "page_diff", diff("1")), (2_000, "gap", .map([:])), (3_000, "page_diff", diff("2")),
            (4_000, "page_join", .map(["id": "v", "tree": tree("3")])),
        ]
        let sink = MemorySink()
        let writer = try RecordingWriter(to: sink, header: Header(fields: ["id": "p"]))
        for event in events { try writer.append(offset: event.offset, kind: event.kind, payload: event.payload) }
        try writer.finish()
        return sink.bytes
    }

    struct Point: Sendable, CustomTestStringConvertible {
        var arguments: String
        var count: String
        var isUnsure = false
        var testDescription: String { arguments }
    }

    @Test(
        "The page at a time or after an event, and whether it may be wrong",
        arguments: [
            Point(arguments: "--at 0.1s", count: "0"), Point(arguments: "--event 1", count: "0"),
            Point(arguments: "--at 1.5s", count: "1"), Point(arguments: "--event 3", count: "1", isUnsure: true),
            Point(arguments: "--at 3s", count: "2", isUnsure: true), Point(arguments: "", count: "3"),
        ])
    func points(_ point: Point) throws {
        let bytes = try PageTests.recording()
        let arguments = ["page", "--raw"] + point.arguments.split(separator: " ").map(String.init)
        let text = PageTests.document + "<div id=\"v\"><b>\(point.count)</b><script>x</script></div></body></html>"
        try withFile(bytes) { file in
            for run in [try Tool.run(arguments + [file]), try Tool.run(arguments + ["-"], input: bytes)] {
                #expect(run.text == text)
                #expect(run.status == (point.isUnsure ? 1 : 0))
                #expect(run.talk == (point.isUnsure ? "reel: the page may be wrong: events are missing\n" : ""))
            }
        }
    }

    @Test("Without --raw the page has a policy by which a browser runs and loads nothing; -o writes a file")
    func safe() throws {
        try inFolder { folder in
            let output = folder.appending(path: "page.html").path
            let run = try Tool.run(["page", "-", "-o", output], input: try PageTests.recording())
            #expect(run.status == 0 && run.text == "")
            let text = try String(contentsOfFile: output, encoding: .utf8)
            #expect(
                text.hasPrefix(
                    "<!DOCTYPE html><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"))
            #expect(text.contains("<b>3</b>"))
        }
    }

    @Test(
        "Where there is no page, or no such event, the command says so",
        arguments: ["--at 50ms", "--event 0", "--event 99"])
    func none(_ arguments: String) throws {
        let run = try Tool.run(
            ["page", "-"] + arguments.split(separator: " ").map(String.init), input: try PageTests.recording())
        #expect(run.status == 1)
        #expect(run.text == "")
        #expect(run.talk.contains(arguments == "--event 99" ? "no event 99" : "there is no page at that point"))
    }

    @Test("Style sheets of the recording, and files of the folder, are in the page; --raw leaves it as it was sent")
    func assets() throws {
        let document = "<!DOCTYPE html><link rel=stylesheet href=/a.css><link rel=stylesheet href=/b.css>"
        let events: [(kind: Atom, payload: Term)] = [
            ("page_asset", .map(["content": "A", "href": "/a.css", "type": "text/css"])),
            ("page", .map(["after": "", "before": .string(document), "id": "v"])),
            ("page_join", .map(["id": "v", "tree": "x"])),
        ]
        let sink = MemorySink()
        let writer = try RecordingWriter(to: sink, header: Header(fields: ["id": "p"]))
        for event in events { try writer.append(offset: 0, kind: event.kind, payload: event.payload) }
        try writer.finish()
        try inFolder { folder in
            try Data("B".utf8).write(to: folder.appending(path: "b.css"))
            let alone = try Tool.run(["page", "-"], input: sink.bytes)
            #expect(alone.status == 0)
            #expect(alone.text.contains("href=data:text/css;base64,QQ==><link rel=stylesheet href=/b.css>"))
            let both = try Tool.run(["page", "-", "--assets", folder.path], input: sink.bytes)
            #expect(
                both.text.contains(
                    "href=data:text/css;base64,QQ==><link rel=stylesheet href=data:text/css;base64,Qg==>"))
            let raw = try Tool.run(["page", "-", "--raw", "--assets", folder.path], input: sink.bytes)
            #expect(raw.text.hasPrefix(document))
            let exported = try Tool.run(["export", "-", "--to", "html", "--assets", folder.path], input: sink.bytes)
            #expect(exported.text.contains("id=\"assets\">{\"/a.css\":\"A\",\"/b.css\":\"B\"}</script>"))
            let missing = folder.appending(path: "missing").path
            for command in [["page", "-"], ["export", "-", "--to", "html"], ["serve", "-"]] {
                let run = try Tool.run(command + ["--assets", missing], input: sink.bytes)
                #expect(run.status == 66)
                #expect(run.talk.contains("no such folder"))
            }
        }
    }

    @Test("A session that was recorded without pages has none")
    func withoutPages() throws {
        let run = try Tool.run(["page", "-"], input: try Session.recording())
        #expect(run.status == 1)
        #expect(run.talk.contains("recorded with pages"))
    }

    @Test("The point is given one way")
    func usage() throws {
        #expect(try Tool.run("page", "-", "--at", "1s", "--event", "3").status == 64)
    }
}
