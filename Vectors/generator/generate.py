#!/usr/bin/env python3
"""Writes Vectors/: every file and the manifest. Needs Python 3.9 or later and nothing else.

    generate.py                  writes everything
    generate.py terms json       writes these families, and keeps the others as they are
    generate.py --check          writes nothing; fails unless what is there is what would be written,
                                 with sound checksums, no file too many, a manifest that fits its schema, and the
                                 vectors that first-hour.md names
    generate.py --otp            prints the lines that otp_check.escript reads

A family is made by the modules that FAMILIES names for it. Each has

    def vectors():
        yield Vector("terms/tuples/empty", "term", external(()), "terms.md §3.2",
                     "A tuple may be empty.",
                     expect={"tagged": ..., "plain": ..., "canonical": ...})
        yield Vector("terms/tuples/cut", "term", b"\\x83h", "terms.md §8",
                     "The count of a tuple is missing.", error=("truncated", 2))

that gives each of its vectors: vector.py says what one has. Bytes are made from a model, with etf.py for terms and
mappings.py for JSON, never by the code that they check. The same source gives the same bytes on every machine: no
clock, no random numbers without a seed, no deflate stream that a library chose.

An output that is longer than 4,096 bytes gets a file of its own, named after the vector and the output.
"""

import argparse
import hashlib
import importlib
import json
import os
import re
import shutil
import sys
from pathlib import Path

from levels import level

GENERATOR = Path(__file__).resolve().parent
ROOT = GENERATOR.parent
VERSION = "1.0"
LARGEST_INLINE = 4096
OUTPUT_EXTENSIONS = {"canonical": ".canonical.txt"}

# The families in the order of vectors.md §1, and the modules that make each.
FAMILIES = {
    "terms": ["terms"],
    "members": ["members"],
    "recordings": ["recordings"],
    "damaged": ["damaged", "damaged_corners"],
    "phoenix-replay": ["phoenix_replay", "phoenix_replay_corners"],
    "json": ["json_texts", "json_documents"],
    "pages": ["pages"],
}


def load(family):
    """The vectors of one family."""
    vectors = [vector for module in FAMILIES[family] for vector in importlib.import_module(module).vectors()]
    for vector in vectors:
        check(vector, family)
    return vectors


def check(vector, family):
    """What a schema cannot say of one vector."""
    name = vector.id
    if vector.family != family:
        raise SystemExit(f"{name}: not of the family {family}")
    if not re.fullmatch(r"[a-z0-9.-]+(/[a-z0-9.-]+)+", name):
        raise SystemExit(f"{name}: an id has lower-case letters, digits, - and . between slashes")
    if vector.error is None and vector.expect is None and vector.salvage is None:
        raise SystemExit(f"{name}: nothing is expected")
    if vector.error is not None and vector.expect is not None:
        raise SystemExit(f"{name}: either an error or an output is expected")
    if not vector.shows.endswith("."):
        raise SystemExit(f"{name}: what it shows is a sentence")


def error(value):
    kind, offset = value
    return {"kind": kind, "offset": offset}


def entry(vector, files):
    """The vector's object in the manifest. Adds its files to `files`."""

    def add(path, data):
        if path in files:
            raise SystemExit(f"{path} is written twice")
        files[path] = data

    def output(name, text):
        data = text.encode()
        if len(data) <= LARGEST_INLINE:
            return text
        path = vector.id + OUTPUT_EXTENSIONS.get(name, f".{name}.json")
        add(path, data)
        return {"file": path}

    add(vector.file, vector.data)
    result = {
        "id": vector.id,
        "file": vector.file,
        "sha256": hashlib.sha256(vector.data).hexdigest(),
        "input": vector.input,
        "section": vector.section,
        "shows": vector.shows,
        "level": level(vector.id),
    }
    if vector.expect is not None:
        result["expect"] = {name: output(name, text) for name, text in vector.expect.items()}
    if vector.error is not None:
        result["error"] = error(vector.error)
    if vector.salvage is not None:
        result["salvage"] = output("salvage", vector.salvage)
    if vector.otp is not None:
        result["otp"] = vector.otp
    return result


def manifest_text(entries):
    entries = sorted(entries, key=lambda each: each["id"])
    for one, other in zip(entries, entries[1:]):
        if one["id"] == other["id"]:
            raise SystemExit(f"{one['id']} is there twice")
    return json.dumps({"version": VERSION, "vectors": entries}, indent=2) + "\n"


def manifest():
    path = ROOT / "manifest.json"
    return json.loads(path.read_text()) if path.exists() else {"version": VERSION, "vectors": []}


def family_files(family):
    """The files of a family that are there now."""
    folder = ROOT / family
    return {str(path.relative_to(ROOT)) for path in folder.rglob("*") if path.is_file()}


def write(families):
    kept = [each for each in manifest()["vectors"] if each["id"].split("/")[0] not in families]
    entries, files = [], {}
    for family in families:
        vectors = load(family)
        entries += [entry(vector, files) for vector in vectors]
        refused = sum(1 for vector in vectors if vector.error is not None)
        print(f"{family}: {len(vectors)} vectors, {refused} of them to be refused")
        shutil.rmtree(ROOT / family, ignore_errors=True)
    for path, data in files.items():
        target = ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    temporary = ROOT / "manifest.json.new"
    temporary.write_text(manifest_text(kept + entries))
    os.replace(temporary, ROOT / "manifest.json")


def differences():
    """What is not as it has to be, as texts."""
    entries, files = [], {}
    for family in FAMILIES:
        entries += [entry(vector, files) for vector in load(family)]
    for path, data in sorted(files.items()):
        target = ROOT / path
        if not target.is_file():
            yield f"{path} is missing"
        elif target.read_bytes() != data:
            yield f"{path} is not what the generator makes"
    for family in FAMILIES:
        for path in sorted(family_files(family) - files.keys()):
            yield f"{path} is in no vector"
    path = ROOT / "manifest.json"
    if not path.is_file() or path.read_text() != manifest_text(entries):
        yield "manifest.json is not what the generator makes"
    yield from manifest_differences(manifest())
    yield from first_hour_differences(manifest())


def first_hour_differences(manifest):
    """What is wrong with the fifty vectors of Spec/first-hour.md: each is a row with its number, its id and its sentence."""
    shown = {each["id"]: each["shows"] for each in manifest["vectors"]}
    text = (ROOT.parent / "Spec" / "first-hour.md").read_text()
    rows = re.findall(r"^\| (\d+) \| `([^`]+)` \| (.+) \|$", text, re.MULTILINE)
    if [int(number) for number, _, _ in rows] != list(range(1, 51)):
        yield "first-hour.md does not have fifty vectors in order"
    for _, identifier, sentence in rows:
        if shown.get(identifier) != sentence:
            yield f"first-hour.md: {identifier} is no vector that shows: {sentence}"
    if len({identifier for _, identifier, _ in rows}) != len(rows):
        yield "first-hour.md has a vector twice"


def manifest_differences(manifest):
    """What is wrong with the manifest and the files that it names, whoever wrote them."""
    schema = importlib.import_module("schema")
    rules = json.loads((ROOT / "manifest.schema.json").read_text())
    violations = list(schema.violations(manifest, rules))
    if violations:
        yield from violations
        return
    identifiers = set()
    for each in manifest["vectors"]:
        if each["id"] in identifiers:
            yield f"{each['id']} is there twice"
        identifiers.add(each["id"])
        path = ROOT / each["file"]
        if not path.is_file():
            yield f"{each['id']}: {each['file']} is missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != each["sha256"]:
            yield f"{each['id']}: {each['file']} has another checksum"
        for output in [*each.get("expect", {}).values(), each.get("salvage", "")]:
            if isinstance(output, dict) and not (ROOT / output["file"]).is_file():
                yield f"{each['id']}: {output['file']} is missing"


def otp_lines():
    """What a real BEAM has to say to the vectors that are there: see otp_check.escript."""

    def reference(output):
        return "@" + output["file"] if isinstance(output, dict) else output

    for each in manifest()["vectors"]:
        name = each["id"]
        canonical = each.get("expect", {}).get("canonical")
        if each.get("otp"):
            yield "exempt", name
        elif each["input"] != "term":
            if canonical is not None:
                yield "canonical", name, reference(canonical)
        elif canonical is not None:
            yield "valid", name, each["file"], reference(canonical)
        elif each["error"]["kind"] == "trailingBytes":
            yield "followed", name, each["file"], str(each["error"]["offset"])
        else:
            yield "refused", name, each["file"]
    for family in FAMILIES:
        load(family)
    mappings, etf = importlib.import_module("mappings"), importlib.import_module("etf")
    printed = {(etf.canonical(term).hex(), text.encode().hex()) for term, text in mappings.printed}
    yield from (("printed", *pair) for pair in sorted(printed))


def main():
    parser = argparse.ArgumentParser(description="Write or check Vectors/.")
    parser.add_argument("families", nargs="*", help="the families to write; all when none is named")
    parser.add_argument("--check", action="store_true", help="compare what is there with what would be written")
    parser.add_argument("--otp", action="store_true", help="print the lines that otp_check.escript reads")
    arguments = parser.parse_args()
    for family in arguments.families:
        if family not in FAMILIES:
            parser.error(f"{family} is no family: {', '.join(FAMILIES)}")
    if arguments.otp:
        for line in otp_lines():
            print(*line, sep="\t")
    elif not arguments.check:
        write(arguments.families or list(FAMILIES))
    else:
        report(parser, arguments)


def report(parser, arguments):
    if arguments.families:
        parser.error("--check looks at all families")
    found = list(differences())
    for difference in found[:50]:
        print(difference)
    if found:
        raise SystemExit(f"{len(found)} differences")
    print("everything is what the generator makes")


if __name__ == "__main__":
    sys.path.insert(0, str(GENERATOR))
    main()
