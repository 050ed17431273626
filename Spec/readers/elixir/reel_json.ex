defmodule Reel.Notation do
  @moduledoc """
  Terms as Elixir prints them, without a limit, atoms and structs of unknown modules included.

      iex> Reel.Notation.text({:a, [1 | 2], %{"b" => 1.5}})
      ~S({:a, [1 | 2], %{"b" => 1.5}})
      iex> Reel.Notation.text(%{__struct__: Shop.Cart, id: 1})
      "%Shop.Cart{id: 1}"
      iex> Reel.Notation.text(%Reel.Pid{node: :a@b, number: 7, serial: 1, creation: 2})
      "#PID<0.7.1>"
  """
  alias Reel.Term

  @doc "The text of a term. With `structs: false` structs are maps like any other."
  @spec text(term, keyword) :: String.t()
  def text(term, options \\ []), do: IO.iodata_to_binary(put(term, Keyword.get(options, :structs, true)))

  defp put(term, _) when is_number(term) or is_bitstring(term) or is_atom(term),
    do: inspect(term, limit: :infinity, printable_limit: :infinity)

  defp put(%Reel.Atom{name: name}, _), do: literal(name)
  defp put(%Reel.Pid{} = pid, _), do: "#PID<0.#{pid.number}.#{pid.serial}>"
  defp put(%Reel.Port{} = port, _), do: "#Port<0.#{port.number}>"
  defp put(%Reel.Reference{words: words}, _), do: ["#Reference<0", Enum.map(Enum.reverse(words), &".#{&1}"), ">"]

  defp put(%Reel.ExternalFunction{} = function, s),
    do: ["&", put(function.module, s), ".", called(function.function), "/#{function.arity}"]

  defp put(%Reel.Function{} = function, s),
    do: ["#Function<#{function.index}.#{function.old_uniq}/#{function.arity} in ", put(function.module, s), ">"]

  defp put(%Reel.Record{fields: fields} = record, s) do
    fields = fields |> Enum.map(&pair(&1, s)) |> Enum.intersperse(", ")
    ["#Record<", put(record.module, s), ".", called(record.name), "{", fields, "}>"]
  end

  defp put(%Reel.Local{bytes: bytes}, _), do: "#Local<#{byte_size(bytes)} bytes>"
  defp put([], _), do: "[]"

  defp put(list, s) when is_list(list) do
    cond do
      printable?(list) -> ["~c", inspect(List.to_string(list), printable_limit: :infinity)]
      keyword?(list) -> ["[", list |> Enum.map(&pair(&1, s)) |> Enum.intersperse(", "), "]"]
      true -> ["[", elements(list, s), "]"]
    end
  end

  defp put(tuple, s) when is_tuple(tuple),
    do: ["{", tuple |> Tuple.to_list() |> Enum.map(&put(&1, s)) |> Enum.intersperse(", "), "}"]

  defp put(%Reel.Map{} = map, s) do
    case Term.convert(map, []) do
      %Reel.Map{pairs: pairs} -> ["%{", fields(pairs, s), "}"]
      native -> put(native, s)
    end
  end

  defp put(%{__struct__: module} = struct, true) when is_atom(module) or is_struct(module, Reel.Atom) do
    case if(is_atom(module), do: Inspect.impl_for(struct)) do
      known when known in [nil, Inspect.Any] -> bare(module, struct)
      _ -> known(module, struct)
    end
  end

  defp put(map, s) when is_map(map), do: ["%{", map |> Map.to_list() |> fields(s), "}"]
  defp put(term, s), do: put(elem(Term.read!(Term.encode(term)), 0), s)

  # A struct whose fields make no sense to its own printer is printed as any other.
  defp known(module, struct) do
    inspect(struct, limit: :infinity, printable_limit: :infinity, safe: false)
  rescue
    _ -> bare(module, struct)
  end

  defp bare(module, struct),
    do: ["%", put(module, true), "{", struct |> Map.delete(:__struct__) |> Map.to_list() |> fields(true), "}"]

  defp fields(pairs, s) do
    pairs = Enum.sort(pairs, fn {a, _}, {b, _} -> Term.compare(a, b) != :gt end)

    text =
      if keyword?(pairs),
        do: Enum.map(pairs, &pair(&1, s)),
        else: Enum.map(pairs, fn {key, value} -> [put(key, s), " => ", put(value, s)] end)

    Enum.intersperse(text, ", ")
  end

  defp pair({key, value}, s) when is_atom(key), do: [Macro.inspect_atom(:key, key), " ", put(value, s)]

  defp pair({%Reel.Atom{name: name}, value}, s),
    do: [if(bare?(name), do: name, else: quoted(name)), ": ", put(value, s)]

  defp elements([last], s), do: put(last, s)
  defp elements([head | tail], s) when is_list(tail), do: [put(head, s), ", " | elements(tail, s)]
  defp elements([head | tail], s), do: [put(head, s), " | ", put(tail, s)]

  defp printable?(list), do: List.improper?(list) == false and List.ascii_printable?(list)

  defp keyword?([_ | _] = list), do: each_pair?(list)
  defp keyword?(_), do: false

  defp each_pair?([{key, _} | rest]) do
    Term.atom?(key) and not String.starts_with?(Term.atom_name(key), "Elixir.") and each_pair?(rest)
  end

  defp each_pair?(rest), do: rest == []

  @doc false
  # An atom that this node has not, by its name. Operators and the like exist on every node.
  def literal(name) do
    cond do
      alias?(name) -> binary_part(name, 7, byte_size(name) - 7)
      bare?(name) -> ":" <> name
      true -> ":" <> quoted(name)
    end
  end

  defp called(name) when is_atom(name), do: Macro.inspect_atom(:remote_call, name)
  defp called(%Reel.Atom{name: name}), do: if(normal?(name) and called?(name), do: name, else: quoted(name))

  defp bare?(name), do: normal?(name) and (identifier?(name) or at?(name))
  defp called?(name), do: identifier?(name) and not Regex.match?(~r/\A\p{Lu}/u, name)
  defp normal?(name), do: String.normalize(name, :nfkc) == name

  # As `inspect` writes an atom that needs quotes: what is not printable is escaped.
  defp quoted(name), do: "\"" <> (name |> String.codepoints() |> Enum.map_join(&escaped/1) |> String.replace("\#{", "\\\#{")) <> "\""

  defp escaped("\0"), do: "\\0"
  defp escaped("\uFEFF"), do: "\\uFEFF"

  defp escaped(<<code::utf8>> = character) do
    cond do
      String.printable?(character) -> unquoted(inspect(character))
      code < 256 -> "\\x" <> hexadecimal(code, 2)
      true -> "\\x{" <> hexadecimal(code, 4) <> "}"
    end
  end

  defp unquoted(text), do: binary_part(text, 1, byte_size(text) - 2)
  defp hexadecimal(code, digits), do: code |> Integer.to_string(16) |> String.pad_leading(digits, "0")

  defp alias?(name), do: Regex.match?(~r/\AElixir(\.[A-Z][A-Za-z0-9_]*)+\z/, name)
  defp identifier?(name), do: Regex.match?(~r/\A[\p{L}_][\p{L}\p{Nd}\p{Mn}_]*[?!]?\z/u, name)
  defp at?(name), do: Regex.match?(~r/\A[\p{L}_][\p{L}\p{Nd}\p{Mn}_@]*[?!]?\z/u, name)
end

defimpl Inspect,
  for: [
    Reel.Atom,
    Reel.Map,
    Reel.Pid,
    Reel.Port,
    Reel.Reference,
    Reel.ExternalFunction,
    Reel.Function,
    Reel.Record,
    Reel.Local
  ] do
  def inspect(term, _), do: Reel.Notation.text(term)
end

defmodule Reel.JSON do
  @moduledoc """
  Terms and recordings as JSON text (`Spec/json.md`), in the mapping `:plain`, for people and other tools, or `:tagged`,
  which says all that a term does.

      iex> Reel.JSON.text({:ok, <<255>>}, :plain)
      ~S(["ok",{"base64":"/w=="}])
      iex> Reel.JSON.text({:ok, <<255>>}, :tagged)
      ~S({"$tuple":[{"$atom":"ok"},{"$binary":"/w=="}]})
      iex> Reel.JSON.text(%{:a => 1, "a" => -0.0}, :plain)
      ~S({"a":1,"a#2":-0.0})
  """
  alias Reel.{Error, Notation, Term}

  @type mapping :: :plain | :tagged
  @longest_decimal 262_144

  @doc "The JSON text of a term. The pairs of a `Reel.Map` keep their order, those of other maps have that of terms."
  @spec text(term, mapping) :: String.t()
  def text(term, mapping), do: term |> data(mapping) |> IO.iodata_to_binary()

  @doc "As `text/2`, as iodata."
  @spec data(term, mapping) :: iodata
  def data(term, :plain), do: plain(term)
  def data(term, :tagged), do: tagged(term)

  @doc """
  The document of a recording (`Spec/json.md` §2.1), without a line feed at its end. It may have been read, best with
  `maps: :ordered`, so that the pairs keep their order.
  """
  @spec document(Reel.source() | Reel.Recording.t(), mapping, keyword) :: {:ok, String.t()} | {:error, Error.t()}
  def document(source, mapping, options \\ [])

  def document(%Reel.Recording{header: header, events: events}, mapping, _),
    do: {:ok, IO.iodata_to_binary(object(header, events, [], mapping))}

  def document(source, mapping, options) do
    Error.rescued(fn ->
      [{:header, _, header} | items] = source |> Reel.stream!(ordered(options)) |> Enum.to_list()
      events = for {:event, _, event} <- items, do: event
      {:ok, IO.iodata_to_binary(object(header, events, [], mapping))}
    end)
  end

  @doc """
  A line for the header, each event and, when the recording is finished, its summary (`Spec/json.md` §2.2), lazily, with
  their line feeds. Raises `Reel.Error` where the recording is not readable.
  """
  @spec lines!(Reel.source(), mapping, keyword) :: Enumerable.t()
  def lines!(source, mapping, options \\ []) do
    source
    |> Reel.stream!(ordered(options))
    |> Stream.transform([], fn
      {:header, _, header}, _ -> {[line(["{", header |> fields(mapping) |> Enum.intersperse(","), "}"])], []}
      {:event, _, event}, last -> {[line(event(event, mapping))], last}
      {:finish, summary}, _ -> {[], [line([~s({"summary":), summary(summary), "}"])]}
      # Without its end a recording is unfinished.
      {:end, true}, last -> {last, []}
      _, last -> {[], last}
    end)
  end

  # Kinds and the reason are names, also where their atoms are literals of JSON.
  defp summary(%{kinds: kinds, reason: reason} = summary) do
    counts = for {kind, count} <- Term.pairs(kinds), do: {Term.atom_name(kind), count}
    plain(%{summary | kinds: Map.new(counts), reason: Term.atom_name(reason)})
  end

  defp line(text), do: IO.iodata_to_binary([text, ?\n])

  @doc "The document of what salvage finds, with one more key, `lost` (`Spec/vectors.md` §3)."
  @spec salvage(Reel.source(), mapping, keyword) :: {:ok, String.t()} | {:error, Error.t()}
  def salvage(source, mapping, options \\ []) do
    with {:ok, recording} <- Reel.salvage(source, ordered(options)) do
      lost = Enum.map(recording.lost, fn {first, stop} -> ["[#{first},#{stop}]"] end)
      more = [[~s("lost":[), Enum.intersperse(lost, ","), "]"]]
      {:ok, IO.iodata_to_binary(object(recording.header, recording.events, more, mapping, ["lost"]))}
    end
  end

  defp ordered(options), do: Keyword.merge(options, atoms: :struct, maps: :ordered)

  defp object(header, events, more, mapping, taken \\ []) do
    fields = fields(header, mapping, taken)
    events = [~s("events":[), events |> Enum.map(&event(&1, mapping)) |> Enum.intersperse(","), "]"]
    ["{", Enum.intersperse(fields ++ [events] ++ more, ","), "}"]
  end

  # A field named like one of the document's own keys is told from it.
  defp fields(header, mapping, taken \\ []) do
    {fields, _} =
      Enum.map_reduce(Term.pairs(Term.arranged(header)), MapSet.new(["events" | taken]), fn {key, value}, taken ->
        {text, taken} = unused(key_text(key), taken)
        {[string(text), ":", field(key, value, mapping)], taken}
      end)

    fields
  end

  defp field(key, value, :plain) when key in [:view, :__struct__] and value != nil do
    if Term.atom?(value), do: string(Notation.text(value)), else: plain(value)
  end

  defp field(_, value, mapping), do: data(value, mapping)

  defp event(event, mapping) do
    [offset, kind, payload | extra] = Tuple.to_list(event)
    text = [~s({"offset":#{offset},"type":), string(Term.atom_name(kind)), ~s(,"payload":), data(payload, mapping)]
    if extra == [], do: [text, "}"], else: [text, ~s(,"extra":), array(extra, mapping), "}"]
  end

  defp array(list, mapping), do: ["[", list |> Enum.map(&data(&1, mapping)) |> Enum.intersperse(","), "]"]

  # -- plain --------------------------------------------------------------------------------------------------------

  defp plain(term) when term in [true, false], do: Atom.to_string(term)
  defp plain(nil), do: "null"
  defp plain(atom) when is_atom(atom), do: string(Atom.to_string(atom))
  defp plain(%Reel.Atom{name: name}), do: string(name)
  defp plain(integer) when is_integer(integer), do: integer(integer, &string/1)
  defp plain(float) when is_float(float), do: float(float)

  defp plain(binary) when is_binary(binary) do
    if String.valid?(binary), do: string(binary), else: [~s({"base64":"), Base.encode64(binary), ~s("})]
  end

  defp plain(bits) when is_bitstring(bits),
    do: [~s({"base64":"), Base.encode64(padded(bits)), ~s(","bits":#{bit_size(bits)}})]

  defp plain(tuple) when is_tuple(tuple), do: tuple |> Tuple.to_list() |> array(:plain)
  defp plain(list) when is_list(list), do: list |> proper([]) |> array(:plain)
  defp plain(%Reel.Map{pairs: pairs}), do: plain_map(pairs)

  defp plain(%Reel.Record{fields: fields} = record) do
    head = [~s("__record__":), string(Term.atom_name(record.module) <> ":" <> Term.atom_name(record.name))]

    {fields, _} =
      Enum.map_reduce(fields, MapSet.new(["__record__"]), fn {name, value}, taken ->
        {text, taken} = unused(key_text(name), taken)
        {[string(text), ":", plain(value)], taken}
      end)

    ["{", Enum.intersperse([head | fields], ","), "}"]
  end

  defp plain(%module{} = term)
       when module in [
              Reel.Pid,
              Reel.Port,
              Reel.Reference,
              Reel.ExternalFunction,
              Reel.Function,
              Reel.Local
            ],
       do: string(Notation.text(term))

  defp plain(map) when is_map(map), do: map |> sorted() |> plain_map()
  defp plain(term), do: plain(elem(Term.read!(Term.encode(term)), 0))

  defp plain_map(pairs) do
    {fields, _} =
      Enum.map_reduce(pairs, MapSet.new(), fn {key, value}, taken ->
        {text, taken} = unused(key_text(key), taken)
        {[string(text), ":", struct_name(key, value)], taken}
      end)

    ["{", Enum.intersperse(fields, ","), "}"]
  end

  defp struct_name(:__struct__, value) do
    if Term.atom?(value), do: string(Notation.text(value)), else: plain(value)
  end

  defp struct_name(_, value), do: plain(value)

  defp key_text(nil), do: ""
  defp key_text(key) when is_atom(key), do: Atom.to_string(key)
  defp key_text(%Reel.Atom{name: name}), do: name
  defp key_text(key) when is_binary(key), do: if(String.valid?(key), do: key, else: Notation.text(key))
  defp key_text(key), do: Notation.text(key, structs: false)

  defp unused(text, taken), do: if(text in taken, do: unused(text, taken, 2), else: {text, MapSet.put(taken, text)})

  defp unused(text, taken, n) do
    candidate = "#{text}##{n}"
    if candidate in taken, do: unused(text, taken, n + 1), else: {candidate, MapSet.put(taken, candidate)}
  end

  # -- tagged -------------------------------------------------------------------------------------------------------

  defp tagged(term) when term in [true, false], do: Atom.to_string(term)
  defp tagged(nil), do: "null"
  defp tagged(atom) when is_atom(atom), do: [~s({"$atom":), string(Atom.to_string(atom)), "}"]
  defp tagged(%Reel.Atom{name: name}), do: [~s({"$atom":), string(name), "}"]

  defp tagged(integer) when is_integer(integer),
    do: integer(integer, fn hexadecimal -> [~s({"$integer":), string(hexadecimal), "}"] end)

  defp tagged(float) when is_float(float), do: float(float)

  defp tagged(binary) when is_binary(binary) do
    if String.valid?(binary), do: string(binary), else: [~s({"$binary":"), Base.encode64(binary), ~s("})]
  end

  defp tagged(bits) when is_bitstring(bits),
    do: [~s({"$bits":"), Base.encode64(padded(bits)), ~s(","size":#{bit_size(bits)}})]

  defp tagged(tuple) when is_tuple(tuple), do: [~s({"$tuple":), tuple |> Tuple.to_list() |> array(:tagged), "}"]
  defp tagged(list) when is_list(list), do: ["[", list |> tagged_elements([]) |> Enum.intersperse(","), "]"]
  defp tagged(%Reel.Map{pairs: pairs}), do: tagged_map(pairs)
  defp tagged(%Reel.Pid{} = pid), do: [~s({"$pid":), pid(pid), "}"]

  defp tagged(%Reel.Port{} = port),
    do: [~s({"$port":{"node":), name(port.node), ~s(,"number":#{port.number},"creation":#{port.creation}}})]

  defp tagged(%Reel.Reference{} = reference) do
    words = Enum.map_join(reference.words, ",", &Integer.to_string/1)
    [~s({"$ref":{"node":), name(reference.node), ~s(,"creation":#{reference.creation},"words":[#{words}]}})]
  end

  defp tagged(%Reel.ExternalFunction{} = function) do
    [
      ~s({"$fun":{"module":),
      name(function.module),
      ~s(,"function":),
      name(function.function),
      ~s(,"arity":#{function.arity}}})
    ]
  end

  defp tagged(%Reel.Record{} = record) do
    fields = Enum.map(record.fields, fn {name, value} -> ["[", name(name), ",", tagged(value), "]"] end)
    head = [~s({"$record":{"module":), name(record.module), ~s(,"name":), name(record.name)]
    [head, ~s(,"exported":#{record.exported},"fields":[), Enum.intersperse(fields, ","), "]}}"]
  end

  defp tagged(%Reel.Function{} = function) do
    [
      ~s({"$closure":{"module":),
      name(function.module),
      ~s(,"arity":#{function.arity},"index":#{function.index},"uniq":"),
      Base.encode64(function.uniq),
      ~s(","old_index":#{function.old_index},"old_uniq":#{function.old_uniq},"creator":),
      pid(function.creator),
      ~s(,"free":),
      array(function.free, :tagged),
      "}}"
    ]
  end

  defp tagged(%Reel.Local{bytes: bytes}), do: [~s({"$local":"), Base.encode64(bytes), ~s("})]
  defp tagged(map) when is_map(map), do: map |> sorted() |> tagged_map()
  defp tagged(term), do: tagged(elem(Term.read!(Term.encode(term)), 0))

  defp tagged_elements([], done), do: Enum.reverse(done)
  defp tagged_elements([head | tail], done), do: tagged_elements(tail, [tagged(head) | done])
  defp tagged_elements(tail, done), do: Enum.reverse(done, [[~s({"$tail":), tagged(tail), "}"]])

  defp tagged_map(pairs) do
    if Enum.all?(pairs, fn {key, _} -> plain_key?(key) end) do
      fields = Enum.map(pairs, fn {key, value} -> [string(key), ":", tagged(value)] end)
      ["{", Enum.intersperse(fields, ","), "}"]
    else
      fields = Enum.map(pairs, fn {key, value} -> ["[", tagged(key), ",", tagged(value), "]"] end)
      [~s({"$map":[), Enum.intersperse(fields, ","), "]}"]
    end
  end

  defp plain_key?(<<"$", _::binary>>), do: false
  defp plain_key?(key), do: is_binary(key) and String.valid?(key)

  defp pid(pid) do
    numbers = ~s(,"number":#{pid.number},"serial":#{pid.serial},"creation":#{pid.creation}})
    [~s({"node":), name(pid.node), numbers]
  end

  defp name(atom), do: string(Term.atom_name(atom))

  # -- values -------------------------------------------------------------------------------------------------------

  defp sorted(map), do: map |> Map.to_list() |> Enum.sort(fn {a, _}, {b, _} -> Term.compare(a, b) != :gt end)

  defp proper([head | tail], done), do: proper(tail, [head | done])
  defp proper([], done), do: Enum.reverse(done)
  defp proper(tail, done), do: Enum.reverse(done, [tail])

  defp padded(bits), do: <<bits::bitstring, 0::size(8 - rem(bit_size(bits), 8))>>

  # Writing a number in decimal takes time that grows with the square of its length.
  defp integer(integer, long) do
    bytes = :binary.encode_unsigned(abs(integer))

    if byte_size(bytes) * 8 - leading_zeros(bytes) <= @longest_decimal do
      Integer.to_string(integer)
    else
      sign = if integer < 0, do: "-", else: ""
      long.(sign <> "0x" <> (bytes |> Base.encode16(case: :lower) |> String.trim_leading("0")))
    end
  end

  defp leading_zeros(<<first, _::binary>>), do: 8 - length(Integer.digits(first, 2))

  # The shortest digits that read back, with an exponent where the number is beyond 1e16 or below 1e-4.
  defp float(float) do
    <<sign::1, magnitude::63>> = <<float::float>>
    <<positive::float>> = <<0::1, magnitude::63>>
    {digits, exponent} = digits(positive)
    point = exponent + String.length(digits)

    text =
      cond do
        digits == "0" -> "0.0"
        point > 16 or point < -3 -> scientific(digits, point - 1)
        exponent >= 0 -> digits <> String.duplicate("0", exponent) <> ".0"
        point > 0 -> String.slice(digits, 0, point) <> "." <> String.slice(digits, point..-1)
        true -> "0." <> String.duplicate("0", -point) <> digits
      end

    if sign == 1, do: "-" <> text, else: text
  end

  defp scientific(digits, exponent) do
    mantissa =
      case digits do
        <<first::binary-size(1)>> -> first
        <<first::binary-size(1), rest::binary>> -> first <> "." <> rest
      end

    sign = if exponent < 0, do: "-", else: "+"
    mantissa <> "e" <> sign <> String.pad_leading(Integer.to_string(abs(exponent)), 2, "0")
  end

  # The number is digits * 10^exponent, without zeros at either end of the digits.
  defp digits(float) do
    {mantissa, exponent} =
      case String.split(:erlang.float_to_binary(float, [:short]), "e") do
        [mantissa] -> {mantissa, 0}
        [mantissa, exponent] -> {mantissa, String.to_integer(exponent)}
      end

    [whole, fraction] = String.split(mantissa, ".")
    all = String.trim_leading(whole <> fraction, "0")
    digits = String.trim_trailing(all, "0")
    zeros = String.length(all) - String.length(digits)
    if digits == "", do: {"0", 0}, else: {digits, exponent - String.length(fraction) + zeros}
  end

  defp string(text), do: [?", escape(text, text, 0, 0, []), ?"]

  # What stands for itself is copied by runs.
  defp escape(text, <<byte, rest::binary>>, start, length, done) when byte < 32 or byte in [?", ?\\, 127] do
    run = binary_part(text, start, length)
    escape(text, rest, start + length + 1, 0, [done, run, escaped(byte)])
  end

  defp escape(text, <<_, rest::binary>>, start, length, done), do: escape(text, rest, start, length + 1, done)
  defp escape(text, <<>>, start, length, done), do: [done, binary_part(text, start, length)]

  defp escaped(?"), do: "\\\""
  defp escaped(?\\), do: "\\\\"
  defp escaped(?\b), do: "\\b"
  defp escaped(?\f), do: "\\f"
  defp escaped(?\n), do: "\\n"
  defp escaped(?\r), do: "\\r"
  defp escaped(?\t), do: "\\t"
  defp escaped(byte), do: ["\\u00", byte |> Integer.to_string(16) |> String.downcase() |> String.pad_leading(2, "0")]
end
