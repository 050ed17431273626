"""What is refused whatever it stands in: first bytes, tags, counts, cuts, and bytes after."""

from etf import (
    Atom,
    Pid,
    binary,
    bit_binary,
    export,
    external,
    float_text,
    integer,
    large_big,
    large_tuple,
    latin1_atom,
    list_,
    map_,
    new_float,
    new_fun,
    new_pid,
    new_port,
    new_reference,
    newer_reference,
    nil,
    pid,
    port,
    raw,
    record,
    reference,
    small_big,
    small_integer,
    small_latin1_atom,
    small_tuple,
    small_utf8_atom,
    string,
    truncation,
    utf8_atom,
    v4_port,
)
from term_vectors import refused

ENVELOPE = "terms.md §3.1"
TAGS = "terms.md §3.2"
ERRORS = "terms.md §8"

# One term for each tag, short, with other terms in it where the tag has some.
EACH_TAG = [
    ("record", "RECORD", record("m", "r", [("aa", 300), ("b", b"x")])),
    ("new-float", "NEW_FLOAT", new_float(1.5)),
    ("bit-binary", "BIT_BINARY", bit_binary(b"ab\xe0", 3)),
    ("new-pid", "NEW_PID", new_pid("a@b", 7, 1, 2)),
    ("new-port", "NEW_PORT", new_port("a@b", 5, 1)),
    ("newer-reference", "NEWER_REFERENCE", newer_reference("a@b", 1, [3, 2])),
    ("small-integer", "SMALL_INTEGER", small_integer(7)),
    ("integer", "INTEGER", integer(-7)),
    ("float", "FLOAT", float_text("1.50000000000000000000e+00")),
    ("atom", "ATOM", latin1_atom("ok")),
    ("reference", "REFERENCE", reference("a@b", 5, 1)),
    ("port", "PORT", port("a@b", 5, 1)),
    ("pid", "PID", pid("a@b", 7, 1, 2)),
    ("small-tuple", "SMALL_TUPLE", small_tuple(Atom("ok"), 1, nil())),
    ("large-tuple", "LARGE_TUPLE", large_tuple(Atom("ok"), 1)),
    ("string", "STRING", string(b"abc")),
    ("list", "LIST", list_([Atom("a"), 300])),
    ("list-improper", "LIST with a tail", list_([1, 2], b"x")),
    ("binary", "BINARY", binary(b"abc")),
    ("small-big", "SMALL_BIG", small_big(b"\1\2\3\4\5")),
    ("large-big", "LARGE_BIG", large_big(b"\1\2\3\4\5")),
    ("new-fun", "NEW_FUN", new_fun("m", 1, 3, bytes(range(16)), 4, 99, Pid("a@b", 7, 1, 2), [1, Atom("x")])),
    ("export", "EXPORT", export("lists", "map", 2)),
    ("new-reference", "NEW_REFERENCE", new_reference("a@b", 1, [3, 2])),
    ("small-atom", "SMALL_ATOM", small_latin1_atom("ok")),
    ("map", "MAP", map_((Atom("a"), 1), (b"b", nil()))),
    ("atom-utf8", "ATOM_UTF8", utf8_atom("\u00e9")),
    ("small-atom-utf8", "SMALL_ATOM_UTF8", small_utf8_atom("\u00e9")),
    ("v4-port", "V4_PORT", v4_port("a@b", 5, 1)),
]
ASSIGNED = {written.data[0] for _, _, written in EACH_TAG} | {106}
DISTRIBUTION = {68: "a distribution header", 69: "a fragment's header", 82: "an atom of a connection's cache"}


def vectors():
    yield from envelope()
    yield from tags()
    yield from cuts()
    yield from counts()
    yield from bytes_after()
    yield from first_error()


def envelope():
    yield refused("envelope/nothing", b"", "truncated", 0, "Nothing at all.")
    yield refused("envelope/only-131", b"\x83", "truncated", 1, "131 and nothing after it.")
    for name, data, shows in [
        ("no-131", b"a\1", "A term without its 131."),
        ("130", b"\x82a\1", "130 in place of 131."),
        ("132", b"\x84a\1", "132 in place of 131."),
        ("0", b"\0", "A zero byte."),
        ("text", b"ok", "Text."),
        ("gzip", b"\x1f\x8b\x08\0", "The start of a gzip file."),
        ("frame", b"\0\0\0\3\x83a\1", "A frame with its length: its term is no file."),
        ("json", b'{"a":1}', "JSON."),
    ]:
        yield refused(f"envelope/{name}", data, "notExternalTerm", 0, shows, ENVELOPE)
    yield refused("envelope/131-twice", b"\x83\x83a\1", "unknownTag", 1, "131 twice.", ENVELOPE)
    yield refused("envelope/131-in-tuple", b"\x83h\1\x83a\1", "unknownTag", 3, "131 in front of a term inside of a term.", ENVELOPE)
    yield refused("envelope/131-in-list", b"\x83l\0\0\0\1a\1\x83j", "unknownTag", 8, "131 in front of a tail.", ENVELOPE)


def tags():
    assert len(ASSIGNED) == 29
    for tag in range(256):
        if tag in ASSIGNED or tag in (80, 121, 131):
            continue
        kind, shows = "unknownTag", f"The tag {tag} is not assigned"
        otp = None
        if tag in DISTRIBUTION:
            kind, shows = "distributionTag", f"The tag {tag} is {DISTRIBUTION[tag]}"
        elif tag == 117:
            shows = "The tag 117, FUN_EXT, is no longer read"
        elif tag in (73, 75):
            otp = "OTP 25 takes its own numbers for atoms (terms.md §7)."
        # Zero bytes after it, so that no reader can find them missing.
        yield refused(f"tags/{tag:03}", bytes([131, tag]) + bytes(40), kind, 1, f"{shows}.", TAGS, otp=otp)
        yield refused(f"tags/{tag:03}-in-tuple", bytes([131, 104, 2, 97, 1, tag]) + bytes(40), kind, 5, f"{shows}, in a tuple.", TAGS, otp=otp)
    for tag, name in [(80, "a compressed term"), (121, "LOCAL_EXT")]:
        for place, before, where in [
            ("tuple", b"h\1", "an element of a tuple"),
            ("list", b"l\0\0\0\1", "an element of a list"),
            ("tail", b"l\0\0\0\1a\1", "a tail"),
            ("key", b"t\0\0\0\1", "a key"),
            ("value", b"t\0\0\0\1a\1", "a value"),
        ]:
            yield refused(
                f"tags/{tag:03}-in-{place}",
                b"\x83" + before + bytes([tag]) + bytes(40),
                "unknownTag",
                1 + len(before),
                f"The tag {tag}, {name}, is allowed only right after 131, and here as {where}.",
                ENVELOPE,
            )
    for place, what, before, after in [
        ("key", "a key", b"t\0\0\0\1", b"a\1"),
        ("value", "a value", b"t\0\0\0\1a\1", b""),
        ("list", "an element of a list", b"l\0\0\0\1", b"j"),
        ("tail", "a tail", b"l\0\0\0\1a\1", b""),
        ("large-tuple", "an element of a large tuple", b"i\0\0\0\1", b""),
    ]:
        for tag, kind in [(78, "unknownTag"), (82, "distributionTag"), (117, "unknownTag")]:
            yield refused(
                f"tags/{tag:03}-as-{place}",
                b"\x83" + before + bytes([tag]) + after + bytes(40),
                kind,
                1 + len(before),
                f"The tag {tag} where {what} should be.",
                TAGS,
            )


def cuts():
    """Each tag's term, cut after each of its bytes."""
    for name, tag, written in EACH_TAG:
        data = external(written)
        for length in range(2, len(data)):
            offset = truncation(written, length)
            yield refused(
                f"truncated/{name}-{length:02}",
                data[:length],
                "truncated",
                offset,
                f"{tag} cut after {length} of {len(data)} bytes: the field at {offset} is not all there.",
            )


def counts():
    """Lengths and counts that ask for more than there is."""
    large = 0xFFFFFFFF
    cases = [
        ("binary-1-more", binary(b"abc", length=4), 6, "A BINARY of 4 bytes, 3 there."),
        ("binary-4-gib", binary(b"abc", length=large), 6, "A BINARY of 4 GiB: nothing is allocated for it."),
        ("binary-2-gib", binary(b"abc", length=0x80000000), 6, "A BINARY of 2 GiB, a length that is negative as i32."),
        ("bit-binary-4-gib", bit_binary(b"abc", 3, length=large), 7, "A BIT_BINARY of 4 GiB: its bytes start after the number of bits."),
        ("string-1-more", string(b"abc", count=4), 4, "A STRING of 4 bytes, 3 there."),
        ("string-65535", string(b"abc", count=65_535), 4, "A STRING of 65,535 bytes, 3 there."),
        ("small-tuple-255", small_tuple(1, count=255), 3, "A SMALL_TUPLE of 255 elements, 2 bytes there: each takes a byte at least."),
        ("small-tuple-3-in-2", small_tuple(nil(), nil(), count=3), 3, "A SMALL_TUPLE of 3 elements, 2 bytes there."),
        ("small-tuple-2-in-2", small_tuple(1, count=2), 5, "A SMALL_TUPLE of 2 elements, 2 bytes there, which are one element."),
        ("large-tuple-4-gib", large_tuple(1, count=large), 6, "A LARGE_TUPLE of 2^32 - 1 elements."),
        ("large-tuple-2-26", large_tuple(1, count=1 << 26), 6, "A LARGE_TUPLE of 2^26 elements, 2 bytes there."),
        ("list-4-gib", list_([1], count=large), 6, "A LIST of 2^32 - 1 elements."),
        ("list-3-in-3", list_([nil(), nil()], count=3), 9, "A LIST of 3 elements, 3 bytes there: they are the elements, and the tail is missing."),
        ("map-4-gib", map_((1, 1), count=large), 6, "A MAP of 2^32 - 1 pairs, which would be 2^33 - 2 bytes."),
        ("map-2-31", map_((1, 1), count=0x80000000), 6, "A MAP of 2^31 pairs: twice that is 0 in 32 bits."),
        ("map-3-in-5", map_((1, nil()), (nil(), nil()), count=3), 6, "A MAP of 3 pairs, 5 bytes there: each takes two bytes at least."),
        ("large-big-4-gib", raw(b"o\xff\xff\xff\xff\0\1\2\3"), 7, "A LARGE_BIG of 4 GiB, 3 bytes there."),
        ("small-big-255", raw(b"n\xff\0\1\2\3"), 4, "A SMALL_BIG of 255 bytes, 3 there."),
    ]
    for name, written, offset, shows in cases:
        data = external(written)
        yield refused(f"counts/{name}", data, "truncated", offset, shows)
    for name, data, offset, shows in [
        ("atom-255", b"\x83d\0\xffok", 4, "An ATOM of 255 bytes, 2 there."),
        ("small-atom-255", b"\x83s\xffok", 3, "A SMALL_ATOM of 255 bytes, 2 there."),
        ("atom-utf8-300", b"\x83v\x01\x2cok", 4, "An ATOM_UTF8 of 300 bytes, 2 there."),
        ("small-atom-utf8-255", b"\x83w\xffok", 3, "A SMALL_ATOM_UTF8 of 255 bytes, 2 there."),
    ]:
        yield refused(f"counts/{name}", data, "truncated", offset, shows)
    words = newer_reference("a@b", 1, [1, 2])
    yield refused(
        "counts/newer-reference-5",
        b"\x83" + words.data[:1] + b"\0\5" + words.data[3:],
        "truncated",
        1 + 3 + 5 + 4,
        "A NEWER_REFERENCE of 5 words, 2 there: they start after the creation.",
    )
    yield refused(
        "counts/nested",
        b"\x83h\2a\1h\xffa\1",
        "truncated",
        7,
        "The inner one of two tuples asks for more than there is.",
    )
    yield refused(
        "counts/outer-first",
        b"\x83h\5h\xffa\1",
        "truncated",
        3,
        "Both of two tuples ask for more than there is: the outer one comes first.",
    )
    yield refused(
        "counts/before-contents",
        b"\x83h\5\xff\xff",
        "truncated",
        3,
        "A tuple asks for more than there is, and its first element has no known tag: the count comes first.",
    )


def bytes_after():
    for name, tag, written in EACH_TAG + [("nil", "NIL", nil())]:
        data = external(written)
        yield refused(
            f"trailing/{name}", data + b"\0", "trailingBytes", len(data), f"{tag} with a zero byte after it.", ENVELOPE,
            otp="Erlang/OTP has native records from 29 on (terms.md §7)." if name == "record" else None,
        )
    yield refused("trailing/term", b"\x83a\1a\2", "trailingBytes", 3, "A second term after the first.", ENVELOPE)
    yield refused("trailing/131", b"\x83a\1\x83a\2", "trailingBytes", 3, "A second term after the first, with its own 131.", ENVELOPE)
    yield refused("trailing/line-feed", b"\x83a\1\n", "trailingBytes", 3, "A line feed after a term, as editors add.", ENVELOPE)
    yield refused("trailing/unknown-tag", b"\x83j\xff", "trailingBytes", 2, "What follows a term is not read: an unknown tag there is a byte too many.", ENVELOPE)


def first_error():
    """Two mistakes: the first one counts."""
    cases = [
        ("unknown-then-atom", b"\x83h\2\xffw\1\xff", "unknownTag", 3, "An unknown tag before an atom that is no UTF-8."),
        ("atom-then-unknown", b"\x83h\2w\1\xff\xff", "malformedAtom", 3, "An atom that is no UTF-8 before an unknown tag."),
        ("float-then-cut", b"\x83h\2F\x7f\xf0" + bytes(6) + b"m", "malformedFloat", 3, "Infinity before a binary that is cut."),
        ("count-before-cut", b"\x83h\2a", "truncated", 3, "A tuple of two with one byte left: its count comes before the element that is cut."),
        ("malformed-then-behind", b"\x83w\1\xff\0", "malformedAtom", 1, "An atom that is no UTF-8 before a byte too many."),
        ("bits-before-bytes", b"\x83M\0\0\0\x09\x09\xff", "malformedBitstring", 1, "9 bits of a last byte that is not there: the number of bits comes first."),
        ("creation-before-cut", b"\x83g" + small_utf8_atom("a@b").data + bytes(8) + b"\4", "malformedIdentifier", 15, "A creation of 4 where the term ends."),
        ("node-before-cut", b"\x83ga", "malformedIdentifier", 2, "A node that is no atom, and nothing after its tag."),
    ]
    for name, data, kind, offset, shows in cases:
        yield refused(f"first/{name}", data, kind, offset, shows)
