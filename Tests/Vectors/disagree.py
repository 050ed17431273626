#!/usr/bin/env python3
"""Looks for files about which readers disagree: damages vectors at random, asks one reader about each, and sees whether this
build and other readers say the same. Where they do not, a reader is wrong, or the specification says too little.

    Tests/Vectors/disagree.py REEL                 one round of 2,500 files, with the readers beside the specification
    Tests/Vectors/disagree.py REEL --seed 7        the same files again
    Tests/Vectors/disagree.py REEL --keep FOLDER   keeps the files there

Needs Python 3.9 or later, and what the readers need.
"""

import argparse
import gzip
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The one that is asked first, and the others.
FIRST = "python3 Spec/readers/python/answers.py"
OTHERS = ["node Spec/readers/javascript/answers.js", "elixir Spec/readers/elixir/answers.exs"]
# What is asked of each input; of these the first says whether it is refused.
OUTPUTS = {
    "term": ["tagged", "canonical"],
    "members": ["members"],
    "recording": ["tagged", "salvage"],
    "phoenix-replay": ["tagged"],
    "json-document": ["tagged"],
    "tagged-json": ["canonical"],
}
FAMILIES = {"term": "terms", "members": "members", "recording": "recordings", "phoenix-replay": "phoenix-replay"}
LONGEST = 3_000
BYTES = [0, 1, 80, 97, 98, 104, 106, 107, 108, 109, 110, 116, 119, 131, 255]


def damaged(chance, data):
    """The bytes with up to three changes: bits, bytes, what is cut out, put in, swapped, cut off or appended."""
    data = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 3])):
        at, other = (chance.randrange(len(data) + 1) for _ in range(2))
        count = chance.choice([1, 2, 4, 8, 20, 44])
        kind = chance.randrange(7)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1 and at < len(data):
            data[at] = chance.choice(BYTES)
        elif kind == 2:
            del data[at : at + count]
        elif kind == 3:
            data[at:at] = chance.randbytes(min(count, 8))
        elif kind == 4:
            data[at : at + count], data[other : other + count] = data[other : other + count], data[at : at + count]
        elif kind == 5:
            del data[max(len(data) - count, 0) :]
        else:
            data += chance.choice([b"\0", b"\x1f", b"\x1f\x8b", b"more", bytes(data[:60])])
    return bytes(data)


def mended(chance, data):
    """The same with the checksums of RL members as they should be, as far as there are members: what is wrong is deeper."""
    data, at = bytearray(data), 0
    while data[at : at + 4] == b"\x1f\x8b\x08\x06":
        start = at + 12 + int.from_bytes(data[at + 10 : at + 12], "little")
        end = at + int.from_bytes(data[at + 20 : at + 24], "little")
        if not start + 10 <= end <= len(data):
            break
        data[start : start + 2] = (zlib.crc32(data[at:start]) & 0xFFFF).to_bytes(2, "little")
        try:
            content = zlib.decompressobj(-15).decompress(bytes(data[start + 2 : end - 8]), 1 << 22)
            if chance.random() < 0.9:
                data[end - 8 : end] = zlib.crc32(content).to_bytes(4, "little") + len(content).to_bytes(4, "little")
        except zlib.error:
            pass
        at = end
    return bytes(data)


def made(chance, kind, data):
    """A damaged file: of a recording the file is, or what it holds, which is then packed again or not."""
    if kind == "recording" and data[:2] == b"\x1f\x8b" and chance.random() < 0.5:
        try:
            content = damaged(chance, gzip.decompress(data))
            return content if chance.random() < 0.3 else gzip.compress(content, mtime=0)
        except (OSError, EOFError, zlib.error):
            pass
    data = damaged(chance, data)
    return mended(chance, data) if kind in ("recording", "members") and chance.random() < 0.7 else data


def write_files(folder, chance, count):
    """Writes damaged files, and returns the input and the path of each."""
    files = {}
    for vector in json.loads((ROOT / "Vectors/manifest.json").read_text())["vectors"]:
        path = ROOT / "Vectors" / vector["file"]
        if vector["input"] in OUTPUTS and path.stat().st_size < LONGEST:
            files.setdefault(vector["input"], []).append(path)
    made_files = []
    for number in range(count):
        kind = chance.choice(sorted(files))
        path = folder / f"{number:06}"
        path.write_bytes(made(chance, kind, chance.choice(files[kind]).read_bytes()))
        made_files.append((kind, path))
    return made_files


def write_manifest(folder, files):
    """Asks the first reader, and writes a manifest that expects its answers."""
    requests = [(kind, output, path) for kind, path in files for output in OUTPUTS[kind]]
    text = "".join(f"{kind}\t{output}\t{path}\n" for kind, output, path in requests)
    result = subprocess.run(FIRST.split(), input=text, capture_output=True, text=True, cwd=ROOT)
    answers = result.stdout.splitlines()
    if result.returncode != 0 or len(answers) != len(requests):
        sys.exit(f"the first reader ended early, after {len(answers)} answers: {result.stderr[-2000:]}")
    said = {}
    for (_, output, path), answer in zip(requests, answers):
        said.setdefault(path, {})[output] = answer.split("\t")
    vectors = []
    for kind, path in files:
        outcomes = said[path]
        vector = {
            "id": f"{FAMILIES.get(kind, 'json')}/{path.name}",
            "file": path.name,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "input": kind,
            "section": "recording.md §10",
            "shows": "A damaged file.",
            "level": "reader",
        }
        status, *parts = outcomes[OUTPUTS[kind][0]]
        if status == "error":
            vector["error"] = {"kind": parts[0], "offset": int(parts[1])}
        else:
            vector["expect"] = {output: text for output, (_, text) in outcomes.items() if output != "salvage"}
        if outcomes.get("salvage", ["skip"])[0] == "ok":
            vector["salvage"] = outcomes["salvage"][1]
        vectors.append(vector)
    vectors.sort(key=lambda vector: vector["id"])
    (folder / "manifest.json").write_text(json.dumps({"version": "1.0", "vectors": vectors}))


def disagreements(reel, folder, reader):
    command = [reel, "vectors", "check", folder, "--json"] + (["--reader", reader] if reader else [])
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if result.returncode not in (0, 1) or not result.stdout:
        return [f"the check ended with status {result.returncode}: {result.stderr[-2000:]}"]
    return [
        f"{failure['id']} {each['output']}: {str(each['expected'])[:80]} | {str(each['found'])[:80]}"
        for failure in json.loads(result.stdout)["failures"]
        for each in failure["differences"][:1]
    ]


def main():
    parser = argparse.ArgumentParser(description="Look for files about which readers disagree.")
    parser.add_argument("reel", type=Path, help="the tool")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32), help="what the files are made by")
    parser.add_argument("--count", type=int, default=2_500, help="how many files")
    parser.add_argument("--keep", metavar="FOLDER", type=Path, help="where the files are left; it has to be empty")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    found = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = (arguments.keep or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        write_manifest(folder, write_files(folder, random.Random(arguments.seed), arguments.count))
        for reader in [None, *OTHERS]:
            lines = disagreements(arguments.reel.resolve(), folder, reader)
            found += len(lines)
            print(f"{reader or 'this build'}: {len(lines)} of {arguments.count} otherwise than {FIRST}", flush=True)
            for line in lines[:10]:
                print(f"  {line}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
