import ExternalTerm
import Foundation
import Reel
import TestPrograms

/// What a port answers to messages, and what it has stored.
struct Port {
    var status: Int32
    var terms: [Term]
    /// The kinds of the events that were stored, and what they say.
    var events: [String] = []
    var payloads: [Term] = []
    var offsets: [Int] = []
    /// The state after each of them.
    var states: [State] = []
    var header: Header?
    var summary: Summary?

    struct Refusal {
        var reason: String
        var text: String
        var frame: Int?
        var byte: Int?
    }

    var errors: [Refusal] {
        terms.compactMap { term in
            guard let elements = term.elements, elements.count == 3, elements[0].atom == "error" else { return nil }
            return Refusal(
                reason: elements[1].atom?.name ?? "", text: elements[2][atom: "message"]?.text ?? "",
                frame: elements[2][atom: "frame"]?.integer, byte: elements[2][atom: "byte"]?.integer)
        }
    }

    /// What became of the session, as Erlang writes it.
    var outcome: String? {
        terms.first { $0.elements?.first?.atom == "stopped" }?.elements?[2].erlangText
    }

    /// Starts a session, sends frames, then an event, and ends the input.
    static func run(
        _ frames: [[UInt8]], start: String? = nil, tail: [UInt8] = [], event: Bool = true,
        arguments: [String] = ["--keep-idle"]
    ) throws -> Port {
        try inFolder { folder in
            let first = start ?? #"{start, <<"s">>, #{view => test}}"#
            var input = frame(try Term(erlangText: first).external)
            for bytes in frames { input += frame(bytes) }
            if event {
                input += frame(try Term(erlangText: #"{event, <<"s">>, event, #{name => <<"last">>}}"#).external)
            }
            let tool = try Tool.run(["record", folder.path] + arguments, input: input + tail)
            var port = Port(status: tool.status, terms: [])
            var rest = tool.output[...]
            while !rest.isEmpty {
                let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
                port.terms.append(try Term(external: Array(rest.dropFirst(4).prefix(length))))
                rest = rest.dropFirst(4 + length)
            }
            let file = folder.appending(path: "s.reel")
            guard FileManager.default.fileExists(atPath: file.path) else { return port }
            let reader = try RecordingReader(MemorySource(try file.bytes))
            let recording = try RecordingFile(MemorySource(try file.bytes))
            port.header = reader.header
            while let event = try reader.next() {
                port.events.append(event.kind.name)
                port.payloads.append(try event.payload)
                port.offsets.append(event.offset)
                port.states.append(try recording.state(after: event.index))
            }
            port.summary = reader.summary
            return port
        }
    }

    /// The same with messages in Erlang's notation.
    static func say(
        _ messages: [String], start: String? = nil, event: Bool = false, arguments: [String] = ["--keep-idle"]
    ) throws -> Port {
        try run(
            messages.map { try Term(erlangText: $0).external }, start: start, event: event, arguments: arguments)
    }

    static func frame(_ bytes: [UInt8]) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bytes.count >> $0) } + bytes
    }
}
