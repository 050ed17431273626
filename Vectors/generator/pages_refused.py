"""What cannot be merged (pages.md §9): the region stays what it was, and is unsure until it joins."""

from etf import Atom, Map
from pages_model import COUNTER, LIST, Missing, diff, join, page_of, unsure

LISTED = "<ul><li>a</li><li>b</li><li>c</li></ul>"
STREAM = {"s": ["<ul>", "</ul>"], 0: {"s": ['<li id="', '"></li>'], "k": {0: {0: "a"}, "kc": 1},
                                     "stream": ["0", [["a", -1, None, None]], []]}}
STREAMED = '<ul><li id="a"></li></ul>'

# Names, the section, sentences, what a page starts as, what it shows, and the diff.
DIFFS = [
    ("no-map", "4", "A diff is a map.", COUNTER, "<b>0</b>", "<b>1</b>"),
    ("unknown-key", "3", "A key that this page does not name is malformed.", COUNTER, "<b>0</b>", {0: "1", "x": 1}),
    ("unknown-key-below", "3", "A key of the top is unknown below it.", COUNTER, "<b>0</b>",
     {0: {"s": [""], "t": "no"}}),
    ("value-too-far", "5", "A part has no other numbers than its statics have places.", COUNTER, "<b>0</b>", {1: "1"}),
    ("negative-number", "3", "A negative number is no key.", COUNTER, "<b>0</b>", {-1: "1"}),
    ("value-of-another-type", "3", "A value is a text, a number or a map.", COUNTER, "<b>0</b>", {0: None}),
    ("value-list", "3", "A list is no value.", COUNTER, "<b>0</b>", {0: ["1"]}),
    ("value-zero", "3", "There is no component 0.", COUNTER, "<b>0</b>", {0: 0}),
    ("value-below-zero", "3", "There is no component below 0.", COUNTER, "<b>0</b>", {0: -1}),
    ("value-too-large", "2", "2^53 is too large.", COUNTER, "<b>0</b>", {0: 1 << 53}),
    ("no-text", "2", "A binary that is not UTF-8 is no text.", COUNTER, "<b>0</b>", {0: b"\xff"}),
    ("change-of-a-text", "5", "A map without statics needs a part or a comprehension to be merged into.", COUNTER,
     "<b>0</b>", {0: {0: "1"}}),
    ("statics-no-list", "3", "Statics are a list of texts.", COUNTER, "<b>0</b>", {0: {"s": "x"}}),
    ("statics-other-elements", "3", "Statics are texts.", COUNTER, "<b>0</b>", {0: {"s": ["a", 1], 0: "x"}}),
    ("statics-none", "3", "A part has one static at least.", COUNTER, "<b>0</b>", {0: {"s": []}}),
    ("value-missing", "3", "A part with statics has all its values.", COUNTER, "<b>0</b>", {0: {"s": ["", "", ""], 0: "x"}}),
    ("value-too-many", "3", "A part with statics has no value beyond them.", COUNTER, "<b>0</b>",
     {0: {"s": ["", ""], 0: "x", 1: "y"}}),
    ("no-templates", "3", "A number as statics needs a p.", COUNTER, "<b>0</b>", {0: {"s": 0, 0: "x"}}),
    ("no-such-template", "3", "A number as statics is one of p.", COUNTER, "<b>0</b>", {"p": {0: [""]}, 0: {"s": 1}}),
    ("templates-no-map", "3", "p is a map.", COUNTER, "<b>0</b>", {"p": [["", ""]], 0: {"s": 0, 0: "x"}}),
    ("templates-of-other-types", "3", "p holds lists of texts.", COUNTER, "<b>0</b>", {"p": {0: "x"}, 0: "1"}),
    ("stream-of-a-part", "3", "A part has no stream.", COUNTER, "<b>0</b>", {0: {"s": [""], "stream": ["0", [], []]}}),
    ("rows-for-a-part", "5", "A part has no rows.", COUNTER, "<b>0</b>", {"d": [["x"]]}),
    ("keyed-for-a-part", "5", "A part has no rows by numbers.", COUNTER, "<b>0</b>", {"k": {"kc": 0}}),
    ("root-of-rows", "5", "The tree is a part.", COUNTER, "<b>0</b>", {"s": ["", ""], "d": []}),
    ("values-for-rows", "3", "A comprehension has rows and no values.", LIST, LISTED, {0: {0: "x"}}),
    ("both-forms", "3", "A comprehension has rows in one form.", LIST, LISTED, {0: {"d": [], "k": {"kc": 0}}}),
    ("rows-no-list", "3", "d is a list.", LIST, LISTED, {0: {"d": {0: ["x"]}}}),
    ("row-no-list", "3", "A row of d is a list.", LIST, LISTED, {0: {"d": ["x"]}}),
    ("row-too-short", "3", "A row of d has all its values.", LIST, LISTED, {0: {"d": [[]]}}),
    ("row-too-long", "3", "A row of d has no value too many.", LIST, LISTED, {0: {"d": [["x", "y"]]}}),
    ("row-as-a-part", "3", "Rows are parts in streams alone.", LIST, LISTED, {0: {"d": [{"s": ["x"]}]}}),
    ("row-without-statics", "5", "What is in a row of d is whole.", LIST, LISTED, {0: {"d": [[{0: "x"}]]}}),
    ("keyed-no-map", "3", "k is a map.", LIST, LISTED, {0: {"k": [["x"]]}}),
    ("keyed-without-count", "5", "k says how many rows there are.", LIST, LISTED, {0: {"k": {0: {0: "x"}}}}),
    ("keyed-negative-count", "5", "There are no fewer than no rows.", LIST, LISTED, {0: {"k": {"kc": -1}}}),
    ("keyed-unknown-key", "3", "k has no other keys.", LIST, LISTED, {0: {"k": {"kc": 3, "kx": 1}}}),
    ("keyed-beyond-count", "5", "A row has a number below the number of rows.", LIST, LISTED,
     {0: {"k": {0: {0: "x"}, 1: {0: "y"}, "kc": 1}}}),
    ("row-not-there", "5", "A row that no diff has brought is not there.", LIST, LISTED, {0: {"k": {"kc": 4}}}),
    ("many-rows-not-there", "5", "A number of rows says nothing of how many there are.", LIST, LISTED,
     {0: {"k": {"kc": 4_000_000_000}}}),
    ("moved-from-nowhere", "5", "A row moves from where one was.", LIST, LISTED, {0: {"k": {0: 3, "kc": 3, "km": True}}}),
    ("moved-from-below", "5", "A row moves from no negative number.", LIST, LISTED, {0: {"k": {0: -1, "kc": 3}}}),
    ("moved-with-change-from-nowhere", "5", "A row that moves and changes was there.", LIST, LISTED,
     {0: {"k": {0: [3, {0: "x"}], "kc": 3}}}),
    ("moved-of-one", "5", "A row that moves and changes is a list of two.", LIST, LISTED, {0: {"k": {0: [1], "kc": 3}}}),
    ("moved-of-three", "5", "A row that moves and changes is a list of no more than two.", LIST, LISTED,
     {0: {"k": {0: [1, {0: "x"}, 2], "kc": 3}}}),
    ("moved-with-text", "5", "What changes in a row that moves is a map.", LIST, LISTED, {0: {"k": {0: [1, "x"], "kc": 3}}}),
    ("row-text", "5", "A row of k is no text.", LIST, LISTED, {0: {"k": {0: "x", "kc": 3}}}),
    ("row-key", "3", "A row of k has numbers alone.", LIST, LISTED, {0: {"k": {0: {"s": ["x"]}, "kc": 3}}}),
    ("row-not-whole", "5", "A new row has all its values.", LIST, LISTED, {0: {"k": {3: {}, "kc": 4}}}),
    ("rows-without-statics", "3", "Rows have statics.", LIST, LISTED, {0: {"s": [], "k": {0: {}, "kc": 1}}}),
    ("new-row-moves", "3", "In a comprehension with statics no row has moved.", LIST, LISTED,
     {0: {"s": ["<li>", "</li>"], "k": {0: 1, "kc": 1}}}),
    ("components-no-map", "6", "c is a map.", COUNTER, "<b>0</b>", {0: "1", "c": []}),
    ("component-no-map", "6", "A component's change is a map.", COUNTER, "<b>0</b>", {0: "1", "c": {1: "x"}}),
    ("component-zero", "6", "A component's number is above 0.", COUNTER, "<b>0</b>", {0: "1", "c": {0: {"s": ["x"]}}}),
    ("component-name", "6", "A component has a number.", COUNTER, "<b>0</b>", {0: "1", "c": {"x": {"s": ["x"]}}}),
    ("component-not-there", "6", "A component's change without statics needs the component.", COUNTER, "<b>0</b>",
     {"c": {1: {0: "x"}}}),
    ("made-of-nothing", "6", "A component is made of one that is there.", COUNTER, "<b>0</b>", {"c": {1: {"s": -2}}}),
    ("made-of-none-in-this-diff", "6", "A component of this diff is one that it changes.",
     {**COUNTER, "c": {1: {"s": ["x"]}}}, "<b>0</b>", {"c": {2: {"s": 1}}}),
    ("made-of-itself", "6", "A component is not made of itself.", COUNTER, "<b>0</b>", {"c": {1: {"s": 1}}}),
    ("made-in-a-circle", "6", "Components are not made of one another.", COUNTER, "<b>0</b>",
     {"c": {1: {"s": 2}, 2: {"s": 3}, 3: {"s": 1}}}),
    ("stream-no-list", "7", "A stream is a list.", STREAM, STREAMED, {0: {"stream": {}}}),
    ("stream-of-two", "7", "A stream has deleted ids.", STREAM, STREAMED, {0: {"stream": ["0", []]}}),
    ("stream-of-five", "7", "A stream is no list of five.", STREAM, STREAMED, {0: {"stream": ["0", [], [], True, 1]}}),
    ("stream-without-name", "7", "A stream has a name.", STREAM, STREAMED, {0: {"stream": [0, [], []]}}),
    ("stream-other-reset", "7", "A reset is true or false.", STREAM, STREAMED, {0: {"stream": ["0", [], [], 1]}}),
    ("stream-insert", "7", "An insert is a list.", STREAM, STREAMED, {0: {"stream": ["0", ["a"], []]}}),
    ("stream-insert-place", "7", "An insert has a place.", STREAM, STREAMED, {0: {"stream": ["0", [["a", None]], []]}}),
    ("stream-insert-limit", "7", "A limit is an integer.", STREAM, STREAMED, {0: {"stream": ["0", [["a", 0, "1"]], []]}}),
    ("stream-deleted", "7", "Deleted ids are texts.", STREAM, STREAMED, {0: {"stream": ["0", [], [1]]}}),
    ("one-of-many", "9", "Nothing of a diff is merged that cannot be merged as a whole.", LIST, LISTED,
     {0: {"k": {0: {0: "A"}, 1: 0, 2: 9, "kc": 3}}}),
    ("component-of-many", "9", "A component that cannot be merged keeps the tree from changing.", COUNTER, "<b>0</b>",
     {0: "1", "c": {1: {"s": ["x"]}, 2: {0: "y"}}}),
    ("stream-in-a-circle", "7", "A row whose components hold one another has no HTML.", STREAM, STREAMED,
     {0: {"k": {0: {0: 1}, "kc": 1}, "stream": ["0", [], []]}, "c": {1: {"s": ["", ""], 0: 1}}}),
]

TREES = [
    ("tree-number", "3", "A tree is no number.", 1),
    ("tree-without-statics", "3", "A tree has statics.", {0: "x"}),
    ("tree-of-rows", "3", "A tree is no comprehension.", {"s": [""], "d": []}),
    ("tree-not-whole", "3", "A tree has all its values.", {"s": ["", "", ""], 0: "x"}),
    ("tree-change-below", "3", "What is in a tree has statics.", {"s": ["", ""], 0: {0: "x"}}),
    ("tree-row-moved", "3", "No row of a tree has moved.", {"s": ["", ""], 0: {"s": [""], "k": {0: 0, "kc": 1}}}),
]


def vectors():
    for name, section, shows, tree, shown, change in DIFFS:
        yield page_of(
            f"refused/{name}",
            section,
            shows,
            (join(tree), shown),
            (diff(change), unsure(shown)),
            (join(COUNTER), "<b>0</b>"),
        )
    for name, section, shows, tree in TREES:
        yield page_of(
            f"refused/{name}",
            section,
            shows,
            (join(COUNTER), "<b>0</b>"),
            (join(tree), unsure("<b>0</b>")),
            (diff({0: "1"}), unsure("<b>1</b>")),
            (join(COUNTER), "<b>0</b>"),
        )
    yield page_of(
        "refused/first-join",
        "9",
        "A malformed join of a region that has not joined: nothing is known of it.",
        (join(1), Missing(unsure=True)),
        (diff({0: "1"}), Missing(unsure=True)),
        (join(COUNTER), "<b>1</b>"),
    )
    yield page_of(
        "refused/payload",
        "9",
        "A payload that is no map, and an id that is no text or empty, say of no region.",
        (join(COUNTER), "<b>0</b>"),
        (("page_diff", "x"), unsure("<b>0</b>")),
        (join(COUNTER), "<b>0</b>"),
        (diff({0: "1"}, 5), unsure("<b>0</b>")),
        (join(COUNTER), "<b>0</b>"),
        (diff({0: "1"}, ""), unsure("<b>0</b>")),
        (join(COUNTER, b"\xff"), unsure("<b>0</b>")),
    )
    yield page_of(
        "refused/other-region",
        "9",
        "A region that has not joined does not make the page unsure by what it waits for.",
        (join(COUNTER), "<b>0</b>"),
        (diff("x", "w"), "<b>0</b>"),
        (join({"s": ["y"]}, "w"), "<b>0</b>"),
    )
    key = Map([(Atom("id"), "v"), (Atom("diff"), Map([(1.5, "x")]))])
    yield page_of(
        "refused/float-key",
        "3",
        "A float is no key.",
        (join(COUNTER), "<b>0</b>"),
        (("page_diff", key), unsure("<b>0</b>")),
    )
    digits = Map([(Atom("id"), "v"), (Atom("diff"), Map([("00", "x")]))])
    yield page_of(
        "refused/digits",
        "2",
        "Numbers as texts have no zeros in front.",
        (join(COUNTER), "<b>0</b>"),
        (("page_diff", digits), unsure("<b>0</b>")),
    )


