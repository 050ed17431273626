"""External and local functions."""

from etf import (
    Atom,
    Pid,
    External,
    export,
    integer,
    large_big,
    latin1_atom,
    magnitude,
    new_fun,
    new_pid,
    new_port,
    newer_reference,
    nil,
    pid,
    raw,
    small_big,
    small_latin1_atom,
    utf8_atom,
    write,
)
from term_vectors import refused, valid

DETAILS = "terms.md §3.3"
TEXT = "json.md §3.10"
UNIQ = bytes(range(16))
CREATOR = Pid("a@b", 7, 1, 2)
CREATOR_OTP = "What OTP 25 does with a creator that is no pid is undefined (terms.md §7)."


def vectors():
    yield from external()
    yield from local()
    yield from external_refused()
    yield from local_refused()


def external():
    cases = [
        ("lists-map", export("lists", "map", 2), "A function of Erlang: its module is printed with a colon."),
        ("enum-map", export("Elixir.Enum", "map", 2), "A function of Elixir."),
        ("nested-module", export("Elixir.Shop.Cart", "total", 1), "A function of a module with points in its name."),
        ("question-mark", export("Elixir.Enum", "empty?", 1), "A name with a question mark is not quoted."),
        ("bang", export("Elixir.Map", "fetch!", 2), "A name with an exclamation mark is not quoted."),
        ("quoted", export("m", "hello world", 0), "A name with a space is quoted."),
        ("arity-0", export("m", "f", 0), "An arity of 0."),
        ("arity-255", export("m", "f", 255), "The largest arity of a SMALL_INTEGER."),
        ("arity-256", export("m", "f", integer(256)), "An arity that is an INTEGER."),
        ("arity-integer", export("m", "f", integer(2)), "A small arity as INTEGER."),
        ("arity-small-big", export("m", "f", small_big(b"\2")), "A small arity as SMALL_BIG."),
        ("arity-large-big", export("m", "f", large_big(b"\2\0\0")), "A small arity as LARGE_BIG."),
        ("arity-2-32-minus-1", export("m", "f", small_big(magnitude(2**32 - 1))), "The largest arity, a SMALL_BIG."),
        ("arity-2-32-plus-2", export("m", "f", small_big(magnitude(2**32 + 2))), "The low 32 bits of an arity count: 2."),
        ("arity-2-59-minus-1", export("m", "f", small_big(magnitude(2**59 - 1))), "The largest Int as arity: its low bits are all ones."),
        ("old-atoms", export(latin1_atom("lists"), small_latin1_atom("map"), 2), "A function as old releases wrote it."),
        ("long-atoms", export(utf8_atom("lists"), utf8_atom("map"), 2), "A function whose atoms have two bytes of length."),
    ]
    for name, term, shows in cases:
        yield valid(f"functions/external-{name}", term, TEXT, shows)


def fun(module="Elixir.Shop", arity=1, index=3, uniq=UNIQ, old_index=4, old_uniq=99, creator=CREATOR, free=(), **more):
    return new_fun(module, arity, index, uniq, old_index, old_uniq, creator, free, **more)


def local():
    cases = [
        ("plain", fun(), "A local function without free variables."),
        ("free", fun(free=[1]), "A local function that closed over an integer: plain JSON leaves it out."),
        ("free-many", fun(free=[Atom("a"), (1, 2), [b"x"], 1.5]), "A local function that closed over four terms."),
        ("free-forms", fun(free=[latin1_atom("a"), small_big(b"\1")]), "Free variables in old forms."),
        ("free-local", fun(free=[fun(free=[fun()])]), "A local function that closed over another."),
        ("free-255", fun(free=[[]] * 255), "A local function with the most free variables."),
        ("module-erlang", fun("shop"), "A module of Erlang is printed with a colon."),
        ("module-latin1", fun(latin1_atom("shop")), "The module as ATOM."),
        ("arity-0", fun(arity=0), "An arity of 0."),
        ("arity-255", fun(arity=255), "The largest arity."),
        ("index-largest", fun(index=2**32 - 1), "The largest index."),
        ("uniq-ones", fun(uniq=b"\xff" * 16), "A uniq of ones only."),
        ("size-0", fun(size=0), "A size of 0, which readers ignore."),
        ("size-1", fun(size=1), "A size that is too small, which readers ignore."),
        ("size-largest", fun(size=2**32 - 1), "A size of 2^32 - 1, which readers ignore."),
        ("old-index-negative", fun(old_index=-1), "An old index below zero."),
        ("old-index-2-31", fun(old_index=small_big(magnitude(2**31))), "An old index of 2^31 is -2^31: its low 32 bits, with a sign."),
        ("old-index-2-32-minus-1", fun(old_index=small_big(magnitude(2**32 - 1))), "An old index of 2^32 - 1 is -1."),
        ("old-index-2-59-minus-1", fun(old_index=small_big(magnitude(2**59 - 1))), "The largest Int as old index is -1."),
        ("old-index-minus-2-59", fun(old_index=small_big(magnitude(2**59), 1)), "The smallest Int as old index is 0."),
        ("old-index-integer", fun(old_index=integer(4)), "The old index as INTEGER."),
        ("old-index-large-big", fun(old_index=large_big(b"\4")), "The old index as LARGE_BIG."),
        ("old-uniq-0", fun(old_uniq=0), "An old uniq of 0."),
        ("old-uniq-negative", fun(old_uniq=-5), "An old uniq below zero."),
        ("old-uniq-2-27", fun(old_uniq=2**27 - 1), "The largest old uniq that compilers make."),
        ("old-uniq-2-32-plus-7", fun(old_uniq=small_big(magnitude(2**32 + 7))), "The low 32 bits of an old uniq count: 7."),
        ("creator-old", fun(creator=pid("a@b", 7, 1, 2)), "The creator as PID is NEW_PID in the canonical form."),
        ("creator-old-atom", fun(creator=pid(latin1_atom("a@b"), 7, 1, 2)), "The creator as PID with its node as ATOM."),
        ("creator-ones", fun(creator=new_pid("a@b", 2**32 - 1, 2**32 - 1, 2**32 - 1)), "The creator with its largest numbers."),
    ]
    for name, term, shows in cases:
        yield valid(f"functions/local-{name}", term, DETAILS, shows)


def external_refused():
    wrong = [
        ("integer", 1, "an integer"),
        ("binary", b"m", "a binary"),
        ("list", [109], "a list"),
        ("nil", nil(), "the empty list"),
        ("tuple", (Atom("m"),), "a tuple"),
    ]
    for name, term, what in wrong:
        yield refused(
            f"functions/external-module-{name}",
            raw(export(term, "f", 1).data),
            "malformedIdentifier",
            2,
            f"The module of an external function is {what}, no atom.",
        )
        yield refused(
            f"functions/external-function-{name}",
            raw(export("m", term, 1).data),
            "malformedIdentifier",
            5,
            f"The name of an external function is {what}, no atom.",
        )
    for name, term, what in [
        ("atom", Atom("a"), "an atom"),
        ("float", 1.0, "a float"),
        ("binary", b"1", "a binary"),
        ("nil", nil(), "the empty list"),
        ("negative", -1, "below zero"),
        ("negative-big", small_big(b"\1", 1), "below zero, as SMALL_BIG"),
        ("2-59", small_big(magnitude(2**59)), "one more than the largest Int"),
        ("minus-2-59-minus-1", small_big(magnitude(2**59 + 1), 1), "one less than the smallest Int"),
        ("2-64", small_big(magnitude(2**64)), "an integer of 65 bits"),
        ("2-2048", large_big(magnitude(2**2048)), "an integer of 257 bytes"),
    ]:
        yield refused(
            f"functions/external-arity-{name}",
            raw(export("m", "f", raw(write(term).data)).data),
            "malformedIdentifier",
            8,
            f"The arity of an external function is {what}.",
        )
    yield refused(
        "functions/external-malformed-module",
        raw(export(raw(b"w\x01\xff"), "f", 1).data),
        "malformedAtom",
        2,
        "The module of an external function is an atom that is no UTF-8.",
    )


def local_refused():
    head = 1 + 1 + 4 + 1 + 16 + 4 + 4
    module = Atom("m")
    index = head + 3
    old_uniq = index + 2
    creator = old_uniq + 2
    for name, term, what in [
        ("integer", 1, "an integer"),
        ("binary", b"m", "a binary"),
        ("nil", nil(), "the empty list"),
    ]:
        yield refused(
            f"functions/local-module-{name}",
            raw(fun(term).data),
            "malformedIdentifier",
            head,
            f"The module of a local function is {what}, no atom.",
        )
    for name, term, what in [
        ("atom", Atom("a"), "an atom"),
        ("float", 1.0, "a float"),
        ("binary", b"1", "a binary"),
        ("2-59", small_big(magnitude(2**59)), "one more than the largest Int"),
        ("minus-2-59-minus-1", small_big(magnitude(2**59 + 1), 1), "one less than the smallest Int"),
    ]:
        yield refused(
            f"functions/local-old-index-{name}",
            raw(fun(module, old_index=raw(write(term).data)).data),
            "malformedIdentifier",
            index,
            f"The old index of a local function is {what}.",
        )
        yield refused(
            f"functions/local-old-uniq-{name}",
            raw(fun(module, old_uniq=raw(write(term).data)).data),
            "malformedIdentifier",
            old_uniq,
            f"The old uniq of a local function is {what}.",
        )
    for name, term, what in [
        ("integer", 1, "an integer"),
        ("atom", Atom("a"), "an atom"),
        ("port", new_port("a@b", 5, 1), "a port"),
        ("reference", newer_reference("a@b", 1, [5]), "a reference"),
        ("function", External("m", "f", 1), "a function"),
    ]:
        yield refused(
            f"functions/local-creator-{name}",
            raw(fun(module, old_index=4, old_uniq=9, creator=raw(write(term).data)).data),
            "malformedIdentifier",
            creator,
            f"The creator of a local function is {what}, no pid.",
            otp=CREATOR_OTP,
        )
    yield refused(
        "functions/local-creator-creation",
        raw(fun(module, old_index=4, old_uniq=9, creator=pid("a@b", 7, 1, 4)).data),
        "malformedIdentifier",
        creator + 1 + 5 + 8,
        "The creator of a local function is a PID with a creation of 4.",
    )
    yield refused(
        "functions/local-creator-node",
        raw(fun(module, old_index=4, old_uniq=9, creator=raw(new_pid(1, 7, 1, 2).data)).data),
        "malformedIdentifier",
        creator + 1,
        "The creator of a local function is a pid whose node is no atom.",
    )
    for count in (256, 65_536, 2**32 - 1):
        yield refused(
            f"functions/local-free-{count}",
            raw(fun(module, free=[[]] * min(count, 256), count=count).data),
            "malformedIdentifier",
            head - 4,
            f"A local function with {count:,} free variables, where 255 are the most.",
        )
    few = fun(module, old_index=4, old_uniq=9, creator=pid("a", 7, 1, 2), free=[1], count=9)
    yield refused(
        "functions/local-free-missing",
        raw(few.data),
        "truncated",
        1 + len(few.data) - 2,
        "A local function of 9 free variables, with two bytes left: they would start after the creator.",
    )
    yield refused(
        "functions/local-free-malformed",
        raw(fun(module, old_index=4, old_uniq=9, creator=pid("a", 7, 1, 2), free=[1, raw(b"\xff")]).data),
        "unknownTag",
        len(fun(module, old_index=4, old_uniq=9, creator=pid("a", 7, 1, 2), free=[1, raw(b"\xff")]).data),
        "The second free variable has no known tag.",
    )
    yield refused(
        "functions/local-module-malformed",
        raw(fun(raw(b"w\x01\xff")).data),
        "malformedAtom",
        head,
        "The module of a local function is an atom that is no UTF-8.",
    )
