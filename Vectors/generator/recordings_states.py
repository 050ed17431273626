"""What events and keyframes add up to (recording.md §7). The states are written down here; nothing computes them."""

import etf
from containers import Recording, atom_map, batch, contents, document_of, finish, frame, gzip, header, keyframe
from etf import NIL, TRUE, Atom, Improper, Map
from mappings import states
from recording_model import EVENTS, HEADER, click, documents, mount, render, three, vector, with_events

ROW, CELL = Atom("Elixir.Demo.Row"), Atom("Elixir.Demo.Cell")


def state(assigns=Map(), components=(), url=None, unsure=None):
    return (assigns, Map(components), url, unsure)


def counted(count, **parts):
    return state(atom_map(count=count), **parts)


def delta(at, **assigns):
    return (at, Atom("assigns"), atom_map(delta=atom_map(**assigns)))


def snapshot(at, **assigns):
    return (at, Atom("assigns"), atom_map(snapshot=atom_map(**assigns)))


def component(at, module, name, assigns):
    return (at, Atom("component"), atom_map(module=module, id=name, assigns=assigns))


def destroyed(at, module, name):
    return (at, Atom("component_destroyed"), atom_map(module=module, id=name))


def url(at, kind="handle_params", **payload):
    return (at, Atom(kind), atom_map(params=Map(), **payload))


def shown(name, section, shows, file, after):
    expect = {**documents(file.header, file.events), "states": states(after)}
    return vector(f"states/{name}", section, shows, file, expect=expect)


def folded(name, shows, *steps, section="7.1"):
    """`steps` are pairs of an event and the state after it."""
    return shown(name, section, shows, with_events(*(event for event, _ in steps)), [after for _, after in steps])


def vectors():
    for group in (assigns, same_keys, components, urls, payloads, keyframes, forms, gaps):
        yield from group()


def assigns():
    nothing = Recording().data(header(HEADER), finish([])).end()
    yield shown("none", "7.1", "Without events there is no state after any.", nothing, [])
    yield folded(
        "mount",
        "A mount has all assigns: those that it lacks are gone.",
        (mount(0, count=0, open=TRUE), state(atom_map(count=0, open=TRUE))),
        (mount(5, count=1), counted(1)),
        (mount(6), state()),
    )
    yield folded(
        "render",
        "The assigns of a render replace and add to those that are there.",
        (render(0, count=0), counted(0)),
        (render(1, open=TRUE), state(atom_map(count=0, open=TRUE))),
        (render(2, count=2), state(atom_map(count=2, open=TRUE))),
        (render(3), state(atom_map(count=2, open=TRUE))),
    )
    yield folded(
        "delta",
        "A delta's pairs replace and add to the assigns.",
        (mount(0, count=0), counted(0)),
        (delta(1, count=1, open=NIL), state(atom_map(count=1, open=NIL))),
        (delta(2, open=TRUE), state(atom_map(count=1, open=TRUE))),
    )
    yield folded(
        "snapshot",
        "A snapshot has all assigns.",
        (mount(0, count=0, open=TRUE), state(atom_map(count=0, open=TRUE))),
        (snapshot(1, count=7), counted(7)),
        (delta(2, open=NIL), state(atom_map(count=7, open=NIL))),
    )
    both = atom_map(delta=atom_map(count=1), snapshot=atom_map(open=TRUE))
    other = atom_map(delta=atom_map(count=1), snapshot=NIL)
    yield folded(
        "snapshot-and-delta",
        "Of a snapshot and a delta the snapshot counts, unless it is no map.",
        (mount(0, count=0), counted(0)),
        ((1, Atom("assigns"), both), state(atom_map(open=TRUE))),
        ((2, Atom("assigns"), other), state(atom_map(count=1, open=TRUE))),
    )
    form = atom_map(form=atom_map(name="a", note="b"))
    yield folded(
        "not-deeper",
        "The values of assigns are replaced whole, not merged.",
        (mount(0, form=atom_map(name="a", note="b")), state(form)),
        (render(1, form=atom_map(name="c")), state(atom_map(form=atom_map(name="c")))),
    )
    numbers = Map([(1, "integer"), (1.0, "float")])
    yield folded(
        "numbers-as-keys",
        "1 and 1.0 are two keys of assigns.",
        ((0, Atom("mount"), atom_map(assigns=Map([(1, "integer")]))), state(Map([(1, "integer")]))),
        ((1, Atom("render"), atom_map(assigns=Map([(1.0, "float")]))), state(numbers)),
        (
            (2, Atom("render"), atom_map(assigns=Map([(1, "one")]))),
            state(Map([(1, "one"), (1.0, "float")])),
        ),
    )
    texts = Map([(Atom("count"), 0), ("count", 1)])
    yield folded(
        "texts-as-keys",
        "An atom and a binary with the same text are two keys of assigns.",
        (mount(0, count=0), counted(0)),
        ((1, Atom("render"), atom_map(assigns=Map([("count", 1)]))), state(texts)),
    )
    keys = [[1], (1, "a"), Map([(Atom("a"), 1)]), b"\xff", Improper([1], 2)]
    yield folded(
        "any-keys",
        "Keys of assigns may be any terms.",
        ((0, Atom("mount"), atom_map(assigns=Map([(key, 0) for key in keys]))), state(Map([(key, 0) for key in keys]))),
        (
            (1, Atom("render"), atom_map(assigns=Map([((1, "a"), 1)]))),
            state(Map([(key, 1 if key == (1, "a") else 0) for key in keys])),
        ),
    )
    yield folded(
        "time",
        "States follow the order of the events, not that of their offsets.",
        (mount(500, count=0), counted(0)),
        (render(700, count=1), counted(1)),
        (render(100, count=2), counted(2)),
    )


def same_keys():
    def minus(value):
        return Map([(-0.0, value)])

    yield folded(
        "zeros-as-keys",
        "0.0 and -0.0 are one key of assigns: the one that was there first stays, with the value that came last.",
        ((0, Atom("mount"), atom_map(assigns=minus(1))), state(minus(1))),
        ((1, Atom("render"), atom_map(assigns=Map([(0.0, 2)]))), state(minus(2))),
        ((2, Atom("assigns"), atom_map(delta=minus(3))), state(minus(3))),
        ((3, Atom("mount"), atom_map(assigns=Map([(0.0, 4)]))), state(Map([(0.0, 4)]))),
    )
    one, more = etf.Reference("a@b", 1, (5,)), etf.Reference("a@b", 1, (5, 0))
    yield folded(
        "references-as-keys",
        "So are references that differ in zero words at their ends, inside other terms as well.",
        ((0, Atom("mount"), atom_map(assigns=Map([((1, one), 1)]))), state(Map([((1, one), 1)]))),
        ((1, Atom("render"), atom_map(assigns=Map([((1, more), 2)]))), state(Map([((1, one), 2)]))),
    )
    opened, both = atom_map(open=TRUE), atom_map(open=TRUE, size=1)
    yield folded(
        "component-same-key",
        "Components whose keys are the same, though not equal, are one component.",
        (component(0, ROW, 0.0, opened), state(components=[((ROW, 0.0), opened)])),
        (component(1, ROW, -0.0, atom_map(size=1)), state(components=[((ROW, 0.0), both)])),
        (destroyed(2, ROW, -0.0), state()),
    )


def components():
    opened, closed = atom_map(open=TRUE), atom_map(open=NIL)
    yield folded(
        "component",
        "A component has assigns of its own, which its events replace and add to.",
        (mount(0, count=0), counted(0)),
        (component(1, ROW, "row-1", opened), counted(0, components=[((ROW, "row-1"), opened)])),
        (
            component(2, ROW, "row-1", atom_map(title="a")),
            counted(0, components=[((ROW, "row-1"), atom_map(open=TRUE, title="a"))]),
        ),
        (
            component(3, ROW, "row-1", closed),
            counted(0, components=[((ROW, "row-1"), atom_map(open=NIL, title="a"))]),
        ),
    )
    yield folded(
        "component-keys",
        "A component is known by its module and id together, which are compared as keys of a map are.",
        (component(0, ROW, 1, opened), state(components=[((ROW, 1), opened)])),
        (component(1, CELL, 1, opened), state(components=[((ROW, 1), opened), ((CELL, 1), opened)])),
        (
            component(2, ROW, 1.0, closed),
            state(components=[((ROW, 1), opened), ((CELL, 1), opened), ((ROW, 1.0), closed)]),
        ),
        (
            component(3, "row", NIL, Map()),
            state(components=[((ROW, 1), opened), ((CELL, 1), opened), ((ROW, 1.0), closed), (("row", NIL), Map())]),
        ),
    )
    yield folded(
        "component-destroyed",
        "A component that is destroyed is gone with its assigns; one that is not there changes nothing.",
        (component(0, ROW, "row-1", opened), state(components=[((ROW, "row-1"), opened)])),
        (destroyed(1, ROW, "row-2"), state(components=[((ROW, "row-1"), opened)])),
        (destroyed(2, CELL, "row-1"), state(components=[((ROW, "row-1"), opened)])),
        (destroyed(3, ROW, "row-1"), state()),
        (component(4, ROW, "row-1", closed), state(components=[((ROW, "row-1"), closed)])),
    )
    yield folded(
        "component-stays",
        "A mount and a snapshot leave the components and the url as they are.",
        (component(0, ROW, "row-1", opened), state(components=[((ROW, "row-1"), opened)])),
        (url(1, uri="/a"), state(components=[((ROW, "row-1"), opened)], url="/a")),
        (mount(2, count=0), counted(0, components=[((ROW, "row-1"), opened)], url="/a")),
        (snapshot(3, count=1), counted(1, components=[((ROW, "row-1"), opened)], url="/a")),
    )


def urls():
    yield folded(
        "url",
        "Both params and handle_params have the url, as uri or as url.",
        (url(0, "params", uri="/a"), state(url="/a")),
        (url(1, "handle_params", url="/b"), state(url="/b")),
        (url(2, "params", url="/ü?q=日本"), state(url="/ü?q=日本")),
        (url(3, "handle_params", uri=""), state(url="")),
    )
    yield folded(
        "uri-before-url",
        "The key url counts only where there is no key uri, whatever that one's value is.",
        (url(0, uri="/a", url="/b"), state(url="/a")),
        (url(1, uri=NIL, url="/c"), state(url="/a")),
        (url(2, url="/c"), state(url="/c")),
    )
    yield folded(
        "url-no-text",
        "A url that is no binary, or not UTF-8, changes nothing.",
        (url(0, url="/a"), state(url="/a")),
        (url(1, url=b"/\xff"), state(url="/a")),
        (url(2, url=Atom("b")), state(url="/a")),
        (url(3, url=[47, 98]), state(url="/a")),
    )


def payloads():
    yield folded(
        "binary-keys",
        "The keys of a payload may be binaries.",
        ((0, Atom("mount"), Map([("assigns", atom_map(count=0))])), counted(0)),
        ((1, Atom("assigns"), Map([("delta", atom_map(count=1))])), counted(1)),
        ((2, Atom("assigns"), Map([("snapshot", atom_map(count=2))])), counted(2)),
        ((3, Atom("render"), Map([("assigns", atom_map(count=3))])), counted(3)),
        ((4, Atom("params"), Map([("uri", "/a")])), counted(3, url="/a")),
        (
            (5, Atom("component"), Map([("module", ROW), ("id", 1), ("assigns", Map())])),
            counted(3, components=[((ROW, 1), Map())], url="/a"),
        ),
        ((6, Atom("component_destroyed"), Map([("module", ROW), ("id", 1)])), counted(3, url="/a")),
    )
    yield folded(
        "atom-before-binary",
        "Of an atom and a binary that are the same key of a payload, the atom counts.",
        (
            (0, Atom("mount"), Map([(Atom("assigns"), atom_map(count=0)), ("assigns", atom_map(count=1))])),
            counted(0),
        ),
        ((1, Atom("render"), Map([(Atom("assigns"), NIL), ("assigns", atom_map(count=1))])), counted(0)),
        ((2, Atom("params"), Map([(Atom("url"), "/a"), ("uri", "/b")])), counted(0, url="/b")),
    )
    lacking = [
        (1, Atom("mount"), Map()),
        (2, Atom("mount"), atom_map(assigns=[(Atom("count"), 1)])),
        (3, Atom("mount"), NIL),
        (4, Atom("assigns"), atom_map(delta=1)),
        (5, Atom("assigns"), atom_map(changes=atom_map(count=1))),
        (6, Atom("render"), "text"),
        (7, Atom("render"), atom_map(assigns="text")),
        (8, Atom("component"), atom_map(module=ROW, assigns=atom_map(count=1))),
        (9, Atom("component"), atom_map(id=1, assigns=atom_map(count=1))),
        (10, Atom("component"), atom_map(module=ROW, id=1, assigns=7)),
        (11, Atom("component"), atom_map(module=ROW, id=1)),
        (12, Atom("component_destroyed"), atom_map(module=ROW)),
        (13, Atom("params"), [1]),
        (14, Atom("handle_params"), Map()),
    ]
    yield folded(
        "lacking",
        "A payload that lacks what is needed, or has another type there, changes nothing.",
        (mount(0, count=0), counted(0)),
        *((event, counted(0)) for event in lacking),
    )
    count = etf.map_((etf.latin1_atom("count"), etf.small_big(b"\7")))
    yield folded(
        "old-forms",
        "Kinds, keys and values may be in any form; what they are does not change with it.",
        (mount(0, count=0), counted(0)),
        ((1, etf.latin1_atom("render"), etf.map_((etf.small_latin1_atom("assigns"), count))), counted(7)),
        (
            (2, etf.utf8_atom("component"), etf.map_((Atom("id"), 1), (Atom("assigns"), count), ("module", ROW))),
            counted(7, components=[((ROW, 1), atom_map(count=7))]),
        ),
        (
            (3, Atom("component_destroyed"), etf.map_((Atom("module"), ROW), (Atom("id"), etf.large_big(b"\1\0")))),
            counted(7),
        ),
        ((4, Atom("params"), etf.map_((etf.latin1_atom("url"), "/a"))), counted(7, url="/a")),
    )
    payload = atom_map(assigns=atom_map(count=1), delta=atom_map(count=1), snapshot=Map(), url="/a", module=ROW, id=1)
    names = ("event", "info", "log", "exit", "state", "teleport", "Mount", "renders", "component_updated")
    yield folded(
        "other-kinds",
        "Events of other kinds change nothing, whatever they hold.",
        (mount(0, count=0), counted(0)),
        *(((at, Atom(name), payload), counted(0)) for at, name in enumerate(names, 1)),
    )
    yield folded(
        "further-elements",
        "Further elements of an event say nothing about the state.",
        ((*mount(0, count=0), atom_map(assigns=atom_map(count=5))), counted(0)),
        ((*render(1, count=1), 7, "more"), counted(1)),
    )


def keyframes():
    counts = [0, 0, 1, 1, 2, 2, 2, 1, 1]
    section = "7.4"
    yield shown(
        "keyframes", section, "With keyframes, the states are the same as without.", three(), [*map(counted, counts)]
    )
    yield shown("no-keyframes", section, "Members may go without keyframes.", three(False), [*map(counted, counts)])
    first, second = [mount(0, count=0), click(5)], [click(6), render(7, count=2), click(8)]

    def with_keyframe(*pairs, **parts):
        file = Recording().data(header(HEADER), batch(first))
        return file.data(keyframe(2, *pairs, **parts), batch(second), finish(first + second)).index().end()

    rows = Map([((ROW, "row-1"), atom_map(open=TRUE)), ((CELL, 2), Map())])
    yield shown(
        "keyframe-whole",
        "7.2",
        "A keyframe has the assigns, the components and the url.",
        with_keyframe(atom_map(count=1), rows, "/a"),
        [counted(0), counted(0), *(counted(count, components=rows.pairs, url="/a") for count in (1, 2, 2))],
    )
    yield shown(
        "keyframe-replaces",
        "6.4",
        "A keyframe replaces the state, whatever the events before it add up to.",
        with_keyframe(atom_map(open=TRUE)),
        [counted(0), counted(0), state(atom_map(open=TRUE)), *[state(atom_map(count=2, open=TRUE))] * 2],
    )
    middle = Recording().data(
        header(HEADER),
        batch([mount(0, count=0), url(1, url="/a")]),
        keyframe(2, atom_map(count=4)),
        batch([click(2), render(3, open=TRUE)]),
        finish([mount(0, count=0), url(1, url="/a"), click(2), render(3, open=TRUE)]),
    )
    yield shown(
        "keyframe-in-the-middle",
        "6.4",
        "A keyframe replaces the state wherever it is.",
        middle.end(),
        [counted(0), counted(0, url="/a"), counted(4), state(atom_map(count=4, open=TRUE))],
    )
    bare = [(Atom("assigns"), atom_map(count=1))]
    for name, shows, pairs, parts in [
        ("no-components", "A keyframe without components is one of a page that has none.", bare, {}),
        ("url-nil", "A url of a keyframe that is no binary is none.", [*bare, (Atom("url"), NIL)], {}),
        ("url-no-text", "A url of a keyframe that is not UTF-8 is none.", [*bare, (Atom("url"), b"\xff")], {}),
        ("more", "Other keys of a keyframe's state mean nothing.", [*bare, (Atom("x_acme"), 1), ("url", "/b")], {}),
        ("url", "A keyframe may have a url and no components.", [*bare, (Atom("url"), "/c")], {"url": "/c"}),
    ]:
        file = Recording().data(header(HEADER), batch([url(0, url="/a"), component(1, ROW, 1, Map())]))
        events = [url(0, url="/a"), component(1, ROW, 1, Map()), click(2)]
        file.data(frame((Atom("keyframe"), 2, Map(pairs)), "keyframe"), batch([click(2)]), finish(events))
        after = [state(url="/a"), state(components=[((ROW, 1), Map())], url="/a"), counted(1, **parts)]
        yield shown(f"keyframe-{name}", "7.2", shows, file.index().end(), after)
    name = etf.large_tuple(etf.latin1_atom("Elixir.Demo.Row"), etf.integer(1))
    pairs = [
        (etf.latin1_atom("url"), "/d"),
        (etf.utf8_atom("components"), etf.map_((name, etf.map_((etf.latin1_atom("open"), TRUE))))),
        (etf.small_latin1_atom("assigns"), etf.map_((etf.latin1_atom("count"), etf.small_big(b"\1")))),
    ]
    file = Recording().data(header(HEADER), batch(first))
    file.data(frame((Atom("keyframe"), 2, etf.map_(*pairs)), "keyframe"), batch(second), finish(first + second))
    row = [((ROW, 1), atom_map(open=TRUE))]
    yield shown(
        "keyframe-old-forms",
        "7.2",
        "A keyframe's state may be in any form, its keys in any order.",
        file.index().end(),
        [counted(0), counted(0), *(counted(count, components=row, url="/d") for count in (1, 2, 2))],
    )
    file = Recording().data(header(HEADER), batch(first)).data(keyframe(2, atom_map(count=1)), batch(second[:1]))
    file.data(batch(second[1:]), finish(first + second))
    yield shown(
        "back-to-the-keyframe",
        section,
        "The nearest member with a keyframe may be some members before the event's.",
        file.index().end(),
        [counted(0), counted(0), counted(1), counted(2), counted(2)],
    )


def gap(at, *dropped):
    return (at, Atom("gap"), atom_map(dropped=Map(dropped)))


def gaps():
    yield folded(
        "gap",
        "After a gap the state is unsure, since its offset, until a snapshot has all assigns again.",
        (mount(0, count=0), counted(0)),
        (gap(7, ("render", 3), ("event", 1)), counted(0, unsure=7)),
        (click(8), counted(0, unsure=7)),
        (render(9, count=4), counted(4, unsure=7)),
        (gap(10, ("render", 1)), counted(4, unsure=7)),
        (component(11, ROW, 1, Map()), counted(4, components=[((ROW, 1), Map())], unsure=7)),
        (destroyed(12, ROW, 1), counted(4, unsure=7)),
        (url(13, uri="/a"), counted(4, url="/a", unsure=7)),
        (delta(14, count=5), counted(5, url="/a", unsure=7)),
        (mount(15, count=6), counted(6, url="/a", unsure=7)),
        (snapshot(16, count=7), counted(7, url="/a")),
        (render(17, count=8), counted(8, url="/a")),
        (gap(18, ("component", 1)), counted(8, url="/a", unsure=18)),
    )
    yield folded(
        "gap-of-nobody-knows-what",
        "A gap whose dropped is empty, missing or no map makes the state unsure, and so does one without a map.",
        *(
            step
            for at, payload in enumerate([atom_map(dropped=Map()), Map(), atom_map(dropped=["log"]), NIL, "text"])
            for step in [
                (snapshot(10 * at, count=at), counted(at)),
                ((10 * at + 5, Atom("gap"), payload), counted(at, unsure=10 * at + 5)),
            ]
        ),
    )
    yield folded(
        "gap-of-no-change",
        "A gap in which only kinds are missing that change no state leaves it sure.",
        (mount(0, count=0), counted(0)),
        (gap(1, ("event", 1), ("log", 2), ("gap", 1), ("x_acme_beat", 9), ("info", 1)), counted(0)),
        (gap(2, ("log", 2), ("handle_params", 1)), counted(0, unsure=2)),
        (snapshot(3, count=1), counted(1)),
        (gap(4, ("params", 0)), counted(1, unsure=4)),
        (snapshot(5, count=2), counted(2)),
        (gap(6, ("renders", 1), (7, 1), (b"\xff", 1)), counted(2)),
    )
    yield folded(
        "gap-binary-keys",
        "The key of a gap may be a binary, its kinds atoms; of both keys the atom counts.",
        ((0, Atom("gap"), Map([("dropped", Map([("log", 1)]))])), state()),
        ((1, Atom("gap"), Map([(Atom("dropped"), Map([("log", 1)])), ("dropped", Map([("render", 1)]))])), state()),
        ((2, Atom("gap"), Map([("dropped", Map([(Atom("component_destroyed"), 1)]))])), state(unsure=2)),
    )
    first, second = [mount(0, count=0), gap(70, ("render", 1))], [click(80), render(81, count=2), snapshot(82, count=3)]

    def with_keyframe(unsure):
        pairs = [(Atom("assigns"), atom_map(count=1)), (Atom("components"), Map()), *unsure]
        file = Recording().data(header(HEADER), batch(first))
        file.data(frame((Atom("keyframe"), 2, Map(pairs)), "keyframe"), batch(second), finish(first + second))
        return file.index().end()

    for name, shows, pairs, unsure in [
        ("gap-keyframe", "A keyframe of an unsure state says since when.", [(Atom("unsure"), 70)], 70),
        ("gap-keyframe-sure", "A keyframe without the key unsure holds a state that is sure.", [], None),
        ("gap-keyframe-nil", "An unsure of a keyframe that is no offset is none.", [(Atom("unsure"), NIL)], None),
        ("gap-keyframe-below-zero", "And so is one below zero.", [(Atom("unsure"), -1)], None),
        ("gap-keyframe-text", "The key is an atom.", [("unsure", 70)], None),
    ]:
        after = [counted(0), counted(0, unsure=70), counted(1, unsure=unsure), counted(2, unsure=unsure), counted(3)]
        yield shown(name, "7.2", shows, with_keyframe(pairs), after)


def forms():
    counts = [*map(counted, [0, 0, 1, 1, 2, 2, 2, 1, 1])]
    yield shown("unfinished", "7.4", "An unfinished recording has states.", three(finished=False), counts)
    frames = [header(HEADER), batch(EVENTS[:3]), keyframe(3, atom_map(count=8)), batch(EVENTS[3:])]
    after = [*counts[:3], counted(8), *counts[4:]]
    for name, shows, data in [
        ("bare", "A bare recording has states, and its keyframes count.", contents(frames)),
        ("gzip", "A plain recording in gzip has states, and its keyframes count.", gzip(contents(frames))),
    ]:
        expect = {**documents(*document_of(frames)), "states": states(after)}
        yield vector(f"states/{name}", "7.4", shows, data, expect=expect)
