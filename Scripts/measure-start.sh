#!/usr/bin/env bash
# Measures how long the tool takes to start: to print its version, and to look at a recording.
#
#   Scripts/measure-start.sh BUILD/release/reel
set -euo pipefail
reel=$(realpath "$1")
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$reel" import Samples/phoenix-replay-0.6/contact-form.recording -o "$folder/contact-form.reel" > "$folder/said"
for arguments in --version "info $folder/contact-form.reel"; do
    hyperfine -N --warmup 20 --runs 200 --export-json "$folder/times" "$reel $arguments" > "$folder/said" 2>&1
    jq -r --arg name "reel ${arguments%% *}" '.results[0] |
        "\($name): \(.median * 1e5 | round / 100) ms, at best \(.min * 1e5 | round / 100) ms, of that \((.user + .system) * 1e5 | round / 100) ms of processor"' \
        "$folder/times"
done
