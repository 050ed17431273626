defmodule Reel.LiveView.Assets do
  @moduledoc false
  # The style sheets of a document, as files of the application's static folder: Spec/pages.md §8.4.

  # The most bytes of one file and of all, and how many files.
  @most_bytes 1_048_576
  @most_bytes_of_all 4 * 1_048_576
  @most 16

  # A name that nothing needs to be decoded in, and that is neither hidden nor leads up.
  @name ~r/\A[A-Za-z0-9_-][A-Za-z0-9_.~-]*\z/
  @links ~r/<link\s(?:"[^"]*"|'[^']*'|[^>"'])*>/i
  @entities %{"&amp;" => "&", "&lt;" => "<", "&gt;" => ">", "&quot;" => "\"", "&#39;" => "'", "&#34;" => "\""}

  @doc "The static folder that a recorder takes style sheets from; `nil` for none."
  def take_from(recorder, nil), do: :persistent_term.erase({__MODULE__, recorder})
  def take_from(recorder, app) when is_atom(app), do: take_from(recorder, Application.app_dir(app, "priv/static"))
  def take_from(recorder, folder) when is_binary(folder), do: :persistent_term.put({__MODULE__, recorder}, folder)

  def take_from(_recorder, other) do
    raise ArgumentError,
          "the option :stylesheets of Reel.Recorder has to be a folder or an application: #{inspect(other)}"
  end

  @doc "The files of the style sheets that a document links to, each once."
  def of(document, recorder, host) do
    case :persistent_term.get({__MODULE__, recorder}, nil) do
      nil -> []
      folder -> document.before |> addresses() |> Enum.flat_map(&file(&1, folder, host)) |> within(@most_bytes_of_all)
    end
  end

  # The addresses are as HTML has them.
  defp addresses(html) do
    for([tag] <- Regex.scan(@links, html), "stylesheet" in words(tag), href = attribute(tag, "href"), do: href)
    |> Enum.uniq()
    |> Enum.take(@most)
  end

  defp words(tag), do: tag |> attribute("rel") |> to_string() |> String.downcase() |> String.split()

  defp attribute(tag, name) do
    case Regex.run(~r/\s#{name}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i, tag) do
      [_ | values] -> values |> List.last() |> String.replace(~r/&(?:amp|lt|gt|quot|#39|#34);/, &@entities[&1])
      nil -> nil
    end
  end

  defp file(href, folder, host) do
    with "/" <> path <- path(URI.parse(href), host),
         names = String.split(path, "/"),
         true <- String.ends_with?(path, ".css") and Enum.all?(names, &(&1 =~ @name)),
         {:ok, file} <- below(folder, names),
         {:ok, content} <- File.read(file) do
      [%{href: href, type: "text/css", content: content}]
    else
      _ -> []
    end
  end

  # The path of an address of this server.
  defp path(%URI{scheme: nil, host: nil, path: path}, _host), do: path
  defp path(%URI{scheme: scheme, host: host, path: path}, host) when scheme in [nil, "http", "https"], do: path
  defp path(_address, _host), do: nil

  # A file that stands in the folder itself: no link leads to it.
  defp below(folder, [name]) do
    file = Path.join(folder, name)
    with {:ok, %{type: :regular, size: size}} when size <= @most_bytes <- File.lstat(file), do: {:ok, file}
  end

  defp below(folder, [name | names]) do
    folder = Path.join(folder, name)
    with {:ok, %{type: :directory}} <- File.lstat(folder), do: below(folder, names)
  end

  defp within(files, most) do
    {kept, _} =
      Enum.flat_map_reduce(files, most, fn file, room ->
        room = room - byte_size(file.content)
        if room >= 0, do: {[file], room}, else: {:halt, room}
      end)

    kept
  end
end
