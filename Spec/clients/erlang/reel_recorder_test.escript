#!/usr/bin/env escript
%%! -kernel logger_level none
%% escript Spec/clients/erlang/reel_recorder_test.escript [REEL]
-mode(compile).

main(Arguments) ->
    Here = filename:dirname(escript:script_name()),
    Reel = filename:absname(case Arguments of
        [Path] -> Path;
        [] -> filename:join(Here, "../../../.build/release/reel")
    end),
    {ok, reel_recorder, Code} = compile:file(filename:join(Here, "reel_recorder.erl"), [binary, warnings_as_errors]),
    {module, reel_recorder} = code:load_binary(reel_recorder, "reel_recorder.erl", Code),
    process_flag(trap_exit, true),
    Tests = [{"the plain port records a session", fun plain/1},
             {"a session is recorded as it was, whatever terms it has", fun terms/1},
             {"a session ends with its process, and says when that has crashed", fun crash/1},
             {"what does not fit beside what waits is left out and counted", fun left_out/1},
             {"when reel is killed another one finishes what it has left, and records on", fun killed/1}],
    [begin
         Unique = lists:concat(["reel-client-", os:getpid(), "-", erlang:unique_integer([positive])]),
         Folder = filename:join("/tmp", Unique),
         try Test({Here, Reel, Folder}) after file:del_dir_r(Folder) end,
         io:format("ok: ~ts~n", [Name])
     end || {Name, Test} <- Tests].

plain({Here, Reel, Folder}) ->
    Script = filename:join(Here, "plain.escript"),
    "{stored,<<\"s-1\">>}\n" = os:cmd(lists:join($ , ["escript", Script, Reel, Folder])),
    [{_, mount, #{assigns := #{count := 0}}}, {_, event, #{name := <<"add">>}},
     {_, render, #{assigns := #{count := 1}}}] = events(Folder, <<"s-1">>).

terms({_, Reel, Folder}) ->
    with_server(Reel, Folder, #{}, fun() ->
        Odd = #{pid => self(), ref => make_ref(), 'fun' => fun(X) -> X end, bits => <<1:3>>, improper => [1 | 2],
                text => "characters", big => 1 bsl 100},
        Key = reel_recorder:start_session(#{view => shop_cart, url => <<"/?token=x">>, assigns => Odd}),
        ok = reel_recorder:event(Key, event, #{name => <<"add">>, params => [{"password", "x"}, {"sku", "mug"}]}),
        {ok, 2} = reel_recorder:flush(Key),
        #{sessions := 1, left_out := 0} = reel_recorder:info(),
        ok = reel_recorder:stop(Key),
        stored(Key),
        [{recording, {1, 0}, #{view := shop_cart, url := <<"/?token=[FILTERED]">>}} | _] = frames(Folder, Key),
        [{_, mount, #{assigns := Odd}},
         {_, event, #{name := <<"add">>, params := [{"password", <<"[FILTERED]">>}, {"sku", "mug"}]}}]
            = events(Folder, Key),
        {error, not_running} = reel_recorder:flush(Key)
    end).

crash({_, Reel, Folder}) ->
    with_server(Reel, Folder, #{}, fun() ->
        Test = self(),
        spawn(fun() ->
            Key = reel_recorder:start_session(#{view => test}),
            ok = reel_recorder:event(Key, event, #{name => <<"go">>}),
            %% The server knows the process then.
            _ = reel_recorder:info(),
            Test ! {key, Key},
            exit(boom)
        end),
        Key = receive {key, Started} -> Started end,
        stored(Key),
        [{_, mount, _}, {_, event, _}, {_, exit, #{reason := <<"boom">>}}] = events(Folder, Key)
    end).

left_out({_, Reel, Folder}) ->
    with_server(Reel, Folder, #{max_waiting => 1_000}, fun() ->
        Key = reel_recorder:start_session(#{view => test}),
        ok = reel_recorder:event(Key, event, #{name => binary:copy(<<"x">>, 2_000)}),
        ok = reel_recorder:event(Key, event, #{name => <<"small">>}),
        ok = reel_recorder:stop(Key),
        stored(Key),
        [_, {_, event, #{name := <<"small">>}}] = events(Folder, Key),
        #{left_out := 1} = reel_recorder:info()
    end).

killed({_, Reel, Folder}) ->
    with_server(Reel, Folder, #{}, fun() ->
        Key = reel_recorder:start_session(#{view => test}),
        ok = reel_recorder:event(Key, event, #{name => <<"before">>}),
        {ok, 2} = reel_recorder:flush(Key),
        receive {answer, {recovered, []}} -> ok end,
        #{port := Port} = sys:get_state(reel_recorder),
        {os_pid, Pid} = erlang:port_info(Port, os_pid),
        os:cmd("kill -9 " ++ integer_to_list(Pid)),
        receive {answer, {recovered, [Key]}} -> ok end,
        [{_, mount, _}, {_, event, #{name := <<"before">>}}] = events(Folder, Key),
        {finish, #{reason := interrupted}} = lists:keyfind(finish, 1, frames(Folder, Key)),
        Next = reel_recorder:start_session(#{view => test}),
        ok = reel_recorder:event(Next, event, #{name => <<"after">>}),
        ok = reel_recorder:stop(Next),
        stored(Next),
        [_, {_, event, #{name := <<"after">>}}] = events(Folder, Next)
    end).

with_server(Reel, Folder, Options, Body) ->
    Test = self(),
    OnAnswer = fun(Answer) -> Test ! {answer, Answer} end,
    {ok, Server} = reel_recorder:start_link(Options#{reel => Reel, store => Folder, on_answer => OnAnswer}),
    Body(),
    #{port := Port} = sys:get_state(Server),
    {os_pid, Pid} = erlang:port_info(Port, os_pid),
    gen_server:stop(Server),
    receive {'EXIT', Server, normal} -> ok end,
    %% The folder is removed when the server's program has ended.
    os:cmd(lists:concat(["tail --pid=", Pid, " -f /dev/null"])).

stored(Key) ->
    receive {answer, {stopped, Key, {stored, Key}, _Counts}} -> ok
    after 30_000 -> error({not_stored, Key})
    end.

%% The one-line reader of Spec/README.md.
frames(Folder, Key) ->
    {ok, File} = file:read_file(filename:join(Folder, <<Key/binary, ".reel">>)),
    [binary_to_term(Term) || <<Size:32, Term:Size/binary>> <= zlib:gunzip(File)].

events(Folder, Key) -> [Event || Event <- lists:flatten(frames(Folder, Key)), is_integer(element(1, Event))].
