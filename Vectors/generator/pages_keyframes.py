"""Keyframes that hold a page (pages.md §10)."""

from containers import Recording, batch, finish, frame, header
from etf import Atom, Map
from pages_model import COUNTER, GAP, HEADER, LIST, NONE, Missing, Shown, diff, events_of, join, lost, page, term, unsure
from pages_model import vector
from pages_streams import STATICS, at, row, stream, ul

STATE = ((Atom("assigns"), Map()), (Atom("components"), Map()))


def kept(index, *events, extra=()):
    """A keyframe's frame with a page of these events."""
    listed = [(Atom(kind), payload) for kind, payload in events]
    return keyframe_of(index, (Atom("page"), listed), *extra)


def keyframe_of(index, *pairs):
    return frame((Atom("keyframe"), index, Map((*STATE, *pairs))), "keyframe")


def recording(name, section, shows, before, frame_of, after):
    """`before` and `after` are steps; the member after the first one starts with a keyframe."""
    events = events_of([*before, *after])
    first, second = events[: len(before)], events[len(before) :]
    file = Recording().data(header(HEADER), batch(first))
    file.data(frame_of(len(first)), *([batch(second)] if second else []), finish(events)).index().end()
    return vector(name, section, shows, file, events, [shown for _, shown in [*before, *after]])


def vectors():
    listed = "<ul><li>a</li><li>b</li><li>c</li></ul>"
    yield recording(
        "keyframes/one",
        "10",
        "A keyframe holds the page that the events before it make.",
        [(join(COUNTER), "<b>0</b>"), (diff({0: "1"}), "<b>1</b>")],
        lambda index: kept(index, join({**COUNTER, 0: "1"})),
        [(diff({}), "<b>1</b>"), (diff({0: "2"}), "<b>2</b>")],
    )
    yield recording(
        "keyframes/without-a-page",
        "10",
        "A keyframe without a page says nothing of it: an earlier one has to be found, or the start.",
        [(join(COUNTER), "<b>0</b>"), (diff({0: "1"}), "<b>1</b>")],
        lambda index: keyframe_of(index),
        [(diff({}), "<b>1</b>"), (diff({0: "2"}), "<b>2</b>")],
    )
    yield recording(
        "keyframes/malformed",
        "10",
        "A page that is no list of pairs counts as missing.",
        [(join(COUNTER), "<b>0</b>"), (diff({0: "1"}), "<b>1</b>")],
        lambda index: keyframe_of(index, (Atom("page"), [Atom("gap")])),
        [(diff({0: "2"}), "<b>2</b>")],
    )
    yield recording(
        "keyframes/waiting",
        "10",
        "A diff that waits for its join is kept as it was, keys without a meaning included.",
        [(diff({0: "1"}, "v", x=1), NONE)],
        lambda index: kept(index, diff({0: "1"}, "v", x=1)),
        [(join(COUNTER), "<b>1</b>")],
    )
    yield recording(
        "keyframes/nothing-yet",
        "10",
        "Before the first event of a page there is none.",
        [(("info", Map()), NONE)],
        lambda index: kept(index),
        [(join(COUNTER), "<b>0</b>")],
    )
    yield recording(
        "keyframes/rows-and-components",
        "10",
        "Rows are written as a list, components under c, and changes go on from them.",
        [
            (join({**LIST, "c": {1: {"s": ["<i>", "</i>"], 0: "x"}}}), listed),
            (diff({0: {"k": {0: {0: 1}, "kc": 3}}}), listed.replace(">a<", "><i>x</i><")),
        ],
        lambda index: kept(
            index,
            join({"s": ["<ul>", "</ul>"], 0: {"s": ["<li>", "</li>"], "d": [[1], ["b"], ["c"]]},
                  "c": {1: {"s": ["<i>", "</i>"], 0: "x"}}}),
        ),
        [
            (diff({0: {"k": {0: 1, 1: 0, "kc": 2, "km": True}}}), "<ul><li>b</li><li><i>x</i></li></ul>"),
            (diff({"c": {1: {0: "y"}}}), "<ul><li>b</li><li><i>y</i></li></ul>"),
        ],
    )
    yield recording(
        "keyframes/streams",
        "10",
        "A stream's items are its rows.",
        [
            (join({"s": ["<ul>", "</ul>"], 0: {"s": STATICS, "k": {0: row("a"), 1: row("b"), "kc": 2},
                                              "stream": stream([at("b"), at("a")])}}), ul("a", "b")),
            (diff({0: {"k": {0: row("c"), "kc": 1}, "stream": stream([at("c", 0)])}}), ul("c", "a", "b")),
        ],
        lambda index: kept(
            index,
            join({"s": ["<ul>", "</ul>"], 0: {"s": STATICS, "d": [["c", "C"], ["a", "A"], ["b", "B"]],
                                             "stream": stream()}}),
        ),
        [
            (diff({0: {"k": {0: row("d"), "kc": 1}, "stream": stream([at("d", 1)], ["a"])}}), ul("c", "d", "b")),
            (diff({0: {"k": {"kc": 0}, "stream": stream([], [], True)}}), ul()),
        ],
    )
    yield recording(
        "keyframes/items-with-other-statics",
        "10",
        "An item with statics of its own is a row that is a part.",
        [
            (join({"s": ["<ul>", "</ul>"], 0: {"s": STATICS, "k": {0: row("a"), "kc": 1},
                                              "stream": stream([at("a")])}}), ul("a")),
            (diff({0: {"s": ["<q>", "</q>"], "k": {"kc": 0}, "stream": stream()}}), ul("a")),
        ],
        lambda index: kept(
            index,
            join({"s": ["<ul>", "</ul>"], 0: {"s": ["<q>", "</q>"], "d": [{"s": STATICS, 0: "a", 1: "A"}],
                                             "stream": stream()}}),
        ),
        [(diff({0: {"k": {0: {0: "x"}, "kc": 1}, "stream": stream()}}), '<ul><li id="a">A</li><q>x</q></ul>')],
    )
    yield recording(
        "keyframes/title-and-document",
        "10",
        "The document and the title are kept, and that the default is asked for.",
        [
            (page('<title data-default="D">x</title>', ""), NONE),
            (join({**COUNTER, "t": "T"}), Shown(text='<title data-default="D">T</title><div id="v"><b>0</b></div>', title="T")),
            (diff({"t": ""}), Shown(text='<title data-default="D">D</title><div id="v"><b>0</b></div>', title="D")),
        ],
        lambda index: kept(
            index, page('<title data-default="D">x</title>', ""), join({**COUNTER, "t": "T"}), diff({"t": ""})
        ),
        [
            (page("<title></title>", ""), Shown(text='<title>T</title><div id="v"><b>0</b></div>', title="T")),
            (diff({"t": "U"}), Shown(text='<title>U</title><div id="v"><b>0</b></div>', title="U")),
        ],
    )
    yield recording(
        "keyframes/unsure",
        "10",
        "A page that was unsure is unsure after the keyframe, region by region.",
        [
            (join({"s": ['<p id="w"></p>']}), '<p id="w"></p>'),
            (GAP, unsure('<p id="w"></p>')),
            (join(COUNTER, "w"), unsure('<p id="w"><b>0</b></p>')),
        ],
        lambda index: kept(index, join({"s": ['<p id="w"></p>']}), lost(), join(COUNTER, "w")),
        [
            (diff({0: "1"}, "w"), unsure('<p id="w"><b>1</b></p>')),
            (join({"s": ['<p id="w"></p>']}), '<p id="w"><b>1</b></p>'),
        ],
    )
    yield recording(
        "keyframes/unsure-page",
        "10",
        "What made the page unsure without a region is kept, and so are diffs that wait.",
        [(("page_diff", Map()), Missing(unsure=True)), (diff({0: "1"}), Missing(unsure=True))],
        lambda index: kept(index, diff({0: "1"}), ("page_diff", Map())),
        [(diff({}), Missing(unsure=True)), (join(COUNTER), "<b>1</b>")],
    )
    yield recording(
        "keyframes/of-other-kinds",
        "10",
        "Kinds that are none of a page change nothing in the list.",
        [(join(COUNTER), "<b>0</b>")],
        lambda index: kept(index, join(COUNTER), ("event", term({"name": "x"}))),
        [(diff({0: "1"}), "<b>1</b>")],
    )
