import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing

/// What a sample holds, read with nothing but gzip and the term codec: no code of an importer's.
struct Original {
    /// An event as all generations have it in common.
    struct Event {
        var offset: Int
        var kind: String
        var payload: Term
    }

    /// What the file says besides its events.
    var fields: TermMap
    /// The events: tuples in files of 0.1, structs later.
    var terms: [Term]
    var events: [Event]

    init(_ sample: Sample) throws {
        switch sample.format {
        case .map:
            let content = try Program.run("/usr/bin/gzip", ["-dc", sample.file.path])
            try #require(content.status == 0)
            try self.init(recording: Term(external: content.output))
        case .recording:
            try self.init(recording: Term(external: sample.file.bytes))
        case .part:
            try self.init(part: sample.file.bytes)
        }
    }

    private init(recording: Term) throws {
        fields = try #require(recording.map)
        guard case .list(let terms)? = fields[atom: "events"] else { throw Unexpected("events that are no list") }
        fields[atom: "events"] = nil
        self.terms = terms
        events = try terms.map(Event.init)
    }

    /// The whole frames of a running session, merged as PhoenixReplay merges them: the last header counts, events are in the order
    /// of their numbers.
    private init(part bytes: [UInt8]) throws {
        var offset = 0
        var numbered: [(number: Int, event: Term)] = []
        fields = TermMap()
        while bytes.count - offset >= 12 {
            let size = bytes[offset + 4..<offset + 8].reduce(0) { $0 << 8 | Int($1) }
            let end = offset + 12 + size
            guard end <= bytes.count else { break }
            let frame = try Term(external: Array(bytes[offset + 12..<end]))
            let elements = try #require(frame.elements)
            fields = try #require(elements.first?.map)
            guard case .list(let chunk)? = elements.last else { throw Unexpected("a chunk that is no list") }
            for pair in chunk {
                let pair = try #require(pair.elements)
                numbered.append((try #require(pair.first?.integer), try #require(pair.last)))
            }
            offset = end
        }
        fields[atom: "events"] = nil
        terms = numbered.sorted { $0.number < $1.number }.map(\.event)
        events = try terms.map(Event.init)
    }
}

extension Original.Event {
    init(_ term: Term) throws {
        if let elements = term.elements {
            try #require(elements.count == 3)
            offset = try #require(elements[0].integer)
            kind = try #require(elements[1].atom).name
            payload = elements[2]
        } else {
            offset = try #require(term[atom: "at"]?.integer)
            kind = try #require(term[atom: "type"]?.atom).name
            payload = try #require(term[atom: "data"])
        }
    }
}

/// What a sample should not hold.
struct Unexpected: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
