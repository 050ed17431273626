"""Where two rules meet, and what could be read in two ways (recording.md §4 to §10)."""

import struct

from containers import (
    Recording,
    atom_map,
    batch,
    contents,
    dynamic_block,
    BitWriter,
    event,
    finish,
    fixed,
    frame,
    gzip,
    header,
    keyframe,
    raw_frame,
    subfield,
    tokens,
)
from etf import NIL, Atom, Map, external
from phoenix_replay import NEW, OLD, Term, map_fields, newest_fields, part, recording
from recording_model import EVENTS, HEADER, ONE, THREE, TWO, all_frames, bad, click, good, mount, started, state_at, three


def vectors():
    for group in (other_files, subfields, cut_headers, declared, ends, indexes, finishes, limits):
        yield from group()


def other_files():
    """What PhoenixReplay writes is no recording: it has an importer of its own."""
    old, new = Term(map_fields(), OLD), recording(newest_fields(), NEW)
    for name, data in [
        ("map", old.gzip()),
        ("map-bare", old.bare),
        ("recording", new.compressed()),
        ("recording-bare", new.bare),
        ("part", part(newest_fields(), NEW)),
        ("json", gzip(b'{"id":"1","events":[]}')),
        ("json-space", b' \n{"id":"1","events":[]}'),
    ]:
        yield bad(
            f"nothing/phoenix-replay-{name}", "4.3", "A file of PhoenixReplay is no recording.", data, "notARecording", 0
        )


def subfields():
    data = contents(all_frames())
    for name, extra in [
        ("stray-1", subfield(b"XY", b"1") + b"z"),
        ("stray-3", b"XY\1"),
        ("too-long", subfield(b"XY", b"1", length=2)),
        ("largest", subfield(b"XY", b"", length=0xFFFF)),
    ]:
        yield bad(
            f"plain/subfields-{name}",
            "5.3",
            "Subfields fill their length, in a member without RL as well.",
            gzip(data, extra=extra),
            "malformedMember",
            0,
        )
        yield bad(
            f"plain/subfields-second-{name}",
            "5.3",
            "In a second member they do, too.",
            gzip(data[:50]) + gzip(data[50:], extra=extra),
            "malformedMember",
            len(gzip(data[:50])),
        )
    yield good(
        "plain/subfields-empty", "5.3", "A header may have no subfields where some could be.", gzip(data, extra=b""), all_frames()
    )


def cut_headers():
    for name, data, shows in [
        ("method", b"\x1f\x8b\x07", "A header that is cut after a method other than deflate: what is there is wrong."),
        ("reserved", b"\x1f\x8b\x08\x80", "A header that is cut after a reserved flag."),
    ]:
        file = started().append(data)
        yield bad(f"order/cut-and-{name}", "10", shows, file, "malformedMember", file.offset(1))
        yield bad(f"order/cut-and-{name}-first", "10", shows, data, "malformedMember", 0)
    file = started().append(b"\x1f\x8b\x08")
    yield bad(
        "after-members/cut-header",
        "10",
        "A header that is cut with nothing wrong in it.",
        file,
        "truncated",
        file.offset(1),
    )
    file = started().append(b"\x1f\x8c")
    yield bad(
        "after-members/second-byte",
        "10",
        "1f and another byte than 8b start no member.",
        file,
        "trailingData",
        file.offset(1),
    )


def declared():
    file = started().data(batch(TWO), change={0: 20_000_000})
    cut = file.bytes[:-4]
    yield bad(
        "order/1032-and-cut",
        "5.3",
        "A content that deflate cannot make of the member is found before the member is missed.",
        cut,
        "malformedMember",
        file.offset(1),
    )
    file = started().data(batch(TWO), change={0: (128 << 20) + 1})
    yield bad(
        "order/limit-and-cut",
        "5.3",
        "A content beyond the limit is found before the member is missed.",
        file.bytes[:-4],
        "limitExceeded",
        file.offset(1),
    )
    file = started().data(batch(TWO), change={0: (128 << 20) + 1})
    yield bad(
        "order/limit-and-1032",
        "5.3",
        "A content beyond the limit is found before it is known that deflate cannot make it.",
        file,
        "limitExceeded",
        file.offset(1),
    )


def ends():
    file = three().index().end(deflated=b"\x03\x04")
    yield good("forms/end-padding", "4.4", "The bits after the end of an end member's deflate data may be set.", file)
    file = three().index().end(deflated=b"\x01\0\0\xff\xff")
    yield bad(
        "end/stored",
        "5.3",
        "An end member whose deflate data is a stored block has more than 44 bytes.",
        file,
        "malformedMember",
        file.offset(4),
    )
    file = Recording().data(header(HEADER), batch(ONE)).end()
    yield bad(
        "end/no-finish",
        "4.4",
        "An end member without a finish frame before it.",
        file,
        "malformedIndex",
        file.offset(1),
    )
    file = Recording().data(header(HEADER), batch(ONE)).index().end()
    yield bad(
        "index/no-finish",
        "4.4",
        "An index member without a finish frame before it, and an end.",
        file,
        "malformedIndex",
        file.offset(1),
    )
    file = Recording().data(header(HEADER), batch(ONE), finish(ONE)).data()
    yield bad(
        "place/empty-member-after-finish",
        "4.4",
        "No data member follows the one with the finish frame, not even an empty one.",
        file,
        "malformedMember",
        file.offset(1),
    )
    file = Recording().data(header(HEADER), batch(ONE), finish(ONE)).data(frame((Atom("x_a_b"), 1)))
    yield bad(
        "place/unknown-member-after-finish",
        "4.4",
        "An unknown control frame may follow the finish frame in its member, but not in another one.",
        file,
        "malformedMember",
        file.offset(1),
    )
    yield good(
        "forms/unknown-after-finish",
        "6",
        "An unknown control frame may follow the finish frame in its member.",
        Recording().data(header(HEADER), batch(ONE), finish(ONE), frame((Atom("x_a_b"), 1))).end(),
    )


def indexes():
    file = Recording().data(header(HEADER), batch(ONE), finish(ONE)).index().data()
    yield bad(
        "index/data-after",
        "4.4",
        "No data member follows the index member.",
        file,
        "malformedMember",
        file.offset(2),
    )
    file = three().index().index().end()
    yield bad(
        "index/second",
        "6.7",
        "A second index is malformed, in a member of its own as well.",
        file,
        "malformedFrame",
        file.offset(4),
    )
    file = three().index(content=b"\x7f\xff\xff\xff\x83").end()
    yield bad("index/frame-huge", "9", "A frame in an index member is longer than the limit.", file, "limitExceeded", file.offset(3))
    entries = three().entries
    for length in (1, 2, 3):
        content = frame((Atom("index"), entries)).data + bytes(length)
        file = three().index(content=content).end()
        yield bad(
            f"index/frame-stray-{length}",
            "10",
            f"What follows the index, of length {length}, is no length of a frame.",
            file,
            "malformedFrame",
            file.offset(3),
        )
        file = three().index(content=bytes(length)).end()
        yield bad(
            f"index/frame-stray-{length}-alone",
            "10",
            f"An index member with a content of length {length} holds no frame.",
            file,
            "malformedFrame",
            file.offset(3),
        )


def finishes():
    file = Recording().data(header(HEADER), batch(ONE), finish(ONE, names=Map([(b"\xff", 1), ("inc", 1)]))).end()
    yield bad("finish/names-bytes", "6.5", "A key of names is UTF-8.", file, "malformedFrame", 0)


def limits():
    count = 4_000_001
    term = external(Atom("index"))[1:]
    head = b"\x83h\2" + term + b"l" + struct.pack(">I", count)
    data = head + b"j" * (count + 1)
    content = struct.pack(">I", len(data)) + data
    writer = BitWriter()
    stream = list(content[: len(content) - count]) + [(258, 1)] * (count // 258) + [0x6A] * (count % 258)
    made = dynamic_block(writer, stream, 1).done()
    file = three().index(content=content, deflated=made).end()
    yield bad(
        "limits/index-entries",
        "9",
        "An index of one entry more than 4,000,000: none of them is looked at.",
        file,
        "limitExceeded",
        file.offset(3),
    )
