"""Recordings that are cut, changed, mixed up or joined, and what salvage finds in them (recording.md §11).

Each is made of the parts of a whole recording. Which of them are kept, and where the others start and end, is said
here; the documents are those of what had been put into the kept ones.
"""

import json

from containers import (
    BitWriter,
    Recording,
    atom_map,
    batch,
    contents,
    document_of,
    dynamic_block,
    end_member,
    event,
    finish,
    fixed,
    frame,
    gzip,
    gzip_header,
    header,
    raw_frame,
    subfield,
    tokens,
)
from etf import Atom, Map
from mappings import document_tree
from recording_model import (
    EVENTS,
    HEADER,
    ONE,
    THREE,
    TWO,
    click,
    documents,
    example,
    mount,
    render,
    state_at,
    three,
)
from vector import Vector

GARBAGE = bytes(37 * number + 11 & 0xFF for number in range(90))
TEN_BYTES = bytes.fromhex("1f8b08060000000000ff")
assert b"\x1f\x8b" not in GARBAGE


def salvage(frames, lost):
    """The document of what these frames hold, with the ranges of bytes that are lost."""
    head, events = document_of(frames)
    tree = document_tree(head, events, "tagged")
    assert "lost" not in tree
    ranges = [[first, end] for first, end in lost if first < end]
    return json.dumps({**tree, "lost": ranges}, ensure_ascii=False, separators=(",", ":"))


def vector(name, shows, data, frames, lost, *, error=None, expect=None, section="11"):
    """`frames` are those that salvage finds, None when there is nothing to be saved. `expect` are those that a reader
    finds that is not told of any damage."""
    data = data.bytes if isinstance(data, Recording) else data
    return Vector(
        f"damaged/{name}",
        "recording",
        data,
        f"recording.md §{section}",
        shows,
        expect=None if expect is None else documents(*document_of(expect)),
        error=error,
        salvage=None if frames is None else salvage(frames, lost),
    )


def frames_of(*parts):
    return [each for part in parts for each in part.frames]


def joined(*pieces):
    return b"".join(piece.data if hasattr(piece, "data") and not callable(piece.data) else piece for piece in pieces)


def whole(keyframes=True):
    return three(keyframes=keyframes).index().end()


def changed(data, offset, mask=0x01):
    data = bytearray(data)
    data[offset] ^= mask
    return bytes(data)


NAMES = ["first", "second", "third", "index", "end"]


def vectors():
    for group in (
        cuts,
        only_member,
        damages,
        wrong_contents,
        missing,
        mixed_up,
        joins,
        garbage,
        inside_events,
        bare,
        plain_gzip,
        without_sound_members,
        finished_by_one,
        passed_over,
    ):
        yield from group()


def cuts():
    file = whole()
    data = file.bytes
    for number, (name, part) in enumerate(zip(NAMES, file.parts)):
        before = frames_of(*file.parts[:number])
        if number == 4:
            yield vector(
                "cut/before-end",
                "The file ends where the end member should start.",
                data[: part.offset],
                before,
                [],
                error=("malformedIndex", file.offset(3)),
            )
        elif number:
            yield vector(
                f"cut/before-{name}",
                "A file that ends between members is unfinished.",
                data[: part.offset],
                before,
                [],
                expect=before,
            )
        head = part.member.header_length
        length = len(part.data)
        places = [1, 2, 9, 10, 13, head - 3, head - 1, head, head + 1, length - 8, length - 5, length - 1]
        if number < 4:
            places += [head + 5, head + 20]
        for place in sorted(set(places)):
            cut = part.offset + place
            kept, error = before, ("truncated", part.offset)
            if number == 0:
                # No member is sound: what is there of the content is read as that of a plain recording.
                kept = whole_frames(part.frames, place - head - 5)
            yield vector(
                f"cut/in-{name}-{place:03}",
                f"The {name} member is cut after {place} of its {length} bytes.",
                data[:cut],
                kept or None if number == 0 else kept,
                [(part.offset, cut)],
                error=error,
            )


def whole_frames(frames, length):
    """The frames that end within the first `length` bytes of their content."""
    kept, end = [], 0
    for each in frames:
        end += len(each)
        if end > length:
            break
        kept.append(each)
    return kept


def only_member():
    """A recorder that stopped while it wrote the first member."""
    frames = [header(HEADER), *map(event, EVENTS)]
    file = Recording().data(*frames)
    head = file.parts[0].member.header_length
    ends = [head + 5]
    for each in frames:
        ends.append(ends[-1] + len(each))
    for number in range(1, len(ends)):
        for name, shift in [("at", 0), ("after", 3), ("before", -1)]:
            cut = ends[number] + shift
            kept = frames[:number] if shift >= 0 else frames[: number - 1]
            yield vector(
                f"only/{name}-frame-{number}",
                "Of the only member all frames that are whole are kept.",
                file.bytes[:cut],
                kept or None,
                [(0, cut)],
                error=("truncated", 0),
            )


def damages():
    file = whole()
    for number, (name, part) in enumerate(zip(NAMES, file.parts)):
        head, length = part.member.header_length, len(part.data)
        if number == 0:
            start = ("notARecording", 0)
        else:
            start = ("trailingData", part.offset)
        samples = [
            ("magic", 0, start, "its first byte"),
            ("magic-2", 1, start, "its second byte"),
            ("method", 2, ("malformedMember", part.offset), "its method"),
            ("mtime", 5, ("checksum", part.offset), "a byte of its header that nothing is read from"),
            ("kind", 18, ("checksum", part.offset), "its kind"),
            ("length", 20, ("checksum", part.offset), "its length"),
            ("number", 24, ("checksum", part.offset), "the first of its numbers"),
            ("fhcrc", head - 1, ("checksum", part.offset), "its FHCRC"),
            ("crc", length - 8, ("checksum", part.offset), "its CRC-32"),
            ("isize", length - 1, ("malformedMember", part.offset), "the length in its trailer"),
        ]
        if number < 4:
            samples.append(("content", head + 5 + 17, ("checksum", part.offset), "a byte of its content"))
            samples.append(("last-byte", length - 9, ("checksum", part.offset), "the last byte of its content"))
        for what, place, error, shows in samples:
            kept = frames_of(*(each for each in file.parts if each is not part))
            yield vector(
                f"{name}/{what}",
                f"Of the {name} member {shows} is damaged.",
                changed(file.bytes, part.offset + place),
                kept,
                [(part.offset, part.end)],
                error=error,
            )
        blank = joined(file.bytes[: part.offset], bytes(length), file.bytes[part.end :])
        yield vector(
            f"{name}/blank",
            f"The {name} member is all zeros.",
            blank,
            frames_of(*(each for each in file.parts if each is not part)),
            [(part.offset, part.end)],
            error=start,
        )
    one, two = file.parts[0], file.parts[1]
    data = changed(changed(file.bytes, one.end - 1), two.end - 1)
    yield vector(
        "two-members/both",
        "Damage to two members is one loss when they follow one another.",
        data,
        frames_of(file.parts[2]),
        [(0, two.end)],
        error=("malformedMember", 0),
    )
    last = file.parts[2]
    data = changed(changed(file.bytes, one.end - 1), last.end - 1)
    yield vector(
        "two-members/apart",
        "Damage to two members with a sound one between is two losses.",
        data,
        frames_of(two),
        [(0, one.end), (last.offset, last.end)],
        error=("malformedMember", 0),
    )
    data = file.bytes
    for part in file.parts[:3]:
        data = changed(data, part.end - 1)
    index = file.parts[3]
    yield vector(
        "two-members/all-data",
        "Without a sound data member the file is read as a plain one, index or not.",
        data,
        frames_of(one),
        [(0, len(data))],
        error=("malformedMember", 0),
    )
    data = changed(changed(file.bytes, index.end - 1), file.parts[4].end - 1)
    yield vector(
        "two-members/index-and-end",
        "Without index and end no event is lost.",
        data,
        frames_of(*file.parts[:3]),
        [(index.offset, len(data))],
        error=("malformedMember", index.offset),
    )


def wrong_contents():
    """Members whose checksums are right and whose content is wrong."""
    good_before, good_after = [header(HEADER), batch(ONE)], [batch(THREE), finish(EVENTS)]
    samples = [
        ("frame-length", [raw_frame(b"\x83")], {}, "malformedFrame", "has a frame of one byte"),
        ("term", [raw_frame(b"\x83\x4e\0")], {}, "malformedTerm", "has a term with an unknown tag"),
        ("form", [frame(5)], {}, "malformedFrame", "has a frame that is none"),
        ("last-frame", [batch(TWO), frame([])], {}, "malformedFrame", "has a malformed frame after its events"),
        ("count", [batch(TWO)], {"change": {2: 2}}, "malformedMember", "declares another number of events"),
        ("offset", [batch(TWO)], {"change": {3: 1}}, "malformedMember", "declares another offset"),
        ("flag", [batch(TWO)], {"flags": 1}, "malformedMember", "declares a keyframe that it has not"),
        (
            "content-length",
            [batch(TWO)],
            {"change": {0: 7}},
            "malformedMember",
            "declares another length of its content",
        ),
        ("keyframe", [state_at(6), batch(TWO)], {}, "malformedFrame", "has a keyframe for another event"),
        (
            "kind",
            [batch(TWO)],
            {"payload": lambda fields: fields[:2] + b"\4" + fields[3:]},
            "malformedMember",
            "is of no known kind",
        ),
        ("major", [batch(TWO)], {"major": 2}, "unsupportedVersion", "is of another version"),
        (
            "number",
            [batch(TWO)],
            {"change": {1: b"\x83\0"}},
            "malformedMember",
            "has a number that is not the shortest",
        ),
    ]
    harmless = {"count", "offset", "flag"}
    for name, frames, options, kind, what in samples:
        file = Recording().data(*good_before).data(*frames, **options)
        file.data(*good_after, change={1: 6})
        wrong = file.parts[1]
        kept = file.parts if name in harmless else (file.parts[0], file.parts[2])
        before = frames[:1] if name == "last-frame" else []
        yield vector(
            f"content/{name}",
            f"A member that {what} is no loss." if name in harmless
            else f"Of a member that {what} those are kept." if before
            else f"A member that {what} is lost, and only that.",
            file,
            frames_of(file.parts[0]) + before + frames_of(file.parts[2]) if before else frames_of(*kept),
            [] if name in harmless else [(wrong.offset, wrong.end)],
            error=(kind, wrong.offset),
        )
    file = Recording().data(*good_before).data(batch(TWO), change={1: 4}).data(*good_after)
    third = file.parts[2]
    yield vector(
        "content/first-event-late",
        "After a member that declares later events, the next one goes back and is lost.",
        file,
        frames_of(*file.parts[:2]),
        [(third.offset, third.end)],
        error=("malformedMember", file.offset(1)),
    )
    file = Recording().data(*good_before).data(batch(TWO), change={1: 2}).data(*good_after)
    second = file.parts[1]
    yield vector(
        "content/first-event-early",
        "A member that goes back in events is lost.",
        file,
        frames_of(file.parts[0], file.parts[2]),
        [(second.offset, second.end)],
        error=("malformedMember", second.offset),
    )
    file = three().index([]).end()
    yield vector(
        "content/index-wrong",
        "An index that does not agree with the members is no loss.",
        file,
        file_frames(file),
        [],
        error=("malformedIndex", file.offset(3)),
    )
    file = three().index().end(5)
    yield vector(
        "content/end-wrong",
        "An end member that names another byte is no loss.",
        file,
        file_frames(file),
        [],
        error=("malformedIndex", file.offset(4)),
    )
    file = three().index(term=(Atom("index"), [(1, 2)])).end()
    index = file.parts[3]
    yield vector(
        "content/index-form",
        "An index member with a malformed index is not sound.",
        file,
        frames_of(*file.parts[:3]),
        [(index.offset, index.end)],
        error=("malformedFrame", index.offset),
    )


def file_frames(file):
    return frames_of(*file.parts)


def missing():
    file = whole(keyframes=False)
    first, second, third, index, end = file.parts
    data = joined(first, third, index, end)
    yield vector(
        "missing/second",
        "A member that is missing as a whole leaves no bytes.",
        data,
        frames_of(first, third),
        [],
        error=("malformedFrame", first.end),
    )
    cut = joined(first, Recording().data(batch(THREE), change={1: 6}).parts[0])
    yield vector(
        "missing/second-no-finish",
        "A gap in the event indexes tells of a member that is missing.",
        cut,
        frames_of(first) + [batch(THREE)],
        [],
        error=("malformedMember", first.end),
    )
    data = joined(second, third, index, end)
    yield vector(
        "missing/first",
        "Without the first member the header is empty.",
        data,
        frames_of(second, third),
        [],
        error=("notARecording", 0),
    )
    yield vector(
        "missing/frames",
        "A data member without frames is sound, even when it comes first.",
        Recording().data().data(),
        [],
        [],
        error=("notARecording", 0),
    )
    data = joined(first, second, index, end)
    yield vector(
        "missing/third",
        "The finish frame is missing with its member.",
        data,
        frames_of(first, second),
        [],
        error=("malformedIndex", second.end),
    )
    data = joined(first, second, third, end)
    yield vector(
        "missing/index",
        "An index member that is missing is no loss of events.",
        data,
        frames_of(first, second, third),
        [],
        error=("malformedIndex", third.end),
    )
    data = joined(first)
    yield vector(
        "missing/all-but-first",
        "A first member alone is an unfinished recording.",
        data,
        frames_of(first),
        [],
        expect=frames_of(first),
    )
    data = joined(third, index, end)
    yield vector(
        "missing/first-two",
        "The last data member alone has events.",
        data,
        frames_of(third),
        [],
        error=("notARecording", 0),
    )
    data = joined(index, end)
    yield vector(
        "missing/all-data",
        "An index member and an end member alone cannot be saved.",
        data,
        None,
        [],
        error=("notARecording", 0),
    )
    yield vector(
        "missing/all-but-end",
        "An end member alone cannot be saved.",
        end_member(0),
        None,
        [],
        error=("notARecording", 0),
    )
    keyed = whole()
    data = joined(keyed.parts[0], keyed.parts[2], *keyed.parts[3:])
    yield vector(
        "missing/second-keyframe",
        "Behind a gap a keyframe has the event index of its member.",
        data,
        frames_of(keyed.parts[0], keyed.parts[2]),
        [],
        error=("malformedFrame", keyed.parts[0].end),
    )
    data = joined(keyed.parts[1], keyed.parts[2], *keyed.parts[3:])
    yield vector(
        "missing/first-keyframe",
        "Without the first member the keyframes hold all the same.",
        data,
        frames_of(keyed.parts[1], keyed.parts[2]),
        [],
        error=("notARecording", 0),
    )


def mixed_up():
    file = whole(keyframes=False)
    first, second, third, index, end = file.parts
    data = joined(first, third, second, index, end)
    moved = first.end + len(third.data)
    yield vector(
        "order/swapped",
        "Of two members that are swapped, the one that goes back is lost.",
        data,
        frames_of(first, third),
        [(moved, moved + len(second.data))],
        error=("malformedFrame", first.end),
    )
    data = joined(second, first, third, index, end)
    start = len(second.data)
    yield vector(
        "order/header-later",
        "A first member that comes later goes back in events and is lost.",
        data,
        frames_of(second, third),
        [(start, start + len(first.data))],
        error=("notARecording", 0),
    )
    data = joined(first, second, second, third, index, end)
    yield vector(
        "order/doubled",
        "A member that is there twice is kept once.",
        data,
        frames_of(first, second, third),
        [(second.end, second.end + len(second.data))],
        error=("malformedMember", second.end),
    )
    data = joined(first, first, second, third, index, end)
    yield vector(
        "order/doubled-first",
        "A first member that is there twice is kept once.",
        data,
        frames_of(first, second, third),
        [(first.end, 2 * first.end)],
        error=("malformedFrame", first.end),
    )
    data = joined(first, second, third, index, index, end)
    yield vector(
        "order/doubled-index",
        "An index member that is there twice is no loss.",
        data,
        frames_of(first, second, third),
        [],
    )
    data = joined(first, second, third, index, end, end)
    yield vector(
        "order/doubled-end",
        "An end member that is there twice is no loss.",
        data,
        frames_of(first, second, third),
        [],
        error=("trailingData", end.end),
    )
    data = joined(end, first, second, third, index)
    yield vector(
        "order/end-first",
        "An end member before all others is passed by.",
        data,
        frames_of(first, second, third),
        [],
        error=("notARecording", 0),
    )
    data = joined(first, index, second, third, end)
    yield vector(
        "order/index-early",
        "An index member between data members is passed by.",
        data,
        frames_of(first, second, third),
        [],
    )
    data = joined(first, end_member(0), second, third)
    yield vector(
        "order/end-early", "An end member between data members is passed by.", data, frames_of(first, second, third), []
    )
    data = joined(third, second, first)
    yield vector(
        "order/reversed",
        "Of members in reverse order the first one there is kept.",
        data,
        frames_of(third),
        [(len(third.data), len(data))],
        error=("notARecording", 0),
    )


def longer():
    """A recording of twelve events in four members, with another header."""
    head = atom_map(id="other", view=Atom("Elixir.Other"))
    events = [mount(0, other=0), *[click(10 * number, f"other-{number}") for number in range(1, 12)]]
    file = Recording().data(header(head), batch(events[:3]))
    for start in (3, 6, 9):
        last = [finish(events)] if start == 9 else []
        file.data(batch(events[start : start + 3]), *last)
    return file.index().end()


def joins():
    one, other = whole(keyframes=False), example()
    end = one.length
    parts = other.parts
    yield vector(
        "joined/shorter",
        "Of a second recording after the end nothing is kept that goes back in events.",
        one.bytes + other.bytes,
        file_frames(one),
        [(end, end + parts[2].offset)],
        error=("trailingData", end),
    )
    more = longer()
    last = more.parts[3]
    yield vector(
        "joined/longer",
        "A member of a second recording that does not go back is kept.",
        one.bytes + more.bytes,
        file_frames(one) + frames_of(last),
        [(end, end + last.offset)],
        error=("trailingData", end),
    )
    cut = three(keyframes=False, finished=False)
    yield vector(
        "joined/unfinished",
        "A recording after an unfinished one goes back in events.",
        cut.bytes + other.bytes,
        file_frames(cut),
        [(cut.length, cut.length + parts[2].offset)],
        error=("malformedFrame", cut.length),
    )
    plain = gzip(contents([header(HEADER), batch(ONE)]))
    yield vector(
        "joined/plain-behind",
        "A plain recording after the end is lost.",
        one.bytes + plain,
        file_frames(one),
        [(end, end + len(plain))],
        error=("trailingData", end),
    )
    yield vector(
        "joined/plain-before",
        "A plain recording before one of RL members is lost.",
        plain + one.bytes,
        file_frames(one),
        [(0, len(plain))],
        error=("malformedMember", len(plain)),
    )
    naked = contents([header(HEADER), batch(ONE)])
    yield vector(
        "joined/bare-before",
        "A bare recording before one of RL members is lost.",
        naked + one.bytes,
        file_frames(one),
        [(0, len(naked))],
        error=("limitExceeded", len(naked)),
    )
    between = joined(one.parts[0], plain, *one.parts[1:])
    yield vector(
        "joined/plain-between",
        "A member without RL between those with it is lost.",
        between,
        file_frames(one),
        [(one.parts[0].end, one.parts[0].end + len(plain))],
        error=("malformedMember", one.parts[0].end),
    )
    half = one.bytes[: one.parts[2].offset + 40]
    cut_at = len(half)
    yield vector(
        "joined/cut-before",
        "Behind a recording that is cut another one is found, and goes back in events.",
        half + other.bytes,
        frames_of(*one.parts[:2]),
        [(one.offset(2), cut_at + parts[2].offset)],
        error=("checksum", one.offset(2)),
    )


def garbage():
    file = whole()
    data = file.bytes
    samples = [
        ("bytes", GARBAGE, "Bytes that mean nothing"),
        ("zeros", bytes(512), "Zeros"),
        ("one", b"\0", "One byte"),
        ("ten-bytes", b"\0" + TEN_BYTES + b"\0\0\0", "The first ten bytes of a member"),
        ("ten-bytes-twice", b"\0" + TEN_BYTES + TEN_BYTES, "The first ten bytes of a member, twice,"),
        ("header", b"\0" + file.parts[1].data[: file.parts[1].member.header_length], "The header of a member"),
    ]
    for name, junk, what in samples:
        for number, (place, part) in enumerate(zip(NAMES, file.parts)):
            if number and name in ("zeros", "ten-bytes-twice") and number != 2:
                continue
            cut = data[: part.offset] + junk + data[part.offset :]
            error = ("trailingData" if number else "notARecording", part.offset)
            yield vector(
                f"garbage/{name}-before-{place}",
                f"{what} before the {place} member.",
                cut,
                file_frames(file),
                [(part.offset, part.offset + len(junk))],
                error=error,
            )
        yield vector(
            f"garbage/{name}-behind-end",
            f"{what} after the end member.",
            data + junk,
            file_frames(file),
            [(len(data), len(data) + len(junk))],
            error=("trailingData", len(data)),
        )
    second = file.parts[1]
    everywhere = b"\0" + TEN_BYTES * 3000
    cut = data[: second.offset] + everywhere + data[second.offset :]
    yield vector(
        "garbage/starts-everywhere",
        "What looks like the start of a member everywhere costs time, and no event.",
        cut,
        file_frames(file),
        [(second.offset, second.offset + len(everywhere))],
        error=("trailingData", second.offset),
    )
    subfields = subfield(b"RL", bytes(300))
    everywhere = b"\0" + (TEN_BYTES + len(subfields).to_bytes(2, "little") + subfields) * 100
    cut = data[: second.offset] + everywhere + data[second.offset :]
    yield vector(
        "garbage/headers-everywhere",
        "A header with RL whose FHCRC does not match is no header, however often it comes.",
        cut,
        file_frames(file),
        [(second.offset, second.offset + len(everywhere))],
        error=("trailingData", second.offset),
    )
    half = TEN_BYTES[:6]
    third = file.parts[2]
    cut = data[: third.offset] + b"\0" + half + data[third.offset :]
    yield vector(
        "garbage/half-ten-bytes",
        "The start of a member may follow half a start.",
        cut,
        file_frames(file),
        [(third.offset, third.offset + 1 + len(half))],
        error=("trailingData", third.offset),
    )


def inside_events():
    """A recording inside a binary of an event, in stored blocks, so that its bytes stand in the file."""
    head = atom_map(id="inner", view=Atom("Elixir.Inner"))
    inner = Recording().data(header(head), batch([mount(0, inner=0), render(5, inner=1)]))
    ended = Recording().data(header(head), batch([mount(0, inner=0)]), finish([mount()])).end()

    def outer(inside, first=False):
        upload = (1210, Atom("x_demo_upload"), atom_map(file=inside.bytes, note="behind it"))
        one = [ONE[0], ONE[1], (1202, upload[1], upload[2])] if first else ONE
        two = TWO if first else [TWO[0], (2501, upload[1], upload[2]), TWO[2]]
        file = Recording().data(header(HEADER), batch(one)).data(batch(two))
        return file.data(batch(THREE), finish(one + two + THREE)).index().end()

    file = outer(inner)
    second = file.parts[1]
    place = file.bytes.index(inner.bytes)
    kept = frames_of(file.parts[0], file.parts[2])
    lost = [(second.offset, second.end)]
    yield vector(
        "inside/whole",
        "A recording inside an event is a binary.",
        file,
        file_frames(file),
        [],
        expect=file_frames(file),
    )
    yield vector(
        "inside/content",
        "Inside a member whose content is damaged nothing is looked for.",
        changed(file.bytes, place - 40),
        kept,
        lost,
        error=("checksum", second.offset),
    )
    yield vector(
        "inside/behind",
        "Damage after the recording inside is the same.",
        changed(file.bytes, place + inner.length + 5),
        kept,
        lost,
        error=("checksum", second.offset),
    )
    yield vector(
        "inside/trailer",
        "Damage to the trailer is the same.",
        changed(file.bytes, second.end - 1),
        kept,
        lost,
        error=("malformedMember", second.offset),
    )
    yield vector(
        "inside/header",
        "With a damaged header the recording inside is found, and goes back in events.",
        changed(file.bytes, second.offset + 5),
        kept,
        lost,
        error=("checksum", second.offset),
    )
    cut = place + inner.length + 10
    yield vector(
        "inside/cut",
        "In a member that is cut the recording inside is found, and goes back in events.",
        file.bytes[:cut],
        frames_of(file.parts[0]),
        [(second.offset, cut)],
        error=("truncated", second.offset),
    )
    cut = place + 30
    yield vector(
        "inside/cut-in-it",
        "A cut inside the recording inside.",
        file.bytes[:cut],
        frames_of(file.parts[0]),
        [(second.offset, cut)],
        error=("truncated", second.offset),
    )
    file = outer(ended)
    second = file.parts[1]
    place = file.bytes.index(ended.bytes)
    end_at = place + ended.offset(1)
    yield vector(
        "inside/end-content",
        "Nothing is looked for inside, an end member neither.",
        changed(file.bytes, place - 40),
        frames_of(file.parts[0], file.parts[2]),
        [(second.offset, second.end)],
        error=("checksum", second.offset),
    )
    yield vector(
        "inside/end-header",
        "An end member inside a member with a damaged header is sound and no loss.",
        changed(file.bytes, second.offset + 5),
        frames_of(file.parts[0], file.parts[2]),
        [(second.offset, end_at), (end_at + 44, second.end)],
        error=("checksum", second.offset),
    )
    file = outer(inner, first=True)
    first = file.parts[0]
    place = file.bytes.index(inner.bytes)
    yield vector(
        "inside/first-content",
        "Inside the first member nothing is looked for when its header is sound.",
        changed(file.bytes, place - 40),
        frames_of(*file.parts[1:]),
        [(0, first.end)],
        error=("checksum", 0),
    )
    yield vector(
        "inside/first-header",
        "A first member with a damaged header may give away what is inside it.",
        changed(file.bytes, 5),
        file_frames(inner) + frames_of(*file.parts[1:]),
        [(0, place), (place + inner.length, first.end)],
        error=("checksum", 0),
    )
    ten = [(TWO[0][0], Atom("x_demo_bytes"), TEN_BYTES * 3)]
    file = Recording().data(header(HEADER), batch(ONE)).data(batch(ten), finish(ONE + ten)).index().end()
    second = file.parts[1]
    yield vector(
        "inside/ten-bytes",
        "The ten bytes inside a damaged member lead nowhere.",
        changed(file.bytes, second.offset + 5),
        frames_of(file.parts[0]),
        [(second.offset, second.end)],
        error=("checksum", second.offset),
    )


def bare():
    frames = [header(HEADER), batch(ONE), state_at(3), event(TWO[0]), batch(TWO[1:]), finish(ONE + TWO)]
    data = contents(frames)
    start = 0
    for number, each in enumerate(frames):
        kept = frames[:number]
        if number:
            yield vector(
                f"bare/before-frame-{number}",
                "A bare recording that ends between frames is unfinished.",
                data[:start],
                kept,
                [],
                expect=kept,
            )
        for length in (1, 4, 5, len(each) // 2, len(each) - 1):
            if number == 0 and length < 5:
                continue
            cut = start + length
            yield vector(
                f"bare/in-frame-{number}-{length:03}",
                "Of a bare recording the frames before the cut are kept.",
                data[:cut],
                kept or None,
                [(start, cut)],
                error=("truncated", start),
            )
        start += len(each)
    for name, wrong, kind in [
        ("length", raw_frame(b""), "malformedFrame"),
        ("term", raw_frame(b"\x83\x4e"), "malformedTerm"),
        ("form", frame([]), "malformedFrame"),
        ("event", frame([THREE[0], 1]), "malformedFrame"),
        ("place", header(HEADER), "malformedFrame"),
        ("limit", raw_frame(b"\x83\x6a", 0x7FFFFFFF), "limitExceeded"),
    ]:
        before = frames[:3]
        at = len(contents(before))
        file = contents([*before, wrong, *frames[3:]])
        yield vector(
            f"bare/wrong-{name}",
            "A bare recording is read up to the first error.",
            file,
            before,
            [(at, len(file))],
            error=(kind, at),
        )
    yield vector(
        "bare/behind",
        "What follows a bare recording and is no frame is lost.",
        data + b"\0\0",
        frames,
        [(len(data), len(data) + 2)],
        error=("truncated", len(data)),
    )
    yield vector(
        "bare/no-header",
        "A bare recording without its first frame cannot be saved.",
        data[len(frames[0]) :],
        None,
        [],
        error=("notARecording", 0),
    )


def plain_gzip():
    frames = [header(HEADER), batch(ONE), state_at(3), event(TWO[0]), batch(TWO[1:]), finish(ONE + TWO)]
    data = contents(frames)
    head = len(gzip_header())
    file = gzip(data)
    end = 0
    for number, each in enumerate(frames):
        end += len(each)
        for name, cut in [("at", head + 5 + end), ("before", head + 5 + end - 1)]:
            kept = frames[: number + 1] if name == "at" else frames[:number]
            yield vector(
                f"gzip/{name}-frame-{number}",
                "Of gzip that is cut all frames that are whole are kept, unchecked.",
                file[:cut],
                kept or None,
                [(0, cut)],
                error=("truncated", 0),
            )
    for name, cut in [("header", 7), ("nothing", head), ("crc", len(file) - 6), ("isize", len(file) - 2)]:
        kept = frames if cut > head else None
        yield vector(
            f"gzip/in-{name}",
            "A cut in the header or trailer of gzip.",
            file[:cut],
            kept,
            [(0, cut)],
            error=("truncated", 0),
        )
    yield vector(
        "gzip/crc",
        "Frames are kept though their checksum is wrong.",
        gzip(data, crc=1),
        frames,
        [(0, len(file))],
        error=("checksum", 0),
    )
    yield vector(
        "gzip/isize",
        "Frames are kept though their length is wrong.",
        gzip(data, size=1),
        frames,
        [(0, len(file))],
        error=("malformedMember", 0),
    )
    writer = BitWriter()
    dynamic_block(writer, tokens(contents(frames[:2])), 0)
    kept_bytes = len(writer.data)
    dynamic_block(writer, tokens(contents(frames[2:])), 1)
    packed = gzip(data, deflated=writer.done())
    cut = head + kept_bytes + 12
    yield vector(
        "gzip/dynamic",
        "Of two dynamic blocks the second is cut in its tables.",
        packed[:cut],
        frames[:2],
        [(0, cut)],
        error=("truncated", 0),
    )
    broken = BitWriter()
    dynamic_block(broken, tokens(contents(frames[:2])), 0)
    broken.put(1, 1).put(3, 2)
    wrong = gzip(data, deflated=broken.done() + bytes(20))
    yield vector(
        "gzip/block",
        "A block of an unknown kind follows one that is good.",
        wrong,
        frames[:2],
        [(0, len(wrong))],
        error=("malformedMember", 0),
    )
    one, two, three_ = gzip(contents(frames[:2])), gzip(contents(frames[2:4])), gzip(contents(frames[4:]))
    start, last = len(one), len(one) + len(two)
    yield vector(
        "gzip/second-cut",
        "Of two gzip members the second is cut.",
        (one + two)[:-12],
        frames[:3],
        [(start, last - 12)],
        error=("truncated", start),
    )
    yield vector(
        "gzip/second-before",
        "A plain recording that ends between gzip members is unfinished.",
        one + two,
        frames[:4],
        [],
        expect=frames[:4],
    )
    bad_crc = gzip(contents(frames[2:4]), crc=1)
    yield vector(
        "gzip/second-crc",
        "Behind the first error of a plain recording nothing is kept.",
        one + bad_crc + three_,
        frames[:4],
        [(start, last + len(three_))],
        error=("checksum", start),
    )
    bad_header = gzip(contents(frames[2:4]), reserved=0x20)
    yield vector(
        "gzip/second-header",
        "A gzip header that is damaged ends a plain recording.",
        one + bad_header + three_,
        frames[:2],
        [(start, last + len(three_))],
        error=("malformedMember", start),
    )
    yield vector(
        "gzip/behind",
        "What follows the gzip members is lost.",
        one + two + three_ + b"text",
        frames,
        [(last + len(three_), last + len(three_) + 4)],
        error=("trailingData", last + len(three_)),
    )
    wrong = gzip(contents(frames[:2]) + raw_frame(b"\x83\x4e").data + frames[3].data)
    yield vector(
        "gzip/term",
        "Frames before one that is malformed are kept.",
        wrong,
        frames[:2],
        [(0, len(wrong))],
        error=("malformedTerm", 0),
    )
    short = gzip(data[:-5])
    yield vector(
        "gzip/frame-cut",
        "A frame is cut in a member that is whole.",
        short,
        frames[:-1],
        [(0, len(short))],
        error=("truncated", 0),
    )
    at = len(contents(frames[:4])) + 20
    across = gzip(data[:at]) + gzip(data[at:])
    second = len(gzip(data[:at]))
    cut = second + head + 5 + 10
    yield vector(
        "gzip/across",
        "A frame that runs into a member that is cut is lost with it.",
        across[:cut],
        frames[:4],
        [(second, cut)],
        error=("truncated", second),
    )
    short = gzip(data[:at]) + gzip(data[at : at + 5])
    yield vector(
        "gzip/across-short",
        "A frame that lacks bytes is lost with the member in which it starts.",
        short,
        frames[:4],
        [(0, len(short))],
        error=("truncated", 0),
    )
    named = gzip(data, name=b"demo.reel", extra=subfield(b"XY", b"1"), hcrc=True)
    cut = len(named) - 20
    yield vector(
        "gzip/named",
        "Gzip with a name and a subfield is read like any.",
        named[:cut],
        frames[:5],
        [(0, cut)],
        error=("truncated", 0),
    )
    yield vector(
        "gzip/fhcrc", "Behind a wrong FHCRC nothing is read.", gzip(data, hcrc=1), None, [], error=("checksum", 0)
    )
    first_cut = gzip(contents(frames[:1])[:-3])
    yield vector(
        "gzip/no-header",
        "A plain recording whose header is cut cannot be saved.",
        first_cut,
        None,
        [],
        error=("truncated", 0),
    )


def without_sound_members():
    """RL members none of which is sound: the file is read as a plain recording."""
    frames = [header(HEADER), batch(ONE), batch(TWO)]

    def only(**options):
        return Recording().data(*frames, **options)

    file = only()
    everything = [(0, file.length)]
    yield vector(
        "unsound/crc",
        "Frames of the only member are kept though its checksum is wrong.",
        only(crc=1),
        frames,
        everything,
        error=("checksum", 0),
    )
    yield vector(
        "unsound/isize",
        "Frames of the only member are kept though its length is wrong.",
        only(size=1),
        frames,
        everything,
        error=("malformedMember", 0),
    )
    for name, options in [
        ("count", {"change": {2: 5}}),
        ("flag", {"flags": 6}),
        ("kind", {"payload": lambda fields: fields[:2] + b"\5" + fields[3:]}),
        ("major", {"major": 2}),
        ("length", {"length": 99}),
        ("number", {"change": {1: b"\x80\0"}}),
    ]:
        wrong = only(**options)
        kind = "unsupportedVersion" if name == "major" else "malformedMember"
        yield vector(
            f"unsound/{name}",
            "A plain recording may have any subfields, so all is read.",
            wrong,
            frames,
            [],
            error=(kind, 0),
        )
    yield vector(
        "unsound/fhcrc", "Behind a wrong FHCRC nothing is read.", only(hcrc=1), None, [], error=("checksum", 0)
    )
    yield vector(
        "unsound/method", "Another method is not inflated.", only(method=7), None, [], error=("malformedMember", 0)
    )
    yield vector(
        "unsound/reserved",
        "Behind a reserved flag nothing is read.",
        only(reserved=0x80),
        None,
        [],
        error=("malformedMember", 0),
    )
    middle = [frames[0], frames[1], raw_frame(b"\x83\x4e"), frames[2]]
    wrong = Recording().data(*middle)
    yield vector(
        "unsound/term",
        "Frames before one that is malformed are kept.",
        wrong,
        middle[:2],
        [(0, wrong.length)],
        error=("malformedTerm", 0),
    )
    yield vector(
        "unsound/content",
        "A changed byte in a term that still is one shows in the checksum only.",
        changed_content(),
        changed_frames(),
        [(0, len(changed_content()))],
        error=("checksum", 0),
    )
    two = Recording().data(*frames[:2], crc=1).data(frames[2], crc=1)
    yield vector(
        "unsound/both",
        "Of two members that are not sound the frames of the first are kept.",
        two,
        frames[:2],
        [(0, two.length)],
        error=("checksum", 0),
    )


def changed_content():
    file = Recording().data(header(HEADER), batch(ONE))
    place = file.bytes.index(b"/counter")
    return changed(file.bytes, place + 1, 0x20)


def changed_frames():
    pairs = Map((key, b"/Counter" if value == b"/counter" else value) for key, value in header(HEADER).header.pairs)
    return [header(pairs), batch(ONE)]


def finished_by_one():
    """Recordings of one data member and an end member."""
    file = Recording().data(header(HEADER), batch(ONE), finish(ONE), deflate=fixed).end()
    first, end = file.parts
    yield vector(
        "short/end",
        "Without the end member no event is lost.",
        changed(file.bytes, end.end - 1),
        frames_of(first),
        [(end.offset, end.end)],
        error=("malformedMember", end.offset),
    )
    for place in (1, 12, 43):
        yield vector(
            f"short/cut-{place:02}",
            "A cut in the end member costs no event.",
            file.bytes[: end.offset + place],
            frames_of(first),
            [(end.offset, end.offset + place)],
            error=("truncated", end.offset),
        )
    yield vector(
        "short/no-end",
        "Without the end member the recording is unfinished.",
        first.data,
        frames_of(first),
        [],
        expect=frames_of(first),
    )
    yield vector(
        "short/data",
        "With an end member that is sound the only data member is read as a plain one all the same.",
        changed(file.bytes, first.end - 1),
        frames_of(first),
        [(0, file.length)],
        error=("malformedMember", 0),
    )
    wrong = Recording().data(header(HEADER), batch(ONE), finish(ONE), change={2: 4}).end()
    yield vector(
        "short/count",
        "Read as a plain one, a file with wrong fields may have no error at all.",
        wrong,
        frames_of(wrong.parts[0]),
        [],
        error=("malformedMember", 0),
    )
    wrong = Recording().data(header(HEADER), batch(ONE), finish(ONE), crc=1).index().end()
    yield vector(
        "short/index",
        "With index and end member the only data member is read as a plain one all the same.",
        wrong,
        frames_of(wrong.parts[0]),
        [(0, wrong.length)],
        error=("checksum", 0),
    )


def passed_over():
    """Members that whoever looks for events has no reason to read, as they declare none."""
    none = {2: 0}
    frames = [header(HEADER), batch(ONE), finish(ONE)]
    yield vector(
        "passed-over/only",
        "The only member declares no events, and holds three.",
        Recording().data(*frames, change=none).end(),
        frames,
        [],
        error=("malformedMember", 0),
    )
    for name, number in [("middle", 1), ("last", 2)]:
        file, first = Recording(), 0
        for place, part in enumerate([[header(HEADER), batch(ONE)], [batch(TWO)], [batch(THREE), finish(EVENTS)]]):
            change = {1: first, **(none if place == number else {})}
            file.data(*part, change=change)
            entry = list(file.entries[-1])
            entry[3:5] = first, 0 if place == number else 3
            file.entries[-1] = tuple(entry)
            first += entry[4]
        file.index().end()
        yield vector(
            f"passed-over/{name}",
            f"The {name} member declares no events, and holds three; the index says the same.",
            file,
            file_frames(file),
            # After the member that hides three, the finish frame counts three too many.
            [(file.offset(2), file.offset(3))] if name == "middle" else [],
            error=("malformedMember", file.offset(number)),
        )
    file = Recording().data(header(HEADER), crc=1).data(batch(ONE), finish(ONE)).index().end()
    yield vector(
        "passed-over/header-crc",
        "A member with nothing but the header has a wrong checksum.",
        file,
        frames_of(file.parts[1]),
        [(0, file.offset(1))],
        error=("checksum", 0),
    )
    file = Recording().data(header(HEADER), batch(ONE)).data(finish(ONE), crc=1).index().end()
    yield vector(
        "passed-over/finish-crc",
        "A member with nothing but the finish frame has a wrong checksum.",
        file,
        frames_of(file.parts[0]),
        [(file.offset(1), file.offset(2))],
        error=("checksum", file.offset(1)),
    )
