%% Walks the bytes of an encoding without building anything: where its tags are, and what it holds that OTP and a
%% reader of its own may see in different ways. Stops at the first byte that makes no sense.
-module(judge_scan).
-export([tags/1, features/1]).

%% The offsets of the tags, as `[{Offset, Tag}]`.
tags(Bytes) ->
    {Tags, _} = scan(Bytes),
    Tags.

%% What judge_known knows a reason for, as a map from name to true.
features(Bytes) ->
    {_, Found} = scan(Bytes),
    Features = maps:without([functions], Found),
    case lists:unzip(maps:get(functions, Found, [])) of
        {[_, _ | _] = Indexes, Uniqs} ->
            Far = lists:max(Indexes) - lists:min(Indexes) >= 1 bsl 31
                orelse lists:max(Uniqs) - lists:min(Uniqs) >= 1 bsl 31,
            case Far of
                true -> Features#{functions_far_apart => true};
                false -> Features
            end;
        _ -> Features
    end.

scan(<<131, 80, Size:32, Stream/binary>>) ->
    {[{1, 80}], case inflate(Stream, Size) of
        {ok, Inflated} -> element(2, terms(Inflated, 0, 1, [], #{}));
        error -> #{}
    end};
scan(<<131, Term/binary>>) -> terms(Term, 1, 1, [], #{});
scan(_) -> {[], #{}}.

inflate(Stream, Size) ->
    Inflater = zlib:open(),
    try
        ok = zlib:inflateInit(Inflater),
        Inflated = inflate(Inflater, zlib:safeInflate(Inflater, Stream), Size, []),
        {ok, iolist_to_binary(Inflated)}
    catch
        _:_ -> error
    after
        zlib:close(Inflater)
    end.

inflate(Inflater, {continue, Output}, Left, Acc) when Left > 0 ->
    inflate(Inflater, zlib:safeInflate(Inflater, []), Left - iolist_size(Output), [Acc, Output]);
inflate(_, {_, Output}, _, Acc) -> [Acc, Output].

%% Every container is so many more terms, so a count is all there is to keep.
terms(_, _, 0, Tags, Found) -> {lists:reverse(Tags), Found};
terms(<<Tag, Rest/binary>>, Offset, Left, Tags, Found) ->
    NewTags = [{Offset, Tag} | Tags],
    try term(Tag, Rest, Found) of
        {More, Taken, NewFound} when Taken =< byte_size(Rest) ->
            <<_:Taken/binary, Next/binary>> = Rest,
            terms(Next, Offset + 1 + Taken, Left - 1 + More, NewTags, NewFound);
        {_, _, _} -> {lists:reverse(NewTags), Found}
    catch
        throw:Feature -> {lists:reverse(NewTags), Found#{Feature => true}};
        error:_ -> {lists:reverse(NewTags), Found}
    end;
terms(<<>>, _, _, Tags, Found) -> {lists:reverse(Tags), Found}.

%% `{TermsThatFollow, BytesTaken, Found}`. Throws what it finds where there is no going on, and fails on nonsense.
term(97, _, Found) -> {0, 1, Found};
term(98, _, Found) -> {0, 4, Found};
term(70, <<0:64, _/binary>>, Found) -> {0, 8, zero(positive_zero, Found)};
term(70, <<1:1, 0:63, _/binary>>, Found) -> {0, 8, zero(negative_zero, Found)};
term(70, _, Found) -> {0, 8, Found};
term(99, <<Text:31/binary, _/binary>>, Found) -> {0, 31, old_float(Text, Found)};
term(100, <<Size:16, _/binary>>, Found) -> {0, 2 + Size, Found};
term(118, <<Size:16, _/binary>>, Found) -> {0, 2 + Size, Found};
term(115, <<Size, _/binary>>, Found) -> {0, 1 + Size, Found};
term(119, <<Size, _/binary>>, Found) -> {0, 1 + Size, Found};
term(104, <<Count, _/binary>>, Found) -> {Count, 1, Found};
term(105, <<Count:32, _/binary>>, Found) -> {Count, 4, Found};
term(106, _, Found) -> {0, 0, Found};
term(107, <<Size:16, _/binary>>, Found) -> {0, 2 + Size, Found};
term(108, <<Count:32, _/binary>>, Found) -> {Count + 1, 4, Found};
term(109, <<Size:32, _/binary>>, Found) -> {0, 4 + Size, Found};
term(77, <<Size:32, _/binary>>, Found) -> {0, 5 + Size, Found};
term(110, <<Size, _/binary>>, Found) -> {0, 2 + Size, Found};
term(111, <<Size:32, _/binary>>, Found) -> {0, 5 + Size, Found};
term(116, <<Count:32, _/binary>>, Found) -> {2 * Count, 4, Found};
term(88, Rest, Found) -> identifier(Rest, 12, Found);
term(103, Rest, Found) -> identifier(Rest, 9, Found);
term(89, Rest, Found) -> identifier(Rest, 8, Found);
term(102, Rest, Found) -> identifier(Rest, 5, Found);
term(120, Rest, Found) -> identifier(Rest, 12, Found);
term(101, Rest, Found) -> identifier(Rest, 5, Found);
term(90, <<Count:16, Rest/binary>>, Found) -> reference(Count, Rest, 6 + 4 * Count, Found);
term(114, <<Count:16, Rest/binary>>, Found) -> reference(Count, Rest, 3 + 4 * Count, Found);
term(112, <<_Size:32, _Arity, _Uniq:16/binary, Index:32, Free:32, Rest/binary>>, Found) ->
    function(Index, Free, Rest, Found);
term(113, Rest, Found) -> export(Rest, Found);
term(121, _, _) -> throw(local);
term(Tag, _, _) when Tag =:= 73; Tag =:= 75 -> throw(atom_number).

zero(Which, Found) ->
    case Found of
        #{positive_zero := true} when Which =:= negative_zero -> Found#{both_zeros => true};
        #{negative_zero := true} when Which =:= positive_zero -> Found#{both_zeros => true};
        _ -> Found#{Which => true}
    end.

old_float(Text, Found) ->
    case binary:split(Text, <<0>>) of
        [_, _] ->
            case re:run(Text, "^[+-]?0+[.,]0+([eE][+-]?[0-9]+)?\\x00") of
                {match, _} when binary_part(Text, 0, 1) =:= <<"-">> -> zero(negative_zero, Found);
                {match, _} -> zero(positive_zero, Found);
                nomatch -> Found
            end;
        [_] -> Found#{float_without_end => true}
    end.

identifier(Rest, Fields, Found) -> {0, atom_size(Rest) + Fields, Found}.

reference(0, Rest, _, _) ->
    _ = atom_size(Rest),
    throw(reference_without_words);
reference(_, Rest, Fields, Found) -> identifier(Rest, Fields, Found).

%% Of an atom with its tag.
atom_size(<<Tag, Size:16, _/binary>>) when Tag =:= 100; Tag =:= 118 -> 3 + Size;
atom_size(<<Tag, Size, _/binary>>) when Tag =:= 115; Tag =:= 119 -> 2 + Size;
atom_size(<<Tag, _/binary>>) when Tag =:= 73; Tag =:= 75 -> throw(atom_number).

function(Index, Free, Rest, Found) ->
    Module = atom_size(Rest),
    {OldIndex, IndexSize} = integer(after_bytes(Module, Rest)),
    {OldUniq, UniqSize} = integer(after_bytes(Module + IndexSize, Rest)),
    Creator = Module + IndexSize + UniqSize,
    Taken = case after_bytes(Creator, Rest) of
        <<Tag, Pid/binary>> when Tag =:= 88; Tag =:= 103 -> element(2, term(Tag, Pid, #{}));
        <<_, _/binary>> -> throw(creator_is_no_pid)
    end,
    <<Signed:32/signed>> = <<OldUniq:32>>,
    Known = Found#{functions => [{Index, Signed} | maps:get(functions, Found, [])]},
    Wide = lists:any(fun(Value) -> Value < -(1 bsl 31) orelse Value >= 1 bsl 31 end, [OldIndex, OldUniq]),
    {Free, 29 + Creator + 1 + Taken, found(wide_function_number, Wide, Known)}.

export(Rest, Found) ->
    Module = atom_size(Rest),
    Function = atom_size(after_bytes(Module, Rest)),
    {Arity, Size} = integer(after_bytes(Module + Function, Rest)),
    {0, Module + Function + Size, found(arity_above_255, Arity > 255, Found)}.

found(Feature, true, Found) -> Found#{Feature => true};
found(_, false, Found) -> Found.

after_bytes(Count, Bytes) ->
    <<_:Count/binary, Rest/binary>> = Bytes,
    Rest.

integer(<<97, Value, _/binary>>) -> {Value, 2};
integer(<<98, Value:32/signed, _/binary>>) -> {Value, 5};
integer(<<110, Size, Sign, Magnitude:Size/binary, _/binary>>) -> {signed(Sign, Magnitude), 3 + Size};
integer(<<111, Size:32, Sign, Magnitude:Size/binary, _/binary>>) -> {signed(Sign, Magnitude), 6 + Size}.

signed(0, Magnitude) -> binary:decode_unsigned(Magnitude, little);
signed(_, Magnitude) -> -binary:decode_unsigned(Magnitude, little).
