"""Deflate data, gzip members, frames and recordings, byte by byte from a model.

    stored(data), fixed(data), dynamic(data)      deflate data, made here: no library chooses a bit of it
    gzip(content, ...)                            a gzip member, any field of it as told
    member(content, kind, ...)                    an RL member (recording.md §5), any field of it as told
    frame(term), header(...), batch(...), ...     frames (recording.md §6)
    Recording()                                   a file of RL members, that fills in what follows from its frames

A `Recording` knows what has been put into it: the header, the events, and where each member starts. What a reader is to
find is told from that, and nothing here reads what has been written.
"""

import functools
import struct
import zlib
from dataclasses import dataclass, field

from etf import Atom, Map, external, write


def atom_map(**pairs):
    """A map whose keys are atoms, in the order of their names: that of the canonical form."""
    return Map((Atom(name), value) for name, value in sorted(pairs.items()))


def truth(value):
    return Atom("true" if value else "false")


# Deflate


class BitWriter:
    """Bits from the lowest of each byte on, as RFC 1951 packs them."""

    def __init__(self):
        self.data = bytearray()
        self.bits = 0
        self.count = 0

    def put(self, value, count):
        """`count` bits of a number, the lowest first."""
        self.bits |= (value & ((1 << count) - 1)) << self.count
        self.count += count
        while self.count >= 8:
            self.data.append(self.bits & 0xFF)
            self.bits >>= 8
            self.count -= 8
        return self

    def code(self, value, count):
        """A Huffman code, its highest bit first."""
        for index in reversed(range(count)):
            self.put(value >> index & 1, 1)
        return self

    def align(self):
        if self.count:
            self.put(0, 8 - self.count)
        return self

    def bytes(self, data):
        self.align()
        self.data += data
        return self

    def done(self):
        self.align()
        return bytes(self.data)


LENGTH_BASES = [
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    13,
    15,
    17,
    19,
    23,
    27,
    31,
    35,
    43,
    51,
    59,
    67,
    83,
    99,
    115,
    131,
    163,
    195,
    227,
    258,
]
LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
DISTANCE_BASES = [
    1,
    2,
    3,
    4,
    5,
    7,
    9,
    13,
    17,
    25,
    33,
    49,
    65,
    97,
    129,
    193,
    257,
    385,
    513,
    769,
    1025,
    1537,
    2049,
    3073,
    4097,
    6145,
    8193,
    12289,
    16385,
    24577,
]
DISTANCE_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13]
CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
FIXED_LENGTHS = [8] * 144 + [9] * 112 + [7] * 24 + [8] * 8
FIXED_DISTANCES = [5] * 30
END_OF_BLOCK = 256


def canonical_codes(lengths):
    """The code of each symbol with a length (RFC 1951 §3.2.2)."""
    codes, code = {}, 0
    for length in range(1, max(lengths, default=0) + 1):
        for symbol, each in enumerate(lengths):
            if each == length:
                codes[symbol] = (code, length)
                code += 1
        code <<= 1
    return codes


def length_symbol(length):
    index = max(i for i, base in enumerate(LENGTH_BASES) if base <= length)
    return 257 + index, length - LENGTH_BASES[index], LENGTH_BITS[index]


def distance_symbol(distance):
    index = max(i for i, base in enumerate(DISTANCE_BASES) if base <= distance)
    return index, distance - DISTANCE_BASES[index], DISTANCE_BITS[index]


def tokens(data):
    """Literals and `(length, distance)`: at each place the latest match of three bytes or more."""
    result, seen, position = [], {}, 0
    while position < len(data):
        start = seen.get(data[position : position + 3])
        length = 0
        if start is not None and position - start <= 32_768:
            while length < 258 and position + length < len(data) and data[start + length] == data[position + length]:
                length += 1
        step = length if length >= 3 else 1
        result.append((length, position - start) if length >= 3 else data[position])
        for each in range(position, min(position + step, len(data) - 2)):
            seen[data[each : each + 3]] = each
        position += step
    return result


def code_lengths(frequencies, limit):
    """The lengths of the best prefix code of at most `limit` bits, by package-merge."""
    used = [(count, [symbol]) for symbol, count in enumerate(frequencies) if count]
    lengths = [0] * len(frequencies)
    if len(used) == 1:
        lengths[used[0][1][0]] = 1
        return lengths
    packages = []
    for _ in range(limit):
        merged = sorted(used + packages, key=lambda each: (each[0], each[1]))
        packages = [(one[0] + other[0], one[1] + other[1]) for one, other in zip(merged[::2], merged[1::2])]
    for _, symbols in packages[: len(used) - 1]:
        for symbol in symbols:
            lengths[symbol] += 1
    return lengths


def symbols_of(each):
    """A token as `(symbol, extra, bits)` of the two alphabets."""
    if isinstance(each, int):
        return (each, 0, 0), None
    return length_symbol(each[0]), distance_symbol(each[1])


def write_tokens(writer, stream, lengths, distances, end=True):
    codes, distance_codes = canonical_codes(lengths), canonical_codes(distances)
    for each in stream:
        (symbol, extra, count), distance = symbols_of(each)
        writer.code(*codes[symbol]).put(extra, count)
        if distance is not None:
            symbol, extra, count = distance
            writer.code(*distance_codes[symbol]).put(extra, count)
    if end:
        writer.code(*codes[END_OF_BLOCK])
    return writer


def stored_block(writer, data, final):
    writer.put(final, 1).put(0, 2).align()
    return writer.bytes(struct.pack("<HH", len(data), len(data) ^ 0xFFFF) + data)


def fixed_block(writer, stream, final, end=True):
    writer.put(final, 1).put(1, 2)
    return write_tokens(writer, stream, FIXED_LENGTHS, FIXED_DISTANCES, end)


def run_lengths(lengths):
    """Code lengths as `(symbol, extra, bits)`, with runs as 16, 17 and 18."""
    result, position = [], 0
    while position < len(lengths):
        value, run = lengths[position], 1
        while position + run < len(lengths) and lengths[position + run] == value:
            run += 1
        position += run
        if value:
            result.append((value, 0, 0))
            run -= 1
        while run >= 3:
            if value:
                step = min(run, 6)
                result.append((16, step - 3, 2))
            elif run <= 10:
                step = run
                result.append((17, step - 3, 3))
            else:
                step = min(run, 138)
                result.append((18, step - 11, 7))
            run -= step
        result += [(value, 0, 0)] * run
    return result


def dynamic_header(writer, literals, distances, counts=None):
    """The tables of a dynamic block. `counts` is HLIT and HDIST, when they are not to be what they are."""
    runs = run_lengths(literals + distances)
    lengths = code_lengths([sum(1 for each in runs if each[0] == symbol) for symbol in range(19)], 7)
    if sum(1 for each in lengths if each) == 1:
        # A code of one symbol is incomplete, which not every inflater takes here.
        lengths[0 if lengths[0] == 0 else 18] = 1
    ordered = [lengths[symbol] for symbol in CODE_LENGTH_ORDER]
    while len(ordered) > 4 and ordered[-1] == 0:
        ordered.pop()
    hlit, hdist = counts or (len(literals) - 257, len(distances) - 1)
    writer.put(hlit, 5).put(hdist, 5).put(len(ordered) - 4, 4)
    for length in ordered:
        writer.put(length, 3)
    codes = canonical_codes(lengths)
    for symbol, extra, count in runs:
        writer.code(*codes[symbol]).put(extra, count)
    return writer


def dynamic_block(writer, stream, final, end=True):
    literals, distances = [0] * 286, [0] * 30
    literals[END_OF_BLOCK] = 1
    for each in stream:
        (symbol, _, _), distance = symbols_of(each)
        literals[symbol] += 1
        if distance is not None:
            distances[distance[0]] += 1
    literals, distances = code_lengths(literals, 15), code_lengths(distances, 15)
    if sum(1 for each in literals if each) == 1:
        literals[0] = 1  # the end of the block alone would be an incomplete code
    while len(literals) > 257 and literals[-1] == 0:
        literals.pop()
    while len(distances) > 1 and distances[-1] == 0:
        distances.pop()
    writer.put(final, 1).put(2, 2)
    dynamic_header(writer, literals, distances)
    return write_tokens(writer, stream, literals, distances, end)


def stored(data, size=65_535):
    """Stored blocks of at most `size` bytes; one, when there is nothing."""
    writer = BitWriter()
    pieces = [data[start : start + size] for start in range(0, len(data), size)] or [b""]
    for index, piece in enumerate(pieces):
        stored_block(writer, piece, index == len(pieces) - 1)
    return writer.done()


def fixed(data):
    return fixed_block(BitWriter(), tokens(data), 1).done()


@functools.lru_cache(maxsize=64)
def dynamic(data):
    return dynamic_block(BitWriter(), tokens(data), 1).done()


def nothing():
    """Deflate data of no bytes, as an end member has it."""
    return fixed(b"")


def compressed(data, deflate=stored, adler=None, length=None, head=b"\x78\x01"):
    """131, 80, the length and a zlib stream: a compressed term of these bytes, which have no 131."""
    checksum = zlib.adler32(data) if adler is None else adler
    size = len(data) if length is None else length
    return b"\x83\x50" + struct.pack(">I", size) + head + deflate(data) + struct.pack(">I", checksum)


# Gzip members


FTEXT, FHCRC, FEXTRA, FNAME, FCOMMENT = 1, 2, 4, 8, 16


def subfield(name, data, length=None):
    return name + struct.pack("<H", len(data) if length is None else length) + data


def gzip(
    content,
    deflate=stored,
    *,
    deflated=None,
    extra=None,
    xlen=None,
    name=None,
    comment=None,
    hcrc=False,
    text=False,
    mtime=0,
    xfl=0,
    system=255,
    reserved=0,
    method=8,
    magic=b"\x1f\x8b",
    crc=None,
    size=None,
    trailer=None,
):
    """A gzip member. `extra` is the bytes of the subfields, `hcrc` True or the checksum that stands there."""
    return gzip_header(
        extra=extra,
        xlen=xlen,
        name=name,
        comment=comment,
        hcrc=hcrc,
        text=text,
        mtime=mtime,
        xfl=xfl,
        system=system,
        reserved=reserved,
        method=method,
        magic=magic,
    ) + gzip_body(content, deflate, deflated=deflated, crc=crc, size=size, trailer=trailer)


def gzip_header(
    *,
    extra=None,
    xlen=None,
    name=None,
    comment=None,
    hcrc=False,
    text=False,
    mtime=0,
    xfl=0,
    system=255,
    reserved=0,
    method=8,
    magic=b"\x1f\x8b",
):
    flags = reserved
    flags |= FTEXT if text else 0
    flags |= FHCRC if hcrc is not False else 0
    flags |= FEXTRA if extra is not None else 0
    flags |= FNAME if name is not None else 0
    flags |= FCOMMENT if comment is not None else 0
    head = magic + struct.pack("<BBIBB", method, flags, mtime, xfl, system)
    if extra is not None:
        head += struct.pack("<H", len(extra) if xlen is None else xlen) + extra
    if name is not None:
        head += name + b"\0"
    if comment is not None:
        head += comment + b"\0"
    if hcrc is not False:
        head += struct.pack("<H", zlib.crc32(head) & 0xFFFF if hcrc is True else hcrc)
    return head


def gzip_body(content, deflate=stored, *, deflated=None, crc=None, size=None, trailer=None):
    data = deflate(content) if deflated is None else deflated
    if trailer is None:
        checksum = zlib.crc32(content) if crc is None else crc
        length = len(content) & 0xFFFFFFFF if size is None else size
        trailer = struct.pack("<II", checksum, length)
    return data + trailer


# RL members


DATA, INDEX, END = 1, 2, 3
KEYFRAME_FIRST, HOLDS_HEADER, HOLDS_FINISH = 1, 2, 4
LARGEST = (1 << 63) - 1


def varint(value, length=None):
    """The shortest form, or one of `length` bytes."""
    data = bytearray()
    while True:
        more = value >> 7 if length is None else len(data) + 1 < length
        data.append(value & 0x7F | (0x80 if more else 0))
        value >>= 7
        if not more:
            return bytes(data)


def numbers_of(kind, numbers):
    """The bytes after the first eight of the payload: integers become varints, or a u64 in an end member."""
    if isinstance(numbers, bytes):
        return numbers
    if kind == END:
        return b"".join(each if isinstance(each, bytes) else struct.pack("<Q", each) for each in numbers)
    return b"".join(each if isinstance(each, bytes) else varint(each) for each in numbers)


@dataclass
class Member:
    """An RL member: its bytes, its content, and what its fields say, as vectors.md §3 has them."""

    data: bytes
    content: bytes
    fields: dict
    header_length: int = 0

    def __len__(self):
        return len(self.data)

    @property
    def deflate_length(self):
        return len(self.data) - self.header_length - 8


def member(
    content,
    kind=DATA,
    numbers=None,
    *,
    flags=0,
    major=1,
    minor=0,
    length=None,
    longer=0,
    more=b"",
    payload=None,
    before=b"",
    after=b"",
    extra=None,
    hcrc=True,
    deflate=None,
    deflated=None,
    crc=None,
    size=None,
    trailer=None,
    **header,
):
    """An RL member. `numbers` are those of its kind, `more` bytes at the end of the payload, `before` and `after`
    further subfields. `length` is the declared one, or `longer` by how much it is not the length that it has."""
    if numbers is None:
        numbers = {DATA: [len(content), 0, 0, 0, 0], INDEX: [len(content)]}.get(kind, [0])
    if deflate is None:
        deflate = (lambda _: nothing()) if kind == END else stored
    body = gzip_body(content, deflate, deflated=deflated, crc=crc, size=size, trailer=trailer)

    def head(length):
        fields = struct.pack("<BBBBI", major, minor, kind, flags, length) + numbers_of(kind, numbers) + more
        fields = fields if payload is None else payload(fields)
        subfields = before + subfield(b"RL", fields) + after
        return gzip_header(extra=subfields if extra is None else extra(subfields), hcrc=hcrc, **header)

    actual = len(head(0)) + len(body)
    declared = actual + longer if length is None else length
    data = head(declared) + body
    said = {"major": major, "minor": minor, "kind": kind, "flags": flags, "length": declared}
    values = [each if isinstance(each, int) else None for each in numbers] if isinstance(numbers, list) else []
    if kind == DATA and len(values) == 5 and None not in values:
        said.update(contentLength=values[0], firstEvent=values[1], eventCount=values[2])
        said.update(firstOffset=values[3], lastOffset=values[3] + values[4])
    elif kind == INDEX and values and values[0] is not None:
        said.update(contentLength=values[0])
    elif kind == END and values and values[0] is not None:
        said.update(indexOffset=values[0])
    return Member(data, content, said, len(data) - len(body))


def end_member(target):
    """The 44 bytes of an end member."""
    return member(b"", END, [target]).data


# Frames


@dataclass
class Frame:
    """The bytes of a frame, its length included, and what has been put into it."""

    data: bytes
    role: str = "other"
    events: list = field(default_factory=list)
    header: object = None

    def __len__(self):
        return len(self.data)


def lengthed(data, length=None):
    return struct.pack(">I", len(data) if length is None else length) + data


def frame(term, role="other", *, events=(), head=None, length=None, rest=b"", pack=None):
    """A frame of one term. `pack` makes the bytes of it from those of the term without its 131."""
    written = write(term)
    data = (external(written) if pack is None else pack(written.data)) + rest
    return Frame(lengthed(data, length), role, [write(each).value for each in events], head)


def raw_frame(data, length=None, role="other"):
    """A frame of any bytes."""
    return Frame(lengthed(data, length), role)


def header(pairs, version=(1, 0), more=(), **options):
    pairs = write(pairs)
    return frame((Atom("recording"), version, pairs, *more), "header", head=pairs.value, **options)


def event(each, **options):
    """A frame of one event."""
    return frame(each, "events", events=[each], **options)


def batch(events, **options):
    return frame(list(events), "events", events=events, **options)


def keyframe(index, assigns, components=Map(), url=None, more=(), extra=(), **options):
    pairs = [(Atom("assigns"), assigns), (Atom("components"), components), *extra]
    if url is not None:
        pairs.append((Atom("url"), url))
    return frame((Atom("keyframe"), index, Map(pairs), *more), "keyframe", **options)


def finish(events, /, more=(), without=(), **changes):
    """The finish frame of these events. `changes` are values that stand there in place of the right ones."""
    pairs = {**summary(events), **changes}
    pairs = {name: value for name, value in pairs.items() if name not in without}
    return frame((Atom("finish"), atom_map(**pairs), *more), "finish")


def counted(keys):
    counts = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return counts


def payload_value(payload, name):
    """The value of a key that may be an atom or a binary, or None."""
    if isinstance(payload, Map):
        pairs = dict(payload.pairs)
        return pairs.get(Atom(name), pairs.get(name.encode()))
    return None


def reports_error(each):
    kind, payload = each[1].name, each[2]
    if kind == "log":
        level = payload_value(payload, "level")
        name = level.name.encode() if isinstance(level, Atom) else level
        return name in (b"error", b"critical", b"alert", b"emergency")
    return kind == "exit" or kind == "telemetry" and payload_value(payload, "error") not in (None, Atom("nil"))


def summary(events):
    """What a finish frame says of these events (recording.md §6.5)."""
    events = [write(each).value for each in events]
    kinds = counted(each[1] for each in events)
    names = [payload_value(each[2], "name") for each in events if each[1] == Atom("event")]
    names = counted(name.name.encode() if isinstance(name, Atom) else name for name in names)
    names.pop(None, None)
    errors = sum(1 for each in events if reports_error(each))
    result = {
        "events": len(events),
        "duration": max((each[0] for each in events), default=0),
        "kinds": Map(sorted(kinds.items(), key=lambda pair: pair[0].name)),
        "reason": Atom("closed"),
    }
    if names:
        result["names"] = Map(sorted(names.items()))
    if errors:
        result["errors"] = errors
    return result


# Recordings


@dataclass
class Part:
    """What stands in a file from `offset` on."""

    offset: int
    data: bytes
    role: str
    frames: list = field(default_factory=list)
    member: object = None

    @property
    def end(self):
        return self.offset + len(self.data)

    @property
    def events(self):
        return [each for frame in self.frames for each in frame.events]

    @property
    def header(self):
        return next((frame.header for frame in self.frames if frame.header is not None), None)


class Recording:
    """A file that is put together part by part. Each method appends one, and gives the recording back."""

    def __init__(self):
        self.parts = []
        self.entries = []

    @property
    def bytes(self):
        return b"".join(part.data for part in self.parts)

    @property
    def length(self):
        return sum(len(part.data) for part in self.parts)

    @property
    def events(self):
        return [each for part in self.parts for each in part.events]

    @property
    def header(self):
        return next(part.header for part in self.parts if part.header is not None)

    def offset(self, index):
        """Where a part starts. `-1` is the last one."""
        return self.parts[index].offset

    def append(self, data, role="raw", frames=(), member=None):
        self.parts.append(Part(self.length, data, role, list(frames), member))
        return self

    def data(self, *frames, numbers=None, change=None, flags=None, add_flags=0, entry=None, content=None, **options):
        """A data member. `change` maps the positions of its numbers to others."""
        events = [each for frame in frames for each in frame.events]
        content = b"".join(frame.data for frame in frames) if content is None else content
        offsets = [each[0] for each in events]
        first, last = min(offsets, default=0), max(offsets, default=0)
        right = [len(content), len(self.events), len(events), first, last - first]
        for position, value in (change or {}).items():
            right[position] = value
        if flags is None:
            flags = KEYFRAME_FIRST if frames and frames[0].role == "keyframe" else 0
            flags |= HOLDS_HEADER if any(frame.role == "header" for frame in frames) else 0
            flags |= HOLDS_FINISH if any(frame.role == "finish" for frame in frames) else 0
            flags |= add_flags
        made = member(content, DATA, right if numbers is None else numbers, flags=flags, **options)
        keyed = bool(frames) and frames[0].role == "keyframe"
        said = (self.length, len(made), len(content), len(self.events), len(events), first, last, truth(keyed))
        self.entries.append(said if entry is None else entry)
        return self.append(made.data, "data", frames, made)

    def index(self, entries=None, content=None, term=None, more=(), **options):
        """An index member of the data members so far, or with other entries, another term or other content."""
        if term is None:
            term = (Atom("index"), list(self.entries if entries is None else entries), *more)
        if content is None:
            content = frame(term).data
        made = member(content, INDEX, **options)
        return self.append(made.data, "index", member=made)

    def end(self, target=None, **options):
        """An end member; it names the last index member, or byte 0 when there is none."""
        if target is None:
            indexes = [part.offset for part in self.parts if part.role == "index"]
            target = indexes[-1] if indexes else 0
        made = member(options.pop("content", b""), END, [target], **options)
        return self.append(made.data, "end", member=made)

    def raw(self, data):
        return self.append(data)


def contents(frames):
    return b"".join(frame.data for frame in frames)


def document_of(frames):
    """The header and the events that have been put into these frames."""
    head = next((frame.header for frame in frames if frame.header is not None), Map())
    return head, [each for frame in frames for each in frame.events]
