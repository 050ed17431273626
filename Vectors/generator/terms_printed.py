"""What Elixir prints, as the keys of maps in the plain mapping (json.md §3.12)."""

from etf import NIL, TRUE, Atom, External, Improper, Map, bits, map_
from term_vectors import valid

SECTION = "json.md §3.12"
STRUCT = Atom("__struct__")


def vectors():
    atom = Atom
    for name, key, shows in [
        ("escapes", ("\a\b\t\n\v\f\r\x1b\"\\\x7f",), "Every character that has an escape of its own."),
        ("interpolation", ("#{a} #a {",), "A # before a brace has a backslash."),
        ("byte-order-mark", ("a\ufeff",), "U+FEFF has an escape, though it is printable."),
        ("not-printable", ("a\0",), "A binary with a character that is not printable is its bytes."),
        ("not-printable-c1", ("a\x85",), "U+0080 to U+009F are not printable."),
        ("not-printable-fffe", ("a\ufffe",), "Nor are U+FFFE and U+FFFF."),
        ("printable", ("\u00a1\ufdd0\ue000\U0001fffe\U0010ffff",), "Everything else above is printable."),
        ("atom-escapes", (atom("\0\x01\a\x1b\x7f\x85\ufffe\ufeff#{"),), "In an atom what is not printable is escaped."),
        ("atom-empty", (atom(""),), "The atom without a name is in quotes."),
        ("atom-bare", (atom("a1_B@c?"), atom("_"), atom("A"), atom("a!")), "Names that are bare."),
        ("atom-quoted", (atom("1a"), atom("a!?"), atom("@a"), atom("a.b"), atom("a b"), atom("?")), "Names that are in quotes."),
        ("atom-accent", (atom("\u00e9"), atom("\u00c9a")), "Letters with accents are letters."),
        ("atom-words", (atom("fn"), atom("when"), atom("not in"), atom("nil?")), "Words of the language are names like others."),
        ("atom-modules", (atom("Elixir"), atom("Elixir.A.B1_c"), atom("Elixir.a"), atom("Elixir."), atom("Elixir.A.b")), "What is a module and what is not."),
        ("literals", (NIL, TRUE), "Literals have no colon."),
        ("charlist", ([7, 27, 126, 34], [35, 123], [6], [127], []), "Lists of characters that are printable in ASCII."),
        ("keywords", ([(atom("a b"), 1), (NIL, 2)], [(atom("Elixir.A"), 1)], [(atom("a"), 1), 2]), "Lists of pairs."),
        ("key-elixir", ([(atom("Elixir"), 1)], Map([(atom("Elixir"), 1)])), "The atom Elixir is in quotes as a key."),
        ("map-order", (map_((2, 1), (1.0, 2), (1, map_((atom("b"), 1), (atom("a"), 2)))),), "The pairs of a map come in the order of their keys, not in that of the term."),
        ("maps", (Map([(atom("a"), 1), (atom("b c"), Map())]), Map([(atom("Elixir.A"), 1)]), Map([(1, 2), (atom("a"), 3)])), "Maps of both kinds."),
        ("improper", (Improper((1, 2), atom("a")),), "An improper list."),
        ("bits", (bits(b"\xff\xe0", 11), bits(b"\x80", 1)), "Bitstrings."),
        ("struct", (Map([(STRUCT, atom("Elixir.Shop.Cart")), (atom("id"), 1)]),), "A struct is a map."),
        ("struct-date", (Map([(STRUCT, atom("Elixir.Date")), (atom("calendar"), atom("Elixir.Calendar.ISO")), (atom("day"), 2), (atom("month"), 1), (atom("year"), 2026)]),), "So is one of Elixir's own."),
        ("struct-range", (Map([(STRUCT, atom("Elixir.Range")), (atom("first"), 1), (atom("last"), 9), (atom("step"), 1)]),), "A range."),
        ("struct-set", (Map([(STRUCT, atom("Elixir.MapSet")), (atom("map"), Map([(1, [])])), (atom("version"), 2)]),), "A set."),
        ("struct-exception", (Map([(atom("__exception__"), TRUE), (STRUCT, atom("Elixir.ArgumentError")), (atom("message"), "x")]),), "An exception."),
        ("struct-no-module", (Map([(STRUCT, 1), (atom("a"), 1)]), Map([(STRUCT, NIL)])), "A map with such a key that is no struct."),
        ("called", tuple(External("m", name, 1) for name in ("a", "_a?", "a!", "fn")), "Functions whose names are bare."),
        ("called-quoted", tuple(External("m", name, 1) for name in ("A", "a@b", "1a", "\0", "")), "Functions whose names are in quotes."),
        ("called-accent", (External("m", "\u00e9", 1),), "A letter with an accent."),
        ("floats", (1.0e15, 1.0e16, -1.0e22, 0.5, 123456.789, 0.001, 1.0e-5, 1.2345e-4), "Floats with a point and with an exponent."),
    ]:
        yield valid(f"printed/{name}", Map([(("k", *key), 1)]), SECTION, shows)
    always = "! != !== & && &&& * ** + ++ +++ - -- --- / < <- <<< <<~ <= <> <~ <~> = == === =~ > >= >>> @ ^ | |> || |||"
    always = [*always.split(), "~>", "~>>", "\\\\"]
    bare = always + "% %{} -> . .. ... ..// <<>> {}".split()
    other = ":: <|> ^^^ ~~~".split()
    yield valid("printed/operators", Map([(tuple(map(atom, bare)), 1)]), SECTION, "Atoms that are operators are bare.")
    yield valid("printed/operators-not", Map([(tuple(map(atom, [*other, "=>", "//"])), 1)]), SECTION, "Atoms that are not.")
    for name, names in [("bare", always + other), ("quoted", "% %{} -> . .. ... ..// <<>> {}".split())]:
        functions = tuple(External("m", each, 1) for each in names)
        yield valid(f"printed/operators-called-{name}", Map([(functions, 1)]), SECTION, f"Operators after a point that are {name}.")
