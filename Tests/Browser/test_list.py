"""The list finds recordings by every filter, keeps the filter in its address, and deletes what it finds or all."""

import random
import urllib.parse

from selenium.webdriver.support.ui import Select

from support import DESKTOP, PHONE, BrowserTest, reel
from terms import Atom, bare

NOISE = random.Random(7).randbytes(20_000)
MOUNT = {Atom("assigns"): {Atom("count"): 1}}
# Name, view, address, when it started, and events.
SESSIONS = [
    ("running", "Shop.CartLive", "/cart", 1_690_000_000_000, [(0, Atom("mount"), MOUNT)]),
    ("short", "Shop.CartLive", "/cart", 1_700_000_000_000, [
        (0, Atom("mount"), MOUNT), (10, Atom("event"), {Atom("name"): "inc"}),
        (20, Atom("event"), {Atom("name"): "save"}),
        (90_000, Atom("log"), {Atom("level"): Atom("error"), Atom("message"): "no"})]),
    ("chat", "Shop.ChatLive", "/chat", 1_710_000_000_000, [
        (0, Atom("mount"), MOUNT), (5_000, Atom("event"), {Atom("name"): "send"})]),
    ("large", "Admin.UsersLive", "/admin", 1_720_000_000_000, [(0, Atom("mount"), {Atom("assigns"): {Atom("noise"): NOISE}})]),
]
ALL = ["running", "large", "chat", "short"]


def fill(folder):
    """Puts the sessions into a store; the one that runs has no end yet."""
    folder.mkdir()
    for name, view, url, start, events in SESSIONS:
        header = {Atom("id"): name, Atom("view"): view, Atom("url"): f"http://shop.example{url}", Atom("connected_at"): start}
        if name == "running":
            (folder / f"{name}.reel").write_bytes(bare(header, events))
        else:
            reel("compact", "-", "-o", folder / f"{name}.reel", data=bare(header, events))


class ListTest(BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fill(cls.folder / "store")
        cls.url = cls.served(cls.folder / "store")
        cls.shared = cls.browser(DESKTOP)

    def listed(self, browser):
        links = browser.execute_script("return [...document.querySelectorAll('tbody th a')].map((link) => link.href)")
        return [link.rsplit("/", 1)[1] for link in links]

    def parameters(self, browser):
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(browser.current_url).query))

    def set(self, browser, name, value):
        element = browser.one(f'.filters [name="{name}"]')
        if element.tag_name == "select":
            Select(element).select_by_value(value)
        else:
            element.clear()
            element.send_keys(value)

    def test_each_filter_finds_what_it_says_and_stays_in_the_address(self):
        browser = self.shared
        for filters, expected, words in (
            ({"text": "chat"}, ["chat"], ["Search: chat"]),
            ({"view": "Shop.ChatLive"}, ["chat"], ["View: Shop.ChatLive"]),
            ({"url": "/admin"}, ["large"], ["Address has /admin"]),
            ({"event": "save"}, ["short"], ["Event: save"]),
            ({"from": "2024-04-01"}, ["large"], ["Started: from 2024-04-01"]),
            ({"to": "2023-08-01T12:00"}, ["running"], ["Started: to 2023-08-01T12:00"]),
            ({"from": "2023-11-14", "to": "2024-03-10"}, ["chat", "short"],
             ["Started: from 2023-11-14", "Started: to 2024-03-10"]),
            ({"longer": "60"}, ["short"], ["Length: at least 60 s"]),
            ({"shorter": "5", "longer": "1.5"}, ["chat"], ["Length: at least 1.5 s", "Length: at most 5 s"]),
            ({"larger": "10k"}, ["large"], ["Size: at least 10k"]),
            ({"smaller": "10k"}, ["running", "chat", "short"], ["Size: at most 10k"]),
            ({"min_events": "2", "max_events": "3"}, ["chat"], ["Events: at least 2", "Events: at most 3"]),
            ({"min_errors": "1"}, ["short"], ["Errors: at least 1"]),
            ({"max_errors": "0"}, ["running", "large", "chat"], ["Errors: at most 0"]),
            ({"id": "sho"}, ["short"], ["Id starts with sho"]),
            ({"status": "running"}, ["running"], ["No end yet"]),
            ({"status": "finished"}, ["large", "chat", "short"], ["Status: finished"]),
        ):
            with self.subTest(filters=filters):
                browser.get(self.url)
                self.assertEqual(self.listed(browser), ALL)
                browser.click("summary")
                for name, value in filters.items():
                    self.set(browser, name, value)
                browser.follow(".apply button")
                self.assertEqual(self.listed(browser), expected)
                kept = self.parameters(browser)
                for name, value in filters.items():
                    self.assertEqual(kept[name], value)
                    self.assertEqual(browser.one(f'.filters [name="{name}"]').get_property("value"), value)
                self.assertEqual(browser.execute_script(
                    "return [...document.querySelectorAll('.conditions bdi')].map((words) => words.textContent)"), words)
        # Sorting, a recording and the way back, and the address alone keep the filter.
        browser.get(f"{self.url}?text=shop&max_errors=1&max_events=4")
        browser.follow("thead th:nth-last-child(4) a")
        self.assertEqual(self.parameters(browser), {"text": "shop", "max_errors": "1", "max_events": "4", "order": "events"})
        found = self.listed(browser)
        self.assertEqual(found, ["running", "short", "chat", "large"])
        browser.follow("tbody tr:last-child th a")
        browser.until_read()
        browser.back()
        browser.until("document.readyState === 'complete' && document.querySelector('.filters') !== null")
        self.assertEqual(self.listed(browser), found)
        browser.refresh()
        self.assertEqual(self.listed(browser), found)
        # One is taken away, then all.
        browser.follow(".conditions li:nth-child(1) a")
        self.assertEqual(self.parameters(browser), {"max_errors": "1", "max_events": "4", "order": "events"})
        browser.follow(".conditions .all")
        self.assertEqual(self.parameters(browser), {})
        self.assertEqual(browser.problems(), [])

    def test_pages_keep_the_filter(self):
        browser = self.shared
        browser.get(f"{self.url}?text=shop.example&status=finished&limit=2")
        self.assertEqual(self.listed(browser), ["large", "chat"])
        browser.follow("[rel=next]")
        self.assertEqual(self.listed(browser), ["short"])
        self.assertEqual(self.parameters(browser)["text"], "shop.example")
        browser.follow("[rel=first]")
        self.assertEqual(self.listed(browser), ["large", "chat"])

    def test_a_filter_that_makes_no_sense_is_named_and_can_be_mended(self):
        browser = self.shared
        browser.get(f"{self.url}?from=yesterday&view=Shop.ChatLive")
        self.assertIn("from=yesterday: expected a date", browser.text("[role=alert]"))
        browser.problems()  # The browser itself says that the answer was 400.
        self.assertEqual(browser.one("[name=from]").get_property("value"), "yesterday")
        self.set(browser, "from", "2024-01-01")
        browser.follow(".apply button")
        self.assertEqual(self.listed(browser), ["chat"])

    def test_what_is_listed_is_deleted_and_all_is_deleted_when_that_is_confirmed(self):
        fill(self.folder / "deleted")
        browser = self.browser(PHONE)
        browser.get(self.served(self.folder / "deleted"))
        every = browser.current_url
        browser.get(f"{every}?view=Shop.CartLive")
        self.assertEqual(self.listed(browser), ["running", "short"])
        browser.follow(".actions a[href^=delete]")
        question = browser.text("main")
        for words in ("2 recordings", "1 of them without an end", "View: Shop.CartLive"):
            self.assertIn(words, question)
        self.assertNothingSeriousInAnyColours(browser, "the question whether to delete what is found")
        browser.follow("form a")
        self.assertEqual(self.parameters(browser), {"view": "Shop.CartLive"})
        self.assertEqual(self.listed(browser), ["running", "short"])
        browser.follow(".actions a[href^=delete]")
        browser.follow("button.danger")
        self.assertEqual(self.listed(browser), ["large", "chat"])
        # All of them.
        browser.follow(".actions a[href=clear]")
        self.assertIn("Every recording", browser.text("main"))
        browser.follow("form a")
        self.assertEqual(self.listed(browser), ["large", "chat"])
        browser.follow(".actions a[href=clear]")
        browser.follow("button.danger")
        self.assertIn("no recordings", browser.text(".empty"))
        self.assertEqual(browser.all(".actions a"), [])
        self.assertEqual(list((self.folder / "deleted").glob("[a-z]*.reel")), [])
        self.assertEqual(browser.problems(), [])

    def test_who_may_not_delete_is_not_offered_to_and_cannot(self):
        browser = self.shared
        url = self.served(self.folder / "store", "--read-only")
        browser.get(f"{url}?view=Shop.CartLive")
        self.assertEqual(self.listed(browser), ["running", "short"])
        self.assertEqual(browser.all(".danger"), [])
        for address in ("clear", "delete?view=Shop.CartLive", "recordings/short/delete"):
            browser.get(url + address)
            self.assertRegex(browser.text("h1"), "Forbidden|Not Found", address)
            self.assertEqual(browser.all("button"), [], address)
        browser.problems()  # The browser itself says that the answers were errors.
        browser.get(url)
        self.assertEqual(self.listed(browser), ALL)

    def test_it_is_for_everybody_in_any_colours_and_fits_into_any_window(self):
        (self.folder / "empty").mkdir()
        empty = self.served(self.folder / "empty")
        for size in (DESKTOP, PHONE):
            browser = self.browser(size)
            for where, address in (
                ("the list", self.url), ("a filtered list", f"{self.url}?text=shop&min_events=1"),
                ("a list of nothing", f"{self.url}?text=nobody"), ("a filter without sense", f"{self.url}?from=x"),
                ("an empty store", empty), ("an error", f"{self.url}recordings/nothing"), ("a question", f"{self.url}clear"),
            ):
                browser.get(address)
                for details in browser.all("summary"):
                    if browser.one("details").get_property("open") is False:
                        details.click()
                self.assertFits(browser, size, where)
                self.assertNothingSeriousInAnyColours(browser, where)
