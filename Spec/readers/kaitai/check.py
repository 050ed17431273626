#!/usr/bin/env python3
"""Reads the vectors by reel.ksy and reel_frames.ksy, and compares what the fields hold with what is expected.

    python3 Spec/readers/kaitai/check.py

The compiler of Kaitai Struct is not needed: this interprets the part of its language that the two descriptions use,
with the standard library alone. Then it changes the descriptions, one number at a time, and sees that it is noticed.
"""

import json
import pathlib
import re
import sys
import zlib

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE.parents[2] / "Vectors"
KINDS = ["data", "index", "end"]
START = bytes.fromhex("1f8b08060000000000ff")


class Mismatch(Exception):
    """The bytes are not what the description says."""


def load(text):
    """The maps and lists that a description is made of: the subset of YAML that ours use."""
    lines = [(len(line) - len(line.lstrip()), line.strip()) for line in text.splitlines() if line.strip()]

    def block(position, indent):
        if lines[position][1].startswith("- "):
            found = []
            while position < len(lines) and lines[position][0] == indent and lines[position][1].startswith("- "):
                lines[position] = (indent + 2, lines[position][1][2:])
                value, position = block(position, indent + 2)
                found.append(value)
            return found, position
        found = {}
        while position < len(lines) and lines[position][0] == indent and not lines[position][1].startswith("- "):
            key, _, value = lines[position][1].partition(":")
            position += 1
            if value.strip():
                found[key] = value.strip()
            else:
                found[key], position = block(position, lines[position][0])
        return found, position

    return block(0, 0)[0]


class Reader:
    def __init__(self, description):
        self.description = description
        self.order = "little" if description["meta"]["endian"] == "le" else "big"

    def read(self, data):
        return self.fields(self.description, data, 0)[0]

    def fields(self, type_, data, position):
        found = {}
        for field in type_["seq"]:
            if "if" in field and not self.value(field["if"], found):
                continue
            found["@" + field["id"]] = position
            if field.get("repeat") == "eos":
                values = []
                while position < len(data):
                    value, position = self.one(field, found, data, position)
                    values.append(value)
            elif field.get("repeat") == "until":
                values = []
                while not values or not self.value(field["repeat-until"], {"_": values[-1]}):
                    value, position = self.one(field, found, data, position)
                    values.append(value)
            else:
                values, position = self.one(field, found, data, position)
            found[field["id"]] = values
        return found, position

    def one(self, field, found, data, position):
        if "contents" in field:
            expected = bytes(int(item, 16) for item in re.findall(r"0x(\w\w)", field["contents"]))
            if data[position : position + len(expected)] != expected:
                raise Mismatch(f"{field['id']} at byte {position}")
            return expected, position + len(expected)
        if "size" in field or "size-eos" in field:
            size = self.value(field["size"], found) if "size" in field else len(data) - position
            if size < 0 or position + size > len(data):
                raise Mismatch(f"{field['id']} at byte {position}: {size} bytes")
            value = data[position : position + size]
            if "type" in field:
                value, end = self.fields(self.description["types"][field["type"]], value, 0)
                if end != size:
                    raise Mismatch(f"{field['id']} at byte {position}: {end} of {size} bytes")
            return value, position + size
        if re.fullmatch(r"u[1248]", field["type"]):
            size = int(field["type"][1])
            if position + size > len(data):
                raise Mismatch(f"{field['id']} at byte {position}")
            value = int.from_bytes(data[position : position + size], self.order)
            # A field with an enum has a name of it, which the compiler compares with no number.
            names = self.description["enums"][field["enum"]] if "enum" in field else {}
            return names.get(str(value), value), position + size
        return self.fields(self.description["types"][field["type"]], data, position)

    @staticmethod
    def value(expression, found):
        class Names(dict):
            def __getattr__(self, name):
                return Names(self[name]) if isinstance(self[name], dict) else self[name]

        names = {key: Names(value) if isinstance(value, dict) else value for key, value in found.items()}
        return eval(re.sub(r"\w+::(\w+)", r"'\1'", expression), {"__builtins__": {}}, names)


def number(varint):
    return sum((group & 127) << (7 * index) for index, group in enumerate(varint["groups"]))


def described(member, offset):
    """What Spec/vectors.md §3 expects of a member."""
    fields = member["fields"]
    found = {name: fields[name] for name in ("major", "minor", "flags")}
    found["kind"] = KINDS.index(fields["kind"]) + 1
    found["length"] = fields["len_member"]
    if fields["kind"] != "end":
        found["contentLength"] = number(fields["len_content"])
    if fields["kind"] == "data":
        found["firstEvent"] = number(fields["first_event"])
        found["eventCount"] = number(fields["num_events"])
        found["firstOffset"] = number(fields["first_offset"])
        found["lastOffset"] = found["firstOffset"] + number(fields["span"])
    if fields["kind"] == "end":
        found["indexOffset"] = fields["ofs_index"]
    return {
        "offset": offset,
        "length": fields["len_member"],
        "contentLength": member["len_content"],
        "fields": found,
    }


def inputs():
    """The vectors that are recordings as writers write them: their bytes, and the members expected if there are any."""
    for vector in json.loads((VECTORS / "manifest.json").read_text())["vectors"]:
        if vector["input"] not in ("members", "recording") or "expect" not in vector:
            continue
        data = (VECTORS / vector["file"]).read_bytes()
        members = vector["expect"].get("members")
        if isinstance(members, dict):
            members = (VECTORS / members["file"]).read_text()
        members = json.loads(members) if members else None
        if is_as_written(data):
            yield vector["id"], data, members


def is_as_written(data):
    """Whether all members start as writers start them; readers take others as well (recording.md §5.1)."""
    offset = 0
    while offset < len(data):
        if data[offset : offset + 10] != START or data[offset + 12 : offset + 14] != b"RL":
            return False
        offset += int.from_bytes(data[offset + 20 : offset + 24], "little")
    return offset > 0


def check(file_text, frames_text):
    """How many files have been read, and what was wrong."""
    file, frames = Reader(load(file_text)), Reader(load(frames_text))
    count, wrong = 0, []
    for name, data, expected in inputs():
        count += 1
        try:
            content, found = b"", []
            for member in file.read(data)["members"]:
                found.append(described(member, sum(one["length"] for one in found)))
                part = zlib.decompress(member["deflated"], -15)
                if len(part) != member["len_content"] or zlib.crc32(part) != member["checksum"]:
                    raise Mismatch("a member whose trailer is not that of its content")
                if member["fields"]["kind"] != "end":
                    content += part
            if expected is not None and found != expected:
                raise Mismatch(f"members {found}, expected {expected}")
            if name.startswith("recordings/"):
                for frame in frames.read(content)["frames"]:
                    # A compressed term, a tuple or a list: recording.md §6.
                    if frame["term"]["tag"] not in (80, 104, 105, 108):
                        raise Mismatch(f"a frame with the tag {frame['term']['tag']}")
        except (Mismatch, KeyError, TypeError, ValueError, zlib.error) as error:
            wrong.append(f"{name}: {error}")
    return count, wrong


def main():
    texts = [(HERE / name).read_text() for name in ("reel.ksy", "reel_frames.ksy")]
    count, wrong = check(*texts)
    for line in wrong[:10]:
        print(line, file=sys.stderr)
    print(f"{count} files read by the description, {len(wrong)} not as expected")
    missed = []
    for index, text in enumerate(texts):
        for place in re.finditer(r"type: u[1248]|0x\w\w|- 22|- 4 -|endian: \w\w|kinds::\w+|(?<=    )[123](?=: )|< 128", text):
            old = place.group()
            new = {"type: u1": "type: u2", "type: u2": "type: u4", "type: u4": "type: u2", "type: u8": "type: u4"}.get(old)
            new = new or {"- 22": "- 21", "- 4 -": "- 5 -", "endian: le": "endian: be", "endian: be": "endian: le"}.get(old)
            new = new or {"< 128": "< 127", "kinds::data": "kinds::index", "kinds::end": "kinds::index"}.get(old, "0x77")
            changed = list(texts)
            changed[index] = text[: place.start()] + new + text[place.end() :]
            try:
                if not check(*changed)[1]:
                    missed.append(f"{old} → {new} at {place.start()}")
            except (Exception, RecursionError):
                continue
    print(f"changes of the description that are not noticed: {', '.join(missed) or 'none'}")
    return 1 if wrong or missed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
