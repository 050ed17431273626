"""Native records (terms.md §3.3)."""

from etf import (
    Atom,
    Map,
    Record,
    bits,
    compare,
    integer,
    latin1_atom,
    list_,
    map_,
    nil,
    raw,
    record,
    small_big,
    small_latin1_atom,
    small_tuple,
    utf8_atom,
)
from term_vectors import refused, valid

DETAILS = "terms.md §3.3"
ORDER = "terms.md §5"
PLAIN = "json.md §3.13"
OTP = "Erlang/OTP has native records from 29 on (terms.md §7)."

ITEM = [("id", 7), ("name", b"Ada")]


def vectors():
    for name, term, section, shows in read():
        yield valid(f"records/{name}", term, section, shows, otp=OTP)
    for name, keys, shows in ordered():
        for one, other in zip(keys, keys[1:]):
            assert compare(one, other) < 0
        pairs = [(key, index) for index, key in enumerate(keys)]
        yield valid(f"records/order-{name}", map_(*reversed(pairs)), ORDER, shows, otp=OTP)
    yield from not_read()


def read():
    yield "plain", record("shop", "item", ITEM), DETAILS, "A record: the names of its fields, and then their values."
    yield "empty", record("shop", "item"), DETAILS, "A record without fields."
    yield "private", record("shop", "item", ITEM, flags=0), DETAILS, "A record that other modules may not look into."
    yield "flags", record("shop", "item", ITEM, flags=0xFE), DETAILS, "Of the flags only the lowest bit counts."
    yield "flags-all", record("shop", "item", ITEM, flags=0xFF), DETAILS, "A record with all flags is one with the lowest."
    yield "unordered", record("m", "r", [("b", 1), ("a", 2)]), DETAILS, "Fields keep the order in which they come."
    yield "elixir", record("Elixir.Shop.Cart", "item", [("id", 1)]), PLAIN, "A record of a module of Elixir."
    yield "names", record("m", "Some Name", [("some key", 1), ("Ok", 2)]), PLAIN, "Names that are no bare atoms."
    yield "nil", record("nil", "nil", [("nil", Atom("nil"))]), PLAIN, "A field named nil has the empty text for its key."
    yield "collision", record("m", "r", [("__record__", 1)]), PLAIN, "A field with the name of the key that names the record."
    yield "collision-nil", record("m", "r", [("nil", 1), ("", 2)]), PLAIN, "Two fields whose keys have the same text."
    yield "old-atoms", record(latin1_atom("m"), small_latin1_atom("r"), [(utf8_atom("a"), 1)]), DETAILS, "Names in other forms of atoms."
    yield "old-values", record("m", "r", [("a", small_big(b"\1")), ("b", list_([1], [2]))]), DETAILS, "Values in other forms."
    yield "nested", record("m", "r", [("a", record("m", "s", [("b", record("m", "t"))]))]), DETAILS, "Records in records."
    yield "around", list_([record("m", "r", [("a", 1)]), small_tuple(record("m", "r"))]), DETAILS, "Records in a list and a tuple."
    yield "map-inside", record("m", "r", [("a", map_((b"y", 1), (b"x", 2)))]), "terms.md §4", "A map in a record has its keys sorted."
    yield "in-map", map_((b"r", record("m", "r", [("a", 1)])), (b"a", nil())), "json.md §4.9", "A record that is a value of a map."
    yield "key", map_((record("m", "r", [("a", 1)]), 1)), "json.md §3.12", "A key that is a record has the text that is printed for it."
    yield "key-nested", map_(((record("Elixir.A", "r", [("a", bits(b"\xff", 3)), ("B", [1])]),), 1)), "json.md §3.12", "A key that has a record in it."


def ordered():
    r = Record
    yield "kinds", [(1, 2), r("m", "r", True), Map()], "Records come after tuples and before maps."
    yield "module", [r("a", "z", True, ITEM), r("b", "a", True)], "Records by their modules first."
    yield "name", [r("m", "a", True), r("m", "b", False)], "Records by their names second."
    yield "exported", [r("m", "r", False, ITEM), r("m", "r", True)], "Those that others may not look into come first."
    yield "count", [r("m", "r", True, [("z", 1)]), r("m", "r", True, [("a", 1), ("b", 1)])], "Records of fewer fields come first."
    yield "fields", [r("m", "r", True, [("c", 1), ("a", 9)]), r("m", "r", True, [("b", 1), ("c", 1)])], "Records by the names of their fields, in the order of those."
    yield "values", [r("m", "r", True, [("b", 9), ("a", 1)]), r("m", "r", True, [("a", 2), ("b", 1)])], "Records by their values, in the order of the fields' names."


def not_read():
    cases = [
        ("twice", record("m", "r", [("a", 1), ("b", 2), ("a", 3)]), "duplicateKey", 1, "A record that names a field twice."),
        ("twice-forms", record("m", "r", [("a", 1), (latin1_atom("a"), 2)]), "duplicateKey", 1, "A field named twice, in two forms of an atom."),
        ("twice-before-values", record("m", "r", [("a", raw(b"\x03")), ("a", 1)]), "duplicateKey", 1, "That a field is named twice is known before the values."),
        ("module", record(integer(1), "r"), "malformedIdentifier", 7, "A module that is no atom."),
        ("name", record("m", b"r"), "malformedIdentifier", 10, "A record's name that is no atom."),
        ("field", record("m", "r", [(b"a", 1)]), "malformedIdentifier", 13, "A field's name that is no atom."),
        ("field-unknown", record("m", "r", [(raw(b"\x03\0"), 1)]), "malformedIdentifier", 13, "A field's name that starts with no tag at all."),
        ("count", record("m", "r", [("a", 1)], count=0xFFFFFFFF), "truncated", 13, "More fields than there are bytes for."),
        ("value", record("m", "r", [("a", raw(b"\x03"))]), "unknownTag", 16, "A value that is no term."),
    ]
    for name, term, kind, offset, shows in cases:
        yield refused(f"records/{name}", term, kind, offset, shows, otp=None)
