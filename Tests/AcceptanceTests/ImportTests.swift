import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing

/// Every sample becomes a recording that every tool can read, and nothing of it gets lost.
@Suite("Imports")
struct ImportTests {
    @Test("A sample imports to a recording without a fault, finished, that gzip accepts", arguments: Sample.all)
    func imports(_ sample: Sample) throws {
        let imported = try Imported.of(sample)
        #expect(imported.report.losses.isEmpty == (sample.format != .part), "only the parts are torn")
        let findings = Validation.findings(in: MemorySource(imported.recording))
        #expect(findings.filter { $0.severity == .error }.map(\.description) == [])
        // The sessions of 0.6 have events that were noted late.
        #expect(findings.map(\.event) == (sample.format == .map ? [] : [8]))
        let file = try RecordingFile(MemorySource(imported.recording))
        #expect(file.layout == .finished)
        #expect(try file.summary == imported.report.summary)
        #expect(try Program.run("/usr/bin/gzip", ["-t"], input: imported.recording).status == 0)
    }

    @Test("The tool makes the same recording as the library, and finds no fault with it", arguments: Sample.all)
    func tool(_ sample: Sample) throws {
        try inFolder { folder in
            let target = folder.appending(path: "session.reel")
            let imported = try Program.reel("import", sample.file.path, "-o", target.path)
            #expect(imported.status == (sample.format == .part ? 1 : 0), "1 says that something was torn")
            #expect(imported.talk.split(separator: "\n").count == (sample.format == .part ? 1 : 0))
            #expect(try target.bytes == Imported.of(sample).recording)
            let validated = try Program.reel("validate", target.path)
            #expect(validated.status == 0)
            #expect(validated.text.split(separator: "\n").allSatisfy { $0.contains("warning at byte 0, event 8") })
        }
    }

    @Test("The events of a sample are those of its recording, term for term", arguments: Sample.all)
    func events(_ sample: Sample) throws {
        let original = try Original(sample)
        let reader = try RecordingReader(MemorySource(try Imported.of(sample).recording))
        // What a torn frame says of the session comes after what the whole ones say.
        if !original.terms.isEmpty { #expect(reader.header.fields == original.fields) }
        for (index, expected) in original.events.enumerated() {
            let event = try #require(try reader.next())
            #expect(event.index == index)
            #expect(event.offset == expected.offset)
            #expect(event.kind.name == expected.kind)
            #expect(try event.payload == expected.payload)
        }
        var torn = 0
        while try reader.next() != nil { torn += 1 }
        #expect((torn > 0) == (sample.format == .part), "events of a torn frame follow those of the whole ones")
    }

    /// One BEAM for all samples: it starts slowly.
    @Test("A BEAM reads every recording in one line, and what is exported is the very term that was imported")
    func erlang() throws {
        try inFolder { folder in
            var manifest = ""
            for sample in Sample.all {
                let recording = folder.appending(path: sample.stem + ".reel")
                try Data(Imported.of(sample).recording).write(to: recording)
                let exporter = try PhoenixReplayExporter(RecordingFile(MemorySource(Imported.of(sample).recording)))
                #expect(exporter.fileExtension == (sample.format == .map ? ".etf.gz" : ".recording"))
                let sink = MemorySink()
                try exporter.write(to: sink)
                let export = folder.appending(path: sample.stem + exporter.fileExtension)
                try Data(sink.bytes).write(to: export)
                let exported = try Program.reel("export", recording.path, "--to", "phoenix-replay")
                #expect(exported.status == 0 && exported.output == sink.bytes, "the tool exports what the library does")
                let whole = sample.file.path.replacing(".part", with: ".recording")
                manifest += "\(sample.file.path)\t\(recording.path)\t\(export.path)\t\(whole)\n"
            }
            let module = folder.appending(path: "twin.erl")
            try Data(ImportTests.twin.utf8).write(to: module)
            let list = folder.appending(path: "manifest")
            try Data(manifest.utf8).write(to: list)
            let start = """
                {ok, M, B} = compile:file("\(module.path)", [binary, report]), {module, M} = code:load_binary(M, "", B),
                M:main("\(list.path)"), halt().
                """
            let verdicts = try Program.run("erl", ["-noinput", "-eval", start])
            let lines = verdicts.text.split(separator: "\n")
            #expect(verdicts.status == 0)
            #expect(lines.count == Sample.all.count)
            for line in lines { #expect(line.hasPrefix("ok "), "\(line)") }
            if !lines.allSatisfy({ $0.hasPrefix("ok ") }) { print(verdicts.text, verdicts.talk) }
        }
    }

    /// Reads recordings with `read/1`, the line that has to work for ever, and says of each whether it is what it should be.
    private static let twin = #"""
        -module(twin).
        -export([main/1]).

        read(Path) -> {ok, File} = file:read_file(Path), [binary_to_term(Term) || <<N:32, Term:N/binary>> <= zlib:gunzip(File)].

        main(Manifest) ->
            {ok, Lines} = file:read_file(Manifest),
            [try io:format("ok ~ts: ~ts~n", [hd(Paths), check(Paths)])
             catch _:Reason:Stack -> io:format("FAILED ~ts: ~0P ~0P~n", [hd(Paths), Reason, 20, Stack, 20]) end
             || Line <- string:lexemes(Lines, "\n"), Paths <- [string:lexemes(Line, "\t")]].

        check([Path, Recording, Export, Whole]) ->
            Frames = [{recording, {1, 0}, Header} | Rest] = read(Recording),
            Events = lists:append([events(Frame) || Frame <- Rest]),
            {finish, #{events := Count}} = lists:last([Frame || Frame <- Rest, element(1, Frame) =:= finish]),
            Count = length(Events),
            Exported = term(Export),
            original(Path, Exported, term(Whole)),
            %% What stands in the recording are the exported term's fields and events.
            Header = maps:remove(events, Exported),
            Events = [tuple(Event) || Event <- maps:get(events, Exported)],
            io_lib:format("~b frames, ~b events", [length(Frames), Count]).

        events(Batch) when is_list(Batch) -> Batch;
        events(Event) when is_integer(element(1, Event)) -> [Event];
        events(_) -> [].

        tuple(#{'__struct__' := 'Elixir.PhoenixReplay.Recording.Event', at := At, type := Type, data := Data} = Event)
            when map_size(Event) =:= 4 -> {At, Type, Data};
        tuple(Event) -> Event.

        term(Path) ->
            case file:read_file(Path) of
                {ok, <<16#1F, 16#8B, _/binary>> = Gzip} -> binary_to_term(zlib:gunzip(Gzip));
                {ok, Term} -> binary_to_term(Term)
            end.

        %% A running session: what PhoenixReplay reads of it, and then more, as far as the whole recording tells.
        original(Path, Exported, Whole) ->
            case file:read_file(Path) of
                {ok, <<"PRF1", _/binary>> = Part} ->
                    true = lists:prefix(merge(frames(Part), #{}, []), maps:get(events, Exported)),
                    true = lists:prefix(maps:get(events, Exported), maps:get(events, Whole)),
                    true = maps:remove(events, Exported) =:= maps:remove(events, Whole);
                _ ->
                    true = Exported =:= Whole
            end.

        frames(<<"PRF1", Size:32, Checksum:32, Payload:Size/binary, Rest/binary>>) ->
            Checksum = erlang:crc32(Payload),
            [binary_to_term(Payload) | frames(Rest)];
        frames(_) -> [].

        merge([], _, Chunks) -> [Event || {_, Event} <- lists:keysort(1, lists:append(Chunks))];
        merge([{Recording, Chunk} | Rest], _, Chunks) -> merge(Rest, Recording, [Chunk | Chunks]).
        """#
}
