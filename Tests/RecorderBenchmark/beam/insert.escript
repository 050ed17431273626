#!/usr/bin/env escript
%%! +S 4:4
%% What PhoenixReplay's recorder does with an event: `ets:insert` into an `ordered_set` with `write_concurrency`.
%% insert.escript EVENTS ROUNDS PROCESSES: prints the nanoseconds of one insert, a line each round.
-mode(compile).

main([Events, Rounds, Processes]) ->
    [round(list_to_integer(Events), list_to_integer(Processes)) || _ <- lists:seq(1, list_to_integer(Rounds))].

round(Events, Processes) ->
    Table = ets:new(events, [ordered_set, public, {write_concurrency, true}]),
    Self = self(),
    Pids = [spawn_link(fun() -> process(Table, P, Events, Self) end) || P <- lists:seq(1, Processes)],
    [receive {ready, Pid} -> ok end || Pid <- Pids],
    [Pid ! go || Pid <- Pids],
    Times = [receive {done, Pid, Time} -> Time end || Pid <- Pids],
    io:format("~p~n", [lists:sum(Times) / Processes / Events]),
    ets:delete(Table).

process(Table, P, Events, Parent) ->
    %% Not literals, which are not copied as a process's own terms are.
    Event = {1234, event, #{name => text("validate"), params => #{
        text("city") => text("Rotterdam"), text("email") => text("ann@example.com"),
        text("note") => text("please ring the bell"), text("phone") => text("+31 10 267 1625"),
        text("street") => text("Coolsingel 40")}}},
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
