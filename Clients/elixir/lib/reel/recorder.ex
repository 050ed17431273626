defmodule Reel.Recorder do
  @moduledoc """
  Records sessions with `reel record`, which runs as a port of this process.

      children = [{Reel.Recorder, store: "sqlite:replays.db"}]

      key = Reel.Recorder.start_session(%{view: Shop.CartLive, url: "/cart", assigns: %{count: 0}})
      Reel.Recorder.event(key, :event, %{name: "add", params: %{"sku" => "mug"}})
      Reel.Recorder.assigns(key, %{count: 1})

  A session ends with `stop/2`, or with the process that started it. When that one crashed, its recording ends with an
  `exit` event: the exception's name and where it was raised, never its message.

  ## Options

    * `:store` - where recordings go: a folder, `sqlite:PATH` or `postgres://USER@HOST/DATABASE`. Required.
    * `:reel` - the executable; by default `reel` in the PATH.
    * `:args` - further options of `reel record`, such as `["--keep-idle"]`. `reel help record` lists them.
    * `:pages` - with `true` the pages that LiveView sends to browsers are recorded as well: see `Reel.LiveView`.
    * `:stylesheets` - with `pages: true`, the folder of the application's static files, or an application, whose
      `priv/static` it is: the style sheets that a page links to, and that are files there, are part of its recording.
    * `:max_waiting` - the most bytes that wait for `reel record`; 16 MiB by default.
    * `:required` - with `true` this process does not start unless `reel record` is ready within 10 seconds.
    * `:delays` - `{first, longest}`: milliseconds until `reel record` is started again; `{1_000, 30_000}` by default.
    * `:name` - what the process is registered as, and what `server` arguments call it; `Reel.Recorder` by default.
    * `:on_answer` - a function that is told each answer (Spec/port.md §3) in this process. By default errors, and
      sessions that could not be stored, are logged.

  ## When reel cannot be had

  No function here raises, or waits for `reel record`, but for `flush/3`, which is there to wait. Where there is no
  executable, or it ends, it is started again, at first after a second and later after longer. The log has one line when
  recording stops and one when it goes on; `info/1` says why in between. Sessions that run then go on in a new recording,
  whose header names the one before it (`continues`). Sessions that start and end while there is no `reel` are not recorded;
  `info/1` and the log count them.

  ## What is left out

  Terms are encoded by the caller and cast. While more than `:max_waiting` bytes wait, messages are left out before they
  are encoded, and counted by session and kind. As soon as there is room again, the recording gets a `gap` event with
  these counts. From there on its state is unsure, and renders are left out, until the session's whole state is known:

    * `Reel.LiveView` tells it without being asked.
    * Other processes give `:ask` to `start_session/2`, or call `assigns/3` or `state/3` when they like.
  """

  @typedoc "What a session is called by."
  @type key :: String.t()

  @typedoc "The name of a recorder, or its process."
  @type server :: atom | pid

  @typedoc "What a component is called by: its module and its id."
  @type target :: {module, term}

  @typedoc "Everything that a session holds."
  @type state :: %{
          required(:assigns) => %{atom => term},
          optional(:components) => %{target => %{atom => term}},
          optional(:url) => String.t()
        }

  @typedoc """
  How recording goes. `:reason` says why it waits. `:left_out` counts messages, `:waiting` bytes, `:missed` sessions that
  came and went while there was no `reel`, and `:page_faults` views of which a fault has ended the recording of pages.
  """
  @type info :: %{
          status: :starting | :running | :waiting,
          reason: String.t(),
          sessions: non_neg_integer,
          left_out: non_neg_integer,
          missed: non_neg_integer,
          waiting: non_neg_integer,
          page_faults: non_neg_integer
        }

  @doc "What a supervisor wants."
  @spec child_spec(keyword) :: Supervisor.child_spec()
  def child_spec(options) do
    %{id: Keyword.get(options, :name, __MODULE__), start: {__MODULE__, :start_link, [options]}}
  end

  @doc "Starts a recorder. The options are those of this module."
  @spec start_link(keyword) :: GenServer.on_start()
  def start_link(options) do
    {pages, options} = [name: __MODULE__] |> Keyword.merge(options) |> Keyword.pop(:pages, false)
    {stylesheets, options} = Keyword.pop(options, :stylesheets)
    options = Map.new(options)
    Reel.LiveView.Assets.take_from(options.name, stylesheets)
    Reel.LiveView.Telemetry.attach(options.name)
    if pages, do: start_with_pages(options), else: :reel_recorder.start_link(options)
  end

  # One process is for all recorders.
  defp start_with_pages(options) do
    recorder = %{id: options.name, start: {:reel_recorder, :start_link, [options]}}
    children = if Reel.LiveView.Pages.running?(), do: [recorder], else: [Reel.LiveView.Pages, recorder]
    Supervisor.start_link(children, strategy: :one_for_one)
  end

  @doc """
  Starts to record the calling process. The header is that of Spec/port.md §2.1; `:view` has to be there.

  ## Options

    * `:server` - the recorder; `Reel.Recorder` by default. Instead of options it may be given by itself.
    * `:ask` - a function of this process and the key. It is called when the recorder has to know the whole state, in a
      process of its own, and sees to it that this process calls `state/3` or `assigns/3`:

          ask: fn pid, key -> send(pid, {:tell_reel, key}) end
  """
  @spec start_session(map, server | keyword) :: key
  def start_session(header, options \\ [])

  def start_session(header, options) when is_list(options) do
    server = Keyword.get(options, :server, __MODULE__)
    :reel_recorder.start_session(server, header, options |> Keyword.take([:ask]) |> Map.new())
  end

  def start_session(header, server), do: start_session(header, server: server)

  @doc "Records an event: a kind of Spec/registry.md §2, or one of your own."
  @spec event(key, atom, term, server) :: :ok
  def event(key, kind, payload, server \\ __MODULE__), do: :reel_recorder.event(server, key, kind, payload)

  @doc "Records a render by all assigns; what has changed is found out. For sessions that have no components."
  @spec assigns(key, map, server) :: :ok
  def assigns(key, assigns, server \\ __MODULE__), do: :reel_recorder.assigns(server, key, assigns)

  @doc "Records all assigns, those of all components, and the address; what has changed is found out."
  @spec state(key, state, server) :: :ok
  def state(key, state, server \\ __MODULE__), do: :reel_recorder.state(server, key, state)

  @doc """
  Records the calling process as a part of a session, such as a nested view: a component that ends with the process.

  `holds` lists its assigns, and those of components of its own. It is called again when there are others of them, and
  when the recorder asks: then with all.
  """
  @spec part(key, target, [{target, map}], server) :: :ok
  def part(key, target, holds, server \\ __MODULE__), do: :reel_recorder.part(server, key, target, holds)

  @doc "The session that a process has started."
  @spec find(pid, server) :: {:ok, key} | :error
  def find(pid, server \\ __MODULE__), do: :reel_recorder.find(server, pid)

  @doc "Ends a session."
  @spec stop(key, server) :: :ok
  def stop(key, server \\ __MODULE__), do: :reel_recorder.stop(server, key)

  @doc "Waits until what has been recorded of a session is stored, and returns how many events are."
  @spec flush(key, timeout, server) :: {:ok, non_neg_integer} | {:error, :not_running | :timeout}
  def flush(key, timeout \\ 10_000, server \\ __MODULE__), do: :reel_recorder.flush(server, key, timeout)

  @doc """
  How recording goes.

      iex> Reel.Recorder.info(:no_such_recorder)
      %{
        status: :waiting,
        reason: "the recorder does not run",
        sessions: 0,
        left_out: 0,
        missed: 0,
        waiting: 0,
        page_faults: 0
      }
  """
  @spec info(server) :: info
  def info(server \\ __MODULE__),
    do: server |> :reel_recorder.info() |> Map.put(:page_faults, Reel.LiveView.Pages.faults())
end
