Logger.configure(level: :none)
# What takes a second takes a minute where everything else runs at the same time.
ExUnit.start(capture_log: false, timeout: 600_000)

# Structs as Phoenix and Ecto have them.
defmodule Phoenix.HTML.Form do
  defstruct [:source, :name, :data, :params, options: []]
end

defmodule Ecto.Changeset do
  defstruct [:data, :changes, :types, :repo, prepare: [], repo_opts: [], validations: []]
end

# Where LiveView keeps hooks, for `Reel.LiveViewTest` to call them.
defmodule Phoenix.LiveView do
  def attach_hook(%{private: %{lifecycle: _}} = socket, :reel, stage, function),
    do: put_in(socket.private.lifecycle[stage], function)
end

defmodule Shop.User do
  defstruct [:id, :password_hash, __meta__: :loaded]
end

# As much of Phoenix and Plug as is called.
defmodule Phoenix.Socket.V2.JSONSerializer do
  def encode!(message), do: {:socket_push, :text, :erlang.term_to_binary(message)}
  def fastlane!(message), do: encode!(message)
  def decode!(text, _options), do: text
end

defmodule Plug.Conn do
  defstruct status: nil, resp_body: nil, resp_headers: [], before_send: []
  def register_before_send(conn, function), do: %{conn | before_send: [function | conn.before_send]}

  def send_resp(conn, status, headers, body) do
    conn = %{conn | status: status, resp_headers: headers, resp_body: body}
    Enum.reduce(conn.before_send, conn, & &1.(&2))
  end
end

defmodule Reel.Case do
  @moduledoc "Recorders over the real `reel`, which the environment variable REEL names, and what they have recorded."
  use ExUnit.CaseTemplate
  alias Reel.Recorder

  using do
    quote do
      import Reel.Case
      alias Reel.Recorder
    end
  end

  setup do
    folder = Path.join(System.tmp_dir!(), "reel-client-#{System.unique_integer([:positive])}-#{System.pid()}")
    on_exit(fn -> File.rm_rf!(folder) end)
    %{folder: folder}
  end

  def reel, do: System.fetch_env!("REEL")

  # A recorder whose answers are sent to the test. It starts again soon.
  def start(folder, options \\ []) do
    owner = self()
    defaults = [store: folder, reel: reel(), on_answer: &send(owner, {:answer, &1}), delays: {10, 100}]
    server = start_supervised!({Recorder, Keyword.merge(defaults, options)})
    track(server)
    server
  end

  # The folder is removed when the server's program has ended.
  def track(server) do
    with pid when pid != nil <- os_pid(server) do
      program = program(pid)
      on_exit(fn -> ended(program) end)
      pid
    end
  end

  def os_pid(server) do
    port = server |> :sys.get_state() |> Tuple.to_list() |> Enum.find(&is_port/1)
    with true <- is_port(port), {:os_pid, pid} <- Port.info(port, :os_pid), do: pid, else: (_ -> nil)
  end

  def kill(signal, pid), do: System.cmd("kill", ["-#{signal}", "#{pid}"])

  # A program that runs: its number and when it started, since numbers are used again; nil when it has ended.
  def program(pid) do
    case File.read("/proc/#{pid}/stat") do
      {:ok, stat} -> program_of(stat)
      {:error, _} -> nil
    end
  end

  # What is before the name, and what is after it: the state, and 19 fields later the start.
  def program_of(stat) do
    [pid | _] = String.split(stat)
    [state | _] = fields = stat |> String.split(")") |> List.last() |> String.split()
    if state != "Z", do: {String.to_integer(pid), Enum.at(fields, 19)}
  end

  def ended(nil), do: :ok
  def ended({pid, _} = program), do: wait_until(fn -> program(pid) != program end, 12_000)

  # Waits for a condition that nobody tells of.
  def wait_until(condition, tries \\ 3_000) do
    cond do
      value = condition.() -> value
      tries == 0 -> ExUnit.Assertions.flunk("this has not come true")
      true -> receive(do: (:never -> nil), after: (10 -> wait_until(condition, tries - 1)))
    end
  end

  # The one-line reader of Spec/README.md.
  def frames(path) do
    for <<n::32, t::binary-size(n) <- :zlib.gunzip(File.read!(path))>>, do: :erlang.binary_to_term(t)
  end

  def header(path), do: path |> frames() |> hd() |> elem(2)
  def finish(path), do: path |> frames() |> List.keyfind(:finish, 0) |> elem(1)
  def events(path), do: for(event <- path |> frames() |> List.flatten(), is_integer(elem(event, 0)), do: event)
  def untimed(path), do: Enum.map(events(path), &Tuple.delete_at(&1, 0))

  def recording(folder, key) do
    {id, _counts} = stored(key)
    Path.join(folder, id <> ".reel")
  end

  def stored(key) do
    receive do
      {:answer, {:stopped, ^key, {:stored, id}, counts}} -> {id, counts}
      {:answer, {:stopped, ^key, other, _counts}} -> ExUnit.Assertions.flunk("not stored: #{inspect(other)}")
    after
      30_000 -> ExUnit.Assertions.flunk("#{key} has not stopped")
    end
  end

  # A process that records itself, does what it is sent, and answers with the result.
  def session(header, options \\ []) do
    test = self()

    pid =
      spawn(fn ->
        send(test, {:key, self(), Recorder.start_session(header, options)})
        serve(test)
      end)

    receive do
      {:key, ^pid, key} -> {pid, key}
    end
  end

  def process(),
    do:
      (
        test = self()
        spawn(fn -> serve(test) end)
      )

  def run(pid, function) do
    send(pid, {:run, function})

    receive do
      {:ran, ^pid, result} -> result
    after
      30_000 -> ExUnit.Assertions.flunk("the process does not answer")
    end
  end

  # A function that never returns, such as one that raises.
  def leave(pid, function) do
    monitor = Process.monitor(pid)
    send(pid, {:run, function})
    receive(do: ({:DOWN, ^monitor, :process, ^pid, _reason} -> :ok))
  end

  defp serve(test) do
    receive do
      {:run, function} -> send(test, {:ran, self(), function.()})
      # As the recorder asks: nobody waits for it.
      {:do, function} -> function.()
    end

    serve(test)
  end
end
