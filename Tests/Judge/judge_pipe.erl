%% A command that answers every frame on its standard input with one on its standard output.
-module(judge_pipe).
-export([open/1, close/1, send/2, collect/3, one_by_one/3]).

%% How long a command may go without a word, in milliseconds.
-define(PATIENCE, 120000).
-define(PATIENCE_FOR_ONE, 20000).
-define(MOST_DEATHS, 20).
-define(MOST_DEATHS_AT_ONCE, 3).

%% `Start` is `{command, Line}`, which a shell runs, or `{program, Path, Arguments}`.
open(Start) ->
    Options = [stream, binary, use_stdio, exit_status,
               {env, [{"ERL_CRASH_DUMP_BYTES", "0"}, {"ERL_CRASH_DUMP_SECONDS", "0"}]}],
    Port = case Start of
        {command, Line} -> open_port({spawn, Line}, Options);
        {program, Path, Arguments} -> open_port({spawn_executable, Path}, [{args, Arguments} | Options])
    end,
    {Port, Start}.

close({Port, _}) ->
    OSProcess = erlang:port_info(Port, os_pid),
    catch port_close(Port),
    OSProcess.

%% A command that hangs does not notice that its input has ended.
kill(Pipe) ->
    case close(Pipe) of
        {os_pid, Number} -> os:cmd("kill -9 " ++ integer_to_list(Number));
        undefined -> ok
    end.

send({Port, _}, Frames) ->
    try port_command(Port, [[<<(byte_size(Frame)):32>>, Frame] || Frame <- Frames]) of
        true -> ok
    catch
        %% It has ended; collect/3 says so.
        error:badarg -> ok
    end.

%% The answers to as many frames as were sent, in order: `{ok, Answers}`, or `{ended, Why}` if the command gave fewer.
collect(Pipe, Count, Buffered) -> collect(Pipe, Count, Buffered, [], ?PATIENCE).

collect(_, 0, <<>>, Answers, _) -> {ok, lists:reverse(Answers)};
collect(_, 0, _, _, _) -> {ended, "more bytes than answers"};
collect(Pipe, Count, <<Size:32, Answer:Size/binary, Rest/binary>>, Answers, Patience) ->
    collect(Pipe, Count - 1, Rest, [Answer | Answers], Patience);
collect({Port, _} = Pipe, Count, Buffered, Answers, Patience) ->
    receive
        {Port, {data, Bytes}} -> collect(Pipe, Count, more(Port, Buffered, Bytes), Answers, Patience);
        {Port, {exit_status, Status}} -> {ended, io_lib:format("status ~b", [Status])};
        {'EXIT', Port, Reason} -> {ended, io_lib:format("~0p", [Reason])}
    after Patience ->
        kill(Pipe),
        {ended, "no answer in time"}
    end.

%% All that has arrived, so that a long answer is not copied once for every piece of it.
more(Port, Buffered, Bytes) ->
    Pieces = pieces(Port, [Bytes, Buffered]),
    iolist_to_binary(lists:reverse(Pieces)).

pieces(Port, Pieces) ->
    receive
        {Port, {data, Bytes}} -> pieces(Port, [Bytes | Pieces])
    after 0 -> Pieces
    end.

%% Finds the frames that end the command, by sending each alone and starting the command again whenever it ends:
%% `{Answers, Pipe}`, with `died` for those frames.
one_by_one(Start, Frames, Why) -> one_by_one(open(Start), Frames, [], 0, Why).

one_by_one(Pipe, [], Answers, _, _) -> {lists:reverse(Answers), Pipe};
one_by_one({_, Start} = Pipe, _, Answers, Deaths, Why)
        when Deaths > ?MOST_DEATHS; Deaths >= ?MOST_DEATHS_AT_ONCE, Deaths =:= length(Answers) ->
    close(Pipe),
    exit({gave_up, Start, Why});
one_by_one({_, Start} = Pipe, [Frame | Frames], Answers, Deaths, Why) ->
    send(Pipe, [Frame]),
    case collect(Pipe, 1, <<>>, [], ?PATIENCE_FOR_ONE) of
        {ok, [Answer]} -> one_by_one(Pipe, Frames, [Answer | Answers], Deaths, Why);
        {ended, NewWhy} ->
            close(Pipe),
            one_by_one(open(Start), Frames, [died | Answers], Deaths + 1, NewWhy)
    end.
