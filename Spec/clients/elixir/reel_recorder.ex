defmodule ReelRecorder do
  @moduledoc """
  Records sessions with `reel record`, which runs as a port of this process.

      children = [{ReelRecorder, store: "sqlite:replays.db"}]

      key = ReelRecorder.start_session(%{view: Shop.CartLive, url: "/cart", assigns: %{count: 0}})
      ReelRecorder.event(key, :event, %{name: "add", params: %{"sku" => "mug"}})
      ReelRecorder.assigns(key, %{count: 1})

  Whoever records a session is never held up: terms are encoded by the caller and cast. What the port does not take at
  once waits here, and is left out when more than `:max_waiting` bytes wait. A session ends with `stop/2`, or when the
  process that has started it ends.

  When `reel` ends it is started again, after a second at first and later ones after longer, so that a store that cannot
  be reached harms nobody. What was stored of the sessions that ran is kept, and finished as interrupted; events of
  theirs that come later are ignored.

  ## Options

    * `:store` - where recordings go: a folder, `sqlite:PATH` or `postgres://USER@HOST/DATABASE`. Required.
    * `:reel` - the executable; `reel` in the PATH unless it is given.
    * `:args` - further options of `reel record`, such as `["--keep-idle"]`.
    * `:max_waiting` - the most bytes that wait for the port, 16 MiB unless it is given.
    * `:name` - what the process is registered as, `ReelRecorder` unless it is given.
    * `:on_answer` - a function of one argument that is told each answer (Spec/port.md §3) in this process. Errors and
      sessions that could not be stored are logged unless it is given.

  """

  use GenServer
  require Logger

  # In milliseconds.
  @first_delay 1_000
  @longest_delay 30_000
  @drain_interval 5

  @type key :: String.t()

  @spec start_link(keyword) :: GenServer.on_start()
  def start_link(options) do
    GenServer.start_link(__MODULE__, options, name: Keyword.get(options, :name, __MODULE__))
  end

  @doc "Starts to record the calling process. The header is that of Spec/port.md §2.1."
  @spec start_session(map, GenServer.server()) :: key
  def start_session(header, server \\ __MODULE__) do
    key = Map.get_lazy(header, :id, fn -> Base.url_encode64(:crypto.strong_rand_bytes(16), padding: false) end)
    cast(server, {:start, key, self(), encode({:start, key, header})})
    key
  end

  @doc "Records an event: a kind of Spec/registry.md §2, or one of your own."
  @spec event(key, atom, term, GenServer.server()) :: :ok
  def event(key, kind, payload, server \\ __MODULE__) do
    cast(server, {:send, key, encode({:event, key, kind, payload})})
  end

  @doc "Records a render by all assigns; what has changed is found out."
  @spec assigns(key, map, GenServer.server()) :: :ok
  def assigns(key, assigns, server \\ __MODULE__) do
    cast(server, {:send, key, encode({:assigns, key, assigns})})
  end

  @doc "Ends a session."
  @spec stop(key, GenServer.server()) :: :ok
  def stop(key, server \\ __MODULE__), do: cast(server, {:stop, key})

  @doc "Waits until what has been recorded of a session is stored, and returns how many events are."
  @spec flush(key, timeout, GenServer.server()) :: {:ok, non_neg_integer} | {:error, :not_running}
  def flush(key, timeout \\ 10_000, server \\ __MODULE__), do: GenServer.call(server, {:flush, key}, timeout)

  @doc "How many sessions run, and how many messages were left out because the port did not take them."
  @spec info(GenServer.server()) :: %{sessions: non_neg_integer, left_out: non_neg_integer}
  def info(server \\ __MODULE__), do: GenServer.call(server, :info)

  defp encode(message), do: :erlang.term_to_binary(message)
  defp cast(server, message), do: GenServer.cast(server, message)

  @impl true
  def init(options) do
    # So that the port's end is a message, and the end of this process calls terminate/2.
    Process.flag(:trap_exit, true)
    reel = Keyword.get_lazy(options, :reel, fn -> System.find_executable("reel") end) || raise "no reel in the PATH"
    args = ["record" | Keyword.get(options, :args, [])] ++ [Keyword.fetch!(options, :store)]

    state = %{
      command: {reel, args},
      on_answer: Keyword.get(options, :on_answer, &log/1),
      max_waiting: Keyword.get(options, :max_waiting, 16 * 1024 * 1024),
      left_out: 0,
      delay: @first_delay
    }

    {:ok, open(state)}
  end

  defp open(%{command: {reel, args}} = state) do
    port = Port.open({:spawn_executable, reel}, [:binary, :exit_status, packet: 4, args: args])
    Map.merge(state, %{port: port, sessions: %{}, owners: %{}, flushes: %{}, waiting: :queue.new(), waiting_bytes: 0})
  end

  @impl true
  def handle_cast({:start, key, owner, message}, %{port: port} = state) when port != nil do
    case tell(state, message) do
      {:ok, state} ->
        monitor = Process.monitor(owner)
        state = put_in(state.sessions[key], monitor)
        {:noreply, put_in(state.owners[monitor], key)}

      {:left_out, state} ->
        {:noreply, state}
    end
  end

  def handle_cast({:send, key, message}, state) when is_map_key(state.sessions, key) do
    {_, state} = tell(state, message)
    {:noreply, state}
  end

  def handle_cast({:stop, key}, state), do: {:noreply, finish(state, key)}
  # Of a session that is not recorded.
  def handle_cast(_message, state), do: {:noreply, state}

  @impl true
  def handle_call({:flush, key}, from, state) when is_map_key(state.sessions, key) do
    flushes = Map.update(state.flushes, key, [from], &(&1 ++ [from]))
    {:noreply, must_tell(%{state | flushes: flushes}, encode({:flush, key}))}
  end

  def handle_call({:flush, _key}, _from, state), do: {:reply, {:error, :not_running}, state}

  def handle_call(:info, _from, state) do
    {:reply, %{sessions: map_size(state.sessions), left_out: state.left_out}, state}
  end

  @impl true
  def handle_info({port, {:data, answer}}, %{port: port} = state) do
    answer = :erlang.binary_to_term(answer)
    state.on_answer.(answer)
    {:noreply, answered(answer, state)}
  end

  def handle_info({port, {:exit_status, status}}, %{port: port} = state), do: {:noreply, ended(state, status)}
  def handle_info({:EXIT, port, reason}, %{port: port} = state), do: {:noreply, ended(state, reason)}
  def handle_info(:open, state), do: {:noreply, open(state)}
  def handle_info(:drain, state), do: {:noreply, drain(state)}

  def handle_info({:EXIT, from, reason}, state) when is_pid(from), do: {:stop, reason, state}

  def handle_info({:DOWN, monitor, :process, _owner, reason}, state) do
    case state.owners do
      %{^monitor => key} -> {:noreply, state |> note_exit(key, reason) |> finish(key)}
      _ -> {:noreply, state}
    end
  end

  def handle_info(_message, state), do: {:noreply, state}

  defp ended(state, reason) do
    Logger.error("reel ended (#{inspect(reason)}), and is started again in #{state.delay} ms")
    for {_key, waiting} <- state.flushes, from <- waiting, do: GenServer.reply(from, {:error, :not_running})
    for {monitor, _key} <- state.owners, do: Process.demonitor(monitor, [:flush])
    Process.send_after(self(), :open, state.delay)
    state = %{state | port: nil, sessions: %{}, owners: %{}, flushes: %{}, waiting: :queue.new(), waiting_bytes: 0}
    %{state | delay: min(state.delay * 2, @longest_delay)}
  end

  # The port is closed with this process, and with it its input, which ends all sessions.
  @impl true
  def terminate(_reason, %{port: port} = state) when port != nil do
    for message <- :queue.to_list(state.waiting), do: command(port, message, [])
  end

  def terminate(_reason, _state), do: :ok

  defp answered({:ready, _info}, state), do: %{state | delay: @first_delay}

  defp answered({:flushed, key, count}, state) do
    case state.flushes do
      %{^key => [from | rest]} ->
        GenServer.reply(from, {:ok, count})
        flushes = if rest == [], do: Map.delete(state.flushes, key), else: Map.put(state.flushes, key, rest)
        %{state | flushes: flushes}

      _ ->
        state
    end
  end

  defp answered({:stopped, key, _outcome, _counts}, state), do: forget(state, key)
  defp answered(_answer, state), do: state

  # A process that crashes says so in its recording; not how, which may quote what must not be recorded.
  defp note_exit(state, key, reason) do
    if reason in [:normal, :shutdown, :noproc] or match?({:shutdown, _}, reason),
      do: state,
      else: state |> tell(encode({:event, key, :exit, %{reason: name(reason)}})) |> elem(1)
  end

  defp name({%{__struct__: module, __exception__: true}, _stack}), do: inspect(module)
  defp name({reason, _stack}) when is_atom(reason), do: Atom.to_string(reason)
  defp name(reason) when is_atom(reason), do: Atom.to_string(reason)
  defp name(_reason), do: "error"

  defp finish(state, key) when is_map_key(state.sessions, key) do
    state |> must_tell(encode({:stop, key})) |> forget(key)
  end

  defp finish(state, _key), do: state

  defp forget(state, key) do
    {monitor, sessions} = Map.pop(state.sessions, key)
    if monitor, do: Process.demonitor(monitor, [:flush])
    %{state | sessions: sessions, owners: Map.delete(state.owners, monitor)}
  end

  # Sends a message, now or soon, unless too much waits already.
  defp tell(state, message) do
    if state.waiting_bytes + byte_size(message) <= state.max_waiting,
      do: {:ok, must_tell(state, message)},
      else: {:left_out, %{state | left_out: state.left_out + 1}}
  end

  # Sends a message, now or soon, after those that wait. Never waits for the port itself.
  defp must_tell(state, message) do
    if state.waiting_bytes == 0 and command(state.port, message, [:nosuspend]) do
      state
    else
      if state.waiting_bytes == 0, do: Process.send_after(self(), :drain, @drain_interval)
      waiting = :queue.in(message, state.waiting)
      %{state | waiting: waiting, waiting_bytes: state.waiting_bytes + byte_size(message)}
    end
  end

  # To a port that has ended it makes no difference: that is told by a message.
  defp command(port, message, options) do
    Port.command(port, message, options)
  rescue
    ArgumentError -> true
  end

  defp drain(%{port: nil} = state), do: state

  defp drain(state) do
    case :queue.peek(state.waiting) do
      :empty ->
        state

      {:value, message} ->
        if command(state.port, message, [:nosuspend]) do
          waiting_bytes = state.waiting_bytes - byte_size(message)
          drain(%{state | waiting: :queue.drop(state.waiting), waiting_bytes: waiting_bytes})
        else
          Process.send_after(self(), :drain, @drain_interval)
          state
        end
    end
  end

  defp log({:error, reason, details}), do: Logger.warning("reel refused a message (#{reason}): #{details.message}")
  defp log({:stopped, key, {:failed, reason}, _counts}), do: Logger.error("reel could not store #{key}: #{reason}")
  defp log(_answer), do: :ok
end
