"""Comprehensions: rows that come, change, move and go, in the forms of all versions (pages.md §3, §5)."""

from pages_model import LIST, OLD_LIST, diff, join, page_of


def items(*texts):
    return "<ul>" + "".join(f"<li>{text}</li>" for text in texts) + "</ul>"


def rows(count, changes, moved=False):
    """A diff of LIST's comprehension."""
    return diff({0: {"k": {**changes, "kc": count, **({"km": True} if moved else {})}}})


def vectors():
    for group in (old, keyed_rows, moves, nested, mixed):
        yield from group()


def old():
    yield page_of(
        "rows/old",
        "3",
        "Rows in a list, as 1.0 sends them: a change replaces all of them.",
        (join(OLD_LIST), items("a", "b")),
        (diff({0: {"d": [["b"], ["c"], ["d"]]}}), items("b", "c", "d")),
        (diff({0: {"d": []}}), items()),
        (diff({0: {"d": [["e"]]}}), items("e")),
        mappings=True,
    )
    yield page_of(
        "rows/old-empty-at-first",
        "3",
        "A comprehension that had no rows yet is a text, and comes with its statics when it has some.",
        (join({"s": ["<ul>", "</ul>"], 0: ""}), items()),
        (diff({0: {"s": ["<li>", "</li>"], "d": [["a"]]}}), items("a")),
        (diff({0: {"d": []}}), items()),
        (diff({0: {"d": [["b"]]}}), items("b")),
    )
    yield page_of(
        "rows/old-several-values",
        "3",
        "Rows have as many values as there are places between the statics.",
        (join({"s": ["", ""], 0: {"s": ["<dt>", "</dt><dd>", "</dd>"], "d": [["a", "1"], ["b", "2"]]}}),
         "<dt>a</dt><dd>1</dd><dt>b</dt><dd>2</dd>"),
        (diff({0: {"d": [["c", "3"]]}}), "<dt>c</dt><dd>3</dd>"),
    )
    yield page_of(
        "rows/no-values",
        "3",
        "Rows without values are the statics again and again.",
        (join({"s": ["<p>", "</p>"], 0: {"s": ["*"], "d": [[], [], []]}}), "<p>***</p>"),
        (diff({0: {"k": {"kc": 2}}}), "<p>**</p>"),
        (diff({0: {"k": {2: {}, 3: {}, "kc": 4}}}), "<p>****</p>"),
    )
    yield page_of(
        "rows/old-parts",
        "3",
        "Parts in rows have statics in each of them.",
        (join({"s": ["<ul>", "</ul>"], 0: {"s": ["<li>", "</li>"], "d": [[{"s": ["<b>", "</b>"], 0: "a"}], ["b"]]}}),
         items("<b>a</b>", "b")),
        (diff({0: {"d": [["a"], [{"s": ["<i>", "</i>"], 0: "b"}]]}}), items("a", "<i>b</i>")),
    )


def keyed_rows():
    yield page_of(
        "rows/keyed",
        "3",
        "Rows by their numbers, as 1.1 and 1.2 send them, whatever the order of the keys.",
        (join({"s": ["<ul>", "</ul>"], 0: {"s": ["<li>", "</li>"], "k": {"kc": 3, 2: {0: "c"}, 0: {0: "a"}, 1: {0: "b"}}}}),
         items("a", "b", "c")),
        mappings=True,
    )
    yield page_of(
        "rows/keyed-none",
        "3",
        "A comprehension without rows has statics all the same.",
        (join({"s": ["<ul>", "</ul>"], 0: {"s": ["<li>", "</li>"], "k": {"kc": 0}}}), items()),
        (rows(1, {0: {0: "a"}}), items("a")),
    )
    yield page_of(
        "rows/changed-in-place",
        "5",
        "A map under a number changes the row that is there; rows that are not named stay.",
        (join(LIST), items("a", "b", "c")),
        (rows(3, {1: {0: "B"}}), items("a", "B", "c")),
        (rows(3, {}), items("a", "B", "c")),
    )
    yield page_of(
        "rows/appended",
        "5",
        "A row beyond the old ones comes whole.",
        (join(LIST), items("a", "b", "c")),
        (rows(5, {3: {0: "d"}, 4: {0: "e"}}), items("a", "b", "c", "d", "e")),
    )
    yield page_of(
        "rows/fewer",
        "5",
        "Rows beyond the new number of rows go.",
        (join(LIST), items("a", "b", "c")),
        (rows(1, {}), items("a")),
        (rows(0, {}), items()),
        (rows(2, {0: {0: "x"}, 1: {0: "y"}}), items("x", "y")),
    )
    yield page_of(
        "rows/fewer-and-more",
        "5",
        "A row that went does not come back with its old values when there are more rows again.",
        (join({"s": ["", ""], 0: {"s": ["<li>", "/", "</li>"], "k": {0: {0: "a", 1: "1"}, 1: {0: "b", 1: "2"}, "kc": 2}}}),
         "<li>a/1</li><li>b/2</li>"),
        (rows(1, {}), "<li>a/1</li>"),
        (rows(2, {1: {0: "c", 1: "3"}}), "<li>a/1</li><li>c/3</li>"),
    )
    yield page_of(
        "rows/some-values",
        "5",
        "A row keeps the values that its change lacks.",
        (join({"s": ["", ""], 0: {"s": ["<li>", "/", "</li>"], "k": {0: {0: "a", 1: "1"}, 1: {0: "b", 1: "2"}, "kc": 2}}}),
         "<li>a/1</li><li>b/2</li>"),
        (rows(2, {0: {1: "9"}, 1: {0: "B"}}), "<li>a/9</li><li>B/2</li>"),
    )
    yield page_of(
        "rows/new-over-old",
        "5",
        "A new row comes whole at a place where another row was.",
        (join({"s": ["", ""], 0: {"s": ["<li>", "/", "</li>"], "k": {
            0: {0: {"s": ["<b>", "</b>"], 0: "a"}, 1: "1"}, "kc": 1}}}), "<li><b>a</b>/1</li>"),
        (diff({0: {"k": {0: {0: {"s": ["<i>", "</i>"], 0: "n"}, 1: ""}, 1: 0, "kc": 2, "km": True}}}),
         "<li><i>n</i>/</li><li><b>a</b>/1</li>"),
    )
    yield page_of(
        "rows/text-and-rows",
        "5",
        "A comprehension may become a text, and a text a comprehension.",
        (join(LIST), items("a", "b", "c")),
        (diff({0: "none"}), "<ul>none</ul>"),
        (diff({0: {"s": ["<li>", "</li>"], "k": {0: {0: "d"}, "kc": 1}}}), items("d")),
    )
    yield page_of(
        "rows/part-and-rows",
        "5",
        "A comprehension may become a part, and a part a comprehension.",
        (join(LIST), items("a", "b", "c")),
        (diff({0: {"s": ["<li class=none>", "</li>"], 0: "-"}}), "<ul><li class=none>-</li></ul>"),
        (diff({0: {"s": ["<li>", "</li>"], "k": {0: {0: "e"}, "kc": 1}}}), items("e")),
    )


def moves():
    yield page_of(
        "moves/swap",
        "5",
        "Two rows that change places are both what they were before.",
        (join(LIST), items("a", "b", "c")),
        (rows(3, {0: 1, 1: 0}, moved=True), items("b", "a", "c")),
    )
    yield page_of(
        "moves/without-km",
        "5",
        "1.1 says nothing of rows that move: they move all the same.",
        (join(LIST), items("a", "b", "c")),
        (rows(3, {0: 2, 1: 0, 2: 1}), items("c", "a", "b")),
        (rows(3, {0: [1, {0: "A"}], 1: 0}), items("A", "c", "b")),
    )
    yield page_of(
        "moves/rotate",
        "5",
        "Every row moves by one.",
        (join(LIST), items("a", "b", "c")),
        (rows(3, {0: 1, 1: 2, 2: 0}, moved=True), items("b", "c", "a")),
        (rows(3, {0: 2, 1: 0, 2: 1}, moved=True), items("a", "b", "c")),
    )
    yield page_of(
        "moves/and-change",
        "5",
        "A row that moves and changes: what it was at its old place, and the change.",
        (join(LIST), items("a", "b", "c")),
        (rows(3, {0: [2, {0: "C"}], 2: [0, {0: "A"}]}, moved=True), items("C", "b", "A")),
    )
    yield page_of(
        "moves/changed-and-moved-from",
        "5",
        "A place whose old row moves away may be changed by what comes there: the row that moves is as it was before.",
        (join(LIST), items("a", "b", "c")),
        (rows(4, {0: {0: "new"}, 1: 0, 2: 1, 3: 2}, moved=True), items("new", "a", "b", "c")),
    )
    yield page_of(
        "moves/insert-in-front",
        "5",
        "A row in front moves all others, some of which change.",
        (join(LIST), items("a", "b", "c")),
        (rows(4, {0: {0: "n"}, 1: 0, 2: [1, {0: "B"}], 3: 2}, moved=True), items("n", "a", "B", "c")),
    )
    yield page_of(
        "moves/delete-in-front",
        "5",
        "When the first row goes the others move up.",
        (join(LIST), items("a", "b", "c")),
        (rows(2, {0: 1, 1: 2}, moved=True), items("b", "c")),
    )
    yield page_of(
        "moves/delete-and-insert",
        "5",
        "A row goes, one comes, one moves and one stays.",
        (join(LIST), items("a", "b", "c")),
        (rows(3, {0: 2, 2: {0: "d"}}, moved=True), items("c", "b", "d")),
    )
    wide = {"s": ["", ""], 0: {"s": ["<li>", "/", "</li>"], "k": {
        0: {0: {"s": ["<b>", ":", "</b>"], 0: "a", 1: "1"}, 1: "x"},
        1: {0: {"s": ["<b>", ":", "</b>"], 0: "b", 1: "2"}, 1: "y"}, "kc": 2}}}
    yield page_of(
        "moves/deep-change",
        "5",
        "A change deep in a row that moved does not reach the row that came from there.",
        (join(wide), "<li><b>a:1</b>/x</li><li><b>b:2</b>/y</li>"),
        (rows(2, {0: [1, {0: {1: "22"}}], 1: [0, {0: {0: "A"}}]}, moved=True), "<li><b>b:22</b>/y</li><li><b>A:1</b>/x</li>"),
        (rows(2, {0: {1: "Y"}, 1: {0: {1: "11"}}}), "<li><b>b:22</b>/Y</li><li><b>A:11</b>/x</li>"),
    )
    yield page_of(
        "moves/one-row-twice",
        "5",
        "Two rows that came of one old row share nothing afterwards.",
        (join(wide), "<li><b>a:1</b>/x</li><li><b>b:2</b>/y</li>"),
        (rows(3, {1: 0, 2: [0, {1: "z"}]}, moved=True), "<li><b>a:1</b>/x</li><li><b>a:1</b>/x</li><li><b>a:1</b>/z</li>"),
        (rows(3, {1: {0: {0: "B"}}}), "<li><b>a:1</b>/x</li><li><b>B:1</b>/x</li><li><b>a:1</b>/z</li>"),
        (rows(3, {0: {0: {1: "0"}}}), "<li><b>a:0</b>/x</li><li><b>B:1</b>/x</li><li><b>a:1</b>/z</li>"),
    )
    yield page_of(
        "moves/to-its-own-place",
        "5",
        "A row may be said to come from where it is.",
        (join(LIST), items("a", "b", "c")),
        (rows(3, {1: 1, 2: [2, {0: "C"}]}), items("a", "b", "C")),
    )


def nested():
    inner = {"s": ["<i>", "</i>"], "k": {0: {0: "1"}, 1: {0: "2"}, "kc": 2}}
    outer = {"s": ["", ""], 0: {"s": ["[", " ", "]"], "k": {0: {0: "a", 1: inner}, 1: {0: "b", 1: ""}, "kc": 2}}}
    shown = "[a <i>1</i><i>2</i>][b ]"
    yield page_of(
        "nested/inner-rows",
        "5",
        "A comprehension in a row changes by the same rules.",
        (join(outer), shown),
        (rows(2, {0: {1: {"k": {0: 1, 1: 0, "kc": 2, "km": True}}}}), "[a <i>2</i><i>1</i>][b ]"),
        (rows(2, {0: {1: {"k": {2: {0: "3"}, "kc": 3}}}}), "[a <i>2</i><i>1</i><i>3</i>][b ]"),
        (rows(2, {1: {1: inner}}), "[a <i>2</i><i>1</i><i>3</i>][b <i>1</i><i>2</i>]"),
    )
    yield page_of(
        "nested/both-move",
        "5",
        "Outer and inner rows move in one diff, each from where it was before it.",
        (join(outer), shown),
        (rows(2, {0: [1, {1: inner}], 1: [0, {1: {"k": {0: [1, {0: "II"}], 1: 0, "kc": 2, "km": True}}}]}, moved=True),
         "[b <i>1</i><i>2</i>][a <i>II</i><i>1</i>]"),
    )
    yield page_of(
        "nested/old",
        "3",
        "Lists of rows in rows, as 1.0 has them, come whole with their statics.",
        (join({"s": ["", ""], 0: {"s": ["[", "]"], "d": [[{"s": ["<i>", "</i>"], "d": [["1"], ["2"]]}], [""]]}}),
         "[<i>1</i><i>2</i>][]"),
        (diff({0: {"d": [[""], [{"s": ["<i>", "</i>"], "d": [["3"]]}]]}}), "[][<i>3</i>]"),
    )
    yield page_of(
        "nested/three-deep",
        "5",
        "A part in a row in a part in a row changes by one value.",
        (join({"s": ["", ""], 0: {"s": ["<p>", "</p>"], "k": {0: {0: {"s": ["<b>", "</b>"], 0: {
            "s": ["<i>", "</i>"], "k": {0: {0: {"s": ["<u>", "</u>"], 0: "x"}}, "kc": 1}}}}, "kc": 1}}}),
         "<p><b><i><u>x</u></i></b></p>"),
        (rows(1, {0: {0: {0: {"k": {0: {0: {0: "y"}}, "kc": 1}}}}}), "<p><b><i><u>y</u></i></b></p>"),
    )


def mixed():
    yield page_of(
        "mixed/old-then-keyed",
        "3",
        "A comprehension that came as a list may be changed by numbers.",
        (join(OLD_LIST), items("a", "b")),
        (rows(3, {0: 1, 1: 0, 2: {0: "c"}}, moved=True), items("b", "a", "c")),
    )
    yield page_of(
        "mixed/keyed-then-old",
        "3",
        "A comprehension that came by numbers may be replaced by a list.",
        (join(LIST), items("a", "b", "c")),
        (diff({0: {"d": [["x"]]}}), items("x")),
        (rows(2, {1: {0: "y"}}), items("x", "y")),
    )
    yield page_of(
        "mixed/no-change",
        "5",
        "A comprehension's change may have nothing in it.",
        (join(LIST), items("a", "b", "c")),
        (diff({0: {}}), items("a", "b", "c")),
        (diff({0: {"k": {"kc": 3, "km": True}}}), items("a", "b", "c")),
    )
    yield page_of(
        "mixed/many-rows",
        "3",
        "Row 10 comes after row 9.",
        (join({"s": ["", ""], 0: {"s": ["", ","], "k": {**{n: {0: str(n)} for n in range(12)}, "kc": 12}}}),
         "0,1,2,3,4,5,6,7,8,9,10,11,"),
        (rows(12, {2: 10, 10: 2, 11: [0, {0: "z"}], 0: 11}, moved=True), "11,1,10,3,4,5,6,7,8,9,2,z,"),
    )
