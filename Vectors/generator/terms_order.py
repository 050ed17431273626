"""The order of a map's keys in the canonical form (terms.md §5)."""

from etf import (
    Atom,
    External,
    Local,
    Map,
    Pid,
    Port,
    Reference,
    bits,
    compare,
    improper,
    map_,
)
from term_vectors import valid

SECTION = "terms.md §5"
CREATOR = Pid("a@b", 7, 1, 2)
APART = "OTP 25 subtracts indexes and old uniqs in 32 bits, so those that are far apart come in another order (terms.md §7)."

KINDS = [
    ("integer", 5),
    ("float", -1.5),
    ("atom", Atom("k")),
    ("reference", Reference("a@b", 1, (3, 2, 1))),
    ("local", Local("Elixir.Shop", 1, 3, bytes(16), 4, 99, CREATOR)),
    ("external", External("lists", "map", 2)),
    ("port", Port("a@b", 5, 1)),
    ("pid", CREATOR),
    ("tuple", ()),
    ("map", Map()),
    ("nil", []),
    ("list", [256]),
    ("binary", b""),
]


def local(module="m", arity=1, index=3, uniq=bytes(16), old_index=4, old_uniq=99, creator=CREATOR, free=()):
    return Local(module, arity, index, uniq, old_index, old_uniq, creator, free)


def vectors():
    for low, (name, one) in enumerate(KINDS):
        for other_name, other in KINDS[low + 1 :]:
            assert compare(one, other) < 0
            yield valid(
                f"order/kinds-{name}-{other_name}",
                map_((other, 2), (one, 1)),
                SECTION,
                f"Keys of two kinds: {name} comes before {other_name}.",
            )
    yield valid(
        "order/all-kinds",
        map_(*[(key, name) for name, key in reversed(KINDS)]),
        SECTION,
        "A key of each kind, in the wrong order.",
    )
    for name, keys, shows in within():
        for one, other in zip(keys, keys[1:]):
            assert compare(one, other) < 0 < compare(other, one), (name, one, other)
        # A fixed order that is neither the right one nor its reverse, where there are more than two.
        mixed = keys[1::2][::-1] + keys[::2]
        yield valid(f"order/{name}", map_(*[(key, keys.index(key)) for key in mixed]), SECTION, shows, otp=APART if name.endswith("-apart") else None)


def within():
    """Keys of one kind, the lowest first."""
    ref = Reference
    yield (
        "integers",
        [-(2**64), -(2**31) - 1, -(2**31), -1, 0, 255, 256, 2**31, 2**64, 2**2040],
        "Integers by value, whatever their sizes.",
    )
    yield "integers-negative", [-(2**70), -(2**69), -300, -299], "Negative integers: the larger magnitude comes first."
    yield "floats", [-1e300, -1.5, -5e-324, 0.0, 5e-324, 1.5, 1e300], "Floats by value, not by their bits."
    yield "integer-before-float", [2, 3, 1.0, 2.5], "All integers come before all floats."
    yield "atoms", [Atom(name) for name in ["", "A", "B", "a", "aa", "ab", "b"]], "Atoms by bytes, a prefix first."
    yield (
        "atoms-unicode",
        [Atom(name) for name in ["z", "\u007f", "\u0080", "\u00ff", "\u0100", "\uffff", "\U00010000", "\U0010ffff"]],
        "Atoms by scalar values: U+FFFF before U+10000, which UTF-16 has the other way round.",
    )
    yield "atoms-length", [Atom("aaa"), Atom("b")], "Atoms not by length."
    yield "atoms-nul", [Atom("a"), Atom("a\0"), Atom("a\0b"), Atom("ab")], "U+0000 in an atom is a character."
    yield "references-node", [ref("a@b", 9, (9,)), ref("b@a", 1, (1,))], "References by their nodes first."
    yield "references-creation", [ref("a@b", 1, (9, 9)), ref("a@b", 2, (1,))], "References by their creations before their words."
    yield "references-words", [ref("a@b", 1, (9, 1, 1)), ref("a@b", 1, (1, 2, 1)), ref("a@b", 1, (1, 1, 2))], "References by their last words first."
    yield "references-lengths", [ref("a@b", 1, (1, 1)), ref("a@b", 1, (1, 1, 1)), ref("a@b", 1, (0, 0, 2))], "A word that one reference lacks is 0."
    yield "references-zero-first", [ref("a@b", 1, (7,)), ref("a@b", 1, (0, 1))], "More words, but smaller ones at the start."
    yield "references-unsigned", [ref("a@b", 1, (1, 0x7FFFFFFF)), ref("a@b", 1, (1, 0x80000000))], "Words have no sign."
    yield "locals-module", [local("a", index=9), local("b", index=1)], "Local functions by their modules first."
    yield "locals-index", [local(index=1, old_uniq=9), local(index=2, old_uniq=1)], "Local functions by index, then old uniq."
    yield "locals-old-uniq", [local(old_uniq=value) for value in (-(2**30), -1, 0, 2**30 - 1)], "The old uniq has a sign."
    yield "locals-old-uniq-apart", [local(old_uniq=-(2**31)), local(old_uniq=2**31 - 1)], "Old uniqs that are 2^32 - 1 apart, by value."
    yield "locals-index-apart", [local(index=0), local(index=2**31 + 1)], "Indexes that are more than 2^31 apart, by value."
    yield "locals-free-count", [local(free=(9,)), local(free=(1, 1))], "Local functions by the number of free variables before their values."
    yield "locals-free", [local(free=(1, 2)), local(free=(1, Atom("a")))], "Local functions by the free variables one by one."
    yield "externals-module", [External("a", "z", 9), External("b", "a", 0)], "External functions by their modules first."
    yield "externals-function", [External("m", "a", 9), External("m", "b", 0)], "External functions by name before arity."
    yield "externals-arity", [External("m", "f", 0), External("m", "f", 2), External("m", "f", 256)], "External functions by arity at last."
    yield "ports-node", [Port("a@b", 9, 9), Port("b@a", 1, 1)], "Ports by their nodes first."
    yield "ports-creation", [Port("a@b", 9, 1), Port("a@b", 1, 2)], "Ports by creation before number."
    yield "ports-number", [Port("a@b", 5, 1), Port("a@b", 2**28, 1), Port("a@b", 2**63, 1)], "Ports by number, whatever their forms."
    yield "pids-serial", [Pid("z@z", 9, 1, 9), Pid("a@a", 1, 2, 1)], "Pids by serial before everything else."
    yield "pids-number", [Pid("z@z", 1, 1, 9), Pid("a@a", 2, 1, 1)], "Pids by number before node."
    yield "pids-node", [Pid("a@b", 1, 1, 9), Pid("b@a", 1, 1, 1)], "Pids by node before creation."
    yield "pids-creation", [Pid("a@b", 1, 1, 1), Pid("a@b", 1, 1, 2)], "Pids by creation at last."
    yield "pids-unsigned", [Pid("a@b", 0x7FFFFFFF, 0, 1), Pid("a@b", 0x80000000, 0, 1)], "A pid's number has no sign."
    yield "tuples", [(), (9,), (Atom("a"),), (1, 1), (1, 2), (2, 0), (0, 0, 0)], "Tuples by size, then element by element."
    yield "tuples-float", [(1,), (2,), (1.0,)], "Inside of tuples an integer comes before a float, too."
    yield (
        "maps",
        [Map(), Map([(9, 9)]), Map([(Atom("a"), 1)]), Map([(1, 2), (2, 1)]), Map([(1, 3), (2, 0)]), Map([(1, 0), (3, 0)])],
        "Maps by size, then by all keys, then by the values.",
    )
    yield "maps-keys-first", [Map([(1, 9), (2, 9)]), Map([(1, 0), (3, 0)])], "The keys of maps before any of their values."
    yield "maps-out-of-order", [Map([(2, 9), (1, 1)]), Map([(1, 2), (2, 0)])], "The values of maps in the order of their keys, not of the file."
    yield "maps-mixed-keys", [Map([(1, 0), (2.0, 0)]), Map([(1.0, 0), (Atom("a"), 0)])], "Keys of maps that are keys compare exactly, too."
    yield (
        "lists",
        [improper([1], 2), improper([1], Atom("a")), [1], [1, 1], [1, 2], [2], [1.0]],
        "Lists element by element, then by what is left.",
    )
    yield (
        "lists-rest",
        [improper([1], 5), improper([1], ()), improper([1], Map()), [1], improper([1, 0], 0), [1, 0], improper([1], b"")],
        "What is left of a list is a term of any kind: a binary comes after a list.",
    )
    yield "lists-not-length", [[1, 1, 1], [2]], "Lists not by length."
    yield "lists-string", [[1, 255], [1, 256]], "Lists that are written as STRING and as LIST."
    yield (
        "bits",
        [b"", bits(b"\0", 1), b"\0", b"\0\0", bits(b"\x80", 1), bits(b"\x80", 3), b"\x80", bits(b"\xc0", 2), b"\xff"],
        "Bits one by one, a prefix first.",
    )
    yield "binaries", [b"A", b"AB", b"B", b"a", "\u00e9".encode(), b"\xff"], "Binaries byte by byte, as numbers without a sign."
    yield "nested", [((1, 2), 9), ((1, 3), 0), ((1.0, 0), 0)], "Tuples in tuples."
