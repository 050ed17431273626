#!/usr/bin/env escript
%%! +S 4:4
%% What PhoenixReplay's recorder does with an event: `ets:insert` into an `ordered_set` with `write_concurrency`.
%% insert.escript EVENTS ROUNDS PROCESSES PARAMETERS: prints the nanoseconds of one insert, a line each round.
-mode(compile).

main([Events, Rounds, Processes, Parameters]) ->
    [round(list_to_integer(Events), list_to_integer(Processes), list_to_integer(Parameters)) || _ <- lists:seq(1, list_to_integer(Rounds))].

round(Events, Processes, Parameters) ->
    Table = ets:new(events, [ordered_set, public, {write_concurrency, true}]),
    Self = self(),
    Pids = [spawn_link(fun() -> process(Table, P, Events, Parameters, Self) end) || P <- lists:seq(1, Processes)],
    [receive {ready, Pid} -> ok end || Pid <- Pids],
    [Pid ! go || Pid <- Pids],
    Times = [receive {done, Pid, Time} -> Time end || Pid <- Pids],
    io:format("~p~n", [lists:sum(Times) / Processes / Events]),
    ets:delete(Table).

process(Table, P, Events, Parameters, Parent) ->
    %% Not literals, which are not copied as a process's own terms are.
    Event = {1234, event, #{name => text("validate"), params => maps:from_list(lists:sublist([
        {text("email"), text("ann@example.com")}, {text("note"), text("please ring the bell")},
        {text("city"), text("Rotterdam")}, {text("phone"), text("+31 10 267 1625")},
        {text("street"), text("Coolsingel 40")}], Parameters))}},
    Parent ! {ready, self()},
    receive go -> ok end,
    Start = erlang:monotonic_time(nanosecond),
    insert(Table, P, Event, Events),
    Parent ! {done, self(), erlang:monotonic_time(nanosecond) - Start}.

text(Text) -> list_to_binary(Text).

insert(_, _, _, 0) -> ok;
insert(Table, P, Event, N) ->
    ets:insert(Table, {{P, -N}, Event}),
    insert(Table, P, Event, N - 1).
