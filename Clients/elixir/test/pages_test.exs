defmodule Reel.PagesTest do
  # What needs no Phoenix. `phoenix/check.py` tests all of it with a real application and a browser.
  use Reel.Case
  alias Reel.LiveView.{Document, Pages, Serializer, View}

  @html [{"content-type", "text/html; charset=utf-8"}]
  @element ~s(<div id="phx-1" data-phx-main data-phx-session="SFMyNTY.abc" data-phx-static="SFMyNTY.def">)
  @before "<!DOCTYPE html><html><head><title>Shop</title></head><body>"

  setup context do
    if context[:pages] != false do
      start_pages(context.folder)
    end

    :ok
  end

  defp start_pages(folder) do
    owner = self()
    options = [store: folder, reel: reel(), on_answer: &send(owner, {:answer, &1}), pages: true]
    start_supervised!({Recorder, options ++ [args: ["--keep-idle"]]})
    track(Recorder)
  end

  # A connection, which encodes the replies to joins.
  defp connection do
    pid = process()
    on_exit(fn -> Process.exit(pid, :kill) end)
    pid
  end

  # The process of a view that is being mounted in a connection.
  defp view(connection, id \\ "phx-1", header \\ %{}) do
    {pid, key} = session(Map.merge(%{view: Shop.CartLive, assigns: %{}}, header))

    run(pid, fn ->
      view = %View{key: key, recorder: Recorder}
      View.put(Pages.joining(%{id: id, transport_pid: connection}, view))
    end)

    {pid, key}
  end

  defp get(body, headers \\ @html, status \\ 200) do
    Plug.Conn.send_resp(Document.call(%Plug.Conn{}, Document.init([])), status, headers, body)
  end

  defp join(id, tree), do: %{topic: "lv:" <> id, status: :ok, payload: %{rendered: tree, liveview_version: "1.2.10"}}
  defp diff(id, diff), do: %{topic: "lv:" <> id, event: "diff", payload: diff}
  defp reply(id, diff), do: %{topic: "lv:" <> id, status: :ok, payload: %{diff: diff}}

  # As Phoenix does: what is encoded is what it would have been.
  defp encode(pid, message) do
    assert run(pid, fn -> Serializer.encode!(message) end) == Phoenix.Socket.V2.JSONSerializer.encode!(message)
  end

  defp recorded(folder, pid, key) do
    leave(pid, fn -> exit(:normal) end)
    Enum.drop_while(untimed(recording(folder, key)), &(elem(&1, 0) == :mount))
  end

  test "a page is its document, its join and its diffs, without what is no part of it", %{folder: folder} do
    body = [@before, [@element, "<p><div>first</div></p></div><footer><div>end</div></footer>"], "</body></html>"]
    assert get(body).resp_body == body
    connection = connection()
    {view, key} = view(connection)
    encode(connection, join("phx-1", %{0 => "a", :s => ["<p>", "</p>"], :e => [["go", %{}]], :t => "Cart"}))
    encode(view, diff("phx-1", %{0 => "b", :e => [["secret event", %{}]]}))
    encode(view, reply("phx-1", %{0 => "c", :r => %{answer: 1}}))
    encode(view, %{topic: "lv:phx-1", event: "live_patch", payload: %{to: "/"}})
    encode(view, %{topic: "other", event: "diff", payload: %{0 => "not LiveView's"}})

    assert recorded(folder, view, key) == [
             {:page,
              %{
                id: "phx-1",
                before: @before,
                after: "<footer><div>end</div></footer></body></html>",
                element:
                  @element |> String.replace("SFMyNTY.abc", "[FILTERED]") |> String.replace("SFMyNTY.def", "[FILTERED]")
              }},
             {:page_join, %{id: "phx-1", tree: %{0 => "a", :s => ["<p>", "</p>"], :t => "Cart"}}},
             {:page_diff, %{id: "phx-1", diff: %{0 => "b"}}},
             {:page_diff, %{id: "phx-1", diff: %{0 => "c"}}}
           ]
  end

  test "a nested view is in the page of its root, and its join belongs to it", %{folder: folder} do
    connection = connection()
    {view, key} = view(connection)
    encode(connection, join("phx-1", %{0 => "", :s => ["<div id=clock>", "</div>"]}))
    child = process()

    run(child, fn ->
      View.put(Pages.nested(%{id: "clock", transport_pid: connection}, %View{key: key, recorder: Recorder}))
    end)

    # Its diff is encoded before its join.
    encode(child, diff("clock", %{0 => "2"}))
    encode(connection, join("clock", %{0 => "1", :s => ["<b>", "</b>"]}))
    encode(child, diff("clock", %{0 => "3"}))
    # Nobody waits for this one.
    encode(connection, join("clock", %{:s => ["again"]}))

    assert [{:page_join, %{id: "phx-1"}}, {:page_diff, %{id: "clock"}}, joined, {:page_diff, last}] =
             recorded(folder, view, key)

    # What came before the join is recorded with it: see Spec/port.md §7.
    assert joined == {:page_join, %{id: "clock", tree: %{0 => "2", :s => ["<b>", "</b>"]}}}
    assert last == %{id: "clock", diff: %{0 => "3"}}
  end

  test "the next view of a visit is in the same document, until the connection has ended for some time",
       %{folder: folder} do
    get(@before <> @element <> "</div></body>")
    connection = connection()
    later = fn ms -> Pages.sweep(System.monotonic_time(:millisecond) + ms) end

    for _ <- 1..2 do
      {view, key} = view(connection)
      encode(connection, join("phx-1", %{:s => ["a"]}))
      # The connection is known.
      :sys.get_state(Pages)
      later.(3_600_000)
      assert [{:page, %{before: @before}}, {:page_join, _}] = recorded(folder, view, key)
    end

    leave(connection, fn -> exit(:normal) end)
    :sys.get_state(Pages)
    later.(500_000)
    assert [_] = :ets.lookup(Pages, {:document, "phx-1"})
    later.(700_000)
    assert [] = :ets.lookup(Pages, {:document, "phx-1"})
    assert [{:bytes, 0}] = :ets.lookup(Pages, :bytes)
  end

  test "what nobody comes for is removed, and documents never take more than they may" do
    connection = connection()
    view(connection, "phx-2")

    run(connection, fn ->
      Serializer.encode!(%{topic: "lv:phx-2", status: :error, payload: %{reason: "join crashed"}})
    end)

    assert [] = :ets.match(Pages, {{:join, :_, :"$1"}, :_, :_, :_})
    view(connection, "phx-3")
    large = String.duplicate("x", 5 * 1_048_576)
    for n <- 1..10, do: get(@before <> String.replace(@element, "phx-1", "phx-#{n}") <> large <> "</div></body>")
    assert length(:ets.match(Pages, {{:document, :"$1"}, :_, :_, :_})) == 6
    assert [[_, size]] = :ets.match(Pages, {:"$1", :"$2"}) |> Enum.filter(&match?([:bytes, _], &1))
    assert size in (30 * 1_048_576)..(32 * 1_048_576)
    Pages.sweep(System.monotonic_time(:millisecond) + 61_000)
    assert [] = :ets.match(Pages, {{:document, :"$1"}, :_, :_, :_})
    assert [] = :ets.match(Pages, {{:join, :_, :"$1"}, :_, :_, :_})
    assert [{:bytes, 0}] = :ets.lookup(Pages, :bytes)
  end

  test "a fault ends the pages of a view, is counted, and changes nothing for the browser", %{folder: folder} do
    connection = connection()
    {view, key} = view(connection)
    encode(connection, join("phx-1", %{0 => "", :s => ["<p>", "</p>"]}))
    assert Recorder.info().page_faults == 0
    encode(view, diff("phx-1", :not_a_map))
    encode(view, diff("phx-1", %{0 => "never recorded"}))
    assert Recorder.info().page_faults == 1
    {other, other_key} = view(connection, "phx-2")
    encode(connection, join("phx-2", %{0 => "", :s => ["<p>", "</p>"]}))
    encode(other, diff("phx-2", %{0 => "recorded"}))
    assert [{:page_join, _}, {:page_diff, %{id: "phx-1"} = lost}] = recorded(folder, view, key)
    refute is_map_key(lost, :diff)
    assert [{:page_join, _}, {:page_diff, %{diff: %{0 => "recorded"}}}] = recorded(folder, other, other_key)
  end

  test "what is typed into a password field is in no page", %{folder: folder} do
    connection = connection()
    {view, key} = view(connection)
    encode(connection, join("phx-1", %{0 => "", 1 => "", :s => ["<input type=\"password\"", "><p>", "</p>"]}))

    for typed <- ["h", "hu", "hun", "hunter&2"] do
      escaped = String.replace(typed, "&", "&amp;")
      run(view, fn -> Reel.LiveView.event(:event, %{name: "typed", params: %{"user" => %{"password" => typed}}}) end)
      encode(view, diff("phx-1", %{0 => ~s( value="#{escaped}"), 1 => "You typed #{escaped}."}))
    end

    events = recorded(folder, view, key)
    assert {:page_diff, %{diff: %{1 => "You typed [FILTERED]."}}} = List.last(events)
    texts = inspect(events, limit: :infinity, printable_limit: :infinity)
    for typed <- ["hunter", "amp;2", "hun", "typed h"], do: refute(texts =~ typed)
  end

  describe "style sheets" do
    setup %{folder: folder} do
      static = folder <> "-static"
      File.mkdir_p!(Path.join(static, "assets"))
      File.write!(Path.join(static, "assets/app-1.css"), "b { color: red }")
      File.write!(Path.join(static, "assets/app.js"), "1")
      File.write!(Path.join(static, "assets/large.css"), String.duplicate(" ", 1_048_577))
      File.write!(Path.join(static, ".hidden.css"), "hidden")
      File.write!(folder <> "-secret.css", "secret")
      File.ln_s!(folder <> "-secret.css", Path.join(static, "link.css"))
      File.ln_s!(Path.join(static, "assets"), Path.join(static, "linked"))
      File.mkdir!(Path.join(static, "folder.css"))
      on_exit(fn -> for path <- [static, folder <> "-secret.css"], do: File.rm_rf!(path) end)
      Reel.LiveView.Assets.take_from(Recorder, static)
      on_exit(fn -> Reel.LiveView.Assets.take_from(Recorder, nil) end)
      %{static: static}
    end

    defp sheets(links, folder, host \\ nil) do
      get(Enum.join(["<!DOCTYPE html><html><head>" | links]) <> "</head><body>" <> @element <> "</div></body></html>")
      connection = connection()
      {pid, key} = session(%{view: Shop.CartLive, assigns: %{}})

      run(pid, fn ->
        socket = %{id: "phx-1", transport_pid: connection, host_uri: %URI{host: host}}
        View.put(Pages.joining(socket, %View{key: key, recorder: Recorder}))
      end)

      encode(connection, join("phx-1", %{:s => ["a"]}))
      events = recorded(folder, pid, key)
      assert [{:page, _} | rest] = events
      assert {:page_join, _} = List.last(rest)
      for {:page_asset, asset} <- rest, do: asset
    end

    test "of the document that are files of the static folder are recorded once, before the view joins", %{
      folder: folder
    } do
      links = [
        ~s(<link rel="icon" href="/assets/app-1.css?icon">),
        ~s(<link phx-track-static rel="stylesheet" href="/assets/app-1.css?vsn=d&amp;x=1">),
        ~s(<link rel="stylesheet" href="/assets/app-1.css?vsn=d&amp;x=1">),
        ~s(<LINK HREF='https://shop.example/assets/app-1.css#x' REL='preload StyleSheet'>)
      ]

      sheet = %{type: "text/css", content: "b { color: red }"}

      assert sheets(links, folder, "shop.example") == [
               Map.put(sheet, :href, "/assets/app-1.css?vsn=d&x=1"),
               Map.put(sheet, :href, "https://shop.example/assets/app-1.css#x")
             ]
    end

    test "that are anything else are not", %{folder: folder} do
      secret = Path.basename(folder) <> "-secret.css"

      addresses =
        ["/assets/app.js", "/assets/large.css", "/.hidden.css", "/link.css", "/linked/app-1.css", "/folder.css"] ++
          [
            "/../#{secret}",
            "/assets/../../#{secret}",
            "/%2e%2e/#{secret}",
            "/assets/%61pp-1.css",
            "/assets/..%2fapp-1.css"
          ] ++
          [
            "//shop.example/assets/app-1.css",
            "https://cdn.example/assets/app-1.css",
            "data:text/css,a",
            "file:///link.css"
          ] ++
          [
            "assets/app-1.css",
            "/assets//app-1.css",
            "/assets/app-1.css/",
            "/assets\\app-1.css",
            "/missing.css",
            "",
            "/",
            "?"
          ] ++
          ["http://[/a.css", "/a\0.css", "/assets/app-1.css\0.css"]

      links = for address <- addresses, do: ~s(<link rel=stylesheet href="#{address}">)
      assert sheets(links, folder) == []

      assert sheets(
               ["<link rel=stylesheet>", "<link rel=stylesheet href>", "<link", "<link href=/assets/app-1.css>"],
               folder
             ) == []
    end

    test "are as many as there is room for", %{folder: folder, static: static} do
      for n <- 1..5, do: File.write!(Path.join(static, "#{n}.css"), String.duplicate("#{n}", 1_000_000))
      links = for n <- 1..5, do: ~s(<link rel=stylesheet href=/#{n}.css>)
      assert Enum.map(sheets(links, folder), & &1.href) == ["/1.css", "/2.css", "/3.css", "/4.css"]
    end

    test "are named by a folder or an application" do
      assert_raise ArgumentError, ~r/:stylesheets/, fn -> Recorder.start_link(store: "x", stylesheets: 1) end
    end
  end

  @tag pages: false
  test "without pages nothing is remembered, and nothing is recorded", %{folder: folder} do
    start(folder, args: ["--keep-idle"])
    assert Document.call(%Plug.Conn{}, []) == %Plug.Conn{}
    {pid, key} = session(%{view: Shop.CartLive, assigns: %{}})
    run(pid, fn -> View.put(%View{key: key, recorder: Recorder}) end)
    encode(pid, join("phx-1", %{:s => ["a"]}))
    encode(pid, diff("phx-1", %{0 => "b"}))
    encode(pid, %{topic: "lv:phx-1", status: :error, payload: %{}})
    assert recorded(folder, pid, key) == []
    assert Recorder.info().page_faults == 0
  end

  test "only responses in which a view waits to be joined are remembered" do
    for {body, headers, status} <- [
          {"<p>nothing</p>", @html, 200},
          {@before <> @element <> "</div>", [{"content-type", "application/json"}], 200},
          {@before <> @element <> "</div>", @html, 404},
          {@before <> @element <> "</div>", [], 200},
          {nil, @html, 200},
          {"data-phx-main", @html, 200},
          {"<div data-phx-main", @html, 200},
          {"<div data-phx-main>", @html, 200},
          {<<255, "data-phx-main", 254, ">">>, @html, 200}
        ] do
      assert get(body, headers, status).resp_body == body
      assert [] = :ets.match(Pages, {{:document, :"$1"}, :_, :_, :_}), inspect(body)
    end
  end

  describe "a document is taken apart where the view's element starts and ends:" do
    for {name, inside, rest} <- [
          {"divs in it and after it", "<div><div a='>'>x</div></div>", "<div>y</div>"},
          {"scripts that write end tags", "<script>x = '</div>'</script><SCRIPT type='a>b'></div></script>", "</body>"},
          {"comments", "<!-- </div> <div> --><p>x</p>", "<!-- </div> -->"},
          {"text areas", "<textarea></div></textarea>", ""},
          {"names that are longer", "<divider></divider><div-a></div-a>", "</div>"},
          {"capital letters", "<DIV>x</DIV >", "</div>"},
          {"nothing in it", "", "</body></html>"}
        ] do
      test name do
        {inside, rest} = {unquote(inside), unquote(rest)}

        assert Document.split(@before <> @element <> inside <> "</div>" <> rest, "phx-1") ==
                 %{before: @before, element: @element, after: rest}
      end
    end

    test "other elements" do
      element = ~s(<main class="c" id="phx-1" data-phx-main data-phx-session="x">)
      assert Document.split("a" <> element <> "<div></main>b", "phx-1") == %{before: "a", element: element, after: "b"}
    end

    test "nothing where there is no end, or another id" do
      assert Document.split(@before <> @element <> "<div></div>", "phx-1") == nil
      assert Document.split(@before <> @element <> "</div>", "phx-2") == nil
      assert Document.split("", "phx-1") == nil
    end
  end
end
