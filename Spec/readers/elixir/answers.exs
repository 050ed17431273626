# Answers the requests of Spec/vectors.md §5: elixir Spec/readers/elixir/answers.exs

Code.require_file("reel.ex", __DIR__)
Code.require_file("reel_json.ex", __DIR__)
Code.require_file("reel_document.ex", __DIR__)

defmodule Answers do
  @moduledoc false

  def run do
    # Paths are bytes, and answers are UTF-8 already.
    :ok = :io.setopts(:standard_io, encoding: :latin1, binary: true)
    loop()
  end

  defp loop do
    case IO.binread(:stdio, :line) do
      line when is_binary(line) ->
        IO.binwrite(:stdio, [line |> String.trim_trailing("\n") |> String.trim_trailing("\r") |> answer(), ?\n])
        loop()

      _ ->
        :ok
    end
  end

  defp answer(line) do
    with [input, output, path] <- :binary.split(line, "\t", [:global]),
         known when known != :skip <- known(input, output) do
      case File.read(path) do
        {:ok, bytes} -> reply(known.(bytes))
        {:error, reason} -> "error\tinputOutput\t#{:file.format_error(reason)}"
      end
    else
      _ -> "skip"
    end
  end

  defp reply({:ok, text}), do: ["ok\t", text]
  defp reply({:error, %{kind: kind, offset: nil}}), do: ["error\t", Reel.Error.name(kind)]
  defp reply({:error, %{kind: kind, offset: offset}}), do: ["error\t", Reel.Error.name(kind), "\t#{offset}"]

  defp known("term", "tagged"), do: &term(&1, fn term -> Reel.JSON.data(term, :tagged) end)
  defp known("term", "plain"), do: &term(&1, fn term -> Reel.JSON.data(term, :plain) end)
  defp known("term", "canonical"), do: &term(&1, fn term -> Base.encode16(Reel.Term.encode(term), case: :lower) end)
  defp known("members", "members"), do: &members/1
  defp known("recording", "tagged"), do: &recording(&1, fn source -> Reel.JSON.document(source, :tagged) end)
  defp known("recording", "plain"), do: &recording(&1, fn source -> Reel.JSON.document(source, :plain) end)
  defp known("recording", "states"), do: &recording(&1, fn source -> states(source) end)
  defp known("recording", "lines"), do: &lines/1
  defp known("recording", "salvage"), do: &Reel.JSON.salvage({:bytes, &1}, :tagged)
  defp known("phoenix-replay", "tagged"), do: &phoenix_replay(&1, :tagged)
  defp known("phoenix-replay", "plain"), do: &phoenix_replay(&1, :plain)
  defp known("json-document", "tagged"), do: &json_document(&1, :tagged)
  defp known("json-document", "plain"), do: &json_document(&1, :plain)
  defp known(_, _), do: :skip

  defp term(bytes, to) do
    with {:ok, term} <- Reel.Term.decode(bytes, maps: :ordered), do: {:ok, to.(term)}
  end

  defp json_document(bytes, mapping) do
    with {:ok, recording} <- Reel.Document.read({:bytes, bytes}, maps: :ordered),
         do: Reel.JSON.document(recording, mapping)
  end

  defp phoenix_replay(bytes, mapping) do
    with {:ok, recording} <- Reel.PhoenixReplay.read({:bytes, bytes}, maps: :ordered),
         do: Reel.JSON.document(recording, mapping)
  end

  # A file of PhoenixReplay can be read like a recording, and is none.
  defp recording(bytes, to) do
    if phoenix?(bytes), do: {:error, %Reel.Error{kind: :not_a_recording, offset: 0}}, else: to.({:bytes, bytes})
  end

  defp phoenix?(<<131, _::binary>>), do: true
  defp phoenix?("PRF1" <> _), do: true

  defp phoenix?(<<0x1F, 0x8B, _::binary>> = bytes) do
    zlib = :zlib.open()
    :ok = :zlib.inflateInit(zlib, 31)
    match?(<<131, 116, _::binary>>, start(zlib, bytes, ""))
  rescue
    ErlangError -> false
  end

  defp phoenix?(_), do: false

  # The first two bytes of what gzip holds: what is wrong after them is of no matter here.
  defp start(zlib, <<byte, rest::binary>>, out) when byte_size(out) < 2,
    do: start(zlib, rest, IO.iodata_to_binary([out | :zlib.inflate(zlib, <<byte>>)]))

  defp start(_, _, out), do: out

  defp lines(bytes) do
    recording(bytes, fn source ->
      with {:ok, _} <- Reel.read(source, atoms: :struct) do
        {:ok, ["[", source |> Reel.JSON.lines!(:plain) |> Enum.map(&String.trim(&1)) |> Enum.intersperse(","), "]"]}
      end
    end)
  end

  # All events are read once, so that whatever is wrong with the recording is found.
  defp states(source) do
    with {:ok, recording} <- Reel.read(source, atoms: :struct) do
      states =
        for {_, index} <- Enum.with_index(recording.events) do
          {:ok, state} = Reel.state_at(source, index, atoms: :struct)
          url = if state.url, do: Reel.JSON.data(state.url, :tagged), else: "null"
          [assigns, components] = Enum.map([state.assigns, state.components], &Reel.JSON.data(&1, :tagged))
          unsure = if state.unsure, do: ~s(,"unsure":#{state.unsure}), else: ""
          [~s({"assigns":), assigns, ~s(,"components":), components, ~s(,"url":), url, unsure, "}"]
        end

      {:ok, ["[", Enum.intersperse(states, ","), "]"]}
    end
  end

  defp members(bytes) do
    with {:ok, members} <- Reel.members({:bytes, bytes}) do
      {:ok, ["[", members |> Enum.map(&member/1) |> Enum.intersperse(","), "]"]}
    end
  end

  defp member(%{member: member} = found) do
    numbers = [offset: found.offset, length: found.length, contentLength: found.content_length]
    ["{", fields(numbers), ~s(,"fields":), if(member, do: ["{", fields(said(member)), "}"], else: "null"), "}"]
  end

  defp said(member) do
    kind = %{data: 1, index: 2, end: 3}[member.kind]

    common = [
      major: member.major,
      minor: member.minor,
      kind: kind,
      flags: member.flags,
      length: member.length
    ]

    common ++
      case member.kind do
        :data ->
          [
            contentLength: member.content_length,
            firstEvent: member.first_event,
            eventCount: member.event_count,
            firstOffset: member.first_ms,
            lastOffset: member.last_ms
          ]

        :index ->
          [contentLength: member.content_length]

        :end ->
          [indexOffset: member.index_offset]
      end
  end

  defp fields(numbers), do: numbers |> Enum.map(fn {key, n} -> ~s("#{key}":#{n}) end) |> Enum.intersperse(",")
end

Answers.run()
