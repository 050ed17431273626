#!/usr/bin/env python3
"""Reads every valid vector that is gzip with Python's gzip module, which knows nothing of recordings.

    gzip_check.py            the vectors of members, recordings and files of PhoenixReplay
    gzip_check.py --erl      and has Erlang decode the term of each frame, where the vectors do not know better

Of a recording the content has to split into frames to its last byte; of members it has to be as long as the manifest
says, each by itself and all together. What `gzip -t` would say is what this says.
"""

import argparse
import gzip
import json
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

ERLANG = """
    {ok, Data} = file:read_file(hd(init:get_plain_arguments())),
    Bad = [Size || <<Size:32, Term:Size/binary>> <= Data, not (try binary_to_term(Term), true catch _:_ -> false end)],
    All = [Size || <<Size:32, _:Size/binary>> <= Data],
    io:format("~b ~b ~b~n", [length(All), length(Bad), lists:sum([Size + 4 || Size <- All]) - byte_size(Data)]),
    halt(length(Bad)).
"""


def frames(content):
    """The terms of a content that splits into frames to its last byte."""
    position = 0
    while position < len(content):
        (length,) = struct.unpack_from(">I", content, position)
        term = content[position + 4 : position + 4 + length]
        if len(term) < length or term[:1] != b"\x83":
            raise ValueError(f"no frame at byte {position} of the content")
        yield term
        position += 4 + length


def is_gzip(data):
    return data[:2] == b"\x1f\x8b"


def check(vector, data):
    """The content of the file, when it is gzip."""
    if not is_gzip(data):
        return None
    content = gzip.decompress(data)
    if vector["input"] == "recording":
        list(frames(content))
    elif vector["input"] == "members":
        members = json.loads(text(vector["expect"]["members"]))
        for each in members:
            piece = gzip.decompress(data[each["offset"] : each["offset"] + each["length"]])
            if len(piece) != each["contentLength"]:
                raise ValueError(f"the member at byte {each['offset']} holds {len(piece)} bytes")
        if sum(each["length"] for each in members) != len(data):
            raise ValueError("the members are not the whole file")
    return content


def text(output):
    return (ROOT / output["file"]).read_text() if isinstance(output, dict) else output


def decode_with_erlang(contents):
    """Has one `erl` decode all frames of all contents."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"".join(contents))
        file.flush()
        command = ["erl", "-noshell", "-eval", ERLANG, "-extra", file.name]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    print("erl: frames, refused, bytes missing:", result.stdout.strip() or result.stderr.strip())
    return result.returncode == 0


def main():
    parser = argparse.ArgumentParser(description="Read the valid gzip vectors with Python's gzip module.")
    parser.add_argument("--erl", action="store_true", help="decode the frames with Erlang, too")
    arguments = parser.parse_args()
    counts, failures, contents = {}, 0, []
    for vector in json.loads((ROOT / "manifest.json").read_text())["vectors"]:
        data = (ROOT / vector["file"]).read_bytes()
        torn = vector["id"].startswith(("phoenix-replay/torn/", "phoenix-replay/late/"))
        if "expect" not in vector or torn or vector["input"] not in ("members", "recording", "phoenix-replay"):
            continue
        try:
            content = check(vector, data)
        except (ValueError, OSError, EOFError, struct.error, zlib.error) as error:
            failures += 1
            print(f"{vector['id']}: {error}")
            continue
        if content is None:
            content = data if vector["input"] == "recording" else None
        else:
            counts[vector["input"]] = counts.get(vector["input"], 0) + 1
        if vector["input"] == "recording" and "otp" not in vector:
            contents.append(content)
    print("read:", ", ".join(f"{count} of {name}" for name, count in sorted(counts.items())) + f"; {failures} not")
    if failures or arguments.erl and not decode_with_erlang(contents):
        sys.exit(1)


if __name__ == "__main__":
    main()
