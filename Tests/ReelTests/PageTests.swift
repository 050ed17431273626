import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing

/// Pages, put together from what was sent to a browser: Spec/pages.md.
@Suite("Pages")
struct PageTests {
    /// A session in a browser: the recordings of its views, and what the browser showed now and then.
    struct Session: Sendable, CustomTestStringConvertible {
        var version: String
        var name: String
        var recordings: [String]
        var checkCount: Int
        var testDescription: String { "\(version) \(name)" }

        static let all: [Session] = ["1.0.19", "1.1.33", "1.2.10"].flatMap { version in
            [
                Session(version: version, name: "shop", recordings: ["1-home", "2-cart", "3-home"], checkCount: 28),
                Session(
                    version: version, name: "fuzz", recordings: ["fuzz"], checkCount: version == "1.0.19" ? 150 : 200),
            ]
        }

        private func bytes(_ name: String) throws -> [UInt8] {
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            return Array(try Data(contentsOf: root.appending(path: "Samples/pages/\(version)/\(name)")))
        }

        func files() throws -> [RecordingFile] {
            try recordings.map { try RecordingFile(MemorySource(try bytes("\($0).reel"))) }
        }

        func checks() throws -> [Check] {
            let text = try Program.run("gzip", "-dc", input: try bytes("\(name).checks.json.gz")).output
            return try JSONDecoder().decode([Check].self, from: Data(text))
        }
    }

    /// What a browser showed: at a time, in milliseconds since 1970, the root's element held `html`.
    struct Check: Decodable {
        var tag: String
        var html: String
        var root: String
        var ms: Int
        var title: String
    }

    @Test("Pages of real sessions are what the browser had, by all three versions of LiveView", arguments: Session.all)
    func sessions(_ session: Session) throws {
        let files = try session.files()
        let starts = try files.map { try #require(try $0.header.connectedAt) }
        let checks = try session.checks()
        #expect(checks.count == session.checkCount)
        for check in checks {
            let index = try #require(starts.lastIndex { $0 <= check.ms + 5 })
            let event = try #require(try files[index].lastEvent(before: check.ms - starts[index]))
            let written = try files[index].page(after: event.index).written()
            #expect(written.unsureReason == nil, "\(check.tag)")
            let text = try #require(written.text)
            let start = try #require(text.range(of: "<div id=\"\(check.root)\">")?.upperBound)
            let end = try #require(text.range(of: "</div>", options: .backwards)?.lowerBound)
            #expect(NormalHTML(String(text[start..<end])) == NormalHTML(check.html), "\(check.tag)")
            #expect(written.title == check.title, "\(check.tag)")
        }
    }

    @Test("The normal form of HTML tells what differs")
    func normalForm() {
        let one = NormalHTML("<p class=\"a\" id=x>1 &amp; 2</p><br/>")
        #expect(one == NormalHTML("<p id='x' data-phx-component=1 class=\"a\">1 &amp; 2</p><br>"))
        for other in [
            "<p class=\"b\" id=x>1 &amp; 2</p><br/>", "<p class=\"a\" id=x>1 2</p><br/>",
            "<p class=\"a\" id=x>1 &amp; 2</p>",
        ] {
            #expect(one != NormalHTML(other))
        }
    }

    // MARK: Keyframes

    /// The events of pages of a real session, again and again with other titles, so that there are many.
    private static func longSession() throws -> [PlainEvent] {
        let session = try #require(Session.all.first { $0.version == "1.2.10" && $0.name == "fuzz" })
        var events: [PlainEvent] = []
        for file in try session.files() {
            try file.forEachEvent { event in
                if Page.isChanged(by: event.kind), let payload = try? event.payload {
                    events.append(PlainEvent(offset: event.offset, kind: event.kind, payload: payload))
                }
                return true
            }
        }
        return events
    }

    @Test("A page in the middle of a recording costs one member, and is the one that all events before it make")
    func keyframes() throws {
        let events = try PageTests.longSession()
        let options = WriterOptions(memberByteCount: 8_000)
        let bytes = try recording(Header(fields: [:]), options) { writer in
            for event in events { try writer.append(offset: event.offset, kind: event.kind, payload: event.payload) }
            try writer.finish()
        }
        #expect(Validation.findings(in: MemorySource(bytes)).filter { $0.event != nil } == [])
        let entries = try RecordingFile(MemorySource(bytes)).entries
        #expect(entries.count > 5)
        var page = Page()
        var seen = 0
        for (index, event) in events.enumerated() {
            page.apply(kind: event.kind, payload: event.payload)
            let member = try #require(entries.lastIndex { $0.firstEvent <= index })
            guard entries[member].startsWithKeyframe || index % 23 == 0 else { continue }
            let file = try RecordingFile(MemorySource(bytes))
            let opened = file.inflatedMemberCount
            #expect(try file.page(after: index).written() == page.written(), "event \(index)")
            if entries[member].startsWithKeyframe {
                #expect(file.inflatedMemberCount == opened + 1, "event \(index)")
                seen += 1
            }
        }
        #expect(seen > 1, "\(entries.map { ($0.firstEvent, $0.startsWithKeyframe) })")
    }

    @Test("A keyframe's page has the same effect of every event that follows")
    func keyframeEvents() throws {
        var kinds: Set<Atom> = []
        for session in Session.all {
            for file in try session.files() {
                var page = Page()
                try file.forEachEvent { event in
                    guard Page.isChanged(by: event.kind), let payload = try? event.payload else { return true }
                    page.apply(kind: event.kind, payload: payload)
                    guard let kept = Page(page.term) else {
                        Issue.record("a page that no keyframe holds")
                        return false
                    }
                    // From here on it is the kept one that goes on.
                    page = kept
                    kinds.insert(event.kind)
                    return true
                }
                let last = try #require(try file.eventCount > 0 ? file.eventCount - 1 : nil)
                #expect(try page.written() == file.page(after: last).written())
            }
        }
        #expect(kinds == ["page", "page_join", "page_diff"])
    }

    @Test("A gap leaves the page unsure")
    func gap() throws {
        let events = try PageTests.longSession()
        let options = WriterOptions(memberByteCount: 30_000, writesKeyframes: false)
        let bytes = try recording(Header(fields: [:]), options) { writer in
            for event in events { try writer.append(offset: event.offset, kind: event.kind, payload: event.payload) }
            try writer.append(offset: 0, kind: "gap", payload: .map([:]))
            try writer.finish()
        }
        let last = try RecordingFile(MemorySource(bytes)).entries.last?.endEvent ?? 0
        let page = try RecordingFile(MemorySource(bytes)).page(after: last - 1).written()
        #expect(page.unsureReason == "events are missing")
        #expect(page.text != nil)
    }

    // MARK: Strangers

    @Test(
        "Whatever an event of a page holds, nothing traps, and a refused one changes nothing but what is sure",
        arguments: 1...4)
    func fuzz(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let events = try PageTests.longSession()
        var refused = 0
        for _ in 0..<10 {
            var page = Page()
            for event in events.prefix(60) {
                let payload = generator.chance(85) ? event.payload : PageTests.changed(event.payload, &generator)
                let before = try page.written()
                page.apply(kind: event.kind, payload: payload)
                let after = try? page.written()
                // An event of which nothing could be taken leaves the page as it was.
                if let after, after.unsureReason != nil, after.unsureReason != before.unsureReason,
                    payload != event.payload
                {
                    refused += after.text == before.text ? 1 : 0
                }
                let kept = try #require(Page(page.term))
                let (one, other) = (try kept.written(), try page.written())
                #expect(one.text == other.text && one.title == other.title)
                #expect((one.unsureReason == nil) == (other.unsureReason == nil))
            }
        }
        #expect(refused > 5)
    }

    /// A term with something in it that is something else.
    private static func changed(_ term: Term, _ generator: inout SeededGenerator) -> Term {
        if generator.chance(12) {
            return generator.pick(
                .integer(generator.number(-3...9)), .atom(.nil), .list([]), .map([:]), .string("x"), .binary([0xFF]),
                .integer(1 << 60), .float(1.5), .list([.integer(0), .map([:])]), .map(["kc": 4_000_000_000]))
        }
        switch term {
        case .map(let map) where !map.isEmpty:
            var pairs = map.pairs
            let index = generator.number(0...pairs.count - 1)
            switch generator.number(0...4) {
            case 0: pairs.remove(at: index)
            case 1:
                pairs.append(
                    .init(generator.pick(.atom("s"), .atom("k"), .integer(7), .atom("stream")), pairs[index].value))
            default: pairs[index].value = changed(pairs[index].value, &generator)
            }
            return .map(TermMap(pairs))
        case .list(var elements) where !elements.isEmpty:
            let index = generator.number(0...elements.count - 1)
            elements[index] = changed(elements[index], &generator)
            return .list(elements)
        default: return generator.pick(.integer(1), .string("y"), .map([:]), term)
        }
    }

    @Test("References that double with each component are a page that is too large, and take no time")
    func doubling() throws {
        var components = TermMap([
            .init(.integer(41), .map(["s": .list([.string(String(repeating: "x", count: 4_096))])]))
        ])
        for number in 1...40 {
            components[.integer(number)] = .map(
                TermMap([
                    .init(.integer(0), .integer(number + 1)), .init(.integer(1), .integer(number + 1)),
                    .init(.atom("s"), .list(["", "", ""])),
                ]))
        }
        var page = Page()
        let tree = TermMap([
            .init(.integer(0), 1), .init(.atom("c"), .map(components)), .init(.atom("s"), .list(["", ""])),
        ])
        page.apply(kind: "page_join", payload: .map(["id": "v", "tree": .map(tree)]))
        let error = #expect(throws: ReelError.self) { try page.written() }
        #expect(error?.kind == .limitExceeded)
    }

    @Test("A diff that would make the page too large is not merged")
    func tooLarge() throws {
        var page = Page()
        let text = Term.binary([UInt8](repeating: 120, count: 40 << 20))
        func tree(_ value: Term) -> Term {
            .map(TermMap([.init(.integer(0), value), .init(.atom("s"), .list(["", ""]))]))
        }
        page.apply(kind: "page_join", payload: .map(["id": "v", "tree": tree("small")]))
        page.apply(kind: "page_join", payload: .map(["id": "w", "tree": tree(text)]))
        page.apply(kind: "page_diff", payload: .map(["id": "v", "diff": .map(TermMap([.init(.integer(0), text)]))]))
        #expect(try page.html(ofRegion: "v") == "small")
        #expect(try page.written().unsureReason == "a page that is too large")
    }

    struct Shown: Sendable, CustomTestStringConvertible {
        var text: String
        var safe: String
        var testDescription: String { text }
    }

    @Test(
        "The text for showing has a policy before everything, and nothing that leads elsewhere",
        arguments: [
            Shown(text: "<p>a</p>", safe: "POLICY<p>a</p>"),
            Shown(text: "<!DOCTYPE html>\n<html onclick=x>", safe: "<!DOCTYPE html>POLICY\n<html onclick=x>"),
            Shown(text: " <!doctype HTML><head>", safe: " <!doctype HTML>POLICY<head>"),
            Shown(text: "<!-- x --><!DOCTYPE html>", safe: "POLICY<!-- x --><!DOCTYPE html>"),
            Shown(text: "<!--><script></script>-->", safe: "POLICY<!--><script></script>-->"),
            Shown(text: "a<META HTTP-EQUIV='refresh' content=\"0;url=>\">b", safe: "POLICYab"),
            Shown(text: "<meta charset=utf-8>", safe: "POLICY<meta charset=utf-8>"),
            Shown(text: "<meta/http-equiv=refresh>c", safe: "POLICYc"),
            Shown(text: "<meta <meta http-equiv=x>d", safe: "POLICYd"),
            Shown(text: "<meta http-equiv=\"x", safe: "POLICY&lt;meta http-equiv=\"x"),
            Shown(
                text: "<link rel=stylesheet href=/a.css><link rel=\"preload stylesheet\">",
                safe: "POLICY<link rel=stylesheet href=/a.css>"),
            Shown(
                text: "<link href=x><Link Rel=dns-prefetch>e<link rel='shortcut ICON'>",
                safe: "POLICYe<link rel='shortcut ICON'>"),
        ])
    func safe(_ shown: Shown) throws {
        var page = Page()
        page.apply(
            kind: "page", payload: .map(["id": "v", "before": .string(shown.text), "after": "", "element": "<i>"]))
        page.apply(kind: "page_join", payload: .map(["id": "v", "tree": ""]))
        let safe = try #require(try page.written().safeText())
        let policy = try #require(
            safe.range(of: #"<meta http-equiv="Content-Security-Policy".*no-referrer">"#, options: .regularExpression))
        #expect(safe.replacingCharacters(in: policy, with: "POLICY") == shown.safe + "<i></i>")
    }
}
