#!/usr/bin/env python3
"""Counts the instructions of the main paths, and compares them with those that are kept.

    measure-instructions.py PROGRAM KEPT.json SAMPLE [--keep]

A path is gone 2 and 4 times under callgrind; half of the difference is what one time takes, without what comes before. The counts
do not depend on the machine's other work, but on the processor's kind, zlib and the compiler, which are kept with them. Fails when
a path costs more than 2 % over what is kept. With --keep the counts are written instead.
"""

import argparse
import concurrent.futures
import json
import os
import platform
import re
import subprocess
import sys
import tempfile

PATHS = ["events", "terms", "decode", "encode", "json", "tagged", "write", "seek", "state"]
TOLERANCE = 0.02


def instructions(program, path, rounds, sample):
    with tempfile.TemporaryDirectory() as folder:
        # Hash tables are laid out by a random seed otherwise.
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", program, "path", path, str(rounds), sample],
            env=os.environ | {"SWIFT_DETERMINISTIC_HASHING": "1"}, capture_output=True, text=True,
        )
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"{path}: {done.stderr.strip()}")
    return int(found[1])


def tools():
    swift = subprocess.run(["swift", "--version"], capture_output=True, text=True, check=True).stdout
    zlib = subprocess.run(["pkg-config", "--modversion", "zlib"], capture_output=True, text=True, check=True).stdout
    return {
        "processor": platform.machine(),
        "swift": re.search(r"Swift version ([\w.-]+)", swift)[1],
        "zlib": zlib.strip(),
    }


def main():
    parser = argparse.ArgumentParser(description="Counts the instructions of the main paths.")
    parser.add_argument("program")
    parser.add_argument("kept")
    parser.add_argument("sample")
    parser.add_argument("--keep", action="store_true", help="write the counts instead of comparing them")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        # Valgrind does not read the debugging information that Swift writes.
        program = f"{folder}/program"
        subprocess.run(["strip", "--strip-debug", "-o", program, options.program], check=True)

        def count(path):
            twice, four = (instructions(program, path, rounds, options.sample) for rounds in (2, 4))
            return (four - twice) // 2

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            counted = {"with": tools(), "instructions": dict(zip(PATHS, pool.map(count, PATHS)))}
    if options.keep:
        with open(options.kept, "w") as file:
            json.dump(counted, file, indent=2)
            file.write("\n")
    with open(options.kept) as file:
        kept = json.load(file)

    worse = []
    print(f"{'path':<8} {'instructions':>14} {'kept':>14} {'':>8}")
    for path, number in counted["instructions"].items():
        before = kept["instructions"].get(path)
        change = "new" if before is None else f"{number / before - 1:+.2%}"
        print(f"{path:<8} {number:>14,} {before or 0:>14,} {change:>8}")
        if before is not None and number > before * (1 + TOLERANCE):
            worse.append(path)
    if kept["with"] != counted["with"]:
        print(f"What is kept was counted with {kept['with']}, this is {counted['with']}: a difference may be theirs.")
    if worse:
        sys.exit(f"More than {TOLERANCE:.0%} over what is kept: {', '.join(worse)}. Where that is wanted: make instructions-keep")


if __name__ == "__main__":
    main()
