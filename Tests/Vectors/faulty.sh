#!/usr/bin/env bash
# Checks that the vectors find mistakes in a reader: makes two of them in a copy of the reader in Python, one at a time,
# and fails unless `reel vectors check` names the vectors that show them.
#
#   Tests/Vectors/faulty.sh [REEL]      REEL is the tool, .build/release/reel without it
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
reel=$(realpath "${1:-$root/.build/release/reel}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# check NAME FAMILY TEXT MISTAKE ID... : puts MISTAKE in the place of TEXT, which the reader has once.
check() {
    local name=$1 family=$2 text=$3 mistake=$4
    shift 4
    rm -rf "$folder/reader"
    cp -r "$root/Spec/readers/python" "$folder/reader"
    TEXT=$text MISTAKE=$mistake python3 - "$folder/reader/reel/__init__.py" <<'PYTHON'
import os, sys

path, text = sys.argv[1], os.environ["TEXT"]
source = open(path).read()
if source.count(text) != 1:
    sys.exit(f"the reader has {text!r} {source.count(text)} times, not once: choose another mistake")
open(path, "w").write(source.replace(text, os.environ["MISTAKE"]))
PYTHON
    local status=0
    "$reel" vectors check "$root/Vectors" --family "$family" --verbose \
        --reader "python3 '$folder/reader/answers.py'" >"$folder/report" || status=$?
    if [[ $status != 1 ]]; then
        echo "$name: not caught, the check has ended with status $status" >&2
        tail -n 1 "$folder/report" >&2
        exit 1
    fi
    local id
    for id in "$@"; do
        if ! grep -q "^$id (" "$folder/report"; then
            echo "$name: caught, but not by $id" >&2
            tail -n 1 "$folder/report" >&2
            exit 1
        fi
    done
    echo "$name: caught by $* ($(tail -n 1 "$folder/report"))"
}

check "a length that is off by one" terms \
    'if len(text) > 255:' 'if len(text) >= 255:' \
    terms/atoms/255-latin1 terms/atoms/255-four-bytes
check "an old tag that is missed" terms \
    '    101: _Parser.reference_of_one,' '' \
    terms/references/old terms/references/old-largest
