#!/usr/bin/env bash
# Measures the stores with COUNT recordings each, and beside them what SQLite and PostgreSQL take for the same bytes by themselves.
# PostgreSQL is a server of its own, which is gone afterwards; without its programs it is left out.
#
#   Scripts/bench-stores.sh BUILD/release/store-benchmark [COUNT]
set -euo pipefail

benchmark=$(realpath "$1")
count=${2:-100000}
folder=$(mktemp -d /tmp/reel-bench.XXXXXX)
chmod 755 "$folder"
programs=$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -V | tail -1 || true)
server() {
    if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$programs/$1" "${@:2}"; else "$programs/$1" "${@:2}"; fi
}
end() {
    if [ -e "$folder/pg/data/postmaster.pid" ]; then server pg_ctl -D "$folder/pg/data" -m immediate -s stop || true; fi
    rm -rf "$folder"
}
trap end EXIT

echo "== folder"
"$benchmark" "$folder/store" "$count"
echo "== sqlite"
"$benchmark" "sqlite:$folder/store.db" "$count"
mkdir "$folder/recordings"
"$benchmark" write "$folder/recordings"
python3 - "$folder" << 'PYTHON'
import pathlib, sqlite3, sys, time
blobs = [(path.name, path.read_bytes()) for path in sorted(pathlib.Path(sys.argv[1], "recordings").iterdir())]
for name, each in (("SQLite alone: one transaction", False), ("SQLite alone: a transaction each", True)):
    db = sqlite3.connect(f"{sys.argv[1]}/alone{each}.db", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE blobs (id TEXT PRIMARY KEY, data BLOB)")
    start = time.perf_counter()
    if not each: db.execute("BEGIN")
    for blob in blobs: db.execute("INSERT INTO blobs VALUES (?, ?)", blob)
    if not each: db.execute("COMMIT")
    print(f"{name:<44}{len(blobs) / (time.perf_counter() - start):.0f} inserts/s")
PYTHON
if [ -z "$programs" ]; then exit 0; fi
echo "== postgres"
mkdir -p "$folder/pg"
if [ "$(id -u)" -eq 0 ]; then chown postgres "$folder/pg"; fi
server initdb -D "$folder/pg/data" -U reel -A trust -E UTF8 --locale=C > /dev/null
server pg_ctl -D "$folder/pg/data" -w -s -l "$folder/pg/log" \
    -o "-c unix_socket_directories=$folder/pg -c listen_addresses=" start
url="postgres:///postgres?host=$folder/pg&user=reel"
"$benchmark" "$url" "$count"
python3 - "$folder" << 'PYTHON'
import pathlib, sys
folder = pathlib.Path(sys.argv[1])
blobs = [(path.name, path.read_bytes().hex()) for path in sorted((folder / "recordings").iterdir())]
with open(folder / "rows", "w") as file:
    for name, blob in blobs: file.write(f"{name}\t\\\\x{blob}\n")
with open(folder / "inserts", "w") as file:
    for name, blob in blobs: file.write(f"INSERT INTO blobs VALUES ('{name}', '\\x{blob}');\n")
PYTHON
rows=$(wc -l < "$folder/rows")
alone() {
    psql "$url" -qAtX -c "DROP TABLE IF EXISTS blobs" -c "CREATE TABLE blobs (id text PRIMARY KEY, data bytea)" 2> /dev/null
    local start
    start=$(date +%s%N)
    psql "$url" -qAtX "${@:2}"
    printf '%-44s%s\n' "PostgreSQL alone: $1" "$((rows * 1000000000 / ($(date +%s%N) - start))) inserts/s"
}
alone "COPY" -c "\\copy blobs FROM '$folder/rows'"
alone "a transaction each" -f "$folder/inserts"
