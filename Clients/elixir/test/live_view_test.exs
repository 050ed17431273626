defmodule Reel.LiveViewTest do
  # What needs no Phoenix: a process with a state as LiveView's processes have it is looked at by OTP's own means.
  # `phoenix/check.py` tests all of it with a real application.
  use Reel.Case
  alias Reel.LiveView.{Telemetry, View}
  doctest Reel.LiveView

  defmodule Channel do
    use GenServer

    def init({test, setup}) do
      {:ok, setup.(), {:continue, test}}
    end

    def handle_continue(test, state) do
      send(test, {:key, self(), Reel.LiveView.key()})
      {:noreply, state}
    end

    def handle_info({:change, change}, state), do: {:noreply, change.(state)}
    def handle_info({:run, function}, state), do: {:noreply, with(_ <- function.(), do: state)}
    def handle_call({:change, change}, _from, state), do: {:reply, :ok, change.(state)}
  end

  defp channel(setup) do
    {:ok, pid} = GenServer.start(Channel, {self(), setup})
    assert_receive {:key, ^pid, key}
    {pid, key}
  end

  defp socket(assigns, more) do
    Map.merge(%{assigns: Map.put(assigns, :__changed__, %{}), view: Shop.CartLive, id: "phx-1"}, more)
  end

  # A view that the router has mounted in a connection, as LiveView's channel does it.
  defp root(options \\ []) do
    channel(fn ->
      url = Keyword.get(options, :url, "http://localhost/cart")
      Telemetry.handle([:phoenix, :live_view, :mount, :start], %{}, %{uri: url}, Recorder)
      private = %{lifecycle: %{}, connect_params: Keyword.get(options, :connect_params, %{})}

      connected = %{
        view: Keyword.get(options, :view, Shop.CartLive),
        transport_pid: Keyword.get_lazy(options, :transport, &process/0),
        parent_pid: nil,
        root_pid: self(),
        host_uri: URI.parse("http://localhost"),
        private: Map.merge(private, Keyword.get(options, :private, %{}))
      }

      params = Keyword.get(options, :params, %{})
      socket = socket(%{count: 1, flash: %{}}, connected)
      {:cont, socket} = Reel.LiveView.on_mount(:default, params, %{}, socket)
      %{socket: socket, components: {Keyword.get(options, :components, %{}), %{}, 1}}
    end)
  end

  defp hook(%{socket: socket}, stage), do: socket.private.lifecycle[stage]

  # Everything that was sent before has been recorded.
  defp settle(key, count), do: wait_until(fn -> match?({:ok, n} when n >= count, Recorder.flush(key)) end)

  test "options are checked" do
    assert_raise ArgumentError, fn -> Reel.LiveView.on_mount([simple: 1], %{}, %{}, %{}) end
    assert_raise ArgumentError, fn -> Reel.LiveView.on_mount([sample: :all], %{}, %{}, %{}) end
  end

  test "a process that is not recorded has no key, and no events" do
    assert Reel.LiveView.key() == nil
    assert Reel.LiveView.event(:telemetry, %{}) == :ok
    assert View.updated(Row, [%{assigns: %{id: 1}}]) == nil
  end

  test "a fault of recording fails nothing, and Telemetry keeps its handler" do
    assert View.guard(:otherwise, fn -> raise "fault" end) == :otherwise
    View.put(%View{key: "k", recorder: Recorder})
    event = [:phoenix, :live_component, :handle_event, :start]
    assert Telemetry.handle(event, %{}, %{component: Row, socket: :none}, Recorder) == :ok
  end

  test "what a view does is recorded by its hooks, with its address", %{folder: folder} do
    start(folder)
    {pid, key} = root(params: %{"page" => "1"})
    state = :sys.get_state(pid)
    socket = state.socket
    run = fn stage, arguments -> send(pid, {:run, fn -> apply(hook(state, stage), arguments ++ [socket]) end}) end
    run.(:handle_params, [%{"page" => "2"}, "http://localhost/cart?page=2"])
    run.(:handle_event, ["add", %{"sku" => "mug"}])
    run.(:handle_info, [{:news, "private"}])
    run.(:handle_info, ["private"])
    send(pid, {:run, fn -> hook(state, :after_render).(put_in(socket.assigns.__changed__, %{count: true})) end})
    settle(key, 6)
    GenServer.stop(pid)
    path = recording(folder, key)

    assert %{url: "http://localhost/cart", params: %{"page" => "1"}, view: Shop.CartLive, visit: <<_, _::binary>>} =
             header(path)

    assert [
             {:mount, %{assigns: %{count: 1}}},
             {:params, %{params: %{"page" => "2"}, uri: "http://localhost/cart?page=2"}},
             {:event, %{name: "add", params: %{"sku" => "mug"}}},
             {:info, %{tag: :news}},
             {:info, %{tag: nil}},
             {:render, %{assigns: %{count: 1}}}
           ] = untimed(path)
  end

  test "without a recorder a view is what it was" do
    {pid, key} = root()
    assert is_binary(key)
    state = :sys.get_state(pid)
    assert {:cont, _} = hook(state, :handle_event).("add", %{}, state.socket)
    assert hook(state, :after_render).(state.socket) == state.socket
    assert GenServer.stop(pid) == :ok
  end

  test "views that a browser tab goes through are recordings of one visit", %{folder: folder} do
    start(folder, args: ["--keep-idle"])
    [tab, other] = [process(), process()]

    # The header of a view that is mounted, and is left again.
    visited = fn options ->
      {pid, key} = root(options)
      Recorder.info()
      GenServer.stop(pid)
      header(recording(folder, key))
    end

    visit = fn options -> visited.(options).visit end
    home = visited.(transport: tab, view: Shop.HomeLive, url: "http://localhost/")
    cart = visited.(transport: tab, view: Shop.CartLive)
    assert {home.view, home.url} == {Shop.HomeLive, "http://localhost/"}
    assert {cart.view, cart.url} == {Shop.CartLive, "http://localhost/cart"}
    assert is_binary(home.visit) and home.visit == cart.visit
    refute visit.(transport: other) == home.visit
    # An application may know better, over several connections.
    named = %{"_reel_visit" => "tab-1"}
    assert visit.(transport: tab, connect_params: named) == "tab-1"
    assert visit.(transport: other, connect_params: named) == "tab-1"

    # What a browser may send is not taken as it is.
    for id <- ["", String.duplicate("x", 257), <<255>>, 7, %{}] do
      assert visit.(transport: tab, connect_params: %{"_reel_visit" => id}) == home.visit
    end
  end

  test "a view without an address, such as one in a layout, is recorded by itself in the same visit", %{folder: folder} do
    start(folder, args: ["--keep-idle"])
    tab = process()
    {pid, key} = root(transport: tab, url: nil, params: :not_mounted_at_router)
    assert hook(:sys.get_state(pid), :handle_params) == nil
    {other, other_key} = root(transport: tab)
    GenServer.stop(pid)
    GenServer.stop(other)
    header = header(recording(folder, key))
    assert header.params == %{}
    assert header.visit == header(recording(folder, other_key)).visit
  end

  test "the first render of a page, which is not connected, is not recorded" do
    socket = socket(%{}, %{transport_pid: nil, parent_pid: nil, private: %{}})
    assert {:cont, ^socket} = Reel.LiveView.on_mount(:default, %{}, %{}, socket)
    assert Reel.LiveView.key() == nil
  end

  test "a visit that is not in the sample is not recorded" do
    socket = socket(%{}, %{transport_pid: process(), parent_pid: nil, private: %{}})
    assert {:cont, ^socket} = Reel.LiveView.on_mount([sample: 0.0], %{}, %{}, socket)
    assert Reel.LiveView.key() == nil
  end

  test "renders have what changed, without LiveView's own, and temporary assigns as they are reset", %{folder: folder} do
    start(folder)
    {pid, key} = root()
    private = %{temporary_assigns: %{log: []}}

    render = fn assigns, private ->
      changed = Map.new(assigns, fn {name, _} -> {name, true} end)
      send(pid, {:run, fn -> View.rendered(%{assigns: Map.put(assigns, :__changed__, changed), private: private}) end})
    end

    render.(%{count: 2, flash: %{"info" => "Hi"}, streams: %{}}, %{})
    render.(%{flash: %{}, uploads: %{}}, %{})
    render.(%{count: 3, log: ["a"]}, private)
    render.(%{log: ["b"]}, private)
    render.(%{count: 4, log: ["c"]}, private)
    send(pid, {:run, fn -> Reel.LiveView.event(:event, %{name: "go"}) end})
    settle(key, 5)
    GenServer.stop(pid)

    assert [
             {:mount, _},
             {:render, %{assigns: %{count: 2}}},
             {:render, %{assigns: %{count: 3, log: []}}},
             {:render, %{assigns: %{count: 4}}},
             {:event, %{name: "go"}}
           ] = events = untimed(recording(folder, key))

    assert for({:render, %{assigns: assigns}} <- events, do: Map.keys(assigns)) == [[:count], [:count, :log], [:count]]
  end

  test "components are watched: what changes of them, and when they are gone", %{folder: folder} do
    start(folder)
    {pid, key} = root()
    row = %{id: 1, open: false, myself: :cid, __changed__: %{}}
    put = fn components -> GenServer.call(pid, {:change, &%{&1 | components: {components, %{}, 2}}}) end
    # The first update is told by Telemetry, before the render.
    event = [:phoenix, :live_component, :update, :stop]
    update = fn -> Telemetry.handle(event, %{}, %{component: Row, sockets: [%{assigns: row}]}, Recorder) end
    send(pid, {:run, update})
    wait_until(fn -> match?({_, _, _, [_, _, _, debug, _]} when debug != [], :sys.get_status(pid)) end)
    put.(%{1 => {Row, 1, row, %{}, nil}})
    # Such as after `handle_async/3`, of which nothing tells.
    put.(%{1 => {Row, 1, %{row | open: true}, %{}, nil}})

    told = fn event, more ->
      metadata = Map.merge(%{component: Row, socket: %{assigns: row}}, more)
      send(pid, {:run, fn -> Telemetry.handle([:phoenix, :live_component | event], %{}, metadata, Recorder) end})
    end

    told.([:handle_event, :start], %{event: "toggle", params: %{"by" => "1"}})
    # No version before 1.1 tells of an end.
    put.(%{})
    # What comes back is told whole; this time its end is told.
    send(pid, {:run, update})
    told.([:destroyed], %{})
    settle(key, 7)
    GenServer.stop(pid)

    assert [
             {:mount, _},
             {:component, %{module: Row, id: 1, assigns: %{id: 1, open: false}}},
             {:component, %{module: Row, id: 1, assigns: opened}},
             {:event, %{name: "toggle", params: %{"by" => "1"}, target: {Row, 1}}},
             {:component_destroyed, %{module: Row, id: 1}},
             {:component, %{module: Row, id: 1, assigns: %{id: 1, open: false}}},
             {:component_destroyed, %{module: Row, id: 1}}
           ] = untimed(recording(folder, key))

    assert opened == %{open: true}
  end

  test "a nested view is a component of its root, until it ends", %{folder: folder} do
    start(folder)
    {root, key} = root()

    {child, ^key} =
      channel(fn ->
        socket = socket(%{beats: 0}, %{view: Clock, id: "clock", root_pid: root, parent_pid: root, transport_pid: root})
        Telemetry.handle([:phoenix, :live_view, :mount, :stop], %{}, %{socket: socket}, Recorder)
        %{socket: socket, components: {%{}, %{}, 1}}
      end)

    wait_until(fn -> match?({_, _, _, [_, _, _, debug, _]} when debug != [], :sys.get_status(child)) end)
    event = [:phoenix, :live_view, :handle_event, :start]
    metadata = %{event: "beat", params: %{}}
    send(child, {:run, fn -> Telemetry.handle(event, %{}, metadata, Recorder) end})
    # Such as after `handle_info/2`.
    GenServer.call(child, {:change, &put_in(&1.socket.assigns.beats, 1)})
    settle(key, 4)
    GenServer.stop(child)
    settle(key, 5)
    GenServer.stop(root)

    assert [
             {:mount, _},
             {:component, %{module: Clock, id: "clock", assigns: %{beats: 0}}},
             {:event, %{name: "beat", target: {Clock, "clock"}}},
             {:component, %{module: Clock, id: "clock", assigns: %{beats: 1}}},
             {:component_destroyed, %{module: Clock, id: "clock"}}
           ] = untimed(recording(folder, key))
  end

  test "asked for its state a view tells all of it, and is not changed by that", %{folder: folder} do
    start(folder, max_waiting: 100_000)
    {pid, key} = root(components: %{1 => {Row, 1, %{id: 1, open: true, __changed__: %{}}, %{}, nil}})
    state = :sys.get_state(pid)
    # It has gone there unheard.
    send(pid, {:run, fn -> View.moved("http://localhost/cart?page=2") end})
    send(pid, {:run, fn -> Reel.LiveView.event(:render, %{assigns: %{text: String.duplicate("x", 200_000)}}) end})
    settle(key, 4)
    assert :sys.get_state(pid) == state
    GenServer.stop(pid)

    assert [
             {:mount, _},
             {:gap, %{dropped: %{"render" => 1}}},
             {:params, %{uri: "http://localhost/cart?page=2"}},
             {:component, %{module: Row, id: 1, assigns: %{id: 1, open: true}}},
             {:assigns, %{snapshot: snapshot}}
           ] = untimed(recording(folder, key))

    assert snapshot == %{count: 1}
  end

  test "a process of another kind is left alone" do
    # Its state is none that LiveView has: what is installed goes away, and the process goes on.
    {:ok, pid} = Agent.start(fn -> :state end)
    :sys.install(pid, {Reel.LiveView, &View.after_message/3, nil})
    assert Agent.get(pid, & &1) == :state
    assert Agent.get(pid, & &1) == :state
  end
end
