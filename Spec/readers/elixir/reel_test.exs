# elixir Spec/readers/elixir/reel_test.exs

# Doctests are read from compiled files, so the library is compiled into a folder of its own.
beams = Path.join(System.tmp_dir!(), "reel-elixir-#{System.pid()}")
File.mkdir_p!(beams)
Code.put_compiler_option(:docs, true)

{:ok, _, _} =
  Kernel.ParallelCompiler.compile_to_path(Enum.map(["reel.ex", "reel_json.ex", "reel_document.ex"], &Path.join(__DIR__, &1)), beams)

Code.prepend_path(beams)
System.at_exit(fn _ -> File.rm_rf!(beams) end)
ExUnit.start()

defmodule Spec do
  @moduledoc false
  # What the pages of the specification show.

  @folder Path.expand("../..", __DIR__)

  def page(name), do: File.read!(Path.join(@folder, name))
  def sample(path), do: Path.join([@folder, "..", "Samples", path])
  def samples, do: Path.wildcard(sample("phoenix-replay-*/*.{etf.gz,recording,part}"))
  def bytes(hexadecimal), do: Base.decode16!(hexadecimal, case: :lower)

  # The 804 bytes of recording.md §12.
  def worked_example do
    [_, section] = String.split(page("recording.md"), "\n## 12 Worked example\n", parts: 2)

    for [_, offset, text] <- Regex.scan(~r/^([0-9a-f]{3})  ((?:[0-9a-f]{2} ?)+)/m, section), reduce: <<>> do
      all ->
        if String.to_integer(offset, 16) == byte_size(all) and byte_size(all) < 804,
          do: all <> (text |> String.replace(" ", "") |> bytes()),
          else: all
    end
  end

  def plain(frames), do: :zlib.gzip(bare(frames))

  def bare(frames),
    do: for(f <- frames, t = :erlang.term_to_binary(f), into: <<>>, do: <<byte_size(t)::32, t::binary>>)

  # Bytes that differ from these in one place, or end early.
  def damaged(bytes, seed) do
    :rand.seed(:exsss, {seed, seed, seed})

    for n <- 1..300 do
      at = :rand.uniform(byte_size(bytes)) - 1
      <<head::binary-size(at), byte, tail::binary>> = bytes
      if rem(n, 3) == 0, do: head, else: <<head::binary, Bitwise.bxor(byte, :rand.uniform(255)), tail::binary>>
    end
  end
end

defmodule Reel.DocTest do
  use ExUnit.Case

  doctest Reel
  doctest Reel.Atom
  doctest Reel.Error
  doctest Reel.JSON
  doctest Reel.Notation
  doctest Reel.State
  doctest Reel.Term
  doctest Reel.Writer
end

defmodule Reel.TermTest do
  use ExUnit.Case
  alias Reel.Term

  test "each value of terms.md §6.1 reads back as its canonical form" do
    rows = Regex.scan(~r/^\| [^|]*(?:\\\|[^|]*)?\| (83[0-9a-f]+) \|$/m, Spec.page("terms.md"))
    assert length(rows) > 40

    for [_, form] <- rows do
      bytes = Spec.bytes(form)
      assert {:ok, term} = Term.decode(bytes)
      assert Term.encode(term) == bytes
      assert {:ok, native} = Term.decode(bytes, atoms: :create)
      assert :erlang.term_to_binary(native, [:deterministic, minor_version: 2]) == bytes
    end
  end

  test "the bytes of terms.md §6.2 read as it says, or are refused" do
    rows = Regex.scan(~r/^\| ([0-9a-f]+) \| (\d*) \| (refused|83[0-9a-f]+) \| /m, Spec.page("terms.md"))
    assert length(rows) > 60

    # LOCAL_EXT may be carried whole (§3.1).
    for [_, input, used, expected] <- rows, not String.starts_with?(input, "8379") do
      case Term.decode_prefix(Spec.bytes(input), maps: :ordered) do
        {:ok, term, count} ->
          assert {input, Base.encode16(Term.encode(term), case: :lower)} == {input, expected}
          assert Integer.to_string(count) == used

        {:error, %Reel.Error{}} ->
          assert {input, expected} == {input, "refused"}
      end
    end
  end

  test "pairs of values in two lines of terms.md §6 have the second as their canonical form" do
    [_, section] = String.split(Spec.page("terms.md"), "Longer ones, each over its canonical form", parts: 2)
    [_, block | _] = String.split(section, "```")
    parts = for [part] <- Regex.scan(~r/^NEW[^\n]*(?:\n  .*)+/m, block), not (part =~ "refused"), do: part
    assert length(parts) == 8

    for part <- parts do
      [_, first, second] = part |> String.split(~r/\n  (?=83)/) |> Enum.map(&String.replace(&1, ~r/\s/, ""))
      assert {:ok, term} = Term.decode(Spec.bytes(first))
      assert Term.encode(term) == Spec.bytes(second)
    end
  end

  test "the canonical form is that of the BEAM, and terms come back" do
    :rand.seed(:exsss, {1, 2, 3})

    for _ <- 1..2000 do
      term = random(4)
      bytes = :erlang.term_to_binary(term, [:deterministic, minor_version: 2])
      assert Term.encode(term) == bytes
      assert {:ok, ^term} = Term.decode(bytes)
      assert {:ok, ^term} = Term.decode(:erlang.term_to_binary(term, [:compressed, minor_version: 2]))
    end
  end

  test "terms nest as deep as the limit, whether in tuples or tails" do
    nested = fn n -> <<131>> <> :binary.copy(<<104, 1>>, n) <> <<106>> end
    assert {:ok, _} = Term.decode(nested.(1024))
    assert {:error, %{kind: :limit_exceeded, offset: 2051}} = Term.decode(nested.(1025))
    tails = <<131>> <> :binary.copy(<<108, 1::32, 106>>, 5000) <> <<106>>
    assert {:ok, list} = Term.decode(tails)
    assert length(list) == 5000
  end

  test "a declared length that is not there is refused without making room for it" do
    for tag <- [105, 108, 109, 111, 116] do
      assert {:error, %{kind: :truncated}} = Term.decode(<<131, tag, 0xFFFFFFFF::32, 0>>)
    end

    assert {:error, %{kind: :limit_exceeded, offset: 2}} = Term.decode(<<131, 80, 0xFFFFFFFF::32, 1, 2, 3>>)
  end

  test "unknown atoms are kept by name, without growing the table of atoms" do
    bytes = fn ->
      name = "reel_unknown_#{:erlang.unique_integer([:positive])}_#{:rand.uniform(1_000_000_000)}"
      {name, <<131, 104, 2, 119, byte_size(name), name::binary, 103, 119, byte_size(name), name::binary, 0::64, 1>>}
    end

    check = fn {name, bytes} ->
      assert {:ok, {%Reel.Atom{name: ^name}, %Reel.Pid{node: %Reel.Atom{name: ^name}}} = term} = Term.decode(bytes)
      assert {:error, %{kind: :unknown_atom}} = Term.decode(bytes, atoms: :safe)
      assert inspect(elem(term, 0)) == ":" <> name
      assert byte_size(Term.encode(term)) > 0
      assert Reel.JSON.text(term, :plain) =~ name
    end

    # The first one loads the code that it needs.
    check.(bytes.())
    many = for _ <- 1..1000, do: bytes.()
    before = :erlang.system_info(:atom_count)
    Enum.each(many, check)
    assert :erlang.system_info(:atom_count) == before
  end

  test "atoms are made when asked for, and pids and functions are real then" do
    name = "reel_created_#{:erlang.unique_integer([:positive])}"
    assert {:ok, atom} = Term.decode(<<131, 119, byte_size(name), name::binary>>, atoms: :create)
    assert Atom.to_string(atom) == name
    term = {self(), make_ref(), &Enum.map/2, fn x -> x + byte_size(name) end}
    assert {:ok, ^term} = Term.decode(:erlang.term_to_binary(term), atoms: :create)
    assert {:ok, ^term} = Term.decode(:erlang.term_to_binary(term), atoms: :safe)
  end

  test "a recorded map does not pass for a struct of this library" do
    fake = %{__struct__: Reel.Pid, node: 1}
    assert {:ok, %Reel.Map{} = map} = Term.decode(:erlang.term_to_binary(fake))
    assert Term.encode(map) == Term.encode(%Reel.Map{pairs: Map.to_list(fake)})
    assert Reel.JSON.text(map, :plain) == ~s({"__struct__":"Reel.Pid","node":1})
  end

  defp random(0), do: Enum.random([1, -1, 256, 1.0, -0.0, :a, "b", <<5::3>>, [], {}, %{}, nil, 123_456_789_012_345])

  defp random(depth) do
    many = fn -> for _ <- 1..:rand.uniform(6), do: random(depth - 1) end

    case :rand.uniform(8) do
      1 -> List.to_tuple(many.())
      2 -> many.()
      3 -> [random(depth - 1) | Enum.random([:tail, 1, "t"])]
      4 -> Enum.zip(many.(), many.()) |> Map.new()
      5 -> Map.new(1..40, fn _ -> {:rand.uniform(1000) - 500, :rand.uniform()} end)
      6 -> for _ <- 1..:rand.uniform(5), do: :rand.uniform(300) - 1
      7 -> :rand.uniform(1_000_000_000) ** :rand.uniform(60) * Enum.random([1, -1])
      8 -> random(0)
    end
  end
end

defmodule Reel.ReaderTest do
  use ExUnit.Case

  @events [
    {0, :mount, %{assigns: %{count: 0}}},
    {1200, :event, %{name: "inc", params: %{}}},
    {1203, :render, %{assigns: %{count: 1}}},
    {2500, :event, %{name: "inc", params: %{}}},
    {2502, :render, %{assigns: %{count: 2}}}
  ]

  test "the worked example reads as recording.md §12 says" do
    bytes = Spec.worked_example()
    assert byte_size(bytes) == 804
    assert {:ok, recording} = Reel.read({:bytes, bytes})
    assert recording.version == {1, 0}
    assert recording.header.id == "demo-1"
    assert recording.events == @events
    assert recording.keyframes == [{3, %Reel.State{assigns: %{count: 1}}}]
    assert %{events: 5, duration: 2502, names: %{"inc" => 2}, errors: 0, reason: :closed} = recording.finish
    assert recording.finished
    assert {:ok, [%{keyframe: false, event_count: 3}, %{keyframe: true, offset: 301}]} = Reel.index({:bytes, bytes})
    assert {:ok, {2500, :event, _}} = Reel.event({:bytes, bytes}, 3)

    for {count, index} <- Enum.with_index([0, 0, 1, 1, 2]) do
      assert {:ok, %{assigns: %{count: ^count}}} = Reel.state_at({:bytes, bytes}, index)
    end

    assert {:error, %{kind: :no_such_event}} = Reel.state_at({:bytes, bytes}, 5)
    assert {:ok, [data, _, index, last]} = Reel.members({:bytes, bytes})
    assert {data.member.kind, index.offset, last.member.index_offset} == {:data, 634, 634}
  end

  test "a plain recording reads the same, in gzip members that cut frames, or bare" do
    bytes = Spec.worked_example()
    {:ok, expected} = Reel.read({:bytes, bytes})
    bare = :zlib.gunzip(bytes)

    cuts =
      for n <- [1, 7, 200],
          do: :zlib.gzip(binary_part(bare, 0, n)) <> :zlib.gzip(binary_part(bare, n, byte_size(bare) - n))

    for bytes <- [bare, :zlib.gzip(bare) | cuts] do
      assert {:ok, recording} = Reel.read({:bytes, bytes})
      assert recording == expected
      assert {:ok, %{assigns: %{count: 1}}} = Reel.state_at({:bytes, bytes}, 3)
      assert {:ok, nil} = Reel.index({:bytes, bytes})
    end
  end

  test "a long plain recording is read by pieces" do
    events = for i <- 1..20_000, do: {i, :event, %{name: "e", params: %{i: i, text: "#{i * i}"}}}
    bytes = Spec.plain([{:recording, {1, 0}, %{id: "x"}} | events])
    assert {:ok, %{events: ^events, finished: false}} = Reel.read({:bytes, bytes})
    assert Reel.stream!({:bytes, bytes}) |> Enum.take(3) |> length() == 3
    cut = binary_part(bytes, 0, div(byte_size(bytes), 2))
    assert {:error, %{kind: :truncated, offset: 0}} = Reel.read({:bytes, cut})
    assert {:ok, %{events: some, lost: [{0, lost}]}} = Reel.salvage({:bytes, cut})
    assert length(some) > 5000 and some == Enum.take(events, length(some)) and lost == byte_size(cut)
  end

  test "an unfinished recording reads up to its last whole member" do
    bytes = Spec.worked_example()
    assert {:ok, recording} = Reel.read({:bytes, binary_part(bytes, 0, 301)})
    assert length(recording.events) == 3 and not recording.finished
    assert {:error, %{kind: :truncated, offset: 301}} = Reel.read({:bytes, binary_part(bytes, 0, 500)})
    assert {:ok, %{assigns: %{count: 1}}} = Reel.state_at({:bytes, binary_part(bytes, 0, 500)}, 2)
  end

  test "what is before an error comes first" do
    bytes = Spec.worked_example()
    <<head::binary-size(600), byte, tail::binary>> = bytes
    damaged = <<head::binary, Bitwise.bxor(byte, 1), tail::binary>>
    parent = self()

    assert_raise Reel.Error, ~r/checksum at byte 301/, fn ->
      {:bytes, damaged} |> Reel.stream!() |> Enum.each(&send(parent, elem(&1, 0)))
    end

    assert_received :header
    assert {:ok, recording} = Reel.salvage({:bytes, damaged})
    assert {length(recording.events), recording.lost} == {3, [{301, 634}]}
  end

  test "frames in the wrong place or form are refused" do
    header = {:recording, {1, 0}, %{}}
    event = {5, :a, %{}}
    finish = fn n -> {:finish, %{events: n, duration: 5}} end

    for {kind, frames} <- [
          not_a_recording: [event],
          not_a_recording: [{:recording, {1, 0}, %{"id" => 1}}],
          unsupported_version: [{:recording, {2, 0}, :anything}],
          malformed_frame: [header, header],
          malformed_frame: [header, []],
          malformed_frame: [header, [event, :no]],
          malformed_frame: [header, [event | event]],
          malformed_frame: [header, {5, :a}],
          malformed_frame: [header, {-5, :a, %{}}],
          malformed_frame: [header, {}],
          malformed_frame: [header, {1.0, :a, %{}}],
          malformed_frame: [header, event, finish.(2)],
          malformed_frame: [header, event, finish.(1), event],
          malformed_frame: [header, finish.(0), finish.(0)],
          malformed_frame: [header, event, {:keyframe, 0, %{assigns: %{}}}],
          malformed_frame: [header, {:keyframe, 0, %{assigns: []}}],
          malformed_frame: [header, {:index, [{1, 2}]}],
          malformed_frame: [header, {:index, []}, {:index, []}]
        ] do
      assert {kind, frames, elem(Reel.read({:bytes, Spec.bare(frames)}), 1).kind} == {kind, frames, kind}
    end

    good = [header, {:x_mine, self()}, {:keyframe, 0, %{assigns: %{}}}, [event], {:index, []}, finish.(1), {:later}]
    assert {:ok, %{events: [^event], finished: true}} = Reel.read({:bytes, Spec.bare(good)})
  end

  test "damage gives an error, and nothing else" do
    for {file, seed} <- Enum.with_index([Spec.worked_example() | Enum.map(small_samples(), &File.read!/1)], 1),
        bytes <- Spec.damaged(file, seed),
        read <- [&Reel.read/1, &Reel.salvage/1, &Reel.members/1, &Reel.state_at(&1, 3), &Reel.index/1] do
      case read.({:bytes, bytes}) do
        {:ok, _} -> :ok
        {:error, error} -> assert is_struct(error, Reel.Error)
      end
    end
  end

  test "no flipped bit of a member goes unnoticed" do
    bytes = Spec.worked_example()

    # The last bits of the end member's deflate data are padding.
    for at <- 0..(byte_size(bytes) - 1), at != 0x31B do
      <<head::binary-size(at), byte, tail::binary>> = bytes
      assert {:error, %Reel.Error{}} = Reel.read({:bytes, <<head::binary, Bitwise.bxor(byte, 4), tail::binary>>})
    end
  end

  test "limits are kept" do
    bomb = Spec.plain([{:recording, {1, 0}, %{}}, {0, :a, :binary.copy(<<0>>, 5_000_000)}])
    assert {:error, %{kind: :limit_exceeded}} = Reel.read({:bytes, bomb}, limits: %{total: 1_000_000})
    assert {:error, %{kind: :limit_exceeded}} = Reel.read({:bytes, bomb}, limits: %{frame: 1_000_000})
    assert {:error, %{kind: :limit_exceeded}} = Reel.read({:bytes, Spec.worked_example()}, limits: %{member: 254})
  end

  test "an unknown atom is an error where it stands, when it may not be kept" do
    name = "reel_unheard_#{:erlang.unique_integer([:positive])}"
    event = <<131, 104, 3, 97, 1, 119, byte_size(name), name::binary, 106>>
    header = Spec.bare([{:recording, {1, 0}, %{}}])
    bytes = header <> <<byte_size(event)::32, event::binary>>
    at = byte_size(header)
    assert {:error, %{kind: :unknown_atom, offset: ^at}} = Reel.read({:bytes, bytes}, atoms: :safe)
    assert {:ok, %{events: [{1, %Reel.Atom{name: ^name}, []}]}} = Reel.read({:bytes, bytes})
    assert {:ok, %{events: [{1, kind, []}]}} = Reel.read({:bytes, bytes}, atoms: :create)
    assert Atom.to_string(kind) == name
  end

  test "a file that is not there is an error" do
    assert {:error, %{kind: :input_output}} = Reel.read("/no/such/file")
  end

  defp small_samples, do: Enum.filter(Spec.samples(), &String.contains?(&1, "counter"))
end

defmodule Reel.PhoenixReplayTest do
  use ExUnit.Case

  test "map files are what binary_to_term reads" do
    for path <- Spec.samples(), String.ends_with?(path, ".etf.gz"), not String.contains?(path, "long") do
      map = path |> File.read!() |> :zlib.gunzip() |> :erlang.binary_to_term()
      assert {:ok, recording} = Reel.read(path, atoms: :create)
      assert recording.events == map.events
      assert recording.header == Map.delete(map, :events)
      assert recording.finish.reason == :imported
    end
  end

  test "recording files give their events as tuples, and parts as many as are whole" do
    for path <- Spec.samples(), String.ends_with?(path, ".recording"), not String.contains?(path, "long") do
      map = path |> File.read!() |> :erlang.binary_to_term()
      assert {:ok, recording} = Reel.read(path, atoms: :create)
      assert recording.events == Enum.map(map.events, &{&1.at, &1.type, &1.data})
      part = String.replace_suffix(path, ".recording", ".part")
      assert {:ok, torn} = Reel.read(part, atoms: :create)
      assert length(torn.events) in (length(recording.events) - 60)..length(recording.events)
    end
  end

  test "damage gives an error, and nothing else, also where atoms have to be known" do
    etf = :zlib.gunzip(File.read!(Spec.sample("phoenix-replay-0.1/counter.etf.gz")))

    for bytes <- Spec.damaged(etf, 9), options <- [[], [atoms: :safe], [maps: :ordered]] do
      case Reel.read({:bytes, bytes}, options) do
        {:ok, _} -> :ok
        {:error, error} -> assert is_struct(error, Reel.Error)
      end
    end
  end

  test "a torn file gives the events before the tear" do
    bytes = File.read!(Spec.sample("phoenix-replay-0.6/counter.recording"))
    {:ok, whole} = Reel.read({:bytes, bytes})
    assert {:ok, torn} = Reel.read({:bytes, binary_part(bytes, 0, byte_size(bytes) - 100)})
    assert torn.events != [] and List.starts_with?(whole.events, torn.events)
    assert Map.has_key?(torn.header, :client) and not Map.has_key?(torn.header, :view)
  end
end

defmodule Reel.WriterTest do
  use ExUnit.Case
  alias Reel.Writer

  @header %{id: "x", view: Demo.Live, url: "/", connected_at: 1_700_000_000_000}

  test "what is written is read, whatever the members and batches" do
    for {count, options} <- [
          {0, []},
          {1, []},
          {10_000, []},
          {2000, [member_size: 10_000]},
          {2000, [member_size: 30_000, batch_size: 100, level: 0]},
          {50, [member_size: 1]}
        ] do
      events = events(count)
      bytes = written(events, options)
      assert {:ok, recording} = Reel.read({:bytes, bytes})
      assert recording.events == events and recording.header == @header and recording.finished
      assert recording.finish.events == count
      assert {:ok, entries} = Reel.index({:bytes, bytes})
      assert Enum.sum(Enum.map(entries, & &1.event_count)) == count
      states = Enum.scan(events, %Reel.State{}, &Reel.State.apply_event(&2, &1))
      for {index, state} <- recording.keyframes, do: assert(Enum.at(states, index - 1) == state)

      for index <- Enum.take_every(0..(count - 1)//1, max(div(count, 7), 1)) do
        assert {:ok, state} = Reel.state_at({:bytes, bytes}, index)
        assert state == Enum.at(states, index)
        assert {:ok, event} = Reel.event({:bytes, bytes}, index)
        assert event == Enum.at(events, index)
      end
    end
  end

  test "the one line of the specification reads it" do
    for events <- [[], events(500)] do
      content = :zlib.gunzip(written(events, member_size: 5000))
      frames = for <<n::32, t::binary-size(n) <- content>>, do: :erlang.binary_to_term(t)
      assert hd(frames) == {:recording, {1, 0}, @header}
      assert frames |> Enum.filter(&is_list/1) |> Enum.concat() == events
    end
  end

  test "keyframes come when changes have grown past the state, and not before" do
    small = for i <- 1..2000, do: {i, :render, %{assigns: %{count: i}}}
    assert {:ok, %{keyframes: [_, _ | _]}} = Reel.read({:bytes, written(small, member_size: 5000)})

    big = [
      {0, :mount, %{assigns: %{text: :rand.bytes(50_000)}}} | for(i <- 1..100, do: {i, :render, %{assigns: %{n: i}}})
    ]

    assert {:ok, recording} = Reel.read({:bytes, written(big, member_size: 1000)})
    assert length(recording.keyframes) == 1
    quiet = for i <- 1..2000, do: {i, :info, %{tag: :tick}}
    assert {:ok, %{keyframes: []}} = Reel.read({:bytes, written(quiet, member_size: 5000)})
  end

  test "one member has no index, and is 44 bytes longer than its data member" do
    bytes = written(events(3), [])
    assert {:ok, [%{length: length}, %{member: %{kind: :end, index_offset: 0}}]} = Reel.members({:bytes, bytes})
    assert byte_size(bytes) == length + 44
  end

  test "a file is readable after each flush" do
    path = Path.join(System.tmp_dir!(), "reel-test-#{System.pid()}.reel")
    on_exit(fn -> File.rm(path) end)
    {:ok, writer} = Writer.open(path, @header)
    {:ok, writer} = Writer.write_all(writer, events(5))
    {:ok, writer} = Writer.flush(writer)
    assert {:ok, recording} = Reel.read(path)
    assert {recording.events, recording.finished} == {events(5), false}
    {:ok, writer} = Writer.write(writer, {9, :exit, %{reason: "x"}})
    assert {:ok, ^path} = Writer.finish(writer, :interrupted)
    assert {:ok, %{finish: %{reason: :interrupted, errors: 1}, finished: true}} = Reel.read(path)
  end

  test "terms of a foreign recording are written as they were" do
    name = "reel_foreign_#{:erlang.unique_integer([:positive])}"
    atom = <<119, byte_size(name), name::binary>>
    event = <<131, 104, 3, 97, 0, atom::binary, 88, atom::binary, 1::32, 2::32, 3::32>>
    {:ok, term} = Reel.Term.decode(event)
    {:ok, %{events: [^term]}} = Reel.read({:bytes, written([term], [])})
    assert :zlib.gunzip(written([term], [])) =~ event
  end

  test "counts are those of recording.md §6.5" do
    events = [
      {3, :event, %{name: :inc}},
      {1, :event, %{"name" => "inc"}},
      {2, :event, %{name: 5}},
      {2, :log, %{level: :error}},
      {2, :log, %{level: :info}},
      {2, :telemetry, %{error: nil}},
      {2, :telemetry, %{"error" => "no"}},
      {2, :exit, %{}}
    ]

    assert {:ok, %{finish: finish}} = Reel.read({:bytes, written(events, [])})

    assert finish == %{
             events: 8,
             duration: 3,
             kinds: %{event: 3, log: 2, telemetry: 2, exit: 1},
             names: %{"inc" => 2},
             errors: 3,
             reason: :closed
           }
  end

  test "what is no event, or too deep, is refused" do
    {:ok, writer} = Writer.open(:memory, @header)
    deep = Enum.reduce(1..1100, [], fn _, term -> {term} end)

    for event <- [{1, :a}, {-1, :a, 1}, {1, "a", 1}, {1.0, :a, 1}, [1, :a, 1], {0, :a, deep}] do
      assert {:error, %Reel.Error{}} = Writer.write(writer, event)
    end

    assert {:error, %Reel.Error{}} = Writer.open(:memory, %{"id" => "1"})
  end

  defp written(events, options) do
    {:ok, writer} = Writer.open(:memory, @header, options)
    {:ok, writer} = Writer.write_all(writer, events)
    {:ok, bytes} = Writer.finish(writer)
    bytes
  end

  defp events(count) do
    for i <- 0..(count - 1)//1 do
      case rem(i, 5) do
        0 -> {i, :render, %{assigns: %{count: i, text: "#{i} #{i * i}"}}}
        1 -> {i, :event, %{name: "e#{rem(i, 7)}", params: %{"at" => i}}}
        2 -> {i, :component, %{module: Demo.Part, id: rem(i, 3), assigns: %{v: i / 3}}}
        3 -> {i, :params, %{uri: "/#{i}", params: %{}}}
        4 -> {i, :component_destroyed, %{module: Demo.Part, id: rem(i, 3)}, :more}
      end
    end
  end
end

defmodule Reel.JSONTest do
  use ExUnit.Case
  alias Reel.JSON

  @long 2 ** 262_144

  test "terms have the texts that json.md shows" do
    for {term, plain, tagged} <- [
          {nil, "null", "null"},
          {:ok, ~s("ok"), ~s({"$atom":"ok"})},
          {Shop.Cart, ~s("Elixir.Shop.Cart"), ~s({"$atom":"Elixir.Shop.Cart"})},
          {18_446_744_073_709_551_616, "18446744073709551616", "18446744073709551616"},
          {-@long, ~s("-0x1#{String.duplicate("0", 65_536)}"), ~s({"$integer":"-0x1#{String.duplicate("0", 65_536)}"})},
          {@long - 1, Integer.to_string(@long - 1), Integer.to_string(@long - 1)},
          {1.0, "1.0", "1.0"},
          {-0.0, "-0.0", "-0.0"},
          {1.0e16, "1e+16", "1e+16"},
          {5.0e-324, "5e-324", "5e-324"},
          {123.456, "123.456", "123.456"},
          {0.0001, "0.0001", "0.0001"},
          {<<255>>, ~s({"base64":"/w=="}), ~s({"$binary":"/w=="})},
          {<<255, 7::3>>, ~s({"base64":"/+A=","bits":11}), ~s({"$bits":"/+A=","size":11})},
          {[104, 105], "[104,105]", "[104,105]"},
          {[a: 1], ~s([["a",1]]), ~s([{"$tuple":[{"$atom":"a"},1]}])},
          {[1, 2 | 3], "[1,2,3]", ~s([1,2,{"$tail":3}])},
          {%{}, "{}", "{}"},
          {%{a: 1}, ~s({"a":1}), ~s({"$map":[[{"$atom":"a"},1]]})},
          {%{"$a" => 1}, ~s({"$a":1}), ~s({"$map":[["$a",1]]})},
          {%{"a" => 1}, ~s({"a":1}), ~s({"a":1})},
          {%{:a => 1, "a" => 2, "a#2" => 3}, ~s({"a":1,"a#2":2,"a#2#2":3}),
           ~s({"$map":[[{"$atom":"a"},1],["a",2],["a#2",3]]})},
          {%{nil => 1, {:a, 1} => 2, 1.5 => 3, <<255>> => 4}, ~s({"1.5":3,"":1,"{:a, 1}":2,"<<255>>":4}),
           ~s({"$map":[[1.5,3],[null,1],[{"$tuple":[{"$atom":"a"},1]},2],[{"$binary":"/w=="},4]]})},
          {"\"\\\b\f\n\r\t\e\d/é", ~S("\"\\\b\f\n\r\t\u001b\u007f/é"), ~S("\"\\\b\f\n\r\t\u001b\u007f/é")},
          {&Enum.map/2, ~s("&Enum.map/2"), ~s({"$fun":{"module":"Elixir.Enum","function":"map","arity":2}})},
          {%Reel.Pid{node: :a@b, number: 7, serial: 1, creation: 2}, ~s("#PID<0.7.1>"),
           ~s({"$pid":{"node":"a@b","number":7,"serial":1,"creation":2}})},
          {%Reel.Port{node: :a@b, number: 5, creation: 1}, ~s("#Port<0.5>"),
           ~s({"$port":{"node":"a@b","number":5,"creation":1}})},
          {%Reel.Reference{node: :a@b, creation: 1, words: [3, 2, 1]}, ~s("#Reference<0.1.2.3>"),
           ~s({"$ref":{"node":"a@b","creation":1,"words":[3,2,1]}})},
          {%Reel.Local{bytes: <<1, 2, 3>>}, ~s("#Local<3 bytes>"), ~s({"$local":"AQID"})}
        ] do
      assert JSON.text(term, :plain) == plain
      assert JSON.text(term, :tagged) == tagged
    end
  end

  test "structs of unknown modules and closures are shown" do
    pid = %Reel.Pid{node: :a@b, number: 7, serial: 1, creation: 2}

    closure = %Reel.Function{
      module: %Reel.Atom{name: "Elixir.Shop.Unheard"},
      arity: 1,
      index: 3,
      uniq: <<0::128>>,
      old_index: 4,
      old_uniq: 99,
      creator: pid,
      free: [1]
    }

    assert JSON.text(closure, :plain) == ~s("#Function<3.99/1 in Shop.Unheard>")
    assert JSON.text(closure, :tagged) =~ ~s("uniq":"AAAAAAAAAAAAAAAAAAAAAA==","old_index":4,"old_uniq":99,)
    struct = %Reel.Map{pairs: [{:__struct__, %Reel.Atom{name: "Elixir.Shop.Unheard"}}, {:id, 1}]}
    assert JSON.text(struct, :plain) == ~s({"__struct__":"Shop.Unheard","id":1})
    assert JSON.text(%Reel.Map{pairs: [{struct, 1}]}, :plain) == ~s({"%{__struct__: Shop.Unheard, id: 1}":1})
  end

  test "a document has the header's fields, then the events" do
    frames = [{:recording, {1, 0}, %{view: Shop.Cart, events: 1}}, {0, :a, %{}, :more}]

    assert JSON.document({:bytes, Spec.bare(frames)}, :plain) ==
             {:ok,
              ~s({"events#2":1,"view":"Shop.Cart","events":[{"offset":0,"type":"a","payload":{},"extra":["more"]}]})}

    assert {:ok, tagged} = JSON.document({:bytes, Spec.bare(frames)}, :tagged)
    assert tagged =~ ~s("view":{"$atom":"Elixir.Shop.Cart"})
  end

  test "lines are the header, the events and the summary" do
    assert [header, mount, _, _, _, _, summary] = Enum.to_list(JSON.lines!({:bytes, Spec.worked_example()}, :plain))
    assert header =~ ~s("id":"demo-1") and String.ends_with?(header, "}\n")
    assert mount == ~s({"offset":0,"type":"mount","payload":{"assigns":{"count":0}}}\n)

    assert summary ==
             ~s({"summary":{"duration":2502,"errors":0,"events":5,"kinds":{"event":2,"mount":1,"render":2},) <>
               ~s("names":{"inc":2},"reason":"closed"}}\n)
  end

  test "what salvage finds is a document, and what is lost" do
    <<head::binary-size(40), byte, tail::binary>> = Spec.worked_example()
    damaged = <<head::binary, Bitwise.bxor(byte, 1), tail::binary>>
    assert {:ok, text} = JSON.salvage({:bytes, damaged}, :tagged)
    assert String.starts_with?(text, ~s({"events":[{"offset":2500,))
    assert String.ends_with?(text, ~s("lost":[[0,301]]}))
  end
end

defmodule DocumentTest do
  use ExUnit.Case, async: true
  alias Reel.Document

  doctest Reel.Document

  defp nested(0), do: "1"
  defp nested(depth), do: String.duplicate("[", depth) <> String.duplicate("]", depth)

  test "a document is read by its path, in gzip or bare" do
    for name <- ["bare.json", "gzip.json.gz", "space.json"] do
      {:ok, recording} = Document.read(Path.expand("../../../Vectors/json/documents/#{name}", __DIR__))
      assert [{0, :mount, %{"assigns" => %{"count" => 0}}}, {7, :event, _}] = recording.events
      assert recording.finish.reason == :imported
    end
  end

  test "a document nests as deep as its recording" do
    for {field, payload} <- [{1021, 1021}, {1022, 0}, {0, 1022}] do
      event = ~s({"offset":0,"type":"x","payload":#{nested(payload)}})
      read = Document.read({:bytes, ~s({"deep":#{nested(field)},"events":[#{event}]})})
      if field + payload == 2042, do: assert({:ok, _} = read), else: assert({:error, %{kind: :limit_exceeded}} = read)
    end
  end

  test "a document in gzip whose checksum is wrong is read up to there" do
    for {event, count} <- [{~s({"offset":0,"type":"x","payload":1}), 1}, {"", nil}] do
      data = :zlib.gzip(~s({"events":[#{event}]}))
      size = byte_size(data) - 8
      <<head::binary-size(size), byte, tail::binary>> = data
      read = Document.read({:bytes, <<head::binary, Bitwise.bxor(byte, 1), tail::binary>>})

      if count,
        do: assert({:ok, %{events: [_]}} = read),
        else: assert({:error, %{kind: :checksum}} = read)
    end
  end
end

defmodule OpenTest do
  use ExUnit.Case, async: true

  @example Path.expand("../../../Vectors/recordings/forms/example.reel", __DIR__)

  test "events come one after the other" do
    assert [{0, :mount, _}, {1200, :event, _} | _] = Enum.to_list(Reel.open!(@example))
  end

  test "an error is raised after the events before it" do
    file = Path.expand("../../../Vectors/recordings/member/crc.reel", __DIR__)
    assert length(file |> Reel.open!() |> Enum.take(3)) == 3
    assert_raise Reel.Error, fn -> file |> Reel.open!() |> Enum.to_list() end
  end
end
