defmodule Reel.LiveView.Serializer do
  @moduledoc """
  The serializer of Phoenix, which also tells the recorder what LiveView sends to the browser.

      # endpoint.ex
      socket "/live", Phoenix.LiveView.Socket,
        websocket: [
          connect_info: [session: @session_options],
          serializer: [{Reel.LiveView.Serializer, "~> 2.0.0"}]
        ]

  It needs `pages: true` of `Reel.Recorder`, and does nothing without. What the browser gets is made by
  `Phoenix.Socket.V2.JSONSerializer`, whatever becomes of the recording.
  """

  alias Reel.LiveView.{Pages, View}

  @compile {:no_warn_undefined, Phoenix.Socket.V2.JSONSerializer}

  @doc false
  defdelegate fastlane!(message), to: Phoenix.Socket.V2.JSONSerializer

  @doc false
  defdelegate decode!(message, options), to: Phoenix.Socket.V2.JSONSerializer

  @doc false
  def encode!(message) do
    encoded = Phoenix.Socket.V2.JSONSerializer.encode!(message)
    View.guard(:ok, fn -> Pages.sent(message) end)
    encoded
  end
end
