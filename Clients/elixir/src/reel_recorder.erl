%% Records sessions with `reel record', which runs as a port of this process.
%%
%%     {ok, _} = reel_recorder:start_link(#{store => "sqlite:replays.db"}),
%%     Key = reel_recorder:start_session(#{view => shop_cart, url => <<"/cart">>, assigns => #{count => 0}}),
%%     ok = reel_recorder:event(Key, event, #{name => <<"add">>, params => #{<<"sku">> => <<"mug">>}}),
%%     ok = reel_recorder:assigns(Key, #{count => 1}),
%%     ok = reel_recorder:stop(Key).
%%
%% A process that records is never held up and never fails: terms are encoded by the caller and cast. What the port
%% does not take at once waits here. When more than max_waiting bytes wait, messages are left out before they are
%% encoded, and counted. As soon as there is room the recording is told what it lacks (`gap', Spec/port.md §2.6), and
%% renders are left out until the session's whole state is known: `ask' of start_session/3 is how the recorder gets it.
%%
%% When `reel' ends, or there is none, it is started again, with growing delays. Sessions that ran then go on in a new
%% recording, whose header names the one before it.
%%
%% Options of start_link/1:
%%
%%   store        where recordings go: a folder, sqlite:PATH or postgres://USER@HOST/DATABASE. Required.
%%   reel         the executable; by default the one in the PATH.
%%   args         further options of `reel record', such as ["--keep-idle"].
%%   max_waiting  the most bytes that wait; 16 MiB by default.
%%   required     true: start_link/1 fails unless `reel' is ready within 10 seconds.
%%   delays       {First, Longest}: how long `reel' is waited for before it is started again; {1_000, 30_000} ms.
%%   name         what the process is registered as, and what server arguments call it; reel_recorder by default.
%%   on_answer    a fun that is told each answer (Spec/port.md §3) in this process. By default errors, and sessions
%%                that could not be stored, are logged.
-module(reel_recorder).

-export([start_link/1, child_spec/1, start_session/1, start_session/2, start_session/3, event/3, event/4, assigns/2,
         assigns/3, state/2, state/3, part/3, part/4, stop/1, stop/2, flush/1, flush/3, info/0, info/1, find/2]).
%% For reel_recorder_server.
-export([now_ms/0, take/3, add/2, release/2, cast/2]).
-export_type([key/0, server/0, target/0, state/0, info/0]).

-include("reel_recorder.hrl").

%% What a message takes beside its bytes.
-define(OVERHEAD, 128).

-type key() :: binary().
-type server() :: atom() | pid().
-type target() :: {module(), term()}.
-type state() :: #{assigns := map(), components => #{target() => map()}, url => binary()}.
-type info() :: #{status := starting | running | waiting, reason := binary(), sessions := non_neg_integer(),
                  left_out := non_neg_integer(), missed := non_neg_integer(), waiting := non_neg_integer()}.

-spec start_link(map()) -> {ok, pid()} | ignore | {error, term()}.
start_link(Options) ->
    Name = maps:get(name, Options, ?MODULE),
    gen_server:start_link({local, Name}, reel_recorder_server, Options#{name => Name}, []).

%% What a supervisor wants.
-spec child_spec(map()) -> supervisor:child_spec().
child_spec(Options) -> #{id => maps:get(name, Options, ?MODULE), start => {?MODULE, start_link, [Options]}}.

%% Starts to record the calling process. The header is that of Spec/port.md §2.1.
-spec start_session(map()) -> key().
start_session(Header) -> start_session(?MODULE, Header).

-spec start_session(server(), map()) -> key().
start_session(Server, Header) -> start_session(Server, Header, #{}).

%% Starts to record the calling process. `ask' is a function of this process and the key. It is called in a process of
%% its own when the recorder has to know the whole state, and sees to it that this process calls state/2.
-spec start_session(server(), map(), #{ask => fun((pid(), key()) -> term())}) -> key().
start_session(Server, Header, Options) ->
    At = now_ms(),
    Key = case Header of
        #{id := Id} -> Id;
        _ -> binary:encode_hex(rand:bytes(16))
    end,
    Table = table(Server),
    case lookup(Table, shared) of
        {shared, Shared, Left} ->
            Marks = atomics:new(3, []),
            case ets:insert_new(Table, {Key, Shared, Left, Marks}) of
                true ->
                    Known = Header#{connected_at => maps:get(connected_at, Header, erlang:system_time(millisecond))},
                    Bare = term_to_binary(maps:without([id, assigns, connected_at], Header)),
                    Start = reserve(Shared, term_to_binary({start, Key, Known, At})),
                    add(Shared, byte_size(Bare)),
                    ets:insert(Table, {self(), Key}),
                    cast(Table, {start, Key, self(), Marks, Bare, maps:get(ask, Options, undefined), At, Start});
                false -> logger:warning("reel: a session called ~ts runs already, and goes on", [Key])
            end;
        none -> ok
    end,
    Key.

%% A start is told without assigns when there is no room.
reserve(Shared, Start) ->
    case add(Shared, byte_size(Start)) =< atomics:get(Shared, ?MOST) of
        true -> Start;
        false -> release(Shared, byte_size(Start)), undefined
    end.

%% Records an event: a kind of Spec/registry.md §2, or one of your own.
-spec event(key(), atom(), term()) -> ok.
event(Key, Kind, Payload) -> event(?MODULE, Key, Kind, Payload).

-spec event(server(), key(), atom(), term()) -> ok.
event(Server, Key, Kind, Payload) ->
    At = now_ms(),
    _ = post(Server, Key, Kind, At, {event, Key, Kind, Payload, At}),
    ok.

%% Records a render by all assigns; what has changed is found out. For sessions without components.
-spec assigns(key(), map()) -> ok.
assigns(Key, Assigns) -> assigns(?MODULE, Key, Assigns).

-spec assigns(server(), key(), map()) -> ok.
assigns(Server, Key, Assigns) ->
    At = now_ms(),
    _ = post(Server, Key, assigns, At, {assigns, Assigns, #{}}),
    ok.

%% Records the whole state: all assigns, those of all components, and the address. What has changed is found out.
-spec state(key(), state()) -> ok.
state(Key, State) -> state(?MODULE, Key, State).

-spec state(server(), key(), state()) -> ok.
state(Server, Key, State = #{assigns := Assigns}) ->
    At = now_ms(),
    _ = post(Server, Key, assigns, At, {state, Assigns, State}),
    ok.

%% Records the calling process as a part of a session, such as a nested view: a component that ends with the process.
%% Holds are its assigns and those of components of its own. It is called again when there are others of them.
-spec part(key(), target(), [{target(), map()}]) -> ok.
part(Key, Target, Holds) -> part(?MODULE, Key, Target, Holds).

-spec part(server(), key(), target(), [{target(), map()}]) -> ok.
part(Server, Key, Target, Holds) ->
    At = now_ms(),
    case post(Server, Key, component, At, {part, Target, Holds}) of
        %% It is a part all the same, and is asked when there is room.
        left_out -> cast(table(Server), {send, Key, self(), component, At, {part, Target, []}, 0, none});
        ok -> ok
    end.

%% The session that a process owns.
-spec find(server(), pid()) -> {ok, key()} | error.
find(Server, Pid) ->
    case lookup(table(Server), Pid) of
        {Pid, Key} -> {ok, Key};
        none -> error
    end.

%% Ends a session.
-spec stop(key()) -> ok.
stop(Key) -> stop(?MODULE, Key).

-spec stop(server(), key()) -> ok.
stop(Server, Key) ->
    Table = table(Server),
    case lookup(Table, Key) of
        {Key, _Shared, _Left, Marks} ->
            catch ets:delete(Table, Key),
            cast(Table, {stop, Key, Marks, now_ms()});
        none -> ok
    end.

%% Waits until what has been recorded of a session is stored, and returns how many events are.
-spec flush(key()) -> {ok, non_neg_integer()} | {error, not_running | timeout}.
flush(Key) -> flush(?MODULE, Key, 10_000).

-spec flush(server(), key(), timeout()) -> {ok, non_neg_integer()} | {error, not_running | timeout}.
flush(Server, Key, Timeout) ->
    try gen_server:call(Server, {flush, Key}, Timeout)
    catch
        exit:{timeout, _} -> {error, timeout};
        exit:_ -> {error, not_running}
    end.

%% How recording goes: whether `reel' runs, why not when it does not, how many sessions there are, how many messages
%% were left out, how many sessions came and went while there was no `reel', and how many bytes wait.
-spec info() -> info().
info() -> info(?MODULE).

-spec info(server()) -> info().
info(Server) ->
    try gen_server:call(Server, info)
    catch exit:_ ->
        #{status => waiting, reason => <<"the recorder does not run">>, sessions => 0, left_out => 0, missed => 0,
          waiting => 0}
    end.

%% What callers do. They share a table with the server, which is called as the server is. It holds a row for each
%% session, {Key, Shared, Left, Marks}, one for the owner of each, {Pid, Key}, and one for the server.

now_ms() -> erlang:monotonic_time(millisecond).

table(Server) when is_atom(Server) -> Server;
table(Server) ->
    case is_pid(Server) andalso process_info(Server, registered_name) of
        {registered_name, Name} -> Name;
        _ -> undefined
    end.

lookup(Table, Key) ->
    try ets:lookup(Table, Key) of
        [Row] -> Row;
        [] -> none
    catch error:badarg -> none
    end.

cast(Server, Message) ->
    try Server ! {'$gen_cast', Message}, ok
    catch error:badarg -> ok
    end.

add(Shared, Size) -> atomics:add_get(Shared, ?BYTES, Size + ?OVERHEAD).
release(Shared, Size) -> atomics:sub(Shared, ?BYTES, Size + ?OVERHEAD).

post(Server, Key, Kind, At, Message) ->
    Table = table(Server),
    case lookup(Table, Key) of
        {Key, Shared, Left, Marks} ->
            case atomics:get(Shared, ?GATE) of
                ?OPEN -> send(Table, Key, Kind, At, encode(Message), Shared, Left, Marks);
                _ -> leave_out(Key, Kind, At, Shared, Left, Marks)
            end;
        none -> ok
    end.

%% What a message is told by, and how many bytes it has. A whole state is put together by the server.
encode({Whole, Assigns, State}) when Whole =:= assigns; Whole =:= state ->
    Encoded = reel_recorder_term:part(Assigns),
    Components = parts(maps:to_list(maps:get(components, State, #{}))),
    {{Whole, Encoded, Components, maps:get(url, State, nil)}, byte_size(Encoded) + size_of(Components)};
encode({part, Target, Holds}) ->
    Encoded = parts(Holds),
    {{part, Target, Encoded}, size_of(Encoded)};
encode(Message) ->
    Encoded = term_to_binary(Message),
    {Encoded, byte_size(Encoded)}.

parts(Holds) -> [{Target, reel_recorder_term:part(Assigns)} || {Target, Assigns} <- Holds].

size_of(Encoded) -> lists:sum([byte_size(Holds) + ?OVERHEAD || {_Target, Holds} <- Encoded]).

send(Table, Key, Kind, At, {Message, Size}, Shared, Left, Marks) ->
    Most = atomics:get(Shared, ?MOST),
    case add(Shared, Size) of
        Bytes when Bytes =< Most ->
            cast(Table, {send, Key, self(), Kind, At, Message, Size, take(Key, Left, Marks)});
        _ ->
            release(Shared, Size),
            leave_out(Key, Kind, At, Shared, Left, Marks),
            %% What would never fit keeps nothing else out.
            case Size > Most of
                true -> is_binary(Message) orelse atomics:put(Marks, ?TOO_LARGE, 1);
                false -> atomics:compare_exchange(Shared, ?GATE, ?OPEN, ?FULL)
            end,
            cast(Table, left_out),
            left_out
    end.

leave_out(Key, Kind, At, Shared, Left, Marks) ->
    try ets:update_counter(Left, {Key, Kind}, 1, {{Key, Kind}, 0}) of
        _ ->
            atomics:add(Shared, ?LEFT_OUT, 1),
            case atomics:add_get(Marks, ?LACKS, 1) of
                1 -> atomics:put(Marks, ?SINCE, At);
                _ -> ok
            end,
            left_out
    catch error:badarg -> ok
    end.

%% What the next message of a session comes after.
take(Key, Left, Marks) ->
    case atomics:get(Marks, ?LACKS) =/= 0 andalso atomics:exchange(Marks, ?LACKS, 0) of
        Lacks when is_integer(Lacks), Lacks > 0 ->
            case taken(Key, Left) of
                Counts when map_size(Counts) > 0 -> {Counts, atomics:get(Marks, ?SINCE)};
                _ -> none
            end;
        _ -> none
    end.

taken(Key, Left) ->
    try
        Kinds = ets:select(Left, [{{{Key, '$1'}, '_'}, [], ['$1']}]),
        maps:from_list([{Kind, Count} || Kind <- Kinds, {_, Count} <- ets:take(Left, {Key, Kind})])
    catch error:badarg -> #{}
    end.
