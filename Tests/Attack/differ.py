#!/usr/bin/env python3
"""Changes recordings, and has every way in read each: none may give less than another one and say nothing.

    Tests/Attack/differ.py REEL [--seconds N] [--count N] [--seed N] [--keep FOLDER]

The seeds are the vectors. Each is changed in its members and sealed again, so that checksums hide nothing, or damaged as it
is. A reader that goes forward says what is right; where it refuses a file, no command may end with 0 that needs all of it.
What differs is printed, and kept in FOLDER.
"""
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import time
import zlib

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "Spec", "readers", "python"))
import reel  # noqa: E402


class Member:
    """A member with an RL field, taken apart: changing it and sealing it again leaves its checksums right."""

    def __init__(self, data, offset):
        if data[offset : offset + 4] != b"\x1f\x8b\x08\x06" or data[offset + 12 : offset + 14] != b"RL":
            raise ValueError("no member")
        size = struct.unpack_from("<H", data, offset + 14)[0]
        self.payload = bytearray(data[offset + 16 : offset + 16 + size])
        length = struct.unpack_from("<I", self.payload, 4)[0]
        start, self.end = offset + 18 + size, offset + length
        inflater = zlib.decompressobj(-15)
        self.content = bytearray(inflater.decompress(data[start : self.end - 8], 1 << 22))

    def sealed(self, tail=None):
        payload = bytearray(self.payload if tail is None else self.payload[:8] + tail)
        deflater = zlib.compressobj(6, zlib.DEFLATED, -15)
        deflated = deflater.compress(bytes(self.content)) + deflater.flush()
        payload[4:8] = struct.pack("<I", 18 + len(payload) + len(deflated) + 8)
        head = b"\x1f\x8b\x08\x06\0\0\0\0\0\xff" + struct.pack("<H", len(payload) + 4) + b"RL" + struct.pack("<H", len(payload))
        head += payload
        head += struct.pack("<H", zlib.crc32(head) & 0xFFFF)
        return head + deflated + struct.pack("<II", zlib.crc32(self.content), len(self.content) & 0xFFFFFFFF)


def members(data):
    found, offset = [], 0
    while offset < len(data):
        member = Member(data, offset)
        found.append(member)
        offset = member.end
    return found


def numbers(payload):
    """The varints of a data member, or None."""
    values, position = [], 8
    while position < len(payload) and len(values) < 5:
        value = shift = 0
        while position < len(payload):
            byte = payload[position]
            position += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        values.append(value)
    return values if len(values) == 5 else None


def varint(value):
    data = bytearray()
    while value > 127:
        data.append(value & 127 | 128)
        value >>= 7
    return bytes(data + bytes([value]))


def changed(data, source):
    """The file with something changed in it."""
    if len(data) < 2:
        return data
    choice = source.randrange(10)
    if choice < 2:
        data = bytearray(data)
        data[source.randrange(len(data))] ^= 1 << source.randrange(8)
        return bytes(data)
    if choice == 2:
        return data[: source.randrange(1, len(data))]
    try:
        parts = members(data)
    except (ValueError, struct.error, zlib.error, IndexError):
        return data[: source.randrange(1, len(data))] + data[source.randrange(len(data)) :]
    place = source.randrange(len(parts))
    pieces = [data[part.end - struct.unpack_from("<I", part.payload, 4)[0] : part.end] for part in parts]
    member = parts[place]
    if choice == 3:
        del pieces[place]
    elif choice == 4:
        pieces.insert(place, pieces[source.randrange(len(pieces))])
    elif choice == 5:
        other = source.randrange(len(pieces))
        pieces[place], pieces[other] = pieces[other], pieces[place]
    elif choice == 6 and member.content:
        member.content[source.randrange(len(member.content))] ^= 1 << source.randrange(8)
        pieces[place] = member.sealed()
    elif choice == 7:
        member.payload[3] ^= source.choice([1, 2, 4, 7])
        pieces[place] = member.sealed()
    else:
        values = numbers(member.payload) if member.payload[2] == 1 else None
        if values is None:
            member.payload[source.randrange(len(member.payload))] ^= 1 << source.randrange(8)
            pieces[place] = member.sealed()
        else:
            # The length of the content stays right: what is wrong is not to be seen without reading the frames.
            values[source.randrange(1, 5)] = source.choice([0, 0, 1, 2, 3, 5, 1 << 31])
            pieces[place] = member.sealed(b"".join(varint(value) for value in values))
    return b"".join(pieces)


def forward(data):
    """The offsets and kinds of the events that a reader finds which goes forward, or None when it refuses the file."""
    try:
        return [[frame.offset, str(frame.kind)] for frame in reel.Recording(data) if isinstance(frame, reel.Event)]
    except reel.ReelError:
        return None


def is_phoenix_replay(data):
    try:
        return reel.form(data) == "phoenix-replay"
    except reel.ReelError:
        return False


def lines(output):
    """The events in lines of JSON, as `forward` has them."""
    found = []
    for line in output.splitlines():
        each = json.loads(line)
        if "offset" in each:
            found.append([each["offset"], each.get("kind", each.get("type"))])
    return found


def main():
    options = {"--seconds": "60", "--count": "0", "--seed": str(random.SystemRandom().randrange(1 << 32)), "--keep": ""}
    arguments = sys.argv[1:]
    for name in options:
        if name in arguments:
            place = arguments.index(name)
            options[name] = arguments[place + 1]
            del arguments[place : place + 2]
    program = os.path.abspath(arguments[0])
    source = random.Random(int(options["--seed"]))
    with open(os.path.join(ROOT, "Vectors", "manifest.json")) as file:
        seeds = [each["file"] for each in json.load(file)["vectors"] if each["id"].split("/")[0] in ("recordings", "damaged")]
    end = time.monotonic() + float(options["--seconds"])
    count, differences = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        path, output = os.path.join(folder, "a.reel"), os.path.join(folder, "out")

        def run(*command, given=None):
            with open(given or os.devnull, "rb") as stdin:
                done = subprocess.run(
                    [program, *command], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60)
            return done.returncode, done.stdout.decode()

        def rewritten(*command):
            status, _ = run(*command)
            if status != 0:
                return status, ""
            again, text = run("events", "--json", output)
            return (status if again == 0 else -again), text

        ways = {
            "events FILE": lambda: run("events", "--json", path),
            "events -": lambda: run("events", "--json", "-", given=path),
            "events FILE --from 0s": lambda: run("events", "--json", path, "--from", "0s"),
            "json FILE": lambda: run("json", "--input", "recording", "--lines", path),
            "json -": lambda: run("json", "--input", "recording", "--lines", "-", given=path),
            "json FILE --from 0s": lambda: run("json", "--input", "recording", "--lines", path, "--from", "0s"),
            "compact FILE": lambda: rewritten("compact", path, "-o", output),
            "export FILE": lambda: rewritten("export", path, "--to", "phoenix-replay", "-o", output),
        }
        most = int(options["--count"])
        # A count is for a sample that is the same on every machine.
        while count < most if most else time.monotonic() < end:
            with open(os.path.join(ROOT, "Vectors", source.choice(seeds)), "rb") as file:
                data = file.read()
            if not 1 < len(data) < 1 << 16:
                continue
            for _ in range(source.randrange(1, 3)):
                data = changed(data, source) or data
            if is_phoenix_replay(data):
                # The commands import it: there is no reader that goes forward to compare with.
                continue
            expected = forward(data)
            with open(path, "wb") as file:
                file.write(data)
            count += 1
            wrong = []
            for name, way in ways.items():
                status, text = way()
                if status < 0 or status not in (0, 1):
                    wrong.append(f"{name} ended with {status}")
                elif expected is None and status == 0:
                    wrong.append(f"{name} ended with 0, and a forward reader refuses the file")
                elif expected is not None and (status, lines(text)) != (0, expected):
                    wrong.append(f"{name} ended with {status} and {len(lines(text))} of {len(expected)} events")
            status, _ = run("state", path)
            if expected is None and status == 0:
                # A state needs no more than the members that it comes from, the last ones. What is before them is not asked for.
                status, _ = run("validate", path)
                if status == 0:
                    wrong.append("validate ended with 0, and a forward reader refuses the file")
            for text in wrong:
                print(f"{count}: {text}")
            differences += bool(wrong)
            if wrong and options["--keep"]:
                os.makedirs(options["--keep"], exist_ok=True)
                with open(os.path.join(options["--keep"], f"{options['--seed']}-{count}.reel"), "wb") as file:
                    file.write(data)
            if os.path.exists(output):
                os.remove(output)
    print(f"seed {options['--seed']}: {count} files, {differences} of them read differently")
    sys.exit(bool(differences))


main()
