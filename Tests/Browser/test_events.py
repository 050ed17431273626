"""Events are seen under what caused them, everything about one in a pane, and what stands in them is found."""

from selenium.webdriver.common.keys import Keys

from support import DESKTOP, PHONE, BrowserTest, reel
from terms import Atom, bare
from test_timeline import atoms, telemetry

NIL = Atom("nil")
EVENTS = [
    (0, Atom("mount"), atoms(assigns=atoms(n=0))),
    (3, Atom("render"), atoms(assigns=atoms(n=1))),
    (1_000, Atom("event"), atoms(name="pay", params={"card": "Visa"})),
    (1_010, *telemetry("shop", "repo", "query", summary="SELECT * FROM carts", error=NIL, metadata=atoms(source="Deep Needle"))),
    (1_020, Atom("log"), atoms(level=Atom("warning"), message="slow", metadata={})),
    (1_045, Atom("render"), atoms(assigns=atoms(n=2))),
    (2_000, Atom("info"), atoms(tag=Atom("tick"))),
    (2_010, Atom("log"), atoms(level=Atom("info"), message="nothing new", metadata={"needle": [1, ("x", "y")]})),
    (3_000, Atom("event"), atoms(name="leave", params={})),
]


class EventsTest(BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        store = cls.folder / "store"
        store.mkdir()
        reel("compact", "-", "-o", store / "pay.reel", data=bare(atoms(id="pay", view="Shop.Live"), EVENTS))
        cls.url = cls.served(store)
        cls.shared = cls.browser(DESKTOP)

    def open(self, event):
        self.shared.open_player(f"{self.url}recordings/pay", event)
        self.shared.until_event(event)
        return self.shared

    def test_events_stand_under_what_caused_them_with_the_time_to_the_render(self):
        browser = self.open(2)
        rows = browser.until("""(() => {
            const rows = [...document.querySelectorAll(".event")].map((row) =>
                [Number(row.dataset.index), row.classList.contains("caused"), row.querySelector(".latency")?.textContent ?? null]);
            return rows.length === 9 ? rows.sort(([a], [b]) => a - b) : null;
        })()""")
        self.assertEqual([index for index, caused, _ in rows if caused], [1, 3, 4, 5, 7])
        self.assertEqual({index: latency for index, _, latency in rows if latency}, {0: "3 ms", 2: "45 ms"})

    FACTS = """return Object.fromEntries([...document.querySelectorAll(".event-facts > div")].map((line) =>
        [line.querySelector("dt").textContent, line.querySelector("dd").textContent]))"""

    def test_a_pane_tells_everything_about_one_and_stays_when_it_is_pinned(self):
        browser = self.open(2)
        browser.click("#tab-event")
        facts = browser.execute_script(self.FACTS)
        self.assertEqual({name: facts[name] for name in ("event", "at", "to its render")},
                         {"event": "pay: card=Visa", "at": "0:01.00", "to its render": "45 ms"})
        self.assertEqual(facts["caused 3"], "SELECT * FROM carts[warning] slowassigns n")
        browser.click(".event-link[data-event='3']")
        browser.until("document.body.dataset.event === '3'")
        self.assertEqual(browser.execute_script(self.FACTS)["caused by"], "pay: card=Visa 10 ms earlier")
        browser.until("document.querySelector('#tab-panel-event .tree').textContent.includes('Deep Needle')")
        browser.click(".pin")
        browser.key(Keys.END)
        browser.until("document.body.dataset.event === '8'")
        self.assertEqual(browser.execute_script(self.FACTS)["telemetry"], "SELECT * FROM carts")
        browser.click(".pin")
        browser.until("document.querySelector('.event-facts dd').textContent === 'leave'")
        browser.click("#tab-assigns")

    def test_what_stands_in_events_is_found_and_seen_on_the_timeline(self):
        browser = self.open(0)
        browser.key("/")
        browser.key("needle")
        browser.until("document.querySelector('.events-panel').dataset.found === 'needle'")
        self.assertEqual(sorted(browser.execute_script("return [...document.querySelectorAll('.event')].map((row) => Number(row.dataset.index))")),
                         [3, 7])
        hits = browser.until("""(() => {
            const canvas = document.querySelector("#scrubber canvas"), ratio = canvas.width / canvas.clientWidth;
            const at = (time, up) => canvas.getContext("2d").getImageData(
                Math.round((10 + time / 3000 * (canvas.clientWidth - 20)) * ratio), canvas.height - Math.round(up * ratio), 1, 1).data.join();
            const hits = [1010, 2010, 1500].map((time) => at(time, 3));
            return hits[0] === hits[1] && hits[0] !== hits[2];
        })()""")
        self.assertTrue(hits)
        browser.until("new URLSearchParams(location.search).get('find') === 'needle'")
        browser.refresh()
        browser.until_read()
        browser.until("document.querySelectorAll('.event').length === 2")
        # Steps go from one to the next.
        browser.key(Keys.ARROW_RIGHT)
        browser.until_event(3)
        browser.key(Keys.ARROW_RIGHT)
        browser.until_event(7)

    def test_it_is_for_everybody_and_fits(self):
        for size in (DESKTOP, PHONE):
            browser = self.browser(size)
            browser.open_player(f"{self.url}recordings/pay", 2)
            browser.until_event(2)
            for view in ("events", "inspector"):
                browser.view(view)
                if view == "inspector":
                    browser.click("#tab-event")
                self.assertFits(browser, size, view)
                self.assertNothingSeriousInAnyColours(browser, view)
            self.assertEqual(browser.problems(), [])
