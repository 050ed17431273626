"""Where two readings of phoenix-replay.md were possible: what is torn, what follows, and frames that are wrong."""

import struct

import etf
from containers import atom_map, compressed, gzip
from etf import NIL, TRUE, Atom, Map, external, write
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
    for group in (newest, torn, mixed, behind, keys, frames):
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


def behind():
    term = Term(map_fields(), OLD)
    new = recording()
    for name, data, kind in [
        ("map", term.gzip()[:0] + gzip(term.bare + b"more"), "map"),
        ("bare", term.bare + b"more", "bare"),
        ("second-member", term.gzip() + gzip(b"more"), "map"),
    ]:
        yield whole(f"map/behind-{name}", "1", "What follows the term counts for nothing.", data, kind, term)
    inside = compressed(bytes(new.data) + b"more")
    yield whole(
        "recording/behind-in-stream", "1", "So does what follows it in the stream.", inside, "recording", new
    )
    yield whole(
        "recording/behind-stream", "1", "And behind the stream.", new.compressed() + b"more", "recording", new
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
