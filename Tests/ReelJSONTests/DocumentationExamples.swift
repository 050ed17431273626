import ExternalTerm
import Reel
import ReelJSON
import Testing

/// The examples of the room's comments, verbatim, with what they need around them.
@Suite("Examples run") struct DocumentationExamples {
    /// What the examples call files: documents and recordings of the samples.
    private struct InputFile: ByteSource, RandomAccessBytes {
        private var source: MemorySource

        init(_ name: String) throws {
            switch name {
            case "session.json.gz": source = MemorySource(try Samples.bytes("phoenix-replay-0.1/counter.json.gz"))
            default: source = MemorySource(try Samples.recording("phoenix-replay-0.1/counter.etf.gz"))
            }
        }

        var byteCount: Int { source.byteCount }

        func read(_ range: Range<Int>) throws -> [UInt8] { try source.read(range) }

        mutating func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
            source.read(upTo: count, appendingTo: &buffer)
        }
    }

    /// The values of an example's lines that have one, as text.
    @resultBuilder private enum Values {
        static func buildExpression(_ nothing: Void) -> [String] { [] }
        static func buildExpression(_ value: String) -> [String] { [value] }
        static func buildExpression(_ term: Term) -> [String] { [term.elixirText] }
        static func buildBlock(_ values: [String]...) -> [String] { values.flatMap(\.self) }
    }

    @Test("JSON, value by value")
    func writer() {
        @Values func values() -> [String] {
            var json = JSONWriter()
            json.beginObject()
            json.key("count")
            json.write(integer: 3)
            json.endObject()
            String(decoding: json.bytes, as: UTF8.self)  // {"count":3}
        }
        #expect(values() == [#"{"count":3}"#])
    }

    @Test("A term's encoding to JSON")
    func external() throws {
        let bytes = Term.tuple([.atom("ok"), 3]).external
        @Values func values() throws -> [String] {
            var json = JSONWriter()
            try json.write(external: bytes.span)
            String(decoding: json.bytes, as: UTF8.self)
        }
        #expect(try values() == [#"["ok",3]"#])
    }

    @Test("A term to JSON")
    func json() {
        @Values func values() -> [String] {
            Term.tuple([.atom("ok"), 3]).json()  // ["ok",3]
            Term.tuple([.atom("ok"), 3]).json(mapping: .tagged)  // {"$tuple":[{"$atom":"ok"},3]}
        }
        #expect(values() == [#"["ok",3]"#, #"{"$tuple":[{"$atom":"ok"},3]}"#])
    }

    @Test("Tagged JSON to a term")
    func tagged() throws {
        @Values func values() throws -> [String] {
            try Term(taggedJSON: #"{"$atom": "ok"}"#)  // .atom("ok")
        }
        #expect(try values() == [":ok"])
    }

    @Test("Any JSON to a term")
    func plain() throws {
        @Values func values() throws -> [String] {
            try Term(plainJSON: Array(#"{"ok": [1, null]}"#.utf8))  // %{"ok" => [1, nil]}
        }
        #expect(try values() == [#"%{"ok" => [1, nil]}"#])
    }

    @Test("A recording to JSON")
    func recording() throws {
        let sink = MemorySink()
        let reader = try RecordingReader(InputFile("session.reel"))
        let writer = try RecordingJSONWriter(to: sink, header: reader.header)
        while let event = try reader.next() { try writer.write(event) }
        try writer.finish(summary: reader.summary)
        #expect(
            try parsed(sink.bytes)
                == parsed(ReelJSONTests.json(of: Samples.recording("phoenix-replay-0.1/counter.etf.gz"))))
    }

    @Test("A document to a recording")
    func importer() throws {
        let file = MemorySink()
        let importer = try PhoenixReplayJSONImporter(InputFile("session.json.gz"))
        let summary = try importer.write(to: file)
        #expect(summary.eventCount == 27)
        #expect(try RecordingFile(MemorySource(file.bytes)).summary == summary)
    }
}
