defmodule Reel.MixProject do
  use Mix.Project

  def project do
    [
      app: :reel_recordings,
      version: "1.0.0",
      elixir: "~> 1.14",
      description: "Reads and writes Reel's recordings of server-rendered sessions, and reads PhoenixReplay's files",
      package: [licenses: ["Apache-2.0"], files: ["reel.ex", "reel_json.ex", "reel_document.ex", "mix.exs", "README.md"]],
      elixirc_paths: ["."],
      deps: [],
      # The tests compile the library by themselves, so that they run without Mix as well.
      aliases: [test: "cmd elixir reel_test.exs"]
    ]
  end

  def application, do: [extra_applications: []]
end
