"""The level of each vector (vectors.md §7): the lowest one that asks for it."""

import fnmatch

# What tells two errors apart, and what salvage finds.
DIAGNOSING = [
    "damaged/*",
    "members/order/*",
    "recordings/order/*",
    "terms/compressed/*-and-*",
    "terms/depth/unknown-tag-1025",
    "json/strings/escape-and-*",
    "json/text/*-no-escape",
    # Two fields with the same text.
    "recordings/lines/field-order",
]

# The same thing cut at each of its bytes: a lower level has what shows that it is refused.
PRECISE = [
    "terms/truncated/*",
    "terms/compressed/cut-*",
    "terms/compressed/dynamic-cut-*",
    "members/cut/*",
    "json/truncated/whole-*",
]


def level(identifier):
    def matches(patterns):
        return any(fnmatch.fnmatchcase(identifier, pattern) for pattern in patterns)

    return "precise" if matches(PRECISE) else "diagnosing" if matches(DIAGNOSING) else "reader"
