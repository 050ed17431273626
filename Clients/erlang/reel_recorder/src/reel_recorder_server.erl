%% The process that owns the port of reel_recorder.
-module(reel_recorder_server).
-behaviour(gen_server).

-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

-include("reel_recorder.hrl").

-import(reel_recorder, [now_ms/0, add/2, release/2, cast/2]).

%% The version of the port that this speaks.
-define(PORT, 2).
%% In milliseconds.
-define(DELAYS, {1_000, 30_000}).
-define(DRAIN_INTERVAL, 5).
-define(READY_WITHIN, 10_000).
-define(LATE, <<"reel is not ready after 10 seconds">>).
-define(DRAIN_WITHIN, 4_000).
-define(GAPS_INTERVAL, 50).
-define(GAPS_AT_ONCE, 50).

-type key() :: reel_recorder:key().
-type target() :: reel_recorder:target().

%% A process of a session beside its owner, such as a nested view.
-record(part, {monitor :: reference(), target :: target(), targets :: [target()],
               %% What it holds, when that has been told since the whole state was asked for.
               holds :: undefined | [{target(), iodata()}]}).

-record(session, {key :: key(), id :: key(), owner :: pid(), monitor :: reference(), marks :: atomics:atomics_ref(),
                  %% The header without assigns and id, encoded: for the recording that goes on from this one.
                  header :: binary(),
                  ask :: undefined | fun((pid(), key()) -> term()),
                  at :: integer(),
                  %% The start that no reel has been told yet.
                  start :: undefined | binary(),
                  %% Where the session is recorded: nowhere yet, in this reel, or in one that has ended.
                  told = no :: no | yes | before,
                  %% Whether the recording's state is the session's, or waits for parts, or for the owner.
                  state = sure :: sure | parts | owner,
                  %% What has been left out since the last gap, and when the first of it happened.
                  lacks = #{} :: #{atom() => pos_integer()},
                  since :: undefined | integer(),
                  parts = #{} :: #{pid() => #part{}},
                  %% Messages of parts that come after the whole state, newest first.
                  held = [] :: [{atom(), iodata()}]}).

-record(recorder, {name :: atom(), reel :: undefined | file:filename_all(), args :: [string() | binary()],
                   on_answer :: none | fun((term()) -> term()), delays :: {pos_integer(), pos_integer()},
                   shared :: atomics:atomics_ref(), left :: ets:tid(),
                   port = none :: none | port(),
                   status = starting :: starting | running | waiting, reason = <<>> :: binary(),
                   %% Whether this reel has said that it is ready; since when it runs, or how long to wait for the next.
                   ready = false :: boolean(), since = 0 :: integer(), delay :: pos_integer(),
                   refused = #{} :: #{atom() => true},
                   %% How many sessions ended before any reel was told of them.
                   missed = 0 :: non_neg_integer(),
                   sessions = #{} :: #{key() => #session{}}, owners = #{} :: #{reference() => {key(), pid()}},
                   flushes = #{} :: #{key() => [gen_server:from()]},
                   waiting = queue:new() :: queue:queue({key(), kind(), iodata(), pos_integer()}),
                   draining = false :: boolean()}).

%% What a message on its way is: an event of a kind, or something that is no event.
-type kind() :: atom() | {gap, #{atom() => pos_integer()}} | none.

init(Options) ->
    %% So that the port's end is a message, and the end of this process calls terminate/2.
    process_flag(trap_exit, true),
    process_flag(message_queue_data, off_heap),
    Name = maps:get(name, Options),
    Delays = {First, _} = maps:get(delays, Options, ?DELAYS),
    Shared = atomics:new(4, []),
    atomics:put(Shared, ?MOST, maps:get(max_waiting, Options, 16 * 1024 * 1024)),
    Left = ets:new(left_out, [ordered_set, public, {write_concurrency, true}]),
    Name = ets:new(Name, [set, public, named_table, {read_concurrency, true}, {write_concurrency, true}]),
    ets:insert(Name, {shared, Shared, Left}),
    State = #recorder{name = Name, reel = maps:get(reel, Options, undefined), shared = Shared, left = Left,
                      args = ["record" | maps:get(args, Options, [])] ++ [maps:get(store, Options)],
                      on_answer = maps:get(on_answer, Options, none), delays = Delays, delay = First},
    case maps:get(required, Options, false) of
        true -> start_required(open(State));
        false -> {ok, open(State)}
    end.

%% What needs no recorder fails to start; there is nothing to wait for then.
start_required(State = #recorder{status = waiting, reason = Reason}) -> give_up(State, Reason);
start_required(State = #recorder{status = running}) -> {ok, State};
start_required(State = #recorder{port = Port}) ->
    receive
        {late, Port} -> give_up(State, ?LATE);
        {Port, _} = Message -> {noreply, State1} = handle_info(Message, State), start_required(State1);
        {'EXIT', Port, _} = Message -> {noreply, State1} = handle_info(Message, State), start_required(State1)
    end.

give_up(State, Reason) ->
    _ = close(State),
    {stop, {reel, Reason}}.

open(State) ->
    try
        Reel = executable(State#recorder.reel),
        Settings = [binary, exit_status, {packet, 4}, {args, State#recorder.args}],
        Port = open_port({spawn_executable, Reel}, Settings),
        erlang:send_after(?READY_WITHIN, self(), {late, Port}),
        State#recorder{port = Port, ready = false, since = now_ms(), refused = #{}}
    catch
        throw:Reason -> down(State, Reason);
        error:Reason -> down(State, unicode:characters_to_binary(io_lib:format("~tp", [Reason])))
    end.

executable(undefined) ->
    case os:find_executable("reel") of
        false -> throw(<<"there is no reel in the PATH">>);
        Path -> Path
    end;
executable(Path) -> Path.

%% The port and all that it was told is gone. Only a change is worth a line in the log.
down(State = #recorder{delays = {First, Longest}, delay = Delay0}, Reason) ->
    #recorder{status = Status, reason = Before, shared = Shared, ready = Ready, name = Name} = State,
    Delay = case Ready andalso now_ms() - State#recorder.since > Longest of
        true -> First;
        false -> Delay0
    end,
    atomics:put(Shared, ?GATE, ?DOWN),
    case Status =/= waiting orelse Before =/= Reason of
        true -> logger:error("~ts does not record: ~ts; reel is started again until it runs", [Name, Reason]);
        false -> ok
    end,
    [gen_server:reply(From, {error, not_running}) || Froms <- maps:values(State#recorder.flushes), From <- Froms],
    State1 = lists:foldl(fun({Key, Kind, _Data, Size}, Rest) ->
        release(Shared, Size),
        lost(Key, Kind, Rest)
    end, State, queue:to_list(State#recorder.waiting)),
    Sessions = maps:values(State1#recorder.sessions),
    State2 = lists:foldl(fun(Session, Rest) -> unrecorded(Session, Ready, Rest) end, State1, Sessions),
    erlang:send_after(Delay, self(), open),
    State2#recorder{port = none, status = waiting, reason = Reason, ready = false, flushes = #{}, waiting = queue:new(),
                    delay = min(Delay * 2, Longest)}.

%% A reel that was never ready has recorded nothing. What it was told is not told again.
unrecorded(Session = #session{told = yes}, Ready, State) ->
    Told = case Ready of true -> before; false -> no end,
    keep((drop_held(Session, State))#session{told = Told, state = sure}, State);
unrecorded(_Session, _Ready, State) -> State.

close(State = #recorder{port = none}) -> State;
close(State = #recorder{port = Port}) ->
    catch port_close(Port),
    State#recorder{port = none}.

handle_cast({send, Key, From, Kind, At, Message, Size, Gap}, State = #recorder{shared = Shared, sessions = Sessions}) ->
    release(Shared, Size),
    case Sessions of
        #{Key := Session} ->
            {Session1, State1} = gap(Session, Gap, State),
            {noreply, room(sent(From, Kind, At, Message, Session1, State1))};
        %% Of a session that is not recorded.
        _ -> {noreply, room(State)}
    end;
handle_cast({start, Key, Owner, Marks, Header, Ask, At, Start}, State = #recorder{shared = Shared}) ->
    release(Shared, byte_size(Header)),
    Monitor = monitor(process, Owner),
    Session = #session{key = Key, id = Key, owner = Owner, monitor = Monitor, marks = Marks, header = Header,
                       ask = Ask, at = At, start = Start},
    State1 = case State#recorder.sessions of
        #{Key := Other} -> finish(Other, At, State);
        _ -> State
    end,
    Owners = maps:put(Monitor, {Key, Owner}, State1#recorder.owners),
    {noreply, room(begin_session(Session, State1#recorder{owners = Owners}))};
handle_cast({stop, Key, Marks, At}, State) ->
    case State#recorder.sessions of
        #{Key := Session = #session{marks = Marks}} -> {noreply, finish(Session, At, State)};
        _ -> {noreply, State}
    end;
handle_cast(left_out, State) -> {noreply, room(tell_gaps(State))};
handle_cast(_Message, State) -> {noreply, State}.

handle_call({flush, Key}, From, State = #recorder{port = Port, sessions = Sessions, flushes = Flushes}) ->
    case Sessions of
        #{Key := Session = #session{told = yes}} when Port =/= none ->
            {_, State1} = gap(Session, untold(Session, State), State),
            Froms = maps:get(Key, Flushes, []) ++ [From],
            {noreply, tell(Key, none, term_to_binary({flush, Key}), State1#recorder{flushes = Flushes#{Key => Froms}})};
        _ -> {reply, {error, not_running}, State}
    end;
handle_call(info, _From, State = #recorder{shared = Shared}) ->
    {reply, #{status => State#recorder.status, reason => State#recorder.reason,
              sessions => map_size(State#recorder.sessions), left_out => atomics:get(Shared, ?LEFT_OUT),
              missed => State#recorder.missed, waiting => max(0, atomics:get(Shared, ?BYTES))}, State};
handle_call(_Message, _From, State) -> {reply, {error, unknown}, State}.

handle_info({Port, {data, Data}}, State = #recorder{port = Port}) ->
    try binary_to_term(Data) of
        Answer -> {noreply, answered(Answer, report(Answer, State))}
    catch
        %% Another program, which is called as reel is.
        error:badarg -> {noreply, down(close(State), <<"what reel answers is no term">>)}
    end;
handle_info({Port, {exit_status, Status}}, State = #recorder{port = Port}) ->
    {noreply, down(State, iolist_to_binary(io_lib:format("reel ended with status ~p", [Status])))};
handle_info({'EXIT', Port, Reason}, State = #recorder{port = Port}) ->
    {noreply, down(State, unicode:characters_to_binary(io_lib:format("reel's port ended: ~tp", [Reason])))};
%% It may be slow, and is waited for.
handle_info({late, Port}, State = #recorder{port = Port, ready = false, reason = Reason, name = Name}) ->
    Reason =:= ?LATE orelse logger:error("~ts does not record: ~ts", [Name, ?LATE]),
    {noreply, State#recorder{reason = ?LATE}};
handle_info(open, State = #recorder{port = none}) -> {noreply, open(State)};
handle_info(gaps, State) -> {noreply, tell_gaps(State)};
handle_info(drain, State) -> {noreply, room(drain(State#recorder{draining = false}))};
handle_info({'EXIT', From, Reason}, State) when is_pid(From) -> {stop, Reason, State};
handle_info({'DOWN', Monitor, process, Pid, Reason}, State = #recorder{owners = Owners, sessions = Sessions}) ->
    case Owners of
        #{Monitor := {Key, Pid}} ->
            #{Key := Session} = Sessions,
            {noreply, ended(Session, Pid, Reason, now_ms(), State)};
        _ -> {noreply, State}
    end;
handle_info(_Message, State) -> {noreply, State}.

%% The port is closed with this process, and with it its input, which ends all sessions.
terminate(_Reason, #recorder{port = none}) -> ok;
terminate(_Reason, State) -> drain_until(now_ms() + ?DRAIN_WITHIN, State).

%% A reel that takes nothing any more would keep the whole BEAM from ending.
drain_until(End, State = #recorder{port = Port}) ->
    State1 = drain(State),
    case queue:is_empty(State1#recorder.waiting) andalso erlang:port_info(Port, queue_size) of
        {queue_size, 0} -> ok;
        undefined -> ok;
        _ ->
            receive drain -> drain_until(End, State1#recorder{draining = false})
            after ?DRAIN_INTERVAL ->
                case now_ms() < End of
                    true -> drain_until(End, State1);
                    false -> kill(Port)
                end
            end
    end.

kill(Port) ->
    logger:error("reel takes nothing, and is killed"),
    case erlang:port_info(Port, os_pid) of
        {os_pid, Pid} -> os:cmd("kill -KILL " ++ integer_to_list(Pid)), ok;
        undefined -> ok
    end.

%% What reel answers.

report(Answer, State = #recorder{on_answer = none, refused = Refused}) ->
    case Answer of
        {error, Reason, Details} when is_map(Details), not is_map_key(Reason, Refused) ->
            logger:warning("reel refused a message (~p): ~ts", [Reason, maps:get(message, Details, <<>>)]),
            State#recorder{refused = Refused#{Reason => true}};
        {stopped, Key, {failed, Reason}, _Counts} ->
            logger:error("reel could not store ~ts: ~p", [Key, Reason]),
            State;
        _ -> State
    end;
report(Answer, State = #recorder{on_answer = OnAnswer}) ->
    try OnAnswer(Answer)
    catch Class:Reason -> logger:error("on_answer of ~p failed: ~p", [State#recorder.name, {Class, Reason}])
    end,
    State.

answered({ready, #{port := Version}}, State) when is_integer(Version), Version >= ?PORT -> up(State);
answered({ready, Ready}, State = #recorder{delays = {_, Longest}}) ->
    Version = case Ready of #{port := Other} -> Other; _ -> none end,
    Text = io_lib:format("reel speaks version ~tp of the port, and this client needs version ~p", [Version, ?PORT]),
    (down(close(State), unicode:characters_to_binary(Text)))#recorder{delay = Longest};
answered({flushed, Key, Count}, State = #recorder{flushes = Flushes}) ->
    case Flushes of
        #{Key := [From | Rest]} ->
            gen_server:reply(From, {ok, Count}),
            Kept = case Rest of [] -> maps:remove(Key, Flushes); _ -> Flushes#{Key := Rest} end,
            State#recorder{flushes = Kept};
        _ -> State
    end;
%% The recorder has left something out by itself.
answered({unsure, Key}, State = #recorder{sessions = Sessions}) ->
    case Sessions of
        #{Key := Session = #session{told = yes}} -> ask_parts(Session, State);
        _ -> State
    end;
answered({stopped, Key, _Outcome, _Counts}, State = #recorder{sessions = Sessions}) ->
    case Sessions of
        #{Key := Session = #session{told = yes}} -> forget(Session, State);
        _ -> State
    end;
answered(_Answer, State) -> State.

%% Sessions that ran go on, and those that have come since start.
up(State = #recorder{reason = Reason, shared = Shared, sessions = Sessions, name = Name, missed = Missed}) ->
    Reason =/= <<>> andalso logger:notice("~ts records; sessions missed so far: ~b", [Name, Missed]),
    atomics:put(Shared, ?GATE, ?OPEN),
    State1 = State#recorder{status = running, reason = <<>>, ready = true},
    Waiting = [Session || Session = #session{told = Told} <- maps:values(Sessions), Told =/= yes],
    room(lists:foldl(fun begin_session/2, State1, Waiting)).

%% The first reel is told of sessions before it has answered: it is likely to be ready soon.
begin_session(Session, State = #recorder{port = Port, ready = Ready, status = Status})
  when Port =:= none; not Ready, Status =:= waiting -> keep(Session, State);
begin_session(Session = #session{key = Key, told = no, start = Start}, State) when Start =/= undefined ->
    release(State#recorder.shared, byte_size(Start)),
    Told = take_lacks(Session#session{told = yes, start = undefined}, State),
    State1 = tell(Key, none, Start, State),
    case map_size(Told#session.lacks) of
        0 -> keep(Told, State1);
        _ -> open_gap(Told, State1)
    end;
%% What it held when its recording starts is not known, so all of it is asked for.
begin_session(Session = #session{key = Key, id = Id, told = Told, header = Header}, State) ->
    Now = now_ms(),
    {At, Own} = case Told of
        no -> {Session#session.at, #{id => Id}};
        before -> {Now, #{id => binary:encode_hex(rand:bytes(16)), continues => Id}}
    end,
    Known = (binary_to_term(Header))#{connected_at => erlang:system_time(millisecond) - (Now - At)},
    State1 = tell(Key, none, term_to_binary({start, Key, maps:merge(Known, Own), At}), State),
    Session1 = take_lacks(Session#session{id = maps:get(id, Own), told = yes, start = undefined}, State),
    open_gap(Session1#session{since = At}, State1).

%% What a session's processes send.

sent(_From, Kind, At, {_, _, _, _}, Session = #session{state = parts}, State) ->
    keep(lack(Kind, At, Session), count(State));
%% It is not whole without its parts.
sent(_From, _Kind, _At, {state, _, _, _}, Session = #session{state = sure, told = yes, parts = Parts}, State)
  when map_size(Parts) > 0 -> ask_parts(Session, State);
sent(_From, Kind, At, {Whole, Assigns, Components, Url}, Session = #session{key = Key, told = yes}, State) ->
    Holds = lists:append([List || #part{holds = List} <- maps:values(Session#session.parts), is_list(List)]),
    Message = case Whole of
        assigns -> reel_recorder_term:assigns(Key, Assigns, At);
        state -> reel_recorder_term:whole(Key, Assigns, Components ++ Holds, Url, At)
    end,
    {Session1, State1} = tell_lacks(Session, State),
    {Held, Session2} = unhold(Session1, State1),
    Later = [{Kind, Message} | Held],
    State2 = lists:foldl(fun({Of, Data}, Rest) -> tell(Key, Of, Data, Rest) end, State1, Later),
    keep(Session2#session{state = sure}, State2);
sent(From, _Kind, At, {part, Target, Holds}, Session, State) -> part_told(From, Target, Holds, At, Session, State);
sent(_From, Kind, At, _Message, Session = #session{told = Told}, State) when Told =/= yes ->
    keep(lack(Kind, At, Session), count(State));
sent(From, Kind, At, Message, Session = #session{state = Sureness, parts = Parts}, State) ->
    case Sureness =:= sure orelse not changes_state(Kind) of
        true -> keep(Session, tell(Session#session.key, Kind, Message, State));
        false ->
            case Parts of
                #{From := #part{holds = Holds}} when is_list(Holds) -> keep(hold(Kind, Message, Session, State), State);
                _ -> keep(lack(Kind, At, Session), count(State))
            end
    end.

changes_state(Kind) -> lists:member(Kind, [render, component, component_destroyed, assigns]).

%% What parts send after they have told what they hold waits for the owner to do so.
hold(Kind, Message, Session = #session{held = Held}, #recorder{shared = Shared}) ->
    add(Shared, iolist_size(Message)),
    Session#session{held = [{Kind, Message} | Held]}.

unhold(Session = #session{held = Held}, #recorder{shared = Shared}) ->
    [release(Shared, iolist_size(Message)) || {_Kind, Message} <- Held],
    {lists:reverse(Held), Session#session{held = []}}.

drop_held(Session, State) ->
    {Held, Session1} = unhold(Session, State),
    lists:foldl(fun({Kind, _Message}, Rest) -> lack(Kind, now_ms(), Rest) end, Session1, Held).

%% A part tells what it holds when it starts, when it gets another component, and when it is asked.
part_told(From, Target, Holds, At, Session = #session{key = Key, parts = Parts, state = Sureness}, State) ->
    {Part, State1} = case Parts of
        #{From := Known} -> {Known, State};
        _ -> add_part(From, Target, Key, State)
    end,
    Targets = lists:usort([Target | [Of || {Of, _} <- Holds]] ++ Part#part.targets),
    Keep = fun(Held) -> Session#session{parts = Parts#{From => Part#part{targets = Targets, holds = Held}}} end,
    case Sureness of
        sure ->
            Tell = fun({Of, Assigns}, Rest) -> tell_part(Session, Of, Assigns, At, Rest) end,
            keep(Keep(undefined), lists:foldl(Tell, State1, Holds));
        %% It had no room. It has left a mark, so that it is asked when there is some.
        _ when Holds =:= [] -> keep((Keep(undefined))#session{state = parts}, State1);
        _ ->
            Before = case Part#part.holds of undefined -> []; List -> List end,
            ask_owner(Keep(maps:to_list(maps:merge(maps:from_list(Before), maps:from_list(Holds)))), State1)
    end.

tell_part(#session{key = Key, told = yes}, Of, Assigns, At, State) ->
    tell(Key, component, reel_recorder_term:component(Key, Of, Assigns, At), State);
tell_part(_Session, _Of, _Assigns, _At, State) -> State.

add_part(Pid, Target, Key, State = #recorder{owners = Owners}) ->
    Monitor = monitor(process, Pid),
    {#part{monitor = Monitor, target = Target, targets = []}, State#recorder{owners = Owners#{Monitor => {Key, Pid}}}}.

%% A process of a session has ended. What it has left out comes before its end.
ended(Session = #session{owner = Owner}, Owner, Reason, At, State) ->
    {Session1, State1} = gap(Session#session{ask = undefined}, untold(Session, State), State),
    finish(Session1, At, note_exit(Session1, Reason, #{}, At, State1));
ended(Session, Pid, Reason, At, State) ->
    {Session1, State1} = gap(Session, untold(Session, State), State),
    part_ended(Session1, Pid, Reason, At, State1).

part_ended(Session = #session{key = Key, parts = Parts}, Pid, Reason, At, State = #recorder{owners = Owners}) ->
    {#part{monitor = Monitor, target = Target, targets = Targets}, Rest} = maps:take(Pid, Parts),
    Session1 = Session#session{parts = Rest},
    Left = State#recorder{owners = maps:remove(Monitor, Owners)},
    State1 = note_exit(Session1, Reason, #{target => Target}, At, Left),
    State2 = case Session1 of
        #session{state = sure, told = yes} ->
            lists:foldl(fun({Module, Id}, Told) ->
                End = {event, Key, component_destroyed, #{module => Module, id => Id}, At},
                tell(Key, component_destroyed, term_to_binary(End), Told)
            end, State1, Targets);
        _ -> State1
    end,
    ask_owner(Session1, State2).

%% Gaps: what was left out is told at its place. From there on the state is unsure until all of it has been told.

gap(Session, none, State) -> {Session, State};
gap(Session = #session{key = Key}, {Counts, At}, State) ->
    State1 = open_gap(lacks(Counts, At, Session), State),
    {maps:get(Key, State1#recorder.sessions), State1}.

%% What callers have left out of a session, and told nobody yet.
untold(#session{key = Key, marks = Marks}, #recorder{left = Left}) -> reel_recorder:take(Key, Left, Marks).

take_lacks(Session, State) ->
    case untold(Session, State) of
        none -> Session;
        {Counts, At} -> lacks(Counts, At, Session)
    end.

%% Not of all sessions at once: each is asked for its state then, which takes room.
tell_gaps(State = #recorder{left = Left}) -> tell_gaps(ets:first(Left), ?GAPS_AT_ONCE, State).

tell_gaps('$end_of_table', _Count, State) -> State;
tell_gaps(_Row, 0, State) ->
    erlang:send_after(?GAPS_INTERVAL, self(), gaps),
    State;
tell_gaps(Row = {Key, _Kind}, Count, State = #recorder{left = Left, sessions = Sessions}) ->
    {Count1, State1} = case Sessions of
        #{Key := Session = #session{told = yes}} ->
            {_, Told} = gap(Session, untold(Session, State), State),
            {Count - 1, Told};
        _ -> {Count, State}
    end,
    tell_gaps(ets:next(Left, Row), Count1, State1).

open_gap(Session = #session{told = Told}, State) when Told =/= yes -> keep(Session, State);
open_gap(Session, State) ->
    {Session1, State1} = tell_gap(Session, State),
    ask_parts(Session1, State1).

%% Just before the state: the renders that were left out since the gap.
tell_lacks(Session = #session{lacks = Lacks}, State) when map_size(Lacks) =:= 0 -> {Session, State};
tell_lacks(Session, State) -> tell_gap(Session, State).

tell_gap(Session = #session{key = Key, lacks = Lacks, since = Since}, State) ->
    Gap = term_to_binary({gap, Key, Lacks, min(Since, now_ms())}),
    {Session#session{lacks = #{}, since = undefined}, tell(Key, {gap, Lacks}, Gap, State)}.

%% Parts are asked first, so that what they send from then on comes after the whole state.
ask_parts(Session = #session{parts = Parts}, State) ->
    [ask(Session, Pid) || Pid <- maps:keys(Parts)],
    Unknown = maps:map(fun(_Pid, Part) -> Part#part{holds = undefined} end, Parts),
    ask_owner((drop_held(Session, State))#session{parts = Unknown, state = parts}, State).

ask_owner(Session = #session{state = parts, parts = Parts, owner = Owner}, State) ->
    case [Pid || {Pid, #part{holds = undefined}} <- maps:to_list(Parts)] of
        [] ->
            ask(Session, Owner),
            keep(Session#session{state = owner}, State);
        _ -> keep(Session, State)
    end;
ask_owner(Session, State) -> keep(Session, State).

ask(#session{ask = undefined}, _Pid) -> ok;
ask(#session{ask = Ask, key = Key, marks = Marks}, Pid) ->
    %% A state that is larger than all the room is not asked for again: the recording stays unsure.
    atomics:get(Marks, ?TOO_LARGE) =:= 0 andalso spawn(fun() -> catch Ask(Pid, Key) end),
    ok.

lack(Kind, At, Session) -> lacks(#{Kind => 1}, At, Session).

lacks(More, At, Session = #session{lacks = Lacks, since = Since}) ->
    Sum = maps:fold(fun(Kind, N, Sum) -> Sum#{Kind => maps:get(Kind, Sum, 0) + N} end, Lacks, More),
    %% A number is less than any atom.
    Session#session{lacks = Sum, since = min(At, Since)}.

%% What waited is lost.
lost(_Key, none, State) -> State;
lost(Key, {gap, Lacks}, State) -> lost_of(Key, Lacks, State);
lost(Key, Kind, State) -> lost_of(Key, #{Kind => 1}, count(State)).

lost_of(Key, Lacks, State = #recorder{sessions = Sessions}) ->
    case Sessions of
        #{Key := Session} -> keep(lacks(Lacks, now_ms(), Session), State);
        _ -> State
    end.

count(State = #recorder{shared = Shared}) ->
    atomics:add(Shared, ?LEFT_OUT, 1),
    State.

%% Ends.

note_exit(#session{key = Key, told = yes}, Reason, Extra, At, State) ->
    case reel_recorder_term:exit(Reason) of
        none -> State;
        Exit -> tell(Key, exit, term_to_binary({event, Key, exit, maps:merge(Exit, Extra), At}), State)
    end;
note_exit(_Session, _Reason, _Extra, _At, State) -> State.

%% Nobody is asked any more.
finish(Session = #session{key = Key, told = yes}, At, State) ->
    {Session1, State1} = gap(Session#session{ask = undefined}, untold(Session, State), State),
    {Session2, State2} = tell_lacks(Session1, State1),
    forget(Session2, tell(Key, none, term_to_binary({stop, Key, At}), State2));
finish(Session = #session{told = no}, _At, State = #recorder{missed = Missed}) ->
    forget(Session, State#recorder{missed = Missed + 1});
finish(Session, _At, State) -> forget(Session, State).

forget(Session = #session{key = Key, owner = Owner, parts = Parts, marks = Marks, start = Start}, State) ->
    #recorder{name = Name, sessions = Sessions, owners = Owners, left = Left, shared = Shared} = State,
    Start =/= undefined andalso release(Shared, byte_size(Start)),
    {_, _} = unhold(Session, State),
    Monitors = [Session#session.monitor | [Part#part.monitor || Part <- maps:values(Parts)]],
    [demonitor(Monitor, [flush]) || Monitor <- Monitors],
    ets:delete_object(Name, {Owner, Key}),
    %% The row may be another session's by now that is called the same.
    case ets:lookup(Name, Key) of
        [{Key, _, _, Marks}] -> ets:delete(Name, Key);
        _ -> ok
    end,
    ets:match_delete(Left, {{Key, '_'}, '_'}),
    State#recorder{sessions = maps:remove(Key, Sessions), owners = maps:without(Monitors, Owners)}.

keep(Session = #session{key = Key}, State = #recorder{sessions = Sessions}) ->
    State#recorder{sessions = Sessions#{Key => Session}}.

%% The way to the port.

%% Tells reel, now or soon, after what waits. Never waits for the port itself.
tell(Key, Kind, Data, State = #recorder{port = Port, waiting = Waiting, shared = Shared}) ->
    case queue:is_empty(Waiting) andalso command(Port, Data, [nosuspend]) of
        true -> State;
        false ->
            Size = iolist_size(Data),
            add(Shared, Size),
            drain_soon(State#recorder{waiting = queue:in({Key, Kind, Data, Size}, Waiting)})
    end.

%% To a port that has ended it makes no difference: that is told by a message.
command(Port, Data, Options) ->
    try port_command(Port, Data, Options)
    catch error:badarg -> true
    end.

drain_soon(State = #recorder{draining = true}) -> State;
drain_soon(State) ->
    erlang:send_after(?DRAIN_INTERVAL, self(), drain),
    State#recorder{draining = true}.

drain(State = #recorder{port = none}) -> State;
drain(State = #recorder{port = Port, waiting = Waiting, shared = Shared}) ->
    case queue:peek(Waiting) of
        empty -> State;
        {value, {_Key, _Kind, Data, Size}} ->
            case command(Port, Data, [nosuspend]) of
                true ->
                    release(Shared, Size),
                    drain(State#recorder{waiting = queue:drop(Waiting)});
                false -> drain_soon(State)
            end
    end.

%% Opens the gate when half of the room is free again, and tells what has been left out.
room(State = #recorder{shared = Shared}) ->
    case atomics:get(Shared, ?GATE) =:= ?FULL
        andalso atomics:get(Shared, ?BYTES) =< atomics:get(Shared, ?MOST) div 2
        andalso atomics:compare_exchange(Shared, ?GATE, ?FULL, ?OPEN) of
        %% After what callers have cast before.
        ok -> cast(State#recorder.name, left_out), State;
        _ -> State
    end.
