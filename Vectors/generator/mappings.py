"""The two mappings of terms and recordings to JSON (json.md §2 to §4), as text.

    plain(term), tagged(term)                              a term of etf.py
    document(header, events, plain or tagged as name)      a document of json.md §2.1
    states(states)                                         the states after each event, as vectors.md §3 has them

`header` is a `Map`, an event a tuple `(offset, Atom(kind), payload, *further)`.

`elixir(term)` is the text that Elixir prints for a term. It does what the vectors need and refuses what it cannot do
for sure; `otp_check.escript` compares every text that it gave with a real Elixir.
"""

import base64
import functools
import json
import re
import unicodedata

from etf import (
    FALSE,
    NIL,
    TRUE,
    Atom,
    Bits,
    External,
    Improper,
    Local,
    Map,
    Pid,
    Port,
    Record,
    Reference,
    Written,
    compare,
    write,
)

_LITERALS = {NIL: None, TRUE: True, FALSE: False}
_LARGEST_DECIMAL = 262_144


def in_order(pairs):
    """The pairs of a map in the order of their keys (terms.md §5)."""
    return sorted(pairs, key=functools.cmp_to_key(lambda one, other: compare(one[0], other[0])))


def _dump(tree):
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _value(term):
    return term.value if isinstance(term, Written) else term


def _base64(data):
    return base64.b64encode(data).decode()


def _utf8(data):
    """The text of a binary, or None when it is not UTF-8."""
    try:
        return data.decode("utf-8", "strict")
    except UnicodeDecodeError:
        return None


def _hexadecimal(value):
    return ("-" if value < 0 else "") + f"0x{abs(value):x}"


def _pairs(pairs):
    """An object: no key may be there twice."""
    tree = dict(pairs)
    if len(tree) != len(pairs):
        raise ValueError("a key twice")
    return tree


# Plain


def plain(term):
    return _dump(plain_tree(_value(term)))


def plain_tree(term):
    if isinstance(term, Atom):
        return _LITERALS[term] if term in _LITERALS else term.name
    if isinstance(term, int):
        return _hexadecimal(term) if abs(term).bit_length() > _LARGEST_DECIMAL else term
    if isinstance(term, float):
        return term
    if isinstance(term, str):
        return term
    if isinstance(term, bytes):
        text = _utf8(term)
        return {"base64": _base64(term)} if text is None else text
    if isinstance(term, Bits):
        return {"base64": _base64(term.data), "bits": term.count}
    if isinstance(term, (tuple, list)):
        return [plain_tree(element) for element in term]
    if isinstance(term, Improper):
        return [plain_tree(element) for element in term.elements + (term.tail,)]
    if isinstance(term, Map):
        return _plain_map(term)
    if isinstance(term, Record):
        texts = key_texts((Atom(name) for name, _ in term.fields), taken=["__record__"])
        values = [plain_tree(value) for _, value in term.fields]
        return _pairs([("__record__", f"{term.module}:{term.name}"), *zip(texts, values)])
    return elixir(term)


def _plain_map(term):
    return _pairs(list(zip(key_texts(key for key, _ in term.pairs), (_plain_pair(*pair) for pair in term.pairs))))


def _plain_pair(key, value):
    if key == Atom("__struct__") and isinstance(value, Atom):
        return elixir(value)
    return plain_tree(value)


def key_texts(keys, taken=()):
    """The texts of a map's keys (json.md §3.7, §3.8), none of them one of `taken`."""
    texts = list(taken)
    for key in keys:
        text = key_text(key)
        number = 1
        unique = text
        while unique in texts:
            number += 1
            unique = f"{text}#{number}"
        texts.append(unique)
    return texts[len(taken) :]


def key_text(key):
    key = _value(key)
    if key == NIL:
        return ""
    if isinstance(key, Atom):
        return key.name
    if isinstance(key, str):
        return key
    if isinstance(key, bytes) and _utf8(key) is not None:
        return _utf8(key)
    return elixir(key)


# Tagged


def tagged(term):
    return _dump(tagged_tree(_value(term)))


def tagged_tree(term):
    if isinstance(term, Atom):
        return _LITERALS[term] if term in _LITERALS else {"$atom": term.name}
    if isinstance(term, int):
        return {"$integer": _hexadecimal(term)} if abs(term).bit_length() > _LARGEST_DECIMAL else term
    if isinstance(term, (float, str)):
        return term
    if isinstance(term, bytes):
        text = _utf8(term)
        return {"$binary": _base64(term)} if text is None else text
    if isinstance(term, Bits):
        return {"$bits": _base64(term.data), "size": term.count}
    if isinstance(term, tuple):
        return {"$tuple": [tagged_tree(element) for element in term]}
    if isinstance(term, list):
        return [tagged_tree(element) for element in term]
    if isinstance(term, Improper):
        return [tagged_tree(element) for element in term.elements] + [{"$tail": tagged_tree(term.tail)}]
    if isinstance(term, Map):
        return _tagged_map(term)
    if isinstance(term, Pid):
        return {"$pid": _tagged_pid(term)}
    if isinstance(term, Port):
        return {"$port": {"node": term.node, "number": term.number, "creation": term.creation}}
    if isinstance(term, Reference):
        return {"$ref": {"node": term.node, "creation": term.creation, "words": list(term.words)}}
    if isinstance(term, External):
        return {"$fun": {"module": term.module, "function": term.function, "arity": term.arity}}
    if isinstance(term, Record):
        return {
            "$record": {
                "module": term.module,
                "name": term.name,
                "exported": term.exported,
                "fields": [[name, tagged_tree(value)] for name, value in term.fields],
            }
        }
    if isinstance(term, Local):
        return {
            "$closure": {
                "module": term.module,
                "arity": term.arity,
                "index": term.index,
                "uniq": _base64(term.uniq),
                "old_index": term.old_index,
                "old_uniq": term.old_uniq,
                "creator": _tagged_pid(term.creator),
                "free": [tagged_tree(value) for value in term.free],
            }
        }
    raise TypeError(f"no term: {term!r}")


def _tagged_pid(pid):
    return {"node": pid.node, "number": pid.number, "serial": pid.serial, "creation": pid.creation}


def _tagged_map(term):
    texts = [_utf8(key) if isinstance(key, bytes) else key for key, _ in term.pairs]
    values = [tagged_tree(value) for _, value in term.pairs]
    if all(isinstance(text, str) and not text.startswith("$") for text in texts):
        return _pairs(list(zip(texts, values)))
    return {"$map": [[tagged_tree(key), value] for (key, _), value in zip(term.pairs, values)]}


# Documents


def document(header, events, mapping):
    """A document (json.md §2.1) in the mapping "plain" or "tagged"."""
    return _dump(document_tree(header, events, mapping))


def lines(header, events, mapping, finish=None):
    """The lines of json.md §2.2 as an array: the header, the events, and the summary, which is a dictionary of values."""
    tree = document_tree(header, events, mapping)
    events = tree.pop("events")
    return _dump([tree, *events, *([] if finish is None else [{"summary": finish}])])


def document_tree(header, events, mapping):
    header = _value(header)
    tree = {"plain": plain_tree, "tagged": tagged_tree}[mapping]
    # The key "events" belongs to the document, so a field of the header with that text is the second one.
    ordered = in_order(header.pairs)
    texts = key_texts((key for key, _ in ordered), taken=["events"])
    pairs = []
    for text, (key, value) in zip(texts, ordered):
        named = key in (Atom("view"), Atom("__struct__")) and isinstance(value, Atom) and value != NIL
        pairs.append((text, elixir(value) if mapping == "plain" and named else tree(value)))
    return _pairs(pairs + [("events", [_event(_value(event), tree) for event in events])])


def states(states):
    """The states of recording.md §7 as vectors have them (vectors.md §3): tuples of assigns, components, url and since when it is unsure."""
    trees = []
    for assigns, components, url, unsure in states:
        assigns, components = (tagged_tree(write(part).value) for part in (assigns, components))
        tree = {"assigns": assigns, "components": components, "url": url}
        trees.append(tree if unsure is None else {**tree, "unsure": unsure})
    return _dump(trees)


def _event(event, tree):
    offset, kind, payload, *further = event
    members = {"offset": offset, "type": kind.name, "payload": tree(payload)}
    if further:
        members["extra"] = [tree(element) for element in further]
    return members


# What Elixir prints


class Unsettled(Exception):
    """Elixir prints this one way today and another way tomorrow, or it is not worth knowing how."""


# Every text that `elixir` gave, with its term, for the check with a real Elixir.
printed = []


def elixir(term):
    text = _elixir(_value(term))
    if "~c" not in text and "#Record" not in text:  # Elixir 1.14 writes charlists in another way: json.md §3.7.
        printed.append((_value(term), text))
    return text


def _elixir(term):
    if isinstance(term, Atom):
        return _elixir_atom(term.name)
    if isinstance(term, int):
        return str(term)
    if isinstance(term, float):
        return _elixir_float(term)
    if isinstance(term, tuple):
        return "{" + ", ".join(_elixir(element) for element in term) + "}"
    if isinstance(term, list):
        return _elixir_list(term)
    if isinstance(term, Improper):
        return "[" + ", ".join(_elixir(element) for element in term.elements) + " | " + _elixir(term.tail) + "]"
    if isinstance(term, Map):
        return _elixir_map(term)
    if isinstance(term, (str, bytes)):
        return _elixir_binary(term.encode() if isinstance(term, str) else term)
    if isinstance(term, Bits):
        whole = [str(byte) for byte in term.data[:-1]]
        rest = term.count % 8
        return "<<" + ", ".join(whole + [f"{term.data[-1] >> (8 - rest)}::size({rest})"]) + ">>"
    if isinstance(term, Pid):
        return f"#PID<0.{term.number}.{term.serial}>"
    if isinstance(term, Port):
        return f"#Port<0.{term.number}>"
    if isinstance(term, Reference):
        return "#Reference<0." + ".".join(str(word) for word in reversed(term.words)) + ">"
    if isinstance(term, External):
        if term.arity > 255:
            raise Unsettled("OTP 25 prints the low 8 bits of an arity")
        return f"&{_elixir_atom(term.module)}.{_elixir_call(term.function)}/{term.arity}"
    if isinstance(term, Record):
        fields = ", ".join(f"{_elixir_key(name)}: {_elixir(value)}" for name, value in term.fields)
        return f"#Record<{_elixir_atom(term.module)}.{_elixir_call(term.name)}{{{fields}}}>"
    if isinstance(term, Local):
        if term.index >> 31:
            raise Unsettled("OTP 25 prints the index with a sign")
        return f"#Function<{term.index}.{term.old_uniq}/{term.arity} in {_elixir_atom(term.module)}>"
    raise TypeError(f"no term: {term!r}")


_MODULE = re.compile(r"Elixir(\.[A-Z][A-Za-z0-9_]*)+")
_BARE = re.compile(r"[^\W\d][\w@]*[?!]?")
_CALLED = re.compile(r"[^\W\dA-Z]\w*[?!]?")
_ALWAYS = "! != !== & && &&& * ** + ++ +++ - -- --- / < <- <<< <<~ <= <> <~ <~> = == === =~ > >= >>> @ ^ | |> || |||"
_OPERATORS = {*_ALWAYS.split(), *"~> ~>> \\\\ % %{} -> . .. ..// ... <<>> {}".split()}
_CALLED_OPERATORS = {*_ALWAYS.split(), *"~> ~>> \\\\ :: <|> ^^^ ~~~".split()}
_ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 27: "e", 34: '"', 92: "\\", 127: "d"}


def _printable(code):
    return 7 <= code <= 13 or code == 27 or 32 <= code < 128 or 160 <= code < 0xFFFE or code > 0xFFFF


def _escape(character):
    code = ord(character)
    if code in _ESCAPES:
        return "\\" + _ESCAPES[code]
    if code in (0, 0xFEFF):
        return "\\0" if code == 0 else "\\uFEFF"
    return character if _printable(code) else f"\\x{code:02X}" if code < 256 else f"\\x{{{code:X}}}"


def _quoted(text):
    escaped = "".join(map(_escape, text)).replace("#{", "\\#{")
    return f'"{escaped}"'


def _is_bare(name, pattern):
    """Beyond ASCII, letters that Unicode has in one piece are bare; others are not worth knowing."""
    if not name.isascii() and (unicodedata.normalize("NFKC", name) != name or not name.isidentifier()):
        if pattern.fullmatch(name):
            raise Unsettled(f"whether {name!r} is bare")
    return bool(pattern.fullmatch(name))


def _elixir_atom(name):
    if name in ("nil", "true", "false", "Elixir"):
        return name
    if _MODULE.fullmatch(name):
        return name[len("Elixir.") :]
    return ":" + _elixir_key(name)


def _elixir_call(name):
    return name if _is_bare(name, _CALLED) or name in _CALLED_OPERATORS else _quoted(name)


def _elixir_key(name):
    bare = _is_bare(name, _BARE) and name != "Elixir"
    return name if bare or name in _OPERATORS else _quoted(name)


def _is_key(term):
    return isinstance(term, Atom) and not term.name.startswith("Elixir.")


def _elixir_float(value):
    text = repr(value)
    if "e" in text:
        mantissa, exponent = text.split("e")
        return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{int(exponent)}"
    if len(text) > 6:
        raise Unsettled(f"how Elixir prints {text}")
    return text


def _elixir_list(term):
    if term and all(isinstance(each, int) and (7 <= each <= 13 or each == 27 or 32 <= each <= 126) for each in term):
        return "~c" + _quoted("".join(map(chr, term)))
    if term and all(isinstance(each, tuple) and len(each) == 2 and _is_key(each[0]) for each in term):
        return "[" + ", ".join(f"{_elixir_key(key.name)}: {_elixir(value)}" for key, value in term) + "]"
    return "[" + ", ".join(_elixir(element) for element in term) + "]"


def _elixir_map(term):
    pairs = in_order(term.pairs)
    if pairs and all(_is_key(key) for key, _ in pairs):
        return "%{" + ", ".join(f"{_elixir_key(key.name)}: {_elixir(value)}" for key, value in pairs) + "}"
    return "%{" + ", ".join(f"{_elixir(key)} => {_elixir(value)}" for key, value in pairs) + "}"


def _elixir_binary(data):
    text = _utf8(data)
    if text is not None and all(_printable(ord(character)) for character in text):
        return _quoted(text)
    return "<<" + ", ".join(str(byte) for byte in data) + ">>"
