"""One vector: an input file and what a reader is to make of it (vectors.md §2)."""

from dataclasses import dataclass

EXTENSIONS = {
    "term": ".etf",
    "members": ".gz",
    "recording": ".reel",
    "phoenix-replay": ".bin",
    "tagged-json": ".json",
    "json": ".json",
    "json-document": ".json",
}


@dataclass
class Vector:
    """`expect` maps outputs to texts; `error` is a kind and an offset.

    The file has the name of the vector's `id` and `extension`; the default of that goes by `input`.
    """

    id: str
    input: str
    data: bytes
    section: str
    shows: str
    expect: dict = None
    error: tuple = None
    salvage: str = None
    otp: str = None
    extension: str = None

    @property
    def family(self):
        return self.id.split("/")[0]

    @property
    def file(self):
        return self.id + (EXTENSIONS[self.input] if self.extension is None else self.extension)
