# elixir Spec/clients/elixir/reel_recorder_test.exs [REEL]
Code.require_file("reel_recorder.ex", __DIR__)
reel = Path.expand(List.first(System.argv()) || Path.join(__DIR__, "../../../.build/release/reel"))
Application.put_env(:reel_recorder, :reel, reel)
Logger.configure(level: :none)
ExUnit.start()

# Structs as Phoenix and Ecto have them.
defmodule Phoenix.HTML.Form do
  defstruct [:source, :name, :data, :params, options: []]
end

defmodule Ecto.Changeset do
  defstruct [:data, :changes, :types, :repo, prepare: [], repo_opts: [], validations: []]
end

defmodule Shop.User do
  defstruct [:id, :password_hash, __meta__: :loaded]
end

defmodule ReelRecorderTest do
  use ExUnit.Case

  @reel Application.compile_env!(:reel_recorder, :reel)

  setup do
    folder = Path.join(System.tmp_dir!(), "reel-client-#{System.unique_integer([:positive])}-#{System.pid()}")
    on_exit(fn -> File.rm_rf!(folder) end)
    %{folder: folder}
  end

  defp start(folder, options \\ []) do
    owner = self()
    options = [store: folder, reel: @reel, on_answer: &send(owner, {:answer, &1})] ++ options
    server = start_supervised!({ReelRecorder, options})
    track(server)
    server
  end

  # The folder is removed when the server's program has ended.
  defp track(server) do
    with port when port != nil <- :sys.get_state(server).port, {:os_pid, pid} <- Port.info(port, :os_pid) do
      on_exit(fn -> System.cmd("tail", ["--pid=#{pid}", "-f", "/dev/null"]) end)
      pid
    end
  end

  # The one-line reader of Spec/README.md.
  defp frames(path) do
    for <<n::32, t::binary-size(n) <- :zlib.gunzip(File.read!(path))>>, do: :erlang.binary_to_term(t)
  end

  defp events(path), do: for(event <- path |> frames() |> List.flatten(), is_integer(elem(event, 0)), do: event)

  defp recording(folder, key) do
    assert_receive {:answer, {:stopped, ^key, {:stored, ^key}, _counts}}, 30_000
    Path.join(folder, key <> ".reel")
  end

  test "the plain port records a session", %{folder: folder} do
    script = Path.join(__DIR__, "plain.exs")
    assert {"{:stored, \"s-1\"}\n", 0} = System.cmd("elixir", [script, @reel, folder])

    assert [
             {_, :mount, %{assigns: %{count: 0}}},
             {_, :event, %{name: "add", params: %{"sku" => "mug"}}},
             {_, :render, %{assigns: %{count: 1}}}
           ] = events(Path.join(folder, "s-1.reel"))
  end

  test "a session is recorded as it was, whatever terms it has", %{folder: folder} do
    start(folder)
    odd = %{pid: self(), ref: make_ref(), fun: fn x -> x end, bits: <<1::3>>, improper: [1 | 2], big: 2 ** 100}
    key = ReelRecorder.start_session(%{view: Shop.CartLive, url: "/cart", params: %{"a" => "1"}, assigns: odd})
    ReelRecorder.event(key, :event, %{name: "add", params: %{"sku" => "mug"}})
    assert {:ok, 2} = ReelRecorder.flush(key)
    assert %{sessions: 1, left_out: 0} = ReelRecorder.info()
    ReelRecorder.stop(key)
    path = recording(folder, key)
    assert {:recording, {1, 0}, %{view: Shop.CartLive, url: "/cart", id: ^key} = header} = hd(frames(path))
    assert header.params == %{"a" => "1"}
    assert [{_, :mount, %{assigns: ^odd}}, {_, :event, %{name: "add", params: %{"sku" => "mug"}}}] = events(path)
    assert {:error, :not_running} = ReelRecorder.flush(key)
  end

  test "structs of Phoenix and Ecto are compacted, and what is sensitive is filtered", %{folder: folder} do
    start(folder)
    user = %Shop.User{id: 1, password_hash: "x"}
    changeset = %Ecto.Changeset{data: user, changes: %{password: "x"}, prepare: [&is_map/1], repo: Shop.Repo}
    form = %Phoenix.HTML.Form{source: changeset, name: "user", data: user, params: %{"token" => "x"}, options: [a: 1]}
    key = ReelRecorder.start_session(%{view: Shop.UserLive, url: "/?token=x", session: %{"_csrf_token" => "x"}})
    ReelRecorder.event(key, :event, %{name: "validate", params: [password: "x", card: "4111 1111 1111 1111"]})
    ReelRecorder.event(key, :render, %{assigns: %{form: form, flash: %{}, uploads: 1}})
    ReelRecorder.stop(key)
    path = recording(folder, key)
    assert {:recording, _, %{url: "/?token=[FILTERED]", session: %{"_csrf_token" => "[FILTERED]"}}} = hd(frames(path))
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

  test "a session ends with its process, and says when that has crashed", %{folder: folder} do
    start(folder)
    test = self()

    run = fn body ->
      spawn(fn ->
        key = ReelRecorder.start_session(%{view: "test"})
        ReelRecorder.event(key, :event, %{name: "go"})
        # The server knows the process then.
        ReelRecorder.info()
        send(test, {:key, key})
        body.()
      end)

      assert_receive {:key, key}
      Enum.map(events(recording(folder, key)), &Tuple.delete_at(&1, 0))
    end

    assert [{:mount, _}, {:event, _}] = run.(fn -> :ok end)
    assert [_, _, {:exit, %{reason: "RuntimeError"}}] = run.(fn -> raise "secret" end)
    assert [_, _, {:exit, %{reason: "boom"}}] = run.(fn -> exit(:boom) end)
    assert [_, _] = run.(fn -> exit({:shutdown, :left}) end)
  end

  test "10,000 events of many processes are all there, in order, and nobody waits", %{folder: folder} do
    start(folder, args: ["--max-events", "20000"])
    test = self()

    for number <- 1..20 do
      spawn(fn ->
        key = ReelRecorder.start_session(%{view: "test", number: number})
        for index <- 1..500, do: ReelRecorder.event(key, :event, %{name: "e", params: %{index: index}})
        send(test, {:key, key})
      end)
    end

    for _ <- 1..20 do
      assert_receive {:key, key}, 30_000
      assert [{_, :mount, _} | events] = events(recording(folder, key))
      assert Enum.map(events, fn {_, :event, %{params: %{index: index}}} -> index end) == Enum.to_list(1..500)
    end

    assert %{sessions: 0, left_out: 0} = ReelRecorder.info()
  end

  test "what does not fit beside what waits is left out and counted", %{folder: folder} do
    start(folder, max_waiting: 1_000)
    key = ReelRecorder.start_session(%{view: "test"})
    ReelRecorder.event(key, :event, %{name: String.duplicate("x", 2_000)})
    ReelRecorder.event(key, :event, %{name: "small"})
    ReelRecorder.stop(key)
    assert [_, {_, :event, %{name: "small"}}] = events(recording(folder, key))
    assert %{left_out: 1} = ReelRecorder.info()
  end

  test "when reel is killed another one finishes what it has left, and records on", %{folder: folder} do
    server = start(folder)
    key = ReelRecorder.start_session(%{view: "test"})
    ReelRecorder.event(key, :event, %{name: "before"})
    assert {:ok, 2} = ReelRecorder.flush(key)
    pid = track(server)
    assert_receive {:answer, {:recovered, []}}, 30_000
    System.cmd("kill", ["-9", "#{pid}"])
    assert_receive {:answer, {:recovered, [^key]}}, 30_000
    track(server)
    ReelRecorder.event(key, :event, %{name: "ignored"})
    assert [{_, :mount, _}, {_, :event, %{name: "before"}}] = events(Path.join(folder, key <> ".reel"))
    assert {:finish, %{reason: :interrupted}} = List.keyfind(frames(Path.join(folder, key <> ".reel")), :finish, 0)
    assert Process.alive?(server)
    key = ReelRecorder.start_session(%{view: "test"})
    ReelRecorder.event(key, :event, %{name: "after"})
    ReelRecorder.stop(key)
    assert [_, {_, :event, %{name: "after"}}] = events(recording(folder, key))
  end

  test "a store that cannot be opened harms nobody" do
    server = start("/dev/null/store")
    key = ReelRecorder.start_session(%{view: "test"})
    assert :ok = ReelRecorder.event(key, :event, %{})
    refute_receive {:answer, _}, 200
    assert Process.alive?(server)
  end

  test "when the server is stopped its sessions are stored", %{folder: folder} do
    server = start(folder)
    key = ReelRecorder.start_session(%{view: "test"})
    ReelRecorder.event(key, :event, %{name: "last"})
    # What has been cast is handled before this is answered.
    assert %{sessions: 1} = ReelRecorder.info()
    pid = track(server)
    stop_supervised!(ReelRecorder)
    # The process has to end by itself.
    System.cmd("tail", ["--pid=#{pid}", "-f", "/dev/null"])
    assert [_, {_, :event, %{name: "last"}}] = events(Path.join(folder, key <> ".reel"))
  end
end
