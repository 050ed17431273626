#!/usr/bin/env escript
%% Records a session through a plain port: escript plain.escript REEL STORE
main([Reel, Store]) ->
    Port = open_port({spawn_executable, Reel}, [binary, {packet, 4}, {args, ["record", Store]}]),
    Tell = fun(Message) -> port_command(Port, term_to_binary(Message)) end,
    Tell({start, <<"s-1">>, #{view => 'shop_cart', url => <<"/cart">>, assigns => #{count => 0}}}),
    Tell({event, <<"s-1">>, event, #{name => <<"add">>, params => #{<<"sku">> => <<"mug">>}}}),
    Tell({assigns, <<"s-1">>, #{count => 1}}),
    Tell({stop, <<"s-1">>}),
    io:format("~p~n", [outcome(Port)]).

outcome(Port) ->
    receive
        {Port, {data, Answer}} ->
            case binary_to_term(Answer) of
                {stopped, <<"s-1">>, Outcome, _Counts} -> Outcome;
                _ -> outcome(Port)
            end
    end.
