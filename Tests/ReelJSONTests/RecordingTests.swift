import ExternalTerm
import Foundation
import Reel
import ReelJSON
import TestPrograms
import Testing

/// Spec/json.md §2 and §5.3.
@Suite("Recordings") struct RecordingTests {
    @Test("§2.1 the document is equal to what PhoenixReplay itself has written", arguments: Samples.inBothForms)
    func agreesWithPhoenixReplay(_ name: String) throws {
        let original = try Samples.bytes("phoenix-replay-0.1/\(name).json.gz")
        let process = try gunzipped(original)
        let document = try json(of: Samples.recording("phoenix-replay-0.1/\(name).etf.gz"))
        #expect(try parsed(document) == parsed(process))
        #expect(document.count < process.count * 2)
    }

    @Test("§2.1 every sample becomes a document that is JSON, each key once", arguments: Samples.short)
    func everySample(_ path: String) throws {
        let recording = try Samples.recording(path)
        let count = try #require(try RecordingFile(MemorySource(recording)).summary).eventCount
        for options in [
            RecordingJSONOptions(), RecordingJSONOptions(mapping: .tagged),
            RecordingJSONOptions(
                mapping: .plain(PlainOptions(writesKnownStructsAsText: true)), style: JSONStyle(isHTMLSafe: true)),
        ] {
            let document = try Term(plainJSON: json(of: recording, options))
            guard case .list(let events)? = document["events"] else { throw Missing() }
            #expect(events.count == count)
        }
    }

    @Test("§4 every event of every sample comes back from the tagged mapping as the same bytes", arguments: Samples.all)
    func roundTrip(_ path: String) throws {
        let reader = try RecordingReader(MemorySource(Samples.recording(path)))
        while let event = try reader.next() {
            var json = JSONWriter()
            let external = [131] + event.encoded
            try json.write(external: external.span, mapping: .tagged)
            let term = try Term(taggedJSON: json.bytes)
            if term.external.dropFirst() != event.encoded { Issue.record("event \(event.index)") }
        }
    }

    @Test("§2.1 a document has the header's members, then its events")
    func document() throws {
        let recording = try recording(
            ["id": "1", "view": .atom("Elixir.Shop.Cart"), "connected_at": 5, "params": .pairs(["a": "b"])],
            [(0, "mount", .map(["assigns": .map(["count": 0])])), (7, "event", .map(["name": "inc"]))])
        #expect(
            try String(decoding: json(of: recording), as: UTF8.self)
                == #"{"connected_at":5,"id":"1","params":{"a":"b"},"view":"Shop.Cart","events":["#
                + #"{"offset":0,"type":"mount","payload":{"assigns":{"count":0}}},"#
                + #"{"offset":7,"type":"event","payload":{"name":"inc"}}]}"# + "\n")
    }

    @Test("§2.2 lines are the header, each event, and the summary")
    func lines() throws {
        let recording = try recording(
            ["id": "1", "view": .atom("Elixir.Shop")],
            [(0, "mount", .map([:] as TermMap)), (7, "event", .map(["name": "inc"]))])
        let lines = try String(decoding: json(of: recording, RecordingJSONOptions(writesLines: true)), as: UTF8.self)
        #expect(
            lines.split(separator: "\n", omittingEmptySubsequences: false) == [
                #"{"id":"1","view":"Shop"}"#, #"{"offset":0,"type":"mount","payload":{}}"#,
                #"{"offset":7,"type":"event","payload":{"name":"inc"}}"#,
                #"{"summary":{"duration":7,"errors":0,"events":2,"kinds":{"event":1,"mount":1},"names":{"inc":1},"reason":"closed"}}"#,
                "",
            ])
    }

    @Test(
        "§2.2 each line of several recordings starts with the id of its own",
        arguments: [
            (["id": "a\"1", "view": "Shop"], #"{"id":"a\"1","view":"Shop"}"#),
            (["id": "2", "view": "Shop"], #"{"id":"a\"1","id#2":"2","view":"Shop"}"#),
            (["id": .atom("a\"1")], #"{"id":"a\"1","id#2":"a\"1"}"#), ([:], #"{"id":"a\"1"}"#),
        ] as [(TermMap, String)])
    func lineIDs(fields: TermMap, first: String) throws {
        let recording = try recording(
            fields, [(0, "mount", .map([:] as TermMap)), (7, "event", .map(["name": "inc"]))])
        let expected =
            first + "\n"
            + #"{"id":"a\"1","offset":0,"type":"mount","payload":{}}"# + "\n"
            + #"{"id":"a\"1","offset":7,"type":"event","payload":{"name":"inc"}}"# + "\n"
        var options = RecordingJSONOptions(writesLines: true, lineID: "a\"1")
        let text = try String(decoding: json(of: recording, options), as: UTF8.self)
        #expect(text.hasPrefix(expected), "\(text)")
        #expect(text.dropFirst(expected.count).hasPrefix(#"{"id":"a\"1","summary":{"#), "\(text)")
        // A document is of one recording, which its header names.
        options.writesLines = false
        #expect(try json(of: recording, options) == json(of: recording))
    }

    @Test("§2.2 lines with ids are those without, but for the id, however they are written", arguments: Samples.short)
    func lineIDsOfSamples(_ path: String) async throws {
        let recording = try Samples.recording(path)
        for mapping in [JSONMapping.plain, .tagged] {
            let plain = try json(of: recording, RecordingJSONOptions(mapping: mapping, writesLines: true))
            let options = RecordingJSONOptions(mapping: mapping, writesLines: true, lineID: "x")
            let start = Array(#"{"id":"x","#.utf8)
            let expected = plain.split(separator: 0x0A).dropFirst().map { start + $0.dropFirst() }
            #expect(try json(of: recording, options).split(separator: 0x0A).dropFirst().map(Array.init) == expected)
            let sink = MemorySink()
            try await RecordingJSONWriter.write(MemorySource(recording), to: sink, options: options)
            #expect(sink.bytes.split(separator: 0x0A).dropFirst().map(Array.init) == expected)
        }
    }

    @Test("§2.1 in the tagged mapping the members stay, and values are tagged")
    func taggedDocument() throws {
        let recording = try recording(["view": .atom("Elixir.Shop")], [(3, "mount", .map(["a": .atom("b")]))])
        #expect(
            try String(decoding: json(of: recording, RecordingJSONOptions(mapping: .tagged)), as: UTF8.self)
                == #"{"view":{"$atom":"Elixir.Shop"},"events":[{"offset":3,"type":"mount","payload":{"$map":[[{"$atom":"a"},{"$atom":"b"}]]}}]}"#
                + "\n")
    }

    @Test("§2.1 what follows an event's payload is its extra, and a header's field of the name events has a suffix")
    func extra() throws {
        func frame(_ term: Term) -> [UInt8] {
            let bytes = term.external
            return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bytes.count >> $0) } + bytes
        }
        let header = Term.tuple([.atom("recording"), .tuple([1, 0]), .map(["events": 1])])
        let bytes = frame(header) + frame(.tuple([0, .atom("x"), 1, .atom("y"), [2]]))
        #expect(
            try String(decoding: json(of: bytes), as: UTF8.self)
                == #"{"events#2":1,"events":[{"offset":0,"type":"x","payload":1,"extra":["y",[2]]}]}"# + "\n")
    }

    @Test("§2.2 what has been written reaches the sink when it is flushed")
    func flush() throws {
        let sink = MemorySink()
        let recording = try recording(["id": "1"], [(0, "mount", 1), (1, "x", 2)])
        let reader = try RecordingReader(MemorySource(recording))
        let writer = try RecordingJSONWriter(
            to: sink, header: reader.header, options: RecordingJSONOptions(writesLines: true))
        #expect(sink.bytes.isEmpty)
        try writer.flush()
        #expect(String(decoding: sink.bytes, as: UTF8.self) == "{\"id\":\"1\"}\n")
        try writer.write(try #require(try reader.next()))
        try writer.flush()
        #expect(sink.bytes.count { $0 == 0x0A } == 2)
    }

    // MARK: Back

    @Test(
        "§5.3 a document of PhoenixReplay's becomes a recording that has the same document",
        arguments: ["chat", "counter"])
    func importsPhoenixReplay(_ name: String) throws {
        let original = try Samples.bytes("phoenix-replay-0.1/\(name).json.gz")
        for bytes in [original, try gunzipped(original)] {
            let source = MemorySource(bytes)
            #expect(PhoenixReplayJSONImporter.matches(source))
            let importer = try PhoenixReplayJSONImporter(source)
            let sink = MemorySink()
            let summary = try importer.write(to: sink, options: WriterOptions(level: 1))
            #expect(summary.eventCount == importer.eventCount)
            #expect(summary.reason == .imported)
            #expect(try parsed(json(of: sink.bytes)) == parsed(gunzipped(original)))
        }
    }

    @Test("§5.3 kinds and header keys become atoms, a view a module, payloads keep their strings")
    func losses() throws {
        let text =
            #"{"id":"1","view":"Shop.Cart","params":{"a":null},"events":[{"payload":{"n":[1,"x"]},"type":"mount","offset":4}],"url":"u"}"#
        let importer = try PhoenixReplayJSONImporter(MemorySource(Array(text.utf8)))
        #expect(
            importer.header.fields == [
                "id": "1", "view": .atom("Elixir.Shop.Cart"), "params": .pairs(["a": .atom(.nil)]), "url": "u",
            ])
        let sink = MemorySink()
        _ = try importer.write(to: sink)
        let event = try #require(try RecordingReader(MemorySource(sink.bytes)).next())
        #expect(try event.term == .tuple([4, .atom("mount"), .pairs(["n": [1, "x"]])]))
    }

    @Test(
        "§5.3 a view that is no module's name stays text",
        arguments: ["shop", "", "Shop.", "Shop..Cart", "Shop cart", ":shop", "É"])
    func otherViews(_ view: String) throws {
        let importer = try PhoenixReplayJSONImporter(MemorySource(Array("{\"view\":\"\(view)\",\"events\":[]}".utf8)))
        #expect(importer.header.fields == ["view": .string(view)])
    }

    @Test(
        "§5.3 what is no document is refused",
        arguments: [
            ("[]", ReelError.Kind.notARecording), ("{}", .notARecording), (#"{"events":{}}"#, .notARecording),
            (#"{"events":[1]}"#, .malformedFrame),
            (#"{"events":[{"offset":-1,"type":"a","payload":1}]}"#, .malformedFrame),
            (#"{"events":[{"offset":1,"type":"a"}]}"#, .malformedFrame),
            (#"{"events":[{"offset":1.5,"type":"a","payload":1}]}"#, .malformedFrame), (#"{"events":[]"#, .truncated),
            (#"{"events":[]}x"#, .trailingData),
            (#"{"events":[],"a":1,"a":2}"#, .malformedTerm), ("", .truncated),
        ])
    func refuses(_ text: String, _ kind: ReelError.Kind) {
        #expect { _ = try PhoenixReplayJSONImporter(MemorySource(Array(text.utf8))) } throws: {
            ($0 as? ReelError)?.kind == kind
        }
    }

    @Test("§5.3 of a document that is cut or damaged anywhere, the events before that are imported")
    func torn() throws {
        let original = try Samples.bytes("phoenix-replay-0.1/counter.json.gz")
        let text = try gunzipped(original)
        let whole = try events(PhoenixReplayJSONImporter(MemorySource(text)))
        var imported: Set<Int> = []
        func check(_ bytes: [UInt8], _ note: Comment) throws {
            do throws(ReelError) {
                let importer = try PhoenixReplayJSONImporter(MemorySource(bytes))
                #expect(importer.losses.count == 1, note)
                #expect(try events(importer) == Array(whole.prefix(importer.eventCount)), note)
                imported.insert(importer.eventCount)
            } catch {
                // Half of gzip's first two bytes is not told from text.
                #expect(error.kind == (bytes == [0x1F] ? .notARecording : .truncated), note)
            }
        }
        for count in stride(from: 0, to: text.count - 1, by: 16) { try check(Array(text[..<count]), "text \(count)") }
        #expect(imported == Set(1...whole.count))
        for count in [0, 1, 2, 9, 10, 11] + stride(from: 40, to: original.count, by: 8) {
            try check(Array(original[..<count]), "gzip \(count)")
        }
        // The checksum comes last.
        for position in original.indices.suffix(8) {
            var damaged = original
            damaged[position] ^= 1
            imported = []
            try check(damaged, "byte \(position)")
            #expect(imported == [whole.count])
        }
    }

    @Test("§5.3 what is no JSON after some events ends the import, and is said")
    func tornText() throws {
        let text =
            #"{"id":"1","events":[{"offset":0,"type":"a","payload":1},{"offset":1,"type":"a","payload":01}],"url":"u"}"#
        let importer = try PhoenixReplayJSONImporter(MemorySource(Array(text.utf8)))
        #expect(importer.eventCount == 1)
        #expect(importer.header.fields == ["id": "1"])
        #expect(
            importer.losses == [
                "malformedTerm at byte 89: a number with a zero before it (Spec/json.md §5); 1 event before it is imported"
            ])
    }

    @Test("§5.3 a document is read piece by piece: values that are longer than a piece, and fields after the events")
    func pieces() throws {
        var numbers = SystemRandomNumberGenerator()
        let lengths =
            [0, 1, 100, 262_100, 262_143, 262_144, 262_145, 600_000, 3]
            + (0..<20).map { _ in
                Int.random(in: 0..<30_000, using: &numbers)
            }
        var events: [String] = []
        for (index, length) in lengths.enumerated() {
            events.append(
                #"{"offset": \#(index),"payload" :{"a":"\#(String(repeating: "é", count: length / 2))","b":[]},"type":"k"}"#
            )
        }
        let text = "{\n\"params\":{}, \"events\" : [\(events.joined(separator: " ,\n"))] , \"id\":\"1\"}\n"
        let importer = try PhoenixReplayJSONImporter(MemorySource(Array(text.utf8)))
        #expect(importer.header.fields == ["params": .map([:] as TermMap), "id": "1"])
        let sink = MemorySink()
        _ = try importer.write(to: sink, options: WriterOptions(level: 1))
        #expect(try parsed(json(of: sink.bytes)) == parsed(Array(text.utf8)))
    }

    @Test("§5.3 numbers of every size and literals become the terms that §5.2 says")
    func values() throws {
        let values =
            "[0,255,256,-1,2147483647,2147483648,-2147483648,-2147483649,9223372036854775807,9223372036854775808,"
            + #"-18446744073709551616,1.5,-0.0,1e3,true,false,null,"","a\u0000b",[],[[]],{},{"b":1,"a":{"":[1]}}]"#
        let text = #"{"events":[{"offset":7,"type":"x","payload":\#(values)}]}"#
        let event = try #require(try events(PhoenixReplayJSONImporter(MemorySource(Array(text.utf8)))).first)
        #expect(event == .tuple([7, .atom("x"), try Term(plainJSON: Array(values.utf8))]))
    }

    @Test("§5.3 extra becomes the elements after the payload again; other members have no place, and that is said")
    func otherMembers() throws {
        let text = #"""
            {"events":[{"offset":0,"type":"a","payload":1,"extra":["x",[2]]},{"offset":0,"type":"a","payload":1,"extra":[]},
            {"offset":0,"type":"a","payload":1,"extra":{}},{"more":[{}],"offset":0,"type":"a","payload":1}]}
            """#
        let importer = try PhoenixReplayJSONImporter(MemorySource(Array(text.utf8)))
        #expect(
            try events(importer) == [.tuple([0, .atom("a"), 1, "x", [2]])]
                + [Term](repeating: .tuple([0, .atom("a"), 1]), count: 3))
        #expect(
            importer.losses == ["2 events have members that recordings have no place for (Spec/json.md §5.3)"])
    }

    @Test(
        "§5.3 what nests too deep for a recording is refused, and what does not is read back", arguments: [false, true])
    func depth(inHeader: Bool) throws {
        var deepest = 0
        for depth in 1_015...1_026 {
            let value = String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
            let event = #"{"offset":0,"type":"a","payload":\#(inHeader ? "1" : value)}"#
            let text = #"{"x":\#(inHeader ? value : "1"),"events":[\#(event)]}"#
            do throws(ReelError) {
                let importer = try PhoenixReplayJSONImporter(MemorySource(Array(text.utf8)))
                let read = try events(importer)
                #expect(read.count == 1)
                deepest = depth
            } catch {
                #expect(error.kind == .limitExceeded)
            }
        }
        #expect(deepest == 1_021)
    }

    @Test("§5.3 limits bound the document, each event and the header")
    func limits() throws {
        let event = #"{"offset":0,"type":"a","payload":"\#(String(repeating: "x", count: 300_000))"}"#
        let long = Array(#"{"events":[\#(event),\#(event)]}"#.utf8)
        #expect(throws: Never.self) {
            try PhoenixReplayJSONImporter(MemorySource(long), limits: ReaderLimits(frameByteCount: 1 << 20))
        }
        let fields = (0..<100).map { #""\#($0)":"\#(String(repeating: "x", count: 900))""# }
        let wide = Array("{\(fields.joined(separator: ",")),\"events\":[]}".utf8)
        for (text, limits) in [
            (long, ReaderLimits(frameByteCount: 256 << 10)), (long, ReaderLimits(totalByteCount: 300_000)),
            (wide, ReaderLimits(frameByteCount: 50_000)),
        ] {
            #expect {
                _ = try PhoenixReplayJSONImporter(MemorySource(text), limits: limits)
            } throws: {
                ($0 as? ReelError)?.kind == .limitExceeded
            }
        }
    }

    @Test(
        "§5.3 white space may come first, and nothing else",
        arguments: [
            ("{", true), (" \r\n\t{}", true), ("", false), ("[", false), ("  1{", false), ("\u{FEFF}{}", false),
            (String(repeating: " ", count: 65_535) + "{}", true), (String(repeating: " ", count: 65_536) + "{}", false),
        ])
    func matches(_ text: String, _ expected: Bool) throws {
        let bytes = Array(text.utf8)
        #expect(PhoenixReplayJSONImporter.matches(MemorySource(bytes)) == expected)
        #expect(try PhoenixReplayJSONImporter.matches(MemorySource(gzipped(bytes))) == expected)
    }

    /// The events of the recording that an import makes.
    private func events(_ importer: PhoenixReplayJSONImporter) throws(ReelError) -> [Term] {
        let sink = MemorySink()
        _ = try importer.write(to: sink, options: WriterOptions(level: 1))
        let reader = try RecordingReader(MemorySource(sink.bytes))
        var events: [Term] = []
        while let event = try reader.next() {
            do {
                events.append(try event.term)
            } catch {
                Issue.record(error)
            }
        }
        return events
    }

    @Test("§5.3 PhoenixReplay's other files, and recordings, do not look like a document", arguments: Samples.all)
    func otherFiles(_ path: String) throws {
        #expect(try !PhoenixReplayJSONImporter.matches(MemorySource(Samples.bytes(path))))
        #expect(try !PhoenixReplayJSONImporter.matches(MemorySource(Samples.recording(path))))
    }

    /// What gzip makes of its own.
    private func gunzipped(_ bytes: [UInt8]) throws -> [UInt8] { try gzip("-dc", bytes) }

    private func gzipped(_ bytes: [UInt8]) throws -> [UInt8] { try gzip("-c", bytes) }

    private func gzip(_ option: String, _ bytes: [UInt8]) throws -> [UInt8] {
        try Program.run("gzip", [option], input: bytes).output
    }
}

/// A document that lacks what it should have.
struct Missing: Error {}
