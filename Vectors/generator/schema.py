"""A validator for the part of JSON Schema that manifest.schema.json uses."""

import re

_TYPES = {"object": dict, "array": list, "string": str}


def violations(value, schema, root=None, place="$"):
    """What is wrong, as texts. A keyword that is not known here is an error, not ignored."""
    root = schema if root is None else root
    for keyword, rule in schema.items():
        if keyword not in ("$schema", "$id", "$defs", "title", "description"):
            yield from _CHECKS[keyword](value, rule, schema, root, place)


def _type(value, rule, schema, root, place):
    if rule == "integer":
        fits = isinstance(value, int) and not isinstance(value, bool)
    else:
        fits = isinstance(value, _TYPES[rule])
    if not fits:
        yield f"{place}: not of type {rule}"


def _properties(value, rule, schema, root, place):
    if isinstance(value, dict):
        for name in value.keys() & rule.keys():
            yield from violations(value[name], rule[name], root, f"{place}.{name}")


def _additional(value, rule, schema, root, place):
    assert rule is False
    if isinstance(value, dict):
        for name in value.keys() - schema.get("properties", {}).keys():
            yield f"{place}: the key {name} is not known"


def _required(value, rule, schema, root, place):
    if isinstance(value, dict):
        for name in rule:
            if name not in value:
                yield f"{place}: the key {name} is missing"


def _items(value, rule, schema, root, place):
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from violations(item, rule, root, f"{place}[{index}]")


def _one_of(value, rule, schema, root, place):
    matching = [option for option in rule if not list(violations(value, option, root, place))]
    if len(matching) != 1:
        yield f"{place}: fits {len(matching)} of the options, not one"


def _any_of(value, rule, schema, root, place):
    if all(list(violations(value, option, root, place)) for option in rule):
        yield f"{place}: fits none of the options"


def _not(value, rule, schema, root, place):
    if not list(violations(value, rule, root, place)):
        yield f"{place}: fits what it must not"


def _enum(value, rule, schema, root, place):
    if value not in rule:
        yield f"{place}: {value!r} is none of the values"


def _pattern(value, rule, schema, root, place):
    if isinstance(value, str) and not re.search(rule, value):
        yield f"{place}: {value!r} does not match {rule}"


def _minimum(value, rule, schema, root, place):
    if isinstance(value, int) and value < rule:
        yield f"{place}: below {rule}"


def _min_items(value, rule, schema, root, place):
    if isinstance(value, list) and len(value) < rule:
        yield f"{place}: fewer than {rule}"


def _min_properties(value, rule, schema, root, place):
    if isinstance(value, dict) and len(value) < rule:
        yield f"{place}: fewer than {rule}"


def _max_length(value, rule, schema, root, place):
    if isinstance(value, str) and len(value) > rule:
        yield f"{place}: longer than {rule}"


def _reference(value, rule, schema, root, place):
    assert rule.startswith("#/$defs/")
    yield from violations(value, root["$defs"][rule[len("#/$defs/") :]], root, place)


_CHECKS = {
    "type": _type,
    "properties": _properties,
    "additionalProperties": _additional,
    "required": _required,
    "items": _items,
    "oneOf": _one_of,
    "anyOf": _any_of,
    "not": _not,
    "enum": _enum,
    "pattern": _pattern,
    "minimum": _minimum,
    "minItems": _min_items,
    "minProperties": _min_properties,
    "maxLength": _max_length,
    "$ref": _reference,
}
