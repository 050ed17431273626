%% Encodes models by hand: plain/1 as OTP would (but with the pairs of maps in the order of the model), wild/1 in any
%% way that the format allows, at random.
-module(judge_encoding).
-export([plain/1, wild/1, compressed/1]).
-import(judge_random, [below/1, between/2, chance/2, pick/1, bytes/1, shuffled/1]).

plain(Model) -> iolist_to_binary([131, term(plain, Model)]).

wild(Model) -> iolist_to_binary([131, term(wild, Model)]).

%% The compressed form of an encoding; at times with inflated bytes after the term, which the size counts.
compressed(<<131, Term/binary>>) ->
    Inflated = case chance(1, 10) of
        true -> <<Term/binary, (bytes(between(1, 5)))/binary>>;
        false -> Term
    end,
    Stream = zlib:open(),
    ok = zlib:deflateInit(Stream, between(0, 9)),
    Deflated = zlib:deflate(Stream, Inflated, finish),
    ok = zlib:deflateEnd(Stream),
    ok = zlib:close(Stream),
    iolist_to_binary([131, 80, <<(byte_size(Inflated)):32>>, Deflated]).

%% True where a form other than the canonical one is wanted.
odd(plain) -> false;
odd(wild) -> chance(1, 2).

term(Style, {integer, Value}) -> integer(Style, Value);
term(Style, {float, <<Bits:64>> = Float}) ->
    case odd(Style) of
        false -> <<70, Bits:64>>;
        true -> old_float(Float)
    end;
term(_, {float_text, Text}) -> <<99, Text:31/binary>>;
term(Style, {atom, Text}) -> atom(Style, Text);
term(Style, {binary, Bytes}) ->
    case odd(Style) of
        true when Bytes =:= <<>> -> <<77, 0:32, 0>>;
        true -> <<77, (byte_size(Bytes)):32, 8, Bytes/binary>>;
        false -> <<109, (byte_size(Bytes)):32, Bytes/binary>>
    end;
term(Style, {bits, Bits}) ->
    Used = bit_size(Bits) rem 8,
    Unused = case odd(Style) of
        true -> below(1 bsl (8 - Used));
        false -> 0
    end,
    Bytes = <<Bits/bitstring, Unused:(8 - Used)>>,
    <<77, (byte_size(Bytes)):32, Used, Bytes/binary>>;
term(Style, {bytes, Bytes}) -> byte_list(Style, Bytes);
term(Style, {list, Elements, Tail}) -> list(Style, Elements, Tail);
term(Style, nil) ->
    case odd(Style) of
        true -> pick([<<106>>, <<107, 0:16>>, <<108, 0:32, 106>>, <<108, 0:32, 107, 0:16>>]);
        false -> <<106>>
    end;
term(Style, {tuple, Elements}) ->
    Count = length(Elements),
    Head = case Count > 255 orelse odd(Style) of
        true -> <<105, Count:32>>;
        false -> <<104, Count>>
    end,
    [Head | terms(Style, Elements)];
term(Style, {map, Pairs}) ->
    Ordered = case Style of
        plain -> Pairs;
        wild -> shuffled(Pairs)
    end,
    [<<116, (length(Pairs)):32>> | [[term(Style, Key), term(Style, Value)] || {Key, Value} <- Ordered]];
term(Style, {pid, Node, Number, Serial, Creation}) ->
    case Creation =< 3 andalso odd(Style) of
        true -> [103, atom(Style, Node), <<Number:32, Serial:32, Creation>>];
        false -> [88, atom(Style, Node), <<Number:32, Serial:32, Creation:32>>]
    end;
term(Style, {port, Node, Number, Creation}) ->
    Forms = [<<102>> || Creation =< 3, Number < 1 bsl 32] ++ [<<89>> || Number < 1 bsl 32] ++ [<<120>>],
    Form = case {odd(Style), Number < 1 bsl 28} of
        {true, _} -> pick(Forms);
        {false, true} -> <<89>>;
        {false, false} -> <<120>>
    end,
    Fields = case Form of
        <<102>> -> <<Number:32, Creation>>;
        <<89>> -> <<Number:32, Creation:32>>;
        <<120>> -> <<Number:64, Creation:32>>
    end,
    [Form, atom(Style, Node), Fields];
term(Style, {reference, Node, [First | _] = Words, Creation}) ->
    Old = Creation =< 3 andalso First < 1 bsl 18,
    Encoded = << <<Word:32>> || Word <- Words >>,
    case Old andalso odd(Style) of
        true when length(Words) =:= 1 ->
            case chance(1, 2) of
                true -> [101, atom(Style, Node), Encoded, Creation];
                false -> [<<114, 1:16>>, atom(Style, Node), Creation, Encoded]
            end;
        true -> [<<114, (length(Words)):16>>, atom(Style, Node), Creation, Encoded];
        false -> [<<90, (length(Words)):16>>, atom(Style, Node), <<Creation:32>>, Encoded]
    end;
term(Style, {function, Arity, Uniq, Index, Module, OldIndex, OldUniq, Pid, Free}) ->
    Body = iolist_to_binary(
        [<<Arity, Uniq:16/binary, Index:32, (length(Free)):32>>, atom(Style, Module), integer(Style, OldIndex),
         integer(Style, OldUniq), term(Style, Pid) | terms(Style, Free)]),
    Size = case odd(Style) of
        %% Nothing reads the size.
        true -> pick([0, 16#FFFFFFFF, byte_size(Body)]);
        false -> byte_size(Body) + 4
    end,
    [<<112, Size:32>>, Body];
term(Style, {export, Module, Function, Arity}) ->
    [113, atom(Style, Module), atom(Style, Function), term(Style, Arity)].

terms(Style, Models) -> [term(Style, Model) || Model <- Models].

integer(Style, Value) ->
    case odd(Style) of
        true -> big(Value);
        false when Value >= 0, Value < 256 -> <<97, Value>>;
        false when Value >= -(1 bsl 31), Value < 1 bsl 31 ->
            case Style =:= wild orelse Value < 0 orelse Value > 255 of
                true -> <<98, Value:32>>;
                false -> <<97, Value>>
            end;
        false ->
            Magnitude = binary:encode_unsigned(abs(Value), little),
            Sign = sign(plain, Value),
            case byte_size(Magnitude) of
                Size when Size < 256 -> <<110, Size, Sign, Magnitude/binary>>;
                Size -> <<111, Size:32, Sign, Magnitude/binary>>
            end
    end.

%% A big integer of any size, at times with zero bytes at its top.
big(Value) when Value >= -(1 bsl 31), Value < 1 bsl 31, Value band 3 =:= 0 -> <<98, Value:32>>;
big(Value) ->
    Magnitude = case Value of
        0 -> pick([<<>>, <<0>>]);
        _ -> binary:encode_unsigned(abs(Value), little)
    end,
    Padded = <<Magnitude/binary, 0:(8 * pick([0, 0, 0, 1, 4, 9]))>>,
    Sign = sign(wild, Value),
    case byte_size(Padded) > 255 orelse chance(1, 3) of
        true -> <<111, (byte_size(Padded)):32, Sign, Padded/binary>>;
        false -> <<110, (byte_size(Padded)), Sign, Padded/binary>>
    end.

sign(_, 0) -> below(2);
sign(_, Value) when Value > 0 -> 0;
sign(plain, _) -> 1;
sign(wild, _) -> pick([1, 1, 1, 2, 128, 255]).

old_float(<<Float:64/float>>) ->
    Text = float_to_binary(Float, [{scientific, 20}]),
    Rest = 31 - byte_size(Text),
    case chance(1, 4) of
        %% Bytes after the zero byte mean nothing.
        true -> <<99, Text/binary, 0, (bytes(Rest - 1))/binary>>;
        false -> <<99, Text/binary, 0:(8 * Rest)>>
    end.

atom(Style, Text) ->
    UTF8 = unicode:characters_to_binary(Text),
    Latin = [list_to_binary(Text) || odd(Style), lists:all(fun(Character) -> Character < 256 end, Text)],
    case Latin of
        [Bytes] ->
            case chance(1, 2) of
                true -> <<100, (byte_size(Bytes)):16, Bytes/binary>>;
                false -> <<115, (byte_size(Bytes)), Bytes/binary>>
            end;
        [] ->
            case byte_size(UTF8) > 255 orelse odd(Style) of
                true -> <<118, (byte_size(UTF8)):16, UTF8/binary>>;
                false -> <<119, (byte_size(UTF8)), UTF8/binary>>
            end
    end.

byte_list(Style, <<>>) -> term(Style, nil);
byte_list(Style, Bytes) ->
    Size = byte_size(Bytes),
    case Size > 65535 orelse odd(Style) of
        false -> <<107, Size:16, Bytes/binary>>;
        true when Style =:= wild, Size < 2000 -> list(wild, [{integer, Byte} || <<Byte>> <= Bytes], nil);
        true -> [<<108, Size:32>>, << <<97, Byte>> || <<Byte>> <= Bytes >>, 106]
    end.

%% A list may go on in its tail: as another list, as a string, or after a list of nothing.
list(plain, Elements, Tail) -> [<<108, (length(Elements)):32>>, terms(plain, Elements), term(plain, Tail)];
list(wild, Elements, Tail) ->
    Count = length(Elements),
    {Front, Back} = case Count > 0 andalso chance(1, 3) of
        true -> lists:split(below(Count), Elements);
        false -> {Elements, []}
    end,
    Rest = case Back of
        [] -> term(wild, Tail);
        _ ->
            Bytes = [Byte || {integer, Byte} <- Back, Byte >= 0, Byte < 256],
            case Tail =:= nil andalso length(Bytes) =:= length(Back) of
                true -> <<107, (length(Bytes)):16, (list_to_binary(Bytes))/binary>>;
                false -> list(wild, Back, Tail)
            end
    end,
    [<<108, (length(Front)):32>>, terms(wild, Front), Rest].
