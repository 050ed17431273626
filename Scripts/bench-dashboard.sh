#!/usr/bin/env bash
# Measures the dashboard under load with wrk: lists over COUNT recordings, a member by range, a state, a file from memory beside them;
# and its memory, with 100 viewers at the end.
#
#   Scripts/bench-dashboard.sh BUILD/release/reel BUILD/release/shop [COUNT]
#
# SECONDS_EACH and CONNECTIONS, from the environment, are how long each thing is measured and over how many connections: 10 and 16.
set -euo pipefail
reel=$(realpath "$1")
shop=$(realpath "$2")
count=${3:-10000}
seconds=${SECONDS_EACH:-10}
connections=${CONNECTIONS:-16}
cd "$(dirname "$0")/.."
folder=$(mktemp -d /tmp/reel-bench.XXXXXX)
server=
viewers=()
end() {
    for process in $server "${viewers[@]}"; do kill "$process" 2> /dev/null || true; done
    rm -rf "$folder"
}
trap end EXIT

# A store of copies of the samples.
"$reel" store put Samples/phoenix-replay-0.6/*.recording "$folder/one" --quiet 2> /dev/null
python3 - "$folder" "$count" << 'PYTHON'
import os, shutil, sys
folder, count = sys.argv[1], int(sys.argv[2])
samples = sorted(name for name in os.listdir(f"{folder}/one") if name.endswith(".reel") and name != ".reel")
os.mkdir(f"{folder}/store")
for index in range(count):
    name = samples[index % len(samples)]
    shutil.copyfile(f"{folder}/one/{name}", f"{folder}/store/r{index}-{name}")
PYTHON

echo "$(nproc) processors, load of the machine before: $(cut -d ' ' -f 1 /proc/loadavg)"
start=$(date +%s%N)
coproc { exec "$reel" serve "$folder/store" --port 0; }
server=$COPROC_PID
read -r url <&"${COPROC[0]}"
memory() { awk '/VmRSS/ { print int($2 / 1024) " MiB" }' "/proc/$server/status"; }
row() { printf '%-48s %10s %12s %12s %12s\n' "$@"; }
milliseconds() { echo "$(($1 / 1000000)) ms"; }
echo "ready after $(milliseconds $(($(date +%s%N) - start))), memory $(memory)"
start=$(date +%s%N)
first=$(curl -fsS "$url" | grep -o 'recordings/r[^"/]*' | sort -u | head -1)
echo "the first list, for which all $count files are looked at: $(milliseconds $(($(date +%s%N) - start)))"
echo

# measure NAME ADDRESS [HEADER]: one line of the table.
measure() {
    local name=$1 address=$2
    shift 2
    wrk -t 2 -c "$connections" -d "${seconds}s" --timeout 10s --latency "${@/#/-H}" "$url$address" > "$folder/wrk"
    if grep -q 'Non-2xx\|Socket errors' "$folder/wrk"; then
        row "$name" failed - - -
        grep 'Non-2xx\|Socket errors' "$folder/wrk"
        return
    fi
    row "$name" "$(awk '/Requests\/sec/ { print int($2) "/s" }' "$folder/wrk")" \
        "$(awk '$1 == "50%" { print $2 }' "$folder/wrk")" "$(awk '$1 == "99%" { print $2 }' "$folder/wrk")" "$(memory)"
}

row "" requests median "99 %" "memory after"
asset=$(curl -fsS "$url" | grep -o 'assets/[^"]*css' | head -1)
measure "a file, from memory" "$asset" "Accept-Encoding: gzip"
measure "list of $count: the newest 50" ""
measure "list of $count: a view, with errors, by length" "?view=Rec.ChatLive&min_errors=1&order=duration"
measure "list of $count: words searched for" "?text=chat+send"
measure "member by range, 8 kB" "$first/bytes" "Range: bytes=0-8191"
measure "player's page" "$first"
measure "state in the middle" "$first/state?event=100"
measure "replayed page in the middle" "$first/page?event=100"
echo

# A visitor of the example goes on, and 100 viewers follow.
kill "$server"
wait "$server" || true
coproc { exec "$shop" --port 0 --store "$folder/visits" --eager; }
server=$COPROC_PID
read -r _ url <&"${COPROC[0]}"
visitor() { curl -fsS -b "$folder/cookie" -c "$folder/cookie" -o /dev/null "$@"; }
visitor "$url"
visitor -d sku=mug "${url}add"
recording=
until [ -n "$recording" ]; do recording=$(curl -fsS "${url}reel/" | grep -o 'recordings/[^"/]*' | head -1 || true); done
echo "memory of the example, with a visitor: $(memory)"
for _ in $(seq 100); do
    curl -fsSN "${url}reel/$recording/live" > "$folder/followed" &
    viewers+=($!)
done
port=${url##*:}
until [ "$(ss -Htn state established "sport = :${port%/}" | wc -l)" -ge 100 ]; do :; done
start=$(date +%s%N)
for quantity in $(seq 1 90); do visitor -d "sku=mug&quantity=$quantity" "${url}quantity"; done
echo "90 events, each told to 100 viewers: $(milliseconds $(($(date +%s%N) - start))), memory $(memory)"
visitor -d 'name=Ada&email=ada@example.com' "${url}order"
wait "${viewers[@]}"
viewers=()
echo "the session has ended, and so have the viewers: memory $(memory)"
