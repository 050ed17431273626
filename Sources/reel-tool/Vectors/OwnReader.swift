import ExternalTerm
import Reel
import ReelJSON
import SystemPackage

/// This build as a reader of vectors.
///
/// The library has more than one way to most answers: as a stream and as a tree, from the start and from the end. Each
/// question goes through all of them, and they have to lead to the same.
final class OwnReader: VectorReader {
    func answer(_ question: Question) -> Answer {
        let bytes: [UInt8]
        do {
            bytes = try VectorFolder.contents(of: FilePath(question.path))
        } catch {
            return .nonsense("\(error)")
        }
        let mapping = question.output == .plain ? JSONMapping.plain : .tagged
        switch (question.input, question.output) {
        case (.term, .canonical): return OwnReader.canonicalForm(of: bytes)
        case (.term, _): return OwnReader.json(of: bytes, mapping)
        case (.members, _): return OwnReader.members(of: bytes)
        case (.recording, .salvage): return OwnReader.salvage(bytes)
        case (.recording, .states): return OwnReader.states(of: bytes)
        case (.recording, .lines): return OwnReader.lines(of: bytes)
        case (.recording, .pages): return OwnReader.pages(of: bytes)
        case (.recording, .assets): return OwnReader.assets(of: bytes)
        case (.recording, _): return OwnReader.document(of: bytes, mapping)
        case (.phoenixReplay, _), (.jsonDocument, _):
            return OwnReader.importedDocument(of: bytes, mapping, isJSON: question.input == .jsonDocument)
        case (.taggedJSON, _): return OwnReader.answer { BytesText.hex(try Term(taggedJSON: bytes).external) }
        case (.json, _): return OwnReader.answer { BytesText.hex(try Term(plainJSON: bytes).external) }
        }
    }

    func finish() {}

    // MARK: Terms

    private static func canonicalForm(of bytes: [UInt8]) -> Answer {
        let stream = answer {
            var transcoder = CanonicalTranscoder()
            var writer = TermWriter()
            let count = try transcoder.transcode(bytes.span, into: &writer)
            guard count == bytes.count else {
                throw TermError(.trailingBytes, at: count, "\(bytes.count - count) bytes after the term")
            }
            return BytesText.hex(writer.bytes)
        }
        let tree = answer { BytesText.hex(try Term(external: bytes).external) }
        return same(stream, tree, "as a tree")
    }

    private static func json(of bytes: [UInt8], _ mapping: JSONMapping) -> Answer {
        let stream = answer {
            var json = JSONWriter()
            try json.write(external: bytes.span, mapping: mapping)
            return String(decoding: json.bytes, as: UTF8.self)
        }
        // A tree has the pairs of maps in another order, so that only what is refused can be compared.
        let tree = answer {
            _ = try Term(external: bytes)
            return ""
        }
        guard case .text = stream, case .text = tree else { return same(stream, tree, "as a tree") }
        return stream
    }

    // MARK: Members

    private static func members(of bytes: [UInt8]) -> Answer {
        answer {
            var json = JSONWriter()
            json.beginArray()
            for member in try MemberDescription.all(in: MemorySource(bytes)) {
                json.beginObject()
                for (name, value) in [
                    ("offset", member.offset), ("length", member.byteCount), ("contentLength", member.contentByteCount),
                ] {
                    json.key(name)
                    json.write(integer: value)
                }
                json.key("fields")
                write(member.fields, to: &json)
                json.endObject()
            }
            json.endArray()
            return String(decoding: json.bytes, as: UTF8.self)
        }
    }

    private static func write(_ fields: MemberDescription.Fields?, to json: inout JSONWriter) {
        guard let fields else { return json.writeNull() }
        json.beginObject()
        for number in fields.numbers {
            json.key(number.name)
            json.write(literal: "\(number.value)")
        }
        json.endObject()
    }

    // MARK: Recordings

    private static func document(of bytes: [UInt8], _ mapping: JSONMapping) -> Answer {
        let forward = answer {
            let reader = try RecordingReader(MemorySource(bytes))
            return try document(reader.header, mapping) { write in
                while let event = try reader.next() { try write(event) }
            }
        }
        let randomly = answer {
            let file = try RecordingFile(MemorySource(bytes))
            return try document(file.header, mapping) { write in
                var events: [Event] = []
                try file.forEachEvent { event in
                    events.append(event)
                    return true
                }
                _ = try file.summary
                if let damage = file.damage { throw damage }
                for event in events { try write(event) }
            }
        }
        // An index leads past what a reader that goes forward meets first.
        if case .error = forward, case .error = randomly { return forward }
        return same(forward, randomly, "from the end")
    }

    private static func states(of bytes: [UInt8]) -> Answer {
        answer {
            // All of it is read once, so that whatever is wrong with it is found.
            let reader = try RecordingReader(MemorySource(bytes))
            while try reader.next() != nil {}
            let file = try RecordingFile(MemorySource(bytes))
            var json = JSONWriter()
            json.beginArray()
            for event in 0..<reader.eventCount {
                let state = try file.state(after: event)
                json.beginObject()
                json.key("assigns")
                json.write(.map(state.assigns), mapping: .tagged)
                json.key("components")
                json.write(.map(state.components), mapping: .tagged)
                json.key("url")
                if let url = state.url { json.write(string: url) } else { json.writeNull() }
                if let unsure = state.unsureSince {
                    json.key("unsure")
                    json.write(.integer(unsure), mapping: .tagged)
                }
                json.endObject()
            }
            json.endArray()
            return String(decoding: json.bytes, as: UTF8.self)
        }
    }

    private static func lines(of bytes: [UInt8]) -> Answer {
        answer {
            let reader = try RecordingReader(MemorySource(bytes))
            let sink = MemorySink()
            let writer = try RecordingJSONWriter(
                to: sink, header: reader.header, options: RecordingJSONOptions(writesLines: true))
            while let event = try reader.next() { try writer.write(event) }
            // Of a plain recording the finish frame is the end.
            let isFinished = try reader.hasEnd || RecordingFile(MemorySource(bytes)).entries.isEmpty
            try writer.finish(summary: isFinished ? reader.summary : nil)
            let lines = sink.bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
            return "[\(lines.joined(separator: ","))]"
        }
    }

    /// The files that a recording holds for its pages.
    private static func assets(of bytes: [UInt8]) -> Answer {
        answer {
            let reader = try RecordingReader(MemorySource(bytes))
            while try reader.next() != nil {}
            let recorded = try RecordingFile(MemorySource(bytes)).pageAssets().recorded
            return JSONText.object(
                recorded.sorted { $0.key < $1.key }.map { href, asset in
                    JSONText.Member(
                        href,
                        .object([
                            JSONText.Member("type", JSONText(asset.type)),
                            JSONText.Member("content", JSONText(BytesText.hex(asset.content))),
                        ]))
                }
            ).text
        }
    }

    /// The page after each event: from the start on, from the nearest keyframe, and from what a keyframe there would hold.
    private static func pages(of bytes: [UInt8]) -> Answer {
        func text(_ page: Page) throws -> String {
            let written = try page.written()
            return JSONText.object([
                JSONText.Member("text", JSONText(written.text)), JSONText.Member("title", JSONText(written.title)),
                JSONText.Member("unsure", .boolean(written.unsureReason != nil)),
            ]).text
        }
        return answer {
            // All of it is read once, so that whatever is wrong with it is found.
            let reader = try RecordingReader(MemorySource(bytes))
            var events: [Event] = []
            while let event = try reader.next() { events.append(event) }
            let file = try RecordingFile(MemorySource(bytes))
            var page = Page()
            var texts: [String] = []
            for event in events {
                page.apply(kind: event.kind, payload: try event.payload)
                let found = try text(page)
                guard let kept = Page(page.term), try text(kept) == found, kept.term == page.term else {
                    return "a keyframe after event \(event.index) would hold another page"
                }
                guard try text(try file.page(after: event.index)) == found else {
                    return "from a keyframe, the page after event \(event.index) is another one"
                }
                texts.append(found)
            }
            return "[\(texts.joined(separator: ","))]"
        }
    }

    private static func importedDocument(of bytes: [UInt8], _ mapping: JSONMapping, isJSON: Bool) -> Answer {
        answer {
            let sink = MemorySink()
            if isJSON {
                _ = try PhoenixReplayJSONImporter(MemorySource(bytes)).write(to: sink)
            } else {
                _ = try PhoenixReplayImporter(MemorySource(bytes)).write(to: sink)
            }
            let reader = try RecordingReader(MemorySource(sink.bytes))
            return try document(reader.header, mapping) { write in
                while let event = try reader.next() { try write(event) }
            }
        }
    }

    private static func salvage(_ bytes: [UInt8]) -> Answer {
        answer {
            let salvage = try Salvage(MemorySource(bytes))
            // The document has a key of its own, which a field of that name makes way for.
            var header = salvage.header
            let lost = (salvage.report.losses.map(\.bytes) + [salvage.report.trailing].compactMap(\.self))
                .filter { !$0.isEmpty }
            if header.fields[atom: "lost"] != nil { header = header.renaming("lost", to: "lost#2") }
            var text = try document(header, .tagged) { write in
                try salvage.forEachEvent { event in
                    try write(event)
                    return true
                }
            }
            let ranges = lost.map { JSONText.array([.integer($0.lowerBound), .integer($0.upperBound)]) }
            // One more pair of the document, in front of the brace that closes it.
            text.removeLast()
            return text + ",\"lost\":\(JSONText.array(ranges).text)}"
        }
    }

    /// The document of a recording, without the line feed at its end.
    private static func document(
        _ header: Header, _ mapping: JSONMapping, _ events: (_ write: (Event) throws -> Void) throws -> Void
    ) throws -> String {
        let sink = MemorySink()
        let writer = try RecordingJSONWriter(
            to: sink, header: header, options: RecordingJSONOptions(mapping: mapping))
        try events(writer.write)
        try writer.finish()
        return String(decoding: sink.bytes.dropLast(), as: UTF8.self)
    }

    // MARK: Answers

    /// The answer that `first` is, when another way has led to the same one.
    private static func same(_ first: Answer, _ other: Answer, _ way: String) -> Answer {
        first == other ? first : .nonsense("\(first.summary); read \(way): \(other.summary)")
    }

    private static func answer(_ body: () throws -> String) -> Answer {
        do {
            return .text(Array(try body().utf8))
        } catch let error as TermError {
            return .error(kind: error.code.rawValue, offset: error.offset)
        } catch let error as JSONError {
            return .error(kind: error.code.rawValue, offset: error.offset)
        } catch let error as ReelError {
            return .error(kind: error.kind.rawValue, offset: error.offset)
        } catch {
            return .nonsense("\(error)")
        }
    }
}

extension Header {
    /// The header with a field under another name.
    fileprivate func renaming(_ name: Atom, to other: Atom) -> Header {
        var fields: [TermMap.Pair] = []
        for pair in self.fields.pairs {
            fields.append(pair.key == .atom(name) ? TermMap.Pair(.atom(other), pair.value) : pair)
        }
        return Header(version: version, fields: TermMap(fields))
    }
}
