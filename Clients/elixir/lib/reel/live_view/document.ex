defmodule Reel.LiveView.Document do
  @moduledoc """
  A plug that remembers what stands around a LiveView, the root layout, for the recording of pages.

      # router.ex
      pipeline :browser do
        ...
        plug Reel.LiveView.Document
      end

  It needs `pages: true` of `Reel.Recorder`, and does nothing without. The response stays as it is. A document that no view
  has joined within a minute is forgotten.
  """

  alias Reel.LiveView.{Pages, View}

  @compile {:no_warn_undefined, Plug.Conn}

  @doc false
  def init(options), do: options

  @doc false
  def call(conn, _options) do
    if Pages.running?(), do: Plug.Conn.register_before_send(conn, &remember/1), else: conn
  end

  defp remember(conn) do
    View.guard(:ok, fn ->
      with true <- conn.status in 200..299 and conn.resp_body != nil and html?(conn.resp_headers),
           body = IO.iodata_to_binary(conn.resp_body),
           id when id != nil <- id(body),
           do: Pages.keep(id, body)
    end)

    conn
  end

  defp html?(headers), do: Enum.any?(headers, &match?({"content-type", "text/html" <> _}, &1))

  # The DOM id of the view that the browser joins first.
  defp id(body) do
    with {at, _} <- :binary.match(body, "data-phx-main"),
         {from, to} <- tag(body, at),
         [_, id] <- Regex.run(~r/\sid="([^"]+)"/, binary_part(body, from, to - from)),
         do: id,
         else: (_ -> nil)
  end

  # Where the tag around a place starts, and where it ends. LiveView writes it, with its attributes in quotes.
  defp tag(body, at) do
    starts = :binary.matches(body, "<", scope: {0, at})

    with true <- starts != [], {from, _} = List.last(starts), {to, _} <- :binary.match(body, ">", rest(body, at)) do
      {from, to + 1}
    end
  end

  defp rest(body, at), do: [scope: {at, byte_size(body) - at}]

  @doc false
  # A document as Spec/pages.md §2 has it: what stands before and after the element with this id, and its start tag.
  def split(body, id) do
    with {at, _} <- :binary.match(body, "data-phx-main"),
         {from, to} <- tag(body, at),
         element = binary_part(body, from, to - from),
         true <- String.contains?(element, ~s( id="#{id}")),
         [_, name] <- Regex.run(~r/^<([a-zA-Z][^\s\/>]*)/, element),
         {:ok, last} <- closing(body, to, String.downcase(name)),
         {over, _} <- :binary.match(body, ">", rest(body, last)) do
      # They outlive the response.
      %{
        before: body |> binary_part(0, from) |> :binary.copy(),
        element: :binary.copy(element),
        after: body |> binary_part(over + 1, byte_size(body) - over - 1) |> :binary.copy()
      }
    else
      _ -> nil
    end
  end

  # Where the end tag of an element starts whose content starts at a place. In comments, scripts and the like there are no
  # tags.
  defp closing(body, at, name) do
    tags = ~r/
      <!--.*?(?:-->|\z)
      | <(script|style|textarea|title|xmp|iframe|noembed|noframes|noscript)(?=[\s\/>])
        (?:"[^"]*"|'[^']*'|[^>"'])*>.*?<\/\1(?=[\s\/>])
      | <(\/?)#{Regex.escape(name)}(?=[\s\/>])
    /isx

    tags
    |> Regex.scan(binary_part(body, at, byte_size(body) - at), return: :index)
    |> Enum.reduce_while(1, fn
      [{from, _}, _, {_, 1}], 1 -> {:halt, {:ok, at + from}}
      [_, _, {_, 1}], depth -> {:cont, depth - 1}
      [_, _, {_, 0}], depth -> {:cont, depth + 1}
      _skipped, depth -> {:cont, depth}
    end)
    |> case do
      {:ok, at} -> {:ok, at}
      _depth -> :error
    end
  end
end
