"""Each thing that the player can do, and what is there without JavaScript."""

import json
import re

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from support import DESKTOP, PHONE, SAMPLES, BrowserTest, fetch, reel
from terms import Atom, bare


class PlayerTest(BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        store = cls.folder / "store"
        store.mkdir()
        cls.file = store / "catalogue.reel"
        reel("import", SAMPLES / "phoenix-replay-0.6" / "catalogue.recording", "-o", cls.file)
        cls.events = json.loads(reel("json", cls.file))["events"]
        # Ten hours in which nothing happens.
        header = {Atom("id"): "idle", Atom("view"): "Idle.Live"}
        ticks = [(time, Atom("info"), {Atom("message"): "tick"}) for time in (0, 36_000_000, 36_000_100)]
        reel("compact", "-", "-o", store / "idle.reel", data=bare(header, ticks))
        cls.url = cls.served(store)
        cls.shared = cls.browser(DESKTOP)

    def open(self, event):
        browser = self.shared
        browser.open_player(f"{self.url}recordings/catalogue", event)
        browser.until_event(event)
        return browser

    def first(self, kind, after=0):
        """The first event of a kind after another one."""
        return next(index for index in range(after, len(self.events)) if self.events[index]["type"] == kind)

    def test_the_scrubber_names_the_event_under_the_pointer(self):
        browser = self.open(self.first("event", 100))
        at = browser.event()
        x = browser.execute_script("""
            const [event, duration] = arguments, { width } = document.querySelector("#scrubber").getBoundingClientRect();
            return 10 + event / duration * (width - 20) - width / 2""",
            self.events[at]["offset"], self.events[-1]["offset"])
        ActionChains(browser).move_to_element_with_offset(browser.one("#scrubber"), int(x), 0).perform()
        tip = browser.until(
            "[...document.querySelectorAll('.tip')].find((tip) => !tip.hidden && tip.textContent !== '')?.textContent")
        near = [index for index, event in enumerate(self.events)
                if abs(event["offset"] - self.events[at]["offset"]) < 100]
        labels = [line.split(None, 3)[3] for line in reel(
            "events", self.file, "--range", f"{near[0]}..{near[-1]}").decode().splitlines()]
        self.assertTrue(any(tip.endswith(label[:40]) or label[:20] in tip for label in labels), (tip, labels))

    def test_kinds_have_colours(self):
        browser = self.open(100)
        colours = browser.execute_script("""
            return Object.fromEntries([...document.querySelectorAll(".chip")].map((chip) =>
                [chip.dataset.kind, getComputedStyle(chip.querySelector(".dot")).backgroundColor]))""")
        self.assertEqual(set(colours), {event["type"] for event in self.events})
        self.assertEqual(len({colours[kind] for kind in ("event", "render", "params", "info", "log", "exit")}), 6)
        rows = browser.execute_script("""
            return [...document.querySelectorAll(".event")].filter((row) => row.dataset.group !== "error")
                .map((row) => [row.dataset.kind, getComputedStyle(row.querySelector(".dot")).backgroundColor])""")
        self.assertGreater(len(rows), 10)
        self.assertEqual([row for row in rows if colours[row[0]] != row[1]], [])

    def test_keys_and_buttons_move_and_play(self):
        browser = self.open(100)
        for key, event in ((Keys.ARROW_RIGHT, 101), (Keys.ARROW_LEFT, 100), (Keys.END, len(self.events) - 1),
                           (Keys.HOME, -1), (Keys.ARROW_RIGHT, 0)):
            browser.key(key)
            browser.until_event(event)
            browser.until(f"location.search === '?event={event}'")
        for selector, event in ((".forward", 1), (".forward", 2), (".back", 1)):
            browser.click(selector)
            browser.until_event(event)
        for key, speed in (("1", 1), ("2", 2), ("3", 5), ("4", 10)):
            browser.key(key)
            browser.until(f"document.querySelector('.speeds [aria-pressed=true]').dataset.speed === '{speed}'")
        for speed in (1, 2, 5, 10):
            browser.click(f".speeds [data-speed='{speed}']")
            browser.until(f"document.querySelector('.speeds [aria-pressed=true]').dataset.speed === '{speed}'")
        browser.click(".play")
        browser.until("Number(document.body.dataset.event) > 20")
        browser.click(".play")
        browser.until("document.querySelector('.play').ariaLabel === 'Play'")
        # A row of the list leads to its event, and its address leads there again.
        browser.click(".event[aria-selected=true] + .event, .event")
        browser.until("new URLSearchParams(location.search).get('event') === document.body.dataset.event")
        event = browser.event()
        browser.refresh()
        browser.until_read()
        browser.until_event(event)
        self.assertEqual(browser.problems(), [])

    def test_where_events_are_missing_the_state_is_unsure(self):
        events = [
            (0, Atom("mount"), {Atom("assigns"): {Atom("n"): 0}}),
            (1_000, Atom("gap"), {Atom("dropped"): {"event": 1, "render": 3}}),
            (2_000, Atom("event"), {Atom("name"): "add"}),
            (3_000, Atom("assigns"), {Atom("snapshot"): {Atom("n"): 4}}),
            (4_000, Atom("gap"), {Atom("dropped"): {"log": 2}}),
            (5_000, Atom("info"), {Atom("tag"): Atom("tick")}),
        ]
        store = self.folder / "gaps"
        store.mkdir()
        reel("compact", "-", "-o", store / "gap.reel", data=bare({Atom("id"): "gap", Atom("view"): "Gap.Live"}, events))
        page = self.folder / "gap.html"
        reel("export", store / "gap.reel", "--to", "html", "-o", page)
        browser = self.shared
        for address in (f"{self.served(store)}recordings/gap?event=5", f"{page.as_uri()}#event=5"):
            browser.get(address)
            browser.until_read()
            browser.until_event(5)
            # The lane shows in which time: darker there than before and after it.
            colours = browser.execute_script("""
                const canvas = document.querySelector("#scrubber canvas"), ratio = canvas.width / canvas.clientWidth;
                const row = canvas.getContext("2d").getImageData(0, Math.round(6 * ratio), canvas.width, 1).data;
                const at = (time) => {
                    const x = Math.round((10 + time / 5000 * (canvas.clientWidth - 20)) * ratio);
                    return [...row.slice(4 * x, 4 * x + 4)];
                };
                return [500, 1500, 2500, 3500, 4500].map((time) => at(time).join())""")
            self.assertEqual(len(set(colours)), 2, (address, colours))
            self.assertEqual([colour == colours[0] for colour in colours], [True, False, False, True, True])
            for event, is_unsure in ((0, False), (1, True), (2, True), (3, False), (4, False), (2, True), (-1, False)):
                browser.key(Keys.HOME)
                browser.until_event(-1)
                for step in range(event + 1):
                    browser.key(Keys.ARROW_RIGHT)
                    browser.until_event(step)
                browser.until(f"document.querySelector('.unsure').dataset.event === '{event}'")
                note = browser.one(".unsure")
                self.assertEqual(note.is_displayed(), is_unsure, event)
                if is_unsure:
                    self.assertIn("Unsure since 0:01.00: events are missing", note.text)
            row = browser.execute_script("""
                const row = document.querySelector(".event[data-index='1']");
                return [row.dataset.group, row.querySelector(".label").textContent]""")
            self.assertEqual(row, ["gap", "events are missing: event 1, render 3"])
            browser.key(Keys.ARROW_RIGHT + Keys.ARROW_RIGHT)
            browser.until("document.querySelector('.unsure').dataset.event === '1'")
            self.assertFits(browser, DESKTOP, "the note")
            self.assertNothingSeriousInAnyColours(browser, "the note")
            self.assertEqual(browser.problems(), [])

    def test_idle_time_is_skipped(self):
        browser = self.shared
        browser.open_player(f"{self.url}recordings/idle", 0)
        browser.key("s")
        browser.until("document.querySelector('.skip').ariaPressed === 'false'")
        browser.click(".skip")
        browser.until("document.querySelector('.skip').ariaPressed === 'true'")
        browser.key("k")
        browser.until_event(2)

    def test_the_address_is_written_when_the_player_rests(self):
        browser = self.open(0)
        written, seconds = browser.execute_async_script("""
            const done = arguments[0];
            const write = history.replaceState.bind(history);
            let [written, left, start] = [0, 60, performance.now()];
            history.replaceState = (...state) => { written++; write(...state); };
            const step = () => {
              if (left-- === 0) return done([written, (performance.now() - start) / 1000]);
              document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
              requestAnimationFrame(step);
            };
            step();""")
        self.assertLessEqual(written, seconds / 0.2)
        browser.until("location.search === '?event=60'")

    def test_what_an_event_has_changed_is_marked(self):
        browser = self.open(self.first("render", self.first("event", 104)))
        event = browser.event()
        changed = re.findall(r"^[~+] assigns (\w+)", reel(
            "state", self.file, "--event", event, "--diff").decode(), re.MULTILINE)
        marked = browser.execute_script("""
            return [...document.querySelectorAll("#tab-panel-assigns [data-mark][aria-level='2'] .key")]
                .map((key) => key.textContent.replace(/[: ]+$/, ""))""")
        self.assertGreater(len(marked), 0)
        self.assertEqual(sorted(set(marked)), sorted(set(changed)))
        # Without revealing, only the rows that were open are.
        before = len(browser.all("#tab-panel-assigns .row"))
        browser.key("c")
        browser.until(f"document.querySelectorAll('#tab-panel-assigns .row').length < {before}")

    def test_the_state_is_copied_in_each_notation(self):
        browser = self.open(200)
        erlang = reel("state", self.file, "--event", 200, "--erlang").decode()
        self.assertEqual("".join(browser.copied("erlang").split()), "".join(erlang.split()))
        state = fetch(f"{self.url}recordings/catalogue/state?event=200&mapping=plain")
        copied = browser.copied("json")
        self.assertEqual(json.loads(copied), json.loads(state))
        self.assertIn('\n    "big": 123456789012345678901234567890,\n', copied)
        self.assertEqual(browser.copied("elixir"), reel("state", self.file, "--event", 200).decode().rstrip("\n"))

    def test_events_are_found_and_a_tree_opens_by_keys(self):
        browser = self.open(100)
        browser.key("/")
        browser.key("sort")
        browser.until("[...document.querySelectorAll('.event')].every((row) => row.textContent.includes('sort'))")
        self.assertGreater(len(browser.all(".event")), 0)
        browser.key(Keys.ESCAPE)
        browser.click("#tab-event")
        browser.until("document.querySelector('#tab-panel-event .tree [role=treeitem]') !== null")
        browser.click("#tab-assigns")
        browser.key("a")
        browser.key("ada")
        browser.until("document.querySelector('#tab-panel-assigns .tree mark') !== null")
        for _ in browser.all("#tab-panel-assigns .tools button"):
            browser.key(Keys.TAB)
        browser.key(Keys.TAB)
        browser.until("document.activeElement.getAttribute('role') === 'treeitem'")
        rows = len(browser.all("#tab-panel-assigns .row"))
        browser.key(Keys.ARROW_LEFT)
        browser.until(f"document.querySelectorAll('#tab-panel-assigns .row').length < {rows}")

    def test_without_a_template_it_is_said_how_to_add_one(self):
        browser = self.open(100)
        self.assertIn("Rec.CatalogLive.mustache", browser.text(".hint"))

    def test_without_javascript_recordings_are_found_read_and_deleted(self):
        (self.folder / "other").mkdir()
        (self.folder / "other" / "catalogue.reel").write_bytes(self.file.read_bytes())
        url = self.served(self.folder / "other")
        browser = self.browser(DESKTOP)
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        browser.get(url)
        browser.click("summary")
        browser.one("[name=min_events]").send_keys("100")
        browser.one(".search button").click()
        browser.until(lambda driver: "min_events=100" in driver.current_url)
        browser.click("tbody th a")
        browser.until(lambda driver: "recordings/catalogue" in driver.current_url)
        self.assertIn("Rec.CatalogLive", browser.one("h1").text)
        self.assertIn("mount", browser.one("main").text)
        browser.get(url)
        browser.click("tbody a.danger")
        browser.until(lambda driver: driver.current_url.endswith("/delete"))
        browser.click("button.danger")
        browser.until(lambda driver: driver.all(".empty"))

    def test_it_is_for_everybody_in_any_colours_and_fits_into_any_window(self):
        page = self.folder / "catalogue.html"
        reel("export", self.file, "--to", "html", "-o", page)
        (self.folder / "damaged").mkdir()
        (self.folder / "damaged" / "cut.reel").write_bytes(self.file.read_bytes()[:6_000])
        damaged = self.served(self.folder / "damaged")
        for size in (DESKTOP, PHONE):
            browser = self.browser(size)
            for where, address, views in (
                ("the exported page", f"{page.as_uri()}#event=104", ("inspector",)),
                ("a damaged recording", f"{damaged}recordings/cut", ("events",)),
                ("the player", f"{self.url}recordings/catalogue?event=104", ("events", "inspector")),
            ):
                browser.get(address)
                browser.until_read()
                if where != "a damaged recording":
                    browser.until_event(104)
                for view in views:
                    browser.view(view)
                    self.assertFits(browser, size, where)
                    self.assertNothingSeriousInAnyColours(browser, f"{where}, {view}")
            browser.view("inspector")
            browser.click("#tab-event")
            self.assertNothingSeriousInAnyColours(browser, "an event")
            browser.key("?")
            browser.until("document.querySelector('dialog').open")
            self.assertFits(browser, size, "the list of keys")
            self.assertTrue(browser.execute_script("""
                const { left, right, top, bottom } = document.querySelector("dialog").getBoundingClientRect();
                return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight"""))
            self.assertNothingSeriousInAnyColours(browser, "the list of keys")
            self.assertEqual(browser.problems(), [])

    def test_what_is_damaged_is_said_once_with_what_can_be_done(self):
        (self.folder / "broken").mkdir()
        (self.folder / "broken" / "cut.reel").write_bytes(self.file.read_bytes()[:6_000])
        browser = self.shared
        browser.open_player(f"{self.served(self.folder / 'broken')}recordings/cut")
        shown = [alert.text for alert in browser.all("[role=alert]") if alert.is_displayed()]
        self.assertEqual(len(shown), 1, shown)
        self.assertIn("truncated", shown[0])
        self.assertIn("reel recover", shown[0])
        browser.until("[...document.querySelectorAll('.none')].some((note) => note.textContent === 'There are no events.')")
        self.assertEqual(browser.problems(), [])
