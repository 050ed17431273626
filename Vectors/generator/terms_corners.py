"""Where two rules meet, and what could be read in two ways: LOCAL_EXT, streams that are wrong twice, depth."""

from deflate import BitWriter, fixed, stored, wrap
from etf import Atom, Map, Pid, list_, map_, new_fun, raw, small_tuple, string, write
from term_vectors import refused, valid
from terms_compressed import compressed
from terms_structure import DEPTH, NO_DEPTH
from vector import Vector

ENVELOPE = "terms.md §3.1"
ERRORS = "terms.md §8"
LOCAL_OTP = "OTP 25 does not know LOCAL_EXT (terms.md §7)."


def vectors():
    for group in (local, streams, more_streams, fields, one_more, depth):
        yield from group()


def local():
    cases = [
        ("bytes", b"\1\2\3", "LOCAL_EXT is carried whole: what $local holds is the bytes after the 121."),
        ("nothing", b"", "Nothing need follow the 121."),
        ("looks-like-a-term", b"a\5", "What looks like a term after the 121 is not looked into."),
        ("looks-cut", b"m\0\0\0\5ab", "What would be cut, were it a term, is all there is."),
        ("looks-compressed", b"P\0\0\0\2", "A compressed term after the 121 is none."),
    ]
    for name, data, shows in cases:
        text = __import__("base64").b64encode(data).decode()
        yield Vector(
            f"terms/local/{name}",
            "term",
            b"\x83\x79" + data,
            ENVELOPE,
            shows,
            expect={
                "tagged": f'{{"$local":"{text}"}}',
                "plain": f'"#Local<{len(data)} bytes>"',
                "canonical": "8379" + data.hex(),
            },
            otp=LOCAL_OTP,
        )


def streams():
    data = write(1).data
    short = wrap(stored(BitWriter(), data).done(), data)
    wrong = wrap(stored(BitWriter(), data).done(), data, checksum=0)
    long_data = data + bytes(20)
    long_one = wrap(stored(BitWriter(), long_data).done(), long_data)
    cut = compressed(short, 3)[:-2]
    yield refused(
        "compressed/short-and-cut",
        cut,
        "truncated",
        len(cut),
        "A stream that is shorter than it declares, cut in its checksum: only a whole stream is known to be short.",
        ERRORS,
    )
    cut = compressed(short, 3)[:-4]
    yield refused(
        "compressed/short-and-no-checksum",
        cut,
        "truncated",
        len(cut),
        "A stream that is shorter than it declares, cut before its checksum.",
        ERRORS,
    )
    yield refused(
        "compressed/short-and-checksum",
        compressed(wrong, 3),
        "malformedCompression",
        6,
        "A stream that is shorter than it declares and has a wrong checksum: the checksum comes first.",
        ERRORS,
    )
    wrong = wrap(stored(BitWriter(), long_data).done(), long_data, checksum=0)
    yield refused(
        "compressed/long-and-checksum",
        compressed(wrong, 2),
        "malformedCompression",
        2,
        "A stream that is longer than it declares and has a wrong checksum: the byte too many comes first.",
        ERRORS,
    )
    yield refused(
        "compressed/long-and-cut",
        compressed(long_one, 2)[:-10],
        "malformedCompression",
        2,
        "A stream that is longer than it declares, cut after the byte too many.",
        ERRORS,
    )
    yield refused(
        "compressed/long-and-damage",
        compressed(wrap(stored(stored(BitWriter(), data, last=False), b"xx", complement=0).done(), data), 2),
        "malformedCompression",
        6,
        "A stream that is damaged right after as many bytes as it declares.",
        ERRORS,
    )


def more_streams():
    cut = compressed(b"\x79", 2)
    yield refused(
        "compressed/header-cut-and-method",
        cut,
        "truncated",
        len(cut),
        "One byte of a zlib stream, with another method than deflate: both bytes of its header are checked together.",
        ERRORS,
    )
    text = bytes(range(256)) + bytes(range(40))
    text += text[:256]
    data = write(text).data
    stream = fixed(BitWriter(), [*data[: 5 + 296], (256, 296)]).done()
    yield valid(
        "compressed/header-window-and-distance",
        write(text),
        ENVELOPE,
        "The window that a zlib header declares bounds no distance: 256 bytes, and a copy of what is 296 bytes before.",
        compressed(wrap(stream, data, head=b"\x08\x1d"), len(data)),
    )


def fields():
    yield refused(
        "bitstrings/9-bits-and-cut",
        b"\x83M\0\0\0\5\x09ab",
        "malformedBitstring",
        1,
        "A bitstring of 9 bits in its last byte that lacks bytes: the number of bits comes before them.",
        ERRORS,
    )


def one_more():
    yield refused(
        "compressed/unknown-tag-and-behind",
        compressed(wrap(stored(BitWriter(), b"\0").done(), b"\0"), 1) + b"more",
        "unknownTag",
        1,
        "An unknown tag in a compressed term, and bytes after its stream: the tag comes first.",
        ERRORS,
    )
    data = write(1).data
    for name, stream in [
        ("checksum", wrap(stored(BitWriter(), data + b"z").done(), data + b"z", checksum=0)),
        ("damage", wrap(stored(stored(BitWriter(), data + b"z", last=False), b"xx", complement=0).done(), data)),
    ]:
        yield refused(
            f"compressed/one-more-and-{name}",
            compressed(stream, 2),
            "malformedCompression",
            2,
            f"A stream of one byte more than it declares, then a wrong {name}: the byte too many comes first.",
            ERRORS,
        )


def depth():
    uniq, creator = bytes(16), Pid("a@b", 7, 1, 2)

    def nest(count, inner):
        term = write(inner)
        for _ in range(count):
            term = small_tuple(term)
        return term

    def closure(*free):
        return new_fun("m", 0, 0, uniq, 0, 0, creator, list(free))

    yield valid(
        "depth/list-0-1024", nest(1024, list_([], 1)), DEPTH, "A LIST of no elements in 1,024 tuples is its tail, no deeper."
    )
    yield valid(
        "depth/list-0-tuple-1024",
        nest(1023, list_([], small_tuple(1))),
        DEPTH,
        "A tuple as the tail of a LIST of no elements: 1,024 terms enclose what is in it.",
    )
    deep = nest(1024, list_([], small_tuple(1)))
    yield refused(
        "depth/list-0-tuple-1025",
        deep,
        "limitExceeded",
        1 + len(deep.data) - 2,
        "The same one tuple deeper: what is in the tail is too deep.",
        DEPTH,
        otp=NO_DEPTH,
    )
    deep = nest(1024, list_([], list_([1])))
    yield refused(
        "depth/list-0-list-1025",
        deep,
        "limitExceeded",
        1 + len(deep.data) - 3,
        "A LIST of no elements whose tail is a LIST of one, in 1,024 tuples: the element is too deep.",
        DEPTH,
        otp=NO_DEPTH,
    )
    yield valid(
        "depth/string-1024", nest(1024, string(b"\1\2")), DEPTH, "The integers of a STRING are no terms, and no deeper than it."
    )
    deep = nest(1024, list_([1]))
    yield refused(
        "depth/list-1025",
        deep,
        "limitExceeded",
        1 + len(deep.data) - 3,
        "The same list as LIST has a term in 1,025.",
        DEPTH,
        otp=NO_DEPTH,
    )
    yield valid(
        "depth/function-1024", nest(1024, closure()), DEPTH, "A function without free variables is as deep as the place where it is."
    )
    deep = nest(1024, closure(5))
    yield refused(
        "depth/function-1025",
        deep,
        "limitExceeded",
        1 + len(deep.data) - 2,
        "A free variable of a function in 1,024 tuples is too deep.",
        DEPTH,
        otp=NO_DEPTH,
    )
    deep = nest(1024, map_((Atom("k"), 1)))
    yield refused(
        "depth/key-1025",
        deep,
        "limitExceeded",
        1 + len(deep.data) - 5,
        "The key of a map in 1,024 tuples is too deep; it comes before its value.",
        DEPTH,
        otp=NO_DEPTH,
    )
    yield valid("depth/empty-map-1024", nest(1024, Map()), DEPTH, "An empty map in 1,024 tuples encloses nothing.")
    for name, tag, size in [("tuple", 104, 1), ("large-tuple", 105, 4), ("list", 108, 4), ("map", 116, 4)]:
        deep = nest(1024, raw(bytes([tag]) + (9).to_bytes(size, "big") + b"a\1"))
        yield refused(
            f"depth/count-and-depth-{name}",
            deep,
            "truncated",
            1 + len(deep.data) - 2,
            "A count of more than there is, of terms that would be too deep: it is the count's term that is read first.",
            ERRORS,
        )
