"""Files of PhoenixReplay of every generation, whole and torn, and the recordings that they become."""

import struct
import zlib

import etf
from containers import BitWriter, atom_map, compressed, dynamic, dynamic_block, fixed, gzip, gzip_header, stored, tokens
from etf import NIL, TRUE, Atom, Improper, Map, external, write
from mappings import document
from vector import Vector

PAGE = "phoenix-replay.md §"
RECORDING = Atom("Elixir.PhoenixReplay.Recording")
EVENT = Atom("Elixir.PhoenixReplay.Recording.Event")

FIELDS = {
    "id": "demo-1",
    "view": Atom("Elixir.Demo.CounterLive"),
    "url": "https://demo.example/counter",
    "params": Map([("page", "2")]),
    "session": Map([("user", 7)]),
    "connected_at": 1_700_000_000_000,
}
CLIENT = atom_map(agent="Demo 1.0", width=1280, height=720)
CODE = atom_map(release="1.2.0", modules=Map([(Atom("Elixir.Demo.CounterLive"), "abc")]))


def happened(at, kind, **payload):
    return (at, Atom(kind), atom_map(**payload))


OLD = [
    happened(0, "mount", assigns=atom_map(count=0)),
    happened(2, "handle_params", params=Map(), url="https://demo.example/counter"),
    happened(900, "event", name="inc", params=Map()),
    happened(903, "assigns", delta=atom_map(count=1)),
    (1500, Atom("info"), Map()),
    happened(1502, "assigns", snapshot=atom_map(count=2)),
]
NEW = [
    happened(0, "mount", assigns=atom_map(count=0)),
    happened(3, "params", params=Map(), uri="https://demo.example/counter"),
    happened(900, "event", name="inc", params=Map()),
    happened(903, "render", assigns=atom_map(count=1)),
    happened(1500, "info", tag=Atom("tick")),
]
NEWER = [
    *NEW,
    happened(1600, "component", module=Atom("Elixir.Demo.Row"), id="1", assigns=atom_map(open=TRUE)),
    happened(1700, "component_destroyed", module=Atom("Elixir.Demo.Row"), id="1"),
]
NEWEST = [
    *NEWER,
    happened(1800, "viewport", width=1280, height=720, dpr=2.0),
    happened(1900, "pointer", span=20, moves=[0, 5, 6, 0], presses=[], scrolls=[]),
    happened(1950, "log", level=Atom("error"), message="no such row", metadata=Map()),
]


def map_fields(**changes):
    return {**FIELDS, **changes}


def recording_fields(**changes):
    return {"__struct__": RECORDING, **FIELDS, **changes}


def newest_fields(**changes):
    return recording_fields(client=CLIENT, code=CODE, dropped=Map([("render", 3)]), **changes)


def structure(each):
    """The struct of an event; a fourth element is a map of further keys."""
    at, kind, payload, *more = each
    pairs = [(Atom("__struct__"), EVENT), (Atom("at"), at), (Atom("data"), payload), (Atom("type"), kind)]
    return Map(pairs + [pair for extra in more for pair in extra.pairs])


class Term:
    """The map of a file: its bytes without the 131, and where each pair and each event ends, the 131 counted."""

    def __init__(self, fields, events, make=lambda each: each, order=None):
        self.fields, self.events = fields, events
        self.data = bytearray()
        self.ends = []
        names = sorted([*fields, "events"]) if order is None else order
        self.data += b"\x74" + struct.pack(">I", len(names))
        for name in names:
            self.data += write(Atom(name)).data
            if name == "events":
                self.list_start = len(self.data) + 1
                self.data += b"\x6c" + struct.pack(">I", len(events)) if events else b""
                for number, each in enumerate(events):
                    self.data += write(make(each)).data
                    self.ends.append((len(self.data) + 1, "event", number))
                self.data += b"\x6a"
            else:
                self.data += write(fields[name]).data
                self.ends.append((len(self.data) + 1, "field", name))

    def pairs(self, length=None):
        """The fields that end within the first `length` bytes, in their order."""
        names = [name for end, what, name in self.ends if what == "field" and (length is None or end <= length)]
        return Map((Atom(name), write(self.fields[name]).value) for name in names)

    def found(self, length=None):
        numbers = [number for end, what, number in self.ends if what == "event" and (length is None or end <= length)]
        return [write(self.events[number]).value for number in numbers]

    def end_of(self, what, name):
        return next(end for end, kind, each in self.ends if (kind, each) == (what, name))

    @property
    def bare(self):
        return b"\x83" + bytes(self.data)

    def compressed(self, deflate=stored):
        return compressed(bytes(self.data), deflate)

    def gzip(self, deflate=stored, **options):
        return gzip(self.bare, deflate, **options)


def old(**options):
    return Term(map_fields(), OLD, **options)


def recording(fields=None, events=NEW, **options):
    return Term(recording_fields() if fields is None else fields, events, make=structure, **options)


EXTENSIONS = {"map": ".etf.gz", "bare": ".etf", "recording": ".recording", "part": ".part"}


def vector(name, section, shows, data, kind, **outcome):
    return Vector(
        f"phoenix-replay/{name}", "phoenix-replay", data, PAGE + section, shows, extension=EXTENSIONS[kind], **outcome
    )


def documents(head, events):
    return {mapping: document(head, events, mapping) for mapping in ("tagged", "plain")}


def good(name, section, shows, data, kind, head, events):
    return vector(name, section, shows, data, kind, expect=documents(head, events))


def whole(name, section, shows, data, kind, term):
    return good(name, section, shows, data, kind, term.pairs(), term.found())


def bad(name, section, shows, data, kind, error):
    return vector(name, section, shows, data, kind, error=error)


def vectors():
    for group in (
        maps,
        recordings,
        torn_maps,
        torn_recordings,
        parts,
        torn_parts,
        refused,
        wrong_events,
        wrong_bytes,
        refused_parts,
    ):
        yield from group()


def maps():
    term = old()
    for name, deflate in [("stored", stored), ("fixed", fixed), ("dynamic", dynamic)]:
        yield whole(f"map/{name}", "1", "A map in gzip, as 0.1 and 0.2 write it.", term.gzip(deflate), "map", term)
    yield whole(
        "map/named", "1", "The gzip header may have a name and a time.", term.gzip(name=b"a.etf", mtime=5), "map", term
    )
    yield whole("map/bare", "1", "A map that is not in gzip.", term.bare, "bare", term)
    yield whole(
        "map/compressed",
        "1",
        "A compressed term whose map has no __struct__ is a map.",
        term.compressed(),
        "bare",
        term,
    )
    half = len(term.bare) // 2
    yield whole(
        "map/two-members",
        "1",
        "The term may run across gzip members.",
        gzip(term.bare[:half]) + gzip(term.bare[half:]),
        "map",
        term,
    )
    order = ["view", "events", "id", "url", "connected_at", "session", "params"]
    other = old(order=order)
    yield whole("map/order", "1", "The keys may come in any order.", other.gzip(), "map", other)
    term = Term(map_fields(), [])
    yield whole("map/no-events", "1", "A session may have no events.", term.gzip(), "map", term)
    term = Term({}, OLD)
    yield whole("map/events-only", "1", "A map needs no key but events.", term.gzip(), "map", term)
    term = Term({}, [])
    yield whole("map/nothing", "1", "A map may hold an empty list of events and nothing else.", term.bare, "bare", term)
    term = Term(map_fields(note="kept", x_acme_shop=(1, 2)), OLD)
    yield whole("map/more-keys", "3", "All pairs but the events become fields of the header.", term.gzip(), "map", term)
    term = Term({"url": NIL, "id": 5, "view": "Demo", "connected_at": NIL}, OLD)
    yield whole("map/odd-fields", "3", "Fields are kept as they are.", term.gzip(), "map", term)
    more = [(*OLD[0], Atom("more"), 7), (*OLD[2], Map([("a", 1)]))]
    term = Term(map_fields(), more)
    yield whole("map/more-elements", "2", "A tuple keeps its further elements.", term.gzip(), "map", term)
    back = [OLD[2], OLD[0], OLD[1]]
    term = Term(map_fields(), back)
    yield whole(
        "map/back", "2", "The order of events is that of the list, whatever their offsets.", term.gzip(), "map", term
    )
    any_kind = [(5, Atom("x_demo"), "any payload"), (6, Atom("later"), [1, 2])]
    term = Term(map_fields(), any_kind)
    yield whole("map/any-kind", "2", "Kinds and payloads are kept as they are.", term.gzip(), "map", term)
    tags = etf.small_tuple(
        etf.small_big(b"\5"), etf.latin1_atom("event"), etf.map_((etf.small_latin1_atom("name"), "inc"))
    )
    term = Term(map_fields(view=etf.latin1_atom("Elixir.Demo")), [tags])
    yield whole("map/old-tags", "2", "Terms may be in any form.", term.gzip(), "map", term)
    latin = etf.map_(
        (etf.latin1_atom("id"), "1"),
        (etf.latin1_atom("events"), etf.list_([OLD[0]], etf.list_([OLD[1]]))),
        (etf.latin1_atom("view"), etf.latin1_atom("Elixir.Demo")),
    )
    head = Map([(Atom("id"), b"1"), (Atom("view"), Atom("Elixir.Demo"))])
    events = [write(each).value for each in OLD[:2]]
    yield good(
        "map/list-of-lists", "1", "The events are a list in whatever form.", gzip(external(latin)), "map", head, events
    )
    many = [happened(number * 7, "event", name=f"click-{number % 5}", params=Map()) for number in range(200)]
    term = Term(map_fields(), many)
    yield whole("map/many", "1", "Two hundred events.", term.gzip(dynamic), "map", term)


def recordings():
    generations = [
        ("0.3", recording_fields(), NEW),
        ("0.4", recording_fields(), NEWER),
        ("0.5", recording_fields(client=CLIENT, dropped=Map()), NEWER),
        ("0.6", newest_fields(), NEWEST),
    ]
    for name, fields, events in generations:
        term = recording(fields, events)
        yield whole(
            f"recording/{name}", "1", f"A recording as {name} writes it.", term.compressed(fixed), "recording", term
        )
    term = recording(newest_fields(), NEWEST)
    for name, deflate in [("stored", stored), ("dynamic", dynamic)]:
        yield whole(
            f"recording/{name}", "1", f"The stream may have {name} blocks.", term.compressed(deflate), "recording", term
        )
    yield whole(
        "recording/not-compressed",
        "1",
        "A recording is told from a map by its key __struct__.",
        term.bare,
        "recording",
        term,
    )
    none = recording(events=[])
    yield whole("recording/no-events", "1", "A recording may have no events.", none.compressed(), "recording", none)
    order = ["view", "url", "session", "params", "id", "events", "connected_at", "__struct__"]
    other = recording(order=order)
    yield whole(
        "recording/order",
        "1",
        "The keys of a recording may come in any order.",
        other.compressed(),
        "recording",
        other,
    )
    other = recording(recording_fields(later=(1, 2), another=NIL))
    yield whole(
        "recording/more-keys", "3", "Keys of a release to come are kept.", other.compressed(), "recording", other
    )
    other = recording({"__struct__": RECORDING})
    yield whole("recording/few-keys", "3", "A recording may lack fields.", other.compressed(), "recording", other)
    extra = [(*NEW[0], Map([(Atom("span"), 7)])), NEW[1], (*NEW[2], Map([(Atom("zone"), Map()), ("b", 1)]))]
    other = recording(events=extra)
    yield whole(
        "recording/event-more-keys",
        "2",
        "Further keys of an event become a fourth element.",
        other.compressed(),
        "recording",
        other,
    )
    shuffled = Term(
        recording_fields(),
        NEW,
        make=lambda each: etf.map_(
            (Atom("type"), each[1]),
            (Atom("data"), each[2]),
            (etf.latin1_atom("at"), each[0]),
            (Atom("__struct__"), EVENT),
        ),
    )
    yield whole(
        "recording/event-order",
        "2",
        "The keys of an event may come in any order.",
        shuffled.compressed(),
        "recording",
        shuffled,
    )
    plain = Term(
        recording_fields(),
        NEW,
        make=lambda each: Map([(Atom("at"), each[0]), (Atom("data"), each[2]), (Atom("type"), each[1])]),
    )
    yield whole(
        "recording/event-no-struct", "2", "An event needs at, type and data.", plain.compressed(), "recording", plain
    )
    back = recording(events=[NEW[2], NEW[0]])
    yield whole("recording/back", "2", "Events stay in the order of the list.", back.compressed(), "recording", back)
    payloads = recording(events=[(0, Atom("x_demo"), NIL), (1, Atom("y"), (1, 2.5)), (2, Atom("z"), b"\xff")])
    yield whole(
        "recording/any-payload", "2", "A payload may be any term.", payloads.compressed(), "recording", payloads
    )


def torn(term, prefix, data, kind, section, what, places):
    """Files that end at places of their content, counted from its 131 on."""
    for name, length in places:
        yield good(
            f"torn/{what}-{name}",
            section,
            "Of a file that is torn, whole events and the fields before are read.",
            data[: prefix + length],
            kind,
            term.pairs(length),
            term.found(length),
        )


def places_in(term, later):
    ends = [end for end, what, _ in term.ends if what == "event"]
    yield "first-event", ends[0] - 3
    for number, end in enumerate(ends[:-1]):
        yield f"after-{number + 1}", end
        yield f"in-{number + 2}", (end + ends[number + 1]) // 2
        yield f"before-end-{number + 2}", ends[number + 1] - 1
    yield "last-event", ends[-1]
    yield "list-end", ends[-1] + 1
    for name in later:
        yield f"after-{name.replace('_', '-')}", term.end_of("field", name)
        yield f"in-{name.replace('_', '-')}", term.end_of("field", name) - 1
    yield "list-start", term.list_start + 5


def torn_maps():
    term = old()
    head = len(gzip_header()) + 5
    later = ["id", "params", "session", "url", "view"]
    yield from torn(term, head, term.gzip(), "map", "3", "map", places_in(term, later))
    yield from torn(term, 0, term.bare, "bare", "3", "bare", places_in(term, ["id", "session", "view"]))
    data = term.gzip()
    for name, length in [("crc", len(data) - 6), ("isize", len(data) - 1), ("trailer", len(data) - 8)]:
        yield good(
            f"torn/map-in-{name}",
            "3",
            "A map whose gzip trailer is cut is read whole.",
            data[:length],
            "map",
            term.pairs(),
            term.found(),
        )
    split = term.end_of("event", 2) + 9
    writer = BitWriter()
    dynamic_block(writer, tokens(term.bare[:split]), 0)
    cut = len(gzip_header()) + len(writer.data) + 12
    dynamic_block(writer, tokens(term.bare[split:]), 1)
    data = gzip(term.bare, deflated=writer.done())
    yield good(
        "torn/map-dynamic",
        "3",
        "Of two dynamic blocks the second is cut in its tables.",
        data[:cut],
        "map",
        term.pairs(split),
        term.found(split),
    )


def torn_recordings():
    fields = newest_fields()
    term = recording(fields, NEWEST)
    head = 1 + 1 + 4 + 2 + 5 - 1
    later = ["id", "params", "session", "url", "view"]
    yield from torn(term, head, term.compressed(), "recording", "3", "recording", places_in(term, later))
    yield from torn(term, 0, term.bare, "recording", "3", "recording-bare", places_in(term, ["id", "view"]))
    data = term.compressed()
    yield good(
        "torn/recording-adler",
        "3",
        "A recording whose stream lacks its checksum is read whole.",
        data[:-3],
        "recording",
        term.pairs(),
        term.found(),
    )
    split = term.end_of("event", 4) + 20
    writer = BitWriter()
    dynamic_block(writer, tokens(bytes(term.data)[: split - 1]), 0)
    cut = 8 + len(writer.data) + 12
    dynamic_block(writer, tokens(bytes(term.data)[split - 1 :]), 1)
    made = writer.done()
    data = compressed(bytes(term.data), lambda _: made)
    yield good(
        "torn/recording-dynamic",
        "3",
        "Of two dynamic blocks of a recording the second is cut in its tables.",
        data[:cut],
        "recording",
        term.pairs(split),
        term.found(split),
    )


# Parts


def part_term(fields, numbered, make=structure):
    """`{Recording, [{Number, Event}, ...]}` as bytes without the 131, and where the recording and each event end."""
    session = Map(
        sorted([(Atom(name), value) for name, value in {**fields, "events": []}.items()], key=lambda pair: pair[0].name)
    )
    data = bytearray(b"\x68\x02") + write(session).data
    ends = [len(data)]
    data += b"\x6c" + struct.pack(">I", len(numbered)) if numbered else b""
    for number, each in numbered:
        data += write((number, make(each))).data
        ends.append(len(data))
    return bytes(data + b"\x6a"), ends


def part_frame(term, pack=compressed, crc=None, length=None, magic=b"PRF1"):
    payload = b"\x83" + term if pack is None else pack(term)
    checksum = zlib.crc32(payload) if crc is None else crc
    return magic + struct.pack(">II", len(payload) if length is None else length, checksum) + payload


def header_of(fields):
    return Map((Atom(name), write(value).value) for name, value in sorted(fields.items()))


def numbered(events, first=0):
    return list(enumerate(events, first))


def values(events):
    return [write(each).value for each in events]


def part(fields, events, first=0, **options):
    return part_frame(part_term(fields, numbered(events, first))[0], **options)


def parts():
    section = "4"
    fields = newest_fields()
    head = header_of(fields)
    for name, pack in [
        ("stored", compressed),
        ("fixed", lambda data: compressed(data, fixed)),
        ("dynamic", lambda data: compressed(data, dynamic)),
        ("not-compressed", None),
    ]:
        yield good(
            f"part/{name}",
            section,
            "A part of one frame.",
            part(fields, NEWEST, pack=pack),
            "part",
            head,
            values(NEWEST),
        )
    old_fields = recording_fields(client=NIL, dropped=Map())
    yield good(
        "part/0.5",
        section,
        "A part as 0.5 writes it.",
        part(old_fields, NEWER),
        "part",
        header_of(old_fields),
        values(NEWER),
    )
    frames = [part(fields, NEWEST[:4]), part(fields, NEWEST[4:7], 4), part(fields, NEWEST[7:], 7)]
    yield good("part/three-frames", section, "A part of three frames.", b"".join(frames), "part", head, values(NEWEST))
    yield good(
        "part/single-events",
        section,
        "A frame may hold one event.",
        b"".join(part(fields, [each], number) for number, each in enumerate(NEWEST)),
        "part",
        head,
        values(NEWEST),
    )
    yield good(
        "part/frames-out-of-order",
        section,
        "Events are sorted by their numbers, not by the frames.",
        frames[1] + frames[2] + frames[0],
        "part",
        head,
        values(NEWEST),
    )
    mixed = part_term(fields, [(3, NEWEST[3]), (0, NEWEST[0]), (2, NEWEST[2]), (1, NEWEST[1])])[0]
    yield good(
        "part/numbers-out-of-order",
        section,
        "Events are sorted within a frame too.",
        part_frame(mixed),
        "part",
        head,
        values(NEWEST[:4]),
    )
    woven = [
        part_term(fields, [(number, NEWEST[number]) for number in numbers])[0] for numbers in ((0, 3, 4), (1, 2, 5))
    ]
    yield good(
        "part/woven",
        section,
        "A frame may hold numbers between those of another.",
        b"".join(part_frame(each) for each in woven),
        "part",
        head,
        values(NEWEST[:6]),
    )
    gap = part_term(fields, [(10, NEWEST[0]), (500, NEWEST[1]), (1 << 40, NEWEST[2])])[0]
    yield good("part/gaps", section, "Numbers may leave gaps.", part_frame(gap), "part", head, values(NEWEST[:3]))
    same = part_term(fields, [(1, NEWEST[1]), (1, NEWEST[2]), (0, NEWEST[0])])[0]
    yield good(
        "part/same-number",
        section,
        "Of equal numbers the one that comes first in the file stays first.",
        part_frame(same),
        "part",
        head,
        values(NEWEST[:3]),
    )
    same = [part_term(fields, [(5, NEWEST[3])])[0], part_term(fields, [(5, NEWEST[4]), (0, NEWEST[0])])[0]]
    yield good(
        "part/same-number-frames",
        section,
        "Equal numbers of two frames stay in the order of the frames.",
        b"".join(part_frame(each) for each in same),
        "part",
        head,
        values([NEWEST[0], NEWEST[3], NEWEST[4]]),
    )
    first = recording_fields(client=NIL, dropped=Map())
    last = recording_fields(client=CLIENT, dropped=Map([("render", 9)]), url="https://demo.example/list")
    yield good(
        "part/latest-header",
        section,
        "The fields of the last frame count.",
        part(first, NEWEST[:3]) + part(last, NEWEST[3:], 3),
        "part",
        header_of(last),
        values(NEWEST),
    )
    fewer = {"__struct__": RECORDING, "id": "demo-1"}
    yield good(
        "part/latest-header-fewer",
        section,
        "Fields of earlier frames are not kept.",
        part(fields, NEWEST[:3]) + part(fewer, NEWEST[3:], 3),
        "part",
        header_of(fewer),
        values(NEWEST),
    )
    yield good("part/no-events", section, "A frame may hold no events.", part(fields, []), "part", head, [])
    yield good(
        "part/empty-frame-between",
        section,
        "A frame without events has a header all the same.",
        part(fields, NEWEST[:3]) + part(last, []),
        "part",
        header_of(last),
        values(NEWEST[:3]),
    )
    extra = [(*NEWEST[0], Map([(Atom("span"), 3)]))]
    yield good(
        "part/event-more-keys",
        "2",
        "Further keys of an event become a fourth element.",
        part(fields, extra),
        "part",
        head,
        values(extra),
    )
    mixed_packing = part(fields, NEWEST[:3], pack=None) + part(fields, NEWEST[3:], 3)
    yield good(
        "part/mixed-packing",
        section,
        "Each frame may be compressed or not.",
        mixed_packing,
        "part",
        head,
        values(NEWEST),
    )


def torn_parts():
    section = "4"
    one = newest_fields()
    two = newest_fields(url="https://demo.example/list")
    first, second, third = part(one, NEWEST[:3]), part(one, NEWEST[3:6], 3), part(two, NEWEST[6:], 6)
    wrong = [part(one, NEWEST[:3], crc=1), part(one, NEWEST[3:6], 3, crc=1), part(two, NEWEST[6:], 6, crc=1)]
    for name, data, head, events, shows in [
        ("first", wrong[0] + second + third, two, NEWEST[3:], "first"),
        ("middle", first + wrong[1] + third, two, NEWEST[:3] + NEWEST[6:], "middle"),
        ("last", first + second + wrong[2], one, NEWEST[:6], "last"),
        ("two", wrong[0] + wrong[1] + third, two, NEWEST[6:], "first and the second"),
    ]:
        yield good(
            f"part/crc-{name}",
            section,
            f"The checksum of the {shows} frame does not match, and reading goes on.",
            data,
            "part",
            header_of(head),
            values(events),
        )
    changed = bytearray(first + second + third)
    changed[len(first) + 60] ^= 1
    yield good(
        "part/crc-changed",
        section,
        "A frame with a changed byte is left out.",
        bytes(changed),
        "part",
        header_of(two),
        values(NEWEST[:3] + NEWEST[6:]),
    )
    for name, junk in [("text", b"no frame"), ("zeros", bytes(64)), ("magic", b"PRF2" + second[4:])]:
        yield good(
            f"part/stops-{name}",
            section,
            "Reading stops where no frame starts.",
            first + junk + third,
            "part",
            header_of(one),
            values(NEWEST[:3]),
        )
    for length in (1, 3, 4, 7, 11, 12):
        yield good(
            f"part/torn-start-{length:02}",
            section,
            f"Of the last frame {length} bytes are there.",
            first + third[:length],
            "part",
            header_of(one),
            values(NEWEST[:3]),
        )
    term, ends = part_term(two, numbered(NEWEST[6:], 6))
    for packing, prefix, pack in [("compressed", 12 + 6 + 2 + 5, compressed), ("plain", 12 + 1, None)]:
        frame = part_frame(term, pack=pack)
        for number, end in enumerate(ends):
            for name, cut, count in [("after", end, number), ("before", end - 1, number - 1)]:
                head = one if count < 0 else two
                events = NEWEST[:3] + NEWEST[6 : 6 + max(count, 0)]
                yield good(
                    f"part/torn-{packing}-{name}-{number}",
                    section,
                    "A frame that is cut is read as far as it goes.",
                    first + frame[: prefix + cut],
                    "part",
                    header_of(head),
                    values(events),
                )
        cut = ends[2]
        yield good(
            f"part/torn-only-{packing}",
            section,
            "Of the only frame its header and whole events are read.",
            frame[: prefix + cut],
            "part",
            header_of(two),
            values(NEWEST[6:8]),
        )
    frame = part_frame(term)
    yield good(
        "part/torn-adler",
        section,
        "Of the last frame the checksum of its stream is cut.",
        first + frame[:-2],
        "part",
        header_of(two),
        values(NEWEST[:3] + NEWEST[6:]),
    )
    writer = BitWriter()
    split = ends[2] + 11
    dynamic_block(writer, tokens(term[:split]), 0)
    cut = 12 + 8 + len(writer.data) + 12
    dynamic_block(writer, tokens(term[split:]), 1)
    made = writer.done()
    frame = part_frame(term, pack=lambda data: compressed(data, lambda _: made))
    yield good(
        "part/torn-dynamic",
        section,
        "Of two dynamic blocks the second is cut in its tables.",
        first + frame[:cut],
        "part",
        header_of(two),
        values(NEWEST[:3] + NEWEST[6:8]),
    )
    out_of_order, ends = part_term(two, [(5, NEWEST[5]), (4, NEWEST[4]), (3, NEWEST[3])])
    frame = part_frame(out_of_order)
    yield good(
        "part/torn-out-of-order",
        section,
        "Events of a frame that is cut are sorted like all others.",
        first + frame[: 12 + 6 + 2 + 5 + ends[2]],
        "part",
        header_of(two),
        values(NEWEST[:3] + NEWEST[4:6]),
    )


# Refused


def refused():
    nowhere = ("notARecording", 0)
    summary = atom_map(
        __struct__=Atom("Elixir.PhoenixReplay.Recording.Summary"), id="demo-1", duration=5, event_count=3
    )
    yield bad("refused/summary", "1", "A summary has no events.", compressed(write(summary).data), "recording", nowhere)
    yield bad(
        "refused/summary-bare",
        "1",
        "A summary that is not compressed has none either.",
        external(summary),
        "recording",
        nowhere,
    )
    without = Map((Atom(name), value) for name, value in sorted(FIELDS.items()))
    yield bad("refused/map-no-events", "1", "A map has to have events.", gzip(external(without)), "map", nowhere)
    yield bad(
        "refused/bare-no-events",
        "1",
        "A map that is not in gzip has to have events.",
        external(without),
        "bare",
        nowhere,
    )
    yield bad("refused/empty-map", "1", "An empty map has no events.", external(Map()), "bare", nowhere)
    yield bad("refused/text-key", "1", "The keys are atoms.", external(Map([("events", [])])), "bare", nowhere)
    for name, value in [("atom", NIL), ("map", Map()), ("text", "events"), ("tuple", ()), ("integer", 5)]:
        term = atom_map(events=value, id="demo-1")
        yield bad(f"refused/events-{name}", "1", "The events are a list.", gzip(external(term)), "map", nowhere)
        term = atom_map(__struct__=RECORDING, events=value, id="demo-1")
        yield bad(
            f"refused/recording-events-{name}",
            "1",
            "The events of a recording are a list.",
            compressed(write(term).data),
            "recording",
            nowhere,
        )
    for name, value in [("list", [1, 2]), ("tuple", (1, 2)), ("text", "text")]:
        yield bad(
            f"refused/compressed-{name}",
            "1",
            "A compressed term that is no map is no recording.",
            compressed(write(value).data),
            "recording",
            nowhere,
        )


def wrong_events():
    kind = ("malformedFrame", 0)
    samples = [
        ("two", (5, Atom("event")), "An event has three elements."),
        ("negative", (-1, Atom("event"), Map()), "An offset is not negative."),
        ("two-63", (1 << 63, Atom("event"), Map()), "An offset is below 2^63."),
        ("float", (1.0, Atom("event"), Map()), "An offset is an integer."),
        ("kind", (5, "event", Map()), "A kind is an atom."),
        ("atom", Atom("event"), "An event is a tuple."),
        ("list", [5, Atom("event"), Map()], "An event is no list."),
        ("empty", (), "An event is no empty tuple."),
    ]
    for name, event, shows in samples:
        term = Term(map_fields(), [OLD[0], event, OLD[1]])
        yield bad(f"events/map-{name}", "2", shows, term.gzip(), "map", kind)
    term = atom_map(events=Improper((OLD[0],), OLD[1]), id="demo-1")
    yield bad(
        "events/improper",
        "1",
        "The events are a proper list.",
        gzip(external(term)),
        "map",
        ("notARecording", 0),
    )
    at, data, type_ = (Atom("at"), 5), (Atom("data"), Map()), (Atom("type"), Atom("event"))
    named = (Atom("__struct__"), EVENT)
    samples = [
        ("no-at", Map([named, data, type_]), "An event has a time."),
        ("no-data", Map([named, at, type_]), "An event has data."),
        ("no-type", Map([named, at, data]), "An event has a type."),
        ("at-negative", Map([named, (Atom("at"), -5), data, type_]), "A time is not negative."),
        ("at-nil", Map([named, (Atom("at"), NIL), data, type_]), "A time is an integer."),
        ("type-text", Map([named, at, data, (Atom("type"), "event")]), "A type is an atom."),
        ("text-keys", Map([("at", 5), ("data", Map()), ("type", Atom("event"))]), "The keys of an event are atoms."),
        ("atom", Atom("event"), "An event is a struct."),
        ("list", [5], "An event is no list."),
        ("empty", Map(), "An event has keys."),
    ]
    for name, event, shows in samples:
        term = Term(recording_fields(), [structure(NEW[0]), event])
        yield bad(f"events/recording-{name}", "2", shows, term.compressed(), "recording", kind)


def wrong_bytes():
    term = old()
    yield bad(
        "bytes/gzip-crc",
        "1",
        "The checksum of a gzip member that is all there has to match.",
        term.gzip(crc=1),
        "map",
        ("checksum", 0),
    )
    yield bad("bytes/fhcrc", "1", "The FHCRC of a gzip header has to match.", term.gzip(hcrc=1), "map", ("checksum", 0))
    doubled = etf.map_((Atom("id"), "1"), (Atom("id"), "2"), (Atom("events"), []))
    yield bad("bytes/duplicate-key", "1", "A map names a key once.", gzip(external(doubled)), "map", ("malformedTerm", 0))
    yield bad(
        "bytes/adler",
        "1",
        "The checksum of a compressed term that is all there has to match.",
        compressed(bytes(recording().data), adler=5),
        "recording",
        ("malformedTerm", 0),
    )
    yield bad(
        "bytes/cut-magic",
        "1",
        "A file that ends in its gzip header is truncated.",
        term.gzip()[:5],
        "map",
        ("truncated", 0),
    )


def refused_parts():
    section = "4"
    fields = newest_fields()
    yield bad(
        "part/magic-only",
        section,
        "A part without a frame has nothing to import.",
        b"PRF1",
        "part",
        ("truncated", 0),
    )
    yield bad(
        "part/header-only",
        section,
        "A frame of which only the header is there has nothing to import.",
        part(fields, NEWEST)[:12],
        "part",
        ("truncated", 0),
    )
    yield bad(
        "part/cut-in-recording",
        section,
        "An only frame that is cut in its recording has nothing to import.",
        part(fields, NEWEST, pack=None)[:60],
        "part",
        ("truncated", 0),
    )
    yield bad(
        "part/all-wrong",
        section,
        "Of a part whose only frame has a wrong checksum nothing can be read.",
        part(fields, NEWEST, crc=1),
        "part",
        ("truncated", 0),
    )
