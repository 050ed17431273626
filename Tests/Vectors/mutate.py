#!/usr/bin/env python3
"""Checks that the vectors find mistakes in this reader: makes one after the other in a copy of it, builds that, and
runs `reel vectors check`. A mistake is caught when a vector fails that does not fail without it. The folder `mutations` has
the mistakes.

    Tests/Vectors/mutate.py                 all mistakes; fails when more than 3 are missed, or one does not build
    Tests/Vectors/mutate.py 'atoms-*'       those whose names match
    Tests/Vectors/mutate.py --verify        builds nothing; fails when a mistake has no place in the sources any more
    Tests/Vectors/mutate.py --build FOLDER  keeps what is built in a folder, so that the next run is sooner done

Needs Swift and Python 3.9 or later. Takes hours: each mistake is a build.
"""

import argparse
import fnmatch
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mutations import MUTATIONS

ROOT = Path(__file__).resolve().parents[2]
MAY_MISS = 3
TIMEOUT = 900
# What a build of the tool reads.
FOLDERS = ["Sources", "Tests", "Examples", "Spec/readers/javascript"]
# A mistake may leave something unused, which is a warning.
WARNINGS = "    .treatAllWarnings(as: .error),\n"


class BuildFailure(Exception):
    pass


class Copy:
    """A copy of the package, in which mistakes are made."""

    def __init__(self, folder):
        self.package = folder / "reel"
        self.scratch = folder / "build"
        self.package.mkdir(parents=True, exist_ok=True)
        for name in FOLDERS:
            self.update(ROOT / name, self.package / name)
        if (ROOT / "Package.resolved").exists():
            shutil.copy(ROOT / "Package.resolved", self.package / "Package.resolved")
        manifest = self.package / "Package.swift"
        source = (ROOT / "Package.swift").read_text().replace(WARNINGS, "")
        if not manifest.exists() or manifest.read_text() != source:
            manifest.write_text(source)

    def update(self, source, target):
        """Makes a folder the same as another one, and touches nothing that is the same already."""
        names = {path.name for path in source.iterdir() if not path.name.startswith(".")}
        target.mkdir(parents=True, exist_ok=True)
        for path in target.iterdir():
            if path.name not in names:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for name in names:
            if (source / name).is_dir():
                self.update(source / name, target / name)
            elif not (target / name).exists() or (source / name).read_bytes() != (target / name).read_bytes():
                shutil.copy(source / name, target / name)

    def build(self):
        """Optimized file by file: the check is long, and what has not changed stays as it is."""
        command = ["swift", "build", "--package-path", self.package, "--scratch-path", self.scratch]
        command += ["--product", "reel", "-Xswiftc", "-O"]
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if result.returncode != 0:
            lines = [line for line in result.stdout.splitlines() if "error" in line]
            raise BuildFailure("\n".join(lines[:5]) or result.stdout[-2000:])

    def failures(self):
        """The vectors that the copy fails, or all of them when it crashes or hangs."""
        command = [self.scratch / "debug" / "reel", "vectors", "check", ROOT / "Vectors", "--json"]
        try:
            result = subprocess.run(command, capture_output=True, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            return {"(it hangs)"}
        if result.returncode not in (0, 1) or not result.stdout:
            return {f"(it ends with status {result.returncode})"}
        return {failure["id"] for failure in json.loads(result.stdout)["failures"]}


def misplaced(mutations):
    """What is wrong with the mistakes as they are listed, as texts."""
    names = set()
    for name, path, text, mistake in mutations:
        source = ROOT / path
        count = source.read_text().count(text) if source.exists() else 0
        if count != 1:
            yield f"{name}: {path} has its text {count} times, not once"
        if text == mistake:
            yield f"{name}: it changes nothing"
        if name in names:
            yield f"{name}: two mistakes have this name"
        names.add(name)
    if WARNINGS not in (ROOT / "Package.swift").read_text():
        yield "Package.swift does not make errors of warnings as this program expects"


def run(copy, mutations):
    """Tries the mistakes, and returns the names of those that no vector shows, and of those that do not build."""
    print("building without a mistake", flush=True)
    copy.build()
    known = copy.failures()
    if known:
        print(f"without a mistake {len(known)} vectors fail; they do not count")
    missed, unbuilt = [], []
    for name, path, text, mistake in mutations:
        file = copy.package / path
        source = file.read_text()
        start = time.monotonic()
        try:
            file.write_text(source.replace(text, mistake))
            copy.build()
            found = sorted(copy.failures() - known)
        except BuildFailure as failure:
            print(f"DOES NOT BUILD  {name}:\n{failure}", flush=True)
            unbuilt.append(name)
            continue
        finally:
            file.write_text(source)
        seconds = f"{time.monotonic() - start:.0f} s"
        if found:
            print(f"caught  {name}: {len(found)} vectors, {found[0]} first ({seconds})", flush=True)
        else:
            print(f"MISSED  {name} ({seconds})", flush=True)
            missed.append(name)
    return missed, unbuilt


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
        try:
            missed, unbuilt = run(Copy(Path(arguments.build or temporary).resolve()), mutations)
        except BuildFailure as failure:
            sys.exit(f"it does not build:\n{failure}")
    caught = len(mutations) - len(missed) - len(unbuilt)
    print(f"{caught} of {len(mutations)} mistakes are caught by the vectors; {len(unbuilt)} do not build")
    if len(missed) > MAY_MISS or unbuilt:
        sys.exit(1)


if __name__ == "__main__":
    main()
