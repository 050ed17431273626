"""Pages that were sent to a browser: replayed in the player and in an exported page, they are what the browser had, and nothing runs."""

import base64
import gzip
import json
import shutil

from selenium.webdriver.common.keys import Keys

import attacks
from support import DESKTOP, SAMPLES, BrowserTest, reel
from terms import Atom, bare
from test_attacks import Canary

# What means the same becomes the same: attributes in their order, without those that LiveView's client adds, and without the
# addresses of links, which lead nowhere in the player.
ADDED = "|".join([
    "data-phx-(id|component|view|session|static|loading|ref|skip|stream|pruned|has-|parent-id|root-id|sticky|update|hook|magic).*",
    "data-phx-main", "phx-change-loading", "action", "data-reply"])
NORMAL = f"const added = /^({ADDED})$/;" + """
function normal(root) {
  const copy = root.cloneNode(true);
  for (const element of copy.querySelectorAll("*")) {
    if (element.id === "tip") element.removeAttribute("style");
    const classes = [...element.classList].filter((name) => !name.startsWith("phx-"));
    if (element.hasAttribute("class") && classes.length === 0) element.removeAttribute("class");
    const attributes = [...element.attributes].map(({ name, value }) => [name, name === "href" ? "#" : value])
      .filter(([name]) => !added.test(name)).sort(([a], [b]) => (a < b ? -1 : 1));
    for (const { name } of [...element.attributes]) element.removeAttribute(name);
    for (const [name, value] of attributes) element.setAttribute(name, value);
  }
  return copy.innerHTML;
}
"""
SHOWN = NORMAL + """
const frame = document.querySelector(".page-panel iframe").contentDocument;
return normal(frame.getElementById(arguments[0]));"""
WANTED = NORMAL + """
return normal(new DOMParser().parseFromString(`<div id="root">${arguments[0]}</div>`, "text/html").getElementById("root"));"""


def atoms(value):
    """Names as keys become atoms, at every depth."""
    if isinstance(value, dict):
        return {Atom(key) if isinstance(key, str) else key: atoms(one) for key, one in value.items()}
    return [atoms(one) for one in value] if isinstance(value, list) else value


def join(tree, name="v"):
    return (Atom("page_join"), atoms({"id": name, "tree": tree}))


def diff(change, name="v"):
    return (Atom("page_diff"), atoms({"id": name, "diff": change}))


def asset(href, content, type="text/css"):
    return (Atom("page_asset"), atoms({"href": href, "type": type, "content": content}))


def recording_id(version, name):
    return f"{version.replace('.', '-')}-{name}"


def recording(*events, **header):
    events = [(index * 100, kind, payload) for index, (kind, payload) in enumerate(events)]
    return reel("compact", "-", "-o", "-", data=bare(atoms({"id": "p", "view": "Page.Live", **header}), events))


class PagesTest(BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store = cls.folder / "store"
        cls.store.mkdir()
        for version in ("1.0.19", "1.1.33", "1.2.10"):
            for name in ("1-home", "2-cart", "3-home", "fuzz"):
                shutil.copy(SAMPLES / "pages" / version / f"{name}.reel", cls.store / f"{recording_id(version, name)}.reel")
        rows = {Atom("s"): ["<li>", "</li>"], Atom("d"): [[f"row {number} "] for number in range(200)]}
        viewport = (Atom("viewport"), atoms({"width": 900, "height": 700}))
        changes = [diff({1: {"k": {number % 200: {0: f"row {number} changed "}, "kc": 200}}}) for number in range(600)]
        (cls.store / "rows.reel").write_bytes(recording(
            viewport, join({"s": ["<input id=i value=0><p>", "</p><ul>", "</ul>"], 0: "first", 1: rows}),
            *changes, (Atom("gap"), {}), diff({0: "unsure"})))
        cls.url = cls.served(cls.store)
        cls.shared = cls.browser(DESKTOP)

    def at(self, browser, event):
        browser.execute_script("location.hash = `#event=${arguments[0]}`", event)
        browser.until(f"document.body.dataset.event === '{event}'")
        kinds = "['page', 'page_join', 'page_diff', 'gap']"
        browser.until(f"""(() => {{ const shown = document.querySelector('.page-panel').dataset.event;
            return shown !== undefined && Number(shown) <= {event}
              && Number(shown) === window.pageEvents.findLast((index) => index <= {event}); }})()""", kinds)

    def sessions(self):
        for version in ("1.0.19", "1.1.33", "1.2.10"):
            yield version, "shop", ["1-home", "2-cart", "3-home"], 28
            yield version, "fuzz", ["fuzz"], 150 if version == "1.0.19" else 200

    def test_the_frame_holds_what_the_browser_had(self):
        browser = self.shared
        for version, name, recordings, count in self.sessions():
            with gzip.open(SAMPLES / "pages" / version / f"{name}.checks.json.gz") as file:
                checks = json.load(file)
            self.assertEqual(len(checks), count)
            documents = [json.loads(reel("json", self.store / f"{recording_id(version, each)}.reel")) for each in recordings]
            opened = None
            for check in checks:
                place = max(index for index, one in enumerate(documents) if one["connected_at"] <= check["ms"] + 5)
                events = documents[place]["events"]
                offset = check["ms"] - documents[place]["connected_at"]
                if opened != place:
                    browser.open_player(f"{self.url}recordings/{recording_id(version, recordings[place])}")
                    browser.execute_script("window.pageEvents = arguments[0]", [
                        index for index, event in enumerate(events) if event["type"] in ("page", "page_join", "page_diff", "gap")])
                    opened = place
                self.at(browser, max(index for index, event in enumerate(events) if event["offset"] <= offset))
                with self.subTest(version=version, check=check["tag"]):
                    self.assertEqual(
                        browser.execute_script(SHOWN, check["root"]), browser.execute_script(WANTED, check["html"]))
        # Styles in attributes are refused to the parser, which the console says, and set one by one.
        self.assertEqual([each for each in browser.problems() if "Applying inline style violates" not in each], [])

    def test_the_frame_is_patched_and_stays_scrolled(self):
        browser = self.shared
        browser.open_player(f"{self.url}recordings/rows", 1)
        browser.execute_script("window.pageEvents = [...Array(605).keys()].slice(1)")
        self.at(browser, 1)
        browser.execute_script("""
            const { contentDocument, contentWindow } = document.querySelector(".page-panel iframe");
            window.row = contentDocument.querySelectorAll("li")[150];
            window.field = contentDocument.getElementById("i");
            contentWindow.scrollTo(0, 900)""")
        for event in (2, 40, 300, 601, 5, 400):
            self.at(browser, event)
            self.assertEqual(browser.execute_script("""
                const { contentDocument, contentWindow } = document.querySelector(".page-panel iframe");
                return [contentWindow.scrollY, contentDocument.getElementById("i") === field,
                  contentDocument.querySelectorAll("li")[150] === row, contentDocument.querySelectorAll("li").length]"""),
                [900, True, True, 200])
        self.at(browser, 601)
        self.assertEqual(browser.execute_script(
            "return document.querySelector('.page-panel iframe').contentDocument.querySelector('li').textContent"), "row 400 changed ")
        # The window is as wide as the visitor's, and scaled to the panel.
        width, scaled = browser.execute_script("""
            const frame = document.querySelector(".page-panel iframe");
            return [frame.contentWindow.innerWidth, frame.getBoundingClientRect().width]""")
        self.assertEqual(width, 900)
        self.assertLess(scaled, 900)
        self.assertEqual(browser.problems(), [])

    def test_an_unsure_page_says_so(self):
        browser = self.shared
        browser.open_player(f"{self.url}recordings/rows", 603)
        browser.until("document.querySelector('.page-notice')?.textContent.includes('events are missing')")
        self.assertTrue(browser.one(".page-notice").is_displayed())
        self.assertNothingSerious(browser, "the player of an unsure page")
        browser.open_player(f"{self.url}recordings/rows", 600)
        browser.until("document.querySelector('.page-panel').dataset.event === '600'")
        self.assertFalse(browser.one(".page-notice").is_displayed())

    LOOKS = """
        const { contentDocument: page, contentWindow: frame } = arguments[0] === null
          ? { contentDocument: document, contentWindow: window } : document.querySelector(arguments[0]) ?? {};
        if (!page?.querySelector("h1") || !page.getElementById("local")) return [];
        const looks = (name, property) => frame.getComputedStyle(page.querySelector(name))[property];
        return [looks("h1", "color"), looks("h2", "color"), looks("h3", "color"),
          looks("h1", "backgroundImage").slice(0, 27),
          page.getElementById("local").naturalWidth, page.getElementById("elsewhere").naturalWidth]"""

    def test_style_sheets_and_images_are_in_pages(self):
        static = self.folder / "static"
        (static / "assets").mkdir(parents=True)
        pixel = base64.b64decode("R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==")
        (static / "assets" / "pixel.gif").write_bytes(pixel)
        (static / "folder.css").write_text("@import url(/imported.css); h2 { color: rgb(4, 5, 6) }")
        (static / "imported.css").write_text("h3 { color: rgb(7, 8, 9) }")
        shutil.copy(SAMPLES / "pages" / "1.2.10" / "1-home.reel", static / "secret.reel")
        recorded = "h1 { color: rgb(1, 2, 3); background: url(pixel.gif) } h3 { color: rgb(0, 0, 0) }"
        document = ("<!DOCTYPE html><html><head><link rel=stylesheet href='/assets/app.css?vsn=d'>"
                    "<link rel=stylesheet href=http://shop.example/folder.css><link rel=stylesheet href=/missing.css></head><body>")
        store = self.folder / "assets"
        store.mkdir()
        (store / "a.reel").write_bytes(recording(
            asset("/assets/app.css?vsn=d", recorded),
            (Atom("page"), atoms({"id": "v", "before": document, "after": "</body></html>"})),
            join({"s": ["<h1>1</h1><h2>2</h2><h3>3</h3><img id=local src=\"/assets/", "\"><img id=elsewhere src=http://cdn.example/x.png>"],
                  0: "none.gif"}),
            diff({0: "pixel.gif"}), url="http://shop.example/cart"))
        colours = ["rgb(1, 2, 3)", "rgb(4, 5, 6)", "rgb(0, 0, 0)"]
        whole = [*colours, 'url("data:image/gif;base64,', 1, 0]
        alone = ["rgb(1, 2, 3)", "rgb(0, 0, 0)", "rgb(0, 0, 0)"]
        browser = self.browser(DESKTOP)
        for options, wanted in ((["--assets", static], whole), ([], alone)):
            browser.open_player(f"{self.served(store, *options)}recordings/a", 3)
            browser.until(lambda driver: driver.execute_script(self.LOOKS, ".page-panel iframe")[:len(wanted)] == wanted, "the looks")
            page = self.folder / "assets.html"
            reel("export", store / "a.reel", "--to", "html", *options, "-o", page)
            browser.get(page.as_uri() + "#event=3")
            browser.until_read()
            browser.until(lambda driver: driver.execute_script(self.LOOKS, ".page-panel iframe")[:len(wanted)] == wanted, "the looks")
            page.write_bytes(reel("page", store / "a.reel", *options))
            browser.get(page.as_uri())
            browser.until(lambda driver: driver.execute_script(self.LOOKS, None)[:len(wanted)] == wanted, "the looks")

    def test_an_exported_page_shows_them(self):
        page = self.folder / "page.html"
        reel("export", self.store / "rows.reel", "--to", "html", "-o", page)
        browser = self.browser(DESKTOP)
        browser.get(page.as_uri() + "#event=601")
        browser.until_read()
        browser.until("document.querySelector('.page-panel')?.dataset.event === '601'")
        self.assertEqual(browser.execute_script(
            "return document.querySelector('.page-panel iframe').contentDocument.querySelectorAll('li')[199].textContent"),
            "row 599 changed ")
        self.assertEqual(browser.problems(), [])


STYLE = """<style>@import url({0}/import.css); @import "{0}/import2.css"; li {{ color: rgb(1, 2, 3); background: url({0}/css.png) }}
@font-face {{ font-family: f; src: url({0}/font.woff) }} p {{ font-family: f }}</style>"""


def pages_of_attacks(canary):
    """Documents, trees and diffs in which everything is an attack."""
    call = f"(top.hit=1,parent.hit=1,fetch('{canary}/fetched'),new Image().src='{canary}/image')"
    texts = [text for text in attacks.texts(canary) if "\0" not in text] + [
        STYLE.format(canary),
        f"<p style=\"background:url({canary}/style.png);behavior:url({canary}/x)\">a</p>",
        f"<img src={canary}/img.png srcset=\"{canary}/2x.png 2x\"><video src={canary}/v.mp4 poster={canary}/p.png autoplay></video>",
        f"<audio src={canary}/a.mp3 autoplay></audio><input type=image src={canary}/input.png><body background={canary}/b.png>",
        f"<svg><script>{call}</script><image href={canary}/svg.png /><use href={canary}/use.svg#x /><a xlink:href=\"javascript:{call}\">"
        f"<text y=20>t</text></a><animate attributeName=href values=javascript:{call} /><foreignObject><iframe src={canary}/f>"
        f"</iframe></foreignObject><style>@import url({canary}/svg.css);</style></svg>",
        f"<math><mtext><table><mglyph><style><img src=x onerror={call}></style></mglyph></table></mtext></math>",
        f"<iframe src={canary}/iframe></iframe><frame src={canary}/frame><embed src={canary}/embed><object data={canary}/o></object>",
        f"<link rel=preload as=image href={canary}/l.png><link rel=preconnect href={canary}><link rel=dns-prefetch href={canary}>"
        f"<link rel=stylesheet href={canary}/sheet.css><link rel=icon href={canary}/icon.png><link rel=prefetch href={canary}/pf>",
        f"<meta http-equiv=refresh content=\"0;url={canary}/refresh\"><base href={canary}/base/>",
        f"<form action={canary}/form id=f><button id=b formaction={canary}/formaction autofocus onfocus={call}>b</button></form>",
        f"<details open ontoggle={call}><summary>s</summary></details><marquee onstart={call}>m</marquee>",
        f"<template data-phx-portal=body><script>{call}</script><img src={canary}/portal onerror={call}></template>",
        f"<template shadowrootmode=open><script>{call}</script></template><x-y onclick={call}>x</x-y><p is=x-y>y</p>",
        f"<a href=\"javascript:{call}\" ping={canary}/ping target=_top>link</a><a href={canary}/link target=_top>link</a>",
        f"<a href=\"data:text/html,<script>{call}</script>\">data</a><area href=javascript:{call}>",
        f"<script type=module src={canary}/m.js></script><script type=speculationrules>{{\"prerender\":[{{\"urls\":[\"{canary}/sr\"]}}]}}"
        "</script>",
        "<plaintext>", "<!--", "<textarea>", "</div></div></body></html><p>after",
    ]
    assets = [asset("/attack.css", STYLE.format(canary).removeprefix("<style>").removesuffix("</style>")),
              asset("/end.css", f"</style><script>{call}</script><img src=x onerror={call}>"),
              asset("/image", f"<svg xmlns='http://www.w3.org/2000/svg' onload='{call}'><script>{call}</script>"
                    f"<image href='{canary}/svg-image.png'/></svg>", "image/svg+xml"),
              asset(f"{canary}/sheet.css", f"@import '{canary}/own-import.css'; p {{ cursor: url({canary}/cursor.png), auto }}"),
              asset("/html", f"<script>{call}</script>", "text/html")]
    texts.insert(0, "<link rel=stylesheet href=/attack.css><link rel=stylesheet href=/end.css><img src=/image><img src=/html>"
                 "<link rel=stylesheet href=/html><link rel=stylesheet href=/image>")
    events = []
    for text in texts:
        events += [
            (Atom("page"), atoms({"id": "v", "before": f"<!DOCTYPE html><html onload=\"{call}\"><head>{text}</head><body>{text}",
                                  "after": text, "element": f"<div id=v onclick={call}>"})),
            join({"s": ["<ul>", f"</ul><p title=\"", f"\">{text}</p>"], 0: text, 1: text}),
            diff({0: text + text}),
            diff({0: {"s": ["<li>", "</li>"], "d": [[text]]}}),
            join({"s": [text]}, "inner"),
        ]
    return assets, events


class PageAttackTest(BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.canary = Canary()
        cls.addClassCleanup(cls.canary.shutdown)
        assets, events = pages_of_attacks(cls.canary.url)
        cls.first = len(assets)
        cls.count = len(assets) + len(events)
        (cls.folder / "store").mkdir()
        cls.file = cls.folder / "store" / "attack.reel"
        cls.file.write_bytes(recording(*assets, *events))
        cls.url = cls.served(cls.folder / "store")

    def assertNothingRan(self, browser):
        self.assertIsNone(browser.execute_script("return window.hit ?? null"))
        self.assertEqual(self.canary.heard, [])

    def play_through(self, browser, address):
        browser.get(address)
        browser.until_read()
        browser.key(Keys.HOME)
        for event in range(self.count):
            browser.key(Keys.ARROW_RIGHT)
            if event < self.first:
                browser.until_event(event)
                continue
            browser.until(f"document.querySelector('.page-panel')?.dataset.event === '{event}'")
            # Whatever can be clicked on is.
            browser.execute_script("""
                const page = document.querySelector(".page-panel iframe").contentDocument;
                for (const element of page.querySelectorAll("a, area, button, summary, x-y, span, input[type=image], #v")) {
                  element.dispatchEvent(new page.defaultView.MouseEvent("click", { bubbles: true, cancelable: true }));
                  element.click?.();
                }
                for (const form of page.forms) { try { form.requestSubmit(); } catch { } }""")
            self.assertNothingRan(browser)
            self.assertTrue(browser.execute_script("""
                return /^about:srcdoc#?$/.test(document.querySelector(".page-panel iframe").contentDocument.URL)"""))
        self.assertNothingRan(browser)

    def test_the_canary_hears_what_runs(self):
        browser = self.browser(DESKTOP)
        page = self.folder / "canary.html"
        page.write_text(STYLE.format(self.canary.url) + f"<p>a</p><img src={self.canary.url}/img.png>")
        browser.get(page.as_uri())
        browser.until(lambda driver: {"/import.css", "/img.png"} <= set(self.canary.heard), "what a page asks for")
        self.canary.heard.clear()

    def test_nothing_runs_in_the_player(self):
        self.play_through(self.browser(DESKTOP), f"{self.url}recordings/attack")

    def test_nothing_runs_in_an_exported_page(self):
        page = self.folder / "attack.html"
        reel("export", self.file, "--to", "html", "-o", page)
        self.play_through(self.browser(DESKTOP), page.as_uri())

    def test_nothing_runs_in_what_the_tool_writes(self):
        browser = self.browser(DESKTOP)
        for event in range(self.first + 1, self.count, 5):
            for at in (event, event + 1, event + 3):
                page = self.folder / "page.html"
                page.write_bytes(reel("page", self.file, "--event", at))
                browser.get(page.as_uri())
                browser.execute_async_script("setTimeout(arguments[0], 0)")
                self.assertEqual(browser.current_url, page.as_uri())
                self.assertNothingRan(browser)


