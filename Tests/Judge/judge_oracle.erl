%% The BEAM's own answers, in a process of the system that may crash or run full without harm to the judge: reads
%% frames from standard input, writes for each `<<0>>` (refused), `<<1, Used:32, Canonical/binary>>`, or `<<2>>`
%% (skipped: more memory than a test should take).
-module(judge_oracle).
-export([start/0]).

-define(MOST_WORDS, 1 bsl 26).

start() ->
    %% A broken pipe ends the port, which must end the whole node.
    process_flag(trap_exit, true),
    Port = open_port({fd, 0, 1}, [stream, binary, eof]),
    loop(Port, <<>>).

loop(Port, Buffered) ->
    receive
        {Port, {data, Bytes}} ->
            {Answers, Rest} = answers(<<Buffered/binary, Bytes/binary>>, []),
            try port_command(Port, Answers) of
                true -> loop(Port, Rest)
            catch
                %% The judge has gone.
                error:badarg -> halt(0)
            end;
        {Port, eof} -> halt(0);
        {'EXIT', Port, _} -> halt(0)
    end.

answers(<<Size:32, Frame:Size/binary, Rest/binary>>, Answers) ->
    Answer = answer(Frame),
    answers(Rest, [<<(byte_size(Answer)):32>>, Answer | Answers]);
answers(Rest, Answers) -> {reversed(Answers, []), Rest}.

reversed([Size, Answer | Earlier], Answers) -> reversed(Earlier, [Size, Answer | Answers]);
reversed([], Answers) -> Answers.

answer(Frame) ->
    Judge = self(),
    {Process, Monitor} = spawn_opt(
        fun() -> Judge ! {self(), canonical(Frame)} end,
        [monitor, {max_heap_size, #{size => ?MOST_WORDS, kill => true, error_logger => false}}]),
    receive
        {Process, Answer} ->
            erlang:demonitor(Monitor, [flush]),
            Answer;
        {'DOWN', Monitor, process, Process, _} -> <<2>>
    end.

canonical(Frame) ->
    try binary_to_term(Frame, [used]) of
        {Term, Used} -> <<1, Used:32, (term_to_binary(Term, [{minor_version, 2}, deterministic]))/binary>>
    catch
        error:badarg -> <<0>>;
        error:system_limit -> <<2>>
    end.
