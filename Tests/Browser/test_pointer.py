"""What the browser did is seen over the page: pointers, presses, fingers, scrolling, what was typed, and the visitor's window."""

import json

from support import DESKTOP, PHONE, SAMPLES, BrowserTest, reel
from terms import Atom, bare
from test_pages import atoms, join, diff

PAGE = ["<form id=\"f\"><input id=\"q\" name=\"q\"><input type=\"checkbox\" id=\"c\" name=\"c\">"
        "<select id=\"s\" name=\"s\"><option>one</option><option>two</option></select>"
        "<button id=\"buy\" type=\"button\">Buy</button></form><p>", "</p><div id=\"high\" style=\"height:3000px\"></div>"]
EVENTS = [
    (0, Atom("viewport"), atoms({"width": 400, "height": 600})),
    (10, *join({"s": PAGE, 0: "first"})),
    (2_000, Atom("pointer"), atoms({"span": 1_000, "moves": [0, 100, 100, 0, 200, 200, 300, 0],
                                    "presses": [[500, 0, 200, 300, 0, 0, "buy", 500, 500], [600, 1, 200, 300, 0, 0, Atom("nil"), 0, 0]],
                                    "scrolls": [0, 0, 0, 900, 0, 700]})),
    (2_100, Atom("state"), atoms({"span": 800, "entries": [
        [0, "phx_replay:inputs", {"#q": {"q": "sh"}}], [400, "phx_replay:inputs", {"#q": {"q": "shoes"}, "#c": {"c": Atom("true")}}],
        [500, "phx_replay:inputs", {"#s": {"s": "two"}}], [500, "phx_replay:inputs", {"}{": {"a": "b"}, "#f": {"x": 1}}],
        [600, "search", {"open": Atom("true")}]]})),
    (2_500, *diff({0: "second"})),
    # Fingers: two touch, one lets go.
    (4_000, Atom("pointer"), atoms({"span": 1_000, "moves": [100, 60, 60, 1, 100, 160, 60, 2],
                                    "presses": [[0, 0, 50, 50, 1, 1, Atom("nil"), 0, 0], [0, 0, 150, 50, 2, 1, Atom("nil"), 0, 0],
                                                [500, 1, 60, 60, 1, 1, Atom("nil"), 0, 0]], "scrolls": []})),
    (4_100, Atom("viewport"), atoms({"width": 600, "height": 400})),
    # Lists of lists, as some releases have them, and what is no batch.
    (4_200, Atom("pointer"), atoms({"span": 100, "moves": [[0, 10, 20, 0], [1, 2]], "presses": ["?"], "scrolls": [[50, 0, 30]]})),
    (4_300, Atom("pointer"), atoms({"span": "x", "moves": 3})),
    (4_400, Atom("state"), atoms({"entries": [["x"], [0, "k", 3]]})),
]
FRAME = "document.querySelector('.page-panel iframe')"


class PointerTest(BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        store = cls.folder / "store"
        store.mkdir()
        cls.file = store / "pointer.reel"
        reel("compact", "-", "-o", cls.file, data=bare(atoms({"id": "pointer", "view": "Page.Live", "url": "http://shop.example/buy"}), EVENTS))
        reel("import", SAMPLES / "phoenix-replay-0.6" / "catalogue.recording", "-o", store / "catalogue.reel")
        (cls.folder / "templates").mkdir()
        (cls.folder / "templates" / "Rec.CatalogLive.mustache").write_text("<html><body><h1>{{page}}</h1></body></html>")
        cls.url = cls.served(store, "--templates", cls.folder / "templates")
        cls.shared = cls.browser(DESKTOP)

    def at(self, event, time, name="pointer", rest=""):
        """Opens the player at a moment."""
        browser = self.shared
        browser.get(f"{self.url}recordings/{name}?event={event}&t={time}{rest}")
        browser.until_read()
        browser.until_event(event)
        browser.until(f"{FRAME}.contentDocument.querySelector('p')?.textContent ?? '' !== ''")
        return browser

    def test_the_pointer_moves_between_samples_with_a_trail(self):
        for time, place in ((1_000, (100, 100)), (1_100, (150, 200)), (1_200, (200, 300)), (1_900, (200, 300))):
            browser = self.at(1, time)
            self.assertEqual(browser.until("document.querySelector('.pointers .arrow')?.getAttribute('transform')"),
                             f"translate({place[0]} {place[1]})", time)
            self.assertEqual(bool(browser.all(".pointers .trail")), time in (1_100, 1_200), time)
        # Where it was recorded is where it is seen, though the page is seen smaller.
        arrow, frame = browser.execute_script(f"""
            const box = (element) => {{ const {{ left, top, width }} = element.getBoundingClientRect(); return [left, top, width]; }};
            return [box(document.querySelector(".pointers .arrow")), box({FRAME})]""")
        scale = frame[2] / 400
        self.assertLess(scale, 1)
        self.assertAlmostEqual((arrow[0] - frame[0]) / scale, 200, delta=2)
        self.assertAlmostEqual((arrow[1] - frame[1]) / scale, 300, delta=2)

    def test_a_ripple_is_on_the_pressed_element(self):
        browser = self.at(1, 1_550)
        x, y = browser.execute_script(f"""
            const {{ left, top, width, height }} = {FRAME}.contentDocument.getElementById("buy").getBoundingClientRect();
            return [left + width / 2, top + height / 2]""")
        ripple = browser.execute_script("""
            const ripple = document.querySelector(".pointers .ripple");
            return [Number(ripple.getAttribute("cx")), Number(ripple.getAttribute("cy"))]""")
        self.assertAlmostEqual(ripple[0], x, delta=1)
        self.assertAlmostEqual(ripple[1], y, delta=1)
        self.assertEqual(len(self.at(1, 1_450).all(".pointers .ripple")), 0)
        self.assertEqual(len(self.at(4, 2_600).all(".pointers .ripple")), 0)

    def test_fingers_are_seen_while_they_touch(self):
        for event, time, slots in ((4, 2_900, []), (4, 3_050, ["1", "2"]), (4, 3_450, ["1", "2"]), (4, 3_600, ["2"])):
            browser = self.at(event, time)
            self.assertEqual(browser.execute_script(
                "return [...document.querySelectorAll('.pointers .finger')].map((finger) => finger.dataset.slot)"), slots, time)

    def test_the_page_scrolls_along(self):
        for event, time, scrolled in ((1, 1_000, 0), (1, 1_950, 700), (4, 2_600, 700), (7, 4_250, 30)):
            browser = self.at(event, time)
            browser.until(f"{FRAME}.contentWindow.scrollY === {scrolled}")
            # What is scrolled by hand stays until the visitor scrolled.
        browser.execute_script(f"{FRAME}.contentWindow.scrollTo(0, 500)")
        browser.key("k")
        browser.until("document.querySelector('.play').ariaLabel === 'Play'")
        self.assertEqual(browser.execute_script(f"return {FRAME}.contentWindow.scrollY"), 500)

    VALUES = f"""const page = {FRAME}.contentDocument;
        return [page.getElementById("q").value, page.getElementById("c").checked, page.getElementById("s").value]"""

    def test_what_was_typed_and_chosen_is_put_back(self):
        for event, time, values in ((1, 1_200, ["", False, "one"]), (1, 1_350, ["sh", False, "one"]), (1, 1_750, ["shoes", True, "one"]),
                                    (1, 1_900, ["shoes", True, "two"]), (4, 2_500, ["shoes", True, "two"])):
            browser = self.at(event, time)
            browser.until(lambda driver: driver.execute_script(self.VALUES) == values, f"{time}: {values}")
        # Going back takes them away again, in the same page.
        browser.key("J")
        browser.execute_script("history.replaceState(null, '', '?event=1')")
        for _ in range(3):
            browser.key("\ue012")
        browser.until_event(1)
        browser.until(lambda driver: driver.execute_script(self.VALUES) == ["", False, "one"], "what the page itself says")
        # The state shows all that the browser alone knew, at its time.
        self.at(4, 2_500)
        copied = json.loads(browser.copied("json"))
        self.assertNotIn("browser", copied)
        browser.until("""["browser:", "phx_replay:inputs", "shoes", "search", "open"].every((text) =>
            document.querySelector("#tab-panel-assigns .tree").textContent.includes(text))""")

    def test_the_page_is_seen_in_the_visitors_window(self):
        browser = self.at(4, 2_600)
        def seen():
            return browser.execute_script(f"""
                const {{ width, height }} = {FRAME}.getBoundingClientRect(), {{ innerWidth, innerHeight }} = {FRAME}.contentWindow;
                const room = document.querySelector(".page-room");
                return [innerWidth, innerHeight, width <= room.clientWidth + 1 && height <= room.clientHeight + 1,
                    document.querySelector(".page-bar .size").textContent.replace(/, \\d+ %/, "")]""")
        self.assertEqual(seen(), [400, 600, True, "400 × 600, portrait"])
        browser.key("r")
        self.assertEqual(seen(), [600, 400, True, "600 × 400, landscape"])
        browser.until("location.search.includes('turned')")
        browser.key("r")
        browser.key("f")
        self.assertEqual(browser.execute_script(f"return {FRAME}.getBoundingClientRect().width"), 400)
        browser.until("location.search.includes('size=actual')")
        browser.refresh()
        browser.until_read()
        browser.until(f"{FRAME}.getBoundingClientRect().width === 400")
        browser.key("f")
        self.assertEqual(browser.text(".page-bar .address"), "http://shop.example/buy")
        browser.key("p")
        self.assertEqual(browser.all(".pointers .arrow"), [])
        browser.key("p")
        self.assertEqual(len(browser.all(".pointers .arrow")), 1)
        # It was turned itself later.
        self.at(6, 4_100)
        self.assertEqual(seen(), [600, 400, True, "600 × 400, landscape"])

    def test_a_link_leads_to_the_moment(self):
        browser = self.at(1, 1_750)
        browser.execute_script("navigator.clipboard.writeText('')")
        browser.click(".link-button")
        link = browser.until(lambda driver: driver.execute_async_script(
            "navigator.clipboard.readText().then(arguments[0], () => arguments[0](''))"), "the clipboard")
        self.assertEqual(link, f"{self.url}recordings/pointer?event=1&t=1750")
        browser.get("about:blank")
        browser.get(link)
        browser.until_read()
        browser.until("document.querySelector('.now').textContent === '0:01.75'")

    def test_pages_of_templates_have_them_too(self):
        browser = self.shared
        browser.open_player(f"{self.url}recordings/catalogue", 300)
        browser.until(f"{FRAME}?.contentDocument.querySelector('h1')?.textContent")
        browser.until("document.querySelector('.pointers .arrow, .pointers .finger') !== null")

    def test_an_exported_page_has_them_too(self):
        page = self.folder / "pointer.html"
        reel("export", self.file, "--to", "html", "-o", page)
        browser = self.browser(DESKTOP)
        browser.get(f"{page.as_uri()}#event=1&t=1750")
        browser.until_read()
        browser.until(lambda driver: driver.execute_script(f"return {FRAME} !== null")
                      and driver.execute_script(self.VALUES) == ["shoes", True, "one"], "the values")
        self.assertEqual(browser.execute_script("return document.querySelector('.pointers .arrow').getAttribute('transform')"),
                         "translate(200 300)")

    def test_it_is_for_everybody_and_fits(self):
        for size in (DESKTOP, PHONE):
            browser = self.browser(size)
            browser.open_player(f"{self.url}recordings/pointer", 4)
            browser.until_event(4)
            browser.view("page")
            self.assertFits(browser, size, "a page with pointers")
            self.assertNothingSeriousInAnyColours(browser, "a page with pointers")
