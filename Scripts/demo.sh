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
cp Samples/phoenix-replay-0.1/contact-form.etf.gz "$folder"
cd "$folder"
PATH="$folder:$PATH"

say() { printf '\n# %s\n' "$*"; }
# run COMMAND [STATUS]: shows a command and runs it. It has to end with STATUS, by default 0.
run() {
    local status=0
    printf '$ %s\n' "$1"
    (set -o pipefail && eval "$1") || status=$?
    [ "$status" -eq "${2:-0}" ] || exit 1
}

say "Somebody has filled in a contact form, and PhoenixReplay has recorded it. Make it a recording:"
run "reel import contact-form.etf.gz -o contact-form.reel"
say "The recording is gzip, and no larger than what it was made from:"
run "gzip -t contact-form.reel && ls -l --time-style=+ contact-form.*"
say "Is every rule of the format kept?"
run "reel validate contact-form.reel && echo yes"
say "What is it?"
run "reel info contact-form.reel"
say "What happened in the first half second?"
run "reel events contact-form.reel --to 0.5s"
say "What did the view hold after 12.5 seconds, and what had the last event changed?"
run "reel state contact-form.reel --at 12.5s | cut -c 1-118"
run "reel state contact-form.reel --at 12.5s --diff | cut -c 1-118"
say "A disk has kept no more than the first 6,000 bytes. What is left of the session?"
run "head -c 6000 contact-form.reel > torn.reel"
run "reel recover torn.reel -o saved.reel" 1
run "reel events saved.reel | tail -n 1"
