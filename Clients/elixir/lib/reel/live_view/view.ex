defmodule Reel.LiveView.View do
  @moduledoc false
  # What a view's process knows of its own recording, in its process dictionary. Assigns are kept by reference: they are
  # in the same heap, so that nothing is copied, and what has not changed is told apart by its address.

  require Logger
  alias Reel.LiveView.Pages
  alias Reel.Recorder

  # `target` is what a nested view is called by, and nil for a root. `components` are the assigns of those that have been
  # told, `assigns` those of a nested view itself. `reset` says that the values of temporary assigns have been told, `pages`
  # that pages are.
  @enforce_keys [:key, :recorder]
  defstruct [:key, :recorder, :url, :target, :assigns, components: %{}, watched: false, reset: false, pages: false]

  @compile {:no_warn_undefined, :telemetry}

  # What LiveView keeps among assigns for itself.
  @internal [:__changed__, :flash, :streams, :uploads, :myself]

  def get, do: Process.get(Reel.LiveView)
  def put(view), do: Process.put(Reel.LiveView, view)

  # Recording never fails a view: the first fault of a process is logged, and what it was about is not recorded.
  def guard(otherwise, function) do
    function.()
  catch
    kind, reason ->
      if Process.put({Reel.LiveView, :failed}, true) == nil,
        do: Logger.error("Reel could not record a view: " <> Exception.format(kind, reason, __STACKTRACE__))

      otherwise
  end

  # The address of a mount is told before its hooks are called, and by Telemetry alone.
  def mounting(url), do: Process.put({Reel.LiveView, :url}, url)
  def url, do: Process.delete({Reel.LiveView, :url})

  def moved(url) do
    with %__MODULE__{} = view <- get(), do: put(%{view | url: url})
  end

  def recorded(assigns), do: Map.drop(assigns, @internal)

  # The changed assigns of a root.
  def rendered(%{assigns: %{__changed__: changed} = assigns} = socket) do
    changed = Map.take(assigns, Map.keys(changed) -- @internal)

    case without_temporary(changed, socket.private) do
      changed when map_size(changed) > 0 -> Reel.LiveView.event(:render, %{assigns: changed})
      _nothing -> :ok
    end

    socket
  end

  # A temporary assign is recorded once, as what it is reset to after each render.
  defp without_temporary(changed, %{temporary_assigns: temporary}) do
    case get() do
      %{reset: true} ->
        Map.drop(changed, Map.keys(temporary))

      view ->
        if view, do: put(%{view | reset: true})
        Map.merge(changed, temporary)
    end
  end

  defp without_temporary(changed, _private), do: changed

  # A nested view, after its mount.
  def nested(socket, recorder) do
    with {:ok, key} <- Recorder.find(socket.root_pid, recorder) do
      view = %__MODULE__{key: key, recorder: recorder, target: {socket.view, socket.id}, assigns: socket.assigns}
      put(if Pages.running?(), do: Pages.nested(socket, view), else: view)
      Recorder.part(key, view.target, [{view.target, recorded(socket.assigns)}], recorder)
      watch()
    end
  end

  # What Telemetry tells of an update: the components and their new assigns.
  def updated(module, sockets) do
    with %__MODULE__{} = view <- get() do
      put(
        Enum.reduce(sockets, view, fn %{assigns: assigns}, view -> component(view, {module, assigns[:id]}, assigns) end)
      )

      watch()
    end
  end

  def destroyed(target) do
    with %__MODULE__{} = view <- get(), do: put(gone(view, target))
  end

  defp component(view, target, assigns) do
    case view.components do
      # The same as before, by their address.
      %{^target => ^assigns} -> view
      %{^target => before} -> tell(view, target, changes(before, assigns))
      _new -> introduce(view, target, recorded(assigns))
    end
    |> then(&%{&1 | components: Map.put(&1.components, target, assigns)})
  end

  defp introduce(%{target: nil} = view, target, assigns) do
    tell(view, target, assigns, true)
  end

  # The components of a nested view end with it.
  defp introduce(view, target, assigns) do
    Recorder.part(view.key, view.target, [{target, assigns}], view.recorder)
    view
  end

  defp tell(view, target, assigns, new? \\ false)
  defp tell(view, _target, assigns, false) when map_size(assigns) == 0, do: view

  defp tell(view, {module, id}, assigns, _new?) do
    Recorder.event(view.key, :component, %{module: module, id: id, assigns: assigns}, view.recorder)
    view
  end

  defp gone(view, {module, id} = target) do
    if is_map_key(view.components, target),
      do: Recorder.event(view.key, :component_destroyed, %{module: module, id: id}, view.recorder)

    %{view | components: Map.delete(view.components, target)}
  end

  defp changes(before, assigns) do
    for {name, value} <- assigns, name not in @internal, not match?(%{^name => ^value}, before), into: %{} do
      {name, value}
    end
  end

  # Telemetry does not tell of everything: no version tells what `handle_async/3` and `send_update/3` made of a
  # component, 1.0 tells of no ends, and before 1.2 nothing tells of the renders of nested views. So after each message the
  # state of the process is looked at, by OTP's own means of doing so. It is the process itself that looks, and cannot
  # change anything; if this fails, OTP removes it and the process goes on.
  defp watch do
    with %__MODULE__{watched: false} = view <- get() do
      put(%{view | watched: true})
      pid = self()
      spawn(fn -> :sys.install(pid, {Reel.LiveView, &__MODULE__.after_message/3, nil}, :infinity) end)
    end

    :ok
  end

  def after_message(seen, {:noreply, state}, _name), do: look(seen, state)
  def after_message(seen, {:out, _reply, _to, state}, _name), do: look(seen, state)
  def after_message(seen, _event, _name), do: seen

  defp look({components, assigns} = seen, %{components: {now, _, _}, socket: socket}) do
    if :erts_debug.same(components, now) and :erts_debug.same(assigns, socket.assigns),
      do: seen,
      else: guard(seen, fn -> compare(now, socket) end)
  end

  defp look(_seen, %{components: {now, _, _}, socket: socket}), do: guard(nil, fn -> compare(now, socket) end)

  defp look(_seen, _state) do
    Logger.warning("Reel does not know how this version of LiveView keeps components: some renders are not recorded")
    :done
  end

  defp compare(components, socket) do
    with %__MODULE__{} = view <- get() do
      view =
        Enum.reduce(components, itself(view, socket), fn {_cid, entry}, view ->
          component(view, {elem(entry, 0), elem(entry, 1)}, elem(entry, 2))
        end)

      put(Enum.reduce(Map.keys(view.components) -- targets(components), view, &gone(&2, &1)))
    end

    {components, socket.assigns}
  end

  defp itself(%{target: nil} = view, _socket), do: view

  defp itself(view, %{assigns: assigns}) do
    tell(view, view.target, changes(view.assigns, assigns))
    %{view | assigns: assigns}
  end

  defp targets(components), do: for({_cid, entry} <- components, do: {elem(entry, 0), elem(entry, 1)})

  # The recorder asks for the whole state, in a process of its own. The function runs in the view's, in the order of its
  # messages. It always throws, so that the view's state stays the one that it is, and is not copied into an answer.
  def ask(pid, key) do
    :sys.replace_state(pid, fn state -> throw(tell_all(state, key)) end, :infinity)
  end

  defp tell_all(%{components: {components, _, _}, socket: socket}, key) do
    guard(:ok, fn ->
      with %__MODULE__{key: ^key} = view <- get() do
        all = for {_cid, entry} <- components, do: {{elem(entry, 0), elem(entry, 1)}, elem(entry, 2)}
        put(%{view | components: Map.new(all), assigns: socket.assigns})
        holds = for {target, assigns} <- all, do: {target, recorded(assigns)}

        if view.target do
          Recorder.part(key, view.target, [{view.target, recorded(socket.assigns)} | holds], view.recorder)
        else
          state = %{assigns: recorded(socket.assigns), components: Map.new(holds)}
          Recorder.state(key, if(view.url, do: Map.put(state, :url, view.url), else: state), view.recorder)
        end
      end
    end)
  end
end
