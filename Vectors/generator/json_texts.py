"""The family `json`: JSON texts to be read back (json.md §5)."""

import json_any
import json_tagged


def vectors():
    yield from json_any.vectors()
    yield from json_tagged.vectors()
