"""Frames that break a rule, and what is no recording (recording.md §4.2, §4.3, §6, §10)."""

import struct

import etf
from containers import (
    Recording,
    atom_map,
    batch,
    compressed,
    contents,
    event,
    finish,
    frame,
    gzip,
    header,
    keyframe,
    raw_frame,
)
from etf import NIL, Atom, Improper, Map, external, write
from recording_model import HEADER, ONE, TWO, TWO_63, all_frames, bad, index_frame, started, state_at


def vectors():
    for group in (nothing_there, first_frames, wrong_frames, wrong_places, wrong_finishes):
        yield from group()


def nothing_there():
    first_bytes = [
        ("empty", b"", "An empty file is no recording."),
        ("text", b"not a recording\n", "Text is no recording."),
        ("zero", b"\0", "One byte that is not 1f is no recording."),
        ("three", b"\0\0\0", "Half a length is no recording."),
        ("length", b"\0\0\0\x70", "A length alone is no recording."),
        ("json", b'{"events":[]}', "JSON is no recording by these rules."),
        ("zip", b"PK\3\4" + bytes(26), "A zip file is no recording."),
        ("term", external(5), "A term is no recording."),
        ("bzip2", b"BZh91AY&SY", "Another compression is no recording."),
        ("second-byte", b"\x1f\x8c\x08\0" + bytes(20), "1f alone makes no gzip."),
    ]
    for name, data, shows in first_bytes:
        yield bad(f"nothing/{name}", "4.3", shows, data, "notARecording", 0)
    for length in (1, 2, 3, 9):
        yield bad(
            f"nothing/gzip-{length}",
            "4.3",
            "A file that ends in a gzip header is truncated.",
            started().bytes[:length],
            "truncated",
            0,
        )
    for name, content in [
        ("text", b"just text that somebody compressed"),
        ("zeros", bytes(40)),
        ("list", external([1, 2])),
        ("large", struct.pack(">I", (64 << 20) + 1) + b"\x83" + bytes(40)),
    ]:
        yield bad(
            f"nothing/gzip-{name}", "4.3", "Gzip of something else is no recording.", gzip(content), "notARecording", 0
        )
    yield bad("nothing/gzip-empty", "4.3", "Gzip of nothing is no recording.", gzip(b""), "notARecording", 0)
    yield bad(
        "nothing/gzip-empty-twice",
        "4.3",
        "Gzip members that hold nothing are no recording.",
        gzip(b"") * 2,
        "notARecording",
        0,
    )
    for length in (1, 2, 3):
        yield bad(
            f"nothing/gzip-length-{length}",
            "4.3",
            "A content that ends within the first length is truncated.",
            gzip(bytes(length)),
            "truncated",
            0,
        )
    yield bad(
        "nothing/bare-other",
        "4.3",
        "A length without 131 after it is no recording.",
        b"\0\0\0\x05hello",
        "notARecording",
        0,
    )
    yield bad(
        "nothing/bare-large",
        "4.3",
        "A length beyond the limit is no start of a bare recording.",
        struct.pack(">I", (64 << 20) + 1) + header(HEADER).data[4:],
        "notARecording",
        0,
    )
    yield bad(
        "nothing/bare-cut",
        "10",
        "A bare recording that ends in its first frame is truncated.",
        header(HEADER).data[:5],
        "truncated",
        0,
    )


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
        (
            "one-binary-key",
            (recording, (1, 0), Map([(Atom("id"), "1"), ("url", "/")])),
            "All keys of a header are atoms.",
        ),
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
        ("trailing", header(HEADER, rest=b"\0"), "A byte follows the first term."),
        ("term-cut", raw_frame(made.data[4:-3]), "The first term is not whole."),
        ("tag", raw_frame(b"\x83\x4e\0"), "The first term has an unknown tag."),
        ("no-131", raw_frame(b"\x82" + made.data[5:]), "The first term has no 131."),
        ("local", raw_frame(b"\x83\x79abc"), "The first term is LOCAL_EXT."),
        (
            "duplicate-key",
            raw_frame(external(etf.small_tuple(recording, (1, 0), etf.map_((Atom("id"), 1), (Atom("id"), 2))))),
            "The first map has a key twice.",
        ),
        (
            "compressed-wrong",
            header(HEADER, pack=lambda data: compressed(data, adler=1)),
            "The first term does not inflate.",
        ),
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
    yield bad(
        "first-frame/deep",
        "10",
        "A header that nests too deep stays limitExceeded.",
        Recording().data(header(atom_map(id=nested))),
        "limitExceeded",
        0,
    )
    yield bad(
        "first-frame/compressed-large",
        "10",
        "A header that inflates to too much stays limitExceeded.",
        Recording().data(header(HEADER, pack=lambda data: compressed(data, length=(64 << 20) + 1))),
        "limitExceeded",
        0,
    )
    yield bad(
        "first-member/index",
        "10",
        "A first member that is an index member.",
        Recording().index([]).end(),
        "notARecording",
        0,
    )
    yield bad("first-member/end", "10", "A first member that is an end member.", Recording().end(), "notARecording", 0)
    yield bad("first-member/empty", "10", "A first member without frames.", Recording().data(), "notARecording", 0)
    yield bad(
        "first-member/empty-flag",
        "10",
        "A first member without frames whose flags name a header.",
        Recording().data(flags=2).data(header(HEADER), batch(ONE)),
        "notARecording",
        0,
    )
    yield bad(
        "first-member/second",
        "10",
        "The header is in the first member.",
        Recording().data(batch(ONE)).data(header(HEADER), batch(TWO)),
        "notARecording",
        0,
    )


def frame_samples():
    """Frames that are malformed wherever they stand, after three events: name, section, sentence, frame, kind."""
    form, term = "malformedFrame", "malformedTerm"
    event_name = Atom("event")
    yield "length-0", "4.2", "A frame has two bytes at least, not 0.", raw_frame(b""), form
    yield "length-1", "4.2", "A frame has two bytes at least, not 1.", raw_frame(b"\x83"), form
    yield "trailing", "4.2", "A byte follows the term.", frame(TWO[0], rest=b"\0"), form
    yield "trailing-term", "4.2", "A frame has one term.", frame(TWO[0], rest=external(TWO[1])), form
    yield "trailing-batch", "4.2", "Bytes follow a batch.", frame(TWO, rest=b"\x6a"), form
    yield "trailing-unknown", "6.7", "Bytes follow an unknown control frame.", frame(
        (Atom("x_a_b"),), rest=b"\1"
    ), form
    yield "local", "4.2", "LOCAL_EXT can be read by one node only.", raw_frame(b"\x83\x79\1\2\3"), form
    yield (
        "compressed-more",
        "4.2",
        "A compressed stream holds the term and nothing after it.",
        frame(TWO, pack=lambda data: compressed(data + b"\0")),
        form,
    )
    yield (
        "compressed-trailing",
        "4.2",
        "A byte follows the compressed stream.",
        frame(TWO, pack=compressed, rest=b"\0"),
        form,
    )
    yield (
        "compressed-short",
        "4.2",
        "A compressed term is longer than it declares.",
        frame(TWO, pack=lambda data: compressed(data, length=len(data) - 1)),
        term,
    )
    yield (
        "compressed-long",
        "4.2",
        "A compressed term is shorter than it declares.",
        frame(TWO, pack=lambda data: compressed(data, length=len(data) + 1)),
        term,
    )
    yield (
        "compressed-adler",
        "4.2",
        "The checksum of a compressed term is wrong.",
        frame(TWO, pack=lambda data: compressed(data, adler=0)),
        term,
    )
    yield ("compressed-cut", "4.2", "A compressed term is cut.", raw_frame(compressed(write(TWO).data)[:-9]), term)
    yield (
        "compressed-twice",
        "4.2",
        "A compressed term is not compressed again.",
        raw_frame(compressed(compressed(write(TWO).data)[1:])),
        term,
    )
    yield ("compressed-131", "4.2", "There is a 131 in a compressed stream.", raw_frame(compressed(external(TWO))), term)
    yield "term-cut", "10", "The frame ends inside its term.", raw_frame(external(TWO[0])[:-2]), term
    yield "term-131", "10", "A term starts with 131.", raw_frame(b"\x82" + external(TWO[0])[1:]), term
    yield "term-tag", "10", "A term has a tag that is known.", raw_frame(b"\x83\x68\x01\x4e"), term
    yield "term-131-twice", "10", "There is one 131.", raw_frame(b"\x83" + external(TWO[0])), term
    yield (
        "term-duplicate-key",
        "10",
        "A map names a key once.",
        frame(etf.small_tuple(5, event_name, etf.map_((1, 1), (1, 2)))),
        term,
    )
    yield "term-atom", "10", "An atom is UTF-8.", frame(etf.small_tuple(5, etf.small_utf8_atom(b"\xff"), Map())), term
    yield (
        "term-nan",
        "10",
        "A float is finite.",
        frame(etf.small_tuple(5, event_name, etf.new_float(b"\x7f\xf8" + bytes(6)))),
        term,
    )
    yield (
        "term-in-unknown",
        "6.7",
        "An unknown control frame is one valid term.",
        frame(etf.small_tuple(Atom("x_a_b"), etf.raw(b"\x4e"))),
        term,
    )
    yield (
        "term-in-keyframe",
        "10",
        "The values in a keyframe are valid terms.",
        frame(etf.small_tuple(Atom("keyframe"), 3, etf.map_((Atom("assigns"), etf.raw(b"\x52\0"))))),
        term,
    )
    for name, value in [
        ("integer", 5),
        ("float", 1.5),
        ("atom", event_name),
        ("binary", "text"),
        ("map", Map()),
        ("empty-tuple", ()),
        ("bits", etf.bits(b"\x80", 1)),
        ("pid", etf.Pid("a@b", 1, 2, 3)),
    ]:
        yield f"form-{name}", "6", "A frame is a tuple with a name or a number, or a list.", frame(value), form
    firsts = [("float", 1.0), ("binary", "5"), ("list", [5]), ("tuple", (5,)), ("map", Map())]
    for name, value in firsts:
        yield (
            f"tuple-{name}",
            "6",
            "The first element of a frame's tuple is an atom or an integer.",
            frame((value, event_name, Map())),
            form,
        )
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
    yield "batch-improper-atom", "6.3", "An atom ends no batch.", frame(Improper((TWO[0],), Atom("ok"))), form
    yield "batch-integers", "6.3", "A string is no batch.", frame([1, 2, 3]), form
    yield "batch-control", "6.3", "No control frame is in a batch.", frame([TWO[0], (Atom("x_a_b"), 1)]), form
    yield (
        "batch-finish",
        "6.3",
        "No finish frame is in a batch.",
        frame([TWO[0], (Atom("finish"), atom_map(events=4, duration=2500))]),
        form,
    )
    yield "batch-nested", "6.3", "A batch holds no batch.", frame([TWO]), form
    yield "batch-float", "6.3", "An event's offset is an integer.", frame([(5.0, event_name, Map())]), form
    assigns = atom_map(count=1)
    states = [
        ("alone", (Atom("keyframe"),), "A keyframe has an event index and a state."),
        ("no-state", (Atom("keyframe"), 3), "A keyframe has a state."),
        (
            "index-atom",
            (Atom("keyframe"), Atom("a"), atom_map(assigns=assigns)),
            "A keyframe's event index is an integer.",
        ),
        ("index-negative", (Atom("keyframe"), -3, atom_map(assigns=assigns)), "An event index is not negative."),
        ("state-list", (Atom("keyframe"), 3, []), "A state is a map."),
        ("no-assigns", (Atom("keyframe"), 3, atom_map(components=Map())), "A state has assigns."),
        ("assigns-list", (Atom("keyframe"), 3, atom_map(assigns=[])), "Assigns are a map."),
        ("assigns-binary-key", (Atom("keyframe"), 3, Map([("assigns", assigns)])), "The keys of a state are atoms."),
        ("components-list", (Atom("keyframe"), 3, atom_map(assigns=assigns, components=[])), "Components are a map."),
        (
            "component-key",
            (Atom("keyframe"), 3, atom_map(assigns=assigns, components=Map([(Atom("a"), Map())]))),
            "A component's key is a tuple.",
        ),
        (
            "component-key-3",
            (Atom("keyframe"), 3, atom_map(assigns=assigns, components=Map([((1, 2, 3), Map())]))),
            "A component's key has two elements.",
        ),
        (
            "component-list",
            (Atom("keyframe"), 3, atom_map(assigns=assigns, components=Map([((1, 2), [])]))),
            "A component's assigns are a map.",
        ),
        (
            "index-early",
            (Atom("keyframe"), 2, atom_map(assigns=assigns)),
            "A keyframe names the event that follows it.",
        ),
        ("index-late", (Atom("keyframe"), 4, atom_map(assigns=assigns)), "A keyframe does not name a later event."),
    ]
    for name, value, shows in states:
        yield f"keyframe-{name}", (
            "7.2" if "state" in name or "comp" in name or "assigns" in name else "6.4"
        ), shows, frame(value, "keyframe"), form
    yield "header-again", "6.7", "There is one header.", frame((Atom("recording"), (1, 0), HEADER)), form
    yield "header-again-other", "6.7", "A second header is malformed whatever is in it.", frame(
        (Atom("recording"), 5)
    ), form
    yield "index-form", "6.7", "An index has entries.", frame((Atom("index"),)), form
    yield "index-entry-short", "6.6", "An entry has eight elements.", frame((Atom("index"), [(0, 1, 2)])), form


def wrong_frames():
    for name, section, shows, wrong, kind in frame_samples():
        file = started().data(wrong, batch(TWO), flags=1 if wrong.role == "keyframe" else 0)
        yield bad(f"frame/{name}", section, shows, file, kind, file.offset(1))
        before = contents([header(HEADER), batch(ONE)])
        yield bad(f"frame-bare/{name}", section, shows, before + wrong.data + batch(TWO).data, kind, len(before))
    some = (
        "length-0",
        "trailing",
        "local",
        "term-tag",
        "form-integer",
        "batch-empty",
        "keyframe-index-late",
        "header-again",
    )
    for name, section, shows, wrong, kind in frame_samples():
        if name in some:
            data = contents([header(HEADER), batch(ONE), wrong, batch(TWO)])
            yield bad(f"frame-gzip/{name}", section, shows, gzip(data), kind, 0)
    data = contents([header(HEADER), batch(ONE), frame(5.5), batch(TWO)])
    half = len(contents([header(HEADER), batch(ONE)])) + 6
    yield bad(
        "frame-gzip/across",
        "10",
        "A frame is in the member in which it starts.",
        gzip(data[:10]) + gzip(data[10:half]) + gzip(data[half:]),
        "malformedFrame",
        len(gzip(data[:10])),
    )
    short = contents([header(HEADER), batch(ONE), batch(TWO)])[:-3]
    yield bad(
        "frame-gzip/across-cut",
        "10",
        "A frame that lacks bytes is in the member in which it starts.",
        gzip(short[:10]) + gzip(short[10:half]) + gzip(short[half:]),
        "truncated",
        len(gzip(short[:10])),
    )
    wrong = raw_frame(b"")
    first = gzip(contents([header(HEADER), batch(ONE)]))
    yield bad(
        "frame-gzip/second-member",
        "10",
        "In gzip the offset is that of the member.",
        first + gzip(wrong.data + batch(TWO).data),
        "malformedFrame",
        len(first),
    )
    file = Recording().data(header(HEADER), batch(ONE), raw_frame(b"\x83"))
    yield bad(
        "frame/in-first-member",
        "10",
        "What is wrong in the first member after the header is no notARecording.",
        file,
        "malformedFrame",
        0,
    )


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
        yield bad(
            f"place/{name}-member-after-finish",
            "4.4",
            "No data member follows the one with the finish frame. " + shows,
            file,
            "malformedMember",
            file.offset(1),
        )
    file = started().data(batch(TWO), frame((Atom("index"), [])), finish(ONE + TWO)).index().end()
    yield bad(
        "place/index-in-data-member",
        "6",
        "An index is the only frame of an index member.",
        file,
        "malformedFrame",
        file.offset(1),
    )
    twice = [*frames, index_frame()]
    yield bad(
        "place/index-twice",
        "6.7",
        "There is one index.",
        contents([*twice, index_frame()]),
        "malformedFrame",
        len(contents(twice)),
    )
    yield bad(
        "place/index-twice-gzip",
        "6.7",
        "There is one index in gzip too.",
        gzip(contents([*twice, index_frame()])),
        "malformedFrame",
        0,
    )
    file = Recording().data(header(HEADER), batch(ONE)).data(batch(TWO), state_at(3))
    yield bad(
        "place/keyframe-after-its-event",
        "6.4",
        "A keyframe comes before the event that it names.",
        file,
        "malformedFrame",
        file.offset(1),
    )
    file = Recording().data(header(HEADER), keyframe(1, Map()), batch(ONE))
    yield bad("place/keyframe-first", "6.4", "Before all events a keyframe names event 0.", file, "malformedFrame", 0)
    before = contents([header(HEADER), batch(ONE)])
    for name, data, shows in [
        ("length", b"\0\0\0", "Three bytes are no length."),
        ("frame", batch(TWO).data[:-1], "A frame lacks its last byte."),
        ("all", batch(TWO).data[:4], "A frame lacks all of its bytes."),
    ]:
        made = started().data(content=data)
        yield bad(
            f"place/cut-{name}",
            "10",
            shows + " In an RL member it was written that way.",
            made,
            "malformedFrame",
            made.offset(1),
        )
        yield bad(
            f"place/cut-{name}-bare",
            "10",
            shows + " A bare recording may have been cut.",
            before + data,
            "truncated",
            len(before),
        )
        yield bad(
            f"place/cut-{name}-gzip",
            "10",
            shows + " A plain recording may have been cut.",
            gzip(before + data),
            "truncated",
            0,
        )
    across = batch(TWO).data
    file = started().data(content=across[:20]).data(content=across[20:])
    yield bad(
        "place/across-members",
        "4.1",
        "A frame may not run from one RL member into the next.",
        file,
        "malformedFrame",
        file.offset(1),
    )


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
    for name, term in [
        ("alone", (Atom("finish"),)),
        ("list", (Atom("finish"), [])),
        ("atom", (Atom("finish"), Atom("closed"))),
    ]:
        file = Recording().data(header(HEADER), batch(ONE)).data(frame(term, "finish")).index().end()
        yield bad(f"finish/{name}", "6.7", "A finish frame has a map.", file, "malformedFrame", file.offset(1))
