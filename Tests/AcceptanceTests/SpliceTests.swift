import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing

/// `reel trim`, `reel cut` and `reel join`: what is taken is what was there, and so are the state and the page at each event.
@Suite("Parts of recordings")
struct SpliceTests {
    private static let options = WriterOptions(level: 1, memberByteCount: 16 << 10, frameByteCount: 2 << 10)

    /// Recordings of samples, and of pages as three versions of LiveView have sent them.
    static let recordings: [String] =
        Sample.small.map(\.name) + ["1.0.19", "1.1.33", "1.2.10"].map { "Samples/pages/\($0)/2-cart.reel" }

    private func recording(_ name: String) throws -> [UInt8] {
        guard name.hasSuffix(".reel") else {
            return try Sample.named(name).imported(SpliceTests.options)
        }
        return Array(try Data(contentsOf: Sample.root.appending(path: name)))
    }

    private func run(_ arguments: [String], in folder: URL) throws -> Program {
        try Program.run("bash", ["-c", "cd \"$0\" && exec \"$@\"", folder.path, Program.tool] + arguments)
    }

    private func open(_ name: String, in folder: URL) throws -> RecordingFile {
        let bytes = Array(try Data(contentsOf: folder.appending(path: name)))
        #expect(Validation.findings(in: MemorySource(bytes)).filter { $0.severity == .error }.isEmpty)
        return try RecordingFile(MemorySource(bytes))
    }

    private func events(of file: RecordingFile) throws -> [Event] {
        var events: [Event] = []
        try file.forEachEvent { event in
            events.append(event)
            return true
        }
        return events
    }

    /// Compares an event, and the state and the page after it.
    private func compare(
        _ file: RecordingFile, _ event: Event, with original: RecordingFile, _ other: Event, shift: Int
    ) throws {
        #expect(event.kind == other.kind && event.offset == max(other.offset + shift, 0))
        #expect(try event.payload == other.payload)
        let (state, expected) = (try file.state(after: event.index), try original.state(after: other.index))
        #expect(state.assigns == expected.assigns && state.components == expected.components)
        #expect(state.url == expected.url && (state.unsureSince == nil) == (expected.unsureSince == nil))
        let (page, shown) = (
            try file.page(after: event.index).written(), try original.page(after: other.index).written()
        )
        #expect(page.text == shown.text && page.title == shown.title)
        #expect((page.unsureReason == nil) == (shown.unsureReason == nil))
    }

    @Test(
        "A span has the events that it had, with their states, pages and assets",
        arguments: recordings + ["Vectors/pages/assets/some.reel"])
    func trim(_ name: String) throws {
        var numbers = RandomNumbers(seed: RandomNumbers.seed)
        let bytes = try recording(name)
        let original = try RecordingFile(MemorySource(bytes))
        let all = try events(of: original)
        try inFolder { folder in
            try Data(bytes).write(to: folder.appending(path: "a.reel"))
            for keepsTimes in [false, true] {
                let first = Int.random(in: 0..<all.count, using: &numbers)
                let last = Int.random(in: first..<min(first + 40, all.count), using: &numbers)
                let program = try run(
                    ["trim", "a.reel", "--range", "\(first)..\(last)", "-o", "b.reel"]
                        + (keepsTimes ? ["--keep-times"] : []), in: folder)
                #expect(program.status == 0, "\(program.talk)")
                let file = try open("b.reel", in: folder)
                let trimmed = try events(of: file)
                let made = trimmed.count - (last - first + 1)
                #expect(first == 0 ? made == 0 : made > 0)
                if name.contains("assets") {
                    // Those that come after the span belong to a page that it does not have.
                    let expected = try all[...last].reduce(into: [String: PageAsset]()) { assets, event in
                        guard event.kind == PageAsset.kind, let asset = PageAsset.reading(try event.payload) else {
                            return
                        }
                        assets[asset.href] = asset.asset
                    }
                    #expect(try file.pageAssets().recorded == expected)
                }
                // Times may go back: the earliest event starts the recording.
                let start = try #require(all[first...last].map(\.offset).min())
                let shift = keepsTimes || first == 0 ? 0 : -start
                for index in first...last {
                    try compare(file, trimmed[made + index - first], with: original, all[index], shift: shift)
                }
                let part = try #require(file.header.fields[atom: "parts"])
                let id = try original.header.id ?? ""
                let expected: Term = .list([
                    .map([
                        "id": .string(id), "event": .integer(first), "at": .integer(made),
                        "count": .integer(last - first + 1), "offset": .integer(-shift),
                    ])
                ])
                #expect(part == expected)
                let reason = try original.summary?.reason
                #expect(try file.summary?.reason == (last == all.count - 1 ? reason : Summary.Reason("excerpt")))
            }
        }
    }

    @Test(
        "What is before and after a span that is cut out is as it was, and a gap says what is missing",
        arguments: recordings)
    func cut(_ name: String) throws {
        var numbers = RandomNumbers(seed: RandomNumbers.seed)
        let bytes = try recording(name)
        let original = try RecordingFile(MemorySource(bytes))
        let all = try events(of: original)
        try inFolder { folder in
            try Data(bytes).write(to: folder.appending(path: "a.reel"))
            let first = Int.random(in: 1..<all.count - 1, using: &numbers)
            let last = Int.random(in: first..<all.count - 1, using: &numbers)
            let program = try run(["cut", "a.reel", "--range", "\(first)..\(last)", "-o", "b.reel"], in: folder)
            #expect(program.status == 0, "\(program.talk)")
            let file = try open("b.reel", in: folder)
            let kept = try events(of: file)
            for index in stride(from: 0, to: first, by: 7) {
                try compare(file, kept[index], with: original, all[index], shift: 0)
            }
            let gap = try #require(try Gap(kept[first]))
            var missing: [Atom: Int] = [:]
            for event in all[first...last] { missing[event.kind, default: 0] += 1 }
            #expect(gap.dropped == missing)
            let shift = all[first].offset - max(all[first].offset, all[last + 1].offset)
            for index in stride(from: last + 1, to: all.count, by: 7) {
                let here = kept.count - (all.count - index)
                try compare(file, kept[here], with: original, all[index], shift: shift)
            }
        }
    }

    @Test("Parts of a recording that follow each other are joined to what it was", arguments: recordings)
    func join(_ name: String) throws {
        var numbers = RandomNumbers(seed: RandomNumbers.seed)
        let bytes = try recording(name)
        let all = try events(of: RecordingFile(MemorySource(bytes)))
        try inFolder { folder in
            try Data(bytes).write(to: folder.appending(path: "a.reel"))
            // Where times go back, as they do early in some samples, and anywhere.
            for place in [1, Int.random(in: 1..<all.count, using: &numbers)] {
                for (range, part) in [("..\(place - 1)", "1.reel"), ("\(place)..", "2.reel")] {
                    #expect(try run(["trim", "a.reel", "--range", range, "-o", part], in: folder).status == 0)
                }
                let joined = try run(["join", "1.reel", "2.reel", "-o", "b.reel"], in: folder)
                #expect(joined.status == 0 && joined.talk == "", "\(joined.talk)")
                let file = try open("b.reel", in: folder)
                #expect(try events(of: file).map(\.encoded) == all.map(\.encoded), "at \(place)")
            }
            let wrong = try run(["join", "2.reel", "1.reel", "-o", "c.reel"], in: folder)
            #expect(wrong.status == 1 && wrong.talk.contains("order"), "\(wrong.talk)")
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "c.reel").path))
        }
    }

    @Test(
        "Between recordings of which nobody knows that they follow each other stands a gap, and the state starts anew")
    func seam() throws {
        func recording(_ id: String, at connectedAt: Int) throws -> [UInt8] {
            let sink = MemorySink()
            let writer = try RecordingWriter(
                to: sink, header: Header(fields: ["id": .string(id), "connected_at": .integer(connectedAt)]))
            try writer.append(offset: 0, kind: "mount", payload: .map(["assigns": .map([id == "a" ? "a" : "b": 1])]))
            try writer.append(
                offset: 500, kind: "component", payload: .map(["module": "M", "id": .string(id), "assigns": .map([:])]))
            try writer.finish()
            return sink.bytes
        }
        try inFolder { folder in
            try Data(recording("a", at: 10_000)).write(to: folder.appending(path: "a.reel"))
            try Data(recording("b", at: 12_000)).write(to: folder.appending(path: "b.reel"))
            let joined = try run(["join", "a.reel", "b.reel", "-o", "c.reel"], in: folder)
            #expect(joined.status == 0)
            #expect(joined.talk == "reel: b.reel: 1.500s before it are in no recording: a gap says so\n")
            let file = try open("c.reel", in: folder)
            let all = try events(of: file)
            #expect(
                all.map(\.kind.name) == [
                    "mount", "component", "gap", "component_destroyed", "assigns", "mount", "component",
                ])
            #expect(all.map(\.offset) == [0, 500, 500, 2_000, 2_000, 2_000, 2_500])
            let last = try file.state(after: 6)
            #expect(last.assigns == ["b": 1] && last.components.count == 1 && last.unsureSince == nil)
            #expect(try file.state(after: 2).unsureSince == 500)
            #expect(try run(["join", "b.reel", "a.reel", "-o", "d.reel"], in: folder).status == 1)
        }
    }

    /// A session whose page needs two assets: a page joins at event 4.
    private func recordingWithAssets(_ fields: TermMap = [:]) throws -> [UInt8] {
        func asset(_ href: String, _ content: String) -> Term {
            PageAsset(type: "text/css", content: Array(content.utf8)).payload(at: href)
        }
        let tree: Term = .map(TermMap([.init(0, ""), .init("s", .list(["<p>", "</p>"]))]))
        let sink = MemorySink()
        var header = Header(fields: fields)
        header.fields[atom: "id"] = "a"
        let writer = try RecordingWriter(to: sink, header: header)
        try writer.append(offset: 0, kind: "mount", payload: .map(["assigns": .map(["n": 1])]))
        try writer.append(offset: 10, kind: "page_asset", payload: asset("/a.css", "a{}"))
        try writer.append(offset: 20, kind: "page_asset", payload: asset("/b.css", "b{}"))
        try writer.append(offset: 30, kind: "page_asset", payload: asset("/a.css", "a{color:red}"))
        try writer.append(offset: 40, kind: "page_join", payload: .map(["id": "phx-1", "tree": tree]))
        for n in 5..<9 {
            let diff: Term = .map(TermMap([.init(0, .string("\(n)"))]))
            try writer.append(offset: n * 10, kind: "page_diff", payload: .map(["id": "phx-1", "diff": diff]))
        }
        try writer.finish()
        return sink.bytes
    }

    @Test(
        "Assets that later pages need are kept, once each",
        arguments: [
            // The span, how many of the new recording's events hold assets.
            ("cut", "1..1", 2), ("cut", "1..3", 2), ("cut", "2..4", 3), ("cut", "1..6", 2), ("cut", "5..6", 3),
            ("cut", "0..2", 2), ("trim", "1..8", 3), ("trim", "2..8", 2), ("trim", "3..8", 2), ("trim", "6..8", 2),
        ])
    func assets(command: String, span: String, count: Int) throws {
        let bytes = try recordingWithAssets()
        let original = try RecordingFile(MemorySource(bytes))
        try inFolder { folder in
            try Data(bytes).write(to: folder.appending(path: "a.reel"))
            let program = try run([command, "a.reel", "--range", span, "-o", "b.reel"], in: folder)
            #expect(program.status == 0, "\(program.talk)")
            let file = try open("b.reel", in: folder)
            #expect(try file.pageAssets().recorded == original.pageAssets().recorded)
            let kept = try events(of: file)
            #expect(kept.count { $0.kind == PageAsset.kind } == count, "\(kept.map(\.kind.name))")
            let (page, shown) = (try file.page(after: kept.count - 1), try original.page(after: 8))
            #expect(try page.written().text == shown.written().text)
        }
    }

    @Test("What is missing of the whole session is not counted for a part of it, and standard error says so")
    func dropped() throws {
        let bytes = try recordingWithAssets(["dropped": .map(TermMap([.init("render", 1_203)]))])
        try inFolder { folder in
            try Data(bytes).write(to: folder.appending(path: "a.reel"))
            for arguments in [["trim", "a.reel", "--range", "5.."], ["cut", "a.reel", "--range", "5..6"]] {
                let program = try run(arguments + ["-o", "b.reel"], in: folder)
                #expect(program.status == 0)
                #expect(
                    program.talk.contains(
                        "a.reel: the recorder left out 1,203 events of the session, nobody knows where"),
                    "\(program.talk)")
                #expect(try open("b.reel", in: folder).header.fields[atom: "dropped"] == nil)
            }
            let whole = try run(["trim", "a.reel", "--range", "0..", "-o", "b.reel"], in: folder)
            #expect(!whole.talk.contains("left out"), "\(whole.talk)")
            let file = try open("b.reel", in: folder)
            #expect(try file.header.fields[atom: "dropped"] != nil)
            let original = try events(of: RecordingFile(MemorySource(bytes)))
            #expect(try events(of: file).map(\.encoded) == original.map(\.encoded))
        }
    }

    @Test("The header says where events come from, also through another part")
    func origins() throws {
        let vector = "Vectors/recordings/headers/parts.reel"
        let file = try RecordingFile(MemorySource(recording(vector)))
        let taken = Origin(id: "demo-1", event: 7, at: 1, count: 2, offset: 5_000)
        #expect(try Origin.of(file) == [taken])
        let splice = try Splice(of: file, keeping: RecordingSpan(of: file, events: 2...2))
        #expect(splice.origins.map(\.event) == [8] && splice.origins.map(\.id) == ["demo-1"])
        #expect(splice.header.id == "demo-1-7-8-2-2")
        // Parts that make no sense count as none.
        let odd = try RecordingFile(MemorySource(recording("Vectors/recordings/headers/parts-odd.reel")))
        #expect(try Origin.of(odd) == [Origin(id: "1", event: 0, at: 0, count: 3, offset: 0)])
    }

    @Test("A damaged recording, and a span without events, make nothing, and the advice helps")
    func refused() throws {
        let sink = MemorySink()
        let writer = try RecordingWriter(to: sink, header: Header(fields: ["id": "a"]))
        for index in 0..<8 {
            try writer.append(offset: index * 100, kind: "event", payload: .map(["name": "a"]))
            try writer.flush()
        }
        try writer.finish()
        var bytes = sink.bytes
        try inFolder { folder in
            try Data(bytes).write(to: folder.appending(path: "a.reel"))
            let empty = try run(["trim", "a.reel", "--from", "1:20", "-o", "b.reel"], in: folder)
            #expect(empty.status == 1)
            #expect(
                empty.talk == "reel: a.reel: no event in the span: the recording has the events 0 to 7, up to 0.700s\n")
            #expect(try run(["cut", "a.reel", "--range", "x", "-o", "b.reel"], in: folder).status == 64)
            #expect(
                try run(["cut", "a.reel", "--range", "0..", "-o", "b.reel"], in: folder).talk.contains(
                    "no event would be left"))
            let entry = try RecordingFile(MemorySource(bytes)).entries[4]
            bytes[entry.offset + entry.byteCount - 10] ^= 0xFF
            try Data(bytes).write(to: folder.appending(path: "a.reel"))
            for arguments in [
                ["trim", "a.reel", "--range", "2..6"], ["cut", "a.reel", "--range", "1..2"],
                ["join", "a.reel", "a.reel"],
            ] {
                let program = try run(arguments + ["-o", "b.reel"], in: folder)
                #expect(program.status == 1)
                #expect(
                    program.talk.contains("'reel recover' saves what there is") || arguments[0] == "join",
                    "\(program.talk)")
            }
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "b.reel").path))
        }
    }
}
