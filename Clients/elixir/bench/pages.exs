# REEL=path mix run bench/pages.exs
#
# What recording pages costs end to end: clicks and events a second until all of them are stored, without pages and with
# them. A click is an event, the render of what it has changed, and with pages the diff that is encoded for the browser, all
# in the process of a view. Views click as fast as `reel record` takes it, so the slower side of the pipe counts. Both are
# measured in turns, and the quietest round of each is shown, with the processor's time that a click took on both sides.
alias Reel.LiveView.{Pages, View}
alias Reel.Recorder

defmodule Bench do
  @views 4
  @clicks 4_000
  @rounds 7
  # How many bytes may wait for `reel record`: with fewer nothing is left out.
  @most_waiting 1_000_000

  def run(server) do
    for round <- 1..@rounds, pages <- [false, true], reduce: %{} do
      best ->
        result = round(round, pages, server)
        Map.update(best, pages, result, &if(&1.seconds < result.seconds, do: &1, else: result))
    end
  end

  defp round(round, pages, server) do
    before = {System.monotonic_time(:microsecond), processor_time()}

    1..@views
    |> Enum.map(fn view -> Task.async(fn -> view("v-#{round}-#{pages}-#{view}", pages, server) end) end)
    |> Task.await_many(:infinity)

    {started, {beam, reel}} = before
    {beam_now, reel_now} = processor_time()
    seconds = (System.monotonic_time(:microsecond) - started) / 1_000_000
    # What is done after a session ends belongs to none of the rounds.
    for _ <- 1..@views, do: receive(do: (:stopped -> :ok))
    %{seconds: seconds, beam: beam_now - beam, reel: reel_now - reel}
  end

  # Microseconds of this BEAM, and of the programs that it has started.
  defp processor_time do
    {beam, _} = :erlang.statistics(:runtime)
    {beam * 1_000, programs() |> Enum.map(&(ticks(&1) * 10_000)) |> Enum.sum()}
  end

  def programs do
    for port <- Port.list(), {:os_pid, pid} when is_integer(pid) <- [Port.info(port, :os_pid)], do: pid
  end

  # `reel record` still packs and stores what it has when nobody writes to it any more.
  def ended(pid) do
    if File.exists?("/proc/#{pid}") do
      Process.sleep(10)
      ended(pid)
    end
  end

  # A hundredth of a second each.
  defp ticks(pid) do
    [_, rest] = File.read!("/proc/#{pid}/stat") |> String.split(") ", parts: 2)
    fields = String.split(rest)
    String.to_integer(Enum.at(fields, 11)) + String.to_integer(Enum.at(fields, 12))
  end

  defp view(id, pages, server) do
    key = Recorder.start_session(%{view: Bench, id: id, assigns: %{}}, server)
    View.put(%View{key: key, recorder: server, pages: pages})

    if pages do
      tree = %{0 => "0", 1 => "", :s => ["<p>", "</p><ul>", "</ul>"]}
      Recorder.event(key, :page_join, %{id: id, tree: tree}, server)
    end

    for n <- 1..@clicks do
      if rem(n, 100) == 0, do: wait(server)
      click(id, n, pages)
    end

    {:ok, _} = Recorder.flush(key, 60_000, server)
    Recorder.stop(key, server)
  end

  defp click(id, n, pages) do
    Reel.LiveView.event(:event, %{name: "add", params: %{"sku" => "mug-#{n}", "value" => ""}})
    order = %{id: n, name: "mug #{n}", price: n * 3}
    assigns = %{count: n, last: order, __changed__: %{count: true, last: true}}
    View.rendered(%{assigns: assigns, private: %{}})
    diff = %{0 => "#{n}", 1 => "<li id=\"order-#{n}\">mug #{n}: #{n * 3}</li>"}
    if pages, do: Pages.sent(%{topic: "lv:" <> id, event: "diff", payload: diff})
  end

  defp wait(server) do
    if Recorder.info(server).waiting > @most_waiting do
      Process.sleep(1)
      wait(server)
    end
  end

  def line(name, %{seconds: seconds, beam: beam, reel: reel}, events) do
    clicks = @views * @clicks
    figures = [clicks / seconds, events * clicks / seconds, beam / clicks, reel / clicks]
    :io_lib.format("~-14ts~10ts~10ts~12ts~12ts", [name | Enum.map(figures, &"#{round(&1)}")])
  end
end

folder = Path.join(System.tmp_dir!(), "reel-bench-pages-#{System.pid()}")
args = ["--max-events", "1000000000", "--no-sync"]
bench = self()

{:ok, server} =
  Recorder.start_link(
    store: folder,
    reel: System.fetch_env!("REEL"),
    args: args,
    required: true,
    on_answer: fn answer -> if elem(answer, 0) == :stopped, do: send(bench, :stopped) end
  )

best = Bench.run(Recorder)
left_out = Recorder.info().left_out
programs = Bench.programs()
GenServer.stop(server)
Enum.each(programs, &Bench.ended/1)
File.rm_rf!(folder)

IO.puts(:io_lib.format("~-14ts~10ts~10ts~12ts~12ts", ["", "clicks/s", "events/s", "BEAM, µs", "reel, µs"]))
IO.puts(Bench.line("without pages", best[false], 2))
IO.puts(Bench.line("with pages", best[true], 3))
fewer = fn factor -> Float.round((1 - factor * best[false].seconds / best[true].seconds) * 100, 1) end

IO.puts(
  "with pages #{fewer.(1)} % fewer clicks and #{fewer.(3 / 2)} % fewer events a second (goal: 10 %); left out: #{left_out}"
)
