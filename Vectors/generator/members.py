"""Gzip members, with and without the RL subfield: headers, fields, deflate data, trailers (recording.md §5)."""

import json
import struct
import zlib

import containers
from containers import (
    DATA,
    END,
    INDEX,
    BitWriter,
    Member,
    dynamic,
    dynamic_block,
    fixed,
    fixed_block,
    gzip,
    gzip_header,
    member,
    stored,
    stored_block,
    subfield,
    varint,
)
from vector import Vector

TEXT = b"a frame would stand here, a frame would stand here"
FIELDS, CHECKS, HEADER = "recording.md §5.2", "recording.md §5.3", "recording.md §5.1"
TWO_63 = 1 << 63


def plain(content=TEXT, *arguments, **options):
    return Member(gzip(content, *arguments, **options), content, None)


def listing(members):
    result, offset = [], 0
    for each in members:
        result.append(
            {"offset": offset, "length": len(each), "contentLength": len(each.content), "fields": each.fields}
        )
        offset += len(each)
    return json.dumps(result, separators=(",", ":"))


def good(name, section, shows, *members):
    data = b"".join(each.data for each in members)
    return Vector(f"members/{name}", "members", data, section, shows, expect={"members": listing(members)})


def bad(name, section, shows, data, kind, offset=0):
    data = data.data if isinstance(data, Member) else data
    return Vector(
        f"members/{name}", "members", data, section, shows, error=(kind, offset)
    )


def data(content=TEXT, first=0, count=1, offset=0, span=0, **options):
    return member(content, DATA, [len(content), first, count, offset, span], **options)


def index(content=TEXT, **options):
    return member(content, INDEX, [len(content)], **options)


def end(target=0, **options):
    return member(b"", END, [target], **options)


def vectors():
    yield from kinds()
    yield from numbers()
    yield from versions()
    yield from headers()
    yield from plain_members()
    yield from deflated()
    yield from wrong_headers()
    yield from wrong_payloads()
    yield from wrong_numbers()
    yield from wrong_lengths()
    yield from wrong_contents()
    yield from wrong_ends()
    yield from wrong_deflate()
    yield from followed()
    yield from cuts()
    yield from order()
    yield from no_members()


# Valid


def kinds():
    yield good("kinds/data", FIELDS, "A data member has five numbers.", data(TEXT, 3, 2, 2500, 2))
    yield good("kinds/index", FIELDS, "An index member has one number, the length of its content.", index())
    yield good("kinds/end", FIELDS, "An end member has a u64 and is 44 bytes long.", end(634))
    yield good(
        "kinds/all", FIELDS, "Members follow one another without a gap.", data(), data(b"", 1, 0), index(), end(77)
    )
    yield good("kinds/end-largest", FIELDS, "The offset in an end member is all of a u64.", end((1 << 64) - 1))
    yield good("kinds/end-high-bit", FIELDS, "The offset in an end member has no sign.", end(TWO_63))
    yield good("kinds/empty-data", CHECKS, "By itself a data member may hold nothing.", data(b"", 0, 0))
    yield good("kinds/empty-index", CHECKS, "By itself an index member may hold nothing.", index(b""))
    yield good("kinds/any-content", CHECKS, "By itself a member may hold what is no frame.", data(b"\xff" * 9))


def numbers():
    for length in range(1, 10):
        low = 0 if length == 1 else 1 << 7 * (length - 1)
        high = (1 << 7 * length) - 1
        yield good(
            f"varints/first-event-{length}",
            "recording.md §3",
            f"{low} is the smallest number of {length} {'byte' if length == 1 else 'bytes'}.",
            data(TEXT, low, 0),
        )
        yield good(
            f"varints/first-offset-{length}",
            "recording.md §3",
            f"{high} is the largest number of {length} {'byte' if length == 1 else 'bytes'}.",
            data(TEXT, 0, 1, high, 0),
        )
    yield good("varints/301", "recording.md §3", "301 is ad 02, the lowest bits first.", data(TEXT, 301, 1, 301, 301))
    yield good("sums/events", FIELDS, "First event and count may add up to 2^63 - 1.", data(TEXT, TWO_63 - 3, 2))
    yield good("sums/offsets", FIELDS, "First offset and span may add up to 2^63 - 1.", data(TEXT, 0, 2, 5, TWO_63 - 6))
    yield good("sums/span", FIELDS, "A span may be 2^63 - 1.", data(TEXT, 0, 2, 0, TWO_63 - 1))
    for bit in range(3, 8):
        yield good(
            f"flags/unknown-{1 << bit}", FIELDS, f"The flag {1 << bit} has no meaning yet.", data(flags=1 << bit)
        )
    yield good("flags/known", FIELDS, "By itself a member may have any of the flags.", data(flags=7))
    yield good("flags/index", FIELDS, "An unknown flag of an index member is ignored.", index(flags=0x80))
    yield good("flags/end", FIELDS, "An unknown flag of an end member is ignored.", end(flags=0x80))


def versions():
    section = "recording.md §8"
    yield good("versions/minor-1", section, "Every minor version of major 1 is read.", data(minor=1))
    yield good("versions/minor-255", section, "The minor version 255 is read.", index(minor=255))
    yield good(
        "versions/more",
        section,
        "Bytes at the end of the payload are a newer version's.",
        data(minor=1, more=b"\1\2\3"),
    )
    yield good(
        "versions/more-index",
        section,
        "Bytes at the end of an index member's payload are ignored.",
        index(minor=1, more=b"\xff\xff"),
    )
    yield good(
        "versions/more-unasked", FIELDS, "Further bytes are ignored whatever the minor version says.", data(more=b"\0")
    )
    yield good("versions/mixed", section, "Each member has a version by itself.", data(minor=0), data(minor=9), end())
    yield good(
        "versions/more-continued", FIELDS, "Further bytes need not be a whole varint.", data(minor=1, more=b"\x80")
    )


def headers():
    for name, options, what in [
        ("mtime", {"mtime": 1_700_000_000}, "MTIME"),
        ("xfl", {"xfl": 2}, "XFL"),
        ("os", {"system": 3}, "OS"),
        ("text", {"text": True}, "the flag FTEXT"),
    ]:
        yield good(f"headers/{name}", HEADER, f"A reader does not depend on {what}.", data(**options))
    yield good("headers/name", HEADER, "A member with fields may have a name.", data(name=b"session.bin"))
    yield good("headers/name-empty", HEADER, "A name may be empty.", data(name=b""))
    yield good("headers/comment", HEADER, "A member with fields may have a comment.", data(comment=b"caf\xe9"))
    yield good(
        "headers/all",
        HEADER,
        "Name, comment, text and time may come together.",
        data(name=b"n", comment=b"c", text=True, mtime=1),
    )
    other = subfield(b"XY", b"other")
    yield good("headers/subfield-before", HEADER, "RL need not be the first subfield.", data(before=other))
    yield good("headers/subfield-after", HEADER, "Another subfield may follow RL.", data(after=other))
    yield good(
        "headers/subfields-around",
        HEADER,
        "RL is found among other subfields.",
        data(before=other + subfield(b"\0\0", b""), after=other),
    )
    yield good(
        "headers/subfield-rl-inside",
        HEADER,
        "RL inside another subfield is none.",
        data(before=subfield(b"XY", subfield(b"RL", b"\2\0\1\0"))),
    )
    second = subfield(b"RL", struct.pack("<BBBBI", 9, 9, 9, 9, 9))
    yield good("headers/two-rl", HEADER, "Of two RL subfields the first counts.", data(after=second))
    yield good(
        "headers/two-rl-short", HEADER, "The second RL subfield may be anything.", data(after=subfield(b"RL", b""))
    )
    yield good("headers/lower-case", HEADER, "A subfield rl is another one.", data(before=subfield(b"rl", b"\0")))
    filler = 65_535 - len(subfield(b"RL", bytes(13))) - 4
    largest = data(after=subfield(b"XY", bytes(filler)))
    assert largest.data[10:12] == b"\xff\xff"
    yield good("headers/xlen-largest", HEADER, "The subfields may take 65,535 bytes.", largest)
    yield good("headers/index-name", HEADER, "An index member may have a name.", index(name=b"index"))


def plain_members():
    section = "recording.md §4.3"
    yield good("plain/one", section, "A gzip member without RL has no fields.", plain())
    yield good("plain/several", section, "Gzip members follow one another.", plain(), plain(b""), plain(b"x"))
    yield good("plain/name", section, "A gzip member may have a name.", plain(name=b"a.bin", mtime=5, system=3))
    yield good("plain/fhcrc", section, "A gzip member may have FHCRC.", plain(hcrc=True))
    yield good(
        "plain/subfield", section, "A gzip member may have other subfields.", plain(extra=subfield(b"BC", b"\x1b\0"))
    )
    yield good("plain/no-subfields", section, "XLEN may be 0.", plain(extra=b""))
    yield good(
        "plain/all",
        section,
        "A gzip member may have all parts of a header.",
        plain(extra=subfield(b"XY", b"1"), name=b"n", comment=b"c", hcrc=True, text=True),
    )
    yield good("plain/empty", section, "A gzip member may hold nothing.", plain(b"", fixed))
    yield good(
        "plain/with-fields",
        CHECKS,
        "Members are checked by themselves, so both sorts may be in one file.",
        data(),
        plain(),
        end(),
    )


def deflated():
    section = "recording.md §13"

    def one(name, shows, content, deflate):
        made = deflate(content) if callable(deflate) else deflate
        assert zlib.decompress(made, -15) == content, name
        return good(f"deflate/{name}", section, shows, data(content, deflated=made))

    text = b"".join(b"frame %d of the session; " % number for number in range(40))
    yield one("stored", "A block may be stored.", TEXT, stored)
    yield one("stored-blocks", "Stored blocks follow one another.", TEXT, lambda data: stored(data, 7))
    yield one("stored-nothing", "A stored block may be empty.", b"", stored)
    yield one("stored-largest", "A stored block holds up to 65,535 bytes.", bytes(65_535), stored)
    yield one("stored-two", "65,536 bytes take two stored blocks.", bytes(65_536), stored)
    yield one("fixed", "A block may have the fixed codes.", text, fixed)
    yield one("fixed-nothing", "Nothing is 03 00 with the fixed codes.", b"", fixed)
    yield one("fixed-all-bytes", "The fixed codes have 8 and 9 bits for bytes.", bytes(range(256)), fixed)
    yield one("dynamic", "A block may have codes of its own.", text, dynamic)
    yield one("dynamic-literals", "A block may have no distances.", bytes(range(256)), dynamic)
    yield one("dynamic-nothing", "A dynamic block may be empty.", b"", dynamic)

    def blocks(writer, kinds, content):
        size = -(-len(content) // len(kinds))
        for number, kind in enumerate(kinds):
            piece, final = content[number * size : (number + 1) * size], number == len(kinds) - 1
            if kind == "stored":
                stored_block(writer, piece, final)
            else:
                {"fixed": fixed_block, "dynamic": dynamic_block}[kind](writer, containers.tokens(piece), final)
        return writer.done()

    yield one(
        "mixed",
        "Blocks of all three kinds may be in one stream, at any bit.",
        text,
        blocks(BitWriter(), ["fixed", "stored", "dynamic", "stored", "fixed"], text),
    )
    empty = BitWriter()
    fixed_block(empty, containers.tokens(TEXT), 0)
    stored_block(empty, b"", 0)
    fixed_block(empty, [], 1)
    yield one("flushed", "An empty stored block, as a flush leaves it, is nothing.", TEXT, empty.done())

    def matches(stream):
        return fixed_block(BitWriter(), stream, 1).done()

    yield one("overlap", "A match may overlap what it makes.", b"a" * 259, matches([97, (258, 1)]))
    yield one(
        "lengths", "A match has 3 to 258 bytes.", b"ab" * (1 + 129 + 2) + b"a", matches([97, 98, (258, 2), (5, 2)])
    )
    window = bytes(7 * number & 0xFF for number in range(32_768))
    writer = BitWriter()
    stored_block(writer, window, 0)
    fixed_block(writer, [(258, 32_768)], 1)
    yield one("window", "A match may start 32,768 bytes back.", window + window[:258], writer.done())
    yield one("across-blocks", "A match may start in an earlier block.", TEXT + TEXT[:20], across_blocks())
    writer = BitWriter()
    literals, distances = [0] * 257, [1]
    literals[97], literals[256] = 1, 2
    literals = literals + [2]
    writer.put(1, 1).put(2, 2)
    containers.dynamic_header(writer, literals, distances)
    containers.write_tokens(writer, [97, 97, (3, 1)], literals, distances)
    yield one("one-distance", "A single distance has a code of one bit.", b"a" * 5, writer.done())
    long = bytes(300_000)
    yield one("ratio", "Deflate makes up to 1,032 bytes of one.", long, dynamic)
    for kind, deflate in [("fixed", fixed), ("dynamic", dynamic)]:
        yield good(
            f"deflate/index-{kind}",
            section,
            "An index member may have any kind of block.",
            index(text, deflate=deflate),
        )


def across_blocks():
    writer = BitWriter()
    stored_block(writer, TEXT, 0)
    return fixed_block(writer, [(20, len(TEXT))], 1).done()


# Invalid


def wrong_headers():
    yield bad(
        "header/no-gzip",
        "recording.md §10",
        "What starts with no member is no recording.",
        b"no gzip at all, but text",
        "notARecording",
    )
    yield bad("header/method", CHECKS, "Only deflate is known.", data(method=7), "malformedMember")
    for bit in (0x20, 0x40, 0x80):
        yield bad(
            f"header/reserved-{bit}",
            CHECKS,
            f"The flag {bit} of the header is reserved.",
            data(reserved=bit),
            "malformedMember",
        )
    yield bad(
        "header/reserved-plain",
        CHECKS,
        "Reserved flags are refused without RL too.",
        plain(reserved=0x20),
        "malformedMember",
    )
    for name, made in [
        ("data", data(hcrc=0)),
        ("index", index(hcrc=0)),
        ("end", end(hcrc=0)),
        ("plain", plain(hcrc=0)),
    ]:
        yield bad(f"header/fhcrc-{name}", CHECKS, "FHCRC has to match.", made, "checksum")
    yield bad(
        "header/fhcrc-missing", CHECKS, "A member with RL has to have FHCRC.", data(hcrc=False), "malformedMember"
    )
    yield bad(
        "header/fhcrc-missing-end", CHECKS, "An end member has to have FHCRC.", end(hcrc=False), "malformedMember"
    )
    yield bad(
        "header/fhcrc-first", CHECKS, "FHCRC is checked before the version is.", data(major=2, hcrc=0x1234), "checksum"
    )
    changed = bytearray(data(mtime=1).data)
    changed[4] = 2
    yield bad("header/fhcrc-mtime", CHECKS, "FHCRC covers all of the header.", bytes(changed), "checksum")
    changed = bytearray(data(name=b"session").data)
    changed[changed.index(b"session")] = 0x53
    yield bad("header/fhcrc-name", CHECKS, "FHCRC covers the name.", bytes(changed), "checksum")
    for count in (1, 2, 3):
        yield bad(
            f"header/xlen-rest-{count}",
            CHECKS,
            f"What follows the last subfield, of length {count}, is no subfield.",
            data(after=bytes(count)),
            "malformedMember",
        )
    yield bad(
        "header/xlen-over",
        CHECKS,
        "A subfield may not end beyond XLEN.",
        data(after=subfield(b"XY", b"12", 3)),
        "malformedMember",
    )
    yield bad(
        "header/xlen-over-rl",
        CHECKS,
        "RL itself may not end beyond XLEN.",
        data(extra=lambda subfields: subfields[:2] + struct.pack("<H", len(subfields) - 3) + subfields[4:]),
        "malformedMember",
    )
    yield bad(
        "header/xlen-over-before",
        CHECKS,
        "A subfield that reaches into RL leaves bytes that are none.",
        data(before=subfield(b"XY", b"", 5)),
        "malformedMember",
    )
    yield bad(
        "header/xlen-before-version",
        CHECKS,
        "The subfields are checked before the version is.",
        data(major=2, after=b"\0"),
        "malformedMember",
    )
    yield bad(
        "header/xlen-plain",
        CHECKS,
        "The subfields fill XLEN in a member without RL too.",
        plain(extra=subfield(b"XY", b"12", 9)),
        "malformedMember",
    )
    yield bad(
        "header/rl-second-good",
        HEADER,
        "Of two RL subfields the first counts, even when only the second is good.",
        data(before=subfield(b"RL", b"\1\0")),
        "malformedMember",
    )


def wrong_payloads():
    for length in range(8):
        yield bad(
            f"payload/length-{length}",
            CHECKS,
            f"A payload of {length} bytes is too short.",
            data(payload=lambda fields: fields[:length]),
            "malformedMember",
        )
    for major in (0, 2, 255):
        yield bad(
            f"payload/major-{major}",
            "recording.md §8",
            f"The major version {major} is not known.",
            data(major=major),
            "unsupportedVersion",
        )
    yield bad(
        "payload/major-2-index",
        "recording.md §8",
        "An index member has a version.",
        index(major=2),
        "unsupportedVersion",
    )
    yield bad(
        "payload/major-2-end", "recording.md §8", "An end member has a version.", end(major=2), "unsupportedVersion"
    )
    yield bad(
        "payload/major-2-rest",
        "recording.md §8",
        "The version comes before all else of the payload.",
        data(major=2, payload=lambda fields: fields[:2] + b"\x77" * 9),
        "unsupportedVersion",
    )
    yield bad(
        "payload/major-2-fhcrc",
        CHECKS,
        "The version is checked before it is asked whether FHCRC is there.",
        data(major=2, hcrc=False),
        "unsupportedVersion",
    )
    yield bad(
        "payload/major-2-short",
        CHECKS,
        "Of a short payload of another version, either may be said.",
        data(major=2, payload=lambda fields: fields[:4]),
        "malformedMember",
        0,
    )
    for kind in (0, 4, 255):
        yield bad(
            f"payload/kind-{kind}",
            CHECKS,
            f"The kind {kind} is not known.",
            member(TEXT, kind, [len(TEXT), 0, 0, 0, 0]),
            "malformedMember",
        )
    yield bad(
        "payload/kind-4-newer",
        "recording.md §8",
        "A minor version brings no kinds of members.",
        member(TEXT, 4, [len(TEXT)], minor=1),
        "malformedMember",
    )
    for count in range(5):
        yield bad(
            f"payload/data-numbers-{count}",
            CHECKS,
            f"A data member with {count} of its five numbers.",
            member(TEXT, DATA, [len(TEXT), 0, 1, 0, 0][:count]),
            "malformedMember",
        )
    yield bad(
        "payload/index-no-number",
        CHECKS,
        "An index member without its number.",
        member(TEXT, INDEX, []),
        "malformedMember",
    )
    for length in (0, 7):
        yield bad(
            f"payload/end-{length}",
            CHECKS,
            f"An end member with {length} of its eight bytes.",
            member(b"", END, bytes(length)),
            "malformedMember",
        )


def wrong_numbers():
    names = ["content-length", "first-event", "event-count", "first-offset", "span"]
    right = [len(TEXT), 5, 1, 7, 9]
    for position, name in enumerate(names):
        values = list(right)
        values[position] = varint(right[position], 2)
        yield bad(
            f"varints/not-shortest-{name}",
            "recording.md §3",
            "A varint has to have its shortest form.",
            member(TEXT, DATA, values),
            "malformedMember",
        )
        values[position] = varint(right[position], 10)
        yield bad(
            f"varints/ten-bytes-{name}",
            "recording.md §3",
            "A varint has nine bytes at most.",
            member(TEXT, DATA, values),
            "malformedMember",
        )
    yield bad(
        "varints/not-shortest-zero",
        "recording.md §3",
        "80 00 is not the shortest form of 0.",
        member(TEXT, DATA, [len(TEXT), b"\x80\0", 1, 0, 0]),
        "malformedMember",
    )
    yield bad(
        "varints/not-shortest-index",
        "recording.md §3",
        "An index member's number has its shortest form.",
        member(TEXT, INDEX, [varint(len(TEXT), 3)]),
        "malformedMember",
    )
    yield bad(
        "varints/two-63",
        "recording.md §3",
        "2^63 is no varint.",
        member(TEXT, DATA, [len(TEXT), varint(TWO_63), 0, 0, 0]),
        "malformedMember",
    )
    yield bad(
        "varints/two-64",
        "recording.md §3",
        "2^64 - 1 is no varint.",
        member(TEXT, DATA, [len(TEXT), 0, 1, varint((1 << 64) - 1), 0]),
        "malformedMember",
    )
    yield bad(
        "varints/unending",
        "recording.md §3",
        "A varint may not go on beyond the payload.",
        member(TEXT, DATA, [len(TEXT), 0, 1, 0, b"\x80"]),
        "malformedMember",
    )
    yield bad(
        "varints/unending-long",
        "recording.md §3",
        "A varint may not go on and on.",
        member(TEXT, DATA, [len(TEXT), b"\x80" * 40, 1, 0, 0]),
        "malformedMember",
    )
    yield bad(
        "sums/events-over",
        FIELDS,
        "First event and count are below 2^63 together.",
        data(TEXT, TWO_63 - 1, 1),
        "malformedMember",
    )
    yield bad(
        "sums/offsets-over",
        FIELDS,
        "First offset and span are below 2^63 together.",
        data(TEXT, 0, 2, 1, TWO_63 - 1),
        "malformedMember",
    )
    yield bad(
        "sums/both-largest",
        FIELDS,
        "A sum beyond 2^64 is no smaller number.",
        data(TEXT, TWO_63 - 1, TWO_63 - 1),
        "malformedMember",
    )


def wrong_lengths():
    made = data()
    edge = made.header_length + 8
    for name, length in [("0", 0), ("1", 1), ("header", made.header_length), ("header-and-trailer", edge)]:
        yield bad(
            f"length/{name}",
            CHECKS,
            f"A member that declares {length} bytes has no room for deflate data.",
            data(length=length),
            "malformedMember",
        )
    whole = "A member whose deflate data does not end where it declares is malformed."
    yield bad("length/shorter", CHECKS, whole, data(longer=-1), "malformedMember")
    yield bad("length/one", CHECKS, whole, data(length=edge + 1), "malformedMember")
    yield bad(
        "length/longer",
        CHECKS,
        "A member that declares a byte of the next one is malformed.",
        data(longer=1).data + data(first=1).data,
        "malformedMember",
    )
    both = data(longer=len(data(first=1))).data + data(first=1).data
    yield bad(
        "length/two",
        CHECKS,
        "A member that declares the next one as its own is malformed.",
        both,
        "malformedMember",
    )
    yield bad(
        "length/beyond",
        CHECKS,
        "A member that declares more than the file has.",
        data(longer=5),
        "truncated",
    )
    yield bad(
        "length/largest",
        CHECKS,
        "A member that declares 4 GiB of a short file.",
        data(length=0xFFFFFFFF),
        "truncated",
    )
    gap = data(deflated=stored(TEXT) + b"\0")
    yield bad(
        "length/gap", CHECKS, "The trailer comes right after the deflate data.", gap, "malformedMember"
    )
    second = data(deflated=stored(TEXT) + stored(TEXT))
    yield bad(
        "length/second-stream",
        CHECKS,
        "There is nothing between the deflate data and the trailer.",
        second,
        "malformedMember",
    )
    missing = data(trailer=b"")
    yield bad(
        "length/no-trailer",
        CHECKS,
        "The trailer belongs to the member's length.",
        missing,
        "malformedMember",
    )


def wrong_contents():
    for name, change in [("shorter", -1), ("longer", 1), ("zero", -len(TEXT)), ("double", len(TEXT))]:
        made = member(TEXT, DATA, [len(TEXT) + change, 0, 1, 0, 0])
        yield bad(
            f"content/{name}",
            CHECKS,
            f"The content has {len(TEXT)} bytes and not {len(TEXT) + change}.",
            made,
            "malformedMember",
        )
    yield bad(
        "content/index-shorter",
        CHECKS,
        "An index member's content is as long as it declares.",
        member(TEXT, INDEX, [len(TEXT) - 1]),
        "malformedMember",
    )
    probe = data()
    most = 1032 * (probe.deflate_length + 1)
    yield bad(
        "content/impossible",
        CHECKS,
        "Deflate makes 1,032 bytes of one at the most.",
        member(TEXT, DATA, [varint(most, 3), 0, 1, 0, 0]),
        "malformedMember",
    )
    yield bad(
        "content/bomb",
        CHECKS,
        "Inflating stops when there is more than what is declared.",
        member(bytes(100_000), DATA, [10, 0, 1, 0, 0], deflate=dynamic),
        "malformedMember",
    )
    limit = 128 << 20
    for name, value in [("just", limit + 1), ("far", TWO_63 - 1)]:
        yield bad(
            f"content/limit-{name}",
            "recording.md §9",
            f"A content of {value} bytes is beyond the limit.",
            member(TEXT, DATA, [value, 0, 1, 0, 0]),
            "limitExceeded",
        )
    yield bad(
        "content/limit-index",
        "recording.md §9",
        "The limit holds for an index member too.",
        member(TEXT, INDEX, [limit + 1]),
        "limitExceeded",
    )
    yield bad("content/crc", CHECKS, "The CRC-32 has to match the content.", data(crc=0), "checksum")
    yield bad(
        "content/crc-bit",
        CHECKS,
        "One wrong bit of the CRC-32 is enough.",
        data(crc=zlib.crc32(TEXT) ^ 0x80000000),
        "checksum",
    )
    changed = bytearray(data().data)
    changed[changed.index(TEXT) + 3] ^= 1
    yield bad("content/changed", CHECKS, "The CRC-32 finds a changed byte.", bytes(changed), "checksum")
    yield bad("content/crc-index", CHECKS, "The CRC-32 of an index member is checked.", index(crc=1), "checksum")
    yield bad("content/crc-end", CHECKS, "The CRC-32 of nothing is 0.", end(crc=1), "checksum")
    yield bad("content/crc-plain", CHECKS, "The CRC-32 of a member without RL is checked.", plain(crc=1), "checksum")
    yield bad(
        "content/isize", CHECKS, "The length in the trailer has to match.", data(size=len(TEXT) + 1), "malformedMember"
    )
    yield bad(
        "content/isize-plain",
        CHECKS,
        "The length in the trailer counts without RL too.",
        plain(size=0),
        "malformedMember",
    )
    yield bad(
        "content/isize-end", CHECKS, "The length in the trailer of an end member is 0.", end(size=1), "malformedMember"
    )


def wrong_ends():
    yield bad(
        "end/stored",
        CHECKS,
        "An end member has 44 bytes, so its deflate data is 03 00.",
        end(deflate=stored),
        "malformedMember",
    )
    yield bad(
        "end/more", CHECKS, "An end member has no room for further bytes.", end(minor=1, more=b"\0"), "malformedMember"
    )
    yield bad("end/name", CHECKS, "An end member has no room for a name.", end(name=b"end"), "malformedMember")
    yield bad(
        "end/subfield",
        CHECKS,
        "An end member has no room for another subfield.",
        end(after=subfield(b"XY", b"")),
        "malformedMember",
    )
    yield bad(
        "end/content", CHECKS, "An end member holds nothing.", member(b"x", END, [0], deflate=stored), "malformedMember"
    )


def wrong_deflate():
    section = "recording.md §5.3"

    def one(name, shows, deflated):
        return bad(f"deflate/{name}", section, shows, data(deflated=deflated), "malformedMember", 0)

    def bits(*puts):
        writer = BitWriter()
        for value, count in puts:
            writer.put(value, count)
        return writer

    yield one("block-kind", "There is no fourth kind of block.", bits((1, 1), (3, 2)).done() + bytes(8))
    yield one(
        "stored-complement",
        "NLEN has to be the complement of LEN.",
        b"\1" + struct.pack("<HH", len(TEXT), len(TEXT)) + TEXT,
    )
    for symbol in (286, 287):
        writer = bits((1, 1), (1, 2))
        writer.code(0b11000110 + symbol - 286, 8)
        yield one(f"length-{symbol}", f"The length symbol {symbol} means nothing.", writer.done() + bytes(8))
    for symbol in (30, 31):
        writer = fixed_block(BitWriter(), [97, 97, 97], 1, end=False)
        writer.code(1, 7).code(symbol, 5)
        yield one(f"distance-{symbol}", f"The distance symbol {symbol} means nothing.", writer.done() + bytes(8))
    yield one("too-far", "A match may not start before the content.", fixed_block(BitWriter(), [97, (3, 2)], 1).done())
    yield one("too-far-first", "A match may not come first.", fixed_block(BitWriter(), [(3, 1)], 1).done())
    for hlit, hdist, what in [(30, 0, "287 literal codes"), (0, 30, "31 distance codes")]:
        yield one(
            f"too-many-{'literals' if hlit else 'distances'}",
            f"A dynamic block may not have {what}.",
            bits((1, 1), (2, 2), (hlit, 5), (hdist, 5), (15, 4)).done() + bytes(60),
        )
    over = bits((1, 1), (2, 2), (0, 5), (0, 5), (0, 4), (1, 3), (1, 3), (1, 3), (1, 3))
    yield one(
        "oversubscribed-lengths",
        "A code may not have more words than its lengths leave room for.",
        over.done() + bytes(60),
    )
    yield one("repeat-first", "There is no length before the first one to repeat.", repeat_first())
    yield one("repeat-over", "A repeat may not go beyond the last code.", repeat_over())
    yield one("no-end-of-block", "A block needs a code for its end.", no_end())
    literals = [0] * 257
    for symbol in (65, 66, 67):
        literals[symbol] = 1
    literals[256] = 1
    writer = bits((1, 1), (2, 2))
    containers.dynamic_header(writer, literals, [0])
    yield one("oversubscribed-literals", "The codes of literals may not be more than fit.", writer.done() + bytes(20))
    literals = [0] * 257
    literals[65], literals[256] = 1, 1
    writer = bits((1, 1), (2, 2))
    containers.dynamic_header(writer, literals, [1, 1, 1])
    yield one("oversubscribed-distances", "The codes of distances may not be more than fit.", writer.done() + bytes(20))
    not_final = BitWriter()
    stored_block(not_final, TEXT, 0)
    yield one("no-final-block", "The last block says that it is the last.", not_final.done())
    yield one("nothing", "Deflate data has a block.", b"\0")
    cut = stored(TEXT)[:-10]
    yield one("cut-stored", "A stored block has all the bytes that it declares.", cut)
    cut = fixed(TEXT)[:-3]
    yield one("cut-fixed", "A block has an end.", cut)
    yield bad(
        "deflate/plain-block-kind",
        section,
        "Deflate data is checked without RL too.",
        plain(deflated=b"\7" + bytes(8)),
        "malformedMember",
    )
    yield bad(
        "deflate/index-block-kind",
        section,
        "The deflate data of an index member is checked.",
        index(deflated=b"\7" + bytes(8)),
        "malformedMember",
    )


def code_length_code(writer, lengths):
    ordered = [lengths.get(symbol, 0) for symbol in containers.CODE_LENGTH_ORDER]
    writer.put(15, 4)
    for length in ordered:
        writer.put(length, 3)
    return containers.canonical_codes([lengths.get(symbol, 0) for symbol in range(19)])


def repeat_first():
    writer = BitWriter().put(1, 1).put(2, 2).put(0, 5).put(0, 5)
    codes = code_length_code(writer, {16: 1, 1: 1})
    return writer.code(*codes[16]).put(0, 2).done() + bytes(60)


def repeat_over():
    writer = BitWriter().put(1, 1).put(2, 2).put(0, 5).put(0, 5)
    codes = code_length_code(writer, {18: 1, 1: 1})
    writer.code(*codes[18]).put(127, 7).code(*codes[18]).put(127, 7)
    return writer.done() + bytes(60)


def no_end():
    literals = [0] * 257
    literals[65], literals[66] = 1, 1
    writer = BitWriter().put(1, 1).put(2, 2)
    containers.dynamic_header(writer, literals, [1])
    return writer.done() + bytes(60)


def followed():
    first = data()
    at = len(first)
    section = "recording.md §10"
    yield bad(
        "after/byte", section, "A byte after a member belongs to nothing.", first.data + b"x", "trailingData", at
    )
    yield bad("after/zeros", section, "Padding is not part of gzip.", first.data + bytes(512), "trailingData", at)
    yield bad(
        "after/text",
        section,
        "Text after a member belongs to nothing.",
        first.data + b"\x1e\x8b\x08",
        "trailingData",
        at,
    )
    yield bad(
        "after/second-byte",
        section,
        "1f with another byte after it starts no member.",
        first.data + b"\x1f\x8c\x08\0",
        "trailingData",
        at,
    )
    yield bad(
        "after/plain-zeros",
        section,
        "Zeros after a member without RL belong to nothing.",
        plain().data + bytes(9),
        "trailingData",
        len(plain()),
    )
    yield bad(
        "after/end",
        section,
        "Bytes after an end member belong to nothing.",
        first.data + end().data + b"\0",
        "trailingData",
        at + 44,
    )
    second = [
        ("reserved", data(first=1, reserved=0x40), "malformedMember", "flags of the header"),
        ("fhcrc", data(first=1, hcrc=7), "checksum", "FHCRC"),
        ("xlen", data(first=1, after=b"\0"), "malformedMember", "the subfields"),
        ("major", data(first=1, major=3), "unsupportedVersion", "the version"),
        ("fhcrc-missing", data(first=1, hcrc=False), "malformedMember", "that FHCRC is there"),
        ("kind", member(TEXT, 4), "malformedMember", "the kind"),
        ("numbers", member(TEXT, DATA, [len(TEXT), b"\x81\0", 1, 0, 0]), "malformedMember", "the numbers"),
        ("limit", member(TEXT, DATA, [1 << 40, 1, 1, 0, 0]), "limitExceeded", "the limit"),
        ("crc", data(first=1, crc=5), "checksum", "the CRC-32"),
        ("isize", data(first=1, size=5), "malformedMember", "the length in the trailer"),
        ("block", data(first=1, deflated=b"\7" + bytes(9)), "malformedMember", "the deflate data"),
        ("plain-crc", plain(crc=3), "checksum", "the CRC-32 of a member without RL"),
    ]
    for name, made, kind, what in second:
        yield bad(
            f"second/{name}",
            CHECKS,
            f"Of a second member {what} is checked, and its offset told.",
            first.data + made.data,
            kind,
            at,
        )


def cuts():
    short = data(b"cut", 0, 1, 300, 5, name=b"n")
    for length in range(1, len(short)):
        yield bad(
            f"cut/data-{length:02}",
            "recording.md §10",
            f"A member of {len(short)} bytes of which there are {length} is truncated.",
            short.data[:length],
            "truncated",
        )
    first = data()
    for length in (1, 2, 9, 11, 20, 33, 43):
        yield bad(
            f"cut/end-{length:02}",
            "recording.md §10",
            f"An end member is truncated after {length} bytes.",
            first.data + end(5).data[:length],
            "truncated",
            len(first),
        )
    head = gzip_header(extra=subfield(b"XY", b"12"), name=b"name", comment=b"comment", hcrc=True)
    whole = plain(extra=subfield(b"XY", b"12"), name=b"name", comment=b"comment", hcrc=True)
    places = [
        ("xlen", 11),
        ("subfield", 14),
        ("name", 20),
        ("name-end", 22),
        ("comment", 26),
        ("fhcrc", len(head) - 1),
        ("header", len(head)),
        ("stored", len(head) + 20),
        ("crc", len(whole) - 6),
        ("isize", len(whole) - 1),
    ]
    for name, length in places:
        yield bad(
            f"cut/plain-{name}",
            "recording.md §10",
            f"A member without RL is truncated after {length} bytes.",
            whole.data[:length],
            "truncated",
        )
    yield bad(
        "cut/plain-second",
        "recording.md §10",
        "The second of two members is truncated.",
        plain().data + plain().data[:-3],
        "truncated",
        len(plain()),
    )


def order():
    """Two errors in one member, and which of them counts."""
    body = stored(TEXT)
    for name, shows, wrong, kind in [
        ("gap-and-checksum", "A gap before the trailer, and a wrong CRC-32: where the deflate data ends comes first.", data(deflated=body + b"\0", crc=1), "malformedMember"),
        ("gap-of-trailer-and-checksum", "A gap as long as a trailer, and a wrong CRC-32 at the end.", data(deflated=body + bytes(8), crc=1), "malformedMember"),
        ("short-and-checksum", "A member that declares one byte less than it has, and a wrong CRC-32.", data(longer=-1, crc=1, trailer=None), "malformedMember"),
        ("longer-and-checksum", "A content that is shorter than declared, and a wrong CRC-32: the checksum comes first.", member(TEXT, DATA, [len(TEXT) + 1, 0, 1, 0, 0], crc=1), "checksum"),
        ("more-and-checksum", "A content of one byte more than declared, and a wrong CRC-32: the byte too many comes first.", member(TEXT, DATA, [len(TEXT) - 1, 0, 1, 0, 0], crc=1), "malformedMember"),
        ("size-and-checksum", "A wrong length in the trailer, and a wrong CRC-32 before it.", data(size=1, crc=1), "checksum"),
    ]:
        yield bad(f"order/{name}", CHECKS, shows, wrong, kind)
    for name, shows, options in [
        ("subfields-and-cut", "Subfields that do not fill XLEN, in a header that is cut before its FHCRC: cut comes first.", {"after": b"XY\1"}),
        ("version-and-cut", "Another major version in a header that is cut before its FHCRC: cut comes first.", {"major": 2}),
        ("payload-and-cut", "A payload of 4 bytes in a header that is cut before its FHCRC: cut comes first.", {"payload": lambda fields: fields[:4]}),
    ]:
        made = data(**options)
        yield bad(f"order/{name}", "recording.md §10", shows, made.data[: made.header_length - 1], "truncated")
    beyond = member(TEXT, DATA, [(128 << 20) + 1, 0, 1, 0, 0])
    shows = "A content beyond the limit, in a member that is longer than the file: the limit comes first."
    yield bad("order/limit-and-cut", CHECKS, shows, beyond.data[:-1], "limitExceeded")
    empty = member(b"", DATA, [(128 << 20) + 1, 0, 1, 0, 0], deflated=b"")
    shows = "A length that leaves no deflate data, and a content beyond the limit: the length comes first."
    yield bad("order/length-and-limit", CHECKS, shows, empty, "malformedMember")
    made = plain(crc=1)
    yield bad("order/plain-checksum-and-cut", "recording.md §10", "A trailer that is cut after a wrong CRC-32: cut comes first.", made.data[:-2], "truncated")


def no_members():
    for name, content in [("empty", b""), ("text", b"hello"), ("frame", b"\0\0\0\2\x83\x6a"), ("second-byte", b"\x1f\x8c\x08")]:
        yield bad(f"nothing/{name}", "recording.md §10", "A file that does not start with a member.", content, "notARecording")
