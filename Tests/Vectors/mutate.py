#!/usr/bin/env python3
"""Checks that the vectors find mistakes in this reader: builds a copy of it that holds all mistakes of the folder
`mutations`, and runs `reel vectors check` with one after the other chosen. A mistake is caught when a vector fails that does
not fail without it.

    Tests/Vectors/mutate.py                 all mistakes; fails when more than 3 are missed
    Tests/Vectors/mutate.py 'atoms-*'       those whose names match
    Tests/Vectors/mutate.py --verify        builds nothing; fails when a mistake has no place in the sources any more
    Tests/Vectors/mutate.py --build FOLDER  keeps the copy and its build in a folder, so that the next run is sooner done

Needs Swift and Python 3.9 or later. Takes a build of the tool, and then five minutes with two processors.
"""

import argparse
import fnmatch
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chosen import CHOICE, VARIABLE, Misplaced, place, with_mistakes
from mutations import MUTATIONS

ROOT = Path(__file__).resolve().parents[2]
MAY_MISS = 3
# A check takes seconds; one that takes so long hangs.
TIMEOUT = 60
# What a build of the tool reads, and the vectors: what is changed meanwhile changes nothing here.
FOLDERS = ["Sources", "Tests", "Examples", "Spec/readers/javascript", "Vectors"]
# A mistake may leave something unused, which is a warning.
WARNINGS = "    .treatAllWarnings(as: .error),\n"


def misplaced(mutations):
    """What is wrong with the mistakes as they are listed, as texts."""
    names = set()
    for name, path, text, mistake in mutations:
        source = (ROOT / path).read_text() if (ROOT / path).exists() else ""
        if source.count(text) != 1:
            yield f"{name}: {path} has its text {source.count(text)} times, not once"
            continue
        try:
            place(source, text, mistake)
        except Misplaced as reason:
            yield f"{name}: {reason}"
        if text == mistake:
            yield f"{name}: it changes nothing"
        if name in names:
            yield f"{name}: two mistakes have this name"
        names.add(name)
    if WARNINGS not in (ROOT / "Package.swift").read_text():
        yield "Package.swift does not make errors of warnings as this program expects"


def changed_files(mutations):
    """What the copy has other than the sources: paths and texts."""
    yield "Package.swift", (ROOT / "Package.swift").read_text().replace(WARNINGS, "")
    mistakes = {}
    for number, (_, path, text, mistake) in enumerate(mutations):
        mistakes.setdefault(path, []).append((number, text, mistake))
    for path in mistakes:
        yield path, with_mistakes((ROOT / path).read_text(), mistakes[path])
    for module in {path.split("/")[1] for path in mistakes}:
        yield f"Sources/{module}/ChosenMistake.swift", CHOICE


def update(target, files):
    """Makes a folder hold these files and no others, and writes nothing that is the same already. Leaves alone what starts
    with a dot, which builds make."""
    for path in sorted(target.rglob("*"), reverse=True):
        name = path.relative_to(target)
        if not name.parts[0].startswith(".") and name not in files and path.is_file():
            path.unlink()
    for name, content in files.items():
        path = target / name
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def build(package, mutations):
    """Builds the tool with all mistakes in it, in a folder."""
    sources = [ROOT / "Package.resolved", *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))]
    files = {path.relative_to(ROOT): path.read_bytes() for path in sources if path.is_file()}
    for path, text in changed_files(mutations):
        files[Path(path)] = text.encode()
    update(package, files)
    command = ["swift", "build", "--package-path", package, "-c", "release", "--product", "reel"]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode != 0:
        lines = [line for line in result.stdout.splitlines() if "error" in line]
        sys.exit("it does not build:\n" + ("\n".join(lines[:20]) or result.stdout[-2000:]))


def failures(package, number=None):
    """The vectors that fail with a mistake, or what else shows that something is wrong; and the seconds that it took."""
    command = [package / ".build" / "release" / "reel", "vectors", "check", package / "Vectors", "--json"]
    environment = dict(os.environ, **({} if number is None else {VARIABLE: str(number)}))
    start = time.monotonic()
    try:
        result = subprocess.run(command, capture_output=True, env=environment, timeout=TIMEOUT)
        if result.returncode in (0, 1) and result.stdout:
            found = {failure["id"] for failure in json.loads(result.stdout)["failures"]}
        else:
            found = {f"(it ends with status {result.returncode})"}
    except subprocess.TimeoutExpired:
        found = {"(it hangs)"}
    return found, time.monotonic() - start


def run(package, mutations):
    """Tries the mistakes, and returns the names of those that no vector shows."""
    known, seconds = failures(package)
    print(f"without a mistake {len(known)} vectors fail ({seconds:.0f} s)", flush=True)
    missed = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = pool.map(lambda number: failures(package, number), range(len(mutations)))
        for (name, *_), (found, seconds) in zip(mutations, outcomes):
            found = sorted(found - known)
            if not found:
                missed.append(name)
            outcome = f"{len(found):5} vectors, {found[0]} first" if found else "MISSED"
            print(f"{name:28} {outcome} ({seconds:.0f} s)", flush=True)
    return missed


def main():
    parser = argparse.ArgumentParser(description="Check that the vectors find mistakes in this reader.")
    parser.add_argument("names", nargs="*", default=["*"], help="the mistakes to make; * stands for any characters")
    parser.add_argument("--verify", action="store_true", help="only look whether each mistake has its place")
    parser.add_argument("--build", metavar="FOLDER", help="where to build; kept, unlike a temporary folder")
    arguments = parser.parse_args()
    mutations = [each for each in MUTATIONS if any(fnmatch.fnmatchcase(each[0], name) for name in arguments.names)]
    faults = list(misplaced(mutations))
    if faults or not mutations:
        sys.exit("\n".join(faults) or "no such mistake")
    if arguments.verify:
        print(f"{len(mutations)} mistakes have their places")
        return
    with tempfile.TemporaryDirectory() as temporary:
        package = Path(arguments.build or temporary).resolve()
        build(package, mutations)
        missed = run(package, mutations)
    print(f"{len(mutations) - len(missed)} of {len(mutations)} mistakes are caught by the vectors")
    if len(missed) > MAY_MISS:
        sys.exit(f"missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
