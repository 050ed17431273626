#!/usr/bin/env bash
# Measures time and memory of the tool on a large recording, beside gzip's.
#
#     measure-large.sh REEL [BYTES]
#
# BYTES is how large the recording's terms are: 1,000,000,000 by default. FOLDER, from the environment, is where the
# files go, 50 MB of them; they are kept there when it is set, and used again.
set -euo pipefail
reel=$(realpath "$1")
bytes=${2:-1000000000}
scripts=$(realpath "$(dirname "$0")")

if [ -z "${FOLDER:-}" ]; then
    FOLDER=$(mktemp -d)
    trap 'rm -rf "$FOLDER"' EXIT
fi
mkdir -p "$FOLDER"
source=$FOLDER/large-$bytes.etf.gz
recording=$FOLDER/large-$bytes.reel
[ -e "$source" ] || "$scripts/make-large.py" --bytes "$bytes" "$source"

row() { printf '%-44s %10s %12s %10s\n' "$@"; }

# measure NAME COMMAND...: one line of the table. The command's output goes nowhere.
measure() {
    local name=$1
    shift
    local figures
    figures=$(/usr/bin/time -f '%e %M %U' -o "$FOLDER/time" "$@" > /dev/null && cat "$FOLDER/time") || {
        row "$name" failed - -
        return
    }
    # shellcheck disable=SC2086
    set -- $figures
    row "$name" "$1 s" "$(($2 / 1024)) MiB" "$3 s"
}

row "" time memory processor
measure "gzip -dc of the original" gzip -dc "$source"
measure "reel import" "$reel" import "$source" -o "$recording"
measure "gzip -dc of the recording" gzip -dc "$recording"
measure "reel validate" "$reel" validate "$recording"
measure "reel events" "$reel" events "$recording"
measure "reel json" "$reel" json "$recording"
measure "reel info" "$reel" info "$recording"
middle=$("$reel" info "$recording" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["duration"] // 2)')
measure "reel state in the middle" "$reel" state "$recording" --at "${middle}ms"
measure "reel state at the first event" "$reel" state "$recording" --event 0
printf '\n%s: %s bytes; %s: %s bytes\n' \
    "the original" "$(stat -c %s "$source")" "the recording" "$(stat -c %s "$recording")"
