# mix run --no-halt observer.exs FOLDER, in the folder of an application.
#
# Listens on a port of this machine, which it writes into FOLDER/port, and answers a line with a line:
#
#   peek TAG          keeps what all sockets hold at this moment
#   flood N BYTES     records N renders of as many bytes at once
#   news N            tells all views of a piece of news
#   status, left_out, waiting
#                     how recording goes, by Reel.Recorder.info/1
#   key ID            the key of the session of the root view with this DOM id
#   recorder          the process that records
#   flush             waits until all of that is stored
#   reel              the number of the process of reel
#   save              writes what was kept to FOLDER/peeks
defmodule Observer do
  def start(folder) do
    Agent.start(fn -> [] end, name: __MODULE__)
    # The socket belongs to the process, which outlives this script.
    spawn(fn -> listen(folder) end)
  end

  defp listen(folder) do
    {:ok, socket} = :gen_tcp.listen(0, [:binary, packet: :line, active: false, ip: {127, 0, 0, 1}])
    {:ok, port} = :inet.port(socket)
    File.write!(Path.join(folder, "port.new"), "#{port}")
    File.rename!(Path.join(folder, "port.new"), Path.join(folder, "port"))
    accept(socket, folder)
  end

  defp accept(socket, folder) do
    {:ok, client} = :gen_tcp.accept(socket)
    serve(client, folder)
    accept(socket, folder)
  end

  defp serve(client, folder) do
    with {:ok, line} <- :gen_tcp.recv(client, 0) do
      :gen_tcp.send(client, [line |> String.split() |> answer(folder) |> to_string(), "\n"])
      serve(client, folder)
    end
  end

  defp answer(["peek", tag], _folder) do
    peek = %{tag: tag, ms: System.system_time(:millisecond), views: views()}
    Agent.update(__MODULE__, &[peek | &1])
    length(peek.views)
  end

  # A session beside those of the browser, which has enough to do.
  defp answer(["flood", count, bytes], _folder) do
    text = String.duplicate("x", String.to_integer(bytes))

    spawn(fn ->
      key = Reel.Recorder.start_session(%{view: "flood"}, ask: fn pid, key -> send(pid, {:tell, key}) end)
      for n <- 1..String.to_integer(count), do: Reel.Recorder.event(key, :render, %{assigns: %{n: n, text: text}})
      tell(text)
    end)

    :ok
  end

  defp answer(["key", id], _folder), do: Enum.find_value(views(), "", &(&1.id == id && &1.key))

  defp answer(["news", number], _folder) do
    Phoenix.PubSub.broadcast(Shop.PubSub, "news", {:news, String.to_integer(number), "breaking <news> #{number}"})
  end

  defp answer(["status"], _folder), do: Reel.Recorder.info().status
  defp answer(["left_out"], _folder), do: Reel.Recorder.info().left_out
  defp answer(["waiting"], _folder), do: Reel.Recorder.info().waiting
  defp answer(["recorder"], _folder), do: Reel.Recorder |> Process.whereis() |> inspect()

  defp answer(["flush"], _folder) do
    for %{key: key} when key != nil <- views(), do: Reel.Recorder.flush(key, 60_000)
    :ok
  end

  defp answer(["reel"], _folder) do
    port = Reel.Recorder |> :sys.get_state() |> Tuple.to_list() |> Enum.find(&is_port/1)
    with true <- is_port(port), {:os_pid, pid} <- Port.info(port, :os_pid), do: pid, else: (_ -> 0)
  end

  defp answer(["save"], folder) do
    File.write!(Path.join(folder, "peeks"), :erlang.term_to_binary(Agent.get(__MODULE__, &Enum.reverse/1)))
  end

  # All root views, with the assigns of their components and nested views.
  defp views do
    held =
      for pid <- Process.list(),
          {:dictionary, dictionary} <- [Process.info(pid, :dictionary)],
          {_view, :mount, 3} <- [dictionary[:"$initial_call"]],
          %{socket: socket, components: {components, _, _}} <- [state(pid)] do
        others = for {_cid, entry} <- components, do: {{elem(entry, 0), elem(entry, 1)}, plain(elem(entry, 2))}
        key = with %{key: key} <- dictionary[Reel.LiveView], do: key
        {pid, socket, key, others}
      end

    for {pid, %{root_pid: pid} = socket, key, others} <- held do
      nested = for {_, %{root_pid: ^pid, parent_pid: parent} = child, _, _} <- held, parent != nil, do: child
      below = for {_, %{root_pid: ^pid, parent_pid: parent}, _, components} <- held, parent != nil, do: components
      children = for child <- nested, do: {{child.view, child.id}, plain(child.assigns)}
      components = Map.new(List.flatten([others, children | below]))
      %{key: key, id: socket.id, view: socket.view, assigns: plain(socket.assigns), components: components}
    end
  end

  defp tell(text) do
    receive do
      {:tell, key} -> Reel.Recorder.state(key, %{assigns: %{n: :last, text: text}})
    end

    tell(text)
  end

  defp state(pid) do
    :sys.get_state(pid, 5_000)
  catch
    :exit, _gone -> nil
  end

  defp plain(assigns), do: Map.drop(assigns, [:__changed__, :flash, :streams, :uploads, :myself])
end

[folder] = System.argv()
Observer.start(folder)
