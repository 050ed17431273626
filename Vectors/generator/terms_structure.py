"""Tuples, lists and depth."""

from etf import (
    NIL,
    Atom,
    External,
    Map,
    Pid,
    bits,
    improper,
    integer,
    large_tuple,
    latin1_atom,
    list_,
    map_,
    new_fun,
    nil,
    raw,
    small_big,
    small_integer,
    small_tuple,
    string,
    write,
)
from term_vectors import refused, valid

TAGS = "terms.md §3.2"
DETAILS = "terms.md §3.3"
CANONICAL = "terms.md §4"
DEPTH = "recording.md §9"
NO_DEPTH = "OTP has no limit of depth (terms.md §3.3)."


def vectors():
    yield from tuples()
    yield from lists()
    yield from list_parts()
    yield from depth()


def tuples():
    ok = Atom("ok")
    cases = [
        ("empty", small_tuple(), "A tuple of nothing."),
        ("empty-large", large_tuple(), "A LARGE_TUPLE of nothing."),
        ("ok-1", (ok, 1), "A tuple is an array in plain JSON and has a tag in tagged JSON."),
        ("ok-1-large", large_tuple(ok, 1), "A LARGE_TUPLE of two elements."),
        ("nested", (((), (1,)), [(2,)]), "Tuples in tuples and lists."),
        ("nested-forms", large_tuple(small_tuple(large_tuple(latin1_atom("a")))), "Both forms in one another."),
        ("255", ([],) * 255, "The largest SMALL_TUPLE."),
        ("256", ([],) * 256, "One more than a SMALL_TUPLE holds."),
        ("255-large", large_tuple(*[[]] * 255), "A LARGE_TUPLE of what a SMALL_TUPLE would hold."),
        ("of-each", (1, 1.5, ok, (), Map(), [], b""), "Elements of each kind without a name of their own."),
    ]
    for name, term, shows in cases:
        yield valid(f"tuples/{name}", term, TAGS, shows)


def lists():
    a = Atom("a")
    cases = [
        ("nil", nil(), "The empty list is not the atom nil."),
        ("0", [0], "A list of the smallest byte."),
        ("255", [255], "A list of the largest byte."),
        ("256", [256], "A list whose integer is no byte is no STRING."),
        ("minus-1", [-1], "A list of a negative integer is no STRING."),
        ("bytes-then-256", [1, 2, 256], "One integer beyond a byte makes the whole list a LIST."),
        ("bytes-then-atom", [1, 2, 3, a], "The bytes at the start do not become a STRING of their own."),
        ("atom-then-bytes", [a, 1, 2, 3], "The bytes at the end do not become a STRING of their own."),
        ("float", [1.0], "A float is no byte, however whole."),
        ("charlist", [104, 105], "A charlist is a list of integers in both mappings."),
        ("charlist-unicode", [26085, 26412], "A charlist beyond Latin-1 is a LIST."),
        ("keywords", [(a, 1), (Atom("b"), 2)], "A keyword list is a list of tuples in both mappings."),
        ("keywords-twice", [(a, 1), (a, 2)], "A keyword list may have a key twice."),
        ("nested", [[]], "A list of the empty list."),
        ("nested-deeper", [[[1], []], [[]]], "Lists in lists."),
        ("mixed", [1, 1.0, a, b"a", "\u00e9", (), Map(), []], "Elements of each kind."),
        ("nil-atom", [NIL], "A list of the atom nil."),
        ("65535", [0] * 65_535, "The longest STRING."),
        ("65536", [index % 256 for index in range(65_536)], "One more than a STRING holds: a LIST of bytes."),
    ]
    for name, term, shows in cases:
        yield valid(f"lists/{name}", term, CANONICAL, shows)


def list_parts():
    a = Atom("a")
    number = small_integer
    cases = [
        ("string-empty", string(b""), "A STRING of no bytes is the empty list."),
        ("string-1", string(b"\x07"), "A STRING of one byte."),
        ("list-of-bytes", list_([1, 2, 3]), "A LIST of bytes is the same list as a STRING."),
        ("list-of-integers", list_([integer(1), small_big(b"\x02")]), "Bytes in longer forms are bytes all the same."),
        ("list-0-nil", list_([]), "A LIST of nothing with the tail NIL is the empty list."),
        ("list-0-integer", list_([], 5), "A LIST of nothing is its tail: an integer."),
        ("list-0-atom", list_([], a), "A LIST of nothing is its tail: an atom."),
        ("list-0-binary", list_([], b"x"), "A LIST of nothing is its tail: a binary."),
        ("list-0-tuple", list_([], (1,)), "A LIST of nothing is its tail: a tuple."),
        ("list-0-map", list_([], Map([(a, 1)])), "A LIST of nothing is its tail: a map."),
        ("list-0-string", list_([], string(b"hi")), "A LIST of nothing is its tail: a STRING."),
        ("list-0-list", list_([], list_([a])), "A LIST of nothing is its tail: a list."),
        ("list-0-thrice", list_([], list_([], list_([], 1.5))), "Lists of nothing, one the tail of the other."),
        ("tail-string", list_([1], string(b"\2\3")), "A STRING as tail goes on with the list: all bytes."),
        ("tail-string-empty", list_([1], string(b"")), "An empty STRING as tail ends the list."),
        ("atom-tail-string", list_([a], string(b"\5")), "A STRING as tail of a list that is no STRING itself."),
        ("tail-list", list_([1], list_([2])), "A LIST as tail goes on with the list."),
        ("tail-list-thrice", list_([1], list_([2], list_([a], list_([3])))), "A list written in four parts."),
        ("tail-list-0", list_([1], list_([])), "A LIST of nothing as tail ends the list."),
        ("tail-list-0-integer", list_([1], list_([], 2)), "A LIST of nothing with an integer makes the list improper."),
        ("tail-improper", list_([1], list_([2], 3)), "An improper list as tail makes the whole improper."),
        ("improper-integer", improper([1], 2), "A tail that is an integer."),
        ("improper-float", improper([1], 2.5), "A tail that is a float."),
        ("improper-atom", improper([1, 2], a), "A tail that is an atom."),
        ("improper-nil", improper([1], NIL), "A tail that is the atom nil, which is no list."),
        ("improper-binary", improper([a], b"rest"), "A tail that is a binary."),
        ("improper-empty-binary", improper(["a"], b""), "A tail that is the empty binary, as in iodata."),
        ("improper-bits", improper([1], bits(b"\xa0", 3)), "A tail that is a bitstring."),
        ("improper-tuple", improper([1], ()), "A tail that is the empty tuple."),
        ("improper-map", improper([1], Map()), "A tail that is the empty map."),
        ("improper-map-dollar", improper([1], Map([("$tail", 2)])), "A tail that is a map with the key $tail."),
        ("improper-pid", improper([1], Pid("a@b", 7, 1, 2)), "A tail that is a pid."),
        ("improper-function", improper([1], External("lists", "map", 2)), "A tail that is a function."),
        ("improper-nested", [improper([1], 2), improper([a], improper([3], 4))], "Improper lists in a list."),
        ("last-is-map-tail", [1, Map([("$tail", 2)])], "A last element that looks like a tail in tagged JSON is no tail."),
    ]
    for name, term, shows in cases:
        yield valid(f"lists/{name}", term, DETAILS, shows)
    chain = nil()
    for index in reversed(range(1500)):
        chain = list_([number(index % 7)], chain)
    yield valid("lists/1500-parts", chain, DEPTH, "A list in 1,500 parts is one list, and no deeper than one.")
    chain = write(5)
    for _ in range(1500):
        chain = list_([], chain)
    yield valid("lists/1500-of-nothing", chain, DEPTH, "1,500 lists of nothing around an integer are that integer.")


def depth():
    """1,024 terms may enclose a term."""

    def nest(count, around, inner):
        term = write(inner)
        for _ in range(count):
            term = around(term)
        return term

    creator = Pid("a@b", 7, 1, 2)
    uniq = bytes(16)
    shapes = [
        ("tuples", lambda term: small_tuple(term), "tuples"),
        ("large-tuples", lambda term: large_tuple(term), "tuples, written as LARGE_TUPLE,"),
        ("lists", lambda term: list_([term]), "lists"),
        ("map-values", lambda term: map_(("k", term)), "maps"),
        ("tuples-in-lists", lambda term: list_([term]) if term.data[0] == 104 else small_tuple(term), "tuples and lists"),
    ]
    for name, around, what in shapes:
        yield valid(
            f"depth/{name}-1024", nest(1024, around, 1), DEPTH, f"An integer in 1,024 {what} is as deep as may be."
        )
        deep = nest(1025, around, 1)
        # Of a map it is the key that comes first.
        offset = 1 + deep.data.rindex(b"m\0\0\0\1k" if name == "map-values" else b"a\1")
        yield refused(
            f"depth/{name}-1025",
            deep,
            "limitExceeded",
            offset,
            f"A term in 1,025 {what} is one too deep.",
            DEPTH,
            otp=NO_DEPTH,
        )
    yield valid(
        "depth/empty-tuples-1025",
        nest(1024, small_tuple, small_tuple()),
        DEPTH,
        "1,025 tuples of which the last is empty: 1,024 enclose it.",
    )
    yield refused(
        "depth/empty-tuples-1026",
        nest(1025, small_tuple, small_tuple()),
        "limitExceeded",
        1 + 2 * 1025,
        "1,026 tuples: the last one is empty, and one too deep all the same.",
        DEPTH,
        otp=NO_DEPTH,
    )
    yield valid(
        "depth/tails-1024",
        nest(512, lambda term: list_([1], small_tuple(term)), 1),
        DEPTH,
        "A tuple in a list's tail is one deeper than the list, like an element: 512 of each.",
    )
    yield refused(
        "depth/tails-1025",
        small_tuple(nest(512, lambda term: list_([1], small_tuple(term)), 1)),
        "limitExceeded",
        1 + 2 + 512 * 9,
        "512 tuples in tails of 512 lists, in one more tuple.",
        DEPTH,
        otp=NO_DEPTH,
    )
    yield valid(
        "depth/functions-1024",
        nest(1024, lambda term: new_fun("m", 0, 0, uniq, 0, 0, creator, [term]), 1),
        DEPTH,
        "An integer in the free variables of 1,024 functions.",
    )
    yield valid(
        "depth/pid-1024",
        nest(1024, small_tuple, creator),
        DEPTH,
        "The node of a pid is no term in a term: a pid may be where an integer may.",
    )
    yield refused(
        "depth/unknown-tag-1025",
        nest(1025, small_tuple, raw(b"\xff")),
        "limitExceeded",
        1 + 2 * 1025,
        "An unknown tag in 1,025 tuples: of two errors at one place, that of the depth comes first.",
    )
    yield refused(
        "depth/unknown-tag-1024",
        nest(1024, small_tuple, raw(b"\xff")),
        "unknownTag",
        1 + 2 * 1024,
        "An unknown tag in 1,024 tuples is not too deep.",
    )
    yield refused(
        "depth/many-lists",
        b"\x83" + b"l\0\0\0\x01" * 20_000,
        "limitExceeded",
        1 + 5 * 1025,
        "20,000 lists that are opened and never closed: the limit comes before the end.",
        DEPTH,
    )
    yield refused(
        "depth/many-tuples",
        b"\x83" + b"h\x01" * 50_000,
        "limitExceeded",
        1 + 2 * 1025,
        "50,000 tuples that are opened and never closed: a reader that recurses runs out of stack.",
        DEPTH,
    )
