"""Terms of the External Term Format: a model, each form of each value, and the canonical form.

The model has one representation for each value of terms.md §2:

    integer            int                       float       float
    atom               Atom("ok")                binary      bytes, or str for its UTF-8
    tuple              tuple                     list        list
    improper list      improper([1, 2], 3)       map         Map([(key, value), ...]), in the order of the file
    bitstring          bits(b"\\xe0", 3)          pid         Pid(node, number, serial, creation)
    port               Port(node, number, creation)
    reference          Reference(node, creation, words)
    external function  External(module, function, arity)
    local function     Local(...)               record    Record(module, name, exported, [(name, value), ...])

Names of nodes, modules and functions are str. `True`, `False` and `None` of Python are refused: TRUE, FALSE and NIL
are the atoms.

A form is a function with the name of a tag: `small_big(b"\\x07")`, `latin1_atom("ok")`, `list_(elements, tail)`. What it
gives is a `Written`: the bytes without the 131, the value that they stand for, and the fields in the order in which a
reader meets them. Wherever a form takes a term, a value of the model will do, and is written in its canonical form.

    external(small_tuple(latin1_atom("ok"), 1))     the bytes of a file, 131 included
    canonical((Atom("ok"), 1))                      the canonical form, 131 included

Forms do not check: they write what they are told, so that wrong bytes can be written with them too.
"""

import functools
import struct
import sys
from dataclasses import dataclass

sys.setrecursionlimit(20_000)
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)


# The model


@dataclass(frozen=True)
class Atom:
    name: str


TRUE, FALSE, NIL = Atom("true"), Atom("false"), Atom("nil")


@dataclass(frozen=True)
class Improper:
    """One or more terms and a tail that is no list. Made by `improper`, which joins what is a list after all."""

    elements: tuple
    tail: object


@dataclass(frozen=True)
class Map:
    """Pairs of a key and a value, in the order in which they stand in the file."""

    pairs: tuple

    def __init__(self, pairs=()):
        object.__setattr__(self, "pairs", tuple(tuple(pair) for pair in pairs))


@dataclass(frozen=True)
class Bits:
    """`count` bits, no multiple of 8, the others of the last byte zero. Made by `bits`."""

    data: bytes
    count: int


@dataclass(frozen=True)
class Pid:
    node: str
    number: int
    serial: int
    creation: int


@dataclass(frozen=True)
class Port:
    node: str
    number: int
    creation: int


@dataclass(frozen=True)
class Reference:
    node: str
    creation: int
    words: tuple


@dataclass(frozen=True)
class External:
    """An external function."""

    module: str
    function: str
    arity: int


@dataclass(frozen=True)
class Record:
    """A native record: pairs of a field's name, str, and its value, in the order in which they were defined."""

    module: str
    name: str
    exported: bool
    fields: tuple

    def __init__(self, module, name, exported, fields=()):
        object.__setattr__(self, "module", module)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "exported", exported)
        object.__setattr__(self, "fields", tuple(tuple(field) for field in fields))


@dataclass(frozen=True)
class Local:
    """A local function."""

    module: str
    arity: int
    index: int
    uniq: bytes
    old_index: int
    old_uniq: int
    creator: Pid
    free: tuple = ()


def improper(elements, tail):
    """The list that has these elements and goes on with this tail, whatever the tail is."""
    elements = list(elements)
    if not elements:
        return tail
    if isinstance(tail, list):
        return elements + tail
    if isinstance(tail, Improper):
        return Improper(tuple(elements) + tail.elements, tail.tail)
    return Improper(tuple(elements), tail)


def bits(data, count):
    """The first `count` bits: a binary when they are whole bytes."""
    data = bytes(data[: (count + 7) // 8])
    unused = -count % 8
    if unused == 0:
        return data
    return Bits(data[:-1] + bytes([data[-1] >> unused << unused]), count)


# What a form writes


@dataclass(frozen=True)
class Written:
    """Bytes of a term without its 131, the value, and its parts in reading order.

    A part is a field, as `(offset, length)`, or a term inside, as `(offset, Written)`. A count stands there twice: as the number that it is, and as a field of as many bytes as it asks for, right where
    what it counts starts. So the first field that is not all there is the one that a reader reports (terms.md §8).
    """

    data: bytes
    value: object
    parts: tuple

    def fields(self, base=0):
        """All fields, those of the terms inside as well."""
        for offset, part in self.parts:
            if isinstance(part, Written):
                yield from part.fields(base + offset)
            else:
                yield base + offset, part


class _Writer:
    def __init__(self, tag):
        self.data = bytearray()
        self.parts = []
        self.raw(bytes([tag]))

    def raw(self, data):
        """One field."""
        self.parts.append((len(self.data), len(data)))
        self.data += data
        return self

    def u8(self, value):
        return self.raw(struct.pack(">B", value))

    def u16(self, value):
        return self.raw(struct.pack(">H", value))

    def u32(self, value):
        return self.raw(struct.pack(">I", value & 0xFFFFFFFF))

    def u64(self, value):
        return self.raw(struct.pack(">Q", value))

    def asks(self, length):
        """What is counted starts here, and takes so many bytes at least."""
        self.parts.append((len(self.data), length))
        return self

    def term(self, written):
        self.parts.append((len(self.data), written))
        self.data += written.data
        return self

    def done(self, value):
        return Written(bytes(self.data), value, tuple(self.parts))


def raw(data, value=None):
    """Any bytes where a term belongs: one field."""
    return Written(bytes(data), value, ((0, len(data)),))


def truncation(written, length):
    """The offset of `truncated`, counted from the 131, of the first `length` bytes of a file with this term."""
    if length < 2:
        return length
    for offset, size in written.fields():
        if 1 + offset + size > length:
            return 1 + offset
    raise ValueError("nothing is cut")


# Forms: integers


def small_integer(value):
    return _Writer(97).u8(value).done(value)


def integer(value):
    return _Writer(98).u32(value).done(value)


def small_big(magnitude, sign=0):
    """`magnitude` is bytes, the least significant one first."""
    value = int.from_bytes(magnitude, "little")
    return _Writer(110).u8(len(magnitude)).u8(sign).raw(magnitude).done(-value if sign else value)


def large_big(magnitude, sign=0):
    value = int.from_bytes(magnitude, "little")
    return _Writer(111).u32(len(magnitude)).u8(sign).raw(magnitude).done(-value if sign else value)


# Forms: floats


def new_float(value):
    """A float, or the eight bytes of one."""
    data = value if isinstance(value, bytes) else struct.pack(">d", value)
    return _Writer(70).raw(data).done(struct.unpack(">d", data)[0])


def float_text(text, value=None, rest=b""):
    """FLOAT: the text, a zero byte unless it takes all 31, and what follows that."""
    data = text if isinstance(text, bytes) else text.encode("ascii")
    if len(data) < 31:
        data += b"\0"
    data = (data + rest).ljust(31, b"\0")[:31]
    if value is None and not isinstance(text, bytes):
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            value = None
    return _Writer(99).raw(data).done(value)


# Forms: atoms


def latin1_atom(name):
    """ATOM."""
    data = name if isinstance(name, bytes) else name.encode("latin-1")
    return _Writer(100).u16(len(data)).raw(data).done(Atom(data.decode("latin-1")))


def small_latin1_atom(name):
    """SMALL_ATOM."""
    data = name if isinstance(name, bytes) else name.encode("latin-1")
    return _Writer(115).u8(len(data)).raw(data).done(Atom(data.decode("latin-1")))


def utf8_atom(name):
    """ATOM_UTF8."""
    data = name if isinstance(name, bytes) else name.encode()
    return _Writer(118).u16(len(data)).raw(data).done(Atom(data.decode("utf-8", "replace")))


def small_utf8_atom(name):
    """SMALL_ATOM_UTF8."""
    data = name if isinstance(name, bytes) else name.encode()
    return _Writer(119).u8(len(data)).raw(data).done(Atom(data.decode("utf-8", "replace")))


# Forms: tuples, lists, maps


def small_tuple(*elements, count=None):
    return _elements(_Writer(104).u8(len(elements) if count is None else count), elements, count)


def large_tuple(*elements, count=None):
    return _elements(_Writer(105).u32(len(elements) if count is None else count), elements, count)


def _elements(writer, elements, count):
    writer.asks(len(elements) if count is None else count)
    written = [write(element) for element in elements]
    for element in written:
        writer.term(element)
    return writer.done(tuple(element.value for element in written))


def nil():
    return _Writer(106).done([])


def string(data, count=None):
    data = bytes(data)
    return _Writer(107).u16(len(data) if count is None else count).raw(data).done(list(data))


def list_(elements, tail=None, count=None):
    """LIST: `tail` is a term, and NIL when it is not given."""
    count = len(elements) if count is None else count
    written = [write(element) for element in elements]
    end = nil() if tail is None else write(tail)
    writer = _Writer(108).u32(count).asks(count)
    for element in written + [end]:
        writer.term(element)
    return writer.done(improper([element.value for element in written], end.value))


def map_(*pairs, count=None):
    count = len(pairs) if count is None else count
    written = [(write(key), write(value)) for key, value in pairs]
    writer = _Writer(116).u32(count).asks(2 * count)
    for key, value in written:
        writer.term(key).term(value)
    return writer.done(Map((key.value, value.value) for key, value in written))


# Forms: binaries and bitstrings


def binary(data, length=None):
    return _Writer(109).u32(len(data) if length is None else length).raw(data).done(bytes(data))


def bit_binary(data, last_bits, length=None):
    count = 8 * (len(data) - 1) + last_bits if data else 0
    value = bits(data, max(count, 0)) if 0 <= last_bits <= 8 else None
    return _Writer(77).u32(len(data) if length is None else length).u8(last_bits).raw(data).done(value)


# Forms: pids, ports, references. `node` is a name or a term.


def _name(node):
    return write(Atom(node)) if isinstance(node, str) else write(node)


def _text(written):
    return written.value.name if isinstance(written.value, Atom) else None


def pid(node, number, serial, creation):
    node = _name(node)
    value = Pid(_text(node), number, serial, creation)
    return _Writer(103).term(node).u32(number).u32(serial).u8(creation).done(value)


def new_pid(node, number, serial, creation):
    node = _name(node)
    value = Pid(_text(node), number, serial, creation)
    return _Writer(88).term(node).u32(number).u32(serial).u32(creation).done(value)


def port(node, number, creation):
    node = _name(node)
    return _Writer(102).term(node).u32(number).u8(creation).done(Port(_text(node), number, creation))


def new_port(node, number, creation):
    node = _name(node)
    return _Writer(89).term(node).u32(number).u32(creation).done(Port(_text(node), number, creation))


def v4_port(node, number, creation):
    node = _name(node)
    return _Writer(120).term(node).u64(number).u32(creation).done(Port(_text(node), number, creation))


def reference(node, word, creation):
    node = _name(node)
    return _Writer(101).term(node).u32(word).u8(creation).done(Reference(_text(node), creation, (word,)))


def new_reference(node, creation, words, count=None):
    node = _name(node)
    writer = _Writer(114).u16(len(words) if count is None else count).term(node).u8(creation)
    writer.raw(b"".join(struct.pack(">I", word) for word in words))
    return writer.done(Reference(_text(node), creation, tuple(words)))


def newer_reference(node, creation, words, count=None):
    node = _name(node)
    writer = _Writer(90).u16(len(words) if count is None else count).term(node).u32(creation)
    writer.raw(b"".join(struct.pack(">I", word) for word in words))
    return writer.done(Reference(_text(node), creation, tuple(words)))


# Forms: functions


def export(module, function, arity):
    module, function, arity = _name(module), _name(function), write(arity)
    low = arity.value & 0xFFFFFFFF if isinstance(arity.value, int) else None
    return _Writer(113).term(module).term(function).term(arity).done(External(_text(module), _text(function), low))


def _signed(value):
    low = value & 0xFFFFFFFF
    return low - (1 << 32) if low >> 31 else low


def new_fun(module, arity, index, uniq, old_index, old_uniq, creator, free=(), size=None, count=None):
    """NEW_FUN: all but `arity`, `index`, `uniq` and `size` may be terms; `size` is filled in."""
    module, old_index, old_uniq, creator = _name(module), write(old_index), write(old_uniq), write(creator)
    written = [write(term) for term in free]
    count = len(written) if count is None else count
    writer = _Writer(112).u32(0 if size is None else size).u8(arity).raw(uniq).u32(index).u32(count)
    writer.term(module).term(old_index).term(old_uniq).term(creator).asks(count)
    for term in written:
        writer.term(term)
    if size is None:
        writer.data[1:5] = struct.pack(">I", len(writer.data) - 1)
    numbers = [old_index.value, old_uniq.value]
    value = None
    if all(isinstance(number, int) for number in numbers):
        value = Local(
            _text(module),
            arity,
            index,
            uniq,
            _signed(numbers[0]),
            _signed(numbers[1]),
            creator.value,
            tuple(term.value for term in written),
        )
    return writer.done(value)


# Forms: records


def record(module, name, fields=(), flags=1, count=None):
    """RECORD: the names of the fields may be terms, as may their values."""
    module, name = _name(module), _name(name)
    names, values = [_name(field) for field, _ in fields], [write(value) for _, value in fields]
    count = len(names) if count is None else count
    writer = _Writer(67).u32(count).u8(flags).term(module).term(name).asks(3 * count)
    for term in names + values:
        writer.term(term)
    pairs = [(_text(field), value.value) for field, value in zip(names, values)]
    return writer.done(Record(_text(module), _text(name), bool(flags & 1), pairs))


# The canonical form (terms.md §4)


def write(value):
    """The value in its canonical form; what a form has written already stays as it is."""
    if isinstance(value, Written):
        return value
    if value is None or isinstance(value, bool):
        raise TypeError("use NIL, TRUE and FALSE")
    return _WRITERS[type(value)](value)


def external(written, rest=b""):
    """The bytes of a file that holds this term."""
    return b"\x83" + write(written).data + rest


def canonical(value):
    """The canonical form of a value, or of the value that a form stands for, the 131 included."""
    return b"\x83" + write(value.value if isinstance(value, Written) else value).data


def magnitude(value):
    """The bytes of an integer without its sign, the least significant one first, no zero byte at the end."""
    value = abs(value)
    return value.to_bytes((value.bit_length() + 7) // 8, "little")


def _write_integer(value):
    if 0 <= value <= 255:
        return small_integer(value)
    if -(1 << 31) <= value < 1 << 31:
        return integer(value)
    data = magnitude(value)
    return (small_big if len(data) <= 255 else large_big)(data, 1 if value < 0 else 0)


def _write_atom(value):
    return (small_utf8_atom if len(value.name.encode()) <= 255 else utf8_atom)(value.name)


def _write_tuple(value):
    return (small_tuple if len(value) <= 255 else large_tuple)(*value)


def _write_list(value):
    if not value:
        return nil()
    if len(value) <= 65_535 and all(type(element) is int and 0 <= element <= 255 for element in value):
        return string(value)
    return list_(value)


def _write_map(value):
    return map_(*sorted(value.pairs, key=functools.cmp_to_key(lambda one, other: compare(one[0], other[0]))))


def _write_bits(value):
    return bit_binary(value.data, value.count % 8)


def _write_port(value):
    return (new_port if value.number < 1 << 28 else v4_port)(value.node, value.number, value.creation)


def _write_local(value):
    return new_fun(
        value.module,
        value.arity,
        value.index,
        value.uniq,
        value.old_index,
        value.old_uniq,
        value.creator,
        value.free,
    )


_WRITERS = {
    int: _write_integer,
    float: new_float,
    Atom: _write_atom,
    tuple: _write_tuple,
    list: _write_list,
    Improper: lambda value: list_(value.elements, value.tail),
    Map: _write_map,
    str: lambda value: binary(value.encode()),
    bytes: binary,
    Bits: _write_bits,
    Pid: lambda value: new_pid(value.node, value.number, value.serial, value.creation),
    Port: _write_port,
    Reference: lambda value: newer_reference(value.node, value.creation, value.words),
    External: lambda value: export(value.module, value.function, value.arity),
    Local: _write_local,
    Record: lambda value: record(value.module, value.name, value.fields, int(value.exported)),
}


# The order of terms (terms.md §5)


_KINDS = [int, float, Atom, Reference, Local, External, Port, Pid, tuple, Record, Map]


def _kind(value):
    if isinstance(value, list):
        return len(_KINDS) + (1 if value else 0)
    if isinstance(value, Improper):
        return len(_KINDS) + 1
    if isinstance(value, (str, bytes, Bits)):
        return len(_KINDS) + 2
    return _KINDS.index(type(value))


def _order(one, other):
    return (one > other) - (one < other)


def _first(*orders):
    for order in orders:
        if order:
            return order
    return 0


def _by_name(one, other):
    return _order(one.encode(), other.encode())


def _compare_each(ones, others):
    for one, other in zip(ones, others):
        order = compare(one, other)
        if order:
            return order
    return 0


def _compare_references(one, other):
    length = max(len(one.words), len(other.words))
    words = [tuple(reversed(each.words + (0,) * (length - len(each.words)))) for each in (one, other)]
    return _first(_by_name(one.node, other.node), _order(one.creation, other.creation), _order(*words))


def _compare_locals(one, other):
    return _first(
        _by_name(one.module, other.module),
        _order(one.index, other.index),
        _order(one.old_uniq, other.old_uniq),
        _order(len(one.free), len(other.free)),
        _compare_each(one.free, other.free),
    )


def _compare_externals(one, other):
    return _first(
        _by_name(one.module, other.module),
        _by_name(one.function, other.function),
        _order(one.arity, other.arity),
    )


def _compare_ports(one, other):
    return _first(
        _by_name(one.node, other.node),
        _order(one.creation, other.creation),
        _order(one.number, other.number),
    )


def _compare_pids(one, other):
    return _first(
        _order(one.serial, other.serial),
        _order(one.number, other.number),
        _by_name(one.node, other.node),
        _order(one.creation, other.creation),
    )


def _compare_maps(one, other):
    key = functools.cmp_to_key(lambda one, other: compare(one[0], other[0]))
    ones, others = sorted(one.pairs, key=key), sorted(other.pairs, key=key)
    return _first(
        _order(len(ones), len(others)),
        _compare_each([pair[0] for pair in ones], [pair[0] for pair in others]),
        _compare_each([pair[1] for pair in ones], [pair[1] for pair in others]),
    )


def _compare_records(one, other):
    ones, others = (sorted(each.fields, key=lambda field: field[0].encode()) for each in (one, other))
    return _first(
        _by_name(one.module, other.module),
        _by_name(one.name, other.name),
        _order(one.exported, other.exported),
        _order(len(ones), len(others)),
        _order([name.encode() for name, _ in ones], [name.encode() for name, _ in others]),
        _compare_each([value for _, value in ones], [value for _, value in others]),
    )


def _parts(value):
    return (value, []) if isinstance(value, list) else (list(value.elements), value.tail)


def _compare_lists(one, other):
    (ones, tail), (others, other_tail) = _parts(one), _parts(other)
    order = _compare_each(ones, others)
    if order:
        return order
    shared = min(len(ones), len(others))
    if len(ones) == len(others) and tail == [] == other_tail:
        return 0
    return compare(improper(ones[shared:], tail), improper(others[shared:], other_tail))


def _bit_text(value):
    data = value.encode() if isinstance(value, str) else value.data if isinstance(value, Bits) else value
    count = value.count if isinstance(value, Bits) else 8 * len(data)
    return "".join(f"{byte:08b}" for byte in data)[:count]


_COMPARISONS = {
    int: _order,
    float: _order,
    Atom: lambda one, other: _by_name(one.name, other.name),
    Reference: _compare_references,
    Local: _compare_locals,
    External: _compare_externals,
    Port: _compare_ports,
    Pid: _compare_pids,
    tuple: lambda one, other: _order(len(one), len(other)) or _compare_each(one, other),
    Record: _compare_records,
    Map: _compare_maps,
}


def compare(one, other):
    """Below, at or above 0 when `one` comes before, is the same key as, or comes after `other`."""
    kind = _kind(one)
    order = _order(kind, _kind(other))
    if order:
        return order
    if kind < len(_KINDS):
        return _COMPARISONS[_KINDS[kind]](one, other)
    if kind == len(_KINDS):
        return 0
    if kind == len(_KINDS) + 1:
        return _compare_lists(one, other)
    return _order(_bit_text(one), _bit_text(other))
