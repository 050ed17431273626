"""Maps: forms, keys in JSON, structs, and keys that are there twice."""

from etf import (
    NIL,
    TRUE,
    Atom,
    External,
    Local,
    Map,
    Pid,
    Port,
    Reference,
    binary,
    bit_binary,
    bits,
    float_text,
    improper,
    integer,
    large_big,
    large_tuple,
    latin1_atom,
    list_,
    map_,
    new_fun,
    new_pid,
    new_port,
    newer_reference,
    new_reference,
    pid,
    port,
    raw,
    reference,
    small_big,
    small_latin1_atom,
    small_tuple,
    string,
    utf8_atom,
    v4_port,
    write,
)
from term_vectors import refused, valid

DETAILS = "terms.md §3.3"
KEYS = "json.md §3.7"
ORDER = "terms.md §5"
A, B = Atom("a"), Atom("b")


def vectors():
    yield from forms()
    yield from plain_keys()
    yield from collisions()
    yield from structs()
    yield from tagged_maps()
    yield from duplicates()
    yield from no_duplicates()


def forms():
    cases = [
        ("empty", map_(), "A map of nothing is an empty object."),
        ("1", map_((A, 1)), "A map of one pair."),
        ("out-of-order", map_((B, 2), (A, 1)), "Pairs in another order than the canonical one."),
        ("text-keys", map_((b"b", 1), (b"a", 2)), "Keys of text make an object in both mappings."),
        ("old-forms", map_((latin1_atom("b"), integer(1)), (small_big(b"\5"), float_text("1.5"))), "Old forms as keys and values."),
        ("nested", map_((b"a", map_((b"b", map_((b"c", map_())))))), "Maps in maps."),
        ("values", map_(*[(bytes([97 + index]), value) for index, value in enumerate([1, 1.5, A, (), [], Map(), b"", TRUE, NIL])]), "Values of each kind."),
        ("32", map_(*[(index, index) for index in reversed(range(32))]), "32 pairs: what the BEAM keeps as a flat map."),
        ("33", map_(*[(index, index) for index in reversed(range(33))]), "33 pairs: what the BEAM keeps as a tree, in no order."),
        ("300", map_(*[(f"key-{index * 7 % 300}", index) for index in range(300)]), "300 pairs, far from their order."),
        ("256-atoms", map_(*[(Atom(f"k{index * 91 % 256}"), NIL) for index in range(256)]), "A count that needs its second byte."),
    ]
    for name, term, shows in cases:
        yield valid(f"maps/{name}", term, DETAILS, shows)


def plain_keys():
    keys = [
        ("atom", A, "an atom: its name"),
        ("nil", NIL, "nil: the empty text"),
        ("true", TRUE, "true: its name"),
        ("module", Atom("Elixir.Shop.Cart"), "a module: the atom's whole name"),
        ("atom-empty", Atom(""), "the atom without a name: the empty text"),
        ("binary", b"a", "a binary of UTF-8: itself"),
        ("binary-empty", b"", "the empty binary: the empty text"),
        ("binary-unicode", "\u65e5\u672c".encode(), "a binary beyond ASCII: itself"),
        ("binary-quotes", b'a"b\\c\n', "a binary with quotes: itself, escaped by JSON only"),
        ("binary-control", b"\0\x1f", "a binary of control characters: itself"),
        ("binary-255", b"\xff", "a binary that is no UTF-8, as Elixir prints it"),
        ("binary-mixed", b"a\xff\x00", "a binary of text and other bytes, as Elixir prints it"),
        ("bits", bits(b"\xa0", 3), "a bitstring, as Elixir prints it"),
        ("bits-11", bits(b"\xff\xe0", 11), "a longer bitstring, as Elixir prints it"),
        ("integer", 1, "an integer: its digits"),
        ("integer-negative", -5, "a negative integer"),
        ("integer-large", 2**64, "a large integer: every digit"),
        ("float", 1.5, "a float, as Elixir prints it"),
        ("float-whole", 1.0, "a whole float, as Elixir prints it"),
        ("float-minus-zero", -0.0, "minus zero, as Elixir prints it"),
        ("float-large", 1e22, "a large float, as Elixir prints it"),
        ("float-small", 5e-324, "the smallest float, as Elixir prints it"),
        ("tuple", (A, 1), "a tuple, as Elixir prints it"),
        ("tuple-empty", (), "the empty tuple"),
        ("tuple-nested", (A, (b"x", 1.5), [A, NIL]), "a tuple of everything, as Elixir prints it"),
        ("tuple-modules", (Atom("Elixir.Shop.Cart"), 7), "a tuple with a module, as Elixir prints it"),
        ("tuple-quoted", (Atom("hello world"), b"text"), "a tuple with an atom that Elixir quotes"),
        ("list", [A, 1], "a list, as Elixir prints it"),
        ("list-empty", [], "the empty list"),
        ("list-large", [256, 1000], "a list of integers that are no characters"),
        ("charlist", [104, 105], "a charlist, as later releases of Elixir print it"),
        ("list-60", [1000 + index for index in range(60)], "a list of 60 integers: all of it, on one line"),
        ("keywords", [(A, 1), (B, 2)], "a keyword list, as Elixir prints it"),
        ("improper", improper([1], 2), "an improper list, as Elixir prints it"),
        ("map-empty", Map(), "the empty map"),
        ("map-atoms", Map([(A, 1)]), "a map with a key that is an atom, as Elixir prints it"),
        ("map-text", Map([("a", 1)]), "a map with a key that is text, as Elixir prints it"),
        ("pid", Pid("a@b", 7, 1, 2), "a pid, with 0 for its node"),
        ("port", Port("a@b", 5, 1), "a port, with 0 for its node"),
        ("reference", Reference("a@b", 1, (3, 2, 1)), "a reference, its words from the last to the first"),
        ("external", External("Elixir.Enum", "map", 2), "an external function"),
        ("local", Local("Elixir.Shop", 1, 3, bytes(16), 4, 99, Pid("a@b", 7, 1, 2)), "a local function"),
    ]
    for name, key, shows in keys:
        yield valid(f"keys/{name}", Map([(key, 1)]), KEYS, f"The key of an object for {shows}.")


def collisions():
    collide = "json.md §3.8"
    cases = [
        ("atom-text", [(A, 1), ("a", 2)], "An atom and a text: the second gets #2."),
        ("text-atom", [("a", 1), (A, 2)], "A text and an atom in that order: the atom gets #2."),
        ("suffix-taken", [(A, 1), ("a", 2), ("a#2", 3)], "The text a#2 comes after it has been given away."),
        ("suffix-taken-before", [(A, 1), ("a#2", 2), ("a", 3)], "The text a#2 comes before it would be given: #3."),
        ("suffix-first", [("a#2", 1), (A, 2), ("a", 3)], "The text a#2 is there from the start: #3."),
        ("three", [(1, 1), ("1", 2), (Atom("1"), 3)], "Three keys of one text: #2 and #3."),
        ("empty", [(NIL, 1), ("", 2), (Atom(""), 3)], "nil, the empty text and the atom without a name."),
        ("nil-text", [(NIL, 1), ("nil", 2)], "nil has the empty text, so the text nil is free."),
        ("true", [(TRUE, 1), ("true", 2)], "true is named like any atom."),
        ("integer-float", [(1, 1), (1.0, 2), ("1.0", 3)], "1 and 1.0 have two texts, 1.0 and its text one."),
        ("tuple-text", [((A, 1), 1), ("{:a, 1}", 2)], "A tuple and the text that Elixir prints for it."),
        ("list-text", [([], 1), ("[]", 2)], "The empty list and its text."),
        ("nodes", [(Pid("a@b", 7, 1, 2), 1), (Pid("c@d", 7, 1, 2), 2)], "Pids of two nodes have one text."),
        ("creations", [(Port("a@b", 5, 1), 1), (Port("a@b", 5, 2), 2)], "Ports of two creations have one text."),
        (
            "closures",
            [
                (Local("m", 1, 3, bytes(16), 4, 99, Pid("a@b", 7, 1, 2), (1,)), 1),
                (Local("m", 1, 3, bytes(16), 4, 99, Pid("a@b", 7, 1, 2), (2,)), 2),
            ],
            "Functions that closed over different values have one text.",
        ),
        ("per-object", [(A, Map([(A, 1), ("a", 2)])), ("a", Map([("a", 1)]))], "Each object counts by itself."),
        ("ten", [(A, 0)] + [("a" + "".join("#2" for _ in range(index)), index) for index in range(10)], "Suffix upon suffix."),
    ]
    for name, pairs, shows in cases:
        yield valid(f"collisions/{name}", map_(*pairs), collide, shows)


def structs():
    section = "json.md §3.9"
    module = Atom("__struct__")
    cart = Atom("Elixir.Shop.Cart")
    cases = [
        ("cart", [(module, cart), (Atom("id"), 1)], "The module of a struct is written as Elixir prints it."),
        ("out-of-order", [(Atom("id"), 1), (module, cart)], "The key of a struct may come last."),
        ("nested", [(module, cart), (Atom("items"), [Map([(module, Atom("Elixir.Shop.Item"))])])], "A struct in a list in a struct."),
        ("erlang", [(module, Atom("cart"))], "A module of Erlang is printed with a colon."),
        ("nil", [(module, NIL)], "nil as module is an atom: it is printed."),
        ("elixir", [(module, Atom("Elixir"))], "Elixir alone is an atom that Elixir prints as it is."),
        ("text-value", [(module, "Elixir.Shop.Cart")], "A module that is text stays as it is."),
        ("integer-value", [(module, 1)], "A module that is no atom is a value like any other."),
        ("text-key", [("__struct__", cart)], "A key that is text makes no struct: the module is an atom's name."),
        (
            "date",
            [
                (module, Atom("Elixir.Date")),
                (Atom("calendar"), Atom("Elixir.Calendar.ISO")),
                (Atom("day"), 10),
                (Atom("month"), 3),
                (Atom("year"), 2026),
            ],
            "A date is a struct like any other when no option is given.",
        ),
        (
            "map-set",
            [(Atom("map"), Map([(1, []), (2, [])])), (module, Atom("Elixir.MapSet")), (Atom("version"), 2)],
            "A set is a struct like any other when no option is given.",
        ),
    ]
    for name, pairs, shows in cases:
        yield valid(f"structs/{name}", map_(*pairs), section, shows)


def tagged_maps():
    section = "json.md §4.7"
    cases = [
        ("dollar", [("$a", 1)], "A key that starts with $ makes the object an array of pairs."),
        ("dollar-alone", [("$", 1)], "$ alone starts with $."),
        ("dollar-second", [("a", 1), ("$b", 2)], "One key with $ is enough, wherever it is."),
        ("dollar-inside", [("a$", 1)], "$ inside of a key is nothing special."),
        ("dollar-atom", [(Atom("$a"), 1)], "An atom with $ is an atom."),
        ("dollar-map", [("$map", [])], "A map that looks like a map of the mapping."),
        ("dollar-tuple", [("$tuple", [1])], "A map that looks like a tuple of the mapping."),
        ("mixed", [("a", 1), (A, 2)], "One key that is no text makes the object an array of pairs."),
        ("not-utf8", [("a", 1), (b"\xff", 2)], "A binary that is no UTF-8 is no key of an object."),
        ("empty-key", [("", 1)], "The empty text is a key like any other."),
        ("fullwidth-dollar", [("\uff04a", 1)], "A wide dollar sign is another character."),
        ("nested", [("a", Map([("$b", Map([("c", 1)]))]))], "Each map is written by itself."),
        ("map-as-key", [(Map([("a", 1)]), Map([(A, 1)]))], "A map as key of a map."),
    ]
    for name, pairs, shows in cases:
        yield valid(f"maps/tagged-{name}", map_(*pairs), section, shows)


def duplicates():
    creator = Pid("a@b", 7, 1, 2)
    uniq = bytes(range(16))

    def local(arity=1, index=3, uniq=uniq, old_index=4, old_uniq=99, creator=creator, free=(), **more):
        return new_fun("m", arity, index, uniq, old_index, old_uniq, creator, free, **more)

    cases = [
        ("integer", 1, 1, "The integer 1 twice."),
        ("integer-forms", 1, small_big(b"\1"), "1 as SMALL_INTEGER and as SMALL_BIG."),
        ("integer-large-forms", 2**40, large_big(b"\0\0\0\0\0\1\0"), "2^40 as SMALL_BIG and as LARGE_BIG."),
        ("integer-minus-zero", 0, small_big(b"\0", 1), "0 and minus 0 are one integer."),
        ("float", 1.5, 1.5, "The float 1.5 twice."),
        ("float-forms", 1.5, float_text("1.5e0"), "1.5 as NEW_FLOAT and as FLOAT."),
        ("float-zeros", 0.0, -0.0, "0.0 and -0.0 are two values but one key."),
        ("float-zeros-in-tuple", (0.0,), (-0.0,), "0.0 and -0.0 inside of tuples."),
        ("float-zeros-in-list", [A, 0.0], [A, -0.0], "0.0 and -0.0 inside of lists."),
        ("float-zeros-in-map", Map([(0.0, 1)]), Map([(-0.0, 1)]), "0.0 and -0.0 as keys of maps that are keys."),
        ("float-zeros-in-map-value", Map([(1, 0.0)]), Map([(1, -0.0)]), "0.0 and -0.0 as values of maps that are keys."),
        ("atom", A, A, "The atom a twice."),
        ("atom-forms", A, latin1_atom("a"), "a as SMALL_ATOM_UTF8 and as ATOM."),
        ("atom-latin1", Atom("\u00e9"), small_latin1_atom("\u00e9"), "One character in UTF-8 and in ISO 8859-1."),
        ("atom-utf8-forms", A, utf8_atom("a"), "a as SMALL_ATOM_UTF8 and as ATOM_UTF8."),
        ("atom-empty", Atom(""), latin1_atom(""), "The atom without a name twice."),
        ("reference", Reference("a@b", 1, (1, 2)), Reference("a@b", 1, (1, 2)), "A reference twice."),
        ("reference-forms", newer_reference("a@b", 1, [5]), reference("a@b", 5, 1), "A reference as NEWER_REFERENCE and as REFERENCE."),
        ("reference-old-forms", newer_reference("a@b", 1, [5, 6]), new_reference("a@b", 1, [5, 6]), "A reference as NEWER_REFERENCE and as NEW_REFERENCE."),
        ("reference-zero-word", Reference("a@b", 1, (5,)), Reference("a@b", 1, (5, 0)), "References that differ in a zero word at the end."),
        ("reference-zero-words", Reference("a@b", 1, (5, 6)), Reference("a@b", 1, (5, 6, 0, 0, 0)), "References that differ in three zero words at the end."),
        ("reference-zero-in-tuple", (Reference("a@b", 1, (5, 0)),), (Reference("a@b", 1, (5,)),), "Such references inside of tuples."),
        ("local", local(), local(), "A local function twice."),
        ("local-arity", local(), local(arity=2), "Local functions that differ in their arity."),
        ("local-uniq", local(), local(uniq=bytes(16)), "Local functions that differ in uniq."),
        ("local-old-index", local(), local(old_index=5), "Local functions that differ in their old index."),
        ("local-creator", local(), local(creator=Pid("c@d", 1, 1, 1)), "Local functions that differ in their creator."),
        ("local-size", local(), local(size=0), "A local function with two sizes, which readers ignore."),
        ("local-free", local(free=[1]), local(free=[small_big(b"\1")]), "Local functions whose free variables have two forms."),
        ("external", External("m", "f", 2), External("m", "f", 2), "An external function twice."),
        ("port", Port("a@b", 5, 1), Port("a@b", 5, 1), "A port twice."),
        ("port-forms", new_port("a@b", 5, 1), port("a@b", 5, 1), "A port as NEW_PORT and as PORT."),
        ("port-v4", new_port("a@b", 5, 1), v4_port("a@b", 5, 1), "A port as NEW_PORT and as V4_PORT."),
        ("pid", creator, creator, "A pid twice."),
        ("pid-forms", new_pid("a@b", 7, 1, 2), pid("a@b", 7, 1, 2), "A pid as NEW_PID and as PID."),
        ("tuple", (A, 1), (A, 1), "A tuple twice."),
        ("tuple-forms", small_tuple(A), large_tuple(A), "A tuple as SMALL_TUPLE and as LARGE_TUPLE."),
        ("tuple-empty", (), (), "The empty tuple twice."),
        ("map", Map([(A, 1)]), Map([(A, 1)]), "A map twice."),
        ("map-order", map_((A, 1), (B, 2)), map_((B, 2), (A, 1)), "A map with its pairs in two orders."),
        ("map-empty", Map(), Map(), "The empty map twice."),
        ("nil", [], [], "The empty list twice."),
        ("nil-string", [], string(b""), "The empty list as NIL and as STRING."),
        ("nil-list", [], list_([]), "The empty list as NIL and as LIST."),
        ("list", [A], [A], "A list twice."),
        ("list-string", string(b"\1\2"), list_([1, 2]), "A list of bytes as STRING and as LIST."),
        ("list-parts", list_([A, 1]), list_([A], string(b"\1")), "A list in one part and in two."),
        ("list-improper", improper([1], 2), improper([1], 2), "An improper list twice."),
        ("list-0", 5, list_([], 5), "5, and a LIST of nothing with the tail 5."),
        ("binary", b"ab", b"ab", "A binary twice."),
        ("binary-empty", b"", bit_binary(b"", 0), "The empty binary as BINARY and as BIT_BINARY."),
        ("binary-forms", binary(b"ab"), bit_binary(b"ab", 8), "A binary as BINARY and as BIT_BINARY."),
        ("bits", bits(b"\xa0", 3), bits(b"\xa0", 3), "A bitstring twice."),
        ("bits-garbage", bit_binary(b"\xa0", 3), bit_binary(b"\xbf", 3), "Bitstrings that differ in bits that do not count."),
    ]
    for name, one, other, shows in cases:
        yield refused(f"duplicates/{name}", map_((one, 1), (other, 2)), "duplicateKey", 1, shows, ORDER)
    yield refused(
        "duplicates/apart",
        map_((A, 1), (B, 2), (1, 3), (2, 4), (A, 5)),
        "duplicateKey",
        1,
        "The first and the last of five keys are the same.",
        ORDER,
    )
    yield refused(
        "duplicates/same-value", map_((A, 1), (A, 1)), "duplicateKey", 1, "A whole pair twice is a key twice.", ORDER
    )
    yield refused(
        "duplicates/33",
        map_(*[(index % 32, index) for index in range(33)]),
        "duplicateKey",
        1,
        "33 pairs, the last one's key the first one's.",
        ORDER,
    )
    yield refused(
        "duplicates/200",
        map_(*[(index % 199, index) for index in range(200)]),
        "duplicateKey",
        1,
        "200 pairs, the last one's key the first one's.",
        ORDER,
    )
    inner = map_((B, 1), (B, 2))
    yield refused(
        "duplicates/nested", small_tuple(1, inner), "duplicateKey", 5, "The offset is that of the inner map's tag.", ORDER
    )
    yield refused(
        "duplicates/nested-value",
        map_((A, inner), (A, 1)),
        "duplicateKey",
        1 + 5 + 3,
        "A map with a key twice in one with a key twice: the inner one ends first.",
    )
    yield refused(
        "duplicates/before-cut",
        b"\x83" + map_((A, 1), (A, 1)).data[:-1],
        "truncated",
        len(map_((A, 1), (A, 1)).data),
        "The map is cut after the second key: that comes before the key that is there twice.",
    )
    yield refused(
        "duplicates/before-unknown-tag",
        map_((A, 1), (A, raw(b"\xff"))),
        "unknownTag",
        1 + 5 + 5 + 3,
        "The second value has no known tag: that comes before the key that is there twice.",
    )
    yield refused(
        "duplicates/then-unknown-tag",
        small_tuple(map_((A, 1), (A, 1)), raw(b"\xff")),
        "duplicateKey",
        3,
        "A map with a key twice, and then an unknown tag: the map comes first.",
    )
    yield refused(
        "duplicates/then-bytes-behind",
        write(map_((A, 1), (A, 1))).data.join([b"\x83", b"\0"]),
        "duplicateKey",
        1,
        "A map with a key twice, and then a byte too many: the map comes first.",
    )


def no_duplicates():
    creator = Pid("a@b", 7, 1, 2)
    cases = [
        ("integer-float", 1, 1.0, "1 and 1.0 are two keys."),
        ("zero-zero", 0, 0.0, "0 and 0.0 are two keys."),
        ("in-tuples", (1,), (1.0,), "{1} and {1.0} are two keys."),
        ("in-lists", [1], [1.0], "[1] and [1.0] are two keys."),
        ("large", 2**53, 2.0**53, "2^53 as integer and as float are two keys."),
        ("atom-text", A, "a", "An atom and a text are two keys."),
        ("nil-list", NIL, [], "nil and [] are two keys."),
        ("text-charlist", "a", [97], "A text and a charlist are two keys."),
        ("tuple-list", (1,), [1], "A tuple and a list are two keys."),
        ("bits", b"\xa0", bits(b"\xa0", 3), "A byte and its first three bits are two keys."),
        ("list-tail", [1], improper([1], NIL), "A list and one whose tail is nil are two keys."),
        ("reference-word", Reference("a@b", 1, (5,)), Reference("a@b", 1, (0, 5)), "A zero word at the start of a reference counts."),
        ("reference-creation", Reference("a@b", 1, (5,)), Reference("a@b", 2, (5,)), "References of two creations are two keys."),
        ("port-creation", Port("a@b", 5, 1), Port("a@b", 5, 2), "Ports of two creations are two keys."),
        ("pid-creation", creator, Pid("a@b", 7, 1, 3), "Pids of two creations are two keys."),
        ("local-old-uniq", Local("m", 1, 3, bytes(16), 4, 99, creator), Local("m", 1, 3, bytes(16), 4, 98, creator), "The old uniq of a local function counts."),
        ("combining", "\u00e9", "e\u0301", "Two spellings of a letter are two keys."),
    ]
    for name, one, other, shows in cases:
        yield valid(f"maps/two-keys-{name}", map_((one, 1), (other, 2)), ORDER, shows)
