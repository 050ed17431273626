defmodule Reel.FaultsTest do
  # What can go wrong: reel is missing, stops, dies or is replaced; there is too much; processes crash.
  use Reel.Case
  import ExUnit.CaptureLog

  # An executable of its own that can be removed.
  defp copy(folder) do
    path = Path.join(folder, "bin/reel")
    File.mkdir_p!(Path.dirname(path))
    # Not open while it is started.
    File.cp!(reel(), path <> ".new")
    File.rename!(path <> ".new", path)
    File.chmod!(path, 0o755)
    path
  end

  defp script(folder, lines) do
    path = Path.join(folder, "bin/script")
    File.mkdir_p!(Path.dirname(path))
    File.write!(path, ["#!/bin/sh\n", lines])
    File.chmod!(path, 0o755)
    path
  end

  defp status(status), do: wait_until(fn -> match?(%{status: ^status}, Recorder.info()) && Recorder.info() end)

  # Asked for its state, the process tells what `state` is then.
  defp asked(state) do
    {:ok, agent} = Agent.start_link(fn -> state end)
    ask = fn pid, key -> send(pid, {:do, fn -> Recorder.state(key, Agent.get(agent, & &1)) end}) end
    {agent, ask}
  end

  # A frame of the port, as printf takes it.
  defp framed(bytes) do
    for <<(byte <- <<byte_size(bytes)::32, bytes::binary>>)>>, do: "\\#{Integer.to_string(byte, 8)}"
  end

  # What a command says of a recording.
  defp tool(arguments, folder, id) do
    {output, 0} = System.cmd(reel(), arguments ++ [Path.join(folder, id <> ".reel")], stderr_to_stdout: true)
    output
  end

  describe "without reel" do
    test "an application starts, runs, and records as soon as there is one", %{folder: folder} do
      path = Path.join(folder, "bin/reel")
      server = start(folder, reel: path)
      assert %{reason: "enoent"} = status(:waiting)
      key = Recorder.start_session(%{view: "test", assigns: %{n: 1}})
      Recorder.event(key, :event, %{name: "lost"})
      assert ^path = copy(folder)
      status(:running)
      track(server)
      Recorder.event(key, :event, %{name: "kept"})
      assert {:ok, _} = Recorder.flush(key)
      Recorder.stop(key)
      path = recording(folder, key)
      # It is recorded from its start, and says what it lacks.
      assert [{:mount, %{assigns: %{n: 1}}}, {:gap, %{dropped: %{"event" => 1}}}, {:event, %{name: "kept"}}] =
               untimed(path)

      refute is_map_key(header(path), :continues)
    end

    test "one that is killed and gone takes nothing down, and one that comes back is used", %{folder: folder} do
      reel = copy(folder)
      test = self()
      options = [store: folder, reel: reel, delays: {5, 20}, on_answer: &send(test, {:answer, &1})]
      other = %{id: :other, start: {Agent, :start_link, [fn -> :web end]}}

      supervisor =
        start_supervised!(
          {Supervisor, :start_link, [[{Recorder, options}, other], [strategy: :one_for_one]]}
          |> then(&spec/1)
        )

      assert_receive {:answer, {:ready, _}}, 30_000
      server = Process.whereis(Recorder)
      pid = os_pid(server)
      File.rm!(reel)
      kill("KILL", pid)
      status(:waiting)
      wait_until(fn -> Recorder.info().reason == "enoent" end)
      copy(folder)
      assert_receive {:answer, {:ready, _}}, 30_000
      assert Process.whereis(Recorder) == server
      assert Process.alive?(supervisor)
      track(server)
    end

    defp spec(start), do: %{id: :tree, start: start, type: :supervisor}

    test "one that does not start is tried again and again, and the log says so once", %{folder: folder} do
      tries = Path.join(folder, "tries")
      reel = script(folder, "echo >> #{tries}\nexit 7\n")
      Logger.configure(level: :info)

      log =
        capture_log(fn ->
          start(folder, reel: reel, delays: {1, 5})
          wait_until(fn -> File.exists?(tries) and length(String.split(File.read!(tries), "\n")) > 6 end)
          stop_supervised!(Recorder)
        end)

      Logger.configure(level: :none)
      assert log |> String.split("does not record: reel ended with status 7") |> length() == 2
    end

    test "one that speaks an older port is not used, and that is said", %{folder: folder} do
      frame = :erlang.term_to_binary({:ready, %{port: 1, format: {1, 0}}})
      reel = script(folder, "printf '#{framed(frame)}'\nexec cat > /dev/null\n")
      start(folder, reel: reel, delays: {30_000, 30_000})
      assert %{reason: "reel speaks version 1 of the port, and this client needs version 2"} = status(:waiting)
    end

    test "another program that is called so takes nothing down", %{folder: folder} do
      for {answer, reason} <- [
            {"junk", "what reel answers is no term"},
            {:erlang.term_to_binary({:ready, :now}), "reel speaks version none of the port"},
            {:erlang.term_to_binary({:ready, %{port: "two"}}), "reel speaks version <<\"two\">> of the port"}
          ] do
        reel = script(folder, "printf '#{framed(answer)}'\nexec cat > /dev/null\n")
        server = start(folder, reel: reel)
        assert wait_until(fn -> Recorder.info().reason =~ reason end)
        assert Process.whereis(Recorder) == server
        stop_supervised!(Recorder)
      end

      # Answers that nobody has asked for.
      answers = [
        :what,
        {:error, :x, :y},
        {:flushed, "k", 1},
        {:stopped, "k", :x, :y},
        {:unsure, "k"},
        {:ready, %{port: 2}}
      ]

      frames = Enum.map(answers, &framed(:erlang.term_to_binary(&1)))
      server = start(folder, reel: script(folder, "printf '#{frames}'\nexec cat > /dev/null\n"), on_answer: :none)
      assert %{reason: ""} = status(:running)
      assert Process.whereis(Recorder) == server
    end

    test "one that never says that it is ready is told of once, and waited for", %{folder: folder} do
      fifo = Path.join(folder, "fifo")
      File.mkdir_p!(folder)
      {"", 0} = System.cmd("mkfifo", [fifo])
      reel = script(folder, "read line < #{fifo}\nexec #{reel()} \"$@\"\n")
      server = start(folder, reel: reel)
      program = server |> os_pid() |> program()
      # Where the test fails, it would wait for ever.
      on_exit(fn -> if program(elem(program, 0)) == program, do: kill("KILL", elem(program, 0)) end)
      key = Recorder.start_session(%{view: "test"})
      Recorder.event(key, :event, %{name: "early"})
      port = server |> :sys.get_state() |> Tuple.to_list() |> Enum.find(&is_port/1)
      Logger.configure(level: :notice)

      log =
        capture_log(fn ->
          # As its timer does.
          for _ <- 1..2, do: send(server, {:late, port})
          assert %{status: :starting, reason: "reel is not ready after 10 seconds"} = Recorder.info()
          File.write!(fifo, "go\n")
          assert %{reason: ""} = status(:running)
        end)

      Logger.configure(level: :none)
      assert log |> String.split("does not record: reel is not ready") |> length() == 2
      assert log =~ "records; sessions missed so far: 0"
      Recorder.stop(key)
      assert [{:mount, _}, {:event, %{name: "early"}}] = untimed(recording(folder, key))
    end

    test "a recorder that requires it does not start", %{folder: folder} do
      Process.flag(:trap_exit, true)
      missing = [store: folder, reel: Path.join(folder, "none"), required: true]
      assert {:error, {:reel, "enoent"}} = Recorder.start_link(missing)

      assert {:error, {:reel, "reel ended with status " <> _}} =
               Recorder.start_link(store: "/dev/null/store", reel: reel(), required: true)

      server = start(folder, required: true)
      assert %{status: :running} = Recorder.info()
      assert Process.alive?(server)
    end
  end

  describe "what is left out" do
    test "is told at its place, and nothing else of the state comes after it", %{folder: folder} do
      start(folder, max_waiting: 100_000)
      key = Recorder.start_session(%{id: "lo", view: "test", assigns: %{list: [], n: 0}})
      Recorder.event(key, :event, %{name: "a"})
      assert {:ok, 2} = Recorder.flush(key)
      Recorder.event(key, :event, %{name: "load"})
      Recorder.event(key, :render, %{assigns: %{list: String.duplicate("x", 200_000)}})
      Recorder.event(key, :render, %{assigns: %{n: 1}})
      assert %{left_out: 2} = wait_until(fn -> match?(%{left_out: 2}, Recorder.info()) && Recorder.info() end)
      Recorder.stop(key)
      assert {^key, %{dropped: %{render: 2}}} = stored(key)

      assert [
               {:mount, _},
               {:event, %{name: "a"}},
               {:event, %{name: "load"}},
               {:gap, %{dropped: %{"render" => 1}}},
               {:gap, %{dropped: %{"render" => 1}}}
             ] = untimed(Path.join(folder, "lo.reel"))

      # Its readers are told.
      assert tool(["info"], folder, "lo") =~ ~r/^  gaps +2\n  dropped +2\n    2 render$/m
      assert tool(["events"], folder, "lo") =~ "events are missing: render 1"
      state = tool(["state"], folder, "lo")
      assert state =~ ~r/unsure: \d+/ and state =~ "list: []"
    end

    test "is made good by the whole state, which a process is asked for", %{folder: folder} do
      start(folder, max_waiting: 100_000)
      {agent, ask} = asked(%{assigns: %{list: [], n: 0}})
      {pid, key} = session(%{view: "test", assigns: %{list: [], n: 0}}, ask: ask)

      run(pid, fn ->
        Agent.update(agent, fn _ -> %{assigns: %{list: :long, n: 1}, components: %{{Row, 1} => %{open: true}}} end)
        Recorder.event(key, :render, %{assigns: %{list: String.duplicate("x", 200_000)}})
        Recorder.event(key, :event, %{name: "in between"})
        Recorder.event(key, :render, %{assigns: %{n: 1}})
      end)

      # The request is in its mailbox by now, or will be.
      wait_until(fn -> match?({:ok, n} when n >= 6, Recorder.flush(key)) end)
      run(pid, fn -> Recorder.event(key, :render, %{assigns: %{n: 2}}) end)
      leave(pid, fn -> exit(:normal) end)

      assert [
               {:mount, _},
               {:gap, %{dropped: %{"render" => 1}}},
               {:event, %{name: "in between"}},
               {:gap, %{dropped: %{"render" => 1}}},
               {:component, %{module: Row, id: 1, assigns: %{open: true}}},
               {:assigns, %{snapshot: %{list: :long, n: 1}}},
               {:render, %{assigns: %{n: 2}}}
             ] = untimed(recording(folder, key))
    end

    test "is made good by assigns/2 of a session without components", %{folder: folder} do
      start(folder, max_waiting: 100_000)
      key = Recorder.start_session(%{view: "test", assigns: %{n: 0}})
      Recorder.event(key, :render, %{assigns: %{list: String.duplicate("x", 200_000)}})
      Recorder.event(key, :event, %{name: "go"})
      Recorder.assigns(key, %{n: 1, list: :long})
      Recorder.event(key, :render, %{assigns: %{n: 2}})
      Recorder.stop(key)

      assert [
               {:mount, _},
               {:gap, _},
               {:event, _},
               {:assigns, %{snapshot: %{n: 1, list: :long}}},
               {:render, %{assigns: %{n: 2}}}
             ] = untimed(recording(folder, key))
    end

    test "while reel is stopped, memory is bounded, nobody waits, and all of it is told", %{folder: folder} do
      server = start(folder, max_waiting: 2_000_000, args: ["--max-events", "100000"])
      pid = os_pid(server)
      last = 3_000
      text = String.duplicate("x", 10_000)
      {agent, ask} = asked(%{assigns: %{n: 0, text: text}})
      {process, key} = session(%{view: "test", assigns: %{n: 0}}, ask: ask)
      assert {:ok, 1} = Recorder.flush(key)
      kill("STOP", pid)

      run(process, fn ->
        for n <- 1..last do
          Recorder.event(key, :event, %{name: "set", params: %{n: n}})
          Recorder.event(key, :render, %{assigns: %{n: n, text: text}})
        end

        Agent.update(agent, fn _ -> %{assigns: %{n: last, text: text}} end)
      end)

      assert %{waiting: waiting, left_out: left_out} = Recorder.info()
      assert waiting <= 2_000_000
      assert left_out > last
      assert {:message_queue_len, 0} = Process.info(server, :message_queue_len)
      kill("CONT", pid)
      wait_until(fn -> Recorder.info().waiting == 0 end)
      run(process, fn -> Recorder.event(key, :event, %{name: "end"}) end)
      assert {:ok, _} = Recorder.flush(key)
      leave(process, fn -> exit(:normal) end)
      {id, counts} = stored(key)
      events = untimed(Path.join(folder, id <> ".reel"))

      dropped =
        for {:gap, %{dropped: counts}} <- events, reduce: %{} do
          sum -> Map.merge(sum, counts, fn _, a, b -> a + b end)
        end

      # What was sent is there, or counted.
      for {kind, name} <- [event: "event", render: "render"] do
        kept = Enum.count(events, &(elem(&1, 0) == kind))
        extra = if kind == :event, do: 1, else: 0
        assert kept + Map.get(dropped, name, 0) == last + extra
      end

      assert Map.new(counts.dropped, fn {kind, count} -> {"#{kind}", count} end) == dropped
      # Before the gap each render follows the one before; after it the state is the process's.
      before = Enum.take_while(events, &(elem(&1, 0) != :gap))

      assert for({:render, %{assigns: %{n: n}}} <- before, do: n)
             |> Enum.with_index(1)
             |> Enum.all?(fn {n, i} -> n == i end)

      rest = Enum.drop(events, length(before))
      assert [{:assigns, %{snapshot: %{n: ^last}}}] = Enum.filter(rest, &(elem(&1, 0) in [:assigns, :render]))
      assert {:event, %{name: "end"}} in rest
    end
  end

  describe "a state that is larger than all the room" do
    test "is not asked for again and again, and leaves the recording unsure", %{folder: folder} do
      start(folder, max_waiting: 50_000)
      test = self()
      large = %{assigns: %{text: String.duplicate("x", 100_000)}}

      ask = fn pid, key ->
        send(test, :asked)
        send(pid, {:do, fn -> Recorder.state(key, large) end})
      end

      {pid, key} = session(%{view: "test", assigns: %{n: 0}}, ask: ask)
      run(pid, fn -> Recorder.event(key, :render, large) end)
      assert_receive :asked, 30_000
      # Two renders are left out: the one that is too large, and the state.
      wait_until(fn -> Recorder.info().left_out == 2 end)
      run(pid, fn -> Recorder.event(key, :event, %{name: "go"}) end)
      run(pid, fn -> Recorder.event(key, :render, %{assigns: %{n: 1}}) end)
      assert {:ok, _} = Recorder.flush(key)
      leave(pid, fn -> exit(:normal) end)
      refute_received :asked
      assert {^key, %{dropped: dropped}} = stored(key)
      assert dropped == %{render: 2, assigns: 1}
      kinds = for {kind, _} <- untimed(Path.join(folder, key <> ".reel")), kind != :gap, do: kind
      assert kinds == [:mount, :event]
    end
  end

  describe "parts of a session" do
    setup %{folder: folder} do
      server = start(folder, max_waiting: 100_000)
      {state, ask_owner} = asked(%{assigns: %{n: 0}})
      child = process()

      ask = fn
        ^child, key -> send(child, {:do, fn -> part(key, 1) end})
        pid, key -> ask_owner.(pid, key)
      end

      {owner, key} = session(%{view: "test", assigns: %{n: 0}}, ask: ask)
      run(child, fn -> part(key, 0) end)
      %{server: server, state: state, owner: owner, child: child, key: key}
    end

    defp part(key, beats), do: Recorder.part(key, {Clock, "c"}, [{{Clock, "c"}, %{beats: beats}}, {{Hand, 1}, %{}}])

    test "end with their process", %{folder: folder, owner: owner, child: child, key: key} do
      run(child, fn -> Recorder.event(key, :component, %{module: Clock, id: "c", assigns: %{beats: 1}}) end)
      Recorder.info()
      leave(child, fn -> raise "secret" end)
      wait_until(fn -> Recorder.flush(key) == {:ok, 7} end)
      leave(owner, fn -> exit(:normal) end)

      assert [
               {:mount, _},
               {:component, %{module: Clock, id: "c", assigns: %{beats: 0}}},
               {:component, %{module: Hand, id: 1}},
               {:component, %{module: Clock, id: "c", assigns: %{beats: 1}}},
               {:exit, %{reason: "RuntimeError", target: {Clock, "c"}}},
               {:component_destroyed, %{module: Clock}},
               {:component_destroyed, %{module: Hand}}
             ] = untimed(recording(folder, key))
    end

    test "belong to the whole state", %{folder: folder, owner: owner, child: child, key: key, state: state} do
      assert {:ok, 3} = Recorder.flush(key)
      Agent.update(state, fn _ -> %{assigns: %{n: 9}} end)
      run(owner, fn -> Recorder.event(key, :render, %{assigns: %{text: String.duplicate("x", 200_000)}}) end)
      wait_until(fn -> match?({:ok, n} when n >= 6, Recorder.flush(key)) end)
      run(child, fn -> Recorder.event(key, :component, %{module: Clock, id: "c", assigns: %{beats: 2}}) end)
      assert {:ok, 7} = Recorder.flush(key)
      leave(owner, fn -> exit(:normal) end)

      assert [
               {:mount, _},
               {:component, %{module: Clock}},
               {:component, %{module: Hand}},
               {:gap, %{dropped: %{"render" => 1}}},
               {:component, %{module: Clock, assigns: %{beats: 1}}},
               {:assigns, %{snapshot: %{n: 9}}},
               {:component, %{module: Clock, assigns: %{beats: 2}}}
             ] = untimed(recording(folder, key))
    end

    test "end after what was left out before", %{folder: folder, server: server, owner: owner, child: child, key: key} do
      assert {:ok, 3} = Recorder.flush(key)
      kill("STOP", os_pid(server))

      # More than the pipe and what waits may take.
      run(owner, fn ->
        for n <- 1..1_000, do: Recorder.event(key, :render, %{assigns: %{n: n, text: String.duplicate("x", 1_000)}})
      end)

      full = System.monotonic_time(:millisecond)
      assert Recorder.info().left_out > 0
      wait_until(fn -> System.monotonic_time(:millisecond) > full + 500 end)
      leave(child, fn -> exit(:normal) end)
      kill("CONT", os_pid(server))
      leave(owner, fn -> exit(:normal) end)
      events = events(recording(folder, key))
      {gap, :gap, _} = List.keyfind(events, :gap, 1)
      {last, :render, _} = events |> Enum.filter(&(elem(&1, 1) == :render)) |> List.last()
      assert gap - last < 500
    end
  end

  describe "when reel has died" do
    test "what runs goes on in a new recording that says what it continues", %{folder: folder} do
      server = start(folder)
      {_agent, ask} = asked(%{assigns: %{n: 7}, url: "/seven"})
      {process, key} = session(%{view: "test", visit: "v", assigns: %{n: 0}}, ask: ask)
      run(process, fn -> Recorder.event(key, :event, %{name: "before"}) end)
      assert {:ok, 2} = Recorder.flush(key)
      assert_receive {:answer, {:recovered, []}}, 30_000
      :sys.suspend(server)
      kill("KILL", os_pid(server))
      run(process, fn -> Recorder.event(key, :event, %{name: "lost"}) end)
      :sys.resume(server)
      assert_receive {:answer, {:recovered, [^key]}}, 30_000
      track(server)
      assert_receive {:answer, {:started, ^key, new}} when new != key, 30_000
      run(process, fn -> Recorder.event(key, :render, %{assigns: %{n: 8}}) end)
      wait_until(fn -> match?({:ok, n} when n >= 5, Recorder.flush(key)) end)
      leave(process, fn -> exit(:normal) end)
      old = Path.join(folder, key <> ".reel")
      assert [{:mount, _}, {:event, %{name: "before"}}] = untimed(old)
      assert %{reason: :interrupted} = finish(old)
      path = recording(folder, key)
      assert %{continues: ^key, view: "test", visit: "v", id: ^new} = header(path)
      assert [{:mount, %{assigns: empty}}, {:gap, _} | rest] = untimed(path)
      assert empty == %{}
      kinds = Enum.map(rest, &elem(&1, 0))
      assert :params in kinds
      assert {:render, %{assigns: %{n: 8}}} = List.last(rest)
      assert {:assigns, %{snapshot: %{n: 7}}} = List.keyfind(rest, :assigns, 0)
    end

    test "what starts while there is none is recorded when it is back", %{folder: folder} do
      reel = copy(folder)
      server = start(folder, reel: reel)
      status(:running)
      File.rm!(reel)
      kill("KILL", os_pid(server))
      wait_until(fn -> Recorder.info().reason == "enoent" end)
      key = Recorder.start_session(%{view: "test", assigns: %{n: 1}})
      copy(folder)
      status(:running)
      track(server)
      Recorder.event(key, :render, %{assigns: %{n: 2}})
      Recorder.event(key, :event, %{name: "go"})
      Recorder.stop(key)
      assert [{:mount, %{assigns: %{n: 1}}}, {:render, _}, {:event, _}] = untimed(recording(folder, key))
    end
  end

  describe "sessions that come and go while there is no reel" do
    test "are counted", %{folder: folder} do
      reel = copy(folder)
      server = start(folder, reel: reel)
      status(:running)
      File.rm!(reel)
      kill("KILL", os_pid(server))
      status(:waiting)
      key = Recorder.start_session(%{view: "test"})
      Recorder.event(key, :event, %{name: "lost"})
      Recorder.stop(key)
      assert %{missed: 1, sessions: 0, left_out: 1, waiting: 0} = Recorder.info()
      Logger.configure(level: :notice)

      log =
        capture_log(fn ->
          copy(folder)
          status(:running)
          track(server)
        end)

      Logger.configure(level: :none)
      assert log =~ "records; sessions missed so far: 1"
      key = Recorder.start_session(%{view: "test"})
      Recorder.event(key, :event, %{name: "kept"})
      Recorder.stop(key)
      assert [{:mount, _}, {:event, %{name: "kept"}}] = untimed(recording(folder, key))
      assert %{missed: 1} = Recorder.info()
    end
  end

  describe "a process that crashes" do
    test "says how and where, and not why", %{folder: folder} do
      start(folder)

      run = fn function ->
        {pid, key} = session(%{view: "test"})
        run(pid, fn -> Recorder.event(key, :event, %{name: "go"}) end)
        Recorder.info()
        leave(pid, function)
        untimed(recording(folder, key))
      end

      assert [{:mount, _}, {:event, _}] = run.(fn -> exit(:normal) end)
      assert [_, _, {:exit, exit}] = run.(fn -> raise "secret" end)
      assert %{reason: "RuntimeError", module: __MODULE__, function: function, arity: 0} = exit
      assert %{file: "test/faults_test.exs", line: line} = exit
      assert is_atom(function) and is_integer(line)
      refute inspect(exit) =~ "secret"
      assert [_, _, {:exit, %{reason: "ArithmeticError"}}] = run.(fn -> 1 / length([]) end)
      assert [_, _, {:exit, %{reason: "MatchError"}}] = run.(fn -> {:ok, _} = List.first([:secret]) end)
      assert [_, _, {:exit, %{reason: "nocatch"}}] = run.(fn -> throw(:secret) end)
      assert [_, _, {:exit, %{reason: "timeout"}}] = run.(fn -> exit({:timeout, {GenServer, :call, [:secret]}}) end)
      assert [_, _, {:exit, %{reason: "boom"} = exit}] = run.(fn -> exit(:boom) end)
      assert map_size(exit) == 1
      assert [_, _, {:exit, %{reason: "error"}}] = run.(fn -> exit("secret") end)
      assert [_, _] = run.(fn -> exit({:shutdown, :left}) end)
    end

    # What a view has recorded of itself before the first click.
    defp idle(key) do
      Recorder.event(key, :params, %{params: %{}, uri: "http://x/"})
      Recorder.event(key, :info, %{tag: :tick})
    end

    test "is kept though nobody has clicked, and what was idle is not", %{folder: folder} do
      start(folder)
      {pid, crashed} = session(%{view: "test"})
      run(pid, fn -> idle(crashed) end)
      Recorder.info()
      leave(pid, fn -> raise "boom" end)
      path = recording(folder, crashed)
      assert [{:mount, _}, {:params, _}, {:info, _}, {:exit, %{reason: "RuntimeError"}}] = untimed(path)
      assert %{errors: 1} = finish(path)
      {pid, idle} = session(%{view: "test"})
      run(pid, fn -> idle(idle) end)
      Recorder.info()
      leave(pid, fn -> exit(:normal) end)
      assert_receive {:answer, {:stopped, ^idle, {:discarded, :no_interaction}, _}}, 30_000
    end

    test "before anybody has looked ended for an unknown reason, and is kept as well", %{folder: folder} do
      server = start(folder)
      :sys.suspend(server)
      {pid, key} = session(%{view: "test"})
      run(pid, fn -> idle(key) end)
      leave(pid, fn -> raise "boom" end)
      :sys.resume(server)
      path = recording(folder, key)
      assert [{:mount, _}, {:params, _}, {:info, _}, {:exit, %{reason: "unknown"}}] = untimed(path)
      assert %{errors: 1} = finish(path)
    end
  end
end
