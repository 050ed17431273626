"""What the vectors of recordings share: a session, its events, and recordings of it."""

from containers import Recording, atom_map, batch, document_of, finish, frame, header, keyframe
from etf import FALSE, TRUE, Atom, Map
from mappings import document
from vector import Vector

PAGE = "recording.md §"
TWO_63 = 1 << 63
HEADER = atom_map(connected_at=1_700_000_000_000, id="demo-1", url="/counter", view=Atom("Elixir.Demo.CounterLive"))


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


def bad(name, section, shows, file, kind, offset):
    return vector(name, section, shows, file, error=(kind, offset))


def three(keyframes=True, finished=True):
    """Three data members of three events each."""
    file = Recording().data(header(HEADER), batch(ONE))
    file.data(*([state_at(3)] if keyframes else []), batch(TWO))
    last = [finish(EVENTS)] if finished else []
    return file.data(*([state_at(6)] if keyframes else []), batch(THREE), *last)


def started():
    """One data member of three events."""
    return Recording().data(header(HEADER), batch(ONE))


def example():
    counter = [mount(0, count=0), click(1200), render(1203, count=1), click(2500), render(2502, count=2)]
    file = Recording().data(header(HEADER), batch(counter[:3]))
    return file.data(keyframe(3, atom_map(count=1)), batch(counter[3:]), finish(counter)).index().end()


def all_frames():
    return [header(HEADER), batch(ONE), state_at(3), batch(TWO), finish(ONE + TWO)]


def index_frame():
    return frame((Atom("index"), [(0, 301, 255, 0, 3, 0, 1203, FALSE), (301, 333, 287, 3, 3, 2500, 3100, TRUE)]))


def with_events(*events, head=HEADER):
    """A finished recording of one member, with a batch."""
    return Recording().data(header(head), batch(events), finish(events)).end()


def good_page(name, page, shows, file):
    expect = documents(file.header, file.events)
    return Vector(f"recordings/{name}", "recording", file.bytes, page, shows, expect=expect)
