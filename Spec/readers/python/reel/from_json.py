"""JSON as terms (json.md §5): any JSON, tagged JSON, and documents that become recordings."""

import base64
import math
import re
from decimal import Decimal
from typing import Any, List

from . import (
    EVENTS, FALSE, NIL, STRUCT, TRUE, Atom, Bits, Closure, Event, Export, Header, Improper, Local, Map, Pid, Port, Record,
    ReelError, Reference, gzip_pieces, limits, summary,
)

TEXT, NESTING, DIGITS = 1 << 30, 4096, 78_914  # the limits of json.md §5


# Terms from JSON (json.md §5)


class Text(bytes):
    """A string of JSON: the binary that it stands for, and what a tag takes for text."""


class Object(Map):
    """An object of JSON without a tag: the map that it stands for, and what a tag takes for its fields."""


class Tail:
    """What ends the array of an improper list."""

    def __init__(self, term):
        self.term = term


class Container:
    """An array or object that is open: what is in it so far, and how many terms enclose that."""

    def __init__(self, start, closing, inner):
        self.start, self.closing, self.inner, self.parts, self.keys = start, closing, inner, [], set()
        self.tails = []  # of an array: each tail's place and offset


# How many of the arrays and objects of a tag are no terms, where that is not one.
DEPTHS = {b"$map": 2, b"$closure": 2, b"$record": 3, b"$pid": 2, b"$port": 2, b"$ref": 3, b"$fun": 2}


class JSONReader:
    """A strict parser of JSON that makes terms while it reads, with or without tags. It does not recurse."""

    SPACE = re.compile(rb"[ \t\n\r]*")
    CHARACTERS = re.compile(rb'[^"\\\x00-\x1f]*')
    DIGITS = re.compile(rb"[0-9]*")
    ESCAPE = re.compile(rb'\\(?:(["\\/bfnrt])|u([0-9a-fA-F]{4}))')
    CUT_ESCAPE = re.compile(rb"\\(u[0-9a-fA-F]{0,3})?")
    SHORT = dict(zip((bytes([c]) for c in b'"\\/bfnrt'), (bytes([c]) for c in b'"\\/\b\f\n\r\t')))
    WORDS = {b"true": TRUE, b"false": FALSE, b"null": NIL}

    def __init__(self, text, tags):
        self.text, self.tags, self.at = text, tags, 0

    def fail(self, kind, offset, what):
        raise ReelError(kind, offset, what) from None

    def peek(self):
        """The next character that is no white space, or 0 at the end."""
        self.at = self.SPACE.match(self.text, self.at).end()
        return self.text[self.at] if self.at < len(self.text) else 0

    def stuck(self, what):
        at_end = self.at >= len(self.text)
        self.fail("truncated" if at_end else "malformed", self.at, what)

    def expect(self, characters):
        if self.peek() not in characters:
            self.stuck(f"not one of {characters.decode()}")
        self.at += 1
        return self.text[self.at - 1]

    def read(self):
        """The term of the whole text."""
        if len(self.text) > TEXT:
            self.fail("limitExceeded", 0, "the text is too long")
        self.peek()
        start, value = self.at, self.value()
        if isinstance(value, Tail):
            self.fail("meaningless", start, "$tail outside of an array")
        self.end()
        return value

    def end(self):
        if self.peek() or self.at < len(self.text):
            self.fail("trailingBytes", self.at, "something after the value")

    def value(self, nesting=NESTING):
        """The term of the next value, whose arrays and objects nest no deeper than that."""
        containers = []
        while True:
            first, start, inner = self.peek(), self.at, containers[-1].inner if containers else 0
            if inner > limits.depth or first in b"[{" and len(containers) >= nesting:
                self.fail("limitExceeded", start, "values nest too deep")
            if first in b"[{":
                self.at += 1
                containers.append(Container(start, b"]}"[first == 0x7B], inner + 1))
                if self.peek() != containers[-1].closing:
                    self.key(containers[-1])
                    continue
                self.at += 1
                value = self.close(containers.pop())
            else:
                value = self.scalar(first)
            while containers:
                top = containers[-1]
                self.add(top, value, start)
                if self.expect(bytes((0x2C, top.closing))) != top.closing:
                    self.key(top)
                    break
                start, value = top.start, self.close(containers.pop())
            else:
                return value

    def key(self, container):
        """The key of the next value, in an object."""
        if container.closing == 0x7D:
            if self.peek() != 0x22:
                self.stuck("no key")
            start, key = self.at, self.string()
            if key in container.keys:
                self.fail("duplicateKey", start, "an object names a key twice")
            if self.tags and not container.keys and key[:1] == b"$":
                container.inner -= DEPTHS.get(key, 1)
            container.keys.add(key)
            container.parts.append(key)
            self.expect(b":")

    def add(self, container, value, start):
        if isinstance(value, Local) or isinstance(value, Tail) and container.closing != 0x5D:
            self.fail("meaningless", start, "$local inside of a term, or $tail outside of a list")
        if isinstance(value, Tail):
            container.tails.append((len(container.parts), start))
        container.parts.append(value)

    def close(self, container):
        """The term of a container that is complete."""
        parts, keys = container.parts, container.keys
        if container.closing == 0x5D:
            for place, start in container.tails:
                if place == 0 or place + 1 < len(parts):
                    self.fail("meaningless", start, "$tail that does not end a list")
            tail = parts.pop().term if parts and isinstance(parts[-1], Tail) else []
            if isinstance(tail, list):
                return parts + tail
            if isinstance(tail, Improper):
                return Improper(parts + tail.elements, tail.tail)
            return Improper(parts, tail)
        if not self.tags or not any(key[:1] == b"$" for key in keys):
            return Object(zip(parts[::2], parts[1::2]))
        try:
            return tagged_term(parts[0].decode(), parts[1], dict(zip(parts[2::2], parts[3::2])))
        except (LookupError, ValueError, TypeError, AttributeError, OverflowError):
            self.fail("meaningless", container.start, "this stands for no term")

    def scalar(self, first):
        start = self.at
        if first == 0x22:
            return self.string()
        if first in b"-0123456789":
            return self.number()
        rest = self.text[start : start + 5]
        for word, atom in self.WORDS.items():
            if rest.startswith(word):
                self.at += len(word)
                return atom
            if word.startswith(rest):
                self.fail("truncated", len(self.text), "a word is cut")
        self.fail("malformed", start, "no value")

    def number(self):
        start, is_float = self.at, False
        self.at += self.text[start : start + 1] == b"-"
        first = self.at
        if len(self.digits(start)) > 1 and self.text[first : first + 1] == b"0":
            self.fail("malformed", start, "a zero in front of other digits")
        if self.text[self.at : self.at + 1] == b".":
            self.at, is_float = self.at + 1, True
            self.digits(start)
        if self.text[self.at : self.at + 1] in (b"e", b"E"):
            self.at, is_float = self.at + 1, True
            self.at += self.text[self.at : self.at + 1] in (b"+", b"-")
            self.digits(start)
        value = math.inf
        if self.at - first <= DIGITS:
            raw = bytes(self.text[start : self.at])
            value = float(raw) if is_float else int(Decimal(raw.decode()))
        if value in (math.inf, -math.inf):
            self.fail("limitExceeded", start, "a number that is too large")
        return value

    def digits(self, start):
        """The digits that have to be here, in a number that starts there."""
        digits = self.DIGITS.match(self.text, self.at)[0]
        self.at += len(digits)
        if not digits:
            at_end = self.at >= len(self.text)
            self.fail("truncated" if at_end else "malformed", self.at if at_end else start, "a number lacks a digit")
        return digits

    def string(self):
        start, pieces = self.at, []
        self.at += 1
        while True:
            run = self.CHARACTERS.match(self.text, self.at)[0]
            self.at += len(run)
            pieces.append(run)
            if self.text[self.at : self.at + 1] == b'"':
                self.at += 1
                break
            if self.text[self.at : self.at + 1] != b"\\":
                self.stuck("a string that does not end, or holds a control character")
            pieces.append(self.escape())
        text = Text(b"".join(pieces))
        try:
            text.decode()
        except UnicodeDecodeError:
            self.fail("malformedText", start, "text that is not UTF-8")
        return text

    def escape(self):
        """The bytes that an escape stands for, or two of a surrogate pair."""
        start, match = self.at, self.escape_match()
        if match[1]:
            return self.SHORT[match[1]]
        code = int(match[2], 16)
        if 0xD800 <= code < 0xDC00:
            follows = self.text[self.at : self.at + 2]
            if follows == b"\\u":
                low = int(self.escape_match()[2], 16)
                if 0xDC00 <= low < 0xE000:
                    return chr(0x10000 + (code - 0xD800 << 10) + low - 0xDC00).encode()
            elif follows in (b"", b"\\"):
                self.fail("truncated", len(self.text), "the second half of a pair is cut")
        if 0xD800 <= code < 0xE000:
            self.fail("malformedText", start, "half of a surrogate pair")
        return chr(code).encode()

    def escape_match(self):
        match = self.ESCAPE.match(self.text, self.at)
        if not match:
            cut = self.CUT_ESCAPE.fullmatch(self.text, self.at)
            self.fail("truncated" if cut else "malformed", len(self.text) if cut else self.at, "no escape")
        self.at = match.end()
        return match


# The tagged mapping (json.md §4)


def tagged_term(tag, body, more):
    """The term of an object with a tag. Whatever it raises but a ReelError means that there is none."""
    if more and (tag != "$bits" or set(more) != {b"size"}):
        raise ValueError("a key too many")
    return _bits(body, more[b"size"]) if tag == "$bits" else _TAGS[tag](body)


def _typed(value, kind):
    if type(value) is not kind:
        raise TypeError
    return value


def _atom(value):
    name = _typed(value, Text).decode()
    if len(name) > 255:
        raise ValueError
    return Atom(name)


def _raw(value):
    raw = base64.b64decode(_typed(value, Text), validate=True)
    if base64.b64encode(raw) != value:
        raise ValueError
    return raw


def _uint(value, bits=32):
    if not 0 <= _typed(value, int) < 1 << bits:
        raise ValueError
    return value


def _int32(value):
    return _uint(value + (1 << 31)) - (1 << 31)


def _bits(body, size):
    data, size = _raw(body), _uint(size)
    if size % 8 == 0 or len(data) != size // 8 + 1 or data[-1] & 0xFF >> size % 8:
        raise ValueError
    return Bits(data, size)


def _integer(value):
    sign, digits = re.fullmatch(r"(-?)0x([0-9a-fA-F]+)", _typed(value, Text).decode()).groups()
    if len(digits) > 2 * 4_194_296:
        raise ValueError
    return int(sign + digits, 16)


def _map(pairs):
    if any(len(_typed(pair, list)) != 2 for pair in _typed(pairs, list)):
        raise ValueError
    return Map(pairs)


def _fields(body, **kinds):
    """The fields of an object, which has to have these and no others."""
    found = {key.decode(): value for key, value in _typed(body, Object).pairs}
    if set(found) != set(kinds):
        raise ValueError
    return [read(found[name]) for name, read in kinds.items()]


def _words(value):
    if not 1 <= len(_typed(value, list)) <= 5:
        raise ValueError
    return tuple(map(_uint, value))


def _uniq(value):
    raw = _raw(value)
    if len(raw) != 16:
        raise ValueError
    return raw


def _free(value):
    if len(_typed(value, list)) > 255:
        raise ValueError
    return value


def _pid(body):
    return Pid(*_fields(body, node=_atom, number=_uint, serial=_uint, creation=_uint))


def _closure(body):
    fields = dict(module=_atom, arity=lambda v: _uint(v, 8), index=_uint, uniq=_uniq, old_index=_int32, old_uniq=_int32)
    return Closure(*_fields(body, **fields, creator=_pid, free=_free))


def _fields_of_record(pairs):
    fields = tuple((_atom(name), value) for name, value in (_typed(pair, list) for pair in _typed(pairs, list)))
    if len({name for name, _ in fields}) < len(fields):
        raise ValueError
    return fields


def _record(body):
    kinds = dict(module=_atom, name=_atom, exported=lambda value: {TRUE: True, FALSE: False}[value])
    return Record(*_fields(body, **kinds, fields=_fields_of_record))


_TAGS = {
    "$atom": _atom,
    "$integer": _integer,
    "$binary": _raw,
    "$tail": Tail,
    "$tuple": lambda body: tuple(_typed(body, list)),
    "$map": _map,
    "$pid": _pid,
    "$port": lambda body: Port(*_fields(body, node=_atom, number=lambda value: _uint(value, 64), creation=_uint)),
    "$ref": lambda body: Reference(*_fields(body, node=_atom, creation=_uint, words=_words)),
    "$fun": lambda body: Export(*_fields(body, module=_atom, function=_atom, arity=_uint)),
    "$closure": _closure,
    "$record": _record,
    "$local": lambda body: Local(_raw(body)),
}


# Documents to recordings (json.md §5.3)

_MODULE = re.compile(rb"[A-Z][A-Za-z0-9_]*(\.[A-Z][A-Za-z0-9_]*)*")
_KINDS = {"malformed": "malformedTerm", "malformedText": "malformedTerm", "duplicateKey": "malformedTerm", "trailingBytes": "trailingData"}


def is_document(data) -> bool:
    """Whether a file starts like a JSON object, bare or in gzip."""
    try:
        head = data[:65536] if data[:2] != b"\x1f\x8b" else _unzipped(data, 65536)[0]
    except ReelError:
        return False
    return bytes(head[:65536]).lstrip(b" \t\r\n")[:1] == b"{"


def json_document(data) -> List[Any]:
    """The frames of the recording that a document becomes; of one that is torn, of what is there."""
    text, torn = _unzipped(data) if data[:2] == b"\x1f\x8b" else (bytes(data), None)
    fields: List[Any] = []
    events: List[Event] = []
    try:
        try:
            has_events = _walk_document(JSONReader(text, tags=False), fields, events)
        except ReelError as error:
            raise torn if torn and error.offset == len(text) else error
        if torn:
            raise torn
        if not has_events:
            raise ReelError("notARecording", 0, "an object without events")
    except ReelError as error:
        if not events or error.kind in ("notARecording", "malformedFrame"):
            raise ReelError(_KINDS.get(error.kind, error.kind), error.offset, error.what) from None
    return [Header((1, 0), Map(Map(fields).ordered)), *events, summary(events)]


def _unzipped(data, length=None):
    """What gzip holds, or at least so much of it, and the error that ends it."""
    content = bytearray()
    try:
        for _, piece in gzip_pieces(data):
            content += piece
            if length is not None and len(content) >= length:
                break
            if len(content) > limits.content:
                raise ReelError("limitExceeded", 0, "the content is too long")
    except ReelError as error:
        return bytes(content), error
    return bytes(content), None


def _walk_document(reader, fields, events):
    """Adds what a document holds to `fields` and `events`, up to its end or the first error. Whether there were events."""
    if reader.peek() != 0x7B:
        if reader.at >= len(reader.text):
            reader.stuck("no document")
        reader.fail("notARecording", 0, "no object")
    reader.at += 1
    object = Container(0, 0x7D, 0)
    more = reader.peek() != 0x7D
    reader.at += not more
    while more:
        reader.key(object)
        key = object.parts[-1].decode()
        if len(key) > 255:
            reader.fail("notARecording", 0, "a field whose name is too long for an atom")
        if key == EVENTS:
            _walk_events(reader, events)
        else:
            fields.append((Atom(key), _field(key, _bounded(reader, 1021))))
        more = reader.expect(b",}") == 0x2C
    reader.end()
    return b"events" in object.keys


def _field(key, value):
    is_module = key in ("view", STRUCT) and type(value) is Text and _MODULE.fullmatch(value) and len(value) <= 248
    return Atom("Elixir." + value.decode()) if is_module else value


def _walk_events(reader, events):
    if reader.peek() != 0x5B:
        if reader.at >= len(reader.text):
            reader.stuck("no events")
        reader.fail("notARecording", 0, "events that are no array")
    reader.at += 1
    more = reader.peek() != 0x5D
    reader.at += not more
    while more:
        reader.peek()
        start, value = reader.at, _bounded(reader, 1022)
        event = _event(value, len(events))
        if event is None:
            reader.fail("malformedFrame", start, "an event without offset, type or payload")
        events.append(event)
        more = reader.expect(b",]") == 0x2C


def _event(value, index):
    """The event that an object stands for, or None."""
    found = dict(value.pairs) if type(value) is Object else {}
    offset, kind, extra = found.get(b"offset"), found.get(b"type"), found.get(b"extra", ())
    if type(offset) is not int or not 0 <= offset < 1 << 63 or b"payload" not in found:
        return None
    if type(kind) is not Text or len(kind.decode()) > 255:
        return None
    return Event(index, offset, Atom(kind.decode()), found[b"payload"], tuple(extra) if type(extra) is list else ())


def _bounded(reader, nesting):
    """The next value, whose text is no longer than a frame may be."""
    reader.peek()
    start, value = reader.at, reader.value(nesting)
    if reader.at - start > limits.frame:
        reader.fail("limitExceeded", start, "a value of too many bytes")
    return value
