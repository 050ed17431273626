"""Events of every kind, and terms in every form, in recordings (recording.md §6.2, §6.3; registry.md §2)."""

import etf
from containers import (
    LARGEST,
    Recording,
    atom_map,
    batch,
    compressed,
    dynamic,
    event,
    finish,
    fixed,
    frame,
    header,
    keyframe,
)
from etf import NIL, TRUE, Atom, Improper, Map
from recording_model import HEADER, ONE, TWO, click, good, good_page, mount, render, with_events


def vectors():
    for group in (kinds, events, terms):
        yield from group()


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
            span=40,
            moves=[0, 10, 300, 0, 20, 12, 310, 0],
            presses=[[5, 0, 10, 20, 0, 0, "save", 500, 250]],
            scrolls=[9, 0, 400],
        ),
        "state": atom_map(span=0, entries=[[0, "menu", Map([("open", TRUE)])]]),
        "telemetry": atom_map(
            event=[Atom("demo"), Atom("repo"), Atom("query")],
            summary="select 1",
            measurements=atom_map(total_time=12),
            metadata=Map(),
            error=NIL,
            language=Atom("sql"),
            mark=TRUE,
        ),
        "log": atom_map(level=Atom("error"), message="no such row", metadata=Map()),
        "exit": atom_map(reason="killed"),
    }
    for name, payload in samples.items():
        kind = name.replace("-", "_")
        one = (10, Atom(kind), payload)
        yield good_page(f"kinds/{name}", page, f"An event of the kind {kind}.", with_events(mount(), one))
    snapshot = (10, Atom("assigns"), atom_map(snapshot=atom_map(count=1)))
    yield good_page(
        "kinds/assigns-snapshot",
        page,
        "An event of the kind assigns may have all assigns.",
        with_events(mount(), snapshot),
    )
    lists = (10, Atom("pointer"), atom_map(span=0, moves=[[0, 1, 2, 0], [5, 2, 2, 0]]))
    yield good_page("kinds/pointer-lists", page, "Other shapes of moves occur.", with_events(mount(), lists))
    for name, kind in [
        ("unknown", "teleport"),
        ("private", "x_acme_cart"),
        ("empty", ""),
        ("text", "Größe 日本"),
        ("spaces", "a b"),
        ("boolean", "true"),
        ("nil", "nil"),
        ("module", "Elixir.Demo"),
    ]:
        yield good(
            f"kinds/{name}",
            "6.2",
            "Kinds that are not known are passed on.",
            with_events(mount(), (3, Atom(kind), Map())),
        )
    yield good("kinds/longest", "6.2", "A kind may be as long as an atom.", with_events((0, Atom("é" * 255), Map())))
    yield good(
        "kinds/like-finish-key",
        "6.2",
        "A kind may have the name of a key.",
        with_events((0, Atom("events"), Map()), (0, Atom("offset"), Map())),
    )
    missing = [(1, Atom(kind), Map()) for kind in ("mount", "render", "component", "params", "event", "log")]
    yield good("kinds/empty-payloads", "7.1", "A payload that lacks what is needed is no error.", with_events(*missing))
    binaries = (1, Atom("render"), Map([("assigns", Map([("count", 1)]))]))
    yield good("kinds/binary-keys", "7.1", "The keys of a payload may be binaries.", with_events(mount(), binaries))


def events():
    section = "6.2"
    for name, offset in [
        ("255", 255),
        ("65536", 65_536),
        ("two-31", 1 << 31),
        ("two-53", (1 << 53) + 1),
        ("largest", LARGEST),
    ]:
        yield good(
            f"events/offset-{name}",
            section,
            f"The offset {offset} is one like any other.",
            with_events(mount(), click(offset)),
        )
    yield good(
        "events/offset-only-largest", "5.2", "First offset and span may be 2^63 - 1 and 0.", with_events(click(LARGEST))
    )
    back = [mount(500), click(700), click(100), click(100), render(650, count=1), click(0)]
    yield good("events/back", section, "Offsets may go back, and events are not sorted.", with_events(*back))
    file = Recording().data(header(HEADER), batch(back[:3])).data(batch(back[3:]), finish(back)).index().end()
    yield good("events/back-members", section, "Offsets may go back from one member to the next.", file)
    yield good("events/same", section, "Events may have the same offset.", with_events(mount(), click(0), click(0)))
    more = [
        (1, Atom("event"), Map(), 7),
        (2, Atom("event"), Map(), Atom("a"), "b", [1, 2]),
        (3, Atom("event"), Map(), NIL),
    ]
    yield good("events/extra", section, "Further elements are kept.", with_events(*more))
    many = tuple([4, Atom("event"), Map(), *range(300)])
    yield good("events/extra-many", section, "An event may be a large tuple.", with_events(many))
    payloads = {
        "list": [1, 2, 3],
        "nil": NIL,
        "integer": 5,
        "text": "text",
        "binary": b"\xff\0",
        "tuple": (Atom("a"), 1),
        "float": 1.5,
        "big": 1 << 80,
        "improper": Improper((1,), 2),
        "empty-tuple": (),
        "bits": etf.bits(b"\xe0", 3),
        "pid": etf.Pid("demo@host", 91, 0, 1),
        "reference": etf.Reference("demo@host", 1, (1, 2, 3)),
        "port": etf.Port("demo@host", 6, 1),
        "function": etf.External("lists", "map", 2),
    }
    for name, payload in payloads.items():
        yield good(
            f"events/payload-{name}",
            section,
            "A payload may be any term.",
            with_events(mount(), (1, Atom("x_demo_any"), payload)),
        )
    struct_ = atom_map(
        assigns=atom_map(user=atom_map(__struct__=Atom("Elixir.Demo.User"), name="Ada", roles=[Atom("admin")]))
    )
    yield good("events/struct", section, "A payload may hold structs.", with_events((0, Atom("mount"), struct_)))
    hundred = [click(number * 3, f"click-{number % 7}") for number in range(100)]
    yield good("events/hundred", "6.3", "A batch of a hundred events.", with_events(*hundred))
    yield good("events/batch-of-one", "6.3", "A batch may have one event.", with_events(mount()))
    nested = [1]
    for _ in range(1022):
        nested = [nested]
    deep = (0, Atom("x_demo_deep"), nested)
    yield good(
        "events/deep-frame",
        "9",
        "1,024 terms may enclose a term.",
        Recording().data(header(HEADER), event((0, Atom("x_demo_deep"), [nested]))),
    )
    yield good("events/deep-batch", "9", "A batch's list and an event's tuple count.", with_events(deep))
    tail = etf.list_([1], etf.list_([2], etf.list_([3])))
    yield good(
        "events/tails",
        "9",
        "A list that is written as many is one.",
        with_events((0, Atom("x_demo_list"), etf.map_((Atom("list"), tail)))),
    )
    long = etf.nil()
    for number in range(3000):
        long = etf.list_([number & 0xFF], long)
    yield good(
        "events/tails-many",
        "9",
        "The tail of a list is no deeper than its elements.",
        with_events((0, Atom("x_demo_list"), long)),
    )


def terms():
    section = "6.2"
    kind = etf.latin1_atom("event")
    one = etf.large_tuple(etf.small_big(b"\5"), kind, etf.map_((etf.small_latin1_atom("name"), "inc")))
    yield good("terms/old-tags", section, "Terms may be in any form.", with_events(mount(), one))
    old = frame(
        etf.small_tuple(
            etf.latin1_atom("recording"),
            etf.large_tuple(etf.integer(1), etf.small_big(b"")),
            etf.map_((etf.utf8_atom("view"), etf.latin1_atom("Elixir.Demo")), (etf.small_latin1_atom("id"), "1")),
        ),
        "header",
        head=Map([(Atom("view"), Atom("Elixir.Demo")), (Atom("id"), b"1")]),
    )
    yield good(
        "terms/old-tags-header",
        "6.1",
        "The header may be in any form, its keys in any order.",
        Recording().data(old, batch(ONE)),
    )
    names = etf.map_((etf.utf8_atom("params"), Map()), (etf.latin1_atom("name"), "inc"))
    yield good(
        "terms/order",
        section,
        "The pairs of a map may come in any order.",
        with_events(mount(), (4, Atom("event"), names)),
    )
    offset = etf.small_tuple(etf.large_big(b"\5\0\0"), Atom("event"), Map())
    yield good(
        "terms/offset-large-big", "3", "A number may be in any form of an integer.", with_events(mount(), offset)
    )
    chain = frame(
        etf.list_([mount()], etf.list_([click(3)], etf.list_([], etf.nil()))), "events", events=[mount(), click(3)]
    )
    yield good(
        "terms/batch-of-lists",
        "6.3",
        "A batch may be written as a list whose tail is a list.",
        Recording().data(header(HEADER), chain, finish([mount(), click(3)])).end(),
    )
    loose = frame(
        etf.small_tuple(
            etf.latin1_atom("finish"),
            etf.map_(
                (etf.latin1_atom("events"), etf.small_big(b"\3")),
                (etf.latin1_atom("duration"), etf.large_big(b"\xb3\4")),
            ),
        ),
        "finish",
    )
    yield good(
        "terms/old-tags-finish",
        "6.5",
        "The finish frame may be in any form.",
        Recording().data(header(HEADER), batch(ONE), loose).end(),
    )
    for name, deflate in [("stored", None), ("fixed", fixed), ("dynamic", dynamic)]:
        pack = compressed if deflate is None else lambda data: compressed(data, deflate)
        file = Recording().data(header(HEADER, pack=pack), batch(ONE, pack=pack))
        file.data(keyframe(3, atom_map(count=1), pack=pack), event(TWO[0], pack=pack), finish([*ONE, TWO[0]]))
        index = frame((Atom("index"), list(file.entries)), pack=pack).data
        yield good(f"terms/compressed-{name}", "4.2", "Terms may be compressed.", file.index(content=index).end())
    empty = batch(ONE, pack=lambda data: compressed(data, head=b"\x08\x1d"))
    yield good(
        "terms/compressed-small-window",
        "4.2",
        "A zlib stream may declare a smaller window.",
        Recording().data(header(HEADER), empty),
    )
