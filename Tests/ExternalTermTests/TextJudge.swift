import ExternalTerm
import Foundation
import TestPrograms
import Testing

/// Erlang and Elixir themselves, which have the last word on their notations.
enum TextJudge {
    /// A term, and the text that the judge gives for it.
    struct Verdict {
        var external: [UInt8]
        var text: String
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Where a program is, or nil when it is not installed.
    static func path(of program: String) -> String? {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        return folders.lazy.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static let hasErlang = path(of: "erl") != nil
    static let hasElixir = hasErlang && path(of: "elixir") != nil

    /// What Erlang prints with `~0tp` for `count` random terms, and for those of the printable range `range`.
    static func erlang(seed: Int, count: Int, range: String) throws -> [Verdict] {
        try inFolder { folder in
            let source = folder.appendingPathComponent("text_judge.erl")
            try Data(erlangSource.utf8).write(to: source)
            let start = """
                {ok, M, B} = compile:file("\(source.path)", [binary]), {module, M} = code:load_binary(M, "", B),
                M:main(\(seed), \(count)), halt().
                """
            let output = try run("erl", ["-noinput", "+pc", range, "-eval", start])
            return try verdicts(output)
        }
    }

    /// What Erlang makes of expressions.
    static func erlang(expressions: [String]) throws -> [[UInt8]] {
        try inFolder { folder in
            let input = folder.appendingPathComponent("expressions")
            try Data(expressions.joined(separator: "\n").utf8).write(to: input)
            let start = """
                {ok, Content} = file:read_file("\(input.path)"),
                [begin
                    {ok, Tokens, _} = erl_scan:string(unicode:characters_to_list(Line) ++ "."),
                    {ok, Forms} = erl_parse:parse_exprs(Tokens),
                    {value, Term, _} = erl_eval:exprs(Forms, []),
                    io:put_chars([base64:encode(term_to_binary(Term, [{minor_version, 2}])), "\\n"])
                 end || Line <- binary:split(Content, <<"\\n">>, [global])],
                halt().
                """
            return try run("erl", ["-noinput", "-eval", start]).split(separator: "\n").map { try bytes(String($0)) }
        }
    }

    /// What Elixir inspects terms as, in the way of Elixir 1.15 and later. Options go to `inspect`.
    static func elixir(_ terms: [[UInt8]], options: String) throws -> [Verdict] {
        try inFolder { folder in
            let script = folder.appendingPathComponent("text_judge.exs")
            try Data(elixirSource.replacing("OPTIONS", with: options).utf8).write(to: script)
            let input = folder.appendingPathComponent("terms")
            let lines = terms.map { Data($0).base64EncodedString() }.joined(separator: "\n")
            try Data(lines.utf8).write(to: input)
            let output = try run("elixir", ["--erl", "+fnu", script.path, input.path])
            return try verdicts(output)
        }
    }

    /// What Elixir makes of expressions, and what it inspects them as.
    static func elixir(expressions: [String]) throws -> [Verdict] {
        let terms = try inFolder { folder in
            let script = folder.appendingPathComponent("expressions.exs")
            let source = """
                for line <- File.stream!(hd(System.argv())) do
                  {term, _} = Code.eval_string(Base.decode64!(String.trim(line)))
                  IO.puts(Base.encode64(:erlang.term_to_binary(term, minor_version: 2)))
                end
                """
            try Data(source.utf8).write(to: script)
            let input = folder.appendingPathComponent("expressions")
            let lines = expressions.map { Data($0.utf8).base64EncodedString() }
            try Data(lines.joined(separator: "\n").utf8).write(to: input)
            let output = try run("elixir", ["--erl", "+fnu", script.path, input.path])
            return try output.split(separator: "\n").map { try bytes(String($0)) }
        }
        return try elixir(terms, options: "[]")
    }

    private static func inFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("text-judge-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> String {
        guard let path = path(of: program) else { throw Failure(description: "\(program) is not installed") }
        let program = try Program.run(path, arguments, environment: ["LC_ALL": "C.UTF-8"])
        guard program.status == 0 else {
            let said = "\(program.text.suffix(400))\(program.talk.suffix(400))"
            throw Failure(description: "\(path) ended with status \(program.status): \(said)")
        }
        return program.text
    }

    private static func verdicts(_ output: String) throws -> [Verdict] {
        try output.split(separator: "\n").map { line in
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw Failure(description: "an unexpected line: \(line)") }
            let text = try bytes(String(parts[1]))
            return Verdict(external: try bytes(String(parts[0])), text: String(decoding: text, as: UTF8.self))
        }
    }

    private static func bytes(_ base64: String) throws -> [UInt8] {
        guard let data = Data(base64Encoded: base64) else { throw Failure(description: "no base64: \(base64)") }
        return Array(data)
    }
}

extension TextJudge {
    /// Makes random terms of every kind and prints each with its text.
    fileprivate static let erlangSource = ##"""
        -module(text_judge).
        -export([main/2]).

        main(Seed, Count) ->
            rand:seed(exsss, Seed),
            Terms = fixed() ++ [term(5) || _ <- lists:seq(1, Count)],
            [io:put_chars([base64:encode(term_to_binary(T, [{minor_version, 2}])), " ", base64:encode(text(T)), "\n"])
             || T <- Terms].

        text(T) -> unicode:characters_to_binary(io_lib:format("~0tp", [T])).

        fixed() ->
            Characters = lists:seq(0, 16#300) ++
                [16#2028, 16#D7FF, 16#E000, 16#FFFD, 16#FFFE, 16#FFFF, 16#10000, 16#10FFFF],
            [[C] || C <- Characters] ++ [<<C/utf8>> || C <- Characters, C < 16#D800 orelse C > 16#DFFF] ++
            [list_to_atom([C]) || C <- Characters] ++ [list_to_atom([$a, C]) || C <- Characters] ++
            [<<C>> || C <- lists:seq(0, 255)] ++
            [math:pow(10, E) || E <- lists:seq(-30, 30)] ++ [math:pow(2, E) || E <- lists:seq(-60, 60)] ++
            [math:pow(2, 53) + D || D <- lists:seq(-3, 3)] ++ [12345.0 * math:pow(10, E) || E <- lists:seq(-30, 30)] ++
            words().

        words() ->
            ['after', 'and', 'andalso', 'band', 'begin', 'bnot', 'bor', 'bsl', 'bsr', 'bxor', 'case', 'catch', 'cond',
             'div', 'end', 'fun', 'if', 'let', 'not', 'of', 'or', 'orelse', 'receive', 'rem', 'try', 'when', 'xor',
             'maybe', 'else', '', a, 'a b', 'A', '_a', '1', a1, 'a@b', '@', true, false, nil, 'Elixir', 'Elixir.Foo',
             'Elixir.Foo.Bar2', 'Elixir.foo', 'Elixir.Foo.', 'Elixir.Elixir', 'Elixir.Elixir.Foo', 'ElixirFoo',
             'Elixir.', 'Foo', 'foo?', 'foo!', 'foo?!', 'f?o', '?', '!', 'é', 'É', 'straße', '日本', 'привет', 'a#{b}',
             '"', '\\', '\n', '::', '->', '%{}', '{}', '<<>>', '..', '...', '..//', '.', '%', '&', '+', '--', '|>',
             '^^^', '~~~', '<|>', '&&&', '=>', 'a-b', 'a\'b', in, do, 'x.y', 'f@', 'Á?', '__struct__',
             'ñandú', 'ω', 'ａ'].

        pick(L) -> lists:nth(rand:uniform(length(L)), L).
        many(N, F) -> [F() || _ <- lists:seq(1, rand:uniform(N + 1) - 1)].

        term(D) ->
            case rand:uniform(if D > 0 -> 22; true -> 12 end) of
                1 -> rand:uniform(300) - 20;
                2 -> pick([1, -1]) * (rand:uniform(1 bsl rand:uniform(200)) - 1);
                3 -> float_term();
                4 -> pick(words());
                5 -> atom();
                6 -> unicode:characters_to_binary(many(8, fun character/0));
                7 -> list_to_binary(many(8, fun() -> rand:uniform(256) - 1 end));
                8 -> list_to_binary(many(8, fun() -> 159 + rand:uniform(96) end));
                9 -> L = rand:uniform(40), <<(rand:uniform(1 bsl L) - 1):L>>;
                10 -> many(8, fun character/0);
                11 -> many(8, fun() -> rand:uniform(95) + 31 end);
                12 -> identifier();
                13 -> list_to_tuple(many(4, fun() -> term(D - 1) end));
                14 -> many(4, fun() -> term(D - 1) end);
                15 -> [term(D - 1), term(D - 1) | term(D - 1)];
                16 -> [character() | a];
                17 -> maps:from_list(many(6, fun() -> {term(D - 1), term(D - 1)} end));
                18 -> maps:from_list(many(6, fun() -> {pick(words()), term(D - 1)} end));
                19 -> [{pick(words()), term(D - 1)} || _ <- lists:seq(1, rand:uniform(4))];
                20 -> #{rand:uniform(3) => a, float(rand:uniform(3)) => b, atom() => c, [] => d, {} => e, <<>> => f};
                21 -> {pick([ok, error, 'é']), term(D - 1)};
                22 -> #{'__struct__' => pick(words()), a => term(D - 1), pick(words()) => 1}
            end.

        float_term() ->
            case rand:uniform(4) of
                1 -> <<B:64>> = rand:bytes(8), try <<F/float>> = <<B:64>>, F catch _:_ -> 1.5 end;
                2 -> (rand:uniform(2000000) - 1000000) / 1000;
                3 -> float(rand:uniform(1 bsl rand:uniform(70)));
                4 -> rand:uniform() * math:pow(10, rand:uniform(60) - 30)
            end.

        atom() ->
            %% Elixir 1.14 and later versions differ on names that mix scripts.
            Script = pick(["abzAZ_09@ ?!.-éÉß÷ÿŁł\t\e\d" ++ [128, 173, 16#1F600], "яЖ_1@?", "日本_2"]),
            list_to_atom([pick(Script) || _ <- lists:seq(1, rand:uniform(4))]).

        character() ->
            case rand:uniform(6) of
                1 -> rand:uniform(128) - 1;
                2 -> rand:uniform(96) + 159;
                3 -> pick("\n\r\t\v\b\f\e\d\0\a\"'\\#{");
                4 -> rand:uniform(16#2000);
                5 -> rand:uniform(95) + 31;
                6 -> pick([16#D7FF, 16#E000, 16#FFFD, 16#FFFE, 16#FFFF, 16#10000, 16#1F600, 16#10FFFF])
            end.

        name() -> list_to_atom([pick("abzAZ_09@ '\"\\\n\e\d" ++ [1]) || _ <- lists:seq(1, rand:uniform(4))]).

        identifier() ->
            Node = <<100, 13:16, "nonode@nohost">>,
            case rand:uniform(5) of
                1 -> F = pick([name(), pick(['after', 'fun', '+', '::', 'Foo', '%{}'])]),
                     A = rand:uniform(256) - 1, fun F:F/A;
                2 -> binary_to_term(<<131, 103, Node/binary, (rand:uniform(9999)):32, (rand:uniform(9)):32, 0>>);
                3 -> N = rand:uniform(3), W = << <<(rand:uniform(1 bsl 17)):32>> || _ <- lists:seq(1, N)>>,
                     binary_to_term(<<131, 90, N:16, Node/binary, 0:32, W/binary>>);
                4 -> binary_to_term(<<131, 120, Node/binary, (rand:uniform(9999)):64, 0:32>>);
                5 -> Uniq = rand:uniform(1 bsl 30), Index = rand:uniform(9),
                     Body = <<2, 7:128, Index:32, 0:32, 100, 14:16, "Elixir.Foo.Bar", 97, (Index + 1), 98, Uniq:32,
                              103, Node/binary, 5:32, 0:32, 0>>,
                     binary_to_term(<<131, 112, (byte_size(Body) + 4):32, Body/binary>>)
            end.
        """##

    /// Inspects the terms of a file, one a line, as Elixir 1.15 and later do: charlists as `~c"..."`, and the escape
    /// sequences of characters that look like others or like nothing.
    fileprivate static let elixirSource = ##"""
        print = fn
          list, %{charlists: :infer} = opts when is_list(list) and list != [] ->
            if List.ascii_printable?(list),
              do: "~c" <> Kernel.inspect(List.to_string(list), printable_limit: :infinity),
              else: Inspect.List.inspect(list, opts)
          term, opts ->
            Inspect.inspect(term, opts)
        end

        confusing =
          Enum.concat([[0xA0, 0x34F, 0x61C, 0x205F, 0xFEFF], 0x2000..0x200F, 0x2028..0x202E, 0x2060..0x2064,
            0x2066..0x2069, 0xFFF9..0xFFFC])

        options = [limit: :infinity, printable_limit: :infinity, width: :infinity, inspect_fun: print] ++ OPTIONS

        for line <- File.stream!(hd(System.argv())) do
          line = String.trim(line)
          text = inspect(:erlang.binary_to_term(Base.decode64!(line)), options)

          text =
            for <<c::utf8 <- text>>, into: "" do
              if c in confusing, do: "\\u" <> String.pad_leading(Integer.to_string(c, 16), 4, "0"), else: <<c::utf8>>
            end

          IO.puts(line <> " " <> Base.encode64(text))
        end
        """##
}
