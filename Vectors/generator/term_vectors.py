"""What the modules of the family `terms` share."""

import mappings
from etf import canonical, external, write
from vector import Vector


def valid(name, term, section, shows, data=None, otp=None, outputs=("tagged", "plain", "canonical")):
    """A term, written as it is given, that is to be read; `data` when the file is not just its bytes.

    The plain mapping is left out when it has a text that differs from one Elixir to the next.
    """
    term = write(term)
    makers = {
        "tagged": lambda: mappings.tagged(term),
        "plain": lambda: mappings.plain(term),
        "canonical": lambda: canonical(term).hex(),
    }
    expect = {}
    for output in outputs:
        try:
            expect[output] = makers[output]()
        except mappings.Unsettled:
            assert output == "plain"
    return Vector(
        f"terms/{name}",
        "term",
        external(term) if data is None else data,
        section,
        shows,
        expect=expect,
        otp=otp,
    )


def refused(name, data, kind, offset, shows, section="terms.md §8", otp=None):
    """Bytes that are to be refused; a term that was written stands for its file."""
    data = data if isinstance(data, bytes) else external(data)
    return Vector(
        f"terms/{name}",
        "term",
        data,
        section,
        shows,
        error=(kind, offset),
        otp=otp,
    )
