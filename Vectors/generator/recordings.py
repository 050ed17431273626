"""Recordings of every form, and every rule of recording.md §4 to §10 broken once."""

import struct

import etf
from containers import (
    INDEX,
    LARGEST,
    Recording,
    atom_map,
    batch,
    compressed,
    contents,
    document_of,
    dynamic,
    end_member,
    event,
    finish,
    fixed,
    frame,
    gzip,
    header,
    keyframe,
    member,
    raw_frame,
    subfield,
    varint,
)
from etf import FALSE, NIL, TRUE, Atom, Improper, Map, external, write
from mappings import document
from vector import Vector

PAGE = "recording.md §"
TWO_63 = 1 << 63

HEADER = atom_map(
    connected_at=1_700_000_000_000, id="demo-1", url="/counter", view=Atom("Elixir.Demo.CounterLive")
)


def mount(at=0, **assigns):
    return (at, Atom("mount"), atom_map(assigns=atom_map(**assigns)))


def render(at, **assigns):
    return (at, Atom("render"), atom_map(assigns=atom_map(**assigns)))


def click(at, name="inc"):
    return (at, Atom("event"), atom_map(name=name, params=Map()))


EVENTS = [
    mount(0, count=0),
    click(1200),
    render(1203, count=1),
    click(2500),
    render(2502, count=2),
    (3100, Atom("info"), atom_map(tag=Atom("tick"))),
    click(4000, "dec"),
    render(4001, count=1),
    (5000, Atom("event"), atom_map(name="save", params=Map([("note", "ok")]))),
]
ONE, TWO, THREE = EVENTS[:3], EVENTS[3:6], EVENTS[6:]
COUNTS = {0: 0, 3: 1, 6: 2, 9: 1}


def state_at(index):
    return keyframe(index, atom_map(count=COUNTS[index]))


def vector(name, section, shows, data, **outcome):
    data = data.bytes if isinstance(data, Recording) else data
    return Vector(f"recordings/{name}", "recording", data, PAGE + section, shows, **outcome)


def documents(head, events):
    return {mapping: document(head, events, mapping) for mapping in ("tagged", "plain")}


def good(name, section, shows, file, frames=None):
    """`file` is a `Recording`, or bytes and the frames that have been put into them."""
    head, events = (file.header, file.events) if frames is None else document_of(frames)
    return vector(name, section, shows, file, expect=documents(head, events))


def bad(name, section, shows, file, kind, offset, alternatives=()):
    return vector(name, section, shows, file, error=(kind, offset), alternatives=list(alternatives))


def three(keyframes=True, finished=True):
    """Three data members of three events each."""
    file = Recording().data(header(HEADER), batch(ONE))
    file.data(*([state_at(3)] if keyframes else []), batch(TWO))
    last = [finish(EVENTS)] if finished else []
    return file.data(*([state_at(6)] if keyframes else []), batch(THREE), *last)


# A reader that hops, and finds no sound end member in the last 44 bytes, meets the index: malformedIndex (§4.4).
HOPPED = [("malformedIndex", None)]


def started():
    """One data member of three events."""
    return Recording().data(header(HEADER), batch(ONE))


def vectors():
    for group in (
        forms, plain_forms, kinds, events, terms, control_frames, unknown_frames, versions, headers, indexes,
        nothing_there, first_frames, wrong_frames, wrong_places, wrong_finishes, wrong_members, wrong_order, wrong_indexes,
        wrong_ends, after_the_end, wrong_plain, limits,
    ):
        yield from group()


# Valid: forms


def forms():
    yield good("forms/example", "12", "The example of the specification.", example())
    yield good("forms/example-one-member", "12", "The same in one member, without keyframe and index.", example_in_one())
    yield good("forms/one-member", "4.4", "With one data member the end member names byte 0.",
               Recording().data(header(HEADER), batch(EVENTS), finish(EVENTS)).end())
    yield good("forms/one-member-index", "4.4", "One data member may have an index all the same.",
               Recording().data(header(HEADER), batch(EVENTS), finish(EVENTS)).index().end())
    yield good("forms/three-members", "4.4", "Three data members, an index and the end.", three().index().end())
    yield good("forms/no-keyframes", "4.4", "A recording need not have keyframes.", three(keyframes=False).index().end())
    yield good("forms/unfinished-one", "4.4", "A recording without an end member is unfinished and valid.", started())
    yield good("forms/unfinished-three", "4.4", "Everything in whole members is valid without an end.",
               three(finished=False))
    yield good("forms/unfinished-no-keyframes", "4.4", "An unfinished recording need not have keyframes.",
               three(keyframes=False, finished=False))
    yield good("forms/finish-no-end", "4.4", "With a finish frame and no end member it is unfinished.", three())
    yield good("forms/header-only", "6", "A header is a recording.", Recording().data(header(HEADER)))
    yield good("forms/no-events", "6.5", "A finished recording may have no events.",
               Recording().data(header(HEADER), finish([])).end())
    yield good("forms/header-member", "4.1", "The header may have a member by itself.",
               Recording().data(header(HEADER)).data(batch(ONE), finish(ONE)).index().end())
    yield good("forms/finish-member", "4.4", "The finish frame may have a member by itself.",
               started().data(finish(ONE)).index().end())
    yield good("forms/empty-member", "4.1", "A data member without frames is taken.",
               started().data().data(batch(TWO), finish(ONE + TWO)).index().end())
    yield good("forms/empty-members-unfinished", "4.1", "Data members without frames are taken at the end.",
               started().data().data())
    yield good("forms/keyframe-member", "6.4", "A keyframe may have a member by itself.",
               started().data(state_at(3)).data(batch(TWO), finish(ONE + TWO)).index().end())
    yield good("forms/keyframe-inside", "6.4", "A keyframe may stand between two events of a member.",
               Recording().data(header(HEADER), batch(ONE), state_at(3), batch(TWO), finish(ONE + TWO)).end())
    yield good("forms/keyframe-before-finish", "6.4", "A keyframe may follow all events.",
               Recording().data(header(HEADER), batch(ONE), state_at(3), finish(ONE)).end())
    yield good("forms/keyframe-first", "6.4", "A keyframe may come before all events.",
               Recording().data(header(HEADER), keyframe(0, Map()), batch(ONE), finish(ONE)).end())
    yield good("forms/keyframes-together", "6.4", "Keyframes may follow one another.",
               started().data(state_at(3), state_at(3), batch(TWO), state_at(6)))
    yield good("forms/event-frames", "6.2", "Each event may be a frame by itself.",
               Recording().data(header(HEADER), *map(event, ONE)).data(*map(event, TWO), finish(ONE + TWO)).index().end())
    yield good("forms/mixed-frames", "6.3", "Batches and single events mean the same.",
               Recording().data(header(HEADER), event(ONE[0]), batch(ONE[1:]), batch(TWO[:1]), *map(event, TWO[1:])))
    yield good("forms/many-members", "4.1", "A member may hold one event.",
               many_members())
    for name, deflate in [("fixed", fixed), ("dynamic", dynamic)]:
        yield good(f"forms/{name}", "13", f"The members may have deflate blocks with {name} codes.", deflated(deflate))
    yield good("forms/mixed-deflate", "13", "Each member may have another kind of block.",
               Recording().data(header(HEADER), batch(ONE), deflate=dynamic).data(batch(TWO), deflate=fixed)
               .data(batch(THREE), finish(EVENTS)).index(deflate=fixed).end())
    other = subfield(b"XY", b"of somebody else")
    yield good("forms/header-fields", "5.1", "Members may have names, times and other subfields.",
               Recording().data(header(HEADER), batch(ONE), before=other, mtime=9, system=3)
               .data(batch(TWO), finish(ONE + TWO), name=b"demo", comment=b"two", after=other).index(text=True, xfl=4)
               .end(mtime=1))
    yield good("forms/unknown-flags", "5.2", "Unknown flags are ignored.",
               Recording().data(header(HEADER), batch(ONE), add_flags=0xF8).data(batch(TWO), finish(ONE + TWO), add_flags=8)
               .index(flags=0x80).end(flags=0x40))


def example():
    counter = [mount(0, count=0), click(1200), render(1203, count=1), click(2500), render(2502, count=2)]
    file = Recording().data(header(HEADER), batch(counter[:3]))
    return file.data(keyframe(3, atom_map(count=1)), batch(counter[3:]), finish(counter)).index().end()


def example_in_one():
    counter = [mount(0, count=0), click(1200), render(1203, count=1), click(2500), render(2502, count=2)]
    return Recording().data(header(HEADER), batch(counter), finish(counter)).end()


def many_members():
    file = Recording().data(header(HEADER))
    for each in EVENTS:
        file.data(event(each))
    return file.data(finish(EVENTS)).index().end()


def deflated(deflate):
    file = Recording().data(header(HEADER), batch(ONE), deflate=deflate)
    return file.data(state_at(3), batch(TWO), finish(ONE + TWO), deflate=deflate).index(deflate=deflate).end()


def all_frames():
    return [header(HEADER), batch(ONE), state_at(3), batch(TWO), finish(ONE + TWO)]


def index_frame():
    return frame((Atom("index"), [(0, 301, 255, 0, 3, 0, 1203, FALSE), (301, 333, 287, 3, 3, 2500, 3100, TRUE)]))


def plain_forms():
    frames = all_frames()
    data = contents(frames)
    section = "4.3"
    yield good("plain/gzip", section, "Frames in one gzip member are a recording.", gzip(data), frames)
    yield good("plain/bare", section, "Frames that are not compressed are a recording.", data, frames)
    for name, deflate in [("fixed", fixed), ("dynamic", dynamic)]:
        yield good(f"plain/gzip-{name}", section, f"The member may have {name} codes.", gzip(data, deflate), frames)
    yield good("plain/gzip-dressed", section, "The member may have all parts of a gzip header but RL.",
               gzip(data, extra=subfield(b"XY", b"1"), name=b"a.reel", comment=b"c", hcrc=True, text=True, mtime=4), frames)
    yield good("plain/frames-in-members", section, "Each frame may have a gzip member of its own.",
               b"".join(gzip(each.data) for each in frames), frames)
    halves = len(frames[0]) + 10
    yield good("plain/across", section, "A frame may begin in one member and end in another.",
               gzip(data[:halves]) + gzip(data[halves:]), frames)
    yield good("plain/across-length", section, "The length of a frame may run across members.",
               gzip(data[: len(frames[0]) + 2]) + gzip(data[len(frames[0]) + 2 :]), frames)
    yield good("plain/across-first-length", section, "The first four bytes may run across members.",
               gzip(data[:1]) + gzip(data[1:3]) + gzip(data[3:]), frames)
    pieces = [data[start : start + 16] for start in range(0, len(data), 16)]
    yield good("plain/small-members", section, "A frame may run across many members.",
               b"".join(gzip(piece, fixed) for piece in pieces), frames)
    yield good("plain/empty-members", section, "A member may hold nothing.",
               gzip(b"") + gzip(data[:50]) + gzip(b"", fixed) + gzip(data[50:]) + gzip(b""), frames)
    for name, wrap, what in [("gzip", gzip, "gzip"), ("bare", lambda data: data, "no compression")]:
        yield good(f"plain/unfinished-{name}", section, f"With {what}, a recording may be unfinished.",
                   wrap(contents(frames[:-1])), frames)
        yield good(f"plain/header-{name}", section, f"With {what}, a header is a recording.",
                   wrap(frames[0].data), frames[:1])
        repacked = [*frames, index_frame()]
        yield good(f"plain/index-{name}", section, "A repacked recording holds an index, whose offsets are not used.",
                   wrap(contents(repacked)), repacked)
        early = [frames[0], index_frame(), *frames[1:]]
        yield good(f"plain/index-early-{name}", "6", "In a plain recording the index may stand anywhere after the header.",
                   wrap(contents(early)), early)
        events = [frames[0], *map(event, EVENTS), finish(EVENTS)]
        yield good(f"plain/event-frames-{name}", section, "Each event may be a frame by itself.",
                   wrap(contents(events)), events)
        unknown = [frames[0], frame((Atom("x_acme_note"), 1)), *frames[1:], frame((Atom("later"),))]
        yield good(f"plain/unknown-{name}", "6.7", "Unknown control frames are ignored.",
                   wrap(contents(unknown)), unknown)
    wrong = [*frames, frame((Atom("index"), []))]
    yield good("plain/index-empty", section, "An index of a plain recording need not agree with anything.",
               gzip(contents(wrong)), wrong)
    packed = [frame_packed(HEADER), batch(ONE, pack=compressed), finish(ONE)]
    yield good("plain/bare-compressed", "4.2", "The first term of a bare recording may be compressed.",
               contents(packed), packed)


def frame_packed(pairs, deflate=fixed):
    return header(pairs, pack=lambda data: compressed(data, deflate))


# Valid: events and terms


def with_events(*events, head=HEADER):
    """A finished recording of one member, with a batch."""
    return Recording().data(header(head), batch(events), finish(events)).end()


def kinds():
    page = "registry.md §2"
    component = {"module": Atom("Elixir.Demo.Row"), "id": "row-1"}
    samples = {
        "mount": atom_map(assigns=atom_map(count=0, user=NIL)),
        "assigns": atom_map(delta=atom_map(count=1)),
        "render": atom_map(assigns=atom_map(count=1)),
        "component": atom_map(assigns=atom_map(open=TRUE), **component),
        "component-destroyed": atom_map(**component),
        "handle-params": atom_map(params=Map([("page", "2")]), url="/list?page=2"),
        "params": atom_map(params=Map([("page", "2")]), uri="https://demo.example/list?page=2"),
        "event": atom_map(name="save", params=Map([("title", "a")]), target=(Atom("Elixir.Demo.Row"), "row-1")),
        "info": atom_map(tag=Atom("tick")),
        "viewport": atom_map(width=1280, height=720, dpr=1.5),
        "pointer": atom_map(
            span=40, moves=[0, 10, 300, 0, 20, 12, 310, 0], presses=[[5, 0, 10, 20, 0, 0, "save", 500, 250]],
            scrolls=[9, 0, 400],
        ),
        "state": atom_map(span=0, entries=[[0, "menu", Map([("open", TRUE)])]]),
        "telemetry": atom_map(
            event=[Atom("demo"), Atom("repo"), Atom("query")], summary="select 1", measurements=atom_map(total_time=12),
            metadata=Map(), error=NIL, language=Atom("sql"), mark=TRUE,
        ),
        "log": atom_map(level=Atom("error"), message="no such row", metadata=Map()),
        "exit": atom_map(reason="killed"),
    }
    for name, payload in samples.items():
        kind = name.replace("-", "_")
        one = (10, Atom(kind), payload)
        yield good_page(f"kinds/{name}", page, f"An event of the kind {kind}.", with_events(mount(), one))
    snapshot = (10, Atom("assigns"), atom_map(snapshot=atom_map(count=1)))
    yield good_page("kinds/assigns-snapshot", page, "An event of the kind assigns may have all assigns.",
                    with_events(mount(), snapshot))
    lists = (10, Atom("pointer"), atom_map(span=0, moves=[[0, 1, 2, 0], [5, 2, 2, 0]]))
    yield good_page("kinds/pointer-lists", page, "Other shapes of moves occur.", with_events(mount(), lists))
    for name, kind in [
        ("unknown", "teleport"), ("private", "x_acme_cart"), ("empty", ""), ("text", "Größe 日本"), ("spaces", "a b"),
        ("boolean", "true"), ("nil", "nil"), ("module", "Elixir.Demo"),
    ]:
        yield good(f"kinds/{name}", "6.2", "Kinds that are not known are passed on.",
                   with_events(mount(), (3, Atom(kind), Map())))
    yield good("kinds/longest", "6.2", "A kind may be as long as an atom.", with_events((0, Atom("é" * 255), Map())))
    yield good("kinds/like-finish-key", "6.2", "A kind may have the name of a key.",
               with_events((0, Atom("events"), Map()), (0, Atom("offset"), Map())))
    missing = [(1, Atom(kind), Map()) for kind in ("mount", "render", "component", "params", "event", "log")]
    yield good("kinds/empty-payloads", "7.1", "A payload that lacks what is needed is no error.", with_events(*missing))
    binaries = (1, Atom("render"), Map([("assigns", Map([("count", 1)]))]))
    yield good("kinds/binary-keys", "7.1", "The keys of a payload may be binaries.", with_events(mount(), binaries))


def good_page(name, page, shows, file):
    expect = documents(file.header, file.events)
    return Vector(f"recordings/{name}", "recording", file.bytes, page, shows, expect=expect)


def events():
    section = "6.2"
    for name, offset in [("255", 255), ("65536", 65_536), ("two-31", 1 << 31), ("two-53", (1 << 53) + 1),
                         ("largest", LARGEST)]:
        yield good(f"events/offset-{name}", section, f"The offset {offset} is one like any other.",
                   with_events(mount(), click(offset)))
    yield good("events/offset-only-largest", "5.2", "First offset and span may be 2^63 - 1 and 0.",
               with_events(click(LARGEST)))
    back = [mount(500), click(700), click(100), click(100), render(650, count=1), click(0)]
    yield good("events/back", section, "Offsets may go back, and events are not sorted.", with_events(*back))
    file = Recording().data(header(HEADER), batch(back[:3])).data(batch(back[3:]), finish(back)).index().end()
    yield good("events/back-members", section, "Offsets may go back from one member to the next.", file)
    yield good("events/same", section, "Events may have the same offset.", with_events(mount(), click(0), click(0)))
    more = [(1, Atom("event"), Map(), 7), (2, Atom("event"), Map(), Atom("a"), "b", [1, 2]), (3, Atom("event"), Map(), NIL)]
    yield good("events/extra", section, "Further elements are kept.", with_events(*more))
    many = tuple([4, Atom("event"), Map(), *range(300)])
    yield good("events/extra-many", section, "An event may be a large tuple.", with_events(many))
    payloads = {
        "list": [1, 2, 3], "nil": NIL, "integer": 5, "text": "text", "binary": b"\xff\0", "tuple": (Atom("a"), 1),
        "float": 1.5, "big": 1 << 80, "improper": Improper((1,), 2), "empty-tuple": (), "bits": etf.bits(b"\xe0", 3),
        "pid": etf.Pid("demo@host", 91, 0, 1), "reference": etf.Reference("demo@host", 1, (1, 2, 3)),
        "port": etf.Port("demo@host", 6, 1), "function": etf.External("lists", "map", 2),
    }
    for name, payload in payloads.items():
        yield good(f"events/payload-{name}", section, "A payload may be any term.",
                   with_events(mount(), (1, Atom("x_demo_any"), payload)))
    struct_ = atom_map(assigns=atom_map(user=atom_map(__struct__=Atom("Elixir.Demo.User"), name="Ada", roles=[Atom("admin")])))
    yield good("events/struct", section, "A payload may hold structs.", with_events((0, Atom("mount"), struct_)))
    hundred = [click(number * 3, f"click-{number % 7}") for number in range(100)]
    yield good("events/hundred", "6.3", "A batch of a hundred events.", with_events(*hundred))
    yield good("events/batch-of-one", "6.3", "A batch may have one event.", with_events(mount()))
    nested = [1]
    for _ in range(1022):
        nested = [nested]
    deep = (0, Atom("x_demo_deep"), nested)
    yield good("events/deep-frame", "9", "1,024 terms may enclose a term.",
               Recording().data(header(HEADER), event((0, Atom("x_demo_deep"), [nested]))))
    yield good("events/deep-batch", "9", "A batch's list and an event's tuple count.", with_events(deep))
    tail = etf.list_([1], etf.list_([2], etf.list_([3])))
    yield good("events/tails", "9", "A list that is written as many is one.",
               with_events((0, Atom("x_demo_list"), etf.map_((Atom("list"), tail)))))
    long = etf.nil()
    for number in range(3000):
        long = etf.list_([number & 0xFF], long)
    yield good("events/tails-many", "9", "The tail of a list is no deeper than its elements.",
               with_events((0, Atom("x_demo_list"), long)))


def terms():
    section = "6.2"
    kind = etf.latin1_atom("event")
    one = etf.large_tuple(etf.small_big(b"\5"), kind, etf.map_((etf.small_latin1_atom("name"), "inc")))
    yield good("terms/old-tags", section, "Terms may be in any form.", with_events(mount(), one))
    old = frame(
        etf.small_tuple(
            etf.latin1_atom("recording"), etf.large_tuple(etf.integer(1), etf.small_big(b"")),
            etf.map_((etf.utf8_atom("view"), etf.latin1_atom("Elixir.Demo")), (etf.small_latin1_atom("id"), "1")),
        ),
        "header", head=Map([(Atom("view"), Atom("Elixir.Demo")), (Atom("id"), b"1")]),
    )
    yield good("terms/old-tags-header", "6.1", "The header may be in any form, its keys in any order.",
               Recording().data(old, batch(ONE)))
    names = etf.map_((etf.utf8_atom("params"), Map()), (etf.latin1_atom("name"), "inc"))
    yield good("terms/order", section, "The pairs of a map may stand in any order.",
               with_events(mount(), (4, Atom("event"), names)))
    offset = etf.small_tuple(etf.large_big(b"\5\0\0"), Atom("event"), Map())
    yield good("terms/offset-large-big", "3", "A number may be in any form of an integer.", with_events(mount(), offset))
    chain = frame(etf.list_([mount()], etf.list_([click(3)], etf.list_([], etf.nil()))), "events",
                  events=[mount(), click(3)])
    yield good("terms/batch-of-lists", "6.3", "A batch may be written as a list whose tail is a list.",
               Recording().data(header(HEADER), chain, finish([mount(), click(3)])).end())
    loose = frame(
        etf.small_tuple(
            etf.latin1_atom("finish"),
            etf.map_((etf.latin1_atom("events"), etf.small_big(b"\3")), (etf.latin1_atom("duration"), etf.large_big(b"\xb3\4"))),
        ),
        "finish",
    )
    yield good("terms/old-tags-finish", "6.5", "The finish frame may be in any form.",
               Recording().data(header(HEADER), batch(ONE), loose).end())
    for name, deflate in [("stored", None), ("fixed", fixed), ("dynamic", dynamic)]:
        pack = compressed if deflate is None else lambda data: compressed(data, deflate)
        file = Recording().data(header(HEADER, pack=pack), batch(ONE, pack=pack))
        file.data(keyframe(3, atom_map(count=1), pack=pack), event(TWO[0], pack=pack), finish([*ONE, TWO[0]]))
        index = frame((Atom("index"), list(file.entries)), pack=pack).data
        yield good(f"terms/compressed-{name}", "4.2", "Terms may be compressed.", file.index(content=index).end())
    empty = batch(ONE, pack=lambda data: compressed(data, head=b"\x08\x1d"))
    yield good("terms/compressed-small-window", "4.2", "A zlib stream may declare a smaller window.",
               Recording().data(header(HEADER), empty))


# Valid: control frames


def control_frames():
    more = (7, Atom("more"), [1])
    yield good("control/header-more", "6", "A header may have more elements.",
               Recording().data(header(HEADER, more=more), batch(ONE)))
    yield good("control/keyframe-more", "6", "A keyframe may have more elements.",
               started().data(keyframe(3, atom_map(count=1), more=more), batch(TWO)))
    yield good("control/finish-more", "6", "A finish frame may have more elements.",
               Recording().data(header(HEADER), batch(ONE), finish(ONE, more=more)).end())
    yield good("control/index-more", "6", "An index may have more elements.", three().index(more=more).end())
    yield good("control/keyframe-keys", "7.2", "A state may have more keys.",
               started().data(keyframe(3, atom_map(count=1), extra=[(Atom("scroll"), 5), ("b", 1)]), batch(TWO)))
    yield good("control/finish-keys", "6.5", "A finish frame may have more keys.",
               Recording().data(header(HEADER), batch(ONE), finish(ONE, frames=3, x_acme_note="n")).end())
    minimal = frame((Atom("finish"), atom_map(events=3, duration=1203)), "finish")
    yield good("control/finish-minimal", "6.5", "A finish frame needs the numbers of events and milliseconds only.",
               Recording().data(header(HEADER), batch(ONE), minimal).end())
    loose = [
        ("reason", {"reason": Atom("x_acme_tired")}, "Any atom may be the reason."),
        ("reason-text", {"reason": "closed"}, "A reason of another type counts as missing."),
        ("errors-text", {"errors": "none"}, "Errors of another type count as missing."),
        ("duration-other", {"duration": 7}, "A reader may believe the duration, and need not check it."),
        ("kinds-other", {"kinds": Map([(Atom("exit"), 7)])}, "A reader need not check how often a kind comes."),
        ("names-empty", {"names": Map()}, "There may be no names."),
        ("names-atom", {"names": NIL}, "Names that are no map count as missing."),
        ("kinds-list", {"kinds": [(Atom("mount"), 1)]}, "Kinds that are no map count as missing."),
        ("errors", {"errors": 12}, "A reader need not check the number of errors."),
        ("duration-largest", {"duration": LARGEST}, "The duration is below 2^63."),
    ]
    for name, change, shows in loose:
        yield good(f"control/finish-{name}", "6.5", shows,
                   Recording().data(header(HEADER), batch(ONE), finish(ONE, **change)).end())
    assigns = atom_map(count=1)
    states = [
        ("no-components", atom_map(assigns=assigns), "Missing components are none."),
        ("url", atom_map(assigns=assigns, components=Map(), url="/list"), "A state may have a url."),
        ("url-nil", atom_map(assigns=assigns, components=Map(), url=NIL), "A url that is no binary is none."),
        ("url-bytes", atom_map(assigns=assigns, components=Map(), url=b"\xff"), "A url that is not UTF-8 is none."),
        ("any-keys", atom_map(assigns=Map([(1, 2), ("a", 1)]), components=Map()), "The keys of assigns may be any terms."),
        ("components", atom_map(assigns=assigns, components=Map([((Atom("Elixir.Demo.Row"), "1"), atom_map(open=TRUE))])),
         "Components have a module and an id."),
        ("components-any", atom_map(assigns=assigns, components=Map([((1, NIL), Map())])),
         "Module and id may be any terms."),
    ]
    for name, state, shows in states:
        made = frame((Atom("keyframe"), 3, state), "keyframe")
        yield good(f"control/keyframe-{name}", "7.2", shows, started().data(made, batch(TWO)))
    other = keyframe(3, atom_map(count=99))
    yield good("control/keyframe-other-state", "6.4", "Another state than the events give is a matter for a validator.",
               started().data(other, batch(TWO)))


def unknown_frames():
    samples = [
        ("private", (Atom("x_acme_cart"), 5, "text")), ("newer", (Atom("chapter"), 3, Map())), ("alone", (Atom("mark"),)),
        ("capital", (Atom("Recording"), (1, 0), Map())), ("empty-name", (Atom(""), 1)), ("boolean", (Atom("true"), 1)),
        ("nil", (NIL, 0)), ("like-event", (Atom("render"), 5, Map())), ("pid", (Atom("x_demo_pid"), etf.Pid("a@b", 1, 2, 3))),
    ]
    for name, term in samples:
        yield good(f"unknown/{name}", "6.7", "A control frame of another name is ignored.",
                   Recording().data(header(HEADER), frame(term), batch(ONE), finish(ONE)).end())
    note = frame((Atom("x_acme_note"), "here"))
    yield good("unknown/after-finish", "6", "An unknown control frame may follow the finish frame.",
               Recording().data(header(HEADER), batch(ONE), finish(ONE), note).end())
    yield good("unknown/first-of-member", "6", "An unknown control frame may be the first of a member.",
               started().data(note, batch(TWO), note, finish(ONE + TWO)).index().end())
    yield good("unknown/before-keyframe", "5.2", "A keyframe behind another frame does not start its member.",
               started().data(note, state_at(3), batch(TWO)))
    yield good("unknown/member", "4.1", "A data member may hold an unknown control frame only.",
               started().data(note).data(batch(TWO), finish(ONE + TWO)).index().end())
    large = frame(tuple([Atom("x_acme_wide"), *range(300)]))
    yield good("unknown/large-tuple", "6.7", "An unknown control frame may be a large tuple.",
               Recording().data(header(HEADER), large, batch(ONE)))
    packed = frame((Atom("x_acme_note"), "a" * 50), pack=compressed)
    yield good("unknown/compressed", "6.7", "An unknown control frame may be compressed.",
               Recording().data(header(HEADER), packed, batch(ONE)))


def versions():
    for minor in (1, 255):
        yield good(f"versions/header-1.{minor}", "8", "Every minor version of the header is read.",
                   Recording().data(header(HEADER, version=(1, minor)), batch(ONE), finish(ONE)).end())
    newer = Recording().data(header(HEADER, version=(1, 7)), batch(ONE), minor=7, more=b"\1\2")
    newer.data(state_at(3), batch(TWO), finish(ONE + TWO, marks=3), minor=7, more=b"\xff", add_flags=0x10)
    newer.index(minor=7, more=b"\0").end(minor=7)
    yield good("versions/newer", "8", "All that a newer minor version may bring, at once.", newer)
    yield good("versions/members-differ", "8", "The versions of header and members are checked by themselves.",
               Recording().data(header(HEADER, version=(1, 3)), batch(ONE), minor=1)
               .data(batch(TWO), finish(ONE + TWO), minor=2).index().end(minor=9))
    for major in (0, 2, 255):
        yield bad(f"versions/header-{major}.0", "8", "A major version that is not known is refused.",
                  Recording().data(header(HEADER, version=(major, 0)), batch(ONE)), "unsupportedVersion", 0)
        yield bad(f"versions/member-{major}.0", "8", "A member's major version that is not known is refused.",
                  Recording().data(header(HEADER), batch(ONE), major=major), "unsupportedVersion", 0)
    strange = frame((Atom("recording"), (2, 0), Atom("something"), "else"), "header", head=Map())
    yield bad("versions/header-before-form", "8", "The version is looked at before anything else of the header.",
              Recording().data(strange), "unsupportedVersion", 0)
    bare = contents([header(HEADER, version=(2, 0)), batch(ONE)])
    yield bad("versions/bare-2.0", "8", "A bare recording has a version.", bare, "unsupportedVersion", 0)
    yield bad("versions/gzip-2.0", "8", "A plain recording in gzip has a version.", gzip(bare), "unsupportedVersion", 0)
    file = started().data(batch(TWO), major=2)
    yield bad("versions/second-member", "8", "Each member's version is checked.", file, "unsupportedVersion", file.offset(1))
    file = three().index(major=2).end()
    yield bad("versions/index-member", "8", "An index member's version is checked.", file, "unsupportedVersion",
              file.offset(3))
    file = three().index().end(major=3)
    yield bad("versions/end-member", "8", "An end member's version is checked.", file, "unsupportedVersion",
              file.offset(4), HOPPED)
    for name, version in [("256", (256, 0)), ("negative", (-1, 0)), ("big", (1 << 70, 0))]:
        yield bad(f"versions/no-number-{name}", "6.1", "A major version is from 0 to 255.",
                  Recording().data(header(HEADER, version=version)), "notARecording", 0, [("unsupportedVersion", 0)])


def headers():
    page = "registry.md §3"
    recorded = atom_map(
        __struct__=Atom("Elixir.PhoenixReplay.Recording"), client=atom_map(agent="demo", width=1280), code=Map(),
        connected_at=1_700_000_000_000, dropped=Map([("render", 3)]), id="demo-1", params=Map([("id", "7")]),
        session=Map([("user", 1)]), url="/counter", view=Atom("Elixir.Demo.CounterLive"),
    )
    yield good_page("headers/all", page, "A header with all keys that are listed.", with_events(*ONE, head=recorded))
    yield good("headers/none", "6.1", "A header may have no keys.", with_events(*ONE, head=Map()))
    odd = [
        ("types", atom_map(id=5, view=[1], url=Map(), connected_at="now"), "Values of other types are no error."),
        ("view-text", atom_map(view="Demo.CounterLive"), "The view may be a binary."),
        ("view-nil", atom_map(view=NIL), "The view may be nil."),
        ("view-plain-atom", atom_map(view=Atom("counter")), "A view need not be a module of Elixir."),
        ("view-quoted", atom_map(view=Atom("my view")), "Elixir puts the name of an odd atom in quotes."),
        ("url-nil", atom_map(url=NIL), "The url may be nil."),
        ("id-bytes", atom_map(id=b"\xff\xfe"), "An id that is not UTF-8 is no error."),
        ("time-negative", atom_map(connected_at=-5), "A session may have started before 1970."),
        ("time-big", atom_map(connected_at=1 << 70), "A time may be out of range."),
        ("key-events", Map([(Atom("events"), 5), (Atom("id"), "1")]), "A field named events is the second of its name."),
        ("key-nil", Map([(NIL, 1), (Atom("id"), "1")]), "A field may be named nil."),
        ("key-text", Map([(Atom("a b"), 1), (Atom("日本"), 2)]), "A field may have any name."),
        ("key-offset", Map([(Atom("offset"), 1), (Atom("type"), 2)]), "A field may be named like a part of an event."),
        ("struct-odd", atom_map(__struct__="text", id="1"), "__struct__ may be anything."),
        ("private", atom_map(id="1", x_acme_shop=(1, 2)), "A field may be private."),
    ]
    for name, head, shows in odd:
        yield good(f"headers/{name}", "6.1", shows, with_events(*ONE, head=head))
    many = Map((Atom(f"field_{number:03}"), number) for number in range(300))
    yield good("headers/many", "6.1", "A header may have hundreds of keys.", with_events(*ONE, head=many))


def indexes():
    more = [(*each, Atom("more"), 5) for each in three().entries]
    yield good("index/more", "6.6", "An entry may have more elements.", three().index(more).end())
    forms_ = [etf.large_tuple(*[etf.large_big(etf.magnitude(each)) if isinstance(each, int) else each for each in entry])
              for entry in three().entries]
    yield good("index/old-tags", "6.6", "An entry may be in any form.", three().index(forms_).end())
    yield good("index/latin-1", "6.6", "The atoms of an index may be in any form.",
               three().index(term=etf.small_tuple(etf.latin1_atom("index"), list(three().entries))).end())
    largest = [click(0), click(LARGEST)]
    file = Recording().data(header(HEADER), batch(largest[:1])).data(batch(largest[1:]), finish(largest)).index().end()
    yield good("index/largest-offset", "6.6", "An offset of 2^63 - 1 stands in the index too.", file)
    yield good("index/name", "5.1", "An index member may have a name.", three().index(name=b"index").end())


# Invalid: what is no recording


def nothing_there():
    first_bytes = [
        ("empty", b"", "An empty file is no recording."), ("text", b"not a recording\n", "Text is no recording."),
        ("zero", b"\0", "One byte that is not 1f is no recording."), ("three", b"\0\0\0", "Half a length is no recording."),
        ("length", b"\0\0\0\x70", "A length alone is no recording."),
        ("json", b'{"events":[]}', "JSON is no recording by these rules."),
        ("zip", b"PK\3\4" + bytes(26), "A zip file is no recording."), ("term", external(5), "A term is no recording."),
        ("bzip2", b"BZh91AY&SY", "Another compression is no recording."),
        ("second-byte", b"\x1f\x8c\x08\0" + bytes(20), "1f alone makes no gzip."),
    ]
    for name, data, shows in first_bytes:
        yield bad(f"nothing/{name}", "4.3", shows, data, "notARecording", 0)
    for length in (1, 2, 3, 9):
        yield bad(f"nothing/gzip-{length}", "4.3", "A file that ends in a gzip header is truncated.",
                  started().bytes[:length], "truncated", 0)
    for name, content in [("text", b"just text that somebody compressed"), ("zeros", bytes(40)),
                          ("list", external([1, 2])), ("large", struct.pack(">I", (64 << 20) + 1) + b"\x83" + bytes(40))]:
        yield bad(f"nothing/gzip-{name}", "4.3", "Gzip of something else is no recording.", gzip(content), "notARecording", 0)
    yield bad("nothing/gzip-empty", "4.3", "Gzip of nothing is no recording.", gzip(b""), "notARecording", 0)
    yield bad("nothing/gzip-empty-twice", "4.3", "Gzip members that hold nothing are no recording.", gzip(b"") * 2,
              "notARecording", 0)
    for length in (1, 2, 3):
        yield bad(f"nothing/gzip-length-{length}", "4.3", "A content that ends within the first length is truncated.",
                  gzip(bytes(length)), "truncated", 0)
    yield bad("nothing/bare-other", "4.3", "A length without 131 behind it is no recording.", b"\0\0\0\x05hello",
              "notARecording", 0)
    yield bad("nothing/bare-large", "4.3", "A length beyond the limit is no start of a bare recording.",
              struct.pack(">I", (64 << 20) + 1) + header(HEADER).data[4:], "notARecording", 0)
    yield bad("nothing/bare-cut", "10", "A bare recording that ends in its first frame is truncated.",
              header(HEADER).data[:5], "truncated", 0)


def first_frames():
    pairs = HEADER
    recording = Atom("recording")
    samples = [
        ("alone", (recording,), "A header has a version and a map."),
        ("no-map", (recording, (1, 0)), "A header has a map."),
        ("list", (recording, (1, 0), []), "A header's fields are a map."),
        ("proplist", (recording, (1, 0), [(Atom("id"), "1")]), "A header's fields are no list of pairs."),
        ("version-integer", (recording, 1, pairs), "A version is a tuple."),
        ("version-single", (recording, (1,), pairs), "A version has a minor number."),
        ("version-triple", (recording, (1, 0, 0), pairs), "A version has two numbers."),
        ("version-list", (recording, [1, 0], pairs), "A version is no list."),
        ("version-float", (recording, (1.0, 0), pairs), "A version has integers."),
        ("version-text", (recording, ("1", "0"), pairs), "A version has no text."),
        ("minor-negative", (recording, (1, -1), pairs), "A minor version is not negative."),
        ("minor-256", (recording, (1, 256), pairs), "A minor version is at most 255."),
        ("binary-keys", (recording, (1, 0), Map([("id", "1")])), "The keys of a header are atoms."),
        ("one-binary-key", (recording, (1, 0), Map([(Atom("id"), "1"), ("url", "/")])), "All keys of a header are atoms."),
        ("integer-key", (recording, (1, 0), Map([(1, "1")])), "A key of a header is no integer."),
        ("text-name", ("recording", (1, 0), pairs), "The name of a control frame is an atom."),
        ("list-frame", [recording, (1, 0), pairs], "A header is no list."),
        ("event", ONE[0], "The first frame is no event."),
        ("batch", ONE, "The first frame is no batch."),
        ("keyframe", (Atom("keyframe"), 0, atom_map(assigns=Map())), "The first frame is no keyframe."),
        ("finish", (Atom("finish"), atom_map(events=0, duration=0)), "The first frame is no finish frame."),
        ("unknown", (Atom("x_acme_first"), 1), "The first frame is no unknown control frame."),
        ("empty-tuple", (), "The first frame is no empty tuple."),
        ("integer", 5, "The first frame is no integer."),
        ("map", pairs, "The first frame is no map."),
        ("index", (Atom("index"), []), "The first frame is no index."),
    ]
    for name, term, shows in samples:
        first = frame(term, "header", head=Map())
        yield bad(f"first-frame/{name}", "10", shows, Recording().data(first, batch(ONE)), "notARecording", 0)
    for name in ("alone", "binary-keys", "event", "batch", "finish", "integer"):
        term, shows = next((term, shows) for each, term, shows in samples if each == name)
        data = contents([frame(term), batch(ONE)])
        yield bad(f"first-frame/bare-{name}", "10", shows, data, "notARecording", 0)
        yield bad(f"first-frame/gzip-{name}", "10", shows, gzip(data), "notARecording", 0)
    made = header(HEADER)
    broken = [
        ("length-0", raw_frame(b""), "The length of the first frame is 0."),
        ("length-1", raw_frame(b"\x83"), "The length of the first frame is 1."),
        ("trailing", header(HEADER, rest=b"\0"), "A byte stands behind the first term."),
        ("term-cut", raw_frame(made.data[4:-3]), "The first term is not whole."),
        ("tag", raw_frame(b"\x83\x4e\0"), "The first term has an unknown tag."),
        ("no-131", raw_frame(b"\x82" + made.data[5:]), "The first term has no 131."),
        ("local", raw_frame(b"\x83\x79abc"), "The first term is LOCAL_EXT."),
        ("duplicate-key",
         raw_frame(external(etf.small_tuple(recording, (1, 0), etf.map_((Atom("id"), 1), (Atom("id"), 2))))),
         "The first map has a key twice."),
        ("compressed-wrong", header(HEADER, pack=lambda data: compressed(data, adler=1)),
         "The first term does not inflate."),
        ("too-long", raw_frame(made.data[4:], len(made) + 100), "The first frame is longer than its member."),
        ("over-limit", raw_frame(made.data[4:], (64 << 20) + 1), "The length of the first frame is beyond the limit."),
    ]
    for name, first, shows in broken:
        first.role = "header"
        file = Recording().data(first)
        yield bad(f"first-frame/{name}", "10", shows, file, "notARecording", 0)
    nested = [1]
    for _ in range(1100):
        nested = [nested]
    yield bad("first-frame/deep", "10", "A header that nests too deep stays limitExceeded.",
              Recording().data(header(atom_map(id=nested))), "limitExceeded", 0)
    yield bad("first-frame/compressed-large", "10", "A header that inflates to too much stays limitExceeded.",
              Recording().data(header(HEADER, pack=lambda data: compressed(data, length=(64 << 20) + 1))), "limitExceeded", 0)
    yield bad("first-member/index", "10", "A first member that is an index member.", Recording().index([]).end(),
              "notARecording", 0)
    yield bad("first-member/end", "10", "A first member that is an end member.", Recording().end(), "notARecording", 0)
    yield bad("first-member/empty", "10", "A first member without frames.", Recording().data(), "notARecording", 0)
    yield bad("first-member/empty-flag", "10", "A first member without frames whose flags name a header.",
              Recording().data(flags=2).data(header(HEADER), batch(ONE)), "notARecording", 0)
    yield bad("first-member/second", "10", "The header stands in the first member.",
              Recording().data(batch(ONE)).data(header(HEADER), batch(TWO)), "notARecording", 0)


# Invalid: frames


def frame_samples():
    """Frames that are malformed wherever they stand, behind three events: name, section, sentence, frame, kind."""
    form, term = "malformedFrame", "malformedTerm"
    event_name = Atom("event")
    yield "length-0", "4.2", "A frame has two bytes at least, not 0.", raw_frame(b""), form
    yield "length-1", "4.2", "A frame has two bytes at least, not 1.", raw_frame(b"\x83"), form
    yield "trailing", "4.2", "A byte stands behind the term.", frame(TWO[0], rest=b"\0"), form
    yield "trailing-term", "4.2", "A frame has one term.", frame(TWO[0], rest=external(TWO[1])), form
    yield "trailing-batch", "4.2", "Bytes stand behind a batch.", frame(TWO, rest=b"\x6a"), form
    yield "trailing-unknown", "6.7", "Bytes stand behind an unknown control frame.", frame((Atom("x_a_b"),), rest=b"\1"), form
    yield "local", "4.2", "LOCAL_EXT can be read by one node only.", raw_frame(b"\x83\x79\1\2\3"), form
    yield ("compressed-more", "4.2", "A compressed stream holds the term and nothing after it.",
           frame(TWO, pack=lambda data: compressed(data + b"\0")), form)
    yield ("compressed-trailing", "4.2", "A byte stands behind the compressed stream.",
           frame(TWO, pack=compressed, rest=b"\0"), form)
    yield ("compressed-short", "4.2", "A compressed term is longer than it declares.",
           frame(TWO, pack=lambda data: compressed(data, length=len(data) - 1)), term)
    yield ("compressed-long", "4.2", "A compressed term is shorter than it declares.",
           frame(TWO, pack=lambda data: compressed(data, length=len(data) + 1)), term)
    yield ("compressed-adler", "4.2", "The checksum of a compressed term is wrong.",
           frame(TWO, pack=lambda data: compressed(data, adler=0)), term)
    yield ("compressed-cut", "4.2", "A compressed term is cut.",
           raw_frame(compressed(write(TWO).data)[:-9]), term)
    yield ("compressed-twice", "4.2", "A compressed term is not compressed again.",
           raw_frame(compressed(compressed(write(TWO).data)[1:])), term)
    yield ("compressed-131", "4.2", "A 131 stands in a compressed stream.",
           raw_frame(compressed(external(TWO))), term)
    yield "term-cut", "10", "The frame ends inside its term.", raw_frame(external(TWO[0])[:-2]), term
    yield "term-131", "10", "A term starts with 131.", raw_frame(b"\x82" + external(TWO[0])[1:]), term
    yield "term-tag", "10", "A term has a tag that is known.", raw_frame(b"\x83\x68\x01\x4e"), term
    yield "term-131-twice", "10", "131 stands once.", raw_frame(b"\x83" + external(TWO[0])), term
    yield ("term-duplicate-key", "10", "A map names a key once.",
           frame(etf.small_tuple(5, event_name, etf.map_((1, 1), (1, 2)))), term)
    yield "term-atom", "10", "An atom is UTF-8.", frame(etf.small_tuple(5, etf.small_utf8_atom(b"\xff"), Map())), term
    yield ("term-nan", "10", "A float is finite.",
           frame(etf.small_tuple(5, event_name, etf.new_float(b"\x7f\xf8" + bytes(6)))), term)
    yield ("term-in-unknown", "6.7", "An unknown control frame is one valid term.",
           frame(etf.small_tuple(Atom("x_a_b"), etf.raw(b"\x4e"))), term)
    yield ("term-in-keyframe", "10", "The values in a keyframe are valid terms.",
           frame(etf.small_tuple(Atom("keyframe"), 3, etf.map_((Atom("assigns"), etf.raw(b"\x52\0"))))), term)
    for name, value in [("integer", 5), ("float", 1.5), ("atom", event_name), ("binary", "text"), ("map", Map()),
                        ("empty-tuple", ()), ("bits", etf.bits(b"\x80", 1)), ("pid", etf.Pid("a@b", 1, 2, 3))]:
        yield f"form-{name}", "6", "A frame is a tuple with a name or a number, or a list.", frame(value), form
    firsts = [("float", 1.0), ("binary", "5"), ("list", [5]), ("tuple", (5,)), ("map", Map())]
    for name, value in firsts:
        yield (f"tuple-{name}", "6", "The first element of a frame's tuple is an atom or an integer.",
               frame((value, event_name, Map())), form)
    wrong = [
        ("one", (5,), "An event has three elements at least, not one."),
        ("two", (5, event_name), "An event has three elements at least, not two."),
        ("negative", (-1, event_name, Map()), "An offset is not negative."),
        ("two-63", (TWO_63, event_name, Map()), "An offset is below 2^63."),
        ("huge", (1 << 200, event_name, Map()), "An offset may not be huge."),
        ("kind-text", (5, "event", Map()), "A kind is an atom."),
        ("kind-integer", (5, 5, Map()), "A kind is no number."),
        ("kind-nil-list", (5, [], Map()), "A kind is no empty list."),
    ]
    for name, value, shows in wrong:
        yield f"event-{name}", "6.2", shows, frame(value), form
        yield f"batch-{name}", "6.3", shows, frame([TWO[0], value]), form
    yield "batch-empty", "6.3", "A batch has one event at least.", frame([]), form
    yield "batch-improper", "6.3", "A batch is a proper list.", frame(Improper((TWO[0],), TWO[1])), form
    yield "batch-integers", "6.3", "A string is no batch.", frame([1, 2, 3]), form
    yield "batch-control", "6.3", "No control frame stands in a batch.", frame([TWO[0], (Atom("x_a_b"), 1)]), form
    yield ("batch-finish", "6.3", "No finish frame stands in a batch.",
           frame([TWO[0], (Atom("finish"), atom_map(events=4, duration=2500))]), form)
    yield "batch-nested", "6.3", "A batch holds no batch.", frame([TWO]), form
    yield "batch-float", "6.3", "An event's offset is an integer.", frame([(5.0, event_name, Map())]), form
    assigns = atom_map(count=1)
    states = [
        ("alone", (Atom("keyframe"),), "A keyframe has an event index and a state."),
        ("no-state", (Atom("keyframe"), 3), "A keyframe has a state."),
        ("index-atom", (Atom("keyframe"), Atom("a"), atom_map(assigns=assigns)), "A keyframe's event index is an integer."),
        ("index-negative", (Atom("keyframe"), -3, atom_map(assigns=assigns)), "An event index is not negative."),
        ("state-list", (Atom("keyframe"), 3, []), "A state is a map."),
        ("no-assigns", (Atom("keyframe"), 3, atom_map(components=Map())), "A state has assigns."),
        ("assigns-list", (Atom("keyframe"), 3, atom_map(assigns=[])), "Assigns are a map."),
        ("assigns-binary-key", (Atom("keyframe"), 3, Map([("assigns", assigns)])), "The keys of a state are atoms."),
        ("components-list", (Atom("keyframe"), 3, atom_map(assigns=assigns, components=[])), "Components are a map."),
        ("component-key", (Atom("keyframe"), 3, atom_map(assigns=assigns, components=Map([(Atom("a"), Map())]))),
         "A component's key is a tuple."),
        ("component-key-3", (Atom("keyframe"), 3, atom_map(assigns=assigns, components=Map([((1, 2, 3), Map())]))),
         "A component's key has two elements."),
        ("component-list", (Atom("keyframe"), 3, atom_map(assigns=assigns, components=Map([((1, 2), [])]))),
         "A component's assigns are a map."),
        ("index-early", (Atom("keyframe"), 2, atom_map(assigns=assigns)), "A keyframe names the event that follows it."),
        ("index-late", (Atom("keyframe"), 4, atom_map(assigns=assigns)), "A keyframe does not name a later event."),
    ]
    for name, value, shows in states:
        yield f"keyframe-{name}", "7.2" if "state" in name or "comp" in name or "assigns" in name else "6.4", shows, frame(
            value, "keyframe"), form
    yield "header-again", "6.7", "There is one header.", frame((Atom("recording"), (1, 0), HEADER)), form
    yield "header-again-other", "6.7", "A second header is malformed whatever is in it.", frame((Atom("recording"), 5)), form
    yield "index-form", "6.7", "An index has entries.", frame((Atom("index"),)), form
    yield "index-entry-short", "6.6", "An entry has eight elements.", frame((Atom("index"), [(0, 1, 2)])), form


def wrong_frames():
    for name, section, shows, wrong, kind in frame_samples():
        file = started().data(wrong, batch(TWO), flags=1 if wrong.role == "keyframe" else 0)
        yield bad(f"frame/{name}", section, shows, file, kind, file.offset(1))
        before = contents([header(HEADER), batch(ONE)])
        yield bad(f"frame-bare/{name}", section, shows, before + wrong.data + batch(TWO).data, kind, len(before))
    some = ("length-0", "trailing", "local", "term-tag", "form-integer", "batch-empty", "keyframe-index-late", "header-again")
    for name, section, shows, wrong, kind in frame_samples():
        if name in some:
            data = contents([header(HEADER), batch(ONE), wrong, batch(TWO)])
            yield bad(f"frame-gzip/{name}", section, shows, gzip(data), kind, 0)
    data = contents([header(HEADER), batch(ONE), frame(5.5), batch(TWO)])
    half = len(contents([header(HEADER), batch(ONE)])) + 6
    yield bad("frame-gzip/across", "10", "A frame is in the member in which it starts.",
              gzip(data[:10]) + gzip(data[10:half]) + gzip(data[half:]), "malformedFrame", len(gzip(data[:10])))
    short = contents([header(HEADER), batch(ONE), batch(TWO)])[:-3]
    yield bad("frame-gzip/across-cut", "10", "A frame that lacks bytes is in the member in which it starts.",
              gzip(short[:10]) + gzip(short[10:half]) + gzip(short[half:]), "truncated", len(gzip(short[:10])))
    wrong = raw_frame(b"")
    first = gzip(contents([header(HEADER), batch(ONE)]))
    yield bad("frame-gzip/second-member", "10", "In gzip the offset is that of the member.",
              first + gzip(wrong.data + batch(TWO).data), "malformedFrame", len(first))
    file = Recording().data(header(HEADER), batch(ONE), raw_frame(b"\x83"))
    yield bad("frame/in-first-member", "10", "What is wrong in the first member behind the header is no notARecording.",
              file, "malformedFrame", 0)


def wrong_places():
    frames = all_frames()
    late = [
        ("event", event(TWO[0]), "An event follows the finish frame."),
        ("batch", batch(TWO), "A batch follows the finish frame."),
        ("keyframe", state_at(3), "A keyframe follows the finish frame."),
        ("finish", finish(ONE), "A second finish frame follows the first."),
        ("header", header(HEADER), "A second header follows the finish frame."),
    ]
    for name, wrong, shows in late:
        file = Recording().data(header(HEADER), batch(ONE), finish(ONE), wrong).end()
        yield bad(f"place/{name}-after-finish", "6", shows, file, "malformedFrame", 0)
        before = contents([header(HEADER), batch(ONE), finish(ONE)])
        yield bad(f"place/{name}-after-finish-bare", "6", shows, before + wrong.data, "malformedFrame", len(before))
    for name in ("event", "keyframe", "finish"):
        wrong, shows = next((wrong, shows) for each, wrong, shows in late if each == name)
        file = Recording().data(header(HEADER), batch(ONE), finish(ONE)).data(wrong)
        yield bad(f"place/{name}-member-after-finish", "6", shows, file, "malformedFrame", file.offset(1),
                  [("malformedMember", None)])
    file = started().data(batch(TWO), frame((Atom("index"), [])), finish(ONE + TWO)).index().end()
    yield bad("place/index-in-data-member", "6", "An index is the only frame of an index member.", file, "malformedFrame",
              file.offset(1))
    twice = [*frames, index_frame()]
    yield bad("place/index-twice", "6.7", "There is one index.", contents([*twice, index_frame()]), "malformedFrame",
              len(contents(twice)))
    yield bad("place/index-twice-gzip", "6.7", "There is one index in gzip too.", gzip(contents([*twice, index_frame()])),
              "malformedFrame", 0)
    file = Recording().data(header(HEADER), batch(ONE)).data(batch(TWO), state_at(3))
    yield bad("place/keyframe-after-its-event", "6.4", "A keyframe stands before the event that it names.", file,
              "malformedFrame", file.offset(1))
    file = Recording().data(header(HEADER), keyframe(1, Map()), batch(ONE))
    yield bad("place/keyframe-first", "6.4", "Before all events a keyframe names event 0.", file, "malformedFrame", 0)
    before = contents([header(HEADER), batch(ONE)])
    for name, data, shows in [
        ("length", b"\0\0\0", "Three bytes are no length."), ("frame", batch(TWO).data[:-1], "A frame lacks its last byte."),
        ("all", batch(TWO).data[:4], "A frame lacks all of its bytes."),
    ]:
        made = started().data(content=data)
        yield bad(f"place/cut-{name}", "10", shows + " In an RL member it was written that way.", made, "malformedFrame",
                  made.offset(1))
        yield bad(f"place/cut-{name}-bare", "10", shows + " A bare recording may have been cut.", before + data, "truncated",
                  len(before))
        yield bad(f"place/cut-{name}-gzip", "10", shows + " A plain recording may have been cut.", gzip(before + data),
                  "truncated", 0)
    across = batch(TWO).data
    file = started().data(content=across[:20]).data(content=across[20:])
    yield bad("place/across-members", "4.1", "A frame may not run from one RL member into the next.", file, "malformedFrame",
              file.offset(1))


def wrong_finishes():
    samples = [
        ("events-more", {"events": 4}, (), "The number of events is one too high."),
        ("events-less", {"events": 2}, (), "The number of events is one too low."),
        ("events-missing", {}, ("events",), "The number of events is missing."),
        ("events-text", {"events": "3"}, (), "The number of events is text."),
        ("events-negative", {"events": -3}, (), "The number of events is negative."),
        ("events-float", {"events": 3.0}, (), "The number of events is a float."),
        ("duration-missing", {}, ("duration",), "The duration is missing."),
        ("duration-atom", {"duration": NIL}, (), "The duration is nil."),
        ("duration-negative", {"duration": -1}, (), "The duration is negative."),
        ("duration-two-63", {"duration": TWO_63}, (), "The duration is 2^63."),
        ("kinds-text-key", {"kinds": Map([("event", 1)])}, (), "A kind is text."),
        ("kinds-text-value", {"kinds": Map([(Atom("event"), "1")])}, (), "A kind's number is text."),
        ("kinds-negative", {"kinds": Map([(Atom("event"), -1)])}, (), "A kind's number is negative."),
        ("names-atom-key", {"names": Map([(Atom("inc"), 1)])}, (), "A name is an atom."),
        ("names-atom-value", {"names": Map([("inc", NIL)])}, (), "A name's number is an atom."),
    ]
    for name, change, without, shows in samples:
        wrong = finish(ONE, without=without, **change)
        file = Recording().data(header(HEADER), batch(ONE)).data(wrong).index().end()
        yield bad(f"finish/{name}", "6.5", shows, file, "malformedFrame", file.offset(1))
        before = contents([header(HEADER), batch(ONE)])
        yield bad(f"finish/{name}-bare", "6.5", shows, before + wrong.data, "malformedFrame", len(before))
    for name, term in [("alone", (Atom("finish"),)), ("list", (Atom("finish"), [])), ("atom", (Atom("finish"), Atom("closed")))]:
        file = Recording().data(header(HEADER), batch(ONE)).data(frame(term, "finish")).index().end()
        yield bad(f"finish/{name}", "6.7", "A finish frame has a map.", file, "malformedFrame", file.offset(1))


# Invalid: members


def wrong_members():
    section = "5.3"
    changes = [
        ("first-event-more", {1: 4}, "The first event is one too high."),
        ("first-event-less", {1: 2}, "The first event is one too low."),
        ("count-more", {2: 4}, "One event more is declared than there is."),
        ("count-less", {2: 2}, "One event less is declared than there is."),
        ("count-zero", {2: 0}, "No events are declared."),
        ("first-offset-more", {3: 2501}, "The smallest offset is one too high."),
        ("first-offset-less", {3: 2499, 4: 601}, "The smallest offset is one too low."),
        ("span-more", {4: 601}, "The span is one too high."),
        ("span-less", {4: 599}, "The span is one too low."),
    ]
    for name, change, shows in changes:
        file = started().data(batch(TWO), change=change)
        yield bad(f"member/{name}", section, shows, file, "malformedMember", file.offset(1))
    for name, change, shows in [
        ("first-event", {1: 1}, "The first event of a recording is 0."), ("count", {2: 5}, "The first member's count."),
        ("first-offset", {3: 1}, "The first member's smallest offset."), ("span", {4: 0}, "The first member's span."),
    ]:
        yield bad(f"member/in-first-{name}", section, shows, Recording().data(header(HEADER), batch(ONE), change=change),
                  "malformedMember", 0)
    for name, change in [("offset", {3: 5}), ("span", {4: 5})]:
        file = started().data(frame((Atom("x_a_b"), 1)), change=change)
        yield bad(f"member/no-events-{name}", "5.2", "Without events both offsets are 0.", file, "malformedMember",
                  file.offset(1))
    back = [click(700), click(100), click(650)]
    file = started().data(batch(back), change={3: 700, 4: 0})
    yield bad("member/first-not-smallest", "5.2", "The smallest offset is declared, not the first.", file, "malformedMember",
              file.offset(1))
    file = started().data(batch(back), change={4: 550})
    yield bad("member/last-not-largest", "5.2", "The largest offset is declared, not the last.", file, "malformedMember",
              file.offset(1))
    flags = [
        ("keyframe-missing", started().data(state_at(3), batch(TWO), flags=0), 1, "The flag of a keyframe is missing."),
        ("keyframe-extra", started().data(batch(TWO), flags=1), 1, "There is no keyframe."),
        ("keyframe-not-first", started().data(batch(TWO), state_at(6), flags=1), 1, "The keyframe does not come first."),
        ("header-missing", Recording().data(header(HEADER), batch(ONE), flags=0), 0, "The flag of the header is missing."),
        ("header-extra", started().data(batch(TWO), flags=2), 1, "There is no header."),
        ("header-and-keyframe", Recording().data(header(HEADER), keyframe(0, Map()), batch(ONE), flags=3), 0,
         "The first frame is the header and no keyframe."),
        ("finish-missing", started().data(batch(TWO), finish(ONE + TWO), flags=0).index().end(), 1,
         "The flag of the finish frame is missing."),
        ("finish-extra", started().data(batch(TWO), flags=4), 1, "There is no finish frame."),
    ]
    for name, file, which, shows in flags:
        yield bad(f"member/flag-{name}", "5.2", shows, file, "malformedMember", file.offset(which))
    wrong = [
        ("crc", {"crc": 1}, "checksum", "The CRC-32 of the content is wrong."),
        ("isize", {"size": 1}, "malformedMember", "The length in the trailer is wrong."),
        ("fhcrc", {"hcrc": 1}, "checksum", "FHCRC is wrong."),
        ("fhcrc-missing", {"hcrc": False}, "malformedMember", "FHCRC is missing."),
        ("reserved", {"reserved": 0x80}, "malformedMember", "A reserved flag is set."),
        ("block", {"deflated": b"\7" + bytes(30)}, "malformedMember", "The deflate data is invalid."),
        ("content-length", {"change": {0: 3}}, "malformedMember", "The content is longer than declared."),
        ("number", {"change": {1: varint(3, 2)}}, "malformedMember", "A number is not in its shortest form."),
    ]
    for name, options, kind, shows in wrong:
        file = started().data(batch(TWO), **options)
        yield bad(f"member/{name}", section, shows, file, kind, file.offset(1))
        options = {**options, "change": {1: varint(0, 2)}} if name == "number" else options
        yield bad(f"member/in-first-{name}", section, shows, Recording().data(header(HEADER), batch(ONE), **options), kind, 0)
    file = started().append(member(batch(TWO).data, 4, [len(batch(TWO))]).data)
    yield bad("member/kind", section, "There is no fourth kind.", file, "malformedMember", file.offset(1))
    plain = gzip(batch(TWO).data)
    file = started().append(plain)
    yield bad("mixed/plain-second", "4.1", "A member without RL follows one with RL.", file, "malformedMember",
              file.offset(1))
    yield bad("mixed/plain-empty", "4.1", "Even an empty member without RL is refused.", started().append(gzip(b"")),
              "malformedMember", started().length)
    plain = gzip(contents([header(HEADER), batch(ONE)]))
    file = Recording().append(plain).data(batch(TWO), change={1: 3})
    yield bad("mixed/fields-second", "4.1", "A member with RL follows one without.", file, "malformedMember", file.offset(1))
    file = Recording().append(plain).end()
    yield bad("mixed/end-second", "4.1", "An end member follows a member without RL.", file, "malformedMember",
              file.offset(1))
    file = three().append(gzip(b"")).index().end()
    yield bad("mixed/before-index", "4.1", "A member without RL stands before the index.", file, "malformedMember",
              file.offset(3))


def wrong_order():
    """Files with two errors, of which the one that comes first in §10 counts."""
    section = "10"
    file = started().data(batch(TWO), crc=1, hcrc=1)
    yield bad("order/header-before-content", section, "The header is checked before the content.",
              started().data(batch(TWO), size=1, reserved=0x20, hcrc=1), "malformedMember", file.offset(1))
    file = started().data(raw_frame(b""), batch(TWO), crc=1)
    yield bad("order/content-before-frames", section, "A content's checksum is checked before its frames.", file, "checksum",
              file.offset(1))
    file = started().data(frame(5, rest=b"\0"))
    yield bad("order/trailing-before-form", section, "A term ends where its frame does, before its form is looked at.", file,
              "malformedFrame", file.offset(1))
    file = started().data(raw_frame(b"\x83\x4e"), batch(TWO), change={2: 9})
    yield bad("order/frames-before-numbers", section, "Frames are checked before the member's numbers.", file,
              "malformedTerm", file.offset(1))
    file = started().data(frame((Atom("keyframe"), 9, Map([(Atom("assigns"), [])])), "keyframe"), flags=0)
    yield bad("order/form-before-flags", section, "A frame's form is checked before the member's flags.", file,
              "malformedFrame", file.offset(1))
    file = started().data(frame((-1, Atom("event"), Map())), raw_frame(b"\x83\x4e"))
    yield bad("order/first-frame-first", section, "Of two frames the first one counts.", file, "malformedFrame",
              file.offset(1))
    file = started().data(batch(TWO), change={2: 5}).data(batch(THREE), crc=1)
    yield bad("order/first-member-first", section, "Of two members the first one counts.", file, "malformedMember",
              file.offset(1))
    file = started().data(batch(TWO), crc=1).data(batch(THREE), finish(EVENTS)).index([]).end(5)
    yield bad("order/member-before-index", section, "A member counts before the index.", file, "checksum", file.offset(1))
    file = three().index([]).end(5)
    yield bad("order/index-before-end", section, "The index counts before the end member.", file, "malformedIndex",
              file.offset(3))
    file = three().index().end(5).append(b"more")
    yield bad("order/end-before-rest", section, "The end member counts before what follows it.", file, "malformedIndex",
              file.offset(4))
    file = started().data(batch(TWO), change={0: (128 << 20) + 1}, hcrc=5)
    yield bad("order/fhcrc-before-limit", section, "FHCRC is checked before the limit.", file, "checksum", file.offset(1))
    file = started().data(batch(TWO), change={0: (128 << 20) + 1}, crc=5)
    yield bad("order/limit-before-content", section, "The limit is checked before the content.", file, "limitExceeded",
              file.offset(1))
    length = (64 << 20) + 1
    file = started().data(raw_frame(external(5), length))
    yield bad("order/limit-before-cut", section, "A frame's limit is checked before its bytes are missed.", file,
              "limitExceeded", file.offset(1))


# Invalid: index and end


def wrong_indexes():
    names = ["member-offset", "member-length", "content-length", "first-event", "event-count", "first-ms", "last-ms"]
    good_entries = three().entries
    for row in range(3):
        for column, name in enumerate(names):
            for change, what in [(1, "more"), (-1, "less")]:
                if good_entries[row][column] + change < 0 or change < 0 and row != 1:
                    continue
                entries = [list(each) for each in good_entries]
                entries[row][column] += change
                file = three().index([tuple(each) for each in entries]).end()
                yield bad(f"index/{name}-{row}-{what}", "6.6", f"Entry {row} does not agree with its member: {name}.", file,
                          "malformedIndex", file.offset(3))
        entries = [list(each) for each in good_entries]
        entries[row][7] = FALSE if entries[row][7] == TRUE else TRUE
        file = three().index([tuple(each) for each in entries]).end()
        yield bad(f"index/keyframe-{row}", "6.6", f"Entry {row} does not agree with its member's first frame.", file,
                  "malformedIndex", file.offset(3))
    one, two, last = good_entries
    samples = [
        ("missing-first", [two, last], "The first data member is not in the index."),
        ("missing-middle", [one, last], "A data member is not in the index."),
        ("missing-last", [one, two], "The last data member is not in the index."),
        ("empty", [], "The index is empty."),
        ("twice", [one, two, two, last], "A data member is in the index twice."),
        ("one-more", [*good_entries, (three().length, 100, 90, 9, 0, 0, 0, FALSE)], "The index has a member too many."),
        ("swapped", [one, last, two], "The entries are not in the order of the members."),
        ("largest", [one, two, (LARGEST,) * 7 + (TRUE,)], "An entry beyond the end of the file."),
    ]
    for name, entries, shows in samples:
        file = three().index(entries).end()
        yield bad(f"index/{name}", "6.6", shows, file, "malformedIndex", file.offset(3))
    file = three().index(content=b"").end()
    yield bad("index/no-frame", "6.6", "An index member holds an index.", file, "malformedIndex", file.offset(3))
    forms_ = [
        ("seven", [one[:7], two, last], "An entry has eight elements."),
        ("list-entry", [list(one), two, last], "An entry is a tuple."),
        ("negative", [(-1,) + one[1:], two, last], "A number is not negative."),
        ("two-63", [one, (TWO_63,) + two[1:], last], "A number is below 2^63."),
        ("float", [(0.0,) + one[1:], two, last], "A number is an integer."),
        ("keyframe-integer", [one[:7] + (0,), two, last], "Whether there is a keyframe is true or false."),
        ("keyframe-nil", [one[:7] + (NIL,), two, last], "Whether there is a keyframe is not nil."),
        ("improper", Improper((one, two), last), "The entries are a proper list."),
        ("map", Map(), "The entries are a list."),
    ]
    for name, entries, shows in forms_:
        file = three().index(term=(Atom("index"), entries)).end()
        yield bad(f"index/form-{name}", "6.6", shows, file, "malformedFrame", file.offset(3))
    others = [
        ("alone", frame((Atom("index"),)).data, "An index has entries."),
        ("event", frame(click(1)).data, "An index member holds no event."),
        ("batch", frame([click(1)]).data, "An index member holds no batch."),
        ("unknown", frame((Atom("x_a_b"), 1)).data, "An index member holds no unknown control frame."),
        ("finish", finish(EVENTS).data, "An index member holds no finish frame."),
        ("header", header(HEADER).data, "An index member holds no header."),
        ("two", frame((Atom("index"), good_entries)).data * 2, "An index member holds one frame."),
        ("unknown-after", frame((Atom("index"), good_entries)).data + frame((Atom("x_a_b"), 1)).data,
         "Nothing follows the index in its member."),
        ("length-1", raw_frame(b"\x83").data, "A frame in an index member has two bytes at least."),
        ("trailing", frame((Atom("index"), good_entries), rest=b"\0").data, "Nothing follows the term of an index."),
        ("cut", frame((Atom("index"), good_entries)).data[:-1], "The frame of an index is all there."),
    ]
    for name, content, shows in others:
        file = three().index(content=content).end()
        yield bad(f"index/frame-{name}", "6.6", shows, file, "malformedFrame", file.offset(3))
    file = three().index(content=raw_frame(b"\x83\x4e").data).end()
    yield bad("index/term", "10", "The term of an index is checked like any.", file, "malformedTerm", file.offset(3))
    file = three().index(crc=1).end()
    yield bad("index/crc", "5.3", "The CRC-32 of an index member is checked.", file, "checksum", file.offset(3))
    file = three().index(hcrc=1).end()
    yield bad("index/fhcrc", "5.3", "The FHCRC of an index member is checked.", file, "checksum", file.offset(3))
    file = three().index(numbers=[varint(5, 2)]).end()
    yield bad("index/number", "5.3", "The number of an index member is checked.", file, "malformedMember", file.offset(3))
    file = three().index(numbers=[5]).end()
    yield bad("index/length", "5.3", "The content of an index member is as long as it declares.", file, "malformedMember",
              file.offset(3))
    file = three().index()
    yield bad("index/no-end", "4.4", "With an index the file was finished, and its end is missing.", file, "malformedIndex",
              file.offset(3))
    file = started().index()
    yield bad("index/no-finish-no-end", "4.4", "An index in an unfinished recording.", file, "malformedIndex", file.offset(1))
    file = Recording().data(header(HEADER), batch(ONE), finish(ONE)).index([]).end()
    yield bad("index/one-member", "6.6", "An index of one data member agrees with it.", file, "malformedIndex",
              file.offset(1))


def wrong_ends():
    file = three().index()
    index = file.offset(3)
    targets = [
        ("zero", 0, "the first data member"), ("one-more", index + 1, "the byte behind the start of the index"),
        ("one-less", index - 1, "the byte before the index"), ("data", file.offset(1), "a data member"),
        ("itself", file.length, "itself"), ("beyond", file.length + 44, "the end of the file"),
        ("far", 1 << 40, "a byte far behind the file"), ("two-63", TWO_63, "a byte that no file has"),
        ("largest", (1 << 64) - 1, "the largest byte of a u64"),
    ]
    for name, target, what in targets:
        file = three().index().end(target)
        yield bad(f"end/{name}", "4.4", f"The end member names {what}.", file, "malformedIndex", file.offset(4))
    file = three().end(0)
    yield bad("end/no-index", "4.4", "Three data members need an index.", file, "malformedIndex", file.offset(3))
    file = three().end(three().offset(2))
    yield bad("end/no-index-last", "4.4", "Without an index the end member names the only data member.", file,
              "malformedIndex", file.offset(3))
    for target in (1, 44):
        file = Recording().data(header(HEADER), batch(ONE), finish(ONE)).end(target)
        yield bad(f"end/one-member-{target}", "4.4", "The only data member starts at byte 0.", file, "malformedIndex",
                  file.offset(1))
    file = Recording().data(header(HEADER), batch(ONE), finish(ONE)).index().end(0)
    yield bad("end/one-member-index", "4.4", "Where there is an index, the end member names it.", file, "malformedIndex",
              file.offset(2))
    file = Recording().data(header(HEADER), batch(ONE), finish(ONE))
    file.end(file.length)
    yield bad("end/one-member-itself", "4.4", "The end member does not name itself.", file, "malformedIndex", file.offset(1))
    for name, options, kind, shows in [
        ("crc", {"crc": 1}, "checksum", "The CRC-32 of an end member is 0."),
        ("fhcrc", {"hcrc": 1}, "checksum", "The FHCRC of an end member is checked."),
        ("longer", {"more": b"\0"}, "malformedMember", "An end member has 44 bytes."),
        ("content", {"content": b"x"}, "malformedMember", "An end member holds nothing."),
        ("isize", {"size": 1}, "malformedMember", "The length in the trailer is 0."),
    ]:
        if name == "content":
            made = member(b"x", 3, [index], deflate=fixed)
            file = three().index().append(made.data)
        else:
            file = three().index().end(**options)
        yield bad(f"end/{name}", "5.3", shows, file, kind, file.offset(4), HOPPED)


def after_the_end():
    samples = [
        ("byte", b"\0", "A byte follows the end member."), ("zeros", bytes(1024), "Padding follows the end member."),
        ("text", b"and so on", "Text follows the end member."), ("magic", b"\x1f\x8b", "Half a header follows the end member."),
        ("data", started().bytes, "A data member follows the end member."),
        ("end", end_member(0), "A second end member follows the first."),
        ("recording", example().bytes, "Another recording follows the end member."),
        ("index", member(b"", INDEX).data, "An index member follows the end member."),
    ]
    for name, data, shows in samples:
        file = three().index().end()
        yield bad(f"after-end/{name}", "10", shows, file.bytes + data, "trailingData", file.length, HOPPED)
    single = Recording().data(header(HEADER), batch(ONE), finish(ONE)).end()
    yield bad("after-end/one-member", "10", "A byte follows the end member of a short recording.", single.bytes + b"\n",
              "trailingData", single.length, HOPPED)
    for name, data, shows in [("byte", b"\0", "A byte that starts no member."), ("zeros", bytes(99), "Padding."),
                              ("bare", batch(TWO).data, "A frame that is not compressed.")]:
        yield bad(f"after-members/{name}", "10", "Behind the members: " + shows[0].lower() + shows[1:],
                  started().bytes + data, "trailingData", started().length)
        plain = gzip(contents(all_frames()))
        yield bad(f"after-members/plain-{name}", "10", "Behind a plain recording: " + shows[0].lower() + shows[1:],
                  plain + data, "trailingData", len(plain))
    yield bad("after-members/cut-magic", "10", "1f alone is the start of a member that is cut.", started().bytes + b"\x1f",
              "truncated", started().length)


def wrong_plain():
    frames = all_frames()
    data = contents(frames)
    section = "4.3"
    yield bad("plain/crc", section, "The checksum of a plain recording is reported.", gzip(data, crc=1), "checksum", 0)
    yield bad("plain/isize", section, "The length in the trailer of a plain recording is checked.", gzip(data, size=1),
              "malformedMember", 0)
    yield bad("plain/fhcrc", section, "The FHCRC of a plain recording is checked when it has one.", gzip(data, hcrc=1),
              "checksum", 0)
    yield bad("plain/reserved", section, "A reserved flag in a plain recording.", gzip(data, reserved=0x40),
              "malformedMember", 0)
    yield bad("plain/block", section, "Deflate data of a plain recording that is invalid.",
              gzip(data, deflated=b"\7" + bytes(20)), "malformedMember", 0)
    first = gzip(contents(frames[:2]))
    rest = contents(frames[2:])
    yield bad("plain/second-crc", section, "The second member's checksum is wrong.", first + gzip(rest, crc=1), "checksum",
              len(first))
    yield bad("plain/second-cut", "10", "The second member is cut.", first + gzip(rest)[:-20], "truncated", len(first))
    yield bad("plain/second-trailer", "10", "The second member's trailer is cut.", first + gzip(rest)[:-3], "truncated",
              len(first))
    yield bad("plain/cut-header", "10", "The second member's header is cut.", first + gzip(rest)[:7], "truncated", len(first))
    yield bad("plain/cut-first", "10", "The only member is cut.", gzip(data)[:200], "truncated", 0)


def limits():
    nested = [1]
    for _ in range(1023):
        nested = [nested]
    samples = [
        ("deep-event", event((5, Atom("x_a_b"), [nested])), "1,025 terms enclose a term."),
        ("deep-batch", batch([(5, Atom("x_a_b"), nested)]), "A batch's list counts."),
        ("deep-unknown", frame((Atom("x_a_b"), [nested])), "An unknown control frame may not nest deeper either."),
        ("deep-keyframe", keyframe(3, atom_map(deep=nested)), "A keyframe may not nest deeper either."),
        ("compressed", frame(TWO, pack=lambda data: compressed(data, length=(64 << 20) + 1)),
         "A compressed term may not inflate to more than 64 MiB."),
        ("frame", raw_frame(external(5), (64 << 20) + 1), "A frame may not be longer than 64 MiB."),
        ("frame-largest", raw_frame(external(5), 0xFFFFFFFF), "The largest length of a frame is beyond the limit."),
    ]
    for name, wrong, shows in samples:
        file = started().data(wrong)
        yield bad(f"limits/{name}", "9", shows, file, "limitExceeded", file.offset(1))
        before = contents([header(HEADER), batch(ONE)])
        yield bad(f"limits/{name}-bare", "9", shows, before + wrong.data, "limitExceeded", len(before))
    deep = []
    for _ in range(3000):
        deep = (deep,)
    file = started().data(event((5, Atom("x_a_b"), deep)))
    yield bad("limits/deep-tuples", "9", "Tuples count.", file, "limitExceeded", file.offset(1))
    deep = Map()
    for _ in range(1100):
        deep = Map([(1, deep)])
    file = started().data(event((5, Atom("x_a_b"), deep)))
    yield bad("limits/deep-maps", "9", "Maps count.", file, "limitExceeded", file.offset(1))
    deep = 5
    for _ in range(1100):
        deep = Map([(deep, 1)])
    file = started().data(event((5, Atom("x_a_b"), deep)))
    yield bad("limits/deep-keys", "9", "Keys are terms as values are.", file, "limitExceeded", file.offset(1))
    length = 64 << 20
    before = contents([header(HEADER), batch(ONE)])
    yield bad("limits/frame-just", "9", "A frame of 64 MiB is within the limit, and cut here.",
              before + struct.pack(">I", length) + external(5), "truncated", len(before))
    file = started().data(batch(TWO), change={0: (128 << 20) + 1})
    yield bad("limits/member", "9", "A member may not hold more than 128 MiB.", file, "limitExceeded", file.offset(1))
