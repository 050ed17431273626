"""A reader of Reel's recordings, made from the pages in Spec/ alone and from Python's standard library.

    for event in reel.open("session.reel"):     # also a file of PhoenixReplay
        print(event.offset, event.kind, reel.plain(event.payload))

    frames = reel.read("session.reel")          # Header, Event, Keyframe, Finish, Index, Unknown, in their order
    reel.decode(b"\\x83\\x68\\x01\\x61\\x05")        # a term: (5,)
    reel.canonical((5,)), reel.plain((5,)), reel.tagged((5,))

Terms are values of Python where it has them: int, float, tuple, list, and bytes for binaries. For the rest there are
the classes below. Lists and maps are not to be changed. Whatever is wrong with an input is a ReelError.

As a command it writes a recording, or a file of PhoenixReplay, as JSON: python3 -m reel --help
"""

import argparse
import base64
import builtins
import json
import math
import mmap
import os
import re
import shutil
import struct
import sys
import tempfile
import zlib
from collections import Counter
from dataclasses import dataclass, field, make_dataclass
from decimal import Decimal
from functools import cmp_to_key, partial
from itertools import chain
from unicodedata import normalize
from typing import Any, Dict, Iterator, List, Optional, Tuple, Union

__all__ = [
    "Atom", "Bits", "Closure", "Event", "Events", "Export", "Finish", "Header", "Improper", "Keyframe", "Local", "Map",
    "Pid", "Port", "Record", "Recording", "ReelError", "Reference", "State", "canonical", "decode", "document", "lines", "open",
    "plain", "read", "salvage", "tagged",
]
__version__ = "1.0.0"


class ReelError(Exception):
    """Input that is refused: a kind of terms.md §8, recording.md §10 or json.md §5.4, and the offset where."""

    def __init__(self, kind: str, offset: int, what: str = ""):
        super().__init__(f"{kind} at byte {offset}" + (f": {what}" if what else ""))
        self.kind, self.offset, self.what = kind, offset, what


class limits:
    """What a reader spends on a file at the most (recording.md §9)."""

    frame = 64 << 20
    member = 128 << 20
    content = 1 << 40
    entries = 4_000_000
    term = 64 << 20
    depth = 1024


# Terms (terms.md §2)


class Atom(str):
    """An atom. Text of Python itself is never a term."""

    __slots__ = ()


TRUE, FALSE, NIL = Atom("true"), Atom("false"), Atom("nil")
STRUCT, EVENTS = Atom("__struct__"), Atom("events")


def _kind(name, fields, doc=None):
    """A kind of terms: two of them are equal when their fields are."""
    return make_dataclass(name, fields.split(), frozen=True, namespace={"__doc__": doc, "__module__": __name__})


Improper = _kind("Improper", "elements tail", "An improper list.")
Bits = _kind("Bits", "data size", "A bitstring; the bits of the last byte that do not count are zero.")
Pid = _kind("Pid", "node number serial creation")
Port = _kind("Port", "node number creation")
Reference = _kind("Reference", "node creation words")
Export = _kind("Export", "module function arity", "An external function.")
Closure = _kind("Closure", "module arity index uniq old_index old_uniq creator free", "A local function.")
Record = _kind("Record", "module name exported fields", "A native record: pairs of a field's name and its value.")
Local = _kind("Local", "data", "LOCAL_EXT: the bytes after 131 and 121, which only their node understands.")


class Map:
    """Pairs in the order in which they stand; `ordered` has them in the order of their keys."""

    __slots__ = ("pairs", "ordered")

    def __init__(self, pairs):
        self.pairs = pairs = list(pairs)
        if all(type(key) is Atom for key, _ in pairs):
            self.ordered = sorted(pairs, key=lambda pair: pair[0])
            twice = len({key for key, _ in pairs}) < len(pairs)
        else:
            self.ordered = sorted(pairs, key=lambda pair: _ORDER(pair[0]))
            twice = any(not compare(a[0], b[0]) for a, b in zip(self.ordered, self.ordered[1:]))
        if twice:
            raise ValueError("a key stands twice")

    def get(self, name, default=None):
        """The value of the key that is the atom of this name."""
        return next((value for key, value in self.pairs if type(key) is Atom and key == name), default)

    def __eq__(self, other):
        return isinstance(other, Map) and self.ordered == other.ordered

    def __repr__(self):
        return f"Map({self.pairs!r})"


# The order of terms (terms.md §5)

_REST = object()  # stands between two elements of a list: what is left there is a list once more


def _rank(term):
    """What a term is compared by first, and the terms that are compared then."""
    if isinstance(term, int):
        return (0, term), ()
    if isinstance(term, float):
        return (1, term), ()
    if isinstance(term, Atom):
        return (2, term), ()
    if isinstance(term, Reference):
        return (3, term.node, term.creation, *reversed((term.words + (0,) * 5)[:5])), ()
    if isinstance(term, Closure):
        return (4, term.module, term.index, term.old_uniq, len(term.free)), term.free
    if isinstance(term, Export):
        return (5, term.module, term.function, term.arity), ()
    if isinstance(term, Port):
        return (6, term.node, term.creation, term.number), ()
    if isinstance(term, Pid):
        return (7, term.serial, term.number, term.node, term.creation), ()
    if isinstance(term, tuple):
        return (8, len(term)), term
    if isinstance(term, Record):
        fields = sorted(term.fields, key=lambda field: field[0])
        names = (name for name, _ in fields)
        return (9, term.module, term.name, term.exported, len(fields), *names), [value for _, value in fields]
    if isinstance(term, Map):
        return (10, len(term.pairs)), chain((k for k, _ in term.ordered), (v for _, v in term.ordered))
    if term is _REST:
        return (12,), ()
    if isinstance(term, list):
        return ((12,), _cells(term, [])) if term else ((11,), ())
    if isinstance(term, Improper):
        return (12,), _cells(term.elements, term.tail)
    return (13, *((term.data, term.size) if isinstance(term, Bits) else (term, 8 * len(term)))), ()


def _cells(elements, tail):
    yield elements[0]
    for element in elements[1:]:
        yield _REST
        yield element
    yield tail


def order(term) -> Iterator[tuple]:
    """The items by which a term is compared, one after the other. Terms are the same key when all items are equal."""
    stack = [iter((term,))]
    while stack:
        for part in stack[-1]:
            item, parts = _rank(part)
            yield item
            stack.append(iter(parts))
            break
        else:
            stack.pop()


def compare(a, b) -> int:
    """Less than 0 when `a` comes before `b`, more when it comes after, 0 when they are the same key."""
    return next((-1 if x < y else 1 for x, y in zip(order(a), order(b)) if x != y), 0)


_ORDER = cmp_to_key(compare)


# Reading terms (terms.md §3)


class _Open:
    """A term some parts of which are still to be read: those that are there, and what they make in the end."""

    __slots__ = ("missing", "parts", "make", "is_list")

    def __init__(self, missing, make, is_list=False):
        self.missing, self.parts, self.make, self.is_list = missing, [], make, is_list


class _Parser:
    """Reads one term from bytes. The open terms are a list and no recursion, so nesting costs no stack, and when the
    bytes end inside a term, `open` has what there is of it. `outside` is how many terms enclose it."""

    def __init__(self, data, position=0, sorting=False, outside=0):
        self.outside = outside
        self.data, self.position, self.open, self.atoms, self.sorting = data, position, [], {}, sorting

    def take(self, count):
        start, end = self.position, self.position + count
        if end > len(self.data):
            raise ReelError("truncated", start, "the bytes end inside the term")
        self.position = end
        return self.data[start:end]

    def unsigned(self, size):
        return int.from_bytes(self.take(size), "big")

    def next_tag(self):
        self.tag = self.unsigned(1)
        return self.tag

    def signed(self, size):
        return int.from_bytes(self.take(size), "big", signed=True)

    def count(self, size, each=1):
        """A number of parts, for all of which there have to be bytes."""
        count = self.unsigned(size)
        if count * each > len(self.data) - self.position:
            raise ReelError("truncated", self.position, f"{count} parts are declared, and fewer bytes are there")
        return count

    def term(self):
        while True:
            start = self.position
            tag = self.unsigned(1)
            if len(self.open) + self.outside > limits.depth:
                raise ReelError("limitExceeded", start, "terms nest too deep")
            if tag == 108:
                count = self.count(4)
                if self.open and self.open[-1].is_list and self.open[-1].missing == 1:
                    self.open[-1].missing += count  # a list as the tail of a list goes on with it
                elif count:
                    self.open.append(self.list(count))
                continue  # a list of no elements is its tail
            value = self.value(tag, start)
            if type(value) is _Open:
                if value.missing:
                    self.open.append(value)
                    continue
                value = value.make([])
            while self.open:
                top = self.open[-1]
                top.parts.append(value)
                top.missing -= 1
                if top.missing:
                    break
                value = self.open.pop().make(top.parts)
            else:
                return value

    def value(self, tag, start):
        read = _TAGS.get(tag)
        if read is None:
            raise ReelError("distributionTag" if tag in (68, 69, 82) else "unknownTag", start, f"the tag {tag}")
        return read(self, start)

    def part(self, tags, check=lambda value: True):
        """A part of an identifier, which has to have one of the tags and to pass the check."""
        start, tag = self.position, self.unsigned(1)
        value = self.value(tag, start) if tag in tags else None
        if value is None or not check(value):
            raise ReelError("malformedIdentifier", start, "a part has the wrong type or value")
        return value

    def atom(self):
        return self.part((100, 115, 118, 119))

    def int(self, lowest=-(1 << 59)):
        return self.part((97, 98, 110, 111), lambda value: lowest <= value < 1 << 59)

    def int32(self):
        """The low 32 bits of an integer, as a signed number."""
        return (self.int() + (1 << 31)) % (1 << 32) - (1 << 31)

    def creation(self, old):
        start, value = self.position, self.unsigned(1 if old else 4)
        if old and value > 3:
            raise ReelError("malformedIdentifier", start, f"the creation {value}")
        return value

    def name(self, start, size, encoding):
        length = self.unsigned(size)
        if length > (1020 if encoding == "utf-8" else 255):
            raise ReelError("malformedAtom", start, f"a name of {length} bytes")
        raw = self.take(length)
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            raise ReelError("malformedAtom", start, "a name that is not UTF-8") from None
        if len(text) > 255:
            raise ReelError("malformedAtom", start, f"a name of {len(text)} characters")
        return self.atoms.setdefault(text, Atom(text))

    def float(self, start, text=False):
        if not text:
            (value,) = struct.unpack(">d", self.take(8))
        else:
            digits, zero, _ = self.take(31).partition(b"\0")
            valid = zero and re.fullmatch(rb"[+-]?[0-9]+[.,][0-9]+([eE][+-]?[0-9]+)?", digits)
            value = float(digits.replace(b",", b".")) if valid else math.nan
        if not math.isfinite(value):
            raise ReelError("malformedFloat", start, "a float that is no finite number")
        return value

    def big(self, start, size):
        length, negative = self.unsigned(size), self.unsigned(1)
        magnitude = int.from_bytes(self.take(length), "little")
        if length > 4_194_296:
            raise ReelError("limitExceeded", start, f"an integer of {length} bytes")
        return -magnitude if negative else magnitude

    def bits(self, start):
        length, last = self.unsigned(4), self.unsigned(1)
        if not (1 <= last <= 8 if length else last == 0):
            raise ReelError("malformedBitstring", start, f"{last} bits in the last of {length} bytes")
        data = self.take(length)
        if last in (0, 8):
            return bytes(data)
        return Bits(data[:-1] + bytes([data[-1] >> 8 - last << 8 - last]), 8 * length - 8 + last)

    def tuple(self, start, size):
        return _Open(self.count(size), tuple)

    def list(self, count):
        def make(parts):
            tail = parts.pop()
            return parts + tail if isinstance(tail, list) else Improper(parts, tail)

        return _Open(count + 1, make, is_list=True)

    def map(self, start):
        def make(parts):
            try:
                made = Map(zip(parts[::2], parts[1::2]))
            except ValueError as error:
                raise ReelError("duplicateKey", start, str(error)) from None
            made.pairs = made.ordered if self.sorting else made.pairs
            return made

        return _Open(2 * self.count(4, each=2), make)

    def pid(self, start, old=False):
        return Pid(self.atom(), self.unsigned(4), self.unsigned(4), self.creation(old))

    def port(self, start, size=4, old=False):
        return Port(self.atom(), self.unsigned(size), self.creation(old))

    def words(self, count, old):
        start, raw = self.position, self.take(4 * count)
        words = struct.unpack(f">{count}I", raw)
        if old and words[0] >= 1 << 18:
            raise ReelError("malformedIdentifier", start, f"the first word {words[0]}")
        return words

    def reference(self, start, old=False):
        count = self.unsigned(2)
        if not 1 <= count <= 5:
            raise ReelError("malformedIdentifier", start, f"a reference of {count} words")
        return Reference(self.atom(), self.creation(old), self.words(count, old))

    def reference_of_one(self, start):
        node, words = self.atom(), self.words(1, old=True)
        return Reference(node, self.creation(old=True), words)

    def export(self, start):
        return Export(self.atom(), self.atom(), self.int(lowest=0) & 0xFFFFFFFF)

    def record(self, start):
        count, flags = self.unsigned(4), self.unsigned(1)
        module, name = self.atom(), self.atom()
        if 3 * count > len(self.data) - self.position:
            raise ReelError("truncated", self.position, "fields are missing")
        names = [self.atom() for _ in range(count)]
        if len(set(names)) < count:
            raise ReelError("duplicateKey", start, "a field is named twice")
        return _Open(count, lambda values: Record(module, name, flags & 1 == 1, tuple(zip(names, values))))

    def closure(self, start):
        self.unsigned(4)
        arity, uniq, index = self.unsigned(1), self.take(16), self.unsigned(4)
        at, count = self.position, self.unsigned(4)
        if count > 255:
            raise ReelError("malformedIdentifier", at, f"{count} free variables")
        module, *olds = self.atom(), self.int32(), self.int32()
        creator = self.part((88, 103))
        if count > len(self.data) - self.position:
            raise ReelError("truncated", self.position, "free variables are missing")
        return _Open(count, lambda free: Closure(module, arity, index, uniq, *olds, creator, free))


_EMPTY: list = []
_TAGS = {
    67: _Parser.record,
    70: _Parser.float,
    77: _Parser.bits,
    88: _Parser.pid,
    89: _Parser.port,
    90: _Parser.reference,
    97: lambda p, start: p.unsigned(1),
    98: lambda p, start: p.signed(4),
    99: lambda p, start: p.float(start, text=True),
    100: lambda p, start: p.name(start, 2, "latin-1"),
    101: _Parser.reference_of_one,
    102: lambda p, start: p.port(start, old=True),
    103: lambda p, start: p.pid(start, old=True),
    104: lambda p, start: p.tuple(start, 1),
    105: lambda p, start: p.tuple(start, 4),
    106: lambda p, start: _EMPTY,
    107: lambda p, start: list(p.take(p.count(2))),
    109: lambda p, start: bytes(p.take(p.count(4))),
    110: lambda p, start: p.big(start, 1),
    111: lambda p, start: p.big(start, 4),
    112: _Parser.closure,
    113: _Parser.export,
    114: lambda p, start: p.reference(start, old=True),
    115: lambda p, start: p.name(start, 1, "latin-1"),
    116: _Parser.map,
    118: lambda p, start: p.name(start, 2, "utf-8"),
    119: lambda p, start: p.name(start, 1, "utf-8"),
    120: lambda p, start: p.port(start, size=8),
}


def parse(data) -> Tuple[Any, int, int]:
    """The term at the start of the bytes, how many bytes it takes, and how many a compressed one has left over."""
    if not data:
        raise ReelError("truncated", 0, "there is nothing")
    if data[0] != 131:
        raise ReelError("notExternalTerm", 0, f"a term starts with 131 and not {data[0]}")
    if data[1:2] == b"\x79":
        return Local(bytes(data[2:])), len(data), 0
    if data[1:2] != b"\x50":
        parser = _Parser(data, 1)
        return parser.term(), parser.position, 0
    parser = _Parser(data, 2)
    length = parser.unsigned(4)
    content, zipped = _inflate_term(data, length)
    inner = _Parser(content)
    try:
        term = inner.term()
    except ReelError as error:
        raise ReelError(error.kind, 1, error.what) from None
    return term, len(data) - len(zipped.unused_data), len(content) - inner.position


def _inflate_term(data, length):
    """What the zlib stream of a compressed term inflates to."""
    if length > limits.term:
        raise ReelError("limitExceeded", 2, f"a compressed term of {length} bytes")
    zipped = zlib.decompressobj()
    try:
        content = zipped.decompress(data[6:], length + 1)
    except zlib.error as error:
        made = 0
        for piece in _up_to_damage(zlib.decompressobj(), data[6:]):
            made += len(piece)
            if made > length:
                break  # a byte too many comes before the damage
        raise ReelError("malformedCompression", 2 if made > length else 6, str(error)) from None
    if len(content) > length or zipped.eof and len(content) < length:
        raise ReelError("malformedCompression", 2, "the stream is not as long as it declares")
    if not zipped.eof:
        raise ReelError("truncated", len(data), "the compressed term is cut")
    return content, zipped


def decode(data) -> Any:
    """The term that the bytes are, from its 131 to its end."""
    term, used, _ = parse(data)
    if used < len(data):
        raise ReelError("trailingBytes", used, "bytes after the term")
    return term


# Writing terms (terms.md §4)


def _walk(visit, term, out):
    """Lets `visit` write a term to `out`; it yields the terms inside where they belong. No recursion."""
    stack = [visit(term, out)]
    while stack:
        for part in stack[-1]:
            stack.append(visit(part, out))
            break
        else:
            stack.pop()
    return out


def canonical(term) -> bytes:
    """The one form that a term has (terms.md §4), from its 131 on."""
    if isinstance(term, Local):
        return b"\x83\x79" + term.data
    return bytes(_walk(_encode, term, bytearray(b"\x83")))


def _encode(term, out):
    if isinstance(term, Atom):
        raw = term.encode()
        out += (b"\x77" + _u(len(raw), 1) if len(raw) < 256 else b"\x76" + _u(len(raw), 2)) + raw
    elif isinstance(term, int):
        out += _integer(term)
    elif isinstance(term, float):
        out += b"\x46" + struct.pack(">d", term)
    elif isinstance(term, bytes):
        out += b"\x6d" + _u(len(term), 4) + term
    elif isinstance(term, Bits):
        out += b"\x4d" + _u(len(term.data), 4) + _u((term.size - 1) % 8 + 1, 1) + term.data
    elif isinstance(term, tuple):
        out += b"\x68" + _u(len(term), 1) if len(term) < 256 else b"\x69" + _u(len(term), 4)
        yield from term
    elif isinstance(term, list):
        if not term:
            out += b"\x6a"
        elif len(term) < 65536 and all(type(part) is int and 0 <= part < 256 for part in term):
            out += b"\x6b" + _u(len(term), 2) + bytes(term)
        else:
            out += b"\x6c" + _u(len(term), 4)
            yield from term
            out += b"\x6a"
    elif isinstance(term, Improper):
        out += b"\x6c" + _u(len(term.elements), 4)
        yield from term.elements
        yield term.tail
    elif isinstance(term, Record):
        out += b"\x43" + _u(len(term.fields), 4) + _u(term.exported, 1)
        yield from (term.module, term.name, *(name for name, _ in term.fields), *(value for _, value in term.fields))
    elif isinstance(term, Map):
        out += b"\x74" + _u(len(term.pairs), 4)
        yield from chain.from_iterable(term.ordered)
    elif isinstance(term, Pid):
        out += b"\x58"
        yield term.node
        out += _u(term.number, 4) + _u(term.serial, 4) + _u(term.creation, 4)
    elif isinstance(term, Port):
        wide = term.number >= 1 << 28
        out += b"\x78" if wide else b"\x59"
        yield term.node
        out += _u(term.number, 8 if wide else 4) + _u(term.creation, 4)
    elif isinstance(term, Reference):
        out += b"\x5a" + _u(len(term.words), 2)
        yield term.node
        out += _u(term.creation, 4) + b"".join(_u(word, 4) for word in term.words)
    elif isinstance(term, Export):
        out += b"\x71"
        yield from (term.module, term.function, term.arity)
    elif isinstance(term, Closure):
        start = len(out) + 1
        out += b"\x70" + bytes(4) + _u(term.arity, 1) + term.uniq + _u(term.index, 4) + _u(len(term.free), 4)
        yield from (term.module, term.old_index, term.old_uniq, term.creator, *term.free)
        out[start : start + 4] = _u(len(out) - start, 4)
    else:
        raise TypeError(f"{type(term).__name__} is no term")


def _u(value, size):
    return value.to_bytes(size, "big")


def _integer(value):
    if 0 <= value < 256:
        return b"\x61" + _u(value, 1)
    if -(1 << 31) <= value < 1 << 31:
        return b"\x62" + value.to_bytes(4, "big", signed=True)
    magnitude = abs(value).to_bytes((value.bit_length() + 7) // 8, "little")
    size = b"\x6e" + _u(len(magnitude), 1) if len(magnitude) < 256 else b"\x6f" + _u(len(magnitude), 4)
    return size + _u(value < 0, 1) + magnitude


# Terms as JSON (json.md §3, §4)


def plain(term) -> str:
    """The JSON text of a term in the plain mapping."""
    return "".join(_walk(partial(_json, tags=False), term, []))


def tagged(term) -> str:
    """The JSON text of a term in the tagged mapping."""
    return "".join(_walk(partial(_json, tags=True), term, []))


def _json(term, out, tags):
    if isinstance(term, Atom):
        text = {TRUE: "true", FALSE: "false", NIL: "null"}.get(term) or quote(term)
        out.append(f'{{"$atom":{text}}}' if tags and text[0] == '"' else text)
    elif isinstance(term, int):
        short = term.bit_length() <= 262_144
        text = str(Decimal(term)) if short else f'"{term:#x}"'  # str(int) refuses more than 4,300 digits
        out.append(f'{{"$integer":{text}}}' if tags and not short else text)
    elif isinstance(term, float):
        out.append(repr(term))
    elif isinstance(term, bytes):
        text = text_of(term)
        out.append(f'{{"{"$binary" if tags else "base64"}":{_base64(term)}}}' if text is None else quote(text))
    elif isinstance(term, Bits):
        name, size = ("$bits", "size") if tags else ("base64", "bits")
        out.append(f'{{"{name}":{_base64(term.data)},"{size}":{term.size}}}')
    elif isinstance(term, tuple) and tags:
        yield from _items(term, out, '{"$tuple":[', "]}")
    elif isinstance(term, (tuple, list)):
        yield from _items(term, out, "[", "]")
    elif isinstance(term, Improper):
        yield from _items(term.elements, out, "[", ',{"$tail":' if tags else ",")
        yield term.tail
        out.append("}]" if tags else "]")
    elif isinstance(term, Map):
        yield from (_tagged_map if tags else _plain_map)(term, out)
    elif isinstance(term, Record):
        yield from (_tagged_record if tags else _plain_record)(term, out)
    elif tags:
        yield from _identifier(term, out)
    else:
        out.append(quote(elixir(term)))


def quote(text) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def text_of(binary) -> Optional[str]:
    """The text that a binary is in UTF-8; None when it is something else."""
    try:
        return binary.decode() if isinstance(binary, bytes) else None
    except UnicodeDecodeError:
        return None


def _base64(data):
    return f'"{base64.b64encode(data).decode()}"'


def _items(parts, out, start, end, comma=","):
    empty = True
    for part in parts:
        out.append(start if empty else comma)
        empty = False
        yield part
    out.append(start + end if empty else end)


def _plain_map(term, out):
    keys, start = Keys(), ""
    out.append("{")
    for key, value in term.pairs:
        out.append(start + keys.text(key) + ":")
        start = ","
        if isinstance(key, Atom) and key == STRUCT and isinstance(value, Atom):
            out.append(quote(elixir(value)))
        else:
            yield value
    out.append("}")


def _plain_record(term, out):
    keys = Keys("__record__")
    out.append('{"__record__":' + quote(f"{term.module}:{term.name}"))
    for name, value in term.fields:
        out.append(f",{keys.text(name)}:")
        yield value
    out.append("}")


def _tagged_record(term, out):
    out.append(f'{{"$record":{{"module":{quote(term.module)},"name":{quote(term.name)},')
    out.append(f'"exported":{"true" if term.exported else "false"},"fields":[')
    for index, (name, value) in enumerate(term.fields):
        out.append(f"{',' if index else ''}[{quote(name)},")
        yield value
        out.append("]")
    out.append("]}}")


class Keys:
    """The keys of an object (json.md §3.7, §3.8): those with the same text get numbers."""

    def __init__(self, *taken):
        self.taken, self.numbers = set(taken), {}

    def text(self, key) -> str:
        text = ("" if key == NIL else str(key)) if isinstance(key, Atom) else text_of(key)
        free = text = elixir(key) if text is None else text
        while free in self.taken:
            self.numbers[text] = self.numbers.get(text, 1) + 1
            free = f"{text}#{self.numbers[text]}"
        self.taken.add(free)
        return quote(free)


def _tagged_map(term, out):
    names = [text_of(key) for key, _ in term.pairs]
    if any(name is None or name.startswith("$") for name in names):
        start = '{"$map":['
        for pair in term.pairs:
            out.append(start)
            start = ","
            yield from _items(pair, out, "[", "]")
        out.append("]}")
    else:
        start = ""
        out.append("{")
        for name, (_, value) in zip(names, term.pairs):
            out.append(f"{start}{quote(name)}:")
            start = ","
            yield value
        out.append("}")


def _identifier(term, out):
    """A pid, port, reference or function with its tag (json.md §4.8)."""
    if isinstance(term, Closure):
        fields = dict(vars(term), uniq=base64.b64encode(term.uniq).decode(), creator=vars(term.creator))
        del fields["free"]
        out.append('{"$closure":' + json.dumps(fields, ensure_ascii=False)[:-1] + ',"free":')
        yield from _items(term.free, out, "[", "]}}")
    elif isinstance(term, Local):
        out.append('{"$local":' + _base64(term.data) + "}")
    else:
        tag = {Pid: "$pid", Port: "$port", Reference: "$ref", Export: "$fun"}[type(term)]
        out.append(json.dumps({tag: vars(term)}, ensure_ascii=False))


# What Elixir prints (json.md §3.7, §3.9, §3.10)

_ESCAPES = {0: "0", 0xFEFF: "uFEFF", 7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 27: "e", 34: '"', 92: "\\", 127: "d"}
_ALWAYS = "! != !== & && &&& * ** + ++ +++ - -- --- / < <- <<< <<~ <= <> <~ <~> = == === =~ > >= >>> @ ^ | |> || |||"
_OPERATORS = {*_ALWAYS.split(), *"~> ~>> \\\\ % %{} -> . .. ..// ... <<>> {}".split()}
_CALLED_OPERATORS = {*_ALWAYS.split(), *"~> ~>> \\\\ :: <|> ^^^ ~~~".split()}


def elixir(term) -> str:
    """A term as Elixir's inspect prints it, in full, on one line, and with 0 for every node."""
    return "".join(_walk(_inspect, term, []))


def _inspect(term, out):
    if isinstance(term, Atom):
        out.append(_atom(term))
    elif isinstance(term, int):
        out.append(str(Decimal(term)))
    elif isinstance(term, float):
        out.append(_float(term))
    elif isinstance(term, bytes):
        text = text_of(term)
        printable = text is not None and all(_printable(ord(character)) for character in text)
        out.append(f'"{_escape(text)}"' if printable else f"<<{', '.join(map(str, term))}>>")
    elif isinstance(term, Bits):
        *whole, last = term.data
        rest = term.size % 8
        out.append(f"<<{', '.join([*map(str, whole), f'{last >> 8 - rest}::size({rest})'])}>>")
    elif isinstance(term, tuple):
        yield from _items(term, out, "{", "}", ", ")
    elif isinstance(term, list):
        if term and all(type(part) is int and (32 <= part < 127 or 7 <= part <= 13 or part == 27) for part in term):
            out.append(f'~c"{_escape(map(chr, term))}"')
        elif all(type(part) is tuple and len(part) == 2 and _is_name(part[0]) for part in term):
            yield from _pairs(term, out, "[", "]")
        else:
            yield from _items(term, out, "[", "]", ", ")
    elif isinstance(term, Improper):
        yield from _items(term.elements, out, "[", " | ", ", ")
        yield term.tail
        out.append("]")
    elif isinstance(term, Map):
        yield from _pairs(term.ordered, out, "%{", "}")
    elif isinstance(term, Record):
        out.append(f"#Record<{_atom(term.module)}.{_name(term.name, called=True)}{{")
        for index, (name, value) in enumerate(term.fields):
            out.append(f"{', ' if index else ''}{_name(name)}: ")
            yield value
        out.append("}>")
    elif isinstance(term, Pid):
        out.append(f"#PID<0.{term.number}.{term.serial}>")
    elif isinstance(term, Port):
        out.append(f"#Port<0.{term.number}>")
    elif isinstance(term, Reference):
        out.append(f"#Reference<{'.'.join(map(str, (0, *reversed(term.words))))}>")
    elif isinstance(term, Export):
        out.append(f"&{_atom(term.module)}.{_name(term.function, called=True)}/{term.arity}")
    elif isinstance(term, Closure):
        out.append(f"#Function<{term.index}.{term.old_uniq}/{term.arity} in {_atom(term.module)}>")
    else:
        out.append(f"#Local<{len(term.data)} bytes>")


def _pairs(pairs, out, start, end):
    """Pairs as `key: value` when all keys are names, as `key => value` otherwise."""
    names = all(_is_name(key) for key, _ in pairs)
    for key, value in pairs:
        out.append(start + (f"{_name(key)}: " if names else ""))
        start = ", "
        if not names:
            yield key
            out.append(" => ")
        yield value
    out.append(end if start == ", " else start + end)


def _is_name(key):
    return isinstance(key, Atom) and not key.startswith("Elixir.")


def _atom(atom):
    if atom in (TRUE, FALSE, NIL):
        return str(atom)
    alias = re.fullmatch(r"Elixir((\.[A-Z][A-Za-z0-9_]*)*)", atom)
    return alias[1][1:] or "Elixir" if alias else ":" + _name(atom)


def _name(atom, called=False):
    """An atom's name, in quotes where it needs them; that of a function that is called needs them sooner."""
    word = atom[:-1] if atom.endswith(("?", "!")) else atom
    bare = word.isidentifier() if called else word[:1] != "@" and word.replace("@", "_").isidentifier()
    bare = bare and not (called and word[0].isupper()) and atom != "Elixir" and atom == normalize("NFKC", atom)
    return str(atom) if bare or atom in (_CALLED_OPERATORS if called else _OPERATORS) else f'"{_escape(atom)}"'


def _printable(code):
    return code in _ESCAPES and code > 0 or 32 <= code < 127 or 0xA0 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code > 0xFFFF


def _escape(text):
    return "".join(map(_escaped, text)).replace("#{", "\\#{")


def _escaped(character):
    code = ord(character)
    if code in _ESCAPES:
        return "\\" + _ESCAPES[code]
    return character if _printable(code) else f"\\x{code:02X}" if code < 256 else f"\\x{{{code:X}}}"


def _float(value):
    """As Erlang writes the shortest digits: with an exponent where that is shorter."""
    if 1 <= abs(value) < 1e16 and value == int(value):
        return f"{int(value)}.0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text, place = "".join(map(str, digits)), len(digits) + exponent
    sign = "-" * sign
    if not value:
        return sign + "0.0"
    cost = len(str(place - 1)) + (3 if len(text) == 1 else 2)
    if 0 < place < len(text) and abs(value) < 1 << 53:
        return f"{sign}{text[:place]}.{text[place:]}"
    if place <= 0 and (not place or 2 - place <= cost):
        return f"{sign}0.{'0' * -place}{text}"
    return f"{sign}{text[0]}.{text[1:] or '0'}e{place - 1}"


# Gzip members (recording.md §4.1, §5)

DATA, INDEX, END = 1, 2, 3


@dataclass
class Member:
    """A gzip member's header, and the fields of its subfield RL when it has one."""

    offset: int
    header: int
    fields: Optional[Dict[str, int]]

    @property
    def end(self):
        return self.offset + self.fields["length"]

    @property
    def kind(self):
        return self.fields["kind"]


def gzip_header(data, offset) -> Tuple[int, int, Optional[bytes]]:
    """The length, the flags and the payload of RL in a gzip member's header: steps 1 to 3 of recording.md §5.3."""

    def fail(what, kind="malformedMember"):
        raise ReelError(kind, offset, what)

    def take(count):
        nonlocal position
        position += count
        if position > len(data):
            fail("the file ends in a member's header", "truncated")
        return data[position - count : position]

    start = bytes(data[offset : offset + 4])
    if not start or start[:2] != b"\x1f\x8b"[: len(start)]:
        fail("bytes that start no member", "trailingData" if offset else "notARecording")
    if start[2:3] not in (b"", b"\x08") or start[3:] and start[3] & 0xE0:
        fail("no header of a gzip member")
    position = offset
    flags = take(10)[3]
    extra = bytes(take(int.from_bytes(take(2), "little"))) if flags & 4 else b""
    for flag in (8, 16):
        if flags & flag:
            zero = data.find(b"\0", position)
            take((zero if zero >= 0 else len(data)) + 1 - position)
    if flags & 2:
        crc = zlib.crc32(data[offset:position]) & 0xFFFF
        if int.from_bytes(take(2), "little") != crc:
            fail("a member's header has been changed", "checksum")
    payload = None
    while extra:
        length = int.from_bytes(extra[2:4], "little")
        if len(extra) < 4 + length:
            fail("subfields do not fill their length")
        if extra[:2] == b"RL" and payload is None:
            payload = extra[4 : 4 + length]
        extra = extra[4 + length :]
    return position - offset, flags, payload


def member_at(data, offset, of_reel: Optional[bool] = None) -> Member:
    """A member's header: steps 1 to 6 of recording.md §5.3. `of_reel` says whether it has to have RL fields."""

    def fail(what, kind="malformedMember"):
        raise ReelError(kind, offset, what)

    header, flags, payload = gzip_header(data, offset)
    if of_reel is not None and of_reel != (payload is not None):
        fail("members with and without RL are mixed")
    if payload is None:
        return Member(offset, header, None)
    if len(payload) < 8:
        fail("RL is too short")
    fields = dict(zip(("major", "minor", "kind", "flags"), payload), length=int.from_bytes(payload[4:8], "little"))
    if fields["major"] != 1:
        fail(f"version {fields['major']}.{fields['minor']}; this reads version 1", "unsupportedVersion")
    if not flags & 2 or fields["length"] <= header + 8:
        fail("a member without a header checksum, or that is shorter than its own header")
    position = 8

    def varint():
        nonlocal position
        raw = re.match(rb"[\x80-\xff]{0,8}[\0-\x7f]", payload[position:])
        if not raw or len(raw[0]) > 1 and raw[0][-1] == 0:
            fail("a number of RL is not there, or not valid")
        position += len(raw[0])
        return sum((byte & 0x7F) << 7 * place for place, byte in enumerate(raw[0]))

    if fields["kind"] == END and len(payload) >= 16:
        fields["indexOffset"] = int.from_bytes(payload[8:16], "little")
    elif fields["kind"] in (DATA, INDEX):
        fields["contentLength"] = varint()
        if fields["kind"] == DATA:
            fields.update(firstEvent=varint(), eventCount=varint(), firstOffset=varint())
            fields["lastOffset"] = fields["firstOffset"] + varint()
            if max(fields["lastOffset"], fields["firstEvent"] + fields["eventCount"]) >= 1 << 63:
                fail("a sum of numbers of RL is too large")
    else:
        fail("RL is of an unknown kind, or lacks a number")
    return Member(offset, header, fields)


def member_content(data, member: Member) -> bytes:
    """What a member with RL fields inflates to: steps 7 to 9 of recording.md §5.3."""

    def fail(what, kind="malformedMember"):
        raise ReelError(kind, member.offset, what)

    declared = member.fields.get("contentLength", 0)
    if declared > limits.member:
        fail(f"a member declares {declared} bytes", "limitExceeded")
    if declared // 1032 > member.fields["length"] - member.header - 8:
        fail("a member declares more than deflate can hold")
    if member.end > len(data):
        fail("the file ends inside a member", "truncated")
    deflated = zlib.decompressobj(-15)
    try:
        content = deflated.decompress(data[member.offset + member.header : member.end - 8], declared + 1)
    except zlib.error as error:
        fail(str(error))
    if len(content) > declared:
        fail("a member holds more than it declares")
    if not deflated.eof or deflated.unused_data:
        fail("a member does not end where it declares")
    crc, size = struct.unpack("<II", data[member.end - 8 : member.end])
    if crc != zlib.crc32(content):
        fail("a member's content has been changed", "checksum")
    if not size == len(content) == declared or member.kind == END and member.fields["length"] != 44:
        fail("a member does not have the length that it declares")
    return content


def gzip_content(data, offset, any_fields=False):
    """Yields what a member without RL fields inflates to in pieces, checks its trailer, and returns where it ends."""
    header, _, payload = gzip_header(data, offset)
    if payload is not None and not any_fields:
        member_at(data, offset)
        raise ReelError("malformedMember", offset, "members with and without RL are mixed")
    position = offset + header
    deflated, crc, size = zlib.decompressobj(-15), 0, 0
    while not deflated.eof:
        source = deflated.unconsumed_tail or data[position : position + 65536]
        if not source:
            raise ReelError("truncated", offset, "the file ends inside a gzip member")
        position += 0 if deflated.unconsumed_tail else len(source)
        before = deflated.copy()
        try:
            piece = deflated.decompress(source, 1 << 20)
        except zlib.error as error:
            yield from _up_to_damage(before, source)
            raise ReelError("malformedMember", offset, str(error)) from None
        crc, size = zlib.crc32(piece, crc), size + len(piece)
        yield piece
    position -= len(deflated.unused_data)
    trailer = data[position : position + 8]
    if len(trailer) < 8:
        raise ReelError("truncated", offset, "the file ends inside a gzip member")
    if struct.unpack("<II", trailer) != (crc, size & 0xFFFFFFFF):
        wrong = "checksum" if trailer[:4] != struct.pack("<I", crc) else "malformedMember"
        raise ReelError(wrong, offset, "a gzip member's content does not match its trailer")
    return position + 8


def _up_to_damage(deflated, source):
    """What comes out of deflate data before its damage, byte by byte: zlib drops what a call has made when it fails."""
    for byte in source:
        rest, piece = bytes([byte]), b"?"
        while rest or piece:
            try:
                piece = deflated.decompress(rest, 1)
            except zlib.error:
                return
            rest = deflated.unconsumed_tail
            yield piece


def gzip_pieces(data, any_fields=False):
    """The content of all members in pieces, each with the offset of its member."""
    offset = 0
    while offset < len(data):
        start = offset
        pieces = gzip_content(data, offset, any_fields)
        while True:
            try:
                yield start, next(pieces)
            except StopIteration as end:
                offset = end.value
                break


# Frames (recording.md §6)


@dataclass
class Header:
    version: Tuple[int, int]
    fields: Map


@dataclass
class Event:
    index: int
    offset: int
    kind: Atom
    payload: Any
    extra: tuple = ()


@dataclass
class Keyframe:
    event_index: int
    state: Map


@dataclass
class Finish:
    events: int
    duration: int
    kinds: Map = field(default_factory=lambda: Map([]))
    names: Map = field(default_factory=lambda: Map([]))
    errors: int = 0
    reason: Atom = Atom("closed")


@dataclass
class Index:
    entries: List[tuple]


@dataclass
class Unknown:
    term: tuple


def _number(term):
    return isinstance(term, int) and 0 <= term < 1 << 63


def event(term, index) -> Event:
    if not (isinstance(term, tuple) and len(term) >= 3 and _number(term[0]) and isinstance(term[1], Atom)):
        raise ValueError("no event")
    return Event(index, term[0], term[1], term[2], term[3:])


def _header(term):
    if len(term) < 3 or not (isinstance(term[1], tuple) and len(term[1]) == 2):
        raise ValueError("a header without a version and a map")
    major, minor = term[1]
    if not (_number(major) and major < 256 and _number(minor) and minor < 256):
        raise ValueError("a header whose version is none")
    if major != 1:
        raise ReelError("unsupportedVersion", 0, f"version {major}.{minor}; this reads version 1")
    if not isinstance(term[2], Map) or not all(isinstance(key, Atom) for key, _ in term[2].pairs):
        raise ValueError("a header whose fields are no map of atoms")
    return Header((major, minor), term[2])


def _keyframe(term):
    if len(term) < 3 or not _number(term[1]) or not isinstance(term[2], Map):
        raise ValueError("a keyframe without an index and a map")
    components = term[2].get("components", Map([]))
    if not isinstance(term[2].get("assigns"), Map) or not isinstance(components, Map):
        raise ValueError("a keyframe without assigns, or with components that are no map")
    for key, value in components.pairs:
        if not (isinstance(key, tuple) and len(key) == 2 and isinstance(value, Map)):
            raise ValueError("a keyframe with something that is no component")
    return Keyframe(term[1], term[2])


def _finish(term):
    get = term[1].get if len(term) > 1 and isinstance(term[1], Map) else lambda *_: None
    # What is no map counts as missing.
    kinds, names = (found if isinstance(found, Map) else Map([]) for found in (get("kinds"), get("names")))
    if not (_number(get("events")) and _number(get("duration"))):
        raise ValueError("a finish frame without its numbers")
    for counts, valid in (kinds, lambda key: isinstance(key, Atom)), (names, lambda key: text_of(key) is not None):
        if not all(valid(k) and _number(v) for k, v in counts.pairs):
            raise ValueError("a finish frame whose kinds or names are no counts")
    errors, reason = get("errors"), get("reason")
    return Finish(
        get("events"),
        get("duration"),
        kinds,
        names,
        errors if _number(errors) else 0,
        reason if isinstance(reason, Atom) else Atom("closed"),
    )


def _index(term):
    if len(term) < 2 or not isinstance(term[1], list):
        raise ValueError("an index without entries")
    if len(term[1]) > limits.entries:
        raise ReelError("limitExceeded", 0, f"an index of {len(term[1])} entries")
    for entry in term[1]:
        valid = isinstance(entry, tuple) and len(entry) >= 8 and all(map(_number, entry[:7]))
        if not valid or not isinstance(entry[7], Atom) or entry[7] not in (TRUE, FALSE):
            raise ValueError("an index with something that is no entry")
    return Index([entry[:8] for entry in term[1]])


_CONTROL = {"recording": _header, "keyframe": _keyframe, "finish": _finish, "index": _index}


class Session:
    """What has been read of a recording, and the rules of what may follow (recording.md §6). `offset` is where errors
    are said to be. A partial session is what salvage reads: it may lack its header and events."""

    def __init__(self, events=0, partial=False):
        self.events, self.partial, self.offset = events, partial, 0
        self.header = self.finish = self.index = None
        self.is_started = False

    def fail(self, kind, what):
        """Of the first frame most of what is wrong means that this is no recording (recording.md §10)."""
        first = self.header is None and not self.partial
        if first and kind not in ("truncated", "unsupportedVersion", "limitExceeded"):
            kind = "notARecording"
        raise ReelError(kind, 0 if first else self.offset, what) from None

    def length(self, raw):
        """The length of a frame by its first four bytes."""
        length = int.from_bytes(raw, "big")
        if not 2 <= length <= limits.frame:
            too_long = length > limits.frame and (self.header is not None or self.partial)
            self.fail("limitExceeded" if too_long else "malformedFrame", f"a frame of {length} bytes")
        return length

    def content(self, content, index_allowed=False) -> Iterator[Any]:
        """The frames of a member."""
        position = 0
        while position < len(content):
            end = position + 4 + self.length(content[position : position + 4].ljust(4, b"\0"))
            if end > len(content):
                self.fail("malformedFrame", "a frame is longer than its member")
            yield from self.frames(content[position + 4 : end], index_allowed)
            position = end

    def frames(self, packet, index_allowed) -> list:
        """The frames that a term is: the events of a batch, or one."""
        try:
            term, used, left = parse(packet)
        except ReelError as error:
            self.fail(error.kind if error.kind == "limitExceeded" else "malformedTerm", error.what)
        try:
            if used < len(packet) or left or isinstance(term, Local):
                raise ValueError("bytes after the term, or a term that only its node can read")
            return self.place(term, index_allowed)
        except ReelError as error:
            self.fail(error.kind, error.what)
        except ValueError as error:
            self.fail("malformedFrame", str(error))

    def place(self, term, index_allowed) -> list:
        if isinstance(term, tuple) and term and isinstance(term[0], Atom):
            frames = [_CONTROL.get(term[0], Unknown)(term)]
        else:
            batch = term if isinstance(term, list) and term else [term]
            frames = [event(part, self.events + place) for place, part in enumerate(batch)]
        frame = frames[0]
        first = self.header is None and not (self.partial and (self.events or self.is_started))
        if isinstance(frame, Header) != first and not (self.partial and first):
            raise ValueError("the first frame, and no other, is the header")
        self.is_started = True
        if isinstance(frame, Header):
            self.header = frame
        elif isinstance(frame, Index):
            if self.index or not index_allowed:
                raise ValueError("an index where none may be")
            self.index = frame
        elif not isinstance(frame, Unknown):
            if self.finish:
                raise ValueError("a frame after the finish frame")
            if isinstance(frame, Keyframe) and frame.event_index != self.events:
                raise ValueError(f"a keyframe of event {frame.event_index} before event {self.events}")
            if isinstance(frame, Finish) and frame.events != self.events:
                raise ValueError(f"{frame.events} events are declared, and {self.events} are there")
            if isinstance(frame, Finish):
                self.finish = frame
            if isinstance(frame, Event):
                self.events += len(frames)
        return frames


# Recordings (recording.md §4)


def open_data(path):
    """The bytes of a file, or with "-" those of standard input, without all of them in memory."""
    if path == "-":
        file = tempfile.TemporaryFile()
        shutil.copyfileobj(sys.stdin.buffer, file)
        file.flush()
    else:
        file = builtins.open(path, "rb")
    with file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if file.seek(0, 2) else b""


def form(data) -> str:
    """What a file is, by its first bytes (recording.md §4.3): members, gzip, bare or phoenix-replay."""
    first, gzip = bytes(data[:5]), False
    if first and first[:2] == b"\x1f\x8b"[: len(first)]:
        if member_at(data, 0).fields is not None:
            return "members"
        first, gzip, is_length = b"", True, True
        for _, piece in gzip_pieces(data):
            first += piece[:5]
            is_length = len(first) < 4 or 2 <= int.from_bytes(first[:4], "big") <= limits.frame
            if len(first) >= 5 or not is_length:
                break
        if 0 < len(first) < 5 and first[:2] != b"\x83\x74" and is_length:
            raise ReelError("truncated", 0, "the content ends inside its first frame")
    if first[:2] == b"\x83\x74" or not gzip and (first[:2] == b"\x83\x50" or first[:4] == b"PRF1"):
        return "phoenix-replay"
    if len(first) < 5 or int.from_bytes(first[:4], "big") > limits.frame or first[4] != 131:
        raise ReelError("notARecording", 0, "the file starts with neither member nor frame")
    return "gzip" if gzip else "bare"


def entry(member) -> tuple:
    """What the index says of a data member (recording.md §6.6)."""
    f = member.fields
    key = TRUE if f["flags"] & 1 else FALSE
    numbers = [f[n] for n in ("length", "contentLength", "firstEvent", "eventCount", "firstOffset", "lastOffset")]
    return (member.offset, *numbers, key)


def data_frames(member, content, session, checks_fields=True) -> Iterator[Any]:
    """The frames of a data member, and then step 10 of recording.md §5.3: whether they are those it declares."""
    session.offset, before, flags, offsets, first = member.offset, session.events, 0, [], True
    for frame in session.content(content):
        flags |= 1 if first and isinstance(frame, Keyframe) else 0
        flags |= {Header: 2, Finish: 4}.get(type(frame), 0)
        if isinstance(frame, Event):
            offsets = [min(offsets[:1] + [frame.offset]), max(offsets[1:] + [frame.offset])]
        first = False
        yield frame
    if first and before == 0 and member.offset == 0 and not session.partial:
        session.fail("notARecording", "the first member holds no frame")
    low, high = offsets or (0, 0)
    count = session.events - before
    f = member.fields
    declared = (f["firstEvent"], f["eventCount"], f["firstOffset"], f["lastOffset"], f["flags"] & 7)
    if checks_fields and declared != (before, count, low, high, flags):
        raise ReelError("malformedMember", member.offset, "a member does not hold what it declares")


class Recording:
    """A recording: iterate over it for its frames, each of them checked. Then `finish` is the finish frame, if there
    was one, and `finished` says whether the recording is."""

    def __init__(self, data):
        self.data, self.form, self.finish, self.finished = data, form(data), None, False
        if self.form == "phoenix-replay":
            raise ReelError("notARecording", 0, "this is a file of PhoenixReplay")

    def __iter__(self):
        session = Session()
        yield from self._members(session) if self.form == "members" else plain_frames(self.data, self.form, session)
        self.finish = session.finish
        self.finished = self.finish is not None and (self.form != "members" or self._ended)

    def _members(self, session):
        data, offset, entries, index, self._ended = self.data, 0, [], None, False
        while offset < len(data):
            member = member_at(data, offset, of_reel=True)
            if not offset and member.kind != DATA:
                session.fail("notARecording", "the first member holds no data")
            if member.kind == DATA and (session.finish or index is not None):
                raise ReelError("malformedMember", offset, "a data member after the finish frame or the index")
            content = member_content(data, member)
            session.offset = offset
            if member.kind == DATA:
                yield from data_frames(member, content, session)
                entries.append(entry(member))
            elif member.kind == INDEX:
                found = read_index(member, content)
                if index is not None:
                    raise ReelError("malformedFrame", offset, "a second index")
                if not session.finish or found != entries:
                    raise ReelError("malformedIndex", offset, "the index does not agree with the members")
                index = offset
            else:
                expected = 0 if index is None and len(entries) == 1 else index
                if not session.finish or member.fields["indexOffset"] != expected:
                    raise ReelError("malformedIndex", offset, "the end does not agree with the members")
                if member.end < len(data):
                    raise ReelError("trailingData", member.end, "bytes after the end")
                self._ended = True
            offset = member.end
        if index is not None and not self._ended:
            raise ReelError("malformedIndex", index, "an index without an end")

    def directory(self) -> List[tuple]:
        """The entries of all data members: by the index, or without an end by hopping (recording.md §4.4)."""
        if self.form != "members":
            raise ReelError("malformedIndex", 0, "a plain recording has no index")
        size = len(self.data)
        try:
            end = member_at(self.data, max(size - 44, 0), of_reel=True)
            ended = end.kind == END and not member_content(self.data, end)
        except ReelError:
            ended = False
        offset, entries = end.fields["indexOffset"] if ended else 0, []
        while offset < size - 44 * ended:
            try:
                member = member_at(self.data, offset, of_reel=True)
            except ReelError:
                break
            if not ended and (member.end > size or member.kind != DATA):
                break
            if ended and (member.kind == END or member.end != size - 44 or offset and member.kind == DATA):
                raise ReelError("malformedIndex", size - 44, "the end does not agree with the members")
            if member.kind == INDEX:
                return self._checked(read_index(member, member_content(self.data, member)), offset)
            entries.append(entry(member))
            offset = member.end
        return entries

    def _checked(self, entries, end):
        where = event = 0
        for place, length, _, first, count, low, high, _ in entries:
            if (place, first) != (where, event) or length < 1 or high < low:
                raise ReelError("malformedIndex", end, "the entries of the index do not follow one another")
            where, event = place + length, first + count
        if where != end:
            raise ReelError("malformedIndex", end, "the entries of the index do not end where the index starts")
        return entries

    def state(self, index) -> "State":
        """The state after an event, without what comes before the last keyframe (recording.md §7.4)."""
        if self.form != "members":
            return State().after(self, index)
        entries = self.directory()
        place = next((n for n, e in enumerate(entries) if e[3] <= index < e[3] + e[4]), None)
        if place is None:
            raise ReelError("noSuchEvent", 0, f"there is no event {index}")
        while place and entries[place][7] != TRUE:
            place -= 1
        return State().after(self._from(entries[place:]), index)

    def _from(self, entries):
        session = Session(entries[0][3], partial=entries[0][0] > 0)
        for declared in entries:
            member = member_at(self.data, declared[0], of_reel=True)
            if member.kind != DATA or entry(member) != declared:
                raise ReelError("malformedIndex", declared[0], "the index does not agree with the member")
            yield from data_frames(member, member_content(self.data, member), session)


def read_index(member, content) -> List[tuple]:
    """The entries in an index member."""
    session = Session(partial=True)
    session.offset = member.offset
    for frame in session.content(content, index_allowed=True):
        if not isinstance(frame, Index):
            session.fail("malformedFrame", "an index member with another frame")
    if session.index is None:
        raise ReelError("malformedIndex", member.offset, "an index member without an index")
    return session.index.entries


def plain_frames(data, form, session, any_fields=False) -> Iterator[Any]:
    """The frames of a plain recording (recording.md §4.3), in gzip or bare, a piece at a time."""
    bare, step = form == "bare", 1 << 20
    pieces = ((0, data[at : at + step]) for at in range(0, len(data), step)) if bare else gzip_pieces(data, any_fields)
    buffer, total, position = bytearray(), 0, 0
    for member, piece in pieces:
        if not buffer and not bare:
            session.offset = member
        buffer += piece
        total += len(piece)
        if total > limits.content:
            raise ReelError("limitExceeded", session.offset, "the content is too long")
        start = 0
        while len(buffer) - start >= 4:
            if bare:
                session.offset = position
            end = start + 4 + session.length(buffer[start : start + 4])
            if end > len(buffer):
                break
            yield from session.frames(bytes(buffer[start + 4 : end]), index_allowed=True)
            position += end - start
            start = end
            session.offset = position if bare else member
        del buffer[:start]
    if buffer or session.header is None:
        session.fail("truncated" if buffer else "notARecording", "the content ends inside a frame")


# The state (recording.md §7)


class State:
    """The assigns, the components and the url that events add up to, and the offset since which they are unsure. `assigns`
    and what is in `components` are dictionaries whose values are pairs of a key and a value: Python takes 1 and 1.0 for
    the same key."""

    KINDS = {"mount", "assigns", "render", "component", "component_destroyed", "params", "handle_params"}

    def __init__(self):
        self.assigns: Dict[tuple, tuple] = {}
        self.components: Dict[tuple, tuple] = {}
        self.url: Optional[str] = None
        self.unsure: Optional[int] = None

    def after(self, frames, index) -> "State":
        """Applies frames up to the event of this index."""
        for frame in frames:
            if isinstance(frame, Keyframe):
                self.take(frame)
            elif isinstance(frame, Event):
                self.apply(frame)
                if frame.index == index:
                    return self
        raise ReelError("noSuchEvent", 0, f"there is no event {index}")

    def take(self, keyframe):
        get = keyframe.state.get
        self.assigns = _dict(get("assigns"))
        self.components = {tuple(order(k)): (k, _dict(v)) for k, v in get("components", Map([])).pairs}
        self.url = text_of(get("url"))
        unsure = get("unsure")
        self.unsure = unsure if _number(unsure) else None

    def apply(self, event):
        payload = by_name(event.payload)
        assigns, kind = payload.get("assigns"), event.kind
        if kind == "mount" and isinstance(assigns, Map):
            self.assigns = _dict(assigns)
        elif kind == "assigns" and isinstance(payload.get("snapshot"), Map):
            self.assigns = _dict(payload["snapshot"])
            self.unsure = None
        elif kind == "assigns" and isinstance(payload.get("delta"), Map):
            _merge(self.assigns, payload["delta"])
        elif kind == "render" and isinstance(assigns, Map):
            _merge(self.assigns, assigns)
        elif kind == "gap" and self.unsure is None:
            dropped = payload.get("dropped")
            kinds = {text_of(key) or str(key) for key, _ in dropped.pairs} if isinstance(dropped, Map) else set()
            self.unsure = event.offset if not kinds or kinds & self.KINDS else None
        elif kind in ("params", "handle_params"):
            url = text_of(payload.get("uri", payload.get("url")))
            self.url = self.url if url is None else url
        elif kind in ("component", "component_destroyed") and "module" in payload and "id" in payload:
            name = (payload["module"], payload["id"])
            if kind == "component_destroyed":
                self.components.pop(tuple(order(name)), None)
            elif isinstance(assigns, Map):
                _merge(self.components.setdefault(tuple(order(name)), (name, {}))[1], assigns)


def by_name(payload) -> Dict[str, Any]:
    """The values of a payload by the names of their keys, atoms before binaries (recording.md §7.1)."""
    pairs = payload.pairs if isinstance(payload, Map) else []
    names = {text_of(key): value for key, value in pairs if isinstance(key, bytes)}
    return {**names, **{str(key): value for key, value in pairs if isinstance(key, Atom)}}


def _dict(pairs):
    return {tuple(order(key)): (key, value) for key, value in pairs.pairs}


def _merge(into, pairs):
    """Replaces and adds pairs; a key that is there already stays, though it may be the same only."""
    for name, (key, value) in _dict(pairs).items():
        into[name] = (into.get(name, (key, None))[0], value)


# Salvage (recording.md §11)

_START = bytes.fromhex("1f8b08060000000000ff")


@dataclass
class Salvaged:
    """What is readable of a damaged recording: its frames, and the ranges of bytes that are lost."""

    frames: list
    lost: List[Tuple[int, int]]


def salvage(data) -> Salvaged:
    """What is readable of a file (recording.md §11)."""
    plain = _whole_plain(data)
    if plain is not None:
        return plain
    offset = sound = events = 0  # `sound` is the end of the last sound member, `events` how many it says are before that
    frames, lost, has_data = [], [], False

    def declared_end(offset):
        try:
            return member_at(data, offset, of_reel=True).end
        except ReelError:
            return None

    while offset < len(data):
        found = []
        try:
            member = member_at(data, offset, of_reel=True)
            content = member_content(data, member)
            if member.kind == DATA:
                first = member.fields["firstEvent"]
                if first < events:
                    raise ReelError("malformedMember", offset, "a member that goes back")
                holds_header = bool(member.fields["flags"] & 2)
                if holds_header and first > 0:
                    raise ReelError("malformedMember", offset, "a header after events")
                session = Session(first, partial=not holds_header)
                session.is_started = not holds_header
                for frame in data_frames(member, content, session, checks_fields=False):
                    found.append(frame)
                events = first + member.fields["eventCount"]
            elif member.kind == INDEX:
                read_index(member, content)
        except ReelError:
            if any(not isinstance(frame, Unknown) for frame in found):
                # The checksum vouches for the frames before the one that is not sound. The member is lost all the same.
                if offset > sound:
                    lost.append((sound, offset))
                frames, has_data, sound = frames + found, True, offset
                events = first + member.fields["eventCount"]
            end = declared_end(offset)
            if end is not None and (end == len(data) or end < len(data) and declared_end(end) is not None):
                offset = end
            else:
                offset = data.find(_START, offset + 1) if len(data) else -1
                offset = len(data) if offset < 0 else offset
            continue
        if offset > sound:
            lost.append((sound, offset))
        frames, has_data = frames + found, has_data or member.kind == DATA
        offset = sound = member.end
    if not has_data:
        return _salvage_plain(data)[0]
    if sound < len(data):
        lost.append((sound, len(data)))
    if not any(isinstance(frame, Header) for frame in frames):
        frames.insert(0, Header((1, 0), Map([])))
    return Salvaged(frames, lost)


def _whole_plain(data):
    """What a plain recording holds that is whole, or has just been cut; None of anything else."""
    try:
        if form(data) not in ("gzip", "bare"):
            return None
        salvaged, error = _salvage_plain(data)
    except ReelError:
        return None
    return salvaged if error is None or error.kind == "truncated" else None


def _salvage_plain(data):
    """What can be read of a file from its start on, and the error that ends it."""
    kind = "gzip" if data[:1] == b"\x1f" else "bare"
    if kind == "bare":
        form(data)
    session, frames = Session(), []
    try:
        for frame in plain_frames(data, kind, session, any_fields=True):
            frames.append(frame)
    except ReelError as error:
        if session.header is None:
            raise
        return Salvaged(frames, [(error.offset, len(data))]), error
    return Salvaged(frames, []), None


# Files of PhoenixReplay (phoenix-replay.md)


def phoenix_replay(data) -> list:
    """The frames of the recording that a file of PhoenixReplay becomes; of one that is torn, of what is there."""
    if data[:4] == b"PRF1":
        fields, events = _parts(data)
    else:
        term = _torn_term(data)
        if not isinstance(term, Map) or not isinstance(term.get(EVENTS), list):
            raise ReelError("notARecording", 0, "something without events is another file")
        fields, events = term, term.get(EVENTS)
        events = [_tuple(part) if isinstance(part, Map) else part for part in events]
    try:
        events = [event(part, index) for index, part in enumerate(events)]
    except ValueError as error:
        raise ReelError("malformedFrame", 0, str(error)) from None
    header = Header((1, 0), Map(pair for pair in fields.pairs if pair[0] != EVENTS))
    if not all(isinstance(key, Atom) for key, _ in header.fields.pairs):
        raise ReelError("notARecording", 0, "a field whose name is no atom")
    return [header, *events, summary(events)]


def _tuple(struct):
    """The event that a struct becomes."""
    if not isinstance(struct, Map) or None in (struct.get("at"), struct.get("type"), struct.get("data")):
        raise ReelError("malformedFrame", 0, "an event lacks its time, its type or its data")
    known = (STRUCT, "at", "type", "data")
    more = [pair for pair in struct.pairs if not (isinstance(pair[0], Atom) and pair[0] in known)]
    return tuple(struct.get(name) for name in known[1:]) + ((Map(more),) if more else ())


def _torn_term(data):
    """The term in a map or recording file; of one that is cut or damaged, the pairs of its map that are there."""
    content, damage, zipped = bytes(data), None, data[:2] == b"\x1f\x8b"
    if zipped:
        content, damage = _content(gzip_pieces(data), limits.content)
    elif content[:2] == b"\x83\x50":
        content, damage = _content(_stream(content), limits.content)
    if content[:2] != b"\x83\x74"[: len(content)] or len(content) < 2 and not (damage or zipped and content):
        raise ReelError("notARecording", 0, "a term that is no map, or none")
    return _torn_map(content, damage)


def _torn_map(content, damage):
    """The pairs of the map, up to what is wrong with it first, in the order of the bytes."""
    parser, pairs, events, names = _Parser(content, 2, sorting=True, outside=2), [], [], set()
    try:
        for _ in range(parser.unsigned(4)):
            key = parser.term()
            if key != EVENTS:
                pairs.append((key, parser.term()))
                if not isinstance(key, Atom):
                    raise ReelError("notARecording", 0, "a field whose name is no atom")
            if key in names:
                raise ReelError("malformedTerm", 0, "a map that names a key twice")
            names.add(key)
            if key == EVENTS:
                _torn_list(parser, events, 3)
                if parser.tag != 106:
                    raise ReelError("notARecording", 0, "events that are no proper list")
                parser.outside = 2
    except ReelError as error:
        if error.kind in ("notARecording", "malformedTerm"):
            raise
        if not pairs and not events:
            # What is wrong comes before where the bytes end.
            raise damage if damage and error.kind == "truncated" else _of_file(error)
        return Map([*pairs, (EVENTS, events)])
    if EVENTS not in names:
        raise ReelError("notARecording", 0, "a map without events")
    if damage and damage.kind in ("checksum", "malformedMember", "malformedTerm"):
        raise damage
    return Map([*pairs, (EVENTS, events)])


def _torn_list(parser, elements, outside):
    """Reads the elements of a list one by one, so that those before an error are there. Its tail may be a list, too."""
    parser.outside = outside
    while parser.next_tag() == 108:
        for _ in range(parser.unsigned(4)):
            elements.append(parser.term())


def _content(pieces, limit):
    """What comes in pieces, and the error that ends it."""
    content = bytearray()
    try:
        for _, piece in pieces:
            content += piece
            if len(content) > limit:
                raise ReelError("limitExceeded", 0, "the content is too long")
    except ReelError as error:
        return bytes(content), ReelError(error.kind, 0, error.what)
    return bytes(content), None


def _stream(data):
    """A 131, and what a compressed term inflates to, in pieces as those of gzip. What it declares counts for nothing."""
    yield 0, b"\x83"
    zipped, rest = zlib.decompressobj(), data[6:]
    while not zipped.eof:
        before = zipped.copy()
        try:
            piece = zipped.decompress(rest, 1 << 20)
        except zlib.error as error:
            yield from ((0, piece) for piece in _up_to_damage(before, rest))
            raise ReelError("malformedTerm", 0, str(error)) from None
        yield 0, piece
        rest = zipped.unconsumed_tail
        if not zipped.eof and not rest and not piece:
            raise ReelError("truncated", 0, "a compressed term is cut")


def _of_file(error):
    """An error in a term as one of the file: what is wrong in these files is at 0."""
    kind = error.kind if error.kind in ("limitExceeded", "truncated") else "malformedTerm"
    return ReelError(kind, 0, error.what)


def _part(raw):
    """The fields of a frame's header, or None, and the elements of its list that are whole."""
    fields, elements = None, []
    if raw[1:3] != b"h\2":
        return fields, elements
    parser = _Parser(raw, 3, sorting=True, outside=1)
    try:
        fields = parser.term()
        if isinstance(fields, Map):
            _torn_list(parser, elements, 2)
    except ReelError:
        pass  # what is there counts
    return fields if isinstance(fields, Map) else None, elements


def _parts(data):
    """The fields and events of a .part file (phoenix-replay.md §4)."""
    position, fields, numbered = 0, None, []
    while position + 12 <= len(data) and data[position : position + 4] == b"PRF1":
        length, crc = struct.unpack(">II", data[position + 4 : position + 12])
        raw = bytes(data[position + 12 : position + 12 + length])
        position += 12 + length
        if len(raw) == length and zlib.crc32(raw) != crc:
            continue
        raw, damage = _content(_stream(raw), limits.term) if raw[:2] == b"\x83\x50" else (raw, None)
        if damage and damage.kind == "limitExceeded":
            continue
        latest, elements = _part(raw)
        fields = latest or fields
        numbered += elements
    if fields is None:
        raise ReelError("truncated", 0, "no frame can be read")
    if not all(isinstance(part, tuple) and len(part) == 2 and isinstance(part[0], int) for part in numbered):
        raise ReelError("malformedFrame", 0, "an event without a number")
    return fields, [_tuple(part[1]) for part in sorted(numbered, key=lambda part: part[0])]


def summary(events) -> Finish:
    """The finish frame of a recording that has been imported (recording.md §6.5)."""
    kinds, names, errors = Counter(event.kind for event in events), Counter(), 0
    for event in events:
        payload = by_name(event.payload)
        name, level = (v if isinstance(v, Atom) else text_of(v) for v in map(payload.get, ("name", "level")))
        if event.kind == "event" and name is not None and (name in names or len(names) < 1024):
            names[str(name)] += 1
        errors += event.kind == "exit"
        errors += event.kind == "log" and level in ("error", "critical", "alert", "emergency")
        errors += event.kind == "telemetry" and payload.get("error", NIL) != NIL
    duration = max((event.offset for event in events), default=0)
    names = Map((name.encode(), count) for name, count in names.items())
    return Finish(len(events), duration, Map(kinds.items()), names, errors, Atom("imported"))


# Documents and lines (json.md §2)


def header_text(fields, mapping, *taken) -> str:
    """The header's fields as pairs of an object, without its braces."""
    keys, pairs = Keys(*taken), []
    for key, value in fields.ordered:
        printed = mapping is plain and key in ("view", STRUCT) and isinstance(value, Atom) and value != NIL
        pairs.append(keys.text(key) + ":" + (quote(elixir(value)) if printed else mapping(value)))
    return ",".join(pairs)


def event_text(event, mapping) -> str:
    text = f'{{"offset":{event.offset},"type":{quote(event.kind)},"payload":{mapping(event.payload)}'
    return text + (f',"extra":[{",".join(map(mapping, event.extra))}]' if event.extra else "") + "}"


def document(frames, mapping=plain, lost=None) -> Iterator[str]:
    """A recording as one JSON document, in pieces; `lost` is what salvage says."""
    start, header = "", None
    for frame in frames:
        if isinstance(frame, Header) and not header:
            header = frame  # of two that salvage finds the first one counts
            head = header_text(frame.fields, mapping, "events", *(["lost"] if lost is not None else []))
            yield "{" + head + ("," if head else "") + '"events":['
        elif isinstance(frame, Event):
            yield start + event_text(frame, mapping)
            start = ","
    yield "]" + (f',"lost":{json.dumps(lost)}' if lost is not None else "") + "}"


def lines(frames, mapping=plain) -> Iterator[str]:
    """A recording as lines: the header, each event, and the summary when the recording is finished."""
    finish = None
    for frame in frames:
        if isinstance(frame, Header):
            yield "{" + header_text(frame.fields, mapping, "events") + "}"
        elif isinstance(frame, Event):
            yield event_text(frame, mapping)
        elif isinstance(frame, Finish):
            finish = frame
    if finish and getattr(frames, "finished", True):
        kinds = ",".join(f"{quote(kind)}:{count}" for kind, count in finish.kinds.pairs)
        counts = f'"events":{finish.events},"kinds":{{{kinds}}},"names":{plain(finish.names)}'
        summary = f'"duration":{finish.duration},"errors":{finish.errors},{counts},"reason":{quote(finish.reason)}'
        yield f'{{"summary":{{{summary}}}}}'


def read(path: Union[str, "os.PathLike[str]"]) -> Any:
    """The frames of a recording or a file of PhoenixReplay."""
    data = open_data(path)
    if is_document(data):
        return json_document(data)
    return phoenix_replay(data) if form(data) == "phoenix-replay" else Recording(data)


class Events:
    """The events of a recording, in their order. All of it is checked on the way: an error comes where it stands."""

    def __init__(self, path: Union[str, "os.PathLike[str]"]):
        self._frames = read(path)
        self.header: Header = next(iter(self._frames))
        self.summary: Optional[Finish] = None
        """What the finish frame says, once all events have been read."""

    def __iter__(self) -> Iterator[Event]:
        for frame in self._frames:
            if isinstance(frame, Event):
                yield frame
            elif isinstance(frame, Finish):
                self.summary = frame


def open(path: Union[str, "os.PathLike[str]"]) -> Events:
    """The events of a recording or a file of PhoenixReplay; `-` is standard input.

    Raises ReelError when it is neither.
    """
    return Events(path)


def main() -> None:
    parser = argparse.ArgumentParser(prog="reel", description="Writes a recording, or a file of PhoenixReplay, as JSON lines.")
    parser.add_argument("file", help="the file; - is standard input")
    parser.add_argument("--document", action="store_true", help="write one JSON document")
    parser.add_argument("--tagged", action="store_true", help="use the tagged mapping, which loses nothing")
    parser.add_argument("--salvage", action="store_true", help="write what is readable of a damaged recording")
    options = parser.parse_args()
    mapping, lost = tagged if options.tagged else plain, None
    write = sys.stdout.buffer.write
    try:
        if options.salvage:
            salvaged = salvage(open_data(options.file))
            frames, lost = salvaged.frames, salvaged.lost
            for start, end in lost:
                print(f"{options.file}: bytes {start} to {end} are lost", file=sys.stderr)
        else:
            frames = read(options.file)
        if options.document:
            for piece in document(frames, mapping, lost):
                write(piece.encode())
            write(b"\n")
        else:
            for line in lines(frames, mapping):
                write(line.encode() + b"\n")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (ReelError, OSError) as error:
        sys.stdout.flush()
        sys.exit(f"{options.file}: {error}")


from .from_json import is_document, json_document  # noqa: E402 - it needs what is above
