"""Pids, ports and references."""

from etf import (
    Atom,
    Pid,
    latin1_atom,
    new_pid,
    new_port,
    new_reference,
    newer_reference,
    pid,
    port,
    raw,
    reference,
    small_latin1_atom,
    utf8_atom,
    v4_port,
)
from term_vectors import refused, valid

DETAILS = "terms.md §3.3"
CANONICAL = "terms.md §4"
TAGGED = "json.md §4.8"
TEXT = "json.md §3.10"
ALL = 0xFFFFFFFF
NODE = "demo@host"


def vectors():
    yield from pids()
    yield from ports()
    yield from references()
    yield from nodes()
    yield from creations()
    yield from words()


def pids():
    cases = [
        ("old", pid("a@b", 7, 1, 2), TAGGED, "PID: the form of before OTP 23."),
        ("new", new_pid("a@b", 7, 1, 2), TAGGED, "NEW_PID."),
        ("old-zeros", pid("a@b", 0, 0, 0), DETAILS, "PID of zeros only."),
        ("new-zeros", new_pid("a@b", 0, 0, 0), DETAILS, "NEW_PID of zeros only."),
        ("old-ones", pid("a@b", ALL, ALL, 3), DETAILS, "PID with the largest number, serial and creation."),
        ("new-ones", new_pid("a@b", ALL, ALL, ALL), DETAILS, "NEW_PID with the largest number, serial and creation."),
        ("number-2-15", new_pid("a@b", 2**15, 0, 1), DETAILS, "A number of 16 bits, more than old nodes gave."),
        ("number-2-28", new_pid("a@b", 2**28, 0, 1), DETAILS, "A number of 29 bits."),
        ("number-2-31", new_pid("a@b", 2**31, 0, 1), TEXT, "A number of 32 bits is printed without a sign."),
        ("serial-2-13", new_pid("a@b", 1, 2**13, 1), DETAILS, "A serial of 14 bits, more than old nodes gave."),
        ("creation-4", new_pid("a@b", 1, 0, 4), DETAILS, "A creation of 4, which only the new form holds."),
        ("in-list", [Pid("a@b", 7, 1, 2), 1], TAGGED, "A pid in a list."),
    ]
    for name, term, section, shows in cases:
        yield valid(f"pids/{name}", term, section, shows)


def ports():
    cases = [
        ("old", port("a@b", 5, 1), "PORT: the form of before OTP 23."),
        ("new", new_port("a@b", 5, 1), "NEW_PORT."),
        ("v4", v4_port("a@b", 5, 1), "V4_PORT with a number that NEW_PORT holds."),
        ("old-zeros", port("a@b", 0, 0), "PORT of zeros only."),
        ("old-largest", port("a@b", 2**28 - 1, 3), "PORT with the largest number that has its canonical form in NEW_PORT."),
        ("old-2-28", port("a@b", 2**28, 1), "PORT with a number of 29 bits is V4_PORT in the canonical form."),
        ("old-ones", port("a@b", ALL, 3), "PORT with the largest number and creation."),
        ("new-2-28-minus-1", new_port("a@b", 2**28 - 1, 1), "NEW_PORT with the largest number of its canonical form."),
        ("new-2-28", new_port("a@b", 2**28, 1), "NEW_PORT with a number of 29 bits is V4_PORT in the canonical form."),
        ("new-ones", new_port("a@b", ALL, ALL), "NEW_PORT with the largest number and creation."),
        ("v4-2-28-minus-1", v4_port("a@b", 2**28 - 1, 1), "V4_PORT with a number of 28 bits is NEW_PORT in the canonical form."),
        ("v4-2-28", v4_port("a@b", 2**28, 1), "V4_PORT with a number of 29 bits."),
        ("v4-2-32", v4_port("a@b", 2**32, 1), "V4_PORT with a number of 33 bits."),
        ("v4-ones", v4_port("a@b", 2**64 - 1, ALL), "V4_PORT with the largest number, printed without a sign."),
    ]
    for name, term, shows in cases:
        yield valid(f"ports/{name}", term, CANONICAL, shows)


def references():
    cases = [
        ("old", reference("a@b", 5, 1), "REFERENCE: one word, the oldest form."),
        ("old-zeros", reference("a@b", 0, 0), "REFERENCE of zeros only."),
        ("old-largest", reference("a@b", 2**18 - 1, 3), "REFERENCE with the largest word and creation."),
    ]
    for count in range(1, 6):
        words = [3, 2, 1, ALL, 2**31][:count]
        cases.append((f"new-{count}", new_reference("a@b", 2, words), f"NEW_REFERENCE of {count} words."))
        cases.append((f"newer-{count}", newer_reference("a@b", 2, words), f"NEWER_REFERENCE of {count} words."))
    cases += [
        ("new-largest", new_reference("a@b", 3, [2**18 - 1, ALL, ALL]), "NEW_REFERENCE with the largest words and creation."),
        ("new-second-word", new_reference("a@b", 0, [0, 2**18]), "NEW_REFERENCE: only the first word is below 2^18."),
        ("newer-first-word", newer_reference("a@b", 1, [2**18 - 1, 1]), "NEWER_REFERENCE with the largest first word of old nodes."),
        ("newer-zeros", newer_reference("a@b", 0, [0, 0, 0]), "NEWER_REFERENCE of zeros only."),
        ("newer-zero-words-last", newer_reference("a@b", 1, [5, 0, 0]), "Zero words at the end are kept."),
        ("newer-creation", newer_reference("a@b", ALL, [1, 2, 3]), "NEWER_REFERENCE with the largest creation."),
    ]
    for name, term, shows in cases:
        yield valid(f"references/{name}", term, TAGGED, shows)


def nodes():
    """The node may be any atom in any form."""
    cases = [
        ("latin1", latin1_atom(NODE), "ATOM"),
        ("small-latin1", small_latin1_atom("caf\u00e9@host"), "SMALL_ATOM beyond ASCII"),
        ("utf8", utf8_atom("\u65e5@\u672c"), "ATOM_UTF8 beyond ASCII"),
        ("empty", Atom(""), "an atom without a name"),
        ("nil", Atom("nil"), "the atom nil"),
        ("no-host", Atom("demo"), "an atom without @"),
        ("255", Atom("n" * 255), "the longest atom of ASCII"),
        ("256-bytes", Atom("\u00e9" * 128), "an atom of 256 bytes"),
    ]
    for name, node, what in cases:
        yield valid(f"nodes/pid-{name}", new_pid(node, 7, 1, 2), DETAILS, f"The node of a pid is {what}.")
    yield valid("nodes/old-pid-latin1", pid(latin1_atom(NODE), 91, 0, 1), DETAILS, "A pid as releases before R13 wrote it.")
    yield valid("nodes/port-latin1", port(latin1_atom(NODE), 6, 1), DETAILS, "A port as releases before R13 wrote it.")
    yield valid("nodes/v4-port-utf8", v4_port(utf8_atom(NODE), 6, 1), DETAILS, "A V4_PORT whose node is ATOM_UTF8.")
    yield valid(
        "nodes/reference-latin1", reference(latin1_atom(NODE), 5, 1), DETAILS, "A REFERENCE whose node is ATOM."
    )
    yield valid(
        "nodes/new-reference-latin1",
        new_reference(latin1_atom(NODE), 1, [5, 6, 7]),
        DETAILS,
        "A reference as releases before OTP 23 wrote it.",
    )
    forms = [
        ("pid", lambda node: pid(node, 7, 1, 2), 0),
        ("new-pid", lambda node: new_pid(node, 7, 1, 2), 0),
        ("port", lambda node: port(node, 5, 1), 0),
        ("new-port", lambda node: new_port(node, 5, 1), 0),
        ("v4-port", lambda node: v4_port(node, 5, 1), 0),
        ("reference", lambda node: reference(node, 5, 1), 0),
        ("new-reference", lambda node: new_reference(node, 1, [5]), 2),
        ("newer-reference", lambda node: newer_reference(node, 1, [5]), 2),
    ]
    wrong = [
        ("integer", 1, "an integer"),
        ("binary", b"a@b", "a binary"),
        ("string", [97, 98], "a list"),
        ("empty-list", [], "the empty list"),
        ("tuple", (Atom("a@b"),), "a tuple"),
    ]
    for form_name, form, before in forms:
        for name, node, what in wrong:
            yield refused(
                f"nodes/{form_name}-{name}",
                raw(form(node).data),
                "malformedIdentifier",
                2 + before,
                f"The node of {form_name.replace('-', '_').upper()} is {what}, no atom.",
            )
        yield refused(
            f"nodes/{form_name}-malformed-atom",
            raw(form(raw(b"w\x01\xff")).data),
            "malformedAtom",
            2 + before,
            f"The node of {form_name.replace('-', '_').upper()} is an atom that is no UTF-8.",
        )
    for name, byte, what in [
        ("cache", b"R\0", "of an atom in a connection's cache"),
        ("unassigned", b"\xff", "that is not assigned"),
        ("fun-ext", b"u" + bytes(4), "of FUN_EXT"),
        ("compressed", b"P" + bytes(4), "of a compressed term"),
    ]:
        yield refused(
            f"nodes/new-pid-{name}",
            raw(new_pid(raw(byte), 7, 1, 2).data),
            "malformedIdentifier",
            2,
            f"The node of NEW_PID has the tag {byte[0]}, {what}: it is no atom, whatever else it is.",
        )


def creations():
    for name, form, offset, shows in [
        ("pid", lambda creation: pid("a@b", 7, 1, creation), 15, "PID"),
        ("port", lambda creation: port("a@b", 5, creation), 11, "PORT"),
        ("reference", lambda creation: reference("a@b", 5, creation), 11, "REFERENCE"),
        ("new-reference", lambda creation: new_reference("a@b", creation, [5]), 9, "NEW_REFERENCE"),
    ]:
        for creation in (4, 255):
            yield refused(
                f"creations/{name}-{creation}",
                form(creation),
                "malformedIdentifier",
                offset,
                f"{shows} with a creation of {creation}, where 3 is the largest.",
                DETAILS,
            )


def words():
    """The number of words, and the first one."""
    old = "OTP 25 takes it and reads on in the wrong place (terms.md §7)."
    for name, form, tag in [
        ("new", new_reference, "NEW_REFERENCE"),
        ("newer", newer_reference, "NEWER_REFERENCE"),
    ]:
        yield refused(
            f"references/{name}-0", form("a@b", 1, []), "malformedIdentifier", 1, f"{tag} of no words.", DETAILS, otp=old
        )
        yield refused(
            f"references/{name}-6", form("a@b", 1, [1] * 6), "malformedIdentifier", 1, f"{tag} of 6 words.", DETAILS
        )
        yield refused(
            f"references/{name}-65535",
            form("a@b", 1, [1], count=65_535),
            "malformedIdentifier",
            1,
            f"{tag} of 65,535 words that are not there: their number is wrong first.",
        )
        yield refused(
            f"references/{name}-6-nested",
            raw(b"h\x01" + form(raw(b"a\x01"), 1, [1] * 6).data),
            "malformedIdentifier",
            3,
            f"{tag} of 6 words in a tuple, its node no atom: the number of words counts as the tag.",
        )
    cases = [
        ("old-2-18", reference("a@b", 2**18, 1), 7, "REFERENCE whose word is 2^18."),
        ("old-largest-word", reference("a@b", ALL, 1), 7, "REFERENCE whose word is 2^32 - 1."),
        ("old-word-and-creation", reference("a@b", 2**18, 4), 7, "REFERENCE: the word comes before the creation."),
        ("new-2-18", new_reference("a@b", 1, [2**18, ALL]), 10, "NEW_REFERENCE whose first word is 2^18."),
        ("new-1-word-2-18", new_reference("a@b", 1, [2**18]), 10, "NEW_REFERENCE whose only word is 2^18."),
        ("new-creation-and-word", new_reference("a@b", 4, [2**18]), 9, "NEW_REFERENCE: the creation comes before the words."),
    ]
    for name, term, offset, shows in cases:
        yield refused(f"references/{name}", term, "malformedIdentifier", offset, shows, DETAILS)
    yield valid(
        "references/newer-2-18-1-word",
        newer_reference("a@b", 1, [2**18]),
        DETAILS,
        "NEWER_REFERENCE: the first word may be 2^18, for it is no old form.",
    )
    yield valid(
        "references/newer-largest-words",
        newer_reference("a@b", 1, [ALL] * 5),
        DETAILS,
        "NEWER_REFERENCE: every word may be 2^32 - 1.",
    )
