"""Streams: what a browser has got, and the diffs that bring more (pages.md §7)."""

from pages_model import diff, join, page_of


def stream(inserts=(), deleted=(), reset=None, ref="0"):
    value = [ref, [list(each) for each in inserts], list(deleted)]
    return value if reset is None else [*value, reset]


def row(name, text=None):
    return {0: name, 1: text or name.upper()}


STATICS = ['<li id="', '">', "</li>"]


def first(*names, form="k", ref="0"):
    """A tree with a stream that has these items."""
    inserts = [[name, -1, None, None] for name in reversed(names)]
    rows = {**{n: row(name) for n, name in enumerate(names)}, "kc": len(names)}
    listed = [[name, name.upper()] for name in names]
    rows = {"k": rows} if form == "k" else {"d": listed}
    return {"s": ["<ul>", "</ul>"], 0: {"s": STATICS, "stream": stream(inserts, ref=ref), **rows}}


def brings(rows, inserts=(), deleted=(), reset=None, ref="0"):
    """A diff that brings rows; `inserts` are those of them in their order, and stand in the stream the other way round."""
    rows = [row(each) if isinstance(each, str) else row(*each) for each in rows]
    change = {**dict(enumerate(rows)), "kc": len(rows)}
    return diff({0: {"k": change, "stream": stream(reversed(list(inserts)), deleted, reset, ref)}})


def at(name, index=-1, limit=None, only=None):
    return [name, index, limit, only]


def ul(*items):
    parts = []
    for each in items:
        name, text = (each, each.upper()) if isinstance(each, str) else each
        parts.append(f'<li id="{name}">{text}</li>')
    return "<ul>" + "".join(parts) + "</ul>"


def vectors():
    for group in (inserts, limits, deletes, updates, rows, life):
        yield from group()


def inserts():
    yield page_of(
        "streams/first",
        "7",
        "The rows of a stream become its items, and stay when the next diff has none.",
        (join(first("a", "b")), ul("a", "b")),
        (diff({}), ul("a", "b")),
        mappings=True,
    )
    yield page_of(
        "streams/old",
        "7",
        "1.0 sends the rows of a stream as a list, and inserts of three elements.",
        (join({"s": ["<ul>", "</ul>"], 0: {"s": STATICS, "d": [["a", "A"], ["b", "B"]],
                                          "stream": ["0", [["b", -1, None], ["a", -1, None]], []]}}), ul("a", "b")),
        (diff({0: {"d": [["c", "C"]], "stream": ["0", [["c", 0, None]], []]}}), ul("c", "a", "b")),
        (diff({0: {"d": [], "stream": ["0", [], ["a"]]}}), ul("c", "b")),
    )
    yield page_of(
        "streams/old-empty",
        "3",
        "1.0 sends a stream that has no rows yet with no statics at all.",
        (join({"s": ["<ul>", "</ul>"], 0: {"s": [], "d": [], "stream": ["0", [], []]}}), ul()),
        (diff({0: {"s": STATICS, "d": [["a", "A"]], "stream": ["0", [["a", -1, None]], []]}}), ul("a")),
        (diff({0: {"d": [], "stream": ["0", [], ["a"]]}}), ul()),
    )
    yield page_of(
        "streams/append",
        "7",
        "At -1 an item goes to the end, in the order of the rows.",
        (join(first("a")), ul("a")),
        (brings(["b", "c"], [at("b"), at("c")]), ul("a", "b", "c")),
    )
    yield page_of(
        "streams/prepend",
        "7",
        "At 0 an item goes to the front, one after the other, so the last row is first.",
        (join(first("a")), ul("a")),
        (brings(["b", "c"], [at("b", 0), at("c", 0)]), ul("c", "b", "a")),
    )
    yield page_of(
        "streams/at-an-index",
        "7",
        "An item goes to its index, or to the end when there are fewer.",
        (join(first("a", "b", "c")), ul("a", "b", "c")),
        (brings(["d"], [at("d", 1)]), ul("a", "d", "b", "c")),
        (brings(["e"], [at("e", 4)]), ul("a", "d", "b", "c", "e")),
        (brings(["f"], [at("f", 99)]), ul("a", "d", "b", "c", "e", "f")),
    )
    yield page_of(
        "streams/below-minus-one",
        "7",
        "An index below 0 is the end.",
        (join(first("a")), ul("a")),
        (brings(["b"], [at("b", -3)]), ul("a", "b")),
    )
    yield page_of(
        "streams/two-inserts",
        "7",
        "Of two inserts with the same id the last one counts.",
        (join(first("a", "b")), ul("a", "b")),
        (diff({0: {"k": {0: row("c"), "kc": 1}, "stream": stream([at("c", -1), at("c", 0)])}}), ul("c", "a", "b")),
    )
    yield page_of(
        "streams/first-with-places",
        "7",
        "The first rows of a stream have places and limits too.",
        (join({"s": ["<ul>", "</ul>"], 0: {"s": STATICS, "k": {0: row("a"), 1: row("b"), 2: row("c"), "kc": 3},
                                          "stream": stream([at("c", 0, 2), at("b", 0, 2), at("a", 0, 2)])}}),
         ul("c", "b")),
    )


def limits():
    yield page_of(
        "limits/first-ones-stay",
        "7",
        "A limit above 0 keeps the first items.",
        (join(first("a", "b", "c")), ul("a", "b", "c")),
        (brings(["d"], [at("d", 0, 3)]), ul("d", "a", "b")),
        (brings(["e"], [at("e", -1, 3)]), ul("d", "a", "b")),
    )
    yield page_of(
        "limits/last-ones-stay",
        "7",
        "A limit below 0 keeps the last items.",
        (join(first("a", "b", "c")), ul("a", "b", "c")),
        (brings(["d"], [at("d", -1, -3)]), ul("b", "c", "d")),
        (brings(["e"], [at("e", 0, -3)]), ul("b", "c", "d")),
    )
    yield page_of(
        "limits/none",
        "7",
        "0 is no limit, and neither is nil.",
        (join(first("a", "b")), ul("a", "b")),
        (brings(["c", "d"], [at("c", -1, 0), at("d", -1, None)]), ul("a", "b", "c", "d")),
    )
    yield page_of(
        "limits/not-for-updates",
        "7",
        "An item that is there already is updated, and nothing goes.",
        (join(first("a", "b", "c")), ul("a", "b", "c")),
        (brings([("b", "new")], [at("b", 0, 1)]), ul("a", ("b", "new"), "c")),
    )
    yield page_of(
        "limits/gone-before-its-update",
        "7",
        "An item that a limit took out in this diff is not put back by its own row.",
        (join(first("a", "b")), ul("a", "b")),
        (brings(["c", ("b", "new")], [at("c", 0, 2), at("b", 0, 2)]), ul("c", "a")),
        (brings(["b"], [at("b", 0)]), ul("b", "c", "a")),
    )
    yield page_of(
        "limits/updated-then-gone",
        "7",
        "An item may be updated, and go because of a limit after that.",
        (join(first("a", "b")), ul("a", "b")),
        (brings([("b", "new"), "c"], [at("b", 0, 2), at("c", 0, 2)]), ul("c", "a")),
    )
    yield page_of(
        "limits/itself",
        "7",
        "A limit may take out the item that has just come.",
        (join(first("a", "b")), ul("a", "b")),
        (brings(["c"], [at("c", -1, 1)]), ul("a")),
    )


def deletes():
    yield page_of(
        "deletes/one",
        "7",
        "Deleted items go; ids that no item has change nothing.",
        (join(first("a", "b", "c")), ul("a", "b", "c")),
        (brings([], deleted=["b", "x"]), ul("a", "c")),
    )
    yield page_of(
        "deletes/and-insert",
        "7",
        "An item that is deleted and inserted in one diff is new: it goes to its place.",
        (join(first("a", "b", "c")), ul("a", "b", "c")),
        (brings([("a", "again")], [at("a")], ["a"]), ul("b", "c", ("a", "again"))),
    )
    yield page_of(
        "deletes/reset",
        "7",
        "A reset takes all items out before the rows come.",
        (join(first("a", "b", "c")), ul("a", "b", "c")),
        (brings(["c", "d"], [at("c"), at("d")], reset=True), ul("c", "d")),
        (brings([], reset=True), ul()),
    )
    yield page_of(
        "deletes/no-reset",
        "7",
        "false is no reset.",
        (join(first("a")), ul("a")),
        (brings(["b"], [at("b")], reset=False), ul("a", "b")),
    )
    yield page_of(
        "deletes/reset-and-limit",
        "7",
        "After a reset the limit counts what has come since.",
        (join(first("a", "b", "c")), ul("a", "b", "c")),
        (brings(["d", "e", "c"], [at("d", -1, -2), at("e", -1, -2), at("c", -1, -2)], reset=True), ul("e", "c")),
    )
    yield page_of(
        "deletes/reset-in-places",
        "7",
        "After a reset items go to their places, those that were there before too.",
        (join(first("a", "b", "c")), ul("a", "b", "c")),
        (brings(["b", "a"], [at("b", 0), at("a", 0)], reset=True), ul("a", "b")),
    )


def updates():
    yield page_of(
        "updates/in-place",
        "7",
        "A row with the id of an item replaces it where it is, wherever it is said to go.",
        (join(first("a", "b", "c")), ul("a", "b", "c")),
        (brings([("b", "new")], [at("b", 0)]), ul("a", ("b", "new"), "c")),
    )
    yield page_of(
        "updates/only",
        "7",
        "An item that is for update only is not added.",
        (join(first("a")), ul("a")),
        (brings([("a", "new"), "b"], [at("a", -1, None, True), at("b", -1, None, True)]), ul(("a", "new"))),
        (brings(["b"], [at("b", -1, None, False)]), ul(("a", "new"), "b")),
    )
    yield page_of(
        "updates/only-after-deleting",
        "7",
        "An item that is for update only is added when this diff has taken it out.",
        (join(first("a", "b")), ul("a", "b")),
        (brings([("a", "new")], [at("a", -1, None, True)], ["a"]), ul("b", ("a", "new"))),
        (brings([("b", "1"), ("c", "2")], [at("b", -1, None, True), at("c", -1, None, True)], reset=True), ul(("b", "1"))),
    )


def rows():
    def tree(rows, statics=("", ""), inserts=()):
        return {"s": ["", ""], 0: {"s": list(statics), "k": {**{n: {0: each} for n, each in enumerate(rows)},
                                                            "kc": len(rows)}, "stream": stream(inserts)}}

    yield page_of(
        "ids/in-a-component",
        "7",
        "The id of a row that is a component is that of the component's first tag.",
        (join({**tree([1, 2]), "c": {1: {"s": ['<p id="a">', "</p>"], 0: "one"}, 2: {"s": ['<p id="b">two</p>']}}}),
         '<p id="a">one</p><p id="b">two</p>'),
        (diff({"c": {1: {0: "1"}}}), '<p id="a">1</p><p id="b">two</p>'),
        (diff({0: {"k": {0: {0: 3}, "kc": 1}, "stream": stream([at("b")])}, "c": {3: {"s": ['<p id="b">three</p>']}}}),
         '<p id="a">1</p><p id="b">three</p>'),
    )
    yield page_of(
        "ids/after-comments",
        "7",
        "Comments and text before a row's first tag are passed over.",
        (join(tree(['<!-- <p id="x"> -->\n <p id="a">1</p>', '< <p id="b">2</p>'])),
         '<!-- <p id="x"> -->\n <p id="a">1</p>< <p id="b">2</p>'),
        (diff({0: {"k": {"kc": 0}, "stream": stream([], ["a", "x"])}}), '< <p id="b">2</p>'),
    )
    yield page_of(
        "ids/attributes",
        "7",
        "An id may be in either quotes or none, in capitals, after other attributes.",
        (join(tree(["<p data-id='x' id='a'>1</p>", "<P CLASS=\"id='x'\" ID=b>2</P>", '<p hidden id = "c" id="x">3</p>'])),
         "<p data-id='x' id='a'>1</p><P CLASS=\"id='x'\" ID=b>2</P><p hidden id = \"c\" id=\"x\">3</p>"),
        (diff({0: {"k": {"kc": 0}, "stream": stream([], ["a", "x"])}}),
         "<P CLASS=\"id='x'\" ID=b>2</P><p hidden id = \"c\" id=\"x\">3</p>"),
        (diff({0: {"k": {"kc": 0}, "stream": stream([], ["b", "c"])}}), ""),
    )
    yield page_of(
        "ids/entities",
        "7",
        "Entities in an id are what they stand for.",
        (join(tree(['<p id="a&amp;b">1</p>', '<p id="&lt;&quot;&#39;&gt;">2</p>'])),
         '<p id="a&amp;b">1</p><p id="&lt;&quot;&#39;&gt;">2</p>'),
        (diff({0: {"k": {"kc": 0}, "stream": stream([], ["a&b"])}}), '<p id="&lt;&quot;&#39;&gt;">2</p>'),
        (diff({0: {"k": {"kc": 0}, "stream": stream([], ["<\"'>"])}}), ""),
    )
    yield page_of(
        "ids/none",
        "7",
        "A row without an id is an item without one: it goes to the end and stays.",
        (join(tree(["<p>1</p>", '<p id="a">2</p>'], inserts=[at("a", 0)])), '<p id="a">2</p><p>1</p>'),
        (diff({0: {"k": {0: {0: "<p>3</p>"}, "kc": 1}, "stream": stream([], ["a"])}}), "<p>1</p><p>3</p>"),
        (diff({0: {"k": {"kc": 0}, "stream": stream([], [], True)}}), ""),
    )
    yield page_of(
        "ids/without-insert",
        "7",
        "A row without an insert goes to the end.",
        (join(tree(['<p id="a">1</p>'], inserts=[at("a")])), '<p id="a">1</p>'),
        (diff({0: {"k": {0: {0: '<p id="b">2</p>'}, "kc": 1}, "stream": stream([at("c", 0)])}}),
         '<p id="a">1</p><p id="b">2</p>'),
    )
    yield page_of(
        "ids/deep-rows",
        "7",
        "Rows of a stream hold parts and comprehensions, whose statics may be shared.",
        (join({"p": {0: ['<p id="', '">', "</p>"], 1: ["<i>", "</i>"]}, "s": ["", ""],
               0: {"s": 0, "k": {0: {0: "a", 1: {"s": 1, "k": {0: {0: "1"}, 1: {0: "2"}, "kc": 2}}}, "kc": 1},
                   "stream": stream([at("a")])}}), '<p id="a"><i>1</i><i>2</i></p>'),
        (diff({"p": {0: ["<b>", "</b>"]}, 0: {"k": {0: {0: "b", 1: {"s": 0, 0: "x"}}, "kc": 1},
                                             "stream": stream([at("b", 0)])}}),
         '<p id="b"><b>x</b></p><p id="a"><i>1</i><i>2</i></p>'),
    )


def life():
    other = {"s": ["<ol>", "</ol>"], 0: {"s": STATICS, "k": {0: row("c"), "kc": 1}, "stream": stream([at("c")])}}
    yield page_of(
        "streams/of-two",
        "7",
        "Streams have items of their own by their names, though the ids are the same.",
        (join({"s": ["", "", ""], 0: {"s": STATICS, "k": {0: row("a"), "kc": 1}, "stream": stream([at("a")])},
               1: {"s": STATICS, "k": {0: row("a"), "kc": 1}, "stream": stream([at("a")], ref="1")}}),
         '<li id="a">A</li><li id="a">A</li>'),
        (diff({0: {"k": {"kc": 0}, "stream": stream([], ["a"])},
               1: {"k": {0: row("b"), "kc": 1}, "stream": stream([at("b")], ref="1")}}),
         '<li id="a">A</li><li id="b">B</li>'),
    )
    yield page_of(
        "streams/another-template",
        "7",
        "A view that is rendered by another template that shows the same stream keeps the items.",
        (join(first("a", "b")), ul("a", "b")),
        (diff(other), '<ol><li id="a">A</li><li id="b">B</li><li id="c">C</li></ol>'),
    )
    yield page_of(
        "streams/gone",
        "7",
        "A stream that nothing names any more has lost its items.",
        (join(first("a", "b")), ul("a", "b")),
        (diff({0: ""}), "<ul></ul>"),
        (diff({0: {"s": STATICS, "k": {0: row("c"), "kc": 1}, "stream": stream([at("c")])}}), ul("c")),
    )
    yield page_of(
        "streams/other-statics",
        "7",
        "Items keep the statics that they came with.",
        (join(first("a")), ul("a")),
        (diff({0: {"s": ['<li class=x id="', '">', "</li>"], "k": {0: row("b"), "kc": 1}, "stream": stream([at("b")])}}),
         '<ul><li id="a">A</li><li class=x id="b">B</li></ul>'),
    )
    yield page_of(
        "streams/joined-anew",
        "7",
        "A join begins with no items.",
        (join(first("a", "b")), ul("a", "b")),
        (join(first("c")), ul("c")),
    )
    yield page_of(
        "streams/in-a-component",
        "7",
        "A component has streams of its own.",
        (join({"s": ["", ""], 0: 1, "c": {1: first("a", ref="1-0")}}), ul("a")),
        (diff({"c": {1: {0: {"k": {0: row("b"), "kc": 1}, "stream": stream([at("b", 0)], ref="1-0")}}}}), ul("b", "a")),
    )
    yield page_of(
        "streams/made-of-another",
        "6",
        "A component that is made of another one has none of its streams' items.",
        (join({"s": ["", "", ""], 0: 1, 1: "", "c": {1: first("a", ref="1-0")}}), ul("a")),
        (diff({1: 2, "c": {2: {"s": -1, 0: {"k": {0: row("b"), "kc": 1}, "stream": stream([at("b")], ref="2-0")}}}}),
         ul("a") + ul("b")),
        (diff({1: 3, "c": {3: {"s": -1}}}), ul("a") + ul()),
    )
    yield page_of(
        "streams/components-in-items",
        "7",
        "Components in items change with the diffs that change them.",
        (join({"s": ["<ul>", "</ul>"], "c": {1: {"s": ["<b>", "</b>"], 0: "x"}},
               0: {"s": STATICS, "k": {0: {0: "a", 1: 1}, "kc": 1}, "stream": stream([at("a")])}}),
         '<ul><li id="a"><b>x</b></li></ul>'),
        (diff({"c": {1: {0: "y"}}}), '<ul><li id="a"><b>y</b></li></ul>'),
    )
    yield page_of(
        "streams/nothing-new",
        "7",
        "A stream in a diff may bring nothing.",
        (join(first("a")), ul("a")),
        (diff({0: {"stream": stream()}}), ul("a")),
        (diff({0: {"k": {"kc": 0}, "stream": stream()}}), ul("a")),
    )
