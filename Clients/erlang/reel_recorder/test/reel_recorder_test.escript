#!/usr/bin/env escript
%%! -kernel logger_level none
%% REEL=path escript test/reel_recorder_test.escript
-mode(compile).

main([]) ->
    Here = filename:dirname(escript:script_name()),
    Reel = filename:absname(os:getenv("REEL", "reel")),
    Sources = filename:join([Here, "..", "src"]),
    [begin
         {ok, Module, Code} = compile:file(filename:join(Sources, Module), [binary, warnings_as_errors]),
         {module, Module} = code:load_binary(Module, "", Code)
     end || Module <- [reel_recorder_term, reel_recorder, reel_recorder_server]],
    process_flag(trap_exit, true),
    Tests = [{"the package is in a folder that is called as it is, where rebar3 looks for it", fun package/1},
             {"the plain port records a session", fun plain/1},
             {"a session is recorded as it was, whatever terms it has", fun terms/1},
             {"a session ends with its process, and says how and where that has crashed", fun crash/1},
             {"a crash that nobody has seen is an exit of unknown reason", fun unknown/1},
             {"a part of a session ends with its process", fun part/1},
             {"what is left out is told at its place, and made good by the whole state", fun left_out/1},
             {"when reel is killed sessions go on in a recording that continues the one before", fun killed/1},
             {"without reel nothing fails, and it is used when it comes", fun missing/1},
             {"a recorder that requires reel does not start without it", fun required/1}],
    [begin
         Unique = lists:concat(["reel-client-", os:getpid(), "-", erlang:unique_integer([positive])]),
         Folder = filename:join("/tmp", Unique),
         try Test({Here, Reel, Folder}) after file:del_dir_r(Folder) end,
         io:format("ok: ~ts~n", [Name])
     end || {Name, Test} <- Tests],
    io:format("~p passed, 0 failed~n", [length(Tests)]).

package({Here, _, _}) ->
    Folder = filename:dirname(filename:absname(Here)),
    [File] = filelib:wildcard(filename:join([Folder, "src", "*.app.src"])),
    {ok, [{application, Name, _}]} = file:consult(File),
    Name = list_to_atom(filename:basename(Folder)),
    Name = list_to_atom(filename:basename(File, ".app.src")).

plain({Here, Reel, Folder}) ->
    Script = filename:join([Here, "..", "..", "plain.escript"]),
    "{stored,<<\"s-1\">>}\n" = os:cmd(lists:join($ , ["escript", Script, Reel, Folder])),
    [{_, mount, #{assigns := #{count := 0}}}, {_, event, #{name := <<"add">>}},
     {_, render, #{assigns := #{count := 1}}}] = events(Folder, <<"s-1">>).

terms({_, Reel, Folder}) ->
    with_server(Folder, #{reel => Reel}, fun(_) ->
        Odd = #{pid => self(), ref => make_ref(), 'fun' => fun(X) -> X end, bits => <<1:3>>, improper => [1 | 2],
                text => "characters", big => 1 bsl 100},
        Key = reel_recorder:start_session(#{view => shop_cart, url => <<"/?token=x">>, assigns => Odd}),
        ok = reel_recorder:event(Key, event, #{name => <<"add">>, params => [{"password", "x"}, {"sku", "mug"}]}),
        {ok, 2} = reel_recorder:flush(Key),
        #{status := running, sessions := 1, left_out := 0} = reel_recorder:info(),
        ok = reel_recorder:stop(Key),
        {Key, _} = stored(Key),
        [{recording, {1, 0}, #{view := shop_cart, url := <<"/?token=[FILTERED]">>}} | _] = frames(Folder, Key),
        [{_, mount, #{assigns := Odd}},
         {_, event, #{name := <<"add">>, params := [{"password", <<"[FILTERED]">>}, {"sku", "mug"}]}}]
            = events(Folder, Key),
        {error, not_running} = reel_recorder:flush(Key)
    end).

crash({_, Reel, Folder}) ->
    with_server(Folder, #{reel => Reel}, fun(_) ->
        {Pid, Key} = session(#{}),
        run(Pid, fun() -> reel_recorder:event(Key, event, #{name => <<"go">>}) end),
        _ = reel_recorder:info(),
        leave(Pid, fun() -> erlang:error({secret, binary_to_list(<<"x">>)}) end),
        stored(Key),
        [{_, mount, _}, {_, event, _}, {_, exit, Exit}] = events(Folder, Key),
        #{reason := <<"secret">>, module := _, function := _, arity := _} = Exit,
        5 = map_size(maps:without([file, line], Exit)) + 1
    end).

unknown({_, Reel, Folder}) ->
    with_server(Folder, #{reel => Reel}, fun(Server) ->
        ok = sys:suspend(Server),
        {Pid, Key} = session(#{}),
        leave(Pid, fun() -> exit(boom) end),
        ok = sys:resume(Server),
        stored(Key),
        [{_, mount, _}, {_, exit, #{reason := <<"unknown">>}}] = events(Folder, Key)
    end).

part({_, Reel, Folder}) ->
    with_server(Folder, #{reel => Reel}, fun(_) ->
        {Owner, Key} = session(#{}),
        {ok, Key} = reel_recorder:find(reel_recorder, Owner),
        Part = spawn_process(),
        run(Part, fun() -> reel_recorder:part(Key, {clock, <<"c">>}, [{{clock, <<"c">>}, #{beats => 0}}]) end),
        run(Part, fun() ->
            reel_recorder:event(Key, component, #{module => clock, id => <<"c">>, assigns => #{beats => 1}})
        end),
        _ = reel_recorder:info(),
        leave(Part, fun() -> exit(boom) end),
        wait_until(fun() -> {ok, 5} =:= reel_recorder:flush(Key) end),
        leave(Owner, fun() -> exit(normal) end),
        stored(Key),
        [{_, mount, _}, {_, component, #{module := clock, id := <<"c">>, assigns := #{beats := 0}}},
         {_, component, #{assigns := #{beats := 1}}}, {_, exit, #{reason := <<"boom">>, target := {clock, <<"c">>}}},
         {_, component_destroyed, #{module := clock, id := <<"c">>}}] = events(Folder, Key)
    end).

left_out({_, Reel, Folder}) ->
    with_server(Folder, #{reel => Reel, max_waiting => 50_000}, fun(_) ->
        Ask = fun(Pid, Key) -> Pid ! {do, fun() -> reel_recorder:state(Key, #{assigns => #{n => 1}}) end} end,
        {Pid, Key} = session(#{ask => Ask}),
        run(Pid, fun() ->
            reel_recorder:event(Key, render, #{assigns => #{text => binary:copy(<<"x">>, 100_000)}}),
            reel_recorder:event(Key, event, #{name => <<"small">>})
        end),
        wait_until(fun() -> {ok, 4} =:= reel_recorder:flush(Key) end),
        leave(Pid, fun() -> exit(normal) end),
        {Key, #{dropped := #{render := 1}}} = stored(Key),
        [{_, mount, _}, {_, gap, #{dropped := #{<<"render">> := 1}}}, {_, Kind, _}, {_, Other, _}] = events(Folder, Key),
        [assigns, event] = lists:sort([Kind, Other]),
        #{left_out := 1} = reel_recorder:info()
    end).

killed({_, Reel, Folder}) ->
    with_server(Folder, #{reel => Reel}, fun(Server) ->
        Ask = fun(Pid, Key) -> Pid ! {do, fun() -> reel_recorder:state(Key, #{assigns => #{n => 1}}) end} end,
        {Pid, Key} = session(#{ask => Ask}),
        run(Pid, fun() -> reel_recorder:event(Key, event, #{name => <<"before">>}) end),
        {ok, 2} = reel_recorder:flush(Key),
        receive {answer, {recovered, []}} -> ok end,
        os:cmd("kill -9 " ++ integer_to_list(os_pid(Server))),
        receive {answer, {recovered, [Key]}} -> ok end,
        wait_until(fun() -> {ok, 3} =:= reel_recorder:flush(Key) end),
        leave(Pid, fun() -> exit(normal) end),
        {Id, _} = stored(Key),
        [{_, mount, _}, {_, event, #{name := <<"before">>}}] = events(Folder, Key),
        {finish, #{reason := interrupted}} = lists:keyfind(finish, 1, frames(Folder, Key)),
        [{recording, _, #{continues := Key}} | _] = frames(Folder, Id),
        [{_, mount, _}, {_, gap, _}, {_, assigns, #{snapshot := #{n := 1}}}] = events(Folder, Id)
    end).

missing({_, Reel, Folder}) ->
    Path = filename:join(Folder, "reel"),
    with_server(Folder, #{reel => Path}, fun(_) ->
        #{status := waiting, reason := <<"enoent">>} = reel_recorder:info(),
        Key = reel_recorder:start_session(#{view => test, assigns => #{n => 1}}),
        ok = reel_recorder:event(Key, event, #{name => <<"lost">>}),
        {error, not_running} = reel_recorder:flush(Key),
        ok = filelib:ensure_dir(Path),
        ok = file:make_symlink(Reel, Path),
        receive {answer, {ready, _}} -> ok end,
        wait_until(fun() -> {ok, 2} =:= reel_recorder:flush(Key) end),
        ok = reel_recorder:stop(Key),
        stored(Key),
        [{_, mount, #{assigns := #{n := 1}}}, {_, gap, #{dropped := #{<<"event">> := 1}}}] = events(Folder, Key)
    end).

required({_, Reel, Folder}) ->
    {error, {reel, <<"enoent">>}} =
        reel_recorder:start_link(#{store => Folder, reel => filename:join(Folder, "none"), required => true}),
    receive {'EXIT', _, {reel, _}} -> ok end,
    with_server(Folder, #{reel => Reel, required => true}, fun(_) -> #{status := running} = reel_recorder:info() end).

with_server(Folder, Options, Body) ->
    Test = self(),
    OnAnswer = fun(Answer) -> Test ! {answer, Answer} end,
    {ok, Server} = reel_recorder:start_link(Options#{store => Folder, on_answer => OnAnswer, delays => {10, 100}}),
    Body(Server),
    Pid = os_pid(Server),
    Started = started(Pid),
    gen_server:stop(Server),
    receive {'EXIT', Server, normal} -> ok end,
    %% The folder is removed when the server's program has ended.
    ended(Pid, Started).

%% Numbers of programs are used again, so that it takes the time of the start as well.
ended(_Pid, none) -> ok;
ended(Pid, Started) ->
    case started(Pid) of
        Started -> receive after 10 -> ended(Pid, Started) end;
        _ -> ok
    end.

%% The field of that, after the name and the state.
started(Pid) ->
    case file:read_file(lists:concat(["/proc/", Pid, "/stat"])) of
        {ok, Stat} ->
            case string:lexemes(lists:last(string:split(Stat, ")", all)), " ") of
                [<<"Z">> | _] -> none;
                Fields -> lists:nth(20, Fields)
            end;
        {error, _} -> none
    end.

os_pid(Server) ->
    [Port] = [Port || Port <- tuple_to_list(sys:get_state(Server)), is_port(Port)],
    {os_pid, Pid} = erlang:port_info(Port, os_pid),
    Pid.

%% A process that records itself, and does what it is sent.
session(Options) ->
    Pid = spawn_process(),
    {Pid, run(Pid, fun() -> reel_recorder:start_session(reel_recorder, #{view => test}, Options) end)}.

spawn_process() ->
    Test = self(),
    spawn(fun() -> serve(Test) end).

serve(Test) ->
    receive
        {run, Function} -> Test ! {ran, self(), Function()};
        %% As the recorder asks: nobody waits for it.
        {do, Function} -> Function()
    end,
    serve(Test).

run(Pid, Function) ->
    Pid ! {run, Function},
    receive {ran, Pid, Result} -> Result after 30_000 -> error(no_answer) end.

leave(Pid, Function) ->
    Monitor = monitor(process, Pid),
    Pid ! {run, Function},
    receive {'DOWN', Monitor, process, Pid, _} -> ok end.

wait_until(Condition) ->
    case Condition() of
        true -> ok;
        false -> receive after 10 -> wait_until(Condition) end
    end.

stored(Key) ->
    receive {answer, {stopped, Key, {stored, Id}, Counts}} -> {Id, Counts}
    after 30_000 -> error({not_stored, Key})
    end.

%% The one-line reader of Spec/README.md.
frames(Folder, Key) ->
    {ok, File} = file:read_file(filename:join(Folder, <<Key/binary, ".reel">>)),
    [binary_to_term(Term) || <<Size:32, Term:Size/binary>> <= zlib:gunzip(File)].

events(Folder, Key) -> [Event || Event <- lists:flatten(frames(Folder, Key)), is_integer(element(1, Event))].
