#!/usr/bin/env bash
# Shows the tool at its main job, on a session that PhoenixReplay has recorded.
#
#     demo.sh REEL
set -euo pipefail
reel=$(realpath "$1")
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ln -s "$reel" "$folder/reel"
PATH="$folder:$PATH"

say() { printf '\n# %s\n' "$*"; }
run() {
    printf '$ %s\n' "${1//"$folder"\//}"
    (cd "$folder" && eval "$1") || exit 1
}

cp Samples/phoenix-replay-0.1/contact-form.etf.gz "$folder"

say "Somebody fills in a contact form for half a minute. PhoenixReplay has recorded it; make it a recording:"
run "reel import contact-form.etf.gz -o contact-form.reel"
say "The recording is gzip, so every language can read it, and it is no larger than what it was made from:"
run "gzip -t contact-form.reel && ls -l --time-style=+ contact-form.*"
say "Is every rule of the format kept?"
run "reel validate contact-form.reel"
say "What is it?"
run "reel info contact-form.reel"
say "What happened first?"
run "reel events contact-form.reel | head -n 12"
say "What did the view hold after 12.5 seconds, and what had the last event changed?"
run "reel state contact-form.reel --at 12.5s"
run "reel state contact-form.reel --at 12.5s --diff"
