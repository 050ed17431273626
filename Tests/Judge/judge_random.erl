%% Random choices. The state is the process's own and is set by seed/3 before each term, so that a term depends on
%% the seed and its index alone, however many processes share the work.
-module(judge_random).
-export([seed/3, below/1, between/2, chance/2, pick/1, weighted/1, bytes/1, shuffled/1, few/1]).

seed(Seed, Index, Salt) ->
    %% Hashed, for rand mixes the parts of a seed so little that the terms of one seed come again under the next.
    <<Mixed:64, _/binary>> = erlang:md5(<<Seed:64, Index:64, Salt:64>>),
    _ = rand:seed(exsss, Mixed),
    ok.

%% 0 ..< Limit
below(Limit) -> rand:uniform(Limit) - 1.

between(Low, High) -> Low + below(High - Low + 1).

%% True in `Some` of `All` cases.
chance(Some, All) -> rand:uniform(All) =< Some.

pick(List) -> lists:nth(rand:uniform(length(List)), List).

%% One of `[{Weight, Choice}]`.
weighted(Choices) ->
    weighted(below(lists:sum([Weight || {Weight, _} <- Choices])), Choices).

weighted(At, [{Weight, Choice} | _]) when At < Weight -> Choice;
weighted(At, [{Weight, _} | Rest]) -> weighted(At - Weight, Rest).

bytes(Count) -> rand:bytes(Count).

shuffled(List) -> [Element || {_, Element} <- lists:sort([{rand:uniform(1 bsl 40), Element} || Element <- List])].

%% Mostly a small number, at times as much as `Most`.
few(Most) ->
    case below(8) of
        0 -> between(0, Most);
        _ -> between(0, min(Most, 4))
    end.
