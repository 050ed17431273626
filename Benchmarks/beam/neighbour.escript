#!/usr/bin/env escript
%% What an application on the BEAM has today. Says its name, then reads names of works, a line each, does the work once for
%% the PhoenixReplay file FILE, and answers with how many nanoseconds that took:
%%   beam gunzip   zlib:gunzip
%%   beam terms    zlib:gunzip and binary_to_term
%%   beam json     the same, PhoenixReplay's mapping, and jiffy:encode, the fastest encoder that Debian has
%%   beam decode   binary_to_term
%%   beam encode   term_to_binary
%%   beam encode canonically   term_to_binary in the form that Reel writes
-mode(compile).

main([File]) ->
    {ok, Bytes} = file:read_file(File),
    External = zlib:gunzip(Bytes),
    Term = binary_to_term(External),
    io:format("OTP ~s~n", [erlang:system_info(otp_release)]),
    serve(Bytes, External, Term).

serve(Bytes, External, Term) ->
    case io:get_line("") of
        eof ->
            ok;
        Line ->
            io:format("~b~n", [time(work(string:trim(Line), Bytes, External, Term))]),
            serve(Bytes, External, Term)
    end.

work("beam gunzip", Bytes, _, _) -> fun() -> zlib:gunzip(Bytes) end;
work("beam terms", Bytes, _, _) -> fun() -> binary_to_term(zlib:gunzip(Bytes)) end;
work("beam json", Bytes, _, _) ->
    fun() -> jiffy:encode(value(binary_to_term(zlib:gunzip(Bytes))), [force_utf8]) end;
work("beam decode", _, External, _) -> fun() -> binary_to_term(External) end;
work("beam encode", _, _, Term) -> fun() -> term_to_binary(Term) end;
work("beam encode canonically", _, _, Term) ->
    fun() -> term_to_binary(Term, [{minor_version, 2}, deterministic]) end.

%% Each round runs in a process of its own, with a heap of its own, as a request would. Its arguments are there before, and its
%% memory is given back afterwards: neither counts.
time(Fun) ->
    Self = self(),
    {Pid, Monitor} = spawn_opt(
        fun() ->
            Start = erlang:monotonic_time(nanosecond),
            Fun(),
            Self ! {self(), erlang:monotonic_time(nanosecond) - Start}
        end,
        [monitor]
    ),
    receive
        {Pid, Time} -> erlang:demonitor(Monitor, [flush]), Time;
        {'DOWN', Monitor, process, Pid, Reason} -> error(Reason)
    end.

%% PhoenixReplay's mapping, and beyond it a text for what its own raises on.
value(true) -> true;
value(false) -> false;
value(nil) -> null;
value(Atom) when is_atom(Atom) -> atom_to_binary(Atom);
value(Number) when is_number(Number) -> Number;
value(Binary) when is_binary(Binary) -> Binary;
value(Bits) when is_bitstring(Bits) -> base64:encode(<<Bits/bitstring, 0:(8 - bit_size(Bits) rem 8)>>);
value(Tuple) when is_tuple(Tuple) -> [value(Element) || Element <- tuple_to_list(Tuple)];
value(#{'__struct__' := Module} = Struct) ->
    Fields = maps:fold(fun pair/3, #{}, maps:remove('__struct__', Struct)),
    Fields#{<<"__struct__">> => atom_to_binary(Module)};
value(Map) when is_map(Map) -> maps:fold(fun pair/3, #{}, Map);
value([Head | Tail]) when is_list(Tail) -> [value(Head) | value(Tail)];
value([Head | Tail]) -> [value(Head), value(Tail)];
value([]) -> [];
value(Other) -> list_to_binary(io_lib:format("~p", [Other])).

pair(Key, Value, Pairs) -> Pairs#{key(Key) => value(Value)}.

key(Key) when is_binary(Key) -> Key;
key(Key) when is_atom(Key) -> atom_to_binary(Key);
key(Key) -> list_to_binary(io_lib:format("~p", [Key])).
