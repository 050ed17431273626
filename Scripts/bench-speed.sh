#!/usr/bin/env bash
# Measures everything that has a goal, and prints the table. What takes long to make is kept beside the build and used again.
#
#     bench-speed.sh BUILD REEL [OPTION...]
#
# BUILD is where the benchmarks are built, REEL the tool; the options are those of `reel-benchmark speed`.
set -euo pipefail
build=$(realpath "$1")
reel=$(realpath "$2")
shift 2
cd "$(dirname "$0")/.."

# Python's libraries. Without one of them its lines say why they are empty.
python=$build/python/bin/python
if [ ! -x "$python" ]; then python3 -m venv "$build/python"; fi
for library in erlang_py==2.0.7 erlpack==1.0.1; do
    "$python" -m pip install --quiet --disable-pip-version-check "$library" ||
        echo "bench: $library cannot be installed" >&2
done

# The recording of 1 GB of terms, made by this very tool.
large=$build/large
if [ ! -e "$large.etf.gz" ]; then Scripts/make-large.py "$large.etf.gz.new" && mv "$large.etf.gz.new" "$large.etf.gz"; fi
if [ "$reel" -nt "$large.reel" ]; then "$reel" import "$large.etf.gz" -o "$large.reel"; fi

# Ten million terms of 100 bytes.
terms=$build/terms.packet4
if [ ! -e "$terms" ]; then Scripts/make-terms.py 10000000 > "$terms.new" && mv "$terms.new" "$terms"; fi

samples=Samples/phoenix-replay-0.1
"$build/release/reel-benchmark" speed "$@" \
    --beam Benchmarks/beam/neighbour.escript --python "$python" Benchmarks/python/neighbour.py \
    --reel "$reel" --large "$large.reel" --terms "$terms" \
    --beam-lines Benchmarks/beam/lines.escript --python-lines "$python" Benchmarks/python/lines.py --sizes $samples/*.etf.gz Samples/phoenix-replay-0.6/*.recording -- \
    $samples/{contact-form,catalogue,chat,long-chat}.etf.gz
