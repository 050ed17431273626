defmodule Reel do
  @moduledoc """
  Records sessions of Phoenix LiveView, and of any process, with `reel record`.

    * `Reel.Recorder` is the child in the supervision tree that owns `reel record`, and records any process.
    * `Reel.LiveView` is the line in the router that records LiveViews.

  ## An example

      children = [
        {Reel.Recorder, store: "recordings"},
        MyAppWeb.Endpoint
      ]

      live_session :default, on_mount: [Reel.LiveView] do
        live "/cart", MyAppWeb.CartLive
      end

  Nothing here can fail or hold up a process that is recorded. `Reel.Recorder.info/1` says how recording goes.
  """
end
