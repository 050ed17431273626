import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing

/// Programs that know nothing of this format read what is written in it.
@Suite("Other tools")
struct OtherToolsTests {
    /// A session in many members, and a recording of it.
    private func session(_ options: WriterOptions) throws -> (events: [PlainEvent], bytes: [UInt8]) {
        var generator = SeededGenerator(seed: 99)
        let events = generator.session(120)
        return (events, try recording(of: events, options))
    }

    static let options = [
        WriterOptions(), WriterOptions(memberByteCount: 700, frameByteCount: 150),
        WriterOptions(level: 0, frameByteCount: 0),
        WriterOptions(level: 9, memberByteCount: 1),
    ]

    @Test("gzip finds no fault with a recording, and unpacks its frames", arguments: options)
    func gzipReads(options: WriterOptions) throws {
        let (events, bytes) = try session(options)
        let tested = try Program.run("gzip", "-t", input: bytes)
        #expect(tested.status == 0 && tested.talk.isEmpty, "\(tested.talk)")
        let unpacked = try Program.run("gzip", "-dc", input: bytes)
        #expect(unpacked.status == 0)
        #expect(Reading.forward(unpacked.output).texts == events.read)
        // Packed again, it is still a recording.
        let packed = try Program.run("gzip", "-9c", input: unpacked.output)
        #expect(Reading.forward(packed.output).content == Reading.forward(bytes).content)
        #expect(Reading.random(packed.output).content == Reading.forward(bytes).content)
    }

    @Test("Python reads it in three lines", arguments: options)
    func pythonReads(options: WriterOptions) throws {
        let (_, bytes) = try session(options)
        let script = """
            import gzip, struct, sys
            data = gzip.decompress(sys.stdin.buffer.read())
            while data: (n,) = struct.unpack('>I', data[:4]); print(n, data[4]); data = data[4 + n:]
            """
        let outcome = try Program.run("python3", "-c", script, input: bytes)
        #expect(outcome.status == 0, "\(outcome.talk)")
        let content = try Program.run("gzip", "-dc", input: bytes).output
        let lines = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n")
        #expect(lines.allSatisfy { $0.hasSuffix(" 131") })
        #expect(
            lines.compactMap { $0.split(separator: " ").first.flatMap { Int($0) } }.reduce(0) { $0 + 4 + $1 }
                == content.count)
    }

    @Test("A BEAM reads it in one line, for ever", arguments: options)
    func erlang(options: WriterOptions) throws {
        let (events, bytes) = try session(options)
        // The line of the specification, and then what it gives as one term, in the canonical form.
        let program = #"""
            [In, Out] = init:get_plain_arguments(),
            {ok, File} = file:read_file(In),
            Frames = [binary_to_term(Term) || <<N:32, Term:N/binary>> <= zlib:gunzip(File)],
            ok = file:write_file(Out, term_to_binary(Frames, [{minor_version, 2}, deterministic])),
            halt().
            """#
        let frames = try inFolder { folder in
            let input = folder.appending(path: "session.reel")
            let output = folder.appending(path: "frames")
            try Data(bytes).write(to: input)
            let outcome = try Program.run("erl", "-noinput", "-eval", program, "-extra", input.path, output.path)
            try #require(outcome.status == 0, "\(outcome.talk)\(String(decoding: outcome.output, as: UTF8.self))")
            return try Array(Data(contentsOf: output))
        }
        guard case .list(let terms) = try Term(external: frames) else {
            Issue.record("no list of frames")
            return
        }
        #expect(terms.first == .header())
        #expect(terms.flatMap(\.events) == events.map(\.term))
        let names = terms.dropFirst().compactMap { $0.elements?.first?.atom?.name }
        #expect(Set(names).isSubset(of: ["keyframe", "finish", "index"]))
        #expect(names.filter { $0 == "finish" }.count == 1)
        // What was written is the canonical form: the BEAM gives the same bytes for the same terms.
        let content = try Program.run("gzip", "-dc", input: bytes).output
        #expect(terms.flatMap { frame($0.external) } == content)
        #expect(frames == Term.list(terms).external)
    }

    @Test("What a BEAM writes in one line is a recording", arguments: [true, false])
    func erlangWrites(isCompressed: Bool) throws {
        let program = #"""
            [Out] = init:get_plain_arguments(),
            Frames = [{recording, {1, 0}, #{id => <<"beam">>, view => 'Elixir.Shop', connected_at => 1700000000000}},
                      {0, mount, #{assigns => #{count => 0, pid => self(), size => 1 bsl 100, ratio => 0.5}}},
                      [{N, render, #{assigns => #{count => N, text => lists:duplicate(N, $a)}}} || N <- lists:seq(1, 500)]],
            Bytes = << <<(byte_size(T)):32, T/binary>> || F <- Frames, T <- [term_to_binary(F, OPTIONS)] >>,
            ok = file:write_file(Out, zlib:gzip(Bytes)),
            halt().
            """#.replacing("OPTIONS", with: isCompressed ? "[compressed]" : "[]")
        let bytes = try inFolder { folder in
            let output = folder.appending(path: "session.reel")
            let outcome = try Program.run("erl", "-noinput", "-eval", program, "-extra", output.path)
            try #require(outcome.status == 0, "\(outcome.talk)\(String(decoding: outcome.output, as: UTF8.self))")
            return try Array(Data(contentsOf: output))
        }
        let file = try RecordingFile(MemorySource(bytes))
        #expect(file.layout == .sequential)
        #expect(
            try file.header.id == "beam" && file.header.view == "Shop" && file.header.connectedAt == 1_700_000_000_000)
        #expect(try file.eventCount == 501)
        let state = try file.state(after: 500)
        #expect(state.assigns[atom: "count"] == 500)
        #expect(state.assigns[atom: "ratio"] == 0.5)
        #expect(state.assigns[atom: "text"] == .list([Term](repeating: .integer(97), count: 500)))
        if case .pid = state.assigns[atom: "pid"] {} else { Issue.record("no pid") }
        #expect(Validation.findings(in: MemorySource(bytes)).filter { $0.severity == .error } == [])
    }
}

extension Term {
    /// The events of a frame.
    fileprivate var events: [Term] {
        if case .list(let events) = self { return events }
        return elements?.first?.integer == nil ? [] : [self]
    }
}
