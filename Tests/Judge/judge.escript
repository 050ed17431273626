#!/usr/bin/env escript
%% -*- erlang -*-
%%! -noinput +t 5000000 -sname judge@localhost -dist_listen false -start_epmd false
%%
%% Compares what a transcoder of terms does with what Erlang/OTP does. See README.md.
%%
%% The node has a name of its own because of what `nonode@nohost` means: on a node without a name, pids, ports and
%% references of nonode@nohost are the node's own, and some are refused or padded. Here they are foreign, as they are
%% to every reader of a recording.
-mode(compile).

main(Arguments) ->
    Directory = filename:dirname(escript:script_name()),
    [load(filename:join(Directory, Module)) ||
        Module <- ["judge_random", "judge_terms", "judge_encoding", "judge_mutations", "judge_scan", "judge_known",
                   "judge_pipe", "judge"]],
    judge:main(Directory, Arguments).

load(Path) ->
    case compile:file(Path, [binary, return_errors]) of
        {ok, Module, Code} ->
            {module, Module} = code:load_binary(Module, Path, Code);
        {error, Errors, _} ->
            io:format(standard_error, "~s: ~p~n", [Path, Errors]),
            halt(2)
    end.
