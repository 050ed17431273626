"""A visitor of the shop is recorded, found, replayed and deleted, in a large window and a small one."""

import json
import pathlib
import tempfile
import urllib.parse

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from support import DESKTOP, PHONE, SHOP, BrowserTest, Program, fetch, reel


class ShopTest(BrowserTest):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="reel-shop-")))
        store = self.folder / "recordings"
        shop = Program(SHOP, "--port", 0, "--store", store, "--eager", addresses=2)
        self.addCleanup(shop.stop)
        self.shop_url, self.dashboard = shop.addresses
        self.read_only = self.served(store, "--read-only", "--templates", "Examples/Shop/Templates")

    def test_in_a_large_window(self):
        self.visit(DESKTOP)

    def test_in_a_small_window(self):
        self.visit(PHONE)

    def visit(self, size):
        visitor, viewer = self.browser(size), self.browser(size)
        pages = self.start_shopping(visitor)
        player = self.follow_running(viewer, self.browser(size), visitor, pages)
        self.find(viewer)
        self.replay(viewer, player, pages)
        self.export(viewer, player)
        self.delete(viewer, player)
        self.assertEqual(viewer.problems(), [])

    # The visit, and what the visitor saw after each step

    def start_shopping(self, visitor):
        visitor.get(self.shop_url)
        pages = [visitor.one("body").text]
        for number in (1, 2):
            visitor.follow(f"section:first-child li:nth-child({number}) button")
            pages.append(visitor.one("body").text)
        return pages

    def order(self, visitor):
        for name, value in (("name", "Ada <b>Lovelace</b>"), ("email", "ada@example.com"), ("password", "secret")):
            visitor.one(f"form.order [name={name}]").send_keys(value)
        visitor.follow("form.order button")
        return visitor.one("body").text

    # Following

    def follow_running(self, viewer, other, visitor, pages):
        viewer.get(self.dashboard)
        self.assertIn("live", viewer.one("tbody.running th").text)
        player = viewer.one("tbody.running th a").get_attribute("href")
        viewer.get(player)
        viewer.until("document.body.dataset.live === 'following' && Number(document.body.dataset.event) >= 4")
        viewer.until_event(viewer.event())
        viewer.view("page")
        viewer.until(lambda driver: driver.page_text() == pages[-1], "the page that the visitor sees")
        # Another viewer goes back while it runs: one stays where that is, the other one goes on.
        other.get(player)
        other.until("document.body.dataset.live === 'following' && Number(document.body.dataset.event) >= 4")
        other.key(Keys.HOME)
        other.until("document.body.dataset.live === 'behind' && document.body.dataset.event === '-1'")
        before = 1 + int(other.execute_script("return document.querySelector('#scrubber').ariaValueMax"))
        visitor.follow("section:first-child li:nth-child(3) button")
        pages.append(visitor.one("body").text)
        for browser in (viewer, other):
            browser.until(f"Number(document.querySelector('#scrubber').ariaValueMax) >= {before}")
        viewer.until(lambda driver: driver.page_text() == pages[-1], "the page after the third item")
        self.assertEqual(viewer.execute_script("return document.body.dataset.live"), "following")
        self.assertEqual(other.event(), -1)
        self.assertEqual(int(other.text("[data-fact=events]")),
                         int(other.execute_script("return document.querySelector('#scrubber').ariaValueMax")))
        # Live again, and back by the pointer.
        other.click(".live-button")
        other.until("document.body.dataset.live === 'following'")
        other.view("page")
        other.until(lambda driver: driver.page_text() == pages[-1], "the page after the third item, followed again")
        self.click_at(other, other.one("#scrubber"), 0.5)
        other.until("document.body.dataset.live === 'behind'")
        at = other.event()
        pages.append(self.order(visitor))
        viewer.until("document.body.dataset.live === 'finished'")
        viewer.until_read()
        viewer.until(lambda driver: driver.page_text() == pages[-1], "the page after the order")
        other.until("document.body.dataset.live === 'finished'")
        self.assertEqual(other.event(), at)
        self.assertEqual(other.problems(), [])
        other.quit()
        return player.split("?")[0]

    # Listing

    def find(self, viewer):
        viewer.get(self.dashboard)
        search = viewer.one("[name=text]")
        search.send_keys("nobody has done this")
        search.submit()
        viewer.until("document.querySelector('.empty') !== null")
        self.assertIn("text=nobody", viewer.current_url)
        viewer.get(self.dashboard)
        viewer.click("summary")
        viewer.one("[name=view]").send_keys("Shop.CartLive")
        viewer.one("[name=event]").send_keys("order")
        viewer.one("[name=min_events]").send_keys("5")
        viewer.follow(".search button")
        self.assertEqual(len(viewer.all("table.recordings tbody tr")), 1)
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(viewer.current_url).query)
        self.assertEqual([query[name] for name in ("view", "event", "min_events")], [["Shop.CartLive"], ["order"], ["5"]])
        self.assertEqual(viewer.one("[name=view]").get_attribute("value"), "Shop.CartLive")

    # Replaying

    def replay(self, viewer, player, pages):
        file = self.folder / "shop.reel"
        file.write_bytes(fetch(f"{player}/bytes"))
        viewer.follow("tbody th a")
        viewer.until_read()
        last = int(viewer.execute_script("return document.querySelector('#scrubber').ariaValueMax")) - 1
        # From the start at ten times the speed.
        viewer.key(Keys.HOME)
        viewer.until("document.body.dataset.event === '-1'")
        viewer.key("4")
        viewer.key(" ")
        viewer.until(f"document.querySelector('.play').ariaLabel === 'Play' && document.body.dataset.event === '{last}'")
        viewer.until(f"new URLSearchParams(location.search).get('event') === '{last}'")
        self.check_state(viewer, file, last)
        viewer.view("page")
        viewer.until(lambda driver: driver.page_text() == pages[-1], "the last page")
        # By the pointer: to the start of the timeline, and to its end.
        scrubber = viewer.one("#scrubber")
        self.click_at(viewer, scrubber, 0.5)
        viewer.until(f"Number(document.body.dataset.event) < {last}")
        self.click_at(viewer, scrubber, 0.998)
        viewer.until_event(last)
        # Step by step: each page that the visitor has seen is there again.
        viewer.key(Keys.HOME)
        seen = []
        kinds = [event["type"] for event in json.loads(reel("json", file))["events"]]
        for event, kind in enumerate(kinds):
            viewer.key(Keys.ARROW_RIGHT)
            viewer.until(f"document.body.dataset.event === '{event}'")
            if kind in ("mount", "render"):
                viewer.until(f"document.querySelector('.page-panel').dataset.event === '{event}'")
                seen.append(viewer.page_text())
        self.assertEqual(seen, pages)
        self.check_state(viewer, file, last)
        # An address leads to its event.
        viewer.open_player(player, 2)
        viewer.until_event(2)
        self.check_state(viewer, file, 2)
        self.search(viewer)
        for name in ("events", "page", "inspector"):
            viewer.view(name)
            self.assertNothingSerious(viewer, f"the player, {name}")
        viewer.key("?")
        viewer.until("document.querySelector('dialog').open")
        viewer.key(Keys.ESCAPE)
        viewer.until("!document.querySelector('dialog').open")

    def check_state(self, viewer, file, event):
        expected = reel("state", file, "--event", event).decode().rstrip("\n")
        self.assertEqual(viewer.copied("elixir"), expected)

    def search(self, viewer):
        viewer.view("inspector")
        field = viewer.one('#tab-panel-assigns input[type="search"]')
        field.send_keys("items")
        viewer.until("document.querySelector('#tab-panel-assigns .tree mark')?.textContent === 'items'")
        field.clear()
        field.send_keys("x" + Keys.BACKSPACE)
        viewer.until("document.querySelector('#tab-panel-assigns .tree mark') === null")
        # A kind that is filtered out is gone from the list.
        viewer.view("events")
        viewer.click('.chip[data-kind="render"]')
        viewer.until("document.querySelector('.event[data-kind=render]') === null && document.querySelector('.event') !== null")
        viewer.click('.chip[data-kind="render"]')
        viewer.until("document.querySelector('.event[data-kind=render]') !== null")

    def click_at(self, viewer, element, share):
        width = element.size["width"]
        ActionChains(viewer).move_to_element_with_offset(element, int((share - 0.5) * width), 0).click().perform()

    # A file of one's own

    def export(self, viewer, player):
        page = self.folder / "session.html"
        reel("export", self.folder / "shop.reel", "--to", "html", "-o", page)
        viewer.get(f"{page.as_uri()}#event=3")
        viewer.until_read()
        viewer.until_event(3)
        self.check_state(viewer, self.folder / "shop.reel", 3)
        viewer.key(Keys.END)
        last = int(viewer.execute_script("return document.querySelector('#scrubber').ariaValueMax")) - 1
        viewer.until_event(last)
        self.check_state(viewer, self.folder / "shop.reel", last)
        entries = viewer.execute_script("return performance.getEntriesByType('resource').map((one) => one.name)")
        self.assertEqual([name for name in entries if not name.startswith(("blob:", "data:"))], [])
        self.assertEqual(viewer.problems(), [])

    # Deleting

    def delete(self, viewer, player):
        name = player.rsplit("/", 1)[1]
        viewer.get(f"{self.read_only}recordings/{name}")
        viewer.until_read()
        self.assertEqual(viewer.all('a[href$="/delete"]'), [])
        viewer.get(f"{self.read_only}recordings/{name}/delete")
        self.assertIn("Forbidden", viewer.title)
        viewer.problems()  # The browser itself says that the answer was 403.
        viewer.get(self.dashboard)
        self.assertEqual(len(viewer.all("table.recordings tbody tr")), 1)
        viewer.follow("tbody a.danger")
        viewer.follow("button.danger")
        self.assertEqual(viewer.all("table.recordings tbody tr"), [])
        self.assertIn("no recordings", viewer.one(".empty").text)
