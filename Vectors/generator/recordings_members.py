"""Members, indexes and ends that break a rule, and limits (recording.md §4.4, §5, §6.6, §9, §10)."""

import struct

from containers import (
    INDEX,
    LARGEST,
    Recording,
    atom_map,
    batch,
    compressed,
    contents,
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
    varint,
)
from etf import FALSE, NIL, TRUE, Atom, Improper, Map, external
from recording_model import (
    EVENTS,
    HEADER,
    ONE,
    THREE,
    TWO,
    TWO_63,
    all_frames,
    bad,
    click,
    example,
    started,
    state_at,
    three,
)


def vectors():
    for group in (wrong_members, wrong_order, wrong_indexes, wrong_ends, after_the_end, wrong_plain, limits):
        yield from group()


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
        ("first-event", {1: 1}, "The first event of a recording is 0."),
        ("count", {2: 5}, "The first member's count."),
        ("first-offset", {3: 1}, "The first member's smallest offset."),
        ("span", {4: 0}, "The first member's span."),
    ]:
        yield bad(
            f"member/in-first-{name}",
            section,
            shows,
            Recording().data(header(HEADER), batch(ONE), change=change),
            "malformedMember",
            0,
        )
    for name, change in [("offset", {3: 5}), ("span", {4: 5})]:
        file = started().data(frame((Atom("x_a_b"), 1)), change=change)
        yield bad(
            f"member/no-events-{name}",
            "5.2",
            "Without events both offsets are 0.",
            file,
            "malformedMember",
            file.offset(1),
        )
    back = [click(700), click(100), click(650)]
    file = started().data(batch(back), change={3: 700, 4: 0})
    yield bad(
        "member/first-not-smallest",
        "5.2",
        "The smallest offset is declared, not the first.",
        file,
        "malformedMember",
        file.offset(1),
    )
    file = started().data(batch(back), change={4: 550})
    yield bad(
        "member/last-not-largest",
        "5.2",
        "The largest offset is declared, not the last.",
        file,
        "malformedMember",
        file.offset(1),
    )
    flags = [
        ("keyframe-missing", started().data(state_at(3), batch(TWO), flags=0), 1, "The flag of a keyframe is missing."),
        ("keyframe-extra", started().data(batch(TWO), flags=1), 1, "There is no keyframe."),
        (
            "keyframe-not-first",
            started().data(batch(TWO), state_at(6), flags=1),
            1,
            "The keyframe does not come first.",
        ),
        (
            "header-missing",
            Recording().data(header(HEADER), batch(ONE), flags=0),
            0,
            "The flag of the header is missing.",
        ),
        ("header-extra", started().data(batch(TWO), flags=2), 1, "There is no header."),
        (
            "header-and-keyframe",
            Recording().data(header(HEADER), keyframe(0, Map()), batch(ONE), flags=3),
            0,
            "The first frame is the header and no keyframe.",
        ),
        (
            "finish-missing",
            started().data(batch(TWO), finish(ONE + TWO), flags=0).index().end(),
            1,
            "The flag of the finish frame is missing.",
        ),
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
        yield bad(
            f"member/in-first-{name}", section, shows, Recording().data(header(HEADER), batch(ONE), **options), kind, 0
        )
    file = started().append(member(batch(TWO).data, 4, [len(batch(TWO))]).data)
    yield bad("member/kind", section, "There is no fourth kind.", file, "malformedMember", file.offset(1))
    plain = gzip(batch(TWO).data)
    file = started().append(plain)
    yield bad(
        "mixed/plain-second", "4.1", "A member without RL follows one with RL.", file, "malformedMember", file.offset(1)
    )
    yield bad(
        "mixed/plain-empty",
        "4.1",
        "Even an empty member without RL is refused.",
        started().append(gzip(b"")),
        "malformedMember",
        started().length,
    )
    plain = gzip(contents([header(HEADER), batch(ONE)]))
    file = Recording().append(plain).data(batch(TWO), change={1: 3})
    yield bad(
        "mixed/fields-second", "4.1", "A member with RL follows one without.", file, "malformedMember", file.offset(1)
    )
    file = Recording().append(plain).data(batch(TWO), change={1: 3}, major=2)
    shows = "A member with RL of another major version follows one without."
    yield bad("mixed/fields-second-version", "10", shows, file, "unsupportedVersion", file.offset(1))
    file = Recording().append(plain).end()
    yield bad(
        "mixed/end-second", "4.1", "An end member follows a member without RL.", file, "malformedMember", file.offset(1)
    )
    file = three().append(gzip(b"")).index().end()
    yield bad(
        "mixed/before-index",
        "4.1",
        "A member without RL comes before the index.",
        file,
        "malformedMember",
        file.offset(3),
    )


def wrong_order():
    """Files with two errors, of which the one that comes first in §10 counts."""
    section = "10"
    file = started().data(batch(TWO), crc=1, hcrc=1)
    yield bad(
        "order/header-before-content",
        section,
        "The header is checked before the content.",
        started().data(batch(TWO), size=1, reserved=0x20, hcrc=1),
        "malformedMember",
        file.offset(1),
    )
    file = started().data(raw_frame(b""), batch(TWO), crc=1)
    yield bad(
        "order/content-before-frames",
        section,
        "A content's checksum is checked before its frames.",
        file,
        "checksum",
        file.offset(1),
    )
    file = started().data(frame(5, rest=b"\0"))
    yield bad(
        "order/trailing-before-form",
        section,
        "A term ends where its frame does, before its form is looked at.",
        file,
        "malformedFrame",
        file.offset(1),
    )
    file = started().data(raw_frame(b"\x83\x4e"), batch(TWO), change={2: 9})
    yield bad(
        "order/frames-before-numbers",
        section,
        "Frames are checked before the member's numbers.",
        file,
        "malformedTerm",
        file.offset(1),
    )
    file = started().data(frame((Atom("keyframe"), 9, Map([(Atom("assigns"), [])])), "keyframe"), flags=0)
    yield bad(
        "order/form-before-flags",
        section,
        "A frame's form is checked before the member's flags.",
        file,
        "malformedFrame",
        file.offset(1),
    )
    file = started().data(frame((-1, Atom("event"), Map())), raw_frame(b"\x83\x4e"))
    yield bad(
        "order/first-frame-first",
        section,
        "Of two frames the first one counts.",
        file,
        "malformedFrame",
        file.offset(1),
    )
    file = started().data(batch(TWO), change={2: 5}).data(batch(THREE), crc=1)
    yield bad(
        "order/first-member-first",
        section,
        "Of two members the first one counts.",
        file,
        "malformedMember",
        file.offset(1),
    )
    file = started().data(batch(TWO), crc=1).data(batch(THREE), finish(EVENTS)).index([]).end(5)
    yield bad(
        "order/member-before-index", section, "A member counts before the index.", file, "checksum", file.offset(1)
    )
    file = three().index([]).end(5)
    yield bad(
        "order/index-before-end",
        section,
        "The index counts before the end member.",
        file,
        "malformedIndex",
        file.offset(3),
    )
    file = three().index().end(5).append(b"more")
    yield bad(
        "order/end-before-rest",
        section,
        "The end member counts before what follows it.",
        file,
        "malformedIndex",
        file.offset(4),
    )
    file = started().data(batch(TWO), change={0: (128 << 20) + 1}, hcrc=5)
    yield bad(
        "order/fhcrc-before-limit", section, "FHCRC is checked before the limit.", file, "checksum", file.offset(1)
    )
    file = started().data(batch(TWO), change={0: (128 << 20) + 1}, crc=5)
    yield bad(
        "order/limit-before-content",
        section,
        "The limit is checked before the content.",
        file,
        "limitExceeded",
        file.offset(1),
    )
    length = (64 << 20) + 1
    file = started().data(raw_frame(external(5), length))
    yield bad(
        "order/limit-before-cut",
        section,
        "A frame's limit is checked before its bytes are missed.",
        file,
        "limitExceeded",
        file.offset(1),
    )


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
                yield bad(
                    f"index/{name}-{row}-{what}",
                    "6.6",
                    f"Entry {row} does not agree with its member: {name}.",
                    file,
                    "malformedIndex",
                    file.offset(3),
                )
        entries = [list(each) for each in good_entries]
        entries[row][7] = FALSE if entries[row][7] == TRUE else TRUE
        file = three().index([tuple(each) for each in entries]).end()
        yield bad(
            f"index/keyframe-{row}",
            "6.6",
            f"Entry {row} does not agree with its member's first frame.",
            file,
            "malformedIndex",
            file.offset(3),
        )
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
        (
            "unknown-after",
            frame((Atom("index"), good_entries)).data + frame((Atom("x_a_b"), 1)).data,
            "Nothing follows the index in its member.",
        ),
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
    yield bad(
        "index/number", "5.3", "The number of an index member is checked.", file, "malformedMember", file.offset(3)
    )
    file = three().index(numbers=[5]).end()
    yield bad(
        "index/length",
        "5.3",
        "The content of an index member is as long as it declares.",
        file,
        "malformedMember",
        file.offset(3),
    )
    file = three().index()
    yield bad(
        "index/no-end",
        "4.4",
        "With an index the file was finished, and its end is missing.",
        file,
        "malformedIndex",
        file.offset(3),
    )
    file = started().index()
    yield bad(
        "index/no-finish-no-end", "4.4", "An index in an unfinished recording.", file, "malformedIndex", file.offset(1)
    )
    file = Recording().data(header(HEADER), batch(ONE), finish(ONE)).index([]).end()
    yield bad(
        "index/one-member", "6.6", "An index of one data member agrees with it.", file, "malformedIndex", file.offset(1)
    )


def wrong_ends():
    file = three().index()
    index = file.offset(3)
    targets = [
        ("zero", 0, "the first data member"),
        ("one-more", index + 1, "the byte after the start of the index"),
        ("one-less", index - 1, "the byte before the index"),
        ("data", file.offset(1), "a data member"),
        ("itself", file.length, "itself"),
        ("beyond", file.length + 44, "the end of the file"),
        ("far", 1 << 40, "a byte far beyond the end of the file"),
        ("two-63", TWO_63, "a byte that no file has"),
        ("largest", (1 << 64) - 1, "the largest byte of a u64"),
    ]
    for name, target, what in targets:
        file = three().index().end(target)
        yield bad(f"end/{name}", "4.4", f"The end member names {what}.", file, "malformedIndex", file.offset(4))
    file = three().end(0)
    yield bad("end/no-index", "4.4", "Three data members need an index.", file, "malformedIndex", file.offset(3))
    file = three().end(three().offset(2))
    yield bad(
        "end/no-index-last",
        "4.4",
        "Without an index the end member names the only data member.",
        file,
        "malformedIndex",
        file.offset(3),
    )
    for target in (1, 44):
        file = Recording().data(header(HEADER), batch(ONE), finish(ONE)).end(target)
        yield bad(
            f"end/one-member-{target}",
            "4.4",
            "The only data member starts at byte 0.",
            file,
            "malformedIndex",
            file.offset(1),
        )
    file = Recording().data(header(HEADER), batch(ONE), finish(ONE)).index().end(0)
    yield bad(
        "end/one-member-index",
        "4.4",
        "Where there is an index, the end member names it.",
        file,
        "malformedIndex",
        file.offset(2),
    )
    file = Recording().data(header(HEADER), batch(ONE), finish(ONE))
    file.end(file.length)
    yield bad(
        "end/one-member-itself", "4.4", "The end member does not name itself.", file, "malformedIndex", file.offset(1)
    )
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
        yield bad(f"end/{name}", "5.3", shows, file, kind, file.offset(4))


def after_the_end():
    samples = [
        ("byte", b"\0", "A byte follows the end member."),
        ("zeros", bytes(1024), "Padding follows the end member."),
        ("text", b"and so on", "Text follows the end member."),
        ("magic", b"\x1f\x8b", "Half a header follows the end member."),
        ("data", started().bytes, "A data member follows the end member."),
        ("end", end_member(0), "A second end member follows the first."),
        ("recording", example().bytes, "Another recording follows the end member."),
        ("index", member(b"", INDEX).data, "An index member follows the end member."),
    ]
    for name, data, shows in samples:
        file = three().index().end()
        yield bad(f"after-end/{name}", "10", shows, file.bytes + data, "trailingData", file.length)
    single = Recording().data(header(HEADER), batch(ONE), finish(ONE)).end()
    yield bad(
        "after-end/one-member",
        "10",
        "A byte follows the end member of a short recording.",
        single.bytes + b"\n",
        "trailingData",
        single.length,
        )
    for name, data, shows in [
        ("byte", b"\0", "A byte that starts no member."),
        ("zeros", bytes(99), "Padding."),
        ("bare", batch(TWO).data, "A frame that is not compressed."),
    ]:
        yield bad(
            f"after-members/{name}",
            "10",
            "Behind the members: " + shows[0].lower() + shows[1:],
            started().bytes + data,
            "trailingData",
            started().length,
        )
        plain = gzip(contents(all_frames()))
        yield bad(
            f"after-members/plain-{name}",
            "10",
            "Behind a plain recording: " + shows[0].lower() + shows[1:],
            plain + data,
            "trailingData",
            len(plain),
        )
    yield bad(
        "after-members/cut-magic",
        "10",
        "1f alone is the start of a member that is cut.",
        started().bytes + b"\x1f",
        "truncated",
        started().length,
    )


def wrong_plain():
    frames = all_frames()
    data = contents(frames)
    section = "4.3"
    yield bad("plain/crc", section, "The checksum of a plain recording is reported.", gzip(data, crc=1), "checksum", 0)
    yield bad(
        "plain/isize",
        section,
        "The length in the trailer of a plain recording is checked.",
        gzip(data, size=1),
        "malformedMember",
        0,
    )
    yield bad(
        "plain/fhcrc",
        section,
        "The FHCRC of a plain recording is checked when it has one.",
        gzip(data, hcrc=1),
        "checksum",
        0,
    )
    yield bad(
        "plain/reserved",
        section,
        "A reserved flag in a plain recording.",
        gzip(data, reserved=0x40),
        "malformedMember",
        0,
    )
    yield bad(
        "plain/block",
        section,
        "Deflate data of a plain recording that is invalid.",
        gzip(data, deflated=b"\7" + bytes(20)),
        "malformedMember",
        0,
    )
    first = gzip(contents(frames[:2]))
    rest = contents(frames[2:])
    yield bad(
        "plain/second-crc",
        section,
        "The second member's checksum is wrong.",
        first + gzip(rest, crc=1),
        "checksum",
        len(first),
    )
    yield bad("plain/second-cut", "10", "The second member is cut.", first + gzip(rest)[:-20], "truncated", len(first))
    yield bad(
        "plain/second-trailer",
        "10",
        "The second member's trailer is cut.",
        first + gzip(rest)[:-3],
        "truncated",
        len(first),
    )
    yield bad(
        "plain/cut-header", "10", "The second member's header is cut.", first + gzip(rest)[:7], "truncated", len(first)
    )
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
        (
            "compressed",
            frame(TWO, pack=lambda data: compressed(data, length=(64 << 20) + 1)),
            "A compressed term may not inflate to more than 64 MiB.",
        ),
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
    yield bad(
        "limits/frame-just",
        "9",
        "A frame of 64 MiB is within the limit, and cut here.",
        before + struct.pack(">I", length) + external(5),
        "truncated",
        len(before),
    )
    file = started().data(batch(TWO), change={0: (128 << 20) + 1})
    yield bad("limits/member", "9", "A member may not hold more than 128 MiB.", file, "limitExceeded", file.offset(1))
