#!/usr/bin/env escript
%% Compares the vectors with a real BEAM, OTP 25, and with Elixir when that is installed:
%%
%%     generate.py --otp | escript otp_check.escript FOLDER
%%
%% FOLDER is Vectors/. A line is one of these, its parts separated by tabs:
%%
%%     valid ID FILE HEX|@FILE      the file is a whole term, and that its canonical form
%%     refused ID FILE              binary_to_term refuses the file
%%     followed ID FILE OFFSET        the file is a term of OFFSET bytes, with more after it
%%     exempt ID                    OTP 25 does not agree, by the vector itself
%%     canonical ID HEX|@FILE       is the canonical form of what it holds
%%     printed HEX HEX              a term and the text that Elixir prints for it

main([Folder]) ->
    Elixir = load_elixir(),
    Counts = lines(Folder, Elixir, #{}),
    [io:format("~-10s ~p~n", [Kind, Count]) || {Kind, Count} <- lists:sort(maps:to_list(Counts))],
    Elixir orelse io:format("what Elixir prints was not checked: it is not installed~n"),
    halt(case maps:is_key("wrong", Counts) of true -> 1; false -> 0 end).

load_elixir() ->
    Folder = string:trim(os:cmd("elixir -e 'IO.write :code.lib_dir(:elixir)' 2>/dev/null")),
    code:add_patha(filename:join(Folder, "ebin")) =:= true andalso
        element(1, application:ensure_all_started(elixir)) =:= ok.

lines(Folder, Elixir, Counts) ->
    case io:get_line("") of
        eof -> Counts;
        Line ->
            [Kind | Parts] = string:split(string:trim(unicode:characters_to_list(Line), trailing, "\n"), "\t", all),
            Result = try check(Kind, Parts, Folder, Elixir)
                     catch Class:Reason -> {Class, Reason} end,
            lines(Folder, Elixir, count(Result, Kind, Parts, Counts))
    end.

count(ok, Kind, _, Counts) ->
    maps:update_with(Kind, fun(Count) -> Count + 1 end, 1, Counts);
count(Wrong, Kind, Parts, Counts) ->
    io:format("~s ~s: ~0p~n", [Kind, hd(Parts), Wrong]),
    maps:update_with("wrong", fun(Count) -> Count + 1 end, 1, Counts).

check("valid", [_, File, Canonical], Folder, _) ->
    Bytes = read(Folder, File),
    {Term, Used} = binary_to_term(Bytes, [used]),
    expect([{used, byte_size(Bytes), Used}, {canonical, bytes(Folder, Canonical), canonical(Term)}]);
check("refused", [_, File], Folder, _) ->
    Bytes = read(Folder, File),
    try binary_to_term(Bytes, [used]) of
        {_, Used} -> {accepted, Used}
    catch error:badarg -> ok end;
check("followed", [_, File, Offset], Folder, _) ->
    {_, Used} = binary_to_term(read(Folder, File), [used]),
    expect([{used, list_to_integer(Offset), Used}]);
check("exempt", _, _, _) -> ok;
check("canonical", [_, Canonical], Folder, _) ->
    Bytes = bytes(Folder, Canonical),
    {Term, Used} = binary_to_term(Bytes, [used]),
    expect([{used, byte_size(Bytes), Used}, {canonical, Bytes, canonical(Term)}]);
check("printed", _, _, false) -> ok;
check("printed", [Term, Text], _, true) ->
    Options = [{structs, false}, {limit, infinity}, {printable_limit, infinity}, {width, infinity}],
    Printed = 'Elixir.Kernel':inspect(binary_to_term(binary:decode_hex(list_to_binary(Term))), Options),
    %% A node has a number that changes from one run to the next: 0 here (json.md §3.10).
    Without = re:replace(Printed, "(#PID|#Port|#Reference)<[0-9]+\\.", "\\1<0.", [global, {return, binary}]),
    expect([{printed, binary:decode_hex(list_to_binary(Text)), Without}]).

expect([]) -> ok;
expect([{_, Same, Same} | Rest]) -> expect(Rest);
expect([Different | _]) -> Different.

canonical(Term) -> term_to_binary(Term, [{minor_version, 2}, deterministic]).

read(Folder, File) ->
    {ok, Bytes} = file:read_file(filename:join(Folder, File)),
    Bytes.

bytes(Folder, "@" ++ File) -> binary:decode_hex(read(Folder, File));
bytes(_, Text) -> binary:decode_hex(list_to_binary(Text)).
