defmodule Reel.MixProject do
  use Mix.Project

  def project do
    [
      app: :reel,
      version: "1.0.0",
      elixir: "~> 1.14",
      description: "Records sessions of Phoenix LiveView, and of any process, with reel record",
      deps: [],
      docs: [main: "guide", extras: ["guide.md", "README.md"]]
    ]
  end

  # LiveView, Plug and Telemetry are used where the application has them, and are no dependencies.
  def application, do: [extra_applications: [:logger, :crypto]]
end
