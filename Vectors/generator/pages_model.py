"""What the vectors of pages share: events as LiveView's server makes them, and what a page comes to after each.

The pages are written down in the modules beside this one; nothing merges or renders them here.
"""

import json

from containers import Recording, batch, finish, frame, header
from etf import FALSE, NIL, TRUE, Atom, Map
from mappings import document
from vector import Vector

HEADER = Map([(Atom("id"), "page-1"), (Atom("view"), Atom("Elixir.Demo.PageLive"))])
BEFORE = '<!DOCTYPE html><html><head><meta charset="utf-8"><title>{}</title></head><body>'
AFTER = "</body></html>"


def term(value):
    """A term from Python: names are atoms and numbers integers as keys, text is a binary."""
    if value is None:
        return NIL
    if value is True or value is False:
        return TRUE if value else FALSE
    if isinstance(value, dict):
        return Map((Atom(key) if isinstance(key, str) else key, term(each)) for key, each in value.items())
    if isinstance(value, list):
        return [term(each) for each in value]
    return value


# Events: a kind and a payload. Their times are their places.


def join(tree, name="v", **more):
    return ("page_join", term({"id": name, "tree": tree, **more}))


def diff(change, name="v", **more):
    return ("page_diff", term({"id": name, "diff": change, **more}))


def lost(name="v"):
    return ("page_diff", term({"id": name}))


def page(before, after, name="v", **more):
    return ("page", term({"id": name, "before": before, "after": after, **more}))


GAP = ("gap", Map())
CLICK = ("event", term({"name": "inc", "params": {}}))


# What a page comes to after an event: a text, which is that of the root in a document that no event gave, or these.


class Shown:
    def __init__(self, inner="", title="", unsure=False, text=None, name="v"):
        self.title, self.unsure = title, unsure
        escaped = title.replace("&", "&amp;").replace("<", "&lt;")
        self.text = f'{BEFORE.format(escaped)}<div id="{name}">{inner}</div>{AFTER}' if text is None else text


class Missing(Shown):
    def __init__(self, unsure=False):
        self.title, self.unsure, self.text = None, unsure, None


NONE = Missing()


def unsure(inner, **more):
    return Shown(inner, unsure=True, **more)


def pages(shown):
    """The output `pages` of vectors.md §3."""
    all_shown = [each if isinstance(each, Shown) else Shown(each) for each in shown]
    return json.dumps(
        [{"text": each.text, "title": each.title, "unsure": each.unsure} for each in all_shown], ensure_ascii=False
    )


def events_of(steps):
    return [(10 * index, Atom(kind), payload) for index, ((kind, payload), _) in enumerate(steps)]


def vector(name, section, shows, file, events, shown, mappings=False):
    expect = {"pages": pages(shown)}
    if mappings:
        expect = {**{each: document(HEADER, events, each) for each in ("tagged", "plain")}, **expect}
    return Vector(f"pages/{name}", "recording", file.bytes, f"pages.md §{section}", shows, expect=expect)


def page_of(name, section, shows, *steps, mappings=False):
    """`steps` are pairs of an event and the page after it."""
    events = events_of(steps)
    file = Recording().data(header(HEADER), batch(events), finish(events)).end()
    return vector(name, section, shows, file, events, [after for _, after in steps], mappings)


def kept(frames_before, event, after):
    """A keyframe's frame with a page."""
    state = Map([(Atom("assigns"), Map()), (Atom("components"), Map()), (Atom("page"), event)])
    return frame((Atom("keyframe"), frames_before, state), "keyframe"), after


# Trees that many vectors start from.

COUNTER = {0: "0", "s": ["<b>", "</b>"]}
LIST = {"s": ["<ul>", "</ul>"], 0: {"s": ["<li>", "</li>"], "k": {0: {0: "a"}, 1: {0: "b"}, 2: {0: "c"}, "kc": 3}}}
OLD_LIST = {"s": ["<ul>", "</ul>"], 0: {"s": ["<li>", "</li>"], "d": [["a"], ["b"]]}}
