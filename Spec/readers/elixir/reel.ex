defmodule Reel.Error do
  @moduledoc """
  What is wrong with a recording: a kind, where, and a sentence.

  The kinds are those of `Spec/recording.md` §10 in Elixir's spelling (`:malformed_term` for `malformedTerm`). The
  functions of `Reel.Term` report those of `Spec/terms.md` §8. There is one of this library's own, `:unknown_atom`, for
  `atoms: :safe`. Offsets count bytes from the start of the file, or of the term.
  """

  @type kind ::
          :not_a_recording
          | :unsupported_version
          | :truncated
          | :checksum
          | :malformed_member
          | :malformed_frame
          | :malformed_term
          | :malformed_index
          | :trailing_data
          | :limit_exceeded
          | :no_such_event
          | :input_output
          | :unknown_atom
          | :not_external_term
          | :unknown_tag
          | :distribution_tag
          | :malformed_atom
          | :malformed_float
          | :malformed_bitstring
          | :malformed_identifier
          | :duplicate_key
          | :malformed_compression
          | :trailing_bytes

  @type t :: %__MODULE__{kind: kind, offset: non_neg_integer | nil, detail: String.t()}

  defexception kind: :not_a_recording, offset: nil, detail: ""

  @impl true
  def message(%{kind: kind, offset: nil, detail: detail}), do: "#{name(kind)}: #{detail}"
  def message(%{kind: kind, offset: offset, detail: detail}), do: "#{name(kind)} at byte #{offset}: #{detail}"

  @doc """
  The kind as the specification spells it.

      iex> Reel.Error.name(:malformed_term)
      "malformedTerm"
      iex> Reel.Error.name(:not_a_recording)
      "notARecording"
  """
  @spec name(kind) :: String.t()
  def name(kind) do
    [first | rest] = kind |> Atom.to_string() |> String.split("_")
    Enum.join([first | Enum.map(rest, &String.capitalize/1)])
  end

  @doc false
  def fail(kind, offset, detail), do: raise(__MODULE__, kind: kind, offset: offset, detail: detail)

  @doc false
  def rescued(fun) do
    fun.()
  rescue
    error in __MODULE__ -> {:error, error}
  end
end

defmodule Reel.Atom do
  @moduledoc """
  An atom that this node does not know, kept by its name, so that no atom has to be made for it.

      iex> inspect(%Reel.Atom{name: "Elixir.Shop.Basket"})
      "Shop.Basket"
      iex> inspect(%Reel.Atom{name: "two words"})
      ~S(:"two words")
  """
  @enforce_keys [:name]
  defstruct [:name]
  @type t :: %__MODULE__{name: String.t()}
end

defmodule Reel.Map do
  @moduledoc """
  A map with its pairs in the order in which they stand. Made with `maps: :ordered`, and for a recorded map that would
  otherwise pass for one of this library's own structs.
  """
  @enforce_keys [:pairs]
  defstruct [:pairs]
  @type t :: %__MODULE__{pairs: [{term, term}]}
end

defmodule Reel.Pid do
  @moduledoc "A pid, of whatever node it was."
  defstruct [:node, :number, :serial, :creation]
  @type t :: %__MODULE__{node: Reel.name(), number: integer, serial: integer, creation: integer}
end

defmodule Reel.Port do
  @moduledoc "A port, of whatever node it was."
  defstruct [:node, :number, :creation]
  @type t :: %__MODULE__{node: Reel.name(), number: integer, creation: integer}
end

defmodule Reel.Reference do
  @moduledoc "A reference, of whatever node it was. The least significant word is the first."
  defstruct [:node, :creation, :words]
  @type t :: %__MODULE__{node: Reel.name(), creation: integer, words: [integer]}
end

defmodule Reel.ExternalFunction do
  @moduledoc "A function that is named by module, name and arity. It is data, and is not called."
  defstruct [:module, :function, :arity]
  @type t :: %__MODULE__{module: Reel.name(), function: Reel.name(), arity: non_neg_integer}
end

defmodule Reel.Record do
  @moduledoc "A native record. `fields` are pairs of a name and a value, in the order in which they were defined."
  defstruct [:module, :name, :exported, :fields]

  @type t :: %__MODULE__{
          module: Reel.name(),
          name: Reel.name(),
          exported: boolean,
          fields: [{Reel.name(), term}]
        }
end

defmodule Reel.Function do
  @moduledoc "A closure: what identifies it, and the values that it closed over in `free`. It is data, and is not called."
  defstruct [:module, :arity, :index, :uniq, :old_index, :old_uniq, :creator, :free]

  @type t :: %__MODULE__{
          module: Reel.name(),
          arity: byte,
          index: non_neg_integer,
          uniq: <<_::128>>,
          old_index: integer,
          old_uniq: integer,
          creator: Reel.Pid.t(),
          free: [term]
        }
end

defmodule Reel.Local do
  @moduledoc "A term in LOCAL_EXT: bytes that only the node that wrote them understands. No recording has one."
  defstruct [:bytes]
  @type t :: %__MODULE__{bytes: binary}
end

defmodule Reel.Inflate do
  @moduledoc false
  # Erlang's zlib does not tell where a stream ends in what it was given. So the input goes in by chunks; the chunk with
  # bytes after the stream raises, and is given again byte by byte to find the end.

  @chunk 16_384

  defstruct [:read, :start, :position, :stop, :bits, :z, :tail]

  @doc false
  # `read` is a function of an offset and a length; `stop` is where the input ends at the latest. The stream probably
  # ends `tail` bytes before that.
  def open(read, start, stop, bits, tail) do
    %__MODULE__{read: read, start: start, position: start, stop: stop, bits: bits, z: new(bits), tail: tail}
  end

  # Closing twice does no harm.
  def close(%{z: z}) do
    :zlib.close(z)
  rescue
    _ in ErlangError -> :ok
  end

  @doc false
  # {:data, iodata, state} | {:ended, iodata, offset} | {:short, iodata} | {:bad, iodata}
  def next(%{position: position, stop: stop} = state) do
    trailer = stop - state.tail

    length = if position < trailer, do: min(@chunk, trailer - position), else: min(@chunk, stop - position)

    cond do
      length <= 0 ->
        finish(state, stop)

      position == trailer and position < stop and position > state.start ->
        case ended?(state.z) do
          true ->
            close(state)
            {:ended, [], position}

          false ->
            close(state)
            next_in(%{state | z: replay(state, position)}, length)
        end

      true ->
        next_in(state, length)
    end
  end

  defp next_in(%{position: position} = state, length) do
    chunk = state.read.(position, length)

    case feed(state.z, chunk) do
      {:ok, out} -> {:data, out, %{state | position: position + byte_size(chunk)}}
      :error -> by_bytes(state, chunk)
    end
  end

  defp finish(state, offset) do
    whole = ended?(state.z)
    close(state)
    if whole, do: {:ended, [], offset}, else: {:short, []}
  end

  defp by_bytes(state, chunk) do
    close(state)
    z = replay(state, state.position)
    {out, count} = count_bytes(z, chunk, 0, [])
    :zlib.close(z)
    stop = state.position + count
    z = new(state.bits, :cut)
    whole = match?({:ok, _}, feed_range(z, state.read, state.start, stop)) and ended?(z)
    :zlib.close(z)
    if whole, do: {:ended, out, stop}, else: {:bad, out}
  end

  defp count_bytes(z, chunk, count, out) when count < byte_size(chunk) do
    case feed(z, binary_part(chunk, count, 1)) do
      {:ok, more} -> count_bytes(z, chunk, count + 1, [out | more])
      :error -> {out, count}
    end
  end

  defp count_bytes(_z, _chunk, count, out), do: {out, count}

  defp replay(state, stop) do
    z = new(state.bits)
    {:ok, _} = feed_range(z, state.read, state.start, stop)
    z
  end

  defp feed_range(z, read, start, stop) when start < stop do
    chunk = read.(start, min(@chunk, stop - start))

    case feed(z, chunk) do
      {:ok, _} -> feed_range(z, read, start + byte_size(chunk), stop)
      :error -> :error
    end
  end

  defp feed_range(_z, _read, _start, _stop), do: {:ok, []}

  defp new(bits, end_of_stream \\ :error) do
    z = :zlib.open()
    :ok = :zlib.inflateInit(z, bits, end_of_stream)
    z
  end

  # A chunk makes 1,032 times its size at the most.
  defp feed(z, chunk) do
    {:ok, drain(z, :zlib.safeInflate(z, chunk), [])}
  rescue
    _ in ErlangError -> :error
  end

  defp drain(_z, {:finished, out}, all), do: [all | out]
  defp drain(z, {:continue, out}, all), do: drain(z, :zlib.safeInflate(z, []), [all | out])
  defp drain(_z, {:need_dictionary, _, _}, _all), do: :erlang.error(:data_error)

  defp ended?(z) do
    :zlib.inflateEnd(z)
    true
  rescue
    _ in ErlangError -> false
  end

  @doc false
  # All of a stream in `bytes`, up to `limit` bytes of content.
  # {:ended, content, used} | {:short, content} | {:bad, content} | :over
  def whole(bytes, bits, limit, tail \\ 0) do
    read = fn offset, length -> binary_part(bytes, offset, min(length, byte_size(bytes) - offset)) end
    collect(open(read, 0, byte_size(bytes), bits, tail), limit, [], 0)
  end

  defp collect(state, limit, all, size) do
    case next(state) do
      {:data, out, state} ->
        size = size + IO.iodata_length(out)

        if size > limit do
          close(state)
          :over
        else
          collect(state, limit, [all | out], size)
        end

      {:ended, out, used} ->
        if size + IO.iodata_length(out) > limit,
          do: :over,
          else: {:ended, IO.iodata_to_binary([all | out]), used}

      {tag, out} ->
        {tag, IO.iodata_to_binary([all | out])}
    end
  end
end

defmodule Reel.Term do
  @moduledoc """
  Terms of the External Term Format by `Spec/terms.md`: reading with every check, the canonical form, the order of keys.

      iex> Reel.Term.decode(<<131, 104, 2, 119, 2, "ok", 97, 1>>)
      {:ok, {:ok, 1}}
      iex> {:error, error} = Reel.Term.decode(<<131, 104, 2, 97, 1>>)
      iex> {error.kind, error.offset}
      {:truncated, 5}

  Options, here and wherever terms are read:

    * `:atoms` - `:struct` (default) keeps an atom that the node does not know as `%Reel.Atom{}`, and every pid, port,
      reference and function as a struct; `:safe` refuses unknown atoms; `:create` makes them, which is for files of
      one's own, since atoms are never freed. With `:safe` and `:create` pids and the like are real ones.
    * `:maps` - `:native` (default), or `:ordered` for `%Reel.Map{}`; the latter only with `atoms: :struct`.
    * `:limits` - a map that replaces some of `Reel.limits/0`.
  """
  import Bitwise
  alias Reel.Error

  @longest_integer 4_194_296
  @own [
    Reel.Atom,
    Reel.Map,
    Reel.Pid,
    Reel.Port,
    Reel.Reference,
    Reel.ExternalFunction,
    Reel.Function,
    Reel.Record,
    Reel.Local
  ]

  @doc "Reads one term that has to be all there is."
  @spec decode(binary, keyword) :: {:ok, term} | {:error, Error.t()}
  def decode(bytes, options \\ []) do
    Error.rescued(fn ->
      {term, used} = read!(bytes, options)
      if used < byte_size(bytes), do: Error.fail(:trailing_bytes, used, "bytes after the term")
      {:ok, convert(term, options)}
    end)
  end

  @doc """
  Reads the term that the bytes start with, and says how many of them it takes.

      iex> Reel.Term.decode_prefix(<<131, 97, 1, 255>>)
      {:ok, 1, 3}
  """
  @spec decode_prefix(binary, keyword) :: {:ok, term, pos_integer} | {:error, Error.t()}
  def decode_prefix(bytes, options \\ []) do
    Error.rescued(fn ->
      {term, used} = read!(bytes, options)
      {:ok, convert(term, options), used}
    end)
  end

  @doc false
  # The ordered form of the term, and the bytes it takes.
  def read!(bytes, options \\ []) do
    limits = Reel.limits(options)
    cx = %{size: byte_size(bytes), depth: limits.depth, compressed: false}

    case bytes do
      <<>> -> Error.fail(:truncated, 0, "no bytes")
      <<131>> -> Error.fail(:truncated, 1, "nothing after 131")
      <<131, 80, rest::binary>> -> compressed(rest, limits, byte_size(bytes), options[:exact] == true)
      <<131, 121, rest::binary>> -> {%Reel.Local{bytes: rest}, byte_size(bytes)}
      <<131, rest::binary>> -> one(rest, cx)
      _ -> Error.fail(:not_external_term, 0, "the first byte is not 131")
    end
  end

  defp one(bytes, cx) do
    {term, rest} = term(bytes, 0, cx)
    {term, cx.size - byte_size(rest)}
  end

  defp compressed(<<length::32, stream::binary>>, limits, size, exact) do
    if length > limits.compressed,
      do: Error.fail(:limit_exceeded, 2, "a compressed term of #{length} bytes")

    {content, used} =
      case Reel.Inflate.whole(stream, 15, length) do
        {:ended, content, used} when byte_size(content) == length -> {content, used}
        {:ended, _, _} -> Error.fail(:malformed_compression, 2, "not the length that is declared")
        :over -> Error.fail(:malformed_compression, 2, "longer than declared")
        {:short, _} -> Error.fail(:truncated, size, "the stream is cut")
        {:bad, _} -> Error.fail(:malformed_compression, if(long?(stream, length), do: 2, else: 6), "invalid")
      end

    {term, inner} = one(content, %{size: byte_size(content), depth: limits.depth, compressed: true})
    if exact and inner < byte_size(content), do: Error.fail(:trailing_bytes, 1, "bytes after the term in its stream")
    {term, 6 + used}
  end

  defp compressed(_, _, _, _), do: Error.fail(:truncated, 2, "no length of a compressed term")

  # Whether a byte too many comes before what is wrong: zlib keeps what it had when a stream fails.
  defp long?(<<header::16, flate::binary>>, length)
       when rem(header, 31) == 0 and (header &&& 0x0F20) == 0x0800,
       do: over?(Reel.Inflate.whole(flate, -15, length), length)

  defp long?(_, _), do: false

  defp over?({:bad, content}, length), do: byte_size(content) > length
  defp over?(result, _), do: result == :over

  # -- the tags -----------------------------------------------------------------------------------------------------

  @doc false
  def context(bytes, options \\ []),
    do: %{size: byte_size(bytes), depth: Reel.limits(options).depth, compressed: false}

  @doc false
  def term(<<97, n, rest::binary>>, _d, _cx), do: {n, rest}
  def term(<<98, n::signed-32, rest::binary>>, _d, _cx), do: {n, rest}
  def term(<<109, n::32, bytes::binary-size(n), rest::binary>>, _d, _cx), do: {bytes, rest}

  def term(<<tag, _::binary>> = all, _d, cx) when tag in [100, 115, 118, 119], do: atom(all, cx)
  def term(<<106, rest::binary>>, _d, _cx), do: {[], rest}

  def term(<<104, n, rest::binary>>, d, cx) do
    {list, rest} = elements(rest, n, d + 1, cx)
    {List.to_tuple(list), rest}
  end

  def term(<<116, n::32, rest::binary>> = all, d, cx) do
    count(rest, 2 * n, cx)
    {pairs, rest} = pairs(rest, n, d + 1, cx, [])
    if not unique?(pairs, n), do: fail(:duplicate_key, all, cx, "a key that comes twice")
    {%Reel.Map{pairs: pairs}, rest}
  end

  def term(<<108, _::binary>> = all, d, cx), do: list(all, d, cx, [])

  def term(<<107, n::16, bytes::binary-size(n), rest::binary>>, _d, _cx),
    do: {:binary.bin_to_list(bytes), rest}

  def term(<<70, bytes::binary-size(8), rest::binary>> = all, _d, cx) do
    case bytes do
      <<float::float>> -> {float, rest}
      _ -> fail(:malformed_float, all, cx, "a float that is not finite")
    end
  end

  def term(<<99, text::binary-size(31), rest::binary>> = all, _d, cx) do
    case float_text(text) do
      {:ok, float} -> {float, rest}
      :error -> fail(:malformed_float, all, cx, "no text of a finite float")
    end
  end

  def term(<<77, n::32, bits, rest::binary>> = all, _d, cx) do
    if bits > 8 or (bits == 0 and n > 0) or (bits > 0 and n == 0),
      do: fail(:malformed_bitstring, all, cx, "#{bits} bits in the last of #{n} bytes")

    count(rest, n, cx)
    <<bytes::binary-size(n), rest::binary>> = rest
    size = max(n - 1, 0) * 8 + bits
    <<value::bitstring-size(size), _::bitstring>> = bytes
    {value, rest}
  end

  def term(<<110, n, sign, bytes::binary-size(n), rest::binary>>, _d, _cx),
    do: {integer(sign, bytes), rest}

  def term(<<111, n::32, sign, bytes::binary-size(n), rest::binary>> = all, _d, cx) do
    if n > @longest_integer, do: fail(:limit_exceeded, all, cx, "an integer of #{n} bytes")
    {integer(sign, bytes), rest}
  end

  def term(<<105, n::32, rest::binary>> = all, d, cx) do
    count(rest, n, cx)
    {list, rest} = elements(rest, n, d + 1, cx)

    try do
      {List.to_tuple(list), rest}
    rescue
      _ in [ArgumentError, SystemLimitError] -> fail(:limit_exceeded, all, cx, "a tuple of #{n} elements")
    end
  end

  def term(<<88, rest::binary>>, _d, cx) do
    {node, rest} = name(rest, cx)
    {number, rest} = u32(rest, cx)
    {serial, rest} = u32(rest, cx)
    {creation, rest} = u32(rest, cx)
    {%Reel.Pid{node: node, number: number, serial: serial, creation: creation}, rest}
  end

  def term(<<103, rest::binary>>, _d, cx) do
    {node, rest} = name(rest, cx)
    {number, rest} = u32(rest, cx)
    {serial, rest} = u32(rest, cx)
    {creation, rest} = old_creation(rest, cx)
    {%Reel.Pid{node: node, number: number, serial: serial, creation: creation}, rest}
  end

  def term(<<89, rest::binary>>, _d, cx) do
    {node, rest} = name(rest, cx)
    {number, rest} = u32(rest, cx)
    {creation, rest} = u32(rest, cx)
    {%Reel.Port{node: node, number: number, creation: creation}, rest}
  end

  def term(<<102, rest::binary>>, _d, cx) do
    {node, rest} = name(rest, cx)
    {number, rest} = u32(rest, cx)
    {creation, rest} = old_creation(rest, cx)
    {%Reel.Port{node: node, number: number, creation: creation}, rest}
  end

  def term(<<120, rest::binary>>, _d, cx) do
    {node, rest} = name(rest, cx)

    case rest do
      <<number::64, rest::binary>> ->
        {creation, rest} = u32(rest, cx)
        {%Reel.Port{node: node, number: number, creation: creation}, rest}

      _ ->
        truncated(rest, cx)
    end
  end

  def term(<<tag, n::16, rest::binary>> = all, _d, cx) when tag in [90, 114] do
    if n not in 1..5, do: fail(:malformed_identifier, all, cx, "a reference of #{n} words")
    {node, rest} = name(rest, cx)
    {creation, rest} = if tag == 90, do: u32(rest, cx), else: old_creation(rest, cx)
    count(rest, 4 * n, cx)
    <<bytes::binary-size(4 * n), after_words::binary>> = rest
    words = for <<word::32 <- bytes>>, do: word

    if tag == 114 and hd(words) >= 1 <<< 18,
      do: fail(:malformed_identifier, rest, cx, "the first word of a reference is out of range")

    {%Reel.Reference{node: node, creation: creation, words: words}, after_words}
  end

  def term(<<101, rest::binary>>, _d, cx) do
    {node, at_word} = name(rest, cx)
    {word, rest} = u32(at_word, cx)

    if word >= 1 <<< 18,
      do: fail(:malformed_identifier, at_word, cx, "the word of a reference is out of range")

    {creation, rest} = old_creation(rest, cx)
    {%Reel.Reference{node: node, creation: creation, words: [word]}, rest}
  end

  def term(<<113, rest::binary>>, _d, cx) do
    {module, rest} = name(rest, cx)
    {function, at_arity} = name(rest, cx)
    {arity, rest} = small_integer(at_arity, cx)
    if arity < 0, do: fail(:malformed_identifier, at_arity, cx, "a negative arity")
    {%Reel.ExternalFunction{module: module, function: function, arity: arity &&& 0xFFFFFFFF}, rest}
  end

  def term(<<112, rest::binary>>, d, cx) do
    {_size, rest} = u32(rest, cx)
    {arity, rest} = u8(rest, cx)
    count(rest, 16, cx)
    <<uniq::binary-size(16), rest::binary>> = rest
    {index, at_free} = u32(rest, cx)
    {n, rest} = u32(at_free, cx)
    if n > 255, do: fail(:malformed_identifier, at_free, cx, "a function of #{n} free variables")
    {module, rest} = name(rest, cx)
    {old_index, rest} = small_integer(rest, cx)
    {old_uniq, rest} = small_integer(rest, cx)
    {creator, rest} = creator(rest, d, cx)
    count(rest, n, cx)
    {free, rest} = elements(rest, n, d + 1, cx)

    {%Reel.Function{
       module: module,
       arity: arity,
       index: index,
       uniq: uniq,
       old_index: signed(old_index),
       old_uniq: signed(old_uniq),
       creator: creator,
       free: free
     }, rest}
  end

  def term(<<67, rest::binary>> = all, d, cx) do
    {n, rest} = u32(rest, cx)
    {flags, rest} = u8(rest, cx)
    {module, rest} = name(rest, cx)
    {name, rest} = name(rest, cx)
    count(rest, 3 * n, cx)
    {names, rest} = field_names(rest, n, cx, [])
    if length(Enum.uniq(names)) < n, do: fail(:duplicate_key, all, cx, "a field that is named twice")
    if n > 0, do: depth(rest, d + 1, cx)
    {values, rest} = elements(rest, n, d + 1, cx, [])
    {%Reel.Record{module: module, name: name, exported: (flags &&& 1) == 1, fields: Enum.zip(names, values)}, rest}
  end

  # What is left is wrong: a field that is not all there, or a tag that is none.
  def term(<<>>, _d, cx), do: truncated(<<>>, cx)
  def term(<<110, _n>>, _d, cx), do: truncated(<<>>, cx)
  def term(<<110, _n, _sign, rest::binary>>, _d, cx), do: truncated(rest, cx)
  def term(<<111, _::32>>, _d, cx), do: truncated(<<>>, cx)
  def term(<<111, _::32, _sign, rest::binary>>, _d, cx), do: truncated(rest, cx)
  def term(<<77, _::32>>, _d, cx), do: truncated(<<>>, cx)
  def term(<<107, _::16, rest::binary>>, _d, cx), do: truncated(rest, cx)
  def term(<<109, _::32, rest::binary>>, _d, cx), do: truncated(rest, cx)

  def term(<<tag, rest::binary>>, _d, cx)
      when tag in [70, 77, 90, 97, 98, 99, 104, 105, 107, 109, 110, 111, 114, 116],
      do: truncated(rest, cx)

  def term(<<tag, _::binary>> = all, _d, cx) when tag in [68, 69, 82],
    do: fail(:distribution_tag, all, cx, "tag #{tag} belongs to a connection between nodes")

  def term(<<tag, _::binary>> = all, _d, cx), do: fail(:unknown_tag, all, cx, "tag #{tag}")

  # -- parts --------------------------------------------------------------------------------------------------------

  defp elements(rest, n, d, cx) do
    count(rest, n, cx)
    if n > 0, do: depth(rest, d, cx)
    elements(rest, n, d, cx, [])
  end

  defp elements(rest, 0, _d, _cx, done), do: {Enum.reverse(done), rest}

  defp elements(rest, n, d, cx, done) do
    {term, rest} = term(rest, d, cx)
    elements(rest, n - 1, d, cx, [term | done])
  end

  defp field_names(rest, 0, _cx, done), do: {Enum.reverse(done), rest}

  defp field_names(rest, n, cx, done) do
    {name, rest} = name(rest, cx)
    field_names(rest, n - 1, cx, [name | done])
  end

  defp pairs(rest, 0, _d, _cx, done), do: {Enum.reverse(done), rest}

  defp pairs(rest, n, d, cx, done) do
    if done == [], do: depth(rest, d, cx)
    {key, rest} = term(rest, d, cx)
    {value, rest} = term(rest, d, cx)
    pairs(rest, n - 1, d, cx, [{key, value} | done])
  end

  # A list whose tail is a list goes on with it, and is no deeper for that.
  defp list(<<108, n::32, rest::binary>>, d, cx, done) do
    count(rest, n, cx)
    if n > 0, do: depth(rest, d + 1, cx)
    {done, rest} = list_elements(rest, n, d + 1, cx, done)

    case rest do
      <<108, _::binary>> ->
        list(rest, d, cx, done)

      <<106, rest::binary>> ->
        {:lists.reverse(done), rest}

      # A list of no elements is its tail, and no deeper.
      _ when done == [] ->
        term(rest, d, cx)

      _ ->
        depth(rest, d + 1, cx)
        {tail, rest} = term(rest, d + 1, cx)
        {:lists.reverse(done, tail), rest}
    end
  end

  defp list(rest, _d, cx, _done), do: truncated(binary_part(rest, 1, byte_size(rest) - 1), cx)

  defp list_elements(rest, 0, _d, _cx, done), do: {done, rest}

  defp list_elements(rest, n, d, cx, done) do
    {term, rest} = term(rest, d, cx)
    list_elements(rest, n - 1, d, cx, [term | done])
  end

  defp depth(<<>>, _d, _cx), do: :ok

  defp depth(rest, d, cx) do
    if d > cx.depth, do: fail(:limit_exceeded, rest, cx, "terms nest deeper than #{cx.depth}")
  end

  defp count(rest, n, cx), do: if(byte_size(rest) < n, do: truncated(rest, cx))

  defp u8(<<n, rest::binary>>, _cx), do: {n, rest}
  defp u8(rest, cx), do: truncated(rest, cx)

  defp u32(<<n::32, rest::binary>>, _cx), do: {n, rest}
  defp u32(rest, cx), do: truncated(rest, cx)

  defp old_creation(<<n, rest::binary>>, _cx) when n <= 3, do: {n, rest}
  defp old_creation(<<>>, cx), do: truncated(<<>>, cx)
  defp old_creation(rest, cx), do: fail(:malformed_identifier, rest, cx, "a creation that is out of range")

  defp atom(<<100, n::16, _::binary>> = all, cx) when n > 255,
    do: fail(:malformed_atom, all, cx, "an atom of #{n} characters")

  defp atom(<<100, n::16, name::binary-size(n), rest::binary>>, _cx), do: {known(latin1(name)), rest}
  defp atom(<<100, _::16, rest::binary>>, cx), do: truncated(rest, cx)
  defp atom(<<115, n, name::binary-size(n), rest::binary>>, _cx), do: {known(latin1(name)), rest}
  defp atom(<<115, _, rest::binary>>, cx), do: truncated(rest, cx)

  defp atom(<<118, n::16, _::binary>> = all, cx) when n > 1020,
    do: fail(:malformed_atom, all, cx, "an atom of #{n} bytes")

  defp atom(<<118, n::16, name::binary-size(n), rest::binary>> = all, cx), do: {utf8(name, all, cx), rest}
  defp atom(<<118, _::16, rest::binary>>, cx), do: truncated(rest, cx)
  defp atom(<<119, n, name::binary-size(n), rest::binary>> = all, cx), do: {utf8(name, all, cx), rest}
  defp atom(<<119, _, rest::binary>>, cx), do: truncated(rest, cx)
  defp atom(<<_, rest::binary>>, cx), do: truncated(rest, cx)

  defp latin1(name), do: for(<<c <- name>>, into: "", do: <<c::utf8>>)

  defp utf8(name, all, cx) do
    cond do
      not String.valid?(name) -> fail(:malformed_atom, all, cx, "an atom that is not UTF-8")
      byte_size(name) > 255 and scalars(name) > 255 -> fail(:malformed_atom, all, cx, "an atom that is too long")
      true -> known(name)
    end
  end

  defp scalars(name), do: length(for(<<c::utf8 <- name>>, do: c))

  @doc false
  # The atom when this node has it, and its name otherwise.
  def known(name) do
    String.to_existing_atom(name)
  rescue
    _ in ArgumentError -> %Reel.Atom{name: :binary.copy(name)}
  end

  # Atom, Int and pid of terms.md §3.2: nothing else may stand in their place.
  defp name(<<tag, _::binary>> = all, cx) when tag in [100, 115, 118, 119], do: atom(all, cx)
  defp name(<<>>, cx), do: truncated(<<>>, cx)
  defp name(rest, cx), do: fail(:malformed_identifier, rest, cx, "no atom")

  defp small_integer(<<tag, _::binary>> = all, cx) when tag in [97, 98, 110, 111] do
    {n, rest} = term(all, 0, cx)

    if n < -(1 <<< 59) or n >= 1 <<< 59,
      do: fail(:malformed_identifier, all, cx, "an integer that is out of range")

    {n, rest}
  end

  defp small_integer(<<>>, cx), do: truncated(<<>>, cx)
  defp small_integer(rest, cx), do: fail(:malformed_identifier, rest, cx, "no integer")

  defp creator(<<tag, _::binary>> = all, d, cx) when tag in [88, 103], do: term(all, d, cx)
  defp creator(<<>>, _d, cx), do: truncated(<<>>, cx)
  defp creator(rest, _d, cx), do: fail(:malformed_identifier, rest, cx, "no pid")

  defp integer(0, bytes), do: :binary.decode_unsigned(bytes, :little)
  defp integer(_, bytes), do: -:binary.decode_unsigned(bytes, :little)

  defp signed(n) do
    <<n::signed-32>> = <<n::32>>
    n
  end

  defp float_text(text) do
    with [text, _] <- :binary.split(text, <<0>>),
         true <- Regex.match?(~r/\A[+-]?[0-9]+[.,][0-9]+([eE][+-]?[0-9]+)?\z/, text),
         {float, ""} <- text |> String.replace(",", ".") |> String.trim_leading("+") |> parse_float() do
      {:ok, float}
    else
      _ -> :error
    end
  end

  defp parse_float(text) do
    {:erlang.binary_to_float(text), ""}
  rescue
    _ in ArgumentError -> :error
  end

  defp truncated(rest, cx), do: fail(:truncated, rest, cx, "the bytes end inside the term")

  defp fail(kind, _rest, %{compressed: true}, detail), do: Error.fail(kind, 1, detail)
  defp fail(kind, rest, cx, detail), do: Error.fail(kind, cx.size - byte_size(rest), detail)

  # -- keys ---------------------------------------------------------------------------------------------------------

  defp unique?(_pairs, n) when n < 2, do: true
  defp unique?(pairs, n), do: map_size(Map.new(pairs, fn {key, _} -> {identity(key), []} end)) == n

  # Equal for keys that are the same by terms.md §5.
  defp identity(key) when is_atom(key) or is_integer(key) or is_bitstring(key), do: key
  defp identity(key) when is_float(key), do: key + 0.0
  defp identity(key) when is_tuple(key), do: key |> Tuple.to_list() |> Enum.map(&identity/1) |> List.to_tuple()
  defp identity([head | tail]), do: [identity(head) | identity(tail)]
  defp identity([]), do: []
  defp identity(%Reel.Map{pairs: pairs}), do: Map.new(pairs, fn {k, v} -> {identity(k), identity(v)} end)

  defp identity(%Reel.Record{fields: fields} = key),
    do: %{key | fields: Map.new(fields, fn {name, value} -> {name, identity(value)} end)}

  defp identity(%Reel.Reference{words: words} = key),
    do: %{key | words: words |> Enum.reverse() |> Enum.drop_while(&(&1 == 0))}

  defp identity(%Reel.Function{} = key),
    do: %{
      key
      | arity: 0,
        uniq: nil,
        old_index: 0,
        creator: nil,
        free: Enum.map(key.free, &identity/1)
    }

  defp identity(key), do: key

  # -- forms --------------------------------------------------------------------------------------------------------

  @doc false
  def convert(term, options) do
    case {Keyword.get(options, :atoms, :struct), Keyword.get(options, :maps, :native)} do
      {:struct, :ordered} -> term
      {atoms, :native} when atoms in [:struct, :safe, :create] -> native(term, atoms)
      other -> raise ArgumentError, "no such way to read terms: #{inspect(other)}"
    end
  end

  defp native(term, _) when is_atom(term) or is_number(term) or is_bitstring(term), do: term
  defp native([], _), do: []
  defp native([head | tail], atoms), do: [native(head, atoms) | native(tail, atoms)]

  defp native(term, atoms) when is_tuple(term),
    do: term |> Tuple.to_list() |> native(atoms) |> List.to_tuple()

  defp native(%Reel.Map{pairs: pairs}, atoms) do
    map = Map.new(pairs, fn {key, value} -> {native(key, atoms), native(value, atoms)} end)

    case map do
      %{__struct__: module} when module in @own -> %Reel.Map{pairs: Map.to_list(map)}
      _ -> map
    end
  end

  defp native(%Reel.Atom{} = atom, :struct), do: atom
  defp native(%Reel.Atom{name: name}, :create), do: String.to_atom(name)

  defp native(%Reel.Atom{name: name}, :safe),
    do: Error.fail(:unknown_atom, nil, "this node does not know the atom #{inspect(name)}")

  defp native(%Reel.Function{} = term, :struct), do: %{term | free: native(term.free, :struct)}
  defp native(%Reel.Record{fields: fields} = term, atoms),
    do: %{
      term
      | module: native(term.module, atoms),
        name: native(term.name, atoms),
        fields: Enum.map(fields, fn {name, value} -> {native(name, atoms), native(value, atoms)} end)
    }

  defp native(term, :struct), do: term
  defp native(%Reel.Local{} = term, _), do: term

  defp native(term, atoms) do
    if atoms == :safe, do: Enum.each(names(term), &native(&1, :safe))
    :erlang.binary_to_term(encode(term))
  rescue
    # This node takes no such identifier of itself: it stays a struct.
    _ in [ArgumentError, SystemLimitError] -> native(term, :struct)
  end

  defp names(%Reel.ExternalFunction{} = term), do: [term.module, term.function]
  defp names(%Reel.Function{} = term), do: [term.module | names(term.creator)] ++ leaves(term.free)
  defp names(%Reel.Record{} = term), do: [term.module, term.name | leaves(term.fields)]
  defp names(%{node: node}), do: [node]

  defp leaves(%Reel.Atom{} = atom), do: [atom]
  defp leaves(%Reel.Map{pairs: pairs}), do: leaves(pairs)
  defp leaves([head | tail]), do: leaves(head) ++ leaves(tail)
  defp leaves(term) when is_tuple(term), do: leaves(Tuple.to_list(term))
  defp leaves(%module{} = term) when module in @own, do: names(term)
  defp leaves(_), do: []

  @doc "Whether the term stands for a map: a real one, or a `Reel.Map`."
  @spec map?(term) :: boolean
  def map?(%Reel.Map{}), do: true
  def map?(%{__struct__: module}) when module in @own, do: false
  def map?(term), do: is_map(term)

  @doc "Whether the term stands for an atom: a real one, or a `Reel.Atom`."
  @spec atom?(term) :: boolean
  def atom?(%Reel.Atom{}), do: true
  def atom?(term), do: is_atom(term)

  @doc "The name of an atom, real or not."
  @spec atom_name(atom | Reel.Atom.t()) :: String.t()
  def atom_name(%Reel.Atom{name: name}), do: name
  def atom_name(atom) when is_atom(atom), do: Atom.to_string(atom)

  @doc false
  def pairs(%Reel.Map{pairs: pairs}), do: pairs
  def pairs(map), do: Map.to_list(map)

  @doc false
  def fetch(%Reel.Map{pairs: pairs}, key) do
    case List.keyfind(pairs, key, 0) do
      {_, value} -> {:ok, value}
      nil -> :error
    end
  end

  def fetch(map, key), do: Map.fetch(map, key)

  # -- the canonical form -------------------------------------------------------------------------------------------

  @doc """
  The canonical form of a term (`Spec/terms.md` §4), this library's structs included.

      iex> Reel.Term.encode(%{b: 1, a: [1, 2]})
      <<131, 116, 0, 0, 0, 2, 119, 1, "a", 107, 0, 2, 1, 2, 119, 1, "b", 97, 1>>
      iex> Reel.Term.encode(%Reel.Atom{name: "ok"}) == Reel.Term.encode(:ok)
      true
  """
  @spec encode(term) :: binary
  def encode(%Reel.Local{bytes: bytes}), do: <<131, 121, bytes::binary>>
  def encode(term), do: IO.iodata_to_binary([131 | body(term)])

  defp body(n) when is_integer(n) and n in 0..255, do: [97, n]
  defp body(n) when is_integer(n) and n >= -0x80000000 and n <= 0x7FFFFFFF, do: <<98, n::32>>

  defp body(n) when is_integer(n) do
    sign = if n < 0, do: 1, else: 0
    bytes = :binary.encode_unsigned(abs(n), :little)
    size = byte_size(bytes)
    if size < 256, do: [110, size, sign, bytes], else: [<<111, size::32>>, sign, bytes]
  end

  defp body(float) when is_float(float), do: <<70, float::float>>
  defp body(atom) when is_atom(atom), do: name_body(Atom.to_string(atom))
  defp body(%Reel.Atom{name: name}), do: name_body(name)
  defp body([]), do: [106]

  defp body(list) when is_list(list) do
    case bytes(list, 0) do
      {:ok, n} ->
        [<<107, n::16>>, list]

      :error ->
        {elements, tail, n} = unlist(list, [], 0)
        [<<108, n::32>>, Enum.map(elements, &body/1), body(tail)]
    end
  end

  defp body(tuple) when is_tuple(tuple) do
    n = tuple_size(tuple)
    head = if n < 256, do: [104, n], else: <<105, n::32>>
    [head | tuple |> Tuple.to_list() |> Enum.map(&body/1)]
  end

  defp body(bytes) when is_binary(bytes), do: [<<109, byte_size(bytes)::32>>, bytes]

  defp body(bits) when is_bitstring(bits) do
    size = bit_size(bits)
    left = rem(size, 8)
    [<<77, div(size, 8) + 1::32, left>>, <<bits::bitstring, 0::size(8 - left)>>]
  end

  defp body(%Reel.Pid{} = pid),
    do: [88, body(pid.node), <<pid.number::32, pid.serial::32, pid.creation::32>>]

  defp body(%Reel.Port{number: number} = port) when number < 1 <<< 28,
    do: [89, body(port.node), <<number::32, port.creation::32>>]

  defp body(%Reel.Port{} = port), do: [120, body(port.node), <<port.number::64, port.creation::32>>]

  defp body(%Reel.Reference{words: words} = reference) do
    [
      <<90, length(words)::16>>,
      body(reference.node),
      <<reference.creation::32>>,
      Enum.map(words, &<<&1::32>>)
    ]
  end

  defp body(%Reel.ExternalFunction{} = function),
    do: [113, body(function.module), body(function.function), body(function.arity)]

  defp body(%Reel.Function{} = function) do
    rest =
      IO.iodata_to_binary([
        function.arity,
        function.uniq,
        <<function.index::32, length(function.free)::32>>,
        body(function.module),
        body(function.old_index),
        body(function.old_uniq),
        body(function.creator),
        Enum.map(function.free, &body/1)
      ])

    [<<112, byte_size(rest) + 4::32>>, rest]
  end

  defp body(%Reel.Record{fields: fields} = record) do
    {names, values} = Enum.unzip(fields)
    head = [<<67, length(fields)::32>>, if(record.exported, do: 1, else: 0), body(record.module), body(record.name)]
    [head, Enum.map(names, &body/1), Enum.map(values, &body/1)]
  end

  defp body(%Reel.Map{pairs: pairs}), do: map_body(pairs)
  defp body(map) when is_map(map), do: map_body(Map.to_list(map))

  defp body(term) when is_pid(term) or is_port(term) or is_reference(term) or is_function(term) do
    <<131, bytes::binary>> = :erlang.term_to_binary(term, [:deterministic, minor_version: 2])
    {ordered, ""} = term(bytes, 0, context(bytes))
    body(ordered)
  end

  defp map_body(pairs) do
    sorted = Enum.sort(pairs, fn {a, _}, {b, _} -> compare(a, b) != :gt end)
    [<<116, length(pairs)::32>> | Enum.map(sorted, fn {key, value} -> [body(key) | body(value)] end)]
  end

  defp name_body(name) when byte_size(name) < 256, do: [119, byte_size(name), name]
  defp name_body(name), do: [<<118, byte_size(name)::16>>, name]

  defp bytes([], n), do: {:ok, n}
  defp bytes([byte | rest], n) when is_integer(byte) and byte in 0..255 and n < 65_535, do: bytes(rest, n + 1)
  defp bytes(_, _), do: :error

  defp unlist([head | tail], done, n), do: unlist(tail, [head | done], n + 1)
  defp unlist(tail, done, n), do: {Enum.reverse(done), tail, n}

  # -- the order ----------------------------------------------------------------------------------------------------

  @doc """
  The order of the keys of a map (`Spec/terms.md` §5).

      iex> Reel.Term.compare(2, 1.0)
      :lt
      iex> Reel.Term.compare([1 | 2], [1])
      :lt
  """
  @spec compare(term, term) :: :lt | :eq | :gt
  def compare(a, b) do
    {rank_a, rank_b} = {rank(a), rank(b)}
    if rank_a == rank_b, do: within(rank_a, a, b), else: order(rank_a, rank_b)
  end

  defp rank(term) when is_integer(term), do: 0
  defp rank(term) when is_float(term), do: 1
  defp rank(term) when is_atom(term), do: 2
  defp rank(%Reel.Atom{}), do: 2
  defp rank(%Reel.Reference{}), do: 3
  defp rank(%Reel.Function{}), do: 4
  defp rank(%Reel.ExternalFunction{}), do: 5
  defp rank(%Reel.Port{}), do: 6
  defp rank(%Reel.Pid{}), do: 7
  defp rank(term) when is_tuple(term), do: 8
  defp rank(%Reel.Record{}), do: 9
  defp rank(term) when is_map(term), do: 10
  defp rank([]), do: 11
  defp rank(term) when is_list(term), do: 12
  defp rank(term) when is_bitstring(term), do: 13
  defp rank(term) when is_reference(term), do: 3
  defp rank(term) when is_port(term), do: 6
  defp rank(term) when is_pid(term), do: 7
  defp rank(term) when is_function(term), do: rank(ordered(term))

  defp ordered(%_{} = term), do: term
  defp ordered(term), do: elem(read!(:erlang.term_to_binary(term, [:deterministic, minor_version: 2])), 0)

  defp within(rank, a, b) when rank in [0, 1], do: order(a, b)
  defp within(2, a, b), do: order(atom_name(a), atom_name(b))

  defp within(3, a, b) do
    {a, b} = {ordered(a), ordered(b)}
    size = max(length(a.words), length(b.words))
    all([{a.node, b.node}, {a.creation, b.creation}], fn -> order(words(a, size), words(b, size)) end)
  end

  defp within(4, a, b) do
    {a, b} = {ordered(a), ordered(b)}

    all(
      [{a.module, b.module}, {a.index, b.index}, {a.old_uniq, b.old_uniq}, {length(a.free), length(b.free)}],
      fn -> lists(a.free, b.free) end
    )
  end

  defp within(5, a, b) do
    {a, b} = {ordered(a), ordered(b)}
    all([{a.module, b.module}, {a.function, b.function}, {a.arity, b.arity}], fn -> :eq end)
  end

  defp within(6, a, b) do
    {a, b} = {ordered(a), ordered(b)}
    all([{a.node, b.node}, {a.creation, b.creation}, {a.number, b.number}], fn -> :eq end)
  end

  defp within(7, a, b) do
    {a, b} = {ordered(a), ordered(b)}
    parts = [{a.serial, b.serial}, {a.number, b.number}, {a.node, b.node}, {a.creation, b.creation}]
    all(parts, fn -> :eq end)
  end

  defp within(8, a, b) do
    all([{tuple_size(a), tuple_size(b)}], fn -> lists(Tuple.to_list(a), Tuple.to_list(b)) end)
  end

  defp within(9, a, b) do
    {as, bs} = {Enum.sort_by(a.fields, &field_name/1), Enum.sort_by(b.fields, &field_name/1)}
    parts = [{a.module, b.module}, {a.name, b.name}, {a.exported, b.exported}, {length(as), length(bs)}]

    all(parts, fn ->
      case order(Enum.map(as, &field_name/1), Enum.map(bs, &field_name/1)) do
        :eq -> lists(Enum.map(as, &elem(&1, 1)), Enum.map(bs, &elem(&1, 1)))
        other -> other
      end
    end)
  end

  defp within(10, a, b) do
    {a, b} = {sorted(a), sorted(b)}

    all([{length(a), length(b)}], fn ->
      case lists(Enum.map(a, &elem(&1, 0)), Enum.map(b, &elem(&1, 0))) do
        :eq -> lists(Enum.map(a, &elem(&1, 1)), Enum.map(b, &elem(&1, 1)))
        other -> other
      end
    end)
  end

  defp within(11, _, _), do: :eq
  defp within(12, a, b), do: lists(a, b)
  defp within(13, a, b), do: order(a, b)

  defp field_name({name, _}), do: atom_name(name)

  defp lists([a | as], [b | bs]) do
    case compare(a, b) do
      :eq -> lists(as, bs)
      other -> other
    end
  end

  defp lists(a, b), do: compare(a, b)

  defp all([], last), do: last.()

  defp all([{a, b} | rest], last) do
    case compare(a, b) do
      :eq -> all(rest, last)
      other -> other
    end
  end

  defp words(reference, size),
    do: Enum.reverse(reference.words ++ List.duplicate(0, size - length(reference.words)))

  defp sorted(map), do: map |> pairs() |> Enum.sort(fn {a, _}, {b, _} -> compare(a, b) != :gt end)

  @doc false
  # The ordered form, with the pairs of each map in the order of the canonical form.
  def arranged([head | tail]), do: [arranged(head) | arranged(tail)]
  def arranged(term) when is_tuple(term), do: term |> Tuple.to_list() |> arranged() |> List.to_tuple()
  def arranged(%Reel.Function{free: free} = term), do: %{term | free: arranged(free)}

  def arranged(%Reel.Record{fields: fields} = term),
    do: %{term | fields: Enum.map(fields, fn {name, value} -> {name, arranged(value)} end)}

  def arranged(%Reel.Map{} = map),
    do: %Reel.Map{pairs: for({key, value} <- sorted(map), do: {arranged(key), arranged(value)})}

  def arranged(term), do: term

  defp order(a, b) when a < b, do: :lt
  defp order(a, b) when a > b, do: :gt
  defp order(_, _), do: :eq
end

defmodule Reel.Source do
  @moduledoc false
  # Bytes to read at any place: a file, or a binary.

  defstruct [:read, :size, :close]

  def open({:bytes, bytes}) when is_binary(bytes) do
    size = byte_size(bytes)

    read = fn offset, length ->
      offset = min(offset, size)
      binary_part(bytes, offset, min(length, size - offset))
    end

    %__MODULE__{read: read, size: size, close: fn -> :ok end}
  end

  def open(path) do
    with {:ok, file} <- :file.open(path, [:read, :raw, :binary]),
         {:ok, size} <- :file.position(file, :eof) do
      %__MODULE__{read: &pread(file, &1, &2), size: size, close: fn -> :file.close(file) end}
    else
      {:error, reason} -> Reel.Error.fail(:input_output, nil, "#{path}: #{:file.format_error(reason)}")
    end
  end

  def using(source, fun) do
    Reel.Error.rescued(fn ->
      source = open(source)

      try do
        fun.(source)
      after
        source.close.()
      end
    end)
  end

  defp pread(_file, _offset, 0), do: <<>>

  defp pread(file, offset, length) do
    case :file.pread(file, offset, length) do
      {:ok, bytes} -> bytes
      :eof -> <<>>
      {:error, reason} -> Reel.Error.fail(:input_output, offset, to_string(:file.format_error(reason)))
    end
  end
end

defmodule Reel.Member do
  @moduledoc """
  What the `RL` subfield of a gzip member says (`Spec/recording.md` §5.2), and where the member is.
  """
  import Bitwise
  alias Reel.Error

  @top 1 <<< 63
  @longest_header 1_048_576

  defstruct [
    :offset,
    :header_size,
    :major,
    :minor,
    :kind,
    :flags,
    :length,
    :content_length,
    :first_event,
    :event_count,
    :first_ms,
    :last_ms,
    :index_offset
  ]

  @type t :: %__MODULE__{
          offset: non_neg_integer,
          header_size: pos_integer,
          major: byte,
          minor: byte,
          kind: :data | :index | :end,
          flags: byte,
          length: pos_integer,
          content_length: non_neg_integer | nil,
          first_event: non_neg_integer | nil,
          event_count: non_neg_integer | nil,
          first_ms: non_neg_integer | nil,
          last_ms: non_neg_integer | nil,
          index_offset: non_neg_integer | nil
        }

  @doc "Whether the member's flags say that it starts with a keyframe."
  @spec keyframe?(t) :: boolean
  def keyframe?(member), do: (member.flags &&& 1) == 1

  @doc false
  # The header of the gzip member at an offset, steps 1 to 6 of §5.3: {:member, member}, {:gzip, header_size}, or
  # :none where no member starts.
  def header(source, offset), do: read(source, offset, 512, &payload/2)

  @doc false
  # The size of the header, whatever its subfields say: of a plain recording, steps 1 to 3.
  def plain_header(source, offset) do
    none = fn extra, offset ->
      payload(extra, offset)
      nil
    end

    read(source, offset, 512, none)
  end

  defp read(source, offset, window, payload) do
    bytes = source.read.(offset, window)

    case split(bytes) do
      :more when byte_size(bytes) < window ->
        Error.fail(:truncated, offset, "the file ends in a gzip header")

      :more when window >= @longest_header ->
        Error.fail(:malformed_member, offset, "a gzip header of more than #{@longest_header} bytes")

      :more ->
        read(source, offset, window * 16, payload)

      :none ->
        :none

      {:error, kind, detail} ->
        Error.fail(kind, offset, detail)

      {:ok, size, checked, extra} ->
        case payload.(extra, offset) do
          nil -> {:gzip, size}
          payload -> {:member, fields(payload, offset, size, checked)}
        end
    end
  end

  defp split(<<0x1F, 0x8B, 8, flags, _::binary-size(6), rest::binary>> = bytes) do
    with :ok <- reserved(flags),
         {:ok, extra, rest} <- extra(flags &&& 4, rest),
         {:ok, rest} <- text(flags &&& 8, rest),
         {:ok, rest} <- text(flags &&& 16, rest),
         {:ok, rest} <- crc(flags &&& 2, rest, bytes) do
      {:ok, byte_size(bytes) - byte_size(rest), (flags &&& 2) != 0, extra}
    end
  end

  defp split(<<>>), do: :more
  defp split(<<0x1F>>), do: :more
  defp split(<<0x1F, 0x8B>>), do: :more
  defp split(<<0x1F, 0x8B, 8>>), do: :more
  defp split(<<0x1F, 0x8B, 8, flags, _::binary>>), do: with(:ok <- reserved(flags), do: :more)
  defp split(<<0x1F, 0x8B, _::binary>>), do: {:error, :malformed_member, "a gzip member that is not deflated"}
  defp split(_), do: :none

  defp reserved(flags) when (flags &&& 0xE0) == 0, do: :ok
  defp reserved(_), do: {:error, :malformed_member, "reserved bits of a gzip header are set"}

  defp extra(0, rest), do: {:ok, nil, rest}
  defp extra(_, <<n::little-16, extra::binary-size(n), rest::binary>>), do: {:ok, extra, rest}
  defp extra(_, _), do: :more

  defp text(0, rest), do: {:ok, rest}

  defp text(_, rest) do
    case :binary.split(rest, <<0>>) do
      [_, rest] -> {:ok, rest}
      [_] -> :more
    end
  end

  defp crc(0, rest, _), do: {:ok, rest}

  defp crc(_, <<declared::little-16, rest::binary>>, bytes) do
    header = binary_part(bytes, 0, byte_size(bytes) - byte_size(rest) - 2)

    if (:erlang.crc32(header) &&& 0xFFFF) == declared,
      do: {:ok, rest},
      else: {:error, :checksum, "the checksum of a gzip header does not match"}
  end

  defp crc(_, _, _), do: :more

  defp payload(nil, _), do: nil
  defp payload(extra, offset), do: subfields(extra, offset, nil)

  defp subfields(<<>>, _, found), do: found

  defp subfields(<<"RL", n::little-16, payload::binary-size(n), rest::binary>>, offset, nil),
    do: subfields(rest, offset, payload)

  defp subfields(<<_::16, n::little-16, _::binary-size(n), rest::binary>>, offset, found),
    do: subfields(rest, offset, found)

  defp subfields(_, offset, _),
    do: Error.fail(:malformed_member, offset, "the subfields of a gzip header do not fill it")

  defp fields(<<major, minor, kind, flags, length::little-32, numbers::binary>>, offset, size, checked) do
    if major != 1,
      do: Error.fail(:unsupported_version, offset, "version #{major}.#{minor}; this reader knows 1.0")

    if not checked, do: malformed(offset, "an RL member without a checksum of its header")
    if length <= size + 8, do: malformed(offset, "a member of #{length} bytes")

    member = %__MODULE__{
      offset: offset,
      header_size: size,
      major: major,
      minor: minor,
      flags: flags,
      length: length
    }

    numbers(kind, numbers, member)
  end

  defp fields(_, offset, _, _), do: malformed(offset, "an RL subfield of fewer than 8 bytes")

  defp numbers(1, bytes, member) do
    {[content_length, first_event, count, first_ms, span], _} = varints(bytes, 5, member.offset)
    if first_event + count >= @top, do: malformed(member.offset, "event indexes of 2^63 and more")
    if first_ms + span >= @top, do: malformed(member.offset, "offsets of 2^63 and more")

    %{
      member
      | kind: :data,
        content_length: content_length,
        first_event: first_event,
        event_count: count,
        first_ms: first_ms,
        last_ms: first_ms + span
    }
  end

  defp numbers(2, bytes, member) do
    {[content_length], _} = varints(bytes, 1, member.offset)
    %{member | kind: :index, content_length: content_length}
  end

  defp numbers(3, <<index_offset::little-64, _::binary>>, member),
    do: %{member | kind: :end, content_length: 0, index_offset: index_offset}

  defp numbers(3, _, member), do: malformed(member.offset, "an end member without the offset of the index")
  defp numbers(kind, _, member), do: malformed(member.offset, "a member of kind #{kind}")

  defp varints(bytes, n, offset) do
    Enum.map_reduce(1..n, bytes, fn _, bytes -> varint(bytes, 0, 0, offset) end)
  end

  defp varint(<<1::1, low::7, rest::binary>>, value, shift, offset) when shift < 56,
    do: varint(rest, value ||| low <<< shift, shift + 7, offset)

  defp varint(<<0::1, low::7, rest::binary>>, value, shift, _) when low > 0 or shift == 0,
    do: {value ||| low <<< shift, rest}

  defp varint(_, _, _, offset), do: malformed(offset, "a number of the RL subfield is invalid or missing")

  defp malformed(offset, detail), do: Error.fail(:malformed_member, offset, detail)

  @doc false
  # The content of an RL member: its limits, and steps 7 to 9 of §5.3.
  def content(source, %{offset: offset} = member, limits) do
    size = member.length - member.header_size - 8

    if member.content_length > limits.member,
      do: Error.fail(:limit_exceeded, offset, "a member of #{member.content_length} bytes of content")

    if div(member.content_length, 1032) > size, do: malformed(offset, "deflate data cannot hold that much")

    if member.offset + member.length > source.size,
      do: Error.fail(:truncated, offset, "the file ends inside a member")

    deflated = source.read.(offset + member.header_size, size)
    <<crc::little-32, length::little-32>> = source.read.(offset + member.length - 8, 8)

    content =
      case Reel.Inflate.whole(deflated, -15, member.content_length) do
        {:ended, content, ^size} -> content
        {:ended, _, _} -> malformed(offset, "the deflate data ends before the member does")
        :over -> malformed(offset, "more content than declared")
        {:short, _} -> malformed(offset, "the deflate data does not end with the member")
        {:bad, _} -> malformed(offset, "the deflate data is invalid")
      end

    if :erlang.crc32(content) != crc, do: Error.fail(:checksum, offset, "the checksum of a content does not match")
    if byte_size(content) != length, do: malformed(offset, "the length in the trailer does not match")
    if byte_size(content) != member.content_length, do: malformed(offset, "less content than declared")
    if member.kind == :end and member.length != 44, do: malformed(offset, "an end member that is not 44 bytes")
    content
  end

  @doc false
  def encode(kind, flags, numbers, content, level) do
    deflated = deflated(content, level)
    length = 12 + 4 + 8 + byte_size(numbers) + 2 + byte_size(deflated) + 8
    payload = <<1, 0, kind, flags, length::little-32, numbers::binary>>

    header =
      <<0x1F, 0x8B, 8, 6, 0::32, 0, 0xFF, byte_size(payload) + 4::little-16, "RL", byte_size(payload)::little-16,
        payload::binary>>

    [
      header,
      <<:erlang.crc32(header) &&& 0xFFFF::little-16>>,
      deflated,
      <<:erlang.crc32(content)::little-32, IO.iodata_length(content)::little-32>>
    ]
  end

  # An end member is 44 bytes whatever the level.
  defp deflated("", _level), do: <<3, 0>>

  defp deflated(content, level) do
    z = :zlib.open()
    :ok = :zlib.deflateInit(z, level, :deflated, -15, 8, :default)
    deflated = IO.iodata_to_binary(:zlib.deflate(z, content, :finish))
    :zlib.close(z)
    deflated
  end

  @doc false
  def varint_bytes(n) when n < 128, do: <<n>>
  def varint_bytes(n), do: <<1::1, n::7>> <> varint_bytes(n >>> 7)
end

defmodule Reel.State do
  @moduledoc """
  What a view held at some point (`Spec/recording.md` §7): its assigns, those of its components by `{module, id}`, the
  address, and the offset since which events are missing that may have changed it.

      iex> state = Reel.State.apply_event(%Reel.State{}, {0, :mount, %{assigns: %{count: 0}}})
      iex> Reel.State.apply_event(state, {3, :render, %{assigns: %{count: 1}}}).assigns
      %{count: 1}
  """
  alias Reel.Term

  defstruct assigns: %{}, components: %{}, url: nil, unsure: nil

  @type t :: %__MODULE__{
          assigns: map,
          components: map,
          url: String.t() | nil,
          unsure: non_neg_integer | nil
        }

  @kinds [:mount, :assigns, :render, :component, :component_destroyed, :params, :handle_params]
  @kind_names Enum.map(@kinds, &Atom.to_string/1)

  @doc "The state after one more event. An event that says nothing about the state leaves it as it is."
  @spec apply_event(t, Reel.event()) :: t
  def apply_event(%{unsure: nil} = state, event) when elem(event, 1) == :gap do
    if may_change?(get(elem(event, 2), :dropped)), do: %{state | unsure: elem(event, 0)}, else: state
  end

  def apply_event(state, event), do: change(state, elem(event, 1), elem(event, 2))

  # Whether one of the events that are missing may have changed the state.
  defp may_change?({:ok, dropped}) do
    pairs = if Term.map?(dropped), do: Term.pairs(dropped), else: []
    pairs == [] or Enum.any?(pairs, fn {kind, _} -> kind in @kinds or kind in @kind_names end)
  end

  defp may_change?(:error), do: true

  @doc "Whether events of a kind can change the state."
  @spec kind?(atom | Reel.Atom.t()) :: boolean
  def kind?(kind), do: kind in @kinds or kind == :gap

  defp change(state, :mount, payload) do
    case get_map(payload, :assigns) do
      {:ok, assigns} -> %{state | assigns: assigns}
      :error -> state
    end
  end

  defp change(state, :assigns, payload) do
    case {get_map(payload, :snapshot), get_map(payload, :delta)} do
      {{:ok, snapshot}, _} -> %{state | assigns: snapshot, unsure: nil}
      {:error, {:ok, delta}} -> %{state | assigns: merge(state.assigns, delta)}
      _ -> state
    end
  end

  defp change(state, :render, payload) do
    case get_map(payload, :assigns) do
      {:ok, assigns} -> %{state | assigns: merge(state.assigns, assigns)}
      :error -> state
    end
  end

  defp change(state, :component, payload) do
    with {:ok, module} <- get(payload, :module),
         {:ok, id} <- get(payload, :id),
         {:ok, assigns} <- get_map(payload, :assigns) do
      components = Map.update(state.components, {module, id}, assigns, &merge(&1, assigns))
      %{state | components: components}
    else
      :error -> state
    end
  end

  defp change(state, :component_destroyed, payload) do
    with {:ok, module} <- get(payload, :module), {:ok, id} <- get(payload, :id) do
      %{state | components: Map.delete(state.components, {module, id})}
    else
      :error -> state
    end
  end

  defp change(state, kind, payload) when kind in [:params, :handle_params] do
    with :error <- get(payload, :uri), :error <- get(payload, :url) do
      state
    else
      {:ok, url} -> if text?(url), do: %{state | url: url}, else: state
    end
  end

  defp change(state, _kind, _payload), do: state

  @doc false
  # The atom counts when a binary of the same text is there as well.
  def get(payload, key) do
    if Term.map?(payload) do
      with :error <- Term.fetch(payload, key), do: Term.fetch(payload, Atom.to_string(key))
    else
      :error
    end
  end

  defp get_map(payload, key) do
    case get(payload, key) do
      {:ok, value} -> if Term.map?(value), do: {:ok, value}, else: :error
      :error -> :error
    end
  end

  defp merge(%Reel.Map{pairs: pairs}, changes), do: merge(Map.new(pairs), changes)
  defp merge(assigns, changes), do: Enum.reduce(Term.pairs(changes), assigns, &put/2)

  # A key that is there already stays, though it may be the same only (terms.md §5).
  defp put({key, value}, assigns) when is_atom(key) or is_binary(key) or is_integer(key), do: Map.put(assigns, key, value)

  defp put({key, value}, assigns) do
    there = Enum.find(Map.keys(assigns), key, &(Term.compare(&1, key) == :eq))
    Map.put(assigns, there, value)
  end

  @doc false
  def text?(url), do: is_binary(url) and String.valid?(url)

  @doc false
  # Of a keyframe's map, which has been checked.
  def from_keyframe(map) do
    {:ok, assigns} = Term.fetch(map, :assigns)

    components =
      case Term.fetch(map, :components) do
        {:ok, components} -> components
        :error -> %{}
      end

    url =
      case Term.fetch(map, :url) do
        {:ok, url} -> if text?(url), do: url
        :error -> nil
      end

    unsure =
      case Term.fetch(map, :unsure) do
        {:ok, unsure} -> if is_integer(unsure) and unsure in 0..9_223_372_036_854_775_807, do: unsure
        :error -> nil
      end

    %__MODULE__{assigns: assigns, components: components, url: url, unsure: unsure}
  end

  @doc false
  def to_keyframe(state) do
    for {key, value} <- Map.from_struct(state), value != nil, into: %{}, do: {key, value}
  end
end

defmodule Reel.Entry do
  @moduledoc "One data member, as the index or the member's own header says it."
  defstruct [
    :offset,
    :length,
    :content_length,
    :first_event,
    :event_count,
    :first_ms,
    :last_ms,
    :keyframe
  ]

  @type t :: %__MODULE__{
          offset: non_neg_integer,
          length: non_neg_integer,
          content_length: non_neg_integer,
          first_event: non_neg_integer,
          event_count: non_neg_integer,
          first_ms: non_neg_integer,
          last_ms: non_neg_integer,
          keyframe: boolean
        }

  @doc false
  def of(member) do
    %__MODULE__{
      offset: member.offset,
      length: member.length,
      content_length: member.content_length,
      first_event: member.first_event,
      event_count: member.event_count,
      first_ms: member.first_ms,
      last_ms: member.last_ms,
      keyframe: Reel.Member.keyframe?(member)
    }
  end
end

defmodule Reel.Frames do
  @moduledoc false
  # Frames to items, with the checks of form and place of recording.md §6. An instance goes along a recording and knows
  # what has come; an error is raised with the offset `at`, which its caller keeps right.

  import Bitwise
  alias Reel.{Error, Term}

  @top 1 <<< 63

  defstruct options: [],
            limits: nil,
            at: 0,
            plain: false,
            header: false,
            events: 0,
            finish: false,
            index: false,
            # of the member being read
            first: nil,
            count: 0,
            least: nil,
            most: nil,
            has_header: false,
            has_finish: false

  def new(options, fields \\ []), do: struct!(%__MODULE__{options: options, limits: Reel.limits(options)}, fields)

  def member(track, at),
    do: %{
      track
      | at: at,
        first: nil,
        count: 0,
        least: nil,
        most: nil,
        has_header: false,
        has_finish: false
    }

  # All frames of an RL member's content: {items, track} or {items, track, error}.
  def whole(content, track), do: whole(content, track, [])

  defp whole(<<>>, track, items), do: {Enum.reverse(items), track}

  defp whole(content, track, items) do
    result =
      Error.rescued(fn ->
        case take(content, track) do
          {:ok, frame, rest} ->
            {more, track} = frame(frame, track)
            {:ok, more, track, rest}

          {:more, _} ->
            fail(:malformed_frame, track, "a frame that is cut short")
        end
      end)

    case result do
      {:ok, more, track, rest} -> whole(rest, track, Enum.reverse(more, items))
      {:error, error} -> {Enum.reverse(items), track, error}
    end
  end

  # One frame off the front of what there is.
  def take(<<n::32, rest::binary>> = bytes, track) do
    cond do
      n < 2 -> fail(:malformed_frame, track, "a frame of #{n} bytes")
      n > track.limits.frame and not track.header -> fail(:malformed_frame, track, "a frame of #{n} bytes")
      n > track.limits.frame -> fail(:limit_exceeded, track, "a frame of #{n} bytes")
      n > byte_size(rest) -> {:more, n + 4 - byte_size(bytes)}
      true -> {:ok, binary_part(rest, 0, n), binary_part(rest, n, byte_size(rest) - n)}
    end
  end

  def take(bytes, _track), do: {:more, 4 - byte_size(bytes)}

  def frame(<<131, 121, _::binary>>, track), do: fail(:malformed_frame, track, "a term in LOCAL_EXT")

  def frame(bytes, track) do
    term = read(bytes, track)
    {items, track} = place(term, track)
    {items, %{track | first: track.first || shape(term)}}
  end

  defp read(bytes, track) do
    {term, used} = Term.read!(bytes, [{:exact, true} | track.options])
    if used < byte_size(bytes), do: fail(:malformed_frame, track, "bytes after a frame's term")
    term
  rescue
    error in Error ->
      case error.kind do
        kind when kind in [:limit_exceeded, :malformed_frame, :not_a_recording] ->
          reraise %{error | offset: track.at}, __STACKTRACE__

        :trailing_bytes ->
          fail(:malformed_frame, track, error.detail)

        _ ->
          fail(:malformed_term, track, "byte #{error.offset} of a frame's term: #{error.detail}")
      end
  end

  defp shape(term) when is_tuple(term) and elem(term, 0) == :keyframe, do: :keyframe
  defp shape(_), do: :other

  # -- form and place -----------------------------------------------------------------------------------------------

  defp place(term, %{header: false} = track) do
    case term do
      _ when is_tuple(term) and tuple_size(term) >= 2 and elem(term, 0) == :recording ->
        header(term, track)

      _ ->
        fail(:malformed_frame, track, "the first frame is no header")
    end
  end

  defp place(term, track) when is_tuple(term) and tuple_size(term) > 0 do
    first = elem(term, 0)

    cond do
      is_integer(first) -> events([term], track)
      first == :recording -> second_header(term, track)
      first == :keyframe -> keyframe(term, track)
      first == :finish -> finish(term, track)
      first == :index -> index_in_between(term, track)
      Term.atom?(first) -> {[], track}
      true -> fail(:malformed_frame, track, "a tuple that is no frame")
    end
  end

  defp place([_ | _] = events, track) do
    if not proper?(events), do: fail(:malformed_frame, track, "a batch that is no proper list")
    events(events, track)
  end

  defp place(_, track), do: fail(:malformed_frame, track, "a term that is no frame")

  # Its version comes first.
  defp second_header(term, track) do
    if tuple_size(term) >= 2, do: header(term, track)
    fail(:malformed_frame, track, "a second header")
  end

  defp header(term, track) do
    {major, minor} =
      case elem(term, 1) do
        {major, minor} when major in 0..255 and minor in 0..255 -> {major, minor}
        _ -> fail(:malformed_frame, track, "a header without a version")
      end

    if major != 1,
      do: Error.fail(:unsupported_version, track.at, "version #{major}.#{minor}; this reader knows 1.0")

    with true <- tuple_size(term) >= 3,
         %Reel.Map{pairs: pairs} = map <- elem(term, 2),
         true <- Enum.all?(pairs, fn {key, _} -> Term.atom?(key) end) do
      item = {:header, {major, minor}, convert(map, track)}
      {[item], %{track | header: true, has_header: true}}
    else
      _ -> fail(:malformed_frame, track, "a header without a map of atoms")
    end
  end

  defp events(events, track) do
    if track.finish, do: fail(:malformed_frame, track, "events after the finish frame")
    Enum.each(events, &check(&1, track))

    {items, count} =
      Enum.map_reduce(events, track.events, fn event, index ->
        {{:event, index, convert(event, track)}, index + 1}
      end)

    {least, most} = events |> Enum.map(&elem(&1, 0)) |> Enum.min_max()

    {items,
     %{
       track
       | events: count,
         count: track.count + length(events),
         least: min(track.least || least, least),
         most: max(track.most || most, most)
     }}
  end

  defp check(event, track) do
    valid = is_tuple(event) and tuple_size(event) >= 3 and number?(elem(event, 0)) and Term.atom?(elem(event, 1))

    if not valid, do: fail(:malformed_frame, track, "event #{track.events} or one after it is malformed")
  end

  defp keyframe(term, track) do
    if track.finish, do: fail(:malformed_frame, track, "a keyframe after the finish frame")

    with true <- tuple_size(term) >= 3,
         true <- elem(term, 1) == track.events and is_integer(elem(term, 1)),
         %Reel.Map{} = state <- elem(term, 2),
         {:ok, %Reel.Map{}} <- Term.fetch(state, :assigns),
         true <- components?(Term.fetch(state, :components)) do
      {[{:keyframe, track.events, Reel.State.from_keyframe(convert(state, track))}], track}
    else
      _ -> fail(:malformed_frame, track, "a keyframe that is malformed, or in the wrong place")
    end
  end

  defp components?(:error), do: true

  defp components?({:ok, %Reel.Map{pairs: pairs}}),
    do: Enum.all?(pairs, fn {key, value} -> is_tuple(key) and tuple_size(key) == 2 and is_struct(value, Reel.Map) end)

  defp components?(_), do: false

  defp finish(term, track) do
    if track.finish, do: fail(:malformed_frame, track, "a second finish frame")

    with true <- tuple_size(term) >= 2,
         %Reel.Map{} = map <- elem(term, 1),
         {:ok, events} <- Term.fetch(map, :events),
         true <- number?(events) and events == track.events,
         {:ok, duration} <- Term.fetch(map, :duration),
         true <- number?(duration),
         {:ok, kinds} <- counts(map, :kinds, &Term.atom?/1),
         {:ok, names} <- counts(map, :names, &(is_binary(&1) and String.valid?(&1))) do
      summary = %{
        events: events,
        duration: duration,
        kinds: convert(kinds, track),
        names: convert(names, track),
        errors: optional(map, :errors, &number?/1, 0),
        reason: convert(optional(map, :reason, &Term.atom?/1, :closed), track)
      }

      {[{:finish, summary}], %{track | finish: true, has_finish: true}}
    else
      _ -> fail(:malformed_frame, track, "a finish frame that is malformed, or counts other events")
    end
  end

  defp counts(map, key, key?) do
    case Term.fetch(map, key) do
      {:ok, %Reel.Map{pairs: pairs} = counts} ->
        if Enum.all?(pairs, fn {k, v} -> key?.(k) and number?(v) end), do: {:ok, counts}, else: :error

      # What is no map counts as missing.
      _ ->
        {:ok, %Reel.Map{pairs: []}}
    end
  end

  defp optional(map, key, valid?, default) do
    case Term.fetch(map, key) do
      {:ok, value} -> if valid?.(value), do: value, else: default
      :error -> default
    end
  end

  # A repacked recording has one among its frames; its offsets are those of another file.
  defp index_in_between(term, %{plain: true, index: false} = track) do
    entries(term, track)
    {[], %{track | index: true}}
  end

  defp index_in_between(_term, track), do: fail(:malformed_frame, track, "an index where none belongs")

  # The only frame of an index member.
  def index(content, track) do
    case content do
      <<>> ->
        fail(:malformed_index, track, "an index member without an index")

      _ ->
        case take(content, track) do
          {:ok, <<131, 121, _::binary>>, _} ->
            fail(:malformed_frame, track, "a term in LOCAL_EXT")

          {:ok, bytes, <<>>} ->
            entries(read(bytes, track), track)

          {:ok, bytes, _} ->
            entries(read(bytes, track), track)
            fail(:malformed_frame, track, "a second frame in an index member")

          {:more, _} ->
            fail(:malformed_frame, track, "a frame that is cut short")
        end
    end
  end

  defp entries(term, track) do
    with true <- is_tuple(term) and tuple_size(term) >= 2 and elem(term, 0) == :index,
         list when is_list(list) <- elem(term, 1),
         true <- proper?(list) do
      if length(list) > track.limits.index,
        do: fail(:limit_exceeded, track, "an index of #{length(list)} entries")

      Enum.map(list, &entry(&1, track))
    else
      _ -> fail(:malformed_frame, track, "a frame that is no index")
    end
  end

  defp entry(term, track) do
    with true <- is_tuple(term) and tuple_size(term) >= 8,
         [offset, length, content, first, count, first_ms, last_ms, keyframe | _] <- Tuple.to_list(term),
         true <- Enum.all?([offset, length, content, first, count, first_ms, last_ms], &number?/1),
         true <- is_boolean(keyframe) do
      %Reel.Entry{
        offset: offset,
        length: length,
        content_length: content,
        first_event: first,
        event_count: count,
        first_ms: first_ms,
        last_ms: last_ms,
        keyframe: keyframe
      }
    else
      _ -> fail(:malformed_frame, track, "an entry of the index is malformed")
    end
  end

  # Step 10 of §5.3.
  def declared(member, track) do
    flags = [{1, track.first == :keyframe}, {2, track.has_header}, {4, track.has_finish}]

    cond do
      member.first_event != track.events - track.count or member.event_count != track.count ->
        fail(:malformed_member, track, "the member does not hold the events that it declares")

      member.first_ms != (track.least || 0) or member.last_ms != (track.most || 0) ->
        fail(:malformed_member, track, "the events do not have the offsets that the member declares")

      Enum.any?(flags, fn {bit, holds} -> (member.flags &&& bit) != 0 != holds end) ->
        fail(:malformed_member, track, "the flags of the member are not what it holds")

      true ->
        track
    end
  end

  defp convert(term, track) do
    Term.convert(term, track.options)
  rescue
    error in Error -> reraise %{error | offset: track.at}, __STACKTRACE__
  end

  defp proper?([_ | tail]), do: proper?(tail)
  defp proper?(tail), do: tail == []

  defp number?(n), do: is_integer(n) and n >= 0 and n < @top

  # What is wrong with the first frame makes the file no recording.
  defp fail(kind, %{header: false}, detail) when kind in [:malformed_frame, :malformed_term],
    do: Error.fail(:not_a_recording, 0, detail)

  defp fail(kind, track, detail), do: Error.fail(kind, track.at, detail)
end

defmodule Reel.Forward do
  @moduledoc false
  # A recording from byte 0 on, of whatever form, member after member or piece after piece.

  alias Reel.{Entry, Error, Frames, Inflate, Member, PhoenixReplay}

  defstruct [
    :source,
    :options,
    :limits,
    :form,
    :track,
    offset: 0,
    total: 0,
    # of RL members
    entries: [],
    index: nil,
    ended: false,
    # of plain recordings
    any: false,
    inflate: nil,
    member: 0,
    crc: 0,
    size: 0,
    starts: [],
    position: 0,
    pending: [],
    pending_size: 0,
    need: 4,
    told: false,
    queue: nil,
    done: false
  ]

  def open(source, options) do
    limits = Reel.limits(options)
    state = %__MODULE__{source: source, options: options, limits: limits}

    case source.read.(0, 5) do
      <<0x1F, _::binary>> = bytes -> gzip(bytes, state)
      <<n::32, 131>> when n <= limits.frame -> %{state | form: :bare, track: plain(options), told: true, need: 4}
      <<131, tag, _::binary>> when tag in [80, 116] -> %{state | form: :phoenix}
      <<"PRF1", _::binary>> -> %{state | form: :phoenix}
      _ -> Error.fail(:not_a_recording, 0, "it starts with neither a member nor a frame")
    end
  end

  defp gzip(<<0x1F, 0x8B, _::binary>>, state) do
    case Member.header(state.source, 0) do
      {:member, _} -> %{state | form: :members, track: Frames.new(state.options)}
      {:gzip, _} -> %{state | form: :gzip, track: plain(state.options)}
    end
  end

  defp gzip(<<0x1F>>, _), do: Error.fail(:truncated, 0, "one byte of a gzip header")
  defp gzip(_, _), do: Error.fail(:not_a_recording, 0, "it starts with neither a member nor a frame")

  # For salvage: whatever subfields the members have.
  def open_plain(source, options) do
    case source.read.(0, 2) do
      <<0x1F, 0x8B>> ->
        %__MODULE__{
          source: source,
          options: options,
          limits: Reel.limits(options),
          form: :gzip,
          any: true,
          track: plain(options)
        }

      _ ->
        open(source, options)
    end
  end

  defp plain(options), do: Frames.new(options, plain: true)

  def close(%{inflate: nil}), do: :ok
  def close(%{inflate: inflate}), do: Inflate.close(inflate)

  # {items, state}, or :done. A failure is raised once the items before it have been given out.
  def next(%{queue: %Error{} = error}), do: raise(error)
  def next(%{done: true}), do: :done
  def next(%{form: :members} = state), do: member(state)
  def next(%{form: :phoenix} = state), do: {PhoenixReplay.items(state.source, state.options), %{state | done: true}}
  def next(state), do: piece(state)

  # -- RL members ---------------------------------------------------------------------------------------------------

  # An index says that there was an end.
  defp member(%{source: %{size: size}, offset: size, index: index, ended: false}) when index != nil,
    do: Error.fail(:malformed_index, index, "an index without an end member after it")

  defp member(%{source: %{size: size}, offset: size} = state),
    do: {[{:end, state.ended and state.track.finish}], %{state | done: true}}

  defp member(%{ended: true} = state),
    do: Error.fail(:trailing_data, state.offset, "bytes after the end member")

  defp member(%{offset: offset} = state) do
    case Member.header(state.source, offset) do
      :none ->
        Error.fail(:trailing_data, offset, "bytes that start no member")

      {:gzip, _} ->
        Error.fail(:malformed_member, offset, "a member without an RL subfield among others")

      {:member, member} ->
        allowed(member, state)
        content = Member.content(state.source, member, state.limits)
        total = state.total + byte_size(content)
        if total > state.limits.total, do: Error.fail(:limit_exceeded, offset, "a recording of #{total} bytes")
        state = %{state | offset: offset + member.length, total: total, track: Frames.member(state.track, offset)}
        if offset == 0, do: first(member, content)
        kind(member.kind, member, content, state)
    end
  end

  # Whether a member may stand here comes before what it says of its content.
  defp allowed(%{kind: kind}, %{offset: 0}) when kind != :data,
    do: Error.fail(:not_a_recording, 0, "the first member holds no data")

  defp allowed(%{kind: :data, offset: offset}, state) do
    if state.index || state.track.finish,
      do: Error.fail(:malformed_member, offset, "a data member after the finish frame or the index")
  end

  defp allowed(_, _), do: :ok

  defp first(%{kind: :data}, content) when content != <<>>, do: :ok
  defp first(_, _), do: Error.fail(:not_a_recording, 0, "the first member holds no frames")

  defp kind(:data, member, content, state) do
    case Frames.whole(content, state.track) do
      {items, track, error} ->
        {items, %{state | track: track, queue: error}}

      {items, track} ->
        state = %{state | track: track, entries: [Entry.of(member) | state.entries]}

        case Error.rescued(fn -> Frames.declared(member, track) end) do
          {:error, error} -> {items, %{state | queue: error}}
          _ -> {items, state}
        end
    end
  end

  defp kind(:index, member, content, state) do
    if state.index, do: Error.fail(:malformed_frame, member.offset, "a second index")
    entries = Frames.index(content, state.track)

    if entries != Enum.reverse(state.entries),
      do: Error.fail(:malformed_index, member.offset, "the index does not agree with the members")

    if not state.track.finish,
      do: Error.fail(:malformed_index, member.offset, "an index without a finish frame before it")

    {[], %{state | index: member.offset}}
  end

  defp kind(:end, member, _content, state) do
    expected = state.index || if(length(state.entries) == 1, do: 0)

    if member.index_offset != expected,
      do: Error.fail(:malformed_index, member.offset, "the end member does not name the index")

    if not state.track.finish,
      do: Error.fail(:malformed_index, member.offset, "an end member without a finish frame before it")

    {[], %{state | ended: true}}
  end

  # -- plain recordings ---------------------------------------------------------------------------------------------

  defp piece(%{form: :bare, source: source} = state) do
    case source.read.(state.offset, 65_536) do
      <<>> ->
        over(state)

      bytes ->
        frames(bytes, %{state | offset: state.offset + byte_size(bytes)})
    end
  end

  defp piece(%{form: :gzip, inflate: nil, offset: offset, source: %{size: size}} = state) when offset == size,
    do: over(state)

  defp piece(%{form: :gzip, inflate: nil, offset: offset} = state) do
    found =
      if state.any,
        do: Member.plain_header(state.source, offset),
        else: Member.header(state.source, offset)

    case found do
      :none ->
        Error.fail(:trailing_data, offset, "bytes that start no member")

      {:member, member} ->
        Error.fail(:malformed_member, member.offset, "a member with an RL subfield among others")

      {:gzip, size} ->
        inflate = Inflate.open(state.source.read, offset + size, state.source.size, -15, 8)
        starts = [{state.position + state.pending_size, offset} | state.starts]
        {[], %{state | inflate: inflate, member: offset, starts: starts, crc: :erlang.crc32(<<>>), size: 0}}
    end
  end

  defp piece(%{form: :gzip} = state) do
    case Inflate.next(state.inflate) do
      {:data, out, inflate} ->
        frames(out, summed(out, %{state | inflate: inflate}))

      {:ended, out, offset} ->
        state = summed(out, %{state | inflate: nil})
        trailed(frames(out, state), state, offset)

      {:short, out} ->
        failing(frames(out, %{state | inflate: nil}), :truncated, state.member, "the file ends in a gzip member")

      {:bad, out} ->
        failing(frames(out, %{state | inflate: nil}), :malformed_member, state.member, "invalid deflate data")
    end
  end

  defp summed(out, state),
    do: %{state | crc: :erlang.crc32(state.crc, out), size: state.size + IO.iodata_length(out)}

  defp trailed({items, next}, state, offset) do
    length = rem(state.size, 4_294_967_296)

    case state.source.read.(offset, 8) do
      <<crc::little-32, ^length::little-32>> when crc == state.crc ->
        {items, %{next | offset: offset + 8}}

      <<crc::little-32, _::32>> when crc == state.crc ->
        failing({items, next}, :malformed_member, state.member, "the length in the trailer does not match")

      <<_::64>> ->
        failing({items, next}, :checksum, state.member, "the checksum of a content does not match")

      _ ->
        failing({items, next}, :truncated, state.member, "the file ends in a gzip member")
    end
  end

  defp failing({items, %{queue: nil, done: false} = state}, kind, offset, detail),
    do: {items, %{state | queue: %Error{kind: kind, offset: offset, detail: detail}}}

  defp failing(other, _, _, _), do: other

  defp frames(out, state) do
    total = state.total + IO.iodata_length(out)

    if total > state.limits.total,
      do: Error.fail(:limit_exceeded, place(state), "a recording of #{total} bytes")

    size = state.pending_size + IO.iodata_length(out)
    state = %{state | total: total, pending: [state.pending | out], pending_size: size}
    if size < state.need, do: {[], state}, else: told(IO.iodata_to_binary(state.pending), state)
  end

  defp told(bytes, %{told: false} = state) do
    limit = state.limits.frame

    case bytes do
      <<n::32, 131, _::binary>> when n <= limit ->
        told(bytes, %{state | told: true})

      # What follows a length tells.
      <<n::32>> when n >= 2 and n <= limit ->
        {[], %{state | pending: [bytes], need: 5}}

      <<131, 116, _::binary>> when not state.any ->
        close(state)
        {[], %{state | form: :phoenix, inflate: nil}}

      _ ->
        close(state)
        Error.fail(:not_a_recording, 0, "its content starts with no frame")
    end
  end

  defp told(bytes, state), do: split(bytes, state, [])

  defp split(bytes, state, items) do
    track = %{state.track | at: place(state)}

    result =
      Error.rescued(fn ->
        case Frames.take(bytes, track) do
          {:ok, frame, rest} ->
            {more, track} = Frames.frame(frame, track)
            {:ok, more, track, rest}

          {:more, n} ->
            {:more, byte_size(bytes) + n}
        end
      end)

    case result do
      {:ok, more, track, rest} ->
        position = state.position + byte_size(bytes) - byte_size(rest)
        split(rest, %{state | track: track, position: position}, Enum.reverse(more, items))

      {:more, need} ->
        {Enum.reverse(items), %{state | pending: [bytes], pending_size: byte_size(bytes), need: need}}

      {:error, error} ->
        close(state)
        {Enum.reverse(items), %{state | queue: error, inflate: nil}}
    end
  end

  # Where the next frame starts: itself in a bare recording, the gzip member that it starts in otherwise.
  defp place(%{form: :bare} = state), do: state.position

  defp place(state) do
    {_, offset} = Enum.find(state.starts, {0, 0}, fn {start, _} -> start <= state.position end)
    offset
  end

  defp over(%{pending_size: 0, track: %{header: true}} = state),
    do: {[{:end, state.track.finish}], %{state | done: true}}

  defp over(%{told: false, pending_size: size} = state) when size in 1..4 do
    <<length::32>> = binary_part(IO.iodata_to_binary([state.pending, <<2::32>>]), 0, 4)

    if size < 4 or length in 2..state.track.limits.frame,
      do: Error.fail(:truncated, 0, "its content ends within the length of a frame"),
      else: Error.fail(:not_a_recording, 0, "its content starts with no frame")
  end

  defp over(%{told: false}), do: Error.fail(:not_a_recording, 0, "its content starts with no frame")
  defp over(%{pending_size: 0}), do: Error.fail(:not_a_recording, 0, "no frames")
  defp over(state), do: Error.fail(:truncated, place(state), "the file ends inside a frame")
end

defmodule Reel.Summary do
  @moduledoc false
  # What the finish frame counts (recording.md §6.5).

  alias Reel.{State, Term}

  @most_names 1024

  defstruct events: 0, duration: 0, kinds: %{}, names: %{}, errors: 0

  def add(summary, event) do
    {offset, kind, payload} = {elem(event, 0), elem(event, 1), elem(event, 2)}

    %{
      summary
      | events: summary.events + 1,
        duration: max(summary.duration, offset),
        kinds: Map.update(summary.kinds, kind, 1, &(&1 + 1)),
        names: names(summary.names, kind, payload),
        errors: summary.errors + if(error?(kind, payload), do: 1, else: 0)
    }
  end

  defp names(names, :event, payload) do
    with {:ok, value} <- State.get(payload, :name),
         {:ok, name} <- name(value),
         true <- is_map_key(names, name) or map_size(names) < @most_names do
      Map.update(names, name, 1, &(&1 + 1))
    else
      _ -> names
    end
  end

  defp names(names, _, _), do: names

  defp name(value) when is_binary(value), do: if(String.valid?(value), do: {:ok, value}, else: :error)
  defp name(value), do: if(Term.atom?(value), do: {:ok, Term.atom_name(value)}, else: :error)

  defp error?(:exit, _), do: true

  defp error?(:log, payload) do
    with {:ok, level} <- State.get(payload, :level),
         {:ok, level} <- name(level) do
      level in ["error", "critical", "alert", "emergency"]
    else
      _ -> false
    end
  end

  defp error?(:telemetry, payload), do: State.get(payload, :error) not in [:error, {:ok, nil}]
  defp error?(_, _), do: false

  def to_map(summary, reason), do: summary |> Map.from_struct() |> Map.put(:reason, reason)

  # The map of the finish frame: without what is empty.
  def to_frame(summary, reason) do
    summary
    |> to_map(reason)
    |> Map.reject(fn {key, value} -> {key, value} in [names: %{}, errors: 0] end)
  end
end

defmodule Reel.PhoenixReplay do
  @moduledoc """
  Files of PhoenixReplay as the recordings that they become (`Spec/phoenix-replay.md`): `.etf`, `.etf.gz`, `.recording`
  and `.part`. `Reel.read/2` and `Reel.stream!/2` take them like recordings.
  """
  alias Reel.{Error, Inflate, Member, Recording, Source, Summary, Term}

  @doc "All of a file of PhoenixReplay; of a torn one, what can be read. The options are those of `Reel.read/2`."
  @spec read(Reel.source(), keyword) :: {:ok, Recording.t()} | {:error, Error.t()}
  def read(source, options \\ []),
    do: Source.using(source, fn source -> {:ok, source |> items(options) |> Recording.of()} end)

  @doc false
  def items(source, options) do
    {pairs, events} = source |> content(Reel.limits(options)) |> session(options)
    header = Enum.reject(pairs, fn {key, _} -> key == :events end)

    if not Enum.all?(header, fn {key, _} -> Term.atom?(key) end),
      do: Error.fail(:not_a_recording, 0, "a map with keys that are no atoms")

    summary = events |> Enum.reduce(%Summary{}, &Summary.add(&2, &1)) |> Summary.to_map(:imported)
    kinds = %Reel.Map{pairs: Map.to_list(summary.kinds)}
    events = for {event, index} <- Enum.with_index(events), do: {:event, index, convert(event, options)}

    [{:header, {1, 0}, convert(%Reel.Map{pairs: header}, options)} | events] ++
      [{:finish, %{summary | kinds: convert(kinds, options)}}, {:end, true}]
  end

  # The recording's terms are in the canonical form.
  defp convert(term, options) do
    term |> Term.arranged() |> Term.convert(options)
  rescue
    error in Error -> reraise %{error | offset: 0}, __STACKTRACE__
  end

  # {:part, bytes}, or {:term, bytes without 131, the error that ends what they came from, or nil}.
  defp content(source, limits) do
    case source.read.(0, source.size) do
      <<"PRF1", _::binary>> = bytes -> {:part, bytes}
      <<0x1F, 0x8B, _::binary>> = bytes -> gunzip(bytes, source, limits)
      <<131, 80, _::binary>> = bytes -> inflate(bytes, limits)
      <<131, 116, _::binary>> = bytes -> {:term, binary_part(bytes, 1, byte_size(bytes) - 1), nil}
      _ -> none()
    end
  end

  defp none, do: Error.fail(:not_a_recording, 0, "no file of PhoenixReplay")

  defp cut, do: %Error{kind: :truncated, offset: 0, detail: "the file is cut before its first field"}

  defp gunzip(bytes, source, limits) do
    {content, damage} = gunzip(bytes, source, 0, limits.total, [])

    case {content, damage} do
      {<<131, 116, _::binary>>, _} -> {:term, binary_part(content, 1, byte_size(content) - 1), damage}
      {<<131>>, _} -> raise damage || cut()
      {"", %Error{}} -> raise damage
      _ -> none()
    end
  end

  # The content of all gzip members, up to the error that ends it.
  defp gunzip(bytes, _source, offset, _limit, done) when offset == byte_size(bytes),
    do: {IO.iodata_to_binary(done), nil}

  defp gunzip(bytes, source, offset, limit, done) do
    case Error.rescued(fn -> member(bytes, source, offset, limit) end) do
      {:ok, content, used} -> gunzip(bytes, source, used, limit - byte_size(content), [done | content])
      {:error, content, error} -> {IO.iodata_to_binary([done | content]), %{error | offset: 0}}
      {:error, error} -> {IO.iodata_to_binary(done), %{error | offset: 0}}
    end
  end

  # The content of a gzip member and where it ends, or what there is of it and what is wrong.
  defp member(bytes, source, offset, limit) do
    size =
      case Member.header(source, offset) do
        {:gzip, size} -> size
        :none -> Error.fail(:trailing_data, offset, "bytes after the gzip member")
        {:member, _} -> Error.fail(:malformed_member, offset, "a member with an RL subfield")
      end

    start = offset + size

    case Inflate.whole(binary_part(bytes, start, byte_size(bytes) - start), -15, limit, 8) do
      {:ended, content, used} ->
        checked = fn ->
          trailer(binary_part(bytes, start + used, byte_size(bytes) - start - used), content, offset)
        end

        case Error.rescued(checked) do
          :torn -> {:error, content, cut()}
          :ok -> {:ok, content, start + used + 8}
          {:error, error} -> {:error, content, error}
        end

      {:short, content} ->
        {:error, content, cut()}

      {:bad, content} ->
        {:error, content, %Error{kind: :malformed_member, offset: offset, detail: "invalid deflate data"}}

      :over ->
        Error.fail(:limit_exceeded, offset, "the content of the file is too long")
    end
  end

  defp trailer(<<crc::little-32, declared::little-32, _::binary>>, content, offset) do
    if crc != :erlang.crc32(content), do: Error.fail(:checksum, offset, "the checksum of the content does not match")

    if declared != rem(byte_size(content), 4_294_967_296),
      do: Error.fail(:malformed_member, offset, "the length in the trailer does not match")

    :ok
  end

  defp trailer(_, _, _), do: :torn

  # The length that a compressed term declares counts for nothing.
  defp inflate(<<131, 80, _::32, stream::binary>>, limits) do
    damaged = %Error{kind: :malformed_term, offset: 0, detail: "a compressed term that does not inflate"}

    case Inflate.whole(stream, 15, limits.total) do
      {:ended, content, _} -> {:term, content, nil}
      {:short, content} -> {:term, content, cut()}
      {:bad, content} -> {:term, content, damaged}
      :over -> Error.fail(:limit_exceeded, 0, "the content of the file is too long")
    end
  end

  defp inflate(_, _), do: raise(cut())

  # -- one map ------------------------------------------------------------------------------------------------------

  defp session({:part, bytes}, options) do
    {pairs, numbered} = parts(bytes, options, nil, [])
    if pairs == nil, do: Error.fail(:truncated, 0, "no frame of the file can be read")
    {pairs, numbered |> Enum.reverse() |> Enum.concat() |> Enum.sort_by(&elem(&1, 0)) |> Enum.map(&elem(&1, 1))}
  end

  defp session({:term, bytes, damage}, options) do
    {pairs, cause} = map(bytes, damage, options)

    # What is wrong comes before where the bytes end.
    if cause && pairs in [[], [{:events, []}]],
      do: raise(if(cause.kind == :truncated, do: damage || cause, else: cause))

    if cause == nil && not List.keymember?(pairs, :events, 0),
      do: Error.fail(:not_a_recording, 0, "no file with a list of events")

    # A checksum that does not match says that what has been read is not what was written.
    if cause == nil && damage && damage.kind in [:checksum, :malformed_member, :malformed_term], do: raise(damage)

    {_, events} = List.keyfind(pairs, :events, 0, {:events, []})
    {pairs, Enum.map(events, &event/1)}
  end

  # The pairs of the map, and the error that ends them early, or nil.
  defp map(<<116, n::32, rest::binary>>, _, options) do
    pairs(rest, n, Term.context(rest, options), [], MapSet.new())
  end

  defp map(bytes, damage, _) when bytes == "" or binary_part(bytes, 0, 1) == <<116>>,
    do: if(bytes == "" and damage == nil, do: none(), else: raise(damage || cut()))

  defp map(_, _, _), do: Error.fail(:not_a_recording, 0, "a term that is no map")

  defp pairs(_rest, 0, _, done, _), do: {Enum.reverse(done), nil}

  # A key is judged when its value is whole, and :events when it is read.
  defp pairs(rest, n, cx, done, keys) do
    with {:ok, key, rest} <- term(rest, 2, cx),
         _ = if(key == :events, do: judge(key, keys)),
         {:ok, value, rest} <- value(key, rest, cx) do
      judge(key, keys)
      pairs(rest, n - 1, cx, [{key, value} | done], MapSet.put(keys, key))
    else
      {:torn, events, error} -> {Enum.reverse([{:events, events} | done]), error}
      {:torn, error} -> {Enum.reverse(done), error}
    end
  end

  defp judge(key, keys) do
    if not Term.atom?(key), do: Error.fail(:not_a_recording, 0, "a map with keys that are no atoms")
    if MapSet.member?(keys, key), do: Error.fail(:malformed_term, 0, "a key that comes twice")
  end

  defp value(:events, rest, cx), do: events(rest, cx, [])
  defp value(_, rest, cx), do: term(rest, 2, cx)

  # The list may end early, and what is whole of it counts. No list is known by its tag, and an improper one by its tail's.
  defp events(<<106, rest::binary>>, _, done), do: {:ok, Enum.reverse(done), rest}
  defp events(<<108, n::32, rest::binary>>, cx, done), do: events(rest, n, cx, done)

  defp events(rest, _, done) when rest == <<>> or binary_part(rest, 0, 1) == <<108>>,
    do: {:torn, Enum.reverse(done), cut()}

  defp events(_, _, _), do: Error.fail(:not_a_recording, 0, "no file with a list of events")

  defp events(rest, 0, cx, done), do: events(rest, cx, done)

  defp events(rest, n, cx, done) do
    case term(rest, 3, cx) do
      {:ok, event, rest} -> events(rest, n - 1, cx, [event | done])
      {:torn, error} -> {:torn, Enum.reverse(done), error}
    end
  end

  # A term, or the error that ends it.
  defp term(rest, depth, cx) do
    {term, rest} = Term.term(rest, depth, cx)
    {:ok, term, rest}
  rescue
    error in Error ->
      kind = if error.kind in [:truncated, :limit_exceeded], do: error.kind, else: :malformed_term
      {:torn, %{error | kind: kind, offset: 0}}
  end

  # -- events -------------------------------------------------------------------------------------------------------

  # Not all fields of a torn file need be there: the event itself tells what it is.
  defp event(%Reel.Map{pairs: pairs}) do
    with {_, at} <- List.keyfind(pairs, :at, 0),
         {_, type} <- List.keyfind(pairs, :type, 0),
         {_, data} <- List.keyfind(pairs, :data, 0) do
      case Enum.reject(pairs, fn {key, _} -> key in [:__struct__, :at, :type, :data] end) do
        [] -> checked({at, type, data})
        more -> checked({at, type, data, %Reel.Map{pairs: more}})
      end
    else
      nil -> Error.fail(:malformed_frame, 0, "an event without at, type or data")
    end
  end

  defp event(event) when is_tuple(event), do: checked(event)
  defp event(_), do: Error.fail(:malformed_frame, 0, "an event that is none")

  defp checked(event) when tuple_size(event) >= 3 do
    offset = elem(event, 0)

    if is_integer(offset) and offset >= 0 and offset < 9_223_372_036_854_775_808 and Term.atom?(elem(event, 1)),
      do: event,
      else: Error.fail(:malformed_frame, 0, "an event that is none")
  end

  defp checked(_), do: Error.fail(:malformed_frame, 0, "an event that is none")

  # -- parts --------------------------------------------------------------------------------------------------------

  defp parts(<<"PRF1", n::32, crc::32, payload::binary-size(n), rest::binary>>, options, header, numbered) do
    {header, numbered} =
      if :erlang.crc32(payload) == crc, do: part(payload, options, header, numbered), else: {header, numbered}

    parts(rest, options, header, numbered)
  end

  defp parts(<<"PRF1", _::32, _::32, payload::binary>>, options, header, numbered),
    do: part(payload, options, header, numbered)

  defp parts(_, _, header, numbered), do: {header, numbered}

  # A frame, torn or not, as far as it goes.
  defp part(payload, options, header, numbered) do
    with {:ok, content} <- torn(payload, Reel.limits(options)),
         <<104, 2, rest::binary>> <- content,
         cx = Term.context(rest, options),
         {:ok, %Reel.Map{pairs: pairs}, rest} <- term(rest, 1, cx) do
      {pairs, [Enum.map(torn_events(rest, cx, []), &numbered/1) | numbered]}
    else
      _ -> {header, numbered}
    end
  end

  # What a frame's compressed term inflates to, whatever ends it.
  defp torn(<<131, 80, _::32, stream::binary>>, limits) do
    case Inflate.whole(stream, 15, limits.compressed) do
      {:ended, content, _} -> {:ok, content}
      {_, content} -> {:ok, content}
      :over -> :error
    end
  end

  defp torn(<<131, 80, _::binary>>, _), do: :error
  defp torn(<<131, content::binary>>, _), do: {:ok, content}
  defp torn(_, _), do: :error

  defp torn_events(<<108, n::32, rest::binary>>, cx, done), do: torn_events(rest, n, cx, done)
  defp torn_events(_, _, done), do: Enum.reverse(done)

  defp torn_events(rest, 0, cx, done), do: torn_events(rest, cx, done)

  defp torn_events(rest, n, cx, done) do
    case term(rest, 2, cx) do
      {:ok, event, rest} -> torn_events(rest, n - 1, cx, [event | done])
      {:torn, _} -> Enum.reverse(done)
    end
  end

  defp numbered({number, event}) when is_integer(number), do: {number, event(event)}
  defp numbered(_), do: Error.fail(:malformed_frame, 0, "a numbered event that is none")
end

defmodule Reel.Salvage do
  @moduledoc false
  # recording.md §11.

  import Bitwise
  alias Reel.{Error, Forward, Frames, Member}

  @magic <<0x1F, 0x8B, 8, 6, 0, 0, 0, 0, 0, 0xFF>>

  # {items, lost}
  def run(source, options) do
    bytes = source.read.(0, source.size)
    source = Reel.Source.open({:bytes, bytes})
    state = %{source: source, bytes: bytes, options: options, last: 0, items: [], lost: [], sound: 0, data?: false}

    case plain_first(source, options) || walk(0, state) do
      {items, lost} -> {items, lost}
      %{data?: true} = state -> {state.items |> Enum.reverse() |> Enum.concat(), losses(state, byte_size(bytes))}
      _ -> plain(source, options)
    end
  end

  # A plain recording that is whole, or has just been cut, may hold another one as a binary.
  defp plain_first(source, options) do
    with %Forward{form: form} = state when form in [:gzip, :bare] <- Error.rescued(fn -> Forward.open(source, options) end),
         {[{:header, _, _} | _] = items, error} <- collect(state, []),
         true <- error == nil or error.kind == :truncated do
      {items, if(error, do: [{error.offset, source.size}], else: [])}
    else
      _ -> nil
    end
  end

  # `sound` is where the last sound member ended, `last` the index after its last event.
  defp walk(offset, %{bytes: bytes} = state) when offset >= byte_size(bytes), do: state

  defp walk(offset, state) do
    case Error.rescued(fn -> member(offset, state) end) do
      {:data, member, items} ->
        state = kept(offset, member, state)
        last = member.first_event + member.event_count
        walk(state.sound, %{state | items: [items | state.items], last: last, data?: true})

      {:other, member} ->
        walk(offset + member.length, kept(offset, member, state))

      # The checksum vouches for the frames before the one that is not sound. The member is lost all the same.
      {:part, member, [_ | _] = items} ->
        state = %{state | lost: losses(state, offset), sound: offset}
        last = member.first_event + member.event_count
        walk(passed(offset, state), %{state | items: [items | state.items], last: last, data?: true})

      _ ->
        walk(passed(offset, state), state)
    end
  end

  defp kept(offset, member, state),
    do: %{state | lost: losses(state, offset), sound: offset + member.length}

  defp losses(%{sound: sound} = state, offset) when offset > sound, do: state.lost ++ [{sound, offset}]
  defp losses(state, _), do: state.lost

  defp member(offset, state) do
    {:member, member} = header(state.source, offset)
    content = Member.content(state.source, member, Reel.limits(state.options))

    case member.kind do
      :data ->
        holds_header = (member.flags &&& 2) != 0
        if holds_header and member.first_event > 0, do: Error.fail(:malformed_member, offset, "a header after events")
        if member.first_event < state.last, do: Error.fail(:malformed_member, offset, "it goes back in events")
        track = Frames.new(state.options, header: not holds_header, events: member.first_event, at: offset)

        case Frames.whole(content, track) do
          {items, _} ->
            {:data, member, items}

          {items, _, _} ->
            {:part, member, items}
        end

      :index ->
        Frames.index(content, Frames.new(state.options, header: true, at: offset))
        {:other, member}

      :end ->
        {:other, member}
    end
  end

  defp header(source, offset) do
    case Member.header(source, offset) do
      {:member, member} -> {:member, member}
      _ -> Error.fail(:malformed_member, offset, "no RL member")
    end
  end

  # Where to go on after what is not sound.
  defp passed(offset, state) do
    size = byte_size(state.bytes)

    with {:member, member} <- Error.rescued(fn -> header(state.source, offset) end),
         next = offset + member.length,
         true <-
           next == size or (next < size and match?({:member, _}, Error.rescued(fn -> header(state.source, next) end))) do
      next
    else
      _ -> search(offset + 1, state.bytes)
    end
  end

  defp search(from, bytes) when from >= byte_size(bytes), do: byte_size(bytes)

  defp search(from, bytes) do
    case :binary.match(bytes, @magic, scope: {from, byte_size(bytes) - from}) do
      {offset, _} -> offset
      :nomatch -> byte_size(bytes)
    end
  end

  defp plain(source, options) do
    {items, error} = collect(Forward.open_plain(source, options), [])
    has_header = match?([{:header, _, _} | _], items)
    if error != nil and not has_header, do: raise(error)
    {items, if(error, do: [{error.offset, source.size}], else: [])}
  end

  defp collect(state, items) do
    case Error.rescued(fn -> Forward.next(state) end) do
      {:error, error} ->
        Forward.close(state)
        {Enum.reverse(items), error}

      :done ->
        {Enum.reverse(items), nil}

      {more, state} ->
        collect(state, Enum.reverse(more, items))
    end
  end
end

defmodule Reel.Recording do
  @moduledoc "A whole recording, as `Reel.read/2` and `Reel.salvage/2` give it."
  defstruct version: {1, 0}, header: %{}, events: [], keyframes: [], finish: nil, finished: false, lost: []

  @type t :: %__MODULE__{
          version: {byte, byte},
          header: map,
          events: [Reel.event()],
          keyframes: [{non_neg_integer, Reel.State.t()}],
          finish: map | nil,
          finished: boolean,
          lost: [{non_neg_integer, non_neg_integer}]
        }

  @doc false
  def of(items, lost \\ []) do
    recording =
      Enum.reduce(items, %__MODULE__{header: nil, lost: lost}, fn
        {:event, _, event}, r -> %{r | events: [event | r.events]}
        {:header, version, header}, %{header: nil} = r -> %{r | version: version, header: header}
        {:header, _, _}, r -> r
        {:keyframe, index, state}, r -> %{r | keyframes: [{index, state} | r.keyframes]}
        {:finish, finish}, r -> %{r | finish: finish}
        {:end, finished}, r -> %{r | finished: finished}
      end)

    %{
      recording
      | events: Enum.reverse(recording.events),
        keyframes: Enum.reverse(recording.keyframes),
        header: recording.header || %{}
    }
  end
end

defmodule Reel do
  @moduledoc """
  Recordings of server-rendered sessions, read and written by the specification in `Spec/`.

  `reel.ex`, `reel_json.ex` and `reel_document.ex` are all there is to it: copy them into a project, or
  `elixir -r reel.ex -r reel_json.ex script.exs`.

  A source is a path, or `{:bytes, binary}`. Recordings in members, plain ones in gzip or bare, and the files of
  PhoenixReplay are told apart by their content.

      iex> {:ok, writer} = Reel.Writer.open(:memory, %{id: "demo"})
      iex> {:ok, writer} = Reel.Writer.write(writer, {0, :mount, %{assigns: %{count: 0}}})
      iex> {:ok, bytes} = Reel.Writer.finish(writer)
      iex> {:ok, recording} = Reel.read({:bytes, bytes})
      iex> recording.events
      [{0, :mount, %{assigns: %{count: 0}}}]
      iex> {:ok, state} = Reel.state_at({:bytes, bytes}, 0)
      iex> state.assigns
      %{count: 0}

  ## Options

  `:atoms`, `:maps` and `:limits`: see `Reel.Term`. An atom of a recording that this node does not know is a
  `%Reel.Atom{}` unless asked otherwise, so reading a stranger's file never grows the atom table.

  ## Errors

  Functions return `{:error, %Reel.Error{}}`; `stream!/2` raises it, when it comes to it, after everything before.
  """

  alias Reel.{Entry, Error, Forward, Frames, Member, Recording, Source, State}

  @type source :: Path.t() | {:bytes, binary}
  @type name :: atom | Reel.Atom.t()
  @typedoc "An offset in milliseconds, a kind, a payload, and anything more."
  @type event :: tuple
  @type item ::
          {:header, {byte, byte}, map}
          | {:event, non_neg_integer, event}
          | {:keyframe, non_neg_integer, State.t()}
          | {:finish, map}
          | {:end, boolean}

  @limits %{
    frame: 67_108_864,
    member: 134_217_728,
    total: 1_099_511_627_776,
    index: 4_000_000,
    compressed: 67_108_864,
    depth: 1024
  }

  @doc "The limits of `Spec/recording.md` §9, with those replaced that the options name."
  @spec limits(keyword) :: %{atom => non_neg_integer}
  def limits(options \\ []), do: Map.merge(@limits, Map.new(options[:limits] || %{}))

  @doc """
  The events of a recording, or of a file of PhoenixReplay, one after the other: tuples as they were recorded.

      for {offset, kind, payload} <- Reel.open!("session.reel"), do: IO.inspect({offset, kind, payload})

  A `Reel.Error` is raised where it stands, after the events before it.
  """
  @spec open!(source, keyword) :: Enumerable.t()
  def open!(source, options \\ []) do
    source |> stream!(options) |> Stream.flat_map(fn item -> if match?({:event, _, _}, item), do: [elem(item, 2)], else: [] end)
  end

  @doc """
  What a recording holds, one after the other, a member at a time: the header, events and keyframes, the summary, and
  `{:end, finished}`.
  """
  @spec stream!(source, keyword) :: Enumerable.t()
  def stream!(source, options \\ []) do
    Stream.resource(
      fn ->
        source = Source.open(source)

        try do
          {source, Forward.open(source, options)}
        rescue
          error in Error ->
            source.close.()
            reraise error, __STACKTRACE__
        end
      end,
      fn {source, state} ->
        case Forward.next(state) do
          :done -> {:halt, {source, state}}
          {items, state} -> {items, {source, state}}
        end
      end,
      fn {source, _} -> source.close.() end
    )
  end

  @doc "All of a recording, once every check has passed. Of a torn file of PhoenixReplay, what can be read."
  @spec read(source, keyword) :: {:ok, Recording.t()} | {:error, Error.t()}
  def read(source, options \\ []) do
    Error.rescued(fn -> {:ok, source |> stream!(options) |> Enum.to_list() |> Recording.of()} end)
  end

  @doc """
  The data members and what each holds, found from the end of the file, or by hopping when there is no sound end. `nil`
  for a recording without members.
  """
  @spec index(source, keyword) :: {:ok, [Entry.t()] | nil} | {:error, Error.t()}
  def index(source, options \\ []),
    do: Source.using(source, fn source -> {:ok, entries(source, options)} end)

  @doc "One event, without reading more than its member where there are members."
  @spec event(source, non_neg_integer, keyword) :: {:ok, event} | {:error, Error.t()}
  def event(source, index, options \\ []) do
    Source.using(source, fn source ->
      source
      |> items(index, options, & &1.first_event)
      |> Enum.find_value(fn item -> match?({:event, ^index, _}, item) && {:ok, elem(item, 2)} end) || none(index)
    end)
  end

  @doc "The state after an event, from the nearest keyframe before it."
  @spec state_at(source, non_neg_integer, keyword) :: {:ok, State.t()} | {:error, Error.t()}
  def state_at(source, index, options \\ []) do
    options = Keyword.put(options, :maps, :native)

    Source.using(source, fn source ->
      source
      |> items(index, options, fn entry -> if entry.keyframe, do: entry.first_event, else: nil end)
      |> Enum.reduce_while(%State{}, fn
        {:keyframe, _, state}, _ -> {:cont, state}
        {:event, ^index, event}, state -> {:halt, {:found, State.apply_event(state, event)}}
        {:event, _, event}, state -> {:cont, State.apply_event(state, event)}
        _, state -> {:cont, state}
      end)
      |> case do
        {:found, state} -> {:ok, state}
        _ -> none(index)
      end
    end)
  end

  @doc "Every whole member of a damaged recording, and the ranges of bytes that are lost (`Spec/recording.md` §11)."
  @spec salvage(source, keyword) :: {:ok, Recording.t()} | {:error, Error.t()}
  def salvage(source, options \\ []) do
    Source.using(source, fn source ->
      {items, lost} = Reel.Salvage.run(source, options)
      {:ok, Recording.of(items, lost)}
    end)
  end

  @doc "Each gzip member of a file by itself: offset, length, length of its content, and its `Reel.Member` or `nil`."
  @spec members(source, keyword) :: {:ok, [map]} | {:error, Error.t()}
  def members(source, options \\ []) do
    Source.using(source, fn source ->
      if source.size == 0, do: Error.fail(:not_a_recording, 0, "the file is empty")
      {:ok, members_from(0, source, limits(options), [])}
    end)
  end

  defp members_from(offset, %{size: size}, _, done) when offset == size, do: Enum.reverse(done)

  defp members_from(offset, source, limits, done) do
    {length, content, member} =
      case Member.header(source, offset) do
        :none when offset == 0 ->
          Error.fail(:not_a_recording, 0, "no gzip member")

        :none ->
          Error.fail(:trailing_data, offset, "bytes that start no member")

        {:member, member} ->
          {member.length, byte_size(Member.content(source, member, limits)), member}

        {:gzip, size} ->
          {used, content} = plain_member(source, offset, size)
          {size + used + 8, content, nil}
      end

    done = [%{offset: offset, length: length, content_length: content, member: member} | done]
    members_from(offset + length, source, limits, done)
  end

  defp plain_member(source, offset, size) do
    inflate = Reel.Inflate.open(source.read, offset + size, source.size, -15, 8)
    {stop, crc, length} = drain(inflate, offset, :erlang.crc32(<<>>), 0)

    case source.read.(stop, 8) do
      <<^crc::little-32, declared::little-32>> when declared == rem(length, 4_294_967_296) ->
        {stop - offset - size, length}

      <<^crc::little-32, _::32>> ->
        Error.fail(:malformed_member, offset, "the length in the trailer does not match")

      <<_::64>> ->
        Error.fail(:checksum, offset, "the checksum of a content does not match")

      _ ->
        Error.fail(:truncated, offset, "the file ends inside a gzip member")
    end
  end

  defp drain(inflate, offset, crc, length) do
    case Reel.Inflate.next(inflate) do
      {:data, out, inflate} -> drain(inflate, offset, :erlang.crc32(crc, out), length + IO.iodata_length(out))
      {:ended, out, stop} -> {stop, :erlang.crc32(crc, out), length + IO.iodata_length(out)}
      {:short, _} -> Error.fail(:truncated, offset, "the file ends inside a gzip member")
      {:bad, _} -> Error.fail(:malformed_member, offset, "invalid deflate data")
    end
  end

  defp none(index), do: Error.fail(:no_such_event, nil, "there is no event #{inspect(index)}")

  # -- by the index -------------------------------------------------------------------------------------------------

  # The items from the last member at or before the event's whose `from` is no nil, or from the start.
  defp items(source, index, options, from) do
    case entries(source, options) do
      nil ->
        Stream.resource(
          fn -> Forward.open(source, options) end,
          fn state ->
            case Forward.next(state) do
              :done -> {:halt, state}
              {items, state} -> {items, state}
            end
          end,
          fn _ -> :ok end
        )

      entries ->
        before = Enum.take_while(entries, &(&1.first_event <= index))
        first = before |> Enum.reverse() |> Enum.find(hd(entries), &(from.(&1) != nil))
        before |> Enum.drop_while(&(&1.offset < first.offset)) |> Stream.flat_map(&member_items(source, &1, options))
    end
  end

  defp member_items(source, entry, options) do
    member =
      case Member.header(source, entry.offset) do
        {:member, %{kind: :data} = member} -> member
        _ -> Error.fail(:malformed_index, entry.offset, "no data member where the index says that one is")
      end

    if Entry.of(member) != entry,
      do: Error.fail(:malformed_index, entry.offset, "the index does not agree with the member")

    content = Member.content(source, member, limits(options))
    track = Frames.new(options, header: entry.offset != 0, events: entry.first_event, at: entry.offset)

    case Frames.whole(content, track) do
      {items, track} ->
        Frames.declared(member, track)
        items

      {_, _, error} ->
        raise error
    end
  end

  defp entries(source, options) do
    case Forward.open(source, options) do
      %{form: :members} -> from_end(source, options) || hopped(source, 0, [])
      _ -> nil
    end
  end

  defp from_end(source, options) do
    at = source.size - 44

    with true <- at > 0,
         {:member, %{kind: :end} = last} <- Error.rescued(fn -> Member.header(source, at) end),
         "" <- Error.rescued(fn -> Member.content(source, last, limits(options)) end) do
      if last.index_offset >= at, do: Error.fail(:malformed_index, at, "the end member names what is not before it")

      case Error.rescued(fn -> Member.header(source, last.index_offset) end) do
        {:member, member} when member.offset + member.length == at -> indexed(member, source, options, at)
        _ -> Error.fail(:malformed_index, at, "the end member does not name the index")
      end
    else
      _ -> nil
    end
  end

  defp indexed(%{kind: :data, offset: 0} = member, _, _, _), do: [Entry.of(member)]

  defp indexed(%{kind: :index} = member, source, options, _) do
    content = Member.content(source, member, limits(options))
    entries = Frames.index(content, Frames.new(options, header: true, at: member.offset))

    {offset, _, valid} =
      Enum.reduce(entries, {0, 0, true}, fn entry, {offset, event, valid} ->
        fits = entry.offset == offset and entry.first_event == event and entry.last_ms >= entry.first_ms
        {offset + entry.length, event + entry.event_count, valid and fits}
      end)

    if not valid or offset != member.offset,
      do: Error.fail(:malformed_index, member.offset, "the index does not agree with itself")

    entries
  end

  defp indexed(_, _, _, at), do: Error.fail(:malformed_index, at, "the end member does not name the index")

  defp hopped(source, offset, done) do
    case Error.rescued(fn -> Member.header(source, offset) end) do
      {:member, %{kind: :data} = member} when offset + member.length <= source.size ->
        hopped(source, offset + member.length, [Entry.of(member) | done])

      _ when done == [] ->
        Error.fail(:truncated, 0, "no whole member")

      _ ->
        Enum.reverse(done)
    end
  end
end

defmodule Reel.Writer do
  @moduledoc """
  Writes a recording: members with their headers, batches, keyframes, the index, the summary.

      {:ok, writer} = Reel.Writer.open("session.reel", %{id: "1", view: Shop.Cart, connected_at: 1_700_000_000_000})
      {:ok, writer} = Reel.Writer.write(writer, {0, :mount, %{assigns: %{count: 0}}})
      {:ok, "session.reel"} = Reel.Writer.finish(writer)

  A writer is a value: go on with the one that was returned. What has been flushed is a valid, unfinished recording.

  Options of `open/3`:

    * `:member_size` - a member is closed when its content reaches this many bytes (1 MiB)
    * `:batch_size` - a batch is closed when it reaches this many bytes (64 KiB)
    * `:level` - zlib's level (9)
  """
  alias Reel.{Entry, Error, Member, State, Summary, Term}

  @most_event 67_108_864 - 16

  defstruct [
    :target,
    :sink,
    :member_size,
    :batch_size,
    :level,
    offset: 0,
    entries: [],
    summary: %Summary{},
    state: %State{},
    changed: 0,
    batch: [],
    batch_bytes: 0,
    content: [],
    content_bytes: 0,
    first_event: 0,
    least: nil,
    most: nil,
    flags: 0
  ]

  @opaque t :: %__MODULE__{}

  @doc "Starts a recording in a file, or in memory. The keys of the header are atoms."
  @spec open(Path.t() | :memory, map, keyword) :: {:ok, t} | {:error, Error.t()}
  def open(target, header, options \\ []) do
    Error.rescued(fn ->
      if not (Term.map?(header) and Enum.all?(Term.pairs(header), fn {key, _} -> Term.atom?(key) end)),
        do: Error.fail(:malformed_frame, nil, "a header is a map whose keys are atoms")

      bytes = encoded({:recording, {1, 0}, header}, 1024)

      writer = %__MODULE__{
        target: target,
        sink: sink(target),
        member_size: Keyword.get(options, :member_size, 1_048_576),
        batch_size: Keyword.get(options, :batch_size, 65_536),
        level: Keyword.get(options, :level, 9),
        flags: 2
      }

      {:ok, framed(writer, bytes)}
    end)
  end

  defp sink(:memory), do: {:memory, []}

  defp sink(path) do
    case :file.open(path, [:write, :raw, :binary]) do
      {:ok, file} -> {:file, file}
      {:error, reason} -> Error.fail(:input_output, nil, "#{path}: #{:file.format_error(reason)}")
    end
  end

  @doc """
  Adds an event, `{offset_ms, kind, payload}` with anything more after it.

      iex> {:ok, writer} = Reel.Writer.open(:memory, %{})
      iex> {:error, error} = Reel.Writer.write(writer, {-1, :mount, %{}})
      iex> error.kind
      :malformed_frame
  """
  @spec write(t, Reel.event()) :: {:ok, t} | {:error, Error.t()}
  def write(%__MODULE__{} = writer, event) do
    Error.rescued(fn ->
      if not event?(event), do: Error.fail(:malformed_frame, nil, "an event is {offset_ms, kind, payload, ...}")
      <<131, bytes::binary>> = encoded(event, 1023)
      if byte_size(bytes) > @most_event, do: Error.fail(:limit_exceeded, nil, "an event of #{byte_size(bytes)} bytes")
      {:ok, writer |> full() |> add(event, bytes)}
    end)
  end

  @doc "Adds all of an enumerable's events."
  @spec write_all(t, Enumerable.t()) :: {:ok, t} | {:error, Error.t()}
  def write_all(writer, events) do
    Enum.reduce_while(events, {:ok, writer}, fn event, {:ok, writer} ->
      case write(writer, event) do
        {:ok, writer} -> {:cont, {:ok, writer}}
        error -> {:halt, error}
      end
    end)
  end

  @doc "Closes the member that is being filled, so that what has been written is readable."
  @spec flush(t) :: {:ok, t} | {:error, Error.t()}
  def flush(writer), do: Error.rescued(fn -> {:ok, closed(writer)} end)

  @doc "Ends the recording. Gives its path, or its bytes when it is in memory."
  @spec finish(t, atom) :: {:ok, Path.t() | binary} | {:error, Error.t()}
  def finish(writer, reason \\ :closed) do
    Error.rescued(fn ->
      bytes = encoded({:finish, Summary.to_frame(writer.summary, reason)}, 1024)
      writer = writer |> keyframed() |> batched() |> framed(bytes)
      writer = closed(%{writer | flags: Bitwise.bor(writer.flags, 4)})
      {writer, index_offset} = indexed(writer)
      writer = put(writer, Member.encode(3, 0, <<index_offset::little-64>>, "", writer.level))

      case writer.sink do
        {:memory, all} ->
          {:ok, IO.iodata_to_binary(all)}

        {:file, file} ->
          :ok = :file.close(file)
          {:ok, writer.target}
      end
    end)
  end

  defp indexed(%{entries: [_]} = writer), do: {writer, 0}

  defp indexed(writer) do
    entries =
      for entry <- Enum.reverse(writer.entries) do
        {entry.offset, entry.length, entry.content_length, entry.first_event, entry.event_count, entry.first_ms,
         entry.last_ms, entry.keyframe}
      end

    content = frame(encoded({:index, entries}, 1024))
    numbers = Member.varint_bytes(IO.iodata_length(content))
    {put(writer, Member.encode(2, 0, numbers, content, writer.level)), writer.offset}
  end

  defp event?(event) do
    is_tuple(event) and tuple_size(event) >= 3 and is_integer(elem(event, 0)) and elem(event, 0) >= 0 and
      elem(event, 0) < 9_223_372_036_854_775_808 and Term.atom?(elem(event, 1))
  end

  # -- members ------------------------------------------------------------------------------------------------------

  defp full(%{content_bytes: content, batch_bytes: batch, member_size: size} = writer) when content + batch >= size,
    do: closed(writer)

  defp full(writer), do: writer

  defp add(writer, event, bytes) do
    writer = keyframed(writer)
    size = byte_size(bytes)
    state = State.apply_event(writer.state, event)
    changed = if State.kind?(elem(event, 1)), do: size, else: 0
    offset = elem(event, 0)

    writer = %{
      writer
      | summary: Summary.add(writer.summary, event),
        state: state,
        changed: writer.changed + changed,
        least: min(writer.least || offset, offset),
        most: max(writer.most || offset, offset)
    }

    cond do
      size >= writer.batch_size -> writer |> batched() |> framed(<<131, bytes::binary>>)
      writer.batch_bytes + size >= writer.batch_size -> batched(appended(writer, bytes, size))
      true -> appended(writer, bytes, size)
    end
  end

  defp appended(writer, bytes, size),
    do: %{writer | batch: [bytes | writer.batch], batch_bytes: writer.batch_bytes + size}

  # At the start of a member but the first: the state, when the changes since the last one take more than it does.
  defp keyframed(%{content_bytes: 0, batch: [], entries: [_ | _], changed: changed} = writer) when changed > 0 do
    state = State.to_keyframe(writer.state)
    bytes = encoded({:keyframe, writer.summary.events, state}, :infinity)

    if changed > byte_size(bytes) and byte_size(bytes) <= @most_event and depth?(state, 1023),
      do: framed(%{writer | flags: 1, changed: 0}, bytes),
      else: writer
  end

  defp keyframed(writer), do: writer

  defp batched(%{batch: []} = writer), do: writer

  defp batched(%{batch: [event]} = writer),
    do: framed(%{writer | batch: [], batch_bytes: 0}, <<131, event::binary>>)

  defp batched(writer) do
    bytes = IO.iodata_to_binary([<<131, 108, length(writer.batch)::32>>, Enum.reverse(writer.batch), 106])
    framed(%{writer | batch: [], batch_bytes: 0}, bytes)
  end

  defp framed(writer, bytes) do
    %{
      writer
      | content: [writer.content | frame(bytes)],
        content_bytes: writer.content_bytes + byte_size(bytes) + 4
    }
  end

  defp frame(bytes), do: [<<byte_size(bytes)::32>> | bytes]

  defp closed(writer), do: writer |> batched() |> written()

  defp written(%{content_bytes: 0} = writer), do: writer

  defp written(writer) do
    count = writer.summary.events - writer.first_event
    {least, most} = {writer.least || 0, writer.most || 0}

    numbers =
      for n <- [writer.content_bytes, writer.first_event, count, least, most - least],
          into: "",
          do: Member.varint_bytes(n)

    member = Member.encode(1, writer.flags, numbers, IO.iodata_to_binary(writer.content), writer.level)

    entry = %Entry{
      offset: writer.offset,
      length: IO.iodata_length(member),
      content_length: writer.content_bytes,
      first_event: writer.first_event,
      event_count: count,
      first_ms: least,
      last_ms: most,
      keyframe: Bitwise.band(writer.flags, 1) == 1
    }

    %{
      put(writer, member)
      | entries: [entry | writer.entries],
        first_event: writer.summary.events,
        content: [],
        content_bytes: 0,
        least: nil,
        most: nil,
        flags: 0
    }
  end

  defp put(writer, bytes) do
    sink =
      case writer.sink do
        {:memory, all} ->
          {:memory, [all | bytes]}

        {:file, file} = sink ->
          case :file.write(file, bytes) do
            :ok -> sink
            {:error, reason} -> Error.fail(:input_output, nil, to_string(:file.format_error(reason)))
          end
      end

    %{writer | sink: sink, offset: writer.offset + IO.iodata_length(bytes)}
  end

  # -- terms --------------------------------------------------------------------------------------------------------

  # This library's structs stand for other terms, which the node's own writer does not know.
  defp encoded(term, depth) do
    if depth != :infinity and not depth?(term, depth),
      do: Error.fail(:limit_exceeded, nil, "terms nest deeper than #{depth}")

    if plain?(term),
      do: :erlang.term_to_binary(term, [:deterministic, minor_version: 2]),
      else: Term.encode(term)
  end

  defp plain?(%module{})
       when module in [
              Reel.Atom,
              Reel.Map,
              Reel.Pid,
              Reel.Port,
              Reel.Reference,
              Reel.ExternalFunction,
              Reel.Function,
              Reel.Record
            ],
       do: false

  defp plain?(map) when is_map(map), do: Enum.all?(Map.to_list(map), fn {k, v} -> plain?(k) and plain?(v) end)
  defp plain?([head | tail]), do: plain?(head) and plain?(tail)
  defp plain?(tuple) when is_tuple(tuple), do: plain?(Tuple.to_list(tuple))
  defp plain?(function) when is_function(function), do: false
  defp plain?(_), do: true

  # Whether no term is inside of more than `left` others.
  defp depth?([_ | _], 0), do: false
  defp depth?([_ | _] = list, left), do: each?(list, left - 1)
  defp depth?({}, _), do: true
  defp depth?(tuple, 0) when is_tuple(tuple), do: false
  defp depth?(tuple, left) when is_tuple(tuple), do: each?(Tuple.to_list(tuple), left - 1)
  defp depth?(map, _) when map == %{}, do: true
  defp depth?(%Reel.Atom{}, _), do: true
  defp depth?(%Reel.Function{free: []}, _), do: true
  defp depth?(%Reel.Function{free: free}, left), do: left > 0 and each?(free, left - 1)
  defp depth?(%Reel.Record{fields: []}, _), do: true
  defp depth?(%Reel.Record{fields: fields}, left), do: left > 0 and Enum.all?(fields, &depth?(elem(&1, 1), left - 1))
  defp depth?(%Reel.Map{pairs: []}, _), do: true
  defp depth?(%Reel.Map{pairs: pairs}, left), do: left > 0 and Enum.all?(pairs, &pair?(&1, left - 1))
  defp depth?(map, 0) when is_map(map), do: false
  defp depth?(map, left) when is_map(map), do: map |> Map.to_list() |> Enum.all?(&pair?(&1, left - 1))

  defp depth?(function, left) when is_function(function) do
    {:ok, term} = Term.decode(:erlang.term_to_binary(function))
    depth?(term, left)
  end

  defp depth?(_, _), do: true

  defp pair?({key, value}, left), do: depth?(key, left) and depth?(value, left)

  defp each?([head | tail], left), do: depth?(head, left) and each?(tail, left)
  defp each?([], _), do: true
  defp each?(tail, left), do: depth?(tail, left)
end
