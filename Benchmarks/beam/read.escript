#!/usr/bin/env escript
%% What an application on the BEAM has today: times in nanoseconds, a line each, of
%%   gunzip      zlib:gunzip
%%   terms       zlib:gunzip and binary_to_term
%%   json        the same, PhoenixReplay's mapping, and jiffy:encode, the fastest encoder that Debian has
%% for the PhoenixReplay file FILE, the least of ROUNDS rounds.
-mode(compile).

main([File, Rounds]) ->
    {ok, Bytes} = file:read_file(File),
    N = list_to_integer(Rounds),
    print(gunzip, N, fun() -> zlib:gunzip(Bytes) end),
    print(terms, N, fun() -> binary_to_term(zlib:gunzip(Bytes)) end),
    print(json, N, fun() -> jiffy:encode(value(binary_to_term(zlib:gunzip(Bytes))), [force_utf8]) end).

print(Name, N, Fun) ->
    io:format("~s ~b~n", [Name, lists:min([time(Fun) || _ <- lists:seq(1, N)])]).

%% Each round runs in a process of its own, with a heap of its own, as a request would.
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
