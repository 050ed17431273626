"""Values of the tagged mapping (json.md §4), read back, and what stands for no term."""

import json

import mappings
from etf import (
    FALSE,
    NIL,
    TRUE,
    Atom,
    External,
    Local,
    Map,
    Pid,
    Port,
    Record,
    Reference,
    bits,
    improper,
)
from json_vectors import refused, valid
from vector import Vector

SECTION = "json.md §5.1"
PID = Pid("a@b", 7, 1, 2)
UNIQ = bytes(range(16))
CLOSURE = Local("m", 1, 3, UNIQ, 4, 99, PID, (1,))
ITEM = Record("shop", "item", True, [("id", 7), ("name", b"Ada")])


def vectors():
    for name, value, shows, section in images():
        yield valid("tagged-json", f"tagged/{name}", mappings.tagged(value), value, shows, section)
    for name, text, value, shows in other_texts():
        yield valid("tagged-json", f"tagged/{name}", text, value, shows, SECTION)
    yield Vector(
        "json/tagged/local-ext",
        "tagged-json",
        b'{"$local":"AQID"}',
        "json.md §4.8",
        "LOCAL_EXT is a whole stored term: 131, 121 and its bytes.",
        expect={"canonical": "8379010203"},
        otp="OTP 25 refuses LOCAL_EXT (terms.md §7).",
    )
    yield Vector(
        "json/tagged/local-ext-empty",
        "tagged-json",
        b'{"$local":""}',
        "json.md §4.8",
        "LOCAL_EXT of no bytes: nothing need follow the 121.",
        expect={"canonical": "8379"},
        otp="OTP 25 refuses LOCAL_EXT (terms.md §7).",
    )
    for name, text, shows in meaningless():
        yield refused("tagged-json", f"meaningless/{name}", text, "meaningless", shows)
    for name, text, error, shows in unsound():
        yield refused("tagged-json", f"tagged/{name}", text, error, shows)


def images():
    """Every image of §4, back to its term."""
    atoms, integers, floats, binaries = "json.md §4.1", "json.md §4.2", "json.md §4.3", "json.md §4.4"
    bitstrings, lists, maps, others = "json.md §4.5", "json.md §4.6", "json.md §4.7", "json.md §4.8"
    a = Atom("a")
    deep_tuples, deep_maps, deep_lists, deep_keys, deep_records = 1, 1, 1, 1, 1
    for _ in range(1024):
        deep_tuples = (deep_tuples,)
        deep_lists = [deep_lists]
        deep_maps = Map([("k", deep_maps)])
        deep_keys = Map([(a, deep_keys)])
        deep_records = Record("m", "r", True, [("a", deep_records)])
    return [
        ("true", TRUE, "true is the atom true.", atoms),
        ("false", FALSE, "false is the atom false.", atoms),
        ("nil", NIL, "null is the atom nil.", atoms),
        ("atom", Atom("ok"), "An atom has the tag $atom.", atoms),
        ("atom-empty", Atom(""), "The atom without a name.", atoms),
        ("atom-module", Atom("Elixir.Shop.Cart"), "A module is an atom with its whole name.", atoms),
        ("atom-latin1", Atom("\u00e9"), "An atom beyond ASCII.", atoms),
        ("atom-nul", Atom("a\0b"), "An atom with U+0000.", atoms),
        ("atom-dollar", Atom("$atom"), "An atom whose name is a tag.", atoms),
        ("atom-255", Atom("\U0001f600" * 255), "The longest atom.", atoms),
        ("integer", 5, "A small integer.", integers),
        ("integer-negative", -(2**31) - 1, "A negative integer.", integers),
        ("integer-2-64", 2**64, "An integer beyond 64 bits.", integers),
        ("integer-2-2040", 2**2040, "An integer of 2,041 bits.", integers),
        ("integer-262144-bits", (1 << 262_144) - 1, "The largest integer that is a number.", integers),
        ("integer-262145-bits", 1 << 262_144, "The smallest integer that is hexadecimal text.", integers),
        ("integer-262145-bits-negative", -(1 << 262_144) - 0xABCDEF, "A negative one.", integers),
        ("float", 1.5, "A float.", floats),
        ("float-whole", 1.0, "A whole float is no integer.", floats),
        ("float-minus-zero", -0.0, "Minus zero.", floats),
        ("float-large", 1e16, "A float with an exponent.", floats),
        ("float-largest", 1.7976931348623157e308, "The largest float.", floats),
        ("float-smallest", 5e-324, "The smallest float above zero.", floats),
        ("text", "abc", "Text is a binary.", binaries),
        ("text-empty", "", "The empty text is the empty binary.", binaries),
        ("text-dollar", "$atom", "Text that is a tag.", binaries),
        ("text-unicode", "\u65e5\u672c \U0001f600 \u2028", "Text beyond ASCII.", binaries),
        ("text-control", "\0\x1f\x7f\"\\", "Text of control characters.", binaries),
        ("binary-1", b"\xff", "One byte: base64 has two = at its end.", binaries),
        ("binary-2", b"\xff\xfe", "Two bytes: base64 has one = at its end.", binaries),
        ("binary-3", b"\xff\xfe\xfd", "Three bytes: base64 has no = at its end.", binaries),
        ("binary-alphabet", b"\xfb\xff\xbf\x3e\x3f", "Base64 with + and /.", binaries),
        ("binary-256", bytes(range(256)), "Every byte once.", binaries),
        ("bits-1", bits(b"\x80", 1), "One bit.", bitstrings),
        ("bits-7", bits(b"\xfe", 7), "Seven bits.", bitstrings),
        ("bits-11", bits(b"\xff\xe0", 11), "Eleven bits.", bitstrings),
        ("list", [1, [2]], "A list is an array.", lists),
        ("list-empty", [], "The empty list.", lists),
        ("list-bytes", [104, 105], "A list of bytes is written as STRING.", lists),
        ("list-256", [1, 256], "A list that is no STRING.", lists),
        ("list-tuples", [(a, 1), (Atom("b"), 2)], "A keyword list.", lists),
        ("list-map-tail", [1, Map([("$tail", 2)])], "A list whose last element is a map with the key $tail.", lists),
        ("improper", improper([1], 2), "An improper list.", lists),
        ("improper-nil", improper([1, 2], NIL), "An improper list whose tail is nil.", lists),
        ("improper-map", improper([a], Map([("$tail", 1)])), "An improper list whose tail is a map with the key $tail.", lists),
        ("improper-nested", [improper([1], 2), improper([improper([3], 4)], 5)], "Improper lists in lists.", lists),
        ("tuple", (Atom("ok"), 1), "A tuple.", lists),
        ("tuple-empty", (), "The empty tuple.", lists),
        ("tuple-nested", ((), ((1,),)), "Tuples in tuples.", lists),
        ("tuple-256", ([],) * 256, "A tuple that is a LARGE_TUPLE.", lists),
        ("map", Map([("a", 1)]), "A map whose keys are texts is an object.", maps),
        ("map-empty", Map(), "The empty map is the empty object.", maps),
        ("map-empty-key", Map([("", 1)]), "The empty text as key.", maps),
        ("map-atoms", Map([(a, 1), (Atom("b"), 2)]), "A map whose keys are atoms is an array of pairs.", maps),
        ("map-dollar", Map([("$a", 1), ("b", 2)]), "A map with a key that starts with $.", maps),
        ("map-binary", Map([(b"\xff", 1)]), "A map with a key that is no UTF-8.", maps),
        ("map-each-key", Map([(key, 0) for key in (1, 1.0, a, Reference("a@b", 1, (1,)), CLOSURE, External("m", "f", 1), Port("a@b", 5, 1), PID, (1,), Map([(1, 1)]), [], [1], b"x", bits(b"\x80", 1))]), "A map with a key of each kind.", maps),
        ("map-out-of-order", Map([("b", 1), (a, 2), (1, 3)]), "Pairs in another order: the canonical form sorts them.", maps),
        ("map-1-and-1.0", Map([(1, 1), (1.0, 2)]), "1 and 1.0 are two keys.", maps),
        ("map-nested", Map([("a", Map([(a, Map([("a", 1)]))]))]), "Maps of both kinds in one another.", maps),
        ("struct", Map([(Atom("__struct__"), Atom("Elixir.Shop.Cart")), (Atom("id"), 1)]), "A struct is a map.", maps),
        ("pid", PID, "A pid.", others),
        ("pid-ones", Pid("a@b", 2**32 - 1, 2**32 - 1, 2**32 - 1), "A pid with its largest numbers.", others),
        ("pid-empty-node", Pid("", 0, 0, 0), "A pid of zeros on the node without a name.", others),
        ("port", Port("a@b", 5, 1), "A port.", others),
        ("port-2-28", Port("a@b", 2**28, 1), "A port that is a V4_PORT.", others),
        ("port-ones", Port("a@b", 2**64 - 1, 2**32 - 1), "A port with its largest numbers.", others),
        ("reference-1", Reference("a@b", 1, (3,)), "A reference of 1 word.", others),
        ("reference-2", Reference("a@b", 1, (3, 2)), "A reference of 2 words, the least significant one first.", others),
        ("reference-5", Reference("a@b", 2**32 - 1, (2**32 - 1, 0, 1, 2, 0)), "A reference of 5 words, the last one zero.", others),
        ("function", External("m", "f", 2), "An external function.", others),
        ("function-arity", External("Elixir.Enum", "map", 2**32 - 1), "The largest arity.", others),
        ("closure", CLOSURE, "A local function with a free variable.", others),
        ("closure-empty", Local("m", 0, 0, bytes(16), 0, 0, PID), "A local function without free variables.", others),
        ("closure-extremes", Local("m", 255, 2**32 - 1, b"\xff" * 16, -(2**31), 2**31 - 1, PID, (a, (1, 2), [CLOSURE])), "A local function with its largest numbers.", others),
        ("closure-255", Local("m", 1, 3, UNIQ, 4, 99, PID, ([],) * 255), "A local function with the most free variables.", others),
        ("record", ITEM, "A record.", "json.md §4.9"),
        ("record-empty", Record("m", "r", False), "A record without fields, which is not exported.", "json.md §4.9"),
        ("record-nested", Record("m", "r", True, [("b", (ITEM, [ITEM])), ("a", Map([(b"k", a)]))]), "Records in a record.", "json.md §4.9"),
        ("record-key", Map([(ITEM, 1)]), "A record that is a key.", "json.md §4.9"),
        ("depth-records", deep_records, "An integer in 1,024 records: 4,096 arrays and objects.", SECTION),
        ("depth-lists", deep_lists, "An integer in 1,024 lists.", SECTION),
        ("depth-tuples", deep_tuples, "An integer in 1,024 tuples: 2,048 arrays and objects.", SECTION),
        ("depth-objects", deep_maps, "An integer in 1,024 maps that are objects.", SECTION),
        ("depth-maps", deep_keys, "An integer in 1,024 maps that are arrays of pairs: 3,072 arrays and objects.", SECTION),
    ]


def other_texts():
    """Texts that no writer of the mapping makes, and that mean the same."""
    ok = Atom("ok")
    text = json.dumps({"$closure": json.loads(mappings.tagged(CLOSURE))["$closure"]}, indent=2)
    fields = json.loads(mappings.tagged(CLOSURE))["$closure"]
    backwards = json.dumps({"$closure": dict(reversed(list(fields.items())))})
    return [
        ("space", ' { "$tuple" : [ { "$atom" : "ok" } , 1 ] } \n', (ok, 1), "White space around every part."),
        ("pretty", text, CLOSURE, "A local function in pretty text."),
        ("escaped-tag", r'{"\u0024atom":"ok"}', ok, "A tag that starts with an escape."),
        ("escaped-tag-letters", r'{"$\u0061tom":"ok"}', ok, "A tag with an escape in it."),
        ("escaped-name", r'{"$atom":"\u006f\u006b"}', ok, "An atom's name of escapes."),
        ("escaped-base64", r'{"$binary":"\/w=="}', b"\xff", "Base64 with an escaped slash."),
        ("escaped-text", r'"\ud83d\ude00\u00e9"', "\U0001f600\u00e9", "Text of escapes."),
        ("escaped-field", r'{"$pid":{"n\u006fde":"a@b","number":7,"serial":1,"creation":2}}', PID, "A field's name with an escape."),
        ("order-pid", '{"$pid":{"creation":2,"serial":1,"number":7,"node":"a@b"}}', PID, "A pid's fields in another order."),
        ("order-port", '{"$port":{"creation":1,"number":5,"node":"a@b"}}', Port("a@b", 5, 1), "A port's fields in another order."),
        ("order-reference", '{"$ref":{"words":[3,2],"creation":1,"node":"a@b"}}', Reference("a@b", 1, (3, 2)), "A reference's fields in another order."),
        ("order-function", '{"$fun":{"arity":2,"function":"f","module":"m"}}', External("m", "f", 2), "A function's fields in another order."),
        ("order-record", '{"$record":{"fields":[["a",1]],"exported":true,"name":"r","module":"m"}}', Record("m", "r", True, [("a", 1)]), "A record's fields in another order."),
        ("order-closure", backwards, CLOSURE, "A local function's fields in another order."),
        ("order-bits", '{"$bits":"/+A=","size":11}', bits(b"\xff\xe0", 11), "A bitstring with its size after it."),
        ("tail-list", '[1,{"$tail":[2,3]}]', [1, 2, 3], "A tail that is a list goes on with the list around it."),
        ("tail-list-empty", '[1,{"$tail":[]}]', [1], "A tail that is the empty list ends the list."),
        ("tail-list-improper", '[1,{"$tail":[2,{"$tail":3}]}]', improper([1, 2], 3), "A tail that is an improper list makes the whole improper."),
        ("tail-map", '[1,{"$tail":{"$map":[]}}]', improper([1], Map()), "A tail that is the empty map."),
        ("integer-capitals", '{"$integer":"-0xAbCdEF"}', -0xABCDEF, "Digits in capitals mean the same."),
        ("integer-zeros", '{"$integer":"0x000ab"}', 0xAB, "Zeros in front mean nothing."),
        ("integer-minus-zero-hexadecimal", '{"$integer":"-0x0"}', 0, "Minus zero is zero."),
        ("order-object", '{"b":1,"a":2}', Map([("b", 1), ("a", 2)]), "An object's pairs in another order."),
        ("dollar-inside", '{"a$":1,"b":"$"}', Map([("a$", 1), ("b", "$")]), "$ inside of a key is nothing special."),
        ("float-exponent", "1e0", 1.0, "A number with an exponent is a float."),
        ("float-comma", "[1.50,15e-1,0.15E+1]", [1.5, 1.5, 1.5], "One float in three spellings."),
        ("integer-minus-zero", "-0", 0, "-0 has no point and no exponent: it is the integer 0."),
    ]


def meaningless():
    """Sound JSON that stands for no term."""
    name = "x" * 256
    fields = json.loads(mappings.tagged(CLOSURE))["$closure"]

    def closure(**changes):
        return "@@" + json.dumps({"$closure": {**fields, **changes}}, separators=(",", ":"))

    def without(key):
        return "@@" + json.dumps({"$closure": {k: v for k, v in fields.items() if k != key}}, separators=(",", ":"))

    def record(without=None, **changes):
        fields = {"module": "m", "name": "r", "exported": True, "fields": [["a", 1]], **changes}
        fields.pop(without, None)
        return "@@" + json.dumps({"$record": fields}, separators=(",", ":"))

    cases = [
        ("unknown-tag", '@@{"$foo":1}', "A tag that there is not."),
        ("unknown-tag-nested", '[1,{"a":@@{"$foo":1}}]', "A tag that there is not, in an object in an array."),
        ("unknown-tag-case", '@@{"$Atom":"ok"}', "A tag in capitals."),
        ("unknown-tag-dollar", '@@{"$":1}', "$ alone as tag."),
        ("binary-line-feed", '@@{"$binary":"/w=\\n="}', "Base64 with a line feed."),
        ("binary-line-feed-last", '@@{"$binary":"/w==\\n"}', "Base64 with a line feed at its end."),
        ("binary-spare-bits", '@@{"$binary":"/x=="}', "Base64 whose last digit has bits that are no byte\'s."),
        ("binary-spare-bits-2", '@@{"$binary":"//9="}', "Base64 of two bytes with such bits."),
        ("bits-spare", '@@{"$bits":"//8=","size":11}', "A bitstring whose bits beyond its size are set."),
        ("local-spare-bits", '@@{"$local":"AR=="}', "LOCAL_EXT with such bits."),
        ("second-dollar", '@@{"a":1,"$b":2}', "A key that starts with $ in an object that is none of the mapping."),
        ("second-dollar-tag", '@@{"a":1,"$atom":"ok"}', "A tag that is not the first key."),
        ("atom-integer", '@@{"$atom":1}', "An atom's name that is no text."),
        ("atom-null", '@@{"$atom":null}', "An atom's name that is null."),
        ("atom-more", '@@{"$atom":"ok","a":1}', "An atom with a second key."),
        ("atom-two-tags", '@@{"$atom":"ok","$binary":"/w=="}', "Two tags in one object."),
        ("atom-256", f'@@{{"$atom":"{name}"}}', "An atom of 256 characters."),
        ("integer-number", '@@{"$integer":5}', "A large integer that is no text."),
        ("integer-decimal", '@@{"$integer":"12"}', "A large integer in decimal."),
        ("integer-empty", '@@{"$integer":""}', "A large integer without a digit."),
        ("integer-no-digits", '@@{"$integer":"0x"}', "A large integer of 0x alone."),
        ("integer-wrong-digit", '@@{"$integer":"0xfg"}', "A large integer with a wrong digit."),
        ("integer-two-signs", '@@{"$integer":"--0x5"}', "A large integer with two signs."),
        ("integer-sign-inside", '@@{"$integer":"0x-5"}', "A large integer with its sign after 0x."),
        ("integer-more", '@@{"$integer":"0x5","a":1}', "A large integer with a second key."),
        ("binary-integer", '@@{"$binary":1}', "A binary that is no text."),
        ("binary-alphabet", '@@{"$binary":"!w=="}', "Base64 with a character that it has not."),
        ("binary-url-alphabet", '@@{"$binary":"_w=="}', "Base64 with the alphabet for addresses."),
        ("binary-space", '@@{"$binary":"/w = ="}', "Base64 with white space."),
        ("binary-no-padding", '@@{"$binary":"/w"}', "Base64 without its padding."),
        ("binary-short-padding", '@@{"$binary":"/w="}', "Base64 with half of its padding."),
        ("binary-long-padding", '@@{"$binary":"//79="}', "Base64 with a padding that it does not need."),
        ("binary-1-character", '@@{"$binary":"/==="}', "Base64 of one character."),
        ("binary-more", '@@{"$binary":"/w==","size":8}', "A binary with a size."),
        ("bits-no-size", '@@{"$bits":"/+A="}', "A bitstring without its size."),
        ("bits-size-text", '@@{"$bits":"/+A=","size":"11"}', "A bitstring whose size is text."),
        ("bits-size-float", '@@{"$bits":"/+A=","size":11.0}', "A bitstring whose size is a float."),
        ("bits-size-negative", '@@{"$bits":"/+A=","size":-1}', "A bitstring whose size is below zero."),
        ("bits-size-more", '@@{"$bits":"/+A=","size":17}', "A bitstring of 17 bits in two bytes."),
        ("bits-size-fewer", '@@{"$bits":"/+A=","size":3}', "A bitstring of 3 bits in two bytes."),
        ("bits-size-huge", '@@{"$bits":"/+A=","size":18446744073709551619}', "A bitstring of 2^64 + 3 bits in two bytes."),
        ("bits-more", '@@{"$bits":"/+A=","size":11,"a":1}', "A bitstring with a third key."),
        ("bits-base64", '@@{"$bits":"/+A","size":11}', "A bitstring whose base64 lacks its padding."),
        ("tuple-object", '@@{"$tuple":{}}', "A tuple that is no array."),
        ("tuple-null", '@@{"$tuple":null}', "A tuple that is null."),
        ("tuple-more", '@@{"$tuple":[],"a":1}', "A tuple with a second key."),
        ("map-object", '@@{"$map":{}}', "A map's pairs that are an object."),
        ("map-no-pair", '@@{"$map":[1]}', "A map's pair that is no array."),
        ("map-empty-pair", '@@{"$map":[[]]}', "A map's pair of nothing."),
        ("map-short-pair", '@@{"$map":[[1]]}', "A map's pair of one value."),
        ("map-long-pair", '@@{"$map":[[1,2,3]]}', "A map's pair of three values."),
        ("map-more", '@@{"$map":[[1,2]],"a":1}', "A map with a second key."),
        ("map-tail-pair", '@@{"$map":[[1,{"$tail":2}]]}', "A map's pair with a tail: the map is meaningless, not the array that is its pair."),
        ("tail-alone", '@@{"$tail":2}', "A tail that is in no array."),
        ("tail-alone-and-trailing", '@@{"$tail":2}x', "That a tail is in no array is known when it ends."),
        ("tail-as-value-and-cut", '{"a":@@{"$tail":2}', "So it is in an object that is cut after it."),
        ("tail-only", '[@@{"$tail":2}]', "A tail without an element in front."),
        ("tail-not-last", '[1,@@{"$tail":2},3]', "A tail with an element after it."),
        ("tail-twice", '[1,@@{"$tail":2},{"$tail":3}]', "Two tails: the first of them is not the last element."),
        ("tail-not-last-tag", '[1,{"$tail":2},@@{"$x":3}]', "A tail with an unknown tag after it: that it is not last is known when the array ends."),
        ("tail-only-tag", '[{"$tail":2},@@{"$x":3}]', "So is it of a tail without an element in front."),
        ("tail-more", '[1,@@{"$tail":2,"a":1}]', "A tail with a second key."),
        ("tail-in-tuple", '@@{"$tuple":[1,{"$tail":2}]}', "A tail in a tuple: the array is a list, but not one that a tuple has."),
        ("tail-as-value", '{"a":@@{"$tail":2}}', "A tail as a value of an object."),
        ("pid-null", '@@{"$pid":null}', "A pid that is no object."),
        ("pid-empty", '@@{"$pid":{}}', "A pid without fields."),
        ("pid-no-node", '@@{"$pid":{"number":7,"serial":1,"creation":2}}', "A pid without its node."),
        ("pid-no-creation", '@@{"$pid":{"node":"a@b","number":7,"serial":1}}', "A pid without its creation."),
        ("pid-more-fields", '@@{"$pid":{"node":"a@b","number":7,"serial":1,"creation":2,"a":1}}', "A pid with a field too many."),
        ("pid-more", '@@{"$pid":{"node":"a@b","number":7,"serial":1,"creation":2},"a":1}', "A pid with a second key."),
        ("pid-node", '@@{"$pid":{"node":1,"number":7,"serial":1,"creation":2}}', "A pid whose node is no text."),
        ("pid-node-atom", '@@{"$pid":{"node":{"$atom":"a@b"},"number":7,"serial":1,"creation":2}}', "A pid whose node is an atom with its tag."),
        ("pid-node-256", f'@@{{"$pid":{{"node":"{name}","number":7,"serial":1,"creation":2}}}}', "A pid whose node has 256 characters."),
        ("pid-number-2-32", '@@{"$pid":{"node":"a@b","number":4294967296,"serial":1,"creation":2}}', "A pid's number of 33 bits."),
        ("pid-number-negative", '@@{"$pid":{"node":"a@b","number":-1,"serial":1,"creation":2}}', "A pid's number below zero."),
        ("pid-number-float", '@@{"$pid":{"node":"a@b","number":7.0,"serial":1,"creation":2}}', "A pid's number that is a float."),
        ("pid-number-text", '@@{"$pid":{"node":"a@b","number":"7","serial":1,"creation":2}}', "A pid's number that is text."),
        ("pid-serial-2-32", '@@{"$pid":{"node":"a@b","number":7,"serial":4294967296,"creation":2}}', "A pid's serial of 33 bits."),
        ("pid-creation-2-32", '@@{"$pid":{"node":"a@b","number":7,"serial":1,"creation":4294967296}}', "A pid's creation of 33 bits."),
        ("port-2-64", '@@{"$port":{"node":"a@b","number":18446744073709551616,"creation":1}}', "A port's number of 65 bits."),
        ("port-negative", '@@{"$port":{"node":"a@b","number":-1,"creation":1}}', "A port's number below zero."),
        ("port-no-number", '@@{"$port":{"node":"a@b","creation":1}}', "A port without its number."),
        ("port-serial", '@@{"$port":{"node":"a@b","number":5,"serial":1,"creation":1}}', "A port with a serial, which pids have."),
        ("reference-no-words", '@@{"$ref":{"node":"a@b","creation":1,"words":[]}}', "A reference of no words."),
        ("reference-6-words", '@@{"$ref":{"node":"a@b","creation":1,"words":[1,1,1,1,1,1]}}', "A reference of 6 words."),
        ("reference-word-2-32", '@@{"$ref":{"node":"a@b","creation":1,"words":[4294967296]}}', "A reference's word of 33 bits."),
        ("reference-word-negative", '@@{"$ref":{"node":"a@b","creation":1,"words":[-1]}}', "A reference's word below zero."),
        ("reference-word-text", '@@{"$ref":{"node":"a@b","creation":1,"words":["1"]}}', "A reference's word that is text."),
        ("reference-words-integer", '@@{"$ref":{"node":"a@b","creation":1,"words":1}}', "A reference's words that are no array."),
        ("reference-missing-words", '@@{"$ref":{"node":"a@b","creation":1}}', "A reference without its words."),
        ("function-no-arity", '@@{"$fun":{"module":"m","function":"f"}}', "A function without its arity."),
        ("function-negative", '@@{"$fun":{"module":"m","function":"f","arity":-1}}', "A function's arity below zero."),
        ("function-2-32", '@@{"$fun":{"module":"m","function":"f","arity":4294967296}}', "A function's arity of 33 bits."),
        ("function-module", '@@{"$fun":{"module":null,"function":"f","arity":1}}', "A function's module that is no text."),
        ("function-name-256", f'@@{{"$fun":{{"module":"m","function":"{name}","arity":1}}}}', "A function's name of 256 characters."),
        ("closure-arity-256", closure(arity=256), "A local function's arity of 256."),
        ("closure-index-2-32", closure(index=2**32), "A local function's index of 33 bits."),
        ("closure-index-negative", closure(index=-1), "A local function's index below zero."),
        ("closure-uniq-15", closure(uniq="AAAAAAAAAAAAAAAAAAAA"), "A local function's uniq of 15 bytes."),
        ("closure-uniq-17", closure(uniq="AAAAAAAAAAAAAAAAAAAAAAA="), "A local function's uniq of 17 bytes."),
        ("closure-uniq-base64", closure(uniq="AAAAAAAAAAAAAAAAAAAAAA"), "A local function's uniq without its padding."),
        ("closure-old-index-2-31", closure(old_index=2**31), "A local function's old index of 2^31."),
        ("closure-old-uniq", closure(old_uniq=-(2**31) - 1), "A local function's old uniq below -2^31."),
        ("closure-free-object", closure(free={}), "A local function's free variables that are no array."),
        ("closure-free-256", closure(free=[1] * 256), "A local function with 256 free variables."),
        ("closure-creator-null", closure(creator=None), "A local function without a creator's fields."),
        ("closure-no-creator", without("creator"), "A local function without its creator."),
        ("closure-no-free", without("free"), "A local function without the array of its free variables."),
        ("record-no-fields", record(fields=None, without="fields"), "A record without its fields."),
        ("record-more", record(more=1), "A record with a key too many."),
        ("record-module", record(module=None), "A record's module that is no text."),
        ("record-name-256", record(name=name), "A record's name of 256 characters."),
        ("record-exported", record(exported=1), "Whether a record is exported, as a number."),
        ("record-fields-object", record(fields={"a": 1}), "A record's fields as an object."),
        ("record-field-alone", record(fields=[["a"]]), "A field without its value."),
        ("record-field-three", record(fields=[["a", 1, 2]]), "A field of three elements."),
        ("record-field-name", record(fields=[[1, 2]]), "A field's name that is no text."),
        ("record-field-atom", '@@{"$record":{"module":"m","name":"r","exported":true,"fields":[[{"$atom":"a"},1]]}}', "A field's name that is written as an atom."),
        ("record-twice", record(fields=[["a", 1], ["a", 2]]), "A record that names a field twice."),
        ("local-integer", '@@{"$local":1}', "LOCAL_EXT that is no text."),
        ("local-base64", '@@{"$local":"AQI"}', "LOCAL_EXT whose base64 lacks its padding."),
        ("local-nested", '[@@{"$local":"AQID"}]', "LOCAL_EXT in a list: it stands for a whole stored term."),
        ("local-more", '@@{"$local":"AQID","a":1}', "LOCAL_EXT with a second key."),
    ]
    creator = closure(creator={"node": "a@b", "number": 7, "serial": 1})
    cases.append(
        ("closure-creator", creator, "A local function whose creator lacks its creation: that one is an object like any.")
    )
    creator = closure(creator={"$pid": fields["creator"]})
    cases.append(
        ("closure-creator-tag", creator, "A local function whose creator has a tag.")
    )
    for name, one, other, shows in [
        ("map-twice", "1", "1", "A map with a key twice."),
        ("map-twice-text", '"$a"', '"$a"', "A map with a text twice."),
        ("map-twice-zeros", "0.0", "-0.0", "A map with the keys 0.0 and -0.0."),
        ("map-twice-tuples", '{"$tuple":[0.0]}', '{"$tuple":[-0.0]}', "A map with such keys in tuples."),
        ("map-twice-words", '{"$ref":{"node":"a@b","creation":1,"words":[5]}}', '{"$ref":{"node":"a@b","creation":1,"words":[5,0]}}', "A map with references that differ in a zero word."),
    ]:
        text = f'@@{{"$map":[[{one},1],[{other},2]]}}'
        cases.append((name, text, shows))
    return cases


def unsound():
    """What the strict reader refuses is refused here, too."""
    return [
        ("comma-last", '{"$tuple":[1,@@]}', "malformed", "A comma in front of the bracket of a tuple."),
        ("cut", '{"$atom":"ok"@@', "truncated", "An atom that is cut."),
        ("cut-tag", '{"$at@@', "truncated", "A tag that is cut."),
        ("key-twice", '{"a":1,@@"a":2}', "duplicateKey", "A key twice."),
        ("key-twice-escaped", r'{"a":1,@@"\u0061":2}', "duplicateKey", "A key twice, once as an escape."),
        ("tag-twice", '{"$atom":"a",@@"$atom":"a"}', "duplicateKey", "A tag twice."),
        ("field-twice", '{"$pid":{"node":"a@b",@@"node":"a@b","number":7,"serial":1,"creation":2}}', "duplicateKey", "A pid's field twice."),
        ("trailing", '{"$atom":"ok"} @@1', "trailingBytes", "A number after an atom."),
        ("half-pair", r'{"$atom":"@@\ud800"}', "malformedText", "Half of a pair of surrogates in an atom's name."),
        ("no-utf8", b'{"$atom":@@"\xff"}', "malformedText", "An atom's name that is no UTF-8."),
        ("infinity", "@@1e999", "limitExceeded", "A number that no float can hold."),
        ("depth-lists-1025", "[" * 1025 + "@@1" + "]" * 1025, "limitExceeded", "An integer in 1,025 lists is one too deep."),
        ("depth-tuples-1025", '{"$tuple":[' * 1025 + "@@1" + "]}" * 1025, "limitExceeded", "An integer in 1,025 tuples is one too deep."),
        ("depth-objects-1025", '{"k":' * 1025 + "@@1" + "}" * 1025, "limitExceeded", "An integer in 1,025 maps is one too deep: it is said of the value, not of its key."),
        ("nesting-4097", '{"$tuple":' * 4096 + '@@{"$tuple":[]}' + "}" * 4096, "limitExceeded", "4,097 objects in one another, none of them a term in a term: text nests too deep."),
        ("nesting-map-4097", '{"$map":' * 4096 + '@@{"$map":[]}' + "}" * 4096, "limitExceeded", "What takes the place of the array of a $map is no term either."),
        ("depth-open", "[" * 1025 + "@@[" + "[" * 50_000, "limitExceeded", "50,000 lists that are opened and never closed: the limit comes before the end."),
    ]
