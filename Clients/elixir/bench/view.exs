# REEL=path mix run bench/view.exs
#
# What recording costs the process of a view, in microseconds. Beside it stands ETS as PhoenixReplay uses it: 0.2 sanitizes
# what has changed and inserts it into a table, which copies it.
#
# Everything is measured in turn, in rounds, so that what else the machine does meets all of it alike. The first column is the
# median of the quietest round, which is what the goals are about; then the median and the 99th of a hundred of all rounds.
alias Reel.LiveView.View

defmodule Bench do
  @rounds 20

  # Measurements are {name, how often in a round, function of the process's state and a number}.
  def run(setup, measurements) do
    rounds = for _ <- 1..@rounds, {name, count, function} <- measurements, do: {name, times(setup, function, count)}
    by_name = Enum.group_by(rounds, &elem(&1, 0), &elem(&1, 1))
    IO.puts(line(["microseconds in the view's process", "quietest", "median", "99 %"]))

    for {name, _, _} <- measurements, into: %{} do
      quietest = by_name[name] |> Enum.map(&share(&1, 50)) |> Enum.min()
      all = by_name[name] |> List.flatten() |> Enum.sort()
      IO.puts(line([name, number(quietest), number(share(all, 50)), number(share(all, 99))]))
      {name, quietest}
    end
  end

  # In a process of its own, with a heap like that of a view.
  defp times(setup, function, count) do
    parent = self()

    spawn_link(fn ->
      state = setup.()
      for n <- 1..div(count, 5), do: [drain(n), function.(state, n)]

      times =
        for n <- 1..count do
          # What waits for reel is another measurement.
          drain(n)
          started = :erlang.monotonic_time(:nanosecond)
          function.(state, n)
          :erlang.monotonic_time(:nanosecond) - started
        end

      send(parent, {:times, Enum.sort(times)})
    end)

    receive(do: ({:times, times} -> times))
  end

  defp drain(n) when rem(n, 500) == 0, do: drained()
  defp drain(_n), do: :ok

  defp drained do
    if Reel.Recorder.info().waiting > 0, do: drained()
  end

  defp share(sorted, percent), do: Enum.at(sorted, div(length(sorted) * percent, 100)) / 1_000
  defp number(number), do: :io_lib.format("~.2f", [number])
  defp line([name | columns]), do: :io_lib.format("~-38ts" <> String.duplicate("~9ts", 3), [name | columns])
end

defmodule Replay do
  # What 0.2 of PhoenixReplay does for each event, in the view's process.
  @internal [:__changed__, :flash, :uploads, :streams, :_replay_id, :_replay_t0]
  @sensitive ~w(_csrf_token csrf_token current_password password password_confirmation user_token token secret)

  def open do
    :ets.new(__MODULE__, [:named_table, :public, :ordered_set, write_concurrency: true])
  end

  def event(id, n, name, params) do
    append(id, n, {0, :event, %{name: name, params: sanitize(params)}})
  end

  def render(id, n, changed, assigns) do
    delta =
      changed
      |> Map.keys()
      |> Enum.reject(&drop?(&1, true))
      |> Map.new(fn key -> {key, compact(Map.get(assigns, key))} end)

    append(id, n, {0, :assigns, %{delta: delta}})
  end

  defp append(id, n, event) do
    case :ets.whereis(__MODULE__) do
      :undefined -> :error
      _table -> :ets.insert(__MODULE__, {{id, n}, event})
    end
  end

  defp sanitize(map) do
    map |> Enum.reject(fn {key, _} -> drop?(key, false) end) |> Map.new(fn {key, value} -> {key, compact(value)} end)
  end

  defp compact(struct) when is_struct(struct), do: struct
  defp compact(map) when is_map(map), do: sanitize(map)
  defp compact(list) when is_list(list), do: Enum.map(list, &compact/1)
  defp compact(value), do: value

  defp drop?(key, internal?) do
    String.downcase(to_string(key)) in @sensitive or (internal? and key in @internal)
  end
end

folder = Path.join(System.tmp_dir!(), "reel-bench-#{System.pid()}")
reel = System.fetch_env!("REEL")
args = ["--max-events", "1000000000", "--no-sync"]

{:ok, server} =
  Reel.Recorder.start_link(store: folder, reel: reel, args: args, required: true, on_answer: fn _ -> :ok end)

Replay.open()

start = fn ->
  key = Reel.Recorder.start_session(%{view: Bench, assigns: %{}})
  View.put(%View{key: key, recorder: Reel.Recorder, pages: true})
  # The server has seen it.
  Reel.Recorder.info()

  %{
    rows: for(i <- 1..200, do: %{id: i, name: "row #{i}", price: i * 3, note: String.duplicate("x", 20)}),
    id: make_ref()
  }
end

params = %{"sku" => "mug", "value" => ""}
small = fn n -> %{count: n, __changed__: %{count: true}} end
rows = fn state, n -> List.update_at(state.rows, rem(n, 200), &%{&1 | price: n}) end
large = fn state, n -> %{rows: rows.(state, n), __changed__: %{rows: true}} end
none = fn assigns -> %{assigns: assigns, private: %{}} end

# What LiveView sends for a count that has changed, and the whole of the rows as a view sends them when it joins.
sent = fn diff -> Reel.LiveView.Pages.sent(%{topic: "lv:phx-GF1", event: "diff", payload: diff}) end
row = fn i -> %{0 => "row-#{i}", 1 => "row #{i}", 2 => "#{i * 3}", 3 => "note"} end

whole = %{
  0 => %{
    :s => ["<li id=\"", "\"><b>", "</b>", "<i>", "</i></li>"],
    :k => Map.put(Map.new(0..199, &{&1, row.(&1)}), :kc, 200)
  }
}

least =
  Bench.run(start, [
    {"event", 2_000, fn _, _ -> Reel.LiveView.event(:event, %{name: "add", params: params}) end},
    {"event, ETS", 2_000, fn state, n -> Replay.event(state.id, n, "add", params) end},
    {"small render", 2_000, fn _, n -> View.rendered(none.(small.(n))) end},
    {"small render, ETS", 2_000, fn state, n -> Replay.render(state.id, n, %{count: true}, small.(n)) end},
    # The rows are made in any case.
    {"200 rows, one changed: to make them", 400, fn state, n -> large.(state, n) end},
    {"200 rows, one changed", 400, fn state, n -> View.rendered(none.(large.(state, n))) end},
    {"200 rows, one changed, ETS", 400, fn state, n -> Replay.render(state.id, n, %{rows: true}, large.(state, n)) end},
    {"small diff of a page", 2_000, fn _, n -> sent.(%{0 => %{1 => "#{n}"}}) end},
    {"200 rows of a page, whole", 400, fn _, _ -> sent.(whole) end}
  ])

info = Reel.Recorder.info()
GenServer.stop(server)
File.rm_rf!(folder)
made = least["200 rows, one changed: to make them"]
share = (least["200 rows, one changed"] - made) / (least["200 rows, one changed, ETS"] - made)
IO.puts("an event #{least["event"]}, a small render #{least["small render"]} (goal: 2 each)")
IO.puts("a small diff of a page #{least["small diff of a page"]} (goal: 6)")
IO.puts("200 rows of ETS's time: #{Float.round(share * 100, 1)} % (goal: 20 %)")
IO.puts("left out: #{info.left_out}")
