%% Terms for the port: the external term format put together from parts that callers have encoded, and how a process
%% ended.
-module(reel_recorder_term).

-export([part/1, whole/5, assigns/3, component/4, exit/1]).
-compile({no_auto_import, [exit/1]}).

%% The external term format is put together from parts that have been encoded by themselves.

%% A term as a part of another one: without the version in front.
part(Term) ->
    <<131, Part/binary>> = term_to_binary(Term),
    Part.

%% {state, Key, #{assigns => Assigns, components => #{Target => Assigns}, url => Url}, At}, of encoded assigns.
whole(Key, Assigns, Components, Url, At) ->
    Others = [{part(Target), Holds} || {Target, Holds} <- Components],
    Address = case Url of nil -> []; _ -> [{part(url), part(Url)}] end,
    State = map([{part(assigns), Assigns}, {part(components), map(Others)} | Address]),
    message([part(state), part(Key), State, part(At)]).

%% {assigns, Key, Assigns, At}.
assigns(Key, Assigns, At) -> message([part(assigns), part(Key), Assigns, part(At)]).

%% {event, Key, component, #{module => Module, id => Id, assigns => Assigns}, At}.
component(Key, {Module, Id}, Assigns, At) ->
    Payload = map([{part(module), part(Module)}, {part(id), part(Id)}, {part(assigns), Assigns}]),
    message([part(event), part(Key), part(component), Payload, part(At)]).

message(Parts) -> [<<131, 104, (length(Parts))>> | Parts].

map(Pairs) -> [<<116, (length(Pairs)):32>> | [[Key, Value] || {Key, Value} <- Pairs]].

%% How a process that crashed did so. Never its message, which may quote what must not be recorded.
exit(Reason) when Reason =:= normal; Reason =:= shutdown -> none;
exit({shutdown, _}) -> none;
%% It had ended before anybody looked.
exit(noproc) -> #{reason => <<"unknown">>};
exit({Reason, Stack = [{_, _, _, _} | _]}) -> maps:merge(#{reason => name(Reason, Stack)}, frame(hd(Stack)));
exit(Reason) -> #{reason => name(Reason, [])}.

name(#{'__struct__' := Module, '__exception__' := true}, _Stack) -> name_of(Module);
name(Reason, []) -> erlang_name(Reason);
name(Reason, Stack) ->
    %% Where there is Elixir, an error of Erlang has the name that Elixir gives it.
    try 'Elixir.Exception':normalize(error, Reason, Stack) of
        #{'__struct__' := 'Elixir.ErlangError'} -> erlang_name(Reason);
        #{'__struct__' := Module} -> name_of(Module)
    catch _:_ -> erlang_name(Reason)
    end.

erlang_name(Reason) when is_atom(Reason) -> name_of(Reason);
erlang_name(Reason) when is_tuple(Reason), tuple_size(Reason) > 0, is_atom(element(1, Reason)) ->
    name_of(element(1, Reason));
erlang_name(_Reason) -> <<"error">>.

name_of(Atom) ->
    case atom_to_binary(Atom) of
        <<"Elixir.", Name/binary>> -> Name;
        Name -> Name
    end.

frame({Module, Function, Arity, Location}) when is_atom(Module), is_atom(Function), is_list(Location) ->
    Frame = #{module => Module, function => Function,
              arity => if is_list(Arity) -> length(Arity); true -> Arity end},
    case {proplists:get_value(file, Location), proplists:get_value(line, Location)} of
        {File, Line} when is_list(File), is_integer(Line) ->
            Frame#{file => unicode:characters_to_binary(File), line => Line};
        _ -> Frame
    end;
frame(_) -> #{}.
