#!/usr/bin/env python3
"""Tests what pages show: runs their commands and programs, and compares what these print with what the page says.

    test-documents.py REEL [--swift BUILD] PAGE...

Each page is tested in an empty folder of its own, in which Samples, Spec and Clients are those of this repository, from its
first line to its last:

- A block whose first line is a comment with a file's name (`# record.exs`) is that file; one that starts with
  `// swift-tools-version` is Package.swift.
- In a block of `console`, a line that starts with `$ ` is a command, and the lines after it are what it prints, to standard
  output and to standard error. A line `...` stands for any lines. A command that prints nothing has to succeed.
- `reel serve` is started, asked for its first page, and stopped. Its port is one that is free.
- `make` and `sudo` are not run: they have tests of their own.

With `--swift`, Swift programs are built as well, in BUILD. They depend on the commit that is checked out here, which stands
under the page's own address and version.
"""

import argparse
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOT_RUN = ("make", "sudo")
# Every command is done long before, but for a build, on a machine with other work too.
TIMEOUT = 900
BUILD_TIMEOUT = 3600


def blocks(page):
    """The fenced blocks of a page: the number of the first line, the language, the lines."""
    found, block = [], None
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if line.startswith("```"):
            if block is None:
                block = (number + 1, line[3:].strip(), [])
            else:
                found.append(block)
                block = None
        elif block is not None:
            block[2].append(line)
    if block is not None:
        raise SystemExit(f"{page}: the block from line {block[0]} has no end")
    return found


def file_name(language, lines):
    """The name of the file that a block is, if it is one."""
    if not lines:
        return None
    if language == "swift" and lines[0].startswith("// swift-tools-version"):
        return "Package.swift"
    match = re.fullmatch(r"(?:#|//|--) ([\w./-]+\.\w+)", lines[0])
    return match[1] if match and language not in ("console", "text") else None


def commands(start, lines):
    """The commands of a block: line, command, what it prints."""
    found = []
    for number, line in enumerate(lines, start):
        if line.startswith("$ "):
            found.append((number, line[2:], []))
        elif found and found[-1][1].endswith("\\") and line.startswith("> "):
            number, command, output = found.pop()
            found.append((number, f"{command}\n{line[2:]}", output))
        elif found:
            found[-1][2].append(line)
        else:
            raise SystemExit(f"line {number}: what is printed has no command")
    return found


def agree(expected, printed):
    """Whether lines are what a page says: `...` is any lines."""
    pattern = "".join("(?:.*\n)*" if line == "..." else re.escape(line) + "\n" for line in expected)
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed)) is not None


class Test:
    """A page that is tested."""

    def __init__(self, page, reel, swift):
        self.page, self.reel, self.swift = page, reel, swift
        self.failures, self.count, self.skipped, self.swift_options = [], 0, 0, ""
        self.environment = dict(os.environ, NO_COLOR="1", LC_ALL="C.UTF-8")

    def run(self):
        with tempfile.TemporaryDirectory(prefix="reel-documents-") as name:
            self.folder = pathlib.Path(name) / "page"
            self.folder.mkdir()
            (self.folder.parent / "bin").mkdir()
            (self.folder.parent / "bin" / "reel").symlink_to(self.reel)
            self.environment["PATH"] = f"{self.folder.parent / 'bin'}:{os.environ['PATH']}"
            for shared in ("Samples", "Spec", "Clients"):
                (self.folder / shared).symlink_to(ROOT / shared)
            for start, language, lines in blocks(self.page):
                name = file_name(language, lines)
                if name:
                    path = self.folder / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text("\n".join(lines) + "\n")
                    if name == "Package.swift" and self.swift:
                        self.prepare_package("\n".join(lines))
                elif language == "console":
                    for number, command, expected in commands(start, lines):
                        self.check(number, command, expected)
        what = f"{self.count} commands" + (f", {self.skipped} not run" if self.skipped else "")
        print(f"{self.page.relative_to(ROOT)}: {what}, {len(self.failures)} failed")
        for failure in self.failures:
            print(failure, file=sys.stderr)
        return not self.failures

    def check(self, number, command, expected):
        program = command.split()[0]
        if program in NOT_RUN or (program == "swift" and not self.swift):
            self.skipped += 1
            return
        self.count += 1
        if re.match(r"reel serve\b", command):
            self.serve(number, command, expected)
            return
        limit = BUILD_TIMEOUT if program == "swift" else TIMEOUT
        if program == "swift":
            command = re.sub(r"^swift \w+", lambda words: f"{words[0]} {self.swift_options}", command)
            # What the build says goes to standard error, and is no part of what the program prints.
            command += " 2> build.log || { cat build.log; false; }"
        with subprocess.Popen(
            ["bash", "-o", "pipefail", "-c", command], cwd=self.folder, env=self.environment, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ) as process:
            try:
                printed = process.communicate(timeout=limit)[0].splitlines()
            except subprocess.TimeoutExpired:
                # All that the command has started ends with it.
                os.killpg(process.pid, signal.SIGKILL)
                printed = [*process.communicate()[0].splitlines(), f"and then nothing for {limit} seconds"]
        if not agree(expected, printed):
            self.fail(number, command, expected, printed)
        elif not expected and process.returncode:
            self.fail(number, command, expected, [f"exit status {process.returncode}"])

    def serve(self, number, command, expected):
        port = re.search(r":(\d+)/", "\n".join(expected))
        if not port:
            return self.fail(number, command, expected, ["no address to compare"])
        with subprocess.Popen(
            ["bash", "-c", f"exec {command} --port 0"], cwd=self.folder, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        ) as server:
            try:
                address = server.stdout.readline().strip()
                shown = re.sub(r":\d+/", f":{port[1]}/", address)
                if not agree(expected, [shown]):
                    return self.fail(number, command, expected, [address])
                with urllib.request.urlopen(address, timeout=TIMEOUT) as answer:
                    if "<title>" not in answer.read().decode():
                        self.fail(number, command, expected, [f"{address} has no page"])
            finally:
                server.terminate()

    def prepare_package(self, manifest):
        """Has the address and version that a manifest names lead to the commit here, and builds in the folder given."""
        match = re.search(r'url: "([^"]+)", from: "([^"]+)"', manifest)
        if not match:
            raise SystemExit(f"{self.page}: Package.swift names no address and version")
        address, version = match.groups()
        clone = self.folder.parent / "clone.git"
        subprocess.run(["git", "clone", "-q", "--bare", "--no-tags", ROOT, clone], check=True)
        subprocess.run(["git", "-C", clone, "tag", version, "HEAD"], check=True)
        self.environment |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{clone.as_uri()}.insteadOf",
            "GIT_CONFIG_VALUE_0": address,
        }
        # The dependencies of the build here: nothing newer is asked for.
        if (ROOT / "Package.resolved").exists():
            shutil.copy(ROOT / "Package.resolved", self.folder)
        # The same version is another commit the next time: what SwiftPM knows of it is kept nowhere, what it knows of others stays.
        cache, security = self.folder.parent / "cache" / "repositories", self.folder.parent / "security"
        cache.mkdir(parents=True)
        identity = pathlib.PurePosixPath(address).stem
        known = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "org.swift.swiftpm"
        for path in known.glob("repositories/*"):
            if not path.name.startswith(f"{identity}-"):
                (cache / path.name).symlink_to(path)
        self.swift.mkdir(parents=True, exist_ok=True)
        for path in [self.swift / "workspace-state.json", self.swift / "checkouts" / identity,
                     *self.swift.glob(f"repositories/{identity}-*")]:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        self.swift_options = f"--cache-path {cache.parent} --security-path {security}"
        (self.folder / ".build").symlink_to(self.swift)

    def fail(self, number, command, expected, printed):
        self.failures.append("\n".join([
            f"{self.page.relative_to(ROOT)}:{number}: $ {command}",
            "  the page says:", *(f"    {line}" for line in expected),
            "  it prints:", *(f"    {line}" for line in printed)]))


def main():
    parser = argparse.ArgumentParser(description="Tests what pages show.")
    parser.add_argument("reel", type=pathlib.Path, help="the tool")
    parser.add_argument("--swift", type=pathlib.Path, metavar="BUILD", help="build Swift programs as well, in this folder")
    parser.add_argument("pages", nargs="+", type=pathlib.Path, help="the pages")
    options = parser.parse_args()
    swift = options.swift and options.swift.resolve()
    results = [Test(page.resolve(), options.reel.resolve(), swift).run() for page in options.pages]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
