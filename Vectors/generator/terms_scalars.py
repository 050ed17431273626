"""Integers, floats, atoms, binaries and bitstrings."""


from etf import (
    Atom,
    bit_binary,
    float_text,
    integer,
    large_big,
    latin1_atom,
    magnitude,
    raw,
    small_big,
    small_latin1_atom,
    small_utf8_atom,
    utf8_atom,
)
from term_vectors import refused, valid

TAGS = "terms.md §3.2"
DETAILS = "terms.md §3.3"
CANONICAL = "terms.md §4"


def vectors():
    yield from integers()
    yield from non_minimal_integers()
    yield from large_integers()
    yield from floats()
    yield from float_texts()
    yield from atoms()
    yield from atoms_refused()
    yield from binaries()
    yield from bitstrings()


# Integers


def integers():
    """Each value at a boundary, in its canonical form."""
    reasons = [
        ("0", 0, "The smallest SMALL_INTEGER."),
        ("1", 1, "A SMALL_INTEGER."),
        ("127", 127, "The eighth bit of a SMALL_INTEGER is no sign: 127."),
        ("128", 128, "The eighth bit of a SMALL_INTEGER is no sign: 128."),
        ("255", 255, "The largest SMALL_INTEGER."),
        ("256", 256, "One more than a SMALL_INTEGER holds is an INTEGER."),
        ("minus-1", -1, "An integer below zero is never a SMALL_INTEGER."),
        ("minus-128", -128, "A byte would hold -128, but only an INTEGER has a sign."),
        ("2-31-minus-1", 2**31 - 1, "The largest INTEGER."),
        ("2-31", 2**31, "One more than an INTEGER holds is a SMALL_BIG."),
        ("minus-2-31", -(2**31), "The smallest INTEGER."),
        ("minus-2-31-minus-1", -(2**31) - 1, "One less than an INTEGER holds is a SMALL_BIG with a sign."),
        ("2-32-minus-1", 2**32 - 1, "The largest SMALL_BIG of 4 bytes."),
        ("2-32", 2**32, "The smallest SMALL_BIG of 5 bytes."),
        ("2-53-minus-1", 2**53 - 1, "The largest integer that JavaScript keeps: still a number."),
        ("2-53", 2**53, "An integer that JavaScript rounds is still a number when no option is given."),
        ("2-53-plus-1", 2**53 + 1, "An odd integer that no binary64 holds keeps every digit."),
        ("minus-2-53-minus-1", -(2**53) - 1, "A negative integer that no binary64 holds keeps every digit."),
        ("2-59", 2**59, "One more than a node's own small integers go up to."),
        ("2-63-minus-1", 2**63 - 1, "The largest integer that fits a signed 64-bit word."),
        ("2-63", 2**63, "One more than fits a signed 64-bit word."),
        ("minus-2-63", -(2**63), "The smallest integer that fits a signed 64-bit word."),
        ("minus-2-63-minus-1", -(2**63) - 1, "One less than fits a signed 64-bit word."),
        ("2-64-minus-1", 2**64 - 1, "The largest SMALL_BIG of 8 bytes."),
        ("2-64", 2**64, "The smallest SMALL_BIG of 9 bytes."),
        ("minus-2-64", -(2**64), "A negative SMALL_BIG of 9 bytes."),
        ("2-128-minus-1", 2**128 - 1, "An integer of two whole 64-bit words."),
        ("10-40", 10**40, "An integer whose decimal text ends in zeros keeps all of them."),
        ("2-2040-minus-1", 2**2040 - 1, "The largest SMALL_BIG: 255 bytes."),
        ("2-2040", 2**2040, "One more than a SMALL_BIG holds is a LARGE_BIG of 256 bytes."),
        ("minus-2-2040-plus-1", 1 - 2**2040, "The smallest SMALL_BIG: 255 bytes and a sign."),
        ("minus-2-2040", -(2**2040), "One less than a SMALL_BIG holds is a LARGE_BIG with a sign."),
    ]
    for name, value, shows in reasons:
        yield valid(f"integers/{name}", value, CANONICAL, shows)


def non_minimal_integers():
    """Every integer may come in a longer form than it needs."""
    cases = [
        ("integer-0", integer(0), "INTEGER says 0, which a SMALL_INTEGER would."),
        ("integer-5", integer(5), "INTEGER says 5, which a SMALL_INTEGER would."),
        ("integer-255", integer(255), "INTEGER says 255, the last value that a SMALL_INTEGER would."),
        ("small-big-7", small_big(b"\x07"), "SMALL_BIG of one byte."),
        ("small-big-minus-7", small_big(b"\x07", 1), "SMALL_BIG of one byte and a sign."),
        ("small-big-empty", small_big(b""), "SMALL_BIG of no bytes is 0."),
        ("small-big-empty-negative", small_big(b"", 1), "SMALL_BIG of no bytes with a sign is 0."),
        ("small-big-minus-0", small_big(b"\0", 1), "A negative zero of one byte is 0."),
        ("small-big-minus-0-long", small_big(bytes(9), 1), "A negative zero of nine bytes is 0."),
        ("small-big-zeros-at-end", small_big(b"\x05\0\0\0"), "Zero bytes at the end of a SMALL_BIG do not count."),
        ("small-big-255-zeros", small_big(bytes(255)), "255 zero bytes are 0."),
        ("small-big-sign-2", small_big(b"\x05", 2), "A sign of 2 is a sign: whatever is not 0."),
        ("small-big-sign-255", small_big(b"\x05", 255), "A sign of 255 is a sign."),
        ("small-big-zeros-first", small_big(b"\0\0\x01"), "The least significant byte comes first: 65536."),
        ("small-big-2-31-minus-1", small_big(magnitude(2**31 - 1)), "SMALL_BIG says the largest INTEGER."),
        ("small-big-minus-2-31", small_big(magnitude(2**31), 1), "SMALL_BIG says the smallest INTEGER."),
        ("small-big-2-64-long", small_big(magnitude(2**64) + b"\0\0"), "2^64 with zero bytes after it."),
        ("large-big-empty", large_big(b""), "LARGE_BIG of no bytes is 0."),
        ("large-big-5", large_big(b"\x05"), "LARGE_BIG of one byte."),
        ("large-big-minus-5", large_big(b"\x05", 1), "LARGE_BIG of one byte and a sign."),
        ("large-big-sign-128", large_big(b"\x05", 128), "A LARGE_BIG's sign of 128 is a sign."),
        ("large-big-minus-0", large_big(bytes(8), 1), "A negative zero as LARGE_BIG is 0."),
        ("large-big-2-40", large_big(magnitude(2**40)), "LARGE_BIG says what a SMALL_BIG would."),
        (
            "large-big-300-zeros",
            large_big(b"\x01" + bytes(299)),
            "A LARGE_BIG of 300 bytes, 299 of them zero, is 1.",
        ),
        (
            "large-big-255-bytes",
            large_big(magnitude(2**2040 - 1)),
            "LARGE_BIG of 255 bytes, the last length that a SMALL_BIG would do.",
        ),
        (
            "large-big-256-one-zero",
            large_big(magnitude(2**2040 - 1) + b"\0"),
            "LARGE_BIG of 256 bytes, of which 255 count: the canonical form is a SMALL_BIG.",
        ),
    ]
    for name, term, shows in cases:
        yield valid(f"integers/{name}", term, DETAILS, shows)


def large_integers():
    """Where the text of an integer becomes hexadecimal (json.md §3.2)."""
    pattern = int.from_bytes(bytes((37 * index + 11) % 256 for index in range(32_768)), "little")
    largest = pattern | 1 << 262_143
    yield valid(
        "integers/262144-bits", largest, "json.md §3.2", "An integer of 262,144 bits is still a number with every digit."
    )
    yield valid(
        "integers/262145-bits",
        -(1 << 262_144) - pattern % (1 << 4096),
        "json.md §3.2",
        "A negative integer of 262,145 bits is hexadecimal text.",
    )


# Floats


def floats():
    cases = [
        ("zero", 0.0, "Zero as a float is not the integer 0."),
        ("minus-zero", -0.0, "The sign of zero is kept."),
        ("1", 1.0, "A whole float stays a float: its text has a point or an exponent."),
        ("minus-1", -1.0, "A negative whole float."),
        ("1.5", 1.5, "A float that has few bits."),
        ("0.1", 0.1, "The shortest text that reads back as this float is 0.1."),
        ("a-third", 1 / 3, "A float that needs 16 digits."),
        ("0.1-plus-0.2", 0.1 + 0.2, "A float that needs 17 digits."),
        ("smallest-subnormal", 5e-324, "The smallest float above zero."),
        ("smallest-subnormal-negative", -5e-324, "The largest float below zero."),
        ("largest-subnormal", 2.225073858507201e-308, "The largest subnormal float."),
        ("smallest-normal", 2.2250738585072014e-308, "The smallest normal float."),
        ("largest", 1.7976931348623157e308, "The largest float."),
        ("smallest", -1.7976931348623157e308, "The largest float with a sign."),
        ("1e15", 1e15, "A whole float just below where shortest texts get an exponent in many languages."),
        ("1e16", 1e16, "A whole float that Elixir writes with an exponent."),
        ("1e21", 1e21, "A float from which on JavaScript writes an exponent."),
        ("1e22", 1e22, "The largest power of ten that a float holds exactly."),
        ("1e23", 1e23, "A power of ten between two floats: the shortest text is still 1e23."),
        ("9e22", 9.5e22, "A large float that is no power of ten."),
        ("2-53", 2.0**53, "The first float whose neighbour is two away."),
        ("2-53-plus-2", 2.0**53 + 2, "A whole float beyond 2^53: its digits all count."),
        ("2-63", 2.0**63, "A float as large as 2^63 is no integer."),
        ("1e-5", 1e-5, "A small float, written with or without an exponent."),
        ("1e-7", 1e-7, "A small float with one digit."),
        ("just-below-1", 1 - 2**-53, "The largest float below 1."),
        ("just-above-1", 1 + 2**-52, "The smallest float above 1."),
    ]
    for name, value, shows in cases:
        yield valid(f"floats/{name}", value, "json.md §3.3", shows)
    for name, data, shows in [
        ("infinity", "7ff0000000000000", "Infinity is no term."),
        ("minus-infinity", "fff0000000000000", "Minus infinity is no term."),
        ("quiet-nan", "7ff8000000000000", "A quiet NaN is no term."),
        ("signalling-nan", "7ff0000000000001", "A signalling NaN is no term."),
        ("negative-nan", "fff8000000000000", "A NaN with a sign is no term."),
        ("all-ones", "ffffffffffffffff", "A float of ones only is a NaN."),
    ]:
        yield refused(f"floats/{name}", raw(b"F" + bytes.fromhex(data)), "malformedFloat", 1, shows, DETAILS)


def float_texts():
    accepted = [
        ("as-otp-writes", "1.50000000000000000000e+00", "The text that releases before R11 wrote."),
        ("17-digits", "1.00000000000000005551e-01", "0.1 as old releases wrote it, with 20 digits."),
        ("short", "1.5", "A text without an exponent."),
        ("comma", "1,5", "A comma in place of the point."),
        ("comma-exponent", "1,5e3", "A comma and an exponent."),
        ("plus", "+1.5", "A plus in front."),
        ("minus", "-1.5", "A minus in front."),
        ("minus-zero", "-0.0", "The sign of zero is kept."),
        ("exponent", "1.5e3", "An exponent without a sign."),
        ("exponent-plus", "1.5e+3", "An exponent with a plus."),
        ("exponent-minus", "1.5e-3", "An exponent with a minus."),
        ("exponent-capital", "1.5E3", "A capital E."),
        ("exponent-zeros", "1.5e0000003", "Zeros in front of an exponent's digits."),
        ("exponent-minus-zero", "1.5e-0", "An exponent of minus zero."),
        ("zeros-first", "0001.5", "Zeros in front of the number."),
        ("zeros-last", "1.50000000000000000000000", "Zeros at the end of the number."),
        ("30-characters", "1.5000000000000000000000000000", "A text of 30 characters leaves one zero byte."),
        ("largest", "1.79769313486231570815e+308", "The largest float."),
        ("below-infinity", "1.7976931348623158e308", "A number beyond the largest float that still rounds to it."),
        ("smallest-subnormal", "4.9406564584124654e-324", "The smallest float above zero."),
        ("largest-subnormal", "2.2250738585072011e-308", "A number at which some readers have hung."),
        ("rounds-to-smallest", "2.4703282292062328e-324", "Just more than half of the smallest float rounds up."),
        ("rounds-to-zero", "2.4703282292062327e-324", "Just less than half of the smallest float is zero."),
        ("underflow", "1.0e-400", "What is far too small is zero."),
        ("underflow-negative", "-1.0e-400", "What is far too small keeps its sign."),
        ("underflow-far", "1.0e-99999999999", "An exponent of 11 digits does not overflow anything."),
        ("zero-large-exponent", "0.0e999", "Zero is zero with any exponent."),
        ("tie-to-even-down", "9007199254740993.0", "Halfway between two floats: down, to the even one."),
        ("tie-to-even-up", "9007199254740995.0", "Halfway between two floats: up, to the even one."),
        ("above-tie", "9007199254740993.0000000001", "A digit far to the right decides that it is more than half."),
    ]
    for name, text, shows in accepted:
        yield valid(f"floats/text-{name}", float_text(text), DETAILS, f"FLOAT: {shows}")
    yield valid(
        "floats/text-rest-ignored",
        float_text("2.5", rest=b"9e9 \xff and so on"),
        DETAILS,
        "FLOAT: what follows the first zero byte is ignored.",
    )
    yield valid(
        "floats/text-second-zero",
        float_text("2.5", rest=b"x\0y"),
        DETAILS,
        "FLOAT: only the first zero byte ends the text.",
    )
    rejected = [
        ("empty", "", "There is no text."),
        ("no-point", "1", "There is no point."),
        ("no-fraction", "1.", "There are no digits after the point."),
        ("no-whole", ".5", "There are no digits in front of the point."),
        ("only-point", ".", "There are no digits at all."),
        ("only-sign", "-", "There is only a sign."),
        ("no-point-exponent", "1e5", "There is an exponent, but no point."),
        ("no-fraction-exponent", "1.e5", "There are no digits between the point and the exponent."),
        ("space-first", " 1.5", "White space in front is no part of a number."),
        ("space-last", "1.5 ", "White space at the end is no part of a number."),
        ("line-feed", "1.5\n", "A line feed at the end is no part of a number."),
        ("two-signs", "+-1.5", "There are two signs."),
        ("two-points", "1..5", "There are two points."),
        ("second-point", "1.5.5", "There is a second point."),
        ("second-comma", "1,5,5", "There is a second comma."),
        ("exponent-empty", "1.5e", "The exponent has no digits."),
        ("exponent-sign-only", "1.5e+", "The exponent has a sign only."),
        ("exponent-fraction", "1.5e1.0", "The exponent has a fraction."),
        ("exponent-d", "1.5d3", "D is no exponent."),
        ("hexadecimal", "0x1.8p1", "Hexadecimal floats of C are none of Erlang."),
        ("underscore", "1_000.0", "Underscores are for source text only."),
        ("suffix", "1.5f", "A suffix of C is no part of a number."),
        ("infinity", "inf", "Infinity has no text."),
        ("nan", "nan", "NaN has no text."),
        ("overflow", "1.0e400", "What rounds to infinity is refused."),
        ("overflow-negative", "-1.0e400", "What rounds to minus infinity is refused."),
        ("overflow-just", "1.7976931348623159e308", "The first number of 17 digits that rounds to infinity."),
        ("overflow-far", "1.0e99999999999", "An exponent of 11 digits is beyond all floats, not small."),
        ("other-digits", "\u0661.\u0665", "Digits are those of ASCII only."),
    ]
    for name, text, shows in rejected:
        term = float_text(text.encode())
        term = raw(term.data)
        yield refused(f"floats/text-{name}", term, "malformedFloat", 1, f"FLOAT: {shows}", DETAILS)
    yield refused(
        "floats/text-no-zero-byte",
        raw(b"c" + b"1.50000000000000000000000000000"),
        "malformedFloat",
        1,
        "FLOAT: a text that takes all 31 bytes has no zero byte that ends it.",
        DETAILS,
        otp="OTP 25 reads on into what follows (terms.md §7).",
    )
    yield refused(
        "floats/text-nested",
        raw(b"h\x02a\x01" + float_text(b"x").data),
        "malformedFloat",
        5,
        "FLOAT: the offset is that of the float's own tag.",
    )


# Atoms

FOUR_BYTES = "\U0001f600"


def atoms():
    forms = [
        ("small-utf8", small_utf8_atom, "SMALL_ATOM_UTF8"),
        ("utf8", utf8_atom, "ATOM_UTF8"),
        ("small-latin1", small_latin1_atom, "SMALL_ATOM"),
        ("latin1", latin1_atom, "ATOM"),
    ]
    names = [
        ("empty", "", "The atom without a name"),
        ("ok", "ok", "A plain atom"),
        ("true", "true", "The atom true"),
        ("nil", "nil", "The atom nil"),
        ("e-acute", "\u00e9", "A character of ISO 8859-1 beyond ASCII"),
        ("nul", "a\0b", "An atom with U+0000"),
        ("255", "a" * 255, "The longest atom of ASCII"),
        ("255-latin1", "\u00ff" * 255, "255 characters of ISO 8859-1, which are 510 bytes of UTF-8"),
    ]
    for name, text, shows in names:
        for form_name, form, tag in forms:
            if name == "255-latin1" and form_name == "small-utf8":
                continue
            yield valid(f"atoms/{name}-{form_name}", form(text), DETAILS, f"{shows}, as {tag}.")
    others = [
        ("false", "false", "The atom false is a literal."),
        ("undefined", "undefined", "The atom undefined is not nil."),
        ("null", "null", "The atom null is an atom like any other, not nil."),
        ("capital-true", "True", "Only true in lower case is the literal."),
        ("module", "Elixir.Shop.Cart", "A module of Elixir is an atom; plain JSON has its whole name."),
        ("elixir", "Elixir", "Elixir alone is no module's name."),
        ("quotes", 'say "hi" \\ there', "Quotes and backslashes are escaped in JSON."),
        ("control", "\x01\t\n\r\x1f\x7f", "Control characters are escaped in JSON."),
        ("dollar", "$atom", "A name that looks like a tag of the mapping stays a name."),
        ("space", " ", "A space is a name."),
        ("2-bytes", "\u0416", "A character of 2 bytes."),
        ("3-bytes", "\u65e5\u672c", "Characters of 3 bytes."),
        ("4-bytes", FOUR_BYTES, "A character of 4 bytes."),
        ("combining", "e\u0301", "A letter and a combining accent are two characters, and stay two."),
        ("boundaries", "\x7f\x80\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff", "The ends of each length of UTF-8."),
        ("byte-order-mark", "\ufeffa", "A byte order mark is a character like any other."),
        ("254-ascii-1-two", "a" * 253 + "\u00e9", "255 bytes of 254 characters: the longest name with one byte of length."),
        ("256-bytes", "a" * 254 + "\u00e9", "256 bytes of 255 characters need ATOM_UTF8."),
        ("127-two-bytes", "\u00e9" * 127, "254 bytes of 127 characters."),
        ("128-two-bytes", "\u00e9" * 128, "256 bytes of 128 characters need ATOM_UTF8."),
        ("255-two-bytes", "\u0416" * 255, "255 characters of 2 bytes each."),
        ("255-three-bytes", "\u65e5" * 255, "255 characters of 3 bytes each."),
        ("255-four-bytes", FOUR_BYTES * 255, "The longest atom: 255 characters of 4 bytes each, 1,020 bytes."),
    ]
    for name, text, shows in others:
        yield valid(f"atoms/{name}", Atom(text), DETAILS, shows)
    yield valid(
        "atoms/all-latin1",
        latin1_atom(bytes(range(1, 256))),
        DETAILS,
        "Each byte of ISO 8859-1 is the character with that number.",
    )


# What is wrong with bytes that are no UTF-8.
NO_UTF8 = [
    ("continuation", b"\x80", "a continuation byte with nothing in front"),
    ("continuation-last", b"\xbf", "the last continuation byte with nothing in front"),
    ("overlong-nul", b"\xc0\x80", "U+0000 in two bytes"),
    ("overlong-2", b"\xc1\xbf", "U+007F in two bytes"),
    ("overlong-3", b"\xe0\x9f\xbf", "U+07FF in three bytes"),
    ("overlong-4", b"\xf0\x8f\xbf\xbf", "U+FFFF in four bytes"),
    ("surrogate-first", b"\xed\xa0\x80", "the surrogate U+D800"),
    ("surrogate-last", b"\xed\xbf\xbf", "the surrogate U+DFFF"),
    ("surrogate-pair", b"\xed\xa0\xbd\xed\xb8\x80", "a pair of surrogates in three bytes each"),
    ("beyond", b"\xf4\x90\x80\x80", "U+110000, one beyond the last"),
    ("f5", b"\xf5\x80\x80\x80", "the byte F5, which starts nothing"),
    ("fe", b"\xfe", "the byte FE"),
    ("ff", b"\xff", "the byte FF"),
    ("cut-2", b"\xc3", "the first of two bytes, then the end"),
    ("cut-3", b"\xe2\x82", "two of three bytes, then the end"),
    ("cut-4", b"\xf0\x9f\x98", "three of four bytes, then the end"),
    ("interrupted", b"\xc3(", "the first of two bytes, then a parenthesis"),
    ("interrupted-3", b"\xe2\x82(", "two of three bytes, then a parenthesis"),
    ("latin1", b"caf\xe9", "a text in ISO 8859-1"),
    ("after-text", b"sound \xe2\x82\xac then\xff", "sound text, then FF"),
]


def atoms_refused():
    for name, data, shows in NO_UTF8:
        yield refused(
            f"atoms/no-utf8-{name}",
            raw(small_utf8_atom(data).data),
            "malformedAtom",
            1,
            f"SMALL_ATOM_UTF8 of {shows}.",
            DETAILS,
        )
    cases = [
        ("no-utf8-long", utf8_atom(b"\xff"), "ATOM_UTF8 of the byte FF."),
        ("256-utf8", utf8_atom("a" * 256), "256 characters of ASCII as ATOM_UTF8."),
        ("1020-ascii", utf8_atom("a" * 1020), "1,020 bytes are not too many, 1,020 characters are."),
        ("256-two-bytes", utf8_atom("\u00e9" * 256), "256 characters of 2 bytes each."),
        ("1021-bytes", utf8_atom(FOUR_BYTES * 255 + "a"), "1,021 bytes, which are 256 characters."),
        ("1024-bytes", utf8_atom(FOUR_BYTES * 256), "1,024 bytes, which are 256 characters."),
        ("256-latin1", latin1_atom("a" * 256), "256 characters as ATOM."),
    ]
    for name, term, shows in cases:
        yield refused(f"atoms/{name}", raw(term.data), "malformedAtom", 1, shows, DETAILS)
    yield refused(
        "atoms/length-before-bytes-latin1",
        b"\x83d\x01\x00",
        "malformedAtom",
        1,
        "An ATOM of 256 bytes that are not there: the length is checked first.",
    )
    yield refused(
        "atoms/length-before-bytes-utf8",
        b"\x83v\x03\xfd",
        "malformedAtom",
        1,
        "An ATOM_UTF8 of 1,021 bytes that are not there: the length is checked first.",
    )
    yield refused(
        "atoms/length-before-bytes-sound",
        b"\x83v\x03\xfc",
        "truncated",
        4,
        "An ATOM_UTF8 of 1,020 bytes that are not there: its length may be sound.",
    )
    yield refused(
        "atoms/no-utf8-cut",
        b"\x83w\x03\xff\xff",
        "truncated",
        3,
        "A name that is not all there is truncated, whatever its first bytes are.",
    )
    yield refused(
        "atoms/no-utf8-in-list",
        raw(b"l\0\0\0\x02a\x01w\x01\xffj"),
        "malformedAtom",
        8,
        "The offset is that of the atom's own tag.",
    )


# Binaries


def binaries():
    cases = [
        ("empty", b"", "A binary of no bytes is the empty text."),
        ("ascii", b"abc", "A binary of ASCII is text."),
        ("nul", b"\0", "U+0000 is a character of UTF-8."),
        ("control", bytes(range(32)), "Each control character is escaped."),
        ("delete", b"\x7f", "U+007F is escaped by this mapping, and may be written as it is."),
        ("quotes", b'"\\/', "A quote and a backslash are escaped; a slash need not be."),
        ("html", b"<a href='x'>&amp;</a>", "What is markup elsewhere is plain text here."),
        ("line-separators", "a\u2028b\u2029c".encode(), "U+2028 and U+2029 are text."),
        ("2-bytes", "\u00e9\u0416".encode(), "Characters of 2 bytes."),
        ("3-bytes", "\u65e5\u672c".encode(), "Characters of 3 bytes."),
        ("4-bytes", FOUR_BYTES.encode(), "A character of 4 bytes, a pair of surrogates in UTF-16."),
        (
            "boundaries",
            "\x00\x7f\x80\u07ff\u0800\ud7ff\ue000\ufffd\uffff\U00010000\U0010ffff".encode(),
            "The ends of each length of UTF-8.",
        ),
        ("noncharacters", "\ufdd0\ufffe\uffff\U0001fffe\U0010ffff".encode(), "Noncharacters are scalar values."),
        ("byte-order-mark", "\ufeffa".encode(), "A byte order mark is kept."),
        ("combining", "e\u0301".encode(), "Text is not normalized: a letter and an accent stay two characters."),
        ("looks-like-number", b"42", "Text of digits stays text."),
        ("looks-like-atom", b"true", "The text true is no atom."),
        ("dollar", b"$binary", "Text that looks like a tag of the mapping is a value like any other."),
        ("1-byte-255", b"\xff", "One byte that is no UTF-8."),
        ("2-bytes-255", b"\xff\xfe", "Two bytes that are no UTF-8: base64 has one = at its end."),
        ("3-bytes-255", b"\xff\xfe\xfd", "Three bytes that are no UTF-8: base64 has no = at its end."),
        ("base64-alphabet", b"\xfb\xff\xbf\x3e\x3f", "Base64 with + and /, not - and _."),
        ("all-bytes", bytes(range(256)), "Every byte once."),
    ]
    for name, data, shows in cases:
        yield valid(f"binaries/{name}", data, "json.md §3.4", shows)
    for name, data, shows in NO_UTF8:
        yield valid(f"binaries/no-utf8-{name}", data, "json.md §3.4", f"A binary that is no text: {shows}.")
    yield valid("binaries/255-bytes", b"x" * 255, TAGS, "A length of 255.")
    yield valid("binaries/256-bytes", b"x" * 256, TAGS, "A length that needs its second byte.")
    yield valid(
        "binaries/65536-bytes", bytes(97 + index % 26 for index in range(65_536)), TAGS, "A length that needs its third byte."
    )


# Bitstrings


def bitstrings():
    for count in range(1, 8):
        kept = 0b10110101 >> (8 - count) << (8 - count)
        yield valid(
            f"bitstrings/{count}-bits",
            bit_binary(bytes([kept]), count),
            "json.md §3.5",
            f"A bitstring of {count} bits, the others zero.",
        )
        yield valid(
            f"bitstrings/{count}-bits-garbage",
            bit_binary(bytes([kept | (0xFF >> count)]), count),
            DETAILS,
            f"A bitstring of {count} bits: the other {8 - count} are ones, and do not count.",
        )
    yield valid("bitstrings/9-bits", bit_binary(b"\xff\x80", 1), DETAILS, "Nine bits are two bytes.")
    yield valid("bitstrings/11-bits", bit_binary(b"\xff\xff", 3), "json.md §3.5", "Eleven bits, the last ones cleared.")
    yield valid("bitstrings/text-and-1", bit_binary(b"abc\xff", 1), DETAILS, "Text and one bit more is no text.")
    yield valid("bitstrings/2047-bits", bit_binary(b"\xa5" * 256, 7), DETAILS, "A bitstring of 256 bytes.")
    yield valid("bitstrings/8-bits", bit_binary(b"\xff", 8), DETAILS, "All 8 bits of the last byte: a binary.")
    yield valid("bitstrings/8-bits-text", bit_binary(b"abc", 8), DETAILS, "A BIT_BINARY of whole bytes may be text.")
    yield valid("bitstrings/empty", bit_binary(b"", 0), DETAILS, "No bytes and 0 bits: the empty binary.")
    for name, data, last_bits, shows in [
        ("empty-8-bits", b"", 8, "No bytes, but 8 bits of the last one."),
        ("empty-1-bit", b"", 1, "No bytes, but 1 bit of the last one."),
        ("0-bits", b"\xff", 0, "A byte, but 0 bits of it."),
        ("9-bits-of-a-byte", b"\xff", 9, "9 bits of the last byte."),
        ("255-bits-of-a-byte", b"\xff", 255, "255 bits of the last byte."),
    ]:
        term = raw(bit_binary(data, last_bits).data)
        yield refused(f"bitstrings/{name}", term, "malformedBitstring", 1, shows, DETAILS)
    yield refused(
        "bitstrings/0-bits-nested",
        raw(b"h\x02a\x01M\0\0\0\x01\0\xff"),
        "malformedBitstring",
        5,
        "The offset is that of the bitstring's own tag.",
    )
