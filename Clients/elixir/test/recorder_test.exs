defmodule Reel.RecorderTest do
  use Reel.Case
  doctest Reel.Recorder

  test "the plain port records a session", %{folder: folder} do
    script = Path.expand("../plain.exs", __DIR__)
    assert {"{:stored, \"s-1\"}\n", 0} = System.cmd("elixir", [script, reel(), folder])

    assert [
             {_, :mount, %{assigns: %{count: 0}}},
             {_, :event, %{name: "add", params: %{"sku" => "mug"}}},
             {_, :render, %{assigns: %{count: 1}}}
           ] = events(Path.join(folder, "s-1.reel"))
  end

  test "a session is recorded as it was, whatever terms it has", %{folder: folder} do
    start(folder)
    odd = %{pid: self(), ref: make_ref(), fun: fn x -> x end, bits: <<1::3>>, improper: [1 | 2], big: 2 ** 100}

    key =
      Recorder.start_session(%{
        view: Shop.CartLive,
        url: "/cart",
        params: %{"a" => "1"},
        visit: "v-1",
        assigns: odd
      })

    assert Recorder.find(self()) == {:ok, key}
    Recorder.event(key, :event, %{name: "add", params: %{"sku" => "mug"}})
    assert {:ok, 2} = Recorder.flush(key)
    assert %{status: :running, sessions: 1, left_out: 0, missed: 0, waiting: 0} = Recorder.info()
    Recorder.stop(key)
    path = recording(folder, key)
    assert {:recording, {1, 0}, %{view: Shop.CartLive, url: "/cart", id: ^key} = header} = hd(frames(path))
    assert %{params: %{"a" => "1"}, visit: "v-1"} = header
    assert [{_, :mount, %{assigns: ^odd}}, {_, :event, %{name: "add", params: %{"sku" => "mug"}}}] = events(path)
    assert %{reason: :closed} = finish(path)
    assert {:error, :not_running} = Recorder.flush(key)
    assert Recorder.find(self()) == :error
  end

  test "structs of Phoenix and Ecto are compacted, and what is sensitive is filtered", %{folder: folder} do
    start(folder)
    user = %Shop.User{id: 1, password_hash: "x"}
    changeset = %Ecto.Changeset{data: user, changes: %{password: "x"}, prepare: [&is_map/1], repo: Shop.Repo}
    form = %Phoenix.HTML.Form{source: changeset, name: "user", data: user, params: %{"token" => "x"}, options: [a: 1]}
    key = Recorder.start_session(%{view: Shop.UserLive, url: "/?token=x", session: %{"_csrf_token" => "x"}})
    Recorder.event(key, :event, %{name: "validate", params: [password: "x", card: "4111 1111 1111 1111"]})
    Recorder.event(key, :render, %{assigns: %{form: form, flash: %{}, uploads: 1}})
    Recorder.stop(key)
    path = recording(folder, key)
    assert %{url: "/?token=[FILTERED]", session: %{"_csrf_token" => "[FILTERED]"}} = header(path)
    assert [_, {_, :event, event}, {_, :render, render}] = events(path)
    assert event.params == [password: "[FILTERED]", card: "[REDACTED]"]
    compacted = Map.delete(%{user | password_hash: "[FILTERED]"}, :__meta__)

    assert render == %{
             assigns: %{
               form: %{
                 form
                 | options: [],
                   data: compacted,
                   params: %{"token" => "[FILTERED]"},
                   source: %{changeset | data: compacted, changes: %{password: "[FILTERED]"}, prepare: [], repo: nil}
               }
             }
           }
  end

  test "10,000 events of many processes are all there, in order, and nobody waits", %{folder: folder} do
    start(folder, args: ["--max-events", "20000"])
    test = self()

    for number <- 1..20 do
      spawn(fn ->
        key = Recorder.start_session(%{view: "test", number: number})
        for index <- 1..500, do: Recorder.event(key, :event, %{name: "e", params: %{index: index}})
        # The server has seen the process by then.
        Recorder.info()
        send(test, {:key, key})
      end)
    end

    for _ <- 1..20 do
      assert_receive {:key, key}, 30_000
      assert [{_, :mount, _} | events] = events(recording(folder, key))
      assert Enum.map(events, fn {_, :event, %{params: %{index: index}}} -> index end) == Enum.to_list(1..500)
    end

    assert %{sessions: 0, left_out: 0} = Recorder.info()
  end

  test "a session is recorded whole, however fast it goes", %{folder: folder} do
    # Nobody waits for it to be written, so all of it may have to wait.
    start(folder, max_waiting: 1_000_000_000, args: ["--max-events", "100000"])
    rows = for i <- 1..200, do: %{id: i, name: "row #{i}", price: i * 3, note: String.duplicate("x", 20)}
    last = 500

    large =
      session_of(%{rows: rows}, last, fn key, n ->
        Recorder.event(key, :event, %{name: "row", params: %{"i" => n}})
        Recorder.event(key, :render, %{assigns: %{rows: List.update_at(rows, rem(n, 200), &%{&1 | price: n})}})
      end)

    small =
      session_of(%{count: 0}, 20 * last, fn key, n ->
        Recorder.event(key, :event, %{name: "inc", params: %{"value" => ""}})
        Recorder.event(key, :render, %{assigns: %{count: n}})
      end)

    assert [{:mount, %{assigns: %{rows: ^rows}}} | events] = untimed(recording(folder, large))

    assert for({:render, %{assigns: %{rows: rows}}} <- events, do: rows) ==
             for(n <- 1..last, do: List.update_at(rows, rem(n, 200), &%{&1 | price: n}))

    assert length(events) == 2 * last
    assert [{:mount, %{assigns: %{count: 0}}} | events] = untimed(recording(folder, small))
    assert for({:render, %{assigns: %{count: n}}} <- events, do: n) == Enum.to_list(1..(20 * last))
    assert length(events) == 40 * last
    assert %{left_out: 0} = Recorder.info()
  end

  defp session_of(assigns, last, record) do
    key = Recorder.start_session(%{view: "test", assigns: assigns})
    for n <- 1..last, do: record.(key, n)
    Recorder.stop(key)
    key
  end

  test "a session that runs goes on when another one is to be called the same", %{folder: folder} do
    start(folder)
    key = Recorder.start_session(%{id: "mine", view: "first"})
    assert Recorder.start_session(%{id: "mine", view: "second"}) == key
    Recorder.event(key, :event, %{name: "go"})
    Recorder.stop(key)
    assert %{view: "first"} = header(recording(folder, key))
    refute_received {:answer, {:error, _, _}}
  end

  test "times are those of happening, not of reading", %{folder: folder} do
    server = start(folder)
    pid = os_pid(server)
    before = System.system_time(:millisecond)
    kill("STOP", pid)
    t0 = System.monotonic_time(:millisecond)
    key = Recorder.start_session(%{view: "test"})
    t1 = System.monotonic_time(:millisecond)

    bounds =
      for name <- ["a", "b", "c"] do
        earliest = System.monotonic_time(:millisecond)
        Recorder.event(key, :event, %{name: name})
        latest = System.monotonic_time(:millisecond)
        wait_until(fn -> System.monotonic_time(:millisecond) > latest + 40 end)
        # The session started between t0 and t1.
        {earliest - t1, latest - t0}
      end

    kill("CONT", pid)
    Recorder.stop(key)
    path = recording(folder, key)
    assert header(path).connected_at in before..System.system_time(:millisecond)
    assert [{0, :mount, _} | events] = events(path)

    for {{time, :event, _}, {earliest, latest}} <- Enum.zip(events, bounds) do
      assert time in earliest..latest
    end

    assert [a, b, c] = Enum.map(events, &elem(&1, 0))
    assert b - a >= 40 and c - b >= 40
  end

  test "a store that cannot be opened harms nobody" do
    server = start("/dev/null/store", delays: {30_000, 30_000})
    key = Recorder.start_session(%{view: "test"})
    assert :ok = Recorder.event(key, :event, %{})
    wait_until(fn -> match?(%{status: :waiting, reason: "reel ended with status " <> _}, Recorder.info()) end)
    assert Process.alive?(server)
    assert :ok = Recorder.event(key, :event, %{})
    assert {:error, :not_running} = Recorder.flush(key)
  end

  test "when the server is stopped its sessions are stored", %{folder: folder} do
    server = start(folder)
    key = Recorder.start_session(%{view: "test"})
    Recorder.event(key, :event, %{name: "last"})
    # What has been cast is handled before this is answered.
    assert %{sessions: 1} = Recorder.info()
    program = server |> os_pid() |> program()
    stop_supervised!(Recorder)
    # The process has to end by itself.
    ended(program)
    path = Path.join(folder, key <> ".reel")
    assert [_, {_, :event, %{name: "last"}}] = events(path)
    assert %{reason: :disconnected} = finish(path)
  end

  test "a BEAM that is killed ends its sessions as disconnected", %{folder: folder} do
    program = """
    {:ok, server} = Reel.Recorder.start_link(store: #{inspect(folder)}, reel: #{inspect(reel())})
    key = Reel.Recorder.start_session(%{id: "killed", view: "test"})
    Reel.Recorder.event(key, :event, %{name: "last"})
    {:ok, 2} = Reel.Recorder.flush(key)
    port = server |> :sys.get_state() |> Tuple.to_list() |> Enum.find(&is_port/1)
    {:os_pid, pid} = Port.info(port, :os_pid)
    IO.puts(File.read!("/proc/\#{pid}/stat"))
    System.cmd("kill", ["-9", System.pid()])
    """

    paths = Enum.flat_map(:code.get_path(), &if(List.to_string(&1) =~ "/lib/reel/", do: ["-pa", "#{&1}"], else: []))
    assert {output, 137} = System.cmd("sh", ["-c", "exec elixir \"$@\"", "sh"] ++ paths ++ ["-e", program])
    output |> program_of() |> ended()
    path = Path.join(folder, "killed.reel")
    assert [{:mount, _}, {:event, %{name: "last"}}] = untimed(path)
    assert %{reason: :disconnected} = finish(path)
  end

  test "the modules in Erlang are those of the client for Erlang" do
    erlang = Path.expand("../../erlang/reel_recorder/src", __DIR__)

    for file <- Path.wildcard(Path.expand("../src/*", __DIR__)) do
      assert File.read!(file) == File.read!(Path.join(erlang, Path.basename(file)))
    end
  end
end
