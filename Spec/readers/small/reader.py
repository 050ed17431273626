#!/usr/bin/env python3
"""A small reader of recordings: what is valid it reads, and what is not it refuses, without saying where.

    header, events = reader.recording(data)          # of the bytes of a file
    python3 reader.py session.reel                   # the document in the tagged mapping
    reel vectors check --level reader --reader 'python3 Spec/readers/small/reader.py'
"""

import base64
import json
import math
import re
import struct
import sys
import zlib
from decimal import Decimal

FRAME, MEMBER, ENTRIES, TERM, DEPTH = 64 << 20, 128 << 20, 4_000_000, 64 << 20, 1024  # recording.md §9
sys.setrecursionlimit(20_000)


class Refused(Exception):
    """The input is not valid."""


def need(condition):
    if not condition:
        raise Refused


# Terms (terms.md §3): int, float, list and bytes as they are, the others a tuple of their name and parts.


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        need(count <= len(self.data) - self.at)
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, size, signed=False):
        return int.from_bytes(self.take(size), "big", signed=signed)

    def terms(self, count, depth):
        need(count <= len(self.data) - self.at)
        return [self.term(depth + 1) for _ in range(count)]

    def part(self, kind, low=None, high=None):
        """An atom, a pid or a small integer where nothing else may stand."""
        tags = {"atom": (100, 115, 118, 119), "pid": (88, 103), "int": (97, 98, 110, 111)}[kind]
        need(self.at < len(self.data) and self.data[self.at] in tags)
        value = self.term(0)
        need(low is None or low <= value < high)
        return value

    def int59(self):
        return self.part("int", -(1 << 59), 1 << 59)

    def creation(self, size):
        value = self.number(size)
        need(size == 4 or value <= 3)
        return value

    def atom(self, size, encoding):
        try:
            name = self.take(self.number(size)).decode(encoding)
        except UnicodeDecodeError:
            raise Refused from None
        need(len(name) <= 255)
        return ("atom", name)

    def big(self, size):
        length, sign = self.number(size), self.number(1)
        need(length <= 4_194_296)
        value = int.from_bytes(self.take(length), "little")
        return -value if sign else value

    def float(self, value):
        need(math.isfinite(value))
        return value

    def float_text(self):
        text, zero, _ = self.take(31).partition(b"\0")
        need(zero and re.fullmatch(rb"[+-]?[0-9]+[.,][0-9]+([eE][+-]?[0-9]+)?", text))
        return self.float(float(text.replace(b",", b".")))

    def bits(self):
        length, last = self.number(4), self.number(1)
        need(1 <= last <= 8 if length else last == 0)
        data = self.take(length)
        if last in (0, 8):
            return bytes(data)
        return ("bits", data[:-1] + bytes([data[-1] >> 8 - last << 8 - last]), 8 * length - 8 + last)

    def list(self, depth):
        elements = []
        while True:
            count = self.number(4)
            elements += self.terms(count, depth)
            need(self.at < len(self.data))
            if self.data[self.at] == 108:  # a tail that is a list goes on with it
                self.at += 1
                continue
            tail = self.term(depth + 1 if elements else depth)
            if not elements:
                return tail  # a list of no elements is its tail
            return elements + tail if isinstance(tail, list) else ("improper", elements, tail)

    def map(self, depth):
        count = self.number(4)
        parts = self.terms(2 * count, depth)
        pairs = list(zip(parts[::2], parts[1::2]))
        need(len({identity(key) for key, _ in pairs}) == count)
        return ("map", pairs)

    def reference(self, count, creation_size):
        need(1 <= count <= 5)
        node, creation = self.part("atom"), self.creation(creation_size)
        words = struct.unpack(f">{count}I", self.take(4 * count))
        need(creation_size == 4 or words[0] < 1 << 18)
        return ("ref", node, creation, words)

    def old_reference(self):
        node, word, creation = self.part("atom"), self.number(4), self.creation(1)
        need(word < 1 << 18)
        return ("ref", node, creation, (word,))

    def closure(self, depth):
        self.number(4)
        arity, uniq, index, count = self.number(1), self.take(16), self.number(4), self.number(4)
        need(count <= 255)
        module = self.part("atom")
        olds = [(self.int59() + (1 << 31)) % (1 << 32) - (1 << 31) for _ in range(2)]
        creator = self.part("pid")
        return ("closure", module, arity, index, uniq, *olds, creator, self.terms(count, depth))

    def record(self, depth):
        count, flags = self.number(4), self.number(1)
        module, name = self.part("atom"), self.part("atom")
        need(3 * count <= len(self.data) - self.at)
        names = [self.part("atom") for _ in range(count)]
        need(len(set(names)) == count)
        return ("record", module, name, flags & 1 == 1, list(zip(names, self.terms(count, depth))))

    def term(self, depth):
        need(depth <= DEPTH)
        tag = self.number(1)
        read = TAGS.get(tag)
        need(read)
        return read(self, depth)


TAGS = {
    67: lambda r, d: r.record(d),
    70: lambda r, d: r.float(struct.unpack(">d", r.take(8))[0]),
    77: lambda r, d: r.bits(),
    88: lambda r, d: ("pid", r.part("atom"), r.number(4), r.number(4), r.creation(4)),
    89: lambda r, d: ("port", r.part("atom"), r.number(4), r.creation(4)),
    90: lambda r, d: r.reference(r.number(2), 4),
    97: lambda r, d: r.number(1),
    98: lambda r, d: r.number(4, signed=True),
    99: lambda r, d: r.float_text(),
    100: lambda r, d: r.atom(2, "latin-1"),
    101: lambda r, d: r.old_reference(),
    102: lambda r, d: ("port", r.part("atom"), r.number(4), r.creation(1)),
    103: lambda r, d: ("pid", r.part("atom"), r.number(4), r.number(4), r.creation(1)),
    104: lambda r, d: ("tuple", r.terms(r.number(1), d)),
    105: lambda r, d: ("tuple", r.terms(r.number(4), d)),
    106: lambda r, d: [],
    107: lambda r, d: list(r.take(r.number(2))),
    108: lambda r, d: r.list(d),
    109: lambda r, d: bytes(r.take(r.number(4))),
    110: lambda r, d: r.big(1),
    111: lambda r, d: r.big(4),
    112: lambda r, d: r.closure(d),
    113: lambda r, d: ("fun", r.part("atom"), r.part("atom"), r.part("int", 0, 1 << 59) & 0xFFFFFFFF),
    114: lambda r, d: r.reference(r.number(2), 1),
    115: lambda r, d: r.atom(1, "latin-1"),
    116: lambda r, d: r.map(d),
    118: lambda r, d: r.atom(2, "utf-8"),
    119: lambda r, d: r.atom(1, "utf-8"),
    120: lambda r, d: ("port", r.part("atom"), r.number(8), r.creation(4)),
}


def identity(term):
    """What terms have in common that are the same key of a map (terms.md §5)."""
    if isinstance(term, float):
        return "float", term + 0.0
    if isinstance(term, (int, bytes)):
        return type(term).__name__, term
    if isinstance(term, list):
        return ("list", *map(identity, term), "end")
    name = term[0]
    if name in ("tuple", "improper"):
        return (name, *map(identity, term[1]), *map(identity, term[2:]))
    if name == "map":
        return "map", frozenset((identity(key), identity(value)) for key, value in term[1])
    if name == "ref":
        return *term[:3], (term[3] + (0,) * 5)[:5]
    if name == "record":
        return (*term[:4], frozenset((field, identity(value)) for field, value in term[4]))
    if name == "closure":
        return name, term[1], term[3], term[6], *map(identity, term[8])
    return term


def decode(data):
    """The term of a file or a frame, all of it."""
    need(data[:1] == b"\x83")
    if data[1:2] == b"\x79":
        return ("local", bytes(data[2:]))
    if data[1:2] != b"\x50":
        reader = Reader(data[1:])
        term = reader.term(0)
        need(reader.at == len(reader.data))
        return term
    length = int.from_bytes(data[2:6], "big")
    need(len(data) > 6 and length <= TERM)
    content = inflate(data[6:], 15, length)
    return Reader(content).term(0)


def inflate(data, bits, length):
    """What a stream inflates to, which has to be of this length, and to end where the bytes do."""
    stream = zlib.decompressobj(bits)
    try:
        content = stream.decompress(data, length + 1)
    except zlib.error:
        raise Refused from None
    need(stream.eof and not stream.unused_data and len(content) == length)
    return content


# The tagged mapping (json.md §4)


def tagged(term):
    if isinstance(term, int):
        return str(Decimal(term)) if term.bit_length() <= 262_144 else f'{{"$integer":"{term:#x}"}}'
    if isinstance(term, float):
        return repr(term)
    if isinstance(term, bytes):
        text = text_of(term)
        return f'{{"$binary":{base64_of(term)}}}' if text is None else json.dumps(text)
    if isinstance(term, list):
        return f"[{','.join(map(tagged, term))}]"
    name, *parts = term
    if name == "atom":
        literal = {"true": "true", "false": "false", "nil": "null"}.get(parts[0])
        return literal or f'{{"$atom":{json.dumps(parts[0])}}}'
    if name == "tuple":
        return f'{{"$tuple":{tagged(parts[0])}}}'
    if name == "improper":
        return f'{tagged(parts[0])[:-1]},{{"$tail":{tagged(parts[1])}}}]'
    if name == "map":
        texts = [text_of(key) for key, _ in parts[0]]
        if any(text is None or text.startswith("$") for text in texts):
            return f'{{"$map":[{",".join(f"[{tagged(key)},{tagged(value)}]" for key, value in parts[0])}]}}'
        return f'{{{",".join(f"{tagged(key)}:{tagged(value)}" for key, value in parts[0])}}}'
    if name == "record":
        pairs = ",".join(f"[{json.dumps(field[1])},{tagged(value)}]" for field, value in parts[3])
        names = f'"module":{json.dumps(parts[0][1])},"name":{json.dumps(parts[1][1])}'
        return f'{{"$record":{{{names},"exported":{"true" if parts[2] else "false"},"fields":[{pairs}]}}}}'
    if name == "bits":
        return f'{{"$bits":{base64_of(parts[0])},"size":{parts[1]}}}'
    if name == "local":
        return f'{{"$local":{base64_of(parts[0])}}}'
    return f'{{"${name}":{fields(name, parts)}}}'


FIELDS = {
    "pid": "node number serial creation",
    "port": "node number creation",
    "ref": "node creation words",
    "fun": "module function arity",
    "closure": "module arity index uniq old_index old_uniq creator free",
}


def fields(name, parts):
    texts = []
    for field, value in zip(FIELDS[name].split(), parts):
        if field in ("node", "module", "function"):
            text = json.dumps(value[1])
        elif field == "creator":
            text = fields("pid", value[1:])
        elif field == "uniq":
            text = base64_of(value)
        else:
            text = tagged(list(value) if isinstance(value, tuple) else value)
        texts.append(f'"{field}":{text}')
    return f"{{{','.join(texts)}}}"


def base64_of(data):
    return f'"{base64.b64encode(data).decode()}"'


def text_of(term):
    try:
        return term.decode() if isinstance(term, bytes) else None
    except UnicodeDecodeError:
        return None


# Gzip members (recording.md §5)


def member(data, at):
    """The payload of RL in the member there, or None; where its deflate data starts; and whether it has FHCRC."""
    head = data[at : at + 10]
    need(len(head) == 10 and head[:3] == b"\x1f\x8b\x08" and not head[3] & 0xE0)
    reader = Reader(data[at + 10 :])
    extra, payload = reader.take(int.from_bytes(reader.take(2), "little")) if head[3] & 4 else b"", None
    for _ in range(bin(head[3] & 24).count("1")):
        end = reader.data.find(b"\0", reader.at)
        need(end >= 0)
        reader.at = end + 1
    if head[3] & 2:
        crc = zlib.crc32(data[at : at + 10 + reader.at]) & 0xFFFF
        need(reader.take(2) == crc.to_bytes(2, "little"))
    while extra:
        length = int.from_bytes(extra[2:4], "little")
        need(len(extra) >= 4 + length)
        payload = extra[4 : 4 + length] if extra[:2] == b"RL" and payload is None else payload
        extra = extra[4 + length :]
    return payload, at + 10 + reader.at, bool(head[3] & 2)


def rl_member(data, at):
    """The kind, the flags, the numbers, the content and the end of the RL member there: §5.3, steps 1 to 9."""
    payload, start, checked = member(data, at)
    need(payload is not None and len(payload) >= 8 and payload[0] == 1 and checked)
    kind, flags, length = payload[2], payload[3], int.from_bytes(payload[4:8], "little")
    end, numbers, position = at + length, [], 8
    need(kind in (1, 2, 3) and start + 8 < end <= len(data))
    for _ in range({1: 5, 2: 1, 3: 0}[kind]):
        raw = re.match(rb"[\x80-\xff]{0,8}[\0-\x7f]", payload[position:])
        need(raw and (len(raw[0]) == 1 or raw[0][-1]))
        numbers.append(sum((byte & 0x7F) << 7 * place for place, byte in enumerate(raw[0])))
        position += len(raw[0])
    if kind == 3:
        need(len(payload) >= 16 and length == 44)
        numbers = [0, int.from_bytes(payload[8:16], "little")]
    need(kind != 1 or max(numbers[1] + numbers[2], numbers[3] + numbers[4]) < 1 << 63)
    need(numbers[0] <= MEMBER and numbers[0] // 1032 <= end - start - 8)
    content = inflate(data[start : end - 8], -15, numbers[0])
    need(struct.unpack("<II", data[end - 8 : end]) == (zlib.crc32(content), len(content)))
    return kind, flags, numbers, content, end


def gunzip(data):
    """The content of all members of a plain recording."""
    content, at = b"", 0
    while at < len(data):
        payload, start, _ = member(data, at)
        need(payload is None)
        stream = zlib.decompressobj(-15)
        try:
            piece = stream.decompress(data[start:])
        except zlib.error:
            raise Refused from None
        at = len(data) - len(stream.unused_data)
        need(stream.eof and struct.unpack("<II", data[at : at + 8].ljust(8, b"\0")) == (zlib.crc32(piece), len(piece)))
        need(at + 8 <= len(data))
        content, at = content + piece, at + 8
    return content


# Frames (recording.md §6)


def number(term):
    return isinstance(term, int) and 0 <= term < 1 << 63


def is_atom(term, *names):
    return isinstance(term, tuple) and term[0] == "atom" and (not names or term[1] in names)


def get(term, name, default=None):
    return next((value for key, value in term[1] if key == ("atom", name)), default)


def is_map(term):
    return isinstance(term, tuple) and term[0] == "map"


class Recording:
    """What has been read of a recording: its header, its events, and whether it has its finish frame."""

    def __init__(self):
        self.header, self.events, self.finished, self.indexed = None, [], False, False

    def frames(self, content):
        """Takes the frames of a content, and gives what each is."""
        reader, found = Reader(content), []
        while reader.at < len(content):
            length = reader.number(4)
            need(2 <= length <= FRAME)
            packet = reader.take(length)
            term = decode(packet)
            need(not is_local(term))
            need(packet[1:2] != b"\x50" or single(packet))
            found.append(self.frame(term))
        return found

    def frame(self, term):
        parts = term[1] if isinstance(term, tuple) and term[0] == "tuple" else []
        name = parts[0][1] if parts and is_atom(parts[0]) else None
        need((self.header is None) == (name == "recording"))
        if name == "recording":
            version = parts[1][1] if len(parts) > 2 and isinstance(parts[1], tuple) and parts[1][0] == "tuple" else []
            need(len(version) == 2 and all(number(part) and part < 256 for part in version) and version[0] == 1)
            need(is_map(parts[2]) and all(is_atom(key) for key, _ in parts[2][1]))
            self.header = parts[2]
        elif name == "keyframe":
            need(len(parts) > 2 and parts[1] == len(self.events) and not self.finished and is_map(parts[2]))
            components = get(parts[2], "components", ("map", []))
            need(is_map(get(parts[2], "assigns")) and is_map(components))
            for key, value in components[1]:
                need(isinstance(key, tuple) and key[0] == "tuple" and len(key[1]) == 2 and is_map(value))
        elif name == "finish":
            need(len(parts) > 1 and is_map(parts[1]) and not self.finished)
            need(number(get(parts[1], "duration")))
            need(number(get(parts[1], "events")) and get(parts[1], "events") == len(self.events))
            for key, valid in ("kinds", is_atom), ("names", lambda each: text_of(each) is not None):
                counts = get(parts[1], key)
                need(not is_map(counts) or all(valid(each) and number(count) for each, count in counts[1]))
            self.finished = True
        elif name == "index":
            need(not self.indexed and len(parts) > 1)
            self.indexed = True
            return "index", self.entries(parts[1])
        elif name is None:
            events = term if isinstance(term, list) and term else [term]
            need(not self.finished)
            for event in events:
                need(isinstance(event, tuple) and event[0] == "tuple" and len(event[1]) > 2)
                need(number(event[1][0]) and is_atom(event[1][1]))
                self.events.append(event[1])
        return name or "events", None

    def entries(self, term):
        need(isinstance(term, list) and len(term) <= ENTRIES)
        for entry in term:
            need(isinstance(entry, tuple) and entry[0] == "tuple" and len(entry[1]) > 7)
            need(all(map(number, entry[1][:7])) and is_atom(entry[1][7], "true", "false"))
        return [entry[1][:8] for entry in term]


def is_local(term):
    return isinstance(term, tuple) and term[0] == "local"


def single(packet):
    """Whether the stream of a compressed term holds nothing after it."""
    content = zlib.decompress(packet[6:])
    reader = Reader(content)
    reader.term(0)
    return reader.at == len(content)


def recording(data):
    """The header and the events of a recording, of which all is checked (recording.md §4)."""
    read = Recording()
    if data[:2] == b"\x1f\x8b" and member(data, 0)[0] is not None:
        members(data, read)
    else:
        read.frames(gunzip(data) if data[:2] == b"\x1f\x8b" else data)
    need(read.header)
    return read.header, read.events


def members(data, read):
    at, entries, index, ended = 0, [], None, False
    while at < len(data):
        kind, flags, numbers, content, end = rl_member(data, at)
        need(not ended and (at or kind == 1))
        if kind == 1:
            need(not read.finished and index is None and (content or at))
            first = len(read.events)
            found = [name for name, _ in read.frames(content)]
            offsets = [event[0] for event in read.events[first:]] or [0]
            said = (found[:1] == ["keyframe"]) + 2 * ("recording" in found) + 4 * ("finish" in found)
            low, high = min(offsets), max(offsets)
            need("index" not in found and flags & 7 == said)
            need(numbers == [len(content), first, len(read.events) - first, low, high - low])
            key = ("atom", "true" if said & 1 else "false")
            entries.append([at, end - at, len(content), first, len(read.events) - first, low, high, key])
        elif kind == 2:
            need(read.finished and index is None and read.frames(content) == [("index", entries)])
            index = at
        else:
            need(read.finished and numbers[1] == (index if index is not None else 0 if len(entries) == 1 else -1))
            ended = True
        at = end
    need(index is None or ended)


def document(header, events):
    """The document of json.md §2.1, in the tagged mapping. A field that is called like its own key makes way."""
    texts = ["events"]
    pairs = []
    for (_, name), value in header[1]:
        text, count = "" if name == "nil" else name, 1
        while (text if count == 1 else f"{text}#{count}") in texts:
            count += 1
        texts.append(text if count == 1 else f"{text}#{count}")
        pairs.append(f"{json.dumps(texts[-1])}:{tagged(value)}")
    lines = []
    for offset, kind, payload, *extra in events:
        more = f',"extra":{tagged(extra)}' if extra else ""
        lines.append(f'{{"offset":{offset},"type":{json.dumps(kind[1])},"payload":{tagged(payload)}{more}}}')
    return f"{{{','.join([*pairs, '%s:[%s]' % (json.dumps('events'), ','.join(lines))])}}}"


def answer(kind, output, path):
    """An answer to a question of vectors.md §5."""
    if kind not in ("term", "recording") or output != "tagged":
        return "skip"
    with open(path, "rb") as file:
        data = file.read()
    try:
        return "ok\t" + (tagged(decode(data)) if kind == "term" else document(*recording(data)))
    except Refused:
        return "error\tmalformed"


def main(paths):
    if not paths:
        for line in sys.stdin:
            print(answer(*line.rstrip("\n").split("\t")), flush=True)
        return
    try:
        with open(paths[0], "rb") as file:
            print(document(*recording(file.read())))
    except Refused:
        sys.exit(f"{paths[0]}: this is no valid recording")
    except OSError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
