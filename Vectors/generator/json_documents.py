"""JSON documents that become recordings (json.md §5.3): the input `json-document`."""

import json
import struct

from containers import gzip
from etf import NIL, Atom, Map
from mappings import document
from vector import Vector

SECTION = "json.md §5.3"
HEADER = '"connected_at":5,"id":"demo-1","view":"Demo.CounterLive"'
FIELDS = [(Atom("connected_at"), 5), (Atom("id"), "demo-1"), (Atom("view"), Atom("Elixir.Demo.CounterLive"))]
MOUNT = '{"offset":0,"type":"mount","payload":{"assigns":{"count":0}}}'
CLICK = '{"offset":7,"type":"event","payload":{"name":"inc","params":{}}}'
MOUNTED = (0, Atom("mount"), Map([("assigns", Map([("count", 0)]))]))
CLICKED = (7, Atom("event"), Map([("name", "inc"), ("params", Map())]))


def good(name, shows, text, fields, events, section=SECTION, extension=".json"):
    data = text.encode() if isinstance(text, str) else text
    expect = {mapping: document(Map(fields), events, mapping) for mapping in ("tagged", "plain")}
    return Vector(f"json/documents/{name}", "json-document", data, section, shows, expect=expect, extension=extension)


def wrong(name, shows, data, kind, offset):
    """A document in gzip, which has the place of its error in the file."""
    return Vector(f"json/documents/{name}", "json-document", data, SECTION, shows, error=(kind, offset), extension=".json.gz")


def bad(name, shows, text, kind, section=SECTION):
    before, _, after = (text if isinstance(text, bytes) else text.encode()).partition(b"@@")
    return Vector(f"json/documents/{name}", "json-document", before + after, section, shows, error=(kind, len(before)))


def vectors():
    for group in (whole, events, torn, refused, gzipped, known):
        yield from group()


def whole():
    text = "{" + HEADER + ',"events":[' + MOUNT + "," + CLICK + "]}"
    both = [MOUNTED, CLICKED]
    yield good("bare", "A document that is not compressed.", text + "\n", FIELDS, both)
    yield good("gzip", "A document in gzip.", gzip(text.encode()), FIELDS, both, extension=".json.gz")
    yield good("two-members", "A document may run across gzip members.", gzip(text[:40].encode()) + gzip(text[40:].encode()), FIELDS, both, extension=".json.gz")
    yield good("space", "White space before it and within.", " \r\n\t" + json.dumps(json.loads(text), indent=1) + "  ", FIELDS, both)
    first = '{"events":[' + MOUNT + "]," + HEADER + "}"
    yield good("events-first", "The fields may follow the events.", first, FIELDS, [MOUNTED])
    yield good("no-events", "A document may have no events.", '{"events":[]}', [], [])
    fields = '"params":{"page":["1",2.5,null,true]},"url":null,"count":18446744073709551616'
    values = [
        (Atom("params"), Map([("page", ["1", 2.5, Atom("nil"), Atom("true")])])),
        (Atom("url"), Atom("nil")),
        (Atom("count"), 1 << 64),
    ]
    yield good("values", "Values are read as any JSON is.", "{" + fields + ',"events":[]}', values, [], "json.md §5.2")
    for name, module, value in [
        ("view-module", "Shop.CartLive", Atom("Elixir.Shop.CartLive")),
        ("view-one-part", "Shop", Atom("Elixir.Shop")),
        ("view-underscores", "Shop_1.Cart_Live", Atom("Elixir.Shop_1.Cart_Live")),
        ("view-lower-case", "shop.Cart", "shop.Cart"),
        ("view-empty-part", "Shop..Cart", "Shop..Cart"),
        ("view-space", "Shop Cart", "Shop Cart"),
        ("view-empty", "", ""),
        ("view-erlang", ":shop", ":shop"),
        ("view-accent", "Sh\u00f6p", "Sh\u00f6p"),
    ]:
        yield good(name, "A view that is a module's name becomes its atom, and no other does.", f'{{"view":"{module}","events":[]}}', [(Atom("view"), value)], [])
    yield good("struct", "So does __struct__.", '{"__struct__":"Shop.Session","events":[]}', [(Atom("__struct__"), Atom("Elixir.Shop.Session"))], [])
    yield good("name-of-other", "No other field does.", '{"module":"Shop.Cart","events":[]}', [(Atom("module"), "Shop.Cart")], [])
    yield good("escaped-key", "The key events may be written with escapes.", '{"\\u0065vents":[' + MOUNT + "]}", [], [MOUNTED])
    yield good("empty-key", "A field may have the empty name.", '{"":1,"events":[]}', [(Atom(""), 1)], [])


def events():
    def one(text):
        return '{"events":[' + text + "]}"

    yield good("event-order", "An event's pairs may come in any order.", one('{"payload":1,"type":"x","offset":3}'), [], [(3, Atom("x"), 1)])
    yield good("event-extra", "The elements of extra follow the payload.", one('{"offset":3,"type":"x","payload":1,"extra":[2,"a",{}]}'), [], [(3, Atom("x"), 1, 2, "a", Map())])
    yield good("event-extra-empty", "extra may be empty.", one('{"offset":3,"type":"x","payload":1,"extra":[]}'), [], [(3, Atom("x"), 1)])
    yield good("event-extra-object", "extra that is no array is dropped, as other members are.", one('{"offset":3,"type":"x","payload":1,"extra":{},"more":[[]]}'), [], [(3, Atom("x"), 1)])
    yield good("event-payload-null", "A payload may be null.", one('{"offset":3,"type":"x","payload":null}'), [], [(3, Atom("x"), Atom("nil"))])
    yield good("event-type-255", "A type may have 255 characters.", one('{"offset":3,"type":"' + "\u00e9" * 255 + '","payload":1}'), [], [(3, Atom("\u00e9" * 255), 1)])
    yield good("event-largest", "The largest offset.", one('{"offset":9223372036854775807,"type":"x","payload":1}'), [], [((1 << 63) - 1, Atom("x"), 1)])
    for name, text in [
        ("no-offset", '@@{"type":"x","payload":1}'),
        ("no-type", '@@{"offset":3,"payload":1}'),
        ("no-payload", '@@{"offset":3,"type":"x"}'),
        ("offset-negative", '@@{"offset":-1,"type":"x","payload":1}'),
        ("offset-float", '@@{"offset":3.0,"type":"x","payload":1}'),
        ("offset-text", '@@{"offset":"3","type":"x","payload":1}'),
        ("offset-2-63", '@@{"offset":9223372036854775808,"type":"x","payload":1}'),
        ("type-number", '@@{"offset":3,"type":5,"payload":1}'),
        ("type-256", '@@{"offset":3,"type":"' + "a" * 256 + '","payload":1}'),
        ("array", '@@[3,"x",1]'),
        ("null", "@@null"),
        ("empty", "@@{}"),
    ]:
        yield bad(f"event-{name}", "An event has an offset, a type and a payload.", one(text), "malformedFrame")
    yield bad("event-second", "An event that is none is refused, though others can be read.", one(MOUNT + ', @@{"offset":1}'), "malformedFrame")


def torn():
    text = "{" + HEADER + ',"events":[' + MOUNT + "," + CLICK + '],"url":"/a","params":{}}'
    places = [
        ("after-first", text.index(MOUNT) + len(MOUNT), [MOUNTED], 3),
        ("in-second", text.index(CLICK) + 20, [MOUNTED], 3),
        ("after-second", text.index(CLICK) + len(CLICK), [MOUNTED, CLICKED], 3),
        ("after-list", text.index("]") + 1, [MOUNTED, CLICKED], 3),
        ("in-field", text.index('"/a') + 2, [MOUNTED, CLICKED], 3),
        ("after-field", text.index('"/a"') + 4, [MOUNTED, CLICKED], 4),
    ]
    fields = [*FIELDS, (Atom("url"), "/a")]
    for name, length, found, count in places:
        shows = "Of a document that is torn, the events and fields before are read."
        yield good(f"torn-{name}", shows, text[:length], fields[:count], found)
    length = text.index(CLICK) + 20
    data = gzip(text.encode())
    events = text[: text.index("]")].encode()
    damaged = gzip(b"", deflated=b"\0" + struct.pack("<HH", len(events), len(events) ^ 0xFFFF) + events + b"\x07")
    yield good("torn-gzip-damaged", "An event right before damage is read.", damaged, FIELDS, [MOUNTED, CLICKED], extension=".json.gz")
    yield good("torn-gzip", "So they are of one in gzip.", data[: len(data) - (len(text) - length) - 8], FIELDS, [MOUNTED], extension=".json.gz")
    yield good("damaged", "What is malformed ends a document like what is cut.", text[: text.index(CLICK)] + "?" + text[text.index(CLICK) + 1 :], FIELDS, [MOUNTED])
    yield good("no-text", "So does what is no UTF-8.", text.encode().replace(b'"inc"', b'"\xff"'), FIELDS, [MOUNTED])
    yield good("behind", "And what follows the document.", text + "{}", [*fields, (Atom("params"), Map())], [MOUNTED, CLICKED])
    yield bad("torn-first-event", "A document of which no event can be read is refused.", "{" + HEADER + ',"events":[{"offset":0,@@', "truncated")
    yield bad("torn-header", "One that is cut in its fields is, too.", '{"connected_at":5,"id":"de@@', "truncated")
    yield bad("malformed-first-event", "An error before the first event is one of the file.", '{"events":[{"offset":0,@@?', "malformedTerm")
    yield bad("key-twice", "A key that comes twice, too.", '{"id":"1",@@"id":"2","events":[]}', "malformedTerm")
    yield bad("events-twice", "The key events as well.", '{"events":[],@@"events":[]}', "malformedTerm")
    yield bad("behind-no-events", "What follows a document without events is trailing data.", '{"events":[]} @@x', "trailingData")


def refused():
    yield bad("refused-no-events", "A document has events.", '@@{"id":"1"}', "notARecording")
    yield bad("refused-empty", "An empty object has none.", "@@{}", "notARecording")
    for name, value in [("object", "{}"), ("null", "null"), ("text", '"x"'), ("number", "5")]:
        yield bad(f"refused-events-{name}", "The events are an array.", f'@@{{"events":{value}}}', "notARecording")
    yield bad("refused-key-256", "A field's name fits an atom.", '@@{"' + "a" * 256 + '":1,"events":[]}', "notARecording")


def gzipped():
    """What is wrong with the gzip of a document of which no event can be read."""
    text = b'{"connected_at":5,"id":"demo-1","events":[]}'
    data, half = gzip(text), gzip(text[:20])
    yield wrong("gzip-cut", "An error of the gzip is at its member: one that is cut.", data[:-20], "truncated", 0)
    yield wrong("gzip-cut-trailer", "One that is cut in its trailer.", data[:-1], "truncated", 0)
    yield wrong("gzip-checksum", "A wrong CRC-32.", gzip(text, crc=1), "checksum", 0)
    yield wrong("gzip-size", "A wrong length in the trailer.", gzip(text, size=1), "malformedMember", 0)
    yield wrong("gzip-checksum-second", "A wrong CRC-32 in a second member.", half + gzip(text[20:], crc=1), "checksum", len(half))
    yield wrong("gzip-behind", "What follows the gzip is at its place in the file.", data + b"zz", "trailingData", len(data))
    yield wrong("gzip-checksum-and-text", "What is wrong in the text comes before the checksum, which comes after it.", gzip(b'{"a":x}', crc=1), "malformedTerm", 5)
    yield wrong("gzip-empty", "A text of no bytes in gzip.", gzip(b""), "truncated", 0)
    text = "{" + HEADER + ',"events":[' + MOUNT + "]}"
    for name, data in [("checksum", gzip(text.encode(), crc=1)), ("behind", gzip(text.encode()) + b"zz")]:
        shows = "When events can be read, an error of the gzip ends the document."
        yield good(f"gzip-{name}-late", shows, data, FIELDS, [MOUNTED], extension=".json.gz")


def known():
    """When it is known what is wrong."""
    yield bad("events-object-cut", "Events that are no array are refused at their first character.", '@@{"events":{"a":', "notARecording")
    yield bad("events-malformed", "Even when it starts no value.", '@@{"events":x', "notARecording")
    yield bad("events-nothing", "When there is none, the text is cut.", '{"events":@@', "truncated")
    yield bad("empty", "An empty text is cut.", "@@", "truncated")
    yield bad("space-only", "So is one of white space.", " \n @@", "truncated")
    yield bad("no-events-and-behind", "That there are no events is known at the end: what follows the document comes before.", "{}@@x", "trailingData")
    yield wrong("no-events-and-checksum", "And so does the checksum of the gzip.", gzip(b'{"a":1}', crc=1), "checksum", 0)
    yield good("space-65536", "A reader that is told that a file is a document takes any white space before it.", " " * 65_536 + '{"events":[]}', [], [])
    yield good("key-nil", "A key nil becomes the atom, whose text is empty.", '{"nil":1,"events":[]}', [(NIL, 1)], [])
    yield good("key-nil-and-empty", "The fields come in the order of their atoms: the empty one comes before nil.", '{"nil":1,"":2,"events":[]}', [(NIL, 1), (Atom(""), 2)], [])
    text = "{" + HEADER + ',"events":[' + MOUNT + ']'
    yield bad("key-256-late", "A key that is no atom refuses a document, though events can be read.", "@@" + text + ',"' + "a" * 256 + '":1}', "notARecording")
