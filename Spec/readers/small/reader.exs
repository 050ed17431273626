# A small reader of recordings: what is valid it reads, and what is not it refuses, without saying where.
#
#     {:ok, {header, events}} = Reader.read(File.read!("session.reel"))
#     elixir reader.exs session.reel    # the document in the tagged mapping
#     reel vectors check --level reader --reader 'elixir Spec/readers/small/reader.exs'

defmodule Reader.Term do
  @moduledoc """
  Terms (terms.md). Integers, floats, lists, binaries and bitstrings are Elixir's own. The others are a tuple of their kind
  and their parts, in the order of terms.md §2: `{:atom, "ok"}`, `{:tuple, [1, 2]}`, `{:map, [{key, value}]}`.
  """

  # The limits of recording.md §9.
  @term 0x4000000
  @depth 1024

  def refuse, do: throw(:refused)
  def need(condition), do: condition || refuse()

  @doc "The term of a file or, with `:frame`, of a frame, which takes all of it."
  def decode(<<131, 121, data::binary>>, :file), do: {:local, data}

  def decode(<<131, 80, length::32, stream::binary>>, place) when length <= @term and stream != "" do
    content = inflate(stream, 15, length)
    need(byte_size(content) == length)
    {term, rest} = term(content, 0)
    need(rest == "" or place == :file)
    term
  end

  def decode(<<131, data::binary>>, _) do
    {term, rest} = term(data, 0)
    need(rest == "")
    term
  end

  def decode(_, _), do: refuse()

  # A term, how many others enclose it being known, and the bytes after it: the table of terms.md §3.2.
  defp term(_, depth) when depth > @depth, do: refuse()
  defp term(<<70, float::float, rest::binary>>, _), do: {float, rest}
  defp term(<<77, 0::32, 0, rest::binary>>, _), do: {"", rest}

  defp term(<<77, n::32, last, data::binary-size(n), rest::binary>>, _) when n > 0 and last in 1..8 do
    size = 8 * n - 8 + last
    <<bits::bitstring-size(size), _::bitstring>> = data
    {bits, rest}
  end

  defp term(<<88, rest::binary>>, _), do: pid(rest, 32)
  defp term(<<89, rest::binary>>, _), do: port(rest, 32, 32)
  defp term(<<90, n::16, rest::binary>>, _), do: reference(rest, n, 32)
  defp term(<<97, value, rest::binary>>, _), do: {value, rest}
  defp term(<<98, value::signed-32, rest::binary>>, _), do: {value, rest}
  defp term(<<99, text::binary-31, rest::binary>>, _), do: {float(text), rest}
  defp term(<<100, n::16, name::binary-size(n), rest::binary>>, _), do: {latin1(name), rest}

  defp term(<<101, rest::binary>>, _) do
    {node, rest} = atom(rest)
    <<word::32, creation, rest::binary>> = at_least(rest, 5)
    need(word < 0x40000 and creation <= 3)
    {{:ref, node, creation, [word]}, rest}
  end

  defp term(<<102, rest::binary>>, _), do: port(rest, 32, 8)
  defp term(<<103, rest::binary>>, _), do: pid(rest, 8)
  defp term(<<104, n, rest::binary>>, depth), do: tuple(rest, n, depth)
  defp term(<<105, n::32, rest::binary>>, depth), do: tuple(rest, n, depth)
  defp term(<<106, rest::binary>>, _), do: {[], rest}
  defp term(<<107, n::16, data::binary-size(n), rest::binary>>, _), do: {:binary.bin_to_list(data), rest}
  defp term(<<108, rest::binary>>, depth), do: list(rest, depth, [])
  defp term(<<109, n::32, data::binary-size(n), rest::binary>>, _), do: {data, rest}
  defp term(<<110, n, sign, data::binary-size(n), rest::binary>>, _), do: {big(sign, data), rest}

  defp term(<<111, n::32, sign, data::binary-size(n), rest::binary>>, _) when n <= 4_194_296,
    do: {big(sign, data), rest}

  defp term(<<67, n::32, flags, rest::binary>>, depth) do
    {module, rest} = atom(rest)
    {name, rest} = atom(rest)
    need(3 * n <= byte_size(rest))
    {names, rest} = Enum.map_reduce(List.duplicate(0, n), rest, fn _, rest -> atom(rest) end)
    need(names |> Enum.uniq() |> length() == n)
    {values, rest} = terms(rest, n, depth + 1, [])
    {{:record, module, name, rem(flags, 2) == 1, Enum.zip(names, Enum.reverse(values))}, rest}
  end

  defp term(<<112, _::32, arity, uniq::binary-16, index::32, n::32, rest::binary>>, depth) when n <= 255 do
    {module, rest} = atom(rest)
    {old_index, rest} = small(rest, -0x800000000000000)
    {old_uniq, rest} = small(rest, -0x800000000000000)
    need(match?(<<tag, _::binary>> when tag in [88, 103], rest))
    {creator, rest} = term(rest, 0)
    {free, rest} = terms(rest, n, depth + 1, [])
    <<old_index::signed-32, old_uniq::signed-32>> = <<old_index::32, old_uniq::32>>
    {{:closure, module, arity, index, uniq, old_index, old_uniq, creator, Enum.reverse(free)}, rest}
  end

  defp term(<<113, rest::binary>>, _) do
    {module, rest} = atom(rest)
    {function, rest} = atom(rest)
    {arity, rest} = small(rest, 0)
    {{:fun, module, function, rem(arity, 0x100000000)}, rest}
  end

  defp term(<<114, n::16, rest::binary>>, _), do: reference(rest, n, 8)
  defp term(<<115, n, name::binary-size(n), rest::binary>>, _), do: {latin1(name), rest}

  defp term(<<116, n::32, rest::binary>>, depth) do
    {parts, rest} = terms(rest, 2 * n, depth + 1, [])
    pairs = parts |> Enum.reverse() |> Enum.chunk_every(2) |> Enum.map(&List.to_tuple/1)
    need(pairs |> MapSet.new(fn {key, _} -> identity(key) end) |> MapSet.size() == n)
    {{:map, pairs}, rest}
  end

  defp term(<<118, n::16, name::binary-size(n), rest::binary>>, _), do: {utf8(name), rest}
  defp term(<<119, n, name::binary-size(n), rest::binary>>, _), do: {utf8(name), rest}
  defp term(<<120, rest::binary>>, _), do: port(rest, 64, 32)
  defp term(_, _), do: refuse()

  # Terms before others, the last one first.
  defp terms(rest, 0, _, terms), do: {terms, rest}

  defp terms(data, n, depth, terms) do
    {term, rest} = term(data, depth)
    terms(rest, n - 1, depth, [term | terms])
  end

  defp tuple(data, n, depth) do
    {elements, rest} = terms(data, n, depth + 1, [])
    {{:tuple, Enum.reverse(elements)}, rest}
  end

  defp list(<<n::32, data::binary>>, depth, before) do
    case terms(data, n, depth + 1, before) do
      {elements, <<108, rest::binary>>} -> list(rest, depth, elements)
      # A list of no elements is its tail.
      {[], rest} -> term(rest, depth)
      {elements, rest} -> with({tail, rest} <- term(rest, depth + 1), do: {join(elements, tail), rest})
    end
  end

  defp list(_, _, _), do: refuse()

  defp join(elements, tail) when is_list(tail), do: Enum.reverse(elements, tail)
  defp join(elements, tail), do: {:improper, Enum.reverse(elements), tail}

  # Parts of terms, where nothing else may stand.

  defp atom(<<tag, _::binary>> = data) when tag in [100, 115, 118, 119], do: term(data, 0)
  defp atom(_), do: refuse()

  defp small(<<tag, _::binary>> = data, lowest) when tag in [97, 98, 110, 111] do
    {value, rest} = term(data, 0)
    need(value in lowest..0x7FFFFFFFFFFFFFF)
    {value, rest}
  end

  defp small(_, _), do: refuse()

  defp at_least(data, size) do
    need(byte_size(data) >= size)
    data
  end

  defp pid(data, size) do
    {node, rest} = atom(data)
    <<number::32, serial::32, creation::size(size), rest::binary>> = at_least(rest, 8 + div(size, 8))
    need(size == 32 or creation <= 3)
    {{:pid, node, number, serial, creation}, rest}
  end

  defp port(data, number_size, size) do
    {node, rest} = atom(data)
    <<number::size(number_size), creation::size(size), rest::binary>> = at_least(rest, div(number_size + size, 8))
    need(size == 32 or creation <= 3)
    {{:port, node, number, creation}, rest}
  end

  defp reference(data, n, size) do
    need(n in 1..5)
    {node, rest} = atom(data)
    <<creation::size(size), words::binary-size(n)-unit(32), rest::binary>> = at_least(rest, div(size, 8) + 4 * n)
    [first | _] = words = for <<word::32 <- words>>, do: word
    need(size == 32 or (creation <= 3 and first < 0x40000))
    {{:ref, node, creation, words}, rest}
  end

  defp big(0, data), do: :binary.decode_unsigned(data, :little)
  defp big(_, data), do: -:binary.decode_unsigned(data, :little)

  defp float(text) do
    with [text, _] <- :binary.split(text, <<0>>),
         true <- text =~ ~r/\A[+-]?[0-9]+[.,][0-9]+([eE][+-]?[0-9]+)?\z/ do
      text |> String.replace(",", ".") |> String.to_float()
    else
      _ -> refuse()
    end
  rescue
    ArgumentError -> refuse()
  end

  defp latin1(name) do
    need(byte_size(name) <= 255)
    {:atom, :unicode.characters_to_binary(name, :latin1)}
  end

  defp utf8(name) do
    need(String.valid?(name) and length(String.codepoints(name)) <= 255)
    {:atom, name}
  end

  # What terms have in common that are the same key of a map (terms.md §5).
  defp identity(term) when is_float(term), do: term + 0.0
  defp identity(terms) when is_list(terms), do: Enum.map(terms, &identity/1)
  defp identity({:tuple, terms}), do: {:tuple, identity(terms)}
  defp identity({:improper, terms, tail}), do: {:improper, identity(terms), identity(tail)}
  defp identity({:map, pairs}), do: {:map, Map.new(pairs, fn {key, value} -> {identity(key), identity(value)} end)}
  defp identity({:ref, node, creation, words}), do: {:ref, node, creation, Enum.take(words ++ [0, 0, 0, 0], 5)}

  defp identity({:record, module, name, exported, fields}),
    do: {:record, module, name, exported, Map.new(fields, fn {field, value} -> {field, identity(value)} end)}

  defp identity({:closure, module, _, index, _, _, old_uniq, _, free}),
    do: {:closure, module, index, old_uniq, identity(free)}

  defp identity(term), do: term

  @doc "What a stream inflates to, which is refused when it is longer, or does not end where its bytes do."
  def inflate(stream, bits, length) do
    z = :zlib.open()

    try do
      :ok = :zlib.inflateInit(z, bits, :error)
      content = inflated(z, :zlib.safeInflate(z, stream), length, [])
      :ok = :zlib.inflateEnd(z)
      content
    rescue
      ErlangError -> refuse()
    after
      :zlib.close(z)
    end
  end

  defp inflated(z, {more, out}, room, all) do
    need(IO.iodata_length(out) <= room)
    all = [all | out]

    if more == :finished,
      do: IO.iodata_to_binary(all),
      else: inflated(z, :zlib.safeInflate(z, []), room - IO.iodata_length(out), all)
  end

  defp inflated(_, _, _, _), do: refuse()
end

defmodule Reader do
  @moduledoc "Recordings (recording.md): their members, their frames, and the document in the tagged mapping (json.md)."
  import Bitwise
  import Reader.Term

  # The limits of recording.md §9.
  @frame 0x4000000
  @member 0x8000000
  @content 0x10000000000
  @entries 4_000_000

  defguardp is_count(term) when is_integer(term) and term >= 0 and term < 0x8000000000000000

  @doc "The fields of the header and the events of a recording, of which all is checked."
  def read(data), do: caught(fn -> recording(data) end)

  @doc "The document of a recording, in the tagged mapping."
  def document(data), do: caught(fn -> data |> recording() |> text() end)

  @doc "A term as the file of a vector holds it, in the tagged mapping."
  def term(data), do: caught(fn -> data |> decode(:file) |> tagged() end)

  defp caught(read) do
    {:ok, read.()}
  catch
    :refused -> :error
  end

  defp recording(data) do
    read = %{header: nil, events: [], count: 0, finished: false, indexed: false}
    read = Map.merge(read, %{at: 0, entries: [], index: nil, ended: false})

    read =
      cond do
        not match?(<<0x1F, 0x8B, _::binary>>, data) -> data |> frames(read, []) |> elem(0)
        match?({nil, _, _}, header(data)) -> data |> gunzip([]) |> frames(read, []) |> elem(0)
        true -> members(data, read)
      end

    need(read.header)
    {read.header, Enum.reverse(read.events)}
  end

  # Gzip members (§5)

  # The payload of RL, or nil; the bytes after the header; and whether that has a checksum.
  defp header(<<0x1F, 0x8B, 8, 0::3, comment::1, name::1, extra::1, crc::1, _::1, _::48, rest::binary>> = data) do
    {subfields, rest} = if extra == 1, do: sized(rest), else: {"", rest}
    rest = Enum.reduce(1..(name + comment)//1, rest, fn _, rest -> after_zero(rest) end)
    size = byte_size(data) - byte_size(rest)
    rest = if crc == 1, do: checked(rest, :erlang.crc32(binary_part(data, 0, size)) &&& 0xFFFF), else: rest
    {payload(subfields, nil), rest, crc == 1}
  end

  defp header(_), do: refuse()

  defp sized(<<size::little-16, content::binary-size(size), rest::binary>>), do: {content, rest}
  defp sized(_), do: refuse()

  defp after_zero(data) do
    case :binary.split(data, <<0>>) do
      [_, rest] -> rest
      _ -> refuse()
    end
  end

  defp checked(<<crc::little-16, rest::binary>>, crc), do: rest
  defp checked(_, _), do: refuse()

  defp payload("", found), do: found

  defp payload(<<name::binary-2, rest::binary>>, found) do
    {content, rest} = sized(rest)
    payload(rest, if(name == "RL", do: found || content, else: found))
  end

  defp payload(_, _), do: refuse()

  # What the RL member at the start declares, its content, and its length: §5.3, steps 1 to 9.
  defp member(data) do
    {payload, rest, is_checked} = header(data)
    need(is_checked and match?(<<1, _, kind, _, _::32, _::binary>> when kind in 1..3, payload))
    <<_, _, kind, flags, length::little-32, numbers::binary>> = payload
    deflated = length - 8 - (byte_size(data) - byte_size(rest))
    need(deflated > 0 and length <= byte_size(data))
    <<stream::binary-size(deflated), crc::little-32, size::little-32, _::binary>> = rest
    numbers = numbers(kind, numbers, length)
    need(hd(numbers) <= @member and div(hd(numbers), 1032) <= deflated)
    content = inflate(stream, -15, hd(numbers))
    need({crc, size, byte_size(content)} == {:erlang.crc32(content), byte_size(content), hd(numbers)})
    {kind, flags, numbers, content, length}
  end

  defp numbers(1, data, _) do
    {numbers, _} = Enum.map_reduce(1..5, data, fn _, data -> varint(data, 0, 0) end)
    [_, first, count, low, span] = numbers
    need(is_count(first + count) and is_count(low + span))
    numbers
  end

  defp numbers(2, data, _), do: [data |> varint(0, 0) |> elem(0)]
  defp numbers(3, <<offset::little-64, _::binary>>, 44), do: [0, offset]
  defp numbers(_, _, _), do: refuse()

  defp varint(<<1::1, low::7, rest::binary>>, place, value) when place < 8,
    do: varint(rest, place + 1, value + (low <<< (7 * place)))

  defp varint(<<0::1, low::7, rest::binary>>, place, value) when place == 0 or low > 0,
    do: {value + (low <<< (7 * place)), rest}

  defp varint(_, _, _), do: refuse()

  # The content of all members of a plain recording.
  defp gunzip("", content), do: IO.iodata_to_binary(content)

  defp gunzip(data, content) do
    {payload, rest, _} = header(data)
    need(payload == nil)
    size = stream_size(rest)
    piece = inflate(binary_part(rest, 0, size), -15, @content)
    trailer = {:erlang.crc32(piece), byte_size(piece) &&& 0xFFFFFFFF}

    need(
      match?(<<_::binary-size(size), crc::little-32, isize::little-32, _::binary>> when {crc, isize} == trailer, rest)
    )

    gunzip(binary_part(rest, size + 8, byte_size(rest) - size - 8), [content | piece])
  end

  # Erlang's zlib does not say where a stream ends, but refuses what comes after it: so the longest beginning that it
  # takes is the stream.
  defp stream_size(data) do
    bound = 1024 |> Stream.iterate(&(2 * &1)) |> Enum.find(&(&1 >= byte_size(data) or not takes?(data, &1)))
    stream_size(data, 0, min(bound, byte_size(data)))
  end

  defp stream_size(_, size, size), do: size

  defp stream_size(data, low, high) do
    middle = div(low + high + 1, 2)
    if takes?(data, middle), do: stream_size(data, middle, high), else: stream_size(data, low, middle - 1)
  end

  defp takes?(data, size) do
    z = :zlib.open()

    try do
      :ok = :zlib.inflateInit(z, -15, :error)
      _ = :zlib.inflate(z, binary_part(data, 0, size))
      true
    rescue
      ErlangError -> false
    after
      :zlib.close(z)
    end
  end

  # RL members, one after the other (§4)

  defp members("", read) do
    need(read.index == nil or read.ended)
    read
  end

  defp members(data, %{at: at, ended: false} = read) do
    {kind, flags, numbers, content, length} = member(data)
    need(at > 0 or kind == 1)
    read = hold(kind, read, flags, numbers, content, length)
    members(binary_part(data, length, byte_size(data) - length), %{read | at: at + length})
  end

  defp members(_, _), do: refuse()

  defp hold(1, %{finished: false, index: nil, at: at} = read, flags, numbers, content, length) do
    need(content != "" or at > 0)
    {found, names} = frames(content, read, [])
    offsets = found.events |> Enum.take(found.count - read.count) |> Enum.map(&hd/1)
    {low, high} = Enum.min_max(offsets, fn -> {0, 0} end)
    is_keyframe = match?(["keyframe" | _], names)
    said = for {flag, true} <- [{1, is_keyframe}, {2, "recording" in names}, {4, "finish" in names}], do: flag
    need((flags &&& 7) == Enum.sum(said) and not Enum.any?(names, &is_list/1))
    need(numbers == [byte_size(content), read.count, found.count - read.count, low, high - low])
    first = [at, length, byte_size(content), read.count, found.count - read.count, low, high]
    %{found | entries: [first ++ [{:atom, to_string(is_keyframe)}] | read.entries]}
  end

  defp hold(2, %{finished: true, index: nil} = read, _, _, content, _) do
    {_, found} = frames(content, read, [])
    need(found == [Enum.reverse(read.entries)])
    %{read | index: read.at}
  end

  defp hold(3, %{finished: true} = read, _, [_, offset], _, _) do
    need(offset == (read.index || 0) and (read.index || match?([_], read.entries)))
    %{read | ended: true}
  end

  defp hold(_, _, _, _, _, _), do: refuse()

  # Frames (§6): what has been read after them, and the name of each, or the entries of an index.

  defp frames("", read, found), do: {read, Enum.reverse(found)}

  defp frames(<<length::32, packet::binary-size(length), rest::binary>>, read, found) when length in 2..@frame do
    {name, read} = packet |> decode(:frame) |> frame(read)
    frames(rest, read, [name | found])
  end

  defp frames(_, _, _), do: refuse()

  defp frame({:tuple, [{:atom, "recording"}, {:tuple, [1, minor]}, {:map, fields} | _]}, %{header: nil} = read) do
    need(minor in 0..255 and Enum.all?(fields, &match?({{:atom, _}, _}, &1)))
    {"recording", %{read | header: fields}}
  end

  defp frame(_, %{header: nil}), do: refuse()

  defp frame({:tuple, [{:atom, "keyframe"}, count, {:map, state} | _]}, %{count: count, finished: false} = read) do
    need(match?({:map, _}, get(state, "assigns", nil)))
    {:map, components} = map(get(state, "components", {:map, []}))
    need(Enum.all?(components, &match?({{:tuple, [_, _]}, {:map, _}}, &1)))
    {"keyframe", read}
  end

  defp frame({:tuple, [{:atom, "finish"}, {:map, summary} | _]}, %{finished: false} = read) do
    need(get(summary, "events", nil) === read.count and is_count(get(summary, "duration", nil)))
    need(counts?(get(summary, "kinds", nil), &match?({:atom, _}, &1)))
    need(counts?(get(summary, "names", nil), &(is_binary(&1) and String.valid?(&1))))
    {"finish", %{read | finished: true}}
  end

  defp frame({:tuple, [{:atom, "index"}, entries | _]}, %{indexed: false} = read) when is_list(entries) do
    need(length(entries) <= @entries)
    {Enum.map(entries, &entry/1), %{read | indexed: true}}
  end

  defp frame({:tuple, [{:atom, name} | _]}, read) do
    need(name not in ~w(recording keyframe finish index))
    {name, read}
  end

  defp frame(events, %{finished: false} = read) when is_list(events) and events != [],
    do: {:events, Enum.reduce(events, read, &event/2)}

  defp frame(event, %{finished: false} = read), do: {:events, event(event, read)}
  defp frame(_, _), do: refuse()

  defp event({:tuple, [offset, {:atom, _}, _ | _] = event}, read) when is_count(offset),
    do: %{read | events: [event | read.events], count: read.count + 1}

  defp event(_, _), do: refuse()

  defp entry({:tuple, elements}) do
    {numbers, more} = Enum.split(elements, 7)
    need(length(numbers) == 7 and Enum.all?(numbers, &is_count/1))
    need(match?([{:atom, name} | _] when name in ["true", "false"], more))
    numbers ++ [hd(more)]
  end

  defp entry(_), do: refuse()

  defp map({:map, _} = map), do: map
  defp map(_), do: refuse()

  defp counts?({:map, pairs}, key?), do: Enum.all?(pairs, fn {key, count} -> key?.(key) and is_count(count) end)
  defp counts?(_, _), do: true

  defp get(pairs, name, default),
    do: Enum.find_value(pairs, default, fn {key, value} -> key == {:atom, name} && value end)

  # JSON (json.md §2.1, §4)

  defp text({header, events}) do
    {fields, _} =
      Enum.map_reduce(header, MapSet.new(["events"]), fn {{:atom, name}, value}, used ->
        name = free(if(name == "nil", do: "", else: name), 1, used)
        {[string(name), ":", tagged(value), ","], MapSet.put(used, name)}
      end)

    ["{", fields, ~s("events":[), events |> Enum.map(&event_text/1) |> Enum.intersperse(","), "]}"]
  end

  # The name of a field, which makes way for one that is there.
  defp free(name, count, used) do
    numbered = if count == 1, do: name, else: "#{name}##{count}"
    if numbered in used, do: free(name, count + 1, used), else: numbered
  end

  defp event_text([offset, {:atom, kind}, payload | extra]) do
    more = if extra == [], do: [], else: [~s(,"extra":), tagged(extra)]
    [~s({"offset":#{offset},"type":), string(kind), ~s(,"payload":), tagged(payload), more, "}"]
  end

  @fields %{
    pid: ~w(node number serial creation),
    port: ~w(node number creation),
    ref: ~w(node creation words),
    fun: ~w(module function arity),
    closure: ~w(module arity index uniq old_index old_uniq creator free)
  }

  # An integer of 262,144 bits is written in decimal, a longer one in hexadecimal digits.
  @longest 1 <<< 262_144

  defp tagged(term) when is_integer(term) and abs(term) < @longest, do: Integer.to_string(term)

  defp tagged(term) when is_integer(term) do
    digits = term |> abs() |> :binary.encode_unsigned() |> Base.encode16(case: :lower) |> String.trim_leading("0")
    [~s({"$integer":"), if(term < 0, do: "-0x", else: "0x"), digits, ~s("})]
  end

  defp tagged(term) when is_float(term), do: Float.to_string(term)
  defp tagged(terms) when is_list(terms), do: ["[", commas(terms), "]"]

  defp tagged(term) when is_binary(term),
    do: if(String.valid?(term), do: string(term), else: [~s({"$binary":), base64(term), "}"])

  defp tagged(term) when is_bitstring(term) do
    padding = 8 - rem(bit_size(term), 8)
    [~s({"$bits":), base64(<<term::bitstring, 0::size(padding)>>), ~s(,"size":#{bit_size(term)}})]
  end

  defp tagged({:atom, name}) when name in ["true", "false"], do: name
  defp tagged({:atom, "nil"}), do: "null"
  defp tagged({:atom, name}), do: [~s({"$atom":), string(name), "}"]
  defp tagged({:tuple, terms}), do: [~s({"$tuple":), tagged(terms), "}"]
  defp tagged({:improper, terms, tail}), do: ["[", commas(terms), ~s(,{"$tail":), tagged(tail), "}]"]
  defp tagged({:local, data}), do: [~s({"$local":), base64(data), "}"]

  defp tagged({:map, pairs}) do
    if Enum.all?(pairs, fn {key, _} -> is_binary(key) and String.valid?(key) and not String.starts_with?(key, "$") end),
      do: ["{", commas(pairs, fn {key, value} -> [string(key), ":", tagged(value)] end), "}"],
      else: [~s({"$map":[), commas(pairs, &tagged(Tuple.to_list(&1))), "]}"]
  end

  defp tagged({:record, {:atom, module}, {:atom, name}, exported, fields}) do
    pairs = commas(fields, fn {{:atom, field}, value} -> ["[", string(field), ",", tagged(value), "]"] end)
    head = [~s({"$record":{"module":), string(module), ~s(,"name":), string(name), ~s(,"exported":#{exported})]
    [head, ~s(,"fields":[), pairs, "]}}"]
  end

  defp tagged(term) do
    [kind | parts] = Tuple.to_list(term)
    [~s({"$#{kind}":), fields(kind, parts), "}"]
  end

  defp fields(kind, parts), do: ["{", @fields[kind] |> Enum.zip(parts) |> commas(&field/1), "}"]

  defp field({"creator" = name, {:pid, node, number, serial, creation}}),
    do: [string(name), ":", fields(:pid, [node, number, serial, creation])]

  defp field({name, {:atom, value}}), do: [string(name), ":", string(value)]
  defp field({"uniq" = name, data}), do: [string(name), ":", base64(data)]
  defp field({name, value}), do: [string(name), ":", tagged(value)]

  defp commas(terms, text \\ &tagged/1), do: terms |> Enum.map(text) |> Enum.intersperse(",")

  defp base64(data), do: [?", Base.encode64(data), ?"]

  defp string(text), do: [?", for(<<byte <- text>>, do: escaped(byte)), ?"]

  defp escaped(byte) when byte < 32, do: "\\u00" <> Base.encode16(<<byte>>)
  defp escaped(byte) when byte in [?", ?\\], do: [?\\, byte]
  defp escaped(byte), do: byte
end

# The protocol of vectors.md §5.
defmodule Answers do
  def run do
    for line <- IO.binstream(:stdio, :line),
        do: IO.binwrite(:stdio, [line |> String.trim_trailing("\n") |> String.split("\t") |> answer(), "\n"])
  end

  defp answer(["term", "tagged", path]), do: path |> File.read!() |> Reader.term() |> reply()
  defp answer(["recording", "tagged", path]), do: path |> File.read!() |> Reader.document() |> reply()
  defp answer(_), do: "skip"

  defp reply({:ok, text}), do: ["ok\t", text]
  defp reply(:error), do: "error\tmalformed"
end

# Paths are bytes, and what is written is UTF-8 already.
:ok = :io.setopts(:standard_io, encoding: :latin1, binary: true)

refuse = fn path, reason ->
  IO.puts(:stderr, "#{path}: #{reason}")
  System.halt(1)
end

case System.argv() do
  [] ->
    Answers.run()

  [path | _] ->
    with {:ok, data} <- File.read(path), {:ok, text} <- Reader.document(data) do
      IO.binwrite(:stdio, [text, "\n"])
    else
      {:error, reason} -> refuse.(path, :file.format_error(reason))
      :error -> refuse.(path, "this is no valid recording")
    end
end
