defmodule Reel.LiveView.Telemetry do
  @moduledoc false
  # What LiveView tells by Telemetry, always in the view's process.

  alias Reel.LiveView.View
  alias Reel.Recorder

  @compile {:no_warn_undefined, :telemetry}

  @events [
    [:phoenix, :live_view, :mount, :start],
    [:phoenix, :live_view, :mount, :stop],
    [:phoenix, :live_view, :handle_event, :start],
    [:phoenix, :live_component, :handle_event, :start],
    [:phoenix, :live_component, :handle_event, :stop],
    [:phoenix, :live_component, :update, :stop],
    [:phoenix, :live_component, :destroyed]
  ]

  # Once for each recorder. A recorder that is started again is called the same.
  def attach(recorder) do
    if Code.ensure_loaded?(:telemetry),
      do: :telemetry.attach_many({Reel.LiveView, recorder}, @events, &__MODULE__.handle/4, recorder)

    :ok
  catch
    # Telemetry does not run.
    :error, _reason -> :ok
  end

  # A handler that raises is detached for ever.
  def handle([_phoenix | event], _measurements, metadata, recorder) do
    View.guard(:ok, fn -> told(event, metadata, View.get(), recorder) end)
  end

  defp told([:live_view, :mount, :start], metadata, _view, _recorder), do: View.mounting(metadata[:uri])

  defp told(
         [:live_view, :mount, :stop],
         %{socket: %{parent_pid: parent, transport_pid: transport} = socket},
         nil,
         recorder
       )
       when is_pid(parent) and is_pid(transport),
       do: View.nested(socket, recorder)

  # The events of a root come by its hook.
  defp told([:live_view, :handle_event, :start], metadata, %View{recorder: recorder, target: target} = view, recorder)
       when target != nil,
       do: event(view, metadata, target)

  defp told([:live_component, :handle_event, :start], metadata, %View{recorder: recorder} = view, recorder),
    do: event(view, metadata, {metadata.component, metadata.socket.assigns[:id]})

  # Before it is rendered: what the sanitizer finds in assigns is taken out of pages.
  defp told([:live_component, :handle_event, :stop], metadata, %View{recorder: recorder}, recorder),
    do: View.updated(metadata.component, [metadata.socket])

  defp told([:live_component, :update, :stop], metadata, %View{recorder: recorder}, recorder),
    do: View.updated(metadata.component, Map.get(metadata, :sockets, []))

  defp told([:live_component, :destroyed], metadata, %View{recorder: recorder}, recorder),
    do: View.destroyed({metadata.component, metadata.socket.assigns[:id]})

  defp told(_event, _metadata, _view, _recorder), do: :ok

  defp event(view, metadata, target) do
    Recorder.event(view.key, :event, %{name: metadata.event, params: metadata.params, target: target}, view.recorder)
  end
end
