"""Terms and frames of them, as bytes: recordings that no sample has."""

import struct


def integer(number):
    if -(1 << 31) <= number < 1 << 31:
        return b"b" + struct.pack(">i", number)
    digits = abs(number).to_bytes((number.bit_length() + 7) // 8, "little")
    return b"n" + bytes([len(digits), number < 0]) + digits


class Atom(str):
    pass


def term(value):
    """The bytes of a term, without the leading 131."""
    if isinstance(value, Atom):
        name = value.encode()
        return b"w" + bytes([len(name)]) + name
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogatepass")
    if isinstance(value, bytes):
        return b"m" + struct.pack(">I", len(value)) + value
    if isinstance(value, int):
        return integer(value)
    if isinstance(value, tuple):
        return b"h" + bytes([len(value)]) + b"".join(map(term, value))
    if isinstance(value, list):
        return b"l" + struct.pack(">I", len(value)) + b"".join(map(term, value)) + b"j"
    return b"t" + struct.pack(">I", len(value)) + b"".join(term(key) + term(one) for key, one in value.items())


def frame(value):
    content = b"\x83" + term(value)
    return struct.pack(">I", len(content)) + content


def bare(header, events):
    """A recording as bare frames, of events that are tuples of time, kind and payload."""
    return b"".join(map(frame, [(Atom("recording"), (1, 0), header), *events]))
