%% Records sessions with `reel record', which runs as a port of this process.
%%
%%     {ok, _} = reel_recorder:start_link(#{store => "sqlite:replays.db"}),
%%     Key = reel_recorder:start_session(#{view => shop_cart, url => <<"/cart">>, assigns => #{count => 0}}),
%%     ok = reel_recorder:event(Key, event, #{name => <<"add">>, params => #{<<"sku">> => <<"mug">>}}),
%%     ok = reel_recorder:assigns(Key, #{count => 1}),
%%     ok = reel_recorder:stop(Key).
%%
%% Whoever records a session is never held up: terms are encoded by the caller and cast. What the port does not take at
%% once waits here, and is left out when more than max_waiting bytes wait. A session ends with stop/1, or when the
%% process that has started it ends.
%%
%% When `reel' ends it is started again, after a second at first and later ones after longer, so that a store that
%% cannot be reached harms nobody. What was stored of the sessions that ran is kept, and finished as interrupted; events
%% of theirs that come later are ignored.
%%
%% Options: store (required), reel (the executable; the one in the PATH unless it is given), args (further options of
%% `reel record'), max_waiting (bytes; 16 MiB), name (what the process is registered as), on_answer (a fun that is told
%% each answer of Spec/port.md §3; errors and sessions that could not be stored are logged unless it is given).
-module(reel_recorder).
-behaviour(gen_server).

-export([start_link/1, child_spec/1, start_session/1, start_session/2, event/3, event/4, assigns/2, assigns/3, stop/1,
         stop/2, flush/1, flush/3, info/0, info/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

%% In milliseconds.
-define(FIRST_DELAY, 1_000).
-define(LONGEST_DELAY, 30_000).
-define(DRAIN_INTERVAL, 5).

-type key() :: binary().
-type server() :: pid() | atom().

-spec start_link(map()) -> {ok, pid()} | {error, term()}.
start_link(Options) ->
    gen_server:start_link({local, maps:get(name, Options, ?MODULE)}, ?MODULE, Options, []).

%% What a supervisor wants.
-spec child_spec(map()) -> supervisor:child_spec().
child_spec(Options) -> #{id => maps:get(name, Options, ?MODULE), start => {?MODULE, start_link, [Options]}}.

%% Starts to record the calling process. The header is that of Spec/port.md §2.1.
-spec start_session(map()) -> key().
start_session(Header) -> start_session(?MODULE, Header).

-spec start_session(server(), map()) -> key().
start_session(Server, Header) ->
    Key = case Header of
        #{id := Id} -> Id;
        _ -> binary:encode_hex(rand:bytes(16))
    end,
    gen_server:cast(Server, {start, Key, self(), term_to_binary({start, Key, Header})}),
    Key.

%% Records an event: a kind of Spec/registry.md §2, or one of your own.
-spec event(key(), atom(), term()) -> ok.
event(Key, Kind, Payload) -> event(?MODULE, Key, Kind, Payload).

-spec event(server(), key(), atom(), term()) -> ok.
event(Server, Key, Kind, Payload) -> gen_server:cast(Server, {send, Key, term_to_binary({event, Key, Kind, Payload})}).

%% Records a render by all assigns; what has changed is found out.
-spec assigns(key(), map()) -> ok.
assigns(Key, Assigns) -> assigns(?MODULE, Key, Assigns).

-spec assigns(server(), key(), map()) -> ok.
assigns(Server, Key, Assigns) -> gen_server:cast(Server, {send, Key, term_to_binary({assigns, Key, Assigns})}).

%% Ends a session.
-spec stop(key()) -> ok.
stop(Key) -> stop(?MODULE, Key).

-spec stop(server(), key()) -> ok.
stop(Server, Key) -> gen_server:cast(Server, {stop, Key}).

%% Waits until what has been recorded of a session is stored, and returns how many events are.
-spec flush(key()) -> {ok, non_neg_integer()} | {error, not_running}.
flush(Key) -> flush(?MODULE, Key, 10_000).

-spec flush(server(), key(), timeout()) -> {ok, non_neg_integer()} | {error, not_running}.
flush(Server, Key, Timeout) -> gen_server:call(Server, {flush, Key}, Timeout).

%% How many sessions run, and how many messages were left out because the port did not take them.
-spec info() -> #{sessions := non_neg_integer(), left_out := non_neg_integer()}.
info() -> info(?MODULE).

-spec info(server()) -> #{sessions := non_neg_integer(), left_out := non_neg_integer()}.
info(Server) -> gen_server:call(Server, info).

init(Options) ->
    %% So that the port's end is a message, and the end of this process calls terminate/2.
    process_flag(trap_exit, true),
    Reel = case maps:get(reel, Options, os:find_executable("reel")) of
        false -> error("no reel in the PATH");
        Path -> Path
    end,
    Args = ["record" | maps:get(args, Options, [])] ++ [maps:get(store, Options)],
    {ok, open(#{command => {Reel, Args}, on_answer => maps:get(on_answer, Options, fun log/1),
                max_waiting => maps:get(max_waiting, Options, 16 * 1024 * 1024), left_out => 0,
                delay => ?FIRST_DELAY})}.

open(State = #{command := {Reel, Args}}) ->
    Port = open_port({spawn_executable, Reel}, [binary, exit_status, {packet, 4}, {args, Args}]),
    State#{port => Port, sessions => #{}, owners => #{}, flushes => #{}, waiting => queue:new(), waiting_bytes => 0}.

handle_cast({start, Key, Owner, Message}, State = #{port := Port}) when Port =/= none ->
    case tell(State, Message) of
        {ok, State1 = #{sessions := Sessions, owners := Owners}} ->
            Monitor = monitor(process, Owner),
            {noreply, State1#{sessions := Sessions#{Key => Monitor}, owners := Owners#{Monitor => Key}}};
        {left_out, State1} -> {noreply, State1}
    end;
handle_cast({send, Key, Message}, State = #{sessions := Sessions}) when is_map_key(Key, Sessions) ->
    {_, State1} = tell(State, Message),
    {noreply, State1};
handle_cast({stop, Key}, State) -> {noreply, finish(State, Key)};
%% Of a session that is not recorded.
handle_cast(_Message, State) -> {noreply, State}.

handle_call({flush, Key}, From, State = #{sessions := Sessions, flushes := Flushes}) when is_map_key(Key, Sessions) ->
    State1 = State#{flushes := Flushes#{Key => maps:get(Key, Flushes, []) ++ [From]}},
    {noreply, must_tell(State1, term_to_binary({flush, Key}))};
handle_call({flush, _Key}, _From, State) -> {reply, {error, not_running}, State};
handle_call(info, _From, State = #{sessions := Sessions, left_out := LeftOut}) ->
    {reply, #{sessions => map_size(Sessions), left_out => LeftOut}, State}.

handle_info({Port, {data, Data}}, State = #{port := Port, on_answer := OnAnswer}) ->
    Answer = binary_to_term(Data),
    OnAnswer(Answer),
    {noreply, answered(Answer, State)};
handle_info({Port, {exit_status, Status}}, State = #{port := Port}) -> {noreply, ended(State, Status)};
handle_info({'EXIT', Port, Reason}, State = #{port := Port}) -> {noreply, ended(State, Reason)};
handle_info(open, State) -> {noreply, open(State)};
handle_info(drain, State) -> {noreply, drain(State)};
handle_info({'EXIT', From, Reason}, State) when is_pid(From) -> {stop, Reason, State};
handle_info({'DOWN', Monitor, process, _Owner, Reason}, State = #{owners := Owners}) ->
    case Owners of
        #{Monitor := Key} -> {noreply, finish(note_exit(State, Key, Reason), Key)};
        _ -> {noreply, State}
    end;
handle_info(_Message, State) -> {noreply, State}.

ended(State = #{owners := Owners, flushes := Flushes, delay := Delay}, Reason) ->
    logger:error("reel ended (~p), and is started again in ~p ms", [Reason, Delay]),
    [gen_server:reply(From, {error, not_running}) || Waiting <- maps:values(Flushes), From <- Waiting],
    [demonitor(Monitor, [flush]) || Monitor <- maps:keys(Owners)],
    erlang:send_after(Delay, self(), open),
    State#{port := none, sessions := #{}, owners := #{}, flushes := #{}, waiting := queue:new(), waiting_bytes := 0,
           delay := min(Delay * 2, ?LONGEST_DELAY)}.

%% The port is closed with this process, and with it its input, which ends all sessions.
terminate(_Reason, #{port := none}) -> ok;
terminate(_Reason, #{port := Port, waiting := Waiting}) ->
    [command(Port, Message, []) || Message <- queue:to_list(Waiting)],
    ok.

answered({ready, _Info}, State) -> State#{delay := ?FIRST_DELAY};
answered({flushed, Key, Count}, State = #{flushes := Flushes}) ->
    case Flushes of
        #{Key := [From]} -> gen_server:reply(From, {ok, Count}), State#{flushes := maps:remove(Key, Flushes)};
        #{Key := [From | Rest]} -> gen_server:reply(From, {ok, Count}), State#{flushes := Flushes#{Key := Rest}};
        _ -> State
    end;
answered({stopped, Key, _Outcome, _Counts}, State) -> forget(State, Key);
answered(_Answer, State) -> State.

%% A process that crashes says so in its recording; not how, which may quote what must not be recorded.
note_exit(State, _Key, Reason) when Reason =:= normal; Reason =:= shutdown; Reason =:= noproc -> State;
note_exit(State, _Key, {shutdown, _}) -> State;
note_exit(State, Key, Reason) -> element(2, tell(State, term_to_binary({event, Key, exit, #{reason => name(Reason)}}))).

name({Reason, _Stack}) when is_atom(Reason) -> atom_to_binary(Reason);
name(Reason) when is_atom(Reason) -> atom_to_binary(Reason);
name(_Reason) -> <<"error">>.

finish(State = #{sessions := Sessions}, Key) when is_map_key(Key, Sessions) ->
    forget(must_tell(State, term_to_binary({stop, Key})), Key);
finish(State, _Key) -> State.

forget(State = #{sessions := Sessions, owners := Owners}, Key) ->
    case maps:take(Key, Sessions) of
        {Monitor, Rest} ->
            demonitor(Monitor, [flush]),
            State#{sessions := Rest, owners := maps:remove(Monitor, Owners)};
        error -> State
    end.

%% Sends a message, now or soon, unless too much waits already.
tell(State = #{waiting_bytes := Bytes, max_waiting := Most}, Message) when Bytes + byte_size(Message) =< Most ->
    {ok, must_tell(State, Message)};
tell(State = #{left_out := LeftOut}, _Message) -> {left_out, State#{left_out := LeftOut + 1}}.

%% Sends a message, now or soon, after those that wait. Never waits for the port itself.
must_tell(State = #{port := Port, waiting := Waiting, waiting_bytes := Bytes}, Message) ->
    case Bytes =:= 0 andalso command(Port, Message, [nosuspend]) of
        true -> State;
        false ->
            [erlang:send_after(?DRAIN_INTERVAL, self(), drain) || Bytes =:= 0],
            State#{waiting := queue:in(Message, Waiting), waiting_bytes := Bytes + byte_size(Message)}
    end.

%% To a port that has ended it makes no difference: that is told by a message.
command(Port, Message, Options) ->
    try port_command(Port, Message, Options)
    catch error:badarg -> true
    end.

drain(State = #{port := none}) -> State;
drain(State = #{port := Port, waiting := Waiting, waiting_bytes := Bytes}) ->
    case queue:peek(Waiting) of
        empty -> State;
        {value, Message} ->
            case command(Port, Message, [nosuspend]) of
                true -> drain(State#{waiting := queue:drop(Waiting), waiting_bytes := Bytes - byte_size(Message)});
                false ->
                    erlang:send_after(?DRAIN_INTERVAL, self(), drain),
                    State
            end
    end.

log({error, Reason, #{message := Text}}) -> logger:warning("reel refused a message (~p): ~ts", [Reason, Text]);
log({stopped, Key, {failed, Reason}, _Counts}) -> logger:error("reel could not store ~ts: ~p", [Key, Reason]);
log(_Answer) -> ok.
