defmodule Reel.LiveView do
  @moduledoc """
  Records LiveViews: what users do, where they go, and how assigns change, of views, components and nested views.

      live_session :default, on_mount: [Reel.LiveView] do
        live "/cart", MyAppWeb.CartLive
      end

  A `Reel.Recorder` has to be in the supervision tree. A session is recorded from the connected mount to the end of the
  view's process.

  ## Options

      live_session :default, on_mount: [{Reel.LiveView, sample: 0.1}] do

    * `:sample` - the share of visits that is recorded, from `0.0` to `1.0`; `1.0` by default. A visit, one browser tab
      that goes from view to view over one connection, is recorded whole or not at all.
    * `:recorder` - the name of the recorder; `Reel.Recorder` by default.

  ## What is recorded

    * `mount`, with the view, its address, params and session, and `params` whenever they change.
    * `event` for each `handle_event/3`. Events of components and nested views have a `target`.
    * `info` for each `handle_info/2`, with the message's first atom and no more.
    * `render` with the assigns that changed, and `component` with those of a LiveComponent or a nested view.
    * `component_destroyed` when one has left the page.
    * `exit` when a view's process crashed: the exception's name and where it was raised, never its message.

  Recordings of one visit share a `visit` in their header. Where pages are loaded anew, as by `href`, that is another
  connection, and so another visit. An application that knows better gives an id of its own among the parameters of its
  `LiveSocket`: `params: {_csrf_token: csrf, _reel_visit: id}`.

  ## Pages

  With `pages: true` of `Reel.Recorder`, and with `Reel.LiveView.Serializer` and `Reel.LiveView.Document` in the
  application, what LiveView sends to the browser is recorded as well:

    * `page` with the root layout around the view, when it is mounted.
    * `page_join` with the whole tree of a view, or of a nested one.
    * `page_diff` with each diff, without pushed events and replies.
    * `page_asset` with each style sheet of the document, with `:stylesheets` of `Reel.Recorder`.

  ## What is not recorded

  All of these but the last two are on pages.

    * Flash messages, uploads and streams. LiveView holds no whole state of the last two: uploads are files on their
      way, and the items of a stream are forgotten as soon as they are rendered.
    * Values of temporary assigns. They are there for one render; the recording has what LiveView resets them to.
    * What only the browser knows: input that was not sent, focus, scrolling, and what JavaScript does to the page.
    * `handle_info/2`, `handle_async/3` and the like of nested views and components, as events. What they change is
      recorded.
    * Sticky nested views, which belong to no root. `on_mount Reel.LiveView` in the module of such a view records it by
      itself, with the same `visit`.
    * Sessions that start and end while there is no `reel`. `Reel.Recorder.info/1` counts them.

  ## Your own events

  `event/2` records something that happens in the view's process, such as a query that Telemetry tells of:

      :telemetry.attach("reel-queries", [:my_app, :repo, :query], fn event, measurements, metadata, _config ->
        query = %{event: event, summary: metadata.source, measurements: measurements, metadata: %{}}
        Reel.LiveView.event(:telemetry, query)
      end, nil)
  """

  alias Reel.LiveView.{Pages, View}
  alias Reel.Recorder

  @compile {:no_warn_undefined, Phoenix.LiveView}

  @typedoc "An option of `on_mount`."
  @type option :: {:sample, number} | {:recorder, atom}

  @options [:sample, :recorder]

  @doc """
  Starts to record a connected view.

  Raises `ArgumentError` for options that there are not.
  """
  @spec on_mount(:default | [option], map | :not_mounted_at_router, map, struct) :: {:cont, struct}
  def on_mount(:default, params, session, socket), do: on_mount([], params, session, socket)

  def on_mount(options, params, session, socket) when is_list(options) do
    sample = check!(options)
    {:cont, View.guard(socket, fn -> start(socket, params, session, sample, options) end)}
  end

  defp check!(options) do
    sample = Keyword.get(options, :sample, 1.0)

    case Keyword.keys(options) -- @options do
      [] when is_number(sample) -> sample
      [] -> raise ArgumentError, "the option :sample of Reel.LiveView has to be a number: #{inspect(sample)}"
      others -> raise ArgumentError, "Reel.LiveView has no options #{inspect(others)}"
    end
  end

  # A nested view becomes a part of its root's session, and what has been started is not started again.
  defp start(socket, params, session, sample, options) do
    with true <- socket.transport_pid != nil and socket.parent_pid == nil and View.get() == nil,
         visit = visit(socket),
         true <- sampled?(visit, sample) do
      record(socket, params, session, visit, Keyword.get(options, :recorder, Recorder))
    else
      false -> socket
    end
  end

  defp record(socket, params, session, visit, recorder) do
    url = View.url() || address(socket)

    header = %{
      view: socket.view,
      url: url,
      params: if(is_map(params), do: params, else: %{}),
      session: session,
      visit: visit,
      assigns: View.recorded(socket.assigns)
    }

    key = Recorder.start_session(header, server: recorder, ask: &View.ask/2)
    view = %View{key: key, recorder: recorder, url: url}
    View.put(view)
    View.guard(:ok, fn -> if Pages.running?(), do: View.put(Pages.joining(socket, view)) end)
    attach(socket, params)
  end

  @doc """
  Whether a visit is among the share that is recorded. It is the same for all views of a visit.

      iex> Reel.LiveView.sampled?("2f8bb2b8", 1.0)
      true
      iex> Reel.LiveView.sampled?("2f8bb2b8", 0.0)
      false
      iex> Enum.count(1..10_000, &Reel.LiveView.sampled?("visit \#{&1}", 0.1)) in 900..1_100
      true
  """
  @spec sampled?(String.t(), number) :: boolean
  def sampled?(visit, share), do: :erlang.phash2(visit, 1_000_000) < share * 1_000_000

  @doc "The key of the session that the calling process is recorded in, or `nil`."
  @spec key() :: Recorder.key() | nil
  def key do
    case View.get() do
      %View{key: key} -> key
      nil -> nil
    end
  end

  @doc "Records an event in the session of the calling process, when there is one."
  @spec event(atom, term) :: :ok
  def event(kind, payload) do
    case View.get() do
      %View{key: key, recorder: recorder} -> Recorder.event(key, kind, payload, recorder)
      nil -> :ok
    end
  end

  # One browser tab has one connection while it goes from view to view.
  defp visit(socket) do
    case socket.private do
      %{connect_params: %{"_reel_visit" => id}} when is_binary(id) and byte_size(id) in 1..256 ->
        if String.valid?(id), do: id, else: connection(socket.transport_pid)

      _ ->
        connection(socket.transport_pid)
    end
  end

  # The same for the same process of the same run of this node, and for no other.
  defp connection(pid) do
    started = :erlang.system_info(:start_time) + :erlang.time_offset()
    hash = :crypto.hash(:sha256, :erlang.term_to_binary({node(), started, pid}))
    Base.url_encode64(binary_part(hash, 0, 12), padding: false)
  end

  defp address(%{host_uri: %{host: _} = uri}), do: to_string(uri)
  defp address(_socket), do: nil

  defp attach(socket, params) do
    socket =
      socket
      |> Phoenix.LiveView.attach_hook(:reel, :handle_event, &handle_event/3)
      |> Phoenix.LiveView.attach_hook(:reel, :handle_info, &handle_info/2)
      |> Phoenix.LiveView.attach_hook(:reel, :after_render, &after_render/1)

    # A view that no router has mounted has no addresses.
    if params == :not_mounted_at_router,
      do: socket,
      else: Phoenix.LiveView.attach_hook(socket, :reel, :handle_params, &handle_params/3)
  end

  defp handle_event(name, params, socket) do
    event(:event, %{name: name, params: params})
    {:cont, socket}
  end

  defp handle_params(params, uri, socket) do
    View.guard(:ok, fn -> View.moved(uri) end)
    event(:params, %{params: params, uri: uri})
    {:cont, socket}
  end

  defp handle_info(message, socket) do
    event(:info, %{tag: tag(message)})
    {:cont, socket}
  end

  defp tag(message) when is_atom(message), do: message

  defp tag(message) when is_tuple(message) and tuple_size(message) > 0 and is_atom(elem(message, 0)),
    do: elem(message, 0)

  defp tag(_message), do: nil

  defp after_render(socket), do: View.guard(socket, fn -> View.rendered(socket) end)
end
