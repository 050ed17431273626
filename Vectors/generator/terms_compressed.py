"""Compressed terms (terms.md §3.1)."""

import struct
import zlib

import deflate
from deflate import BitWriter
from etf import Atom, Map, export, small_integer, write
from term_vectors import refused, valid

SECTION = "terms.md §3.1"
ERRORS = "terms.md §8"
LIMITS = "recording.md §9"


def vectors():
    yield from read()
    yield from refused_streams()
    yield from refused_terms()
    yield from long_ones()


def compressed(stream, length):
    return b"\x83P" + struct.pack(">I", length) + stream


def block(make, data, *arguments, **options):
    """A compressed term of one block."""
    return compressed(deflate.wrap(make(BitWriter(), *arguments, **options).done(), data), len(data))


def stored_stream(data, **options):
    return deflate.wrap(deflate.stored(BitWriter(), data).done(), data, **options)


def read():
    one = write(1)
    data = one.data
    text = write(b"abracadabra, abracadabra")
    yield valid("compressed/stored", one, SECTION, "A stream of one stored block.", block(deflate.stored, data, data))
    yield valid(
        "compressed/fixed", one, SECTION, "A stream of one block with the fixed codes.", block(deflate.fixed, data, data)
    )
    yield valid(
        "compressed/dynamic",
        one,
        SECTION,
        "A stream of one block with codes of its own.",
        block(deflate.dynamic, data, data),
    )
    copied = list(text.data[:5]) + list(b"abracad") + [(4, 7)] + list(b", ") + [(11, 13)]
    assert len(text.data) == 5 + 24
    for name, make in [("fixed", deflate.fixed), ("dynamic", deflate.dynamic)]:
        yield valid(
            f"compressed/{name}-copies",
            text,
            SECTION,
            f"A {name} block with bytes that are copied from before.",
            block(make, text.data, copied),
        )
    many = write([0] * 20_000)
    yield valid(
        "compressed/overlapping-copies",
        many,
        SECTION,
        "Copies of length 258 that overlap what they write.",
        block(deflate.dynamic, many.data, list(many.data[:3]) + deflate.run(0, 20_000)),
    )
    far = write(bytes(index * 7 % 251 for index in range(32_768)) + b"and again" + bytes(300))
    start = far.data[: 5 + 32_768]
    body = deflate.stored(BitWriter(), start, last=False)
    tokens = [(258, 32_768), *far.data[5 + 32_768 + 258 :]]
    value = start + start[5 : 5 + 258] + far.data[5 + 32_768 + 258 :]
    value = b"m" + struct.pack(">I", len(value) - 5) + value[5:]
    start = value[: 5 + 32_768]
    body = deflate.fixed(deflate.stored(BitWriter(), start, last=False), tokens).done()
    yield valid(
        "compressed/farthest-copy",
        value[5:],
        SECTION,
        "A copy from 32,768 bytes before, the farthest there is.",
        compressed(deflate.wrap(body, value), len(value)),
    )
    writer = deflate.stored(BitWriter(), data[:1], last=False)
    writer = deflate.fixed(writer, data[1:], last=False)
    writer = deflate.stored(writer, b"", last=True)
    yield valid(
        "compressed/three-blocks",
        one,
        SECTION,
        "A stream of three blocks, the last one empty.",
        compressed(deflate.wrap(writer.done(), data), len(data)),
    )
    for name, head, shows in [
        ("fastest", b"\x78\x01", "A zlib header that says the fastest level."),
        ("best", b"\x78\xda", "A zlib header that says the best level."),
        ("small-window", b"\x18\x19", "A zlib header with a window of 512 bytes."),
    ]:
        yield valid(f"compressed/header-{name}", one, SECTION, shows, compressed(stored_stream(data, head=head), 2))
    yield valid(
        "compressed/rest-in-stream",
        one,
        SECTION,
        "Bytes after the term inside of the stream are ignored.",
        block(deflate.stored, data + b"\xff\xff", data + b"\xff\xff"),
    )
    yield valid(
        "compressed/second-term-in-stream",
        one,
        SECTION,
        "A second term after the first inside of the stream is ignored.",
        block(deflate.stored, data + b"a\2", data + b"a\2"),
    )
    nested = write((Atom("ok"), [1, 2.5, Map([("k", b"\xff")])]))
    yield valid(
        "compressed/nested",
        nested,
        SECTION,
        "A term of several kinds, compressed.",
        block(deflate.stored, nested.data, nested.data),
    )
    yield valid(
        "compressed/longer",
        one,
        SECTION,
        "A compressed term that is longer than what it holds: nobody said that it must be shorter.",
        block(deflate.stored, data, data),
    )


def refused_streams():
    data = write(1).data
    stream = stored_stream(data)
    whole = compressed(stream, 2)

    def bad(name, stream, offset, shows, length=2, **options):
        return refused(f"compressed/{name}", compressed(stream, length), "malformedCompression", offset, shows, SECTION, **options)

    yield bad("declared-3", stream, 2, "A declared length of 3, where 2 bytes come out.", length=3)
    yield bad("declared-1", stream, 2, "A declared length of 1, where 2 bytes come out.", length=1)
    yield bad("declared-0", stream, 2, "A declared length of 0, where 2 bytes come out.", length=0)
    yield bad("declared-65536", stream, 2, "A declared length of 65,536, where 2 bytes come out.", length=65_536)
    yield bad("checksum-0", stored_stream(data, checksum=0), 6, "A checksum of zeros.")
    yield bad("checksum-1-bit", stream[:-1] + bytes([stream[-1] ^ 1]), 6, "A checksum with one wrong bit.")
    yield bad("checksum-reversed", stream[:-4] + stream[-4:][::-1], 6, "A checksum with its bytes reversed.")
    yield bad("method", b"\x77" + bytes([31 - 0x7700 % 31]) + stream[2:], 6, "A compression method other than deflate.")
    yield bad("window", b"\x88" + bytes([31 - 0x8800 % 31]) + stream[2:], 6, "A window of 64 KiB, which zlib has not.")
    yield bad("header-check", b"\x78\x9d" + stream[2:], 6, "A zlib header whose check bits are wrong.")
    yield bad(
        "dictionary",
        b"\x78\xbb" + struct.pack(">I", 0x00620062) + stream[2:],
        6,
        "A zlib header that asks for a preset dictionary.",
    )
    yield bad("raw-deflate", stream[2:-4] + bytes(4), 6, "A deflate stream without the header of zlib.")
    gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + stream[2:-4] + struct.pack("<II", zlib.crc32(data), 2)
    yield bad("gzip", gzip, 6, "A gzip member instead of a zlib stream.")
    yield bad("not-compressed", data + bytes(8), 6, "The term itself where the stream should be.")
    yield bad("zeros", bytes(16), 6, "Zero bytes where the stream should be.")
    blocks = [
        ("block-type-3", BitWriter().bits(1, 1).bits(3, 2).done() + bytes(4), "A block of the type 3, which there is not."),
        (
            "stored-complement",
            deflate.stored(BitWriter(), data, complement=0).done(),
            "A stored block whose length and complement do not agree.",
        ),
        (
            "distance-too-far",
            deflate.fixed(BitWriter(), [97, (3, 2)]).done(),
            "A copy from before the first byte.",
        ),
        (
            "length-286",
            BitWriter().bits(1, 1).bits(1, 2).code((0b11000110, 8)).raw(bytes(4)).done(),
            "The length code 286, which the fixed codes have but which means nothing.",
        ),
        (
            "distance-30",
            BitWriter().bits(1, 1).bits(1, 2).code((0x30 + 97, 8)).code((1, 7)).code((30, 5)).raw(bytes(4)).done(),
            "The distance code 30, which the fixed codes have but which means nothing.",
        ),
        (
            "over-full-code",
            deflate.header(BitWriter(), {0: 1, 1: 1, 256: 1}, {0: 1}).raw(bytes(8)).done(),
            "A block whose code has three symbols of one bit.",
        ),
        (
            "incomplete-code",
            deflate.header(BitWriter(), {97: 3, 1: 3, 256: 3}, {0: 1}).raw(bytes(8)).done(),
            "A block whose code leaves bit patterns without a symbol.",
        ),
        (
            "no-end-of-block",
            deflate.header(BitWriter(), {97: 1, 1: 1}, {0: 1}).raw(bytes(8)).done(),
            "A block whose code has no symbol for its end.",
        ),
    ]
    for name, deflated, shows in blocks:
        yield bad(name, deflate.wrap(deflated, data), 6, shows)
    for length in range(6, len(whole)):
        yield refused(
            f"compressed/cut-{length:02}",
            whole[:length],
            "truncated",
            length,
            f"A compressed term cut after {length} of its {len(whole)} bytes, inside of the stream: the offset is the end.",
        )
    for length in range(2, 6):
        yield refused(
            f"compressed/cut-{length:02}",
            whole[:length],
            "truncated",
            2,
            f"A compressed term cut after {length} of its {len(whole)} bytes, inside of the length.",
        )
    dynamic = block(deflate.dynamic, data, data)
    for length in (8, 12, len(dynamic) - 5, len(dynamic) - 1):
        yield refused(
            f"compressed/dynamic-cut-{length:02}",
            dynamic[:length],
            "truncated",
            length,
            f"A dynamic block cut after {length} of {len(dynamic)} bytes.",
        )
    yield refused(
        "compressed/trailing-byte", whole + b"\xff", "trailingBytes", len(whole), "A byte after the stream.", SECTION
    )
    yield refused(
        "compressed/trailing-stream", whole + stream, "trailingBytes", len(whole), "A second stream after the first.", SECTION
    )


def refused_terms():
    def inside(name, data, kind, shows, section=SECTION):
        return refused(f"compressed/{name}", block(deflate.stored, data, data), kind, 1, shows, section)

    yield inside("inside-131", b"\x83a\1", "unknownTag", "There is a 131 in the stream.")
    yield inside("inside-nothing", b"", "truncated", "The stream has nothing in it.", ERRORS)
    yield inside("inside-cut", b"h\2a\1", "truncated", "The term in the stream is cut: the offset is 1, not one in the stream.", ERRORS)
    yield inside("inside-unknown-tag", b"h\1\xff", "unknownTag", "The term in the stream has an unknown tag.", ERRORS)
    yield inside("inside-distribution-tag", b"R\0", "distributionTag", "The term in the stream is an atom of a cache.", ERRORS)
    yield inside("inside-float", b"F\x7f\xf0" + bytes(6), "malformedFloat", "The term in the stream is infinite.", ERRORS)
    yield inside("inside-atom", b"w\1\xff", "malformedAtom", "The term in the stream is an atom that is no UTF-8.", ERRORS)
    yield inside("inside-duplicate", b"t\0\0\0\2a\1ja\1j", "duplicateKey", "The term in the stream has a key twice.", ERRORS)
    yield inside("inside-local-ext", b"ya\1", "unknownTag", "LOCAL_EXT in the stream.")
    again = block(deflate.stored, b"a\1", b"a\1")[1:]
    yield inside("inside-compressed", again, "unknownTag", "A compressed term in the stream.")
    yield refused(
        "compressed/in-tuple", b"\x83h\1" + again, "unknownTag", 3, "A compressed term in a tuple.", "terms.md §3.1"
    )
    wrong = block(deflate.stored, b"\xff", b"\xff")
    yield refused(
        "compressed/inside-and-checksum",
        wrong[:-1] + bytes([wrong[-1] ^ 1]),
        "malformedCompression",
        6,
        "An unknown tag in a stream with a wrong checksum: the stream is checked first.",
    )
    deep = b"h\1" * 1025 + b"a\1"
    yield refused(
        "compressed/inside-too-deep",
        block(deflate.stored, deep, deep),
        "limitExceeded",
        1,
        "A compressed term that is one too deep.",
        LIMITS,
        otp="OTP has no limit of depth (terms.md §3.3).",
    )


def long_ones():
    largest = 4_194_296

    def long_integer(length):
        """A LARGE_BIG of so many bytes, of which only the first is not zero."""
        head = b"o" + struct.pack(">I", length) + b"\0\5"
        data = head + bytes(length - 1)
        return block(deflate.dynamic, data, list(head) + deflate.run(0, length - 1))

    yield valid(
        "integers/longest",
        small_integer(5),
        "terms.md §3.3",
        "A LARGE_BIG of 4,194,296 bytes, all but the first zero, compressed: the longest there may be.",
        long_integer(largest),
    )
    yield refused(
        "integers/too-long",
        long_integer(largest + 1),
        "limitExceeded",
        1,
        "A LARGE_BIG of 4,194,297 bytes, compressed: zero bytes count, too.",
        "terms.md §3.3",
    )
    yield refused(
        "integers/too-long-and-not-there",
        b"\x83o" + struct.pack(">I", largest + 1) + b"\0" + bytes(16),
        "truncated",
        7,
        "A LARGE_BIG of 4,194,297 bytes that are not there: its length is checked after them.",
    )
    arity = export("m", "f", 1).data[:-2] + b"o" + struct.pack(">I", largest + 1) + b"\0\5"
    yield refused(
        "functions/external-arity-too-long",
        block(deflate.dynamic, arity + bytes(largest), list(arity) + deflate.run(0, largest)),
        "limitExceeded",
        1,
        "The arity of an external function is a LARGE_BIG of 4,194,297 bytes, compressed: too long, whatever its value.",
    )
    stream = stored_stream(b"a\1")
    yield refused(
        "compressed/declared-64-mib-and-1",
        compressed(stream, (64 << 20) + 1),
        "limitExceeded",
        2,
        "A declared length of one byte more than 64 MiB.",
        LIMITS,
    )
    yield refused(
        "compressed/declared-4-gib",
        compressed(stream, 0xFFFFFFFF),
        "limitExceeded",
        2,
        "A declared length of 4 GiB less one: nothing is allocated for it.",
        LIMITS,
    )
    yield refused(
        "compressed/declared-64-mib",
        compressed(stream, 64 << 20),
        "malformedCompression",
        2,
        "A declared length of 64 MiB is within the limit, but 2 bytes come out.",
        LIMITS,
    )
    bomb = deflate.dynamic(BitWriter(), [97, 1] + deflate.run(0, 1 << 20)).done()
    yield refused(
        "compressed/more-than-declared",
        compressed(deflate.wrap(bomb, b"a\1" + bytes(1 << 20)), 2),
        "malformedCompression",
        2,
        "A stream of 1 MiB that is declared as 2 bytes: a reader stops early.",
    )
