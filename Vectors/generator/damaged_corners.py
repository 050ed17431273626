"""What salvage must not harm, and where two readings of recording.md §11 were possible."""

from containers import Recording, atom_map, batch, contents, event, finish, frame, gzip, header, keyframe
from damaged import changed, file_frames, frames_of, salvage, vector
from etf import Atom, Map
from recording_model import EVENTS, HEADER, ONE, THREE, TWO, click, documents, mount, render, three
from vector import Vector

INNER = atom_map(id="inner", view=Atom("Elixir.Inner"))


def inner():
    events = [mount(0, inner=0), render(5, inner=1)]
    return Recording().data(header(INNER), batch(events), finish(events)).end()


def upload(data):
    return (1210, Atom("x_demo_upload"), atom_map(file=data, note="behind it"))


def vectors():
    for group in (embedded, at_the_end, headers, search):
        yield from group()


def embedded():
    """A plain recording that holds one of RL members as a binary, byte by byte in the file."""
    held = upload(inner().bytes)
    frames = [header(HEADER), batch([ONE[0], ONE[1]]), event(held), batch(TWO), finish([*ONE[:2], held, *TWO])]
    data = contents(frames)
    yield vector(
        "embedded/bare",
        "A sound bare recording that holds another recording is read as what it is.",
        data,
        frames,
        [],
        expect=frames,
    )
    zipped = gzip(data)
    yield vector(
        "embedded/gzip", "So is one in gzip, in stored blocks.", zipped, frames, [], expect=frames
    )
    unfinished = contents(frames[:4])
    yield vector(
        "embedded/bare-unfinished",
        "So is one that is unfinished.",
        unfinished,
        frames[:4],
        [],
        expect=frames[:4],
    )
    start = len(contents(frames[:3]))
    cut = start + 30
    yield vector(
        "embedded/bare-cut",
        "A bare recording that is cut is read forward, whatever it holds.",
        data[:cut],
        frames[:3],
        [(start, cut)],
        error=("truncated", start),
    )
    start = len(contents(frames[:2]))
    cut = start + len(frames[2]) - 5
    yield vector(
        "embedded/bare-cut-behind",
        "Cut in the frame that holds the other recording, right after that: its events are not those of this one.",
        data[:cut],
        frames[:2],
        [(start, cut)],
        error=("truncated", start),
    )
    cut = len(zipped) - 30
    yield vector(
        "embedded/gzip-cut",
        "One in gzip that is cut is read forward, too.",
        zipped[:cut],
        frames[:4],
        [(0, cut)],
        error=("truncated", 0),
    )


def at_the_end():
    """Step 3 of recording.md §11: a member whose header is sound ends where the file does."""
    held = upload(inner().bytes)
    file = Recording().data(header(HEADER), batch(ONE)).data(batch([TWO[0], held]))
    second = file.parts[1]
    place = file.bytes.index(inner().bytes)
    yield vector(
        "end-of-file/content",
        "Inside a damaged member that ends with the file nothing is looked for.",
        changed(file.bytes, place - 40),
        frames_of(file.parts[0]),
        [(second.offset, second.end)],
        error=("checksum", second.offset),
    )
    whole = Recording().data(header(HEADER), batch([ONE[0], held]))
    yield vector(
        "end-of-file/only",
        "Nor inside a damaged member that is the whole file: it is read as a plain one.",
        changed(whole.bytes, whole.length - 1),
        frames_of(whole.parts[0]),
        [(0, whole.length)],
        error=("malformedMember", 0),
    )
    file = Recording().data(header(HEADER), batch(ONE)).data(batch([TWO[0], held])).append(b"\0")
    second = file.parts[1]
    place = file.bytes.index(inner().bytes)
    end_at = place + inner().offset(1)
    yield vector(
        "end-of-file/one-more",
        "With a byte more after it the damaged member ends nowhere, and what it holds is found: a data member that goes"
        " back in events, and an end member.",
        changed(file.bytes, place - 40),
        frames_of(file.parts[0]),
        [(second.offset, end_at), (end_at + 44, file.length)],
        error=("checksum", second.offset),
    )


def headers():
    one = Recording().data(header(HEADER))
    other = Recording().data(header(INNER), batch(ONE), finish(ONE)).end()
    yield vector(
        "headers/first",
        "Of two headers the first one counts.",
        one.bytes + other.bytes,
        frames_of(one.parts[0]) + frames_of(other.parts[0]),
        [],
        error=("malformedFrame", one.length),
    )
    named = atom_map(id="demo-1", lost=7)
    file = Recording().data(header(named), batch(ONE))
    tree = documents(named, ONE)
    text = salvage_named(file)
    yield Vector(
        "damaged/headers/lost",
        "recording",
        file.bytes,
        "vectors.md §3",
        "A header field named lost has the key lost#2 in what salvage finds, and its own name in a document.",
        expect=tree,
        salvage=text,
    )
    later = Recording().data(header(HEADER), batch(ONE), change={1: 5})
    yield vector(
        "headers/first-event",
        "A member that holds the header declares that no event comes before it: this one is not sound, and is read as a"
        " plain one.",
        later,
        frames_of(later.parts[0]),
        [],
        error=("malformedMember", 0),
    )
    both = Recording().data(header(HEADER), batch(ONE)).data(header(INNER), batch(TWO), change={1: 3})
    yield vector(
        "headers/second-in-gap",
        "Nor is one after other members.",
        both,
        frames_of(both.parts[0]),
        [(both.offset(1), both.length)],
        error=("malformedFrame", both.offset(1)),
    )


def salvage_named(file):
    import json

    from containers import document_of
    from mappings import document_tree

    head, events = document_of(file_frames(file))
    tree = document_tree(head, events, "tagged")
    pairs = [("lost#2" if key == "lost" else key, value) for key, value in tree.items()]
    return json.dumps({**dict(pairs), "lost": []}, ensure_ascii=False, separators=(",", ":"))


def search():
    file = Recording().data(header(HEADER), batch(ONE)).data(batch(TWO)).data(batch(THREE), finish(EVENTS), mtime=9)
    file.index().end()
    second, third = file.parts[1], file.parts[2]
    yield vector(
        "search/other-first-bytes",
        "A member that starts with other bytes than the ten is sound, and is not found by a search.",
        changed(file.bytes, second.offset + 5),
        frames_of(file.parts[0]),
        [(second.offset, third.end)],
        error=("checksum", second.offset),
    )
    yield vector(
        "search/other-first-bytes-behind-sound",
        "It is kept where a sound member ends.",
        file,
        file_frames(file),
        [],
        expect=file_frames(file),
    )
    yield vector(
        "search/other-first-bytes-behind-damage",
        "And where a damaged member ends whose header is sound.",
        changed(file.bytes, second.end - 1),
        frames_of(file.parts[0], third),
        [(second.offset, second.end)],
        error=("malformedMember", second.offset),
    )
