%% Damages encodings, mostly near their tags: that is where lengths, counts and numbers are.
-module(judge_mutations).
-export([mutant/1]).
-import(judge_random, [below/1, between/2, chance/2, pick/1, weighted/1, bytes/1]).

-define(TAGS, [70, 73, 75, 77, 80, 82, 88, 89, 90, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110,
               111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121]).

%% One to four mutations of a model's encoding; `{Bytes, NamesOfTheMutations}`.
mutant(Model) ->
    Valid = case chance(1, 2) of
        true -> judge_encoding:plain(Model);
        false -> judge_encoding:wild(Model)
    end,
    case below(12) of
        0 ->
            %% Damage that the checksum of the compressed form does not catch.
            {Bytes, Names} = mutate(count(), Valid, []),
            case Bytes of
                <<131, _/binary>> -> {judge_encoding:compressed(Bytes), Names ++ [compress]};
                _ -> {Bytes, Names}
            end;
        1 -> mutate(count(), judge_encoding:compressed(Valid), [compress]);
        _ -> mutate(count(), Valid, [])
    end.

count() -> weighted([{6, 1}, {3, 2}, {1, 3}, {1, 4}]).

mutate(0, Bytes, Names) -> {Bytes, lists:reverse(Names)};
mutate(Count, Bytes, Names) ->
    Name = weighted([{2, flip_bit}, {2, set_byte}, {2, insert}, {2, delete}, {1, truncate}, {2, duplicate}, {1, copy},
                     {5, length}, {5, swap_tag}, {8, near_tag}, {1, append}]),
    mutate(Count - 1, mutation(Name, Bytes), [Name | Names]).

mutation(_, <<>>) -> bytes(between(0, 3));
mutation(flip_bit, Bytes) ->
    At = below(bit_size(Bytes)),
    <<Front:At/bitstring, Bit:1, Back/bitstring>> = Bytes,
    <<Front/bitstring, (1 - Bit):1, Back/bitstring>>;
mutation(set_byte, Bytes) -> set(below(byte_size(Bytes)), <<(odd_byte())>>, Bytes);
mutation(insert, Bytes) -> insert(below(byte_size(Bytes) + 1), bytes(between(1, 8)), Bytes);
mutation(delete, Bytes) ->
    {At, Length} = range(Bytes),
    <<Front:At/binary, _:Length/binary, Back/binary>> = Bytes,
    <<Front/binary, Back/binary>>;
mutation(truncate, Bytes) -> binary:part(Bytes, 0, below(byte_size(Bytes)));
mutation(duplicate, Bytes) ->
    {At, Length} = range(Bytes),
    insert(At, binary:part(Bytes, At, Length), Bytes);
mutation(copy, Bytes) ->
    {At, Length} = range(Bytes),
    set(below(byte_size(Bytes)), binary:part(Bytes, At, Length), Bytes);
mutation(append, Bytes) -> <<Bytes/binary, (bytes(between(1, 12)))/binary>>;
mutation(swap_tag, Bytes) ->
    {At, _} = tag(Bytes),
    set(At, <<(pick(?TAGS))>>, Bytes);
mutation(near_tag, Bytes) ->
    {At, _} = tag(Bytes),
    set(At + between(1, pick([2, 6, 14, 30])), <<(odd_byte())>>, Bytes);
mutation(length, Bytes) ->
    {At, Tag} = tag(Bytes),
    Width = width(Tag),
    case Bytes of
        <<_:At/binary, _, Value:Width/unit:8, _/binary>> ->
            New = case below(8) of
                0 -> 0;
                1 -> (1 bsl (8 * Width)) - 1;
                2 -> Value * 2;
                3 -> below(1 bsl (8 * Width));
                _ -> Value + pick([-2, -1, -1, 1, 1, 2])
            end,
            set(At + 1, <<New:Width/unit:8>>, Bytes);
        _ -> mutation(set_byte, Bytes)
    end.

%% The width of the length or the count after a tag.
width(Tag) when Tag =:= 97; Tag =:= 104; Tag =:= 110; Tag =:= 115; Tag =:= 119 -> 1;
width(Tag) when Tag =:= 90; Tag =:= 100; Tag =:= 107; Tag =:= 114; Tag =:= 118 -> 2;
width(_) -> 4.

tag(Bytes) ->
    case judge_scan:tags(Bytes) of
        [] -> {below(byte_size(Bytes)), 0};
        Tags -> pick(Tags)
    end.

odd_byte() -> pick([0, 1, 2, 4, 8, 9, 127, 128, 255, below(256), below(256), below(256), pick(?TAGS)]).

range(Bytes) ->
    At = below(byte_size(Bytes)),
    {At, between(1, min(byte_size(Bytes) - At, pick([1, 2, 4, 16, 64])))}.

insert(At, New, Bytes) ->
    <<Front:At/binary, Back/binary>> = Bytes,
    <<Front/binary, New/binary, Back/binary>>.

%% Puts the new bytes over old ones, and no further than to the end.
set(At, _, Bytes) when At >= byte_size(Bytes) -> Bytes;
set(At, New, Bytes) ->
    Length = min(byte_size(New), byte_size(Bytes) - At),
    <<Front:At/binary, _:Length/binary, Back/binary>> = Bytes,
    <<Front/binary, (binary:part(New, 0, Length))/binary, Back/binary>>.
