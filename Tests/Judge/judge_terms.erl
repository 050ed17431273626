%% Random terms over every type, as models: what a term is, apart from how it is encoded.
%%
%%   {integer, I}  {float, <<Bits:64>>}  {float_text, <<_:31/binary>>}  {atom, Codepoints}  {binary, B}  {bits, B}
%%   {bytes, B} (a list of bytes)  {list, Elements, Tail}  nil  {tuple, Elements}  {map, [{Key, Value}]}
%%   {pid, Node, Number, Serial, Creation}  {port, Node, Number, Creation}  {reference, Node, Words, Creation}
%%   {function, Arity, Uniq, Index, Module, OldIndex, OldUniq, Pid, Free}  {export, Module, Function, {integer, A}}
%%
%% Models and not terms, because pids, references and functions come from bytes alone, and because -0.0 and the
%% text of an old float would be lost.
-module(judge_terms).
-export([prepare/1, term/0, small/0]).
-import(judge_random, [below/1, between/2, chance/2, pick/1, weighted/1, bytes/1, few/1]).

-define(ATOMS, 4000).

%% Atoms come from a pool that the seed determines, for the tables of atoms on the BEAM never shrink.
prepare(Seed) ->
    judge_random:seed(Seed, 0, 77),
    put(judge_atoms, list_to_tuple([random_atom(Index) || Index <- lists:seq(1, ?ATOMS)])).

random_atom(Index) when Index =< 256 -> lists:duplicate(Index - 1, $a);
random_atom(Index) when Index =< 512 -> lists:duplicate(Index - 257, pick([16#E9, 16#20AC, 16#1F600]));
random_atom(_) ->
    Length = weighted([{6, between(1, 12)}, {1, 0}, {1, between(13, 255)}, {1, between(240, 255)}]),
    Kind = pick([ascii, ascii, ascii, latin, basic, astral, any]),
    [codepoint(Kind) || _ <- lists:seq(1, Length)].

codepoint(ascii) -> pick("abcdefghijklmnopqrstuvwxyz_ABCXYZ019.@ ");
codepoint(latin) -> between(16#80, 16#FF);
codepoint(basic) -> pick([between(16#100, 16#D7FF), between(16#E000, 16#FFFF)]);
codepoint(astral) -> between(16#10000, 16#10FFFF);
codepoint(any) -> pick([0, 16#7F, 16#80, 16#7FF, 16#800, 16#D7FF, 16#E000, 16#FFFD, 16#FFFE, 16#FFFF, 16#10000,
                        16#10FFFF, codepoint(ascii), codepoint(latin), codepoint(basic), codepoint(astral)]).

%% A term of any size: mostly small, at times one of the sizes at which an encoding changes.
term() ->
    case below(400) of
        0 -> {bytes, bytes(pick([65534, 65535, 65536, 65537]))};
        1 -> {pick([binary, bytes]), bytes(65536 - below(3))};
        2 -> {list, [scalar() || _ <- lists:seq(1, between(200, 600))], pick([nil, nil, scalar()])};
        3 -> function([scalar() || _ <- lists:seq(1, pick([1, 200, 254, 255]))]);
        N when N < 8 -> {tuple, [scalar() || _ <- lists:seq(1, pick([0, 1, 254, 255, 256, 257]))]};
        N when N < 16 -> nested(between(1, 300), scalar());
        N when N < 48 -> map(pick([0, 1, 2, 16, 31, 32, 33, 34, 64, 100, between(0, 100)]), fun mixed_key/0);
        N when N < 60 -> map(between(2, 12), fun mixed_key/0);
        _ -> term(weighted([{4, 1}, {6, between(2, 8)}, {3, between(8, 30)}, {1, between(30, 120)}]))
    end.

%% A term that is worth mutating: small, so that a mutation hits what matters.
small() ->
    case below(10) of
        0 -> map(between(1, 5), fun mixed_key/0);
        1 -> identifier();
        2 -> function([]);
        _ -> term(between(1, 14))
    end.

term(Budget) when Budget =< 1 -> scalar();
term(Budget) ->
    case below(10) of
        N when N < 2 -> scalar();
        N when N < 4 -> {tuple, terms(Budget)};
        N when N < 6 -> list(terms(Budget), nil);
        6 -> list(terms(Budget), scalar());
        9 -> function(terms(Budget));
        _ ->
            Values = terms(Budget),
            map(length(Values), fun() -> pick([scalar(), mixed_key()]) end, Values)
    end.

list([], _) -> nil;
list(Elements, Tail) -> {list, Elements, Tail}.

terms(Budget) ->
    Count = between(0, min(Budget, 12)),
    [term((Budget - 1) div Count) || _ <- lists:seq(1, Count)].

nested(0, Term) -> Term;
nested(Depth, Term) ->
    Inner = nested(Depth - 1, Term),
    case below(6) of
        0 -> {tuple, [Inner]};
        1 -> {tuple, [scalar(), Inner]};
        2 -> {list, [Inner], nil};
        3 -> {list, [scalar()], Inner};
        4 -> {map, [{{atom, "k"}, Inner}]};
        5 when Depth rem 7 =:= 0 -> function([Inner]);
        5 -> {map, [{Inner, nil}]}
    end.

map(Count, Key) -> map(Count, Key, [scalar() || _ <- lists:seq(1, Count)]).

map(_, Key, Values) ->
    KeepDuplicates = chance(1, 40),
    {Pairs, _} = lists:foldl(
        fun(Value, {Pairs, Seen}) -> add_key(Key, Value, Pairs, Seen, KeepDuplicates, 3) end, {[], #{}}, Values),
    {map, Pairs}.

%% Keys are told apart by the BEAM itself: 0.0 and -0.0 are one key to it, 1 and 1.0 are two.
add_key(_, Value, Pairs, Seen, _, 0) ->
    Key = {tuple, [{integer, map_size(Seen)}, {atom, "fresh key"}]},
    {[{Key, Value} | Pairs], Seen#{map_size(Seen) => true}};
add_key(Generate, Value, Pairs, Seen, KeepDuplicates, Attempts) ->
    Key = Generate(),
    Identity = identity(Key),
    case is_map_key(Identity, Seen) andalso not KeepDuplicates of
        true -> add_key(Generate, Value, Pairs, Seen, KeepDuplicates, Attempts - 1);
        false -> {[{Key, Value} | Pairs], Seen#{Identity => true}}
    end.

identity(Key) ->
    Bytes = judge_encoding:plain(Key),
    try {term, binary_to_term(Bytes)} catch error:badarg -> {refused, Bytes} end.

scalar() ->
    weighted_scalar(below(100)).

weighted_scalar(N) when N < 24 -> {integer, integer()};
weighted_scalar(N) when N < 43 -> {atom, atom_text()};
weighted_scalar(N) when N < 55 -> {float, float_bits()};
weighted_scalar(N) when N < 57 -> {float_text, float_text()};
weighted_scalar(N) when N < 69 -> {binary, bytes(few(60))};
weighted_scalar(N) when N < 74 -> bits(between(0, 70));
weighted_scalar(N) when N < 80 -> {bytes, bytes(few(40))};
weighted_scalar(N) when N < 84 -> nil;
weighted_scalar(N) when N < 96 -> identifier();
weighted_scalar(N) when N < 98 -> function([]);
weighted_scalar(_) -> export().

bits(Count) when Count rem 8 =:= 0 -> {binary, bytes(Count div 8)};
bits(Count) ->
    <<Bits:Count/bitstring, _/bitstring>> = bytes(Count div 8 + 1),
    {bits, Bits}.

integer() ->
    case below(6) of
        0 -> between(-300, 300);
        1 -> signed(pick([0, 255, 256, 65535, 1 bsl 27, 1 bsl 28, 1 bsl 31, 1 bsl 32, 1 bsl 53, 1 bsl 59, 1 bsl 60,
                          1 bsl 63, 1 bsl 64, 1 bsl 2040]) + between(-2, 2));
        2 -> between(-(1 bsl 31), (1 bsl 31) - 1);
        3 -> signed((1 bsl between(0, 2100)) + between(-1, 1));
        4 -> signed(below(1 bsl between(1, 70)));
        5 -> signed(binary:decode_unsigned(<<0, (bytes(few(250)))/binary>>))
    end.

signed(Value) -> pick([Value, -Value]).

float_bits() ->
    case below(4) of
        0 ->
            <<(pick([0, 1, 2, 16#000FFFFFFFFFFFFF, 16#0010000000000000, 16#7FEFFFFFFFFFFFFF, 16#3FF0000000000000,
                     16#3FEFFFFFFFFFFFFF, 16#3FF0000000000001, 16#4340000000000000, 16#433FFFFFFFFFFFFF,
                     16#4340000000000001, 16#43E0000000000000]) + (below(2) bsl 63)):64>>;
        1 -> <<(float(between(-20, 20))):64/float>>;
        2 -> <<(between(-9999, 9999) / pick([2, 3, 7, 10, 100, 1000])):64/float>>;
        3 ->
            %% Exponents of all ones are infinities and NaN, which are no floats here.
            <<(below(2)):1, (below(2047)):11, (below(1 bsl 52)):52>>
    end.

%% What a C string in the 31 bytes of an old float may hold, and what it may not.
float_text() ->
    Sign = pick(["", "", "-", "+"]),
    Text = case below(4) of
        0 -> Sign ++ digits(between(1, 8)) ++ pick([".", ","]) ++ digits(between(1, 10));
        1 -> Sign ++ digits(1) ++ "." ++ digits(between(1, 12)) ++ pick(["e", "E"]) ++ pick(["", "+", "-"])
            ++ digits(between(1, 3));
        2 -> pick(["1.7976931348623157e308", "1.7976931348623159e308", "2.2250738585072011e-308", "4.9e-324",
                   "2.4703282292062328e-324", "2.4703282292062327e-324", "9007199254740993.0", "0.0e999", "-0.0"]);
        3 -> pick(["", "1", "1.", ".5", " 1.0", "1.0 ", "1.0x", "1.0e", "1.0e+", "inf", "-inf", "nan", "0x1.8p3",
                   "1e5", "1.0e400", "--1.0", "1..0", "1.0e1.0", "1.5" ++ [0] ++ "junk", "1.5e" ++ [0] ++ "5"])
    end,
    Bytes = list_to_binary(lists:sublist(Text, 30)),
    <<Bytes/binary, 0:(8 * (31 - byte_size(Bytes)))>>.

digits(Count) -> [between($0, $9) || _ <- lists:seq(1, Count)].

atom_text() ->
    case below(3) of
        0 -> pick(["ok", "error", "true", "false", "nil", "undefined", "__struct__", "", "a", "b"]);
        _ -> element(between(1, ?ATOMS), get(judge_atoms))
    end.

node_name() ->
    case below(8) of
        0 -> atom_text();
        _ -> pick(["a@host", "b@host", "nonode@nohost", [$n, 16#E9, $@, $h], "c@a.long.name.example.com"])
    end.

%% Few numbers, so that identifiers meet and their order is decided by every field; and at times all 32 bits.
word() -> word(32).

word(Bits) ->
    Number = case below(4) of
        0 -> below(1 bsl Bits);
        1 -> pick([0, 1, 2, 3, 4, 255, 16#7FFF, 16#8000, 16#1FFF, 16#2000, 16#3FFFF, 16#40000, 16#FFFFFFF,
                   16#10000000, 16#FFFFFFFF]);
        _ -> below(3)
    end,
    min(Number, (1 bsl Bits) - 1).

creation() -> pick([0, 1, 2, 3, word()]).

identifier() -> pick([pid(), port(), reference()]).

pid() -> {pid, node_name(), word(), word(), creation()}.

port() -> {port, node_name(), word(pick([28, 32, 64])), creation()}.

reference() ->
    Words = [word() || _ <- lists:seq(1, pick([1, 2, 3, 3, 3, 4, 5]))],
    {reference, node_name(), pick([Words, [word(18) | tl(Words)]]), creation()}.

function(Free) when length(Free) =< 255 ->
    {function, pick([0, 1, 2, 255, below(256)]), bytes(16), pick([below(3), below(1 bsl 27)]), atom_text(),
     pick([below(3), below(1 bsl 27)]), pick([below(3), below(1 bsl 27)]), pid(), Free}.

export() -> {export, atom_text(), atom_text(), {integer, pick([0, 1, 2, 255, below(256)])}}.

%% Keys that are near each other in the order of terms, whatever their type.
mixed_key() -> mixed_key(2).

mixed_key(Depth) ->
    case below(16) of
        N when N < 3 -> {integer, between(-4, 12)};
        3 -> {integer, integer()};
        4 -> {integer, signed(pick([1 bsl 53, 1 bsl 59, 1 bsl 64, 10000000000000000]) + between(-2, 2))};
        5 -> {float, <<(float(between(-4, 12))):64/float>>};
        6 -> {float, <<(pick([1.0e16, 9007199254740992.0, 1.8446744073709552e19, 0.5, -1.0e300, 1.0e300])):64/float>>};
        7 -> {float, float_bits()};
        8 -> {atom, atom_text()};
        9 -> {binary, bytes(below(3))};
        10 -> bits(between(0, 18));
        11 -> pick([identifier(), identifier(), function([]), export()]);
        12 -> pick([nil, {tuple, []}, {map, []}, {bytes, bytes(below(3))}]);
        _ when Depth =:= 0 -> {integer, between(0, 3)};
        13 -> {tuple, [mixed_key(Depth - 1) || _ <- lists:seq(1, below(4))]};
        14 -> list([mixed_key(Depth - 1) || _ <- lists:seq(1, below(4))], pick([nil, nil, mixed_key(Depth - 1)]));
        15 -> map(below(4), fun() -> mixed_key(Depth - 1) end, [mixed_key(Depth - 1) || _ <- lists:seq(1, below(4))])
    end.
