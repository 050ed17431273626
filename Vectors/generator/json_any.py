"""Any JSON: what RFC 8259 allows and what it does not, and the limits of json.md §5."""

from etf import FALSE, NIL, TRUE, Map
from json_vectors import refused, valid

READING = "json.md §5"
VALUES = "json.md §5.2"
DIGITS = 78_914
DEPTH = 4_096


def vectors():
    for group, cases in [
        ("values", values()),
        ("numbers", numbers()),
        ("strings", strings()),
        ("space", space()),
        ("objects", objects()),
        ("limits", limits()),
    ]:
        for name, text, value, shows in cases:
            yield valid("json", f"{group}/{name}", text, value, shows, VALUES)
    for group, error, cases in [
        ("numbers", "malformed", numbers_malformed()),
        ("words", "malformed", words_malformed()),
        ("arrays", "malformed", arrays_malformed()),
        ("objects", "malformed", objects_malformed()),
        ("strings", "malformed", strings_malformed()),
        ("text", "malformedText", no_text()),
        ("space", "malformed", space_malformed()),
        ("objects", "duplicateKey", keys_twice()),
        ("truncated", "truncated", cut()),
        ("trailing", "trailingBytes", trailing()),
        ("limits", "limitExceeded", beyond_limits()),
    ]:
        for name, text, shows in cases:
            yield refused("json", f"{group}/{name}", text, error, shows)


def values():
    return [
        ("true", "true", TRUE, "true is the atom true."),
        ("false", "false", FALSE, "false is the atom false."),
        ("null", "null", NIL, "null is the atom nil."),
        ("integer", "42", 42, "A number alone is a whole text."),
        ("float", "-0.1", -0.1, "A float alone is a whole text."),
        ("string", '"asd"', "asd", "A string alone is a whole text."),
        ("string-empty", '""', "", "The empty string is the empty binary."),
        ("string-space", '" "', " ", "White space inside of a string is text."),
        ("array-empty", "[]", [], "The empty array is the empty list."),
        ("array-of-array", "[[]]", [[]], "An array in an array."),
        ("array-of-string", '["a"]', ["a"], "A string is a binary, never a charlist."),
        ("array-mixed", '[null, 1, "1", {}]', [NIL, 1, "1", Map()], "Values of all kinds in an array."),
        ("array-of-null", "[null]", [NIL], "null in an array is the atom nil."),
        ("array-of-nulls", "[1,null,null,null,2]", [1, NIL, NIL, NIL, 2], "Several nulls in an array."),
        ("array-of-bytes", "[1,2,3]", [1, 2, 3], "An array of small integers is a list, which its canonical form writes as STRING."),
        ("array-ends-with-space", "[false]", [FALSE], "A word right before the end of an array."),
        ("object-empty", "{}", Map(), "The empty object is the empty map."),
        ("looks-tagged", '{"$atom":"ok"}', Map([("$atom", "ok")]), "Without tags a key that starts with $ is a key."),
        ("looks-like-map", '{"$map":[]}', Map([("$map", [])]), "Without tags $map is a key like any other."),
    ]


def numbers():
    return [
        ("zero", "0", 0, "0 is an integer."),
        ("minus-zero", "-0", 0, "-0 has no point and no exponent: it is the integer 0."),
        ("minus-zero-float", "-0.0", -0.0, "-0.0 is a float and keeps its sign."),
        ("zero-float", "0.0", 0.0, "0.0 is a float."),
        ("one-digit", "[1]", [1], "One digit."),
        ("negative", "[-123]", [-123], "A negative integer."),
        ("negative-one", "[-1]", [-1], "A negative integer of one digit."),
        ("whole-float", "1.0", 1.0, "1.0 is a float, not the integer 1."),
        ("exponent-integer", "1e2", 100.0, "A number with an exponent is a float, however whole."),
        ("exponent-capital", "[1E22]", [1e22], "A capital E."),
        ("exponent-capital-minus", "[1E-2]", [0.01], "A capital E and a minus."),
        ("exponent-capital-plus", "[1E+2]", [100.0], "A capital E and a plus."),
        ("exponent-plus", "[1e+2]", [100.0], "An exponent with a plus."),
        ("exponent-minus", "[1e-2]", [0.01], "An exponent with a minus."),
        ("exponent-zero", "0e1", 0.0, "Zero with an exponent is a float."),
        ("exponent-zero-plus", "[0e+1]", [0.0], "Zero with an exponent that has a plus."),
        ("exponent-zeros", "1e0002", 100.0, "An exponent may have zeros in front."),
        ("fraction-exponent", "[123.456e78]", [123.456e78], "A fraction and an exponent."),
        ("fraction", "[123.456789]", [123.456789], "A fraction of several digits."),
        ("fraction-zeros", "1.500000000000000000000000", 1.5, "Zeros at the end of a fraction."),
        ("close-to-zero", "[-0." + "0" * 76 + "1]", [-1e-77], "A number of 78 digits close to zero."),
        ("2-53-plus-1", "9007199254740993", 2**53 + 1, "An integer that no float holds keeps every digit."),
        ("2-64", "18446744073709551616", 2**64, "An integer beyond 64 bits."),
        ("minus-2-63-minus-1", "-9223372036854775809", -(2**63) - 1, "An integer below 64 bits."),
        ("100-digits", "1" * 100, int("1" * 100), "An integer of 100 digits."),
        ("largest", "1.7976931348623157e308", 1.7976931348623157e308, "The largest float."),
        ("below-infinity", "1.7976931348623158e308", 1.7976931348623157e308, "A number beyond the largest float that still rounds to it."),
        ("smallest", "5e-324", 5e-324, "The smallest float above zero."),
        ("smallest-normal", "2.2250738585072014e-308", 2.2250738585072014e-308, "The smallest normal float."),
        ("largest-subnormal", "2.2250738585072011e-308", 2.2250738585072011e-308, "A number at which some readers have hung."),
        ("tie-to-even", "9007199254740993.0", 9007199254740992.0, "A number halfway between two floats is read as the even one."),
        ("above-tie", "9007199254740993.0000000001", 9007199254740994.0, "A digit far to the right decides that it is more than half."),
        ("shortest", "0.30000000000000004", 0.1 + 0.2, "A float of 17 digits."),
    ]


def strings():
    escapes = r'"\"\\\/\b\f\n\r\t"'
    return [
        ("escapes", escapes, '"\\/\b\f\n\r\t', "Each escape of one character."),
        ("unicode-escape", r'"\u0061\u30af\u30EA\u30b9"', "aクリス", "Escapes with digits in lower and upper case."),
        ("pair", r'"\ud83d\ude00"', "\U0001f600", "A pair of surrogates is one character."),
        ("pair-capital", r'"\uD83D\uDE00"', "\U0001f600", "A pair of surrogates in capital digits."),
        ("pair-first", r'"\ud800\udc00"', "\U00010000", "The first character beyond 16 bits."),
        ("pair-last", r'"\udbff\udfff"', "\U0010ffff", "The last character there is."),
        ("two-pairs", r'"\ud83d\ude39\ud83d\udc8d"', "\U0001f639\U0001f48d", "Two pairs, one after the other."),
        ("escaped-nul", r'"\u0000"', "\0", "U+0000 as an escape."),
        ("escaped-control", r'"\u001f"', "\x1f", "A control character as an escape."),
        ("escaped-noncharacter", r'"\uFFFE\uFDD0\uD83F\uDFFE"', "\ufffe\ufdd0\U0001fffe", "Noncharacters as escapes."),
        ("escaped-before-surrogates", r'"\ud7ff\ue000"', "\ud7ff\ue000", "The characters before and after the surrogates."),
        ("escaped-quote", r'"\u0022"', '"', "An escaped quote does not end a string."),
        ("escaped-backslash", r'"\u005Cn"', "\\n", "An escaped backslash starts no escape."),
        ("two-backslashes", r'"\\n"', "\\n", "A backslash, and then an n."),
        ("two-backslashes-u", r'"\\u0061"', "\\u0061", "A backslash, and then what looks like an escape."),
        ("backslash-at-end", r'["a\\"]', ["a\\"], "An escaped backslash right before the quote."),
        ("slash", '"a/b"', "a/b", "A slash needs no escape."),
        ("delete", '"\x7f"', "\x7f", "U+007F needs no escape."),
        ("line-separators", '"\u2028\u2029"', "\u2028\u2029", "U+2028 and U+2029 need no escape."),
        ("2-bytes", '"é"', "é", "A character of 2 bytes."),
        ("3-bytes", '"€𝄞"', "€𝄞", "Characters of 3 and 4 bytes."),
        ("boundaries", '"\x7f\x80\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff"', "\x7f\x80\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff", "The ends of each length of UTF-8."),
        ("byte-order-mark", '"\ufeffa"', "\ufeffa", "A byte order mark inside of a string is text."),
        ("comment", '"a/*b*/c//d"', "a/*b*/c//d", "What looks like a comment is text inside of a string."),
        ("reserved", '"new\u00a0line"', "new\u00a0line", "A space that does not break is text inside of a string."),
        ("combining", '"e\u0301"', "e\u0301", "Text is not normalized."),
    ]


def space():
    return [
        ("around", " [] ", [], "White space around a value."),
        ("all-kinds", " \t\r\n1\t\r\n ", 1, "Space, tab, carriage return and line feed are white space."),
        ("inside", ' [ 1 , { "a" : 2 } ] ', [1, Map([("a", 2)])], "White space around every part."),
        ("line-feed-last", '{"a":1}\n', Map([("a", 1)]), "A line feed at the end, as documents have one."),
        ("pretty", '{\r\n  "a": [\r\n    1\r\n  ]\r\n}\r\n', Map([("a", [1])]), "Pretty text with the line ends of Windows."),
        ("in-empty-array", "[ ]", [], "White space in an empty array."),
        ("in-empty-object", "{\n}", Map(), "White space in an empty object."),
        ("before-comma", "[1\n,1]", [1, 1], "White space in front of a comma."),
    ]


def objects():
    return [
        ("1", '{"a":1}', Map([("a", 1)]), "An object is a map whose keys are binaries."),
        ("2", '{"asd":"sdf", "dfg":"fgh"}', Map([("asd", "sdf"), ("dfg", "fgh")]), "An object of two pairs."),
        ("out-of-order", '{"b":1,"a":2}', Map([("b", 1), ("a", 2)]), "Pairs in any order: the canonical form sorts them."),
        ("empty-key", '{"":0}', Map([("", 0)]), "The empty text as key."),
        ("escaped-key", r'{"foo\u0000bar": 42}', Map([("foo\0bar", 42)]), "A key with an escape."),
        ("same-values", '{"a":1,"b":1}', Map([("a", 1), ("b", 1)]), "Two keys with one value."),
        ("case", '{"a":1,"A":2}', Map([("a", 1), ("A", 2)]), "Keys that differ in case are two keys."),
        ("combining", '{"\u00e9":1,"e\u0301":2}', Map([("\u00e9", 1), ("e\u0301", 2)]), "Two spellings of a letter are two keys."),
        ("prefix", '{"a":1,"aa":2,"":3}', Map([("a", 1), ("aa", 2), ("", 3)]), "A key that starts another."),
        ("nested-same", '{"a":{"a":{"a":1}}}', Map([("a", Map([("a", Map([("a", 1)]))]))]), "One key in each of three objects."),
        ("siblings", '[{"a":1},{"a":1}]', [Map([("a", 1)]), Map([("a", 1)])], "One key in each of two objects of an array."),
        ("unicode", '{"title":"\u041f\u043e\u043b"}', Map([("title", "\u041f\u043e\u043b")]), "A value beyond ASCII."),
    ]


def nested_empty(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


def pairs_of(depth):
    value = 1
    for _ in range(depth):
        value = Map([("k", value)])
    return value


def limits():
    digits = "123456789" * (DIGITS // 9 + 1)
    return [
        ("digits", digits[:DIGITS], int(digits[:DIGITS]), "An integer of 78,914 digits, the most there may be."),
        ("digits-negative", "-" + digits[:DIGITS], -int(digits[:DIGITS]), "A minus is no digit."),
        ("digits-fraction", "1." + "0" * (DIGITS - 2), 1.0, "A fraction of 78,914 characters, its point included."),
        ("depth-1024-objects", '{"k":' * 1024 + "1" + "}" * 1024, pairs_of(1024), "1,024 objects, one in the other."),
        ("depth-1024-empty", "[" * 1025 + "]" * 1025, nested_empty(1024), "1,025 arrays of which the last is empty: 1,024 enclose it."),
        ("depth-1024", "[" * 1024 + "1" + "]" * 1024, nested(1024), "1,024 arrays, one in the other."),
        ("300-pairs", "{" + ",".join(f'"{index}":{index}' for index in range(300)) + "}", Map([(str(index), index) for index in range(300)]), "An object of 300 pairs."),
        ("underflow", "123.456e-789", 0.0, "A number that is far too small is zero: zero is the nearest float."),
        ("underflow-negative", "-1e-400", -0.0, "A number that is far too small keeps its sign."),
        ("exponent-zero", "0e999999999999", 0.0, "Zero is zero with any exponent."),
    ]


def numbers_malformed():
    """A number's error is at its start. Where a shorter number stands in front, that one is read."""
    return [
        ("plus", "[@@+1]", "A plus in front."),
        ("plus-plus", "[@@++1234]", "Two pluses in front."),
        ("minus-minus", "[@@--1]", "Two minuses in front."),
        ("minus-only", "[@@-]", "A minus without digits."),
        ("minus-space", "[@@- 1]", "White space after a minus."),
        ("minus-word", "[@@-foo]", "A minus and a word."),
        ("minus-infinity", "[@@-Infinity]", "Infinity with a minus."),
        ("minus-nan", "[@@-NaN]", "NaN with a minus."),
        ("point-first", "[@@.123]", "No digits in front of the point."),
        ("minus-point", "[@@-.123]", "A minus and no digits in front of the point."),
        ("point-last", "[@@1.]", "No digits after the point."),
        ("point-exponent", "[@@2.e3]", "No digits between the point and the exponent."),
        ("point-minus", "[@@2.e-3]", "No digits between the point and an exponent with a minus."),
        ("point-space", "[@@1. 5]", "White space after the point."),
        ("exponent-empty", "[@@1e]", "An exponent without digits."),
        ("exponent-capital-empty", "[@@1E]", "A capital exponent without digits."),
        ("exponent-sign", "[@@1e+]", "An exponent with a sign only."),
        ("exponent-two-signs", "[@@1e+-2]", "An exponent with two signs."),
        ("exponent-word", "[@@1ea]", "An exponent that is no number."),
        ("exponent-zero-empty", "[@@0e]", "Zero and an exponent without digits."),
        ("exponent-zero-sign", "[@@0e+]", "Zero and an exponent with a sign only."),
        ("exponent-first", "[@@e1]", "An exponent without a number."),
        ("zero-first", "[@@012]", "A zero in front of other digits."),
        ("minus-zero-first", "[@@-012]", "A minus, and a zero in front of other digits."),
        ("two-zeros", "[@@00]", "Two zeros."),
        ("zero-first-alone", "@@01", "A zero in front of another digit, as a whole text."),
        ("hexadecimal", "[0@@x1]", "A number in hexadecimal: what follows the 0 is malformed."),
        ("hexadecimal-2", "[0@@x42]", "A number of two digits in hexadecimal."),
        ("letter", "[1@@a]", "A letter after a digit."),
        ("minus-inside", "[1@@-2]", "A minus after a number."),
        ("plus-inside", "[1@@+2]", "A sum."),
        ("second-point", "[1.2@@.3]", "A second point: the number ends before it."),
        ("second-exponent", "[1e2@@e3]", "A second exponent: the number ends before it."),
        ("exponent-fraction", "[1e2@@.5]", "An exponent with a fraction: the number ends before it."),
        ("underscore", "[1@@_000]", "An underscore between digits."),
        ("comma", "[0,@@5.]", "After a comma, a number without digits after its point."),
        ("other-digit", "[@@\uff11]", "A wide digit is no digit."),
        ("infinity", "[@@Infinity]", "Infinity is no number."),
        ("inf", "[@@Inf]", "Inf is no number."),
        ("nan", "[@@NaN]", "NaN is no number."),
        ("nan-lower", "[@@nan]", "nan is no number."),
    ]


def words_malformed():
    return [
        ("true-short", "[@@tru]", "true without its last letter."),
        ("false-short", "[@@fals]", "false without its last letter."),
        ("null-short", "[@@nul]", "null without its last letter."),
        ("true-wrong", "[@@trux]", "true with a wrong letter."),
        ("true-capital", "[@@True]", "True of Python."),
        ("true-all-capital", "[@@TRUE]", "true in capitals."),
        ("none", "[@@None]", "None of Python."),
        ("nil", "[@@nil]", "nil of Elixir."),
        ("undefined", "@@undefined", "undefined of JavaScript."),
        ("word", "@@hello", "Any word."),
        ("quoted-once", "@@'a'", "Single quotes."),
        ("comment-first", "@@/* */1", "A comment."),
        ("hash", "@@#1", "A comment of a shell."),
        ("star", "@@*", "A star."),
        ("angle", "[@@<null>]", "A word in angle brackets."),
        ("letter-e-acute", "@@é", "A letter beyond ASCII outside of a string."),
        ("nul", b"@@\0", "A zero byte."),
        ("byte-ff", b"@@\xff", "A byte outside of a string that is no UTF-8."),
        ("backslash", "[@@\\u0022a\"]", "An escape outside of a string."),
        ("true-longer", "[true@@r]", "true with a letter too many."),
        ("null-digit", "[null@@1]", "null with a digit after it."),
    ]


def arrays_malformed():
    return [
        ("comma-last", "[1,@@]", "A comma in front of the bracket."),
        ("comma-last-text", '["",@@]', "A comma between a string and the bracket."),
        ("comma-first", "[@@,1]", "A comma right after the bracket."),
        ("comma-only", "[@@,]", "Nothing but a comma."),
        ("two-commas", "[1,@@,2]", "Two commas."),
        ("two-commas-last", '["x",@@,]', "Two commas in front of the bracket."),
        ("no-comma", '["x" @@true]', "Two values without a comma."),
        ("no-comma-numbers", "[1 @@2]", "Two numbers without a comma."),
        ("no-comma-string", '[3@@"x"]', "A string right after a number."),
        ("no-comma-array", "[3@@[4]]", "An array right after a number."),
        ("colon", '["a"@@: 1]', "A colon in an array."),
        ("brace", "[1@@}", "An array that is closed as an object."),
        ("brace-first", "[@@}", "A brace right after a bracket."),
        ("star", "[@@*]", "A star in an array."),
        ("form-feed", "[@@\f]", "A form feed is no white space."),
        ("vertical-tab", '[@@\v"a"]', "A vertical tab is no white space."),
        ("backslash", r'["a"@@\f]', "An escape after a string."),
        ("comment", "[1@@/* */]", "A comment."),
        ("byte", b"[@@\xe5]", "A byte outside of a string that is no UTF-8."),
        ("byte-after", b"[1@@\xe5]", "A byte after a number that is no UTF-8."),
        ("close-only", "@@]", "A bracket that closes nothing."),
        ("semicolon", "[1@@;2]", "A semicolon in place of a comma."),
    ]


def objects_malformed():
    return [
        ("comma-last", '{"a":0,@@}', "A comma in front of the brace."),
        ("comma-first", "{@@,}", "A comma right after the brace."),
        ("two-commas", '{"a":1,@@,"b":2}', "Two commas."),
        ("two-commas-last", '{"a":1,@@,}', "Two commas in front of the brace."),
        ("no-comma", '{"a":1 @@"b":2}', "Two pairs without a comma."),
        ("no-colon", '{"a" @@1}', "A key and a value without a colon."),
        ("two-colons", '{"a":@@:1}', "Two colons."),
        ("comma-for-colon", '{"a"@@,1}', "A comma in place of a colon."),
        ("no-value", '{"a":@@}', "A key without a value."),
        ("no-value-1025", '{"k":' * 1024 + '{"k"@@}' + "}" * 1024, "A key in 1,025 objects without a colon: a key is not too deep."),
        ("key-only", '{"a"@@}', "A key alone."),
        ("key-integer", "{@@1:1}", "A key that is a number."),
        ("key-null", "{@@null:null}", "A key that is a word."),
        ("key-array", "{@@[]:1}", "A key that is an array."),
        ("key-object", "{@@{}:1}", "A key that is an object."),
        ("key-bare", "{@@a:1}", "A key without quotes."),
        ("key-single-quotes", "{@@'a':1}", "A key in single quotes."),
        ("key-after-comma", '{"a":1,@@b:2}', "A second key without quotes."),
        ("bracket", '{"a":1@@]', "An object that is closed as an array."),
        ("bracket-first", "{@@]", "A bracket right after a brace."),
        ("value-bare", '{"a":@@a}', "A value that is no word of JSON."),
        ("array-in", "{@@[", "An array where a key has to be."),
        ("comment", '{"a":1@@/*b*/}', "A comment."),
        ("comment-key", '{@@/*b*/"a":1}', "A comment in front of a key."),
        ("close-only", "@@}", "A brace that closes nothing."),
        ("equals", '{"a"@@=1}', "An equals sign in place of a colon."),
        ("arrow", '{"a"@@=>1}', "An arrow in place of a colon."),
        ("percent", "@@%{}", "A map of Elixir."),
    ]


def strings_malformed():
    cases = []
    for code in range(32):
        cases.append((f"control-{code:02x}", f'["a@@{chr(code)}b"]', f"The control character U+{code:04X} as it is."))
    return cases + [
        ("escape-x", r'["@@\x00"]', "An escape of C."),
        ("escape-a", r'["@@\a"]', "An escape of C that rings."),
        ("escape-zero", r'["@@\0"]', "An escape of zero."),
        ("escape-quote", r"""["@@\'"]""", "An escaped single quote."),
        ("escape-capital-u", r'["@@\U0061"]', "A capital U."),
        ("escape-capital-n", r'["@@\N"]', "A capital N."),
        ("escape-space", '["@@\\ "]', "An escaped space."),
        ("escape-line-feed", '["@@\\\n"]', "An escaped line feed."),
        ("escape-tab", '["@@\\\t"]', "An escaped tab."),
        ("escape-nul", b'["@@\\\0"]', "An escaped zero byte."),
        ("escape-emoji", '["@@\\\U0001f300"]', "An escaped character beyond ASCII."),
        ("escape-byte", b'["@@\\\xe5"]', "An escaped byte that is no UTF-8."),
        ("escape-u-empty", r'["@@\u"]', "An escape without digits."),
        ("escape-u-1", r'["@@\u0"]', "An escape of one digit."),
        ("escape-u-3", r'["@@\u00A"]', "An escape of three digits."),
        ("escape-u-letter", r'["@@\u00g0"]', "An escape with a letter that is no digit."),
        ("escape-u-sign", r'["@@\u+041"]', "An escape with a sign."),
        ("escape-u-space", r'["@@\u 041"]', "An escape with a space."),
        ("escape-u-braces", r'["@@\u{61}"]', "An escape of Elixir."),
        ("escape-u-byte", b'["@@\\u\xe5000"]', "An escape whose first digit is no UTF-8."),
        ("escape-and-no-utf8", b'["\xff@@\\x"]', "A string that is no UTF-8, and has a malformed escape after that."),
        ("control-and-no-utf8", b'["\xff@@\n"]', "A string that is no UTF-8, and has a line feed after that."),
        ("escape-second", r'["\ud800@@\u12"]', "The second escape of a pair has two digits."),
    ]


def no_text():
    """A string that is no UTF-8 has its error at its quote, half of a pair at its escape."""
    bad = [
        ("continuation", b"\x81", "a continuation byte with nothing in front"),
        ("overlong-2", b"\xc0\xaf", "a slash in two bytes"),
        ("overlong-nul", b"\xc0\x80", "U+0000 in two bytes"),
        ("overlong-3", b"\xe0\x80\xaf", "a slash in three bytes"),
        ("overlong-4", b"\xf0\x80\x80\xaf", "a slash in four bytes"),
        ("overlong-6", b"\xfc\x83\xbf\xbf\xbf\xbf", "six bytes, as UTF-8 once had"),
        ("surrogate", b"\xed\xa0\x80", "a surrogate"),
        ("surrogate-pair", b"\xed\xa0\xbd\xed\xb8\x80", "a pair of surrogates in three bytes each"),
        ("beyond", b"\xf4\xbf\xbf\xbf", "a character beyond the last"),
        ("ff", b"\xff", "the byte FF"),
        ("latin1", b"\xe9", "a letter in ISO 8859-1"),
        ("cut", b"\xe2\x82", "two of three bytes"),
        ("after-text", "日ш".encode() + b"\xfa", "sound text, then the byte FA"),
    ]
    cases = [(f"no-utf8-{name}", b'["x",@@"a' + data + b'b"]', f"A string with {what}.") for name, data, what in bad]
    cases += [
        ("no-utf8-key", b'{"a":1,@@"b\xff":2}', "A key that is no UTF-8."),
        ("high-alone", r'["@@\ud800"]', "The first half of a pair alone."),
        ("high-last", r'["@@\udbff"]', "The last of the first halves alone."),
        ("low-alone", r'["@@\udc00"]', "The second half of a pair alone."),
        ("low-last", r'["ab@@\uDFAA"]', "A second half alone, after sound text."),
        ("low-cut", r'"@@\udc00', "A second half, and the end: only a first half may go on."),
        ("low-cut-backslash", '"@@\\udc00\\', "A second half, a backslash, and the end."),
        ("high-text", r'["@@\ud800abc"]', "A first half, then text."),
        ("high-escape", r'["@@\ud800\n"]', "A first half, then the escape of a line feed."),
        ("high-no-escape", r'["@@\ud800\x"]', "A first half, then what is no escape: the half comes first."),
        ("high-letter", r'["@@\ud800\u0061"]', "A first half, then the escape of a letter."),
        ("high-high", r'["@@\ud800\ud800"]', "Two first halves."),
        ("low-high", r'["@@\udd1e\ud834"]', "Both halves in the wrong order."),
        ("pair-then-low", r'["\ud83d\ude00@@\ude00"]', "A whole pair, then a second half."),
        ("high-in-key", r'{"@@\ud800":1}', "Half of a pair in a key."),
    ]
    return cases


def space_malformed():
    return [
        ("byte-order-mark", b"@@\xef\xbb\xbf{}", "A byte order mark."),
        ("byte-order-mark-cut", b"@@\xef\xbb{}", "A part of a byte order mark."),
        ("utf-16-le", b'@@\xff\xfe[\0"\0\xe9\0"\0]\0', "UTF-16 with its byte order mark."),
        ("utf-16-be", b'@@\0[\0"\0\xe9\0"\0]', "UTF-16 without a byte order mark."),
        ("no-break", "[@@\u00a0]", "A space that does not break is no white space."),
        ("word-joiner", "[@@\u2060]", "A word joiner is no white space."),
        ("ideographic", "@@\u3000[]", "A wide space is no white space."),
        ("line-separator", "[1,@@\u20282]", "U+2028 is no white space."),
        ("form-feed", "@@\f[]", "A form feed is no white space."),
        ("next-line", "@@\u0085[]", "U+0085 is no white space."),
    ]


def keys_twice():
    return [
        ("twice", '{"a":"b",@@"a":"c"}', "A key twice."),
        ("twice-same-value", '{"a":"b",@@"a":"b"}', "A whole pair twice."),
        ("twice-escaped", r'{"a":1,@@"\u0061":2}', "A key twice, once as an escape."),
        ("twice-escaped-first", r'{"\u0061":1,@@"a":2}', "A key twice, first as an escape."),
        ("twice-pair", '{"\U0001f600":1,@@"\\ud83d\\ude00":2}', "A key twice, once as a pair of escapes."),
        ("twice-slash", r'{"/":1,@@"\/":2}', "A key twice, once with its slash escaped."),
        ("twice-empty", '{"":1,@@"":2}', "The empty key twice."),
        ("twice-apart", '{"a":1,"b":2,"c":3,@@"a":4}', "A key twice, with others in between."),
        ("twice-nested", '[{"a":{"b":1,@@"b":2}}]', "A key twice in an inner object."),
        ("twice-300", "{" + ",".join(f'"{index}":0' for index in range(300)) + ',@@"7":0}', "A key twice among 301."),
        ("twice-before-colon", '{"a":1,@@"a"}', "A key twice, the second time without a colon: it is known when it is whole."),
        ("twice-before-cut", '{"a":1,@@"a"', "A key twice, and then the end of the text."),
        ("twice-before-end", '{"a":1,@@"a":2,}', "A key twice, then a comma too many: the key comes first."),
    ]


def cut():
    """The text ends too early: the error is at its end."""
    whole = '{"a":[1,-2.5e+3,true,null,"x\\u00e9\\n",{}]}'
    cases = [
        ("nothing", "@@", "No text at all."),
        ("space", " \n@@", "White space alone."),
        ("string", '"@@', "A quote alone."),
        ("string-text", '"asd@@', "A string without its second quote."),
        ("string-escape", '"\\@@', "A string that ends in a backslash."),
        ("string-escaped-quote", '["\\"@@', "A string whose last quote is escaped."),
        ("string-u", r'"\u@@', "An escape without its digits."),
        ("string-u-2", r'"\u00@@', "An escape with half of its digits."),
        ("string-no-utf8", b'"a\xff@@', "A string that is no UTF-8 and is cut: it is checked when it is whole."),
        ("string-cut-character", b'"a\xe2\x82@@', "A string that is cut inside of a character."),
        ("string-high", r'"\ud83d@@', "The first half of a pair, and the end: the other half may be missing."),
        ("string-high-backslash", '"\\ud83d\\@@', "The first half of a pair, a backslash, and the end."),
        ("string-high-u", r'"\ud83d\u@@', "A pair whose second half has no digits."),
        ("true", "tru@@", "true without its last letter."),
        ("false", "f@@", "The first letter of false."),
        ("null", "nul@@", "null without its last letter."),
        ("minus", "-@@", "A minus alone."),
        ("point", "1.@@", "A number without digits after its point."),
        ("exponent", "1e@@", "A number without digits in its exponent."),
        ("exponent-sign", "1e-@@", "A number with a sign in its exponent and no digits."),
        ("array", "[@@", "A bracket alone."),
        ("array-value", '["a"@@', "An array that is not closed."),
        ("array-comma", '["",@@', "An array that ends in a comma."),
        ("array-number", "[1@@", "An array that ends in a number."),
        ("object", "{@@", "A brace alone."),
        ("object-key", '{"a"@@', "An object that ends in a key."),
        ("object-colon", '{"a":@@', "An object that ends in a colon."),
        ("object-value", '{"a":1@@', "An object that is not closed."),
        ("object-comma", '{"a":1,@@', "An object that ends in a comma."),
        ("nested", '[{"":' * 50 + "@@", "Arrays and objects that are opened and not closed."),
    ]
    for length in range(1, len(whole)):
        cases.append((f"whole-{length:02}", whole[:length] + "@@", f"A text of {len(whole)} bytes cut after {length}."))
    return cases


def trailing():
    return [
        ("bracket", "[1]@@]", "A bracket too many."),
        ("bracket-twice", "[]@@[]", "A second array."),
        ("brace", '{"a":true}@@}', "A brace too many."),
        ("object", "{}@@{}", "A second object."),
        ("number", "1 @@2", "A second number."),
        ("word", "{} @@x", "A word after an object."),
        ("comma", "[]@@,", "A comma after the value."),
        ("hash", '{"a":"b"}@@#', "A hash after the value."),
        ("comment", '{"a":"b"}@@/**/', "A comment after the value."),
        ("line-comment", '{"a":"b"}@@//', "A comment to the end of the line."),
        ("nul", b"123@@\0", "A zero byte after the value."),
        ("quote", '"a"@@"', "A quote too many."),
        ("byte", b"[]@@\xff", "A byte that is no UTF-8 after the value."),
        ("byte-order-mark", "[]@@\ufeff", "A byte order mark after the value."),
        ("line", '{"a":1}\n@@{"a":2}\n', "A second line."),
        ("string-word", '"a"@@b', "A letter after a string."),
        ("equals", "true@@=", "An equals sign after a word."),
    ]


def beyond_limits():
    digits = "1" * (DIGITS + 1)
    deep = "[" * 1025
    return [
        ("float", "[@@1e999]", "A number that no float can hold."),
        ("float-negative", "[@@-1e+9999]", "A negative number that no float can hold."),
        ("float-just", "[@@1.7976931348623159e308]", "The first number of 17 digits that rounds to infinity."),
        ("float-far", "[@@0.4e00669999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999969999999006]", "An exponent of 100 digits."),
        ("digits-1-more", "@@" + digits, "An integer of 78,915 digits."),
        ("digits-1-more-negative", "@@-" + digits, "A negative integer of 78,915 digits."),
        ("digits-1-more-fraction", "[@@0." + "0" * DIGITS + "]", "A fraction of 78,915 digits in all."),
        ("depth-1025", "[" * 1025 + "@@1" + "]" * 1025, "An integer in 1,025 arrays is one too deep."),
        ("depth-1025-objects", '{"k":' * 1025 + "@@1" + "}" * 1025, "An integer in 1,025 objects: it is said of the value, not of its key."),
        ("depth-4097", deep + "@@[" + "[" * (DEPTH - 1025) + "]" * (DEPTH + 1), "4,097 arrays, one in the other: the first that is too deep counts."),
        ("depth-4097-objects", '{"":' * 1025 + '@@{"":' + '{"":' * (DEPTH - 1025) + "1" + "}" * (DEPTH + 1), "4,097 objects, one in the other."),
        ("depth-open", deep + "@@" + "[" * (100_000 - 1025), "100,000 arrays that are opened and never closed: the limit comes before the end."),
    ]
