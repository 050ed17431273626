%% The judge's own thread: makes the terms, hands them to a command and to the BEAM, compares the answers.
-module(judge).
-export([main/2]).

-define(TERMS_IN_BATCH, 40).
-define(FRAMES_FOR_ORACLE, 40000).
-define(MOST_DIFFERENCES, 200).
-define(BYTES_SHOWN, 400).

main(Directory, [Mode | Arguments]) when Mode =:= "terms"; Mode =:= "mutations" ->
    Options = options(Arguments, #{
        mode => list_to_atom(Mode), count => 10000, seed => erlang:system_time(second), first => 1, show => 10,
        jobs => min(4, erlang:system_info(schedulers_online)), used => false,
        command => "reel term transcode --lenient", keep => none}),
    run(Directory, Options);
main(_, ["known"]) ->
    [io:format("~s: ~s~n", [Name, Reason]) || {Name, _, _, Reason} <- judge_known:table()];
main(_, _) ->
    io:put_chars(
        "judge.escript terms|mutations [--count N] [--seed S] [--command LINE] [--used] [--jobs N] [--first INDEX]\n"
        "              [--show N] [--keep DIRECTORY]\n"
        "judge.escript known\n"),
    halt(64).

options([], Options) -> Options;
options(["--used" | Rest], Options) -> options(Rest, Options#{used := true});
options(["--command", Line | Rest], Options) -> options(Rest, Options#{command := Line});
options(["--keep", Path | Rest], Options) -> options(Rest, Options#{keep := Path});
options(["--" ++ Name, Value | Rest], Options) ->
    Key = list_to_atom(Name),
    case {lists:member(Key, [count, seed, first, show, jobs]), string:to_integer(Value)} of
        {true, {Number, []}} -> options(Rest, Options#{Key := Number});
        _ -> main(none, [])
    end;
options(_, _) -> main(none, []).

run(Directory, #{mode := Mode, seed := Seed, count := Count, first := First, jobs := Jobs} = Options) ->
    io:format("~s: seed ~b, ~b from index ~b~n", [Mode, Seed, Count, First]),
    Oracle = oracle(Directory),
    Begun = erlang:monotonic_time(millisecond),
    Judge = self(),
    Workers = [spawn_monitor(fun() -> work(Judge, Job, Oracle, Options) end) || Job <- lists:seq(0, Jobs - 1)],
    Result = gather(Workers, #{agreed => 0, refused => 0, skipped => 0, bytes => 0, known => #{}, differences => []}),
    report(Result, erlang:monotonic_time(millisecond) - Begun, Options).

%% A node of another name than the judge's, and with room for the atoms that mutations make.
oracle(Directory) ->
    Load = io_lib:format(
        "{ok, M, C} = compile:file(~p, [binary]), {module, M} = code:load_binary(M, \"\", C), M:start().",
        [filename:join(filename:absname(Directory), "judge_oracle")]),
    {program, os:find_executable("erl"),
     ["-noinput", "+t", "5000000", "-sname", "oracle@localhost", "-dist_listen", "false", "-start_epmd", "false",
      "-eval", unicode:characters_to_list(Load)]}.

gather([], Result) -> Result;
gather(Workers, #{known := Known, differences := Differences} = Result) ->
    receive
        {batch, #{known := NewKnown, differences := New} = Batch} ->
            Sum = maps:map(
                fun(Key, Value) -> Value + maps:get(Key, Batch) end, maps:without([known, differences], Result)),
            Merged = Sum#{known => maps:merge_with(fun(_, One, Other) -> One + Other end, Known, NewKnown),
                          differences => New ++ Differences},
            case length(maps:get(differences, Merged)) > ?MOST_DIFFERENCES of
                true ->
                    [exit(Worker, kill) || {Worker, _} <- Workers],
                    Merged#{stopped => "too many differences"};
                false -> gather(Workers, Merged)
            end;
        {'DOWN', Monitor, process, Worker, normal} -> gather(Workers -- [{Worker, Monitor}], Result);
        {'DOWN', _, process, _, {gave_up, {_, Line}, Why}} ->
            Result#{stopped => io_lib:format("\"~ts\" ends whatever it is sent: ~s", [Line, Why])};
        {'DOWN', _, process, _, Reason} -> Result#{stopped => io_lib:format("~p", [Reason])}
    end.

%% Long terms are shown only in part: their bytes can be kept in files.
keep(none, _) -> ok;
keep(Path, Differences) ->
    ok = filelib:ensure_path(Path),
    [ok = file:write_file(filename:join(Path, io_lib:format("~b-~b.term", [Index, Number])), Bytes)
     || {Number, {Index, Bytes, _}} <- lists:enumerate(lists:sort(Differences))].

report(#{agreed := Agreed, refused := Refused, skipped := Skipped, known := Known, differences := Differences,
         bytes := Bytes} = Result, Milliseconds, #{mode := Mode, seed := Seed, count := Count, show := Show,
         keep := Path}) ->
    keep(Path, Differences),
    [io:put_chars(Text) || {_, _, Text} <- lists:sublist(lists:sort(Differences), Show)],
    [io:format("known: ~s: ~b~n", [Name, Times]) || {Name, Times} <- lists:sort(maps:to_list(Known))],
    Frames = Agreed + Skipped + length(Differences) + lists:sum(maps:values(Known)),
    io:format("~s: seed ~b, ~b indexes, ~b frames (~b MB): ~b agreed (~b of them refused), ~b known differences, "
              "~b skipped, ~b DIFFERENCES, ~.1f s, ~b frames/s~n",
              [Mode, Seed, Count, Frames, Bytes div 1000000, Agreed, Refused, lists:sum(maps:values(Known)), Skipped,
               length(Differences), Milliseconds / 1000, Frames * 1000 div max(1, Milliseconds)]),
    case Result of
        #{stopped := Why} -> io:format("stopped: ~ts~n", [Why]), halt(1);
        _ when Differences =/= [] -> halt(1);
        _ -> halt(0)
    end.

%% Every worker takes each batch whose number is its own modulo the jobs, with pipes of its own.
work(Judge, Job, Oracle, #{seed := Seed, command := Command, used := Used} = Options) ->
    process_flag(trap_exit, true),
    judge_terms:prepare(Seed),
    Line = case Used of
        true -> Command ++ " --used";
        false -> Command
    end,
    work(Judge, Job, judge_pipe:open({command, Line}), judge_pipe:open(Oracle), 0, Options).

work(_, Batch, Tool, Oracle, _, #{count := Count}) when Batch * ?TERMS_IN_BATCH >= Count ->
    judge_pipe:close(Tool),
    judge_pipe:close(Oracle);
work(Judge, Batch, Tool, Oracle, Asked, Options) ->
    #{mode := Mode, first := First, count := Count, jobs := Jobs} = Options,
    From = First + Batch * ?TERMS_IN_BATCH,
    Indexes = lists:seq(From, min(From + ?TERMS_IN_BATCH, First + Count) - 1),
    Cases = lists:append([cases(Index, Options) || Index <- Indexes]),
    Frames = [Bytes || {_, _, Bytes} <- Cases],
    judge_pipe:send(Tool, Frames),
    ForOracle = [harmless(Mode, Frame) || Frame <- Frames],
    judge_pipe:send(Oracle, ForOracle),
    {Answers, NextTool} = answers(Tool, Frames),
    {Given, UsedOracle} = answers(Oracle, ForOracle),
    Expected = lists:zipwith3(fun expected/3, Frames, ForOracle, Given),
    Judge ! {batch, compare(Cases, Expected, Answers, Options)},
    {NextOracle, NextAsked} = refreshed(UsedOracle, Asked + length(Frames)),
    work(Judge, Batch + Jobs, NextTool, NextOracle, NextAsked, Options).

%% Nothing in place of what may crash OTP 25: not to test whether it does.
harmless(Mode, Frame) ->
    case Mode =:= mutations andalso judge_known:crashes_otp(Frame) of
        true -> <<>>;
        false -> Frame
    end.

answers(Pipe, Frames) ->
    case judge_pipe:collect(Pipe, length(Frames), <<>>) of
        {ok, Answers} -> {Answers, Pipe};
        {ended, Why} ->
            judge_pipe:close(Pipe),
            judge_pipe:one_by_one(element(2, Pipe), Frames, Why)
    end.

%% Atoms and exported functions are never forgotten by the BEAM: it gets a new life in time.
refreshed(Oracle, Asked) when Asked < ?FRAMES_FOR_ORACLE -> {Oracle, Asked};
refreshed({_, Start} = Oracle, _) ->
    judge_pipe:close(Oracle),
    {judge_pipe:open(Start), 0}.

%% `[{Index, Description, Bytes}]`.
cases(Index, #{mode := terms, seed := Seed}) ->
    judge_random:seed(Seed, Index, 1),
    Model = judge_terms:term(),
    Plain = judge_encoding:plain(Model),
    Wild = judge_encoding:wild(Model),
    Other = case judge_random:below(4) of
        0 -> judge_encoding:compressed(judge_encoding:wild(Model));
        1 ->
            Wilder = judge_encoding:wild(Model),
            <<Wilder/binary, (judge_random:bytes(judge_random:between(1, 20)))/binary>>;
        _ -> judge_encoding:wild(Model)
    end,
    [{Index, plain, Plain}, {Index, wild, Wild}, {Index, wild, Other} | by_otp(Index, Plain)];
cases(Index, #{mode := mutations, seed := Seed}) ->
    judge_random:seed(Seed, Index, 2),
    {Bytes, Names} = judge_mutations:mutant(judge_terms:small()),
    [{Index, Names, Bytes}].

%% As OTP encodes it with another minor version, for older readers, or compressed.
by_otp(Index, Plain) ->
    Options = judge_random:pick([[{minor_version, 0}], [{minor_version, 1}], [{minor_version, 2}],
                                 [{minor_version, 0}, {compressed, judge_random:between(1, 9)}],
                                 [{minor_version, 2}, {compressed, judge_random:between(1, 9)}]]),
    try [{Index, Options, term_to_binary(binary_to_term(Plain), Options)}] catch error:badarg -> [] end.

compare(Cases, Expected, Answers, #{used := WithUsed}) ->
    Empty = #{agreed => 0, refused => 0, skipped => 0, bytes => 0, known => #{}, differences => []},
    compare(Cases, Expected, Answers, WithUsed, none, Empty).

compare([], [], [], _, _, Result) -> Result;
compare([{Index, Description, Bytes} | Cases], [OTP | Expected], [Given | Answers], WithUsed, Plain, Counted) ->
    #{bytes := Size} = Counted,
    Result = Counted#{bytes := Size + byte_size(Bytes)},
    Reader = answer(Given, OTP, WithUsed),
    NewPlain = case Description of
        plain -> {Index, OTP};
        _ -> Plain
    end,
    NewResult = case agrees_with_plain(Index, OTP, Description, NewPlain) of
        false ->
            {_, PlainOTP} = NewPlain,
            add_difference(Index, "THE JUDGE'S OWN FAULT: OTP reads another term than", Description, Bytes, PlainOTP,
                           OTP, Result);
        true -> verdict(Index, Description, Bytes, OTP, Reader, Result)
    end,
    compare(Cases, Expected, Answers, WithUsed, NewPlain, NewResult).

verdict(_, _, _, skipped, _, Result) -> increment(skipped, Result);
verdict(_, _, _, refused, refused, Result) -> increment(refused, increment(agreed, Result));
verdict(_, _, _, {accepted, _, _} = Same, Same, Result) -> increment(agreed, Result);
verdict(Index, Description, Bytes, OTP, Reader, #{known := Known} = Result) ->
    case judge_known:name(Bytes, OTP, Reader) of
        {known, Name} -> Result#{known := maps:update_with(Name, fun(Times) -> Times + 1 end, 1, Known)};
        unknown -> add_difference(Index, "DIFFERENCE", Description, Bytes, OTP, Reader, Result)
    end.

increment(Key, Result) -> maps:update_with(Key, fun(Count) -> Count + 1 end, Result).

%% All encodings of one term have one canonical form, or the encoder here is wrong.
agrees_with_plain(Index, {accepted, _, Canonical}, Description, {Index, {accepted, _, Plain}})
        when is_atom(Description) -> Canonical =:= Plain;
agrees_with_plain(_, _, _, _) -> true.

expected(Frame, Sent, _) when Frame =/= Sent -> died;
expected(_, _, <<0>>) -> refused;
expected(_, _, <<1, Used:32, Canonical/binary>>) -> {accepted, Used, Canonical};
expected(_, _, <<2>>) -> skipped;
expected(_, _, died) -> died.

%% Without --used the reader does not say how many bytes it used, so OTP's count stands for it.
answer(died, _, _) -> died;
answer(<<>>, _, _) -> refused;
answer(<<Used:32, Canonical/binary>>, _, true) -> {accepted, Used, Canonical};
answer(Short, _, true) -> {accepted, none, Short};
answer(Canonical, {accepted, Used, _}, false) -> {accepted, Used, Canonical};
answer(Canonical, _, false) -> {accepted, none, Canonical}.

add_difference(Index, Title, Description, Bytes, OTP, Reader, #{differences := Differences} = Result) ->
    At = first_difference(OTP, Reader),
    Text = io_lib:format(
        "~s at index ~b (~0p)~s~n  bytes  ~s~n  OTP    ~s~n  reader ~s~n",
        [Title, Index, Description, place(At), hex(Bytes, 0), shown(OTP, At), shown(Reader, At)]),
    Result#{differences := [{Index, Bytes, Text} | Differences]}.

first_difference({accepted, _, One}, {accepted, _, Other}) when One =/= Other ->
    binary:longest_common_prefix([One, Other]);
first_difference(_, _) -> none.

place(none) -> "";
place(At) -> io_lib:format(", first at byte ~b", [At]).

shown({accepted, Used, Canonical}, none) -> shown({accepted, Used, Canonical}, 0);
shown({accepted, Used, Canonical}, At) -> io_lib:format("~s used ~p", [hex(Canonical, At), Used]);
shown(Answer, _) -> atom_to_list(Answer).

%% All of it, or as much as is reasonable around a place.
hex(Bytes, _) when byte_size(Bytes) =< ?BYTES_SHOWN -> hex(Bytes);
hex(Bytes, At) ->
    From = max(0, min(At - ?BYTES_SHOWN div 4, byte_size(Bytes) - ?BYTES_SHOWN)),
    io_lib:format("~s (bytes ~b to ~b of ~b)",
                  [hex(binary:part(Bytes, From, ?BYTES_SHOWN)), From, From + ?BYTES_SHOWN, byte_size(Bytes)]).

hex(Bytes) -> string:lowercase(binary:encode_hex(Bytes)).
