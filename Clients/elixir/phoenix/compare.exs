# elixir compare.exs REEL STORE FOLDER ADDRESS
#
# Holds what sockets held (FOLDER/peeks) against what was recorded of them at the same moments. It fails when a recording
#
#   * is sure of a state that is another one;
#   * is unsure of one, or has none, when reel was there and had caught up;
#   * does not say at which address of the application its view was;
#   * is of another visit than the tag of the peek says.
[reel, store, folder, address] = System.argv()

defmodule Compare do
  # The one-line reader of Spec/README.md.
  def frames(path) do
    for <<n::32, t::binary-size(n) <- :zlib.gunzip(File.read!(path))>>, do: :erlang.binary_to_term(t)
  end

  def recordings(store) do
    for path <- Path.wildcard(Path.join(store, "*.reel")) do
      [{:recording, _, header} | _] = frames = frames(path)
      events = for event <- List.flatten(frames), is_integer(elem(event, 0)), do: event
      {:finish, %{reason: reason}} = List.keyfind(frames, :finish, 0)
      %{first: hd(frames), header: header, from: header.connected_at, events: events, reason: reason}
    end
  end

  # How many bytes recordings take with the events that `keep?` takes, as reel packs them.
  def size(reel, recordings, keep?) do
    folder = Path.join(System.tmp_dir!(), "reel-sizes-#{System.pid()}")
    File.mkdir_p!(folder)
    [bare, packed] = for name <- ["bare", "packed"], do: Path.join(folder, name)

    sizes =
      for recording <- recordings do
        frames = for term <- [recording.first | Enum.filter(recording.events, keep?)], do: :erlang.term_to_binary(term)
        File.write!(bare, for(frame <- frames, do: [<<byte_size(frame)::32>>, frame]))
        {_, 0} = System.cmd(reel, ["compact", bare, "-o", packed], stderr_to_stdout: true)
        File.stat!(packed).size
      end

    File.rm_rf!(folder)
    Enum.sum(sizes)
  end

  # The recordings of one session, one after the other.
  def chain(recordings, key) do
    case Enum.find(recordings, &(&1.header.id == key)) || Enum.find(recordings, &(&1.header[:continues] == key)) do
      nil -> []
      first -> [first | following(recordings, first.header.id)]
    end
  end

  defp following(recordings, id) do
    case Enum.find(recordings, &(&1.header[:continues] == id)) do
      nil -> []
      next -> [next | following(recordings, next.header.id)]
    end
  end

  # The state after the events up to a time, and whether the recording is sure of it.
  def state(events, ms) do
    events
    |> Enum.take_while(&(elem(&1, 0) <= ms))
    |> Enum.reduce({:sure, %{assigns: %{}, components: %{}}}, &fold/2)
  end

  defp fold({_, :mount, %{assigns: assigns}}, {sure, state}), do: {sure, %{state | assigns: assigns}}
  defp fold({_, :gap, _}, {_, state}), do: {:unsure, state}
  defp fold({_, :assigns, %{snapshot: all}}, {_, state}), do: {:sure, %{state | assigns: all}}
  defp fold({_, :render, %{assigns: some}}, {sure, state}), do: {sure, update_in(state.assigns, &Map.merge(&1, some))}

  defp fold({_, :component, %{module: module, id: id} = payload}, {sure, state}) do
    some = Map.get(payload, :assigns, %{})
    {sure, update_in(state.components, &Map.update(&1, {module, id}, some, fn all -> Map.merge(all, some) end))}
  end

  defp fold({_, :component_destroyed, %{module: module, id: id}}, {sure, state}),
    do: {sure, update_in(state.components, &Map.delete(&1, {module, id}))}

  defp fold(_event, state), do: state

  # What sockets held, as reel records it: without what is sensitive, and with structs in short.
  def sanitized(reel, views) do
    folder = Path.join(System.tmp_dir!(), "reel-compare-#{System.pid()}")
    args = ["record", "--keep-idle", "--no-sync", "--max-events", "100000", folder]
    port = Port.open({:spawn_executable, reel}, [:binary, packet: 4, args: args])
    tell = fn message -> Port.command(port, :erlang.term_to_binary(message)) end

    states =
      for {view, index} <- Enum.with_index(views) do
        id = "s-#{index}"
        tell.({:start, id, %{view: view.view, assigns: view.assigns}})

        for {{module, id_of}, assigns} <- view.components do
          tell.({:event, id, :component, %{module: module, id: id_of, assigns: assigns}})
        end

        tell.({:stop, id})
        stopped(port, id)
        [%{events: events}] = [read(folder, id)]
        elem(state(events, :infinity), 1)
      end

    Port.close(port)
    File.rm_rf!(folder)
    states
  end

  defp read(folder, id),
    do: folder |> recordings() |> Enum.find(&(&1.header.id == id)) |> tap(&File.rm!(path(folder, &1)))

  defp path(folder, recording), do: Path.join(folder, recording.header.id <> ".reel")

  defp stopped(port, id) do
    receive do
      {^port, {:data, answer}} ->
        case :erlang.binary_to_term(answer) do
          {:stopped, ^id, {:stored, ^id}, _} -> :ok
          {:error, _, _} = error -> raise inspect(error)
          _ -> stopped(port, id)
        end
    end
  end

  def differences(same, same, _path), do: []

  def differences(%{} = a, %{} = b, path) when not is_struct(a) do
    Enum.flat_map(Enum.uniq(Map.keys(a) ++ Map.keys(b)), fn key ->
      differences(Map.get(a, key, :none), Map.get(b, key, :none), path ++ [key])
    end)
  end

  def differences(a, b, path), do: [{path, a, b}]
end

recordings = Compare.recordings(store)
peeks = folder |> Path.join("peeks") |> File.read!() |> :erlang.binary_to_term()
held = for peek <- peeks, view <- peek.views, view.key != nil, do: {peek, view}
references = Compare.sanitized(reel, Enum.map(held, &elem(&1, 1)))

# Between the death of one reel and the next one that is ready.
outages =
  for line <- folder |> Path.join("outages") |> File.stream!() do
    [since, until] = line |> String.split() |> Enum.map(&String.to_integer/1)
    since..until
  end

# What happens while reel is stopped, or is not there, has tags of its own.
sure? = fn tag -> not Regex.match?(~r/^(stopped|went-on|killed|removed|put-back)/, tag) end

outcome = fn peek, view, reference ->
  chain = Compare.chain(recordings, view.key)
  away? = Enum.any?(outages, &(peek.ms in &1))

  case chain |> Enum.filter(&(&1.from <= peek.ms)) |> List.last() do
    nil ->
      {if(away? and chain == [], do: :no_reel, else: :missing), []}

    recording ->
      {sure, state} = Compare.state(recording.events, peek.ms - recording.from)
      last = recording.events |> List.last() |> elem(0)

      cond do
        sure == :unsure and sure?.(peek.tag) -> {:unsure_too_long, []}
        sure == :unsure -> {:unsure, []}
        state == reference -> {:same, []}
        away? and recording.reason == :interrupted and peek.ms - recording.from > last -> {:cut_short, []}
        true -> {:different, Compare.differences(state, reference, [])}
      end
  end
end

results =
  for {{peek, view}, reference} <- Enum.zip(held, references) do
    {outcome, differences} = outcome.(peek, view, reference)
    {outcome, peek.tag, view.view, differences}
  end

for {outcome, tag, view, differences} <- results do
  IO.puts("#{outcome |> to_string() |> String.pad_trailing(15)} #{tag} #{inspect(view)}")

  for {path, a, b} <- Enum.take(differences, 6),
      do:
        IO.puts(
          "    #{inspect(path)}: #{inspect(a, limit: 8, printable_limit: 80)} was #{inspect(b, limit: 8, printable_limit: 80)}"
        )
end

# The first page that was loaded, the second, and the connections that the application has named.
visit_of = fn
  "again" <> _ -> :again
  "named" <> _ -> :named
  _ -> :first
end

visits =
  Enum.group_by(held, fn {peek, _} -> visit_of.(peek.tag) end, fn {_, view} ->
    {view.view, view.key |> then(&Compare.chain(recordings, &1)) |> Enum.map(& &1.header[:visit])}
  end)

ids = Map.new(visits, fn {name, views} -> {name, views |> Enum.flat_map(&elem(&1, 1)) |> Enum.uniq()} end)
views = Map.new(visits, fn {name, views} -> {name, views |> Enum.map(&elem(&1, 0)) |> Enum.uniq() |> length()} end)
IO.puts("visits: #{inspect(ids)}, of #{inspect(views)} views")

visits? =
  match?(%{first: [<<_, _::binary>>], again: [<<_, _::binary>>], named: ["tab-1"]}, ids) and
    ids |> Map.values() |> Enum.uniq() |> length() == 3 and Enum.all?(views, fn {_, count} -> count > 1 end)

missing = for peek <- peeks, view <- peek.views, view.key == nil, do: peek.tag
if missing != [], do: IO.puts("not recorded at all: #{Enum.join(missing, ", ")}")

of_browser = Enum.reject(recordings, &(&1.header.view == "flood"))
urls = of_browser |> Enum.map(& &1.header[:url]) |> Enum.uniq()
IO.puts("addresses: #{inspect(urls)}")
urls? = Enum.sort(urls) == [address <> "/", address <> "/cart/7?sort=asc"]

reasons = Enum.frequencies_by(recordings, & &1.reason)
continued = Enum.count(recordings, & &1.header[:continues])
IO.puts("#{length(recordings)} recordings: #{inspect(reasons)}, #{continued} continue another")
kinds = recordings |> Enum.flat_map(& &1.events) |> Enum.frequencies_by(&elem(&1, 1))
IO.puts("events: #{inspect(kinds)}")
page? = &(elem(&1, 1) in [:page, :page_join, :page_diff])
state? = &(elem(&1, 1) in [:mount, :render, :assigns, :component, :component_destroyed])
both = Compare.size(reel, of_browser, fn _ -> true end)
[assigns, pages] = for kind? <- [page?, state?], do: Compare.size(reel, of_browser, &(not kind?.(&1)))
IO.puts("bytes: #{assigns} with assigns alone, #{pages} with pages alone, #{both} with both")
counts = Enum.frequencies_by(results, &elem(&1, 0))
IO.puts("states: #{inspect(counts)}")

IO.puts("""
  same: what the socket held
  unsure: the recording says so
  cut_short: after the last event of a recording whose reel was killed, and before the one that continues it
  no_reel: of a session that came and went while there was no reel
""")

faults = Map.take(counts, [:different, :missing, :unsure_too_long])
passed? = faults == %{} and missing == [] and visits? and urls?
IO.puts(if passed?, do: "passed", else: "failed: #{inspect(%{states: faults, visits: visits?, addresses: urls?})}")
if not passed?, do: System.halt(1)
