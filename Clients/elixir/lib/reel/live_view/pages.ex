defmodule Reel.LiveView.Pages do
  @moduledoc false
  # What of pages waits for something: documents for the views in them, and sessions for the replies to joins, which
  # connections encode and not the views. Both are in a table that everybody writes to. This process removes what nobody
  # has come for, and what belongs to connections that have ended.

  use GenServer
  alias Reel.LiveView.{Assets, Document, View}
  alias Reel.Recorder

  # Milliseconds that something waits for a connection, or stays after one that may come back; milliseconds between two
  # looks at what has waited too long; bytes that all documents may take.
  @wait 60_000
  @after_end 600_000
  @sweep 15_000
  @most_bytes 32 * 1_048_576

  def start_link(_options), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  def running?, do: :ets.whereis(__MODULE__) != :undefined

  @doc "How many views there were of which a fault has ended the recording of pages."
  def faults, do: if(running?(), do: :ets.lookup_element(__MODULE__, :faults, 2), else: 0)

  # The text of a response in which a view with this DOM id waits to be joined.
  def keep(id, body) do
    size = byte_size(body)

    if :ets.update_counter(__MODULE__, :bytes, {2, size}) <= @most_bytes and
         :ets.insert_new(__MODULE__, {{:document, id}, now() + @wait, size, body}) do
      :ok
    else
      :ets.update_counter(__MODULE__, :bytes, {2, -size})
    end
  end

  # A root view that is recorded: its document comes before all else.
  def joining(socket, view) do
    expect(socket, view)

    with {id, document} <- document(socket.id) do
      GenServer.cast(__MODULE__, {:joined, socket.transport_pid, id})
      Recorder.event(view.key, :page, Map.put(document, :id, id), view.recorder)
      View.guard(:ok, fn -> assets(document, socket, view) end)
    end

    %{view | pages: true}
  end

  defp assets(document, socket, view) do
    for asset <- Assets.of(document, view.recorder, host(socket)),
        do: Recorder.event(view.key, :page_asset, asset, view.recorder)
  end

  defp host(%{host_uri: %URI{host: host}}), do: host
  defp host(_socket), do: nil

  # A nested view, whose HTML goes into that of its root.
  def nested(socket, view) do
    expect(socket, view)
    %{view | pages: true}
  end

  defp expect(socket, view) do
    row = {{:join, socket.transport_pid, socket.id}, now() + @wait, view.key, view.recorder}
    :ets.insert(__MODULE__, row)
  end

  # It is taken apart once.
  defp document(id) do
    case :ets.lookup(__MODULE__, {:document, id}) do
      [{_, _, _, %{} = document}] ->
        {id, document}

      [{key, _until, size, body}] ->
        with %{} = document <- Document.split(body, id) do
          kept = document |> Map.values() |> Enum.map(&byte_size/1) |> Enum.sum()
          :ets.update_counter(__MODULE__, :bytes, {2, kept - size})
          :ets.update_element(__MODULE__, key, [{3, kept}, {4, document}])
          {id, document}
        end

      [] ->
        nil
    end
  end

  # What a view's process, or the one of its connection, has encoded for the browser.
  def sent(%{topic: "lv:" <> id, event: "diff", payload: diff}), do: changed(id, diff)
  def sent(%{topic: "lv:" <> id, status: _, payload: %{diff: diff}}), do: changed(id, diff)
  def sent(%{topic: "lv:" <> id, status: _, payload: %{rendered: tree}}), do: joined(id, tree)
  # A view that has been asked to join, and has not.
  def sent(%{topic: "lv:" <> id, status: :error}), do: if(running?(), do: :ets.delete(__MODULE__, {:join, self(), id}))
  def sent(_message), do: :ok

  defp changed(id, diff) do
    with %View{pages: true} = view <- View.get() do
      record(view.key, view.recorder, :page_diff, id, :diff, diff, fn -> View.put(%{view | pages: false}) end)
    end
  end

  defp joined(id, tree) do
    with true <- running?(),
         [{_, _, key, recorder}] <- :ets.take(__MODULE__, {:join, self(), id}) do
      record(key, recorder, :page_join, id, :tree, tree, fn -> :ok end)
    end
  end

  # Pushed events and replies are data of the application. A fault leaves the page unsure, and the view alone.
  defp record(key, recorder, kind, id, name, content, off) do
    Recorder.event(key, kind, %{:id => id, name => Map.drop(content, [:e, :r])}, recorder)
  catch
    reason, fault ->
      off.()
      count_fault()
      Recorder.event(key, :page_diff, %{id: id}, recorder)
      :erlang.raise(reason, fault, __STACKTRACE__)
  end

  defp count_fault, do: if(running?(), do: :ets.update_counter(__MODULE__, :faults, {2, 1}))

  # The process

  @impl true
  def init(nil) do
    options = [:named_table, :public, read_concurrency: true, write_concurrency: true]
    :ets.new(__MODULE__, options)
    :ets.insert(__MODULE__, [{:bytes, 0}, {:faults, 0}])
    Process.send_after(self(), :sweep, @sweep)
    {:ok, %{}}
  end

  @impl true
  def handle_cast({:joined, connection, id}, ids) do
    # As long as there is a connection its document stays: the next view of the visit is in it as well.
    :ets.update_element(__MODULE__, {:document, id}, {2, :infinity})
    if not is_map_key(ids, connection), do: Process.monitor(connection)
    {:noreply, Map.update(ids, connection, [id], &[id | List.delete(&1, id)])}
  end

  @impl true
  def handle_info({:DOWN, _, :process, connection, _}, ids) do
    {ended, ids} = Map.pop(ids, connection, [])
    for id <- ended, do: :ets.update_element(__MODULE__, {:document, id}, {2, now() + @after_end})
    {:noreply, ids}
  end

  def handle_info(:sweep, ids) do
    sweep(now())
    Process.send_after(self(), :sweep, @sweep)
    {:noreply, ids}
  end

  def handle_info(_other, ids), do: {:noreply, ids}

  @doc false
  def sweep(now) do
    # Numbers are below atoms: `:infinity` is never over.
    over = [{{{:document, :"$1"}, :"$2", :"$3", :_}, [{:<, :"$2", now}], [{{:"$1", :"$3"}}]}]

    for {id, size} <- :ets.select(__MODULE__, over) do
      :ets.delete(__MODULE__, {:document, id})
      :ets.update_counter(__MODULE__, :bytes, {2, -size})
    end

    :ets.select_delete(__MODULE__, [{{{:join, :_, :_}, :"$1", :_, :_}, [{:<, :"$1", now}], [true]}])
    :ok
  end

  defp now, do: System.monotonic_time(:millisecond)
end
