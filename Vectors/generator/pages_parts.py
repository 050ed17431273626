"""Parts, shared statics and components (pages.md §3 to §6)."""

from etf import Atom, Map
from pages_model import CLICK, COUNTER, NONE, diff, join, page_of, unsure


def vectors():
    for group in (parts, shared, components, made_of):
        yield from group()


def parts():
    yield page_of(
        "parts/nothing",
        "2",
        "There is no page until the root has joined, and events of other kinds change none.",
        (CLICK, NONE),
        (join(COUNTER), "<b>0</b>"),
        (CLICK, "<b>0</b>"),
        mappings=True,
    )
    yield page_of(
        "parts/one-static",
        "3",
        "A part of one static has no values.",
        (join({"s": ["<hr>"]}), "<hr>"),
        (diff({}), "<hr>"),
    )
    yield page_of(
        "parts/text-tree",
        "3",
        "A tree may be a text.",
        (join("<p>as it is</p>"), "<p>as it is</p>"),
        (join("<p>again</p>"), "<p>again</p>"),
        (diff({}), "<p>again</p>"),
        (diff({"s": ["<i>", "</i>"], 0: "a part now"}), "<i>a part now</i>"),
    )
    yield page_of(
        "parts/text-for-text",
        "5",
        "A text replaces a text.",
        (join(COUNTER), "<b>0</b>"),
        (diff({0: "1"}), "<b>1</b>"),
        (diff({0: "&lt;2&gt;"}), "<b>&lt;2&gt;</b>"),
    )
    yield page_of(
        "parts/other-values-stay",
        "4",
        "What a diff lacks has not changed.",
        (join({"s": ["", "-", "-", ""], 0: "a", 1: "b", 2: "c"}), "a-b-c"),
        (diff({1: "B"}), "a-B-c"),
        (diff({0: "A", 2: "C"}), "A-B-C"),
        (diff({}), "A-B-C"),
    )
    yield page_of(
        "parts/many-values",
        "3",
        "The values go between the statics by their numbers, and not by their texts.",
        (join({"s": [str(n) for n in range(13)], **{n: "abcdefghijkl"[n] for n in range(12)}}),
         "0a1b2c3d4e5f6g7h8i9j10k11l12"),
        (diff({10: "K", 2: "C"}), "0a1b2C3d4e5f6g7h8i9j10K11l12"),
    )
    yield page_of(
        "parts/part-for-text",
        "5",
        "A part with statics replaces a text, and a text replaces a part.",
        (join({"s": ["<i>", "</i>"], 0: ""}), "<i></i>"),
        (diff({0: {"s": ["<b>", "</b>"], 0: "x"}}), "<i><b>x</b></i>"),
        (diff({0: "y"}), "<i>y</i>"),
    )
    yield page_of(
        "parts/into-a-part",
        "5",
        "A map without statics is merged into the part that is there, however deep.",
        (join({"s": ["<i>", "</i>"], 0: {"s": ["<b>", "/", "</b>"], 0: "x", 1: {"s": ["(", ")"], 0: "y"}}}),
         "<i><b>x/(y)</b></i>"),
        (diff({0: {1: {0: "Y"}}}), "<i><b>x/(Y)</b></i>"),
        (diff({0: {0: "X"}}), "<i><b>X/(Y)</b></i>"),
    )
    yield page_of(
        "parts/other-statics",
        "5",
        "A part with statics replaces a part whole: the values of the old one are gone.",
        (join({"s": ["", ""], 0: {"s": ["<p>", "-", "</p>"], 0: "a", 1: "b"}}), "<p>a-b</p>"),
        (diff({0: {"s": ["<q>", "</q>"], 0: "c"}}), "<q>c</q>"),
        (diff({0: {"s": ["<p>", "-", "</p>"], 0: "d", 1: "e"}}), "<p>d-e</p>"),
    )
    yield page_of(
        "parts/root-replaced",
        "5",
        "A diff with statics replaces the whole tree, its components too.",
        (join({"s": ["<a>", "</a>"], 0: 1, "c": {1: {"s": ["one"]}}}), "<a>one</a>"),
        (diff({"s": ["<b>", "</b>"], 0: 2, "c": {2: {"s": ["two"]}}}), "<b>two</b>"),
        (diff({0: 1}), unsure("<b></b>")),
        (diff({0: 2}), "<b>two</b>"),
    )
    yield page_of(
        "parts/root-mark",
        "3",
        "r marks a part that is one element, and changes nothing.",
        (join({"s": ["<b>", "</b>"], "r": 1, 0: {"s": ["<i>", "</i>"], "r": 1, 0: "x"}}), "<b><i>x</i></b>"),
        (diff({"r": 1, 0: {"r": 1, 0: "y"}}), "<b><i>y</i></b>"),
    )
    yield page_of(
        "parts/events-and-replies",
        "4",
        "Pushed events and replies at the top are no part of the page.",
        (join({**COUNTER, "e": [["wobble", {"n": 1}]], "r": {"pong": 1}}), "<b>0</b>"),
        (diff({"e": [["wobble", {"n": 2}]], "r": {"s": ["no"]}}), "<b>0</b>"),
        (diff({0: "1", "r": None}), "<b>1</b>"),
    )
    binaries = Map([("id", "v"), ("tree", Map([("0", "0"), ("s", ["<b>", "</b>"])]))])
    yield page_of(
        "parts/binary-keys",
        "2",
        "Keys may be binaries with the same text, and numbers their decimal digits.",
        (("page_join", binaries), "<b>0</b>"),
        (("page_diff", Map([("id", "v"), ("diff", Map([(Atom("0"), "1")]))])), "<b>1</b>"),
        (("page_diff", Map([("diff", Map([("0", "2")])), ("id", "v")])), "<b>2</b>"),
    )
    several = Map([("0", "binary"), (Atom("0"), "atom"), (0, "integer"), ("s", ["<i>", ""]), (Atom("s"), ["<b>", ""])])
    fewer = Map([(Atom("0"), "atom"), ("0", "binary")])
    yield page_of(
        "parts/keys-that-are-the-same",
        "2",
        "Of keys that mean the same, the integer counts before the atom, and the atom before the binary.",
        (("page_join", Map([(Atom("id"), "v"), ("id", "w"), (Atom("tree"), several)])), "<b>integer"),
        (("page_diff", Map([(Atom("id"), "v"), (Atom("diff"), fewer)])), "<b>atom"),
    )
    yield page_of(
        "parts/unicode",
        "2",
        "Texts are UTF-8.",
        (join({"s": ["<b>é", "𝄞</b>"], 0: "日本"}), "<b>é日本𝄞</b>"),
    )
    deep, text = {"s": ["(", ")"], 0: "x"}, "(x)"
    for _ in range(254):
        deep, text = {"s": ["(", ")"], 0: deep}, f"({text})"
    yield page_of(
        "parts/deep",
        "11",
        "256 parts in one another are a tree; with one more it is none.",
        (join({"s": ["(", ")"], 0: deep}), f"({text})"),
        (join({"s": ["(", ")"], 0: {"s": ["(", ")"], 0: deep}}), unsure(f"({text})")),
    )


def shared():
    yield page_of(
        "shared/at-the-root",
        "3",
        "A number as statics names those under p.",
        (join({"p": {0: ["<p>", "</p>"], 1: ["<i>", "</i>"]}, "s": 0, 0: {"s": 1, 0: "x"}}), "<p><i>x</i></p>"),
        (diff({0: {0: "y"}}), "<p><i>y</i></p>"),
    )
    yield page_of(
        "shared/in-a-diff",
        "3",
        "p belongs to the diff that it came with: in the next one the same number has other statics.",
        (join({"p": {0: ["<p>", "", "</p>"], 1: ["<i>", "</i>"]}, "s": 0, 0: {"s": 1, 0: "x"}, 1: ""}),
         "<p><i>x</i></p>"),
        (diff({"p": {0: ["<u>", "</u>"]}, 1: {"s": 0, 0: "y"}}), "<p><i>x</i><u>y</u></p>"),
        (diff({"p": {0: ["<s>", "</s>"]}, 0: {"s": 0, 0: "z"}}), "<p><s>z</s><u>y</u></p>"),
        (diff({1: {0: "Y"}}), "<p><s>z</s><u>Y</u></p>"),
    )
    yield page_of(
        "shared/inner-part",
        "3",
        "A part's own p is in force in it, and not outside it.",
        (join({"p": {0: ["<p>", "", "</p>"], 1: ["<i>", "</i>"]}, "s": 0,
               0: {"p": {0: ["<u>", "</u>"], 1: ["<b>", "</b>"]}, "s": 0, 0: {"s": 1, 0: "x"}},
               1: {"s": 1, 0: "y"}}), "<p><u><b>x</b></u><i>y</i></p>"),
    )
    yield page_of(
        "shared/comprehension",
        "3",
        "A comprehension's p is in force for its rows; its own statics are written in full.",
        (join({"s": ["<ul>", "</ul>"], 0: {"s": ["<li>", "</li>"], "p": {0: ["<i>", "</i>"], 1: ["<b>", "</b>"]},
                                          "d": [[{"s": 0, 0: "a"}], [{"s": 1, 0: "b"}], [{"s": 0, 0: "c"}]]}}),
         "<ul><li><i>a</i></li><li><b>b</b></li><li><i>c</i></li></ul>"),
    )
    yield page_of(
        "shared/comprehension-in-comprehension",
        "3",
        "The outer comprehension's p holds the statics of the inner one, and of what is in it.",
        (join({"s": ["", ""], 0: {"s": ["[", "]"], "p": {0: ["<i>", "</i>"], 1: ["<b>", "</b>"]},
                                 "d": [[{"s": 0, "d": [["a"], [{"s": 1, 0: "b"}]]}], [{"s": 0, "d": []}]]}}),
         "[<i>a</i><i><b>b</b></i>][]"),
    )
    yield page_of(
        "shared/outer-before-own",
        "3",
        "Where statics are in force already, a comprehension's own p is ignored.",
        (join({"p": {0: ["<i>", "</i>"]}, "s": ["", ""],
               0: {"s": 0, "p": {0: ["<b>", "</b>"]}, "k": {0: {0: {"s": 0, 0: "x"}}, "kc": 1}}}),
         "<i><i>x</i></i>"),
    )
    yield page_of(
        "shared/rows-that-changed",
        "3",
        "p at the top of a diff holds statics for what is new in the rows of a comprehension.",
        (join({"p": {0: ["<ul>", "</ul>"], 1: ["<li>", "</li>"]}, "s": 0, 0: {"s": 1, "k": {0: {0: "a"}, "kc": 1}}}),
         "<ul><li>a</li></ul>"),
        (diff({"p": {0: ["<em>", "</em>"]}, 0: {"k": {0: {0: {"s": 0, 0: "A"}}, 1: {0: {"s": 0, 0: "B"}}, "kc": 2}}}),
         "<ul><li><em>A</em></li><li><em>B</em></li></ul>"),
        (diff({"p": {0: ["<q>", "</q>"]}, 0: {"k": {0: [1, {0: {"s": 0, 0: "C"}}], 1: 0, "kc": 2, "km": True}}}),
         "<ul><li><q>C</q></li><li><em>A</em></li></ul>"),
    )
    yield page_of(
        "shared/comprehension-in-a-diff",
        "3",
        "A comprehension that changes may bring a p of its own.",
        (join({"s": ["", ""], 0: {"s": ["<li>", "</li>"], "d": [["a"]]}}), "<li>a</li>"),
        (diff({0: {"p": {0: ["<i>", "</i>"]}, "d": [[{"s": 0, 0: "b"}], ["c"]]}}), "<li><i>b</i></li><li>c</li>"),
        (diff({0: {"p": {0: ["<b>", "</b>"]}, "k": {0: {0: {"s": 0, 0: "d"}}, "kc": 1}}}), "<li><b>d</b></li>"),
    )
    yield page_of(
        "shared/not-in-components",
        "3",
        "What is in force in the tree is not in components, where a number as statics is a component.",
        (join({"p": {0: ["<p>", "", "</p>"], 1: ["<i>", "</i>"]}, "s": 0, 0: 1, 1: 2,
               "c": {1: {"s": ["<b>", "</b>"], 0: "one"}, 2: {"s": 1, 0: "two"}}}), "<p><b>one</b><b>two</b></p>"),
    )
    yield page_of(
        "shared/in-a-component",
        "3",
        "A component may have a p of its own, and so may a comprehension in it.",
        (join({"s": ["", "", ""], 0: 1, 1: 2, "c": {
            1: {"p": {0: ["<i>", "</i>"]}, "s": ["<b>", "</b>"], 0: {"s": 0, 0: "x"}},
            2: {"s": ["<u>", "</u>"], 0: {"s": ["-", ""], "p": {0: ["<q>", "</q>"]},
                                         "k": {0: {0: {"s": 0, 0: "y"}}, "kc": 1}}},
        }}), "<b><i>x</i></b><u>-<q>y</q></u>"),
    )


def components():
    two = {"s": ["<p>", "", "</p>"], 0: 1, 1: 2, "c": {1: {"s": ["<b>", "</b>"], 0: "x"},
                                                      2: {"s": ["<i>", "</i>"], 0: "y"}}}
    yield page_of(
        "components/two",
        "6",
        "A number in the tree is a component, and c has the components.",
        (join(two), "<p><b>x</b><i>y</i></p>"),
        (diff({"c": {2: {0: "Y"}}}), "<p><b>x</b><i>Y</i></p>"),
        (diff({0: 2, 1: 1}), "<p><i>Y</i><b>x</b></p>"),
    )
    yield page_of(
        "components/twice",
        "6",
        "A tree may refer to a component twice.",
        (join({"s": ["", "+", ""], 0: 1, 1: 1, "c": {1: {"s": ["<b>", "</b>"], 0: "x"}}}), "<b>x</b>+<b>x</b>"),
        (diff({"c": {1: {0: "y"}}}), "<b>y</b>+<b>y</b>"),
    )
    yield page_of(
        "components/in-components",
        "6",
        "Components hold components.",
        (join({"s": ["", ""], 0: 1, "c": {1: {"s": ["<b>", "</b>"], 0: 2}, 2: {"s": ["<i>", "</i>"], 0: "x"}}}),
         "<b><i>x</i></b>"),
        (diff({"c": {1: {0: 3}, 3: {"s": ["<u>new</u>"]}}}), "<b><u>new</u></b>"),
    )
    yield page_of(
        "components/new-in-a-diff",
        "6",
        "A diff brings a component and the number that refers to it.",
        (join({"s": ["<p>", "</p>"], 0: ""}), "<p></p>"),
        (diff({0: 7, "c": {7: {"s": ["<b>", "</b>"], 0: "x"}}}), "<p><b>x</b></p>"),
    )
    yield page_of(
        "components/stay",
        "6",
        "A component that nothing refers to stays, and changes.",
        (join(two), "<p><b>x</b><i>y</i></p>"),
        (diff({1: ""}), "<p><b>x</b></p>"),
        (diff({"c": {2: {0: "Y"}}}), "<p><b>x</b></p>"),
        (diff({1: 2}), "<p><b>x</b><i>Y</i></p>"),
    )
    yield page_of(
        "components/whole-again",
        "6",
        "A component that comes back is sent whole.",
        (join(two), "<p><b>x</b><i>y</i></p>"),
        (diff({1: ""}), "<p><b>x</b></p>"),
        (diff({1: 2, "c": {2: {"s": ["<i>", "</i>"], 0: "again"}}}), "<p><b>x</b><i>again</i></p>"),
    )
    yield page_of(
        "components/other-statics",
        "6",
        "A component with statics replaces the old one of its number.",
        (join(two), "<p><b>x</b><i>y</i></p>"),
        (diff({"c": {1: {"s": ["<u>", "-", "</u>"], 0: "1", 1: "2"}}}), "<p><u>1-2</u><i>y</i></p>"),
    )
    yield page_of(
        "components/comprehension",
        "6",
        "A component holds a comprehension, and rows hold components.",
        (join({"s": ["", ""], 0: 1, "c": {
            1: {"s": ["<ul>", "</ul>"], 0: {"s": ["<li>", "</li>"], "k": {0: {0: 2}, 1: {0: 3}, "kc": 2}}},
            2: {"s": ["two"]}, 3: {"s": ["three"]}}}), "<ul><li>two</li><li>three</li></ul>"),
        (diff({"c": {1: {0: {"k": {0: 1, 1: 0, "kc": 2, "km": True}}}}}), "<ul><li>three</li><li>two</li></ul>"),
    )
    yield page_of(
        "components/missing",
        "6",
        "A number without a component is written as nothing and makes the page unsure, until it is there.",
        (join({"s": ["<p>", "</p>"], 0: 4}), unsure("<p></p>")),
        (diff({"c": {4: {"s": ["four"]}}}), "<p>four</p>"),
        (diff({0: 5}), unsure("<p></p>")),
        (diff({0: "5"}), "<p>5</p>"),
    )
    yield page_of(
        "components/missing-in-hidden",
        "9",
        "A number without a component makes nothing unsure where nothing shows it.",
        (join({"s": ["<p>", "</p>"], 0: "x", "c": {1: {"s": ["", ""], 0: 9}}}), "<p>x</p>"),
        (diff({0: 1}), unsure("<p></p>")),
    )
    yield page_of(
        "components/gone-with-a-join",
        "6",
        "A join has components of its own.",
        (join(two), "<p><b>x</b><i>y</i></p>"),
        (join({"s": ["<p>", "</p>"], 0: 1}), unsure("<p></p>")),
    )


def made_of():
    one = {"s": ["", "", "", ""], 0: 1, 1: "", 2: "", "c": {1: {"s": ["<b>", "-", "</b>"], 0: "x", 1: "y"}}}
    yield page_of(
        "made-of/another-of-this-diff",
        "6",
        "A positive number as statics: the component is another one of this diff, with other values.",
        (join({"s": ["", "", ""], 0: 1, 1: 2, "c": {1: {"s": ["<b>", "-", "</b>"], 0: "x", 1: "y"},
                                                   2: {"s": 1, 0: "X", 1: "Y"}}}), "<b>x-y</b><b>X-Y</b>"),
        (diff({"c": {1: {0: "1"}}}), "<b>1-y</b><b>X-Y</b>"),
    )
    yield page_of(
        "made-of/another-of-before",
        "6",
        "A negative number as statics: the component is one of before this diff.",
        (join(one), "<b>x-y</b>"),
        (diff({1: 2, "c": {2: {"s": -1, 0: "X", 1: "Y"}}}), "<b>x-y</b><b>X-Y</b>"),
        (diff({"c": {2: {0: "2"}}}), "<b>x-y</b><b>2-Y</b>"),
    )
    yield page_of(
        "made-of/as-it-was-before",
        "6",
        "What a negative number names is as it was before the diff, though the diff changes it.",
        (join(one), "<b>x-y</b>"),
        (diff({1: 2, "c": {1: {0: "changed"}, 2: {"s": -1, 0: "X"}}}), "<b>changed-y</b><b>X-y</b>"),
    )
    yield page_of(
        "made-of/as-it-is-after",
        "6",
        "What a positive number names is as it is after the diff, whatever comes first.",
        (join(one), "<b>x-y</b>"),
        (diff({1: 2, 2: 3, "c": {2: {"s": 3, 0: "two"}, 3: {"s": -1, 1: "three"}}}),
         "<b>x-y</b><b>two-three</b><b>x-three</b>"),
    )
    yield page_of(
        "made-of/a-changed-one",
        "6",
        "A component may be made of one that this diff changes without statics.",
        (join(one), "<b>x-y</b>"),
        (diff({1: 2, "c": {1: {0: "1"}, 2: {"s": 1, 1: "2"}}}), "<b>1-y</b><b>1-2</b>"),
    )
    yield page_of(
        "made-of/itself",
        "6",
        "A component may be made anew of what it was.",
        (join(one), "<b>x-y</b>"),
        (diff({"c": {1: {"s": -1, 0: "z"}}}), "<b>z-y</b>"),
    )
    deep = {"s": ["<p>", "</p>"], 0: {"s": ["<b>", "</b>"], 0: {"s": ["<i>", "/", "</i>"], 0: "a", 1: "b"}}}
    yield page_of(
        "made-of/deep",
        "6",
        "Parts in the component that it is made of are merged into, and not shared with it.",
        (join({"s": ["", "", ""], 0: 1, 1: "", "c": {1: deep}}), "<p><b><i>a/b</i></b></p>"),
        (diff({1: 2, "c": {2: {"s": -1, 0: {0: {1: "B"}}}}}), "<p><b><i>a/b</i></b></p><p><b><i>a/B</i></b></p>"),
        (diff({"c": {1: {0: {0: {0: "A"}}}}}), "<p><b><i>A/b</i></b></p><p><b><i>a/B</i></b></p>"),
    )
    rows = {"s": ["<ul>", "</ul>"], 0: {"s": ["<li>", "</li>"], "k": {0: {0: "a"}, 1: {0: "b"}, "kc": 2}}}
    yield page_of(
        "made-of/rows",
        "6",
        "The rows of the component that it is made of change for the new one only.",
        (join({"s": ["", "", ""], 0: 1, 1: "", "c": {1: rows}}), "<ul><li>a</li><li>b</li></ul>"),
        (diff({1: 2, "c": {2: {"s": -1, 0: {"k": {0: {0: "A"}, "kc": 1}}}}}),
         "<ul><li>a</li><li>b</li></ul><ul><li>A</li></ul>"),
        (diff({"c": {1: {0: {"k": {0: 1, 1: 0, "kc": 2, "km": True}}}}}),
         "<ul><li>b</li><li>a</li></ul><ul><li>A</li></ul>"),
    )
    yield page_of(
        "made-of/a-comprehension-sent-whole",
        "6",
        "A comprehension with statics in the rest replaces the one of the other component.",
        (join({"s": ["", "", ""], 0: 1, 1: "", "c": {1: rows}}), "<ul><li>a</li><li>b</li></ul>"),
        (diff({1: 2, "c": {2: {"s": -1, 0: {"s": ["<i>", "</i>"], "k": {0: {0: "x"}, "kc": 1}}}}}),
         "<ul><li>a</li><li>b</li></ul><ul><i>x</i></ul>"),
    )
