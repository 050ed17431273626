# Records a session through a plain port: elixir plain.exs REEL STORE
[reel, store] = System.argv()
port = Port.open({:spawn_executable, reel}, [:binary, packet: 4, args: ["record", store]])
tell = fn message -> Port.command(port, :erlang.term_to_binary(message)) end

tell.({:start, "s-1", %{view: Shop.CartLive, url: "/cart", assigns: %{count: 0}}})
tell.({:event, "s-1", :event, %{name: "add", params: %{"sku" => "mug"}}})
tell.({:assigns, "s-1", %{count: 1}})
tell.({:stop, "s-1"})

next = fn -> receive do: ({^port, {:data, answer}} -> :erlang.binary_to_term(answer)) end
{:stopped, "s-1", outcome, _counts} = Enum.find(Stream.repeatedly(next), &match?({:stopped, _, _, _}, &1))
IO.inspect(outcome)
