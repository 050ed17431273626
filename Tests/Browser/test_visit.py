"""What a recording says of its visit is in a tab, and the visitor's window is known from the start."""

from support import DESKTOP, PHONE, BrowserTest, reel
from terms import Atom, bare
from test_pages import atoms, join

CLIENT = {"viewport": {"width": 500, "height": 300}, "user_agent": "Mozilla/5.0 <b>Firefox</b>", "tab": "tab-1",
          "navigated_from": "http://shop.example/", "headers": {"accept-language": "de"}, "visit": "visit-1",
          "landing": {"path": "/sale", "params": {"utm_campaign": "winter"}, "referrer": "http://search.example/"}}
HEADER = {"id": "visit", "view": "Shop.Live", "client": CLIENT, "code": {"release": "2026.12", "migration": 20261201}}


class VisitTest(BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        store = cls.folder / "store"
        store.mkdir()
        for name, header in (("visit", HEADER), ("bare", {"id": "bare", "view": "Shop.Live"})):
            reel("compact", "-", "-o", store / f"{name}.reel", data=bare(
                {**atoms(header), Atom("id"): name}, [(0, *join({"s": ["<p>", "</p>"], 0: "page"}))]))
        cls.url = cls.served(store)

    FACTS = """return [...document.querySelectorAll(".visit > div")].map((line) =>
        [line.querySelector("dt").textContent, line.querySelector("dd").textContent])"""

    def test_the_tab_tells_the_visit(self):
        for size in (DESKTOP, PHONE):
            browser = self.browser(size)
            browser.open_player(f"{self.url}recordings/visit", 0)
            browser.view("inspector")
            browser.click("#tab-visit")
            self.assertEqual(browser.execute_script(self.FACTS), [
                ["Browser", "Mozilla/5.0 <b>Firefox</b>"], ["Window", "500 × 300"], ["Landed on", "/sale"],
                ["Landed with utm_campaign", "winter"], ["Came from", "http://search.example/"],
                ["Left for this", "http://shop.example/"], ["Header accept-language", "de"], ["Release", "2026.12"],
                ["Migration", "20261201"], ["Visit", "visit-1"], ["Tab", "tab-1"]])
            self.assertFits(browser, size, "the visit")
            self.assertNothingSeriousInAnyColours(browser, "the visit")
            browser.view("page")
            browser.until("document.querySelector('.page-panel iframe').contentWindow.innerWidth === 500")
            browser.open_player(f"{self.url}recordings/bare", 0)
            self.assertEqual(browser.execute_script(self.FACTS), [["Nothing", "The recording does not say where it comes from."]])
            self.assertEqual(browser.problems(), [])
