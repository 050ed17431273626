"""Where two readings of phoenix-replay.md were possible: what is torn, what follows, and frames that are wrong."""

import functools
import struct

import etf
from containers import atom_map, compressed, gzip
from etf import NIL, TRUE, Atom, Improper, Map, external, raw, write
from phoenix_replay import (
    NEW,
    NEWEST,
    OLD,
    Term,
    bad,
    good,
    happened,
    header_of,
    map_fields,
    newest_fields,
    numbered,
    part,
    part_frame,
    part_term,
    recording,
    recording_fields,
    structure,
    values,
    whole,
)


def vectors():
    for group in (newest, torn, mixed, trailing, keys, frames, untold, late, damaged_late, late_parts, depths, order):
        yield from group()


def newest():
    """The keys of 0.6.2 (registry.md §2, §3): a reader passes them on."""
    client = atom_map(visit="v-1", tab="t-1", user_agent=NIL, headers=Map(), landing=NIL, navigated_from=NIL)
    code = atom_map(release="1.2.0", migration=20_260_101, deps=atom_map(phoenix="1.8.0"), modules=Map())
    events = [
        NEW[0],
        happened(5, "viewport", width=390, height=844, dpr=3, color_scheme="dark", reduced_motion=TRUE, contrast="more", pointer="coarse", hover="none"),
        happened(9, "telemetry", event=[Atom("shop"), Atom("signup")], summary=NIL, measurements=Map(), metadata=Map(), error=NIL, language=NIL, mark="signup"),
    ]
    term = recording(recording_fields(client=client, code=code, dropped=Map()), events)
    yield whole("recording/0.6.2", "1", "A recording as 0.6.2 writes it.", term.compressed(), "recording", term)


def torn():
    term = Term(map_fields(), OLD)
    for name, length, shows in [
        ("after-first-field", term.end_of("field", "connected_at"), "A file that is torn before its events has none."),
        ("in-events-key", term.list_start - 4, "A file that is torn in the key events has none."),
        ("in-list", term.list_start + 2, "A file that is torn in the count of its events has none."),
    ]:
        yield good(f"torn/before-events-{name}", "3", shows, term.bare[:length], "bare", term.pairs(length), [])
    for name, length in [("map", 3), ("count", 5), ("key", 9), ("value", term.end_of("field", "connected_at") - 1)]:
        yield bad(
            f"torn/nothing-{name}",
            "6",
            "A file of which no field and no event can be read is truncated.",
            term.bare[:length],
            "bare",
            ("truncated", 0),
        )
    order = ["id", "events", "__struct__", "client", "code", "connected_at", "dropped", "params", "session", "url", "view"]
    late = recording(newest_fields(), NEWEST, order=order)
    for name, length in [
        ("in-events", late.end_of("event", 3) + 5),
        ("behind-events", late.end_of("event", len(NEWEST) - 1) + 3),
        ("in-struct", late.end_of("field", "__struct__") - 2),
    ]:
        yield good(
            f"torn/before-struct-{name}",
            "3",
            "A recording that is torn before its key __struct__: its events are structs all the same.",
            late.bare[:length],
            "recording",
            late.pairs(length),
            late.found(length),
        )


def mixed():
    term = Term(recording_fields(), NEW)
    yield whole(
        "recording/tuples",
        "2",
        "An event that is a tuple is one, in a file with __struct__ as well.",
        term.compressed(),
        "recording",
        term,
    )
    term = Term(map_fields(), NEW, make=structure)
    yield whole("map/structs", "2", "An event that is a map is a struct, in a file without __struct__ as well.", term.gzip(), "map", term)


def trailing():
    term = Term(map_fields(), OLD)
    new = recording()
    for name, data, kind in [
        ("map", term.gzip()[:0] + gzip(term.bare + b"more"), "map"),
        ("bare", term.bare + b"more", "bare"),
        ("second-member", term.gzip() + gzip(b"more"), "map"),
    ]:
        yield whole(f"map/behind-{name}", "1", "What follows the term is ignored.", data, kind, term)
    inside = compressed(bytes(new.data) + b"more")
    yield whole(
        "recording/behind-in-stream", "1", "So does what follows it in the stream.", inside, "recording", new
    )
    yield whole(
        "recording/behind-stream", "1", "And after the stream.", new.compressed() + b"more", "recording", new
    )


def keys():
    for name, key in [("text", "id"), ("integer", 1), ("tuple", (Atom("id"),))]:
        term = external(Map([(Atom("events"), []), (key, "demo-1")]))
        yield bad(
            f"refused/key-{name}",
            "6",
            "The keys of the map are atoms: one with another key is another file.",
            term,
            "bare",
            ("notARecording", 0),
        )


def frames():
    section = "4"
    one, two = newest_fields(), newest_fields(url="https://demo.example/list")
    first, third = part(one, NEWEST[:3]), part(two, NEWEST[6:], 6)
    term, ends = part_term(two, numbered(NEWEST[3:6], 3))
    broken = term[: ends[1]] + b"\xff" + term[ends[1] + 1 :]
    yield good(
        "part/term-malformed",
        "6",
        "A frame whose checksum matches and whose term is malformed is read as far as it goes, and so are the others.",
        first + part_frame(broken) + third,
        "part",
        header_of(two),
        values(NEWEST[:4] + NEWEST[6:]),
    )
    broken = b"\xff" + term
    yield good(
        "part/term-unknown-tag",
        "6",
        "One of whose term nothing can be read is left out.",
        first + part_frame(broken),
        "part",
        header_of(one),
        values(NEWEST[:3]),
    )
    for name, value in [("list", [1, 2]), ("tuple-3", (Map(), [], 1)), ("no-map", (1, [])), ("map", Map())]:
        yield good(
            f"part/form-{name}",
            "6",
            "One that holds another term is left out.",
            first + part_frame(write(value).data) + third,
            "part",
            header_of(two),
            values(NEWEST[:3] + NEWEST[6:]),
        )
    yield bad(
        "part/nothing-form",
        "6",
        "A part none of whose frames can be read is truncated, whatever is wrong with them.",
        part_frame(write([1]).data),
        "part",
        ("truncated", 0),
    )
    yield good(
        "part/stops-frame-cut-header",
        section,
        "A part that ends in the header of a frame.",
        first + third[:9],
        "part",
        header_of(one),
        values(NEWEST[:3]),
    )
    wrong = part_term(two, [(3, NEWEST[3]), (4, NEWEST[4])], make=lambda each: Map([(Atom("at"), each[0])]))[0]
    yield bad(
        "part/event-no-type",
        "6",
        "An event that is whole and is none is refused, as in the other forms.",
        first + part_frame(wrong),
        "part",
        ("malformedFrame", 0),
    )


def untold():
    for name, data, kind in [
        ("empty", b"", "bare"),
        ("131", b"\x83", "bare"),
        ("1f", b"\x1f", "map"),
        ("p", b"P", "part"),
        ("prf", b"PRF", "part"),
        ("gzip-empty", gzip(b""), "map"),
    ]:
        yield bad(f"refused/untold-{name}", "1", "A file that ends before its form can be told.", data, kind, ("notARecording", 0))
    yield bad("torn/nothing-131-80", "6", "131 and 80 tell the form: the file is torn.", b"\x83P", "recording", ("truncated", 0))
    yield bad("torn/nothing-gzip-131", "6", "gzip of a 131.", gzip(b"\x83"), "map", ("truncated", 0))
    yield bad("refused/unknown-tag", "6", "A compressed term with an unknown tag is no map.", compressed(b"\0"), "recording", ("notARecording", 0))


def late():
    """What is wrong after a field or an event that is whole."""
    term = recording()
    for name, length in [("more", len(term.data) + 1), ("less", len(term.data) - 30), ("2-gib", 0x7FFFFFFF)]:
        yield whole(
            f"recording/declares-{name}",
            "1",
            "The length that a compressed term declares is ignored.",
            compressed(bytes(term.data), length=length),
            "recording",
            term,
        )
    yield bad(
        "late/adler", "6", "A wrong Adler-32 after the whole term.", compressed(bytes(term.data), adler=1), "recording", ("malformedTerm", 0)
    )
    order = ["id", "events", "url"]
    term = Term({"id": "demo-1", "url": "/a"}, OLD, order=order)
    after = term.end_of("event", 1) - 1
    head = Map([(Atom("id"), b"demo-1")])
    deep = write(1).data
    for _ in range(1030):
        deep = b"h\1" + deep
    start, rest = bytes(term.data[:after]), bytes(term.data[after + 1 :])
    for name, shows, data in [
        ("unknown-tag", "An unknown tag", start + b"\0" + rest),
        ("deep", "Terms that nest too deep", start + b"h\3a\1w\1x" + deep + rest),
    ]:
        shows += " after a whole event: what comes before is imported."
        yield good(f"late/{name}", "3", shows, b"\x83" + data, "bare", head, values(OLD[:2]))
    events = write(values(OLD[:2])).data

    def pairs(*parts, torn=0):
        data = b"\x83t" + struct.pack(">I", len(parts)) + b"".join(write(key).data + value for key, value in parts)
        return data[: len(data) - torn]

    whole_ones = [(Atom("id"), write("demo-1").data), (Atom("events"), events)]
    for name, shows, data, kind in [
        ("key-twice", "A key that is there twice", pairs(*whole_ones, (Atom("id"), write(5).data)), "malformedTerm"),
        ("events-twice", "The key events, twice", pairs(*whole_ones, whole_ones[1]), "malformedTerm"),
        ("events-twice-torn", "The key events, twice, the second time torn", pairs(*whole_ones, whole_ones[1], torn=5), "malformedTerm"),
        ("key-integer", "A key that is no atom", pairs(*whole_ones, (1, write(5).data)), "notARecording"),
        ("event-integer", "An event that is none", pairs(whole_ones[0], (Atom("events"), write([OLD[0], 1]).data)), "malformedFrame"),
        ("events-integer", "Events that are no list", pairs(whole_ones[0], (Atom("events"), write(1).data)), "notARecording"),
        ("events-improper", "Events that are no proper list", pairs(whole_ones[0], (Atom("events"), write(Improper((OLD[0],), 1)).data)), "notARecording"),
    ]:
        yield bad(f"late/{name}", "6", f"{shows} refuses a file of which something can be read.", data, "bare", (kind, 0))
    two = b"l\0\0\0\2" + b"".join(write(each).data for each in values(OLD[:2]))
    event, text = (Atom("events"), two), write("demo-1").data
    for name, shows, data, kind in [
        ("events-string", "Events that are a STRING", pairs(whole_ones[0], (Atom("events"), b"k\0\1\1")), "notARecording"),
        ("events-torn", "Events that are a torn binary: no list is known by its tag", pairs(whole_ones[0], (Atom("events"), text), torn=3), "notARecording"),
        ("tail-torn", "Events with a torn tuple as their tail: that is known by its tag", pairs(whole_ones[0], (event[0], two + b"h")), "notARecording"),
        ("tail-of-none", "A list of no elements that has a tuple as its tail", pairs(whole_ones[0], (event[0], b"l\0\0\0\0h")), "notARecording"),
    ]:
        yield bad(f"late/{name}", "6", f"{shows}.", data, "bare", (kind, 0))
    for name, shows, rest in [
        ("events-count", "A list of events that says it has more than there are bytes", b"l\0\1\0\0" + two[5:]),
        ("events-no-tail", "A list of events without its tail", two),
    ]:
        yield good(f"late/{name}", "3", f"{shows}: those that are there are imported.", pairs(whole_ones[0], (event[0], rest)), "bare", head, values(OLD[:2]))
    more = pairs(whole_ones[0], event).replace(b"\x83t\0\0\0\2", b"\x83t\0\1\0\0", 1)
    yield good("late/map-count", "3", "So it is of the map.", more, "bare", head, values(OLD[:2]))
    empty = pairs((Atom("events"), write([]).data), (Atom("id"), b"\0"))
    twice, malformed = pairs(whole_ones[0], whole_ones[0], whole_ones[1]), pairs((Atom("id"), b"\0\0\0"), whole_ones[1])
    foreign = pairs(whole_ones[0], (Atom("events"), write(1).data))[1:]
    for name, shows, data, form, kind in [
        ("empty-events-torn", "A list of no events is nothing that has been read", empty[:-1], "bare", "truncated"),
        ("empty-events-malformed", "And what is malformed after it refuses the file", empty, "bare", "malformedTerm"),
        ("malformed-and-cut", "A malformed term in gzip that is cut after it: the first in the order of the bytes counts", gzip(malformed)[:-4], "map", "malformedTerm"),
        ("malformed-and-zlib-cut", "So it is in a compressed term", compressed(malformed[1:])[:-2], "recording", "malformedTerm"),
        ("twice-and-cut", "A key that is there twice, in gzip that is cut", gzip(twice)[:-4], "map", "malformedTerm"),
        ("twice-and-checksum", "A key that is there twice, in gzip whose CRC-32 does not match", gzip(twice, crc=1), "map", "malformedTerm"),
        ("no-list-and-adler", "Events that are no list, and a wrong Adler-32", compressed(foreign, adler=1), "recording", "notARecording"),
        ("torn-and-trailing", "A map that goes on where gzip ends, and bytes that start no other member", gzip(twice[:12]) + b"text", "map", "trailingData"),
        ("other-and-checksum", "Gzip of something else, and a wrong CRC-32", gzip(b"l", crc=1), "map", "notARecording"),
        ("no-events-and-checksum", "No events, and a wrong CRC-32", gzip(pairs(whole_ones[0]), crc=1), "map", "notARecording"),
    ]:
        yield bad(f"late/{name}", "6", f"{shows}.", data, form, (kind, 0))
    for name, key in [("integer", 1), ("twice", Atom("id"))]:
        yield good(
            f"late/key-{name}-torn",
            "6",
            "A key is judged when its value is whole: in a file that is torn in the value it is ignored.",
            pairs(*whole_ones, (key, write("demo-2").data), torn=3),
            "bare",
            head,
            values(OLD[:2]),
        )


def damaged_late():
    term = Term({"id": "demo-1", "url": "/a"}, OLD, order=["id", "events", "url"])
    head = Map([(Atom("id"), b"demo-1")])
    start = bytes(term.data[: term.end_of("event", 1) - 1])
    content = b"\x83" + start
    damaged = b"\0" + struct.pack("<HH", len(content), len(content) ^ 0xFFFF) + content + b"\x07"
    yield good(
        "late/gzip-damaged",
        "3",
        "Deflate data that is damaged after a whole event: what comes before is imported.",
        gzip(b"", deflated=damaged),
        "map",
        head,
        values(OLD[:2]),
    )
    damaged = compressed(start, lambda data: b"\0" + struct.pack("<HH", len(data), len(data) ^ 0xFFFF) + data + b"\x07")
    yield good(
        "late/zlib-damaged", "3", "So it is of a stream that is damaged.", damaged, "recording", head, values(OLD[:2])
    )


def stored_and_damaged(data):
    return b"\0" + struct.pack("<HH", len(data), len(data) ^ 0xFFFF) + data + b"\x07"


def late_parts():
    fields = newest_fields()
    first = part(fields, NEWEST[:3])
    session = part_term(fields, [])[0][2:-1]
    pairs = write([(3, structure(NEWEST[3])), (4, structure(NEWEST[4]))]).data
    for name, shows, rest, events in [
        ("no-list", "Events that are no list are none.", write(1).data, []),
        ("improper", "Of an improper list the elements are read.", write(Improper(((3, structure(NEWEST[3])),), 1)).data, [NEWEST[3]]),
    ]:
        yield good(
            f"part/events-{name}", "4", shows, first + part_frame(b"h\2" + session + rest), "part", header_of(fields), values(NEWEST[:3] + events)
        )
    less = Map([(Atom(name), value) for name, value in sorted(fields.items())])
    yield good(
        "part/recording-no-events",
        "4",
        "The recording of a frame may lack the key events.",
        part_frame(b"h\2" + write(less).data + pairs),
        "part",
        header_of(fields),
        values(NEWEST[3:5]),
    )
    data = part_term(fields, numbered(NEWEST[3:5], 3))[0]
    for name, shows, frame, events in [
        ("adler", "A frame whose checksum matches and whose Adler-32 does not is read.", compressed(data, adler=1), NEWEST[3:5]),
        ("declares-2-gib", "What its compressed term declares is ignored.", compressed(data, length=0x7FFFFFFF), NEWEST[3:5]),
        ("declares-less", "Nor does less than there is.", compressed(data, length=20), NEWEST[3:5]),
        ("stream-damaged", "A stream that is damaged is read as far as it goes.", compressed(data[:-5], stored_and_damaged), NEWEST[3:4]),
    ]:
        yield good(
            f"part/{name}", "4", shows, first + part_frame(frame, pack=lambda each: each), "part", header_of(fields), values(NEWEST[:3] + events)
        )
    for name, element in [("integer", 300), ("triple", (3, structure(NEWEST[3]), 1)), ("float", (3.0, structure(NEWEST[3])))]:
        yield bad(
            f"part/element-{name}",
            "6",
            "An element of the list that is whole and is no pair of a number and an event.",
            first + part_frame(b"h\2" + session + write([element]).data),
            "part",
            ("malformedFrame", 0),
        )
    more = Map([(1, 2), (Atom("events"), [])])
    yield bad(
        "part/key-integer",
        "4",
        "A key that is no atom in the recording that counts refuses the file.",
        first + part_frame(b"h\2" + write(more).data + pairs),
        "part",
        ("notARecording", 0),
    )


def depths():
    def nested(count):
        return raw(b"h\1" * count + b"a\1", functools.reduce(lambda term, _: (term,), range(count), 1))

    for what, most in [("field", 1022), ("event", 1020)]:
        for count in (most, most + 1):
            value, events = (nested(count), []) if what == "field" else (1, [(0, Atom("x"), nested(count))])
            term = Term({"id": "demo-1", "url": value}, events, order=["id", "events", "url"])
            is_found = count == most
            shows = "A field's value is enclosed by two terms, an event by three"
            yield good(
                f"late/depth-{what}-{count}",
                "6",
                shows + (": as deep as terms may be." if is_found else ": one term too deep ends the import."),
                term.bare,
                "bare",
                term.pairs() if is_found or what == "event" and not events else Map([(Atom("id"), b"demo-1")]),
                term.found() if is_found else [],
            )


def order():
    payload = etf.map_((NIL, 1), (Atom(""), 2))
    term = Term(map_fields(), [(0, Atom("info"), payload)])
    sorted_payload = Map([(Atom(""), 2), (NIL, 1)])
    yield good(
        "map/payload-order",
        "2",
        "The pairs of every map come in canonical order in the recording: the empty atom comes before nil.",
        term.gzip(),
        "map",
        term.pairs(),
        [(0, Atom("info"), sorted_payload)],
    )
