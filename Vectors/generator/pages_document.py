"""The document around the regions, nested regions, and titles (pages.md §2, §8)."""

from etf import Map
from pages_model import COUNTER, GAP, NONE, Missing, Shown, diff, join, lost, page, page_of, unsure


def vectors():
    for group in (documents, regions, titles, unsureness):
        yield from group()


def whole(text, **more):
    return Shown(text=text, **more)


def documents():
    yield page_of(
        "document/around",
        "2",
        "The document is around the root, whose element is a div.",
        (page("<html><body><h1>Shop</h1>", "<hr></body></html>"), NONE),
        (join(COUNTER), whole('<html><body><h1>Shop</h1><div id="v"><b>0</b></div><hr></body></html>')),
        (diff({0: "1"}), whole('<html><body><h1>Shop</h1><div id="v"><b>1</b></div><hr></body></html>')),
        mappings=True,
    )
    yield page_of(
        "document/element",
        "2",
        "The root's element may be another one, with attributes.",
        (page("<", ">", element='<section class="a" id="v">'), NONE),
        (join(COUNTER), whole('<<section class="a" id="v"><b>0</b></section>>')),
        (page("[", "]", element="<Main\nid=v>"), whole("[<Main\nid=v><b>0</b></Main>]")),
    )
    yield page_of(
        "document/other-region-first",
        "2",
        "With a document the root is the region that it names, though another one joins first.",
        (page('<nav id="n"></nav>', ""), NONE),
        (join({"s": ["menu"]}, "n"), NONE),
        (join(COUNTER), whole('<nav id="n">menu</nav><div id="v"><b>0</b></div>')),
    )
    yield page_of(
        "document/without",
        "2",
        "Without a document the root is the region that joined first.",
        (join({"s": ['<i id="w"></i>']}), '<i id="w"></i>'),
        (join({"s": ["inner"]}, "w"), '<i id="w">inner</i>'),
    )
    yield page_of(
        "document/another-root",
        "2",
        "A document with another root: there is no page until that one has joined.",
        (join(COUNTER), "<b>0</b>"),
        (page("<", ">", "w"), NONE),
        (diff({0: "1"}), NONE),
        (join({"s": ['<p id="v"></p>']}, "w"), whole('<<div id="w"><p id="v"><b>1</b></p></div>>')),
    )
    yield page_of(
        "document/diff-before-join",
        "2",
        "Diffs that come before their join are merged right after it, in their order.",
        (diff({0: "1"}), NONE),
        (diff({0: "2"}), NONE),
        (join(COUNTER), "<b>2</b>"),
        (diff({0: "3"}), "<b>3</b>"),
    )
    yield page_of(
        "document/diff-before-join-again",
        "2",
        "Diffs that waited are merged once: a second join begins anew.",
        (diff({0: "1"}), NONE),
        (join(COUNTER), "<b>1</b>"),
        (join(COUNTER), "<b>0</b>"),
    )
    yield page_of(
        "document/waiting-for-a-nested-one",
        "2",
        "A diff waits for the join of its own region.",
        (join({"s": ['<i id="w"></i>']}), '<i id="w"></i>'),
        (diff({0: "1"}, "w"), '<i id="w"></i>'),
        (join(COUNTER, "w"), '<i id="w"><b>1</b></i>'),
    )
    malformed = Map([("id", "v"), ("tree", Map())])
    yield page_of(
        "document/join-again-after-nothing",
        "2",
        "A join that cannot be taken is none: there is no page, and it is unsure.",
        (("page_join", malformed), Missing(unsure=True)),
        (join(COUNTER), "<b>0</b>"),
    )


def regions():
    two = {"s": ['<p id="one"></p><p class="x" id="two">old <b>text</b></p>', ""], 0: ""}
    yield page_of(
        "regions/nested",
        "8.2",
        "A region is put into the element that has its id, in place of what is there.",
        (join(two), two["s"][0]),
        (join({"s": ["1"]}, "one"), '<p id="one">1</p><p class="x" id="two">old <b>text</b></p>'),
        (join({"s": ["2"]}, "two"), '<p id="one">1</p><p class="x" id="two">2</p>'),
        (join({"s": ["I"]}, "one"), '<p id="one">I</p><p class="x" id="two">2</p>'),
    )
    yield page_of(
        "regions/in-a-region",
        "8.2",
        "A region may be in another one.",
        (join({"s": ['<p id="one"></p>']}), '<p id="one"></p>'),
        (join({"s": ['<b id="two"></b>']}, "one"), '<p id="one"><b id="two"></b></p>'),
        (join({"s": ["x"]}, "two"), '<p id="one"><b id="two">x</b></p>'),
        (diff({"s": ["y"]}, "two"), '<p id="one"><b id="two">y</b></p>'),
    )
    yield page_of(
        "regions/not-there",
        "8.2",
        "A region without an element is not shown, and is shown again when there is one.",
        (join({"s": ["", ""], 0: '<p id="one"></p>'}), '<p id="one"></p>'),
        (join({"s": ["x"]}, "one"), '<p id="one">x</p>'),
        (diff({0: "none"}), "none"),
        (diff({0: '<q id="one"></q>'}), '<q id="one">x</q>'),
    )
    yield page_of(
        "regions/in-the-layout",
        "8.2",
        "A region may be in the document, outside the root.",
        (page('<nav id="n">was <nav>here</nav></nav>', '<footer id="f"></footer>'), NONE),
        (join(COUNTER), whole('<nav id="n">was <nav>here</nav></nav><div id="v"><b>0</b></div><footer id="f"></footer>')),
        (join({"s": ["menu"]}, "n"), whole('<nav id="n">menu</nav><div id="v"><b>0</b></div><footer id="f"></footer>')),
        (join({"s": ["end"]}, "f"), whole('<nav id="n">menu</nav><div id="v"><b>0</b></div><footer id="f">end</footer>')),
    )
    tricky = '<!-- <p id="w"> --><a title="<p id=w>">x</a><script>"<p id=w>"</script>'
    yield page_of(
        "regions/what-is-no-tag",
        "8.2",
        "Comments, attributes and scripts hold no elements.",
        (join({"s": [tricky + '<p id="w">-</p>']}), tricky + '<p id="w">-</p>'),
        (join({"s": ["y"]}, "w"), tricky + '<p id="w">y</p>'),
    )
    yield page_of(
        "regions/end-tags",
        "8.2",
        "The end of an element is found by counting tags of its name, in any case, and not in comments.",
        (join({"s": ['<Div id="w"><div><!-- </div> --></DIV><p></p></div>!']}),
         '<Div id="w"><div><!-- </div> --></DIV><p></p></div>!'),
        (join({"s": ["y"]}, "w"), '<Div id="w">y</div>!'),
    )
    yield page_of(
        "regions/no-end-tag",
        "8.2",
        "Without an end tag nothing is replaced.",
        (join({"s": ['<p id="w">open']}), '<p id="w">open'),
        (join({"s": ["y"]}, "w"), '<p id="w">yopen'),
    )
    yield page_of(
        "regions/longer-names",
        "8.2",
        "A tag with a longer name ends nothing, and names no element with another id.",
        (join({"s": ['<p id="ww"></p><p id="w"><pre></pre></p>']}), '<p id="ww"></p><p id="w"><pre></pre></p>'),
        (join({"s": ["y"]}, "w"), '<p id="ww"></p><p id="w">y</p>'),
    )
    yield page_of(
        "regions/first-of-two",
        "8.2",
        "Of two elements with the id the first one counts.",
        (join({"s": ['<p id="w"></p><p id="w"></p>']}), '<p id="w"></p><p id="w"></p>'),
        (join({"s": ["y"]}, "w"), '<p id="w">y</p><p id="w"></p>'),
    )
    yield page_of(
        "regions/text",
        "3",
        "A region may get text: a fragment that a server has sent for an element.",
        (join("<ul id=list><li>1</li></ul>"), "<ul id=list><li>1</li></ul>"),
        (join("<li>2</li>", "list"), "<ul id=list><li>2</li></ul>"),
    )


def titles():
    layout = page('<title data-prefix="[" data-suffix="] · A&amp;B">[Home] · A&amp;B</title>', "")

    def shown(content, title, inner="<b>0</b>", **more):
        text = f'<title data-prefix="[" data-suffix="] · A&amp;B">{content}</title><div id="v">{inner}</div>'
        return Shown(text=text, title=title, **more)

    yield page_of(
        "titles/plain",
        "8.3",
        "t is the title.",
        (join({**COUNTER, "t": "Home"}), Shown("<b>0</b>", "Home")),
        (diff({"t": "News & <more>"}), Shown("<b>0</b>", "News & <more>")),
        (diff({0: "1"}), Shown("<b>1</b>", "News & <more>")),
        mappings=True,
    )
    yield page_of(
        "titles/prefix-and-suffix",
        "8.3",
        "The document's title says what comes before and after it.",
        (layout, NONE),
        (join(COUNTER), shown("[Home] · A&amp;B", "[Home] · A&B")),
        (diff({"t": "Cart"}), shown("[Cart] · A&amp;B", "[Cart] · A&B")),
    )
    default = '<TITLE\n data-default="Shop &quot;1&quot;" data-suffix="!">old</TITLE>'
    yield page_of(
        "titles/default",
        "8.3",
        "A blank title, and a join of the root without one, ask for the default.",
        (page(default, ""), NONE),
        (join(COUNTER), whole(default.replace("old", "Shop &quot;1&quot;!") + '<div id="v"><b>0</b></div>', title='Shop "1"!')),
        (diff({"t": "Cart"}), whole(default.replace("old", "Cart!") + '<div id="v"><b>0</b></div>', title="Cart!")),
        (diff({"t": " \n"}), whole(default.replace("old", "Shop &quot;1&quot;!") + '<div id="v"><b>0</b></div>', title='Shop "1"!')),
        (diff({"t": None}), whole(default.replace("old", "Shop &quot;1&quot;!") + '<div id="v"><b>0</b></div>', title='Shop "1"!')),
    )
    yield page_of(
        "titles/no-default",
        "8.3",
        "Without a default a blank title changes nothing.",
        (join({**COUNTER, "t": "Home"}), Shown("<b>0</b>", "Home")),
        (diff({"t": ""}), Shown("<b>0</b>", "Home")),
        (diff({"t": 5}), Shown("<b>0</b>", "Home")),
    )
    yield page_of(
        "titles/of-a-nested-region",
        "8.3",
        "The title of any region counts.",
        (join({"s": ['<p id="w"></p>'], "t": "One"}), Shown('<p id="w"></p>', "One")),
        (join({"s": ["x"]}, "w"), Shown('<p id="w">x</p>', "One")),
        (diff({"t": "Two"}, "w"), Shown('<p id="w">x</p>', "Two")),
    )
    yield page_of(
        "titles/no-element",
        "8.3",
        "Without a title element the document stays, and the title is known.",
        (page("<body>", "</body>"), NONE),
        (join({**COUNTER, "t": "a  b"}), whole('<body><div id="v"><b>0</b></div></body>', title="a b")),
    )
    yield page_of(
        "titles/white-space",
        "8.3",
        "The title as a text has single spaces.",
        (page("<title>\n  My\n\t shop </title>", ""), NONE),
        (join(COUNTER), whole('<title>\n  My\n\t shop </title><div id="v"><b>0</b></div>', title="My shop")),
    )
    yield page_of(
        "titles/not-in-a-comment",
        "8.3",
        "The first title element counts, wherever it is in the document, and none in a comment or in the root.",
        (page("<!-- <title>x</title> -->", "<title>one</title><title>two</title>"), NONE),
        (join({"s": ["<title>mine</title>"], "t": "T"}),
         whole('<!-- <title>x</title> --><div id="v"><title>mine</title></div><title>T</title><title>two</title>', title="T")),
    )
    yield page_of(
        "titles/not-of-a-refused-diff",
        "9",
        "The title of a diff that cannot be merged is not taken.",
        (join({**COUNTER, "t": "Home"}), Shown("<b>0</b>", "Home")),
        (diff({7: "x", "t": "No"}), unsure("<b>0</b>", title="Home")),
        (diff({0: "1", "t": "Yes"}), unsure("<b>1</b>", title="Yes")),
    )


def unsureness():
    yield page_of(
        "unsure/gap",
        "9",
        "After a gap the page is unsure until the root joins.",
        (join(COUNTER), "<b>0</b>"),
        (GAP, unsure("<b>0</b>")),
        (diff({0: "1"}), unsure("<b>1</b>")),
        (join(COUNTER), "<b>0</b>"),
        mappings=True,
    )
    yield page_of(
        "unsure/gap-before-the-join",
        "9",
        "A gap before a join makes nothing unsure.",
        (GAP, NONE),
        (join(COUNTER), "<b>0</b>"),
    )
    yield page_of(
        "unsure/nested",
        "9",
        "A gap makes every region unsure that has joined, each until it joins.",
        (join({"s": ['<p id="w"></p>']}), '<p id="w"></p>'),
        (join(COUNTER, "w"), '<p id="w"><b>0</b></p>'),
        (GAP, unsure('<p id="w"><b>0</b></p>')),
        (join({"s": ['<p id="w"></p>']}), unsure('<p id="w"><b>0</b></p>')),
        (join(COUNTER, "w"), '<p id="w"><b>0</b></p>'),
    )
    yield page_of(
        "unsure/nested-not-shown",
        "9",
        "A region that is not shown makes nothing unsure.",
        (join({"s": ["", ""], 0: '<p id="w"></p>'}), '<p id="w"></p>'),
        (join(COUNTER, "w"), '<p id="w"><b>0</b></p>'),
        (lost("w"), unsure('<p id="w"><b>0</b></p>')),
        (diff({0: "-"}), "-"),
    )
    yield page_of(
        "unsure/lost-diff",
        "9",
        "A diff that a recorder could not record leaves its region unsure.",
        (join(COUNTER), "<b>0</b>"),
        (lost(), unsure("<b>0</b>")),
        (join(COUNTER), "<b>0</b>"),
    )
    yield page_of(
        "unsure/lost-before-the-join",
        "2",
        "A diff that was lost before its join leaves the region unsure after it.",
        (lost(), NONE),
        (join(COUNTER), unsure("<b>0</b>")),
        (join(COUNTER), "<b>0</b>"),
    )
    yield page_of(
        "unsure/no-id",
        "9",
        "An event of the page without an id makes the page unsure until the root joins.",
        (join(COUNTER), "<b>0</b>"),
        (("page_diff", Map()), unsure("<b>0</b>")),
        (diff({0: "1"}), unsure("<b>1</b>")),
        (join(COUNTER), "<b>0</b>"),
    )
    yield page_of(
        "unsure/malformed-page",
        "9",
        "A malformed document changes nothing but that the page is unsure.",
        (page("<", ">"), NONE),
        (join(COUNTER), whole('<<div id="v"><b>0</b></div>>')),
        (page(1, ">"), whole('<<div id="v"><b>0</b></div>>', unsure=True)),
        (page("(", ")", element=None), whole('<<div id="v"><b>0</b></div>>', unsure=True)),
        (join(COUNTER), whole('<<div id="v"><b>0</b></div>>')),
    )
    yield page_of(
        "unsure/gap-while-waiting",
        "9",
        "After a gap while a diff waits for its join, the page is unsure until the root joins.",
        (join({"s": ['<p id="w"></p>']}), '<p id="w"></p>'),
        (diff({0: "1"}, "w"), '<p id="w"></p>'),
        (GAP, unsure('<p id="w"></p>')),
        (join(COUNTER, "w"), unsure('<p id="w"><b>1</b></p>')),
        (join({"s": ['<p id="w"></p>']}), '<p id="w"><b>1</b></p>'),
    )
