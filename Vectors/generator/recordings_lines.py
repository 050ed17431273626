"""Recordings as lines of JSON (json.md §2.2): the output `lines`, an array of what the lines are."""

from containers import Recording, atom_map, batch, contents, document_of, finish, frame, gzip, header
from etf import Atom, Map, map_
from mappings import lines
from recording_model import EVENTS, HEADER, ONE, TWO, all_frames, documents, started, three
from vector import Vector

SECTION = "json.md §2.2"
SUMMARY = {
    "duration": 5000,
    "errors": 0,
    "events": 9,
    "kinds": {"event": 4, "info": 1, "mount": 1, "render": 3},
    "names": {"dec": 1, "inc": 2, "save": 1},
    "reason": "closed",
}


def shown(name, shows, file, summary=None, frames=None):
    head, events = (file.header, file.events) if frames is None else document_of(frames)
    data = file.bytes if isinstance(file, Recording) else file
    expect = {**documents(head, events), "lines": lines(head, events, "plain", summary)}
    return Vector(f"recordings/lines/{name}", "recording", data, SECTION, shows, expect=expect)


def vectors():
    one = {
        "duration": 1203,
        "errors": 0,
        "events": 3,
        "kinds": {"event": 1, "mount": 1, "render": 1},
        "names": {"inc": 1},
        "reason": "closed",
    }
    yield shown("finished", "The header, each event, and the summary of what is finished.", three().index().end(), SUMMARY)
    yield shown("unfinished", "Without a finish frame there is no summary.", three(finished=False))
    yield shown("no-end", "With a finish frame and no end member a recording is unfinished.", three())
    file = Recording().data(header(HEADER), finish([])).end()
    nothing = {"duration": 0, "errors": 0, "events": 0, "kinds": {}, "names": {}, "reason": "closed"}
    yield shown("no-events", "A recording without events has two lines.", file, nothing)
    minimal = frame((Atom("finish"), atom_map(events=3, duration=1203)), "finish")
    file = Recording().data(header(HEADER), batch(ONE), minimal).end()
    yield shown("defaults", "What the finish frame does not say has its default.", file, {**one, "kinds": {}, "names": {}})
    file = Recording().data(header(HEADER), batch(ONE), finish(ONE, reason=Atom("x_acme_tired"), errors=2)).end()
    yield shown("reason", "Its other values are those of the frame.", file, {**one, "reason": "x_acme_tired", "errors": 2})
    shows = "Its keys and values are names: that of an atom, which nil and true are, too."
    file = Recording().data(header(HEADER), batch([(5, Atom("nil"), 1)]), finish([(5, Atom("nil"), 1)], reason=Atom("true"))).end()
    yield shown("names", shows, file, {**nothing, "duration": 5, "events": 1, "kinds": {"nil": 1}, "reason": "true"})
    file = Recording().data(header(HEADER), batch(ONE), finish(ONE, reason=Atom("nil"), errors=1 << 63)).end()
    yield shown("errors-large", "errors that are beyond 2^63 - 1 are 0.", file, {**one, "reason": "nil"})
    file = Recording().data(header(HEADER), batch(ONE), finish(ONE, errors=-1)).end()
    yield shown("errors-negative", "So are errors below 0.", file, one)
    frames = [header(HEADER), batch(ONE), finish(ONE)]
    yield shown("plain", "A plain recording is finished by its finish frame.", gzip(contents(frames)), one, frames)
    head = map_((Atom("nil"), 1), (Atom(""), 2))
    file = Recording().data(header(head), batch(ONE), finish(ONE)).end()
    shows = "The fields come in the order of their keys: of two with the same text the empty atom comes before nil."
    yield shown("field-order", shows, file, one)
    head = Map([(Atom("id"), "demo-1"), (Atom("events"), 5)])
    file = Recording().data(header(head), batch(ONE), finish(ONE)).end()
    yield shown("field-events", "The keys of the header are those of a document: a field events is events#2.", file, one)
