"""Assets: files that a recording holds for its pages (pages.md §8.4)."""

import json

from containers import Recording, batch, finish, header
from etf import Atom, Map
from pages_model import CLICK, COUNTER, GAP, HEADER, diff, events_of, join, page, term
from vector import Vector

SHEET = ("/app.css", "text/css", b"b { color: red }")


def asset(href, type_, content, **more):
    return ("page_asset", term({"href": href, "type": type_, "content": content, **more}))


def holding(name, shows, events, found):
    events = events_of([(event, None) for event in events])
    file = Recording().data(header(HEADER), batch(events), finish(events)).end()
    assets = {href: {"type": type_, "content": content.hex()} for href, type_, content in found}
    return Vector(
        f"pages/assets/{name}",
        "recording",
        file.bytes,
        "pages.md §8.4",
        shows,
        expect={"assets": json.dumps(assets, ensure_ascii=False)},
    )


def vectors():
    yield holding(
        "some",
        "A recording holds files for its pages, of any type, and other events between them.",
        [
            asset(*SHEET),
            page('<link rel="stylesheet" href="/app.css">', ""),
            CLICK,
            GAP,
            asset("/a/b.png?vsn=d", "image/png", bytes(range(256))),
            diff({0: "1"}),
            asset("https://shop.example/ü.css", "text/css", b""),
            join(COUNTER),
        ],
        [SHEET, ("/a/b.png?vsn=d", "image/png", bytes(range(256))), ("https://shop.example/ü.css", "text/css", b"")],
    )
    yield holding("none", "A recording without files holds none.", [CLICK, join(COUNTER)], [])
    yield holding("without-pages", "Files are there without a page as well.", [CLICK, asset(*SHEET)], [SHEET])
    yield holding(
        "of-one-address",
        "Of several with the same address the last one counts.",
        [asset(*SHEET), asset("/b.css", "text/css", b"b"), asset("/app.css", "text/x", b"c"), join(COUNTER)],
        [("/b.css", "text/css", b"b"), ("/app.css", "text/x", b"c")],
    )
    yield holding(
        "after-a-join",
        "Files that come after the first join are passed over.",
        [asset(*SHEET), join(COUNTER), asset("/app.css", "text/css", b"late"), asset("/late.css", "text/css", b"")],
        [SHEET],
    )
    yield holding(
        "after-a-malformed-join",
        "A join that cannot be taken is a join.",
        [asset(*SHEET), ("page_join", Map()), asset("/late.css", "text/css", b"")],
        [SHEET],
    )
    yield holding(
        "malformed",
        "Files without an address, a type or bytes, or with others than those, are passed over.",
        [
            asset("", "text/css", b"a"),
            ("page_asset", term({"href": "/a.css", "content": b"a"})),
            ("page_asset", term({"href": "/a.css", "type": "text/css"})),
            ("page_asset", term({"type": "text/css", "content": b"a"})),
            asset(Atom("a.css"), "text/css", b"a"),
            asset(b"\xff", "text/css", b"a"),
            asset("/a.css", b"\xff", b"a"),
            asset("/a.css", "text/css", 7),
            asset("/a.css", "text/css", [97]),
            ("page_asset", [term({"href": "/a.css"})]),
            asset(*SHEET),
            join(COUNTER),
        ],
        [SHEET],
    )
    yield holding(
        "names",
        "Names may be binaries, and atoms count before them; other keys mean nothing.",
        [
            (
                "page_asset",
                Map([("href", "/b.css"), ("type", "text/css"), ("content", b"b"), (Atom("x_shop_name"), term({}))]),
            ),
            (
                "page_asset",
                Map([("href", "/x.css"), (Atom("href"), "/c.css"), (Atom("type"), "text/css"), (Atom("content"), b"c")]),
            ),
            join(COUNTER),
        ],
        [("/b.css", "text/css", b"b"), ("/c.css", "text/css", b"c")],
    )
