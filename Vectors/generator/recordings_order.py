"""Recordings with two errors, and which of them counts (recording.md §5.3, §10)."""

import struct

from containers import INDEX, Recording, batch, compressed, contents, finish, frame, gzip, header, member, raw_frame, stored
from etf import Atom
from recording_model import HEADER, ONE, THREE, TWO, all_frames, bad, started, three

LIMIT = (128 << 20) + 1


def vectors():
    for group in (cuts, trailers, first_bytes, first_frames, places, limits, versions, terms):
        yield from group()


def cuts():
    section = "10"
    for name, shows, options in [
        ("subfields", "Subfields that do not fill XLEN", {"after": b"XY\1"}),
        ("version", "Another major version", {"major": 2}),
    ]:
        shows += ", in a header that is cut before its FHCRC: it is cut."
        for where, file in [("first", Recording().data(header(HEADER), batch(ONE), **options)), ("second", started().data(batch(TWO), **options))]:
            last = file.parts[-1]
            data = file.bytes[: last.offset + last.member.header_length - 1]
            yield bad(f"order/{name}-and-cut-{where}", section, shows, data, "truncated", last.offset)
    first, second = gzip(contents(all_frames()[:2])), gzip(contents(all_frames()[2:]), crc=1)
    yield bad(
        "order/plain-checksum-and-cut",
        section,
        "A trailer that is cut after a wrong CRC-32: it is cut.",
        first + second[:-2],
        "truncated",
        len(first),
    )
    yield bad("nothing/gzip-length-4", "4.3", "gzip whose content is the length of a frame.", gzip(b"\0\0\0\x20"), "truncated", 0)
    for name, data in [("0", gzip(bytes(4))), ("0-cut", gzip(bytes(4))[:-8])]:
        yield bad(f"nothing/gzip-length-{name}", "4.3", "gzip whose content is a length that no frame has.", data, "notARecording", 0)


def trailers():
    """The trailer is where the member declares it, and the whole member is there before anything of it is looked at."""
    made = stored(batch(TWO).data)
    damaged = b"\x07" + made[1:]
    for name, shows, options, cut, kind in [
        ("gap", "A gap before the trailer", {"deflated": made + b"z"}, 0, "malformedMember"),
        ("gap-and-checksum", "A gap, and a wrong CRC-32", {"deflated": made + b"z", "crc": 1}, 0, "malformedMember"),
        ("gap-of-8", "A gap as long as a trailer", {"deflated": made + bytes(8)}, 0, "malformedMember"),
        ("gap-and-cut", "A gap, and a member that is cut", {"deflated": made + b"z"}, 1, "truncated"),
        ("short-and-checksum", "A member that declares one byte less, and a wrong CRC-32", {"longer": -1, "crc": 1}, 0, "malformedMember"),
        ("damage-and-cut", "Damaged deflate data, and a member that is cut", {"deflated": damaged}, 1, "truncated"),
        ("checksum-and-longer", "A member that declares a byte more than there is, and a wrong CRC-32", {"longer": 1, "crc": 1}, 0, "truncated"),
        ("no-end", "Deflate data that does not end before the trailer", {"deflated": b"\0" + made[1:]}, 0, "malformedMember"),
    ]:
        for where, file in [
            ("data", started().data(batch(TWO), **options)),
            ("data-before", started().data(batch(TWO), **options).data(batch(THREE))),
        ]:
            if where == "data-before" and kind == "truncated":
                continue
            data = file.bytes[: file.length - cut]
            yield bad(f"order/{name}-{where}", "5.3", f"{shows}: {kind}.", data, kind, file.offset(1))
    file = three()
    content = frame((Atom("index"), file.entries)).data
    file.index(content=content, deflated=stored(content) + b"z").end()
    yield bad("order/gap-index", "5.3", "A gap in an index member.", file, "malformedMember", file.offset(3))


def first_bytes():
    """What starts with a length and no term is no recording, whatever becomes of its gzip."""
    content = b"\0\0\0\x20a"
    block = b"\0" + struct.pack("<HH", len(content), len(content) ^ 0xFFFF) + content
    data = gzip(b"", deflated=block)[:-8]
    yield bad("order/first-byte-and-cut", "4.3", "A fifth byte that is not 83 in gzip that is cut.", data, "notARecording", 0)
    yield bad(
        "order/first-byte-and-damage", "4.3", "A fifth byte that is not 83 in gzip that is damaged.", data + b"\x07", "notARecording", 0
    )


def limits():
    """Whether a member may stand where it does comes before the length that it declares."""
    index = three().index().parts[-1]
    end = three().index().end().parts[-1]
    for name, data in [
        ("index-first-and-limit", member(b"x", INDEX, [LIMIT]).data),
        ("index-first-and-cut", index.data[:-1]),
        ("end-first-and-cut", end.data[:-1]),
    ]:
        yield bad(f"order/{name}", "10", "A member that may not come first: notARecording.", data, "notARecording", 0)
    for name, change, cut in [("limit", {0: LIMIT}, 0), ("1032", {0: 20_000_000}, 0), ("cut", {}, 1)]:
        file = Recording().data(header(HEADER), batch(ONE), finish(ONE)).data(batch(TWO), change=change)
        yield bad(
            f"order/after-finish-and-{name}",
            "10",
            "A data member after the finish frame: malformedMember.",
            file.bytes[: file.length - cut],
            "malformedMember",
            file.offset(1),
        )


def first_frames():
    data = header(HEADER).data
    for name, length in [("length", 3), ("term", 9)]:
        yield bad(
            f"first-frame/cut-{name}",
            "10",
            "A first frame that is cut, in a member that is sound.",
            Recording().data(content=data[:length], flags=2),
            "notARecording",
            0,
        )


def places():
    for name, target in [("first", 0), ("second", 1)]:
        file = Recording().data(header(HEADER), batch(ONE)).data(batch(TWO), finish([*ONE, *TWO]))
        yield bad(
            f"end/no-index-names-{name}",
            "4.4",
            "After two data members an end member without an index names nothing.",
            file.end(file.offset(target)),
            "malformedIndex",
            file.offset(2),
        )


def versions():
    for name, version in [("negative-minor", (2, -1)), ("minor-256", (2, 256)), ("single", (2,)), ("triple", (2, 0, 0))]:
        for form, data in [("members", Recording().data(header(HEADER, version), batch(ONE)).bytes), ("bare", header(HEADER, version).data)]:
            yield bad(
                f"first-frame/version-2-{name}-{form}",
                "8",
                "A version that is none, with another major version in it, is no version.",
                data,
                "notARecording",
                0,
            )
    for name, file in [
        ("member", started().data(header(HEADER, (2, 0)), batch(TWO), flags=0)),
        ("frame", Recording().data(header(HEADER), header(HEADER, (2, 0)))),
    ]:
        yield bad(
            f"order/second-header-version-{name}",
            "8",
            "A second header of another major version: the version comes first.",
            file,
            "unsupportedVersion",
            file.offset(-1),
        )


def terms():
    for name, made in [
        ("and-behind-stream", raw_frame(compressed(b"h\1a\1") + b"more")),
        ("deep-and-form", raw_frame(b"\x83l\0\0\0\2h\1a\1" + b"h\1" * 1030 + b"a\1j")),
    ]:
        file = started().data(made)
        kind = "limitExceeded" if name.startswith("deep") else "malformedFrame"
        shows = "Terms that nest too deep after a tuple that is no event." if name.startswith("deep") else "A tuple that is no event, and bytes after its stream."
        yield bad(f"order/{name}", "10", shows, file, kind, file.offset(1))
    unknown = b"h\2w\1a\0"
    for name, shows, made in [
        ("behind-stream", "bytes after its stream", raw_frame(compressed(unknown) + b"more")),
        ("behind-in-stream", "bytes after it in the stream", raw_frame(compressed(unknown + b"more"))),
    ]:
        file = started().data(made)
        yield bad(
            f"order/unknown-tag-and-{name}",
            "10",
            f"An unknown tag in a compressed term, and {shows}: the term comes first.",
            file,
            "malformedTerm",
            file.offset(1),
        )
    file = started().data(raw_frame(b"\x83l\0\0\0\2h\1a\1\0j"))
    yield bad(
        "order/unknown-tag-and-form",
        "10",
        "A batch with a tuple of one element, and an unknown tag after it: the term comes first.",
        file,
        "malformedTerm",
        file.offset(1),
    )
