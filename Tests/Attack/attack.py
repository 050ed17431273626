#!/usr/bin/env python3
"""Gives every command every hostile file, and measures what it takes.

    Tests/Attack/attack.py REEL [--short] [--table] [--only NAME] [--seconds N]

A command may refuse a file, but not crash, hang, or take more than the bounds: of memory and of the processor's time. --table prints
the worst case of each file as Markdown.
"""
import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time

import hostile

MOST_MEGABYTES = 256
# Of a pipe nobody knows how large what comes through it is.
MOST_MEGABYTES_OF_PIPE = 512
# What stops a command that goes far beyond.
STOP_SECONDS = 60


def commands(path, folder):
    out = os.path.join(folder, "out")
    yield ["info", path]
    yield ["info", "--json", path]
    yield ["events", path]
    yield ["events", "--json", path]
    yield ["events", "-"]
    yield ["state", path]
    yield ["json", path]
    yield ["json", "--mapping", "tagged", "--lines", path]
    yield ["json", "-"]
    yield ["validate", path]
    yield ["recover", path, "-o", out + ".recovered"]
    yield ["compact", path, "-o", out + ".compact"]
    yield ["export", path, "--to", "phoenix-replay", "-o", out + ".export"]
    yield ["export", path, "--to", "html", "-o", out + ".html"]
    yield ["import", path, "-o", out + ".import"]
    yield ["store", "put", path, os.path.join(folder, "store")]
    yield ["store", "ls", os.path.join(folder, "listed")]


def run(reel, arguments, given=None):
    """The status, the seconds of the processor, and the megabytes of a command."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (STOP_SECONDS, STOP_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    with open(given or os.devnull, "rb") as stdin:
        process = subprocess.Popen(
            [reel, *arguments], stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=limit)
    end = time.monotonic() + 10 * STOP_SECONDS
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        if time.monotonic() > end:
            process.kill()
        time.sleep(0.01)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reel")
    parser.add_argument("--short", action="store_true", help="the worst of the files only")
    parser.add_argument("--table", action="store_true", help="print the worst case of each file")
    parser.add_argument("--only", metavar="NAME", help="one of the files")
    parser.add_argument("--seconds", type=float, default=5, help="how much of the processor's time a command may take: 5 by default")
    options = parser.parse_args()
    short, table, only, most_seconds = options.short, options.table, options.only, options.seconds
    reel = os.path.abspath(options.reel)
    failures, worst = [], {}
    with tempfile.TemporaryDirectory() as folder:
        for name, make in hostile.files(short):
            if only and only != name:
                continue
            # In a folder of its own, which is listed too.
            listed = os.path.join(folder, "listed")
            os.makedirs(listed, exist_ok=True)
            path = os.path.join(folder, name)
            with open(path, "wb") as file:
                file.write(make())
            os.link(path, os.path.join(listed, name.split(".")[0] + ".reel"))
            size = os.path.getsize(path)
            rows = []
            for command in commands(path, folder):
                status, seconds, megabytes = run(reel, command, path if "-" in command[1:2] else None)
                shown = " ".join("FILE" if part == path else part for part in command if folder not in part or part == path)
                rows.append((shown, status, seconds, megabytes))
                most = MOST_MEGABYTES_OF_PIPE if "-" in command[1:2] else MOST_MEGABYTES
                if status < 0 or status not in (0, 1, 64, 66, 74) or seconds > most_seconds or megabytes > most:
                    failures.append(f"{name}: {shown}: status {status}, {seconds:.1f} s, {megabytes:.0f} MB")
            worst[name] = (size, max(rows, key=lambda row: row[3]), max(rows, key=lambda row: row[2]))
            for extra in os.listdir(folder):
                if extra.startswith("out"):
                    os.remove(os.path.join(folder, extra))
            os.remove(path)
            os.remove(os.path.join(listed, name.split(".")[0] + ".reel"))
        if not only:
            path = os.path.join(folder, "port")
            with open(path, "wb") as file:
                file.write(hostile.port("nils"))
            status, seconds, megabytes = run(reel, ["record", os.path.join(folder, "recorded")], path)
            row = ("record STORE", status, seconds, megabytes)
            worst["port of nils"] = (os.path.getsize(path), row, row)
            if status not in (0, 1) or seconds > most_seconds or megabytes > MOST_MEGABYTES:
                failures.append(f"port of nils: status {status}, {seconds:.1f} s, {megabytes:.0f} MB")
    if table:
        print("| file | bytes | most memory | by | most time | by |\n| --- | ---: | ---: | --- | ---: | --- |")
        for name, (size, memory, seconds) in worst.items():
            print(f"| `{name}` | {size:,} | {memory[3]:.0f} MB | `{memory[0]}` | {seconds[2]:.1f} s | `{seconds[0]}` |")
    for failure in failures:
        print(failure)
    print(f"{len(worst)} hostile inputs, {len(failures)} beyond {MOST_MEGABYTES} MB or {most_seconds:.0f} s of the processor")
    sys.exit(bool(failures))


main()
