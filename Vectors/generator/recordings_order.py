"""Recordings with two errors, and which of them counts (recording.md §5.3, §10)."""

from containers import Recording, batch, compressed, contents, finish, frame, gzip, header, raw_frame, stored, subfield
from etf import Atom, Map
from recording_model import HEADER, ONE, THREE, TWO, all_frames, bad, good, started, three

LIMIT = (128 << 20) + 1


def vectors():
    for group in (cuts, first_frames, places, versions):
        yield from group()


def cuts():
    section = "10"
    for name, shows, options in [
        ("subfields", "Subfields that do not fill XLEN", {"after": b"XY\1"}),
        ("version", "Another major version", {"major": 2}),
    ]:
        shows += ", in a header that is cut before its FHCRC: it is cut."
        for where, file in [("first", Recording().data(header(HEADER), batch(ONE), **options)), ("second", started().data(batch(TWO), **options))]:
            last = file.parts[-1]
            data = file.bytes[: last.offset + last.member.header_length - 1]
            yield bad(f"order/{name}-and-cut-{where}", section, shows, data, "truncated", last.offset)
    first, second = gzip(contents(all_frames()[:2])), gzip(contents(all_frames()[2:]), crc=1)
    yield bad(
        "order/plain-checksum-and-cut",
        section,
        "A trailer that is cut after a wrong CRC-32: it is cut.",
        first + second[:-2],
        "truncated",
        len(first),
    )
    yield bad("nothing/gzip-length-4", "4.3", "gzip whose content is the length of a frame.", gzip(b"\0\0\0\x20"), "truncated", 0)
    yield bad(
        "nothing/gzip-length-0", "4.3", "gzip whose content is a length that no frame has.", gzip(bytes(4)), "notARecording", 0
    )


def first_frames():
    data = header(HEADER).data
    for name, length in [("length", 3), ("term", 9)]:
        yield bad(
            f"first-frame/cut-{name}",
            "10",
            "A first frame that is cut, in a member that is sound.",
            Recording().data(content=data[:length], flags=2),
            "notARecording",
            0,
        )


def places():
    for name, target in [("first", 0), ("second", 1)]:
        file = Recording().data(header(HEADER), batch(ONE)).data(batch(TWO), finish([*ONE, *TWO]))
        yield bad(
            f"end/no-index-names-{name}",
            "4.4",
            "After two data members an end member without an index names nothing.",
            file.end(file.offset(target)),
            "malformedIndex",
            file.offset(2),
        )


def versions():
    for name, file in [
        ("member", started().data(header(HEADER, (2, 0)), batch(TWO), flags=0)),
        ("frame", Recording().data(header(HEADER), header(HEADER, (2, 0)))),
    ]:
        yield bad(
            f"order/second-header-version-{name}",
            "8",
            "A second header of another major version: the version comes first.",
            file,
            "unsupportedVersion",
            file.offset(-1),
        )


def terms():
    unknown = b"h\2w\1a\0"
    for name, shows, made in [
        ("behind-stream", "bytes after its stream", raw_frame(compressed(unknown) + b"more")),
        ("behind-in-stream", "bytes after it in the stream", raw_frame(compressed(unknown + b"more"))),
    ]:
        file = started().data(made)
        yield bad(
            f"order/unknown-tag-and-{name}",
            "10",
            f"An unknown tag in a compressed term, and {shows}: the term comes first.",
            file,
            "malformedTerm",
            file.offset(1),
        )
    file = started().data(raw_frame(b"\x83l\0\0\0\2h\1a\1\0j"))
    yield bad(
        "order/unknown-tag-and-form",
        "10",
        "A batch with a tuple of one element, and an unknown tag after it: the term comes first.",
        file,
        "malformedTerm",
        file.offset(1),
    )
