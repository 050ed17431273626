"""Recordings of every form: members, plain, versions, headers, control frames (recording.md §4, §6, §8)."""

import etf
from containers import (
    LARGEST,
    Recording,
    atom_map,
    batch,
    compressed,
    contents,
    dynamic,
    event,
    finish,
    fixed,
    frame,
    gzip,
    header,
    keyframe,
    subfield,
)
from etf import NIL, TRUE, Atom, Map
from recording_model import (
    EVENTS,
    HEADER,
    ONE,
    THREE,
    TWO,
    all_frames,
    bad,
    click,
    example,
    good,
    good_page,
    index_frame,
    mount,
    render,
    started,
    state_at,
    three,
    with_events,
)


def vectors():
    for group in (forms, plain_forms, control_frames, unknown_frames, versions, headers, indexes):
        yield from group()


def forms():
    yield good("forms/example", "12", "The example of the specification.", example())
    yield good(
        "forms/example-one-member", "12", "The same in one member, without keyframe and index.", example_in_one()
    )
    yield good(
        "forms/one-member",
        "4.4",
        "With one data member the end member names byte 0.",
        Recording().data(header(HEADER), batch(EVENTS), finish(EVENTS)).end(),
    )
    yield good(
        "forms/one-member-index",
        "4.4",
        "One data member may have an index all the same.",
        Recording().data(header(HEADER), batch(EVENTS), finish(EVENTS)).index().end(),
    )
    yield good("forms/three-members", "4.4", "Three data members, an index and the end.", three().index().end())
    yield good(
        "forms/no-keyframes", "4.4", "A recording need not have keyframes.", three(keyframes=False).index().end()
    )
    yield good("forms/unfinished-one", "4.4", "A recording without an end member is unfinished and valid.", started())
    yield good(
        "forms/unfinished-three", "4.4", "Everything in whole members is valid without an end.", three(finished=False)
    )
    yield good(
        "forms/unfinished-no-keyframes",
        "4.4",
        "An unfinished recording need not have keyframes.",
        three(keyframes=False, finished=False),
    )
    yield good("forms/finish-no-end", "4.4", "With a finish frame and no end member it is unfinished.", three())
    yield good("forms/header-only", "6", "A header is a recording.", Recording().data(header(HEADER)))
    yield good(
        "forms/no-events",
        "6.5",
        "A finished recording may have no events.",
        Recording().data(header(HEADER), finish([])).end(),
    )
    yield good(
        "forms/header-member",
        "4.1",
        "The header may have a member by itself.",
        Recording().data(header(HEADER)).data(batch(ONE), finish(ONE)).index().end(),
    )
    yield good(
        "forms/finish-member",
        "4.4",
        "The finish frame may have a member by itself.",
        started().data(finish(ONE)).index().end(),
    )
    yield good(
        "forms/empty-member",
        "4.1",
        "A data member without frames is taken.",
        started().data().data(batch(TWO), finish(ONE + TWO)).index().end(),
    )
    yield good(
        "forms/empty-members-unfinished",
        "4.1",
        "Data members without frames are taken at the end.",
        started().data().data(),
    )
    yield good(
        "forms/keyframe-member",
        "6.4",
        "A keyframe may have a member by itself.",
        started().data(state_at(3)).data(batch(TWO), finish(ONE + TWO)).index().end(),
    )
    yield good(
        "forms/keyframe-inside",
        "6.4",
        "A keyframe may come between two events of a member.",
        Recording().data(header(HEADER), batch(ONE), state_at(3), batch(TWO), finish(ONE + TWO)).end(),
    )
    yield good(
        "forms/keyframe-before-finish",
        "6.4",
        "A keyframe may follow all events.",
        Recording().data(header(HEADER), batch(ONE), state_at(3), finish(ONE)).end(),
    )
    yield good(
        "forms/keyframe-first",
        "6.4",
        "A keyframe may come before all events.",
        Recording().data(header(HEADER), keyframe(0, Map()), batch(ONE), finish(ONE)).end(),
    )
    yield good(
        "forms/keyframes-together",
        "6.4",
        "Keyframes may follow one another.",
        started().data(state_at(3), state_at(3), batch(TWO), state_at(6)),
    )
    yield good(
        "forms/event-frames",
        "6.2",
        "Each event may be a frame by itself.",
        Recording().data(header(HEADER), *map(event, ONE)).data(*map(event, TWO), finish(ONE + TWO)).index().end(),
    )
    yield good(
        "forms/mixed-frames",
        "6.3",
        "Batches and single events mean the same.",
        Recording().data(header(HEADER), event(ONE[0]), batch(ONE[1:]), batch(TWO[:1]), *map(event, TWO[1:])),
    )
    yield good("forms/many-members", "4.1", "A member may hold one event.", many_members())
    for name, deflate in [("fixed", fixed), ("dynamic", dynamic)]:
        yield good(f"forms/{name}", "13", f"The members may have deflate blocks with {name} codes.", deflated(deflate))
    yield good(
        "forms/mixed-deflate",
        "13",
        "Each member may have another kind of block.",
        Recording()
        .data(header(HEADER), batch(ONE), deflate=dynamic)
        .data(batch(TWO), deflate=fixed)
        .data(batch(THREE), finish(EVENTS))
        .index(deflate=fixed)
        .end(),
    )
    yield good("forms/long", "4.1", "600 events in twelve members.", long_session())
    yield good(
        "forms/long-unfinished", "4.4", "600 events in twelve members, and no end.", long_session(finished=False)
    )
    other = subfield(b"XY", b"of somebody else")
    yield good(
        "forms/header-fields",
        "5.1",
        "Members may have names, times and other subfields.",
        Recording()
        .data(header(HEADER), batch(ONE), before=other, mtime=9, system=3)
        .data(batch(TWO), finish(ONE + TWO), name=b"demo", comment=b"two", after=other)
        .index(text=True, xfl=4)
        .end(mtime=1),
    )
    yield good(
        "forms/unknown-flags",
        "5.2",
        "Unknown flags are ignored.",
        Recording()
        .data(header(HEADER), batch(ONE), add_flags=0xF8)
        .data(batch(TWO), finish(ONE + TWO), add_flags=8)
        .index(flags=0x80)
        .end(flags=0x40),
    )


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


def keyframe_of(events):
    """What mounts, renders and params add up to (recording.md §7.1)."""
    assigns, url = {}, None
    for _, kind, payload in events:
        pairs = dict(payload.pairs)
        if kind == Atom("params"):
            url = pairs[Atom("uri")]
        elif kind in (Atom("mount"), Atom("render")):
            assigns = {**({} if kind == Atom("mount") else assigns), **dict(pairs[Atom("assigns")].pairs)}
    return keyframe(len(events), Map(assigns.items()), url=url)


def long_session(finished=True):
    """Twelve members of fifty events, each but the first with a keyframe."""
    kinds = [
        lambda number: click(number * 40, f"click-{number % 9}"),
        lambda number: render(number * 40 + 3, count=number, title=f"Row {number}", rows=list(range(number % 6))),
        lambda number: (number * 40 + 5, Atom("info"), atom_map(tag=Atom(f"tag_{number % 4}"))),
        lambda number: (number * 40 - 9, Atom("params"), atom_map(uri=f"/list?page={number}", params=Map())),
    ]
    session = [mount(0, count=0), *(kinds[number % 4](number) for number in range(1, 600))]
    file = Recording()
    for start in range(0, 600, 50):
        frames = [keyframe_of(session[:start])] if start else [header(HEADER)]
        frames += [
            batch(session[start : start + 20]),
            batch(session[start + 20 : start + 49]),
            event(session[start + 49]),
        ]
        if start == 550 and finished:
            frames.append(finish(session))
        file.data(*frames, deflate=dynamic)
    return file.index(deflate=dynamic).end() if finished else file


def plain_forms():
    frames = all_frames()
    data = contents(frames)
    section = "4.3"
    yield good("plain/gzip", section, "Frames in one gzip member are a recording.", gzip(data), frames)
    yield good("plain/bare", section, "Frames that are not compressed are a recording.", data, frames)
    for name, deflate in [("fixed", fixed), ("dynamic", dynamic)]:
        yield good(f"plain/gzip-{name}", section, f"The member may have {name} codes.", gzip(data, deflate), frames)
    yield good(
        "plain/gzip-dressed",
        section,
        "The member may have all parts of a gzip header but RL.",
        gzip(data, extra=subfield(b"XY", b"1"), name=b"a.reel", comment=b"c", hcrc=True, text=True, mtime=4),
        frames,
    )
    yield good(
        "plain/frames-in-members",
        section,
        "Each frame may have a gzip member of its own.",
        b"".join(gzip(each.data) for each in frames),
        frames,
    )
    halves = len(frames[0]) + 10
    yield good(
        "plain/across",
        section,
        "A frame may begin in one member and end in another.",
        gzip(data[:halves]) + gzip(data[halves:]),
        frames,
    )
    yield good(
        "plain/across-length",
        section,
        "The length of a frame may run across members.",
        gzip(data[: len(frames[0]) + 2]) + gzip(data[len(frames[0]) + 2 :]),
        frames,
    )
    yield good(
        "plain/across-first-length",
        section,
        "The first four bytes may run across members.",
        gzip(data[:1]) + gzip(data[1:3]) + gzip(data[3:]),
        frames,
    )
    pieces = [data[start : start + 16] for start in range(0, len(data), 16)]
    yield good(
        "plain/small-members",
        section,
        "A frame may run across many members.",
        b"".join(gzip(piece, fixed) for piece in pieces),
        frames,
    )
    session = contents(frame for part in long_session(finished=False).parts for frame in part.frames)
    yield good(
        "plain/long",
        section,
        "600 events in one gzip member.",
        gzip(session, dynamic),
        [frame for part in long_session(finished=False).parts for frame in part.frames],
    )
    yield good(
        "plain/empty-members",
        section,
        "A member may hold nothing.",
        gzip(b"") + gzip(data[:50]) + gzip(b"", fixed) + gzip(data[50:]) + gzip(b""),
        frames,
    )
    for name, wrap, what in [("gzip", gzip, "gzip"), ("bare", lambda data: data, "no compression")]:
        yield good(
            f"plain/unfinished-{name}",
            section,
            f"With {what}, a recording may be unfinished.",
            wrap(contents(frames[:-1])),
            frames,
        )
        yield good(
            f"plain/header-{name}", section, f"With {what}, a header is a recording.", wrap(frames[0].data), frames[:1]
        )
        repacked = [*frames, index_frame()]
        yield good(
            f"plain/index-{name}",
            section,
            "A repacked recording holds an index, whose offsets are not used.",
            wrap(contents(repacked)),
            repacked,
        )
        far = [*frames, frame((Atom("index"), [((1 << 63) - 1,) * 7 + (TRUE,)]))]
        yield good(
            f"plain/index-far-{name}", section, "Nor are they when they are those of no file.", wrap(contents(far)), far
        )
        early = [frames[0], index_frame(), *frames[1:]]
        yield good(
            f"plain/index-early-{name}",
            "6",
            "In a plain recording the index may be anywhere after the header.",
            wrap(contents(early)),
            early,
        )
        events = [frames[0], *map(event, EVENTS), finish(EVENTS)]
        yield good(
            f"plain/event-frames-{name}",
            section,
            "Each event may be a frame by itself.",
            wrap(contents(events)),
            events,
        )
        unknown = [frames[0], frame((Atom("x_acme_note"), 1)), *frames[1:], frame((Atom("later"),))]
        yield good(
            f"plain/unknown-{name}", "6.7", "Unknown control frames are ignored.", wrap(contents(unknown)), unknown
        )
    wrong = [*frames, frame((Atom("index"), []))]
    yield good(
        "plain/index-empty",
        section,
        "An index of a plain recording need not agree with anything.",
        gzip(contents(wrong)),
        wrong,
    )
    packed = [frame_packed(HEADER), batch(ONE, pack=compressed), finish(ONE)]
    yield good(
        "plain/bare-compressed",
        "4.2",
        "The first term of a bare recording may be compressed.",
        contents(packed),
        packed,
    )


def frame_packed(pairs, deflate=fixed):
    return header(pairs, pack=lambda data: compressed(data, deflate))


def control_frames():
    more = (7, Atom("more"), [1])
    yield good(
        "control/header-more",
        "6",
        "A header may have more elements.",
        Recording().data(header(HEADER, more=more), batch(ONE)),
    )
    yield good(
        "control/keyframe-more",
        "6",
        "A keyframe may have more elements.",
        started().data(keyframe(3, atom_map(count=1), more=more), batch(TWO)),
    )
    yield good(
        "control/finish-more",
        "6",
        "A finish frame may have more elements.",
        Recording().data(header(HEADER), batch(ONE), finish(ONE, more=more)).end(),
    )
    yield good("control/index-more", "6", "An index may have more elements.", three().index(more=more).end())
    yield good(
        "control/keyframe-keys",
        "7.2",
        "A state may have more keys.",
        started().data(keyframe(3, atom_map(count=1), extra=[(Atom("scroll"), 5), ("b", 1)]), batch(TWO)),
    )
    yield good(
        "control/finish-keys",
        "6.5",
        "A finish frame may have more keys.",
        Recording().data(header(HEADER), batch(ONE), finish(ONE, frames=3, x_acme_note="n")).end(),
    )
    minimal = frame((Atom("finish"), atom_map(events=3, duration=1203)), "finish")
    yield good(
        "control/finish-minimal",
        "6.5",
        "A finish frame needs the numbers of events and milliseconds only.",
        Recording().data(header(HEADER), batch(ONE), minimal).end(),
    )
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
        yield good(
            f"control/finish-{name}",
            "6.5",
            shows,
            Recording().data(header(HEADER), batch(ONE), finish(ONE, **change)).end(),
        )
    assigns = atom_map(count=1)
    states = [
        ("no-components", atom_map(assigns=assigns), "Missing components are none."),
        ("url", atom_map(assigns=assigns, components=Map(), url="/list"), "A state may have a url."),
        ("url-nil", atom_map(assigns=assigns, components=Map(), url=NIL), "A url that is no binary is none."),
        ("url-bytes", atom_map(assigns=assigns, components=Map(), url=b"\xff"), "A url that is not UTF-8 is none."),
        (
            "any-keys",
            atom_map(assigns=Map([(1, 2), ("a", 1)]), components=Map()),
            "The keys of assigns may be any terms.",
        ),
        (
            "components",
            atom_map(assigns=assigns, components=Map([((Atom("Elixir.Demo.Row"), "1"), atom_map(open=TRUE))])),
            "Components have a module and an id.",
        ),
        (
            "components-any",
            atom_map(assigns=assigns, components=Map([((1, NIL), Map())])),
            "Module and id may be any terms.",
        ),
    ]
    for name, state, shows in states:
        made = frame((Atom("keyframe"), 3, state), "keyframe")
        yield good(f"control/keyframe-{name}", "7.2", shows, started().data(made, batch(TWO)))
    other = keyframe(3, atom_map(count=99))
    yield good(
        "control/keyframe-other-state",
        "6.4",
        "Another state than the events give is a matter for a validator.",
        started().data(other, batch(TWO)),
    )


def unknown_frames():
    samples = [
        ("private", (Atom("x_acme_cart"), 5, "text")),
        ("newer", (Atom("chapter"), 3, Map())),
        ("alone", (Atom("mark"),)),
        ("capital", (Atom("Recording"), (1, 0), Map())),
        ("empty-name", (Atom(""), 1)),
        ("boolean", (Atom("true"), 1)),
        ("nil", (NIL, 0)),
        ("like-event", (Atom("render"), 5, Map())),
        ("pid", (Atom("x_demo_pid"), etf.Pid("a@b", 1, 2, 3))),
    ]
    for name, term in samples:
        yield good(
            f"unknown/{name}",
            "6.7",
            "A control frame of another name is ignored.",
            Recording().data(header(HEADER), frame(term), batch(ONE), finish(ONE)).end(),
        )
    note = frame((Atom("x_acme_note"), "here"))
    yield good(
        "unknown/after-finish",
        "6",
        "An unknown control frame may follow the finish frame.",
        Recording().data(header(HEADER), batch(ONE), finish(ONE), note).end(),
    )
    yield good(
        "unknown/first-of-member",
        "6",
        "An unknown control frame may be the first of a member.",
        started().data(note, batch(TWO), note, finish(ONE + TWO)).index().end(),
    )
    yield good(
        "unknown/before-keyframe",
        "5.2",
        "A keyframe after another frame does not start its member.",
        started().data(note, state_at(3), batch(TWO)),
    )
    yield good(
        "unknown/member",
        "4.1",
        "A data member may hold an unknown control frame only.",
        started().data(note).data(batch(TWO), finish(ONE + TWO)).index().end(),
    )
    large = frame(tuple([Atom("x_acme_wide"), *range(300)]))
    yield good(
        "unknown/large-tuple",
        "6.7",
        "An unknown control frame may be a large tuple.",
        Recording().data(header(HEADER), large, batch(ONE)),
    )
    packed = frame((Atom("x_acme_note"), "a" * 50), pack=compressed)
    yield good(
        "unknown/compressed",
        "6.7",
        "An unknown control frame may be compressed.",
        Recording().data(header(HEADER), packed, batch(ONE)),
    )


def versions():
    for minor in (1, 255):
        yield good(
            f"versions/header-1.{minor}",
            "8",
            "Every minor version of the header is read.",
            Recording().data(header(HEADER, version=(1, minor)), batch(ONE), finish(ONE)).end(),
        )
    newer = Recording().data(header(HEADER, version=(1, 7)), batch(ONE), minor=7, more=b"\1\2")
    newer.data(state_at(3), batch(TWO), finish(ONE + TWO, marks=3), minor=7, more=b"\xff", add_flags=0x10)
    newer.index(minor=7, more=b"\0").end(minor=7)
    yield good("versions/newer", "8", "All that a newer minor version may bring, at once.", newer)
    yield good(
        "versions/members-differ",
        "8",
        "The versions of header and members are checked by themselves.",
        Recording()
        .data(header(HEADER, version=(1, 3)), batch(ONE), minor=1)
        .data(batch(TWO), finish(ONE + TWO), minor=2)
        .index()
        .end(minor=9),
    )
    for major in (0, 2, 255):
        yield bad(
            f"versions/header-{major}.0",
            "8",
            "A major version that is not known is refused.",
            Recording().data(header(HEADER, version=(major, 0)), batch(ONE)),
            "unsupportedVersion",
            0,
        )
        yield bad(
            f"versions/member-{major}.0",
            "8",
            "A member's major version that is not known is refused.",
            Recording().data(header(HEADER), batch(ONE), major=major),
            "unsupportedVersion",
            0,
        )
    strange = frame((Atom("recording"), (2, 0), Atom("something"), "else"), "header", head=Map())
    yield bad(
        "versions/header-before-form",
        "8",
        "The version is looked at before anything else of the header.",
        Recording().data(strange),
        "unsupportedVersion",
        0,
    )
    bare = contents([header(HEADER, version=(2, 0)), batch(ONE)])
    yield bad("versions/bare-2.0", "8", "A bare recording has a version.", bare, "unsupportedVersion", 0)
    yield bad("versions/gzip-2.0", "8", "A plain recording in gzip has a version.", gzip(bare), "unsupportedVersion", 0)
    file = started().data(batch(TWO), major=2)
    yield bad(
        "versions/second-member", "8", "Each member's version is checked.", file, "unsupportedVersion", file.offset(1)
    )
    file = three().index(major=2).end()
    yield bad(
        "versions/index-member",
        "8",
        "An index member's version is checked.",
        file,
        "unsupportedVersion",
        file.offset(3),
    )
    file = three().index().end(major=3)
    yield bad(
        "versions/end-member",
        "8",
        "An end member's version is checked.",
        file,
        "unsupportedVersion",
        file.offset(4),
        )
    for name, version in [("256", (256, 0)), ("negative", (-1, 0)), ("big", (1 << 70, 0))]:
        yield bad(
            f"versions/no-number-{name}",
            "6.1",
            "A major version is from 0 to 255.",
            Recording().data(header(HEADER, version=version)),
            "notARecording",
            0,
        )


def headers():
    page = "registry.md §3"
    recorded = atom_map(
        __struct__=Atom("Elixir.PhoenixReplay.Recording"),
        client=atom_map(agent="demo", width=1280),
        code=Map(),
        connected_at=1_700_000_000_000,
        dropped=Map([("render", 3)]),
        id="demo-1",
        params=Map([("id", "7")]),
        session=Map([("user", 1)]),
        url="/counter",
        view=Atom("Elixir.Demo.CounterLive"),
    )
    yield good_page("headers/all", page, "A header with all keys that are listed.", with_events(*ONE, head=recorded))
    taken = atom_map(
        id="demo-1-7-8", parts=[atom_map(id="demo-1", event=7, at=1, count=2, offset=5_000)], url="/counter"
    )
    yield good_page(
        "headers/parts", page, "A recording may be made of events of others.", with_events(*ONE, head=taken)
    )
    yield good_page(
        "headers/parts-odd",
        page,
        "Parts that are not as listed are no error.",
        with_events(*ONE, head=atom_map(id="1", parts=[atom_map(id=5, event=-1, at=7, count=1 << 70), NIL])),
    )
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
        (
            "key-events",
            Map([(Atom("events"), 5), (Atom("id"), "1")]),
            "A field named events is the second of its name.",
        ),
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
    forms_ = [
        etf.large_tuple(*[etf.large_big(etf.magnitude(each)) if isinstance(each, int) else each for each in entry])
        for entry in three().entries
    ]
    yield good("index/old-tags", "6.6", "An entry may be in any form.", three().index(forms_).end())
    yield good(
        "index/latin-1",
        "6.6",
        "The atoms of an index may be in any form.",
        three().index(term=etf.small_tuple(etf.latin1_atom("index"), list(three().entries))).end(),
    )
    largest = [click(0), click(LARGEST)]
    file = Recording().data(header(HEADER), batch(largest[:1])).data(batch(largest[1:]), finish(largest)).index().end()
    yield good("index/largest-offset", "6.6", "An offset of 2^63 - 1 is in the index too.", file)
    yield good("index/name", "5.1", "An index member may have a name.", three().index(name=b"index").end())
