#!/usr/bin/env escript
%% A real BEAM that records through `reel record': what it has sent, it compares with what it reads back.
-mode(compile).

%% Sends random terms, and compares them.
main(["random", Reel, Folder, Count, Seed]) ->
    rand:seed(exsss, list_to_integer(Seed)),
    Payloads = [#{value => term(4)} || _ <- lists:seq(1, list_to_integer(Count))],
    Port = open(Reel, Folder, ["--keep-idle", "--redact", "none"]),
    tell(Port, {start, <<"random">>, #{view => test}}),
    [tell(Port, {event, <<"random">>, x_test_value, Payload}) || Payload <- Payloads],
    tell(Port, {stop, <<"random">>}),
    {{stored, <<"random">>}, _} = stopped(Port, <<"random">>),
    [{_, mount, _} | Events] = events(Folder, <<"random">>),
    [{Sent, Sent} = {Sent, Read} || {Sent, {_, x_test_value, Read}} <- lists:zip(Payloads, Events)],
    done();

%% Records many sessions through one port, under keys of all kinds, their events mixed.
main(["many", Reel, Folder, SessionCount, EventCount]) ->
    Port = open(Reel, Folder, []),
    Keys = [case Number rem 4 of
                0 -> make_ref();
                1 -> Number;
                2 -> {session, Number};
                3 -> integer_to_binary(Number)
            end || Number <- lists:seq(1, list_to_integer(SessionCount))],
    [tell(Port, {start, Key, #{view => test, x_test_key => Key}}) || Key <- Keys],
    [tell(Port, {event, Key, event, #{name => <<"e">>, params => #{number => Number, key => Key}}})
        || Number <- lists:seq(1, list_to_integer(EventCount)), Key <- Keys],
    [tell(Port, {stop, Key}) || Key <- Keys],
    [begin
         {{stored, Id}, _} = stopped(Port, Key),
         [{_, mount, _} | Events] = events(Folder, Id),
         Key = maps:get(x_test_key, element(3, hd(frames(Folder, Id)))),
         Numbers = lists:seq(1, list_to_integer(EventCount)),
         Numbers = [Number || {_, event, #{params := #{number := Number, key := Own}}} <- Events, Own =:= Key]
     end || Key <- Keys],
    done();

%% Sends half of the events, sees that the pipe has them, says which process records, and is killed.
main(["killed", Reel, Folder, Count]) ->
    Port = open(Reel, Folder, ["--max-events", "20000"]),
    tell(Port, {start, <<"killed">>, #{view => test}}),
    [tell(Port, event(Number)) || Number <- lists:seq(1, list_to_integer(Count) div 2)],
    empty(Port),
    {os_pid, Pid} = erlang:port_info(Port, os_pid),
    io:format("~p~n", [Pid]),
    os:cmd("kill -9 " ++ os:getpid()),
    receive after infinity -> ok end;

%% Records events and compares them; or finds those that a killed BEAM has sent.
main(["events", Reel, Folder, Count]) ->
    Port = open(Reel, Folder, ["--max-events", "20000"]),
    tell(Port, {start, <<"events">>, #{view => test}}),
    [tell(Port, event(<<"events">>, Number)) || Number <- lists:seq(1, list_to_integer(Count))],
    tell(Port, {stop, <<"events">>}),
    {{stored, <<"events">>}, #{dropped := Dropped}} = stopped(Port, <<"events">>),
    0 = map_size(Dropped),
    compare(Folder, <<"events">>, list_to_integer(Count), closed);
main(["find", Folder, Count]) ->
    compare(Folder, <<"killed">>, list_to_integer(Count) div 2, disconnected).

event(Number) -> event(<<"killed">>, Number).
event(Key, Number) ->
    {event, Key, event, #{name => <<"add">>, params => #{<<"number">> => Number, pid => self(), to => {a, [b | c]}}}}.

compare(Folder, Id, Count, Reason) ->
    [{_, mount, _} | Events] = events(Folder, Id),
    Numbers = lists:seq(1, Count),
    Numbers = [Number || {_, event, #{name := <<"add">>, params := #{<<"number">> := Number, to := {a, [b | c]}, pid := Pid}}}
                             <- Events, is_pid(Pid)],
    {finish, #{reason := Reason, events := All}} = lists:keyfind(finish, 1, frames(Folder, Id)),
    All = Count + 1,
    done().

done() -> io:format("same~n").

%% Waits until the pipe has what has been sent.
empty(Port) ->
    case erlang:port_info(Port, queue_size) of
        {queue_size, 0} -> ok;
        _ -> erlang:yield(), empty(Port)
    end.

open(Reel, Folder, Args) ->
    open_port({spawn_executable, Reel}, [binary, {packet, 4}, {args, ["record"] ++ Args ++ [Folder]}]).

tell(Port, Message) -> true = port_command(Port, term_to_binary(Message)).

%% What became of a session, and how many events it had.
stopped(Port, Key) ->
    receive
        {Port, {data, Answer}} when is_binary(Answer) ->
            case binary_to_term(Answer) of
                {stopped, Key, Outcome, Counts} -> {Outcome, Counts};
                {stopped, Other, Outcome, Counts} -> self() ! {stopped, Other, Outcome, Counts}, stopped(Port, Key);
                {error, Reason, Details} -> error({Reason, Details});
                _ -> stopped(Port, Key)
            end;
        {stopped, Key, Outcome, Counts} -> {Outcome, Counts}
    end.

%% The one-line reader of Spec/README.md.
frames(Folder, Id) ->
    {ok, File} = file:read_file(filename:join(Folder, <<Id/binary, ".reel">>)),
    [binary_to_term(Term) || <<Size:32, Term:Size/binary>> <= zlib:gunzip(File)].

events(Folder, Id) -> [Event || Event <- lists:flatten(frames(Folder, Id)), is_integer(element(1, Event))].

term(0) -> leaf(rand:uniform(15));
term(Depth) ->
    case rand:uniform(10) of
        1 -> list_to_tuple(terms(Depth));
        2 -> terms(Depth);
        3 -> maps:from_list(lists:zip(terms(Depth, 3), terms(Depth, 3)));
        4 -> [term(Depth - 1) | leaf(rand:uniform(15))];
        5 -> Free = term(Depth - 1), fun() -> Free end;
        _ -> leaf(rand:uniform(15))
    end.

terms(Depth) -> terms(Depth, rand:uniform(5) - 1).
terms(Depth, Count) -> [term(Depth - 1) || _ <- lists:seq(1, Count)].

leaf(1) -> rand:uniform(1000) - 500;
leaf(2) -> rand:uniform(1 bsl 62) - (1 bsl 61);
leaf(3) -> (rand:uniform(1 bsl 60) - (1 bsl 59)) bsl rand:uniform(300);
leaf(4) -> rand:normal() * 1.0e10;
leaf(5) -> -0.0;
leaf(6) -> lists:nth(rand:uniform(5), [ok, nil, 'Elixir.Shop', '', 'größe']);
leaf(7) -> rand:bytes(rand:uniform(40) - 1);
leaf(8) -> <<(rand:uniform(127)):7>>;
leaf(9) -> [];
leaf(10) -> "characters";
leaf(11) -> self();
leaf(12) -> make_ref();
leaf(13) -> hd(erlang:ports());
leaf(14) -> fun lists:map/2;
leaf(15) -> <<"text of some words">>.
