#!/usr/bin/env escript
%% What an application on the BEAM has today: terms with lengths of four bytes on standard input become lines of JSON, by
%% binary_to_term and jiffy:encode, the fastest encoder that Debian has.
-mode(compile).

-define(PIECE, 1048576).

main([]) ->
    {ok, Input} = file:open("/dev/stdin", [read, raw, binary]),
    {ok, Output} = file:open("/dev/stdout", [append, raw, binary]),
    convert(<<>>, Input, Output).

convert(Rest, Input, Output) ->
    case file:read(Input, ?PIECE) of
        {ok, Bytes} ->
            {Lines, Left} = lines(<<Rest/binary, Bytes/binary>>, []),
            ok = file:write(Output, Lines),
            convert(Left, Input, Output);
        eof ->
            <<>> = Rest
    end.

lines(<<Length:32, Bytes:Length/binary, Rest/binary>>, Lines) ->
    lines(Rest, [[jiffy:encode(binary_to_term(Bytes), [use_nil]), $\n] | Lines]);
lines(Rest, Lines) ->
    {lists:reverse(Lines), Rest}.
