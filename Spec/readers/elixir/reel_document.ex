defmodule Reel.Document do
  @moduledoc """
  JSON documents as the recordings that they become (`Spec/json.md` §5.3): `.json.gz` and `.json` of PhoenixReplay 0.1 and
  0.2, and what `Reel.JSON.document/3` writes in the plain mapping.

      iex> text = ~S({"view":"Shop.Cart","events":[{"offset":7,"type":"event","payload":{"name":"inc"}}]})
      iex> {:ok, recording} = Reel.Document.read({:bytes, text})
      iex> recording.events
      [{7, :event, %{"name" => "inc"}}]
      iex> recording.finish.names
      %{"inc" => 1}
  """
  alias Reel.{Error, Inflate, Member, Recording, Source, Summary, Term}

  @most_digits 78_914
  @longest 255
  # How deep arrays and objects nest, in a field and in an event with its own object.
  @field_depth 1021
  @event_depth 1022

  @doc "All of a document, in gzip or bare. Of one that is torn, what can be read. The options are those of `Reel.read/2`."
  @spec read(Reel.source(), keyword) :: {:ok, Recording.t()} | {:error, Error.t()}
  def read(source, options \\ []) do
    Source.using(source, fn source ->
      {text, torn} = content(source, Reel.limits(options).total)
      frame = Reel.limits(options).frame
      state = %{rest: text, size: byte_size(text), place: :start, keys: MapSet.new(), count: 0, frame: frame}
      {fields, events, error} = collect(state, [], [])
      check(events, first_error(error, torn, byte_size(text)))
      {:ok, fields |> items(events, options) |> Recording.of()}
    end)
  end

  # That events are missing is known when the text and the gzip have ended.
  defp first_error(:no_events, nil, _), do: %Error{kind: :not_a_recording, offset: 0, detail: "an object without events"}
  defp first_error(%Error{offset: offset} = error, torn, size) when torn == nil or offset != size, do: error
  defp first_error(_, torn, _), do: torn

  # What has been read of a torn document counts.
  defp check([_ | _], %Error{kind: kind}) when kind not in [:not_a_recording, :malformed_frame], do: :ok
  defp check(_, nil), do: :ok
  defp check(_, error), do: raise(error)

  defp items(fields, events, options) do
    summary = events |> Enum.reduce(%Summary{}, &Summary.add(&2, &1)) |> Summary.to_map(:imported)
    kinds = Term.convert(%Reel.Map{pairs: Map.to_list(summary.kinds)}, options)
    events = for {event, index} <- Enum.with_index(events), do: {:event, index, Term.convert(event, options)}

    header = Term.arranged(%Reel.Map{pairs: fields})

    [{:header, {1, 0}, Term.convert(header, options)} | events] ++
      [{:finish, %{summary | kinds: kinds}}, {:end, true}]
  end

  # The text, and the error of the gzip around it, if any.
  defp content(source, limit) do
    case source.read.(0, source.size) do
      <<0x1F, 0x8B, _::binary>> = bytes -> unzipped(source, bytes, 0, limit, [])
      bytes -> {bytes, nil}
    end
  end

  defp unzipped(_source, bytes, offset, _limit, done) when offset == byte_size(bytes),
    do: {IO.iodata_to_binary(done), nil}

  defp unzipped(source, bytes, offset, limit, done) do
    case attempt(fn -> member(source, bytes, offset, limit) end) do
      {:ok, {content, nil, stop}} -> unzipped(source, bytes, stop, limit - byte_size(content), [done | content])
      {:ok, {content, error, _}} -> {IO.iodata_to_binary([done | content]), error}
      {:error, error} -> {IO.iodata_to_binary(done), error}
    end
  end

  # What a member inflates to, what is wrong with it, and where it ends.
  defp member(source, bytes, offset, limit) do
    start =
      case Member.header(source, offset) do
        {:gzip, size} -> offset + size
        :none -> Error.fail(:trailing_data, offset, "bytes after the gzip member")
        {:member, _} -> Error.fail(:not_a_recording, 0, "a member with an RL subfield")
      end

    wrong = fn kind, detail -> %Error{kind: kind, offset: offset, detail: detail} end

    case Inflate.whole(binary_part(bytes, start, byte_size(bytes) - start), -15, limit, 8) do
      {:ended, content, used} ->
        <<_::binary-size(start), _::binary-size(used), trailer::binary>> = bytes
        sums = {:erlang.crc32(content), rem(byte_size(content), 0x100000000)}

        case trailer do
          <<crc::little-32, size::little-32, _::binary>> when {crc, size} == sums -> {content, nil, start + used + 8}
          <<crc::little-32, _::32, _::binary>> when crc == elem(sums, 0) ->
            {content, wrong.(:malformed_member, "the length in the trailer does not match"), nil}

          <<_::64, _::binary>> -> {content, wrong.(:checksum, "the content does not match the trailer"), nil}
          _ -> {content, wrong.(:truncated, "the file ends inside a member"), nil}
        end

      {:short, content} ->
        {content, wrong.(:truncated, "the file ends inside a member"), nil}

      {:bad, content} ->
        {content, wrong.(:malformed_member, "invalid deflate data"), nil}

      :over ->
        {"", wrong.(:limit_exceeded, "the content of the file is too long"), nil}
    end
  end

  defp attempt(read) do
    {:ok, read.()}
  rescue
    error in Error -> {:error, error}
  end

  # -- documents ----------------------------------------------------------------------------------------------------

  defp collect(state, fields, events) do
    case attempt(fn -> next(%{state | rest: space(state.rest)}) end) do
      {:ok, {:field, field, state}} -> collect(state, [field | fields], events)
      {:ok, {:event, event, state}} -> collect(state, fields, [event | events])
      {:ok, {:end, keys}} -> {Enum.reverse(fields), Enum.reverse(events), if("events" in keys, do: nil, else: :no_events)}
      {:error, error} -> {Enum.reverse(fields), Enum.reverse(events), error}
    end
  end

  # The next field or event, and the state after it.
  defp next(%{place: :start, rest: <<?{, rest::binary>>} = state) do
    case space(rest) do
      <<?}, rest::binary>> -> next(%{state | place: :end, rest: space(rest)})
      rest -> next(%{state | place: :key, rest: rest})
    end
  end

  defp next(%{place: :start, rest: <<>>, size: size}), do: unexpected(<<>>, size)
  defp next(%{place: :start}), do: Error.fail(:not_a_recording, 0, "no object")

  defp next(%{place: :key, rest: <<?", _::binary>> = all, size: size} = state) do
    {key, rest} = key(all, state.keys, size)
    state = %{state | rest: space(rest), keys: MapSet.put(state.keys, key)}

    cond do
      too_long?(key) ->
        Error.fail(:not_a_recording, 0, "a name that is too long for an atom")

      key == "events" ->
        events(state)

      true ->
        {value, rest} = bounded(state.rest, @field_depth, state)
        {:field, {Term.known(key), field(key, value)}, %{state | place: :pair, rest: rest}}
    end
  end

  defp next(%{place: :pair, rest: <<?,, rest::binary>>} = state), do: next(%{state | place: :key, rest: space(rest)})
  defp next(%{place: :pair, rest: <<?}, rest::binary>>} = state), do: next(%{state | place: :end, rest: space(rest)})

  defp next(%{place: :event, rest: all} = state) do
    {value, rest} = bounded(all, @event_depth, state)
    event = event(value) || fail(:malformed_frame, all, state.size, "an event without offset, type or payload")
    {:event, event, %{state | place: :element, rest: rest}}
  end

  defp next(%{place: :element, rest: <<?,, rest::binary>>} = state),
    do: next(%{state | place: :event, rest: space(rest)})

  defp next(%{place: :element, rest: <<?], rest::binary>>} = state),
    do: next(%{state | place: :pair, rest: space(rest)})

  defp next(%{place: :end, rest: <<>>, keys: keys}), do: {:end, keys}

  defp next(%{place: :end, rest: rest, size: size}),
    do: fail(:trailing_data, rest, size, "something after the document")

  defp next(%{rest: rest, size: size}), do: unexpected(rest, size)

  defp events(%{rest: <<?[, rest::binary>>} = state) do
    case space(rest) do
      <<?], rest::binary>> -> next(%{state | place: :pair, rest: space(rest)})
      rest -> next(%{state | place: :event, rest: rest})
    end
  end

  defp events(%{rest: <<>>, size: size}), do: unexpected(<<>>, size)
  defp events(_), do: Error.fail(:not_a_recording, 0, "events that are no array")

  # A value whose text is no longer than a frame may be.
  defp bounded(all, depth, %{size: size, frame: frame}) do
    {value, rest} = value(all, depth, size)
    if byte_size(all) - byte_size(rest) > frame, do: fail(:limit_exceeded, all, size, "a value of too many bytes")
    {value, rest}
  end

  defp field(key, value) when key in ["view", "__struct__"] and is_binary(value) do
    if value =~ ~r/\A[A-Z][A-Za-z0-9_]*(\.[A-Z][A-Za-z0-9_]*)*\z/ and not too_long?("Elixir." <> value),
      do: Term.known("Elixir." <> value),
      else: value
  end

  defp field(_, value), do: value

  # The event that an object stands for, or nil.
  defp event(%Reel.Map{pairs: pairs}) do
    found = Map.new(pairs)
    extra = if is_list(found["extra"]), do: found["extra"], else: []

    with %{"offset" => offset, "type" => type, "payload" => payload} <- found,
         true <- is_integer(offset) and offset in 0..0x7FFFFFFFFFFFFFFF,
         true <- is_binary(type) and not too_long?(type) do
      List.to_tuple([offset, Term.known(type), payload | extra])
    else
      _ -> nil
    end
  end

  defp event(_), do: nil

  defp too_long?(name), do: byte_size(name) > @longest and length(String.codepoints(name)) > @longest

  # -- JSON ---------------------------------------------------------------------------------------------------------

  defp space(<<c, rest::binary>>) when c in [?\s, ?\t, ?\n, ?\r], do: space(rest)
  defp space(rest), do: rest

  defp key(<<?", _::binary>> = all, keys, size) do
    {key, rest} = string(all, size)
    if key in keys, do: fail(:malformed_term, all, size, "an object that names a key twice")

    case space(rest) do
      <<?:, rest::binary>> -> {key, space(rest)}
      rest -> unexpected(rest, size)
    end
  end

  defp key(rest, _, size), do: unexpected(rest, size)

  # A value in which arrays and objects nest no deeper than this, and the text after it.
  defp value(<<c, _::binary>> = all, 0, size) when c in [?[, ?{],
    do: fail(:limit_exceeded, all, size, "values nest too deep")

  defp value(<<?[, rest::binary>>, depth, size) do
    case space(rest) do
      <<?], rest::binary>> -> {[], rest}
      rest -> array(rest, depth - 1, size, [])
    end
  end

  defp value(<<?{, rest::binary>>, depth, size) do
    case space(rest) do
      <<?}, rest::binary>> -> {%Reel.Map{pairs: []}, rest}
      rest -> object(rest, depth - 1, size, MapSet.new(), [])
    end
  end

  defp value(<<?", _::binary>> = all, _, size), do: string(all, size)
  defp value(<<c, _::binary>> = all, _, size) when c == ?- or c in ?0..?9, do: number(all, size)
  defp value(<<"true", rest::binary>>, _, _), do: {true, rest}
  defp value(<<"false", rest::binary>>, _, _), do: {false, rest}
  defp value(<<"null", rest::binary>>, _, _), do: {nil, rest}

  defp value(rest, _, size) do
    is_cut = Enum.any?(["true", "false", "null"], &String.starts_with?(&1, rest))
    unexpected(if(is_cut, do: <<>>, else: rest), size)
  end

  defp array(rest, depth, size, done) do
    {element, rest} = value(rest, depth, size)

    case space(rest) do
      <<?,, rest::binary>> -> array(space(rest), depth, size, [element | done])
      <<?], rest::binary>> -> {Enum.reverse(done, [element]), rest}
      rest -> unexpected(rest, size)
    end
  end

  defp object(rest, depth, size, keys, done) do
    {key, rest} = key(rest, keys, size)
    {value, rest} = value(rest, depth, size)

    case space(rest) do
      <<?,, rest::binary>> -> object(space(rest), depth, size, MapSet.put(keys, key), [{key, value} | done])
      <<?}, rest::binary>> -> {%Reel.Map{pairs: Enum.reverse(done, [{key, value}])}, rest}
      rest -> unexpected(rest, size)
    end
  end

  defp number(all, size) do
    first = past(all, [?-])
    rest = digits(first, all, size)

    if byte_size(first) - byte_size(rest) > 1 and match?(<<?0, _::binary>>, first),
      do: fail(:malformed_term, all, size, "a number with a zero before it")

    {fraction, rest} = part(rest, [?.], [], all, size)
    {exponent, rest} = part(rest, [?e, ?E], [?+, ?-], all, size)

    if byte_size(first) - byte_size(rest) > @most_digits,
      do: fail(:limit_exceeded, all, size, "a number of too many characters")

    whole = binary_part(all, 0, byte_size(all) - byte_size(rest) - byte_size(fraction <> exponent))

    if fraction <> exponent == "" do
      {String.to_integer(whole), rest}
    else
      # Erlang wants a point in each.
      {:erlang.binary_to_float(whole <> if(fraction == "", do: ".0", else: fraction) <> exponent), rest}
    end
  rescue
    ArgumentError -> fail(:limit_exceeded, all, size, "a number that no float holds")
  end

  # The fraction or exponent that may come next, as text.
  defp part(all, starts, signs, number, size) do
    case past(all, starts) do
      ^all ->
        {"", all}

      rest ->
        rest = rest |> past(signs) |> digits(number, size)
        {binary_part(all, 0, byte_size(all) - byte_size(rest)), rest}
    end
  end

  defp past(<<c, rest::binary>> = all, characters), do: if(c in characters, do: rest, else: all)
  defp past(<<>>, _), do: <<>>

  defp digits(<<c, rest::binary>>, _, _) when c in ?0..?9, do: more_digits(rest)
  defp digits(<<>>, _, size), do: unexpected(<<>>, size)
  defp digits(_, number, size), do: unexpected(number, size)

  defp more_digits(<<c, rest::binary>>) when c in ?0..?9, do: more_digits(rest)
  defp more_digits(rest), do: rest

  defp string(<<?", rest::binary>> = all, size), do: string(rest, rest, 0, [], all, size)

  # What stands for itself is taken by runs.
  defp string(<<?", rest::binary>>, run, length, done, all, size) do
    text = IO.iodata_to_binary([done, binary_part(run, 0, length)])
    if not String.valid?(text), do: fail(:malformed_term, all, size, "a string that is not UTF-8")
    {text, rest}
  end

  defp string(<<?\\, _::binary>> = escape, run, length, done, all, size) do
    {character, rest} = escape(escape, size)
    string(rest, rest, 0, [done, binary_part(run, 0, length), <<character::utf8>>], all, size)
  end

  defp string(<<c, rest::binary>>, run, length, done, all, size) when c >= 32,
    do: string(rest, run, length + 1, done, all, size)

  defp string(rest, _, _, _, _, size), do: unexpected(rest, size)

  @escapes %{?" => ?", ?\\ => ?\\, ?/ => ?/, ?b => ?\b, ?f => ?\f, ?n => ?\n, ?r => ?\r, ?t => ?\t}

  defp escape(<<?\\, c, rest::binary>>, _) when is_map_key(@escapes, c), do: {@escapes[c], rest}
  defp escape(<<?\\>>, size), do: unexpected(<<>>, size)

  defp escape(<<?\\, ?u, _::binary>> = all, size) do
    case unit(all, size) do
      {high, <<?\\, ?u, _::binary>> = rest} when high in 0xD800..0xDBFF -> pair(high, rest, all, size)
      {high, rest} when high in 0xD800..0xDBFF and rest in ["", "\\"] -> unexpected(<<>>, size)
      {unit, _} when unit in 0xD800..0xDFFF -> fail(:malformed_term, all, size, "half of a surrogate pair")
      found -> found
    end
  end

  defp escape(all, size), do: unexpected(all, size)

  defp pair(high, rest, all, size) do
    case unit(rest, size) do
      {low, rest} when low in 0xDC00..0xDFFF -> {0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00, rest}
      _ -> fail(:malformed_term, all, size, "half of a surrogate pair")
    end
  end

  defp unit(<<_, _, digits::binary>> = all, size) do
    count = min(4, byte_size(digits))
    <<digits::binary-size(count), rest::binary>> = digits

    cond do
      not (digits =~ ~r/\A[0-9a-fA-F]*\z/) -> unexpected(all, size)
      count < 4 -> unexpected(<<>>, size)
      true -> {String.to_integer(digits, 16), rest}
    end
  end

  defp unexpected(<<>>, size), do: Error.fail(:truncated, size, "the text ends inside the document")
  defp unexpected(rest, size), do: fail(:malformed_term, rest, size, "no JSON")

  defp fail(kind, rest, size, detail), do: Error.fail(kind, size - byte_size(rest), detail)
end
